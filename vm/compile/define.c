/* define.c: functions, lambdas, classes, type parameters, type aliases and annotations.
 *
 * Annotations are deferred (PEP 649): a scope's annotations become the body of a function __annotate__(format), which raises NotImplementedError for formats that it does
 * not know.  Bounds, defaults and alias values are functions of the same form.  Type parameters live in a function of their own around the
 * definition (PEP 695), called at once. */
#include "compiler.h"

#include <assert.h>

#include "../object/int.h"

typedef struct DeferredAnnotation {
    AstStmt *stmt;
    int32_t condition; /* index in __conditional_annotations__, or -1: always */
} DeferredAnnotation;

/* ---- what a body deletes ---- */

/* Locals deleted anywhere are never surely bound: see compiler.h. */
static int note_deleted(Compiler *c, Value name)
{
    Reg r = name_register(c, name);
    if (r == -1)
        return -1;
    if (r >= 0)
        c->u->never_bound[r] = 1;
    return 0;
}

static int note_deleted_target(Compiler *c, const AstExpr *e)
{
    const AstExprSeq *elts = e->kind == AST_Tuple ? e->Tuple.elts : e->kind == AST_List ? e->List.elts : NULL;
    if (e->kind == AST_Name)
        return note_deleted(c, e->Name.id);
    for (uint32_t i = 0; elts && i < elts->n; i++)
        if (note_deleted_target(c, elts->at[i]) < 0)
            return -1;
    return 0;
}

static int scan_deletes(Compiler *c, const AstStmtSeq *body);
static int scan_handlers(Compiler *c, const AstExceptHandlerSeq *handlers)
{
    for (uint32_t i = 0; i < handlers->n; i++) {
        const AstExceptHandler *h = handlers->at[i];
        if (!value_is_empty(h->ExceptHandler.name) && note_deleted(c, h->ExceptHandler.name) < 0)
            return -1;
        if (scan_deletes(c, h->ExceptHandler.body) < 0)
            return -1;
    }
    return 0;
}
static int scan_deletes(Compiler *c, const AstStmtSeq *body)
{
    for (uint32_t i = 0; i < body->n; i++) {
        const AstStmt *s = body->at[i];
        int result = 0;
        switch (s->kind) {
        case AST_Delete:
            for (uint32_t j = 0; j < s->Delete.targets->n && result == 0; j++)
                result = note_deleted_target(c, s->Delete.targets->at[j]);
            break;
        case AST_For:
        case AST_AsyncFor: result = scan_deletes(c, s->For.body) < 0 ? -1 : scan_deletes(c, s->For.orelse); break;
        case AST_While: result = scan_deletes(c, s->While.body) < 0 ? -1 : scan_deletes(c, s->While.orelse); break;
        case AST_If: result = scan_deletes(c, s->If.body) < 0 ? -1 : scan_deletes(c, s->If.orelse); break;
        case AST_With:
        case AST_AsyncWith: result = scan_deletes(c, s->With.body); break;
        case AST_Match:
            for (uint32_t j = 0; j < s->Match.cases->n && result == 0; j++)
                result = scan_deletes(c, s->Match.cases->at[j]->body);
            break;
        case AST_Try:
        case AST_TryStar:
            if (scan_deletes(c, s->Try.body) < 0 || scan_handlers(c, s->Try.handlers) < 0 ||
                scan_deletes(c, s->Try.orelse) < 0 || scan_deletes(c, s->Try.finalbody) < 0)
                return -1;
            break;
        default: break;
        }
        if (result < 0)
            return -1;
    }
    return 0;
}

/* ---- making function objects ---- */

int make_function(Compiler *c, Value code, uint32_t flags, Reg base, Reg dst)
{
    Unit *u = c->u;
    uint32_t mark = u->temp_top;
    Reg closure = temp_push(c);
    int has_closure = load_closure(c, code, closure);
    int index = has_closure < 0 ? -1 : constant_index(c, code);
    ref_dec(c->t, code);
    if (index < 0)
        return -1;
    if (has_closure) {
        if (!flags)
            base = closure; /* the only part; otherwise it lies behind the others */
        flags |= MAKE_CLOSURE;
    }
    u->temp_top = mark;
    if (emit(c, OP_MAKE_FUNCTION, dst, index, base) < 0)
        return -1;
    return emit(c, OP_EXTRA, (int32_t)flags, 0, 0);
}

static bool docstring_of(const AstStmtSeq *body, Value *doc)
{
    if (!body->n || body->at[0]->kind != AST_Expr)
        return false;
    AstExpr *e = body->at[0]->Expr.value;
    if (e->kind != AST_Constant || !str_check(e->Constant.value))
        return false;
    *doc = e->Constant.value;
    return true;
}

/* The docstring without its common indentation, as the compiler has stored it since 3.13: expandtabs, the margin of all lines but the first removed, blank first lines kept. */
static MUST_CHECK Value clean_docstring(Thread *t, Value doc)
{
    Value expanded = object_call_method_string(t, doc, "expandtabs", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(expanded))
        return VALUE_EMPTY;
    Str *s = str_of(expanded);
    size_t n = s->length, margin = SIZE_MAX, i = 0;
    while (i < n && str_at(s, i) != '\n')
        i++;
    for (size_t p = i; p < n;) { /* p is at a newline */
        size_t start = ++p;
        while (p < n && str_at(s, p) == ' ')
            p++;
        if (p < n && str_at(s, p) != '\n' && p - start < margin)
            margin = p - start;
        while (p < n && str_at(s, p) != '\n')
            p++;
    }
    StrBuilder b = {0};
    size_t p = 0;
    while (p < n && str_at(s, p) == ' ')
        p++;
    if (strbuilder_slice(t, &b, expanded, p, i > p ? i : p) < 0)
        goto fail;
    for (p = i; p < n;) {
        size_t start = ++p, end;
        while (p < n && p - start < margin && str_at(s, p) == ' ')
            p++;
        for (end = p; end < n && str_at(s, end) != '\n';)
            end++;
        if (strbuilder_char(t, &b, '\n') < 0 || strbuilder_slice(t, &b, expanded, p, end) < 0)
            goto fail;
        p = end;
    }
    ref_dec(t, expanded);
    return strbuilder_finish(t, &b);
fail:
    strbuilder_discard(t, &b);
    ref_dec(t, expanded);
    return VALUE_EMPTY;
}

