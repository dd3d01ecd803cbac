/* mod__pickle_save.c: how each type of object is pickled, and reduce values.
 *
 * Saving runs Python code (reduce functions, persistent ids, the file's write), so containers are read item by item with references held, and a change of a dict or set
 * while it is being saved is an error. */
#include "mod__pickle.h"

#include <stdio.h>

#include "../object/codec.h"
#include "../object/container.h"

/* Containers nested this deeply in fast mode are looked at for cycles. */
#define FAST_NESTING 50

/* ---- the memo ---- */

static size_t memo_code(const Pickler *p, uint8_t code[24], uint8_t text_op, uint8_t short_op, uint8_t long_op,
                        uint64_t index)
{
    if (!p->bin)
        return (size_t)snprintf((char *)code, 24, "%c%llu\n", text_op, (unsigned long long)index);
    if (index < 256) {
        code[0] = short_op;
        code[1] = (uint8_t)index;
        return 2;
    }
    code[0] = long_op;
    for (int i = 0; i < 4; i++)
        code[1 + i] = (uint8_t)(index >> (8 * i));
    return 5;
}

int pickle_write_get(Thread *t, Pickler *p, uint64_t index)
{
    uint8_t code[24];
    return pickler_write(t, p, code, memo_code(p, code, PK_GET, PK_BINGET, PK_LONG_BINGET, index));
}

int pickle_memoize(Thread *t, Pickler *p, Value obj)
{
    uint8_t code[24];
    if (p->fast)
        return 0;
    uint64_t index = p->memo.count;
    if (memo_add(t, &p->memo, obj, index) < 0)
        return -1;
    if (p->proto >= 4)
        return pickler_op(t, p, PK_MEMOIZE);
    if (p->bin && index > UINT32_MAX)
        return error_set_type(t, PICKLING_ERROR(t), "memo id too large for LONG_BINPUT"), -1;
    return pickler_write(t, p, code, memo_code(p, code, PK_PUT, PK_BINPUT, PK_LONG_BINPUT, index));
}

/* ---- numbers ---- */

static void put_little(uint8_t *p, uint64_t u, int bytes)
{
    for (int i = 0; i < bytes; i++)
        p[i] = (uint8_t)(u >> (8 * i));
}

static int save_bool(Thread *t, Pickler *p, Value obj)
{
    bool b = value_is(obj, VALUE_TRUE);
    if (p->proto >= 2)
        return pickler_op(t, p, b ? PK_NEWTRUE : PK_NEWFALSE);
    return pickler_write(t, p, b ? "I01\n" : "I00\n", 4);
}

/* An int as decimal text after an opcode, for protocol 0 and big ones in protocol 1. */
static int save_int_text(Thread *t, Pickler *p, Value obj, uint8_t op, const char *end)
{
    Value text = int_to_str(t, obj, 10);
    if (value_is_empty(text))
        return -1;
    int result = pickler_op(t, p, op);
    if (result == 0)
        result = pickler_write(t, p, str_of(text)->data, str_length(text));
    ref_dec(t, text);
    return result < 0 ? -1 : pickler_write(t, p, end, strlen(end));
}

static int save_big_int(Thread *t, Pickler *p, Value obj)
{
    uint64_t bits = int_bit_length(obj);
    size_t n = (size_t)(bits / 8) + 1;
    if (n > INT32_MAX)
        return error_set(t, EXC_OverflowError, "int too large to pickle"), -1;
    uint8_t *bytes = alloc_memory(t, n + 5), *data = bytes ? bytes + 5 : NULL;
    if (!bytes)
        return -1;
    int result = int_to_bytes(t, obj, data, n, true, true);
    if (result == 0) {
        if (int_sign(obj) < 0 && n > 1 && data[n - 1] == 0xFF &&
            (data[n - 2] & 0x80)) /* the sign needs no byte of its own */
            n--;
        int header = n < 256 ? 2 : 5;
        uint8_t *start = data - header;
        start[0] = n < 256 ? PK_LONG1 : PK_LONG4;
        put_little(start + 1, n, header - 1);
        result = pickler_write(t, p, start, n + (size_t)header);
    }
    alloc_memory_free(t, bytes);
    return result;
}

static int save_int(Thread *t, Pickler *p, Value obj)
{
    int overflow;
    int64_t i = int_to_int64_overflow(t, obj, &overflow);
    bool small = !overflow && i >= INT32_MIN && i <= INT32_MAX;
    if (p->bin && small) {
        uint8_t code[5] = {PK_BININT};
        int bytes = 4;
        if (i >= 0 && i <= 0xFF)
            code[0] = PK_BININT1, bytes = 1;
        else if (i >= 0 && i <= 0xFFFF)
            code[0] = PK_BININT2, bytes = 2;
        put_little(code + 1, (uint64_t)i, bytes);
        return pickler_write(t, p, code, (size_t)bytes + 1);
    }
    if (p->proto >= 2)
        return save_big_int(t, p, obj);
    return small ? save_int_text(t, p, obj, PK_INT, "\n") : save_int_text(t, p, obj, PK_LONG, "L\n");
}

