/* mod__struct.c: the module _struct: packing values into bytes and back, by a format.
 *
 * A format is compiled once into a list of codes, kept in a Struct object; the module's functions find theirs in a cache of up to 100.  Structs are immutable
 * once initialised, so no locks. */
#include "../object/bytes.h"

#include <stddef.h>

#include "../memory/alloc.h"
#include "../object/buffer.h"
#include "../object/dict.h"
#include "../object/exception.h"
#include "../object/float.h"
#include "../object/floatpack.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"
#include "argument.h"
#include "module_exception.h"

#define CACHE_MAX 100

typedef struct State {
    Type *struct_type, *iterator_type;
    Value error; /* struct.error */
    Value cache; /* dict: format -> Struct */
} State;

/* `repeat` values of `size` bytes each from `offset` on. */
typedef struct Code {
    char code;
    bool native; /* in the machine's own format, where a float that is too large becomes infinite */
    size_t offset, size, repeat;
} Code;

typedef struct Struct {
    Object head;
    Value format; /* str, or empty before __init__ */
    Code *codes;
    size_t code_count;
    int64_t size, count; /* bytes in all, and values; -1 before __init__ */
    bool big;
    Object *weakrefs;
} Struct;

static State *state_of(Thread *t) { return t->interp->module_state[MODULE__struct]; }
static Struct *struct_of(Value v) { return (Struct *)value_object(v); }

#define FAIL(...) error_set_type(t, (Type *)value_object(state_of(t)->error), __VA_ARGS__)

/* ---- formats ---- */

/* Size and alignment of a code; false: no such code. */
static bool code_info(char code, bool native, size_t *size, size_t *align)
{
#define NATIVE_CODE(type)                                                                                              \
    *size = sizeof(type);                                                                                              \
    *align = native ? _Alignof(type) : 1;                                                                              \
    return true
    *align = 1;
    switch (code) {
    case 'x':
    case 'b':
    case 'B':
    case 'c':
    case 's':
    case 'p': *size = 1; return true;
    case '?': *size = 1; return true;
    case 'h':
    case 'H':
    case 'e':
        *size = 2;
        *align = native ? _Alignof(short) : 1;
        return true;
    case 'i':
    case 'I': NATIVE_CODE(int);
    case 'l':
    case 'L':
        if (native) {
            NATIVE_CODE(long);
        }
        *size = 4;
        return true;
    case 'q':
    case 'Q': NATIVE_CODE(long long);
    case 'f': NATIVE_CODE(float);
    case 'd': NATIVE_CODE(double);
    case 'F':
        *size = 8;
        *align = native ? _Alignof(float) : 1;
        return true;
    case 'D':
        *size = 16;
        *align = native ? _Alignof(double) : 1;
        return true;
    case 'n':
    case 'N':
        if (!native)
            return false;
        NATIVE_CODE(size_t);
    case 'P':
        if (!native)
            return false;
        NATIVE_CODE(void *);
    default: return false;
    }
#undef NATIVE_CODE
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Reads the format; with codes NULL it only counts them. 0 or -1. */
static int scan_format(Thread *t, const char *f, Code *codes, size_t *code_count, int64_t *total, int64_t *values,
                       bool *big)
{
    bool native = true;
    *big = false;
    if (*f == '<' || *f == '>' || *f == '!' || *f == '=') {
        native = false;
        *big = *f == '>' || *f == '!';
        f++;
    } else if (*f == '@') {
        f++;
    }
    size_t n = 0;
    uint64_t offset = 0, count = 0;
    for (; *f; f++) {
        if (is_space(*f))
            continue;
        uint64_t repeat = 1;
        if (*f >= '0' && *f <= '9') {
            for (repeat = 0; *f >= '0' && *f <= '9'; f++) {
                if (repeat > (uint64_t)(PTRDIFF_MAX - (*f - '0')) / 10)
                    goto too_long;
                repeat = repeat * 10 + (uint64_t)(*f - '0');
            }
            if (!*f) {
                FAIL("repeat count given without format specifier");
                return -1;
            }
        }
        size_t size, align;
        if (!code_info(*f, native, &size, &align)) {
            FAIL("bad char in struct format");
            return -1;
        }
        bool text = *f == 's' || *f == 'p';
        offset = (offset + align - 1) / align * align;
        if (repeat > (PTRDIFF_MAX - offset) / size)
            goto too_long;
        if (*f != 'x' && (repeat || text)) {
            if (codes)
                codes[n] = (Code){*f, native, (size_t)offset, text ? (size_t)repeat : size, text ? 1 : (size_t)repeat};
            n++;
            count += text ? 1 : repeat;
        }
        offset += repeat * size;
    }
    *code_count = n;
    *total = (int64_t)offset;
    *values = (int64_t)count;
    return 0;
too_long:
    FAIL("total struct size too long");
    return -1;
}

static int compile(Thread *t, Struct *s, Value format)
{
    Value text;
    if (str_check(format)) {
        text = codec_encode(t, format, "ascii", NULL);
    } else if (bytes_check(format)) {
        text = ref_inc(t, format);
    } else {
        error_set(t, EXC_TypeError, "Struct() argument 1 must be a str or bytes object, not %.200T", format);
        return -1;
    }
    if (value_is_empty(text))
        return -1;
    const char *f = (const char *)bytes_of(text)->data;
    size_t code_count;
    int64_t size, count;
    bool big;
    Code *codes = NULL;
    Value shown = VALUE_EMPTY;
    if (strlen(f) != bytes_of(text)->length) {
        FAIL("embedded null character");
        goto fail;
    }
    if (scan_format(t, f, NULL, &code_count, &size, &count, &big) < 0)
        goto fail;
    codes = alloc_memory_zeroed(t, code_count + 1, sizeof *codes);
    shown = codes ? codec_decode(t, f, bytes_of(text)->length, "latin-1", NULL) : VALUE_EMPTY;
    if (value_is_empty(shown))
        goto fail;
    scan_format(t, f, codes, &code_count, &size, &count, &big);
    ref_dec(t, text);
    Code *old = s->codes;
    s->codes = codes;
    s->code_count = code_count;
    s->size = size;
    s->count = count;
    s->big = big;
    ref_replace_take(t, &s->format, shown);
    alloc_memory_free(t, old);
    return 0;
fail:
    alloc_memory_free(t, codes);
    ref_dec(t, text);
    return -1;
}

/* ---- one value ---- */

static void put(uint8_t *p, uint64_t bits, size_t size, bool big)
{
    for (size_t i = 0; i < size; i++)
        p[big ? size - 1 - i : i] = (uint8_t)(bits >> (8 * i));
}

static uint64_t get(const uint8_t *p, size_t size, bool big)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < size; i++)
        bits |= (uint64_t)p[big ? size - 1 - i : i] << (8 * i);
    return bits;
}

