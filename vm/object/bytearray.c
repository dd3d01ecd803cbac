/* bytearray.c: the mutable type bytearray, its own methods and its iterator.
 *
 * Invariant: the contents change size only under the object's lock and only while nothing is exported; what is dropped at the front is only counted (offset), so
 * a queue of bytes costs no moves.  Whatever can run Python code, or needs another object's contents, comes before the lock is taken.
 * The methods that bytes has too are in bytes_methods.c and its neighbours. */
#include "bytes_methods.h"

#include <assert.h>

#include "../memory/alloc.h"
#include "container.h"
#include "float.h"
#include "int.h"
#include "list.h"
#include "str.h"

static inline ByteArray *array_of(Value v) { return (ByteArray *)value_object(v); }

/* ---- size ---- */

typedef enum Resize { RESIZE_OK, RESIZE_EXPORTED, RESIZE_MEMORY /* MemoryError is pending */ } Resize;

static Resize resize(Thread *t, ByteArray *a, size_t n)
{
    if (n == a->length)
        return RESIZE_OK;
    if (a->exports > 0)
        return RESIZE_EXPORTED;
    if (n > (size_t)PTRDIFF_MAX - 8) {
        error_no_memory(t);
        return RESIZE_MEMORY;
    }
    if (a->data && a->offset + n <= a->capacity && n >= a->capacity / 2) {
        a->length = n;
        a->data[n] = 0;
        return RESIZE_OK;
    }
    size_t capacity = n;
    if (n > a->length &&
        n <= a->capacity + 1 + ((a->capacity + 1) >> 3)) /* slow growth so far: make room for more of it */
        capacity = n + (n >> 3) + (n < 9 ? 3 : 6);
    if (capacity > (size_t)PTRDIFF_MAX - 8)
        capacity = n;
    uint8_t *block;
    if (a->offset) {
        block = alloc_memory(t, capacity + 1);
        if (!block)
            return RESIZE_MEMORY;
        assert(a->data);
        memcpy(block, a->data, a->length < n ? a->length : n);
        alloc_memory_free(t, a->data - a->offset);
    } else {
        block = alloc_memory_resize(t, a->data, capacity + 1);
        if (!block)
            return RESIZE_MEMORY;
    }
    a->data = block;
    a->offset = 0;
    a->capacity = capacity;
    a->length = n;
    block[n] = 0;
    return RESIZE_OK;
}

/* Ends an operation under the lock: 0, or -1 with the exception. */
static int leave(Thread *t, ByteArray *a, Resize result)
{
    objlock_exit(t, a);
    if (LIKELY(result == RESIZE_OK))
        return 0;
    if (result == RESIZE_EXPORTED)
        error_set(t, EXC_BufferError, "Existing exports of data: object cannot be re-sized");
    return -1;
}

Value bytearray_new(Thread *t, const void *data, size_t n)
{
    ByteArray *a = alloc_object(t, t->types[KIND_BYTEARRAY], sizeof *a);
    if (!a)
        return VALUE_EMPTY;
    if (n && resize(t, a, n) != RESIZE_OK) {
        ref_dec_ptr(t, a);
        return VALUE_EMPTY;
    }
    if (data && n)
        memcpy(a->data, data, n);
    return value_of(a);
}

static void bytearray_dealloc(Thread *t, Object *o)
{
    ByteArray *a = (ByteArray *)o;
    if (a->data)
        alloc_memory_free(t, a->data - a->offset);
    a->data = NULL;
}

/* Replaces [low, high) by n bytes; under the lock. */
static Resize splice(Thread *t, ByteArray *a, size_t low, size_t high, const uint8_t *bytes, size_t n)
{
    size_t old = high - low;
    if (n < old) {
        if (a->exports > 0)
            return RESIZE_EXPORTED;
        if (low == 0) {
            a->data += old - n;
            a->offset += old - n;
            a->length -= old - n;
            /* A block mostly dropped is copied together. */
            if (a->offset > a->capacity / 2 + 64 || a->length == 0) {
                size_t length = a->length;
                uint8_t *block = a->data - a->offset;
                memmove(block, a->data, length);
                block[length] = 0;
                a->data = block;
                a->offset = 0;
                if (length < a->capacity / 2) {
                    uint8_t *smaller = alloc_memory_resize(t, block, length + 1);
                    if (!smaller)
                        return RESIZE_MEMORY;
                    a->data = smaller;
                    a->capacity = length;
                }
            }
        } else {
            memmove(a->data + low + n, a->data + high, a->length - high);
            Resize result = resize(t, a, a->length - (old - n));
            if (result != RESIZE_OK)
                return result;
        }
    } else if (n > old) {
        size_t tail = a->length - high;
        if (n - old > (size_t)PTRDIFF_MAX - a->length) {
            error_no_memory(t);
            return RESIZE_MEMORY;
        }
        Resize result = resize(t, a, a->length + (n - old));
        if (result != RESIZE_OK)
            return result;
        memmove(a->data + low + n, a->data + high, tail);
    }
    if (n)
        memcpy(a->data + low, bytes, n);
    return RESIZE_OK;
}

