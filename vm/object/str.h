/* str.h: Python str: immutable, 1, 2 or 4 bytes a character by its widest (PEP 393).
 *
 * Invariant: the kind is the narrowest that holds every character; STR_ASCII is set exactly when all are below 128. Data is followed by a NUL
 * character.  The hash is computed once; 0 means not yet (a hash of 0 is stored as such each time). */
#ifndef BATON_OBJECT_STR_H
#define BATON_OBJECT_STR_H

#include <stdarg.h>
#include <stddef.h>

#include "object.h"

typedef struct Str {
    Object head;   /* aux: STR_... */
    size_t length; /* in characters */
    _Atomic hash_t hash;
    uint8_t data[]; /* (length + 1) * char size */
} Str;

#define STR_KIND_MASK 0x7 /* bytes a character: 1, 2, 4 */
#define STR_ASCII 0x08
#define STR_INTERNED 0x10
#define STR_OF_SLOT 0x20  /* the interned name of a dunder that has a slot (slots.c) */
#define STR_OF_SLOTS 0x40 /* ... or more than one */
#define STR_SLOT_SHIFT 8  /* above: where slots.c has its first slot */

static ALWAYS_INLINE bool str_check(Value v) { return object_is(v, KIND_STR); }
static ALWAYS_INLINE bool str_check_exact(Value v) { return object_is_exact(v, KIND_STR); }
static ALWAYS_INLINE Str *str_of(Value v) { return (Str *)value_object(v); } /* str_check(v) */
static ALWAYS_INLINE int str_kind(const Str *s) { return s->head.aux & STR_KIND_MASK; }
static ALWAYS_INLINE bool str_is_ascii(const Str *s) { return s->head.aux & STR_ASCII; }
static ALWAYS_INLINE size_t str_length(Value v) { return str_of(v)->length; }
static ALWAYS_INLINE uint32_t str_at(const Str *s, size_t i)
{
    switch (str_kind(s)) {
    case 1: return s->data[i];
    case 2: return ((const uint16_t *)(const void *)s->data)[i];
    default: return ((const uint32_t *)(const void *)s->data)[i];
    }
}

/* The characters by width; s must be of that kind. */
static ALWAYS_INLINE const uint8_t *str_data1(const Str *s) { return s->data; }
static ALWAYS_INLINE const uint16_t *str_data2(const Str *s) { return (const uint16_t *)(const void *)s->data; }
static ALWAYS_INLINE const uint32_t *str_data4(const Str *s) { return (const uint32_t *)(const void *)s->data; }
/* Stores a character while a new str is being filled. */
static ALWAYS_INLINE void str_put(Str *s, size_t i, uint32_t c)
{
    switch (str_kind(s)) {
    case 1: s->data[i] = (uint8_t)c; break;
    case 2: ((uint16_t *)(void *)s->data)[i] = (uint16_t)c; break;
    default: ((uint32_t *)(void *)s->data)[i] = c; break;
    }
}

/* Start-up, once t->types[KIND_STR] can be allocated from (nothing else is needed of the type): the hash key from the configuration, empty_str, latin1, and the
 * interned names.  0 or -1. */
int str_bootstrap(Thread *t);
void str_free_state(Interp *interp); /* at the interpreter's end, when no str is left but immortal ones */

MUST_CHECK Value str_new(Thread *t, size_t length,
                         uint32_t max_char); /* uninitialised characters; fill before publishing */
MUST_CHECK Value str_from_utf8(Thread *t, const char *utf8, size_t n); /* strict; UnicodeDecodeError */
MUST_CHECK Value str_from_string(Thread *t, const char *utf8);         /* NUL-terminated */
MUST_CHECK Value str_from_latin1(Thread *t, const uint8_t *s, size_t n);
MUST_CHECK Value str_from_ucs2(Thread *t, const uint16_t *s, size_t n); /* narrows; surrogates stay apart */
MUST_CHECK Value str_from_ucs4(Thread *t, const uint32_t *s, size_t n); /* narrows */
MUST_CHECK Value str_from_char(Thread *t, uint32_t c);
MUST_CHECK Value str_from_wide(Thread *t, const wchar_t *s, size_t n);
/* File-system encoding (UTF-8 with surrogateescape), for paths, argv and the environment. */
MUST_CHECK Value str_from_fs(Thread *t, const char *bytes, size_t n);
MUST_CHECK Value str_fspath(Thread *t, Value path); /* os.fspath(): a str or bytes */
int str_fspath_optional(Thread *t, Value path,
                        Value *name);              /* the same, owned; 0 without an exception: it is no path; -1 */
