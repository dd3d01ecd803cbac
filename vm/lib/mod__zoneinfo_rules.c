/* mod__zoneinfo_rules.c: the transitions of a time zone and the rules behind them.  Nothing here changes after loading: no locks. */
#include "mod__zoneinfo.h"

#include "../memory/alloc.h"
#include "../object/bytes.h"

#define EPOCH_ORDINAL 719163 /* of 1970-01-01 */

/* ---- spans ---- */

static int span_fill(Thread *t, Span *s, int32_t utcoff, int32_t dstoff, Value name)
{
    s->utcoff = utcoff;
    s->dstoff = dstoff;
    s->name = ref_inc(t, name);
    s->utcoff_delta = delta_new(t, 0, utcoff, 0);
    if (value_is_empty(s->utcoff_delta))
        return -1;
    s->dstoff_delta = delta_new(t, 0, dstoff, 0);
    return value_is_empty(s->dstoff_delta) ? -1 : 0;
}

static void span_free(Thread *t, Span *s)
{
    ref_clear(t, &s->utcoff_delta);
    ref_clear(t, &s->dstoff_delta);
    ref_clear(t, &s->name);
}

static bool span_equal(const Span *a, const Span *b)
{
    return a->utcoff == b->utcoff && a->dstoff == b->dstoff && str_equal(a->name, b->name);
}

void zone_data_free(Thread *t, ZoneData *z)
{
    for (size_t i = 0; z->spans && i < z->span_count; i++)
        span_free(t, &z->spans[i]);
    alloc_memory_free(t, z->spans);
    alloc_memory_free(t, z->utc);
    alloc_memory_free(t, z->local[0]);
    alloc_memory_free(t, z->local[1]);
    alloc_memory_free(t, z->index);
    span_free(t, &z->rules.standard);
    span_free(t, &z->rules.dst);
    *z = (ZoneData){0};
}

/* ---- rules: when ---- */

/* Days from 1970-01-01 to January 1 of the year. */
static int64_t days_before_year(int year)
{
    int64_t y = year - 1;
    return y * 365 + y / 4 - y / 100 + y / 400 + 1 - EPOCH_ORDINAL;
}

/* The local time of a change in a year. */
static int64_t change_time(const Change *c, int year)
{
    int64_t days = days_before_year(year);
    if (c->kind == 'M') {
        int first = (int)((days + 4) % 7 + 7) % 7; /* weekday of January 1; 1970-01-01 was a Thursday, 4 from Sunday */
        int month_start = calendar_day_of_year(year, c->month, 1) - 1;
        int day = ((c->day - (first + month_start)) % 7 + 7) % 7 + 7 * (c->week - 1);
        if (day >= calendar_days_in_month(year, c->month)) /* week 5 is the last one */
            day -= 7;
        days += month_start + day;
    } else {
        /* Both forms count as CPython does, which is not quite what POSIX says of n (there 0 is January 1) and of J59 in leap years. */
        days += c->day - 1 + (c->kind == 'J' && c->day >= 59 && calendar_is_leap(year));
    }
    return days * SECONDS_PER_DAY + c->seconds;
}

static bool in_dst(int64_t time, int64_t start, int64_t end)
{
    return start < end ? start <= time && time < end : !(end <= time && time < start);
}

static const Span *rules_find_local(const Rules *r, int64_t seconds, int year, int fold)
{
    if (!r->has_dst)
        return &r->standard;
    int64_t start = change_time(&r->start, year), end = change_time(&r->end, year);
    /* The smaller offset begins at the end of a gap and ends at the end of a fold for the first of two equal local times; for the second one from the
     * beginning of the gap to the beginning of the fold. */
    if (fold == (r->difference >= 0))
        end -= r->difference;
    else
        start += r->difference;
    return in_dst(seconds, start, end) ? &r->dst : &r->standard;
}

static const Span *rules_find_utc(const Rules *r, int64_t seconds, int year, bool *fold)
{
    *fold = false;
    if (!r->has_dst)
        return &r->standard;
    int64_t start = change_time(&r->start, year) - r->standard.utcoff, end = change_time(&r->end, year) - r->dst.utcoff;
    int64_t twice = r->difference > 0 ? end : start, length = r->difference > 0 ? r->difference : -r->difference;
    *fold = twice <= seconds && seconds < twice + length;
    return in_dst(seconds, start, end) ? &r->dst : &r->standard;
}

/* ---- transitions: when ---- */

