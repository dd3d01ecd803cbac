/* marshal_read.c: the reading half of marshal.
 *
 * Reads from memory, or piecewise from a file object, never more than the value takes.  The input is not trusted to be well formed, but it may make
 * the interpreter build anything it describes.  No locks. */
#include "marshal.h"

#include "../memory/alloc.h"
#include "../object/buffer.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"

#define DEPTH_MAX (sizeof(void *) == 8 ? 2000 : 600)
#define FLAG_REF 0x80

/* A marker among the values read: no value, as written at the end of a dict. */
static const Value null_marker = {255};

/* ---- input ---- */

/* n bytes from the file, in r->chunk. */
static const uint8_t *read_file(Thread *t, MarshalReader *r, size_t n)
{
    Value chunk = bytearray_new(t, NULL, n), view = VALUE_EMPTY, count = VALUE_EMPTY;
    const uint8_t *result = NULL;
    if (!value_is_empty(chunk))
        view = memoryview_new(t, chunk);
    if (!value_is_empty(view))
        count = object_call_method_string(t, r->file, "readinto", view, VALUE_EMPTY, VALUE_EMPTY);
    if (!value_is_empty(count)) {
        int64_t got = number_index_int64(t, count, EXC_OverflowError);
        if (got == -1 && error_pending(t)) {
            ;
        } else if (got > (int64_t)n) {
            error_set(t, EXC_ValueError, "read() returned too much data: %zu bytes requested, %lld returned", n,
                      (long long)got);
        } else if (got < (int64_t)n) {
            error_set(t, EXC_EOFError, "EOF read where not expected");
        } else {
            ref_dec(t, r->chunk);
            r->chunk = ref_inc(t, chunk);
            result = ((ByteArray *)value_object(chunk))->data;
        }
    }
    ref_dec(t, count);
    ref_dec(t, view);
    ref_dec(t, chunk);
    return result;
}

const uint8_t *marshal_read_data(Thread *t, MarshalReader *r, size_t n)
{
    if (!value_is_empty(r->file))
        return n ? read_file(t, r, n) : (const uint8_t *)"";
    if ((size_t)(r->end - r->at) < n) {
        error_set(t, EXC_EOFError, "marshal data too short");
        return NULL;
    }
    const uint8_t *p = r->at;
    r->at += n;
    return p;
}

int marshal_read_byte(Thread *t, MarshalReader *r)
{
    const uint8_t *p = marshal_read_data(t, r, 1);
    return p ? *p : -1;
}

int marshal_read_uint32(Thread *t, MarshalReader *r, uint32_t *u)
{
    const uint8_t *p = marshal_read_data(t, r, 4);
    if (!p)
        return -1;
    *u = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    return 0;
}

int marshal_read_uint64(Thread *t, MarshalReader *r, uint64_t *u)
{
    uint32_t low, high;
    if (marshal_read_uint32(t, r, &low) < 0 || marshal_read_uint32(t, r, &high) < 0)
        return -1;
    *u = (uint64_t)high << 32 | low;
    return 0;
}

/* A size: 0 or -1. */
static int read_size(Thread *t, MarshalReader *r, const char *what, size_t *n)
{
    uint32_t u;
    if (marshal_read_uint32(t, r, &u) < 0)
        return -1;
    if (u > INT32_MAX) {
        error_set(t, EXC_ValueError, "bad marshal data (%s size out of range)", what);
        return -1;
    }
    *n = u;
    return 0;
}

/* ---- references ---- */

/* A place among the values that may be referred to: its index, or -1. */
static int64_t reserve(Thread *t, MarshalReader *r, bool flagged)
{
    if (!flagged)
        return 0;
    if (value_is_empty(r->seen)) {
        r->seen = list_new(t, 0);
        if (value_is_empty(r->seen))
            return -1;
    }
    return list_append(t, r->seen, VALUE_ELLIPSIS) < 0 ? -1 : (int64_t)list_length(r->seen) - 1;
}

/* Fills the place; passes the value on, or releases it on error. */
static Value remember(Thread *t, MarshalReader *r, bool flagged, int64_t index, Value v)
{
    if (flagged && !value_is_empty(v) && list_set(t, r->seen, (size_t)index, v) < 0)
        ref_clear(t, &v);
    return v;
}

