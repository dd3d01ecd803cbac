/* frame.h: running frames, the register stack, and the frame and traceback objects that Python sees.
 *
 * A Frame belongs to one activation.  Its registers are a window of the thread's register stack (a generator's are in the generator).  The
 * callee's window begins at its first argument inside the caller's temporaries, so an ordinary call copies nothing; Frame structs come from a list of
 * their own, in which each knows the next.
 *
 * Invariants.  Every register of a window that holds an object owns it.  Above the live registers of the innermost frame no register of the stack
 * holds an object (numbers may be left behind), so a new window needs only its locals emptied.  `top` is the first register that code called from this frame
 * may use.  pc is up to date whenever other code can look at the frame. */
#ifndef BATON_RUN_FRAME_H
#define BATON_RUN_FRAME_H

#include "../object/function.h"
#include "../thread/objlock.h"

/* What happens with the value that a frame returns. */
typedef enum Resume {
    RESUME_CALL, /* into the caller's register `dest`; the callable is in the register before the window (the caller's, or above all of them), and released */
    RESUME_ENTRY, /* leaves the eval loop: called from C */
    RESUME_STORE, /* into the caller's register `dest`; the callable is wherever `callable` says */
    RESUME_INIT,  /* must be None; `extra` (the new instance) goes into `dest` */
    RESUME_AFTER, /* what Slots.call_after of the callable, which is where `callable` says, makes of it and of `extra` goes into `dest` */
    RESUME_OPERATOR, /* the method of an operator: the caller's instruction is completed with it; the method is where RESUME_CALL has it */
    RESUME_FOR_NEXT, /* a generator's value for FOR_NEXT */
    RESUME_DELEGATE, /* a generator's value for DELEGATE */
    RESUME_EACH      /* a generator's values for a sink (generator_each); what it returns leaves the eval loop */
} Resume;

struct Frame {
    const Instruction *pc; /* next instruction */
    Value *registers;
    Code *code;      /* borrowed from the function or from what owns the frame */
    Frame *previous; /* caller, or NULL */
    Value *top;
    Function *function; /* borrowed: alive as the caller's callable */
    Frame *next;        /* of the pool: the frame of the next call; NULL: frame_pool_grow, or see frame_next */
    union {
        struct {
            uint8_t resume;    /* Resume */
            bool is_generator; /* lives in a generator object */
            bool new_chunk;    /* its window opened a new chunk of the stack */
            bool has_more;     /* `locals`, `object` or `keep` may hold something */
        };
        uint32_t unusual; /* 0: RESUME_CALL and none of the others: what RETURN is fastest with */
    };
    int32_t dest;    /* register of the caller */
    intptr_t temps;  /* the first register that is a temporary: code->local_count */
    Value locals;    /* owned mapping of a module or class body, or empty */
    Value object;    /* the FrameObject, owned, or empty */
    Value keep;      /* owned: keeps the function alive when no register does; or empty */
    Value extra;     /* owned: what `resume` needs */
    Value *callable; /* the caller's register that holds the callable, released on return; or NULL */
    Frame *pool;     /* of a generator's frame that runs: the frame of the next call */
    int32_t jump;    /* RESUME_FOR_NEXT: where the caller goes on with a value */
    bool pool_block; /* first frame of a block of the pool */
    bool ending;     /* its locals have been released: they get no values any more */
    uint32_t raised; /* in a handler: index of the instruction that raised what entered it */
};
static ALWAYS_INLINE Value frame_globals(const Frame *f) { return f->function->globals; }
static ALWAYS_INLINE Value frame_builtins(const Frame *f) { return f->function->builtins; }

/* Has it nothing but what happens with its value? */
static ALWAYS_INLINE bool frame_is_plain(const Frame *f, Resume resume)
{
    return f->unusual == ((Frame){.resume = (uint8_t)resume}).unusual;
}

/* Does the loop end with the frame? */
static ALWAYS_INLINE bool resume_leaves(int resume) { return resume == RESUME_ENTRY || resume == RESUME_EACH; }

