/* ctypes_code.c: single C values in memory, by the codes of _type_.  No state, no locks. */
#include <string.h>
#include <wchar.h>

#include "../object/float.h"
#include "ctypes.h"

typedef enum Class {
    CODE_INT,
    CODE_UINT,
    CODE_FLOAT,
    CODE_BOOL,
    CODE_CHAR,
    CODE_WCHAR,
    CODE_CHAR_P,
    CODE_WCHAR_P,
    CODE_POINTER,
    CODE_OBJECT
} Class;
typedef struct Code {
    char code;
    Class class;
    uint8_t size;
    char format; /* standard sizes of struct, which buffers show */
    ffi_type *ffi;
} Code;

static const Code codes[] = {{'b', CODE_INT, 1, 'b', &ffi_type_sint8},
                             {'B', CODE_UINT, 1, 'B', &ffi_type_uint8},
                             {'h', CODE_INT, 2, 'h', &ffi_type_sint16},
                             {'H', CODE_UINT, 2, 'H', &ffi_type_uint16},
                             {'i', CODE_INT, 4, 'i', &ffi_type_sint32},
                             {'I', CODE_UINT, 4, 'I', &ffi_type_uint32},
                             {'l', CODE_INT, sizeof(long), sizeof(long) == 8 ? 'q' : 'l', &ffi_type_slong},
                             {'L', CODE_UINT, sizeof(long), sizeof(long) == 8 ? 'Q' : 'L', &ffi_type_ulong},
                             {'q', CODE_INT, 8, 'q', &ffi_type_sint64},
                             {'Q', CODE_UINT, 8, 'Q', &ffi_type_uint64},
                             {'f', CODE_FLOAT, 4, 'f', &ffi_type_float},
                             {'d', CODE_FLOAT, 8, 'd', &ffi_type_double},
                             {'g', CODE_FLOAT, sizeof(long double), 'g', &ffi_type_longdouble},
                             {'?', CODE_BOOL, 1, '?', &ffi_type_uint8},
                             {'c', CODE_CHAR, 1, 'c', &ffi_type_sint8},
                             {'u', CODE_WCHAR, sizeof(wchar_t), 'u', &ffi_type_sint32},
                             {'z', CODE_CHAR_P, sizeof(void *), 'z', &ffi_type_pointer},
                             {'Z', CODE_WCHAR_P, sizeof(void *), 'Z', &ffi_type_pointer},
                             {'P', CODE_POINTER, sizeof(void *), 'P', &ffi_type_pointer},
                             {'O', CODE_OBJECT, sizeof(void *), 'O', &ffi_type_pointer},
                             {'v', CODE_BOOL, 2, 'v', &ffi_type_sint16}}; /* VARIANT_BOOL: true is -1 */

static const Code *find(char code)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            return &codes[i];
    return NULL;
}
ffi_type *code_ffi(char code) { return find(code) ? find(code)->ffi : NULL; }
size_t code_size(char code) { return find(code)->size; }
const char *code_format(char code, bool swapped)
{
    static const char formats[2][sizeof codes / sizeof *codes][3] = {
#define F(order)                                                                                                       \
    {                                                                                                                  \
        {order, 'b'}, {order, 'B'}, {order, 'h'}, {order, 'H'}, {order, 'i'}, {order, 'I'},                            \
            {order, sizeof(long) == 8 ? 'q' : 'l'}, {order, sizeof(long) == 8 ? 'Q' : 'L'}, {order, 'q'},              \
            {order, 'Q'}, {order, 'f'}, {order, 'd'}, {order, 'g'}, {order, '?'}, {order, 'c'}, {order, 'u'},          \
            {order, 'z'}, {order, 'Z'}, {order, 'P'}, {order, 'O'},                                                    \
        {                                                                                                              \
            order, 'v'                                                                                                 \
        }                                                                                                              \
    }
        F('<'), F('>')};
#undef F
    return formats[swapped][find(code) - codes];
}