/* Opens the handler that turns a StopIteration leaving a generator's or coroutine's body into RuntimeError. */
static Label begin_generator(Compiler *c)
{
    Label wrap = label_new(c);
    if (wrap < 0 || (c->u->handler = handler_new(c, wrap, c->u->local_count)) < 0)
        return -1;
    return wrap;
}
static int end_generator(Compiler *c, Label wrap)
{
    Unit *u = c->u;
    if (emit(c, OP_RETURN_NONE, 1, 0, 0) < 0)
        return -1;
    u->handler = NO_HANDLER;
    u->temp_top = u->local_count;
    c->position = (Position){0};
    Reg saved = temp_push_n(c, 2);
    if (label_place(c, wrap) < 0 || emit(c, OP_PUSH_EXC, saved, 1, 0) < 0)
        return -1;
    return emit(c, OP_STOP_ITERATION_ERROR, saved, 0, 0);
}

/* The code of a function with this body, or (lambda) this expression. */
static MUST_CHECK Value function_code(Compiler *c, Scope *scope, Value name, const AstArguments *args,
                                      const AstStmtSeq *body, AstExpr *value, bool is_async, uint32_t first_line)
{
    Thread *t = c->t;
    if (unit_enter(c, scope, name, first_line) < 0)
        return VALUE_EMPTY;
    Unit *u = c->u;
    u->flags = CODE_OPTIMIZED | CODE_NEWLOCALS | (scope->is_nested ? CODE_NESTED : 0) |
               (args->vararg ? CODE_VARARGS : 0) | (args->kwarg ? CODE_VARKEYWORDS : 0);
    bool suspends = true;
    if (is_async)
        u->flags |= scope->is_generator ? CODE_ASYNC_GENERATOR : CODE_COROUTINE;
    else if (scope->is_generator)
        u->flags |= scope->is_coroutine ? CODE_ASYNC_GENERATOR : CODE_GENERATOR;
    else
        suspends = false;
    if (u->parent && u->parent->scope->kind == SCOPE_CLASS)
        u->flags |= CODE_METHOD;
    u->posonly_count = args->posonlyargs->n;
    u->argument_count = args->posonlyargs->n + args->args->n;
    u->kwonly_count = args->kwonlyargs->n;
    Value doc;
    uint32_t start = 0;
    if (body && docstring_of(body, &doc)) {
        start = 1;
        if (c->optimize < 2) {
            Value clean = clean_docstring(t, doc);
            int index = value_is_empty(clean) ? -1 : constant_index(c, clean);
            ref_dec(t, clean);
            if (index < 0)
                goto fail;
            u->flags |= CODE_HAS_DOCSTRING;
        }
    }
    if (body && scan_deletes(c, body) < 0)
        goto fail;
    Label wrap = NO_LABEL;
    if (suspends && (wrap = begin_generator(c)) < 0)
        goto fail;
    if (body) {
        for (uint32_t i = start; i < body->n; i++)
            if (stmt(c, body->at[i]) < 0)
                goto fail;
    } else {
        assert(value);
        Reg r = expr(c, value);
        if (r < 0)
            goto fail;
        c->position = value->position;
        /* A lambda that yields returns None, as its value was yielded. */
        if (emit(c, OP_RETURN, r, 0, 0) < 0)
            goto fail;
    }
    if (suspends && end_generator(c, wrap) < 0)
        goto fail;
    return unit_leave(c);
fail:
    unit_abandon(c);
    return VALUE_EMPTY;
}

/* ---- annotation scopes ---- */

/* Enters a scope of the one parameter ".format"; formats above VALUE_WITH_FAKE_GLOBALS are refused. */
static int enter_evaluator(Compiler *c, Scope *scope, Value name, uint32_t line)
{
    Position position = c->position;
    if (unit_enter(c, scope, name, line) < 0)
        return -1;
    Unit *u = c->u;
    c->position = position;
    u->flags = CODE_OPTIMIZED | CODE_NEWLOCALS | (scope->is_nested ? CODE_NESTED : 0);
    u->argument_count = u->posonly_count = 1;
    Label known = label_new(c);
    Reg base = temp_push(c);
    if (known < 0 || emit_jump(c, OP_JUMP_NOT_GT_INT, 0, 2, known) < 0 ||
        emit(c, OP_LOAD_COMMON, base, COMMON_NOT_IMPLEMENTED_ERROR, 0) < 0 || emit(c, OP_RAISE, base, base, 0) < 0 ||
        label_place(c, known) < 0) {
        unit_abandon(c);
        return -1;
    }
    u->temp_top = (uint32_t)base;
    return 0;
}

