/* program.c: see program.h.  Steps and their order are CPython's.  Read next: ../run/lifecycle.c, and repl.c for the prompt. */
#include "program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../compile/compile.h"
#include "../debug/heapcheck.h"
#include "../front/source.h"
#include "../lib/mod_sys.h"
#include "../memory/cycle.h"
#include "../memory/ref.h"
#include "../object/audit.h"
#include "../object/bytes.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/exception.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../os/os.h"
#include "../run/frame_access.h"
#include "../run/lifecycle.h"
#include "../thread/events.h"
#include "../thread/gil.h"
#include "repl.h"

/* ---- sys ---- */

static Value text(Thread *t, const char *s) { return str_from_fs(t, s, strlen(s)); }
static int append(Thread *t, Value list, const char *s, size_t n)
{
    return list_append_take(t, list, str_from_fs(t, s, n));
}
static int set_sys_take(Thread *t, const char *name, Value v)
{
    return dict_set_string_take(t, t->interp->sys_dict, name, v);
}

/* A list of strings in sys; `first` (or NULL) comes before the items. */
static int set_list(Thread *t, const char *name, const char *first, char *const *items, int count)
{
    Value list = list_new(t, (size_t)count + 1);
    int status = value_is_empty(list) ? -1 : first ? append(t, list, first, strlen(first)) : 0;
    for (int i = 0; i < count && status == 0; i++)
        status = append(t, list, items[i], strlen(items[i]));
    if (status < 0)
        ref_clear(t, &list);
    return value_is_empty(list) ? -1 : set_sys_take(t, name, list);
}

static int set_argv(Thread *t, const Options *o, int argc, char **argv)
{
    const char *zero = o->code ? "-c" : o->module ? "-m" : o->file ? o->file : "";
    if (set_list(t, "argv", zero, argv + o->first, argc - o->first) < 0)
        return -1;
    return set_list(t, "orig_argv", NULL, argv, argc);
}

static int set_xoptions(Thread *t, const Options *o)
{
    Value dict = dict_new(t);
    for (int i = 0; i < o->xoption_count && !value_is_empty(dict); i++) {
        const char *option = o->xoptions[i], *equals = strchr(option, '=');
        Value key = str_from_fs(t, option, equals ? (size_t)(equals - option) : strlen(option));
        Value value = equals ? text(t, equals + 1) : VALUE_TRUE;
        if (value_is_empty(key) || value_is_empty(value) || dict_set(t, dict, key, value) < 0)
            ref_clear(t, &dict);
        ref_dec(t, key);
        ref_dec(t, value);
    }
    return value_is_empty(dict) ? -1 : set_sys_take(t, "_xoptions", dict);
}

/* Later ones win: the environment first, then -W in order. */
static int set_warnings(Thread *t, const Options *o)
{
    const Config *config = &o->config;
    const char *variable = options_environment(config, "PYTHONWARNINGS");
    Value list = list_new(t, 4);
    int status = value_is_empty(list) ? -1 : config->dev_mode ? append(t, list, "default", 7) : 0;
    while (variable && *variable && status == 0) {
        size_t n = strcspn(variable, ",");
        status = append(t, list, variable, n);
        variable += n + (variable[n] == ',');
    }
    for (int i = 0; i < o->warning_count && status == 0; i++)
        status = append(t, list, o->warnings[i], strlen(o->warnings[i]));
    if (config->bytes_warning && status == 0) {
        const char *filter = config->bytes_warning > 1 ? "error::BytesWarning" : "default::BytesWarning";
        status = append(t, list, filter, strlen(filter));
    }
    if (status < 0)
        ref_clear(t, &list);
    return value_is_empty(list) ? -1 : set_sys_take(t, "warnoptions", list);
}

