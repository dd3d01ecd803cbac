/* io_file.c: FileIO: a file descriptor as a raw stream.
 *
 * Every system call that may block is made detached from the interpreter, and again after a signal (PEP 475).  The descriptor is one word: a close() in another thread
 * makes later calls fail, as it does for the system.
 * Locks: none.  Read next: io_buffered.c. */
#include "mod__io.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "posix_path.h"
#include "../object/audit.h"

#define TRANSFER_MAX INT32_MAX /* bytes of one read or write */

static inline int fd_of(FileIO *f) { return atomic_load_explicit(&f->fd, memory_order_relaxed); }

static Value closed_error(Thread *t) { return error_set(t, EXC_ValueError, "I/O operation on closed file"); }
static Value mode_error(Thread *t, const char *action)
{
    return error_set_type(t, io_state(t)->unsupported, "File not open for %s", action);
}
static int check_open(Thread *t, FileIO *f)
{
    if (LIKELY(fd_of(f) >= 0))
        return 0;
    closed_error(t);
    return -1;
}

/* ---- system calls ---- */

int64_t io_file_read(Thread *t, FileIO *f, void *data, size_t n)
{
    ssize_t got;
    int fd = fd_of(f);
    if (UNLIKELY(fd < 0))
        return closed_error(t), -1;
    if (UNLIKELY(!f->readable))
        return mode_error(t, "reading"), -1;
    POSIX_BLOCKING(t, got, read(fd, data, n > TRANSFER_MAX ? TRANSFER_MAX : n));
    if (LIKELY(got >= 0))
        return got;
    if (!error_pending(t) && (errno == EAGAIN || errno == EWOULDBLOCK))
        return IO_WOULD_BLOCK;
    posix_error(t);
    return -1;
}

int64_t io_file_write(Thread *t, FileIO *f, const void *data, size_t n)
{
    ssize_t put;
    int fd = fd_of(f);
    if (UNLIKELY(fd < 0))
        return closed_error(t), -1;
    if (UNLIKELY(!f->writable))
        return mode_error(t, "writing"), -1;
    POSIX_BLOCKING(t, put, write(fd, data, n > TRANSFER_MAX ? TRANSFER_MAX : n));
    if (LIKELY(put >= 0))
        return put;
    if (!error_pending(t) && (errno == EAGAIN || errno == EWOULDBLOCK))
        return IO_WOULD_BLOCK;
    posix_error(t);
    return -1;
}

/* lseek that lets errno tell: -1 without an exception. */
static int64_t move(Thread *t, FileIO *f, int64_t offset, int whence)
{
    int fd = fd_of(f);
    thread_detach(t, EVENT_IO);
    off_t result = lseek(fd, offset, whence);
    thread_attach(t);
    if (f->seekable < 0)
        f->seekable = result >= 0;
    return result;
}

int64_t io_file_seek(Thread *t, FileIO *f, int64_t offset, int whence)
{
    if (check_open(t, f) < 0)
        return -1;
    int64_t result = move(t, f, offset, whence);
    if (result < 0)
        error_from_errno(t, errno);
    return result;
}

int io_file_seekable(Thread *t, FileIO *f)
{
    if (check_open(t, f) < 0)
        return -1;
    if (f->seekable < 0)
        move(t, f, 0, SEEK_CUR);
    return f->seekable;
}

static int close_fd(Thread *t, FileIO *f)
{
    int fd = atomic_exchange(&f->fd, -1), result = 0;
    if (fd < 0)
        return 0;
    thread_detach(t, EVENT_IO);
    result = close(fd); /* never again: the descriptor is gone even when interrupted */
    thread_attach(t);
    if (result == 0 || errno == EINTR)
        return 0;
    error_from_errno(t, errno);
    return -1;
}

/* ---- opening ---- */

