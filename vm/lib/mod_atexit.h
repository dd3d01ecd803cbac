/* mod_atexit.h: what the end of the interpreter needs of the module atexit. */
#ifndef BATON_LIB_MOD_ATEXIT_H
#define BATON_LIB_MOD_ATEXIT_H

#include "../object/object.h"

/* Runs the functions registered with atexit, the last one first, and forgets them; errors are reported as unraisable. */
void atexit_run(Thread *t);

#endif
