/* posix_device.c: devices: their numbers and nodes, terminals and pseudo-terminals; and the root folder.  No state, no locks.  Read next: posix_fork.c (forkpty). */
#include <fcntl.h>
#include <langinfo.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <utmp.h>

#include "argument.h"
#include "mod_posix.h"

/* ---- numbers and nodes ---- */

static int get_device(Thread *t, Value v, dev_t *device)
{
    int64_t n;
    if (value_is_int(v) && value_to_int(v) == -1) {
        *device = (dev_t)-1; /* NODEV */
        return 0;
    }
    if (int_to_int64(t, v, &n) < 0)
        return -1;
    if (n < 0)
        return error_set(t, EXC_OverflowError, "can't convert negative int to unsigned"), -1;
    *device = (dev_t)n;
    return 0;
}
/* A part of a device number; -1: none. */
static Value part(Thread *t, unsigned n, dev_t device)
{
    return device == (dev_t)-1 ? value_from_int(-1) : value_from_int(n);
}

NATIVE(posix_major, "major", "($module, device, /)", "The part of a device number that names the driver.")
{
    dev_t device;
    return get_device(t, args[1], &device) < 0 ? VALUE_EMPTY : part(t, major(device), device);
}
NATIVE(posix_minor, "minor", "($module, device, /)", "The part of a device number that names the device.")
{
    dev_t device;
    return get_device(t, args[1], &device) < 0 ? VALUE_EMPTY : part(t, minor(device), device);
}
NATIVE(posix_makedev, "makedev", "($module, major, minor, /)", "The device number made of its two parts.")
{
    int64_t high, low;
    if (int_to_int64(t, args[1], &high) < 0 || int_to_int64(t, args[2], &low) < 0)
        return VALUE_EMPTY;
    if (high == -1 && low == -1)
        return value_from_int(-1);
    if (high < 0 || low < 0 || high > UINT32_MAX || low > UINT32_MAX)
        return error_set(t, EXC_OverflowError,
                         high < 0 || low < 0 ? "can't convert negative int to unsigned"
                                             : "Python int too large to convert to C unsigned int");
    return int_from_uint64(t, makedev((unsigned)high, (unsigned)low));
}
NATIVE(posix_mknod, "mknod", "($module, /, path, mode=384, device=0, *, dir_fd=None)",
       "Makes a file, a named pipe or a device; mode has the kind and the permissions.")
{
    PosixPath p;
    int mode, dir, result;
    dev_t device = 0;
    if (argument_int(t, args[2], 0600, &mode) < 0 ||
        (!value_is_empty(args[3]) && get_device(t, args[3], &device) < 0) || posix_dir_fd(t, args[4], &dir) < 0 ||
        posix_path(t, args[1], "mknod", "path", 0, &p) < 0)
        return VALUE_EMPTY;
    POSIX_BLOCKING(t, result, mknodat(dir, p.text, (mode_t)mode, device));
    Value v = result < 0 ? posix_path_error(t, &p, NULL) : VALUE_NONE;
    posix_path_release(t, &p);
    return v;
}
NATIVE(posix_chroot, "chroot", "($module, /, path)", "Makes a folder the root of what the process sees.")
{
    PosixPath p;
    if (posix_path(t, args[1], "chroot", "path", 0, &p) < 0)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    int result = chroot(p.text);
    thread_attach(t);
    Value v = result < 0 ? posix_path_error(t, &p, NULL) : VALUE_NONE;
    posix_path_release(t, &p);
    return v;
}

/* ---- terminals ---- */