static int set_pycs(Thread *t, const Options *o)
{
    if (o->config.pycache_prefix && set_sys_take(t, "pycache_prefix", text(t, o->config.pycache_prefix)) < 0)
        return -1;
    if (!o->check_pycs)
        return 0;
    Value imp = dict_get_string(t, t->interp->modules, "_imp");
    int status = value_is_empty(imp)
                     ? -1
                     : dict_set_string_take(t, module_peek_dict(imp), "check_hash_based_pycs", text(t, o->check_pycs));
    ref_dec(t, imp);
    return status;
}

/* ---- sys.path ---- */

static int prepend(Thread *t, const char *folder, size_t n)
{
    Value path = dict_get_string(t, t->interp->sys_dict, "path"), item = str_from_fs(t, folder, n);
    int status = value_is_empty(path) || value_is_empty(item) ? -1 : list_insert(t, path, 0, item);
    ref_dec(t, path);
    ref_dec(t, item);
    return status;
}

static int add_pythonpath(Thread *t, const char *variable)
{
    const char *end = variable + strlen(variable);
    for (;;) { /* from the last to the first */
        const char *start = end;
        while (start > variable && start[-1] != ':')
            start--;
        if (prepend(t, start == end ? "." : start, start == end ? 1 : (size_t)(end - start)) < 0)
            return -1;
        if (start == variable)
            return 0;
        end = start - 1;
    }
}

/* Does it end in a zip archive's directory, with at most a comment behind?  What comes before the archive (a line for the shell) does not matter. */
static bool is_archive(const char *path, int64_t size)
{
    enum { DIRECTORY_END = 22, COMMENT_MAX = 65535 };
    int64_t n = size < DIRECTORY_END + COMMENT_MAX ? size : DIRECTORY_END + COMMENT_MAX;
    FILE *f = n < DIRECTORY_END ? NULL : fopen(path, "rb");
    char *tail = f && fseek(f, (long)-n, SEEK_END) == 0 ? malloc((size_t)n) : NULL;
    bool yes = false;
    if (tail && fread(tail, 1, (size_t)n, f) == (size_t)n)
        for (int64_t i = n - DIRECTORY_END; i >= 0 && !yes; i--)
            yes = tail[i] == 'P' && memcmp(tail + i, "PK\5\6", 4) == 0;
    free(tail);
    if (f)
        fclose(f);
    return yes;
}

/* The path as everybody sees it: the program may change the current folder. Owned (free), or NULL. */
static char *absolute(const char *path)
{
    char here[4096], *result = NULL;
    if (*path == '/' || !getcwd(here, sizeof here) ||
        asprintf(&result, "%s/%s", strcmp(here, "/") ? here : "", path) < 0)
        return strdup(path);
    return result;
}

/* A folder or a zip file is run by its module __main__. */
static bool is_package(const char *path)
{
    struct stat st;
    return path && strcmp(path, "-") && stat(path, &st) == 0 &&
           (S_ISDIR(st.st_mode) || (S_ISREG(st.st_mode) && is_archive(path, st.st_size)));
}

/* The folder of the program, or the current one, comes before everything. */
static int add_program_folder(Thread *t, const Options *o)
{
    if (!o->code && !o->module && is_package(o->file)) {
        char *path = absolute(o->file);
        int status = path ? prepend(t, path, strlen(path)) : (error_no_memory(t), -1);
        free(path);
        return status;
    }
    if (o->config.safe_path)
        return 0;
    if (o->module) {
        char here[4096];
        return getcwd(here, sizeof here) ? prepend(t, here, strlen(here)) : 0;
    }
    if (o->code || !o->file || !strcmp(o->file, "-"))
        return prepend(t, "", 0);
    char *real = realpath(o->file, NULL);
    const char *path = real ? real : o->file, *slash = strrchr(path, '/');
    int status = prepend(t, path, !slash ? 0 : slash == path ? 1 : (size_t)(slash - path));
    free(real);
    return status;
}

/* ---- __main__ ---- */

