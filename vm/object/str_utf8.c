/* str_utf8.c: str from and to UTF-8, strict, with surrogateescape (PEP 383, the file-system encoding) or with surrogatepass.
 *
 * Decoding goes twice over what is not ASCII: once to count characters and find the widest, once to store.  Other error handlers, and decoding in pieces,
 * are in codec.c, which uses str_utf8_next. No locks. */
#include "codec.h"
#include "str_internal.h"

/* ---- decoding ---- */

int str_utf8_next(const uint8_t *s, const uint8_t *end, uint32_t *c, int *bad, const char **reason)
{
    static const char start_text[] = "invalid start byte", continuation[] = "invalid continuation byte",
                      truncated[] = "unexpected end of data";
    uint32_t b = s[0];
    ptrdiff_t left = end - s;
    if (b < 0x80) {
        *c = b;
        return 1;
    }
    *bad = 1;
    if (b < 0xC2 || b > 0xF4) {
        *reason = start_text;
        return 0;
    }
    if (b < 0xE0) {
        if (left < 2)
            return *reason = truncated, 0;
        if ((s[1] & 0xC0) != 0x80)
            return *reason = continuation, 0;
        *c = (b & 0x1F) << 6 | (s[1] & 0x3Fu);
        return 2;
    }
    /* The second byte's range excludes overlong forms, surrogates and what is beyond 0x10FFFF. */
    uint32_t low = 0x80, high = 0xBF;
    if (b == 0xE0)
        low = 0xA0;
    else if (b == 0xED)
        high = 0x9F;
    else if (b == 0xF0)
        low = 0x90;
    else if (b == 0xF4)
        high = 0x8F;
    if (left < 2)
        return *reason = truncated, 0;
    if (s[1] < low || s[1] > high)
        return *reason = continuation, 0;
    *bad = 2;
    if (left < 3)
        return *reason = truncated, *bad = (int)left, 0;
    if ((s[2] & 0xC0) != 0x80)
        return *reason = continuation, 0;
    if (b < 0xF0) {
        *c = (b & 0xF) << 12 | (s[1] & 0x3Fu) << 6 | (s[2] & 0x3Fu);
        return 3;
    }
    *bad = 3;
    if (left < 4)
        return *reason = truncated, *bad = (int)left, 0;
    if ((s[3] & 0xC0) != 0x80)
        return *reason = continuation, 0;
    *c = (b & 7) << 18 | (s[1] & 0x3Fu) << 12 | (s[2] & 0x3Fu) << 6 | (s[3] & 0x3Fu);
    return 4;
}

/* A surrogate coded in three bytes, for surrogatepass: its length or 0. */
static int surrogate_next(const uint8_t *s, const uint8_t *end, uint32_t *c)
{
    if (end - s < 3 || s[0] != 0xED || (s[1] & 0xE0) != 0xA0 || (s[2] & 0xC0) != 0x80)
        return 0;
    *c = 0xD000 | (s[1] & 0x3Fu) << 6 | (s[2] & 0x3Fu);
    return 3;
}

static ALWAYS_INLINE int next_char(const uint8_t *s, const uint8_t *end, uint32_t *c, StrErrors errors, int *bad,
                                   const char **reason)
{
    int n = str_utf8_next(s, end, c, bad, reason);
    if (LIKELY(n))
        return n;
    if (errors == STR_SURROGATEESCAPE) {
        *c = 0xDC00 + s[0];
        return 1;
    }
    return errors == STR_SURROGATEPASS ? surrogate_next(s, end, c) : 0;
}

