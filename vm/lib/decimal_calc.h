/* decimal_calc.h: what the transcendental functions of decimals share: fixed-point numbers as ints, scaled by a power of two.
 *
 * A Calc remembers the first failure; once failed, every operation answers VALUE_EMPTY, so that formulas need no checks.  `take` functions drop their operands. */
#ifndef BATON_LIB_DECIMAL_CALC_H
#define BATON_LIB_DECIMAL_CALC_H

#include "decimal.h"
#include "../memory/ref.h"
#include "../object/int.h"

typedef struct Calc {
    Work *w;
    Thread *t;
    bool failed;
} Calc;

static inline Value calc_check(Calc *c, Value v)
{
    if (value_is_empty(v))
        c->failed = true;
    return v;
}
static inline Value calc_op(Calc *c, BinaryOp op, Value a, Value b)
{
    return c->failed ? VALUE_EMPTY : calc_check(c, int_binary(c->t, op, a, b));
}
static inline Value calc_op_take(Calc *c, BinaryOp op, Value a, Value b)
{
    Value r = calc_op(c, op, a, b);
    ref_dec(c->t, a);
    ref_dec(c->t, b);
    return r;
}
/* a << shift, or a >> -shift */
static inline Value calc_shift_take(Calc *c, Value a, int64_t shift)
{
    if (c->failed || shift == 0)
        return a;
    Value r = calc_check(c, shift > 0 ? int_shift_left(c->t, a, (uint64_t)shift)
                                      : int_shift_right(c->t, a, (uint64_t)-shift));
    ref_dec(c->t, a);
    return r;
}
static inline Value calc_power10(Calc *c, int64_t exponent)
{
    return c->failed ? VALUE_EMPTY
                     : calc_check(c, int_power(c->t, value_from_int(10), value_from_int(exponent), VALUE_NONE));
}

/* The coefficient of a number, and a coefficient from an int >= 0 (sign and exponent stay). */
Value calc_coefficient(Calc *c, const Num *a);
bool calc_set_coefficient(Calc *c, Num *r, Value v);

/* ln 10, e^x for 0 <= x < 4, and ln x for 1 <= x < 4: scaled by 2^bits, off by a few units at most. */
Value calc_ln10(Calc *c, int64_t bits);
Value calc_exp(Calc *c, Value x, int64_t bits);
Value calc_ln(Calc *c, Value x, int64_t bits);
/* ln a of a finite a > 0, scaled by 2^bits; negative for a < 1. */
Value calc_ln_of(Calc *c, const Num *a, int64_t bits);

typedef enum Emit { EMIT_DONE, EMIT_AGAIN, EMIT_FAILED } Emit;
/* v * 10^exponent, v > 0 scaled by 2^bits and known but for some units of 2^-20 of the last of prec + guard places, as a number with prec + guard places (not yet
 * finalized).  EMIT_AGAIN when those places do not decide the rounding; with `snap` they are then taken for the exact value or half way point that they are close to.
 * Takes v. */
Emit calc_emit_take(Calc *c, Num *r, Value v, int64_t bits, int64_t exponent, int64_t guard, bool snap);

/* e^v, v scaled by 2^bits, negative or not, as above. Overflow and underflow are left to num_finalize. Takes v. */
Emit calc_emit_exp_take(Calc *c, Num *r, Value v, int64_t bits, int64_t guard, bool snap);

/* Bits for a number of decimal places. */
static inline int64_t calc_bits(int64_t places) { return (int64_t)((double)places * 3.3219280948873626) + 1; }

#endif
