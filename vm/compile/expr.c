/* expr.c: expressions.  See compiler.h for where values live; calls, comprehensions, f-strings, constants and targets have files of their own. */
#include "compiler.h"

static int expr_unparenthesized_into(Compiler *c, AstExpr *e, Reg dst);

/* ---- operands ---- */

/* May evaluating e change a local variable (walrus) or suspend the frame?  Then locals read before it must be copied. */
static bool may_rebind_seq(const AstExprSeq *s);
bool expr_may_rebind(const AstExpr *e)
{
    if (!e)
        return false;
    switch (e->kind) {
    case AST_NamedExpr:
    case AST_Await:
    case AST_Yield:
    case AST_YieldFrom: return true;
    case AST_BoolOp: return may_rebind_seq(e->BoolOp.values);
    case AST_BinOp: return expr_may_rebind(e->BinOp.left) || expr_may_rebind(e->BinOp.right);
    case AST_UnaryOp: return expr_may_rebind(e->UnaryOp.operand);
    case AST_IfExp:
        return expr_may_rebind(e->IfExp.test) || expr_may_rebind(e->IfExp.body) || expr_may_rebind(e->IfExp.orelse);
    case AST_Dict: return may_rebind_seq(e->Dict.keys) || may_rebind_seq(e->Dict.values);
    case AST_Set: return may_rebind_seq(e->Set.elts);
    case AST_ListComp:
    case AST_SetComp:
    case AST_DictComp:
    case AST_GeneratorExp: return true; /* a walrus inside binds outside */
    case AST_Compare: return expr_may_rebind(e->Compare.left) || may_rebind_seq(e->Compare.comparators);
    case AST_Call:
        if (expr_may_rebind(e->Call.func) || may_rebind_seq(e->Call.args))
            return true;
        for (uint32_t i = 0; i < e->Call.keywords->n; i++)
            if (expr_may_rebind(e->Call.keywords->at[i]->value))
                return true;
        return false;
    case AST_FormattedValue:
        return expr_may_rebind(e->FormattedValue.value) || expr_may_rebind(e->FormattedValue.format_spec);
    case AST_Interpolation:
        return expr_may_rebind(e->Interpolation.value) || expr_may_rebind(e->Interpolation.format_spec);
    case AST_JoinedStr: return may_rebind_seq(e->JoinedStr.values);
    case AST_TemplateStr: return may_rebind_seq(e->TemplateStr.values);
    case AST_Attribute: return expr_may_rebind(e->Attribute.value);
    case AST_Subscript: return expr_may_rebind(e->Subscript.value) || expr_may_rebind(e->Subscript.slice);
    case AST_Starred: return expr_may_rebind(e->Starred.value);
    case AST_List: return may_rebind_seq(e->List.elts);
    case AST_Tuple: return may_rebind_seq(e->Tuple.elts);
    case AST_Slice:
        return expr_may_rebind(e->Slice.lower) || expr_may_rebind(e->Slice.upper) || expr_may_rebind(e->Slice.step);
    default: return false;
    }
}
static bool may_rebind_seq(const AstExprSeq *s)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (expr_may_rebind(s->at[i]))
            return true;
    return false;
}

/* Where e's value is: a local in place, or `hint` if that is a free temporary at the top, or a fresh temporary. `later` (may be NULL) is evaluated before the
 * value is used. */
static Reg operand(Compiler *c, AstExpr *e, Reg hint, const AstExpr *later)
{
    if (e->kind == AST_Name && !str_equal(e->Name.id, ID(c->t, __debug__))) {
        Position saved = c->position;
        c->position = e->position;
        Reg r = name_in_place(c, e->Name.id);
        c->position = saved;
        if (r != -2 && (r < 0 || !expr_may_rebind(later)))
            return r;
    }
    bool use_hint = hint >= 0 && reg_is_temp(c->u, hint) && (uint32_t)hint + 1 == c->u->temp_top;
    Reg r = use_hint ? hint : temp_push(c);
    return expr_into(c, e, r) < 0 ? -1 : r;
}

Reg expr(Compiler *c, AstExpr *e) { return operand(c, e, -1, NULL); }

Reg expr_held(Compiler *c, AstExpr *e, const AstExpr *later) { return operand(c, e, -1, later); }

Reg expr_temp(Compiler *c, AstExpr *e)
{
    Reg r = temp_push(c);
    return expr_into(c, e, r) < 0 ? -1 : r;
}