/* Enters the scope of an __annotate__: its parameter goes by a name that programs may write. */
static int enter_annotate(Compiler *c, Scope *scope, uint32_t line)
{
    Value name = str_intern(c->t, "format");
    if (value_is_empty(name) || enter_evaluator(c, scope, ID(c->t, __annotate__), line) < 0) {
        ref_dec(c->t, name);
        return -1;
    }
    int result = list_set(c->t, c->u->local_names, 0, name);
    ref_dec(c->t, name);
    if (result < 0)
        unit_abandon(c);
    return result;
}

/* A function that evaluates one expression: type variable bounds and defaults, alias values.  Its parameter has the default VALUE (1). */
static int evaluator(Compiler *c, Scope *scope, Value name, AstExpr *e, bool star_allowed, Reg dst)
{
    Thread *t = c->t;
    Position saved = c->position;
    Value code = VALUE_EMPTY;
    if (!scope) {
        error_set(t, EXC_SystemError, "compiler: no scope for %V", name);
        return -1;
    }
    if (enter_evaluator(c, scope, name, (uint32_t)e->position.line) < 0)
        return -1;
    Reg r;
    if (star_allowed && e->kind == AST_Starred) { /* default of a TypeVarTuple: *Ts */
        r = temp_push(c);
        Reg source = expr(c, e->Starred.value);
        if (source >= 0 && emit(c, OP_UNPACK, source, r, 1) < 0)
            r = -1;
    } else {
        r = expr(c, e);
    }
    if (r < 0 || emit(c, OP_RETURN, r, 0, 0) < 0) {
        unit_abandon(c);
        return -1;
    }
    code = unit_leave(c);
    c->position = saved;
    if (value_is_empty(code))
        return -1;
    uint32_t mark = c->u->temp_top;
    Reg defaults = temp_push(c);
    Value one = tuple_pack(t, 1, value_from_int(1));
    if (constant_load_take(c, one, defaults) < 0) {
        ref_dec(t, code);
        return -1;
    }
    int result = make_function(c, code, MAKE_DEFAULTS, defaults, dst);
    c->u->temp_top = mark;
    return result;
}

/* dict[name] = annotation; with future annotations as text. */
static int annotation_item(Compiler *c, Reg dict, Value name, AstExpr *annotation, bool text)
{
    uint32_t mark = c->u->temp_top;
    Value mangled = symtable_mangle(c->t, c->arena, c->u->scope, name);
    Reg key = temp_push(c), value = temp_push(c);
    if (value_is_empty(mangled) || constant_load(c, mangled, key) < 0)
        return -1;
    if (text) {
        if (constant_load_take(c, ast_unparse(c->t, annotation), value) < 0)
            return -1;
    } else if (annotation->kind == AST_Starred) { /* *args: *Ts */
        Reg source = expr(c, annotation->Starred.value);
        if (source < 0 || emit(c, OP_UNPACK, source, value, 1) < 0)
            return -1;
    } else if (expr_into(c, annotation, value) < 0) {
        return -1;
    }
    c->u->temp_top = mark;
    return emit(c, OP_DICT_SET, dict, key, value);
}

static int argument_annotations(Compiler *c, Reg dict, const AstArguments *args, AstExpr *returns, bool text)
{
    const AstArgSeq *lists[2] = {args->posonlyargs, args->args};
    for (int l = 0; l < 2; l++)
        for (uint32_t i = 0; i < lists[l]->n; i++)
            if (lists[l]->at[i]->annotation &&
                annotation_item(c, dict, lists[l]->at[i]->arg, lists[l]->at[i]->annotation, text) < 0)
                return -1;
    if (args->vararg && args->vararg->annotation &&
        annotation_item(c, dict, args->vararg->arg, args->vararg->annotation, text) < 0)
        return -1;
    for (uint32_t i = 0; i < args->kwonlyargs->n; i++)
        if (args->kwonlyargs->at[i]->annotation &&
            annotation_item(c, dict, args->kwonlyargs->at[i]->arg, args->kwonlyargs->at[i]->annotation, text) < 0)
            return -1;
    if (args->kwarg && args->kwarg->annotation &&
        annotation_item(c, dict, args->kwarg->arg, args->kwarg->annotation, text) < 0)
        return -1;
    if (returns) {
        Value name = str_intern(c->t, "return");
        if (value_is_empty(name) || arena_keep_take(c->t, c->arena, name) < 0)
            return -1;
        return annotation_item(c, dict, name, returns, text);
    }
    return 0;
}

static bool has_annotations(const AstArguments *args, const AstExpr *returns)
{
    const AstArgSeq *lists[3] = {args->posonlyargs, args->args, args->kwonlyargs};
    for (int l = 0; l < 3; l++)
        for (uint32_t i = 0; i < lists[l]->n; i++)
            if (lists[l]->at[i]->annotation)
                return true;
    return returns || (args->vararg && args->vararg->annotation) || (args->kwarg && args->kwarg->annotation);
}

/* Emits into dst what a function's annotations need: MAKE_ANNOTATE or 0. */
static int function_annotations(Compiler *c, Scope *scope, const AstArguments *args, AstExpr *returns, Reg dst)
{
    if (!has_annotations(args, returns))
        return 0;
    if (!scope->annotations)
        return 0;
    bool text = c->flags & CODE_FUTURE_ANNOTATIONS;
    Position saved = c->position;
    if (enter_annotate(c, scope->annotations, (uint32_t)c->position.line) < 0)
        return -1;
    Reg dict = temp_push(c);
    c->position = saved;
    if (emit(c, OP_BUILD_DICT, dict, dict, 0) < 0 || argument_annotations(c, dict, args, returns, text) < 0 ||
        emit(c, OP_RETURN, dict, 0, 0) < 0)
        goto fail;
    Value code = unit_leave(c);
    c->position = saved;
    if (value_is_empty(code))
        return -1;
    return make_function(c, code, 0, dst, dst) < 0 ? -1 : MAKE_ANNOTATE;
fail:
    unit_abandon(c);
    return -1;
}