static bool is_signed_code(char code) { return strchr("bhilqn", code) != NULL; }

static int pack_int(Thread *t, const Code *c, uint8_t *p, Value v, bool big)
{
    Value index;
    if (value_is_int(v)) {
        index = v;
    } else if (int_check(v) || (value_is_object(v) && value_object(v)->type->slots.index)) {
        index = number_index(t, v);
        if (value_is_empty(index))
            return -1;
    } else {
        FAIL("required argument is not an integer");
        return -1;
    }
    int overflow;
    int64_t i = int_to_int64_overflow(t, index, &overflow);
    uint64_t bits = (uint64_t)i;
    bool is_signed = is_signed_code(c->code), fits;
    if (is_signed) {
        int64_t max = c->size == 8 ? INT64_MAX : (INT64_C(1) << (8 * c->size - 1)) - 1;
        fits = !overflow && i <= max && i >= -max - 1;
    } else {
        uint64_t max = c->size == 8 ? UINT64_MAX : (UINT64_C(1) << (8 * c->size)) - 1;
        if (overflow > 0 && int_bit_length(index) <= 64) {
            bits = int_to_uint64_mask(index);
            overflow = 0;
            i = 1;
        }
        fits = !overflow && (i >= 0 ? bits <= max : c->code == 'P');
    }
    ref_dec(t, index);
    if (!fits) {
        if (c->code == 'P') {
            FAIL("int too large to convert");
        } else if (is_signed) {
            long long max = c->size == 8 ? INT64_MAX : (INT64_C(1) << (8 * c->size - 1)) - 1;
            FAIL("'%c' format requires %lld <= number <= %lld", c->code, -max - 1, max);
        } else {
            FAIL("'%c' format requires 0 <= number <= %llu", c->code,
                 c->size == 8 ? (unsigned long long)UINT64_MAX : (1ULL << (8 * c->size)) - 1);
        }
        return -1;
    }
    put(p, bits, c->size, big);
    return 0;
}

