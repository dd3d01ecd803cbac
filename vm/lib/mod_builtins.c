/* mod_builtins.c: the module builtins: its types, exceptions and constants, and the functions that ask single objects.
 *
 * Numbers are in mod_builtins_number.c; all, any, sum, min, max, sorted in mod_builtins_sequence.c; print and input in mod_builtins_io.c; compile, eval, exec, __import__ and
 * __build_class__ in mod_builtins_code.c.  `open` is io.open, put here when io has been imported at start-up. */
#include "mod_builtins.h"

#include "../memory/ref.h"
#include "../object/audit.h"
#include "../object/dict.h"
#include "../object/exception.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"
#include "../run/frame_access.h"

/* ---- attributes ---- */

static bool check_name(Thread *t, Value name)
{
    if (LIKELY(str_check(name)))
        return true;
    error_set(t, EXC_TypeError, "attribute name must be string, not '%.200s'", type_name(type_of(t, name)));
    return false;
}

NATIVE(getattr, "getattr", "($module, object, name[, default], /)",
       "The attribute `name` of the object, as object.name; or the default when there is none.")
{
    if (!check_name(t, args[2]))
        return VALUE_EMPTY;
    if (value_is_empty(args[3]))
        return object_getattr(t, args[1], args[2]);
    Value result;
    int found = object_getattr_optional(t, args[1], args[2], &result);
    return found < 0 ? VALUE_EMPTY : found ? result : ref_inc(t, args[3]);
}

NATIVE(hasattr, "hasattr", "($module, obj, name, /)",
       "Whether the object has an attribute of that name: getattr() is tried.")
{
    Value value = VALUE_EMPTY;
    if (!check_name(t, args[2]))
        return VALUE_EMPTY;
    int found = object_getattr_optional(t, args[1], args[2], &value);
    ref_dec(t, value);
    return found < 0 ? VALUE_EMPTY : value_from_bool(found);
}

