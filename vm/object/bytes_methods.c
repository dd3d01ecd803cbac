/* bytes_methods.c: the methods of bytes and bytearray that look at or change single bytes: case, classes, padding, stripping, translation; and join, decode.
 *
 * One implementation for both types (bytes_methods.h); what a byte is goes by ASCII alone.  Searching methods are in bytes_search.c. */
#include "bytes_methods.h"

#include "../memory/alloc.h"
#include "codec.h"
#include "int.h"
#include "list.h"
#include "str.h"

int span_open(Thread *t, Value self, Span *s)
{
    s->copy = VALUE_EMPTY;
    if (bytes_check(self)) {
        s->data = bytes_of(self)->data;
        s->n = bytes_of(self)->length;
        return 0;
    }
    ByteArray *a = (ByteArray *)value_object(self);
    if (LIKELY(!t->free_threaded)) {
        s->data = a->data ? a->data : (const uint8_t *)"";
        s->n = a->length;
        return 0;
    }
    objlock_enter(t, a);
    s->copy = bytes_new(t, a->data, a->length);
    objlock_exit(t, a);
    if (value_is_empty(s->copy))
        return -1;
    s->data = bytes_of(s->copy)->data;
    s->n = bytes_of(s->copy)->length;
    return 0;
}

/* self where nothing changed: bytes are shared, bytearrays copied. */
static Value unchanged(Thread *t, Value self, const Span *s)
{
    return object_is_exact(self, KIND_BYTES) ? ref_inc(t, self) : bytes_like_new(t, self, s->data, s->n);
}

/* ---- case ---- */

