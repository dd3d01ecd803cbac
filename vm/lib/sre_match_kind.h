/* sre_match_kind.h: the matcher for one width of characters; sre_match.c includes it three times with CH (the type) and F(name).
 *
 * Choices and what is to be undone lie on one stack.  Failing pops: an undo entry is undone, a choice is tried.  A body that must be matched for itself (assertion, atomic
 * group, possessive repeat) pushes a barrier; when it has matched, the choices above the barrier are cut out and the undo entries stay. */

/* ---- units ---- */

static ALWAYS_INLINE bool F(in_set)(const ReSet *set, uint32_t c)
{
    if (LIKELY(c < 256 && !set->by_locale))
        return set->bits[c >> 5] >> (c & 31) & 1;
    return set_matches(set, c);
}
static ALWAYS_INLINE bool F(unit)(const ReProgram *program, uint32_t unit, uint32_t argument, uint32_t c)
{
    switch (unit) {
    case UNIT_ANY: return c != '\n';
    case UNIT_CHAR: return c == argument;
    case UNIT_NOT_CHAR: return c != argument;
    case UNIT_SET: return F(in_set)(&program->sets[argument], c);
    default: return true;
    }
}

/* Where a repeat of at most `max` must stop. */
static ALWAYS_INLINE const CH *F(limit)(const CH *s, const CH *end, uint32_t max)
{
    return max == SRE_MAXREPEAT || max >= (size_t)(end - s) ? end : s + max;
}

/* The end of the run of characters that match a unit. */
static const CH *F(run)(const ReProgram *program, uint32_t unit, uint32_t argument, const CH *s, const CH *end)
{
    switch (unit) {
    case UNIT_ANY: {
        int64_t stop = str_find_char_raw(s, sizeof(CH), '\n', 0, (size_t)(end - s));
        return stop < 0 ? end : s + stop;
    }
    case UNIT_ANY_ALL: return end;
    case UNIT_CHAR:
        while (s < end && *s == argument)
            s++;
        return s;
    case UNIT_NOT_CHAR: {
        int64_t stop =
            is_wider(argument, sizeof(CH)) ? -1 : str_find_char_raw(s, sizeof(CH), argument, 0, (size_t)(end - s));
        return stop < 0 ? end : s + stop;
    }
    default: {
        const ReSet *set = &program->sets[argument];
        if (UNLIKELY(set->by_locale)) {
            while (s < end && set_matches(set, *s))
                s++;
            return s;
        }
        for (; s < end; s++) {
            uint32_t c = *s;
            if (LIKELY(c < 256) ? !(set->bits[c >> 5] >> (c & 31) & 1) : !set_matches(set, c))
                break;
        }
        return s;
    }
    }
}

/* Of the places from `low` to `high`, the last where the unit matches (UNIT_NONE: high itself), or NULL. */
static const CH *F(last_place)(const ReProgram *program, uint32_t unit, uint32_t argument, const CH *low,
                               const CH *high, const CH *end)
{
    if (unit == UNIT_NONE)
        return high;
    if (high == end && high-- == low)
        return NULL;
    if (unit == UNIT_CHAR) {
        if (is_wider(argument, sizeof(CH)))
            return NULL;
        int64_t found = str_rfind_char_raw(low, sizeof(CH), argument, 0, (size_t)(high - low) + 1);
        return found < 0 ? NULL : low + found;
    }
    const ReSet *set = &program->sets[argument];
    for (;; high--) {
        if (F(in_set)(set, *high))
            return high;
        if (high == low)
            return NULL;
    }
}

static bool F(at)(const CH *base, const CH *s, const CH *end, uint32_t where)
{
    switch (where) {
    case SRE_AT_BEGINNING:
    case SRE_AT_BEGINNING_STRING: return s == base;
    case SRE_AT_BEGINNING_LINE: return s == base || s[-1] == '\n';
    case SRE_AT_END: return s == end || (end - s == 1 && *s == '\n');
    case SRE_AT_END_LINE: return s == end || *s == '\n';
    case SRE_AT_END_STRING: return s == end;
    default: {
        uint32_t word = where == SRE_AT_BOUNDARY || where == SRE_AT_NON_BOUNDARY           ? SRE_CATEGORY_WORD
                        : where == SRE_AT_LOC_BOUNDARY || where == SRE_AT_LOC_NON_BOUNDARY ? SRE_CATEGORY_LOC_WORD
                                                                                           : SRE_CATEGORY_UNI_WORD;
        bool before = s > base && category_matches(word, s[-1]), after = s < end && category_matches(word, *s);
        return (before != after) ==
               (where == SRE_AT_BOUNDARY || where == SRE_AT_LOC_BOUNDARY || where == SRE_AT_UNI_BOUNDARY);
    }
    }
}

