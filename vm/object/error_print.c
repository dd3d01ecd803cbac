/* error_print.c: an exception as text without the module traceback: when the library is gone, at the end, or cannot be imported because a file of the
 * program has its name or that of a module that it needs.
 *
 * Causes and contexts come first, then the places with their source lines, then the type and what the exception says; no carets, notes, suggestions or
 * members of groups.  Nothing here leaves an exception pending. No locks. */
#include "error.h"

#include "../memory/ref.h"
#include "exception.h"
#include "list.h"
#include "str.h"

enum {
    CHAIN_MOST = 1000, /* exceptions of a chain that are shown */
    SAME_MOST = 3,     /* equal places in a row that are shown */
};

bool error_print_text_take(Thread *t, Value file, Value text)
{
    Value result = value_is_empty(text) ? VALUE_EMPTY
                                        : object_call_method_string(t, file, "write", text, VALUE_EMPTY, VALUE_EMPTY);
    bool done = !value_is_empty(result);
    if (!done)
        error_clear(t);
    ref_dec(t, result);
    ref_dec(t, text);
    return done;
}

static bool write_string(Thread *t, Value file, const char *text)
{
    return error_print_text_take(t, file, str_from_string(t, text));
}

/* The attribute of a value that is released; empty without an exception if there is none. */
static Value attribute_of_take(Thread *t, Value v, const char *name)
{
    Value found = value_is_empty(v) ? VALUE_EMPTY : object_getattr_string(t, v, name);
    error_clear(t);
    ref_dec(t, v);
    return found;
}

/* io.open(path), for reading text whatever its bytes: owned or empty. */
static Value open_source(Thread *t, Value path)
{
    if (value_is_empty(t->interp->import_func))
        return VALUE_EMPTY;
    Value name = str_intern(t, "_io"),
          module = value_is_empty(name) ? VALUE_EMPTY : object_call1(t, t->interp->import_func, name),
          open = attribute_of_take(t, module, "open"), file = VALUE_EMPTY;
    Value args[5] = {path, str_intern(t, "r"), value_from_int(-1), str_intern(t, "utf-8"), str_intern(t, "replace")};
    if (!value_is_empty(open) && !value_is_empty(args[1]) && !value_is_empty(args[3]) && !value_is_empty(args[4]))
        file = object_call(t, open, args, 5, VALUE_EMPTY);
    error_clear(t);
    for (int i = 1; i < 5; i++)
        ref_dec(t, args[i]);
    ref_dec(t, open);
    ref_dec(t, name);
    return file;
}

