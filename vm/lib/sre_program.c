/* sre_program.c: from the code words of Lib/re to the program that the matcher runs.
 *
 * Everything in the code is checked here (it may come from anywhere), so that the matcher need not.  Translation goes recursively through nested bodies, bounded by
 * recursion_enter; then hints are filled in: what must follow a repeat, with which character a match begins. Read next: sre.h, sre_match.c. */
#include "sre.h"

#include <ctype.h>

/* ---- characters ---- */

uint32_t fold_char(uint32_t c, enum ReFold fold)
{
    switch (fold) {
    case FOLD_ASCII: return c - 'A' < 26 ? c + 32 : c;
    case FOLD_UNICODE: return unicode_to_lower(c);
    case FOLD_LOCALE: return c < 256 ? (uint32_t)tolower((int)c) : c;
    default: return c;
    }
}
uint32_t upper_char(uint32_t c)
{
    uint32_t out[3];
    unicode_upper_full(c, out);
    return out[0];
}
static uint32_t upper_locale(uint32_t c) { return c < 256 ? (uint32_t)toupper((int)c) : c; }

bool category_matches(uint32_t category, uint32_t c)
{
    switch (category) {
    case SRE_CATEGORY_DIGIT: return c - '0' < 10;
    case SRE_CATEGORY_NOT_DIGIT: return c - '0' >= 10;
    case SRE_CATEGORY_SPACE: return c == ' ' || c - 9 < 5;
    case SRE_CATEGORY_NOT_SPACE: return !(c == ' ' || c - 9 < 5);
    case SRE_CATEGORY_WORD: return (c | 0x20) - 'a' < 26 || c - '0' < 10 || c == '_';
    case SRE_CATEGORY_NOT_WORD: return !category_matches(SRE_CATEGORY_WORD, c);
    case SRE_CATEGORY_LINEBREAK: return c == '\n';
    case SRE_CATEGORY_NOT_LINEBREAK: return c != '\n';
    case SRE_CATEGORY_LOC_WORD: return c < 256 && (isalnum((int)c) || c == '_');
    case SRE_CATEGORY_LOC_NOT_WORD: return !category_matches(SRE_CATEGORY_LOC_WORD, c);
    case SRE_CATEGORY_UNI_DIGIT: return unicode_is_decimal(c);
    case SRE_CATEGORY_UNI_NOT_DIGIT: return !unicode_is_decimal(c);
    case SRE_CATEGORY_UNI_SPACE: return unicode_is_space(c);
    case SRE_CATEGORY_UNI_NOT_SPACE: return !unicode_is_space(c);
    case SRE_CATEGORY_UNI_WORD: return unicode_is_alnum(c) || c == '_';
    case SRE_CATEGORY_UNI_NOT_WORD: return !(unicode_is_alnum(c) || c == '_');
    case SRE_CATEGORY_UNI_LINEBREAK: return unicode_is_linebreak(c);
    default: return !unicode_is_linebreak(c);
    }
}

/* Runs the words of a set. */
static bool charset_matches(const uint32_t *set, uint32_t c)
{
    for (bool found = true;;) {
        switch (*set++) {
        case SRE_FAILURE: return !found;
        case SRE_LITERAL:
            if (c == *set++)
                return found;
            break;
        case SRE_CATEGORY:
            if (category_matches(*set++, c))
                return found;
            break;
        case SRE_CHARSET:
            if (c < 256 && (set[c >> 5] >> (c & 31) & 1))
                return found;
            set += 8;
            break;
        case SRE_RANGE:
            if (set[0] <= c && c <= set[1])
                return found;
            set += 2;
            break;
        case SRE_RANGE_UNI_IGNORE: {
            uint32_t upper = upper_char(c);
            if ((set[0] <= c && c <= set[1]) || (set[0] <= upper && upper <= set[1]))
                return found;
            set += 2;
            break;
        }
        case SRE_NEGATE: found = !found; break;
        default: { /* SRE_BIGCHARSET: numbers of 256-bit blocks, by the upper byte, then the blocks */
            uint32_t blocks = *set++;
            if (c < 0x10000) {
                uint8_t block;
                memcpy(&block, (const uint8_t *)set + (c >> 8), 1);
                const uint32_t *bits = set + 64 + block * 8u;
                if (bits[(c & 255) >> 5] >> (c & 31) & 1)
                    return found;
            }
            set += 64 + blocks * 8;
            break;
        }
        }
    }
}