MUST_CHECK Value str_to_fs(Thread *t, Value path); /* str, bytes or os.PathLike to bytes without NUL (ValueError) */
/* UTF-8 view of a str without lone surrogates: borrowed, lives as long as v for ASCII; otherwise *owner receives bytes to release. NULL on error. */
const char *str_utf8(Thread *t, Value v, size_t *length, Value *owner);
MUST_CHECK Value str_to_utf8(Thread *t, Value v); /* bytes; UnicodeEncodeError for lone surrogates */
/* How UTF-8 treats what it cannot code: fail, or map bytes 0x80.. to lone surrogates and back (PEP 383), or code surrogates as if they were characters. */
typedef enum StrErrors { STR_STRICT, STR_SURROGATEESCAPE, STR_SURROGATEPASS } StrErrors;
MUST_CHECK Value str_from_utf8_errors(Thread *t, const char *utf8, size_t n, StrErrors errors);
MUST_CHECK Value str_to_utf8_errors(Thread *t, Value v, StrErrors errors);
/* For codecs: length of the valid UTF-8 sequence at s, its character in *c; 0: invalid, *bad is how many bytes the error spans and *reason why ("invalid
 * start byte", "invalid continuation byte", "unexpected end of data"). */
int str_utf8_next(const uint8_t *s, const uint8_t *end, uint32_t *c, int *bad, const char **reason);
/* Number of leading ASCII bytes, scanned by words. */
size_t str_ascii_prefix(const uint8_t *s, size_t n);
/* Raise UnicodeDecodeError(encoding, bytes, start, end, reason) and UnicodeEncodeError(encoding, str, start, end, reason). */
Value str_decode_error(Thread *t, const char *encoding, const void *bytes, size_t n, size_t start, size_t end,
                       const char *reason);
Value str_encode_error(Thread *t, const char *encoding, Value str, size_t start, size_t end, const char *reason);
/* For messages only: like printf's %s of a str that may be of any content: ASCII data pointer or "?"; never fails. */
const char *str_ascii_or(Value v, const char *fallback);

/* Formatting for messages: %s (UTF-8 C string), %.200s, %c %d %i %u %ld %lu %lld %llu %zd %zu %x %p %%, and for Values: %V repr, %S str, %A ascii,
 * %U a str Value as it is; %T the type name of a Value and %N the name of a Type*, %M as %T but None as None, as CPython's messages write them (tp_name: "Foo" for a class
 * statement, "collections.deque" for a native type of a module); %#T and %#N fully qualified ("module.Foo.Bar", "list"), but for __main__: "Foo.Bar";
 * %+T and %+N as repr() has it: "__main__.Foo.Bar".  A precision cuts any of them to so many characters. */
MUST_CHECK Value str_format(Thread *t, const char *format, ...);
MUST_CHECK Value str_format_v(Thread *t, const char *format, va_list args);

MUST_CHECK Value str_intern_take(
    Thread *t, Value v); /* the one interned str equal to v (exact strs only; others are returned as they are) */
