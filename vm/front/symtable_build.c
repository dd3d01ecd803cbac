/* symtable_build.c: statements in the first pass of the symbol table: definitions and the scopes that they open, annotations, type parameters,
 * `global` and `nonlocal`, imports, patterns. */
#include "symtable_build.h"

#include "../memory/ref.h"

static int visit_stmts(Builder *b, const AstStmtSeq *s);

static int bind(Builder *b, Value name, uint32_t flag, Position position)
{
    return check_store(b, name, position) < 0 ? -1 : scope_use(b, name, flag, position);
}

/* ---- scopes that are evaluated when asked for ---- */

static bool sees_class(const Scope *s) { return s->kind == SCOPE_CLASS || s->can_see_class_scope; }

/* Names are looked for in the class around, too. */
static int see_class(Builder *b, Position position)
{
    b->scope->can_see_class_scope = true;
    return scope_use(b, ID(b->t, __classdict__), SYMBOL_USED, position);
}

/* A scope with the one parameter ".format". */
static int enter_evaluated(Builder *b, ScopeKind kind, Value name, const void *node, Position position, bool detached)
{
    bool in_class = sees_class(b->scope);
    if (scope_enter(b, kind, name, node, position, detached) < 0 ||
        scope_use(b, b->format, SYMBOL_DEF_PARAMETER | SYMBOL_USED, position) < 0)
        return -1;
    return in_class ? see_class(b, position) : 0;
}

/* ---- annotations ---- */

/* An annotation of a variable; all of a module or class share one scope. Those of local variables are never evaluated. */
static int visit_annotation(Builder *b, AstExpr *e)
{
    Scope *owner = b->scope;
    bool future = b->flags & SYMTABLE_FUTURE_ANNOTATIONS, unevaluated = owner->kind == SCOPE_FUNCTION;
    bool conditional =
        owner->kind == SCOPE_MODULE || (owner->kind == SCOPE_CLASS && build_scope(owner)->in_conditional);
    if (conditional && !future && !owner->has_conditional_annotations) {
        owner->has_conditional_annotations = true;
        if (scope_use(b, b->conditional_annotations, SYMBOL_USED, e->position) < 0)
            return -1;
    }
    if (owner->annotations && !future && !unevaluated) {
        b->scope = owner->annotations;
    } else {
        if (enter_evaluated(b, SCOPE_ANNOTATION, ID(b->t, __annotate__), NULL, e->position, future || unevaluated) < 0)
            return -1;
        if (!future && !unevaluated)
            owner->annotations = b->scope;
    }
    if (owner->has_conditional_annotations && scope_use(b, b->conditional_annotations, SYMBOL_USED, e->position) < 0)
        return -1;
    build_scope(b->scope)->unevaluated = unevaluated;
    if (visit_expr(b, e) < 0)
        return -1;
    scope_leave(b, owner);
    return 0;
}

static bool any_annotation(const AstArgSeq *args)
{
    for (uint32_t i = 0; i < args->n; i++)
        if (args->at[i]->annotation)
            return true;
    return false;
}

static int visit_argument_annotations(Builder *b, const AstArgSeq *args)
{
    for (uint32_t i = 0; i < args->n; i++)
        if (args->at[i]->annotation && visit_expr(b, args->at[i]->annotation) < 0)
            return -1;
    return 0;
}

/* Those of a signature, in a scope of their own; *made receives it, NULL if there are none.  With future annotations what is evaluated are texts, and the expressions only checked. */
static int visit_signature(Builder *b, AstStmt *s, Scope **made)
{
    AstArguments *a = s->FunctionDef.args;
    AstExpr *returns = s->FunctionDef.returns;
    Scope *outer = b->scope;
    *made = NULL;
    if (!any_annotation(a->posonlyargs) && !any_annotation(a->args) && !any_annotation(a->kwonlyargs) &&
        !(a->vararg && a->vararg->annotation) && !(a->kwarg && a->kwarg->annotation) && !returns)
        return 0;
    bool future = b->flags & SYMTABLE_FUTURE_ANNOTATIONS;
    if (future) {
        if (scope_enter(b, SCOPE_ANNOTATION, ID(b->t, __annotate__), a, s->position, false) < 0 ||
            scope_use(b, b->format, SYMBOL_DEF_PARAMETER | SYMBOL_USED, s->position) < 0)
            return -1;
        *made = b->scope;
        scope_leave(b, outer);
    }
    if (enter_evaluated(b, SCOPE_ANNOTATION, ID(b->t, __annotate__), future ? NULL : a, s->position, future) < 0)
        return -1;
    if (!future)
        *made = b->scope;
    if (visit_argument_annotations(b, a->posonlyargs) < 0 || visit_argument_annotations(b, a->args) < 0 ||
        (a->vararg && a->vararg->annotation && visit_expr(b, a->vararg->annotation) < 0) ||
        (a->kwarg && a->kwarg->annotation && visit_expr(b, a->kwarg->annotation) < 0) ||
        visit_argument_annotations(b, a->kwonlyargs) < 0 || (returns && visit_expr(b, returns) < 0))
        return -1;
    scope_leave(b, outer);
    return 0;
}

