/* main.c: the program baton: options, an interpreter, the program, the exit code.  Read next: cli/options.c, cli/program.c. */
#include <signal.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/program.h"
#include "cli/repl.h"
#include "memory/ref.h"
#include "run/image.h"
#include "run/lifecycle.h"

static int run(Thread *t, Options *options, int argc, char **argv, bool *interrupted)
{
    int status = 0;
    bool ready = program_start(t, options, argc, argv) == 0 &&
                 (!options->config.spare || program_wait(t, options, &argc, &argv) == 0);
    Value result = ready ? program_run(t, options, argv[0], &status) : VALUE_EMPTY;
    if (value_is_empty(result))
        status = program_report(t, interrupted);
    ref_dec(t, result);
    if (program_wants_prompt(t, options)) {
        *interrupted = false;
        status = 0;
        result = repl_run(t, options, false);
        if (value_is_empty(result))
            status = program_report(t, interrupted);
        ref_dec(t, result);
    }
    return status;
}

int main(int argc, char **argv)
{
    Options options;
    int status = options_read(&options, argc, argv);
    if (status >= 0) {
        options_free(&options);
        return status;
    }
    bool interrupted = false;
    Thread *t = lifecycle_start(&options.config);
    if (!t)
        status = 1; /* it has been said why */
    else if (options.image_folder)
        status = image_build(t, options.image_folder, options.image_output);
    else
        status = lifecycle_finish(t, run(t, &options, argc, argv, &interrupted));
    options_free(&options);
    if (interrupted) { /* dies by the signal, so that the shell knows */
        signal(SIGINT, SIG_DFL);
        kill(getpid(), SIGINT);
        return 130;
    }
    return status;
}
