/* mod__pickle_unpickler.c: the type Unpickler: input from memory or from a file, finding classes, and the memo's proxy.
 *
 * Input.  data[at..length) is what is there and not yet used.  From a file, no more is read than is needed (several pickles may follow each other), unless the file can
 * peek: then data may run ahead of the file, from `peeked` on, and the file is told to skip what was used before anything else is read from it. */
#include "mod__pickle.h"

#include <stddef.h>

#include "../memory/alloc.h"
#include "../object/audit.h"
#include "../object/container.h"
#include "../object/dict.h"
#include "../object/native.h"
#include "argument.h"

/* How much to look ahead at a time. */
#define PEEK_SIZE (128 * 1024)
#define NONE SIZE_MAX

#define FAIL(...) error_set_type(t, UNPICKLING_ERROR(t), __VA_ARGS__)

/* ---- input ---- */

static void *truncated(Thread *t)
{
    FAIL("pickle data was truncated");
    return NULL;
}

/* Makes a bytes object the input. */
static void set_chunk_take(Thread *t, Unpickler *u, Value bytes)
{
    ref_replace_take(t, &u->chunk, bytes);
    u->data = bytes_of(bytes)->data;
    u->length = bytes_of(bytes)->length;
    u->at = 0;
    u->peeked = NONE;
    u->frame_end = NONE;
}

/* Calls a method of the file that gives bytes. */
static Value call_file(Thread *t, Value method, Value argument)
{
    Value data = value_is_empty(argument) ? object_call0(t, method) : object_call1(t, method, argument);
    if (!value_is_empty(data) && !bytes_check(data)) {
        error_set(t, EXC_ValueError, "read() from the underlying stream did not return bytes");
        ref_clear(t, &data);
    }
    return data;
}

/* Tells the file to skip what was used of what it let us peek at. */
static int skip_peeked(Thread *t, Unpickler *u)
{
    if (u->peeked == NONE)
        return 0;
    size_t used = u->at - u->peeked;
    u->peeked = NONE;
    u->length = u->at;
    if (!used)
        return 0;
    Value skipped = call_file(t, u->read, int_from_size(t, used));
    if (value_is_empty(skipped))
        return -1;
    ref_dec(t, skipped);
    return 0;
}

/* Looks ahead: 1 when at least n bytes are there now, 0 not, -1 error. */
static int peek(Thread *t, Unpickler *u, size_t n)
{
    if (value_is_empty(u->peek))
        return 0;
    Value data = object_call1(t, u->peek, value_from_int(PEEK_SIZE));
    if (value_is_empty(data)) {
        if (!error_swallow(t, EXC_NotImplementedError))
            return -1;
        ref_clear(t, &u->peek); /* it cannot after all */
        return 0;
    }
    if (!bytes_check(data) || bytes_of(data)->length < n) {
        ref_dec(t, data);
        return 0;
    }
    set_chunk_take(t, u, data);
    u->peeked = 0;
    return 1;
}

const uint8_t *unpickler_read(Thread *t, Unpickler *u, size_t n)
{
    size_t limit = u->frame_end != NONE ? u->frame_end : u->length;
    if (LIKELY(limit - u->at >= n)) {
        u->at += n;
        return u->data + u->at - n;
    }
    if (u->frame_end != NONE) {
        if (u->at < u->frame_end) {
            FAIL("pickle exhausted before end of frame");
            return NULL;
        }
        u->frame_end = NONE;
        return unpickler_read(t, u, n);
    }
    if (value_is_empty(u->read))
        return truncated(t);
    /* What is left over of a piece goes in front of the next one. */
    if (skip_peeked(t, u) < 0)
        return NULL;
    int ahead = u->at == u->length ? peek(t, u, n) : 0;
    if (ahead)
        return ahead < 0 ? NULL : unpickler_read(t, u, n);
    Value data = call_file(t, u->read, int_from_size(t, n));
    if (value_is_empty(data))
        return NULL;
    size_t got = bytes_of(data)->length;
    set_chunk_take(t, u, data);
    if (got < n)
        return truncated(t);
    u->at = n;
    return u->data;
}

