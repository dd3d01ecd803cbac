/* mod__pickle_global.c: pickling classes and functions by the name under which a module holds them. */
#include "mod__pickle.h"

#include <stdio.h>

#include "../object/container.h"
#include "../object/dict.h"

#define FAIL(...) error_set_type(t, PICKLING_ERROR(t), __VA_ARGS__)

/* obj.a.b for a path of names: owned, or empty with an exception. */
static Value attribute_path(Thread *t, Value obj, Value path)
{
    ref_inc(t, obj);
    for (size_t i = 0; i < list_length(path) && !value_is_empty(obj); i++) {
        Value next = object_getattr(t, obj, list_peek(path, i));
        ref_dec(t, obj);
        obj = next;
    }
    return obj;
}

/* Is obj what the path leads to from a module?  A missing attribute is a no. */
static int is_at(Thread *t, Value module, Value path, Value obj)
{
    Value found = attribute_path(t, module, path);
    if (value_is_empty(found))
        return error_swallow(t, EXC_AttributeError) ? 0 : -1;
    int same = value_is(found, obj);
    ref_dec(t, found);
    return same;
}

/* Looks through sys.modules for one that holds obj under the path: its name, or "__main__". */
static Value search_modules(Thread *t, Value obj, Value path)
{
    Value items = dict_check(t->interp->modules) ? dict_items_list(t, t->interp->modules) : list_new(t, 0),
          result = VALUE_EMPTY;
    if (value_is_empty(items))
        return items;
    for (size_t i = 0; i < list_length(items) && value_is_empty(result) && !error_pending(t); i++) {
        Value name = tuple_peek(list_peek(items, i), 0), module = tuple_peek(list_peek(items, i), 1);
        if (!str_check(name) || str_equal_ascii(name, "__main__") || str_equal_ascii(name, "__mp_main__") ||
            value_is_none(module))
            continue;
        if (is_at(t, module, path, obj) > 0)
            result = ref_inc(t, name);
    }
    ref_dec(t, items);
    return value_is_empty(result) && !error_pending(t) ? ref_inc(t, ID(t, __main__)) : result;
}

/* The name of the module that obj belongs to: checked to hold it under the path. */
static Value module_of(Thread *t, Value obj, Value name, Value path)
{
    Value module_name = VALUE_EMPTY;
    for (size_t i = 0; i < list_length(path); i++)
        if (str_equal_ascii(list_peek(path, i), "<locals>"))
            return error_set_type(t, PICKLING_ERROR(t), "Can't pickle local object %V", obj);
    int found = object_getattr_optional(t, obj, ID(t, __module__), &module_name);
    if (found < 0)
        return VALUE_EMPTY;
    if (!found || value_is_none(module_name)) {
        module_name = search_modules(t, obj, path);
        if (value_is_empty(module_name))
            return module_name;
    }
    Value module = pickle_import(t, module_name);
    if (value_is_empty(module)) {
        if (error_matches(t, EXC_ImportError) || error_matches(t, EXC_ValueError) || error_matches(t, EXC_KeyError)) {
            Value exc = error_take(t);
            error_set_type(t, PICKLING_ERROR(t), "Can't pickle %V: %S", obj, exc);
            error_chain_context_take(t, exc);
        }
        ref_dec(t, module_name);
        return VALUE_EMPTY;
    }
    Value held = attribute_path(t, module, path);
    ref_dec(t, module);
    if (value_is_empty(held)) {
        if (error_matches(t, EXC_AttributeError)) {
            Value exc = error_take(t);
            error_set_type(t, PICKLING_ERROR(t), "Can't pickle %V: it's not found as %S.%S", obj, module_name, name);
            error_chain_context_take(t, exc);
        }
        ref_clear(t, &module_name);
    } else if (!value_is(held, obj)) {
        error_set_type(t, PICKLING_ERROR(t), "Can't pickle %V: it's not the same object as %S.%S", obj, module_name,
                       name);
        ref_clear(t, &module_name);
    }
    ref_dec(t, held);
    return module_name;
}

/* By the code that copyreg.add_extension gave it: 1 saved, 0 it has none, -1. */
static int save_extension(Thread *t, Pickler *p, Value module_name, Value name)
{
    Value key = tuple_pack(t, 2, module_name, name), code;
    if (value_is_empty(key))
        return -1;
    int found = dict_get_optional(t, pickle_state(t)->extension_registry, key, &code);
    ref_dec(t, key);
    if (found <= 0)
        return found;
    int64_t number;
    if (!int_check(code)) {
        FAIL("Can't pickle %V: extension code %V isn't an integer", name, code);
        ref_dec(t, code);
        return -1;
    }
    int fits = int_to_int64(t, code, &number);
    ref_dec(t, code);
    if (fits < 0)
        return -1;
    if (number <= 0 || number > INT32_MAX)
        return error_set(t, EXC_RuntimeError, "extension code %lld is out of range", (long long)number), -1;
    uint8_t op[5] = {PK_EXT4};
    size_t bytes = 4;
    if (number <= 0xFF)
        op[0] = PK_EXT1, bytes = 1;
    else if (number <= 0xFFFF)
        op[0] = PK_EXT2, bytes = 2;
    for (size_t i = 0; i < bytes; i++)
        op[1 + i] = (uint8_t)(number >> (8 * i));
    return pickler_write(t, p, op, bytes + 1) < 0 ? -1 : 1;
}