/* ---- functions ---- */

static int defaults_into(Compiler *c, const AstArguments *args, uint32_t *flags)
{
    uint32_t mark;
    if (args->defaults->n) {
        Reg dst = temp_push(c);
        mark = c->u->temp_top;
        AstExpr tuple = {.kind = AST_Tuple, .position = c->position};
        tuple.Tuple.elts = args->defaults;
        if (expr_into(c, &tuple, dst) < 0)
            return -1;
        c->u->temp_top = mark;
        *flags |= MAKE_DEFAULTS;
    }
    bool any = false;
    for (uint32_t i = 0; i < args->kw_defaults->n; i++)
        any = any || args->kw_defaults->at[i];
    if (any) {
        Reg dict = temp_push(c);
        mark = c->u->temp_top;
        if (emit(c, OP_BUILD_DICT, dict, dict, 0) < 0)
            return -1;
        for (uint32_t i = 0; i < args->kw_defaults->n; i++) {
            if (!args->kw_defaults->at[i])
                continue;
            Value name = symtable_mangle(c->t, c->arena, c->u->scope, args->kwonlyargs->at[i]->arg);
            Reg key = temp_push(c), value = temp_push(c);
            if (value_is_empty(name) || constant_load(c, name, key) < 0 ||
                expr_into(c, args->kw_defaults->at[i], value) < 0 || emit(c, OP_DICT_SET, dict, key, value) < 0)
                return -1;
            c->u->temp_top = mark;
        }
        *flags |= MAKE_KWDEFAULTS;
    }
    return 0;
}

int define_lambda(Compiler *c, AstExpr *e, Reg dst)
{
    uint32_t mark = c->u->temp_top, flags = 0;
    Reg base = (Reg)mark;
    if (defaults_into(c, e->Lambda.args, &flags) < 0)
        return -1;
    Scope *scope = symtable_scope(c->symtable, e);
    Value name = str_intern(c->t, "<lambda>");
    if (!scope || value_is_empty(name))
        return -1;
    Position saved = c->position;
    Value code = function_code(c, scope, name, e->Lambda.args, NULL, e->Lambda.body, false, (uint32_t)e->position.line);
    c->position = saved;
    ref_dec(c->t, name);
    if (value_is_empty(code) || make_function(c, code, flags, base, dst) < 0)
        return -1;
    c->u->temp_top = mark;
    return 0;
}

static int type_parameters(Compiler *c, const AstTypeParamSeq *params, Reg dst);

/* Enters the function around a generic definition; its name tells what it is for. */
static int enter_type_parameters(Compiler *c, const AstTypeParamSeq *params, Value name, uint32_t line)
{
    Scope *scope = symtable_scope(c->symtable, params);
    Value full = str_format(c->t, "<generic parameters of %U>", name);
    if (!scope || value_is_empty(full)) {
        if (!scope)
            error_set(c->t, EXC_SystemError, "compiler: no scope for type parameters");
        ref_dec(c->t, full);
        return -1;
    }
    int result = unit_enter(c, scope, full, line);
    ref_dec(c->t, full);
    if (result < 0)
        return -1;
    c->u->flags = CODE_OPTIMIZED | CODE_NEWLOCALS | (scope->is_nested ? CODE_NESTED : 0);
    return 0;
}

/* Applies decorators, which lie in the registers from `first` on, to the value behind them. */
static int apply_decorators(Compiler *c, const AstExprSeq *decorators, Reg first)
{
    for (uint32_t i = decorators->n; i-- > 0;) {
        Reg r = first + (Reg)i;
        c->position = decorators->at[i]->position;
        if (emit(c, OP_CALL, r, 1, r) < 0)
            return -1;
    }
    return 0;
}

static int load_decorators(Compiler *c, const AstExprSeq *decorators)
{
    for (uint32_t i = 0; i < decorators->n; i++)
        if (expr_temp(c, decorators->at[i]) < 0)
            return -1;
    return 0;
}

static uint32_t first_line_of(const AstStmt *s, const AstExprSeq *decorators)
{
    return (uint32_t)(decorators->n ? decorators->at[0]->position.line : s->position.line);
}

/* The function itself; the defaults that `flags` tells of are in the registers from base on. */
static int function_into(Compiler *c, AstStmt *s, uint32_t flags, Reg base, Reg dst)
{
    AstArguments *args = s->FunctionDef.args;
    Scope *scope = symtable_scope(c->symtable, s);
    if (!scope) {
        error_set(c->t, EXC_SystemError, "compiler: function without a scope");
        return -1;
    }
    uint32_t count = !!(flags & MAKE_DEFAULTS) + !!(flags & MAKE_KWDEFAULTS);
    c->u->temp_top = (uint32_t)base + count;
    Reg annotate = temp_push(c);
    int annotation = function_annotations(c, scope, args, s->FunctionDef.returns, annotate);
    if (annotation < 0)
        return -1;
    if (!annotation)
        c->u->temp_top = (uint32_t)annotate;
    Position saved = c->position;
    Value code = function_code(c, scope, s->FunctionDef.name, args, s->FunctionDef.body, NULL,
                               s->kind == AST_AsyncFunctionDef, first_line_of(s, s->FunctionDef.decorator_list));
    c->position = saved;
    if (value_is_empty(code))
        return -1;
    return make_function(c, code, flags | (uint32_t)annotation, base, dst);
}

