/* mod_mmap.c: the module mmap: memory that files, or nothing, stand behind.
 *
 * Invariants.  `data` is NULL once closed.  While exports > 0 it neither moves nor goes.  With the lock off the memory is read and changed under the object's
 * lock, or through an export: closing takes the lock too, so nobody touches memory that is gone.  msync and the mapping itself are made detached. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../object/audit.h"
#include "../object/bytes.h"
#include "../object/container.h"
#include "../object/module.h"
#include "../thread/gil.h"
#include "argument.h"

typedef enum Access { ACCESS_DEFAULT, ACCESS_READ, ACCESS_WRITE, ACCESS_COPY } Access;

typedef struct Map {
    Object head;
    char *data;
    size_t size, position, exports;
    int64_t offset;
    int fd; /* ours; -1: none */
    int flags;
    bool track_fd;
    Access access;
    Object *weakrefs;
} Map;

typedef struct State {
    Type *map_type, *iterator_type; /* owned */
} State;
static State *state_of(Thread *t) { return t->interp->module_state[MODULE_mmap]; }
static Map *map_of(Value v) { return (Map *)value_object(v); }

/* ---- holding the memory ---- */

/* Under the lock: is it open? If not, unlocks and raises. */
static bool lock_open(Thread *t, Map *m)
{
    objlock_enter(t, m);
    if (LIKELY(m->data != NULL))
        return true;
    objlock_exit(t, m);
    error_set(t, EXC_ValueError, "mmap closed or invalid");
    return false;
}
static int check_open(Thread *t, Map *m)
{
    if (!lock_open(t, m))
        return -1;
    objlock_exit(t, m);
    return 0;
}
static int check_writable(Thread *t, const Map *m)
{
    if (m->access != ACCESS_READ)
        return 0;
    return error_set(t, EXC_TypeError, "mmap can't modify a readonly memory map."), -1;
}
/* Releases the lock and raises. */
static Value unlock_error(Thread *t, Map *m, ExceptionId id, const char *message)
{
    objlock_exit(t, m);
    return error_set(t, id, "%s", message);
}

/* ---- making and closing ---- */

static int bad_access(Thread *t) { return error_set(t, EXC_ValueError, "mmap invalid access parameter."), -1; }

/* The size to map, from the file behind fd; 0 means all that follows the offset. 0 or -1. */
static int find_size(Thread *t, int fd, int64_t offset, int64_t *size)
{
    struct stat st;
    thread_detach(t, EVENT_IO);
    int result = fstat(fd, &st);
    thread_attach(t);
    if (result < 0 || !S_ISREG(st.st_mode))
        return 0; /* mmap itself tells what is wrong */
    if (*size == 0) {
        if (st.st_size == 0)
            return error_set(t, EXC_ValueError, "cannot mmap an empty file"), -1;
        if (offset >= st.st_size)
            return error_set(t, EXC_ValueError, "mmap offset is greater than file size"), -1;
        *size = st.st_size - offset;
    } else if (offset > st.st_size || st.st_size - offset < *size) {
        return error_set(t, EXC_ValueError, "mmap length is greater than file size"), -1;
    }
    return 0;
}

