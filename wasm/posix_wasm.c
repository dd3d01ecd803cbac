/* posix_wasm.c: the file functions of the C library, on the kernel that a program's processes share (kernel.h).
 *
 * They stand before the C library's own, which would ask the page's main thread for each call.  No state, no locks.  Read next: kernel/kernel.js, posix_misc.c. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>
#include <wasi/api.h>

#include "kernel.h"

static int done(int result)
{
    if (result >= 0)
        return result;
    errno = -result;
    return -1;
}

/* ---- descriptors ---- */

static mode_t mode_argument(int flags, va_list arguments) { return flags & O_CREAT ? va_arg(arguments, mode_t) : 0; }
int openat(int dirfd, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    return done(kernel_open(dirfd, path, flags, (int)mode));
}
int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_argument(flags, arguments);
    va_end(arguments);
    return done(kernel_open(AT_FDCWD, path, flags, (int)mode));
}
int close(int fd) { return done(kernel_close(fd)); }
int dup(int fd) { return done(kernel_dup(fd, -1, 0)); }
int dup2(int fd, int to) { return to < 0 ? done(-EBADF) : done(kernel_dup(fd, to, 0)); }
int dup3(int fd, int to, int flags)
{
    return to < 0 ? done(-EBADF) : fd == to ? done(-EINVAL) : done(kernel_dup(fd, to, flags));
}
int fcntl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    int argument = va_arg(arguments, int);
    va_end(arguments);
    switch (command) {
    case F_DUPFD: return done(kernel_dup(fd, -1 - argument, 0));
    case F_DUPFD_CLOEXEC: return done(kernel_dup(fd, -1 - argument, O_CLOEXEC));
    case F_GETFD: return done(kernel_fd_flags(fd, -1));
    case F_SETFD: return done(kernel_fd_flags(fd, argument));
    case F_GETFL: return done(kernel_file_flags(fd, -1));
    case F_SETFL: return done(kernel_file_flags(fd, argument));
    default: return done(-EINVAL);
    }
}
int ioctl(int fd, int request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    int *argument = va_arg(arguments, int *);
    va_end(arguments);
    if (request == FIONBIO) {
        int flags = kernel_file_flags(fd, -1);
        return flags < 0 ? done(flags)
                         : done(kernel_file_flags(fd, *argument ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
    }
    return done(kernel_fd_flags(fd, -1) < 0 ? -EBADF : -ENOTTY);
}
int isatty(int fd)
{
    int result = kernel_isatty(fd);
    if (result == 0)
        errno = ENOTTY;
    return result == 1;
}
int pipe2(int fds[2], int flags) { return done(kernel_pipe(fds, flags)); }
int pipe(int fds[2]) { return pipe2(fds, 0); }

/* ---- reading and writing ---- */

ssize_t read(int fd, void *p, size_t n) { return done(kernel_read(fd, p, n, -1, os_wasm_is_main())); }
ssize_t write(int fd, const void *p, size_t n) { return done(kernel_write(fd, p, n, -1, os_wasm_is_main())); }
ssize_t pread(int fd, void *p, size_t n, off_t offset)
{
    return offset < 0 ? done(-EINVAL) : done(kernel_read(fd, p, n, (double)offset, 0));
}
ssize_t pwrite(int fd, const void *p, size_t n, off_t offset)
{
    return offset < 0 ? done(-EINVAL) : done(kernel_write(fd, p, n, (double)offset, 0));
}

typedef ssize_t Transfer(int fd, void *p, size_t n, off_t offset);
static ssize_t read_at(int fd, void *p, size_t n, off_t offset)
{
    return offset < 0 ? read(fd, p, n) : pread(fd, p, n, offset);
}
static ssize_t write_at(int fd, void *p, size_t n, off_t offset)
{
    return offset < 0 ? write(fd, p, n) : pwrite(fd, p, n, offset);
}
static ssize_t transfer(int fd, const struct iovec *parts, int count, off_t offset, Transfer *one)
{
    ssize_t total = 0;
    for (int i = 0; i < count; i++) {
        if (parts[i].iov_len == 0)
            continue;
        ssize_t n = one(fd, parts[i].iov_base, parts[i].iov_len, offset < 0 ? -1 : offset + total);
        if (n < 0)
            return total ? total : -1;
        total += n;
        if ((size_t)n < parts[i].iov_len)
            break;
    }
    return total;
}
ssize_t readv(int fd, const struct iovec *parts, int count) { return transfer(fd, parts, count, -1, read_at); }
ssize_t writev(int fd, const struct iovec *parts, int count) { return transfer(fd, parts, count, -1, write_at); }
ssize_t preadv(int fd, const struct iovec *parts, int count, off_t offset)
{
    return transfer(fd, parts, count, offset, read_at);
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset)
{
    return transfer(fd, parts, count, offset, write_at);
}
ssize_t sendfile(int out, int in, off_t *offset, size_t count)
{
    char buffer[16384];
    size_t total = 0;
    while (total < count) {
        size_t want = count - total < sizeof buffer ? count - total : sizeof buffer;
        ssize_t n = offset ? pread(in, buffer, want, *offset) : read(in, buffer, want);
        ssize_t written = n > 0 ? write(out, buffer, (size_t)n) : n;
        if (n > 0 && written < n && !offset) { /* what was read but not written is still to come */
            int error = errno;
            lseek(in, written > 0 ? written - n : -n, SEEK_CUR);
            errno = error;
        }
        if (written < 0 && total == 0)
            return -1;
        if (written <= 0)
            break;
        total += (size_t)written;
        if (offset)
            *offset += written;
    }
    return (ssize_t)total;
}

off_t lseek(int fd, off_t offset, int whence)
{
    double result = kernel_seek(fd, (double)offset, whence);
    if (result >= 0)
        return (off_t)result;
    errno = (int)-result;
    return -1;
}
int ftruncate(int fd, off_t size) { return done(kernel_truncate(fd, (double)size)); }
int truncate(const char *path, off_t size)
{
    int fd = open(path, O_WRONLY);
    if (fd < 0)
        return -1;
    int result = kernel_truncate(fd, (double)size);
    close(fd);
    return done(result);
}
int fsync(int fd) { return done(kernel_fd_flags(fd, -1)) < 0 ? -1 : 0; }
int fdatasync(int fd) { return fsync(fd); }
void sync(void) {}
int lockf(int fd, int command, off_t size) { return fsync(fd); }

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
    int *events = malloc((n ? n : 1) * 3 * sizeof *events);
    if (!events)
        return done(-ENOMEM);
    for (nfds_t i = 0; i < n; i++) {
        events[i * 3] = fds[i].fd;
        events[i * 3 + 1] =
            (fds[i].events & (POLLIN | POLLRDNORM) ? 1 : 0) | (fds[i].events & (POLLOUT | POLLWRNORM) ? 4 : 0);
        events[i * 3 + 2] = 0;
    }
    int count = kernel_poll(events, (int)n, timeout, os_wasm_is_main());
    for (nfds_t i = 0; i < n; i++)
        fds[i].revents = (short)events[i * 3 + 2];
    free(events);
    return done(count);
}

/* stdio of the C library: what the interpreter itself says before Python's streams exist. */
__wasi_errno_t __wasi_fd_write(__wasi_fd_t fd, const __wasi_ciovec_t *parts, size_t count, __wasi_size_t *written)
{
    ssize_t n = writev(fd, (const struct iovec *)parts, (int)count);
    *written = n < 0 ? 0 : (size_t)n;
    return (__wasi_errno_t)(n < 0 ? errno : 0);
}
__wasi_errno_t __wasi_fd_read(__wasi_fd_t fd, const __wasi_iovec_t *parts, size_t count, __wasi_size_t *got)
{
    ssize_t n = readv(fd, (const struct iovec *)parts, (int)count);
    *got = n < 0 ? 0 : (size_t)n;
    return (__wasi_errno_t)(n < 0 ? errno : 0);
}
__wasi_errno_t __wasi_fd_seek(__wasi_fd_t fd, __wasi_filedelta_t offset, __wasi_whence_t whence, __wasi_filesize_t *to)
{
    off_t result = lseek(fd, offset, whence);
    *to = (__wasi_filesize_t)result;
    return (__wasi_errno_t)(result < 0 ? errno : 0);
}
__wasi_errno_t __wasi_fd_close(__wasi_fd_t fd) { return (__wasi_errno_t)(close(fd) < 0 ? errno : 0); }

/* ---- names ---- */

static struct timespec time_of(double ms)
{
    struct timespec ts;
    ts.tv_sec = (time_t)floor(ms / 1000);
    ts.tv_nsec = (long)((ms - (double)ts.tv_sec * 1000) * 1e6);
    return ts;
}
static int fill(int result, const KernelStat *k, struct stat *st)
{
    if (result < 0)
        return done(result);
    memset(st, 0, sizeof *st);
    st->st_dev = 1;
    st->st_mode = (mode_t)k->mode;
    st->st_nlink = (nlink_t)k->links;
    st->st_size = (off_t)k->size;
    st->st_ino = (ino_t)k->inode;
    st->st_blksize = 4096;
    st->st_blocks = (blkcnt_t)k->blocks;
    st->st_mtim = time_of(k->modified);
    st->st_ctim = time_of(k->changed);
    st->st_atim = time_of(k->accessed);
    return 0;
}
int fstat(int fd, struct stat *st)
{
    KernelStat k;
    return fill(kernel_fstat(fd, &k), &k, st);
}
int fstatat(int dirfd, const char *path, struct stat *st, int flags)
{
    KernelStat k;
    if ((flags & AT_EMPTY_PATH) && !*path)
        return fstat(dirfd, st);
    return fill(kernel_stat(dirfd, path, &k, !(flags & AT_SYMLINK_NOFOLLOW)), &k, st);
}
int stat(const char *path, struct stat *st) { return fstatat(AT_FDCWD, path, st, 0); }
int lstat(const char *path, struct stat *st) { return fstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW); }
int faccessat(int dirfd, const char *path, int mode, int flags)
{
    struct stat st;
    if (fstatat(dirfd, path, &st, flags & AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    return ((st.st_mode >> 6) & (mode_t)mode & 7) == ((mode_t)mode & 7) ? 0 : done(-EACCES);
}
int access(const char *path, int mode) { return faccessat(AT_FDCWD, path, mode, 0); }

int mkdirat(int dirfd, const char *path, mode_t mode) { return done(kernel_mkdir(dirfd, path, (int)mode)); }
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }
int mkfifoat(int dirfd, const char *path, mode_t mode) { return done(-EPERM); }
int unlinkat(int dirfd, const char *path, int flags)
{
    return done(kernel_unlink(dirfd, path, (flags & AT_REMOVEDIR) != 0));
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int renameat(int fromfd, const char *from, int tofd, const char *to)
{
    return done(kernel_rename(fromfd, from, tofd, to));
}
int rename(const char *from, const char *to) { return renameat(AT_FDCWD, from, AT_FDCWD, to); }
int linkat(int fromfd, const char *from, int tofd, const char *to, int flags)
{
    return done(kernel_hardlink(fromfd, from, tofd, to));
}
int symlinkat(const char *text, int dirfd, const char *path) { return done(kernel_symlink(text, dirfd, path)); }
ssize_t readlinkat(int dirfd, const char *path, char *p, size_t size)
{
    return done(kernel_readlink(dirfd, path, p, size));
}
ssize_t readlink(const char *path, char *p, size_t size) { return readlinkat(AT_FDCWD, path, p, size); }

int fchmodat(int dirfd, const char *path, mode_t mode, int flags)
{
    return done(kernel_chmod(dirfd, path, (int)mode, !(flags & AT_SYMLINK_NOFOLLOW)));
}
int chmod(const char *path, mode_t mode) { return fchmodat(AT_FDCWD, path, mode, 0); }
int fchmod(int fd, mode_t mode) { return done(kernel_fchmod(fd, (int)mode)); }
/* All files have one owner. */
int fchownat(int dirfd, const char *path, uid_t owner, gid_t group, int flags)
{
    struct stat st;
    return fstatat(dirfd, path, &st, flags);
}
int lchown(const char *path, uid_t owner, gid_t group)
{
    return fchownat(AT_FDCWD, path, owner, group, AT_SYMLINK_NOFOLLOW);
}
int fchown(int fd, uid_t owner, gid_t group) { return fsync(fd); }

static double milliseconds(const struct timespec *times, int i)
{
    if (!times || times[i].tv_nsec == UTIME_NOW)
        return INFINITY;
    return times[i].tv_nsec == UTIME_OMIT ? NAN : (double)times[i].tv_sec * 1000 + (double)times[i].tv_nsec / 1e6;
}
int utimensat(int dirfd, const char *path, const struct timespec times[2], int flags)
{
    return done(
        kernel_utimes(dirfd, path, milliseconds(times, 0), milliseconds(times, 1), !(flags & AT_SYMLINK_NOFOLLOW)));
}
int futimens(int fd, const struct timespec times[2])
{
    return done(kernel_futimes(fd, milliseconds(times, 0), milliseconds(times, 1)));
}

int chdir(const char *path) { return done(kernel_chdir(path)); }
int fchdir(int fd) { return done(kernel_fchdir(fd)); }
char *getcwd(char *p, size_t size) { return done(kernel_getcwd(p, size)) < 0 ? NULL : p; }
mode_t umask(mode_t mask) { return (mode_t)kernel_umask((int)mask); }

static int fill_statvfs(int error, struct statvfs *st)
{
    if (error < 0)
        return -1;
    memset(st, 0, sizeof *st);
    st->f_bsize = st->f_frsize = 4096;
    st->f_blocks = 32768;
    st->f_bfree = st->f_bavail = 16384;
    st->f_files = st->f_ffree = st->f_favail = 32768;
    st->f_namemax = 255;
    return 0;
}
int statvfs(const char *path, struct statvfs *st) { return fill_statvfs(access(path, F_OK), st); }
int fstatvfs(int fd, struct statvfs *st) { return fill_statvfs(fsync(fd), st); }

/* ---- folders ---- */

struct __dirstream {
    int fd, index;
    struct dirent entry;
};
DIR *fdopendir(int fd)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return NULL;
    if (!S_ISDIR(st.st_mode)) {
        errno = ENOTDIR;
        return NULL;
    }
    DIR *dir = calloc(1, sizeof *dir);
    if (dir)
        dir->fd = fd;
    return dir;
}
DIR *opendir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (fd >= 0 && !dir)
        close(fd);
    return dir;
}
struct dirent *readdir(DIR *dir)
{
    int kind[2], index = dir->index;
    if (index < 2) {
        strcpy(dir->entry.d_name, index == 0 ? "." : "..");
        dir->entry.d_type = DT_DIR;
        dir->index++;
        return &dir->entry;
    }
    int n = kernel_entry(dir->fd, index - 2, dir->entry.d_name, sizeof dir->entry.d_name - 1, kind);
    if (n <= 0) {
        if (n < 0)
            errno = -n;
        return NULL;
    }
    dir->entry.d_name[n] = 0;
    dir->entry.d_ino = (ino_t)kind[0];
    dir->entry.d_type = (unsigned char)kind[1];
    dir->index++;
    return &dir->entry;
}
void rewinddir(DIR *dir) { dir->index = 0; }
int dirfd(DIR *dir) { return dir->fd; }
int closedir(DIR *dir)
{
    int result = close(dir->fd);
    free(dir);
    return result;
}

/* ---- streams of the C library, for what reads programs ---- */

int __syscall_fcntl64(int fd, int command, ...) { return 0; }
int __syscall_ioctl(int fd, int request, ...) { return -ENOTTY; }
FILE *fopen(const char *restrict path, const char *restrict mode)
{
    int flags = strchr(mode, '+') ? O_RDWR : *mode == 'r' ? O_RDONLY : O_WRONLY;
    flags |= *mode == 'r' ? 0 : O_CREAT | (*mode == 'w' ? O_TRUNC : O_APPEND);
    int fd = open(path, flags, 0666);
    FILE *file = fd < 0 ? NULL : fdopen(fd, mode);
    if (fd >= 0 && !file)
        close(fd);
    return file;
}
