/* sre.h: the regular expression engine behind the module _sre.
 *
 * Lib/re compiles a pattern to the code words of _constants.py.  _sre.compile checks them and translates them into a program of our own (sre_program.c): jumps resolved,
 * neighbouring literals joined, sets with a bitmap of the first 256 characters, hints about what must follow a repeat.  The program is executed by a backtracking matcher
 * with an explicit stack (sre_match.c), so no pattern can overflow the C stack.  Patterns are constant once made: no locks. */
#ifndef BATON_LIB_SRE_H
#define BATON_LIB_SRE_H

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/buffer.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../object/str_search.h"

/* ---- the code words of Lib/re/_constants.py, MAGIC 20230612 ---- */

#define SRE_MAGIC 20230612
#define SRE_MAXREPEAT UINT32_MAX
#define SRE_MAXGROUPS (INT32_MAX / 2)

enum SreOp {
    SRE_FAILURE,
    SRE_SUCCESS,
    SRE_ANY,
    SRE_ANY_ALL,
    SRE_ASSERT,
    SRE_ASSERT_NOT,
    SRE_AT,
    SRE_BRANCH,
    SRE_CATEGORY,
    SRE_CHARSET,
    SRE_BIGCHARSET,
    SRE_GROUPREF,
    SRE_GROUPREF_EXISTS,
    SRE_IN,
    SRE_INFO,
    SRE_JUMP,
    SRE_LITERAL,
    SRE_MARK,
    SRE_MAX_UNTIL,
    SRE_MIN_UNTIL,
    SRE_NOT_LITERAL,
    SRE_NEGATE,
    SRE_RANGE,
    SRE_REPEAT,
    SRE_REPEAT_ONE,
    SRE_SUBPATTERN,
    SRE_MIN_REPEAT_ONE,
    SRE_ATOMIC_GROUP,
    SRE_POSSESSIVE_REPEAT,
    SRE_POSSESSIVE_REPEAT_ONE,
    SRE_GROUPREF_IGNORE,
    SRE_IN_IGNORE,
    SRE_LITERAL_IGNORE,
    SRE_NOT_LITERAL_IGNORE,
    SRE_GROUPREF_LOC_IGNORE,
    SRE_IN_LOC_IGNORE,
    SRE_LITERAL_LOC_IGNORE,
    SRE_NOT_LITERAL_LOC_IGNORE,
    SRE_GROUPREF_UNI_IGNORE,
    SRE_IN_UNI_IGNORE,
    SRE_LITERAL_UNI_IGNORE,
    SRE_NOT_LITERAL_UNI_IGNORE,
    SRE_RANGE_UNI_IGNORE
};
enum SreAt {
    SRE_AT_BEGINNING,
    SRE_AT_BEGINNING_LINE,
    SRE_AT_BEGINNING_STRING,
    SRE_AT_BOUNDARY,
    SRE_AT_NON_BOUNDARY,
    SRE_AT_END,
    SRE_AT_END_LINE,
    SRE_AT_END_STRING,
    SRE_AT_LOC_BOUNDARY,
    SRE_AT_LOC_NON_BOUNDARY,
    SRE_AT_UNI_BOUNDARY,
    SRE_AT_UNI_NON_BOUNDARY,
    SRE_AT_COUNT
};
enum SreCategory {
    SRE_CATEGORY_DIGIT,
    SRE_CATEGORY_NOT_DIGIT,
    SRE_CATEGORY_SPACE,
    SRE_CATEGORY_NOT_SPACE,
    SRE_CATEGORY_WORD,
    SRE_CATEGORY_NOT_WORD,
    SRE_CATEGORY_LINEBREAK,
    SRE_CATEGORY_NOT_LINEBREAK,
    SRE_CATEGORY_LOC_WORD,
    SRE_CATEGORY_LOC_NOT_WORD,
    SRE_CATEGORY_UNI_DIGIT,
    SRE_CATEGORY_UNI_NOT_DIGIT,
    SRE_CATEGORY_UNI_SPACE,
    SRE_CATEGORY_UNI_NOT_SPACE,
    SRE_CATEGORY_UNI_WORD,
    SRE_CATEGORY_UNI_NOT_WORD,
    SRE_CATEGORY_UNI_LINEBREAK,
    SRE_CATEGORY_UNI_NOT_LINEBREAK,
    SRE_CATEGORY_COUNT
};
#define SRE_FLAG_IGNORECASE 2
#define SRE_FLAG_LOCALE 4
#define SRE_FLAG_MULTILINE 8
#define SRE_FLAG_DOTALL 16
#define SRE_FLAG_UNICODE 32
#define SRE_FLAG_VERBOSE 64
#define SRE_FLAG_DEBUG 128
#define SRE_FLAG_ASCII 256
#define SRE_INFO_PREFIX 1
#define SRE_INFO_LITERAL 2

