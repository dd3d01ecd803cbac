/* parse_expression.c: expressions, from `a, *b` down to unary operators.
 *
 * Binary operators are parsed by precedence climbing; comparisons, `not`, `and`, `or`, conditional expressions and lambda by functions of
 * their own.  Read next: parse_atom.c (operands), parser_internal.h (how failure and diagnosis work). */
#include "parser_internal.h"

/* ---- binary and unary operators ---- */

/* How tightly a binary operator binds: 0 is none. */
enum { PREC_OR = 1, PREC_XOR, PREC_AND, PREC_SHIFT, PREC_SUM, PREC_TERM };

static const uint8_t precedences[TOKEN_COUNT] = {
    [TOKEN_VBAR] = PREC_OR,          [TOKEN_CIRCUMFLEX] = PREC_XOR,   [TOKEN_AMPER] = PREC_AND,
    [TOKEN_LEFTSHIFT] = PREC_SHIFT,  [TOKEN_RIGHTSHIFT] = PREC_SHIFT, [TOKEN_PLUS] = PREC_SUM,
    [TOKEN_MINUS] = PREC_SUM,        [TOKEN_STAR] = PREC_TERM,        [TOKEN_SLASH] = PREC_TERM,
    [TOKEN_DOUBLESLASH] = PREC_TERM, [TOKEN_PERCENT] = PREC_TERM,     [TOKEN_AT] = PREC_TERM,
};
static const uint8_t binary_kinds[TOKEN_COUNT] = {
    [TOKEN_VBAR] = AST_BitOr,        [TOKEN_CIRCUMFLEX] = AST_BitXor,
    [TOKEN_AMPER] = AST_BitAnd,      [TOKEN_LEFTSHIFT] = AST_LShift,
    [TOKEN_RIGHTSHIFT] = AST_RShift, [TOKEN_PLUS] = AST_Add,
    [TOKEN_MINUS] = AST_Sub,         [TOKEN_STAR] = AST_Mult,
    [TOKEN_SLASH] = AST_Div,         [TOKEN_DOUBLESLASH] = AST_FloorDiv,
    [TOKEN_PERCENT] = AST_Mod,       [TOKEN_AT] = AST_MatMult,
};

static AstExpr *parse_inversion(Parser *p);

static AstExpr *parse_factor(Parser *p)
{
    AstKind op;
    switch (parser_peek(p)) {
    case TOKEN_PLUS: op = AST_UAdd; break;
    case TOKEN_MINUS: op = AST_USub; break;
    case TOKEN_TILDE: op = AST_Invert; break;
    default: op = AST_NONE; break;
    }
    uint32_t start = p->at;
    if (op != AST_NONE) {
        if (!parser_enter(p))
            return NULL;
        p->at++;
        if (parser_diagnoses(p) && parser_peek(p) == TOKEN_NOT) {
            uint32_t not = p->at++;
            if (parse_factor(p))
                return parser_error_from(p, parser_token_position(&p->tokens[not ]),
                                         "'not' after an operator must be parenthesized");
            if (p->failed)
                return NULL;
            p->at = not ;
        }
        AstExpr *operand = parse_factor(p);
        parser_leave(p);
        if (!operand)
            return NULL;
        AstExpr *e = parser_expr(p, AST_UnaryOp, parser_position(p, start));
        if (e) {
            e->UnaryOp.op = op;
            e->UnaryOp.operand = operand;
        }
        return e;
    }
    AstExpr *base;
    if (parser_peek(p) == TOKEN_AWAIT) {
        if (!parser_version(p, 5, "Await expressions are"))
            return NULL;
        p->at++;
        AstExpr *value = parse_primary(p);
        base = value ? parser_expr(p, AST_Await, parser_position(p, start)) : NULL;
        if (base)
            base->Await.value = value;
    } else {
        base = parse_primary(p);
    }
    if (!base || parser_peek(p) != TOKEN_DOUBLESTAR)
        return base;
    if (!parser_enter(p))
        return NULL;
    uint32_t operator= p->at++;
    AstExpr *exponent = parse_factor(p);
    parser_leave(p);
    if (!exponent) {
        p->at = operator;
        return p->failed ? NULL : base;
    }
    AstExpr *e = parser_expr(p, AST_BinOp, parser_position(p, start));
    if (e) {
        e->BinOp.left = base;
        e->BinOp.op = AST_Pow;
        e->BinOp.right = exponent;
    }
    return e;
}