static Value map_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value a[7];
    int fd, flags, prot, access, track;
    int64_t size, offset = 0;
    if (native_parse(t, "function",
                     "(fileno, length, flags=MAP_SHARED, prot=PROT_WRITE|PROT_READ, access=ACCESS_DEFAULT, offset=0, "
                     "*, trackfd=True)",
                     args, n, names, a) < 0 ||
        int_to_int(t, a[0], &fd) < 0 || argument_size(t, a[1], 0, &size) < 0 ||
        argument_int(t, a[2], MAP_SHARED, &flags) < 0 || argument_int(t, a[3], PROT_READ | PROT_WRITE, &prot) < 0 ||
        argument_int(t, a[4], ACCESS_DEFAULT, &access) < 0 ||
        (!value_is_empty(a[5]) && int_to_int64(t, a[5], &offset) < 0) || (track = argument_bool(t, a[6], 1)) < 0)
        return VALUE_EMPTY;
    if (size < 0)
        return error_set(t, EXC_OverflowError, "memory mapped length must be positive");
    if (offset < 0)
        return error_set(t, EXC_OverflowError, "memory mapped offset must be positive");
    if (access != ACCESS_DEFAULT && (flags != MAP_SHARED || prot != (PROT_READ | PROT_WRITE)))
        return error_set(t, EXC_ValueError, "mmap can't specify both access and flags, prot.");
    switch (access) {
    case ACCESS_READ: prot = PROT_READ; break;
    case ACCESS_COPY: flags = MAP_PRIVATE; break;
    case ACCESS_WRITE: break;
    case ACCESS_DEFAULT:
        if (!(prot & PROT_WRITE))
            access = ACCESS_READ;
        else if (!(prot & PROT_READ))
            access = ACCESS_WRITE;
        break;
    default: return bad_access(t), VALUE_EMPTY;
    }
    if (audit(t, "mmap.__new__", "ilil", fd, size, access, offset) < 0)
        return VALUE_EMPTY;
    if (fd != -1 && find_size(t, fd, offset, &size) < 0)
        return VALUE_EMPTY;
    Map *m = type_alloc(t, type, 0);
    if (!m)
        return VALUE_EMPTY;
    m->fd = -1;
    m->track_fd = track;
    m->access = (Access)access;
    m->offset = offset;
    if (fd == -1) {
        flags |= MAP_ANONYMOUS;
    } else if (track && (m->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0) {
        error_from_errno(t, errno);
        ref_dec_ptr(t, m);
        return VALUE_EMPTY;
    }
    m->flags = flags;
    thread_detach(t, EVENT_IO);
    void *data = mmap(NULL, (size_t)size, prot, flags, fd, offset);
    thread_attach(t);
    if (data == MAP_FAILED) {
        error_from_errno(t, errno);
        ref_dec_ptr(t, m);
        return VALUE_EMPTY;
    }
    m->data = data;
    m->size = (size_t)size;
    return value_of(m);
}

static void release_memory(char *data, size_t size, int fd)
{
    if (data)
        munmap(data, size);
    if (fd >= 0)
        close(fd);
}
static void map_dealloc(Thread *t, Object *o)
{
    Map *m = (Map *)o;
    release_memory(m->data, m->size, m->fd);
}

static Value map_close(Thread *t, Map *m)
{
    objlock_enter(t, m);
    if (m->exports)
        return unlock_error(t, m, EXC_BufferError, "cannot close exported pointers exist");
    char *data = m->data;
    int fd = m->fd;
    m->data = NULL;
    m->fd = -1;
    objlock_exit(t, m);
    thread_detach(t, EVENT_IO);
    release_memory(data, m->size, fd);
    thread_attach(t);
    return VALUE_NONE;
}
NATIVE(close, "close", "($self, /)", "Ends the mapping.") { return map_close(t, map_of(args[0])); }
NATIVE(enter, "__enter__", "($self, /)", "The mapping itself.")
{
    return check_open(t, map_of(args[0])) < 0 ? VALUE_EMPTY : ref_inc(t, args[0]);
}
NATIVE(exit, "__exit__", "($self, exc_type, exc_value, traceback, /)", "Ends the mapping.")
{
    return map_close(t, map_of(args[0]));
}

/* ---- reading and writing at the position ---- */

/* `count` bytes from the position, which moves; under the lock, which is released. */
static Value read_unlock(Thread *t, Map *m, size_t count)
{
    size_t left = m->position < m->size ? m->size - m->position : 0;
    if (count > left)
        count = left;
    Value v = bytes_new(t, m->data + m->position, count);
    if (!value_is_empty(v))
        m->position += count;
    objlock_exit(t, m);
    return v;
}