static int append_data(Thread *t, ByteArray *a, const void *data, size_t n)
{
    objlock_enter(t, a);
    return leave(t, a, splice(t, a, a->length, a->length, data, n));
}

/* ---- buffer ---- */

static int buffer_slot(Thread *t, Value self, Buffer *view, int flags)
{
    ByteArray *a = array_of(self);
    objlock_enter(t, a);
    a->exports++;
    void *data = a->data;
    size_t n = a->length;
    objlock_exit(t, a);
    return buffer_fill(t, view, self, data ? data : (void *)"", n, false, flags);
}

static void release_slot(Thread *t, Value self, Buffer *view)
{
    ByteArray *a = array_of(self);
    objlock_enter(t, a);
    a->exports--;
    objlock_exit(t, a);
}

/* ---- making ---- */

static Value bytearray_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return value_of(type_alloc(t, type, 0));
}

static int fill_from_size(Thread *t, ByteArray *a, size_t n)
{
    objlock_enter(t, a);
    Resize result = resize(t, a, n);
    if (result == RESIZE_OK && n)
        memset(a->data, 0, n);
    return leave(t, a, result);
}

/* Appends what bytes(source) would hold. */
static int fill_from_object(Thread *t, ByteArray *a, Value source)
{
    Value bytes;
    if (buffer_supported(t, source)) {
        Buffer view;
        if (buffer_get(t, source, &view, BUFFER_FULL_RO) < 0)
            return -1;
        int result = -1;
        if (buffer_is_contiguous(&view, 'C') && !value_is(source, value_of(a))) {
            result = append_data(t, a, view.data, view.length);
        } else {
            bytes = bytes_new(t, NULL, view.length);
            if (!value_is_empty(bytes)) {
                if (view.length)
                    buffer_copy_out(&view, bytes_of(bytes)->data, 'C');
                result = append_data(t, a, bytes_of(bytes)->data, view.length);
                ref_dec(t, bytes);
            }
        }
        buffer_release(t, &view);
        return result;
    }
    bytes = bytes_from_iterable(t, source, "bytearray");
    if (value_is_empty(bytes))
        return -1;
    int result = append_data(t, a, bytes_of(bytes)->data, bytes_of(bytes)->length);
    ref_dec(t, bytes);
    return result;
}

static const char *text_argument(Thread *t, Value v, const char *which, Value *owner)
{
    size_t length;
    if (!str_check(v)) {
        error_set(t, EXC_TypeError, "bytearray() argument '%s' must be str, not %s", which,
                  value_is_none(v) ? "None" : type_name(type_of(t, v)));
        return NULL;
    }
    const char *text = str_utf8(t, v, &length, owner);
    if (text && strlen(text) != length) {
        error_set(t, EXC_ValueError, "embedded null character");
        return NULL;
    }
    return text;
}

static int bytearray_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    ByteArray *a = array_of(self);
    Value out[3];
    if (native_parse(t, "bytearray", "(source=b'', encoding='utf-8', errors='strict')", args, n, names, out) < 0)
        return -1;
    Value source = out[0], owner1 = VALUE_EMPTY, owner2 = VALUE_EMPTY;
    const char *encoding = NULL, *errors = NULL;
    int result = -1;
    if (!value_is_empty(out[1]) && !(encoding = text_argument(t, out[1], "encoding", &owner1)))
        goto done;
    if (!value_is_empty(out[2]) && !(errors = text_argument(t, out[2], "errors", &owner2)))
        goto done;
    objlock_enter(t, a);
    if (leave(t, a, resize(t, a, 0)) < 0)
        goto done;
    if (!value_is_empty(source) && str_check(source)) {
        if (!encoding) {
            error_set(t, EXC_TypeError, "string argument without an encoding");
            goto done;
        }
        Value bytes = codec_encode(t, source, encoding, errors);
        if (!value_is_empty(bytes)) {
            result = append_data(t, a, bytes_of(bytes)->data, bytes_of(bytes)->length);
            ref_dec(t, bytes);
        }
        goto done;
    }
    if (encoding || errors) {
        error_set(t, EXC_TypeError,
                  encoding ? "encoding without a string argument" : "errors without a string argument");
        goto done;
    }
    if (value_is_empty(source)) {
        result = 0;
        goto done;
    }
    size_t size;
    int is_size = bytes_size_argument(t, source, &size);
    if (is_size)
        result = is_size < 0 ? -1 : fill_from_size(t, a, size);
    else
        result = fill_from_object(t, a, source);
