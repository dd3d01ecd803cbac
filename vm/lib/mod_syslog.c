/* mod_syslog.c: the module syslog: messages to the system's log.
 *
 * Invariant: openlog keeps the address of its identifier, so `ident` lives until closelog or the next openlog.  The C
 * library has one log a process.  Locks: `lock` orders opening, closing and writing. */
#include <stddef.h>
#include <syslog.h>

#include "../memory/alloc.h"
#include "../object/audit.h"
#include "../object/bytes.h"
#include "../object/container.h"
#include "../object/module.h"
#include "../thread/lock.h"
#include "argument.h"

typedef struct SyslogState {
    Value ident; /* bytes, or empty */
    bool open;
    PyLock lock; /* held while the log is opened, closed or written to */
} SyslogState;

static SyslogState *state_of(Thread *t) { return t->interp->module_state[MODULE_syslog]; }
static void lock(Thread *t) { pylock_acquire(t, &state_of(t)->lock, -1, false, EVENT_LOCK); }
static void unlock(Thread *t) { pylock_release(t, &state_of(t)->lock); }

/* The program's name without folders, as the log's default identifier: bytes, or empty without an exception. */
static Value default_ident(Thread *t)
{
    Value argv = dict_get_string(t, t->interp->sys_dict, "argv"), name = VALUE_EMPTY, ident = VALUE_EMPTY;
    if (!value_is_empty(argv) && list_check(argv))
        name = list_get(t, argv, 0);
    if (!value_is_empty(name) && str_check(name)) {
        int64_t slash = str_rfind_char(name, '/', 0, str_length(name));
        Value base = str_slice(t, name, (size_t)(slash + 1), str_length(name));
        if (!value_is_empty(base) && str_length(base))
            ident = str_to_utf8_errors(t, base, STR_SURROGATEESCAPE);
        ref_dec(t, base);
    }
    ref_dec(t, name);
    ref_dec(t, argv);
    error_clear(t);
    return ident;
}

/* Opens the log, taking the identifier (bytes or empty). */
static int open_log_take(Thread *t, Value ident, int option, int facility)
{
    if (audit(t, "syslog.openlog", "Nii",
              value_is_empty(ident) ? VALUE_NONE
                                    : str_from_fs(t, (const char *)bytes_of(ident)->data, bytes_of(ident)->length),
              option, facility) < 0) {
        ref_dec(t, ident);
        return -1;
    }
    SyslogState *state = state_of(t);
    lock(t);
    Value old = state->ident;
    state->ident = ident;
    openlog(value_is_empty(ident) ? NULL : (const char *)bytes_of(ident)->data, option, facility);
    state->open = true;
    unlock(t);
    ref_dec(t, old);
    return 0;
}