NATIVE(setattr, "setattr", "($module, obj, name, value, /)", "Sets an attribute: setattr(x, 'y', v) is x.y = v.")
{
    if (!check_name(t, args[2]))
        return VALUE_EMPTY;
    return object_setattr(t, args[1], args[2], args[3]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(delattr, "delattr", "($module, obj, name, /)", "Deletes an attribute: delattr(x, 'y') is del x.y.")
{
    if (!check_name(t, args[2]))
        return VALUE_EMPTY;
    return object_setattr(t, args[1], args[2], VALUE_EMPTY) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

static Value sorted_keys(Thread *t, Value mapping)
{
    Value keys = object_call_method_string(t, mapping, "keys", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(keys))
        return VALUE_EMPTY;
    Value list = object_to_list(t, keys);
    ref_dec(t, keys);
    if (!value_is_empty(list) && list_sort(t, list, VALUE_EMPTY, false) < 0)
        ref_clear(t, &list);
    return list;
}

NATIVE(dir, "dir", "($module[, object], /)",
       "The names of an object's attributes, sorted; without an argument the names in the current scope.")
{
    if (!value_is_empty(args[1]))
        return object_dir(t, args[1]);
    Value locals = frame_access_locals(t);
    if (value_is_empty(locals))
        return VALUE_EMPTY;
    Value result = sorted_keys(t, locals);
    ref_dec(t, locals);
    return result;
}

NATIVE(vars, "vars", "($module[, object], /)", "object.__dict__; without an argument what locals() gives.")
{
    if (value_is_empty(args[1]))
        return frame_access_locals(t);
    Value result = VALUE_EMPTY;
    if (object_getattr_optional(t, args[1], ID(t, __dict__), &result) == 0)
        error_set(t, EXC_TypeError, "vars() argument must have __dict__ attribute");
    return result;
}

/* ---- what an object is ---- */

NATIVE(callable, "callable", "($module, obj, /)",
       "Whether the object can be called, as functions, classes and objects with __call__ can.")
{
    return value_from_bool(object_is_callable(t, args[1]));
}

NATIVE(hash, "hash", "($module, obj, /)", "The hash of the object: equal objects have equal hashes.")
{
    hash_t hash = object_hash(t, args[1]);
    return hash == -1 ? VALUE_EMPTY : int_from_int64(t, hash);
}

NATIVE(id, "id", "($module, obj, /)", "A number that no other object has at the same time.")
{
    Value id = int_from_uint64(t, args[1].bits);
    if (audit(t, "builtins.id", "O", id) < 0)
        ref_clear(t, &id);
    return id;
}

NATIVE(isinstance, "isinstance", "($module, obj, class_or_tuple, /)",
       "Whether the object is an instance of the class, of a subclass of it, or of one class of a tuple or union.")
{
    if (LIKELY(value_is(value_of(type_of(t, args[1])), args[2])))
        return VALUE_TRUE;
    int result = object_isinstance(t, args[1], args[2]);
    return result < 0 ? VALUE_EMPTY : value_from_bool(result);
}

NATIVE(issubclass, "issubclass", "($module, cls, class_or_tuple, /)",
       "Whether the class derives from the other class (or is it), or from one class of a tuple or union.")
{
    int result = object_issubclass(t, args[1], args[2]);
    return result < 0 ? VALUE_EMPTY : value_from_bool(result);
}

NATIVE(len, "len", "($module, obj, /)", "The number of items in a container.")
{
    int64_t length = object_len(t, args[1]);
    return length < 0 ? VALUE_EMPTY : int_from_int64(t, length);
}

NATIVE(repr, "repr", "($module, obj, /)", "The object's text for programmers.") { return object_repr(t, args[1]); }
NATIVE(ascii, "ascii", "($module, obj, /)", "repr() with everything that is not ASCII escaped.")
{
    return object_ascii(t, args[1]);
}

NATIVE(format, "format", "($module, value, format_spec='', /)",
       "The value's text in the given format: type(value).__format__(value, format_spec).")
{
    if (!value_is_empty(args[2]) && !str_check(args[2]))
        return error_set(t, EXC_TypeError, "format() argument 2 must be str, not %s",
                         value_is_none(args[2]) ? "None" : type_name(type_of(t, args[2])));
    return object_format(t, args[1], args[2]);
}

/* ---- iterators ---- */

NATIVE(
    iter, "iter", "($module, object[, sentinel], /)",
    "An iterator over the object; with a sentinel the object is called for each item, until it returns the sentinel.")
{
    if (value_is_empty(args[2]))
        return object_iter(t, args[1]);
    if (!object_is_callable(t, args[1]))
        return error_set(t, EXC_TypeError, "iter(v, w): v must be callable");
    return callable_iterator_new(t, args[1], args[2]);
}

NATIVE(next, "next", "($module, iterator[, default], /)",
       "The iterator's next item; at its end the default, or StopIteration.")
{
    Type *type = type_of(t, args[1]);
    if (UNLIKELY(!type->slots.next))
        return error_set(t, EXC_TypeError, "'%.200s' object is not an iterator", type_name(type));
    Value item = type->slots.next(t, args[1]);
    if (LIKELY(!value_is_empty(item)))
        return item;
    if (error_pending(t)) {
        if (value_is_empty(args[2]) || !error_swallow(t, EXC_StopIteration))
            return VALUE_EMPTY;
        return ref_inc(t, args[2]);
    }
    return value_is_empty(args[2]) ? error_set_none(t, EXC_StopIteration) : ref_inc(t, args[2]);
}

NATIVE(aiter, "aiter", "($module, async_iterable, /)", "An asynchronous iterator over the object.")
{
    Type *type = type_of(t, args[1]);
    if (!type->slots.aiter)
        return error_set(t, EXC_TypeError, "'%.200s' object is not an async iterable", type_name(type));
    Value iterator = type->slots.aiter(t, args[1]);
    if (!value_is_empty(iterator) && !type_of(t, iterator)->slots.anext) {
        error_set(t, EXC_TypeError, "aiter() returned not an async iterator of type '%.100s'",
                  type_name(type_of(t, iterator)));
        ref_clear(t, &iterator);
    }
    return iterator;
}

NATIVE(
    anext, "anext", "($module, aiterator, default=<unrepresentable>, /)",
    "What awaits the asynchronous iterator's next item; at its end it gives the default, or raises StopAsyncIteration.")
{
    Type *type = type_of(t, args[1]);
    if (!type->slots.anext)
        return error_set(t, EXC_TypeError, "'%.200s' object is not an async iterator", type_name(type));
    Value awaitable = type->slots.anext(t, args[1]);
    if (value_is_empty(awaitable) || value_is_empty(args[2]))
        return awaitable;
    Value result = anext_awaitable_new(t, awaitable, args[2]);
    ref_dec(t, awaitable);
    return result;
}

static const NativeDef *const functions[] = {
    &native_getattr,    &native_hasattr,  &native_setattr, &native_delattr, &native_dir,
    &native_vars,       &native_callable, &native_hash,    &native_id,      &native_isinstance,
    &native_issubclass, &native_len,      &native_repr,    &native_ascii,   &native_format,
    &native_iter,       &native_next,     &native_aiter,   &native_anext,   NULL,
};

/* ---- the module ---- */

static const Kind public_types[] = {
    KIND_BOOL,      KIND_MEMORYVIEW, KIND_BYTEARRAY, KIND_BYTES,     KIND_CLASSMETHOD, KIND_COMPLEX, KIND_DICT,
    KIND_ENUMERATE, KIND_FILTER,     KIND_FLOAT,     KIND_FROZENSET, KIND_PROPERTY,    KIND_INT,     KIND_LIST,
    KIND_MAP,       KIND_OBJECT,     KIND_RANGE,     KIND_REVERSED,  KIND_SET,         KIND_SLICE,   KIND_STATICMETHOD,
    KIND_STR,       KIND_SUPER,      KIND_TUPLE,     KIND_TYPE,      KIND_ZIP,
};

static int add_functions(Thread *t, Value module, const NativeDef *const *defs)
{
    for (; *defs; defs++) {
        if (module_add_take(t, module, (*defs)->name, native_new(t, *defs, module, ID(t, builtins))) < 0)
            return -1;
    }
    return 0;
}

static int add_value(Thread *t, Value module, const char *name, Value borrowed)
{
    return module_add_take(t, module, name, ref_inc(t, borrowed));
}

static int exec(Thread *t, Value module)
{
    if (add_functions(t, module, builtins_number_functions) < 0 ||
        add_functions(t, module, builtins_sequence_functions) < 0 ||
        add_functions(t, module, builtins_io_functions) < 0 || add_functions(t, module, builtins_code_functions) < 0)
        return -1;
    if (add_value(t, module, "None", VALUE_NONE) < 0 || add_value(t, module, "Ellipsis", VALUE_ELLIPSIS) < 0 ||
        add_value(t, module, "NotImplemented", VALUE_NOTIMPLEMENTED) < 0 ||
        add_value(t, module, "False", VALUE_FALSE) < 0 || add_value(t, module, "True", VALUE_TRUE) < 0 ||
        add_value(t, module, "__debug__", value_from_bool(t->interp->config.optimize == 0)) < 0)
        return -1;
    for (size_t i = 0; i < sizeof public_types / sizeof public_types[0]; i++) {
        Type *type = t->types[public_types[i]];
        if (add_value(t, module, type_name(type), value_of(type)) < 0)
            return -1;
    }
    for (int id = 0; id < EXC_COUNT; id++) {
        Type *type = t->interp->exceptions[id];
        if (add_value(t, module, type_name(type), value_of(type)) < 0)
            return -1;
    }
    Value os_error = value_of(t->interp->exceptions[EXC_OSError]);
    return add_value(t, module, "EnvironmentError", os_error) < 0 ? -1 : add_value(t, module, "IOError", os_error);
}

const ModuleDef module_def_builtins = {
    .name = "builtins",
    .doc = "Functions, types, exceptions and constants that need no import.",
    .methods = functions,
    .exec = exec,
};
