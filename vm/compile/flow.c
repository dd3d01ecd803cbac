/* flow.c: statements that direct the flow: loops, try, with, return, break, continue.
 *
 * Blocks record what encloses the current statement; a jump that leaves them (return, break, continue) undoes each from the inside out: drops iterators, runs finally clauses (which
 * are therefore compiled once for each way out), calls __exit__, restores the handled exception.  While a block is being undone the handlers of the blocks
 * outside it apply.
 *
 * A handler starts with the exception pending; its first instruction takes it (PUSH_EXC) or lets it go on (UNWIND_EXC). */
#include "compiler.h"

static Block *block_push(Compiler *c, Block *b, BlockKind kind, Reg reg)
{
    Unit *u = c->u;
    b->kind = kind;
    b->reg = reg;
    b->outer = u->block;
    b->outer_handler = u->handler;
    b->position = c->position;
    b->temp_top = u->temp_top;
    u->block = b;
    return b;
}

static void block_pop(Compiler *c)
{
    c->u->handler = c->u->block->outer_handler;
    c->u->block = c->u->block->outer;
}

/* name = None; del name: what ends `except ... as name`. */
static int forget_name(Compiler *c, Value name)
{
    uint32_t mark = c->u->temp_top;
    Reg r = temp_push(c);
    if (constant_load(c, VALUE_NONE, r) < 0 || name_store(c, name, r) < 0)
        return -1;
    c->u->temp_top = mark;
    return name_delete(c, name);
}

/* exit(None, None, None) on the pair at x, which is consumed. */
static int call_exit(Compiler *c, Reg x, bool is_async)
{
    Unit *u = c->u;
    uint32_t mark = u->temp_top;
    /* The pair may lie below a value being returned: the call happens on a copy at the top. */
    Reg base = temp_push_n(c, 5);
    if (emit(c, OP_MOVE, base, x, 0) < 0 || emit(c, OP_MOVE, base + 1, x + 1, 0) < 0)
        return -1;
    for (int i = 2; i < 5; i++)
        if (constant_load(c, VALUE_NONE, base + i) < 0)
            return -1;
    if (emit(c, OP_CALL_METHOD, base, 3, base) < 0)
        return -1;
    u->temp_top = (uint32_t)base + 1;
    if (is_async && expr_await(c, base, 2, base) < 0)
        return -1;
    u->temp_top = mark;
    return emit(c, OP_CLEAR, base, 1, 0);
}

/* Undoes the blocks down to (not including) `until`.  A register waits meanwhile with what is returned (or none does, -1): a finally clause that leaves by a way
 * of its own drops it. */
static int unwind(Compiler *c, const Block *until, Reg result)
{
    Unit *u = c->u;
    while (u->block != until) {
        Block *b = u->block;
        u->handler = b->outer_handler;
        u->block = b->outer;
        switch (b->kind) {
        case BLOCK_LOOP:
        case BLOCK_RESULT:
            if (b->reg >= 0 && emit(c, OP_CLEAR, b->reg, 1, 0) < 0)
                return -1;
            break;
        case BLOCK_TRY:
        case BLOCK_GROUP_HANDLER: /* no jump leaves it: check_jump */ break;
        case BLOCK_FINALLY_TRY: {
            uint32_t mark = u->temp_top;
            Block waiting = {0};
            if (result >= 0)
                block_push(c, &waiting, BLOCK_RESULT, result);
            if (stmts(c, b->finally_body) < 0)
                return -1;
            if (result >= 0)
                block_pop(c);
            c->position = (Position){0}; /* what follows is of no line: the statement's own has been passed */
            u->temp_top = mark;
            break;
        }
        case BLOCK_FINALLY_END:
            if (emit(c, OP_POP_EXC, b->reg, 0, 0) < 0)
                return -1;
            break;
        case BLOCK_WITH:
        case BLOCK_ASYNC_WITH: {
            c->position = b->position;
            if (call_exit(c, b->reg, b->kind == BLOCK_ASYNC_WITH) < 0)
                return -1;
            c->position = (Position){0};
            break;
        }
        case BLOCK_HANDLER:
            if (emit(c, OP_POP_EXC, b->reg, 0, 0) < 0)
                return -1;
            if (!value_is_empty(b->name) && forget_name(c, b->name) < 0)
                return -1;
            break;
        }
    }
    return 0;
}

