/* mod_array.h: what mod_array.c, mod_array_item.c and mod_array_iterator.c share: the layout of arrays and the table of item types. */
#ifndef BATON_LIB_MOD_ARRAY_H
#define BATON_LIB_MOD_ARRAY_H

#include "../object/module.h"

/* Item types, by typecode. */
typedef struct ArrayCode {
    char code;
    uint8_t size;
    bool is_integer, is_signed;
    const char *format; /* as the buffer protocol tells it */
} ArrayCode;

/* Invariants.  While exports > 0 the size may not change (BufferError).  items holds capacity items, or is NULL. With the lock off, contents are read and
 * changed under the object's lock, or through an export. */
typedef struct Array {
    Object head;
    char *items;
    size_t length, capacity;
    const ArrayCode *code;
    size_t exports;
    Object *weakrefs;
} Array;
static inline Array *array_of(Value v) { return (Array *)value_object(v); }

static inline size_t array_length(const Array *a) { return __atomic_load_n(&a->length, __ATOMIC_RELAXED); }
/* Item i, or empty without an exception: there is none. */
MUST_CHECK Value array_get(Thread *t, Array *a, size_t i);
extern const TypeSpec array_iterator_spec;
MUST_CHECK Value array_iterator_new(Thread *t, Type *type, Value array);

const ArrayCode *array_code(uint32_t typecode); /* NULL: none */
MUST_CHECK Value array_item(Thread *t, const ArrayCode *code, const void *p);
/* Converts a value, running Python code, into 8 bytes of room at p: 0 or -1. */
int array_store(Thread *t, const ArrayCode *code, void *p, Value v);
/* The number by which pickles name the way a typecode's items are stored (byte order and size). */
int array_machine_format(const ArrayCode *code);
/* The typecode for items of a foreign format: integers get one of their own size, the others keep `code`. */
const ArrayCode *array_code_of_format(int format, const ArrayCode *code);
bool array_machine_format_valid(int format);
/* Items of another machine's format as a list of values, or as a str for text. */
MUST_CHECK Value array_decode_items(Thread *t, int format, const uint8_t *data, size_t n);

#endif
