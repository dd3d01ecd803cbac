/* mod__decimal_context.c: the type Context, and the manager that localcontext() returns.
 *
 * Invariant: a context's SignalDicts point back to it until it dies.  Contexts are meant for one thread each; nothing here takes locks.
 * Read next: mod__decimal_context_ops.c, mod__decimal_signals.c. */
#include "mod__decimal.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/context.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"

/* ---- raising ---- */

int decimal_raise(Thread *t, DecimalContext *c, uint32_t status)
{
    if (error_pending(t))
        return -1;
    c->status |= status;
    uint32_t trapped = status & c->s.traps;
    if (!trapped)
        return 0;
    DecimalState *state = decimal_state(t);
    Value list = decimal_signal_list(t, trapped, true);
    if (value_is_empty(list))
        return -1;
    for (int i = 0; i < DECIMAL_SIGNAL_COUNT; i++) {
        if (trapped & state->signals[i].flags) {
            error_set_value(t, state->signals[i].class, list);
            break;
        }
    }
    ref_dec(t, list);
    return -1;
}

/* ---- making ---- */

Value decimal_context_new(Thread *t, Type *type, const Settings *s)
{
    DecimalContext *c = type_alloc(t, type ? type : decimal_state(t)->context, 0);
    if (!c)
        return VALUE_EMPTY;
    Value v = value_of(c);
    c->s = *s;
    c->flags = decimal_signal_dict_new(t, c, false);
    if (!value_is_empty(c->flags))
        c->traps = decimal_signal_dict_new(t, c, true);
    if (value_is_empty(c->traps)) {
        ref_dec(t, v);
        return VALUE_EMPTY;
    }
    return v;
}

static const Settings default_settings = {
    .prec = 28,
    .emax = 999999,
    .emin = -999999,
    .rounding = ROUND_HALF_EVEN,
    .capitals = 1,
    .traps = DECIMAL_INVALID | DECIMAL_DIVISION_BY_ZERO | DECIMAL_OVERFLOW,
};

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Settings s = default_settings;
    DecimalState *state = decimal_state(t);
    if (!value_is_empty(state->default_context)) /* the template as the program has changed it */
        s = decimal_context_of(state->default_context)->s;
    return decimal_context_new(t, type, &s);
}

static void dealloc(Thread *t, Object *o)
{
    DecimalContext *c = (DecimalContext *)o;
    decimal_signal_dict_detach(c->flags);
    decimal_signal_dict_detach(c->traps);
    ref_clear(t, &c->flags);
    ref_clear(t, &c->traps);
}

static int traverse(Object *o, VisitFn visit, void *arg)
{
    DecimalContext *c = (DecimalContext *)o;
    VISIT(c->flags);
    VISIT(c->traps);
    return 0;
}

/* ---- attributes ---- */

static const char rounding_message[] = "valid values for rounding are:\n"
                                       "  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n"
                                       "   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n"
                                       "   ROUND_05UP]";

int decimal_rounding(Thread *t, Value v)
{
    DecimalState *state = decimal_state(t);
    if (str_check(v)) {
        for (int i = 0; i < ROUND_COUNT; i++) {
            if (value_is(v, state->roundings[i]))
                return i;
        }
        for (int i = 0; i < ROUND_COUNT; i++) {
            if (str_equal(v, state->roundings[i]))
                return i;
        }
    }
    error_set(t, EXC_TypeError, "%s", rounding_message);
    return -1;
}

static int read_int(Thread *t, Value v, int64_t *result)
{
    int overflow;
    if (value_is_empty(v)) {
        error_set(t, EXC_AttributeError, "context attributes cannot be deleted");
        return -1;
    }
    if (!int_check(v)) {
        error_set(t, EXC_TypeError, "an integer is required");
        return -1;
    }
    *result = int_to_int64_overflow(t, v, &overflow);
    if (overflow) {
        error_set(t, EXC_OverflowError, "Python int too large to convert to C ssize_t");
        return -1;
    }
    return 0;
}

