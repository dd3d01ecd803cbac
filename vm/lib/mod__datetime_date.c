/* mod__datetime_date.c: date, and the named tuple that isocalendar() returns. */
#include <stdio.h>

#include "../memory/alloc.h"
#include "../object/bytes.h"
#include "mod__datetime.h"

/* ---- making ---- */

int date_check_fields(Thread *t, int year, int month, int day)
{
    if (year < DATE_MIN_YEAR || year > DATE_MAX_YEAR)
        return error_set(t, EXC_ValueError, "year must be in %d..%d, not %d", DATE_MIN_YEAR, DATE_MAX_YEAR, year), -1;
    if (month < 1 || month > 12)
        return error_set(t, EXC_ValueError, "month must be in 1..12, not %d", month), -1;
    int last = calendar_days_in_month(year, month);
    if (day < 1 || day > last)
        return error_set(t, EXC_ValueError, "day %d must be in range 1..%d for month %d in year %d", day, last, month,
                         year),
               -1;
    return 0;
}

static Value make(Thread *t, Type *type, int year, int month, int day)
{
    Date *d = type_alloc(t, type, 0);
    if (!d)
        return VALUE_EMPTY;
    d->hash = -1;
    d->year = (uint16_t)year;
    d->month = (uint8_t)month;
    d->day = (uint8_t)day;
    return value_of(d);
}

Value date_new(Thread *t, Type *type, int year, int month, int day)
{
    DateTimeState *state = datetime_state(t);
    if (type == state->date)
        return date_check_fields(t, year, month, day) < 0 ? VALUE_EMPTY : make(t, type, year, month, day);
    if (type == state->datetime)
        return datetime_new(t, type, year, month, day, &(Clock){0});
    const Value args[] = {value_from_int(year), value_from_int(month), value_from_int(day)};
    return object_call(t, value_of(type), args, 3, VALUE_EMPTY);
}

/* A pickled date as the only argument: 4 bytes, or the same as a Latin-1 str. 1 and the bytes (owned), 0 something else, -1 error. */
static int pickled(Thread *t, Value v, Value *bytes)
{
    uint32_t month;
    if (bytes_check(v) && bytes_of(v)->length == 4)
        month = bytes_of(v)->data[2];
    else if (str_check(v) && str_length(v) == 4)
        month = str_at(str_of(v), 2);
    else
        return 0;
    if (month < 1 || month > 12)
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
                  "Failed to encode latin1 string when unpickling a date object. pickle.load(data, encoding='latin1') "
                  "is assumed.");
    return -1;
}

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    static const char *const parameters[] = {"year", "month", "day", NULL};
    Value out[3];
    int year, month, day;
    if (n == 1 && (value_is_empty(names) || tuple_length(names) == 0)) {
        Value bytes;
        int is_pickled = pickled(t, args[0], &bytes);
        if (is_pickled) {
            if (is_pickled < 0)
                return VALUE_EMPTY;
            const uint8_t *b = bytes_of(bytes)->data;
            Value result = make(t, type, b[0] << 8 | b[1], b[2], b[3]);
            ref_dec(t, bytes);
            return result;
        }
    }
    if (datetime_parse(t, parameters, 3, 3, args, n, names, out) < 0 || datetime_int(t, out[0], 0, &year) < 0 ||
        datetime_int(t, out[1], 0, &month) < 0 || datetime_int(t, out[2], 0, &day) < 0 ||
        date_check_fields(t, year, month, day) < 0)
        return VALUE_EMPTY;
    return make(t, type, year, month, day);
}

NATIVE_FLAGS(fromtimestamp, "fromtimestamp", "($type, timestamp, /)",
             "The local date at a POSIX timestamp, a number of seconds since 1970 in UTC.", NATIVE_CLASS)
{
    return stamp_date(t, type_as(args[0]), args[1]);
}

NATIVE_FLAGS(today, "today", "($type, /)", "The present local date: cls.fromtimestamp(time.time()).", NATIVE_CLASS)
{
    return stamp_today(t, type_as(args[0]));
}

