/* mod__datetime_format.c: the texts of dates and times: ISO 8601, repr, strftime. */
#include <stdio.h>

#include "mod__datetime.h"

const char *const format_day_names[7] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
const char *const format_month_names[12] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

Value format_type_name(Thread *t, Type *type) { return str_format(t, "%N", type); }

/* ---- ISO 8601 ---- */

int format_clock(Thread *t, char buffer[FORMAT_CLOCK_MAX], const Clock *c, Value timespec)
{
    static const char *const names[] = {"auto", "hours", "minutes", "seconds", "milliseconds", "microseconds"};
    int spec = 0;
    if (!value_is_empty(timespec)) {
        while (spec < 6 && !str_equal_ascii(timespec, names[spec]))
            spec++;
    }
    int us = (int)c->microsecond;
    switch (spec ? spec : us ? 5 : 3) {
    case 1: return snprintf(buffer, FORMAT_CLOCK_MAX, "%02d", c->hour);
    case 2: return snprintf(buffer, FORMAT_CLOCK_MAX, "%02d:%02d", c->hour, c->minute);
    case 3: return snprintf(buffer, FORMAT_CLOCK_MAX, "%02d:%02d:%02d", c->hour, c->minute, c->second);
    case 4: return snprintf(buffer, FORMAT_CLOCK_MAX, "%02d:%02d:%02d.%03d", c->hour, c->minute, c->second, us / 1000);
    case 5: return snprintf(buffer, FORMAT_CLOCK_MAX, "%02d:%02d:%02d.%06d", c->hour, c->minute, c->second, us);
    default: return error_set(t, EXC_ValueError, "Unknown timespec value"), -1;
    }
}

int format_offset(char buffer[FORMAT_CLOCK_MAX], Value offset, const char *separator)
{
    const Delta *d = delta_of(offset);
    int64_t us = ((int64_t)d->days * SECONDS_PER_DAY + d->seconds) * 1000000 + d->microseconds;
    char sign = us < 0 ? '-' : '+';
    if (us < 0)
        us = -us;
    int seconds = (int)(us / 1000000), fraction = (int)(us % 1000000);
    int n = snprintf(buffer, FORMAT_CLOCK_MAX, "%c%02d%s%02d", sign, seconds / 3600, separator, seconds / 60 % 60);
    if (seconds % 60 || fraction)
        n += snprintf(buffer + n, (size_t)(FORMAT_CLOCK_MAX - n), "%s%02d", separator, seconds % 60);
    if (fraction)
        n += snprintf(buffer + n, (size_t)(FORMAT_CLOCK_MAX - n), ".%06d", fraction);
    return n;
}

Value format_repr_take(Thread *t, Value repr, const Clock *c, bool fold_first)
{
    if (value_is_empty(repr) || (value_is_empty(c->tzinfo) && !c->fold))
        return repr;
    Value open = str_slice(t, repr, 0, str_length(repr) - 1), result = VALUE_EMPTY;
    ref_dec(t, repr);
    if (value_is_empty(open))
        return VALUE_EMPTY;
    const char *fold = c->fold ? ", fold=1" : "";
    if (value_is_empty(c->tzinfo))
        result = str_format(t, "%U%s)", open, fold);
    else if (fold_first)
        result = str_format(t, "%U%s, tzinfo=%V)", open, fold, c->tzinfo);
    else
        result = str_format(t, "%U, tzinfo=%V%s)", open, c->tzinfo, fold);
    ref_dec(t, open);
    return result;
}

/* ---- strftime ---- */

typedef struct Formatter {
    Value time_tuple, tzinfo, tzinfo_argument;
    int microsecond;
    StrBuilder out;
} Formatter;

static int push_ascii(Thread *t, Formatter *f, const char *s) { return strbuilder_ascii(t, &f->out, s, strlen(s)); }

static int push_offset(Thread *t, Formatter *f, const char *separator)
{
    char text[FORMAT_CLOCK_MAX];
    Value offset = zone_utcoffset(t, f->tzinfo, f->tzinfo_argument);
    if (value_is_empty(offset))
        return -1;
    if (value_is_none(offset))
        return 0;
    format_offset(text, offset, separator);
    ref_dec(t, offset);
    return push_ascii(t, f, text);
}

