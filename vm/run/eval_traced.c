/* eval_traced.c: the eval loop once more, with the hooks of tracing before each instruction, at calls, returns and exceptions.  Read next: trace.h. */
#define EVAL_TRACED 1
#include "eval_loop.inc"
