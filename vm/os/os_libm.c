/* os_libm.c: the C library's mathematics on glibc, where it is a library of its own: loaded when one of its functions is first called.
 *
 * Few programs call one, but the dynamic linker would read, map and relocate the whole library at every start: a twentieth of one's time with cold caches.
 * The functions have the names that math.h gives them, so nothing else knows; whether they are all here the linker says.
 * Invariant: a function's pointer is NULL or what libm has by that name, whichever thread found it.  No locks.  Read next: os.h. */
#include "os.h"

#ifdef __GLIBC__
#include <dlfcn.h>
#include <gnu/lib-names.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* The library; BLOCKS the first time.  It is a part of the C library: where it is not to be had, the program ends as if it had been missing at the start. */
static void *library(void)
{
    void *handle = dlopen(LIBM_SO, RTLD_LAZY | RTLD_GLOBAL);
    if (!handle) {
        fprintf(stderr, "baton: %s\n", dlerror());
        abort();
    }
    return handle;
}

void os_libm_load(void) { library(); }

static void *find(const char *name)
{
    void *function = dlsym(library(), name);
    if (!function) {
        fprintf(stderr, "baton: %s\n", dlerror());
        abort();
    }
    return function;
}

#define FIND(name)                                                                                                     \
    static _Atomic(__typeof__(&name)) found;                                                                           \
    __typeof__(&name) function = atomic_load_explicit(&found, memory_order_acquire);                                   \
    if (__builtin_expect(!function, 0))                                                                                \
    atomic_store_explicit(&found, function = (__typeof__(&name))find(#name), memory_order_release)

#define FUNCTION_1(name)                                                                                               \
    double name(double x)                                                                                              \
    {                                                                                                                  \
        FIND(name);                                                                                                    \
        return function(x);                                                                                            \
    }
#define FUNCTION_2(name)                                                                                               \
    double name(double x, double y)                                                                                    \
    {                                                                                                                  \
        FIND(name);                                                                                                    \
        return function(x, y);                                                                                         \
    }

FUNCTION_1(acos)
FUNCTION_1(acosh)
FUNCTION_1(asin)
FUNCTION_1(asinh)
FUNCTION_1(atan)
FUNCTION_2(atan2)
FUNCTION_1(atanh)
FUNCTION_1(cbrt)
FUNCTION_1(ceil)
FUNCTION_1(cos)
FUNCTION_1(cosh)
FUNCTION_1(erf)
FUNCTION_1(erfc)
FUNCTION_1(exp)
FUNCTION_1(exp2)
FUNCTION_1(expm1)
FUNCTION_1(fabs)
FUNCTION_1(floor)
FUNCTION_2(fmod)
FUNCTION_2(hypot)
FUNCTION_1(log)
FUNCTION_1(log10)
FUNCTION_1(log1p)
FUNCTION_1(log2)
FUNCTION_1(nearbyint)
FUNCTION_2(nextafter)
FUNCTION_2(pow)
FUNCTION_2(remainder)
FUNCTION_1(rint)
FUNCTION_1(round)
FUNCTION_1(sin)
FUNCTION_1(sinh)
FUNCTION_1(sqrt)
FUNCTION_1(tan)
FUNCTION_1(tanh)
FUNCTION_1(tgamma)

double fma(double x, double y, double z)
{
    FIND(fma);
    return function(x, y, z);
}

double lgamma_r(double x, int *sign)
{
    FIND(lgamma_r);
    return function(x, sign);
}

void sincos(double x, double *sine, double *cosine)
{
    FIND(sincos);
    function(x, sine, cosine);
}
#else
void os_libm_load(void) {}
#endif
