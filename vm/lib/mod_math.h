/* mod_math.h: the parts of the module math, one file a subject. */
#ifndef BATON_LIB_MOD_MATH_H
#define BATON_LIB_MOD_MATH_H

#include "../object/module.h"

/* mod_math_integer.c (gcd, lcm, factorial, comb, perm, isqrt) and mod_math_sum.c (fsum, prod, sumprod, hypot, dist): NULL-terminated. */
extern const NativeDef *const math_integer_functions[], *const math_sum_functions[];

#endif
