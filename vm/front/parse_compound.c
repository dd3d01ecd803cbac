/* parse_compound.c: statements with blocks, and sequences of statements.  `match` is in parse_match.c. */
#include "parser_internal.h"

/* ---- blocks ---- */

/* NEWLINE, but no indented line behind it. */
static bool at_missing_block(Parser *p)
{
    if (parser_peek(p) != TOKEN_NEWLINE)
        return false;
    TokenKind next = parser_peek2(p);
    return next != TOKEN_INDENT && next != TOKEN_ERRORTOKEN;
}

static AstStmtSeq *block_of(Parser *p)
{
    uint32_t start = p->at, mark = p->stack_n;
    bool good;
    if (parser_accept(p, TOKEN_NEWLINE)) {
        if (!parser_accept(p, TOKEN_INDENT)) {
            p->at = start;
            if (p->diagnosing && !p->failed && at_missing_block(p))
                parser_error_last(p, EXC_IndentationError, "expected an indented block");
            return NULL;
        }
        good = parse_statements(p) && parser_accept(p, TOKEN_DEDENT);
    } else {
        good = parse_simple_statements(p);
    }
    if (!good || p->failed) {
        p->stack_n = mark;
        return NULL;
    }
    return parser_finish(p, mark);
}

AstStmtSeq *parse_block(Parser *p)
{
    if (!p->diagnosing) {
        AstStmtSeq *block = parser_enter(p) ? block_of(p) : NULL;
        parser_leave(p);
        return block;
    }
    void *node;
    if (parser_memo_find(p, MEMO_BLOCK, &node))
        return node;
    uint32_t start = p->at;
    AstStmtSeq *block = parser_enter(p) ? block_of(p) : NULL;
    parser_leave(p);
    parser_memo_add(p, MEMO_BLOCK, start, block);
    return block;
}

/* While diagnosing, behind the ":" of a header: raises if the block is missing. `what` is like "'if' statement". */
static bool check_block(Parser *p, const char *what, uint32_t keyword)
{
    if (!p->diagnosing || !at_missing_block(p))
        return !p->failed;
    parser_error_last(p, EXC_IndentationError, "expected an indented block after %s on line %d", what,
                      p->tokens[keyword].line);
    return false;
}

/* The ":" behind a header; where a line ends instead, that is said. */
static bool parse_colon(Parser *p)
{
    if (parser_accept(p, TOKEN_COLON))
        return true;
    if (p->diagnosing && !p->failed && parser_peek(p) == TOKEN_NEWLINE)
        parser_error_last(p, EXC_SyntaxError, "expected ':'");
    return false;
}

/* ": block" of a statement whose keyword is a token. */
static AstStmtSeq *parse_suite(Parser *p, const char *what, uint32_t keyword)
{
    return parse_colon(p) && check_block(p, what, keyword) ? parse_block(p) : NULL;
}

/* The same where the ":" must follow at once. */
static AstStmtSeq *parse_forced_suite(Parser *p, const char *what, uint32_t keyword)
{
    return parser_expect_forced(p, TOKEN_COLON) && check_block(p, what, keyword) ? parse_block(p) : NULL;
}

/* An `else` block if there is one, else the empty sequence; NULL is failure. */
static AstStmtSeq *parse_else(Parser *p)
{
    if (parser_peek(p) != TOKEN_ELSE)
        return parser_empty_seq();
    uint32_t keyword = p->at++;
    AstStmtSeq *block = parse_forced_suite(p, "'else' statement", keyword);
    if (block && p->diagnosing && parser_peek(p) == TOKEN_ELIF)
        return parser_error_last(p, EXC_SyntaxError, "'elif' block follows an 'else' block");
    return block;
}

/* An optional part of a statement went wrong: the statement ends before it, and whoever comes next will fail there. */
static AstStmtSeq *or_stop(Parser *p, AstStmtSeq *part, uint32_t before)
{
    if (part || p->failed)
        return part;
    p->at = before;
    return parser_empty_seq();
}

