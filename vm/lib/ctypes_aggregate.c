/* ctypes_aggregate.c: arrays, structures, unions, their fields, and pointers.  No locks of its own. */
#include <string.h>
#include <wchar.h>

#include "../object/dict.h"
#include "ctypes.h"

/* ---- items of arrays and pointers ---- */

static bool is_code(const Type *item, char code)
{
    return layout_of(item)->kind == LAYOUT_SIMPLE && layout_of(item)->code == code;
}

/* `count` items from `start` on at `memory`: bytes, a str, or a list. */
static Value get_slice(Thread *t, Value self, Type *item, uint8_t *memory, int64_t start, int64_t step, int64_t count)
{
    size_t size = layout_of(item)->size;
    if (count < 0)
        count = 0;
    if (is_code(item, 'c')) {
        Value v = bytes_new(t, NULL, (size_t)count);
        for (int64_t i = 0; !value_is_empty(v) && i < count; i++)
            bytes_of(v)->data[i] = memory[start + i * step];
        return v;
    }
    if (is_code(item, 'u')) {
        wchar_t *text = alloc_memory(t, ((size_t)count + 1) * sizeof *text);
        if (!text)
            return VALUE_EMPTY;
        for (int64_t i = 0; i < count; i++)
            memcpy(&text[i], memory + (start + i * step) * (int64_t)sizeof *text, sizeof *text);
        Value v = str_from_wide(t, text, (size_t)count);
        alloc_memory_free(t, text);
        return v;
    }
    Value list = list_new(t, (size_t)count);
    for (int64_t i = 0; i < count && !value_is_empty(list); i++) {
        int64_t at = start + i * step;
        if (list_append_take(t, list, data_get_item(t, item, memory + at * (int64_t)size, self, (size_t)at)) < 0)
            ref_clear(t, &list);
    }
    return list;
}

/* ---- arrays ---- */

static int64_t array_len(Thread *t, Value self) { return (int64_t)data_layout(self)->length; }

/* The index, in range; -1 with IndexError. */
static int64_t array_index(Thread *t, Value self, Value key)
{
    int64_t i = number_index_int64(t, key, EXC_IndexError), length = (int64_t)data_layout(self)->length;
    if (i == -1 && error_pending(t))
        return -1;
    if (i < 0)
        i += length;
    return i >= 0 && i < length ? i : (error_set(t, EXC_IndexError, "invalid index"), -1);
}
static Value array_getitem(Thread *t, Value self, Value key)
{
    Layout *layout = data_layout(self);
    if (type_of(t, key)->slots.index) {
        int64_t i = array_index(t, self, key);
        return i < 0 ? VALUE_EMPTY
                     : data_get_item(t, layout->item, data_of(self)->memory + (size_t)i * layout_of(layout->item)->size,
                                     self, (size_t)i);
    }
    int64_t start, stop, step, count;
    if (!object_is(key, KIND_SLICE))
        return error_set(t, EXC_TypeError, "indices must be integers");
    if (slice_indices(t, key, (int64_t)layout->length, &start, &stop, &step, &count) < 0)
        return VALUE_EMPTY;
    return get_slice(t, self, layout->item, data_of(self)->memory, start, step, count);
}
static int array_setitem(Thread *t, Value self, Value key, Value v)
{
    Layout *layout = data_layout(self);
    size_t size = layout_of(layout->item)->size;
    if (value_is_empty(v))
        return error_set(t, EXC_TypeError, "Array does not support item deletion"), -1;
    if (type_of(t, key)->slots.index) {
        int64_t i = array_index(t, self, key);
        return i < 0 ? -1
                     : data_set_item(t, layout->item, data_of(self)->memory + (size_t)i * size, self, (size_t)i, v);
    }
    int64_t start, stop, step, count;
    if (!object_is(key, KIND_SLICE))
        return error_set(t, EXC_TypeError, "indices must be integer"), -1;
    if (slice_indices(t, key, (int64_t)layout->length, &start, &stop, &step, &count) < 0)
        return -1;
    Value items = object_to_tuple(t, v);
    if (value_is_empty(items))
        return -1;
    int status = 0;
    if ((int64_t)tuple_length(items) != (count < 0 ? 0 : count)) {
        error_set(t, EXC_ValueError, "Can only assign sequence of same size");
        status = -1;
    }
    for (int64_t i = 0; status == 0 && i < count; i++) {
        int64_t at = start + i * step;
        status = data_set_item(t, layout->item, data_of(self)->memory + at * (int64_t)size, self, (size_t)at,
                               tuple_peek(items, (size_t)i));
    }
    ref_dec(t, items);
    return status;
}
static int array_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Layout *layout = data_layout(self);
    size_t size = layout_of(layout->item)->size;
    if (n > layout->length)
        return error_set(t, EXC_IndexError, "invalid index"), -1;
    for (uint32_t i = 0; i < n; i++)
        if (data_set_item(t, layout->item, data_of(self)->memory + i * size, self, i, args[i]) < 0)
            return -1;
    return 0;
}
/* Iterating is by index, as for any sequence; the list is the snapshot that is gone through. */
static Value array_iter(Thread *t, Value self)
{
    Layout *layout = data_layout(self);
    Value list = list_new(t, layout->length);
    for (size_t i = 0; i < layout->length && !value_is_empty(list); i++)
        if (list_append_take(
                t, list,
                data_get_item(t, layout->item, data_of(self)->memory + i * layout_of(layout->item)->size, self, i)) < 0)
            ref_clear(t, &list);
    Value iterator = value_is_empty(list) ? list : object_iter(t, list);
    ref_dec(t, list);
    return iterator;
}
NATIVE_FLAGS(array_class_getitem, "__class_getitem__", "($type, object, /)", "A generic alias.", NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}
static const NativeDef *const array_methods[] = {&native_array_class_getitem, NULL};
const TypeSpec ctypes_array_spec = {
    .name = "_ctypes.Array",
    .doc = "Base of the classes of arrays: subclasses say _length_ and _type_; a type multiplied by a number is one.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_SEQUENCE | TYPE_IMMUTABLE,
    .size = sizeof(Data),
    .methods = array_methods,
    .slots =
        {.init = array_init, .len = array_len, .getitem = array_getitem, .setitem = array_setitem, .iter = array_iter},
};