int define_function(Compiler *c, AstStmt *s)
{
    uint32_t mark = c->u->temp_top, flags = 0;
    AstExprSeq *decorators = s->FunctionDef.decorator_list;
    AstTypeParamSeq *params = s->FunctionDef.type_params;
    Value name = s->FunctionDef.name;
    if (load_decorators(c, decorators) < 0)
        return -1;
    c->position = s->position;
    Reg function = temp_push(c);
    if (params->n) {
        /* The function of the type parameters gets the defaults as its arguments. */
        Reg first = (Reg)c->u->temp_top;
        if (defaults_into(c, s->FunctionDef.args, &flags) < 0)
            return -1;
        uint32_t count = !!(flags & MAKE_DEFAULTS) + !!(flags & MAKE_KWDEFAULTS);
        if (enter_type_parameters(c, params, name, first_line_of(s, decorators)) < 0)
            return -1;
        Unit *u = c->u;
        u->argument_count = count;
        Reg parameters = temp_push(c);
        Reg base = temp_push_n(c, count);
        bool ok = type_parameters(c, params, parameters) == 0;
        for (uint32_t i = 0; ok && i < count; i++)
            ok = emit(c, OP_MOVE, base + (Reg)i, (Reg)i, 0) == 0;
        Reg pair = temp_push_n(c, 2);
        ok = ok && function_into(c, s, flags, base, pair) == 0;
        u->temp_top = (uint32_t)pair + 2;
        ok = ok && emit(c, OP_MOVE, pair + 1, parameters, 0) == 0 &&
             emit(c, OP_INTRINSIC2, pair, pair, INTRINSIC2_SET_FUNCTION_TYPE_PARAMS) == 0 &&
             emit(c, OP_RETURN, pair, 0, 0) == 0;
        if (!ok) {
            unit_abandon(c);
            return -1;
        }
        Value code = unit_leave(c);
        c->position = s->position;
        if (value_is_empty(code) || make_function(c, code, 0, function, function) < 0)
            return -1;
        c->u->temp_top = (uint32_t)first + count;
        if (emit(c, OP_CALL, function, (int32_t)count, function) < 0)
            return -1;
    } else {
        Reg base = (Reg)c->u->temp_top;
        if (defaults_into(c, s->FunctionDef.args, &flags) < 0 || function_into(c, s, flags, base, function) < 0)
            return -1;
    }
    c->u->temp_top = (uint32_t)function + 1;
    if (apply_decorators(c, decorators, (Reg)mark) < 0)
        return -1;
    c->u->temp_top = mark;
    c->position = s->position;
    return name_store(c, name, (Reg)mark);
}

/* ---- classes ---- */

static int store_name_take(Compiler *c, Value name, Value constant)
{
    uint32_t mark = c->u->temp_top;
    Reg r = temp_push(c);
    if (constant_load_take(c, constant, r) < 0)
        return -1;
    c->u->temp_top = mark;
    int site = site_new(c, name, 1);
    return site < 0 ? -1 : emit(c, OP_STORE_NAME, site, r, 0);
}

static MUST_CHECK Value class_code(Compiler *c, AstStmt *s, Scope *scope)
{
    Thread *t = c->t;
    uint32_t line = first_line_of(s, s->ClassDef.decorator_list);
    if (unit_enter(c, scope, s->ClassDef.name, line) < 0)
        return VALUE_EMPTY;
    Unit *u = c->u;
    u->static_attributes = dict_new(t);
    if (value_is_empty(u->static_attributes))
        goto fail;
    /* __module__, __qualname__, __firstlineno__ */
    c->position = (Position){(int32_t)line, 0, (int32_t)line, 0};
    Reg r = temp_push(c);
    int load = site_new(c, ID(t, __name__), 2), store = site_new(c, ID(t, __module__), 1);
    if (load < 0 || store < 0 || emit(c, OP_LOAD_NAME, r, load, 0) < 0 || emit(c, OP_STORE_NAME, store, r, 0) < 0)
        goto fail;
    u->temp_top = (uint32_t)r;
    if (store_name_take(c, ID(t, __qualname__), ref_inc(t, u->qualname)) < 0 ||
        store_name_take(c, ID(t, __firstlineno__), value_from_int(line)) < 0)
        goto fail;
    if (s->ClassDef.type_params->n) {
        Value type_params = str_intern(t, ".type_params");
        if (value_is_empty(type_params) || arena_keep_take(t, c->arena, type_params) < 0)
            goto fail;
        int site = site_new(c, ID(t, __type_params__), 1), free = free_index(c, type_params);
        if (site < 0 || free < 0 || emit(c, OP_LOAD_FREE, r, free, 0) < 0 || emit(c, OP_STORE_NAME, site, r, 0) < 0)
            goto fail;
    }
    Value cell;
    if (scope->needs_classdict) {
        if (dict_get_optional(t, u->locals, ID(t, __classdict__), &cell) <= 0 || emit(c, OP_LOAD_LOCALS, r, 0, 0) < 0 ||
            emit(c, OP_STORE_CELL, (Reg)value_to_int(cell), r, 0) < 0)
            goto fail;
    }
    AstStmtSeq *body = s->ClassDef.body;
    Value doc;
    uint32_t start = 0;
    if (docstring_of(body, &doc)) {
        start = 1;
        c->position = body->at[0]->position;
        if (c->optimize < 2 && store_name_take(c, ID(t, __doc__), clean_docstring(t, doc)) < 0)
            goto fail;
    }
    if (define_annotation_setup(c) < 0)
        goto fail;
    for (uint32_t i = start; i < body->n; i++)
        if (stmt(c, body->at[i]) < 0)
            goto fail;
    c->position = (Position){0};
    if (define_annotations(c) < 0)
        goto fail;
    Value names = dict_keys_list(t, u->static_attributes);
    Value tuple = value_is_empty(names) ? VALUE_EMPTY : list_to_tuple(t, names);
    ref_dec(t, names);
    if (store_name_take(c, ID(t, __static_attributes__), tuple) < 0)
        goto fail;
    if (scope->needs_classdict) {
        int site = site_new(c, ID(t, __classdictcell__), 1);
        if (site < 0 || dict_get_optional(t, u->locals, ID(t, __classdict__), &cell) <= 0 ||
            emit(c, OP_COPY, r, (Reg)value_to_int(cell), 0) < 0 || emit(c, OP_STORE_NAME, site, r, 0) < 0)
            goto fail;
    }
    if (scope->needs_class_closure) {
        int site = site_new(c, ID(t, __classcell__), 1);
        Reg copy = r + 1;
        temp_push_n(c, 2);
        if (site < 0 || dict_get_optional(t, u->locals, ID(t, __class__), &cell) <= 0 ||
            emit(c, OP_COPY, r, (Reg)value_to_int(cell), 0) < 0 || emit(c, OP_COPY, copy, r, 0) < 0 ||
            emit(c, OP_STORE_NAME, site, copy, 0) < 0 || emit(c, OP_RETURN, r, 0, 0) < 0)
            goto fail;
    }
    return unit_leave(c);
fail:
    unit_abandon(c);
    return VALUE_EMPTY;
}

