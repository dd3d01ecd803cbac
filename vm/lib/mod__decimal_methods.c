/* mod__decimal_methods.c: the methods of Decimal.  Those with an argument `context` use the current one when it is absent or None.  No locks. */
#include "mod__decimal.h"

#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"

static Num view(Value v)
{
    Num a;
    num_view(decimal_of(v), &a);
    return a;
}

/* ---- operations in a context ---- */

static Value with_context1(Thread *t, Value self, Value context, DecimalOperation1 operation)
{
    Value c = decimal_context_argument(t, context);
    if (value_is_empty(c))
        return c;
    Value r = decimal_apply1(t, c, self, operation);
    ref_dec(t, c);
    return r;
}

static Value with_context2(Thread *t, Value self, Value other, Value context, DecimalOperation2 operation)
{
    Value c = decimal_context_argument(t, context);
    if (value_is_empty(c))
        return c;
    Value r = decimal_apply2(t, c, self, other, operation);
    ref_dec(t, c);
    return r;
}

#define UNARY(name, operation, doc)                                                                                    \
    NATIVE(name, #name, "($self, /, context=None)", doc) { return with_context1(t, args[0], args[1], operation); }
#define BINARY(name, operation, doc)                                                                                   \
    NATIVE(name, #name, "($self, /, other, context=None)", doc)                                                        \
    {                                                                                                                  \
        return with_context2(t, args[0], args[1], args[2], operation);                                                 \
    }

UNARY(exp, decimal_exp, "e raised to the power of the number, correctly rounded half to even.")
UNARY(ln, decimal_ln, "The natural logarithm, correctly rounded half to even.")
UNARY(log10, decimal_log10, "The logarithm to base 10, correctly rounded half to even.")
UNARY(logb, decimal_logb, "The exponent of the number written with one place before the point.")
UNARY(logical_invert, decimal_invert, "Exchanges zeros and ones of a logical operand.")
UNARY(next_minus, decimal_next_minus, "The largest number of the context that is smaller.")
UNARY(next_plus, decimal_next_plus, "The smallest number of the context that is larger.")
UNARY(normalize, decimal_reduce, "The number without zeros at its end.")
UNARY(sqrt, decimal_sqrt, "The square root, rounded half to even.")

BINARY(compare, decimal_op_compare, "-1, 0 or 1 as a Decimal; a NaN if an operand is one.")
BINARY(compare_signal, decimal_op_compare_signal, "As compare(), but all NaNs signal.")
BINARY(compare_total, decimal_op_compare_total, "-1, 0 or 1 by the total order of all representations.")
BINARY(compare_total_mag, decimal_op_compare_total_mag, "As compare_total(), without regard to the signs.")
BINARY(copy_sign, decimal_op_copy_sign, "The number with the sign of the other one.")
BINARY(max, decimal_op_max, "The larger one; a number rather than a quiet NaN.")
BINARY(max_mag, decimal_op_max_mag, "The one of larger magnitude.")
BINARY(min, decimal_op_min, "The smaller one; a number rather than a quiet NaN.")
BINARY(min_mag, decimal_op_min_mag, "The one of smaller magnitude.")
BINARY(logical_and, decimal_op_and, "The places where both logical operands have a one.")
BINARY(logical_or, decimal_op_or, "The places where one or both logical operands have a one.")
BINARY(logical_xor, decimal_op_xor, "The places where the logical operands differ.")
BINARY(next_toward, decimal_next_toward, "The neighbour in the direction of the other number.")
BINARY(remainder_near, decimal_rem_near, "What is left after the closest multiple of the other number.")
BINARY(rotate, decimal_rotate, "The coefficient turned by a number of places, to the left when positive.")
BINARY(scaleb, decimal_scaleb, "The number with its exponent raised by the other one.")
BINARY(shift, decimal_shift, "The coefficient shifted by a number of places, to the left when positive.")

NATIVE(same_quantum, "same_quantum", "($self, /, other, context=None)",
       "Do both have the same exponent, or are both infinite or both NaNs?")
{
    Num other, a = view(args[0]);
    Value context = decimal_context_argument(t, args[2]);
    if (value_is_empty(context))
        return context;
    ref_dec(t, context);
    if (decimal_argument(t, args[1], &other) < 0)
        return VALUE_EMPTY;
    bool same = num_same_quantum(&a, &other);
    num_free(t, &other);
    return value_from_bool(same);
}

NATIVE(fma, "fma", "($self, /, other, third, context=None)", "self * other + third, rounded once.")
{
    Value c = decimal_context_argument(t, args[3]);
    if (value_is_empty(c))
        return c;
    Value r = decimal_apply_fma(t, c, args[0], args[1], args[2]);
    ref_dec(t, c);
    return r;
}

/* An operation of a context with another rounding, which the argument may name. */
static Value with_rounding(Thread *t, Value rounding, Value context, Value a, Value b, DecimalOperation1 one,
                           DecimalOperation2 two)
{
    Value v = decimal_context_argument(t, context), result = VALUE_EMPTY;
    if (value_is_empty(v))
        return v;
    DecimalContext *c = decimal_context_of(v);
    Work w = decimal_work(t, c);
    if (!value_is_empty(rounding) && !value_is_none(rounding)) {
        int r = decimal_rounding(t, rounding);
        if (r < 0)
            goto done;
        w.s.rounding = (uint8_t)r;
    }
    Num x = view(a), y, r;
    if (two && decimal_argument(t, b, &y) < 0)
        goto done;
    num_init(&r);
    if (two) {
        two(&w, &r, &x, &y);
        num_free(t, &y);
    } else {
        one(&w, &r, &x);
    }
    result = decimal_result_take(t, c, &w, &r);
done:
    ref_dec(t, v);
    return result;
}

NATIVE(quantize, "quantize", "($self, /, exp, rounding=None, context=None)",
       "The number rounded to the exponent of another one; InvalidOperation when that takes more places than the "
       "precision.")
{
    return with_rounding(t, args[2], args[3], args[0], args[1], NULL, decimal_quantize);
}
NATIVE(to_integral, "to_integral", "($self, /, rounding=None, context=None)", "The same as to_integral_value().")
{
    return with_rounding(t, args[1], args[2], args[0], VALUE_EMPTY, decimal_op_to_integral_value, NULL);
}
NATIVE(to_integral_value, "to_integral_value", "($self, /, rounding=None, context=None)",
       "The number rounded to an integer, raising neither Inexact nor Rounded.")
{
    return with_rounding(t, args[1], args[2], args[0], VALUE_EMPTY, decimal_op_to_integral_value, NULL);
}
NATIVE(to_integral_exact, "to_integral_exact", "($self, /, rounding=None, context=None)",
       "The number rounded to an integer, raising Inexact and Rounded.")
{
    return with_rounding(t, args[1], args[2], args[0], VALUE_EMPTY, decimal_op_to_integral_exact, NULL);
}

/* ---- tests ---- */

#define TEST(name, expression, doc)                                                                                    \
    NATIVE(name, #name, "($self, /)", doc)                                                                             \
    {                                                                                                                  \
        Num a = view(args[0]);                                                                                         \
        return value_from_bool(expression);                                                                            \
    }
NATIVE(is_canonical, "is_canonical", "($self, /)", "True: every Decimal is canonical.") { return VALUE_TRUE; }
TEST(is_finite, num_is_finite(&a), "Neither infinite nor a NaN?")
TEST(is_infinite, num_is_infinite(&a), "Infinite?")
TEST(is_nan, num_is_nan(&a), "A NaN, quiet or signalling?")
TEST(is_qnan, a.kind == NUM_NAN, "A quiet NaN?")
TEST(is_snan, a.kind == NUM_SNAN, "A signalling NaN?")
TEST(is_signed, a.negative, "Does it have a negative sign?")
TEST(is_zero, num_is_zero(&a), "Zero?")

NATIVE(is_normal, "is_normal", "($self, /, context=None)", "Finite, not zero, and not below the context's exponents?")
{
    Value c = decimal_context_argument(t, args[1]);
    if (value_is_empty(c))
        return c;
    Num a = view(args[0]);
    bool r = num_is_normal(&a, &decimal_context_of(c)->s);
    ref_dec(t, c);
    return value_from_bool(r);
}
NATIVE(is_subnormal, "is_subnormal", "($self, /, context=None)", "Finite, not zero, and below the context's exponents?")
{
    Value c = decimal_context_argument(t, args[1]);
    if (value_is_empty(c))
        return c;
    Num a = view(args[0]);
    bool r = num_is_subnormal(&a, &decimal_context_of(c)->s);
    ref_dec(t, c);
    return value_from_bool(r);
}
NATIVE(number_class, "number_class", "($self, /, context=None)",
       "What kind of number it is, as text: '+Normal', '-Zero', 'NaN' ...")
{
    Value c = decimal_context_argument(t, args[1]);
    if (value_is_empty(c))
        return c;
    Num a = view(args[0]);
    Value r = str_from_string(t, num_class(&a, &decimal_context_of(c)->s));
    ref_dec(t, c);
    return r;
}

/* ---- parts and conversions ---- */

NATIVE(adjusted, "adjusted", "($self, /)", "The exponent of the leading digit; 0 for infinities and NaNs.")
{
    Num a = view(args[0]);
    return num_is_special(&a) ? value_from_int(0) : int_from_int64(t, num_adjusted(&a));
}
NATIVE(as_tuple, "as_tuple", "($self, /)", "DecimalTuple(sign, digits, exponent).")
{
    Num a = view(args[0]);
    return decimal_as_tuple(t, &a);
}
NATIVE(as_integer_ratio, "as_integer_ratio", "($self, /)", "A pair of ints in lowest terms whose ratio is the number.")
{
    Num a = view(args[0]);
    return decimal_as_integer_ratio(t, &a);
}
NATIVE(canonical, "canonical", "($self, /)", "The number itself.") { return ref_inc(t, args[0]); }
NATIVE(conjugate, "conjugate", "($self, /)", "The number itself.") { return ref_inc(t, args[0]); }
NATIVE(copy_special, "__copy__", "($self, /)", NULL) { return ref_inc(t, args[0]); }
NATIVE(deepcopy, "__deepcopy__", "($self, object, /)", NULL) { return ref_inc(t, args[0]); }

static Value copied(Thread *t, Value self, bool negative)
{
    Num a = view(self);
    a.negative = negative;
    return decimal_new(t, NULL, &a);
}
NATIVE(copy_abs, "copy_abs", "($self, /)", "The number with a positive sign, unrounded.")
{
    return copied(t, args[0], false);
}
NATIVE(copy_negate, "copy_negate", "($self, /)", "The number with the other sign, unrounded.")
{
    return copied(t, args[0], !decimal_of(args[0])->negative);
}

NATIVE(radix, "radix", "($self, /)", "Decimal('10').")
{
    Num ten;
    num_init(&ten);
    num_set_int(&ten, 10);
    return decimal_new(t, NULL, &ten);
}

NATIVE(to_eng_string, "to_eng_string", "($self, /, context=None)",
       "The number as text with an exponent that is a multiple of 3.")
{
    Value c = decimal_context_argument(t, args[1]);
    if (value_is_empty(c))
        return c;
    Num a = view(args[0]);
    Value r = decimal_to_str(t, &a, true, decimal_context_of(c)->s.capitals);
    ref_dec(t, c);
    return r;
}

static Value rounded_int(Thread *t, Value self, Rounding rounding)
{
    Num a = view(self);
    return decimal_to_int(t, &a, rounding);
}
NATIVE(trunc, "__trunc__", "($self, /)", "The integer part.") { return rounded_int(t, args[0], ROUND_DOWN); }
NATIVE(floor, "__floor__", "($self, /)", "The largest int that is not greater.")
{
    return rounded_int(t, args[0], ROUND_FLOOR);
}
NATIVE(ceil, "__ceil__", "($self, /)", "The smallest int that is not less.")
{
    return rounded_int(t, args[0], ROUND_CEILING);
}

NATIVE(round_special, "__round__", "($self, ndigits=None, /)",
       "The closest int, or with ndigits the number quantized to that many places behind the point.")
{
    if (value_is_empty(args[1]) || value_is_none(args[1]))
        return rounded_int(t, args[0], ROUND_HALF_EVEN);
    if (!int_check(args[1]))
        return error_set(t, EXC_TypeError, "optional arg must be an integer");
    int64_t digits;
    if (int_to_int64(t, args[1], &digits) < 0)
        return VALUE_EMPTY;
    Num unit;
    num_init(&unit);
    num_set_int(&unit, 1);
    unit.exponent = digits == INT64_MIN ? INT64_MAX : -digits;
    Value context = decimal_current_context(t);
    if (value_is_empty(context))
        return context;
    DecimalContext *c = decimal_context_of(context);
    Work w = decimal_work(t, c);
    Num a = view(args[0]), r;
    num_init(&r);
    decimal_quantize(&w, &r, &a, &unit);
    Value result = decimal_result_take(t, c, &w, &r);
    ref_dec(t, context);
    return result;
}

NATIVE(complex_special, "__complex__", "($self, /)", "The number as a complex.")
{
    Value f = number_float(t, args[0]);
    return value_is_empty(f) ? f : complex_new(t, value_to_double(f), 0.0);
}

NATIVE(reduce, "__reduce__", "($self, /)", NULL)
{
    Value text = object_str(t, args[0]);
    if (value_is_empty(text))
        return text;
    Value arguments = tuple_from_array_take(t, &text, 1);
    if (value_is_empty(arguments))
        return arguments;
    Value pair[2] = {ref_inc(t, value_of(type_of(t, args[0]))), arguments};
    return tuple_from_array_take(t, pair, 2);
}

NATIVE(sizeof_special, "__sizeof__", "($self, /)", "Size in bytes.")
{
    return int_from_size(t, sizeof(Decimal) + decimal_of(args[0])->n * sizeof(Digit));
}

NATIVE(format_special, "__format__", "($self, format_spec, override=<unrepresentable>, /)",
       "The number as text, by a format specifier.")
{
    return decimal_format(t, args[0], args[1], args[2]);
}

/* ---- class methods ---- */

/* Calls a subclass with a Decimal. Takes it. */
static Value in_class_take(Thread *t, Value class, Value v)
{
    if (value_is_empty(v) || value_is(class, value_of(decimal_state(t)->number)))
        return v;
    Value made = object_call1(t, class, v);
    ref_dec(t, v);
    return made;
}

static Value from_exact(Thread *t, Value class, Value v)
{
    Num a;
    num_init(&a);
    int status = float_check(v) ? num_from_double(t, &a, float_value(v)) : num_from_int(t, &a, v);
    Value made = status < 0 ? VALUE_EMPTY : decimal_new(t, NULL, &a);
    num_free(t, &a);
    return in_class_take(t, class, made);
}

NATIVE_FLAGS(from_float, "from_float", "($type, f, /)", "The exact value of a float or int.", NATIVE_CLASS)
{
    if (!float_check(args[1]) && !int_check(args[1]))
        return error_set(t, EXC_TypeError, "argument must be int or float");
    return from_exact(t, args[0], args[1]);
}

NATIVE_FLAGS(from_number, "from_number", "($type, number, /)",
             "The exact value of an int, float or Decimal, but not of text.", NATIVE_CLASS)
{
    if (float_check(args[1]) || int_check(args[1]))
        return from_exact(t, args[0], args[1]);
    if (!decimal_check(args[1]))
        return error_set(t, EXC_TypeError, "conversion from %s to Decimal is not supported",
                         type_name(type_of(t, args[1])));
    if (decimal_check_exact(t, args[1]))
        return in_class_take(t, args[0], ref_inc(t, args[1]));
    return in_class_take(t, args[0], copied(t, args[1], decimal_of(args[1])->negative));
}

const NativeDef *const decimal_methods[] = {
    &native_exp,
    &native_ln,
    &native_log10,
    &native_logb,
    &native_logical_invert,
    &native_next_minus,
    &native_next_plus,
    &native_normalize,
    &native_sqrt,
    &native_compare,
    &native_compare_signal,
    &native_compare_total,
    &native_compare_total_mag,
    &native_copy_sign,
    &native_max,
    &native_max_mag,
    &native_min,
    &native_min_mag,
    &native_logical_and,
    &native_logical_or,
    &native_logical_xor,
    &native_next_toward,
    &native_remainder_near,
    &native_rotate,
    &native_scaleb,
    &native_shift,
    &native_same_quantum,
    &native_fma,
    &native_quantize,
    &native_to_integral,
    &native_to_integral_value,
    &native_to_integral_exact,
    &native_is_canonical,
    &native_is_finite,
    &native_is_infinite,
    &native_is_nan,
    &native_is_qnan,
    &native_is_snan,
    &native_is_signed,
    &native_is_zero,
    &native_is_normal,
    &native_is_subnormal,
    &native_number_class,
    &native_adjusted,
    &native_as_tuple,
    &native_as_integer_ratio,
    &native_canonical,
    &native_conjugate,
    &native_copy_special,
    &native_deepcopy,
    &native_copy_abs,
    &native_copy_negate,
    &native_radix,
    &native_to_eng_string,
    &native_trunc,
    &native_floor,
    &native_ceil,
    &native_round_special,
    &native_complex_special,
    &native_reduce,
    &native_sizeof_special,
    &native_format_special,
    &native_from_float,
    &native_from_number,
    NULL,
};