MUST_CHECK Value str_intern(Thread *t, const char *utf8);
MUST_CHECK Value str_intern_ascii(Thread *t, const uint8_t *s, size_t n);
/* The character at i of a str of one byte a character, from the end for a negative i: immortal.  Empty when it has wider ones, or none there. */
static ALWAYS_INLINE Value str_peek_narrow(const Thread *t, const Str *s, int64_t i)
{
    if (i < 0)
        i += (int64_t)s->length;
    return LIKELY((uint64_t)i < s->length && str_kind(s) == 1) ? t->interp->latin1[s->data[i]] : VALUE_EMPTY;
}
hash_t str_hash(Thread *t, Value v);
bool str_equal(Value a, Value b); /* both str_check */
/* The same for two strs that are not one.  The block of a str has room for whole words of characters (and so for one at least): what reads or writes them so needs this. */
_Static_assert(offsetof(Str, data) % 8 == 0, "the characters of a str begin at a word; blocks are multiples of 16");
static ALWAYS_INLINE bool str_same(const Str *x, const Str *y)
{
    if (x->length != y->length || str_kind(x) != str_kind(y))
        return false;
    size_t n = x->length * (size_t)str_kind(x);
    if (ALLOC_ASAN)
        return memcmp(x->data, y->data, n) == 0;
    uint64_t p, q;
    memcpy(&p, x->data, 8);
    memcpy(&q, y->data, 8);
    if (n < 8)
        return (p ^ q) << 8 << (56 - 8 * n) ==
               0; /* what lies behind the characters is shifted out: the first byte is the lowest */
    return p == q && (n == 8 || memcmp(x->data + 8, y->data + 8, n - 8) == 0);
}
/* Are the two, of the same hash, certainly the same?  Only short ones are compared. */
static ALWAYS_INLINE bool str_same_short(const Str *x, const Str *y)
{
    size_t n = x->length * (size_t)str_kind(x);
    if (ALLOC_ASAN || UNLIKELY(n > 16) || UNLIKELY(x->length != y->length) || UNLIKELY(str_kind(x) != str_kind(y)))
        return false;
    uint64_t p, q;
    memcpy(&p, x->data, 8);
    memcpy(&q, y->data, 8);
    if (n < 8)
        return (p ^ q) << 8 << (56 - 8 * n) == 0;
    if (p != q)
        return false;
    memcpy(&p, x->data + n - 8, 8);
    memcpy(&q, y->data + n - 8, 8);
    return p == q;
}
bool str_equal_ascii(Value a, const char *ascii);
int str_compare(Value a, Value b); /* code point order: -1, 0, 1 */
MUST_CHECK Value str_concat(Thread *t, Value a, Value b);
/* a + b consuming a: extends in place when nobody else holds a. */
MUST_CHECK Value str_append_take(Thread *t, Value a, Value b);
MUST_CHECK Value str_slice(Thread *t, Value v, size_t start, size_t end);
MUST_CHECK Value str_char_at(Thread *t, Value v, size_t index); /* one character as a str */
MUST_CHECK Value str_join(Thread *t, Value separator, Value iterable);
MUST_CHECK Value str_join_array(Thread *t, Value separator, const Value *items, size_t n); /* f-strings: all str */
int64_t str_find(Value s, Value needle, size_t start, size_t end); /* index or -1; no exception */
int64_t str_rfind(Value s, Value needle, size_t start, size_t end);
bool str_contains(Value s, Value part);
int64_t str_find_char(Value s, uint32_t c, size_t start, size_t end);
int64_t str_rfind_char(Value s, uint32_t c, size_t start, size_t end);
size_t str_count(Value s, Value needle, size_t start, size_t end, size_t max);
/* Does s[start:start + length(part)] equal part?  start must not exceed the length. */
bool str_match_at(Value s, size_t start, Value part);
bool str_startswith_ascii(Value s, const char *ascii);
bool str_endswith_ascii(Value s, const char *ascii);
/* The largest character of s[start:end], or a bound of it of the same width class (127, 255, 0xFFFF, 0x10FFFF). */
uint32_t str_max_char(const Str *s, size_t start, size_t end);
MUST_CHECK Value str_split(Thread *t, Value s, Value sep_or_empty, int64_t max);
MUST_CHECK Value str_replace(Thread *t, Value s, Value from, Value to, int64_t max);
MUST_CHECK Value str_mod(Thread *t, Value format, Value args); /* % formatting */
bool str_is_identifier(Value v);
bool str_is_identifier_utf8(const char *utf8, size_t n); /* for the lexer: valid UTF-8 */
MUST_CHECK Value str_repr(Thread *t, Value v);
MUST_CHECK Value str_ascii(Thread *t, Value v); /* escapes what is not ASCII in a str (of a repr) */
MUST_CHECK Value str_repeat(Thread *t, Value v, int64_t count);
MUST_CHECK Value str_strip(Thread *t, Value v, Value chars_or_none, int sides); /* sides: 1 left, 2 right, 3 both */
MUST_CHECK Value str_lower(Thread *t, Value v);
MUST_CHECK Value str_upper(Thread *t, Value v);
MUST_CHECK Value str_splitlines(Thread *t, Value v, bool keepends);
MUST_CHECK Value str_format_method(Thread *t, Value format, const Value *args, uint32_t n,
                                   Value names); /* str.format: args without self */
