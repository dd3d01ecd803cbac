/* mod__datetime_datetime.c: datetime.  Reading the clock and local time are in mod__datetime_stamp.c. */
#include <stdio.h>

#include "../object/bytes.h"
#include "argument.h"
#include "mod__datetime.h"

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_DAY (INT64_C(86400) * US_PER_SECOND)

static const Clock *clock_of(Value v) { return &datetime_of(v)->clock; }

/* ---- making ---- */

static Value make(Thread *t, Type *type, int year, int month, int day, const Clock *c)
{
    DateTime *d = type_alloc(t, type, 0);
    if (!d)
        return VALUE_EMPTY;
    d->date.hash = -1;
    d->date.year = (uint16_t)year;
    d->date.month = (uint8_t)month;
    d->date.day = (uint8_t)day;
    d->clock = *c;
    ref_inc(t, c->tzinfo);
    return value_of(d);
}

Value datetime_new(Thread *t, Type *type, int year, int month, int day, const Clock *c)
{
    if (type == datetime_state(t)->datetime)
        return date_check_fields(t, year, month, day) < 0 ? VALUE_EMPTY : make(t, type, year, month, day, c);
    const Value args[] = {value_from_int(year),
                          value_from_int(month),
                          value_from_int(day),
                          value_from_int(c->hour),
                          value_from_int(c->minute),
                          value_from_int(c->second),
                          value_from_int(c->microsecond),
                          value_is_empty(c->tzinfo) ? VALUE_NONE : c->tzinfo};
    Value result = object_call(t, value_of(type), args, 8, VALUE_EMPTY);
    if (c->fold && datetime_check(result))
        datetime_of(result)->clock.fold = 1;
    return result;
}

Value datetime_with_zone(Thread *t, Value datetime, Value tzinfo)
{
    const Date *d = date_of(datetime);
    Clock c = *clock_of(datetime);
    c.tzinfo = tzinfo;
    return make(t, datetime_state(t)->datetime, d->year, d->month, d->day, &c);
}

static Value unpickle(Thread *t, Type *type, Value bytes, Value tzinfo)
{
    const uint8_t *b = bytes_of(bytes)->data;
    Clock c;
    clock_unpack(b + 4, &c);
    c.fold = b[2] >> 7;
    if (!value_is_empty(tzinfo) && !value_is_none(tzinfo)) {
        if (!tzinfo_check(t, tzinfo))
            return error_set(t, EXC_TypeError, "bad tzinfo state arg");
        c.tzinfo = tzinfo;
    }
    return make(t, type, b[0] << 8 | b[1], b[2] & 0x7F, b[3], &c);
}

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    static const char *const parameters[] = {"year",   "month",       "day",    "hour", "minute",
                                             "second", "microsecond", "tzinfo", "fold", NULL};
    Value out[9];
    int year, month, day;
    Clock c;
    if (n >= 1 && n <= 2 && (value_is_empty(names) || tuple_length(names) == 0)) {
        Value bytes;
        int is_pickled = clock_pickled(t, args[0], 10, 2, 1, 12, "datetime", &bytes);
        if (is_pickled) {
            if (is_pickled < 0)
                return VALUE_EMPTY;
            Value result = unpickle(t, type, bytes, n == 2 ? args[1] : VALUE_EMPTY);
            ref_dec(t, bytes);
            return result;
        }
    }
    if (datetime_parse(t, parameters, 3, 8, args, n, names, out) < 0 || datetime_int(t, out[0], 0, &year) < 0 ||
        datetime_int(t, out[1], 0, &month) < 0 || datetime_int(t, out[2], 0, &day) < 0)
        return VALUE_EMPTY;
    /* Ints are converted before anything is checked, the date before the time. */
    for (int i = 3; i < 7; i++) {
        int unused;
        if (datetime_int(t, out[i], 0, &unused) < 0)
            return VALUE_EMPTY;
    }
    if (date_check_fields(t, year, month, day) < 0 || clock_parse(t, out + 3, out[8], &(Clock){0}, &c) < 0)
        return VALUE_EMPTY;
    return make(t, type, year, month, day, &c);
}

