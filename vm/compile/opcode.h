/* opcode.h: the instruction word and the enumerations that instructions refer to.  The list itself is opcode.def. */
#ifndef BATON_COMPILE_OPCODE_H
#define BATON_COMPILE_OPCODE_H

#include <stdint.h>

typedef enum Opcode {
#define OP(name, operands, meaning) OP_##name,
#include "opcode.def"
#undef OP
    OP_COUNT
} Opcode;

typedef uint64_t Instruction;

#define INSTRUCTION_OP(i) ((uint16_t)(i))
#define INSTRUCTION_A(i) ((intptr_t)(int16_t)((i) >> 16))
#define INSTRUCTION_B(i) ((intptr_t)(int16_t)((i) >> 32))
#define INSTRUCTION_C(i) ((intptr_t)((int64_t)(i) >> 48))
#define INSTRUCTION_BC(i) ((int32_t)((i) >> 32))
/* The same from where the instruction is, each by one load. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define INSTRUCTION_PART(pc, i) (((const int16_t *)(pc))[3 - (i)])
#else
#define INSTRUCTION_PART(pc, i) (((const int16_t *)(pc))[i])
#endif
#define INSTRUCTION_FITS(x) ((x) >= INT16_MIN && (x) <= INT16_MAX)

static inline Instruction instruction_make(Opcode op, int32_t a, int32_t b, int32_t c)
{
    return (uint64_t)(uint16_t)op | (uint64_t)(uint16_t)a << 16 | (uint64_t)(uint16_t)b << 32 |
           (uint64_t)(uint16_t)c << 48;
}

/* GET_ITER */
typedef enum IterForm {
    ITER_ANY,
    ITER_IN_PLACE, /* only FOR_NEXT uses it, and the register behind is free */
    ITER_GIVEN     /* b is an iterator, or that is TypeError */
} IterForm;

/* LOAD_COMMON */
typedef enum Common {
    COMMON_ASSERTION_ERROR,
    COMMON_NOT_IMPLEMENTED_ERROR,
    COMMON_TUPLE,
    COMMON_ALL,
    COMMON_ANY,
    COMMON_LIST,
    COMMON_SET
} Common;

/* LOAD_SPECIAL */
typedef enum Special { SPECIAL_ENTER, SPECIAL_EXIT, SPECIAL_AENTER, SPECIAL_AEXIT } Special;

/* MAKE_FUNCTION: which of the registers c, c+1 ... are present, in this order. */
#define MAKE_DEFAULTS 0x01
#define MAKE_KWDEFAULTS 0x02
#define MAKE_ANNOTATE 0x04
#define MAKE_CLOSURE 0x08

/* INTRINSIC: helpers of one argument. */
typedef enum Intrinsic {
    INTRINSIC_PRINT,   /* sys.displayhook(b) */
    INTRINSIC_TYPEVAR, /* TypeVar(name) */
    INTRINSIC_PARAMSPEC,
    INTRINSIC_TYPEVARTUPLE,
    INTRINSIC_SUBSCRIPT_GENERIC, /* Generic[*params] */
    INTRINSIC_TYPEALIAS,         /* TypeAliasType from the tuple (name, params, evaluate) */
    INTRINSIC_COUNT
} Intrinsic;

/* INTRINSIC2: helpers of two arguments. */
typedef enum Intrinsic2 {
    INTRINSIC2_TYPEVAR_WITH_BOUND, /* name, evaluator */
    INTRINSIC2_TYPEVAR_WITH_CONSTRAINTS,
    INTRINSIC2_SET_FUNCTION_TYPE_PARAMS, /* function, tuple: the function */
    INTRINSIC2_SET_TYPEPARAM_DEFAULT,    /* parameter, evaluator: the parameter */
    INTRINSIC2_COUNT
} Intrinsic2;

/* Name and letters of the operands of each instruction. */
extern const char *const opcode_texts[OP_COUNT][2];
/* Other instructions, another number (as good as always): what is kept in files begins with it.  FNV-1a over opcode_texts. */
uint32_t opcode_magic(void);

#endif