bool set_matches(const ReSet *set, uint32_t c)
{
    switch (set->op) {
    case SRE_IN: return charset_matches(set->code, c);
    case SRE_IN_IGNORE: return charset_matches(set->code, fold_char(c, FOLD_ASCII));
    case SRE_IN_UNI_IGNORE: return charset_matches(set->code, fold_char(c, FOLD_UNICODE));
    case SRE_IN_LOC_IGNORE: {
        uint32_t lower = fold_char(c, FOLD_LOCALE), upper = upper_locale(c);
        return charset_matches(set->code, lower) || (upper != lower && charset_matches(set->code, upper));
    }
    case SRE_LITERAL_IGNORE: return fold_char(c, FOLD_ASCII) == set->literal;
    case SRE_NOT_LITERAL_IGNORE: return fold_char(c, FOLD_ASCII) != set->literal;
    case SRE_LITERAL_UNI_IGNORE: return fold_char(c, FOLD_UNICODE) == set->literal;
    case SRE_NOT_LITERAL_UNI_IGNORE: return fold_char(c, FOLD_UNICODE) != set->literal;
    default: {
        bool same = c == set->literal || fold_char(c, FOLD_LOCALE) == set->literal || upper_locale(c) == set->literal;
        return same == (set->op == SRE_LITERAL_LOC_IGNORE);
    }
    }
}

bool unit_matches_char(const ReProgram *program, uint32_t unit, uint32_t argument, uint32_t c)
{
    switch (unit) {
    case UNIT_ANY: return c != '\n';
    case UNIT_CHAR: return c == argument;
    case UNIT_NOT_CHAR: return c != argument;
    case UNIT_SET: return set_matches(&program->sets[argument], c);
    default: return true;
    }
}

/* ---- translation ---- */

typedef struct Translator {
    Thread *t;
    Pattern *p;
    const uint32_t *code;
    size_t capacity, set_capacity, loop_capacity;
} Translator;

static int invalid(Translator *x)
{
    error_set(x->t, EXC_RuntimeError, "invalid SRE code");
    return -1;
}

static int emit(Translator *x, uint32_t word)
{
    ReProgram *program = &x->p->program;
    if (program->length == x->capacity) {
        size_t capacity = x->capacity * 2 + 32;
        uint32_t *words =
            capacity > UINT32_MAX / 2 ? NULL : alloc_memory_resize(x->t, program->words, capacity * sizeof *words);
        if (!words)
            return error_pending(x->t) ? -1 : (error_no_memory(x->t), -1);
        program->words = words;
        x->capacity = capacity;
    }
    program->words[program->length++] = word;
    return 0;
}
static int emit_n(Translator *x, int n, const uint32_t *words)
{
    for (int i = 0; i < n; i++)
        if (emit(x, words[i]) < 0)
            return -1;
    return 0;
}
#define EMIT(x, ...) emit_n((x), (int)(sizeof((uint32_t[]){__VA_ARGS__}) / 4), (uint32_t[]){__VA_ARGS__})

static uint32_t here(const Translator *x) { return (uint32_t)x->p->program.length; }

/* Checks the words of a set from `at` to its FAILURE, which must be just before `end`. */
static int check_set(Translator *x, size_t at, size_t end)
{
    const uint32_t *code = x->code;
    while (at < end) {
        size_t left = end - at, size;
        switch (code[at]) {
        case SRE_FAILURE: return at + 1 == end ? 0 : invalid(x);
        case SRE_NEGATE: size = 1; break;
        case SRE_LITERAL: size = 2; break;
        case SRE_CATEGORY:
            if (left < 2 || code[at + 1] >= SRE_CATEGORY_COUNT)
                return invalid(x);
            size = 2;
            break;
        case SRE_RANGE:
        case SRE_RANGE_UNI_IGNORE: size = 3; break;
        case SRE_CHARSET: size = 9; break;
        case SRE_BIGCHARSET:
            if (left < 2 + 64 || code[at + 1] > 256)
                return invalid(x);
            size = 2 + 64 + (size_t)code[at + 1] * 8;
            if (size > left)
                return invalid(x);
            for (int i = 0; i < 256; i++)
                if (((const uint8_t *)(code + at + 2))[i] >= code[at + 1])
                    return invalid(x);
            break;
        default: return invalid(x);
        }
        if (size >= left)
            return invalid(x);
        at += size;
    }
    return invalid(x);
}