static Value peek_main_dict(Thread *t)
{
    Value module = dict_get_string(t, t->interp->modules, "__main__");
    if (value_is_empty(module))
        return error_pending(t) ? VALUE_EMPTY : error_set(t, EXC_RuntimeError, "no module __main__");
    Value dict = module_peek_dict(module);
    ref_dec(t, module); /* sys.modules keeps it */
    return dict;
}

/* Its loader until a program says better: what finds built-in modules. */
static int make_main(Thread *t)
{
    Value name = str_intern(t, "__main__"), module = module_new(t, name), loader = VALUE_EMPTY;
    ref_dec(t, name);
    if (!value_is_empty(module))
        loader = import_module_attr(t, "_frozen_importlib", "BuiltinImporter");
    int status = -1;
    if (!value_is_empty(loader)) {
        Value dict = module_peek_dict(module);
        if (dict_set_string(t, t->interp->modules, "__main__", module) == 0 &&
            dict_set_string(t, dict, "__builtins__", t->interp->builtins_module) == 0)
            status = dict_set_string(t, dict, "__loader__", loader);
    }
    ref_dec(t, loader);
    ref_dec(t, module);
    return status;
}

static int name_main_file(Thread *t, Value path)
{
    Value dict = peek_main_dict(t);
    if (value_is_empty(dict) || dict_set_string(t, dict, "__file__", path) < 0)
        return -1;
    return dict_set_string(t, dict, "__cached__", VALUE_NONE);
}

/* __file__ and a loader that finds the source again. */
static int set_main_file(Thread *t, Value path, const char *loader_type)
{
    Value dict = peek_main_dict(t), loader = VALUE_EMPTY, name = VALUE_EMPTY;
    if (name_main_file(t, path) < 0)
        return -1;
    Value type = import_module_attr(t, "_frozen_importlib_external", loader_type);
    if (!value_is_empty(type))
        name = str_intern(t, "__main__");
    if (!value_is_empty(name))
        loader = object_call2(t, type, name, path);
    ref_dec(t, type);
    ref_dec(t, name);
    return value_is_empty(loader) ? -1 : dict_set_string_take(t, dict, "__loader__", loader);
}

static void forget_main_file(Thread *t)
{
    static const char *const names[] = {"__file__", "__cached__"};
    Value exc = error_take(t), dict = peek_main_dict(t);
    for (int i = 0; i < 2 && !value_is_empty(dict); i++) {
        Value name = str_intern(t, names[i]);
        if (value_is_empty(name) || dict_pop(t, dict, name, NULL) < 0)
            error_clear(t);
        ref_dec(t, name);
    }
    error_clear(t);
    if (!value_is_empty(exc))
        error_restore_take(t, exc);
}

/* What -X faulthandler and -X tracemalloc ask for. */
static int start_tools(Thread *t)
{
    const Config *config = &t->interp->config;
    const struct {
        bool wanted;
        const char *module, *function;
        int argument; /* 0: none */
    } tools[] = {{config->faulthandler, "faulthandler", "enable", 0},
                 {config->tracemalloc > 0, "_tracemalloc", "start", config->tracemalloc}};
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
        if (!tools[i].wanted)
            continue;
        Value function = import_module_attr(t, tools[i].module, tools[i].function);
        if (value_is_empty(function))
            return -1;
        Value result = tools[i].argument ? object_call1(t, function, value_from_int(tools[i].argument))
                                         : object_call0(t, function);
        ref_dec(t, function);
        if (value_is_empty(result))
            return -1;
        ref_dec(t, result);
    }
    return 0;
}

int program_start(Thread *t, const Options *o, int argc, char **argv)
{
    cycle_enable(t, false); /* until everything is there */
    if (lifecycle_start_imports(t) < 0 || set_argv(t, o, argc, argv) < 0 || set_xoptions(t, o) < 0 ||
        set_warnings(t, o) < 0 || set_pycs(t, o) < 0 || start_tools(t) < 0)
        return -1;
    const char *pythonpath = options_environment(&o->config, "PYTHONPATH");
    if (pythonpath && add_pythonpath(t, pythonpath) < 0)
        return -1;
    t->interp->base_repl = repl_basic;
    if (make_main(t) < 0 || lifecycle_start_site(t) < 0 || add_program_folder(t, o) < 0)
        return -1;
    cycle_settle(t, peek_main_dict(t));
    heapcheck_ready(t);
    return 0;
}