static void load(void *to, const void *memory, size_t size, bool swapped)
{
    memcpy(to, memory, size);
    for (size_t i = 0; swapped && i < size / 2; i++) {
        uint8_t *bytes = to, byte = bytes[i];
        bytes[i] = bytes[size - 1 - i];
        bytes[size - 1 - i] = byte;
    }
}
static uint64_t load_bits(const Code *c, const void *memory, bool swapped)
{
    uint64_t bits = 0;
    load(&bits, memory, c->size, swapped);
    return bits;
}
static int64_t extend(uint64_t bits, int width)
{
    return width == 64 ? (int64_t)bits : (int64_t)(bits << (64 - width)) >> (64 - width);
}

Value code_get(Thread *t, char code, bool swapped, const void *memory)
{
    const Code *c = find(code);
    void *pointer;
    switch (c->class) {
    case CODE_INT: return int_from_int64(t, extend(load_bits(c, memory, swapped), c->size * 8));
    case CODE_UINT: return int_from_uint64(t, load_bits(c, memory, swapped));
    case CODE_FLOAT:
        if (c->size == 4) {
            float f;
            load(&f, memory, 4, swapped);
            return value_from_double(f);
        } else if (c->code == 'd') {
            double d;
            load(&d, memory, 8, swapped);
            return value_from_double(d);
        } else {
            long double d;
            load(&d, memory, sizeof d, false);
            return value_from_double((double)d);
        }
    case CODE_BOOL: return value_from_bool(load_bits(c, memory, false) != 0);
    case CODE_CHAR: return bytes_new(t, memory, 1);
    case CODE_WCHAR: {
        wchar_t w;
        load(&w, memory, sizeof w, swapped);
        return str_from_wide(t, &w, 1);
    }
    default: break;
    }
    memcpy(&pointer, memory, sizeof pointer);
    switch (c->class) {
    case CODE_CHAR_P: return pointer ? bytes_new(t, pointer, strlen(pointer)) : VALUE_NONE;
    case CODE_WCHAR_P: return pointer ? str_from_wide(t, pointer, wcslen(pointer)) : VALUE_NONE;
    case CODE_POINTER: return pointer ? int_from_pointer(t, pointer) : VALUE_NONE;
    default: {
        Value v;
        memcpy(&v, memory, sizeof v);
        return value_is_empty(v) ? error_set(t, EXC_ValueError, "PyObject is NULL") : ref_inc(t, v);
    }
    }
}

static int wrong(Thread *t, const char *expected, Value v)
{
    return error_set(t, EXC_TypeError, "%s expected instead of %T instance", expected, v), -1;
}

/* A str as wide characters with a NUL, in the bytes *keep. NULL on error. */
static wchar_t *wide(Thread *t, Value v, Value *keep)
{
    const Str *s = str_of(v);
    *keep = bytes_new(t, NULL, (s->length + 1) * sizeof(wchar_t));
    if (value_is_empty(*keep))
        return NULL;
    wchar_t *text = (wchar_t *)bytes_of(*keep)->data;
    for (size_t i = 0; i < s->length; i++)
        text[i] = (wchar_t)str_at(s, i);
    text[s->length] = 0;
    return text;
}

static int set_pointer(Thread *t, const Code *c, void *memory, Value v, Value *keep)
{
    void *pointer = NULL;
    if (value_is_none(v)) {
    } else if (int_check(v)) {
        pointer = (void *)(uintptr_t)int_to_uint64_mask(v);
    } else if (c->class == CODE_CHAR_P && bytes_check(v)) {
        pointer = bytes_of(v)->data;
        *keep = ref_inc(t, v);
    } else if (c->class == CODE_WCHAR_P && str_check(v)) {
        if (!(pointer = wide(t, v, keep)))
            return -1;
    } else if (c->class == CODE_CHAR_P) {
        return wrong(t, "bytes or integer address", v);
    } else if (c->class == CODE_WCHAR_P) {
        return wrong(t, "unicode string or integer address", v);
    } else {
        return error_set(t, EXC_TypeError, "cannot be converted to pointer"), -1;
    }
    memcpy(memory, &pointer, sizeof pointer);
    return 0;
}

