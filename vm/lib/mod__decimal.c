/* mod__decimal.c: the module _decimal: its state, exception classes, template contexts and functions.
 *
 * Locks: the state's mutex around ln10 only; everything else is written once, when the module is first executed. */
#include "mod__decimal.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/context.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"

DecimalState *decimal_state(Thread *t) { return t->interp->module_state[MODULE__decimal]; }

Value decimal_state_ln10(Thread *t, int64_t *bits)
{
    DecimalState *state = decimal_state(t);
    mutex_lock(&state->mutex);
    Value v = ref_inc(t, state->ln10);
    *bits = state->ln10_bits;
    mutex_unlock(&state->mutex);
    return v;
}

void decimal_state_set_ln10(Thread *t, Value v, int64_t bits)
{
    DecimalState *state = decimal_state(t);
    Value old = ref_inc(t, v);
    mutex_lock(&state->mutex);
    if (bits > state->ln10_bits) {
        Value swap = state->ln10;
        state->ln10 = old;
        state->ln10_bits = bits;
        old = swap;
    }
    mutex_unlock(&state->mutex);
    ref_dec(t, old);
}

/* ---- functions ---- */

NATIVE(getcontext, "getcontext", "($module, /)", "The current context.") { return decimal_current_context(t); }

NATIVE(setcontext, "setcontext", "($module, context, /)", "Makes a context current; of the template contexts, a copy.")
{
    DecimalState *state = decimal_state(t);
    Value v = args[1];
    if (!decimal_context_check(v))
        return error_set(t, EXC_TypeError, "argument must be a context");
    bool template = value_is(v, state->default_context) || value_is(v, state->basic_context) ||
                    value_is(v, state->extended_context);
    Value context = template ? decimal_context_new(t, NULL, &decimal_context_of(v)->s) : ref_inc(t, v);
    if (value_is_empty(context))
        return context;
    Value token = context_variable_set(t, state->variable, context);
    ref_dec(t, context);
    if (value_is_empty(token))
        return token;
    ref_dec(t, token);
    return VALUE_NONE;
}

static const char *const local_names[] = {"prec",  "rounding", "Emin",  "Emax", "capitals",
                                          "clamp", "flags",    "traps", NULL};

NATIVE(localcontext, "localcontext", "($module, /, ctx=None, **kwargs)",
       "A context manager that makes a copy of a context (by default the current one) current for a while.\n\n"
       "Keyword arguments set attributes of the copy.")
{
    Value out[9];
    if (native_parse(t, "localcontext",
                     "(ctx=None, *, prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, "
                     "flags=None, traps=None)",
                     args + 1, n - 1, names, out) < 0)
        return VALUE_EMPTY;
    return decimal_manager_new(t, out[0], out + 1, local_names);
}

#define IEEE_MAX_BITS 512

NATIVE(
    ieee_context, "IEEEContext", "($module, bits, /)",
    "The context of the IEEE interchange format with that many bits: a multiple of 32, at most IEEE_CONTEXT_MAX_BITS.")
{
    int64_t bits;
    if (int_to_int64(t, args[1], &bits) < 0)
        return VALUE_EMPTY;
    if (bits <= 0 || bits > IEEE_MAX_BITS || bits % 32)
        return error_set(t, EXC_ValueError, "argument must be a multiple of 32, with a maximum of %d", IEEE_MAX_BITS);
    Settings s = {.prec = 9 * (bits / 32) - 2,
                  .emax = 3 * (INT64_C(1) << (bits / 16 + 3)),
                  .rounding = ROUND_HALF_EVEN,
                  .clamp = 1,
                  .capitals = 1};
    s.emin = 1 - s.emax;
    return decimal_context_new(t, NULL, &s);
}

static const NativeDef *const functions[] = {&native_getcontext, &native_setcontext, &native_localcontext,
                                             &native_ieee_context, NULL};

/* ---- exceptions ---- */

/* A class of the module decimal with one to three bases: owned. */
static Type *add_exception(Thread *t, Value module, const char *name, Type *base, Type *second, Type *third)
{
    Value all[3] = {value_of(base), value_of(second), value_of(third)};
    Value bases = tuple_from_array(t, all, third ? 3 : second ? 2 : 1), dict = dict_new(t), result = VALUE_EMPTY;
    Value text = str_intern(t, name), where = str_intern(t, "decimal");
    if (!value_is_empty(bases) && !value_is_empty(dict) && !value_is_empty(text) && !value_is_empty(where) &&
        dict_set_string(t, dict, "__module__", where) == 0) {
        Value arguments[3] = {text, bases, dict};
        result = object_call(t, value_of(t->types[KIND_TYPE]), arguments, 3, VALUE_EMPTY);
    }
    ref_dec(t, bases);
    ref_dec(t, dict);
    ref_dec(t, text);
    ref_dec(t, where);
    return value_is_empty(result) ? NULL : (Type *)value_object(result);
}