/* ---- a spare process ---- */

static int import_names(Thread *t, const char *names)
{
    char *copy = strdup(names), *rest = copy, *name;
    int status = copy ? 0 : (error_no_memory(t), -1);
    while (status == 0 && (name = strsep(&rest, ","))) {
        Value module = *name ? import_module(t, name) : VALUE_NONE;
        status = value_is_empty(module) ? -1 : 0;
        ref_dec(t, module);
    }
    free(copy);
    return status;
}

/* sys.path begins with the folder of the program anew. */
static int renew_program_folder(Thread *t, const Options *before, const Options *now)
{
    Value path = dict_get_string(t, t->interp->sys_dict, "path");
    int status = value_is_empty(path) ? -1 : 0;
    if (status == 0 && !before->config.safe_path && list_check(path) && list_length(path))
        status = list_delete_slice(t, path, 0, 1);
    ref_dec(t, path);
    return status < 0 ? -1 : add_program_folder(t, now);
}

/* What may be chosen as late as this: how often the lock is asked for, and whether that is recorded. */
static int renew_lock_settings(Thread *t, const Options *now)
{
    if (now->config.switch_interval > 0)
        atomic_store(&t->interp->switch_interval, now->config.switch_interval);
    if (now->config.gil_events && !t->interp->config.gil_events) {
        t->interp->config.gil_events = true;
        if (events_enable(t->interp) < 0)
            return error_no_memory(t), -1;
    }
    return 0;
}

int program_settle(Thread *t, const Options *o)
{
    if (import_names(t, o->config.spare) < 0)
        return -1;
    cycle_settle(t, peek_main_dict(t));
    thread_detach(t, EVENT_IO);
    return 0;
}

int program_wait(Thread *t, Options *o, int *argc, char ***argv)
{
    Options next;
    thread_measure_stack(t);
    int error = os_program_wait(argc, argv);
    thread_attach(t);
    if (error < 0)
        return error_from_errno(t, -error), -1;
    if (options_read(&next, *argc, *argv) >= 0)
        return error_set(t, EXC_SystemError, "a spare process was told nothing to run"), -1;
    Value reload = import_module_attr(t, "os", "reload_environ"),
          done = value_is_empty(reload) ? VALUE_EMPTY : object_call0(t, reload);
    int status = value_is_empty(done) || set_argv(t, &next, *argc, *argv) < 0 || set_xoptions(t, &next) < 0 ||
                         renew_program_folder(t, o, &next) < 0 || renew_lock_settings(t, &next) < 0
                     ? -1
                     : 0;
    ref_dec(t, reload);
    ref_dec(t, done);
    options_free(o);
    *o = next;
    return status;
}

/* ---- running ---- */

/* Gives linecache the lines of code that is in no file. */
static int remember_lines(Thread *t, Value code, const char *source, size_t n, Value filename)
{
    Value text = str_from_utf8(t, source, n);
    int status = value_is_empty(text) ? -1 : import_register_lines(t, code, text, filename);
    ref_dec(t, text);
    return status;
}

Value program_run_text(Thread *t, const char *source, size_t n, Value filename, ParseMode mode, int parse_flags,
                       bool remember)
{
    Value dict = peek_main_dict(t), code = VALUE_EMPTY, result = VALUE_EMPTY;
    if (value_is_empty(dict))
        return VALUE_EMPTY;
    if (memchr(source, 0, n))
        return error_set(t, EXC_SyntaxError, "source code cannot contain null bytes");
    if (audit(t, "compile", "NO", remember ? bytes_new(t, source, n) : VALUE_NONE, filename) < 0)
        return VALUE_EMPTY;
    code = compile_source(t, source, n, filename, mode, parse_flags, 0, t->interp->config.optimize);
    if (!value_is_empty(code) && (!remember || remember_lines(t, code, source, n, filename) == 0))
        result = frame_access_run(t, code, dict, dict, VALUE_EMPTY);
    ref_dec(t, code);
    return result;
}

