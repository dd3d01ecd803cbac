/* suggest.c: "Did you mean ...?": the candidate nearest to a misspelt name by edit distance (Levenshtein; a change of case costs half). */
#include "../memory/ref.h"
#include "error.h"
#include "list.h"
#include "str.h"

#define MOVE_COST 2
#define CASE_COST 1
#define LENGTH_MAX 40
#define CANDIDATES_MAX 750

static size_t substitution_cost(uint32_t a, uint32_t b)
{
    if (a == b)
        return 0;
    return unicode_to_lower(a) == unicode_to_lower(b) ? CASE_COST : MOVE_COST;
}

/* The distance, or limit + 1 when it is greater than the limit. */
static size_t distance(const Str *a, const Str *b, size_t limit)
{
    size_t n = a->length, m = b->length, start = 0, row[LENGTH_MAX + 1];
    while (start < n && start < m && str_at(a, start) == str_at(b, start))
        start++;
    while (n > start && m > start && str_at(a, n - 1) == str_at(b, m - 1)) {
        n--;
        m--;
    }
    n -= start;
    m -= start;
    if (n == 0 || m == 0)
        return (n + m) * MOVE_COST;
    if (n > LENGTH_MAX || m > LENGTH_MAX)
        return limit + 1;
    for (size_t i = 0; i <= n; i++)
        row[i] = i * MOVE_COST;
    for (size_t j = 1; j <= m; j++) {
        size_t diagonal = row[0], least = row[0] = j * MOVE_COST;
        for (size_t i = 1; i <= n; i++) {
            size_t replace = diagonal + substitution_cost(str_at(a, start + i - 1), str_at(b, start + j - 1));
            size_t edit = (row[i] < row[i - 1] ? row[i] : row[i - 1]) + MOVE_COST;
            diagonal = row[i];
            row[i] = replace < edit ? replace : edit;
            if (row[i] < least)
                least = row[i];
        }
        if (least > limit)
            return limit + 1;
    }
    return row[n];
}

Value error_suggest(Thread *t, Value candidates, Value name)
{
    bool is_list = list_check(candidates);
    size_t count = is_list ? list_length(candidates) : tuple_length(candidates);
    if (count >= CANDIDATES_MAX || !str_check(name) || str_length(name) > LENGTH_MAX)
        return VALUE_NONE;
    size_t best = SIZE_MAX;
    Value nearest = VALUE_NONE;
    for (size_t i = 0; i < count; i++) {
        Value item = is_list ? list_peek(candidates, i) : tuple_peek(candidates, i);
        if (!str_check(item) || str_equal(item, name))
            continue;
        /* No more than a third of the letters may have to change. */
        size_t limit = (str_length(name) + str_length(item) + 3) * MOVE_COST / 6;
        if (best != SIZE_MAX && limit >= best)
            limit = best - 1;
        size_t d = distance(str_of(name), str_of(item), limit);
        if (d > limit)
            continue;
        best = d;
        nearest = item;
    }
    return ref_inc(t, nearest);
}