/* ---- arrays of characters ---- */

static Value get_raw(Thread *t, Value self) { return bytes_new(t, data_of(self)->memory, data_of(self)->size); }
static int set_bytes(Thread *t, Value self, Value v, bool raw)
{
    Buffer view;
    Data *d = data_of(self);
    if (value_is_empty(v))
        return raw ? (error_set(t, EXC_AttributeError, "cannot delete attribute"), -1)
                   : (error_set(t, EXC_TypeError, "can't delete attribute"), -1);
    if (!raw && !bytes_check(v))
        return error_set(t, EXC_TypeError, "bytes expected instead of %T instance", v), -1;
    if (buffer_get(t, v, &view, BUFFER_SIMPLE) < 0)
        return -1;
    int status = 0;
    if (view.length > d->size) {
        error_set(t, EXC_ValueError, "byte string too long");
        status = -1;
    } else {
        memmove(d->memory, view.data, view.length);
        if (!raw && view.length < d->size)
            d->memory[view.length] = 0;
    }
    buffer_release(t, &view);
    return status;
}
static int set_raw(Thread *t, Value self, Value v) { return set_bytes(t, self, v, true); }
static int set_char_value(Thread *t, Value self, Value v) { return set_bytes(t, self, v, false); }
static Value get_char_value(Thread *t, Value self)
{
    return bytes_new(t, data_of(self)->memory, strnlen((char *)data_of(self)->memory, data_of(self)->size));
}
const GetSetDef ctypes_char_array_getsets[] = {
    {"raw", get_raw, set_raw, "All the bytes."},
    {"value", get_char_value, set_char_value, "The bytes up to the first NUL."},
    {0}};

static Value get_wchar_value(Thread *t, Value self)
{
    const wchar_t *text = (const wchar_t *)data_of(self)->memory;
    return str_from_wide(t, text, wcsnlen(text, data_layout(self)->length));
}
static int set_wchar_value(Thread *t, Value self, Value v)
{
    if (value_is_empty(v))
        return error_set(t, EXC_TypeError, "can't delete attribute"), -1;
    if (!str_check(v))
        return error_set(t, EXC_TypeError, "unicode string expected instead of %T instance", v), -1;
    size_t n = str_length(v), room = data_layout(self)->length;
    if (n > room)
        return error_set(t, EXC_ValueError, "string too long"), -1;
    wchar_t *text = (wchar_t *)data_of(self)->memory;
    for (size_t i = 0; i < n; i++)
        text[i] = (wchar_t)str_at(str_of(v), i);
    if (n < room)
        text[n] = 0;
    return 0;
}
const GetSetDef ctypes_wchar_array_getsets[] = {
    {"value", get_wchar_value, set_wchar_value, "The characters up to the first NUL."}, {0}};

