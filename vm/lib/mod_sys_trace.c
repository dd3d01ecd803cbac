/* mod_sys_trace.c: sys.settrace, setprofile and what belongs to them.  Read next: ../run/trace.h. */
#include "../memory/ref.h"
#include "../object/audit.h"
#include "../object/container.h"
#include "../object/error.h"
#include "../object/module.h"
#include "../run/trace.h"
#include "../thread/breaker.h"
#include "../thread/world.h"
#include "mod_sys.h"

static Value set_function(Thread *t, Value *slot, Value function, const char *event)
{
    if (audit(t, event, "") < 0)
        return VALUE_EMPTY;
    Value old = *slot;
    *slot = value_is_none(function) ? VALUE_EMPTY : ref_inc(t, function);
    trace_switch(t);
    ref_dec(t, old);
    return VALUE_NONE;
}
static Value get_function(Thread *t, Value v) { return value_is_empty(v) ? VALUE_NONE : ref_inc(t, v); }

NATIVE(sys_settrace, "settrace", "($module, function, /)",
       "Sets the function that is called at each call, line, return and exception of this thread.")
{
    return set_function(t, &t->trace_function, args[1], "sys.settrace");
}
NATIVE(sys_gettrace, "gettrace", "($module, /)", "The function set by settrace, or None.")
{
    return get_function(t, t->trace_function);
}
NATIVE(sys_setprofile, "setprofile", "($module, function, /)",
       "Sets the function that is called at each call and return of this thread.")
{
    return set_function(t, &t->profile_function, args[1], "sys.setprofile");
}
NATIVE(sys_getprofile, "getprofile", "($module, /)", "The function set by setprofile, or None.")
{
    return get_function(t, t->profile_function);
}

/* A thread's functions belong to it; another thread's are set with all threads stopped, and what they replace is released afterwards. */
typedef struct SetAll {
    Thread *t;
    Value function;
    bool profile;
    Value old[256];
    uint32_t n;
} SetAll;

static int set_one(Thread *x, void *arg)
{
    SetAll *all = arg;
    Value *slot = all->profile ? &x->profile_function : &x->trace_function;
    if (all->n == 256)
        return 1;
    all->old[all->n++] = *slot;
    *slot = value_is_none(all->function) ? VALUE_EMPTY : ref_inc(all->t, all->function);
    breaker_set(x, BREAKER_TRACE);
    return 0;
}
static Value set_all(Thread *t, Value function, bool profile)
{
    if (audit(t, profile ? "sys.setprofile" : "sys.settrace", "") < 0)
        return VALUE_EMPTY;
    SetAll all = {.t = t, .function = function, .profile = profile};
    world_stop(t);
    world_each(t->interp, set_one, &all);
    world_start(t);
    for (uint32_t i = 0; i < all.n; i++)
        ref_dec(t, all.old[i]);
    return VALUE_NONE;
}
NATIVE(sys_settrace_all, "_settraceallthreads", "($module, function, /)", "Sets the trace function of all threads.")
{
    return set_all(t, args[1], false);
}
NATIVE(sys_setprofile_all, "_setprofileallthreads", "($module, function, /)",
       "Sets the profile function of all threads.")
{
    return set_all(t, args[1], true);
}

NATIVE(sys_call_tracing, "call_tracing", "($module, func, args, /)",
       "Calls func(*args) with tracing on: for use inside a trace function.")
{
    if (!tuple_check(args[2]))
        return error_set(t, EXC_TypeError, "call_tracing() argument 2 must be tuple, not %T", args[2]);
    uint32_t kept = t->tracing;
    t->tracing = 0;
    Value result = object_call_tuple(t, args[1], args[2], VALUE_EMPTY);
    t->tracing = kept;
    return result;
}

static const NativeDef *const functions[] = {
    &native_sys_settrace,     &native_sys_gettrace,       &native_sys_setprofile,   &native_sys_getprofile,
    &native_sys_settrace_all, &native_sys_setprofile_all, &native_sys_call_tracing, NULL};

int sys_add_trace(Thread *t, Value module)
{
    Value name = str_from_string(t, "sys");
    int status = value_is_empty(name) ? -1 : 0;
    for (const NativeDef *const *def = functions; status == 0 && *def; def++)
        status = module_add_take(t, module, (*def)->name, native_new(t, *def, module, name));
    ref_dec(t, name);
    return status;
}
