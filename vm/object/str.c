/* str.c: making, slicing, joining up and comparing str objects, and hashing.
 *
 * Invariant (str.h): a str has the narrowest width that holds its characters, and STR_ASCII exactly when all are below 128.  So two strs of
 * different width are unequal, and a needle wider than the haystack cannot occur in it.  A str is immutable once another reference to it can
 * exist; str_append_take changes one that nobody else can see.  No locks.
 * Read next: str_utf8.c (from and to bytes), str_intern.c, str_search.c, str_methods.c (the type). */
#include "str_internal.h"

#include <wchar.h>

/* ---- making ---- */

static NOINLINE Value new_wide(Thread *t, size_t length, int kind)
{
    if (UNLIKELY(length > STR_LENGTH_MAX / 4))
        return error_no_memory(t);
    Str *s = alloc_leaf_raw(t, KIND_STR, str_size(length, kind));
    if (!s)
        return VALUE_EMPTY;
    s->head.aux = (uint16_t)kind;
    s->length = length;
    store_relaxed(&s->hash, 0);
    str_put(s, length, 0);
    return value_of(s);
}

Value str_new(Thread *t, size_t length, uint32_t max_char)
{
    if (length == 0)
        return t->interp->empty_str;
    return LIKELY(max_char < 0x100) ? str_new_narrow(t, length, max_char < 0x80 ? STR_ASCII : 0)
                                    : new_wide(t, length, max_char < 0x10000 ? 2 : 4);
}

Value str_from_char(Thread *t, uint32_t c)
{
    if (LIKELY(c < 256))
        return t->interp->latin1[c];
    Value v = str_new(t, 1, c);
    if (!value_is_empty(v))
        str_put(str_of(v), 0, c);
    return v;
}

Value str_from_latin1(Thread *t, const uint8_t *s, size_t n)
{
    if (n == 1)
        return t->interp->latin1[s[0]];
    Value v = str_new(t, n, str_ascii_prefix(s, n) == n ? 0x7F : 0xFF);
    if (!value_is_empty(v))
        memcpy(str_of(v)->data, s, n);
    return v;
}

Value str_from_ucs2(Thread *t, const uint16_t *s, size_t n)
{
    uint32_t seen = 0;
    for (size_t i = 0; i < n; i++)
        seen |= s[i];
    if (n == 1)
        return str_from_char(t, s[0]);
    Value v = str_new(t, n, seen);
    if (value_is_empty(v) || n == 0)
        return v;
    Str *r = str_of(v);
    if (str_kind(r) == 2)
        memcpy(r->data, s, n * 2);
    else
        for (size_t i = 0; i < n; i++)
            r->data[i] = (uint8_t)s[i];
    return v;
}

Value str_from_ucs4(Thread *t, const uint32_t *s, size_t n)
{
    uint32_t seen = 0;
    for (size_t i = 0; i < n; i++)
        seen |= s[i];
    if (n == 1)
        return str_from_char(t, s[0]);
    Value v = str_new(t, n, seen);
    if (value_is_empty(v) || n == 0)
        return v;
    Str *r = str_of(v);
    switch (str_kind(r)) {
    case 1:
        for (size_t i = 0; i < n; i++)
            r->data[i] = (uint8_t)s[i];
        break;
    case 2: {
        uint16_t *to = (uint16_t *)(void *)r->data;
        for (size_t i = 0; i < n; i++)
            to[i] = (uint16_t)s[i];
        break;
    }
    default: memcpy(r->data, s, n * 4); break;
    }
    return v;
}

Value str_from_wide(Thread *t, const wchar_t *s, size_t n)
{
    _Static_assert(sizeof(wchar_t) == 4, "wide characters are code points on every supported target");
    return str_from_ucs4(t, (const uint32_t *)s, n);
}

