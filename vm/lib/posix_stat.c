/* posix_stat.c: stat, access, times and modes of files; path tests that posixpath uses. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../memory/alloc.h"
#include "../object/float.h"
#include "../object/list.h"
#include "../object/module.h"
#include "argument.h"
#include "mod_posix.h"

static const MemberDef stat_fields[] = {STRUCTSEQ_FIELD(0, "st_mode", "protection bits"),
                                        STRUCTSEQ_FIELD(1, "st_ino", "inode"),
                                        STRUCTSEQ_FIELD(2, "st_dev", "device"),
                                        STRUCTSEQ_FIELD(3, "st_nlink", "number of hard links"),
                                        STRUCTSEQ_FIELD(4, "st_uid", "user ID of owner"),
                                        STRUCTSEQ_FIELD(5, "st_gid", "group ID of owner"),
                                        STRUCTSEQ_FIELD(6, "st_size", "total size, in bytes"),
                                        STRUCTSEQ_FIELD(10, "st_atime", "time of last access"),
                                        STRUCTSEQ_FIELD(11, "st_mtime", "time of last modification"),
                                        STRUCTSEQ_FIELD(12, "st_ctime", "time of last change"),
                                        STRUCTSEQ_FIELD(13, "st_atime_ns", "time of last access in nanoseconds"),
                                        STRUCTSEQ_FIELD(14, "st_mtime_ns", "time of last modification in nanoseconds"),
                                        STRUCTSEQ_FIELD(15, "st_ctime_ns", "time of last change in nanoseconds"),
                                        STRUCTSEQ_FIELD(16, "st_blksize", "blocksize for filesystem I/O"),
                                        STRUCTSEQ_FIELD(17, "st_blocks", "number of blocks allocated"),
                                        STRUCTSEQ_FIELD(18, "st_rdev", "device type (if inode device)"),
                                        {0}};
static const StructSeqSpec stat_spec =
    STRUCTSEQ("os.stat_result", "What stat() tells of a file.", stat_fields, 10, 19, 3);

static const MemberDef statvfs_fields[] = {
    STRUCTSEQ_FIELD(0, "f_bsize", ""),   STRUCTSEQ_FIELD(1, "f_frsize", ""), STRUCTSEQ_FIELD(2, "f_blocks", ""),
    STRUCTSEQ_FIELD(3, "f_bfree", ""),   STRUCTSEQ_FIELD(4, "f_bavail", ""), STRUCTSEQ_FIELD(5, "f_files", ""),
    STRUCTSEQ_FIELD(6, "f_ffree", ""),   STRUCTSEQ_FIELD(7, "f_favail", ""), STRUCTSEQ_FIELD(8, "f_flag", ""),
    STRUCTSEQ_FIELD(9, "f_namemax", ""), STRUCTSEQ_FIELD(10, "f_fsid", ""),  {0}};
static const StructSeqSpec statvfs_spec =
    STRUCTSEQ("os.statvfs_result", "What statvfs() tells of a file system.", statvfs_fields, 10, 11, 0);

static Value nanoseconds(Thread *t, struct timespec ts)
{
    return int_from_int64(t, (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec);
}
static Value seconds(struct timespec ts) { return value_from_double((double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec); }

Value posix_stat_value(Thread *t, const struct stat *st)
{
    Value v = structseq_new(t, posix_state(t)->stat_result);
    if (value_is_empty(v))
        return v;
    const Value fields[] = {value_from_int(st->st_mode),
                            int_from_uint64(t, st->st_ino),
                            int_from_uint64(t, st->st_dev),
                            int_from_uint64(t, st->st_nlink),
                            int_from_uint64(t, st->st_uid),
                            int_from_uint64(t, st->st_gid),
                            int_from_int64(t, st->st_size),
                            int_from_int64(t, st->st_atim.tv_sec),
                            int_from_int64(t, st->st_mtim.tv_sec),
                            int_from_int64(t, st->st_ctim.tv_sec),
                            seconds(st->st_atim),
                            seconds(st->st_mtim),
                            seconds(st->st_ctim),
                            nanoseconds(t, st->st_atim),
                            nanoseconds(t, st->st_mtim),
                            nanoseconds(t, st->st_ctim),
                            int_from_int64(t, st->st_blksize),
                            int_from_int64(t, st->st_blocks),
                            int_from_uint64(t, st->st_rdev)};
    for (uint32_t i = 0; i < sizeof fields / sizeof *fields; i++)
        structseq_set_take(v, i, fields[i]);
    return structseq_finish_take(t, v);
}

static Value do_stat(Thread *t, const char *function, Value path, Value dir_fd, bool follow)
{
    PosixPath p;
    struct stat st;
    int fd, result;
    if (posix_path(t, path, function, "path", PATH_FD, &p) < 0)
        return VALUE_EMPTY;
    if (posix_dir_fd(t, dir_fd, &fd) < 0) {
        posix_path_release(t, &p);
        return VALUE_EMPTY;
    }
    if (p.fd >= 0 && fd != AT_FDCWD)
        return error_set(t, EXC_ValueError, "%s: can't specify dir_fd without matching path", function);
    if (p.fd >= 0 && !follow)
        return error_set(t, EXC_ValueError, "%s: cannot use fd and follow_symlinks together", function);
    thread_detach(t, EVENT_IO);
    result = p.fd >= 0 ? fstat(p.fd, &st) : fstatat(fd, p.text, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    thread_attach(t);
    Value v = result < 0 ? posix_path_error(t, &p, NULL) : posix_stat_value(t, &st);
    posix_path_release(t, &p);
    return v;
}

NATIVE(posix_stat, "stat", "($module, /, path, *, dir_fd=None, follow_symlinks=True)",
       "Tells mode, size, times and so on of a file.")
{
    int follow = argument_bool(t, args[3], 1);
    return follow < 0 ? VALUE_EMPTY : do_stat(t, "stat", args[1], args[2], follow);
}
NATIVE(posix_lstat, "lstat", "($module, /, path, *, dir_fd=None)", "Like stat(), but tells of a symbolic link itself.")
{
    if (int_check(args[1]))
        return error_set(t, EXC_TypeError, "lstat: path should be string, bytes or os.PathLike, not int");
    return do_stat(t, "lstat", args[1], args[2], false);
}
NATIVE(posix_fstat, "fstat", "($module, /, fd)", "Tells of the file behind a descriptor.")
{
    int fd, result;
    struct stat st;
    if (int_to_int(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    POSIX_BLOCKING(t, result, fstat(fd, &st));
    return result < 0 ? posix_error(t) : posix_stat_value(t, &st);
}

static Value statvfs_value(Thread *t, const struct statvfs *s)
{
    Value v = structseq_new(t, posix_state(t)->statvfs_result);
    if (value_is_empty(v))
        return v;
    const uint64_t fields[] = {s->f_bsize, s->f_frsize, s->f_blocks, s->f_bfree,   s->f_bavail, s->f_files,
                               s->f_ffree, s->f_favail, s->f_flag,   s->f_namemax, s->f_fsid};
    for (uint32_t i = 0; i < 11; i++)
        structseq_set_take(v, i, int_from_uint64(t, fields[i]));
    return structseq_finish_take(t, v);
}
NATIVE(posix_statvfs, "statvfs", "($module, /, path)", "Tells of the file system that a file is on.")
{
    PosixPath p;
    struct statvfs s;
    int result;
    if (posix_path(t, args[1], "statvfs", "path", PATH_FD, &p) < 0)
        return VALUE_EMPTY;
    POSIX_BLOCKING(t, result, p.fd >= 0 ? fstatvfs(p.fd, &s) : statvfs(p.text, &s));
    Value v = result < 0 ? posix_path_error(t, &p, NULL) : statvfs_value(t, &s);
    posix_path_release(t, &p);
    return v;
}
NATIVE(posix_fstatvfs, "fstatvfs", "($module, fd, /)", "Tells of the file system behind a descriptor.")
{
    int fd, result;
    struct statvfs s;
    if (int_to_int(t, args[1], &fd) < 0)
        return VALUE_EMPTY;
    POSIX_BLOCKING(t, result, fstatvfs(fd, &s));
    return result < 0 ? posix_error(t) : statvfs_value(t, &s);
}

NATIVE(posix_access, "access", "($module, /, path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)",
       "Whether the process may use a file so.")
{
    PosixPath p;
    int mode, fd, result, effective = argument_bool(t, args[4], 0), follow = argument_bool(t, args[5], 1);
    if (effective < 0 || follow < 0 || int_to_int(t, args[2], &mode) < 0 || posix_dir_fd(t, args[3], &fd) < 0 ||
        posix_path(t, args[1], "access", "path", 0, &p) < 0)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    result = faccessat(fd, p.text, mode, (effective ? AT_EACCESS : 0) | (follow ? 0 : AT_SYMLINK_NOFOLLOW));
    thread_attach(t);
    posix_path_release(t, &p);
    return value_from_bool(result == 0);
}

NATIVE(posix_chmod, "chmod", "($module, /, path, mode, *, dir_fd=None, follow_symlinks=True)",
       "Changes the access rights of a file.")
{
    PosixPath p;
    int mode, fd, result, follow = argument_bool(t, args[4], 1);
    if (follow < 0 || int_to_int(t, args[2], &mode) < 0 || posix_dir_fd(t, args[3], &fd) < 0 ||
        posix_path(t, args[1], "chmod", "path", PATH_FD, &p) < 0)
        return VALUE_EMPTY;
    result = audit(t, "os.chmod", "Nii", posix_path_value(t, &p), mode, posix_dir_told(fd));
    if (result == 0) {
        thread_detach(t, EVENT_IO);
        result = p.fd >= 0 ? fchmod(p.fd, (mode_t)mode)
                           : fchmodat(fd, p.text, (mode_t)mode, follow ? 0 : AT_SYMLINK_NOFOLLOW);
        thread_attach(t);
    }
    /* A link's own rights cannot be changed on Linux. */
    if (result < 0 && !follow && !error_pending(t) && errno == EOPNOTSUPP) {
        if (fd == AT_FDCWD)
            error_set(t, EXC_NotImplementedError, "chmod: follow_symlinks unavailable on this platform");
        else
            error_set(t, EXC_ValueError, "chmod: cannot use dir_fd and follow_symlinks together");
    }
    Value v = result < 0 ? posix_path_error(t, &p, NULL) : VALUE_NONE;
    posix_path_release(t, &p);
    return v;
}
NATIVE(posix_fchmod, "fchmod", "($module, /, fd, mode)", "Changes the access rights of an open file.")
{
    int fd, mode, result;
    if (int_to_int(t, args[1], &fd) < 0 || int_to_int(t, args[2], &mode) < 0)
        return VALUE_EMPTY;
    result = audit(t, "os.chmod", "iii", fd, mode, -1);
    if (result == 0)
        POSIX_BLOCKING(t, result, fchmod(fd, (mode_t)mode));
    return result < 0 ? posix_error(t) : VALUE_NONE;
}

