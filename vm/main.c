/* main.c: the command line: options and environment, what to run, and the exit code. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compile/compile.h"
#include "lib/mod_sys.h"
#include "memory/ref.h"
#include "object/dict.h"
#include "object/error.h"
#include "object/exception.h"
#include "object/int.h"
#include "object/list.h"
#include "object/module.h"
#include "object/str.h"
#include "run/frame_access.h"
#include "run/image.h"
#include "run/lifecycle.h"
#include "thread/events.h"

typedef struct Command {
    const char *code;   /* -c */
    const char *module; /* -m */
    const char *file;   /* path, "-" or NULL: standard input */
    int first;          /* index in argv of the program's first argument */
    const char *image_folder, *image_output; /* --build-image */
} Command;

static const char usage[] =
    "usage: baton [option] ... [-c cmd | -m mod | file | -] [arg] ...\n"
    "-b     : issue warnings about converting bytes to str and comparing them (-bb: errors)\n"
    "-B     : don't write .pyc files on import\n"
    "-c cmd : program passed in as string (terminates option list)\n"
    "-d     : debug flag, for compatibility\n"
    "-E     : ignore PYTHON* environment variables\n"
    "-h     : print this help message and exit\n"
    "-i     : inspect interactively after running the script\n"
    "-I     : isolate from the user's environment (implies -E, -P and -s)\n"
    "-m mod : run library module as a script (terminates option list)\n"
    "-O     : remove assert and __debug__-dependent statements (-OO: docstrings too)\n"
    "-P     : don't prepend an unsafe path to sys.path\n"
    "-q     : don't print version and copyright on interactive startup\n"
    "-s     : don't add the user's site folder to sys.path\n"
    "-S     : don't imply 'import site' on initialization\n"
    "-u     : unbuffered stdout and stderr\n"
    "-v     : verbose: trace imports\n"
    "-V     : print the version and exit\n"
    "-W arg : warning control\n"
    "-X opt : implementation option: gil=0|1, dev, utf8, int_max_str_digits=N ...\n"
    "--gil-report : print at the end, for each thread, how long it held, wanted and waited, to stderr\n"
    "file   : program read from script file\n"
    "-      : program read from standard input\n"
    "arg ...: arguments passed to program in sys.argv[1:]\n";

static const char *environment(const Config *config, const char *name)
{
    const char *value = config->ignore_environment ? NULL : getenv(name);
    return value && *value ? value : NULL;
}

static bool parse_gil(Config *config, const char *value, const char *from)
{
    if (value && (!strcmp(value, "0") || !strcmp(value, "1"))) {
        config->gil = *value == '1';
        return true;
    }
    fprintf(stderr, "Fatal Python error: config_read_gil: %s must be \"0\" or \"1\"\n", from);
    return false;
}

static bool parse_x(Config *config, const char *option)
{
    const char *equals = strchr(option, '=');
    size_t n = equals ? (size_t)(equals - option) : strlen(option);
    const char *value = equals ? equals + 1 : NULL;
#define IS(name) (n == sizeof name - 1 && !memcmp(option, name, n))
    if (IS("gil"))
        return parse_gil(config, value, "PYTHON_GIL / -X gil");
    if (IS("dev"))
        config->dev_mode = 1;
    else if (IS("utf8"))
        config->utf8_mode = true;
    else if (IS("warn_default_encoding"))
        config->warn_default_encoding = 1;
    else if (IS("int_max_str_digits")) {
        char *end;
        long digits = value ? strtol(value, &end, 10) : -1;
        if (!value || *end || (digits != 0 && digits < 640) || digits > INT32_MAX) {
            fprintf(stderr, "Fatal Python error: config_init_int_max_str_digits: -X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited.\n");
            return false;
        }
        config->int_max_str_digits = (int)digits;
    }
#undef IS
    return true;
}

