/* stmt.c: simple statements, and the dispatch of all. */
#include "compiler.h"

static AstExprSeq *plain_elements(AstExpr *e)
{
    AstExprSeq *elts = e->kind == AST_Tuple ? e->Tuple.elts : e->kind == AST_List ? e->List.elts : NULL;
    for (uint32_t i = 0; elts && i < elts->n; i++)
        if (elts->at[i]->kind == AST_Starred)
            return NULL;
    return elts;
}

/* a, b = b, a: evaluated into temporaries and stored in order, without a tuple in between. */
static int assign_elements(Compiler *c, AstExprSeq *targets, AstExprSeq *values)
{
    uint32_t mark = c->u->temp_top;
    Reg base = (Reg)mark;
    for (uint32_t i = 0; i < values->n; i++)
        if (expr_temp(c, values->at[i]) < 0)
            return -1;
    for (uint32_t i = 0; i < targets->n; i++)
        if (target_assign(c, targets->at[i], base + (Reg)i) < 0)
            return -1;
    c->u->temp_top = mark;
    return 0;
}

static int assign(Compiler *c, AstStmt *s)
{
    AstExprSeq *targets = s->Assign.targets;
    AstExpr *value = s->Assign.value;
    uint32_t mark = c->u->temp_top;
    if (targets->n == 1) {
        AstExpr *target = targets->at[0];
        if (target->kind == AST_Name) {
            Reg local = name_register(c, target->Name.id);
            if (local == -1)
                return -1;
            if (local >= 0) {
                if (expr_store_into(c, value, local) < 0)
                    return -1;
                bound_add(c, local);
                return 0;
            }
        }
        AstExprSeq *to = plain_elements(target), *from = plain_elements(value);
        if (to && from && value->kind == AST_Tuple && to->n == from->n && to->n <= 8)
            return assign_elements(c, to, from);
    }
    /* Attributes and items may take the value from a local in place; several targets each need their own. */
    bool simple = targets->n == 1 && (targets->at[0]->kind == AST_Attribute || targets->at[0]->kind == AST_Subscript) &&
                  value->kind == AST_Name;
    Reg r = simple ? expr(c, value) : expr_temp(c, value);
    if (r < 0)
        return -1;
    for (uint32_t i = 0; i < targets->n; i++) {
        Reg source = r;
        if (i + 1 < targets->n) {
            source = temp_push(c);
            if (emit(c, OP_COPY, source, r, 0) < 0)
                return -1;
        }
        if (target_assign(c, targets->at[i], source) < 0)
            return -1;
        c->u->temp_top = mark + 1;
    }
    c->u->temp_top = mark;
    return 0;
}

static int augmented_op(AstKind op)
{
    switch (op) {
    case AST_Add: return OP_IADD;
    case AST_Sub: return OP_ISUB;
    case AST_Mult: return OP_IMUL;
    case AST_MatMult: return OP_IMATMUL;
    case AST_Div: return OP_ITRUEDIV;
    case AST_FloorDiv: return OP_IFLOORDIV;
    case AST_Mod: return OP_IMOD;
    case AST_Pow: return OP_IPOW;
    case AST_LShift: return OP_ILSHIFT;
    case AST_RShift: return OP_IRSHIFT;
    case AST_BitAnd: return OP_IAND;
    case AST_BitOr: return OP_IOR;
    default: return OP_IXOR;
    }
}

/* dst = (old OP= value); old is a register, consumed if a temporary. */
static int augment(Compiler *c, AstStmt *s, Reg dst, Reg old)
{
    AstExpr *value = s->AugAssign.value;
    int op = augmented_op(s->AugAssign.op);
    if ((op == OP_IADD || op == OP_ISUB) && value->kind == AST_Constant && value_is_int(value->Constant.value) &&
        INSTRUCTION_FITS(value_to_int(value->Constant.value)))
        return emit(c, op == OP_IADD ? OP_IADD_INT : OP_ISUB_INT, dst, old,
                    (int32_t)value_to_int(value->Constant.value));
    uint32_t mark = c->u->temp_top;
    Reg r = expr(c, value);
    if (r < 0)
        return -1;
    c->position = s->position;
    c->u->temp_top = mark;
    return emit(c, (Opcode)op, dst, old, r);
}

