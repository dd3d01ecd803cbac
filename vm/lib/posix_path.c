/* posix_path.c: path and descriptor arguments (posix_path.h). */
#include "posix_path.h"

#include <fcntl.h>

/* An int as a descriptor: 0 or -1. */
static int descriptor(Thread *t, Value v, int *fd)
{
    if (int_to_int(t, v, fd) == 0)
        return 0;
    if (error_swallow(t, EXC_OverflowError))
        error_set(t, EXC_OverflowError, int_sign(v) > 0 ? "fd is greater than maximum" : "fd is less than minimum");
    return -1;
}

int posix_path(Thread *t, Value v, const char *function, const char *argument, int flags, PosixPath *p)
{
    *p = (PosixPath){.fd = -1, .original = v};
    if (value_is_empty(v) || value_is_none(v)) {
        if (flags & PATH_NONE)
            return 0;
        v = VALUE_NONE;
    }
    if ((flags & PATH_FD) && int_check(v)) {
        if (value_is_bool(v) && error_warn(t, EXC_RuntimeWarning, 1, "bool is used as a file descriptor") < 0)
            return -1;
        return descriptor(t, v, &p->fd);
    }
    Value name;
    int is_path = str_fspath_optional(t, v, &name);
    if (is_path < 0)
        return -1;
    if (!is_path) {
        if ((flags & PATH_FD) && !value_is_none(v) && type_of(t, v)->slots.index) {
            Value index = number_index(t, v);
            int status = value_is_empty(index) ? -1 : descriptor(t, index, &p->fd);
            ref_dec(t, index);
            return status;
        }
        error_set(t, EXC_TypeError, "%s: %s should be string, bytes%s, not %T", function, argument,
                  (flags & PATH_FD) && (flags & PATH_NONE) ? ", os.PathLike, integer or None"
                  : flags & PATH_FD                        ? ", os.PathLike or integer"
                  : flags & PATH_NONE                      ? ", os.PathLike or None"
                                                           : " or os.PathLike",
                  v);
        return -1;
    }
    p->is_bytes = bytes_check(name);
    p->is_looked_at = flags & PATH_LOOK;
    p->owner = !p->is_looked_at ? str_to_fs(t, name)
               : p->is_bytes    ? ref_inc(t, name)
                                : str_to_utf8_errors(t, name, STR_SURROGATEPASS);
    ref_dec(t, name);
    if (value_is_empty(p->owner)) {
        if (error_matches(t, EXC_ValueError) && !error_matches(t, EXC_UnicodeError)) {
            error_clear(t);
            error_set(t, EXC_ValueError, "%s: embedded null character in %s", function, argument);
        }
        return -1;
    }
    p->text = (const char *)bytes_of(p->owner)->data;
    return 0;
}

Value posix_path_result(Thread *t, const PosixPath *like, const char *text, size_t n)
{
    return like->is_bytes       ? bytes_new(t, text, n)
           : like->is_looked_at ? str_from_utf8_errors(t, text, n, STR_SURROGATEPASS)
                                : str_from_fs(t, text, n);
}

Value posix_path_value(Thread *t, const PosixPath *path)
{
    if (path->fd >= 0)
        return value_from_int(path->fd);
    return path->text ? posix_path_result(t, path, path->text, strlen(path->text)) : VALUE_NONE;
}

Value posix_path_error(Thread *t, const PosixPath *path, const PosixPath *path2)
{
    if (error_pending(t))
        return VALUE_EMPTY;
    return error_from_errno_path(t, errno, path->original, path2 ? path2->original : VALUE_EMPTY);
}

int posix_dir_fd(Thread *t, Value v, int *fd)
{
    *fd = AT_FDCWD;
    if (value_is_empty(v) || value_is_none(v))
        return 0;
    if (!type_of(t, v)->slots.index)
        return error_set(t, EXC_TypeError, "argument should be integer or None, not %T", v), -1;
    if (value_is_bool(v) && error_warn(t, EXC_RuntimeWarning, 1, "bool is used as a file descriptor") < 0)
        return -1;
    return int_to_int(t, v, fd);
}

int posix_dir_told(int fd) { return fd == AT_FDCWD ? -1 : fd; }

int posix_fd(Thread *t, Value v, int *fd)
{
    if (int_check(v)) {
        if (value_is_bool(v) && error_warn(t, EXC_RuntimeWarning, 1, "bool is used as a file descriptor") < 0)
            return -1;
        if (int_to_int(t, v, fd) < 0)
            return -1;
    } else {
        Value method, number;
        int found = object_getattr_optional(t, v, ID(t, fileno), &method);
        if (found < 0)
            return -1;
        if (!found)
            return error_set(t, EXC_TypeError, "argument must be an int, or have a fileno() method."), -1;
        number = object_call0(t, method);
        ref_dec(t, method);
        if (value_is_empty(number))
            return -1;
        if (!int_check(number)) {
            ref_dec(t, number);
            return error_set(t, EXC_TypeError, "fileno() returned a non-integer"), -1;
        }
        int status = int_to_int(t, number, fd);
        ref_dec(t, number);
        if (status < 0)
            return -1;
    }
    if (*fd < 0)
        return error_set(t, EXC_ValueError, "file descriptor cannot be a negative integer (%d)", *fd), -1;
    return 0;
}