/* -1: go on; else exit with that code. */
static int parse_arguments(int argc, char **argv, Config *config, Command *command, const char **warnings, int *warning_count, const char **xoptions, int *x_count)
{
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
        const char *a = argv[i];
        if (!strcmp(a, "--help")) {
            fputs(usage, stdout);
            return 0;
        }
        if (!strcmp(a, "--version"))
            a = "-V";
        if (!strcmp(a, "--gil-report")) {
            config->gil_report = true;
            continue;
        }
        if (!strcmp(a, "--build-image") && i + 2 < argc) {
            command->image_folder = argv[i + 1];
            command->image_output = argv[i + 2];
            return -1;
        }
        for (const char *o = a + 1; *o; o++) {
            const char *value = NULL;
            if (strchr("cmWX", *o)) { /* takes a value: the rest, or the next argument */
                if (o[1])
                    value = o + 1;
                else if (i + 1 < argc)
                    value = argv[++i];
                else {
                    fprintf(stderr, "Argument expected for the -%c option\nusage: baton [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `baton -h' for more information.\n", *o);
                    return 2;
                }
            }
            switch (*o) {
            case 'c': command->code = value; command->first = i + 1; return -1;
            case 'm': command->module = value; command->first = i + 1; return -1;
            case 'W': warnings[(*warning_count)++] = value; break;
            case 'X':
                xoptions[(*x_count)++] = value;
                if (!parse_x(config, value))
                    return 1;
                break;
            case 'b': config->bytes_warning++; break;
            case 'B': config->dont_write_bytecode = true; break;
            case 'd': config->debug++; break;
            case 'E': config->ignore_environment = true; break;
            case 'h':
            case '?': fputs(usage, stdout); return 0;
            case 'i': config->inspect = config->interactive = true; break;
            case 'I': config->isolated = config->ignore_environment = config->safe_path = config->no_user_site = true; break;
            case 'O': config->optimize++; break;
            case 'P': config->safe_path = true; break;
            case 'q': config->quiet = true; break;
            case 'R': break;
            case 's': config->no_user_site = true; break;
            case 'S': config->no_site = true; break;
            case 'u': config->unbuffered = true; break;
            case 'v': config->verbose++; break;
            case 'V': printf("Python %s (Baton %s)\n", PYTHON_VERSION, BATON_VERSION); return 0;
            case 'x': break;
            default:
                fprintf(stderr, "Unknown option: -%c\nusage: baton [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `baton -h' for more information.\n", *o);
                return 2;
            }
            if (value)
                break;
        }
    }
    command->file = i < argc ? argv[i] : NULL;
    command->first = i < argc ? i + 1 : argc;
    return -1;
}

static bool read_environment(Config *config)
{
    const char *value;
    if ((value = environment(config, "PYTHON_GIL")) && !parse_gil(config, value, "PYTHON_GIL / -X gil"))
        return false;
    if ((value = environment(config, "PYTHONHASHSEED")) && strcmp(value, "random")) {
        char *end;
        unsigned long long seed = strtoull(value, &end, 10);
        if (*end || seed > UINT32_MAX) {
            fprintf(stderr, "Fatal Python error: config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]\n");
            return false;
        }
        config->hash_seed = seed;
        config->hash_seed_set = true;
    }
    const struct { const char *name; int *number; bool *flag; } variables[] = {
        {"PYTHONOPTIMIZE", &config->optimize, NULL}, {"PYTHONVERBOSE", &config->verbose, NULL}, {"PYTHONUNBUFFERED", NULL, &config->unbuffered},
        {"PYTHONDONTWRITEBYTECODE", NULL, &config->dont_write_bytecode}, {"PYTHONNOUSERSITE", NULL, &config->no_user_site},
        {"PYTHONINSPECT", NULL, &config->inspect}, {"PYTHONSAFEPATH", NULL, &config->safe_path}};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        if (!(value = environment(config, variables[i].name)))
            continue;
        if (variables[i].flag)
            *variables[i].flag = true;
        else if (*variables[i].number < (atoi(value) ? atoi(value) : 1))
            *variables[i].number = atoi(value) ? atoi(value) : 1;
    }
    if ((value = environment(config, "PYTHONDEVMODE")))
        config->dev_mode = 1;
    if ((value = environment(config, "PYTHONINTMAXSTRDIGITS"))) {
        char *end;
        long digits = strtol(value, &end, 10);
        if (*end || (digits != 0 && digits < 640) || digits > INT32_MAX) {
            fprintf(stderr, "Fatal Python error: config_init_int_max_str_digits: PYTHONINTMAXSTRDIGITS: invalid limit; must be >= 640 or 0 for unlimited.\n");
            return false;
        }
        config->int_max_str_digits = (int)digits;
    }
    return true;
}

/* ---- sys.argv, sys.path, options in sys ---- */

static int append_text(Thread *t, Value list, const char *text, size_t n) { return list_append_take(t, list, str_from_fs(t, text, n)); }