/* `a + not b` */
static void *diagnose_not_operand(Parser *p)
{
    uint32_t not = p->at++;
    if (parse_inversion(p))
        return parser_error_from(p, parser_token_position(&p->tokens[not ]),
                                 "'not' after an operator must be parenthesized");
    p->at = not ;
    return NULL;
}

static AstExpr *parse_binary(Parser *p, int least)
{
    uint32_t start = p->at;
    AstExpr *left = parse_factor(p);
    if (!left)
        return NULL;
    for (;;) {
        TokenKind kind = parser_peek(p);
        int precedence = precedences[kind];
        if (precedence < least || precedence == 0)
            return left;
        if (kind == TOKEN_AT && !parser_version(p, 5, "The '@' operator is"))
            return NULL;
        uint32_t operator= p->at++;
        if (parser_diagnoses(p) && precedence >= PREC_SUM && parser_peek(p) == TOKEN_NOT)
            diagnose_not_operand(p);
        AstExpr *right = precedence == PREC_TERM ? parse_factor(p) : parse_binary(p, precedence + 1);
        if (!right) {
            /* Perhaps the operator is not one: `*` before a parameter, say. */
            p->at = operator;
            return p->failed ? NULL : left;
        }
        AstExpr *e = parser_expr(p, AST_BinOp, parser_position(p, start));
        if (!e)
            return NULL;
        e->BinOp.left = left;
        e->BinOp.op = (AstKind)binary_kinds[kind];
        e->BinOp.right = right;
        left = e;
    }
}

AstExpr *parse_bitwise_or(Parser *p)
{
    if (!p->diagnosing)
        return parse_binary(p, PREC_OR);
    void *node;
    if (parser_memo_find(p, MEMO_BITWISE_OR, &node))
        return node;
    uint32_t at = p->at;
    AstExpr *e = parse_binary(p, PREC_OR);
    parser_memo_add(p, MEMO_BITWISE_OR, at, e);
    return e;
}

/* ---- comparisons and logic ---- */

/* A comparison operator, taken: its kind, or AST_NONE. */
static AstKind parse_comparison_operator(Parser *p)
{
    AstKind op;
    uint32_t start = p->at;
    switch (parser_peek(p)) {
    case TOKEN_EQEQUAL: op = AST_Eq; break;
    case TOKEN_LESS: op = AST_Lt; break;
    case TOKEN_GREATER: op = AST_Gt; break;
    case TOKEN_LESSEQUAL: op = AST_LtE; break;
    case TOKEN_GREATEREQUAL: op = AST_GtE; break;
    case TOKEN_IN: op = AST_In; break;
    case TOKEN_NOTEQUAL: {
        const Token *token = &p->tokens[p->at];
        bool is_diamond = p->lexer.source[token->start] == '<';
        if (p->flags & PARSE_BARRY) {
            if (!is_diamond) {
                parser_error_last(p, EXC_SyntaxError, "with Barry as BDFL, use '<>' instead of '!='");
                return AST_NONE;
            }
        } else if (is_diamond) {
            return AST_NONE;
        }
        op = AST_NotEq;
        break;
    }
    case TOKEN_NOT:
        p->at++;
        if (parser_accept(p, TOKEN_IN))
            return AST_NotIn;
        p->at = start;
        return AST_NONE;
    case TOKEN_IS: p->at++; return parser_accept(p, TOKEN_NOT) ? AST_IsNot : AST_Is;
    default: return AST_NONE;
    }
    p->at++;
    return op;
}