/* ---- the program ---- */

/* Operations of one word and their operands.  A unit is one character's worth of pattern: a kind (UNIT_...) and an argument. `pc` operands are indices into the program. */
enum ReOp {
    RE_MATCH, /* the end: of the pattern, or of the body of an assertion, atomic group or possessive repeat */
    RE_FAIL,
    RE_UNIT_ANY, /* the five units: in the order of UNIT_... */
    RE_UNIT_ANY_ALL,
    RE_UNIT_CHAR,     /* c */
    RE_UNIT_NOT_CHAR, /* c */
    RE_UNIT_SET,      /* set */
    RE_STRING,        /* n, then n characters */
    RE_AT,            /* SRE_AT_... */
    RE_MARK,          /* mark: 2 * group for its start, + 1 for its end */
    RE_JUMP,          /* pc */
    RE_BRANCH, /* pc of the next alternative or RE_NO_PC, unit kind and argument that this one begins with (UNIT_NONE: not known); then the alternative */
    RE_GREEDY, /* unit kind, argument, min, max, unit kind and argument of what must follow (or UNIT_NONE) */
    RE_LAZY,   /* the same */
    RE_POSSESSIVE_ONE, /* unit kind, argument, min, max */
    RE_LOOP,           /* loop: begins a repeat of a longer body, which ends with RE_UNTIL or RE_UNTIL_LAZY */
    RE_UNTIL,          /* loop */
    RE_UNTIL_LAZY,     /* loop */
    RE_REF,            /* group, FOLD_... */
    RE_REF_EXISTS,     /* group, pc if it has not matched */
    RE_ASSERT,         /* characters to go back, pc behind; then the body */
    RE_ASSERT_NOT,     /* the same */
    RE_ATOMIC,         /* pc behind; then the body */
    RE_POSSESSIVE,     /* loop; then the body */
};
#define RE_NO_PC UINT32_MAX
enum ReUnit { UNIT_ANY, UNIT_ANY_ALL, UNIT_CHAR, UNIT_NOT_CHAR, UNIT_SET, UNIT_NONE };
enum ReFold { FOLD_NONE, FOLD_ASCII, FOLD_LOCALE, FOLD_UNICODE };

typedef struct ReSet {
    uint32_t bits[8];     /* which of the first 256 characters match */
    const uint32_t *code; /* the set's code words, for other characters */
    uint32_t literal;     /* LITERAL_... or NOT_LITERAL_...: this character */
    uint8_t op;           /* SRE_IN..., SRE_LITERAL_..., SRE_NOT_LITERAL_... */
    bool by_locale;       /* the bitmap cannot be used: the locale may change */
    bool latin_only;      /* no character beyond the first 256 matches */
    uint8_t category;     /* the set is just this SRE_CATEGORY_..., or SRE_CATEGORY_COUNT */
} ReSet;

typedef struct ReLoop {
    uint32_t body, behind; /* pcs */
    uint32_t until;        /* pc of its RE_UNTIL (not of possessive loops) */
    uint32_t min, max;
} ReLoop;

typedef struct ReProgram {
    uint32_t *words;
    size_t length;
    ReSet *sets;
    ReLoop *loops;
    uint32_t set_count, loop_count;
    uint32_t min_width; /* a match has at least so many characters */
    bool anchored;      /* can match at the beginning of the string only */
    bool line_anchored; /* at the beginning of lines only */
    bool is_literal;    /* the whole pattern is `prefix`, without groups */
    bool has_first;     /* a match begins with a character of `first` */
    ReSet first;        /* by bitmap; beyond it any character if not latin_only */
    int32_t first_char; /* the only character of `first`, or -1 */
    Value prefix;       /* str of at least two characters that a match begins with, or empty */
} ReProgram;

typedef struct Pattern {
    Object head;
    Value pattern;    /* str, bytes-like or None */
    Value groupindex; /* dict of names */
    Value indexgroup; /* tuple: names by group */
    Object *weakrefs;
    int64_t groups; /* without group 0 */
    int64_t flags;
    int is_bytes;   /* 1, 0; -1: either */
    uint32_t *code; /* as given by Lib/re */
    size_t code_size;
    ReProgram program;
} Pattern;
static inline Pattern *pattern_of(Value v) { return (Pattern *)value_object(v); }