NATIVE(posix_openpty, "openpty", "($module, /)",
       "A new pseudo-terminal: (master, slave), not inherited by child processes.")
{
    int master, slave;
    if (openpty(&master, &slave, NULL, NULL, NULL) < 0)
        return error_from_errno(t, errno);
    if (fcntl(master, F_SETFD, FD_CLOEXEC) < 0 || fcntl(slave, F_SETFD, FD_CLOEXEC) < 0) {
        error_from_errno(t, errno);
        close(master);
        close(slave);
        return VALUE_EMPTY;
    }
    return tuple_pack(t, 2, value_from_int(master), value_from_int(slave));
}
NATIVE(posix_login_tty, "login_tty", "($module, fd, /)",
       "Makes a terminal the controlling one of a new session, and its stdin, stdout and stderr.")
{
    int fd;
    if (posix_fd(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    return login_tty(fd) < 0 ? error_from_errno(t, errno) : VALUE_NONE;
}
NATIVE(posix_openpt, "posix_openpt", "($module, oflag, /)",
       "Opens the master end of a new pseudo-terminal, not inherited by child processes.")
{
    int flags, fd;
    if (int_to_int(t, args[1], &flags) < 0)
        return VALUE_EMPTY;
    fd = posix_openpt(flags | O_CLOEXEC);
    return fd < 0 ? error_from_errno(t, errno) : value_from_int(fd);
}
NATIVE(posix_grantpt, "grantpt", "($module, fd, /)", "Gives access to the slave end of a pseudo-terminal.")
{
    int fd;
    if (posix_fd(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    return grantpt(fd) < 0 ? error_from_errno(t, errno) : VALUE_NONE;
}
NATIVE(posix_unlockpt, "unlockpt", "($module, fd, /)", "Lets the slave end of a pseudo-terminal be opened.")
{
    int fd;
    if (posix_fd(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    return unlockpt(fd) < 0 ? error_from_errno(t, errno) : VALUE_NONE;
}
NATIVE(posix_ptsname, "ptsname", "($module, fd, /)", "The name of the slave end of a pseudo-terminal.")
{
    int fd;
    char name[256];
    if (posix_fd(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    int error = ptsname_r(fd, name, sizeof name);
    return error ? error_from_errno(t, error) : str_from_fs(t, name, strlen(name));
}
NATIVE(posix_tcgetpgrp, "tcgetpgrp", "($module, fd, /)", "The process group in the foreground of a terminal.")
{
    int fd;
    if (int_to_int(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    pid_t group = tcgetpgrp(fd);
    return group < 0 ? error_from_errno(t, errno) : value_from_int(group);
}
NATIVE(posix_tcsetpgrp, "tcsetpgrp", "($module, fd, pgid, /)",
       "Brings a process group to the foreground of a terminal.")
{
    int fd, group;
    if (int_to_int(t, args[1], &fd) < 0 || int_to_int(t, args[2], &group) < 0)
        return VALUE_EMPTY;
    return tcsetpgrp(fd, group) < 0 ? error_from_errno(t, errno) : VALUE_NONE;
}
NATIVE(posix_ctermid, "ctermid", "($module, /)", "The name of the controlling terminal.")
{
    char name[L_ctermid];
    ctermid(name);
    return str_from_fs(t, name, strlen(name));
}
NATIVE(posix_device_encoding, "device_encoding", "($module, /, fd)",
       "The encoding of a terminal, or None for what is none.")
{
    int fd;
    if (int_to_int(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    if (!isatty(fd))
        return VALUE_NONE;
    const char *codeset = t->interp->config.utf8_mode ? "utf-8" : nl_langinfo(CODESET);
    return str_from_string(t, *codeset ? codeset : "UTF-8");
}

const NativeDef *const posix_device_methods[] = {
    &native_posix_major,     &native_posix_minor,    &native_posix_makedev,         &native_posix_mknod,
    &native_posix_chroot,    &native_posix_openpty,  &native_posix_login_tty,       &native_posix_openpt,
    &native_posix_grantpt,   &native_posix_unlockpt, &native_posix_ptsname,         &native_posix_tcgetpgrp,
    &native_posix_tcsetpgrp, &native_posix_ctermid,  &native_posix_device_encoding, NULL};