/* A double as bits of `size` bytes: 0, or -1 with OverflowError. */
static int put_double(Thread *t, uint8_t *p, double d, size_t size, const Code *c, bool big)
{
    uint64_t bits = 0;
    if (size == 8) {
        memcpy(&bits, &d, 8);
    } else if (size == 4) {
        float f;
        if (!single_pack(d, &f) && !c->native) {
            error_set(t, EXC_OverflowError, "float too large to pack with f format");
            return -1;
        }
        memcpy(&bits, &f, 4);
    } else {
        uint16_t half;
        if (!half_pack(d, &half)) {
            error_set(t, EXC_OverflowError, "float too large to pack with e format");
            return -1;
        }
        bits = half;
    }
    put(p, bits, size, big);
    return 0;
}

static double get_double(const uint8_t *p, size_t size, bool big)
{
    uint64_t bits = get(p, size, big);
    if (size == 2)
        return half_unpack((uint16_t)bits);
    if (size == 4) {
        float f;
        memcpy(&f, &bits, 4);
        return f;
    }
    double d;
    memcpy(&d, &bits, 8);
    return d;
}

/* The parts of a complex number given as any number. */
static int complex_parts(Thread *t, Value v, double parts[2])
{
    Value complex = ref_inc(t, v);
    if (!object_is(v, KIND_COMPLEX)) {
        if (!int_check(v) && !float_check(v)) {
            Value method;
            Value name = str_intern(t, "__complex__");
            int found = value_is_empty(name) ? -1 : object_special(t, v, name, &method);
            ref_dec(t, name);
            if (found > 0)
                ref_dec(t, method);
            if (found == 0)
                FAIL("required argument is not a complex");
            if (found <= 0) {
                ref_dec(t, complex);
                return -1;
            }
        }
        ref_dec(t, complex);
        complex = object_call1(t, value_of(t->types[KIND_COMPLEX]), v);
        if (value_is_empty(complex))
            return -1;
    }
    parts[0] = ((Complex *)value_object(complex))->real;
    parts[1] = ((Complex *)value_object(complex))->imag;
    ref_dec(t, complex);
    return 0;
}

static int pack_text(Thread *t, const Code *c, uint8_t *p, Value v)
{
    if (!bytes_check(v) && !object_is(v, KIND_BYTEARRAY)) {
        FAIL("argument for '%c' must be a bytes object", c->code);
        return -1;
    }
    Buffer view;
    if (buffer_get(t, v, &view, BUFFER_SIMPLE) < 0)
        return -1;
    size_t n = view.length;
    if (c->code == 's') {
        memcpy(p, view.data, n < c->size ? n : c->size);
    } else if (c->size) {
        if (n > c->size - 1)
            n = c->size - 1;
        memcpy(p + 1, view.data, n);
        p[0] = n > 255 ? 255 : (uint8_t)n;
    }
    buffer_release(t, &view);
    return 0;
}

static int pack_value(Thread *t, const Code *c, uint8_t *p, Value v, bool big)
{
    switch (c->code) {
    case 's':
    case 'p': return pack_text(t, c, p, v);
    case 'c':
        if (!bytes_check(v) || bytes_of(v)->length != 1) {
            FAIL("char format requires a bytes object of length 1");
            return -1;
        }
        *p = bytes_of(v)->data[0];
        return 0;
    case '?': {
        int truth = object_truth(t, v);
        *p = (uint8_t)truth;
        return truth < 0 ? -1 : 0;
    }
    case 'e':
    case 'f':
    case 'd': {
        double d = number_to_double(t, v);
        if (d == -1.0 && error_pending(t)) {
            error_clear(t);
            FAIL("required argument is not a float");
            return -1;
        }
        if (put_double(t, p, d, c->size, c, big) == 0)
            return 0;
        if (int_check(v) && error_swallow(t, EXC_OverflowError))
            FAIL("int too large to convert");
        return -1;
    }
    case 'F':
    case 'D': {
        double parts[2];
        size_t half = c->size / 2;
        if (complex_parts(t, v, parts) < 0)
            return -1;
        return put_double(t, p, parts[0], half, c, big) < 0 || put_double(t, p + half, parts[1], half, c, big) < 0 ? -1
                                                                                                                   : 0;
    }
    default: return pack_int(t, c, p, v, big);
    }
}

