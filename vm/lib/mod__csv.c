/* mod__csv.c: the module _csv: dialects and their registry.  Reading is in mod__csv_reader.c, writing in mod__csv_writer.c. */
#include "mod__csv.h"

#include <stddef.h>

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "argument.h"
#include "module_exception.h"

/* ---- dialects ---- */

/* A character parameter; none_allowed: None gives CSV_NOT_SET. */
static int char_parameter(Thread *t, Value v, const char *name, bool none_allowed, uint32_t absent, uint32_t *result)
{
    *result = absent;
    if (value_is_empty(v))
        return 0;
    if (value_is_none(v) && none_allowed) {
        *result = CSV_NOT_SET;
        return 0;
    }
    const char *expected = none_allowed ? "unicode character or None" : "unicode character";
    if (!str_check(v))
        return error_set(t, EXC_TypeError, "\"%s\" must be a %s, not %T", name, expected, v), -1;
    if (str_length(v) != 1)
        return error_set(t, EXC_TypeError, "\"%s\" must be a %s, not a string of length %zu", name, expected,
                         str_length(v)),
               -1;
    *result = str_at(str_of(v), 0);
    return 0;
}

static int bool_parameter(Thread *t, Value v, bool absent, bool *result)
{
    int truth = argument_bool(t, v, absent);
    *result = truth > 0;
    return truth < 0 ? -1 : 0;
}

/* A character that may not be a line end, nor a space that would be skipped. */
static int check_char(Thread *t, const CsvDialect *d, uint32_t c, const char *name, bool space_allowed)
{
    if (c == '\n' || c == '\r' || (c == ' ' && !space_allowed && d->skipinitialspace))
        return error_set(t, EXC_ValueError, "bad %s value", name), -1;
    return 0;
}

static bool str_has(Value str, uint32_t c)
{
    const Str *s = str_of(str);
    for (size_t i = 0; i < s->length; i++)
        if (str_at(s, i) == c)
            return true;
    return false;
}

static int check_dialect(Thread *t, const CsvDialect *d)
{
    static const char *const names[3] = {"delimiter", "escapechar", "quotechar"};
    const uint32_t chars[3] = {d->delimiter, d->escapechar, d->quotechar};
    if (d->quoting != QUOTE_NONE && d->quotechar == CSV_NOT_SET)
        return error_set(t, EXC_TypeError, "quotechar must be set if quoting enabled"), -1;
    for (int i = 0; i < 3; i++)
        if (check_char(t, d, chars[i], names[i], i == 0) < 0)
            return -1;
    for (int i = 0; i < 3; i++)
        for (int k = i + 1; k < 3; k++)
            if (chars[i] != CSV_NOT_SET && chars[i] == chars[k])
                return error_set(t, EXC_ValueError, "bad %s or %s value", names[i], names[k]), -1;
    for (int i = 0; i < 3; i++)
        if (chars[i] != CSV_NOT_SET && str_has(d->lineterminator, chars[i]))
            return error_set(t, EXC_ValueError, "bad %s or lineterminator value", names[i]), -1;
    return 0;
}

enum {
    DIALECT,
    DELIMITER,
    DOUBLEQUOTE,
    ESCAPECHAR,
    LINETERMINATOR,
    QUOTECHAR,
    QUOTING,
    SKIPINITIALSPACE,
    STRICT,
    PARAMETER_COUNT
};
static const char parameters[] = "(dialect=None, delimiter=',', doublequote=True, escapechar=None, "
                                 "lineterminator='\\r\\n', quotechar='\"', quoting=0, "
                                 "skipinitialspace=False, strict=False)";

