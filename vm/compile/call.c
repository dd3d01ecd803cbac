/* call.c: calls.  The callable and its arguments are placed in consecutive temporaries where the callee's registers will begin, so that an ordinary call copies
 * nothing. */
#include "compiler.h"

static bool has_star_argument(const AstExprSeq *args)
{
    for (uint32_t i = 0; i < args->n; i++)
        if (args->at[i]->kind == AST_Starred)
            return true;
    return false;
}

static bool has_double_star(const AstKeywordSeq *keywords)
{
    for (uint32_t i = 0; i < keywords->n; i++)
        if (value_is_empty(keywords->at[i]->arg))
            return true;
    return false;
}

/* Of so many keywords each is compared with each. */
#define FEW_KEYWORDS 16

/* The keyword that is there again, of the first that is: its index, or n; -1 with an exception. */
static int64_t repeated_keyword(Thread *t, const AstKeywordSeq *keywords)
{
    uint32_t n = keywords->n, first = n, again = n;
    if (n <= FEW_KEYWORDS) {
        for (uint32_t i = 0; i < n; i++)
            for (uint32_t k = i + 1; k < n && !value_is_empty(keywords->at[i]->arg); k++)
                if (!value_is_empty(keywords->at[k]->arg) && str_equal(keywords->at[i]->arg, keywords->at[k]->arg))
                    return k;
        return n;
    }
    Value seen = dict_new(t);
    int status = value_is_empty(seen) ? -1 : 0;
    for (uint32_t i = 0; i < n && status >= 0; i++) {
        Value known = VALUE_EMPTY;
        if (value_is_empty(keywords->at[i]->arg))
            continue;
        status = dict_setdefault(t, seen, keywords->at[i]->arg, value_from_int(i), &known);
        if (status > 0 && value_to_int(known) < first) {
            first = (uint32_t)value_to_int(known);
            again = i;
        }
    }
    ref_dec(t, seen);
    return status < 0 ? -1 : (int64_t)again;
}

static int check_duplicate_keywords(Compiler *c, const AstKeywordSeq *keywords)
{
    int64_t again = repeated_keyword(c->t, keywords);
    if (again < 0 || again == keywords->n)
        return again < 0 ? -1 : 0;
    const AstKeyword *k = keywords->at[again];
    return compiler_error(c, k->position, "keyword argument repeated: %U", k->arg), -1;
}

/* Calls with more arguments than this go through a tuple, as those with stars do. */
#define ARGUMENTS_IN_REGISTERS 200

static int keyword_dict(Compiler *c, Reg base, const AstKeywordSeq *keywords, Reg dst)
{
    uint32_t mark = c->u->temp_top;
    if (keywords->n == 1 && value_is_empty(keywords->at[0]->arg)) /* CALL_EX takes any mapping */
        return expr_into(c, keywords->at[0]->value, dst);
    if (emit(c, OP_BUILD_DICT, dst, (Reg)mark, 0) < 0)
        return -1;
    bool after_star = false;
    for (uint32_t i = 0; i < keywords->n; i++) {
        AstKeyword *k = keywords->at[i];
        if (value_is_empty(k->arg)) {
            after_star = true;
            Reg r = expr(c, k->value);
            if (r < 0 || emit(c, OP_DICT_MERGE, dst, r, base) < 0)
                return -1;
        } else {
            /* Through a dict of one item when it follows a ** one, so that a duplicate is noticed. */
            Reg name = temp_push(c), value = temp_push(c);
            if (constant_load(c, k->arg, name) < 0 || expr_into(c, k->value, value) < 0)
                return -1;
            if (after_star) {
                if (emit(c, OP_BUILD_DICT, name, name, 1) < 0 || emit(c, OP_DICT_MERGE, dst, name, base) < 0)
                    return -1;
            } else if (emit(c, OP_DICT_SET, dst, name, value) < 0) {
                return -1;
            }
        }
        c->u->temp_top = mark;
    }
    return 0;
}

static int call_spread(Compiler *c, Reg base, uint32_t prefix, const AstExprSeq *args, const AstKeywordSeq *keywords,
                       Reg extra, Reg dst)
{
    Reg list = prefix ? base + 1 : temp_push(c);
    uint32_t inner = c->u->temp_top = (uint32_t)list + 1;
    if (!prefix && args->n == 1 && args->at[0]->kind == AST_Starred && extra < 0) {
        if (expr_into(c, args->at[0]->Starred.value, list) < 0)
            return -1;
    } else {
        if (emit(c, OP_BUILD_LIST, list, list, (int32_t)prefix) < 0)
            return -1;
        for (uint32_t i = 0; i < args->n; i++) {
            bool star = args->at[i]->kind == AST_Starred;
            Reg r = expr(c, star ? args->at[i]->Starred.value : args->at[i]);
            if (r < 0)
                return -1;
            c->u->temp_top = inner;
            if (emit(c, star ? OP_LIST_EXTEND : OP_LIST_APPEND, list, r, 0) < 0)
                return -1;
        }
        if (extra >= 0 && emit(c, OP_LIST_APPEND, list, extra, 0) < 0)
            return -1;
        if (emit(c, OP_LIST_TO_TUPLE, list, list, 0) < 0)
            return -1;
    }
    if (keywords->n) {
        Reg dict = temp_push(c);
        if (keyword_dict(c, base, keywords, dict) < 0)
            return -1;
    }
    return emit(c, OP_CALL_EX, base, keywords->n != 0, dst);
}

