/* exception_os.c: OSError and the choice of its subclass by errno.
 *
 * OSError(errno, strerror, ...) makes an instance of the subclass that exception_bootstrap_os lists for the errno.  The arguments are therefore looked at in
 * Slots.create; Slots.init does nothing then.  A subclass with an __init__ of its own but not a __new__ has them looked at by OSError.__init__ when it calls it. */
#include "exception.h"

#include <errno.h>

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "dict.h"
#include "int.h"
#include "str.h"

#define NOT_WRITTEN (-1) /* ExceptionOS.written */

EXCEPTION_LIFE(os, offsetof(ExceptionOS, errnum), 4)

typedef struct OsArgs {
    Value errnum, strerror, filename, filename2; /* borrowed or empty */
} OsArgs;

static OsArgs parse(const Value *args, uint32_t n)
{
    OsArgs a = {VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY};
    if (n < 2 || n > 5)
        return a;
    a.errnum = args[0];
    a.strerror = args[1];
    if (n >= 3)
        a.filename = args[2];
    if (n == 5) /* the fourth is winerror */
        a.filename2 = args[4];
    return a;
}

static int fill(Thread *t, Value self, const Value *args, uint32_t n)
{
    ExceptionOS *e = (ExceptionOS *)value_object(self);
    OsArgs a = parse(args, n);
    uint32_t kept = n;
    if (!value_is_empty(a.filename) && !value_is_none(a.filename)) {
        Type *type = type_of(t, a.filename);
        bool number =
            type->slots.index || type->slots.to_int || type->slots.to_float || object_is(a.filename, KIND_COMPLEX);
        if (e->head.type == t->interp->exceptions[EXC_BlockingIOError] && number) {
            int64_t written = number_index_int64(t, a.filename, EXC_ValueError);
            if (written == -1 && error_pending(t))
                return -1;
            e->written = written;
        } else {
            exception_set_field(t, self, &e->filename, a.filename);
            if (!value_is_empty(a.filename2) && !value_is_none(a.filename2))
                exception_set_field(t, self, &e->filename2, a.filename2);
            kept = 2; /* the file names are not part of args */
        }
    }
    exception_set_field(t, self, &e->errnum, a.errnum);
    exception_set_field(t, self, &e->strerror, a.strerror);
    return exception_init_positional(t, self, args, kept);
}

static int os_init(Thread *t, Value self, const Value *args, uint32_t n, Value names);

static Value os_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names);

static bool init_looks_at_args(const Type *type)
{
    return type->slots.init != os_init && type->slots.create == os_create;
}

static Value os_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    bool later = init_looks_at_args(type);
    if (!later) {
        if (exception_refuse_keywords(t, type, names) < 0)
            return VALUE_EMPTY;
        OsArgs a = parse(args, n);
        ExceptionState *state = exception_state(t);
        if (!value_is_empty(a.errnum) && int_check(a.errnum) && type == t->interp->exceptions[EXC_OSError] && state) {
            Value subclass;
            int found = dict_get_optional(t, state->errno_map, a.errnum, &subclass);
            if (found < 0)
                return VALUE_EMPTY;
            if (found) {
                type = type_as(subclass);
                ref_dec(t, subclass); /* interp->exceptions keeps it */
            }
        }
    }
    Value self = exception_create(t, type, NULL, 0, VALUE_EMPTY);
    if (value_is_empty(self))
        return VALUE_EMPTY;
    ((ExceptionOS *)value_object(self))->written = NOT_WRITTEN;
    if (!later && fill(t, self, args, n) < 0) {
        ref_dec(t, self);
        return VALUE_EMPTY;
    }
    return self;
}

static int os_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Type *type = value_object(self)->type;
    if (!init_looks_at_args(type))
        return 0;
    if (exception_refuse_keywords(t, type, names) < 0)
        return -1;
    return fill(t, self, args, n);
}

static Value os_str(Thread *t, Value self)
{
    ExceptionOS *e = (ExceptionOS *)value_object(self);
    Value errnum = exception_field(t, self, &e->errnum), strerror = exception_field(t, self, &e->strerror),
          filename = exception_field(t, self, &e->filename), filename2 = exception_field(t, self, &e->filename2),
          result;
    bool both = !value_is_empty(errnum) && !value_is_empty(strerror);
    if (value_is_empty(errnum))
        errnum = VALUE_NONE;
    if (value_is_empty(strerror))
        strerror = VALUE_NONE;
    if (!value_is_empty(filename) && !value_is_empty(filename2))
        result = str_format(t, "[Errno %S] %S: %V -> %V", errnum, strerror, filename, filename2);
    else if (!value_is_empty(filename))
        result = str_format(t, "[Errno %S] %S: %V", errnum, strerror, filename);
    else if (both)
        result = str_format(t, "[Errno %S] %S", errnum, strerror);
    else
        result = exception_str(t, self);
    ref_dec(t, errnum);
    ref_dec(t, strerror);
    ref_dec(t, filename);
    ref_dec(t, filename2);
    return result;
}

