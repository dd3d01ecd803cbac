/* options.c: see options.h.  CPython's options, variables, messages and exit codes (its manual, "Command line and environment"). */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../config.h"
#include "encoding.h"

static const char usage[] = "usage: baton [option] ... [-c cmd | -m mod | file | -] [arg] ...\n";

static const char help[] =
    "Options (and corresponding environment variables):\n"
    "-b     : issue warnings about converting bytes to str and comparing them (-bb: errors)\n"
    "-B     : don't write .pyc files on import; also PYTHONDONTWRITEBYTECODE=x\n"
    "-c cmd : program passed in as string (terminates option list)\n"
    "-d     : debug flag, for compatibility; also PYTHONDEBUG=x\n"
    "-E     : ignore PYTHON* environment variables (such as PYTHONPATH)\n"
    "-h     : print this help message and exit (also -? or --help)\n"
    "-i     : inspect interactively after running script; also PYTHONINSPECT=x\n"
    "-I     : isolate from the user's environment (implies -E, -P and -s)\n"
    "-m mod : run library module as a script (terminates option list)\n"
    "-O     : remove assert and __debug__-dependent statements; also PYTHONOPTIMIZE=x\n"
    "-OO    : do -O changes and also discard docstrings\n"
    "-P     : don't prepend an unsafe path to sys.path; also PYTHONSAFEPATH\n"
    "-q     : don't print version and copyright messages on interactive startup\n"
    "-s     : don't add user site directory to sys.path; also PYTHONNOUSERSITE=x\n"
    "-S     : don't imply 'import site' on initialization\n"
    "-u     : unbuffered stdout and stderr; also PYTHONUNBUFFERED=x\n"
    "-v     : verbose (trace import statements); also PYTHONVERBOSE=x\n"
    "-V     : print the version and exit (also --version)\n"
    "-W arg : warning control (action:message:category:module:lineno); also PYTHONWARNINGS=arg\n"
    "-x     : skip first line of source\n"
    "-X opt : set an option of the implementation, see --help-xoptions\n"
    "--check-hash-based-pycs always|default|never: how to validate hash-based .pyc files\n"
    "--gil-report : say at the end, for each thread, how long it held, wanted and waited, on stderr\n"
    "--help-env, --help-xoptions, --help-all: environment variables, -X options, everything\n"
    "Arguments:\n"
    "file   : program read from script file\n"
    "-      : program read from stdin (default; interactive mode if a tty)\n"
    "arg ...: arguments passed to program in sys.argv[1:]\n";

static const char help_xoptions[] =
    "The following implementation options are available (-X opt=value):\n"
    "-X cpu_count=N           : what os.cpu_count() answers; also PYTHON_CPU_COUNT\n"
    "-X dev                   : development mode: more checks and warnings; also PYTHONDEVMODE=1\n"
    "-X faulthandler          : dump tracebacks on fatal signals; also PYTHONFAULTHANDLER\n"
    "-X gil=[0|1]             : switch the Global Interpreter Lock off or on; also PYTHON_GIL\n"
    "-X gil_events            : record who has the lock, for an observer of the process's memory\n"
    "-X importtime[=2]        : show on stderr how long each import takes; also PYTHONPROFILEIMPORTTIME\n"
    "-X int_max_str_digits=N  : limit of conversions between int and str (0: none); also PYTHONINTMAXSTRDIGITS\n"
    "-X line_buffered         : lines of sys.stdout go out at once, though it is no terminal\n"
    "-X no_debug_ranges       : code remembers lines, not columns; also PYTHONNODEBUGRANGES\n"
    "-X pycache_prefix=PATH   : keep .pyc files in a parallel tree there; also PYTHONPYCACHEPREFIX\n"
    "-X spare=MODULE,...      : import these and wait until the system says what to run, where it has such processes\n"
    "-X switch_interval=SECS  : what sys.getswitchinterval() answers at first\n"
    "-X tracemalloc[=N]       : trace allocations, keeping N frames each; also PYTHONTRACEMALLOC\n"
    "-X utf8[=0|1]            : UTF-8 mode; also PYTHONUTF8\n"
    "-X warn_default_encoding : warn where the locale's encoding is the default; also PYTHONWARNDEFAULTENCODING\n";

static const char help_environment[] =
    "Environment variables that change behaviour:\n"
    "PYTHONPATH       : ':'-separated folders and zip files, put before the library in sys.path\n"
    "PYTHONSTARTUP    : file executed on interactive startup (no default)\n"
    "PYTHON_BASIC_REPL: use the plain line-by-line prompt\n"
    "PYTHONBREAKPOINT : what breakpoint() calls; 0 disables it\n"
    "PYTHONHASHSEED   : 'random', or an integer in [0; 4294967295]\n"
    "PYTHONIOENCODING : encoding[:errors] of stdin, stdout and stderr\n"
    "PYTHONSAFEPATH, PYTHONUNBUFFERED, PYTHONWARNINGS and others: see the options of --help\n";