static Value read_reference(Thread *t, MarshalReader *r)
{
    uint32_t index;
    if (marshal_read_uint32(t, r, &index) < 0)
        return VALUE_EMPTY;
    Value v = value_is_empty(r->seen) ? VALUE_EMPTY : list_get(t, r->seen, index);
    if (value_is_empty(v) || value_is(v, VALUE_ELLIPSIS)) {
        error_clear(t);
        return error_set(t, EXC_ValueError, "bad marshal data (invalid reference)");
    }
    return v;
}

/* ---- numbers ---- */

static Value read_long(Thread *t, MarshalReader *r)
{
    uint32_t u;
    if (marshal_read_uint32(t, r, &u) < 0)
        return VALUE_EMPTY;
    int32_t count = (int32_t)u;
    if (count == 0)
        return value_from_int(0);
    if (count == INT32_MIN)
        return error_set(t, EXC_ValueError, "bad marshal data (long size out of range)");
    size_t n = (size_t)(count < 0 ? -count : count);
    const uint8_t *p = marshal_read_data(t, r, 2 * n);
    if (!p)
        return VALUE_EMPTY;
    uint8_t *bytes = alloc_memory_zeroed(t, n * 2 + 4, 1);
    if (!bytes)
        return VALUE_EMPTY;
    Value v = VALUE_EMPTY;
    for (size_t k = 0; k < n; k++) {
        uint32_t digit = (uint32_t)p[2 * k] | (uint32_t)p[2 * k + 1] << 8;
        if (digit > 0x7FFF || (k == n - 1 && digit == 0)) {
            error_set(t, EXC_ValueError,
                      digit ? "bad marshal data (digit out of range in long)"
                            : "bad marshal data (unnormalized long data)");
            goto done;
        }
        size_t bit = k * 15;
        uint32_t shifted = digit << (bit % 8);
        bytes[bit / 8] |= (uint8_t)shifted;
        bytes[bit / 8 + 1] |= (uint8_t)(shifted >> 8);
        bytes[bit / 8 + 2] |= (uint8_t)(shifted >> 16);
    }
    v = int_from_bytes(t, bytes, n * 2 + 4, true, false);
    if (count < 0 && !value_is_empty(v)) {
        Value negative = int_negate(t, v);
        ref_dec(t, v);
        v = negative;
    }
done:
    alloc_memory_free(t, bytes);
    return v;
}

static int read_double(Thread *t, MarshalReader *r, bool text, double *d)
{
    if (!text) {
        uint64_t bits;
        if (marshal_read_uint64(t, r, &bits) < 0)
            return -1;
        memcpy(d, &bits, sizeof bits);
        return 0;
    }
    int n = marshal_read_byte(t, r);
    const uint8_t *p = n < 0 ? NULL : marshal_read_data(t, r, (size_t)n);
    if (!p)
        return -1;
    Value digits = bytes_new(t, p, (size_t)n), v = value_is_empty(digits) ? VALUE_EMPTY : float_from_string(t, digits);
    ref_dec(t, digits);
    if (value_is_empty(v))
        return -1;
    *d = value_to_double(v);
    return 0;
}

/* ---- text and containers ---- */

static Value read_str(Thread *t, MarshalReader *r, int type)
{
    size_t n;
    if (type == 'z' || type == 'Z') {
        int length = marshal_read_byte(t, r);
        if (length < 0)
            return VALUE_EMPTY;
        n = (size_t)length;
    } else if (read_size(t, r, "string", &n) < 0) {
        return VALUE_EMPTY;
    }
    const uint8_t *p = marshal_read_data(t, r, n);
    if (!p)
        return VALUE_EMPTY;
    bool ascii = type == 'z' || type == 'Z' || type == 'a' || type == 'A',
         interned = type == 'Z' || type == 'A' || type == 't';
    Value v = ascii ? str_from_latin1(t, p, n) : str_from_utf8_errors(t, (const char *)p, n, STR_SURROGATEPASS);
    return interned && !value_is_empty(v) ? str_intern_take(t, v) : v;
}

/* A value inside a container: not NULL. */
static Value read_item(Thread *t, MarshalReader *r, const char *what);

static Value read_any(Thread *t, MarshalReader *r);