NATIVE_FLAGS(fromordinal, "fromordinal", "($type, ordinal, /)", "The date of a day number; 1 is January 1 of year 1.",
             NATIVE_CLASS)
{
    int ordinal, year, month, day;
    if (int_to_int(t, args[1], &ordinal) < 0)
        return VALUE_EMPTY;
    if (ordinal < 1)
        return error_set(t, EXC_ValueError, "ordinal must be >= 1");
    calendar_from_ordinal(ordinal, &year, &month, &day);
    return date_new(t, type_as(args[0]), year, month, day);
}

NATIVE_FLAGS(fromisoformat, "fromisoformat", "($type, string, /)", "Reads a text in an ISO 8601 format.", NATIVE_CLASS)
{
    int year, month, day;
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "fromisoformat: argument must be str");
    size_t length = str_length(args[1]);
    if ((length != 7 && length != 8 && length != 10) || !calendar_parse_date(args[1], 0, length, &year, &month, &day))
        return error_set(t, EXC_ValueError, "Invalid isoformat string: %V", args[1]);
    return date_new(t, type_as(args[0]), year, month, day);
}

static int iso_component(Thread *t, Value v, int *result)
{
    int64_t wide;
    if (int_to_int64(t, v, &wide) < 0) {
        if (!error_swallow(t, EXC_OverflowError))
            return -1;
        wide = INT64_MAX;
    }
    if (wide > INT32_MAX || wide < INT32_MIN)
        return error_set(t, EXC_ValueError, "ISO calendar component out of range"), -1;
    *result = (int)wide;
    return 0;
}

NATIVE_FLAGS(fromisocalendar, "fromisocalendar", "($type, /, year, week, day)",
             "The date of a day given by ISO year, week and weekday; isocalendar() goes the other way.", NATIVE_CLASS)
{
    int year, week, weekday, y, m, d;
    if (iso_component(t, args[1], &year) < 0 || iso_component(t, args[2], &week) < 0 ||
        iso_component(t, args[3], &weekday) < 0)
        return VALUE_EMPTY;
    switch (calendar_from_iso(year, week, weekday, &y, &m, &d)) {
    case 1: return error_set(t, EXC_ValueError, "year must be in %d..%d, not %d", DATE_MIN_YEAR, DATE_MAX_YEAR, year);
    case 2: return error_set(t, EXC_ValueError, "Invalid week: %d", week);
    case 3: return error_set(t, EXC_ValueError, "Invalid weekday: %d (range is [1, 7])", weekday);
    default: return date_new(t, type_as(args[0]), y, m, d);
    }
}

NATIVE_FLAGS(strptime, "strptime", "($type, string, format, /)", "Reads a text by a format, as time.strptime() does.",
             NATIVE_CLASS)
{
    return datetime_strptime(t, "_strptime_datetime_date", args[0], args[1], args[2]);
}

/* ---- text ---- */

static Value isoformat(Thread *t, Value self)
{
    const Date *d = date_of(self);
    char text[32];
    snprintf(text, sizeof text, "%04d-%02d-%02d", d->year, d->month, d->day);
    return str_from_string(t, text);
}

NATIVE(isoformat, "isoformat", "($self, /)", "The date as text in ISO 8601: YYYY-MM-DD.")
{
    return isoformat(t, args[0]);
}

