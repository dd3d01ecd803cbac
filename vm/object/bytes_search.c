/* bytes_search.c: finding in bytes and bytearray, and the methods built on it: find, count, startswith, replace, split, partition and their kin.
 *
 * All arguments are converted before the contents of self are opened (bytes_methods.h), because conversions run Python code.  No locks of its own. */
#include "bytes_methods.h"

#include "../memory/alloc.h"
#include "int.h"
#include "list.h"

/* ---- searching ---- */

int64_t bytes_find(const uint8_t *data, size_t n, const uint8_t *needle, size_t m)
{
    if (m > n)
        return -1;
    if (m == 0)
        return 0;
    const uint8_t *p = m == 1 ? memchr(data, needle[0], n) : memmem(data, n, needle, m);
    return p ? p - data : -1;
}

int64_t bytes_rfind(const uint8_t *data, size_t n, const uint8_t *needle, size_t m)
{
    if (m > n)
        return -1;
    if (m == 0)
        return (int64_t)n;
    if (m == 1) {
        const uint8_t *p = memrchr(data, needle[0], n);
        return p ? p - data : -1;
    }
    /* Horspool backwards: the shift is the distance to the nearest earlier place of the window's first byte in the needle. */
    uint8_t skip[256];
    memset(skip, m < 255 ? (int)m : 255, sizeof skip);
    for (size_t i = m - 1; i >= 1; i--)
        skip[needle[i]] = (uint8_t)(i < 255 ? i : 255);
    for (size_t i = n - m;;) {
        if (data[i] == needle[0] && memcmp(data + i, needle, m) == 0)
            return (int64_t)i;
        size_t step = skip[data[i]];
        if (step > i)
            return -1;
        i -= step;
    }
}

static size_t count_in(const uint8_t *data, size_t n, const uint8_t *needle, size_t m, size_t max)
{
    if (m == 0)
        return n < max ? n + 1 : max;
    size_t count = 0;
    while (count < max) {
        int64_t at = bytes_find(data, n, needle, m);
        if (at < 0)
            break;
        count++;
        data += (size_t)at + m;
        n -= (size_t)at + m;
    }
    return count;
}

/* ---- arguments ---- */

/* What find and its kin look for: a bytes-like object or one byte given as an int. */
typedef struct Needle {
    Buffer view;
    uint8_t byte;
    const uint8_t *data;
    size_t n;
} Needle;

static int needle_get(Thread *t, Value v, Needle *needle)
{
    needle->view.owner = VALUE_EMPTY;
    if (buffer_supported(t, v)) {
        if (bytes_argument(t, v, &needle->view) < 0)
            return -1;
        needle->data = needle->view.data;
        needle->n = needle->view.length;
        return 0;
    }
    if (!int_check(v) && !(value_is_object(v) && value_object(v)->type->slots.index)) {
        error_set(t, EXC_TypeError, "argument should be integer or bytes-like object, not '%.200T'", v);
        return -1;
    }
    int c = bytes_item(t, v, "byte must be in range(0, 256)");
    if (c < 0)
        return -1;
    needle->byte = (uint8_t)c;
    needle->data = &needle->byte;
    needle->n = 1;
    return 0;
}

static int bound(Thread *t, Value v, int64_t *result)
{
    if (value_is_empty(v) || value_is_none(v))
        return 0;
    if (LIKELY(value_is_int(v))) {
        *result = value_to_int(v);
        return 0;
    }
    if (!int_check(v) && !(value_is_object(v) && value_object(v)->type->slots.index)) {
        error_set(t, EXC_TypeError, "slice indices must be integers or None or have an __index__ method");
        return -1;
    }
    *result = number_index_int64(t, v, -1);
    return *result == -1 && error_pending(t) ? -1 : 0;
}

static int bounds(Thread *t, Value start, Value end, int64_t *s, int64_t *e)
{
    *s = 0;
    *e = INT64_MAX;
    return bound(t, start, s) < 0 || bound(t, end, e) < 0 ? -1 : 0;
}

/* As slicing, but a start behind the end stays there: nothing is found, not even the empty needle. */
static void clip(int64_t *s, int64_t *e, size_t n)
{
    int64_t length = (int64_t)n;
    if (*e > length)
        *e = length;
    else if (*e < 0)
        *e = *e + length < 0 ? 0 : *e + length;
    if (*s < 0)
        *s = *s + length < 0 ? 0 : *s + length;
}

