/* ast_validate.c: is a tree that a program put together one that the parser could have made?  The compiler relies on it. */
#include "ast_validate.h"

#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"
#include "../object/type.h"
#include "ast_table.h"

/* All return 0, or -1 with an exception. */
static int expr(Thread *t, const AstExpr *e, AstKind context);
static int stmts(Thread *t, const AstStmtSeq *s);
static int pattern(Thread *t, const AstPattern *p, bool star_allowed);

#define INVALID(...) (error_set(t, EXC_ValueError, __VA_ARGS__), -1)
#define WRONG_TYPE(...) (error_set(t, EXC_TypeError, __VA_ARGS__), -1)

static int position(Thread *t, Position p)
{
    if (p.line > p.end_line)
        return INVALID("AST node line range (%d, %d) is not valid", p.line, p.end_line);
    if ((p.line < 0 && p.end_line != p.line) || (p.column < 0 && p.column != p.end_column))
        return INVALID("AST node column range (%d, %d) for line range (%d, %d) is not valid", p.column, p.end_column,
                       p.line, p.end_line);
    if (p.line == p.end_line && p.column > p.end_column)
        return INVALID("line %d, column %d-%d is not a valid range", p.line, p.column, p.end_column);
    return 0;
}

static int name(Thread *t, Value v)
{
    static const char *const forbidden[] = {"None", "True", "False"};
    for (int i = 0; i < 3; i++)
        if (str_equal_ascii(v, forbidden[i]))
            return INVALID("identifier field can't represent '%s' constant", forbidden[i]);
    return 0;
}

static int not_empty(Thread *t, uint32_t n, const char *what, const char *owner)
{
    return n ? 0 : INVALID("empty %s on %s", what, owner);
}

static int exprs(Thread *t, const AstExprSeq *s, AstKind context, bool null_allowed)
{
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->at[i] ? expr(t, s->at[i], context) < 0 : !null_allowed) {
            if (!s->at[i])
                error_set(t, EXC_ValueError, "None disallowed in expression list");
            return -1;
        }
    }
    return 0;
}

static int optional(Thread *t, const AstExpr *e) { return e ? expr(t, e, AST_Load) : 0; }

/* ---- expressions ---- */

static int constant(Thread *t, Value v)
{
    if (value_is_none(v) || value_is(v, VALUE_ELLIPSIS) || int_check_exact(v) || value_is_double(v) ||
        value_is_bool(v) || str_check_exact(v) || object_is_exact(v, KIND_COMPLEX) || object_is_exact(v, KIND_BYTES))
        return 0;
    if (tuple_check_exact(v) || object_is_exact(v, KIND_FROZENSET)) {
        if (!recursion_enter(t, " during compilation"))
            return -1;
        Value items = object_to_tuple(t, v);
        int result = value_is_empty(items) ? -1 : 0;
        for (size_t i = 0; result == 0 && i < tuple_length(items); i++)
            result = constant(t, tuple_peek(items, i));
        ref_dec(t, items);
        recursion_leave(t);
        return result;
    }
    return WRONG_TYPE("got an invalid type in Constant: %s", type_name(type_of(t, v)));
}

static int arguments(Thread *t, const AstArguments *a)
{
    const AstArgSeq *const lists[] = {a->posonlyargs, a->args, a->kwonlyargs};
    for (int l = 0; l < 3; l++)
        for (uint32_t i = 0; i < lists[l]->n; i++)
            if (position(t, lists[l]->at[i]->position) < 0 || optional(t, lists[l]->at[i]->annotation) < 0)
                return -1;
    if ((a->vararg && optional(t, a->vararg->annotation) < 0) || (a->kwarg && optional(t, a->kwarg->annotation) < 0))
        return -1;
    if (a->defaults->n > a->posonlyargs->n + a->args->n)
        return INVALID("more positional defaults than args on arguments");
    if (a->kw_defaults->n != a->kwonlyargs->n)
        return INVALID("length of kwonlyargs is not the same as kw_defaults on arguments");
    return exprs(t, a->defaults, AST_Load, false) < 0 ? -1 : exprs(t, a->kw_defaults, AST_Load, true);
}

