/* posix_environ.c: the environment of the process: posix.environ and what renews it, putenv, unsetenv.  No state, no locks. */
#include <stdlib.h>
#include <string.h>

#include "../object/dict.h"
#include "../object/module.h"
#include "mod_posix.h"

extern char **environ;

static Value done(Thread *t, int result) { return result < 0 ? error_from_errno(t, errno) : VALUE_NONE; }

static MUST_CHECK Value environment(Thread *t)
{
    Value dict = dict_new(t);
    for (char **e = environ; e && *e && !value_is_empty(dict); e++) {
        const char *equals = strchr(*e, '=');
        if (!equals)
            continue;
        Value key = bytes_new(t, *e, (size_t)(equals - *e)), value = bytes_new(t, equals + 1, strlen(equals + 1));
        int status = value_is_empty(key) || value_is_empty(value) ? -1 : dict_setdefault(t, dict, key, value, NULL);
        ref_dec(t, key);
        ref_dec(t, value);
        if (status < 0)
            ref_clear(t, &dict);
    }
    return dict;
}
int posix_environ(Thread *t, Value module) { return module_add_take(t, module, "environ", environment(t)); }

NATIVE(posix__create_environ, "_create_environ", "($module, /)", "A dict of the environment as it is now.")
{
    return environment(t);
}
NATIVE(posix_putenv, "putenv", "($module, name, value, /)", "Sets a variable of the environment of child processes.")
{
    PosixPath name, value;
    if (posix_path(t, args[1], "putenv", "name", 0, &name) < 0)
        return VALUE_EMPTY;
    if (posix_path(t, args[2], "putenv", "value", 0, &value) < 0) {
        posix_path_release(t, &name);
        return VALUE_EMPTY;
    }
    Value v = strchr(name.text, '=') ? error_set(t, EXC_ValueError, "illegal environment variable name")
              : audit(t, "os.putenv", "OO", name.owner, value.owner) < 0 ? VALUE_EMPTY
                                                                         : done(t, setenv(name.text, value.text, 1));
    posix_path_release(t, &name);
    posix_path_release(t, &value);
    return v;
}
NATIVE(posix_unsetenv, "unsetenv", "($module, name, /)", "Removes a variable of the environment of child processes.")
{
    PosixPath name;
    if (posix_path(t, args[1], "unsetenv", "name", 0, &name) < 0)
        return VALUE_EMPTY;
    Value v = audit(t, "os.unsetenv", "O", name.owner) < 0 ? VALUE_EMPTY : done(t, unsetenv(name.text));
    posix_path_release(t, &name);
    return v;
}

const NativeDef *const posix_environ_methods[] = {&native_posix__create_environ, &native_posix_putenv,
                                                  &native_posix_unsetenv, NULL};
