/* state.c: what a Thread is told about its C stack, and how deep C may recurse.
 *
 * Natively the stack's lowest address is known (t->stack_guard) and a probe is one compare; where it cannot be told, or frames lie on another stack too, calls are
 * counted in t->c_depth.
 * Read next: world.c (how threads come and go). */
#include "state.h"

#include "../object/error.h"
#include "../os/os.h"

void thread_measure_stack(Thread *t)
{
    uintptr_t low = os_stack_low();
    t->stack_guard = low ? low + CONFIG_C_STACK_RESERVE : 0;
}

bool recursion_refuse(Thread *t, const char *where)
{
    t->c_depth--;
    error_set(t, EXC_RecursionError, "maximum recursion depth exceeded%s", where);
    return false;
}
