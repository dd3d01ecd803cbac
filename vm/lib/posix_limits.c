/* posix_limits.c: limits and options of the system, by the names of sysconf, confstr and pathconf (posix_names.def).  No state, no locks. */
#include <unistd.h>

#include "../memory/alloc.h"
#include "../object/dict.h"
#include "../object/module.h"
#include "mod_posix.h"

typedef struct Name {
    const char *name;
    int number;
} Name;

#if CONFIG_HOST_MODULES
static const Name sysconf_names[] = {
#define SYSCONF(name) {#name, _##name},
#include "posix_names.def"
#undef SYSCONF
    {NULL, 0}};
static const Name confstr_names[] = {
#define CONFSTR(name) {#name, _##name},
#include "posix_names.def"
#undef CONFSTR
    {NULL, 0}};
static const Name pathconf_names[] = {
#define PATHCONF(name) {#name, _##name},
#include "posix_names.def"
#undef PATHCONF
    {NULL, 0}};
#else /* what programs ask everywhere */
static const Name sysconf_names[] = {{"SC_ARG_MAX", _SC_ARG_MAX},
                                     {"SC_CLK_TCK", _SC_CLK_TCK},
                                     {"SC_IOV_MAX", _SC_IOV_MAX},
                                     {"SC_OPEN_MAX", _SC_OPEN_MAX},
                                     {"SC_PAGE_SIZE", _SC_PAGESIZE},
                                     {"SC_PAGESIZE", _SC_PAGESIZE},
                                     {NULL, 0}};
static const Name confstr_names[] = {{NULL, 0}};
static const Name pathconf_names[] = {
    {"PC_NAME_MAX", _PC_NAME_MAX}, {"PC_PATH_MAX", _PC_PATH_MAX}, {"PC_PIPE_BUF", _PC_PIPE_BUF}, {NULL, 0}};
#endif

/* A name of the table, or a number. 0 or -1. */
static int find_name(Thread *t, Value v, const Name *names, int *number)
{
    if (!str_check(v)) {
        if (type_of(t, v)->slots.index)
            return int_to_int(t, v, number);
        return error_set(t, EXC_TypeError, "configuration names must be strings or integers"), -1;
    }
    for (; names->name; names++) {
        if (str_equal_ascii(v, names->name)) {
            *number = names->number;
            return 0;
        }
    }
    return error_set(t, EXC_ValueError, "unrecognized configuration name"), -1;
}
static int add_names(Thread *t, Value module, const char *attribute, const Name *names)
{
    Value dict = dict_new(t);
    for (; names->name && !value_is_empty(dict); names++)
        if (dict_set_string(t, dict, names->name, value_from_int(names->number)) < 0)
            ref_clear(t, &dict);
    return module_add_take(t, module, attribute, dict);
}

NATIVE(posix_sysconf, "sysconf", "($module, name, /)", "A limit or option of the system.")
{
    int name;
    if (find_name(t, args[1], sysconf_names, &name) < 0)
        return VALUE_EMPTY;
    errno = 0;
    long value = sysconf(name);
    return value == -1 && errno ? error_from_errno(t, errno) : int_from_int64(t, value);
}
NATIVE(posix_confstr, "confstr", "($module, name, /)", "A text that describes the system; None when it has none.")
{
    int name;
    if (find_name(t, args[1], confstr_names, &name) < 0)
        return VALUE_EMPTY;
    errno = 0;
    size_t size = confstr(name, NULL, 0);
    if (size == 0)
        return errno ? error_from_errno(t, errno) : VALUE_NONE;
    char *text = alloc_memory(t, size);
    if (!text)
        return VALUE_EMPTY;
    confstr(name, text, size);
    Value v = str_from_fs(t, text, size - 1);
    alloc_memory_free(t, text);
    return v;
}
NATIVE(posix_fpathconf, "fpathconf", "($module, fd, name, /)", "A limit of an open file; -1 when it has none.")
{
    int fd, name;
    if (posix_fd(t, args[1], &fd) < 0 || find_name(t, args[2], pathconf_names, &name) < 0)
        return VALUE_EMPTY;
    errno = 0;
    long limit = fpathconf(fd, name);
    return limit == -1 && errno ? error_from_errno(t, errno) : int_from_int64(t, limit);
}
NATIVE(posix_pathconf, "pathconf", "($module, /, path, name)", "A limit of a file or folder; -1 when it has none.")
{
    PosixPath path;
    int name;
    if (posix_path(t, args[1], "pathconf", "path", PATH_FD, &path) < 0)
        return VALUE_EMPTY;
    Value v = VALUE_EMPTY;
    if (find_name(t, args[2], pathconf_names, &name) == 0) {
        errno = 0;
        long limit = path.fd >= 0 ? fpathconf(path.fd, name) : pathconf(path.text, name);
        v = limit != -1 || !errno ? int_from_int64(t, limit)
            : errno == EINVAL     ? error_from_errno(t, errno)
                                  : posix_path_error(t, &path, NULL);
    }
    posix_path_release(t, &path);
    return v;
}

const NativeDef *const posix_limits_methods[] = {&native_posix_sysconf, &native_posix_confstr, &native_posix_fpathconf,
                                                 &native_posix_pathconf, NULL};

int posix_limits_names(Thread *t, Value module)
{
    if (add_names(t, module, "sysconf_names", sysconf_names) < 0 ||
        add_names(t, module, "confstr_names", confstr_names) < 0)
        return -1;
    return add_names(t, module, "pathconf_names", pathconf_names);
}