/* A name in the encoding of GLOBAL's lines, with its newline. */
static int write_name(Thread *t, Pickler *p, Value name, const char *what)
{
    Value encoded = codec_encode(t, name, p->proto >= 3 ? "utf-8" : "ascii", NULL);
    if (value_is_empty(encoded)) {
        if (error_matches(t, EXC_UnicodeEncodeError)) {
            Value exc = error_take(t);
            FAIL("can't pickle %s identifier %V using pickle protocol %d", what, name, p->proto);
            error_chain_context_take(t, exc);
        }
        return -1;
    }
    int result = pickler_write(t, p, bytes_of(encoded)->data, bytes_of(encoded)->length);
    ref_dec(t, encoded);
    return result < 0 ? -1 : pickler_op(t, p, '\n');
}

/* The names that Python 2 had for a module and what it holds: *module and *name are replaced (owned). */
static int old_names(Thread *t, Value *module, Value *name)
{
    PickleState *s = pickle_state(t);
    Value key = tuple_pack(t, 2, *module, *name), found;
    if (value_is_empty(key))
        return -1;
    int result = dict_get_optional(t, s->reverse_name_mapping, key, &found);
    ref_dec(t, key);
    if (result > 0) {
        if (!tuple_check(found) || tuple_length(found) != 2 || !str_check(tuple_peek(found, 0)) ||
            !str_check(tuple_peek(found, 1))) {
            error_set(t, EXC_RuntimeError,
                      "_compat_pickle.REVERSE_NAME_MAPPING values should be pairs of str, not (%.200T, %.200T)", found,
                      found);
            ref_dec(t, found);
            return -1;
        }
        ref_replace_take(t, module, ref_inc(t, tuple_peek(found, 0)));
        ref_replace_take(t, name, ref_inc(t, tuple_peek(found, 1)));
        ref_dec(t, found);
        return 0;
    }
    if (result == 0 && (result = dict_get_optional(t, s->reverse_import_mapping, *module, &found)) > 0) {
        if (!str_check(found)) {
            error_set(t, EXC_RuntimeError, "_compat_pickle.REVERSE_IMPORT_MAPPING values should be strings, not %.200T",
                      found);
            ref_dec(t, found);
            return -1;
        }
        ref_replace_take(t, module, found);
    }
    return result < 0 ? -1 : 0;
}

/* GLOBAL with a name that has no dots. */
static int write_global(Thread *t, Pickler *p, Value module, Value name)
{
    ref_inc(t, module);
    ref_inc(t, name);
    int result = p->fix_imports ? old_names(t, &module, &name) : 0;
    if (result == 0)
        result = pickler_op(t, p, PK_GLOBAL);
    if (result == 0)
        result = write_name(t, p, module, "module");
    if (result == 0)
        result = write_name(t, p, name, "global");
    ref_dec(t, module);
    ref_dec(t, name);
    return result;
}

/* Before protocol 4, a dotted name becomes getattr(getattr(first, second), third). */
static int write_dotted(Thread *t, Pickler *p, Value module, Value path)
{
    size_t n = list_length(path);
    for (size_t i = 1; i < n; i++)
        if (pickle_save(t, p, pickle_state(t)->getattr, false) < 0 || (p->proto < 2 && pickler_op(t, p, PK_MARK) < 0))
            return -1;
    if (write_global(t, p, module, list_peek(path, 0)) < 0)
        return -1;
    for (size_t i = 1; i < n; i++)
        if (pickle_save(t, p, list_peek(path, i), false) < 0 ||
            pickler_op(t, p, p->proto < 2 ? PK_TUPLE : PK_TUPLE2) < 0 || pickler_op(t, p, PK_REDUCE) < 0)
            return -1;
    return 0;
}

static int save_named(Thread *t, Pickler *p, Value obj, Value name)
{
    Value dot = str_from_char(t, '.'), path = value_is_empty(dot) ? VALUE_EMPTY : str_split(t, name, dot, -1),
          module = VALUE_EMPTY;
    ref_dec(t, dot);
    if (value_is_empty(path))
        return -1;
    module = module_of(t, obj, name, path);
    int result = value_is_empty(module) ? -1 : 0;
    if (result == 0 && p->proto >= 2) {
        int extension = save_extension(t, p, module, name);
        if (extension) {
            ref_dec(t, module);
            ref_dec(t, path);
            return extension < 0 ? -1 : 0;
        }
    }
    if (result == 0) {
        if (p->proto >= 4)
            result = pickle_save(t, p, module, false) < 0 || pickle_save(t, p, name, false) < 0
                         ? -1
                         : pickler_op(t, p, PK_STACK_GLOBAL);
        else
            result = list_length(path) > 1 ? write_dotted(t, p, module, path) : write_global(t, p, module, name);
    }
    ref_dec(t, module);
    ref_dec(t, path);
    return result < 0 ? -1 : pickle_memoize(t, p, obj);
}

int pickle_save_global(Thread *t, Pickler *p, Value obj, Value name)
{
    Value found = VALUE_EMPTY;
    if (value_is_empty(name)) {
        int has = object_getattr_optional(t, obj, ID(t, __qualname__), &found);
        if (has < 0)
            return -1;
        if (!has)
            found = object_getattr(t, obj, ID(t, __name__));
        if (value_is_empty(found))
            return -1;
        name = found;
    }
    int result = -1;
    if (str_check(name))
        result = save_named(t, p, obj, name);
    else
        FAIL("Can't pickle %V: its name %V is not a str", obj, name);
    ref_dec(t, found);
    return result;
}