/* ---- if, while, for ---- */

static AstStmt *parse_if(Parser *p, const char *what)
{
    if (!parser_enter(p)) {
        parser_leave(p);
        return NULL;
    }
    uint32_t start = p->at++;
    AstStmt *s = NULL;
    AstExpr *test = parse_named_expression(p);
    AstStmtSeq *body = test ? parse_suite(p, what, start) : NULL, *orelse = NULL;
    if (body) {
        uint32_t before = p->at;
        if (parser_peek(p) == TOKEN_ELIF) {
            AstStmt *inner = parse_if(p, "'elif' statement");
            uint32_t mark = p->stack_n;
            orelse = inner && parser_push(p, inner) ? parser_finish(p, mark) : NULL;
        } else {
            orelse = parse_else(p);
        }
        orelse = or_stop(p, orelse, before);
    }
    if (orelse)
        s = parser_stmt(p, AST_If, parser_position_block(p, start));
    if (s) {
        s->If.test = test;
        s->If.body = body;
        s->If.orelse = orelse;
    }
    parser_leave(p);
    return s;
}

static AstStmt *parse_while(Parser *p)
{
    uint32_t start = p->at++;
    AstExpr *test = parse_named_expression(p);
    AstStmtSeq *body = test ? parse_suite(p, "'while' statement", start) : NULL;
    uint32_t before = p->at;
    AstStmtSeq *orelse = body ? or_stop(p, parse_else(p), before) : NULL;
    AstStmt *s = orelse ? parser_stmt(p, AST_While, parser_position_block(p, start)) : NULL;
    if (s) {
        s->While.test = test;
        s->While.body = body;
        s->While.orelse = orelse;
    }
    return s;
}

static AstStmt *parse_for(Parser *p, uint32_t start, bool is_async)
{
    uint32_t keyword = p->at++;
    AstExpr *target = parse_star_targets(p);
    if (!target || !parser_accept(p, TOKEN_IN)) {
        if (p->diagnosing && !p->failed) {
            p->at = keyword + 1;
            AstExpr *all = parse_star_expressions(p);
            if (all && !p->failed)
                parser_error_target(p, all, TARGET_FOR);
        }
        return NULL;
    }
    AstExpr *iter = parse_star_expressions(p);
    if (!iter || !parse_colon(p))
        return NULL;
    Value comment = parse_type_comment(p);
    AstStmtSeq *body = check_block(p, "'for' statement", keyword) ? parse_block(p) : NULL;
    uint32_t before = p->at;
    AstStmtSeq *orelse = body ? or_stop(p, parse_else(p), before) : NULL;
    if (!orelse || (is_async && !parser_version(p, 5, "Async for loops are")))
        return NULL;
    AstStmt *s = parser_stmt(p, is_async ? AST_AsyncFor : AST_For, parser_position_block(p, start));
    if (s) {
        s->For.target = target;
        s->For.iter = iter;
        s->For.body = body;
        s->For.orelse = orelse;
        s->For.type_comment = comment;
    }
    return s;
}

/* ---- with ---- */

static AstWithItem *with_item_new(Parser *p, AstExpr *context, AstExpr *target)
{
    AstWithItem *item = parser_alloc(p, sizeof *item);
    if (item) {
        item->kind = AST_withitem;
        item->context_expr = context;
        item->optional_vars = target;
    }
    return item;
}

static AstWithItem *parse_with_item(Parser *p)
{
    AstExpr *context = parse_expression(p);
    if (!context)
        return NULL;
    if (parser_peek(p) == TOKEN_AS) {
        uint32_t before = p->at++;
        AstExpr *target = parse_star_target(p);
        if (target) {
            TokenKind kind = parser_peek(p);
            if (kind == TOKEN_COMMA || kind == TOKEN_RPAR || kind == TOKEN_COLON)
                return with_item_new(p, context, target);
        }
        if (p->diagnosing && !p->failed) {
            p->at = before + 1;
            AstExpr *e = parse_expression(p);
            TokenKind kind = e ? parser_peek(p) : TOKEN_ENDMARKER;
            if (e && !p->failed && (kind == TOKEN_COMMA || kind == TOKEN_RPAR || kind == TOKEN_COLON))
                parser_error_target(p, e, TARGET_STAR);
        }
        p->at = before;
    }
    return p->failed ? NULL : with_item_new(p, context, NULL);
}