static MUST_CHECK Value run_main_module(Thread *t, const char *module, bool alter_argv)
{
    if (audit(t, "cpython.run_module", "s", module) < 0)
        return VALUE_EMPTY;
    Value run = import_module_attr(t, "runpy", "_run_module_as_main"), name = text(t, module), result = VALUE_EMPTY;
    if (!value_is_empty(run) && !value_is_empty(name))
        result = object_call2(t, run, name, value_from_bool(alter_argv));
    ref_dec(t, run);
    ref_dec(t, name);
    return result;
}

static char *read_all(FILE *f, size_t *n)
{
    char *data = NULL;
    size_t capacity = 0, got;
    *n = 0;
    do {
        if (*n + 65536 > capacity) {
            char *grown = realloc(data, capacity = capacity ? capacity * 2 : 1 << 17);
            if (!grown) {
                free(data);
                return NULL;
            }
            data = grown;
        }
        got = fread(data + *n, 1, 65536, f);
        *n += got;
    } while (got > 0);
    return data;
}

/* -x: what the file has in its first line is not Python (but counts as a line). */
static const char *skip_line(const char *source, size_t *n)
{
    const char *end = memchr(source, '\n', *n);
    if (!end)
        end = source + *n;
    *n -= (size_t)(end - source);
    return end;
}

/* Closes the stream, unless it is stdin, before the program runs: it would find, and child processes inherit, an open file. */
static MUST_CHECK Value run_stream_take(Thread *t, FILE *f, const Options *o, Value filename)
{
    size_t n;
    char *data = read_all(f, &n);
    if (f != stdin)
        fclose(f);
    if (!data)
        return error_no_memory(t);
    const char *source = o->skip_first_line ? skip_line(data, &n) : data;
    Value result = source_check_file(t, source, n, filename) < 0
                       ? VALUE_EMPTY
                       : program_run_text(t, source, n, filename, PARSE_FILE, PARSE_PROGRAM, false);
    free(data);
    return result;
}

/* Code from a file of bytecode. */
static MUST_CHECK Value run_bytecode_take(Thread *t, FILE *f)
{
    Value magic = import_module_attr(t, "_frozen_importlib_external", "MAGIC_NUMBER"), dict = peek_main_dict(t),
          code = VALUE_EMPTY;
    uint8_t head[4];
    bool ours = fread(head, 1, 4, f) == 4 && bytes_check(magic) && bytes_of(magic)->length == 4 &&
                !memcmp(head, bytes_of(magic)->data, 4);
    fclose(f);
    ref_dec(t, magic);
    if (error_pending(t))
        return VALUE_EMPTY;
    if (!ours)
        return error_set(t, EXC_RuntimeError, "Bad magic number in .pyc file");
    Value loader = dict_get_string(t, dict, "__loader__"), name = str_intern(t, "__main__"), result = VALUE_EMPTY;
    if (!value_is_empty(loader) && !value_is_empty(name))
        code = object_call_method_string(t, loader, "get_code", name, VALUE_EMPTY, VALUE_EMPTY);
    if (!value_is_empty(code))
        result = frame_access_run(t, code, dict, dict, VALUE_EMPTY);
    ref_dec(t, code);
    ref_dec(t, name);
    ref_dec(t, loader);
    return result;
}

