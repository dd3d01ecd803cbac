/* posix_vector.c: reading and writing several buffers at once, copies inside the kernel, and what a program tells of its use of a file.  No state, no locks.
 * Read next: posix_file.c. */
#include <fcntl.h>
#include <limits.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../memory/alloc.h"
#include "../object/buffer.h"
#include "../object/list.h"
#include "argument.h"
#include "mod_posix.h"

/* ---- several buffers ---- */

typedef struct Vector {
    struct iovec *parts;
    Buffer *views;
    size_t count; /* views that are held */
} Vector;

static void vector_release(Thread *t, Vector *v)
{
    for (size_t i = 0; i < v->count; i++)
        buffer_release(t, &v->views[i]);
    alloc_memory_free(t, v->parts);
    alloc_memory_free(t, v->views);
}

static bool is_sequence(Thread *t, Value v) { return !object_is(v, KIND_DICT) && type_of(t, v)->slots.getitem; }

/* The buffers of a sequence: 0 or -1. */
static int vector_get(Thread *t, Value sequence, const char *function, bool writable, Vector *v)
{
    *v = (Vector){0};
    if (!is_sequence(t, sequence))
        return error_set(t, EXC_TypeError, "%s() arg 2 must be a sequence", function), -1;
    Value items = object_to_tuple(t, sequence);
    if (value_is_empty(items))
        return -1;
    size_t n = tuple_length(items);
    int status = -1;
    if (n > IOV_MAX) {
        errno = EINVAL;
        error_from_errno(t, errno);
        goto done;
    }
    v->parts = alloc_memory(t, (n + 1) * sizeof *v->parts);
    v->views = v->parts ? alloc_memory(t, (n + 1) * sizeof *v->views) : NULL;
    if (!v->views)
        goto done;
    for (; v->count < n; v->count++) {
        Buffer *view = &v->views[v->count];
        if (buffer_get(t, tuple_peek(items, v->count), view, writable ? BUFFER_WRITABLE : BUFFER_SIMPLE) < 0)
            goto done;
        v->parts[v->count] = (struct iovec){view->data, view->length};
    }
    status = 0;
done:
    ref_dec(t, items);
    if (status < 0)
        vector_release(t, v);
    return status;
}

static Value transfer(Thread *t, const Value *args, const char *function, bool writing, bool at_offset)
{
    Vector v;
    int fd, flags = 0;
    int64_t offset = 0;
    ssize_t n;
    if (int_to_int(t, args[1], &fd) < 0 ||
        (at_offset && (int_to_int64(t, args[3], &offset) < 0 || argument_int(t, args[4], 0, &flags) < 0)) ||
        vector_get(t, args[2], function, !writing, &v) < 0)
        return VALUE_EMPTY;
    if (!at_offset)
        POSIX_BLOCKING(t, n, writing ? writev(fd, v.parts, (int)v.count) : readv(fd, v.parts, (int)v.count));
    else
        POSIX_BLOCKING(t, n,
                       writing ? pwritev2(fd, v.parts, (int)v.count, offset, flags)
                               : preadv2(fd, v.parts, (int)v.count, offset, flags));
    vector_release(t, &v);
    return n < 0 ? posix_error(t) : int_from_int64(t, n);
}
NATIVE(posix_readv, "readv", "($module, fd, buffers, /)",
       "Reads into a sequence of writable buffers, one after the other, and returns the number of bytes.")
{
    return transfer(t, args, "readv", false, false);
}
NATIVE(posix_writev, "writev", "($module, fd, buffers, /)",
       "Writes a sequence of buffers, one after the other, and returns the number of bytes.")
{
    return transfer(t, args, "writev", true, false);
}
NATIVE(posix_preadv, "preadv", "($module, fd, buffers, offset, flags=0, /)",
       "Reads into buffers from an offset without moving the position; flags are RWF_... ones.")
{
    return transfer(t, args, "preadv", false, true);
}
NATIVE(posix_pwritev, "pwritev", "($module, fd, buffers, offset, flags=0, /)",
       "Writes buffers at an offset without moving the position; flags are RWF_... ones.")
{
    return transfer(t, args, "pwritev", true, true);
}

/* ---- from descriptor to descriptor ---- */

