/* parse_call.c: the arguments of calls and of class statements, and their known mistakes. */
#include "parser_internal.h"

#include "../memory/ref.h"

/* * expression */
AstExpr *parse_starred_expression(Parser *p)
{
    uint32_t start = p->at++;
    AstExpr *value = parse_expression(p);
    if (value && parser_diagnoses(p) && parser_peek(p) == TOKEN_EQUAL) {
        uint32_t before = p->at++;
        AstExpr *b = parse_expression(p);
        if (b)
            return parser_error_between(p, parser_token_position(&p->tokens[start]), b->position,
                                        "cannot assign to iterable argument unpacking");
        p->at = before;
    }
    if (p->failed)
        return NULL;
    if (!value) {
        if (parser_diagnoses(p))
            return parser_error_last(p, EXC_SyntaxError, "Invalid star expression");
        return NULL;
    }
    AstExpr *e = parser_expr(p, AST_Starred, parser_position(p, start));
    if (e) {
        e->Starred.value = value;
        e->Starred.ctx = AST_Load;
    }
    return e;
}

/* What a list of arguments consists of: positional ones are on the stack from `mark`; keywords are collected apart, in order. */
typedef struct Arguments {
    uint32_t positional, keywords; /* how many, one sort after the other on the stack: see push_argument */
    bool unpacked;                 /* a ** among the keywords */
} Arguments;

static AstKeyword *keyword_new(Parser *p, Value name, AstExpr *value, uint32_t start)
{
    AstKeyword *k = parser_alloc(p, sizeof *k);
    if (k) {
        k->kind = AST_keyword;
        k->position = parser_position(p, start);
        k->arg = name;
        k->value = value;
    }
    return k;
}

/* Items on the stack are tagged in bit 0: a keyword. */
static bool push_argument(Parser *p, AstExpr *e) { return parser_push(p, e); }
static bool push_keyword(Parser *p, AstKeyword *k) { return k && parser_push_word(p, (uint64_t)(uintptr_t)k | 1); }

