/* mod_termios.c: the module termios: modes of terminals (POSIX.1 chapter 11, termios(3)).  State: the exception type, owned.  No locks; calls that may wait for
 * the line are made detached. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <linux/tty.h>

#include "../memory/ref.h"
#include "../object/bytes.h"
#include "../object/container.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../thread/breaker.h"
#include "../thread/gil.h"
#include "module_exception.h"
#include "posix_path.h"

/* termios.error(errno, text), unless a signal handler has raised. */
static Value fail(Thread *t)
{
    if (error_pending(t))
        return VALUE_EMPTY;
    int number = errno;
    Value text = str_from_string(t, strerror(number));
    Value exc = value_is_empty(text) ? VALUE_EMPTY
                                     : object_call2(t, value_of((Type *)t->interp->module_state[MODULE_termios]),
                                                    value_from_int(number), text);
    ref_dec(t, text);
    return value_is_empty(exc) ? VALUE_EMPTY : error_set_take(t, exc);
}

static Value done(Thread *t, int result) { return result < 0 ? fail(t) : VALUE_NONE; }

/* ---- attributes ---- */

/* The control characters: bytes of one character; VMIN and VTIME are numbers in non-canonical mode. */
static bool is_number(const struct termios *mode, int i)
{
    return !(mode->c_lflag & ICANON) && (i == VMIN || i == VTIME);
}

static Value characters(Thread *t, const struct termios *mode)
{
    Value list = list_new(t, NCCS);
    for (int i = 0; i < NCCS && !value_is_empty(list); i++) {
        Value item = is_number(mode, i) ? value_from_int(mode->c_cc[i]) : bytes_new(t, &mode->c_cc[i], 1);
        if (list_append_take(t, list, item) < 0)
            ref_clear(t, &list);
    }
    return list;
}