static int set_parameters(Thread *t, CsvDialect *d, const Value *p)
{
    if (char_parameter(t, p[DELIMITER], "delimiter", false, ',', &d->delimiter) < 0 ||
        bool_parameter(t, p[DOUBLEQUOTE], true, &d->doublequote) < 0 ||
        char_parameter(t, p[ESCAPECHAR], "escapechar", true, CSV_NOT_SET, &d->escapechar) < 0)
        return -1;
    if (value_is_empty(p[LINETERMINATOR])) {
        d->lineterminator = str_intern(t, "\r\n");
    } else if (!str_check(p[LINETERMINATOR])) {
        error_set(t, EXC_TypeError, "\"lineterminator\" must be a string, not %#T", p[LINETERMINATOR]);
    } else {
        d->lineterminator = ref_inc(t, p[LINETERMINATOR]);
    }
    if (value_is_empty(d->lineterminator))
        return -1;
    if (char_parameter(t, p[QUOTECHAR], "quotechar", true, '"', &d->quotechar) < 0)
        return -1;
    if (!value_is_empty(p[QUOTING])) {
        if (!int_check_exact(p[QUOTING]))
            return error_set(t, EXC_TypeError, "\"quoting\" must be an integer, not %T", p[QUOTING]), -1;
        if (int_to_int(t, p[QUOTING], &d->quoting) < 0)
            return -1;
    }
    if (d->quoting < 0 || d->quoting >= QUOTE_COUNT)
        return error_set(t, EXC_TypeError, "bad \"quoting\" value"), -1;
    if (bool_parameter(t, p[SKIPINITIALSPACE], false, &d->skipinitialspace) < 0 ||
        bool_parameter(t, p[STRICT], false, &d->strict) < 0)
        return -1;
    if (d->quotechar == CSV_NOT_SET && value_is_none(p[QUOTECHAR]) && value_is_empty(p[QUOTING]))
        d->quoting = QUOTE_NONE;
    return check_dialect(t, d);
}

static Value dialect_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    static const char *const attributes[PARAMETER_COUNT] = {NULL,         "delimiter",        "doublequote",
                                                            "escapechar", "lineterminator",   "quotechar",
                                                            "quoting",    "skipinitialspace", "strict"};
    Value p[PARAMETER_COUNT], base = VALUE_EMPTY, owned[PARAMETER_COUNT] = {VALUE_EMPTY};
    if (native_parse(t, "Dialect", parameters, args, n, names, p) < 0)
        return VALUE_EMPTY;
    CsvDialect *d = NULL;
    bool ok = true;
    if (!value_is_empty(p[DIALECT]) && !value_is_none(p[DIALECT])) {
        base = str_check(p[DIALECT]) ? csv_registered_dialect(t, p[DIALECT]) : ref_inc(t, p[DIALECT]);
        if (value_is_empty(base))
            return VALUE_EMPTY;
        bool plain = object_is_native(base, &csv_dialect_spec);
        for (int i = 1; i < PARAMETER_COUNT; i++)
            plain &= value_is_empty(p[i]);
        if (plain) /* nothing to change in it */
            return base;
        for (int i = 1; i < PARAMETER_COUNT && ok; i++) {
            if (!value_is_empty(p[i]))
                continue;
            owned[i] = object_getattr_string(t, base, attributes[i]);
            if (value_is_empty(owned[i]))
                ok = error_swallow(t, EXC_AttributeError);
            p[i] = owned[i];
        }
    }
    if (ok && (d = type_alloc(t, type, 0)) && set_parameters(t, d, p) < 0) {
        ref_dec_ptr(t, d);
        d = NULL;
    }
    for (int i = 1; i < PARAMETER_COUNT; i++)
        ref_dec(t, owned[i]);
    ref_dec(t, base);
    return value_of(d);
}

Value csv_dialect_make(Thread *t, const Value *args, uint32_t n, Value names)
{
    return object_call(t, value_of(csv_state(t)->dialect_type), args, n, names);
}

static void dialect_dealloc(Thread *t, Object *o) { ref_clear(t, &((CsvDialect *)o)->lineterminator); }

