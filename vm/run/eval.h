/* eval.h: the eval loop. */
#ifndef BATON_RUN_EVAL_H
#define BATON_RUN_EVAL_H

#include "generator.h"

/* Pushes a frame for a function whose arguments (already bound: one value a parameter register, owned, taken) are at `args`; they are copied to the stack unless they are where the
 * window begins.  NULL with RecursionError or MemoryError: the arguments are released. */
Frame *eval_push_function(Thread *t, Function *function, Value *args);
/* Calls a function whose code's simple_count is n. */
MUST_CHECK Value eval_call_simple(Thread *t, Function *function, const Value *args, uint32_t n);
/* Runs t->frame, whose resume is RESUME_ENTRY, to its end: the value returned (or yielded: the generator tells), or empty with an exception. */
MUST_CHECK Value eval_run(Thread *t);
/* Runs module or class code in the given namespaces (locals: any mapping; closure: tuple or empty). */
MUST_CHECK Value eval_code(Thread *t, Value code, Value globals, Value locals, Value closure);

/* call.c: binds arguments to a function's parameters: fills `out` (code->local_count values, owned) from borrowed positional and keyword arguments. 0, or -1 with
 * CPython's TypeError. */
int call_bind(Thread *t, Function *f, const Value *args, uint32_t n, Value names, Value *out);
/* The same where the arguments are: `window` has room for the function's registers and holds n positional and then the keyword arguments, which are taken; now it holds the
 * locals.  -1: it is empty. */
int call_bind_in_place(Thread *t, Function *f, Value *window, uint32_t n, Value names);
/* A call without keywords that leaves out arguments with defaults, of a function with none but positional parameters: puts these behind the n at `args`, where there is room.
 * False: it is another call, and nothing was done. */
bool call_add_defaults(Thread *t, const Function *f, const Code *code, Value *args, uint32_t n);
/* Lays out the arguments of f(*args, **kwargs) in `window`, which has room for them: owned. `args` is a tuple, `kwargs` an exact dict or empty; *names: owned tuple of the keywords, or empty. 0 or -1. */
int call_spread(Thread *t, Value *window, Value args, Value kwargs, Value *names);

#endif