/* ---- structures and unions ---- */

/* Sets the fields that `type` and its bases declare from the positional arguments; returns how many were used, -1 on error. */
static int64_t init_fields(Thread *t, Value self, Type *type, const Value *args, uint32_t n, Value names)
{
    int64_t used = 0;
    if (layout_of(type->base) && layout_of(type->base)->length &&
        (used = init_fields(t, self, type->base, args, n, names)) < 0)
        return -1;
    Value key = str_intern(t, "_fields_"), fields = VALUE_EMPTY, list;
    Value dict = type_peek_dict(t, type);
    int found = value_is_empty(key) || value_is_empty(dict) ? -1 : dict_get_optional(t, dict, key, &fields);
    ref_dec(t, key);
    if (found <= 0)
        return found < 0 ? -1 : used;
    list = object_to_tuple(t, fields);
    ref_dec(t, fields);
    for (size_t i = 0; !value_is_empty(list) && i < tuple_length(list) && (uint64_t)used < n; i++, used++) {
        Value name = object_getitem_index(t, tuple_peek(list, i), 0);
        bool twice = false;
        for (size_t k = 0; !value_is_empty(name) && !value_is_empty(names) && k < tuple_length(names); k++)
            twice |= object_equal(t, tuple_peek(names, k), name) == 1;
        if (twice)
            error_set(t, EXC_TypeError, "duplicate values for field %V", name);
        if (value_is_empty(name) || twice || object_setattr(t, self, name, args[used]) < 0) {
            ref_dec(t, name);
            ref_clear(t, &list);
            return -1;
        }
        ref_dec(t, name);
    }
    if (value_is_empty(list))
        return -1;
    ref_dec(t, list);
    return used;
}
static int aggregate_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    int64_t used = init_fields(t, self, type_of(t, self), args, n, names);
    if (used < 0)
        return -1;
    if (used < n)
        return error_set(t, EXC_TypeError, "too many initializers"), -1;
    for (size_t i = 0; !value_is_empty(names) && i < tuple_length(names); i++)
        if (object_setattr(t, self, tuple_peek(names, i), args[n + i]) < 0)
            return -1;
    return 0;
}
#define AGGREGATE(name_, doc_)                                                                                         \
    {                                                                                                                  \
        .name = name_, .doc = doc_, .kind = KIND_OBJECT, .flags = TYPE_BASE | TYPE_IMMUTABLE, .size = sizeof(Data),    \
        .slots = {                                                                                                     \
            .init = aggregate_init                                                                                     \
        }                                                                                                              \
    }
const TypeSpec ctypes_struct_spec =
    AGGREGATE("_ctypes.Structure", "Base of the classes of structures: subclasses say _fields_.");
const TypeSpec ctypes_union_spec =
    AGGREGATE("_ctypes.Union", "Base of the classes of unions: subclasses say _fields_.");

/* ---- fields ---- */

