/* mod_array.c: the module array: compact arrays of numbers and characters.
 *
 * Values are converted first (that runs Python code, which may change the array), then stored under the object's lock with the bounds checked again. Item types
 * are in mod_array_item.c, the layout and its invariants in mod_array.h. */
#include "mod_array.h"

#include <stddef.h>
#include <wchar.h>

#include "../memory/alloc.h"
#include "../object/audit.h"
#include "../object/buffer.h"
#include "../object/bytes.h"
#include "../object/container.h"
#include "../object/dict.h"
#include "argument.h"

typedef struct State {
    Type *array_type, *iterator_type;
    Value reconstructor; /* array._array_reconstructor */
} State;

static State *state_of(Thread *t) { return t->interp->module_state[MODULE_array]; }
static const TypeSpec array_spec;
static inline bool array_check(Value v) { return object_is_native(v, &array_spec); }

/* ---- size ---- */

typedef enum Resize { RESIZE_OK, RESIZE_EXPORTED, RESIZE_MEMORY /* MemoryError is pending */ } Resize;

static Resize resize(Thread *t, Array *a, size_t n)
{
    if (n == a->length)
        return RESIZE_OK;
    if (a->exports > 0)
        return RESIZE_EXPORTED;
    size_t size = a->code->size;
    if (n > (size_t)PTRDIFF_MAX / size) {
        error_no_memory(t);
        return RESIZE_MEMORY;
    }
    if (n <= a->capacity && n >= a->capacity / 2 && (n || !a->items)) {
        store_release(t, &a->length, n);
        return RESIZE_OK;
    }
    if (n == 0) {
        alloc_memory_free(t, a->items);
        a->items = NULL;
        a->capacity = 0;
        store_release(t, &a->length, 0);
        return RESIZE_OK;
    }
    size_t capacity = n + (n >> 4) + (a->length < 8 ? 3 : 7);
    if (a->length == 0 || capacity > (size_t)PTRDIFF_MAX / size)
        capacity = n;
    char *items = alloc_memory_resize(t, a->items, capacity * size);
    if (!items)
        return RESIZE_MEMORY;
    a->items = items;
    a->capacity = capacity;
    store_release(t, &a->length, n);
    return RESIZE_OK;
}

/* Ends an operation under the lock: 0, or -1 with the exception. */
static int leave(Thread *t, Array *a, Resize result)
{
    objlock_exit(t, a);
    if (LIKELY(result == RESIZE_OK))
        return 0;
    if (result == RESIZE_EXPORTED)
        error_set(t, EXC_BufferError, "cannot resize an array that is exporting buffers");
    return -1;
}

/* Replaces items [low, high) by n items; under the lock. */
static Resize splice(Thread *t, Array *a, size_t low, size_t high, const void *items, size_t n)
{
    size_t size = a->code->size, old = high - low, tail = a->length - high;
    if (n < old) {
        if (a->exports > 0)
            return RESIZE_EXPORTED;
        memmove(a->items + (low + n) * size, a->items + high * size, tail * size);
    }
    Resize result = resize(t, a, a->length - old + n);
    if (result != RESIZE_OK)
        return result;
    assert(a->items || (n == 0 && tail == 0));
    if (n > old)
        memmove(a->items + (low + n) * size, a->items + high * size, tail * size);
    if (n)
        memcpy(a->items + low * size, items, n * size);
    return RESIZE_OK;
}

static int append_items(Thread *t, Array *a, const void *items, size_t n)
{
    objlock_enter(t, a);
    return leave(t, a, splice(t, a, a->length, a->length, items, n));
}

static int append_value(Thread *t, Array *a, Value v)
{
    uint64_t item = 0;
    return array_store(t, a->code, &item, v) < 0 ? -1 : append_items(t, a, &item, 1);
}

static Value array_new(Thread *t, Type *type, const ArrayCode *code, const void *items, size_t n)
{
    Array *a = type_alloc(t, type, 0);
    if (!a)
        return VALUE_EMPTY;
    a->code = code;
    if (n) {
        if (resize(t, a, n) != RESIZE_OK) {
            ref_dec_ptr(t, a);
            return VALUE_EMPTY;
        }
        if (items)
            memcpy(a->items, items, n * code->size);
    }
    return value_of(a);
}

/* Item i, or empty without an exception when out of range. */
Value array_get(Thread *t, Array *a, size_t i)
{
    objlock_enter(t, a);
    Value result = i < a->length ? array_item(t, a->code, a->items + i * a->code->size) : VALUE_EMPTY;
    objlock_exit(t, a);
    return result;
}

/* Keeps the contents where they are: an export that Python does not see. */
static void pin(Thread *t, Array *a)
{
    objlock_enter(t, a);
    a->exports++;
    objlock_exit(t, a);
}
static void unpin(Thread *t, Array *a)
{
    objlock_enter(t, a);
    a->exports--;
    objlock_exit(t, a);
}

/* ---- buffer ---- */

static int buffer_slot(Thread *t, Value self, Buffer *view, int flags)
{
    Array *a = array_of(self);
    pin(t, a);
    *view = (Buffer){.data = a->items ? a->items : (void *)"",
                     .length = a->length * a->code->size,
                     .item_size = a->code->size,
                     .ndim = 1};
    view->shape1 = (int64_t)a->length;
    view->stride1 = a->code->size;
    if (flags & BUFFER_ND)
        view->shape = &view->shape1;
    if ((flags & BUFFER_STRIDES) == BUFFER_STRIDES)
        view->strides = &view->stride1;
    if (flags & BUFFER_FORMAT)
        view->format = a->code->format;
    view->owner = ref_inc(t, self);
    return 0;
}
static void release_slot(Thread *t, Value self, Buffer *view) { unpin(t, array_of(self)); }