/* Undoes the blocks up to `until` and leaves them, by a jump to a label or by a return (NO_LABEL), which their handlers do not protect any more. Then the compiler's
 * view is put back: the code behind is still inside. */
static int leave(Compiler *c, const Block *until, Opcode op, Reg r, Label label)
{
    Unit *u = c->u;
    Block *block = u->block;
    int32_t handler = u->handler;
    int status = unwind(c, until, op == OP_RETURN ? r : -1);
    if (status == 0)
        status = label == NO_LABEL ? emit(c, op, r, 0, 0) : emit_jump(c, op, r, 0, label);
    u->block = block;
    u->handler = handler;
    return status;
}

/* A statement that leaves blocks has a line of its own before what they do in the end, for tracing. */
static int mark_line(Compiler *c, const Block *until) { return c->u->block != until ? emit(c, OP_NOP, 0, 0, 0) : 0; }

/* The loop that a jump leaves or goes on with, NULL for a return or when there is none; -1 when an except* clause is in between. */
static int check_jump(Compiler *c, bool to_loop, Block **loop)
{
    Block *b = c->u->block;
    for (; b && !(to_loop && b->kind == BLOCK_LOOP); b = b->outer)
        if (b->kind == BLOCK_GROUP_HANDLER)
            return compiler_error(c, c->position, "'break', 'continue' and 'return' cannot appear in an except* block"),
                   -1;
    *loop = b;
    return 0;
}

int flow_return(Compiler *c, AstStmt *s)
{
    Unit *u = c->u;
    Block *none;
    if (check_jump(c, false, &none) < 0)
        return -1;
    uint32_t mark = u->temp_top;
    AstExpr *value = s->Return.value;
    if (!value)
        return mark_line(c, NULL) < 0 ? -1 : leave(c, NULL, OP_RETURN_NONE, 0, NO_LABEL);
    Reg r = u->block ? expr_temp(c, value) : expr(c, value);
    if (r < 0 || leave(c, NULL, OP_RETURN, r, NO_LABEL) < 0)
        return -1;
    u->temp_top = mark;
    return 0;
}

int flow_break(Compiler *c)
{
    Block *loop;
    if (check_jump(c, true, &loop) < 0)
        return -1;
    if (!loop)
        return compiler_error(c, c->position, "'break' outside loop"), -1;
    return mark_line(c, loop) < 0 ? -1 : leave(c, loop->outer, OP_JUMP, 0, loop->break_label);
}

int flow_continue(Compiler *c)
{
    Block *loop;
    if (check_jump(c, true, &loop) < 0)
        return -1;
    if (!loop)
        return compiler_error(c, c->position, "'continue' not properly in loop"), -1;
    return mark_line(c, loop) < 0 ? -1 : leave(c, loop, OP_JUMP, 0, loop->continue_label);
}

/* ---- loops ---- */

int flow_while(Compiler *c, AstStmt *s)
{
    Unit *u = c->u;
    Block block = {0};
    Label body = label_new(c), test = label_new(c), end = label_new(c);
    if (body < 0 || test < 0 || end < 0)
        return -1;
    int constant = constant_truth(c, s->While.test);
    if (constant == 0) { /* the body is compiled for its errors only */
        bool reachable = u->reachable;
        u->reachable = false;
        block_push(c, &block, BLOCK_LOOP, -1);
        block.break_label = end;
        block.continue_label = test;
        if (stmts(c, s->While.body) < 0)
            return -1;
        block_pop(c);
        u->reachable = reachable;
        c->position = s->position;
        return emit(c, OP_NOP, 0, 0, 0) < 0 ? -1 : stmts(c, s->While.orelse); /* the line, for tracing */
    }
    if (constant < 0 ? loop_enter(c, test) < 0
                     : emit(c, OP_NOP, 0, 0, 0) < 0) /* the line of `while True`, for tracing */
        return -1;
    if (label_place(c, body) < 0)
        return -1;
    block_push(c, &block, BLOCK_LOOP, -1);
    block.break_label = end;
    block.continue_label = test;
    if (stmts(c, s->While.body) < 0)
        return -1;
    block_pop(c);
    c->position = s->position;
    if (label_place(c, test) < 0)
        return -1;
    if ((constant > 0 ? emit_jump(c, OP_JUMP, 0, 0, body) : expr_jump(c, s->While.test, body, true)) < 0)
        return -1;
    if (stmts(c, s->While.orelse) < 0)
        return -1;
    return label_place(c, end);
}

