/* parse_atom.c: operands of expressions: names, literals, brackets of all sorts, and what follows them: attributes, calls, subscripts.
 *
 * Read next: parse_call.c (arguments), parse_string.c (literals of text), parse_target.c (the same shapes as targets). */
#include "parser_internal.h"

#include "../memory/ref.h"

/* ---- comprehensions ---- */

static AstComprehension *parse_for_clause(Parser *p)
{
    uint32_t start = p->at;
    bool is_async = parser_accept(p, TOKEN_ASYNC);
    p->at++; /* for */
    uint32_t targets = p->at;
    AstExpr *target = parse_star_targets(p);
    if (target && parser_accept(p, TOKEN_IN)) {
        AstExpr *iter = parse_disjunction(p);
        if (!iter)
            return NULL;
        uint32_t mark = p->stack_n;
        while (parser_peek(p) == TOKEN_IF) {
            uint32_t before = p->at++;
            AstExpr *condition = parse_disjunction(p);
            if (!condition) {
                p->at = before;
                break;
            }
            if (!parser_push(p, condition))
                return NULL;
        }
        AstExprSeq *ifs = parser_finish(p, mark);
        if (p->failed || (is_async && !parser_version(p, 6, "Async comprehensions are")))
            return NULL;
        AstComprehension *c = parser_alloc(p, sizeof *c);
        if (c) {
            c->kind = AST_comprehension;
            c->position = parser_position(p, start);
            c->target = target;
            c->iter = iter;
            c->ifs = ifs;
            c->is_async = is_async;
        }
        return c;
    }
    if (p->failed)
        return NULL;
    /* `for x y`: said in the first pass already. */
    p->at = targets;
    AstExpr *part = parse_bitwise_or(p);
    if (part) {
        while (parser_accept(p, TOKEN_COMMA)) {
            uint32_t after = p->at;
            if (!parse_bitwise_or(p)) {
                p->at = after;
                break;
            }
        }
        if (!p->failed && parser_peek(p) != TOKEN_IN)
            return parser_error_last(p, EXC_SyntaxError, "'in' expected after for-loop variables");
    }
    if (p->failed || !parser_diagnoses(p))
        return NULL;
    p->at = targets;
    AstExpr *all = parse_star_expressions(p);
    return all ? parser_error_target(p, all, TARGET_FOR) : NULL;
}

AstComprehensionSeq *parse_for_clauses(Parser *p)
{
    if (!parser_at_for(p))
        return NULL;
    uint32_t mark = p->stack_n;
    while (parser_at_for(p)) {
        uint32_t before = p->at;
        AstComprehension *c = parse_for_clause(p);
        if (!c) {
            p->at = before;
            break;
        }
        if (!parser_push(p, c))
            return NULL;
    }
    if (p->failed || p->stack_n == mark) {
        p->stack_n = mark;
        return NULL;
    }
    return parser_finish(p, mark);
}

/* Closes a comprehension: the clauses and the bracket. */
static AstExpr *finish_comprehension(Parser *p, AstKind kind, uint32_t start, AstExpr *element, TokenKind close)
{
    AstComprehensionSeq *generators = parse_for_clauses(p);
    if (!generators || !parser_accept(p, close))
        return NULL;
    AstExpr *e = parser_expr(p, kind, parser_position(p, start));
    if (e) {
        /* ListComp, SetComp and GeneratorExp have one layout. */
        e->ListComp.elt = element;
        e->ListComp.generators = generators;
    }
    return e;
}