/* Does the last instruction alone write the result, so that it may be a local variable that e itself reads? */
static bool writes_once(Compiler *c, AstExpr *e)
{
    switch (e->kind) {
    case AST_Constant:
    case AST_Name:
    case AST_BinOp:
    case AST_UnaryOp:
    case AST_Attribute:
    case AST_Subscript:
    case AST_Call:
    case AST_Lambda: return true;
    case AST_Compare: return e->Compare.ops->n == 1;
    case AST_Tuple:
    case AST_List: {
        AstExprSeq *elts = e->kind == AST_Tuple ? e->Tuple.elts : e->List.elts;
        for (uint32_t i = 0; i < elts->n; i++)
            if (elts->at[i]->kind == AST_Starred)
                return false;
        return elts->n <= 30;
    }
    case AST_IfExp: return writes_once(c, e->IfExp.body) && writes_once(c, e->IfExp.orelse);
    default: return false;
    }
}

int expr_store_into(Compiler *c, AstExpr *e, Reg local)
{
    if (writes_once(c, e))
        return expr_into(c, e, local);
    uint32_t mark = c->u->temp_top;
    Reg r = expr_temp(c, e);
    if (r < 0)
        return -1;
    c->u->temp_top = mark;
    return emit(c, OP_MOVE, local, r, 0);
}

int expr_discard(Compiler *c, AstExpr *e)
{
    uint32_t mark = c->u->temp_top;
    Reg r = expr(c, e);
    if (r < 0)
        return -1;
    c->u->temp_top = mark;
    return reg_is_temp(c->u, r) ? emit(c, OP_CLEAR, r, 1, 0) : 0;
}

int expr_into(Compiler *c, AstExpr *e, Reg dst)
{
    if (!recursion_enter(c->t, " during compilation"))
        return -1;
    Position saved = c->position;
    c->position = e->position;
    int result = expr_unparenthesized_into(c, e, dst);
    c->position = saved;
    recursion_leave(c->t);
    return result;
}

/* ---- operators ---- */

static int binary_into(Compiler *c, AstExpr *left, AstKind ast_op, AstExpr *right, Reg dst)
{
    uint32_t mark = c->u->temp_top;
    BinaryOp op = constant_operator(ast_op);
    /* '%s' % tuple and the like stay calls of str.__mod__. */
    Reg l = operand(c, left, dst, right);
    if (l < 0)
        return -1;
    int32_t immediate;
    if (constant_small(c, right, &immediate)) {
        int with_int = op == BINARY_ADD        ? OP_ADD_INT
                       : op == BINARY_SUB      ? OP_SUB_INT
                       : op == BINARY_MUL      ? OP_MUL_INT
                       : op == BINARY_FLOORDIV ? OP_FLOORDIV_INT
                       : op == BINARY_MOD      ? OP_MOD_INT
                       : op == BINARY_AND      ? OP_AND_INT
                       : op == BINARY_LSHIFT   ? OP_LSHIFT_INT
                       : op == BINARY_RSHIFT   ? OP_RSHIFT_INT
                                               : -1;
        if (with_int >= 0) {
            c->u->temp_top = mark;
            return emit(c, (Opcode)with_int, dst, l, immediate);
        }
    }
    Reg r = operand(c, right, -1, NULL);
    if (r < 0)
        return -1;
    c->u->temp_top = mark;
    return emit(c, (Opcode)(OP_ADD + op), dst, l, r);
}

static int bool_op_into(Compiler *c, AstExpr *e, Reg dst)
{
    AstExprSeq *values = e->BoolOp.values;
    Label end = label_new(c);
    if (end < 0)
        return -1;
    Opcode op = e->BoolOp.op == AST_And ? OP_JUMP_IF_FALSE_OR_POP : OP_JUMP_IF_TRUE_OR_POP;
    for (uint32_t i = 0; i < values->n; i++) {
        if (expr_into(c, values->at[i], dst) < 0)
            return -1;
        if (i + 1 < values->n && emit_jump(c, op, dst, 0, end) < 0)
            return -1;
    }
    return label_place(c, end);
}

static Opcode compare_op(AstKind op)
{
    switch (op) {
    case AST_Eq: return OP_EQ;
    case AST_NotEq: return OP_NE;
    case AST_Lt: return OP_LT;
    case AST_LtE: return OP_LE;
    case AST_Gt: return OP_GT;
    case AST_GtE: return OP_GE;
    case AST_Is: return OP_IS;
    case AST_IsNot: return OP_IS_NOT;
    case AST_In: return OP_IN;
    default: return OP_NOT_IN;
    }
}

static bool is_tuple_of_constants(const AstExpr *e)
{
    if (e->kind != AST_Tuple)
        return false;
    for (uint32_t i = 0; i < e->Tuple.elts->n; i++)
        if (e->Tuple.elts->at[i]->kind != AST_Constant)
            return false;
    return true;
}