/* ---- filling ---- */

static int extend_iterable(Thread *t, Array *a, Value iterable)
{
    Value iterator = object_iter(t, iterable);
    if (value_is_empty(iterator))
        return -1;
    int result = 0;
    for (;;) {
        Value item = object_next(t, iterator);
        if (value_is_empty(item)) {
            result = error_pending(t) ? -1 : 0;
            break;
        }
        result = append_value(t, a, item);
        ref_dec(t, item);
        if (result < 0)
            break;
    }
    ref_dec(t, iterator);
    return result;
}

static int extend_array(Thread *t, Array *a, Array *other)
{
    if (a == other) {
        objlock_enter(t, a);
        size_t n = a->length;
        Resize result = resize(t, a, 2 * n);
        if (result == RESIZE_OK && n)
            memcpy(a->items + n * a->code->size, a->items, n * a->code->size);
        return leave(t, a, result);
    }
    pin(t, other);
    int result = append_items(t, a, other->items, other->length);
    unpin(t, other);
    return result;
}

static int extend(Thread *t, Array *a, Value v)
{
    if (!array_check(v))
        return extend_iterable(t, a, v);
    if (array_of(v)->code != a->code)
        return error_set(t, EXC_TypeError, "can only extend with array of same kind"), -1;
    return extend_array(t, a, array_of(v));
}

static int append_bytes(Thread *t, Array *a, Value source)
{
    Buffer view;
    if (buffer_get(t, source, &view, BUFFER_SIMPLE) < 0)
        return -1;
    int result = -1;
    if (view.item_size != 1)
        error_set(t, EXC_TypeError, "a bytes-like object is required");
    else if (view.length % a->code->size)
        error_set(t, EXC_ValueError, "bytes length not a multiple of item size");
    else
        result = append_items(t, a, view.data, view.length / a->code->size);
    buffer_release(t, &view);
    return result;
}

static int append_text(Thread *t, Array *a, Value str)
{
    const Str *s = str_of(str);
    if (a->code->size == 4) {
        uint32_t *wide = alloc_memory(t, (s->length + 1) * sizeof *wide);
        if (!wide)
            return -1;
        for (size_t i = 0; i < s->length; i++)
            wide[i] = str_at(s, i);
        int result = append_items(t, a, wide, s->length);
        alloc_memory_free(t, wide);
        return result;
    }
    Value units = codec_encode(t, str, "utf-16-le", "surrogatepass");
    if (value_is_empty(units))
        return -1;
    int result = append_items(t, a, bytes_of(units)->data, bytes_of(units)->length / 2);
    ref_dec(t, units);
    return result;
}

static bool is_text(const ArrayCode *code) { return code->code == 'u' || code->code == 'w'; }

/* ---- making ---- */

static const ArrayCode *typecode_argument(Thread *t, Value v, const char *function, int position, const char *bad)
{
    if (!str_check(v)) {
        error_set(t, EXC_TypeError, "%s() argument %d must be a unicode character, not %.50s", function, position,
                  value_is_none(v) ? "None" : type_name(type_of(t, v)));
        return NULL;
    }
    if (str_length(v) != 1) {
        error_set(t, EXC_TypeError, "%s(): argument %d must be a unicode character, not a string of length %zu",
                  function, position, str_length(v));
        return NULL;
    }
    const ArrayCode *code = array_code(str_at(str_of(v), 0));
    if (!code)
        error_set(t, EXC_ValueError, "%s", bad);
    return code;
}

static Value create_slot(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (type == state_of(t)->array_type && !value_is_empty(names) && tuple_length(names))
        return error_set(t, EXC_TypeError, "array.array() takes no keyword arguments");
    if (n < 1 || n > 2)
        return error_set(t, EXC_TypeError, "array() takes at %s %d argument%s (%u given)", n ? "most" : "least",
                         n ? 2 : 1, n ? "s" : "", n);
    if (str_check(args[0]) && str_length(args[0]) == 1 &&
        audit(t, "array.__new__", "OO", args[0], n > 1 ? args[1] : VALUE_EMPTY) < 0)
        return VALUE_EMPTY;
    const ArrayCode *code =
        typecode_argument(t, args[0], "array", 1, "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)");
    if (!code)
        return VALUE_EMPTY;
    Value initial = n > 1 ? args[1] : VALUE_EMPTY;
    if (code->code == 'u' && error_warn(t, EXC_DeprecationWarning, 1,
                                        "The 'u' type code is deprecated and will be removed in Python 3.16") < 0)
        return VALUE_EMPTY;
    if (!value_is_empty(initial) && !is_text(code)) {
        if (str_check(initial))
            return error_set(t, EXC_TypeError, "cannot use a str to initialize an array with typecode '%c'",
                             code->code);
        if (array_check(initial) && is_text(array_of(initial)->code))
            return error_set(t, EXC_TypeError, "cannot use a unicode array to initialize an array with typecode '%c'",
                             code->code);
    }
    Value self = array_new(t, type, code, NULL, 0);
    if (value_is_empty(self) || value_is_empty(initial))
        return self;
    Array *a = array_of(self);
    int result;
    if (bytes_check(initial) || object_is(initial, KIND_BYTEARRAY))
        result = append_bytes(t, a, initial);
    else if (str_check(initial))
        result = append_text(t, a, initial);
    else if (array_check(initial) && array_of(initial)->code == code)
        result = extend_array(t, a, array_of(initial));
    else
        result = extend_iterable(t, a, initial);
    if (result < 0)
        ref_clear(t, &self);
    return self;
}

