/* bytes.c: the immutable type bytes: making, comparing, indexing, its constructor and its iterator.
 *
 * Invariants.  Contents never change once published; data[length] is NUL.  The empty bytes and those of one byte are immortal
 * singletons whenever bytes_new makes them.  No locks: nothing here is mutable but the cached hash, a single atomic word.
 * The methods that bytearray has too are in bytes_methods.c, bytes_search.c and bytes_hex.c, % formatting in bytes_format.c. */
#include "bytes_methods.h"

#include <limits.h>

#include "../memory/alloc.h"
#include "dict.h"
#include "float.h"
#include "int.h"
#include "list.h"
#include "module.h"
#include "str.h"

/* ---- making ---- */

static Value allocate(Thread *t, const void *data, size_t n)
{
    if (UNLIKELY(n > (size_t)PTRDIFF_MAX - sizeof(Bytes) - 1))
        return error_set(t, EXC_OverflowError, "byte string is too large");
    Bytes *b = alloc_leaf_raw(t, KIND_BYTES, sizeof(Bytes) + n + 1);
    if (UNLIKELY(!b))
        return VALUE_EMPTY;
    b->length = n;
    store_relaxed(&b->hash, 0);
    if (data && n)
        memcpy(b->data, data, n);
    b->data[n] = 0;
    return value_of(b);
}

Value bytes_new(Thread *t, const void *data, size_t n)
{
    if (n <= 1) {
        if (n == 0 && !value_is_empty(t->interp->empty_bytes))
            return t->interp->empty_bytes;
        if (n == 1 && data && !value_is_empty(t->interp->byte_values[255]))
            return t->interp->byte_values[*(const uint8_t *)data];
    }
    return allocate(t, data, n);
}

int bytes_bootstrap(Thread *t)
{
    Value v = allocate(t, NULL, 0);
    if (value_is_empty(v))
        return -1;
    ref_make_immortal(value_object(v));
    t->interp->empty_bytes = v;
    for (int i = 0; i < 256; i++) {
        uint8_t c = (uint8_t)i;
        v = allocate(t, &c, 1);
        if (value_is_empty(v))
            return -1;
        ref_make_immortal(value_object(v));
        t->interp->byte_values[i] = v;
    }
    return 0;
}

Value bytes_resize_take(Thread *t, Value v, size_t n)
{
    Bytes *b = bytes_of(v);
    if (b->length == n)
        return v;
    if (n == 0 || ref_is_immortal(&b->head)) {
        Value result = bytes_new(t, NULL, n);
        if (!value_is_empty(result) && n)
            memcpy(bytes_of(result)->data, b->data, b->length < n ? b->length : n);
        ref_dec(t, v);
        return result;
    }
    if (UNLIKELY(n > (size_t)PTRDIFF_MAX - sizeof(Bytes) - 1)) {
        ref_dec(t, v);
        return error_no_memory(t);
    }
    Bytes *moved = alloc_object_resize(t, b, sizeof(Bytes) + n + 1);
    if (UNLIKELY(!moved)) {
        ref_dec(t, v);
        return VALUE_EMPTY;
    }
    moved->length = n;
    moved->data[n] = 0;
    return value_of(moved);
}

int bytesbuilder_grow(Thread *t, BytesBuilder *b, size_t extra)
{
    if (UNLIKELY(extra > (size_t)PTRDIFF_MAX - sizeof(Bytes) - 1 - b->length)) {
        error_no_memory(t);
        return -1;
    }
    size_t wanted = b->length + extra;
    size_t capacity = b->capacity + (b->capacity >> 1);
    if (capacity < wanted || capacity > (size_t)PTRDIFF_MAX - sizeof(Bytes) - 1)
        capacity = wanted;
    if (capacity < 64 - 1)
        capacity = 64 - 1;
    if (!b->b) {
        Value v = allocate(t, NULL, capacity);
        if (value_is_empty(v))
            return -1;
        b->b = bytes_of(v);
    } else {
        Bytes *moved = alloc_object_resize(t, b->b, sizeof(Bytes) + capacity + 1);
        if (!moved)
            return -1;
        moved->length = capacity;
        b->b = moved;
    }
    b->capacity = capacity;
    return 0;
}

