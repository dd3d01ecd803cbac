/* number.c: the operators and conversions of any object: dispatch on the slots of the operands' types, with Python's rules of reflection.
 *
 * A binary operator asks the left operand's type, then the right's; the right's goes first when it is a subclass of the left's with a slot of its own.  + and *
 * fall back on the sequence slots.  No locks: nothing here owns state.  Read next: type.h (Slots), int_arith.c, float.c. */
#include <math.h>

#include "bytes.h"
#include "buffer.h"
#include "error.h"
#include "float.h"
#include "int.h"
#include "native.h"
#include "str.h"
#include "type.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"

typedef Value (*BinarySlot)(Thread *t, Value a, Value b);

/* As written in error messages. */
static const char *const binary_signs[BINARY_COUNT] = {
    [BINARY_ADD] = "+",     [BINARY_SUB] = "-",           [BINARY_MUL] = "*", [BINARY_MATMUL] = "@",
    [BINARY_TRUEDIV] = "/", [BINARY_FLOORDIV] = "//",     [BINARY_MOD] = "%", [BINARY_POW] = "** or pow()",
    [BINARY_LSHIFT] = "<<", [BINARY_RSHIFT] = ">>",       [BINARY_AND] = "&", [BINARY_OR] = "|",
    [BINARY_XOR] = "^",     [BINARY_DIVMOD] = "divmod()",
};
static const char *const inplace_signs[BINARY_COUNT] = {
    [BINARY_ADD] = "+=",     [BINARY_SUB] = "-=",          [BINARY_MUL] = "*=", [BINARY_MATMUL] = "@=",
    [BINARY_TRUEDIV] = "/=", [BINARY_FLOORDIV] = "//=",    [BINARY_MOD] = "%=", [BINARY_POW] = "**=",
    [BINARY_LSHIFT] = "<<=", [BINARY_RSHIFT] = ">>=",      [BINARY_AND] = "&=", [BINARY_OR] = "|=",
    [BINARY_XOR] = "^=",     [BINARY_DIVMOD] = "divmod()",
};

/* ---- binary operators ---- */

/* VALUE_NOTIMPLEMENTED when neither operand answers. */
static Value binary_slots(Thread *t, BinaryOp op, Value a, Value b)
{
    Type *left = type_of(t, a), *right = type_of(t, b);
    BinarySlot first = left->slots.binary[op], second = NULL;
    if (left != right) {
        second = right->slots.binary[op];
        if (second == first)
            second = NULL;
    }
    if (first) {
        if (second && type_is_subtype(right, left)) {
            Value r = second(t, a, b);
            if (!value_is(r, VALUE_NOTIMPLEMENTED))
                return r;
            second = NULL;
        }
        Value r = first(t, a, b);
        if (!value_is(r, VALUE_NOTIMPLEMENTED))
            return r;
    }
    return second ? second(t, a, b) : VALUE_NOTIMPLEMENTED;
}

static COLD Value unsupported(Thread *t, const char *sign, Value a, Value b)
{
    Type *left = type_of(t, a), *right = type_of(t, b);
    if (sign == binary_signs[BINARY_RSHIFT] && object_is(a, KIND_NATIVE) &&
        !strcmp(((Native *)value_object(a))->def->name, "print"))
        return error_set(t, EXC_TypeError,
                         "unsupported operand type(s) for %s: '%.100s' and '%.100s'. "
                         "Did you mean \"print(<message>, file=<output_stream>)\"?",
                         sign, type_message_name(left), type_message_name(right));
    return error_set(t, EXC_TypeError, "unsupported operand type(s) for %.100s: '%.100s' and '%.100s'", sign,
                     type_message_name(left), type_message_name(right));
}

static Value repeat(Thread *t, Value (*slot)(Thread *t, Value self, int64_t count), Value sequence, Value count)
{
    if (!int_check(count) && !type_of(t, count)->slots.index)
        return error_set(t, EXC_TypeError, "can't multiply sequence by non-int of type '%.200s'",
                         type_message_name(type_of(t, count)));
    int64_t n = number_index_int64(t, count, EXC_OverflowError);
    if (n == -1 && error_pending(t))
        return VALUE_EMPTY;
    return slot(t, sequence, n);
}