NATIVE(tcgetattr, "tcgetattr", "($module, fd, /)",
       "The modes of a terminal: [iflag, oflag, cflag, lflag, ispeed, ospeed, cc], where cc is the list of its control "
       "characters.")
{
    int fd;
    struct termios mode;
    if (posix_fd(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    if (tcgetattr(fd, &mode) < 0)
        return fail(t);
    Value cc = characters(t, &mode);
    if (value_is_empty(cc))
        return VALUE_EMPTY;
    Value items[7] = {value_from_int(mode.c_iflag),
                      value_from_int(mode.c_oflag),
                      value_from_int(mode.c_cflag),
                      value_from_int(mode.c_lflag),
                      value_from_int((int64_t)cfgetispeed(&mode)),
                      value_from_int((int64_t)cfgetospeed(&mode)),
                      cc};
    Value list = list_from_array(t, items, 7);
    ref_dec(t, cc);
    return list;
}

static int read_characters(Thread *t, Value list, struct termios *mode)
{
    if (!list_check(list) || list_length(list) != NCCS)
        return error_set(t, EXC_TypeError, "tcsetattr: attributes[6] must be %d element list", NCCS), -1;
    for (int i = 0; i < NCCS; i++) {
        Value v = list_get(t, list, (size_t)i);
        int number = 0, status = 0;
        if (value_is_empty(v))
            return -1;
        if (bytes_check(v) && bytes_of(v)->length == 1)
            mode->c_cc[i] = bytes_of(v)->data[0];
        else if (int_check(v) && (status = int_to_int(t, v, &number)) == 0)
            mode->c_cc[i] = (cc_t)number;
        else if (status == 0)
            status =
                (error_set(t, EXC_TypeError, "tcsetattr: elements of attributes must be characters or integers"), -1);
        ref_dec(t, v);
        if (status < 0)
            return -1;
    }
    return 0;
}

static int read_mode(Thread *t, Value list, struct termios *mode)
{
    if (!list_check(list) || list_length(list) != 7)
        return error_set(t, EXC_TypeError, "tcsetattr, arg 3: must be 7 element list"), -1;
    int64_t numbers[6];
    for (size_t i = 0; i < 6; i++) {
        Value v = list_get(t, list, i);
        int status = value_is_empty(v) ? -1 : int_to_int64(t, v, &numbers[i]);
        ref_dec(t, v);
        if (status < 0)
            return -1;
    }
    mode->c_iflag = (tcflag_t)numbers[0];
    mode->c_oflag = (tcflag_t)numbers[1];
    mode->c_cflag = (tcflag_t)numbers[2];
    mode->c_lflag = (tcflag_t)numbers[3];
    Value cc = list_get(t, list, 6);
    int status = value_is_empty(cc) ? -1 : read_characters(t, cc, mode);
    ref_dec(t, cc);
    if (status == 0 && (cfsetispeed(mode, (speed_t)numbers[4]) < 0 || cfsetospeed(mode, (speed_t)numbers[5]) < 0))
        return fail(t), -1;
    return status;
}

NATIVE(tcsetattr, "tcsetattr", "($module, fd, when, attributes, /)",
       "Sets the modes of a terminal: at once (TCSANOW), when what was written is sent (TCSADRAIN), or then dropping "
       "what was typed (TCSAFLUSH).")
{
    int fd, when, result;
    struct termios mode;
    if (posix_fd(t, args[1], &fd) < 0 || int_to_int(t, args[2], &when) < 0)
        return VALUE_EMPTY;
    if (!list_check(args[3]) || list_length(args[3]) != 7)
        return error_set(t, EXC_TypeError, "tcsetattr, arg 3: must be 7 element list");
    if (tcgetattr(fd, &mode) < 0) /* fields that are not in the list stay as they are */
        return fail(t);
    if (read_mode(t, args[3], &mode) < 0)
        return VALUE_EMPTY;
    POSIX_BLOCKING(t, result, tcsetattr(fd, when, &mode));
    return done(t, result);
}

/* ---- the line ---- */

#define LINE_CALL(name, parameter, doc)                                                                                \
    NATIVE(name, #name, "($module, fd, " #parameter ", /)", doc)                                                       \
    {                                                                                                                  \
        int fd, value, result;                                                                                         \
        if (posix_fd(t, args[1], &fd) < 0 || int_to_int(t, args[2], &value) < 0)                                       \
            return VALUE_EMPTY;                                                                                        \
        POSIX_BLOCKING(t, result, name(fd, value));                                                                    \
        return done(t, result);                                                                                        \
    }
LINE_CALL(tcsendbreak, duration, "Sends a break: for a quarter to half a second if duration is 0.")
LINE_CALL(
    tcflush, queue,
    "Drops what was typed and not read (TCIFLUSH), what was written and not sent (TCOFLUSH), or both (TCIOFLUSH).")
LINE_CALL(tcflow, action, "Suspends or resumes output (TCOOFF, TCOON) or input (TCIOFF, TCION).")

NATIVE(tcdrain, "tcdrain", "($module, fd, /)", "Waits until all that was written is sent.")
{
    int fd, result;
    if (posix_fd(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    POSIX_BLOCKING(t, result, tcdrain(fd));
    return done(t, result);
}

/* ---- the window ---- */

NATIVE(tcgetwinsize, "tcgetwinsize", "($module, fd, /)", "Size of the terminal's window: (rows, columns).")
{
    int fd;
    struct winsize w;
    if (posix_fd(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    if (ioctl(fd, TIOCGWINSZ, &w) < 0)
        return fail(t);
    return tuple_pack(t, 2, value_from_int(w.ws_row), value_from_int(w.ws_col));
}

NATIVE(tcsetwinsize, "tcsetwinsize", "($module, fd, winsize, /)",
       "Sets the size of the terminal's window from (rows, columns).")
{
    int fd;
    int64_t size[2];
    if (posix_fd(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    Value pair = type_of(t, args[2])->slots.getitem ? object_to_tuple(t, args[2]) : VALUE_EMPTY;
    if (value_is_empty(pair) || tuple_length(pair) != 2) {
        ref_dec(t, pair);
        return error_pending(t) ? VALUE_EMPTY
                                : error_set(t, EXC_TypeError, "tcsetwinsize, arg 2: must be a two-item sequence");
    }
    int status =
        int_to_int64(t, tuple_peek(pair, 0), &size[0]) < 0 || int_to_int64(t, tuple_peek(pair, 1), &size[1]) < 0 ? -1
                                                                                                                 : 0;
    ref_dec(t, pair);
    if (status < 0)
        return VALUE_EMPTY;
    if (size[0] < 0 || size[0] > UINT16_MAX || size[1] < 0 || size[1] > UINT16_MAX)
        return error_set(t, EXC_OverflowError, "winsize value(s) out of range.");
    struct winsize w;
    if (ioctl(fd, TIOCGWINSZ, &w) < 0) /* the size in pixels stays */
        return fail(t);
    w.ws_row = (unsigned short)size[0];
    w.ws_col = (unsigned short)size[1];
    return done(t, ioctl(fd, TIOCSWINSZ, &w));
}

/* ---- the module ---- */

static const NativeDef *const functions[] = {&native_tcgetattr,    &native_tcsetattr,    &native_tcsendbreak,
                                             &native_tcdrain,      &native_tcflush,      &native_tcflow,
                                             &native_tcgetwinsize, &native_tcsetwinsize, NULL};

static int exec(Thread *t, Value module)
{
    static const struct {
        const char *name;
        int64_t value;
    } constants[] = {
#define CONSTANT(name) {#name, name},
#include "mod_termios_constants.def"
#undef CONSTANT
    };
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0)
            return -1;
    Type *error = module_add_exception(t, module, "termios.error", NULL, NULL);
    if (!error || module_add_int(t, module, "VSWTCH", VSWTC) < 0)
        return -1;
    Type *earlier = t->interp->module_state[MODULE_termios];
    t->interp->module_state[MODULE_termios] = type_as(ref_inc(t, value_of(error)));
    if (earlier)
        ref_dec(t, value_of(earlier));
    return 0;
}

static void free_state(Thread *t, void *state) { ref_dec(t, value_of((Type *)state)); }

const ModuleDef module_def_termios = {
    .name = "termios",
    .doc = "Modes of terminals.",
    .methods = functions,
    .exec = exec,
    .free_state = free_state,
};
