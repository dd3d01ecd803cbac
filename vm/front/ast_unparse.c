/* ast_unparse.c: an expression as source text, for annotations that stay strings (from __future__ import annotations). */
#include "ast.h"

#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"

/* From loose to tight; brackets are needed where the context is tighter than the expression. */
typedef enum Level {
    LEVEL_TUPLE,
    LEVEL_TEST,
    LEVEL_OR,
    LEVEL_AND,
    LEVEL_NOT,
    LEVEL_COMPARE,
    LEVEL_EXPR,
    LEVEL_BIT_OR = LEVEL_EXPR,
    LEVEL_BIT_XOR,
    LEVEL_BIT_AND,
    LEVEL_SHIFT,
    LEVEL_SUM,
    LEVEL_TERM,
    LEVEL_FACTOR,
    LEVEL_POWER,
    LEVEL_AWAIT,
    LEVEL_ATOM
} Level;

typedef struct Unparser {
    Thread *t;
    StrBuilder b;
} Unparser;

/* All return 0, or -1 with an exception. */
static int expr(Unparser *u, const AstExpr *e, Level level);

static int put(Unparser *u, const char *s) { return strbuilder_ascii(u->t, &u->b, s, strlen(s)); }
static int put_if(Unparser *u, bool condition, const char *s) { return condition ? put(u, s) : 0; }
static int put_str(Unparser *u, Value s) { return strbuilder_str(u->t, &u->b, s); }

static int put_take(Unparser *u, Value s)
{
    int result = value_is_empty(s) ? -1 : put_str(u, s);
    ref_dec(u->t, s);
    return result;
}

/* Items separated by ", ". */
static int exprs(Unparser *u, const AstExprSeq *s)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (put_if(u, i > 0, ", ") < 0 || expr(u, s->at[i], LEVEL_TEST) < 0)
            return -1;
    return 0;
}

/* ---- constants ---- */

/* An infinity is written as a number that overflows. */
static int put_number(Unparser *u, Value v)
{
    Value repr = object_repr(u->t, v);
    if (value_is_empty(repr))
        return -1;
    Value inf = str_from_string(u->t, "inf"), huge = str_from_string(u->t, "1e309");
    Value text = value_is_empty(inf) || value_is_empty(huge) ? VALUE_EMPTY : str_replace(u->t, repr, inf, huge, -1);
    ref_dec(u->t, inf);
    ref_dec(u->t, huge);
    ref_dec(u->t, repr);
    return put_take(u, text);
}

static int constant_value(Unparser *u, Value v)
{
    if (tuple_check(v)) {
        size_t n = tuple_length(v);
        if (put(u, "(") < 0)
            return -1;
        for (size_t i = 0; i < n; i++)
            if (put_if(u, i > 0, ", ") < 0 || constant_value(u, tuple_peek(v, i)) < 0)
                return -1;
        return put(u, n == 1 ? ",)" : ")");
    }
    if (value_is(v, VALUE_ELLIPSIS))
        return put(u, "...");
    if (float_check(v) || object_is(v, KIND_COMPLEX))
        return put_number(u, v);
    return put_take(u, object_repr(u->t, v));
}

static int constant(Unparser *u, const AstExpr *e)
{
    if (!value_is_empty(e->Constant.kind) && put_str(u, e->Constant.kind) < 0)
        return -1;
    return constant_value(u, e->Constant.value);
}

/* ---- operators ---- */

typedef struct Operator {
    const char *text;
    Level level;
    bool right; /* binds to the right */
} Operator;