/* ---- type parameters ---- */

static int visit_type_expr(Builder *b, AstExpr *e, Value name, const void *node, const char *what)
{
    Scope *outer = b->scope;
    if (!e)
        return 0;
    if (enter_evaluated(b, SCOPE_TYPE_VARIABLE, name, node, e->position, false) < 0)
        return -1;
    build_scope(b->scope)->what = what;
    if (visit_expr(b, e) < 0)
        return -1;
    scope_leave(b, outer);
    return 0;
}

static int visit_type_param(Builder *b, AstTypeParam *p)
{
    Value name = p->TypeVar.name; /* all three begin with it */
    if (value_is(name, ID(b->t, __classdict__)))
        return SYMTABLE_ERROR(b, p->position, "reserved name '%U' cannot be used for type parameter", name);
    if (bind(b, name, SYMBOL_DEF_TYPE_PARAMETER | SYMBOL_DEF_LOCAL, p->position) < 0)
        return -1;
    AstExpr *bound = p->kind == AST_TypeVar ? p->TypeVar.bound : NULL, *const *value = type_param_default(p);
    if (visit_type_expr(b, bound, name, p,
                        bound && bound->kind == AST_Tuple ? "a TypeVar constraint" : "a TypeVar bound") < 0)
        return -1;
    return visit_type_expr(b, *value, name, value,
                           p->kind == AST_TypeVar     ? "a TypeVar default"
                           : p->kind == AST_ParamSpec ? "a ParamSpec default"
                                                      : "a TypeVarTuple default");
}

/* The scope of type parameters, if there are any. */
static int enter_type_params(Builder *b, const AstTypeParamSeq *params, Value name, const AstStmt *s)
{
    if (!params->n)
        return 0;
    bool in_class = b->scope->kind == SCOPE_CLASS;
    Position p = s->position;
    if (scope_enter(b, SCOPE_TYPE_PARAMETERS, name, params, p, false) < 0 || (in_class && see_class(b, p) < 0))
        return -1;
    if (s->kind == AST_ClassDef) {
        build_scope(b->scope)->class_parameters = b->scope;
        if (scope_use(b, b->type_params, SYMBOL_DEF_LOCAL | SYMBOL_USED, p) < 0 ||
            scope_use(b, b->generic_base, SYMBOL_DEF_LOCAL | SYMBOL_USED, p) < 0)
            return -1;
    } else if (s->kind != AST_TypeAlias) {
        const AstArguments *a = s->FunctionDef.args;
        bool kwdefaults = false;
        for (uint32_t i = 0; i < a->kw_defaults->n; i++)
            kwdefaults |= a->kw_defaults->at[i] != NULL;
        if ((a->defaults->n && scope_use(b, b->defaults, SYMBOL_DEF_PARAMETER, p) < 0) ||
            (kwdefaults && scope_use(b, b->kwdefaults, SYMBOL_DEF_PARAMETER, p) < 0))
            return -1;
    }
    for (uint32_t i = 0; i < params->n; i++)
        if (visit_type_param(b, params->at[i]) < 0)
            return -1;
    return 0;
}

/* ---- definitions ---- */

