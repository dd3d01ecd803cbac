/* io_std.h: streams at the start and at the end of an interpreter. */
#ifndef BATON_LIB_IO_STD_H
#define BATON_LIB_IO_STD_H

#include "../object/object.h"

/* Sets sys.stdin, stdout and stderr (None where the descriptor is closed) and builtins.open, once the module _io is in sys.modules: 0 or -1. */
int io_start_encoding(Thread *t); /* finds the codec of file names: 0 or -1 */
int io_std_open(Thread *t);
/* Does nothing happen when a stream with a finalizer ends?  So it is with one that reads from a descriptor which it does not close (as sys.stdin in a child of multiprocessing). */
bool io_ends_silently(Thread *t, Object *o);

#endif
