/* parse_match.c: the `match` statement and its patterns. */
#include "parser_internal.h"

#include "../memory/ref.h"
#include "../object/float.h"
#include "../object/object.h"

static AstPattern *parse_pattern(Parser *p);

static AstPattern *pattern_new(Parser *p, AstKind kind, uint32_t start)
{
    AstPattern *pattern = p->failed ? NULL : parser_alloc(p, sizeof *pattern);
    if (pattern) {
        pattern->kind = kind;
        pattern->position = parser_position(p, start);
    }
    return pattern;
}

/* ---- literals ---- */

static bool is_complex(const AstExpr *e) { return object_is_exact(e->Constant.value, KIND_COMPLEX); }

static AstExpr *parse_number(Parser *p)
{
    if (parser_peek(p) != TOKEN_NUMBER)
        return NULL;
    const Token *token = &p->tokens[p->at++];
    Position position = parser_token_position(token);
    return parser_constant(p, literal_number(p, token), position);
}

/* [-] NUMBER [(+ | -) NUMBER] */
static AstExpr *parse_signed_number(Parser *p)
{
    uint32_t start = p->at;
    bool negative = parser_accept(p, TOKEN_MINUS);
    AstExpr *e = parse_number(p);
    if (!e)
        return NULL;
    const AstExpr *real = e;
    if (negative) {
        AstExpr *operand = e;
        e = parser_expr(p, AST_UnaryOp, parser_position(p, start));
        if (!e)
            return NULL;
        e->UnaryOp.op = AST_USub;
        e->UnaryOp.operand = operand;
    }
    TokenKind kind = parser_peek(p);
    if (kind != TOKEN_PLUS && kind != TOKEN_MINUS)
        return e;
    if (is_complex(real))
        return parser_error_range(p, real->position, "real number required in complex literal");
    p->at++;
    AstExpr *imaginary = parse_number(p);
    if (!imaginary)
        return NULL;
    if (!is_complex(imaginary))
        return parser_error_range(p, imaginary->position, "imaginary number required in complex literal");
    AstExpr *sum = parser_expr(p, AST_BinOp, parser_position(p, start));
    if (sum) {
        sum->BinOp.left = e;
        sum->BinOp.op = kind == TOKEN_PLUS ? AST_Add : AST_Sub;
        sum->BinOp.right = imaginary;
    }
    return sum;
}

/* NAME or NAME.NAME...; sets *dotted. */
static AstExpr *parse_dotted(Parser *p, bool *dotted)
{
    uint32_t start = p->at++;
    Value name = parser_name(p, &p->tokens[start]);
    *dotted = false;
    if (p->failed)
        return NULL;
    AstExpr *e = parser_name_expr(p, name, AST_Load, parser_token_position(&p->tokens[start]));
    while (e && parser_peek(p) == TOKEN_DOT) {
        p->at++;
        if (parser_peek(p) != TOKEN_NAME) {
            p->at--;
            break;
        }
        name = parser_name(p, &p->tokens[p->at++]);
        AstExpr *next = p->failed ? NULL : parser_expr(p, AST_Attribute, parser_position(p, start));
        if (next) {
            next->Attribute.value = e;
            next->Attribute.attr = name;
            next->Attribute.ctx = AST_Load;
        }
        e = next;
        *dotted = true;
    }
    return e;
}

/* ---- sequences, mappings, classes ---- */

/* NAME as a target: not `_`, and not the beginning of something longer. Empty: it is none. */
static Value parse_capture_target(Parser *p)
{
    if (parser_peek(p) != TOKEN_NAME || parser_peek_word(p, "_"))
        return VALUE_EMPTY;
    TokenKind next = parser_peek2(p);
    if (next == TOKEN_DOT || next == TOKEN_LPAR || next == TOKEN_EQUAL)
        return VALUE_EMPTY;
    return parser_name(p, &p->tokens[p->at++]);
}

static AstPattern *parse_star_or_pattern(Parser *p)
{
    if (parser_peek(p) != TOKEN_STAR)
        return parse_pattern(p);
    uint32_t start = p->at++;
    Value name = VALUE_EMPTY;
    if (parser_peek_word(p, "_"))
        p->at++;
    else if (value_is_empty(name = parse_capture_target(p)))
        return NULL;
    AstPattern *pattern = pattern_new(p, AST_MatchStar, start);
    if (pattern)
        pattern->MatchStar.name = name;
    return pattern;
}