static int comprehensions(Thread *t, const AstComprehensionSeq *generators)
{
    if (!generators->n)
        return INVALID("comprehension with no generators");
    for (uint32_t i = 0; i < generators->n; i++) {
        const AstComprehension *g = generators->at[i];
        if (expr(t, g->target, AST_Store) < 0 || expr(t, g->iter, AST_Load) < 0 ||
            exprs(t, g->ifs, AST_Load, false) < 0)
            return -1;
    }
    return 0;
}

static int keywords(Thread *t, const AstKeywordSeq *s)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (expr(t, s->at[i]->value, AST_Load) < 0)
            return -1;
    return 0;
}

/* The context that an expression has itself, or AST_NONE. */
static AstKind own_context(const AstExpr *e)
{
    switch (e->kind) {
    case AST_Attribute: return e->Attribute.ctx;
    case AST_Subscript: return e->Subscript.ctx;
    case AST_Starred: return e->Starred.ctx;
    case AST_Name: return e->Name.ctx;
    case AST_List: return e->List.ctx;
    case AST_Tuple: return e->Tuple.ctx;
    default: return AST_NONE;
    }
}

static int any_expr(Thread *t, const AstExpr *e, AstKind context)
{
    if (position(t, e->position) < 0)
        return -1;
    AstKind own = own_context(e);
    if (e->kind == AST_Name && name(t, e->Name.id) < 0)
        return -1;
    if (own == AST_NONE ? context != AST_Load : own != context) {
        if (own == AST_NONE)
            return INVALID("expression which can't be assigned to in %s context", ast_class(context)->name);
        return INVALID("expression must have %s context but has %s instead", ast_class(context)->name,
                       ast_class(own)->name);
    }
    switch (e->kind) {
    case AST_BoolOp:
        if (e->BoolOp.values->n < 2)
            return INVALID("BoolOp with less than 2 values");
        return exprs(t, e->BoolOp.values, AST_Load, false);
    case AST_NamedExpr:
        if (e->NamedExpr.target->kind != AST_Name)
            return WRONG_TYPE("NamedExpr target must be a Name");
        return expr(t, e->NamedExpr.target, AST_Store) < 0 ? -1 : expr(t, e->NamedExpr.value, AST_Load);
    case AST_BinOp: return expr(t, e->BinOp.left, AST_Load) < 0 ? -1 : expr(t, e->BinOp.right, AST_Load);
    case AST_UnaryOp: return expr(t, e->UnaryOp.operand, AST_Load);
    case AST_Lambda: return arguments(t, e->Lambda.args) < 0 ? -1 : expr(t, e->Lambda.body, AST_Load);
    case AST_IfExp:
        return expr(t, e->IfExp.test, AST_Load) < 0 || expr(t, e->IfExp.body, AST_Load) < 0
                   ? -1
                   : expr(t, e->IfExp.orelse, AST_Load);
    case AST_Dict:
        if (e->Dict.keys->n != e->Dict.values->n)
            return INVALID("Dict doesn't have the same number of keys as values");
        /* A missing key is an unpacked mapping. */
        return exprs(t, e->Dict.keys, AST_Load, true) < 0 ? -1 : exprs(t, e->Dict.values, AST_Load, false);
    case AST_Set: return exprs(t, e->Set.elts, AST_Load, false);
    case AST_ListComp:
    case AST_SetComp:
    case AST_GeneratorExp:
        return comprehensions(t, e->ListComp.generators) < 0 ? -1 : expr(t, e->ListComp.elt, AST_Load);
    case AST_DictComp:
        return comprehensions(t, e->DictComp.generators) < 0 || expr(t, e->DictComp.key, AST_Load) < 0
                   ? -1
                   : expr(t, e->DictComp.value, AST_Load);
    case AST_Yield: return optional(t, e->Yield.value);
    case AST_YieldFrom: return expr(t, e->YieldFrom.value, AST_Load);
    case AST_Await: return expr(t, e->Await.value, AST_Load);
    case AST_Compare:
        if (!e->Compare.comparators->n)
            return INVALID("Compare with no comparators");
        if (e->Compare.comparators->n != e->Compare.ops->n)
            return INVALID("Compare has a different number of comparators and operands");
        return exprs(t, e->Compare.comparators, AST_Load, false) < 0 ? -1 : expr(t, e->Compare.left, AST_Load);
    case AST_Call:
        return expr(t, e->Call.func, AST_Load) < 0 || exprs(t, e->Call.args, AST_Load, false) < 0
                   ? -1
                   : keywords(t, e->Call.keywords);
    case AST_FormattedValue:
        return expr(t, e->FormattedValue.value, AST_Load) < 0 ? -1 : optional(t, e->FormattedValue.format_spec);
    case AST_Interpolation:
        return expr(t, e->Interpolation.value, AST_Load) < 0 || constant(t, e->Interpolation.str) < 0
                   ? -1
                   : optional(t, e->Interpolation.format_spec);
    case AST_JoinedStr: return exprs(t, e->JoinedStr.values, AST_Load, false);
    case AST_TemplateStr: return exprs(t, e->TemplateStr.values, AST_Load, false);
    case AST_Constant: return constant(t, e->Constant.value);
    case AST_Attribute: return expr(t, e->Attribute.value, AST_Load);
    case AST_Subscript: return expr(t, e->Subscript.slice, AST_Load) < 0 ? -1 : expr(t, e->Subscript.value, AST_Load);
    case AST_Starred: return expr(t, e->Starred.value, context);
    case AST_List: return exprs(t, e->List.elts, context, false);
    case AST_Tuple: return exprs(t, e->Tuple.elts, context, false);
    case AST_Slice:
        return optional(t, e->Slice.lower) < 0 || optional(t, e->Slice.upper) < 0 ? -1 : optional(t, e->Slice.step);
    default: return 0;
    }
}