NATIVE(read, "read", "($self, n=None, /)", "Up to n bytes from the position, or all that follows.")
{
    int64_t count = -1;
    if (!value_is_empty(args[1]) && !value_is_none(args[1])) {
        if (!type_of(t, args[1])->slots.index)
            return error_set(t, EXC_TypeError, "argument should be integer or None, not '%T'", args[1]);
        if (argument_size(t, args[1], -1, &count) < 0)
            return VALUE_EMPTY;
    }
    Map *m = map_of(args[0]);
    return lock_open(t, m) ? read_unlock(t, m, count < 0 ? SIZE_MAX : (size_t)count) : VALUE_EMPTY;
}
NATIVE(readline, "readline", "($self, /)", "The line at the position, with its end.")
{
    Map *m = map_of(args[0]);
    if (!lock_open(t, m))
        return VALUE_EMPTY;
    size_t left = m->position < m->size ? m->size - m->position : 0;
    char *start = m->data + m->position, *end = left ? memchr(start, '\n', left) : NULL;
    return read_unlock(t, m, end ? (size_t)(end - start) + 1 : left);
}
NATIVE(read_byte, "read_byte", "($self, /)", "The byte at the position, as an int.")
{
    Map *m = map_of(args[0]);
    if (!lock_open(t, m))
        return VALUE_EMPTY;
    if (m->position >= m->size)
        return unlock_error(t, m, EXC_ValueError, "read byte out of range");
    uint8_t byte = (uint8_t)m->data[m->position++];
    objlock_exit(t, m);
    return value_from_int(byte);
}
NATIVE(write, "write", "($self, bytes, /)", "Writes bytes at the position and returns how many.")
{
    Map *m = map_of(args[0]);
    Buffer view;
    if (check_open(t, m) < 0 || buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    Value v = VALUE_EMPTY;
    if (check_writable(t, m) == 0 && lock_open(t, m)) {
        if (m->position > m->size || m->size - m->position < view.length) {
            unlock_error(t, m, EXC_ValueError, "data out of range");
        } else {
            memmove(m->data + m->position, view.data, view.length);
            m->position += view.length;
            objlock_exit(t, m);
            v = int_from_size(t, view.length);
        }
    }
    buffer_release(t, &view);
    return v;
}
NATIVE(write_byte, "write_byte", "($self, byte, /)", "Writes an int as a byte at the position.")
{
    Map *m = map_of(args[0]);
    int64_t byte;
    if (int_to_int64(t, args[1], &byte) < 0)
        return VALUE_EMPTY;
    if (byte < 0 || byte > 255)
        return error_set(t, EXC_OverflowError,
                         byte < 0 ? "unsigned byte integer is less than minimum"
                                  : "unsigned byte integer is greater than maximum");
    if (check_open(t, m) < 0 || check_writable(t, m) < 0 || !lock_open(t, m))
        return VALUE_EMPTY;
    if (m->position >= m->size)
        return unlock_error(t, m, EXC_ValueError, "write byte out of range");
    m->data[m->position++] = (char)byte;
    objlock_exit(t, m);
    return VALUE_NONE;
}
NATIVE(seek, "seek", "($self, pos, whence=0, /)",
       "Moves the position and returns it: from the beginning (whence 0), the position (1) or the end (2).")
{
    Map *m = map_of(args[0]);
    int64_t distance;
    int whence;
    if (argument_size(t, args[1], 0, &distance) < 0 || argument_int(t, args[2], 0, &whence) < 0 || !lock_open(t, m))
        return VALUE_EMPTY;
    if (whence < 0 || whence > 2)
        return unlock_error(t, m, EXC_ValueError, "unknown seek type");
    int64_t base = whence == 0 ? 0 : whence == 1 ? (int64_t)m->position : (int64_t)m->size;
    if (distance > INT64_MAX - base || base + distance < 0 || base + distance > (int64_t)m->size)
        return unlock_error(t, m, EXC_ValueError, "seek out of range");
    size_t position = m->position = (size_t)(base + distance);
    objlock_exit(t, m);
    return int_from_size(t, position);
}
NATIVE(tell, "tell", "($self, /)", "The position.")
{
    return check_open(t, map_of(args[0])) < 0 ? VALUE_EMPTY : int_from_size(t, map_of(args[0])->position);
}
NATIVE(seekable, "seekable", "($self, /)", "True.") { return VALUE_TRUE; }

/* ---- looking for bytes ---- */

static int64_t clip(int64_t i, size_t size)
{
    if (i < 0)
        i += (int64_t)size;
    return i < 0 ? 0 : i > (int64_t)size ? (int64_t)size : i;
}
static Value find(Thread *t, Value *args, bool last)
{
    Map *m = map_of(args[0]);
    Buffer view;
    int64_t start = (int64_t)m->position, end = INT64_MAX, found = -1;
    if (check_open(t, m) < 0 || buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    if ((!value_is_empty(args[2]) && !value_is_none(args[2]) && argument_size(t, args[2], 0, &start) < 0) ||
        (!value_is_empty(args[3]) && !value_is_none(args[3]) && argument_size(t, args[3], 0, &end) < 0) ||
        !lock_open(t, m)) {
        buffer_release(t, &view);
        return VALUE_EMPTY;
    }
    start = clip(start, m->size);
    end = clip(end, m->size);
    int64_t most = end - (int64_t)view.length;
    if (!last && start <= most) {
        const char *at = memmem(m->data + start, (size_t)(end - start), view.data, view.length);
        found = at ? at - m->data : -1;
    }
    for (int64_t i = most; last && i >= start && found < 0; i--)
        if (memcmp(m->data + i, view.data, view.length) == 0)
            found = i;
    objlock_exit(t, m);
    buffer_release(t, &view);
    return int_from_int64(t, found);
}
NATIVE(find, "find", "($self, view, start=None, end=None, /)",
       "Where the bytes are found first, from the position or `start` on; -1: nowhere.")
{
    return find(t, args, false);
}
NATIVE(rfind, "rfind", "($self, view, start=None, end=None, /)",
       "Where the bytes are found last, from the position or `start` on; -1: nowhere.")
{
    return find(t, args, true);
}

/* ---- the memory as a whole ---- */

NATIVE(size, "size", "($self, /)", "Size of the file, which may be larger than the mapping.")
{
    Map *m = map_of(args[0]);
    struct stat st;
    if (check_open(t, m) < 0)
        return VALUE_EMPTY;
    if (m->fd < 0 && !m->track_fd)
        return error_set(t, EXC_ValueError, "can't get size with trackfd=False");
    return fstat(m->fd, &st) < 0 ? error_from_errno(t, errno) : int_from_int64(t, st.st_size);
}
NATIVE(resize, "resize", "($self, newsize, /)", "Makes the mapping, and the file behind it, larger or smaller.")
{
    Map *m = map_of(args[0]);
    int64_t size;
    if (argument_size(t, args[1], 0, &size) < 0)
        return VALUE_EMPTY;
    if (check_open(t, m) < 0)
        return VALUE_EMPTY;
    if (m->access == ACCESS_READ || m->access == ACCESS_COPY)
        return error_set(t, EXC_TypeError, "mmap can't resize a readonly or copy-on-write memory map.");
    if (!m->track_fd)
        return error_set(t, EXC_ValueError, "mmap can't resize with trackfd=False.");
    if (size < 0 || INT64_MAX - size < m->offset)
        return error_set(t, EXC_ValueError, "new size out of range");
    if (!lock_open(t, m))
        return VALUE_EMPTY;
    if (m->exports)
        return unlock_error(t, m, EXC_BufferError, "mmap can't resize with extant buffers exported.");
    if (m->fd < 0 && !(m->flags & MAP_PRIVATE) && size > (int64_t)m->size)
        return unlock_error(t, m, EXC_ValueError, "mmap: can't expand a shared mapping");
    int error = 0;
    if (m->fd >= 0 && ftruncate(m->fd, m->offset + size) < 0)
        error = errno;
    void *data = error ? MAP_FAILED : mremap(m->data, m->size, (size_t)size, MREMAP_MAYMOVE);
    if (!error && data == MAP_FAILED)
        error = errno;
    if (!error) {
        m->data = data;
        m->size = (size_t)size;
    }
    objlock_exit(t, m);
    return error ? error_from_errno(t, error) : VALUE_NONE;
}
NATIVE(move, "move", "($self, dest, src, count, /)", "Copies count bytes from src to dest; they may overlap.")
{
    Map *m = map_of(args[0]);
    int64_t to, from, count;
    if (argument_size(t, args[1], 0, &to) < 0 || argument_size(t, args[2], 0, &from) < 0 ||
        argument_size(t, args[3], 0, &count) < 0 || check_open(t, m) < 0 || check_writable(t, m) < 0 ||
        !lock_open(t, m))
        return VALUE_EMPTY;
    int64_t size = (int64_t)m->size;
    if (to < 0 || from < 0 || count < 0 || size - to < count || size - from < count)
        return unlock_error(t, m, EXC_ValueError, "source, destination, or count out of range");
    memmove(m->data + to, m->data + from, (size_t)count);
    objlock_exit(t, m);
    return VALUE_NONE;
}

/* Pins the memory, which is then used detached. */
static bool pin(Thread *t, Map *m)
{
    if (!lock_open(t, m))
        return false;
    m->exports++;
    objlock_exit(t, m);
    return true;
}
static void unpin(Thread *t, Map *m)
{
    objlock_enter(t, m);
    m->exports--;
    objlock_exit(t, m);
}
NATIVE(flush, "flush", "($self, offset=0, size=<unrepresentable>, /)",
       "Writes changes of the memory, or a part of it, to the file.")
{
    Map *m = map_of(args[0]);
    int64_t offset, size;
    if (check_open(t, m) < 0 || argument_size(t, args[1], 0, &offset) < 0 ||
        argument_size(t, args[2], (int64_t)m->size, &size) < 0 || !pin(t, m))
        return VALUE_EMPTY;
    Value v = VALUE_NONE;
    if (size < 0 || offset < 0 || (int64_t)m->size - offset < size) {
        v = error_set(t, EXC_ValueError, "flush values out of range");
    } else if (m->access != ACCESS_READ && m->access != ACCESS_COPY) {
        thread_detach(t, EVENT_IO);
        int result = msync(m->data + offset, (size_t)size, MS_SYNC);
        thread_attach(t);
        if (result < 0)
            v = error_from_errno(t, errno);
    }
    unpin(t, m);
    return v;
}
NATIVE(madvise, "madvise", "($self, option, start=0, length=None, /)", "Tells the system how the memory will be used.")
{
    Map *m = map_of(args[0]);
    int option;
    int64_t start, length;
    if (check_open(t, m) < 0 || int_to_int(t, args[1], &option) < 0 || argument_size(t, args[2], 0, &start) < 0 ||
        argument_size(t, value_is_none(args[3]) ? VALUE_EMPTY : args[3], (int64_t)m->size, &length) < 0)
        return VALUE_EMPTY;
    if (start < 0 || start >= (int64_t)m->size)
        return error_set(t, EXC_ValueError, "madvise start out of bounds");
    if (length < 0)
        return error_set(t, EXC_ValueError, "madvise length invalid");
    if (INT64_MAX - start < length)
        return error_set(t, EXC_OverflowError, "madvise length too large");
    if (!pin(t, m))
        return VALUE_EMPTY;
    if (start + length > (int64_t)m->size)
        length = (int64_t)m->size - start;
    int result = madvise(m->data + start, (size_t)length, option), error = errno;
    unpin(t, m);
    return result < 0 ? error_from_errno(t, error) : VALUE_NONE;
}

/* ---- items ---- */

static int64_t map_len(Thread *t, Value self)
{
    return check_open(t, map_of(self)) < 0 ? -1 : (int64_t)map_of(self)->size;
}

/* The index of a byte, or -1. The map may be closed again when it returns. */
static int64_t index_of(Thread *t, Map *m, Value key)
{
    int64_t i = number_index_int64(t, key, EXC_IndexError);
    if (i == -1 && error_pending(t))
        return -1;
    if (i < 0)
        i += (int64_t)m->size;
    if (i < 0 || i >= (int64_t)m->size)
        return error_set(t, EXC_IndexError, "mmap index out of range"), -1;
    return i;
}
static bool is_index(Thread *t, Value v) { return type_of(t, v)->slots.index != NULL; }

static Value map_getitem(Thread *t, Value self, Value key)
{
    Map *m = map_of(self);
    if (check_open(t, m) < 0)
        return VALUE_EMPTY;
    if (is_index(t, key)) {
        int64_t i = index_of(t, m, key);
        if (i < 0 || !lock_open(t, m))
            return VALUE_EMPTY;
        if (i >= (int64_t)m->size)
            return unlock_error(t, m, EXC_IndexError, "mmap index out of range");
        uint8_t byte = (uint8_t)m->data[i];
        objlock_exit(t, m);
        return value_from_int(byte);
    }
    int64_t start, stop, step;
    if (!object_is(key, KIND_SLICE))
        return error_set(t, EXC_TypeError, "mmap indices must be integers");
    if (slice_unpack(t, key, &start, &stop, &step) < 0 || !lock_open(t, m))
        return VALUE_EMPTY;
    int64_t count = slice_adjust((int64_t)m->size, &start, &stop, step);
    Value v = bytes_new(t, step == 1 && count > 0 ? m->data + start : NULL, count < 0 ? 0 : (size_t)count);
    for (int64_t i = 0; step != 1 && !value_is_empty(v) && i < count; i++)
        bytes_of(v)->data[i] = (uint8_t)m->data[start + i * step];
    objlock_exit(t, m);
    return v;
}

static int map_setitem(Thread *t, Value self, Value key, Value value)
{
    Map *m = map_of(self);
    if (check_open(t, m) < 0 || check_writable(t, m) < 0)
        return -1;
    bool index = is_index(t, key);
    if (!index && !object_is(key, KIND_SLICE))
        return error_set(t, EXC_TypeError, "mmap indices must be integers"), -1;
    if (value_is_empty(value))
        return error_set(t, EXC_TypeError,
                         index ? "mmap doesn't support item deletion" : "mmap object doesn't support slice deletion"),
               -1;
    if (index) {
        int64_t i = index_of(t, m, key);
        if (i < 0)
            return -1;
        if (!is_index(t, value))
            return error_set(t, EXC_TypeError, "mmap item value must be an int"), -1;
        int64_t byte = number_index_int64(t, value, EXC_TypeError);
        if (byte == -1 && error_pending(t))
            return -1;
        if (byte < 0 || byte > 255)
            return error_set(t, EXC_ValueError, "mmap item value must be in range(0, 256)"), -1;
        if (!lock_open(t, m))
            return -1;
        if (i >= (int64_t)m->size)
            return unlock_error(t, m, EXC_IndexError, "mmap index out of range"), -1;
        m->data[i] = (char)byte;
        objlock_exit(t, m);
        return 0;
    }
    int64_t start, stop, step;
    Buffer view;
    if (slice_unpack(t, key, &start, &stop, &step) < 0 || buffer_get(t, value, &view, BUFFER_SIMPLE) < 0)
        return -1;
    int status = -1;
    if (lock_open(t, m)) {
        int64_t count = slice_adjust((int64_t)m->size, &start, &stop, step);
        if (count < 0)
            count = 0;
        if ((size_t)count != view.length) {
            unlock_error(t, m, EXC_IndexError, "mmap slice assignment is wrong size");
        } else {
            if (step == 1)
                memmove(m->data + start, view.data, view.length);
            for (int64_t i = 0; step != 1 && i < count; i++)
                m->data[start + i * step] = ((char *)view.data)[i];
            objlock_exit(t, m);
            status = 0;
        }
    }
    buffer_release(t, &view);
    return status;
}

/* Iterating gives bytes of length one, where indexing gives ints. */
typedef struct Iterator {
    Object head;
    Value map; /* empty at the end */
    size_t next;
} Iterator;
static Value iterator_next(Thread *t, Value self)
{
    Iterator *it = (Iterator *)value_object(self);
    Value map = field_get(t, it, &it->map), item = VALUE_EMPTY;
    if (value_is_empty(map))
        return map;
    Map *m = map_of(map);
    if (lock_open(t, m)) {
        size_t i = __atomic_fetch_add(&it->next, 1, __ATOMIC_RELAXED);
        bool more = i < m->size;
        uint8_t byte = more ? (uint8_t)m->data[i] : 0;
        objlock_exit(t, m);
        if (more)
            item = bytes_new(t, &byte, 1);
        else
            ref_dec(t, field_swap(t, it, &it->map, VALUE_EMPTY));
    }
    ref_dec(t, map);
    return item;
}
static void iterator_dealloc(Thread *t, Object *o) { ref_clear(t, &((Iterator *)o)->map); }
static int iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Iterator *)o)->map);
    return 0;
}
static const TypeSpec iterator_spec = {
    .name = "mmap.iterator",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(Iterator),
    .slots = {.dealloc = iterator_dealloc,
              .traverse = iterator_traverse,
              .iter = slot_iter_self,
              .next = iterator_next},
};
static Value map_iter(Thread *t, Value self)
{
    Iterator *it = type_alloc(t, state_of(t)->iterator_type, 0);
    if (!it)
        return VALUE_EMPTY;
    it->map = ref_inc(t, self);
    return value_of(it);
}

