/* std_printer.c: the simplest text stream: write() straight to a file descriptor.  sys.stdout and sys.stderr are of this type until the library's io is there, and again
 * when that cannot be imported. */
#include "std_printer.h"

#include <errno.h>
#include <unistd.h>

#include "../memory/alloc.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/str.h"
#include "../thread/gil.h"

typedef struct StdPrinter {
    Object head;
    int fd;
} StdPrinter;

static StdPrinter *printer_of(Value v) { return (StdPrinter *)value_object(v); }

NATIVE(std_printer_write, "write", "($self, text, /)", "Writes text as UTF-8.")
{
    size_t left;
    Value owner = VALUE_EMPTY;
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "write() argument must be str, not %M", args[1]);
    const char *at = str_utf8(t, args[1], &left, &owner);
    if (!at)
        return VALUE_EMPTY;
    int fd = printer_of(args[0])->fd, error = 0;
    thread_detach(t, EVENT_IO);
    while (left > 0 && !error) {
        ssize_t written = write(fd, at, left);
        if (written >= 0) {
            at += written;
            left -= (size_t)written;
        } else if (errno != EINTR) {
            error = errno;
        }
    }
    thread_attach(t);
    ref_dec(t, owner);
    return error ? error_from_errno(t, error) : int_from_size(t, str_length(args[1]));
}
NATIVE(std_printer_flush, "flush", "($self, /)", "Does nothing: everything is written at once.") { return VALUE_NONE; }
NATIVE(std_printer_close, "close", "($self, /)", "Does nothing.") { return VALUE_NONE; }
NATIVE(std_printer_fileno, "fileno", "($self, /)", "The file descriptor.")
{
    return value_from_int(printer_of(args[0])->fd);
}
NATIVE(std_printer_isatty, "isatty", "($self, /)", "Whether it is a terminal.")
{
    return value_from_bool(isatty(printer_of(args[0])->fd) == 1);
}
static const NativeDef *const methods[] = {&native_std_printer_write,  &native_std_printer_flush,
                                           &native_std_printer_close,  &native_std_printer_fileno,
                                           &native_std_printer_isatty, NULL};

static Value get_encoding(Thread *t, Value self) { return str_from_string(t, "utf-8"); }
static Value get_closed(Thread *t, Value self) { return VALUE_FALSE; }
static Value get_mode(Thread *t, Value self) { return str_from_string(t, "w"); }
static const GetSetDef getsets[] = {{"encoding", get_encoding, NULL, "utf-8"},
                                    {"closed", get_closed, NULL, "Never."},
                                    {"mode", get_mode, NULL, "For writing."},
                                    {NULL, NULL, NULL, NULL}};

static const TypeSpec spec = {
    .name = "stderrprinter",
    .doc = "A text stream that writes straight to a file descriptor.",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(StdPrinter),
    .methods = methods,
    .getsets = getsets,
};

Value std_printer_new(Thread *t, int fd)
{
    Type *type = type_from_spec(t, &spec, NULL);
    StdPrinter *p = type ? alloc_object(t, type, sizeof *p) : NULL;
    ref_dec_ptr(t, type);
    if (p)
        p->fd = fd;
    return value_of(p);
}