static int id_argument(Thread *t, Value v, uint32_t *id)
{
    int64_t i;
    if (int_to_int64(t, v, &i) < 0)
        return -1;
    if (i < -1 || i > UINT32_MAX)
        return error_set(t, EXC_OverflowError, i < -1 ? "uid is less than minimum" : "uid is greater than maximum"), -1;
    *id = (uint32_t)i;
    return 0;
}
#define TELL_CHOWN(target, uid, gid, dir) audit(t, "os.chown", "Nlli", target, (int64_t)(uid), (int64_t)(gid), dir)
NATIVE(posix_chown, "chown", "($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)",
       "Changes owner and group of a file.")
{
    PosixPath p;
    uint32_t uid, gid;
    int fd, result, follow = argument_bool(t, args[5], 1);
    if (follow < 0 || id_argument(t, args[2], &uid) < 0 || id_argument(t, args[3], &gid) < 0 ||
        posix_dir_fd(t, args[4], &fd) < 0 || posix_path(t, args[1], "chown", "path", PATH_FD, &p) < 0)
        return VALUE_EMPTY;
    result = TELL_CHOWN(posix_path_value(t, &p), uid, gid, posix_dir_told(fd));
    if (result == 0) {
        thread_detach(t, EVENT_IO);
        result = p.fd >= 0 ? fchown(p.fd, uid, gid) : fchownat(fd, p.text, uid, gid, follow ? 0 : AT_SYMLINK_NOFOLLOW);
        thread_attach(t);
    }
    Value v = result < 0 ? posix_path_error(t, &p, NULL) : VALUE_NONE;
    posix_path_release(t, &p);
    return v;
}
NATIVE(posix_lchown, "lchown", "($module, /, path, uid, gid)",
       "Changes owner and group of a file, not following symbolic links.")
{
    PosixPath p;
    uint32_t uid, gid;
    int result;
    if (id_argument(t, args[2], &uid) < 0 || id_argument(t, args[3], &gid) < 0 ||
        posix_path(t, args[1], "lchown", "path", 0, &p) < 0)
        return VALUE_EMPTY;
    result = TELL_CHOWN(posix_path_value(t, &p), uid, gid, -1);
    if (result == 0)
        POSIX_BLOCKING(t, result, lchown(p.text, uid, gid));
    Value v = result < 0 ? posix_path_error(t, &p, NULL) : VALUE_NONE;
    posix_path_release(t, &p);
    return v;
}
NATIVE(posix_fchown, "fchown", "($module, /, fd, uid, gid)", "Changes owner and group of an open file.")
{
    int fd, result;
    uint32_t uid, gid;
    if (int_to_int(t, args[1], &fd) < 0 || id_argument(t, args[2], &uid) < 0 || id_argument(t, args[3], &gid) < 0)
        return VALUE_EMPTY;
    result = TELL_CHOWN(value_from_int(fd), uid, gid, -1);
    if (result == 0)
        POSIX_BLOCKING(t, result, fchown(fd, uid, gid));
    return result < 0 ? posix_error(t) : VALUE_NONE;
}

