/* mod_fcntl.c: the module fcntl: control of descriptors and devices, locks of files.
 *
 * What the system reads from, or writes to, is a copy of the argument with guard bytes behind it, except where ioctl is to change a bytearray: then it is the
 * argument's own memory, exported.  Every call is made detached: any may wait (locks, terminals).  No state, no locks of its own. */
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>

#include "../memory/alloc.h"
#include "../object/module.h"
#include "argument.h"
#include "posix_path.h"

static const char guard[8] = {0x4c, 0x33, 0x71, 0x2e, 0x5a, 0x18, 0x66, 0x0f};
#define ROOM_MIN 1024 /* what the system may write whatever the argument's size says */

static bool is_data(Thread *t, Value v) { return str_check(v) || buffer_supported(t, v); }

/* An integer argument as C has it: its low bits. 0 or -1. */
static int word_argument(Thread *t, Value v, uint64_t *word)
{
    Value index = number_index(t, v);
    if (value_is_empty(index))
        return -1;
    *word = int_to_uint64_mask(index);
    ref_dec(t, index);
    return 0;
}

/* One of the two calls with the data's address. */
typedef int (*Call)(int fd, unsigned long what, void *data);
static int call_fcntl(int fd, unsigned long what, void *data) { return fcntl(fd, (int)what, data); }
static int call_ioctl(int fd, unsigned long what, void *data) { return ioctl(fd, what, data); }

/* Calls with a copy of the data, which is the result, as bytes. */
static Value call_with_copy(Thread *t, int fd, unsigned long what, Value data, const char *function, Call call)
{
    Buffer view;
    int result = -1;
    if (argument_buffer_or_str(t, data, function, "argument 3", &view) < 0)
        return VALUE_EMPTY;
    size_t size = view.length, room = size < ROOM_MIN ? ROOM_MIN : size;
    char *copy = alloc_memory(t, room + sizeof guard);
    if (copy) {
        memcpy(copy, view.data, size);
        memset(copy + size, 0, room - size);
        memcpy(copy + room, guard, sizeof guard);
    }
    buffer_release(t, &view);
    if (!copy)
        return VALUE_EMPTY;
    POSIX_BLOCKING(t, result, call(fd, what, copy));
    Value v = result < 0                                      ? posix_error(t)
              : memcmp(copy + room, guard, sizeof guard) != 0 ? error_set(t, EXC_SystemError, "buffer overflow")
                                                              : bytes_new(t, copy, size);
    alloc_memory_free(t, copy);
    return v;
}

NATIVE(fcntl, "fcntl", "($module, fd, cmd, arg=0, /)",
       "Carries out the operation `cmd` (F_...) on a descriptor.\n\nWith an integer the result is that of the system's "
       "call; with a str or bytes-like object, what the system "
       "has made of a copy of it, as bytes.")
{
    int fd, command, result;
    uint64_t word = 0;
    if (posix_fd(t, args[1], &fd) < 0 || int_to_int(t, args[2], &command) < 0 ||
        audit(t, "fcntl.fcntl", "iiO", fd, command, args[3]) < 0)
        return VALUE_EMPTY;
    if (!value_is_empty(args[3]) && is_data(t, args[3]))
        return call_with_copy(t, fd, (unsigned long)command, args[3], "fcntl", call_fcntl);
    if (!value_is_empty(args[3]) && word_argument(t, args[3], &word) < 0)
        return VALUE_EMPTY;
    POSIX_BLOCKING(t, result, fcntl(fd, command, (int)word));
    return result < 0 ? posix_error(t) : value_from_int(result);
}

NATIVE(
    ioctl, "ioctl", "($module, fd, request, arg=0, mutate_flag=True, /)",
    "Carries out a device's operation on a descriptor.\n\nWith an integer the result is that of the system's call. A "
    "writable bytes-like object is changed in place, unless "
    "`mutate_flag` is false; of any other bytes-like object or str the system gets a copy, which is returned as bytes.")
{
    int fd, result;
    uint64_t request, word = 0;
    if (posix_fd(t, args[1], &fd) < 0 || word_argument(t, args[2], &request) < 0)
        return VALUE_EMPTY;
    int mutate = argument_bool(t, args[4], 1);
    if (mutate < 0 || audit(t, "fcntl.ioctl", "iNO", fd, int_from_uint64(t, request), args[3]) < 0)
        return VALUE_EMPTY;
    if (value_is_empty(args[3]) || !is_data(t, args[3])) {
        if (!value_is_empty(args[3]) && word_argument(t, args[3], &word) < 0)
            return VALUE_EMPTY;
        POSIX_BLOCKING(t, result, ioctl(fd, request, (unsigned long)(int)word));
        return result < 0 ? posix_error(t) : value_from_int(result);
    }
    if (mutate && !str_check(args[3])) {
        Buffer view;
        if (buffer_get(t, args[3], &view, BUFFER_WRITABLE) == 0) {
            if (view.length >= ROOM_MIN) {
                POSIX_BLOCKING(t, result, ioctl(fd, request, view.data));
            } else { /* the system may write more than the argument holds */
                char room[ROOM_MIN + sizeof guard] = {0};
                memcpy(room, view.data, view.length);
                POSIX_BLOCKING(t, result, ioctl(fd, request, room));
                memcpy(view.data, room, view.length);
            }
            buffer_release(t, &view);
            return result < 0 ? posix_error(t) : value_from_int(result);
        }
        if (!error_swallow(t, EXC_BufferError))
            return VALUE_EMPTY;
    }
    return call_with_copy(t, fd, request, args[3], "ioctl", call_ioctl);
}

