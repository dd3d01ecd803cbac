/* comprehension.c: list, set and dict comprehensions (inlined into the function around them where PEP 709 allows: their variables get hidden registers) and generator
 * expressions (functions of one argument, the outermost iterator). */
#include "compiler.h"

static AstComprehensionSeq *generators_of(AstExpr *e)
{
    switch (e->kind) {
    case AST_ListComp: return e->ListComp.generators;
    case AST_SetComp: return e->SetComp.generators;
    case AST_DictComp: return e->DictComp.generators;
    default: return e->GeneratorExp.generators;
    }
}

static int element(Compiler *c, AstExpr *e, Reg result)
{
    uint32_t mark = c->u->temp_top;
    int status = -1;
    Position saved = c->position;
    switch (e->kind) {
    case AST_ListComp:
    case AST_SetComp: {
        AstExpr *elt = e->kind == AST_ListComp ? e->ListComp.elt : e->SetComp.elt;
        Reg r = expr(c, elt);
        c->position = elt->position;
        status = r < 0 ? -1 : emit(c, e->kind == AST_ListComp ? OP_LIST_APPEND : OP_SET_ADD, result, r, 0);
        break;
    }
    case AST_DictComp: {
        Reg k = expr_temp(c, e->DictComp.key);
        Reg v = k < 0 ? -1 : expr(c, e->DictComp.value);
        c->position = e->DictComp.key->position;
        c->position.end_line = e->DictComp.value->position.end_line;
        c->position.end_column = e->DictComp.value->position.end_column;
        status = v < 0 ? -1 : emit(c, OP_DICT_SET, result, k, v);
        break;
    }
    default: {
        Reg r = expr_temp(c, e->GeneratorExp.elt);
        if (r < 0)
            break;
        c->position = e->GeneratorExp.elt->position;
        if (emit(c, c->u->flags & CODE_ASYNC_GENERATOR ? OP_YIELD_WRAPPED : OP_YIELD, r, r, 0) == 0)
            status = emit(c, OP_CLEAR, r, 1, 0);
        break;
    }
    }
    c->position = saved;
    c->u->temp_top = mark;
    return status;
}

/* In the register of the iterable; in_place: the register behind is the loop's too. */
static int get_iterator(Compiler *c, const AstComprehension *g, Reg r, bool in_place)
{
    return g->is_async ? emit(c, OP_GET_AITER, r, r, 0)
                       : emit(c, OP_GET_ITER, r, r, in_place ? ITER_IN_PLACE : ITER_ANY);
}