static Value unpack_value(Thread *t, const Code *c, const uint8_t *p, bool big)
{
    switch (c->code) {
    case 's': return bytes_new(t, p, c->size);
    case 'p': {
        size_t n = c->size ? p[0] : 0;
        return bytes_new(t, p + 1, n >= c->size ? (c->size ? c->size - 1 : 0) : n);
    }
    case 'c': return bytes_new(t, p, 1);
    case '?': return value_from_bool(*p != 0);
    case 'b': return value_from_int((int8_t)*p);
    case 'B': return value_from_int(*p);
    case 'e':
    case 'f':
    case 'd': return value_from_double(get_double(p, c->size, big));
    case 'F':
    case 'D': return complex_new(t, get_double(p, c->size / 2, big), get_double(p + c->size / 2, c->size / 2, big));
    default: {
        uint64_t bits = get(p, c->size, big);
        if (!is_signed_code(c->code))
            return int_from_uint64(t, bits);
        if (c->size < 8) { /* extends the sign */
            uint64_t sign = UINT64_C(1) << (8 * c->size - 1);
            bits = (bits ^ sign) - sign;
        }
        return int_from_int64(t, (int64_t)bits);
    }
    }
}

/* ---- a whole struct ---- */

static int pack_all(Thread *t, const Struct *s, uint8_t *out, const Value *values)
{
    memset(out, 0, (size_t)s->size);
    for (size_t i = 0; i < s->code_count; i++) {
        const Code *c = &s->codes[i];
        uint8_t *p = out + c->offset;
        for (size_t k = 0; k < c->repeat; k++, p += c->size)
            if (pack_value(t, c, p, *values++, s->big) < 0)
                return -1;
    }
    return 0;
}

static Value unpack_all(Thread *t, const Struct *s, const uint8_t *data)
{
    Value result = tuple_new(t, (size_t)s->count);
    if (value_is_empty(result))
        return result;
    Value *to = tuple_of(result)->items;
    for (size_t i = 0; i < s->code_count; i++) {
        const Code *c = &s->codes[i];
        const uint8_t *p = data + c->offset;
        for (size_t k = 0; k < c->repeat; k++, p += c->size, to++) {
            *to = unpack_value(t, c, p, s->big);
            if (value_is_empty(*to)) {
                ref_dec(t, result);
                return VALUE_EMPTY;
            }
        }
    }
    return result;
}

static Value struct_pack(Thread *t, Struct *s, const Value *values, uint32_t n)
{
    if ((int64_t)n != s->count)
        return FAIL("pack expected %lld items for packing (got %u)", (long long)s->count, n);
    Value result = bytes_new(t, NULL, (size_t)s->size);
    if (value_is_empty(result))
        return result;
    if (pack_all(t, s, bytes_of(result)->data, values) < 0) {
        ref_dec(t, result);
        return VALUE_EMPTY;
    }
    return result;
}

static Value struct_pack_into(Thread *t, Struct *s, const Value *args, uint32_t n)
{
    if (n < 2)
        return FAIL("pack_into expected %s argument", n == 0 ? "buffer" : "offset");
    if ((int64_t)n - 2 != s->count)
        return FAIL("pack_into expected %lld items for packing (got %u)", (long long)s->count, n - 2);
    Buffer view;
    if (!buffer_supported(t, args[0]) || buffer_get(t, args[0], &view, BUFFER_WRITABLE) < 0) {
        error_clear(t);
        return error_set(t, EXC_TypeError, "argument must be read-write bytes-like object, not %.50T", args[0]);
    }
    Value result = VALUE_EMPTY;
    int64_t offset = number_index_int64(t, args[1], EXC_IndexError), length = (int64_t)view.length;
    if (offset == -1 && error_pending(t))
        goto done;
    if (offset < 0) {
        if (offset + s->size > 0) {
            FAIL("no space to pack %lld bytes at offset %lld", (long long)s->size, (long long)offset);
            goto done;
        }
        if (offset + length < 0) {
            FAIL("offset %lld out of range for %lld-byte buffer", (long long)offset, (long long)length);
            goto done;
        }
        offset += length;
    }
    if (length - offset < s->size) {
        FAIL("pack_into requires a buffer of at least %llu bytes for packing %lld bytes at offset %lld (actual buffer "
             "size is %lld)",
             (unsigned long long)s->size + (unsigned long long)offset, (long long)s->size, (long long)offset,
             (long long)length);
        goto done;
    }
    if (pack_all(t, s, (uint8_t *)view.data + offset, args + 2) == 0)
        result = VALUE_NONE;
done:
    buffer_release(t, &view);
    return result;
}