static int expr(Thread *t, const AstExpr *e, AstKind context)
{
    if (!recursion_enter(t, " during compilation"))
        return -1;
    int result = any_expr(t, e, context);
    recursion_leave(t);
    return result;
}

/* ---- patterns ---- */

static bool is_real(const AstExpr *e)
{
    return e->kind == AST_Constant && (int_check_exact(e->Constant.value) || value_is_double(e->Constant.value));
}
static bool is_imaginary(const AstExpr *e)
{
    return e->kind == AST_Constant && object_is_exact(e->Constant.value, KIND_COMPLEX);
}
static bool is_negative(const AstExpr *e, bool imaginary)
{
    const AstExpr *operand = e->kind == AST_UnaryOp && e->UnaryOp.op == AST_USub ? e->UnaryOp.operand : NULL;
    return operand && (is_real(operand) || (imaginary && is_imaginary(operand)));
}

static int pattern_value(Thread *t, const AstExpr *e)
{
    if (expr(t, e, AST_Load) < 0)
        return -1;
    switch (e->kind) {
    case AST_Constant: {
        Value v = e->Constant.value;
        if (int_check_exact(v) || value_is_double(v) || object_is_exact(v, KIND_BYTES) ||
            object_is_exact(v, KIND_COMPLEX) || str_check_exact(v))
            return 0;
        return INVALID("unexpected constant inside of a literal pattern");
    }
    case AST_Attribute: return 0;
    case AST_UnaryOp:
        if (is_negative(e, true))
            return 0;
        break;
    case AST_BinOp:
        if ((e->BinOp.op == AST_Add || e->BinOp.op == AST_Sub) &&
            (is_real(e->BinOp.left) || is_negative(e->BinOp.left, false)) && is_imaginary(e->BinOp.right))
            return 0;
        break;
    case AST_JoinedStr:
    case AST_TemplateStr: return 0; /* refused by the compiler */
    default: break;
    }
    return INVALID("patterns may only match literals and attribute lookups");
}

