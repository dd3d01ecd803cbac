/* marshal_write.c: the writing half of marshal.
 *
 * From version 3 on an object that may be met again is written once, marked, and referred to by number; one with a single reference cannot be, so it is
 * neither marked nor remembered.  No locks: containers are copied or walked by owned items. */
#include "marshal.h"

#include "../memory/alloc.h"
#include "../object/buffer.h"
#include "../object/dict.h"
#include "../object/exception.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"

/* Nested values; CPython's limit where the stack allows it. */
#define DEPTH_MAX (sizeof(void *) == 8 ? 2000 : 600)
#define FLAG_REF 0x80

struct MarshalSeen {
    Value v; /* owned; empty: free */
    uint32_t index;
};

int marshal_write_uint32(Thread *t, MarshalWriter *w, uint32_t u)
{
    uint8_t b[4] = {(uint8_t)u, (uint8_t)(u >> 8), (uint8_t)(u >> 16), (uint8_t)(u >> 24)};
    return marshal_write_data(t, w, b, 4);
}

int marshal_write_uint64(Thread *t, MarshalWriter *w, uint64_t u)
{
    return marshal_write_uint32(t, w, (uint32_t)u) < 0 ? -1 : marshal_write_uint32(t, w, (uint32_t)(u >> 32));
}

static int too_large(Thread *t)
{
    error_set(t, EXC_ValueError, "unmarshallable object");
    return -1;
}

static int write_size(Thread *t, MarshalWriter *w, size_t n)
{
    return n > INT32_MAX ? too_large(t) : marshal_write_uint32(t, w, (uint32_t)n);
}

static int write_sized(Thread *t, MarshalWriter *w, char type, const void *data, size_t n)
{
    return marshal_write_byte(t, w, (uint8_t)type) < 0 || write_size(t, w, n) < 0 ? -1
                                                                                  : marshal_write_data(t, w, data, n);
}

static int write_value(Thread *t, MarshalWriter *w, Value v, uint32_t held);

/* ---- references ---- */

static size_t seen_slot(const MarshalWriter *w, Value v)
{
    size_t i = (size_t)(v.bits >> 4) * 0x9E3779B1u & w->seen_mask;
    while (!value_is_empty(w->seen[i].v) && !value_is(w->seen[i].v, v))
        i = (i + 1) & w->seen_mask;
    return i;
}

static int seen_grow(Thread *t, MarshalWriter *w)
{
    uint32_t capacity = w->seen ? (w->seen_mask + 1) * 2 : 64, old = w->seen ? w->seen_mask + 1 : 0;
    struct MarshalSeen *table = alloc_memory_zeroed(t, capacity, sizeof *table), *before = w->seen;
    if (!table)
        return -1;
    w->seen = table;
    w->seen_mask = capacity - 1;
    for (uint32_t i = 0; i < old; i++)
        if (!value_is_empty(before[i].v))
            table[seen_slot(w, before[i].v)] = before[i];
    alloc_memory_free(t, before);
    return 0;
}

/* Remembers an object, of which the caller holds `held` references for the time being: 1 when it was there before (a reference has been written), 0 new (*flag is set), -1 error. */
static int write_reference(Thread *t, MarshalWriter *w, Value v, uint32_t held, uint8_t *flag)
{
    *flag = 0;
    if (w->version < 3 || !value_is_object(v) ||
        (ref_count(value_object(v)) == 1 + held && !ref_is_immortal(value_object(v))))
        return 0;
    if ((!w->seen || w->seen_count * 2 > w->seen_mask) && seen_grow(t, w) < 0)
        return -1;
    size_t i = seen_slot(w, v);
    if (!value_is_empty(w->seen[i].v))
        return marshal_write_byte(t, w, 'r') < 0 || marshal_write_uint32(t, w, w->seen[i].index) < 0 ? -1 : 1;
    w->seen[i].v = ref_inc(t, v);
    w->seen[i].index = w->seen_count++;
    *flag = FLAG_REF;
    return 0;
}

