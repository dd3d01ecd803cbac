/* symtable_build.c: the first pass of the symbol table: walking the tree, opening scopes, noting how names are used, and the errors that this shows. */
#include "symtable_build.h"

#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/str.h"
#include "syntax_error.h"

#define ERROR(position, ...) \
    syntax_error_at(b->t, b->filename, (position).line, (position).column, (position).end_line, (position).end_column, __VA_ARGS__)

static int expr(Builder *b, AstExpr *e);
static int stmts(Builder *b, const AstStmtSeq *s);
static int pattern(Builder *b, AstPattern *p);

static Value intern(Builder *b, const char *text)
{
    Value v = str_intern(b->t, text);
    return value_is_empty(v) || arena_keep_take(b->t, b->arena, v) < 0 ? VALUE_EMPTY : v;
}

/* ---- scopes ---- */

static Scope *enter(Builder *b, ScopeKind kind, Value name, const void *node, Position position)
{
    Scope *s = arena_alloc(b->t, b->arena, sizeof *s), *parent = b->scope;
    if (!s || (node && scope_register(b, node, s) < 0))
        return NULL;
    s->kind = kind;
    s->name = name;
    s->node = node;
    s->position = position;
    s->parent = parent;
    s->private_name = b->private_name;
    if (parent) {
        Scope **link = &parent->first_child;
        if (parent->last_child)
            link = &parent->last_child->next_sibling;
        *link = s;
        parent->last_child = s;
        s->is_nested = parent->is_nested || parent->kind == SCOPE_FUNCTION || parent->kind == SCOPE_ANNOTATION ||
                       parent->kind == SCOPE_TYPE_PARAMETERS || parent->kind == SCOPE_TYPE_ALIAS || parent->kind == SCOPE_TYPE_VARIABLE;
    }
    b->scope = s;
    return s;
}
static void leave(Builder *b) { b->scope = b->scope->parent; }

static int check_name(Builder *b, Value name, Position p, bool stores)
{
    if (stores && str_equal(name, ID(b->t, __debug__)))
        return ERROR(p, "cannot assign to __debug__");
    return 0;
}

static int add(Builder *b, Scope *scope, Value name, uint32_t flags, Position p)
{
    Value mangled = symtable_mangle(b->t, b->arena, scope->private_name, name);
    Symbol *s = value_is_empty(mangled) ? NULL : scope_symbol(b, scope, mangled);
    if (!s)
        return -1;
    if ((flags & SYMBOL_DEF_PARAMETER) && (s->flags & SYMBOL_DEF_PARAMETER))
        return ERROR(p, "duplicate argument '%U' in function definition", name);
    if ((flags & SYMBOL_DEF_TYPE_PARAMETER) && (s->flags & SYMBOL_DEF_TYPE_PARAMETER))
        return ERROR(p, "duplicate type parameter '%U'", name);
    /* A comprehension's iteration variable cannot be the target of a walrus. */
    if ((flags & SYMBOL_DEF_COMP_ITER) && (s->flags & (SYMBOL_DEF_GLOBAL | SYMBOL_DEF_NONLOCAL)))
        return ERROR(p, "comprehension inner loop cannot rebind assignment expression target '%U'", name);
    s->flags |= flags;
    if (flags & SYMBOL_DEF_PARAMETER) {
        uint32_t n = scope->parameter_count;
        if ((n & (n - 1)) == 0) {
            Value *grown = arena_alloc(b->t, b->arena, (n ? 2 * n : 1) * sizeof *grown);
            if (!grown)
                return -1;
            if (n)
                memcpy(grown, scope->parameters, n * sizeof *grown);
            scope->parameters = grown;
        }
        scope->parameters[scope->parameter_count++] = mangled;
    }
    return 0;
}

static int add_here(Builder *b, Value name, uint32_t flags, Position p) { return add(b, b->scope, name, flags, p); }

static int parameter(Builder *b, Value name, Position p)
{
    return check_name(b, name, p, true) < 0 ? -1 : add_here(b, name, SYMBOL_DEF_PARAMETER, p);
}

static int parameters(Builder *b, AstArguments *a)
{
    AstArgSeq *lists[3] = {a->posonlyargs, a->args, a->kwonlyargs};
    for (int l = 0; l < 3; l++)
        for (uint32_t i = 0; i < lists[l]->n; i++)
            if (parameter(b, lists[l]->at[i]->arg, lists[l]->at[i]->position) < 0)
                return -1;
    if (a->vararg) {
        if (parameter(b, a->vararg->arg, a->vararg->position) < 0)
            return -1;
        b->scope->has_varargs = true;
    }
    if (a->kwarg) {
        if (parameter(b, a->kwarg->arg, a->kwarg->position) < 0)
            return -1;
        b->scope->has_varkeywords = true;
    }
    return 0;
}