static int capture(Thread *t, Value v)
{
    if (value_is_empty(v))
        return 0;
    if (str_equal_ascii(v, "_"))
        return INVALID("can't capture name '_' in patterns");
    return name(t, v);
}

static int patterns(Thread *t, const AstPatternSeq *s, bool star_allowed)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (pattern(t, s->at[i], star_allowed) < 0)
            return -1;
    return 0;
}

static int mapping(Thread *t, const AstPattern *p)
{
    const AstExprSeq *keys = p->MatchMapping.keys;
    if (keys->n != p->MatchMapping.patterns->n)
        return INVALID("MatchMapping doesn't have the same number of keys as patterns");
    if (capture(t, p->MatchMapping.rest) < 0)
        return -1;
    for (uint32_t i = 0; i < keys->n; i++) {
        const AstExpr *key = keys->at[i];
        if (!key)
            return INVALID("None disallowed in expression list");
        if (key->kind == AST_Constant && (value_is_none(key->Constant.value) || value_is_bool(key->Constant.value)))
            continue;
        if (pattern_value(t, key) < 0)
            return -1;
    }
    return patterns(t, p->MatchMapping.patterns, false);
}

static int class_pattern(Thread *t, const AstPattern *p)
{
    if (p->MatchClass.kwd_attrs->n != p->MatchClass.kwd_patterns->n)
        return INVALID("MatchClass doesn't have the same number of keyword attributes as patterns");
    const AstExpr *class = p->MatchClass.cls;
    if (expr(t, class, AST_Load) < 0)
        return -1;
    while (class->kind == AST_Attribute)
        class = class->Attribute.value;
    if (class->kind != AST_Name)
        return INVALID("MatchClass cls field can only contain Name or Attribute nodes.");
    for (uint32_t i = 0; i < p->MatchClass.kwd_attrs->n; i++)
        if (name(t, p->MatchClass.kwd_attrs->at[i]) < 0)
            return -1;
    return patterns(t, p->MatchClass.patterns, false) < 0 ? -1 : patterns(t, p->MatchClass.kwd_patterns, false);
}

static int any_pattern(Thread *t, const AstPattern *p, bool star_allowed)
{
    if (position(t, p->position) < 0)
        return -1;
    switch (p->kind) {
    case AST_MatchValue: return pattern_value(t, p->MatchValue.value);
    case AST_MatchSingleton:
        if (value_is_none(p->MatchSingleton.value) || value_is_bool(p->MatchSingleton.value))
            return 0;
        return constant(t, p->MatchSingleton.value) < 0
                   ? -1
                   : INVALID("MatchSingleton can only contain True, False and None");
    case AST_MatchSequence: return patterns(t, p->MatchSequence.patterns, true);
    case AST_MatchMapping: return mapping(t, p);
    case AST_MatchClass: return class_pattern(t, p);
    case AST_MatchStar: return star_allowed ? capture(t, p->MatchStar.name) : INVALID("can't use MatchStar here");
    case AST_MatchAs:
        if (capture(t, p->MatchAs.name) < 0)
            return -1;
        if (!p->MatchAs.pattern)
            return 0;
        if (value_is_empty(p->MatchAs.name))
            return INVALID("MatchAs must specify a target name if a pattern is given");
        return pattern(t, p->MatchAs.pattern, false);
    case AST_MatchOr:
        if (p->MatchOr.patterns->n < 2)
            return INVALID("MatchOr requires at least 2 patterns");
        return patterns(t, p->MatchOr.patterns, false);
    default: return 0;
    }
}

static int pattern(Thread *t, const AstPattern *p, bool star_allowed)
{
    if (!recursion_enter(t, " during compilation"))
        return -1;
    int result = any_pattern(t, p, star_allowed);
    recursion_leave(t);
    return result;
}

