/* parse_statement.c: statements that fit on a line: assignments, imports, `return` and the like.  Read next: parse_compound.c. */
#include "parser_internal.h"

#include "../memory/ref.h"

/* ---- assignments and expressions ---- */

static AstKind augmented_operator(TokenKind kind)
{
    switch (kind) {
    case TOKEN_PLUSEQUAL: return AST_Add;
    case TOKEN_MINEQUAL: return AST_Sub;
    case TOKEN_STAREQUAL: return AST_Mult;
    case TOKEN_ATEQUAL: return AST_MatMult;
    case TOKEN_SLASHEQUAL: return AST_Div;
    case TOKEN_PERCENTEQUAL: return AST_Mod;
    case TOKEN_AMPEREQUAL: return AST_BitAnd;
    case TOKEN_VBAREQUAL: return AST_BitOr;
    case TOKEN_CIRCUMFLEXEQUAL: return AST_BitXor;
    case TOKEN_LEFTSHIFTEQUAL: return AST_LShift;
    case TOKEN_RIGHTSHIFTEQUAL: return AST_RShift;
    case TOKEN_DOUBLESTAREQUAL: return AST_Pow;
    case TOKEN_DOUBLESLASHEQUAL: return AST_FloorDiv;
    default: return AST_NONE;
    }
}

Value parse_type_comment(Parser *p)
{
    if (LIKELY(!(p->flags & PARSE_TYPE_COMMENTS)) || parser_peek(p) != TOKEN_TYPE_COMMENT)
        return VALUE_EMPTY;
    const Token *token = &p->tokens[p->at++];
    return parser_keep_take(p, str_from_utf8(p->t, p->lexer.source + token->start, token->end - token->start));
}

/* target = target = value, `at` at the first "=" */
static AstStmt *parse_assignment_chain(Parser *p, AstExpr *e, uint32_t start)
{
    uint32_t mark = p->stack_n;
    while (parser_peek(p) == TOKEN_EQUAL) {
        if (!parser_to_target(e, AST_Store) || !parser_push(p, e)) {
            p->stack_n = mark;
            return NULL;
        }
        p->at++;
        e = parse_annotated_rhs(p);
        if (!e) {
            p->stack_n = mark;
            return NULL;
        }
    }
    Value comment = parse_type_comment(p);
    AstExprSeq *targets = parser_finish(p, mark);
    AstStmt *s = p->failed ? NULL : parser_stmt(p, AST_Assign, parser_position(p, start));
    if (s) {
        s->Assign.targets = targets;
        s->Assign.value = e;
        s->Assign.type_comment = comment;
    }
    return s;
}

static AstStmt *parse_annotated_assignment(Parser *p, AstExpr *target, uint32_t start)
{
    bool simple = target->kind == AST_Name && p->tokens[start].kind == TOKEN_NAME;
    if (!parser_to_single_target(target, AST_Store))
        return NULL;
    if (!parser_version(p, 6, "Variable annotation syntax is"))
        return NULL;
    p->at++;
    AstExpr *annotation = parse_expression(p), *value = NULL;
    if (!annotation)
        return NULL;
    if (parser_peek(p) == TOKEN_EQUAL) {
        uint32_t before = p->at++;
        value = parse_annotated_rhs(p);
        if (!value)
            p->at = before;
    }
    AstStmt *s = p->failed ? NULL : parser_stmt(p, AST_AnnAssign, parser_position(p, start));
    if (s) {
        s->AnnAssign.target = target;
        s->AnnAssign.annotation = annotation;
        s->AnnAssign.value = value;
        s->AnnAssign.simple = simple;
    }
    return s;
}

static bool diagnose_annotated_display(Parser *p)
{
    /* The list or tuple that is annotated, perhaps in brackets. */
    uint32_t start = p->at;
    if (parser_peek(p) != TOKEN_LPAR && parser_peek(p) != TOKEN_LSQB)
        return false;
    AstExpr *e = parse_primary(p);
    if (!e || (e->kind != AST_List && e->kind != AST_Tuple) || parser_peek(p) != TOKEN_COLON) {
        p->at = start;
        return false;
    }
    p->at++;
    if (parse_expression(p))
        parser_error_range(p, e->position, "only single target (not %s) can be annotated",
                           e->kind == AST_List ? "list" : "tuple");
    p->at = start;
    return p->failed;
}