Value bytesbuilder_finish(Thread *t, BytesBuilder *b)
{
    Bytes *object = b->b;
    size_t n = b->length;
    *b = (BytesBuilder){0};
    if (!object)
        return bytes_new(t, NULL, 0);
    if (n == 1) {
        Value result = bytes_new(t, object->data, 1);
        alloc_object_free(t, object);
        return result;
    }
    object->data[n] = 0;
    return bytes_resize_take(t, value_of(object), n);
}

void bytesbuilder_discard(Thread *t, BytesBuilder *b)
{
    if (b->b)
        alloc_object_free(t, b->b);
    *b = (BytesBuilder){0};
}

/* ---- conversions ---- */

static int index_within(Thread *t, Value v, int64_t max, const char *c_type, int64_t *result)
{
    int overflow = 0;
    if (LIKELY(value_is_int(v))) {
        *result = value_to_int(v);
    } else {
        Value index = number_index(t, v);
        if (value_is_empty(index))
            return -1;
        *result = int_to_int64_overflow(t, index, &overflow);
        ref_dec(t, index);
    }
    if (!overflow && *result <= max && *result >= -max - 1)
        return 0;
    error_set(t, EXC_OverflowError, "Python int too large to convert to C %s", c_type);
    return -1;
}

int bytes_ssize(Thread *t, Value v, int64_t *result) { return index_within(t, v, PTRDIFF_MAX, "ssize_t", result); }

int bytes_int(Thread *t, Value v, int *result)
{
    int64_t i;
    if (index_within(t, v, INT_MAX, "int", &i) < 0)
        return -1;
    *result = (int)i;
    return 0;
}

int bytes_item(Thread *t, Value v, const char *message)
{
    int64_t i;
    if (LIKELY(value_is_int(v))) {
        i = value_to_int(v);
    } else {
        i = number_index_int64(t, v, -1);
        if (i == -1 && error_pending(t))
            return -1;
    }
    if (i < 0 || i > 255) {
        error_set(t, EXC_ValueError, "%s", message);
        return -1;
    }
    return (int)i;
}

static Value from_iterator(Thread *t, Value iterator, int64_t hint, const char *message)
{
    BytesBuilder b = {0};
    if (hint > 0 && !bytesbuilder_reserve(t, &b, (size_t)hint))
        return VALUE_EMPTY;
    for (;;) {
        Value item = object_next(t, iterator);
        if (value_is_empty(item)) {
            if (error_pending(t))
                break;
            return bytesbuilder_finish(t, &b);
        }
        int c = bytes_item(t, item, message);
        ref_dec(t, item);
        if (c < 0 || bytesbuilder_byte(t, &b, (uint8_t)c) < 0)
            break;
    }
    bytesbuilder_discard(t, &b);
    return VALUE_EMPTY;
}

static Value from_sequence(Thread *t, Value sequence, const char *message)
{
    bool is_list = list_check_exact(sequence);
    BytesBuilder b = {0};
    if (!bytesbuilder_reserve(t, &b, is_list ? list_length(sequence) : tuple_length(sequence)))
        return VALUE_EMPTY;
    for (size_t i = 0;; i++) { /* the list may change while __index__ runs */
        Value item;
        if (is_list) {
            item = list_get(t, sequence, i);
            if (value_is_empty(item))
                break;
        } else {
            if (i >= tuple_length(sequence))
                break;
            item = ref_inc(t, tuple_peek(sequence, i));
        }
        int c = bytes_item(t, item, message);
        ref_dec(t, item);
        if (c < 0 || bytesbuilder_byte(t, &b, (uint8_t)c) < 0) {
            bytesbuilder_discard(t, &b);
            return VALUE_EMPTY;
        }
    }
    return bytesbuilder_finish(t, &b);
}