static void dealloc_slot(Thread *t, Object *o)
{
    alloc_memory_free(t, ((Array *)o)->items);
    ((Array *)o)->items = NULL;
}

/* ---- sequence ---- */

static bool is_index(Value v) { return int_check(v) || (value_is_object(v) && value_object(v)->type->slots.index); }

static int64_t len_slot(Thread *t, Value self) { return (int64_t)array_length(array_of(self)); }

static Value getitem_slot(Thread *t, Value self, Value key)
{
    Array *a = array_of(self);
    if (is_index(key)) {
        int64_t i = value_is_int(key) ? value_to_int(key) : number_index_int64(t, key, EXC_IndexError);
        if (i == -1 && error_pending(t))
            return VALUE_EMPTY;
        if (i < 0)
            i += len_slot(t, self);
        Value item = i < 0 ? VALUE_EMPTY : array_get(t, a, (size_t)i);
        return value_is_empty(item) && !error_pending(t) ? error_set(t, EXC_IndexError, "array index out of range")
                                                         : item;
    }
    if (!object_is(key, KIND_SLICE))
        return error_set(t, EXC_TypeError, "array indices must be integers");
    int64_t start, stop, step, count;
    pin(t, a);
    Value result = VALUE_EMPTY;
    if (slice_indices(t, key, (int64_t)a->length, &start, &stop, &step, &count) == 0) {
        size_t size = a->code->size;
        if (count < 0)
            count = 0;
        result = array_new(t, state_of(t)->array_type, a->code, step == 1 ? a->items + (size_t)start * size : NULL,
                           (size_t)count);
        if (step != 1 && !value_is_empty(result))
            for (int64_t i = 0; i < count; i++)
                memcpy(array_of(result)->items + (size_t)i * size, a->items + (size_t)(start + i * step) * size, size);
    }
    unpin(t, a);
    return result;
}

static int set_item(Thread *t, Array *a, Value key, Value v)
{
    int64_t i = value_is_int(key) ? value_to_int(key) : number_index_int64(t, key, EXC_IndexError);
    if (i == -1 && error_pending(t))
        return -1;
    uint64_t item = 0;
    size_t before = array_length(a);
    if (i < 0)
        i += (int64_t)before;
    bool outside = i < 0 || (size_t)i >= before;
    if (!outside && !value_is_empty(v) && array_store(t, a->code, &item, v) < 0)
        return -1;
    objlock_enter(t, a);
    if (outside || (size_t)i >= a->length) {
        objlock_exit(t, a);
        return error_set(t, EXC_IndexError, "array assignment index out of range"), -1;
    }
    if (value_is_empty(v))
        return leave(t, a, splice(t, a, (size_t)i, (size_t)i + 1, NULL, 0));
    memcpy(a->items + (size_t)i * a->code->size, &item, a->code->size);
    objlock_exit(t, a);
    return 0;
}

