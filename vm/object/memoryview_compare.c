/* memoryview_compare.c: equality of memoryviews with any buffer, and finding items by equality.
 *
 * Views are equal when their shapes are and all items compare equal as the values that their formats give: native formats are unpacked here, others by
 * the module struct.  Both sides are pinned or exported while Python code may run. */
#include "memoryview.h"

#include "bytes.h"
#include "codec_state.h"
#include "exception.h"
#include "int.h"
#include "list.h"
#include "str.h"

/* How one side's items become values. */
typedef struct Reader {
    char code;    /* native, or 0 */
    Value unpack; /* Struct(format).unpack, owned, when code is 0 */
    size_t item_size;
} Reader;

/* Format without the struct codes that memoryview knows: -1 error, 0 the format is not understood, 1 ready. */
static int reader_open(Thread *t, Reader *r, const Buffer *v)
{
    int64_t size;
    *r = (Reader){.code = memoryview_native_code(v->format, &size), .item_size = (size_t)v->item_size};
    if (r->code)
        return 1;
    Value module = codec_import(t, "struct");
    if (value_is_empty(module))
        return -1;
    int result = -1;
    Value format = str_from_string(t, v->format), made = VALUE_EMPTY, error = VALUE_EMPTY;
    if (!value_is_empty(format))
        made = object_call_method_string(t, module, "Struct", format, VALUE_EMPTY, VALUE_EMPTY);
    if (!value_is_empty(made)) {
        r->unpack = object_getattr_string(t, made, "unpack");
        result = value_is_empty(r->unpack) ? -1 : 1;
    } else {
        Value pending = error_take(t);
        error = object_getattr_string(t, module, "error");
        if (!value_is_empty(error) && exception_is_class(t, error)) {
            error_restore_take(t, pending);
            if (error_matches_type(t, (Type *)value_object(error))) {
                error_clear(t);
                result = 0;
            }
        } else {
            ref_dec(t, pending);
        }
    }
    ref_dec(t, error);
    ref_dec(t, made);
    ref_dec(t, format);
    ref_dec(t, module);
    return result;
}

static Value reader_item(Thread *t, const Reader *r, const void *p)
{
    if (r->code)
        return memoryview_unpack_item(t, r->code, p);
    Value bytes = bytes_new(t, p, r->item_size);
    if (value_is_empty(bytes))
        return bytes;
    Value result = object_call1(t, r->unpack, bytes);
    ref_dec(t, bytes);
    if (!value_is_empty(result) && tuple_check(result) && tuple_length(result) == 1) {
        Value only = ref_inc(t, tuple_peek(result, 0));
        ref_dec(t, result);
        result = only;
    }
    return result;
}

static int items_equal(Thread *t, const Reader *ra, const void *a, const Reader *rb, const void *b)
{
    Value x = reader_item(t, ra, a);
    Value y = value_is_empty(x) ? VALUE_EMPTY : reader_item(t, rb, b);
    int result = -1;
    if (!value_is_empty(y)) {
        Value equal = object_compare(t, x, y, COMPARE_EQ); /* not by identity: a NaN differs from itself */
        if (!value_is_empty(equal)) {
            result = object_truth(t, equal);
            ref_dec(t, equal);
        }
    }
    ref_dec(t, x);
    ref_dec(t, y);
    return result;
}

static bool same_bits_mean_equal(char a, char b) { return a == b && a && !strchr("fde?", a); }

static bool same_shape(const Buffer *a, const Buffer *b)
{
    if (a->ndim != b->ndim)
        return false;
    for (int i = 0; i < a->ndim; i++) {
        int64_t na = a->shape ? a->shape[i] : (int64_t)a->length / a->item_size,
                nb = b->shape ? b->shape[i] : (int64_t)b->length / b->item_size;
        if (na != nb)
            return false;
        if (na == 0) /* nothing further in: what is left does not matter */
            break;
    }
    return true;
}

static int views_equal(Thread *t, const Buffer *a, const Buffer *b)
{
    if (!same_shape(a, b))
        return 0;
    Reader ra, rb = {0};
    int result = reader_open(t, &ra, a);
    if (result > 0)
        result = reader_open(t, &rb, b);
    if (result > 0 && a->length > 0) {
        if (same_bits_mean_equal(ra.code, rb.code) && buffer_is_contiguous(a, 'C') && buffer_is_contiguous(b, 'C')) {
            result = memcmp(a->data, b->data, a->length) == 0;
        } else {
            int64_t indices[BUFFER_MAX_NDIM] = {0};
            size_t count = a->length / ra.item_size;
            while (result > 0 && count--) {
                const void *x = buffer_item(a, indices), *y = buffer_item(b, indices);
                if (same_bits_mean_equal(ra.code, rb.code))
                    result = memcmp(x, y, ra.item_size) == 0;
                else
                    result = items_equal(t, &ra, x, &rb, y);
                for (int i = a->ndim - 1; i >= 0; i--) {
                    if (++indices[i] < a->shape[i])
                        break;
                    indices[i] = 0;
                }
            }
        }
    }
    ref_dec(t, ra.unpack);
    ref_dec(t, rb.unpack);
    return result;
}