static void diagnose_assignment(Parser *p)
{
    uint32_t start = p->at, mark = p->stack_n;
    if (diagnose_annotated_display(p) || p->failed)
        return;
    p->at = start;
    AstExpr *a = parse_star_named_expression(p);
    if (p->failed)
        return;
    if (a && parser_accept(p, TOKEN_COMMA)) {
        uint32_t after = p->at;
        while (parse_star_named_expressions(p))
            after = p->at;
        p->stack_n = mark;
        p->at = after;
        if (!p->failed && parser_accept(p, TOKEN_COLON) && parse_expression(p))
            parser_error_range(p, a->position, "only single target (not tuple) can be annotated");
        if (p->failed)
            return;
    }
    p->at = start;
    a = parse_expression(p);
    if (a && parser_accept(p, TOKEN_COLON) && parse_expression(p)) {
        parser_error_range(p, a->position, "illegal target for annotation");
        return;
    }
    if (p->failed)
        return;
    p->at = start;
    uint32_t last = start;
    while (parse_star_targets(p) && parser_accept(p, TOKEN_EQUAL))
        last = p->at;
    if (p->failed)
        return;
    p->at = last;
    a = parse_star_expressions(p);
    if (a && !p->failed && parser_peek(p) == TOKEN_EQUAL && parser_error_target(p, a, TARGET_STAR))
        return;
    if (p->failed)
        return;
    p->at = last;
    if (parser_peek(p) == TOKEN_YIELD) {
        a = parse_yield(p);
        if (a && parser_accept(p, TOKEN_EQUAL))
            parser_error_range(p, a->position, "assignment to yield expression not possible");
        if (p->failed)
            return;
    }
    p->at = start;
    a = parse_star_expressions(p);
    if (a && !p->failed && augmented_operator(parser_peek(p)) != AST_NONE) {
        p->at++;
        if (parse_annotated_rhs(p))
            parser_error_range(p, a->position, "'%s' is an illegal expression for augmented assignment",
                               parser_expr_name(a));
    }
    p->stack_n = mark;
}

/* *cut: an augmented assignment that went wrong behind its operator can be nothing else. */
static AstStmt *expression_statement(Parser *p, uint32_t start, bool *cut)
{
    AstExpr *e = parse_annotated_rhs(p);
    if (!e)
        return NULL;
    TokenKind kind = parser_peek(p);
    if (kind == TOKEN_EQUAL)
        return parse_assignment_chain(p, e, start);
    if (kind == TOKEN_COLON)
        return parse_annotated_assignment(p, e, start);
    AstKind op = augmented_operator(kind);
    AstStmt *s;
    if (op != AST_NONE) {
        if (!parser_to_single_target(e, AST_Store))
            return NULL;
        *cut = true;
        p->at++;
        AstExpr *value = parse_annotated_rhs(p);
        s = value ? parser_stmt(p, AST_AugAssign, parser_position(p, start)) : NULL;
        if (s) {
            s->AugAssign.target = e;
            s->AugAssign.op = op;
            s->AugAssign.value = value;
        }
        return s;
    }
    s = parser_stmt(p, AST_Expr, parser_position(p, start));
    if (s)
        s->Expr.value = e;
    return s;
}

static AstStmt *parse_type_alias(Parser *p);

/* An assignment, a type alias or an expression, tried in this order. */
static AstStmt *parse_expression_statement(Parser *p)
{
    uint32_t start = p->at;
    bool cut = false, may_be_alias = parser_peek_word(p, "type");
    AstStmt *s;
    if (may_be_alias && !p->diagnosing) {
        s = parse_type_alias(p);
        if (s || p->failed)
            return s;
        p->at = start;
    }
    s = expression_statement(p, start, &cut);
    if (!p->diagnosing || p->failed || cut || (s && s->kind != AST_Expr))
        return s;
    uint32_t end = p->at;
    p->at = start;
    diagnose_assignment(p);
    if (p->failed)
        return NULL;
    if (may_be_alias) {
        p->at = start;
        AstStmt *alias = parse_type_alias(p);
        if (alias || p->failed)
            return alias;
    }
    if (!s) {
        /* What is an expression at its beginning remains one. */
        p->at = start;
        AstExpr *e = parse_annotated_rhs(p);
        s = e ? parser_stmt(p, AST_Expr, parser_position(p, start)) : NULL;
        if (s)
            s->Expr.value = e;
        return s;
    }
    p->at = end;
    return s;
}

/* ---- imports ---- */

static AstAlias *alias_new(Parser *p, Value name, Value asname, uint32_t start)
{
    AstAlias *a = parser_alloc(p, sizeof *a);
    if (a) {
        a->kind = AST_alias;
        a->position = parser_position(p, start);
        a->name = name;
        a->asname = asname;
    }
    return a;
}

