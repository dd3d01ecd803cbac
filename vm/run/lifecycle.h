/* lifecycle.h: starting an interpreter up to the point where Python code runs, and ending it. */
#ifndef BATON_RUN_LIFECYCLE_H
#define BATON_RUN_LIFECYCLE_H

#include "../object/type.h"

/* An interpreter with builtins and sys; its main thread is attached.  NULL with a message on stderr. */
Thread *lifecycle_start(const Config *config);
/* The import system, on the image and the folder of the library beside the program; then io's streams and signals.  0, or -1 with an exception. */
int lifecycle_start_imports(Thread *t);
/* import site, unless -S; warnings if there are filters. 0, or -1 with an exception. */
int lifecycle_start_site(Thread *t);
/* CPython's order: waits for threads, runs atexit functions, flushes the standard streams, ends modules, collects, frees.  Returns `status`, or 120 when flushing failed. */
int lifecycle_finish(Thread *t, int status);
/* Gives up all that lives as long as the interpreter: the search for leaks begins here (release.c). */
#if BATON_CHECKS
void lifecycle_release(Thread *t);
#else
static inline void lifecycle_release(Thread *t) { (void)t; }
#endif

#endif