Value memoryview_compare(Thread *t, Value self, Value other, Compare op)
{
    if (op != COMPARE_EQ && op != COMPARE_NE)
        return VALUE_NOTIMPLEMENTED;
    MemoryView *m = memoryview_of(self);
    bool dead = m->flags & MEMORYVIEW_RELEASED ||
                (object_is(other, KIND_MEMORYVIEW) && memoryview_of(other)->flags & MEMORYVIEW_RELEASED);
    if (dead)
        return value_from_bool(value_is(self, other) == (op == COMPARE_EQ));
    if (!buffer_supported(t, other))
        return VALUE_NOTIMPLEMENTED;
    if (memoryview_pin(t, m) < 0)
        return VALUE_EMPTY;
    Buffer b;
    Value result = VALUE_NOTIMPLEMENTED;
    if (buffer_get(t, other, &b, BUFFER_FULL_RO) < 0) {
        error_clear(t);
    } else {
        int equal = views_equal(t, &m->view, &b);
        buffer_release(t, &b);
        result = equal < 0 ? VALUE_EMPTY : value_from_bool(equal == (op == COMPARE_EQ));
    }
    memoryview_unpin(t, m);
    return result;
}

/* ---- searching ---- */

Value memoryview_count(Thread *t, Value self, Value value)
{
    Value iterator = object_iter(t, self);
    if (value_is_empty(iterator))
        return VALUE_EMPTY;
    int64_t count = 0;
    for (;;) {
        Value item = object_next(t, iterator);
        if (value_is_empty(item))
            break;
        int equal = value_is(item, value) ? 1 : object_equal(t, item, value);
        ref_dec(t, item);
        if (equal < 0)
            break;
        count += equal;
    }
    ref_dec(t, iterator);
    return error_pending(t) ? VALUE_EMPTY : value_from_int(count);
}

/* A position given as any integer (None is not one), clipped; 0 or -1. */
static int position(Thread *t, Value v, int64_t length, int64_t *result)
{
    if (value_is_empty(v))
        return 0;
    if (!int_check(v) && !(value_is_object(v) && value_object(v)->type->slots.index)) {
        error_set(t, EXC_TypeError, "slice indices must be integers or have an __index__ method");
        return -1;
    }
    int64_t i = number_index_int64(t, v, -1);
    if (i == -1 && error_pending(t))
        return -1;
    *result = i < 0 ? (i + length < 0 ? 0 : i + length) : i;
    return 0;
}

Value memoryview_index(Thread *t, Value self, Value value, Value start, Value stop)
{
    MemoryView *m = memoryview_of(self);
    if (memoryview_pin(t, m) < 0)
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    const Buffer *v = &m->view;
    if (v->ndim == 0) {
        error_set(t, EXC_TypeError, "invalid lookup on 0-dim memory");
    } else if (v->ndim > 1) {
        error_set(t, EXC_NotImplementedError, "multi-dimensional lookup is not implemented");
    } else {
        int64_t first = 0, last = INT64_MAX;
        char code = memoryview_item_code(v->format);
        if (!code)
            error_set(t, EXC_NotImplementedError, "memoryview: unsupported format %s", v->format);
        else if (position(t, start, v->shape[0], &first) == 0 && position(t, stop, v->shape[0], &last) == 0) {
            if (last > v->shape[0])
                last = v->shape[0];
            int equal = 0;
            for (int64_t i = first; i < last && !equal; i++) {
                Value item = memoryview_unpack_item(t, code, buffer_item(v, &i));
                if (value_is_empty(item)) {
                    equal = -1;
                    break;
                }
                equal = value_is(item, value) ? 1 : object_equal(t, item, value);
                ref_dec(t, item);
                if (equal > 0)
                    result = value_from_int(i);
            }
            if (equal == 0)
                error_set(t, EXC_ValueError, "memoryview.index(x): x not found");
        }
    }
    memoryview_unpin(t, m);
    return result;
}
