/* mod_builtins_number.c: abs, bin, oct, hex, chr, ord, divmod, pow and round.  No state, no locks. */
#include "mod_builtins.h"

#include <math.h>

#include "../memory/ref.h"
#include "../object/bytes.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/str.h"

NATIVE(abs, "abs", "($module, x, /)", "The absolute value of a number.")
{
    Value x = args[1];
    if (LIKELY(value_is_int(x))) {
        int64_t i = value_to_int(x);
        return i >= 0 ? x : int_from_int64(t, -i);
    }
    if (value_is_double(x))
        return value_from_double(fabs(value_to_double(x)));
    return number_unary(t, UNARY_ABS, x);
}

static Value in_base(Thread *t, Value v, int base)
{
    Value index = number_index(t, v);
    if (value_is_empty(index))
        return VALUE_EMPTY;
    Value result = int_to_str(t, index, base);
    ref_dec(t, index);
    return result;
}

NATIVE(bin, "bin", "($module, number, /)", "An integer in binary: bin(10) is '0b1010'.")
{
    return in_base(t, args[1], 2);
}
NATIVE(oct, "oct", "($module, number, /)", "An integer in octal: oct(8) is '0o10'.") { return in_base(t, args[1], 8); }
NATIVE(hex, "hex", "($module, number, /)", "An integer in hexadecimal: hex(255) is '0xff'.")
{
    return in_base(t, args[1], 16);
}

NATIVE(chr, "chr", "($module, i, /)", "The character with the given code point, 0 <= i <= 0x10ffff.")
{
    Value v = args[1];
    if (!value_is_int(v)) {
        v = number_index(t, v);
        if (value_is_empty(v))
            return VALUE_EMPTY;
    }
    if (value_is_int(v) && value_to_int(v) >= 0 && value_to_int(v) < 0x110000)
        return str_from_char(t, (uint32_t)value_to_int(v));
    ref_dec(t, v);
    return error_set(t, EXC_ValueError, "chr() arg not in range(0x110000)");
}

NATIVE(ord, "ord", "($module, character, /)", "The code point of a character.")
{
    Value c = args[1];
    size_t length;
    if (str_check(c)) {
        length = str_length(c);
        if (LIKELY(length == 1))
            return value_from_int(str_at(str_of(c), 0));
    } else if (bytes_check(c)) {
        length = bytes_of(c)->length;
        if (length == 1)
            return value_from_int(bytes_of(c)->data[0]);
    } else if (object_is(c, KIND_BYTEARRAY)) {
        length = (size_t)object_len(t, c);
        if (length == 1)
            return object_getitem_index(t, c, 0);
    } else {
        return error_set(t, EXC_TypeError, "ord() expected string of length 1, but %.200s found",
                         type_name(type_of(t, c)));
    }
    return error_set(t, EXC_TypeError, "ord() expected a character, but string of length %zu found", length);
}

NATIVE(divmod, "divmod", "($module, x, y, /)", "The pair (x // y, x % y).")
{
    return number_binary(t, BINARY_DIVMOD, args[1], args[2]);
}

NATIVE(pow, "pow", "($module, /, base, exp, mod=None)",
       "base ** exp, or base ** exp % mod, which for ints is computed without the huge power.")
{
    return number_power(t, args[1], args[2], value_is_empty(args[3]) ? VALUE_NONE : args[3]);
}

NATIVE(round, "round", "($module, /, number, ndigits=None)",
       "The number rounded to `ndigits` decimal digits; without them, or with None, the nearest int (the even one of "
       "two).")
{
    Value v = args[1], rounder;
    bool plain = value_is_empty(args[2]) || value_is_none(args[2]);
    if (plain && value_is_int(v))
        return v;
    if (plain && value_is_double(v))
        return int_from_double(t, rint(value_to_double(v)));
    int found = object_special(t, v, ID(t, __round__), &rounder);
    if (found < 0)
        return VALUE_EMPTY;
    if (!found)
        return error_set(t, EXC_TypeError, "type %.100s doesn't define __round__ method", type_name(type_of(t, v)));
    Value result = plain ? object_call0(t, rounder) : object_call1(t, rounder, args[2]);
    ref_dec(t, rounder);
    return result;
}

const NativeDef *const builtins_number_functions[] = {
    &native_abs, &native_bin,    &native_oct, &native_hex,   &native_chr,
    &native_ord, &native_divmod, &native_pow, &native_round, NULL,
};