static int save_float(Thread *t, Pickler *p, double d)
{
    if (p->bin) {
        uint8_t code[9] = {PK_BINFLOAT};
        uint64_t bits;
        memcpy(&bits, &d, 8);
        for (int i = 0; i < 8; i++)
            code[1 + i] = (uint8_t)(bits >> (56 - 8 * i));
        return pickler_write(t, p, code, 9);
    }
    char text[40] = {PK_FLOAT};
    size_t n = float_repr(d, text + 1);
    text[n + 1] = '\n';
    return pickler_write(t, p, text, n + 2);
}

/* ---- bytes and str ---- */

static int save_reduce(Thread *t, Pickler *p, Value reduced, Value obj);

/* Pickles obj as function(*args), taking args. */
static int save_call(Thread *t, Pickler *p, Value function, Value args_take, Value obj)
{
    if (value_is_empty(args_take))
        return -1;
    Value reduced = tuple_pack(t, 2, function, args_take);
    ref_dec(t, args_take);
    if (value_is_empty(reduced))
        return -1;
    int result = save_reduce(t, p, reduced, obj);
    ref_dec(t, reduced);
    return result;
}

static int write_bytes(Thread *t, Pickler *p, const void *data, size_t n, Value owner)
{
    uint8_t header[9];
    size_t size;
    if (n <= 0xFF) {
        header[0] = PK_SHORT_BINBYTES;
        header[1] = (uint8_t)n;
        size = 2;
    } else if (n <= UINT32_MAX) {
        header[0] = PK_BINBYTES;
        put_little(header + 1, n, 4);
        size = 5;
    } else if (p->proto >= 4) {
        header[0] = PK_BINBYTES8;
        put_little(header + 1, n, 8);
        size = 9;
    } else {
        return error_set(t, EXC_OverflowError,
                         "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher"),
               -1;
    }
    return pickler_write_payload(t, p, header, size, data, n, owner);
}

static int save_bytes(Thread *t, Pickler *p, Value obj)
{
    const Bytes *b = bytes_of(obj);
    if (p->proto >= 3)
        return write_bytes(t, p, b->data, b->length, obj) < 0 ? -1 : pickle_memoize(t, p, obj);
    if (b->length == 0)
        return save_call(t, p, value_of(t->types[KIND_BYTES]), ref_inc(t, t->interp->empty_tuple), obj);
    Value text = str_from_latin1(t, b->data, b->length), encoding = str_intern(t, "latin1"), args = VALUE_EMPTY;
    if (!value_is_empty(text) && !value_is_empty(encoding))
        args = tuple_pack(t, 2, text, encoding);
    ref_dec(t, text);
    ref_dec(t, encoding);
    return save_call(t, p, pickle_state(t)->codecs_encode, args, obj);
}

static int write_bytearray(Thread *t, Pickler *p, const void *data, size_t n, Value owner)
{
    uint8_t header[9] = {PK_BYTEARRAY8};
    put_little(header + 1, n, 8);
    return pickler_write_payload(t, p, header, 9, data, n, owner);
}

static int save_bytearray(Thread *t, Pickler *p, Value obj)
{
    if (p->proto < 5) {
        Value contents = bytes_from_object(t, obj), args = VALUE_EMPTY;
        if (!value_is_empty(contents))
            args = bytes_of(contents)->length ? tuple_pack(t, 1, contents) : ref_inc(t, t->interp->empty_tuple);
        ref_dec(t, contents);
        return save_call(t, p, value_of(t->types[KIND_BYTEARRAY]), args, obj);
    }
    Buffer view;
    if (buffer_get(t, obj, &view, BUFFER_SIMPLE) < 0)
        return -1;
    int result = write_bytearray(t, p, view.data, view.length, obj);
    buffer_release(t, &view);
    return result < 0 ? -1 : pickle_memoize(t, p, obj);
}

static int save_picklebuffer(Thread *t, Pickler *p, Value obj)
{
    if (p->proto < 5)
        return error_set_type(t, PICKLING_ERROR(t), "PickleBuffer can only be pickled with protocol >= 5"), -1;
    const Buffer *view = pickle_buffer_view(t, obj);
    if (!view)
        return -1;
    if (!buffer_is_contiguous(view, 'A'))
        return error_set_type(t, PICKLING_ERROR(t),
                              "PickleBuffer can not be pickled when pointing to a non-contiguous buffer"),
               -1;
    int in_band = 1;
    if (!value_is_empty(p->buffer_callback)) {
        Value answer = object_call1(t, p->buffer_callback, obj);
        if (value_is_empty(answer))
            return -1;
        in_band = object_truth(t, answer);
        ref_dec(t, answer);
        if (in_band < 0 || !(view = pickle_buffer_view(t, obj)))
            return -1;
    }
    if (in_band)
        return view->readonly ? write_bytes(t, p, view->data, view->length, VALUE_EMPTY)
                              : write_bytearray(t, p, view->data, view->length, VALUE_EMPTY);
    if (pickler_op(t, p, PK_NEXT_BUFFER) < 0)
        return -1;
    return view->readonly ? pickler_op(t, p, PK_READONLY_BUFFER) : 0;
}