Value str_exact(Thread *t, Value v)
{
    if (str_check_exact(v))
        return ref_inc(t, v);
    Str *s = str_of(v);
    if (s->length == 1)
        return str_from_char(t, str_at(s, 0));
    Value copy = str_new(t, s->length, str_bound(s));
    if (!value_is_empty(copy) && s->length) {
        memcpy(str_of(copy)->data, s->data, s->length * (size_t)str_kind(s));
        store_relaxed(&str_of(copy)->hash, atomic_load_explicit(&s->hash, memory_order_relaxed));
    }
    return copy;
}

/* ---- characters ---- */

size_t str_ascii_prefix(const uint8_t *s, size_t n)
{
    size_t i = 0;
    for (; i + 32 <= n; i += 32) {
        uint64_t w[4];
        memcpy(w, s + i, 32);
        if ((w[0] | w[1] | w[2] | w[3]) & UINT64_C(0x8080808080808080))
            break;
    }
    for (; i + 8 <= n; i += 8) {
        uint64_t w;
        memcpy(&w, s + i, 8);
        if (w & UINT64_C(0x8080808080808080))
            break;
    }
    if (n - i < 8 && n >= 8) { /* the rest, with some of what has been seen */
        uint64_t w;
        memcpy(&w, s + n - 8, 8);
        if (!(w & UINT64_C(0x8080808080808080)))
            return n;
    }
    while (i < n && s[i] < 0x80)
        i++;
    return i;
}

uint32_t str_max_char(const Str *s, size_t start, size_t end)
{
    if (str_is_ascii(s))
        return 0x7F;
    switch (str_kind(s)) {
    case 1: return str_ascii_prefix(s->data + start, end - start) == end - start ? 0x7F : 0xFF;
    case 2: {
        const uint16_t *p = str_data2(s);
        uint32_t seen = 0;
        for (size_t i = start; i < end;) {
            size_t stop = end - i > 64 ? i + 64 : end;
            for (; i < stop; i++)
                seen |= p[i];
            if (seen >= 0x100)
                return 0xFFFF;
        }
        return seen < 0x80 ? 0x7F : 0xFF;
    }
    default: {
        const uint32_t *p = str_data4(s);
        uint32_t seen = 0;
        for (size_t i = start; i < end;) {
            size_t stop = end - i > 64 ? i + 64 : end;
            for (; i < stop; i++)
                seen |= p[i];
            if (seen >= 0x10000)
                return 0x10FFFF;
        }
        return seen < 0x80 ? 0x7F : seen < 0x100 ? 0xFF : 0xFFFF;
    }
    }
}

#define COPY_LOOP(to_type, from_type)                                                                                  \
    do {                                                                                                               \
        to_type *to_ = (to_type *)(void *)to->data + at;                                                               \
        const from_type *from_ = (const from_type *)(const void *)from->data + start;                                  \
        for (size_t i_ = 0; i_ < n; i_++)                                                                              \
            to_[i_] = (to_type)from_[i_];                                                                              \
    } while (0)

void str_copy(Str *to, size_t at, const Str *from, size_t start, size_t n)
{
    int to_kind = str_kind(to), from_kind = str_kind(from);
    if (LIKELY(to_kind == from_kind)) {
        copy_bytes(to->data + at * (size_t)to_kind, from->data + start * (size_t)to_kind, n * (size_t)to_kind);
        return;
    }
    switch (to_kind * 8 + from_kind) {
    case 1 * 8 + 2: COPY_LOOP(uint8_t, uint16_t); break;
    case 1 * 8 + 4: COPY_LOOP(uint8_t, uint32_t); break;
    case 2 * 8 + 1: COPY_LOOP(uint16_t, uint8_t); break;
    case 2 * 8 + 4: COPY_LOOP(uint16_t, uint32_t); break;
    case 4 * 8 + 1: COPY_LOOP(uint32_t, uint8_t); break;
    default: COPY_LOOP(uint32_t, uint16_t); break;
    }
}

void str_fill(Str *s, size_t at, size_t n, uint32_t c)
{
    switch (str_kind(s)) {
    case 1: memset(s->data + at, (int)c, n); break;
    case 2: {
        uint16_t *p = (uint16_t *)(void *)s->data + at;
        for (size_t i = 0; i < n; i++)
            p[i] = (uint16_t)c;
        break;
    }
    default: {
        uint32_t *p = (uint32_t *)(void *)s->data + at;
        for (size_t i = 0; i < n; i++)
            p[i] = c;
        break;
    }
    }
}

