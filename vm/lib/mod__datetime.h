/* mod__datetime.h: the module _datetime, in several files: mod__datetime.c (the module and the state), _calendar.c (days and ISO texts), _delta.c, _date.c, _time.c,
 * _datetime.c (datetime), _stamp.c (datetimes from and to the system's clock), _zone.c (tzinfo, timezone), _format.c (texts).
 *
 * Invariant: objects never change after they are made but for the cached hash.  Field ranges are checked when they are made.  No locks. */
#ifndef BATON_LIB_MOD__DATETIME_H
#define BATON_LIB_MOD__DATETIME_H

#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"

#define DATE_MIN_YEAR 1
#define DATE_MAX_YEAR 9999
#define DATE_MAX_ORDINAL 3652059
#define DELTA_MAX_DAYS 999999999
#define SECONDS_PER_DAY 86400

typedef struct Delta {
    Object head;
    int32_t days;         /* -DELTA_MAX_DAYS .. DELTA_MAX_DAYS */
    int32_t seconds;      /* 0 .. 86399 */
    int32_t microseconds; /* 0 .. 999999 */
    hash_t hash;          /* -1: not computed yet */
} Delta;

typedef struct Date {
    Object head;
    hash_t hash;
    uint16_t year;
    uint8_t month, day;
} Date;

/* A time of day. */
typedef struct Clock {
    uint8_t hour, minute, second, fold;
    uint32_t microsecond;
    Value tzinfo; /* owned, or empty: naive */
} Clock;

typedef struct Time {
    Object head;
    hash_t hash;
    Clock clock;
} Time;

typedef struct DateTime { /* datetime is a subclass of date */
    Date date;
    Clock clock;
} DateTime;

typedef struct Zone { /* timezone, a subclass of tzinfo */
    Object head;
    Value offset; /* Delta */
    Value name;   /* str, or empty */
} Zone;

typedef struct DateTimeState {
    Type *delta, *date, *datetime, *time, *tzinfo, *timezone, *iso_calendar;
    Value utc;   /* timezone.utc */
    Value epoch; /* datetime(1970, 1, 1, tzinfo=utc) */
} DateTimeState;

extern const TypeSpec datetime_spec_delta, datetime_spec_date, datetime_spec_datetime, datetime_spec_time,
    datetime_spec_tzinfo, datetime_spec_timezone;

static inline DateTimeState *datetime_state(Thread *t)
{
    return (DateTimeState *)t->interp->module_state[MODULE__datetime];
}
static inline bool delta_check(Value v) { return object_is_native(v, &datetime_spec_delta); }
static inline bool datetime_check(Value v) { return object_is_native(v, &datetime_spec_datetime); }
static inline bool date_check(Value v) { return object_is_native(v, &datetime_spec_date) || datetime_check(v); }
static inline bool time_check(Value v) { return object_is_native(v, &datetime_spec_time); }
static inline bool zone_check(Value v) { return object_is_native(v, &datetime_spec_timezone); }
static inline bool tzinfo_check(Thread *t, Value v)
{
    return value_is_object(v) && type_is_subtype(value_object(v)->type, datetime_state(t)->tzinfo);
}
static inline Delta *delta_of(Value v) { return (Delta *)value_object(v); }
static inline Date *date_of(Value v) { return (Date *)value_object(v); }
static inline DateTime *datetime_of(Value v) { return (DateTime *)value_object(v); }
static inline Time *time_of(Value v) { return (Time *)value_object(v); }

/* ---- mod__datetime.c ---- */

/* Arguments of a constructor, worded as "function takes ..."; `names` is NULL-terminated; out gets borrowed values. 0 or -1. */
int datetime_parse(Thread *t, const char *const *names_, int required, int positional, const Value *args, uint32_t n,
                   Value names, Value *out);
int datetime_int(Thread *t, Value v, int absent, int *result); /* C int argument: 0 or -1 */
Value datetime_result(int compared, Compare op);               /* the bool of a three-way comparison */
/* Class attributes min, max and resolution, taken. */
int datetime_add_limits(Thread *t, Type *type, Value min, Value max, Value resolution);
/* An attribute of the module time, called: strftime, struct_time. */
MUST_CHECK Value datetime_call_time(Thread *t, const char *name, Value a, Value b);
/* _strptime.NAME(class, text, format). */
MUST_CHECK Value datetime_strptime(Thread *t, const char *name, Value class, Value text, Value format);

/* ---- mod__datetime_calendar.c ---- */

bool calendar_is_leap(int year);
int calendar_days_in_month(int year, int month);
int calendar_ordinal(int year, int month, int day); /* 1 for 0001-01-01 */
void calendar_from_ordinal(int ordinal, int *year, int *month, int *day);
int calendar_day_of_year(int year, int month, int day);
int calendar_weekday(int year, int month, int day); /* Monday 0 */
int calendar_iso_week1_monday(int year);            /* ordinal */
/* An ISO week date; 0, or what is wrong: 1 year, 2 week, 3 day. */
int calendar_from_iso(int year, int week, int weekday, int *y, int *m, int *d);
/* Carries an out-of-range day into month and year; 0, or -1 with OverflowError. */
int calendar_normalize(Thread *t, int *year, int *month, int64_t *day);

/* The parsers read ISO 8601 texts between two indices; false: not such a text. */
typedef struct IsoTime {
    int hour, minute, second, microsecond;
    bool has_zone;
    int zone_seconds, zone_microseconds;
} IsoTime;
bool calendar_parse_date(Value text, size_t start, size_t end, int *year, int *month, int *day);
bool calendar_parse_time(Value text, size_t start, size_t end, IsoTime *out);
size_t calendar_find_separator(Value text); /* of date and time; length >= 7 */