static void dealloc(Thread *t, Object *o) { ref_dec(t, ((DateTime *)o)->clock.tzinfo); }

NATIVE_FLAGS(combine, "combine", "($type, /, date, time, tzinfo=unchanged)",
             "A datetime from a date and a time, with the time's time zone or another one.", NATIVE_CLASS)
{
    if (!date_check(args[1]))
        return argument_wrong_type(t, "combine", "argument 1", "datetime.date", args[1]), VALUE_EMPTY;
    if (!time_check(args[2]))
        return argument_wrong_type(t, "combine", "argument 2", "datetime.time", args[2]), VALUE_EMPTY;
    const Date *d = date_of(args[1]);
    Clock c = time_of(args[2])->clock;
    if (!value_is_empty(args[3]) && zone_argument(t, args[3], &c.tzinfo) < 0)
        return VALUE_EMPTY;
    return datetime_new(t, type_as(args[0]), d->year, d->month, d->day, &c);
}

NATIVE_FLAGS(fromisoformat, "fromisoformat", "($type, string, /)", "Reads a text in an ISO 8601 format.", NATIVE_CLASS)
{
    Value text = args[1];
    if (!str_check(text))
        return error_set(t, EXC_TypeError, "fromisoformat: argument must be str");
    size_t length = str_length(text), separator = length < 7 ? 0 : calendar_find_separator(text);
    int year, month, day;
    IsoTime iso = {0};
    if (separator > length)
        separator = length;
    if (length < 7 || !calendar_parse_date(text, 0, separator, &year, &month, &day) ||
        (length > separator && !calendar_parse_time(text, separator + 1, length, &iso)))
        return error_set(t, EXC_ValueError, "Invalid isoformat string: %V", text);
    if (iso.hour == 24) { /* midnight at the end of the day */
        if (iso.minute || iso.second || iso.microsecond)
            return error_set(t, EXC_ValueError, "minute, second, and microsecond must be 0 when hour is 24");
        iso.hour = 0;
        if (month >= 1 && month <= 12 && day <= calendar_days_in_month(year, month) &&
            ++day > calendar_days_in_month(year, month)) {
            day = 1;
            if (++month > 12) {
                month = 1;
                year++;
            }
        }
    }
    if (date_check_fields(t, year, month, day) < 0 ||
        clock_check_fields(t, iso.hour, iso.minute, iso.second, iso.microsecond, 0) < 0)
        return VALUE_EMPTY;
    Clock c = {.hour = (uint8_t)iso.hour,
               .minute = (uint8_t)iso.minute,
               .second = (uint8_t)iso.second,
               .microsecond = (uint32_t)iso.microsecond};
    if (iso.has_zone) {
        c.tzinfo = zone_from_iso(t, &iso);
        if (value_is_empty(c.tzinfo))
            return VALUE_EMPTY;
    }
    Value result = datetime_new(t, type_as(args[0]), year, month, day, &c);
    ref_dec(t, c.tzinfo);
    return result;
}

NATIVE_FLAGS(strptime, "strptime", "($type, string, format, /)", "Reads a text by a format, as time.strptime() does.",
             NATIVE_CLASS)
{
    return datetime_strptime(t, "_strptime_datetime_datetime", args[0], args[1], args[2]);
}

NATIVE_FLAGS(now, "now", "($type, /, tz=None)", "The present time, in the time zone tz or else as naive local time.",
             NATIVE_CLASS)
{
    return stamp_now(t, type_as(args[0]), args[1]);
}

NATIVE_FLAGS(utcnow, "utcnow", "($type, /)", "The present time in UTC as a naive datetime. Deprecated: use now(UTC).",
             NATIVE_CLASS)
{
    return stamp_utcnow(t, type_as(args[0]));
}

NATIVE_FLAGS(fromtimestamp, "fromtimestamp", "($type, /, timestamp, tz=None)",
             "The time at a POSIX timestamp, in the time zone tz or else as naive local time.", NATIVE_CLASS)
{
    return stamp_fromtimestamp(t, type_as(args[0]), args[1], args[2]);
}