/* ---- numbers ---- */

static int write_int(Thread *t, MarshalWriter *w, Value v, uint8_t flag)
{
    int overflow;
    int64_t i = int_to_int64_overflow(t, v, &overflow);
    if (!overflow && i >= INT32_MIN && i <= INT32_MAX)
        return marshal_write_byte(t, w, (uint8_t)('i' | flag)) < 0 ? -1 : marshal_write_uint32(t, w, (uint32_t)i);
    uint64_t bits = int_bit_length(v);
    size_t digits = (size_t)((bits + 14) / 15), bytes = (size_t)(bits / 8 + 1);
    if (digits > INT32_MAX)
        return too_large(t);
    uint8_t *magnitude = alloc_memory(t, bytes + 2);
    Value positive = int_sign(v) < 0 ? int_negate(t, v) : ref_inc(t, v);
    int result = -1;
    if (magnitude && !value_is_empty(positive) && int_to_bytes(t, positive, magnitude, bytes, true, false) == 0) {
        magnitude[bytes] = magnitude[bytes + 1] = 0;
        int32_t count = (int32_t)digits;
        result = marshal_write_byte(t, w, (uint8_t)('l' | flag)) < 0
                     ? -1
                     : marshal_write_uint32(t, w, (uint32_t)(int_sign(v) < 0 ? -count : count));
        for (size_t k = 0; k < digits && result == 0; k++) {
            size_t bit = k * 15, at = bit / 8;
            uint32_t three = (uint32_t)magnitude[at] | (at + 1 < bytes ? (uint32_t)magnitude[at + 1] << 8 : 0) |
                             (at + 2 < bytes ? (uint32_t)magnitude[at + 2] << 16 : 0);
            uint32_t digit = three >> (bit % 8) & 0x7FFF;
            uint8_t two[2] = {(uint8_t)digit, (uint8_t)(digit >> 8)};
            result = marshal_write_data(t, w, two, 2);
        }
    }
    ref_dec(t, positive);
    alloc_memory_free(t, magnitude);
    return result;
}

static int write_double(Thread *t, MarshalWriter *w, double d)
{
    if (w->version > 1) {
        uint64_t bits;
        memcpy(&bits, &d, sizeof bits);
        return marshal_write_uint64(t, w, bits);
    }
    char text[32];
    size_t n = float_repr(d, text);
    return marshal_write_byte(t, w, (uint8_t)n) < 0 ? -1 : marshal_write_data(t, w, text, n);
}

/* ---- text and containers ---- */

static int write_str(Thread *t, MarshalWriter *w, Value v, uint8_t flag)
{
    const Str *s = str_of(v);
    bool interned = s->head.aux & STR_INTERNED;
    if (w->version >= 4 && str_is_ascii(s)) {
        if (s->length < 256) {
            if (marshal_write_byte(t, w, (uint8_t)((interned ? 'Z' : 'z') | flag)) < 0 ||
                marshal_write_byte(t, w, (uint8_t)s->length) < 0)
                return -1;
            return marshal_write_data(t, w, s->data, s->length);
        }
        return write_sized(t, w, (char)((interned ? 'A' : 'a') | flag), s->data, s->length);
    }
    Value utf8 = codec_encode(t, v, "utf-8", "surrogatepass");
    if (value_is_empty(utf8))
        return -1;
    int result = write_sized(t, w, (char)((w->version >= 3 && interned ? 't' : 'u') | flag), bytes_of(utf8)->data,
                             bytes_of(utf8)->length);
    ref_dec(t, utf8);
    return result;
}

static int write_tuple(Thread *t, MarshalWriter *w, Value v, uint8_t flag)
{
    size_t n = tuple_length(v);
    if (w->version >= 4 && n < 256) {
        if (marshal_write_byte(t, w, (uint8_t)(')' | flag)) < 0 || marshal_write_byte(t, w, (uint8_t)n) < 0)
            return -1;
    } else if (marshal_write_byte(t, w, (uint8_t)('(' | flag)) < 0 || write_size(t, w, n) < 0) {
        return -1;
    }
    for (size_t i = 0; i < n; i++)
        if (marshal_write(t, w, tuple_peek(v, i)) < 0)
            return -1;
    return 0;
}

