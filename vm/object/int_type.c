/* int_type.c: the types int and bool: constructors, methods and slots.
 *
 * The work is done in int.c, int_arith.c and int_power.c; here arguments are looked at.  bool's two instances are constant Values.  No locks: immutable. */
#include "bigint.h"
#include "bytes.h"
#include "error.h"
#include "float.h"
#include "format.h"
#include "int.h"
#include "list.h"
#include "str.h"
#include "type.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"

/* ---- constructors ---- */

/* An instance of a subclass with the value of an exact int, which is taken. */
static Value instance_take(Thread *t, Type *type, Value exact)
{
    if (value_is_empty(exact) || type == t->types[KIND_INT])
        return exact;
    IntView view;
    int_view(exact, &view);
    Int *self = type_alloc(t, type, view.size);
    if (self) {
        memcpy(self->digits, view.digits, view.size * sizeof(Digit));
        self->size_sign = view.negative ? -(int64_t)view.size : (int64_t)view.size;
    }
    ref_dec(t, exact);
    return value_of(self);
}

static Value int_with_base(Thread *t, Value x, Value base)
{
    int64_t b = number_index_int64(t, base, -1);
    if (b == -1 && error_pending(t))
        return VALUE_EMPTY;
    if ((b != 0 && b < 2) || b > 36)
        return error_set(t, EXC_ValueError, "int() base must be >= 2 and <= 36, or 0");
    Value result;
    if (int_from_text(t, x, (int)b, &result))
        return result;
    return error_set(t, EXC_TypeError, "int() can't convert non-string with explicit base");
}

static Value int_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value x = VALUE_EMPTY, base = VALUE_EMPTY;
    if (value_is_empty(names)) {
        if (n > 2)
            return error_set(t, EXC_TypeError, "int expected at most 2 arguments, got %u", n);
        x = n > 0 ? args[0] : VALUE_EMPTY;
        base = n > 1 ? args[1] : VALUE_EMPTY;
    } else {
        Value out[2];
        if (native_parse(t, "int", "(x=0, /, base=10)", args, n, names, out) < 0)
            return VALUE_EMPTY;
        x = out[0];
        base = out[1];
    }
    if (value_is_empty(x)) {
        if (!value_is_empty(base))
            return error_set(t, EXC_TypeError, "int() missing string argument");
        return instance_take(t, type, value_from_int(0));
    }
    return instance_take(t, type, value_is_empty(base) ? number_int(t, x) : int_with_base(t, x, base));
}

static Value bool_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (!value_is_empty(names) && tuple_length(names))
        return error_set(t, EXC_TypeError, "bool() takes no keyword arguments");
    if (n > 1)
        return error_set(t, EXC_TypeError, "bool expected at most 1 argument, got %u", n);
    int truth = n ? object_truth(t, args[0]) : 0;
    return truth < 0 ? VALUE_EMPTY : value_from_bool(truth);
}

/* ---- slots ---- */

static Value int_repr(Thread *t, Value self) { return int_to_str(t, self, 10); }
static Value bool_repr(Thread *t, Value self) { return str_intern(t, value_is(self, VALUE_TRUE) ? "True" : "False"); }
static hash_t hash(Thread *t, Value self) { return int_hash(self); }
static int truth(Thread *t, Value self) { return int_sign(self) != 0; }
static size_t length(const Object *o)
{
    int64_t size = ((const Int *)o)->size_sign;
    return (size_t)(size < 0 ? -size : size);
}

static Value compare(Thread *t, Value self, Value other, Compare op)
{
    if (!int_check(self) || !int_check(other))
        return VALUE_NOTIMPLEMENTED;
    int order = int_compare(self, other);
    switch (op) {
    case COMPARE_LT: return value_from_bool(order < 0);
    case COMPARE_LE: return value_from_bool(order <= 0);
    case COMPARE_EQ: return value_from_bool(order == 0);
    case COMPARE_NE: return value_from_bool(order != 0);
    case COMPARE_GT: return value_from_bool(order > 0);
    default: return value_from_bool(order >= 0);
    }
}

#define BINARY_SLOT(name, op)                                                                                          \
    static Value name(Thread *t, Value a, Value b)                                                                     \
    {                                                                                                                  \
        if (!int_check(a) || !int_check(b))                                                                            \
            return VALUE_NOTIMPLEMENTED;                                                                               \
        return int_binary(t, op, a, b);                                                                                \
    }