static Value binary_general(Thread *t, BinaryOp op, Value a, Value b)
{
    Value r = binary_slots(t, op, a, b);
    if (!value_is(r, VALUE_NOTIMPLEMENTED))
        return r;
    if (op == BINARY_ADD) {
        Type *left = type_of(t, a);
        if (left->slots.concat)
            return left->slots.concat(t, a, b);
    } else if (op == BINARY_MUL) {
        Type *left = type_of(t, a), *right = type_of(t, b);
        if (left->slots.repeat)
            return repeat(t, left->slots.repeat, a, b);
        if (right->slots.repeat)
            return repeat(t, right->slots.repeat, b, a);
    }
    return unsupported(t, binary_signs[op], a, b);
}

Value number_binary_after_left(Thread *t, BinaryOp op, Value a, Value b, bool inplace)
{
    Type *left = type_of(t, a), *right = type_of(t, b);
    BinarySlot second = right->slots.binary[op];
    Value r = left != right && second && second != left->slots.binary[op] ? second(t, a, b) : VALUE_NOTIMPLEMENTED;
    if (!value_is(r, VALUE_NOTIMPLEMENTED))
        return r;
    if (op == BINARY_MUL && right->slots.repeat)
        return repeat(t, right->slots.repeat, b, a);
    return unsupported(t, (inplace ? inplace_signs : binary_signs)[op], a, b);
}

/* Two unboxed floats, or an unboxed float and int: the cases that the float slots would reach after all. VALUE_EMPTY: not one of these. */
static ALWAYS_INLINE Value binary_doubles(BinaryOp op, double x, double y)
{
    switch (op) {
    case BINARY_ADD: return value_from_double(x + y);
    case BINARY_SUB: return value_from_double(x - y);
    case BINARY_MUL: return value_from_double(x * y);
    case BINARY_TRUEDIV: return y != 0.0 ? value_from_double(x / y) : VALUE_EMPTY;
    default: return VALUE_EMPTY;
    }
}

Value number_binary(Thread *t, BinaryOp op, Value a, Value b)
{
    if (value_is_int(a)) {
        if (value_is_int(b)) {
            if (op != BINARY_MATMUL)
                return int_binary(t, op, a, b);
        } else if (value_is_double(b)) {
            Value r = binary_doubles(op, (double)value_to_int(a), value_to_double(b));
            if (!value_is_empty(r))
                return r;
        }
    } else if (value_is_double(a)) {
        Value r = VALUE_EMPTY;
        if (value_is_double(b))
            r = binary_doubles(op, value_to_double(a), value_to_double(b));
        else if (value_is_int(b))
            r = binary_doubles(op, value_to_double(a), (double)value_to_int(b));
        if (!value_is_empty(r))
            return r;
    }
    return binary_general(t, op, a, b);
}

Value number_inplace(Thread *t, BinaryOp op, Value a, Value b)
{
    if (!value_is_object(a))
        goto plain;
    Slots *slots = &value_object(a)->type->slots;
    if (slots->inplace[op]) {
        Value r = slots->inplace[op](t, a, b);
        if (!value_is(r, VALUE_NOTIMPLEMENTED))
            return r;
    }
plain:;
    Value r = binary_slots(t, op, a, b);
    if (!value_is(r, VALUE_NOTIMPLEMENTED))
        return r;
    if (op == BINARY_ADD) {
        Type *left = type_of(t, a);
        if (left->slots.inplace_concat || left->slots.concat)
            return (left->slots.inplace_concat ? left->slots.inplace_concat : left->slots.concat)(t, a, b);
    } else if (op == BINARY_MUL) {
        Type *left = type_of(t, a), *right = type_of(t, b);
        if (left->slots.inplace_repeat || left->slots.repeat)
            return repeat(t, left->slots.inplace_repeat ? left->slots.inplace_repeat : left->slots.repeat, a, b);
        if (right->slots.repeat)
            return repeat(t, right->slots.repeat, b, a);
    }
    return unsupported(t, inplace_signs[op], a, b);
}

