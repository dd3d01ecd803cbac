/* str_internal.h: what the str*.c files share among themselves. */
#ifndef BATON_OBJECT_STR_INTERNAL_H
#define BATON_OBJECT_STR_INTERNAL_H

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../os/os.h"
#include "bytes.h"
#include "error.h"
#include "int.h"
#include "list.h"
#include "str.h"
#include "type.h"

/* Bits of head.aux that depend on the characters beyond their width. */
#define STR_CACHE_BITS STR_OF_SLOT

#define STR_LENGTH_MAX ((size_t)PTRDIFF_MAX - 64)

static inline size_t str_size(size_t length, int kind) { return offsetof(Str, data) + (length + 1) * (size_t)kind; }

/* A new str of one byte a character; not the empty one.  ascii: STR_ASCII or 0. */
static ALWAYS_INLINE Value str_new_narrow(Thread *t, size_t length, uint16_t ascii)
{
    if (UNLIKELY(length > STR_LENGTH_MAX / 4))
        return error_no_memory(t);
    Str *s = alloc_leaf_raw(t, KIND_STR, offsetof(Str, data) + length + 1);
    if (UNLIKELY(!s))
        return VALUE_EMPTY;
    s->head.aux = 1 | ascii;
    s->length = length;
    store_relaxed(&s->hash, 0);
    s->data[length] = 0;
    return value_of(s);
}

/* The largest character that a str of its width class may hold; bounds of two strs may be OR-ed. */
static inline uint32_t str_bound(const Str *s)
{
    if (str_is_ascii(s))
        return 0x7F;
    return str_kind(s) == 1 ? 0xFF : str_kind(s) == 2 ? 0xFFFF : 0x10FFFF;
}

/* memcpy for what is mostly short: a few bytes cost less than a call. */
static ALWAYS_INLINE void copy_bytes(uint8_t *to, const uint8_t *from, size_t n)
{
    if (n > 16) {
        memcpy(to, from, n);
    } else if (n >= 8) {
        uint64_t head, tail;
        memcpy(&head, from, 8);
        memcpy(&tail, from + n - 8, 8);
        memcpy(to, &head, 8);
        memcpy(to + n - 8, &tail, 8);
    } else if (n >= 4) {
        uint32_t head, tail;
        memcpy(&head, from, 4);
        memcpy(&tail, from + n - 4, 4);
        memcpy(to, &head, 4);
        memcpy(to + n - 4, &tail, 4);
    } else {
        for (size_t i = 0; i < n; i++)
            to[i] = from[i];
    }
}

/* Where the next `c` is in s[i:n], or n.  It is mostly near: a few characters are looked at before memchr is worth its call. */
static ALWAYS_INLINE size_t str_next_byte(const uint8_t *s, size_t i, size_t n, uint8_t c)
{
    size_t near = n - i > 16 ? i + 16 : n;
    for (; i < near; i++)
        if (s[i] == c)
            return i;
    const uint8_t *found = i < n ? memchr(s + i, c, n - i) : NULL;
    return found ? (size_t)(found - s) : n;
}

/* Copies n characters, widening or narrowing (they must fit). */
void str_copy(Str *to, size_t at, const Str *from, size_t start, size_t n);
void str_fill(Str *s, size_t at, size_t n, uint32_t c);

/* unicode_is_space and unicode_is_linebreak with the common case inline. */
static ALWAYS_INLINE bool is_space(uint32_t c)
{
    return c < 0x80 ? c == ' ' || c - 9 < 5 || c - 0x1C < 4 : unicode_is_space(c);
}
static ALWAYS_INLINE bool is_linebreak(uint32_t c)
{
    return c < 0x80 ? c - 10 < 4 || c - 0x1C < 3 : unicode_is_linebreak(c);
}

Value str_format_mapping(Thread *t, Value format, Value mapping); /* str_fields.c: format_map */

/* str_case.c */
Value str_casefold(Thread *t, Value v);
Value str_title(Thread *t, Value v);
Value str_capitalize(Thread *t, Value v);
Value str_swapcase(Thread *t, Value v);
bool str_is_all(const Str *s, bool (*test)(uint32_t c),
                unsigned ascii); /* not for the empty str; ascii: bits of StrClass */
/* What an ASCII character is. */
typedef enum StrClass { STR_IS_LETTER = 1, STR_IS_DIGIT = 2, STR_IS_SPACE = 4, STR_IS_PRINTABLE = 8 } StrClass;
bool str_is_lower(const Str *s);
bool str_is_upper(const Str *s);
bool str_is_title(const Str *s);

Value str_rsplit(Thread *t, Value s, Value separator, int64_t max);
Value str_partition(Thread *t, Value s, Value separator, bool backwards);
/* A str just made whose width may be larger than needed, or that may be a single character: its normal form, taking r. */
Value str_renew(Thread *t, Value r);

int str_intern_start(Thread *t);
int str_intern_adopt(Thread *t, Str *s);   /* an immortal str becomes the interned one of its value */
void str_intern_remove(Thread *t, Str *s); /* a dying interned str leaves the table */

/* Raises TypeError unless v is a str. */
static inline bool str_require(Thread *t, Value v, const char *format)
{
    if (LIKELY(str_check(v)))
        return true;
    error_set(t, EXC_TypeError, format, type_of(t, v));
    return false;
}

#endif