/* What reads `held` and leaves it for later: itself if it is a local variable, else a copy. */
static Reg held_again(Compiler *c, Reg held)
{
    if (!reg_is_temp(c->u, held))
        return held;
    Reg copy = temp_push(c);
    return emit(c, OP_COPY, copy, held, 0) < 0 ? -1 : copy;
}

static int augment_attribute(Compiler *c, AstStmt *s, AstExpr *target)
{
    uint32_t mark = c->u->temp_top;
    Reg object = expr_held(c, target->Attribute.value, s->AugAssign.value), value = temp_push(c);
    if (object < 0)
        return -1;
    Value mangled = symtable_mangle(c->t, c->arena, c->u->scope, target->Attribute.attr);
    int load = value_is_empty(mangled) ? -1 : site_new(c, mangled, 1), store = load < 0 ? -1 : site_new(c, mangled, 1);
    c->position = target->position;
    Reg read = store < 0 ? -1 : held_again(c, object);
    if (read < 0 || emit(c, OP_LOAD_ATTR, value, read, load) < 0)
        return -1;
    c->position = s->position;
    c->u->temp_top = (uint32_t)value + 1;
    if (augment(c, s, value, value) < 0)
        return -1;
    c->position = target->position;
    c->u->temp_top = mark;
    return emit(c, OP_STORE_ATTR, object, value, store);
}

static int augment_item(Compiler *c, AstStmt *s, AstExpr *target)
{
    uint32_t mark = c->u->temp_top;
    AstExpr *slice = target->Subscript.slice, *operand = s->AugAssign.value;
    Reg object = expr_held(c, target->Subscript.value, expr_may_rebind(slice) ? slice : operand);
    Reg key = object < 0 ? -1 : expr_held(c, slice, operand);
    if (key < 0)
        return -1;
    Reg value = temp_push(c);
    c->position = target->position;
    Reg object_read = held_again(c, object), key_read = object_read < 0 ? -1 : held_again(c, key);
    if (key_read < 0 || emit(c, OP_GETITEM, value, object_read, key_read) < 0)
        return -1;
    c->position = s->position;
    c->u->temp_top = (uint32_t)value + 1;
    if (augment(c, s, value, value) < 0)
        return -1;
    c->position = target->position;
    c->u->temp_top = mark;
    return emit(c, OP_SETITEM, object, key, value);
}

static int aug_assign(Compiler *c, AstStmt *s)
{
    AstExpr *target = s->AugAssign.target;
    uint32_t mark = c->u->temp_top;
    if (target->kind == AST_Name) {
        Reg local = name_in_place(c, target->Name.id);
        if (local == -1)
            return -1;
        /* In place when nothing in between can change the variable. */
        if (local >= 0 && !expr_may_rebind(s->AugAssign.value))
            return augment(c, s, local, local);
        Reg r = temp_push(c);
        c->position = target->position;
        if (name_load(c, target->Name.id, r) < 0)
            return -1;
        c->position = s->position;
        if (augment(c, s, local >= 0 ? local : r, r) < 0)
            return -1;
        c->u->temp_top = mark;
        return local >= 0 ? 0 : name_store(c, target->Name.id, r);
    }
    if (target->kind == AST_Attribute)
        return augment_attribute(c, s, target);
    if (target->kind == AST_Subscript)
        return augment_item(c, s, target);
    compiler_error(c, target->position, "illegal target for augmented assignment");
    return -1;
}

static int raise_stmt(Compiler *c, AstStmt *s)
{
    uint32_t mark = c->u->temp_top;
    if (!s->Raise.exc)
        return emit(c, OP_RAISE_BARE, 0, 0, 0);
    Reg exc = expr_temp(c, s->Raise.exc), cause = exc;
    if (exc < 0)
        return -1;
    if (s->Raise.cause && (cause = expr_temp(c, s->Raise.cause)) < 0)
        return -1;
    c->position = s->position;
    c->u->temp_top = mark;
    return emit(c, OP_RAISE, exc, cause, 0);
}