const char *options_environment(const Config *config, const char *name)
{
    const char *value = config->ignore_environment ? NULL : getenv(name);
    return value && *value ? value : NULL;
}

static int fatal(const char *where, const char *what)
{
    fprintf(stderr, "Fatal Python error: %s: %s\nPython runtime state: preinitial%s\n\n", where, what,
            strncmp(where, "preconfig", 9) ? "ized" : "izing");
    return 1;
}

/* A whole number from `low` up; false if it is none. */
static bool parse_number(const char *text, long low, long high, int *number)
{
    char *end;
    long n = text && *text ? strtol(text, &end, 10) : low - 1;
    if (!text || !*text || *end || n < low || n > high)
        return false;
    *number = (int)n;
    return true;
}

/* ---- what can be said with -X and with a variable ---- */

static int set_gil(Config *config, const char *value, bool variable)
{
    if (!value || (strcmp(value, "0") && strcmp(value, "1")))
        return fatal("config_read_gil", "PYTHON_GIL / -X gil must be \"0\" or \"1\"");
    config->gil = *value == '1';
    return -1;
}

static int set_gil_events(Config *config, const char *value, bool variable) { return config->gil_events = true, -1; }

static int set_switch_interval(Config *config, const char *value, bool variable)
{
    char *end;
    config->switch_interval = value ? strtod(value, &end) : 0;
    if (!value || *end || !(config->switch_interval > 0 && config->switch_interval < 1e9))
        return fatal("config_read_switch_interval", "-X switch_interval=SECONDS: must be a number above 0");
    return -1;
}

static int set_digits(Config *config, const char *value, bool variable)
{
    int digits;
    if (!parse_number(value, 0, INT32_MAX, &digits) || (digits > 0 && digits < 640))
        return fatal("config_init_int_max_str_digits",
                     variable ? "PYTHONINTMAXSTRDIGITS: invalid limit; must be >= 640 or 0 for unlimited."
                              : "-X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited.");
    config->int_max_str_digits = digits;
    return -1;
}

static int set_cpu_count(Config *config, const char *value, bool variable)
{
    if (value && !strcmp(value, "default"))
        config->cpu_count = 0;
    else if (!parse_number(value, 1, INT32_MAX, &config->cpu_count))
        return fatal("config_init_cpu_count",
                     "-X cpu_count=n option: n is missing or an invalid number, n must be greater than 0");
    return -1;
}

static int set_tracemalloc(Config *config, const char *value, bool variable)
{
    config->tracemalloc = 1;
    if (value && !parse_number(value, 0, UINT16_MAX, &config->tracemalloc))
        return fatal("config_init_tracemalloc", variable ? "PYTHONTRACEMALLOC: invalid number of frames"
                                                         : "-X tracemalloc=NFRAME: invalid number of frames");
    return -1;
}

static int set_utf8(Config *config, const char *value, bool variable)
{
    if (value && strcmp(value, "0") && strcmp(value, "1"))
        return fatal("preconfig_init_utf8_mode",
                     variable ? "invalid PYTHONUTF8 environment variable value" : "invalid -X utf8 option value");
    config->utf8_mode = !value || *value == '1';
    return -1;
}

static int set_faulthandler(Config *config, const char *value, bool variable)
{
    return config->faulthandler = true, -1;
}
static int set_dev(Config *config, const char *value, bool variable)
{
    return config->dev_mode = 1, config->faulthandler = true, -1;
}
static int set_encoding_warning(Config *config, const char *value, bool variable)
{
    return config->warn_default_encoding = 1, -1;
}
static int set_no_ranges(Config *config, const char *value, bool variable) { return config->no_debug_ranges = 1, -1; }
static int set_line_buffered(Config *config, const char *value, bool variable)
{
    return config->line_buffered = true, -1;
}

static int set_pycache(Config *config, const char *value, bool variable)
{
    return config->pycache_prefix = value && *value ? value : NULL, -1;
}
static int set_spare(Config *config, const char *value, bool variable)
{
    return config->spare = value ? value : "", -1;
}

static int set_import_time(Config *config, const char *value, bool variable)
{
    return config->import_time = value && !strcmp(value, "2") ? 2 : 1, -1;
}

