/* mod__decimal.h: the parts of the module _decimal: its state, its types, and how numbers become objects.
 *
 * mod__decimal.c is the module and its exceptions; mod__decimal_context.c the type Context, mod__decimal_context_ops.c its operations, mod__decimal_signals.c the
 * dicts of flags and traps; mod__decimal_number.c the type Decimal, mod__decimal_convert.c how numbers are made from and become other objects,
 * mod__decimal_methods.c its methods, mod__decimal_format.c its __format__. The arithmetic is in decimal.h. */
#ifndef BATON_LIB_MOD__DECIMAL_H
#define BATON_LIB_MOD__DECIMAL_H

#include "decimal.h"
#include "../object/module.h"
#include "../thread/lock.h"

/* An immutable number: see Num for the invariants. */
typedef struct Decimal {
    Object head;
    int64_t exponent, places;
    hash_t hash; /* -1: not yet computed */
    size_t n;
    uint8_t kind;
    bool negative;
    Digit digits[];
} Decimal;

typedef struct DecimalContext {
    Object head;
    Settings s;
    uint32_t status;
    Value flags, traps; /* SignalDicts, which point back without a reference */
} DecimalContext;

#define DECIMAL_SIGNAL_COUNT 9
#define DECIMAL_CONDITION_COUNT 5
typedef struct DecimalSignal {
    uint32_t flags;
    Type *class; /* owned */
} DecimalSignal;

/* Made when the module is first executed; all Values and Types are owned.  ln10 is read and replaced under the mutex. */
typedef struct DecimalState {
    Type *number, *context, *manager, *signal_mixin;
    Value signal_dict; /* the class of flags and traps */
    Value tuple_class; /* DecimalTuple */
    Value rational;    /* numbers.Rational */
    Value variable;    /* the ContextVar of the current context */
    Value default_context, basic_context, extended_context;
    Value roundings[ROUND_COUNT];
    Type *base_exception;
    DecimalSignal signals[DECIMAL_SIGNAL_COUNT],
        conditions[DECIMAL_CONDITION_COUNT]; /* in the order of exceptions' arguments */
    Mutex mutex;
    Value ln10;
    int64_t ln10_bits;
} DecimalState;

DecimalState *decimal_state(Thread *t);
/* ln 10 as last computed, scaled by 2^*bits (owned), or VALUE_EMPTY; and a better one. */
Value decimal_state_ln10(Thread *t, int64_t *bits);
void decimal_state_set_ln10(Thread *t, Value v, int64_t bits);

/* ---- numbers and objects ---- */

extern const TypeSpec type_spec_decimal, type_spec_decimal_context, type_spec_decimal_manager, type_spec_signal_mixin;

static inline bool decimal_check(Value v) { return object_is_native(v, &type_spec_decimal); }
static inline bool decimal_check_exact(Thread *t, Value v)
{
    return value_is_object(v) && value_object(v)->type == decimal_state(t)->number;
}
static inline Decimal *decimal_of(Value v) { return (Decimal *)value_object(v); }
static inline bool decimal_context_check(Value v) { return object_is_native(v, &type_spec_decimal_context); }
static inline DecimalContext *decimal_context_of(Value v) { return (DecimalContext *)value_object(v); }

/* A Decimal as a read-only Num. */
static inline void num_view(const Decimal *d, Num *a)
{
    a->kind = d->kind;
    a->negative = d->negative;
    a->exponent = d->exponent;
    a->places = d->places;
    a->n = d->n;
    a->capacity = 0;
    a->digits = (Digit *)d->digits;
}
/* A new object of a type (NULL: Decimal). */
MUST_CHECK Value decimal_new(Thread *t, Type *type, const Num *a);
/* The result of an operation: raises what the status says in the context, else makes an object. Frees the Num. */
MUST_CHECK Value decimal_result_take(Thread *t, DecimalContext *c, Work *w, Num *r);
static inline Work decimal_work(Thread *t, const DecimalContext *c) { return (Work){t, c->s, 0}; }

typedef void (*DecimalOperation1)(Work *w, Num *r, const Num *a);
typedef void (*DecimalOperation2)(Work *w, Num *r, const Num *a, const Num *b);
/* An operation in a context on arguments that are converted to numbers. */
MUST_CHECK Value decimal_apply1(Thread *t, Value context, Value a, DecimalOperation1 operation);
MUST_CHECK Value decimal_apply2(Thread *t, Value context, Value a, Value b, DecimalOperation2 operation);
MUST_CHECK Value decimal_apply_fma(Thread *t, Value context, Value a, Value b, Value c);
MUST_CHECK Value decimal_apply_divmod(Thread *t, Value context, Value a, Value b);
MUST_CHECK Value decimal_apply_power(Thread *t, Value context, Value a, Value b,
                                     Value modulus); /* modulus may be None */