static int visit_function(Builder *b, AstStmt *s)
{
    AstArguments *args = s->FunctionDef.args;
    Scope *outer = b->scope, *annotations;
    bool in_finally = b->in_finally, in_loop = b->in_loop;
    if (bind(b, s->FunctionDef.name, SYMBOL_DEF_LOCAL, s->position) < 0 || visit_exprs(b, args->defaults) < 0 ||
        visit_exprs(b, args->kw_defaults) < 0 || visit_exprs(b, s->FunctionDef.decorator_list) < 0 ||
        enter_type_params(b, s->FunctionDef.type_params, s->FunctionDef.name, s) < 0 ||
        visit_signature(b, s, &annotations) < 0 ||
        scope_enter(b, SCOPE_FUNCTION, s->FunctionDef.name, s, s->position, false) < 0)
        return -1;
    b->scope->annotations = annotations;
    b->scope->is_async = b->scope->is_coroutine = s->kind == AST_AsyncFunctionDef;
    b->in_finally = b->in_loop = false;
    if (visit_arguments(b, args) < 0 || visit_stmts(b, s->FunctionDef.body) < 0)
        return -1;
    const Scope *f = b->scope;
    if (f->is_async && f->is_generator && f->returns_value && !(b->flags & SYMTABLE_ANYWHERE))
        return COMPILER_ERROR(b, f->return_position, "'return' with value in async generator");
    b->in_finally = in_finally;
    b->in_loop = in_loop;
    scope_leave(b, outer);
    return 0;
}

static int visit_class(Builder *b, AstStmt *s)
{
    Value name = s->ClassDef.name, outer_name = b->private_name;
    Scope *outer = b->scope;
    bool generic = s->ClassDef.type_params->n;
    if (bind(b, name, SYMBOL_DEF_LOCAL, s->position) < 0 || visit_exprs(b, s->ClassDef.decorator_list) < 0)
        return -1;
    if (generic)
        b->private_name = name; /* for the type parameters alone: symtable_mangle */
    if (enter_type_params(b, s->ClassDef.type_params, name, s) < 0 || visit_exprs(b, s->ClassDef.bases) < 0)
        return -1;
    for (uint32_t i = 0; i < s->ClassDef.keywords->n; i++) {
        const AstKeyword *k = s->ClassDef.keywords->at[i];
        if ((!value_is_empty(k->arg) && check_store(b, k->arg, k->position) < 0) || visit_expr(b, k->value) < 0)
            return -1;
    }
    b->private_name = name;
    if (scope_enter(b, SCOPE_CLASS, name, s, s->position, false) < 0)
        return -1;
    if (generic && (scope_use(b, ID(b->t, __type_params__), SYMBOL_DEF_LOCAL, s->position) < 0 ||
                    scope_use(b, b->type_params, SYMBOL_USED, s->position) < 0))
        return -1;
    if (visit_stmts(b, s->ClassDef.body) < 0)
        return -1;
    b->private_name = outer_name;
    scope_leave(b, outer);
    return 0;
}

static int visit_type_alias(Builder *b, AstStmt *s)
{
    Value name = s->TypeAlias.name->Name.id;
    Scope *outer = b->scope;
    if (visit_expr(b, s->TypeAlias.name) < 0 || enter_type_params(b, s->TypeAlias.type_params, name, s) < 0 ||
        enter_evaluated(b, SCOPE_TYPE_ALIAS, name, s, s->position, false) < 0 || visit_expr(b, s->TypeAlias.value) < 0)
        return -1;
    scope_leave(b, outer);
    return 0;
}

/* ---- declarations ---- */

static int visit_declaration(Builder *b, const AstStmt *s, const AstValueSeq *names, bool global)
{
    const char *what = global ? "global" : "nonlocal";
    for (uint32_t i = 0; i < names->n; i++) {
        Value name = names->at[i];
        int64_t flags = scope_flags(b, b->scope, name);
        if (flags < 0)
            return -1;
        if (flags & SYMBOL_DEF_PARAMETER)
            return SYMTABLE_ERROR(b, s->position, "name '%U' is parameter and %s", name, what);
        if (flags & SYMBOL_USED)
            return SYMTABLE_ERROR(b, s->position, "name '%U' is used prior to %s declaration", name, what);
        if (flags & SYMBOL_DEF_ANNOTATION)
            return SYMTABLE_ERROR(b, s->position, "annotated name '%U' can't be %s", name, what);
        if (flags & SYMBOL_DEF_LOCAL)
            return SYMTABLE_ERROR(b, s->position, "name '%U' is assigned to before %s declaration", name, what);
        if (scope_use(b, name, global ? SYMBOL_DEF_GLOBAL : SYMBOL_DEF_NONLOCAL, s->position) < 0 ||
            scope_directive(b, name, s->position) < 0)
            return -1;
        /* What a function declares global is global where the module itself binds it, too: the two may run in different namespaces. */
        if (global && b->scope != b->st->top) {
            Value mangled = symtable_mangle(b->t, b->arena, b->scope, name);
            if (value_is_empty(mangled) || scope_add(b, b->st->top, mangled, SYMBOL_DEF_GLOBAL, s->position) < 0)
                return -1;
        }
    }
    return 0;
}