/* More items behind the first, which is on the stack already; a comma behind the last is taken. *comma: there was any. */
static bool parse_more_items(Parser *p, bool *comma)
{
    *comma = false;
    while (parser_accept(p, TOKEN_COMMA)) {
        *comma = true;
        uint32_t after = p->at;
        AstPattern *item = parse_star_or_pattern(p);
        if (!item) {
            p->at = after;
            break;
        }
        if (!parser_push(p, item))
            return false;
    }
    return !p->failed;
}

static AstPattern *sequence_new(Parser *p, uint32_t start, uint32_t mark)
{
    AstPatternSeq *patterns = parser_finish(p, mark);
    AstPattern *pattern = patterns ? pattern_new(p, AST_MatchSequence, start) : NULL;
    if (pattern)
        pattern->MatchSequence.patterns = patterns;
    return pattern;
}

/* ( ... ): a pattern in brackets, or a sequence; [ ... ]: a sequence. */
static AstPattern *parse_bracketed(Parser *p, TokenKind close)
{
    uint32_t start = p->at++, mark = p->stack_n;
    bool comma = false;
    AstPattern *first = NULL;
    if (parser_peek(p) != close) {
        first = parse_star_or_pattern(p);
        if (!first || !parser_push(p, first) || !parse_more_items(p, &comma))
            return NULL;
    }
    if (!parser_accept(p, close))
        return NULL;
    if (close == TOKEN_RPAR && first && !comma) {
        p->stack_n = mark;
        return first->kind == AST_MatchStar ? NULL : first;
    }
    return sequence_new(p, start, mark);
}

static AstExpr *parse_mapping_key(Parser *p)
{
    bool dotted;
    switch (parser_peek(p)) {
    case TOKEN_NAME: {
        AstExpr *e = parse_dotted(p, &dotted);
        return dotted ? e : NULL;
    }
    case TOKEN_NUMBER:
    case TOKEN_MINUS: return parse_signed_number(p);
    case TOKEN_STRING:
    case TOKEN_FSTRING_START:
    case TOKEN_TSTRING_START: return parse_strings(p);
    case TOKEN_NONE:
    case TOKEN_TRUE:
    case TOKEN_FALSE: {
        const Token *token = &p->tokens[p->at++];
        Value v = token->kind == TOKEN_NONE ? VALUE_NONE : value_from_bool(token->kind == TOKEN_TRUE);
        return parser_constant(p, v, parser_token_position(token));
    }
    default: return NULL;
    }
}

static AstPattern *parse_mapping(Parser *p)
{
    uint32_t start = p->at++, mark = p->stack_n;
    Value rest = VALUE_EMPTY;
    while (parser_peek(p) != TOKEN_RBRACE) {
        if (parser_accept(p, TOKEN_DOUBLESTAR)) {
            rest = parse_capture_target(p);
            if (value_is_empty(rest))
                return NULL;
            parser_accept(p, TOKEN_COMMA);
            break;
        }
        AstExpr *key = parse_mapping_key(p);
        AstPattern *value = key && parser_accept(p, TOKEN_COLON) ? parse_pattern(p) : NULL;
        if (!value || !parser_push(p, key) || !parser_push(p, value))
            return NULL;
        if (!parser_accept(p, TOKEN_COMMA))
            break;
    }
    if (!parser_accept(p, TOKEN_RBRACE))
        return NULL;
    uint32_t n = (p->stack_n - mark) / 2;
    AstExprSeq *keys = parser_alloc(p, sizeof *keys + n * sizeof(AstExpr *));
    AstPatternSeq *patterns = parser_alloc(p, sizeof *patterns + n * sizeof(AstPattern *));
    AstPattern *pattern = pattern_new(p, AST_MatchMapping, start);
    if (!keys || !patterns || !pattern)
        return NULL;
    keys->n = patterns->n = n;
    for (uint32_t i = 0; i < n; i++) {
        keys->at[i] = (AstExpr *)(uintptr_t)p->stack[mark + 2 * i];
        patterns->at[i] = (AstPattern *)(uintptr_t)p->stack[mark + 2 * i + 1];
    }
    p->stack_n = mark;
    pattern->MatchMapping.keys = keys;
    pattern->MatchMapping.patterns = patterns;
    pattern->MatchMapping.rest = rest;
    return pattern;
}