/* Operations that methods of both types have, as functions of these forms. */
void decimal_op_compare(Work *w, Num *r, const Num *a, const Num *b);
void decimal_op_compare_signal(Work *w, Num *r, const Num *a, const Num *b);
void decimal_op_compare_total(Work *w, Num *r, const Num *a, const Num *b);
void decimal_op_compare_total_mag(Work *w, Num *r, const Num *a, const Num *b);
void decimal_op_max(Work *w, Num *r, const Num *a, const Num *b);
void decimal_op_max_mag(Work *w, Num *r, const Num *a, const Num *b);
void decimal_op_min(Work *w, Num *r, const Num *a, const Num *b);
void decimal_op_min_mag(Work *w, Num *r, const Num *a, const Num *b);
void decimal_op_and(Work *w, Num *r, const Num *a, const Num *b);
void decimal_op_or(Work *w, Num *r, const Num *a, const Num *b);
void decimal_op_xor(Work *w, Num *r, const Num *a, const Num *b);
void decimal_op_copy_sign(Work *w, Num *r, const Num *a, const Num *b);
void decimal_op_copy_abs(Work *w, Num *r, const Num *a);
void decimal_op_copy_negate(Work *w, Num *r, const Num *a);
void decimal_op_to_integral_exact(Work *w, Num *r, const Num *a);
void decimal_op_to_integral_value(Work *w, Num *r, const Num *a);

/* Adds conditions to a context's flags: 0, or -1 with an exception when one is trapped (or one is pending already). */
int decimal_raise(Thread *t, DecimalContext *c, uint32_t status);
/* The context of the running code: owned. */
MUST_CHECK Value decimal_current_context(Thread *t);
/* An optional context argument, None or absent meaning the current one: owned; TypeError for anything else. */
MUST_CHECK Value decimal_context_argument(Thread *t, Value v);
MUST_CHECK Value decimal_context_new(Thread *t, Type *type, const Settings *s); /* type NULL: Context */
/* localcontext(context, **attributes): the attributes are in the order of `names`, which ends with NULL. */
MUST_CHECK Value decimal_manager_new(Thread *t, Value context, Value *attributes, const char *const *names);

/* An operand: a Decimal, seen, or an int, converted: 1, 0 for any other type, -1. num_free it. */
int decimal_operand(Thread *t, Value v, Num *a);
/* The same with TypeError "conversion from X to Decimal is not supported": 0 or -1. */
int decimal_argument(Thread *t, Value v, Num *a);

/* Exact conversions (mod__decimal_convert.c): 0 or -1. */
int num_from_int(Thread *t, Num *a, Value v);
int num_from_double(Thread *t, Num *a, double d);
/* Text with or without whitespace around and underscores; into the settings' limits, exactly or rounded: raising in the context. */
int num_from_str(Thread *t, DecimalContext *c, Num *a, Value v, bool exact);
int num_from_sequence(Thread *t, DecimalContext *c, Num *a, Value v, bool exact);
/* Any object that Decimal() or Context.create_decimal() takes. */
int num_from_object(Thread *t, DecimalContext *c, Num *a, Value v, bool exact);
/* The value of an integral number, and of any number rounded. NaN and infinity raise ValueError and OverflowError. */
MUST_CHECK Value decimal_to_int(Thread *t, const Num *a, Rounding rounding);
MUST_CHECK Value decimal_to_str(Thread *t, const Num *a, bool engineering, bool capitals);
MUST_CHECK Value decimal_as_tuple(Thread *t, const Num *a);
MUST_CHECK Value decimal_as_integer_ratio(Thread *t, const Num *a);
/* The rounding of a name: -1 with TypeError. */
int decimal_rounding(Thread *t, Value v);
MUST_CHECK Value decimal_format(Thread *t, Value self, Value spec, Value override_or_empty);

/* Lists of the exception classes of conditions. */
MUST_CHECK Value decimal_signal_list(Thread *t, uint32_t flags, bool conditions);
/* The signals of a list or SignalDict or dict: 0 or -1. */
int decimal_signals_from_list(Thread *t, Value v, uint32_t *flags);
int decimal_signals_from_dict(Thread *t, Value v, uint32_t *flags);
MUST_CHECK Value decimal_signal_dict_new(Thread *t, DecimalContext *c, bool traps);
void decimal_signal_dict_detach(Value v);

extern const NativeDef *const decimal_methods[], *const decimal_context_operations[];

#endif
