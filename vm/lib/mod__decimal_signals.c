/* mod__decimal_signals.c: the dicts of a context's flags and traps, and lists of signals.
 *
 * A SignalDict is a view on a word of its context: keys are the nine signal classes, values booleans.  Its class is made by the module from SignalDictMixin and
 * collections.abc.MutableMapping.  A dict that outlives its context keeps what the word was; one that a program makes itself shows nothing.  No locks. */
#include "mod__decimal.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/list.h"
#include "../object/str.h"

typedef struct SignalDict {
    Object head;
    uint32_t *word; /* in the context (without a reference), `own`, or NULL */
    uint32_t own;
} SignalDict;

static bool is_signal_dict(Value v) { return object_is_native(v, &type_spec_signal_mixin); }

/* The word that the dict shows: NULL with ValueError when there is none. */
static uint32_t *word_of(Thread *t, Value v)
{
    SignalDict *d = (SignalDict *)value_object(v);
    if (!d->word)
        error_set(t, EXC_ValueError, "invalid signal dict");
    return d->word;
}

Value decimal_signal_dict_new(Thread *t, DecimalContext *c, bool traps)
{
    Value v = object_call0(t, decimal_state(t)->signal_dict);
    if (!value_is_empty(v)) {
        SignalDict *d = (SignalDict *)value_object(v);
        d->word = traps ? &c->s.traps : &c->status;
    }
    return v;
}

void decimal_signal_dict_detach(Value v)
{
    if (value_is_empty(v))
        return;
    SignalDict *d = (SignalDict *)value_object(v);
    d->own = *d->word;
    d->word = &d->own;
}

/* ---- signals ---- */

/* The conditions of a signal class, or of a condition class when `conditions`: 0 with KeyError. */
static uint32_t signal_flags(Thread *t, Value v, bool conditions)
{
    DecimalState *state = decimal_state(t);
    for (int i = 0; i < DECIMAL_SIGNAL_COUNT; i++) {
        if (value_is(v, value_of(state->signals[i].class)))
            return state->signals[i].flags;
    }
    for (int i = 0; conditions && i < DECIMAL_CONDITION_COUNT; i++) {
        if (value_is(v, value_of(state->conditions[i].class)))
            return state->conditions[i].flags;
    }
    error_set(t, EXC_KeyError,
              "valid values for signals are:\n"
              "  [InvalidOperation, FloatOperation, DivisionByZero,\n"
              "   Overflow, Underflow, Subnormal, Inexact, Rounded,\n"
              "   Clamped]");
    return 0;
}

Value decimal_signal_list(Thread *t, uint32_t flags, bool conditions)
{
    DecimalState *state = decimal_state(t);
    Value list = list_new(t, 0);
    if (value_is_empty(list))
        return list;
    for (int i = 0; conditions && i < DECIMAL_CONDITION_COUNT; i++) {
        if (flags & state->conditions[i].flags && list_append(t, list, value_of(state->conditions[i].class)) < 0)
            goto fail;
    }
    for (int i = conditions ? 1 : 0; i < DECIMAL_SIGNAL_COUNT; i++) { /* InvalidOperation is told by its conditions */
        if (flags & state->signals[i].flags && list_append(t, list, value_of(state->signals[i].class)) < 0)
            goto fail;
    }
    return list;
fail:
    ref_dec(t, list);
    return VALUE_EMPTY;
}

int decimal_signals_from_list(Thread *t, Value v, uint32_t *flags)
{
    uint32_t result = 0;
    for (size_t i = 0; i < list_length(v); i++) {
        uint32_t f = signal_flags(t, list_peek(v, i), true);
        if (!f)
            return -1;
        result |= f;
    }
    *flags = result;
    return 0;
}

int decimal_signals_from_dict(Thread *t, Value v, uint32_t *flags)
{
    DecimalState *state = decimal_state(t);
    if (is_signal_dict(v)) {
        uint32_t *word = word_of(t, v);
        if (!word)
            return -1;
        *flags = *word;
        return 0;
    }
    if (!dict_check(v)) {
        error_set(t, EXC_TypeError, "argument must be a signal dict");
        return -1;
    }
    if (dict_length(v) != DECIMAL_SIGNAL_COUNT) {
        error_set(t, EXC_KeyError, "invalid signal dict");
        return -1;
    }
    uint32_t result = 0;
    for (int i = 0; i < DECIMAL_SIGNAL_COUNT; i++) {
        Value item;
        int found = dict_get_optional(t, v, value_of(state->signals[i].class), &item);
        if (found < 0)
            return -1;
        if (!found) {
            error_set(t, EXC_KeyError, "invalid signal dict");
            return -1;
        }
        int truth = object_truth(t, item);
        ref_dec(t, item);
        if (truth < 0)
            return -1;
        if (truth)
            result |= state->signals[i].flags;
    }
    *flags = result;
    return 0;
}

