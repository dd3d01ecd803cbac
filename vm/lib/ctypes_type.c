/* ctypes_type.c: the metaclasses of C data: what a class statement says (_type_, _length_, _fields_ ...) becomes a Layout.
 *
 * Structures are laid out by the library's ctypes._layout.  No locks: a class gets its layout once, before instances exist. */
#include <stdio.h>
#include <string.h>

#include "../object/audit.h"
#include "../object/descriptor.h"
#include "../object/dict.h"
#include "../object/weakref.h"
#include "../run/frame_access.h"
#include "ctypes.h"

static CType *ctype_of(Value v) { return (CType *)value_object(v); }

/* ---- life ---- */

/* What `type` itself does for the C part that it knows. */
static const Slots *type_slots(const Object *o)
{
    const Type *type = o->type;
    while (type->base->kind == KIND_TYPE)
        type = type->base;
    return &type->slots;
}
static void layout_release(Thread *t, Layout *layout)
{
    if (!layout)
        return;
    REF_CLEAR_PTR(t, layout->item);
    ref_clear(t, &layout->argtypes);
    ref_clear(t, &layout->restype);
    alloc_memory_free(t, layout->format);
    alloc_memory_free(t, layout->shape);
    alloc_memory_free(t, layout->own_ffi.elements);
    alloc_memory_free(t, layout);
}
static void ctype_dealloc(Thread *t, Object *o)
{
    CType *c = (CType *)o;
    Layout *layout = c->layout;
    c->layout = NULL;
    layout_release(t, layout);
    ref_clear(t, &c->pointer_type);
    type_slots(o)->dealloc(t, o);
}
static int ctype_traverse(Object *o, VisitFn visit, void *arg)
{
    CType *c = (CType *)o;
    VISIT(c->pointer_type);
    if (c->layout) {
        VISIT_PTR(c->layout->item);
        VISIT(c->layout->argtypes);
        VISIT(c->layout->restype);
    }
    return type_slots(o)->traverse(o, visit, arg);
}
/* The layout stays: instances may still end. */
static void ctype_clear(Thread *t, Object *o)
{
    ref_clear(t, &((CType *)o)->pointer_type);
    type_slots(o)->clear(t, o);
}

static Layout *layout_new(Thread *t, LayoutKind kind, size_t size, size_t align, const char *format)
{
    Layout *layout = alloc_memory_zeroed(t, 1, sizeof *layout);
    if (!layout)
        return NULL;
    layout->kind = kind;
    layout->size = size;
    layout->align = align;
    layout->format = alloc_memory(t, strlen(format) + 1);
    if (!layout->format) {
        layout_release(t, layout);
        return NULL;
    }
    strcpy(layout->format, format);
    return layout;
}

/* An attribute of a class or its bases: 1 found (owned), 0 missing, -1. */
static int attribute(Thread *t, Value type, const char *name, Value *v)
{
    Value key = str_intern(t, name);
    int found = value_is_empty(key) ? -1 : object_getattr_optional(t, type, key, v);
    ref_dec(t, key);
    return found;
}
static int dict_has(Thread *t, Value dict, const char *name) /* 1, 0, -1 */
{
    Value key = str_intern(t, name);
    int found = value_is_empty(key) ? -1 : dict_contains(t, dict, key);
    ref_dec(t, key);
    return found;
}

/* ---- single values ---- */

/* The class of the other byte order: c_int.__ctype_be__. */
static int add_swapped(Thread *t, Value self, Layout *layout)
{
    Value name = type_as(self)->name, bases = type_as(self)->bases, dict = dict_new(t), swapped = VALUE_EMPTY,
          code = VALUE_EMPTY;
    int status = -1;
    if (!value_is_empty(dict) && attribute(t, self, "_type_", &code) > 0 &&
        dict_set_string(t, dict, "_type_", code) == 0 && dict_set_string(t, dict, "__module__", VALUE_NONE) == 0 &&
        dict_set_string(t, dict, "__ctype_swap__", VALUE_TRUE) == 0) {
        Value args[3] = {name, bases, dict};
        swapped = object_call(t, value_of(ctypes_state(t)->simple_meta), args, 3, VALUE_EMPTY);
    }
    if (!value_is_empty(swapped)) {
        Layout *other = layout_of(type_as(swapped));
        other->swapped = true;
        other->format[0] = '>';
        Value native_key = str_intern(t, "__ctype_le__"), swapped_key = str_intern(t, "__ctype_be__");
        if (type_set_attr(t, type_as(self), native_key, self) == 0 &&
            type_set_attr(t, type_as(self), swapped_key, swapped) == 0 &&
            type_set_attr(t, type_as(swapped), native_key, self) == 0 &&
            type_set_attr(t, type_as(swapped), swapped_key, swapped) == 0)
            status = 0;
        ref_dec(t, native_key);
        ref_dec(t, swapped_key);
    }
    ref_dec(t, code);
    ref_dec(t, dict);
    ref_dec(t, swapped);
    return status;
}