static inline bool is_upper(uint8_t c) { return c >= 'A' && c <= 'Z'; }
static inline bool is_lower(uint8_t c) { return c >= 'a' && c <= 'z'; }
static inline bool is_alpha(uint8_t c) { return is_upper(c) || is_lower(c); }
static inline bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }
static inline bool is_space(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static inline uint8_t to_upper(uint8_t c) { return is_lower(c) ? c ^ 0x20 : c; }
static inline uint8_t to_lower(uint8_t c) { return is_upper(c) ? c ^ 0x20 : c; }

static void put_upper(uint8_t *p, const uint8_t *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = to_upper(s[i]);
}
static void put_lower(uint8_t *p, const uint8_t *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = to_lower(s[i]);
}
static void put_swapped(uint8_t *p, const uint8_t *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = is_alpha(s[i]) ? s[i] ^ 0x20 : s[i];
}
static void put_capitalized(uint8_t *p, const uint8_t *s, size_t n)
{
    put_lower(p, s, n);
    if (n)
        p[0] = to_upper(s[0]);
}
static void put_title(uint8_t *p, const uint8_t *s, size_t n)
{
    bool inside = false;
    for (size_t i = 0; i < n; i++) {
        p[i] = inside ? to_lower(s[i]) : to_upper(s[i]);
        inside = is_alpha(s[i]);
    }
}

static Value transform(Thread *t, Value self, void (*put)(uint8_t *, const uint8_t *, size_t))
{
    Span s;
    if (span_open(t, self, &s) < 0)
        return VALUE_EMPTY;
    Value result = bytes_like_new(t, self, NULL, s.n);
    if (!value_is_empty(result) && s.n)
        put(bytes_like_data(result), s.data, s.n);
    span_close(t, &s);
    return result;
}

NATIVE_SHARED(bytes_upper, "upper", "($self, /)", "A copy with ASCII letters in upper case.")
{
    return transform(t, args[0], put_upper);
}
NATIVE_SHARED(bytes_lower, "lower", "($self, /)", "A copy with ASCII letters in lower case.")
{
    return transform(t, args[0], put_lower);
}
NATIVE_SHARED(bytes_swapcase, "swapcase", "($self, /)", "A copy with the case of ASCII letters swapped.")
{
    return transform(t, args[0], put_swapped);
}
NATIVE_SHARED(bytes_capitalize, "capitalize", "($self, /)",
              "A copy with the first byte in upper case and the rest in lower case.")
{
    return transform(t, args[0], put_capitalized);
}
NATIVE_SHARED(bytes_title, "title", "($self, /)", "A copy in which words begin in upper case, all else is lower case.")
{
    return transform(t, args[0], put_title);
}

/* ---- classes ---- */

static Value all_are(Thread *t, Value self, bool (*test)(uint8_t), bool empty_result)
{
    Span s;
    if (span_open(t, self, &s) < 0)
        return VALUE_EMPTY;
    bool result = s.n ? true : empty_result;
    for (size_t i = 0; i < s.n && result; i++)
        result = test(s.data[i]);
    span_close(t, &s);
    return value_from_bool(result);
}

static bool test_alnum(uint8_t c) { return is_alpha(c) || is_digit(c); }
static bool test_alpha(uint8_t c) { return is_alpha(c); }
static bool test_digit(uint8_t c) { return is_digit(c); }
static bool test_space(uint8_t c) { return is_space(c); }

NATIVE_SHARED(bytes_isalnum, "isalnum", "($self, /)", "Are all bytes ASCII letters or digits, and is there one?")
{
    return all_are(t, args[0], test_alnum, false);
}
NATIVE_SHARED(bytes_isalpha, "isalpha", "($self, /)", "Are all bytes ASCII letters, and is there one?")
{
    return all_are(t, args[0], test_alpha, false);
}
NATIVE_SHARED(bytes_isdigit, "isdigit", "($self, /)", "Are all bytes ASCII digits, and is there one?")
{
    return all_are(t, args[0], test_digit, false);
}
NATIVE_SHARED(bytes_isspace, "isspace", "($self, /)", "Are all bytes ASCII white space, and is there one?")
{
    return all_are(t, args[0], test_space, false);
}

NATIVE_SHARED(bytes_isascii, "isascii", "($self, /)", "Are all bytes below 128?")
{
    Span s;
    if (span_open(t, args[0], &s) < 0)
        return VALUE_EMPTY;
    bool result = str_ascii_prefix(s.data, s.n) == s.n;
    span_close(t, &s);
    return value_from_bool(result);
}

static Value one_case(Thread *t, Value self, bool (*wanted)(uint8_t), bool (*other)(uint8_t))
{
    Span s;
    if (span_open(t, self, &s) < 0)
        return VALUE_EMPTY;
    bool result = false;
    for (size_t i = 0; i < s.n; i++) {
        if (other(s.data[i])) {
            result = false;
            break;
        }
        result |= wanted(s.data[i]);
    }
    span_close(t, &s);
    return value_from_bool(result);
}
static bool test_upper(uint8_t c) { return is_upper(c); }
static bool test_lower(uint8_t c) { return is_lower(c); }

NATIVE_SHARED(bytes_isupper, "isupper", "($self, /)", "Is there an upper-case ASCII letter, and no lower-case one?")
{
    return one_case(t, args[0], test_upper, test_lower);
}
NATIVE_SHARED(bytes_islower, "islower", "($self, /)", "Is there a lower-case ASCII letter, and no upper-case one?")
{
    return one_case(t, args[0], test_lower, test_upper);
}

NATIVE_SHARED(bytes_istitle, "istitle", "($self, /)",
              "Do upper-case letters only begin words, lower-case ones only continue them, and is there a letter?")
{
    Span s;
    if (span_open(t, args[0], &s) < 0)
        return VALUE_EMPTY;
    bool cased = false, inside = false, result = true;
    for (size_t i = 0; i < s.n && result; i++) {
        if (is_alpha(s.data[i])) {
            result = is_upper(s.data[i]) != inside;
            cased = inside = true;
        } else {
            inside = false;
        }
    }
    span_close(t, &s);
    return value_from_bool(result && cased);
}

/* ---- padding ---- */

/* A size argument; -1 with an exception on error (a negative size is returned as 0). */
static int64_t size_argument(Thread *t, Value v)
{
    int64_t n;
    if (bytes_ssize(t, v, &n) < 0)
        return -1;
    return n < 0 ? 0 : n;
}

static int fill_argument(Thread *t, Value v, const char *method)
{
    if (value_is_empty(v))
        return ' ';
    if (bytes_check(v)) {
        if (bytes_of(v)->length == 1)
            return bytes_of(v)->data[0];
        error_set(t, EXC_TypeError,
                  "%s(): argument 2 must be a byte string of length 1, not a bytes object of length %zu", method,
                  bytes_of(v)->length);
        return -1;
    }
    if (object_is(v, KIND_BYTEARRAY)) {
        ByteArray *a = (ByteArray *)value_object(v);
        objlock_enter(t, a);
        size_t length = a->length;
        int c = length == 1 ? a->data[0] : -1;
        objlock_exit(t, a);
        if (length != 1)
            error_set(t, EXC_TypeError,
                      "%s(): argument 2 must be a byte string of length 1, not a bytearray object of length %zu",
                      method, length);
        return c;
    }
    error_set(t, EXC_TypeError, "%s() argument 2 must be a byte string of length 1, not %.50s", method,
              value_is_none(v) ? "None" : type_name(type_of(t, v)));
    return -1;
}

static Value padded(Thread *t, Value self, const Span *s, size_t left, size_t right, int fill)
{
    if (left > (size_t)PTRDIFF_MAX - s->n || right > (size_t)PTRDIFF_MAX - s->n - left)
        return error_no_memory(t);
    Value result = bytes_like_new(t, self, NULL, left + s->n + right);
    if (!value_is_empty(result) && left + s->n + right) {
        uint8_t *p = bytes_like_data(result);
        memset(p, fill, left);
        memcpy(p + left, s->data, s->n);
        memset(p + left + s->n, fill, right);
    }
    return result;
}

static Value justify(Thread *t, Value *args, const char *method, int where)
{
    int64_t width = size_argument(t, args[1]);
    if (width < 0)
        return VALUE_EMPTY;
    int fill = fill_argument(t, args[2], method);
    Span s;
    if (fill < 0 || span_open(t, args[0], &s) < 0)
        return VALUE_EMPTY;
    Value result;
    if (width <= (int64_t)s.n) {
        result = unchanged(t, args[0], &s);
    } else {
        uint64_t pad = (uint64_t)width - s.n;
        uint64_t left = where < 0 ? 0 : where > 0 ? pad : pad / 2 + (pad & (uint64_t)width & 1);
        result =
            pad > PTRDIFF_MAX ? error_no_memory(t) : padded(t, args[0], &s, (size_t)left, (size_t)(pad - left), fill);
    }
    span_close(t, &s);
    return result;
}

NATIVE_SHARED(bytes_ljust, "ljust", "($self, width, fillchar=b' ', /)", "Padded at the right to the width.")
{
    return justify(t, args, "ljust", -1);
}
NATIVE_SHARED(bytes_rjust, "rjust", "($self, width, fillchar=b' ', /)", "Padded at the left to the width.")
{
    return justify(t, args, "rjust", 1);
}
NATIVE_SHARED(bytes_center, "center", "($self, width, fillchar=b' ', /)", "Padded on both sides to the width.")
{
    return justify(t, args, "center", 0);
}

NATIVE_SHARED(bytes_zfill, "zfill", "($self, width, /)", "Padded with zeros at the left, behind a sign.")
{
    int64_t width = size_argument(t, args[1]);
    Span s;
    if (width < 0 || span_open(t, args[0], &s) < 0)
        return VALUE_EMPTY;
    Value result;
    if (width <= (int64_t)s.n) {
        result = unchanged(t, args[0], &s);
    } else {
        uint64_t pad = (uint64_t)width - s.n;
        result = pad > PTRDIFF_MAX ? error_no_memory(t) : padded(t, args[0], &s, (size_t)pad, 0, '0');
        if (!value_is_empty(result)) {
            uint8_t *p = bytes_like_data(result);
            if (s.n && (s.data[0] == '+' || s.data[0] == '-')) {
                p[0] = s.data[0];
                p[pad] = '0';
            }
        }
    }
    span_close(t, &s);
    return result;
}

NATIVE_SHARED(bytes_expandtabs, "expandtabs", "($self, /, tabsize=8)",
              "A copy with tabs replaced by spaces up to the next column.")
{
    int tab = 8;
    Span s;
    if ((!value_is_empty(args[1]) && bytes_int(t, args[1], &tab) < 0) || span_open(t, args[0], &s) < 0)
        return VALUE_EMPTY;
    uint64_t total = 0, column = 0;
    for (size_t i = 0; i < s.n; i++) {
        uint64_t width = 1;
        if (s.data[i] == '\t')
            width = tab > 0 ? (uint64_t)tab - column % (uint64_t)tab : 0;
        total += width;
        column = s.data[i] == '\n' || s.data[i] == '\r' ? 0 : column + width;
        if (total > PTRDIFF_MAX) {
            span_close(t, &s);
            return error_set(t, EXC_OverflowError, "result too long");
        }
    }
    Value result = bytes_like_new(t, args[0], NULL, (size_t)total);
    if (!value_is_empty(result) && total) {
        uint8_t *p = bytes_like_data(result);
        column = 0;
        for (size_t i = 0; i < s.n; i++) {
            if (s.data[i] == '\t') {
                if (tab > 0) {
                    size_t width = (size_t)tab - column % (size_t)tab;
                    memset(p, ' ', width);
                    p += width;
                    column += width;
                }
            } else {
                *p++ = s.data[i];
                column = s.data[i] == '\n' || s.data[i] == '\r' ? 0 : column + 1;
            }
        }
    }
    span_close(t, &s);
    return result;
}

/* ---- stripping ---- */

static Value strip(Thread *t, Value self, Value set, bool left, bool right)
{
    bool in_set[256] = {false};
    if (value_is_empty(set) || value_is_none(set)) {
        for (int c = 0; c < 256; c++)
            in_set[c] = is_space((uint8_t)c);
    } else {
        Buffer view;
        if (bytes_argument(t, set, &view) < 0)
            return VALUE_EMPTY;
        for (size_t i = 0; i < view.length; i++)
            in_set[((const uint8_t *)view.data)[i]] = true;
        buffer_release(t, &view);
    }
    Span s;
    if (span_open(t, self, &s) < 0)
        return VALUE_EMPTY;
    size_t start = 0, end = s.n;
    while (left && start < end && in_set[s.data[start]])
        start++;
    while (right && end > start && in_set[s.data[end - 1]])
        end--;
    Value result = end - start == s.n ? unchanged(t, self, &s) : bytes_like_new(t, self, s.data + start, end - start);
    span_close(t, &s);
    return result;
}

NATIVE_SHARED(bytes_strip, "strip", "($self, bytes=None, /)",
              "Without the given bytes (None: ASCII white space) at both ends.")
{
    return strip(t, args[0], args[1], true, true);
}
NATIVE_SHARED(bytes_lstrip, "lstrip", "($self, bytes=None, /)",
              "Without the given bytes (None: ASCII white space) at the start.")
{
    return strip(t, args[0], args[1], true, false);
}
NATIVE_SHARED(bytes_rstrip, "rstrip", "($self, bytes=None, /)",
              "Without the given bytes (None: ASCII white space) at the end.")
{
    return strip(t, args[0], args[1], false, true);
}

/* ---- translating ---- */

NATIVE_SHARED(bytes_translate, "translate", "($self, table, /, delete=b'')",
              "A copy without the bytes in delete, the others mapped through a table of 256 bytes (None: as they are).")
{
    Value self = args[0];
    Buffer table = {0}, deleted = {0};
    Span s;
    Value result = VALUE_EMPTY;
    bool mapped = !value_is_none(args[1]), drop[256] = {false};
    if (mapped) {
        if (bytes_argument(t, args[1], &table) < 0)
            return VALUE_EMPTY;
        if (table.length != 256) {
            error_set(t, EXC_ValueError, "translation table must be 256 characters long");
            goto done;
        }
    }
    if (!value_is_empty(args[2])) {
        if (bytes_argument(t, args[2], &deleted) < 0)
            goto done;
        for (size_t i = 0; i < deleted.length; i++)
            drop[((const uint8_t *)deleted.data)[i]] = true;
    }
    if (span_open(t, self, &s) < 0)
        goto done;
    BytesBuilder b = {0};
    uint8_t *p = bytesbuilder_reserve(t, &b, s.n);
    if (p) {
        const uint8_t *map = table.data;
        bool changed = false;
        for (size_t i = 0; i < s.n; i++) {
            uint8_t c = s.data[i];
            if (drop[c]) {
                changed = true;
                continue;
            }
            *p = mapped ? map[c] : c;
            changed |= *p++ != c;
        }
        b.length = (size_t)(p - b.b->data);
        if (!changed) {
            result = unchanged(t, self, &s);
            bytesbuilder_discard(t, &b);
        } else if (bytes_check(self)) {
            result = bytesbuilder_finish(t, &b);
        } else {
            result = bytes_like_new(t, self, b.b->data, b.length);
            bytesbuilder_discard(t, &b);
        }
    }
    span_close(t, &s);
done:
    buffer_release(t, &table);
    buffer_release(t, &deleted);
    return result;
}

NATIVE_SHARED_FLAGS(bytes_maketrans, "maketrans", "(frm, to, /)",
                    "A table for translate that maps each byte of frm to the one at its place in to.", NATIVE_STATIC)
{
    Buffer from = {0}, to = {0};
    Value result = VALUE_EMPTY;
    if (bytes_argument(t, args[0], &from) < 0 || bytes_argument(t, args[1], &to) < 0)
        goto done;
    if (from.length != to.length) {
        error_set(t, EXC_ValueError, "maketrans arguments must have same length");
        goto done;
    }
    result = bytes_new(t, NULL, 256);
    if (!value_is_empty(result)) {
        uint8_t *p = bytes_of(result)->data;
        for (int c = 0; c < 256; c++)
            p[c] = (uint8_t)c;
        for (size_t i = 0; i < from.length; i++)
            p[((const uint8_t *)from.data)[i]] = ((const uint8_t *)to.data)[i];
    }
done:
    buffer_release(t, &from);
    buffer_release(t, &to);
    return result;
}

/* ---- join, decode ---- */

/* Joins n values, all bytes-like; exports are held until all lengths are known and copied. */
static Value join_items(Thread *t, Value self, const Span *sep, const Value *items, size_t n)
{
    Buffer small[16], *views = small;
    size_t got = 0, total = 0;
    Value result = VALUE_EMPTY;
    if (n > 16 && !(views = alloc_memory_zeroed(t, n, sizeof *views)))
        return VALUE_EMPTY;
    for (; got < n; got++) {
        if (bytes_argument(t, items[got], &views[got]) < 0) {
            error_clear(t);
            error_set(t, EXC_TypeError, "sequence item %zu: expected a bytes-like object, %.80T found", got,
                      items[got]);
            goto done;
        }
        size_t more = views[got].length + (got ? sep->n : 0);
        if (views[got].length > (size_t)PTRDIFF_MAX - sep->n || more > (size_t)PTRDIFF_MAX - total) {
            got++;
            error_set(t, EXC_OverflowError, "join() result is too long");
            goto done;
        }
        total += more;
    }
    result = bytes_like_new(t, self, NULL, total);
    if (!value_is_empty(result) && total) {
        uint8_t *p = bytes_like_data(result);
        for (size_t i = 0; i < n; i++) {
            if (i && sep->n) {
                memcpy(p, sep->data, sep->n);
                p += sep->n;
            }
            memcpy(p, views[i].data, views[i].length);
            p += views[i].length;
        }
    }
done:
    while (got)
        buffer_release(t, &views[--got]);
    if (views != small)
        alloc_memory_free(t, views);
    return result;
}

/* The items that join() is given, as a tuple. */
static Value items_to_join(Thread *t, Value items)
{
    if (tuple_check_exact(items))
        return ref_inc(t, items);
    Value all = object_to_tuple(t, items);
    if (value_is_empty(all) && (!value_is_object(items) ||
                                (!value_object(items)->type->slots.iter && !value_object(items)->type->slots.getitem)))
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "can only join an iterable");
    return all;
}