static AstWithItemSeq *parse_with_items(Parser *p)
{
    uint32_t mark = p->stack_n;
    AstWithItem *item = parse_with_item(p);
    if (!item)
        return NULL;
    for (;;) {
        if (!parser_push(p, item))
            return NULL;
        if (parser_peek(p) != TOKEN_COMMA)
            break;
        uint32_t before = p->at++;
        item = parse_with_item(p);
        if (!item) {
            p->at = before;
            break;
        }
    }
    AstWithItemSeq *items = parser_finish(p, mark);
    return p->failed ? NULL : items;
}

/* Skips the items of a `with` header in their loosest form; `at` is behind `with` or its bracket. */
static bool skip_with_items(Parser *p, bool in_brackets)
{
    bool some = false;
    for (;;) {
        uint32_t before = p->at;
        AstExpr *e = in_brackets ? parse_expressions(p) : parse_expression(p);
        if (!e) {
            /* Behind a comma that belongs to no item. */
            p->at = some ? before - 1 : before;
            return some && !p->failed;
        }
        some = true;
        if (parser_peek(p) == TOKEN_AS) {
            before = p->at++;
            if (!parse_star_target(p))
                p->at = before;
        }
        if (p->failed)
            return false;
        if (!parser_accept(p, TOKEN_COMMA))
            return true;
    }
}

/* with_block: only a missing block is looked for, else only a missing ":". */
static void diagnose_with(Parser *p, uint32_t keyword, bool with_block)
{
    for (int in_brackets = 0; in_brackets < 2; in_brackets++) {
        p->at = keyword + 1;
        if (in_brackets && !parser_accept(p, TOKEN_LPAR))
            break;
        bool items = skip_with_items(p, in_brackets);
        if (p->failed)
            return;
        if (!items)
            continue;
        if (in_brackets) {
            parser_accept(p, TOKEN_COMMA);
            if (!parser_accept(p, TOKEN_RPAR))
                continue;
        }
        if (with_block) {
            if (parser_accept(p, TOKEN_COLON) && !check_block(p, "'with' statement", keyword))
                return;
        } else if (parser_peek(p) == TOKEN_NEWLINE) {
            parser_error_last(p, EXC_SyntaxError, "expected ':'");
            return;
        }
    }
    p->at = keyword + 1;
}

static AstStmt *parse_with(Parser *p, uint32_t start, bool is_async)
{
    uint32_t keyword = p->at++, mark = p->stack_n;
    AstWithItemSeq *items = NULL;
    Value comment = VALUE_EMPTY;
    AstStmtSeq *body = NULL;
    if (p->diagnosing) {
        diagnose_with(p, keyword, true);
        if (p->failed)
            return NULL;
    }
    if (parser_peek(p) == TOKEN_LPAR) {
        uint32_t open = p->at++;
        items = parse_with_items(p);
        if (items) {
            parser_accept(p, TOKEN_COMMA);
            if (!parser_accept(p, TOKEN_RPAR) || !parser_accept(p, TOKEN_COLON))
                items = NULL;
        }
        if (!items && !p->failed) {
            /* The bracket belongs to an expression. */
            p->at = open;
            p->stack_n = mark;
        }
    }
    if (!items && !p->failed) {
        items = parse_with_items(p);
        if (items && !parser_accept(p, TOKEN_COLON))
            items = NULL;
    }
    if (items) {
        comment = parse_type_comment(p);
        body = p->failed ? NULL : parse_block(p);
    }
    p->stack_n = mark;
    if (!body) {
        if (p->diagnosing && !p->failed)
            diagnose_with(p, keyword, false);
        return NULL;
    }
    if (is_async && !parser_version(p, 5, "Async with statements are"))
        return NULL;
    AstStmt *s = parser_stmt(p, is_async ? AST_AsyncWith : AST_With, parser_position_block(p, start));
    if (s) {
        s->With.items = items;
        s->With.body = body;
        s->With.type_comment = comment;
    }
    return s;
}

