/* ntt.h: exact convolution of long sequences, for products of huge numbers in any base. */
#ifndef BATON_OBJECT_NTT_H
#define BATON_OBJECT_NTT_H

#include "object.h"

/* The coefficients of a convolution must stay below this. */
#define NTT_LIMIT UINT64_C(0xFFFFFFFF00000001)

/* The smallest length of a transform that is at least n. */
uint64_t ntt_points(uint64_t n);
/* x = the cyclic convolution of x and y (y NULL: of x with itself), all of n = ntt_points(...) elements; y is overwritten. 0, or -1 (MemoryError, signal). */
int ntt_convolve(Thread *t, uint64_t *x, uint64_t *y, size_t n);

#endif
