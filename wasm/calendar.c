/* calendar.c: calendar times and their text, in 64 bits: this C library has time in 32 bits, in some of its releases, and leaves text to JavaScript.
 *
 * Text is that of the locale "C", as Linux has it.  No state, no locks.  Read next: zone.c. */
#include "calendar.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "../vm/os/os.h"

/* ---- days ---- */

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }
static bool is_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

#define DAYS_TO_EPOCH 719162             /* from 1 January of the year 1 */
static int64_t days_before(int64_t year) /* from 1 January of the year 1 to that of `year` */
{
    int64_t y = year - 1;
    return y * 365 + floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400);
}
int64_t calendar_days(int64_t year, int month)
{
    static const short before[12] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    return days_before(year) + before[month] + (month > 1 && is_leap(year)) - DAYS_TO_EPOCH;
}
int64_t calendar_year(int64_t days)
{
    int64_t since = days + DAYS_TO_EPOCH, year = floor_div(since * 400, 146097) + 1; /* right, or one off */
    while (days_before(year) > since)
        year--;
    while (days_before(year + 1) <= since)
        year++;
    return year;
}

int64_t calendar_seconds(const struct tm *tm)
{
    int64_t year = INT64_C(1900) + tm->tm_year + floor_div(tm->tm_mon, 12);
    int64_t days = calendar_days(year, (int)(tm->tm_mon - 12 * floor_div(tm->tm_mon, 12))) + tm->tm_mday - 1;
    return days * DAY + INT64_C(3600) * tm->tm_hour + INT64_C(60) * tm->tm_min + tm->tm_sec;
}

bool calendar_fill(int64_t seconds, struct tm *tm)
{
    int64_t days = floor_div(seconds, DAY);
    if (days > INT64_C(366) * INT_MAX || days < INT64_C(-366) * INT_MAX)
        return false;
    int64_t year = calendar_year(days);
    if (year - 1900 > INT_MAX || year - 1900 < INT_MIN)
        return false;
    int rest = (int)(seconds - days * DAY), month = 11;
    while (calendar_days(year, month) > days)
        month--;
    tm->tm_year = (int)(year - 1900);
    tm->tm_mon = month;
    tm->tm_mday = (int)(days - calendar_days(year, month)) + 1;
    tm->tm_yday = (int)(days - calendar_days(year, 0));
    tm->tm_wday = (int)(days + 4 - 7 * floor_div(days + 4, 7)); /* the epoch was a Thursday */
    tm->tm_hour = rest / 3600;
    tm->tm_min = rest / 60 % 60;
    tm->tm_sec = rest % 60;
    return true;
}

/* ---- text ---- */

typedef struct Text {
    char *p;
    size_t n, room;
} Text;

static void put(Text *out, const char *text, size_t n)
{
    if (out->n < out->room)
        memcpy(out->p + out->n, text, n < out->room - out->n ? n : out->room - out->n);
    out->n += n;
}

/* What is said between % and the letter. */
typedef struct Spec {
    char pad; /* '_', '-', '0', '+', or 0 */
    bool upper, hash;
    int width; /* -1: none given */
} Spec;

static void pad(Text *out, int count, char c)
{
    for (; count > 0; count--)
        put(out, &c, 1);
}

static void number(Text *out, const Spec *spec, int64_t value, int digits, char filler)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%lld", (long long)(value < 0 ? -value : value)), sign = value < 0;
    if (spec->pad == '-')
        digits = 0;
    if (spec->pad)
        filler = spec->pad == '_' || spec->pad == '-' ? ' ' : '0';
    if (spec->width > digits)
        digits = spec->width;
    if (filler == ' ')
        pad(out, digits - n - sign, ' ');
    if (sign)
        put(out, "-", 1);
    if (filler != ' ')
        pad(out, digits - n - sign, '0');
    put(out, text, (size_t)n);
}

/* What # does to letters. */
typedef enum Hash { KEEP, RAISE, LOWER } Hash;
static void word(Text *out, const Spec *spec, const char *text, Hash hash)
{
    int n = (int)strlen(text);
    pad(out, spec->width - n, spec->pad == '0' || spec->pad == '+' ? '0' : ' ');
    for (int i = 0; i < n; i++) {
        char c = text[i];
        if (spec->hash && hash == LOWER)
            c = (char)tolower((unsigned char)c);
        else if (spec->upper || (spec->hash && hash == RAISE))
            c = (char)toupper((unsigned char)c);
        put(out, &c, 1);
    }
}

/* The year that the week of a day belongs to, and the number of the week, from 1. */
static int64_t iso_week(const struct tm *tm, int *week)
{
    int64_t year = INT64_C(1900) + tm->tm_year;
    int monday = (tm->tm_wday + 6) % 7,
        days = tm->tm_yday - monday + 3; /* the Thursday of the week, counted in the year */
    int length = is_leap(year) ? 366 : 365;
    if (days < 0) {
        year--;
        days += is_leap(year) ? 366 : 365;
    } else if (days >= length) {
        year++;
        days -= length;
    }
    *week = days / 7 + 1;
    return year;
}

static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};

static void format(Text *out, const char *f, const struct tm *tm);

/* Text of several fields: a field of its own. */
static void fields(Text *out, const Spec *spec, const char *f, const struct tm *tm)
{
    char text[128];
    Text inner = {text, 0, sizeof text - 1};
    format(&inner, f, tm);
    text[inner.n < inner.room ? inner.n : inner.room] = 0;
    word(out, spec, text, KEEP);
}