/* Assigns n items to (NULL: deletes) what a slice selects; under the lock. The sizes agree for an extended slice. */
static Resize assign_slice(Thread *t, Array *a, int64_t start, int64_t step, int64_t count, const char *items, size_t n,
                           bool delete)
{
    size_t size = a->code->size;
    if (step == 1)
        return splice(t, a, (size_t)start, (size_t)(start + count), items, n);
    if (!delete) {
        for (int64_t i = 0; i < count; i++)
            memcpy(a->items + (size_t)(start + i * step) * size, items + (size_t)i * size, size);
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
    char *to = a->items + (size_t)start * size;
    for (int64_t i = 0; i < count; i++) { /* closes the gaps one stretch at a time */
        size_t from = (size_t)(start + i * step) + 1, next = i + 1 < count ? from + (size_t)step - 1 : a->length;
        memmove(to, a->items + from * size, (next - from) * size);
        to += (next - from) * size;
    }
    return resize(t, a, a->length - (size_t)count);
}

/* What set_slice reads from, owned: v, pinned, or a copy where that is the array itself. */
static Value slice_source(Thread *t, Array *a, Value v)
{
    if (!array_check(v))
        return error_set(t, EXC_TypeError, "can only assign array (not \"%.200T\") to array slice", v);
    Array *other = array_of(v);
    if (other->code != a->code)
        return error_set(t, EXC_TypeError, "bad argument type for built-in operation");
    pin(t, other);
    if (a != other)
        return ref_inc(t, v);
    Value copy = array_new(t, state_of(t)->array_type, a->code, a->items, a->length);
    unpin(t, other);
    return copy;
}

static int set_slice(Thread *t, Value self, Value key, Value v)
{
    Array *a = array_of(self);
    Value copy = VALUE_EMPTY;
    int result = -1;
    int64_t start, stop, step, count, length;
    do {
        length = len_slot(t, self);
        if (slice_indices(t, key, length, &start, &stop, &step, &count) < 0)
            goto done;
        if (!value_is_empty(v) && value_is_empty(copy)) {
            copy = slice_source(t, a, v);
            if (value_is_empty(copy))
                goto done;
        }
        objlock_enter(t, a);
        if (LIKELY((int64_t)a->length == length))
            break;
        objlock_exit(t, a); /* __index__ or another thread changed it */
    } while (true);
    if (count < 0)
        count = 0;
    size_t n = value_is_empty(v) ? 0 : array_of(copy)->length;
    bool delete = n == 0; /* nothing assigned to an extended slice deletes it, too */
    if (step != 1 && !delete &&(size_t)count != n) {
        objlock_exit(t, a);
        error_set(t, EXC_ValueError, "attempt to assign array of size %zu to extended slice of size %lld", n,
                  (long long)count);
    } else {
        result = leave(t, a, assign_slice(t, a, start, step, count, n ? array_of(copy)->items : NULL, n, delete));
    }
done:
    if (!value_is_empty(copy) && !value_is(v, self))
        unpin(t, array_of(v));
    ref_dec(t, copy);
    return result;
}

static int setitem_slot(Thread *t, Value self, Value key, Value v)
{
    if (is_index(key))
        return set_item(t, array_of(self), key, v);
    if (object_is(key, KIND_SLICE))
        return set_slice(t, self, key, v);
    return error_set(t, EXC_TypeError, "array indices must be integers"), -1;
}

/* Index of the first item equal to v in [start, stop): -1 none, -2 error. */
static int64_t find(Thread *t, Array *a, Value v, int64_t start, int64_t stop)
{
    for (int64_t i = start; i < stop; i++) {
        Value item = array_get(t, a, (size_t)i);
        if (value_is_empty(item))
            return error_pending(t) ? -2 : -1;
        int equal = object_equal(t, item, v);
        ref_dec(t, item);
        if (equal)
            return equal < 0 ? -2 : i;
    }
    return -1;
}

static int contains_slot(Thread *t, Value self, Value v)
{
    int64_t i = find(t, array_of(self), v, 0, INT64_MAX);
    return i == -2 ? -1 : i >= 0;
}

static Value concat_slot(Thread *t, Value self, Value other)
{
    if (!array_check(other))
        return error_set(t, EXC_TypeError, "can only append array (not \"%.200T\") to array", other);
    Array *a = array_of(self), *b = array_of(other);
    if (a->code != b->code)
        return error_set(t, EXC_TypeError, "bad argument type for built-in operation");
    pin(t, a);
    pin(t, b);
    Value result = VALUE_EMPTY;
    if (a->length > (size_t)PTRDIFF_MAX - b->length)
        error_no_memory(t);
    else
        result = array_new(t, state_of(t)->array_type, a->code, NULL, a->length + b->length);
    if (!value_is_empty(result)) {
        if (a->length)
            memcpy(array_of(result)->items, a->items, a->length * a->code->size);
        if (b->length)
            memcpy(array_of(result)->items + a->length * a->code->size, b->items, b->length * a->code->size);
    }
    unpin(t, b);
    unpin(t, a);
    return result;
}

static Value inplace_concat_slot(Thread *t, Value self, Value other)
{
    if (!array_check(other))
        return error_set(t, EXC_TypeError, "can only extend array with array (not \"%.200T\")", other);
    return extend(t, array_of(self), other) < 0 ? VALUE_EMPTY : ref_inc(t, self);
}

static void repeat_items(char *p, size_t n, size_t total)
{
    for (size_t done = n; done < total;) {
        size_t step = done < total - done ? done : total - done;
        memcpy(p + done, p, step);
        done += step;
    }
}

static Value repeat_slot(Thread *t, Value self, int64_t count)
{
    Array *a = array_of(self);
    if (count < 0)
        count = 0;
    pin(t, a);
    Value result = VALUE_EMPTY;
    if (a->length && (uint64_t)count > (size_t)PTRDIFF_MAX / a->length)
        error_no_memory(t);
    else
        result = array_new(t, state_of(t)->array_type, a->code, NULL, a->length * (size_t)count);
    if (!value_is_empty(result) && array_of(result)->length) {
        size_t n = a->length * a->code->size;
        memcpy(array_of(result)->items, a->items, n);
        repeat_items(array_of(result)->items, n, n * (size_t)count);
    }
    unpin(t, a);
    return result;
}

static Value inplace_repeat_slot(Thread *t, Value self, int64_t count)
{
    Array *a = array_of(self);
    if (count < 0)
        count = 0;
    objlock_enter(t, a);
    size_t n = a->length, size = a->code->size;
    Resize result;
    if (n && (uint64_t)count > (size_t)PTRDIFF_MAX / n) {
        error_no_memory(t);
        result = RESIZE_MEMORY;
    } else {
        result = resize(t, a, n * (size_t)count);
        if (result == RESIZE_OK && n && count > 1)
            repeat_items(a->items, n * size, n * size * (size_t)count);
    }
    return leave(t, a, result) < 0 ? VALUE_EMPTY : ref_inc(t, self);
}

static uint32_t text_item(const Array *a, size_t i)
{
    return a->code->size == 4 ? ((const uint32_t *)(const void *)a->items)[i]
                              : ((const uint16_t *)(const void *)a->items)[i];
}

static Value compare_text(Thread *t, Array *a, Array *b, Compare op)
{
    pin(t, a);
    pin(t, b);
    size_t i = 0;
    while (i < a->length && i < b->length && text_item(a, i) == text_item(b, i))
        i++;
    int64_t x = i < a->length ? (int64_t)text_item(a, i) : -1, y = i < b->length ? (int64_t)text_item(b, i) : -1;
    unpin(t, b);
    unpin(t, a);
    return object_compare(t, value_from_int(x), value_from_int(y), op);
}

static Value compare_slot(Thread *t, Value self, Value other, Compare op)
{
    if (!array_check(self) || !array_check(other))
        return VALUE_NOTIMPLEMENTED;
    Array *a = array_of(self), *b = array_of(other);
    if ((op == COMPARE_EQ || op == COMPARE_NE) && array_length(a) != array_length(b))
        return value_from_bool(op == COMPARE_NE);
    if (a->code == b->code && a->code->is_integer &&
        (op == COMPARE_EQ || op == COMPARE_NE)) { /* equal bits mean equal */
        pin(t, a);
        pin(t, b);
        bool equal =
            a->length == b->length && (!a->length || memcmp(a->items, b->items, a->length * a->code->size) == 0);
        unpin(t, b);
        unpin(t, a);
        return value_from_bool(equal == (op == COMPARE_EQ));
    }
    if (a->code == b->code && is_text(a->code)) /* by their numbers, which may be of no character */
        return compare_text(t, a, b, op);
    for (size_t i = 0;; i++) {
        Value x = array_get(t, a, i), y = value_is_empty(x) && error_pending(t) ? VALUE_EMPTY : array_get(t, b, i);
        if (value_is_empty(x) || value_is_empty(y)) {
            bool more_x = !value_is_empty(x), more_y = !value_is_empty(y);
            ref_dec(t, x);
            ref_dec(t, y);
            return error_pending(t) ? VALUE_EMPTY : compare_sizes(op, more_x, more_y);
        }
        int equal = object_equal(t, x, y);
        Value result = VALUE_EMPTY;
        if (equal == 0)
            result = op == COMPARE_EQ ? VALUE_FALSE : op == COMPARE_NE ? VALUE_TRUE : object_compare(t, x, y, op);
        ref_dec(t, x);
        ref_dec(t, y);
        if (equal <= 0)
            return result;
    }
}

/* ---- conversions ---- */

static Value to_list(Thread *t, Array *a)
{
    Value list = list_new(t, array_length(a));
    for (size_t i = 0; !value_is_empty(list); i++) {
        Value item = array_get(t, a, i);
        if (value_is_empty(item)) {
            if (error_pending(t))
                ref_clear(t, &list);
            break;
        }
        if (list_append_take(t, list, item) < 0)
            ref_clear(t, &list);
    }
    return list;
}

static Value to_bytes(Thread *t, Array *a)
{
    pin(t, a);
    Value result = bytes_new(t, a->length ? a->items : "", a->length * a->code->size);
    unpin(t, a);
    return result;
}

static Value to_text(Thread *t, Array *a)
{
    if (!is_text(a->code))
        return error_set(t, EXC_ValueError, "tounicode() may only be called on unicode type arrays ('u' or 'w')");
    pin(t, a);
    Value result;
    if (a->code->size == 4) {
        const uint32_t *p = (const void *)a->items;
        size_t i = 0;
        while (i < a->length && p[i] <= 0x10FFFF)
            i++;
        if (i < a->length)
            result = a->code->code == 'u'
                         ? error_set(t, EXC_ValueError, "character U+%x is not in range [U+0000; U+10ffff]", p[i])
                         : codec_decode(t, p, a->length * sizeof *p, "utf-32-le", NULL);
        else
            result = str_from_ucs4(t, p, a->length);
    } else {
        result = str_from_wide(t, (const wchar_t *)(const void *)a->items, a->length);
    }
    unpin(t, a);
    return result;
}

static Value repr_slot(Thread *t, Value self)
{
    Array *a = array_of(self);
    if (array_length(a) == 0)
        return str_format(t, "%s('%c')", type_name(type_of(t, self)), a->code->code);
    Value contents = is_text(a->code) ? to_text(t, a) : to_list(t, a);
    if (value_is_empty(contents))
        return VALUE_EMPTY;
    Value result = str_format(t, "%s('%c', %V)", type_name(type_of(t, self)), a->code->code, contents);
    ref_dec(t, contents);
    return result;
}

/* ---- methods ---- */

NATIVE(array_append, "append", "($self, v, /)", "Adds an item at the end.")
{
    return append_value(t, array_of(args[0]), args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}
NATIVE(array_extend, "extend", "($self, bb, /)", "Adds the items of an iterable at the end.")
{
    return extend(t, array_of(args[0]), args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(array_clear, "clear", "($self, /)", "Removes all items.")
{
    objlock_enter(t, array_of(args[0]));
    return leave(t, array_of(args[0]), resize(t, array_of(args[0]), 0)) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(array_buffer_info, "buffer_info", "($self, /)", "The address of the contents and the number of items.")
{
    Array *a = array_of(args[0]);
    objlock_enter(t, a);
    const void *address = a->items;
    size_t length = a->length;
    objlock_exit(t, a);
    Value pointer = int_from_pointer(t, address);
    if (value_is_empty(pointer))
        return pointer;
    Value result = tuple_pack(t, 2, pointer, value_from_int((int64_t)length));
    ref_dec(t, pointer);
    return result;
}

NATIVE(array_byteswap, "byteswap", "($self, /)", "Reverses the bytes of each item, in place.")
{
    Array *a = array_of(args[0]);
    objlock_enter(t, a);
    size_t size = a->code->size;
    for (char *p = a->items, *end = p + a->length * size; p < end; p += size)
        for (size_t i = 0; i < size / 2; i++) {
            char c = p[i];
            p[i] = p[size - 1 - i];
            p[size - 1 - i] = c;
        }
    objlock_exit(t, a);
    return VALUE_NONE;
}

NATIVE(array_count, "count", "($self, v, /)", "How many items equal v.")
{
    int64_t count = 0, i = 0;
    while ((i = find(t, array_of(args[0]), args[1], i, INT64_MAX)) >= 0) {
        count++;
        i++;
    }
    return i == -2 ? VALUE_EMPTY : value_from_int(count);
}

NATIVE(array_index, "index", "($self, v, start=0, stop=sys.maxsize, /)",
       "Index of the first item equal to v; ValueError when there is none.")
{
    int64_t start, stop, length = len_slot(t, args[0]);
    if (index_argument(t, args[2], length, 0, &start) < 0 || index_argument(t, args[3], length, INT64_MAX, &stop) < 0)
        return VALUE_EMPTY;
    int64_t i = find(t, array_of(args[0]), args[1], start, stop);
    if (i == -1)
        return error_set(t, EXC_ValueError, "array.index(x): x not in array");
    return i < 0 ? VALUE_EMPTY : value_from_int(i);
}

NATIVE(array_insert, "insert", "($self, i, v, /)", "Puts an item before the index.")
{
    Array *a = array_of(args[0]);
    int64_t i;
    uint64_t item = 0;
    if (argument_size(t, args[1], 0, &i) < 0 || array_store(t, a->code, &item, args[2]) < 0)
        return VALUE_EMPTY;
    objlock_enter(t, a);
    int64_t length = (int64_t)a->length;
    if (i < 0)
        i = i + length < 0 ? 0 : i + length;
    if (i > length)
        i = length;
    return leave(t, a, splice(t, a, (size_t)i, (size_t)i, &item, 1)) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(array_pop, "pop", "($self, i=-1, /)", "Removes the item at the index and returns it.")
{
    Array *a = array_of(args[0]);
    int64_t i;
    if (argument_size(t, args[1], -1, &i) < 0)
        return VALUE_EMPTY;
    objlock_enter(t, a);
    size_t length = a->length;
    if (i < 0)
        i += (int64_t)length;
    if ((uint64_t)i >= length) {
        objlock_exit(t, a);
        return error_set(t, EXC_IndexError, length ? "pop index out of range" : "pop from empty array");
    }
    Value item = array_item(t, a->code, a->items + (size_t)i * a->code->size);
    if (value_is_empty(item)) {
        objlock_exit(t, a);
        return item;
    }
    if (leave(t, a, splice(t, a, (size_t)i, (size_t)i + 1, NULL, 0)) < 0)
        ref_clear(t, &item);
    return item;
}

NATIVE(array_remove, "remove", "($self, v, /)", "Removes the first item equal to v.")
{
    Array *a = array_of(args[0]);
    int64_t i = find(t, a, args[1], 0, INT64_MAX);
    if (i == -2)
        return VALUE_EMPTY;
    if (i == -1)
        return error_set(t, EXC_ValueError, "array.remove(x): x not in array");
    objlock_enter(t, a);
    Resize result = (size_t)i < a->length ? splice(t, a, (size_t)i, (size_t)i + 1, NULL, 0) : RESIZE_OK;
    return leave(t, a, result) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(array_reverse, "reverse", "($self, /)", "Reverses the order of the items, in place.")
{
    Array *a = array_of(args[0]);
    objlock_enter(t, a);
    size_t size = a->code->size;
    if (a->length > 1) {
        char spare[8], *p = a->items, *q = a->items + (a->length - 1) * size;
        for (; p < q; p += size, q -= size) {
            memcpy(spare, p, size);
            memcpy(p, q, size);
            memcpy(q, spare, size);
        }
    }
    objlock_exit(t, a);
    return VALUE_NONE;
}

NATIVE(array_frombytes, "frombytes", "($self, buffer, /)", "Adds items from their bytes.")
{
    return append_bytes(t, array_of(args[0]), args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}
NATIVE(array_tobytes, "tobytes", "($self, /)", "The items' bytes.") { return to_bytes(t, array_of(args[0])); }
NATIVE(array_tolist, "tolist", "($self, /)", "The items as a list.") { return to_list(t, array_of(args[0])); }
NATIVE(array_tounicode, "tounicode", "($self, /)", "The characters as a str.") { return to_text(t, array_of(args[0])); }

NATIVE(array_fromlist, "fromlist", "($self, list, /)", "Adds the items of a list, all or none.")
{
    Array *a = array_of(args[0]);
    if (!list_check(args[1]))
        return error_set(t, EXC_TypeError, "arg must be list");
    size_t n_items = list_length(args[1]), size = a->code->size;
    char *items = alloc_memory(t, n_items * 8 + 8);
    if (!items)
        return VALUE_EMPTY;
    Value result = VALUE_NONE;
    for (size_t i = 0; i < n_items; i++) {
        Value item = list_get(t, args[1], i);
        if (value_is_empty(item) || array_store(t, a->code, items + i * size, item) < 0)
            result = VALUE_EMPTY;
        ref_dec(t, item);
        if (!value_is_empty(result) && list_length(args[1]) != n_items)
            result = VALUE_EMPTY;
        if (value_is_empty(result)) {
            if (!error_pending(t))
                error_set(t, EXC_RuntimeError, "list changed size during iteration");
            break;
        }
    }
    if (!value_is_empty(result) && append_items(t, a, items, n_items) < 0)
        result = VALUE_EMPTY;
    alloc_memory_free(t, items);
    return result;
}

NATIVE(array_fromunicode, "fromunicode", "($self, ustr, /)", "Adds the characters of a str.")
{
    if (argument_str(t, args[1], "fromunicode", "argument") < 0)
        return VALUE_EMPTY;
    if (!is_text(array_of(args[0])->code))
        return error_set(t, EXC_ValueError, "fromunicode() may only be called on unicode type arrays ('u' or 'w')");
    return append_text(t, array_of(args[0]), args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(array_fromfile, "fromfile", "($self, f, n, /)", "Reads n items from a file.")
{
    Array *a = array_of(args[0]);
    int64_t count;
    if (argument_size(t, args[2], 0, &count) < 0)
        return VALUE_EMPTY;
    if (count < 0)
        return error_set(t, EXC_ValueError, "negative count");
    if (count > PTRDIFF_MAX / a->code->size)
        return error_no_memory(t);
    size_t wanted = (size_t)count * a->code->size;
    Value data =
        object_call_method_string(t, args[1], "read", value_from_int((int64_t)wanted), VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(data))
        return VALUE_EMPTY;
    int result = -1;
    if (!bytes_check(data)) {
        error_set(t, EXC_TypeError, "read() didn't return bytes");
    } else {
        result = append_bytes(t, a, data);
        if (result == 0 && bytes_of(data)->length != wanted) {
            error_set(t, EXC_EOFError, "read() didn't return enough bytes");
            result = -1;
        }
    }
    ref_dec(t, data);
    return result < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(array_tofile, "tofile", "($self, f, /)", "Writes all items to a file.")
{
    enum { BLOCK = 64 * 1024 };
    Value data = to_bytes(t, array_of(args[0]));
    if (value_is_empty(data))
        return VALUE_EMPTY;
    Value result = VALUE_NONE;
    for (size_t at = 0, total = bytes_of(data)->length; at < total && !value_is_empty(result); at += BLOCK) {
        Value block = bytes_new(t, bytes_of(data)->data + at, total - at < BLOCK ? total - at : BLOCK);
        Value written = value_is_empty(block)
                            ? VALUE_EMPTY
                            : object_call_method_string(t, args[1], "write", block, VALUE_EMPTY, VALUE_EMPTY);
        if (value_is_empty(written))
            result = VALUE_EMPTY;
        ref_dec(t, written);
        ref_dec(t, block);
    }
    ref_dec(t, data);
    return result;
}

static Value copied(Thread *t, Array *a)
{
    pin(t, a);
    Value result = array_new(t, state_of(t)->array_type, a->code, a->items, a->length);
    unpin(t, a);
    return result;
}
NATIVE(array_copy, "__copy__", "($self, /)", "A copy.") { return copied(t, array_of(args[0])); }
NATIVE(array_deepcopy, "__deepcopy__", "($self, unused, /)", "A copy.") { return copied(t, array_of(args[0])); }

NATIVE(array_sizeof, "__sizeof__", "($self, /)", "The size in memory, in bytes.")
{
    Array *a = array_of(args[0]);
    return int_from_size(t, type_of(t, args[0])->size + a->capacity * a->code->size);
}

NATIVE(array_reduce_ex, "__reduce_ex__", "($self, value, /)", "State for pickling.")
{
    Array *a = array_of(args[0]);
    if (!int_check(args[1]))
        return error_set(t, EXC_TypeError, "__reduce_ex__ argument should be an integer");
    int protocol;
    Value dict;
    if (int_to_int(t, args[1], &protocol) < 0)
        return VALUE_EMPTY;
    int found = object_getattr_optional(t, args[0], ID(t, __dict__), &dict);
    if (found < 0)
        return VALUE_EMPTY;
    if (!found)
        dict = VALUE_NONE;
    Value typecode = str_from_char(t, (uint8_t)a->code->code), contents, arguments = VALUE_EMPTY, result = VALUE_EMPTY;
    if (protocol < 3) {
        contents = to_list(t, a);
        if (!value_is_empty(contents) && !value_is_empty(typecode))
            arguments = tuple_pack(t, 2, typecode, contents);
        if (!value_is_empty(arguments))
            result = tuple_pack(t, 3, value_of(type_of(t, args[0])), arguments, dict);
    } else {
        contents = to_bytes(t, a);
        if (!value_is_empty(contents) && !value_is_empty(typecode))
            arguments = tuple_pack(t, 4, value_of(type_of(t, args[0])), typecode,
                                   value_from_int(array_machine_format(a->code)), contents);
        if (!value_is_empty(arguments))
            result = tuple_pack(t, 3, state_of(t)->reconstructor, arguments, dict);
    }
    ref_dec(t, arguments);
    ref_dec(t, contents);
    ref_dec(t, typecode);
    ref_dec(t, dict);
    return result;
}

NATIVE_FLAGS(array_class_getitem, "__class_getitem__", "($type, object, /)", "A generic alias: array[int].",
             NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static const NativeDef *const array_methods[] = {
    &native_array_append,
    &native_array_extend,
    &native_array_clear,
    &native_array_buffer_info,
    &native_array_byteswap,
    &native_array_count,
    &native_array_index,
    &native_array_insert,
    &native_array_pop,
    &native_array_remove,
    &native_array_reverse,
    &native_array_frombytes,
    &native_array_tobytes,
    &native_array_tolist,
    &native_array_tounicode,
    &native_array_fromlist,
    &native_array_fromunicode,
    &native_array_fromfile,
    &native_array_tofile,
    &native_array_copy,
    &native_array_deepcopy,
    &native_array_sizeof,
    &native_array_reduce_ex,
    &native_array_class_getitem,
    NULL,
};

static Value get_typecode(Thread *t, Value self) { return str_from_char(t, (uint8_t)array_of(self)->code->code); }
static Value get_itemsize(Thread *t, Value self) { return value_from_int(array_of(self)->code->size); }
static const GetSetDef getsets[] = {
    {"typecode", get_typecode, NULL, "The character that tells the type of the items."},
    {"itemsize", get_itemsize, NULL, "Bytes an item."},
    {NULL, NULL, NULL, NULL},
};

static Value iter_slot(Thread *t, Value self) { return array_iterator_new(t, state_of(t)->iterator_type, self); }

static const TypeSpec array_spec = {
    .name = "array.array",
    .doc = "array(typecode [, initializer]): a compact array of numbers or characters.\n\n"
           "Typecodes: b B signed and unsigned byte, h H short, i I int, l L long, q Q long long, f float, d double,\n"
           "w character, u character of the platform's wide type (deprecated).",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE | TYPE_SEQUENCE,
    .size = sizeof(Array),
    .weak_offset = offsetof(Array, weakrefs),
    .methods = array_methods,
    .getsets = getsets,
    .slots = {.dealloc = dealloc_slot,
              .create = create_slot,
              .repr = repr_slot,
              .hash = slot_hash_unhashable,
              .compare = compare_slot,
              .iter = iter_slot,
              .len = len_slot,
              .getitem = getitem_slot,
              .setitem = setitem_slot,
              .contains = contains_slot,
              .concat = concat_slot,
              .repeat = repeat_slot,
              .inplace_concat = inplace_concat_slot,
              .inplace_repeat = inplace_repeat_slot,
              .buffer_get = buffer_slot,
              .buffer_release = release_slot},
};

/* ---- the module ---- */

NATIVE(array_reconstructor, "_array_reconstructor", "($module, arraytype, typecode, mformat_code, items, /)",
       "Makes an array from a pickle of any machine.")
{
    if (!object_is(args[1], KIND_TYPE))
        return error_set(t, EXC_TypeError, "first argument must be a type object, not %.200T", args[1]);
    Type *type = (Type *)value_object(args[1]);
    if (!type_is_subtype(type, state_of(t)->array_type))
        return error_set(t, EXC_TypeError, "%.200s is not a subtype of %.200s", type_name(type), "array.array");
    const ArrayCode *code =
        typecode_argument(t, args[2], "_array_reconstructor", 2, "second argument must be a valid type code");
    int format;
    if (!code || argument_int(t, args[3], 0, &format) < 0)
        return VALUE_EMPTY;
    if (!array_machine_format_valid(format))
        return error_set(t, EXC_ValueError, "third argument must be a valid machine format code.");
    if (!bytes_check(args[4]))
        return error_set(t, EXC_TypeError, "fourth argument should be bytes, not %.200T", args[4]);
    const Bytes *items = bytes_of(args[4]);
    bool native = format == array_machine_format(code);
    Value result = array_new(t, type, native ? code : array_code_of_format(format, code), NULL, 0);
    if (value_is_empty(result))
        return result;
    int ok = -1;
    if (native) {
        ok = append_bytes(t, array_of(result), args[4]);
    } else {
        Value decoded = array_decode_items(t, format, items->data, items->length);
        if (!value_is_empty(decoded)) {
            if (str_check(decoded) && !is_text(code))
                error_set(t, EXC_TypeError, "cannot use a str to initialize an array with typecode '%c'", code->code);
            else
                ok = str_check(decoded) ? append_text(t, array_of(result), decoded)
                                        : extend_iterable(t, array_of(result), decoded);
            ref_dec(t, decoded);
        }
    }
    if (ok < 0)
        ref_clear(t, &result);
    return result;
}

static const NativeDef *const module_methods[] = {&native_array_reconstructor, NULL};

/* collections.abc.MutableSequence.register(array) */
static int register_sequence(Thread *t, Type *type)
{
    Value name = str_intern(t, "collections.abc"),
          from = value_is_empty(name) ? VALUE_EMPTY : str_intern(t, "MutableSequence"), names = VALUE_EMPTY;
    Value module = VALUE_EMPTY, abc = VALUE_EMPTY, done = VALUE_EMPTY;
    if (!value_is_empty(from))
        names = tuple_pack(t, 1, from);
    if (!value_is_empty(names)) {
        Value args[4] = {name, VALUE_NONE, VALUE_NONE, names};
        module = object_call(t, t->interp->import_func, args, 4, VALUE_EMPTY);
    }
    if (!value_is_empty(module))
        abc = object_getattr(t, module, from);
    if (!value_is_empty(abc))
        done = object_call_method_string(t, abc, "register", value_of(type), VALUE_EMPTY, VALUE_EMPTY);
    int result = value_is_empty(done) ? -1 : 0;
    ref_dec(t, done);
    ref_dec(t, abc);
    ref_dec(t, module);
    ref_dec(t, names);
    ref_dec(t, from);
    ref_dec(t, name);
    return result;
}

static int exec(Thread *t, Value module)
{
    State *state = state_of(t);
    if (!state) {
        state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        t->interp->module_state[MODULE_array] = state;
    }
    if (!state->iterator_type && !(state->iterator_type = type_from_spec(t, &array_iterator_spec, NULL)))
        return -1;
    Type *type = module_add_type(t, module, &array_spec, NULL);
    if (!type)
        return -1;
    REF_CLEAR_PTR(t, state->array_type);
    state->array_type = ref_inc_ptr(t, type);
    Value reconstructor = object_getattr_string(t, module, "_array_reconstructor");
    if (value_is_empty(reconstructor))
        return -1;
    ref_replace_take(t, &state->reconstructor, reconstructor);
    if (register_sequence(t, type) < 0 || module_add_take(t, module, "ArrayType", ref_inc(t, value_of(type))) < 0)
        return -1;
    return module_add_string(t, module, "typecodes", "bBuwhHiIlLqQfd");
}

static void free_state(Thread *t, void *memory)
{
    State *state = memory;
    ref_dec_ptr(t, state->array_type);
    ref_dec_ptr(t, state->iterator_type);
    ref_dec(t, state->reconstructor);
    alloc_memory_free(t, state);
}

const ModuleDef module_def_array = {.name = "array",
                                    .doc = "Compact arrays of numbers and characters.",
                                    .methods = module_methods,
                                    .exec = exec,
                                    .free_state = free_state};