static AstExpr *parse_comparison(Parser *p)
{
    uint32_t start = p->at;
    AstExpr *left = parse_bitwise_or(p);
    if (!left)
        return NULL;
    uint32_t mark = p->stack_n;
    /* Operators and operands alternate on the stack. */
    for (;;) {
        uint32_t before = p->at;
        AstKind op = parse_comparison_operator(p);
        if (op == AST_NONE)
            break;
        AstExpr *right = parse_bitwise_or(p);
        if (!right) {
            p->at = before;
            break;
        }
        if (!parser_push_word(p, op) || !parser_push(p, right))
            return NULL;
    }
    if (p->failed) {
        p->stack_n = mark;
        return NULL;
    }
    uint32_t n = (p->stack_n - mark) / 2;
    if (!n)
        return left;
    AstKindSeq *ops = parser_alloc(p, sizeof *ops + n * sizeof(AstKind));
    AstExprSeq *comparators = parser_alloc(p, sizeof *comparators + n * sizeof(AstExpr *));
    AstExpr *e = parser_expr(p, AST_Compare, parser_position(p, start));
    if (ops && comparators && e) {
        ops->n = comparators->n = n;
        for (uint32_t i = 0; i < n; i++) {
            ops->at[i] = (AstKind)p->stack[mark + 2 * i];
            comparators->at[i] = (AstExpr *)(uintptr_t)p->stack[mark + 2 * i + 1];
        }
        e->Compare.left = left;
        e->Compare.ops = ops;
        e->Compare.comparators = comparators;
    }
    p->stack_n = mark;
    return p->failed ? NULL : e;
}

static AstExpr *parse_inversion(Parser *p)
{
    if (LIKELY(parser_peek(p) != TOKEN_NOT))
        return parse_comparison(p);
    if (!parser_enter(p))
        return NULL;
    uint32_t start = p->at++;
    AstExpr *operand = parse_inversion(p);
    parser_leave(p);
    AstExpr *e = operand ? parser_expr(p, AST_UnaryOp, parser_position(p, start)) : NULL;
    if (e) {
        e->UnaryOp.op = AST_Not;
        e->UnaryOp.operand = operand;
    }
    return e;
}

/* Operands joined by `and`, or by `or`. */
static AstExpr *parse_logic(Parser *p, TokenKind operator, AstKind op, AstExpr *(*parse_operand)(Parser *))
{
    uint32_t start = p->at;
    AstExpr *first = parse_operand(p);
    if (!first || LIKELY(parser_peek(p) != operator))
        return first;
    uint32_t mark = p->stack_n;
    if (!parser_push(p, first))
        return NULL;
    while (parser_peek(p) == operator) {
        uint32_t before = p->at++;
        AstExpr *next = parse_operand(p);
        if (!next) {
            p->at = before;
            break;
        }
        if (!parser_push(p, next))
            return NULL;
    }
    if (p->failed || p->stack_n - mark == 1) {
        p->stack_n = mark;
        return p->failed ? NULL : first;
    }
    AstExprSeq *values = parser_finish(p, mark);
    AstExpr *e = values ? parser_expr(p, AST_BoolOp, parser_position(p, start)) : NULL;
    if (e) {
        e->BoolOp.op = op;
        e->BoolOp.values = values;
    }
    return e;
}

static AstExpr *parse_conjunction(Parser *p) { return parse_logic(p, TOKEN_AND, AST_And, parse_inversion); }

AstExpr *parse_disjunction(Parser *p)
{
    if (!p->diagnosing)
        return parse_logic(p, TOKEN_OR, AST_Or, parse_conjunction);
    void *node;
    if (parser_memo_find(p, MEMO_DISJUNCTION, &node))
        return node;
    uint32_t at = p->at;
    AstExpr *e = parse_logic(p, TOKEN_OR, AST_Or, parse_conjunction);
    parser_memo_add(p, MEMO_DISJUNCTION, at, e);
    return e;
}

/* ---- conditional expressions, lambda ---- */

static AstExpr *parse_lambda(Parser *p)
{
    uint32_t start = p->at++;
    AstArguments *args = parse_parameters(p, true);
    if (!args || !parser_accept(p, TOKEN_COLON))
        return NULL;
    AstExpr *body = parse_expression(p);
    AstExpr *e = body ? parser_expr(p, AST_Lambda, parser_position(p, start)) : NULL;
    if (e) {
        e->Lambda.args = args;
        e->Lambda.body = body;
    }
    return e;
}

static AstExpr *parse_conditional(Parser *p)
{
    if (parser_peek(p) == TOKEN_LAMBDA)
        return parse_lambda(p);
    uint32_t start = p->at;
    AstExpr *body = parse_disjunction(p);
    if (!body || LIKELY(parser_peek(p) != TOKEN_IF))
        return body;
    uint32_t before = p->at++;
    AstExpr *test = parse_disjunction(p);
    AstExpr *orelse = test && parser_accept(p, TOKEN_ELSE) ? parse_expression(p) : NULL;
    if (!orelse) {
        /* The `if` may belong to a comprehension or a case. */
        p->at = before;
        return p->failed ? NULL : body;
    }
    AstExpr *e = parser_expr(p, AST_IfExp, parser_position(p, start));
    if (e) {
        e->IfExp.test = test;
        e->IfExp.body = body;
        e->IfExp.orelse = orelse;
    }
    return e;
}

