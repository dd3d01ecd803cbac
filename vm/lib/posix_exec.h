/* posix_exec.h: running other programs: what exec, posix_spawn and _posixsubprocess share. */
#ifndef BATON_LIB_POSIX_EXEC_H
#define BATON_LIB_POSIX_EXEC_H

#include <sys/types.h>

#include "../object/object.h"

/* A NULL-terminated array of C strings whose bytes the list *owners keeps; release both with posix_strings_free. NULL on error. */
MUST_CHECK char **posix_strings(Thread *t, Value sequence, Value *owners);
void posix_strings_free(Thread *t, char **strings, Value *owners);
/* A list of bytes "name=value" of a mapping's items. */
MUST_CHECK Value posix_environment(Thread *t, Value mapping);
/* An id of a user or a group, -1 allowed ("leave it"); `what` is "uid" or "gid". 0 or -1. */
int posix_id(Thread *t, Value v, const char *what, uint32_t *id);
/* The ids of groups of a sequence, in alloc_memory. NULL on error. */
MUST_CHECK gid_t *posix_groups(Thread *t, Value sequence, size_t *count);

/* Around fork(): hooks of os.register_at_fork, and the interpreter's own state. */
void posix_before_fork(Thread *t);
void posix_after_fork_parent(Thread *t);
void posix_after_fork_child(Thread *t);

#endif