/* ---- mod__datetime_delta.c ---- */

MUST_CHECK Value delta_new(Thread *t, int64_t days, int64_t seconds,
                           int64_t microseconds); /* normalizes; OverflowError */
int delta_compare(Value a, Value b);              /* -1, 0, 1 */
MUST_CHECK Value delta_subtract(Thread *t, Value a, Value b);

/* ---- mod__datetime_zone.c ---- */

/* Is v None or a tzinfo? Else TypeError. *result is v, or empty for None; borrowed. */
int zone_argument(Thread *t, Value v, Value *result);
MUST_CHECK Value zone_new_take(Thread *t, Value offset,
                               Value name_or_empty); /* timezone(offset, name): ValueError when out of range */
/* tzinfo.utcoffset(argument) and dst, checked: a Delta or None.  tzinfo may be empty. */
MUST_CHECK Value zone_utcoffset(Thread *t, Value tzinfo, Value argument);
MUST_CHECK Value zone_dst(Thread *t, Value tzinfo, Value argument);
MUST_CHECK Value zone_tzname(Thread *t, Value tzinfo, Value argument); /* str or None */
/* The tzinfo for a parsed ISO offset: utc for zero; owned. */
MUST_CHECK Value zone_from_iso(Thread *t, const IsoTime *iso);

/* ---- mod__datetime_date.c ---- */

int date_check_fields(Thread *t, int year, int month, int day); /* 0 or -1 with ValueError */
MUST_CHECK Value date_new(Thread *t, Type *type, int year, int month,
                          int day); /* an exact date directly, others by calling the class */
int date_create_iso_type(Thread *t, DateTimeState *state);
MUST_CHECK Value date_format_method(Thread *t, Value self, Value format); /* __format__ of date and time */

/* ---- mod__datetime_time.c ---- */

int clock_check_fields(Thread *t, int hour, int minute, int second, int microsecond, int fold);
MUST_CHECK Value time_new(Thread *t, Type *type, const Clock *clock);
/* hour, minute, second, microsecond, tzinfo (out[0..4]) and fold from arguments, absent ones as in `absent`; tzinfo stays borrowed. 0 or -1. */
int clock_parse(Thread *t, const Value *out, Value fold, const Clock *absent, Clock *result);
/* The pickled form: 6 bytes. */
void clock_pack(const Clock *clock, uint8_t bytes[6]);
void clock_unpack(const uint8_t bytes[6], Clock *clock);
/* (type, (bytes,)) or (type, (bytes, tzinfo)) */
MUST_CHECK Value clock_reduce(Thread *t, Value self, const uint8_t *bytes, size_t size, Value tzinfo_or_empty);
/* Is v a pickled state: `size` bytes (or the same as a Latin-1 str) of which that at `where`, its highest bit apart, is in low..high? 1 and the bytes (owned), 0, -1. */
int clock_pickled(Thread *t, Value v, size_t size, size_t where, uint32_t low, uint32_t high, const char *what,
                  Value *bytes);

/* ---- mod__datetime_datetime.c ---- */

MUST_CHECK Value datetime_new(Thread *t, Type *type, int year, int month, int day, const Clock *clock);
/* datetime + sign * delta, of the datetime's class. */
MUST_CHECK Value datetime_add_delta(Thread *t, Value datetime, Value delta, int sign);
MUST_CHECK Value datetime_subtract(Thread *t, Value a, Value b);                       /* two datetimes */
MUST_CHECK Value datetime_with_zone(Thread *t, Value datetime, Value tzinfo_or_empty); /* an exact copy of a datetime */

/* ---- mod__datetime_stamp.c ---- */

/* The methods of datetime of these names; tz and timestamp are unchecked arguments. */
MUST_CHECK Value stamp_now(Thread *t, Type *type, Value tz);
MUST_CHECK Value stamp_utcnow(Thread *t, Type *type);
MUST_CHECK Value stamp_fromtimestamp(Thread *t, Type *type, Value timestamp, Value tz);
MUST_CHECK Value stamp_utcfromtimestamp(Thread *t, Type *type, Value timestamp);
MUST_CHECK Value stamp_timestamp(Thread *t, Value self);
MUST_CHECK Value stamp_astimezone(Thread *t, Value self, Value tz);
MUST_CHECK Value stamp_today(Thread *t, Type *type);                 /* date.today() */
MUST_CHECK Value stamp_date(Thread *t, Type *type, Value timestamp); /* date.fromtimestamp() */

/* ---- mod__datetime_format.c ---- */

#define FORMAT_CLOCK_MAX 64
/* "HH:MM:SS.ffffff" by the timespec (empty: auto) into a buffer: its length, or -1 with ValueError. */
int format_clock(Thread *t, char buffer[FORMAT_CLOCK_MAX], const Clock *clock, Value timespec);
int format_offset(char buffer[FORMAT_CLOCK_MAX], Value offset,
                  const char *separator); /* "+HH:MM[:SS[.ffffff]]" of a Delta */
MUST_CHECK Value format_strftime(Thread *t, Value format, Value time_tuple, Value tzinfo, Value tzinfo_argument,
                                 int microsecond);
/* Appends ", tzinfo=..." and ", fold=1" (in CPython time has them in this order, datetime in the other one) to a repr that ends in a parenthesis; takes it. */
MUST_CHECK Value format_repr_take(Thread *t, Value repr, const Clock *clock, bool fold_first);
extern const char *const format_day_names[7], *const format_month_names[12];
/* The name by which repr shows a type: with the module for those of this module. */
MUST_CHECK Value format_type_name(Thread *t, Type *type);

#endif
