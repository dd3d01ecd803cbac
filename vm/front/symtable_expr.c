/* symtable_expr.c: expressions in the first pass of the symbol table: names, lambdas, comprehensions, assignment expressions, and where
 * `yield` and `await` may stand.
 *
 * visit_expr calls itself for each operator of a long sum: what has more on the stack than that needs is kept out of it (NOINLINE). */
#include "symtable_build.h"

NOINLINE int check_store(Builder *b, Value name, Position position)
{
    return value_is(name, ID(b->t, __debug__)) ? SYMTABLE_ERROR(b, position, "cannot assign to __debug__") : 0;
}

int visit_exprs(Builder *b, const AstExprSeq *s)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (s->at[i] && visit_expr(b, s->at[i]) < 0)
            return -1;
    return 0;
}

static int visit_optional(Builder *b, AstExpr *e) { return e ? visit_expr(b, e) : 0; }

/* What may not stand in scopes of annotations and the like. */
static int check_annotation(Builder *b, const AstExpr *e, const char *what)
{
    const char *where;
    switch (b->scope->kind) {
    case SCOPE_ANNOTATION: where = "an annotation"; break;
    case SCOPE_TYPE_VARIABLE: where = build_scope(b->scope)->what; break;
    case SCOPE_TYPE_ALIAS: where = "a type alias"; break;
    case SCOPE_TYPE_PARAMETERS: where = "the definition of a generic"; break;
    default: return 0;
    }
    return SYMTABLE_ERROR(b, e->position, "%s cannot be used within %s", what, where);
}

/* ---- functions ---- */

static int add_parameters(Builder *b, const AstArgSeq *args)
{
    for (uint32_t i = 0; i < args->n; i++) {
        const AstArg *a = args->at[i];
        if (check_store(b, a->arg, a->position) < 0 || scope_use(b, a->arg, SYMBOL_DEF_PARAMETER, a->position) < 0)
            return -1;
    }
    return 0;
}

int visit_arguments(Builder *b, AstArguments *a)
{
    if (add_parameters(b, a->posonlyargs) < 0 || add_parameters(b, a->args) < 0 || add_parameters(b, a->kwonlyargs) < 0)
        return -1;
    AstArg *const stars[] = {a->vararg, a->kwarg};
    for (int i = 0; i < 2; i++)
        if (stars[i] && (check_store(b, stars[i]->arg, stars[i]->position) < 0 ||
                         scope_use(b, stars[i]->arg, SYMBOL_DEF_PARAMETER, stars[i]->position) < 0))
            return -1;
    b->scope->has_varargs = a->vararg != NULL;
    b->scope->has_varkeywords = a->kwarg != NULL;
    return 0;
}

static NOINLINE int visit_lambda(Builder *b, AstExpr *e)
{
    AstArguments *args = e->Lambda.args;
    Scope *outer = b->scope;
    Value name = str_intern(b->t, "lambda");
    if (value_is_empty(name) || arena_keep_take(b->t, b->arena, name) < 0 || visit_exprs(b, args->defaults) < 0 ||
        visit_exprs(b, args->kw_defaults) < 0 || scope_enter(b, SCOPE_FUNCTION, name, e, e->position, false) < 0 ||
        visit_arguments(b, args) < 0 || visit_expr(b, e->Lambda.body) < 0)
        return -1;
    scope_leave(b, outer);
    return 0;
}

/* ---- comprehensions ---- */

static int visit_target(Builder *b, AstExpr *target)
{
    BuildScope *scope = build_scope(b->scope);
    scope->in_iteration_target = true;
    int result = visit_expr(b, target);
    scope->in_iteration_target = false;
    return result;
}

static int visit_iterable(Builder *b, AstExpr *iterable)
{
    BuildScope *scope = build_scope(b->scope);
    scope->iterables++;
    int result = visit_expr(b, iterable);
    scope->iterables--;
    return result;
}