/* The loops from generator `index` inwards; the iterator of the outermost is in `iterator` already. */
static int loops(Compiler *c, AstExpr *e, uint32_t index, Reg iterator, Reg result)
{
    AstComprehensionSeq *generators = generators_of(e);
    if (index == generators->n)
        return element(c, e, result);
    AstComprehension *g = generators->at[index];
    Unit *u = c->u;
    uint32_t mark = u->temp_top;
    if (index > 0) {
        /* `for x in [value]` inside a comprehension is an assignment. */
        AstExprSeq *single = g->iter->kind == AST_List    ? g->iter->List.elts
                             : g->iter->kind == AST_Tuple ? g->iter->Tuple.elts
                                                          : NULL;
        if (!g->is_async && single && single->n == 1 && single->at[0]->kind != AST_Starred) {
            Label skip = label_new(c);
            Reg r = skip < 0 ? -1 : expr(c, single->at[0]);
            if (r < 0 || target_assign(c, g->target, r) < 0)
                return -1;
            u->temp_top = mark;
            for (uint32_t i = 0; i < g->ifs->n; i++)
                if (expr_jump(c, g->ifs->at[i], skip, false) < 0)
                    return -1;
            if (loops(c, e, index + 1, -1, result) < 0)
                return -1;
            return label_place(c, skip);
        }
        Position saved = c->position;
        iterator = expr_temp(c, g->iter);
        if (iterator < 0)
            return -1;
        c->position = g->iter->position;
        if (get_iterator(c, g, iterator, true) < 0)
            return -1;
        c->position = saved;
        temp_push(c); /* the position in a list or tuple */
    }
    Label body = label_new(c), next = label_new(c), end = label_new(c);
    if (body < 0 || next < 0 || end < 0)
        return -1;
    Reg item = temp_push(c);
    uint32_t inside = u->temp_top;
    int32_t outer_handler = u->handler;
    if (g->is_async) {
        Label exhausted = label_new(c);
        if (exhausted < 0 || label_place(c, next) < 0)
            return -1;
        u->handler = handler_new(c, exhausted, (uint32_t)iterator + 1);
        if (u->handler < 0 || emit(c, OP_GET_ANEXT, item, iterator, 0) < 0)
            return -1;
        Reg sent = temp_push(c);
        if (constant_load(c, VALUE_NONE, sent) < 0 || emit(c, OP_DELEGATE, item, sent, 0) < 0)
            return -1;
        u->temp_top = inside;
        u->handler = outer_handler;
        if (target_assign(c, g->target, item) < 0)
            return -1;
        for (uint32_t i = 0; i < g->ifs->n; i++)
            if (expr_jump(c, g->ifs->at[i], next, false) < 0)
                return -1;
        if (loops(c, e, index + 1, -1, result) < 0 || emit_jump(c, OP_JUMP, 0, 0, next) < 0)
            return -1;
        u->temp_top = (uint32_t)iterator + 1;
        Reg saved_exc = temp_push_n(c, 2);
        if (label_place(c, exhausted) < 0 || emit(c, OP_PUSH_EXC, saved_exc, 1, 0) < 0 ||
            emit(c, OP_END_ASYNC_FOR, saved_exc, 0, 0) < 0 || emit(c, OP_CLEAR, iterator, 1, 0) < 0 ||
            label_place(c, end) < 0)
            return -1;
        u->temp_top = mark;
        return 0;
    }
    /* The item goes straight into a plain local target. */
    Reg target = g->target->kind == AST_Name ? name_register(c, g->target->Name.id) : -2;
    if (target == -1)
        return -1;
    if (loop_enter(c, next) < 0 || label_place(c, body) < 0)
        return -1;
    if (target >= 0)
        bound_add(c, target);
    else if (target_assign(c, g->target, item) < 0)
        return -1;
    for (uint32_t i = 0; i < g->ifs->n; i++)
        if (expr_jump(c, g->ifs->at[i], next, false) < 0)
            return -1;
    if (loops(c, e, index + 1, -1, result) < 0 || label_place(c, next) < 0)
        return -1;
    Position saved = c->position;
    c->position = g->iter->position;
    if (emit_jump(c, OP_FOR_NEXT, iterator, target >= 0 ? target : item, body) < 0)
        return -1;
    c->position = saved;
    u->temp_top = mark;
    return label_place(c, end);
}

static int begin_result(Compiler *c, AstExpr *e, Reg result)
{
    switch (e->kind) {
    case AST_ListComp: return emit(c, OP_BUILD_LIST, result, result, 0);
    case AST_SetComp: return emit(c, OP_BUILD_SET, result, result, 0);
    case AST_DictComp: return emit(c, OP_BUILD_DICT, result, result, 0);
    default: return 0;
    }
}

static int outermost_iterator(Compiler *c, AstExpr *e, Reg dst, bool in_place)
{
    AstComprehension *g = generators_of(e)->at[0];
    if (expr_into(c, g->iter, dst) < 0)
        return -1;
    Position saved = c->position;
    c->position = g->iter->position;
    int result = get_iterator(c, g, dst, in_place);
    c->position = saved;
    return result;
}

/* Gives the comprehension's own variables their hidden registers. */
static int enter_inlined(Compiler *c, InlinedScope *inlined, Reg *first, uint32_t *count)
{
    Thread *t = c->t;
    Unit *u = c->u;
    *first = -1;
    *count = 0;
    for (Symbol *s = inlined->scope->symbols; s; s = s->next) {
        if (!symbol_is_hidden(s))
            continue;
        Value known = VALUE_EMPTY, key = tuple_pack(t, 2, value_from_int((int64_t)(uintptr_t)inlined->scope), s->name);
        if (value_is_empty(key))
            return -1;
        /* A finally clause is compiled more than once: the second time the register is there. */
        int status = dict_setdefault(t, u->locals, key, value_from_int((int64_t)u->next_hidden), &known);
        ref_dec(t, key);
        if (status < 0)
            return -1;
        Reg r = (Reg)value_to_int(known);
        if (status == 0) {
            u->next_hidden++;
            if (list_set(t, u->local_names, (size_t)r, s->name) < 0)
                return -1;
        }
        if (*count == 0)
            *first = r;
        ++*count;
        u->local_kinds[r] = LOCAL_HIDDEN | LOCAL_COMPREHENSION | (s->scope == SYMBOL_CELL ? LOCAL_CELL : 0);
        u->bound[r] = 0;
        if (s->scope == SYMBOL_CELL && emit(c, OP_MAKE_CELL, r, 0, 0) < 0)
            return -1;
    }
    inlined->outer = u->inlined;
    u->inlined = inlined;
    return 0;
}

