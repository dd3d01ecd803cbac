/* repl.h: the interactive prompt. */
#ifndef BATON_CLI_REPL_H
#define BATON_CLI_REPL_H

#include "options.h"

/* Runs the prompt in __main__ until the end of the input: the library's editor (_pyrepl) on a terminal, else line by line.  `banner`: says the version first (unless -q) and runs
 * PYTHONSTARTUP.  A value to release, or empty with SystemExit. */
MUST_CHECK Value repl_run(Thread *t, const Options *options, bool banner);
/* The plain prompt: sys._baserepl(). */
MUST_CHECK Value repl_basic(Thread *t);

#endif