static Operator operator_of(AstKind kind)
{
    switch (kind) {
    case AST_Add: return (Operator){" + ", LEVEL_SUM, false};
    case AST_Sub: return (Operator){" - ", LEVEL_SUM, false};
    case AST_Mult: return (Operator){" * ", LEVEL_TERM, false};
    case AST_MatMult: return (Operator){" @ ", LEVEL_TERM, false};
    case AST_Div: return (Operator){" / ", LEVEL_TERM, false};
    case AST_Mod: return (Operator){" % ", LEVEL_TERM, false};
    case AST_FloorDiv: return (Operator){" // ", LEVEL_TERM, false};
    case AST_LShift: return (Operator){" << ", LEVEL_SHIFT, false};
    case AST_RShift: return (Operator){" >> ", LEVEL_SHIFT, false};
    case AST_BitOr: return (Operator){" | ", LEVEL_BIT_OR, false};
    case AST_BitXor: return (Operator){" ^ ", LEVEL_BIT_XOR, false};
    case AST_BitAnd: return (Operator){" & ", LEVEL_BIT_AND, false};
    case AST_Pow: return (Operator){" ** ", LEVEL_POWER, true};
    case AST_Invert: return (Operator){"~", LEVEL_FACTOR, false};
    case AST_Not: return (Operator){"not ", LEVEL_NOT, false};
    case AST_UAdd: return (Operator){"+", LEVEL_FACTOR, false};
    case AST_USub: return (Operator){"-", LEVEL_FACTOR, false};
    case AST_And: return (Operator){" and ", LEVEL_AND, false};
    case AST_Or: return (Operator){" or ", LEVEL_OR, false};
    case AST_Eq: return (Operator){" == ", LEVEL_COMPARE, false};
    case AST_NotEq: return (Operator){" != ", LEVEL_COMPARE, false};
    case AST_Lt: return (Operator){" < ", LEVEL_COMPARE, false};
    case AST_LtE: return (Operator){" <= ", LEVEL_COMPARE, false};
    case AST_Gt: return (Operator){" > ", LEVEL_COMPARE, false};
    case AST_GtE: return (Operator){" >= ", LEVEL_COMPARE, false};
    case AST_Is: return (Operator){" is ", LEVEL_COMPARE, false};
    case AST_IsNot: return (Operator){" is not ", LEVEL_COMPARE, false};
    case AST_In: return (Operator){" in ", LEVEL_COMPARE, false};
    default: return (Operator){" not in ", LEVEL_COMPARE, false};
    }
}

static int logic(Unparser *u, const AstExpr *e, Level level)
{
    Operator op = operator_of(e->BoolOp.op);
    const AstExprSeq *values = e->BoolOp.values;
    if (put_if(u, level > op.level, "(") < 0)
        return -1;
    for (uint32_t i = 0; i < values->n; i++)
        if (put_if(u, i > 0, op.text) < 0 || expr(u, values->at[i], op.level + 1) < 0)
            return -1;
    return put_if(u, level > op.level, ")");
}

static int binary(Unparser *u, const AstExpr *e, Level level)
{
    Operator op = operator_of(e->BinOp.op);
    if (put_if(u, level > op.level, "(") < 0 || expr(u, e->BinOp.left, op.level + op.right) < 0 ||
        put(u, op.text) < 0 || expr(u, e->BinOp.right, op.level + !op.right) < 0)
        return -1;
    return put_if(u, level > op.level, ")");
}

static int unary(Unparser *u, const AstExpr *e, Level level)
{
    Operator op = operator_of(e->UnaryOp.op);
    if (put_if(u, level > op.level, "(") < 0 || put(u, op.text) < 0 || expr(u, e->UnaryOp.operand, op.level) < 0)
        return -1;
    return put_if(u, level > op.level, ")");
}

static int comparison(Unparser *u, const AstExpr *e, Level level)
{
    if (put_if(u, level > LEVEL_COMPARE, "(") < 0 || expr(u, e->Compare.left, LEVEL_COMPARE + 1) < 0)
        return -1;
    for (uint32_t i = 0; i < e->Compare.ops->n; i++)
        if (put(u, operator_of(e->Compare.ops->at[i]).text) < 0 ||
            expr(u, e->Compare.comparators->at[i], LEVEL_COMPARE + 1) < 0)
            return -1;
    return put_if(u, level > LEVEL_COMPARE, ")");
}

static int conditional(Unparser *u, const AstExpr *e, Level level)
{
    if (put_if(u, level > LEVEL_TEST, "(") < 0 || expr(u, e->IfExp.body, LEVEL_TEST + 1) < 0 || put(u, " if ") < 0 ||
        expr(u, e->IfExp.test, LEVEL_TEST + 1) < 0 || put(u, " else ") < 0 || expr(u, e->IfExp.orelse, LEVEL_TEST) < 0)
        return -1;
    return put_if(u, level > LEVEL_TEST, ")");
}

/* ---- lambda ---- */

static int parameter(Unparser *u, const AstArg *a, bool *first)
{
    if (put_if(u, !*first, ", ") < 0 || put_str(u, a->arg) < 0)
        return -1;
    *first = false;
    return 0;
}

static int star_parameter(Unparser *u, const char *star, const AstArg *a, bool *first)
{
    if (put_if(u, !*first, ", ") < 0 || put(u, star) < 0)
        return -1;
    *first = false;
    return a ? put_str(u, a->arg) : 0;
}