static MUST_CHECK Value run_open_file_take(Thread *t, FILE *f, const Options *o, const char *file)
{
    size_t n = strlen(file);
    bool bytecode = n > 4 && !strcmp(file + n - 4, ".pyc");
    Value path = text(t, file), result = VALUE_EMPTY;
    if (value_is_empty(path) || set_main_file(t, path, bytecode ? "SourcelessFileLoader" : "SourceFileLoader") < 0) {
        fclose(f);
    } else if (bytecode) {
        result = run_bytecode_take(t, f);
    } else {
        result = run_stream_take(t, f, o, path);
    }
    if (o->config.inspect)
        forget_main_file(t); /* the prompt is no file */
    ref_dec(t, path);
    return result;
}

static MUST_CHECK Value run_file(Thread *t, const Options *o, const char *argv0, int *status)
{
    struct stat st;
    char *file = absolute(o->file);
    if (file && audit(t, "cpython.run_file", "N", text(t, file)) < 0) {
        free(file);
        return VALUE_EMPTY;
    }
    FILE *f = file ? fopen(file, "rbe") : NULL;
    Value result = VALUE_NONE;
    if (!file) {
        result = error_no_memory(t);
    } else if (!f) {
        fprintf(stderr, "%s: can't open file '%s': [Errno %d] %s\n", argv0, file, errno, strerror(errno));
        *status = 2;
    } else if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode)) {
        fprintf(stderr, "%s: '%s' is a directory, cannot continue\n", argv0, file);
        fclose(f);
        *status = 1;
    } else {
        result = run_open_file_take(t, f, o, file);
    }
    free(file);
    return result;
}

/* The command of -c in UTF-8, as bytes. */
static MUST_CHECK Value command_source(Thread *t, const char *command)
{
    Value decoded = text(t, command), utf8 = value_is_empty(decoded) ? VALUE_EMPTY : str_to_utf8(t, decoded);
    ref_dec(t, decoded);
    if (value_is_empty(utf8))
        fputs("Unable to decode the command from the command line:\n", stderr);
    return utf8;
}

static MUST_CHECK Value run_stdin(Thread *t, const Options *o)
{
    if (isatty(0) || o->config.interactive)
        return repl_run(t, o, true);
    if (audit(t, "cpython.run_stdin", "") < 0)
        return VALUE_EMPTY;
    Value filename = str_from_string(t, "<stdin>"), result = VALUE_EMPTY;
    if (!value_is_empty(filename) && name_main_file(t, filename) == 0)
        result = run_stream_take(t, stdin, o, filename);
    forget_main_file(t);
    ref_dec(t, filename);
    return result;
}

static Value line(Thread *t, const char *command)
{
    Value decoded = text(t, command), v = value_is_empty(decoded) ? decoded : str_format(t, "%U\n", decoded);
    ref_dec(t, decoded);
    return v;
}

Value program_run(Thread *t, const Options *o, const char *argv0, int *status)
{
    if (o->code) {
        Value source = command_source(t, o->code), name = VALUE_EMPTY, result = VALUE_EMPTY;
        if (!value_is_empty(source) && audit(t, "cpython.run_command", "N", line(t, o->code)) == 0)
            name = str_from_string(t, "<string>");
        if (!value_is_empty(name))
            result = program_run_text(t, (const char *)bytes_of(source)->data, bytes_of(source)->length, name,
                                      PARSE_FILE, PARSE_IGNORE_COOKIE, true);
        ref_dec(t, name);
        ref_dec(t, source);
        return result;
    }
    if (o->module)
        return run_main_module(t, o->module, true);
    if (!o->file || !strcmp(o->file, "-"))
        return run_stdin(t, o);
    return is_package(o->file) ? run_main_module(t, "__main__", false) : run_file(t, o, argv0, status);
}

bool program_wants_prompt(Thread *t, const Options *o)
{
    if (!o->code && !o->module && (!o->file || !strcmp(o->file, "-")) && (isatty(0) || o->config.interactive))
        return false; /* it has been there */
    return (o->config.inspect || options_environment(&o->config, "PYTHONINSPECT")) &&
           (isatty(0) || o->config.interactive);
}

/* ---- the end ---- */