Value str_slice(Thread *t, Value v, size_t start, size_t end)
{
    Str *s = str_of(v);
    if (start >= end)
        return t->interp->empty_str;
    size_t n = end - start;
    if (n == s->length)
        return str_exact(t, v);
    if (n == 1)
        return str_from_char(t, str_at(s, start));
    if (LIKELY(str_is_ascii(s))) {
        Value r = str_new_narrow(t, n, STR_ASCII);
        if (!value_is_empty(r))
            copy_bytes(str_of(r)->data, s->data + start, n);
        return r;
    }
    Value r = str_new(t, n, str_max_char(s, start, end));
    if (!value_is_empty(r))
        str_copy(str_of(r), 0, s, start, n);
    return r;
}

Value str_char_at(Thread *t, Value v, size_t index) { return str_from_char(t, str_at(str_of(v), index)); }

/* ---- joining up ---- */

Value str_concat(Thread *t, Value a, Value b)
{
    Str *x = str_of(a), *y = str_of(b);
    if (x->length == 0)
        return str_exact(t, b);
    if (y->length == 0)
        return str_exact(t, a);
    uint32_t bound = str_bound(x) | str_bound(y);
    if (UNLIKELY(x->length > STR_LENGTH_MAX - y->length))
        return error_set(t, EXC_OverflowError, "strings are too large to concat");
    if (LIKELY(bound < 0x80)) {
        Value r = str_new_narrow(t, x->length + y->length, STR_ASCII);
        if (!value_is_empty(r)) {
            copy_bytes(str_of(r)->data, x->data, x->length);
            copy_bytes(str_of(r)->data + x->length, y->data, y->length);
        }
        return r;
    }
    Value r = str_new(t, x->length + y->length, bound);
    if (value_is_empty(r))
        return r;
    str_copy(str_of(r), 0, x, 0, x->length);
    str_copy(str_of(r), x->length, y, 0, y->length);
    return r;
}

/* The room that an appended-to str gets beyond its need, so that repeated appending is linear in all. */
static size_t append_room(size_t bytes) { return bytes < 128 ? bytes : bytes + bytes / 8; }

Value str_append_take(Thread *t, Value a, Value b)
{
    Str *x = str_of(a), *y = str_of(b);
    if (x->length == 0) {
        ref_dec(t, a);
        return str_exact(t, b);
    }
    if (y->length == 0) {
        if (str_check_exact(a))
            return a;
    } else if (x->head.owner == t->owner && x->head.local == 1 && str_check_exact(a) && x != y &&
               !(x->head.aux & STR_INTERNED) && str_kind(x) >= str_kind(y) &&
               (x->head.aux & STR_ASCII) <= (y->head.aux & STR_ASCII) &&
               atomic_load_explicit(&x->head.shared, memory_order_relaxed) == 0 &&
               x->length <= STR_LENGTH_MAX / 4 - y->length) {
        int kind = str_kind(x);
        size_t length = x->length + y->length, size = str_size(length, kind);
        if (size > alloc_object_usable(x)) {
            Str *grown = alloc_object_resize(t, x, append_room(size));
            if (!grown) {
                ref_dec(t, a);
                return VALUE_EMPTY;
            }
            x = grown;
        }
        str_copy(x, x->length, y, 0, y->length);
        x->length = length;
        memset(x->data + length * (size_t)kind, 0, (size_t)kind);
        store_relaxed(&x->hash, 0);
        x->head.aux &= (uint16_t)~STR_CACHE_BITS;
        return value_of(x);
    }
    Value r = str_concat(t, a, b);
    ref_dec(t, a);
    return r;
}