/* str(date) is isoformat(), which a subclass may have overridden. */
static Value str(Thread *t, Value self)
{
    if (value_object(self)->type == datetime_state(t)->date)
        return isoformat(t, self);
    return object_call_method_string(t, self, "isoformat", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
}

static Value repr(Thread *t, Value self)
{
    const Date *d = date_of(self);
    Value name = format_type_name(t, value_object(self)->type);
    if (value_is_empty(name))
        return VALUE_EMPTY;
    Value result = str_format(t, "%U(%d, %d, %d)", name, d->year, d->month, d->day);
    ref_dec(t, name);
    return result;
}

NATIVE(ctime, "ctime", "($self, /)", "The date and time as C's ctime() writes them.")
{
    const Date *d = date_of(args[0]);
    char text[64];
    snprintf(text, sizeof text, "%s %s %2d 00:00:00 %04d",
             format_day_names[calendar_weekday(d->year, d->month, d->day)], format_month_names[d->month - 1], d->day,
             d->year);
    return str_from_string(t, text);
}

NATIVE(strftime, "strftime", "($self, /, format)",
       "Text by a format with codes such as %Y, %m, %d, as time.strftime() takes it.")
{
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "strftime() argument 1 must be str, not %s",
                         value_is_none(args[1]) ? "None" : type_name(type_of(t, args[1])));
    Value tuple = object_call_method_string(t, args[0], "timetuple", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(tuple))
        return VALUE_EMPTY;
    const Clock *c = datetime_check(args[0]) ? &datetime_of(args[0])->clock : NULL;
    Value result =
        format_strftime(t, args[1], tuple, c ? c->tzinfo : VALUE_EMPTY, args[0], c ? (int)c->microsecond : 0);
    ref_dec(t, tuple);
    return result;
}

Value date_format_method(Thread *t, Value self, Value format)
{
    if (!str_check(format))
        return error_set(t, EXC_TypeError, "__format__() argument 1 must be str, not %s",
                         value_is_none(format) ? "None" : type_name(type_of(t, format)));
    if (str_length(format) == 0)
        return object_str(t, self);
    return object_call_method_string(t, self, "strftime", format, VALUE_EMPTY, VALUE_EMPTY);
}

NATIVE(format, "__format__", "($self, format, /)", "strftime(format), or str(self) for an empty format.")
{
    return date_format_method(t, args[0], args[1]);
}

/* ---- calendar ---- */

NATIVE(toordinal, "toordinal", "($self, /)",
       "The number of the day, counted from January 1 of year 1, which is 1. The time of day does not matter.")
{
    const Date *d = date_of(args[0]);
    return value_from_int(calendar_ordinal(d->year, d->month, d->day));
}

static int weekday(Value self)
{
    const Date *d = date_of(self);
    return calendar_weekday(d->year, d->month, d->day);
}

NATIVE(weekday, "weekday", "($self, /)", "The day of the week: 0 for Monday, 6 for Sunday.")
{
    return value_from_int(weekday(args[0]));
}
NATIVE(isoweekday, "isoweekday", "($self, /)", "The day of the week by ISO 8601: 1 for Monday, 7 for Sunday.")
{
    return value_from_int(weekday(args[0]) + 1);
}

NATIVE(timetuple, "timetuple", "($self, /)", "The fields as time.struct_time, which the module time works with.")
{
    const Date *d = date_of(args[0]);
    Value tuple = tuple_pack(t, 9, value_from_int(d->year), value_from_int(d->month), value_from_int(d->day),
                             value_from_int(0), value_from_int(0), value_from_int(0), value_from_int(weekday(args[0])),
                             value_from_int(calendar_day_of_year(d->year, d->month, d->day)), value_from_int(-1));
    if (value_is_empty(tuple))
        return VALUE_EMPTY;
    Value result = datetime_call_time(t, "struct_time", tuple, VALUE_EMPTY);
    ref_dec(t, tuple);
    return result;
}

NATIVE(isocalendar, "isocalendar", "($self, /)", "The ISO year, the week and the weekday: a named tuple.")
{
    const Date *d = date_of(args[0]);
    int year = d->year, monday = calendar_iso_week1_monday(year), today = calendar_ordinal(d->year, d->month, d->day);
    if (today < monday) {
        year--; /* at least 1: 0001-01-01 is a Monday */
        monday = calendar_iso_week1_monday(year);
    } else if (today - monday >= 52 * 7 && today >= calendar_iso_week1_monday(year + 1)) {
        year++;
        monday = today - weekday(args[0]);
    }
    Tuple *tuple = type_alloc(t, datetime_state(t)->iso_calendar, 3);
    if (!tuple)
        return VALUE_EMPTY;
    tuple->length = 3;
    tuple->hash = -1;
    tuple->items[0] = value_from_int(year);
    tuple->items[1] = value_from_int((today - monday) / 7 + 1);
    tuple->items[2] = value_from_int((today - monday) % 7 + 1);
    return value_of(tuple);
}