static int simple_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value code = VALUE_EMPTY;
    static const char known[] = "cbBhHiIlLdfuzZqQPOgv?";
    if (attribute(t, self, "_type_", &code) <= 0)
        return error_pending(t) ? -1 : (error_set(t, EXC_AttributeError, "class must define a '_type_' attribute"), -1);
    if (!str_check(code) || str_length(code) != 1) {
        bool is_str = str_check(code);
        ref_dec(t, code);
        return is_str ? (error_set(t, EXC_ValueError,
                                   "class must define a '_type_' attribute which must be a string of length 1"),
                         -1)
                      : (error_set(t, EXC_TypeError, "class must define a '_type_' string attribute"), -1);
    }
    uint32_t c = str_at(str_of(code), 0);
    ref_dec(t, code);
    if (c > 127 || !strchr(known, (int)c))
        return error_set(t, EXC_AttributeError,
                         "class must define a '_type_' attribute which must be\na single character string containing "
                         "one of '%s'.",
                         known),
               -1;
    Layout *layout = layout_new(t, LAYOUT_SIMPLE, code_size((char)c), code_size((char)c), code_format((char)c, false));
    if (!layout)
        return -1;
    layout->code = (char)c;
    layout->ffi = code_ffi((char)c);
    layout->ready = true;
    ctype_of(self)->layout = layout;
    if (!type_is_plain(t, type_as(self)) || !strchr("hHiIlLfdqQ", (int)c) ||
        dict_has(t, type_as(self)->dict, "__ctype_swap__") > 0)
        return 0;
    return add_swapped(t, self, layout);
}

/* ---- pointers ---- */

static int set_pointed(Thread *t, Value self, Value item)
{
    if (!ctype_check(t, item))
        return error_set(t, EXC_TypeError, "_type_ must have storage info"), -1;
    Layout *layout = ctype_of(self)->layout, *to = ctype_of(item)->layout;
    const char *format = to && to->format ? to->format : "B";
    size_t dimensions = 0, at = 1;
    for (const Layout *array = to; array && array->kind == LAYOUT_ARRAY; array = layout_of(array->item))
        dimensions++;
    char *text = alloc_memory(t, strlen(format) + 21 * dimensions + 4); /* a length has 20 digits at most */
    if (!text)
        return -1;
    text[0] = '&';
    for (const Layout *array = to; array && array->kind == LAYOUT_ARRAY; array = layout_of(array->item))
        at += (size_t)sprintf(text + at, "%c%zu", array == to ? '(' : ',', array->length);
    if (dimensions)
        text[at++] = ')';
    strcpy(text + at, format);
    alloc_memory_free(t, layout->format);
    layout->format = text;
    Type *old = layout->item;
    layout->item = ref_inc_ptr(t, type_as(item));
    ref_dec_ptr(t, old);
    if (value_is_empty(ctype_of(item)->pointer_type))
        ctype_of(item)->pointer_type = ref_inc(t, self);
    return 0;
}
static int pointer_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value item;
    int found = attribute(t, self, "_type_", &item), status = 0;
    if (found < 0)
        return -1;
    Layout *layout = layout_new(t, LAYOUT_POINTER, sizeof(void *), sizeof(void *), "P");
    if (!layout) {
        ref_dec(t, item);
        return -1;
    }
    layout->ffi = &ffi_type_pointer;
    layout->ready = true;
    ctype_of(self)->layout = layout;
    if (found)
        status = set_pointed(t, self, item);
    ref_dec(t, item);
    return status;
}
NATIVE(pointer_set_type, "set_type", "($self, type, /)", "Sets what pointers of an incomplete class point to.")
{
    if (set_pointed(t, args[0], args[1]) < 0)
        return VALUE_EMPTY;
    Value key = str_intern(t, "_type_");
    int status = type_set_attr(t, type_as(args[0]), key, args[1]);
    ref_dec(t, key);
    return status < 0 ? VALUE_EMPTY : VALUE_NONE;
}

/* ---- arrays ---- */