AstExpr *parse_expression_quietly(Parser *p)
{
    bool diagnosing = p->in_plain_expression;
    p->in_plain_expression = true;
    AstExpr *e = parse_conditional(p);
    p->in_plain_expression = diagnosing;
    return e;
}

static bool is_legacy_statement(const AstExpr *e)
{
    return e->kind == AST_Name && (str_equal_ascii(e->Name.id, "print") || str_equal_ascii(e->Name.id, "exec"));
}

static bool is_soft_keyword(Parser *p)
{
    return parser_peek_word(p, "_") || parser_peek_word(p, "case") || parser_peek_word(p, "match") ||
           parser_peek_word(p, "type");
}

/* "a "b" c": expressions between two strings. */
static void diagnose_split_string(Parser *p)
{
    uint32_t start = p->at++;
    Position first = {0}, last = {0};
    bool some = false;
    for (;;) {
        uint32_t before = p->at;
        if (parser_peek(p) == TOKEN_STRING)
            break;
        AstExpr *e = parse_expression_quietly(p);
        if (!e) {
            p->at = before;
            break;
        }
        if (!some)
            first = e->position;
        last = e->position;
        some = true;
    }
    if (some && !p->failed && parser_peek(p) == TOKEN_STRING)
        parser_error_between(p, first, last, "invalid syntax. Is this intended to be part of the string?");
    p->at = start;
}

/* Known mistakes at the beginning of an expression; `at` is restored unless an error was raised. */
static void diagnose_expression(Parser *p)
{
    uint32_t start = p->at;
    bool name_string = parser_peek(p) == TOKEN_NAME && parser_peek2(p) == TOKEN_STRING;
    AstExpr *a;
    if (parser_peek(p) == TOKEN_STRING) {
        diagnose_split_string(p);
        if (p->failed)
            return;
    }
    if (!name_string && !is_soft_keyword(p)) {
        /* Two expressions side by side. */
        a = parse_disjunction(p);
        AstExpr *b = a ? parse_expression_quietly(p) : NULL;
        if (p->failed)
            return;
        if (b && !is_legacy_statement(a) && parser_last(p)->level != 0) {
            parser_error_between(p, a->position, b->position, "invalid syntax. Perhaps you forgot a comma?");
            return;
        }
        p->at = start;
    }
    a = parse_disjunction(p);
    if (a && parser_accept(p, TOKEN_IF)) {
        AstExpr *b = parse_disjunction(p);
        if (b) {
            TokenKind kind = parser_peek(p);
            if (kind != TOKEN_ELSE && kind != TOKEN_COLON) {
                parser_error_between(p, a->position, b->position, "expected 'else' after 'if' expression");
                return;
            }
            if (kind == TOKEN_ELSE) {
                p->at++;
                if (!parse_expression(p) && !p->failed) {
                    parser_error_next(p, "expected expression after 'else', but statement is given");
                    return;
                }
            }
        }
    }
    if (p->failed)
        return;
    p->at = start;
    TokenKind kind = parser_peek(p);
    if (kind == TOKEN_PASS || kind == TOKEN_BREAK || kind == TOKEN_CONTINUE) {
        p->at++;
        if (parser_accept(p, TOKEN_IF) && parse_disjunction(p) && parser_accept(p, TOKEN_ELSE)) {
            uint32_t mark = p->stack_n;
            bool statement = parse_simple_statement(p);
            p->stack_n = mark;
            if (statement && !p->failed)
                parser_error_range(p, parser_token_position(&p->tokens[start]),
                                   "expected expression before 'if', but statement is given");
        }
        if (p->failed)
            return;
        p->at = start;
    }
    if (parser_peek(p) == TOKEN_LAMBDA) {
        p->at++;
        if (parse_parameters(p, true) && parser_accept(p, TOKEN_COLON)) {
            uint32_t colon = p->at - 1;
            kind = parser_peek(p);
            if (kind == TOKEN_FSTRING_MIDDLE || kind == TOKEN_TSTRING_MIDDLE) {
                parser_error_between(p, parser_token_position(&p->tokens[start]),
                                     parser_token_position(&p->tokens[colon]),
                                     "%c-string: lambda expressions are not allowed without parentheses",
                                     kind == TOKEN_FSTRING_MIDDLE ? 'f' : 't');
                return;
            }
        }
        if (p->failed)
            return;
        p->at = start;
    }
    if (parser_peek(p) == TOKEN_NAME && parser_peek2(p) != TOKEN_LPAR) {
        /* print x */
        p->at++;
        AstExpr *b = parse_star_expressions(p);
        if (p->failed)
            return;
        Value name = b ? parser_name(p, &p->tokens[start]) : VALUE_EMPTY;
        if (b && !value_is_empty(name) && (str_equal_ascii(name, "print") || str_equal_ascii(name, "exec")))
            parser_error_between(p, parser_token_position(&p->tokens[start]), b->position,
                                 "Missing parentheses in call to '%U'. Did you mean %U(...)?", name, name);
        p->at = start;
    }
}

