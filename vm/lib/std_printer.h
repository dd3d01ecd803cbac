/* std_printer.h: a text stream that writes straight to a file descriptor. */
#ifndef BATON_LIB_STD_PRINTER_H
#define BATON_LIB_STD_PRINTER_H

#include "../object/type.h"

MUST_CHECK Value std_printer_new(Thread *t, int fd);

#endif
