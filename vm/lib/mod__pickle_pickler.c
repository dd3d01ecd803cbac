/* mod__pickle_pickler.c: the type Pickler: output, frames, the memo, and the proxy by which Python sees the memo.
 *
 * Output collects in memory; with a file it is handed over frame by frame and at the end.  A frame begins with room for its header, which is filled in, or closed up,
 * when the frame ends. */
#include "mod__pickle.h"

#include <stddef.h>

#include "../memory/alloc.h"
#include "../object/dict.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"
#include "argument.h"

/* ---- the memo ---- */

static size_t memo_slot(const PickleMemo *memo, Value v)
{
    size_t i = ((size_t)(v.bits >> 4) * 0x9E3779B1u) & memo->mask;
    while (!value_is_empty(memo->table[i].v) && !value_is(memo->table[i].v, v))
        i = (i + 1) & memo->mask;
    return i;
}

int64_t memo_find(const PickleMemo *memo, Value v)
{
    if (!memo->table)
        return -1;
    size_t i = memo_slot(memo, v);
    return value_is_empty(memo->table[i].v) ? -1 : (int64_t)memo->table[i].index;
}

static int memo_grow(Thread *t, PickleMemo *memo)
{
    PickleMemo larger = {.mask = memo->table ? memo->mask * 4 + 3 : 63, .count = memo->count};
    larger.table = alloc_memory_zeroed(t, larger.mask + 1, sizeof *larger.table);
    if (!larger.table)
        return -1;
    for (size_t i = 0; memo->table && i <= memo->mask; i++)
        if (!value_is_empty(memo->table[i].v))
            larger.table[memo_slot(&larger, memo->table[i].v)] = memo->table[i];
    alloc_memory_free(t, memo->table);
    *memo = larger;
    return 0;
}

int memo_add(Thread *t, PickleMemo *memo, Value v, uint64_t index)
{
    if ((!memo->table || memo->count * 3 >= memo->mask * 2) && memo_grow(t, memo) < 0)
        return -1;
    size_t i = memo_slot(memo, v);
    if (value_is_empty(memo->table[i].v)) {
        memo->table[i].v = ref_inc(t, v);
        memo->count++;
    }
    memo->table[i].index = index;
    return 0;
}

void memo_clear(Thread *t, PickleMemo *memo)
{
    PickleMemo old = *memo;
    *memo = (PickleMemo){0};
    for (size_t i = 0; old.table && i <= old.mask; i++)
        ref_dec(t, old.table[i].v);
    alloc_memory_free(t, old.table);
}

static int memo_copy(Thread *t, PickleMemo *to, const PickleMemo *from)
{
    for (size_t i = 0; from->table && i <= from->mask; i++)
        if (!value_is_empty(from->table[i].v) && memo_add(t, to, from->table[i].v, from->table[i].index) < 0)
            return -1;
    return 0;
}

/* ---- output ---- */

static void close_frame(Pickler *p)
{
    if (!p->framing || p->frame_start < 0)
        return;
    size_t start = (size_t)p->frame_start, length = p->out.length - start - PICKLE_FRAME_HEADER;
    uint8_t *header = p->out.b->data + start;
    if (length >= PICKLE_FRAME_MIN) {
        header[0] = PK_FRAME;
        for (int i = 0; i < 8; i++)
            header[1 + i] = (uint8_t)((uint64_t)length >> (8 * i));
    } else {
        memmove(header, header + PICKLE_FRAME_HEADER, length);
        p->out.length -= PICKLE_FRAME_HEADER;
    }
    p->frame_start = -1;
}