/* Reads a mode into the fields and returns open()'s flags, or -1. */
static int parse_mode(Thread *t, FileIO *f, const char *mode)
{
    int flags = O_CLOEXEC;
    bool main_seen = false, plus = false;
    for (const char *c = mode; *c; c++) {
        if (*c == 'b')
            continue;
        bool *mark = *c == '+' ? &plus : &main_seen;
        if (!strchr("xrwa+", *c))
            return error_set(t, EXC_ValueError, "invalid mode: %.200s", mode), -1;
        if (*mark)
            return error_set(t, EXC_ValueError,
                             "Must have exactly one of create/read/write/append mode and at most one plus"),
                   -1;
        *mark = true;
        switch (*c) {
        case 'x':
            f->created = f->writable = true;
            flags |= O_EXCL | O_CREAT;
            break;
        case 'r': f->readable = true; break;
        case 'w':
            f->writable = true;
            flags |= O_CREAT | O_TRUNC;
            break;
        case 'a':
            f->writable = f->appending = true;
            flags |= O_APPEND | O_CREAT;
            break;
        default: f->readable = f->writable = true;
        }
    }
    if (!main_seen)
        return error_set(t, EXC_ValueError,
                         "Must have exactly one of create/read/write/append mode and at most one plus"),
               -1;
    return flags | (f->readable && f->writable ? O_RDWR : f->readable ? O_RDONLY : O_WRONLY);
}

static int open_path(Thread *t, FileIO *f, Value name, Value path, int flags)
{
    int fd;
    POSIX_BLOCKING(t, fd, open((const char *)bytes_of(path)->data, flags, 0666));
    if (fd < 0) {
        if (!error_pending(t))
            error_from_errno_path(t, errno, name, VALUE_EMPTY);
        return -1;
    }
    f->fd = fd;
    return 0;
}

static int open_by(Thread *t, FileIO *f, Value name, Value opener, int flags)
{
    int fd;
    Value result = object_call2(t, opener, name, value_from_int(flags));
    if (value_is_empty(result))
        return -1;
    if (!int_check(result)) {
        ref_dec(t, result);
        return error_set(t, EXC_TypeError, "expected integer from opener"), -1;
    }
    int status = int_to_int(t, result, &fd);
    ref_dec(t, result);
    if (status < 0)
        return -1;
    if (fd < 0) /* an opener may behave badly */
        return error_set(t, EXC_ValueError, "opener returned %d", fd), -1;
    f->fd = fd;
    int now = fcntl(fd, F_GETFD);
    if (now < 0 || (!(now & FD_CLOEXEC) && fcntl(fd, F_SETFD, now | FD_CLOEXEC) < 0))
        return error_from_errno(t, errno), -1;
    return 0;
}

/* What fstat tells when a file is opened. */
static int look_at(Thread *t, FileIO *f, Value name)
{
    struct stat st;
    int result, fd = fd_of(f);
    f->blksize = IO_BUFFER_SIZE;
    f->regular = 0;
    f->size_hint = -1;
    thread_detach(t, EVENT_IO);
    result = fstat(fd, &st);
    thread_attach(t);
    if (result < 0) {
        if (errno != EBADF)
            return 0;
        error_from_errno(t, errno);
        return -1;
    }
    if (S_ISDIR(st.st_mode))
        return error_from_errno_path(t, EISDIR, name, VALUE_EMPTY), -1;
    if (st.st_blksize > 1)
        f->blksize = (int32_t)st.st_blksize;
    f->regular = S_ISREG(st.st_mode) ? 1 : S_ISCHR(st.st_mode) ? 2 : 0;
    if (f->regular == 1)
        f->size_hint = st.st_size;
    return 0;
}

/* The argument `file` as a descriptor: 1, 0 when it is none, -1. */
static int file_descriptor(Thread *t, Value file, int *fd)
{
    if (value_is_bool(file) && error_warn(t, EXC_RuntimeWarning, 1, "bool is used as a file descriptor") < 0)
        return -1;
    if (!int_check(file) && !type_of(t, file)->slots.index)
        return 0;
    if (int_to_int(t, file, fd) < 0) {
        error_clear(t);
        return 0;
    }
    if (*fd < 0)
        return error_set(t, EXC_ValueError, "negative file descriptor"), -1;
    return 1;
}

