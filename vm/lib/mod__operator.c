/* mod__operator.c: the module _operator: the operators as functions. */
#include "mod__operator.h"

#include "../object/buffer.h"

/* ---- comparing and truth ---- */

#define COMPARISON(c_name, op, doc)                                                                                    \
    NATIVE(c_name, #c_name, "($module, a, b, /)", doc) { return object_compare(t, args[1], args[2], op); }
COMPARISON(lt, COMPARE_LT, "a < b")
COMPARISON(le, COMPARE_LE, "a <= b")
COMPARISON(eq, COMPARE_EQ, "a == b")
COMPARISON(ne, COMPARE_NE, "a != b")
COMPARISON(ge, COMPARE_GE, "a >= b")
COMPARISON(gt, COMPARE_GT, "a > b")

NATIVE(truth, "truth", "($module, a, /)", "bool(a)")
{
    int truth = object_truth(t, args[1]);
    return truth < 0 ? VALUE_EMPTY : value_from_bool(truth);
}
NATIVE(not_, "not_", "($module, a, /)", "not a")
{
    int truth = object_truth(t, args[1]);
    return truth < 0 ? VALUE_EMPTY : value_from_bool(!truth);
}
NATIVE(is_, "is_", "($module, a, b, /)", "a is b") { return value_from_bool(value_is(args[1], args[2])); }
NATIVE(is_not, "is_not", "($module, a, b, /)", "a is not b") { return value_from_bool(!value_is(args[1], args[2])); }
NATIVE(is_none, "is_none", "($module, a, /)", "a is None") { return value_from_bool(value_is_none(args[1])); }
NATIVE(is_not_none, "is_not_none", "($module, a, /)", "a is not None")
{
    return value_from_bool(!value_is_none(args[1]));
}

/* ---- numbers ---- */

#define UNARY(c_name, python_name, op, doc)                                                                            \
    NATIVE(c_name, python_name, "($module, a, /)", doc) { return number_unary(t, op, args[1]); }
UNARY(abs, "abs", UNARY_ABS, "abs(a)")
UNARY(neg, "neg", UNARY_NEG, "-a")
UNARY(pos, "pos", UNARY_POS, "+a")
UNARY(inv, "inv", UNARY_INVERT, "~a")
UNARY(invert, "invert", UNARY_INVERT, "~a")

NATIVE(index, "index", "($module, a, /)", "a.__index__()") { return number_index(t, args[1]); }

#define BINARY(c_name, python_name, op, doc)                                                                           \
    NATIVE(c_name, python_name, "($module, a, b, /)", doc) { return number_binary(t, op, args[1], args[2]); }
BINARY(add, "add", BINARY_ADD, "a + b")
BINARY(sub, "sub", BINARY_SUB, "a - b")
BINARY(mul, "mul", BINARY_MUL, "a * b")
BINARY(matmul, "matmul", BINARY_MATMUL, "a @ b")
BINARY(truediv, "truediv", BINARY_TRUEDIV, "a / b")
BINARY(floordiv, "floordiv", BINARY_FLOORDIV, "a // b")
BINARY(mod, "mod", BINARY_MOD, "a % b")
BINARY(pow, "pow", BINARY_POW, "a ** b")
BINARY(lshift, "lshift", BINARY_LSHIFT, "a << b")
BINARY(rshift, "rshift", BINARY_RSHIFT, "a >> b")
BINARY(and_, "and_", BINARY_AND, "a & b")
BINARY(or_, "or_", BINARY_OR, "a | b")
BINARY(xor, "xor", BINARY_XOR, "a ^ b")

#define INPLACE(c_name, op, doc)                                                                                       \
    NATIVE(c_name, #c_name, "($module, a, b, /)", doc) { return number_inplace(t, op, args[1], args[2]); }
INPLACE(iadd, BINARY_ADD, "a += b")
INPLACE(isub, BINARY_SUB, "a -= b")
INPLACE(imul, BINARY_MUL, "a *= b")
INPLACE(imatmul, BINARY_MATMUL, "a @= b")
INPLACE(itruediv, BINARY_TRUEDIV, "a /= b")
INPLACE(ifloordiv, BINARY_FLOORDIV, "a //= b")
INPLACE(imod, BINARY_MOD, "a %= b")
INPLACE(ipow, BINARY_POW, "a **= b")
INPLACE(ilshift, BINARY_LSHIFT, "a <<= b")
INPLACE(irshift, BINARY_RSHIFT, "a >>= b")
INPLACE(iand, BINARY_AND, "a &= b")
INPLACE(ior, BINARY_OR, "a |= b")
INPLACE(ixor, BINARY_XOR, "a ^= b")

/* ---- sequences and mappings ---- */

static bool is_sequence(Thread *t, Value v) { return type_of(t, v)->slots.getitem && !dict_check(v); }

/* Sequence concatenation: + only where it cannot mean addition of numbers. */
static Value concatenate(Thread *t, Value a, Value b, bool in_place)
{
    const Slots *slots = &type_of(t, a)->slots;
    if (in_place && slots->inplace_concat)
        return slots->inplace_concat(t, a, b);
    if (slots->concat)
        return slots->concat(t, a, b);
    if (is_sequence(t, a) && is_sequence(t, b))
        return in_place ? number_inplace(t, BINARY_ADD, a, b) : number_binary(t, BINARY_ADD, a, b);
    return error_set(t, EXC_TypeError, "'%N' object can't be concatenated", type_of(t, a));
}
NATIVE(concat, "concat", "($module, a, b, /)", "a + b for sequences")
{
    return concatenate(t, args[1], args[2], false);
}
NATIVE(iconcat, "iconcat", "($module, a, b, /)", "a += b for sequences")
{
    return concatenate(t, args[1], args[2], true);
}

NATIVE(contains, "contains", "($module, a, b, /)", "b in a")
{
    int found = object_contains(t, args[1], args[2]);
    return found < 0 ? VALUE_EMPTY : value_from_bool(found);
}

NATIVE(getitem, "getitem", "($module, a, b, /)", "a[b]") { return object_getitem(t, args[1], args[2]); }
NATIVE(setitem, "setitem", "($module, a, b, c, /)", "a[b] = c")
{
    return object_setitem(t, args[1], args[2], args[3]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}
NATIVE(delitem, "delitem", "($module, a, b, /)", "del a[b]")
{
    return object_setitem(t, args[1], args[2], VALUE_EMPTY) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

/* How many items equal b, or with `first` the index of the first one (-1: none); -2: error. */
static int64_t search(Thread *t, Value a, Value b, bool first)
{
    Value iterator = object_iter(t, a), item;
    if (value_is_empty(iterator)) {
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "argument of type '%N' is not iterable", type_of(t, a));
        return -2;
    }
    int64_t result = first ? -1 : 0;
    for (int64_t i = 0; !value_is_empty(item = iterate_next(t, iterator)); i++) {
        int equal = items_equal(t, item, b);
        ref_dec(t, item);
        if (equal < 0)
            break;
        if (equal && first) {
            result = i;
            break;
        }
        result += equal;
    }
    ref_dec(t, iterator);
    return error_pending(t) ? -2 : result;
}
NATIVE(countOf, "countOf", "($module, a, b, /)", "How many items of a equal b.")
{
    int64_t count = search(t, args[1], args[2], false);
    return count < 0 ? VALUE_EMPTY : value_from_int(count);
}
NATIVE(indexOf, "indexOf", "($module, a, b, /)", "The index of the first item of a equal to b.")
{
    int64_t index = search(t, args[1], args[2], true);
    if (index >= 0)
        return value_from_int(index);
    return index == -2 ? VALUE_EMPTY : error_set(t, EXC_ValueError, "sequence.index(x): x not in sequence");
}

NATIVE(length_hint, "length_hint", "($module, obj, default=0, /)",
       "The length of an object, or an estimate of it, or the default.")
{
    int64_t fallback = 0;
    if (!value_is_empty(args[2])) {
        fallback = number_index_int64(t, args[2], EXC_OverflowError);
        if (fallback == -1 && error_pending(t))
            return VALUE_EMPTY;
    }
    int64_t hint = object_length_hint(t, args[1], fallback);
    return hint == -1 && error_pending(t) ? VALUE_EMPTY : int_from_int64(t, hint);
}

NATIVE(call_object, "call", "($module, obj, /, *args, **kwargs)", "obj(*args, **kwargs)")
{
    if (n < 2)
        return error_set(t, EXC_TypeError, "call expected at least 1 argument, got 0");
    return object_call(t, args[1], args + 2, n - 2, names);
}

/* ---- comparing secrets ---- */

/* Takes the same time wherever the difference is; `b` decides how long. */
static bool same_bytes(const uint8_t *a, size_t length_a, const uint8_t *b, size_t length_b)
{
    volatile uint8_t difference = length_a != length_b;
    const volatile uint8_t *left = length_a == length_b ? a : b, *right = b;
    for (size_t i = 0; i < length_b; i++)
        difference |= left[i] ^ right[i];
    return difference == 0;
}

NATIVE(compare_digest, "_compare_digest", "($module, a, b, /)",
       "a == b for ASCII strs or bytes-like objects, in a time that does not tell where they differ.")
{
    Value a = args[1], b = args[2];
    if (str_check(a) && str_check(b)) {
        if (!str_is_ascii(str_of(a)) || !str_is_ascii(str_of(b)))
            return error_set(t, EXC_TypeError, "comparing strings with non-ASCII characters is not supported");
        return value_from_bool(same_bytes(str_of(a)->data, str_length(a), str_of(b)->data, str_length(b)));
    }
    if (!buffer_supported(t, a) || !buffer_supported(t, b))
        return error_set(t, EXC_TypeError, "unsupported operand types(s) or combination of types: '%N' and '%N'",
                         type_of(t, a), type_of(t, b));
    Buffer x = {0}, y = {0};
    Value result = VALUE_EMPTY;
    if (buffer_get(t, a, &x, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    if (x.ndim > 1) {
        error_set(t, EXC_BufferError, "Buffer must be single dimension");
    } else if (buffer_get(t, b, &y, BUFFER_SIMPLE) == 0) {
        if (y.ndim > 1)
            error_set(t, EXC_BufferError, "Buffer must be single dimension");
        else
            result = value_from_bool(same_bytes(x.data, x.length, y.data, y.length));
        buffer_release(t, &y);
    }
    buffer_release(t, &x);
    return result;
}

/* ---- the module ---- */

static const NativeDef *const operator_functions[] = {&native_lt,
                                                      &native_le,
                                                      &native_eq,
                                                      &native_ne,
                                                      &native_ge,
                                                      &native_gt,
                                                      &native_truth,
                                                      &native_not_,
                                                      &native_is_,
                                                      &native_is_not,
                                                      &native_is_none,
                                                      &native_is_not_none,
                                                      &native_abs,
                                                      &native_neg,
                                                      &native_pos,
                                                      &native_inv,
                                                      &native_invert,
                                                      &native_index,
                                                      &native_add,
                                                      &native_sub,
                                                      &native_mul,
                                                      &native_matmul,
                                                      &native_truediv,
                                                      &native_floordiv,
                                                      &native_mod,
                                                      &native_pow,
                                                      &native_lshift,
                                                      &native_rshift,
                                                      &native_and_,
                                                      &native_or_,
                                                      &native_xor,
                                                      &native_iadd,
                                                      &native_isub,
                                                      &native_imul,
                                                      &native_imatmul,
                                                      &native_itruediv,
                                                      &native_ifloordiv,
                                                      &native_imod,
                                                      &native_ipow,
                                                      &native_ilshift,
                                                      &native_irshift,
                                                      &native_iand,
                                                      &native_ior,
                                                      &native_ixor,
                                                      &native_concat,
                                                      &native_iconcat,
                                                      &native_contains,
                                                      &native_getitem,
                                                      &native_setitem,
                                                      &native_delitem,
                                                      &native_countOf,
                                                      &native_indexOf,
                                                      &native_length_hint,
                                                      &native_call_object,
                                                      &native_compare_digest,
                                                      NULL};

static int operator_exec(Thread *t, Value module)
{
    return module_add_type(t, module, &operator_itemgetter, NULL) &&
                   module_add_type(t, module, &operator_attrgetter, NULL) &&
                   module_add_type(t, module, &operator_methodcaller, NULL)
               ? 0
               : -1;
}

const ModuleDef module_def__operator = {
    .name = "_operator",
    .doc = "The operators as functions.",
    .methods = operator_functions,
    .exec = operator_exec,
};
