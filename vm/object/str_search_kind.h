/* str_search_kind.h: the searching loops for one width and one direction; str_search.c includes it six times.
 *
 * CH is the character type, F(name) makes the function names, AT(s, i) is character i of the text counted in search direction, FIND_CHAR(s, n, c) gives the
 * index of c in it or n. */

/* Start of the maximal suffix of the needle for the order < (or > when `reverse`), and its period. */
static size_t F(maximal_suffix)(const CH *p, size_t m, size_t *period, bool reverse)
{
    size_t best = 0, candidate = 1, k = 0, per = 1;
    while (candidate + k < m) {
        CH a = AT(p, candidate + k), b = AT(p, best + k);
        if (a == b) {
            if (k + 1 == per) {
                candidate += per;
                k = 0;
            } else {
                k++;
            }
        } else if (reverse ? a > b : a < b) {
            candidate += k + 1;
            k = 0;
            per = candidate - best;
        } else {
            best = candidate++;
            k = 0;
            per = 1;
        }
    }
    *period = per;
    return best;
}

/* Prepares the two-way algorithm (Crochemore and Perrin): the needle is cut where its local period equals its period, so that a mismatch right of the cut
 * moves the window past the mismatch, and one left of it by the period. */
static void F(prepare)(StrFinder *f)
{
    const CH *p = f->needle;
    size_t m = f->length, per1, per2;
    size_t cut1 = F(maximal_suffix)(p, m, &per1, false), cut2 = F(maximal_suffix)(p, m, &per2, true);
    f->cut = cut1 > cut2 ? cut1 : cut2;
    f->period = cut1 > cut2 ? per1 : per2;
    f->periodic = f->cut + f->period <= m;
    for (size_t i = 0; f->periodic && i < f->cut; i++)
        if (AT(p, i) != AT(p, i + f->period))
            f->periodic = false;
    if (!f->periodic)
        f->period = (f->cut > m - f->cut ? f->cut : m - f->cut) + 1;
    /* How far the window may move when its last character is c: by low byte, the smallest of those that share it. */
    for (int i = 0; i < 256; i++)
        f->shift[i] = m < UINT32_MAX ? (uint32_t)m : UINT32_MAX;
    for (size_t i = m - (m < UINT32_MAX ? m : UINT32_MAX); i < m; i++)
        f->shift[AT(p, i) & 0xFF] = (uint32_t)(m - 1 - i);
    f->two_way = true;
}

static int64_t F(two_way)(const StrFinder *f, const CH *s, size_t n)
{
    const CH *p = f->needle;
    size_t m = f->length, cut = f->cut, period = f->period, pos = 0, memory = 0;
    while (pos + m <= n) {
        size_t shift = f->shift[AT(s, pos + m - 1) & 0xFF];
        if (shift) {
            /* The remembered prefix has the needle's period: what breaks it in the last character breaks all windows that reach back into it. */
            if (memory && shift < period)
                shift = m - period;
            memory = 0;
            pos += shift;
            continue;
        }
        size_t i = cut > memory ? cut : memory;
        while (i < m && AT(p, i) == AT(s, pos + i))
            i++;
        if (i < m) {
            pos += i - cut + 1;
            memory = 0;
            continue;
        }
        i = cut;
        while (i > memory && AT(p, i - 1) == AT(s, pos + i - 1))
            i--;
        if (i <= memory)
            return (int64_t)pos;
        pos += period;
        memory = f->periodic ? m - period : 0;
    }
    return -1;
}

/* Looks for the first character and compares; when that turns out to be more work than the text is long, goes over to the two-way algorithm. */
static int64_t F(find)(StrFinder *f, const CH *s, size_t n)
{
    const CH *p = f->needle;
    size_t m = f->length;
    if (m > n)
        return -1;
    if (f->two_way)
        return F(two_way)(f, s, n);
    CH first = AT(p, 0), last = AT(p, m - 1);
    size_t limit = n - m + 1, i = 0, work = 0;
    for (;;) {
        i += FIND_CHAR(&AT(s, i), limit - i, first);
        if (i >= limit)
            return -1;
        size_t j = 0;
        if (AT(s, i + m - 1) == last)
            for (j = 1; j < m && AT(s, i + j) == AT(p, j); j++)
                ;
        if (j >= m)
            return (int64_t)i;
        i++;
        if (i >= limit)
            return -1;
        work += j + 4;
        if (work > 400 + 2 * i) {
            F(prepare)(f);
            int64_t found = F(two_way)(f, &AT(s, i), n - i);
            return found < 0 ? -1 : found + (int64_t)i;
        }
    }
}

#undef CH
#undef F
#undef AT
#undef FIND_CHAR
