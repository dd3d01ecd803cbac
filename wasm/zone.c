/* zone.c: local time.  Where the environment has no TZ it is the browser's; else TZ names a file below /usr/share/zoneinfo (kernel/lazy.js), or says the rules as POSIX has it.
 *
 * Invariant: a Zone never changes once `current` has been it, and is kept for ever: the names of times point into it.  There are as many as a program uses.
 * tzset BLOCKS while a zone's file is loaded, with the interpreter's lock: it must see the environment as it is.  Lock: `lock` around the list of zones. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../vm/os/os.h"
#include "calendar.h"
#include "kernel.h"

#define NAME 64

/* When the year's other time begins, or ends. */
typedef struct Rule {
    char
        kind; /* 'M': the week-th weekday of a month; 'J': the day of a year without leap days, from 1; 'N': the day of the year, from 0 */
    int month, week, day, time;
} Rule;
/* Rules for all years (what a file says of those that it does not list): standard time and, if has_dst, the other. */
typedef struct Rules {
    bool there, has_dst;
    int32_t offset[2];
    char name[2][NAME];
    Rule from, to;
} Rules;

typedef struct Zone {
    struct Zone *next;
    char *key;
    bool host;
    uint32_t count, type_count;                 /* of the file's changes, and of its kinds of time */
    const unsigned char *times, *kinds, *types; /* 8, 1 and 6 bytes each */
    const char *letters;
    Rules rules;
} Zone;

typedef struct Moment {
    int32_t offset;
    int dst;
    const char *name;
} Moment;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Zone *zones;
static _Atomic(Zone *) current;

/* ---- rules ---- */

static bool read_number(const char **p, int limit, int *value)
{
    const char *start = *p;
    for (*value = 0; **p >= '0' && **p <= '9' && *value <= limit; (*p)++)
        *value = *value * 10 + (**p - '0');
    return *p > start && *value <= limit;
}
/* [+-]hours[:minutes[:seconds]] */
static bool read_time(const char **p, int limit, int *seconds)
{
    int sign = **p == '-' ? -1 : 1, part, unit = 3600;
    if (**p == '-' || **p == '+')
        (*p)++;
    for (*seconds = 0;; (*p)++, unit /= 60) {
        if (!read_number(p, unit == 3600 ? limit : 59, &part))
            return false;
        *seconds += sign * part * unit;
        if (**p != ':' || unit == 1)
            return true;
    }
}
static bool read_name(const char **p, char name[NAME])
{
    bool quoted = **p == '<';
    const char *start = *p += quoted, *end;
    while (quoted ? **p && **p != '>' : (**p | 32) >= 'a' && (**p | 32) <= 'z')
        (*p)++;
    end = *p;
    if (end - start < 3 || end - start >= NAME || (quoted && *(*p)++ != '>'))
        return false;
    memcpy(name, start, (size_t)(end - start));
    name[end - start] = 0;
    return true;
}
static bool read_rule(const char **p, Rule *rule)
{
    rule->time = 7200;
    rule->kind = **p == 'M' || **p == 'J' ? *(*p)++ : 'N';
    bool good = rule->kind == 'M' ? read_number(p, 12, &rule->month) && rule->month >= 1 && *(*p)++ == '.' &&
                                        read_number(p, 5, &rule->week) && rule->week >= 1 && *(*p)++ == '.' &&
                                        read_number(p, 6, &rule->day)
                                  : read_number(p, 365, &rule->day);
    if (good && **p == '/')
        return (*p)++, read_time(p, 167, &rule->time);
    return good;
}
static bool read_rules(const char *p, Rules *rules)
{
    Rules r = {.there = true};
    if (!read_name(&p, r.name[0]) || !read_time(&p, 24, &r.offset[0]))
        return false;
    r.offset[0] = -r.offset[0];
    if (*p) {
        r.has_dst = true;
        r.offset[1] = r.offset[0] + 3600;
        if (!read_name(&p, r.name[1]))
            return false;
        if (*p && *p != ',') {
            if (!read_time(&p, 24, &r.offset[1]))
                return false;
            r.offset[1] = -r.offset[1];
        }
        if (!*p)
            p = ",M3.2.0,M11.1.0";
        if (*p++ != ',' || !read_rule(&p, &r.from) || *p++ != ',' || !read_rule(&p, &r.to) || *p)
            return false;
    }
    *rules = r;
    return true;
}