static int set_options(Thread *t, int argc, char **argv, const Command *command, const char **warnings, int warning_count, const char **xoptions, int x_count)
{
    Value sys = t->interp->sys_dict, list = list_new(t, 8), dict = dict_new(t), original = list_new(t, 8), warn = list_new(t, 4);
    const char *zero = command->code ? "-c" : command->module ? "-m" : command->file ? command->file : "";
    int status = append_text(t, list, zero, strlen(zero));
    for (int i = command->first; i < argc && status == 0; i++)
        status = append_text(t, list, argv[i], strlen(argv[i]));
    for (int i = 0; i < argc && status == 0; i++)
        status = append_text(t, original, argv[i], strlen(argv[i]));
    for (int i = 0; i < x_count && status == 0; i++) {
        const char *equals = strchr(xoptions[i], '=');
        Value key = str_from_fs(t, xoptions[i], equals ? (size_t)(equals - xoptions[i]) : strlen(xoptions[i]));
        Value value = equals ? str_from_fs(t, equals + 1, strlen(equals + 1)) : VALUE_TRUE;
        status = value_is_empty(key) || value_is_empty(value) ? -1 : dict_set(t, dict, key, value);
        ref_dec(t, key);
        ref_dec(t, value);
    }
    /* Later ones win: the environment first, then -W in order. */
    const char *variable = environment(&t->interp->config, "PYTHONWARNINGS");
    if (t->interp->config.dev_mode && status == 0)
        status = append_text(t, warn, "default", 7);
    while (variable && *variable && status == 0) {
        size_t n = strcspn(variable, ",");
        status = append_text(t, warn, variable, n);
        variable += n + (variable[n] == ',');
    }
    for (int i = 0; i < warning_count && status == 0; i++)
        status = append_text(t, warn, warnings[i], strlen(warnings[i]));
    if (t->interp->config.bytes_warning && status == 0) {
        const char *filter = t->interp->config.bytes_warning > 1 ? "error::BytesWarning" : "default::BytesWarning";
        status = append_text(t, warn, filter, strlen(filter));
    }
    if (status == 0 && (dict_set_string(t, sys, "argv", list) < 0 || dict_set_string(t, sys, "orig_argv", original) < 0 ||
                        dict_set_string(t, sys, "_xoptions", dict) < 0 || dict_set_string(t, sys, "warnoptions", warn) < 0))
        status = -1;
    ref_dec(t, list);
    ref_dec(t, dict);
    ref_dec(t, original);
    ref_dec(t, warn);
    return status;
}

static int prepend_path(Thread *t, const char *folder, size_t n)
{
    Value path = dict_get_string(t, t->interp->sys_dict, "path"), text = str_from_fs(t, folder, n);
    int status = value_is_empty(path) || value_is_empty(text) ? -1 : list_insert(t, path, 0, text);
    ref_dec(t, path);
    ref_dec(t, text);
    return status;
}

/* PYTHONPATH, and the folder of the program (or the current one) before it. */
static int set_path(Thread *t, const Command *command)
{
    const Config *config = &t->interp->config;
    const char *variable = environment(config, "PYTHONPATH");
    if (variable) {
        const char *parts[256];
        size_t sizes[256], count = 0;
        for (const char *at = variable; count < 256; at += sizes[count - 1] + 1) {
            parts[count] = at;
            sizes[count++] = strcspn(at, ":");
            if (!at[sizes[count - 1]])
                break;
        }
        while (count-- > 0)
            if (prepend_path(t, sizes[count] ? parts[count] : ".", sizes[count] ? sizes[count] : 1) < 0)
                return -1;
    }
    if (config->safe_path)
        return 0;
    if (command->file && strcmp(command->file, "-") != 0) {
        char *real = realpath(command->file, NULL);
        struct stat st;
        if (real && stat(real, &st) == 0 && S_ISDIR(st.st_mode)) {
            int status = prepend_path(t, real, strlen(real));
            free(real);
            return status;
        }
        const char *path = real ? real : command->file, *slash = strrchr(path, '/');
        int status = prepend_path(t, path, slash ? (slash == path ? 1 : (size_t)(slash - path)) : 0);
        free(real);
        return status;
    }
    if (command->module) {
        char here[4096];
        return getcwd(here, sizeof here) ? prepend_path(t, here, strlen(here)) : 0;
    }
    return prepend_path(t, "", 0);
}

/* ---- running ---- */

static char *read_stream(FILE *f, size_t *n)
{
    char *text = NULL;
    size_t capacity = 0;
    *n = 0;
    for (;;) {
        if (*n + 65536 > capacity) {
            char *grown = realloc(text, capacity = capacity ? capacity * 2 : 1 << 17);
            if (!grown) {
                free(text);
                return NULL;
            }
            text = grown;
        }
        size_t got = fread(text + *n, 1, 65536, f);
        *n += got;
        if (got == 0)
            return text;
    }
}

