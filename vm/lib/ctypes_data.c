/* ctypes_data.c: instances of C data: their memory, what it keeps alive, single values.  Locks: the object's leaf lock around `keep` and `exports`. */
#include <stdio.h>
#include <string.h>

#include "../object/dict.h"
#include "../run/frame_access.h"
#include "ctypes.h"

/* ---- making ---- */

/* Gives d memory of its own, zeroed. 0 or -1. */
static int give_memory(Thread *t, Data *d, size_t size)
{
    d->size = size;
    if (size <= sizeof d->small) {
        d->memory = (uint8_t *)d->small;
        return 0;
    }
    d->memory = alloc_memory_zeroed(t, 1, size);
    d->owned = d->memory != NULL;
    return d->memory ? 0 : -1;
}

static Layout *usable_layout(Thread *t, Type *type)
{
    Layout *layout = layout_of(type);
    if (!layout)
        error_set(t, EXC_TypeError, "abstract class");
    else
        layout->ready = true; /* no other _fields_ from now on */
    return layout;
}

Value data_new(Thread *t, Type *type)
{
    Layout *layout = usable_layout(t, type);
    Data *d = layout ? type_alloc(t, type, 0) : NULL;
    if (!d)
        return VALUE_EMPTY;
    if (give_memory(t, d, layout->size) < 0) {
        ref_dec_ptr(t, d);
        return VALUE_EMPTY;
    }
    return value_of(d);
}

Value data_at(Thread *t, Type *type, void *memory, Value base, size_t index)
{
    Layout *layout = usable_layout(t, type);
    Data *d = layout ? type_alloc(t, type, 0) : NULL;
    if (!d)
        return VALUE_EMPTY;
    d->memory = memory;
    d->size = layout->size;
    d->base = ref_inc(t, base);
    d->index = index;
    return value_of(d);
}

static Value data_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return data_new(t, type);
}
static void data_dealloc(Thread *t, Object *o)
{
    Data *d = (Data *)o;
    if (d->owned)
        alloc_memory_free(t, d->memory);
    ref_clear(t, &d->base);
    ref_clear(t, &d->keep);
}
static int data_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Data *)o)->base);
    VISIT(((Data *)o)->keep);
    return 0;
}
static void data_clear(Thread *t, Object *o) { ref_clear(t, &((Data *)o)->keep); }

/* ---- what is kept alive ---- */

int data_keep_take(Thread *t, Value owner, size_t index, Value keep)
{
    if (value_is_empty(keep))
        return 0;
    char key[256];
    int n = snprintf(key, sizeof key, "%zx", index);
    Value root = owner;
    while (!value_is_empty(data_of(root)->base)) {
        if (n < (int)sizeof key - 20)
            n += snprintf(key + n, sizeof key - (size_t)n, ":%zx", data_of(root)->index);
        root = data_of(root)->base;
    }
    Data *d = data_of(root);
    LayoutKind kind = data_layout(root)->kind;
    if (kind == LAYOUT_SIMPLE) {
        field_set_take(t, d, &d->keep, keep);
        return 0;
    }
    Value dict = field_get(t, d, &d->keep);
    if (value_is_empty(dict)) {
        dict = dict_new(t);
        if (!value_is_empty(dict))
            field_set_take(t, d, &d->keep, ref_inc(t, dict));
    }
    int status = value_is_empty(dict) ? -1 : dict_set_string(t, dict, key, keep);
    ref_dec(t, dict);
    ref_dec(t, keep);
    return status;
}
/* What an instance keeps, for another whose memory becomes a copy of it. */
static Value kept_by(Thread *t, Value v) { return field_get(t, data_of(v), &data_of(v)->keep); }

/* ---- items ---- */

bool type_is_plain(Thread *t, const Type *type) { return type->base == ctypes_state(t)->simple; }

Value data_get_item(Thread *t, Type *type, void *memory, Value owner, size_t index)
{
    Layout *layout = layout_of(type);
    if (layout && layout->kind == LAYOUT_SIMPLE && type_is_plain(t, type))
        return code_get(t, layout->code, layout->swapped, memory);
    return data_at(t, type, memory, owner, index);
}