/* What can be said about a set from its words: folding keeps ASCII apart from the rest only for FOLD_ASCII. */
static void describe_set(ReSet *set)
{
    set->category = SRE_CATEGORY_COUNT;
    if (set->op == SRE_LITERAL_IGNORE) {
        set->latin_only = set->literal < 256;
        return;
    }
    if (!set->code)
        return;
    const uint32_t *s = set->code;
    if (set->op == SRE_IN && s[0] == SRE_CATEGORY && s[2] == SRE_FAILURE)
        set->category = (uint8_t)s[1];
    set->latin_only = set->op == SRE_IN || set->op == SRE_IN_IGNORE;
    while (*s != SRE_FAILURE) {
        switch (*s) {
        case SRE_LITERAL:
            set->latin_only &= s[1] < 256;
            s += 2;
            break;
        case SRE_RANGE:
            set->latin_only &= s[2] < 256;
            s += 3;
            break;
        case SRE_CHARSET: s += 9; break;
        case SRE_CATEGORY: {
            uint32_t c = s[1];
            set->latin_only &= c == SRE_CATEGORY_DIGIT || c == SRE_CATEGORY_SPACE || c == SRE_CATEGORY_WORD ||
                               c == SRE_CATEGORY_LINEBREAK;
            set->by_locale |= c == SRE_CATEGORY_LOC_WORD || c == SRE_CATEGORY_LOC_NOT_WORD;
            s += 2;
            break;
        }
        case SRE_BIGCHARSET:
            set->latin_only = false;
            s += 2 + 64 + s[1] * 8;
            break;
        case SRE_RANGE_UNI_IGNORE:
            set->latin_only = false;
            s += 3;
            break;
        default: /* SRE_NEGATE */
            set->latin_only = false;
            s++;
            break;
        }
    }
}

/* Adds a set; its number or -1. */
static int64_t add_set(Translator *x, uint32_t op, uint32_t literal, const uint32_t *code)
{
    ReProgram *program = &x->p->program;
    if (program->set_count == x->set_capacity) {
        size_t capacity = x->set_capacity * 2 + 4;
        ReSet *sets = alloc_memory_resize(x->t, program->sets, capacity * sizeof *sets);
        if (!sets)
            return -1;
        program->sets = sets;
        x->set_capacity = capacity;
    }
    ReSet *set = &program->sets[program->set_count];
    *set = (ReSet){.op = (uint8_t)op, .literal = literal, .code = code};
    set->by_locale = op == SRE_IN_LOC_IGNORE || op == SRE_LITERAL_LOC_IGNORE || op == SRE_NOT_LITERAL_LOC_IGNORE;
    describe_set(set);
    for (uint32_t c = 0; c < 256; c++)
        if (set_matches(set, c))
            set->bits[c >> 5] |= 1u << (c & 31);
    return program->set_count++;
}

static int add_loop(Translator *x, uint32_t min, uint32_t max, uint32_t *number)
{
    ReProgram *program = &x->p->program;
    if (program->loop_count == x->loop_capacity) {
        size_t capacity = x->loop_capacity * 2 + 4;
        ReLoop *loops = alloc_memory_resize(x->t, program->loops, capacity * sizeof *loops);
        if (!loops)
            return -1;
        program->loops = loops;
        x->loop_capacity = capacity;
    }
    program->loops[program->loop_count] = (ReLoop){.min = min, .max = max};
    *number = program->loop_count++;
    return 0;
}

/* Reads the unit at *at: 1 and its kind and argument, 0 if there is none, -1 on error. */
static int read_unit(Translator *x, size_t *at, size_t end, uint32_t *unit, uint32_t *argument)
{
    const uint32_t *code = x->code;
    size_t i = *at;
    *argument = 0;
    switch (code[i]) {
    case SRE_ANY:
        *unit = UNIT_ANY;
        *at = i + 1;
        return 1;
    case SRE_ANY_ALL:
        *unit = UNIT_ANY_ALL;
        *at = i + 1;
        return 1;
    case SRE_LITERAL:
    case SRE_NOT_LITERAL:
        if (i + 2 > end)
            return invalid(x);
        *unit = code[i] == SRE_LITERAL ? UNIT_CHAR : UNIT_NOT_CHAR;
        *argument = code[i + 1];
        *at = i + 2;
        return 1;
    case SRE_LITERAL_IGNORE:
    case SRE_NOT_LITERAL_IGNORE:
    case SRE_LITERAL_UNI_IGNORE:
    case SRE_NOT_LITERAL_UNI_IGNORE:
    case SRE_LITERAL_LOC_IGNORE:
    case SRE_NOT_LITERAL_LOC_IGNORE: {
        if (i + 2 > end)
            return invalid(x);
        int64_t set = add_set(x, code[i], code[i + 1], NULL);
        *unit = UNIT_SET;
        *argument = (uint32_t)set;
        *at = i + 2;
        return set < 0 ? -1 : 1;
    }
    case SRE_IN:
    case SRE_IN_IGNORE:
    case SRE_IN_UNI_IGNORE:
    case SRE_IN_LOC_IGNORE: {
        if (i + 2 > end || code[i + 1] > end - i - 1 || code[i + 1] < 2)
            return invalid(x);
        size_t behind = i + 1 + code[i + 1];
        if (check_set(x, i + 2, behind) < 0)
            return -1;
        int64_t set = add_set(x, code[i], 0, code + i + 2);
        *unit = UNIT_SET;
        *argument = (uint32_t)set;
        *at = behind;
        return set < 0 ? -1 : 1;
    }
    default: return 0;
    }
}