int unpickler_read_into(Thread *t, Unpickler *u, uint8_t *out, size_t n)
{
    size_t limit = u->frame_end != NONE ? u->frame_end : u->length, have = limit - u->at;
    if (have >= n || value_is_empty(u->read) || value_is_empty(u->readinto) || n < 4096) {
        const uint8_t *p = unpickler_read(t, u, n);
        if (p && n)
            memcpy(out, p, n);
        return p ? 0 : -1;
    }
    /* A long payload: what is here already, and the rest straight into its place. */
    if (u->frame_end != NONE && u->at < u->frame_end)
        return FAIL("pickle exhausted before end of frame"), -1;
    if (u->frame_end != NONE) {
        u->frame_end = NONE;
        have = u->length - u->at;
    }
    if (have > n)
        have = n;
    if (have)
        memcpy(out, u->data + u->at, have);
    u->at += have;
    if (skip_peeked(t, u) < 0)
        return -1;
    while (have < n) {
        Value target = bytearray_new(t, NULL, n - have),
              view = value_is_empty(target) ? VALUE_EMPTY : memoryview_new(t, target);
        Value count = value_is_empty(view) ? VALUE_EMPTY : object_call1(t, u->readinto, view);
        int64_t got = value_is_empty(count) ? -1 : number_index_int64(t, count, EXC_OverflowError);
        if (got > 0 && (uint64_t)got <= n - have)
            memcpy(out + have, ((ByteArray *)value_object(target))->data, (size_t)got);
        ref_dec(t, count);
        ref_dec(t, view);
        ref_dec(t, target);
        if (error_pending(t))
            return -1;
        if (got <= 0 || (uint64_t)got > n - have)
            return truncated(t), -1;
        have += (size_t)got;
    }
    return 0;
}

const uint8_t *unpickler_readline(Thread *t, Unpickler *u, size_t *n)
{
    size_t limit = u->frame_end != NONE ? u->frame_end : u->length;
    const uint8_t *start = u->data + u->at, *end = limit > u->at ? memchr(start, '\n', limit - u->at) : NULL;
    if (end) {
        *n = (size_t)(end - start) + 1;
        u->at += *n;
        return start;
    }
    if (u->frame_end != NONE && u->at < u->frame_end) {
        FAIL("pickle exhausted before end of frame");
        return NULL;
    }
    u->frame_end = NONE;
    if (value_is_empty(u->readline))
        return truncated(t);
    if (skip_peeked(t, u) < 0)
        return NULL;
    Value line = call_file(t, u->readline, VALUE_EMPTY);
    if (value_is_empty(line))
        return NULL;
    size_t length = bytes_of(line)->length;
    set_chunk_take(t, u, line);
    if (length == 0 || u->data[length - 1] != '\n')
        return truncated(t);
    *n = u->at = length;
    return u->data;
}

int unpickler_frame(Thread *t, Unpickler *u, uint64_t size)
{
    if (size > PTRDIFF_MAX)
        return error_set(t, EXC_OverflowError, "FRAME length exceeds system's maximum of %zu bytes",
                         (size_t)PTRDIFF_MAX),
               -1;
    if (u->frame_end != NONE && u->at < u->frame_end)
        return FAIL("beginning of a new frame before end of current frame"), -1;
    u->frame_end = NONE;
    if (!unpickler_read(t, u, (size_t)size))
        return -1;
    u->at -= (size_t)size;
    u->frame_end = u->at + (size_t)size;
    return 0;
}

/* ---- classes ---- */

/* Python 2's names are replaced by today's: *module and *name are owned. */
static int new_names(Thread *t, Value *module, Value *name)
{
    PickleState *s = pickle_state(t);
    Value key = tuple_pack(t, 2, *module, *name), found;
    if (value_is_empty(key))
        return -1;
    int result = dict_get_optional(t, s->name_mapping, key, &found);
    ref_dec(t, key);
    if (result > 0) {
        if (!tuple_check(found) || tuple_length(found) != 2 || !str_check(tuple_peek(found, 0)) ||
            !str_check(tuple_peek(found, 1))) {
            error_set(t, EXC_RuntimeError,
                      "_compat_pickle.NAME_MAPPING values should be pairs of str, not (%.200T, %.200T)", found, found);
            ref_dec(t, found);
            return -1;
        }
        ref_replace_take(t, module, ref_inc(t, tuple_peek(found, 0)));
        ref_replace_take(t, name, ref_inc(t, tuple_peek(found, 1)));
        ref_dec(t, found);
        return 0;
    }
    if (result == 0 && (result = dict_get_optional(t, s->import_mapping, *module, &found)) > 0) {
        if (!str_check(found)) {
            error_set(t, EXC_RuntimeError, "_compat_pickle.IMPORT_MAPPING values should be strings, not %.200T", found);
            ref_dec(t, found);
            return -1;
        }
        ref_replace_take(t, module, found);
    }
    return result < 0 ? -1 : 0;
}