AstExpr *parse_expression(Parser *p)
{
    if (!parser_enter(p))
        return NULL;
    AstExpr *e = NULL;
    void *node;
    if (!p->diagnosing) {
        uint32_t at = p->at;
        if (LIKELY(!p->memo) || !parser_memo_find(p, MEMO_NO_EXPRESSION, &node)) {
            e = parse_conditional(p);
            if (!e)
                parser_memo_add(p, MEMO_NO_EXPRESSION, at, NULL);
        }
    } else if (parser_memo_find(p, MEMO_EXPRESSION, &node)) {
        e = node;
    } else {
        uint32_t at = p->at;
        if (!p->in_plain_expression)
            diagnose_expression(p);
        e = p->failed ? NULL : parse_conditional(p);
        parser_memo_add(p, MEMO_EXPRESSION, at, e);
    }
    parser_leave(p);
    return e;
}

/* ---- assignment expressions ---- */

/* The atom that an expression begins with, if it begins without a bracket of its own. */
static const AstExpr *first_atom(const AstExpr *e)
{
    for (;;) {
        switch (e->kind) {
        case AST_BinOp: e = e->BinOp.left; break;
        case AST_Attribute: e = e->Attribute.value; break;
        case AST_Subscript: e = e->Subscript.value; break;
        case AST_Call: e = e->Call.func; break;
        default: return e;
        }
    }
}