static Value struct_unpack(Thread *t, Struct *s, Value buffer)
{
    Buffer view;
    if (buffer_get(t, buffer, &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    Value result;
    if ((int64_t)view.length != s->size)
        result = FAIL("unpack requires a buffer of %lld bytes", (long long)s->size);
    else
        result = unpack_all(t, s, view.data);
    buffer_release(t, &view);
    return result;
}

static Value struct_unpack_from(Thread *t, Struct *s, Value buffer, Value offset_argument)
{
    int64_t offset;
    Buffer view;
    if (buffer_get(t, buffer, &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    int64_t length = (int64_t)view.length;
    if (argument_size(t, offset_argument, 0, &offset) < 0)
        goto done;
    if (offset < 0) {
        if (offset + s->size > 0) {
            FAIL("not enough data to unpack %lld bytes at offset %lld", (long long)s->size, (long long)offset);
            goto done;
        }
        if (offset + length < 0) {
            FAIL("offset %lld out of range for %lld-byte buffer", (long long)offset, (long long)length);
            goto done;
        }
        offset += length;
    }
    if (length - offset < s->size)
        FAIL("unpack_from requires a buffer of at least %llu bytes for unpacking %lld bytes at offset %lld (actual "
             "buffer size is %lld)",
             (unsigned long long)s->size + (unsigned long long)offset, (long long)s->size, (long long)offset,
             (long long)length);
    else
        result = unpack_all(t, s, (const uint8_t *)view.data + offset);
done:
    buffer_release(t, &view);
    return result;
}

/* ---- iter_unpack ---- */

typedef struct UnpackIterator {
    Object head;
    Value source; /* Struct; empty once exhausted */
    Buffer view;
    int64_t index;
} UnpackIterator;

static void iterator_dealloc(Thread *t, Object *o)
{
    UnpackIterator *it = (UnpackIterator *)o;
    buffer_release(t, &it->view);
    ref_clear(t, &it->source);
}
static int iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((UnpackIterator *)o)->source);
    VISIT(((UnpackIterator *)o)->view.owner);
    return 0;
}

static Value struct_iter_unpack(Thread *t, Value self, Value buffer)
{
    Struct *s = struct_of(self);
    if (s->size == 0)
        return FAIL("cannot iteratively unpack with a struct of length 0");
    UnpackIterator *it = alloc_object(t, state_of(t)->iterator_type, sizeof *it);
    if (!it)
        return VALUE_EMPTY;
    if (buffer_get(t, buffer, &it->view, BUFFER_SIMPLE) < 0) {
        ref_dec_ptr(t, it);
        return VALUE_EMPTY;
    }
    if ((int64_t)it->view.length % s->size) {
        ref_dec_ptr(t, it);
        return FAIL("iterative unpacking requires a buffer of a multiple of %lld bytes", (long long)s->size);
    }
    it->source = ref_inc(t, self);
    return value_of(it);
}

static Value iterator_next(Thread *t, Value self)
{
    UnpackIterator *it = (UnpackIterator *)value_object(self);
    objlock_enter(t, it);
    int64_t at = it->index;
    Struct *s = struct_of(it->source);
    bool more = at < (int64_t)it->view.length;
    if (more)
        it->index += s->size;
    objlock_exit(t, it);
    return more ? unpack_all(t, s, (const uint8_t *)it->view.data + at) : VALUE_EMPTY;
}

NATIVE(iterator_length_hint, "__length_hint__", "($self, /)", "How many items are left.")
{
    UnpackIterator *it = (UnpackIterator *)value_object(args[0]);
    return value_from_int(((int64_t)it->view.length - it->index) / struct_of(it->source)->size);
}
static const NativeDef *const iterator_methods[] = {&native_iterator_length_hint, NULL};

static const TypeSpec iterator_spec = {
    .name = "_struct.unpack_iterator",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(UnpackIterator),
    .methods = iterator_methods,
    .slots = {.dealloc = iterator_dealloc,
              .traverse = iterator_traverse,
              .iter = slot_iter_self,
              .next = iterator_next},
};

/* ---- the type Struct ---- */

static Value struct_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Struct *s = type_alloc(t, type, 0);
    if (s)
        s->size = s->count = -1;
    return value_of(s);
}

static int struct_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value format;
    if (native_parse(t, "Struct", "(format)", args, n, names, &format) < 0)
        return -1;
    return compile(t, struct_of(self), format);
}

