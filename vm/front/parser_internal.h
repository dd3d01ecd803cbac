/* parser_internal.h: what the files of the parser share.
 *
 * The parser is a recursive descent over an array of tokens that grows as tokens are looked at.  A function parse_X returns its node and leaves
 * `at` behind it, or returns NULL: nothing that it can be was found (and `at` is anywhere: a caller that has another idea resets it), or, when
 * `failed` is set, an exception is pending and everything returns NULL quickly.
 *
 * A text is parsed twice when it is wrong.  The first time nothing is asked but whether it is right; the token at which that ended is the place of "invalid
 * syntax" if nothing better is found.  The second time `diagnosing` is set: at places where known mistakes are made, functions diagnose_X try to
 * recognise them and raise a specific error.  Which of several errors is reported follows from the order of these attempts, so it is part of
 * what the parser promises.  Results are remembered by place (parser_memo_find) so that repeated attempts stay linear. */
#ifndef BATON_FRONT_PARSER_INTERNAL_H
#define BATON_FRONT_PARSER_INTERNAL_H

#include "ast_table.h"
#include "lexer_internal.h"
#include "parser.h"
#include "syntax_error.h"

#include "../object/str.h"

typedef struct NameEntry {
    uint32_t hash, start, length; /* the text: source[start, start + length) */
    Value name;                   /* empty: free */
} NameEntry;

typedef struct MemoEntry {
    uint32_t at, rule, end;
    void *node;
} MemoEntry;

typedef struct Parser {
    Thread *t;
    Arena *arena;
    Lexer lexer;
    ParseMode mode;
    int flags, feature_version;
    bool failed, diagnosing;
    bool in_plain_expression; /* inside parse_expression_quietly: do not diagnose */
    Position last_statement;  /* the last one read in the second pass: traceback looks there for misspelt keywords */
    bool started;             /* a token was read that single mode must end with a newline */
    Token *tokens;
    uint32_t n, capacity, at;
    uint32_t depth, depth_limit;
    /* Items of sequences under construction. */
    uint64_t *stack;
    uint32_t stack_n, stack_capacity;
    NameEntry *names;
    uint32_t name_count, name_mask;
    MemoEntry *memo;
    uint32_t memo_count, memo_mask;
    AstTypeIgnore **ignores; /* of type comments, in the arena */
    uint32_t ignore_count, ignore_capacity;
    Value u_name;     /* the str "u", or empty */
    uint32_t warned;  /* tokens before it have had their warnings */
    Value normalizer; /* the module unicodedata, or empty */
} Parser;

/* Are known mistakes to be looked for? */
static inline bool parser_diagnoses(const Parser *p) { return p->diagnosing && !p->in_plain_expression; }

/* ---- tokens (parser.c) ---- */

void parser_fetch(Parser *p); /* makes tokens[at] exist */
static ALWAYS_INLINE TokenKind parser_peek(Parser *p)
{
    if (UNLIKELY(p->at == p->n))
        parser_fetch(p);
    return (TokenKind)p->tokens[p->at].kind;
}
static ALWAYS_INLINE bool parser_accept(Parser *p, TokenKind kind)
{
    if (parser_peek(p) != kind)
        return false;
    p->at++;
    return true;
}
/* The kind of the token after the next; to be called when the next has been looked at. */
static inline TokenKind parser_peek2(Parser *p)
{
    p->at++;
    TokenKind kind = parser_peek(p);
    p->at--;
    return kind;
}
/* Is the next token this NAME? (soft keywords) */
bool parser_peek_word(Parser *p, const char *word);
/* The token must come, or it is an error "expected '...'" at once. */
bool parser_expect_forced(Parser *p, TokenKind kind);
static ALWAYS_INLINE const Token *parser_token(Parser *p, uint32_t index) { return &p->tokens[index]; }
static ALWAYS_INLINE const Token *parser_last(Parser *p) { return &p->tokens[p->at - 1]; }

/* From the beginning of a token to the end of the last one taken. */
static ALWAYS_INLINE Position parser_position(Parser *p, uint32_t start)
{
    const Token *a = &p->tokens[start], *b = &p->tokens[p->at - 1];
    return (Position){a->line, a->column, b->end_line, b->end_column};
}
/* The same, not counting newlines and dedents at the end: for compound statements. */
Position parser_position_block(Parser *p, uint32_t start);
static inline Position parser_token_position(const Token *token)
{
    return (Position){token->line, token->column, token->end_line, token->end_column};
}

/* ---- nodes ---- */

