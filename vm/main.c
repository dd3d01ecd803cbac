/* main.c: the program baton: options, an interpreter, the program, the exit code.  Read next: cli/options.c, cli/program.c. */
#include <signal.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/program.h"
#include "cli/repl.h"
#include "memory/ref.h"
#include "os/os.h"
#include "run/image.h"
#include "run/lifecycle.h"

/* All that main works with, in one place: a process may go on with a copy of it (os_program_keep). */
typedef struct Main {
    Options options;
    Thread *t;
    int argc;
    char **argv;
} Main;

static int run(Thread *t, Options *options, const char *argv0, bool ready, bool *interrupted)
{
    int status = 0;
    Value result = ready ? program_run(t, options, argv0, &status) : VALUE_EMPTY;
    bool prompt = program_wants_prompt(t, options);
    if (value_is_empty(result))
        status = program_report(t, prompt, interrupted);
    ref_dec(t, result);
    if (prompt || program_wants_prompt(t, options)) { /* the hook for exceptions may have asked for it */
        *interrupted = false;
        status = 0;
        result = repl_run(t, options, false);
        if (value_is_empty(result))
            status = program_report(t, false, interrupted);
        ref_dec(t, result);
    }
    return status;
}

/* What comes after the start, which has left an exception if the program is not ready. */
static int run_and_finish(Main *m, bool ready)
{
    bool interrupted = false;
    int status = lifecycle_finish(m->t, run(m->t, &m->options, m->argv[0], ready, &interrupted));
    options_free(&m->options);
    if (interrupted) { /* dies by the signal, so that the shell knows */
        signal(SIGINT, SIG_DFL);
        kill(getpid(), SIGINT);
        return 130;
    }
    return status;
}

/* A spare process, from when it waits. */
static int wait_and_run(void *p)
{
    Main *m = p;
    return run_and_finish(m, program_wait(m->t, &m->options, &m->argc, &m->argv) == 0);
}

int main(int argc, char **argv)
{
    Main m = {.argc = argc, .argv = argv};
    int status = options_read(&m.options, argc, argv);
    if (status >= 0) {
        options_free(&m.options);
        return status;
    }
    m.t = lifecycle_start(&m.options.config);
    if (!m.t || m.options.image_folder) { /* if it could not start, it has been said why */
        status = m.t ? image_build(m.t, m.options.image_folder, m.options.image_output) : 1;
        options_free(&m.options);
        return status;
    }
    bool ready = program_start(m.t, &m.options, argc, argv) == 0;
    if (!m.options.config.spare || !ready)
        return run_and_finish(&m, ready);
    if (program_settle(m.t, &m.options) < 0)
        return run_and_finish(&m, false);
    os_program_keep(wait_and_run, &m);
    return wait_and_run(&m);
}