/* How many of the sorted times are not after `time`. */
static size_t count_until(const int64_t *times, size_t n, int64_t time)
{
    size_t low = 0;
    while (low < n) {
        size_t middle = low + (n - low) / 2;
        if (times[middle] <= time)
            low = middle + 1;
        else
            n = middle;
    }
    return low;
}

const Span *zone_data_find_local(const ZoneData *z, int64_t seconds, int year, int fold)
{
    const int64_t *times = z->local[fold != 0];
    if (z->count && seconds < times[0])
        return z->before;
    if (!z->count || seconds > times[z->count - 1])
        return z->after ? z->after : rules_find_local(&z->rules, seconds, year, fold);
    return &z->spans[z->index[count_until(times, z->count, seconds) - 1]];
}

const Span *zone_data_find_utc(const ZoneData *z, int64_t seconds, int year, bool *fold)
{
    size_t n = z->count;
    *fold = false;
    if (n && seconds < z->utc[0])
        return z->before;
    if ((!n || seconds > z->utc[n - 1]) && !z->after)
        return rules_find_utc(&z->rules, seconds, year, fold);
    if (!n)
        return z->after;
    size_t i = count_until(z->utc, n, seconds);
    if (n == 1 && seconds > z->utc[0]) {
        *fold = z->spans[z->index[0]].utcoff - z->after->utcoff > seconds - z->utc[0];
        return z->after;
    }
    const Span *previous = i >= 2 ? &z->spans[z->index[i - 2]] : z->before, *now = &z->spans[z->index[i - 1]];
    *fold = previous->utcoff - now->utcoff > seconds - z->utc[i - 1];
    return now;
}

/* ---- reading a TZ string ---- */

typedef struct Text {
    const char *at, *end;
} Text;

static bool take(Text *x, char c)
{
    if (x->at == x->end || *x->at != c)
        return false;
    x->at++;
    return true;
}

/* A number of min to max digits. */
static bool take_number(Text *x, int min, int max, int *result)
{
    int n = 0;
    *result = 0;
    while (n < max && x->at < x->end && *x->at >= '0' && *x->at <= '9') {
        *result = *result * 10 + (*x->at++ - '0');
        n++;
    }
    return n >= min;
}