/* ---- try ---- */

static const char except_what[] = "'except' statement", except_star_what[] = "'except*' statement";

/* A handler that could not be parsed; `start` is its `except`. */
static void diagnose_except(Parser *p, uint32_t start, bool star)
{
    uint32_t first = start + (star ? 2 : 1);
    p->at = first;
    AstExpr *a = parse_expression(p);
    if (p->failed)
        return;
    if (a && parser_accept(p, TOKEN_COMMA) && parse_expressions(p) && parser_accept(p, TOKEN_AS) &&
        parser_accept(p, TOKEN_NAME) && parser_accept(p, TOKEN_COLON)) {
        parser_error_from(p, a->position, "multiple exception types must be parenthesized when using 'as'");
        return;
    }
    if (p->failed)
        return;
    p->at = first;
    a = parse_expression(p);
    uint32_t after = p->at;
    if (a && parser_accept(p, TOKEN_AS) && !parser_accept(p, TOKEN_NAME))
        p->at = after;
    TokenKind kind = parser_peek(p);
    if (a && kind == TOKEN_NEWLINE) {
        parser_error_last(p, EXC_SyntaxError, "expected ':'");
        return;
    }
    p->at = first;
    kind = parser_peek(p);
    if (star && (kind == TOKEN_NEWLINE || kind == TOKEN_COLON)) {
        parser_error_last(p, EXC_SyntaxError, "expected one or more exception types");
        return;
    }
    if (!star && kind == TOKEN_NEWLINE) {
        parser_error_last(p, EXC_SyntaxError, "expected ':'");
        return;
    }
    a = parse_expression(p);
    if (a && parser_accept(p, TOKEN_AS)) {
        AstExpr *target = parse_expression(p);
        if (target && parser_accept(p, TOKEN_COLON) && parse_block(p))
            parser_error_range(p, target->position, "cannot use except%s statement with %s", star ? "*" : "",
                               parser_expr_name(target));
    }
}

/* The next token is `except`.  *star tells in and out which sort of handler it is. */
static AstExceptHandler *parse_except(Parser *p, bool star)
{
    uint32_t start = p->at++;
    if (star != (parser_peek(p) == TOKEN_STAR)) {
        /* The other sort; `except *` is no expression either. */
        if (!star && parser_diagnoses(p))
            diagnose_except(p, start, false);
        return NULL;
    }
    if (star)
        p->at++;
    AstExpr *type = NULL;
    Value name = VALUE_EMPTY;
    AstStmtSeq *body = NULL;
    bool header = !star && parser_peek(p) == TOKEN_COLON;
    if (!header) {
        uint32_t first = p->at;
        type = parse_expression(p);
        if (type && parser_peek(p) == TOKEN_AS) {
            uint32_t before = p->at++;
            if (parser_peek(p) == TOKEN_NAME) {
                name = parser_name(p, &p->tokens[p->at++]);
                header = parser_peek(p) == TOKEN_COLON;
            } else {
                p->at = before;
            }
        } else if (type && parser_peek(p) == TOKEN_COMMA) {
            p->at = first;
            type = parse_expressions(p);
            header = type && parser_peek(p) == TOKEN_COLON;
            if (header && !parser_version(p, 14, "except expressions without parentheses are"))
                return NULL;
        } else {
            header = type && parser_peek(p) == TOKEN_COLON;
        }
    }
    if (header && !p->failed) {
        p->at++;
        body = check_block(p, star ? except_star_what : except_what, start) ? parse_block(p) : NULL;
    }
    if (!body) {
        if (p->diagnosing && !p->failed)
            diagnose_except(p, start, star);
        return NULL;
    }
    AstExceptHandler *h = parser_alloc(p, sizeof *h);
    if (h) {
        h->kind = AST_ExceptHandler;
        h->position = parser_position_block(p, start);
        h->ExceptHandler.type = type;
        h->ExceptHandler.name = name;
        h->ExceptHandler.body = body;
    }
    return h;
}