static const struct {
    const char *option, *variable;
    int (*set)(Config *config, const char *value,
               bool variable); /* value may be NULL; `variable`: it comes from the environment; -1, or an exit code */
} settings[] = {
    {"gil", "PYTHON_GIL", set_gil},
    {"gil_events", NULL, set_gil_events},
    {"switch_interval", NULL, set_switch_interval},
    {"int_max_str_digits", "PYTHONINTMAXSTRDIGITS", set_digits},
    {"cpu_count", "PYTHON_CPU_COUNT", set_cpu_count},
    {"tracemalloc", "PYTHONTRACEMALLOC", set_tracemalloc},
    {"utf8", "PYTHONUTF8", set_utf8},
    {"faulthandler", "PYTHONFAULTHANDLER", set_faulthandler},
    {"dev", "PYTHONDEVMODE", set_dev},
    {"warn_default_encoding", "PYTHONWARNDEFAULTENCODING", set_encoding_warning},
    {"importtime", "PYTHONPROFILEIMPORTTIME", set_import_time},
    {"no_debug_ranges", "PYTHONNODEBUGRANGES", set_no_ranges},
    {"line_buffered", NULL, set_line_buffered},
    {"pycache_prefix", "PYTHONPYCACHEPREFIX", set_pycache},
    {"spare", NULL, set_spare},
};
#define SETTINGS (sizeof settings / sizeof *settings)

/* Options that are not known are let pass: programs read them from sys._xoptions. */
static int read_x(Config *config, const char *option)
{
    const char *equals = strchr(option, '=');
    size_t n = equals ? (size_t)(equals - option) : strlen(option);
    for (size_t i = 0; i < SETTINGS; i++)
        if (strlen(settings[i].option) == n && !memcmp(settings[i].option, option, n))
            return settings[i].set(config, equals ? equals + 1 : NULL, false);
    return -1;
}

/* ---- the environment ---- */

static int read_hash_seed(Config *config, const char *value)
{
    char *end;
    if (!strcmp(value, "random"))
        return -1;
    unsigned long long seed = strtoull(value, &end, 10);
    if (*end || *value == '-' || seed > UINT32_MAX)
        return fatal("config_init_hash_seed",
                     "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]");
    config->hash_seed = seed;
    config->hash_seed_set = true;
    return -1;
}

static int read_environment(Config *config)
{
    const char *value;
    int status = -1;
    for (size_t i = 0; i < SETTINGS && status < 0; i++)
        if (settings[i].variable && (value = options_environment(config, settings[i].variable)))
            status = settings[i].set(config, value, true);
    if (status < 0 && (value = options_environment(config, "PYTHONHASHSEED")))
        status = read_hash_seed(config, value);
    const struct {
        const char *name;
        int *level;
        bool *flag;
    } variables[] = {
        {"PYTHONOPTIMIZE", &config->optimize, NULL},
        {"PYTHONVERBOSE", &config->verbose, NULL},
        {"PYTHONDEBUG", &config->debug, NULL},
        {"PYTHONUNBUFFERED", NULL, &config->unbuffered},
        {"PYTHONDONTWRITEBYTECODE", NULL, &config->dont_write_bytecode},
        {"PYTHONNOUSERSITE", NULL, &config->no_user_site},
        {"PYTHONINSPECT", NULL, &config->inspect},
        {"PYTHONSAFEPATH", NULL, &config->safe_path},
    };
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        if (!(value = options_environment(config, variables[i].name)))
            continue;
        int level = atoi(value) > 0 ? atoi(value) : 1; /* anything that is no number counts as 1 */
        if (variables[i].flag)
            *variables[i].flag = true;
        else if (*variables[i].level < level)
            *variables[i].level = level;
    }
    return status;
}

/* ---- the command line ---- */

static int refuse(const char *format, const char *what)
{
    fprintf(stderr, format, what);
    fputs(usage, stderr);
    fputs("Try `baton -h' for more information.\n", stderr);
    return 2;
}

static int print_help(const char *a, const char *b, const char *c)
{
    fputs(usage, stdout);
    const char *const parts[] = {a, b, c};
    for (int i = 0; i < 3; i++)
        if (parts[i])
            fputs(parts[i], stdout);
    return 0;
}

static int print_version(bool full)
{
    if (full)
        printf("Python %s (Baton %s, %s)\n", PYTHON_VERSION, BATON_VERSION, __VERSION__);
    else
        printf("Python %s (Baton %s)\n", PYTHON_VERSION, BATON_VERSION);
    return 0;
}

