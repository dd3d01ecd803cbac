/* constant.c: what is known when code is compiled: the values of expressions of constants, and loading values. */
#include "compiler.h"

#include "../object/int.h"

int constant_load(Compiler *c, Value v, Reg dst)
{
    if (value_is_int(v) && value_to_int(v) >= INT32_MIN && value_to_int(v) <= INT32_MAX)
        return emit(c, OP_LOAD_INT, dst, (int32_t)value_to_int(v), 0);
    int index = constant_index(c, v);
    return index < 0 ? -1 : emit(c, OP_LOAD_CONST, dst, index, 0);
}

int constant_load_take(Compiler *c, Value v, Reg dst)
{
    if (value_is_empty(v))
        return -1;
    int result = constant_load(c, v, dst);
    ref_dec(c->t, v);
    return result;
}

static const BinaryOp binary_ops[] = {
    [0] = BINARY_ADD,
    [AST_Sub - AST_Add] = BINARY_SUB,
    [AST_Mult - AST_Add] = BINARY_MUL,
    [AST_MatMult - AST_Add] = BINARY_MATMUL,
    [AST_Div - AST_Add] = BINARY_TRUEDIV,
    [AST_Mod - AST_Add] = BINARY_MOD,
    [AST_Pow - AST_Add] = BINARY_POW,
    [AST_LShift - AST_Add] = BINARY_LSHIFT,
    [AST_RShift - AST_Add] = BINARY_RSHIFT,
    [AST_BitOr - AST_Add] = BINARY_OR,
    [AST_BitXor - AST_Add] = BINARY_XOR,
    [AST_BitAnd - AST_Add] = BINARY_AND,
    [AST_FloorDiv - AST_Add] = BINARY_FLOORDIV,
};
BinaryOp constant_operator(AstKind op) { return binary_ops[op - AST_Add]; }

/* Folding must stay cheap and its results small. */
static bool worth_folding(BinaryOp op, Value a, Value b)
{
    bool ints = int_check(a) && int_check(b);
    switch (op) {
    case BINARY_LSHIFT:
        return ints && value_is_int(b) && value_to_int(b) >= 0 && value_to_int(b) <= 128 && int_bit_length(a) <= 128;
    case BINARY_POW:
        if (ints)
            return value_is_int(b) && value_to_int(b) >= 0 && value_to_int(b) <= 128 &&
                   int_bit_length(a) * (uint64_t)value_to_int(b) <= 128;
        return !int_check(a) || value_is_double(b);
    case BINARY_MUL:
        if (ints)
            return int_bit_length(a) + int_bit_length(b) <= 128;
        if (str_check(a) && value_is_int(b))
            return value_to_int(b) >= 0 && value_to_int(b) * (int64_t)str_length(a) <= 4096;
        return value_is_double(a) || value_is_double(b);
    case BINARY_MOD: return !str_check(a) && !object_is(a, KIND_BYTES);
    case BINARY_ADD: return str_check(a) ? str_check(b) && str_length(a) + str_length(b) <= 4096 : true;
    default: return true;
    }
}

static int constant_node(Compiler *c, AstExpr *e, Value *value)
{
    Thread *t = c->t;
    switch (e->kind) {
    case AST_Constant: *value = ref_inc(t, e->Constant.value); return 1;
    case AST_Name:
        if (str_equal(e->Name.id, ID(t, __debug__))) {
            *value = value_from_bool(c->optimize == 0);
            return 1;
        }
        return 0;
    case AST_UnaryOp: {
        Value v;
        int result = constant_value(c, e->UnaryOp.operand, &v);
        if (result <= 0)
            return result;
        if (e->UnaryOp.op == AST_Not) {
            int truth = object_truth(t, v);
            ref_dec(t, v);
            if (truth < 0)
                return -1;
            *value = value_from_bool(!truth);
            return 1;
        }
        if (value_is_bool(v) && e->UnaryOp.op == AST_Invert) { /* deprecated: warns at run time */
            return 0;
        }
        *value = number_unary(t,
                              e->UnaryOp.op == AST_USub   ? UNARY_NEG
                              : e->UnaryOp.op == AST_UAdd ? UNARY_POS
                                                          : UNARY_INVERT,
                              v);
        ref_dec(t, v);
        if (value_is_empty(*value)) {
            error_clear(t);
            return 0;
        }
        return 1;
    }
    case AST_BinOp: {
        Value a, b;
        int result = constant_value(c, e->BinOp.right, &b);
        if (result <= 0)
            return result;
        result = constant_value(c, e->BinOp.left, &a);
        if (result <= 0) {
            ref_dec(t, b);
            return result;
        }
        BinaryOp op = constant_operator(e->BinOp.op);
        *value = worth_folding(op, a, b) ? number_binary(t, op, a, b) : VALUE_EMPTY;
        ref_dec(t, a);
        ref_dec(t, b);
        if (value_is_empty(*value)) {
            error_clear(t);
            return 0;
        }
        return 1;
    }
    case AST_Tuple: {
        AstExprSeq *elts = e->Tuple.elts;
        for (uint32_t i = elts->n; i-- > 0;)
            if (elts->at[i]->kind != AST_Constant && elts->at[i]->kind != AST_Tuple &&
                elts->at[i]->kind != AST_UnaryOp && elts->at[i]->kind != AST_BinOp)
                return 0;
        Value tuple = tuple_new(t, elts->n);
        if (value_is_empty(tuple))
            return -1;
        for (uint32_t i = 0; i < elts->n; i++) {
            Value item;
            int result = constant_value(c, elts->at[i], &item);
            if (result <= 0) {
                ref_dec(t, tuple);
                return result;
            }
            tuple_of(tuple)->items[i] = item;
        }
        *value = tuple;
        return 1;
    }
    default: return 0;
    }
}

int constant_value(Compiler *c, AstExpr *e, Value *value)
{
    if (!recursion_enter(c->t, " during compilation"))
        return -1;
    int result = constant_node(c, e, value);
    recursion_leave(c->t);
    return result;
}

int constant_truth(Compiler *c, AstExpr *e)
{
    Value v;
    int result = constant_value(c, e, &v);
    if (result < 0)
        error_clear(c->t);
    if (result <= 0)
        return -1;
    result = object_truth(c->t, v);
    ref_dec(c->t, v);
    if (result < 0)
        error_clear(c->t);
    return result;
}

bool constant_small(Compiler *c, AstExpr *e, int32_t *i)
{
    Value v;
    if (e->kind == AST_Constant)
        v = e->Constant.value;
    else if (e->kind == AST_UnaryOp && e->UnaryOp.op == AST_USub && e->UnaryOp.operand->kind == AST_Constant &&
             value_is_int(e->UnaryOp.operand->Constant.value))
        v = value_from_int(-value_to_int(e->UnaryOp.operand->Constant.value));
    else
        return false;
    if (!value_is_int(v) || !INSTRUCTION_FITS(value_to_int(v)))
        return false;
    *i = (int32_t)value_to_int(v);
    return true;
}