/* Scopes with the one parameter ".format". */
static int enter_evaluator(Builder *b, ScopeKind kind, Value name, const void *node, Position p)
{
    Scope *parent = b->scope;
    bool in_class = parent->kind == SCOPE_CLASS || parent->can_see_class_scope;
    if (!enter(b, kind, name, node, p))
        return -1;
    Value format = intern(b, ".format");
    if (value_is_empty(format) || add_here(b, format, SYMBOL_DEF_PARAMETER | SYMBOL_USED, p) < 0)
        return -1;
    if (in_class) {
        b->scope->can_see_class_scope = true;
        if (add_here(b, ID(b->t, __classdict__), SYMBOL_USED, p) < 0)
            return -1;
        for (Scope *s = parent; s; s = s->parent)
            if (s->kind == SCOPE_CLASS) {
                s->needs_classdict = true;
                break;
            }
    }
    return 0;
}

/* ---- expressions ---- */

static int exprs(Builder *b, const AstExprSeq *s)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (s->at[i] && expr(b, s->at[i]) < 0)
            return -1;
    return 0;
}

static const char *scope_description(ScopeKind kind)
{
    switch (kind) {
    case SCOPE_ANNOTATION: return "an annotation";
    case SCOPE_TYPE_ALIAS: return "a type alias";
    case SCOPE_TYPE_PARAMETERS: return "the definition of a generic";
    case SCOPE_TYPE_VARIABLE: return "a type variable";
    default: return NULL;
    }
}

/* yield, await and the walrus are forbidden in annotation-like scopes. */
static int forbid(Builder *b, AstExpr *e, const char *what)
{
    const char *where = scope_description(b->scope->kind);
    if (where)
        return ERROR(e->position, "%s cannot be used within %s", what, where);
    return 0;
}

static int yield(Builder *b, AstExpr *e)
{
    Scope *s = b->scope;
    if (forbid(b, e, "yield expression") < 0)
        return -1;
    if (s->is_comprehension) {
        static const char *const names[] = {"", "list comprehension", "dict comprehension", "set comprehension", "generator expression"};
        return ERROR(e->position, "'yield' inside %s", names[s->comprehension_kind]);
    }
    if (s->kind != SCOPE_FUNCTION)
        return ERROR(e->position, e->kind == AST_YieldFrom ? "'yield from' outside function" : "'yield' outside function");
    s->is_generator = true;
    return 0;
}

/* The scope whose variable a walrus inside comprehensions binds. */
static int named_expression(Builder *b, AstExpr *e)
{
    AstExpr *target = e->NamedExpr.target;
    Value name = target->Name.id;
    if (b->iterable_depth)
        return ERROR(e->position, "assignment expression cannot be used in a comprehension iterable expression");
    if (forbid(b, e, "named expression") < 0)
        return -1;
    if (b->scope->is_comprehension) {
        for (Scope *s = b->scope; s; s = s->parent) {
            Value mangled = symtable_mangle(b->t, b->arena, s->private_name, name);
            Symbol *known = value_is_empty(mangled) ? NULL : symtable_find(s, mangled);
            if (s->is_comprehension) {
                if (known && (known->flags & SYMBOL_DEF_COMP_ITER))
                    return ERROR(target->position, "assignment expression cannot rebind comprehension iteration variable '%U'", name);
                continue;
            }
            uint32_t here;
            if (s->kind == SCOPE_FUNCTION) {
                here = known && (known->flags & SYMBOL_DEF_GLOBAL) ? SYMBOL_DEF_GLOBAL : SYMBOL_DEF_NONLOCAL;
                for (Scope *c = b->scope; c != s; c = c->parent)
                    if (add(b, c, name, here, target->position) < 0)
                        return -1;
                if (known && (known->flags & (SYMBOL_DEF_GLOBAL | SYMBOL_DEF_NONLOCAL)))
                    break;
                if (add(b, s, name, SYMBOL_DEF_LOCAL, target->position) < 0)
                    return -1;
                break;
            }
            if (s->kind == SCOPE_MODULE) {
                for (Scope *c = b->scope; c != s; c = c->parent)
                    if (add(b, c, name, SYMBOL_DEF_GLOBAL, target->position) < 0)
                        return -1;
                if (add(b, s, name, SYMBOL_DEF_GLOBAL, target->position) < 0)
                    return -1;
                break;
            }
            if (s->kind == SCOPE_CLASS)
                return ERROR(target->position, "assignment expression within a comprehension cannot be used in a class body");
            return ERROR(target->position, "assignment expression within a comprehension cannot be used within %s", scope_description(s->kind));
        }
        if (check_name(b, name, target->position, true) < 0)
            return -1;
        return expr(b, e->NamedExpr.value);
    }
    if (expr(b, e->NamedExpr.value) < 0)
        return -1;
    return expr(b, target);
}

static int target_of_comprehension(Builder *b, AstExpr *e)
{
    if (e->kind == AST_Name)
        return check_name(b, e->Name.id, e->position, true) < 0 ? -1 : add_here(b, e->Name.id, SYMBOL_DEF_LOCAL | SYMBOL_DEF_COMP_ITER, e->position);
    AstExprSeq *elts = e->kind == AST_Tuple ? e->Tuple.elts : e->kind == AST_List ? e->List.elts : NULL;
    for (uint32_t i = 0; elts && i < elts->n; i++)
        if (target_of_comprehension(b, elts->at[i]->kind == AST_Starred ? elts->at[i]->Starred.value : elts->at[i]) < 0)
            return -1;
    return elts ? 0 : expr(b, e);
}