Value bytes_from_iterable(Thread *t, Value v, const char *what)
{
    const char *message =
        strcmp(what, "bytes") == 0 ? "bytes must be in range(0, 256)" : "byte must be in range(0, 256)";
    if (list_check_exact(v) || tuple_check_exact(v))
        return from_sequence(t, v, message);
    if (!str_check(v)) {
        Value iterator = object_iter(t, v);
        if (!value_is_empty(iterator)) {
            int64_t hint = object_length_hint(t, v, 64);
            Value result = hint < 0 ? VALUE_EMPTY : from_iterator(t, iterator, hint, message);
            ref_dec(t, iterator);
            return result;
        }
        if (!error_swallow(t, EXC_TypeError))
            return VALUE_EMPTY;
    }
    return error_set(t, EXC_TypeError, "cannot convert '%.200T' object to %s", v, what);
}

Value bytes_from_object(Thread *t, Value v)
{
    if (object_is_exact(v, KIND_BYTES))
        return ref_inc(t, v);
    if (buffer_supported(t, v)) {
        Buffer view;
        if (buffer_get(t, v, &view, BUFFER_FULL_RO) < 0)
            return VALUE_EMPTY;
        Value result = bytes_new(t, NULL, view.length);
        if (!value_is_empty(result) && view.length) {
            buffer_copy_out(&view, bytes_of(result)->data, 'C');
            if (view.length == 1) {
                uint8_t c = bytes_of(result)->data[0];
                ref_dec(t, result);
                result = t->interp->byte_values[c];
            }
        }
        buffer_release(t, &view);
        return result;
    }
    return bytes_from_iterable(t, v, "bytes");
}

/* The constructor's text arguments: the encoded string, or empty with an exception, or empty without one when `source` is no text. */
static Value encoded_source(Thread *t, Value source, Value encoding, Value errors)
{
    const char *encoding_name = NULL, *errors_name = NULL;
    Value owner1 = VALUE_EMPTY, owner2 = VALUE_EMPTY, result = VALUE_EMPTY;
    for (int i = 0; i < 2; i++) {
        Value v = i ? errors : encoding;
        if (value_is_empty(v))
            continue;
        if (!str_check(v))
            return error_set(t, EXC_TypeError, "bytes() argument '%s' must be str, not %s", i ? "errors" : "encoding",
                             value_is_none(v) ? "None" : type_name(type_of(t, v)));
    }
    if (!value_is_empty(encoding)) {
        size_t length;
        encoding_name = str_utf8(t, encoding, &length, &owner1);
        if (!encoding_name)
            goto done;
        if (strlen(encoding_name) != length) {
            error_set(t, EXC_ValueError, "embedded null character");
            goto done;
        }
    }
    if (!value_is_empty(errors)) {
        size_t length;
        errors_name = str_utf8(t, errors, &length, &owner2);
        if (!errors_name)
            goto done;
        if (strlen(errors_name) != length) {
            error_set(t, EXC_ValueError, "embedded null character");
            goto done;
        }
    }
    if (!value_is_empty(encoding)) {
        if (value_is_empty(source) || !str_check(source))
            error_set(t, EXC_TypeError, "encoding without a string argument");
        else
            result = codec_encode(t, source, encoding_name, errors_name);
    } else if (!value_is_empty(errors)) {
        error_set(t, EXC_TypeError,
                  !value_is_empty(source) && str_check(source) ? "string argument without an encoding"
                                                               : "errors without a string argument");
    } else if (!value_is_empty(source) && str_check(source)) {
        error_set(t, EXC_TypeError, "string argument without an encoding");
    }
done:
    ref_dec(t, owner1);
    ref_dec(t, owner2);
    return result;
}

int bytes_size_argument(Thread *t, Value source, size_t *size)
{
    if (float_check(source) ||
        !(int_check(source) || (value_is_object(source) && value_object(source)->type->slots.index)))
        return 0;
    int64_t count = number_index_int64(t, source, EXC_OverflowError);
    if (count == -1 && error_pending(t))
        return error_swallow(t, EXC_TypeError) ? 0 : -1;
    if (count < 0) {
        error_set(t, EXC_ValueError, "negative count");
        return -1;
    }
    if (count > PTRDIFF_MAX) {
        error_no_memory(t);
        return -1;
    }
    *size = (size_t)count;
    return 1;
}