int flow_for(Compiler *c, AstStmt *s)
{
    Unit *u = c->u;
    Block block = {0};
    uint32_t mark = u->temp_top;
    Label body = label_new(c), next = label_new(c), end = label_new(c);
    if (body < 0 || next < 0 || end < 0)
        return -1;
    Reg iterator = expr_temp(c, s->For.iter);
    if (iterator < 0)
        return -1;
    temp_push(c); /* the position in a list or tuple */
    c->position = s->For.iter->position;
    if (emit(c, OP_GET_ITER, iterator, iterator, ITER_IN_PLACE) < 0 || loop_enter(c, next) < 0 ||
        label_place(c, body) < 0)
        return -1;
    AstExpr *target = s->For.target;
    Reg local = target->kind == AST_Name ? name_register(c, target->Name.id) : -2;
    if (local == -1)
        return -1;
    Reg item = local >= 0 ? local : (Reg)u->temp_top;
    if (local >= 0) {
        bound_add(c, local);
    } else {
        temp_push(c);
        if (target_assign(c, target, item) < 0)
            return -1;
        u->temp_top = (uint32_t)iterator + 2;
    }
    block_push(c, &block, BLOCK_LOOP, iterator);
    block.break_label = end;
    block.continue_label = next;
    if (stmts(c, s->For.body) < 0)
        return -1;
    block_pop(c);
    if (label_place(c, next) < 0)
        return -1;
    c->position = s->For.iter->position;
    if (local < 0)
        temp_push(c);
    if (emit_jump(c, OP_FOR_NEXT, iterator, item, body) < 0)
        return -1;
    u->temp_top = mark;
    if (stmts(c, s->For.orelse) < 0)
        return -1;
    return label_place(c, end);
}

int flow_async_for(Compiler *c, AstStmt *s)
{
    Unit *u = c->u;
    Block block = {0};
    uint32_t mark = u->temp_top;
    Label start = label_new(c), exhausted = label_new(c), end = label_new(c);
    if (start < 0 || exhausted < 0 || end < 0)
        return -1;
    Reg iterator = expr_temp(c, s->AsyncFor.iter);
    if (iterator < 0)
        return -1;
    c->position = s->AsyncFor.iter->position;
    if (emit(c, OP_GET_AITER, iterator, iterator, 0) < 0 || label_place(c, start) < 0)
        return -1;
    int32_t outer_handler = u->handler;
    u->handler = handler_new(c, exhausted, u->temp_top);
    if (u->handler < 0)
        return -1;
    Reg item = temp_push(c), sent = temp_push(c);
    if (emit(c, OP_GET_ANEXT, item, iterator, 0) < 0 || constant_load(c, VALUE_NONE, sent) < 0 ||
        emit(c, OP_DELEGATE, item, sent, 0) < 0)
        return -1;
    u->handler = outer_handler;
    u->temp_top = (uint32_t)item + 1;
    if (target_assign(c, s->AsyncFor.target, item) < 0)
        return -1;
    u->temp_top = (uint32_t)iterator + 1;
    block_push(c, &block, BLOCK_LOOP, iterator);
    block.break_label = end;
    block.continue_label = start;
    if (stmts(c, s->AsyncFor.body) < 0)
        return -1;
    block_pop(c);
    c->position = (Position){0};
    if (emit_jump(c, OP_JUMP, 0, 0, start) < 0 || label_place(c, exhausted) < 0)
        return -1;
    c->position = s->AsyncFor.iter->position;
    Reg saved = temp_push_n(c, 2);
    if (emit(c, OP_PUSH_EXC, saved, 1, 0) < 0 || emit(c, OP_END_ASYNC_FOR, saved, 0, 0) < 0 ||
        emit(c, OP_CLEAR, iterator, 1, 0) < 0)
        return -1;
    u->temp_top = mark;
    if (stmts(c, s->AsyncFor.orelse) < 0)
        return -1;
    return label_place(c, end);
}