/* A line of a source file without the blanks around it: owned; empty without an exception if it cannot be had. */
static Value source_line(Thread *t, Value path, Value number)
{
    int64_t line;
    if (!str_check(path) || str_length(path) == 0 || str_at(str_of(path), 0) == '<' || !value_is_int(number) ||
        (line = value_to_int(number)) < 1)
        return VALUE_EMPTY;
    Value file = open_source(t, path), text = VALUE_EMPTY;
    if (value_is_empty(file))
        return VALUE_EMPTY;
    for (int64_t i = 0; i < line; i++) {
        ref_dec(t, text);
        text = object_call_method_string(t, file, "readline", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
        if (value_is_empty(text) || !str_check(text) || str_length(text) == 0)
            break;
    }
    error_clear(t);
    Value closed = object_call_method_string(t, file, "close", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    error_clear(t);
    ref_dec(t, closed);
    ref_dec(t, file);
    Value stripped = value_is_empty(text)
                         ? VALUE_EMPTY
                         : object_call_method_string(t, text, "strip", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    error_clear(t);
    ref_dec(t, text);
    if (!value_is_empty(stripped) && str_check(stripped) && str_length(stripped) == 0)
        ref_clear(t, &stripped);
    return stripped;
}

/* "File ..., line ..., in ..." and the line itself; what cannot be had is left out. */
static bool write_place(Thread *t, Value file, Value path, Value line, Value name)
{
    if (!error_print_text_take(t, file, str_format(t, "  File \"%S\", line %S, in %S\n", path, line, name)))
        return false;
    Value source = source_line(t, path, line);
    if (value_is_empty(source))
        return true;
    bool done = error_print_text_take(t, file, str_format(t, "    %S\n", source));
    ref_dec(t, source);
    return done;
}

static bool write_repeats(Thread *t, Value file, int64_t same)
{
    same -= SAME_MOST;
    return same <= 0 || error_print_text_take(t, file,
                                              str_format(t, "  [Previous line repeated %lld more time%s]\n",
                                                         (long long)same, same > 1 ? "s" : ""));
}

static bool write_places(Thread *t, Value file, Value exc)
{
    Value tb = exception_get_traceback(t, exc), last_code = VALUE_EMPTY, last_line = VALUE_EMPTY;
    int64_t same = 0;
    bool done = true;
    if (!value_is_empty(tb) && !value_is_none(tb))
        done = write_string(t, file, "Traceback (most recent call last):\n");
    while (done && !value_is_empty(tb) && !value_is_none(tb)) {
        Value code = attribute_of_take(t, attribute_of_take(t, ref_inc(t, tb), "tb_frame"), "f_code"),
              line = attribute_of_take(t, ref_inc(t, tb), "tb_lineno"),
              path = attribute_of_take(t, ref_inc(t, code), "co_filename"),
              name = attribute_of_take(t, ref_inc(t, code), "co_name");
        if (!value_is_empty(line) && !value_is_empty(path) && !value_is_empty(name)) {
            if (!value_is(code, last_code) || !value_is(line, last_line)) {
                done = write_repeats(t, file, same);
                same = 0;
            }
            if (done && ++same <= SAME_MOST)
                done = write_place(t, file, path, line, name);
        }
        ref_replace_take(t, &last_code, code);
        ref_replace_take(t, &last_line, line);
        ref_dec(t, path);
        ref_dec(t, name);
        tb = attribute_of_take(t, tb, "tb_next");
    }
    ref_dec(t, last_code);
    ref_dec(t, last_line);
    ref_dec(t, tb);
    return done && write_repeats(t, file, same);
}

/* Where the text is that is no Python; nothing for other exceptions. */
static bool write_syntax_place(Thread *t, Value file, Value exc)
{
    if (!type_is_subtype(type_of(t, exc), t->interp->exceptions[EXC_SyntaxError]))
        return true;
    Value path = attribute_of_take(t, ref_inc(t, exc), "filename"),
          line = attribute_of_take(t, ref_inc(t, exc), "lineno"), text = attribute_of_take(t, ref_inc(t, exc), "text"),
          stripped = VALUE_EMPTY;
    bool done = true;
    if (value_is_int(line)) {
        done = error_print_text_take(t, file,
                                     value_is_empty(path) || value_is_none(path)
                                         ? str_format(t, "  File \"<string>\", line %S\n", line)
                                         : str_format(t, "  File \"%S\", line %S\n", path, line));
        if (done && str_check(text))
            stripped = object_call_method_string(t, text, "strip", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
        error_clear(t);
        if (!value_is_empty(stripped))
            done = error_print_text_take(t, file, str_format(t, "    %S\n", stripped));
    }
    ref_dec(t, stripped);
    ref_dec(t, text);
    ref_dec(t, line);
    ref_dec(t, path);
    return done;
}

/* "module.Type: text". */
static bool write_says(Thread *t, Value file, Value exc)
{
    Value text = object_str(t, exc);
    if (value_is_empty(text)) {
        error_clear(t);
        text = str_from_string(t, "<exception str() failed>");
    }
    bool done = error_print_text_take(t, file,
                                      str_check(text) && str_length(text) == 0 ? str_format(t, "%#T\n", exc)
                                                                               : str_format(t, "%#T: %S\n", exc, text));
    ref_dec(t, text);
    return done;
}

static bool write_one(Thread *t, Value file, Value exc)
{
    return write_places(t, file, exc) && write_syntax_place(t, file, exc) && write_says(t, file, exc);
}

/* What led to an exception: owned, or empty; *caused: it was named by `raise ... from`. */
static Value origin(Thread *t, Value exc, bool *caused)
{
    Value before = exception_get_cause(t, exc);
    *caused = !value_is_empty(before) && !value_is_none(before);
    if (!*caused) {
        ref_dec(t, before);
        before = exception_of(exc)->suppress_context ? VALUE_EMPTY : exception_get_context(t, exc);
    }
    if (value_is_none(before) || !exception_check(before))
        ref_clear(t, &before);
    return before;
}

static bool holds(Value list, Value item)
{
    for (size_t i = 0; i < list_length(list); i++)
        if (value_is(list_peek(list, i), item))
            return true;
    return false;
}

bool error_print(Thread *t, Value file, Value exc)
{
    bool caused, done = true;
    Value chain = list_new(t, 1), next = ref_inc(t, exc);
    while (!value_is_empty(chain) && !value_is_empty(next) && !holds(chain, next) && list_length(chain) < CHAIN_MOST &&
           list_append(t, chain, next) == 0)
        ref_replace_take(t, &next, origin(t, next, &caused));
    ref_dec(t, next);
    error_clear(t);
    size_t count = value_is_empty(chain) ? 0 : list_length(chain);
    for (size_t i = count; done && i-- > 0;) {
        Value one = list_peek(chain, i);
        done = write_one(t, file, one);
        if (!done || i == 0)
            break;
        ref_dec(t, origin(t, list_peek(chain, i - 1), &caused));
        done = write_string(t, file,
                            caused ? "\nThe above exception was the direct cause of the following exception:\n\n"
                                   : "\nDuring handling of the above exception, another exception occurred:\n\n");
    }
    if (count == 0) /* no memory for the chain */
        done = write_one(t, file, exc);
    ref_dec(t, chain);
    return done;
}
