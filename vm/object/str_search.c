/* str_search.c: finding a str in a str, in time linear in both lengths.
 *
 * A StrFinder prepares a needle at the text's width once and is used for one search or for many (count, replace, split).  No locks, no Python code runs, nothing raises.
 * Read next: str_search_kind.h. */
#include "str_search.h"

/* ---- one character ---- */

static size_t find1(const uint8_t *s, size_t n, uint8_t c)
{
    const uint8_t *p = n ? memchr(s, c, n) : NULL;
    return p ? (size_t)(p - s) : n;
}
static size_t find2(const uint16_t *s, size_t n, uint16_t c)
{
    const uint64_t ones = UINT64_C(0x0001000100010001), same = ones * c;
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        uint64_t w;
        memcpy(&w, s + i, 8);
        w ^= same;
        if ((w - ones) & ~w & (ones << 15))
            break;
    }
    while (i < n && s[i] != c)
        i++;
    return i;
}
static size_t find4(const uint32_t *s, size_t n, uint32_t c)
{
    size_t i = 0;
    while (i < n && s[i] != c)
        i++;
    return i;
}

/* Backwards: s is the last character, the answer counts from there. */
static size_t rfind1(const uint8_t *s, size_t n, uint8_t c)
{
    const uint8_t *p = n ? memrchr(s - (n - 1), c, n) : NULL;
    return p ? (size_t)(s - p) : n;
}
static size_t rfind2(const uint16_t *s, size_t n, uint16_t c)
{
    size_t i = 0;
    while (i < n && *(s - i) != c)
        i++;
    return i;
}
static size_t rfind4(const uint32_t *s, size_t n, uint32_t c)
{
    size_t i = 0;
    while (i < n && *(s - i) != c)
        i++;
    return i;
}

int64_t str_find_char_raw(const void *text, int kind, uint32_t c, size_t start, size_t end)
{
    size_t n = end - start, i;
    switch (kind) {
    case 1: i = find1((const uint8_t *)text + start, n, (uint8_t)c); break;
    case 2: i = find2((const uint16_t *)text + start, n, (uint16_t)c); break;
    default: i = find4((const uint32_t *)text + start, n, c); break;
    }
    return i == n ? -1 : (int64_t)(start + i);
}

int64_t str_rfind_char_raw(const void *text, int kind, uint32_t c, size_t start, size_t end)
{
    size_t n = end - start, i;
    if (n == 0)
        return -1;
    switch (kind) {
    case 1: i = rfind1((const uint8_t *)text + end - 1, n, (uint8_t)c); break;
    case 2: i = rfind2((const uint16_t *)text + end - 1, n, (uint16_t)c); break;
    default: i = rfind4((const uint32_t *)text + end - 1, n, c); break;
    }
    return i == n ? -1 : (int64_t)(end - 1 - i);
}

int64_t str_find_char(Value v, uint32_t c, size_t start, size_t end)
{
    const Str *s = str_of(v);
    if (end > s->length)
        end = s->length;
    return start >= end || c > str_bound(s) ? -1 : str_find_char_raw(s->data, str_kind(s), c, start, end);
}

int64_t str_rfind_char(Value v, uint32_t c, size_t start, size_t end)
{
    const Str *s = str_of(v);
    if (end > s->length)
        end = s->length;
    return start >= end || c > str_bound(s) ? -1 : str_rfind_char_raw(s->data, str_kind(s), c, start, end);
}

/* ---- the loops, for each width and direction ---- */

#define CH uint8_t
#define F(name) name##_1
#define AT(s, i) ((s)[i])
#define FIND_CHAR(s, n, c) find1(s, n, c)
#include "str_search_kind.h"
#define CH uint16_t
#define F(name) name##_2
#define AT(s, i) ((s)[i])
#define FIND_CHAR(s, n, c) find2(s, n, c)
#include "str_search_kind.h"
#define CH uint32_t
#define F(name) name##_4
#define AT(s, i) ((s)[i])
#define FIND_CHAR(s, n, c) find4(s, n, c)
#include "str_search_kind.h"
#define CH uint8_t
#define F(name) name##_r1
#define AT(s, i) (*((s) - (ptrdiff_t)(i)))
#define FIND_CHAR(s, n, c) rfind1(s, n, c)
#include "str_search_kind.h"
#define CH uint16_t
#define F(name) name##_r2
#define AT(s, i) (*((s) - (ptrdiff_t)(i)))
#define FIND_CHAR(s, n, c) rfind2(s, n, c)
#include "str_search_kind.h"
#define CH uint32_t
#define F(name) name##_r4
#define AT(s, i) (*((s) - (ptrdiff_t)(i)))
#define FIND_CHAR(s, n, c) rfind4(s, n, c)
#include "str_search_kind.h"