NATIVE(openlog, "openlog", "($module, /, ident=<unrepresentable>, logoption=0, facility=LOG_USER)",
       "Sets how messages are marked and where they go.")
{
    int option, facility;
    Value ident;
    if (argument_int(t, args[2], 0, &option) < 0 || argument_int(t, args[3], LOG_USER, &facility) < 0)
        return VALUE_EMPTY;
    if (value_is_empty(args[1])) {
        ident = default_ident(t);
    } else {
        if (argument_str(t, args[1], "openlog", "argument 'ident'") < 0)
            return VALUE_EMPTY;
        ident = str_to_utf8(t, args[1]);
        if (value_is_empty(ident))
            return ident;
    }
    return open_log_take(t, ident, option, facility) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(syslog, "syslog", "($module, /, *args)", "syslog([priority,] message): writes a message to the log.")
{
    int priority = LOG_INFO;
    Value owner;
    if (n < 2 || n > 3)
        return error_set(t, EXC_TypeError, "syslog.syslog requires 1 to 2 arguments");
    if (n == 3 && int_to_int(t, args[1], &priority) < 0)
        return VALUE_EMPTY;
    const char *message = argument_string(t, args[n - 1], "syslog", n == 3 ? "argument 2" : "argument 1", &owner);
    if (!message)
        return VALUE_EMPTY;
    if (audit(t, "syslog.syslog", "is", priority, message) < 0 ||
        (!state_of(t)->open && open_log_take(t, default_ident(t), 0, LOG_USER) < 0)) {
        ref_dec(t, owner);
        return VALUE_EMPTY;
    }
    lock(t);
    thread_detach(t, EVENT_IO);
    syslog(priority, "%s", message);
    thread_attach(t);
    unlock(t);
    ref_dec(t, owner);
    return VALUE_NONE;
}

NATIVE(closelog, "closelog", "($module, /)", "Closes the log and forgets what openlog() has set.")
{
    SyslogState *state = state_of(t);
    if (audit(t, "syslog.closelog", "") < 0)
        return VALUE_EMPTY;
    lock(t);
    Value old = state->ident;
    if (state->open)
        closelog();
    state->open = false;
    state->ident = VALUE_EMPTY;
    unlock(t);
    ref_dec(t, old);
    return VALUE_NONE;
}

NATIVE(setlogmask, "setlogmask", "($module, maskpri, /)", "Sets which priorities are logged; returns what it was.")
{
    int mask;
    return int_to_int(t, args[1], &mask) < 0 || audit(t, "syslog.setlogmask", "i", mask) < 0
               ? VALUE_EMPTY
               : value_from_int(setlogmask(mask));
}
NATIVE(LOG_MASK, "LOG_MASK", "($module, pri, /)", "The mask for one priority.")
{
    int priority;
    return int_to_int(t, args[1], &priority) < 0 ? VALUE_EMPTY : value_from_int((int)(1u << (priority & 31)));
}
NATIVE(LOG_UPTO, "LOG_UPTO", "($module, pri, /)", "The mask for all priorities up to one.")
{
    int priority;
    return int_to_int(t, args[1], &priority) < 0 ? VALUE_EMPTY
                                                 : value_from_int((int)((UINT64_C(1) << ((priority & 31) + 1)) - 1));
}

static const struct {
    const char *name;
    int value;
} constants[] = {
#define CONSTANT(name)                                                                                                 \
    {                                                                                                                  \
#name, name                                                                                                    \
    }
    CONSTANT(LOG_EMERG),  CONSTANT(LOG_ALERT),  CONSTANT(LOG_CRIT),   CONSTANT(LOG_ERR),      CONSTANT(LOG_WARNING),
    CONSTANT(LOG_NOTICE), CONSTANT(LOG_INFO),   CONSTANT(LOG_DEBUG),  CONSTANT(LOG_PID),      CONSTANT(LOG_CONS),
    CONSTANT(LOG_NDELAY), CONSTANT(LOG_ODELAY), CONSTANT(LOG_NOWAIT), CONSTANT(LOG_PERROR),   CONSTANT(LOG_KERN),
    CONSTANT(LOG_USER),   CONSTANT(LOG_MAIL),   CONSTANT(LOG_DAEMON), CONSTANT(LOG_AUTH),     CONSTANT(LOG_LPR),
    CONSTANT(LOG_LOCAL0), CONSTANT(LOG_LOCAL1), CONSTANT(LOG_LOCAL2), CONSTANT(LOG_LOCAL3),   CONSTANT(LOG_LOCAL4),
    CONSTANT(LOG_LOCAL5), CONSTANT(LOG_LOCAL6), CONSTANT(LOG_LOCAL7), CONSTANT(LOG_SYSLOG),   CONSTANT(LOG_CRON),
    CONSTANT(LOG_UUCP),   CONSTANT(LOG_NEWS),   CONSTANT(LOG_FTP),    CONSTANT(LOG_AUTHPRIV),
#undef CONSTANT
};

static int exec(Thread *t, Value module)
{
    if (!state_of(t)) {
        t->interp->module_state[MODULE_syslog] = alloc_memory_zeroed(t, 1, sizeof(SyslogState));
        if (!state_of(t))
            return -1;
    }
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0)
            return -1;
    }
    return 0;
}

static void free_state(Thread *t, void *p)
{
    SyslogState *state = p;
    if (state->open)
        closelog();
    ref_clear(t, &state->ident);
    alloc_memory_free(t, state);
}

static const NativeDef *const methods[] = {
    &native_openlog, &native_syslog, &native_closelog, &native_setlogmask, &native_LOG_MASK, &native_LOG_UPTO, NULL};

const ModuleDef module_def_syslog = {
    .name = "syslog",
    .doc = "Messages to the system's log.",
    .methods = methods,
    .exec = exec,
    .free_state = free_state,
};