/* __build_class__(body, name, *bases, **keywords) into dst, which is the top temporary. */
static int class_into(Compiler *c, AstStmt *s, Reg extra_base, Reg dst)
{
    Scope *scope = symtable_scope(c->symtable, s);
    if (!scope) {
        error_set(c->t, EXC_SystemError, "compiler: class without a scope");
        return -1;
    }
    Position saved = c->position;
    Value code = class_code(c, s, scope);
    c->position = saved;
    if (value_is_empty(code))
        return -1;
    Reg function = temp_push(c);
    if (emit(c, OP_BUILD_CLASS, dst, 0, 0) < 0) {
        ref_dec(c->t, code);
        return -1;
    }
    if (make_function(c, code, 0, (Reg)c->u->temp_top, function) < 0)
        return -1;
    Reg name = temp_push(c);
    if (constant_load(c, s->ClassDef.name, name) < 0)
        return -1;
    return call_arguments(c, dst, false, 2, s->ClassDef.bases, s->ClassDef.keywords, extra_base, dst);
}

int define_class(Compiler *c, AstStmt *s)
{
    Thread *t = c->t;
    uint32_t mark = c->u->temp_top;
    AstExprSeq *decorators = s->ClassDef.decorator_list;
    AstTypeParamSeq *params = s->ClassDef.type_params;
    if (load_decorators(c, decorators) < 0)
        return -1;
    c->position = s->position;
    Reg class = temp_push(c);
    if (params->n) {
        if (enter_type_parameters(c, params, s->ClassDef.name, first_line_of(s, decorators)) < 0)
            return -1;
        Unit *u = c->u;
        Value type_params = str_intern(t, ".type_params");
        bool ok = !value_is_empty(type_params) && arena_keep_take(t, c->arena, type_params) == 0;
        Reg parameters = temp_push(c), generic = temp_push(c), copy = temp_push(c);
        ok = ok && type_parameters(c, params, parameters) == 0 && emit(c, OP_COPY, copy, parameters, 0) == 0 &&
             name_store(c, type_params, copy) == 0 &&
             emit(c, OP_INTRINSIC, generic, parameters, INTRINSIC_SUBSCRIPT_GENERIC) == 0;
        u->temp_top = (uint32_t)copy;
        Reg inner = temp_push(c);
        ok = ok && class_into(c, s, generic, inner) == 0 && emit(c, OP_CLEAR, generic, 1, 0) == 0 &&
             emit(c, OP_RETURN, inner, 0, 0) == 0;
        if (!ok) {
            unit_abandon(c);
            return -1;
        }
        Value code = unit_leave(c);
        c->position = s->position;
        if (value_is_empty(code) || make_function(c, code, 0, class, class) < 0 ||
            emit(c, OP_CALL, class, 0, class) < 0)
            return -1;
    } else if (class_into(c, s, -1, class) < 0) {
        return -1;
    }
    c->u->temp_top = (uint32_t) class + 1;
    if (apply_decorators(c, decorators, (Reg)mark) < 0)
        return -1;
    c->u->temp_top = mark;
    c->position = s->position;
    return name_store(c, s->ClassDef.name, (Reg)mark);
}

/* ---- type parameters and aliases ---- */