Value str_repeat(Thread *t, Value v, int64_t count)
{
    Str *s = str_of(v);
    if (count <= 0 || s->length == 0)
        return t->interp->empty_str;
    if (count == 1)
        return str_exact(t, v);
    if ((uint64_t)count > (uint64_t)INT64_MAX / s->length)
        return error_set(t, EXC_OverflowError, "repeated string is too long");
    if ((uint64_t)count > STR_LENGTH_MAX / s->length)
        return error_no_memory(t);
    size_t n = s->length * (size_t)count;
    Value r = str_new(t, n, str_bound(s));
    if (value_is_empty(r))
        return r;
    Str *to = str_of(r);
    if (s->length == 1) {
        str_fill(to, 0, n, str_at(s, 0));
        return r;
    }
    /* Doubles what is there: few large copies instead of many small ones. */
    size_t unit = (size_t)str_kind(s), done = s->length;
    memcpy(to->data, s->data, s->length * unit);
    while (done < n) {
        size_t more = done < n - done ? done : n - done;
        memcpy(to->data + done * unit, to->data, more * unit);
        done += more;
    }
    return r;
}

/* ---- comparing ---- */

bool str_equal(Value a, Value b) { return value_is(a, b) || str_same(str_of(a), str_of(b)); }

bool str_equal_ascii(Value a, const char *ascii)
{
    const Str *s = str_of(a);
    size_t n = strlen(ascii);
    return str_is_ascii(s) && s->length == n && memcmp(s->data, ascii, n) == 0;
}

bool str_match_at(Value v, size_t start, Value part)
{
    const Str *s = str_of(v), *p = str_of(part);
    size_t n = p->length;
    if (n > s->length - start || str_kind(p) > str_kind(s))
        return false;
    if (n == 0)
        return true;
    if (str_kind(s) == str_kind(p)) {
        size_t unit = (size_t)str_kind(s);
        return memcmp(s->data + start * unit, p->data, n * unit) == 0;
    }
    for (size_t i = 0; i < n; i++)
        if (str_at(s, start + i) != str_at(p, i))
            return false;
    return true;
}

bool str_startswith_ascii(Value v, const char *ascii)
{
    const Str *s = str_of(v);
    size_t n = strlen(ascii);
    if (n > s->length)
        return false;
    for (size_t i = 0; i < n; i++)
        if (str_at(s, i) != (uint8_t)ascii[i])
            return false;
    return true;
}

bool str_endswith_ascii(Value v, const char *ascii)
{
    const Str *s = str_of(v);
    size_t n = strlen(ascii);
    if (n > s->length)
        return false;
    for (size_t i = 0; i < n; i++)
        if (str_at(s, s->length - n + i) != (uint8_t)ascii[i])
            return false;
    return true;
}

int str_compare(Value a, Value b)
{
    const Str *x = str_of(a), *y = str_of(b);
    if (x == y)
        return 0;
    size_t n = x->length < y->length ? x->length : y->length;
    if (str_kind(x) == 1 && str_kind(y) == 1) {
        if (x->data[0] != y->data[0]) /* a 0 when there is none: smaller, or as long */
            return x->data[0] < y->data[0] ? -1 : 1;
        int order = memcmp(x->data, y->data, n);
        if (order)
            return order < 0 ? -1 : 1;
    } else {
        for (size_t i = 0; i < n; i++) {
            uint32_t c = str_at(x, i), d = str_at(y, i);
            if (c != d)
                return c < d ? -1 : 1;
        }
    }
    return (x->length > y->length) - (x->length < y->length);
}

/* ---- hashing: SipHash-1-3 of the characters as stored ---- */

static ALWAYS_INLINE uint64_t rotate(uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }

#define SIP_ROUND                                                                                                      \
    do {                                                                                                               \
        v0 += v1;                                                                                                      \
        v2 += v3;                                                                                                      \
        v1 = rotate(v1, 13) ^ v0;                                                                                      \
        v3 = rotate(v3, 16) ^ v2;                                                                                      \
        v0 = rotate(v0, 32);                                                                                           \
        v2 += v1;                                                                                                      \
        v0 += v3;                                                                                                      \
        v1 = rotate(v1, 17) ^ v2;                                                                                      \
        v3 = rotate(v3, 21) ^ v0;                                                                                      \
        v2 = rotate(v2, 32);                                                                                           \
    } while (0)