/* The first alternative from pc on that can begin at s, or RE_NO_PC. */
static ALWAYS_INLINE uint32_t F(alternative)(const ReProgram *program, uint32_t pc, const CH *s, const CH *end)
{
    const uint32_t *w = program->words;
    while (pc != RE_NO_PC) {
        uint32_t unit = w[pc + 2];
        if (unit == UNIT_NONE || (s < end && F(unit)(program, unit, w[pc + 3], *s)))
            return pc;
        pc = w[pc + 1];
    }
    return RE_NO_PC;
}

/* ---- the matcher ---- */

#define PUSH(kind_, index_, n_, a_, b_)                                                                                \
    do {                                                                                                               \
        if (UNLIKELY(top == m->stack_end)) {                                                                           \
            top = grow(t, m, top);                                                                                     \
            if (!top)                                                                                                  \
                return -1;                                                                                             \
        }                                                                                                              \
        *top++ = (Choice){(uint32_t)(kind_) | (uint32_t)(index_) << 8, (uint32_t)(n_), (a_), (b_)};                    \
    } while (0)
/* What is to be undone need not be recorded while there is nothing to go back to. */
#define PUSH_UNDO(kind_, index_, n_, a_, b_)                                                                           \
    do {                                                                                                               \
        if (top != m->stack)                                                                                           \
            PUSH(kind_, index_, n_, a_, b_);                                                                           \
    } while (0)
#define OFFSET(p) ((size_t)((p)-base))