/* All handlers of one sort, pushed. */
static bool parse_handlers(Parser *p, bool star)
{
    while (parser_peek(p) == TOKEN_EXCEPT) {
        uint32_t before = p->at;
        AstExceptHandler *h = parse_except(p, star);
        if (!h) {
            p->at = before;
            break;
        }
        if (!parser_push(p, h))
            return false;
    }
    return !p->failed;
}

/* Behind handlers of one sort: whether the head of one of the other sort follows. */
static void diagnose_other_sort(Parser *p, bool star)
{
    uint32_t except = p->at;
    if (!parser_accept(p, TOKEN_EXCEPT) || parser_accept(p, TOKEN_STAR) == star)
        return;
    uint32_t last = p->at - 1;
    if (parse_expression(p) && parser_accept(p, TOKEN_AS))
        parser_accept(p, TOKEN_NAME);
    else if (!star && p->at == last + 1)
        return; /* `except*` without a type is no head */
    if (!p->failed && parser_accept(p, TOKEN_COLON))
        parser_error_between(p, parser_token_position(&p->tokens[except]), parser_token_position(&p->tokens[last]),
                             "cannot have both 'except' and 'except*' on the same 'try'");
}

/* Behind the first block of a `try`. */
static void diagnose_try(Parser *p)
{
    TokenKind kind = parser_peek(p);
    if (kind != TOKEN_EXCEPT && kind != TOKEN_FINALLY) {
        if (!p->failed && kind != TOKEN_ERRORTOKEN)
            parser_error_last(p, EXC_SyntaxError, "expected 'except' or 'finally' block");
        return;
    }
    uint32_t start = p->at, mark = p->stack_n;
    for (int star = 0; star < 2; star++) {
        p->at = start;
        bool some = parse_handlers(p, star) && p->stack_n > mark;
        p->stack_n = mark;
        if (p->failed)
            return;
        if (some)
            diagnose_other_sort(p, star);
        if (p->failed)
            return;
    }
    p->at = start;
}

static AstStmt *parse_try(Parser *p)
{
    uint32_t start = p->at++, mark = p->stack_n;
    AstStmtSeq *body = parse_forced_suite(p, "'try' statement", start);
    if (!body)
        return NULL;
    if (p->diagnosing) {
        uint32_t after = p->at;
        diagnose_try(p);
        if (p->failed)
            return NULL;
        p->at = after;
    }
    bool star = parser_peek(p) == TOKEN_EXCEPT && parser_peek2(p) == TOKEN_STAR;
    if (!parse_handlers(p, star))
        return NULL;
    AstExceptHandlerSeq *handlers = parser_finish(p, mark);
    AstStmtSeq *orelse = parser_empty_seq(), *finalbody = parser_empty_seq();
    if (!handlers)
        return NULL;
    uint32_t before = p->at;
    if (handlers->n)
        orelse = or_stop(p, parse_else(p), before);
    before = p->at;
    if (!p->failed && parser_peek(p) == TOKEN_FINALLY) {
        p->at++;
        finalbody = parse_forced_suite(p, "'finally' statement", before);
        if (!finalbody && !handlers->n)
            return NULL;
        finalbody = or_stop(p, finalbody, before);
    }
    if (p->failed || (!handlers->n && !finalbody->n) || (star && !parser_version(p, 11, "Exception groups are")))
        return NULL;
    AstStmt *s = parser_stmt(p, star ? AST_TryStar : AST_Try, parser_position_block(p, start));
    if (s) {
        s->Try.body = body;
        s->Try.handlers = handlers;
        s->Try.orelse = orelse;
        s->Try.finalbody = finalbody;
    }
    return s;
}

/* ---- functions and classes ---- */