/* module.first.second for a dotted name. */
static Value follow_path(Thread *t, Value module, Value name)
{
    Value dot = str_from_char(t, '.'), path = value_is_empty(dot) ? VALUE_EMPTY : str_split(t, name, dot, -1);
    ref_dec(t, dot);
    if (value_is_empty(path))
        return path;
    Value v = ref_inc(t, module);
    for (size_t i = 0; i < list_length(path) && !value_is_empty(v); i++) {
        Value next = object_getattr(t, v, list_peek(path, i));
        ref_dec(t, v);
        v = next;
    }
    ref_dec(t, path);
    return v;
}

Value unpickler_find_class(Thread *t, Unpickler *u, Value module_name, Value name)
{
    if (audit(t, "pickle.find_class", "OO", module_name, name) < 0)
        return VALUE_EMPTY;
    ref_inc(t, module_name);
    ref_inc(t, name);
    Value module = VALUE_EMPTY, result = VALUE_EMPTY;
    if (u->proto < 3 && u->fix_imports && new_names(t, &module_name, &name) < 0)
        goto done;
    module = pickle_import(t, module_name);
    if (value_is_empty(module))
        goto done;
    if (u->proto >= 4 && str_find_char(name, '.', 0, str_length(name)) >= 0) {
        result = follow_path(t, module, name);
        if (value_is_empty(result) && error_matches(t, EXC_AttributeError)) {
            Value exc = error_take(t);
            error_set(t, EXC_AttributeError, "Can't resolve path %V on module %V", name, module);
            error_chain_context_take(t, exc);
        }
    } else {
        result = object_getattr(t, module, name);
    }
done:
    ref_dec(t, module);
    ref_dec(t, module_name);
    ref_dec(t, name);
    return result;
}

/* ---- loading ---- */

int unpickler_memo_put(Thread *t, Unpickler *u, size_t index, Value v)
{
    if (index >= u->memo_size) {
        size_t size = index < 32 ? 32 : index > PTRDIFF_MAX / 32 ? index + 1 : index * 2;
        Value *memo = size > PTRDIFF_MAX / sizeof *memo ? (error_no_memory(t), NULL)
                                                        : alloc_memory_resize(t, u->memo, size * sizeof *memo);
        if (!memo)
            return -1;
        memset((void *)(memo + u->memo_size), 0, (size - u->memo_size) * sizeof *memo);
        u->memo = memo;
        u->memo_size = size;
    }
    Value old = u->memo[index];
    u->memo[index] = ref_inc(t, v);
    if (value_is_empty(old))
        u->memo_used++;
    ref_dec(t, old);
    return 0;
}

static void clear_memo(Thread *t, Unpickler *u)
{
    Value *memo = u->memo;
    size_t size = u->memo_size;
    u->memo = NULL;
    u->memo_size = u->memo_used = 0;
    for (size_t i = 0; i < size; i++)
        ref_dec(t, memo[i]);
    alloc_memory_free(t, memo);
}

static void clear_stack(Thread *t, Unpickler *u)
{
    while (u->depth > 0)
        ref_clear(t, &u->stack[--u->depth]);
    u->mark_count = u->fence = 0;
}

NATIVE(unpickler_persistent_load, "persistent_load", "($self, pid, /)",
       "For subclasses: the object of a persistent id.")
{
    return FAIL("A load persistent id instruction was encountered, but no persistent_load function was specified.");
}