/* find (way 1), rfind (-1), count (0): the result, -2 on error. */
static int64_t search(Thread *t, Value *args, int way)
{
    int64_t s, e, result = way ? -1 : 0;
    if (bounds(t, args[2], args[3], &s, &e) < 0)
        return -2;
    Needle needle;
    Span self;
    if (needle_get(t, args[1], &needle) < 0)
        return -2;
    if (span_open(t, args[0], &self) < 0) {
        buffer_release(t, &needle.view);
        return -2;
    }
    clip(&s, &e, self.n);
    if (e >= s) {
        const uint8_t *data = self.data + s;
        size_t n = (size_t)(e - s);
        if (way == 0) {
            result = (int64_t)count_in(data, n, needle.data, needle.n, PTRDIFF_MAX);
        } else {
            result = way > 0 ? bytes_find(data, n, needle.data, needle.n) : bytes_rfind(data, n, needle.data, needle.n);
            if (result >= 0)
                result += s;
        }
    }
    span_close(t, &self);
    buffer_release(t, &needle.view);
    return result;
}

static Value searched(Thread *t, int64_t result, bool must_exist)
{
    if (result == -2)
        return VALUE_EMPTY;
    if (result < 0 && must_exist)
        return error_set(t, EXC_ValueError, "subsection not found");
    return int_from_int64(t, result);
}

NATIVE_SHARED(bytes_find, "find", "($self, sub, start=None, end=None, /)",
              "Lowest index of sub within [start:end], or -1.")
{
    return searched(t, search(t, args, 1), false);
}
NATIVE_SHARED(bytes_rfind, "rfind", "($self, sub, start=None, end=None, /)",
              "Highest index of sub within [start:end], or -1.")
{
    return searched(t, search(t, args, -1), false);
}
NATIVE_SHARED(bytes_index, "index", "($self, sub, start=None, end=None, /)",
              "Lowest index of sub within [start:end]; ValueError when absent.")
{
    return searched(t, search(t, args, 1), true);
}
NATIVE_SHARED(bytes_rindex, "rindex", "($self, sub, start=None, end=None, /)",
              "Highest index of sub within [start:end]; ValueError when absent.")
{
    return searched(t, search(t, args, -1), true);
}
NATIVE_SHARED(bytes_count, "count", "($self, sub, start=None, end=None, /)",
              "Number of occurrences of sub in [start:end] that do not overlap.")
{
    return searched(t, search(t, args, 0), false);
}

int bytes_contains(Thread *t, Value self, Value item)
{
    Needle needle;
    needle.view.owner = VALUE_EMPTY;
    if (int_check(item) || (value_is_object(item) && value_object(item)->type->slots.index)) {
        int64_t i = number_index_int64(t, item, -1);
        if (i == -1 && error_pending(t)) {
            error_clear(t);
            if (bytes_argument(t, item, &needle.view) < 0)
                return -1;
            needle.data = needle.view.data;
            needle.n = needle.view.length;
        } else {
            if (i < 0 || i > 255) {
                error_set(t, EXC_ValueError, "byte must be in range(0, 256)");
                return -1;
            }
            needle.byte = (uint8_t)i;
            needle.data = &needle.byte;
            needle.n = 1;
        }
    } else {
        if (bytes_argument(t, item, &needle.view) < 0)
            return -1;
        needle.data = needle.view.data;
        needle.n = needle.view.length;
    }
    Span s;
    int result = -1;
    if (span_open(t, self, &s) == 0) {
        result = bytes_find(s.data, s.n, needle.data, needle.n) >= 0;
        span_close(t, &s);
    }
    buffer_release(t, &needle.view);
    return result;
}

/* ---- ends ---- */

static int tail_match(Thread *t, Value self, Value affix, int64_t s, int64_t e, bool at_end)
{
    Buffer view;
    Span span;
    if (bytes_argument(t, affix, &view) < 0)
        return -1;
    if (span_open(t, self, &span) < 0) {
        buffer_release(t, &view);
        return -1;
    }
    clip(&s, &e, span.n);
    int64_t m = (int64_t)view.length;
    int result =
        s <= (int64_t)span.n && e - s >= m && memcmp(span.data + (at_end ? e - m : s), view.data, view.length) == 0;
    span_close(t, &span);
    buffer_release(t, &view);
    return result;
}

