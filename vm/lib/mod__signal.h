/* mod__signal.h: what other modules need of signals. */
#ifndef BATON_LIB_MOD__SIGNAL_H
#define BATON_LIB_MOD__SIGNAL_H

#include <signal.h>

#include "../object/object.h"

/* A set of signals from an iterable of numbers (pthread_sigmask, posix_spawn): 0, or -1 with ValueError or TypeError. */
int signal_set_from_object(Thread *t, Value iterable, sigset_t *set);
/* The main program: SIGPIPE and SIGXFSZ ignored, SIGINT raising KeyboardInterrupt. Called when the module has been imported; 0 or -1. */
int signal_install_defaults(Thread *t);

#endif