NATIVE_FLAGS(utcfromtimestamp, "utcfromtimestamp", "($type, timestamp, /)",
             "The time at a POSIX timestamp in UTC as a naive datetime. Deprecated: use fromtimestamp(t, UTC).",
             NATIVE_CLASS)
{
    return stamp_utcfromtimestamp(t, type_as(args[0]), args[1]);
}

NATIVE(timestamp, "timestamp", "($self, /)",
       "The POSIX timestamp: seconds since 1970 in UTC, a float. A naive datetime is taken as local time.")
{
    return stamp_timestamp(t, args[0]);
}

NATIVE(astimezone, "astimezone", "($self, /, tz=None)", "The same moment in the time zone tz, or in the system's.")
{
    return stamp_astimezone(t, args[0], args[1]);
}

/* ---- parts ---- */

NATIVE(date, "date", "($self, /)", "The date part.")
{
    const Date *d = date_of(args[0]);
    return date_new(t, datetime_state(t)->date, d->year, d->month, d->day);
}

NATIVE(time, "time", "($self, /)", "The time part, without time zone.")
{
    Clock c = *clock_of(args[0]);
    c.tzinfo = VALUE_EMPTY;
    return time_new(t, datetime_state(t)->time, &c);
}

NATIVE(timetz, "timetz", "($self, /)", "The time part, with its time zone.")
{
    return time_new(t, datetime_state(t)->time, clock_of(args[0]));
}

static Value time_tuple(Thread *t, Value self, int dst)
{
    const Date *d = date_of(self);
    const Clock *c = clock_of(self);
    Value tuple = tuple_pack(t, 9, value_from_int(d->year), value_from_int(d->month), value_from_int(d->day),
                             value_from_int(c->hour), value_from_int(c->minute), value_from_int(c->second),
                             value_from_int(calendar_weekday(d->year, d->month, d->day)),
                             value_from_int(calendar_day_of_year(d->year, d->month, d->day)), value_from_int(dst));
    if (value_is_empty(tuple))
        return VALUE_EMPTY;
    Value result = datetime_call_time(t, "struct_time", tuple, VALUE_EMPTY);
    ref_dec(t, tuple);
    return result;
}

NATIVE(timetuple, "timetuple", "($self, /)", "The fields as time.struct_time, which the module time works with.")
{
    Value dst = zone_dst(t, clock_of(args[0])->tzinfo, args[0]);
    if (value_is_empty(dst))
        return VALUE_EMPTY;
    int flag = value_is_none(dst) ? -1 : object_truth(t, dst);
    ref_dec(t, dst);
    return time_tuple(t, args[0], flag);
}

NATIVE(utctimetuple, "utctimetuple", "($self, /)", "The fields in UTC as time.struct_time.")
{
    Value offset = zone_utcoffset(t, clock_of(args[0])->tzinfo, args[0]);
    if (value_is_empty(offset))
        return VALUE_EMPTY;
    Value utc = value_is_none(offset) ? ref_inc(t, args[0]) : datetime_add_delta(t, args[0], offset, -1),
          result = VALUE_EMPTY;
    ref_dec(t, offset);
    if (!value_is_empty(utc))
        result = time_tuple(t, utc, 0);
    ref_dec(t, utc);
    return result;
}

/* ---- zone ---- */

NATIVE(utcoffset, "utcoffset", "($self, /)", "The offset from UTC, positive east of it; None when naive.")
{
    return zone_utcoffset(t, clock_of(args[0])->tzinfo, args[0]);
}
NATIVE(dst, "dst", "($self, /)", "The part of the offset that is daylight saving time; None when unknown.")
{
    return zone_dst(t, clock_of(args[0])->tzinfo, args[0]);
}
NATIVE(tzname, "tzname", "($self, /)", "The time zone's name, or None.")
{
    return zone_tzname(t, clock_of(args[0])->tzinfo, args[0]);
}

/* ---- text ---- */

