/* mod__datetime_stamp.c: datetimes and the system's clock: now, today, POSIX timestamps, and the local time zone.
 *
 * Local time comes from the C library's zone (TZ).  Seconds are counted from 0001-01-01 ("ordinal seconds") where local times are compared: that is what
 * tells a fold (an hour that occurs twice) from a gap (one that is left out). */
#include <math.h>
#include <time.h>

#include "../object/float.h"
#include "../os/os.h"
#include "clock.h"
#include "mod__datetime.h"

#define EPOCH INT64_C(62135596800) /* 1970-01-01 in ordinal seconds, 0001-01-01 being 0 */
#define MAX_FOLD_SECONDS INT64_C(86400)
#define US_PER_SECOND INT64_C(1000000)

/* ---- the C library's calendars ---- */

typedef struct Broken {
    int year, month, day, hour, minute, second;
    long gmtoff;
    const char *zone;
} Broken;

/* Seconds since 1970 as local time or UTC; 0, or -1 with OSError. */
static int break_down(Thread *t, int64_t seconds, bool local, Broken *out)
{
    struct tm tm;
    int error = os_calendar(seconds, local, &tm);
    if (error)
        return error_from_errno(t, -error), -1;
    *out = (Broken){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,   tm.tm_hour,
                    tm.tm_min,         tm.tm_sec,     tm.tm_gmtoff, tm.tm_zone};
    if (out->second > 59) /* leap seconds are clamped */
        out->second = 59;
    return 0;
}

static int64_t ordinal_seconds(int year, int month, int day, int hour, int minute, int second)
{
    return (int64_t)(calendar_ordinal(year, month, day) - 1) * SECONDS_PER_DAY + (hour * 60 + minute) * 60 + second;
}

/* Local time, in ordinal seconds, of a moment in ordinal seconds. */
static int local(Thread *t, int64_t moment, int64_t *result)
{
    Broken b;
    if (break_down(t, moment - EPOCH, true, &b) < 0)
        return -1;
    if (b.year < DATE_MIN_YEAR || b.year > DATE_MAX_YEAR)
        return error_set(t, EXC_ValueError, "year must be in %d..%d, not %d", DATE_MIN_YEAR, DATE_MAX_YEAR, b.year), -1;
    *result = ordinal_seconds(b.year, b.month, b.day, b.hour, b.minute, b.second);
    return 0;
}

/* The moment, in ordinal seconds, at which local clocks show `shown`: of two (a fold) the one that `fold` says; in a gap the one by the offset before or behind it. */
static int moment_of(Thread *t, int64_t shown, int fold, int64_t *result)
{
    int64_t there, first, offset, other_offset, second;
    if (local(t, shown, &there) < 0)
        return -1;
    offset = there - shown;
    first = shown - offset;
    if (local(t, first, &there) < 0)
        return -1;
    if (there == shown) {
        /* One solution; another one may lie a day at most before or behind it. */
        int64_t probe = first + (fold ? MAX_FOLD_SECONDS : -MAX_FOLD_SECONDS), at_probe;
        if (local(t, probe, &at_probe) < 0)
            return -1;
        other_offset = at_probe - probe;
        if (other_offset == offset) {
            *result = first;
            return 0;
        }
    } else {
        other_offset = there - first;
    }
    second = shown - other_offset;
    int64_t at_second;
    if (local(t, second, &at_second) < 0)
        return -1;
    if (at_second == shown)
        *result = second;
    else if (there == shown)
        *result = first;
    else /* the gap */
        *result = fold ? (first < second ? first : second) : (first > second ? first : second);
    return 0;
}

static int64_t shown_seconds(Value datetime)
{
    const Date *d = date_of(datetime);
    const Clock *c = &datetime_of(datetime)->clock;
    return ordinal_seconds(d->year, d->month, d->day, c->hour, c->minute, c->second);
}

/* ---- from timestamps ---- */

/* Is a local time the second of two that look the same? 1, 0, -1. */
static int is_folded(Thread *t, int64_t moment, const Broken *b)
{
    int64_t shown, before, again;
    if (b->year < DATE_MIN_YEAR || b->year > DATE_MAX_YEAR)
        return error_set(t, EXC_ValueError, "year must be in %d..%d, not %d", DATE_MIN_YEAR, DATE_MAX_YEAR, b->year),
               -1;
    shown = ordinal_seconds(b->year, b->month, b->day, b->hour, b->minute, b->second);
    if (local(t, moment - MAX_FOLD_SECONDS, &before) < 0)
        return -1;
    int64_t transition = shown - before - MAX_FOLD_SECONDS;
    if (transition >= 0)
        return 0;
    if (local(t, moment + transition, &again) < 0)
        return -1;
    return again == shown;
}