static int comprehension(Builder *b, AstExpr *e, const char *name, int kind, AstComprehensionSeq *generators, AstExpr *elt, AstExpr *value)
{
    AstComprehension *outermost = generators->at[0];
    Scope *outside = b->scope;
    b->iterable_depth++;
    int status = expr(b, outermost->iter); /* evaluated outside */
    b->iterable_depth--;
    Value text = intern(b, name);
    if (status < 0 || value_is_empty(text) || !enter(b, SCOPE_FUNCTION, text, e, e->position))
        return -1;
    Scope *s = b->scope;
    s->is_comprehension = true;
    s->comprehension_kind = kind;
    s->can_see_class_scope = outside->can_see_class_scope;
    uint32_t depth = b->iterable_depth;
    b->iterable_depth = 0;
    /* The implicit parameter: the outermost iterator. */
    Value parameter_name = intern(b, ".0");
    if (value_is_empty(parameter_name) || add_here(b, parameter_name, SYMBOL_DEF_PARAMETER | SYMBOL_USED, e->position) < 0)
        return -1;
    for (uint32_t i = 0; i < generators->n; i++) {
        AstComprehension *g = generators->at[i];
        if (target_of_comprehension(b, g->target) < 0)
            return -1;
        if (i > 0) {
            b->iterable_depth++;
            status = expr(b, g->iter);
            b->iterable_depth--;
        }
        if (status < 0 || exprs(b, g->ifs) < 0)
            return -1;
        s->is_coroutine = s->is_coroutine || g->is_async;
    }
    if ((value && expr(b, value) < 0) || expr(b, elt) < 0)
        return -1;
    bool is_async = s->is_coroutine && kind != 4;
    b->iterable_depth = depth;
    leave(b);
    if (is_async) {
        Scope *around = b->scope;
        if (around->kind != SCOPE_FUNCTION || !(around->is_async || around->is_comprehension)) {
            if (!(around->kind == SCOPE_MODULE && around->is_async))
                return ERROR(e->position, "asynchronous comprehension outside of an asynchronous function");
        }
        around->is_coroutine = true;
    }
    return 0;
}

static int arguments_outside(Builder *b, AstArguments *a)
{
    return exprs(b, a->defaults) < 0 ? -1 : exprs(b, a->kw_defaults);
}

static int lambda(Builder *b, AstExpr *e)
{
    Value name = intern(b, "<lambda>");
    if (arguments_outside(b, e->Lambda.args) < 0 || value_is_empty(name) || !enter(b, SCOPE_FUNCTION, name, e, e->position))
        return -1;
    uint32_t depth = b->iterable_depth;
    b->iterable_depth = 0;
    if (parameters(b, e->Lambda.args) < 0 || expr(b, e->Lambda.body) < 0)
        return -1;
    b->iterable_depth = depth;
    leave(b);
    return 0;
}

static int await(Builder *b, AstExpr *e)
{
    if (forbid(b, e, "await expression") < 0)
        return -1;
    Scope *s = b->scope;
    s->is_coroutine = true;
    if (s->is_comprehension)
        return 0;
    if (s->kind != SCOPE_FUNCTION)
        return s->kind == SCOPE_MODULE && s->is_async ? 0 : ERROR(e->position, "'await' outside function");
    return s->is_async ? 0 : ERROR(e->position, "'await' outside async function");
}

static int name(Builder *b, AstExpr *e)
{
    Value id = e->Name.id;
    bool load = e->Name.ctx == AST_Load;
    if (check_name(b, id, e->position, e->Name.ctx == AST_Store) < 0)
        return -1;
    if (e->Name.ctx == AST_Del && str_equal(id, ID(b->t, __debug__)))
        return ERROR(e->position, "cannot delete __debug__");
    if (add_here(b, id, load ? SYMBOL_USED : SYMBOL_DEF_LOCAL, e->position) < 0)
        return -1;
    /* super needs the class. */
    if (load && b->scope->kind == SCOPE_FUNCTION && !b->scope->is_comprehension && str_equal_ascii(id, "super"))
        return add_here(b, ID(b->t, __class__), SYMBOL_USED, e->position);
    return 0;
}