/* ---- the type ---- */

static int map_buffer(Thread *t, Value self, Buffer *view, int flags)
{
    Map *m = map_of(self);
    if (!pin(t, m))
        return -1;
    if (buffer_fill(t, view, self, m->data, m->size, m->access == ACCESS_READ, flags) == 0)
        return 0;
    unpin(t, m);
    return -1;
}
static void map_buffer_release(Thread *t, Value self, Buffer *view) { unpin(t, map_of(self)); }

static Value map_repr(Thread *t, Value self)
{
    static const char *const names[] = {"ACCESS_DEFAULT", "ACCESS_READ", "ACCESS_WRITE", "ACCESS_COPY"};
    Map *m = map_of(self);
    const char *name = type_message_name(type_of(t, self));
    if (!m->data)
        return str_format(t, "<%s closed=True>", name);
    return str_format(t, "<%s closed=False, access=%s, length=%zu, pos=%zu, offset=%lld>", name, names[m->access],
                      m->size, m->position, (long long)m->offset);
}
static Value get_closed(Thread *t, Value self) { return value_from_bool(!map_of(self)->data); }
static const GetSetDef map_getsets[] = {{"closed", get_closed, NULL, NULL}, {0}};

static const NativeDef *const map_methods[] = {&native_close,    &native_find,   &native_rfind, &native_flush,
                                               &native_madvise,  &native_move,   &native_read,  &native_read_byte,
                                               &native_readline, &native_resize, &native_seek,  &native_seekable,
                                               &native_size,     &native_tell,   &native_write, &native_write_byte,
                                               &native_enter,    &native_exit,   NULL};