NATIVE(flock, "flock", "($module, fd, operation, /)",
       "Locks a file (LOCK_EX, LOCK_SH; with LOCK_NB without waiting) or unlocks it (LOCK_UN).")
{
    int fd, operation, result;
    if (posix_fd(t, args[1], &fd) < 0 || int_to_int(t, args[2], &operation) < 0 ||
        audit(t, "fcntl.flock", "ii", fd, operation) < 0)
        return VALUE_EMPTY;
    POSIX_BLOCKING(t, result, flock(fd, operation));
    return result < 0 ? posix_error(t) : VALUE_NONE;
}

NATIVE(lockf, "lockf", "($module, fd, cmd, len=0, start=0, whence=0, /)",
       "Locks a part of a file (LOCK_EX, LOCK_SH; with LOCK_NB without waiting) or unlocks it (LOCK_UN).\n\n`len` 0 is "
       "up to the end; `start` counts from where `whence` says: 0 "
       "the beginning, 1 the position, 2 the end.")
{
    int fd, operation, whence, result;
    int64_t length = 0, start = 0;
    if (posix_fd(t, args[1], &fd) < 0 || int_to_int(t, args[2], &operation) < 0 ||
        argument_int(t, args[5], 0, &whence) < 0 ||
        audit(t, "fcntl.lockf", "iiOOi", fd, operation, args[3], args[4], whence) < 0)
        return VALUE_EMPTY;
    if ((!value_is_empty(args[3]) && int_to_int64(t, args[3], &length) < 0) ||
        (!value_is_empty(args[4]) && int_to_int64(t, args[4], &start) < 0))
        return VALUE_EMPTY;
    struct flock lock = {.l_whence = (short)whence, .l_start = start, .l_len = length};
    if (operation == LOCK_UN)
        lock.l_type = F_UNLCK;
    else if (operation & LOCK_SH)
        lock.l_type = F_RDLCK;
    else if (operation & LOCK_EX)
        lock.l_type = F_WRLCK;
    else
        return error_set(t, EXC_ValueError, "unrecognized lockf argument");
    POSIX_BLOCKING(t, result, fcntl(fd, operation & LOCK_NB ? F_SETLK : F_SETLKW, &lock));
    return result < 0 ? posix_error(t) : VALUE_NONE;
}

static const struct {
    const char *name;
    int64_t value;
} constants[] = {
#define C(name) {#name, name},
    C(LOCK_SH) C(LOCK_EX) C(LOCK_NB) C(LOCK_UN) C(LOCK_MAND) C(LOCK_READ) C(LOCK_WRITE) C(LOCK_RW) C(F_DUPFD)
        C(F_DUPFD_CLOEXEC) C(F_GETFD) C(F_SETFD) C(F_GETFL) C(F_SETFL) C(F_GETLK) C(F_SETLK) C(F_SETLKW) C(F_OFD_GETLK)
            C(F_OFD_SETLK) C(F_OFD_SETLKW) C(F_GETOWN) C(F_SETOWN) C(F_GETSIG) C(F_SETSIG) C(F_RDLCK) C(F_WRLCK)
                C(F_UNLCK) C(F_EXLCK) C(F_SHLCK) C(F_GETLK64) C(F_SETLK64) C(F_SETLKW64) C(F_SETLEASE) C(F_GETLEASE)
                    C(F_NOTIFY) C(F_GETPIPE_SZ) C(F_SETPIPE_SZ) C(F_ADD_SEALS) C(F_GET_SEALS) C(F_SEAL_SEAL)
                        C(F_SEAL_SHRINK) C(F_SEAL_GROW) C(F_SEAL_WRITE) C(F_SEAL_FUTURE_WRITE) C(F_GETOWN_EX)
                            C(F_SETOWN_EX) C(F_GET_RW_HINT) C(F_SET_RW_HINT) C(F_GET_FILE_RW_HINT) C(F_SET_FILE_RW_HINT)
                                C(FD_CLOEXEC) C(FASYNC) C(DN_ACCESS) C(DN_MODIFY) C(DN_CREATE) C(DN_DELETE) C(DN_RENAME)
                                    C(DN_ATTRIB){"DN_MULTISHOT", (uint32_t)DN_MULTISHOT},
    C(FICLONE) C(FICLONERANGE) C(RWH_WRITE_LIFE_NONE) C(RWH_WRITE_LIFE_SHORT) C(RWH_WRITE_LIFE_MEDIUM)
        C(RWH_WRITE_LIFE_LONG) C(RWH_WRITE_LIFE_EXTREME)
#undef C
            {"RWH_WRITE_LIFE_NOT_SET", 0},
    {"F_OWNER_TID", 0},
    {"F_OWNER_PID", 1},
    {"F_OWNER_PGRP", 2},
};

static int exec(Thread *t, Value module)
{
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0)
            return -1;
    return 0;
}

static const NativeDef *const functions[] = {&native_fcntl, &native_ioctl, &native_flock, &native_lockf, NULL};
const ModuleDef module_def_fcntl = {
    .name = "fcntl",
    .doc = "Control of open files and devices by descriptors, or by objects with fileno().",
    .methods = functions,
    .exec = exec,
};
