/* posix_ids.c: who a process is: ids of processes, users and groups, sessions, priorities.  No state, no locks. */
#include <grp.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../memory/alloc.h"
#include "../object/list.h"
#include "mod_posix.h"
#include "posix_exec.h"

/* ---- ids ---- */

#define ID_CALL(name, call, doc)                                                                                       \
    NATIVE(posix_##name, #name, "($module, /)", doc) { return int_from_int64(t, (int64_t)(call)); }
ID_CALL(getpid, getpid(), "Id of this process.")
ID_CALL(getppid, getppid(), "Id of the parent process.")
ID_CALL(getuid, getuid(), "User id.")
ID_CALL(geteuid, geteuid(), "Effective user id.")
ID_CALL(getgid, getgid(), "Group id.")
ID_CALL(getegid, getegid(), "Effective group id.")
ID_CALL(getpgrp, getpgrp(), "Process group.")

static Value done(Thread *t, int result) { return result < 0 ? error_from_errno(t, errno) : VALUE_NONE; }

NATIVE(posix_getpgid, "getpgid", "($module, /, pid)", "Process group of a process.")
{
    int pid;
    if (int_to_int(t, args[1], &pid) < 0)
        return VALUE_EMPTY;
    pid_t group = getpgid(pid);
    return group < 0 ? error_from_errno(t, errno) : value_from_int(group);
}
NATIVE(posix_setpgid, "setpgid", "($module, pid, pgrp, /)", "Moves a process to a process group.")
{
    int pid, group;
    return int_to_int(t, args[1], &pid) < 0 || int_to_int(t, args[2], &group) < 0 ? VALUE_EMPTY
                                                                                  : done(t, setpgid(pid, group));
}
NATIVE(posix_setsid, "setsid", "($module, /)", "Begins a new session.") { return done(t, setsid()); }
NATIVE(posix_getsid, "getsid", "($module, pid, /)", "Session of a process.")
{
    int pid;
    if (int_to_int(t, args[1], &pid) < 0)
        return VALUE_EMPTY;
    pid_t session = getsid(pid);
    return session < 0 ? error_from_errno(t, errno) : value_from_int(session);
}
NATIVE(posix_setpgrp, "setpgrp", "($module, /)", "Makes this process the leader of a process group of its own.")
{
    return done(t, setpgid(0, 0));
}

int posix_id(Thread *t, Value v, const char *what, uint32_t *id)
{
    int overflow;
    Value index = number_index(t, v);
    if (value_is_empty(index)) {
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "%s should be integer, not %.200s", what, type_message_name(type_of(t, v)));
        return -1;
    }
    int64_t i = int_to_int64_overflow(t, index, &overflow);
    ref_dec(t, index);
    if (overflow < 0 || (!overflow && i < -1))
        return error_set(t, EXC_OverflowError, "%s is less than minimum", what), -1;
    if (overflow > 0 || i > UINT32_MAX)
        return error_set(t, EXC_OverflowError, "%s is greater than maximum", what), -1;
    *id = (uint32_t)i;
    return 0;
}