/* a.b.c; the text between the dots may hold blanks. Empty: no name here. */
static Value parse_dotted_name(Parser *p)
{
    if (parser_peek(p) != TOKEN_NAME)
        return VALUE_EMPTY;
    uint32_t first = p->at++;
    if (parser_peek(p) != TOKEN_DOT)
        return parser_name(p, &p->tokens[first]);
    while (parser_peek(p) == TOKEN_DOT) {
        p->at++;
        if (parser_peek(p) != TOKEN_NAME) {
            p->at--;
            break;
        }
        p->at++;
    }
    uint32_t last = p->at - 1;
    StrBuilder b = {0};
    for (uint32_t i = first; i <= last; i++) {
        int bad = p->tokens[i].kind == TOKEN_DOT ? strbuilder_char(p->t, &b, '.') : -2;
        if (bad == -2) {
            Value name = parser_name(p, &p->tokens[i]);
            bad = p->failed ? -1 : strbuilder_str(p->t, &b, name);
        }
        if (bad < 0) {
            strbuilder_discard(p->t, &b);
            parser_raised(p);
            return VALUE_EMPTY;
        }
    }
    Value name = strbuilder_finish(p->t, &b);
    if (!value_is_empty(name))
        name = str_intern_take(p->t, name);
    return parser_keep_take(p, name);
}

/* [as NAME] behind an imported name. */
static bool parse_as_name(Parser *p, Value *asname)
{
    *asname = VALUE_EMPTY;
    if (parser_peek(p) != TOKEN_AS)
        return true;
    uint32_t before = p->at++;
    if (parser_peek(p) != TOKEN_NAME) {
        p->at = before;
        return true;
    }
    *asname = parser_name(p, &p->tokens[p->at++]);
    return !p->failed;
}

/* `as` followed by what is no name, for messages; `at` behind `as`'s name. */
static void diagnose_as_target(Parser *p)
{
    if (parser_peek(p) != TOKEN_AS)
        return;
    uint32_t before = p->at++;
    bool plain = false;
    if (parser_peek(p) == TOKEN_NAME) {
        TokenKind kind = parser_peek2(p);
        plain = kind == TOKEN_COMMA || kind == TOKEN_RPAR || kind == TOKEN_SEMI || kind == TOKEN_NEWLINE;
    }
    AstExpr *e = plain ? NULL : parse_expression(p);
    if (e && !p->failed)
        parser_error_range(p, e->position, "cannot use %s as import target", parser_expr_name(e));
    p->at = before;
}

static AstAlias *parse_dotted_as_name(Parser *p)
{
    uint32_t start = p->at;
    Value name = parse_dotted_name(p), asname;
    if (value_is_empty(name))
        return NULL;
    if (p->diagnosing) {
        diagnose_as_target(p);
        if (p->failed)
            return NULL;
    }
    return parse_as_name(p, &asname) ? alias_new(p, name, asname, start) : NULL;
}

static AstAlias *parse_import_from_as_name(Parser *p)
{
    uint32_t start = p->at;
    if (parser_peek(p) != TOKEN_NAME)
        return NULL;
    Value name = parser_name(p, &p->tokens[p->at++]), asname;
    if (p->failed)
        return NULL;
    if (p->diagnosing) {
        diagnose_as_target(p);
        if (p->failed)
            return NULL;
    }
    return parse_as_name(p, &asname) ? alias_new(p, name, asname, start) : NULL;
}

/* One or more, separated by commas; a comma behind is left. NULL: none. */
static AstAliasSeq *parse_aliases(Parser *p, AstAlias *(*parse_alias)(Parser *))
{
    uint32_t mark = p->stack_n;
    AstAlias *a = parse_alias(p);
    if (!a)
        return NULL;
    for (;;) {
        if (!parser_push(p, a))
            return NULL;
        if (parser_peek(p) != TOKEN_COMMA)
            break;
        uint32_t before = p->at++;
        a = parse_alias(p);
        if (!a) {
            p->at = before;
            break;
        }
    }
    AstAliasSeq *names = parser_finish(p, mark);
    return p->failed ? NULL : names;
}