/* Seconds of local time from the epoch to the rule's moment of a year. */
static int64_t rule_seconds(const Rule *rule, int64_t year)
{
    int64_t start = calendar_days(year, 0);
    if (rule->kind == 'N')
        start += rule->day;
    else if (rule->kind == 'J')
        start += rule->day - 1 + (rule->day >= 60 && calendar_days(year, 2) - start == 60);
    else {
        int64_t first = calendar_days(year, rule->month - 1),
                next = rule->month == 12 ? calendar_days(year + 1, 0) : calendar_days(year, rule->month);
        int weekday = (int)(((first + 4) % 7 + 7) % 7);
        start = first + (rule->day - weekday + 7) % 7 + 7 * (rule->week - 1);
        if (start >= next)
            start -= 7;
    }
    return start * DAY + rule->time;
}
static Moment by_rules(const Rules *rules, int64_t seconds)
{
    int dst = 0;
    if (rules->has_dst) {
        int64_t local = seconds + rules->offset[0], year = calendar_year((local - (local % DAY + DAY) % DAY) / DAY);
        int64_t from = rule_seconds(&rules->from, year) - rules->offset[0],
                to = rule_seconds(&rules->to, year) - rules->offset[1];
        dst = from < to ? seconds >= from && seconds < to : seconds < to || seconds >= from;
    }
    return (Moment){rules->offset[dst], dst, rules->name[dst]};
}

/* ---- files ---- */