/* Makes and binds the type parameters; dst receives the tuple of them. */
static int type_parameters(Compiler *c, const AstTypeParamSeq *params, Reg dst)
{
    uint32_t n = params->n, mark = c->u->temp_top;
    Reg base = temp_push_n(c, n);
    bool default_seen = false;
    for (uint32_t i = 0; i < n; i++) {
        AstTypeParam *p = params->at[i];
        Value name = p->kind == AST_TypeVar     ? p->TypeVar.name
                     : p->kind == AST_ParamSpec ? p->ParamSpec.name
                                                : p->TypeVarTuple.name;
        Reg r = base + (Reg)i;
        uint32_t inner = c->u->temp_top;
        c->position = p->position;
        Reg pair = temp_push_n(c, 2);
        if (p->kind == AST_TypeVar && p->TypeVar.bound) {
            AstExpr *bound = p->TypeVar.bound;
            if (constant_load(c, name, pair) < 0 ||
                evaluator(c, symtable_scope(c->symtable, p), name, bound, false, pair + 1) < 0 ||
                emit(c, OP_INTRINSIC2, r, pair,
                     bound->kind == AST_Tuple ? INTRINSIC2_TYPEVAR_WITH_CONSTRAINTS : INTRINSIC2_TYPEVAR_WITH_BOUND) <
                    0)
                return -1;
        } else if (constant_load(c, name, pair) < 0 || emit(c, OP_INTRINSIC, r, pair,
                                                            p->kind == AST_TypeVar     ? INTRINSIC_TYPEVAR
                                                            : p->kind == AST_ParamSpec ? INTRINSIC_PARAMSPEC
                                                                                       : INTRINSIC_TYPEVARTUPLE) < 0) {
            return -1;
        }
        AstExpr *const *value = type_param_default(p);
        if (*value) {
            default_seen = true;
            if (emit(c, OP_MOVE, pair, r, 0) < 0 ||
                evaluator(c, symtable_scope(c->symtable, value), name, *value, p->kind == AST_TypeVarTuple, pair + 1) <
                    0 ||
                emit(c, OP_INTRINSIC2, r, pair, INTRINSIC2_SET_TYPEPARAM_DEFAULT) < 0)
                return -1;
        } else if (default_seen) {
            return compiler_error(c, p->position, "non-default type parameter '%U' follows default type parameter",
                                  name),
                   -1;
        }
        if (emit(c, OP_COPY, pair, r, 0) < 0 || name_store(c, name, pair) < 0)
            return -1;
        c->u->temp_top = inner;
    }
    c->u->temp_top = mark;
    return emit(c, OP_BUILD_TUPLE, dst, base, (int32_t)n);
}

/* TypeAliasType from name, parameters (register or -1) and the evaluator of the value. */
static int alias_into(Compiler *c, AstStmt *s, Reg parameters, Reg dst)
{
    uint32_t mark = c->u->temp_top;
    Value name = s->TypeAlias.name->Name.id;
    Reg base = temp_push_n(c, 3);
    if (constant_load(c, name, base) < 0 ||
        (parameters >= 0 ? emit(c, OP_MOVE, base + 1, parameters, 0) : constant_load(c, VALUE_NONE, base + 1)) < 0 ||
        evaluator(c, symtable_scope(c->symtable, s), name, s->TypeAlias.value, false, base + 2) < 0 ||
        emit(c, OP_BUILD_TUPLE, base, base, 3) < 0)
        return -1;
    c->u->temp_top = mark;
    return emit(c, OP_INTRINSIC, dst, base, INTRINSIC_TYPEALIAS);
}

int define_type_alias(Compiler *c, AstStmt *s)
{
    uint32_t mark = c->u->temp_top;
    AstTypeParamSeq *params = s->TypeAlias.type_params;
    Value name = s->TypeAlias.name->Name.id;
    Reg r = temp_push(c);
    if (params->n) {
        if (enter_type_parameters(c, params, name, (uint32_t)s->position.line) < 0)
            return -1;
        Reg parameters = temp_push(c), alias = temp_push(c);
        if (type_parameters(c, params, parameters) < 0 || alias_into(c, s, parameters, alias) < 0 ||
            emit(c, OP_RETURN, alias, 0, 0) < 0) {
            unit_abandon(c);
            return -1;
        }
        Value code = unit_leave(c);
        c->position = s->position;
        if (value_is_empty(code) || make_function(c, code, 0, r, r) < 0 || emit(c, OP_CALL, r, 0, r) < 0)
            return -1;
    } else if (alias_into(c, s, -1, r) < 0) {
        return -1;
    }
    c->u->temp_top = mark;
    return name_store(c, name, r);
}

/* ---- annotations of modules and classes ---- */

int define_annotation_setup(Compiler *c)
{
    Unit *u = c->u;
    if (!u->scope->has_conditional_annotations || (c->flags & CODE_FUTURE_ANNOTATIONS))
        return 0;
    Reg r = temp_push(c);
    Value name = str_intern(c->t, "__conditional_annotations__");
    if (value_is_empty(name) || arena_keep_take(c->t, c->arena, name) < 0 || emit(c, OP_BUILD_SET, r, r, 0) < 0 ||
        name_store(c, name, r) < 0)
        return -1;
    u->temp_top = (uint32_t)r;
    return 0;
}

static int defer_annotation(Compiler *c, AstStmt *s)
{
    Unit *u = c->u;
    for (uint32_t i = 0; i < u->annotation_count; i++)
        if (u->annotations[i].stmt == s)
            return (int)i; /* a finally clause compiled again */
    if (u->annotation_count == u->annotation_capacity) {
        uint32_t capacity = u->annotation_capacity ? u->annotation_capacity * 2 : 8;
        DeferredAnnotation *grown = arena_alloc(c->t, c->arena, capacity * sizeof *grown);
        if (!grown)
            return -1;
        if (u->annotation_count)
            memcpy(grown, u->annotations, u->annotation_count * sizeof *grown);
        u->annotations = grown;
        u->annotation_capacity = capacity;
    }
    bool conditional = u->scope->has_conditional_annotations && (u->conditional || u->scope->kind == SCOPE_MODULE);
    u->annotations[u->annotation_count] = (DeferredAnnotation){s, conditional ? (int32_t)u->annotation_count : -1};
    return (int)u->annotation_count++;
}

