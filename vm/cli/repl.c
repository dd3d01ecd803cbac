/* repl.c: see repl.h.
 *
 * The plain prompt reads lines from descriptor 0 itself, collects them until they are a whole statement (the parser tells whether more could complete it) and runs that.
 * Prompts go to stderr, as CPython's do where the input is no terminal.  The lock is released while a line is waited for. */
#include "repl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../compile/compile.h"
#include "../memory/ref.h"
#include "../object/audit.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/object.h"
#include "../object/str.h"
#include "../run/frame_access.h"
#include "../thread/breaker.h"
#include "../thread/gil.h"
#include "program.h"

typedef struct Input {
    char *text; /* lines of the statement, then what was read beyond them */
    size_t length, capacity;
    size_t statement; /* bytes of it that are the statement's lines */
} Input;

/* ---- lines ---- */

/* Reads until another line is complete: 1; 0 at the end of the input; -1 with an exception (KeyboardInterrupt among them). */
static int read_line(Thread *t, Input *in)
{
    for (;;) {
        char *newline =
            in->length > in->statement ? memchr(in->text + in->statement, '\n', in->length - in->statement) : NULL;
        if (newline) {
            in->statement = (size_t)(newline + 1 - in->text);
            return 1;
        }
        if (in->capacity - in->length < 4096) {
            char *grown = realloc(in->text, in->capacity ? in->capacity * 2 : 16384);
            if (!grown)
                return error_no_memory(t), -1;
            in->text = grown;
            in->capacity = in->capacity ? in->capacity * 2 : 16384;
        }
        thread_detach(t, EVENT_IO);
        ssize_t n = read(0, in->text + in->length, in->capacity - in->length - 1);
        thread_attach(t);
        if (n > 0) {
            in->length += (size_t)n;
        } else if (n == 0 && in->length > in->statement) {
            in->text[in->length++] = '\n'; /* the last line has no newline */
        } else if (n == 0) {
            return 0;
        } else if (errno != EINTR) {
            return error_from_errno(t, errno), -1;
        }
        if (breaker_check_signals(t) < 0)
            return -1;
    }
}

static void drop_statement(Input *in)
{
    memmove(in->text, in->text + in->statement, in->length - in->statement);
    in->length -= in->statement;
    in->statement = 0;
}

/* Nothing but blanks and comments: there is nothing to run. */
static bool is_blank(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '#')
            while (i < n && text[i] != '\n')
                i++;
        else if (!strchr(" \t\f\r\n", text[i]))
            return false;
    }
    return true;
}

/* ---- what the prompt shows ---- */

static void flush(Thread *t, const char *name)
{
    Value stream = dict_get_string(t, t->interp->sys_dict, name), result = VALUE_EMPTY;
    if (!value_is_empty(stream) && !value_is_none(stream))
        result = object_call_method_string(t, stream, "flush", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, stream);
    ref_dec(t, result);
    error_clear(t);
}

/* sys.ps1 or sys.ps2: any object, shown by str(). */
static void show_prompt(Thread *t, const char *name)
{
    flush(t, "stdout");
    flush(t, "stderr");
    Value prompt = dict_get_string(t, t->interp->sys_dict, name), shown = VALUE_EMPTY, owner = VALUE_EMPTY;
    size_t n;
    const char *bytes = NULL;
    if (!value_is_empty(prompt))
        shown = object_str(t, prompt);
    if (!value_is_empty(shown))
        bytes = str_utf8(t, shown, &n, &owner);
    if (bytes)
        fwrite(bytes, 1, n, stderr);
    error_clear(t);
    ref_dec(t, owner);
    ref_dec(t, shown);
    ref_dec(t, prompt);
}

static int default_prompt(Thread *t, const char *name, const char *prompt)
{
    Value v = dict_get_string(t, t->interp->sys_dict, name);
    int status =
        value_is_empty(v)
            ? (error_pending(t) ? -1 : dict_set_string_take(t, t->interp->sys_dict, name, str_from_string(t, prompt)))
            : 0;
    ref_dec(t, v);
    return status;
}

/* ---- the plain prompt ---- */

/* Shows the pending exception and goes on; SystemExit ends the prompt: -1. */
static int show_error(Thread *t)
{
    bool interrupted;
    if (error_matches(t, EXC_SystemExit))
        return -1;
    program_report(t, false, &interrupted);
    flush(t, "stderr");
    return 0;
}

/* Is the text a whole statement?  1; 0 when further lines are needed; -1 with a SyntaxError.  Without its last newline a block is not taken as closed; what compiles only with
 * it, or ends too early, may go on (codeop's rule). */
static int is_complete(Thread *t, const char *text, size_t n, Value filename)
{
    const int flags = PARSE_ALLOW_INCOMPLETE | PARSE_DONT_IMPLY_DEDENT;
    Value code = compile_source(t, text, n - 1, filename, PARSE_SINGLE, flags, 0, 0);
    ref_dec(t, code);
    if (!value_is_empty(code))
        return 1;
    if (!error_swallow(t, EXC_SyntaxError))
        return -1;
    code = compile_source(t, text, n, filename, PARSE_SINGLE, flags, 0, 0);
    ref_dec(t, code);
    return !value_is_empty(code) || error_swallow(t, EXC__IncompleteInputError) ? 0 : -1;
}