static int write_list(Thread *t, MarshalWriter *w, Value v, uint8_t flag)
{
    size_t n = list_length(v);
    if (marshal_write_byte(t, w, (uint8_t)('[' | flag)) < 0 || write_size(t, w, n) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        Value item = list_get(t, v, i); /* None when the list has shrunk */
        if (value_is_empty(item) && error_pending(t))
            return -1;
        int result = write_value(t, w, value_is_empty(item) ? VALUE_NONE : item, 1);
        ref_dec(t, item);
        if (result < 0)
            return -1;
    }
    return 0;
}

static int write_dict(Thread *t, MarshalWriter *w, Value v, uint8_t flag)
{
    if (marshal_write_byte(t, w, (uint8_t)('{' | flag)) < 0)
        return -1;
    Value items = dict_items_list(t, v);
    if (value_is_empty(items))
        return -1;
    int result = 0;
    for (size_t i = 0; i < list_length(items) && result == 0; i++) {
        Value pair = list_peek(items, i), key = ref_inc(t, tuple_peek(pair, 0)),
              value = ref_inc(t, tuple_peek(pair, 1));
        list_set(t, items, i, VALUE_NONE); /* so that the pair does not count as a reference */
        result = write_value(t, w, key, 1) < 0 ? -1 : write_value(t, w, value, 1);
        ref_dec(t, key);
        ref_dec(t, value);
    }
    ref_dec(t, items);
    return result < 0 ? -1 : marshal_write_byte(t, w, '0');
}

static Value dumps(Thread *t, Value v, MarshalWriter *w);

/* The items sorted by what they are written as, so that equal sets give equal bytes. */
static int write_set(Thread *t, MarshalWriter *w, Value v, uint8_t flag)
{
    if (marshal_write_byte(t, w, (uint8_t)((object_is_exact(v, KIND_SET) ? '<' : '>') | flag)) < 0 ||
        write_size(t, w, set_length(v)) < 0)
        return -1;
    Value pairs = list_new(t, set_length(v)), items = object_to_list(t, v);
    int result = value_is_empty(pairs) || value_is_empty(items) ? -1 : 0;
    for (size_t i = 0; result == 0 && i < list_length(items); i++) {
        Value item = list_peek(items, i), dump = VALUE_NONE;
        MarshalWriter alone = {.version = w->version, .allow_code = w->allow_code, .depth = w->depth};
        if (list_length(items) > 1) /* one item needs no order: sets in sets would be written twice at each level */
            dump = dumps(t, item, &alone);
        if (value_is_empty(dump)) {
            result = -1;
            break;
        }
        Value pair = tuple_pack(t, 2, dump, item);
        ref_dec(t, dump);
        result = list_append_take(t, pairs, pair);
    }
    if (result == 0)
        result = list_sort(t, pairs, VALUE_EMPTY, false);
    for (size_t i = 0; result == 0 && i < list_length(pairs); i++)
        result = write_value(t, w, tuple_peek(list_peek(pairs, i), 1),
                             2); /* in the set, in the list of items and in the pair */
    ref_dec(t, items);
    ref_dec(t, pairs);
    return result;
}

static int write_buffer(Thread *t, MarshalWriter *w, Value v, uint8_t flag)
{
    Buffer view;
    if (buffer_get(t, v, &view, BUFFER_SIMPLE) < 0) {
        error_clear(t);
        return error_set(t, EXC_ValueError, "unmarshallable object"), -1;
    }
    int result = write_sized(t, w, (char)('s' | flag), view.data, view.length);
    buffer_release(t, &view);
    return result;
}