static Value isoformat(Thread *t, Value self, uint32_t separator, Value timespec)
{
    const Date *d = date_of(self);
    const Clock *c = clock_of(self);
    char date[32], clock[FORMAT_CLOCK_MAX], zone[FORMAT_CLOCK_MAX] = "";
    if (format_clock(t, clock, c, timespec) < 0)
        return VALUE_EMPTY;
    Value offset = zone_utcoffset(t, c->tzinfo, self);
    if (value_is_empty(offset))
        return VALUE_EMPTY;
    if (!value_is_none(offset))
        format_offset(zone, offset, ":");
    ref_dec(t, offset);
    int n = snprintf(date, sizeof date, "%04d-%02d-%02d", d->year, d->month, d->day);
    StrBuilder b = {0};
    if (strbuilder_ascii(t, &b, date, (size_t)n) < 0 || strbuilder_char(t, &b, separator) < 0 ||
        strbuilder_ascii(t, &b, clock, strlen(clock)) < 0 || strbuilder_ascii(t, &b, zone, strlen(zone)) < 0) {
        strbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    return strbuilder_finish(t, &b);
}

NATIVE(isoformat, "isoformat", "($self, /, sep='T', timespec='auto')",
       "The date and time as text in ISO 8601: YYYY-MM-DDTHH:MM:SS.ffffff+HH:MM.\n\n  sep\n    the character between "
       "date and time.\n  timespec\n    down to where: 'auto', 'hours', 'minutes', 'seconds', 'milliseconds' or\n    "
       "'microseconds'.")
{
    uint32_t separator = 'T';
    if (!value_is_empty(args[1])) {
        if (!str_check(args[1]))
            return error_set(t, EXC_TypeError, "isoformat() argument 1 must be a unicode character, not %s",
                             value_is_none(args[1]) ? "None" : type_name(type_of(t, args[1])));
        if (str_length(args[1]) != 1)
            return error_set(t, EXC_TypeError,
                             "isoformat() argument 1 must be a unicode character, not a string of length %zu",
                             str_length(args[1]));
        separator = str_at(str_of(args[1]), 0);
    }
    if (!value_is_empty(args[2]) && !str_check(args[2]))
        return error_set(t, EXC_TypeError, "isoformat() argument 2 must be str, not %s",
                         value_is_none(args[2]) ? "None" : type_name(type_of(t, args[2])));
    return isoformat(t, args[0], separator, args[2]);
}

/* str(datetime) is isoformat(sep=' '), which a subclass may have overridden. */
static Value str(Thread *t, Value self)
{
    if (value_object(self)->type == datetime_state(t)->datetime)
        return isoformat(t, self, ' ', VALUE_EMPTY);
    return object_call_method_string(t, self, "isoformat", t->interp->latin1[' '], VALUE_EMPTY, VALUE_EMPTY);
}

static Value repr(Thread *t, Value self)
{
    const Date *d = date_of(self);
    const Clock *c = clock_of(self);
    char text[96];
    int n = snprintf(text, sizeof text, "%d, %d, %d, %d, %d", d->year, d->month, d->day, c->hour, c->minute);
    if (c->second || c->microsecond)
        n += snprintf(text + n, sizeof text - (size_t)n, ", %d", c->second);
    if (c->microsecond)
        snprintf(text + n, sizeof text - (size_t)n, ", %d", (int)c->microsecond);
    Value name = format_type_name(t, value_object(self)->type);
    if (value_is_empty(name))
        return VALUE_EMPTY;
    Value result = str_format(t, "%U(%s)", name, text);
    ref_dec(t, name);
    return format_repr_take(t, result, c, true);
}

NATIVE(ctime, "ctime", "($self, /)", "The date and time as C's ctime() writes them.")
{
    const Date *d = date_of(args[0]);
    const Clock *c = clock_of(args[0]);
    char text[64];
    snprintf(text, sizeof text, "%s %s %2d %02d:%02d:%02d %04d",
             format_day_names[calendar_weekday(d->year, d->month, d->day)], format_month_names[d->month - 1], d->day,
             c->hour, c->minute, c->second, d->year);
    return str_from_string(t, text);
}

/* ---- arithmetic ---- */

/* Microseconds since midnight. */
static int64_t clock_total(const Clock *c)
{
    return ((c->hour * 60 + c->minute) * 60 + c->second) * US_PER_SECOND + c->microsecond;
}

Value datetime_add_delta(Thread *t, Value datetime, Value delta, int sign)
{
    const Date *d = date_of(datetime);
    const Clock *c = clock_of(datetime);
    const Delta *e = delta_of(delta);
    int year = d->year, month = d->month;
    int64_t day = d->day + sign * (int64_t)e->days,
            us = clock_total(c) + sign * (e->seconds * US_PER_SECOND + e->microseconds);
    if (us < 0) {
        us += US_PER_DAY;
        day--;
    } else if (us >= US_PER_DAY) {
        us -= US_PER_DAY;
        day++;
    }
    if (calendar_normalize(t, &year, &month, &day) < 0)
        return VALUE_EMPTY;
    int seconds = (int)(us / US_PER_SECOND);
    Clock result = {.hour = (uint8_t)(seconds / 3600),
                    .minute = (uint8_t)(seconds / 60 % 60),
                    .second = (uint8_t)(seconds % 60),
                    .microsecond = (uint32_t)(us % US_PER_SECOND),
                    .tzinfo = c->tzinfo};
    return datetime_new(t, value_object(datetime)->type, year, month, (int)day, &result);
}

static Value add(Thread *t, Value a, Value b)
{
    if (datetime_check(a))
        return delta_check(b) ? datetime_add_delta(t, a, b, 1) : VALUE_NOTIMPLEMENTED;
    return delta_check(a) && datetime_check(b) ? datetime_add_delta(t, b, a, 1) : VALUE_NOTIMPLEMENTED;
}

Value datetime_subtract(Thread *t, Value a, Value b)
{
    const Date *x = date_of(a), *y = date_of(b);
    int64_t days = calendar_ordinal(x->year, x->month, x->day) - calendar_ordinal(y->year, y->month, y->day);
    int64_t us = clock_total(clock_of(a)) - clock_total(clock_of(b));
    Value x_offset = VALUE_NONE, y_offset = VALUE_NONE, result = VALUE_EMPTY;
    if (!value_is(clock_of(a)->tzinfo, clock_of(b)->tzinfo)) {
        x_offset = zone_utcoffset(t, clock_of(a)->tzinfo, a);
        if (value_is_empty(x_offset))
            return VALUE_EMPTY;
        y_offset = zone_utcoffset(t, clock_of(b)->tzinfo, b);
        if (value_is_empty(y_offset))
            goto done;
        if (value_is_none(x_offset) != value_is_none(y_offset)) {
            error_set(t, EXC_TypeError, "can't subtract offset-naive and offset-aware datetimes");
            goto done;
        }
    }
    if (!value_is_none(x_offset)) {
        const Delta *p = delta_of(x_offset), *q = delta_of(y_offset);
        us -= ((int64_t)p->days - q->days) * US_PER_DAY + (p->seconds - q->seconds) * US_PER_SECOND +
              (p->microseconds - q->microseconds);
    }
    result = delta_new(t, days, 0, us);
done:
    ref_dec(t, x_offset);
    ref_dec(t, y_offset);
    return result;
}

static Value sub(Thread *t, Value a, Value b)
{
    if (!datetime_check(a))
        return VALUE_NOTIMPLEMENTED;
    if (datetime_check(b))
        return datetime_subtract(t, a, b);
    return delta_check(b) ? datetime_add_delta(t, a, b, -1) : VALUE_NOTIMPLEMENTED;
}

/* ---- comparison and hash ---- */

/* Local time as one number that orders. */
static int64_t local_key(Value v)
{
    const Date *d = date_of(v);
    return (int64_t)(d->year * 16 * 32 + d->month * 32 + d->day) * (INT64_C(1) << 37) + clock_total(clock_of(v));
}

/* Does the offset depend on the fold? Then the datetime equals none of another zone (PEP 495). 1, 0, -1. */
static int offset_depends_on_fold(Thread *t, Value v, Value offset)
{
    const Date *d = date_of(v);
    Clock flipped = *clock_of(v);
    flipped.fold = !flipped.fold;
    Value other = make(t, datetime_state(t)->datetime, d->year, d->month, d->day, &flipped);
    if (value_is_empty(other))
        return -1;
    Value other_offset = zone_utcoffset(t, flipped.tzinfo, other);
    ref_dec(t, other);
    if (value_is_empty(other_offset))
        return -1;
    bool differs = !value_is(other_offset, offset) &&
                   !(delta_check(other_offset) && delta_check(offset) && delta_compare(other_offset, offset) == 0);
    ref_dec(t, other_offset);
    return differs;
}

static Value compare(Thread *t, Value a, Value b, Compare op)
{
    if (!datetime_check(b))
        return VALUE_NOTIMPLEMENTED;
    int64_t p = local_key(a), q = local_key(b);
    int order = (p > q) - (p < q);
    bool equality = op == COMPARE_EQ || op == COMPARE_NE;
    if (value_is(clock_of(a)->tzinfo, clock_of(b)->tzinfo))
        return datetime_result(order, op);
    Value a_offset = zone_utcoffset(t, clock_of(a)->tzinfo, a), b_offset = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(a_offset))
        b_offset = zone_utcoffset(t, clock_of(b)->tzinfo, b);
    if (value_is_empty(b_offset))
        goto done;
    if (value_is_none(a_offset) != value_is_none(b_offset)) {
        if (equality)
            result = value_from_bool(op == COMPARE_NE);
        else
            error_set(t, EXC_TypeError, "can't compare offset-naive and offset-aware datetimes");
        goto done;
    }
    if (!value_is_none(a_offset) && delta_compare(a_offset, b_offset) != 0) {
        Value difference = datetime_subtract(t, a, b);
        if (value_is_empty(difference))
            goto done;
        const Delta *d = delta_of(difference);
        order = d->days ? d->days : d->seconds | d->microseconds;
        ref_dec(t, difference);
    }
    if (equality && order == 0) {
        int odd = offset_depends_on_fold(t, a, a_offset);
        if (odd == 0)
            odd = offset_depends_on_fold(t, b, b_offset);
        if (odd < 0)
            goto done;
        order = odd;
    }
    result = datetime_result(order, op);
done:
    ref_dec(t, a_offset);
    ref_dec(t, b_offset);
    return result;
}

