/* posix_path.h: path arguments of the module posix: str, bytes, os.PathLike, or a file descriptor where a function allows one. */
#ifndef BATON_LIB_POSIX_PATH_H
#define BATON_LIB_POSIX_PATH_H

#include <errno.h>

#include "../memory/ref.h"
#include "../object/audit.h"
#include "../object/bytes.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/str.h"
#include "../object/type.h"
#include "../thread/breaker.h"
#include "../thread/gil.h"

typedef struct PosixPath {
    const char *text; /* NUL-terminated; NULL: a descriptor, or None */
    int fd;           /* -1: a path */
    bool is_bytes;    /* results are bytes too */
    bool is_looked_at;
    Value owner;    /* owned: bytes behind text */
    Value original; /* borrowed: for messages */
} PosixPath;

#define PATH_FD 1   /* an int is a file descriptor */
#define PATH_NONE 2 /* None (or absent) is allowed: text NULL, fd -1 */
#define PATH_LOOK                                                                                                      \
    4 /* only looked at, never told to the system: NULs (the length is the owner's) and lone surrogates are allowed */
int posix_path(Thread *t, Value v, const char *function, const char *argument, int flags,
               PosixPath *path); /* 0 or -1 */
static inline void posix_path_release(Thread *t, PosixPath *path) { ref_clear(t, &path->owner); }
MUST_CHECK Value posix_path_value(Thread *t, const PosixPath *path); /* for an event (../object/audit.h) */
/* A path as a result: str, or bytes for a bytes argument. */
MUST_CHECK Value posix_path_result(Thread *t, const PosixPath *like, const char *text, size_t n);
/* OSError from errno with the path(s) as filename. */
Value posix_path_error(Thread *t, const PosixPath *path, const PosixPath *path2);
/* dir_fd arguments: None or absent is AT_FDCWD, which events call -1. */
int posix_dir_fd(Thread *t, Value v, int *fd);
int posix_dir_told(int fd);
int posix_fd(Thread *t, Value v, int *fd); /* an int or an object with fileno() */

/* A system call that may block: without the lock, again after a signal (PEP 475).  -1 from `call` means an error in errno; an exception of a signal handler leaves `result` -1 and
 * errno EINTR. */
#define POSIX_BLOCKING(t, result, call)                                                                                \
    do {                                                                                                               \
        thread_detach((t), EVENT_IO);                                                                                  \
        (result) = (call);                                                                                             \
        thread_attach(t);                                                                                              \
    } while ((result) == -1 && errno == EINTR && breaker_check_signals(t) == 0)
/* After POSIX_BLOCKING: the OSError, unless a signal handler has raised. */
static inline Value posix_error(Thread *t) { return error_pending(t) ? VALUE_EMPTY : error_from_errno(t, errno); }

#endif