/* ---- arithmetic and comparison ---- */

static Value add_days(Thread *t, Value date, int64_t days)
{
    const Date *d = date_of(date);
    int year = d->year, month = d->month;
    int64_t day = d->day + days;
    if (calendar_normalize(t, &year, &month, &day) < 0)
        return VALUE_EMPTY;
    return date_new(t, value_object(date)->type, year, month, (int)day);
}

static Value add(Thread *t, Value a, Value b)
{
    if (datetime_check(a) || datetime_check(b))
        return VALUE_NOTIMPLEMENTED;
    if (date_check(a))
        return delta_check(b) ? add_days(t, a, delta_of(b)->days) : VALUE_NOTIMPLEMENTED;
    return delta_check(a) && date_check(b) ? add_days(t, b, delta_of(a)->days) : VALUE_NOTIMPLEMENTED;
}

static Value sub(Thread *t, Value a, Value b)
{
    if (!date_check(a) || datetime_check(a) || datetime_check(b))
        return VALUE_NOTIMPLEMENTED;
    if (delta_check(b))
        return add_days(t, a, -(int64_t)delta_of(b)->days);
    if (!date_check(b))
        return VALUE_NOTIMPLEMENTED;
    const Date *x = date_of(a), *y = date_of(b);
    return delta_new(t, calendar_ordinal(x->year, x->month, x->day) - calendar_ordinal(y->year, y->month, y->day), 0,
                     0);
}

static uint32_t key(Value v)
{
    const Date *d = date_of(v);
    return (uint32_t)d->year << 9 | (uint32_t)d->month << 5 | d->day;
}

/* A date and a datetime are never equal, and have no order. */
static Value compare(Thread *t, Value a, Value b, Compare op)
{
    if (!date_check(b) || datetime_check(b))
        return VALUE_NOTIMPLEMENTED;
    return datetime_result((key(a) > key(b)) - (key(a) < key(b)), op);
}

static void pack(const Date *d, uint8_t bytes[4])
{
    bytes[0] = (uint8_t)(d->year >> 8);
    bytes[1] = (uint8_t)d->year;
    bytes[2] = d->month;
    bytes[3] = d->day;
}

static hash_t hash(Thread *t, Value self)
{
    Date *d = date_of(self);
    hash_t known = __atomic_load_n(&d->hash, __ATOMIC_RELAXED);
    if (known != -1)
        return known;
    uint8_t bytes[4];
    pack(d, bytes);
    known = str_hash_bytes(t, bytes, 4);
    store_relaxed(&d->hash, known);
    return known;
}

NATIVE(reduce, "__reduce__", "($self, /)", "What pickle needs to rebuild the object.")
{
    uint8_t bytes[4];
    pack(date_of(args[0]), bytes);
    Value state = bytes_new(t, bytes, 4), inner = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(state))
        inner = tuple_pack(t, 1, state);
    if (!value_is_empty(inner))
        result = tuple_pack(t, 2, value_of(value_object(args[0])->type), inner);
    ref_dec(t, state);
    ref_dec(t, inner);
    return result;
}

static Value replace(Thread *t, const Value *args)
{
    const Date *d = date_of(args[0]);
    int year, month, day;
    if (datetime_int(t, args[1], d->year, &year) < 0 || datetime_int(t, args[2], d->month, &month) < 0 ||
        datetime_int(t, args[3], d->day, &day) < 0)
        return VALUE_EMPTY;
    return date_new(t, value_object(args[0])->type, year, month, day);
}

#define REPLACE_SIGNATURE "($self, /, year=unchanged, month=unchanged, day=unchanged)"
NATIVE(replace, "replace", REPLACE_SIGNATURE, "A copy with the given fields replaced.") { return replace(t, args); }
NATIVE(dunder_replace, "__replace__", REPLACE_SIGNATURE, "The same as replace().") { return replace(t, args); }