static int expr_inner(Builder *b, AstExpr *e)
{
    switch (e->kind) {
    case AST_BoolOp: return exprs(b, e->BoolOp.values);
    case AST_NamedExpr: return named_expression(b, e);
    case AST_BinOp: return expr(b, e->BinOp.left) < 0 ? -1 : expr(b, e->BinOp.right);
    case AST_UnaryOp: return expr(b, e->UnaryOp.operand);
    case AST_Lambda: return lambda(b, e);
    case AST_IfExp: return expr(b, e->IfExp.test) < 0 || expr(b, e->IfExp.body) < 0 ? -1 : expr(b, e->IfExp.orelse);
    case AST_Dict: return exprs(b, e->Dict.keys) < 0 ? -1 : exprs(b, e->Dict.values);
    case AST_Set: return exprs(b, e->Set.elts);
    case AST_ListComp: return comprehension(b, e, "<listcomp>", 1, e->ListComp.generators, e->ListComp.elt, NULL);
    case AST_DictComp: return comprehension(b, e, "<dictcomp>", 2, e->DictComp.generators, e->DictComp.key, e->DictComp.value);
    case AST_SetComp: return comprehension(b, e, "<setcomp>", 3, e->SetComp.generators, e->SetComp.elt, NULL);
    case AST_GeneratorExp: return comprehension(b, e, "<genexpr>", 4, e->GeneratorExp.generators, e->GeneratorExp.elt, NULL);
    case AST_Await: return await(b, e) < 0 ? -1 : expr(b, e->Await.value);
    case AST_Yield: return yield(b, e) < 0 ? -1 : e->Yield.value ? expr(b, e->Yield.value) : 0;
    case AST_YieldFrom: return yield(b, e) < 0 ? -1 : expr(b, e->YieldFrom.value);
    case AST_Compare: return expr(b, e->Compare.left) < 0 ? -1 : exprs(b, e->Compare.comparators);
    case AST_Call:
        if (expr(b, e->Call.func) < 0 || exprs(b, e->Call.args) < 0)
            return -1;
        for (uint32_t i = 0; i < e->Call.keywords->n; i++) {
            AstKeyword *k = e->Call.keywords->at[i];
            if ((!value_is_empty(k->arg) && check_name(b, k->arg, k->position, true) < 0) || expr(b, k->value) < 0)
                return -1;
        }
        return 0;
    case AST_FormattedValue:
        return expr(b, e->FormattedValue.value) < 0 ? -1 : e->FormattedValue.format_spec ? expr(b, e->FormattedValue.format_spec) : 0;
    case AST_Interpolation:
        return expr(b, e->Interpolation.value) < 0 ? -1 : e->Interpolation.format_spec ? expr(b, e->Interpolation.format_spec) : 0;
    case AST_JoinedStr: return exprs(b, e->JoinedStr.values);
    case AST_TemplateStr: return exprs(b, e->TemplateStr.values);
    case AST_Constant: return 0;
    case AST_Attribute:
        if (check_name(b, e->Attribute.attr, e->position, e->Attribute.ctx == AST_Store) < 0)
            return -1;
        return expr(b, e->Attribute.value);
    case AST_Subscript: return expr(b, e->Subscript.value) < 0 ? -1 : expr(b, e->Subscript.slice);
    case AST_Starred: return expr(b, e->Starred.value);
    case AST_Name: return name(b, e);
    case AST_List: return exprs(b, e->List.elts);
    case AST_Tuple: return exprs(b, e->Tuple.elts);
    case AST_Slice:
        if ((e->Slice.lower && expr(b, e->Slice.lower) < 0) || (e->Slice.upper && expr(b, e->Slice.upper) < 0))
            return -1;
        return e->Slice.step ? expr(b, e->Slice.step) : 0;
    default: return 0;
    }
}

static int expr(Builder *b, AstExpr *e)
{
    if (!recursion_enter(b->t, " during compilation"))
        return -1;
    int status = expr_inner(b, e);
    recursion_leave(b->t);
    return status;
}

/* ---- annotations ---- */

/* The deferred annotations of the current module or class, or of a function about to be defined here: one scope for all. */
static Scope *annotation_scope(Builder *b, Scope *owner, Position p)
{
    if (!owner->annotations) {
        if (enter_evaluator(b, SCOPE_ANNOTATION, ID(b->t, __annotate__), NULL, p) < 0)
            return NULL;
        owner->annotations = b->scope;
        leave(b);
    }
    return owner->annotations;
}

static int annotation(Builder *b, Scope *owner, AstExpr *e)
{
    if (b->future_annotations) {
        /* Only checked: nothing of it is ever evaluated. */
        Value text = intern(b, "_annotation");
        if (value_is_empty(text) || !enter(b, SCOPE_ANNOTATION, text, NULL, e->position))
            return -1;
        Scope *s = b->scope;
        int status = expr(b, e);
        leave(b);
        /* The scope is dropped: its names bind nothing. */
        Scope *parent = b->scope, **link = &parent->first_child;
        parent->last_child = NULL;
        while (*link && *link != s) {
            parent->last_child = *link;
            link = &(*link)->next_sibling;
        }
        *link = NULL;
        return status;
    }
    Scope *s = annotation_scope(b, owner, e->position), *saved = b->scope;
    if (!s)
        return -1;
    b->scope = s;
    uint32_t depth = b->iterable_depth;
    b->iterable_depth = 0;
    int status = expr(b, e);
    b->iterable_depth = depth;
    b->scope = saved;
    return status;
}

static int function_annotations(Builder *b, Scope *function, AstArguments *a, AstExpr *returns)
{
    AstArgSeq *lists[2] = {a->posonlyargs, a->args};
    for (int l = 0; l < 2; l++)
        for (uint32_t i = 0; i < lists[l]->n; i++)
            if (lists[l]->at[i]->annotation && annotation(b, function, lists[l]->at[i]->annotation) < 0)
                return -1;
    if (a->vararg && a->vararg->annotation && annotation(b, function, a->vararg->annotation) < 0)
        return -1;
    for (uint32_t i = 0; i < a->kwonlyargs->n; i++)
        if (a->kwonlyargs->at[i]->annotation && annotation(b, function, a->kwonlyargs->at[i]->annotation) < 0)
            return -1;
    if (a->kwarg && a->kwarg->annotation && annotation(b, function, a->kwarg->annotation) < 0)
        return -1;
    return returns ? annotation(b, function, returns) : 0;
}