/* Mistakes of comprehensions in any bracket; `start` is the bracket. */
static AstExpr *diagnose_comprehension(Parser *p, uint32_t start)
{
    bool round = p->tokens[start].kind == TOKEN_LPAR;
    p->at = start + 1;
    if (parser_peek(p) == TOKEN_STAR) {
        AstExpr *starred = parse_starred_expression(p);
        if (starred && parse_for_clauses(p))
            return parser_error_range(p, starred->position, "iterable unpacking cannot be used in comprehension");
        if (p->failed)
            return NULL;
    }
    if (round)
        return NULL;
    p->at = start + 1;
    AstExpr *a = parse_star_named_expression(p);
    if (!a || p->failed || !parser_accept(p, TOKEN_COMMA))
        return NULL;
    Position last = parser_token_position(parser_last(p));
    uint32_t after = p->at;
    uint32_t mark = p->stack_n;
    AstExprSeq *rest = parse_star_named_expressions(p);
    p->stack_n = mark;
    if (p->failed)
        return NULL;
    if (rest && parse_for_clauses(p))
        return parser_error_between(p, a->position, rest->at[rest->n - 1]->position,
                                    "did you forget parentheses around the comprehension target?");
    if (p->failed)
        return NULL;
    p->at = after;
    if (parse_for_clauses(p))
        return parser_error_between(p, a->position, last,
                                    "did you forget parentheses around the comprehension target?");
    return NULL;
}

/* ---- displays ---- */

/* One or more elements, a comma behind the last is allowed; NULL: not even one. */
AstExprSeq *parse_star_named_expressions(Parser *p)
{
    uint32_t mark = p->stack_n;
    AstExpr *item = parse_star_named_expression(p);
    if (!item)
        return NULL;
    for (;;) {
        if (!parser_push(p, item))
            return NULL;
        if (!parser_accept(p, TOKEN_COMMA))
            break;
        uint32_t after = p->at;
        item = parse_star_named_expression(p);
        if (!item) {
            p->at = after;
            break;
        }
    }
    AstExprSeq *result = parser_finish(p, mark);
    return p->failed ? NULL : result;
}

static AstExpr *group_rest(Parser *p, uint32_t start)
{
    if (parser_peek(p) == TOKEN_RPAR) {
        p->at++;
        return parser_tuple(p, parser_empty_seq(), parser_position(p, start));
    }
    if (parser_peek(p) == TOKEN_YIELD) {
        AstExpr *e = parse_yield(p);
        return e && parser_accept(p, TOKEN_RPAR) ? e : NULL;
    }
    AstExpr *first = parse_star_named_expression(p);
    if (!first)
        return NULL;
    switch (parser_peek(p)) {
    case TOKEN_RPAR:
        if (first->kind == AST_Starred)
            return NULL;
        p->at++;
        return first;
    case TOKEN_COMMA: {
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
        if (p->failed || !parser_accept(p, TOKEN_RPAR))
            return NULL;
        return parser_tuple(p, elts, parser_position(p, start));
    }
    case TOKEN_FOR:
    case TOKEN_ASYNC:
        return first->kind == AST_Starred ? NULL : finish_comprehension(p, AST_GeneratorExp, start, first, TOKEN_RPAR);
    default: return NULL;
    }
}

static AstExpr *parse_round(Parser *p)
{
    uint32_t start = p->at++;
    AstExpr *e = group_rest(p, start);
    if (e || p->failed || !parser_diagnoses(p))
        return e;
    p->at = start + 1;
    if (parser_peek(p) == TOKEN_STAR) {
        AstExpr *starred = parse_starred_expression(p);
        if (starred && parser_accept(p, TOKEN_RPAR))
            return parser_error_range(p, starred->position, "cannot use starred expression here");
    } else if (parser_peek(p) == TOKEN_DOUBLESTAR) {
        p->at++;
        if (parse_expression(p) && parser_accept(p, TOKEN_RPAR))
            return parser_error_token(p, &p->tokens[start + 1], "cannot use double starred expression here");
    }
    return p->failed ? NULL : diagnose_comprehension(p, start);
}

