/* mod__datetime_time.c: time, and the checks and pickled form of a time of day that datetime shares. */
#include <stdio.h>

#include "../object/bytes.h"
#include "mod__datetime.h"

int clock_check_fields(Thread *t, int hour, int minute, int second, int microsecond, int fold)
{
    if (hour < 0 || hour > 23)
        return error_set(t, EXC_ValueError, "hour must be in 0..23, not %d", hour), -1;
    if (minute < 0 || minute > 59)
        return error_set(t, EXC_ValueError, "minute must be in 0..59, not %d", minute), -1;
    if (second < 0 || second > 59)
        return error_set(t, EXC_ValueError, "second must be in 0..59, not %d", second), -1;
    if (microsecond < 0 || microsecond > 999999)
        return error_set(t, EXC_ValueError, "microsecond must be in 0..999999, not %d", microsecond), -1;
    if (fold != 0 && fold != 1)
        return error_set(t, EXC_ValueError, "fold must be either 0 or 1, not %d", fold), -1;
    return 0;
}

int clock_parse(Thread *t, const Value *out, Value fold, const Clock *absent, Clock *result)
{
    int hour, minute, second, microsecond, f;
    if (datetime_int(t, out[0], absent->hour, &hour) < 0 || datetime_int(t, out[1], absent->minute, &minute) < 0 ||
        datetime_int(t, out[2], absent->second, &second) < 0 ||
        datetime_int(t, out[3], (int)absent->microsecond, &microsecond) < 0 ||
        datetime_int(t, fold, absent->fold, &f) < 0)
        return -1;
    if (clock_check_fields(t, hour, minute, second, microsecond, f) < 0)
        return -1;
    if (value_is_empty(out[4]))
        result->tzinfo = absent->tzinfo;
    else if (zone_argument(t, out[4], &result->tzinfo) < 0)
        return -1;
    result->hour = (uint8_t)hour;
    result->minute = (uint8_t)minute;
    result->second = (uint8_t)second;
    result->microsecond = (uint32_t)microsecond;
    result->fold = (uint8_t)f;
    return 0;
}

void clock_pack(const Clock *c, uint8_t bytes[6])
{
    bytes[0] = c->hour;
    bytes[1] = c->minute;
    bytes[2] = c->second;
    bytes[3] = (uint8_t)(c->microsecond >> 16);
    bytes[4] = (uint8_t)(c->microsecond >> 8);
    bytes[5] = (uint8_t)c->microsecond;
}

void clock_unpack(const uint8_t bytes[6], Clock *c)
{
    *c = (Clock){.hour = bytes[0], .minute = bytes[1], .second = bytes[2]};
    c->microsecond = (uint32_t)bytes[3] << 16 | (uint32_t)bytes[4] << 8 | bytes[5];
}

Value clock_reduce(Thread *t, Value self, const uint8_t *bytes, size_t size, Value tzinfo)
{
    Value state = bytes_new(t, bytes, size), inner = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(state))
        inner = value_is_empty(tzinfo) ? tuple_pack(t, 1, state) : tuple_pack(t, 2, state, tzinfo);
    if (!value_is_empty(inner))
        result = tuple_pack(t, 2, value_of(value_object(self)->type), inner);
    ref_dec(t, state);
    ref_dec(t, inner);
    return result;
}

int clock_pickled(Thread *t, Value v, size_t size, size_t where, uint32_t low, uint32_t high, const char *what,
                  Value *bytes)
{
    uint32_t c;
    if (bytes_check(v) && bytes_of(v)->length == size)
        c = bytes_of(v)->data[where];
    else if (str_check(v) && str_length(v) == size)
        c = str_at(str_of(v), where);
    else
        return 0;
    c &= 0x7F; /* the highest bit may be the fold */
    if (c < low || c > high)
        return 0;
    if (bytes_check(v)) {
        *bytes = ref_inc(t, v);
        return 1;
    }
    *bytes = codec_encode(t, v, "latin1", NULL);
    if (!value_is_empty(*bytes))
        return 1;
    if (error_swallow(t, EXC_UnicodeEncodeError))
        error_set(t, EXC_ValueError,
                  "Failed to encode latin1 string when unpickling a %s object. pickle.load(data, encoding='latin1') is "
                  "assumed.",
                  what);
    return -1;
}

/* ---- making ---- */

