/* mod__datetime_delta.c: timedelta.
 *
 * All arithmetic is exact.  It runs on 64-bit integers where the numbers fit (any duration below some 290,000 years) and on Python ints elsewhere; both give the same
 * results.  Read next: mod__datetime.h. */
#include "mod__datetime.h"

#include <math.h>
#include <stdio.h>

#include "../object/float.h"

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_DAY (INT64_C(86400) * US_PER_SECOND)
#define SMALL (INT64_C(1) << 40) /* arguments below it cannot overflow the accumulator */

/* ---- making ---- */

static Value make(Thread *t, Type *type, int64_t days, int64_t seconds, int64_t microseconds)
{
    int64_t carry = microseconds / US_PER_SECOND;
    microseconds %= US_PER_SECOND;
    if (microseconds < 0) {
        microseconds += US_PER_SECOND;
        carry--;
    }
    seconds += carry;
    carry = seconds / SECONDS_PER_DAY;
    seconds %= SECONDS_PER_DAY;
    if (seconds < 0) {
        seconds += SECONDS_PER_DAY;
        carry--;
    }
    days += carry;
    if (days < INT32_MIN || days > INT32_MAX)
        return error_set(t, EXC_OverflowError, "Python int too large to convert to C int");
    if (days < -DELTA_MAX_DAYS || days > DELTA_MAX_DAYS)
        return error_set(t, EXC_OverflowError, "days=%d; must have magnitude <= %d", (int)days, DELTA_MAX_DAYS);
    Delta *d = type_alloc(t, type, 0);
    if (!d)
        return VALUE_EMPTY;
    d->days = (int32_t)days;
    d->seconds = (int32_t)seconds;
    d->microseconds = (int32_t)microseconds;
    d->hash = -1;
    return value_of(d);
}

Value delta_new(Thread *t, int64_t days, int64_t seconds, int64_t microseconds)
{
    return make(t, datetime_state(t)->delta, days, seconds, microseconds);
}

/* The duration in microseconds, if that fits. */
static bool small_total(const Delta *d, int64_t *us)
{
    if (d->days > 100000000 || d->days < -100000000)
        return false;
    *us = d->days * US_PER_DAY + d->seconds * US_PER_SECOND + d->microseconds;
    return true;
}

/* a OP b for Python ints; takes a and b, either of which may be empty (an error is pending then). */
static Value op_take(Thread *t, BinaryOp op, Value a, Value b)
{
    Value result = value_is_empty(a) || value_is_empty(b) ? VALUE_EMPTY : number_binary(t, op, a, b);
    ref_dec(t, a);
    ref_dec(t, b);
    return result;
}

static Value total(Thread *t, Value delta)
{
    const Delta *d = delta_of(delta);
    int64_t us;
    if (small_total(d, &us))
        return int_from_int64(t, us);
    Value seconds = int_from_int64(t, d->days * INT64_C(86400) + d->seconds);
    return op_take(t, BINARY_ADD, op_take(t, BINARY_MUL, seconds, value_from_int(US_PER_SECOND)),
                   value_from_int(d->microseconds));
}

/* A duration of so many microseconds: any int, taken (or empty). */
static Value from_total_take(Thread *t, Type *type, Value us)
{
    if (value_is_empty(us))
        return VALUE_EMPTY;
    if (value_is_int(us))
        return make(t, type, 0, 0, value_to_int(us));
    Value days = number_binary(t, BINARY_FLOORDIV, us, int_from_int64(t, US_PER_DAY)), rest = VALUE_EMPTY,
          result = VALUE_EMPTY;
    int64_t d, r;
    int overflow = 0;
    if (value_is_empty(days))
        goto done;
    rest = op_take(t, BINARY_MOD, ref_inc(t, us), int_from_int64(t, US_PER_DAY));
    if (value_is_empty(rest))
        goto done;
    d = int_to_int64_overflow(t, days, &overflow);
    if (overflow) {
        error_set(t, EXC_OverflowError, "Python int too large to convert to C int");
        goto done;
    }
    r = int_to_int64_overflow(t, rest, &overflow);
    result = make(t, type, d, 0, r);
done:
    ref_dec(t, days);
    ref_dec(t, rest);
    ref_dec(t, us);
    return result;
}