static AstStmt *parse_import(Parser *p)
{
    uint32_t start = p->at++;
    if (p->diagnosing) {
        /* import a from b */
        bool some = false;
        do {
            Value name = parse_dotted_name(p);
            if (value_is_empty(name))
                break;
            some = true;
        } while (parser_accept(p, TOKEN_COMMA));
        if (p->failed)
            return NULL;
        if (some && parser_accept(p, TOKEN_FROM) && !value_is_empty(parse_dotted_name(p)))
            return parser_error_from(p, parser_token_position(&p->tokens[start]),
                                     "Did you mean to use 'from ... import ...' instead?");
        p->at = start + 1;
        if (parser_peek(p) == TOKEN_NEWLINE)
            return parser_error_from(p, parser_token_position(&p->tokens[p->at]),
                                     "Expected one or more names after 'import'");
    }
    AstAliasSeq *names = parse_aliases(p, parse_dotted_as_name);
    AstStmt *s = names ? parser_stmt(p, AST_Import, parser_position(p, start)) : NULL;
    if (s)
        s->Import.names = names;
    return s;
}

static AstAliasSeq *parse_import_targets(Parser *p)
{
    uint32_t start = p->at;
    AstAliasSeq *names;
    switch (parser_peek(p)) {
    case TOKEN_LPAR:
        p->at++;
        names = parse_aliases(p, parse_import_from_as_name);
        if (!names)
            return NULL;
        parser_accept(p, TOKEN_COMMA);
        return parser_accept(p, TOKEN_RPAR) ? names : NULL;
    case TOKEN_STAR: {
        p->at++;
        Value star = parser_name_text(p, p->tokens[start].start, 1);
        AstAlias *a = p->failed ? NULL : alias_new(p, star, VALUE_EMPTY, start);
        uint32_t mark = p->stack_n;
        return a && parser_push(p, a) ? parser_finish(p, mark) : NULL;
    }
    default: break;
    }
    names = parse_aliases(p, parse_import_from_as_name);
    if (names && parser_peek(p) != TOKEN_COMMA)
        return names;
    if (!parser_diagnoses(p) || p->failed)
        return NULL;
    if (names) {
        p->at++;
        if (parser_peek(p) == TOKEN_NEWLINE)
            return parser_error_last(p, EXC_SyntaxError, "trailing comma not allowed without surrounding parentheses");
    }
    p->at = start;
    if (parser_peek(p) == TOKEN_NEWLINE)
        return parser_error_from(p, parser_token_position(&p->tokens[p->at]),
                                 "Expected one or more names after 'import'");
    return NULL;
}

static AstStmt *parse_import_from(Parser *p)
{
    uint32_t start = p->at++;
    int level = 0;
    for (;;) {
        TokenKind kind = parser_peek(p);
        if (kind == TOKEN_DOT)
            level++;
        else if (kind == TOKEN_ELLIPSIS)
            level += 3;
        else
            break;
        p->at++;
    }
    Value module = parse_dotted_name(p);
    if (p->failed || (value_is_empty(module) && !level) || !parser_accept(p, TOKEN_IMPORT))
        return NULL;
    AstAliasSeq *names = parse_import_targets(p);
    AstStmt *s = names ? parser_stmt(p, AST_ImportFrom, parser_position(p, start)) : NULL;
    if (s) {
        s->ImportFrom.module = module;
        s->ImportFrom.names = names;
        s->ImportFrom.level = level;
    }
    return s;
}

/* ---- statements with a keyword ---- */

static AstStmt *parse_return(Parser *p)
{
    uint32_t start = p->at++, after = p->at;
    AstExpr *value = parse_star_expressions(p);
    if (p->failed)
        return NULL;
    if (!value)
        p->at = after;
    AstStmt *s = parser_stmt(p, AST_Return, parser_position(p, start));
    if (s)
        s->Return.value = value;
    return s;
}

static AstStmt *parse_raise(Parser *p)
{
    uint32_t start = p->at++, after = p->at;
    AstExpr *exc = parse_expression(p), *cause = NULL;
    if (p->failed)
        return NULL;
    if (!exc) {
        p->at = after;
    } else if (parser_peek(p) == TOKEN_FROM) {
        uint32_t from = p->at++;
        cause = parse_expression(p);
        if (p->failed)
            return NULL;
        if (!cause)
            p->at = from;
    }
    AstStmt *s = parser_stmt(p, AST_Raise, parser_position(p, start));
    if (s) {
        s->Raise.exc = exc;
        s->Raise.cause = cause;
    }
    return s;
}

static AstStmt *parse_del(Parser *p)
{
    uint32_t start = p->at++, mark = p->stack_n;
    AstExprSeq *targets = parse_del_targets(p);
    if (p->failed)
        return NULL;
    if (targets) {
        TokenKind kind = parser_peek(p);
        if (kind == TOKEN_SEMI || kind == TOKEN_NEWLINE) {
            AstStmt *s = parser_stmt(p, AST_Delete, parser_position(p, start));
            if (s)
                s->Delete.targets = targets;
            return s;
        }
    }
    if (!parser_diagnoses(p) || p->failed)
        return NULL;
    p->at = start + 1;
    AstExpr *all = parse_star_expressions(p);
    p->stack_n = mark;
    return all && !p->failed ? parser_error_target(p, all, TARGET_DEL) : NULL;
}