Value str_from_utf8_errors(Thread *t, const char *utf8, size_t n, StrErrors errors)
{
    const uint8_t *bytes = (const uint8_t *)utf8, *end = bytes + n;
    size_t prefix = str_ascii_prefix(bytes, n);
    if (LIKELY(prefix == n)) {
        if (n == 1)
            return t->interp->latin1[bytes[0]];
        Value v = str_new(t, n, 0x7F);
        if (!value_is_empty(v) && n)
            memcpy(str_of(v)->data, bytes, n);
        return v;
    }
    size_t length = prefix;
    uint32_t seen = 0, c;
    int bad = 1;
    const char *reason = "";
    for (const uint8_t *s = bytes + prefix; s < end; length++) {
        if (*s < 0x80) {
            s++;
            continue;
        }
        int used = next_char(s, end, &c, errors, &bad, &reason);
        if (!used)
            return str_decode_error(t, "utf-8", utf8, n, (size_t)(s - bytes), (size_t)(s - bytes) + (size_t)bad,
                                    reason);
        seen |= c;
        s += used;
    }
    if (length == 1)
        return str_from_char(t, c);
    Value v = str_new(t, length, seen);
    if (value_is_empty(v))
        return v;
    Str *r = str_of(v);
    const uint8_t *s = bytes;
#define STORE(type)                                                                                                    \
    do {                                                                                                               \
        type *to = (type *)(void *)r->data;                                                                            \
        for (size_t i = 0; i < prefix; i++)                                                                            \
            to[i] = s[i];                                                                                              \
        s += prefix, to += prefix;                                                                                     \
        while (s < end) {                                                                                              \
            if (*s < 0x80) {                                                                                           \
                *to++ = *s++;                                                                                          \
                continue;                                                                                              \
            }                                                                                                          \
            s += next_char(s, end, &c, errors, &bad, &reason);                                                         \
            *to++ = (type)c;                                                                                           \
        }                                                                                                              \
    } while (0)
    switch (str_kind(r)) {
    case 1: STORE(uint8_t); break;
    case 2: STORE(uint16_t); break;
    default: STORE(uint32_t); break;
    }
    return v;
}

Value str_from_utf8(Thread *t, const char *utf8, size_t n) { return str_from_utf8_errors(t, utf8, n, STR_STRICT); }
Value str_from_string(Thread *t, const char *utf8) { return str_from_utf8(t, utf8, strlen(utf8)); }
Value str_from_fs(Thread *t, const char *bytes, size_t n)
{
    const char *encoding = t->interp->fs_encoding;
    if (UNLIKELY(encoding) && str_ascii_prefix((const uint8_t *)bytes, n) < n)
        return codec_decode(t, bytes, n, encoding, "surrogateescape");
    return str_from_utf8_errors(t, bytes, n, STR_SURROGATEESCAPE);
}

/* ---- encoding ---- */

static ALWAYS_INLINE bool is_surrogate(uint32_t c) { return c - 0xD800 < 0x800; }

Value str_to_utf8_errors(Thread *t, Value v, StrErrors errors)
{
    const Str *s = str_of(v);
    if (str_is_ascii(s))
        return bytes_new(t, s->data, s->length);
    /* The exact size, which also finds what cannot be encoded. */
    size_t size = 0;
    for (size_t i = 0; i < s->length; i++) {
        uint32_t c = str_at(s, i);
        if (UNLIKELY(is_surrogate(c)) && errors != STR_SURROGATEPASS) {
            if (errors == STR_SURROGATEESCAPE && c - 0xDC80 < 0x80) {
                size++;
                continue;
            }
            size_t end = i + 1;
            while (end < s->length && is_surrogate(str_at(s, end)))
                end++;
            return str_encode_error(t, "utf-8", v, i, end, "surrogates not allowed");
        }
        size += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    }
    Value bytes = bytes_new(t, NULL, size);
    if (value_is_empty(bytes))
        return bytes;
    uint8_t *to = bytes_of(bytes)->data;
    for (size_t i = 0; i < s->length; i++) {
        uint32_t c = str_at(s, i);
        if (c < 0x80) {
            *to++ = (uint8_t)c;
        } else if (c < 0x800) {
            *to++ = (uint8_t)(0xC0 | c >> 6);
            *to++ = (uint8_t)(0x80 | (c & 0x3F));
        } else if (c < 0x10000) {
            if (UNLIKELY(is_surrogate(c)) && errors == STR_SURROGATEESCAPE) {
                *to++ = (uint8_t)(c - 0xDC00);
                continue;
            }
            *to++ = (uint8_t)(0xE0 | c >> 12);
            *to++ = (uint8_t)(0x80 | (c >> 6 & 0x3F));
            *to++ = (uint8_t)(0x80 | (c & 0x3F));
        } else {
            *to++ = (uint8_t)(0xF0 | c >> 18);
            *to++ = (uint8_t)(0x80 | (c >> 12 & 0x3F));
            *to++ = (uint8_t)(0x80 | (c >> 6 & 0x3F));
            *to++ = (uint8_t)(0x80 | (c & 0x3F));
        }
    }
    return bytes;
}

