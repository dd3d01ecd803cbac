/* mod__datetime_calendar.c: counting days in the proleptic Gregorian calendar, and reading ISO 8601 texts.  Pure functions. */
#include "mod__datetime.h"

/* ---- days ---- */

static const int days_in_month[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
static const int days_before_month[13] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

bool calendar_is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int calendar_days_in_month(int year, int month)
{
    return month == 2 && calendar_is_leap(year) ? 29 : days_in_month[month];
}

static int days_before_year(int year)
{
    int y = year - 1;
    return y * 365 + y / 4 - y / 100 + y / 400; /* years from 1 on */
}

int calendar_day_of_year(int year, int month, int day)
{
    return days_before_month[month] + (month > 2 && calendar_is_leap(year)) + day;
}

int calendar_ordinal(int year, int month, int day)
{
    return days_before_year(year) + calendar_day_of_year(year, month, day);
}

void calendar_from_ordinal(int ordinal, int *year, int *month, int *day)
{
    /* Whole cycles of 400, 100, 4 and 1 years since 0001-01-01; the last day of a cycle of 400 or 4 years would count as a year too many. */
    int n = ordinal - 1;
    int n400 = n / 146097;
    n %= 146097;
    int n100 = n / 36524;
    n %= 36524;
    int n4 = n / 1461;
    n %= 1461;
    int n1 = n / 365;
    n %= 365;
    *year = n400 * 400 + n100 * 100 + n4 * 4 + n1 + 1;
    if (n1 == 4 || n100 == 4) {
        *year -= 1;
        *month = 12;
        *day = 31;
        return;
    }
    bool leap = n1 == 3 && (n4 != 24 || n100 == 3);
    int m = (n + 50) >> 5; /* right, or one too large */
    int before = days_before_month[m] + (m > 2 && leap);
    if (before > n) {
        m--;
        before -= days_in_month[m] + (m == 2 && leap);
    }
    *month = m;
    *day = n - before + 1;
}

int calendar_weekday(int year, int month, int day) { return (calendar_ordinal(year, month, day) + 6) % 7; }

int calendar_iso_week1_monday(int year)
{
    int first = calendar_ordinal(year, 1, 1), weekday = (first + 6) % 7;
    int monday = first - weekday;
    return weekday > 3 ? monday + 7 : monday; /* week 1 has the year's first Thursday */
}

int calendar_from_iso(int year, int week, int weekday, int *y, int *m, int *d)
{
    if (year < DATE_MIN_YEAR || year > DATE_MAX_YEAR)
        return 1;
    if (week <= 0 || week >= 53) {
        /* Years that begin on a Thursday, and leap years that begin on a Wednesday, have 53 weeks. */
        int first = calendar_weekday(year, 1, 1);
        if (week != 53 || !(first == 3 || (first == 2 && calendar_is_leap(year))))
            return 2;
    }
    if (weekday <= 0 || weekday >= 8)
        return 3;
    int ordinal = calendar_iso_week1_monday(year) + (week - 1) * 7 + weekday - 1;
    calendar_from_ordinal(ordinal, y, m,
                          d); /* the last days of 9999 may lie in 10000: the date's own check finds that */
    return 0;
}

int calendar_normalize(Thread *t, int *year, int *month, int64_t *day)
{
    if (*day >= 1 && *day <= calendar_days_in_month(*year, *month))
        return 0;
    int64_t ordinal = calendar_ordinal(*year, *month, 1) + *day - 1;
    if (ordinal < 1 || ordinal > DATE_MAX_ORDINAL)
        return error_set(t, EXC_OverflowError, "date value out of range"), -1;
    int d;
    calendar_from_ordinal((int)ordinal, year, month, &d);
    *day = d;
    return 0;
}

/* ---- ISO 8601 texts ---- */

typedef struct Reader {
    const Str *s;
    size_t at, end;
} Reader;

static uint32_t peek(const Reader *r) { return r->at < r->end ? str_at(r->s, r->at) : 0; }

static bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }

static bool read_digits(Reader *r, int count, int *result)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (!is_digit(peek(r)))
            return false;
        value = value * 10 + (int)(peek(r) - '0');
        r->at++;
    }
    *result = value;
    return true;
}

