/* exports.c: what the coordinating worker calls: start a program, interrupt it, and where shared memory holds what.
 *
 * None of these waits.  Read next: glue.js, ../web/runtime/worker.js. */
#include <emscripten.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../vm/os/os.h"
#include "../vm/thread/breaker.h"
#include "../vm/thread/events.h"
#include "../vm/thread/world.h"
#include "kernel.h"

void os_wasm_set_main(void);
void os_wasm_limit_threads(int n);
int os_wasm_running(char *buffer, int size);
int os_wasm_go_on(void);
bool os_wasm_timer_due(void);
double os_wasm_timer_rest(void);
int baton_main(int argc, char **argv);

typedef struct Arguments {
    int count;
    char **values;
} Arguments;

static void run(void *p)
{
    Arguments *arguments = p;
    os_wasm_set_main();
    os_thread_set_name("MainThread");
    if (!arguments->values && os_program_wait(&arguments->count, &arguments->values) < 0)
        _exit(1);
    _exit(baton_main(arguments->count, arguments->values));
}

/* Where pending signals are kept, for waits in the kernel. */
EMSCRIPTEN_KEEPALIVE void *baton_pending(void) { return os_signal_pending; }

EMSCRIPTEN_KEEPALIVE void baton_environment(char *assignment) { putenv(assignment); }

/* argv: `count` strings and NULL, in memory of malloc, which stays; without it, what this process was told to run.  0 or -errno. */
EMSCRIPTEN_KEEPALIVE int baton_start(int count, char **values)
{
    Arguments *arguments = malloc(sizeof *arguments);
    *arguments = (Arguments){count, values};
    return os_thread_start(NULL, run, arguments, 0);
}

/* Instead, where memory is a copy of another process's that was about to wait. */
EMSCRIPTEN_KEEPALIVE int baton_go_on(void) { return os_wasm_go_on(); }
/* Behind all memory that has been used. */
EMSCRIPTEN_KEEPALIVE void *baton_memory_end(void) { return sbrk(0); }

EMSCRIPTEN_KEEPALIVE void baton_limit_threads(int n) { os_wasm_limit_threads(n); }
/* The names of the threads that run, a line each: how many bytes. */
EMSCRIPTEN_KEEPALIVE int baton_running(char *buffer, int size) { return os_wasm_running(buffer, size); }

/* As a signal from outside: Stop is SIGINT.  Nonzero: it ends the process, which the caller sees to, as this worker must not wait. */
EMSCRIPTEN_KEEPALIVE int baton_signal(int signum) { return os_wasm_signal(signum); }

/* Has the interval timer become due? It is set to its next time then, and SIGALRM is to be signalled. */
EMSCRIPTEN_KEEPALIVE int baton_timer_due(void) { return os_wasm_timer_due(); }
/* Milliseconds until then, or -1. */
EMSCRIPTEN_KEEPALIVE double baton_timer_rest(void) { return os_wasm_timer_rest(); }

/* ---- what the coordinating worker does while the program runs: it finds the interpreter by the word that signals go to, the main thread's breaker ---- */

_Atomic uint32_t *os_wasm_breaker(void);

static Interp *interpreter(void)
{
    _Atomic uint32_t *breaker = os_wasm_breaker();
    return breaker ? ((Thread *)((char *)breaker - offsetof(Thread, breaker)))->interp : NULL;
}

static int ask_to_reenter(Thread *t, void *arg)
{
    breaker_set(t, BREAKER_REENTER);
    return 0;
}
/* Browsers swap optimised code in only at a call: every running eval loop is entered anew. */
EMSCRIPTEN_KEEPALIVE void baton_reenter(void)
{
    Interp *interp = interpreter();
    if (interp)
        world_each(interp, ask_to_reenter, NULL);
}

/* The place that names the newest ring of events, once they are recorded (-X gil_events), or NULL. */
EMSCRIPTEN_KEEPALIVE EventRing **baton_rings(void)
{
    Interp *interp = interpreter();
    return interp ? events_list(interp) : NULL;
}

/* When this process was told what to run, in milliseconds since the epoch. */
EMSCRIPTEN_KEEPALIVE double baton_begun(void) { return os_wasm_begun(); }

/* Where the rings' members are, for timeline.js, which names them in this order. */
EMSCRIPTEN_KEEPALIVE const uint32_t *baton_ring_layout(void)
{
    static const uint32_t layout[] = {
        offsetof(EventRing, next), offsetof(EventRing, thread), offsetof(EventRing, name),   offsetof(EventRing, ended),
        offsetof(EventRing, mask), offsetof(EventRing, head),   offsetof(EventRing, events), sizeof(Event),
        offsetof(Event, order),    offsetof(Event, time),       offsetof(Event, thread),     offsetof(Event, kind),
        offsetof(Event, reason),   offsetof(Event, address)};
    return layout;
}