static const char *literal_kind(AstExpr *e)
{
    if (e->kind == AST_Constant) {
        Value v = e->Constant.value;
        if (value_is_none(v) || value_is_bool(v) || value_is(v, VALUE_ELLIPSIS))
            return NULL;
        return value_is_int(v) || object_is(v, KIND_INT) ? "int"
               : value_is_double(v)                      ? "float"
               : str_check(v)                            ? "str"
               : object_is(v, KIND_BYTES)                ? "bytes"
                                                         : "complex";
    }
    return is_tuple_of_constants(e) ? "tuple" : NULL;
}

static int warn_syntax(Compiler *c, Position place, const char *format, const char *what, const char *what2)
{
    Thread *t = c->t;
    Value message = str_format(t, format, what, what2);
    if (value_is_empty(message))
        return -1;
    int result = error_warn_explicit(t, EXC_SyntaxWarning, message, c->filename, place.line);
    if (result < 0 && error_swallow(t, EXC_SyntaxWarning))
        compiler_error(c, place, "%U", message);
    ref_dec(t, message);
    return result;
}

static int check_is_literal(Compiler *c, AstExpr *e)
{
    AstExpr *left = e->Compare.left;
    for (uint32_t i = 0; i < e->Compare.ops->n; i++) {
        AstKind op = e->Compare.ops->at[i];
        AstExpr *right = e->Compare.comparators->at[i];
        if (op == AST_Is || op == AST_IsNot) {
            const char *kind = literal_kind(left) ? literal_kind(left) : literal_kind(right);
            if (kind)
                return warn_syntax(c, c->position,
                                   op == AST_Is ? "\"is\" with '%s' literal. Did you mean \"==\"?"
                                                : "\"is not\" with '%s' literal. Did you mean \"!=\"?",
                                   kind, "");
        }
        left = right;
    }
    return 0;
}

static int compare_into(Compiler *c, AstExpr *e, Reg dst)
{
    uint32_t mark = c->u->temp_top, n = e->Compare.ops->n;
    if (check_is_literal(c, e) < 0)
        return -1;
    if (n == 1) {
        AstExpr *right = e->Compare.comparators->at[0];
        Reg l = operand(c, e->Compare.left, dst, right);
        if (l < 0)
            return -1;
        Reg r = operand(c, right, -1, NULL);
        if (r < 0)
            return -1;
        c->u->temp_top = mark;
        return emit(c, compare_op(e->Compare.ops->at[0]), dst, l, r);
    }
    /* a < b < c: the middle operands are needed twice, so they are kept in a temporary of their own while the first use consumes a copy. */
    Label stop = label_new(c), end = label_new(c);
    if (stop < 0 || end < 0)
        return -1;
    Reg middle = temp_push(c), result = temp_push(c);
    if (expr_into(c, e->Compare.left, middle) < 0)
        return -1;
    for (uint32_t i = 0; i < n; i++) {
        Reg right = temp_push(c);
        if (expr_into(c, e->Compare.comparators->at[i], right) < 0)
            return -1;
        if (i + 1 == n) {
            if (emit(c, compare_op(e->Compare.ops->at[i]), result, middle, right) < 0)
                return -1;
        } else {
            Reg copy = temp_push(c);
            if (emit(c, OP_COPY, copy, right, 0) < 0 ||
                emit(c, compare_op(e->Compare.ops->at[i]), result, middle, copy) < 0 ||
                emit(c, OP_MOVE, middle, right, 0) < 0 || emit_jump(c, OP_JUMP_IF_FALSE_OR_POP, result, 0, stop) < 0)
                return -1;
        }
        c->u->temp_top = (uint32_t)right;
    }
    c->u->temp_top = mark;
    if (emit_jump(c, OP_JUMP, 0, 0, end) < 0 || label_place(c, stop) < 0 || emit(c, OP_CLEAR, middle, 1, 0) < 0 ||
        label_place(c, end) < 0)
        return -1;
    return emit(c, OP_MOVE, dst, result, 0);
}

static int if_exp_into(Compiler *c, AstExpr *e, Reg dst)
{
    Label otherwise = label_new(c), end = label_new(c);
    if (otherwise < 0 || end < 0 || expr_jump(c, e->IfExp.test, otherwise, false) < 0)
        return -1;
    if (expr_into(c, e->IfExp.body, dst) < 0 || emit_jump(c, OP_JUMP, 0, 0, end) < 0)
        return -1;
    if (label_place(c, otherwise) < 0 || expr_into(c, e->IfExp.orelse, dst) < 0)
        return -1;
    return label_place(c, end);
}

/* ---- conditions ---- */

static int jump_on_value(Compiler *c, AstExpr *e, Label label, bool sense)
{
    uint32_t mark = c->u->temp_top;
    Reg r = expr(c, e);
    if (r < 0)
        return -1;
    c->u->temp_top = mark;
    return emit_jump(c, sense ? OP_JUMP_IF_TRUE : OP_JUMP_IF_FALSE, r, 0, label);
}