static Value get_year(Thread *t, Value self) { return value_from_int(date_of(self)->year); }
static Value get_month(Thread *t, Value self) { return value_from_int(date_of(self)->month); }
static Value get_day(Thread *t, Value self) { return value_from_int(date_of(self)->day); }

static const NativeDef *const methods[] = {
    &native_fromtimestamp,
    &native_fromordinal,
    &native_fromisoformat,
    &native_fromisocalendar,
    &native_strptime,
    &native_today,
    &native_ctime,
    &native_strftime,
    &native_format,
    &native_timetuple,
    &native_isocalendar,
    &native_isoformat,
    &native_isoweekday,
    &native_toordinal,
    &native_weekday,
    &native_replace,
    &native_dunder_replace,
    &native_reduce,
    NULL,
};
static const GetSetDef getsets[] = {
    {"year", get_year, NULL, NULL},
    {"month", get_month, NULL, NULL},
    {"day", get_day, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec datetime_spec_date = {
    .name = "datetime.date",
    .doc = "date(year, month, day)\n\nA day in the Gregorian calendar, extended to all years from 1 to 9999.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Date),
    .methods = methods,
    .getsets = getsets,
    .slots = {.create = create,
              .repr = repr,
              .str = str,
              .hash = hash,
              .compare = compare,
              .binary = {[BINARY_ADD] = add, [BINARY_SUB] = sub}},
};

/* ---- IsoCalendarDate ---- */

static size_t iso_length(const Object *o) { return ((const Tuple *)o)->length; }

static Value iso_repr(Thread *t, Value self)
{
    return str_format(t, "datetime.IsoCalendarDate(year=%V, week=%V, weekday=%V)", tuple_peek(self, 0),
                      tuple_peek(self, 1), tuple_peek(self, 2));
}

static Value iso_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value out[3];
    if (native_parse(t, "IsoCalendarDate", "(year, week, weekday)", args, n, names, out) < 0)
        return VALUE_EMPTY;
    Tuple *tuple = type_alloc(t, type, 3);
    if (!tuple)
        return VALUE_EMPTY;
    tuple->length = 3;
    tuple->hash = -1;
    for (int i = 0; i < 3; i++)
        tuple->items[i] = ref_inc(t, out[i]);
    return value_of(tuple);
}

NATIVE(iso_reduce, "__reduce__", "($self, /)", "What pickle needs: a plain tuple, for the class is not public.")
{
    Value plain = tuple_from_array(t, tuple_of(args[0])->items, tuple_length(args[0])), inner = VALUE_EMPTY,
          result = VALUE_EMPTY;
    if (!value_is_empty(plain))
        inner = tuple_pack(t, 1, plain);
    if (!value_is_empty(inner))
        result = tuple_pack(t, 2, value_of(t->types[KIND_TUPLE]), inner);
    ref_dec(t, plain);
    ref_dec(t, inner);
    return result;
}

static const NativeDef *const iso_methods[] = {&native_iso_reduce, NULL};
#define ISO_FIELD(index, name)                                                                                         \
    {                                                                                                                  \
        name, MEMBER_VALUE, offsetof(Tuple, items) + (index) * sizeof(Value), false, NULL                              \
    }
static const MemberDef iso_members[] = {
    ISO_FIELD(0, "year"), ISO_FIELD(1, "week"), ISO_FIELD(2, "weekday"), {NULL, MEMBER_VALUE, 0, false, NULL}};

static const TypeSpec iso_spec = {
    .name = "datetime.IsoCalendarDate",
    .doc = "ISO year, week and weekday: what isocalendar() returns.",
    .kind = KIND_TUPLE,
    .flags = TYPE_SEQUENCE | TYPE_IMMUTABLE,
    .size = sizeof(Tuple),
    .item_size = sizeof(Value),
    .length = iso_length,
    .methods = iso_methods,
    .members = iso_members,
    .slots = {.create = iso_create, .repr = iso_repr},
};

int date_create_iso_type(Thread *t, DateTimeState *state)
{
    state->iso_calendar = type_from_spec(t, &iso_spec, t->types[KIND_TUPLE]);
    return state->iso_calendar ? 0 : -1;
}
