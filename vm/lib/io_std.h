/* io_std.h: the standard streams, for the start of an interpreter. */
#ifndef BATON_LIB_IO_STD_H
#define BATON_LIB_IO_STD_H

#include "../object/object.h"

/* Sets sys.stdin, stdout and stderr (None where the descriptor is closed) and builtins.open, once the module _io is in sys.modules: 0 or -1. */
int io_start_encoding(Thread *t); /* finds the codec of file names: 0 or -1 */
int io_std_open(Thread *t);

#endif