static Value construct(Thread *t, Value source, Value encoding, Value errors)
{
    if (!value_is_empty(encoding) || !value_is_empty(errors))
        return encoded_source(t, source, encoding, errors);
    if (value_is_empty(source))
        return bytes_new(t, NULL, 0);
    Value method;
    int found = object_special(t, source, ID(t, __bytes__), &method);
    if (found < 0)
        return VALUE_EMPTY;
    if (found) {
        Value result = object_call0(t, method);
        ref_dec(t, method);
        if (!value_is_empty(result) && !bytes_check(result)) {
            error_set(t, EXC_TypeError, "__bytes__ returned non-bytes (type %.200T)", result);
            ref_clear(t, &result);
        }
        return result;
    }
    if (str_check(source))
        return error_set(t, EXC_TypeError, "string argument without an encoding");
    size_t size;
    int is_size = bytes_size_argument(t, source, &size);
    if (is_size < 0)
        return VALUE_EMPTY;
    if (is_size) {
        Value result = bytes_new(t, NULL, size);
        if (!value_is_empty(result) && size)
            memset(bytes_of(result)->data, 0, size);
        return result;
    }
    return bytes_from_object(t, source);
}

static Value bytes_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value out[3];
    if (native_parse(t, "bytes", "(source=b'', encoding='utf-8', errors='strict')", args, n, names, out) < 0)
        return VALUE_EMPTY;
    Value result = construct(t, out[0], out[1], out[2]);
    if (value_is_empty(result) || type == t->types[KIND_BYTES])
        return result;
    Bytes *b = bytes_of(result);
    Bytes *instance = type_alloc(t, type, b->length + 1);
    if (instance) {
        instance->length = b->length;
        store_relaxed(&instance->hash, atomic_load_explicit(&b->hash, memory_order_relaxed));
        memcpy(instance->data, b->data, b->length + 1);
    }
    ref_dec(t, result);
    return value_of(instance);
}

/* ---- any object ---- */

hash_t bytes_hash(Thread *t, Value v)
{
    Bytes *b = bytes_of(v);
    hash_t h = atomic_load_explicit(&b->hash, memory_order_relaxed);
    if (h == 0) {
        h = str_hash_bytes(t, b->data, b->length);
        store_relaxed(&b->hash, h);
    }
    return h;
}

Value bytes_repr(Thread *t, const uint8_t *data, size_t n, const char *prefix, const char *suffix)
{
    bool always = prefix[0]; /* bytearray's repr escapes single quotes even between double ones */
    size_t length = strlen(prefix) + strlen(suffix) + 3;
    bool has_single = false, has_double = false;
    for (size_t i = 0; i < n; i++) {
        size_t width = 1;
        switch (data[i]) {
        case '\'': has_single = true; break;
        case '"': has_double = true; break;
        case '\\':
        case '\t':
        case '\n':
        case '\r': width = 2; break;
        default:
            if (data[i] < ' ' || data[i] >= 0x7f)
                width = 4;
        }
        if (length > (size_t)PTRDIFF_MAX - width)
            return error_set(t, EXC_OverflowError, "bytes object is too large to make repr");
        length += width;
    }
    uint8_t quote = has_single && !has_double ? '"' : '\'';
    if (has_single && (quote == '\'' || always))
        for (size_t i = 0; i < n; i++)
            length += data[i] == '\'';
    Value result = str_new(t, length, 127);
    if (value_is_empty(result))
        return result;
    static const char hex[] = "0123456789abcdef";
    uint8_t *p = str_of(result)->data;
    p = (uint8_t *)stpcpy((char *)p, prefix);
    *p++ = 'b';
    *p++ = quote;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = data[i];
        if (c == quote || c == '\\' || (always && c == '\'')) {
            *p++ = '\\';
            *p++ = c;
        } else if (c == '\t' || c == '\n' || c == '\r') {
            *p++ = '\\';
            *p++ = c == '\t' ? 't' : c == '\n' ? 'n' : 'r';
        } else if (c < ' ' || c >= 0x7f) {
            *p++ = '\\';
            *p++ = 'x';
            *p++ = (uint8_t)hex[c >> 4];
            *p++ = (uint8_t)hex[c & 15];
        } else {
            *p++ = c;
        }
    }
    *p++ = quote;
    memcpy(p, suffix, strlen(suffix));
    return result;
}

