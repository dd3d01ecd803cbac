/* error_report.c: errors that nobody can catch: in destructors, callbacks and threads.
 *
 * They go to sys.unraisablehook; should that fail, to the built-in hook, which writes to sys.stderr.  Nothing here may leave an exception pending. No locks. */
#include "audit.h"
#include "error.h"

#include <stdarg.h>

#include "../memory/ref.h"
#include "dict.h"
#include "exception.h"
#include "list.h"
#include "str.h"

/* The exception as the module traceback shows it on sys.stderr; false when that does not work. */
static bool write_by_library(Thread *t, Value exc)
{
    Value name = str_intern(t, "traceback"), module = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(name) && !value_is_empty(t->interp->import_func))
        module = object_call1(t, t->interp->import_func, name);
    if (!value_is_empty(module))
        result = object_call_method_string(t, module, "_print_exception_bltin", exc, VALUE_EMPTY, VALUE_EMPTY);
    bool done = !value_is_empty(result);
    ref_dec(t, name);
    ref_dec(t, module);
    ref_dec(t, result);
    error_clear(t);
    return done;
}

void error_write_unraisable(Thread *t, Value exc, Value message, Value object)
{
    Value file = value_is_empty(t->interp->sys_dict) ? VALUE_EMPTY : dict_get_string(t, t->interp->sys_dict, "stderr");
    error_clear(t);
    if (value_is_empty(file) || value_is_none(file)) {
        ref_dec(t, file);
        return;
    }
    bool has_message = !value_is_empty(message) && !value_is_none(message);
    if (!value_is_empty(object) && !value_is_none(object)) {
        error_print_text_take(
            t, file, has_message ? str_format(t, "%S: ", message) : str_from_string(t, "Exception ignored in: "));
        Value text = object_repr(t, object);
        if (value_is_empty(text)) {
            error_clear(t);
            text = str_from_string(t, "<object repr() failed>");
        }
        error_print_text_take(t, file, text);
        error_print_text_take(t, file, str_from_string(t, "\n"));
    } else if (has_message) {
        error_print_text_take(t, file, str_format(t, "%S:\n", message));
    }
    if (!value_is_empty(exc) && !value_is_none(exc) && !write_by_library(t, exc))
        error_print(t, file, exc);
    Value flushed = object_call_method_string(t, file, "flush", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(flushed))
        error_clear(t);
    ref_dec(t, flushed);
    ref_dec(t, file);
}

/* ---- the hook ---- */

/* sys.UnraisableHookArgs((type, value, traceback, message, object)): owned, or empty (no exception left). */
static Value hook_arguments(Thread *t, Value exc, Value message, Value object)
{
    Value type = dict_get_string(t, t->interp->sys_dict, "UnraisableHookArgs"), fields = VALUE_EMPTY,
          result = VALUE_EMPTY;
    if (!value_is_empty(type)) {
        Value traceback = exception_get_traceback(t, exc);
        fields =
            tuple_pack(t, 5, value_of(type_of(t, exc)), exc, value_is_empty(traceback) ? VALUE_NONE : traceback,
                       value_is_empty(message) ? VALUE_NONE : message, value_is_empty(object) ? VALUE_NONE : object);
        ref_dec(t, traceback);
    }
    if (!value_is_empty(fields))
        result = object_call1(t, type, fields);
    ref_dec(t, type);
    ref_dec(t, fields);
    error_clear(t);
    return result;
}

void error_unraisable(Thread *t, Value object, const char *format, ...)
{
    if (!error_pending(t))
        return;
    Value tb = exception_get_traceback(t, t->exc);
    if (value_is_empty(tb) || value_is_none(tb)) /* where it happened is better than nothing */
        error_trace(t);
    ref_dec(t, tb);
    Value exc = error_take(t), message = VALUE_EMPTY, hook = VALUE_EMPTY, arguments = VALUE_EMPTY;
    if (format) {
        va_list args;
        va_start(args, format);
        message = str_format_v(t, format, args);
        va_end(args);
        error_clear(t);
    }
    if (!value_is_empty(t->interp->sys_dict))
        hook = dict_get_string(t, t->interp->sys_dict, "unraisablehook");
    error_clear(t);
    if (!value_is_empty(hook) && !value_is_none(hook))
        arguments = hook_arguments(t, exc, message, object);
    bool done = false;
    if (!value_is_empty(arguments)) {
        Value result =
            audit(t, "sys.unraisablehook", "OO", hook, arguments) < 0 ? VALUE_EMPTY : object_call1(t, hook, arguments);
        done = !value_is_empty(result);
        ref_dec(t, result);
        if (!done) { /* what goes wrong in the hook is reported in place of the error */
            ref_replace_take(t, &exc, error_take(t));
            ref_replace_take(t, &message, str_from_string(t, "Exception ignored in sys.unraisablehook"));
            error_write_unraisable(t, exc, message, hook);
            done = true;
        }
    }
    if (!done)
        error_write_unraisable(t, exc, message, object);
    ref_dec(t, arguments);
    ref_dec(t, hook);
    ref_dec(t, message);
    ref_dec(t, exc);
    error_clear(t);
}