static bool is_none(AstExpr *e) { return e->kind == AST_Constant && value_is_none(e->Constant.value); }

static int jump_compare(Compiler *c, AstExpr *left, AstKind op, AstExpr *right, Label label, bool sense)
{
    uint32_t mark = c->u->temp_top;
    Reg l = operand(c, left, -1, right);
    if (l < 0)
        return -1;
    if ((op == AST_Is || op == AST_IsNot) && is_none(right)) {
        c->u->temp_top = mark;
        return emit_jump(c, (op == AST_Is) == sense ? OP_JUMP_IF_NONE : OP_JUMP_IF_NOT_NONE, l, 0, label);
    }
    int32_t immediate;
    bool ordered = op == AST_Eq || op == AST_NotEq || op == AST_Lt || op == AST_LtE || op == AST_Gt || op == AST_GtE;
    if (ordered && constant_small(c, right, &immediate)) {
        c->u->temp_top = mark;
        return emit_jump(c, (Opcode)((sense ? OP_JUMP_LT_INT : OP_JUMP_NOT_LT_INT) + (compare_op(op) - OP_LT)), l,
                         immediate, label);
    }
    Reg r = operand(c, right, -1, NULL);
    if (r < 0)
        return -1;
    c->u->temp_top = mark;
    if (ordered)
        return emit_jump(c, (Opcode)((sense ? OP_JUMP_LT : OP_JUMP_NOT_LT) + (compare_op(op) - OP_LT)), l, r, label);
    if (op == AST_Is || op == AST_IsNot)
        return emit_jump(c, (op == AST_Is) == sense ? OP_JUMP_IS : OP_JUMP_IS_NOT, l, r, label);
    Reg result = temp_push(c);
    if (emit(c, op == AST_In ? OP_IN : OP_NOT_IN, result, l, r) < 0)
        return -1;
    c->u->temp_top = mark;
    return emit_jump(c, sense ? OP_JUMP_IF_TRUE : OP_JUMP_IF_FALSE, result, 0, label);
}

/* A chain whose middle operands can be read twice in place needs no temporaries: 0 <= i < n. */
static int chain_in_place(Compiler *c, AstExpr *e)
{
    for (uint32_t i = 0; i + 1 < e->Compare.ops->n; i++) {
        AstExpr *middle = e->Compare.comparators->at[i];
        if (middle->kind == AST_Constant)
            continue;
        if (middle->kind != AST_Name || may_rebind_seq(e->Compare.comparators))
            return 0;
        Reg r = name_register(c, middle->Name.id);
        if (r == -1)
            return -1;
        if (r == -2)
            return 0;
    }
    return 1;
}

int expr_jump(Compiler *c, AstExpr *e, Label label, bool sense)
{
    Position saved = c->position;
    int constant = constant_truth(c, e);
    if (constant >= 0)
        return (constant != 0) == sense ? emit_jump(c, OP_JUMP, 0, 0, label) : 0;
    int result = -1;
    c->position = e->position;
    if (e->kind == AST_UnaryOp && e->UnaryOp.op == AST_Not) {
        result = expr_jump(c, e->UnaryOp.operand, label, !sense);
    } else if (e->kind == AST_BoolOp) {
        /* `and` false or `or` true at any value decides the whole. */
        AstExprSeq *values = e->BoolOp.values;
        bool decisive = e->BoolOp.op == AST_Or;
        Label end = NO_LABEL;
        if (decisive != sense && (end = label_new(c)) < 0)
            goto done;
        for (uint32_t i = 0; i + 1 < values->n; i++)
            if (expr_jump(c, values->at[i], decisive == sense ? label : end, decisive) < 0)
                goto done;
        if (expr_jump(c, values->at[values->n - 1], label, sense) < 0)
            goto done;
        result = end == NO_LABEL ? 0 : label_place(c, end);
    } else if (e->kind == AST_Compare && e->Compare.ops->n == 1) {
        if (check_is_literal(c, e) == 0)
            result =
                jump_compare(c, e->Compare.left, e->Compare.ops->at[0], e->Compare.comparators->at[0], label, sense);
    } else if (e->kind == AST_Compare && (result = chain_in_place(c, e)) != 0) {
        if (result < 0 || check_is_literal(c, e) < 0)
            goto fail;
        Label end = NO_LABEL;
        if (sense && (end = label_new(c)) < 0)
            goto fail;
        AstExpr *left = e->Compare.left;
        uint32_t n = e->Compare.ops->n;
        for (uint32_t i = 0; i < n; i++) {
            bool last = i + 1 == n;
            if (jump_compare(c, left, e->Compare.ops->at[i], e->Compare.comparators->at[i],
                             last || !sense ? label : end, last && sense) < 0)
                goto fail;
            left = e->Compare.comparators->at[i];
        }
        result = end == NO_LABEL ? 0 : label_place(c, end);
    } else if (e->kind == AST_IfExp) {
        Label otherwise = label_new(c), end = label_new(c);
        if (otherwise < 0 || end < 0 || expr_jump(c, e->IfExp.test, otherwise, false) < 0 ||
            expr_jump(c, e->IfExp.body, label, sense) < 0 || emit_jump(c, OP_JUMP, 0, 0, end) < 0 ||
            label_place(c, otherwise) < 0 || expr_jump(c, e->IfExp.orelse, label, sense) < 0 || label_place(c, end) < 0)
            goto done;
        result = 0;
    } else {
        result = jump_on_value(c, e, label, sense);
    }
done:
    c->position = saved;
    return result;
fail:
    c->position = saved;
    return -1;
}