hash_t str_hash_bytes(Thread *t, const void *data, size_t n)
{
    if (n == 0)
        return 0;
    const uint8_t *p = data;
    uint64_t k0 = t->interp->hash_key[0], k1 = t->interp->hash_key[1];
    uint64_t v0 = k0 ^ UINT64_C(0x736f6d6570736575), v1 = k1 ^ UINT64_C(0x646f72616e646f6d);
    uint64_t v2 = k0 ^ UINT64_C(0x6c7967656e657261), v3 = k1 ^ UINT64_C(0x7465646279746573);
    uint64_t word, last = (uint64_t)n << 56;
    size_t left = n;
    for (; left >= 8; left -= 8, p += 8) {
        memcpy(&word, p, 8);
        v3 ^= word;
        SIP_ROUND;
        v0 ^= word;
    }
    word = 0;
    memcpy(&word, p, left);
    last |= word;
    v3 ^= last;
    SIP_ROUND;
    v0 ^= last;
    v2 ^= 0xFF;
    SIP_ROUND;
    SIP_ROUND;
    SIP_ROUND;
    hash_t hash = (hash_t)(v0 ^ v1 ^ v2 ^ v3);
    return hash == -1 ? -2 : hash;
}

hash_t str_hash(Thread *t, Value v)
{
    Str *s = str_of(v);
    hash_t hash = atomic_load_explicit(&s->hash, memory_order_relaxed);
    if (LIKELY(hash))
        return hash;
    hash = str_hash_bytes(t, s->data, s->length * (size_t)str_kind(s));
    store_relaxed(&s->hash, hash);
    return hash;
}

/* ---- start-up ---- */

/* PYTHONHASHSEED=0 gives a key of zeros; another seed gives the bytes of CPython's linear congruential generator, so that hashes
 * (and with them the order of sets) can be compared; without a seed the key is random. */
static void make_hash_key(Interp *interp)
{
    uint8_t bytes[16] = {0};
    if (interp->config.hash_seed_set) {
        uint32_t x = (uint32_t)interp->config.hash_seed;
        for (int i = 0; x && i < 16; i++) {
            x = x * 214013u + 2531011u;
            bytes[i] = (uint8_t)(x >> 16);
        }
    } else if (os_entropy(bytes, sizeof bytes) < 0) {
        uint64_t mixed[2] = {(uint64_t)os_monotonic(), (uint64_t)os_realtime()};
        memcpy(bytes, mixed, sizeof bytes);
    }
    memcpy(interp->hash_key, bytes, sizeof bytes);
}

static Str *bootstrap_char(Thread *t, size_t length, uint32_t c)
{
    Str *s = alloc_leaf_raw(t, KIND_STR, str_size(length, 1));
    if (!s)
        return NULL;
    s->head.aux = 1 | (c < 0x80 ? STR_ASCII : 0);
    s->length = length;
    store_relaxed(&s->hash, 0);
    s->data[0] = length ? (uint8_t)c : 0;
    s->data[length] = 0;
    ref_make_immortal(&s->head);
    return s;
}

int str_bootstrap(Thread *t)
{
    static const char *const texts[NAME_COUNT] = {
#define NAME(identifier) #identifier,
#include "names.def"
#undef NAME
    };
    Interp *interp = t->interp;
    make_hash_key(interp);
    if (str_intern_start(t) < 0)
        return -1;
    Str *empty = bootstrap_char(t, 0, 0);
    if (!empty || str_intern_adopt(t, empty) < 0)
        return -1;
    interp->empty_str = value_of(empty);
    for (uint32_t c = 0; c < 256; c++) {
        Str *s = bootstrap_char(t, 1, c);
        if (!s || str_intern_adopt(t, s) < 0)
            return -1;
        interp->latin1[c] = value_of(s);
    }
    for (int i = 0; i < NAME_COUNT; i++) {
        Value name = str_intern(t, texts[i]);
        if (value_is_empty(name))
            return -1;
        ref_make_immortal(value_object(name));
        interp->names[i] = name;
    }
    return 0;
}