static int set_number(Thread *t, Value v, int64_t *field, int64_t low, int64_t high, const char *message)
{
    int64_t x;
    if (read_int(t, v, &x) < 0)
        return -1;
    if (x < low || x > high) {
        error_set(t, EXC_ValueError, "%s", message);
        return -1;
    }
    *field = x;
    return 0;
}

static int set_switch(Thread *t, Value v, uint8_t *field, const char *message)
{
    int64_t x;
    if (set_number(t, v, &x, 0, 1, message) < 0)
        return -1;
    *field = (uint8_t)x;
    return 0;
}

static Settings *settings(Value self) { return &decimal_context_of(self)->s; }

static Value get_prec(Thread *t, Value self) { return int_from_int64(t, settings(self)->prec); }
static Value get_emax(Thread *t, Value self) { return int_from_int64(t, settings(self)->emax); }
static Value get_emin(Thread *t, Value self) { return int_from_int64(t, settings(self)->emin); }
static Value get_capitals(Thread *t, Value self) { return value_from_int(settings(self)->capitals); }
static Value get_clamp(Thread *t, Value self) { return value_from_int(settings(self)->clamp); }
static Value get_rounding(Thread *t, Value self)
{
    return ref_inc(t, decimal_state(t)->roundings[settings(self)->rounding]);
}
static Value get_flags(Thread *t, Value self) { return ref_inc(t, decimal_context_of(self)->flags); }
static Value get_traps(Thread *t, Value self) { return ref_inc(t, decimal_context_of(self)->traps); }

static int set_prec(Thread *t, Value self, Value v)
{
    return set_number(t, v, &settings(self)->prec, 1, DECIMAL_MAX_PREC, "valid range for prec is [1, MAX_PREC]");
}
static int set_emax(Thread *t, Value self, Value v)
{
    return set_number(t, v, &settings(self)->emax, 0, DECIMAL_MAX_EMAX, "valid range for Emax is [0, MAX_EMAX]");
}
static int set_emin(Thread *t, Value self, Value v)
{
    return set_number(t, v, &settings(self)->emin, DECIMAL_MIN_EMIN, 0, "valid range for Emin is [MIN_EMIN, 0]");
}
static int set_capitals(Thread *t, Value self, Value v)
{
    return set_switch(t, v, &settings(self)->capitals, "valid values for capitals are 0 or 1");
}
static int set_clamp(Thread *t, Value self, Value v)
{
    return set_switch(t, v, &settings(self)->clamp, "valid values for clamp are 0 or 1");
}
static int set_rounding(Thread *t, Value self, Value v)
{
    if (value_is_empty(v)) {
        error_set(t, EXC_AttributeError, "context attributes cannot be deleted");
        return -1;
    }
    int rounding = decimal_rounding(t, v);
    if (rounding < 0)
        return -1;
    settings(self)->rounding = (uint8_t)rounding;
    return 0;
}
static int set_flags(Thread *t, Value self, Value v)
{
    if (value_is_empty(v)) {
        error_set(t, EXC_AttributeError, "context attributes cannot be deleted");
        return -1;
    }
    return decimal_signals_from_dict(t, v, &decimal_context_of(self)->status);
}
static int set_traps(Thread *t, Value self, Value v)
{
    if (value_is_empty(v)) {
        error_set(t, EXC_AttributeError, "context attributes cannot be deleted");
        return -1;
    }
    return decimal_signals_from_dict(t, v, &settings(self)->traps);
}

/* Flags or traps given to the constructor, as a list of signals or a dict. */
static int read_signals(Thread *t, Value v, uint32_t *flags)
{
    if (value_is_empty(v) || value_is_none(v))
        return 0;
    return list_check(v) ? decimal_signals_from_list(t, v, flags) : decimal_signals_from_dict(t, v, flags);
}