static MUST_CHECK Value run_source(Thread *t, const char *source, size_t n, const char *name, int flags)
{
    Value filename = str_from_fs(t, name, strlen(name)), code = VALUE_EMPTY, result = VALUE_EMPTY;
    Value main_module = dict_get_string(t, t->interp->modules, "__main__");
    if (!value_is_empty(filename) && !value_is_empty(main_module))
        code = compile_source(t, source, n, filename, PARSE_FILE, flags, 0, t->interp->config.optimize);
    if (!value_is_empty(code)) {
        Value globals = module_peek_dict(main_module);
        result = frame_access_run(t, code, globals, globals, VALUE_EMPTY);
    }
    ref_dec(t, filename);
    ref_dec(t, code);
    ref_dec(t, main_module);
    return result;
}

static int make_main(Thread *t)
{
    Value name = str_intern(t, "__main__"), module = module_new(t, name);
    ref_dec(t, name);
    if (value_is_empty(module))
        return -1;
    Value dict = module_peek_dict(module), loader = VALUE_NONE;
    int status = dict_set_string(t, t->interp->modules, "__main__", module) < 0 || dict_set_string(t, dict, "__builtins__", t->interp->builtins_module) < 0 ||
                         dict_set_string(t, dict, "__loader__", loader) < 0
                     ? -1
                     : 0;
    ref_dec(t, module);
    return status;
}

static MUST_CHECK Value run_module(Thread *t, const char *module)
{
    Value run = import_module_attr(t, "runpy", "_run_module_as_main"), name = str_from_fs(t, module, strlen(module)), result = VALUE_EMPTY;
    if (!value_is_empty(run) && !value_is_empty(name))
        result = object_call2(t, run, name, VALUE_TRUE);
    ref_dec(t, run);
    ref_dec(t, name);
    return result;
}

/* A folder or zip file with a __main__ is run as a package. */
static MUST_CHECK Value run_folder(Thread *t)
{
    Value run = import_module_attr(t, "runpy", "_run_module_as_main"), name = str_from_string(t, "__main__"), result = VALUE_EMPTY;
    if (!value_is_empty(run) && !value_is_empty(name))
        result = object_call2(t, run, name, VALUE_FALSE);
    ref_dec(t, run);
    ref_dec(t, name);
    return result;
}

/* *status: exit code when no Python code ran. */
static MUST_CHECK Value run_file(Thread *t, const char *path, const char *program, int *status)
{
    struct stat st;
    size_t n;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return run_folder(t);
    FILE *f = fopen(path, "rb");
    char *source = f ? read_stream(f, &n) : NULL;
    if (f)
        fclose(f);
    if (!source) {
        fprintf(stderr, "%s: can't open file '%s': [Errno %d] %s\n", program, path, errno, strerror(errno));
        *status = 2;
        return VALUE_NONE;
    }
    if (n > 4 && !memcmp(source, "PK\3\4", 4)) {
        free(source);
        return prepend_path(t, path, strlen(path)) < 0 ? VALUE_EMPTY : run_folder(t);
    }
    Value main_module = dict_get_string(t, t->interp->modules, "__main__");
    Value file = str_from_fs(t, path, strlen(path)), result = VALUE_EMPTY;
    if (!value_is_empty(file) && dict_set_string(t, module_peek_dict(main_module), "__file__", file) == 0 &&
        dict_set_string(t, module_peek_dict(main_module), "__cached__", VALUE_NONE) == 0)
        result = run_source(t, source, n, path, 0);
    ref_dec(t, file);
    ref_dec(t, main_module);
    free(source);
    return result;
}

