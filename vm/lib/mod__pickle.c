/* mod__pickle.c: the module _pickle: its functions, exceptions and what it needs of other modules.
 *
 * Pickling is in mod__pickle_pickler.c (the type, frames, the memo), mod__pickle_save.c and mod__pickle_global.c; unpickling in mod__pickle_unpickler.c (the type, input)
 * and mod__pickle_load.c (the opcodes). */
#include "mod__pickle.h"

#include "../memory/alloc.h"
#include "../object/dict.h"
#include "../object/str.h"
#include "argument.h"
#include "module_exception.h"

void pickle_note(Thread *t, const char *format, ...)
{
    Value exc = error_take(t);
    va_list list;
    va_start(list, format);
    Value note = str_format_v(t, format, list);
    va_end(list);
    if (!value_is_empty(note)) {
        Value result = object_call_method_string(t, exc, "add_note", note, VALUE_EMPTY, VALUE_EMPTY);
        ref_dec(t, result);
        ref_dec(t, note);
    }
    error_clear(t);
    error_restore_take(t, exc);
}

/* ---- functions ---- */

/* A Pickler for one call, without __init__ of any subclass. */
static Value new_pickler(Thread *t, Value file, Value protocol, Value fix_imports, Value buffer_callback)
{
    Pickler *p = type_alloc(t, pickle_state(t)->pickler_type, 0);
    if (p && pickler_setup(t, p, file, protocol, fix_imports, buffer_callback) < 0) {
        ref_dec_ptr(t, p);
        return VALUE_EMPTY;
    }
    return value_of(p);
}