/* ---- the finder ---- */

void str_finder_start_raw(StrFinder *f, int kind, uint32_t bound, const Str *needle, bool backwards)
{
    f->length = needle->length;
    f->kind = kind;
    f->backwards = backwards;
    f->two_way = false;
    f->widened = NULL;
    f->slow = NULL;
    f->impossible = str_bound(needle) > bound;
    if (f->impossible || f->length == 0)
        return;
    f->first = str_at(needle, 0);
    const uint8_t *data = needle->data;
    if (str_kind(needle) != kind && f->length > 1) {
        size_t size = f->length * (size_t)kind;
        uint8_t *room = f->small;
        if (size > sizeof f->small) {
            room = f->widened = alloc_raw(size);
            if (!room) {
                f->slow = needle;
                return;
            }
        }
        for (size_t i = 0; i < f->length; i++) {
            uint32_t c = str_at(needle, i);
            if (kind == 2)
                ((uint16_t *)(void *)room)[i] = (uint16_t)c;
            else
                ((uint32_t *)(void *)room)[i] = c;
        }
        data = room;
    }
    f->needle = backwards ? data + (f->length - 1) * (size_t)kind : data;
}

void str_finder_end(StrFinder *f)
{
    if (f->widened)
        alloc_raw_free(f->widened);
}

static uint32_t char_at(const void *text, int kind, size_t i)
{
    return kind == 1   ? ((const uint8_t *)text)[i]
           : kind == 2 ? ((const uint16_t *)text)[i]
                       : ((const uint32_t *)text)[i];
}

/* Without memory to widen the needle. */
static int64_t slow_find(const StrFinder *f, const void *text, size_t start, size_t end)
{
    size_t places = end - start - f->length + 1;
    for (size_t k = 0; k < places; k++) {
        size_t at = f->backwards ? start + places - 1 - k : start + k, j = 0;
        while (j < f->length && char_at(text, f->kind, at + j) == str_at(f->slow, j))
            j++;
        if (j == f->length)
            return (int64_t)at;
    }
    return -1;
}

int64_t str_finder_next_raw(StrFinder *f, const void *text, size_t start, size_t end)
{
    if (f->impossible || start > end || f->length > end - start)
        return -1;
    if (f->length <= 1) {
        if (f->length == 0)
            return (int64_t)(f->backwards ? end : start);
        return f->backwards ? str_rfind_char_raw(text, f->kind, f->first, start, end)
                            : str_find_char_raw(text, f->kind, f->first, start, end);
    }
    if (UNLIKELY(f->slow != NULL))
        return slow_find(f, text, start, end);
    size_t n = end - start;
    int64_t i;
    if (!f->backwards) {
        switch (f->kind) {
        case 1: i = find_1(f, (const uint8_t *)text + start, n); break;
        case 2: i = find_2(f, (const uint16_t *)text + start, n); break;
        default: i = find_4(f, (const uint32_t *)text + start, n); break;
        }
        return i < 0 ? -1 : (int64_t)start + i;
    }
    switch (f->kind) {
    case 1: i = find_r1(f, (const uint8_t *)text + end - 1, n); break;
    case 2: i = find_r2(f, (const uint16_t *)text + end - 1, n); break;
    default: i = find_r4(f, (const uint32_t *)text + end - 1, n); break;
    }
    return i < 0 ? -1 : (int64_t)(end - (size_t)i - f->length);
}

/* ---- searching once ---- */