/* A positional pattern behind keyword patterns: pushes nothing. */
static void diagnose_class_pattern(Parser *p)
{
    uint32_t mark = p->stack_n;
    AstPattern *first = parse_pattern(p), *last = first;
    while (last && !p->failed && parser_accept(p, TOKEN_COMMA)) {
        AstPattern *next = parse_pattern(p);
        if (!next)
            break;
        last = next;
    }
    p->stack_n = mark;
    if (first && !p->failed)
        parser_error_between(p, first->position, last->position, "positional patterns follow keyword patterns");
}

static AstPattern *parse_class_pattern(Parser *p, AstExpr *class, uint32_t start)
{
    p->at++;
    uint32_t mark = p->stack_n, keyword_mark = mark;
    bool keywords = false;
    while (parser_peek(p) != TOKEN_RPAR) {
        if (parser_peek(p) == TOKEN_NAME && parser_peek2(p) == TOKEN_EQUAL) {
            if (!keywords)
                keyword_mark = p->stack_n;
            keywords = true;
            Value name = parser_name(p, &p->tokens[p->at]);
            p->at += 2;
            AstPattern *value = p->failed ? NULL : parse_pattern(p);
            if (!value || !parser_push_word(p, name.bits) || !parser_push(p, value))
                return NULL;
        } else if (keywords) {
            if (p->diagnosing)
                diagnose_class_pattern(p);
            return NULL;
        } else {
            AstPattern *value = parse_pattern(p);
            if (!value || !parser_push(p, value))
                return NULL;
        }
        if (!parser_accept(p, TOKEN_COMMA))
            break;
    }
    if (!parser_accept(p, TOKEN_RPAR))
        return NULL;
    if (!keywords)
        keyword_mark = p->stack_n;
    uint32_t n = (p->stack_n - keyword_mark) / 2;
    AstValueSeq *names = parser_alloc(p, sizeof *names + n * sizeof(Value));
    AstPatternSeq *values = parser_alloc(p, sizeof *values + n * sizeof(AstPattern *));
    if (!names || !values)
        return NULL;
    names->n = values->n = n;
    for (uint32_t i = 0; i < n; i++) {
        names->at[i] = (Value){p->stack[keyword_mark + 2 * i]};
        values->at[i] = (AstPattern *)(uintptr_t)p->stack[keyword_mark + 2 * i + 1];
    }
    p->stack_n = keyword_mark;
    AstPatternSeq *patterns = parser_finish(p, mark);
    AstPattern *pattern = patterns ? pattern_new(p, AST_MatchClass, start) : NULL;
    if (pattern) {
        pattern->MatchClass.cls = class;
        pattern->MatchClass.patterns = patterns;
        pattern->MatchClass.kwd_attrs = names;
        pattern->MatchClass.kwd_patterns = values;
    }
    return pattern;
}

/* ---- patterns ---- */

static AstPattern *value_pattern(Parser *p, AstExpr *e, uint32_t start)
{
    AstPattern *pattern = e ? pattern_new(p, AST_MatchValue, start) : NULL;
    if (pattern)
        pattern->MatchValue.value = e;
    return pattern;
}

static AstPattern *parse_name_pattern(Parser *p)
{
    uint32_t start = p->at;
    if (parser_peek_word(p, "_")) {
        p->at++;
        return pattern_new(p, AST_MatchAs, start);
    }
    bool dotted;
    AstExpr *e = parse_dotted(p, &dotted);
    if (!e)
        return NULL;
    TokenKind kind = parser_peek(p);
    if (kind == TOKEN_LPAR)
        return parse_class_pattern(p, e, start);
    if (kind == TOKEN_DOT || kind == TOKEN_EQUAL)
        return NULL;
    if (dotted)
        return value_pattern(p, e, start);
    AstPattern *pattern = pattern_new(p, AST_MatchAs, start);
    if (pattern)
        pattern->MatchAs.name = e->Name.id;
    return pattern;
}