static Value repr_slot(Thread *t, Value self)
{
    return bytes_repr(t, bytes_of(self)->data, bytes_of(self)->length, "", "");
}

static Value str_slot(Thread *t, Value self)
{
    if (t->interp->config.bytes_warning && error_warn(t, EXC_BytesWarning, 1, "str() on a bytes instance") < 0)
        return VALUE_EMPTY;
    return repr_slot(t, self);
}

Value bytes_compare_data(const uint8_t *a, size_t na, const uint8_t *b, size_t nb, Compare op)
{
    if (op == COMPARE_EQ || op == COMPARE_NE) {
        bool equal = na == nb && memcmp(a, b, na) == 0;
        return value_from_bool(equal == (op == COMPARE_EQ));
    }
    size_t common = na < nb ? na : nb;
    int c = common ? memcmp(a, b, common) : 0;
    if (c == 0)
        c = na < nb ? -1 : na > nb;
    switch (op) {
    case COMPARE_LT: return value_from_bool(c < 0);
    case COMPARE_LE: return value_from_bool(c <= 0);
    case COMPARE_GT: return value_from_bool(c > 0);
    default: return value_from_bool(c >= 0);
    }
}

static Value compare_slot(Thread *t, Value self, Value other, Compare op)
{
    if (UNLIKELY(!bytes_check(other) || !bytes_check(self))) {
        if (t->interp->config.bytes_warning && (op == COMPARE_EQ || op == COMPARE_NE)) {
            if (str_check(other) && error_warn(t, EXC_BytesWarning, 1, "Comparison between bytes and string") < 0)
                return VALUE_EMPTY;
            if (int_check(other) && error_warn(t, EXC_BytesWarning, 1, "Comparison between bytes and int") < 0)
                return VALUE_EMPTY;
        }
        return VALUE_NOTIMPLEMENTED;
    }
    Bytes *a = bytes_of(self), *b = bytes_of(other);
    if (a == b)
        return value_from_bool(op == COMPARE_EQ || op == COMPARE_LE || op == COMPARE_GE);
    return bytes_compare_data(a->data, a->length, b->data, b->length, op);
}

/* ---- sequence ---- */

static int64_t len_slot(Thread *t, Value self) { return (int64_t)bytes_of(self)->length; }

static Value getitem_slot(Thread *t, Value self, Value key)
{
    Bytes *b = bytes_of(self);
    int64_t i;
    if (LIKELY(value_is_int(key))) {
        i = value_to_int(key);
    } else if (object_is(key, KIND_SLICE)) {
        int64_t start, stop, step, count;
        if (slice_indices(t, key, (int64_t)b->length, &start, &stop, &step, &count) < 0)
            return VALUE_EMPTY;
        if (count <= 0)
            return bytes_new(t, NULL, 0);
        if (step == 1) {
            if (start == 0 && (size_t)count == b->length && b->head.kind == KIND_BYTES)
                return ref_inc(t, self);
            return bytes_new(t, b->data + start, (size_t)count);
        }
        if (count == 1)
            return bytes_new(t, b->data + start, 1);
        Value result = bytes_new(t, NULL, (size_t)count);
        if (!value_is_empty(result))
            for (int64_t k = 0; k < count; k++)
                bytes_of(result)->data[k] = b->data[start + k * step];
        return result;
    } else if (int_check(key) || (value_is_object(key) && value_object(key)->type->slots.index)) {
        i = number_index_int64(t, key, EXC_IndexError);
        if (i == -1 && error_pending(t))
            return VALUE_EMPTY;
    } else {
        return error_set(t, EXC_TypeError, "byte indices must be integers or slices, not %.200T", key);
    }
    if (i < 0)
        i += (int64_t)b->length;
    if (UNLIKELY((uint64_t)i >= b->length))
        return error_set(t, EXC_IndexError, "index out of range");
    return value_from_int(b->data[i]);
}