static int init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value out[8];
    if (native_parse(
            t, "Context",
            "(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)", args,
            n, names, out) < 0)
        return -1;
    static int (*const setters[6])(Thread * t, Value self, Value v) = {set_prec, set_rounding, set_emin,
                                                                       set_emax, set_capitals, set_clamp};
    for (int i = 0; i < 6; i++) {
        if (!value_is_empty(out[i]) && !value_is_none(out[i]) && setters[i](t, self, out[i]) < 0)
            return -1;
    }
    DecimalContext *c = decimal_context_of(self);
    if (read_signals(t, out[7], &c->s.traps) < 0 || read_signals(t, out[6], &c->status) < 0)
        return -1;
    return 0;
}

static int setattr(Thread *t, Value self, Value name, Value v)
{
    if (value_is_empty(v) && str_check(name)) {
        error_set(t, EXC_AttributeError, "context attributes cannot be deleted");
        return -1;
    }
    return object_generic_setattr(t, self, name, v);
}

/* ---- text, copying, pickling ---- */

/* The names of signals as Context's repr lists them: in the order of the conditions, so that where InvalidOperation comes
   depends on what was invalid. */
static Value signal_names(Thread *t, uint32_t flags)
{
    static const struct {
        uint32_t flags;
        const char *name;
    } names[] = {
        {DECIMAL_CLAMPED, "Clamped"},
        {DECIMAL_CONVERSION_SYNTAX, "InvalidOperation"},
        {DECIMAL_DIVISION_BY_ZERO, "DivisionByZero"},
        {DECIMAL_DIVISION_IMPOSSIBLE | DECIMAL_DIVISION_UNDEFINED, "InvalidOperation"},
        {DECIMAL_INEXACT, "Inexact"},
        {DECIMAL_INVALID_CONTEXT | DECIMAL_INVALID_OPERATION, "InvalidOperation"},
        {DECIMAL_FLOAT_OPERATION, "FloatOperation"},
        {DECIMAL_OVERFLOW, "Overflow"},
        {DECIMAL_ROUNDED, "Rounded"},
        {DECIMAL_SUBNORMAL, "Subnormal"},
        {DECIMAL_UNDERFLOW, "Underflow"},
    };
    char text[200];
    size_t n = 0;
    text[n++] = '[';
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!(flags & names[i].flags))
            continue;
        if (names[i].flags & DECIMAL_INVALID)
            flags &= ~DECIMAL_INVALID;
        if (n > 1) {
            text[n++] = ',';
            text[n++] = ' ';
        }
        memcpy(text + n, names[i].name, strlen(names[i].name));
        n += strlen(names[i].name);
    }
    text[n++] = ']';
    return str_from_latin1(t, (const uint8_t *)text, n);
}

static Value repr(Thread *t, Value self)
{
    DecimalContext *c = decimal_context_of(self);
    const Settings *s = &c->s;
    Value flags = signal_names(t, c->status), traps = signal_names(t, s->traps), result = VALUE_EMPTY;
    if (!value_is_empty(flags) && !value_is_empty(traps))
        result = str_format(
            t, "Context(prec=%lld, rounding=%U, Emin=%lld, Emax=%lld, capitals=%d, clamp=%d, flags=%U, traps=%U)",
            (long long)s->prec, decimal_state(t)->roundings[s->rounding], (long long)s->emin, (long long)s->emax,
            s->capitals, s->clamp, flags, traps);
    ref_dec(t, flags);
    ref_dec(t, traps);
    return result;
}

static Value copy(Thread *t, Value self)
{
    Value v = decimal_context_new(t, NULL, settings(self));
    if (!value_is_empty(v))
        decimal_context_of(v)->status = decimal_context_of(self)->status;
    return v;
}

NATIVE(context_copy, "copy", "($self, /)", "A copy of the context, flags included.") { return copy(t, args[0]); }
NATIVE(context_copy_special, "__copy__", "($self, /)", NULL) { return copy(t, args[0]); }