static Value has_affix(Thread *t, Value *args, bool at_end)
{
    int64_t s, e;
    if (bounds(t, args[2], args[3], &s, &e) < 0)
        return VALUE_EMPTY;
    if (tuple_check(args[1])) {
        for (size_t i = 0; i < tuple_length(args[1]); i++) {
            int result = tail_match(t, args[0], tuple_peek(args[1], i), s, e, at_end);
            if (result)
                return result < 0 ? VALUE_EMPTY : VALUE_TRUE;
        }
        return VALUE_FALSE;
    }
    int result = tail_match(t, args[0], args[1], s, e, at_end);
    if (result < 0) {
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "%s first arg must be bytes or a tuple of bytes, not %T",
                      at_end ? "endswith" : "startswith", args[1]);
        return VALUE_EMPTY;
    }
    return value_from_bool(result);
}

NATIVE_SHARED(bytes_startswith, "startswith", "($self, prefix, start=None, end=None, /)",
              "Does it start with the prefix, or with one of a tuple?")
{
    return has_affix(t, args, false);
}
NATIVE_SHARED(bytes_endswith, "endswith", "($self, suffix, start=None, end=None, /)",
              "Does it end with the suffix, or with one of a tuple?")
{
    return has_affix(t, args, true);
}

static Value without_affix(Thread *t, Value self, Value affix, bool at_end)
{
    Buffer view;
    Span s;
    if (bytes_argument(t, affix, &view) < 0)
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    if (span_open(t, self, &s) == 0) {
        size_t m = view.length;
        if (m > 0 && m <= s.n && memcmp(s.data + (at_end ? s.n - m : 0), view.data, m) == 0)
            result = bytes_like_new(t, self, s.data + (at_end ? 0 : m), s.n - m);
        else if (object_is_exact(self, KIND_BYTES))
            result = ref_inc(t, self);
        else
            result = bytes_like_new(t, self, s.data, s.n);
        span_close(t, &s);
    }
    buffer_release(t, &view);
    return result;
}

NATIVE_SHARED(bytes_removeprefix, "removeprefix", "($self, prefix, /)",
              "A copy without the prefix, if it starts with it.")
{
    return without_affix(t, args[0], args[1], false);
}
NATIVE_SHARED(bytes_removesuffix, "removesuffix", "($self, suffix, /)",
              "A copy without the suffix, if it ends with it.")
{
    return without_affix(t, args[0], args[1], true);
}

/* ---- replace ---- */

/* The new contents with the first `max` occurrences replaced, or empty WITHOUT an exception when nothing is to be replaced. */
static Value replaced(Thread *t, Value self, const Span *s, const Buffer *old, const Buffer *new, size_t max)
{
    const uint8_t *data = s->data, *from = old->data, *to = new->data;
    size_t n = s->n, m = old->length, k = new->length;
    if (max == 0 || m > n || (m == 0 && k == 0))
        return VALUE_EMPTY;
    size_t count = count_in(data, n, from, m, max);
    if (count == 0)
        return VALUE_EMPTY;
    if (k > m && count > ((size_t)PTRDIFF_MAX - n) / (k - m))
        return error_set(t, EXC_OverflowError, "replace bytes is too long");
    size_t length = k >= m ? n + count * (k - m) : n - count * (m - k);
    Value result = bytes_like_new(t, self, NULL, length);
    if (value_is_empty(result) || length == 0)
        return result;
    uint8_t *p = bytes_like_data(result);
    const uint8_t *end = data + n;
    if (m == 0) { /* before each byte, and at the end */
        for (size_t i = 0; i < count; i++) {
            memcpy(p, to, k);
            p += k;
            if (data < end)
                *p++ = *data++;
        }
    } else if (m == 1 && k == 1) {
        memcpy(p, data, n);
        for (size_t i = 0; i < count; i++) {
            uint8_t *at = memchr(p, from[0], (size_t)(end - data));
            *at = to[0];
            data += at + 1 - p;
            p = at + 1;
        }
        return result;
    } else {
        for (size_t i = 0; i < count; i++) {
            size_t at = (size_t)bytes_find(data, (size_t)(end - data), from, m);
            memcpy(p, data, at);
            p += at;
            memcpy(p, to, k);
            p += k;
            data += at + m;
        }
    }
    memcpy(p, data, (size_t)(end - data));
    return result;
}

