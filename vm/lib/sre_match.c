/* sre_match.c: matching a regular expression by backtracking with an explicit stack.
 *
 * A Matcher belongs to one thread and to one operation (or one scanner).  The text cannot change meanwhile: a str is constant, of a bytes-like object the buffer is held.
 * Long matches poll the eval breaker, so that Ctrl-C and other threads get their turn.  Read next: sre_match_kind.h, sre.h. */
#include "sre.h"

#include "../thread/breaker.h"

/* Entries of the stack: what to do when it is popped by failure.  `head` is one of these and an index above bit 8. */
enum ChoiceKind {
    CHOICE_MARK_UNDO, /* mark `index` was a, the last index b */
    CHOICE_LOOP_UNDO, /* loop `index` had count n, last b */
    CHOICE_EXIT,      /* the same, and then: leave the loop at a */
    CHOICE_BRANCH,    /* try the alternative at pc n from a */
    CHOICE_GREEDY,    /* try one shorter than a, not before b, for the repeat at pc n */
    CHOICE_LAZY,      /* try one more from a, not beyond b, for the repeat at pc n */
    CHOICE_LAZY_MORE, /* another iteration (number n) of loop `index` from a */
    /* Barriers: b is the barrier outside. */
    CHOICE_ASSERT,     /* a: where it stands; n: pc behind */
    CHOICE_ASSERT_NOT, /* the same */
    CHOICE_ATOMIC,     /* n: pc behind */
    CHOICE_POSSESSIVE, /* an iteration of loop n from a */
};

static int poll(Thread *t) { return breaker_is_set(t) ? breaker_handle(t) : 0; }

/* Makes room on the stack; returns the new top, NULL with MemoryError. */
static Choice *grow(Thread *t, Matcher *m, Choice *top)
{
    size_t used = (size_t)(top - m->stack), capacity = used * 2;
    Choice *stack = alloc_memory_resize(t, m->stack == m->inline_choices ? NULL : m->stack, capacity * sizeof *stack);
    if (!stack)
        return NULL;
    if (m->stack == m->inline_choices)
        memcpy(stack, m->inline_choices, used * sizeof *stack);
    m->stack = stack;
    m->stack_end = stack + capacity;
    return stack + used;
}

/* A body has matched for itself: forgets its barrier and the choices above it, keeps what is to be undone. */
static Choice *cut(Choice *barrier, Choice *top)
{
    Choice *out = barrier;
    for (Choice *c = barrier + 1; c < top; c++) {
        uint32_t kind = c->head & 0xFF;
        if (kind > CHOICE_EXIT)
            continue;
        *out = *c;
        if (kind == CHOICE_EXIT)
            out->head = CHOICE_LOOP_UNDO | (c->head & ~0xFFu);
        out++;
    }
    return out;
}

/* Undoes all above a barrier, and removes it. */
static Choice *unwind(Matcher *m, Choice *barrier, Choice *top)
{
    while (--top > barrier) {
        uint32_t index = top->head >> 8;
        switch (top->head & 0xFF) {
        case CHOICE_MARK_UNDO:
            m->marks[index] = top->a;
            m->last_index = (uint32_t)top->b;
            break;
        case CHOICE_LOOP_UNDO:
        case CHOICE_EXIT:
            m->loops[index].count = top->n;
            m->loops[index].last = top->b;
            break;
        }
    }
    return barrier;
}

/* Forgets the groups of an earlier try. */
static inline void reset(Matcher *m)
{
    if (!m->dirty)
        return;
    for (int64_t i = 0; i < 2 * m->pattern->groups; i++)
        m->marks[i] = RE_UNSET;
    m->last_index = 0;
    m->dirty = false;
}

/* Cannot a text of so many bytes a character contain c? */
static inline bool is_wider(uint32_t c, size_t bytes) { return bytes < 4 && c >> (8 * bytes); }

#define CH uint8_t
#define F(name) name##_1
#include "sre_match_kind.h"
#define CH uint16_t
#define F(name) name##_2
#include "sre_match_kind.h"
#define CH uint32_t
#define F(name) name##_4
#include "sre_match_kind.h"