static Value show_char(Thread *t, uint32_t c) { return c == CSV_NOT_SET ? VALUE_NONE : str_from_char(t, c); }
static CsvDialect *dialect_of(Value v) { return (CsvDialect *)value_object(v); }
static Value get_delimiter(Thread *t, Value self) { return show_char(t, dialect_of(self)->delimiter); }
static Value get_escapechar(Thread *t, Value self) { return show_char(t, dialect_of(self)->escapechar); }
static Value get_quotechar(Thread *t, Value self) { return show_char(t, dialect_of(self)->quotechar); }
static Value get_lineterminator(Thread *t, Value self) { return ref_inc(t, dialect_of(self)->lineterminator); }
static Value get_quoting(Thread *t, Value self) { return value_from_int(dialect_of(self)->quoting); }
static const GetSetDef dialect_getsets[] = {
    {"delimiter", get_delimiter, NULL, "The character between fields."},
    {"escapechar", get_escapechar, NULL, "The character that takes the next one's meaning away, or None."},
    {"lineterminator", get_lineterminator, NULL, "What the writer puts at the end of a row."},
    {"quotechar", get_quotechar, NULL, "The character around quoted fields, or None."},
    {"quoting", get_quoting, NULL, "Which fields are quoted: one of the QUOTE_ constants."},
    {NULL, NULL, NULL, NULL},
};
static const MemberDef dialect_members[] = {
    {"skipinitialspace", MEMBER_BOOL, offsetof(CsvDialect, skipinitialspace), false,
     "Are spaces after a delimiter ignored?"},
    {"doublequote", MEMBER_BOOL, offsetof(CsvDialect, doublequote), false, "Is a quote inside a field written twice?"},
    {"strict", MEMBER_BOOL, offsetof(CsvDialect, strict), false, "Does malformed input raise Error?"},
    {NULL, 0, 0, false, NULL},
};

static Value refuse_pickling(Thread *t, Value self)
{
    return error_set(t, EXC_TypeError, "cannot pickle '%.100T' instances", self);
}
NATIVE(dialect_reduce, "__reduce__", "($self, /)", "Refused: dialects are not pickled.")
{
    return refuse_pickling(t, args[0]);
}
NATIVE(dialect_reduce_ex, "__reduce_ex__", "($self, protocol, /)", "Refused: dialects are not pickled.")
{
    return refuse_pickling(t, args[0]);
}
static const NativeDef *const dialect_methods[] = {&native_dialect_reduce, &native_dialect_reduce_ex, NULL};

const TypeSpec csv_dialect_spec = {
    .name = "_csv.Dialect",
    .doc = "The rules by which rows are written as text.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(CsvDialect),
    .methods = dialect_methods,
    .getsets = dialect_getsets,
    .members = dialect_members,
    .slots = {.dealloc = dialect_dealloc, .create = dialect_create},
};

/* ---- the registry ---- */

Value csv_registered_dialect(Thread *t, Value name)
{
    Value result;
    int found = dict_get_optional(t, csv_state(t)->dialects, name, &result);
    if (found == 0)
        return CSV_FAIL("unknown dialect");
    return found < 0 ? VALUE_EMPTY : result;
}

NATIVE(csv_list_dialects, "list_dialects", "($module, /)", "The names of all registered dialects.")
{
    return dict_keys_list(t, csv_state(t)->dialects);
}
NATIVE(csv_get_dialect, "get_dialect", "($module, /, name)", "The dialect registered under a name.")
{
    return csv_registered_dialect(t, args[1]);
}