static AstPattern *closed_pattern(Parser *p)
{
    uint32_t start = p->at;
    switch (parser_peek(p)) {
    case TOKEN_NAME: return parse_name_pattern(p);
    case TOKEN_NUMBER:
    case TOKEN_MINUS: return value_pattern(p, parse_signed_number(p), start);
    case TOKEN_STRING:
    case TOKEN_FSTRING_START:
    case TOKEN_TSTRING_START: return value_pattern(p, parse_strings(p), start);
    case TOKEN_NONE:
    case TOKEN_TRUE:
    case TOKEN_FALSE: {
        TokenKind kind = (TokenKind)p->tokens[p->at++].kind;
        AstPattern *pattern = pattern_new(p, AST_MatchSingleton, start);
        if (pattern)
            pattern->MatchSingleton.value = kind == TOKEN_NONE ? VALUE_NONE : value_from_bool(kind == TOKEN_TRUE);
        return pattern;
    }
    case TOKEN_LPAR: return parse_bracketed(p, TOKEN_RPAR);
    case TOKEN_LSQB: return parse_bracketed(p, TOKEN_RSQB);
    case TOKEN_LBRACE: return parse_mapping(p);
    default: return NULL;
    }
}

static AstPattern *parse_closed_pattern(Parser *p)
{
    uint32_t mark = p->stack_n;
    AstPattern *pattern = parser_enter(p) ? closed_pattern(p) : NULL;
    parser_leave(p);
    p->stack_n = mark;
    return pattern;
}

static AstPattern *parse_or_pattern(Parser *p)
{
    uint32_t start = p->at, mark = p->stack_n;
    AstPattern *first = parse_closed_pattern(p);
    if (!first || parser_peek(p) != TOKEN_VBAR)
        return first;
    if (!parser_push(p, first))
        return NULL;
    while (parser_peek(p) == TOKEN_VBAR) {
        uint32_t before = p->at++;
        AstPattern *next = parse_closed_pattern(p);
        if (!next) {
            p->at = before;
            break;
        }
        if (!parser_push(p, next))
            return NULL;
    }
    if (p->failed)
        return NULL;
    if (p->stack_n == mark + 1) {
        p->stack_n = mark;
        return first;
    }
    AstPatternSeq *patterns = parser_finish(p, mark);
    AstPattern *pattern = patterns ? pattern_new(p, AST_MatchOr, start) : NULL;
    if (pattern)
        pattern->MatchOr.patterns = patterns;
    return pattern;
}

static AstPattern *parse_pattern(Parser *p)
{
    uint32_t start = p->at;
    AstPattern *inner = parse_or_pattern(p);
    if (!inner || parser_peek(p) != TOKEN_AS)
        return inner;
    uint32_t before = p->at++;
    Value name = parse_capture_target(p);
    if (p->failed)
        return NULL;
    if (value_is_empty(name)) {
        if (p->diagnosing) {
            if (parser_peek_word(p, "_"))
                return parser_error_token(p, &p->tokens[p->at], "cannot use '_' as a target");
            AstExpr *e = parse_expression(p);
            if (e)
                return parser_error_range(p, e->position, "cannot use %s as pattern target", parser_expr_name(e));
            if (p->failed)
                return NULL;
        }
        p->at = before;
        return inner;
    }
    AstPattern *pattern = pattern_new(p, AST_MatchAs, start);
    if (pattern) {
        pattern->MatchAs.pattern = inner;
        pattern->MatchAs.name = name;
    }
    return pattern;
}

/* The pattern of a case: also a sequence without brackets. */
static AstPattern *parse_patterns(Parser *p)
{
    uint32_t start = p->at, mark = p->stack_n;
    AstPattern *first = parse_star_or_pattern(p);
    if (!first)
        return NULL;
    if (parser_peek(p) != TOKEN_COMMA)
        return first->kind == AST_MatchStar ? NULL : first;
    bool comma;
    if (!parser_push(p, first) || !parse_more_items(p, &comma))
        return NULL;
    return sequence_new(p, start, mark);
}

/* ---- the statement ---- */