static int translate(Translator *x, size_t *at, size_t end);

/* A body that must end with SUCCESS just before `end`. */
static int translate_body(Translator *x, size_t at, size_t end)
{
    if (at >= end || x->code[end - 1] != SRE_SUCCESS)
        return invalid(x);
    if (translate(x, &at, end - 1) < 0)
        return -1;
    return at == end - 1 ? emit(x, RE_MATCH) : invalid(x);
}

/* One or more literals in a row. */
static int translate_literals(Translator *x, size_t *at, size_t end)
{
    const uint32_t *code = x->code;
    size_t i = *at, n = 0;
    while (i + 2 * n + 2 <= end && code[i + 2 * n] == SRE_LITERAL)
        n++;
    *at = i + 2 * n;
    if (n == 1)
        return EMIT(x, RE_UNIT_CHAR, code[i + 1]);
    if (EMIT(x, RE_STRING, (uint32_t)n) < 0)
        return -1;
    for (size_t k = 0; k < n; k++)
        if (emit(x, code[i + 2 * k + 1]) < 0)
            return -1;
    return 0;
}

/* [skip alternative JUMP off]... 0: at is behind BRANCH. */
static int translate_branch(Translator *x, size_t *at, size_t end)
{
    const uint32_t *code = x->code;
    size_t i = *at;
    uint32_t jumps = 0,
             previous =
                 RE_NO_PC; /* RE_JUMPs to the end, linked through their operands; RE_BRANCH to be told its next */
    size_t target = 0;
    while (i < end && code[i]) {
        uint32_t skip = code[i];
        size_t behind = i + skip;
        if (skip < 3 || skip > end - i || behind >= end || code[behind - 2] != SRE_JUMP)
            return invalid(x);
        size_t jump = behind - 1 + code[behind - 1];
        if (target && jump != target)
            return invalid(x);
        target = jump;
        uint32_t begin = here(x);
        if (previous != RE_NO_PC)
            x->p->program.words[previous + 1] = begin;
        previous = begin;
        if (EMIT(x, RE_BRANCH, RE_NO_PC, UNIT_NONE, 0) < 0)
            return -1;
        size_t body = i + 1;
        if (translate(x, &body, behind - 2) < 0)
            return -1;
        if (body != behind - 2)
            return invalid(x);
        if (EMIT(x, RE_JUMP, jumps) < 0)
            return -1;
        jumps = here(x) - 1;
        i = behind;
    }
    if (i >= end || !jumps || target != i + 1)
        return invalid(x);
    while (jumps) {
        uint32_t next = x->p->program.words[jumps];
        x->p->program.words[jumps] = here(x);
        jumps = next;
    }
    *at = i + 1;
    return 0;
}

