/* mod__zoneinfo.h: the module _zoneinfo: mod__zoneinfo.c (the class ZoneInfo and its caches), mod__zoneinfo_rules.c (transitions and rules, plain C).
 *
 * Times are seconds since 1970, as UTC or as local clocks show them. */
#ifndef BATON_LIB_MOD__ZONEINFO_H
#define BATON_LIB_MOD__ZONEINFO_H

#include "mod__datetime.h"

/* An offset in force: what utcoffset(), dst() and tzname() return. */
typedef struct Span {
    int32_t utcoff, dstoff;                 /* seconds */
    Value utcoff_delta, dstoff_delta, name; /* owned; None in the span of "cannot be told" */
} Span;

/* When a rule changes the offset in a year: Mm.w.d, Jn or n, and a local time of day. */
typedef struct Change {
    char kind;            /* 'M', 'J' or 'N' */
    int month, week, day; /* of 'M': day 0 is Sunday; else day of the year, from 1 (J, never February 29) or 0 */
    int32_t seconds;      /* since midnight; may be negative or beyond the day */
} Change;

/* What holds after the last transition: a POSIX TZ string. */
typedef struct Rules {
    bool has_dst;
    Span standard, dst;
    int32_t difference; /* dst.utcoff - standard.utcoff */
    Change start, end;  /* of daylight saving time */
} Rules;

typedef struct ZoneData {
    Span *spans;
    size_t span_count;
    int64_t *utc, *local[2]; /* transitions: as UTC, and as local time for either fold */
    uint8_t *index;          /* the span that each begins */
    size_t count;
    const Span *before; /* the first transition; NULL: none (then count is 0) */
    const Span *after;  /* the last one; NULL: by the rules */
    Rules rules;
    bool fixed; /* one offset for ever */
} ZoneData;

/* From what zoneinfo._common.load_data returns; 0, or -1 with an exception.  zone_data_free copes with half-made ones. */
int zone_data_load(Thread *t, ZoneData *z, Value loaded);
void zone_data_free(Thread *t, ZoneData *z);
/* The span at a local time of a year, or at a UTC time (*fold: the local time occurs the second time). */
const Span *zone_data_find_local(const ZoneData *z, int64_t seconds, int year, int fold);
const Span *zone_data_find_utc(const ZoneData *z, int64_t seconds, int year, bool *fold);

#endif