static void struct_dealloc(Thread *t, Object *o)
{
    Struct *s = (Struct *)o;
    alloc_memory_free(t, s->codes);
    s->codes = NULL;
    ref_clear(t, &s->format);
}

static Value struct_repr(Thread *t, Value self)
{
    Value format = value_is_empty(struct_of(self)->format) ? t->interp->empty_str : struct_of(self)->format;
    return str_format(t, "%s(%V)", type_name(type_of(t, self)), format);
}

static bool ready(Thread *t, Value self)
{
    if (struct_of(self)->codes)
        return true;
    error_set(t, EXC_RuntimeError, "Struct object is not initialized");
    return false;
}

NATIVE(Struct_pack, "pack", "($self, /, *values)", "The values as bytes.")
{
    return ready(t, args[0]) ? struct_pack(t, struct_of(args[0]), args + 1, n - 1) : VALUE_EMPTY;
}
NATIVE(Struct_pack_into, "pack_into", "($self, /, *args)", "Writes the values into a writable buffer at an offset.")
{
    return ready(t, args[0]) ? struct_pack_into(t, struct_of(args[0]), args + 1, n - 1) : VALUE_EMPTY;
}
NATIVE(Struct_unpack, "unpack", "($self, buffer, /)", "The values in a buffer of exactly the right size, as a tuple.")
{
    return ready(t, args[0]) ? struct_unpack(t, struct_of(args[0]), args[1]) : VALUE_EMPTY;
}
NATIVE(Struct_unpack_from, "unpack_from", "($self, /, buffer, offset=0)",
       "The values at an offset in a buffer, as a tuple.")
{
    return ready(t, args[0]) ? struct_unpack_from(t, struct_of(args[0]), args[1], args[2]) : VALUE_EMPTY;
}
NATIVE(Struct_iter_unpack, "iter_unpack", "($self, buffer, /)",
       "An iterator over the structs that follow each other in a buffer.")
{
    return ready(t, args[0]) ? struct_iter_unpack(t, args[0], args[1]) : VALUE_EMPTY;
}
NATIVE(Struct_sizeof, "__sizeof__", "($self, /)", "The size in memory, in bytes.")
{
    return value_from_int((int64_t)(sizeof(Struct) + (struct_of(args[0])->code_count + 1) * sizeof(Code)));
}
static const NativeDef *const struct_methods[] = {&native_Struct_pack,
                                                  &native_Struct_pack_into,
                                                  &native_Struct_unpack,
                                                  &native_Struct_unpack_from,
                                                  &native_Struct_iter_unpack,
                                                  &native_Struct_sizeof,
                                                  NULL};

static Value get_format(Thread *t, Value self)
{
    return value_is_empty(struct_of(self)->format) ? ref_inc(t, t->interp->empty_str)
                                                   : ref_inc(t, struct_of(self)->format);
}
static Value get_size(Thread *t, Value self) { return int_from_int64(t, struct_of(self)->size); }
static const GetSetDef struct_getsets[] = {{"format", get_format, NULL, "The format."},
                                           {"size", get_size, NULL, "Its size in bytes."},
                                           {NULL, NULL, NULL, NULL}};

static const TypeSpec struct_spec = {
    .name = "_struct.Struct",
    .doc = "A compiled format, for packing and unpacking many times.",
    .signature = "(format)",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Struct),
    .weak_offset = offsetof(Struct, weakrefs),
    .methods = struct_methods,
    .getsets = struct_getsets,
    .slots = {.dealloc = struct_dealloc, .create = struct_create, .init = struct_init, .repr = struct_repr},
};

/* ---- the module's functions ---- */

/* The Struct of a format, from the cache if it is there. */
static Value cached(Thread *t, Value format)
{
    State *state = state_of(t);
    Value found;
    int hit = str_check_exact(format) || object_is_exact(format, KIND_BYTES)
                  ? dict_get_optional(t, state->cache, format, &found)
                  : 0;
    if (hit > 0)
        return found;
    if (hit < 0)
        return VALUE_EMPTY;
    Struct *s = alloc_object(t, state->struct_type, sizeof *s);
    if (!s)
        return VALUE_EMPTY;
    if (compile(t, s, format) < 0) {
        ref_dec_ptr(t, s);
        return VALUE_EMPTY;
    }
    if (dict_length(state->cache) >= CACHE_MAX)
        dict_clear(t, state->cache);
    if (dict_set(t, state->cache, format, value_of(s)) < 0)
        error_clear(t);
    return value_of(s);
}