static Value make(Thread *t, Type *type, const Clock *c)
{
    Time *m = type_alloc(t, type, 0);
    if (!m)
        return VALUE_EMPTY;
    m->hash = -1;
    m->clock = *c;
    ref_inc(t, c->tzinfo);
    return value_of(m);
}

Value time_new(Thread *t, Type *type, const Clock *c)
{
    if (type == datetime_state(t)->time)
        return make(t, type, c);
    const Value args[] = {value_from_int(c->hour), value_from_int(c->minute), value_from_int(c->second),
                          value_from_int(c->microsecond), value_is_empty(c->tzinfo) ? VALUE_NONE : c->tzinfo};
    Value result = object_call(t, value_of(type), args, 5, VALUE_EMPTY);
    if (c->fold && time_check(result))
        time_of(result)->clock.fold = 1;
    return result;
}

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    static const char *const parameters[] = {"hour", "minute", "second", "microsecond", "tzinfo", "fold", NULL};
    Value out[6];
    Clock c;
    if (n >= 1 && n <= 2 && (value_is_empty(names) || tuple_length(names) == 0)) {
        Value bytes;
        int is_pickled = clock_pickled(t, args[0], 6, 0, 0, 23, "time", &bytes);
        if (is_pickled < 0)
            return VALUE_EMPTY;
        if (is_pickled) {
            Value result = VALUE_EMPTY;
            clock_unpack(bytes_of(bytes)->data, &c);
            c.fold = c.hour >> 7;
            c.hour &= 0x7F;
            if (n == 2 && !value_is_none(args[1]))
                c.tzinfo = args[1];
            if (!value_is_empty(c.tzinfo) && !tzinfo_check(t, c.tzinfo))
                error_set(t, EXC_TypeError, "bad tzinfo state arg");
            else
                result = make(t, type, &c);
            ref_dec(t, bytes);
            return result;
        }
    }
    if (datetime_parse(t, parameters, 0, 5, args, n, names, out) < 0 ||
        clock_parse(t, out, out[5], &(Clock){0}, &c) < 0)
        return VALUE_EMPTY;
    return make(t, type, &c);
}

static void dealloc(Thread *t, Object *o) { ref_dec(t, ((Time *)o)->clock.tzinfo); }

NATIVE_FLAGS(fromisoformat, "fromisoformat", "($type, string, /)", "Reads a text in an ISO 8601 format.", NATIVE_CLASS)
{
    Value text = args[1];
    if (!str_check(text))
        return error_set(t, EXC_TypeError, "fromisoformat: argument must be str");
    size_t length = str_length(text), start = length > 0 && str_at(str_of(text), 0) == 'T' ? 1 : 0;
    IsoTime iso;
    if (!calendar_parse_time(text, start, length, &iso))
        return error_set(t, EXC_ValueError, "Invalid isoformat string: %V", text);
    if (iso.hour == 24) {
        if (iso.minute || iso.second || iso.microsecond)
            return error_set(t, EXC_ValueError, "Invalid isoformat string: %V", text);
        iso.hour = 0;
    }
    if (clock_check_fields(t, iso.hour, iso.minute, iso.second, iso.microsecond, 0) < 0)
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
    Value result = time_new(t, type_as(args[0]), &c);
    ref_dec(t, c.tzinfo);
    return result;
}

NATIVE_FLAGS(strptime, "strptime", "($type, string, format, /)", "Reads a text by a format, as time.strptime() does.",
             NATIVE_CLASS)
{
    return datetime_strptime(t, "_strptime_datetime_time", args[0], args[1], args[2]);
}

/* ---- text ---- */

static Value isoformat(Thread *t, Value self, Value timespec)
{
    const Clock *c = &time_of(self)->clock;
    char clock[FORMAT_CLOCK_MAX], zone[FORMAT_CLOCK_MAX] = "";
    if (!value_is_empty(timespec) && !str_check(timespec))
        return error_set(t, EXC_TypeError, "isoformat() argument 1 must be str, not %s",
                         value_is_none(timespec) ? "None" : type_name(type_of(t, timespec)));
    if (format_clock(t, clock, c, timespec) < 0)
        return VALUE_EMPTY;
    Value offset = zone_utcoffset(t, c->tzinfo, VALUE_NONE);
    if (value_is_empty(offset))
        return VALUE_EMPTY;
    if (!value_is_none(offset))
        format_offset(zone, offset, ":");
    ref_dec(t, offset);
    return str_format(t, "%s%s", clock, zone);
}