static int set_compound(Thread *t, Type *type, void *memory, Value owner, size_t index, Value v)
{
    Layout *layout = layout_of(type);
    if (layout->kind == LAYOUT_POINTER) {
        if (value_is_none(v)) {
            memset(memory, 0, sizeof(void *));
            return 0;
        }
        Layout *from = data_check(t, v) ? data_layout(v) : NULL;
        if (from && from->kind == LAYOUT_ARRAY && from->item == layout->item) {
            memcpy(memory, &data_of(v)->memory, sizeof(void *));
            return data_keep_take(t, owner, index, ref_inc(t, v));
        }
    }
    if (tuple_check(v) && layout->kind != LAYOUT_POINTER && layout->kind != LAYOUT_FUNCTION) {
        Value made = object_call_tuple(t, value_of(type), v, VALUE_EMPTY);
        if (value_is_empty(made)) {
            Value error = error_take(t);
            error_set(t, EXC_RuntimeError, "(%N) %T: %S", type, error, error);
            ref_dec(t, error);
            return -1;
        }
        int status = data_set_item(t, type, memory, owner, index, made);
        ref_dec(t, made);
        return status;
    }
    return error_set(t, EXC_TypeError, "incompatible types, %T instance instead of %N instance", v, type), -1;
}

int data_set_item(Thread *t, Type *type, void *memory, Value owner, size_t index, Value v)
{
    Layout *layout = layout_of(type);
    if (!layout)
        return error_set(t, EXC_TypeError, "abstract class"), -1;
    if (value_is_object(v) && type_is_subtype(type_of(t, v), type)) {
        memmove(memory, data_of(v)->memory, layout->size);
        return data_keep_take(t, owner, index,
                              layout->kind == LAYOUT_POINTER || layout->kind == LAYOUT_FUNCTION ? ref_inc(t, v)
                                                                                                : kept_by(t, v));
    }
    if (layout->kind != LAYOUT_SIMPLE)
        return set_compound(t, type, memory, owner, index, v);
    Value keep;
    return code_set(t, layout->code, layout->swapped, memory, v, &keep) < 0 ? -1
                                                                            : data_keep_take(t, owner, index, keep);
}

/* ---- buffers ---- */

static int data_buffer(Thread *t, Value self, Buffer *view, int flags)
{
    Data *d = data_of(self);
    Layout *layout = data_layout(self);
    Type *item = value_object(self)->type;
    while (layout_of(item)->kind == LAYOUT_ARRAY)
        item = layout_of(item)->item;
    *view = (Buffer){.data = d->memory,
                     .length = d->size,
                     .item_size = (int64_t)layout_of(item)->size,
                     .ndim = layout->ndim,
                     .format = layout->format};
    view->shape = layout->shape;
    if (layout->ndim == 0)
        view->item_size = (int64_t)d->size;
    view->owner = ref_inc(t, self);
    objlock_enter(t, d);
    d->exports++;
    objlock_exit(t, d);
    return 0;
}
static void data_buffer_release(Thread *t, Value self, Buffer *view)
{
    objlock_enter(t, data_of(self));
    data_of(self)->exports--;
    objlock_exit(t, data_of(self));
}

/* ---- all data ---- */

static Value get_base(Thread *t, Value self)
{
    return value_is_empty(data_of(self)->base) ? VALUE_NONE : ref_inc(t, data_of(self)->base);
}
static Value get_needs_free(Thread *t, Value self)
{
    return value_from_bool(data_of(self)->owned || data_of(self)->memory == (uint8_t *)data_of(self)->small);
}
static Value get_objects(Thread *t, Value self)
{
    Value keep = field_get(t, data_of(self), &data_of(self)->keep);
    return value_is_empty(keep) ? VALUE_NONE : keep;
}
static const GetSetDef data_getsets[] = {{"_b_base_", get_base, NULL, "The object that this is a part of."},
                                         {"_b_needsfree_", get_needs_free, NULL, "Whether the memory is its own."},
                                         {"_objects", get_objects, NULL, "What the memory keeps alive."},
                                         {0}};

