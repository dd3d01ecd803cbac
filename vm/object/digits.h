/* digits.h: the decimal digits of machine integers, written where they are to be: two at a time, from the last.
 * No state, no locks.  Read next: int.c (int_to_str), float_text.c (floats). */
#ifndef BATON_OBJECT_DIGITS_H
#define BATON_OBJECT_DIGITS_H

#include <stdint.h>
#include <string.h>

#include "../config.h"

/* How many there are: 1 for 0.  u must be below 10^18. */
static ALWAYS_INLINE unsigned digits_count(uint64_t u)
{
    static const uint64_t powers[] = {
        0,
        UINT64_C(10),
        UINT64_C(100),
        UINT64_C(1000),
        UINT64_C(10000),
        UINT64_C(100000),
        UINT64_C(1000000),
        UINT64_C(10000000),
        UINT64_C(100000000),
        UINT64_C(1000000000),
        UINT64_C(10000000000),
        UINT64_C(100000000000),
        UINT64_C(1000000000000),
        UINT64_C(10000000000000),
        UINT64_C(100000000000000),
        UINT64_C(1000000000000000),
        UINT64_C(10000000000000000),
        UINT64_C(100000000000000000),
        UINT64_C(1000000000000000000),
    };
    unsigned bits = 64 - (unsigned)__builtin_clzll(u | 1), least = bits * 1233 >> 12; /* bits * log10(2) */
    return least + (u >= powers[least]);
}

/* Writes all digits of u so that they end before `end`; returns where they begin. */
static ALWAYS_INLINE char *digits_write(char *end, uint64_t u)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142"
                                "434445464748495051525354555657585960616263646566676869"
                                "707172737475767778798081828384858687888990919293949596979899";
    while (u >= 100) {
        uint64_t rest = u / 100;
        end -= 2;
        memcpy(end, pairs + (u - rest * 100) * 2, 2);
        u = rest;
    }
    if (u >= 10) {
        end -= 2;
        memcpy(end, pairs + u * 2, 2);
    } else {
        *--end = (char)('0' + u);
    }
    return end;
}

#endif
