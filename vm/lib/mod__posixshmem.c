/* mod__posixshmem.c: the module _posixshmem: opening and removing named shared memory.  No state, no locks. */
#include <fcntl.h>
#include <sys/mman.h>

#include "../object/module.h"
#include "argument.h"
#include "posix_path.h"

/* The name of a segment, a str: kept by *owner; NULL on error. */
static const char *name_of(Thread *t, Value v, const char *function, Value *owner)
{
    *owner = VALUE_EMPTY;
    if (argument_str(t, v, function, "argument 'path'") < 0)
        return NULL;
    *owner = str_to_fs(t, v);
    return value_is_empty(*owner) ? NULL : (const char *)bytes_of(*owner)->data;
}

NATIVE(shm_open, "shm_open", "($module, /, path, flags, mode=511)",
       "Opens a shared memory segment by its name and returns a file descriptor.")
{
    int flags, mode, fd;
    Value owner;
    const char *path = name_of(t, args[1], "shm_open", &owner);
    if (!path || int_to_int(t, args[2], &flags) < 0 || argument_int(t, args[3], 0777, &mode) < 0) {
        ref_dec(t, owner);
        return VALUE_EMPTY;
    }
    POSIX_BLOCKING(t, fd, shm_open(path, flags, (mode_t)mode));
    int error = errno;
    ref_dec(t, owner);
    if (fd < 0)
        return error_pending(t) ? VALUE_EMPTY : error_from_errno_path(t, error, args[1], VALUE_EMPTY);
    return value_from_int(fd);
}

NATIVE(shm_unlink, "shm_unlink", "($module, /, path)",
       "Removes the name of a shared memory segment: the segment goes when nobody has it open.")
{
    int result;
    Value owner;
    const char *path = name_of(t, args[1], "shm_unlink", &owner);
    if (!path) {
        ref_dec(t, owner);
        return VALUE_EMPTY;
    }
    POSIX_BLOCKING(t, result, shm_unlink(path));
    int error = errno;
    ref_dec(t, owner);
    if (result < 0)
        return error_pending(t) ? VALUE_EMPTY : error_from_errno_path(t, error, args[1], VALUE_EMPTY);
    return VALUE_NONE;
}

static const NativeDef *const functions[] = {&native_shm_open, &native_shm_unlink, NULL};
const ModuleDef module_def__posixshmem = {
    .name = "_posixshmem",
    .doc = "POSIX shared memory for the module multiprocessing.shared_memory.",
    .methods = functions,
};