NATIVE(isoformat, "isoformat", "($self, /, timespec='auto')",
       "The time as text in ISO 8601: HH:MM:SS.ffffff+HH:MM, without the fraction when it is zero.\n\n  timespec\n    "
       "down to where: 'auto', 'hours', 'minutes', 'seconds', 'milliseconds' or\n    'microseconds'.")
{
    return isoformat(t, args[0], args[1]);
}

static Value str(Thread *t, Value self)
{
    if (value_object(self)->type == datetime_state(t)->time)
        return isoformat(t, self, VALUE_EMPTY);
    return object_call_method_string(t, self, "isoformat", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
}

static Value repr(Thread *t, Value self)
{
    const Clock *c = &time_of(self)->clock;
    Value name = format_type_name(t, value_object(self)->type), result;
    if (value_is_empty(name))
        return VALUE_EMPTY;
    if (c->microsecond)
        result = str_format(t, "%U(%d, %d, %d, %d)", name, c->hour, c->minute, c->second, (int)c->microsecond);
    else if (c->second)
        result = str_format(t, "%U(%d, %d, %d)", name, c->hour, c->minute, c->second);
    else
        result = str_format(t, "%U(%d, %d)", name, c->hour, c->minute);
    ref_dec(t, name);
    return format_repr_take(t, result, c, false);
}

NATIVE(strftime, "strftime", "($self, /, format)",
       "Text by a format, as time.strftime() takes it; the date in it is 1900-01-01.")
{
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "strftime() argument 1 must be str, not %s",
                         value_is_none(args[1]) ? "None" : type_name(type_of(t, args[1])));
    const Clock *c = &time_of(args[0])->clock;
    Value tuple = tuple_pack(t, 9, value_from_int(1900), value_from_int(1), value_from_int(1), value_from_int(c->hour),
                             value_from_int(c->minute), value_from_int(c->second), value_from_int(0), value_from_int(1),
                             value_from_int(-1));
    if (value_is_empty(tuple))
        return VALUE_EMPTY;
    Value result = format_strftime(t, args[1], tuple, c->tzinfo, VALUE_NONE, (int)c->microsecond);
    ref_dec(t, tuple);
    return result;
}

NATIVE(format, "__format__", "($self, format, /)", "strftime(format), or str(self) for an empty format.")
{
    return date_format_method(t, args[0], args[1]);
}

/* ---- zone ---- */

NATIVE(utcoffset, "utcoffset", "($self, /)", "The offset from UTC, positive east of it; None when naive.")
{
    return zone_utcoffset(t, time_of(args[0])->clock.tzinfo, VALUE_NONE);
}
NATIVE(dst, "dst", "($self, /)", "The part of the offset that is daylight saving time; None when unknown.")
{
    return zone_dst(t, time_of(args[0])->clock.tzinfo, VALUE_NONE);
}
NATIVE(tzname, "tzname", "($self, /)", "The time zone's name, or None.")
{
    return zone_tzname(t, time_of(args[0])->clock.tzinfo, VALUE_NONE);
}

/* ---- comparison and hash ---- */

static int64_t microseconds(const Clock *c)
{
    return ((c->hour * 60 + c->minute) * 60 + c->second) * INT64_C(1000000) + c->microsecond;
}

static int64_t offset_microseconds(Value offset)
{
    const Delta *d = delta_of(offset);
    return ((int64_t)d->days * SECONDS_PER_DAY + d->seconds) * 1000000 + d->microseconds;
}

static Value compare(Thread *t, Value a, Value b, Compare op)
{
    if (!time_check(b))
        return VALUE_NOTIMPLEMENTED;
    const Clock *x = &time_of(a)->clock, *y = &time_of(b)->clock;
    int64_t p = microseconds(x), q = microseconds(y);
    if (value_is(x->tzinfo, y->tzinfo))
        return datetime_result((p > q) - (p < q), op);
    Value x_offset = zone_utcoffset(t, x->tzinfo, VALUE_NONE), y_offset = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(x_offset))
        y_offset = zone_utcoffset(t, y->tzinfo, VALUE_NONE);
    if (value_is_empty(y_offset))
        goto done;
    bool aware = !value_is_none(x_offset) && !value_is_none(y_offset);
    if (aware || value_is(x_offset, y_offset)) {
        if (aware) {
            p -= offset_microseconds(x_offset);
            q -= offset_microseconds(y_offset);
        }
        result = datetime_result((p > q) - (p < q), op);
    } else if (op == COMPARE_EQ || op == COMPARE_NE) {
        result = value_from_bool(op == COMPARE_NE);
    } else {
        error_set(t, EXC_TypeError, "can't compare offset-naive and offset-aware times");
    }