/* ---- type parameters ---- */

static int evaluated_here(Builder *b, AstExpr *e, const void *node, Value name)
{
    if (enter_evaluator(b, SCOPE_TYPE_VARIABLE, name, node, e->position) < 0 || expr(b, e) < 0)
        return -1;
    leave(b);
    return 0;
}

static int enter_type_parameters(Builder *b, AstTypeParamSeq *params, Value name, bool is_class, AstArguments *args)
{
    Scope *outside = b->scope;
    Position p = params->at[0]->position;
    bool in_class = outside->kind == SCOPE_CLASS || outside->can_see_class_scope;
    if (!enter(b, SCOPE_TYPE_PARAMETERS, name, params, p))
        return -1;
    if (in_class) {
        b->scope->can_see_class_scope = true;
        if (add_here(b, ID(b->t, __classdict__), SYMBOL_USED, p) < 0)
            return -1;
        for (Scope *s = outside; s; s = s->parent)
            if (s->kind == SCOPE_CLASS) {
                s->needs_classdict = true;
                break;
            }
    }
    if (args) {
        bool kwdefaults = false;
        for (uint32_t i = 0; i < args->kw_defaults->n; i++)
            kwdefaults = kwdefaults || args->kw_defaults->at[i];
        Value defaults_name = intern(b, ".defaults"), kwdefaults_name = intern(b, ".kwdefaults");
        if (value_is_empty(defaults_name) || value_is_empty(kwdefaults_name) ||
            (args->defaults->n && add_here(b, defaults_name, SYMBOL_DEF_PARAMETER, p) < 0) ||
            (kwdefaults && add_here(b, kwdefaults_name, SYMBOL_DEF_PARAMETER, p) < 0))
            return -1;
    }
    if (is_class) {
        Value type_params = intern(b, ".type_params");
        if (value_is_empty(type_params) || add_here(b, type_params, SYMBOL_DEF_LOCAL | SYMBOL_USED, p) < 0)
            return -1;
    }
    for (uint32_t i = 0; i < params->n; i++) {
        AstTypeParam *tp = params->at[i];
        Value id = tp->kind == AST_TypeVar ? tp->TypeVar.name : tp->kind == AST_ParamSpec ? tp->ParamSpec.name : tp->TypeVarTuple.name;
        AstExpr *value = tp->kind == AST_TypeVar ? tp->TypeVar.default_value : tp->kind == AST_ParamSpec ? tp->ParamSpec.default_value : tp->TypeVarTuple.default_value;
        if (str_equal(id, ID(b->t, __classdict__)))
            return ERROR(tp->position, "reserved name '%U' cannot be used for type parameter", id);
        if (check_name(b, id, tp->position, true) < 0 || add_here(b, id, SYMBOL_DEF_TYPE_PARAMETER | SYMBOL_DEF_LOCAL, tp->position) < 0)
            return -1;
        if (tp->kind == AST_TypeVar && tp->TypeVar.bound && evaluated_here(b, tp->TypeVar.bound, tp, id) < 0)
            return -1;
        if (value && evaluated_here(b, value, value, id) < 0)
            return -1;
    }
    return 0;
}

/* ---- statements ---- */

static int function_def(Builder *b, AstStmt *s)
{
    bool is_async = s->kind == AST_AsyncFunctionDef;
    AstArguments *args = s->FunctionDef.args;
    if (check_name(b, s->FunctionDef.name, s->position, true) < 0 || add_here(b, s->FunctionDef.name, SYMBOL_DEF_LOCAL, s->position) < 0 ||
        exprs(b, s->FunctionDef.decorator_list) < 0 || arguments_outside(b, args) < 0)
        return -1;
    bool generic = s->FunctionDef.type_params->n;
    if (generic && enter_type_parameters(b, s->FunctionDef.type_params, s->FunctionDef.name, false, args) < 0)
        return -1;
    Scope holder = {0}; /* the function's own scope comes after that of its annotations */
    if (function_annotations(b, &holder, args, s->FunctionDef.returns) < 0)
        return -1;
    if (!enter(b, SCOPE_FUNCTION, s->FunctionDef.name, s, s->position))
        return -1;
    uint32_t depth = b->iterable_depth, conditional = b->conditional;
    b->iterable_depth = b->conditional = 0;
    b->scope->annotations = holder.annotations;
    b->scope->is_async = is_async;
    b->scope->is_coroutine = is_async;
    if (parameters(b, args) < 0 || stmts(b, s->FunctionDef.body) < 0)
        return -1;
    if (is_async && b->scope->is_generator && b->scope->returns_value)
        return ERROR(b->scope->return_position, "'return' with value in async generator");
    b->iterable_depth = depth;
    b->conditional = conditional;
    leave(b);
    if (generic)
        leave(b);
    return 0;
}