/* ---- timedelta(...) ---- */

/* Components in the order of the parameters. */
static const struct {
    const char *name;
    int64_t us; /* one of it in microseconds */
} components[] = {
    {"days", US_PER_DAY},      {"seconds", US_PER_SECOND},      {"microseconds", 1},
    {"milliseconds", 1000},    {"minutes", 60 * US_PER_SECOND}, {"hours", 3600 * US_PER_SECOND},
    {"weeks", 7 * US_PER_DAY},
};

/* The sum so far: exact integers, and fractions of a microsecond apart. */
typedef struct Sum {
    int64_t days, seconds, us; /* while every argument is small */
    Value big;                 /* or an int of microseconds; empty: not needed yet */
    double left;
} Sum;

static int go_big(Thread *t, Sum *s)
{
    if (!value_is_empty(s->big))
        return 0;
    Value seconds = op_take(t, BINARY_ADD, op_take(t, BINARY_MUL, int_from_int64(t, s->days), value_from_int(86400)),
                            int_from_int64(t, s->seconds));
    s->big = op_take(t, BINARY_ADD, op_take(t, BINARY_MUL, seconds, value_from_int(US_PER_SECOND)),
                     int_from_int64(t, s->us));
    return value_is_empty(s->big) ? -1 : 0;
}

/* Adds a whole number of a component. */
static int add_whole(Thread *t, Sum *s, int i, Value number)
{
    if (value_is_empty(s->big) && value_is_int(number) && value_to_int(number) < SMALL &&
        value_to_int(number) > -SMALL) {
        int64_t v = value_to_int(number), unit = components[i].us;
        if (unit % US_PER_DAY == 0)
            s->days += v * (unit / US_PER_DAY);
        else if (unit % US_PER_SECOND == 0)
            s->seconds += v * (unit / US_PER_SECOND);
        else
            s->us += v * unit;
        return 0;
    }
    if (go_big(t, s) < 0)
        return -1;
    s->big =
        op_take(t, BINARY_ADD, s->big, op_take(t, BINARY_MUL, ref_inc(t, number), int_from_int64(t, components[i].us)));
    return value_is_empty(s->big) ? -1 : 0;
}

static int add_component(Thread *t, Sum *s, int i, Value v)
{
    if (int_check(v)) {
        Value number = int_exact(t, v);
        int result = value_is_empty(number) ? -1 : add_whole(t, s, i, number);
        ref_dec(t, number);
        return result;
    }
    if (!float_check(v))
        return error_set(t, EXC_TypeError, "unsupported type for timedelta %s component: %s", components[i].name,
                         type_name(type_of(t, v))),
               -1;
    double whole, fraction = modf(float_value(v), &whole);
    Value number = int_from_double(t, whole); /* refuses NaN and infinity */
    if (value_is_empty(number))
        return -1;
    int result = add_whole(t, s, i, number);
    ref_dec(t, number);
    if (result < 0 || fraction == 0.0)
        return result;
    /* The fraction's whole microseconds are exact too; what is left is gathered and rounded at the end. */
    fraction = modf(fraction * (double)components[i].us, &whole);
    s->left += fraction;
    if (value_is_empty(s->big)) {
        s->us += (int64_t)whole;
        return 0;
    }
    s->big = op_take(t, BINARY_ADD, s->big, int_from_int64(t, (int64_t)whole));
    return value_is_empty(s->big) ? -1 : 0;
}

/* The fractions, rounded half to even of the complete sum. */
static int64_t rounded_left(const Sum *s)
{
    double whole = round(s->left);
    if (fabs(whole - s->left) == 0.5) {
        /* A day and a second have an even number of microseconds. */
        int odd = value_is_empty(s->big) ? (int)(s->us & 1) : (int)(int_to_uint64_mask(s->big) & 1);
        whole = 2.0 * round((s->left + odd) * 0.5) - odd;
    }
    return (int64_t)whole;
}

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value out[7];
    if (native_parse(t, "__new__", "(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)",
                     args, n, names, out) < 0)
        return VALUE_EMPTY;
    Sum s = {0};
    static const uint8_t order[] = {2, 3, 1, 4, 5, 0, 6}; /* microseconds first */
    for (int k = 0; k < 7; k++) {
        int i = order[k];
        if (!value_is_empty(out[i]) && add_component(t, &s, i, out[i]) < 0) {
            ref_dec(t, s.big);
            return VALUE_EMPTY;
        }
    }
    int64_t left = s.left != 0.0 ? rounded_left(&s) : 0;
    if (value_is_empty(s.big))
        return make(t, type, s.days, s.seconds, s.us + left);
    return from_total_take(t, type, op_take(t, BINARY_ADD, s.big, int_from_int64(t, left)));
}