/* raw_unicode_escape, with what a line or DOS would stumble over escaped too. */
static int save_str_text(Thread *t, Pickler *p, Value obj)
{
    const Str *s = str_of(obj);
    if (pickler_op(t, p, PK_UNICODE) < 0)
        return -1;
    for (size_t i = 0; i < s->length; i++) {
        char code[12];
        uint32_t c = str_at(s, i);
        int n = 1;
        code[0] = (char)c;
        if (c >= 0x10000)
            n = snprintf(code, sizeof code, "\\U%08x", c);
        else if (c >= 256 || c == '\\' || c == 0 || c == '\n' || c == '\r' || c == 0x1A)
            n = snprintf(code, sizeof code, "\\u%04x", c);
        if (pickler_write(t, p, code, (size_t)n) < 0)
            return -1;
    }
    return pickler_op(t, p, '\n');
}

static int save_str_binary(Thread *t, Pickler *p, Value obj)
{
    const Str *s = str_of(obj);
    Value encoded = VALUE_EMPTY;
    const uint8_t *data = s->data;
    size_t n = s->length, size;
    if (!str_is_ascii(s)) {
        encoded = str_to_utf8_errors(t, obj, STR_SURROGATEPASS);
        if (value_is_empty(encoded))
            return -1;
        data = bytes_of(encoded)->data;
        n = bytes_of(encoded)->length;
    }
    uint8_t header[9];
    if (n <= 0xFF && p->proto >= 4) {
        header[0] = PK_SHORT_BINUNICODE;
        header[1] = (uint8_t)n;
        size = 2;
    } else if (n <= UINT32_MAX) {
        header[0] = PK_BINUNICODE;
        put_little(header + 1, n, 4);
        size = 5;
    } else if (p->proto >= 4) {
        header[0] = PK_BINUNICODE8;
        put_little(header + 1, n, 8);
        size = 9;
    } else {
        ref_dec(t, encoded);
        return error_set(t, EXC_OverflowError,
                         "serializing a string larger than 4 GiB requires pickle protocol 4 or higher"),
               -1;
    }
    int result = pickler_write_payload(t, p, header, size, data, n, encoded);
    ref_dec(t, encoded);
    return result;
}

static int save_str(Thread *t, Pickler *p, Value obj)
{
    if ((p->bin ? save_str_binary : save_str_text)(t, p, obj) < 0)
        return -1;
    return pickle_memoize(t, p, obj);
}

/* ---- containers ---- */

static int save_item(Thread *t, Pickler *p, Value container, Value item, size_t index)
{
    if (pickle_save(t, p, item, false) == 0)
        return 0;
    pickle_note(t, "when serializing %#T item %zu", container, index);
    return -1;
}