static AstExpr *list_rest(Parser *p, uint32_t start)
{
    uint32_t mark = p->stack_n;
    while (parser_peek(p) != TOKEN_RSQB) {
        AstExpr *item = parse_star_named_expression(p);
        if (!item)
            return NULL;
        if (p->stack_n == mark && parser_at_for(p))
            return item->kind == AST_Starred ? NULL : finish_comprehension(p, AST_ListComp, start, item, TOKEN_RSQB);
        if (!parser_push(p, item))
            return NULL;
        if (!parser_accept(p, TOKEN_COMMA))
            break;
    }
    if (!parser_accept(p, TOKEN_RSQB))
        return NULL;
    AstExprSeq *elts = parser_finish(p, mark);
    AstExpr *e = elts ? parser_expr(p, AST_List, parser_position(p, start)) : NULL;
    if (e) {
        e->List.elts = elts;
        e->List.ctx = AST_Load;
    }
    return e;
}

static AstExpr *parse_square(Parser *p)
{
    uint32_t start = p->at++, mark = p->stack_n;
    AstExpr *e = list_rest(p, start);
    p->stack_n = mark;
    if (e || p->failed || !parser_diagnoses(p))
        return e;
    return diagnose_comprehension(p, start);
}

/* One entry of a dict, pushed as key (NULL: an unpacked mapping) and value.  Its key may have been read already. */
static bool parse_dict_entry(Parser *p, AstExpr *key)
{
    AstExpr *value;
    if (!key && parser_accept(p, TOKEN_DOUBLESTAR)) {
        value = parse_bitwise_or(p);
    } else {
        if (!key)
            key = parse_expression(p);
        value = key && parser_accept(p, TOKEN_COLON) ? parse_expression(p) : NULL;
    }
    return value && parser_push(p, key) && parser_push(p, value);
}

static AstExpr *dict_new(Parser *p, uint32_t start, uint32_t mark)
{
    uint32_t n = (p->stack_n - mark) / 2;
    AstExprSeq *keys = parser_alloc(p, sizeof *keys + n * sizeof(AstExpr *));
    AstExprSeq *values = parser_alloc(p, sizeof *values + n * sizeof(AstExpr *));
    AstExpr *e = parser_expr(p, AST_Dict, parser_position(p, start));
    if (!keys || !values || !e)
        return NULL;
    keys->n = values->n = n;
    for (uint32_t i = 0; i < n; i++) {
        keys->at[i] = (AstExpr *)(uintptr_t)p->stack[mark + 2 * i];
        values->at[i] = (AstExpr *)(uintptr_t)p->stack[mark + 2 * i + 1];
    }
    p->stack_n = mark;
    e->Dict.keys = keys;
    e->Dict.values = values;
    return e;
}

static AstExpr *dict_rest(Parser *p, uint32_t start, AstExpr *first_key)
{
    uint32_t mark = p->stack_n;
    while (parser_peek(p) != TOKEN_RBRACE) {
        if (!parse_dict_entry(p, first_key))
            return NULL;
        first_key = NULL;
        if (p->stack_n == mark + 2 && p->stack[mark] && parser_at_for(p)) {
            AstExpr *key = (AstExpr *)(uintptr_t)p->stack[mark], *value = (AstExpr *)(uintptr_t)p->stack[mark + 1];
            p->stack_n = mark;
            AstComprehensionSeq *generators = parse_for_clauses(p);
            if (!generators || !parser_accept(p, TOKEN_RBRACE))
                return NULL;
            AstExpr *e = parser_expr(p, AST_DictComp, parser_position(p, start));
            if (e) {
                e->DictComp.key = key;
                e->DictComp.value = value;
                e->DictComp.generators = generators;
            }
            return e;
        }
        if (!parser_accept(p, TOKEN_COMMA))
            break;
    }
    return parser_accept(p, TOKEN_RBRACE) ? dict_new(p, start, mark) : NULL;
}

static AstExpr *set_rest(Parser *p, uint32_t start, AstExpr *first)
{
    if (!first)
        first = parse_star_named_expression(p);
    if (!first)
        return NULL;
    if (parser_at_for(p))
        return first->kind == AST_Starred ? NULL : finish_comprehension(p, AST_SetComp, start, first, TOKEN_RBRACE);
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
    if (!elts || !parser_accept(p, TOKEN_RBRACE))
        return NULL;
    AstExpr *e = parser_expr(p, AST_Set, parser_position(p, start));
    if (e)
        e->Set.elts = elts;
    return e;
}