/* ---- try ---- */

/* The code of a handler whose exception is saved at `saved`: anything raised in it restores the handled exception on its way out.  Ends with label_cleanup. */
static Label begin_cleanup(Compiler *c, Reg saved)
{
    Label cleanup = label_new(c);
    if (cleanup < 0)
        return -1;
    c->u->handler = handler_new(c, cleanup, (uint32_t)saved + 2);
    return c->u->handler < 0 ? -1 : cleanup;
}
static int end_cleanup(Compiler *c, Label cleanup, Reg saved, int32_t outer_handler)
{
    c->u->handler = outer_handler;
    bool used = c->u->labels[cleanup].bound != NULL;
    if (label_place(c, cleanup) < 0)
        return -1;
    return used ? emit(c, OP_UNWIND_EXC, saved, 0, 0) : 0;
}

/* The exception goes on.  RERAISE restores the handled one itself: the cleanup, which would restore it again, is not asked. */
static int emit_reraise(Compiler *c, Reg saved, bool keeps_line, int32_t outer_handler)
{
    int32_t handler = c->u->handler;
    c->u->handler = outer_handler;
    int result = emit(c, OP_RERAISE, saved, keeps_line, 0);
    c->u->handler = handler;
    return result;
}
static int end_handler(Compiler *c, Label cleanup, Reg saved, int32_t outer_handler)
{
    return emit_reraise(c, saved, false, outer_handler) < 0 ? -1 : end_cleanup(c, cleanup, saved, outer_handler);
}

/* Body of `except ... as name`: the name is deleted on every way out. */
static int handler_body(Compiler *c, AstExceptHandler *h, Reg saved, Reg exc, int32_t outer_handler, Label end)
{
    Unit *u = c->u;
    uint32_t mark = u->temp_top;
    Value name = h->ExceptHandler.name;
    Block block = {0};
    int32_t cleanup_handler = u->handler;
    Label forget = NO_LABEL;
    block_push(c, &block, BLOCK_HANDLER, saved);
    block.outer_handler = outer_handler; /* after POP_EXC there is nothing left for the cleanup to restore */
    block.name = name;
    if (!value_is_empty(name)) {
        Reg copy = temp_push(c);
        if (emit(c, OP_COPY, copy, exc, 0) < 0 || name_store(c, name, copy) < 0)
            return -1;
        u->temp_top = mark;
        forget = label_new(c);
        if (forget < 0 || (u->handler = handler_new(c, forget, u->temp_top)) < 0)
            return -1;
    }
    if (stmts(c, h->ExceptHandler.body) < 0)
        return -1;
    block_pop(c);
    u->handler = cleanup_handler;
    c->position = (Position){0};
    if (emit(c, OP_POP_EXC, saved, 0, 0) < 0)
        return -1;
    u->handler = block.outer_handler;
    if (!value_is_empty(name) && forget_name(c, name) < 0)
        return -1;
    if (emit_jump(c, OP_JUMP, 0, 0, end) < 0)
        return -1;
    if (forget != NO_LABEL) {
        u->handler = cleanup_handler;
        Reg pending = temp_push_n(c, 2);
        if (label_place(c, forget) < 0 || emit(c, OP_PUSH_EXC, pending, 1, 0) < 0 || forget_name(c, name) < 0 ||
            emit(c, OP_RERAISE, pending, 1, 0) < 0)
            return -1;
        u->temp_top = mark;
    }
    return 0;
}