NATIVE(csv_register_dialect, "register_dialect", "($module, /, *args, **fmtparams)",
       "register_dialect(name[, dialect], **fmtparams): registers a dialect under a name.")
{
    if (n < 2 || n > 3)
        return error_set(t, EXC_TypeError, " expected at %s %d argument%s, got %u", n < 2 ? "least" : "most",
                         n < 2 ? 1 : 2, n < 2 ? "" : "s", n - 1);
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "dialect name must be a string");
    Value dialect = csv_dialect_make(t, args + 2, n - 2, names);
    if (value_is_empty(dialect))
        return dialect;
    int result = dict_set(t, csv_state(t)->dialects, args[1], dialect);
    ref_dec(t, dialect);
    return result < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(csv_unregister_dialect, "unregister_dialect", "($module, /, name)", "Forgets the dialect of a name.")
{
    int found = dict_pop(t, csv_state(t)->dialects, args[1], NULL);
    if (found == 0)
        return CSV_FAIL("unknown dialect");
    return found < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(csv_field_size_limit, "field_size_limit", "($module, /, new_limit=<unrepresentable>)",
       "The longest field that a reader accepts; sets a new limit if one is given.")
{
    CsvState *state = csv_state(t);
    int64_t old = __atomic_load_n(&state->field_limit, __ATOMIC_RELAXED), new;
    if (!value_is_empty(args[1])) {
        if (!int_check_exact(args[1]))
            return error_set(t, EXC_TypeError, "limit must be an integer");
        int overflow;
        new = int_to_int64_overflow(t, args[1], &overflow);
        if (overflow || new > INTPTR_MAX || new < INTPTR_MIN)
            return error_set(t, EXC_OverflowError, "Python int too large to convert to C long");
        store_relaxed(&state->field_limit, new);
    }
    return int_from_int64(t, old);
}

/* The dialect of reader(x, dialect, **keywords), or empty. */
static Value dialect_of_call(Thread *t, const Value *args, uint32_t n, Value names)
{
    if (n < 2 || n > 3)
        return error_set(t, EXC_TypeError, " expected at %s %d argument%s, got %u", n < 2 ? "least" : "most",
                         n < 2 ? 1 : 2, n < 2 ? "" : "s", n - 1);
    return csv_dialect_make(t, args + 2, n - 2, names);
}

NATIVE(csv_reader, "reader", "($module, iterable, /, *args, **fmtparams)",
       "reader(iterable[, dialect], **fmtparams): an iterator over the rows of an iterable of lines.")
{
    Value dialect = dialect_of_call(t, args, n, names);
    return value_is_empty(dialect) ? dialect : csv_reader_new(t, args[1], dialect);
}
NATIVE(csv_writer, "writer", "($module, fileobj, /, *args, **fmtparams)",
       "writer(fileobj[, dialect], **fmtparams): an object that writes rows to a file.")
{
    Value dialect = dialect_of_call(t, args, n, names);
    return value_is_empty(dialect) ? dialect : csv_writer_new(t, args[1], dialect);
}

static const NativeDef *const methods[] = {
    &native_csv_list_dialects,    &native_csv_get_dialect, &native_csv_register_dialect, &native_csv_unregister_dialect,
    &native_csv_field_size_limit, &native_csv_reader,      &native_csv_writer,           NULL};

static int exec(Thread *t, Value module)
{
    static const char *const quotings[QUOTE_COUNT] = {"QUOTE_MINIMAL", "QUOTE_ALL",     "QUOTE_NONNUMERIC",
                                                      "QUOTE_NONE",    "QUOTE_STRINGS", "QUOTE_NOTNULL"};
    CsvState *state = csv_state(t);
    if (!state) {
        state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        t->interp->module_state[MODULE__csv] = state;
        state->field_limit = 128 * 1024;
    }
    const struct {
        const TypeSpec *spec;
        Type **slot;
        const char *name;
    } types[] = {{&csv_dialect_spec, &state->dialect_type, "Dialect"},
                 {&csv_reader_spec, &state->reader_type, "Reader"},
                 {&csv_writer_spec, &state->writer_type, "Writer"}};
    for (int i = 0; i < 3; i++) {
        Type *type = type_from_spec(t, types[i].spec, NULL);
        if (!type || module_add_take(t, module, types[i].name, ref_inc(t, value_of(type))) < 0)
            return -1;
        REF_CLEAR_PTR(t, *types[i].slot);
        *types[i].slot = type;
    }
    Type *error = module_add_exception(t, module, "_csv.Error", NULL, NULL);
    Value dialects = dict_new(t);
    if (!error || value_is_empty(dialects) || module_add_take(t, module, "_dialects", ref_inc(t, dialects)) < 0)
        return -1;
    ref_replace_take(t, &state->error, ref_inc(t, value_of(error)));
    ref_replace_take(t, &state->dialects, dialects);
    for (int i = 0; i < QUOTE_COUNT; i++)
        if (module_add_int(t, module, quotings[i], i) < 0)
            return -1;
    return module_add_string(t, module, "__version__", "1.0");
}

static void free_state(Thread *t, void *memory)
{
    CsvState *state = memory;
    ref_dec(t, state->error);
    ref_dec(t, state->dialects);
    ref_dec_ptr(t, state->dialect_type);
    ref_dec_ptr(t, state->reader_type);
    ref_dec_ptr(t, state->writer_type);
    alloc_memory_free(t, state);
}

const ModuleDef module_def__csv = {.name = "_csv",
                                   .doc = "Reading and writing tables as text.",
                                   .methods = methods,
                                   .exec = exec,
                                   .free_state = free_state};