static AstExpr *diagnose_dict_value(Parser *p)
{
    AstExpr *key = parse_expression(p);
    if (!key || !parser_accept(p, TOKEN_COLON))
        return NULL;
    const uint32_t colon = p->at - 1;
    if (parser_peek(p) == TOKEN_STAR) {
        uint32_t star = p->at++;
        if (parse_bitwise_or(p))
            return parser_error_from(p, parser_token_position(&p->tokens[star]),
                                     "cannot use a starred expression in a dictionary value");
        return NULL;
    }
    if (parser_peek(p) == TOKEN_RBRACE || parser_peek(p) == TOKEN_COMMA)
        return parser_error_token(p, &p->tokens[colon], "expression expected after dictionary key and ':'");
    return NULL;
}

static AstExpr *diagnose_dict(Parser *p, uint32_t start)
{
    uint32_t mark = p->stack_n, entry = start + 1;
    p->at = entry;
    while (parse_dict_entry(p, NULL) && parser_accept(p, TOKEN_COMMA))
        entry = p->at;
    p->stack_n = mark;
    if (p->failed)
        return NULL;
    if (entry != start + 1) {
        p->at = entry;
        AstExpr *key = parse_expression(p);
        if (key && !p->failed && parser_peek(p) != TOKEN_COLON) {
            Position place = {key->position.line, key->position.end_column - 1, key->position.end_line, -1};
            return parser_error_range(p, place, "':' expected after dictionary key");
        }
        p->at = entry;
        if (p->failed || diagnose_dict_value(p) || p->failed)
            return NULL;
    }
    p->at = start + 1;
    diagnose_dict_value(p);
    return NULL;
}

static AstExpr *parse_curly(Parser *p)
{
    uint32_t start = p->at++, mark = p->stack_n;
    AstExpr *e = NULL;
    bool is_dict = true;
    TokenKind kind = parser_peek(p);
    if (kind == TOKEN_RBRACE || kind == TOKEN_DOUBLESTAR)
        e = dict_rest(p, start, NULL);
    else if (kind == TOKEN_STAR && !p->diagnosing) {
        is_dict = false;
        e = set_rest(p, start, NULL);
    } else if (!p->diagnosing) {
        AstExpr *first = parse_named_expression(p);
        if (!first)
            return NULL;
        is_dict = parser_peek(p) == TOKEN_COLON && !(first->kind == AST_NamedExpr && kind == TOKEN_NAME);
        e = is_dict ? dict_rest(p, start, first) : set_rest(p, start, first);
    } else {
        e = dict_rest(p, start, NULL);
    }
    p->stack_n = mark;
    if (e || p->failed || (!p->diagnosing && !is_dict))
        return e;
    /* These mistakes are looked for in the first pass already. */
    diagnose_dict(p, start);
    if (p->failed || !p->diagnosing)
        return NULL;
    p->at = start + 1;
    e = set_rest(p, start, NULL);
    p->stack_n = mark;
    if (e || p->failed || p->in_plain_expression)
        return e;
    p->at = start + 1;
    if (parser_accept(p, TOKEN_DOUBLESTAR)) {
        if (parse_bitwise_or(p) && parse_for_clauses(p) && parser_accept(p, TOKEN_RBRACE))
            return parser_error_token(p, &p->tokens[start + 1], "dict unpacking cannot be used in dict comprehension");
        if (p->failed)
            return NULL;
    }
    return diagnose_comprehension(p, start);
}

/* ---- atoms ---- */

