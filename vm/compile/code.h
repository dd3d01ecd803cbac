/* code.h: code objects: what the compiler makes and the eval loop runs.  Immutable but for the caches.
 *
 * Invariants.  Registers 0 .. local_count-1 are the local variables in the order of local_names (parameters first, as CPython's varnames; a captured
 * one holds its Cell); registers local_count .. register_count-1 are temporaries.  Exception table entries are sorted and disjoint.  One site is
 * one use of a name: site_names[i] goes with caches[i]; LOAD_GLOBAL and LOAD_NAME own the word i+1 as well.  Code from the library's image is completed when it first
 * runs or is looked into (code_image.c): until then `instructions` is NULL, and only what is marked H is there. */
#ifndef BATON_COMPILE_CODE_H
#define BATON_COMPILE_CODE_H

#include "../object/object.h"
#include "opcode.h"

/* co_flags, as CPython's. */
#define CODE_OPTIMIZED 0x1
#define CODE_NEWLOCALS 0x2
#define CODE_VARARGS 0x4
#define CODE_VARKEYWORDS 0x8
#define CODE_NESTED 0x10
#define CODE_GENERATOR 0x20
#define CODE_COROUTINE 0x80
#define CODE_ITERABLE_COROUTINE 0x100
#define CODE_ASYNC_GENERATOR 0x200
#define CODE_FUTURE_BARRY 0x400000
#define CODE_FUTURE_ANNOTATIONS 0x1000000
#define CODE_HAS_DOCSTRING 0x4000000
#define CODE_METHOD 0x8000000
/* Any of the kinds whose call makes a generator-like object. */
#define CODE_ANY_GENERATOR (CODE_GENERATOR | CODE_COROUTINE | CODE_ASYNC_GENERATOR)

/* Bits of Code.local_kinds. */
#define LOCAL_HIDDEN 0x10 /* not in co_varnames */
#define LOCAL_COMPREHENSION                                                                                            \
    0x20                /* with LOCAL_HIDDEN: the own variable of a comprehension; those of a unit are side by side */
#define LOCAL_CELL 0x40 /* holds a cell */
#define LOCAL_ARGUMENT 0x01

/* Code.simple_count when no number of positional arguments alone will do. */
#define CODE_NOT_SIMPLE UINT32_MAX

typedef struct ExceptionEntry {
    uint32_t start, end; /* instruction indices, end exclusive */
    uint32_t target;
    uint32_t keep; /* temporaries that stay: registers from local_count + keep on are released */
} ExceptionEntry;

typedef struct Code {
    Object head;
    /* What a call needs, in one line of the cache with the head. */
    Instruction *instructions;
    uint32_t
        simple_count; /* argument_count of an ordinary function: no *args, **kwargs, keyword-only parameters, generator; CODE_NOT_SIMPLE of others (H: and until it is complete) */
    uint32_t register_count;  /* H */
    uint32_t local_count;     /* H */
    uint32_t flags;           /* H */
    _Atomic uint64_t *caches; /* ../run/cache.h; CACHE_EMPTY at first */
    Value *constants;
    uint32_t argument_count;              /* H: positional parameters */
    uint32_t posonly_count, kwonly_count; /* H */
    uint32_t free_count;                  /* H */
    uint32_t instruction_count;
    uint32_t site_count;
    Value *site_names;
    uint32_t constant_count;
    ExceptionEntry *exceptions;
    uint32_t exception_count;
    uint8_t *positions; /* compressed: code_position reads it */
    uint32_t positions_size;
    uint32_t first_line;            /* H */
    uint8_t *local_kinds;           /* LOCAL_..., one a local */
    uint32_t own_start, own_end;    /* the registers of comprehensions' own variables */
    Value local_names;              /* tuple of str: all local registers */
    Value free_names;               /* tuple: co_freevars */
    Value filename, name, qualname; /* H: str */
    Value constants_tuple;          /* co_consts: owns what `constants` borrows */
    Object *weakrefs;
    void *monitor; /* ../run/trace.h: instrumentation, or NULL */
    struct CodeImage *
        image; /* H: owns instructions, exceptions, positions and local_kinds; or NULL: they are the code object's own */
    const struct CodeImageRecord *record; /* H: what completes it */
} Code;

int code_complete_slow(Thread *t, Code *code);
/* Before looking into a code object: 0 or -1. */
static ALWAYS_INLINE int code_complete(Thread *t, Code *code)
{
    return LIKELY(__atomic_load_n(&code->instructions, __ATOMIC_ACQUIRE) != NULL) ? 0 : code_complete_slow(t, code);
}
/* simple_count.  What a code object has besides is there when this says that it is complete. */
static ALWAYS_INLINE uint32_t code_simple(const Code *code)
{
    return __atomic_load_n(&code->simple_count, __ATOMIC_ACQUIRE);
}
/* Sets what is counted from local_kinds. */
void code_count_kinds(Code *code);
static inline uint32_t code_simple_count(uint32_t flags, uint32_t argument_count, uint32_t kwonly_count)
{
    bool simple = !(flags & (CODE_VARARGS | CODE_VARKEYWORDS | CODE_ANY_GENERATOR)) && kwonly_count == 0 &&
                  (flags & CODE_OPTIMIZED);
    return simple ? argument_count : CODE_NOT_SIMPLE;
}

typedef struct CodePosition {
    int32_t line, end_line, column, end_column; /* line 0: none; columns -1: none */
} CodePosition;

/* The cache of a site that knows nothing: no version, not even none, is equal to its lower half. */
#define CACHE_EMPTY ((uint64_t)VERSION_MAX + 1)
/* Caches for as many sites, and one word more; NULL with MemoryError. */
MUST_CHECK _Atomic uint64_t *code_caches_new(Thread *t, uint32_t site_count);

/* Where its frames start. */
static inline const Instruction *code_start(const Code *code) { return code->instructions + 1; }
/* What protects the instruction at an index, or NULL. */
const ExceptionEntry *code_handler(const Code *code, uint32_t index);
/* Position of the instruction at an index. */
CodePosition code_position(const Code *code, uint32_t index);
/* Walks all positions in order. */
typedef struct CodePositionReader {
    const uint8_t *at, *end;
    CodePosition current;
    uint32_t index, run_end;
} CodePositionReader;
void code_positions_begin(CodePositionReader *reader, const Code *code);
bool code_positions_next(
    CodePositionReader *reader); /* the next run of equal positions: instructions index .. run_end-1 */

/* The raw parts of a code object; `code_new_take` takes the references and the arrays (alloc_memory), also on error. */
typedef struct CodeParts {
    Instruction *instructions;
    uint32_t instruction_count;
    Value *site_names; /* owned values */
    uint32_t site_count;
    ExceptionEntry *exceptions;
    uint32_t exception_count;
    uint8_t *positions;
    uint32_t positions_size;
    uint8_t *local_kinds;
    uint32_t register_count, argument_count, posonly_count, kwonly_count, flags, first_line;
    Value constants_tuple, local_names, free_names, filename, name, qualname;
} CodeParts;
MUST_CHECK Value code_new_take(Thread *t, CodeParts *parts);
/* Releases parts that no code object has been made of. */
void code_parts_release(Thread *t, const CodeParts *parts);
static inline Code *code_of(Value v) { return (Code *)value_object(v); }
static inline bool code_check(Value v) { return object_is(v, KIND_CODE); }

#endif