/* ---- displays ---- */

static bool has_star(const AstExprSeq *elts)
{
    for (uint32_t i = 0; i < elts->n; i++)
        if (elts->at[i]->kind == AST_Starred)
            return true;
    return false;
}

/* Longer displays are built by appending, so that they do not need as many registers. */
#define DISPLAY_AT_ONCE 30

static int sequence_into(Compiler *c, AstExprSeq *elts, Opcode build, Reg dst)
{
    uint32_t mark = c->u->temp_top;
    if (!has_star(elts) && elts->n <= DISPLAY_AT_ONCE) {
        Reg base = (Reg)c->u->temp_top;
        for (uint32_t i = 0; i < elts->n; i++)
            if (expr_temp(c, elts->at[i]) < 0)
                return -1;
        c->u->temp_top = mark;
        return emit(c, build, dst, base, (int32_t)elts->n);
    }
    Reg list = temp_push(c);
    bool set = build == OP_BUILD_SET;
    uint32_t i = 0, inner = c->u->temp_top;
    while (i < elts->n && i < DISPLAY_AT_ONCE && elts->at[i]->kind != AST_Starred)
        if (expr_temp(c, elts->at[i++]) < 0)
            return -1;
    c->u->temp_top = inner;
    if (emit(c, set ? OP_BUILD_SET : OP_BUILD_LIST, list, (Reg)inner, (int32_t)i) < 0)
        return -1;
    for (; i < elts->n; i++) {
        AstExpr *item = elts->at[i];
        bool star = item->kind == AST_Starred;
        Reg r = expr(c, star ? item->Starred.value : item);
        if (r < 0)
            return -1;
        Position saved = c->position;
        c->position = item->position;
        if (emit(c, star ? (set ? OP_SET_UPDATE : OP_LIST_EXTEND) : set ? OP_SET_ADD : OP_LIST_APPEND, list, r, 0) < 0)
            return -1;
        c->position = saved;
        c->u->temp_top = inner;
    }
    c->u->temp_top = mark;
    return emit(c, build == OP_BUILD_TUPLE ? OP_LIST_TO_TUPLE : OP_MOVE, dst, list, 0);
}

static int list_into(Compiler *c, AstExprSeq *elts, Reg dst)
{
    if (elts->n >= 3) { /* a constant list is copied from a constant tuple */
        bool all = true;
        for (uint32_t i = 0; i < elts->n && all; i++)
            all = elts->at[i]->kind == AST_Constant;
        if (all) {
            AstExpr tuple = {.kind = AST_Tuple};
            tuple.Tuple.elts = elts;
            Value v;
            int result = constant_value(c, &tuple, &v);
            if (result < 0)
                return -1;
            uint32_t mark = c->u->temp_top;
            Reg list = temp_push(c), constant = temp_push(c);
            c->u->temp_top = mark;
            if (constant_load_take(c, v, constant) < 0 || emit(c, OP_BUILD_LIST, list, constant, 0) < 0 ||
                emit(c, OP_LIST_EXTEND, list, constant, 0) < 0)
                return -1;
            return emit(c, OP_MOVE, dst, list, 0);
        }
    }
    return sequence_into(c, elts, OP_BUILD_LIST, dst);
}