static int class_def(Builder *b, AstStmt *s)
{
    if (check_name(b, s->ClassDef.name, s->position, true) < 0 || add_here(b, s->ClassDef.name, SYMBOL_DEF_LOCAL, s->position) < 0 ||
        exprs(b, s->ClassDef.decorator_list) < 0)
        return -1;
    bool generic = s->ClassDef.type_params->n;
    Value outer_private = b->private_name;
    if (generic) {
        b->private_name = s->ClassDef.name; /* type parameters are mangled as the class's names are */
        if (enter_type_parameters(b, s->ClassDef.type_params, s->ClassDef.name, true, NULL) < 0)
            return -1;
    }
    if (exprs(b, s->ClassDef.bases) < 0)
        return -1;
    for (uint32_t i = 0; i < s->ClassDef.keywords->n; i++)
        if (expr(b, s->ClassDef.keywords->at[i]->value) < 0)
            return -1;
    b->private_name = s->ClassDef.name;
    if (!enter(b, SCOPE_CLASS, s->ClassDef.name, s, s->position))
        return -1;
    uint32_t conditional = b->conditional;
    b->conditional = 0;
    if (generic) {
        Value type_params = intern(b, ".type_params");
        if (value_is_empty(type_params) || add_here(b, type_params, SYMBOL_USED, s->position) < 0 ||
            add_here(b, ID(b->t, __type_params__), SYMBOL_DEF_LOCAL, s->position) < 0)
            return -1;
    }
    if (stmts(b, s->ClassDef.body) < 0)
        return -1;
    b->conditional = conditional;
    b->private_name = outer_private;
    leave(b);
    if (generic)
        leave(b);
    return 0;
}

static int declaration(Builder *b, AstStmt *s, AstValueSeq *names, bool global)
{
    Scope *scope = b->scope;
    for (uint32_t i = 0; i < names->n; i++) {
        Value id = names->at[i], mangled = symtable_mangle(b->t, b->arena, scope->private_name, id);
        Symbol *symbol = value_is_empty(mangled) ? NULL : symtable_find(scope, mangled);
        if (value_is_empty(mangled))
            return -1;
        uint32_t flags = symbol ? symbol->flags : 0;
        const char *what = global ? "global" : "nonlocal";
        if (!global && scope->kind == SCOPE_MODULE)
            return ERROR(s->position, "nonlocal declaration not allowed at module level");
        if (flags & (SYMBOL_DEF_PARAMETER | SYMBOL_DEF_LOCAL | SYMBOL_USED | SYMBOL_DEF_ANNOTATION)) {
            if (flags & SYMBOL_DEF_PARAMETER)
                return ERROR(s->position, "name '%U' is parameter and %s", id, what);
            if (flags & SYMBOL_USED)
                return ERROR(s->position, "name '%U' is used prior to %s declaration", id, what);
            if (flags & SYMBOL_DEF_ANNOTATION)
                return ERROR(s->position, "annotated name '%U' can't be %s", id, what);
            return ERROR(s->position, "name '%U' is assigned to before %s declaration", id, what);
        }
        if (add_here(b, id, global ? SYMBOL_DEF_GLOBAL : SYMBOL_DEF_NONLOCAL, s->position) < 0)
            return -1;
        symbol = symtable_find(scope, mangled);
        symbol->line = s->position.line;
        symbol->column = s->position.column;
        symbol->end_line = s->position.end_line;
        symbol->end_column = s->position.end_column;
    }
    return 0;
}

static int alias(Builder *b, AstAlias *a, bool from)
{
    Value bound = value_is_empty(a->asname) ? a->name : a->asname;
    if (str_equal_ascii(a->name, "*")) {
        if (b->scope->kind != SCOPE_MODULE)
            return ERROR(a->position, "import * only allowed at module level");
        return 0;
    }
    if (!from && value_is_empty(a->asname)) {
        int64_t dot = str_find(bound, b->t->interp->latin1['.'], 0, str_length(bound));
        if (dot >= 0) {
            bound = str_intern_take(b->t, str_slice(b->t, bound, 0, (size_t)dot));
            if (value_is_empty(bound) || arena_keep_take(b->t, b->arena, bound) < 0)
                return -1;
        }
    }
    if (check_name(b, bound, a->position, true) < 0)
        return -1;
    return add_here(b, bound, SYMBOL_DEF_IMPORT | SYMBOL_DEF_LOCAL, a->position);
}

