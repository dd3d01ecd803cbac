/* mod_time.c: the module time: clocks, sleeping, calendar times.
 *
 * Calendars are the C library's.  Sleeping is thread_sleep (../thread/lock.c), which gives the lock up, ends early for Stop, and goes on after signals as
 * PEP 475 says.  No state, no locks. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/audit.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/namespace.h"
#include "../object/str.h"
#include "../object/structseq.h"
#include "../os/os.h"
#include "../thread/lock.h"
#include "clock.h"

typedef struct TimeState {
    Type *struct_time;
} TimeState;

static Type *struct_time_type(Thread *t) { return ((TimeState *)t->interp->module_state[MODULE_time])->struct_time; }

/* ---- clocks ---- */

NATIVE(time, "time", "($module, /)", "The seconds since the epoch, with fractions where the system has them.")
{
    return clock_to_seconds(t, os_realtime());
}
NATIVE(time_ns, "time_ns", "($module, /)", "The nanoseconds since the epoch.")
{
    return int_from_int64(t, os_realtime());
}
NATIVE(monotonic, "monotonic", "($module, /)", "A clock in seconds that never runs backwards.")
{
    return clock_to_seconds(t, os_monotonic());
}
NATIVE(monotonic_ns, "monotonic_ns", "($module, /)", "monotonic() in nanoseconds.")
{
    return int_from_int64(t, os_monotonic());
}
NATIVE(perf_counter, "perf_counter", "($module, /)", "The finest clock, in seconds, for measuring.")
{
    return clock_to_seconds(t, os_monotonic());
}
NATIVE(perf_counter_ns, "perf_counter_ns", "($module, /)", "perf_counter() in nanoseconds.")
{
    return int_from_int64(t, os_monotonic());
}
NATIVE(process_time, "process_time", "($module, /)", "The processor time of this process in seconds.")
{
    return clock_to_seconds(t, os_cpu_time());
}
NATIVE(process_time_ns, "process_time_ns", "($module, /)", "process_time() in nanoseconds.")
{
    return int_from_int64(t, os_cpu_time());
}
NATIVE(thread_time, "thread_time", "($module, /)", "The processor time of this thread in seconds.")
{
    return clock_to_seconds(t, os_thread_time());
}
NATIVE(thread_time_ns, "thread_time_ns", "($module, /)", "thread_time() in nanoseconds.")
{
    return int_from_int64(t, os_thread_time());
}

static int clock_argument(Thread *t, Value v, clockid_t *clock)
{
    int id;
    if (int_to_int(t, v, &id) < 0)
        return -1;
    *clock = (clockid_t)id;
    return 0;
}

