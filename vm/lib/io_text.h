/* io_text.h: what the files io_text*.c share: the methods of TextIOWrapper whose stream is checked and locked. */
#ifndef BATON_LIB_IO_TEXT_H
#define BATON_LIB_IO_TEXT_H

#include "mod__io.h"

MUST_CHECK Value text_read(Thread *t, Value self, int64_t n);
MUST_CHECK Value text_readline(Thread *t, Value self, int64_t limit);
Value text_next(Thread *t, Value self);
int text_write(Thread *t, Value self, Value text);
MUST_CHECK Value text_seek(Thread *t, Value self, Value cookie, int whence);
MUST_CHECK Value text_tell(Thread *t, Value self);

#endif