static void pack(Value v, uint8_t bytes[10])
{
    const Date *d = date_of(v);
    bytes[0] = (uint8_t)(d->year >> 8);
    bytes[1] = (uint8_t)d->year;
    bytes[2] = d->month;
    bytes[3] = d->day;
    clock_pack(clock_of(v), bytes + 4);
}

/* Of the moment, so that equal datetimes hash alike whatever their zones; the fold does not count. */
static hash_t hash(Thread *t, Value self)
{
    Date *d = date_of(self);
    hash_t known = __atomic_load_n(&d->hash, __ATOMIC_RELAXED);
    if (known != -1)
        return known;
    Value plain = ref_inc(t, self);
    if (clock_of(self)->fold) {
        Clock c = *clock_of(self);
        c.fold = 0;
        ref_dec(t, plain);
        plain = make(t, datetime_state(t)->datetime, d->year, d->month, d->day, &c);
        if (value_is_empty(plain))
            return -1;
    }
    Value offset = zone_utcoffset(t, clock_of(self)->tzinfo, plain);
    ref_dec(t, plain);
    if (value_is_empty(offset))
        return -1;
    if (value_is_none(offset)) {
        uint8_t bytes[10];
        pack(self, bytes);
        known = str_hash_bytes(t, bytes, 10);
    } else {
        const Delta *o = delta_of(offset);
        Value moment = delta_new(t, calendar_ordinal(d->year, d->month, d->day) - (int64_t)o->days,
                                 -(int64_t)o->seconds, clock_total(clock_of(self)) - o->microseconds);
        known = value_is_empty(moment) ? -1 : object_hash(t, moment);
        ref_dec(t, moment);
        ref_dec(t, offset);
    }
    if (known != -1)
        store_relaxed(&d->hash, known);
    return known;
}