static int parameters(Unparser *u, const AstArguments *a)
{
    bool first = true;
    uint32_t positional = a->posonlyargs->n, n = positional + a->args->n;
    for (uint32_t i = 0; i < n; i++) {
        if (parameter(u, i < positional ? a->posonlyargs->at[i] : a->args->at[i - positional], &first) < 0)
            return -1;
        if (i + a->defaults->n >= n &&
            (put(u, "=") < 0 || expr(u, a->defaults->at[i + a->defaults->n - n], LEVEL_TEST) < 0))
            return -1;
        if (i + 1 == positional && put(u, ", /") < 0)
            return -1;
    }
    if ((a->vararg || a->kwonlyargs->n) && star_parameter(u, "*", a->vararg, &first) < 0)
        return -1;
    for (uint32_t i = 0; i < a->kwonlyargs->n; i++) {
        const AstExpr *value = a->kw_defaults->at[i];
        if (parameter(u, a->kwonlyargs->at[i], &first) < 0 ||
            (value && (put(u, "=") < 0 || expr(u, value, LEVEL_TEST) < 0)))
            return -1;
    }
    return a->kwarg ? star_parameter(u, "**", a->kwarg, &first) : 0;
}

static int lambda(Unparser *u, const AstExpr *e, Level level)
{
    const AstArguments *a = e->Lambda.args;
    bool any = a->posonlyargs->n || a->args->n || a->vararg || a->kwonlyargs->n || a->kwarg;
    if (put_if(u, level > LEVEL_TEST, "(") < 0 || put(u, any ? "lambda " : "lambda") < 0 || parameters(u, a) < 0 ||
        put(u, ": ") < 0 || expr(u, e->Lambda.body, LEVEL_TEST) < 0)
        return -1;
    return put_if(u, level > LEVEL_TEST, ")");
}

/* ---- displays, comprehensions, calls ---- */

static int dict(Unparser *u, const AstExpr *e)
{
    if (put(u, "{") < 0)
        return -1;
    for (uint32_t i = 0; i < e->Dict.values->n; i++) {
        const AstExpr *key = e->Dict.keys->at[i], *value = e->Dict.values->at[i];
        if (put_if(u, i > 0, ", ") < 0)
            return -1;
        if (key ? expr(u, key, LEVEL_TEST) < 0 || put(u, ": ") < 0 || expr(u, value, LEVEL_TEST) < 0
                : put(u, "**") < 0 || expr(u, value, LEVEL_EXPR) < 0)
            return -1;
    }
    return put(u, "}");
}

static int clauses(Unparser *u, const AstComprehensionSeq *generators)
{
    for (uint32_t i = 0; i < generators->n; i++) {
        const AstComprehension *g = generators->at[i];
        if (put(u, g->is_async ? " async for " : " for ") < 0 || expr(u, g->target, LEVEL_TUPLE) < 0 ||
            put(u, " in ") < 0 || expr(u, g->iter, LEVEL_TEST + 1) < 0)
            return -1;
        for (uint32_t j = 0; j < g->ifs->n; j++)
            if (put(u, " if ") < 0 || expr(u, g->ifs->at[j], LEVEL_TEST + 1) < 0)
                return -1;
    }
    return 0;
}

static int comprehension(Unparser *u, const char *open, const AstExpr *element, const AstComprehensionSeq *generators,
                         const char *close)
{
    return put(u, open) < 0 || expr(u, element, LEVEL_TEST) < 0 || clauses(u, generators) < 0 ? -1 : put(u, close);
}

static int dict_comprehension(Unparser *u, const AstExpr *e)
{
    if (put(u, "{") < 0 || expr(u, e->DictComp.key, LEVEL_TEST) < 0 || put(u, ": ") < 0 ||
        expr(u, e->DictComp.value, LEVEL_TEST) < 0 || clauses(u, e->DictComp.generators) < 0)
        return -1;
    return put(u, "}");
}

static int call(Unparser *u, const AstExpr *e)
{
    const AstExprSeq *args = e->Call.args;
    const AstKeywordSeq *keywords = e->Call.keywords;
    if (expr(u, e->Call.func, LEVEL_ATOM) < 0)
        return -1;
    if (args->n == 1 && !keywords->n && args->at[0]->kind == AST_GeneratorExp)
        return expr(u, args->at[0], LEVEL_TEST); /* its brackets serve */
    if (put(u, "(") < 0 || exprs(u, args) < 0)
        return -1;
    for (uint32_t i = 0; i < keywords->n; i++) {
        const AstKeyword *k = keywords->at[i];
        if (put_if(u, i > 0 || args->n, ", ") < 0)
            return -1;
        if (value_is_empty(k->arg) ? put(u, "**") < 0 : put_str(u, k->arg) < 0 || put(u, "=") < 0)
            return -1;
        if (expr(u, k->value, LEVEL_TEST) < 0)
            return -1;
    }
    return put(u, ")");
}