/* Hands what has collected to the file. */
static int flush(Thread *t, Pickler *p)
{
    Value data = bytesbuilder_finish(t, &p->out);
    if (value_is_empty(data))
        return -1;
    Value result = object_call1(t, p->write, data);
    ref_dec(t, data);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

int pickler_write(Thread *t, Pickler *p, const void *data, size_t n)
{
    if (p->framing && p->frame_start < 0) {
        int64_t start = (int64_t)p->out.length;
        uint8_t *header = bytesbuilder_reserve(t, &p->out, PICKLE_FRAME_HEADER);
        if (!header)
            return -1;
        memset(header, 0, PICKLE_FRAME_HEADER);
        p->out.length += PICKLE_FRAME_HEADER;
        p->frame_start = start;
    }
    return bytesbuilder_append(t, &p->out, data, n);
}

int pickler_boundary(Thread *t, Pickler *p)
{
    if (!p->framing || p->frame_start < 0 ||
        p->out.length - (size_t)p->frame_start - PICKLE_FRAME_HEADER < PICKLE_FRAME_TARGET)
        return 0;
    close_frame(p);
    return value_is_empty(p->write) ? 0 : flush(t, p);
}

int pickler_write_payload(Thread *t, Pickler *p, const void *header, size_t header_size, const void *data, size_t n,
                          Value owner)
{
    if (n < PICKLE_FRAME_TARGET)
        return pickler_write(t, p, header, header_size) < 0 ? -1 : pickler_write(t, p, data, n);
    close_frame(p);
    bool framing = p->framing;
    p->framing = false;
    int result = pickler_write(t, p, header, header_size);
    if (result == 0 && value_is_empty(p->write)) {
        result = pickler_write(t, p, data, n);
    } else if (result == 0) { /* no copy: the file gets the object itself */
        result = flush(t, p);
        if (result == 0) {
            Value payload = bytes_check(owner)      ? ref_inc(t, owner)
                            : value_is_empty(owner) ? bytes_new(t, data, n)
                                                    : memoryview_new(t, owner);
            Value written = value_is_empty(payload) ? VALUE_EMPTY : object_call1(t, p->write, payload);
            result = value_is_empty(written) ? -1 : 0;
            ref_dec(t, written);
            ref_dec(t, payload);
        }
    }
    p->framing = framing;
    return result;
}

/* ---- a dump ---- */

NATIVE(pickler_persistent_id, "persistent_id", "($self, obj, /)",
       "For subclasses: the persistent id of an object, or None.")
{
    return VALUE_NONE;
}

/* What to ask for persistent ids: the attribute, unless it is the default method. */
static int find_persistent_id(Thread *t, Value self)
{
    Pickler *p = pickler_of(self);
    Value function = object_getattr_string(t, self, "persistent_id");
    if (value_is_empty(function))
        return -1;
    if (object_is(function, KIND_NATIVE) &&
        ((const Native *)value_object(function))->def == &native_pickler_persistent_id)
        ref_clear(t, &function);
    ref_replace_take(t, &p->persistent_call, function);
    return 0;
}

static int find_reducer_override(Thread *t, Value self)
{
    Value name = str_intern(t, "reducer_override"), function = VALUE_EMPTY;
    if (value_is_empty(name))
        return -1;
    int found = object_getattr_optional(t, self, name, &function);
    ref_dec(t, name);
    if (found < 0)
        return -1;
    ref_replace_take(t, &pickler_of(self)->reducer_override, function);
    return 0;
}

static int dump(Thread *t, Value self, Value obj)
{
    Pickler *p = pickler_of(self);
    const uint8_t header[2] = {PK_PROTO, (uint8_t)p->proto};
    bytesbuilder_discard(t, &p->out);
    p->framing = false;
    p->frame_start = -1;
    bool own = value_object(self)->type == pickle_state(t)->pickler_type && value_is_empty(p->persistent_id);
    if (!own && (find_persistent_id(t, self) < 0 || find_reducer_override(t, self) < 0))
        return -1;
    if (p->proto >= 2 && pickler_write(t, p, header, 2) < 0)
        return -1;
    p->framing = p->proto >= 4;
    if (pickle_save(t, p, obj, false) < 0 || pickler_op(t, p, PK_STOP) < 0)
        return -1;
    close_frame(p);
    p->framing = false;
    return 0;
}

int pickler_dump(Thread *t, Value self, Value obj)
{
    Pickler *p = pickler_of(self);
    if (atomic_exchange(&p->running, true))
        return error_set(t, EXC_RuntimeError, "Pickler object is already used"), -1;
    int result = dump(t, self, obj);
    if (result == 0 && !value_is_empty(p->write))
        result = flush(t, p);
    p->framing = false;
    Value pending = error_take(t);
    ref_clear(t, &p->persistent_call);
    ref_clear(t, &p->reducer_override);
    if (!value_is_empty(pending))
        error_restore_take(t, pending);
    atomic_store(&p->running, false);
    return result;
}

/* ---- the type ---- */

int pickler_setup(Thread *t, Pickler *p, Value file, Value protocol, Value fix_imports, Value buffer_callback)
{
    int proto = PICKLE_DEFAULT, fix = argument_bool(t, fix_imports, 1);
    if (fix < 0)
        return -1;
    if (!value_is_empty(protocol) && !value_is_none(protocol)) {
        if (int_to_int(t, protocol, &proto) < 0)
            return -1;
        if (proto < 0)
            proto = PICKLE_HIGHEST;
        else if (proto > PICKLE_HIGHEST)
            return error_set(t, EXC_ValueError, "pickle protocol must be <= %d", PICKLE_HIGHEST), -1;
    }
    bool has_callback = !value_is_empty(buffer_callback) && !value_is_none(buffer_callback);
    if (has_callback && proto < 5)
        return error_set(t, EXC_ValueError, "buffer_callback needs protocol >= 5"), -1;
    Value write = VALUE_EMPTY;
    if (!value_is_empty(file)) {
        int found = object_getattr_optional(t, file, ID(t, write), &write);
        if (found == 0)
            error_set(t, EXC_TypeError, "file must have a 'write' attribute");
        if (found <= 0)
            return -1;
    }
    memo_clear(t, &p->memo);
    bytesbuilder_discard(t, &p->out);
    ref_replace_take(t, &p->write, write);
    ref_replace_take(t, &p->buffer_callback, has_callback ? ref_inc(t, buffer_callback) : VALUE_EMPTY);
    p->proto = proto;
    p->bin = proto > 0;
    p->fix_imports = fix && proto < 3;
    p->fast = p->fast_depth = 0;
    p->frame_start = -1;
    ref_clear(t, &p->fast_seen);
    return 0;
}

static Value pickler_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return value_of(type_alloc(t, type, 0));
}