Value unpickler_load(Thread *t, Value self)
{
    Unpickler *u = unpickler_of(self);
    if (atomic_exchange(&u->running, true))
        return error_set(t, EXC_RuntimeError, "Unpickler object is already used");
    clear_stack(t, u);
    u->proto = 0;
    u->frame_end = NONE;
    Value result = VALUE_EMPTY, function = object_getattr_string(t, self, "persistent_load");
    if (!value_is_empty(function)) {
        ref_replace_take(t, &u->persistent_call, function);
        result = pickle_load(t, u);
    }
    if (!value_is_empty(result) && skip_peeked(t, u) < 0)
        ref_clear(t, &result);
    Value pending = error_take(t);
    clear_stack(t, u);
    ref_clear(t, &u->persistent_call);
    u->data = NULL;
    u->length = u->at = 0;
    u->peeked = u->frame_end = NONE;
    ref_clear(t, &u->chunk);
    buffer_release(t, &u->input);
    if (!value_is_empty(pending))
        error_restore_take(t, pending);
    atomic_store(&u->running, false);
    return result;
}

/* ---- the type ---- */

static int optional_method(Thread *t, Value file, const char *attribute, Value *slot)
{
    Value name = str_intern(t, attribute), method = VALUE_EMPTY;
    int found = value_is_empty(name) ? -1 : object_getattr_optional(t, file, name, &method);
    ref_dec(t, name);
    if (found < 0)
        return -1;
    ref_replace_take(t, slot, method);
    return 0;
}

static int set_file(Thread *t, Unpickler *u, Value file)
{
    if (optional_method(t, file, "peek", &u->peek) < 0 || optional_method(t, file, "readinto", &u->readinto) < 0 ||
        optional_method(t, file, "read", &u->read) < 0 || optional_method(t, file, "readline", &u->readline) < 0)
        return -1;
    if (!value_is_empty(u->read) && !value_is_empty(u->readline))
        return 0;
    error_set(t, EXC_AttributeError, "file must have 'read' and 'readline' attributes");
    return -1;
}

int unpickler_setup(Thread *t, Unpickler *u, Value file, Value fix_imports, Value encoding, Value errors, Value buffers)
{
    static const char *const names[2] = {"encoding", "errors"};
    static const char *const defaults[2] = {"ASCII", "strict"};
    Value *slots[2] = {&u->encoding, &u->errors}, values[2] = {encoding, errors};
    int fix = argument_bool(t, fix_imports, 1);
    if (fix < 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        if (!value_is_empty(values[i]) && !str_check(values[i]))
            return error_set(t, EXC_TypeError, "Unpickler() argument '%s' must be str, not %.50T", names[i], values[i]),
                   -1;
        Value v = value_is_empty(values[i]) ? str_intern(t, defaults[i]) : ref_inc(t, values[i]);
        if (value_is_empty(v))
            return -1;
        ref_replace_take(t, slots[i], v);
    }
    u->fix_imports = fix;
    u->as_bytes = str_equal_ascii(u->encoding, "bytes");
    clear_stack(t, u);
    clear_memo(t, u);
    u->peeked = u->frame_end = NONE;
    u->length = u->at = 0;
    ref_clear(t, &u->chunk);
    ref_clear(t, &u->buffers);
    if (!value_is_empty(file) && set_file(t, u, file) < 0)
        return -1;
    if (!value_is_empty(buffers) && !value_is_none(buffers)) {
        u->buffers = object_iter(t, buffers);
        if (value_is_empty(u->buffers))
            return -1;
    }
    u->ready = true;
    return 0;
}

static Value unpickler_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Unpickler *u = type_alloc(t, type, 0);
    if (u)
        u->peeked = u->frame_end = NONE;
    return value_of(u);
}

static int unpickler_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value out[5];
    if (native_parse(t, "Unpickler", "(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())", args,
                     n, names, out) < 0)
        return -1;
    if (atomic_load(&unpickler_of(self)->running))
        return error_set(t, EXC_RuntimeError, "Unpickler object is already used"), -1;
    return unpickler_setup(t, unpickler_of(self), out[0], out[1], out[2], out[3], out[4]);
}

