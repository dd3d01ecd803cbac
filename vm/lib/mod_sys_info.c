/* mod_sys_info.c: the constants of sys: versions, flags, limits of numbers, names of modules. */
#include <float.h>
#include <stdio.h>

#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../object/structseq.h"
#include "mod_sys.h"

#define FIELDS(name) static const MemberDef name[]
#define FIELD STRUCTSEQ_FIELD

FIELDS(version_fields) = {FIELD(0, "major", ""),        FIELD(1, "minor", ""),  FIELD(2, "micro", ""),
                          FIELD(3, "releaselevel", ""), FIELD(4, "serial", ""), {0}};
static const StructSeqSpec version_spec =
    STRUCTSEQ_CLOSED("sys.version_info", "The language version in parts.", version_fields, 5, 5, 0);
FIELDS(flag_fields) = {FIELD(0, "debug", "-d"),
                       FIELD(1, "inspect", "-i"),
                       FIELD(2, "interactive", "-i"),
                       FIELD(3, "optimize", "-O or -OO"),
                       FIELD(4, "dont_write_bytecode", "-B"),
                       FIELD(5, "no_user_site", "-s"),
                       FIELD(6, "no_site", "-S"),
                       FIELD(7, "ignore_environment", "-E"),
                       FIELD(8, "verbose", "-v"),
                       FIELD(9, "bytes_warning", "-b"),
                       FIELD(10, "quiet", "-q"),
                       FIELD(11, "hash_randomization", "-R"),
                       FIELD(12, "isolated", "-I"),
                       FIELD(13, "dev_mode", "-X dev"),
                       FIELD(14, "utf8_mode", "-X utf8"),
                       FIELD(15, "warn_default_encoding", "-X warn_default_encoding"),
                       FIELD(16, "safe_path", "-P"),
                       FIELD(17, "int_max_str_digits", "-X int_max_str_digits"),
                       FIELD(18, "gil", "-X gil"),
                       FIELD(19, "thread_inherit_context", "-X thread_inherit_context"),
                       FIELD(20, "context_aware_warnings", "-X context_aware_warnings"),
                       {0}};
static const StructSeqSpec flag_spec =
    STRUCTSEQ_CLOSED("sys.flags", "What the command line and the environment asked for.", flag_fields, 18, 21, 0);
FIELDS(float_fields) = {FIELD(0, "max", ""),   FIELD(1, "max_exp", ""),  FIELD(2, "max_10_exp", ""),
                        FIELD(3, "min", ""),   FIELD(4, "min_exp", ""),  FIELD(5, "min_10_exp", ""),
                        FIELD(6, "dig", ""),   FIELD(7, "mant_dig", ""), FIELD(8, "epsilon", ""),
                        FIELD(9, "radix", ""), FIELD(10, "rounds", ""),  {0}};
static const StructSeqSpec float_spec = STRUCTSEQ("sys.float_info", "Limits of floats.", float_fields, 11, 11, 0);
FIELDS(int_fields) = {FIELD(0, "bits_per_digit", ""),
                      FIELD(1, "sizeof_digit", ""),
                      FIELD(2, "default_max_str_digits", ""),
                      FIELD(3, "str_digits_check_threshold", ""),
                      {0}};
static const StructSeqSpec int_spec = STRUCTSEQ("sys.int_info", "How ints are kept.", int_fields, 4, 4, 0);
FIELDS(hash_fields) = {FIELD(0, "width", ""),     FIELD(1, "modulus", ""),
                       FIELD(2, "inf", ""),       FIELD(3, "nan", ""),
                       FIELD(4, "imag", ""),      FIELD(5, "algorithm", ""),
                       FIELD(6, "hash_bits", ""), FIELD(7, "seed_bits", ""),
                       FIELD(8, "cutoff", ""),    {0}};
static const StructSeqSpec hash_spec = STRUCTSEQ("sys.hash_info", "How hashes are computed.", hash_fields, 9, 9, 0);
FIELDS(thread_fields) = {FIELD(0, "name", ""), FIELD(1, "lock", ""), FIELD(2, "version", ""), {0}};
static const StructSeqSpec thread_spec = STRUCTSEQ("sys.thread_info", "How threads are made.", thread_fields, 3, 3, 0);