static int pickler_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value out[4], table = VALUE_EMPTY;
    if (native_parse(t, "Pickler", "(file, protocol=None, fix_imports=True, buffer_callback=None)", args, n, names,
                     out) < 0)
        return -1;
    if (atomic_load(&pickler_of(self)->running))
        return error_set(t, EXC_RuntimeError, "Pickler object is already used"), -1;
    ref_clear(t, &pickler_of(self)->dispatch_table);
    if (pickler_setup(t, pickler_of(self), out[0], out[1], out[2], out[3]) < 0)
        return -1;
    Value name = str_intern(t, "dispatch_table");
    int found = value_is_empty(name) ? -1 : object_getattr_optional(t, self, name, &table);
    ref_dec(t, name);
    if (found < 0)
        return -1;
    ref_replace_take(t, &pickler_of(self)->dispatch_table, table);
    return 0;
}

static void pickler_clear(Thread *t, Object *o)
{
    Pickler *p = (Pickler *)o;
    memo_clear(t, &p->memo);
    ref_clear(t, &p->write);
    ref_clear(t, &p->buffer_callback);
    ref_clear(t, &p->dispatch_table);
    ref_clear(t, &p->persistent_id);
    ref_clear(t, &p->persistent_call);
    ref_clear(t, &p->reducer_override);
    ref_clear(t, &p->fast_seen);
}
static void pickler_dealloc(Thread *t, Object *o)
{
    bytesbuilder_discard(t, &((Pickler *)o)->out);
    pickler_clear(t, o);
}
static int pickler_traverse(Object *o, VisitFn visit, void *arg)
{
    Pickler *p = (Pickler *)o;
    for (size_t i = 0; p->memo.table && i <= p->memo.mask; i++)
        VISIT(p->memo.table[i].v);
    VISIT(p->write);
    VISIT(p->buffer_callback);
    VISIT(p->dispatch_table);
    VISIT(p->persistent_id);
    VISIT(p->persistent_call);
    VISIT(p->reducer_override);
    VISIT(p->fast_seen);
    return 0;
}

static bool is_persistent_id(Value name) { return str_check(name) && str_equal_ascii(name, "persistent_id"); }

static Value pickler_getattr(Thread *t, Value self, Value name)
{
    if (is_persistent_id(name) && !value_is_empty(pickler_of(self)->persistent_id))
        return ref_inc(t, pickler_of(self)->persistent_id);
    return object_generic_getattr(t, self, name);
}

