/* memoryview_item.c: items of native formats as values, and back.
 *
 * The lock of the memoryview may be held by the caller of memoryview_unpack_item: it runs no Python code.  Packing does. */
#include "memoryview.h"

#include "bytes.h"
#include "error.h"
#include "float.h"
#include "floatpack.h"
#include "int.h"
#include "list.h"

char memoryview_native_code(const char *format, int64_t *item_size)
{
    if (!format)
        format = "B";
    if (format[0] == '@')
        format++;
    if (!format[0] || format[1])
        return 0;
    switch (format[0]) {
    case 'c':
    case 'b':
    case 'B': *item_size = 1; break;
    case 'h':
    case 'H': *item_size = sizeof(short); break;
    case 'i':
    case 'I': *item_size = sizeof(int); break;
    case 'l':
    case 'L': *item_size = sizeof(long); break;
    case 'q':
    case 'Q': *item_size = sizeof(long long); break;
    case 'n':
    case 'N': *item_size = sizeof(size_t); break;
    case 'f': *item_size = sizeof(float); break;
    case 'd': *item_size = sizeof(double); break;
    case 'e': *item_size = 2; break;
    case '?': *item_size = sizeof(bool); break;
    case 'P': *item_size = sizeof(void *); break;
    default: return 0;
    }
    return format[0];
}

char memoryview_item_code(const char *format)
{
    if (format && format[0] == '@')
        format++;
    return !format ? 'B' : format[0] && !format[1] ? format[0] : 0;
}

static COLD void not_supported(Thread *t, char code)
{
    error_set(t, EXC_NotImplementedError, "memoryview: format %c not supported", code);
}

#define LOAD(type, p)                                                                                                  \
    ({                                                                                                                 \
        type loaded_;                                                                                                  \
        memcpy(&loaded_, p, sizeof loaded_);                                                                           \
        loaded_;                                                                                                       \
    })

Value memoryview_unpack_item(Thread *t, char code, const void *p)
{
    switch (code) {
    case 'B': return value_from_int(LOAD(uint8_t, p));
    case 'b': return value_from_int(LOAD(int8_t, p));
    case 'c': return t->interp->byte_values[LOAD(uint8_t, p)];
    case 'h': return value_from_int(LOAD(short, p));
    case 'H': return value_from_int(LOAD(unsigned short, p));
    case 'i': return value_from_int(LOAD(int, p));
    case 'I': return value_from_int(LOAD(unsigned int, p));
    case 'l': return int_from_int64(t, LOAD(long, p));
    case 'L': return int_from_uint64(t, LOAD(unsigned long, p));
    case 'q': return int_from_int64(t, LOAD(long long, p));
    case 'Q': return int_from_uint64(t, LOAD(unsigned long long, p));
    case 'n': return int_from_int64(t, LOAD(ptrdiff_t, p));
    case 'N': return int_from_uint64(t, LOAD(size_t, p));
    case 'f': return value_from_double(LOAD(float, p));
    case 'd': return value_from_double(LOAD(double, p));
    case 'e': return value_from_double(half_unpack(LOAD(uint16_t, p)));
    case '?': return value_from_bool(LOAD(uint8_t, p) != 0);
    case 'P': return int_from_pointer(t, LOAD(void *, p));
    default: not_supported(t, code); return VALUE_EMPTY;
    }
}

static int wrong_type(Thread *t, const char *format)
{
    error_set(t, EXC_TypeError, "memoryview: invalid type for format '%s'", format);
    return -1;
}
static int wrong_value(Thread *t, const char *format)
{
    error_set(t, EXC_ValueError, "memoryview: invalid value for format '%s'", format);
    return -1;
}
/* The pending exception in memoryview's words. */
static int reworded(Thread *t, const char *format)
{
    if (error_swallow(t, EXC_TypeError))
        return wrong_type(t, format);
    if (error_swallow(t, EXC_OverflowError) || error_swallow(t, EXC_ValueError))
        return wrong_value(t, format);
    return -1;
}