BINARY_SLOT(add, BINARY_ADD)
BINARY_SLOT(subtract, BINARY_SUB)
BINARY_SLOT(multiply, BINARY_MUL)
BINARY_SLOT(true_divide, BINARY_TRUEDIV)
BINARY_SLOT(floor_divide, BINARY_FLOORDIV)
BINARY_SLOT(modulo, BINARY_MOD)
BINARY_SLOT(power2, BINARY_POW)
BINARY_SLOT(shift_left, BINARY_LSHIFT)
BINARY_SLOT(shift_right, BINARY_RSHIFT)
BINARY_SLOT(bit_and, BINARY_AND)
BINARY_SLOT(bit_or, BINARY_OR)
BINARY_SLOT(bit_xor, BINARY_XOR)
BINARY_SLOT(both, BINARY_DIVMOD)

static Value power3(Thread *t, Value a, Value b, Value modulus)
{
    if (!int_check(a) || !int_check(b) || (!value_is_none(modulus) && !int_check(modulus)))
        return VALUE_NOTIMPLEMENTED;
    return int_power(t, a, b, modulus);
}

static Value negative(Thread *t, Value v) { return int_negate(t, v); }
static Value positive(Thread *t, Value v) { return int_exact(t, v); }
static Value absolute(Thread *t, Value v) { return int_sign(v) < 0 ? int_negate(t, v) : int_exact(t, v); }
static Value invert(Thread *t, Value v) { return int_binary(t, BINARY_SUB, value_from_int(-1), v); }

static Value to_float(Thread *t, Value v)
{
    double d = int_to_double(t, v);
    return d == -1.0 && error_pending(t) ? VALUE_EMPTY : value_from_double(d);
}

static Value bool_invert(Thread *t, Value v)
{
    if (error_warn(
            t, EXC_DeprecationWarning, 1,
            "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. "
            "This returns the bitwise inversion of the underlying int object and is usually not what you expect "
            "from negating a bool. Use the 'not' operator for boolean negation or ~int(x) if you really want the "
            "bitwise inversion of the underlying int.") < 0)
        return VALUE_EMPTY;
    return invert(t, v);
}

#define BOOL_SLOT(name, operator, op)                                                                                  \
    static Value name(Thread *t, Value a, Value b)                                                                     \
    {                                                                                                                  \
        if (value_is_bool(a) && value_is_bool(b))                                                                      \
            return value_from_bool(value_is(a, VALUE_TRUE) operator value_is(b, VALUE_TRUE));                          \
        if (!int_check(a) || !int_check(b))                                                                            \
            return VALUE_NOTIMPLEMENTED;                                                                               \
        return int_binary(t, op, a, b);                                                                                \
    }
BOOL_SLOT(bool_and, &&, BINARY_AND)
BOOL_SLOT(bool_or, ||, BINARY_OR)
BOOL_SLOT(bool_xor, !=, BINARY_XOR)

/* ---- methods ---- */

NATIVE(int_conjugate, "conjugate", "($self, /)", "The complex conjugate of an int: the int itself.")
{
    return int_exact(t, args[0]);
}

NATIVE(int_bit_length, "bit_length", "($self, /)",
       "Number of bits needed for the absolute value in binary.\n\n>>> (37).bit_length()\n6")
{
    return int_from_uint64(t, int_bit_length(args[0]));
}

NATIVE(int_bit_count, "bit_count", "($self, /)",
       "Number of ones in the binary form of the absolute value.\n\n>>> (13).bit_count()\n3")
{
    IntView view;
    int_view(args[0], &view);
    uint64_t ones = 0;
    for (size_t i = 0; i < view.size; i++)
        ones += (unsigned)__builtin_popcount(view.digits[i]);
    return int_from_uint64(t, ones);
}

/* 1 for 'little', 0 for 'big', -1 with an exception. */
static int byte_order(Thread *t, const char *function, Value order)
{
    if (value_is_empty(order))
        return 0;
    if (!str_check(order))
        error_set(t, EXC_TypeError, "%s() argument 'byteorder' must be str, not %M", function, order);
    else if (str_equal_ascii(order, "little"))
        return 1;
    else if (str_equal_ascii(order, "big"))
        return 0;
    else
        error_set(t, EXC_ValueError, "byteorder must be either 'little' or 'big'");
    return -1;
}