/* ---- arithmetic ---- */

static Value combine(Thread *t, const Delta *a, const Delta *b, int sign)
{
    return delta_new(t, (int64_t)a->days + sign * (int64_t)b->days, (int64_t)a->seconds + sign * b->seconds,
                     (int64_t)a->microseconds + sign * b->microseconds);
}

Value delta_subtract(Thread *t, Value a, Value b) { return combine(t, delta_of(a), delta_of(b), -1); }

static Value add(Thread *t, Value a, Value b)
{
    return delta_check(a) && delta_check(b) ? combine(t, delta_of(a), delta_of(b), 1) : VALUE_NOTIMPLEMENTED;
}
static Value sub(Thread *t, Value a, Value b)
{
    return delta_check(a) && delta_check(b) ? delta_subtract(t, a, b) : VALUE_NOTIMPLEMENTED;
}

static Value negative(Thread *t, Value v)
{
    const Delta *d = delta_of(v);
    return delta_new(t, -(int64_t)d->days, -d->seconds, -d->microseconds);
}

static Value positive(Thread *t, Value v)
{
    const Delta *d = delta_of(v);
    return delta_new(t, d->days, d->seconds, d->microseconds);
}

static Value absolute(Thread *t, Value v) { return delta_of(v)->days < 0 ? negative(t, v) : positive(t, v); }

/* a / b rounded to the nearest int, half to even: a, b Python ints, taken (or empty). */
static Value divide_nearest_take(Thread *t, Value a, Value b)
{
    Value quotient = VALUE_EMPTY, rest = VALUE_EMPTY, pair = VALUE_EMPTY;
    if (value_is_empty(a) || value_is_empty(b))
        goto done;
    if (int_sign(b) == 0) {
        error_set(t, EXC_ZeroDivisionError, "division by zero");
        goto done;
    }
    pair = number_binary(t, BINARY_DIVMOD, a, b);
    if (value_is_empty(pair))
        goto done;
    quotient = ref_inc(t, tuple_peek(pair, 0));
    rest = op_take(t, BINARY_MUL, ref_inc(t, tuple_peek(pair, 1)), value_from_int(2));
    if (value_is_empty(rest)) {
        ref_clear(t, &quotient);
        goto done;
    }
    int half = int_compare(rest, b); /* the rest has the sign of b */
    bool up = int_sign(b) > 0 ? half > 0 : half < 0;
    if (up || (half == 0 && (int_to_uint64_mask(quotient) & 1)))
        quotient = op_take(t, BINARY_ADD, quotient, value_from_int(1));
done:
    ref_dec(t, pair);
    ref_dec(t, rest);
    ref_dec(t, a);
    ref_dec(t, b);
    return quotient;
}

/* delta * (a / b) for a float's exact ratio; with `invert` delta * (b / a). */
static Value scale_by_float(Thread *t, Value delta, Value number, bool invert)
{
    Value ratio = object_call_method_string(t, number, "as_integer_ratio", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(ratio))
        return VALUE_EMPTY;
    if (tuple_check(ratio) && tuple_length(ratio) != 2) {
        ref_dec(t, ratio);
        return error_set(t, EXC_ValueError, "as_integer_ratio() must return a 2-tuple");
    }
    if (!tuple_check(ratio)) {
        error_set(t, EXC_TypeError, "unexpected return type from as_integer_ratio(): expected tuple, got '%.200s'",
                  type_name(type_of(t, ratio)));
        ref_dec(t, ratio);
        return VALUE_EMPTY;
    }
    Value up = ref_inc(t, tuple_peek(ratio, invert)), down = ref_inc(t, tuple_peek(ratio, !invert));
    ref_dec(t, ratio);
    return from_total_take(t, datetime_state(t)->delta,
                           divide_nearest_take(t, op_take(t, BINARY_MUL, total(t, delta), up), down));
}