static int attribute(Unparser *u, const AstExpr *e)
{
    const AstExpr *value = e->Attribute.value;
    bool number = value->kind == AST_Constant && int_check_exact(value->Constant.value); /* 1 .real */
    return expr(u, value, LEVEL_ATOM) < 0 || put(u, number ? " ." : ".") < 0 ? -1 : put_str(u, e->Attribute.attr);
}

static int slice(Unparser *u, const AstExpr *e)
{
    if ((e->Slice.lower && expr(u, e->Slice.lower, LEVEL_TEST) < 0) || put(u, ":") < 0 ||
        (e->Slice.upper && expr(u, e->Slice.upper, LEVEL_TEST) < 0))
        return -1;
    return e->Slice.step ? (put(u, ":") < 0 ? -1 : expr(u, e->Slice.step, LEVEL_TEST)) : 0;
}

static int tuple(Unparser *u, const AstExpr *e, Level level)
{
    const AstExprSeq *elts = e->Tuple.elts;
    if (!elts->n)
        return put(u, "()");
    if (put_if(u, level > LEVEL_TUPLE, "(") < 0 || exprs(u, elts) < 0 || put_if(u, elts->n == 1, ",") < 0)
        return -1;
    return put_if(u, level > LEVEL_TUPLE, ")");
}

/* ---- f-strings and t-strings ---- */

static int format_parts(Unparser *u, const AstExprSeq *values);

static int literal_part(Unparser *u, Value text)
{
    const Str *s = str_of(text);
    for (size_t i = 0; i < s->length; i++) {
        uint32_t c = str_at(s, i);
        if (strbuilder_char(u->t, &u->b, c) < 0 || ((c == '{' || c == '}') && strbuilder_char(u->t, &u->b, c) < 0))
            return -1;
    }
    return 0;
}

static int field_part(Unparser *u, const AstExpr *e)
{
    bool template = e->kind == AST_Interpolation;
    int conversion = template ? e->Interpolation.conversion : e->FormattedValue.conversion;
    const AstExpr *spec = template ? e->Interpolation.format_spec : e->FormattedValue.format_spec;
    Value text;
    if (template && str_check(e->Interpolation.str)) {
        text = ref_inc(u->t, e->Interpolation.str);
    } else {
        Unparser inner = {.t = u->t};
        if (expr(&inner, template ? e->Interpolation.value : e->FormattedValue.value, LEVEL_TEST + 1) < 0) {
            strbuilder_discard(u->t, &inner.b);
            return -1;
        }
        text = strbuilder_finish(u->t, &inner.b);
    }
    if (value_is_empty(text))
        return -1;
    bool brace = str_length(text) && str_at(str_of(text), 0) == '{';
    if (put(u, brace ? "{ " : "{") < 0) {
        ref_dec(u->t, text);
        return -1;
    }
    if (put_take(u, text) < 0)
        return -1;
    if (conversion > 0) {
        char shown[3] = {'!', (char)conversion, 0};
        if (put(u, shown) < 0)
            return -1;
    }
    if (spec && (put(u, ":") < 0 || (spec->kind == AST_JoinedStr ? format_parts(u, spec->JoinedStr.values)
                                                                 : literal_part(u, spec->Constant.value)) < 0))
        return -1;
    return put(u, "}");
}

static int format_parts(Unparser *u, const AstExprSeq *values)
{
    for (uint32_t i = 0; i < values->n; i++) {
        const AstExpr *e = values->at[i];
        int result;
        if (e->kind == AST_Constant && str_check(e->Constant.value))
            result = literal_part(u, e->Constant.value);
        else if (e->kind == AST_FormattedValue || e->kind == AST_Interpolation)
            result = field_part(u, e);
        else if (e->kind == AST_JoinedStr)
            result = format_parts(u, e->JoinedStr.values);
        else
            result = (error_set(u->t, EXC_SystemError, "unexpected expression kind inside f-string or t-string"), -1);
        if (result < 0)
            return -1;
    }
    return 0;
}

static int formatted(Unparser *u, const char *prefix, const AstExprSeq *values)
{
    Unparser inner = {.t = u->t};
    if (format_parts(&inner, values) < 0) {
        strbuilder_discard(u->t, &inner.b);
        return -1;
    }
    Value body = strbuilder_finish(u->t, &inner.b), repr = value_is_empty(body) ? VALUE_EMPTY : object_repr(u->t, body);
    ref_dec(u->t, body);
    if (put(u, prefix) < 0) {
        ref_dec(u->t, repr);
        return -1;
    }
    return put_take(u, repr);
}

