/* fstring.c: f-strings (PEP 701) and t-strings (PEP 750). */
#include "compiler.h"

/* Strings joined at once by BUILD_STRING; longer ones are joined in parts. */
#define PARTS_AT_ONCE 60

static int formatted_value(Compiler *c, AstExpr *e, Reg dst)
{
    uint32_t mark = c->u->temp_top;
    Reg r = expr(c, e->FormattedValue.value);
    if (r < 0)
        return -1;
    if (e->FormattedValue.conversion > 0) {
        Reg converted = reg_is_temp(c->u, r) ? r : temp_push(c);
        if (emit(c, OP_CONVERT, converted, r, e->FormattedValue.conversion) < 0)
            return -1;
        r = converted;
    }
    if (e->FormattedValue.format_spec) {
        Reg spec = expr(c, e->FormattedValue.format_spec);
        if (spec < 0)
            return -1;
        c->u->temp_top = mark;
        return emit(c, OP_FORMAT_SPEC, dst, r, spec);
    }
    c->u->temp_top = mark;
    return emit(c, OP_FORMAT, dst, r, 0);
}

int fstring_into(Compiler *c, AstExpr *e, Reg dst)
{
    if (e->kind == AST_FormattedValue)
        return formatted_value(c, e, dst);
    AstExprSeq *values = e->JoinedStr.values;
    uint32_t mark = c->u->temp_top;
    if (values->n == 0)
        return constant_load(c, c->t->interp->empty_str, dst);
    if (values->n == 1)
        return expr_into(c, values->at[0], dst);
    Reg base = (Reg)mark;
    uint32_t pending = 0;
    for (uint32_t i = 0; i < values->n; i++) {
        if (pending == PARTS_AT_ONCE) {
            if (emit(c, OP_BUILD_STRING, base, base, (int32_t)pending) < 0)
                return -1;
            c->u->temp_top = (uint32_t)base + 1;
            pending = 1;
        }
        if (expr_temp(c, values->at[i]) < 0)
            return -1;
        pending++;
    }
    c->u->temp_top = mark;
    return emit(c, OP_BUILD_STRING, dst, base, (int32_t)pending);
}

static int interpolation(Compiler *c, AstExpr *e, Reg dst)
{
    uint32_t mark = c->u->temp_top;
    Reg base = temp_push_n(c, 3);
    if (expr_into(c, e->Interpolation.value, base) < 0 || constant_load(c, e->Interpolation.str, base + 1) < 0)
        return -1;
    if ((e->Interpolation.format_spec ? expr_into(c, e->Interpolation.format_spec, base + 2)
                                      : constant_load(c, c->t->interp->empty_str, base + 2)) < 0)
        return -1;
    c->u->temp_top = mark;
    return emit(c, OP_BUILD_INTERPOLATION, dst, base,
                e->Interpolation.conversion > 0 ? e->Interpolation.conversion : 0);
}

/* Strings and interpolations alternate, beginning and ending with a string; adjacent literals were joined by the parser. */
int tstring_into(Compiler *c, AstExpr *e, Reg dst)
{
    if (e->kind == AST_Interpolation)
        return interpolation(c, e, dst);
    Thread *t = c->t;
    AstExprSeq *values = e->TemplateStr.values;
    uint32_t mark = c->u->temp_top;
    Reg base = temp_push_n(c, 2);
    uint32_t inner = c->u->temp_top;
    Value strings = list_new(t, values->n + 1);
    if (value_is_empty(strings))
        return -1;
    bool string_last = false;
    uint32_t count = 0;
    if (emit(c, OP_BUILD_LIST, base + 1, (Reg)inner, 0) < 0)
        goto fail;
    for (uint32_t i = 0; i < values->n; i++) {
        AstExpr *v = values->at[i];
        if (v->kind == AST_Constant) {
            if (string_last) {
                Value joined = str_concat(t, list_peek(strings, list_length(strings) - 1), v->Constant.value);
                if (value_is_empty(joined))
                    goto fail;
                int status = list_set(t, strings, list_length(strings) - 1, joined);
                ref_dec(t, joined);
                if (status < 0)
                    goto fail;
            } else if (list_append(t, strings, v->Constant.value) < 0) {
                goto fail;
            }
            string_last = true;
            continue;
        }
        if (!string_last && list_append(t, strings, t->interp->empty_str) < 0)
            goto fail;
        string_last = false;
        count++;
        Reg r = expr_temp(c, v);
        if (r < 0 || emit(c, OP_LIST_APPEND, base + 1, r, 0) < 0)
            goto fail;
        c->u->temp_top = inner;
    }
    if (!string_last && list_append(t, strings, t->interp->empty_str) < 0)
        goto fail;
    if (constant_load_take(c, list_to_tuple(t, strings), base) < 0 ||
        emit(c, OP_LIST_TO_TUPLE, base + 1, base + 1, 0) < 0)
        goto fail;
    ref_dec(t, strings);
    c->u->temp_top = mark;
    return emit(c, OP_BUILD_TEMPLATE, dst, base, 0);
fail:
    ref_dec(t, strings);
    return -1;
}
