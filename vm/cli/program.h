/* program.h: a program as the module __main__: what is run, sys.argv and sys.path for it, and its exit code. */
#ifndef BATON_CLI_PROGRAM_H
#define BATON_CLI_PROGRAM_H

#include "../front/parser.h"
#include "options.h"

/* All that comes before the program: the import system, sys.argv and other options in sys, __main__, site, sys.path.  0, or -1 with an exception. */
int program_start(Thread *t, const Options *options, int argc, char **argv);
/* -X spare: imports what it names and detaches.  0, or -1 with an exception, still attached. */
int program_settle(Thread *t, const Options *options);
/* Then waits for the system to say what is to be run, and attaches: *options, *argc and *argv tell it, and sys.argv, os.environ and sys.path agree, and the lock is
 * asked for and recorded as they say.  What else is set for the whole interpreter stays as it was.  May be called on another OS thread than what came before, which
 * then stands for the one that made `t`.  0, or -1 with an exception. */
int program_wait(Thread *t, Options *options, int *argc, char ***argv);
/* Runs what the options name.  A value to release, or empty with the exception that ended it.  *status: the exit code when no Python code could run. */
MUST_CHECK Value program_run(Thread *t, const Options *options, const char *argv0, int *status);
/* The interactive prompt follows, if the options or the program (os.environ["PYTHONINSPECT"]) ask for it. */
bool program_wants_prompt(Thread *t, const Options *options);
/* The exit code for the pending exception, which is shown (sys.excepthook; SystemExit only if a prompt follows) and cleared.  *interrupted: it was a KeyboardInterrupt. */
int program_report(Thread *t, bool prompt, bool *interrupted);
/* Compiles text and runs it in __main__, leaving its lines to tracebacks (linecache) under `filename` (a str) if `remember`. */
MUST_CHECK Value program_run_text(Thread *t, const char *text, size_t n, Value filename, ParseMode mode,
                                  int parse_flags, bool remember);

#endif