/* An instance of a named tuple with these fields (taken). */
static MUST_CHECK Value named(Thread *t, const StructSeqSpec *spec, const Value *fields)
{
    Type *type = structseq_type(t, spec);
    Value v = type ? structseq_new(t, type) : VALUE_EMPTY;
    for (uint32_t i = 0; i < spec->total; i++)
        if (value_is_empty(v))
            ref_dec(t, fields[i]);
        else
            structseq_set_take(v, i, fields[i]);
    ref_dec_ptr(t, type);
    return value_is_empty(v) ? v : structseq_finish_take(t, v);
}

static Value text(Thread *t, const char *s) { return str_from_string(t, s); }

static Value version_info(Thread *t)
{
    Value fields[] = {value_from_int(PYTHON_VERSION_MAJOR), value_from_int(PYTHON_VERSION_MINOR),
                      value_from_int(PYTHON_VERSION_MICRO), text(t, "final"), value_from_int(0)};
    return named(t, &version_spec, fields);
}

static int add_flags(Thread *t, Value module)
{
    const Config *c = &t->interp->config;
    Value fields[] = {value_from_int(c->debug != 0),
                      value_from_int(c->inspect),
                      value_from_int(c->interactive),
                      value_from_int(c->optimize),
                      value_from_int(c->dont_write_bytecode),
                      value_from_int(c->no_user_site),
                      value_from_int(c->no_site),
                      value_from_int(c->ignore_environment),
                      value_from_int(c->verbose),
                      value_from_int(c->bytes_warning),
                      value_from_int(c->quiet),
                      value_from_int(!c->hash_seed_set || c->hash_seed != 0),
                      value_from_int(c->isolated),
                      value_from_bool(c->dev_mode),
                      value_from_int(c->utf8_mode),
                      value_from_int(c->warn_default_encoding),
                      value_from_bool(c->safe_path),
                      value_from_int(c->int_max_str_digits),
                      value_from_int(c->gil),
                      value_from_int(!c->gil),
                      value_from_int(!c->gil)};
    return module_add_take(t, module, "flags", named(t, &flag_spec, fields));
}

static int add_numbers(Thread *t, Value module)
{
    Value floats[] = {value_from_double(DBL_MAX),
                      value_from_int(DBL_MAX_EXP),
                      value_from_int(DBL_MAX_10_EXP),
                      value_from_double(DBL_MIN),
                      value_from_int(DBL_MIN_EXP),
                      value_from_int(DBL_MIN_10_EXP),
                      value_from_int(DBL_DIG),
                      value_from_int(DBL_MANT_DIG),
                      value_from_double(DBL_EPSILON),
                      value_from_int(FLT_RADIX),
                      value_from_int(1)};
    Value ints[] = {value_from_int(30), value_from_int(4), value_from_int(CONFIG_INT_MAX_STR_DIGITS),
                    value_from_int(640)};
    Value hashes[] = {value_from_int(64),      int_from_int64(t, (INT64_C(1) << 61) - 1),
                      value_from_int(314159),  value_from_int(0),
                      value_from_int(1000003), text(t, "siphash13"),
                      value_from_int(64),      value_from_int(128),
                      value_from_int(0)};
    Value threads[] = {text(t, "pthread"), text(t, "futex"), VALUE_NONE};
    if (module_add_take(t, module, "float_info", named(t, &float_spec, floats)) < 0 ||
        module_add_take(t, module, "int_info", named(t, &int_spec, ints)) < 0 ||
        module_add_take(t, module, "hash_info", named(t, &hash_spec, hashes)) < 0 ||
        module_add_take(t, module, "thread_info", named(t, &thread_spec, threads)) < 0)
        return -1;
    if (module_add_take(t, module, "maxsize", int_from_int64(t, INT64_MAX)) < 0 ||
        module_add_int(t, module, "maxunicode", 0x10FFFF) < 0)
        return -1;
    return module_add_take(t, module, "float_repr_style", text(t, "short"));
}

static int add_builtin_names(Thread *t, Value module)
{
    static const char *const builtin[] = {
#define MODULE(name) #name,
#include "modules.def"
#undef MODULE
    };
    size_t n = sizeof builtin / sizeof *builtin;
    Value list = list_new(t, n);
    for (size_t i = 0; i < n && !value_is_empty(list); i++)
        if (list_append_take(t, list, str_intern(t, builtin[i])) < 0)
            ref_clear(t, &list);
    if (value_is_empty(list) || list_sort(t, list, VALUE_EMPTY, false) < 0)
        return ref_dec(t, list), -1;
    Value tuple = list_to_tuple(t, list);
    ref_dec(t, list);
    return module_add_take(t, module, "builtin_module_names", tuple);
}