/* [+-]h[hh][:mm[:ss]] with hours up to a limit. */
static bool take_time(Text *x, int hour_limit, int32_t *seconds)
{
    int hour, minute = 0, second = 0, sign = take(x, '-') ? -1 : 1;
    if (sign > 0)
        take(x, '+');
    if (!take_number(x, 1, 3, &hour) || hour > hour_limit)
        return false;
    if (take(x, ':') && (!take_number(x, 2, 2, &minute) || (take(x, ':') && !take_number(x, 2, 2, &second))))
        return false;
    *seconds = sign * (hour * 3600 + minute * 60 + second);
    return true;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_quoted(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-'; }

/* A name: letters, or letters, digits and signs in angle brackets. */
static bool take_name(Thread *t, Text *x, Value *name)
{
    bool quoted = take(x, '<');
    const char *start = x->at;
    while (x->at < x->end && (quoted ? is_quoted(*x->at) : is_letter(*x->at)))
        x->at++;
    if (x->at == start)
        return false;
    *name = str_from_utf8(t, start, (size_t)(x->at - start));
    return !value_is_empty(*name) && (!quoted || take(x, '>'));
}

static bool take_change(Text *x, Change *c)
{
    *c = (Change){.seconds = 2 * 3600};
    if (take(x, 'M')) {
        c->kind = 'M';
        if (!take_number(x, 1, 2, &c->month) || !take(x, '.') || !take_number(x, 1, 1, &c->week) || !take(x, '.') ||
            !take_number(x, 1, 1, &c->day) || c->month < 1 || c->month > 12 || c->week < 1 || c->week > 5 || c->day > 6)
            return false;
    } else {
        c->kind = take(x, 'J') ? 'J' : 'N';
        if (!take_number(x, 1, 3, &c->day) || c->day > 365 || (c->kind == 'J' && c->day < 1))
            return false;
    }
    return !take(x, '/') || take_time(x, 167, &c->seconds);
}

/* What is wrong with the string, or NULL; an exception may be pending instead. */
static const char *read_rules(Thread *t, Rules *r, Text x, Value *names)
{
    int32_t standard = 0, dst;
    if (!take_name(t, &x, &names[0]))
        return "Invalid STD format in %V";
    if (x.at < x.end && *x.at != ',' && !take_time(&x, 24, &standard))
        return "Invalid STD offset in %V";
    standard = -standard; /* the string tells what is added to local time */
    if (x.at == x.end)
        return span_fill(t, &r->standard, standard, 0, names[0]) < 0 ? "" : NULL;
    if (*x.at == ',')
        return "Extraneous characters at end of TZ string: %V";
    if (!take_name(t, &x, &names[1]))
        return "Invalid DST format in %V";
    dst = standard + 3600;
    if (x.at < x.end && *x.at != ',') {
        if (!take_time(&x, 24, &dst))
            return "Invalid DST offset in %V";
        dst = -dst;
    }
    if (x.at == x.end)
        return "Missing transition rules in TZ string: %V";
    if (!take(&x, ',') || !take_change(&x, &r->start) || !take(&x, ',') || !take_change(&x, &r->end))
        return "Malformed transition rule in TZ string: %V";
    if (x.at != x.end)
        return "Extraneous characters at end of TZ string: %V";
    r->has_dst = true;
    r->difference = dst - standard;
    return span_fill(t, &r->standard, standard, 0, names[0]) < 0 ||
                   span_fill(t, &r->dst, dst, r->difference, names[1]) < 0
               ? ""
               : NULL;
}

static int load_rules(Thread *t, Rules *r, Value string)
{
    Value names[2] = {VALUE_EMPTY, VALUE_EMPTY};
    const Bytes *b = bytes_of(string);
    Text x = {(const char *)b->data, (const char *)b->data + b->length};
    const char *complaint = read_rules(t, r, x, names);
    ref_dec(t, names[0]);
    ref_dec(t, names[1]);
    if (complaint && !error_pending(t))
        error_set(t, EXC_ValueError, complaint, string);
    return complaint ? -1 : 0;
}

/* ---- loading ---- */

/* The ints of a sequence as an array (alloc_memory), NULL on error. */
static int64_t *load_ints(Thread *t, Value sequence, size_t *count)
{
    Value tuple = object_to_tuple(t, sequence);
    if (value_is_empty(tuple))
        return NULL;
    *count = tuple_length(tuple);
    int64_t *array = alloc_memory(t, *count * sizeof(int64_t));
    for (size_t i = 0; array && i < *count; i++) {
        if (int_to_int64(t, tuple_peek(tuple, i), &array[i]) < 0) {
            alloc_memory_free(t, array);
            array = NULL;
        }
    }
    ref_dec(t, tuple);
    return array;
}

/* The part of each offset that is daylight saving time: the file tells only whether it is.  It is the difference to the standard time before or behind it, an hour where
 * there is none. */
static void infer_dst(const ZoneData *z, const int64_t *utcoff, const int64_t *is_dst, int32_t *dstoff)
{
    size_t found = 0, wanted = 0;
    for (size_t i = 0; i < z->span_count; i++) {
        dstoff[i] = 0;
        wanted += is_dst[i] != 0;
    }
    for (size_t i = 1; i < z->count && found < wanted; i++) {
        uint8_t now = z->index[i], before = z->index[i - 1];
        int64_t difference = 0;
        if (!is_dst[now] || dstoff[now])
            continue;
        if (!is_dst[before])
            difference = utcoff[now] - utcoff[before];
        if (!difference && now + 1u < z->span_count && i + 1 < z->count) {
            uint8_t next = z->index[i + 1];
            if (is_dst[next])
                continue; /* a later transition may tell */
            difference = utcoff[now] - utcoff[next];
        }
        if (difference) {
            found++;
            dstoff[now] = (int32_t)difference;
        }
    }
    for (size_t i = 0; found < wanted && i < z->span_count; i++) {
        if (is_dst[i] && !dstoff[i])
            dstoff[i] = 3600;
    }
}

/* Local times of the transitions: a fold 0 time that is ambiguous or missing belongs to the earlier offset, a fold 1 time to the later one. */
static void make_local(ZoneData *z)
{
    for (size_t i = 0; i < z->count; i++) {
        int32_t now = z->spans[z->index[i]].utcoff, before = z->spans[i ? z->index[i - 1] : 0].utcoff;
        z->local[0][i] = z->utc[i] + (before > now ? before : now);
        z->local[1][i] = z->utc[i] + (before > now ? now : before);
    }
}

static int load_spans(Thread *t, ZoneData *z, Value loaded, const int64_t *utcoff, const int64_t *is_dst)
{
    Value names = object_to_tuple(t, tuple_peek(loaded, 4));
    int32_t *dstoff = alloc_memory(t, z->span_count * sizeof(int32_t));
    int result = value_is_empty(names) || !dstoff ? -1 : 0;
    if (result == 0 && tuple_length(names) != z->span_count)
        result = (error_set(t, EXC_ValueError, "Invalid TZif file"), -1);
    if (result == 0)
        infer_dst(z, utcoff, is_dst, dstoff);
    for (size_t i = 0; result == 0 && i < z->span_count; i++) {
        if (!str_check(tuple_peek(names, i)))
            result = (error_set(t, EXC_TypeError, "expected str, not %T", tuple_peek(names, i)), -1);
        else
            result = span_fill(t, &z->spans[i], (int32_t)utcoff[i], dstoff[i], tuple_peek(names, i));
    }
    alloc_memory_free(t, dstoff);
    ref_dec(t, names);
    return result;
}

/* What holds before the first and after the last transition. */
static int load_ends(Thread *t, ZoneData *z, Value string, const int64_t *is_dst)
{
    size_t first = 0;
    while (first < z->span_count && is_dst[first])
        first++;
    if (first < z->span_count)
        z->before = &z->spans[first];
    else if (z->count)
        z->before = &z->spans[z->index[0]];
    if (bytes_check(string) && bytes_of(string)->length > 0) {
        if (load_rules(t, &z->rules, string) < 0)
            return -1;
        if (!z->rules.has_dst)
            z->after = &z->rules.standard;
    } else if (z->count) {
        z->after = &z->spans[z->index[z->count - 1]];
    } else if (z->span_count) {
        z->after = &z->spans[z->span_count - 1];
    } else {
        return error_set(t, EXC_ValueError, "No time zone information found."), -1;
    }
    if (z->span_count > 1 || !z->after)
        z->fixed = false;
    else
        z->fixed = z->span_count == 0 || span_equal(&z->spans[0], z->after);
    return 0;
}

int zone_data_load(Thread *t, ZoneData *z, Value loaded)
{
    size_t index_count, utcoff_count = 0, dst_count = 0;
    int64_t *index = NULL, *utcoff = NULL, *is_dst = NULL;
    int result = -1;
    if (!tuple_check(loaded) || tuple_length(loaded) != 6)
        return error_set(t, EXC_TypeError, "Invalid data result type: %V", loaded), -1;
    z->utc = load_ints(t, tuple_peek(loaded, 1), &z->count);
    index = z->utc ? load_ints(t, tuple_peek(loaded, 0), &index_count) : NULL;
    utcoff = index ? load_ints(t, tuple_peek(loaded, 2), &utcoff_count) : NULL;
    is_dst = utcoff ? load_ints(t, tuple_peek(loaded, 3), &dst_count) : NULL;
    if (!is_dst)
        goto done;
    bool valid = index_count == z->count && dst_count == utcoff_count && utcoff_count <= 256;
    for (size_t i = 0; valid && i < index_count; i++)
        valid = index[i] >= 0 && (size_t)index[i] < utcoff_count;
    for (size_t i = 0; valid && i < utcoff_count; i++)
        valid = utcoff[i] > -SECONDS_PER_DAY && utcoff[i] < SECONDS_PER_DAY;
    if (!valid) {
        error_set(t, EXC_ValueError, "Invalid transition index found while reading TZif");
        goto done;
    }
    z->spans = alloc_memory_zeroed(t, utcoff_count ? utcoff_count : 1, sizeof(Span));
    z->index = z->spans ? alloc_memory(t, z->count) : NULL;
    z->local[0] = z->index ? alloc_memory(t, z->count * sizeof(int64_t)) : NULL;
    z->local[1] = z->local[0] ? alloc_memory(t, z->count * sizeof(int64_t)) : NULL;
    if (!z->local[1])
        goto done;
    z->span_count = utcoff_count;
    for (size_t i = 0; i < z->count; i++)
        z->index[i] = (uint8_t)index[i];
    if (load_spans(t, z, loaded, utcoff, is_dst) < 0)
        goto done;
    make_local(z);
    result = load_ends(t, z, tuple_peek(loaded, 5), is_dst);
done:
    alloc_memory_free(t, index);
    alloc_memory_free(t, utcoff);
    alloc_memory_free(t, is_dst);
    if (result < 0)
        zone_data_free(t, z);
    return result;
}