/* ---- statements ---- */

static int body(Thread *t, const AstStmtSeq *s, const char *owner)
{
    return not_empty(t, s->n, "body", owner) < 0 ? -1 : stmts(t, s);
}

static int type_params(Thread *t, const AstTypeParamSeq *params)
{
    for (uint32_t i = 0; i < params->n; i++) {
        const AstTypeParam *p = params->at[i];
        if (position(t, p->position) < 0 || name(t, p->TypeVar.name) < 0)
            return -1;
        const AstExpr *value = p->kind == AST_TypeVar     ? p->TypeVar.default_value
                               : p->kind == AST_ParamSpec ? p->ParamSpec.default_value
                                                          : p->TypeVarTuple.default_value;
        if ((p->kind == AST_TypeVar && optional(t, p->TypeVar.bound) < 0) || optional(t, value) < 0)
            return -1;
    }
    return 0;
}

static int with(Thread *t, const AstStmt *s, const char *owner)
{
    if (not_empty(t, s->With.items->n, "items", owner) < 0)
        return -1;
    for (uint32_t i = 0; i < s->With.items->n; i++) {
        const AstWithItem *item = s->With.items->at[i];
        if (expr(t, item->context_expr, AST_Load) < 0 ||
            (item->optional_vars && expr(t, item->optional_vars, AST_Store) < 0))
            return -1;
    }
    return body(t, s->With.body, owner);
}

static int try(Thread *t, const AstStmt *s, const char *owner)
{
    const AstExceptHandlerSeq *handlers = s->Try.handlers;
    if (body(t, s->Try.body, owner) < 0)
        return -1;
    if (!handlers->n && !s->Try.finalbody->n)
        return INVALID("%s has neither except handlers nor finalbody", owner);
    if (!handlers->n && s->Try.orelse->n)
        return INVALID("%s has orelse but no except handlers", owner);
    for (uint32_t i = 0; i < handlers->n; i++) {
        const AstExceptHandler *h = handlers->at[i];
        if (position(t, h->position) < 0 || optional(t, h->ExceptHandler.type) < 0 ||
            body(t, h->ExceptHandler.body, "ExceptHandler") < 0)
            return -1;
    }
    return stmts(t, s->Try.finalbody) < 0 ? -1 : stmts(t, s->Try.orelse);
}

static int match(Thread *t, const AstStmt *s)
{
    if (expr(t, s->Match.subject, AST_Load) < 0 || not_empty(t, s->Match.cases->n, "cases", "Match") < 0)
        return -1;
    for (uint32_t i = 0; i < s->Match.cases->n; i++) {
        const AstMatchCase *c = s->Match.cases->at[i];
        if (pattern(t, c->pattern, false) < 0 || optional(t, c->guard) < 0 || body(t, c->body, "match_case") < 0)
            return -1;
    }
    return 0;
}