/* Tries to match at one place: 1 (m->position tells the end), 0, -1. */
static int F(match_at)(Thread *t, Matcher *m, size_t start)
{
    const ReProgram *program = &m->pattern->program;
    const uint32_t *const w = program->words;
    const CH *const base = m->text, *const end = base + m->end;
    const CH *s = base + start;
    LoopState *const loops = m->loops;
    size_t *const marks = m->marks;
    Choice *top = m->stack;
    size_t barrier = SIZE_MAX; /* index of the innermost barrier on the stack */
    uint32_t pc = 0;

    for (;;) {
        switch (w[pc]) {
        case RE_MATCH: {
            if (barrier == SIZE_MAX) {
                size_t position = OFFSET(s);
                if (UNLIKELY((m->full && s != end) || position == m->must_advance))
                    goto fail;
                m->position = position;
                return 1;
            }
            Choice *b = m->stack + barrier;
            uint32_t at = b->n, kind = b->head & 0xFF;
            size_t from = b->a;
            barrier = b->b;
            if (kind == CHOICE_ASSERT_NOT) {
                top = unwind(m, b, top);
                goto fail;
            }
            top = cut(b, top);
            if (kind == CHOICE_ASSERT)
                s = base + from;
            if (kind != CHOICE_POSSESSIVE) {
                pc = at;
                continue;
            }
            LoopState *state = &loops[at];
            PUSH_UNDO(CHOICE_LOOP_UNDO, at, state->count, 0, state->last);
            state->count++;
            pc = at;
            goto possessive;
        }
        case RE_FAIL: goto fail;
        case RE_UNIT_ANY:
            if (s == end || *s == '\n')
                goto fail;
            s++;
            pc++;
            continue;
        case RE_UNIT_ANY_ALL:
            if (s == end)
                goto fail;
            s++;
            pc++;
            continue;
        case RE_UNIT_CHAR:
            if (s == end || *s != w[pc + 1])
                goto fail;
            s++;
            pc += 2;
            continue;
        case RE_UNIT_NOT_CHAR:
            if (s == end || *s == w[pc + 1])
                goto fail;
            s++;
            pc += 2;
            continue;
        case RE_UNIT_SET:
            if (s == end || !F(in_set)(&program->sets[w[pc + 1]], *s))
                goto fail;
            s++;
            pc += 2;
            continue;
        case RE_STRING: {
            uint32_t n = w[pc + 1];
            if ((size_t)(end - s) < n)
                goto fail;
            for (uint32_t i = 0; i < n; i++)
                if (s[i] != w[pc + 2 + i])
                    goto fail;
            s += n;
            pc += 2 + n;
            continue;
        }
        case RE_AT:
            if (!F(at)(base, s, end, w[pc + 1]))
                goto fail;
            pc += 2;
            continue;
        case RE_MARK: {
            uint32_t i = w[pc + 1];
            PUSH_UNDO(CHOICE_MARK_UNDO, i, 0, marks[i], m->last_index);
            marks[i] = OFFSET(s);
            if (i & 1)
                m->last_index = i / 2 + 1;
            m->dirty = true;
            pc += 2;
            continue;
        }
        case RE_JUMP: pc = w[pc + 1]; continue;
        case RE_BRANCH: {
            uint32_t now = F(alternative)(program, pc, s, end);
            if (now == RE_NO_PC)
                goto fail;
            uint32_t later = F(alternative)(program, w[now + 1], s, end);
            if (later != RE_NO_PC)
                PUSH(CHOICE_BRANCH, 0, later, OFFSET(s), 0);
            pc = now + 4;
            continue;
        }
        case RE_GREEDY: {
            uint32_t min = w[pc + 3], max = w[pc + 4];
            size_t left = (size_t)(end - s);
            if (left < min)
                goto fail;
            const CH *high = F(run)(program, w[pc + 1], w[pc + 2], s, F(limit)(s, end, max)), *low = s + min;
            if (high < low)
                goto fail;
            s = F(last_place)(program, w[pc + 5], w[pc + 6], low, high, end);
            if (!s)
                goto fail;
            if (s > low)
                PUSH(CHOICE_GREEDY, 0, pc, OFFSET(s), OFFSET(low));
            pc += 7;
            continue;
        }
        case RE_LAZY: {
            uint32_t min = w[pc + 3], max = w[pc + 4];
            size_t left = (size_t)(end - s);
            if (left < min || F(run)(program, w[pc + 1], w[pc + 2], s, s + min) != s + min)
                goto fail;
            const CH *limit = F(limit)(s, end, max);
            s += min;
            while (w[pc + 5] != UNIT_NONE && !(s < end && F(unit)(program, w[pc + 5], w[pc + 6], *s))) {
                if (s == limit || !F(unit)(program, w[pc + 1], w[pc + 2], *s))
                    goto fail;
                s++;
            }
            if (s < limit)
                PUSH(CHOICE_LAZY, 0, pc, OFFSET(s), OFFSET(limit));
            pc += 7;
            continue;
        }
        case RE_POSSESSIVE_ONE: {
            uint32_t min = w[pc + 3], max = w[pc + 4];
            size_t left = (size_t)(end - s);
            if (left < min)
                goto fail;
            const CH *high = F(run)(program, w[pc + 1], w[pc + 2], s, F(limit)(s, end, max));
            if ((size_t)(high - s) < min)
                goto fail;
            s = high;
            pc += 5;
            continue;
        }
        case RE_LOOP: {
            uint32_t k = w[pc + 1];
            LoopState *state = &loops[k];
            const ReLoop *loop = &program->loops[k];
            PUSH_UNDO(CHOICE_LOOP_UNDO, k, state->count, 0, state->last);
            state->count = 0;
            state->last = RE_UNSET;
            if (loop->min > 0) {
                pc = loop->body;
                continue;
            }
            /* As if an iteration had just ended, but for the count. */
            if (w[loop->until] == RE_UNTIL_LAZY) {
                if (loop->max > 0)
                    PUSH(CHOICE_LAZY_MORE, k, 0, OFFSET(s), 0);
                pc = loop->behind;
                continue;
            }
            if (loop->max == 0) {
                pc = loop->behind;
                continue;
            }
            PUSH(CHOICE_EXIT, k, 0, OFFSET(s), RE_UNSET);
            state->last = OFFSET(s);
            pc = loop->body;
            continue;
        }
        case RE_UNTIL: {
            uint32_t k = w[pc + 1];
            LoopState *state = &loops[k];
            const ReLoop *loop = &program->loops[k];
            uint32_t count = state->count + 1;
            if (UNLIKELY((++m->steps & 0xFFF) == 0) && poll(t) < 0)
                return -1;
            if (count < loop->min) {
                PUSH_UNDO(CHOICE_LOOP_UNDO, k, state->count, 0, state->last);
                state->count = count;
                pc = loop->body;
            } else if ((count < loop->max || loop->max == SRE_MAXREPEAT) && OFFSET(s) != state->last) {
                PUSH(CHOICE_EXIT, k, state->count, OFFSET(s), state->last);
                state->count = count;
                state->last = OFFSET(s);
                pc = loop->body;
            } else {
                pc = loop->behind;
            }
            continue;
        }
        case RE_UNTIL_LAZY: {
            uint32_t k = w[pc + 1];
            LoopState *state = &loops[k];
            const ReLoop *loop = &program->loops[k];
            uint32_t count = state->count + 1;
            if (count < loop->min) {
                PUSH_UNDO(CHOICE_LOOP_UNDO, k, state->count, 0, state->last);
                state->count = count;
                pc = loop->body;
            } else {
                if ((count < loop->max || loop->max == SRE_MAXREPEAT) && OFFSET(s) != state->last)
                    PUSH(CHOICE_LAZY_MORE, k, count, OFFSET(s), 0);
                pc = loop->behind;
            }
            continue;
        }
        case RE_REF: {
            size_t from = marks[2 * w[pc + 1]], to = marks[2 * w[pc + 1] + 1];
            if (from == RE_UNSET || to == RE_UNSET || to < from || (size_t)(end - s) < to - from)
                goto fail;
            const CH *p = base + from;
            enum ReFold fold = w[pc + 2];
            for (size_t i = 0; i < to - from; i++)
                if (p[i] != s[i] && (fold == FOLD_NONE || fold_char(p[i], fold) != fold_char(s[i], fold)))
                    goto fail;
            s += to - from;
            pc += 3;
            continue;
        }
        case RE_REF_EXISTS: {
            size_t from = marks[2 * w[pc + 1]], to = marks[2 * w[pc + 1] + 1];
            pc = from == RE_UNSET || to == RE_UNSET || to < from ? w[pc + 2] : pc + 3;
            continue;
        }
        case RE_ASSERT:
            if (OFFSET(s) < w[pc + 1])
                goto fail;
            PUSH(CHOICE_ASSERT, 0, w[pc + 2], OFFSET(s), barrier);
            barrier = (size_t)(top - m->stack) - 1;
            s -= w[pc + 1];
            pc += 3;
            continue;
        case RE_ASSERT_NOT:
            if (OFFSET(s) < w[pc + 1]) {
                pc = w[pc + 2];
                continue;
            }
            PUSH(CHOICE_ASSERT_NOT, 0, w[pc + 2], OFFSET(s), barrier);
            barrier = (size_t)(top - m->stack) - 1;
            s -= w[pc + 1];
            pc += 3;
            continue;
        case RE_ATOMIC:
            PUSH(CHOICE_ATOMIC, 0, w[pc + 1], 0, barrier);
            barrier = (size_t)(top - m->stack) - 1;
            pc += 2;
            continue;
        case RE_POSSESSIVE: {
            uint32_t k = w[pc + 1];
            PUSH_UNDO(CHOICE_LOOP_UNDO, k, loops[k].count, 0, loops[k].last);
            loops[k].count = 0;
            loops[k].last = RE_UNSET;
            pc = k;
            goto possessive;
        }
        }

    possessive : {
        /* pc is the number of the loop: another iteration, or go on behind it. */
        uint32_t k = pc;
        LoopState *state = &loops[k];
        const ReLoop *loop = &program->loops[k];
        if (UNLIKELY((++m->steps & 0xFFF) == 0) && poll(t) < 0)
            return -1;
        if (state->count >= loop->min) {
            if ((state->count >= loop->max && loop->max != SRE_MAXREPEAT) || OFFSET(s) == state->last) {
                pc = loop->behind;
                continue;
            }
            PUSH_UNDO(CHOICE_LOOP_UNDO, k, state->count, 0, state->last);
            state->last = OFFSET(s);
        }
        PUSH(CHOICE_POSSESSIVE, 0, k, OFFSET(s), barrier);
        barrier = (size_t)(top - m->stack) - 1;
        pc = loop->body;
        continue;
    }

    fail:
        if (UNLIKELY((++m->steps & 0xFFF) == 0) && poll(t) < 0)
            return -1;
        for (;;) {
            if (top == m->stack)
                return 0;
            Choice *c = --top;
            uint32_t index = c->head >> 8;
            switch (c->head & 0xFF) {
            case CHOICE_MARK_UNDO:
                marks[index] = c->a;
                m->last_index = (uint32_t)c->b;
                continue;
            case CHOICE_LOOP_UNDO:
                loops[index].count = c->n;
                loops[index].last = c->b;
                continue;
            case CHOICE_BRANCH: {
                s = base + c->a;
                uint32_t now = c->n, later = F(alternative)(program, w[now + 1], s, end);
                if (later != RE_NO_PC) {
                    c->n = later;
                    top++;
                }
                pc = now + 4;
                break;
            }
            case CHOICE_GREEDY: {
                pc = c->n;
                const CH *low = base + c->b;
                s = F(last_place)(program, w[pc + 5], w[pc + 6], low, base + c->a - 1, end);
                if (!s)
                    continue;
                if (s > low) {
                    c->a = OFFSET(s);
                    top++;
                }
                pc += 7;
                break;
            }
            case CHOICE_LAZY: {
                pc = c->n;
                s = base + c->a;
                const CH *limit = base + c->b;
                uint32_t hint = w[pc + 5];
                /* Takes characters until what must follow is there. */
                do {
                    if (!F(unit)(program, w[pc + 1], w[pc + 2], *s)) {
                        s = NULL;
                        break;
                    }
                    s++;
                } while (hint != UNIT_NONE && s < limit && !F(unit)(program, hint, w[pc + 6], *s));
                if (!s)
                    continue;
                if (s < limit) {
                    c->a = OFFSET(s);
                    top++;
                }
                pc += 7;
                break;
            }
            case CHOICE_EXIT:
                loops[index].count = c->n;
                loops[index].last = c->b;
                s = base + c->a;
                pc = program->loops[index].behind;
                break;
            case CHOICE_LAZY_MORE: {
                LoopState *state = &loops[index];
                uint32_t count = c->n;
                s = base + c->a;
                PUSH_UNDO(CHOICE_LOOP_UNDO, index, state->count, 0, state->last);
                state->count = count;
                state->last = OFFSET(s);
                pc = program->loops[index].body;
                break;
            }
            case CHOICE_ASSERT_NOT:
                barrier = c->b;
                s = base + c->a;
                pc = c->n;
                break;
            case CHOICE_POSSESSIVE: {
                const ReLoop *loop = &program->loops[c->n];
                barrier = c->b;
                if (loops[c->n].count < loop->min)
                    continue;
                s = base + c->a;
                pc = loop->behind;
                break;
            }
            default: /* CHOICE_ASSERT, CHOICE_ATOMIC */ barrier = c->b; continue;
            }
            break;
        }
    }
}