static int array_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value length = VALUE_EMPTY, item = VALUE_EMPTY;
    int64_t count = 0;
    int status = -1, overflow = 0;
    if (attribute(t, self, "_length_", &length) <= 0) {
        if (!error_pending(t))
            error_set(t, EXC_AttributeError, "class must define a '_length_' attribute");
        goto done;
    }
    if (!int_check(length)) {
        error_set(t, EXC_TypeError, "The '_length_' attribute must be an integer");
        goto done;
    }
    count = int_to_int64_overflow(t, length, &overflow);
    if (overflow > 0 || (!overflow && count < 0) || overflow < 0) {
        if (overflow > 0)
            error_set(t, EXC_OverflowError, "The '_length_' attribute is too large");
        else
            error_set(t, EXC_ValueError, "The '_length_' attribute must not be negative");
        goto done;
    }
    if (attribute(t, self, "_type_", &item) <= 0) {
        if (!error_pending(t))
            error_set(t, EXC_AttributeError, "class must define a '_type_' attribute");
        goto done;
    }
    Layout *of = ctype_layout(t, item);
    if (!of) {
        error_set(t, EXC_TypeError, "_type_ must have storage info");
        goto done;
    }
    if (of->size && (uint64_t)count > (uint64_t)INT64_MAX / of->size) {
        error_set(t, EXC_OverflowError, "array too large");
        goto done;
    }
    Layout *layout = layout_new(t, LAYOUT_ARRAY, of->size * (size_t)count, of->align, of->format);
    if (!layout)
        goto done;
    ctype_of(self)->layout = layout;
    of->ready = layout->ready = true;
    layout->length = (size_t)count;
    layout->item = ref_inc_ptr(t, type_as(item));
    layout->ndim = of->ndim + 1;
    layout->shape = alloc_memory(t, (size_t)layout->ndim * sizeof *layout->shape);
    if (!layout->shape)
        goto done;
    layout->shape[0] = count;
    for (int i = 0; i < of->ndim; i++)
        layout->shape[i + 1] = of->shape[i];
    const GetSetDef *getsets = of->kind == LAYOUT_SIMPLE && of->code == 'c'   ? ctypes_char_array_getsets
                               : of->kind == LAYOUT_SIMPLE && of->code == 'u' ? ctypes_wchar_array_getsets
                                                                              : NULL;
    for (status = 0; getsets && getsets->name && status == 0; getsets++) {
        Value key = str_intern(t, getsets->name), descriptor = getset_descriptor_new(t, type_as(self), getsets);
        status = value_is_empty(descriptor) ? -1 : type_set_attr(t, type_as(self), key, descriptor);
        ref_dec(t, key);
        ref_dec(t, descriptor);
    }
done:
    ref_dec(t, length);
    ref_dec(t, item);
    return status;
}

Type *ctypes_array_type(Thread *t, Type *item, int64_t length)
{
    CtypesState *s = ctypes_state(t);
    Value key = VALUE_EMPTY, made = VALUE_EMPTY, known = VALUE_EMPTY, count = int_from_int64(t, length),
          dict = VALUE_EMPTY, name = VALUE_EMPTY, bases = VALUE_EMPTY;
    if (value_is_empty(count) || value_is_empty(key = tuple_pack(t, 2, value_of(item), count)) ||
        dict_get_optional(t, s->array_types, key, &known) < 0)
        goto done;
    if (!value_is_empty(known)) {
        made = weakref_get(t, known);
        if (!value_is_empty(made))
            goto done;
    }
    dict = dict_new(t);
    name = str_format(t, "%N_Array_%lld", item, (long long)length);
    bases = tuple_pack(t, 1, value_of(s->array));
    if (!value_is_empty(dict) && !value_is_empty(name) && !value_is_empty(bases) &&
        dict_set_string(t, dict, "_length_", count) == 0 && dict_set_string(t, dict, "_type_", value_of(item)) == 0) {
        Value args[3] = {name, bases, dict};
        made = object_call(t, value_of(s->array_meta), args, 3, VALUE_EMPTY);
    }
    if (!value_is_empty(made)) {
        Value weak = weakref_new(t, made, VALUE_EMPTY);
        if (value_is_empty(weak) || dict_set(t, s->array_types, key, weak) < 0)
            ref_clear(t, &made);
        ref_dec(t, weak);
    }
done:
    ref_dec(t, count);
    ref_dec(t, key);
    ref_dec(t, known);
    ref_dec(t, dict);
    ref_dec(t, name);
    ref_dec(t, bases);
    return value_is_empty(made) ? NULL : type_as(made);
}
static Value ctype_repeat(Thread *t, Value self, int64_t count)
{
    if (count < 0)
        return error_set(t, EXC_ValueError, "Array length must be >= 0, not %lld", (long long)count);
    return value_of(ctypes_array_type(t, type_as(self), count));
}

/* ---- structures and unions ---- */