/* Runs the statement, if it is one: 1; 0 when further lines are needed; -1 to end. */
static int run_statement(Thread *t, Input *in, Value filename)
{
    if (is_blank(in->text, in->statement))
        return 1;
    int complete = is_complete(t, in->text, in->statement, filename);
    if (complete == 0)
        return 0;
    Value result = VALUE_EMPTY;
    if (complete > 0)
        result = program_run_text(t, in->text, in->statement, filename, PARSE_SINGLE, 0, true);
    ref_dec(t, result);
    return value_is_empty(result) && show_error(t) < 0 ? -1 : 1;
}

/* The input ended inside a statement: it is compiled as it is, to say what is wrong or to run it. */
static int run_rest(Thread *t, Input *in, Value filename)
{
    if (in->statement == 0 || is_blank(in->text, in->statement))
        return 0;
    Value result = program_run_text(t, in->text, in->statement, filename, PARSE_SINGLE, 0, true);
    ref_dec(t, result);
    return value_is_empty(result) ? show_error(t) : 0;
}

Value repl_basic(Thread *t)
{
    Input in = {0};
    Value filename = str_from_string(t, "<stdin>");
    int status =
        value_is_empty(filename) || default_prompt(t, "ps1", ">>> ") < 0 || default_prompt(t, "ps2", "... ") < 0 ? -1
                                                                                                                 : 1;
    while (status > 0) {
        show_prompt(t, in.statement ? "ps2" : "ps1");
        status = read_line(t, &in);
        if (status < 0 && error_matches(t, EXC_KeyboardInterrupt)) { /* drops what was typed */
            error_clear(t);
            fputs("\nKeyboardInterrupt\n", stderr);
            in.length = in.statement = 0;
            status = 1;
        } else if (status > 0) {
            status = run_statement(t, &in, filename);
            if (status > 0)
                drop_statement(&in);
            else if (status == 0)
                status = 1;
        } else if (status == 0 && run_rest(t, &in, filename) < 0) {
            status = -1;
        }
    }
    if (status == 0)
        fputc('\n', stderr);
    free(in.text);
    ref_dec(t, filename);
    return status < 0 ? VALUE_EMPTY : VALUE_NONE;
}

/* ---- the start of a session ---- */

static void say_version(Thread *t, const Config *config)
{
    if (config->quiet)
        return;
    Value version = dict_get_string(t, t->interp->sys_dict, "version"), owner = VALUE_EMPTY;
    size_t n;
    const char *bytes = value_is_empty(version) ? NULL : str_utf8(t, version, &n, &owner);
    if (bytes)
        fprintf(
            stderr,
            "Python %.*s on linux\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n",
            (int)n, bytes);
    error_clear(t);
    ref_dec(t, owner);
    ref_dec(t, version);
}

static int run_startup(Thread *t, const Config *config)
{
    const char *path = options_environment(config, "PYTHONSTARTUP");
    if (!path)
        return 0;
    if (audit(t, "cpython.run_startup", "N", str_from_fs(t, path, strlen(path))) < 0)
        return show_error(t);
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "Could not open PYTHONSTARTUP\nFileNotFoundError: [Errno %d] %s: '%s'\n", errno,
                strerror(errno), path);
        return 0;
    }
    char *text = malloc(1 << 20);
    size_t n = text ? fread(text, 1, 1 << 20, f) : 0;
    fclose(f);
    Value filename = str_from_fs(t, path, strlen(path)), result = VALUE_EMPTY;
    if (!value_is_empty(filename) && text)
        result = program_run_text(t, text, n, filename, PARSE_FILE, 0, false);
    free(text);
    ref_dec(t, filename);
    ref_dec(t, result);
    return value_is_empty(result) && error_pending(t) ? show_error(t) : 0;
}

/* sys.__interactivehook__, which site sets: history and completion. */
static int run_hook(Thread *t)
{
    Value hook = dict_get_string(t, t->interp->sys_dict, "__interactivehook__");
    if (value_is_empty(hook))
        return error_pending(t) ? show_error(t) : 0;
    Value result = VALUE_EMPTY;
    if (audit(t, "cpython.run_interactivehook", "O", hook) == 0)
        result = object_call0(t, hook);
    ref_dec(t, hook);
    ref_dec(t, result);
    return value_is_empty(result) ? show_error(t) : 0;
}

static MUST_CHECK Value run_editor(Thread *t)
{
    Value console = import_module_attr(t, "_pyrepl.main", "interactive_console"), result = VALUE_EMPTY;
    Value module = dict_get_string(t, t->interp->modules, "__main__");
    if (!value_is_empty(console) && !value_is_empty(module))
        result = object_call1(t, console, module);
    ref_dec(t, console);
    ref_dec(t, module);
    return result;
}

Value repl_run(Thread *t, const Options *o, bool banner)
{
    if (banner) {
        say_version(t, &o->config);
        if (run_startup(t, &o->config) < 0)
            return VALUE_EMPTY;
    }
    if (!o->config.isolated && run_hook(t) < 0)
        return VALUE_EMPTY;
    if (audit(t, "cpython.run_stdin", "") < 0)
        return VALUE_EMPTY;
    bool plain = !isatty(0) || options_environment(&o->config, "PYTHON_BASIC_REPL");
    return plain ? repl_basic(t) : run_editor(t);
}