static int visit_annotated(Builder *b, AstStmt *s)
{
    AstExpr *target = s->AnnAssign.target;
    if (target->kind == AST_Name) {
        Value name = target->Name.id;
        int64_t flags = scope_flags(b, b->scope, name);
        if (flags < 0)
            return -1;
        if ((flags & (SYMBOL_DEF_GLOBAL | SYMBOL_DEF_NONLOCAL)) && b->scope->kind != SCOPE_MODULE &&
            s->AnnAssign.simple)
            return SYMTABLE_ERROR(b, s->position, "annotated name '%U' can't be %s", name,
                                  flags & SYMBOL_DEF_GLOBAL ? "global" : "nonlocal");
        if (s->AnnAssign.simple ? bind(b, name, SYMBOL_DEF_ANNOTATION | SYMBOL_DEF_LOCAL, target->position) < 0
                                : s->AnnAssign.value && bind(b, name, SYMBOL_DEF_LOCAL, target->position) < 0)
            return -1;
    } else if (visit_expr(b, target) < 0) {
        return -1;
    }
    if (visit_annotation(b, s->AnnAssign.annotation) < 0)
        return -1;
    return s->AnnAssign.value ? visit_expr(b, s->AnnAssign.value) : 0;
}

static int visit_aliases(Builder *b, const AstAliasSeq *names, bool from)
{
    for (uint32_t i = 0; i < names->n; i++) {
        const AstAlias *a = names->at[i];
        Value name = value_is_empty(a->asname) ? a->name : a->asname;
        if (from && str_equal_ascii(name, "*")) {
            if (b->scope->kind != SCOPE_MODULE)
                return SYMTABLE_ERROR(b, a->position, "import * only allowed at module level");
            continue;
        }
        int64_t dot = value_is_empty(a->asname) ? str_find(name, b->t->interp->latin1['.'], 0, str_length(name)) : -1;
        if (dot >= 0) {
            /* import a.b binds a */
            name = str_slice(b->t, name, 0, (size_t)dot);
            if (!value_is_empty(name))
                name = str_intern_take(b->t, name);
            if (value_is_empty(name) || arena_keep_take(b->t, b->arena, name) < 0)
                return -1;
        }
        if (bind(b, name, SYMBOL_DEF_IMPORT, a->position) < 0)
            return -1;
    }
    return 0;
}

/* ---- patterns ---- */

static int visit_pattern(Builder *b, const AstPattern *p);

static int visit_patterns(Builder *b, const AstPatternSeq *patterns)
{
    for (uint32_t i = 0; i < patterns->n; i++)
        if (visit_pattern(b, patterns->at[i]) < 0)
            return -1;
    return 0;
}

static int bind_capture(Builder *b, Value name, const AstPattern *p)
{
    return value_is_empty(name) ? 0 : bind(b, name, SYMBOL_DEF_LOCAL, p->position);
}

static int pattern(Builder *b, const AstPattern *p)
{
    switch (p->kind) {
    case AST_MatchValue: return visit_expr(b, p->MatchValue.value);
    case AST_MatchSequence: return visit_patterns(b, p->MatchSequence.patterns);
    case AST_MatchStar: return bind_capture(b, p->MatchStar.name, p);
    case AST_MatchMapping:
        return visit_exprs(b, p->MatchMapping.keys) < 0 || visit_patterns(b, p->MatchMapping.patterns) < 0
                   ? -1
                   : bind_capture(b, p->MatchMapping.rest, p);
    case AST_MatchClass:
        if (visit_expr(b, p->MatchClass.cls) < 0 || visit_patterns(b, p->MatchClass.patterns) < 0)
            return -1;
        for (uint32_t i = 0; i < p->MatchClass.kwd_attrs->n; i++)
            if (check_store(b, p->MatchClass.kwd_attrs->at[i], p->MatchClass.kwd_patterns->at[i]->position) < 0)
                return -1;
        return visit_patterns(b, p->MatchClass.kwd_patterns);
    case AST_MatchAs:
        return p->MatchAs.pattern && visit_pattern(b, p->MatchAs.pattern) < 0 ? -1
                                                                              : bind_capture(b, p->MatchAs.name, p);
    case AST_MatchOr: return visit_patterns(b, p->MatchOr.patterns);
    default: return 0;
    }
}