static int file_open(Thread *t, FileIO *f, Value file, const char *mode, int closefd, Value opener)
{
    if (fd_of(f) >= 0) {
        if (f->closefd) {
            if (close_fd(t, f) < 0)
                return -1;
        } else {
            f->fd = -1;
        }
    }
    int given = -1, is_fd = file_descriptor(t, file, &given);
    if (is_fd < 0)
        return -1;
    Value path = is_fd ? VALUE_EMPTY : str_to_fs(t, file);
    if (!is_fd && value_is_empty(path))
        return -1;
    f->created = f->readable = f->writable = f->appending = false;
    f->seekable = -1;
    f->closefd = closefd;
    int flags = parse_mode(t, f, mode), status = flags < 0 ? -1 : audit(t, "open", "Osi", file, mode, flags);
    if (status == 0 && is_fd) {
        f->fd = given;
    } else if (status == 0) {
        f->closefd = true;
        if (!closefd)
            status = (error_set(t, EXC_ValueError, "Cannot use closefd=False with file name"), -1);
        else if (value_is_empty(opener) || value_is_none(opener))
            status = open_path(t, f, file, path, flags);
        else
            status = open_by(t, f, file, opener, flags);
    }
    ref_dec(t, path);
    if (status == 0)
        status = look_at(t, f, file);
    if (status == 0)
        status = object_setattr(t, value_of(f), ID(t, name), file);
    if (status == 0 && f->appending && move(t, f, 0, SEEK_END) < 0 && errno != ESPIPE)
        status = (error_from_errno(t, errno), -1);
    if (status == 0)
        return 0;
    Value exc = error_take(t);
    if (is_fd) /* it belongs to the caller */
        f->fd = -1;
    else if (close_fd(t, f) < 0)
        error_clear(t);
    error_restore_take(t, exc);
    return -1;
}

static Value file_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    FileIO *f = type_alloc(t, type, 0);
    if (!f)
        return VALUE_EMPTY;
    f->fd = -1;
    f->seekable = -1;
    f->closefd = true;
    f->blksize = IO_BUFFER_SIZE;
    return value_of(f);
}

static int file_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value out[4], owner;
    if (native_parse(t, "FileIO", "(file, mode='r', closefd=True, opener=None)", args, n, names, out) < 0)
        return -1;
    int closefd = argument_bool(t, out[2], 1);
    if (value_is_double(out[0]))
        return error_set(t, EXC_TypeError, "expected str, bytes or os.PathLike object, not float"), -1;
    const char *mode = value_is_empty(out[1]) ? (owner = VALUE_EMPTY, "r")
                                              : argument_string(t, out[1], "FileIO", "argument 'mode'", &owner);
    if (closefd < 0 || !mode)
        return -1;
    int status = file_open(t, io_file(self), out[0], mode, closefd, out[3]);
    ref_dec(t, owner);
    return status;
}

Value io_file_new(Thread *t, Value file, const char *mode, Value closefd, Value opener)
{
    int own = argument_bool(t, closefd, 1);
    if (own < 0)
        return VALUE_EMPTY;
    Value v = file_create(t, io_state(t)->file, NULL, 0, VALUE_EMPTY);
    if (value_is_empty(v) || file_open(t, io_file(v), file, mode, own, opener) == 0)
        return v;
    Value exc = error_take(t);
    ref_dec(t, v);
    error_restore_take(t, exc);
    return VALUE_EMPTY;
}

/* ---- closing ---- */

static void warn_unclosed(Thread *t, FileIO *f, Value source)
{
    if (fd_of(f) < 0 || !f->closefd)
        return;
    Value pending = error_take(t);
    if (error_warn_resource(t, source, 1, "unclosed file %V", source) < 0) {
        if (error_matches(t, EXC_Warning)) /* turned into an error, which cannot be raised here */
            error_unraisable(t, VALUE_EMPTY, "Exception ignored while finalizing file %V", value_of(f));
        error_clear(t);
    }
    error_restore_take(t, pending);
}
NATIVE(fileio_dealloc_warn, "_dealloc_warn", "($self, source, /)", "ResourceWarning about a stream that is not closed.")
{
    warn_unclosed(t, io_file(args[0]), args[1]);
    return VALUE_NONE;
}

NATIVE(fileio_close, "close", "($self, /)", "Closes the file.\n\nClosing a closed one has no effect.")
{
    FileIO *f = io_file(args[0]);
    Value result = io_base_close(t, args[0]);
    if (!f->closefd) {
        f->fd = -1;
        return result;
    }
    Value exc = error_take(t);
    if (f->finalizing)
        warn_unclosed(t, f, args[0]);
    if (close_fd(t, f) < 0 || !value_is_empty(exc)) {
        ref_dec(t, result);
        if (error_pending(t))
            error_chain_context_take(t, exc);
        else
            error_restore_take(t, exc);
        return VALUE_EMPTY;
    }
    return result;
}