#define SET_ID(name, argument, what, doc)                                                                              \
    NATIVE(posix_##name, #name, "($module, " argument ", /)", doc)                                                     \
    {                                                                                                                  \
        uint32_t id;                                                                                                   \
        return posix_id(t, args[1], what, &id) < 0 ? VALUE_EMPTY : done(t, name(id));                                  \
    }
SET_ID(setuid, "uid", "uid", "Sets the user id.")
SET_ID(seteuid, "euid", "uid", "Sets the effective user id.")
SET_ID(setgid, "gid", "gid", "Sets the group id.")
SET_ID(setegid, "egid", "gid", "Sets the effective group id.")
#define SET_TWO_IDS(name, arguments, what, doc)                                                                        \
    NATIVE(posix_##name, #name, "($module, " arguments ", /)", doc)                                                    \
    {                                                                                                                  \
        uint32_t a, b;                                                                                                 \
        return posix_id(t, args[1], what, &a) < 0 || posix_id(t, args[2], what, &b) < 0 ? VALUE_EMPTY                  \
                                                                                        : done(t, name(a, b));         \
    }
SET_TWO_IDS(setreuid, "ruid, euid", "uid", "Sets the real and the effective user id.")
SET_TWO_IDS(setregid, "rgid, egid", "gid", "Sets the real and the effective group id.")
#define THREE_IDS(which, arguments, what, kind)                                                                        \
    NATIVE(posix_set##which, "set" #which, "($module, " arguments ", /)",                                              \
           "Sets the real, effective and saved " kind " ids.")                                                         \
    {                                                                                                                  \
        uint32_t a, b, c;                                                                                              \
        if (posix_id(t, args[1], what, &a) < 0 || posix_id(t, args[2], what, &b) < 0 ||                                \
            posix_id(t, args[3], what, &c) < 0)                                                                        \
            return VALUE_EMPTY;                                                                                        \
        return done(t, set##which(a, b, c));                                                                           \
    }                                                                                                                  \
    NATIVE(posix_get##which, "get" #which, "($module, /)", "The real, effective and saved " kind " ids.")              \
    {                                                                                                                  \
        uint32_t a, b, c;                                                                                              \
        if (get##which(&a, &b, &c) < 0)                                                                                \
            return error_from_errno(t, errno);                                                                         \
        return tuple_pack(t, 3, value_from_int(a), value_from_int(b), value_from_int(c));                              \
    }
THREE_IDS(resuid, "ruid, euid, suid", "uid", "user")
THREE_IDS(resgid, "rgid, egid, sgid", "gid", "group")

/* ---- groups ---- */

static Value group_list(Thread *t, const gid_t *groups, int count)
{
    Value list = list_new(t, (size_t)count);
    for (int i = 0; i < count && !value_is_empty(list); i++)
        if (list_append_take(t, list, value_from_int(groups[i])) < 0)
            ref_clear(t, &list);
    return list;
}
#define GROUPS_MAX 65536 /* what Linux allows */
gid_t *posix_groups(Thread *t, Value sequence, size_t *count)
{
    Value items = VALUE_EMPTY;
    gid_t *groups = NULL;
    if (!list_check(sequence) && !tuple_check(sequence) && !type_of(t, sequence)->slots.getitem)
        return error_set(t, EXC_TypeError, "setgroups argument must be a sequence"), NULL;
    items = object_to_tuple(t, sequence);
    if (value_is_empty(items))
        return NULL;
    size_t n = tuple_length(items);
    if (n > GROUPS_MAX)
        error_set(t, EXC_ValueError, "too many groups");
    else
        groups = alloc_memory(t, (n + 1) * sizeof *groups);
    for (size_t i = 0; groups && i < n; i++) {
        Value item = tuple_peek(items, i);
        if (!int_check(item))
            error_set(t, EXC_TypeError, "groups must be integers");
        if (error_pending(t) || posix_id(t, item, "gid", &groups[i]) < 0) {
            alloc_memory_free(t, groups);
            groups = NULL;
        }
    }
    ref_dec(t, items);
    *count = n;
    return groups;
}
NATIVE(posix_setgroups, "setgroups", "($module, groups, /)", "Sets the supplementary groups.")
{
    size_t count;
    gid_t *groups = posix_groups(t, args[1], &count);
    if (!groups)
        return VALUE_EMPTY;
    Value v = done(t, setgroups(count, groups));
    alloc_memory_free(t, groups);
    return v;
}
NATIVE(posix_getgrouplist, "getgrouplist", "($module, user, group, /)",
       "All groups that a user belongs to, this one among them.")
{
    Value name = str_check(args[1])
                     ? str_to_fs(t, args[1])
                     : error_set(t, EXC_TypeError, "getgrouplist() argument 1 must be str, not %T", args[1]);
    uint32_t group;
    if (value_is_empty(name))
        return name;
    Value list = VALUE_EMPTY;
    int count = 64;
    gid_t *groups = posix_id(t, args[2], "gid", &group) < 0 ? NULL : alloc_memory(t, (size_t)count * sizeof *groups);
    while (groups) {
        int room = count;
        if (getgrouplist((const char *)bytes_of(name)->data, group, groups, &count) >= 0) {
            list = group_list(t, groups, count);
            break;
        }
        if (count <= room)
            count = room * 2;
        gid_t *more = alloc_memory_resize(t, groups, (size_t)count * sizeof *groups);
        if (!more)
            break;
        groups = more;
    }
    alloc_memory_free(t, groups);
    ref_dec(t, name);
    return list;
}
NATIVE(posix_initgroups, "initgroups", "($module, username, gid, /)",
       "Sets the supplementary groups to those of a user and a further one.")
{
    uint32_t group;
    Value name = str_to_fs(t, args[1]), v = VALUE_EMPTY;
    if (!value_is_empty(name) && posix_id(t, args[2], "gid", &group) == 0)
        v = done(t, initgroups((const char *)bytes_of(name)->data, group));
    ref_dec(t, name);
    return v;
}
NATIVE(posix_getgroups, "getgroups", "($module, /)", "Supplementary groups.")
{
    int count = getgroups(0, NULL);
    if (count < 0)
        return error_from_errno(t, errno);
    gid_t *groups = alloc_memory(t, ((size_t)count + 1) * sizeof *groups);
    if (!groups)
        return VALUE_EMPTY;
    count = getgroups(count, groups);
    Value list = count < 0 ? error_from_errno(t, errno) : group_list(t, groups, count);
    alloc_memory_free(t, groups);
    return list;
}

/* ---- names and priorities ---- */

NATIVE(posix_getlogin, "getlogin", "($module, /)", "Name of the user logged in.")
{
    char name[256];
    int error = getlogin_r(name, sizeof name);
    return error ? error_from_errno(t, error) : str_from_fs(t, name, strlen(name));
}
NATIVE(posix_nice, "nice", "($module, increment, /)", "Changes the priority of the process.")
{
    int increment;
    if (int_to_int(t, args[1], &increment) < 0)
        return VALUE_EMPTY;
    errno = 0;
    int priority = nice(increment);
    return priority == -1 && errno ? error_from_errno(t, errno) : value_from_int(priority);
}
NATIVE(posix_getpriority, "getpriority", "($module, /, which, who)", "Scheduling priority.")
{
    int which, who;
    if (int_to_int(t, args[1], &which) < 0 || int_to_int(t, args[2], &who) < 0)
        return VALUE_EMPTY;
    errno = 0;
    int priority = getpriority(which, (id_t)who);
    return priority == -1 && errno ? error_from_errno(t, errno) : value_from_int(priority);
}
NATIVE(posix_setpriority, "setpriority", "($module, /, which, who, priority)", "Sets a scheduling priority.")
{
    int which, who, priority;
    if (int_to_int(t, args[1], &which) < 0 || int_to_int(t, args[2], &who) < 0 || int_to_int(t, args[3], &priority) < 0)
        return VALUE_EMPTY;
    return done(t, setpriority(which, (id_t)who, priority));
}

const NativeDef *const posix_ids_methods[] = {&native_posix_getpid,
                                              &native_posix_getppid,
                                              &native_posix_getuid,
                                              &native_posix_geteuid,
                                              &native_posix_getgid,
                                              &native_posix_getegid,
                                              &native_posix_getpgrp,
                                              &native_posix_getpgid,
                                              &native_posix_setpgid,
                                              &native_posix_setpgrp,
                                              &native_posix_setsid,
                                              &native_posix_getsid,
                                              &native_posix_setuid,
                                              &native_posix_seteuid,
                                              &native_posix_setgid,
                                              &native_posix_setegid,
                                              &native_posix_setreuid,
                                              &native_posix_setregid,
                                              &native_posix_setresuid,
                                              &native_posix_setresgid,
                                              &native_posix_getresuid,
                                              &native_posix_getresgid,
                                              &native_posix_setgroups,
                                              &native_posix_getgroups,
                                              &native_posix_getgrouplist,
                                              &native_posix_initgroups,
                                              &native_posix_getlogin,
                                              &native_posix_nice,
                                              &native_posix_getpriority,
                                              &native_posix_setpriority,
                                              NULL};