/* How libffi passes it: its fields one after another (arrays item by item). 0 or -1; without a description (unions, bit fields) it is not passed. */
static int describe_for_calls(Thread *t, Layout *layout, Value fields)
{
    size_t count = 0;
    for (int pass = 0; pass < 2; pass++) {
        size_t at = 0;
        for (size_t i = 0; i < tuple_length(fields); i++) {
            Field *f = (Field *)value_object(tuple_peek(fields, i));
            Layout *of = layout_of(f->type);
            size_t repeat = 1;
            while (of->kind == LAYOUT_ARRAY) {
                repeat *= of->length;
                of = layout_of(of->item);
            }
            if (f->bits || !of->ffi)
                return 0;
            for (size_t k = 0; k < repeat; k++, at++)
                if (pass)
                    layout->own_ffi.elements[at] = of->ffi;
        }
        count = at;
        if (!pass && !(layout->own_ffi.elements = alloc_memory_zeroed(t, count + 1, sizeof(ffi_type *))))
            return -1;
    }
    layout->own_ffi.type = FFI_TYPE_STRUCT;
    if (count)
        layout->ffi = &layout->own_ffi;
    return 0;
}

/* Makes the fields of `inner` fields of the structure too, which has it at that offset and as its part of that number. */
static int spread_fields(Thread *t, Value self, Type *inner, size_t offset, size_t index)
{
    Value inner_fields = VALUE_EMPTY;
    int found = attribute(t, value_of(inner), "_fields_", &inner_fields);
    if (found <= 0)
        return found;
    Value list = object_to_tuple(t, inner_fields);
    int status = value_is_empty(list) ? -1 : 0;
    for (size_t k = 0; status == 0 && k < tuple_length(list); k++) {
        Value name = object_getitem_index(t, tuple_peek(list, k), 0), part = VALUE_EMPTY, copy = VALUE_EMPTY;
        status = value_is_empty(name) || object_getattr_optional(t, value_of(inner), name, &part) < 0 ? -1 : 0;
        if (status == 0 && object_is_native(part, &ctypes_field_spec)) {
            Field *f = (Field *)value_object(part);
            if (f->anonymous) {
                status = spread_fields(t, self, f->type, offset + f->offset, index + f->index);
            } else {
                copy = field_copy(t, f, offset + f->offset, index + f->index);
                status = value_is_empty(copy) ? -1 : type_set_attr(t, type_as(self), f->name, copy);
            }
        }
        ref_dec(t, name);
        ref_dec(t, part);
        ref_dec(t, copy);
    }
    ref_dec(t, list);
    ref_dec(t, inner_fields);
    return status;
}

/* Makes the fields of anonymous members fields of the structure itself. */
static int spread_anonymous(Thread *t, Value self)
{
    Value names, field = VALUE_EMPTY;
    int found = attribute(t, self, "_anonymous_", &names), status = 0;
    if (found <= 0)
        return found;
    Value list = object_to_tuple(t, names);
    ref_dec(t, names);
    for (size_t i = 0; !value_is_empty(list) && status == 0 && i < tuple_length(list); i++) {
        status = -1;
        if (object_getattr_optional(t, self, tuple_peek(list, i), &field) <= 0 ||
            !object_is_native(field, &ctypes_field_spec)) {
            if (!error_pending(t))
                error_set(t, EXC_AttributeError, "%U is specified in _anonymous_ but not in _fields_",
                          tuple_peek(list, i));
            ref_clear(t, &field);
            break;
        }
        Field *outer = (Field *)value_object(field);
        outer->anonymous = true;
        status = spread_fields(t, self, outer->type, outer->offset, outer->index);
        ref_clear(t, &field);
    }
    if (value_is_empty(list))
        status = -1;
    ref_dec(t, list);
    return status;
}

static bool points(const Layout *layout)
{
    while (layout->kind == LAYOUT_ARRAY)
        layout = layout_of(layout->item);
    return layout->kind == LAYOUT_POINTER || layout->kind == LAYOUT_FUNCTION || layout->pointers ||
           (layout->kind == LAYOUT_SIMPLE && strchr("zZPO", layout->code));
}

