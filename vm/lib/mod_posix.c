/* mod_posix.c: the module posix, beneath os: its constants and what its parts (posix_*.c) offer. */
#include "mod_posix.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "../memory/alloc.h"
#include "../object/list.h"
#include "../object/module.h"

static const struct {
    const char *name;
    int value;
} constants[] = {
#define C(name) {#name, name},
    C(F_OK) C(R_OK) C(W_OK) C(X_OK) C(O_RDONLY) C(O_WRONLY) C(O_RDWR) C(O_NDELAY) C(O_NONBLOCK) C(O_APPEND) C(O_DSYNC)
        C(O_RSYNC) C(O_SYNC) C(O_NOCTTY) C(O_CREAT) C(O_EXCL) C(O_TRUNC) C(O_LARGEFILE) C(O_PATH) C(O_TMPFILE)
            C(O_CLOEXEC) C(O_ACCMODE) C(O_ASYNC) C(O_DIRECT) C(O_DIRECTORY) C(O_NOFOLLOW) C(O_NOATIME) C(SEEK_SET)
                C(SEEK_CUR) C(SEEK_END) C(SEEK_DATA) C(SEEK_HOLE) C(EX_OK) C(EX_USAGE) C(EX_DATAERR) C(EX_NOINPUT)
                    C(EX_NOUSER) C(EX_NOHOST) C(EX_UNAVAILABLE) C(EX_SOFTWARE) C(EX_OSERR) C(EX_OSFILE) C(EX_CANTCREAT)
                        C(EX_IOERR) C(EX_TEMPFAIL) C(EX_PROTOCOL) C(EX_NOPERM) C(EX_CONFIG) C(WNOHANG) C(WUNTRACED)
                            C(WCONTINUED) C(WEXITED) C(WNOWAIT) C(WSTOPPED) C(P_PID) C(P_PGID) C(P_ALL) C(CLD_EXITED)
                                C(CLD_KILLED) C(CLD_DUMPED) C(CLD_TRAPPED) C(CLD_STOPPED) C(CLD_CONTINUED) C(F_LOCK)
                                    C(F_TLOCK) C(F_ULOCK) C(F_TEST) C(PRIO_PROCESS) C(PRIO_PGRP) C(PRIO_USER)
                                        C(SCHED_OTHER) C(SCHED_FIFO) C(SCHED_RR) C(SCHED_BATCH) C(SCHED_IDLE)
                                            C(ST_RDONLY) C(ST_NOSUID)
#undef C
                                                {"GRND_NONBLOCK", 1},
    {"GRND_RANDOM", 2},
    {"NGROUPS_MAX", 65536},
    {"TMP_MAX", 238328},
    {"P_NOWAIT", 1},
    {"P_NOWAITO", 1},
    {"P_WAIT", 0},
};

static int add_constants(Thread *t, Value module)
{
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0)
            return -1;
    /* What os.py asks in order to fill supports_fd and the like. */
    static const char *const have[] = {
        "HAVE_FACCESSAT", "HAVE_FCHDIR",    "HAVE_FCHMOD",   "HAVE_FCHMODAT",  "HAVE_FCHOWN",
        "HAVE_FCHOWNAT",  "HAVE_FDOPENDIR", "HAVE_FEXECVE",  "HAVE_FPATHCONF", "HAVE_FSTATAT",
        "HAVE_FSTATVFS",  "HAVE_FTRUNCATE", "HAVE_FUTIMENS", "HAVE_LINKAT",    "HAVE_LCHOWN",
        "HAVE_LSTAT",     "HAVE_MKDIRAT",   "HAVE_MKFIFOAT", "HAVE_OPENAT",    "HAVE_READLINKAT",
        "HAVE_RENAMEAT",  "HAVE_SYMLINKAT", "HAVE_UNLINKAT", "HAVE_UTIMENSAT", "MS_WINDOWS"};
    Value list = list_new(t, 32);
    for (size_t i = 0; i + 1 < sizeof have / sizeof *have && !value_is_empty(list); i++)
        if (list_append_take(t, list, str_from_string(t, have[i])) < 0)
            ref_clear(t, &list);
    if (module_add_take(t, module, "_have_functions", list) < 0)
        return -1;
    return module_add_take(t, module, "error", ref_inc(t, value_of(t->interp->exceptions[EXC_OSError])));
}

/* The functions of a part, and what else it puts into the module (or NULL). */
static const struct {
    const NativeDef *const *methods;
    int (*fill)(Thread *t, Value module);
} parts[] = {
    {posix_stat_methods, posix_stat_types},
    {posix_file_methods, NULL},
    {posix_ids_methods, NULL},
    {posix_environ_methods, posix_environ},
    {posix_process_methods, NULL},
    {posix_system_methods, posix_system_types},
    {posix_scandir_methods, posix_scandir_types},
    {posix_limits_methods, posix_limits_names},
#if CONFIG_HOST_MODULES
    {posix_exec_methods, posix_exec_constants},
    {posix_fork_methods, posix_fork_types},
    {posix_vector_methods, NULL},
    {posix_xattr_methods, NULL},
    {posix_device_methods, NULL},
    {posix_linux_methods, posix_linux_constants},
#endif
};

static int exec(Thread *t, Value module)
{
    if (!posix_state(t)) {
        t->interp->module_state[MODULE_posix] = alloc_memory_zeroed(t, 1, sizeof(PosixState));
        if (!posix_state(t))
            return -1;
    }
    if (add_constants(t, module) < 0)
        return -1;
    Value name = str_intern(t, "posix");
    int status = 0;
    for (size_t p = 0; p < sizeof parts / sizeof *parts && status == 0; p++) {
        status = parts[p].fill ? parts[p].fill(t, module) : 0;
        for (size_t i = 0; parts[p].methods[i] && status == 0; i++)
            status =
                module_add_take(t, module, parts[p].methods[i]->name, native_new(t, parts[p].methods[i], module, name));
    }
    ref_dec(t, name);
    return status;
}

static void free_state(Thread *t, void *state)
{
    PosixState *s = state;
    Type *types[] = {s->stat_result, s->terminal_size,  s->times_result,     s->uname_result, s->waitid_result,
                     s->sched_param, s->statvfs_result, s->scandir_iterator, s->dir_entry};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        ref_dec_ptr(t, types[i]);
    alloc_memory_free(t, s);
}

const ModuleDef module_def_posix = {
    .name = "posix",
    .doc = "The operating system's functions, as os offers them.",
    .exec = exec,
    .free_state = free_state,
};
