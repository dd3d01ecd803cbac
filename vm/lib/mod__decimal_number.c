/* mod__decimal_number.c: the type Decimal: making, operators, comparison, hash.
 *
 * Numbers are immutable: no locks.  Operators use the current context; ints are converted, floats only compared.  Read next: mod__decimal_methods.c. */
#include "mod__decimal.h"

#include <math.h>

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/dtoa.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"

/* ---- objects ---- */

static size_t length(const Object *o) { return ((const Decimal *)o)->n; }

Value decimal_new(Thread *t, Type *type, const Num *a)
{
    DecimalState *state = decimal_state(t);
    Decimal *d;
    if (!type || type == state->number)
        d = alloc_object_raw(t, state->number, sizeof(Decimal) + a->n * sizeof(Digit));
    else
        d = type_alloc(t, type, a->n);
    if (!d)
        return VALUE_EMPTY;
    d->exponent = a->exponent;
    d->places = a->places;
    d->hash = -1;
    d->n = a->n;
    d->kind = a->kind;
    d->negative = a->negative;
    memcpy(d->digits, a->digits, a->n * sizeof(Digit));
    return value_of(d);
}

Value decimal_result_take(Thread *t, DecimalContext *c, Work *w, Num *r)
{
    Value v = VALUE_EMPTY;
    if (LIKELY(!w->status) ? !error_pending(t) : decimal_raise(t, c, w->status) == 0)
        v = decimal_new(t, NULL, r);
    num_free(t, r);
    return v;
}

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value out[2] = {n > 0 ? args[0] : VALUE_EMPTY, VALUE_EMPTY};
    if ((n > 1 || !value_is_empty(names)) &&
        native_parse(t, "Decimal", "(value=\"0\", context=None)", args, n, names, out) < 0)
        return VALUE_EMPTY;
    Value v = out[0], context = decimal_context_argument(t, out[1]), result = VALUE_EMPTY;
    if (value_is_empty(context))
        return VALUE_EMPTY;
    Num a;
    num_init(&a);
    if (!value_is_empty(v) && decimal_check_exact(t, v) && type == decimal_state(t)->number)
        result = ref_inc(t, v);
    else if (value_is_empty(v) || num_from_object(t, decimal_context_of(context), &a, v, true) == 0)
        result = decimal_new(t, type, &a);
    num_free(t, &a);
    ref_dec(t, context);
    return result;
}

/* ---- operators ---- */

static Value binary(Thread *t, Value a, Value b, DecimalOperation2 operation)
{
    Num x, y, r;
    int found = decimal_operand(t, a, &x);
    if (found <= 0)
        return found < 0 ? VALUE_EMPTY : VALUE_NOTIMPLEMENTED;
    Value result = VALUE_NOTIMPLEMENTED;
    found = decimal_operand(t, b, &y);
    if (found > 0) {
        Value context = decimal_current_context(t);
        result = context;
        if (!value_is_empty(context)) {
            DecimalContext *c = decimal_context_of(context);
            Work w = decimal_work(t, c);
            num_init(&r);
            operation(&w, &r, &x, &y);
            result = decimal_result_take(t, c, &w, &r);
            ref_dec(t, context);
        }
        num_free(t, &y);
    } else if (found < 0) {
        result = VALUE_EMPTY;
    }
    num_free(t, &x);
    return result;
}

#define BINARY(name, operation)                                                                                        \
    static Value name(Thread *t, Value a, Value b) { return binary(t, a, b, operation); }
BINARY(add, decimal_add)
BINARY(subtract, decimal_sub)
BINARY(multiply, decimal_mul)
BINARY(divide, decimal_div)
BINARY(floor_divide, decimal_div_int)
BINARY(modulo, decimal_rem)
BINARY(power2, decimal_power)

static bool is_operand(Value v) { return decimal_check(v) || int_check(v); }

static Value both(Thread *t, Value a, Value b)
{
    if (!is_operand(a) || !is_operand(b))
        return VALUE_NOTIMPLEMENTED;
    Value context = decimal_current_context(t);
    Value result = value_is_empty(context) ? context : decimal_apply_divmod(t, context, a, b);
    ref_dec(t, context);
    return result;
}

static Value power3(Thread *t, Value a, Value b, Value m)
{
    if (!is_operand(a) || !is_operand(b) || (!value_is_none(m) && !is_operand(m)))
        return VALUE_NOTIMPLEMENTED;
    Value context = decimal_current_context(t);
    Value result = value_is_empty(context) ? context : decimal_apply_power(t, context, a, b, m);
    ref_dec(t, context);
    return result;
}

static Value unary(Thread *t, Value v, DecimalOperation1 operation)
{
    Value context = decimal_current_context(t);
    Value result = value_is_empty(context) ? context : decimal_apply1(t, context, v, operation);
    ref_dec(t, context);
    return result;
}
static Value negative(Thread *t, Value v) { return unary(t, v, decimal_minus); }
static Value positive(Thread *t, Value v) { return unary(t, v, decimal_plus); }
static Value absolute(Thread *t, Value v) { return unary(t, v, decimal_abs); }

