/* eval.h: the eval loop. */
#ifndef BATON_RUN_EVAL_H
#define BATON_RUN_EVAL_H

#include "generator.h"

/* Pushes a frame for a function whose arguments (already bound: one value a parameter register, owned, taken) are at `args`; they are copied to the stack unless they are where the
 * window begins.  NULL with RecursionError or MemoryError: the arguments are released. */
Frame *eval_push_function(Thread *t, Function *function, Value *args);
/* Runs t->frame, whose resume is RESUME_ENTRY, to its end: the value returned (or yielded: the generator tells), or empty with an exception. */
MUST_CHECK Value eval_run(Thread *t);
/* Runs module or class code in the given namespaces (locals: any mapping; closure: tuple or empty). */
MUST_CHECK Value eval_code(Thread *t, Value code, Value globals, Value locals, Value closure);

/* call.c: binds arguments to a function's parameters: fills `out` (code->local_count values, owned) from borrowed positional and keyword arguments. 0, or -1 with
 * CPython's TypeError. */
int call_bind(Thread *t, Function *f, const Value *args, uint32_t n, Value names, Value *out);

#endif