static int add_implementation(Thread *t, Value module)
{
    Value namespace = object_call0(t, value_of(t->types[KIND_NAMESPACE]));
    Value hex =
        value_from_int(PYTHON_VERSION_MAJOR << 24 | PYTHON_VERSION_MINOR << 16 | PYTHON_VERSION_MICRO << 8 | 0xF0);
    const struct {
        const char *name;
        Value value;
    } fields[] = {{"name", text(t, "baton")},
                  {"cache_tag", text(t, CONFIG_CACHE_TAG)},
                  {"version", version_info(t)},
                  {"hexversion", hex},
                  {"supports_isolated_interpreters", VALUE_FALSE},
                  {"_multiarch", text(t, "x86_64-linux-gnu")}};
    int status = value_is_empty(namespace) ? -1 : 0;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (status == 0)
            status = value_is_empty(fields[i].value)
                         ? -1
                         : object_setattr_string(t, namespace, fields[i].name, fields[i].value);
        ref_dec(t, fields[i].value);
    }
    if (status < 0) {
        ref_dec(t, namespace);
        return -1;
    }
    return module_add_take(t, module, "implementation", namespace);
}

/* ---- sys._jit: nothing is compiled to machine code ---- */

NATIVE(jit_is_available, "is_available", "($module, /)", "Can this program compile to machine code?")
{
    return VALUE_FALSE;
}
NATIVE(jit_is_enabled, "is_enabled", "($module, /)", "Is code compiled to machine code when it runs often?")
{
    return VALUE_FALSE;
}
NATIVE(jit_is_active, "is_active", "($module, /)", "Is the topmost frame running machine code?") { return VALUE_FALSE; }

static const NativeDef *const jit_functions[] = {&native_jit_is_available, &native_jit_is_enabled,
                                                 &native_jit_is_active, NULL};

static const ModuleDef jit_def = {
    .name = "sys._jit", .doc = "Whether code is compiled to machine code while it runs.", .methods = jit_functions};

int sys_add_info(Thread *t, Value module)
{
    char version[200];
    snprintf(version, sizeof version, "%s (Baton %s) [%s]", PYTHON_VERSION, BATON_VERSION,
#if defined(__clang__)
             "Clang " __clang_version__
#else
             "GCC " __VERSION__
#endif
    );
    const struct {
        const char *name;
        Value value;
    } items[] = {
        {"version", text(t, version)},
        {"version_info", version_info(t)},
        {"hexversion",
         value_from_int(PYTHON_VERSION_MAJOR << 24 | PYTHON_VERSION_MINOR << 16 | PYTHON_VERSION_MICRO << 8 | 0xF0)},
        {"api_version", value_from_int(1013)},
        {"copyright", text(t, "Copyright (c) 2026 The Baton authors. MIT License.")},
        {"_git", tuple_pack(t, 3, t->interp->empty_str, t->interp->empty_str, t->interp->empty_str)},
        {"_framework", text(t, "")},
        {"abiflags", text(t, "")},
        {"platform", text(t, "linux")},
        {"platlibdir", text(t, "lib")},
        {"byteorder", text(t, "little")},
        {"dont_write_bytecode", value_from_bool(t->interp->config.dont_write_bytecode)},
        {"pycache_prefix", VALUE_NONE},
        {"warnoptions", list_new(t, 0)},
        {"_xoptions", dict_new(t)},
        {"meta_path", list_new(t, 4)},
        {"path_hooks", list_new(t, 4)},
        {"path_importer_cache", dict_new(t)},
        {"path", list_new(t, 8)},
        {"argv", list_new(t, 4)},
        {"orig_argv", list_new(t, 4)},
        {"modules", ref_inc(t, t->interp->modules)},
        {"executable", text(t, "")},
        {"_base_executable", text(t, "")},
        {"prefix", text(t, "")},
        {"base_prefix", text(t, "")},
        {"exec_prefix", text(t, "")},
        {"base_exec_prefix", text(t, "")},
        {"_stdlib_dir", VALUE_NONE},
        {"_jit", module_from_def(t, &jit_def)},
    };
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        if (module_add_take(t, module, items[i].name, items[i].value) < 0)
            return -1;
    if (add_flags(t, module) < 0 || add_numbers(t, module) < 0 || add_builtin_names(t, module) < 0 ||
        add_implementation(t, module) < 0)
        return -1;
    return 0;
}