/* _fields_ has been assigned: asks ctypes._layout and makes the attributes. 0 or -1. */
static int lay_out(Thread *t, Value self, Value fields_value)
{
    Layout *layout = ctype_of(self)->layout, *base = layout_of(type_as(self)->base);
    bool is_struct = layout->kind == LAYOUT_STRUCT;
    if (layout->ready)
        return error_set(t, EXC_AttributeError, "_fields_ is final"), -1;
    Value input = object_to_tuple(t, fields_value), get = VALUE_EMPTY, result = VALUE_EMPTY, fields = VALUE_EMPTY,
          number = VALUE_EMPTY, format = VALUE_EMPTY, tuple = VALUE_EMPTY;
    int64_t size, align;
    int status = -1;
    if (value_is_empty(input)) {
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "_fields_ must be a sequence of pairs");
        goto done;
    }
    if (value_is_empty(get = import_module_attr(t, "ctypes._layout", "get_layout")))
        goto done;
    Value args[4] = {self, input, value_from_bool(is_struct),
                     base && base->size ? value_of(type_as(self)->base) : VALUE_NONE};
    result = object_call(t, get, args, 4, VALUE_EMPTY);
    if (value_is_empty(result) || value_is_empty(fields = object_getattr_string(t, result, "fields")) ||
        value_is_empty(tuple = object_to_tuple(t, fields)) ||
        value_is_empty(number = object_getattr_string(t, result, "size")) || int_to_int64(t, number, &size) < 0)
        goto done;
    ref_clear(t, &number);
    if (value_is_empty(number = object_getattr_string(t, result, "align")) || int_to_int64(t, number, &align) < 0 ||
        value_is_empty(format = object_getattr_string(t, result, "format_spec")))
        goto done;
    size_t n;
    Value owner;
    const char *text = str_utf8(t, format, &n, &owner);
    char *copy = text ? alloc_memory(t, n + 1) : NULL;
    if (copy)
        memcpy(copy, text, n + 1);
    ref_dec(t, owner);
    if (!copy)
        goto done;
    alloc_memory_free(t, layout->format);
    layout->format = copy;
    layout->size = (size_t)size;
    layout->align = (size_t)align;
    layout->length = (base ? base->length : 0) + tuple_length(tuple);
    layout->pointers = base && base->pointers;
    for (size_t i = 0; i < tuple_length(tuple); i++) {
        Field *f = (Field *)value_object(tuple_peek(tuple, i));
        f->index += base ? base->length : 0;
        layout->pointers |= points(layout_of(f->type));
        layout_of(f->type)->ready = true;
        if (type_set_attr(t, type_as(self), f->name, tuple_peek(tuple, i)) < 0)
            goto done;
    }
    if (layout->ready) { /* it contains itself */
        error_set(t, EXC_AttributeError, "Structure or union cannot contain itself");
        goto done;
    }
    layout->ready = true;
    if (is_struct && !(base && base->length) && describe_for_calls(t, layout, tuple) < 0)
        goto done;
    status = spread_anonymous(t, self);
done:
    ref_dec(t, input);
    ref_dec(t, get);
    ref_dec(t, result);
    ref_dec(t, fields);
    ref_dec(t, tuple);
    ref_dec(t, number);
    ref_dec(t, format);
    return status;
}

static int aggregate_init(Thread *t, Value self, LayoutKind kind)
{
    Layout *base = layout_of(type_as(self)->base), *layout;
    Value fields;
    if (dict_has(t, type_as(self)->dict, "_abstract_") > 0)
        return 0;
    layout = layout_new(t, kind, base ? base->size : 0, base ? base->align : 1, base ? base->format : "B");
    if (!layout)
        return -1;
    layout->length = base ? base->length : 0;
    layout->pointers = base && base->pointers;
    ctype_of(self)->layout = layout;
    if (base)
        base->ready = true;
    Value key = str_intern(t, "_fields_");
    int found = value_is_empty(key) ? -1 : dict_get_optional(t, type_as(self)->dict, key, &fields);
    int status = found < 0 ? -1 : found ? object_setattr(t, self, key, fields) : 0;
    if (found > 0)
        ref_dec(t, fields);
    ref_dec(t, key);
    return status;
}
static int struct_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    return aggregate_init(t, self, LAYOUT_STRUCT);
}
static int union_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    return aggregate_init(t, self, LAYOUT_UNION);
}
static int aggregate_setattr(Thread *t, Value self, Value name, Value v)
{
    if (type_slots(value_object(self))->setattr(t, self, name, v) < 0)
        return -1;
    return !value_is_empty(v) && ctype_of(self)->layout && str_equal_ascii(name, "_fields_") ? lay_out(t, self, v) : 0;
}

static int function_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Layout *layout = layout_new(t, LAYOUT_FUNCTION, sizeof(void *), sizeof(void *), "X{}");
    if (!layout)
        return -1;
    layout->ffi = &ffi_type_pointer;
    layout->ready = true;
    ctype_of(self)->layout = layout;
    return function_layout(t, type_as(self), layout);
}

/* ---- methods of all classes ---- */