static ALWAYS_INLINE void *parser_alloc(Parser *p, size_t n)
{
    void *result = arena_alloc(p->t, p->arena, n);
    if (UNLIKELY(!result))
        p->failed = true;
    return result;
}
static ALWAYS_INLINE AstExpr *parser_expr(Parser *p, AstKind kind, Position position)
{
    AstExpr *e = parser_alloc(p, sizeof *e);
    if (LIKELY(e != NULL)) {
        e->kind = kind;
        e->position = position;
    }
    return e;
}
static ALWAYS_INLINE AstStmt *parser_stmt(Parser *p, AstKind kind, Position position)
{
    AstStmt *s = parser_alloc(p, sizeof *s);
    if (LIKELY(s != NULL)) {
        s->kind = kind;
        s->position = position;
    }
    return s;
}
AstExpr *parser_name_expr(Parser *p, Value name, AstKind context, Position position);
AstExpr *parser_constant(Parser *p, Value value_take, Position position); /* empty: passes the error on */
AstExpr *parser_tuple(Parser *p, AstExprSeq *elts, Position position);
/* The name that a NAME token spells, interned; empty with `failed`. */
Value parser_name(Parser *p, const Token *token);
Value parser_name_text(Parser *p, uint32_t start, uint32_t length);
/* Keeps a value with the tree; empty with `failed` if it is empty or cannot be kept. */
Value parser_keep_take(Parser *p, Value v);

/* Sequences are collected on a stack: mark, push ..., then finish copies what is above the mark into the arena. */
bool parser_push_slow(Parser *p, uint64_t item);
static ALWAYS_INLINE bool parser_push_word(Parser *p, uint64_t item)
{
    if (UNLIKELY(p->stack_n == p->stack_capacity))
        return parser_push_slow(p, item);
    p->stack[p->stack_n++] = item;
    return true;
}
static ALWAYS_INLINE bool parser_push(Parser *p, const void *item)
{
    return parser_push_word(p, (uint64_t)(uintptr_t)item);
}
void *parser_finish(Parser *p, uint32_t mark);        /* of pointers */
void *parser_finish_values(Parser *p, uint32_t mark); /* of Values */
void *parser_finish_kinds(Parser *p, uint32_t mark);  /* of AstKinds */
void *parser_empty_seq(void);

/* One level deeper: false (MemoryError pending) when that is too deep.  Balanced by depth -= cost, also on failure. */
bool parser_too_deep(Parser *p);
static ALWAYS_INLINE bool parser_enter(Parser *p)
{
    char here;
    return LIKELY(++p->depth < p->depth_limit && (uintptr_t)&here > p->t->stack_guard) ? true : !parser_too_deep(p);
}
static ALWAYS_INLINE void parser_leave(Parser *p) { p->depth--; }

/* What was found at this token before: 1 (with *node, `at` moved), or 0.  While diagnosing; before, only where expressions and
 * atoms are not (MEMO_NO_...): whoever has another idea would find out again, twice at each level of brackets. */
int parser_memo_find(Parser *p, uint32_t rule, void **node);
void parser_memo_add(Parser *p, uint32_t rule, uint32_t at, void *node);
enum {
    MEMO_EXPRESSION = 1,
    MEMO_NAMED,
    MEMO_BITWISE_OR,
    MEMO_DISJUNCTION,
    MEMO_PRIMARY,
    MEMO_BLOCK,
    MEMO_ARGUMENTS,
    MEMO_STRINGS,
    MEMO_NO_EXPRESSION,
    MEMO_NO_ATOM
};

/* ---- errors (syntax_error.c); all return NULL and set `failed` ---- */

#define END_UNKNOWN INT32_MIN /* Position.end_column: reported as -1 */

void *parser_error_range(Parser *p, Position range, const char *format, ...); /* the range */
void *parser_error_range_id(Parser *p, ExceptionId id, Position range, const char *format, ...);
void *parser_error_between(Parser *p, Position a, Position b, const char *format,
                           ...); /* from the start of a to the end of b */
void *parser_error_token(Parser *p, const Token *token, const char *format, ...);
void *parser_error_from(Parser *p, Position a, const char *format, ...); /* from the start of a to where the lexer is */
void *parser_error_last(Parser *p, ExceptionId id, const char *format, ...); /* at the last token looked at */
void *parser_error_next(Parser *p, const char *format, ...);                 /* at the next token */
void *parser_error_unclosed(Parser *p);                                      /* "'(' was never closed" */
/* An exception is pending that was raised elsewhere. */
static inline void *parser_raised(Parser *p)
{
    p->failed = true;
    return NULL;
}
/* After a parse that failed: makes sure that the best error is pending. */
void parser_report(Parser *p, uint32_t last);
/* A feature of Python 3.`minor`: false with an error if the text is to be parsed as an older version. */
bool parser_version(Parser *p, int minor, const char *what);
/* "function call", "literal" ...: what an expression is called in messages. */
const char *parser_expr_name(const AstExpr *e);
typedef enum TargetKind { TARGET_STAR, TARGET_DEL, TARGET_FOR } TargetKind;
/* The part of an expression that cannot be a target, or NULL. */
const AstExpr *parser_invalid_target(const AstExpr *e, TargetKind kind);
/* Raises "cannot assign to X" or "cannot delete X" for a bad target; NULL without an error if it is none. */
void *parser_error_target(Parser *p, const AstExpr *e, TargetKind kind);