Value bytes_concat(Thread *t, Value a, Value b)
{
    Buffer va = {0}, vb = {0};
    Value result = VALUE_EMPTY;
    if (bytes_argument(t, a, &va) < 0 || bytes_argument(t, b, &vb) < 0) {
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "can't concat %.100T to %.100T", b, a);
        goto done;
    }
    if (va.length == 0 && object_is_exact(b, KIND_BYTES)) {
        result = ref_inc(t, b);
    } else if (vb.length == 0 && object_is_exact(a, KIND_BYTES)) {
        result = ref_inc(t, a);
    } else if (va.length > (size_t)PTRDIFF_MAX - vb.length) {
        error_no_memory(t);
    } else {
        result = bytes_new(t, NULL, va.length + vb.length);
        if (!value_is_empty(result) && va.length + vb.length) {
            memcpy(bytes_of(result)->data, va.data, va.length);
            memcpy(bytes_of(result)->data + va.length, vb.data, vb.length);
        }
    }
done:
    buffer_release(t, &va);
    buffer_release(t, &vb);
    return result;
}

static Value repeat_slot(Thread *t, Value self, int64_t count)
{
    Bytes *b = bytes_of(self);
    if (count < 0)
        count = 0;
    size_t n = b->length;
    if (n && (uint64_t)count > (size_t)PTRDIFF_MAX / n)
        return error_set(t, EXC_OverflowError, "repeated bytes are too long");
    if (b->head.kind == KIND_BYTES && (count == 1 || n == 0))
        return ref_inc(t, self);
    size_t total = n * (size_t)count;
    if (total > (size_t)PTRDIFF_MAX - sizeof *b - 1)
        return error_no_memory(t);
    if (total == 1)
        return bytes_new(t, b->data, 1);
    Value result = bytes_new(t, NULL, total);
    if (value_is_empty(result) || total == 0)
        return result;
    uint8_t *p = bytes_of(result)->data;
    if (n == 1) {
        memset(p, b->data[0], total);
        return result;
    }
    memcpy(p, b->data, n);
    for (size_t done = n; done < total;) { /* doubling */
        size_t step = done < total - done ? done : total - done;
        memcpy(p + done, p, step);
        done += step;
    }
    return result;
}

static Value mod_slot(Thread *t, Value a, Value b)
{
    if (!bytes_check(a))
        return VALUE_NOTIMPLEMENTED;
    return bytes_format(t, a, b);
}

static int buffer_slot(Thread *t, Value self, Buffer *view, int flags)
{
    return buffer_fill(t, view, self, bytes_of(self)->data, bytes_of(self)->length, true, flags);
}

NATIVE(bytes_getnewargs, "__getnewargs__", "($self, /)", "Arguments that recreate the object when it is unpickled.")
{
    Value copy = bytes_new(t, bytes_of(args[0])->data, bytes_of(args[0])->length);
    if (value_is_empty(copy))
        return copy;
    Value result = tuple_pack(t, 1, copy);
    ref_dec(t, copy);
    return result;
}

NATIVE(bytes_bytes, "__bytes__", "($self, /)", "The object itself, as an exact bytes.")
{
    if (object_is_exact(args[0], KIND_BYTES))
        return ref_inc(t, args[0]);
    return bytes_new(t, bytes_of(args[0])->data, bytes_of(args[0])->length);
}

static const NativeDef *const methods[] = {BYTES_SHARED_METHODS(BYTES_ENTRY) & native_bytes_getnewargs,
                                           &native_bytes_bytes, NULL};

/* ---- the iterator ---- */

typedef struct BytesIterator {
    Object head;
    Value bytes; /* empty once exhausted */
    size_t index;
} BytesIterator;

static Value iter_slot(Thread *t, Value self)
{
    BytesIterator *it = alloc_object(t, t->types[KIND_BYTES_ITERATOR], sizeof *it);
    if (!it)
        return VALUE_EMPTY;
    it->bytes = ref_inc(t, self);
    return value_of(it);
}