static int try_except(Compiler *c, AstStmt *s)
{
    Unit *u = c->u;
    Block block = {0};
    uint32_t mark = u->temp_top;
    int32_t outer_handler = u->handler;
    Label except = label_new(c), end = label_new(c);
    if (except < 0 || end < 0)
        return -1;
    block_push(c, &block, BLOCK_TRY, -1);
    u->handler = handler_new(c, except, mark);
    if (u->handler < 0 || stmts(c, s->Try.body) < 0)
        return -1;
    block_pop(c);
    if (stmts(c, s->Try.orelse) < 0)
        return -1;
    c->position = (Position){0}; /* what follows has no line of the program */
    if (emit_jump(c, OP_JUMP, 0, 0, end) < 0)
        return -1;
    Reg saved = temp_push_n(c, 2);
    if (label_place(c, except) < 0 || emit(c, OP_PUSH_EXC, saved, 0, 0) < 0)
        return -1;
    Label cleanup = begin_cleanup(c, saved);
    if (cleanup < 0)
        return -1;
    uint32_t inside = u->temp_top;
    int32_t cleanup_handler = u->handler;
    for (uint32_t i = 0; i < s->Try.handlers->n; i++) {
        AstExceptHandler *h = s->Try.handlers->at[i];
        Label next = label_new(c);
        if (next < 0)
            return -1;
        c->position = h->position;
        if (!h->ExceptHandler.type && i + 1 < s->Try.handlers->n)
            return compiler_error(c, h->position, "default 'except:' must be last"), -1;
        if (h->ExceptHandler.type) {
            Reg type = expr(c, h->ExceptHandler.type);
            if (type < 0)
                return -1;
            Reg matched = temp_push(c);
            if (emit(c, OP_MATCH_EXC, matched, saved + 1, type) < 0 ||
                emit_jump(c, OP_JUMP_IF_FALSE, matched, 0, next) < 0)
                return -1;
            u->temp_top = inside;
        } else if (emit(c, OP_NOP, 0, 0, 0) < 0) { /* the line of `except:`, for tracing */
            return -1;
        }
        if (handler_body(c, h, saved, saved + 1, outer_handler, end) < 0)
            return -1;
        u->handler = cleanup_handler;
        if (label_place(c, next) < 0)
            return -1;
    }
    c->position = s->Try.handlers->at[s->Try.handlers->n - 1]->position;
    if (end_handler(c, cleanup, saved, outer_handler) < 0)
        return -1;
    u->temp_top = mark;
    return label_place(c, end);
}

/* try with a finally clause around `inner` (the try-except part, or just the body). */
static int try_finally(Compiler *c, AstStmt *s, int (*inner)(Compiler *c, AstStmt *s), bool has_handlers)
{
    Unit *u = c->u;
    Block block = {0}, end_block = {0};
    uint32_t mark = u->temp_top;
    Label exceptional = label_new(c), end = label_new(c);
    if (exceptional < 0 || end < 0)
        return -1;
    block_push(c, &block, BLOCK_FINALLY_TRY, -1);
    block.finally_body = s->Try.finalbody;
    int32_t outer_handler = u->handler;
    u->handler = handler_new(c, exceptional, mark);
    if (u->handler < 0)
        return -1;
    if ((has_handlers ? inner(c, s) : stmts(c, s->Try.body)) < 0)
        return -1;
    block_pop(c);
    if (stmts(c, s->Try.finalbody) < 0)
        return -1;
    c->position = (Position){0};
    if (emit_jump(c, OP_JUMP, 0, 0, end) < 0)
        return -1;
    Reg saved = temp_push_n(c, 2);
    if (label_place(c, exceptional) < 0 || emit(c, OP_PUSH_EXC, saved, 1, 0) < 0)
        return -1;
    block_push(c, &end_block, BLOCK_FINALLY_END, saved);
    Label cleanup = begin_cleanup(c, saved);
    if (cleanup < 0 || stmts(c, s->Try.finalbody) < 0)
        return -1;
    c->position = (Position){0};
    block_pop(c);
    if (end_handler(c, cleanup, saved, outer_handler) < 0)
        return -1;
    u->temp_top = mark;
    return label_place(c, end);
}

int flow_try(Compiler *c, AstStmt *s)
{
    if (emit(c, OP_NOP, 0, 0, 0) < 0) /* the line of `try`, for tracing */
        return -1;
    if (s->Try.finalbody->n)
        return try_finally(c, s, try_except, s->Try.handlers->n != 0);
    return try_except(c, s);
}