static int annotated(Builder *b, AstStmt *s)
{
    AstExpr *target = s->AnnAssign.target;
    Scope *scope = b->scope;
    bool owns = scope->kind == SCOPE_MODULE || scope->kind == SCOPE_CLASS;
    if (target->kind == AST_Name) {
        Value id = target->Name.id, mangled = symtable_mangle(b->t, b->arena, scope->private_name, id);
        if (value_is_empty(mangled) || check_name(b, id, target->position, true) < 0)
            return -1;
        Symbol *known = symtable_find(scope, mangled);
        if (s->AnnAssign.simple && scope->kind != SCOPE_MODULE && known && (known->flags & (SYMBOL_DEF_GLOBAL | SYMBOL_DEF_NONLOCAL)))
            return ERROR(s->position, known->flags & SYMBOL_DEF_GLOBAL ? "annotated name '%U' can't be global" : "annotated name '%U' can't be nonlocal", id);
        if (s->AnnAssign.simple && owns && b->conditional && !b->future_annotations && !scope->has_conditional_annotations) {
            scope->has_conditional_annotations = true;
            Value set = intern(b, "__conditional_annotations__");
            if (value_is_empty(set) || add_here(b, set, SYMBOL_USED | SYMBOL_DEF_LOCAL, s->position) < 0)
                return -1;
        }
        if (s->AnnAssign.simple && add_here(b, id, SYMBOL_DEF_ANNOTATION | SYMBOL_DEF_LOCAL, target->position) < 0)
            return -1;
        if (!s->AnnAssign.simple && s->AnnAssign.value && add_here(b, id, SYMBOL_DEF_LOCAL, target->position) < 0)
            return -1;
    } else if (expr(b, target) < 0) {
        return -1;
    }
    Scope dropped = {0};
    if (annotation(b, owns && target->kind == AST_Name && s->AnnAssign.simple ? scope : &dropped, s->AnnAssign.annotation) < 0)
        return -1;
    return s->AnnAssign.value ? expr(b, s->AnnAssign.value) : 0;
}

static int bodies(Builder *b, const AstStmtSeq *x, const AstStmtSeq *y)
{
    b->conditional++;
    int status = stmts(b, x) < 0 || (y && stmts(b, y) < 0) ? -1 : 0;
    b->conditional--;
    return status;
}

static int needs_async(Builder *b, AstStmt *s, const char *what)
{
    Scope *scope = b->scope;
    if ((scope->kind == SCOPE_FUNCTION || scope->kind == SCOPE_MODULE) && scope->is_async)
        return 0;
    return ERROR(s->position, "'%s' outside async function", what);
}

static int handlers(Builder *b, const AstExceptHandlerSeq *hs)
{
    for (uint32_t i = 0; i < hs->n; i++) {
        AstExceptHandler *h = hs->at[i];
        Value id = h->ExceptHandler.name;
        if ((h->ExceptHandler.type && expr(b, h->ExceptHandler.type) < 0) ||
            (!value_is_empty(id) && (check_name(b, id, h->position, true) < 0 || add_here(b, id, SYMBOL_DEF_LOCAL, h->position) < 0)) ||
            stmts(b, h->ExceptHandler.body) < 0)
            return -1;
    }
    return 0;
}

static int stmt_inner(Builder *b, AstStmt *s)
{
    switch (s->kind) {
    case AST_FunctionDef:
    case AST_AsyncFunctionDef: return function_def(b, s);
    case AST_ClassDef: return class_def(b, s);
    case AST_TypeAlias: {
        Value id = s->TypeAlias.name->Name.id;
        AstTypeParamSeq *params = s->TypeAlias.type_params;
        if (expr(b, s->TypeAlias.name) < 0 || (params->n && enter_type_parameters(b, params, id, false, NULL) < 0) ||
            enter_evaluator(b, SCOPE_TYPE_ALIAS, id, s, s->position) < 0 || expr(b, s->TypeAlias.value) < 0)
            return -1;
        leave(b);
        if (params->n)
            leave(b);
        return 0;
    }
    case AST_Return:
        if (b->scope->kind != SCOPE_FUNCTION)
            return ERROR(s->position, "'return' outside function");
        if (s->Return.value) {
            b->scope->returns_value = true;
            b->scope->return_position = s->position;
            return expr(b, s->Return.value);
        }
        return 0;
    case AST_Delete: return exprs(b, s->Delete.targets);
    case AST_Assign: return exprs(b, s->Assign.targets) < 0 ? -1 : expr(b, s->Assign.value);
    case AST_AugAssign:
        if (s->AugAssign.target->kind == AST_Name && add_here(b, s->AugAssign.target->Name.id, SYMBOL_USED, s->position) < 0)
            return -1;
        return expr(b, s->AugAssign.target) < 0 ? -1 : expr(b, s->AugAssign.value);
    case AST_AnnAssign: return annotated(b, s);
    case AST_AsyncFor:
        if (needs_async(b, s, "async for") < 0)
            return -1;
        b->scope->is_coroutine = true;
        /* fall through */
    case AST_For:
        if (expr(b, s->For.target) < 0 || expr(b, s->For.iter) < 0)
            return -1;
        return bodies(b, s->For.body, s->For.orelse);
    case AST_While: return expr(b, s->While.test) < 0 ? -1 : bodies(b, s->While.body, s->While.orelse);
    case AST_If: return expr(b, s->If.test) < 0 ? -1 : bodies(b, s->If.body, s->If.orelse);
    case AST_AsyncWith:
        if (needs_async(b, s, "async with") < 0)
            return -1;
        b->scope->is_coroutine = true;
        /* fall through */
    case AST_With:
        for (uint32_t i = 0; i < s->With.items->n; i++)
            if (expr(b, s->With.items->at[i]->context_expr) < 0 ||
                (s->With.items->at[i]->optional_vars && expr(b, s->With.items->at[i]->optional_vars) < 0))
                return -1;
        return bodies(b, s->With.body, NULL);
    case AST_Match:
        if (expr(b, s->Match.subject) < 0)
            return -1;
        for (uint32_t i = 0; i < s->Match.cases->n; i++) {
            AstMatchCase *k = s->Match.cases->at[i];
            if (pattern(b, k->pattern) < 0 || (k->guard && expr(b, k->guard) < 0) || bodies(b, k->body, NULL) < 0)
                return -1;
        }
        return 0;
    case AST_Raise:
        if (s->Raise.exc && expr(b, s->Raise.exc) < 0)
            return -1;
        return s->Raise.cause ? expr(b, s->Raise.cause) : 0;
    case AST_Try:
    case AST_TryStar: {
        b->conditional++;
        int status = stmts(b, s->Try.body) < 0 || handlers(b, s->Try.handlers) < 0 || stmts(b, s->Try.orelse) < 0 || stmts(b, s->Try.finalbody) < 0 ? -1 : 0;
        b->conditional--;
        return status;
    }
    case AST_Assert: return expr(b, s->Assert.test) < 0 ? -1 : s->Assert.msg ? expr(b, s->Assert.msg) : 0;
    case AST_Import:
    case AST_ImportFrom: {
        AstAliasSeq *names = s->kind == AST_Import ? s->Import.names : s->ImportFrom.names;
        for (uint32_t i = 0; i < names->n; i++)
            if (alias(b, names->at[i], s->kind == AST_ImportFrom) < 0)
                return -1;
        return 0;
    }
    case AST_Global: return declaration(b, s, s->Global.names, true);
    case AST_Nonlocal: return declaration(b, s, s->Nonlocal.names, false);
    case AST_Expr: return expr(b, s->Expr.value);
    default: return 0;
    }
}

