/* mod__decimal_context_ops.c: the operations of Context: each takes ints and Decimals and computes in the context.  No locks. */
#include "mod__decimal.h"

#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"

#define UNARY(name, operation, doc)                                                                                    \
    NATIVE(name, #name, "($self, x, /)", doc) { return decimal_apply1(t, args[0], args[1], operation); }
#define BINARY(name, operation, doc)                                                                                   \
    NATIVE(name, #name, "($self, x, y, /)", doc) { return decimal_apply2(t, args[0], args[1], args[2], operation); }

UNARY(abs, decimal_abs, "The absolute value of x, rounded.")
UNARY(exp, decimal_exp, "e ** x.")
UNARY(ln, decimal_ln, "The natural logarithm of x.")
UNARY(log10, decimal_log10, "The logarithm of x to base 10.")
UNARY(logb, decimal_logb, "The exponent of x written with one place before the point.")
UNARY(logical_invert, decimal_invert, "Exchanges zeros and ones of x.")
UNARY(minus, decimal_minus, "-x, rounded.")
UNARY(next_minus, decimal_next_minus, "The largest number smaller than x.")
UNARY(next_plus, decimal_next_plus, "The smallest number larger than x.")
UNARY(normalize, decimal_reduce, "x without zeros at its end.")
UNARY(plus, decimal_plus, "+x, rounded.")
UNARY(sqrt, decimal_sqrt, "The square root of x.")
UNARY(to_integral, decimal_op_to_integral_value, "The same as to_integral_value().")
UNARY(to_integral_exact, decimal_op_to_integral_exact, "x rounded to an integer, raising Inexact and Rounded.")
UNARY(to_integral_value, decimal_op_to_integral_value, "x rounded to an integer, raising neither Inexact nor Rounded.")
UNARY(copy_abs, decimal_op_copy_abs, "x with a positive sign, unrounded.")
UNARY(copy_negate, decimal_op_copy_negate, "x with the other sign, unrounded.")

BINARY(add, decimal_add, "x + y.")
BINARY(compare, decimal_op_compare, "-1, 0 or 1 as a Decimal; a NaN if an operand is one.")
BINARY(compare_signal, decimal_op_compare_signal, "As compare(), but all NaNs signal.")
BINARY(compare_total, decimal_op_compare_total, "-1, 0 or 1 by the total order of all representations.")
BINARY(compare_total_mag, decimal_op_compare_total_mag, "As compare_total(), without regard to the signs.")
BINARY(copy_sign, decimal_op_copy_sign, "x with the sign of y.")
BINARY(divide, decimal_div, "x / y.")
BINARY(divide_int, decimal_div_int, "The integer part of x / y.")
BINARY(logical_and, decimal_op_and, "The places where both have a one.")
BINARY(logical_or, decimal_op_or, "The places where one or both have a one.")
BINARY(logical_xor, decimal_op_xor, "The places where they differ.")
BINARY(max, decimal_op_max, "The larger one.")
BINARY(max_mag, decimal_op_max_mag, "The one of larger magnitude.")
BINARY(min, decimal_op_min, "The smaller one.")
BINARY(min_mag, decimal_op_min_mag, "The one of smaller magnitude.")
BINARY(multiply, decimal_mul, "x * y.")
BINARY(next_toward, decimal_next_toward, "The neighbour of x in the direction of y.")
BINARY(quantize, decimal_quantize, "x rounded to the exponent of y.")
BINARY(remainder, decimal_rem, "What is left after dividing x by y to an integer.")
BINARY(remainder_near, decimal_rem_near, "What is left after the multiple of y that is closest to x.")
BINARY(rotate, decimal_rotate, "x's coefficient turned by y places.")
BINARY(scaleb, decimal_scaleb, "x with its exponent raised by y.")
BINARY(shift, decimal_shift, "x's coefficient shifted by y places.")
BINARY(subtract, decimal_sub, "x - y.")

NATIVE(divmod, "divmod", "($self, x, y, /)", "The pair of the integer part of x / y and what is left.")
{
    return decimal_apply_divmod(t, args[0], args[1], args[2]);
}
NATIVE(fma, "fma", "($self, x, y, z, /)", "x * y + z, rounded once.")
{
    return decimal_apply_fma(t, args[0], args[1], args[2], args[3]);
}
NATIVE(power, "power", "($self, /, a, b, modulo=None)", "a ** b, or a ** b % modulo for integers.")
{
    return decimal_apply_power(t, args[0], args[1], args[2], value_is_empty(args[3]) ? VALUE_NONE : args[3]);
}

/* ---- tests ---- */

#define TEST(name, expression, doc)                                                                                    \
    NATIVE(name, #name, "($self, x, /)", doc)                                                                          \
    {                                                                                                                  \
        Num a;                                                                                                         \
        if (decimal_argument(t, args[1], &a) < 0)                                                                      \
            return VALUE_EMPTY;                                                                                        \
        bool r = expression;                                                                                           \
        num_free(t, &a);                                                                                               \
        return value_from_bool(r);                                                                                     \
    }
#define SETTINGS (&decimal_context_of(args[0])->s)
TEST(is_finite, num_is_finite(&a), "Is x neither infinite nor a NaN?")
TEST(is_infinite, num_is_infinite(&a), "Is x infinite?")
TEST(is_nan, num_is_nan(&a), "Is x a NaN?")
TEST(is_qnan, a.kind == NUM_NAN, "Is x a quiet NaN?")
TEST(is_snan, a.kind == NUM_SNAN, "Is x a signalling NaN?")
TEST(is_signed, a.negative, "Does x have a negative sign?")
TEST(is_zero, num_is_zero(&a), "Is x zero?")
TEST(is_normal, num_is_normal(&a, SETTINGS), "Is x normal in the context?")
TEST(is_subnormal, num_is_subnormal(&a, SETTINGS), "Is x subnormal in the context?")

NATIVE(is_canonical, "is_canonical", "($self, x, /)", "Is x canonical? Every Decimal is.")
{
    return decimal_check(args[1]) ? VALUE_TRUE : error_set(t, EXC_TypeError, "argument must be a Decimal");
}
NATIVE(canonical, "canonical", "($self, x, /)", "x itself.")
{
    return decimal_check(args[1]) ? ref_inc(t, args[1]) : error_set(t, EXC_TypeError, "argument must be a Decimal");
}

NATIVE(same_quantum, "same_quantum", "($self, x, y, /)", "Do both have the same exponent?")
{
    Num a, b;
    if (decimal_argument(t, args[1], &a) < 0)
        return VALUE_EMPTY;
    Value r = VALUE_EMPTY;
    if (decimal_argument(t, args[2], &b) == 0) {
        r = value_from_bool(num_same_quantum(&a, &b));
        num_free(t, &b);
    }
    num_free(t, &a);
    return r;
}

NATIVE(number_class, "number_class", "($self, x, /)", "What kind of number x is in the context.")
{
    Num a;
    if (decimal_argument(t, args[1], &a) < 0)
        return VALUE_EMPTY;
    Value r = str_from_string(t, num_class(&a, SETTINGS));
    num_free(t, &a);
    return r;
}

/* ---- conversions ---- */

static Value to_text(Thread *t, Value context, Value x, bool engineering)
{
    Num a;
    if (decimal_argument(t, x, &a) < 0)
        return VALUE_EMPTY;
    Value r = decimal_to_str(t, &a, engineering, decimal_context_of(context)->s.capitals);
    num_free(t, &a);
    return r;
}
NATIVE(to_sci_string, "to_sci_string", "($self, x, /)", "x as text in scientific notation.")
{
    return to_text(t, args[0], args[1], false);
}
NATIVE(to_eng_string, "to_eng_string", "($self, x, /)", "x as text with an exponent that is a multiple of 3.")
{
    return to_text(t, args[0], args[1], true);
}

NATIVE(copy_decimal, "copy_decimal", "($self, x, /)", "x as a Decimal, unrounded.")
{
    if (decimal_check(args[1]))
        return ref_inc(t, args[1]);
    Num a;
    if (decimal_argument(t, args[1], &a) < 0)
        return VALUE_EMPTY;
    Value r = decimal_new(t, NULL, &a);
    num_free(t, &a);
    return r;
}

static void finalized(Work *w, Num *r, const Num *a)
{
    if (num_copy(w, r, a))
        num_finalize(w, r);
}
NATIVE(apply, "_apply", "($self, x, /)", "x rounded to the context.")
{
    return decimal_apply1(t, args[0], args[1], finalized);
}

NATIVE(create_decimal, "create_decimal", "($self, num=\"0\", /)",
       "A Decimal from any object that Decimal() takes, rounded to the context.")
{
    Num a;
    num_init(&a);
    Value r = VALUE_EMPTY;
    if (value_is_empty(args[1]) || num_from_object(t, decimal_context_of(args[0]), &a, args[1], false) == 0)
        r = decimal_new(t, NULL, &a);
    num_free(t, &a);
    return r;
}

NATIVE(create_decimal_from_float, "create_decimal_from_float", "($self, f, /)",
       "A Decimal from a float or int, rounded to the context.")
{
    if (!float_check(args[1]) && !int_check(args[1]))
        return error_set(t, EXC_TypeError, "argument must be int or float");
    DecimalContext *c = decimal_context_of(args[0]);
    Work w = decimal_work(t, c);
    Num a;
    num_init(&a);
    if ((float_check(args[1]) ? num_from_double(t, &a, float_value(args[1])) : num_from_int(t, &a, args[1])) < 0) {
        num_free(t, &a);
        return VALUE_EMPTY;
    }
    num_finalize(&w, &a);
    return decimal_result_take(t, c, &w, &a);
}

const NativeDef *const decimal_context_operations[] = {
    &native_abs,
    &native_exp,
    &native_ln,
    &native_log10,
    &native_logb,
    &native_logical_invert,
    &native_minus,
    &native_next_minus,
    &native_next_plus,
    &native_normalize,
    &native_plus,
    &native_sqrt,
    &native_to_integral,
    &native_to_integral_exact,
    &native_to_integral_value,
    &native_copy_abs,
    &native_copy_negate,
    &native_add,
    &native_compare,
    &native_compare_signal,
    &native_compare_total,
    &native_compare_total_mag,
    &native_copy_sign,
    &native_divide,
    &native_divide_int,
    &native_logical_and,
    &native_logical_or,
    &native_logical_xor,
    &native_max,
    &native_max_mag,
    &native_min,
    &native_min_mag,
    &native_multiply,
    &native_next_toward,
    &native_quantize,
    &native_remainder,
    &native_remainder_near,
    &native_rotate,
    &native_scaleb,
    &native_shift,
    &native_subtract,
    &native_divmod,
    &native_fma,
    &native_power,
    &native_is_finite,
    &native_is_infinite,
    &native_is_nan,
    &native_is_qnan,
    &native_is_snan,
    &native_is_signed,
    &native_is_zero,
    &native_is_normal,
    &native_is_subnormal,
    &native_is_canonical,
    &native_canonical,
    &native_same_quantum,
    &native_number_class,
    &native_to_sci_string,
    &native_to_eng_string,
    &native_copy_decimal,
    &native_apply,
    &native_create_decimal,
    &native_create_decimal_from_float,
    NULL,
};