static int pack_signed(Thread *t, void *p, Value item, size_t size, const char *format)
{
    int64_t i;
    Value index = number_index(t, item);
    if (value_is_empty(index))
        return reworded(t, format);
    int overflow = 0;
    i = int_to_int64_overflow(t, index, &overflow);
    ref_dec(t, index);
    int64_t limit = size == 8 ? INT64_MAX : (INT64_C(1) << (8 * size - 1)) - 1;
    if (overflow || i > limit || i < -limit - 1)
        return wrong_value(t, format);
    memcpy(p, &i, size); /* little-endian machines only need the first bytes */
    return 0;
}

static int pack_unsigned(Thread *t, void *p, Value item, size_t size, const char *format)
{
    Value index = number_index(t, item);
    if (value_is_empty(index))
        return reworded(t, format);
    uint64_t u;
    int ok = int_to_bytes(t, index, (uint8_t *)&u, sizeof u, true, false);
    ref_dec(t, index);
    if (ok < 0)
        return reworded(t, format);
    if (size < 8 && u >> (8 * size))
        return wrong_value(t, format);
    memcpy(p, &u, size);
    return 0;
}
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "pack_signed and pack_unsigned store the low bytes first");

int memoryview_pack_item(Thread *t, char code, void *p, Value item, const char *format)
{
    switch (code) {
    case 'b': return pack_signed(t, p, item, 1, format);
    case 'h': return pack_signed(t, p, item, sizeof(short), format);
    case 'i': return pack_signed(t, p, item, sizeof(int), format);
    case 'l': return pack_signed(t, p, item, sizeof(long), format);
    case 'q': return pack_signed(t, p, item, sizeof(long long), format);
    case 'n': return pack_signed(t, p, item, sizeof(ptrdiff_t), format);
    case 'B': return pack_unsigned(t, p, item, 1, format);
    case 'H': return pack_unsigned(t, p, item, sizeof(short), format);
    case 'I': return pack_unsigned(t, p, item, sizeof(int), format);
    case 'L': return pack_unsigned(t, p, item, sizeof(long), format);
    case 'Q': return pack_unsigned(t, p, item, sizeof(long long), format);
    case 'N': return pack_unsigned(t, p, item, sizeof(size_t), format);
    case 'P': return pack_unsigned(t, p, item, sizeof(void *), format);
    case 'e':
    case 'f':
    case 'd': {
        double d = number_to_double(t, item);
        if (d == -1.0 && error_pending(t))
            return reworded(t, format);
        if (code == 'd') {
            memcpy(p, &d, sizeof d);
        } else if (code == 'f') {
            float f = (float)d;
            memcpy(p, &f, sizeof f);
        } else {
            uint16_t half;
            if (!half_pack(d, &half))
                return wrong_value(t, format);
            memcpy(p, &half, sizeof half);
        }
        return 0;
    }
    case '?': {
        int truth = object_truth(t, item);
        if (truth < 0)
            return -1;
        *(uint8_t *)p = (uint8_t)truth;
        return 0;
    }
    case 'c':
        if (!bytes_check(item))
            return wrong_type(t, format);
        if (bytes_of(item)->length != 1)
            return wrong_value(t, format);
        *(uint8_t *)p = bytes_of(item)->data[0];
        return 0;
    default: not_supported(t, code); return -1;
    }
}

static Value level_to_list(Thread *t, const Buffer *v, char code, char *p, int dim)
{
    if (dim == v->ndim)
        return memoryview_unpack_item(t, code, p);
    Value list = list_new(t, (size_t)v->shape[dim]);
    for (int64_t i = 0; i < v->shape[dim] && !value_is_empty(list); i++, p += v->strides[dim]) {
        char *item = p;
        if (v->suboffsets && v->suboffsets[dim] >= 0)
            item = *(char **)(void *)item + v->suboffsets[dim];
        if (list_append_take(t, list, level_to_list(t, v, code, item, dim + 1)) < 0)
            ref_clear(t, &list);
    }
    return list;
}

Value memoryview_to_list(Thread *t, const MemoryView *m)
{
    char code = memoryview_item_code(m->view.format);
    if (!code)
        return error_set(t, EXC_NotImplementedError, "memoryview: unsupported format %s", m->view.format);
    return level_to_list(t, &m->view, code, m->view.data, 0);
}