NATIVE(pickle_dump, "dump", "($module, /, obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)",
       "Writes the pickle of an object to a binary file.")
{
    Value pickler = new_pickler(t, args[2], args[3], args[4], args[5]);
    if (value_is_empty(pickler))
        return pickler;
    int result = pickler_dump(t, pickler, args[1]);
    ref_dec(t, pickler);
    return result < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(pickle_dumps, "dumps", "($module, /, obj, protocol=None, *, fix_imports=True, buffer_callback=None)",
       "The pickle of an object, as bytes.")
{
    Value pickler = new_pickler(t, VALUE_EMPTY, args[2], args[3], args[4]), result = VALUE_EMPTY;
    if (value_is_empty(pickler))
        return pickler;
    if (pickler_dump(t, pickler, args[1]) == 0)
        result = bytesbuilder_finish(t, &pickler_of(pickler)->out);
    ref_dec(t, pickler);
    return result;
}

static Value load_with(Thread *t, Value file, Value data, Value fix_imports, Value encoding, Value errors,
                       Value buffers)
{
    Unpickler *u = type_alloc(t, pickle_state(t)->unpickler_type, 0);
    if (!u)
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    if (unpickler_setup(t, u, file, fix_imports, encoding, errors, buffers) == 0 &&
        (value_is_empty(data) || buffer_get(t, data, &u->input, BUFFER_SIMPLE) == 0)) {
        if (!value_is_empty(data)) {
            u->data = u->input.data;
            u->length = u->input.length;
        }
        result = unpickler_load(t, value_of(u));
    }
    ref_dec_ptr(t, u);
    return result;
}

NATIVE(pickle_load_function, "load",
       "($module, /, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
       "Reads an object from a binary file.")
{
    return load_with(t, args[1], VALUE_EMPTY, args[2], args[3], args[4], args[5]);
}

NATIVE(pickle_loads, "loads", "($module, data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
       "Reads an object from bytes.")
{
    return load_with(t, VALUE_EMPTY, args[1], args[2], args[3], args[4], args[5]);
}

static const NativeDef *const methods[] = {&native_pickle_dump, &native_pickle_dumps, &native_pickle_load_function,
                                           &native_pickle_loads, NULL};

/* ---- state ---- */

Value pickle_import(Thread *t, Value module_name)
{
    Value package = object_call1(t, t->interp->import_func, module_name);
    if (value_is_empty(package))
        return package;
    ref_dec(t, package);
    Value module = VALUE_EMPTY;
    if (dict_check(t->interp->modules)) {
        if (dict_get_optional(t, t->interp->modules, module_name, &module) == 0)
            error_key(t, module_name);
    } else {
        module = object_getitem(t, t->interp->modules, module_name);
    }
    return module;
}

/* An attribute of a library module; with `dict` it must be one. */
static int fetch(Thread *t, Value *slot, const char *module_name, const char *attribute, bool dict)
{
    Value name = str_intern(t, module_name), module = VALUE_EMPTY, v = VALUE_EMPTY;
    if (!value_is_empty(name))
        module = pickle_import(t, name);
    if (!value_is_empty(module))
        v = object_getattr_string(t, module, attribute);
    ref_dec(t, module);
    ref_dec(t, name);
    if (value_is_empty(v))
        return -1;
    if (dict && !dict_check_exact(v)) {
        error_set(t, EXC_RuntimeError, "%s.%s should be a dict, not %.200T", module_name, attribute, v);
        ref_dec(t, v);
        return -1;
    }
    ref_replace_take(t, slot, v);
    return 0;
}

static int fetch_all(Thread *t, PickleState *s)
{
    return fetch(t, &s->dispatch_table, "copyreg", "dispatch_table", true) < 0 ||
                   fetch(t, &s->extension_registry, "copyreg", "_extension_registry", true) < 0 ||
                   fetch(t, &s->inverted_registry, "copyreg", "_inverted_registry", true) < 0 ||
                   fetch(t, &s->extension_cache, "copyreg", "_extension_cache", true) < 0 ||
                   fetch(t, &s->name_mapping, "_compat_pickle", "NAME_MAPPING", true) < 0 ||
                   fetch(t, &s->import_mapping, "_compat_pickle", "IMPORT_MAPPING", true) < 0 ||
                   fetch(t, &s->reverse_name_mapping, "_compat_pickle", "REVERSE_NAME_MAPPING", true) < 0 ||
                   fetch(t, &s->reverse_import_mapping, "_compat_pickle", "REVERSE_IMPORT_MAPPING", true) < 0 ||
                   fetch(t, &s->codecs_encode, "codecs", "encode", false) < 0 ||
                   fetch(t, &s->partial, "functools", "partial", false) < 0 ||
                   fetch(t, &s->getattr, "builtins", "getattr", false) < 0
               ? -1
               : 0;
}

static int exec(Thread *t, Value module)
{
    PickleState *s = pickle_state(t);
    if (!s) {
        s = alloc_memory_zeroed(t, 1, sizeof *s);
        if (!s)
            return -1;
        t->interp->module_state[MODULE__pickle] = s;
    }
    if (fetch_all(t, s) < 0)
        return -1;
    const struct {
        const TypeSpec *spec;
        Type **slot;
        const char *name; /* or NULL: hidden */
    } types[] = {{&pickle_buffer_spec, &s->buffer_type, "PickleBuffer"},
                 {&pickler_spec, &s->pickler_type, "Pickler"},
                 {&unpickler_spec, &s->unpickler_type, "Unpickler"},
                 {&pickler_memo_spec, &s->pickler_memo_type, NULL},
                 {&unpickler_memo_spec, &s->unpickler_memo_type, NULL}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!*types[i].slot && !(*types[i].slot = type_from_spec(t, types[i].spec, NULL)))
            return -1;
        if (types[i].name && module_add_take(t, module, types[i].name, ref_inc(t, value_of(*types[i].slot))) < 0)
            return -1;
    }
    Type *base = module_add_exception(t, module, "_pickle.PickleError", NULL, NULL), *pickling, *unpickling;
    if (!base || !(pickling = module_add_exception(t, module, "_pickle.PicklingError", base, NULL)) ||
        !(unpickling = module_add_exception(t, module, "_pickle.UnpicklingError", base, NULL)))
        return -1;
    ref_replace_take(t, &s->pickle_error, ref_inc(t, value_of(base)));
    ref_replace_take(t, &s->pickling_error, ref_inc(t, value_of(pickling)));
    ref_replace_take(t, &s->unpickling_error, ref_inc(t, value_of(unpickling)));
    return 0;
}

static void free_state(Thread *t, void *memory)
{
    PickleState *s = memory;
    Value *values[] = {&s->pickle_error,
                       &s->pickling_error,
                       &s->unpickling_error,
                       &s->dispatch_table,
                       &s->extension_registry,
                       &s->inverted_registry,
                       &s->extension_cache,
                       &s->name_mapping,
                       &s->import_mapping,
                       &s->reverse_name_mapping,
                       &s->reverse_import_mapping,
                       &s->codecs_encode,
                       &s->partial,
                       &s->getattr};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        ref_clear(t, values[i]);
    ref_dec_ptr(t, s->pickler_type);
    ref_dec_ptr(t, s->unpickler_type);
    ref_dec_ptr(t, s->buffer_type);
    ref_dec_ptr(t, s->pickler_memo_type);
    ref_dec_ptr(t, s->unpickler_memo_type);
    alloc_memory_free(t, s);
}

const ModuleDef module_def__pickle = {.name = "_pickle",
                                      .doc = "Pickling and unpickling in C.",
                                      .methods = methods,
                                      .exec = exec,
                                      .free_state = free_state};