NATIVE(int_to_bytes, "to_bytes", "($self, /, length=1, byteorder='big', *, signed=False)",
       "The int as bytes of the given length; OverflowError when it does not fit.\n\n"
       "byteorder is 'big' (most significant byte first) or 'little'; signed asks for two's complement,\n"
       "without it a negative int is refused.")
{
    int64_t size = 1;
    if (!value_is_empty(args[1])) {
        if (int_to_size(t, args[1], &size) < 0)
            return VALUE_EMPTY;
    }
    int little = byte_order(t, "to_bytes", args[2]);
    if (little < 0)
        return VALUE_EMPTY;
    int is_signed = value_is_empty(args[3]) ? 0 : object_truth(t, args[3]);
    if (is_signed < 0)
        return VALUE_EMPTY;
    if (size < 0)
        return error_set(t, EXC_ValueError, "length argument must be non-negative");
    Value bytes = bytes_new(t, NULL, (size_t)size);
    if (value_is_empty(bytes))
        return bytes;
    if (size == 0 && int_sign(args[0]) == 0)
        return bytes;
    if (int_to_bytes(t, args[0], bytes_of(bytes)->data, (size_t)size, little, is_signed) < 0) {
        ref_dec(t, bytes);
        return VALUE_EMPTY;
    }
    return bytes;
}

/* What __bytes__ gives, or else the bytes of a buffer or of an iterable. */
static Value bytes_like(Thread *t, Value v)
{
    Value method;
    int found = object_special(t, v, ID(t, __bytes__), &method);
    if (found <= 0)
        return found < 0 ? VALUE_EMPTY : bytes_from_object(t, v);
    Value bytes = object_call0(t, method);
    ref_dec(t, method);
    if (!value_is_empty(bytes) && !bytes_check(bytes)) {
        error_set(t, EXC_TypeError, "__bytes__ returned non-bytes (type %T)", bytes);
        ref_clear(t, &bytes);
    }
    return bytes;
}

NATIVE_FLAGS(int_from_bytes, "from_bytes", "($type, /, bytes, byteorder='big', *, signed=False)",
             "The int that an array of bytes represents.\n\n"
             "bytes is a bytes-like object or an iterable of ints; byteorder and signed are as in to_bytes.",
             NATIVE_CLASS)
{
    int little = byte_order(t, "from_bytes", args[2]);
    if (little < 0)
        return VALUE_EMPTY;
    int is_signed = value_is_empty(args[3]) ? 0 : object_truth(t, args[3]);
    if (is_signed < 0)
        return VALUE_EMPTY;
    Value bytes = bytes_check(args[1]) ? ref_inc(t, args[1]) : bytes_like(t, args[1]);
    if (value_is_empty(bytes))
        return bytes;
    Value result = int_from_bytes(t, bytes_of(bytes)->data, bytes_of(bytes)->length, little, is_signed);
    ref_dec(t, bytes);
    if (value_is_empty(result) || value_is(args[0], value_of(t->types[KIND_INT])))
        return result;
    Value instance = object_call1(t, args[0], result);
    ref_dec(t, result);
    return instance;
}

NATIVE(int_as_integer_ratio, "as_integer_ratio", "($self, /)",
       "A pair of ints whose ratio is the int: itself and 1.\n\n>>> (10).as_integer_ratio()\n(10, 1)")
{
    Value items[2] = {int_exact(t, args[0]), value_from_int(1)};
    return value_is_empty(items[0]) ? VALUE_EMPTY : tuple_from_array_take(t, items, 2);
}

NATIVE(int_is_integer, "is_integer", "($self, /)", "True, as for every int: for programs that take ints and floats.")
{
    return VALUE_TRUE;
}

NATIVE(int_trunc, "__trunc__", "($self, /)", "Truncating an int returns it.") { return int_exact(t, args[0]); }
NATIVE(int_floor, "__floor__", "($self, /)", "The floor of an int is the int.") { return int_exact(t, args[0]); }
NATIVE(int_ceil, "__ceil__", "($self, /)", "The ceiling of an int is the int.") { return int_exact(t, args[0]); }

NATIVE(int_round, "__round__", "($self, ndigits=None, /)",
       "Rounds to a power of ten, ties to the even side, when ndigits is negative; else returns the int.")
{
    if (value_is_empty(args[1]) || value_is_none(args[1]))
        return int_exact(t, args[0]);
    Value digits = number_index(t, args[1]);
    if (value_is_empty(digits))
        return digits;
    if (int_sign(digits) >= 0) {
        ref_dec(t, digits);
        return int_exact(t, args[0]);
    }
    Value exponent = int_negate(t, digits);
    ref_dec(t, digits);
    if (value_is_empty(exponent))
        return exponent;
    /* Beyond the int's own size the answer is 0, without computing the power. */
    int64_t places;
    bool zero = !int_small(exponent, &places) || (uint64_t)places > int_bit_length(args[0]);
    Value divisor = zero ? VALUE_EMPTY : int_power(t, value_from_int(10), exponent, VALUE_NONE);
    ref_dec(t, exponent);
    if (zero)
        return value_from_int(0);
    if (value_is_empty(divisor))
        return divisor;
    Value rest, result = VALUE_EMPTY;
    if (int_divmod_near(t, args[0], divisor, NULL, &rest) == 0) {
        result = int_binary(t, BINARY_SUB, args[0], rest);
        ref_dec(t, rest);
    }
    ref_dec(t, divisor);
    return result;
}