/* The type comment of a function: behind its ":" or alone on the first line of the body. */
static Value parse_function_comment(Parser *p)
{
    if (LIKELY(!(p->flags & PARSE_TYPE_COMMENTS)))
        return VALUE_EMPTY;
    uint32_t start = p->at;
    if (parser_accept(p, TOKEN_NEWLINE)) {
        if (parser_peek(p) == TOKEN_TYPE_COMMENT) {
            Value comment = parse_type_comment(p);
            if (!p->failed && parser_peek(p) == TOKEN_NEWLINE && parser_peek2(p) == TOKEN_INDENT)
                return comment;
        }
        p->at = start;
    }
    if (p->diagnosing && parser_accept(p, TOKEN_TYPE_COMMENT) && parser_accept(p, TOKEN_NEWLINE) &&
        parser_accept(p, TOKEN_TYPE_COMMENT) && parser_accept(p, TOKEN_NEWLINE) && parser_peek(p) == TOKEN_INDENT) {
        parser_error_last(p, EXC_SyntaxError, "Cannot have two type comments on def");
        return VALUE_EMPTY;
    }
    p->at = start;
    return parse_type_comment(p);
}

static AstStmt *parse_function(Parser *p, uint32_t start, bool is_async, AstExprSeq *decorators)
{
    uint32_t keyword = p->at++;
    if (parser_peek(p) != TOKEN_NAME)
        return NULL;
    Value name = parser_name(p, &p->tokens[p->at++]);
    if (p->failed)
        return NULL;
    AstTypeParamSeq *type_params = parse_type_params(p);
    if (!type_params)
        return NULL;
    if (parser_peek(p) == TOKEN_LSQB && !parser_diagnoses(p))
        return NULL; /* no list of type parameters: the second pass tells why */
    if (!parser_expect_forced(p, TOKEN_LPAR))
        return NULL;
    AstArguments *args = parse_parameters(p, false);
    if (!args || !parser_accept(p, TOKEN_RPAR))
        return NULL;
    AstExpr *returns = NULL;
    if (parser_peek(p) == TOKEN_RARROW) {
        uint32_t before = p->at++;
        returns = parse_expression(p);
        if (!returns)
            p->at = before;
    }
    if (p->failed || !parser_expect_forced(p, TOKEN_COLON) || !check_block(p, "function definition", keyword))
        return NULL;
    Value comment = parse_function_comment(p);
    AstStmtSeq *body = p->failed ? NULL : parse_block(p);
    if (!body || (is_async && !parser_version(p, 5, "Async functions are")))
        return NULL;
    AstStmt *s = parser_stmt(p, is_async ? AST_AsyncFunctionDef : AST_FunctionDef, parser_position_block(p, start));
    if (s) {
        s->FunctionDef.name = name;
        s->FunctionDef.args = args;
        s->FunctionDef.body = body;
        s->FunctionDef.decorator_list = decorators;
        s->FunctionDef.returns = returns;
        s->FunctionDef.type_comment = comment;
        s->FunctionDef.type_params = type_params;
    }
    return s;
}

static AstStmt *parse_class(Parser *p, AstExprSeq *decorators)
{
    uint32_t start = p->at++;
    if (parser_peek(p) != TOKEN_NAME)
        return NULL;
    Value name = parser_name(p, &p->tokens[p->at++]);
    if (p->failed)
        return NULL;
    AstTypeParamSeq *type_params = parse_type_params(p);
    if (!type_params)
        return NULL;
    AstExprSeq *bases = parser_empty_seq();
    AstKeywordSeq *keywords = parser_empty_seq();
    if (parser_accept(p, TOKEN_LPAR)) {
        if (parser_peek(p) != TOKEN_RPAR && !parse_call_arguments(p, PARSER_NO_BRACKET, &bases, &keywords))
            return NULL;
        if (!parser_accept(p, TOKEN_RPAR))
            return NULL;
    }
    AstStmtSeq *body = parse_suite(p, "class definition", start);
    AstStmt *s = body ? parser_stmt(p, AST_ClassDef, parser_position_block(p, start)) : NULL;
    if (s) {
        s->ClassDef.name = name;
        s->ClassDef.bases = bases;
        s->ClassDef.keywords = keywords;
        s->ClassDef.body = body;
        s->ClassDef.decorator_list = decorators;
        s->ClassDef.type_params = type_params;
    }
    return s;
}