/* NEWLINE without INDENT behind the ":" of `match` or `case`. */
static bool missing_block(Parser *p, const char *what, uint32_t keyword)
{
    if (!parser_diagnoses(p) || p->failed || parser_peek(p) != TOKEN_NEWLINE)
        return false;
    TokenKind next = parser_peek2(p);
    if (next == TOKEN_INDENT || next == TOKEN_ERRORTOKEN)
        return false;
    parser_error_last(p, EXC_IndentationError, "expected an indented block after '%s' statement on line %d", what,
                      p->tokens[keyword].line);
    return true;
}

static AstMatchCase *parse_case(Parser *p)
{
    uint32_t start = p->at;
    if (!parser_peek_word(p, "case"))
        return NULL;
    p->at++;
    AstPattern *pattern = parse_patterns(p);
    AstExpr *guard = NULL;
    if (!pattern)
        return NULL;
    if (parser_peek(p) == TOKEN_IF) {
        uint32_t before = p->at++;
        guard = parse_named_expression(p);
        if (!guard)
            p->at = before;
    }
    if (p->failed)
        return NULL;
    if (p->diagnosing && parser_peek(p) == TOKEN_NEWLINE)
        return parser_error_last(p, EXC_SyntaxError, "expected ':'");
    if (!parser_accept(p, TOKEN_COLON) || missing_block(p, "case", start))
        return NULL;
    AstStmtSeq *body = parse_block(p);
    AstMatchCase *c = body ? parser_alloc(p, sizeof *c) : NULL;
    if (c) {
        c->kind = AST_match_case;
        c->position = parser_position_block(p, start);
        c->pattern = pattern;
        c->guard = guard;
        c->body = body;
    }
    return c;
}

static AstExpr *parse_subject(Parser *p)
{
    uint32_t start = p->at;
    AstExpr *first = parse_star_named_expression(p);
    if (!first)
        return NULL;
    if (parser_peek(p) != TOKEN_COMMA)
        return first->kind == AST_Starred ? NULL : first;
    uint32_t mark = p->stack_n;
    if (!parser_push(p, first))
        return NULL;
    while (parser_accept(p, TOKEN_COMMA)) {
        uint32_t after = p->at;
        AstExpr *next = parse_star_named_expression(p);
        if (!next) {
            p->at = after;
            break;
        }
        if (!parser_push(p, next))
            return NULL;
    }
    AstExprSeq *elts = parser_finish(p, mark);
    return p->failed ? NULL : parser_tuple(p, elts, parser_position(p, start));
}

AstStmt *parse_match(Parser *p)
{
    uint32_t start = p->at++, mark = p->stack_n;
    switch (parser_peek(p)) {
    case TOKEN_EQUAL:
    case TOKEN_DOT:
    case TOKEN_COMMA:
    case TOKEN_COLON:
    case TOKEN_RPAR:
    case TOKEN_NEWLINE: return NULL; /* the name `match` in an ordinary statement */
    default: break;
    }
    AstExpr *subject = parse_subject(p);
    if (!subject)
        return NULL;
    if (p->diagnosing && parser_peek(p) == TOKEN_NEWLINE)
        return parser_version(p, 10, "Pattern matching is") ? parser_error_last(p, EXC_SyntaxError, "expected ':'")
                                                            : NULL;
    if (!parser_accept(p, TOKEN_COLON) || missing_block(p, "match", start) || !parser_accept(p, TOKEN_NEWLINE) ||
        !parser_accept(p, TOKEN_INDENT))
        return NULL;
    while (parser_peek_word(p, "case")) {
        uint32_t before = p->at;
        AstMatchCase *c = parse_case(p);
        if (!c) {
            p->at = before;
            break;
        }
        if (!parser_push(p, c))
            return NULL;
    }
    if (p->failed || p->stack_n == mark || !parser_accept(p, TOKEN_DEDENT))
        return NULL;
    AstMatchCaseSeq *cases = parser_finish(p, mark);
    if (!cases || !parser_version(p, 10, "Pattern matching is"))
        return NULL;
    AstStmt *s = parser_stmt(p, AST_Match, parser_position_block(p, start));
    if (s) {
        s->Match.subject = subject;
        s->Match.cases = cases;
    }
    return s;
}
