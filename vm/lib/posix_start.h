/* posix_start.h: starting a program in a new process: what _posixsubprocess asks of the system beneath. */
#ifndef BATON_LIB_POSIX_START_H
#define BATON_LIB_POSIX_START_H

#include <signal.h>
#include <sys/types.h>

#include "../object/object.h"

/* All in C, so that the child touches no object. */
typedef struct PosixStart {
    char **programs, **argv, **env; /* env NULL: this process's */
    Value program_owners, argv_owners, env_owners;
    const char *cwd; /* or NULL */
    Value cwd_owner;
    int stdin_[2], stdout_[2], stderr_[2], error_pipe[2]; /* read end, write end; -1 none */
    bool close_fds, restore_signals, new_session, set_uid, set_gid;
    int *keep; /* descriptors to leave open, ascending */
    size_t keep_count;
    int group; /* process group; -1: stays */
    int umask; /* -1: stays */
    uint32_t uid, gid;
    gid_t *groups; /* NULL: stay */
    size_t group_count;
    Value preexec; /* borrowed; None: none */
    bool borrowed; /* the child is made by vfork: signals are blocked, and `signals` was the mask */
    sigset_t signals;
} PosixStart;

/* Starts it and returns the child's id: waits detached until the program runs; -1 with errno.  What fails in the child is said on error_pipe instead. */
pid_t posix_start(Thread *t, PosixStart *start);

#endif
