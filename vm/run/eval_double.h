/* eval_double.h: doubles in registers of the interpreter, read and written where they lie.
 *
 * Arithmetic on floats is a chain: each operation waits for the one before. On x86 a double is therefore loaded into a vector register and unboxed there, rather than by
 * way of a general register, and stored likewise: that takes some cycles from each link. The check of what kind of value it is goes on beside it.
 * Read next: ../object/value.h, eval_dispatch.h. */
#ifndef BATON_RUN_EVAL_DOUBLE_H
#define BATON_RUN_EVAL_DOUBLE_H

#include "../object/value.h"

#if defined(__SSE2__) && defined(__GNUC__) && !defined(__clang__) /* clang 14 knows no instruction for the load */
#include <emmintrin.h>

/* The double that *slot is known to be. */
static ALWAYS_INLINE double double_at(const Value *slot)
{
    double bits = *(const volatile double *)(const volatile void *)slot; /* a load of its own */
    __m128i x;
    __asm__("" : "=x"(x) : "0"(bits)); /* the intrinsic would clear the upper half */
    return _mm_cvtsd_f64(_mm_castsi128_pd(_mm_sub_epi64(x, _mm_set1_epi64x((int64_t)VALUE_DOUBLE_OFFSET))));
}

/* value_from_double, into *slot. */
static ALWAYS_INLINE void double_store(Value *slot, double d)
{
    if (UNLIKELY(d != d)) {
        *slot = value_from_double(d);
        return;
    }
    __m128i x;
    __asm__("" : "=x"(x) : "0"(d));
    *(double *)(void *)slot =
        _mm_cvtsd_f64(_mm_castsi128_pd(_mm_add_epi64(x, _mm_set1_epi64x((int64_t)VALUE_DOUBLE_OFFSET))));
}
#else
static ALWAYS_INLINE double double_at(const Value *slot) { return value_to_double(*slot); }
static ALWAYS_INLINE void double_store(Value *slot, double d) { *slot = value_from_double(d); }
#endif

#endif
