/* posix_file.c: descriptors, directories, links, names in the file system. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../memory/alloc.h"
#include "../object/buffer.h"
#include "../object/list.h"
#include "argument.h"
#include "mod_posix.h"

/* ---- descriptors ---- */

NATIVE(posix_open, "open", "($module, /, path, flags, mode=511, *, dir_fd=None)",
       "Opens a file and returns its descriptor, which child processes do not inherit.")
{
    PosixPath p;
    int flags, mode, dir, fd;
    if (int_to_int(t, args[2], &flags) < 0 || argument_int(t, args[3], 0777, &mode) < 0 ||
        posix_dir_fd(t, args[4], &dir) < 0 || posix_path(t, args[1], "open", "path", 0, &p) < 0)
        return VALUE_EMPTY;
    flags |= O_CLOEXEC;
    fd = audit(t, "open", "NOi", posix_path_value(t, &p), VALUE_NONE, flags);
    if (fd == 0)
        POSIX_BLOCKING(t, fd, openat(dir, p.text, flags, mode));
    Value v = fd < 0 ? posix_path_error(t, &p, NULL) : value_from_int(fd);
    posix_path_release(t, &p);
    return v;
}
NATIVE(posix_close, "close", "($module, /, fd)", "Closes a descriptor.")
{
    int fd, result;
    if (int_to_int(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    result = close(fd); /* never again: the descriptor is gone even when interrupted */
    thread_attach(t);
    return result < 0 && errno != EINTR ? error_from_errno(t, errno) : VALUE_NONE;
}
NATIVE(posix_closerange, "closerange", "($module, fd_low, fd_high, /)",
       "Closes all descriptors from fd_low up to, not including, fd_high.")
{
    int low, high;
    if (int_to_int(t, args[1], &low) < 0 || int_to_int(t, args[2], &high) < 0)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    for (int fd = low < 0 ? 0 : low; fd < high; fd++)
        close(fd);
    thread_attach(t);
    return VALUE_NONE;
}
NATIVE(posix_read, "read", "($module, fd, length, /)", "Reads at most length bytes.")
{
    int fd;
    int64_t length;
    if (int_to_int(t, args[1], &fd) < 0 || argument_size(t, args[2], 0, &length) < 0)
        return VALUE_EMPTY;
    if (length < 0)
        return errno = EINVAL, error_from_errno(t, errno);
    if (length > INT32_MAX)
        length = INT32_MAX;
    Value v = bytes_new(t, NULL, (size_t)length);
    if (value_is_empty(v))
        return v;
    ssize_t got;
    POSIX_BLOCKING(t, got, read(fd, bytes_of(v)->data, (size_t)length));
    if (got < 0) {
        ref_dec(t, v);
        return posix_error(t);
    }
    return bytes_resize_take(t, v, (size_t)got);
}
NATIVE(posix_readinto, "readinto", "($module, fd, buffer, /)", "Reads into a buffer and returns the number of bytes.")
{
    int fd;
    Buffer view;
    if (int_to_int(t, args[1], &fd) < 0 || argument_buffer_writable(t, args[2], "readinto", "argument 2", &view) < 0)
        return VALUE_EMPTY;
    ssize_t got;
    POSIX_BLOCKING(t, got, read(fd, view.data, view.length));
    buffer_release(t, &view);
    return got < 0 ? posix_error(t) : int_from_int64(t, got);
}
NATIVE(posix_write, "write", "($module, fd, data, /)", "Writes bytes and returns how many were written.")
{
    int fd;
    Buffer view;
    if (int_to_int(t, args[1], &fd) < 0 || buffer_get(t, args[2], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    ssize_t put;
    POSIX_BLOCKING(t, put, write(fd, view.data, view.length > INT32_MAX ? INT32_MAX : view.length));
    buffer_release(t, &view);
    return put < 0 ? posix_error(t) : int_from_int64(t, put);
}
NATIVE(posix_pread, "pread", "($module, fd, length, offset, /)", "Reads at an offset without moving the position.")
{
    int fd;
    int64_t length, offset;
    if (int_to_int(t, args[1], &fd) < 0 || argument_size(t, args[2], 0, &length) < 0 ||
        int_to_int64(t, args[3], &offset) < 0)
        return VALUE_EMPTY;
    if (length < 0)
        return error_from_errno(t, EINVAL);
    Value v = bytes_new(t, NULL, (size_t)length);
    if (value_is_empty(v))
        return v;
    ssize_t got;
    POSIX_BLOCKING(t, got, pread(fd, bytes_of(v)->data, (size_t)length, offset));
    if (got < 0) {
        ref_dec(t, v);
        return posix_error(t);
    }
    return bytes_resize_take(t, v, (size_t)got);
}
NATIVE(posix_pwrite, "pwrite", "($module, fd, buffer, offset, /)", "Writes at an offset without moving the position.")
{
    int fd;
    int64_t offset;
    Buffer view;
    if (int_to_int(t, args[1], &fd) < 0 || int_to_int64(t, args[3], &offset) < 0 ||
        buffer_get(t, args[2], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    ssize_t put;
    POSIX_BLOCKING(t, put, pwrite(fd, view.data, view.length, offset));
    buffer_release(t, &view);
    return put < 0 ? posix_error(t) : int_from_int64(t, put);
}
NATIVE(posix_lseek, "lseek", "($module, fd, position, whence, /)", "Moves the position of a descriptor and returns it.")
{
    int fd, whence;
    int64_t position;
    if (int_to_int(t, args[1], &fd) < 0 || int_to_int64(t, args[2], &position) < 0 ||
        int_to_int(t, args[3], &whence) < 0)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    off_t result = lseek(fd, position, whence);
    thread_attach(t);
    return result < 0 ? error_from_errno(t, errno) : int_from_int64(t, result);
}
NATIVE(posix_dup, "dup", "($module, fd, /)", "A copy of a descriptor, not inherited by child processes.")
{
    int fd, result;
    if (int_to_int(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    result = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return result < 0 ? error_from_errno(t, errno) : value_from_int(result);
}
NATIVE(posix_dup2, "dup2", "($module, /, fd, fd2, inheritable=True)", "Makes fd2 a copy of fd.")
{
    int fd, fd2, inheritable = argument_bool(t, args[3], 1), result;
    if (inheritable < 0 || int_to_int(t, args[1], &fd) < 0 || int_to_int(t, args[2], &fd2) < 0)
        return VALUE_EMPTY;
    POSIX_BLOCKING(t, result, inheritable || fd == fd2 ? dup2(fd, fd2) : dup3(fd, fd2, O_CLOEXEC));
    return result < 0 ? posix_error(t) : value_from_int(result);
}
NATIVE(posix_pipe, "pipe", "($module, /)", "A pipe: (read end, write end), not inherited by child processes.")
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) < 0)
        return error_from_errno(t, errno);
    return tuple_pack(t, 2, value_from_int(fds[0]), value_from_int(fds[1]));
}
NATIVE(posix_pipe2, "pipe2", "($module, flags, /)", "A pipe with flags.")
{
    int fds[2], flags;
    if (int_to_int(t, args[1], &flags) < 0)
        return VALUE_EMPTY;
    if (pipe2(fds, flags) < 0)
        return error_from_errno(t, errno);
    return tuple_pack(t, 2, value_from_int(fds[0]), value_from_int(fds[1]));
}
NATIVE(posix_isatty, "isatty", "($module, fd, /)", "Whether a descriptor is a terminal.")
{
    int fd;
    return int_to_int(t, args[1], &fd) < 0 ? VALUE_EMPTY : value_from_bool(isatty(fd) == 1);
}
NATIVE(posix_ttyname, "ttyname", "($module, fd, /)", "Name of the terminal behind a descriptor.")
{
    int fd, error;
    char name[256];
    if (int_to_int(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    error = ttyname_r(fd, name, sizeof name);
    return error ? error_from_errno(t, error) : str_from_fs(t, name, strlen(name));
}
NATIVE(posix_fsync, "fsync", "($module, /, fd)", "Writes a file's data to the disk.")
{
    int fd, result;
    if (posix_fd(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    POSIX_BLOCKING(t, result, fsync(fd));
    return result < 0 ? posix_error(t) : VALUE_NONE;
}
NATIVE(posix_fdatasync, "fdatasync", "($module, /, fd)", "Writes a file's data, not all of its metadata, to the disk.")
{
    int fd, result;
    if (posix_fd(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    POSIX_BLOCKING(t, result, fdatasync(fd));
    return result < 0 ? posix_error(t) : VALUE_NONE;
}
NATIVE(posix_sync, "sync", "($module, /)", "Writes everything to the disks.")
{
    thread_detach(t, EVENT_IO);
    sync();
    thread_attach(t);
    return VALUE_NONE;
}
NATIVE(posix_ftruncate, "ftruncate", "($module, fd, length, /)", "Sets the length of an open file.")
{
    int fd, result;
    int64_t length;
    if (int_to_int(t, args[1], &fd) < 0 || int_to_int64(t, args[2], &length) < 0)
        return VALUE_EMPTY;
    result = audit(t, "os.truncate", "il", fd, length);
    if (result == 0)
        POSIX_BLOCKING(t, result, ftruncate(fd, length));
    return result < 0 ? posix_error(t) : VALUE_NONE;
}
NATIVE(posix_truncate, "truncate", "($module, /, path, length)", "Sets the length of a file.")
{
    PosixPath p;
    int result;
    int64_t length;
    if (int_to_int64(t, args[2], &length) < 0 || posix_path(t, args[1], "truncate", "path", PATH_FD, &p) < 0)
        return VALUE_EMPTY;
    result = audit(t, "os.truncate", "Nl", posix_path_value(t, &p), length);
    if (result == 0)
        POSIX_BLOCKING(t, result, p.fd >= 0 ? ftruncate(p.fd, length) : truncate(p.text, length));
    Value v = result < 0 ? posix_path_error(t, &p, NULL) : VALUE_NONE;
    posix_path_release(t, &p);
    return v;
}
NATIVE(posix_get_inheritable, "get_inheritable", "($module, fd, /)", "Whether child processes inherit a descriptor.")
{
    int fd, flags;
    if (int_to_int(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    flags = fcntl(fd, F_GETFD);
    return flags < 0 ? error_from_errno(t, errno) : value_from_bool(!(flags & FD_CLOEXEC));
}
NATIVE(posix_set_inheritable, "set_inheritable", "($module, fd, inheritable, /)",
       "Sets whether child processes inherit a descriptor.")
{
    int fd, flags, inheritable = object_truth(t, args[2]);
    if (inheritable < 0 || int_to_int(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    flags = fcntl(fd, F_GETFD);
    if (flags < 0 || fcntl(fd, F_SETFD, inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC) < 0)
        return error_from_errno(t, errno);
    return VALUE_NONE;
}
NATIVE(posix_get_blocking, "get_blocking", "($module, fd, /)", "Whether a descriptor blocks.")
{
    int fd, flags;
    if (int_to_int(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    flags = fcntl(fd, F_GETFL);
    return flags < 0 ? error_from_errno(t, errno) : value_from_bool(!(flags & O_NONBLOCK));
}
NATIVE(posix_set_blocking, "set_blocking", "($module, fd, blocking, /)", "Sets whether a descriptor blocks.")
{
    int fd, flags, blocking = object_truth(t, args[2]);
    if (blocking < 0 || int_to_int(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK) < 0)
        return error_from_errno(t, errno);
    return VALUE_NONE;
}
NATIVE(posix_lockf, "lockf", "($module, fd, command, length, /)", "Locks a part of a file.")
{
    int fd, command, result;
    int64_t length;
    if (int_to_int(t, args[1], &fd) < 0 || int_to_int(t, args[2], &command) < 0 ||
        int_to_int64(t, args[3], &length) < 0)
        return VALUE_EMPTY;
    result = audit(t, "os.lockf", "iil", fd, command, length);
    if (result == 0)
        POSIX_BLOCKING(t, result, lockf(fd, command, length));
    return result < 0 ? posix_error(t) : VALUE_NONE;
}
NATIVE(posix_get_terminal_size, "get_terminal_size", "($module, fd=<unrepresentable>, /)",
       "Columns and lines of a terminal.")
{
    int fd;
    struct winsize w;
    if (argument_int(t, args[1], 1, &fd) < 0)
        return VALUE_EMPTY;
    if (ioctl(fd, TIOCGWINSZ, &w) < 0)
        return error_from_errno(t, errno);
    Value v = structseq_new(t, posix_state(t)->terminal_size);
    if (value_is_empty(v))
        return v;
    structseq_set_take(v, 0, value_from_int(w.ws_col));
    structseq_set_take(v, 1, value_from_int(w.ws_row));
    return v;
}

/* ---- names ---- */

/* The event, if there is one, has the path, the mode if it has three arguments, and the folder. */
typedef int (*PathCall)(int dir, const char *path, int mode);
static Value path_call(Thread *t, Value path, const char *function, Value dir_fd, int mode, PathCall call,
                       const char *event, bool with_mode)
{
    PosixPath p;
    int dir, result;
    if (posix_dir_fd(t, dir_fd, &dir) < 0 || posix_path(t, path, function, "path", 0, &p) < 0)
        return VALUE_EMPTY;
    result = !event      ? 0
             : with_mode ? audit(t, event, "Nii", posix_path_value(t, &p), mode, posix_dir_told(dir))
                         : audit(t, event, "Ni", posix_path_value(t, &p), posix_dir_told(dir));
    if (result == 0)
        POSIX_BLOCKING(t, result, call(dir, p.text, mode));
    Value v = result < 0 ? posix_path_error(t, &p, NULL) : VALUE_NONE;
    posix_path_release(t, &p);
    return v;
}
static int call_mkdir(int dir, const char *path, int mode) { return mkdirat(dir, path, (mode_t)mode); }
static int call_unlink(int dir, const char *path, int flags) { return unlinkat(dir, path, flags); }
static int call_mkfifo(int dir, const char *path, int mode) { return mkfifoat(dir, path, (mode_t)mode); }
NATIVE(posix_mkdir, "mkdir", "($module, /, path, mode=511, *, dir_fd=None)", "Makes a directory.")
{
    int mode;
    return argument_int(t, args[2], 0777, &mode) < 0
               ? VALUE_EMPTY
               : path_call(t, args[1], "mkdir", args[3], mode, call_mkdir, "os.mkdir", true);
}
NATIVE(posix_rmdir, "rmdir", "($module, /, path, *, dir_fd=None)", "Removes an empty directory.")
{
    return path_call(t, args[1], "rmdir", args[2], AT_REMOVEDIR, call_unlink, "os.rmdir", false);
}
NATIVE(posix_unlink, "unlink", "($module, /, path, *, dir_fd=None)", "Removes a file.")
{
    return path_call(t, args[1], "unlink", args[2], 0, call_unlink, "os.remove", false);
}
NATIVE(posix_remove, "remove", "($module, /, path, *, dir_fd=None)", "Removes a file.")
{
    return path_call(t, args[1], "remove", args[2], 0, call_unlink, "os.remove", false);
}
NATIVE(posix_mkfifo, "mkfifo", "($module, /, path, mode=438, *, dir_fd=None)", "Makes a named pipe.")
{
    int mode;
    return argument_int(t, args[2], 0666, &mode) < 0
               ? VALUE_EMPTY
               : path_call(t, args[1], "mkfifo", args[3], mode, call_mkfifo, NULL, false);
}

typedef int (*PathCall2)(int dir, const char *path, int dir2, const char *path2, int flags);
static int call_rename(int dir, const char *path, int dir2, const char *path2, int flags)
{
    return renameat(dir, path, dir2, path2);
}
static int call_symlink(int dir, const char *path, int dir2, const char *path2, int flags)
{
    return symlinkat(path, dir2, path2);
}
static Value path_call2(Thread *t, Value path, Value path2, const char *function, Value dir_fd, Value dir_fd2,
                        int flags, PathCall2 call, const char *event)
{
    PosixPath p, q;
    int dir, dir2, result;
    if (posix_dir_fd(t, dir_fd, &dir) < 0 || posix_dir_fd(t, dir_fd2, &dir2) < 0 ||
        posix_path(t, path, function, "src", 0, &p) < 0)
        return VALUE_EMPTY;
    if (posix_path(t, path2, function, "dst", 0, &q) < 0) {
        posix_path_release(t, &p);
        return VALUE_EMPTY;
    }
    result = call == call_symlink
                 ? audit(t, event, "NNi", posix_path_value(t, &p), posix_path_value(t, &q), posix_dir_told(dir2))
                 : audit(t, event, "NNii", posix_path_value(t, &p), posix_path_value(t, &q), posix_dir_told(dir),
                         posix_dir_told(dir2));
    if (result == 0)
        POSIX_BLOCKING(t, result, call(dir, p.text, dir2, q.text, flags));
    Value v = result < 0 ? posix_path_error(t, &p, &q) : VALUE_NONE;
    posix_path_release(t, &p);
    posix_path_release(t, &q);
    return v;
}
NATIVE(posix_rename, "rename", "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
       "Renames a file or directory.")
{
    return path_call2(t, args[1], args[2], "rename", args[3], args[4], 0, call_rename, "os.rename");
}
NATIVE(posix_replace, "replace", "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
       "Renames a file or directory, replacing the destination.")
{
    return path_call2(t, args[1], args[2], "replace", args[3], args[4], 0, call_rename, "os.rename");
}
NATIVE(posix_link, "link", "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=False)",
       "Makes a hard link.")
{
    int follow = argument_bool(t, args[5], 0);
    return follow < 0 ? VALUE_EMPTY
                      : path_call2(t, args[1], args[2], "link", args[3], args[4], follow ? AT_SYMLINK_FOLLOW : 0,
                                   linkat, "os.link");
}
NATIVE(posix_symlink, "symlink", "($module, /, src, dst, target_is_directory=False, *, dir_fd=None)",
       "Makes a symbolic link.")
{
    return path_call2(t, args[1], args[2], "symlink", VALUE_EMPTY, args[4], 0, call_symlink, "os.symlink");
}
NATIVE(posix_readlink, "readlink", "($module, /, path, *, dir_fd=None)", "What a symbolic link points to.")
{
    PosixPath p;
    int dir;
    char text[PATH_MAX + 1];
    if (posix_dir_fd(t, args[2], &dir) < 0 || posix_path(t, args[1], "readlink", "path", 0, &p) < 0)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    ssize_t length = readlinkat(dir, p.text, text, PATH_MAX);
    thread_attach(t);
    Value v = length < 0 ? posix_path_error(t, &p, NULL) : posix_path_result(t, &p, text, (size_t)length);
    posix_path_release(t, &p);
    return v;
}
NATIVE(posix_listdir, "listdir", "($module, /, path=None)", "Names in a directory, without . and ..")
{
    PosixPath p;
    if (posix_path(t, args[1], "listdir", "path", PATH_FD | PATH_NONE, &p) < 0)
        return VALUE_EMPTY;
    Value list = VALUE_EMPTY;
    if (audit(t, "os.listdir", "N", posix_path_value(t, &p)) < 0)
        goto done;
    thread_detach(t, EVENT_IO);
    int fd = p.fd >= 0 ? dup(p.fd) : -1;
    DIR *d = p.fd >= 0 ? (fd < 0 ? NULL : fdopendir(fd)) : opendir(p.text ? p.text : ".");
    thread_attach(t);
    if (!d) {
        posix_path_error(t, &p, NULL);
        if (fd >= 0)
            close(fd);
        goto done;
    }
    if (p.fd >= 0)
        rewinddir(d);
    list = list_new(t, 16);
    while (!value_is_empty(list)) {
        thread_detach(t, EVENT_IO);
        errno = 0;
        struct dirent *e = readdir(d);
        thread_attach(t);
        if (!e) {
            if (errno) {
                posix_path_error(t, &p, NULL);
                ref_clear(t, &list);
            }
            break;
        }
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        if (list_append_take(t, list, posix_path_result(t, &p, e->d_name, strlen(e->d_name))) < 0)
            ref_clear(t, &list);
    }
    thread_detach(t, EVENT_IO);
    closedir(d);
    thread_attach(t);
done:
    posix_path_release(t, &p);
    return list;
}

/* ---- the current directory ---- */

static Value current_directory(Thread *t, bool as_bytes)
{
    char text[PATH_MAX];
    thread_detach(t, EVENT_IO);
    char *result = getcwd(text, sizeof text);
    thread_attach(t);
    if (!result)
        return error_from_errno(t, errno);
    return as_bytes ? bytes_new(t, text, strlen(text)) : str_from_fs(t, text, strlen(text));
}
NATIVE(posix_getcwd, "getcwd", "($module, /)", "The current directory.") { return current_directory(t, false); }
NATIVE(posix_getcwdb, "getcwdb", "($module, /)", "The current directory as bytes.")
{
    return current_directory(t, true);
}
NATIVE(posix_chdir, "chdir", "($module, /, path)", "Changes the current directory.")
{
    PosixPath p;
    int result;
    if (posix_path(t, args[1], "chdir", "path", PATH_FD, &p) < 0)
        return VALUE_EMPTY;
    result = audit(t, "os.chdir", "N", posix_path_value(t, &p));
    if (result == 0)
        POSIX_BLOCKING(t, result, p.fd >= 0 ? fchdir(p.fd) : chdir(p.text));
    Value v = result < 0 ? posix_path_error(t, &p, NULL) : VALUE_NONE;
    posix_path_release(t, &p);
    return v;
}
NATIVE(posix_fchdir, "fchdir", "($module, /, fd)", "Changes the current directory to an open one.")
{
    int fd, result;
    if (posix_fd(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    result = audit(t, "os.chdir", "i", fd);
    if (result == 0)
        POSIX_BLOCKING(t, result, fchdir(fd));
    return result < 0 ? posix_error(t) : VALUE_NONE;
}
NATIVE(posix_umask, "umask", "($module, mask, /)",
       "Sets the mask of access rights of new files and returns the old one.")
{
    int mask;
    return int_to_int(t, args[1], &mask) < 0 ? VALUE_EMPTY : value_from_int(umask((mode_t)mask));
}
NATIVE(posix_fspath, "fspath", "($module, /, path)", "A str or bytes as it is, or what __fspath__() gives.")
{
    return str_fspath(t, args[1]);
}
NATIVE(posix_urandom, "urandom", "($module, size, /)", "Random bytes fit for cryptography.")
{
    int64_t size;
    if (argument_size(t, args[1], 0, &size) < 0)
        return VALUE_EMPTY;
    if (size < 0)
        return error_set(t, EXC_ValueError, "negative argument not allowed");
    Value v = bytes_new(t, NULL, (size_t)size);
    for (size_t at = 0; !value_is_empty(v) && at < (size_t)size;) {
        ssize_t got;
        POSIX_BLOCKING(t, got, getrandom(bytes_of(v)->data + at, (size_t)size - at, 0));
        if (got < 0) {
            ref_dec(t, v);
            return posix_error(t);
        }
        at += (size_t)got;
    }
    return v;
}
NATIVE(posix_getrandom, "getrandom", "($module, /, size, flags=0)", "Random bytes of the kernel.")
{
    int64_t size;
    int flags;
    if (argument_size(t, args[1], 0, &size) < 0 || argument_int(t, args[2], 0, &flags) < 0)
        return VALUE_EMPTY;
    if (size < 0)
        return error_from_errno(t, EINVAL);
    Value v = bytes_new(t, NULL, (size_t)size);
    if (value_is_empty(v))
        return v;
    ssize_t got;
    POSIX_BLOCKING(t, got, getrandom(bytes_of(v)->data, (size_t)size, (unsigned)flags));
    if (got < 0) {
        ref_dec(t, v);
        return posix_error(t);
    }
    return bytes_resize_take(t, v, (size_t)got);
}
NATIVE(posix_sendfile, "sendfile", "($module, /, out_fd, in_fd, offset, count)",
       "Copies bytes from one descriptor to another inside the kernel.")
{
    extern ssize_t sendfile(int out, int in, off_t *offset, size_t count);
    int out, in;
    int64_t count, offset = 0;
    if (posix_fd(t, args[1], &out) < 0 || posix_fd(t, args[2], &in) < 0 || argument_size(t, args[4], 0, &count) < 0 ||
        (!value_is_none(args[3]) && int_to_int64(t, args[3], &offset) < 0))
        return VALUE_EMPTY;
    off_t at = offset;
    ssize_t sent;
    POSIX_BLOCKING(t, sent, sendfile(out, in, value_is_none(args[3]) ? NULL : &at, (size_t)count));
    return sent < 0 ? posix_error(t) : int_from_int64(t, sent);
}

const NativeDef *const posix_file_methods[] = {&native_posix_open,
                                               &native_posix_close,
                                               &native_posix_closerange,
                                               &native_posix_read,
                                               &native_posix_readinto,
                                               &native_posix_write,
                                               &native_posix_pread,
                                               &native_posix_pwrite,
                                               &native_posix_lseek,
                                               &native_posix_dup,
                                               &native_posix_dup2,
                                               &native_posix_pipe,
                                               &native_posix_pipe2,
                                               &native_posix_isatty,
                                               &native_posix_ttyname,
                                               &native_posix_fsync,
                                               &native_posix_fdatasync,
                                               &native_posix_sync,
                                               &native_posix_ftruncate,
                                               &native_posix_truncate,
                                               &native_posix_get_inheritable,
                                               &native_posix_set_inheritable,
                                               &native_posix_get_blocking,
                                               &native_posix_set_blocking,
                                               &native_posix_lockf,
                                               &native_posix_get_terminal_size,
                                               &native_posix_mkdir,
                                               &native_posix_rmdir,
                                               &native_posix_unlink,
                                               &native_posix_remove,
                                               &native_posix_mkfifo,
                                               &native_posix_rename,
                                               &native_posix_replace,
                                               &native_posix_link,
                                               &native_posix_symlink,
                                               &native_posix_readlink,
                                               &native_posix_listdir,
                                               &native_posix_getcwd,
                                               &native_posix_getcwdb,
                                               &native_posix_chdir,
                                               &native_posix_fchdir,
                                               &native_posix_umask,
                                               &native_posix_fspath,
                                               &native_posix_urandom,
                                               &native_posix_getrandom,
                                               &native_posix_sendfile,
                                               NULL};
