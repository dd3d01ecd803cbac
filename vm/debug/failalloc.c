/* failalloc.c: what a program makes of an allocation that fails (failalloc.h).
 *
 * A child may end with an exception or a message, that is with exit code 0 or 1, or 120 when output was lost.  Bad are signals, other exit codes (77 is a
 * sanitizer's), a SystemError (somebody returned without saying why), and a child that does not end.  What a bad child wrote is kept in the current folder as
 * fail-N.txt; the good ones leave nothing.
 * Locks: none.  Exploring needs a process of one thread, for a fork copies no other. */
#include "failalloc.h"
#include "../config.h"

#if BATON_CHECKS
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_SECONDS 60
#define BAD_CHILDREN 70 /* the exit code that tells of them */

typedef struct FailAlloc {
    bool on, explore, child;
    _Atomic uint64_t count; /* allocations so far */
    uint64_t at, step;      /* the next to fail */
    uint64_t tried, bad;    /* children */
    size_t largest;         /* 0, or bytes: more at once always fails */
} FailAlloc;

/* The process's own: memory is asked for before there is an interpreter. */
static FailAlloc fail_alloc;

__attribute__((constructor)) static void read_environment(void)
{
    FailAlloc *f = &fail_alloc;
    const char *text = getenv("BATON_FAIL_ALLOC");
    if (!text)
        return;
    char *end;
    f->on = true;
    f->at = strtoull(text, &end, 10);
    f->explore = *end == ':';
    f->step = f->explore ? strtoull(end + 1, NULL, 10) : 0;
}

static void name_of(char name[40], uint64_t n) { snprintf(name, 40, "fail-%llu.txt", (unsigned long long)n); }

static bool says_system_error(const char *name)
{
    char line[2000];
    bool yes = false;
    FILE *file = fopen(name, "r");
    while (file && !yes && fgets(line, sizeof line, file))
        yes = strstr(line, "SystemError") != NULL;
    if (file)
        fclose(file);
    return yes;
}

static void look_at(FailAlloc *f, uint64_t n, int status)
{
    char name[40];
    name_of(name, n);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if ((code == 0 || code == 1 || code == 120) && !says_system_error(name)) {
        unlink(name);
        return;
    }
    f->bad++;
    if (WIFSIGNALED(status))
        fprintf(stderr, "baton: without allocation %llu: signal %d\n", (unsigned long long)n, WTERMSIG(status));
    else
        fprintf(stderr, "baton: without allocation %llu: exit code %d\n", (unsigned long long)n, code);
}

/* In the parent false, when the child has ended; true in the child. */
static bool fork_child(FailAlloc *f, uint64_t n)
{
    int status;
    f->at = n + f->step;
    f->tried++;
    pid_t pid = fork();
    if (pid < 0)
        return false;
    if (pid > 0) {
        if (waitpid(pid, &status, 0) == pid)
            look_at(f, n, status);
        return false;
    }
    char name[40];
    name_of(name, n);
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd >= 0) {
        dup2(fd, 1);
        dup2(fd, 2);
        close(fd);
    }
    alarm(CHILD_SECONDS);
    f->child = true;
    f->explore = false;
    return true;
}

/* A debugger stops here: the callers are those whose allocation fails. */
__attribute__((noinline)) static bool fail_now(FailAlloc *f, uint64_t n) { return !f->explore || fork_child(f, n); }

void failalloc_limit(size_t largest) { fail_alloc.largest = largest; }

bool failalloc_now(size_t size)
{
    FailAlloc *f = &fail_alloc;
    if (!f->on)
        return f->largest && size > f->largest;
    uint64_t n = ++f->count;
    if (n != f->at || f->child)
        return false;
    return fail_now(f, n);
}

int failalloc_end(void)
{
    FailAlloc *f = &fail_alloc;
    if (!f->on || f->child || (f->at && !f->explore))
        return 0;
    fprintf(stderr, "baton: %llu allocations", (unsigned long long)f->count);
    if (f->explore)
        fprintf(stderr, ", %llu failed in turn, %llu badly", (unsigned long long)f->tried, (unsigned long long)f->bad);
    fprintf(stderr, "\n");
    return f->bad ? BAD_CHILDREN : 0;
}
#else
typedef int failalloc_is_off; /* a translation unit is never empty */
#endif