/* ---- the type ---- */

static int64_t len(Thread *t, Value self) { return word_of(t, self) ? DECIMAL_SIGNAL_COUNT : -1; }

static Value getitem(Thread *t, Value self, Value key)
{
    uint32_t *word = word_of(t, self), flags = word ? signal_flags(t, key, false) : 0;
    return flags ? value_from_bool(*word & flags) : VALUE_EMPTY;
}

static int setitem(Thread *t, Value self, Value key, Value value)
{
    uint32_t *word = word_of(t, self);
    if (!word)
        return -1;
    if (value_is_empty(value)) {
        error_set(t, EXC_ValueError, "signal keys cannot be deleted");
        return -1;
    }
    uint32_t flags = signal_flags(t, key, false);
    if (!flags)
        return -1;
    int truth = object_truth(t, value);
    if (truth < 0)
        return -1;
    if (truth)
        *word |= flags;
    else
        *word &= ~flags;
    return 0;
}

static Value iter(Thread *t, Value self)
{
    if (!word_of(t, self))
        return VALUE_EMPTY;
    DecimalState *state = decimal_state(t);
    Value keys[DECIMAL_SIGNAL_COUNT];
    for (int i = 0; i < DECIMAL_SIGNAL_COUNT; i++)
        keys[i] = value_of(state->signals[i].class);
    Value tuple = tuple_from_array(t, keys, DECIMAL_SIGNAL_COUNT);
    if (value_is_empty(tuple))
        return tuple;
    Value iterator = object_iter(t, tuple);
    ref_dec(t, tuple);
    return iterator;
}

static Value repr(Thread *t, Value self)
{
    uint32_t *word = word_of(t, self);
    if (!word)
        return VALUE_EMPTY;
    DecimalState *state = decimal_state(t);
    StrBuilder b = {0};
    for (int i = 0; i < DECIMAL_SIGNAL_COUNT; i++) {
        Value item = str_format(t, "%s<class 'decimal.%N'>:%s", i ? ", " : "{", state->signals[i].class,
                                *word & state->signals[i].flags ? "True" : "False");
        int status = value_is_empty(item) ? -1 : strbuilder_str(t, &b, item);
        ref_dec(t, item);
        if (status < 0)
            goto fail;
    }
    if (strbuilder_char(t, &b, '}') == 0)
        return strbuilder_finish(t, &b);
fail:
    strbuilder_discard(t, &b);
    return VALUE_EMPTY;
}

static Value compare(Thread *t, Value self, Value other, Compare op)
{
    if (op != COMPARE_EQ && op != COMPARE_NE)
        return VALUE_NOTIMPLEMENTED;
    uint32_t *word = word_of(t, self), flags;
    if (!word)
        return VALUE_EMPTY;
    if (is_signal_dict(other)) {
        uint32_t *others = word_of(t, other);
        if (!others)
            return VALUE_EMPTY;
        flags = *others;
    } else if (dict_check(other)) {
        if (decimal_signals_from_dict(t, other, &flags) < 0) {
            if (!error_matches(t, EXC_KeyError))
                return VALUE_EMPTY;
            error_clear(t);
            return VALUE_NOTIMPLEMENTED; /* not a dict of all signals */
        }
    } else {
        return VALUE_NOTIMPLEMENTED;
    }
    bool equal = true; /* of InvalidOperation's conditions, one is as good as another */
    for (int i = 0; i < DECIMAL_SIGNAL_COUNT; i++) {
        uint32_t mask = decimal_state(t)->signals[i].flags;
        equal &= !(*word & mask) == !(flags & mask);
    }
    return value_from_bool(equal == (op == COMPARE_EQ));
}

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return value_of(type_alloc(t, type, 0));
}

NATIVE(signals_copy, "copy", "($self, /)", "The signals and their state as a dict.")
{
    uint32_t *word = word_of(t, args[0]);
    if (!word)
        return VALUE_EMPTY;
    DecimalState *state = decimal_state(t);
    Value dict = dict_new(t);
    for (int i = 0; i < DECIMAL_SIGNAL_COUNT && !value_is_empty(dict); i++) {
        if (dict_set(t, dict, value_of(state->signals[i].class), value_from_bool(*word & state->signals[i].flags)) <
            0) {
            ref_dec(t, dict);
            return VALUE_EMPTY;
        }
    }
    return dict;
}

static const NativeDef *const methods[] = {&native_signals_copy, NULL};

const TypeSpec type_spec_signal_mixin = {
    .name = "decimal.SignalDictMixin",
    .doc = NULL,
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(SignalDict),
    .methods = methods,
    .slots =
        {
            .create = create,
            .repr = repr,
            .hash = slot_hash_unhashable,
            .compare = compare,
            .iter = iter,
            .len = len,
            .getitem = getitem,
            .setitem = setitem,
        },
};