/* A clock's time in ns: 0, or -1 with OSError. */
static int read_clock(Thread *t, Value clk_id, int64_t *ns)
{
    clockid_t clock;
    struct timespec ts;
    if (clock_argument(t, clk_id, &clock) < 0)
        return -1;
    if (clock_gettime(clock, &ts) < 0)
        return error_from_errno(t, errno), -1;
    *ns = (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
    return 0;
}

NATIVE(clock_gettime, "clock_gettime", "($module, clk_id, /)", "The time of a clock (CLOCK_...) in seconds.")
{
    int64_t ns;
    return read_clock(t, args[1], &ns) < 0 ? VALUE_EMPTY : clock_to_seconds(t, ns);
}
NATIVE(clock_gettime_ns, "clock_gettime_ns", "($module, clk_id, /)", "The time of a clock (CLOCK_...) in nanoseconds.")
{
    int64_t ns;
    return read_clock(t, args[1], &ns) < 0 ? VALUE_EMPTY : int_from_int64(t, ns);
}

static Value set_clock(Thread *t, Value clk_id, struct timespec ts)
{
    clockid_t clock;
    if (clock_argument(t, clk_id, &clock) < 0)
        return VALUE_EMPTY;
    return clock_settime(clock, &ts) < 0 ? error_from_errno(t, errno) : VALUE_NONE;
}

NATIVE(clock_settime, "clock_settime", "($module, clk_id, time, /)", "Sets a clock to a time in seconds.")
{
    int64_t whole;
    int32_t ns;
    if (clock_from_seconds_split(t, args[2], CLOCK_FLOOR, &whole, &ns) < 0)
        return VALUE_EMPTY;
    return set_clock(t, args[1], (struct timespec){whole, ns});
}
NATIVE(clock_settime_ns, "clock_settime_ns", "($module, clk_id, time, /)", "Sets a clock to a time in nanoseconds.")
{
    int64_t ns;
    if (int_to_int64(t, args[2], &ns) < 0)
        return VALUE_EMPTY;
    int64_t whole = ns / 1000000000, rest = ns % 1000000000;
    if (rest < 0) {
        rest += 1000000000;
        whole--;
    }
    return set_clock(t, args[1], (struct timespec){whole, rest});
}

NATIVE(clock_getres, "clock_getres", "($module, clk_id, /)", "The resolution of a clock (CLOCK_...) in seconds.")
{
    clockid_t clock;
    struct timespec ts;
    if (clock_argument(t, args[1], &clock) < 0)
        return VALUE_EMPTY;
    if (clock_getres(clock, &ts) < 0)
        return error_from_errno(t, errno);
    return value_from_double((double)ts.tv_sec + (double)ts.tv_nsec * 1e-9);
}

#ifdef __linux__
NATIVE(pthread_getcpuclockid, "pthread_getcpuclockid", "($module, thread_id, /)",
       "The clk_id of a thread's processor time; the thread must exist.")
{
    if (!int_check(args[1]))
        return error_set(t, EXC_TypeError, "pthread_getcpuclockid() argument 1 must be int, not %s",
                         value_is_none(args[1]) ? "None" : type_name(type_of(t, args[1])));
    clockid_t clock;
    int error = pthread_getcpuclockid((pthread_t)int_to_uint64_mask(args[1]), &clock);
    return error ? error_from_errno(t, error) : value_from_int(clock);
}
#endif

NATIVE(get_clock_info, "get_clock_info", "($module, name, /)",
       "What is known of a clock, by the name of the function that reads it: implementation, resolution, ...")
{
    static const struct {
        const char *name, *implementation;
        bool monotonic, adjustable;
        clockid_t clock;
    } clocks[] = {
        {"time", "clock_gettime(CLOCK_REALTIME)", false, true, CLOCK_REALTIME},
        {"monotonic", "clock_gettime(CLOCK_MONOTONIC)", true, false, CLOCK_MONOTONIC},
        {"perf_counter", "clock_gettime(CLOCK_MONOTONIC)", true, false, CLOCK_MONOTONIC},
        {"process_time", "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false, CLOCK_PROCESS_CPUTIME_ID},
        {"thread_time", "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false, CLOCK_THREAD_CPUTIME_ID},
    };
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "get_clock_info() argument 1 must be str, not %s",
                         value_is_none(args[1]) ? "None" : type_name(type_of(t, args[1])));
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        if (!str_equal_ascii(args[1], clocks[i].name))
            continue;
        struct timespec ts = {0, 1};
        clock_getres(clocks[i].clock, &ts);
        Value dict = dict_new(t), result = VALUE_EMPTY;
        if (!value_is_empty(dict) &&
            dict_set_string_take(t, dict, "implementation", str_from_string(t, clocks[i].implementation)) == 0 &&
            dict_set_string_take(t, dict, "monotonic", value_from_bool(clocks[i].monotonic)) == 0 &&
            dict_set_string_take(t, dict, "adjustable", value_from_bool(clocks[i].adjustable)) == 0 &&
            dict_set_string_take(t, dict, "resolution",
                                 value_from_double((double)ts.tv_sec + (double)ts.tv_nsec * 1e-9)) == 0)
            result = namespace_new(t, dict);
        ref_dec(t, dict);
        return result;
    }
    return error_set(t, EXC_ValueError, "unknown clock");
}

NATIVE(sleep, "sleep", "($module, object, /)",
       "Waits that many seconds, which may have a fraction; other threads run meanwhile.")
{
    int64_t ns;
    if (audit(t, "time.sleep", "O", args[1]) < 0 || clock_from_seconds(t, args[1], CLOCK_AWAY, &ns) < 0)
        return VALUE_EMPTY;
    if (ns < 0)
        return error_set(t, EXC_ValueError, "sleep length must be non-negative");
    return thread_sleep(t, ns) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

/* ---- struct_time ---- */

static const MemberDef time_fields[] = {
    STRUCTSEQ_FIELD(0, "tm_year", "year, for example 1993"),
    STRUCTSEQ_FIELD(1, "tm_mon", "month, 1 to 12"),
    STRUCTSEQ_FIELD(2, "tm_mday", "day of the month, 1 to 31"),
    STRUCTSEQ_FIELD(3, "tm_hour", "hour, 0 to 23"),
    STRUCTSEQ_FIELD(4, "tm_min", "minute, 0 to 59"),
    STRUCTSEQ_FIELD(5, "tm_sec", "second, 0 to 61"),
    STRUCTSEQ_FIELD(6, "tm_wday", "day of the week, 0 to 6, Monday is 0"),
    STRUCTSEQ_FIELD(7, "tm_yday", "day of the year, 1 to 366"),
    STRUCTSEQ_FIELD(8, "tm_isdst", "1 if summer time is in effect, 0 if not, -1 if unknown"),
    STRUCTSEQ_FIELD(9, "tm_zone", "short name of the time zone"),
    STRUCTSEQ_FIELD(10, "tm_gmtoff", "offset from UTC in seconds"),
    {0},
};
static const StructSeqSpec struct_time =
    STRUCTSEQ("time.struct_time",
              "A calendar time, as gmtime(), localtime() and strptime() give and asctime(), mktime() and strftime() "
              "take it.\n\nIt is a sequence of 9 integers. Unlike C's, "
              "tm_year is the year itself, tm_mon begins with 1, and tm_wday with Monday.",
              time_fields, 9, 11, 0);

static Value from_tm(Thread *t, const struct tm *tm)
{
    Value v = structseq_new(t, struct_time_type(t));
    if (value_is_empty(v))
        return VALUE_EMPTY;
    const int fields[9] = {tm->tm_year, tm->tm_mon + 1,        tm->tm_mday,     tm->tm_hour, tm->tm_min,
                           tm->tm_sec,  (tm->tm_wday + 6) % 7, tm->tm_yday + 1, tm->tm_isdst};
    for (uint32_t i = 0; i < 9; i++)
        structseq_set_take(v, i, value_from_int(i == 0 ? (int64_t)fields[0] + 1900 : fields[i]));
    structseq_set_take(v, 9, str_from_fs(t, tm->tm_zone ? tm->tm_zone : "", tm->tm_zone ? strlen(tm->tm_zone) : 0));
    structseq_set_take(v, 10, value_from_int(tm->tm_gmtoff));
    return structseq_finish_take(t, v);
}

/* Seconds (absent or None: now) as calendar time: 0, or -1 with an exception. */
static int to_tm(Thread *t, Value seconds, bool local, struct tm *tm)
{
    int64_t whole;
    if (value_is_empty(seconds) || value_is_none(seconds))
        whole = os_realtime() / 1000000000;
    else if (clock_to_time_t(t, seconds, CLOCK_FLOOR, &whole) < 0)
        return -1;
    int error = os_calendar(whole, local, tm);
    return error ? (error_from_errno(t, -error), -1) : 0;
}

/* A time tuple as struct tm: 0, or -1 with an exception that names the function. */
static int parse_tuple(Thread *t, Value v, const char *fname, struct tm *tm, Value *zone)
{
    memset(tm, 0, sizeof *tm);
    *zone = VALUE_EMPTY;
    if (!tuple_check(v))
        return error_set(t, EXC_TypeError, "Tuple or struct_time argument required"), -1;
    if (tuple_length(v) != 9)
        return error_set(t, EXC_TypeError, "%s(): illegal time tuple argument", fname), -1;
    int fields[9];
    for (size_t i = 0; i < 9; i++) {
        if (int_to_int(t, tuple_peek(v, i), &fields[i]) < 0)
            return -1;
    }
    if (fields[0] < INT32_MIN + 1900)
        return error_set(t, EXC_OverflowError, "year out of range"), -1;
    tm->tm_year = fields[0] - 1900;
    tm->tm_mon = (int)((unsigned)fields[1] - 1);
    tm->tm_mday = fields[2];
    tm->tm_hour = fields[3];
    tm->tm_min = fields[4];
    tm->tm_sec = fields[5];
    tm->tm_wday = (int)((unsigned)fields[6] + 1) % 7;
    tm->tm_yday = (int)((unsigned)fields[7] - 1);
    tm->tm_isdst = fields[8];
    if (value_object(v)->type == struct_time_type(t)) {
        Value name = tuple_of(v)->items[9], offset = tuple_of(v)->items[10];
        if (!value_is_none(offset)) {
            int64_t seconds;
            if (int_to_int64(t, offset, &seconds) < 0)
                return -1;
            tm->tm_gmtoff = (long)seconds;
        }
        if (str_check(name)) {
            const char *text = str_utf8(t, name, NULL, zone);
            if (!text)
                return -1;
            tm->tm_zone = text;
        }
    }
    return 0;
}

/* Checks the fields that C's functions would index tables with, mending zeros as CPython does. */
static int check_tm(Thread *t, struct tm *tm)
{
    const char *what = NULL;
    if (tm->tm_mon == -1)
        tm->tm_mon = 0;
    else if (tm->tm_mon < 0 || tm->tm_mon > 11)
        what = "month";
    if (tm->tm_mday == 0)
        tm->tm_mday = 1;
    else if (!what && (tm->tm_mday < 0 || tm->tm_mday > 31))
        what = "day of month";
    if (!what && (tm->tm_hour < 0 || tm->tm_hour > 23))
        what = "hour";
    if (!what && (tm->tm_min < 0 || tm->tm_min > 59))
        what = "minute";
    if (!what && (tm->tm_sec < 0 || tm->tm_sec > 61))
        what = "seconds";
    if (!what && tm->tm_wday < 0)
        what = "day of week";
    if (tm->tm_yday == -1)
        tm->tm_yday = 0;
    else if (!what && (tm->tm_yday < 0 || tm->tm_yday > 365))
        what = "day of year";
    if (what)
        return error_set(t, EXC_ValueError, "%s out of range", what), -1;
    return 0;
}

NATIVE(gmtime, "gmtime", "($module, seconds=None, /)",
       "Seconds since the epoch as a calendar time in UTC; without an argument, now.")
{
    struct tm tm;
    return to_tm(t, args[1], false, &tm) < 0 ? VALUE_EMPTY : from_tm(t, &tm);
}
NATIVE(localtime, "localtime", "($module, seconds=None, /)",
       "Seconds since the epoch as a local calendar time; without an argument, now.")
{
    struct tm tm;
    return to_tm(t, args[1], true, &tm) < 0 ? VALUE_EMPTY : from_tm(t, &tm);
}

static Value as_text(Thread *t, const struct tm *tm)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[80];
    int length = snprintf(text, sizeof text, "%s %s%3d %.2d:%.2d:%.2d %lld", days[tm->tm_wday], months[tm->tm_mon],
                          tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec, (long long)tm->tm_year + 1900);
    return str_from_utf8(t, text, (size_t)length);
}

NATIVE(asctime, "asctime", "($module, tuple=None, /)",
       "A calendar time as text like 'Sat Jun 06 16:26:11 1998'; without an argument, the local time now.")
{
    struct tm tm;
    Value zone = VALUE_EMPTY;
    if (value_is_empty(args[1])) {
        if (to_tm(t, VALUE_EMPTY, true, &tm) < 0)
            return VALUE_EMPTY;
    } else if (parse_tuple(t, args[1], "asctime", &tm, &zone) < 0 || check_tm(t, &tm) < 0) {
        ref_dec(t, zone);
        return VALUE_EMPTY;
    }
    ref_dec(t, zone);
    return as_text(t, &tm);
}

NATIVE(ctime, "ctime", "($module, seconds=None, /)",
       "Seconds since the epoch as text in local time; without an argument, now.")
{
    struct tm tm;
    return to_tm(t, args[1], true, &tm) < 0 ? VALUE_EMPTY : as_text(t, &tm);
}

NATIVE(mktime, "mktime", "($module, tuple, /)", "A local calendar time as seconds since the epoch.")
{
    struct tm tm;
    Value zone;
    int parsed = parse_tuple(t, args[1], "mktime", &tm, &zone);
    ref_dec(t, zone);
    if (parsed < 0)
        return VALUE_EMPTY;
    int64_t seconds;
    if (os_calendar_seconds(&tm, &seconds) < 0)
        return error_set(t, EXC_OverflowError, "mktime argument out of range");
    return value_from_double((double)seconds);
}

/* ---- strftime, strptime ---- */

/* Appends an ASCII stretch of a format, formatted; `format` ends with NUL. */
static int format_stretch(Thread *t, StrBuilder *b, const char *format, size_t length, const struct tm *tm)
{
    char small[256], *buffer = small;
    size_t size = sizeof small;
    int result = -1;
    for (;;) {
        size_t n = strftime(buffer, size, format, tm);
        /* 0 also means that the result is empty: believed when there was plenty of room. */
        if (n > 0 || size >= 256 * (length + 1)) {
            Value text = str_from_fs(t, buffer, n);
            if (!value_is_empty(text))
                result = strbuilder_str(t, b, text);
            ref_dec(t, text);
            break;
        }
        size *= 4;
        char *grown = alloc_memory_resize(t, buffer == small ? NULL : buffer, size);
        if (!grown)
            break;
        buffer = grown;
    }
    if (buffer != small)
        alloc_memory_free(t, buffer);
    return result;
}

NATIVE(strftime, "strftime", "($module, format, tuple=None, /)",
       "A calendar time as text by a format; without a tuple, the local time now.\n\n%Y year, %m month, %d day, %H "
       "hour, %M minute, %S second, %z offset from UTC, %a and %A "
       "weekday, %b and %B month's name, %c date and time, %I hour of 12, %p AM or PM; more as in C.")
{
    struct tm tm;
    Value zone = VALUE_EMPTY;
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "strftime() argument 1 must be str, not %s",
                         value_is_none(args[1]) ? "None" : type_name(type_of(t, args[1])));
    if (value_is_empty(args[2])) {
        if (to_tm(t, VALUE_EMPTY, true, &tm) < 0)
            return VALUE_EMPTY;
    } else if (parse_tuple(t, args[2], "strftime", &tm, &zone) < 0 || check_tm(t, &tm) < 0) {
        ref_dec(t, zone);
        return VALUE_EMPTY;
    }
    tm.tm_isdst = tm.tm_isdst < -1 ? -1 : tm.tm_isdst > 1 ? 1 : tm.tm_isdst;
    StrBuilder b = {0};
    const Str *format = str_of(args[1]);
    char *ascii = alloc_memory(t, format->length + 1);
    bool ok = ascii != NULL;
    for (size_t i = 0; ok && i < format->length;) {
        uint32_t c = str_at(format, i);
        if (c == 0 || c >= 128) { /* what C's formats cannot hold is copied */
            ok = strbuilder_char(t, &b, c) == 0;
            i++;
            continue;
        }
        size_t length = 0;
        while (i < format->length && (c = str_at(format, i)) != 0 && c < 128) {
            ascii[length++] = (char)c;
            i++;
        }
        ascii[length] = 0;
        ok = format_stretch(t, &b, ascii, length, &tm) == 0;
    }
    alloc_memory_free(t, ascii);
    ref_dec(t, zone);
    if (!ok) {
        strbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    return strbuilder_finish(t, &b);
}

NATIVE(strptime, "strptime", "($module, string, format='%a %b %d %H:%M:%S %Y', /)",
       "Reads a time by a format as of strftime(): a struct_time.")
{
    Value name = str_intern(t, "_strptime"), module = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(name))
        module = object_call1(t, t->interp->import_func, name);
    if (!value_is_empty(module))
        result = object_call_method_string(t, module, "_strptime_time", args[1], args[2], VALUE_EMPTY);
    ref_dec(t, name);
    ref_dec(t, module);
    return result;
}