/* ---- reading and writing ---- */

Value io_file_readall(Thread *t, FileIO *f)
{
    if (check_open(t, f) < 0)
        return VALUE_EMPTY;
    if (!f->readable)
        return mode_error(t, "reading");
    /* One byte more than is expected, to see the end without growing. */
    int64_t expected = 0;
    if (f->regular == 1 && f->size_hint > 0) {
        int64_t at = f->size_hint <= 65536 ? 0 : move(t, f, 0, SEEK_CUR);
        if (at >= 0 && at < f->size_hint)
            expected = f->size_hint - at;
    }
    BytesBuilder all = {0};
    size_t room = expected > 0 ? (size_t)expected + 1 : 8192;
    for (;;) {
        uint8_t *at = bytesbuilder_reserve(t, &all, room);
        if (!at)
            goto fail;
        size_t capacity = all.capacity - all.length;
        int64_t got = io_file_read(t, f, at, capacity);
        if (got == IO_WOULD_BLOCK) {
            if (all.length)
                break;
            bytesbuilder_discard(t, &all);
            return VALUE_NONE;
        }
        if (got < 0)
            goto fail;
        if (got == 0)
            break;
        all.length += (size_t)got;
        room = all.length < all.capacity ? 1 : all.length < 65536 ? 65536 : all.length / 2;
    }
    return bytesbuilder_finish(t, &all);
fail:
    bytesbuilder_discard(t, &all);
    return VALUE_EMPTY;
}
NATIVE(fileio_readall, "readall", "($self, /)",
       "Reads all until the end, as bytes.\n\nFrom a stream that does not block: what there is, or None if there is "
       "nothing yet.")
{
    return io_file_readall(t, io_file(args[0]));
}

NATIVE(fileio_read, "read", "($self, size=-1, /)",
       "Reads at most `size` bytes with one system call; without it, or with a negative one, all.\n\nNone if there is "
       "nothing yet in a stream that does not block.")
{
    FileIO *f = io_file(args[0]);
    int64_t size;
    if (check_open(t, f) < 0)
        return VALUE_EMPTY;
    if (!f->readable)
        return mode_error(t, "reading");
    if (io_size(t, args[1], -1, &size) < 0)
        return VALUE_EMPTY;
    if (size < 0)
        return io_call(t, args[0], ID(t, readall));
    if (size == 0)
        return ref_inc(t, t->interp->empty_bytes);
    if (size > TRANSFER_MAX)
        size = TRANSFER_MAX;
    if (size == 1) { /* one-byte objects are shared */
        uint8_t byte;
        int64_t got = io_file_read(t, f, &byte, 1);
        return got == IO_WOULD_BLOCK ? VALUE_NONE : got < 0 ? VALUE_EMPTY : bytes_new(t, &byte, (size_t)got);
    }
    Value data = bytes_new(t, NULL, (size_t)size);
    if (value_is_empty(data))
        return data;
    int64_t got = io_file_read(t, f, bytes_of(data)->data, (size_t)size);
    if (got < 0) {
        ref_dec(t, data);
        return got == IO_WOULD_BLOCK ? VALUE_NONE : VALUE_EMPTY;
    }
    return bytes_resize_take(t, data, (size_t)got);
}

NATIVE(fileio_readinto, "readinto", "($self, buffer, /)",
       "Reads into a buffer with one system call and returns the number of bytes.\n\nNone if there is nothing yet in a "
       "stream that does not block.")
{
    FileIO *f = io_file(args[0]);
    if (check_open(t, f) < 0)
        return VALUE_EMPTY;
    if (!f->readable)
        return mode_error(t, "reading");
    Buffer view;
    if (argument_buffer_writable(t, args[1], "readinto", "argument", &view) < 0)
        return VALUE_EMPTY;
    int64_t got = io_file_read(t, f, view.data, view.length);
    buffer_release(t, &view);
    return got == IO_WOULD_BLOCK ? VALUE_NONE : got < 0 ? VALUE_EMPTY : value_from_int(got);
}