/* May a comprehension's code become part of the scope around it? Not where names are looked for in a class around that: they mean other things there. */
static bool can_inline(const Scope *s, const Scope *outer)
{
    return s->comprehension_kind != 4 && (outer->kind == SCOPE_CLASS || !outer->can_see_class_scope);
}

static int leave_comprehension(Builder *b, const AstExpr *e, Scope *outer)
{
    const Scope *s = b->scope;
    scope_leave(b, outer);
    if (!s->is_coroutine || s->comprehension_kind == 4)
        return 0;
    if (!(b->flags & SYMTABLE_ANYWHERE) && !outer->is_async && !outer->is_comprehension)
        return SYMTABLE_ERROR(b, e->position, "asynchronous comprehension outside of an asynchronous function");
    outer->is_coroutine = true;
    return 0;
}

/* kind: as Scope.comprehension_kind; element is visited after `value`. */
static NOINLINE int visit_comprehension(Builder *b, AstExpr *e, int kind, const AstComprehensionSeq *generators,
                                        AstExpr *element, AstExpr *value)
{
    static const char *const names[] = {"", "listcomp", "dictcomp", "setcomp", "genexpr"};
    const AstComprehension *first = generators->at[0];
    Scope *outer = b->scope;
    Value name = str_intern(b->t, names[kind]);
    /* The outermost iterable is evaluated outside and comes in as a parameter. */
    if (value_is_empty(name) || arena_keep_take(b->t, b->arena, name) < 0 || visit_iterable(b, first->iter) < 0 ||
        scope_enter(b, SCOPE_FUNCTION, name, e, e->position, false) < 0)
        return -1;
    Scope *s = b->scope;
    s->is_comprehension = true;
    s->comprehension_kind = kind;
    s->is_inlined = can_inline(s, outer);
    s->is_coroutine = first->is_async;
    s->is_generator = kind == 4;
    if (scope_use(b, b->dot_zero, SYMBOL_DEF_PARAMETER, e->position) < 0 || visit_target(b, first->target) < 0 ||
        visit_exprs(b, first->ifs) < 0)
        return -1;
    for (uint32_t i = 1; i < generators->n; i++) {
        const AstComprehension *g = generators->at[i];
        if (visit_target(b, g->target) < 0 || visit_iterable(b, g->iter) < 0 || visit_exprs(b, g->ifs) < 0)
            return -1;
        s->is_coroutine |= g->is_async;
    }
    if (visit_optional(b, value) < 0 || visit_expr(b, element) < 0)
        return -1;
    return leave_comprehension(b, e, outer);
}

/* ---- assignment expressions ---- */

/* Inside comprehensions `name := value` binds a name of the first scope around that is no comprehension. */
static int extend_named(Builder *b, const AstExpr *target)
{
    Value name = target->Name.id;
    Position p = target->position;
    for (Scope *s = b->scope; s; s = s->parent) {
        int64_t flags = scope_flags(b, s, name);
        if (flags < 0)
            return -1;
        if (s->is_comprehension) {
            if ((flags & SYMBOL_DEF_COMP_ITER) && (flags & (SYMBOL_DEF_LOCAL | SYMBOL_DEF_GLOBAL)))
                return SYMTABLE_ERROR(b, p, "assignment expression cannot rebind comprehension iteration variable '%U'",
                                      name);
            continue;
        }
        switch (s->kind) {
        case SCOPE_FUNCTION:
            if (scope_use(b, name, flags & SYMBOL_DEF_GLOBAL ? SYMBOL_DEF_GLOBAL : SYMBOL_DEF_NONLOCAL, p) < 0 ||
                scope_directive(b, name, p) < 0)
                return -1;
            return scope_add(b, s, name, SYMBOL_DEF_LOCAL, p);
        case SCOPE_MODULE:
            if (scope_use(b, name, SYMBOL_DEF_GLOBAL, p) < 0 || scope_directive(b, name, p) < 0)
                return -1;
            return scope_add(b, s, name, SYMBOL_DEF_GLOBAL, p);
        case SCOPE_CLASS:
            return SYMTABLE_ERROR(b, p, "assignment expression within a comprehension cannot be used in a class body");
        case SCOPE_TYPE_PARAMETERS:
            return SYMTABLE_ERROR(
                b, p, "assignment expression within a comprehension cannot be used within the definition of a generic");
        case SCOPE_TYPE_ALIAS:
            return SYMTABLE_ERROR(b, p, "assignment expression within a comprehension cannot be used in a type alias");
        case SCOPE_TYPE_VARIABLE:
            return SYMTABLE_ERROR(b, p,
                                  "assignment expression within a comprehension cannot be used in a TypeVar bound");
        case SCOPE_ANNOTATION: break; /* as CPython: around it is where the name is bound */
        }
    }
    return 0;
}

