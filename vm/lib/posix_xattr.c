/* posix_xattr.c: extended attributes of files.  No state, no locks.  Read next: posix_file.c. */
#include <limits.h>
#include <string.h>
#include <sys/xattr.h>

#include "../memory/alloc.h"
#include "../object/buffer.h"
#include "../object/list.h"
#include "argument.h"
#include "mod_posix.h"

#define VALUE_MAX 65536 /* XATTR_SIZE_MAX */

/* The path, perhaps a descriptor, of a call that may be told not to follow links: 0 or -1. */
static int get_target(Thread *t, Value path, Value follow_links, const char *function, int flags, PosixPath *p,
                      bool *follow)
{
    int yes = argument_bool(t, follow_links, 1);
    if (yes < 0 || posix_path(t, path, function, "path", PATH_FD | flags, p) < 0)
        return -1;
    *follow = yes;
    if (p->fd >= 0 && !yes) {
        posix_path_release(t, p);
        return error_set(t, EXC_ValueError, "%s: cannot use fd and follow_symlinks together", function), -1;
    }
    return 0;
}

/* Both paths of a call: 0 or -1. */
static int get_attribute(Thread *t, const Value *args, Value follow_links, const char *function, PosixPath *p,
                         PosixPath *name, bool *follow)
{
    if (get_target(t, args[1], follow_links, function, 0, p, follow) < 0)
        return -1;
    if (posix_path(t, args[2], function, "attribute", 0, name) == 0)
        return 0;
    posix_path_release(t, p);
    return -1;
}

static Value finish(Thread *t, PosixPath *p, PosixPath *name, bool failed)
{
    Value v = failed ? posix_path_error(t, p, NULL) : VALUE_NONE;
    posix_path_release(t, p);
    posix_path_release(t, name);
    return v;
}

NATIVE(posix_getxattr, "getxattr", "($module, /, path, attribute, *, follow_symlinks=True)",
       "The value of an extended attribute of a file, as bytes.")
{
    PosixPath p, name;
    bool follow;
    if (get_attribute(t, args, args[3], "getxattr", &p, &name, &follow) < 0)
        return VALUE_EMPTY;
    char *value = audit(t, "os.getxattr", "NN", posix_path_value(t, &p), posix_path_value(t, &name)) < 0
                      ? NULL
                      : alloc_memory(t, VALUE_MAX);
    ssize_t size = -1;
    if (value) {
        thread_detach(t, EVENT_IO);
        size = p.fd >= 0 ? fgetxattr(p.fd, name.text, value, VALUE_MAX)
               : follow  ? getxattr(p.text, name.text, value, VALUE_MAX)
                         : lgetxattr(p.text, name.text, value, VALUE_MAX);
        thread_attach(t);
    }
    Value result = !value ? VALUE_EMPTY : size < 0 ? posix_path_error(t, &p, NULL) : bytes_new(t, value, (size_t)size);
    alloc_memory_free(t, value);
    posix_path_release(t, &p);
    posix_path_release(t, &name);
    return result;
}
NATIVE(posix_setxattr, "setxattr", "($module, /, path, attribute, value, flags=0, *, follow_symlinks=True)",
       "Sets an extended attribute of a file to bytes.")
{
    PosixPath p, name;
    Buffer view;
    bool follow;
    int flags, result;
    if (argument_int(t, args[4], 0, &flags) < 0 || get_attribute(t, args, args[5], "setxattr", &p, &name, &follow) < 0)
        return VALUE_EMPTY;
    if (buffer_get(t, args[3], &view, BUFFER_SIMPLE) < 0) {
        posix_path_release(t, &p);
        posix_path_release(t, &name);
        return VALUE_EMPTY;
    }
    if (audit(t, "os.setxattr", "NNOi", posix_path_value(t, &p), posix_path_value(t, &name), args[3], flags) < 0) {
        buffer_release(t, &view);
        return finish(t, &p, &name, true);
    }
    thread_detach(t, EVENT_IO);
    result = p.fd >= 0 ? fsetxattr(p.fd, name.text, view.data, view.length, flags)
             : follow  ? setxattr(p.text, name.text, view.data, view.length, flags)
                       : lsetxattr(p.text, name.text, view.data, view.length, flags);
    int error = errno;
    thread_attach(t);
    buffer_release(t, &view);
    errno = error;
    return finish(t, &p, &name, result < 0);
}
NATIVE(posix_removexattr, "removexattr", "($module, /, path, attribute, *, follow_symlinks=True)",
       "Removes an extended attribute of a file.")
{
    PosixPath p, name;
    bool follow;
    if (get_attribute(t, args, args[3], "removexattr", &p, &name, &follow) < 0)
        return VALUE_EMPTY;
    if (audit(t, "os.removexattr", "NN", posix_path_value(t, &p), posix_path_value(t, &name)) < 0)
        return finish(t, &p, &name, true);
    thread_detach(t, EVENT_IO);
    int result = p.fd >= 0 ? fremovexattr(p.fd, name.text)
                 : follow  ? removexattr(p.text, name.text)
                           : lremovexattr(p.text, name.text);
    thread_attach(t);
    return finish(t, &p, &name, result < 0);
}
NATIVE(posix_listxattr, "listxattr", "($module, /, path=None, *, follow_symlinks=True)",
       "Names of the extended attributes of a file (None: of the current folder).")
{
    PosixPath p;
    bool follow;
    if (get_target(t, args[1], args[2], "listxattr", PATH_NONE, &p, &follow) < 0)
        return VALUE_EMPTY;
    const char *path = p.text ? p.text : ".";
    char *list_of_names =
        audit(t, "os.listxattr", "N", posix_path_value(t, &p)) < 0 ? NULL : alloc_memory(t, VALUE_MAX);
    ssize_t size = -1;
    if (list_of_names) {
        thread_detach(t, EVENT_IO);
        size = p.fd >= 0 ? flistxattr(p.fd, list_of_names, VALUE_MAX)
               : follow  ? listxattr(path, list_of_names, VALUE_MAX)
                         : llistxattr(path, list_of_names, VALUE_MAX);
        thread_attach(t);
    }
    Value list = !list_of_names ? VALUE_EMPTY : size < 0 ? posix_path_error(t, &p, NULL) : list_new(t, 4);
    for (const char *at = list_of_names; !value_is_empty(list) && at < list_of_names + size; at += strlen(at) + 1)
        if (list_append_take(t, list, str_from_fs(t, at, strlen(at))) < 0)
            ref_clear(t, &list);
    alloc_memory_free(t, list_of_names);
    posix_path_release(t, &p);
    return list;
}

const NativeDef *const posix_xattr_methods[] = {&native_posix_getxattr, &native_posix_setxattr,
                                                &native_posix_removexattr, &native_posix_listxattr, NULL};
