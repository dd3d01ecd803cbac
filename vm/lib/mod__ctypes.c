/* mod__ctypes.c: the module _ctypes: what is asked about C data, and the module's tables.  See ctypes.h. */
#include <dlfcn.h>
#include <string.h>
#include <time.h>

#include "../object/audit.h"
#include "../object/dict.h"
#include "ctypes.h"
#include "module_exception.h"

/* The layout of a class or an instance, or NULL. */
static Layout *layout_of_any(Thread *t, Value v) { return data_check(t, v) ? data_layout(v) : ctype_layout(t, v); }

NATIVE(sizeof_, "sizeof", "($module, obj, /)", "Bytes of a C type or instance in memory.")
{
    if (data_check(t, args[1]))
        return int_from_size(t, data_of(args[1])->size);
    Layout *layout = ctype_layout(t, args[1]);
    return layout ? int_from_size(t, layout->size) : error_set(t, EXC_TypeError, "this type has no size");
}
NATIVE(alignment, "alignment", "($module, obj, /)", "What the addresses of a C type or instance are multiples of.")
{
    Layout *layout = layout_of_any(t, args[1]);
    return layout ? int_from_size(t, layout->align) : error_set(t, EXC_TypeError, "no alignment info");
}
NATIVE(byref, "byref", "($module, obj, offset=0, /)", "A pointer to an instance, for an argument of a call.")
{
    int64_t offset;
    if (argument_size(t, args[2], 0, &offset) < 0)
        return VALUE_EMPTY;
    if (!data_check(t, args[1]))
        return error_set(t, EXC_TypeError, "byref() argument must be a ctypes instance, not '%T'", args[1]);
    Argument *a = argument_new(t, 'P', args[1]);
    if (a)
        a->value.p = data_of(args[1])->memory + offset;
    return value_of(a);
}
NATIVE(addressof, "addressof", "($module, obj, /)", "Address of an instance's memory.")
{
    if (!data_check(t, args[1]))
        return error_set(t, EXC_TypeError, "invalid type");
    return audit(t, "ctypes.addressof", "O", args[1]) < 0 ? VALUE_EMPTY : int_from_pointer(t, data_of(args[1])->memory);
}
NATIVE(resize, "resize", "($module, obj, size, /)", "Makes the memory of an instance larger.")
{
    int64_t size;
    if (argument_size(t, args[2], 0, &size) < 0)
        return VALUE_EMPTY;
    if (!data_check(t, args[1]))
        return error_set(t, EXC_TypeError, "expected ctypes instance");
    Data *d = data_of(args[1]);
    size_t least = data_layout(args[1])->size;
    if (size < (int64_t)least)
        return error_set(t, EXC_ValueError, "minimum size is %zu", least);
    if (!d->owned && d->memory != (uint8_t *)d->small)
        return error_set(t, EXC_ValueError, "Memory cannot be resized because this object doesn't own it");
    if (d->exports)
        return error_set(t, EXC_BufferError, "cannot resize memory that is exported");
    if (!d->owned && (size_t)size <= sizeof d->small) {
        d->size = (size_t)size;
        return VALUE_NONE;
    }
    uint8_t *memory = d->owned ? alloc_memory_resize(t, d->memory, (size_t)size) : alloc_memory(t, (size_t)size);
    if (!memory)
        return VALUE_EMPTY;
    if (!d->owned)
        memcpy(memory, d->small, d->size);
    if ((size_t)size > d->size)
        memset(memory + d->size, 0, (size_t)size - d->size);
    d->memory = memory;
    d->size = (size_t)size;
    d->owned = true;
    return VALUE_NONE;
}
NATIVE(buffer_info, "buffer_info", "($module, o, /)",
       "What a buffer of a C type shows: (format, number of dimensions, shape).")
{
    Layout *layout = layout_of_any(t, args[1]);
    if (!layout)
        return error_set(t, EXC_TypeError, "not a ctypes type or object");
    Value format = str_from_string(t, layout->format), shape = tuple_new(t, (size_t)layout->ndim), v = VALUE_EMPTY;
    for (int i = 0; !value_is_empty(shape) && i < layout->ndim; i++)
        tuple_of(shape)->items[i] = int_from_int64(t, layout->shape[i]);
    if (!value_is_empty(format) && !value_is_empty(shape))
        v = tuple_pack(t, 3, format, value_from_int(layout->ndim), shape);
    ref_dec(t, format);
    ref_dec(t, shape);
    return v;
}
NATIVE(unpickle, "_unpickle", "($module, type, state, /)", "For pickle.")
{
    if (!ctype_check(t, args[1]) || !tuple_check(args[2]) || tuple_length(args[2]) != 2)
        return error_set(t, EXC_TypeError, "a C type and a pair are required");
    Value v = data_new(t, type_as(args[1]));
    if (value_is_empty(v))
        return v;
    Value done =
        object_call_method_string(t, v, "__setstate__", tuple_peek(args[2], 0), tuple_peek(args[2], 1), VALUE_EMPTY);
    if (value_is_empty(done))
        ref_clear(t, &v);
    ref_dec(t, done);
    return v;
}
NATIVE(object_from_pointer, "PyObj_FromPtr", "($module, address, /)", "The object at an address that id() has given.")
{
    if (!int_check(args[1]))
        return error_set(t, EXC_TypeError, "an integer is required");
    Value v = value_of((void *)(uintptr_t)int_to_uint64_mask(args[1]));
    if (!value_is_object(v))
        return error_set(t, EXC_ValueError, "no object is there");
    return audit(t, "ctypes.PyObj_FromPtr", "O", v) < 0 ? VALUE_EMPTY : ref_inc(t, v);
}

