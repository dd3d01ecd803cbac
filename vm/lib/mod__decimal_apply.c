/* mod__decimal_apply.c: operations on objects: arguments become numbers, the operation runs in a context, its conditions are raised, the result becomes an object.
 * No locks. */
#include "mod__decimal.h"

#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/list.h"

Value decimal_apply1(Thread *t, Value context, Value a, DecimalOperation1 operation)
{
    Num x, r;
    if (decimal_argument(t, a, &x) < 0)
        return VALUE_EMPTY;
    DecimalContext *c = decimal_context_of(context);
    Work w = decimal_work(t, c);
    num_init(&r);
    operation(&w, &r, &x);
    num_free(t, &x);
    return decimal_result_take(t, c, &w, &r);
}

/* Converts n arguments; on failure those already converted are freed. */
static bool arguments(Thread *t, const Value *values, Num *numbers, int n)
{
    for (int i = 0; i < n; i++) {
        if (decimal_argument(t, values[i], &numbers[i]) < 0) {
            while (i)
                num_free(t, &numbers[--i]);
            return false;
        }
    }
    return true;
}
static void arguments_free(Thread *t, Num *numbers, int n)
{
    for (int i = 0; i < n; i++)
        num_free(t, &numbers[i]);
}

Value decimal_apply2(Thread *t, Value context, Value a, Value b, DecimalOperation2 operation)
{
    Num x[2], r;
    if (!arguments(t, (Value[]){a, b}, x, 2))
        return VALUE_EMPTY;
    DecimalContext *c = decimal_context_of(context);
    Work w = decimal_work(t, c);
    num_init(&r);
    operation(&w, &r, &x[0], &x[1]);
    arguments_free(t, x, 2);
    return decimal_result_take(t, c, &w, &r);
}

Value decimal_apply_fma(Thread *t, Value context, Value a, Value b, Value third)
{
    Num x[3], r;
    if (!arguments(t, (Value[]){a, b, third}, x, 3))
        return VALUE_EMPTY;
    DecimalContext *c = decimal_context_of(context);
    Work w = decimal_work(t, c);
    num_init(&r);
    decimal_fma(&w, &r, &x[0], &x[1], &x[2]);
    arguments_free(t, x, 3);
    return decimal_result_take(t, c, &w, &r);
}

Value decimal_apply_divmod(Thread *t, Value context, Value a, Value b)
{
    Num x[2], q, r;
    if (!arguments(t, (Value[]){a, b}, x, 2))
        return VALUE_EMPTY;
    DecimalContext *c = decimal_context_of(context);
    Work w = decimal_work(t, c);
    num_init(&q);
    num_init(&r);
    decimal_divmod(&w, &q, &r, &x[0], &x[1]);
    arguments_free(t, x, 2);
    Value items[2];
    items[0] = decimal_result_take(t, c, &w, &q);
    w.status = 0;
    items[1] = value_is_empty(items[0]) ? VALUE_EMPTY : decimal_result_take(t, c, &w, &r);
    num_free(t, &r);
    if (!value_is_empty(items[1]))
        return tuple_from_array_take(t, items, 2);
    ref_dec(t, items[0]);
    return VALUE_EMPTY;
}

Value decimal_apply_power(Thread *t, Value context, Value a, Value b, Value modulus)
{
    if (value_is_none(modulus))
        return decimal_apply2(t, context, a, b, decimal_power);
    Num x[3], r;
    if (!arguments(t, (Value[]){a, b, modulus}, x, 3))
        return VALUE_EMPTY;
    DecimalContext *c = decimal_context_of(context);
    Work w = decimal_work(t, c);
    num_init(&r);
    decimal_power_mod(&w, &r, &x[0], &x[1], &x[2]);
    arguments_free(t, x, 3);
    return decimal_result_take(t, c, &w, &r);
}

/* ---- operations in the forms above ---- */

void decimal_op_compare(Work *w, Num *r, const Num *a, const Num *b) { decimal_compare(w, r, a, b, false); }
void decimal_op_compare_signal(Work *w, Num *r, const Num *a, const Num *b) { decimal_compare(w, r, a, b, true); }
void decimal_op_compare_total(Work *w, Num *r, const Num *a, const Num *b) { num_set_int(r, num_compare_total(a, b)); }
void decimal_op_compare_total_mag(Work *w, Num *r, const Num *a, const Num *b)
{
    num_set_int(r, num_compare_total_mag(a, b));
}
void decimal_op_max(Work *w, Num *r, const Num *a, const Num *b) { decimal_extreme(w, r, a, b, true, false); }
void decimal_op_max_mag(Work *w, Num *r, const Num *a, const Num *b) { decimal_extreme(w, r, a, b, true, true); }
void decimal_op_min(Work *w, Num *r, const Num *a, const Num *b) { decimal_extreme(w, r, a, b, false, false); }
void decimal_op_min_mag(Work *w, Num *r, const Num *a, const Num *b) { decimal_extreme(w, r, a, b, false, true); }
void decimal_op_and(Work *w, Num *r, const Num *a, const Num *b) { decimal_logical(w, r, a, b, BINARY_AND); }
void decimal_op_or(Work *w, Num *r, const Num *a, const Num *b) { decimal_logical(w, r, a, b, BINARY_OR); }
void decimal_op_xor(Work *w, Num *r, const Num *a, const Num *b) { decimal_logical(w, r, a, b, BINARY_XOR); }
void decimal_op_to_integral_exact(Work *w, Num *r, const Num *a) { decimal_to_integral(w, r, a, true); }
void decimal_op_to_integral_value(Work *w, Num *r, const Num *a) { decimal_to_integral(w, r, a, false); }

void decimal_op_copy_sign(Work *w, Num *r, const Num *a, const Num *b)
{
    if (num_copy(w, r, a))
        r->negative = b->negative;
}
void decimal_op_copy_abs(Work *w, Num *r, const Num *a)
{
    if (num_copy(w, r, a))
        r->negative = false;
}
void decimal_op_copy_negate(Work *w, Num *r, const Num *a)
{
    if (num_copy(w, r, a))
        r->negative = !a->negative;
}
