/* bigint_ntt.h: products of huge magnitudes by number-theoretic transforms. */
#ifndef BATON_OBJECT_BIGINT_NTT_H
#define BATON_OBJECT_BIGINT_NTT_H

#include "object.h"

/* Digits of the shorter factor from which the transform beats Karatsuba's method (measured). */
#define BIGINT_NTT_SIZE 6000

/* r = a * b, na + nb digits, both factors not empty; a == b is squared with one transform less. r overlaps neither. 0, or -1 (MemoryError, signal). */
int bigint_ntt_mul(Thread *t, uint32_t *r, const uint32_t *a, size_t na, const uint32_t *b, size_t nb);

#endif