static Value read_tuple(Thread *t, MarshalReader *r, bool small, bool flagged)
{
    size_t n;
    if (small) {
        int length = marshal_read_byte(t, r);
        if (length < 0)
            return VALUE_EMPTY;
        n = (size_t)length;
    } else if (read_size(t, r, "tuple", &n) < 0) {
        return VALUE_EMPTY;
    }
    if (value_is_empty(r->file) && n > (size_t)(r->end - r->at)) /* every item takes a byte */
        return error_set(t, EXC_EOFError, "marshal data too short");
    int64_t index = reserve(t, r, flagged);
    Value v = index < 0 ? VALUE_EMPTY : tuple_new(t, n);
    if (value_is_empty(v))
        return v;
    v = remember(t, r, flagged, index, v);
    for (size_t i = 0; i < n && !value_is_empty(v); i++) {
        Value item = read_item(t, r, "tuple");
        if (value_is_empty(item))
            ref_clear(t, &v);
        else
            tuple_of(v)->items[i] = item;
    }
    return v;
}

static Value read_list(Thread *t, MarshalReader *r, bool flagged)
{
    size_t n;
    if (read_size(t, r, "list", &n) < 0)
        return VALUE_EMPTY;
    int64_t index = reserve(t, r, flagged);
    Value v = index < 0 ? VALUE_EMPTY : remember(t, r, flagged, index, list_new(t, 0));
    for (size_t i = 0; i < n && !value_is_empty(v); i++) {
        Value item = read_item(t, r, "list");
        if (value_is_empty(item) || list_append_take(t, v, item) < 0)
            ref_clear(t, &v);
    }
    return v;
}

static Value read_dict(Thread *t, MarshalReader *r, bool flagged)
{
    int64_t index = reserve(t, r, flagged);
    Value v = index < 0 ? VALUE_EMPTY : remember(t, r, flagged, index, dict_new(t));
    while (!value_is_empty(v)) {
        Value key = read_any(t, r);
        if (value_is(key, null_marker))
            break;
        Value value = value_is_empty(key) ? VALUE_EMPTY : read_item(t, r, "dict");
        if (value_is_empty(value) || dict_set(t, v, key, value) < 0)
            ref_clear(t, &v);
        ref_dec(t, key);
        ref_dec(t, value);
    }
    return v;
}

static Value read_set(Thread *t, MarshalReader *r, bool frozen, bool flagged)
{
    size_t n;
    if (read_size(t, r, "set", &n) < 0)
        return VALUE_EMPTY;
    if (n == 0 && frozen) {
        int64_t index = reserve(t, r, flagged);
        return index < 0 ? VALUE_EMPTY : remember(t, r, flagged, index, frozenset_new(t, VALUE_EMPTY));
    }
    /* A frozenset can only be referred to once it is complete: it cannot contain itself. */
    int64_t index = reserve(t, r, flagged);
    Value v = index < 0 ? VALUE_EMPTY : set_new(t, VALUE_EMPTY);
    if (!frozen && !value_is_empty(v))
        v = remember(t, r, flagged, index, v);
    for (size_t i = 0; i < n && !value_is_empty(v); i++) {
        Value item = read_item(t, r, "set");
        if (value_is_empty(item) || set_add(t, v, item) < 0)
            ref_clear(t, &v);
        ref_dec(t, item);
    }
    if (frozen && !value_is_empty(v)) {
        Value made = frozenset_new(t, v);
        ref_dec(t, v);
        v = remember(t, r, flagged, index, made);
    }
    return v;
}

static Value read_slice(Thread *t, MarshalReader *r, bool flagged)
{
    int64_t index = reserve(t, r, flagged);
    if (index < 0)
        return VALUE_EMPTY;
    Value parts[3] = {VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY}, v = VALUE_EMPTY;
    bool ok = true;
    for (int i = 0; i < 3 && ok; i++) {
        parts[i] = read_item(t, r, "slice");
        ok = !value_is_empty(parts[i]);
    }
    if (ok)
        v = remember(t, r, flagged, index, slice_new(t, parts[0], parts[1], parts[2]));
    for (int i = 0; i < 3; i++)
        ref_dec(t, parts[i]);
    return v;
}