/* An offset that may be None: *place is NULL then. */
static int optional_offset(Thread *t, Value v, int64_t *offset, off64_t *room, off64_t **place)
{
    *place = NULL;
    if (value_is_empty(v) || value_is_none(v))
        return 0;
    if (int_to_int64(t, v, offset) < 0)
        return -1;
    *room = *offset;
    *place = room;
    return 0;
}

typedef ssize_t (*CopyCall)(int, off64_t *, int, off64_t *, size_t, unsigned);
static Value copy_call(Thread *t, const Value *args, int flags, CopyCall call)
{
    int from, to;
    int64_t count, offset;
    off64_t from_room, to_room, *from_offset, *to_offset;
    ssize_t n;
    if (int_to_int(t, args[1], &from) < 0 || int_to_int(t, args[2], &to) < 0 ||
        argument_size(t, args[3], 0, &count) < 0 ||
        optional_offset(t, args[4], &offset, &from_room, &from_offset) < 0 ||
        optional_offset(t, args[5], &offset, &to_room, &to_offset) < 0)
        return VALUE_EMPTY;
    if (count < 0)
        return error_set(t, EXC_ValueError, "negative value for 'count' not allowed");
    POSIX_BLOCKING(t, n, call(from, from_offset, to, to_offset, (size_t)count, (unsigned)flags));
    return n < 0 ? posix_error(t) : int_from_int64(t, n);
}
static ssize_t call_copy(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t n, unsigned flags)
{
    return copy_file_range(from, from_offset, to, to_offset, n, flags);
}
static ssize_t call_splice(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t n, unsigned flags)
{
    return splice(from, from_offset, to, to_offset, n, flags);
}
NATIVE(posix_copy_file_range, "copy_file_range", "($module, /, src, dst, count, offset_src=None, offset_dst=None)",
       "Copies count bytes from one file to another inside the kernel; an offset that is given leaves that position "
       "alone.")
{
    return copy_call(t, args, 0, call_copy);
}
NATIVE(posix_splice, "splice", "($module, /, src, dst, count, offset_src=None, offset_dst=None, flags=0)",
       "Moves count bytes between two descriptors, one of which is a pipe, inside the kernel.")
{
    int flags;
    return argument_int(t, args[6], 0, &flags) < 0 ? VALUE_EMPTY : copy_call(t, args, flags, call_splice);
}

/* ---- plans for a file ---- */

NATIVE(posix_fallocate, "posix_fallocate", "($module, fd, offset, length, /)",
       "Makes sure that the disk has room for a part of a file.")
{
    int fd, error;
    int64_t offset, length;
    if (int_to_int(t, args[1], &fd) < 0 || int_to_int64(t, args[2], &offset) < 0 ||
        int_to_int64(t, args[3], &length) < 0)
        return VALUE_EMPTY;
    do {
        thread_detach(t, EVENT_IO);
        error = posix_fallocate(fd, offset, length);
        thread_attach(t);
    } while (error == EINTR && breaker_check_signals(t) == 0);
    return error_pending(t) ? VALUE_EMPTY : error ? error_from_errno(t, error) : VALUE_NONE;
}
NATIVE(posix_fadvise, "posix_fadvise", "($module, fd, offset, length, advice, /)",
       "Tells how a part of a file is going to be used.")
{
    int fd, advice, error;
    int64_t offset, length;
    if (int_to_int(t, args[1], &fd) < 0 || int_to_int64(t, args[2], &offset) < 0 ||
        int_to_int64(t, args[3], &length) < 0 || int_to_int(t, args[4], &advice) < 0)
        return VALUE_EMPTY;
    do {
        thread_detach(t, EVENT_IO);
        error = posix_fadvise(fd, offset, length, advice);
        thread_attach(t);
    } while (error == EINTR && breaker_check_signals(t) == 0);
    return error_pending(t) ? VALUE_EMPTY : error ? error_from_errno(t, error) : VALUE_NONE;
}

const NativeDef *const posix_vector_methods[] = {
    &native_posix_readv,     &native_posix_writev,          &native_posix_preadv,
    &native_posix_pwritev,   &native_posix_copy_file_range, &native_posix_splice,
    &native_posix_fallocate, &native_posix_fadvise,         NULL};