static Field *field_of(Value v) { return (Field *)value_object(v); }
static Value field_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value a[8];
    int64_t size, offset, index, bits = 0, shift = 0;
    if (native_parse(t, "CField",
                     "(*, name, type, byte_size, byte_offset, index, _internal_use, bit_size=None, bit_offset=None)",
                     args, n, names, a) < 0)
        return VALUE_EMPTY;
    if (!value_is(a[5], VALUE_TRUE))
        return error_set(t, EXC_TypeError, "CField is not intended to be used directly");
    if (!str_check(a[0]))
        return error_set(t, EXC_TypeError, "CField() argument 'name' must be str, not %T", a[0]);
    Layout *layout = ctype_layout(t, a[1]);
    if (!layout)
        return error_set(t, EXC_TypeError, "type of field %V must be a C type", a[0]);
    if (int_to_int64(t, a[2], &size) < 0 || int_to_int64(t, a[3], &offset) < 0 || int_to_int64(t, a[4], &index) < 0)
        return VALUE_EMPTY;
    bool bit_field = !value_is_empty(a[6]) && !value_is_none(a[6]);
    if (bit_field) {
        if (layout->kind != LAYOUT_SIMPLE || !strchr("bBhHiIlLqQ?", layout->code))
            return error_set(t, EXC_TypeError, "bit fields not allowed for type %N", type_as(a[1]));
        if (int_to_int64(t, a[6], &bits) < 0 || int_to_int64(t, a[7], &shift) < 0)
            return VALUE_EMPTY;
    }
    Field *f = type_alloc(t, type, 0);
    if (!f)
        return VALUE_EMPTY;
    f->name = str_intern_take(t, ref_inc(t, a[0]));
    f->type = ref_inc_ptr(t, type_as(a[1]));
    f->size = (size_t)size;
    f->offset = (size_t)offset;
    f->index = (size_t)index;
    f->bits = (int)bits;
    f->shift = (int)shift;
    return value_of(f);
}
Value field_copy(Thread *t, const Field *f, size_t offset, size_t index)
{
    Field *copy = type_alloc(t, ctypes_state(t)->field, 0);
    if (!copy)
        return VALUE_EMPTY;
    copy->name = ref_inc(t, f->name);
    copy->type = ref_inc_ptr(t, f->type);
    copy->size = f->size;
    copy->offset = offset;
    copy->index = index;
    copy->bits = f->bits;
    copy->shift = f->shift;
    return value_of(copy);
}
static void field_dealloc(Thread *t, Object *o)
{
    ref_clear(t, &((Field *)o)->name);
    REF_CLEAR_PTR(t, ((Field *)o)->type);
}
static int field_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT_PTR(((Field *)o)->type);
    return 0;
}
/* The memory of the field in an instance; NULL with an exception when it is none, or too small. */
static uint8_t *field_memory(Thread *t, Field *f, Value instance)
{
    if (!data_check(t, instance)) {
        error_set(t, EXC_TypeError, "not a ctype instance");
        return NULL;
    }
    if (f->offset + f->size > data_of(instance)->size) {
        error_set(t, EXC_TypeError, "the field is outside of the instance");
        return NULL;
    }
    return data_of(instance)->memory + f->offset;
}
static Value field_descr_get(Thread *t, Value self, Value instance, Value owner)
{
    Field *f = field_of(self);
    if (value_is_empty(instance) || value_is_none(instance))
        return ref_inc(t, self);
    uint8_t *memory = field_memory(t, f, instance);
    if (!memory)
        return VALUE_EMPTY;
    if (f->bits)
        return code_get_bits(t, layout_of(f->type)->code, layout_of(f->type)->swapped, memory, f->bits, f->shift);
    Layout *layout = layout_of(f->type); /* an array of characters stands for its value */
    if (layout->kind == LAYOUT_ARRAY && is_code(layout->item, 'c'))
        return bytes_new(t, memory, strnlen((char *)memory, f->size));
    if (layout->kind == LAYOUT_ARRAY && is_code(layout->item, 'u'))
        return str_from_wide(t, (wchar_t *)memory, wcsnlen((wchar_t *)memory, layout->length));
    return data_get_item(t, f->type, memory, instance, f->index);
}
static int field_descr_set(Thread *t, Value self, Value instance, Value v)
{
    Field *f = field_of(self);
    uint8_t *memory = field_memory(t, f, instance);
    if (!memory)
        return -1;
    if (value_is_empty(v))
        return error_set(t, EXC_TypeError, "can't delete attribute"), -1;
    Layout *layout = layout_of(f->type);
    if (f->bits)
        return code_set_bits(t, layout->code, layout->swapped, memory, v, f->bits, f->shift);
    if (layout->kind == LAYOUT_ARRAY && is_code(layout->item, 'c') && bytes_check(v)) {
        size_t n = strlen((const char *)bytes_of(v)->data); /* up to the first NUL, with it if there is room */
        if (n > f->size)
            return error_set(t, EXC_ValueError, "bytes too long (%zu, maximum length %zu)", n, f->size), -1;
        memcpy(memory, bytes_of(v)->data, n < f->size ? n + 1 : n);
        return 0;
    }
    if (layout->kind == LAYOUT_ARRAY && is_code(layout->item, 'u') && str_check(v)) {
        Value part = data_at(t, f->type, memory, instance, f->index);
        if (value_is_empty(part))
            return -1;
        int status = set_wchar_value(t, part, v);
        ref_dec(t, part);
        return status;
    }
    return data_set_item(t, f->type, memory, instance, f->index, v);
}
static Value field_repr(Thread *t, Value self)
{
    Field *f = field_of(self);
    if (f->bits)
        return str_format(t, "<%T %V type=%N, ofs=%zu, bit_size=%d, bit_offset=%d>", self, f->name, f->type, f->offset,
                          f->bits, f->shift);
    return str_format(t, "<%T %V type=%N, ofs=%zu, size=%zu>", self, f->name, f->type, f->offset, f->size);
}
static Value get_field_name(Thread *t, Value self) { return ref_inc(t, field_of(self)->name); }
static Value get_field_type(Thread *t, Value self) { return ref_inc(t, value_of(field_of(self)->type)); }
static Value get_field_offset(Thread *t, Value self) { return int_from_size(t, field_of(self)->offset); }
static Value get_field_byte_size(Thread *t, Value self) { return int_from_size(t, field_of(self)->size); }
static Value get_field_size(Thread *t, Value self)
{
    Field *f = field_of(self);
    return f->bits ? int_from_int64(t, (int64_t)f->bits << 16 | f->shift) : int_from_size(t, f->size);
}
static Value get_bit_size(Thread *t, Value self)
{
    return field_of(self)->bits ? value_from_int(field_of(self)->bits) : int_from_size(t, field_of(self)->size * 8);
}
static Value get_bit_offset(Thread *t, Value self) { return value_from_int(field_of(self)->shift); }
static Value get_is_bitfield(Thread *t, Value self) { return value_from_bool(field_of(self)->bits); }
static Value get_is_anonymous(Thread *t, Value self) { return value_from_bool(field_of(self)->anonymous); }
static const GetSetDef field_getsets[] = {
    {"name", get_field_name, NULL, "Name of the field."},
    {"type", get_field_type, NULL, "Its class."},
    {"offset", get_field_offset, NULL, "Bytes before it."},
    {"byte_offset", get_field_offset, NULL, "Bytes before it."},
    {"size", get_field_size, NULL, "Its bytes; of a bit field, its bits and their place in one number."},
    {"byte_size", get_field_byte_size, NULL, "Its bytes."},
    {"bit_size", get_bit_size, NULL, "Its bits."},
    {"bit_offset", get_bit_offset, NULL, "Bits before it in its bytes."},
    {"is_bitfield", get_is_bitfield, NULL, "Whether it is a bit field."},
    {"is_anonymous", get_is_anonymous, NULL, "Whether its own fields are fields of the whole."},
    {0}};