NATIVE(fileio_write, "write", "($self, b, /)",
       "Writes bytes with one system call and returns how many were written.\n\nNone if a stream that does not block "
       "takes nothing now.")
{
    FileIO *f = io_file(args[0]);
    if (check_open(t, f) < 0)
        return VALUE_EMPTY;
    if (!f->writable)
        return mode_error(t, "writing");
    Buffer view;
    if (buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    int64_t put = io_file_write(t, f, view.data, view.length);
    buffer_release(t, &view);
    return put == IO_WOULD_BLOCK ? VALUE_NONE : put < 0 ? VALUE_EMPTY : value_from_int(put);
}

/* ---- positions ---- */

NATIVE(fileio_seek, "seek", "($self, pos, whence=0, /)",
       "Moves the position and returns it.\n\nwhence: 0 relative to the start, 1 to the current position, 2 to the "
       "end. Not all files can do it.")
{
    FileIO *f = io_file(args[0]);
    int64_t offset;
    int whence;
    if (argument_int(t, args[2], 0, &whence) < 0 || check_open(t, f) < 0)
        return VALUE_EMPTY;
    if (value_is_double(args[1]) || object_is(args[1], KIND_FLOAT))
        return error_set(t, EXC_TypeError, "an integer is required");
    if (int_to_int64(t, args[1], &offset) < 0)
        return VALUE_EMPTY;
    int64_t at = io_file_seek(t, f, offset, whence);
    return at < 0 ? VALUE_EMPTY : int_from_int64(t, at);
}

NATIVE(fileio_tell, "tell", "($self, /)", "The current position.\n\nOSError if the file has none.")
{
    int64_t at = io_file_seek(t, io_file(args[0]), 0, SEEK_CUR);
    return at < 0 ? VALUE_EMPTY : int_from_int64(t, at);
}

NATIVE(fileio_truncate, "truncate", "($self, size=None, /)",
       "Sets the file's size, to the current position by default, and returns it.\n\nThe position stays.")
{
    FileIO *f = io_file(args[0]);
    int64_t size;
    int result, fd = fd_of(f);
    if (fd < 0)
        return closed_error(t);
    if (!f->writable)
        return mode_error(t, "writing");
    if (value_is_empty(args[1]) || value_is_none(args[1]))
        size = io_file_seek(t, f, 0, SEEK_CUR);
    else if (int_to_int64(t, args[1], &size) < 0)
        return VALUE_EMPTY;
    if (error_pending(t))
        return VALUE_EMPTY;
    f->size_hint = -1;
    POSIX_BLOCKING(t, result, ftruncate(fd, size));
    return result < 0 ? posix_error(t) : int_from_int64(t, size);
}

/* ---- attributes ---- */

NATIVE(fileio_readable, "readable", "($self, /)", "Whether the file was opened for reading.")
{
    return check_open(t, io_file(args[0])) < 0 ? VALUE_EMPTY : value_from_bool(io_file(args[0])->readable);
}
NATIVE(fileio_writable, "writable", "($self, /)", "Whether the file was opened for writing.")
{
    return check_open(t, io_file(args[0])) < 0 ? VALUE_EMPTY : value_from_bool(io_file(args[0])->writable);
}
NATIVE(fileio_seekable, "seekable", "($self, /)", "Whether the position can be moved.")
{
    int seekable = io_file_seekable(t, io_file(args[0]));
    return seekable < 0 ? VALUE_EMPTY : value_from_bool(seekable);
}
NATIVE(fileio_fileno, "fileno", "($self, /)", "The file descriptor.")
{
    return check_open(t, io_file(args[0])) < 0 ? VALUE_EMPTY : value_from_int(fd_of(io_file(args[0])));
}

static int is_terminal(Thread *t, FileIO *f)
{
    if (check_open(t, f) < 0)
        return -1;
    int fd = fd_of(f);
    thread_detach(t, EVENT_IO);
    int result = isatty(fd);
    thread_attach(t);
    return result == 1;
}
int io_file_isatty_at_open(Thread *t, FileIO *f) { return f->regular == 1 ? 0 : is_terminal(t, f); }

NATIVE(fileio_isatty, "isatty", "($self, /)", "Whether the file is a terminal.")
{
    int result = is_terminal(t, io_file(args[0]));
    return result < 0 ? VALUE_EMPTY : value_from_bool(result);
}
NATIVE(fileio_isatty_open_only, "_isatty_open_only", "($self, /)",
       "Whether the file is a terminal, as what is known since opening tells.")
{
    int result = io_file_isatty_at_open(t, io_file(args[0]));
    return result < 0 ? VALUE_EMPTY : value_from_bool(result);
}

static const char *mode_text(const FileIO *f)
{
    if (f->created)
        return f->readable ? "xb+" : "xb";
    if (f->appending)
        return f->readable ? "ab+" : "ab";
    return f->readable ? f->writable ? "rb+" : "rb" : "wb";
}

static Value file_repr(Thread *t, Value self)
{
    FileIO *f = io_file(self);
    Type *type = type_of(t, self);
    if (fd_of(f) < 0)
        return str_format(t, "<%N [closed]>", type);
    Value name, text = VALUE_EMPTY;
    int found = object_getattr_optional(t, self, ID(t, name), &name);
    if (found < 0)
        return VALUE_EMPTY;
    const char *closefd = f->closefd ? "True" : "False";
    if (!found)
        return str_format(t, "<%N fd=%d mode='%s' closefd=%s>", type, fd_of(f), mode_text(f), closefd);
    int entered = repr_enter(t, self);
    if (entered > 0)
        error_set(t, EXC_RuntimeError, "reentrant call inside %N.__repr__", type);
    if (entered == 0) {
        text = str_format(t, "<%N name=%V mode='%s' closefd=%s>", type, name, mode_text(f), closefd);
        repr_leave(t, self);
    }
    ref_dec(t, name);
    return text;
}

static Value get_closed(Thread *t, Value self) { return value_from_bool(fd_of(io_file(self)) < 0); }
static Value get_closefd(Thread *t, Value self) { return value_from_bool(io_file(self)->closefd); }
static Value get_mode(Thread *t, Value self) { return str_from_string(t, mode_text(io_file(self))); }

static const NativeDef *const methods[] = {
    &native_fileio_read,         &native_fileio_readall,
    &native_fileio_readinto,     &native_fileio_write,
    &native_fileio_seek,         &native_fileio_tell,
    &native_fileio_truncate,     &native_fileio_close,
    &native_fileio_seekable,     &native_fileio_readable,
    &native_fileio_writable,     &native_fileio_fileno,
    &native_fileio_isatty,       &native_fileio_isatty_open_only,
    &native_fileio_dealloc_warn, &io_cannot_pickle,
    &io_cannot_pickle_ex,        NULL,
};
static const GetSetDef getsets[] = {
    {"closed", get_closed, NULL, "Whether the file is closed."},
    {"closefd", get_closefd, NULL, "Whether close() closes the descriptor."},
    {"mode", get_mode, NULL, "The mode, as open() takes it."},
    {NULL, NULL, NULL, NULL},
};
static const MemberDef members[] = {
    {"_blksize", MEMBER_INT32, offsetof(FileIO, blksize), true, NULL},
    {"_finalizing", MEMBER_BOOL, offsetof(FileIO, finalizing), true, NULL},
    {NULL, 0, 0, false, NULL},
};

const TypeSpec io_file_spec = {
    .name = "_io.FileIO",
    .doc = "Opens a file as a raw stream of bytes.\n\n  file\n    a path, or the descriptor of an open file.\n  mode\n "
           "   one of 'r', 'w', 'x' and 'a' with or without '+', as for open(); always binary.\n"
           "  closefd\n    False: the given descriptor stays open.\n  opener\n    opener(file, flags) returns the "
           "descriptor instead of os.open.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(FileIO),
    .dict_offset = offsetof(FileIO, dict),
    .weak_offset = offsetof(FileIO, weakrefs),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .signature = "(file, mode='r', closefd=True, opener=None)",
    .slots =
        {
            .dealloc = io_head_clear,
            .traverse = io_head_traverse,
            .clear = io_head_clear,
            .finalize = io_base_finalize,
            .create = file_create,
            .init = file_init,
            .repr = file_repr,
        },
};