/* except*: each clause takes its part of the group and leaves the rest for the next; what the clauses raise is collected in a list. */
static int try_star(Compiler *c, AstStmt *s)
{
    Unit *u = c->u;
    Block block = {0};
    uint32_t mark = u->temp_top;
    int32_t outer_handler = u->handler;
    Label except = label_new(c), end = label_new(c), done = label_new(c);
    if (except < 0 || end < 0 || done < 0)
        return -1;
    block_push(c, &block, BLOCK_TRY, -1);
    u->handler = handler_new(c, except, mark);
    if (u->handler < 0 || stmts(c, s->TryStar.body) < 0)
        return -1;
    block_pop(c);
    if (stmts(c, s->TryStar.orelse) < 0)
        return -1;
    c->position = (Position){0}; /* what follows has no line of the program */
    if (emit_jump(c, OP_JUMP, 0, 0, end) < 0)
        return -1;
    Reg saved = temp_push_n(c, 2);
    if (label_place(c, except) < 0 || emit(c, OP_PUSH_EXC, saved, 0, 0) < 0)
        return -1;
    Label cleanup = begin_cleanup(c, saved);
    if (cleanup < 0)
        return -1;
    int32_t cleanup_handler = u->handler;
    Reg raised = temp_push(c), rest = temp_push(c), match = temp_push_n(c, 2);
    if (emit(c, OP_BUILD_LIST, raised, raised, 0) < 0 || emit(c, OP_COPY, rest, saved + 1, 0) < 0)
        return -1;
    uint32_t inside = u->temp_top;
    for (uint32_t i = 0; i < s->TryStar.handlers->n; i++) {
        AstExceptHandler *h = s->TryStar.handlers->at[i];
        Value name = h->ExceptHandler.name;
        Label next = label_new(c), failed = label_new(c);
        if (next < 0 || failed < 0)
            return -1;
        c->position = h->position;
        Reg type = expr(c, h->ExceptHandler.type);
        if (type < 0 || emit(c, OP_MATCH_EXC_GROUP, match, rest, type) < 0 || emit(c, OP_MOVE, rest, match + 1, 0) < 0)
            return -1;
        u->temp_top = inside;
        Reg copy = temp_push(c);
        if (emit(c, OP_COPY, copy, match, 0) < 0 || emit_jump(c, OP_JUMP_IF_NONE, copy, 0, next) < 0)
            return -1;
        if (!value_is_empty(name) && (emit(c, OP_COPY, copy, match, 0) < 0 || name_store(c, name, copy) < 0))
            return -1;
        u->temp_top = inside;
        u->handler = handler_new(c, failed, inside);
        if (u->handler < 0)
            return -1;
        block_push(c, &block, BLOCK_GROUP_HANDLER, -1);
        if (stmts(c, h->ExceptHandler.body) < 0)
            return -1;
        block_pop(c);
        u->handler = cleanup_handler;
        if (!value_is_empty(name) && forget_name(c, name) < 0)
            return -1;
        if (emit_jump(c, OP_JUMP, 0, 0, next) < 0 || label_place(c, failed) < 0)
            return -1;
        Reg pending = temp_push_n(c, 2), again = temp_push(c);
        if (emit(c, OP_PUSH_EXC, pending, 1, 0) < 0 || emit(c, OP_COPY, again, pending + 1, 0) < 0 ||
            emit(c, OP_LIST_APPEND, raised, again, 0) < 0 || emit(c, OP_POP_EXC, pending, 0, 0) < 0)
            return -1;
        u->temp_top = inside;
        if (!value_is_empty(name) && forget_name(c, name) < 0)
            return -1;
        if (label_place(c, next) < 0)
            return -1;
    }
    c->position = (Position){0};
    /* What is left is raised again, unless all of it was handled and nothing was raised. */
    if (emit(c, OP_LIST_APPEND, raised, rest, 0) < 0)
        return -1;
    Reg original = temp_push(c), result = temp_push(c), copy = temp_push(c);
    if (emit(c, OP_COPY, original, saved + 1, 0) < 0 ||
        emit(c, OP_PREPARE_RERAISE_STAR, result, original, raised) < 0 || emit(c, OP_COPY, copy, result, 0) < 0 ||
        emit_jump(c, OP_JUMP_IF_NONE, copy, 0, done) < 0 || emit(c, OP_MOVE, saved + 1, result, 0) < 0 ||
        emit(c, OP_CLEAR, match, 1, 0) < 0 || emit_reraise(c, saved, false, outer_handler) < 0)
        return -1;
    if (label_place(c, done) < 0 || emit(c, OP_CLEAR, result, 1, 0) < 0 || emit(c, OP_CLEAR, match, 1, 0) < 0 ||
        emit(c, OP_POP_EXC, saved, 0, 0) < 0 || emit_jump(c, OP_JUMP, 0, 0, end) < 0)
        return -1;
    if (end_cleanup(c, cleanup, saved, outer_handler) < 0)
        return -1;
    u->temp_top = mark;
    return label_place(c, end);
}