NATIVE(context_reduce, "__reduce__", "($self, /)", NULL)
{
    DecimalContext *c = decimal_context_of(args[0]);
    const Settings *s = &c->s;
    Value items[8] = {int_from_int64(t, s->prec),
                      ref_inc(t, decimal_state(t)->roundings[s->rounding]),
                      int_from_int64(t, s->emin),
                      int_from_int64(t, s->emax),
                      value_from_int(s->capitals),
                      value_from_int(s->clamp),
                      decimal_signal_list(t, c->status, false),
                      decimal_signal_list(t, s->traps, false)};
    bool good = true;
    for (int i = 0; i < 8; i++)
        good &= !value_is_empty(items[i]);
    if (!good) {
        for (int i = 0; i < 8; i++)
            ref_dec(t, items[i]);
        return VALUE_EMPTY;
    }
    Value arguments = tuple_from_array_take(t, items, 8);
    if (value_is_empty(arguments))
        return arguments;
    Value pair[2] = {ref_inc(t, value_of(type_of(t, args[0]))), arguments};
    return tuple_from_array_take(t, pair, 2);
}

NATIVE(context_clear_flags, "clear_flags", "($self, /)", "Resets all flags.")
{
    decimal_context_of(args[0])->status = 0;
    return VALUE_NONE;
}
NATIVE(context_clear_traps, "clear_traps", "($self, /)", "Switches all traps off.")
{
    settings(args[0])->traps = 0;
    return VALUE_NONE;
}
NATIVE(context_etiny, "Etiny", "($self, /)", "The exponent of the smallest subnormal number: Emin - prec + 1.")
{
    return int_from_int64(t, settings_etiny(settings(args[0])));
}
NATIVE(context_etop, "Etop", "($self, /)", "The largest exponent of a number with all places in use: Emax - prec + 1.")
{
    return int_from_int64(t, settings_etop(settings(args[0])));
}
NATIVE(context_radix, "radix", "($self, /)", "Decimal('10').")
{
    Num ten;
    num_init(&ten);
    num_set_int(&ten, 10);
    return decimal_new(t, NULL, &ten);
}

static const NativeDef *const methods[] = {
    &native_context_copy,        &native_context_copy_special, &native_context_reduce,
    &native_context_clear_flags, &native_context_clear_traps,  &native_context_etiny,
    &native_context_etop,        &native_context_radix,        NULL,
};

static int add_operations(Thread *t, Type *type)
{
    for (const NativeDef *const *def = decimal_context_operations; *def; def++) {
        Value f = native_descriptor_new(t, *def, type);
        if (value_is_empty(f) || dict_set_string_take(t, type->dict, (*def)->name, f) < 0)
            return -1;
    }
    return 0;
}