/* In the order in which exceptions list them. */
enum {
    INVALID_OPERATION,
    FLOAT_OPERATION,
    DIVISION_BY_ZERO,
    OVERFLOW,
    UNDERFLOW,
    SUBNORMAL,
    INEXACT,
    ROUNDED,
    CLAMPED
};

static int make_exceptions(Thread *t, Value module, DecimalState *state)
{
    Type **exceptions = t->interp->exceptions;
    Type *base = add_exception(t, module, "DecimalException", exceptions[EXC_ArithmeticError], NULL, NULL);
    state->base_exception = base;
    if (!base)
        return -1;
    DecimalSignal *signals = state->signals;
    static const struct {
        int index;
        uint32_t flags;
        const char *name;
        ExceptionId second; /* 0: none */
    } simple[] = {
        {INVALID_OPERATION, DECIMAL_INVALID, "InvalidOperation", 0},
        {SUBNORMAL, DECIMAL_SUBNORMAL, "Subnormal", 0},
        {INEXACT, DECIMAL_INEXACT, "Inexact", 0},
        {ROUNDED, DECIMAL_ROUNDED, "Rounded", 0},
        {CLAMPED, DECIMAL_CLAMPED, "Clamped", 0},
        {DIVISION_BY_ZERO, DECIMAL_DIVISION_BY_ZERO, "DivisionByZero", EXC_ZeroDivisionError},
        {FLOAT_OPERATION, DECIMAL_FLOAT_OPERATION, "FloatOperation", EXC_TypeError},
    };
    for (size_t i = 0; i < sizeof simple / sizeof simple[0]; i++) {
        Type *class = add_exception(t, module, simple[i].name, base,
                                    simple[i].second ? exceptions[simple[i].second] : NULL, NULL);
        if (!class)
            return -1;
        signals[simple[i].index] = (DecimalSignal){simple[i].flags, class};
    }
    Type *inexact = signals[INEXACT].class, *rounded = signals[ROUNDED].class;
    signals[OVERFLOW] = (DecimalSignal){DECIMAL_OVERFLOW, add_exception(t, module, "Overflow", inexact, rounded, NULL)};
    signals[UNDERFLOW] = (DecimalSignal){
        DECIMAL_UNDERFLOW, add_exception(t, module, "Underflow", inexact, rounded, signals[SUBNORMAL].class)};
    if (!signals[OVERFLOW].class || !signals[UNDERFLOW].class)
        return -1;
    /* InvalidOperation itself stands first among its conditions */
    Type *invalid = signals[INVALID_OPERATION].class;
    state->conditions[0] = (DecimalSignal){DECIMAL_INVALID_OPERATION, ref_inc_ptr(t, invalid)};
    static const struct {
        uint32_t flags;
        const char *name;
        ExceptionId second;
    } conditions[] = {
        {DECIMAL_CONVERSION_SYNTAX, "ConversionSyntax", 0},
        {DECIMAL_DIVISION_IMPOSSIBLE, "DivisionImpossible", 0},
        {DECIMAL_DIVISION_UNDEFINED, "DivisionUndefined", EXC_ZeroDivisionError},
        {DECIMAL_INVALID_CONTEXT, "InvalidContext", 0},
    };
    for (int i = 0; i < 4; i++) {
        Type *class = add_exception(t, module, conditions[i].name, invalid,
                                    conditions[i].second ? exceptions[conditions[i].second] : NULL, NULL);
        if (!class)
            return -1;
        state->conditions[i + 1] = (DecimalSignal){conditions[i].flags, class};
    }
    return 0;
}

/* ---- what other modules contribute ---- */

/* module.name, imported: owned. */
static Value import_from(Thread *t, const char *module, const char *name)
{
    Value text = str_from_string(t, module), list = VALUE_EMPTY, imported = VALUE_EMPTY, result = VALUE_EMPTY,
          item = str_intern(t, name);
    if (!value_is_empty(text) && !value_is_empty(item))
        list = list_from_array(t, &item, 1);
    if (!value_is_empty(list)) {
        Value args[5] = {text, VALUE_NONE, VALUE_NONE, list, value_from_int(0)};
        imported = object_call(t, t->interp->import_func, args, 5, VALUE_EMPTY);
    }
    if (!value_is_empty(imported))
        result = object_getattr(t, imported, item);
    ref_dec(t, imported);
    ref_dec(t, list);
    ref_dec(t, item);
    ref_dec(t, text);
    return result;
}