static Layout *need_layout(Thread *t, Value self)
{
    Layout *layout = ctype_of(self)->layout;
    if (!layout)
        error_set(t, EXC_TypeError, "abstract class");
    return layout;
}
/* An instance at an address that a program has given. */
static Value data_told(Thread *t, Type *type, void *address)
{
    return audit(t, "ctypes.cdata", "N", int_from_pointer(t, address)) < 0 ? VALUE_EMPTY
                                                                           : data_at(t, type, address, VALUE_EMPTY, 0);
}
/* The events of from_buffer and from_buffer_copy. */
static int tell_buffer(Thread *t, const Buffer *buffer, int64_t offset)
{
    return audit(t, "ctypes.cdata/buffer", "Nll", int_from_pointer(t, buffer->data), (int64_t)buffer->length, offset);
}
NATIVE(from_address, "from_address", "($self, value, /)", "An instance at an address in memory.")
{
    if (!need_layout(t, args[0]))
        return VALUE_EMPTY;
    if (!int_check(args[1]))
        return error_set(t, EXC_TypeError, "integer expected");
    return data_told(t, type_as(args[0]), (void *)(uintptr_t)int_to_uint64_mask(args[1]));
}
/* The offset into a buffer of `available` bytes. 0 or -1. */
static int buffer_offset(Thread *t, Value v, size_t available, size_t needed, int64_t *offset)
{
    if (argument_size(t, v, 0, offset) < 0)
        return -1;
    if (*offset < 0)
        return error_set(t, EXC_ValueError, "offset cannot be negative"), -1;
    if (needed > available || (size_t)*offset > available - needed)
        return error_set(t, EXC_ValueError, "Buffer size too small (%zu instead of at least %zu bytes)", available,
                         needed + (size_t)*offset),
               -1;
    return 0;
}
NATIVE(from_buffer, "from_buffer", "($self, obj, offset=0, /)", "An instance in the memory of a writable buffer.")
{
    Layout *layout = need_layout(t, args[0]);
    Value view = layout ? memoryview_new(t, args[1]) : VALUE_EMPTY, v = VALUE_EMPTY;
    Buffer buffer;
    int64_t offset;
    if (value_is_empty(view))
        return view;
    if (buffer_get(t, view, &buffer, BUFFER_FULL_RO) == 0) {
        if (buffer.readonly)
            error_set(t, EXC_TypeError, "underlying buffer is not writable");
        else if (!buffer_is_contiguous(&buffer, 'C'))
            error_set(t, EXC_TypeError, "underlying buffer is not C contiguous");
        else if (buffer_offset(t, args[2], buffer.length, layout->size, &offset) == 0 &&
                 tell_buffer(t, &buffer, offset) == 0)
            v = data_told(t, type_as(args[0]), (uint8_t *)buffer.data + offset);
        buffer_release(t, &buffer);
    }
    if (value_is_empty(v) || data_keep_take(t, v, UINT32_MAX, view) < 0) {
        if (value_is_empty(v))
            ref_dec(t, view);
        ref_clear(t, &v);
    }
    return v;
}
NATIVE(from_buffer_copy, "from_buffer_copy", "($self, buffer, offset=0, /)",
       "An instance with a copy of a buffer's memory.")
{
    Layout *layout = need_layout(t, args[0]);
    Buffer buffer;
    int64_t offset;
    Value v = VALUE_EMPTY;
    if (!layout || buffer_get(t, args[1], &buffer, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    if (buffer_offset(t, args[2], buffer.length, layout->size, &offset) == 0 && tell_buffer(t, &buffer, offset) == 0 &&
        !value_is_empty(v = data_new(t, type_as(args[0]))))
        memcpy(data_of(v)->memory, (uint8_t *)buffer.data + offset, layout->size);
    buffer_release(t, &buffer);
    return v;
}
NATIVE(in_dll, "in_dll", "($self, dll, name, /)", "An instance at the address of a library's variable.")
{
    if (!need_layout(t, args[0]))
        return VALUE_EMPTY;
    if (audit(t, "ctypes.dlsym", "OO", args[1], args[2]) < 0)
        return VALUE_EMPTY;
    Value handle = object_getattr_string(t, args[1], "_handle"), address = VALUE_EMPTY, v = VALUE_EMPTY;
    if (!value_is_empty(handle))
        address = ctypes_symbol(t, handle, args[2]);
    if (value_is_empty(address) && error_swallow(t, EXC_OSError))
        error_set(t, EXC_ValueError, "undefined symbol: %S", args[2]);
    if (!value_is_empty(address))
        v = data_told(t, type_as(args[0]), (void *)(uintptr_t)int_to_uint64_mask(address));
    ref_dec(t, handle);
    ref_dec(t, address);
    return v;
}

/* from_param for what v offers as _as_parameter_: 1 done, 0 it offers nothing, -1. */
static int from_as_parameter(Thread *t, Value self, Value v, Value *result)
{
    Value other, key = str_intern(t, "_as_parameter_");
    int found = value_is_empty(key) ? -1 : object_getattr_optional(t, v, key, &other);
    ref_dec(t, key);
    if (found <= 0)
        return found;
    *result = object_call_method_string(t, self, "from_param", other, VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, other);
    return value_is_empty(*result) ? -1 : 1;
}
/* Is v an argument by reference (byref) to an instance of the class? */
static bool refers_to(Thread *t, Value v, Type *type)
{
    return object_is_native(v, &ctypes_argument_spec) && ((Argument *)value_object(v))->tag == 'P' &&
           data_check(t, ((Argument *)value_object(v))->owner) &&
           type_is_subtype(type_of(t, ((Argument *)value_object(v))->owner), type);
}
NATIVE(from_param, "from_param", "($self, value, /)", "What is passed to a C function for a value.")
{
    Value v = args[1], result;
    Type *type = type_as(args[0]);
    Layout *layout = need_layout(t, args[0]);
    if (!layout)
        return VALUE_EMPTY;
    if (type_is_subtype(type_of(t, v), type))
        return ref_inc(t, v);
    Layout *of = data_check(t, v) ? data_layout(v) : NULL;
    if (layout->kind == LAYOUT_SIMPLE) {
        char code = layout->code;
        bool text = code == 'z' || code == 'Z' || code == 'P';
        Argument *a;
        if (text && of) { /* arrays, pointers and others that are addresses of the right thing */
            Layout *item = of->item ? layout_of(of->item) : NULL;
            bool right = code == 'P'
                             ? of->kind == LAYOUT_ARRAY || of->kind == LAYOUT_POINTER || of->kind == LAYOUT_FUNCTION ||
                                   (of->kind == LAYOUT_SIMPLE && strchr("zZ", of->code))
                             : item && item->kind == LAYOUT_SIMPLE && item->code == (code == 'z' ? 'c' : 'u');
            if (right)
                return ref_inc(t, v);
        }
        if (text && object_is_native(v, &ctypes_argument_spec) && ((Argument *)value_object(v))->tag == 'P')
            return ref_inc(t, v);
        if (text && value_is_none(v))
            return VALUE_NONE;
        char as = code == 'P' && bytes_check(v) ? 'z' : code == 'P' && str_check(v) ? 'Z' : code;
        a = argument_new(t, as, VALUE_EMPTY);
        if (!a)
            return VALUE_EMPTY;
        if (code_set(t, as, false, &a->value, v, &a->owner) == 0) {
            a->size = code_size(as);
            return value_of(a);
        }
        ref_dec_ptr(t, a);
        if (!error_matches(t, EXC_TypeError))
            return VALUE_EMPTY;
        Value error = error_take(t);
        int found = from_as_parameter(t, args[0], v, &result);
        if (found) {
            ref_dec(t, error);
            return found < 0 ? VALUE_EMPTY : result;
        }
        if (text) {
            ref_dec(t, error);
            return error_set(t, EXC_TypeError, "'%T' object cannot be interpreted as ctypes.%N", v, type);
        }
        error_restore_take(t, error);
        return VALUE_EMPTY;
    }
    if (layout->kind == LAYOUT_POINTER) {
        if (value_is_none(v) || refers_to(t, v, layout->item))
            return ref_inc(t, v);
        if (of && type_is_subtype(type_of(t, v), layout->item)) {
            Argument *a = argument_new(t, 'P', v);
            if (a)
                a->value.p = data_of(v)->memory;
            return value_of(a);
        }
        if (of && (of->kind == LAYOUT_ARRAY || of->kind == LAYOUT_POINTER) && of->item &&
            type_is_subtype(of->item, layout->item))
            return ref_inc(t, v);
    }
    if (layout->kind == LAYOUT_ARRAY && layout_of(layout->item)->kind == LAYOUT_SIMPLE &&
        layout_of(layout->item)->code == 'c' && bytes_check(v)) {
        if (bytes_of(v)->length > layout->length)
            return error_set(t, EXC_ValueError, "Invalid length");
        return object_call1(t, args[0], v);
    }
    int found = from_as_parameter(t, args[0], v, &result);
    if (found)
        return found < 0 ? VALUE_EMPTY : result;
    return error_set(t, EXC_TypeError, "expected %N instance instead of %T", type, v);
}

static Value get_pointer_type(Thread *t, Value self)
{
    if (value_is_empty(ctype_of(self)->pointer_type))
        return error_set(t, EXC_AttributeError, "type %N has no attribute '__pointer_type__'", type_as(self));
    return ref_inc(t, ctype_of(self)->pointer_type);
}
static int set_pointer_type(Thread *t, Value self, Value v)
{
    if (value_is_empty(v))
        return error_set(t, EXC_TypeError, "cannot delete __pointer_type__"), -1;
    ref_replace_take(t, &ctype_of(self)->pointer_type, ref_inc(t, v));
    return 0;
}
static const GetSetDef ctype_getsets[] = {
    {"__pointer_type__", get_pointer_type, set_pointer_type, "The class of pointers to it."}, {0}};
static const NativeDef *const ctype_methods[] = {&native_from_address, &native_from_buffer, &native_from_buffer_copy,
                                                 &native_in_dll,       &native_from_param,  NULL};
static const NativeDef *const pointer_methods[] = {&native_pointer_set_type, NULL};

/* ---- the classes ---- */

#define META(name_, init_, setattr_, methods_)                                                                         \
    {                                                                                                                  \
        .name = name_, .kind = KIND_TYPE, .flags = TYPE_BASE | TYPE_IMMUTABLE, .size = sizeof(CType),                  \
        .methods = methods_, .dict_offset = 0, .slots = {                                                              \
            .dealloc = ctype_dealloc,                                                                                  \
            .traverse = ctype_traverse,                                                                                \
            .clear = ctype_clear,                                                                                      \
            .init = init_,                                                                                             \
            .setattr = setattr_,                                                                                       \
            .repeat = ctype_repeat                                                                                     \
        }                                                                                                              \
    }
static const TypeSpec common_meta = {
    .name = "_ctypes.CType_Type",
    .doc = "Base of the metaclasses of C data.",
    .kind = KIND_TYPE,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(CType),
    .methods = ctype_methods,
    .getsets = ctype_getsets,
    .slots = {.dealloc = ctype_dealloc, .traverse = ctype_traverse, .clear = ctype_clear, .repeat = ctype_repeat}};
static const TypeSpec simple_meta = META("_ctypes.PyCSimpleType", simple_init, NULL, NULL),
                      pointer_meta = META("_ctypes.PyCPointerType", pointer_init, NULL, pointer_methods),
                      array_meta = META("_ctypes.PyCArrayType", array_init, NULL, NULL),
                      struct_meta = META("_ctypes.PyCStructType", struct_init, aggregate_setattr, NULL),
                      union_meta = META("_ctypes.UnionType", union_init, aggregate_setattr, NULL),
                      function_meta = META("_ctypes.PyCFuncPtrType", function_init, NULL, NULL);

static Type *make(Thread *t, Type *metatype, const TypeSpec *spec, Type *base)
{
    Value bases = tuple_pack(t, 1, value_of(base));
    Type *type = value_is_empty(bases) ? NULL : type_from_spec_meta(t, metatype, spec, bases);
    ref_dec(t, bases);
    return type;
}
int ctypes_make_types(Thread *t, Value module)
{
    CtypesState *s = ctypes_state(t);
    Type *type = t->types[KIND_TYPE], *common = make(t, type, &common_meta, type);
    if (!common)
        return -1;
    s->meta = common;
    const struct {
        Type **slot;
        const TypeSpec *spec;
    } metas[] = {{&s->simple_meta, &simple_meta}, {&s->pointer_meta, &pointer_meta},
                 {&s->array_meta, &array_meta},   {&s->struct_meta, &struct_meta},
                 {&s->union_meta, &union_meta},   {&s->function_meta, &function_meta}};
    for (size_t i = 0; i < sizeof metas / sizeof *metas; i++)
        if (!(*metas[i].slot = make(t, type, metas[i].spec, common)))
            return -1;
    if (!(s->data = make(t, common, &ctypes_data_spec, t->types[KIND_OBJECT])))
        return -1;
    const struct {
        Type **slot, *meta;
        const TypeSpec *spec;
        const char *name;
    } classes[] = {{&s->simple, s->simple_meta, &ctypes_simple_spec, "_SimpleCData"},
                   {&s->pointer, s->pointer_meta, &ctypes_pointer_spec, "_Pointer"},
                   {&s->array, s->array_meta, &ctypes_array_spec, "Array"},
                   {&s->structure, s->struct_meta, &ctypes_struct_spec, "Structure"},
                   {&s->union_, s->union_meta, &ctypes_union_spec, "Union"},
                   {&s->function, s->function_meta, &ctypes_function_spec, "CFuncPtr"}};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (!(*classes[i].slot = make(t, classes[i].meta, classes[i].spec, s->data)) ||
            module_add_take(t, module, classes[i].name, ref_inc(t, value_of(*classes[i].slot))) < 0)
            return -1;
    if (!(s->field = make(t, type, &ctypes_field_spec, t->types[KIND_OBJECT])) ||
        !(s->argument = make(t, type, &ctypes_argument_spec, t->types[KIND_OBJECT])))
        return -1;
    return module_add_take(t, module, "CField", ref_inc(t, value_of(s->field)));
}