/* Seconds as int or float, or nanoseconds. */
static int time_argument(Thread *t, Value v, bool is_ns, struct timespec *ts)
{
    if (is_ns) {
        int64_t ns;
        if (int_to_int64(t, v, &ns) < 0)
            return -1;
        ts->tv_sec = (time_t)(ns / 1000000000 - (ns % 1000000000 < 0));
        ts->tv_nsec = (long)(ns - (int64_t)ts->tv_sec * 1000000000);
        return 0;
    }
    if (int_check(v)) {
        int64_t s;
        if (int_to_int64(t, v, &s) < 0)
            return -1;
        *ts = (struct timespec){(time_t)s, 0};
        return 0;
    }
    double d = number_to_double(t, v);
    if (error_pending(t))
        return -1;
    double whole = __builtin_floor(d);
    if (d != d)
        return error_set(t, EXC_ValueError, "Invalid value NaN (not a number)"), -1;
    if (!(whole > -9.3e18 && whole < 9.3e18))
        return error_set(t, EXC_OverflowError, "timestamp out of range for platform time_t"), -1;
    ts->tv_sec = (time_t)whole;
    ts->tv_nsec = (long)((d - whole) * 1e9);
    return 0;
}
NATIVE(posix_utime, "utime",
       "($module, /, path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)",
       "Sets the times of access and modification.")
{
    PosixPath p;
    struct timespec ts[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    int fd, result, follow = argument_bool(t, args[5], 1);
    bool has_times = !value_is_empty(args[2]) && !value_is_none(args[2]), has_ns = !value_is_empty(args[3]);
    if (has_times && has_ns)
        return error_set(t, EXC_ValueError, "utime: you may specify either 'times' or 'ns' but not both");
    Value pair = has_ns ? args[3] : args[2];
    if ((has_times || has_ns) && (!tuple_check_exact(pair) || tuple_length(pair) != 2))
        return error_set(t, EXC_TypeError,
                         has_ns ? "utime: 'ns' must be a tuple of two ints"
                                : "utime: 'times' must be either a tuple of two ints or None");
    for (int i = 0; i < 2 && (has_times || has_ns); i++)
        if (time_argument(t, tuple_peek(pair, (size_t)i), has_ns, &ts[i]) < 0)
            return VALUE_EMPTY;
    if (follow < 0 || posix_dir_fd(t, args[4], &fd) < 0 || posix_path(t, args[1], "utime", "path", PATH_FD, &p) < 0)
        return VALUE_EMPTY;
    result = audit(t, "os.utime", "NOOi", posix_path_value(t, &p), args[2], args[3], posix_dir_told(fd));
    if (result == 0)
        POSIX_BLOCKING(t, result,
                       p.fd >= 0 ? futimens(p.fd, ts) : utimensat(fd, p.text, ts, follow ? 0 : AT_SYMLINK_NOFOLLOW));
    Value v = result < 0 ? posix_path_error(t, &p, NULL) : VALUE_NONE;
    posix_path_release(t, &p);
    return v;
}

/* ---- tests of posixpath: False for anything that is not there ---- */

static Value path_test(Thread *t, Value v, const char *function, bool follow, bool (*test)(mode_t))
{
    PosixPath p;
    struct stat st;
    if (posix_path(t, v, function, "path", PATH_FD, &p) < 0) {
        if (error_matches(t, EXC_ValueError)) {
            error_clear(t);
            return VALUE_FALSE;
        }
        return VALUE_EMPTY;
    }
    thread_detach(t, EVENT_IO);
    int result = p.fd >= 0 ? fstat(p.fd, &st) : fstatat(AT_FDCWD, p.text, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    thread_attach(t);
    posix_path_release(t, &p);
    return value_from_bool(result == 0 && test(st.st_mode));
}
static bool is_any(mode_t m) { return true; }
static bool is_dir(mode_t m) { return S_ISDIR(m); }
static bool is_file(mode_t m) { return S_ISREG(m); }
static bool is_link(mode_t m) { return S_ISLNK(m); }
NATIVE(posix_path_exists, "_path_exists", "($module, path, /)", "Whether a path exists.")
{
    return path_test(t, args[1], "exists", true, is_any);
}
NATIVE(posix_path_lexists, "_path_lexists", "($module, path, /)", "Whether a path exists, be it a broken link.")
{
    return path_test(t, args[1], "lexists", false, is_any);
}
NATIVE(posix_path_isdir, "_path_isdir", "($module, path, /)", "Whether a path is a directory.")
{
    return path_test(t, args[1], "isdir", true, is_dir);
}
NATIVE(posix_path_isfile, "_path_isfile", "($module, path, /)", "Whether a path is a regular file.")
{
    return path_test(t, args[1], "isfile", true, is_file);
}
NATIVE(posix_path_islink, "_path_islink", "($module, path, /)", "Whether a path is a symbolic link.")
{
    return path_test(t, args[1], "islink", false, is_link);
}

/* "//x" has the root "//", "///x" the root "/" (POSIX). */
static size_t root_length(const char *text, size_t n)
{
    if (n == 0 || text[0] != '/')
        return 0;
    return n >= 2 && text[1] == '/' && !(n >= 3 && text[2] == '/') ? 2 : 1;
}

NATIVE(posix_path_splitroot_ex, "_path_splitroot_ex", "($module, p, /)", "Splits a path into drive, root and tail.")
{
    PosixPath p;
    if (posix_path(t, args[1], "_path_splitroot_ex", "p", PATH_LOOK, &p) < 0)
        return VALUE_EMPTY;
    size_t length = bytes_of(p.owner)->length, root = root_length(p.text, length);
    Value parts[3] = {posix_path_result(t, &p, "", 0), posix_path_result(t, &p, p.text, root),
                      posix_path_result(t, &p, p.text + root, length - root)};
    posix_path_release(t, &p);
    return tuple_from_array_take(t, parts, 3);
}
NATIVE(posix_path_normpath, "_path_normpath", "($module, path, /)", "Removes doubled slashes and . and .. from a path.")
{
    PosixPath p;
    if (posix_path(t, args[1], "_path_normpath", "path", PATH_LOOK, &p) < 0)
        return VALUE_EMPTY;
    const char *text = p.text;
    size_t size = bytes_of(p.owner)->length, root = root_length(text, size), out = root;
    char *buffer = alloc_memory(t, size + 2);
    if (!buffer) {
        posix_path_release(t, &p);
        return VALUE_EMPTY;
    }
    memset(buffer, '/', root);
    for (size_t i = 0; i < size;) {
        while (i < size && text[i] == '/')
            i++;
        size_t start = i;
        while (i < size && text[i] != '/')
            i++;
        size_t length = i - start;
        if (length == 0 || (length == 1 && text[start] == '.'))
            continue;
        if (length == 2 && text[start] == '.' && text[start + 1] == '.') {
            size_t last = out;
            while (last > root && buffer[last - 1] != '/')
                last--;
            bool up = out - last == 2 && buffer[last] == '.' && buffer[last + 1] == '.';
            if (out > root && !up) { /* drops the component before */
                out = last > root ? last - 1 : root;
                continue;
            }
            if (root)
                continue;
        }
        if (out > root)
            buffer[out++] = '/';
        memcpy(buffer + out, text + start, length);
        out += length;
    }
    if (out == 0)
        buffer[out++] = '.';
    Value v = posix_path_result(t, &p, buffer, out);
    alloc_memory_free(t, buffer);
    posix_path_release(t, &p);
    return v;
}

const NativeDef *const posix_stat_methods[] = {&native_posix_stat,          &native_posix_lstat,
                                               &native_posix_fstat,         &native_posix_statvfs,
                                               &native_posix_fstatvfs,      &native_posix_access,
                                               &native_posix_chmod,         &native_posix_fchmod,
                                               &native_posix_chown,         &native_posix_lchown,
                                               &native_posix_fchown,        &native_posix_utime,
                                               &native_posix_path_exists,   &native_posix_path_lexists,
                                               &native_posix_path_isdir,    &native_posix_path_isfile,
                                               &native_posix_path_islink,   &native_posix_path_splitroot_ex,
                                               &native_posix_path_normpath, NULL};

int posix_stat_types(Thread *t, Value module)
{
    PosixState *s = posix_state(t);
    s->stat_result = structseq_type(t, &stat_spec);
    s->statvfs_result = structseq_type(t, &statvfs_spec);
    if (!s->stat_result || !s->statvfs_result)
        return -1;
    return module_add_take(t, module, "stat_result", ref_inc(t, value_of(s->stat_result))) < 0
               ? -1
               : module_add_take(t, module, "statvfs_result", ref_inc(t, value_of(s->statvfs_result)));
}