/* Translates p->code: 0, or -1 with RuntimeError for invalid code (or MemoryError). */
int program_make(Thread *t, Pattern *p);
void program_free(Thread *t, ReProgram *program);
/* Does a set match a character?  (the slow way: sre_match.c asks the bitmap first) */
bool set_matches(const ReSet *set, uint32_t c);
bool category_matches(uint32_t category, uint32_t c);
uint32_t fold_char(uint32_t c, enum ReFold fold);
uint32_t upper_char(uint32_t c); /* the first character of the upper case */
bool unit_matches_char(const ReProgram *program, uint32_t unit, uint32_t argument, uint32_t c);

/* ---- matching ---- */

typedef struct Choice {
    uint32_t head; /* CHOICE_... and an index */
    uint32_t n;
    size_t a, b;
} Choice;
typedef struct LoopState {
    uint32_t count; /* iterations completed */
    size_t last;    /* where the last optional one began; SIZE_MAX: none yet */
} LoopState;

#define RE_INLINE_CHOICES 32
#define RE_INLINE_MARKS 16
#define RE_UNSET SIZE_MAX

/* A string being searched, with what the last match found.  matcher_end releases what it holds. */
typedef struct Matcher {
    Pattern *pattern;
    Value string; /* borrowed */
    Buffer view;  /* of bytes-like strings */
    const void *text;
    int kind;       /* bytes a character */
    uint32_t bound; /* no character is larger */
    bool is_bytes;
    size_t length;       /* of the string */
    size_t position;     /* where searching goes on: set by the user before, by a match to its end */
    size_t end;          /* endpos */
    size_t start;        /* where the match begins */
    size_t must_advance; /* a match may not end here without having moved (SIZE_MAX: no such place) */
    bool full;
    bool dirty;          /* marks have been set */
    uint32_t last_index; /* the group closed last, 0 none */
    uint32_t steps;
    size_t *marks;
    LoopState *loops;
    Choice *stack, *stack_end;
    StrFinder *finder;         /* of program.prefix, made at the first search */
    size_t first_pos, end_pos; /* as given, clipped: Match.pos, Match.endpos */
    void *memory;              /* holds marks and loops when there are many */
    size_t inline_marks[RE_INLINE_MARKS];
    LoopState inline_loops[4];
    Choice inline_choices[RE_INLINE_CHOICES];
} Matcher;

/* Prepares for a string: 0, or -1 with TypeError.  Does not keep `string` alive. */
int matcher_start(Thread *t, Matcher *m, Pattern *pattern, Value string, int64_t pos, int64_t endpos);
void matcher_end(Thread *t, Matcher *m);
/* 1: found, m->start, m->position and marks tell where; 0: not found; -1: error. */
int matcher_match(Thread *t, Matcher *m, bool full);
int matcher_search(Thread *t, Matcher *m);
/* After a match: go on behind it, and not with an empty match at the same place. */
static inline void matcher_advance(Matcher *m) { m->must_advance = m->position == m->start ? m->position : RE_UNSET; }
/* Both ends of a group (0: the match), false if it has not matched. */
static inline bool matcher_span(const Matcher *m, int64_t group, size_t *start, size_t *end)
{
    if (group == 0) {
        *start = m->start;
        *end = m->position;
        return true;
    }
    *start = m->marks[2 * group - 2];
    *end = m->marks[2 * group - 1];
    return *start != RE_UNSET && *end != RE_UNSET;
}

/* ---- match, scanner and template objects (sre_objects.c) ---- */

typedef struct SreState {
    Type *pattern, *match, *scanner, *template; /* owned */
    Value compile_template;                     /* re._compile_template, or empty until needed */
} SreState;
static inline SreState *sre_state(Thread *t) { return t->interp->module_state[MODULE__sre]; }

extern const TypeSpec sre_match_spec, sre_scanner_spec, sre_template_spec;

/* The Match of what m has found. */
MUST_CHECK Value match_new(Thread *t, const Matcher *m);
/* string[start:end] as exact str or bytes; text, kind: where its characters are. */
MUST_CHECK Value sre_slice(Thread *t, Value string, bool is_bytes, const void *text, size_t length, size_t start,
                           size_t end);
MUST_CHECK Value scanner_new(Thread *t, Value pattern, Value string, int64_t pos, int64_t endpos);
/* _sre.template: alternating literals and group numbers. */
MUST_CHECK Value template_make(Thread *t, Value list);
/* A replacement as a literal (*literal true: str or bytes itself) or as a template object. */
MUST_CHECK Value template_compile(Thread *t, Pattern *pattern, Value replacement, bool *literal);
/* The parts of a template: the literal before the first group; then `count` pairs. */
typedef struct TemplatePart {
    int64_t group;
    Value literal; /* behind the group, or empty */
} TemplatePart;
typedef struct ReTemplate {
    Object head;
    size_t count;
    Value literal;
    TemplatePart parts[];
} ReTemplate;

#endif