/* Calls what is in base (and base+1 for a method pair).  `prefix` positional arguments are in place already; `extra`, when not negative, is a register whose value
 * is passed as the last positional argument (a generic class's Generic base). */
int call_arguments(Compiler *c, Reg base, bool method, uint32_t prefix, const AstExprSeq *args,
                   const AstKeywordSeq *keywords, Reg extra, Reg dst)
{
    Thread *t = c->t;
    if (check_duplicate_keywords(c, keywords) < 0)
        return -1;
    if (has_star_argument(args) || has_double_star(keywords) || args->n + keywords->n > ARGUMENTS_IN_REGISTERS) {
        if (method) { /* call_into never asks for this */
            error_set(t, EXC_SystemError, "compiler: spread method call");
            return -1;
        }
        return call_spread(c, base, prefix, args, keywords, extra, dst);
    }
    for (uint32_t i = 0; i < args->n; i++)
        if (expr_temp(c, args->at[i]) < 0)
            return -1;
    uint32_t n = prefix + args->n;
    if (extra >= 0) {
        Reg r = temp_push(c);
        if (emit(c, OP_COPY, r, extra, 0) < 0)
            return -1;
        n++;
    }
    if (!keywords->n)
        return emit(c, method ? OP_CALL_METHOD : OP_CALL, base, (int32_t)n, dst);
    Value names = tuple_new(t, keywords->n);
    if (value_is_empty(names))
        return -1;
    for (uint32_t i = 0; i < keywords->n; i++) {
        tuple_of(names)->items[i] = ref_inc(t, keywords->at[i]->arg);
        if (expr_temp(c, keywords->at[i]->value) < 0) {
            ref_dec(t, names);
            return -1;
        }
    }
    int index = constant_index(c, names);
    ref_dec(t, names);
    if (index < 0 || emit(c, method ? OP_CALL_METHOD_KW : OP_CALL_KW, base, (int32_t)(n + keywords->n), dst) < 0)
        return -1;
    return emit(c, OP_EXTRA, index, 0, 0);
}

int call_into(Compiler *c, AstExpr *e, Reg dst)
{
    Unit *u = c->u;
    uint32_t mark = u->temp_top;
    AstExpr *func = e->Call.func;
    bool spread = has_star_argument(e->Call.args) || has_double_star(e->Call.keywords) ||
                  e->Call.args->n + e->Call.keywords->n > ARGUMENTS_IN_REGISTERS;
    if (check_callable_literal(c, func) < 0)
        return -1;
    /* The callee's registers begin behind the callable: nothing alive may lie above. */
    Reg base = reg_is_temp(u, dst) && (uint32_t)dst + 1 == mark ? dst : temp_push(c);
    uint32_t above = u->temp_top;
    bool method = false;
    if (func->kind == AST_Attribute && !spread) {
        Position saved = c->position;
        temp_push_n(c, 2); /* super needs three registers */
        int super = super_arguments(c, func->Attribute.value, base);
        if (super < 0)
            return -1;
        Value mangled = symtable_mangle(c->t, c->arena, u->scope, func->Attribute.attr);
        int site = value_is_empty(mangled) ? -1 : site_new(c, mangled, super ? 2 : 1);
        if (site < 0)
            return -1;
        u->temp_top = above;
        if (super) {
            c->position = func->position;
            if (emit(c, OP_LOAD_SUPER_METHOD, base, base, site) < 0 || emit(c, OP_EXTRA, super == 2, 0, 0) < 0)
                return -1;
        } else {
            Reg object = expr(c, func->Attribute.value);
            if (object < 0)
                return -1;
            c->position = func->position;
            if (func->position.line != func->position.end_line) {
                c->position.line = func->position.end_line;
                c->position.column = func->position.end_column - (int32_t)str_length(func->Attribute.attr);
            }
            if (emit(c, OP_LOAD_METHOD, base, object, site) < 0)
                return -1;
            if (func->position.line != func->position.end_line) {
                saved.line = c->position.line;
                saved.column = c->position.column;
            }
        }
        u->temp_top = above + 1;
        c->position = saved;
        method = true;
    } else if (expr_into(c, func, base) < 0) {
        return -1;
    }
    if (call_arguments(c, base, method, 0, e->Call.args, e->Call.keywords, -1, dst) < 0)
        return -1;
    u->temp_top = mark;
    return 0;
}