static int stmts(Builder *b, const AstStmtSeq *s)
{
    for (uint32_t i = 0; i < s->n; i++) {
        if (!recursion_enter(b->t, " during compilation"))
            return -1;
        int status = stmt_inner(b, s->at[i]);
        recursion_leave(b->t);
        if (status < 0)
            return -1;
    }
    return 0;
}

static int capture(Builder *b, Value id, Position p)
{
    if (value_is_empty(id))
        return 0;
    return check_name(b, id, p, true) < 0 ? -1 : add_here(b, id, SYMBOL_DEF_LOCAL, p);
}

static int patterns(Builder *b, const AstPatternSeq *s)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (pattern(b, s->at[i]) < 0)
            return -1;
    return 0;
}

static int pattern(Builder *b, AstPattern *p)
{
    int status = -1;
    if (!recursion_enter(b->t, " during compilation"))
        return -1;
    switch (p->kind) {
    case AST_MatchValue: status = expr(b, p->MatchValue.value); break;
    case AST_MatchSequence: status = patterns(b, p->MatchSequence.patterns); break;
    case AST_MatchMapping:
        status = exprs(b, p->MatchMapping.keys) < 0 || patterns(b, p->MatchMapping.patterns) < 0 ? -1 : capture(b, p->MatchMapping.rest, p->position);
        break;
    case AST_MatchClass:
        status = expr(b, p->MatchClass.cls) < 0 || patterns(b, p->MatchClass.patterns) < 0 ? -1 : 0;
        for (uint32_t i = 0; i < p->MatchClass.kwd_attrs->n && status == 0; i++)
            status = check_name(b, p->MatchClass.kwd_attrs->at[i], p->position, true);
        if (status == 0)
            status = patterns(b, p->MatchClass.kwd_patterns);
        break;
    case AST_MatchStar: status = capture(b, p->MatchStar.name, p->position); break;
    case AST_MatchAs:
        status = p->MatchAs.pattern ? pattern(b, p->MatchAs.pattern) : 0;
        if (status == 0)
            status = capture(b, p->MatchAs.name, p->position);
        break;
    case AST_MatchOr: status = patterns(b, p->MatchOr.patterns); break;
    default: status = 0; break;
    }
    recursion_leave(b->t);
    return status;
}

/* __class__ used in a method: the class around it needs a cell for it. */
static void note_class_closures(Builder *b, Scope *scope)
{
    for (Scope *child = scope->first_child; child; child = child->next_sibling)
        note_class_closures(b, child);
    if (scope->kind == SCOPE_MODULE || scope->kind == SCOPE_CLASS)
        return;
    Symbol *s = symtable_find(scope, ID(b->t, __class__));
    if (!s || (s->flags & (SYMBOL_DEF_LOCAL | SYMBOL_DEF_PARAMETER | SYMBOL_DEF_GLOBAL)))
        return;
    for (Scope *p = scope->parent; p; p = p->parent)
        if (p->kind == SCOPE_CLASS) {
            p->needs_class_closure = true;
            return;
        }
}

int symtable_collect(Builder *b, AstMod *mod)
{
    Value top = intern(b, "top");
    if (value_is_empty(top) || !enter(b, SCOPE_MODULE, top, mod, (Position){0}))
        return -1;
    b->st->top = b->scope;
    b->scope->is_async = b->allow_top_level_await;
    int status = 0;
    switch (mod->kind) {
    case AST_Module: status = stmts(b, mod->Module.body); break;
    case AST_Interactive: status = stmts(b, mod->Interactive.body); break;
    case AST_Expression: status = expr(b, mod->Expression.body); break;
    default: break;
    }
    if (status == 0)
        note_class_closures(b, b->st->top);
    return status;
}