/* op skip min max body...: at is at op. */
static int translate_repeat(Translator *x, size_t *at, size_t end)
{
    const uint32_t *code = x->code;
    size_t i = *at;
    uint32_t op = code[i];
    if (i + 4 > end || code[i + 1] > end - i - 1 || code[i + 1] < 3)
        return invalid(x);
    uint32_t min = code[i + 2], max = code[i + 3];
    size_t body = i + 4, behind = i + 1 + code[i + 1];
    if (min > max || body > behind)
        return invalid(x);
    if (op == SRE_REPEAT_ONE || op == SRE_MIN_REPEAT_ONE || op == SRE_POSSESSIVE_REPEAT_ONE) {
        uint32_t unit, argument;
        int found = body < behind ? read_unit(x, &body, behind, &unit, &argument) : 0;
        if (found < 0)
            return -1;
        if (!found || body + 1 != behind || code[body] != SRE_SUCCESS)
            return invalid(x);
        *at = behind;
        if (op == SRE_POSSESSIVE_REPEAT_ONE)
            return EMIT(x, RE_POSSESSIVE_ONE, unit, argument, min, max);
        return EMIT(x, op == SRE_REPEAT_ONE ? RE_GREEDY : RE_LAZY, unit, argument, min, max, UNIT_NONE, 0);
    }
    uint32_t loop;
    if (add_loop(x, min, max, &loop) < 0)
        return -1;
    bool possessive = op == SRE_POSSESSIVE_REPEAT;
    if (EMIT(x, possessive ? RE_POSSESSIVE : RE_LOOP, loop) < 0)
        return -1;
    x->p->program.loops[loop].body = here(x);
    if (behind >= end)
        return invalid(x);
    if (possessive) {
        /* The body is followed by SUCCESS, where the others have their UNTIL. */
        if (translate(x, &body, behind) < 0 || EMIT(x, RE_MATCH) < 0)
            return -1;
        if (body != behind || code[behind] != SRE_SUCCESS)
            return invalid(x);
    } else {
        if (translate(x, &body, behind) < 0)
            return -1;
        if (body != behind || (code[behind] != SRE_MAX_UNTIL && code[behind] != SRE_MIN_UNTIL))
            return invalid(x);
        x->p->program.loops[loop].until = here(x);
        if (EMIT(x, code[behind] == SRE_MAX_UNTIL ? RE_UNTIL : RE_UNTIL_LAZY, loop) < 0)
            return -1;
    }
    x->p->program.loops[loop].behind = here(x);
    *at = behind + 1;
    return 0;
}

/* GROUPREF_EXISTS group skip yes [JUMP off no] */
static int translate_exists(Translator *x, size_t *at, size_t end)
{
    const uint32_t *code = x->code;
    size_t i = *at;
    if (i + 3 > end || code[i + 1] >= (uint64_t)x->p->groups || code[i + 2] < 1 || code[i + 2] - 1 > end - i - 2)
        return invalid(x);
    size_t no = i + 2 + code[i + 2] - 1, yes = i + 3;
    if (no < yes || EMIT(x, RE_REF_EXISTS, code[i + 1], 0) < 0)
        return no < yes ? invalid(x) : -1;
    uint32_t hole = here(x) - 1;
    if (translate(x, &yes, no) < 0)
        return -1;
    if (yes == no) {
        x->p->program.words[hole] = here(x);
        *at = no;
        return 0;
    }
    /* It stopped at the JUMP over the other part. */
    if (yes + 2 != no || code[yes] != SRE_JUMP || code[yes + 1] < 1 || code[yes + 1] > end - yes - 1)
        return invalid(x);
    size_t behind = yes + 1 + code[yes + 1];
    if (EMIT(x, RE_JUMP, 0) < 0)
        return -1;
    uint32_t jump = here(x) - 1;
    x->p->program.words[hole] = here(x);
    if (translate(x, &no, behind) < 0)
        return -1;
    if (no != behind)
        return invalid(x);
    x->p->program.words[jump] = here(x);
    *at = behind;
    return 0;
}

/* ASSERT skip back body SUCCESS, or ATOMIC_GROUP skip body SUCCESS */
static int translate_group(Translator *x, size_t *at, size_t end)
{
    const uint32_t *code = x->code;
    size_t i = *at, head = code[i] == SRE_ATOMIC_GROUP ? 2 : 3;
    if (i + head > end || code[i + 1] > end - i - 1 || code[i + 1] < head)
        return invalid(x);
    size_t behind = i + 1 + code[i + 1];
    int result = code[i] == SRE_ATOMIC_GROUP
                     ? EMIT(x, RE_ATOMIC, 0)
                     : EMIT(x, code[i] == SRE_ASSERT ? RE_ASSERT : RE_ASSERT_NOT, code[i + 2], 0);
    if (result < 0)
        return -1;
    uint32_t hole = here(x) - 1;
    if (translate_body(x, i + head, behind) < 0)
        return -1;
    x->p->program.words[hole] = here(x);
    *at = behind;
    return 0;
}