static int visit_pattern(Builder *b, const AstPattern *p)
{
    if (!recursion_enter(b->t, " during compilation"))
        return -1;
    int result = pattern(b, p);
    recursion_leave(b->t);
    return result;
}

/* ---- compound statements ---- */

/* A block that may not run: annotations of a class in it are conditional. */
static int visit_conditional(Builder *b, const AstStmtSeq *body)
{
    BuildScope *scope = build_scope(b->scope);
    bool before = scope->in_conditional;
    scope->in_conditional = true;
    int result = visit_stmts(b, body);
    scope->in_conditional = before;
    return result;
}

static int visit_loop(Builder *b, const AstStmtSeq *body, const AstStmtSeq *orelse)
{
    bool before = b->in_loop;
    b->in_loop = true;
    int result = visit_conditional(b, body);
    b->in_loop = before;
    return result < 0 ? -1 : visit_conditional(b, orelse);
}

/* `return`, `break` and `continue` that leave a `finally` block swallow exceptions (PEP 765). */
static int warn_finally(Builder *b, const AstStmt *s, const char *keyword)
{
    if (!b->in_finally || (b->flags & SYMTABLE_ANYWHERE) || (b->in_loop && s->kind != AST_Return))
        return 0;
    if (syntax_error_warn(b->t, b->filename, s->position.line, "'%s' in a 'finally' block", keyword) == 0)
        return 0;
    return error_swallow(b->t, EXC_SyntaxWarning) ? COMPILER_ERROR(b, s->position, "'%s' in a 'finally' block", keyword)
                                                  : -1;
}

static int visit_if(Builder *b, AstStmt *s)
{
    BuildScope *scope = build_scope(b->scope);
    bool before = scope->in_conditional;
    scope->in_conditional = true;
    int result = 0;
    /* A chain of elif is followed without going deeper. */
    for (;;) {
        if (visit_expr(b, s->If.test) < 0 || visit_stmts(b, s->If.body) < 0) {
            result = -1;
            break;
        }
        if (s->If.orelse->n != 1 || s->If.orelse->at[0]->kind != AST_If) {
            result = visit_stmts(b, s->If.orelse);
            break;
        }
        s = s->If.orelse->at[0];
    }
    scope->in_conditional = before;
    return result;
}

static int visit_try(Builder *b, AstStmt *s)
{
    const AstExceptHandlerSeq *handlers = s->Try.handlers;
    if (visit_conditional(b, s->Try.body) < 0)
        return -1;
    for (uint32_t i = 0; i < handlers->n; i++) {
        const AstExceptHandler *h = handlers->at[i];
        if ((h->ExceptHandler.type && visit_expr(b, h->ExceptHandler.type) < 0) ||
            (!value_is_empty(h->ExceptHandler.name) &&
             bind(b, h->ExceptHandler.name, SYMBOL_DEF_LOCAL, h->position) < 0) ||
            visit_conditional(b, h->ExceptHandler.body) < 0)
            return -1;
    }
    if (visit_conditional(b, s->Try.orelse) < 0)
        return -1;
    bool in_finally = b->in_finally, in_loop = b->in_loop;
    b->in_finally = true;
    b->in_loop = false;
    int result = visit_conditional(b, s->Try.finalbody);
    b->in_finally = in_finally;
    b->in_loop = in_loop;
    return result;
}

static int visit_match(Builder *b, AstStmt *s)
{
    if (visit_expr(b, s->Match.subject) < 0)
        return -1;
    for (uint32_t i = 0; i < s->Match.cases->n; i++) {
        const AstMatchCase *c = s->Match.cases->at[i];
        if (visit_pattern(b, c->pattern) < 0 || (c->guard && visit_expr(b, c->guard) < 0) ||
            visit_conditional(b, c->body) < 0)
            return -1;
    }
    return 0;
}

static int check_async(Builder *b, const AstStmt *s, const char *what)
{
    Scope *scope = b->scope;
    if (!scope->is_async && !(b->flags & SYMTABLE_ANYWHERE))
        return SYMTABLE_ERROR(b, s->position, "'%s' outside async function", what);
    scope->is_coroutine = true;
    return 0;
}

static int visit_with(Builder *b, AstStmt *s)
{
    const AstWithItemSeq *items = s->With.items;
    for (uint32_t i = 0; i < items->n; i++)
        if (visit_expr(b, items->at[i]->context_expr) < 0 ||
            (items->at[i]->optional_vars && visit_expr(b, items->at[i]->optional_vars) < 0))
            return -1;
    return visit_conditional(b, s->With.body);
}

