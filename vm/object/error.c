/* error.c: raising, catching and inspecting the pending exception of a thread.
 *
 * Invariant: t->exc is empty or an owned instance of BaseException.  An exception raised here gets the exception being handled as its
 * __context__, and the chain of contexts never becomes a cycle through it.  No locks are held while Python code may run.
 * Read next: exception.c (what exceptions are), error_report.c (unraisable errors), ../lib/mod__warnings.c (error_warn). */
#include "error.h"

#include <stdarg.h>
#include <string.h>

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../thread/objlock.h"
#include "exception.h"
#include "str.h"

/* ---- the pending exception ---- */

static void set_pending_take(Thread *t, Value exc)
{
    Value old = t->exc;
    t->exc = exc;
    ref_dec(t, old);
}

Value error_peek_handled(Thread *t)
{
    for (HandledException *h = t->handled; h; h = h->previous) {
        if (!value_is_empty(h->exc) && !value_is_none(h->exc))
            return h->exc;
    }
    return VALUE_NONE;
}

/* Makes the handled exception the context of `exc`.  Should the handled one already lead to `exc` through its contexts, that link is cut;
 * a cycle that does not contain `exc` is detected by a second walker at half the speed. */
static void attach_context(Thread *t, Value exc)
{
    Value handled = error_peek_handled(t);
    if (value_is_none(handled) || value_is(handled, exc))
        return;
    Value o = ref_inc(t, handled), slow = ref_inc(t, handled);
    for (bool step = false;; step = !step) {
        Value context = exception_get_context(t, o);
        if (value_is(context, exc))
            exception_set_context_take(t, o, VALUE_EMPTY);
        bool end = value_is_empty(context) || value_is(context, exc) || value_is(context, slow);
        ref_dec(t, o);
        o = context;
        if (end)
            break;
        if (step) {
            Value next = exception_get_context(t, slow);
            ref_dec(t, slow);
            slow = next;
        }
    }
    ref_dec(t, o);
    ref_dec(t, slow);
    exception_set_context_take(t, exc, ref_inc(t, handled));
}

Value error_set_take(Thread *t, Value exception)
{
    attach_context(t, exception);
    set_pending_take(t, exception);
    return VALUE_EMPTY;
}

void error_restore_take(Thread *t, Value exc) { set_pending_take(t, exc); }

void error_clear(Thread *t) { ref_clear(t, &t->exc); }

bool error_matches_type(Thread *t, Type *type)
{
    return !value_is_empty(t->exc) && type_is_subtype(value_object(t->exc)->type, type);
}

bool error_matches(Thread *t, ExceptionId id) { return error_matches_type(t, t->interp->exceptions[id]); }

bool error_swallow(Thread *t, ExceptionId id)
{
    if (!error_matches(t, id))
        return false;
    error_clear(t);
    return true;
}

/* ---- raising ---- */

Value error_set_value(Thread *t, Type *type, Value value)
{
    Value exc = exception_new_type(t, type, value);
    return value_is_empty(exc) ? VALUE_EMPTY : error_set_take(t, exc);
}

Value error_set_none(Thread *t, ExceptionId id) { return error_set_value(t, t->interp->exceptions[id], VALUE_EMPTY); }

static Value set_formatted(Thread *t, Type *type, const char *format, va_list args)
{
    Value message = str_format_v(t, format, args);
    if (value_is_empty(message))
        return VALUE_EMPTY;
    error_set_value(t, type, message);
    ref_dec(t, message);
    return VALUE_EMPTY;
}

Value error_set(Thread *t, ExceptionId id, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_formatted(t, t->interp->exceptions[id], format, args);
    va_end(args);
    return VALUE_EMPTY;
}

Value error_set_type(Thread *t, Type *type, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_formatted(t, type, format, args);
    va_end(args);
    return VALUE_EMPTY;
}

Value error_key(Thread *t, Value key) { return error_set_value(t, t->interp->exceptions[EXC_KeyError], key); }

Value error_attribute(Thread *t, Value object, Value name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_formatted(t, t->interp->exceptions[EXC_AttributeError], format, args);
    va_end(args);
    error_attribute_context(t, object, name);
    return VALUE_EMPTY;
}

void error_attribute_context(Thread *t, Value object, Value name)
{
    if (!error_matches(t, EXC_AttributeError))
        return;
    ExceptionAttribute *e = (ExceptionAttribute *)value_object(t->exc);
    objlock_enter(t, e);
    if (value_is_empty(e->name) && value_is_empty(e->obj)) {
        e->name = ref_inc(t, name);
        e->obj = ref_inc(t, object);
    }
    objlock_exit(t, e);
}

Value error_name(Thread *t, Value name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_formatted(t, t->interp->exceptions[EXC_NameError], format, args);
    va_end(args);
    if (error_matches(t, EXC_NameError))
        ref_replace_take(t, &((ExceptionName *)value_object(t->exc))->name, ref_inc(t, name));
    return VALUE_EMPTY;
}

Value error_bad_internal_call(Thread *t, const char *where)
{
    return error_set(t, EXC_SystemError, "%s: bad argument to internal function", where);
}

/* ---- system errors ---- */

Value error_from_errno(Thread *t, int errnum) { return error_from_errno_path(t, errnum, VALUE_EMPTY, VALUE_EMPTY); }

Value error_from_errno_path(Thread *t, int errnum, Value path, Value path2)
{
    if (errnum < 0) /* os.h reports negative errno values */
        errnum = -errnum;
    const char *text = errnum ? strerror(errnum) : "Error";
    Value args[5];
    uint32_t n = 2;
    args[0] = value_from_int(errnum);
    args[1] = str_from_fs(t, text, strlen(text));
    if (value_is_empty(args[1]))
        return VALUE_EMPTY;
    if (!value_is_empty(path)) {
        args[n++] = path;
        if (!value_is_empty(path2)) {
            args[n++] = VALUE_NONE;
            args[n++] = path2;
        }
    }
    Value exc = object_call(t, value_of(t->interp->exceptions[EXC_OSError]), args, n, VALUE_EMPTY);
    ref_dec(t, args[1]);
    return value_is_empty(exc) ? VALUE_EMPTY : error_set_take(t, exc);
}

/* ---- chains ---- */

Value error_set_from_cause(Thread *t, ExceptionId id, const char *format, ...)
{
    Value earlier = error_take(t);
    va_list args;
    va_start(args, format);
    set_formatted(t, t->interp->exceptions[id], format, args);
    va_end(args);
    if (value_is_empty(earlier))
        return VALUE_EMPTY;
    exception_set_cause_take(t, t->exc, ref_inc(t, earlier));
    exception_set_context_take(t, t->exc, earlier);
    return VALUE_EMPTY;
}

void error_chain_context_take(Thread *t, Value earlier)
{
    if (value_is_empty(earlier))
        return;
    if (value_is_empty(t->exc)) {
        t->exc = earlier;
        return;
    }
    if (value_is(t->exc, earlier)) {
        ref_dec(t, earlier);
        return;
    }
    exception_set_context_take(t, t->exc, earlier);
}
