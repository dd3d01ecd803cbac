/* kernel.h: what C asks of the kernel that a program's processes share (kernel/kernel.js).  Results below 0 are -errno; `main` says that the calling thread takes the
 * process's signals, so that they end its wait.  Offsets are doubles: exact up to 2^53, and they pass to JavaScript as they are. */
#ifndef BATON_WASM_KERNEL_H
#define BATON_WASM_KERNEL_H

#include <stddef.h>
#include <stdint.h>

/* ---- files ---- */
int kernel_open(int dirfd, const char *path, int flags, int mode);
int kernel_close(int fd);
int kernel_dup(int fd, int to, int flags); /* to below 0: the lowest number from -1 - to */
int kernel_fd_flags(int fd, int set);      /* set below 0: asks */
int kernel_file_flags(int fd, int set);
int kernel_read(int fd, void *p, size_t n, double offset, int main);
int kernel_write(int fd, const void *p, size_t n, double offset, int main);
double kernel_seek(int fd, double offset, int whence);
int kernel_truncate(int fd, double size);
int kernel_pipe(int *fds, int flags);
int kernel_poll(int *events, int n, double milliseconds, int main);

/* ---- sockets (kernel/sockets.js); addresses are struct sockaddr ---- */
int kernel_socket(int family, int type, int flags);
int kernel_socket_pair(int family, int type, int *fds, int flags);
int kernel_bind(int fd, const void *address, int size);
int kernel_listen(int fd);
int kernel_connect(int fd, const void *address, int size);
int kernel_accept(int fd, void *address, void *size, int flags, int main);
int kernel_socket_name(int fd, int remote, void *address, void *size);
int kernel_get_option(int fd, int level, int option);
int kernel_set_option(int fd, int level, int option, int value);
int kernel_shutdown(int fd, int how);
/* Descriptors that go with data over a UNIX socket: `given` of them; when receiving, there is room for so many, and `cut` says that there were more. */
#define KERNEL_RIGHTS_MAX 253 /* as on Linux */
struct kernel_rights {
    int room, given, cut;
    int fds[KERNEL_RIGHTS_MAX];
};
int kernel_send(int fd, const void *p, size_t n, int flags, const void *address, int size,
                const struct kernel_rights *rights, int main);
int kernel_receive(int fd, void *p, size_t n, int flags, void *address, void *size, struct kernel_rights *rights,
                   int main);
int kernel_settle(int fd, double milliseconds, int main);
int kernel_host_number(const char *name);
/* What is to be said of an error that this thread has just been given, if more than usual: its length, or 0. */
int kernel_error_text(int number, char *buffer, size_t size);

/* ---- names ---- */
typedef struct KernelStat {
    double mode, links, size, inode, modified, changed, accessed, blocks;
} KernelStat;
int kernel_stat(int dirfd, const char *path, KernelStat *st, int follow);
int kernel_known(
    const char *path); /* whether it is there, without asking for the names of lazy folders (kernel/lazy.js) */
int kernel_fstat(int fd, KernelStat *st);
int kernel_isatty(int fd);
int kernel_mkdir(int dirfd, const char *path, int mode);
int kernel_unlink(int dirfd, const char *path, int folder);
int kernel_rename(int fromfd, const char *from, int tofd, const char *to);
int kernel_hardlink(int fromfd, const char *from, int tofd, const char *to);
int kernel_symlink(const char *text, int dirfd, const char *path);
int kernel_readlink(int dirfd, const char *path, char *p, size_t size);
int kernel_entry(int fd, int index, char *name, size_t size, int *inode_and_type);
int kernel_chmod(int dirfd, const char *path, int mode, int follow);
int kernel_fchmod(int fd, int mode);
int kernel_utimes(int dirfd, const char *path, double accessed, double modified, int follow);
int kernel_futimes(int fd, double accessed, double modified);
int kernel_chdir(const char *path);
int kernel_fchdir(int fd);
int kernel_getcwd(char *p, size_t size);
int kernel_umask(int mask);

/* ---- processes ---- */
int kernel_pid(void);
int kernel_parent(void);
void kernel_tell(void);      /* the worker that coordinates this process looks at its timer */
void kernel_interrupt(void); /* a signal has come for this process: its main thread leaves its wait */
/* Starts a process: its id.  job: how many strings argv has, and how many the environment, then these, each NUL-terminated.  fds: pairs (number there, number here);
 * all: others that are inherited too.  cwd: NULL as here; umask below 0: as here. */
int kernel_spawn(const char *job, size_t size, const int *fds, int count, int all, const char *cwd, int umask);
/* Of a process that has not been told what to run: BLOCKS until there is a job and tells its size; then takes it. */
int kernel_job_wait(void);
void kernel_job_take(char *job);
/* Makes a process that reads a descriptor to its end, and nothing else: its id. */
int kernel_sink(int fd);
int kernel_waitpid(int pid, int *status, int options, int main);
int kernel_kill(int pid, int signum);
/* `status` is as waitpid tells it.  alone: no thread but the calling one has used this memory; that need not come back. */
void kernel_exit(int status, int alone);

/* ---- semaphores: handles are the same in all processes ---- */
int kernel_sem_open(const char *name, int flags, int value);
int kernel_sem_close(int sem);
int kernel_sem_unlink(const char *name);
int kernel_sem_wait(int sem, double milliseconds, int late, int main); /* late: the result after the time-out */
int kernel_sem_post(int sem);
int kernel_sem_value(int sem);

/* ---- the page ---- */
/* Local time of the browser: seconds east of UTC at a time, *dst: whether clocks are put forward; and the names of its times. */
int host_zone(double seconds, int *dst);
void host_zone_names(char *standard, char *other, size_t size);
double host_now(void);    /* milliseconds since the epoch, the same in every worker */
double host_origin(void); /* when the program began, on the same clock */
void host_entropy(void *p, size_t n);
/* Memory up to `end` as it is now, for processes that begin with a copy of it, if there is none yet. */
void host_keep(void *end);
/* BLOCKS while a piece of the library's image is loaded: 0, or -1 if that cannot be had, or beyond its end. */
int host_image_read(double offset, void *p, size_t n, int main);
/* The whole piece of that name, in the same way: 0 or -errno (-ENOENT: there is none; -EINTR: a signal has come); with NULL its size. */
int host_piece(const char *name, void *p, int main);

/* The calling thread is the one that signals are for. */
int os_wasm_is_main(void);
/* It is that, and there has been no other. */
int os_wasm_is_only(void);
/* The program begins now, in a process that has waited for it. */
void os_wasm_begin(void);
double os_wasm_begun(void); /* when that was, in milliseconds since the epoch */
/* A signal has come.  Nonzero: by default it ends the process, which is left to the caller. */
int os_wasm_signal(int signum);
/* sigmask.c: whether a signal is held back, which it is then; and that one has come. */
int os_wasm_hold(int signum);
void os_wasm_signal_came(void);
/* The process ends as if by a signal; the calling thread stays here. */
_Noreturn void os_wasm_die(int signum);

#endif