static int visit_return(Builder *b, AstStmt *s)
{
    Scope *scope = b->scope;
    if (!scope_is_function_like(scope) && !(b->flags & SYMTABLE_ANYWHERE))
        return COMPILER_ERROR(b, s->position, "'return' outside function");
    if (warn_finally(b, s, "return") < 0)
        return -1;
    if (!s->Return.value)
        return 0;
    if (!scope->returns_value)
        scope->return_position = s->position;
    scope->returns_value = true;
    return visit_expr(b, s->Return.value);
}

static int stmt(Builder *b, AstStmt *s)
{
    switch (s->kind) {
    case AST_FunctionDef:
    case AST_AsyncFunctionDef: return visit_function(b, s);
    case AST_ClassDef: return visit_class(b, s);
    case AST_TypeAlias: return visit_type_alias(b, s);
    case AST_Return: return visit_return(b, s);
    case AST_Delete: return visit_exprs(b, s->Delete.targets);
    case AST_Assign: return visit_exprs(b, s->Assign.targets) < 0 ? -1 : visit_expr(b, s->Assign.value);
    case AST_AugAssign: return visit_expr(b, s->AugAssign.target) < 0 ? -1 : visit_expr(b, s->AugAssign.value);
    case AST_AnnAssign: return visit_annotated(b, s);
    case AST_AsyncFor:
    case AST_For:
        if ((s->kind == AST_AsyncFor && check_async(b, s, "async for") < 0) || visit_expr(b, s->For.target) < 0 ||
            visit_expr(b, s->For.iter) < 0)
            return -1;
        return visit_loop(b, s->For.body, s->For.orelse);
    case AST_While: return visit_expr(b, s->While.test) < 0 ? -1 : visit_loop(b, s->While.body, s->While.orelse);
    case AST_If: return visit_if(b, s);
    case AST_AsyncWith: return check_async(b, s, "async with") < 0 ? -1 : visit_with(b, s);
    case AST_With: return visit_with(b, s);
    case AST_Match: return visit_match(b, s);
    case AST_Raise:
        return (s->Raise.exc && visit_expr(b, s->Raise.exc) < 0) ||
                       (s->Raise.cause && visit_expr(b, s->Raise.cause) < 0)
                   ? -1
                   : 0;
    case AST_Try:
    case AST_TryStar: return visit_try(b, s);
    case AST_Assert: return visit_expr(b, s->Assert.test) < 0 ? -1 : s->Assert.msg ? visit_expr(b, s->Assert.msg) : 0;
    case AST_Import: return visit_aliases(b, s->Import.names, false);
    case AST_ImportFrom: return visit_aliases(b, s->ImportFrom.names, true);
    case AST_Global: return visit_declaration(b, s, s->Global.names, true);
    case AST_Nonlocal: return visit_declaration(b, s, s->Nonlocal.names, false);
    case AST_Expr: return visit_expr(b, s->Expr.value);
    case AST_Break: return warn_finally(b, s, "break");
    case AST_Continue: return warn_finally(b, s, "continue");
    default: return 0;
    }
}

static int visit_stmts(Builder *b, const AstStmtSeq *s)
{
    for (uint32_t i = 0; i < s->n; i++) {
        if (!recursion_enter(b->t, " during compilation"))
            return -1;
        int result = stmt(b, s->at[i]);
        recursion_leave(b->t);
        if (result < 0)
            return -1;
    }
    return 0;
}

int visit_module(Builder *b, AstMod *mod)
{
    Value top = str_intern(b->t, "top");
    if (value_is_empty(top) || arena_keep_take(b->t, b->arena, top) < 0 ||
        scope_enter(b, SCOPE_MODULE, top, mod, (Position){0}, false) < 0)
        return -1;
    b->st->top = b->scope;
    b->scope->is_async = b->flags & SYMTABLE_TOP_LEVEL_AWAIT;
    switch (mod->kind) {
    case AST_Module: return visit_stmts(b, mod->Module.body);
    case AST_Interactive: return visit_stmts(b, mod->Interactive.body);
    case AST_Expression: return visit_expr(b, mod->Expression.body);
    default: error_set(b->t, EXC_RuntimeError, "this compiler does not handle FunctionTypes"); return -1;
    }
}