static int truth(Thread *t, Value v) { return decimal_of(v)->kind != NUM_FINITE || decimal_of(v)->n != 0; }

static Value to_int(Thread *t, Value v)
{
    Num a;
    num_view(decimal_of(v), &a);
    return decimal_to_int(t, &a, ROUND_DOWN);
}

static Value to_float(Thread *t, Value v)
{
    Num a;
    num_view(decimal_of(v), &a);
    if (a.kind == NUM_SNAN)
        return error_set(t, EXC_ValueError, "cannot convert signaling NaN to float");
    if (a.kind == NUM_NAN)
        return value_from_double(a.negative ? -NAN : NAN);
    char digits[64];
    if (a.kind == NUM_FINITE && a.places <= (int64_t)sizeof digits) {
        digits_to_text(digits, a.digits, a.n, a.places);
        double d = dtoa_parse(digits, a.places, a.exponent);
        return value_from_double(a.negative ? -d : d);
    }
    size_t n;
    char *text = decimal_text(t, &a, false, true, &n);
    if (!text)
        return VALUE_EMPTY;
    const char *end;
    double d = float_parse(text, &end);
    alloc_memory_free(t, text);
    return value_from_double(d);
}

/* ---- comparison ---- */

/* The other operand of a comparison, perhaps changing x: 1, 0 not comparable, -1. *x_owned: x was replaced. */
static int comparable(Thread *t, DecimalContext *c, Num *x, Num *x_room, Value other, Num *y, Compare op)
{
    bool equality = op == COMPARE_EQ || op == COMPARE_NE;
    int found = decimal_operand(t, other, y);
    if (found)
        return found;
    num_init(y);
    if (object_is(other, KIND_COMPLEX) && equality) {
        const Complex *z = (const Complex *)value_object(other);
        if (z->imag != 0.0)
            return 0;
        c->status |= DECIMAL_FLOAT_OPERATION;
        return num_from_double(t, y, z->real) < 0 ? -1 : 1;
    }
    if (float_check(other)) {
        if (equality)
            c->status |= DECIMAL_FLOAT_OPERATION;
        else if (decimal_raise(t, c, DECIMAL_FLOAT_OPERATION) < 0)
            return -1;
        return num_from_double(t, y, float_value(other)) < 0 ? -1 : 1;
    }
    int rational = object_isinstance(t, other, decimal_state(t)->rational);
    if (rational <= 0)
        return rational;
    /* x ? n / d is x d ? n */
    Value top = object_getattr_string(t, other, "numerator"), bottom = VALUE_EMPTY;
    int status = -1;
    if (!value_is_empty(top) && !value_is_empty(bottom = object_getattr_string(t, other, "denominator"))) {
        Num d;
        num_init(&d);
        if (!int_check(top) || !int_check(bottom)) {
            error_set(t, EXC_TypeError, "numerator and denominator must be integers");
        } else if (num_from_int(t, y, top) == 0 && num_from_int(t, &d, bottom) == 0) {
            Work w = {t, decimal_max_settings, 0};
            if (num_is_special(x)) {
                status = 1;
            } else {
                decimal_mul(&w, x_room, x, &d);
                if (!error_pending(t)) {
                    *x = *x_room;
                    if (x_room->capacity <= NUM_SMALL)
                        x->digits = x_room->small;
                    x->capacity = 0;
                    status = 1;
                }
            }
        }
        num_free(t, &d);
    }
    ref_dec(t, top);
    ref_dec(t, bottom);
    return status;
}

static Value compare(Thread *t, Value self, Value other, Compare op)
{
    Num x, y, room;
    num_view(decimal_of(self), &x);
    Value context = VALUE_EMPTY, result = VALUE_EMPTY;
    if (decimal_check(other)) {
        num_view(decimal_of(other), &y);
    } else {
        context = decimal_current_context(t);
        if (value_is_empty(context))
            return context;
    }
    num_init(&room);
    int found = value_is_empty(context) ? 1 : comparable(t, decimal_context_of(context), &x, &room, other, &y, op);
    if (found <= 0) {
        if (found == 0)
            result = VALUE_NOTIMPLEMENTED;
        goto done;
    }
    if (num_is_nan(&x) || num_is_nan(&y)) {
        /* a signalling NaN signals always, a quiet one when an order is asked for */
        if (x.kind == NUM_SNAN || y.kind == NUM_SNAN || (op != COMPARE_EQ && op != COMPARE_NE)) {
            if (value_is_empty(context) && value_is_empty(context = decimal_current_context(t)))
                goto done;
            if (decimal_raise(t, decimal_context_of(context), DECIMAL_INVALID_OPERATION) < 0)
                goto done;
        }
        result = value_from_bool(op == COMPARE_NE);
        goto done;
    }
    int order = num_compare(&x, &y);
    switch (op) {
    case COMPARE_LT: result = value_from_bool(order < 0); break;
    case COMPARE_LE: result = value_from_bool(order <= 0); break;
    case COMPARE_EQ: result = value_from_bool(order == 0); break;
    case COMPARE_NE: result = value_from_bool(order != 0); break;
    case COMPARE_GT: result = value_from_bool(order > 0); break;
    default: result = value_from_bool(order >= 0); break;
    }
done:
    if (!decimal_check(other))
        num_free(t, &y);
    num_free(t, &room);
    ref_dec(t, context);
    return result;
}