Value number_power(Thread *t, Value a, Value b, Value modulus)
{
    if (value_is_none(modulus))
        return number_binary(t, BINARY_POW, a, b);
    Type *first = type_of(t, a), *second = type_of(t, b), *third = type_of(t, modulus);
    Value (*slot1)(Thread *, Value, Value, Value) = first->slots.power;
    Value (*slot2)(Thread *, Value, Value, Value) = second != first ? second->slots.power : NULL;
    Value (*slot3)(Thread *, Value, Value, Value) = third->slots.power;
    if (slot2 == slot1)
        slot2 = NULL;
    if (slot1) {
        if (slot2 && type_is_subtype(second, first)) {
            Value r = slot2(t, a, b, modulus);
            if (!value_is(r, VALUE_NOTIMPLEMENTED))
                return r;
            slot2 = NULL;
        }
        Value r = slot1(t, a, b, modulus);
        if (!value_is(r, VALUE_NOTIMPLEMENTED))
            return r;
    }
    if (slot2) {
        Value r = slot2(t, a, b, modulus);
        if (!value_is(r, VALUE_NOTIMPLEMENTED))
            return r;
    }
    if (slot3 && slot3 != slot1 && slot3 != slot2) {
        Value r = slot3(t, a, b, modulus);
        if (!value_is(r, VALUE_NOTIMPLEMENTED))
            return r;
    }
    return error_set(t, EXC_TypeError, "unsupported operand type(s) for ** or pow(): '%.100s', '%.100s', '%.100s'",
                     type_message_name(first), type_message_name(second), type_message_name(third));
}

/* ---- unary operators ---- */

Value number_unary(Thread *t, UnaryOp op, Value v)
{
    if (value_is_int(v)) {
        int64_t i = value_to_int(v);
        switch (op) {
        case UNARY_NEG: return int_from_int64(t, -i);
        case UNARY_POS: return v;
        case UNARY_INVERT: return value_from_int(~i); /* the range is symmetric under ~ */
        default: return int_from_int64(t, i < 0 ? -i : i);
        }
    }
    Type *type = type_of(t, v);
    Value (*slot)(Thread * t, Value v) = type->slots.unary[op];
    if (slot)
        return slot(t, v);
    static const char *const signs[UNARY_COUNT] = {"unary -", "unary +", "unary ~", "abs()"};
    return error_set(t, EXC_TypeError, "bad operand type for %s: '%.200s'", signs[op], type_message_name(type));
}

/* ---- index ---- */

/* Accepts an instance of a strict subclass of int from a special method with a warning, and makes it exact. Takes the result. */
static Value int_result_take(Thread *t, Value result, const char *method)
{
    if (value_is_empty(result) || int_check_exact(result))
        return result;
    if (!int_check(result)) {
        error_set(t, EXC_TypeError, "%s returned non-int (type %.200s)", method, type_message_name(type_of(t, result)));
        ref_dec(t, result);
        return VALUE_EMPTY;
    }
    if (error_warn(t, EXC_DeprecationWarning, 1,
                   "%s returned non-int (type %.200s).  The ability to return an instance of a strict subclass of int "
                   "is deprecated, and may be removed in a future version of Python.",
                   method, type_message_name(type_of(t, result))) < 0) {
        ref_dec(t, result);
        return VALUE_EMPTY;
    }
    Value exact = int_exact(t, result);
    ref_dec(t, result);
    return exact;
}

Value number_index(Thread *t, Value v)
{
    if (LIKELY(value_is_int(v)))
        return v;
    if (int_check(v))
        return int_exact(t, v);
    Type *type = type_of(t, v);
    if (!type->slots.index)
        return error_set(t, EXC_TypeError, "'%.200s' object cannot be interpreted as an integer",
                         type_message_name(type));
    return int_result_take(t, type->slots.index(t, v), "__index__");
}

int64_t number_index_int64(Thread *t, Value v, int exception)
{
    if (LIKELY(value_is_int(v)))
        return value_to_int(v);
    Value index = number_index(t, v);
    if (value_is_empty(index))
        return -1;
    int overflow;
    int64_t result = int_to_int64_overflow(t, index, &overflow);
    ref_dec(t, index);
    if (!overflow)
        return result;
    if (exception < 0)
        return overflow < 0 ? INT64_MIN : INT64_MAX;
    error_set(t, (ExceptionId)exception, "cannot fit '%.200s' into an index-sized integer",
              type_message_name(type_of(t, v)));
    return -1;
}