done:
    ref_dec(t, owner1);
    ref_dec(t, owner2);
    return result;
}

/* ---- any object ---- */

static Value repr_slot(Thread *t, Value self)
{
    Span s;
    Value prefix = str_format(t, "%N(", type_of(t, self)), owner = VALUE_EMPTY;
    if (value_is_empty(prefix))
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    if (span_open(t, self, &s) == 0) {
        if (str_is_ascii(str_of(prefix))) {
            result = bytes_repr(t, s.data, s.n, (const char *)str_of(prefix)->data, ")");
        } else {
            owner = bytes_repr(t, s.data, s.n, "(", ")");
            if (!value_is_empty(owner))
                result = str_format(t, "%s%U", type_name(type_of(t, self)), owner);
            ref_dec(t, owner);
        }
        span_close(t, &s);
    }
    ref_dec(t, prefix);
    return result;
}

static Value str_slot(Thread *t, Value self)
{
    if (t->interp->config.bytes_warning && error_warn(t, EXC_BytesWarning, 1, "str() on a bytearray instance") < 0)
        return VALUE_EMPTY;
    return repr_slot(t, self);
}

static Value compare_slot(Thread *t, Value self, Value other, Compare op)
{
    if (!buffer_supported(t, other)) {
        if (t->interp->config.bytes_warning && (op == COMPARE_EQ || op == COMPARE_NE) && str_check(other) &&
            error_warn(t, EXC_BytesWarning, 1, "Comparison between bytearray and string") < 0)
            return VALUE_EMPTY;
        return VALUE_NOTIMPLEMENTED;
    }
    Buffer a, b;
    if (buffer_get(t, self, &a, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    Value result = VALUE_NOTIMPLEMENTED;
    if (bytes_argument(t, other, &b) < 0) {
        error_clear(t);
    } else {
        result = bytes_compare_data(a.data, a.length, b.data, b.length, op);
        buffer_release(t, &b);
    }
    buffer_release(t, &a);
    return result;
}

/* ---- sequence ---- */

static int64_t len_slot(Thread *t, Value self)
{
    return (int64_t)__atomic_load_n(&array_of(self)->length, __ATOMIC_RELAXED);
}

static bool is_index(Value key)
{
    return int_check(key) || (value_is_object(key) && value_object(key)->type->slots.index);
}

static Value getitem_slot(Thread *t, Value self, Value key)
{
    ByteArray *a = array_of(self);
    if (is_index(key)) {
        int64_t i = value_is_int(key) ? value_to_int(key) : number_index_int64(t, key, EXC_IndexError);
        if (i == -1 && error_pending(t))
            return VALUE_EMPTY;
        objlock_enter(t, a);
        if (i < 0)
            i += (int64_t)a->length;
        int c = (uint64_t)i < a->length ? a->data[i] : -1;
        objlock_exit(t, a);
        return c < 0 ? error_set(t, EXC_IndexError, "bytearray index out of range") : value_from_int(c);
    }
    if (!object_is(key, KIND_SLICE))
        return error_set(t, EXC_TypeError, "bytearray indices must be integers or slices, not %.200T", key);
    Buffer view; /* an export keeps the size while the slice's __index__ runs */
    if (buffer_get(t, self, &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    int64_t start, stop, step, count;
    Value result = VALUE_EMPTY;
    if (slice_indices(t, key, (int64_t)view.length, &start, &stop, &step, &count) == 0) {
        const uint8_t *data = view.data;
        if (step == 1 || count <= 0) {
            result = bytearray_new(t, data + (count > 0 ? start : 0), count > 0 ? (size_t)count : 0);
        } else {
            result = bytearray_new(t, NULL, (size_t)count);
            for (int64_t k = 0; k < count && !value_is_empty(result); k++)
                array_of(result)->data[k] = data[start + k * step];
        }
    }
    buffer_release(t, &view);
    return result;
}

/* The slice's bounds as exact ints or None, so that computing its indices runs no Python code: owned, or empty. */
static Value settle_slice(Thread *t, Value key)
{
    const Slice *s = (const Slice *)value_object(key);
    Value parts[3] = {s->start, s->stop, s->step};
    bool simple = true;
    for (int i = 0; i < 3; i++)
        simple &= value_is_none(parts[i]) || value_is_int(parts[i]);
    if (simple)
        return ref_inc(t, key);
    for (int i = 0; i < 3; i++) {
        if (value_is_none(parts[i]) || value_is_int(parts[i]))
            continue;
        if (!is_index(parts[i])) {
            error_set(t, EXC_TypeError, "slice indices must be integers or None or have an __index__ method");
            parts[i] = VALUE_EMPTY;
        } else {
            parts[i] = number_index(t, parts[i]);
        }
        if (value_is_empty(parts[i])) {
            while (i-- > 0)
                ref_dec(t, parts[i]);
            return VALUE_EMPTY;
        }
    }
    Value settled = slice_new(t, parts[0], parts[1], parts[2]);
    for (int i = 0; i < 3; i++)
        ref_dec(t, parts[i]);
    return settled;
}

/* Assigns n bytes (or deletes) what a settled slice selects; under the lock. */
static Resize assign_slice(Thread *t, ByteArray *a, int64_t start, int64_t step, int64_t count, const uint8_t *bytes,
                           size_t n, bool delete)
{
    if (step == 1)
        return splice(t, a, (size_t)start, (size_t)(start + count), bytes, n);
    if (!delete) {
        for (int64_t k = 0; k < count; k++)
            a->data[start + k * step] = bytes[k];
        return RESIZE_OK;
    }
    if (count == 0)
        return RESIZE_OK;
    if (a->exports > 0)
        return RESIZE_EXPORTED;
    if (step < 0) {
        start += step * (count - 1);
        step = -step;
    }
    uint8_t *to = a->data + start;
    for (int64_t k = 0; k < count; k++) { /* closes the gaps one stretch at a time */
        size_t from = (size_t)(start + k * step) + 1;
        size_t next = k + 1 < count ? from + (size_t)step - 1 : a->length;
        memmove(to, a->data + from, next - from);
        to += next - from;
    }
    return resize(t, a, a->length - (size_t)count);
}

static int set_slice(Thread *t, Value self, Value key, Value value)
{
    ByteArray *a = array_of(self);
    Buffer view = {0};
    Value temporary = VALUE_EMPTY;
    int result = -1;
    if (!value_is_empty(value)) {
        if (value_is(value, self) || !buffer_supported(t, value)) {
            if (int_check(value) || float_check(value) || object_is(value, KIND_COMPLEX) || is_index(value) ||
                str_check(value)) {
                error_set(t, EXC_TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
                return -1;
            }
            temporary =
                value_is(value, self) ? bytes_from_object(t, value) : bytes_from_iterable(t, value, "bytearray");
            if (value_is_empty(temporary))
                return -1;
            value = temporary;
        }
        if (bytes_argument(t, value, &view) < 0)
            goto done;
    }
    Value settled = settle_slice(t, key);
    if (value_is_empty(settled))
        goto done;
    int64_t start, stop, step, count, length;
    do {
        length = len_slot(t, self);
        if (slice_indices(t, settled, length, &start, &stop, &step, &count) < 0)
            goto settled_done;
        objlock_enter(t, a);
        if (LIKELY((int64_t)a->length == length))
            break;
        objlock_exit(t, a); /* another thread was quicker */
    } while (true);
    if (count < 0)
        count = 0;
    bool delete = value_is_empty(value) || view.length == 0; /* nothing assigned to an extended slice deletes it, too */
    if (step != 1 && !delete &&(size_t)count != view.length) {
        objlock_exit(t, a);
        error_set(t, EXC_ValueError, "attempt to assign bytes of size %zu to extended slice of size %lld", view.length,
                  (long long)count);
    } else {
        result = leave(t, a, assign_slice(t, a, start, step, count, view.data, view.length, delete));
    }
settled_done:
    ref_dec(t, settled);
done:
    buffer_release(t, &view);
    ref_dec(t, temporary);
    return result;
}

static int setitem_slot(Thread *t, Value self, Value key, Value value)
{
    ByteArray *a = array_of(self);
    if (is_index(key)) {
        int64_t i = value_is_int(key) ? value_to_int(key) : number_index_int64(t, key, EXC_IndexError);
        if (i == -1 && error_pending(t))
            return -1;
        int c = 0;
        if (!value_is_empty(value) && (c = bytes_item(t, value, "byte must be in range(0, 256)")) < 0)
            return -1;
        objlock_enter(t, a);
        if (i < 0)
            i += (int64_t)a->length;
        if ((uint64_t)i >= a->length) {
            objlock_exit(t, a);
            error_set(t, EXC_IndexError, "bytearray index out of range");
            return -1;
        }
        if (value_is_empty(value))
            return leave(t, a, splice(t, a, (size_t)i, (size_t)i + 1, NULL, 0));
        a->data[i] = (uint8_t)c;
        objlock_exit(t, a);
        return 0;
    }
    if (!object_is(key, KIND_SLICE)) {
        error_set(t, EXC_TypeError, "bytearray indices must be integers or slices, not %.200T", key);
        return -1;
    }
    return set_slice(t, self, key, value);
}

static Value concat_slot(Thread *t, Value a, Value b)
{
    Buffer va = {0}, vb = {0};
    Value result = VALUE_EMPTY;
    if (bytes_argument(t, a, &va) < 0 || bytes_argument(t, b, &vb) < 0) {
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "can't concat %.100T to %.100T", b, a);
    } else if (va.length > (size_t)PTRDIFF_MAX - vb.length) {
        error_no_memory(t);
    } else {
        result = bytearray_new(t, NULL, va.length + vb.length);
        if (!value_is_empty(result) && va.length + vb.length) {
            memcpy(array_of(result)->data, va.data, va.length);
            memcpy(array_of(result)->data + va.length, vb.data, vb.length);
        }
    }
    buffer_release(t, &va);
    buffer_release(t, &vb);
    return result;
}

static Value inplace_concat_slot(Thread *t, Value self, Value other)
{
    ByteArray *a = array_of(self);
    Buffer view;
    int result;
    if (value_is(self, other)) { /* its own export would forbid the growth */
        objlock_enter(t, a);
        size_t n = a->length;
        Resize grown = n > PTRDIFF_MAX / 2 ? (error_no_memory(t), RESIZE_MEMORY) : resize(t, a, 2 * n);
        if (grown == RESIZE_OK && n)
            memcpy(a->data + n, a->data, n);
        result = leave(t, a, grown);
        return result < 0 ? VALUE_EMPTY : ref_inc(t, self);
    }
    if (bytes_argument(t, other, &view) < 0) {
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "can't concat %.100T to %.100T", other, self);
        return VALUE_EMPTY;
    }
    result = append_data(t, a, view.data, view.length);
    buffer_release(t, &view);
    return result < 0 ? VALUE_EMPTY : ref_inc(t, self);
}

/* Fills p with `total` bytes, repetitions of the first n of them. */
static void repeat_in_place(uint8_t *p, size_t n, size_t total)
{
    for (size_t done = n; done < total;) {
        size_t step = done < total - done ? done : total - done;
        memcpy(p + done, p, step);
        done += step;
    }
}

static Value repeat_slot(Thread *t, Value self, int64_t count)
{
    Span s;
    if (span_open(t, self, &s) < 0)
        return VALUE_EMPTY;
    if (count < 0)
        count = 0;
    Value result;
    if (s.n && (uint64_t)count > (size_t)PTRDIFF_MAX / s.n) {
        result = error_no_memory(t);
    } else {
        size_t total = s.n * (size_t)count;
        result = bytearray_new(t, NULL, total);
        if (!value_is_empty(result) && total) {
            memcpy(array_of(result)->data, s.data, s.n);
            repeat_in_place(array_of(result)->data, s.n, total);
        }
    }
    span_close(t, &s);
    return result;
}

static Value inplace_repeat_slot(Thread *t, Value self, int64_t count)
{
    ByteArray *a = array_of(self);
    if (count < 0)
        count = 0;
    objlock_enter(t, a);
    size_t n = a->length;
    Resize result = RESIZE_OK;
    if (n && (uint64_t)count > (size_t)PTRDIFF_MAX / n) {
        error_no_memory(t);
        result = RESIZE_MEMORY;
    } else {
        result = resize(t, a, n * (size_t)count);
        if (result == RESIZE_OK && n && count > 1)
            repeat_in_place(a->data, n, n * (size_t)count);
    }
    return leave(t, a, result) < 0 ? VALUE_EMPTY : ref_inc(t, self);
}

static Value mod_slot(Thread *t, Value a, Value b)
{
    if (!object_is(a, KIND_BYTEARRAY))
        return VALUE_NOTIMPLEMENTED;
    return bytes_format(t, a, b);
}

/* ---- methods ---- */

NATIVE(bytearray_append, "append", "($self, item, /)", "Adds one byte, an int, at the end.")
{
    int c = bytes_item(t, args[1], "byte must be in range(0, 256)");
    if (c < 0)
        return VALUE_EMPTY;
    uint8_t byte = (uint8_t)c;
    return append_data(t, array_of(args[0]), &byte, 1) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(bytearray_clear, "clear", "($self, /)", "Removes all bytes.")
{
    ByteArray *a = array_of(args[0]);
    objlock_enter(t, a);
    return leave(t, a, resize(t, a, 0)) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(bytearray_copy, "copy", "($self, /)", "A copy.")
{
    Span s;
    if (span_open(t, args[0], &s) < 0)
        return VALUE_EMPTY;
    Value result = bytearray_new(t, s.data, s.n);
    span_close(t, &s);
    return result;
}

NATIVE(bytearray_extend, "extend", "($self, iterable_of_ints, /)",
       "Adds the bytes of a buffer, or the ints of an iterable, at the end.")
{
    Value source = args[1];
    if (value_is(source, args[0])) {
        Value result = inplace_concat_slot(t, args[0], source);
        ref_dec(t, result);
        return value_is_empty(result) ? VALUE_EMPTY : VALUE_NONE;
    }
    if (buffer_supported(t, source)) {
        Buffer view;
        if (bytes_argument(t, source, &view) < 0)
            return VALUE_EMPTY;
        int result = append_data(t, array_of(args[0]), view.data, view.length);
        buffer_release(t, &view);
        return result < 0 ? VALUE_EMPTY : VALUE_NONE;
    }
    Value iterator = object_iter(t, source);
    if (value_is_empty(iterator)) {
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "can't extend bytearray with %.100T", source);
        return VALUE_EMPTY;
    }
    BytesBuilder b = {0};
    int64_t hint = object_length_hint(t, source, 32);
    if (hint >= 0 && !bytesbuilder_reserve(t, &b, (size_t)hint))
        hint = -1;
    Value result = VALUE_EMPTY;
    while (hint >= 0) {
        Value item = object_next(t, iterator);
        if (value_is_empty(item)) {
            if (!error_pending(t) && (!b.b || append_data(t, array_of(args[0]), b.b->data, b.length) == 0))
                result = VALUE_NONE;
            break;
        }
        int c = bytes_item(t, item, "byte must be in range(0, 256)");
        ref_dec(t, item);
        if (c < 0) {
            if (str_check(source) && error_swallow(t, EXC_TypeError))
                error_set(t, EXC_TypeError, "expected iterable of integers; got: 'str'");
            break;
        }
        if (bytesbuilder_byte(t, &b, (uint8_t)c) < 0)
            break;
    }
    bytesbuilder_discard(t, &b);
    ref_dec(t, iterator);
    return result;
}

NATIVE(bytearray_insert, "insert", "($self, index, item, /)", "Puts one byte, an int, before the index.")
{
    int64_t index;
    if (bytes_ssize(t, args[1], &index) < 0)
        return VALUE_EMPTY;
    int c = bytes_item(t, args[2], "byte must be in range(0, 256)");
    if (c < 0)
        return VALUE_EMPTY;
    ByteArray *a = array_of(args[0]);
    objlock_enter(t, a);
    int64_t length = (int64_t)a->length;
    if (index < 0)
        index = index + length < 0 ? 0 : index + length;
    if (index > length)
        index = length;
    uint8_t byte = (uint8_t)c;
    return leave(t, a, splice(t, a, (size_t)index, (size_t)index, &byte, 1)) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(bytearray_pop, "pop", "($self, index=-1, /)", "Removes one byte and returns it as an int.")
{
    int64_t index = -1;
    if (!value_is_empty(args[1]) && bytes_ssize(t, args[1], &index) < 0)
        return VALUE_EMPTY;
    ByteArray *a = array_of(args[0]);
    objlock_enter(t, a);
    size_t length = a->length;
    if (index < 0)
        index += (int64_t)length;
    if ((uint64_t)index >= length) {
        objlock_exit(t, a);
        return error_set(t, EXC_IndexError, length ? "pop index out of range" : "pop from empty bytearray");
    }
    int c = a->data[index];
    return leave(t, a, splice(t, a, (size_t)index, (size_t)index + 1, NULL, 0)) < 0 ? VALUE_EMPTY : value_from_int(c);
}

NATIVE(bytearray_remove, "remove", "($self, value, /)", "Removes the first occurrence of one byte, an int.")
{
    int c = bytes_item(t, args[1], "byte must be in range(0, 256)");
    if (c < 0)
        return VALUE_EMPTY;
    ByteArray *a = array_of(args[0]);
    objlock_enter(t, a);
    const uint8_t *at = a->length ? memchr(a->data, c, a->length) : NULL;
    if (!at) {
        objlock_exit(t, a);
        return error_set(t, EXC_ValueError, "value not found in bytearray");
    }
    size_t index = (size_t)(at - a->data);
    return leave(t, a, splice(t, a, index, index + 1, NULL, 0)) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(bytearray_reverse, "reverse", "($self, /)", "Reverses the order of the bytes in place.")
{
    ByteArray *a = array_of(args[0]);
    objlock_enter(t, a);
    for (size_t i = 0, j = a->length; i + 1 < j; i++) {
        uint8_t c = a->data[i];
        a->data[i] = a->data[--j];
        a->data[j] = c;
    }
    objlock_exit(t, a);
    return VALUE_NONE;
}

NATIVE(bytearray_resize, "resize", "($self, size, /)", "Sets the length: cut off at the end, or filled up with zeros.")
{
    int64_t size;
    if (bytes_ssize(t, args[1], &size) < 0)
        return VALUE_EMPTY;
    if (size < 0)
        return error_set(t, EXC_ValueError, "Can only resize to positive sizes, got %lld", (long long)size);
    if (size > PTRDIFF_MAX)
        return error_no_memory(t);
    ByteArray *a = array_of(args[0]);
    objlock_enter(t, a);
    size_t old = a->length;
    Resize result = resize(t, a, (size_t)size);
    if (result == RESIZE_OK && (size_t)size > old)
        memset(a->data + old, 0, (size_t)size - old);
    return leave(t, a, result) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

static size_t allocated(const ByteArray *a) { return a->data ? a->capacity + 1 : 0; }

NATIVE(bytearray_alloc, "__alloc__", "($self, /)", "How many bytes are allocated for the contents.")
{
    return int_from_size(t, allocated(array_of(args[0])));
}

NATIVE(bytearray_sizeof, "__sizeof__", "($self, /)", "The size in memory, in bytes.")
{
    return int_from_size(t, type_of(t, args[0])->size + allocated(array_of(args[0])));
}

static Value reduce(Thread *t, Value self, int64_t protocol)
{
    Value state = object_call_method_string(t, self, "__getstate__", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(state))
        return state;
    Value arguments = VALUE_EMPTY, contents = VALUE_EMPTY, result = VALUE_EMPTY;
    Span s;
    if (span_open(t, self, &s) == 0) {
        if (s.n == 0) {
            arguments = t->interp->empty_tuple;
        } else if (protocol < 3) {
            contents = str_from_latin1(t, s.data, s.n);
            Value encoding = str_intern(t, "latin-1");
            if (!value_is_empty(contents) && !value_is_empty(encoding))
                arguments = tuple_pack(t, 2, contents, encoding);
            ref_dec(t, encoding);
        } else {
            contents = bytes_new(t, s.data, s.n);
            if (!value_is_empty(contents))
                arguments = tuple_pack(t, 1, contents);
        }
        ref_dec(t, contents);
        span_close(t, &s);
    }
    if (!value_is_empty(arguments))
        result = tuple_pack(t, 3, value_of(type_of(t, self)), arguments, state);
    ref_dec(t, arguments);
    ref_dec(t, state);
    return result;
}

NATIVE(bytearray_reduce, "__reduce__", "($self, /)", "State for pickling.") { return reduce(t, args[0], 2); }
NATIVE(bytearray_reduce_ex, "__reduce_ex__", "($self, proto=0, /)", "State for pickling with a protocol.")
{
    int protocol = 0;
    if (!value_is_empty(args[1]) && bytes_int(t, args[1], &protocol) < 0)
        return VALUE_EMPTY;
    return reduce(t, args[0], protocol);
}

static const NativeDef *const methods[] = {
    BYTES_SHARED_METHODS(BYTES_ENTRY) & native_bytearray_append,
    &native_bytearray_clear,
    &native_bytearray_copy,
    &native_bytearray_extend,
    &native_bytearray_insert,
    &native_bytearray_pop,
    &native_bytearray_remove,
    &native_bytearray_reverse,
    &native_bytearray_resize,
    &native_bytearray_alloc,
    &native_bytearray_sizeof,
    &native_bytearray_reduce,
    &native_bytearray_reduce_ex,
    NULL,
};

/* ---- the iterator ---- */

static Value iter_slot(Thread *t, Value self)
{
    PositionIterator *it = alloc_object(t, t->types[KIND_BYTEARRAY_ITERATOR], sizeof *it);
    if (!it)
        return VALUE_EMPTY;
    it->sequence = ref_inc(t, self);
    return value_of(it);
}

static Value iterator_next(Thread *t, Value self)
{
    PositionIterator *it = (PositionIterator *)value_object(self);
    size_t index;
    Value v = position_iterator_state(t, it, &index, 1);
    if (value_is_empty(v))
        return VALUE_EMPTY;
    ByteArray *a = array_of(v);
    objlock_enter(t, a);
    Value result = index < a->length ? value_from_int(a->data[index]) : VALUE_EMPTY;
    objlock_exit(t, a);
    if (value_is_empty(result)) {
        position_iterator_finish(t, it);
    }
    ref_dec(t, v);
    return result;
}

static void iterator_dealloc(Thread *t, Object *o) { ref_clear(t, &((PositionIterator *)o)->sequence); }
static int iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((PositionIterator *)o)->sequence);
    return 0;
}

NATIVE(iterator_length_hint, "__length_hint__", "($self, /)", "How many items are left.")
{
    size_t index;
    Value v = position_iterator_state(t, (PositionIterator *)value_object(args[0]), &index, 0);
    int64_t left = value_is_empty(v) ? 0 : len_slot(t, v) - (int64_t)index;
    ref_dec(t, v);
    return value_from_int(left < 0 ? 0 : left);
}

NATIVE(iterator_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    size_t index;
    Value iter = bytes_builtin(t, "iter");
    if (value_is_empty(iter))
        return VALUE_EMPTY;
    Value v = position_iterator_state(t, (PositionIterator *)value_object(args[0]), &index, 0);
    bool exhausted = value_is_empty(v);
    Value arguments = tuple_pack(t, 1, exhausted ? t->interp->empty_tuple : v);
    Value result = VALUE_EMPTY;
    if (!value_is_empty(arguments))
        result = exhausted ? tuple_pack(t, 2, iter, arguments)
                           : tuple_pack(t, 3, iter, arguments, value_from_int((int64_t)index));
    ref_dec(t, arguments);
    ref_dec(t, v);
    ref_dec(t, iter);
    return result;
}

NATIVE(iterator_setstate, "__setstate__", "($self, object, /)", "Sets the position, for unpickling.")
{
    int64_t index;
    if (bytes_ssize(t, args[1], &index) < 0)
        return VALUE_EMPTY;
    PositionIterator *it = (PositionIterator *)value_object(args[0]);
    size_t old;
    Value v = position_iterator_state(t, it, &old, 0);
    if (!value_is_empty(v)) {
        int64_t length = len_slot(t, v);
        position_iterator_seek(t, it, index, length);
        ref_dec(t, v);
    }
    return VALUE_NONE;
}

static const NativeDef *const iterator_methods[] = {&native_iterator_length_hint, &native_iterator_reduce,
                                                    &native_iterator_setstate, NULL};

const TypeSpec type_spec_bytearray_iterator = {
    .name = "bytearray_iterator",
    .kind = KIND_BYTEARRAY_ITERATOR,
    .flags = TYPE_IMMUTABLE | TYPE_NO_NEW,
    .size = sizeof(PositionIterator),
    .methods = iterator_methods,
    .slots = {.dealloc = iterator_dealloc,
              .traverse = iterator_traverse,
              .iter = slot_iter_self,
              .next = iterator_next},
};

const TypeSpec type_spec_bytearray = {
    .name = "bytearray",
    .doc =
        "Mutable sequence of bytes: of a string with its encoding, of an iterable of ints, of a buffer, or of zeros.",
    .kind = KIND_BYTEARRAY,
    .flags = TYPE_BASE | TYPE_IMMUTABLE | TYPE_MATCH_SELF,
    .size = sizeof(ByteArray),
    .methods = methods,
    .slots = {.dealloc = bytearray_dealloc,
              .create = bytearray_create,
              .init = bytearray_init,
              .repr = repr_slot,
              .str = str_slot,
              .hash = slot_hash_unhashable,
              .compare = compare_slot,
              .iter = iter_slot,
              .binary[BINARY_MOD] = mod_slot,
              .len = len_slot,
              .getitem = getitem_slot,
              .setitem = setitem_slot,
              .contains = bytes_contains,
              .concat = concat_slot,
              .repeat = repeat_slot,
              .inplace_concat = inplace_concat_slot,
              .inplace_repeat = inplace_repeat_slot,
              .buffer_get = buffer_slot,
              .buffer_release = release_slot},
};