static void diagnose_named_expression(Parser *p)
{
    uint32_t start = p->at;
    AstExpr *a = parse_expression(p);
    if (p->failed)
        return;
    TokenKind kind = a ? parser_peek(p) : TOKEN_ENDMARKER;
    if (a && kind == TOKEN_COLONEQUAL) {
        p->at++;
        if (parse_expression(p)) {
            parser_error_range(p, a->position, "cannot use assignment expressions with %s", parser_expr_name(a));
            return;
        }
    }
    p->at = start;
    if (p->failed)
        return;
    /* `=` for `==` or `:=`. */
    const Token *first = &p->tokens[start];
    bool is_name = first->kind == TOKEN_NAME && parser_peek2(p) == TOKEN_EQUAL;
    a = parse_bitwise_or(p);
    if (a && !p->failed && parser_peek(p) == TOKEN_EQUAL) {
        const AstExpr *atom = first_atom(a);
        bool excluded = first->kind == TOKEN_TRUE || first->kind == TOKEN_FALSE || first->kind == TOKEN_NONE;
        if (atom->position.line == first->line && atom->position.column == first->column)
            excluded |= atom->kind == AST_List || atom->kind == AST_Tuple || atom->kind == AST_GeneratorExp;
        p->at++;
        AstExpr *b = is_name || !excluded ? parse_bitwise_or(p) : NULL;
        if (b && !p->failed) {
            kind = parser_peek(p);
            if (p->failed || kind == TOKEN_EQUAL || kind == TOKEN_COLONEQUAL)
                ;
            else if (is_name)
                parser_error_between(p, a->position, b->position,
                                     "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
            else
                parser_error_range(p, a->position, "cannot assign to %s here. Maybe you meant '==' instead of '='?",
                                   parser_expr_name(a));
        }
    }
    p->at = start;
}

/* NAME := expression, if that is what follows. */
static AstExpr *parse_walrus(Parser *p)
{
    uint32_t start = p->at;
    if (!parser_version(p, 8, "Assignment expressions are"))
        return NULL;
    p->at += 2;
    AstExpr *value = parse_expression(p);
    if (!value)
        return NULL;
    Value name = parser_name(p, &p->tokens[start]);
    if (p->failed)
        return NULL;
    AstExpr *target = parser_name_expr(p, name, AST_Store, parser_token_position(&p->tokens[start]));
    AstExpr *e = target ? parser_expr(p, AST_NamedExpr, parser_position(p, start)) : NULL;
    if (e) {
        e->NamedExpr.target = target;
        e->NamedExpr.value = value;
    }
    return e;
}

AstExpr *parse_walrus_or_expression(Parser *p)
{
    if (parser_peek(p) == TOKEN_NAME && parser_peek2(p) == TOKEN_COLONEQUAL)
        return parse_walrus(p);
    AstExpr *e = parse_expression(p);
    return e && parser_peek(p) == TOKEN_COLONEQUAL ? NULL : e;
}

AstExpr *parse_named_expression(Parser *p)
{
    if (parser_peek(p) == TOKEN_NAME && parser_peek2(p) == TOKEN_COLONEQUAL)
        return parse_walrus(p);
    void *node;
    if (parser_diagnoses(p) && !parser_memo_find(p, MEMO_NAMED, &node)) {
        uint32_t at = p->at;
        diagnose_named_expression(p);
        if (p->failed)
            return NULL;
        p->at = at;
        parser_memo_add(p, MEMO_NAMED, at, p); /* done here; the node does not matter */
    }
    AstExpr *e = parse_expression(p);
    return e && parser_peek(p) == TOKEN_COLONEQUAL ? NULL : e;
}

/* ---- stars and tuples ---- */

static AstExpr *parse_starred(Parser *p)
{
    uint32_t start = p->at++;
    AstExpr *value = parse_bitwise_or(p);
    AstExpr *e = value ? parser_expr(p, AST_Starred, parser_position(p, start)) : NULL;
    if (e) {
        e->Starred.value = value;
        e->Starred.ctx = AST_Load;
    }
    return e;
}

AstExpr *parse_star_expression(Parser *p)
{
    return parser_peek(p) == TOKEN_STAR ? parse_starred(p) : parse_expression(p);
}
AstExpr *parse_star_named_expression(Parser *p)
{
    return parser_peek(p) == TOKEN_STAR ? parse_starred(p) : parse_named_expression(p);
}

/* One item, or a tuple of items with commas between and perhaps behind them. */
static AstExpr *parse_tuple_of(Parser *p, AstExpr *(*parse_item)(Parser *))
{
    uint32_t start = p->at;
    AstExpr *first = parse_item(p);
    if (!first || LIKELY(parser_peek(p) != TOKEN_COMMA))
        return first;
    uint32_t mark = p->stack_n;
    if (!parser_push(p, first))
        return NULL;
    while (parser_accept(p, TOKEN_COMMA)) {
        uint32_t after = p->at;
        AstExpr *next = parse_item(p);
        if (!next) {
            p->at = after;
            break;
        }
        if (!parser_push(p, next))
            return NULL;
    }
    AstExprSeq *elts = parser_finish(p, mark);
    if (p->failed)
        return NULL;
    return parser_tuple(p, elts, parser_position(p, start));
}

AstExpr *parse_star_expressions(Parser *p) { return parse_tuple_of(p, parse_star_expression); }
AstExpr *parse_expressions(Parser *p) { return parse_tuple_of(p, parse_expression); }

AstExpr *parse_yield(Parser *p)
{
    uint32_t start = p->at++;
    AstExpr *e;
    if (parser_accept(p, TOKEN_FROM)) {
        AstExpr *value = parse_expression(p);
        e = value ? parser_expr(p, AST_YieldFrom, parser_position(p, start)) : NULL;
        if (e)
            e->YieldFrom.value = value;
        return e;
    }
    uint32_t after = p->at;
    AstExpr *value = parse_star_expressions(p);
    if (p->failed)
        return NULL;
    if (!value)
        p->at = after;
    e = parser_expr(p, AST_Yield, parser_position(p, start));
    if (e)
        e->Yield.value = value;
    return e;
}

AstExpr *parse_annotated_rhs(Parser *p)
{
    return parser_peek(p) == TOKEN_YIELD ? parse_yield(p) : parse_star_expressions(p);
}
