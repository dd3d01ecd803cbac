/* str_search.h: a needle prepared for searching a text, once or repeatedly. */
#ifndef BATON_OBJECT_STR_SEARCH_H
#define BATON_OBJECT_STR_SEARCH_H

#include "str_internal.h"

/* Must not outlive the needle; the texts searched have the width of the one given at the start. */
typedef struct StrFinder {
    const void *needle; /* at the text's width; backwards: its last character */
    size_t length;
    uint32_t first;
    int kind;
    bool backwards, impossible;
    bool two_way, periodic; /* the two-way algorithm is prepared */
    size_t cut, period;
    void *widened;   /* alloc_raw or NULL */
    const Str *slow; /* no memory to widen it: compare character by character */
    uint32_t shift[256];
    _Alignas(4) uint8_t small[128];
} StrFinder;

/* For a text of a width whose characters do not exceed `bound` (str_bound). */
void str_finder_start_raw(StrFinder *f, int kind, uint32_t bound, const Str *needle, bool backwards);
/* First occurrence (backwards: the last) within [start, end), or -1. */
int64_t str_finder_next_raw(StrFinder *f, const void *text, size_t start, size_t end);
static inline void str_finder_start(StrFinder *f, const Str *text, const Str *needle, bool backwards)
{
    str_finder_start_raw(f, str_kind(text), str_bound(text), needle, backwards);
}
static inline int64_t str_finder_next(StrFinder *f, const Str *text, size_t start, size_t end)
{
    return str_finder_next_raw(f, text->data, start, end);
}
/* The first or last c among text[start:end], or -1. */
int64_t str_find_char_raw(const void *text, int kind, uint32_t c, size_t start, size_t end);
int64_t str_rfind_char_raw(const void *text, int kind, uint32_t c, size_t start, size_t end);
void str_finder_end(StrFinder *f);

#endif
