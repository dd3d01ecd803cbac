/* mod_sys_hooks.c: sys.displayhook, excepthook, unraisablehook, breakpointhook. */
#include <stdio.h>
#include <unistd.h>

#include "../memory/ref.h"
#include "../object/bytes.h"
#include "../object/codec.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/exception.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../object/structseq.h"
#include "../run/frame_access.h"
#include "mod_sys.h"

static int write_text(Thread *t, Value file, Value text)
{
    Value result = object_call_method_string(t, file, "write", text, VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

/* The text with escapes in place of the characters that the stream cannot encode. */
static Value escape_for(Thread *t, Value out, Value text)
{
    Value encoding = object_getattr_string(t, out, "encoding"), owner = VALUE_EMPTY, escaped = VALUE_EMPTY;
    size_t n;
    const char *name = value_is_empty(encoding) || !str_check(encoding) ? NULL : str_utf8(t, encoding, &n, &owner);
    if (name) {
        Value bytes = codec_encode(t, text, name, "backslashreplace");
        escaped = value_is_empty(bytes) ? VALUE_EMPTY : codec_decode_object(t, bytes, name, "strict");
        ref_dec(t, bytes);
    } else {
        error_clear(t);
        escaped = object_ascii(t, text);
    }
    ref_dec(t, owner);
    ref_dec(t, encoding);
    return escaped;
}

NATIVE(sys_displayhook, "displayhook", "($module, object, /)",
       "Prints an object to sys.stdout and keeps it in builtins._, unless it is None.")
{
    Value builtins = t->interp->builtins_dict;
    if (value_is_none(args[1]))
        return VALUE_NONE;
    if (dict_set_string(t, builtins, "_", VALUE_NONE) < 0)
        return VALUE_EMPTY;
    Value out = dict_get_string(t, t->interp->sys_dict, "stdout");
    if (value_is_empty(out) || value_is_none(out))
        return error_set(t, EXC_RuntimeError, "lost sys.stdout");
    Value text = object_repr(t, args[1]);
    int status = value_is_empty(text) ? -1 : write_text(t, out, text);
    if (status < 0 && !value_is_empty(text) && error_swallow(t, EXC_UnicodeEncodeError)) {
        Value escaped = escape_for(t, out, text);
        status = value_is_empty(escaped) ? -1 : write_text(t, out, escaped);
        ref_dec(t, escaped);
    }
    ref_dec(t, text);
    if (status == 0)
        status = write_text(t, out, t->interp->latin1['\n']);
    ref_dec(t, out);
    if (status < 0 || dict_set_string(t, builtins, "_", args[1]) < 0)
        return VALUE_EMPTY;
    return VALUE_NONE;
}

NATIVE(sys_excepthook, "excepthook", "($module, exctype, value, traceback, /)",
       "Prints an exception with its traceback to sys.stderr.")
{
    Value exc = args[2];
    if (!exception_check(exc)) {
        Value out = dict_get_string(t, t->interp->sys_dict, "stderr"),
              text = str_format(t, "TypeError: print_exception(): Exception expected for value, %T found\n", exc);
        if (value_is_empty(text) || value_is_empty(out) || value_is_none(out) || write_text(t, out, text) < 0)
            error_clear(t);
        ref_dec(t, text);
        ref_dec(t, out);
        return VALUE_NONE;
    }
    if (object_is_exact(args[3], KIND_TRACEBACK)) {
        Value tb = exception_get_traceback(t, exc);
        if (value_is_empty(tb) || value_is_none(tb))
            exception_set_traceback_take(t, exc, ref_inc(t, args[3]));
        ref_dec(t, tb);
    }
    sys_print_exception(t, exc);
    return VALUE_NONE;
}

/* Writes to stderr without Python's streams, for when those are gone or broken. */
static void print_plainly(Thread *t, Value exc)
{
    Value text = object_str(t, exc), owner = VALUE_EMPTY;
    size_t n;
    const char *utf8 = value_is_empty(text) ? NULL : str_utf8(t, text, &n, &owner);
    error_clear(t);
    fprintf(stderr, "%s%s%s\n", type_name(type_of(t, exc)), utf8 && *utf8 ? ": " : "", utf8 ? utf8 : "");
    ref_dec(t, owner);
    ref_dec(t, text);
}

void sys_print_exception(Thread *t, Value exc)
{
    Value file = dict_get_string(t, t->interp->sys_dict, "stderr");
    if (value_is_none(file))
        return;
    /* The library's traceback module knows groups, notes, chains and suggestions. */
    Value print = exception_check(exc) ? import_module_attr(t, "traceback", "_print_exception_bltin") : VALUE_EMPTY;
    Value result = value_is_empty(print) ? VALUE_EMPTY : object_call1(t, print, exc);
    if (value_is_empty(result)) {
        error_clear(t);
        if (value_is_empty(file) || !exception_check(exc) || !error_print(t, file, exc))
            print_plainly(t, exc);
    }
    ref_dec(t, print);
    ref_dec(t, result);
    ref_dec(t, file);
}

NATIVE(sys_unraisablehook, "unraisablehook", "($module, unraisable, /)", "Reports an exception that nobody can catch.")
{
    Value exc = object_getattr_string(t, args[1], "exc_value"), message = VALUE_EMPTY, object = VALUE_EMPTY;
    if (!value_is_empty(exc))
        message = object_getattr_string(t, args[1], "err_msg");
    if (!value_is_empty(message))
        object = object_getattr_string(t, args[1], "object");
    Value result = VALUE_EMPTY;
    if (!value_is_empty(object)) {
        error_write_unraisable(t, exc, message, object);
        result = VALUE_NONE;
    }
    ref_dec(t, exc);
    ref_dec(t, message);
    ref_dec(t, object);
    return result;
}

NATIVE(sys_breakpointhook, "breakpointhook", "($module, /, *args, **kwargs)",
       "Enters the debugger named by PYTHONBREAKPOINT, pdb.set_trace by default.")
{
    Value environ = import_module_attr(t, "os", "environ"), name = VALUE_EMPTY,
          variable = value_is_empty(environ) ? VALUE_EMPTY : str_from_string(t, "PYTHONBREAKPOINT");
    if (!value_is_empty(variable))
        name = object_call_method_string(t, environ, "get", variable, VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, variable);
    ref_dec(t, environ);
    if (value_is_empty(name))
        return VALUE_EMPTY;
    if (str_check(name) && str_equal_ascii(name, "0")) {
        ref_dec(t, name);
        return VALUE_NONE;
    }
    if (!str_check(name) || str_length(name) == 0) {
        ref_dec(t, name);
        name = str_from_string(t, "pdb.set_trace");
        if (value_is_empty(name))
            return name;
    }
    size_t dot = str_length(name);
    while (dot > 0 && str_at(str_of(name), dot - 1) != '.')
        dot--;
    Value module_name = dot ? str_slice(t, name, 0, dot - 1) : str_from_string(t, "builtins");
    Value attribute = str_slice(t, name, dot, str_length(name)), hook = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(module_name) && !value_is_empty(attribute)) {
        Value module = import_module_level(t, module_name, VALUE_EMPTY, t->interp->empty_tuple, 0);
        ref_dec(t, module);
        module = value_is_empty(module) ? VALUE_EMPTY : dict_get(t, t->interp->modules, module_name);
        hook = value_is_empty(module) ? VALUE_EMPTY : object_getattr(t, module, attribute);
        ref_dec(t, module);
    }
    ref_dec(t, module_name);
    ref_dec(t, attribute);
    if (value_is_empty(hook)) {
        error_clear(t);
        int warned = error_warn(t, EXC_RuntimeWarning, 1, "Ignoring unimportable $PYTHONBREAKPOINT: \"%U\"", name);
        ref_dec(t, name);
        return warned < 0 ? VALUE_EMPTY : VALUE_NONE;
    }
    ref_dec(t, name);
    result = object_call(t, hook, args + 1, n - 1, names);
    ref_dec(t, hook);
    return result;
}

static const NativeDef *const hooks[] = {&native_sys_displayhook, &native_sys_excepthook, &native_sys_unraisablehook,
                                         &native_sys_breakpointhook, NULL};

static const MemberDef unraisable_fields[] = {
    STRUCTSEQ_FIELD(0, "exc_type", "Type of the exception."),
    STRUCTSEQ_FIELD(1, "exc_value", "The exception."),
    STRUCTSEQ_FIELD(2, "exc_traceback", "Its traceback."),
    STRUCTSEQ_FIELD(3, "err_msg", "What went wrong, or None."),
    STRUCTSEQ_FIELD(4, "object", "The object that caused it, or None."),
    {0},
};
static const StructSeqSpec unraisable_spec =
    STRUCTSEQ("UnraisableHookArgs", "What sys.unraisablehook gets.", unraisable_fields, 5, 5, 0);
static const MemberDef asyncgen_fields[] = {
    STRUCTSEQ_FIELD(0, "firstiter", "Called when an asynchronous generator is iterated for the first time."),
    STRUCTSEQ_FIELD(1, "finalizer", "Called when an asynchronous generator is about to be collected."),
    {0},
};
static const StructSeqSpec asyncgen_spec =
    STRUCTSEQ("sys.asyncgen_hooks", "Hooks of asynchronous generators.", asyncgen_fields, 2, 2, 0);

int sys_add_hooks(Thread *t, Value module)
{
    for (int i = 0; hooks[i]; i++) {
        Value hook = native_new(t, hooks[i], module, ID(t, sys)), underscored;
        char original[40];
        snprintf(original, sizeof original, "__%s__", hooks[i]->name);
        underscored = ref_inc(t, hook);
        if (module_add_take(t, module, original, underscored) < 0) {
            ref_dec(t, hook);
            return -1;
        }
        if (module_add_take(t, module, hooks[i]->name, hook) < 0)
            return -1;
    }
    Type *unraisable = structseq_type(t, &unraisable_spec), *asyncgen = structseq_type(t, &asyncgen_spec);
    if (module_add_take(t, module, "UnraisableHookArgs", value_of(unraisable)) < 0 ||
        module_add_take(t, module, "_asyncgen_hooks_type", value_of(asyncgen)) < 0)
        return -1;
    return 0;
}
