/* slots.h: what slots.c (the table of dunders and slots), slots_python.c (slots of classes written in Python) and descriptor.c (wrappers) share. */
#ifndef BATON_OBJECT_SLOTS_H
#define BATON_OBJECT_SLOTS_H

#include "buffer.h"
#include "descriptor.h"
#include "type.h"

/* How a wrapper calls the slot's function. */
typedef enum SlotWrap {
    WRAP_NONE, /* no wrapper: __getattr__ */
    WRAP_UNARY,
    WRAP_NEXT,
    WRAP_BINARY,
    WRAP_BINARY_REFLECTED,
    WRAP_POWER,
    WRAP_POWER_REFLECTED,
    WRAP_COMPARE,
    WRAP_HASH,
    WRAP_LEN,
    WRAP_TRUTH,
    WRAP_CALL,
    WRAP_INIT,
    WRAP_GETATTR,
    WRAP_SETATTR,
    WRAP_DELATTR,
    WRAP_SETITEM,
    WRAP_DELITEM,
    WRAP_DESCR_GET,
    WRAP_DESCR_SET,
    WRAP_DESCR_DELETE,
    WRAP_CONTAINS,
    WRAP_REPEAT,
    WRAP_FINALIZE,
    WRAP_BUFFER_GET,
    WRAP_BUFFER_RELEASE
} SlotWrap;

typedef struct SlotDef {
    NameId name;
    const char *text;
    uint16_t offset; /* of the function in Slots */
    uint8_t wrap;    /* SlotWrap */
    uint8_t op;      /* Compare */
    SlotFn python;   /* for classes that define the dunder; NULL: such a class leaves the slot empty */
    const char *signature, *doc;
} SlotDef;
extern const SlotDef slot_defs[];

/* Calls a wrapper on self with the arguments behind it. */
MUST_CHECK Value slots_call_wrapper(Thread *t, const WrapperDescriptor *w, Value self, const Value *args, uint32_t n,
                                    Value names);

#define SLOT_BINARY_OPS(X)                                                                                             \
    X(ADD, __add__, __radd__, __iadd__)                                                                                \
    X(SUB, __sub__, __rsub__, __isub__)                                                                                \
    X(MUL, __mul__, __rmul__, __imul__)                                                                                \
    X(MATMUL, __matmul__, __rmatmul__, __imatmul__)                                                                    \
    X(TRUEDIV, __truediv__, __rtruediv__, __itruediv__)                                                                \
    X(FLOORDIV, __floordiv__, __rfloordiv__, __ifloordiv__)                                                            \
    X(MOD, __mod__, __rmod__, __imod__)                                                                                \
    X(POW, __pow__, __rpow__, __ipow__)                                                                                \
    X(LSHIFT, __lshift__, __rlshift__, __ilshift__)                                                                    \
    X(RSHIFT, __rshift__, __rrshift__, __irshift__)                                                                    \
    X(AND, __and__, __rand__, __iand__)                                                                                \
    X(OR, __or__, __ror__, __ior__)                                                                                    \
    X(XOR, __xor__, __rxor__, __ixor__)
#define SLOT_UNARY_OPS(X) X(NEG, __neg__) X(POS, __pos__) X(INVERT, __invert__) X(ABS, __abs__)

#define DECLARE(op, name, rname, iname)                                                                                \
    Value slot_python_binary_##op(Thread *t, Value a, Value b);                                                        \
    Value slot_python_inplace_##op(Thread *t, Value a, Value b);
SLOT_BINARY_OPS(DECLARE)
#undef DECLARE
Value slot_python_binary_DIVMOD(Thread *t, Value a, Value b);
#define DECLARE(op, name) Value slot_python_unary_##op(Thread *t, Value v);
SLOT_UNARY_OPS(DECLARE)
#undef DECLARE
Value slot_python_to_int(Thread *t, Value self);
Value slot_python_to_float(Thread *t, Value self);

#endif