static int inlined_into(Compiler *c, AstExpr *e, Scope *scope, Reg dst)
{
    Unit *u = c->u;
    uint32_t mark = u->temp_top, count;
    Reg first, result = temp_push(c), iterator = temp_push_n(c, 2);
    InlinedScope inlined = {scope, NULL};
    /* The outermost iterable belongs to the scope around. */
    if (outermost_iterator(c, e, iterator, true) < 0 || enter_inlined(c, &inlined, &first, &count) < 0)
        return -1;
    if (begin_result(c, e, result) < 0 || loops(c, e, 0, iterator, result) < 0)
        return -1;
    u->inlined = inlined.outer;
    for (uint32_t i = 0; i < count; i++)
        u->bound[(uint32_t)first + i] = 0;
    if (count && emit(c, OP_CLEAR, first, (int32_t)count, 0) < 0)
        return -1;
    u->temp_top = mark;
    return emit(c, OP_MOVE, dst, result, 0);
}

static MUST_CHECK Value compile_body(Compiler *c, AstExpr *e, Scope *scope)
{
    static const struct {
        AstKind kind;
        const char *name;
    } names[] = {{AST_ListComp, "<listcomp>"},
                 {AST_SetComp, "<setcomp>"},
                 {AST_DictComp, "<dictcomp>"},
                 {AST_GeneratorExp, "<genexpr>"}};
    Thread *t = c->t;
    Value name = VALUE_EMPTY;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].kind == e->kind)
            name = str_intern(t, names[i].name);
    if (value_is_empty(name))
        return name;
    int entered = unit_enter(c, scope, name, (uint32_t)e->position.line);
    ref_dec(t, name);
    if (entered < 0)
        return VALUE_EMPTY;
    Unit *u = c->u;
    bool generator = e->kind == AST_GeneratorExp;
    u->flags = CODE_OPTIMIZED | CODE_NEWLOCALS | (scope->is_nested ? CODE_NESTED : 0);
    if (generator)
        u->flags |= scope->is_coroutine ? CODE_ASYNC_GENERATOR : CODE_GENERATOR;
    else if (scope->is_coroutine)
        u->flags |= CODE_COROUTINE;
    u->argument_count = 1;
    c->position = e->position;
    Label wrap = NO_LABEL;
    if (generator) {
        wrap = label_new(c);
        if (wrap < 0 || (u->handler = handler_new(c, wrap, u->local_count)) < 0)
            goto fail;
    }
    Reg result = temp_push(c), iterator = temp_push(c);
    bool is_async = generators_of(e)->at[0]->is_async;
    if (begin_result(c, e, result) < 0 ||
        (is_async ? emit(c, OP_MOVE, iterator, 0, 0) : emit(c, OP_GET_ITER, iterator, 0, ITER_GIVEN)) < 0 ||
        emit(c, OP_CLEAR, 0, 1, 0) < 0 || loops(c, e, 0, iterator, result) < 0)
        goto fail;
    if (generator)
        c->position = (Position){0};
    if ((generator ? emit(c, OP_RETURN_NONE, 0, 0, 0) : emit(c, OP_RETURN, result, 0, 0)) < 0)
        goto fail;
    if (generator) {
        u->handler = NO_HANDLER;
        u->temp_top = u->local_count;
        Reg saved = temp_push_n(c, 2);
        if (label_place(c, wrap) < 0 || emit(c, OP_PUSH_EXC, saved, 1, 0) < 0 ||
            emit(c, OP_STOP_ITERATION_ERROR, saved, 0, 0) < 0)
            goto fail;
    }
    return unit_leave(c);
fail:
    unit_abandon(c);
    return VALUE_EMPTY;
}

int comprehension_into(Compiler *c, AstExpr *e, Reg dst)
{
    Scope *scope = symtable_scope(c->symtable, e);
    if (!scope) {
        error_set(c->t, EXC_SystemError, "compiler: comprehension without a scope");
        return -1;
    }
    if (scope->is_inlined)
        return inlined_into(c, e, scope, dst);
    Unit *u = c->u;
    uint32_t mark = u->temp_top;
    Position saved = c->position;
    Value code = compile_body(c, e, scope);
    c->position = saved;
    if (value_is_empty(code))
        return -1;
    Reg base = temp_push_n(c, 2);
    if (make_function(c, code, 0, (Reg)u->temp_top, base) < 0 || outermost_iterator(c, e, base + 1, false) < 0)
        return -1;
    bool await = scope->is_coroutine && e->kind != AST_GeneratorExp;
    Reg result = await ? base : dst;
    if (emit(c, OP_CALL, base, 1, result) < 0)
        return -1;
    if (await && expr_await(c, base, 0, dst) < 0)
        return -1;
    u->temp_top = mark;
    return 0;
}