static NOINLINE int visit_named(Builder *b, AstExpr *e)
{
    AstExpr *target = e->NamedExpr.target;
    if (check_annotation(b, e, "named expression") < 0)
        return -1;
    if (build_scope(b->scope)->iterables)
        return SYMTABLE_ERROR(b, e->position,
                              "assignment expression cannot be used in a comprehension iterable expression");
    if (b->scope->is_comprehension && extend_named(b, target) < 0)
        return -1;
    return visit_expr(b, e->NamedExpr.value) < 0 ? -1 : visit_expr(b, target);
}

/* ---- yield and await ---- */

static NOINLINE int visit_yield(Builder *b, AstExpr *e)
{
    Scope *s = b->scope;
    bool from = e->kind == AST_YieldFrom;
    if (check_annotation(b, e, "yield expression") < 0 ||
        visit_optional(b, from ? e->YieldFrom.value : e->Yield.value) < 0)
        return -1;
    if (s->is_comprehension) {
        static const char *const names[] = {"", "list comprehension", "dict comprehension", "set comprehension",
                                            "generator expression"};
        return SYMTABLE_ERROR(b, e->position, "'yield' inside %s", names[s->comprehension_kind]);
    }
    s->is_generator = true;
    if (b->flags & SYMTABLE_ANYWHERE)
        return 0;
    if (!scope_is_function_like(s))
        return COMPILER_ERROR(b, e->position, from ? "'yield from' outside function" : "'yield' outside function");
    return from && s->is_async ? COMPILER_ERROR(b, e->position, "'yield from' inside async function") : 0;
}

static NOINLINE int visit_await(Builder *b, AstExpr *e)
{
    Scope *s = b->scope;
    if (check_annotation(b, e, "await expression") < 0)
        return -1;
    if (!(b->flags & SYMTABLE_ANYWHERE) && !s->is_async && !s->is_comprehension)
        return SYMTABLE_ERROR(
            b, e->position, scope_is_function_like(s) ? "'await' outside async function" : "'await' outside function");
    if (visit_expr(b, e->Await.value) < 0)
        return -1;
    s->is_coroutine = true;
    return 0;
}

/* ---- names and all others ---- */

static NOINLINE int visit_name(Builder *b, const AstExpr *e)
{
    Value name = e->Name.id;
    if (build_scope(b->scope)->unevaluated)
        return 0;
    if (e->Name.ctx != AST_Load) {
        if (value_is(name, ID(b->t, __debug__)))
            return SYMTABLE_ERROR(b, e->position,
                                  e->Name.ctx == AST_Store ? "cannot assign to __debug__" : "cannot delete __debug__");
        return scope_use(b, name, SYMBOL_DEF_LOCAL, e->position);
    }
    if (scope_use(b, name, SYMBOL_USED, e->position) < 0)
        return -1;
    /* super() finds its class in a cell. */
    if (value_is(name, b->super) && scope_is_function_like(b->scope))
        return scope_use(b, ID(b->t, __class__), SYMBOL_USED, e->position);
    return 0;
}