static const TypeSpec map_spec = {
    .name = "mmap.mmap",
    .doc = "mmap(fileno, length[, flags[, prot[, access[, offset[, trackfd]]]]])\n\nA file's content as memory that "
           "can be read, changed and sliced like a bytearray. fileno -1: memory "
           "without a file, which child processes share. length 0: all of the file.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Map),
    .weak_offset = offsetof(Map, weakrefs),
    .methods = map_methods,
    .getsets = map_getsets,
    .slots = {.create = map_create,
              .dealloc = map_dealloc,
              .repr = map_repr,
              .len = map_len,
              .getitem = map_getitem,
              .setitem = map_setitem,
              .iter = map_iter,
              .buffer_get = map_buffer,
              .buffer_release = map_buffer_release},
};

/* ---- the module ---- */

static const struct {
    const char *name;
    int value;
} constants[] = {
#define C(name) {#name, name},
    C(ACCESS_DEFAULT) C(ACCESS_READ) C(ACCESS_WRITE) C(ACCESS_COPY) C(PROT_READ) C(PROT_WRITE) C(PROT_EXEC)
        C(MAP_SHARED) C(MAP_PRIVATE) C(MAP_DENYWRITE) C(MAP_EXECUTABLE) C(MAP_ANONYMOUS) C(MAP_ANON) C(MAP_POPULATE)
            C(MAP_STACK) C(MAP_NORESERVE)
#ifdef MAP_32BIT
                C(MAP_32BIT)
#endif
                    C(MADV_NORMAL) C(MADV_RANDOM) C(MADV_SEQUENTIAL) C(MADV_WILLNEED) C(MADV_DONTNEED) C(MADV_REMOVE)
                        C(MADV_DONTFORK) C(MADV_DOFORK) C(MADV_HWPOISON) C(MADV_MERGEABLE) C(MADV_UNMERGEABLE)
                            C(MADV_HUGEPAGE) C(MADV_NOHUGEPAGE) C(MADV_DONTDUMP) C(MADV_DODUMP) C(MADV_FREE)
#undef C
};