static Value from_seconds(Thread *t, Type *type, int64_t seconds, int microsecond, bool utc, Value tzinfo)
{
    Broken b;
    if (break_down(t, seconds, !utc, &b) < 0)
        return VALUE_EMPTY;
    int fold = value_is_empty(tzinfo) && !utc ? is_folded(t, seconds + EPOCH, &b) : 0;
    if (fold < 0)
        return VALUE_EMPTY;
    Clock c = {(uint8_t)b.hour, (uint8_t)b.minute, (uint8_t)b.second, (uint8_t)fold, (uint32_t)microsecond, tzinfo};
    return datetime_new(t, type, b.year, b.month, b.day, &c);
}

/* A timestamp as seconds and microseconds, rounded half to even. */
static int split_timestamp(Thread *t, Value v, int64_t *seconds, int *microsecond)
{
    *microsecond = 0;
    if (!float_check(v))
        return clock_to_time_t(t, v, CLOCK_HALF_EVEN, seconds);
    double whole, d = float_value(v);
    if (isnan(d))
        return error_set(t, EXC_ValueError, "Invalid value NaN (not a number)"), -1;
    double fraction = rint(modf(d, &whole) * 1e6);
    if (fraction >= 1e6) {
        fraction -= 1e6;
        whole += 1.0;
    } else if (fraction < 0) {
        fraction += 1e6;
        whole -= 1.0;
    }
    if (!(whole >= -9223372036854775808.0 && whole < 9223372036854775808.0))
        return error_set(t, EXC_OverflowError, "timestamp out of range for platform time_t"), -1;
    *seconds = (int64_t)whole;
    *microsecond = (int)fraction;
    return 0;
}

/* A datetime in UTC, bearing tzinfo, as that zone's local time: takes it. */
static Value from_utc_take(Thread *t, Value datetime, Value tzinfo)
{
    if (value_is_empty(datetime))
        return VALUE_EMPTY;
    Value result = object_call_method_string(t, tzinfo, "fromutc", datetime, VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, datetime);
    return result;
}

static Value now(Thread *t, Type *type, bool utc, Value tzinfo)
{
    int64_t us = os_realtime() / 1000; /* after 1970 */
    return from_seconds(t, type, us / US_PER_SECOND, (int)(us % US_PER_SECOND), utc, tzinfo);
}

Value stamp_now(Thread *t, Type *type, Value tz)
{
    Value tzinfo;
    if (zone_argument(t, tz, &tzinfo) < 0)
        return VALUE_EMPTY;
    if (value_is_empty(tzinfo))
        return now(t, type, false, tzinfo);
    return from_utc_take(t, now(t, type, true, tzinfo), tzinfo);
}

Value stamp_utcnow(Thread *t, Type *type)
{
    if (error_warn(t, EXC_DeprecationWarning, 1,
                   "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version. Use "
                   "timezone-aware objects to represent "
                   "datetimes in UTC: datetime.datetime.now(datetime.UTC).") < 0)
        return VALUE_EMPTY;
    return now(t, type, true, VALUE_EMPTY);
}

Value stamp_fromtimestamp(Thread *t, Type *type, Value timestamp, Value tz)
{
    Value tzinfo;
    int64_t seconds;
    int microsecond;
    if (zone_argument(t, tz, &tzinfo) < 0 || split_timestamp(t, timestamp, &seconds, &microsecond) < 0)
        return VALUE_EMPTY;
    Value result = from_seconds(t, type, seconds, microsecond, !value_is_empty(tzinfo), tzinfo);
    return value_is_empty(tzinfo) ? result : from_utc_take(t, result, tzinfo);
}

Value stamp_utcfromtimestamp(Thread *t, Type *type, Value timestamp)
{
    int64_t seconds;
    int microsecond;
    if (error_warn(t, EXC_DeprecationWarning, 1,
                   "datetime.datetime.utcfromtimestamp() is deprecated and scheduled for removal in a future version. "
                   "Use timezone-aware objects to "
                   "represent datetimes in UTC: datetime.datetime.fromtimestamp(timestamp, datetime.UTC).") < 0 ||
        split_timestamp(t, timestamp, &seconds, &microsecond) < 0)
        return VALUE_EMPTY;
    return from_seconds(t, type, seconds, microsecond, true, VALUE_EMPTY);
}

Value stamp_date(Thread *t, Type *type, Value timestamp)
{
    int64_t seconds;
    Broken b;
    if (clock_to_time_t(t, timestamp, CLOCK_FLOOR, &seconds) < 0 || break_down(t, seconds, true, &b) < 0)
        return VALUE_EMPTY;
    return date_new(t, type, b.year, b.month, b.day);
}