static AstStmt *parse_decorated(Parser *p)
{
    uint32_t mark = p->stack_n;
    while (parser_accept(p, TOKEN_AT)) {
        AstExpr *e = parse_named_expression(p);
        if (!e || !parser_push(p, e) || !parser_accept(p, TOKEN_NEWLINE)) {
            p->stack_n = mark;
            return NULL;
        }
    }
    AstExprSeq *decorators = parser_finish(p, mark);
    if (!decorators)
        return NULL;
    uint32_t start = p->at;
    switch (parser_peek(p)) {
    case TOKEN_CLASS: return parse_class(p, decorators);
    case TOKEN_DEF: return parse_function(p, start, false, decorators);
    case TOKEN_ASYNC: return ++p->at, parser_peek(p) == TOKEN_DEF ? parse_function(p, start, true, decorators) : NULL;
    default: return NULL;
    }
}

/* ---- any statement ---- */

AstStmt *parse_compound_statement(Parser *p)
{
    uint32_t start = p->at;
    switch (parser_peek(p)) {
    case TOKEN_DEF: return parse_function(p, start, false, parser_empty_seq());
    case TOKEN_AT: return parse_decorated(p);
    case TOKEN_CLASS: return parse_class(p, parser_empty_seq());
    case TOKEN_IF: return parse_if(p, "'if' statement");
    case TOKEN_WHILE: return parse_while(p);
    case TOKEN_FOR: return parse_for(p, start, false);
    case TOKEN_WITH: return parse_with(p, start, false);
    case TOKEN_TRY: return parse_try(p);
    case TOKEN_ASYNC:
        p->at++;
        switch (parser_peek(p)) {
        case TOKEN_DEF: return parse_function(p, start, true, parser_empty_seq());
        case TOKEN_WITH: return parse_with(p, start, true);
        case TOKEN_FOR: return parse_for(p, start, true);
        default: return NULL;
        }
    default: return NULL;
    }
}

static bool statement(Parser *p)
{
    uint32_t start = p->at, mark = p->stack_n;
    AstStmt *s;
    switch (parser_peek(p)) {
    case TOKEN_DEF:
    case TOKEN_AT:
    case TOKEN_CLASS:
    case TOKEN_IF:
    case TOKEN_WHILE:
    case TOKEN_FOR:
    case TOKEN_WITH:
    case TOKEN_TRY:
    case TOKEN_ASYNC:
        s = parse_compound_statement(p);
        p->stack_n = mark;
        return s && parser_push(p, s);
    case TOKEN_NAME:
        if (UNLIKELY(parser_peek_word(p, "match"))) {
            s = parse_match(p);
            p->stack_n = mark;
            if (s)
                return parser_push(p, s);
            if (p->failed)
                return false;
            p->at = start;
        }
        return parse_simple_statements(p);
    default: return parse_simple_statements(p);
    }
}

bool parse_statement(Parser *p)
{
    if (!statement(p))
        return false;
    if (p->diagnosing) {
        const AstStmt *last = (const AstStmt *)(uintptr_t)p->stack[p->stack_n - 1];
        if (last->position.line >= p->last_statement.line)
            p->last_statement = last->position;
    }
    return true;
}

bool parse_statements(Parser *p)
{
    uint32_t n = 0;
    for (;; n++) {
        TokenKind kind = parser_peek(p);
        if (kind == TOKEN_DEDENT || kind == TOKEN_ENDMARKER)
            break;
        uint32_t start = p->at, mark = p->stack_n;
        if (!parse_statement(p)) {
            p->at = start;
            p->stack_n = mark;
            break;
        }
    }
    return n > 0 && !p->failed;
}