static Value multiply(Thread *t, Value a, Value b)
{
    Value delta = delta_check(a) ? a : b, number = delta_check(a) ? b : a;
    if (!delta_check(delta))
        return VALUE_NOTIMPLEMENTED;
    if (int_check(number)) {
        const Delta *d = delta_of(delta);
        if (value_is_int(number) && value_to_int(number) < INT32_MAX && value_to_int(number) > INT32_MIN) {
            int64_t i = value_to_int(number);
            return delta_new(t, d->days * i, d->seconds * i, d->microseconds * i);
        }
        return from_total_take(t, datetime_state(t)->delta,
                               op_take(t, BINARY_MUL, total(t, delta), ref_inc(t, number)));
    }
    return float_check(number) ? scale_by_float(t, delta, number, false) : VALUE_NOTIMPLEMENTED;
}

static Value floor_divide(Thread *t, Value a, Value b)
{
    if (!delta_check(a))
        return VALUE_NOTIMPLEMENTED;
    if (delta_check(b))
        return op_take(t, BINARY_FLOORDIV, total(t, a), total(t, b));
    if (int_check(b))
        return from_total_take(t, datetime_state(t)->delta, op_take(t, BINARY_FLOORDIV, total(t, a), ref_inc(t, b)));
    return VALUE_NOTIMPLEMENTED;
}

static Value true_divide(Thread *t, Value a, Value b)
{
    if (!delta_check(a))
        return VALUE_NOTIMPLEMENTED;
    if (delta_check(b))
        return op_take(t, BINARY_TRUEDIV, total(t, a), total(t, b));
    if (float_check(b))
        return scale_by_float(t, a, b, true);
    if (int_check(b))
        return from_total_take(t, datetime_state(t)->delta, divide_nearest_take(t, total(t, a), int_exact(t, b)));
    return VALUE_NOTIMPLEMENTED;
}

static Value remainder_(Thread *t, Value a, Value b)
{
    if (!delta_check(a) || !delta_check(b))
        return VALUE_NOTIMPLEMENTED;
    return from_total_take(t, datetime_state(t)->delta, op_take(t, BINARY_MOD, total(t, a), total(t, b)));
}

static Value divmod(Thread *t, Value a, Value b)
{
    if (!delta_check(a) || !delta_check(b))
        return VALUE_NOTIMPLEMENTED;
    Value pair = op_take(t, BINARY_DIVMOD, total(t, a), total(t, b));
    if (value_is_empty(pair))
        return VALUE_EMPTY;
    Value rest = from_total_take(t, datetime_state(t)->delta, ref_inc(t, tuple_peek(pair, 1))), result = VALUE_EMPTY;
    if (!value_is_empty(rest))
        result = tuple_pack(t, 2, tuple_peek(pair, 0), rest);
    ref_dec(t, rest);
    ref_dec(t, pair);
    return result;
}

/* ---- comparison, hash, text ---- */

int delta_compare(Value a, Value b)
{
    const Delta *x = delta_of(a), *y = delta_of(b);
    if (x->days != y->days)
        return x->days < y->days ? -1 : 1;
    if (x->seconds != y->seconds)
        return x->seconds < y->seconds ? -1 : 1;
    return (x->microseconds > y->microseconds) - (x->microseconds < y->microseconds);
}

static Value compare(Thread *t, Value a, Value b, Compare op)
{
    return delta_check(b) ? datetime_result(delta_compare(a, b), op) : VALUE_NOTIMPLEMENTED;
}

static Value state(Thread *t, const Delta *d)
{
    return tuple_pack(t, 3, value_from_int(d->days), value_from_int(d->seconds), value_from_int(d->microseconds));
}