NATIVE_SHARED(bytes_replace, "replace", "($self, old, new, count=-1, /)",
              "A copy with occurrences of old replaced by new, at most count of them.")
{
    int64_t max = -1;
    Buffer old = {0}, new = {0};
    Span s;
    Value result = VALUE_EMPTY;
    if (bytes_argument(t, args[1], &old) < 0 || bytes_argument(t, args[2], &new) < 0)
        goto done;
    if ((!value_is_empty(args[3]) && bytes_ssize(t, args[3], &max) < 0) || span_open(t, args[0], &s) < 0)
        goto done;
    result = replaced(t, args[0], &s, &old, &new, max < 0 || max > PTRDIFF_MAX ? (size_t)PTRDIFF_MAX : (size_t)max);
    if (value_is_empty(result) && !error_pending(t))
        result = object_is_exact(args[0], KIND_BYTES) ? ref_inc(t, args[0]) : bytes_like_new(t, args[0], s.data, s.n);
    span_close(t, &s);
done:
    buffer_release(t, &old);
    buffer_release(t, &new);
    return result;
}

/* ---- split ---- */

static inline bool is_space(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static int add_piece(Thread *t, Value list, Value self, const uint8_t *data, size_t n)
{
    return list_append_take(t, list, bytes_like_new(t, self, data, n));
}

/* The whole of self as a piece. */
static int add_all(Thread *t, Value list, Value self, const Span *s)
{
    if (object_is_exact(self, KIND_BYTES))
        return list_append(t, list, self);
    return add_piece(t, list, self, s->data, s->n);
}

static int split_space(Thread *t, Value list, Value self, const Span *s, int64_t max)
{
    size_t i = 0, n = s->n;
    const uint8_t *data = s->data;
    for (;;) {
        while (i < n && is_space(data[i]))
            i++;
        if (i == n)
            return 0;
        size_t start = i;
        if (max-- <= 0) { /* all the rest, white space at its end included */
            i = n;
        } else {
            while (i < n && !is_space(data[i]))
                i++;
        }
        if ((start == 0 && i == n ? add_all(t, list, self, s) : add_piece(t, list, self, data + start, i - start)) < 0)
            return -1;
    }
}

static int rsplit_space(Thread *t, Value list, Value self, const Span *s, int64_t max)
{
    size_t end = s->n;
    const uint8_t *data = s->data;
    for (;;) {
        while (end > 0 && is_space(data[end - 1]))
            end--;
        if (end == 0)
            return 0;
        size_t start = end;
        if (max-- <= 0) {
            start = 0;
        } else {
            while (start > 0 && !is_space(data[start - 1]))
                start--;
        }
        if ((start == 0 && end == s->n ? add_all(t, list, self, s)
                                       : add_piece(t, list, self, data + start, end - start)) < 0)
            return -1;
        end = start;
    }
}

static int split_at(Thread *t, Value list, Value self, const Span *s, const Buffer *sep, int64_t max, bool from_right)
{
    const uint8_t *data = s->data;
    size_t n = s->n, m = sep->length;
    while (max-- > 0) {
        int64_t at = from_right ? bytes_rfind(data, n, sep->data, m) : bytes_find(data, n, sep->data, m);
        if (at < 0)
            break;
        size_t tail = (size_t)at + m;
        if (from_right) {
            if (add_piece(t, list, self, data + tail, n - tail) < 0)
                return -1;
            n = (size_t)at;
        } else {
            if (add_piece(t, list, self, data, (size_t)at) < 0)
                return -1;
            data += tail;
            n -= tail;
        }
    }
    return n == s->n ? add_all(t, list, self, s) : add_piece(t, list, self, data, n);
}

static Value split(Thread *t, Value *args, bool from_right)
{
    int64_t max = -1;
    if (!value_is_empty(args[2]) && bytes_ssize(t, args[2], &max) < 0)
        return VALUE_EMPTY;
    if (max < 0)
        max = INT64_MAX;
    Buffer sep = {0};
    Span s;
    bool at_space = value_is_empty(args[1]) || value_is_none(args[1]);
    if (!at_space) {
        if (bytes_argument(t, args[1], &sep) < 0)
            return VALUE_EMPTY;
        if (sep.length == 0) {
            buffer_release(t, &sep);
            return error_set(t, EXC_ValueError, "empty separator");
        }
    }
    Value list = list_new(t, 0);
    if (!value_is_empty(list)) {
        if (span_open(t, args[0], &s) < 0) {
            ref_clear(t, &list);
        } else {
            int ok = at_space ? (from_right ? rsplit_space : split_space)(t, list, args[0], &s, max)
                              : split_at(t, list, args[0], &s, &sep, max, from_right);
            span_close(t, &s);
            if (ok < 0 || (from_right && list_reverse(t, list) < 0))
                ref_clear(t, &list);
        }
    }
    buffer_release(t, &sep);
    return list;
}

NATIVE_SHARED(bytes_split, "split", "($self, /, sep=None, maxsplit=-1)",
              "The sections between separators (None: runs of ASCII white space), as a list.")
{
    return split(t, args, false);
}
NATIVE_SHARED(bytes_rsplit, "rsplit", "($self, /, sep=None, maxsplit=-1)", "As split, counting maxsplit from the end.")
{
    return split(t, args, true);
}

NATIVE_SHARED(bytes_splitlines, "splitlines", "($self, /, keepends=False)",
              "The lines, as a list; line ends are left out unless keepends is true.")
{
    int keep = value_is_empty(args[1]) ? 0 : object_truth(t, args[1]);
    if (keep < 0)
        return VALUE_EMPTY;
    Value list = list_new(t, 0);
    Span s;
    if (value_is_empty(list) || span_open(t, args[0], &s) < 0) {
        ref_dec(t, list);
        return VALUE_EMPTY;
    }
    for (size_t i = 0; i < s.n;) {
        size_t start = i;
        while (i < s.n && s.data[i] != '\n' && s.data[i] != '\r')
            i++;
        size_t end = i;
        if (i < s.n) {
            i += s.data[i] == '\r' && i + 1 < s.n && s.data[i + 1] == '\n' ? 2 : 1;
            if (keep)
                end = i;
        }
        if ((start == 0 && end == s.n ? add_all(t, list, args[0], &s)
                                      : add_piece(t, list, args[0], s.data + start, end - start)) < 0) {
            ref_clear(t, &list);
            break;
        }
    }
    span_close(t, &s);
    return list;
}

/* ---- partition ---- */

static Value partition(Thread *t, Value self, Value separator, bool from_right)
{
    Buffer sep;
    Span s;
    if (bytes_argument(t, separator, &sep) < 0)
        return VALUE_EMPTY;
    if (sep.length == 0) {
        buffer_release(t, &sep);
        return error_set(t, EXC_ValueError, "empty separator");
    }
    Value parts[3] = {VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY};
    if (span_open(t, self, &s) == 0) {
        int64_t at =
            from_right ? bytes_rfind(s.data, s.n, sep.data, sep.length) : bytes_find(s.data, s.n, sep.data, sep.length);
        if (at < 0) {
            parts[from_right ? 2 : 0] =
                object_is_exact(self, KIND_BYTES) ? ref_inc(t, self) : bytes_like_new(t, self, s.data, s.n);
            parts[1] = bytes_like_new(t, self, NULL, 0);
            parts[from_right ? 0 : 2] = bytes_like_new(t, self, NULL, 0);
        } else {
            size_t tail = (size_t)at + sep.length;
            parts[0] = bytes_like_new(t, self, s.data, (size_t)at);
            parts[1] = bytes_check(self) ? ref_inc(t, separator) : bytes_like_new(t, self, sep.data, sep.length);
            parts[2] = bytes_like_new(t, self, s.data + tail, s.n - tail);
        }
        span_close(t, &s);
    }
    buffer_release(t, &sep);
    if (!error_pending(t))
        return tuple_from_array_take(t, parts, 3);
    for (int i = 0; i < 3; i++)
        ref_dec(t, parts[i]);
    return VALUE_EMPTY;
}

NATIVE_SHARED(bytes_partition, "partition", "($self, sep, /)",
              "What is before the first sep, sep, and what is after it.")
{
    return partition(t, args[0], args[1], false);
}
NATIVE_SHARED(bytes_rpartition, "rpartition", "($self, sep, /)",
              "What is before the last sep, sep, and what is after it.")
{
    return partition(t, args[0], args[1], true);
}