static int any_stmt(Thread *t, const AstStmt *s)
{
    const char *owner = ast_class(s->kind)->name;
    if (position(t, s->position) < 0)
        return -1;
    switch (s->kind) {
    case AST_FunctionDef:
    case AST_AsyncFunctionDef:
        if (body(t, s->FunctionDef.body, owner) < 0 || type_params(t, s->FunctionDef.type_params) < 0 ||
            arguments(t, s->FunctionDef.args) < 0)
            return -1;
        return exprs(t, s->FunctionDef.decorator_list, AST_Load, false) < 0 ? -1 : optional(t, s->FunctionDef.returns);
    case AST_ClassDef:
        if (body(t, s->ClassDef.body, owner) < 0 || type_params(t, s->ClassDef.type_params) < 0 ||
            exprs(t, s->ClassDef.bases, AST_Load, false) < 0)
            return -1;
        return keywords(t, s->ClassDef.keywords) < 0 ? -1 : exprs(t, s->ClassDef.decorator_list, AST_Load, false);
    case AST_Return: return optional(t, s->Return.value);
    case AST_Delete:
        return not_empty(t, s->Delete.targets->n, "targets", owner) < 0 ? -1
                                                                        : exprs(t, s->Delete.targets, AST_Del, false);
    case AST_Assign:
        if (not_empty(t, s->Assign.targets->n, "targets", owner) < 0 ||
            exprs(t, s->Assign.targets, AST_Store, false) < 0)
            return -1;
        return expr(t, s->Assign.value, AST_Load);
    case AST_AugAssign: return expr(t, s->AugAssign.target, AST_Store) < 0 ? -1 : expr(t, s->AugAssign.value, AST_Load);
    case AST_AnnAssign:
        if (s->AnnAssign.target->kind != AST_Name && s->AnnAssign.simple)
            return WRONG_TYPE("AnnAssign with simple non-Name target");
        return expr(t, s->AnnAssign.target, AST_Store) < 0 || optional(t, s->AnnAssign.value) < 0
                   ? -1
                   : expr(t, s->AnnAssign.annotation, AST_Load);
    case AST_TypeAlias:
        if (s->TypeAlias.name->kind != AST_Name)
            return WRONG_TYPE("TypeAlias with non-Name name");
        return expr(t, s->TypeAlias.name, AST_Store) < 0 || type_params(t, s->TypeAlias.type_params) < 0
                   ? -1
                   : expr(t, s->TypeAlias.value, AST_Load);
    case AST_For:
    case AST_AsyncFor:
        if (expr(t, s->For.target, AST_Store) < 0 || expr(t, s->For.iter, AST_Load) < 0 ||
            body(t, s->For.body, owner) < 0)
            return -1;
        return stmts(t, s->For.orelse);
    case AST_While:
        return expr(t, s->While.test, AST_Load) < 0 || body(t, s->While.body, owner) < 0 ? -1
                                                                                         : stmts(t, s->While.orelse);
    case AST_If:
        return expr(t, s->If.test, AST_Load) < 0 || body(t, s->If.body, owner) < 0 ? -1 : stmts(t, s->If.orelse);
    case AST_With:
    case AST_AsyncWith: return with(t, s, owner);
    case AST_Match: return match(t, s);
    case AST_Raise:
        if (s->Raise.exc)
            return expr(t, s->Raise.exc, AST_Load) < 0 ? -1 : optional(t, s->Raise.cause);
        return s->Raise.cause ? INVALID("Raise with cause but no exception") : 0;
    case AST_Try:
    case AST_TryStar: return try(t, s, owner);
    case AST_Assert: return expr(t, s->Assert.test, AST_Load) < 0 ? -1 : optional(t, s->Assert.msg);
    case AST_Import: return not_empty(t, s->Import.names->n, "names", owner);
    case AST_ImportFrom:
        if (s->ImportFrom.level < 0)
            return INVALID("Negative ImportFrom level");
        return not_empty(t, s->ImportFrom.names->n, "names", owner);
    case AST_Global:
    case AST_Nonlocal: return not_empty(t, s->Global.names->n, "names", owner);
    case AST_Expr: return expr(t, s->Expr.value, AST_Load);
    default: return 0;
    }
}

static int stmts(Thread *t, const AstStmtSeq *s)
{
    for (uint32_t i = 0; i < s->n; i++) {
        if (!s->at[i])
            return INVALID("None disallowed in statement list");
        if (!recursion_enter(t, " during compilation"))
            return -1;
        int result = any_stmt(t, s->at[i]);
        recursion_leave(t);
        if (result < 0)
            return -1;
    }
    return 0;
}

int ast_validate(Thread *t, const AstMod *mod)
{
    switch (mod->kind) {
    case AST_Module: return stmts(t, mod->Module.body);
    case AST_Interactive: return stmts(t, mod->Interactive.body);
    case AST_Expression: return expr(t, mod->Expression.body, AST_Load);
    default: return 0;
    }
}