/* DecimalTuple = collections.namedtuple("DecimalTuple", "sign digits exponent", module="decimal") */
static Value make_tuple_class(Thread *t)
{
    Value function = import_from(t, "collections", "namedtuple");
    Value name = str_from_string(t, "DecimalTuple"), fields = str_from_string(t, "sign digits exponent");
    Value module = str_intern(t, "decimal"), keyword = str_intern(t, "module"), result = VALUE_EMPTY;
    if (!value_is_empty(function) && !value_is_empty(name) && !value_is_empty(fields) && !value_is_empty(module) &&
        !value_is_empty(keyword)) {
        Value names = tuple_pack(t, 1, keyword), args[3] = {name, fields, module};
        if (!value_is_empty(names))
            result = object_call(t, function, args, 2, names);
        ref_dec(t, names);
    }
    ref_dec(t, function);
    ref_dec(t, name);
    ref_dec(t, fields);
    ref_dec(t, module);
    ref_dec(t, keyword);
    return result;
}

/* SignalDict = ABCMeta("SignalDict", (SignalDictMixin, MutableMapping), {}) */
static Value make_signal_dict(Thread *t, DecimalState *state)
{
    Value mapping = import_from(t, "collections.abc", "MutableMapping"), meta = VALUE_EMPTY, result = VALUE_EMPTY;
    if (value_is_empty(mapping))
        return mapping;
    meta = value_of(type_of(t, mapping));
    Value name = str_from_string(t, "SignalDict"), dict = dict_new(t),
          bases = tuple_pack(t, 2, value_of(state->signal_mixin), mapping);
    if (!value_is_empty(name) && !value_is_empty(dict) && !value_is_empty(bases)) {
        Value args[3] = {name, bases, dict};
        result = object_call(t, meta, args, 3, VALUE_EMPTY);
    }
    ref_dec(t, name);
    ref_dec(t, dict);
    ref_dec(t, bases);
    ref_dec(t, mapping);
    return result;
}

/* numbers.Number.register(Decimal) */
static int register_number(Thread *t, DecimalState *state)
{
    Value number = import_from(t, "numbers", "Number");
    if (value_is_empty(number))
        return -1;
    Value result = object_call_method_string(t, number, "register", value_of(state->number), VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, number);
    ref_dec(t, result);
    if (value_is_empty(result))
        return -1;
    state->rational = import_from(t, "numbers", "Rational");
    return value_is_empty(state->rational) ? -1 : 0;
}

/* ---- the module ---- */

static const char *const rounding_names[ROUND_COUNT] = {
    [ROUND_UP] = "ROUND_UP",
    [ROUND_DOWN] = "ROUND_DOWN",
    [ROUND_CEILING] = "ROUND_CEILING",
    [ROUND_FLOOR] = "ROUND_FLOOR",
    [ROUND_HALF_UP] = "ROUND_HALF_UP",
    [ROUND_HALF_DOWN] = "ROUND_HALF_DOWN",
    [ROUND_HALF_EVEN] = "ROUND_HALF_EVEN",
    [ROUND_05UP] = "ROUND_05UP",
};

static int make_contexts(Thread *t, DecimalState *state)
{
    Settings s = {.prec = 28, .emax = 999999, .emin = -999999, .rounding = ROUND_HALF_EVEN, .capitals = 1};
    s.traps = DECIMAL_INVALID | DECIMAL_DIVISION_BY_ZERO | DECIMAL_OVERFLOW;
    state->default_context = decimal_context_new(t, NULL, &s);
    s.prec = 9;
    s.rounding = ROUND_HALF_UP;
    s.traps |= DECIMAL_CLAMPED | DECIMAL_UNDERFLOW;
    state->basic_context = decimal_context_new(t, NULL, &s);
    s.rounding = ROUND_HALF_EVEN;
    s.traps = 0;
    state->extended_context = decimal_context_new(t, NULL, &s);
    return error_pending(t) ? -1 : 0;
}

static Type *make_type(Thread *t, const TypeSpec *spec) { return type_from_spec(t, spec, NULL); }