static int write_object(Thread *t, MarshalWriter *w, Value v, uint32_t held)
{
    uint8_t flag;
    int seen = write_reference(t, w, v, held, &flag);
    if (seen)
        return seen < 0 ? -1 : 0;
    Object *o = value_object(v);
    switch (o->kind) { /* exact types only */
    case KIND_INT: return write_int(t, w, v, flag);
    case KIND_COMPLEX:
        if (marshal_write_byte(t, w, (uint8_t)((w->version > 1 ? 'y' : 'x') | flag)) < 0 ||
            write_double(t, w, ((Complex *)o)->real) < 0)
            return -1;
        return write_double(t, w, ((Complex *)o)->imag);
    case KIND_BYTES: return write_sized(t, w, (char)('s' | flag), bytes_of(v)->data, bytes_of(v)->length);
    case KIND_STR: return write_str(t, w, v, flag);
    case KIND_TUPLE: return write_tuple(t, w, v, flag);
    case KIND_LIST: return write_list(t, w, v, flag);
    case KIND_DICT: return write_dict(t, w, v, flag);
    case KIND_SET:
    case KIND_FROZENSET: return write_set(t, w, v, flag);
    case KIND_CODE:
        if (!w->allow_code)
            return error_set(t, EXC_ValueError, "marshalling code objects is disallowed"), -1;
        return marshal_write_byte(t, w, (uint8_t)('c' | flag)) < 0 ? -1 : code_marshal_write(t, w, v);
    case KIND_SLICE: {
        if (w->version < 5)
            break;
        const Slice *s = (const Slice *)o;
        if (marshal_write_byte(t, w, (uint8_t)(':' | flag)) < 0 || marshal_write(t, w, s->start) < 0 ||
            marshal_write(t, w, s->stop) < 0)
            return -1;
        return marshal_write(t, w, s->step);
    }
    case KIND_TYPE:
        if (o == &t->interp->exceptions[EXC_StopIteration]->head)
            return marshal_write_byte(t, w, (uint8_t)('S' | flag));
        break;
    default:
        if (buffer_supported(t, v))
            return write_buffer(t, w, v, flag);
        break;
    }
    error_set(t, EXC_ValueError, "unmarshallable object");
    return -1;
}

static int write_value(Thread *t, MarshalWriter *w, Value v, uint32_t held)
{
    if (value_is_int(v))
        return write_int(t, w, v, 0);
    if (value_is_double(v))
        return marshal_write_byte(t, w, w->version > 1 ? 'g' : 'f') < 0 ? -1 : write_double(t, w, value_to_double(v));
    if (!value_is_object(v)) {
        if (value_is(v, VALUE_NOTIMPLEMENTED))
            return error_set(t, EXC_ValueError, "unmarshallable object"), -1;
        return marshal_write_byte(t, w,
                                  value_is_none(v)           ? 'N'
                                  : value_is(v, VALUE_FALSE) ? 'F'
                                  : value_is(v, VALUE_TRUE)  ? 'T'
                                                             : '.');
    }
    if (w->depth >= (int)DEPTH_MAX)
        return error_set(t, EXC_ValueError, "object too deeply nested to marshal"), -1;
    w->depth++;
    int result = write_object(t, w, v, held);
    w->depth--;
    return result;
}

int marshal_write(Thread *t, MarshalWriter *w, Value v) { return write_value(t, w, v, 0); }

/* What a new writer makes of one value. */
static Value dumps(Thread *t, Value v, MarshalWriter *w)
{
    int result = marshal_write(t, w, v);
    for (uint32_t i = 0; w->seen && i <= w->seen_mask; i++)
        ref_dec(t, w->seen[i].v);
    alloc_memory_free(t, w->seen);
    if (result < 0) {
        bytesbuilder_discard(t, &w->out);
        return VALUE_EMPTY;
    }
    return bytesbuilder_finish(t, &w->out);
}

Value marshal_dumps(Thread *t, Value v, int version, bool allow_code)
{
    MarshalWriter w = {.version = version, .allow_code = allow_code};
    return dumps(t, v, &w);
}