static int visit_keywords(Builder *b, const AstKeywordSeq *keywords)
{
    for (uint32_t i = 0; i < keywords->n; i++) {
        const AstKeyword *k = keywords->at[i];
        if ((!value_is_empty(k->arg) && check_store(b, k->arg, k->position) < 0) || visit_expr(b, k->value) < 0)
            return -1;
    }
    return 0;
}

static int visit(Builder *b, AstExpr *e)
{
    switch (e->kind) {
    case AST_BoolOp: return visit_exprs(b, e->BoolOp.values);
    case AST_NamedExpr: return visit_named(b, e);
    case AST_BinOp: return visit_expr(b, e->BinOp.left) < 0 ? -1 : visit_expr(b, e->BinOp.right);
    case AST_UnaryOp: return visit_expr(b, e->UnaryOp.operand);
    case AST_Lambda: return visit_lambda(b, e);
    case AST_IfExp:
        return visit_expr(b, e->IfExp.test) < 0 || visit_expr(b, e->IfExp.body) < 0 ? -1
                                                                                    : visit_expr(b, e->IfExp.orelse);
    case AST_Dict: return visit_exprs(b, e->Dict.keys) < 0 ? -1 : visit_exprs(b, e->Dict.values);
    case AST_Set: return visit_exprs(b, e->Set.elts);
    case AST_ListComp: return visit_comprehension(b, e, 1, e->ListComp.generators, e->ListComp.elt, NULL);
    case AST_DictComp: return visit_comprehension(b, e, 2, e->DictComp.generators, e->DictComp.key, e->DictComp.value);
    case AST_SetComp: return visit_comprehension(b, e, 3, e->SetComp.generators, e->SetComp.elt, NULL);
    case AST_GeneratorExp: return visit_comprehension(b, e, 4, e->GeneratorExp.generators, e->GeneratorExp.elt, NULL);
    case AST_Await: return visit_await(b, e);
    case AST_Yield:
    case AST_YieldFrom: return visit_yield(b, e);
    case AST_Compare: return visit_expr(b, e->Compare.left) < 0 ? -1 : visit_exprs(b, e->Compare.comparators);
    case AST_Call:
        return visit_expr(b, e->Call.func) < 0 || visit_exprs(b, e->Call.args) < 0
                   ? -1
                   : visit_keywords(b, e->Call.keywords);
    case AST_FormattedValue:
        return visit_expr(b, e->FormattedValue.value) < 0 ? -1 : visit_optional(b, e->FormattedValue.format_spec);
    case AST_Interpolation:
        return visit_expr(b, e->Interpolation.value) < 0 ? -1 : visit_optional(b, e->Interpolation.format_spec);
    case AST_JoinedStr: return visit_exprs(b, e->JoinedStr.values);
    case AST_TemplateStr: return visit_exprs(b, e->TemplateStr.values);
    case AST_Attribute:
        if (e->Attribute.ctx == AST_Store && check_store(b, e->Attribute.attr, e->position) < 0)
            return -1;
        return visit_expr(b, e->Attribute.value);
    case AST_Subscript: return visit_expr(b, e->Subscript.value) < 0 ? -1 : visit_expr(b, e->Subscript.slice);
    case AST_Starred: return visit_expr(b, e->Starred.value);
    case AST_Name: return visit_name(b, e);
    case AST_List: return visit_exprs(b, e->List.elts);
    case AST_Tuple: return visit_exprs(b, e->Tuple.elts);
    case AST_Slice:
        return visit_optional(b, e->Slice.lower) < 0 || visit_optional(b, e->Slice.upper) < 0
                   ? -1
                   : visit_optional(b, e->Slice.step);
    default: return 0;
    }
}

int visit_expr(Builder *b, AstExpr *e)
{
    if (!recursion_enter(b->t, " during compilation"))
        return -1;
    int result = visit(b, e);
    recursion_leave(b->t);
    return result;
}