static uint32_t word_at(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static int64_t time_at(const Zone *zone, uint32_t i)
{
    const unsigned char *p = zone->times + 8 * (size_t)i;
    return (int64_t)((uint64_t)word_at(p) << 32 | word_at(p + 4));
}

#define HEADER 44
/* The size of a file's part whose times are `width` bytes long, or 0 if it is none. */
static size_t part_size(const unsigned char *p, size_t n, size_t width)
{
    if (n < HEADER || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
        return 0;
    size_t size = HEADER;
    const size_t sizes[] = {1, 1, width + 4, width + 1, 6, 1};
    for (int i = 0; i < 6; i++) {
        uint32_t count = word_at(p + 20 + 4 * i);
        if (count > n)
            return 0;
        size += count * sizes[i];
    }
    return size <= n ? size : 0;
}
/* data: of `n` bytes and then a NUL; stays as long as the zone, if this is true. */
static bool read_data(Zone *zone, unsigned char *data, size_t n)
{
    size_t first = part_size(data, n, 4), second = first ? part_size(data + first, n - first, 8) : 0;
    if (!second)
        return false;
    const unsigned char *head = data + first;
    char *tail = (char *)head + second;
    uint32_t letters = word_at(head + 40);
    zone->count = word_at(head + 32);
    zone->type_count = word_at(head + 36);
    zone->times = head + HEADER;
    zone->kinds = zone->times + 8 * (size_t)zone->count;
    zone->types = zone->kinds + zone->count;
    zone->letters = (const char *)zone->types + 6 * (size_t)zone->type_count;
    if (zone->type_count == 0 || letters == 0 || zone->letters[letters - 1] != 0)
        return false;
    for (uint32_t i = 0; i < zone->count; i++)
        if (zone->kinds[i] >= zone->type_count)
            return false;
    for (uint32_t i = 0; i < zone->type_count; i++)
        if (zone->types[6 * i + 5] >= letters)
            return false;
    char *end = *tail == '\n' ? strchr(tail + 1, '\n') : NULL;
    if (end) {
        *end = 0;
        read_rules(tail + 1, &zone->rules);
    }
    return true;
}
static bool read_file(Zone *zone, const char *name)
{
    char path[512] = "/usr/share/zoneinfo/";
    if (strlen(name) >= sizeof path - strlen(path))
        return false;
    strcpy(*name == '/' ? path : path + strlen(path), name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    off_t size = lseek(fd, 0, SEEK_END);
    unsigned char *data = size > 0 && size < 1 << 20 ? malloc((size_t)size + 1) : NULL;
    bool good = data && pread(fd, data, (size_t)size, 0) == size;
    close(fd);
    if (good) {
        data[size] = 0;
        good = read_data(zone, data, (size_t)size);
    }
    if (!good)
        free(data);
    return good;
}
static Moment by_file(const Zone *zone, int64_t seconds)
{
    uint32_t low = 0, high = zone->count; /* how many changes were before */
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (time_at(zone, middle) <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == zone->count && zone->rules.there)
        return by_rules(&zone->rules, seconds);
    const unsigned char *type = zone->types + 6 * (low ? zone->kinds[low - 1] : 0);
    return (Moment){(int32_t)word_at(type), type[4], zone->letters + type[5]};
}

/* ---- the zone ---- */

static Moment look(const Zone *zone, int64_t seconds)
{
    if (!zone->host)
        return zone->type_count ? by_file(zone, seconds) : by_rules(&zone->rules, seconds);
    Moment m = {.dst = 0};
    m.offset = host_zone((double)seconds, &m.dst);
    m.name = zone->rules.name[m.dst];
    return m;
}

/* What TZ says; where that is nothing that can be had, UTC, which is asked for again the next time. */
static Zone *load(const char *key)
{
    Zone *zone = calloc(1, sizeof *zone);
    if (!zone || (key && !(zone->key = strdup(key)))) {
        free(zone);
        return NULL;
    }
    if (!key) {
        zone->host = true;
        host_zone_names(zone->rules.name[0], zone->rules.name[1], NAME);
        return zone;
    }
    const char *text = key + (*key == ':');
    bool plain = !*text || !strcmp(text, "UTC") || !strcmp(text, "GMT");
    bool named = !strchr(text, ','); /* EST5EDT is a file's name too, which knows how it was in other years */
    if (plain || !((named && read_file(zone, text)) || read_rules(text, &zone->rules))) {
        zone->rules = (Rules){.there = true};
        strcpy(zone->rules.name[0], plain && *text ? text : "UTC");
        if (!plain)
            zone->key[0] = 0;
    }
    return zone;
}

void tzset(void)
{
    const char *key = getenv("TZ");
    pthread_mutex_lock(&lock);
    Zone *zone = zones;
    while (zone && (zone->key && key ? strcmp(zone->key, key) != 0 : zone->key || key))
        zone = zone->next;
    if (!zone && (zone = load(key))) {
        zone->next = zones;
        zones = zone;
    }
    if (zone)
        atomic_store(&current, zone);
    pthread_mutex_unlock(&lock);
}
static const Zone *zone_now(void)
{
    static const Zone utc = {.rules = {.there = true, .name = {"UTC"}}};
    if (!atomic_load(&current))
        tzset();
    const Zone *zone = atomic_load(&current);
    return zone ? zone : &utc; /* there is no memory */
}

int os_calendar(int64_t seconds, bool local, struct tm *tm)
{
    Moment m = {.name = "GMT"};
    if (seconds > INT64_MAX / 2 || seconds < INT64_MIN / 2)
        return -EOVERFLOW;
    if (local)
        m = look(zone_now(), seconds);
    if (!calendar_fill(seconds + m.offset, tm))
        return -EOVERFLOW;
    tm->tm_isdst = m.dst;
    tm->tm_gmtoff = m.offset;
    tm->tm_zone = m.name;
    return 0;
}

#define STEP (7 * DAY)
#define STEPS 80 /* more than a year */
/* The offset of the nearest time before or after for which tm_isdst is `dst`; false if there is none. */
static bool nearest(const Zone *zone, int64_t seconds, int dst, int32_t *offset)
{
    for (int i = 0; i < STEPS; i++) {
        for (int side = -1; side <= 1; side += 2) {
            Moment m = look(zone, seconds + side * i * STEP);
            if (!m.dst == !dst) {
                *offset = m.offset;
                return true;
            }
        }
    }
    return false;
}
int os_calendar_seconds(struct tm *tm, int64_t *seconds)
{
    const Zone *zone = zone_now();
    int64_t shown = calendar_seconds(tm);
    Moment sides[] = {look(zone, shown - DAY), look(zone, shown + DAY)};
    int32_t offset = sides[0].offset; /* in a gap that before it */
    bool found = false;
    for (int i = 0; i < 2 && !found; i++) {
        Moment m = look(zone, shown - sides[i].offset);
        found = m.offset == sides[i].offset && (tm->tm_isdst < 0 || !m.dst == !tm->tm_isdst);
        if (found)
            offset = m.offset;
    }
    if (!found && tm->tm_isdst >= 0)
        nearest(zone, shown, tm->tm_isdst, &offset);
    *seconds = shown - offset;
    return os_calendar(*seconds, true, tm);
}