static int save_tuple(Thread *t, Pickler *p, Value obj)
{
    static const uint8_t sized[4] = {PK_EMPTY_TUPLE, PK_TUPLE1, PK_TUPLE2, PK_TUPLE3};
    size_t n = tuple_length(obj);
    if (n == 0) {
        const uint8_t code[2] = {PK_MARK, PK_TUPLE};
        return p->bin ? pickler_op(t, p, PK_EMPTY_TUPLE) : pickler_write(t, p, code, 2);
    }
    bool few = n <= 3 && p->proto >= 2;
    if (!few && pickler_op(t, p, PK_MARK) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (save_item(t, p, obj, tuple_peek(obj, i), i) < 0)
            return -1;
    int64_t index = memo_find(&p->memo, obj);
    if (index >= 0) { /* recursive: an item has saved it already, so what is on the stack goes */
        if (!few && p->bin) {
            if (pickler_op(t, p, PK_POP_MARK) < 0)
                return -1;
        } else {
            for (size_t i = 0; i < n + !few; i++)
                if (pickler_op(t, p, PK_POP) < 0)
                    return -1;
        }
        return pickle_write_get(t, p, (uint64_t)index);
    }
    return pickler_op(t, p, few ? sized[n] : PK_TUPLE) < 0 ? -1 : pickle_memoize(t, p, obj);
}

/* Appends the items of an iterator to the object on the stack. */
static int batch_appends(Thread *t, Pickler *p, Value iterator, Value obj)
{
    size_t index = 0;
    for (;;) {
        Value first = object_next(t, iterator), item;
        if (value_is_empty(first))
            return error_pending(t) ? -1 : 0;
        if (!p->bin) {
            int result = save_item(t, p, obj, first, index++) < 0 ? -1 : pickler_op(t, p, PK_APPEND);
            ref_dec(t, first);
            if (result < 0)
                return -1;
            continue;
        }
        item = object_next(t, iterator);
        if (value_is_empty(item)) { /* a single one */
            int result = error_pending(t) || save_item(t, p, obj, first, index) < 0 ? -1 : pickler_op(t, p, PK_APPEND);
            ref_dec(t, first);
            return result;
        }
        int result = pickler_op(t, p, PK_MARK) < 0 || save_item(t, p, obj, first, index++) < 0 ? -1 : 0;
        ref_dec(t, first);
        for (size_t n = 1; result == 0 && !value_is_empty(item);) {
            result = save_item(t, p, obj, item, index++);
            ref_clear(t, &item);
            if (++n == PICKLE_BATCH || result < 0)
                break;
            item = object_next(t, iterator);
        }
        ref_dec(t, item);
        if (result < 0 || error_pending(t) || pickler_op(t, p, PK_APPENDS) < 0)
            return -1;
    }
}

static int batch_list(Thread *t, Pickler *p, Value obj)
{
    size_t i = 0;
    if (list_length(obj) == 1) {
        Value item = list_get(t, obj, 0);
        int result = value_is_empty(item) || save_item(t, p, obj, item, 0) < 0 ? -1 : pickler_op(t, p, PK_APPEND);
        ref_dec(t, item);
        return result;
    }
    while (i < list_length(obj)) {
        if (pickler_op(t, p, PK_MARK) < 0)
            return -1;
        for (size_t n = 0; n < PICKLE_BATCH; n++, i++) {
            Value item = list_get(t, obj, i);
            if (value_is_empty(item)) {
                if (error_pending(t))
                    return -1;
                break;
            }
            int result = save_item(t, p, obj, item, i);
            ref_dec(t, item);
            if (result < 0)
                return -1;
        }
        if (pickler_op(t, p, PK_APPENDS) < 0)
            return -1;
    }
    return 0;
}

/* In fast mode there is no memo to end a cycle: deep nesting is looked at. 0 or -1. */
static int fast_enter(Thread *t, Pickler *p, Value obj)
{
    if (++p->fast_depth < FAST_NESTING)
        return 0;
    if (value_is_empty(p->fast_seen)) {
        p->fast_seen = dict_new(t);
        if (value_is_empty(p->fast_seen))
            goto fail;
    }
    Value key = int_from_uint64(t, obj.bits);
    int present = value_is_empty(key) ? -1 : dict_contains(t, p->fast_seen, key);
    if (present > 0)
        error_set(t, EXC_ValueError, "fast mode: can't pickle cyclic objects including object type %.200T at %p", obj,
                  (void *)value_object(obj));
    else if (present == 0)
        present = dict_set(t, p->fast_seen, key, VALUE_NONE);
    ref_dec(t, key);
    if (present == 0)
        return 0;
fail:
    p->fast_depth = -1;
    return -1;
}

static int fast_leave(Thread *t, Pickler *p, Value obj)
{
    if (p->fast_depth-- < FAST_NESTING)
        return 0;
    Value key = int_from_uint64(t, obj.bits);
    int result = value_is_empty(key) ? -1 : dict_delete(t, p->fast_seen, key);
    ref_dec(t, key);
    return result;
}

static int save_list(Thread *t, Pickler *p, Value obj)
{
    const uint8_t text[2] = {PK_MARK, PK_LIST};
    if (p->fast && fast_enter(t, p, obj) < 0)
        return -1;
    int result = p->bin ? pickler_op(t, p, PK_EMPTY_LIST) : pickler_write(t, p, text, 2);
    if (result == 0)
        result = pickle_memoize(t, p, obj);
    if (result == 0 && list_length(obj)) {
        if (p->bin) {
            result = batch_list(t, p, obj);
        } else {
            Value iterator = object_iter(t, obj);
            result = value_is_empty(iterator) ? -1 : batch_appends(t, p, iterator, obj);
            ref_dec(t, iterator);
        }
    }
    if (p->fast && result == 0)
        result = fast_leave(t, p, obj);
    return result;
}

static int save_pair(Thread *t, Pickler *p, Value container, Value key, Value value)
{
    if (pickle_save(t, p, key, false) < 0)
        return -1;
    if (pickle_save(t, p, value, false) == 0)
        return 0;
    pickle_note(t, "when serializing %#T item %V", container, key);
    return -1;
}

/* Saves (key, value), which an iterator of pairs gave. */
static int save_pair_object(Thread *t, Pickler *p, Value container, Value pair)
{
    if (!tuple_check(pair) || tuple_length(pair) != 2)
        return error_set(t, EXC_TypeError, "dict items iterator must return 2-tuples"), -1;
    return save_pair(t, p, container, tuple_peek(pair, 0), tuple_peek(pair, 1));
}

/* Sets the items of an iterator of pairs in the object on the stack. */
static int batch_setitems(Thread *t, Pickler *p, Value iterator, Value obj)
{
    for (;;) {
        Value first = object_next(t, iterator), pair;
        if (value_is_empty(first))
            return error_pending(t) ? -1 : 0;
        pair = p->bin ? object_next(t, iterator) : VALUE_EMPTY;
        if (value_is_empty(pair)) {
            int result = error_pending(t) || save_pair_object(t, p, obj, first) < 0 ? -1 : pickler_op(t, p, PK_SETITEM);
            ref_dec(t, first);
            if (result < 0 || p->bin)
                return result;
            continue;
        }
        int result = pickler_op(t, p, PK_MARK) < 0 || save_pair_object(t, p, obj, first) < 0 ? -1 : 0;
        ref_dec(t, first);
        for (size_t n = 1; result == 0 && !value_is_empty(pair);) {
            result = save_pair_object(t, p, obj, pair);
            ref_clear(t, &pair);
            if (++n == PICKLE_BATCH || result < 0)
                break;
            pair = object_next(t, iterator);
        }
        ref_dec(t, pair);
        if (result < 0 || error_pending(t) || pickler_op(t, p, PK_SETITEMS) < 0)
            return -1;
    }
}

/* The items of an exact dict, straight from its table. */
static int batch_dict(Thread *t, Pickler *p, Value obj)
{
    size_t position = 0, length = dict_length(obj);
    Value key, value;
    bool more = dict_next(obj, &position, &key, &value), single = length == 1;
    while (more) {
        if (!single && pickler_op(t, p, PK_MARK) < 0)
            return -1;
        for (size_t n = 0; more && n < PICKLE_BATCH; n++) {
            ref_inc(t, key);
            ref_inc(t, value);
            int result = save_pair(t, p, obj, key, value);
            ref_dec(t, key);
            ref_dec(t, value);
            if (result < 0)
                return -1;
            if (dict_length(obj) != length)
                return error_set(t, EXC_RuntimeError, "dictionary changed size during iteration"), -1;
            more = dict_next(obj, &position, &key, &value);
        }
        if (pickler_op(t, p, single ? PK_SETITEM : PK_SETITEMS) < 0)
            return -1;
    }
    return 0;
}

static int save_dict(Thread *t, Pickler *p, Value obj)
{
    const uint8_t text[2] = {PK_MARK, PK_DICT};
    if (p->fast && fast_enter(t, p, obj) < 0)
        return -1;
    int result = p->bin ? pickler_op(t, p, PK_EMPTY_DICT) : pickler_write(t, p, text, 2);
    if (result == 0)
        result = pickle_memoize(t, p, obj);
    if (result == 0 && dict_length(obj)) {
        if (p->bin && !t->free_threaded) {
            result = batch_dict(t, p, obj);
        } else {
            Value items = dict_items_list(t, obj),
                  iterator = value_is_empty(items) ? VALUE_EMPTY : object_iter(t, items);
            result = value_is_empty(iterator) ? -1 : batch_setitems(t, p, iterator, obj);
            ref_dec(t, iterator);
            ref_dec(t, items);
        }
    }
    if (p->fast && result == 0)
        result = fast_leave(t, p, obj);
    return result;
}

/* (type, ([items],)) for protocols without sets. */
static int save_set_call(Thread *t, Pickler *p, Value obj, Kind kind)
{
    Value items = object_to_list(t, obj), args = VALUE_EMPTY;
    if (!value_is_empty(items))
        args = tuple_pack(t, 1, items);
    ref_dec(t, items);
    return save_call(t, p, value_of(t->types[kind]), args, obj);
}

static int save_element(Thread *t, Pickler *p, Value container, Value item)
{
    if (pickle_save(t, p, item, false) == 0)
        return 0;
    pickle_note(t, "when serializing %#T element", container);
    return -1;
}

static int save_set(Thread *t, Pickler *p, Value obj)
{
    if (p->proto < 4)
        return save_set_call(t, p, obj, KIND_SET);
    if (pickler_op(t, p, PK_EMPTY_SET) < 0 || pickle_memoize(t, p, obj) < 0)
        return -1;
    size_t length = set_length(obj);
    if (!length)
        return 0;
    Value items = object_to_list(t, obj);
    int result = value_is_empty(items) ? -1 : 0;
    for (size_t i = 0; result == 0 && i < list_length(items);) {
        result = pickler_op(t, p, PK_MARK);
        for (size_t n = 0; result == 0 && n < PICKLE_BATCH && i < list_length(items); n++, i++) {
            result = save_element(t, p, obj, list_peek(items, i));
            if (result == 0 && set_length(obj) != length) {
                error_set(t, EXC_RuntimeError, "set changed size during iteration");
                result = -1;
            }
        }
        if (result == 0)
            result = pickler_op(t, p, PK_ADDITEMS);
    }
    ref_dec(t, items);
    return result;
}

static int save_frozenset(Thread *t, Pickler *p, Value obj)
{
    if (p->fast && fast_enter(t, p, obj) < 0)
        return -1;
    int result;
    if (p->proto < 4) {
        result = save_set_call(t, p, obj, KIND_FROZENSET);
        return p->fast && result == 0 ? fast_leave(t, p, obj) : result;
    }
    Value items = object_to_list(t, obj);
    result = value_is_empty(items) ? -1 : pickler_op(t, p, PK_MARK);
    for (size_t i = 0; result == 0 && i < list_length(items); i++)
        result = save_element(t, p, obj, list_peek(items, i));
    ref_dec(t, items);
    if (result < 0)
        return -1;
    if (p->fast && fast_leave(t, p, obj) < 0)
        return -1;
    int64_t index = memo_find(&p->memo, obj);
    if (index >= 0) /* recursive, as in save_tuple */
        return pickler_op(t, p, PK_POP_MARK) < 0 ? -1 : pickle_write_get(t, p, (uint64_t)index);
    return pickler_op(t, p, PK_FROZENSET) < 0 ? -1 : pickle_memoize(t, p, obj);
}

/* ---- reduce values ---- */

static int save_part(Thread *t, Pickler *p, Value part, Value obj, const char *what)
{
    if (pickle_save(t, p, part, false) == 0)
        return 0;
    pickle_note(t, "when serializing %#T %s", obj, what);
    return -1;
}

/* Does `cls`, the class in a __newobj__ reduction, fit obj? */
static int check_class(Thread *t, Value cls, Value obj, const char *function)
{
    if (!object_is(cls, KIND_TYPE))
        return error_set_type(t, PICKLING_ERROR(t), "first argument to %s() must be a class, not %#T", function, cls),
               -1;
    if (value_is_empty(obj))
        return 0;
    Value own = object_getattr(t, obj, ID(t, __class__));
    if (value_is_empty(own))
        return -1;
    int result = 0;
    if (!value_is(own, cls)) {
        error_set_type(t, PICKLING_ERROR(t), "first argument to %s() must be %V, not %V", function, own, cls);
        result = -1;
    }
    ref_dec(t, own);
    return result;
}

/* partial(cls.__new__, cls, *args, **kwargs), for protocols without NEWOBJ_EX. */
static Value partial_new(Thread *t, Value cls, Value args, Value kwargs)
{
    Value new = object_getattr(t, cls, ID(t, __new__)), result = VALUE_EMPTY;
    if (value_is_empty(new))
        return new;
    size_t n = tuple_length(args);
    Value all = tuple_new(t, n + 2);
    if (!value_is_empty(all)) {
        tuple_of(all)->items[0] = ref_inc(t, new);
        tuple_of(all)->items[1] = ref_inc(t, cls);
        for (size_t i = 0; i < n; i++)
            tuple_of(all)->items[2 + i] = ref_inc(t, tuple_peek(args, i));
        result = object_call_tuple(t, pickle_state(t)->partial, all, kwargs);
        ref_dec(t, all);
    }
    ref_dec(t, new);
    return result;
}

static int save_newobj_ex(Thread *t, Pickler *p, Value args, Value obj)
{
    if (tuple_length(args) != 3)
        return error_set_type(t, PICKLING_ERROR(t), "__newobj_ex__ expected 3 arguments, got %zu", tuple_length(args)),
               -1;
    Value cls = tuple_peek(args, 0), positional = tuple_peek(args, 1), keywords = tuple_peek(args, 2);
    if (check_class(t, cls, obj, "__newobj_ex__") < 0)
        return -1;
    if (!tuple_check(positional))
        return error_set_type(t, PICKLING_ERROR(t), "second argument to __newobj_ex__() must be a tuple, not %#T",
                              positional),
               -1;
    if (!dict_check(keywords))
        return error_set_type(t, PICKLING_ERROR(t), "third argument to __newobj_ex__() must be a dict, not %#T",
                              keywords),
               -1;
    if (p->proto >= 4) {
        if (save_part(t, p, cls, obj, "class") < 0 || save_part(t, p, positional, obj, "__new__ arguments") < 0 ||
            save_part(t, p, keywords, obj, "__new__ arguments") < 0)
            return -1;
        return pickler_op(t, p, PK_NEWOBJ_EX);
    }
    Value partial = partial_new(t, cls, positional, keywords);
    if (value_is_empty(partial))
        return -1;
    int result = save_part(t, p, partial, obj, "reconstructor");
    ref_dec(t, partial);
    return result < 0 || pickle_save(t, p, t->interp->empty_tuple, false) < 0 ? -1 : pickler_op(t, p, PK_REDUCE);
}

static int save_newobj(Thread *t, Pickler *p, Value args, Value obj)
{
    if (tuple_length(args) < 1)
        return error_set_type(t, PICKLING_ERROR(t), "__newobj__ expected at least 1 argument, got 0"), -1;
    Value cls = tuple_peek(args, 0);
    if (check_class(t, cls, obj, "__newobj__") < 0)
        return -1;
    Value rest = tuple_slice(t, args, 1, tuple_length(args));
    if (value_is_empty(rest))
        return -1;
    int result = save_part(t, p, cls, obj, "class") < 0 ? -1 : save_part(t, p, rest, obj, "__new__ arguments");
    ref_dec(t, rest);
    return result < 0 ? -1 : pickler_op(t, p, PK_NEWOBJ);
}

/* Is function.__name__ the given name? 1, 0, -1. */
static int is_named(Thread *t, Value function, const char *name)
{
    Value found;
    int result = object_getattr_optional(t, function, ID(t, __name__), &found);
    if (result <= 0)
        return result;
    result = str_check(found) && str_equal_ascii(found, name);
    ref_dec(t, found);
    return result;
}

/* The object's state: by BUILD, or by a call of its own setter. */
static int save_state(Thread *t, Pickler *p, Value state, Value setter, Value obj)
{
    if (value_is_empty(setter))
        return save_part(t, p, state, obj, "state") < 0 ? -1 : pickler_op(t, p, PK_BUILD);
    const uint8_t call[3] = {PK_TUPLE2, PK_REDUCE, PK_POP};
    if (save_part(t, p, setter, obj, "state setter") < 0 || pickle_save(t, p, obj, false) < 0 ||
        save_part(t, p, state, obj, "state") < 0)
        return -1;
    return pickler_write(t, p, call, 3);
}

/* An absent or None element of a reduce value is empty. */
static Value optional_part(Value reduced, size_t i)
{
    if (tuple_length(reduced) <= i || value_is_none(tuple_peek(reduced, i)))
        return VALUE_EMPTY;
    return tuple_peek(reduced, i);
}

static bool is_iterator(Value v) { return value_is_object(v) && value_object(v)->type->slots.next; }

static int save_reduce(Thread *t, Pickler *p, Value reduced, Value obj)
{
    size_t n = tuple_length(reduced);
    Type *error = PICKLING_ERROR(t);
    if (n < 2 || n > 6)
        return error_set_type(t, error, "tuple returned by __reduce__ must contain 2 through 6 elements"), -1;
    Value function = tuple_peek(reduced, 0), args = tuple_peek(reduced, 1);
    Value state = optional_part(reduced, 2), list_items = optional_part(reduced, 3),
          dict_items = optional_part(reduced, 4), setter = optional_part(reduced, 5);
    if (!object_is_callable(t, function))
        return error_set_type(t, error, "first item of the tuple returned by __reduce__ must be callable, not %#T",
                              function),
               -1;
    if (!tuple_check(args))
        return error_set_type(t, error, "second item of the tuple returned by __reduce__ must be a tuple, not %#T",
                              args),
               -1;
    if (!value_is_empty(list_items) && !is_iterator(list_items))
        return error_set_type(t, error, "fourth item of the tuple returned by __reduce__ must be an iterator, not %#T",
                              list_items),
               -1;
    if (!value_is_empty(dict_items) && !is_iterator(dict_items))
        return error_set_type(t, error, "fifth item of the tuple returned by __reduce__ must be an iterator, not %#T",
                              dict_items),
               -1;
    if (!value_is_empty(setter) && !object_is_callable(t, setter))
        return error_set_type(t, error, "sixth item of the tuple returned by __reduce__ must be callable, not %#T",
                              setter),
               -1;

    int newobj = 0, newobj_ex = 0;
    if (p->proto >= 2 && (newobj_ex = is_named(t, function, "__newobj_ex__")) == 0)
        newobj = is_named(t, function, "__newobj__");
    if (newobj < 0 || newobj_ex < 0)
        return -1;
    int result;
    if (newobj_ex) {
        result = save_newobj_ex(t, p, args, obj);
    } else if (newobj) {
        result = save_newobj(t, p, args, obj);
    } else {
        result = save_part(t, p, function, obj, "reconstructor") < 0
                     ? -1
                     : save_part(t, p, args, obj, "reconstructor arguments");
        if (result == 0)
            result = pickler_op(t, p, PK_REDUCE);
    }
    if (result < 0)
        return -1;
    if (!value_is_empty(obj)) {
        int64_t index = memo_find(&p->memo, obj);
        if (index >= 0) { /* recursive: its own arguments have saved it, that copy counts */
            if (pickler_op(t, p, PK_POP) < 0 || pickle_write_get(t, p, (uint64_t)index) < 0)
                return -1;
        } else if (pickle_memoize(t, p, obj) < 0) {
            return -1;
        }
    }
    if (!value_is_empty(list_items) && batch_appends(t, p, list_items, obj) < 0)
        return -1;
    if (!value_is_empty(dict_items) && batch_setitems(t, p, dict_items, obj) < 0)
        return -1;
    return value_is_empty(state) ? 0 : save_state(t, p, state, setter, obj);
}

/* ---- any object ---- */

static int save_pers(Thread *t, Pickler *p, Value id)
{
    if (p->bin)
        return pickle_save(t, p, id, true) < 0 ? -1 : pickler_op(t, p, PK_BINPERSID);
    Value text = object_str(t, id);
    if (value_is_empty(text))
        return -1;
    int result = -1;
    if (!str_is_ascii(str_of(text)))
        error_set_type(t, PICKLING_ERROR(t), "persistent IDs in protocol 0 must be ASCII strings");
    else if (pickler_op(t, p, PK_PERSID) == 0 && pickler_write(t, p, str_of(text)->data, str_length(text)) == 0)
        result = pickler_op(t, p, '\n');
    ref_dec(t, text);
    return result;
}

/* The types of None, NotImplemented and Ellipsis have no names to be found by. */
static int save_type(Thread *t, Pickler *p, Value obj)
{
    static const struct {
        Kind kind;
        Value v;
    } singletons[] = {{KIND_NONE, {8}}, {KIND_NOTIMPLEMENTED, {32}}, {KIND_ELLIPSIS, {40}}};
    for (size_t i = 0; i < sizeof singletons / sizeof *singletons; i++)
        if (value_is(obj, value_of(t->types[singletons[i].kind])))
            return save_call(t, p, value_of(t->types[KIND_TYPE]), tuple_pack(t, 1, singletons[i].v), obj);
    return pickle_save_global(t, p, obj, VALUE_EMPTY);
}

/* Types with code of their own: 1 saved, 0 not one of them, -1 error. */
static int save_known(Thread *t, Pickler *p, Value obj)
{
    int result;
    switch (value_object(obj)->kind) {
    case KIND_DICT: result = save_dict(t, p, obj); break;
    case KIND_SET: result = save_set(t, p, obj); break;
    case KIND_FROZENSET: result = save_frozenset(t, p, obj); break;
    case KIND_LIST: result = save_list(t, p, obj); break;
    case KIND_TUPLE: result = save_tuple(t, p, obj); break;
    case KIND_BYTEARRAY: result = save_bytearray(t, p, obj); break;
    default:
        if (value_object(obj)->type != pickle_state(t)->buffer_type)
            return 0;
        result = save_picklebuffer(t, p, obj);
    }
    return result < 0 ? -1 : 1;
}

/* The function in a dispatch table for the type of obj: 1 and *function, 0, -1. */
static int find_dispatch(Thread *t, Pickler *p, Value type, Value *function)
{
    if (value_is_empty(p->dispatch_table))
        return dict_get_optional(t, pickle_state(t)->dispatch_table, type, function);
    *function = object_getitem(t, p->dispatch_table, type);
    if (!value_is_empty(*function))
        return 1;
    return error_swallow(t, EXC_LookupError) ? 0 : -1;
}

/* What obj.__reduce_ex__(protocol), or __reduce__(), gives. */
static Value reduce_by_method(Thread *t, Pickler *p, Value obj)
{
    Value method, result;
    int found = object_getattr_optional(t, obj, ID(t, __reduce_ex__), &method);
    if (found > 0) {
        result = object_call1(t, method, value_from_int(p->proto));
        ref_dec(t, method);
        return result;
    }
    if (found == 0)
        found = object_getattr_optional(t, obj, ID(t, __reduce__), &method);
    if (found < 0)
        return VALUE_EMPTY;
    if (found == 0)
        return error_set_type(t, PICKLING_ERROR(t), "Can't pickle %#T object", obj);
    result = object_call0(t, method);
    ref_dec(t, method);
    return result;
}

static int save_reduced(Thread *t, Pickler *p, Value reduced, Value obj)
{
    if (str_check(reduced))
        return pickle_save_global(t, p, obj, reduced);
    int result = -1;
    if (!tuple_check(reduced))
        error_set_type(t, PICKLING_ERROR(t), "__reduce__ must return a string or tuple, not %#T", reduced);
    else
        result = save_reduce(t, p, reduced, obj);
    if (result < 0)
        pickle_note(t, "when serializing %#T object", obj);
    return result;
}

static int save_by_reduction(Thread *t, Pickler *p, Value obj)
{
    Type *type = type_of(t, obj);
    Value function, reduced;
    if (!value_is_empty(p->reducer_override)) {
        reduced = object_call1(t, p->reducer_override, obj);
        if (value_is_empty(reduced))
            return -1;
        if (!value_is(reduced, VALUE_NOTIMPLEMENTED)) {
            int result = save_reduced(t, p, reduced, obj);
            ref_dec(t, reduced);
            return result;
        }
    }
    if (type == t->types[KIND_TYPE])
        return save_type(t, p, obj);
    if (type == t->types[KIND_FUNCTION])
        return pickle_save_global(t, p, obj, VALUE_EMPTY);
    int found = find_dispatch(t, p, value_of(type), &function);
    if (found < 0)
        return -1;
    if (found) {
        reduced = object_call1(t, function, obj);
        ref_dec(t, function);
    } else if (type_is_subtype(type, t->types[KIND_TYPE])) {
        return pickle_save_global(t, p, obj, VALUE_EMPTY);
    } else {
        reduced = reduce_by_method(t, p, obj);
    }
    if (value_is_empty(reduced))
        return -1;
    int result = save_reduced(t, p, reduced, obj);
    ref_dec(t, reduced);
    return result;
}

int pickle_save(Thread *t, Pickler *p, Value obj, bool persistent_checked)
{
    if (pickler_boundary(t, p) < 0)
        return -1;
    if (!persistent_checked && !value_is_empty(p->persistent_call)) {
        Value id = object_call1(t, p->persistent_call, obj);
        if (value_is_empty(id))
            return -1;
        if (!value_is_none(id)) {
            int result = save_pers(t, p, id);
            ref_dec(t, id);
            return result;
        }
    }
    if (value_is_int(obj) || object_is_exact(obj, KIND_INT))
        return save_int(t, p, obj);
    if (value_is_double(obj))
        return save_float(t, p, value_to_double(obj));
    if (value_is_none(obj))
        return pickler_op(t, p, PK_NONE);
    if (value_is_bool(obj))
        return save_bool(t, p, obj);
    int64_t index = value_is_object(obj) ? memo_find(&p->memo, obj) : -1;
    if (index >= 0)
        return pickle_write_get(t, p, (uint64_t)index);
    if (str_check_exact(obj))
        return save_str(t, p, obj);
    if (object_is_exact(obj, KIND_BYTES))
        return save_bytes(t, p, obj);
    if (!recursion_enter(t, " while pickling an object"))
        return -1;
    int result = value_is_object(obj) ? save_known(t, p, obj) : 0;
    if (result == 0)
        result = save_by_reduction(t, p, obj);
    recursion_leave(t);
    return result < 0 ? -1 : 0;
}