/* ---- copies ---- */

static Value replace(Thread *t, const Value *args)
{
    const Date *d = date_of(args[0]);
    Clock c;
    int year, month, day;
    if (datetime_int(t, args[1], d->year, &year) < 0 || datetime_int(t, args[2], d->month, &month) < 0 ||
        datetime_int(t, args[3], d->day, &day) < 0 || clock_parse(t, args + 4, args[9], clock_of(args[0]), &c) < 0)
        return VALUE_EMPTY;
    return datetime_new(t, value_object(args[0])->type, year, month, day, &c);
}

#define REPLACE_SIGNATURE                                                                                              \
    "($self, /, year=unchanged, month=unchanged, day=unchanged,\n        hour=unchanged, minute=unchanged, "           \
    "second=unchanged,\n"                                                                                              \
    "        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)"
NATIVE(replace, "replace", REPLACE_SIGNATURE, "A copy with the given fields replaced.") { return replace(t, args); }
NATIVE(dunder_replace, "__replace__", REPLACE_SIGNATURE, "The same as replace().") { return replace(t, args); }

static Value reduce(Thread *t, Value self, int protocol)
{
    uint8_t bytes[10];
    pack(self, bytes);
    if (protocol > 3 && clock_of(self)->fold)
        bytes[2] |= 0x80;
    return clock_reduce(t, self, bytes, 10, clock_of(self)->tzinfo);
}