int flow_try_star(Compiler *c, AstStmt *s)
{
    if (emit(c, OP_NOP, 0, 0, 0) < 0)
        return -1;
    if (s->TryStar.finalbody->n)
        return try_finally(c, s, try_star, true);
    return try_star(c, s);
}

/* ---- with ---- */

int flow_with(Compiler *c, const AstWithItemSeq *items, uint32_t index, const AstStmtSeq *body, bool is_async,
              Position position)
{
    Unit *u = c->u;
    if (index == items->n)
        return stmts(c, body);
    AstWithItem *item = items->at[index];
    Block block = {0};
    uint32_t mark = u->temp_top;
    int32_t outer_handler = u->handler;
    Label except = label_new(c), suppress = label_new(c), end = label_new(c);
    if (except < 0 || suppress < 0 || end < 0)
        return -1;
    Reg exit = temp_push_n(c, 2), enter = temp_push_n(c, 2), manager = temp_push(c);
    if (expr_into(c, item->context_expr, manager) < 0)
        return -1;
    c->position = item->context_expr->position;
    if (emit(c, OP_LOAD_SPECIAL, exit, manager, is_async ? SPECIAL_AEXIT : SPECIAL_EXIT) < 0 ||
        emit(c, OP_LOAD_SPECIAL, enter, manager, is_async ? SPECIAL_AENTER : SPECIAL_ENTER) < 0 ||
        emit(c, OP_CLEAR, manager, 1, 0) < 0 || emit(c, OP_CALL_METHOD, enter, 0, enter) < 0)
        return -1;
    u->temp_top = (uint32_t)enter + 1;
    if (is_async && expr_await(c, enter, 1, enter) < 0)
        return -1;
    u->temp_top = (uint32_t)enter;
    block_push(c, &block, is_async ? BLOCK_ASYNC_WITH : BLOCK_WITH, exit);
    u->handler = handler_new(c, except, (uint32_t)exit + 2);
    if (u->handler < 0)
        return -1;
    temp_push(c);
    if (item->optional_vars ? target_assign(c, item->optional_vars, enter) < 0 : emit(c, OP_CLEAR, enter, 1, 0) < 0)
        return -1;
    u->temp_top = (uint32_t)enter;
    c->position = position;
    if (flow_with(c, items, index + 1, body, is_async, position) < 0)
        return -1;
    block_pop(c);
    c->position = item->context_expr->position;
    if (call_exit(c, exit, is_async) < 0 || emit_jump(c, OP_JUMP, 0, 0, end) < 0)
        return -1;
    if (label_place(c, except) < 0)
        return -1;
    Reg saved = temp_push_n(c, 2);
    c->position = (Position){0};
    if (emit(c, OP_PUSH_EXC, saved, 1, 0) < 0)
        return -1;
    c->position = item->context_expr->position;
    Label cleanup = begin_cleanup(c, saved);
    if (cleanup < 0)
        return -1;
    Reg result = temp_push(c);
    if (is_async) {
        if (emit(c, OP_WITH_EXIT_CALL, result, exit, saved + 1) < 0 || expr_await(c, result, 2, result) < 0)
            return -1;
    } else if (emit(c, OP_WITH_EXIT, result, exit, saved + 1) < 0) {
        return -1;
    }
    if (emit_jump(c, OP_JUMP_IF_TRUE, result, 0, suppress) < 0)
        return -1;
    c->position = (Position){0};
    if (emit_reraise(c, saved, true, outer_handler) < 0 || label_place(c, suppress) < 0 ||
        emit(c, OP_POP_EXC, saved, 0, 0) < 0)
        return -1;
    u->handler = outer_handler;
    if (emit(c, OP_CLEAR, exit, 2, 0) < 0 || emit_jump(c, OP_JUMP, 0, 0, end) < 0)
        return -1;
    if (end_cleanup(c, cleanup, saved, outer_handler) < 0)
        return -1;
    u->temp_top = mark;
    return label_place(c, end);
}