/* An option with two dashes. *i is moved past its value. */
static int read_long(Options *o, int argc, char **argv, int *i)
{
    const char *a = argv[*i];
    if (!strcmp(a, "--help"))
        return print_help(help, NULL, NULL);
    if (!strcmp(a, "--help-env"))
        return print_help(help_environment, NULL, NULL);
    if (!strcmp(a, "--help-xoptions"))
        return print_help(help_xoptions, NULL, NULL);
    if (!strcmp(a, "--help-all"))
        return print_help(help, help_environment, help_xoptions);
    if (!strcmp(a, "--version"))
        return print_version(false);
    if (!strcmp(a, "--gil-report")) {
        o->config.gil_report = true;
        return -1;
    }
    if (!strcmp(a, "--check-hash-based-pycs")) {
        if (*i + 1 >= argc)
            return refuse("Argument expected for the %s option\n", a);
        o->check_pycs = argv[++*i];
        if (strcmp(o->check_pycs, "always") && strcmp(o->check_pycs, "default") && strcmp(o->check_pycs, "never"))
            return refuse("%s must be one of 'default', 'always', or 'never'\n", a);
        return -1;
    }
    if (!strcmp(a, "--build-image") && *i + 2 < argc) {
        o->image_folder = argv[++*i];
        o->image_output = argv[++*i];
        return -1;
    }
    return refuse("unknown option %s\n", a);
}

/* One letter without a value. */
static int read_letter(Options *o, char letter)
{
    Config *config = &o->config;
    switch (letter) {
    case 'b': config->bytes_warning++; break;
    case 'B': config->dont_write_bytecode = true; break;
    case 'd': config->debug++; break;
    case 'E': config->ignore_environment = true; break;
    case 'h':
    case '?': return print_help(help, NULL, NULL);
    case 'i': config->inspect = config->interactive = true; break;
    case 'I': config->isolated = config->ignore_environment = config->safe_path = config->no_user_site = true; break;
    case 'O': config->optimize++; break;
    case 'P': config->safe_path = true; break;
    case 'q': config->quiet = true; break;
    case 'R': config->hash_random = true; break;
    case 's': config->no_user_site = true; break;
    case 'S': config->no_site = true; break;
    case 'u': config->unbuffered = true; break;
    case 'v': config->verbose++; break;
    case 'x': o->skip_first_line = true; break;
    default: return refuse("Unknown option: -%s\n", (char[]){letter, 0});
    }
    return -1;
}

/* An argument of one dash and letters.  *i is moved past a value; *last: it ends the options. */
static int read_short(Options *o, int argc, char **argv, int *i, bool *last)
{
    for (const char *a = argv[*i] + 1; *a; a++) {
        int status = -1;
        if (*a == 'V')
            return print_version(a[1] == 'V');
        if (!strchr("cmWX", *a)) {
            if ((status = read_letter(o, *a)) >= 0)
                return status;
            continue;
        }
        const char *value = a[1] ? a + 1 : *i + 1 < argc ? argv[++*i] : NULL;
        if (!value)
            return refuse("Argument expected for the -%s option\n", (char[]){*a, 0});
        switch (*a) {
        case 'c':
            o->code = value;
            *last = true;
            break;
        case 'm':
            o->module = value;
            *last = true;
            break;
        case 'W': o->warnings[o->warning_count++] = value; break;
        case 'X':
            o->xoptions[o->xoption_count++] = value;
            status = read_x(&o->config, value);
            break;
        }
        return status;
    }
    return -1;
}

static int read_arguments(Options *o, int argc, char **argv)
{
    int i = 1, status;
    o->warning_count = o->xoption_count = 0;
    for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
        bool last = false;
        if (!strcmp(argv[i], "--")) {
            i++;
            break;
        }
        status = argv[i][1] == '-' ? read_long(o, argc, argv, &i) : read_short(o, argc, argv, &i, &last);
        if (status >= 0)
            return status;
        if (last) {
            o->first = i + 1;
            return -1;
        }
    }
    o->file = i < argc ? argv[i] : NULL;
    o->first = i < argc ? i + 1 : argc;
    return -1;
}

int options_read(Options *o, int argc, char **argv)
{
    Config config = {.gil = true, .int_max_str_digits = CONFIG_INT_MAX_STR_DIGITS, .utf8_mode = -1};
    *o = (Options){.config = config};
    o->warnings = calloc((size_t)argc * 2 + 2, sizeof *o->warnings);
    if (!o->warnings)
        return fatal("options_read", "memory allocation failed");
    o->xoptions = o->warnings + argc + 1;
    /* Read twice: whether the environment counts is known only at the end, and options override it. */
    int status = read_arguments(o, argc, argv);
    struct stat st;
    if (status >= 0)
        return status;
    if (fstat(0, &st) == 0 && S_ISDIR(st.st_mode))
        return fatal("init_sys_streams", "<stdin> is a directory, cannot continue");
    config.ignore_environment = o->config.ignore_environment;
    o->config = config;
    status = read_environment(&o->config);
    if (status < 0)
        status = read_arguments(o, argc, argv);
    if (status < 0)
        encoding_configure(&o->config);
    if (o->config.hash_random) /* -R: whatever PYTHONHASHSEED says */
        o->config.hash_seed_set = false;
    return status;
}

void options_free(Options *o) { free(o->warnings); }