Value stamp_today(Thread *t, Type *type)
{
    if (type == datetime_state(t)->date) {
        Broken b;
        if (break_down(t, os_realtime() / INT64_C(1000000000), true, &b) < 0)
            return VALUE_EMPTY;
        return date_new(t, type, b.year, b.month, b.day);
    }
    Value timestamp = clock_to_seconds(t, os_realtime());
    if (value_is_empty(timestamp))
        return VALUE_EMPTY;
    return object_call_method_string(t, value_of(type), "fromtimestamp", timestamp, VALUE_EMPTY, VALUE_EMPTY);
}

/* ---- to timestamps and zones ---- */

Value stamp_timestamp(Thread *t, Value self)
{
    const Clock *c = &datetime_of(self)->clock;
    if (!value_is_empty(c->tzinfo)) {
        Value delta = datetime_subtract(t, self, datetime_state(t)->epoch);
        if (value_is_empty(delta))
            return VALUE_EMPTY;
        Value result = object_call_method_string(t, delta, "total_seconds", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
        ref_dec(t, delta);
        return result;
    }
    int64_t moment;
    if (moment_of(t, shown_seconds(self), c->fold, &moment) < 0)
        return VALUE_EMPTY;
    return value_from_double((double)(moment - EPOCH) + c->microsecond / 1e6);
}

/* The system's zone at a moment, in seconds since 1970: a timezone. */
static Value system_zone(Thread *t, int64_t seconds)
{
    Broken b;
    if (break_down(t, seconds, true, &b) < 0)
        return VALUE_EMPTY;
    Value name = b.zone ? str_from_fs(t, b.zone, strlen(b.zone)) : VALUE_EMPTY;
    if (b.zone && value_is_empty(name))
        return VALUE_EMPTY;
    return zone_new_take(t, delta_new(t, 0, b.gmtoff, 0), name);
}

/* The system's zone for a naive local datetime. */
static Value system_zone_of_local(Thread *t, Value datetime)
{
    int fold = datetime_of(datetime)->clock.fold;
    int64_t shown = shown_seconds(datetime), moment, other;
    if (moment_of(t, shown, fold, &moment) < 0 || moment_of(t, shown, !fold, &other) < 0)
        return VALUE_EMPTY;
    if (other != moment && (other > moment) == fold) /* a gap */
        moment = other;
    return system_zone(t, moment - EPOCH);
}

static Value system_zone_of_utc(Thread *t, Value utc) { return system_zone(t, shown_seconds(utc) - EPOCH); }

Value stamp_astimezone(Thread *t, Value self, Value tz)
{
    Value wanted, own = datetime_of(self)->clock.tzinfo, offset = VALUE_EMPTY, utc = VALUE_EMPTY, zone = VALUE_EMPTY,
                  result = VALUE_EMPTY;
    if (zone_argument(t, tz, &wanted) < 0)
        return VALUE_EMPTY;
    if (!value_is_empty(own) && value_is(own, wanted))
        return ref_inc(t, self);
    if (!value_is_empty(own)) {
        offset = zone_utcoffset(t, own, self);
        if (value_is_empty(offset))
            return VALUE_EMPTY;
    }
    if (value_is_empty(own) || value_is_none(offset)) { /* naive: taken as the system's local time */
        Value local_zone = system_zone_of_local(t, self);
        if (value_is_empty(local_zone))
            return VALUE_EMPTY;
        offset = zone_utcoffset(t, local_zone, self);
        ref_dec(t, local_zone);
        if (value_is_empty(offset))
            return VALUE_EMPTY;
    }
    utc = datetime_add_delta(t, self, offset, -1);
    ref_dec(t, offset);
    if (value_is_empty(utc))
        return VALUE_EMPTY;
    zone = value_is_empty(wanted) ? system_zone_of_utc(t, utc) : ref_inc(t, wanted);
    if (value_is_empty(zone))
        goto done;
    /* The new zone goes into the datetime itself, which is ours alone and may be of a subclass. */
    if (datetime_check(utc)) {
        ref_replace_take(t, &datetime_of(utc)->clock.tzinfo, ref_inc(t, zone));
        result = object_call_method_string(t, zone, "fromutc", utc, VALUE_EMPTY, VALUE_EMPTY);
    } else {
        error_set(t, EXC_TypeError, "%T returned a non-datetime", self);
    }
done:
    ref_dec(t, utc);
    ref_dec(t, zone);
    return result;
}