static void name(Text *out, const Spec *spec, const char *const *names, int index, int count, bool brief)
{
    char text[16];
    snprintf(text, sizeof text, brief ? "%.3s" : "%s", index >= 0 && index < count ? names[index] : "?");
    word(out, spec, text, RAISE);
}

static bool field(Text *out, const Spec *spec, char letter, const struct tm *tm)
{
    int64_t year = INT64_C(1900) + tm->tm_year;
    int hour12 = tm->tm_hour % 12 ? tm->tm_hour % 12 : 12, week;
    switch (letter) {
    case 'a': name(out, spec, days, tm->tm_wday, 7, true); break;
    case 'A': name(out, spec, days, tm->tm_wday, 7, false); break;
    case 'b':
    case 'h': name(out, spec, months, tm->tm_mon, 12, true); break;
    case 'B': name(out, spec, months, tm->tm_mon, 12, false); break;
    case 'c': fields(out, spec, "%a %b %e %H:%M:%S %Y", tm); break;
    case 'C': number(out, spec, floor_div(year, 100), 1, '0'); break;
    case 'd': number(out, spec, tm->tm_mday, 2, '0'); break;
    case 'D':
    case 'x': fields(out, spec, "%m/%d/%y", tm); break;
    case 'e': number(out, spec, tm->tm_mday, 2, ' '); break;
    case 'F': fields(out, spec, "%Y-%m-%d", tm); break;
    case 'g':
        year = iso_week(tm, &week);
        number(out, spec, year - 100 * floor_div(year, 100), 2, '0');
        break;
    case 'G': number(out, spec, iso_week(tm, &week), 1, '0'); break;
    case 'H': number(out, spec, tm->tm_hour, 2, '0'); break;
    case 'I': number(out, spec, hour12, 2, '0'); break;
    case 'j': number(out, spec, tm->tm_yday + 1, 3, '0'); break;
    case 'k': number(out, spec, tm->tm_hour, 2, ' '); break;
    case 'l': number(out, spec, hour12, 2, ' '); break;
    case 'm': number(out, spec, tm->tm_mon + 1, 2, '0'); break;
    case 'M': number(out, spec, tm->tm_min, 2, '0'); break;
    case 'n': put(out, "\n", 1); break;
    case 'p': word(out, spec, tm->tm_hour >= 12 ? "PM" : "AM", LOWER); break;
    case 'P': { /* never in capitals */
        Spec small = {.pad = spec->pad, .width = spec->width};
        word(out, &small, tm->tm_hour >= 12 ? "pm" : "am", KEEP);
        break;
    }
    case 'r': fields(out, spec, "%I:%M:%S %p", tm); break;
    case 'R': fields(out, spec, "%H:%M", tm); break;
    case 's': {
        struct tm copy = *tm;
        int64_t seconds;
        number(out, spec, os_calendar_seconds(&copy, &seconds) < 0 ? -1 : seconds, 1, '0');
        break;
    }
    case 'S': number(out, spec, tm->tm_sec, 2, '0'); break;
    case 't': put(out, "\t", 1); break;
    case 'T':
    case 'X': fields(out, spec, "%H:%M:%S", tm); break;
    case 'u': number(out, spec, (tm->tm_wday + 6) % 7 + 1, 1, '0'); break;
    case 'U': number(out, spec, (tm->tm_yday - tm->tm_wday + 7) / 7, 2, '0'); break;
    case 'V':
        iso_week(tm, &week);
        number(out, spec, week, 2, '0');
        break;
    case 'w': number(out, spec, tm->tm_wday, 1, '0'); break;
    case 'W': number(out, spec, (tm->tm_yday - (tm->tm_wday + 6) % 7 + 7) / 7, 2, '0'); break;
    case 'y': number(out, spec, year - 100 * floor_div(year, 100), 2, '0'); break;
    case 'Y': number(out, spec, year, 1, '0'); break;
    case 'z': {
        long minutes = (tm->tm_gmtoff < 0 ? -tm->tm_gmtoff : tm->tm_gmtoff) / 60;
        if (tm->tm_isdst < 0)
            break;
        put(out, tm->tm_gmtoff < 0 ? "-" : "+", 1);
        number(out, spec, minutes / 60 * 100 + minutes % 60, 4, '0');
        break;
    }
    case 'Z': word(out, spec, tm->tm_zone ? tm->tm_zone : "", LOWER); break;
    case '%': put(out, "%", 1); break;
    default: return false;
    }
    return true;
}

static void format(Text *out, const char *f, const struct tm *tm)
{
    while (*f) {
        const char *start = f;
        if (*f++ != '%') {
            put(out, start, 1);
            continue;
        }
        Spec spec = {.width = -1};
        for (; *f && strchr("_-0+^#", *f); f++) {
            if (*f == '^')
                spec.upper = true;
            else if (*f == '#')
                spec.hash = true;
            else
                spec.pad = *f;
        }
        for (; isdigit((unsigned char)*f); f++)
            spec.width = spec.width > 1000 ? spec.width : (spec.width < 0 ? 0 : 10 * spec.width) + (*f - '0');
        if (*f == 'E' || *f == 'O')
            f++;
        if (*f && field(out, &spec, *f, tm))
            f++;
        else
            put(out, start, (size_t)(f - start) + (*f ? 1 : 0)), f += *f != 0;
    }
}

size_t strftime(char *restrict buffer, size_t size, const char *restrict f, const struct tm *restrict tm)
{
    Text out = {buffer, 0, size};
    format(&out, f, tm);
    if (out.n >= size)
        return 0;
    buffer[out.n] = 0;
    return out.n;
}