static Value read_code(Thread *t, MarshalReader *r, bool flagged)
{
    if (!r->allow_code)
        return error_set(t, EXC_ValueError, "unmarshalling code objects is disallowed");
    int64_t index = reserve(t, r, flagged);
    return index < 0 ? VALUE_EMPTY : remember(t, r, flagged, index, code_marshal_read(t, r));
}

/* A value that contains no others. */
static Value read_simple(Thread *t, MarshalReader *r, int type, bool *known)
{
    double d, e;
    switch (type) {
    case 'S': return ref_inc(t, value_of(t->interp->exceptions[EXC_StopIteration]));
    case 'i': {
        uint32_t u;
        return marshal_read_uint32(t, r, &u) < 0 ? VALUE_EMPTY : value_from_int((int32_t)u);
    }
    case 'I': {
        uint64_t u;
        return marshal_read_uint64(t, r, &u) < 0 ? VALUE_EMPTY : int_from_int64(t, (int64_t)u);
    }
    case 'l': return read_long(t, r);
    case 'f':
    case 'g': return read_double(t, r, type == 'f', &d) < 0 ? VALUE_EMPTY : value_from_double(d);
    case 'x':
    case 'y':
        return read_double(t, r, type == 'x', &d) < 0 || read_double(t, r, type == 'x', &e) < 0 ? VALUE_EMPTY
                                                                                                : complex_new(t, d, e);
    case 's': {
        size_t n;
        if (read_size(t, r, "bytes object", &n) < 0)
            return VALUE_EMPTY;
        const uint8_t *p = marshal_read_data(t, r, n);
        return p ? bytes_new(t, p, n) : VALUE_EMPTY;
    }
    case 'a':
    case 'A':
    case 'z':
    case 'Z':
    case 'u':
    case 't': return read_str(t, r, type);
    default: *known = false; return VALUE_EMPTY;
    }
}

static Value read_typed(Thread *t, MarshalReader *r, int type, bool flagged)
{
    switch (type) {
    case '0': return null_marker;
    case 'N': return VALUE_NONE;
    case '.': return VALUE_ELLIPSIS;
    case 'F': return VALUE_FALSE;
    case 'T': return VALUE_TRUE;
    case 'r': return read_reference(t, r);
    case '(': return read_tuple(t, r, false, flagged);
    case ')': return read_tuple(t, r, true, flagged);
    case '[': return read_list(t, r, flagged);
    case '{': return read_dict(t, r, flagged);
    case '<': return read_set(t, r, false, flagged);
    case '>': return read_set(t, r, true, flagged);
    case ':': return read_slice(t, r, flagged);
    case 'c': return read_code(t, r, flagged);
    default: break;
    }
    bool known = true;
    int64_t index = reserve(t, r, flagged);
    if (index < 0)
        return VALUE_EMPTY;
    Value v = read_simple(t, r, type, &known);
    if (!known)
        return error_set(t, EXC_ValueError, "bad marshal data (unknown type code)");
    return remember(t, r, flagged, index, v);
}

static Value read_any(Thread *t, MarshalReader *r)
{
    int type = marshal_read_byte(t, r);
    if (type < 0) {
        if (error_swallow(t, EXC_EOFError))
            error_set(t, EXC_EOFError, "EOF read where object expected");
        return VALUE_EMPTY;
    }
    if (r->depth >= (int)DEPTH_MAX)
        return error_set(t, EXC_ValueError, "recursion limit exceeded");
    r->depth++;
    Value v = read_typed(t, r, type & ~FLAG_REF, type & FLAG_REF);
    r->depth--;
    return v;
}

static Value read_item(Thread *t, MarshalReader *r, const char *what)
{
    Value v = read_any(t, r);
    return value_is(v, null_marker) ? error_set(t, EXC_TypeError, "NULL object in marshal data for %s", what) : v;
}

Value marshal_read(Thread *t, MarshalReader *r) { return read_item(t, r, "object"); }

Value marshal_loads(Thread *t, const void *data, size_t n, bool allow_code)
{
    MarshalReader r = {.at = data, .end = (const uint8_t *)data + n, .allow_code = allow_code};
    Value v = marshal_read(t, &r);
    ref_dec(t, r.seen);
    return v;
}
