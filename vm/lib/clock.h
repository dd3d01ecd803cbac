/* clock.h: seconds as Python numbers to and from nanoseconds, for time, _thread, select, socket and whoever takes a timeout. */
#ifndef BATON_LIB_CLOCK_H
#define BATON_LIB_CLOCK_H

#include "../object/object.h"

typedef enum ClockRound {
    CLOCK_FLOOR,
    CLOCK_CEILING,
    CLOCK_HALF_EVEN,
    CLOCK_AWAY /* from zero: sleeps, timeouts */
} ClockRound;

/* A number of seconds (int, float, __index__) as nanoseconds: 0, or -1 with ValueError (NaN), OverflowError or TypeError as CPython's. */
int clock_from_seconds(Thread *t, Value seconds, ClockRound round, int64_t *ns);
/* The same, split for times of any size: seconds and nanoseconds in [0, 1e9). */
int clock_from_seconds_split(Thread *t, Value seconds, ClockRound round, int64_t *whole, int32_t *ns);
/* Whole seconds (time_t). */
int clock_to_time_t(Thread *t, Value seconds, ClockRound round, int64_t *whole);
/* A timeout argument: None means for ever (-1). ValueError "timeout must be a non-negative number" when negative. */
int clock_timeout(Thread *t, Value timeout, int64_t *ns);
MUST_CHECK Value clock_to_seconds(Thread *t, int64_t ns); /* a float */

#endif