done:
    ref_dec(t, x_offset);
    ref_dec(t, y_offset);
    return result;
}

/* Of the moment, so that equal times hash alike whatever their offsets. */
static hash_t hash(Thread *t, Value self)
{
    Time *m = time_of(self);
    hash_t known = __atomic_load_n(&m->hash, __ATOMIC_RELAXED);
    if (known != -1)
        return known;
    Value offset = zone_utcoffset(t, m->clock.tzinfo, VALUE_NONE);
    if (value_is_empty(offset))
        return -1;
    if (value_is_none(offset)) {
        uint8_t bytes[6];
        clock_pack(&m->clock, bytes);
        known = str_hash_bytes(t, bytes, 6);
    } else {
        Value moment = delta_new(t, 0, 0, microseconds(&m->clock) - offset_microseconds(offset));
        known = value_is_empty(moment) ? -1 : object_hash(t, moment);
        ref_dec(t, moment);
        ref_dec(t, offset);
    }
    if (known != -1)
        store_relaxed(&m->hash, known);
    return known;
}

/* ---- copies ---- */

static Value replace(Thread *t, const Value *args)
{
    Clock c;
    if (clock_parse(t, args + 1, args[6], &time_of(args[0])->clock, &c) < 0)
        return VALUE_EMPTY;
    return time_new(t, value_object(args[0])->type, &c);
}

#define REPLACE_SIGNATURE                                                                                              \
    "($self, /, hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, "                  \
    "tzinfo=unchanged, *, "                                                                                            \
    "fold=unchanged)"
NATIVE(replace, "replace", REPLACE_SIGNATURE, "A copy with the given fields replaced.") { return replace(t, args); }
NATIVE(dunder_replace, "__replace__", REPLACE_SIGNATURE, "The same as replace().") { return replace(t, args); }

static Value reduce(Thread *t, Value self, int protocol)
{
    const Clock *c = &time_of(self)->clock;
    uint8_t bytes[6];
    clock_pack(c, bytes);
    if (protocol > 3 && c->fold)
        bytes[0] |= 0x80;
    return clock_reduce(t, self, bytes, 6, c->tzinfo);
}

NATIVE(reduce_ex, "__reduce_ex__", "($self, proto, /)",
       "What pickle needs to rebuild the object; the fold is told from protocol 4 on.")
{
    int protocol;
    return int_to_int(t, args[1], &protocol) < 0 ? VALUE_EMPTY : reduce(t, args[0], protocol);
}
NATIVE(reduce, "__reduce__", "($self, /)", "What pickle needs to rebuild the object.") { return reduce(t, args[0], 2); }

static Value get_hour(Thread *t, Value self) { return value_from_int(time_of(self)->clock.hour); }
static Value get_minute(Thread *t, Value self) { return value_from_int(time_of(self)->clock.minute); }
static Value get_second(Thread *t, Value self) { return value_from_int(time_of(self)->clock.second); }
static Value get_microsecond(Thread *t, Value self) { return value_from_int(time_of(self)->clock.microsecond); }
static Value get_fold(Thread *t, Value self) { return value_from_int(time_of(self)->clock.fold); }
static Value get_tzinfo(Thread *t, Value self)
{
    Value tzinfo = time_of(self)->clock.tzinfo;
    return value_is_empty(tzinfo) ? VALUE_NONE : ref_inc(t, tzinfo);
}

static const NativeDef *const methods[] = {
    &native_strptime,
    &native_isoformat,
    &native_strftime,
    &native_format,
    &native_utcoffset,
    &native_tzname,
    &native_dst,
    &native_replace,
    &native_dunder_replace,
    &native_fromisoformat,
    &native_reduce_ex,
    &native_reduce,
    NULL,
};
static const GetSetDef getsets[] = {
    {"hour", get_hour, NULL, NULL},     {"minute", get_minute, NULL, NULL},
    {"second", get_second, NULL, NULL}, {"microsecond", get_microsecond, NULL, NULL},
    {"tzinfo", get_tzinfo, NULL, NULL}, {"fold", get_fold, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec datetime_spec_time = {
    .name = "datetime.time",
    .doc = "time(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)\n\nA time of day.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Time),
    .methods = methods,
    .getsets = getsets,
    .slots = {.dealloc = dealloc, .create = create, .repr = repr, .str = str, .hash = hash, .compare = compare},
};