/* Translates from *at up to `end`, or to a JUMP or UNTIL, which belongs to the caller. */
static int translate_sequence(Translator *x, size_t *at, size_t end)
{
    const uint32_t *code = x->code;
    while (*at < end) {
        size_t i = *at;
        int result;
        switch (code[i]) {
        case SRE_JUMP:
        case SRE_MAX_UNTIL:
        case SRE_MIN_UNTIL: return 0;
        case SRE_FAILURE:
            result = emit(x, RE_FAIL);
            *at = i + 1;
            break;
        case SRE_LITERAL:
            if (i + 2 > end)
                return invalid(x);
            result = translate_literals(x, at, end);
            break;
        case SRE_AT:
            if (i + 2 > end || code[i + 1] >= SRE_AT_COUNT)
                return invalid(x);
            result = EMIT(x, RE_AT, code[i + 1]);
            *at = i + 2;
            break;
        case SRE_MARK:
            if (i + 2 > end || code[i + 1] >= 2 * (uint64_t)x->p->groups)
                return invalid(x);
            result = EMIT(x, RE_MARK, code[i + 1]);
            *at = i + 2;
            break;
        case SRE_BRANCH:
            *at = i + 1;
            result = translate_branch(x, at, end);
            break;
        case SRE_REPEAT:
        case SRE_REPEAT_ONE:
        case SRE_MIN_REPEAT_ONE:
        case SRE_POSSESSIVE_REPEAT:
        case SRE_POSSESSIVE_REPEAT_ONE: result = translate_repeat(x, at, end); break;
        case SRE_GROUPREF:
        case SRE_GROUPREF_IGNORE:
        case SRE_GROUPREF_LOC_IGNORE:
        case SRE_GROUPREF_UNI_IGNORE:
            if (i + 2 > end || code[i + 1] >= (uint64_t)x->p->groups)
                return invalid(x);
            result = EMIT(x, RE_REF, code[i + 1],
                          code[i] == SRE_GROUPREF              ? FOLD_NONE
                          : code[i] == SRE_GROUPREF_IGNORE     ? FOLD_ASCII
                          : code[i] == SRE_GROUPREF_LOC_IGNORE ? FOLD_LOCALE
                                                               : FOLD_UNICODE);
            *at = i + 2;
            break;
        case SRE_GROUPREF_EXISTS: result = translate_exists(x, at, end); break;
        case SRE_ASSERT:
        case SRE_ASSERT_NOT:
        case SRE_ATOMIC_GROUP: result = translate_group(x, at, end); break;
        default: {
            uint32_t unit, argument;
            result = read_unit(x, at, end, &unit, &argument);
            if (result == 0)
                return invalid(x);
            if (result > 0)
                result = unit == UNIT_ANY || unit == UNIT_ANY_ALL ? EMIT(x, RE_UNIT_ANY + unit)
                                                                  : EMIT(x, RE_UNIT_ANY + unit, argument);
        }
        }
        if (result < 0)
            return -1;
    }
    return 0;
}

static int translate(Translator *x, size_t *at, size_t end)
{
    if (!recursion_enter(x->t, " while compiling a regular expression"))
        return -1;
    int result = translate_sequence(x, at, end);
    recursion_leave(x->t);
    return result;
}

/* ---- hints ---- */

static uint32_t operands(const uint32_t *words, uint32_t pc)
{
    switch (words[pc]) {
    case RE_STRING: return 1 + words[pc + 1];
    case RE_MATCH:
    case RE_FAIL:
    case RE_UNIT_ANY:
    case RE_UNIT_ANY_ALL: return 0;
    case RE_REF:
    case RE_REF_EXISTS:
    case RE_ASSERT:
    case RE_ASSERT_NOT: return 2;
    case RE_BRANCH: return 3;
    case RE_GREEDY:
    case RE_LAZY: return 6;
    case RE_POSSESSIVE_ONE: return 4;
    default: return 1;
    }
}

/* The unit that whatever follows pc must begin with, if that is certain. */
static void unit_at(const ReProgram *program, uint32_t pc, uint32_t *unit, uint32_t *argument)
{
    const uint32_t *w = program->words;
    *unit = UNIT_NONE;
    *argument = 0;
    for (int steps = 0; steps < 16; steps++) {
        switch (w[pc]) {
        case RE_MARK: pc += 2; continue;
        case RE_JUMP: pc = w[pc + 1]; continue;
        case RE_ATOMIC: pc += 2; continue;
        case RE_UNIT_CHAR:
        case RE_UNIT_SET:
            *unit = w[pc] - RE_UNIT_ANY;
            *argument = w[pc + 1];
            return;
        case RE_STRING:
            *unit = UNIT_CHAR;
            *argument = w[pc + 2];
            return;
        case RE_GREEDY:
        case RE_LAZY:
        case RE_POSSESSIVE_ONE:
            if (w[pc + 3] > 0 && (w[pc + 1] == UNIT_CHAR || w[pc + 1] == UNIT_SET)) {
                *unit = w[pc + 1];
                *argument = w[pc + 2];
            }
            return;
        case RE_LOOP:
            if (program->loops[w[pc + 1]].min == 0)
                return;
            pc += 2;
            continue;
        default: return;
        }
    }
}