/* Atoms that may have expressions inside. */
static AstExpr *parse_enclosing(Parser *p, TokenKind kind)
{
    uint32_t start = p->at;
    void *node;
    if (!p->diagnosing && UNLIKELY(p->memo) && parser_memo_find(p, MEMO_NO_ATOM, &node))
        return NULL;
    if (!parser_enter(p))
        return NULL;
    AstExpr *e;
    switch (kind) {
    case TOKEN_LPAR: e = parse_round(p); break;
    case TOKEN_LSQB: e = parse_square(p); break;
    case TOKEN_LBRACE: e = parse_curly(p); break;
    default: e = parse_strings(p); break;
    }
    parser_leave(p);
    if (!e && !p->diagnosing)
        parser_memo_add(p, MEMO_NO_ATOM, start, NULL);
    return e;
}

static AstExpr *parse_atom(Parser *p)
{
    TokenKind kind = parser_peek(p);
    const Token *token = &p->tokens[p->at];
    Position position = parser_token_position(token);
    switch (kind) {
    case TOKEN_NAME: {
        p->at++;
        Value name = parser_name(p, token);
        return p->failed ? NULL : parser_name_expr(p, name, AST_Load, position);
    }
    case TOKEN_NUMBER: p->at++; return parser_constant(p, literal_number(p, token), position);
    case TOKEN_NONE: p->at++; return parser_constant(p, VALUE_NONE, position);
    case TOKEN_TRUE: p->at++; return parser_constant(p, VALUE_TRUE, position);
    case TOKEN_FALSE: p->at++; return parser_constant(p, VALUE_FALSE, position);
    case TOKEN_ELLIPSIS: p->at++; return parser_constant(p, VALUE_ELLIPSIS, position);
    case TOKEN_LPAR:
    case TOKEN_LSQB:
    case TOKEN_LBRACE:
    case TOKEN_STRING:
    case TOKEN_FSTRING_START:
    case TOKEN_TSTRING_START: return parse_enclosing(p, kind);
    default: return NULL;
    }
}

/* ---- subscripts ---- */

static AstExpr *parse_slice(Parser *p)
{
    uint32_t start = p->at;
    AstExpr *lower = NULL;
    if (parser_peek(p) != TOKEN_COLON) {
        if (p->diagnosing) {
            lower = parse_expression(p);
            if (p->failed)
                return NULL;
            if (!lower || parser_peek(p) != TOKEN_COLON) {
                p->at = start;
                return parse_named_expression(p);
            }
        } else {
            lower = parse_named_expression(p);
            if (!lower || parser_peek(p) != TOKEN_COLON ||
                (lower->kind == AST_NamedExpr && p->tokens[start].kind == TOKEN_NAME))
                return lower;
        }
    }
    p->at++;
    AstExpr *upper = NULL, *step = NULL;
    uint32_t at = p->at;
    TokenKind kind = parser_peek(p);
    if (kind != TOKEN_COLON && kind != TOKEN_RSQB && kind != TOKEN_COMMA) {
        upper = parse_expression(p);
        if (!upper)
            p->at = at;
    }
    if (!p->failed && parser_accept(p, TOKEN_COLON)) {
        at = p->at;
        kind = parser_peek(p);
        if (kind != TOKEN_RSQB && kind != TOKEN_COMMA) {
            step = parse_expression(p);
            if (!step)
                p->at = at;
        }
    }
    if (p->failed)
        return NULL;
    AstExpr *e = parser_expr(p, AST_Slice, parser_position(p, start));
    if (e) {
        e->Slice.lower = lower;
        e->Slice.upper = upper;
        e->Slice.step = step;
    }
    return e;
}

static AstExpr *parse_slice_or_starred(Parser *p)
{
    return parser_peek(p) == TOKEN_STAR ? parse_starred_expression(p) : parse_slice(p);
}