/* ---- int() and float() ---- */

static Value int_from_buffer(Thread *t, Value v)
{
    Buffer view;
    if (buffer_get(t, v, &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    Value bytes = bytes_new(t, view.data, view.length), result = VALUE_EMPTY;
    buffer_release(t, &view);
    if (!value_is_empty(bytes))
        int_from_text(t, bytes, 10, &result);
    ref_dec(t, bytes);
    return result;
}

Value number_int(Thread *t, Value v)
{
    if (int_check_exact(v))
        return ref_inc(t, v);
    if (value_is_double(v))
        return int_from_double(t, value_to_double(v));
    Type *type = type_of(t, v);
    if (type->slots.to_int)
        return int_result_take(t, type->slots.to_int(t, v), "__int__");
    if (type->slots.index)
        return number_index(t, v);
    Value result;
    if (int_from_text(t, v, 10, &result))
        return result;
    if (buffer_supported(t, v))
        return int_from_buffer(t, v);
    return error_set(t, EXC_TypeError,
                     "int() argument must be a string, a bytes-like object or a real number, not '%.200s'",
                     type_message_name(type));
}

/* The result of v.__float__(), checked: 0 or -1.  Takes it. */
static int float_result_take(Thread *t, Value result, Value v, double *d)
{
    if (value_is_empty(result))
        return -1;
    int status = -1;
    if (!float_check(result)) {
        error_set(t, EXC_TypeError, "%.50s.__float__ returned non-float (type %.50s)", type_message_name(type_of(t, v)),
                  type_message_name(type_of(t, result)));
    } else if (value_is_double(result) ||
               error_warn(t, EXC_DeprecationWarning, 1,
                          "%.50s.__float__ returned non-float (type %.50s).  "
                          "The ability to return an instance of a strict subclass of float is deprecated, "
                          "and may be removed in a future version of Python.",
                          type_message_name(type_of(t, v)), type_message_name(type_of(t, result))) == 0) {
        *d = float_value(result);
        status = 0;
    }
    ref_dec(t, result);
    return status;
}

/* 1 a real number, 0 not one, -1 error. A subclass of float that overrides __float__ is asked only when `ask`. */
static int real_to_double(Thread *t, Value v, bool ask, double *d)
{
    if (value_is_double(v) || (!ask && float_check(v))) {
        *d = float_value(v);
        return 1;
    }
    if (value_is_int(v)) {
        *d = (double)value_to_int(v);
        return 1;
    }
    Type *type = type_of(t, v);
    if (type->slots.to_float)
        return float_result_take(t, type->slots.to_float(t, v), v, d) < 0 ? -1 : 1;
    if (!type->slots.index)
        return 0;
    Value index = number_index(t, v);
    if (value_is_empty(index))
        return -1;
    *d = int_to_double(t, index);
    ref_dec(t, index);
    return *d == -1.0 && error_pending(t) ? -1 : 1;
}

Value number_float(Thread *t, Value v)
{
    double d;
    int real = real_to_double(t, v, true, &d);
    if (real)
        return real < 0 ? VALUE_EMPTY : value_from_double(d);
    return float_from_string(t, v);
}

double number_to_double(Thread *t, Value v)
{
    double d;
    int real = real_to_double(t, v, false, &d);
    if (real > 0)
        return d;
    if (real == 0)
        error_set(t, EXC_TypeError, "must be real number, not %.50s", type_message_name(type_of(t, v)));
    return -1.0;
}

/* ---- text for number parsers ---- */

char *number_text(Thread *t, Value str, size_t *length)
{
    const Str *s = str_of(str);
    char *text = alloc_memory(t, s->length + 1);
    if (!text)
        return NULL;
    for (size_t i = 0; i < s->length; i++) {
        uint32_t c = str_at(s, i);
        int digit;
        if (c < 128)
            text[i] = (char)c;
        else if (unicode_is_space(c))
            text[i] = ' ';
        else if ((digit = unicode_decimal(c)) >= 0)
            text[i] = (char)('0' + digit);
        else
            text[i] = '?';
    }
    text[s->length] = 0;
    *length = s->length;
    return text;
}