MUST_CHECK Value str_iter(Thread *t, Value v);
MUST_CHECK Value str_exact(Thread *t, Value v); /* exact copy of a subclass instance, or v itself */

/* Hashing of bytes with the interpreter's key (str, bytes, memoryview). */
hash_t str_hash_bytes(Thread *t, const void *data, size_t n);

/* Building a str of unknown width: start zeroed {0}, append, then finish or discard.  Widens as needed. Functions return 0 or -1 (MemoryError). */
typedef struct StrBuilder {
    Str *s; /* grows; or NULL */
    size_t length, capacity;
    uint32_t max_char;
    int kind;
} StrBuilder;
int strbuilder_char(Thread *t, StrBuilder *b, uint32_t c);
int strbuilder_str(Thread *t, StrBuilder *b, Value s);
int strbuilder_slice(Thread *t, StrBuilder *b, Value s, size_t start, size_t end);
int strbuilder_ascii(Thread *t, StrBuilder *b, const char *s, size_t n);
int strbuilder_small_int(Thread *t, StrBuilder *b, int64_t i);      /* in decimal; |i| below 10^18 */
int strbuilder_string(Thread *t, StrBuilder *b, const char *ascii); /* NUL-terminated */
int strbuilder_fill(Thread *t, StrBuilder *b, uint32_t c, size_t n);
int strbuilder_reserve(Thread *t, StrBuilder *b, size_t more,
                       uint32_t max_char);                    /* room for `more` characters up to max_char */
MUST_CHECK Value strbuilder_finish(Thread *t, StrBuilder *b); /* the str; the builder is empty again */
void strbuilder_discard(Thread *t, StrBuilder *b);

extern const struct TypeSpec type_spec_str, type_spec_str_iterator;

/* Unicode properties (unicode.c, generated tables). */
bool unicode_is_space(uint32_t c);
bool unicode_is_linebreak(uint32_t c);
bool unicode_is_alpha(uint32_t c);
bool unicode_is_alnum(uint32_t c);
bool unicode_is_decimal(uint32_t c);
bool unicode_is_digit(uint32_t c);
bool unicode_is_numeric(uint32_t c);
bool unicode_is_upper(uint32_t c);
bool unicode_is_lower(uint32_t c);
bool unicode_is_title(uint32_t c);
bool unicode_is_cased(uint32_t c);
bool unicode_is_case_ignorable(uint32_t c);
bool unicode_is_printable(uint32_t c);
bool unicode_is_xid_start(uint32_t c);
bool unicode_is_xid_continue(uint32_t c);
int unicode_decimal(uint32_t c); /* digit value or -1 */
int unicode_digit(uint32_t c);
uint32_t unicode_to_lower(uint32_t c); /* simple mappings */
uint32_t unicode_to_upper(uint32_t c);
uint32_t unicode_to_title(uint32_t c);
/* Full mappings: up to 3 characters, returns how many. */
int unicode_lower_full(uint32_t c, uint32_t out[3]);
int unicode_upper_full(uint32_t c, uint32_t out[3]);
int unicode_title_full(uint32_t c, uint32_t out[3]);
int unicode_fold_full(uint32_t c, uint32_t out[3]);

#endif