NATIVE(os_reduce, "__reduce__", "($self, /)", "What pickle needs to rebuild the exception.")
{
    Value self = args[0];
    ExceptionOS *e = (ExceptionOS *)value_object(self);
    Value arguments = exception_field(t, self, &e->args), filename = exception_field(t, self, &e->filename),
          filename2 = exception_field(t, self, &e->filename2), dict = VALUE_EMPTY, result = VALUE_EMPTY;
    if (exception_get_dict(t, self, &dict) < 0)
        goto done;
    if (!value_is_empty(filename) && tuple_length(arguments) == 2) {
        Value first = tuple_peek(arguments, 0), second = tuple_peek(arguments, 1);
        Value full = value_is_empty(filename2) ? tuple_pack(t, 3, first, second, filename)
                                               : tuple_pack(t, 5, first, second, filename, VALUE_NONE, filename2);
        ref_dec(t, arguments);
        arguments = full;
        if (value_is_empty(full))
            goto done;
    }
    Value type = value_of(e->head.type);
    result = value_is_empty(dict) ? tuple_pack(t, 2, type, arguments) : tuple_pack(t, 3, type, arguments, dict);
done:
    ref_dec(t, arguments);
    ref_dec(t, filename);
    ref_dec(t, filename2);
    ref_dec(t, dict);
    return result;
}

static Value get_written(Thread *t, Value self)
{
    ExceptionOS *e = (ExceptionOS *)value_object(self);
    if (e->written == NOT_WRITTEN)
        return error_set(t, EXC_AttributeError, "characters_written");
    return int_from_int64(t, e->written);
}

static int set_written(Thread *t, Value self, Value value)
{
    ExceptionOS *e = (ExceptionOS *)value_object(self);
    if (value_is_empty(value)) {
        if (e->written == NOT_WRITTEN)
            return error_set(t, EXC_AttributeError, "characters_written"), -1;
        e->written = NOT_WRITTEN;
        return 0;
    }
    int64_t n = number_index_int64(t, value, EXC_ValueError);
    if (n == -1 && error_pending(t))
        return -1;
    e->written = n;
    return 0;
}

static const NativeDef *const os_methods[] = {&native_os_reduce, NULL};
static const GetSetDef os_getsets[] = {
    {"characters_written", get_written, set_written, NULL},
    {NULL, NULL, NULL, NULL},
};
static const MemberDef os_members[] = {
    {"errno", MEMBER_VALUE, offsetof(ExceptionOS, errnum), true, "The system's error number."},
    {"strerror", MEMBER_VALUE, offsetof(ExceptionOS, strerror), true, "The system's text for it."},
    {"filename", MEMBER_VALUE, offsetof(ExceptionOS, filename), true, "The file that the call was about."},
    {"filename2", MEMBER_VALUE, offsetof(ExceptionOS, filename2), true, "The second file of calls on two."},
    {NULL, MEMBER_VALUE, 0, false, NULL},
};

const ExceptionLayout exception_layout_OS = {
    .size = sizeof(ExceptionOS),
    .methods = os_methods,
    .getsets = os_getsets,
    .members = os_members,
    .slots = {.dealloc = os_dealloc,
              .traverse = os_traverse,
              .clear = os_clear,
              .create = os_create,
              .init = os_init,
              .str = os_str},
};

/* ---- start-up ---- */

static const struct {
    int errnum;
    ExceptionId id;
} errno_rows[] = {
    {EAGAIN, EXC_BlockingIOError},
    {EALREADY, EXC_BlockingIOError},
    {EINPROGRESS, EXC_BlockingIOError},
    {EWOULDBLOCK, EXC_BlockingIOError},
    {EPIPE, EXC_BrokenPipeError},
#ifdef ESHUTDOWN
    {ESHUTDOWN, EXC_BrokenPipeError},
#endif
    {ECHILD, EXC_ChildProcessError},
    {ECONNABORTED, EXC_ConnectionAbortedError},
    {ECONNREFUSED, EXC_ConnectionRefusedError},
    {ECONNRESET, EXC_ConnectionResetError},
    {EEXIST, EXC_FileExistsError},
    {ENOENT, EXC_FileNotFoundError},
    {EISDIR, EXC_IsADirectoryError},
    {ENOTDIR, EXC_NotADirectoryError},
    {EINTR, EXC_InterruptedError},
    {EACCES, EXC_PermissionError},
    {EPERM, EXC_PermissionError},
#ifdef ENOTCAPABLE
    {ENOTCAPABLE, EXC_PermissionError},
#endif
    {ESRCH, EXC_ProcessLookupError},
    {ETIMEDOUT, EXC_TimeoutError},
};

int exception_bootstrap_os(Thread *t)
{
    Value map = dict_new(t);
    if (value_is_empty(map))
        return -1;
    for (size_t i = 0; i < sizeof errno_rows / sizeof errno_rows[0]; i++) {
        if (dict_set(t, map, value_from_int(errno_rows[i].errnum), value_of(t->interp->exceptions[errno_rows[i].id])) <
            0) {
            ref_dec(t, map);
            return -1;
        }
    }
    exception_state(t)->errno_map = map;
    return 0;
}