/* ---- grammar: expressions (parse_expression.c) ---- */

AstExpr *parse_star_expressions(Parser *p); /* a, *b, c */
AstExpr *parse_star_expression(Parser *p);
AstExpr *parse_star_named_expression(Parser *p); /* element of a display */
AstExpr *parse_named_expression(Parser *p);      /* with := */
AstExpr *parse_expression(Parser *p);
AstExpr *parse_disjunction(Parser *p);
AstExpr *parse_bitwise_or(Parser *p);
AstExpr *parse_yield(Parser *p);         /* the next token is `yield` */
AstExpr *parse_annotated_rhs(Parser *p); /* yield or star_expressions */
AstExpr *parse_expressions(Parser *p);   /* a, b, c without stars */
/* expression (not followed by :=) or NAME := expression */
AstExpr *parse_walrus_or_expression(Parser *p);
/* An expression without any attempt to diagnose; NULL leaves no exception of the grammar. */
AstExpr *parse_expression_quietly(Parser *p);

/* ---- atoms and what follows them (parse_atom.c) ---- */

AstExpr *parse_primary(Parser *p);
/* At least one argument, up to, not including, `)`.  `open` is the token "(" where a lone generator expression may stand for the arguments, else
 * PARSER_NO_BRACKET (class statements). */
#define PARSER_NO_BRACKET UINT32_MAX
bool parse_call_arguments(Parser *p, uint32_t open, AstExprSeq **args, AstKeywordSeq **keywords);
AstExpr *parse_starred_expression(Parser *p); /* * expression */
AstExprSeq *parse_star_named_expressions(Parser *p);
AstExpr *parse_slices(Parser *p);
AstComprehensionSeq *parse_for_clauses(Parser *p); /* NULL: none, or wrong */
static inline bool parser_at_for(Parser *p)
{
    TokenKind kind = parser_peek(p);
    return kind == TOKEN_FOR || (kind == TOKEN_ASYNC && parser_peek2(p) == TOKEN_FOR);
}

/* ---- targets (parse_target.c) ---- */

/* Makes an expression a target, in place: false if it cannot be one (parts may have been changed). */
bool parser_to_target(AstExpr *e, AstKind context);
bool parser_to_single_target(AstExpr *e, AstKind context); /* name, attribute, subscript; perhaps in brackets */
AstExpr *parse_star_targets(Parser *p);                    /* of for: up to `in` */
AstExpr *parse_star_target(Parser *p);
AstExprSeq *parse_del_targets(Parser *p);

/* ---- parameters (parse_parameters.c) ---- */

AstArguments *parse_parameters(Parser *p, bool lambda); /* up to `)` or `:`; never NULL but for failure */
AstTypeParamSeq *parse_type_params(Parser *p);          /* the empty sequence if there are none */

/* ---- statements (parse_statement.c, parse_compound.c, parse_match.c) ---- */

bool parse_statements(Parser *p);       /* pushes at least one */
bool parse_statement(Parser *p);        /* pushes the statements of one line, or a compound statement */
bool parse_simple_statement(Parser *p); /* pushes one */
bool parse_simple_statements(Parser *p);
AstStmt *parse_compound_statement(Parser *p); /* NULL: the next token begins none, or it is wrong */
AstStmtSeq *parse_block(Parser *p);
AstStmt *parse_match(Parser *p);
Value parse_type_comment(Parser *p); /* the next token, if it is one; else empty */

/* ---- literals (literal.c, parse_string.c) ---- */

AstExpr *parse_strings(Parser *p);
Value literal_number(Parser *p, const Token *token);
/* The value of a STRING token; what its prefix says.  `u` is told of lower-case u only, as the field `kind` has it. */
Value literal_string(Parser *p, uint32_t token, bool *is_bytes, bool *is_u);
/* Text with escapes, from a literal of which `token` is a part. */
Value literal_text(Parser *p, uint32_t token, const char *s, size_t n, bool raw);

#endif
