/* stackmap.h: what the temporaries of a code object hold at each instruction.
 *
 * Worked out from the instructions alone: temporaries follow a stack discipline, so every way to an instruction leaves the same ones in use.  The checker relies on it
 * (check.c), and so does a jump by f_lineno (../run/trace_jump.c), which may only go where the temporaries hold what the code there expects. */
#ifndef BATON_COMPILE_STACKMAP_H
#define BATON_COMPILE_STACKMAP_H

#include "code.h"

/* What a temporary holds.  Kinds that instructions rely on without looking at the value are told apart. */
typedef enum Held {
    HELD_NOTHING,
    HELD_MAYBE,     /* a value or nothing */
    HELD_VALUE,     /* that several instructions may have written */
    HELD_ITERATOR,  /* of a `for` */
    HELD_AITERATOR, /* of an `async for` */
    HELD_EXIT,      /* __exit__ or __aexit__ of a `with` */
    HELD_EXIT_SELF, /* and its manager, or nothing */
    HELD_HANDLED,   /* the exception that was handled before a handler began, or nothing */
    HELD_CAUGHT,    /* the exception that an except clause has caught */
    HELD_REHANDLED, /* the same in a handler that raises again in the end: of finally, with ... */
    HELD_RECAUGHT,
    HELD_LIST,
    HELD_SET,
    HELD_DICT,
    HELD_TUPLE,
    HELD_WRITTEN /* and above: a value that only the instruction number (kind - HELD_WRITTEN) has written, as far as a kind can tell */
} Held;
typedef uint16_t HeldKind; /* Held, or more */

typedef struct StackMap {
    const Code *code;
    uint32_t width; /* temporaries: registers from code->local_count on */
    uint32_t block_count;
    uint32_t *block;   /* an instruction: the number of the basic block that begins there, or 0 */
    HeldKind *states;  /* a basic block: width kinds at its beginning */
    bool *reached;     /* a basic block: some way leads to it */
    const char *fault; /* what is wrong with the code, or NULL */
} StackMap;

/* Is there a conditional jump at an instruction?  Where it goes to, and in any case what is behind it. */
bool stackmap_branch(const Code *code, uint32_t index, uint32_t *next, uint32_t *target);
/* Instructions and operands must be well-formed.  0, or -1 with MemoryError; then there is nothing to free. */
int stackmap_new(Thread *t, StackMap *m, const Code *code);
void stackmap_free(Thread *t, StackMap *m);
/* The kinds before an instruction, into held[m->width].  False: no way leads to it. */
bool stackmap_at(const StackMap *m, uint32_t index, HeldKind *held);

#endif