/* `at` is restored unless an error was raised. */
static void diagnose_keyword(Parser *p)
{
    uint32_t start = p->at;
    TokenKind kind = parser_peek(p);
    Position first = parser_token_position(&p->tokens[start]);
    if ((kind == TOKEN_TRUE || kind == TOKEN_FALSE || kind == TOKEN_NONE) && parser_peek2(p) == TOKEN_EQUAL) {
        parser_error_between(p, first, parser_token_position(&p->tokens[start + 1]), "cannot assign to %s",
                             lexer_kind_text(kind));
        return;
    }
    if (kind == TOKEN_NAME && parser_peek2(p) == TOKEN_EQUAL) {
        p->at += 2;
        if (parse_expression(p) && parse_for_clauses(p))
            parser_error_between(p, first, parser_token_position(&p->tokens[start + 1]),
                                 "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
        p->at = start;
        return;
    }
    AstExpr *a = parse_expression(p);
    if (a && !p->failed && parser_peek(p) == TOKEN_EQUAL)
        parser_error_between(p, a->position, parser_token_position(&p->tokens[p->at]),
                             "expression cannot contain assignment, perhaps you meant \"==\"?");
    p->at = start;
    if (p->failed || kind != TOKEN_DOUBLESTAR)
        return;
    p->at++;
    if (parse_expression(p) && parser_accept(p, TOKEN_EQUAL)) {
        AstExpr *b = parse_expression(p);
        if (b)
            parser_error_between(p, first, b->position, "cannot assign to keyword argument unpacking");
    }
    p->at = start;
}

/* name = value, or what `prefix` introduces: `*` in the first part of the keyword arguments, `**` in the second. */
static bool parse_keyword_argument(Parser *p, TokenKind prefix)
{
    if (parser_diagnoses(p)) {
        diagnose_keyword(p);
        if (p->failed)
            return false;
    }
    uint32_t start = p->at;
    TokenKind kind = parser_peek(p);
    if (kind == TOKEN_NAME && parser_peek2(p) == TOKEN_EQUAL) {
        p->at += 2;
        AstExpr *value = parse_expression(p);
        Value name = value ? parser_name(p, &p->tokens[start]) : VALUE_EMPTY;
        return value && !p->failed && push_keyword(p, keyword_new(p, name, value, start));
    }
    if (kind != prefix)
        return false;
    if (prefix == TOKEN_STAR) {
        AstExpr *e = parse_starred_expression(p);
        return e && push_argument(p, e);
    }
    p->at++;
    AstExpr *value = parse_expression(p);
    return value && push_keyword(p, keyword_new(p, VALUE_EMPTY, value, start));
}

/* One or more keyword arguments of either part, separated by commas; a comma behind is left. */
static bool parse_keyword_list(Parser *p, TokenKind prefix)
{
    if (!parse_keyword_argument(p, prefix))
        return false;
    while (parser_peek(p) == TOKEN_COMMA) {
        uint32_t before = p->at++, mark = p->stack_n;
        if (!parse_keyword_argument(p, prefix)) {
            p->at = before;
            p->stack_n = mark;
            break;
        }
    }
    return !p->failed;
}

static bool parse_keywords(Parser *p)
{
    uint32_t start = p->at, mark = p->stack_n;
    if (!parse_keyword_list(p, TOKEN_STAR)) {
        p->at = start;
        p->stack_n = mark;
        return !p->failed && parse_keyword_list(p, TOKEN_DOUBLESTAR);
    }
    if (parser_peek(p) == TOKEN_COMMA) {
        uint32_t before = p->at++;
        mark = p->stack_n;
        if (!parse_keyword_list(p, TOKEN_DOUBLESTAR)) {
            p->at = before;
            p->stack_n = mark;
        }
    }
    return !p->failed;
}

/* An argument by position that is not followed by `=`. */
static AstExpr *parse_positional(Parser *p)
{
    TokenKind kind = parser_peek(p);
    if (kind == TOKEN_STAR)
        return parse_starred_expression(p);
    if (kind == TOKEN_DOUBLESTAR || (kind == TOKEN_NAME && parser_peek2(p) == TOKEN_EQUAL))
        return NULL;
    AstExpr *e = parse_walrus_or_expression(p);
    return e && parser_peek(p) == TOKEN_EQUAL ? NULL : e;
}

/* Positional arguments, of which the first may have been read already: true if there is at least one; a comma behind is left. */
static bool parse_positionals(Parser *p, AstExpr *first)
{
    AstExpr *e = first ? first : parse_positional(p);
    if (!e || !push_argument(p, e))
        return false;
    while (parser_peek(p) == TOKEN_COMMA) {
        uint32_t before = p->at++;
        e = parse_positional(p);
        if (!e) {
            p->at = before;
            break;
        }
        if (!push_argument(p, e))
            return false;
    }
    return !p->failed;
}

/* All arguments, pushed; a comma behind is left.  false: none.  `first`: a positional one already read, or NULL. */
static bool parse_args(Parser *p, AstExpr *first)
{
    uint32_t start = p->at, mark = p->stack_n;
    if (!parse_positionals(p, first)) {
        p->at = start;
        p->stack_n = mark;
        return !p->failed && parse_keywords(p);
    }
    if (parser_peek(p) == TOKEN_COMMA) {
        uint32_t before = p->at++;
        mark = p->stack_n;
        if (!parse_keywords(p)) {
            p->at = before;
            p->stack_n = mark;
        }
    }
    return !p->failed;
}

static Position last_item(const AstComprehensionSeq *clauses)
{
    const AstComprehension *c = clauses->at[clauses->n - 1];
    return c->ifs->n ? c->ifs->at[c->ifs->n - 1]->position : c->iter->position;
}

static const char generator_message[] = "Generator expression must be parenthesized";
static const char assign_message[] = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";

static void diagnose_arguments(Parser *p, uint32_t start)
{
    uint32_t mark = p->stack_n;
    /* f(**a, *b) */
    p->at = start;
    bool some = parse_positionals(p, NULL) && parser_accept(p, TOKEN_COMMA) && parse_keywords(p);
    p->stack_n = mark;
    if (!some && !p->failed) {
        p->at = start;
        some = parse_keywords(p);
        p->stack_n = mark;
    }
    if (p->failed)
        return;
    if (some && parser_accept(p, TOKEN_COMMA)) {
        uint32_t comma = p->at - 1;
        bool starred = false;
        while (parser_peek(p) == TOKEN_STAR) {
            uint32_t before = p->at;
            if (!parse_starred_expression(p) || parser_peek(p) == TOKEN_EQUAL) {
                p->at = before;
                break;
            }
            starred = true;
            if (!parser_accept(p, TOKEN_COMMA))
                break;
        }
        if (p->failed)
            return;
        if (starred) {
            parser_error_from(p, parser_token_position(&p->tokens[comma]),
                              "iterable argument unpacking follows keyword argument unpacking");
            return;
        }
    }
    /* f(x for x in y, 1) */
    p->at = start;
    AstExpr *a = parse_expression(p);
    AstComprehensionSeq *clauses = a ? parse_for_clauses(p) : NULL;
    if (p->failed)
        return;
    if (clauses && parser_accept(p, TOKEN_COMMA)) {
        uint32_t after = p->at;
        bool more = parse_args(p, NULL);
        p->stack_n = mark;
        if (!more && !p->failed) {
            p->at = after;
            if (parse_expression(p))
                parse_for_clauses(p);
        }
        if (!p->failed)
            parser_error_between(p, a->position, last_item(clauses), generator_message);
        return;
    }
    /* f(x = y for y in z) */
    p->at = start;
    if (parser_peek(p) == TOKEN_NAME && parser_peek2(p) == TOKEN_EQUAL) {
        p->at += 2;
        if (parse_expression(p) && parse_for_clauses(p))
            parser_error_between(p, parser_token_position(&p->tokens[start]),
                                 parser_token_position(&p->tokens[start + 1]), assign_message);
        if (p->failed)
            return;
    }
    /* f(a, b=) */
    p->at = start;
    for (int with_args = 1; with_args >= 0; with_args--) {
        p->at = start;
        if (with_args && !(parse_args(p, NULL) && parser_accept(p, TOKEN_COMMA))) {
            p->stack_n = mark;
            if (p->failed)
                return;
            continue;
        }
        p->stack_n = mark;
        uint32_t name = p->at;
        if (parser_peek(p) == TOKEN_NAME && parser_peek2(p) == TOKEN_EQUAL) {
            p->at += 2;
            if (parser_peek(p) == TOKEN_COMMA || parser_peek(p) == TOKEN_RPAR) {
                parser_error_between(p, parser_token_position(&p->tokens[name]),
                                     parser_token_position(&p->tokens[name + 1]), "expected argument value expression");
                return;
            }
        }
        if (with_args)
            break; /* the optional part matched: it is not tried without */
    }
    /* f(1, x for x in y) */
    p->at = start;
    bool args = parse_args(p, NULL);
    uint32_t after = p->at;
    AstExpr *last = NULL;
    uint32_t count = 0;
    bool unpacked = false;
    for (uint32_t i = mark; i < p->stack_n; i++) {
        if (p->stack[i] & 1) {
            const AstKeyword *k = (const AstKeyword *)(uintptr_t)(p->stack[i] & ~UINT64_C(1));
            unpacked |= value_is_empty(k->arg);
        } else {
            last = (AstExpr *)(uintptr_t)p->stack[i];
            count++;
        }
    }
    p->stack_n = mark;
    if (p->failed || !args)
        return;
    clauses = parse_for_clauses(p);
    if (p->failed)
        return;
    if (clauses && count > 1) {
        parser_error_between(p, last->position, last_item(clauses), generator_message);
        return;
    }
    p->at = after;
    if (!parser_accept(p, TOKEN_COMMA))
        return;
    after = p->at;
    a = parse_expression(p);
    clauses = a ? parse_for_clauses(p) : NULL;
    if (p->failed)
        return;
    if (clauses) {
        parser_error_between(p, a->position, last_item(clauses), generator_message);
        return;
    }
    p->at = after;
    args = parse_args(p, NULL);
    p->stack_n = mark;
    if (args && !p->failed)
        parser_error_last(p, EXC_SyntaxError,
                          unpacked ? "positional argument follows keyword argument unpacking"
                                   : "positional argument follows keyword argument");
}

/* Splits what parse_args pushed. */
static bool split_arguments(Parser *p, uint32_t mark, AstExprSeq **args, AstKeywordSeq **keywords)
{
    uint32_t n = 0, k = 0;
    for (uint32_t i = mark; i < p->stack_n; i++)
        if (p->stack[i] & 1)
            k++;
        else
            n++;
    *args = n ? parser_alloc(p, sizeof **args + n * sizeof(AstExpr *)) : parser_empty_seq();
    *keywords = k ? parser_alloc(p, sizeof **keywords + k * sizeof(AstKeyword *)) : parser_empty_seq();
    if (p->failed)
        return false;
    if (n)
        (*args)->n = n;
    if (k)
        (*keywords)->n = k;
    n = k = 0;
    for (uint32_t i = mark; i < p->stack_n; i++) {
        if (p->stack[i] & 1)
            (*keywords)->at[k++] = (AstKeyword *)(uintptr_t)(p->stack[i] & ~UINT64_C(1));
        else
            (*args)->at[n++] = (AstExpr *)(uintptr_t)p->stack[i];
    }
    p->stack_n = mark;
    return true;
}

/* f(x for x in y): the first argument is read, `for` follows. */
static bool parse_lone_generator(Parser *p, uint32_t open, AstExpr *element, AstExprSeq **args)
{
    AstComprehensionSeq *generators = parse_for_clauses(p);
    if (!generators || parser_peek(p) != TOKEN_RPAR)
        return false;
    p->at++;
    AstExpr *e = parser_expr(p, AST_GeneratorExp, parser_position(p, open));
    p->at--;
    *args = parser_alloc(p, sizeof **args + sizeof(AstExpr *));
    if (!e || !*args)
        return false;
    e->GeneratorExp.elt = element;
    e->GeneratorExp.generators = generators;
    (*args)->n = 1;
    (*args)->at[0] = e;
    return true;
}

bool parse_call_arguments(Parser *p, uint32_t open, AstExprSeq **args, AstKeywordSeq **keywords)
{
    uint32_t start = p->at, mark = p->stack_n;
    *keywords = parser_empty_seq();
    void *node;
    if (p->diagnosing && parser_memo_find(p, MEMO_ARGUMENTS, &node) && !node)
        return false;
    TokenKind kind = parser_peek(p);
    AstExpr *first = NULL;
    if (kind != TOKEN_STAR && kind != TOKEN_DOUBLESTAR && !(kind == TOKEN_NAME && parser_peek2(p) == TOKEN_EQUAL)) {
        first = parse_walrus_or_expression(p);
        if (!first && p->failed)
            return false;
        if (first && open != PARSER_NO_BRACKET && parser_at_for(p)) {
            uint32_t before = p->at;
            if (parse_lone_generator(p, open, first, args))
                return true;
            if (p->failed)
                return false;
            p->at = before;
        }
        if (first && parser_peek(p) == TOKEN_EQUAL)
            first = NULL;
        if (!first)
            p->at = start;
    }
    if ((first || !p->failed) && parse_args(p, first)) {
        parser_accept(p, TOKEN_COMMA);
        if (parser_peek(p) == TOKEN_RPAR)
            return split_arguments(p, mark, args, keywords);
    }
    p->stack_n = mark;
    if (p->diagnosing && !p->failed && !p->in_plain_expression) {
        diagnose_arguments(p, start);
        p->stack_n = mark;
    }
    if (p->diagnosing)
        parser_memo_add(p, MEMO_ARGUMENTS, start, NULL);
    return false;
}