static AstStmt *parse_assert(Parser *p)
{
    uint32_t start = p->at++;
    AstExpr *test = parse_expression(p), *msg = NULL;
    if (!test)
        return NULL;
    if (parser_peek(p) == TOKEN_COMMA) {
        uint32_t before = p->at++;
        msg = parse_expression(p);
        if (!msg)
            p->at = before;
    }
    AstStmt *s = p->failed ? NULL : parser_stmt(p, AST_Assert, parser_position(p, start));
    if (s) {
        s->Assert.test = test;
        s->Assert.msg = msg;
    }
    return s;
}

static AstStmt *parse_global(Parser *p, AstKind kind)
{
    uint32_t start = p->at++, mark = p->stack_n;
    for (;;) {
        if (parser_peek(p) != TOKEN_NAME) {
            if (p->stack_n == mark)
                return NULL;
            p->at--; /* the comma */
            break;
        }
        Value name = parser_name(p, &p->tokens[p->at++]);
        if (p->failed || !parser_push_word(p, name.bits))
            return NULL;
        if (!parser_accept(p, TOKEN_COMMA))
            break;
    }
    AstValueSeq *names = parser_finish_values(p, mark);
    AstStmt *s = names ? parser_stmt(p, kind, parser_position(p, start)) : NULL;
    if (s)
        s->Global.names = names; /* Nonlocal has the same layout */
    return s;
}

/* type NAME = value; NULL: it is something else that begins with the name `type`. */
static AstStmt *parse_type_alias(Parser *p)
{
    uint32_t start = p->at;
    if (parser_peek2(p) != TOKEN_NAME)
        return NULL;
    p->at += 2;
    const uint32_t name_token = p->at - 1;
    AstTypeParamSeq *params = parse_type_params(p);
    if (!params || !parser_accept(p, TOKEN_EQUAL))
        return NULL;
    AstExpr *value = parse_expression(p);
    if (!value || !parser_version(p, 12, "Type statement is"))
        return NULL;
    Value name = parser_name(p, &p->tokens[name_token]);
    if (p->failed)
        return NULL;
    AstExpr *target = parser_name_expr(p, name, AST_Store, parser_token_position(&p->tokens[name_token]));
    AstStmt *s = target ? parser_stmt(p, AST_TypeAlias, parser_position(p, start)) : NULL;
    if (s) {
        s->TypeAlias.name = target;
        s->TypeAlias.type_params = params;
        s->TypeAlias.value = value;
    }
    return s;
}

static AstStmt *simple_statement(Parser *p)
{
    uint32_t start = p->at;
    switch (parser_peek(p)) {
    case TOKEN_RETURN: return parse_return(p);
    case TOKEN_IMPORT: return parse_import(p);
    case TOKEN_FROM: return parse_import_from(p);
    case TOKEN_RAISE: return parse_raise(p);
    case TOKEN_DEL: return parse_del(p);
    case TOKEN_ASSERT: return parse_assert(p);
    case TOKEN_GLOBAL: return parse_global(p, AST_Global);
    case TOKEN_NONLOCAL: return parse_global(p, AST_Nonlocal);
    case TOKEN_PASS:
    case TOKEN_BREAK:
    case TOKEN_CONTINUE:
        if (p->diagnosing) {
            /* pass if x else y */
            parse_expression(p);
            if (p->failed)
                return NULL;
            p->at = start;
        }
        p->at++;
        switch (p->tokens[start].kind) {
        case TOKEN_PASS: return parser_stmt(p, AST_Pass, parser_position(p, start));
        case TOKEN_BREAK: return parser_stmt(p, AST_Break, parser_position(p, start));
        default: return parser_stmt(p, AST_Continue, parser_position(p, start));
        }
    default: return parse_expression_statement(p);
    }
}

bool parse_simple_statement(Parser *p)
{
    uint32_t mark = p->stack_n;
    AstStmt *s = simple_statement(p);
    p->stack_n = mark;
    return s && parser_push(p, s);
}

bool parse_simple_statements(Parser *p)
{
    for (;;) {
        if (!parse_simple_statement(p))
            return false;
        if (LIKELY(parser_accept(p, TOKEN_NEWLINE)))
            return true;
        if (!parser_accept(p, TOKEN_SEMI))
            return false;
        if (parser_accept(p, TOKEN_NEWLINE))
            return true;
    }
}