/* To sys.stderr, if there is one that works. */
static void write_to_stderr(Thread *t, Value what)
{
    Value file = dict_get_string(t, t->interp->sys_dict, "stderr"), result = VALUE_EMPTY;
    if (!value_is_empty(file) && !value_is_none(file))
        result = object_call_method_string(t, file, "write", what, VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, result);
    ref_dec(t, file);
    error_clear(t);
}

static void write_stderr(Thread *t, const char *what)
{
    Value shown = str_from_string(t, what);
    if (!value_is_empty(shown))
        write_to_stderr(t, shown);
    ref_dec(t, shown);
}

/* The exit code of a SystemExit: None is 0, a number itself, anything else is shown and 1. */
static int exit_code(Thread *t, Value exc)
{
    Value code = object_getattr_string(t, exc, "code");
    int status = 1;
    if (value_is_empty(code)) {
        error_clear(t);
    } else if (value_is_none(code)) {
        status = 0;
    } else if (int_check(code)) {
        int overflow;
        int64_t number = int_to_int64_overflow(t, code, &overflow);
        status = overflow ? 0xFF : (int)(number & 0xFF);
    } else {
        Value shown = object_str(t, code);
        if (!value_is_empty(shown)) {
            write_to_stderr(t, shown);
            write_to_stderr(t, t->interp->latin1['\n']);
        }
        error_clear(t);
        ref_dec(t, shown);
    }
    ref_dec(t, code);
    return status;
}

static void remember_last(Thread *t, Value exc, Value tb)
{
    Value sys = t->interp->sys_dict;
    if (dict_set_string(t, sys, "last_exc", exc) < 0 ||
        dict_set_string(t, sys, "last_type", value_of(type_of(t, exc))) < 0 ||
        dict_set_string(t, sys, "last_value", exc) < 0 || dict_set_string(t, sys, "last_traceback", tb) < 0)
        error_clear(t);
}

int program_report(Thread *t, bool prompt, bool *interrupted)
{
    Value exc = error_take(t);
    int status = 1;
    if (!prompt && type_is_subtype(type_of(t, exc), t->interp->exceptions[EXC_SystemExit])) {
        status = exit_code(t, exc);
        ref_dec(t, exc);
        return status;
    }
    *interrupted = type_is_subtype(type_of(t, exc), t->interp->exceptions[EXC_KeyboardInterrupt]);
    Value tb = exception_get_traceback(t, exc), hook = dict_get_string(t, t->interp->sys_dict, "excepthook"),
          result = VALUE_EMPTY;
    if (value_is_empty(tb))
        tb = VALUE_NONE;
    remember_last(t, exc, tb);
    if (audit(t, "sys.excepthook", "OOOO", hook, value_of(type_of(t, exc)), exc, tb) < 0) {
        if (error_swallow(t, EXC_RuntimeError))
            goto done;
        error_unraisable(t, VALUE_EMPTY, "Exception ignored in audit hook");
    }
    if (!value_is_empty(hook))
        result = object_call(t, hook, (Value[]){value_of(type_of(t, exc)), exc, tb}, 3, VALUE_EMPTY);
    if (value_is_empty(result) && error_pending(t) && error_matches(t, EXC_SystemExit)) {
        status = program_report(t, prompt, interrupted);
    } else if (value_is_empty(result)) {
        Value failure = value_is_empty(hook) ? VALUE_EMPTY : error_take(t);
        error_clear(t);
        if (value_is_empty(hook))
            write_stderr(t, "sys.excepthook is missing\n");
        if (!value_is_empty(failure)) {
            write_stderr(t, "Error in sys.excepthook:\n");
            sys_print_exception(t, failure);
            write_stderr(t, "\nOriginal exception was:\n");
        }
        ref_dec(t, failure);
        sys_print_exception(t, exc);
    }
done:
    ref_dec(t, result);
    ref_dec(t, tb);
    ref_dec(t, hook);
    ref_dec(t, exc);
    return status;
}