static void unpickler_clear(Thread *t, Object *o)
{
    Unpickler *u = (Unpickler *)o;
    clear_stack(t, u);
    clear_memo(t, u);
    ref_clear(t, &u->chunk);
    ref_clear(t, &u->read);
    ref_clear(t, &u->readinto);
    ref_clear(t, &u->readline);
    ref_clear(t, &u->peek);
    ref_clear(t, &u->buffers);
    ref_clear(t, &u->persistent_load);
    ref_clear(t, &u->persistent_call);
    ref_clear(t, &u->encoding);
    ref_clear(t, &u->errors);
}
static void unpickler_dealloc(Thread *t, Object *o)
{
    Unpickler *u = (Unpickler *)o;
    unpickler_clear(t, o);
    buffer_release(t, &u->input);
    alloc_memory_free(t, u->stack);
    alloc_memory_free(t, u->marks);
    u->stack = NULL;
    u->marks = NULL;
}
static int unpickler_traverse(Object *o, VisitFn visit, void *arg)
{
    Unpickler *u = (Unpickler *)o;
    for (size_t i = 0; i < u->depth; i++)
        VISIT(u->stack[i]);
    for (size_t i = 0; i < u->memo_size; i++)
        VISIT(u->memo[i]);
    VISIT(u->input.owner);
    VISIT(u->read);
    VISIT(u->readinto);
    VISIT(u->readline);
    VISIT(u->peek);
    VISIT(u->buffers);
    VISIT(u->persistent_load);
    VISIT(u->persistent_call);
    return 0;
}

static bool is_persistent_load(Value name) { return str_check(name) && str_equal_ascii(name, "persistent_load"); }

static Value unpickler_getattr(Thread *t, Value self, Value name)
{
    if (is_persistent_load(name) && !value_is_empty(unpickler_of(self)->persistent_load))
        return ref_inc(t, unpickler_of(self)->persistent_load);
    return object_generic_getattr(t, self, name);
}

static int unpickler_setattr(Thread *t, Value self, Value name, Value value)
{
    if (!is_persistent_load(name))
        return object_generic_setattr(t, self, name, value);
    if (value_is_empty(value) && value_is_empty(unpickler_of(self)->persistent_load)) {
        error_set(t, EXC_AttributeError, "persistent_load");
        return -1;
    }
    ref_replace_take(t, &unpickler_of(self)->persistent_load, ref_inc(t, value));
    return 0;
}

NATIVE(unpickler_load_method, "load", "($self, /)", "Reads one object from the file.")
{
    if (!unpickler_of(args[0])->ready)
        return FAIL("Unpickler.__init__() was not called by %N.__init__()", type_of(t, args[0]));
    return unpickler_load(t, args[0]);
}

NATIVE(unpickler_find_class_method, "find_class", "($self, module_name, global_name, /)",
       "The object of a name in a module, which is imported. Subclasses may restrict it.")
{
    if (argument_str(t, args[1], "find_class", "argument 1") < 0 ||
        argument_str(t, args[2], "find_class", "argument 2") < 0)
        return VALUE_EMPTY;
    return unpickler_find_class(t, unpickler_of(args[0]), args[1], args[2]);
}

NATIVE(unpickler_sizeof, "__sizeof__", "($self, /)", "The size in memory, in bytes.")
{
    const Unpickler *u = unpickler_of(args[0]);
    return int_from_size(t, u->head.type->size + u->memo_size * sizeof(Value) + u->capacity * sizeof(Value) +
                                u->mark_capacity * sizeof(size_t));
}

static const NativeDef *const unpickler_methods[] = {&native_unpickler_load_method, &native_unpickler_find_class_method,
                                                     &native_unpickler_persistent_load, &native_unpickler_sizeof, NULL};

typedef struct MemoProxy {
    Object head;
    Value unpickler;
} MemoProxy;
static Unpickler *proxied(Value proxy) { return unpickler_of(((MemoProxy *)value_object(proxy))->unpickler); }

static Value get_memo(Thread *t, Value self)
{
    MemoProxy *proxy = alloc_object(t, pickle_state(t)->unpickler_memo_type, sizeof *proxy);
    if (proxy)
        proxy->unpickler = ref_inc(t, self);
    return value_of(proxy);
}

