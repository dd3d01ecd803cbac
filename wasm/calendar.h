/* calendar.h: days and seconds of the Gregorian calendar, and local time (calendar.c, zone.c). */
#ifndef BATON_WASM_CALENDAR_H
#define BATON_WASM_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define DAY INT64_C(86400)

int64_t calendar_days(int64_t year, int month); /* from the epoch to the first of a month (0 to 11) */
int64_t calendar_year(int64_t days);            /* the year that a day is in */
int64_t calendar_seconds(const struct tm *tm);  /* since the epoch, of a time in UTC, whatever its fields */
/* Fills a time's fields but those of its zone; false if an int does not hold the year. */
bool calendar_fill(int64_t seconds, struct tm *tm);

#endif