/* The exit code for the pending exception, which is reported and cleared. */
static int report(Thread *t, bool *interrupted)
{
    Value exc = error_take(t);
    int status = 1;
    if (type_is_subtype(type_of(t, exc), t->interp->exceptions[EXC_SystemExit])) {
        Value code = object_getattr_string(t, exc, "code");
        if (value_is_empty(code)) {
            error_clear(t);
        } else if (value_is_none(code)) {
            status = 0;
        } else if (int_check(code)) {
            status = (int)(int_to_uint64_mask(code) & 0xFF);
        } else {
            Value file = dict_get_string(t, t->interp->sys_dict, "stderr"), text = object_str(t, code), result;
            if (!value_is_empty(text) && !value_is_empty(file) && !value_is_none(file)) {
                result = object_call_method_string(t, file, "write", text, VALUE_EMPTY, VALUE_EMPTY);
                ref_dec(t, result);
                result = object_call_method_string(t, file, "write", t->interp->latin1['\n'], VALUE_EMPTY, VALUE_EMPTY);
                ref_dec(t, result);
            }
            error_clear(t);
            ref_dec(t, file);
            ref_dec(t, text);
        }
        ref_dec(t, code);
        ref_dec(t, exc);
        return status;
    }
    *interrupted = type_is_subtype(type_of(t, exc), t->interp->exceptions[EXC_KeyboardInterrupt]);
    Value tb = exception_get_traceback(t, exc), hook = dict_get_string(t, t->interp->sys_dict, "excepthook"), result = VALUE_EMPTY;
    if (dict_set_string(t, t->interp->sys_dict, "last_exc", exc) < 0 ||
        dict_set_string(t, t->interp->sys_dict, "last_type", value_of(type_of(t, exc))) < 0 ||
        dict_set_string(t, t->interp->sys_dict, "last_value", exc) < 0 ||
        dict_set_string(t, t->interp->sys_dict, "last_traceback", value_is_empty(tb) ? VALUE_NONE : tb) < 0)
        error_clear(t);
    if (!value_is_empty(hook)) {
        Value args[3] = {value_of(type_of(t, exc)), exc, value_is_empty(tb) ? VALUE_NONE : tb};
        result = object_call(t, hook, args, 3, VALUE_EMPTY);
    }
    if (value_is_empty(result)) {
        if (error_pending(t) && error_matches(t, EXC_SystemExit)) {
            ref_dec(t, tb);
            ref_dec(t, hook);
            ref_dec(t, exc);
            return report(t, interrupted);
        }
        error_clear(t);
        sys_print_exception(t, exc);
    }
    ref_dec(t, result);
    ref_dec(t, tb);
    ref_dec(t, hook);
    ref_dec(t, exc);
    return 1;
}

int main(int argc, char **argv)
{
    Config config = {.gil = true, .int_max_str_digits = CONFIG_INT_MAX_STR_DIGITS, .utf8_mode = true};
    Command command = {0};
    const char **warnings = calloc((size_t)argc * 2 + 2, sizeof *warnings), **xoptions = warnings + argc + 1;
    int warning_count = 0, x_count = 0;
    if (!warnings)
        return 1;
    /* -E and -I say whether the environment counts, and options override it: it is read in between. */
    Config scan = config;
    Command ignored = {0};
    int exit_code = parse_arguments(argc, argv, &scan, &ignored, warnings, &warning_count, xoptions, &x_count);
    if (exit_code >= 0)
        return free(warnings), exit_code;
    config.ignore_environment = scan.ignore_environment;
    warning_count = x_count = 0;
    if (!read_environment(&config))
        return free(warnings), 1;
    exit_code = parse_arguments(argc, argv, &config, &command, warnings, &warning_count, xoptions, &x_count);
    if (exit_code >= 0)
        return free(warnings), exit_code;

    Thread *t = lifecycle_start(&config);
    if (!t)
        return free(warnings), 1;
    if (command.image_folder)
        return free(warnings), image_build(t, command.image_folder, command.image_output);

    int status = 0;
    bool interrupted = false;
    Value result = VALUE_EMPTY;
    if (lifecycle_start_imports(t) == 0 && set_options(t, argc, argv, &command, warnings, warning_count, xoptions, x_count) == 0 && make_main(t) == 0 &&
        lifecycle_start_site(t) == 0 && set_path(t, &command) == 0) {
        if (command.code) {
            result = run_source(t, command.code, strlen(command.code), "<string>", PARSE_IGNORE_COOKIE);
        } else if (command.module) {
            result = run_module(t, command.module);
        } else if (command.file && strcmp(command.file, "-") != 0) {
            result = run_file(t, command.file, argv[0], &status);
        } else {
            size_t n;
            char *source = read_stream(stdin, &n);
            result = source ? run_source(t, source, n, "<stdin>", 0) : error_no_memory(t);
            free(source);
        }
    }
    free(warnings);
    if (value_is_empty(result))
        status = report(t, &interrupted);
    ref_dec(t, result);
    status = lifecycle_finish(t, status);
    if (interrupted) { /* die by the signal, so that the shell knows */
        signal(SIGINT, SIG_DFL);
        kill(getpid(), SIGINT);
        return 130;
    }
    return status;
}