static int dict_into(Compiler *c, AstExpr *e, Reg dst)
{
    AstExprSeq *keys = e->Dict.keys, *values = e->Dict.values;
    uint32_t mark = c->u->temp_top, i = 0;
    bool simple = keys->n <= DISPLAY_AT_ONCE / 2;
    for (uint32_t k = 0; k < keys->n; k++)
        simple = simple && keys->at[k];
    if (simple) {
        Reg base = (Reg)c->u->temp_top;
        for (; i < keys->n; i++)
            if (expr_temp(c, keys->at[i]) < 0 || expr_temp(c, values->at[i]) < 0)
                return -1;
        c->u->temp_top = mark;
        return emit(c, OP_BUILD_DICT, dst, base, (int32_t)keys->n);
    }
    Reg dict = temp_push(c);
    uint32_t inner = c->u->temp_top;
    if (emit(c, OP_BUILD_DICT, dict, (Reg)inner, 0) < 0)
        return -1;
    for (; i < keys->n; i++) {
        if (keys->at[i]) {
            Reg k = operand(c, keys->at[i], -1, values->at[i]);
            Reg v = k < 0 ? -1 : expr(c, values->at[i]);
            if (v < 0 || emit(c, OP_DICT_SET, dict, k, v) < 0)
                return -1;
        } else {
            Reg r = expr(c, values->at[i]);
            if (r < 0 || emit(c, OP_DICT_UPDATE, dict, r, 0) < 0)
                return -1;
        }
        c->u->temp_top = inner;
    }
    c->u->temp_top = mark;
    return emit(c, OP_MOVE, dst, dict, 0);
}

/* ---- subscripts, slices, attributes ---- */

static int slice_into(Compiler *c, AstExpr *e, Reg dst)
{
    uint32_t mark = c->u->temp_top;
    Value parts[3];
    AstExpr *at[3] = {e->Slice.lower, e->Slice.upper, e->Slice.step};
    int constants = 0;
    for (int i = 0; i < 3; i++) {
        parts[i] = VALUE_NONE;
        constants += !at[i] || (at[i]->kind == AST_Constant);
        if (at[i] && at[i]->kind == AST_Constant)
            parts[i] = at[i]->Constant.value;
    }
    if (constants == 3)
        return constant_load_take(c, slice_new(c->t, parts[0], parts[1], parts[2]), dst);
    Reg base = temp_push_n(c, 3);
    for (int i = 0; i < 3; i++)
        if ((at[i] ? expr_into(c, at[i], base + i) : constant_load(c, VALUE_NONE, base + i)) < 0)
            return -1;
    c->u->temp_top = mark;
    return emit(c, OP_BUILD_SLICE, dst, base, 0);
}

/* Warnings about literals that surely fail at run time: calling them, indexing with the wrong type. */
static const char *type_of_literal(AstExpr *e)
{
    switch (e->kind) {
    case AST_List:
    case AST_ListComp: return "list";
    case AST_Tuple: return "tuple";
    case AST_Dict:
    case AST_DictComp: return "dict";
    case AST_Set:
    case AST_SetComp: return "set";
    case AST_GeneratorExp: return "generator";
    case AST_Lambda: return "function";
    case AST_JoinedStr:
    case AST_FormattedValue: return "str";
    case AST_TemplateStr:
    case AST_Interpolation: return "string.templatelib.Template";
    case AST_Constant: {
        Value v = e->Constant.value;
        return value_is_none(v)              ? "NoneType"
               : value_is_bool(v)            ? "bool"
               : value_is(v, VALUE_ELLIPSIS) ? "ellipsis"
                                             : literal_kind(e);
    }
    default: return NULL;
    }
}

int check_callable_literal(Compiler *c, AstExpr *func)
{
    const char *kind = func->kind == AST_Lambda ? NULL : type_of_literal(func);
    return kind ? warn_syntax(c, func->position, "'%s' object is not callable; perhaps you missed a comma?", kind, "")
                : 0;
}

static int check_subscript(Compiler *c, AstExpr *value, AstExpr *index)
{
    const char *kind = type_of_literal(value);
    if (!kind)
        return 0;
    bool sequence = !strcmp(kind, "list") || !strcmp(kind, "tuple") || !strcmp(kind, "str") || !strcmp(kind, "bytes");
    if (!sequence)
        return !strcmp(kind, "dict")
                   ? 0
                   : warn_syntax(c, value->position, "'%s' object is not subscriptable; perhaps you missed a comma?",
                                 kind, "");
    const char *index_kind = type_of_literal(index);
    if (!index_kind || !strcmp(index_kind, "int") || !strcmp(index_kind, "bool"))
        return 0;
    return warn_syntax(c, value->position, "%s indices must be integers or slices, not %s; perhaps you missed a comma?",
                       kind, index_kind);
}