int code_set(Thread *t, char code, bool swapped, void *memory, Value v, Value *keep)
{
    const Code *c = find(code);
    *keep = VALUE_EMPTY;
    switch (c->class) {
    case CODE_INT:
    case CODE_UINT: {
        if (value_is_double(v) || object_is(v, KIND_FLOAT))
            return wrong(t, "int", v);
        Value index = int_check(v) ? ref_inc(t, v) : number_index(t, v);
        if (value_is_empty(index))
            return -1;
        uint64_t bits = int_to_uint64_mask(index);
        ref_dec(t, index);
        load(memory, &bits, c->size, swapped);
        return 0;
    }
    case CODE_FLOAT: {
        double d = number_to_double(t, v);
        if (d == -1 && error_pending(t))
            return -1;
        float f = (float)d;
        long double l = d;
        load(memory, c->size == 4 ? (void *)&f : c->code == 'd' ? (void *)&d : (void *)&l, c->size, swapped);
        return 0;
    }
    case CODE_BOOL: {
        int truth = object_truth(t, v);
        if (truth < 0)
            return -1;
        int16_t variant = (int16_t)-truth;
        uint8_t byte = (uint8_t)truth;
        memcpy(memory, c->code == 'v' ? (void *)&variant : &byte, c->size);
        return 0;
    }
    case CODE_CHAR: {
        int64_t i;
        if (bytes_check(v) && bytes_of(v)->length == 1)
            *(uint8_t *)memory = bytes_of(v)->data[0];
        else if (object_is(v, KIND_BYTEARRAY) && ((ByteArray *)value_object(v))->length == 1)
            *(uint8_t *)memory = ((ByteArray *)value_object(v))->data[0];
        else if (int_check(v) && int_small(v, &i) && i >= 0 && i < 256)
            *(uint8_t *)memory = (uint8_t)i;
        else if (bytes_check(v) || object_is(v, KIND_BYTEARRAY))
            return error_set(t, EXC_TypeError,
                             "one character bytes, bytearray, or an integer in range(256) expected, not a bytes object "
                             "of length %zu",
                             bytes_check(v) ? bytes_of(v)->length : ((ByteArray *)value_object(v))->length),
                   -1;
        else
            return error_set(t, EXC_TypeError,
                             "one character bytes, bytearray, or an integer in range(256) expected, not %T", v),
                   -1;
        return 0;
    }
    case CODE_WCHAR: {
        if (!str_check(v))
            return error_set(t, EXC_TypeError, "a unicode character expected, not instance of %T", v), -1;
        if (str_length(v) != 1)
            return error_set(t, EXC_TypeError, "a unicode character expected, not a string of length %zu",
                             str_length(v)),
                   -1;
        wchar_t w = (wchar_t)str_at(str_of(v), 0);
        load(memory, &w, sizeof w, swapped);
        return 0;
    }
    case CODE_OBJECT:
        memcpy(memory, &v, sizeof v);
        *keep = ref_inc(t, v);
        return 0;
    default: return set_pointer(t, c, memory, v, keep);
    }
}

/* ---- bit fields ---- */

Value code_get_bits(Thread *t, char code, bool swapped, const void *memory, int bits, int shift)
{
    const Code *c = find(code);
    uint64_t word = load_bits(c, memory, swapped) >> shift;
    if (bits < 64)
        word &= ((uint64_t)1 << bits) - 1;
    if (c->class == CODE_BOOL)
        return value_from_bool(word != 0);
    return c->class == CODE_INT ? int_from_int64(t, extend(word, bits)) : int_from_uint64(t, word);
}
int code_set_bits(Thread *t, char code, bool swapped, void *memory, Value v, int bits, int shift)
{
    const Code *c = find(code);
    uint64_t word = 0, mask = bits < 64 ? ((uint64_t)1 << bits) - 1 : UINT64_MAX, old = load_bits(c, memory, swapped);
    Value keep;
    if (code_set(t, code, false, &word, v, &keep) < 0)
        return -1;
    old = (old & ~(mask << shift)) | (word & mask) << shift;
    load(memory, &old, c->size, swapped);
    return 0;
}