AstExpr *parse_slices(Parser *p)
{
    uint32_t start = p->at;
    AstExpr *first = parse_slice_or_starred(p);
    if (!first)
        return NULL;
    if (parser_peek(p) != TOKEN_COMMA && first->kind != AST_Starred)
        return first;
    uint32_t mark = p->stack_n;
    if (!parser_push(p, first))
        return NULL;
    while (parser_accept(p, TOKEN_COMMA)) {
        uint32_t after = p->at;
        AstExpr *next = parse_slice_or_starred(p);
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

/* ---- attributes, calls, subscripts ---- */

static AstExpr *parse_call(Parser *p, AstExpr *func)
{
    uint32_t open = p->at++;
    AstExprSeq *args;
    AstKeywordSeq *keywords = parser_empty_seq();
    if (p->diagnosing) {
        /* A lone generator expression is tried before arguments are. */
        AstExpr *first = parser_peek(p) == TOKEN_STAR ? NULL : parse_walrus_or_expression(p);
        AstExpr *generator = first ? finish_comprehension(p, AST_GeneratorExp, open, first, TOKEN_RPAR) : NULL;
        if (p->failed)
            return NULL;
        if (!generator && !p->in_plain_expression && diagnose_comprehension(p, open))
            return NULL;
        if (p->failed)
            return NULL;
        p->at = open + 1;
    }
    if (parser_peek(p) == TOKEN_RPAR) {
        args = parser_empty_seq();
    } else if (!parse_call_arguments(p, open, &args, &keywords)) {
        return NULL;
    }
    if (!parser_accept(p, TOKEN_RPAR))
        return NULL;
    AstExpr *e = parser_expr(p, AST_Call, func->position);
    if (e) {
        e->Call.func = func;
        e->Call.args = args;
        e->Call.keywords = keywords;
    }
    return e;
}

static AstExpr *primary_rest(Parser *p, AstExpr *e, uint32_t start)
{
    for (;;) {
        uint32_t before = p->at, mark = p->stack_n;
        AstExpr *next = NULL;
        TokenKind kind = parser_peek(p);
        if (UNLIKELY(parser_diagnoses(p)) && (kind == TOKEN_LSQB || kind == TOKEN_LBRACE)) {
            /* Whatever the bracket is: a generator expression as an argument is tried here first. */
            diagnose_comprehension(p, before);
            if (p->failed)
                return NULL;
            p->at = before;
            p->stack_n = mark;
        }
        switch (kind) {
        case TOKEN_DOT:
            p->at++;
            if (parser_peek(p) == TOKEN_NAME) {
                Value name = parser_name(p, &p->tokens[p->at++]);
                if (p->failed)
                    return NULL;
                next = parser_expr(p, AST_Attribute, parser_position(p, start));
                if (next) {
                    next->Attribute.value = e;
                    next->Attribute.attr = name;
                    next->Attribute.ctx = AST_Load;
                }
            }
            break;
        case TOKEN_LPAR:
            if (parser_enter(p))
                next = parse_call(p, e);
            parser_leave(p);
            if (next)
                next->position = parser_position(p, start);
            break;
        case TOKEN_LSQB:
            p->at++;
            if (parser_enter(p)) {
                AstExpr *slice = parse_slices(p);
                if (slice && parser_accept(p, TOKEN_RSQB)) {
                    next = parser_expr(p, AST_Subscript, parser_position(p, start));
                    if (next) {
                        next->Subscript.value = e;
                        next->Subscript.slice = slice;
                        next->Subscript.ctx = AST_Load;
                    }
                }
            }
            parser_leave(p);
            break;
        default: return e;
        }
        if (!next) {
            /* The shorter expression stands; what follows will be found wrong by others. */
            p->at = before;
            p->stack_n = mark;
            return p->failed ? NULL : e;
        }
        e = next;
    }
}

AstExpr *parse_primary(Parser *p)
{
    uint32_t start = p->at, mark = p->stack_n;
    if (!p->diagnosing) {
        AstExpr *e = parse_atom(p);
        if (!e) {
            p->stack_n = mark;
            return NULL;
        }
        return primary_rest(p, e, start);
    }
    void *node;
    if (parser_memo_find(p, MEMO_PRIMARY, &node))
        return node;
    AstExpr *e = parse_atom(p);
    p->stack_n = mark;
    if (e)
        e = primary_rest(p, e, start);
    parser_memo_add(p, MEMO_PRIMARY, start, e);
    return e;
}