NATIVE(int_getnewargs, "__getnewargs__", "($self, /)", NULL)
{
    Value items[1] = {int_exact(t, args[0])};
    return value_is_empty(items[0]) ? VALUE_EMPTY : tuple_from_array_take(t, items, 1);
}

NATIVE(int_format, "__format__", "($self, format_spec, /)", "The int as text, by a format specifier.")
{
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "__format__() argument must be str, not %M", args[1]);
    return format_int(t, args[0], args[1]);
}

NATIVE(int_sizeof, "__sizeof__", "($self, /)", "Size of the int in bytes, were it an object of its own.")
{
    IntView view;
    int_view(args[0], &view);
    return int_from_size(t, 24 + sizeof(Digit) * (view.size ? view.size : 1));
}

static Value get_real(Thread *t, Value self) { return int_exact(t, self); }
static Value get_imag(Thread *t, Value self) { return value_from_int(0); }
static Value get_denominator(Thread *t, Value self) { return value_from_int(1); }

static const NativeDef *const int_methods[] = {
    &native_int_conjugate,  &native_int_bit_length, &native_int_bit_count,
    &native_int_to_bytes,   &native_int_from_bytes, &native_int_as_integer_ratio,
    &native_int_is_integer, &native_int_trunc,      &native_int_floor,
    &native_int_ceil,       &native_int_round,      &native_int_getnewargs,
    &native_int_format,     &native_int_sizeof,     NULL,
};

static const GetSetDef int_getsets[] = {
    {"real", get_real, NULL, "The real part: the int itself."},
    {"imag", get_imag, NULL, "The imaginary part: 0."},
    {"numerator", get_real, NULL, "The int as a fraction's numerator: itself."},
    {"denominator", get_denominator, NULL, "The int as a fraction's denominator: 1."},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec type_spec_int = {
    .name = "int",
    .doc = "int([x]) -> integer\nint(x, base=10) -> integer\n\n"
           "Makes an integer from a number (truncating towards zero) or from text; without arguments, 0.\n"
           "Text may have a sign, underscores between digits and surrounding whitespace, and is read in the\n"
           "given base: 2 to 36, or 0 to let a prefix decide as in source code.\n"
           ">>> int('-0x1f', base=0)\n-31",
    .kind = KIND_INT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE | TYPE_MATCH_SELF,
    .size = sizeof(Int),
    .item_size = sizeof(Digit),
    .length = length,
    .methods = int_methods,
    .getsets = int_getsets,
    .slots =
        {
            .create = int_create,
            .repr = int_repr,
            .hash = hash,
            .compare = compare,
            .binary =
                {
                    [BINARY_ADD] = add,
                    [BINARY_SUB] = subtract,
                    [BINARY_MUL] = multiply,
                    [BINARY_TRUEDIV] = true_divide,
                    [BINARY_FLOORDIV] = floor_divide,
                    [BINARY_MOD] = modulo,
                    [BINARY_POW] = power2,
                    [BINARY_LSHIFT] = shift_left,
                    [BINARY_RSHIFT] = shift_right,
                    [BINARY_AND] = bit_and,
                    [BINARY_OR] = bit_or,
                    [BINARY_XOR] = bit_xor,
                    [BINARY_DIVMOD] = both,
                },
            .power = power3,
            .unary =
                {
                    [UNARY_NEG] = negative,
                    [UNARY_POS] = positive,
                    [UNARY_INVERT] = invert,
                    [UNARY_ABS] = absolute,
                },
            .truth = truth,
            .index = positive,
            .to_int = positive,
            .to_float = to_float,
        },
};

const TypeSpec type_spec_bool = {
    .name = "bool",
    .doc = "True when the argument is true, else False.\n\n"
           "True and False are the only two instances; bool is a subclass of int and cannot be subclassed.",
    .kind = KIND_BOOL,
    .flags = TYPE_IMMUTABLE | TYPE_MATCH_SELF,
    .size = sizeof(Int),
    .item_size = sizeof(Digit),
    .length = length,
    .signature = "(object=False, /)",
    .slots =
        {
            .create = bool_create,
            .repr = bool_repr,
            .binary = {[BINARY_AND] = bool_and, [BINARY_OR] = bool_or, [BINARY_XOR] = bool_xor},
            .unary = {[UNARY_INVERT] = bool_invert},
        },
};