/* The zone's name, its percent signs doubled: strftime is yet to come. */
static int push_zone_name(Thread *t, Formatter *f)
{
    Value name = zone_tzname(t, f->tzinfo, f->tzinfo_argument);
    if (value_is_empty(name))
        return -1;
    if (value_is_none(name))
        return 0;
    Value one = str_from_string(t, "%"), two = str_from_string(t, "%%"), doubled = VALUE_EMPTY;
    if (!value_is_empty(one) && !value_is_empty(two))
        doubled = object_call_method_string(t, name, "replace", one, two, VALUE_EMPTY);
    int result = value_is_empty(doubled) ? -1 : 0;
    if (result == 0 && !str_check(doubled)) {
        error_set(t, EXC_TypeError, "tzname.replace() did not return a string");
        result = -1;
    }
    if (result == 0)
        result = strbuilder_str(t, &f->out, doubled);
    ref_dec(t, doubled);
    ref_dec(t, one);
    ref_dec(t, two);
    ref_dec(t, name);
    return result;
}

static int tuple_int(Thread *t, Value tuple, int index, int *result)
{
    Value v = object_getitem_index(t, tuple, index);
    int failed = value_is_empty(v) ? -1 : int_to_int(t, v, result);
    ref_dec(t, v);
    return failed;
}

/* %Y, %G, %F and %C of years before 1000, which C libraries do not all fill up with zeros. */
static int push_year(Thread *t, Formatter *f, uint32_t code, bool *done)
{
    int year;
    char text[64];
    *done = false;
    if (tuple_int(t, f->time_tuple, 0, &year) < 0)
        return -1;
    if (year >= 1000)
        return 0;
    if (code == 'G') {
        Value format = str_intern(t, "%G");
        Value iso = value_is_empty(format) ? VALUE_EMPTY : datetime_call_time(t, "strftime", format, f->time_tuple);
        ref_dec(t, format);
        Value number = value_is_empty(iso) ? VALUE_EMPTY : object_call1(t, value_of(t->types[KIND_INT]), iso);
        int failed = value_is_empty(number) ? -1 : int_to_int(t, number, &year);
        ref_dec(t, iso);
        ref_dec(t, number);
        if (failed < 0)
            return -1;
    }
    if (code == 'C')
        snprintf(text, sizeof text, "%02d", year / 100);
    else
        snprintf(text, sizeof text, code == 'F' ? "%04d-%%m-%%d" : "%04d", year);
    *done = true;
    return push_ascii(t, f, text);
}

/* Replaces what strftime does not know; *i is behind the percent sign. */
static int push_code(Thread *t, Formatter *f, Value format, size_t *i)
{
    size_t n = str_length(format);
    if (*i == n)
        return strbuilder_char(t, &f->out, '%');
    uint32_t code = str_at(str_of(format), (*i)++);
    char text[16];
    bool done;
    switch (code) {
    case 'z': return push_offset(t, f, "");
    case 'Z': return push_zone_name(t, f);
    case 'f': snprintf(text, sizeof text, "%06d", f->microsecond); return push_ascii(t, f, text);
    case ':':
        if (*i < n && str_at(str_of(format), *i) == 'z') {
            (*i)++;
            return push_offset(t, f, ":");
        }
        break;
    case 'Y':
    case 'G':
    case 'F':
    case 'C':
        if (push_year(t, f, code, &done) < 0)
            return -1;
        if (done)
            return 0;
        break;
    default: break;
    }
    return strbuilder_char(t, &f->out, '%') < 0 ? -1 : strbuilder_char(t, &f->out, code);
}

Value format_strftime(Thread *t, Value format, Value time_tuple, Value tzinfo, Value tzinfo_argument, int microsecond)
{
    Formatter f = {time_tuple, tzinfo, tzinfo_argument, microsecond, {0}};
    for (size_t i = 0; i < str_length(format);) {
        uint32_t c = str_at(str_of(format), i++);
        if ((c == '%' ? push_code(t, &f, format, &i) : strbuilder_char(t, &f.out, c)) < 0) {
            strbuilder_discard(t, &f.out);
            return VALUE_EMPTY;
        }
    }
    Value full = strbuilder_finish(t, &f.out);
    if (value_is_empty(full))
        return VALUE_EMPTY;
    Value result = datetime_call_time(t, "strftime", full, time_tuple);
    ref_dec(t, full);
    return result;
}
