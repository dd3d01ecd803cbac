/* posix_process.c: the end of processes, waiting for it, signals to others: what also a system without fork() has.  No state, no locks.
 * Read next: posix_fork.c (making processes), posix_ids.c (who a process is). */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "argument.h"
#include "mod_posix.h"

NATIVE(posix__exit, "_exit", "($module, /, status)", "Ends the process at once, without any cleaning up.")
{
    int status;
    if (int_to_int(t, args[1], &status) < 0)
        return VALUE_EMPTY;
    _exit(status);
}
NATIVE(posix_abort, "abort", "($module, /)", "Ends the process by SIGABRT.") { abort(); }

/* ---- wait ---- */

NATIVE(posix_waitpid, "waitpid", "($module, pid, options, /)", "Waits for a child process: (pid, status).")
{
    int pid, options, status = 0;
    pid_t result;
    if (int_to_int(t, args[1], &pid) < 0 || int_to_int(t, args[2], &options) < 0)
        return VALUE_EMPTY;
    POSIX_BLOCKING(t, result, waitpid(pid, &status, options));
    return result < 0 ? posix_error(t) : tuple_pack(t, 2, value_from_int(result), value_from_int(status));
}
NATIVE(posix_waitstatus_to_exitcode, "waitstatus_to_exitcode", "($module, /, status)",
       "The exit code of a wait status; -N for signal N.")
{
    int status;
    if (!int_check(args[1]))
        return error_set(t, EXC_TypeError, "an integer is required");
    if (int_to_int(t, args[1], &status) < 0)
        return VALUE_EMPTY;
    if (WIFEXITED(status))
        return value_from_int(WEXITSTATUS(status));
    if (WIFSIGNALED(status))
        return value_from_int(-WTERMSIG(status));
    if (WIFSTOPPED(status))
        return error_set(t, EXC_ValueError, "process stopped by delivery of signal %d", WSTOPSIG(status));
    return error_set(t, EXC_ValueError, "invalid wait status: %d", status);
}
#define STATUS_TEST(name, macro, convert, doc)                                                                         \
    NATIVE(posix_##name, #name, "($module, /, status)", doc)                                                           \
    {                                                                                                                  \
        int status;                                                                                                    \
        return int_to_int(t, args[1], &status) < 0 ? VALUE_EMPTY : convert(macro(status));                             \
    }
STATUS_TEST(WIFEXITED, WIFEXITED, value_from_bool, "Whether the process ended by exit().")
STATUS_TEST(WIFSIGNALED, WIFSIGNALED, value_from_bool, "Whether the process was ended by a signal.")
STATUS_TEST(WIFSTOPPED, WIFSTOPPED, value_from_bool, "Whether the process is stopped.")
STATUS_TEST(WIFCONTINUED, WIFCONTINUED, value_from_bool, "Whether the process goes on after a stop.")
STATUS_TEST(WCOREDUMP, WCOREDUMP, value_from_bool, "Whether the process left a core file.")
STATUS_TEST(WEXITSTATUS, WEXITSTATUS, value_from_int, "The exit status.")
STATUS_TEST(WTERMSIG, WTERMSIG, value_from_int, "The signal that ended the process.")
STATUS_TEST(WSTOPSIG, WSTOPSIG, value_from_int, "The signal that stopped the process.")

/* ---- signals ---- */

NATIVE(posix_kill, "kill", "($module, pid, signal, /)", "Sends a signal to a process.")
{
    int pid, signum;
    if (int_to_int(t, args[1], &pid) < 0 || int_to_int(t, args[2], &signum) < 0)
        return VALUE_EMPTY;
    if (audit(t, "os.kill", "ii", pid, signum) < 0)
        return VALUE_EMPTY;
    if (kill(pid, signum) < 0)
        return error_from_errno(t, errno);
    /* A signal to ourselves has its handler run before kill() returns. */
    return breaker_check_signals(t) < 0 ? VALUE_EMPTY : VALUE_NONE;
}
const NativeDef *const posix_process_methods[] = {&native_posix__exit,      &native_posix_abort,
                                                  &native_posix_waitpid,    &native_posix_waitstatus_to_exitcode,
                                                  &native_posix_WIFEXITED,  &native_posix_WIFSIGNALED,
                                                  &native_posix_WIFSTOPPED, &native_posix_WIFCONTINUED,
                                                  &native_posix_WCOREDUMP,  &native_posix_WEXITSTATUS,
                                                  &native_posix_WTERMSIG,   &native_posix_WSTOPSIG,
                                                  &native_posix_kill,       NULL};