/* Can no character match both? */
static bool units_disjoint(const ReProgram *program, uint32_t unit, uint32_t argument, uint32_t other,
                           uint32_t other_argument)
{
    if (other == UNIT_CHAR)
        return !(unit == UNIT_SET && program->sets[argument].by_locale) &&
               !unit_matches_char(program, unit, argument, other_argument);
    if (other != UNIT_SET || program->sets[other_argument].by_locale)
        return false;
    if (unit == UNIT_CHAR)
        return !set_matches(&program->sets[other_argument], argument);
    if (unit != UNIT_SET || program->sets[argument].by_locale)
        return false;
    const ReSet *a = &program->sets[argument], *b = &program->sets[other_argument];
    for (int i = 0; i < 8; i++)
        if (a->bits[i] & b->bits[i])
            return false;
    if (a->latin_only || b->latin_only)
        return true;
    uint32_t x = a->category < b->category ? a->category : b->category, y = a->category ^ b->category ^ x;
    if (y >= SRE_CATEGORY_COUNT)
        return false;
    /* A category and its opposite, or two of Unicode's that share nothing. */
    return (x % 2 == 0 && y == x + 1) || (x == SRE_CATEGORY_UNI_SPACE && y == SRE_CATEGORY_UNI_WORD) ||
           (x == SRE_CATEGORY_UNI_DIGIT && (y == SRE_CATEGORY_UNI_SPACE || y == SRE_CATEGORY_UNI_NOT_WORD));
}

static void fill_hints(ReProgram *program)
{
    uint32_t *w = program->words;
    for (uint32_t pc = 0; pc < program->length; pc += 1 + operands(w, pc)) {
        if (w[pc] == RE_BRANCH) {
            unit_at(program, pc + 4, &w[pc + 2], &w[pc + 3]);
        } else if (w[pc] == RE_GREEDY || w[pc] == RE_LAZY) {
            unit_at(program, pc + 7, &w[pc + 5], &w[pc + 6]);
            if (w[pc] == RE_GREEDY && w[pc + 5] != UNIT_NONE &&
                units_disjoint(program, w[pc + 1], w[pc + 2], w[pc + 5], w[pc + 6])) {
                /* Nothing shorter than the longest run can be followed by what must follow. */
                w[pc] = RE_POSSESSIVE_ONE;
                w[pc + 5] = RE_JUMP;
                w[pc + 6] = pc + 7;
            }
        }
    }
}

/* ---- what a match begins with ---- */

#define FIRST_UNKNOWN (-1)
#define FIRST_EMPTY 1 /* the end of the body can be reached without a character */

typedef struct FirstSet {
    const ReProgram *program;
    ReSet *set;
    int budget;
} FirstSet;

static int first_unit(FirstSet *f, uint32_t unit, uint32_t argument)
{
    ReSet *set = f->set;
    if (unit == UNIT_CHAR) {
        if (argument < 256)
            set->bits[argument >> 5] |= 1u << (argument & 31);
        else
            set->latin_only = false;
        return 0;
    }
    if (unit != UNIT_SET || f->program->sets[argument].by_locale)
        return FIRST_UNKNOWN;
    const ReSet *other = &f->program->sets[argument];
    for (int i = 0; i < 8; i++)
        set->bits[i] |= other->bits[i];
    set->latin_only &= other->latin_only;
    return 0;
}