NATIVE(struct_clearcache, "_clearcache", "($module, /)", "Empties the cache of compiled formats.")
{
    dict_clear(t, state_of(t)->cache);
    return VALUE_NONE;
}

NATIVE(struct_calcsize, "calcsize", "($module, format, /)", "The size in bytes of the struct that a format describes.")
{
    Value s = cached(t, args[1]);
    if (value_is_empty(s))
        return s;
    Value size = int_from_int64(t, struct_of(s)->size);
    ref_dec(t, s);
    return size;
}

NATIVE(struct_pack_function, "pack", "($module, /, *args)", "pack(format, v1, v2, ...): the values as bytes.")
{
    if (n < 2)
        return error_set(t, EXC_TypeError, "missing format argument");
    Value s = cached(t, args[1]);
    if (value_is_empty(s))
        return s;
    Value result = struct_pack(t, struct_of(s), args + 2, n - 2);
    ref_dec(t, s);
    return result;
}

NATIVE(struct_pack_into_function, "pack_into", "($module, /, *args)",
       "pack_into(format, buffer, offset, v1, v2, ...): writes the values into a buffer.")
{
    if (n < 2)
        return error_set(t, EXC_TypeError, "missing format argument");
    Value s = cached(t, args[1]);
    if (value_is_empty(s))
        return s;
    Value result = struct_pack_into(t, struct_of(s), args + 2, n - 2);
    ref_dec(t, s);
    return result;
}

NATIVE(struct_unpack_function, "unpack", "($module, format, buffer, /)",
       "The values in a buffer of exactly the right size, as a tuple.")
{
    Value s = cached(t, args[1]);
    if (value_is_empty(s))
        return s;
    Value result = struct_unpack(t, struct_of(s), args[2]);
    ref_dec(t, s);
    return result;
}

NATIVE(struct_unpack_from_function, "unpack_from", "($module, format, /, buffer, offset=0)",
       "The values at an offset in a buffer, as a tuple.")
{
    Value s = cached(t, args[1]);
    if (value_is_empty(s))
        return s;
    Value result = struct_unpack_from(t, struct_of(s), args[2], args[3]);
    ref_dec(t, s);
    return result;
}

NATIVE(struct_iter_unpack_function, "iter_unpack", "($module, format, buffer, /)",
       "An iterator over the structs that follow each other in a buffer.")
{
    Value s = cached(t, args[1]);
    if (value_is_empty(s))
        return s;
    Value result = struct_iter_unpack(t, s, args[2]);
    ref_dec(t, s);
    return result;
}

static const NativeDef *const methods[] = {&native_struct_clearcache,           &native_struct_calcsize,
                                           &native_struct_pack_function,        &native_struct_pack_into_function,
                                           &native_struct_unpack_function,      &native_struct_unpack_from_function,
                                           &native_struct_iter_unpack_function, NULL};

static int exec(Thread *t, Value module)
{
    State *state = state_of(t);
    if (!state) {
        state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        t->interp->module_state[MODULE__struct] = state;
        state->cache = dict_new(t);
        if (value_is_empty(state->cache))
            return -1;
    }
    Type *type = module_add_type(t, module, &struct_spec, NULL);
    if (!type)
        return -1;
    REF_CLEAR_PTR(t, state->struct_type);
    state->struct_type = ref_inc_ptr(t, type);
    dict_clear(t, state->cache);
    if (!state->iterator_type && !(state->iterator_type = type_from_spec(t, &iterator_spec, NULL)))
        return -1;
    Type *error = module_add_exception(t, module, "struct.error", NULL, NULL);
    if (!error)
        return -1;
    ref_replace_take(t, &state->error, ref_inc(t, value_of(error)));
    return 0;
}

static void free_state(Thread *t, void *memory)
{
    State *state = memory;
    ref_dec(t, state->cache);
    ref_dec(t, state->error);
    ref_dec_ptr(t, state->struct_type);
    ref_dec_ptr(t, state->iterator_type);
    alloc_memory_free(t, state);
}

const ModuleDef module_def__struct = {.name = "_struct",
                                      .doc = "Packing values into bytes by a format, and back.",
                                      .methods = methods,
                                      .exec = exec,
                                      .free_state = free_state};