/* The register that the frame's callable is released from when it has ended, or NULL. */
static ALWAYS_INLINE Value *frame_callable(const Frame *f)
{
    switch (f->resume) {
    case RESUME_CALL:
    case RESUME_OPERATOR: return f->registers - 1;
    case RESUME_STORE:
    case RESUME_AFTER:
    case RESUME_FOR_NEXT: return f->callable;
    default: return NULL;
    }
}

struct StackChunk {
    StackChunk *previous, *next;
    size_t size;
    Value registers[];
};

/* Gives a thread its stack, before its first frame; 0 or -1 with MemoryError.  frame_stack_free (state.h) ends it. */
int frame_stack_new(Thread *t);
/* The slow paths of frame_push. */
Frame *frame_pool_grow(Thread *t);                /* t->frame has no next one */
Value *frame_chunk_push(Thread *t, size_t count); /* a window in a fresh chunk */
void frame_chunk_pop(Thread *t);

/* The frame of the next call from f, or NULL: frame_pool_grow. */
static ALWAYS_INLINE Frame *frame_next(const Frame *f) { return UNLIKELY(f->is_generator) ? f->pool : f->next; }

/* Makes a generator's frame the innermost one. */
static ALWAYS_INLINE void frame_link(Thread *t, Frame *f)
{
    Frame *previous = t->frame;
    f->previous = previous;
    if (LIKELY(previous != NULL)) {
        f->top = previous->top;
        f->pool = frame_next(previous);
    } else {
        f->top = t->chunk->registers;
        f->pool = t->frame_pool;
    }
    t->frame = f;
}

/* Ends an ordinary frame: releases its locals, gives the struct back. Its temporaries must be empty. */
void frame_pop(Thread *t, Frame *f);

/* ---- what Python sees ---- */

#define FRAME_LINE_ZERO (-1)
enum { FRAME_EVENT_NONE, FRAME_EVENT_CALL, FRAME_EVENT_LINE };

/* Invariant: `frame` is the running or suspended frame, or NULL once it ended; then `registers` holds what its locals were, or is NULL when they have been cleared. */
typedef struct FrameObject {
    Object head;
    Frame *frame;
    Value code, locals, function;
    Value back;       /* after the frame ended: the caller's frame object, or empty */
    Value *registers; /* after the frame ended: `ended` */
    Value
        displaced; /* list of values replaced through f_locals while the frame may still read them in place, or empty */
    Value extra_locals; /* dict of names that are no variables, set through f_locals; or empty */
    Value trace;        /* f_trace, or empty */
    int32_t line;       /* f_lineno at the call event of a module (FRAME_LINE_ZERO: line 0), else 0 */
    uint32_t last;      /* 1 + the index of the instruction with a line of its own that the traced frame ran last */
    uint32_t shown;     /* that, while a function of settrace or setprofile runs (f_lasti, f_lineno), else 0 */
    uint32_t lasti;     /* instruction index, once the frame ended */
    bool trace_lines, trace_opcodes;
    uint8_t event; /* FRAME_EVENT_...: of the trace function that runs */
    Value ended[]; /* room for the locals */
} FrameObject;

/* The frame object of a frame, made on demand: owned. */
MUST_CHECK Value frame_object(Thread *t, Frame *f);
/* Is it one of the thread's own frames, among those that run? */
bool frame_is_own(const Thread *t, const FrameObject *o);
/* The frame ends: its object takes the locals, if anything else has it. */
void frame_detach(Thread *t, Frame *f);
uint32_t frame_index(const Frame *f); /* index of the current instruction */
int32_t frame_line(const Frame *f);
/* f_locals: the mapping itself in a module or class body, else a FrameLocalsProxy; owned. */
MUST_CHECK Value frame_locals(Thread *t, Frame *f);
/* locals(): as f_locals, but a fresh dict of a function's variables (PEP 667). */
MUST_CHECK Value frame_locals_snapshot(Thread *t, Frame *f);

typedef struct Traceback {
    Object head;
    Value next;     /* traceback or empty */
    Value frame;    /* frame object */
    uint32_t index; /* instruction */
    int32_t line;   /* or -1: not computed */
} Traceback;
/* Adds an entry for the frame to the pending exception's traceback. */
void traceback_add(Thread *t, Frame *f);

#endif