static int make_state(Thread *t, Value module, DecimalState *state)
{
    for (int i = 0; i < ROUND_COUNT; i++) {
        state->roundings[i] = str_intern(t, rounding_names[i]);
        if (value_is_empty(state->roundings[i]))
            return -1;
    }
    Value name = str_from_string(t, "decimal_context");
    if (value_is_empty(name))
        return -1;
    state->variable = context_variable_new(t, name, VALUE_EMPTY);
    ref_dec(t, name);
    if (value_is_empty(state->variable) || !(state->number = make_type(t, &type_spec_decimal)) ||
        !(state->context = make_type(t, &type_spec_decimal_context)) ||
        !(state->manager = make_type(t, &type_spec_decimal_manager)) ||
        !(state->signal_mixin = make_type(t, &type_spec_signal_mixin)))
        return -1;
    state->signal_dict = make_signal_dict(t, state);
    if (value_is_empty(state->signal_dict))
        return -1;
    state->tuple_class = make_tuple_class(t);
    if (value_is_empty(state->tuple_class) || register_number(t, state) < 0 || make_exceptions(t, module, state) < 0)
        return -1;
    return make_contexts(t, state);
}

static void free_state(Thread *t, void *p)
{
    DecimalState *state = p;
    Value *values[] = {&state->signal_dict,     &state->tuple_class,   &state->rational,         &state->variable,
                       &state->default_context, &state->basic_context, &state->extended_context, &state->ln10};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        ref_clear(t, values[i]);
    for (int i = 0; i < ROUND_COUNT; i++)
        ref_clear(t, &state->roundings[i]);
    for (int i = 0; i < DECIMAL_SIGNAL_COUNT; i++)
        REF_CLEAR_PTR(t, state->signals[i].class);
    for (int i = 0; i < DECIMAL_CONDITION_COUNT; i++)
        REF_CLEAR_PTR(t, state->conditions[i].class);
    REF_CLEAR_PTR(t, state->base_exception);
    REF_CLEAR_PTR(t, state->number);
    REF_CLEAR_PTR(t, state->context);
    REF_CLEAR_PTR(t, state->manager);
    REF_CLEAR_PTR(t, state->signal_mixin);
    alloc_memory_free(t, state);
}

static int add(Thread *t, Value module, const char *name, Value v)
{
    return module_add_take(t, module, name, ref_inc(t, v));
}

static int exec(Thread *t, Value module)
{
    void **slot = &t->interp->module_state[MODULE__decimal];
    DecimalState *state = *slot;
    if (!state) {
        state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        *slot = state;
        if (make_state(t, module, state) < 0) {
            Value exc = error_take(t);
            *slot = NULL;
            free_state(t, state);
            error_restore_take(t, exc);
            return -1;
        }
    }
    for (int i = 0; i < DECIMAL_SIGNAL_COUNT; i++) {
        if (add(t, module, type_name(state->signals[i].class), value_of(state->signals[i].class)) < 0)
            return -1;
    }
    for (int i = 0; i < DECIMAL_CONDITION_COUNT; i++) {
        if (add(t, module, type_name(state->conditions[i].class), value_of(state->conditions[i].class)) < 0)
            return -1;
    }
    for (int i = 0; i < ROUND_COUNT; i++) {
        if (add(t, module, rounding_names[i], state->roundings[i]) < 0)
            return -1;
    }
    if (add(t, module, "DecimalException", value_of(state->base_exception)) < 0 ||
        add(t, module, "Decimal", value_of(state->number)) < 0 ||
        add(t, module, "Context", value_of(state->context)) < 0 ||
        add(t, module, "DecimalTuple", state->tuple_class) < 0 ||
        add(t, module, "DefaultContext", state->default_context) < 0 ||
        add(t, module, "BasicContext", state->basic_context) < 0 ||
        add(t, module, "ExtendedContext", state->extended_context) < 0)
        return -1;
    if (module_add_int(t, module, "MAX_PREC", DECIMAL_MAX_PREC) < 0 ||
        module_add_int(t, module, "MAX_EMAX", DECIMAL_MAX_EMAX) < 0 ||
        module_add_int(t, module, "MIN_EMIN", DECIMAL_MIN_EMIN) < 0 ||
        module_add_int(t, module, "MIN_ETINY", DECIMAL_MIN_ETINY) < 0 ||
        module_add_int(t, module, "IEEE_CONTEXT_MAX_BITS", IEEE_MAX_BITS) < 0 ||
        module_add_take(t, module, "HAVE_THREADS", VALUE_TRUE) < 0 ||
        module_add_take(t, module, "HAVE_CONTEXTVAR", VALUE_TRUE) < 0)
        return -1;
    return module_add_string(t, module, "__version__", "1.70") < 0
               ? -1
               : module_add_string(t, module, "__libmpdec_version__", "2.5.1");
}

const ModuleDef module_def__decimal = {
    .name = "_decimal",
    .doc = "Decimal arithmetic of any precision, by the General Decimal Arithmetic specification.",
    .methods = functions,
    .exec = exec,
    .free_state = free_state,
};