/* ---- the module ---- */

/* timezone, altzone, daylight, tzname: by what January and July of this year say. */
static int set_zone(Thread *t, Value module)
{
    struct tm tm, winter, summer;
    int64_t january;
    tzset();
    int error = os_calendar(os_realtime() / 1000000000, true, &tm);
    struct tm year = {.tm_year = tm.tm_year, .tm_mday = 1, .tm_isdst = -1};
    if (error || (error = os_calendar_seconds(&year, &january)) || (error = os_calendar(january, true, &winter)) ||
        (error = os_calendar(january + 365 * 24 * 3600 / 2, true, &summer)))
        return error_from_errno(t, -error), -1;
    if (winter.tm_gmtoff > summer.tm_gmtoff) { /* south of the equator */
        struct tm other = winter;
        winter = summer;
        summer = other;
    }
    char winter_zone[64], summer_zone[64];
    snprintf(winter_zone, sizeof winter_zone, "%s", winter.tm_zone ? winter.tm_zone : "");
    snprintf(summer_zone, sizeof summer_zone, "%s", summer.tm_zone ? summer.tm_zone : "");
    Value first = str_from_fs(t, winter_zone, strlen(winter_zone)),
          second = str_from_fs(t, summer_zone, strlen(summer_zone));
    Value names_ = value_is_empty(first) || value_is_empty(second) ? VALUE_EMPTY : tuple_pack(t, 2, first, second);
    ref_dec(t, first);
    ref_dec(t, second);
    if (value_is_empty(names_) || module_add_int(t, module, "timezone", -winter.tm_gmtoff) < 0 ||
        module_add_int(t, module, "altzone", -summer.tm_gmtoff) < 0 ||
        module_add_int(t, module, "daylight", winter.tm_gmtoff != summer.tm_gmtoff) < 0) {
        ref_dec(t, names_);
        return -1;
    }
    return module_add_take(t, module, "tzname", names_);
}