static int exec(Thread *t, Value module)
{
    State *state = state_of(t);
    if (!state) {
        t->interp->module_state[MODULE_mmap] = state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
    }
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0)
            return -1;
    int64_t page = sysconf(_SC_PAGESIZE);
    if (module_add_int(t, module, "PAGESIZE", page) < 0 ||
        module_add_int(t, module, "ALLOCATIONGRANULARITY", page) < 0 ||
        module_add_take(t, module, "error", ref_inc(t, value_of(t->interp->exceptions[EXC_OSError]))) < 0)
        return -1;
    Type *type = module_add_type(t, module, &map_spec, NULL),
         *iterator = type ? type_from_spec(t, &iterator_spec, NULL) : NULL;
    if (!iterator)
        return -1;
    REF_CLEAR_PTR(t, state->map_type);
    REF_CLEAR_PTR(t, state->iterator_type);
    state->map_type = ref_inc_ptr(t, type);
    state->iterator_type = iterator;
    return 0;
}
static void free_state(Thread *t, void *p)
{
    State *state = p;
    REF_CLEAR_PTR(t, state->map_type);
    REF_CLEAR_PTR(t, state->iterator_type);
    alloc_memory_free(t, state);
}

const ModuleDef module_def_mmap = {
    .name = "mmap",
    .doc = "Files as memory, and memory shared with other processes.",
    .exec = exec,
    .free_state = free_state,
};