Value str_to_utf8(Thread *t, Value v) { return str_to_utf8_errors(t, v, STR_STRICT); }

const char *str_utf8(Thread *t, Value v, size_t *length, Value *owner)
{
    const Str *s = str_of(v);
    *owner = VALUE_EMPTY;
    if (LIKELY(str_is_ascii(s))) {
        if (length)
            *length = s->length;
        return (const char *)s->data;
    }
    Value bytes = str_to_utf8(t, v);
    if (value_is_empty(bytes))
        return NULL;
    *owner = bytes;
    if (length)
        *length = bytes_of(bytes)->length;
    return (const char *)bytes_of(bytes)->data;
}

const char *str_ascii_or(Value v, const char *fallback)
{
    return str_check(v) && str_is_ascii(str_of(v)) ? (const char *)str_of(v)->data : fallback;
}

/* ---- the file system ---- */

int str_fspath_optional(Thread *t, Value path, Value *name)
{
    *name = VALUE_EMPTY;
    if (str_check(path) || bytes_check(path)) {
        *name = ref_inc(t, path);
        return 1;
    }
    Value method;
    int found = object_special(t, path, ID(t, __fspath__), &method);
    if (found <= 0 || value_is_none(method)) /* None: a class takes back what its base offers */
        return found < 0 ? -1 : 0;
    *name = object_call0(t, method);
    ref_dec(t, method);
    if (!value_is_empty(*name) && !str_check(*name) && !bytes_check(*name)) {
        error_set(t, EXC_TypeError, "expected %T.__fspath__() to return str or bytes, not %T", path, *name);
        ref_clear(t, name);
    }
    return value_is_empty(*name) ? -1 : 1;
}
Value str_fspath(Thread *t, Value path)
{
    Value name;
    if (str_fspath_optional(t, path, &name) == 0)
        error_set(t, EXC_TypeError, "expected str, bytes or os.PathLike object, not %T", path);
    return name;
}

Value str_to_fs(Thread *t, Value path)
{
    Value v = str_fspath(t, path);
    if (value_is_empty(v))
        return v;
    if (str_check(v)) {
        const char *encoding = t->interp->fs_encoding;
        Value bytes = LIKELY(!encoding) || str_is_ascii(str_of(v)) ? str_to_utf8_errors(t, v, STR_SURROGATEESCAPE)
                                                                   : codec_encode(t, v, encoding, "surrogateescape");
        ref_dec(t, v);
        if (value_is_empty(bytes))
            return bytes;
        v = bytes;
    }
    if (memchr(bytes_of(v)->data, 0, bytes_of(v)->length)) {
        ref_dec(t, v);
        return error_set(t, EXC_ValueError, "embedded null byte");
    }
    return v;
}

/* ---- errors ---- */

static Value raise_coding_error(Thread *t, ExceptionId id, const char *encoding, Value object, size_t start, size_t end,
                                const char *reason)
{
    Value args[5] = {str_from_string(t, encoding), object, value_from_int((int64_t)start), value_from_int((int64_t)end),
                     str_from_string(t, reason)};
    if (!value_is_empty(args[0]) && !value_is_empty(args[4])) {
        Value exc = object_call(t, value_of(t->interp->exceptions[id]), args, 5, VALUE_EMPTY);
        if (!value_is_empty(exc))
            error_set_take(t, exc);
    }
    ref_dec(t, args[0]);
    ref_dec(t, args[4]);
    return VALUE_EMPTY;
}

Value str_decode_error(Thread *t, const char *encoding, const void *data, size_t n, size_t start, size_t end,
                       const char *reason)
{
    Value bytes = bytes_new(t, data, n);
    if (value_is_empty(bytes))
        return bytes;
    raise_coding_error(t, EXC_UnicodeDecodeError, encoding, bytes, start, end, reason);
    ref_dec(t, bytes);
    return VALUE_EMPTY;
}

Value str_encode_error(Thread *t, const char *encoding, Value str, size_t start, size_t end, const char *reason)
{
    return raise_coding_error(t, EXC_UnicodeEncodeError, encoding, str, start, end, reason);
}
