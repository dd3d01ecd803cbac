/* mod_builtins_io.c: print, input and breakpoint.
 *
 * Text goes through the write method of sys.stdout (or the given file), piece by piece as CPython does it. No locks of our own: the streams have theirs. */
#include "mod_builtins.h"

#include "../memory/ref.h"
#include "../object/audit.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/list.h"
#include "../object/str.h"

#include <unistd.h>

/* sys.NAME: owned; empty without an exception when it is not there. */
static Value sys_get(Thread *t, const char *name)
{
    return value_is_empty(t->interp->sys_dict) ? VALUE_EMPTY : dict_get_string(t, t->interp->sys_dict, name);
}

/* ---- print ---- */

static int write_text(Thread *t, Value write, Value text)
{
    Value result = object_call1(t, write, text);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

static int write_value(Thread *t, Value write, Value v)
{
    if (str_check_exact(v))
        return write_text(t, write, v);
    Value text = object_str(t, v);
    if (value_is_empty(text))
        return -1;
    int result = write_text(t, write, text);
    ref_dec(t, text);
    return result;
}

/* A separator: a str, or None (or absent) for the default `c`; borrowed, empty on error. */
static Value separator(Thread *t, const char *name, Value v, char c)
{
    if (value_is_empty(v) || value_is_none(v))
        return t->interp->latin1[(unsigned char)c];
    if (str_check(v))
        return v;
    return error_set(t, EXC_TypeError, "%s must be None or a string, not %.200s", name, type_name(type_of(t, v)));
}

NATIVE(print, "print", "($module, /, *args, sep=' ', end='\\n', file=None, flush=False)",
       "Writes the values to a stream, sys.stdout by default.\n\n  sep\n    what is put between the values.\n  end\n   "
       " what is put behind the last one.\n"
       "  file\n    an object with a write method.\n  flush\n    whether to flush the stream.")
{
    Value out[4] = {VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY};
    if (!value_is_empty(names) && native_parse(t, "print", "(*args, sep=' ', end='\\n', file=None, flush=False)",
                                               args + 1, n - 1, names, out) < 0)
        return VALUE_EMPTY;
    Value file = value_is_none(out[2]) ? VALUE_EMPTY : ref_inc(t, out[2]);
    if (value_is_empty(file)) {
        file = sys_get(t, "stdout");
        if (value_is_empty(file))
            return error_pending(t) ? VALUE_EMPTY : error_set(t, EXC_RuntimeError, "lost sys.stdout");
        if (value_is_none(file)) /* there is no console */
            return VALUE_NONE;
    }
    Value result = VALUE_EMPTY, write = VALUE_EMPTY, sep = separator(t, "sep", out[0], ' '), end = VALUE_EMPTY;
    if (!value_is_empty(sep))
        end = separator(t, "end", out[1], '\n');
    if (value_is_empty(end))
        goto done;
    int flush = value_is_empty(out[3]) ? 0 : object_truth(t, out[3]);
    if (flush < 0)
        goto done;
    write = object_getattr(t, file, ID(t, write));
    if (value_is_empty(write))
        goto done;
    for (uint32_t i = 1; i < n; i++) {
        if ((i > 1 && write_text(t, write, sep) < 0) || write_value(t, write, args[i]) < 0)
            goto done;
    }
    if (write_text(t, write, end) < 0)
        goto done;
    if (flush) {
        Value flushed = object_call_method_string(t, file, "flush", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
        if (value_is_empty(flushed))
            goto done;
        ref_dec(t, flushed);
    }
    result = VALUE_NONE;
done:
    ref_dec(t, write);
    ref_dec(t, file);
    return result;
}

/* ---- input ---- */

/* sys.NAME for input(): owned, or empty with RuntimeError. */
static Value need_stream(Thread *t, const char *name)
{
    Value v = sys_get(t, name);
    if (!value_is_empty(v) && !value_is_none(v))
        return v;
    return error_pending(t) ? VALUE_EMPTY : error_set(t, EXC_RuntimeError, "input(): lost sys.%s", name);
}

static int flush_stream(Thread *t, Value stream)
{
    Value result = object_call_method_string(t, stream, "flush", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

/* A line without its newline; EOFError at the end of the input. */
static Value read_line(Thread *t, Value stream)
{
    Value line = object_call_method_string(t, stream, "readline", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(line))
        return VALUE_EMPTY;
    if (!str_check(line)) {
        ref_dec(t, line);
        return error_set(t, EXC_TypeError, "object.readline() returned non-string");
    }
    size_t length = str_length(line);
    if (length == 0) {
        ref_dec(t, line);
        return error_set(t, EXC_EOFError, "EOF when reading a line");
    }
    if (str_at(str_of(line), length - 1) != '\n')
        return line;
    Value result = str_slice(t, line, 0, length - 1);
    ref_dec(t, line);
    return result;
}

/* Is the stream the process's own, and that a terminal, as stdout is? */
static bool is_terminal(Thread *t, Value stream)
{
    Value own = sys_get(t, "__stdin__");
    bool same = value_is(own, stream);
    ref_dec(t, own);
    return same && isatty(0) && isatty(1);
}

NATIVE(input, "input", "($module, prompt='', /)",
       "Reads a line from sys.stdin and returns it without its newline.\n\nThe prompt, if given, is written to "
       "sys.stdout first. EOFError at the end of the input.")
{
    Value in = need_stream(t, "stdin"), out = VALUE_EMPTY, err = VALUE_EMPTY, write = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(in))
        out = need_stream(t, "stdout");
    if (!value_is_empty(out))
        err = need_stream(t, "stderr");
    if (value_is_empty(err))
        goto done;
    if (audit(t, "builtins.input", "O", args[1]) < 0)
        goto done;
    if (flush_stream(t, err) < 0)
        error_clear(t);
    if (!value_is_empty(args[1])) {
        write = object_getattr(t, out, ID(t, write));
        if (value_is_empty(write) || write_value(t, write, args[1]) < 0)
            goto done;
    }
    if (flush_stream(t, out) < 0)
        error_clear(t);
    result = read_line(t, in);
    if (!value_is_empty(result) && audit_wanted(t) && is_terminal(t, in) &&
        audit(t, "builtins.input/result", "O", result) < 0)
        ref_clear(t, &result);
done:
    ref_dec(t, in);
    ref_dec(t, out);
    ref_dec(t, err);
    ref_dec(t, write);
    return result;
}

NATIVE(breakpoint, "breakpoint", "($module, /, *args, **kws)",
       "Calls sys.breakpointhook(*args, **kws), which enters the debugger.")
{
    Value hook = sys_get(t, "breakpointhook");
    if (value_is_empty(hook))
        return error_pending(t) ? VALUE_EMPTY : error_set(t, EXC_RuntimeError, "lost sys.breakpointhook");
    Value result = VALUE_EMPTY;
    if (audit(t, "builtins.breakpoint", "O", hook) == 0)
        result = object_call(t, hook, args + 1, n - 1, names);
    ref_dec(t, hook);
    return result;
}

const NativeDef *const builtins_io_functions[] = {&native_print, &native_input, &native_breakpoint, NULL};