NATIVE(tzset, "tzset", "($module, /)",
       "Reads the environment variable TZ again, and sets timezone, altzone, daylight and tzname.")
{
    return set_zone(t, args[0]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

static int exec(Thread *t, Value module)
{
    static const struct {
        const char *name;
        int value;
    } constants[] = {
        {"CLOCK_REALTIME", CLOCK_REALTIME},
        {"CLOCK_MONOTONIC", CLOCK_MONOTONIC},
        {"CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID},
        {"CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID},
#ifdef CLOCK_MONOTONIC_RAW
        {"CLOCK_MONOTONIC_RAW", CLOCK_MONOTONIC_RAW},
#endif
#ifdef CLOCK_BOOTTIME
        {"CLOCK_BOOTTIME", CLOCK_BOOTTIME},
#endif
#ifdef CLOCK_TAI
        {"CLOCK_TAI", CLOCK_TAI},
#endif
        {"_STRUCT_TM_ITEMS", 11},
    };
    TimeState *state = t->interp->module_state[MODULE_time];
    if (!state) {
        state = t->interp->module_state[MODULE_time] = alloc_raw_zeroed(sizeof *state);
        if (!state)
            return error_no_memory(t), -1;
    }
    state->struct_time = structseq_type(t, &struct_time);
    if (!state->struct_time || module_add_take(t, module, "struct_time", value_of(state->struct_time)) < 0)
        return -1;
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0)
            return -1;
    }
    return set_zone(t, module);
}

static void free_state(Thread *t, void *state) { alloc_raw_free(state); }

static const NativeDef *const methods[] = {
    &native_time,
    &native_time_ns,
    &native_monotonic,
    &native_monotonic_ns,
    &native_perf_counter,
    &native_perf_counter_ns,
    &native_process_time,
    &native_process_time_ns,
    &native_thread_time,
    &native_thread_time_ns,
    &native_clock_gettime,
    &native_clock_gettime_ns,
    &native_clock_settime,
    &native_clock_settime_ns,
    &native_clock_getres,
#ifdef __linux__
    &native_pthread_getcpuclockid,
#endif
    &native_get_clock_info,
    &native_sleep,
    &native_gmtime,
    &native_localtime,
    &native_asctime,
    &native_ctime,
    &native_mktime,
    &native_strftime,
    &native_strptime,
    &native_tzset,
    NULL,
};

const ModuleDef module_def_time = {
    .name = "time",
    .doc = "Clocks, sleeping, and calendar times.\n\nThe epoch is the beginning of 1970 in UTC.",
    .methods = methods,
    .exec = exec,
    .free_state = free_state,
};
