/* parse_target.c: what can be assigned to and deleted.  A target is read as an expression and then made one, in place. */
#include "parser_internal.h"

bool parser_to_target(AstExpr *e, AstKind context)
{
    const AstExprSeq *elts;
    switch (e->kind) {
    case AST_Name: e->Name.ctx = context; return true;
    case AST_Attribute: e->Attribute.ctx = context; return true;
    case AST_Subscript: e->Subscript.ctx = context; return true;
    case AST_Starred:
        e->Starred.ctx = context;
        return context == AST_Store && e->Starred.value->kind != AST_Starred &&
               parser_to_target(e->Starred.value, context);
    case AST_List:
        e->List.ctx = context;
        elts = e->List.elts;
        break;
    case AST_Tuple:
        e->Tuple.ctx = context;
        elts = e->Tuple.elts;
        break;
    default: return false;
    }
    for (uint32_t i = 0; i < elts->n; i++)
        if (!parser_to_target(elts->at[i], context))
            return false;
    return true;
}

bool parser_to_single_target(AstExpr *e, AstKind context)
{
    return (e->kind == AST_Name || e->kind == AST_Attribute || e->kind == AST_Subscript) &&
           parser_to_target(e, context);
}

AstExpr *parse_star_target(Parser *p)
{
    uint32_t start = p->at;
    if (parser_peek(p) != TOKEN_STAR) {
        AstExpr *e = parse_primary(p);
        return e && parser_to_target(e, AST_Store) ? e : NULL;
    }
    p->at++;
    if (parser_peek(p) == TOKEN_STAR)
        return NULL;
    AstExpr *value = parse_star_target(p);
    AstExpr *e = value ? parser_expr(p, AST_Starred, parser_position(p, start)) : NULL;
    if (e) {
        e->Starred.value = value;
        e->Starred.ctx = AST_Store;
    }
    return e;
}

AstExpr *parse_star_targets(Parser *p)
{
    uint32_t start = p->at;
    AstExpr *first = parse_star_target(p);
    if (!first || parser_peek(p) != TOKEN_COMMA)
        return first;
    uint32_t mark = p->stack_n;
    if (!parser_push(p, first))
        return NULL;
    while (parser_accept(p, TOKEN_COMMA)) {
        uint32_t after = p->at;
        AstExpr *next = parse_star_target(p);
        if (!next) {
            p->at = after;
            break;
        }
        if (!parser_push(p, next))
            return NULL;
    }
    AstExprSeq *elts = parser_finish(p, mark);
    AstExpr *e = p->failed ? NULL : parser_tuple(p, elts, parser_position(p, start));
    if (e)
        e->Tuple.ctx = AST_Store;
    return e;
}

AstExprSeq *parse_del_targets(Parser *p)
{
    uint32_t mark = p->stack_n;
    do {
        uint32_t before = p->at;
        AstExpr *e = parse_primary(p);
        if (!e || !parser_to_target(e, AST_Del)) {
            if (p->failed || p->stack_n == mark) {
                p->stack_n = mark;
                return NULL;
            }
            p->at = before;
            break;
        }
        if (!parser_push(p, e))
            return NULL;
    } while (parser_accept(p, TOKEN_COMMA));
    return parser_finish(p, mark);
}

const AstExpr *parser_invalid_target(const AstExpr *e, TargetKind kind)
{
    const AstExprSeq *elts;
    switch (e->kind) {
    case AST_Name:
    case AST_Attribute:
    case AST_Subscript: return NULL;
    case AST_Starred: return kind == TARGET_DEL ? e : parser_invalid_target(e->Starred.value, kind);
    case AST_Compare:
        /* `for a in b` read as an expression. */
        if (kind != TARGET_FOR)
            return e;
        return e->Compare.ops->at[0] == AST_In ? parser_invalid_target(e->Compare.left, kind) : NULL;
    case AST_List: elts = e->List.elts; break;
    case AST_Tuple: elts = e->Tuple.elts; break;
    default: return e;
    }
    for (uint32_t i = 0; i < elts->n; i++) {
        const AstExpr *bad = parser_invalid_target(elts->at[i], kind);
        if (bad)
            return bad;
    }
    return NULL;
}

void *parser_error_target(Parser *p, const AstExpr *e, TargetKind kind)
{
    const AstExpr *bad = parser_invalid_target(e, kind);
    if (!bad)
        return NULL;
    return parser_error_range(p, bad->position, kind == TARGET_DEL ? "cannot delete %s" : "cannot assign to %s",
                              parser_expr_name(bad));
}

const char *parser_expr_name(const AstExpr *e)
{
    switch (e->kind) {
    case AST_Attribute: return "attribute";
    case AST_Subscript: return "subscript";
    case AST_Starred: return "starred";
    case AST_Name: return "name";
    case AST_List: return "list";
    case AST_Tuple: return "tuple";
    case AST_Lambda: return "lambda";
    case AST_Call: return "function call";
    case AST_BoolOp:
    case AST_BinOp:
    case AST_UnaryOp: return "expression";
    case AST_GeneratorExp: return "generator expression";
    case AST_Yield:
    case AST_YieldFrom: return "yield expression";
    case AST_Await: return "await expression";
    case AST_ListComp: return "list comprehension";
    case AST_SetComp: return "set comprehension";
    case AST_DictComp: return "dict comprehension";
    case AST_Dict: return "dict literal";
    case AST_Set: return "set display";
    case AST_JoinedStr:
    case AST_FormattedValue: return "f-string expression";
    case AST_TemplateStr:
    case AST_Interpolation: return "t-string expression";
    case AST_Constant:
        if (value_is_none(e->Constant.value))
            return "None";
        if (value_is_bool(e->Constant.value))
            return value_is(e->Constant.value, VALUE_TRUE) ? "True" : "False";
        return value_is(e->Constant.value, VALUE_ELLIPSIS) ? "ellipsis" : "literal";
    case AST_Compare: return "comparison";
    case AST_IfExp: return "conditional expression";
    case AST_NamedExpr: return "named expression";
    default: return "expression";
    }
}