static int assert_stmt(Compiler *c, AstStmt *s)
{
    AstExpr *test = s->Assert.test;
    if (test->kind == AST_Tuple && test->Tuple.elts->n) {
        Value message = str_from_string(c->t, "assertion is always true, perhaps remove parentheses?");
        if (value_is_empty(message))
            return -1;
        int result = error_warn_explicit(c->t, EXC_SyntaxWarning, message, c->filename, s->position.line);
        if (result < 0 && error_swallow(c->t, EXC_SyntaxWarning))
            compiler_error(c, s->position, "%U", message);
        ref_dec(c->t, message);
        if (result < 0)
            return -1;
    }
    if (c->optimize)
        return 0;
    uint32_t mark = c->u->temp_top;
    Label end = label_new(c);
    if (end < 0 || expr_jump(c, test, end, true) < 0)
        return -1;
    Reg base = temp_push(c);
    c->position = test->position;
    if (emit(c, OP_LOAD_COMMON, base, COMMON_ASSERTION_ERROR, 0) < 0)
        return -1;
    if (s->Assert.msg) {
        if (expr_temp(c, s->Assert.msg) < 0 || emit(c, OP_CALL, base, 1, base) < 0)
            return -1;
    } else if (emit(c, OP_CALL, base, 0, base) < 0) {
        return -1;
    }
    if (emit(c, OP_RAISE, base, base, 0) < 0)
        return -1;
    c->u->temp_top = mark;
    return label_place(c, end);
}

/* ---- imports ---- */

static int import_name(Compiler *c, Value module, int level, Value from_list_take, Reg dst)
{
    uint32_t mark = c->u->temp_top;
    Reg base = temp_push_n(c, 2);
    int site;
    if (constant_load(c, value_from_int(level), base) < 0 || constant_load_take(c, from_list_take, base + 1) < 0 ||
        (site = site_new(c, module, 1)) < 0)
        return -1;
    c->u->temp_top = mark;
    return emit(c, OP_IMPORT_NAME, dst, base, site);
}

static int import_stmt(Compiler *c, AstStmt *s)
{
    Thread *t = c->t;
    for (uint32_t i = 0; i < s->Import.names->n; i++) {
        AstAlias *alias = s->Import.names->at[i];
        uint32_t mark = c->u->temp_top;
        Reg r = temp_push(c);
        if (import_name(c, alias->name, 0, VALUE_NONE, r) < 0)
            return -1;
        int64_t dot = str_find(alias->name, t->interp->latin1['.'], 0, str_length(alias->name));
        Value name = alias->name;
        if (value_is_empty(alias->asname)) {
            if (dot >= 0) {
                name = str_intern_take(t, str_slice(t, alias->name, 0, (size_t)dot));
                if (value_is_empty(name) || arena_keep_take(t, c->arena, name) < 0)
                    return -1;
            }
        } else {
            /* import a.b.c as x: the module itself, reached by its attributes. */
            while (dot >= 0) {
                size_t start = (size_t)dot + 1;
                dot = str_find(alias->name, t->interp->latin1['.'], start, str_length(alias->name));
                Value part = str_intern_take(
                    t, str_slice(t, alias->name, start, dot < 0 ? str_length(alias->name) : (size_t)dot));
                if (value_is_empty(part) || arena_keep_take(t, c->arena, part) < 0)
                    return -1;
                int site = site_new(c, part, 1);
                Reg next = temp_push(c);
                if (site < 0 || emit(c, OP_IMPORT_FROM, next, r, site) < 0 || emit(c, OP_MOVE, r, next, 0) < 0)
                    return -1;
                c->u->temp_top = mark + 1;
            }
            name = alias->asname;
        }
        if (name_store(c, name, r) < 0)
            return -1;
        c->u->temp_top = mark;
    }
    return 0;
}

static int import_from(Compiler *c, AstStmt *s)
{
    Thread *t = c->t;
    if (compiler_is_future(s) && s->position.line > c->future_line)
        return compiler_late_future(c, s);
    AstAliasSeq *names = s->ImportFrom.names;
    uint32_t mark = c->u->temp_top;
    Value list = tuple_new(t, names->n);
    if (value_is_empty(list))
        return -1;
    for (uint32_t i = 0; i < names->n; i++)
        tuple_of(list)->items[i] = ref_inc(t, names->at[i]->name);
    Reg module = temp_push(c);
    Value name = value_is_empty(s->ImportFrom.module) ? t->interp->empty_str : s->ImportFrom.module;
    if (import_name(c, name, s->ImportFrom.level, list, module) < 0)
        return -1;
    for (uint32_t i = 0; i < names->n; i++) {
        AstAlias *alias = names->at[i];
        if (i == 0 && str_equal_ascii(alias->name, "*")) {
            c->u->temp_top = mark;
            return emit(c, OP_IMPORT_STAR, module, 0, 0);
        }
        Reg r = temp_push(c);
        int site = site_new(c, alias->name, 1);
        if (site < 0 || emit(c, OP_IMPORT_FROM, r, module, site) < 0 ||
            name_store(c, value_is_empty(alias->asname) ? alias->name : alias->asname, r) < 0)
            return -1;
        c->u->temp_top = mark + 1;
    }
    c->u->temp_top = mark;
    return emit(c, OP_CLEAR, module, 1, 0);
}