int define_annotated(Compiler *c, AstStmt *s)
{
    Thread *t = c->t;
    Unit *u = c->u;
    AstExpr *target = s->AnnAssign.target;
    bool stores = u->scope->kind == SCOPE_MODULE || u->scope->kind == SCOPE_CLASS;
    uint32_t mark = u->temp_top;
    if (s->AnnAssign.value) {
        Reg local = target->kind == AST_Name ? name_register(c, target->Name.id) : -2;
        if (local == -1)
            return -1;
        if (local >= 0) {
            if (expr_store_into(c, s->AnnAssign.value, local) < 0)
                return -1;
            bound_add(c, local);
        } else {
            Reg r = expr_temp(c, s->AnnAssign.value);
            if (r < 0 || target_assign(c, target, r) < 0)
                return -1;
        }
        u->temp_top = mark;
    }
    if (target->kind == AST_Name && s->AnnAssign.simple && stores) {
        Value mangled = symtable_mangle(t, c->arena, u->scope, target->Name.id);
        if (value_is_empty(mangled))
            return -1;
        if (c->flags & CODE_FUTURE_ANNOTATIONS) {
            Reg dict = temp_push(c), key = temp_push(c), value = temp_push(c);
            int site = site_new(c, ID(t, __annotations__), 2);
            if (site < 0 || emit(c, OP_SETUP_ANNOTATIONS, 0, 0, 0) < 0 || emit(c, OP_LOAD_NAME, dict, site, 0) < 0 ||
                constant_load(c, mangled, key) < 0 ||
                constant_load_take(c, ast_unparse(t, s->AnnAssign.annotation), value) < 0 ||
                emit(c, OP_SETITEM, dict, key, value) < 0)
                return -1;
        } else {
            int index = defer_annotation(c, s);
            if (index < 0)
                return -1;
            if (u->annotations[index].condition >= 0) {
                Reg set = temp_push(c), number = temp_push(c);
                Value name = str_intern(t, "__conditional_annotations__");
                if (value_is_empty(name) || arena_keep_take(t, c->arena, name) < 0 || name_load(c, name, set) < 0 ||
                    constant_load(c, value_from_int(index), number) < 0 || emit(c, OP_SET_ADD, set, number, 0) < 0 ||
                    emit(c, OP_CLEAR, set, 1, 0) < 0)
                    return -1;
            }
        }
        u->temp_top = mark;
    } else if (!s->AnnAssign.value && target->kind != AST_Name) {
        /* x.y: T evaluates x, a[i]: T evaluates both, for their errors. */
        AstExpr *parts[2] = {NULL, NULL};
        if (target->kind == AST_Attribute) {
            parts[0] = target->Attribute.value;
        } else if (target->kind == AST_Subscript) {
            parts[0] = target->Subscript.value;
            parts[1] = target->Subscript.slice;
        }
        for (int i = 0; i < 2; i++)
            if (parts[i] && expr_discard(c, parts[i]) < 0)
                return -1;
    }
    return 0;
}

int define_annotations(Compiler *c)
{
    Thread *t = c->t;
    Unit *outer = c->u;
    if (!outer->annotation_count)
        return 0;
    Scope *scope = outer->scope->annotations;
    if (!scope) {
        error_set(t, EXC_SystemError, "compiler: annotations without a scope");
        return -1;
    }
    Position saved = c->position;
    Value condition = str_intern(t, "__conditional_annotations__");
    if (value_is_empty(condition) || arena_keep_take(t, c->arena, condition) < 0)
        return -1;
    c->position = (Position){(int32_t)outer->first_line, 0, (int32_t)outer->first_line, 0};
    if (enter_annotate(c, scope, outer->first_line) < 0)
        return -1;
    Reg dict = temp_push(c);
    if (emit(c, OP_BUILD_DICT, dict, dict, 0) < 0)
        goto fail;
    for (uint32_t i = 0; i < outer->annotation_count; i++) {
        AstStmt *s = outer->annotations[i].stmt;
        Label skip = NO_LABEL;
        uint32_t mark = c->u->temp_top;
        c->position = s->position;
        if (outer->annotations[i].condition >= 0) {
            Reg number = temp_push(c), set = temp_push(c), test = temp_push(c);
            skip = label_new(c);
            if (skip < 0 || constant_load(c, value_from_int(i), number) < 0 || name_load(c, condition, set) < 0 ||
                emit(c, OP_IN, test, number, set) < 0 || emit_jump(c, OP_JUMP_IF_FALSE, test, 0, skip) < 0)
                goto fail;
            c->u->temp_top = mark;
        }
        if (annotation_item(c, dict, s->AnnAssign.target->Name.id, s->AnnAssign.annotation, false) < 0)
            goto fail;
        if (skip != NO_LABEL && label_place(c, skip) < 0)
            goto fail;
    }
    if (emit(c, OP_RETURN, dict, 0, 0) < 0)
        goto fail;
    Value code = unit_leave(c);
    c->position = saved;
    if (value_is_empty(code))
        return -1;
    Reg r = temp_push(c);
    if (make_function(c, code, 0, r, r) < 0)
        return -1;
    c->u->temp_top = (uint32_t)r;
    int site = site_new(c, outer->scope->kind == SCOPE_CLASS ? ID(t, __annotate_func__) : ID(t, __annotate__), 1);
    return site < 0 ? -1 : emit(c, OP_STORE_NAME, site, r, 0);
fail:
    unit_abandon(c);
    return -1;
}
