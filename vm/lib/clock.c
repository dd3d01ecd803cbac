/* clock.c: seconds as Python numbers to and from nanoseconds, rounded as the caller says.  No state, no locks. */
#include "clock.h"

#include <math.h>

#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/int.h"

#define BILLION 1000000000

static double round_double(double x, ClockRound how)
{
    switch (how) {
    case CLOCK_FLOOR: return floor(x);
    case CLOCK_CEILING: return ceil(x);
    case CLOCK_AWAY: return x >= 0 ? ceil(x) : floor(x);
    default: {
        double r = round(x);
        return fabs(x - r) == 0.5 ? 2.0 * round(x / 2.0) : r;
    }
    }
}

static int too_large(Thread *t)
{
    return error_set(t, EXC_OverflowError, "timestamp out of range for platform time_t"), -1;
}
static int too_large_ns(Thread *t)
{
    return error_set(t, EXC_OverflowError, "timestamp too large to convert to C PyTime_t"), -1;
}
static int is_nan(Thread *t) { return error_set(t, EXC_ValueError, "Invalid value NaN (not a number)"), -1; }

/* An int (from __index__) as int64: 0, or -1 with `overflow`'s error. */
static int whole_seconds(Thread *t, Value v, int64_t *result, int (*overflow)(Thread *t))
{
    Value i = number_index(t, v);
    if (value_is_empty(i))
        return -1;
    int over;
    *result = int_to_int64_overflow(t, i, &over);
    ref_dec(t, i);
    return over ? overflow(t) : 0;
}

int clock_from_seconds(Thread *t, Value seconds, ClockRound how, int64_t *ns)
{
    if (value_is_double(seconds) || object_is(seconds, KIND_FLOAT)) {
        double d = number_to_double(t, seconds);
        if (isnan(d))
            return is_nan(t);
        d = round_double(d * 1e9, how);
        if (!(d >= -9223372036854775808.0 && d < 9223372036854775808.0))
            return too_large(t);
        *ns = (int64_t)d;
        return 0;
    }
    int64_t whole;
    if (whole_seconds(t, seconds, &whole, too_large_ns) < 0)
        return -1;
    return __builtin_mul_overflow(whole, (int64_t)BILLION, ns) ? too_large_ns(t) : 0;
}

int clock_from_seconds_split(Thread *t, Value seconds, ClockRound how, int64_t *whole, int32_t *ns)
{
    if (value_is_double(seconds) || object_is(seconds, KIND_FLOAT)) {
        double d = number_to_double(t, seconds), integer;
        if (isnan(d))
            return is_nan(t);
        double fraction = round_double(modf(d, &integer) * 1e9, how);
        if (fraction >= 1e9) {
            fraction -= 1e9;
            integer += 1;
        } else if (fraction < 0) {
            fraction += 1e9;
            integer -= 1;
        }
        if (!(integer >= -9223372036854775808.0 && integer < 9223372036854775808.0))
            return too_large(t);
        *whole = (int64_t)integer;
        *ns = (int32_t)fraction;
        return 0;
    }
    *ns = 0;
    return whole_seconds(t, seconds, whole, too_large);
}

int clock_to_time_t(Thread *t, Value seconds, ClockRound how, int64_t *whole)
{
    if (value_is_double(seconds) || object_is(seconds, KIND_FLOAT)) {
        double d = number_to_double(t, seconds);
        if (isnan(d))
            return is_nan(t);
        d = round_double(d, how);
        if (!(d >= -9223372036854775808.0 && d < 9223372036854775808.0))
            return too_large(t);
        *whole = (int64_t)d;
        return 0;
    }
    return whole_seconds(t, seconds, whole, too_large);
}

int clock_timeout(Thread *t, Value timeout, int64_t *ns)
{
    if (value_is_empty(timeout) || value_is_none(timeout)) {
        *ns = -1;
        return 0;
    }
    if (clock_from_seconds(t, timeout, CLOCK_AWAY, ns) < 0) {
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "timeout must be a number or None, not '%T'", timeout);
        return -1;
    }
    if (*ns < 0)
        return error_set(t, EXC_ValueError, "timeout must be a non-negative number"), -1;
    return 0;
}

Value clock_to_seconds(Thread *t, int64_t ns)
{
    /* Exact in the whole seconds where a division of the whole would lose digits. */
    int64_t seconds = ns / BILLION;
    if (ns == seconds * BILLION)
        return value_from_double((double)seconds);
    return value_from_double((double)ns / 1e9);
}