static bool read_char(Reader *r, uint32_t c)
{
    if (r->at >= r->end || peek(r) != c)
        return false;
    r->at++;
    return true;
}

/* YYYY-MM-DD, YYYYMMDD, YYYY-Www[-D], YYYYWww[D] */
bool calendar_parse_date(Value text, size_t start, size_t end, int *year, int *month, int *day)
{
    Reader r = {str_of(text), start, end};
    if (!read_digits(&r, 4, year))
        return false;
    bool dashes = read_char(&r, '-');
    if (read_char(&r, 'W')) {
        int week, weekday = 1;
        if (!read_digits(&r, 2, &week))
            return false;
        if (r.at < r.end && ((dashes && !read_char(&r, '-')) || !read_digits(&r, 1, &weekday)))
            return false;
        return r.at == r.end && calendar_from_iso(*year, week, weekday, year, month, day) == 0;
    }
    if (!read_digits(&r, 2, month) || (dashes && !read_char(&r, '-')) || !read_digits(&r, 2, day))
        return false;
    return r.at == r.end;
}

/* HH[:MM[:SS[.fff...]]] or HH[MM[SS[.fff...]]]: more than six digits are cut off. */
static bool read_clock(Reader *r, int *hour, int *minute, int *second, int *microsecond)
{
    int *const parts[] = {hour, minute, second};
    bool colons = false;
    *hour = *minute = *second = *microsecond = 0;
    for (int i = 0; i < 3; i++) {
        if (!read_digits(r, 2, parts[i]))
            return false;
        if (r->at == r->end)
            return true;
        if (i == 2)
            break;
        if (i == 0)
            colons = peek(r) == ':';
        if (colons && !read_char(r, ':'))
            return false;
    }
    if (!read_char(r, '.') && !read_char(r, ','))
        return false;
    int digits = 0;
    for (; r->at < r->end; r->at++, digits++) {
        if (!is_digit(peek(r)))
            return false;
        if (digits < 6)
            *microsecond = *microsecond * 10 + (int)(peek(r) - '0');
    }
    for (int i = digits; i < 6; i++)
        *microsecond *= 10;
    return digits > 0;
}

bool calendar_parse_time(Value text, size_t start, size_t end, IsoTime *out)
{
    *out = (IsoTime){0};
    const Str *s = str_of(text);
    size_t zone = start;
    while (zone < end && str_at(s, zone) != '+' && str_at(s, zone) != '-' && str_at(s, zone) != 'Z')
        zone++;
    Reader r = {s, start, zone};
    if (!read_clock(&r, &out->hour, &out->minute, &out->second, &out->microsecond))
        return false;
    if (zone == end)
        return true;
    out->has_zone = true;
    uint32_t sign = str_at(s, zone);
    if (sign == 'Z')
        return zone + 1 == end;
    Reader z = {s, zone + 1, end};
    int hour, minute, second;
    if (!read_clock(&z, &hour, &minute, &second, &out->zone_microseconds))
        return false;
    out->zone_seconds = hour * 3600 + minute * 60 + second;
    if (sign == '-') {
        out->zone_seconds = -out->zone_seconds;
        out->zone_microseconds = -out->zone_microseconds;
    }
    return true;
}

/* The separator can be any character, even a digit, so the length of the date is found from its own shape. */
size_t calendar_find_separator(Value text)
{
    const Str *s = str_of(text);
    size_t n = s->length;
    if (n == 7) /* YYYYWww */
        return 7;
    if (str_at(s, 4) == '-') {
        if (str_at(s, 5) != 'W')
            return 10; /* YYYY-MM-DD */
        if (n < 8)
            return n;
        if (n > 8 && str_at(s, 8) == '-') {
            if (n == 9)
                return n; /* a dash behind YYYY-Www, and nothing more */
            /* YYYY-Www-D, unless two digits follow the dash: then it separates a time. */
            return n > 10 && is_digit(str_at(s, 10)) ? 8 : 10;
        }
        return 8; /* YYYY-Www */
    }
    if (str_at(s, 4) == 'W') {
        size_t i = 7;
        while (i < n && is_digit(str_at(s, i)))
            i++;
        if (i < 9)
            return i;
        return i % 2 == 0 ? 7 : 8; /* an even run of digits: YYYYWww and a digit as separator */
    }
    return 8; /* YYYYMMDD */
}
