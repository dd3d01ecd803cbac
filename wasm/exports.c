/* exports.c: what the coordinating worker calls: start a program, interrupt it, and where shared memory holds what.
 *
 * None of these waits.  Read next: glue.js, ../web/runtime/worker.js. */
#include <emscripten.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../vm/os/os.h"
#include "kernel.h"

void os_wasm_set_main(void);
void os_wasm_set_image(const void *data, size_t size);
int baton_main(int argc, char **argv);

typedef struct Arguments {
    int count;
    char **values;
} Arguments;

static void run(void *p)
{
    Arguments *arguments = p;
    os_wasm_set_main();
    _exit(baton_main(arguments->count, arguments->values));
}

/* Where pending signals are kept, for waits in the kernel. */
EMSCRIPTEN_KEEPALIVE void *baton_pending(void) { return os_signal_pending; }

/* The image of the library, in memory of malloc, which stays. */
EMSCRIPTEN_KEEPALIVE void baton_image(const void *data, size_t size) { os_wasm_set_image(data, size); }

EMSCRIPTEN_KEEPALIVE void baton_environment(char *assignment) { putenv(assignment); }

/* argv: `count` strings and NULL, in memory of malloc, which stays.  0 or -errno. */
EMSCRIPTEN_KEEPALIVE int baton_start(int count, char **values)
{
    Arguments *arguments = malloc(sizeof *arguments);
    *arguments = (Arguments){count, values};
    return os_thread_start(NULL, run, arguments, 0);
}

/* As a signal from outside: Stop is SIGINT. */
EMSCRIPTEN_KEEPALIVE void baton_signal(int signum) { os_signal_trip(signum); }