const TypeSpec ctypes_field_spec = {
    .name = "ctypes.CField",
    .doc = "A field of a structure or union.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Field),
    .getsets = field_getsets,
    .slots = {.dealloc = field_dealloc,
              .traverse = field_traverse,
              .create = field_create,
              .repr = field_repr,
              .descr_get = field_descr_get,
              .descr_set = field_descr_set},
};

/* ---- pointers ---- */

/* What it points to; NULL with an exception. */
static uint8_t *target(Thread *t, Value self)
{
    uint8_t *memory;
    memcpy(&memory, data_of(self)->memory, sizeof memory);
    if (!memory)
        error_set(t, EXC_ValueError, "NULL pointer access");
    return memory;
}
static Value pointer_contents(Thread *t, Value self)
{
    uint8_t *memory = target(t, self);
    if (!memory)
        return VALUE_EMPTY;
    Value keep = field_get(t, data_of(self), &data_of(self)->keep), v = VALUE_EMPTY, key = VALUE_EMPTY;
    if (dict_check(keep)) { /* the very object, as long as it is still what is pointed to */
        key = str_from_string(t, "1");
        if (!value_is_empty(key) && dict_get_optional(t, keep, key, &v) > 0 &&
            !(data_check(t, v) && data_of(v)->memory == memory && type_of(t, v) == data_layout(self)->item))
            ref_clear(t, &v);
    }
    ref_dec(t, key);
    if (value_is_empty(v)) {
        v = data_at(t, data_layout(self)->item, memory, VALUE_EMPTY, 0);
        if (!value_is_empty(v) && !value_is_empty(keep))
            data_of(v)->keep = ref_inc(t, keep);
    }
    ref_dec(t, keep);
    return v;
}
static int pointer_set_contents(Thread *t, Value self, Value v)
{
    Layout *layout = data_layout(self);
    if (value_is_empty(v))
        return error_set(t, EXC_TypeError, "Pointer does not support item deletion"), -1;
    if (!layout->item)
        return error_set(t, EXC_TypeError, "Pointer has no type"), -1;
    if (!type_is_subtype(type_of(t, v), layout->item) &&
        !(data_check(t, v) && data_layout(v)->kind == LAYOUT_ARRAY && data_layout(v)->item == layout->item))
        return error_set(t, EXC_TypeError, "expected %N instead of %T", layout->item, v), -1;
    memcpy(data_of(self)->memory, &data_of(v)->memory, sizeof(void *));
    return data_keep_take(t, self, 1, ref_inc(t, v));
}
static int pointer_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value v;
    if (native_parse(t, "POINTER", "(value=None, /)", args, n, names, &v) < 0)
        return -1;
    return value_is_empty(v) || value_is_none(v) ? 0 : pointer_set_contents(t, self, v);
}
static Value pointer_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (layout_of(type) && !layout_of(type)->item)
        return error_set(t, EXC_TypeError, "Cannot create instance: has no _type_");
    return data_new(t, type);
}
static Value pointer_getitem(Thread *t, Value self, Value key)
{
    Type *item = data_layout(self)->item;
    if (type_of(t, key)->slots.index) {
        int64_t i = number_index_int64(t, key, EXC_IndexError);
        uint8_t *memory = i == -1 && error_pending(t) ? NULL : target(t, self);
        return memory ? data_get_item(t, item, memory + i * (int64_t)layout_of(item)->size, self, (size_t)i)
                      : VALUE_EMPTY;
    }
    if (!object_is(key, KIND_SLICE))
        return error_set(t, EXC_TypeError, "Pointer indices must be integer");
    Slice *slice = (Slice *)value_object(key);
    int64_t step = 1, start = 0, stop;
    if (!value_is_none(slice->step) && int_to_int64(t, slice->step, &step) < 0)
        return VALUE_EMPTY;
    if (step == 0)
        return error_set(t, EXC_ValueError, "slice step cannot be zero");
    if (value_is_none(slice->start) && step < 0)
        return error_set(t, EXC_ValueError, "slice start is required for step < 0");
    if (value_is_none(slice->stop))
        return error_set(t, EXC_ValueError, "slice stop is required");
    if ((!value_is_none(slice->start) && int_to_int64(t, slice->start, &start) < 0) ||
        int_to_int64(t, slice->stop, &stop) < 0)
        return VALUE_EMPTY;
    int64_t count = step > 0 ? (stop > start ? (stop - start - 1) / step + 1 : 0)
                             : (stop < start ? (stop - start + 1) / step + 1 : 0);
    uint8_t *memory = target(t, self);
    return memory ? get_slice(t, self, item, memory, start, step, count) : VALUE_EMPTY;
}
static int pointer_setitem(Thread *t, Value self, Value key, Value v)
{
    Type *item = data_layout(self)->item;
    if (value_is_empty(v))
        return error_set(t, EXC_TypeError, "Pointer does not support item deletion"), -1;
    int64_t i = number_index_int64(t, key, EXC_IndexError);
    uint8_t *memory = i == -1 && error_pending(t) ? NULL : target(t, self);
    return memory ? data_set_item(t, item, memory + i * (int64_t)layout_of(item)->size, self, (size_t)i, v) : -1;
}
static int pointer_truth(Thread *t, Value self)
{
    void *memory;
    memcpy(&memory, data_of(self)->memory, sizeof memory);
    return memory != NULL;
}
static const GetSetDef pointer_getsets[] = {
    {"contents", pointer_contents, pointer_set_contents, "The object pointed to."}, {0}};
const TypeSpec ctypes_pointer_spec = {
    .name = "_ctypes._Pointer",
    .doc = "Base of the classes of pointers: subclasses say _type_.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Data),
    .getsets = pointer_getsets,
    .slots = {.create = pointer_create,
              .init = pointer_init,
              .getitem = pointer_getitem,
              .setitem = pointer_setitem,
              .truth = pointer_truth},
};