static const GetSetDef getsets[] = {
    {"prec", get_prec, set_prec, "Number of places of results."},
    {"rounding", get_rounding, set_rounding, "How results are rounded: one of the ROUND_ constants."},
    {"Emin", get_emin, set_emin, "The lowest exponent of normal numbers."},
    {"Emax", get_emax, set_emax, "The highest exponent of numbers."},
    {"capitals", get_capitals, set_capitals, "Are exponents written with a capital E?"},
    {"clamp", get_clamp, set_clamp, "Are exponents limited as in the IEEE interchange formats?"},
    {"flags", get_flags, set_flags, "The conditions that have happened."},
    {"traps", get_traps, set_traps, "The conditions that raise exceptions."},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec type_spec_decimal_context = {
    .name = "decimal.Context",
    .doc = "The settings of decimal arithmetic: precision, rounding, limits of the exponent, and which conditions "
           "raise.\n\n"
           "What is not given, or None, is as in DefaultContext; flags and traps are lists of signals or dicts.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(DecimalContext),
    .methods = methods,
    .getsets = getsets,
    .signature = "(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)",
    .ready = add_operations,
    .slots =
        {.dealloc = dealloc, .traverse = traverse, .create = create, .init = init, .repr = repr, .setattr = setattr},
};

/* ---- the current context ---- */

Value decimal_current_context(Thread *t)
{
    DecimalState *state = decimal_state(t);
    Value context;
    int found = context_variable_get(t, state->variable, VALUE_EMPTY, &context);
    if (LIKELY(found > 0))
        return context;
    if (found < 0)
        return VALUE_EMPTY;
    context = decimal_context_new(t, NULL, settings(state->default_context)); /* the first use in this context */
    if (value_is_empty(context))
        return context;
    Value token = context_variable_set(t, state->variable, context);
    if (value_is_empty(token)) {
        ref_dec(t, context);
        return token;
    }
    ref_dec(t, token);
    return context;
}

Value decimal_context_argument(Thread *t, Value v)
{
    if (value_is_empty(v) || value_is_none(v))
        return decimal_current_context(t);
    if (!decimal_context_check(v))
        return error_set(t, EXC_TypeError, "optional argument must be a context");
    return ref_inc(t, v);
}

/* ---- localcontext() ---- */

typedef struct Manager {
    Object head;
    Value local, global; /* owned; empty after clear */
} Manager;

static void manager_dealloc(Thread *t, Object *o)
{
    Manager *m = (Manager *)o;
    ref_clear(t, &m->local);
    ref_clear(t, &m->global);
}
static int manager_traverse(Object *o, VisitFn visit, void *arg)
{
    Manager *m = (Manager *)o;
    VISIT(m->local);
    VISIT(m->global);
    return 0;
}

static Value make_current(Thread *t, Value context)
{
    Value token = context_variable_set(t, decimal_state(t)->variable, context);
    if (value_is_empty(token))
        return token;
    ref_dec(t, token);
    return ref_inc(t, context);
}

NATIVE(manager_enter, "__enter__", "($self, /)", "Makes the copy current.")
{
    return make_current(t, ((Manager *)value_object(args[0]))->local);
}
NATIVE(manager_exit, "__exit__", "($self, /, *args)", "Makes the context current again that was so before.")
{
    Value context = make_current(t, ((Manager *)value_object(args[0]))->global);
    if (value_is_empty(context))
        return context;
    ref_dec(t, context);
    return VALUE_FALSE;
}

static const NativeDef *const manager_methods[] = {&native_manager_enter, &native_manager_exit, NULL};

const TypeSpec type_spec_decimal_manager = {
    .name = "decimal.ContextManager",
    .doc = "What localcontext() returns.",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(Manager),
    .methods = manager_methods,
    .slots = {.dealloc = manager_dealloc, .traverse = manager_traverse},
};

Value decimal_manager_new(Thread *t, Value context, Value *attributes, const char *const *names)
{
    Value global = decimal_current_context(t), local = VALUE_EMPTY, result = VALUE_EMPTY;
    if (value_is_empty(global))
        return global;
    if (!value_is_empty(context) && !value_is_none(context) && !decimal_context_check(context)) {
        error_set(t, EXC_TypeError, "optional argument must be a context");
        goto done;
    }
    local = copy(t, value_is_empty(context) || value_is_none(context) ? global : context);
    if (value_is_empty(local))
        goto done;
    for (int i = 0; names[i]; i++) {
        Value v = attributes[i];
        if (value_is_empty(v) || value_is_none(v))
            continue;
        int status;
        if (!strcmp(names[i], "flags"))
            status = read_signals(t, v, &decimal_context_of(local)->status);
        else if (!strcmp(names[i], "traps"))
            status = read_signals(t, v, &settings(local)->traps);
        else
            status = object_setattr_string(t, local, names[i], v);
        if (status < 0)
            goto done;
    }
    Manager *m = type_alloc(t, decimal_state(t)->manager, 0);
    if (m) {
        m->local = ref_inc(t, local);
        m->global = ref_inc(t, global);
        result = value_of(m);
    }
done:
    ref_dec(t, local);
    ref_dec(t, global);
    return result;
}