static int64_t search(Value v, Value needle, size_t start, size_t end, bool backwards)
{
    const Str *s = str_of(v);
    if (end > s->length)
        end = s->length;
    StrFinder f;
    str_finder_start(&f, s, str_of(needle), backwards);
    int64_t found = str_finder_next(&f, s, start, end);
    str_finder_end(&f);
    return found;
}

/* Which of eight characters is the first c; 8: none. */
static ALWAYS_INLINE size_t find_in_word(uint64_t w, uint8_t c)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    w ^= ones * c;
    w = (w - ones) & ~w & (ones << 7);
    return w ? (size_t)__builtin_ctzll(w) / 8 : 8;
}
static ALWAYS_INLINE uint64_t word_at(const uint8_t *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

/* Where the first c is in [start, end) of a str's characters; end: nowhere.  Texts are mostly short: memchr is not worth its call for them. */
static ALWAYS_INLINE size_t find1_from(const uint8_t *data, size_t start, size_t end, uint8_t c)
{
    size_t n = end - start, i;
    if (ALLOC_ASAN || UNLIKELY(n == 0))
        return start + find1(data + start, n, c);
    if (n < 8) {
        /* The eight characters that end with these, or the first eight of the block: it has as many (str.h, str_same). */
        i = find_in_word(end >= 8 ? word_at(data + end - 8) >> (64 - 8 * n) : word_at(data) >> 8 * start, c);
        return i < n ? start + i : end;
    }
    i = find_in_word(word_at(data + start), c);
    if (i < 8)
        return start + i;
    if (n <= 16) {
        i = find_in_word(word_at(data + end - 8), c);
        return end - 8 + i;
    }
    return start + 8 + find1(data + start + 8, n - 8, c);
}

int64_t str_find(Value v, Value needle, size_t start, size_t end)
{
    const Str *s = str_of(v), *p = str_of(needle);
    if (LIKELY(str_kind(s) == 1 && str_kind(p) == 1 && p->length > 0)) {
        if (end > s->length)
            end = s->length;
        if (start > end || p->length > end - start)
            return -1;
        /* Where its first character is not, the needle is not. */
        size_t limit = end - p->length + 1;
        start = find1_from(s->data, start, limit, p->data[0]);
        if (start == limit)
            return -1;
        if (p->length == 1)
            return (int64_t)start;
    }
    return search(v, needle, start, end, false);
}

bool str_contains(Value v, Value part)
{
    const Str *s = str_of(v), *p = str_of(part);
    if (LIKELY(p->length == 1 && str_kind(s) == 1 && str_kind(p) == 1))
        return find1_from(s->data, 0, s->length, p->data[0]) < s->length;
    return str_find(v, part, 0, s->length) >= 0;
}

int64_t str_rfind(Value s, Value needle, size_t start, size_t end) { return search(s, needle, start, end, true); }

#define COUNT_LOOP(type)                                                                                               \
    do {                                                                                                               \
        const type *p = (const type *)(const void *)s->data;                                                           \
        for (size_t i = start; i < end; i++)                                                                           \
            count += p[i] == (type)c;                                                                                  \
    } while (0)

/* How often a character occurs. */
static size_t count_char(const Str *s, uint32_t c, size_t start, size_t end)
{
    size_t count = 0;
    switch (str_kind(s)) {
    case 1: COUNT_LOOP(uint8_t); break;
    case 2: COUNT_LOOP(uint16_t); break;
    default: COUNT_LOOP(uint32_t); break;
    }
    return count;
}

size_t str_count(Value v, Value needle, size_t start, size_t end, size_t max)
{
    const Str *s = str_of(v), *p = str_of(needle);
    if (end > s->length)
        end = s->length;
    if (start > end)
        return 0;
    if (p->length == 0)
        return end - start + 1 < max ? end - start + 1 : max;
    StrFinder f;
    str_finder_start(&f, s, p, false);
    size_t count = 0;
    if (!f.impossible && p->length == 1 && max >= end - start) {
        count = count_char(s, f.first, start, end);
    } else {
        for (int64_t i; count < max && (i = str_finder_next(&f, s, start, end)) >= 0; start = (size_t)i + p->length)
            count++;
    }
    str_finder_end(&f);
    return count;
}