static int pickler_setattr(Thread *t, Value self, Value name, Value value)
{
    if (!is_persistent_id(name))
        return object_generic_setattr(t, self, name, value);
    if (value_is_empty(value) && value_is_empty(pickler_of(self)->persistent_id)) {
        error_set(t, EXC_AttributeError, "persistent_id");
        return -1;
    }
    ref_replace_take(t, &pickler_of(self)->persistent_id, ref_inc(t, value));
    return 0;
}

NATIVE(pickler_dump_method, "dump", "($self, obj, /)", "Writes the pickle of an object to the file.")
{
    if (value_is_empty(pickler_of(args[0])->write))
        return error_set_type(t, PICKLING_ERROR(t), "Pickler.__init__() was not called by %N.__init__()",
                              type_of(t, args[0]));
    return pickler_dump(t, args[0], args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(pickler_clear_memo, "clear_memo", "($self, /)", "Forgets which objects have been pickled.")
{
    memo_clear(t, &pickler_of(args[0])->memo);
    return VALUE_NONE;
}

NATIVE(pickler_sizeof, "__sizeof__", "($self, /)", "The size in memory, in bytes.")
{
    const Pickler *p = pickler_of(args[0]);
    size_t size = p->head.type->size + p->out.capacity;
    if (p->memo.table)
        size += (p->memo.mask + 1) * sizeof *p->memo.table;
    return int_from_size(t, size);
}

static const NativeDef *const pickler_methods[] = {&native_pickler_dump_method, &native_pickler_clear_memo,
                                                   &native_pickler_persistent_id, &native_pickler_sizeof, NULL};

static Value get_bin(Thread *t, Value self) { return value_from_int(pickler_of(self)->bin); }
static int set_bin(Thread *t, Value self, Value value)
{
    int i;
    if (value_is_empty(value))
        return error_set(t, EXC_TypeError, "can't delete numeric/char attribute"), -1;
    if (int_to_int(t, value, &i) < 0)
        return -1;
    pickler_of(self)->bin = i != 0;
    return 0;
}
static Value get_fast(Thread *t, Value self) { return value_from_int(pickler_of(self)->fast); }
static int set_fast(Thread *t, Value self, Value value)
{
    if (value_is_empty(value))
        return error_set(t, EXC_TypeError, "can't delete numeric/char attribute"), -1;
    return int_to_int(t, value, &pickler_of(self)->fast);
}
static Value get_dispatch_table(Thread *t, Value self)
{
    if (value_is_empty(pickler_of(self)->dispatch_table))
        return error_set(t, EXC_AttributeError, "dispatch_table");
    return ref_inc(t, pickler_of(self)->dispatch_table);
}
static int set_dispatch_table(Thread *t, Value self, Value value)
{
    ref_replace_take(t, &pickler_of(self)->dispatch_table, ref_inc(t, value));
    return 0;
}

typedef struct MemoProxy {
    Object head;
    Value pickler;
} MemoProxy;
static Pickler *proxied(Value proxy) { return pickler_of(((MemoProxy *)value_object(proxy))->pickler); }

static Value get_memo(Thread *t, Value self)
{
    MemoProxy *proxy = alloc_object(t, pickle_state(t)->pickler_memo_type, sizeof *proxy);
    if (proxy)
        proxy->pickler = ref_inc(t, self);
    return value_of(proxy);
}

/* Fills a memo from a dict {id: (index, object)}. */
static int memo_from_dict(Thread *t, PickleMemo *memo, Value dict)
{
    Value items = dict_items_list(t, dict);
    int result = value_is_empty(items) ? -1 : 0;
    for (size_t i = 0; result == 0 && i < list_length(items); i++) {
        Value entry = tuple_peek(list_peek(items, i), 1);
        int64_t index;
        if (!tuple_check(entry) || tuple_length(entry) != 2) {
            error_set(t, EXC_TypeError, "'memo' values must be 2-item tuples");
            result = -1;
        } else if (argument_size(t, tuple_peek(entry, 0), 0, &index) < 0) {
            result = -1;
        } else {
            result = memo_add(t, memo, tuple_peek(entry, 1), (uint64_t)index);
        }
    }
    ref_dec(t, items);
    return result;
}

static int set_memo(Thread *t, Value self, Value value)
{
    PickleMemo memo = {0};
    int result;
    if (value_is_empty(value))
        return error_set(t, EXC_TypeError, "attribute deletion is not supported"), -1;
    if (object_is_native(value, &pickler_memo_spec)) {
        result = memo_copy(t, &memo, &proxied(value)->memo);
    } else if (dict_check(value)) {
        result = memo_from_dict(t, &memo, value);
    } else {
        error_set(t, EXC_TypeError, "'memo' attribute must be a PicklerMemoProxy object or dict, not %.200T", value);
        return -1;
    }
    if (result < 0) {
        memo_clear(t, &memo);
        return -1;
    }
    PickleMemo old = pickler_of(self)->memo;
    pickler_of(self)->memo = memo;
    memo_clear(t, &old);
    return 0;
}

static const GetSetDef pickler_getsets[] = {
    {"bin", get_bin, set_bin, "Is the protocol a binary one?"},
    {"fast", get_fast, set_fast, "If true, the memo is not used."},
    {"dispatch_table", get_dispatch_table, set_dispatch_table, "Reduction functions by type, in place of copyreg's."},
    {"memo", get_memo, set_memo, "The objects pickled so far."},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec pickler_spec = {
    .name = "_pickle.Pickler",
    .doc = "Writes pickles to a binary file. protocol: 0 to 5, None for the default; buffer_callback gets the buffers "
           "that may stay outside.",
    .signature = "(file, protocol=None, fix_imports=True, buffer_callback=None)",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Pickler),
    .methods = pickler_methods,
    .getsets = pickler_getsets,
    .slots = {.dealloc = pickler_dealloc,
              .traverse = pickler_traverse,
              .clear = pickler_clear,
              .create = pickler_create,
              .init = pickler_init,
              .getattr = pickler_getattr,
              .setattr = pickler_setattr},
};

/* ---- the memo's proxy ---- */

NATIVE(memo_proxy_clear, "clear", "($self, /)", "Empties the memo.")
{
    memo_clear(t, &proxied(args[0])->memo);
    return VALUE_NONE;
}

static Value copy_as_dict(Thread *t, const PickleMemo *memo)
{
    Value dict = dict_new(t);
    for (size_t i = 0; memo->table && i <= memo->mask && !value_is_empty(dict); i++) {
        Value v = memo->table[i].v;
        if (value_is_empty(v))
            continue;
        Value key = int_from_uint64(t, v.bits),
              entry = tuple_pack(t, 2, value_from_int((int64_t)memo->table[i].index), v);
        if (value_is_empty(key) || value_is_empty(entry) || dict_set(t, dict, key, entry) < 0)
            ref_clear(t, &dict);
        ref_dec(t, key);
        ref_dec(t, entry);
    }
    return dict;
}

NATIVE(memo_proxy_copy, "copy", "($self, /)", "The memo as a dict of its own: {id: (index, object)}.")
{
    return copy_as_dict(t, &proxied(args[0])->memo);
}

NATIVE(memo_proxy_reduce, "__reduce__", "($self, /)", "State for pickling: the memo as a dict.")
{
    Value dict = copy_as_dict(t, &proxied(args[0])->memo);
    if (value_is_empty(dict))
        return dict;
    Value arguments = tuple_pack(t, 1, dict), result = VALUE_EMPTY;
    ref_dec(t, dict);
    if (!value_is_empty(arguments))
        result = tuple_pack(t, 2, value_of(t->types[KIND_DICT]), arguments);
    ref_dec(t, arguments);
    return result;
}

static const NativeDef *const memo_proxy_methods[] = {&native_memo_proxy_clear, &native_memo_proxy_copy,
                                                      &native_memo_proxy_reduce, NULL};

static void memo_proxy_dealloc(Thread *t, Object *o) { ref_clear(t, &((MemoProxy *)o)->pickler); }
static int memo_proxy_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((MemoProxy *)o)->pickler);
    return 0;
}

const TypeSpec pickler_memo_spec = {
    .name = "_pickle.PicklerMemoProxy",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(MemoProxy),
    .methods = memo_proxy_methods,
    .slots = {.dealloc = memo_proxy_dealloc, .traverse = memo_proxy_traverse, .hash = slot_hash_unhashable},
};