static int subscript_into(Compiler *c, AstExpr *e, Reg dst)
{
    uint32_t mark = c->u->temp_top;
    if (check_subscript(c, e->Subscript.value, e->Subscript.slice) < 0)
        return -1;
    Reg v = operand(c, e->Subscript.value, dst, e->Subscript.slice);
    if (v < 0)
        return -1;
    int32_t immediate;
    if (constant_small(c, e->Subscript.slice, &immediate)) {
        c->u->temp_top = mark;
        return emit(c, OP_GETITEM_INT, dst, v, immediate);
    }
    Reg k = expr(c, e->Subscript.slice);
    if (k < 0)
        return -1;
    c->u->temp_top = mark;
    Unit *u = c->u; /* self.items[i]: with nothing to be computed between the two, the list is not held */
    PendingInstruction *before = u->ins_count ? &u->ins[u->ins_count - 1] : NULL;
    if (u->reachable && before && before->op == OP_LOAD_ATTR && before->a == v && v >= (Reg)u->local_count)
        before->op = OP_LOAD_ATTR_ITEM;
    return emit(c, OP_GETITEM, dst, v, k);
}

void narrow_to_attribute(Compiler *c, AstExpr *e)
{
    if (e->position.line != e->position.end_line) {
        c->position.line = e->position.end_line;
        int32_t width = (int32_t)str_length(e->Attribute.attr);
        if (width <= e->position.end_column) {
            c->position.column = e->position.end_column - width;
            c->position.end_column = e->position.end_column;
        } else {
            c->position.column = c->position.end_column = -1;
        }
    }
}

int attribute_site(Compiler *c, Value name)
{
    Value mangled = symtable_mangle(c->t, c->arena, c->u->scope, name);
    return value_is_empty(mangled) ? -1 : site_new(c, mangled, 1);
}

/* super().name and super(C, self).name without making the super object. 1: can be done. */
int super_arguments(Compiler *c, AstExpr *value, Reg base)
{
    Thread *t = c->t;
    if (value->kind != AST_Call || value->Call.func->kind != AST_Name ||
        !str_equal_ascii(value->Call.func->Name.id, "super") || value->Call.keywords->n)
        return 0;
    Variable v;
    if (variable_resolve(c, value->Call.func->Name.id, &v) < 0)
        return -1;
    if (v.kind != VARIABLE_GLOBAL)
        return 0;
    AstExprSeq *args = value->Call.args;
    if (args->n == 2) {
        if (has_star(args))
            return 0;
        if (name_load(c, value->Call.func->Name.id, base) < 0 || expr_into(c, args->at[0], base + 1) < 0 ||
            expr_into(c, args->at[1], base + 2) < 0)
            return -1;
        return 1;
    }
    if (args->n != 0 || c->u->argument_count == 0 || c->u->inlined || c->u->scope->is_comprehension)
        return 0;
    int class_index = free_index(c, ID(t, __class__));
    if (class_index < 0)
        return 0;
    Value self = list_peek(c->u->local_names, 0);
    if (name_load(c, value->Call.func->Name.id, base) < 0 || emit(c, OP_LOAD_FREE, base + 1, class_index, 0) < 0 ||
        name_load(c, self, base + 2) < 0)
        return -1;
    return 2;
}

static int attribute_into(Compiler *c, AstExpr *e, Reg dst)
{
    uint32_t mark = c->u->temp_top;
    int site = attribute_site(c, e->Attribute.attr);
    if (site < 0)
        return -1;
    Reg base = temp_push_n(c, 3);
    int super = super_arguments(c, e->Attribute.value, base);
    c->u->temp_top = mark;
    if (super < 0)
        return -1;
    if (super > 0) {
        site = site_new(c, list_peek(c->u->sites, (size_t)site), 2);
        if (site < 0 || emit(c, OP_LOAD_SUPER_ATTR, dst, base, site) < 0)
            return -1;
        return emit(c, OP_EXTRA, super == 2, 0, 0);
    }
    Reg v = operand(c, e->Attribute.value, dst, NULL);
    if (v < 0)
        return -1;
    c->u->temp_top = mark;
    narrow_to_attribute(c, e);
    return emit(c, OP_LOAD_ATTR, dst, v, site);
}

/* ---- suspension ---- */

int expr_await(Compiler *c, Reg awaitable, int how, Reg dst)
{
    uint32_t mark = c->u->temp_top;
    Reg sent = temp_push(c);
    if (emit(c, OP_GET_AWAITABLE, awaitable, awaitable, how) < 0 || constant_load(c, VALUE_NONE, sent) < 0 ||
        emit(c, OP_DELEGATE, awaitable, sent, 0) < 0)
        return -1;
    c->u->temp_top = mark;
    return dst == awaitable ? 0 : emit(c, OP_MOVE, dst, awaitable, 0);
}

static int yield_into(Compiler *c, AstExpr *e, Reg dst)
{
    uint32_t mark = c->u->temp_top;
    Reg r = temp_push(c);
    if ((e->Yield.value ? expr_into(c, e->Yield.value, r) : constant_load(c, VALUE_NONE, r)) < 0)
        return -1;
    c->u->temp_top = mark;
    return emit(c, c->u->flags & CODE_ASYNC_GENERATOR ? OP_YIELD_WRAPPED : OP_YIELD, dst, r, 0);
}