static hash_t hash(Thread *t, Value self)
{
    Delta *d = delta_of(self);
    hash_t known = __atomic_load_n(&d->hash, __ATOMIC_RELAXED);
    if (known != -1)
        return known;
    Value tuple = state(t, d);
    if (value_is_empty(tuple))
        return -1;
    known = object_hash(t, tuple);
    ref_dec(t, tuple);
    store_relaxed(&d->hash, known);
    return known;
}

static int truth(Thread *t, Value self)
{
    const Delta *d = delta_of(self);
    return d->days != 0 || d->seconds != 0 || d->microseconds != 0;
}

static Value repr(Thread *t, Value self)
{
    const Delta *d = delta_of(self);
    char text[100];
    size_t n = 0;
    const struct {
        const char *name;
        int value;
    } parts[] = {{"days", d->days}, {"seconds", d->seconds}, {"microseconds", d->microseconds}};
    text[0] = 0;
    for (int i = 0; i < 3; i++) {
        if (parts[i].value)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s=%d", n ? ", " : "", parts[i].name, parts[i].value);
    }
    Value name = format_type_name(t, value_object(self)->type);
    if (value_is_empty(name))
        return VALUE_EMPTY;
    Value result = str_format(t, "%U(%s)", name, n ? text : "0");
    ref_dec(t, name);
    return result;
}

static Value str(Thread *t, Value self)
{
    const Delta *d = delta_of(self);
    char text[100];
    size_t n = 0;
    if (d->days)
        n = (size_t)snprintf(text, sizeof text, "%d day%s, ", d->days, d->days == 1 || d->days == -1 ? "" : "s");
    n += (size_t)snprintf(text + n, sizeof text - n, "%d:%02d:%02d", d->seconds / 3600, d->seconds / 60 % 60,
                          d->seconds % 60);
    if (d->microseconds)
        snprintf(text + n, sizeof text - n, ".%06d", d->microseconds);
    return str_from_string(t, text);
}

/* ---- attributes and methods ---- */

NATIVE(total_seconds, "total_seconds", "($self, /)", "The whole duration in seconds.")
{
    int64_t us;
    /* Both operands exact: the division rounds once. */
    if (small_total(delta_of(args[0]), &us) && us < (INT64_C(1) << 53) && us > -(INT64_C(1) << 53))
        return value_from_double((double)us / 1e6);
    return op_take(t, BINARY_TRUEDIV, total(t, args[0]), value_from_int(US_PER_SECOND));
}

NATIVE(reduce, "__reduce__", "($self, /)", "What pickle needs to rebuild the duration.")
{
    Value tuple = state(t, delta_of(args[0]));
    if (value_is_empty(tuple))
        return VALUE_EMPTY;
    Value result = tuple_pack(t, 2, value_of(value_object(args[0])->type), tuple);
    ref_dec(t, tuple);
    return result;
}

static const NativeDef *const methods[] = {&native_total_seconds, &native_reduce, NULL};
static const MemberDef members[] = {
    {"days", MEMBER_INT32, offsetof(Delta, days), false, "Whole days."},
    {"seconds", MEMBER_INT32, offsetof(Delta, seconds), false, "Seconds beyond the days: 0 to 86399."},
    {"microseconds", MEMBER_INT32, offsetof(Delta, microseconds), false,
     "Microseconds beyond the seconds: 0 to 999999."},
    {NULL, MEMBER_VALUE, 0, false, NULL},
};

const TypeSpec datetime_spec_delta = {
    .name = "datetime.timedelta",
    .doc = "timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)\n\nA duration: "
           "the sum of the arguments, which may be ints or floats of any sign.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Delta),
    .methods = methods,
    .members = members,
    .slots = {.create = create,
              .repr = repr,
              .str = str,
              .hash = hash,
              .compare = compare,
              .binary = {[BINARY_ADD] = add,
                         [BINARY_SUB] = sub,
                         [BINARY_MUL] = multiply,
                         [BINARY_FLOORDIV] = floor_divide,
                         [BINARY_TRUEDIV] = true_divide,
                         [BINARY_MOD] = remainder_,
                         [BINARY_DIVMOD] = divmod},
              .unary = {[UNARY_NEG] = negative, [UNARY_POS] = positive, [UNARY_ABS] = absolute},
              .truth = truth},
};