NATIVE(reduce_ex, "__reduce_ex__", "($self, proto, /)",
       "What pickle needs to rebuild the object; the fold is told from protocol 4 on.")
{
    int protocol;
    return int_to_int(t, args[1], &protocol) < 0 ? VALUE_EMPTY : reduce(t, args[0], protocol);
}
NATIVE(reduce, "__reduce__", "($self, /)", "What pickle needs to rebuild the object.") { return reduce(t, args[0], 2); }

static Value get_hour(Thread *t, Value self) { return value_from_int(clock_of(self)->hour); }
static Value get_minute(Thread *t, Value self) { return value_from_int(clock_of(self)->minute); }
static Value get_second(Thread *t, Value self) { return value_from_int(clock_of(self)->second); }
static Value get_microsecond(Thread *t, Value self) { return value_from_int(clock_of(self)->microsecond); }
static Value get_fold(Thread *t, Value self) { return value_from_int(clock_of(self)->fold); }
static Value get_tzinfo(Thread *t, Value self)
{
    Value tzinfo = clock_of(self)->tzinfo;
    return value_is_empty(tzinfo) ? VALUE_NONE : ref_inc(t, tzinfo);
}

static const NativeDef *const methods[] = {
    &native_now,        &native_utcnow,       &native_fromtimestamp, &native_utcfromtimestamp,
    &native_strptime,   &native_combine,      &native_fromisoformat, &native_date,
    &native_time,       &native_timetz,       &native_ctime,         &native_timetuple,
    &native_timestamp,  &native_utctimetuple, &native_isoformat,     &native_utcoffset,
    &native_tzname,     &native_dst,          &native_replace,       &native_dunder_replace,
    &native_astimezone, &native_reduce_ex,    &native_reduce,        NULL,
};
static const GetSetDef getsets[] = {
    {"hour", get_hour, NULL, NULL},     {"minute", get_minute, NULL, NULL},
    {"second", get_second, NULL, NULL}, {"microsecond", get_microsecond, NULL, NULL},
    {"tzinfo", get_tzinfo, NULL, NULL}, {"fold", get_fold, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec datetime_spec_datetime = {
    .name = "datetime.datetime",
    .doc = "datetime(year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)\n\nA date "
           "and a time of day.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(DateTime),
    .methods = methods,
    .getsets = getsets,
    .slots = {.dealloc = dealloc,
              .create = create,
              .repr = repr,
              .str = str,
              .hash = hash,
              .compare = compare,
              .binary = {[BINARY_ADD] = add, [BINARY_SUB] = sub}},
};