static int yield_from_into(Compiler *c, AstExpr *e, Reg dst)
{
    uint32_t mark = c->u->temp_top;
    Reg r = expr_temp(c, e->YieldFrom.value), sent = temp_push(c);
    if (r < 0 || emit(c, OP_GET_YIELD_FROM, r, r, 0) < 0 || constant_load(c, VALUE_NONE, sent) < 0 ||
        emit(c, OP_DELEGATE, r, sent, 0) < 0)
        return -1;
    c->u->temp_top = mark;
    return emit(c, OP_MOVE, dst, r, 0);
}

static int await_into(Compiler *c, AstExpr *e, Reg dst)
{
    uint32_t mark = c->u->temp_top;
    Reg r = expr_temp(c, e->Await.value);
    if (r < 0 || expr_await(c, r, 0, dst) < 0)
        return -1;
    c->u->temp_top = mark;
    return 0;
}

/* ---- dispatch ---- */

static int expr_unparenthesized_into(Compiler *c, AstExpr *e, Reg dst)
{
    uint32_t mark = c->u->temp_top;
    switch (e->kind) {
    case AST_Constant: return constant_load(c, e->Constant.value, dst);
    case AST_Name: {
        if (str_equal(e->Name.id, ID(c->t, __debug__)))
            return constant_load(c, value_from_bool(c->optimize == 0), dst);
        return name_load(c, e->Name.id, dst);
    }
    case AST_NamedExpr: {
        if (expr_into(c, e->NamedExpr.value, dst) < 0)
            return -1;
        Reg copy = temp_push(c);
        if (emit(c, OP_COPY, copy, dst, 0) < 0)
            return -1;
        c->u->temp_top = mark;
        return target_assign(c, e->NamedExpr.target, copy);
    }
    case AST_BinOp:
    case AST_UnaryOp: {
        Value v;
        int constant = constant_value(c, e, &v);
        if (constant < 0)
            return -1;
        if (constant)
            return constant_load_take(c, v, dst);
        if (e->kind == AST_BinOp)
            return binary_into(c, e->BinOp.left, e->BinOp.op, e->BinOp.right, dst);
        Reg r = operand(c, e->UnaryOp.operand, dst, NULL);
        if (r < 0)
            return -1;
        c->u->temp_top = mark;
        AstKind op = e->UnaryOp.op;
        return emit(c,
                    op == AST_Not    ? OP_NOT
                    : op == AST_USub ? OP_NEG
                    : op == AST_UAdd ? OP_POS
                                     : OP_INVERT,
                    dst, r, 0);
    }
    case AST_BoolOp: {
        /* The value is tested and kept: it needs a temporary. */
        if (reg_is_temp(c->u, dst))
            return bool_op_into(c, e, dst);
        Reg r = temp_push(c);
        if (bool_op_into(c, e, r) < 0)
            return -1;
        c->u->temp_top = mark;
        return emit(c, OP_MOVE, dst, r, 0);
    }
    case AST_Compare: return compare_into(c, e, dst);
    case AST_IfExp: return if_exp_into(c, e, dst);
    case AST_Call: return call_into(c, e, dst);
    case AST_Attribute: return attribute_into(c, e, dst);
    case AST_Subscript: return subscript_into(c, e, dst);
    case AST_Slice: return slice_into(c, e, dst);
    case AST_Tuple: {
        Value v;
        int constant = constant_value(c, e, &v);
        if (constant)
            return constant < 0 ? -1 : constant_load_take(c, v, dst);
        return sequence_into(c, e->Tuple.elts, OP_BUILD_TUPLE, dst);
    }
    case AST_List: return list_into(c, e->List.elts, dst);
    case AST_Set: return sequence_into(c, e->Set.elts, OP_BUILD_SET, dst);
    case AST_Dict: return dict_into(c, e, dst);
    case AST_ListComp:
    case AST_SetComp:
    case AST_DictComp:
    case AST_GeneratorExp: return comprehension_into(c, e, dst);
    case AST_Lambda: return define_lambda(c, e, dst);
    case AST_Yield: return yield_into(c, e, dst);
    case AST_YieldFrom: return yield_from_into(c, e, dst);
    case AST_Await: return await_into(c, e, dst);
    case AST_JoinedStr:
    case AST_FormattedValue: return fstring_into(c, e, dst);
    case AST_TemplateStr:
    case AST_Interpolation: return tstring_into(c, e, dst);
    case AST_Starred: compiler_error(c, e->position, "can't use starred expression here"); return -1;
    default: error_set(c->t, EXC_SystemError, "compiler: unexpected expression kind %d", e->kind); return -1;
    }
}