static int if_stmt(Compiler *c, AstStmt *s)
{
    Label otherwise = label_new(c), end = otherwise;
    if (otherwise < 0 ||
        (constant_truth(c, s->If.test) >= 0 && emit(c, OP_NOP, 0, 0, 0) < 0)) /* the line of `if True`, for tracing */
        return -1;
    if (expr_jump(c, s->If.test, otherwise, false) < 0 || stmts(c, s->If.body) < 0)
        return -1;
    if (s->If.orelse->n) {
        end = label_new(c);
        if (end < 0 || emit_jump(c, OP_JUMP, 1, 0, end) < 0)
            return -1;
    }
    if (label_place(c, otherwise) < 0)
        return -1;
    if (!s->If.orelse->n)
        return 0;
    if (stmts(c, s->If.orelse) < 0)
        return -1;
    return label_place(c, end);
}

static int expr_stmt(Compiler *c, AstStmt *s)
{
    AstExpr *value = s->Expr.value;
    if (c->mode == PARSE_SINGLE && !c->u->parent) {
        uint32_t mark = c->u->temp_top;
        Reg r = expr_temp(c, value);
        c->u->temp_top = mark;
        return r < 0 || emit(c, OP_INTRINSIC, r, r, INTRINSIC_PRINT) < 0 ? -1 : emit(c, OP_CLEAR, r, 1, 0);
    }
    if (value->kind == AST_Constant)
        return emit(c, OP_NOP, 0, 0, 0);
    return expr_discard(c, value);
}

static int stmt_inner(Compiler *c, AstStmt *s)
{
    switch (s->kind) {
    case AST_FunctionDef:
    case AST_AsyncFunctionDef: return define_function(c, s);
    case AST_ClassDef: return define_class(c, s);
    case AST_TypeAlias: return define_type_alias(c, s);
    case AST_Return: return flow_return(c, s);
    case AST_Delete:
        for (uint32_t i = 0; i < s->Delete.targets->n; i++)
            if (target_delete(c, s->Delete.targets->at[i]) < 0)
                return -1;
        return 0;
    case AST_Assign: return assign(c, s);
    case AST_AugAssign: return aug_assign(c, s);
    case AST_AnnAssign: return define_annotated(c, s);
    case AST_For: return flow_for(c, s);
    case AST_AsyncFor: return flow_async_for(c, s);
    case AST_While: return flow_while(c, s);
    case AST_If: return if_stmt(c, s);
    case AST_With: return flow_with(c, s->With.items, 0, s->With.body, false, s->position);
    case AST_AsyncWith: return flow_with(c, s->AsyncWith.items, 0, s->AsyncWith.body, true, s->position);
    case AST_Match: return pattern_match(c, s);
    case AST_Raise: return raise_stmt(c, s);
    case AST_Try: return flow_try(c, s);
    case AST_TryStar: return flow_try_star(c, s);
    case AST_Assert: return assert_stmt(c, s);
    case AST_Import: return import_stmt(c, s);
    case AST_ImportFrom: return import_from(c, s);
    case AST_Global:
    case AST_Nonlocal: return 0;
    case AST_Expr: return expr_stmt(c, s);
    case AST_Pass: return emit(c, OP_NOP, 0, 0, 0);
    case AST_Break: return flow_break(c);
    case AST_Continue: return flow_continue(c);
    default: error_set(c->t, EXC_SystemError, "compiler: unexpected statement kind %d", s->kind); return -1;
    }
}

int stmt(Compiler *c, AstStmt *s)
{
    if (!recursion_enter(c->t, " during compilation"))
        return -1;
    c->position = s->position;
    int result = stmt_inner(c, s);
    recursion_leave(c->t);
    return result;
}

int stmts(Compiler *c, const AstStmtSeq *s)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (stmt(c, s->at[i]) < 0)
            return -1;
    return 0;
}