int matcher_match(Thread *t, Matcher *m, bool full)
{
    size_t from = m->position;
    if (from > m->end)
        return 0;
    m->full = full;
    reset(m);
    int found = m->kind == 1 ? match_at_1(t, m, from) : m->kind == 2 ? match_at_2(t, m, from) : match_at_4(t, m, from);
    m->start = from;
    m->full = false;
    return found;
}

int matcher_search(Thread *t, Matcher *m)
{
    if (m->position > m->end)
        return 0;
    const ReProgram *program = &m->pattern->program;
    if (!m->finder && !value_is_empty(program->prefix)) {
        m->finder = alloc_memory(t, sizeof *m->finder);
        if (!m->finder)
            return -1;
        str_finder_start_raw(m->finder, m->kind, m->bound, str_of(program->prefix), false);
    }
    return m->kind == 1 ? search_1(t, m) : m->kind == 2 ? search_2(t, m) : search_4(t, m);
}

/* ---- preparing ---- */

static int take_text(Thread *t, Matcher *m, Value string)
{
    m->string = string;
    m->is_bytes = !str_check(string);
    if (!m->is_bytes) {
        const Str *s = str_of(string);
        m->text = s->data;
        m->kind = str_kind(s);
        m->bound = str_is_ascii(s) ? 0x7F : m->kind == 1 ? 0xFF : m->kind == 2 ? 0xFFFF : 0x10FFFF;
        m->length = s->length;
        return 0;
    }
    if (!buffer_supported(t, string)) {
        error_set(t, EXC_TypeError, "expected string or bytes-like object, got '%N'", type_of(t, string));
        return -1;
    }
    if (buffer_get(t, string, &m->view, BUFFER_SIMPLE) < 0)
        return -1;
    m->text = m->view.data;
    m->kind = 1;
    m->bound = 0xFF;
    m->length = m->view.length;
    return 0;
}

int matcher_start(Thread *t, Matcher *m, Pattern *pattern, Value string, int64_t pos, int64_t endpos)
{
    memset(m, 0, offsetof(Matcher, inline_marks));
    m->pattern = pattern;
    m->stack = m->inline_choices;
    m->stack_end = m->inline_choices + RE_INLINE_CHOICES;
    m->must_advance = RE_UNSET;
    if (take_text(t, m, string) < 0)
        return -1;
    if (pattern->is_bytes >= 0 && pattern->is_bytes != m->is_bytes) {
        error_set(t, EXC_TypeError,
                  m->is_bytes ? "cannot use a string pattern on a bytes-like object"
                              : "cannot use a bytes pattern on a string-like object");
        goto fail;
    }
    size_t mark_count = 2 * (size_t)pattern->groups, loop_count = pattern->program.loop_count;
    m->marks = m->inline_marks;
    m->loops = m->inline_loops;
    if (mark_count > RE_INLINE_MARKS || loop_count > sizeof m->inline_loops / sizeof *m->inline_loops) {
        m->memory = alloc_memory_zeroed(t, 1, mark_count * sizeof *m->marks + loop_count * sizeof *m->loops);
        if (!m->memory)
            goto fail;
        m->marks = m->memory;
        m->loops = (LoopState *)(void *)(m->marks + mark_count);
    }
    m->dirty = true;
    reset(m);
    for (size_t i = 0; i < loop_count; i++)
        m->loops[i] = (LoopState){0, RE_UNSET};
    int64_t length = (int64_t)m->length;
    m->first_pos = m->position = (size_t)(pos < 0 ? 0 : pos > length ? length : pos);
    m->end_pos = m->end = (size_t)(endpos < 0 ? 0 : endpos > length ? length : endpos);
    return 0;
fail:
    matcher_end(t, m);
    return -1;
}

void matcher_end(Thread *t, Matcher *m)
{
    if (m->stack != m->inline_choices)
        alloc_memory_free(t, m->stack);
    if (m->finder) {
        str_finder_end(m->finder);
        alloc_memory_free(t, m->finder);
    }
    alloc_memory_free(t, m->memory);
    buffer_release(t, &m->view);
}