/* ---- searching ---- */

/* The first place from `s` on where the pattern may begin, at most `last`; NULL if there is none. */
static const CH *F(next_place)(const ReProgram *program, const CH *s, const CH *last)
{
    if (program->first_char >= 0) {
        int64_t found = str_find_char_raw(s, sizeof(CH), (uint32_t)program->first_char, 0, (size_t)(last - s) + 1);
        return found < 0 ? NULL : s + found;
    }
    const ReSet *first = &program->first;
    for (; s <= last; s++) {
        uint32_t c = *s;
        if (LIKELY(c < 256) ? first->bits[c >> 5] >> (c & 31) & 1 : !first->latin_only)
            return s;
    }
    return NULL;
}

static int F(search)(Thread *t, Matcher *m)
{
    const ReProgram *program = &m->pattern->program;
    const CH *const base = m->text, *s = base + m->position;
    size_t width = program->min_width;
    if (width > m->end - m->position)
        return 0;
    const CH *last = base + (m->end - width); /* the last place where it can begin */
    for (;; s++) {
        if (s > last)
            return 0;
        if (m->finder) {
            int64_t found = str_finder_next_raw(m->finder, base, OFFSET(s), m->end);
            if (found < 0)
                return 0;
            s = base + found;
            if (program->is_literal) {
                m->start = (size_t)found;
                m->position = m->start + str_length(program->prefix);
                return 1;
            }
        } else if (program->line_anchored) {
            if (s > base && s[-1] != '\n') {
                int64_t found = str_find_char_raw(base, sizeof(CH), '\n', OFFSET(s), m->end);
                if (found < 0)
                    return 0;
                s = base + found + 1;
                if (s > last)
                    return 0;
            }
        } else if (program->has_first) {
            /* has_first implies a width of at least one, so `last` is before the end. */
            s = F(next_place)(program, s, last);
            if (!s)
                return 0;
        }
        reset(m);
        int found = F(match_at)(t, m, OFFSET(s));
        if (found) {
            m->start = OFFSET(s);
            return found;
        }
        m->must_advance = RE_UNSET;
        if (program->anchored)
            return 0;
    }
}

#undef PUSH
#undef PUSH_UNDO
#undef OFFSET
#undef CH
#undef F