/* Collects what the code from pc can begin with, to the end of its body: 0, FIRST_EMPTY or FIRST_UNKNOWN. */
static int first_of(FirstSet *f, uint32_t pc)
{
    const uint32_t *w = f->program->words;
    for (;;) {
        if (--f->budget < 0)
            return FIRST_UNKNOWN;
        int result;
        switch (w[pc]) {
        case RE_MATCH:
        case RE_UNTIL:
        case RE_UNTIL_LAZY: return FIRST_EMPTY;
        case RE_FAIL: return 0;
        case RE_UNIT_CHAR:
        case RE_UNIT_SET: return first_unit(f, w[pc] - RE_UNIT_ANY, w[pc + 1]);
        case RE_STRING: return first_unit(f, UNIT_CHAR, w[pc + 2]);
        case RE_AT:
        case RE_MARK: pc += 2; continue;
        case RE_JUMP: pc = w[pc + 1]; continue;
        case RE_ASSERT:
        case RE_ASSERT_NOT: pc = w[pc + 2]; continue;
        case RE_GREEDY:
        case RE_LAZY:
        case RE_POSSESSIVE_ONE:
            result = first_unit(f, w[pc + 1], w[pc + 2]);
            if (result < 0 || w[pc + 3] > 0)
                return result;
            pc += 1 + operands(w, pc);
            continue;
        case RE_BRANCH: {
            int all = 0;
            for (uint32_t next = pc; next != RE_NO_PC; next = w[next + 1]) {
                result = first_of(f, next + 4);
                if (result < 0)
                    return result;
                all |= result;
            }
            return all;
        }
        case RE_REF_EXISTS: {
            result = first_of(f, pc + 3);
            if (result < 0)
                return result;
            int other = first_of(f, w[pc + 2]);
            return other < 0 ? other : result | other;
        }
        case RE_LOOP:
        case RE_POSSESSIVE: {
            const ReLoop *loop = &f->program->loops[w[pc + 1]];
            result = first_of(f, loop->body);
            if (result < 0 || (result == 0 && loop->min > 0))
                return result;
            pc = loop->behind;
            continue;
        }
        case RE_ATOMIC:
            result = first_of(f, pc + 2);
            if (result != FIRST_EMPTY)
                return result;
            pc = w[pc + 1];
            continue;
        default: return FIRST_UNKNOWN;
        }
    }
}

/* Does every match begin at the beginning of the string, or of a line? */
static void find_anchor(ReProgram *program)
{
    uint32_t pc = 0;
    const uint32_t *w = program->words;
    while (w[pc] == RE_MARK)
        pc += 2;
    if (w[pc] != RE_AT)
        return;
    program->anchored = w[pc + 1] == SRE_AT_BEGINNING || w[pc + 1] == SRE_AT_BEGINNING_STRING;
    program->line_anchored = w[pc + 1] == SRE_AT_BEGINNING_LINE;
}

/* INFO skip flags min max [n skip prefix... overlap...] */
static int read_info(Translator *x, size_t *at)
{
    const uint32_t *code = x->code;
    ReProgram *program = &x->p->program;
    size_t size = x->p->code_size;
    if (size < 1 || code[0] != SRE_INFO)
        return 0;
    if (size < 5 || code[1] < 4 || code[1] > size - 1)
        return invalid(x);
    *at = 1 + code[1];
    program->min_width = code[3];
    if (!(code[2] & SRE_INFO_PREFIX))
        return 0;
    if (code[1] < 6 || code[5] > (*at - 7) / 2)
        return invalid(x);
    program->is_literal = (code[2] & SRE_INFO_LITERAL) && x->p->groups == 0;
    if (code[5] > 1 || program->is_literal) {
        for (uint32_t i = 0; i < code[5]; i++)
            if (code[7 + i] > 0x10FFFF)
                return invalid(x);
        program->prefix = str_from_ucs4(x->t, code + 7, code[5]);
        if (value_is_empty(program->prefix))
            return -1;
    }
    return 0;
}

int program_make(Thread *t, Pattern *p)
{
    Translator x = {.t = t, .p = p, .code = p->code};
    ReProgram *program = &p->program;
    size_t at = 0;
    if (p->code_size < 1)
        return invalid(&x);
    if (read_info(&x, &at) < 0 || translate_body(&x, at, p->code_size) < 0)
        return -1;
    fill_hints(program);
    find_anchor(program);
    program->first.latin_only = true;
    program->first_char = -1;
    FirstSet f = {program, &program->first, 500};
    program->has_first = first_of(&f, 0) == 0;
    int bits = 0;
    for (uint32_t c = 0; program->has_first && c < 256; c++)
        if (program->first.bits[c >> 5] >> (c & 31) & 1) {
            bits++;
            program->first_char = (int32_t)c;
        }
    if (bits != 1 || !program->first.latin_only)
        program->first_char = -1;
    return 0;
}

void program_free(Thread *t, ReProgram *program)
{
    alloc_memory_free(t, program->words);
    alloc_memory_free(t, program->sets);
    alloc_memory_free(t, program->loops);
    ref_dec(t, program->prefix);
}
