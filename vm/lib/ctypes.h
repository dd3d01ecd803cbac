/* ctypes.h: the parts of the module _ctypes: C data as Python objects.
 *
 * A class made by one of the metaclasses (CType) has a Layout: what its instances look like in memory.  An instance (Data) stands for memory: its own, or a part
 * of another's (`base`), or foreign memory at an address.
 *
 * Invariants.  A class's layout is set before the class can be used to make instances, and stays; structures get theirs when _fields_ is assigned, once.  The memory
 * of a Data does not move nor go while it lives, `base` keeps alive what it is part of; only resize() moves it, and is refused while others look at it.  What the memory
 * points to is kept alive by `keep` of the outermost Data.  With the lock off the memory itself is as unguarded as memory in C is.
 * Read next: ctypes_code.c (single values), ctypes_type.c (classes), ctypes_data.c (instances), ctypes_aggregate.c, ctypes_function.c. */
#ifndef BATON_LIB_CTYPES_H
#define BATON_LIB_CTYPES_H

#include <ffi.h>

#include "../memory/alloc.h"
#include "../object/buffer.h"
#include "../object/bytes.h"
#include "../object/container.h"
#include "../object/module.h"
#include "argument.h"

typedef enum LayoutKind {
    LAYOUT_SIMPLE,
    LAYOUT_POINTER,
    LAYOUT_ARRAY,
    LAYOUT_STRUCT,
    LAYOUT_UNION,
    LAYOUT_FUNCTION
} LayoutKind;

typedef struct Layout {
    LayoutKind kind;
    bool ready;    /* structures: _fields_ has been set */
    bool pointers; /* structures: has fields that hold addresses */
    bool swapped;  /* simple: the other byte order */
    char code;     /* simple: _type_ */
    size_t size, align;
    size_t length; /* items of an array, fields of a structure with those of its bases */
    Type *item;    /* of an array or pointer; owned or NULL */
    char *format;  /* struct syntax (PEP 3118) */
    int ndim;
    int64_t *shape;
    ffi_type *ffi;           /* how it is passed by value; NULL: it is not */
    ffi_type own_ffi;        /* structures */
    int flags;               /* functions: _flags_ */
    Value argtypes, restype; /* functions: owned or empty */
} Layout;

/* A class whose instances are C data. */
typedef struct CType {
    Type type;
    Layout *layout;     /* NULL: abstract (Structure, Array ...) */
    Value pointer_type; /* __pointer_type__, or empty */
} CType;

typedef struct Data {
    Object head;
    uint8_t *memory;
    size_t size;
    Value base;   /* Data that this is a part of, or empty */
    size_t index; /* place in base: names what is kept */
    Value keep;   /* objects that the memory points to: a dict, or the one object of a single value; empty: none */
    uint64_t small[2];
    bool owned; /* memory is from alloc_memory */
    size_t exports;
    Object *weakrefs;
} Data;

typedef struct Field {
    Object head;
    Value name;
    Type *type; /* owned */
    size_t size, offset, index;
    int bits, shift; /* bit fields: number of bits, and of those below; bits 0: no bit field */
    bool anonymous;
} Field;

/* An argument on its way into a call: byref() and from_param() make them. */
typedef struct Argument {
    Object head;
    char tag; /* code of a single value; 'P' pointer */
    union {
        uint64_t bits;
        int64_t i;
        double d;
        float f;
        void *p;
    } value;
    size_t size; /* of the value in memory */
    Value owner; /* keeps what it points to */
} Argument;

typedef struct CtypesState {
    Type *meta; /* of all the metaclasses */
    Type *simple_meta, *pointer_meta, *array_meta, *struct_meta, *union_meta, *function_meta;
    Type *data, *simple, *pointer, *array, *structure, *union_, *function;
    Type *field, *argument, *argument_error;
    Value array_types;  /* dict: (item type, length) -> weak reference to the array type */
    Value errno_values; /* dict: thread id -> ctypes' copy of errno */
} CtypesState;
static inline CtypesState *ctypes_state(Thread *t) { return t->interp->module_state[MODULE__ctypes]; }

static inline bool ctype_check(Thread *t, Value v)
{
    return type_check(v) && type_is_subtype(type_of(t, v), ctypes_state(t)->meta);
}
/* The layout of a class, or NULL when it has none (or is no such class). */
static inline Layout *ctype_layout(Thread *t, Value type)
{
    return ctype_check(t, type) ? ((CType *)value_object(type))->layout : NULL;
}
static inline Layout *layout_of(const Type *type) { return ((const CType *)type)->layout; } /* of a class of Data */
static inline bool data_check(Thread *t, Value v)
{
    return value_is_object(v) && type_is_subtype(type_of(t, v), ctypes_state(t)->data);
}
static inline Data *data_of(Value v) { return (Data *)value_object(v); }
static inline Layout *data_layout(Value v) { return layout_of(value_object(v)->type); }

/* ---- ctypes_code.c: single values ---- */
ffi_type *code_ffi(char code); /* NULL: no such code */
size_t code_size(char code);
const char *code_format(char code, bool swapped); /* struct syntax with byte order */
MUST_CHECK Value code_get(Thread *t, char code, bool swapped, const void *memory);
/* Stores; *keep: what must stay alive with the memory (owned), or empty. 0 or -1. */
int code_set(Thread *t, char code, bool swapped, void *memory, Value v, Value *keep);
MUST_CHECK Value code_get_bits(Thread *t, char code, bool swapped, const void *memory, int bits, int shift);
int code_set_bits(Thread *t, char code, bool swapped, void *memory, Value v, int bits, int shift);

/* ---- ctypes_type.c: classes ---- */
int ctypes_make_types(Thread *t, Value module);
MUST_CHECK Type *ctypes_array_type(Thread *t, Type *item, int64_t length); /* owned */

/* ---- ctypes_data.c: instances ---- */
MUST_CHECK Value data_new(Thread *t, Type *type); /* zeroed memory of its own */
MUST_CHECK Value data_at(Thread *t, Type *type, void *memory, Value base_or_empty,
                         size_t index); /* a part of base, or foreign */
MUST_CHECK Value data_get_item(Thread *t, Type *type, void *memory, Value owner, size_t index); /* as Python sees it */
int data_set_item(Thread *t, Type *type, void *memory, Value owner, size_t index, Value v);
int data_keep_take(Thread *t, Value owner, size_t index, Value keep); /* empty: nothing to keep */
bool type_is_plain(Thread *t, const Type *type); /* c_int itself and the like: values stand for themselves */
extern const TypeSpec ctypes_data_spec, ctypes_simple_spec, ctypes_pointer_spec, ctypes_array_spec, ctypes_struct_spec,
    ctypes_union_spec, ctypes_field_spec;
extern const TypeSpec ctypes_function_spec, ctypes_argument_spec;
extern const GetSetDef ctypes_char_array_getsets[], ctypes_wchar_array_getsets[];
MUST_CHECK Value field_copy(Thread *t, const Field *f, size_t offset, size_t index);

/* ---- ctypes_function.c: calls ---- */
int function_layout(Thread *t, Type *type, Layout *layout);
MUST_CHECK Argument *argument_new(Thread *t, char tag, Value owner); /* value zero; owner borrowed, or empty */
extern const NativeDef *const ctypes_function_functions[];
MUST_CHECK Value ctypes_symbol(Thread *t, Value library, Value symbol_name); /* its address, or OSError */
int ctypes_add_addresses(Thread *t, Value module);

#endif
