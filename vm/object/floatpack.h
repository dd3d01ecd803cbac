/* floatpack.h: doubles as IEEE 754 half and single precision bits, for struct, array, memoryview, marshal and pickle. */
#ifndef BATON_OBJECT_FLOATPACK_H
#define BATON_OBJECT_FLOATPACK_H

#include <math.h>

#include "value.h"

/* Rounds half to even; false when the number is too large. */
static inline bool half_pack(double d, uint16_t *out)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    uint16_t sign = (uint16_t)(bits >> 48 & 0x8000);
    uint64_t magnitude = bits & UINT64_C(0x7FFFFFFFFFFFFFFF);
    if (magnitude > UINT64_C(0x7FF0000000000000)) { /* NaN, with the top of its payload */
        *out = (uint16_t)(sign | 0x7E00 | (uint16_t)(magnitude >> 42 & 0x1FF));
        return true;
    }
    if (magnitude == UINT64_C(0x7FF0000000000000)) {
        *out = sign | 0x7C00;
        return true;
    }
    double a = fabs(d), scaled;
    int exponent;
    if (a == 0) {
        *out = sign;
        return true;
    }
    frexp(a, &exponent); /* a = f * 2^exponent, 0.5 <= f < 1 */
    exponent -= 1;
    if (exponent < -14)
        exponent = -14;
    if (exponent > 15)
        return false;
    scaled = nearbyint(ldexp(a, 10 - exponent)); /* in units of the last place */
    uint32_t units = (uint32_t)scaled;
    /* A normal number has units in [1024, 2048]; the carry moves into the exponent by itself. */
    uint32_t half = (uint32_t)(exponent + 14) * 1024 + units;
    if (half >= 0x7C00)
        return false;
    *out = (uint16_t)(sign | half);
    return true;
}

static inline double half_unpack(uint16_t half)
{
    int exponent = half >> 10 & 0x1F;
    double a = half & 0x3FF;
    if (exponent == 0x1F) {
        uint64_t bits = UINT64_C(0x7FF0000000000000) | (uint64_t)(half & 0x3FF) << 42 | (uint64_t)(half & 0x8000) << 48;
        double d;
        memcpy(&d, &bits, sizeof d);
        return d;
    }
    a = exponent ? ldexp(a + 1024, exponent - 25) : ldexp(a, -24);
    return half & 0x8000 ? -a : a;
}

/* False when a finite number is too large for single precision. */
static inline bool single_pack(double d, float *out)
{
    *out = (float)d;
    return !(isinf(*out) && !isinf(d));
}

#endif