static const NativeDef *const functions[] = {&native_sizeof_,
                                             &native_alignment,
                                             &native_byref,
                                             &native_addressof,
                                             &native_resize,
                                             &native_buffer_info,
                                             &native_unpickle,
                                             &native_object_from_pointer,
                                             NULL};

static int exec(Thread *t, Value module)
{
    CtypesState *s = ctypes_state(t);
    if (!s) {
        t->interp->module_state[MODULE__ctypes] = s = alloc_memory_zeroed(t, 1, sizeof *s);
        if (!s)
            return -1;
    }
    ref_replace_take(t, &s->array_types, dict_new(t));
    ref_replace_take(t, &s->errno_values, dict_new(t));
    Type *error = module_add_exception(t, module, "ctypes.ArgumentError", NULL, NULL);
    if (!error || value_is_empty(s->array_types) || value_is_empty(s->errno_values) || ctypes_make_types(t, module) < 0)
        return -1;
    s->argument_error = ref_inc_ptr(t, error);
    for (size_t i = 0; ctypes_function_functions[i]; i++)
        if (module_add_take(t, module, ctypes_function_functions[i]->name,
                            native_new(t, ctypes_function_functions[i], module, VALUE_EMPTY)) < 0)
            return -1;
    const struct {
        const char *name;
        int value;
    } constants[] = {{"FUNCFLAG_CDECL", 1},
                     {"FUNCFLAG_PYTHONAPI", 4},
                     {"FUNCFLAG_USE_ERRNO", 8},
                     {"FUNCFLAG_USE_LASTERROR", 16},
                     {"RTLD_LOCAL", RTLD_LOCAL},
                     {"RTLD_GLOBAL", RTLD_GLOBAL},
                     {"SIZEOF_TIME_T", sizeof(time_t)},
                     {"CTYPES_MAX_ARGCOUNT", 1024}};
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0)
            return -1;
    return module_add_string(t, module, "__version__", "1.1.0") < 0 ? -1 : ctypes_add_addresses(t, module);
}
static void free_state(Thread *t, void *p)
{
    CtypesState *s = p;
    Type **const types[] = {&s->meta,       &s->simple_meta,   &s->pointer_meta, &s->array_meta, &s->struct_meta,
                            &s->union_meta, &s->function_meta, &s->data,         &s->simple,     &s->pointer,
                            &s->array,      &s->structure,     &s->union_,       &s->function,   &s->field,
                            &s->argument,   &s->argument_error};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        REF_CLEAR_PTR(t, *types[i]);
    ref_clear(t, &s->array_types);
    ref_clear(t, &s->errno_values);
    alloc_memory_free(t, s);
}

const ModuleDef module_def__ctypes = {
    .name = "_ctypes",
    .doc = "C data and functions as Python objects.",
    .methods = functions,
    .exec = exec,
    .free_state = free_state,
};