static int memo_from_dict(Thread *t, Unpickler *made, Value dict)
{
    Value items = dict_items_list(t, dict);
    int result = value_is_empty(items) ? -1 : 0;
    for (size_t i = 0; result == 0 && i < list_length(items); i++) {
        Value key = tuple_peek(list_peek(items, i), 0);
        int64_t index;
        if (!int_check(key)) {
            error_set(t, EXC_TypeError, "memo key must be integers");
            result = -1;
        } else if (argument_size(t, key, 0, &index) < 0) {
            result = -1;
        } else if (index < 0) {
            error_set(t, EXC_ValueError, "memo key must be positive integers.");
            result = -1;
        } else {
            result = unpickler_memo_put(t, made, (size_t)index, tuple_peek(list_peek(items, i), 1));
        }
    }
    ref_dec(t, items);
    return result;
}

static int set_memo(Thread *t, Value self, Value value)
{
    Unpickler made = {0}, *u = unpickler_of(self); /* only its memo is used */
    int result = 0;
    if (value_is_empty(value))
        return error_set(t, EXC_TypeError, "attribute deletion is not supported"), -1;
    if (object_is_native(value, &unpickler_memo_spec)) {
        const Unpickler *from = proxied(value);
        for (size_t i = 0; result == 0 && i < from->memo_size; i++)
            if (!value_is_empty(from->memo[i]))
                result = unpickler_memo_put(t, &made, i, from->memo[i]);
    } else if (dict_check(value)) {
        result = memo_from_dict(t, &made, value);
    } else {
        error_set(t, EXC_TypeError, "'memo' attribute must be an UnpicklerMemoProxy object or dict, not %.200T", value);
        return -1;
    }
    if (result == 0) {
        Unpickler old = {.memo = u->memo, .memo_size = u->memo_size, .memo_used = u->memo_used};
        u->memo = made.memo;
        u->memo_size = made.memo_size;
        u->memo_used = made.memo_used;
        clear_memo(t, &old);
    } else {
        clear_memo(t, &made);
    }
    return result;
}

static const GetSetDef unpickler_getsets[] = {{"memo", get_memo, set_memo, "The objects read so far."},
                                              {NULL, NULL, NULL, NULL}};

const TypeSpec unpickler_spec = {
    .name = "_pickle.Unpickler",
    .doc = "Reads pickles from a binary file, whose protocol it finds out by itself.",
    .signature = "(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Unpickler),
    .methods = unpickler_methods,
    .getsets = unpickler_getsets,
    .slots = {.dealloc = unpickler_dealloc,
              .traverse = unpickler_traverse,
              .clear = unpickler_clear,
              .create = unpickler_create,
              .init = unpickler_init,
              .getattr = unpickler_getattr,
              .setattr = unpickler_setattr},
};

/* ---- the memo's proxy ---- */

NATIVE(memo_proxy_clear, "clear", "($self, /)", "Empties the memo.")
{
    clear_memo(t, proxied(args[0]));
    return VALUE_NONE;
}

static Value copy_as_dict(Thread *t, const Unpickler *u)
{
    Value dict = dict_new(t);
    for (size_t i = 0; i < u->memo_size && !value_is_empty(dict); i++)
        if (!value_is_empty(u->memo[i]) && dict_set(t, dict, value_from_int((int64_t)i), u->memo[i]) < 0)
            ref_clear(t, &dict);
    return dict;
}

NATIVE(memo_proxy_copy, "copy", "($self, /)", "The memo as a dict of its own.")
{
    return copy_as_dict(t, proxied(args[0]));
}

NATIVE(memo_proxy_reduce, "__reduce__", "($self, /)", "State for pickling: the memo as a dict.")
{
    Value dict = copy_as_dict(t, proxied(args[0]));
    if (value_is_empty(dict))
        return dict;
    return reduce_result_take(t, ref_inc(t, value_of(t->types[KIND_DICT])), dict);
}

static const NativeDef *const memo_proxy_methods[] = {&native_memo_proxy_clear, &native_memo_proxy_copy,
                                                      &native_memo_proxy_reduce, NULL};

static void memo_proxy_dealloc(Thread *t, Object *o) { ref_clear(t, &((MemoProxy *)o)->unpickler); }
static int memo_proxy_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((MemoProxy *)o)->unpickler);
    return 0;
}

const TypeSpec unpickler_memo_spec = {
    .name = "_pickle.UnpicklerMemoProxy",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(MemoProxy),
    .methods = memo_proxy_methods,
    .slots = {.dealloc = memo_proxy_dealloc, .traverse = memo_proxy_traverse, .hash = slot_hash_unhashable},
};