static int lone_field(Unparser *u, const AstExpr *e)
{
    AstExprSeq *values;
    union {
        AstExprSeq seq;
        char room[sizeof(AstExprSeq) + sizeof(AstExpr *)];
    } one;
    values = &one.seq;
    values->n = 1;
    values->at[0] = (AstExpr *)(uintptr_t)e;
    return formatted(u, e->kind == AST_Interpolation ? "t" : "f", values);
}

/* ---- any expression ---- */

static int bracketed(Unparser *u, bool brackets, const char *prefix, const AstExpr *e, Level level)
{
    return put_if(u, brackets, "(") < 0 || put(u, prefix) < 0 || (e && expr(u, e, level) < 0)
               ? -1
               : put_if(u, brackets, ")");
}

static int any(Unparser *u, const AstExpr *e, Level level)
{
    switch (e->kind) {
    case AST_BoolOp: return logic(u, e, level);
    case AST_BinOp: return binary(u, e, level);
    case AST_UnaryOp: return unary(u, e, level);
    case AST_Lambda: return lambda(u, e, level);
    case AST_IfExp: return conditional(u, e, level);
    case AST_Dict: return dict(u, e);
    case AST_Set: return put(u, "{") < 0 || exprs(u, e->Set.elts) < 0 ? -1 : put(u, "}");
    case AST_GeneratorExp: return comprehension(u, "(", e->GeneratorExp.elt, e->GeneratorExp.generators, ")");
    case AST_ListComp: return comprehension(u, "[", e->ListComp.elt, e->ListComp.generators, "]");
    case AST_SetComp: return comprehension(u, "{", e->SetComp.elt, e->SetComp.generators, "}");
    case AST_DictComp: return dict_comprehension(u, e);
    case AST_Yield: return bracketed(u, true, e->Yield.value ? "yield " : "yield", e->Yield.value, LEVEL_TUPLE);
    case AST_YieldFrom: return bracketed(u, true, "yield from ", e->YieldFrom.value, LEVEL_TEST);
    case AST_Await: return bracketed(u, level > LEVEL_AWAIT, "await ", e->Await.value, LEVEL_ATOM);
    case AST_Compare: return comparison(u, e, level);
    case AST_Call: return call(u, e);
    case AST_Constant: return constant(u, e);
    case AST_JoinedStr: return formatted(u, "f", e->JoinedStr.values);
    case AST_TemplateStr: return formatted(u, "t", e->TemplateStr.values);
    case AST_FormattedValue:
    case AST_Interpolation: return lone_field(u, e);
    case AST_Attribute: return attribute(u, e);
    case AST_Starred: return bracketed(u, false, "*", e->Starred.value, LEVEL_EXPR);
    case AST_Name: return put_str(u, e->Name.id);
    case AST_List: return put(u, "[") < 0 || exprs(u, e->List.elts) < 0 ? -1 : put(u, "]");
    case AST_Tuple: return tuple(u, e, level);
    case AST_Subscript:
        return expr(u, e->Subscript.value, LEVEL_ATOM) < 0 || put(u, "[") < 0 ||
                       expr(u, e->Subscript.slice, LEVEL_TUPLE) < 0
                   ? -1
                   : put(u, "]");
    case AST_Slice: return slice(u, e);
    case AST_NamedExpr:
        if (put_if(u, level > LEVEL_TUPLE, "(") < 0 || expr(u, e->NamedExpr.target, LEVEL_ATOM) < 0 ||
            put(u, " := ") < 0 || expr(u, e->NamedExpr.value, LEVEL_ATOM) < 0)
            return -1;
        return put_if(u, level > LEVEL_TUPLE, ")");
    default: error_set(u->t, EXC_SystemError, "unknown expression kind"); return -1;
    }
}

static int expr(Unparser *u, const AstExpr *e, Level level)
{
    if (!recursion_enter(u->t, " during compilation"))
        return -1;
    int result = any(u, e, level);
    recursion_leave(u->t);
    return result;
}

Value ast_unparse(Thread *t, const AstExpr *e)
{
    Unparser u = {.t = t};
    if (expr(&u, e, LEVEL_TEST) < 0) {
        strbuilder_discard(t, &u.b);
        return VALUE_EMPTY;
    }
    return strbuilder_finish(t, &u.b);
}