/* ---- hash ---- */

#define HASH_MODULUS ((UINT64_C(1) << 61) - 1)

static uint64_t multiply_modulo(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    uint64_t r = (uint64_t)(product & HASH_MODULUS) + (uint64_t)(product >> 61);
    return r >= HASH_MODULUS ? r - HASH_MODULUS : r;
}

static hash_t hash(Thread *t, Value self)
{
    Decimal *d = decimal_of(self);
    if (d->hash != -1)
        return d->hash;
    if (d->kind == NUM_SNAN) {
        error_set(t, EXC_TypeError, "Cannot hash a signaling NaN value");
        return -1;
    }
    if (d->kind == NUM_NAN)
        return slot_hash_identity(t, self);
    if (d->kind == NUM_INFINITE)
        return d->negative ? -314159 : 314159;
    uint64_t h = 0;
    for (size_t i = d->n; i-- > 0;) {
        h = multiply_modulo(h, DIGITS_BASE) + d->digits[i];
        if (h >= HASH_MODULUS)
            h -= HASH_MODULUS;
    }
    /* times 10^exponent; 10 has the order 2^61 - 2 at most, so a negative exponent is one from there */
    uint64_t exponent = d->exponent >= 0 ? (uint64_t)d->exponent % (HASH_MODULUS - 1)
                                         : HASH_MODULUS - 1 - (uint64_t)(-d->exponent) % (HASH_MODULUS - 1);
    uint64_t power = 1, base = 10;
    for (; exponent; exponent >>= 1) {
        if (exponent & 1)
            power = multiply_modulo(power, base);
        base = multiply_modulo(base, base);
    }
    h = multiply_modulo(h, power);
    hash_t result = d->negative ? -(hash_t)h : (hash_t)h;
    if (result == -1)
        result = -2;
    d->hash = result;
    return result;
}

/* ---- text ---- */

static Value text(Thread *t, Value self, bool repr)
{
    Value context = decimal_current_context(t);
    if (value_is_empty(context))
        return context;
    Num a;
    num_view(decimal_of(self), &a);
    Value s = decimal_to_str(t, &a, false, decimal_context_of(context)->s.capitals);
    ref_dec(t, context);
    if (!repr || value_is_empty(s))
        return s;
    Value r = str_format(t, "Decimal('%U')", s);
    ref_dec(t, s);
    return r;
}
static Value repr(Thread *t, Value self) { return text(t, self, true); }
static Value str(Thread *t, Value self) { return text(t, self, false); }

static Value get_real(Thread *t, Value self) { return ref_inc(t, self); }
static Value get_imag(Thread *t, Value self)
{
    Num zero;
    num_init(&zero);
    return decimal_new(t, NULL, &zero);
}

static const GetSetDef getsets[] = {
    {"real", get_real, NULL, "The number itself."},
    {"imag", get_imag, NULL, "Decimal('0')."},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec type_spec_decimal = {
    .name = "decimal.Decimal",
    .doc = "A decimal floating-point number, made exactly from an int, a float, text, a tuple (sign, digits, exponent) "
           "or\n"
           "another Decimal.  The context tells only whether malformed text raises InvalidOperation or gives a NaN.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Decimal),
    .item_size = sizeof(Digit),
    .length = length,
    .methods = decimal_methods,
    .getsets = getsets,
    .signature = "(value=\"0\", context=None)",
    .slots =
        {
            .create = create,
            .repr = repr,
            .str = str,
            .hash = hash,
            .compare = compare,
            .binary =
                {
                    [BINARY_ADD] = add,
                    [BINARY_SUB] = subtract,
                    [BINARY_MUL] = multiply,
                    [BINARY_TRUEDIV] = divide,
                    [BINARY_FLOORDIV] = floor_divide,
                    [BINARY_MOD] = modulo,
                    [BINARY_POW] = power2,
                    [BINARY_DIVMOD] = both,
                },
            .power = power3,
            .unary = {[UNARY_NEG] = negative, [UNARY_POS] = positive, [UNARY_ABS] = absolute},
            .truth = truth,
            .to_int = to_int,
            .to_float = to_float,
        },
};