static BytesIterator *iterator_of(Value v) { return (BytesIterator *)value_object(v); }

static Value iterator_next(Thread *t, Value self)
{
    BytesIterator *it = iterator_of(self);
    objlock_enter(t, it);
    Value result = VALUE_EMPTY, drop = VALUE_EMPTY;
    if (!value_is_empty(it->bytes)) {
        Bytes *b = bytes_of(it->bytes);
        if (it->index < b->length) {
            result = value_from_int(b->data[it->index++]);
        } else {
            drop = it->bytes;
            it->bytes = VALUE_EMPTY;
        }
    }
    objlock_exit(t, it);
    ref_dec(t, drop);
    return result;
}

static void iterator_dealloc(Thread *t, Object *o) { ref_clear(t, &((BytesIterator *)o)->bytes); }
static int iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((BytesIterator *)o)->bytes);
    return 0;
}

Value bytes_builtin(Thread *t, const char *name)
{
    Value v = dict_get_string(t, t->interp->builtins_dict, name);
    if (value_is_empty(v) && !error_pending(t))
        error_set(t, EXC_AttributeError, "module 'builtins' has no attribute '%s'", name);
    return v;
}

/* The bytes iterated (owned, or empty once exhausted) and the position, read together. */
static Value iterator_state(Thread *t, BytesIterator *it, size_t *index)
{
    objlock_enter(t, it);
    Value v = ref_inc(t, it->bytes);
    *index = it->index;
    objlock_exit(t, it);
    return v;
}

NATIVE(iterator_length_hint, "__length_hint__", "($self, /)", "How many items are left.")
{
    size_t index;
    Value v = iterator_state(t, iterator_of(args[0]), &index);
    size_t left = value_is_empty(v) ? 0 : bytes_of(v)->length - index;
    ref_dec(t, v);
    return int_from_size(t, left);
}

NATIVE(iterator_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    size_t index;
    Value iter = bytes_builtin(t, "iter");
    if (value_is_empty(iter))
        return VALUE_EMPTY;
    Value v = iterator_state(t, iterator_of(args[0]), &index);
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
    BytesIterator *it = iterator_of(args[0]);
    objlock_enter(t, it);
    if (!value_is_empty(it->bytes)) {
        int64_t limit = (int64_t)bytes_of(it->bytes)->length;
        it->index = (size_t)(index < 0 ? 0 : index > limit ? limit : index);
    }
    objlock_exit(t, it);
    return VALUE_NONE;
}

static const NativeDef *const iterator_methods[] = {&native_iterator_length_hint, &native_iterator_reduce,
                                                    &native_iterator_setstate, NULL};

const TypeSpec type_spec_bytes_iterator = {
    .name = "bytes_iterator",
    .kind = KIND_BYTES_ITERATOR,
    .flags = TYPE_IMMUTABLE | TYPE_NO_NEW,
    .size = sizeof(BytesIterator),
    .methods = iterator_methods,
    .slots = {.dealloc = iterator_dealloc,
              .traverse = iterator_traverse,
              .iter = slot_iter_self,
              .next = iterator_next},
};

static size_t inline_length(const Object *o) { return ((const Bytes *)o)->length + 1; }

const TypeSpec type_spec_bytes = {
    .name = "bytes",
    .doc =
        "Immutable sequence of bytes: of a string with its encoding, of an iterable of ints, of a buffer, or of zeros.",
    .kind = KIND_BYTES,
    .flags = TYPE_BASE | TYPE_IMMUTABLE | TYPE_MATCH_SELF,
    .size = sizeof(Bytes),
    .item_size = 1,
    .length = inline_length,
    .methods = methods,
    .slots = {.create = bytes_create,
              .repr = repr_slot,
              .str = str_slot,
              .hash = bytes_hash,
              .compare = compare_slot,
              .iter = iter_slot,
              .binary[BINARY_MOD] = mod_slot,
              .len = len_slot,
              .getitem = getitem_slot,
              .contains = bytes_contains,
              .concat = bytes_concat,
              .repeat = repeat_slot,
              .buffer_get = buffer_slot},
};