/* Does the memory hold addresses, which mean nothing elsewhere? */
static bool has_pointers(const Layout *layout)
{
    if (layout->kind == LAYOUT_ARRAY)
        return has_pointers(layout_of(layout->item));
    if (layout->kind == LAYOUT_STRUCT || layout->kind == LAYOUT_UNION)
        return layout->pointers;
    return layout->kind != LAYOUT_SIMPLE || strchr("zZPO", layout->code);
}
NATIVE(data_reduce, "__reduce__", "($self, /)", "For pickle, unless there are pointers in it.")
{
    if (has_pointers(data_layout(args[0])))
        return error_set(t, EXC_ValueError, "ctypes objects containing pointers cannot be pickled");
    Value unpickle = import_module_attr(t, "_ctypes", "_unpickle"), dict = VALUE_EMPTY, bytes = VALUE_EMPTY,
          result = VALUE_EMPTY;
    Value *slot = type_dict_slot(value_object(args[0]));
    if (!value_is_empty(unpickle))
        dict = slot ? type_instance_dict(t, value_object(args[0])) : dict_new(t);
    if (!value_is_empty(dict))
        bytes = bytes_new(t, data_of(args[0])->memory, data_of(args[0])->size);
    Value state = value_is_empty(bytes) ? VALUE_EMPTY : tuple_pack(t, 2, dict, bytes);
    Value inner = value_is_empty(state) ? VALUE_EMPTY : tuple_pack(t, 2, value_of(type_of(t, args[0])), state);
    if (!value_is_empty(inner))
        result = tuple_pack(t, 2, unpickle, inner);
    ref_dec(t, unpickle);
    ref_dec(t, dict);
    ref_dec(t, bytes);
    ref_dec(t, state);
    ref_dec(t, inner);
    return result;
}
NATIVE(data_setstate, "__setstate__", "($self, state, data, /)", "For pickle.")
{
    Data *d = data_of(args[0]);
    if (!dict_check(args[1]) || !bytes_check(args[2]))
        return error_set(t, EXC_TypeError, "a dict and bytes are required");
    memcpy(d->memory, bytes_of(args[2])->data,
           bytes_of(args[2])->length < d->size ? bytes_of(args[2])->length : d->size);
    if (!type_dict_slot(&d->head))
        return VALUE_NONE;
    Value dict = type_instance_dict(t, &d->head);
    int status = value_is_empty(dict) ? -1 : dict_update(t, dict, args[1]);
    ref_dec(t, dict);
    return status < 0 ? VALUE_EMPTY : VALUE_NONE;
}
NATIVE(data_ctypes_from_outparam, "__ctypes_from_outparam__", "($self, /)",
       "The value of an output parameter: a plain value stands for itself.")
{
    return type_is_plain(t, type_of(t, args[0]))
               ? code_get(t, data_layout(args[0])->code, data_layout(args[0])->swapped, data_of(args[0])->memory)
               : ref_inc(t, args[0]);
}
static const NativeDef *const data_methods[] = {&native_data_ctypes_from_outparam, &native_data_reduce,
                                                &native_data_setstate, NULL};

const TypeSpec ctypes_data_spec = {
    .name = "_ctypes._CData",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Data),
    .weak_offset = offsetof(Data, weakrefs),
    .methods = data_methods,
    .getsets = data_getsets,
    .slots = {.dealloc = data_dealloc,
              .traverse = data_traverse,
              .clear = data_clear,
              .create = data_create,
              .hash = slot_hash_identity,
              .buffer_get = data_buffer,
              .buffer_release = data_buffer_release},
};

/* ---- single values ---- */

static Value simple_get(Thread *t, Value self)
{
    return code_get(t, data_layout(self)->code, data_layout(self)->swapped, data_of(self)->memory);
}
static int simple_set(Thread *t, Value self, Value v)
{
    Value keep;
    if (value_is_empty(v))
        return error_set(t, EXC_TypeError, "can't delete attribute"), -1;
    return code_set(t, data_layout(self)->code, data_layout(self)->swapped, data_of(self)->memory, v, &keep) < 0
               ? -1
               : data_keep_take(t, self, 0, keep);
}
static int simple_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (!value_is_empty(names) && tuple_length(names))
        return error_set(t, EXC_TypeError, "%T() takes no keyword arguments", self), -1;
    if (n > 1)
        return error_set(t, EXC_TypeError, "__init__ expected at most 1 argument, got %u", n), -1;
    return n ? simple_set(t, self, args[0]) : 0;
}
static Value simple_repr(Thread *t, Value self)
{
    if (!type_is_plain(t, type_of(t, self)))
        return str_format(t, "<%T object at %p>", self, (void *)value_object(self));
    Value v = simple_get(t, self);
    if (value_is_empty(v))
        return v;
    Value text = str_format(t, "%N(%V)", type_of(t, self), v);
    ref_dec(t, v);
    return text;
}
static int simple_truth(Thread *t, Value self)
{
    for (size_t i = 0; i < data_of(self)->size; i++)
        if (data_of(self)->memory[i])
            return 1;
    return 0;
}
static const GetSetDef simple_getsets[] = {{"value", simple_get, simple_set, "The current value."}, {0}};
const TypeSpec ctypes_simple_spec = {
    .name = "_ctypes._SimpleCData",
    .doc = "Base of the classes of single C values.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Data),
    .getsets = simple_getsets,
    .slots = {.init = simple_init, .repr = simple_repr, .truth = simple_truth},
};