NATIVE_SHARED(bytes_join, "join", "($self, iterable_of_bytes, /)", "Joins bytes-like objects, with self between them.")
{
    /* A bytearray must not change size while the iterator and the items' __buffer__ run: it is exported meanwhile. */
    Buffer sep = {.owner = VALUE_EMPTY};
    Value self = args[0], result = VALUE_EMPTY;
    if (bytes_check(self)) {
        sep.data = bytes_of(self)->data;
        sep.length = bytes_of(self)->length;
    } else if (buffer_get(t, self, &sep, BUFFER_SIMPLE) < 0) {
        return VALUE_EMPTY;
    }
    Value items = items_to_join(t, args[1]);
    if (!value_is_empty(items)) {
        size_t count = tuple_length(items);
        if (count == 1 && bytes_check(self) && object_is_exact(tuple_peek(items, 0), KIND_BYTES)) {
            result = ref_inc(t, tuple_peek(items, 0));
        } else {
            Span s = {sep.data, sep.length, VALUE_EMPTY};
            result = join_items(t, self, &s, tuple_of(items)->items, count);
        }
        ref_dec(t, items);
    }
    buffer_release(t, &sep);
    return result;
}

static const char *name_argument(Thread *t, Value v, const char *which, Value *owner)
{
    size_t length;
    *owner = VALUE_EMPTY;
    if (!str_check(v)) {
        error_set(t, EXC_TypeError, "decode() argument '%s' must be str, not %.50s", which,
                  value_is_none(v) ? "None" : type_name(type_of(t, v)));
        return NULL;
    }
    const char *name = str_utf8(t, v, &length, owner);
    if (name && strlen(name) != length) {
        error_set(t, EXC_ValueError, "embedded null character");
        return NULL;
    }
    return name;
}

NATIVE_SHARED(bytes_decode, "decode", "($self, /, encoding='utf-8', errors='strict')",
              "The text that the bytes encode.")
{
    const char *encoding = NULL, *errors = NULL;
    Value owner1 = VALUE_EMPTY, owner2 = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(args[1]) && !(encoding = name_argument(t, args[1], "encoding", &owner1)))
        goto done;
    if (!value_is_empty(args[2]) && !(errors = name_argument(t, args[2], "errors", &owner2)))
        goto done;
    result = codec_decode_text(t, args[0], encoding, errors);
done:
    ref_dec(t, owner1);
    ref_dec(t, owner2);
    return result;
}
