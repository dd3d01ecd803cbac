/* mod_sys.c: the module sys: what the interpreter tells about itself, and its settings.  Hooks (displayhook, excepthook ...) are in mod_sys_hooks.c, constants in
 * mod_sys_info.c. */
#include "mod_sys.h"

#include <errno.h>
#include <unistd.h>

#include "../memory/alloc.h"
#include "../memory/contended.h"
#include "../memory/cycle.h"
#include "../object/audit.h"
#include "../object/bytes.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/exception.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../run/eval.h"
#include "../run/frame_access.h"
#include "../thread/gil.h"
#include "../thread/world.h"

/* ---- exceptions and frames ---- */

NATIVE(sys_exc_info, "exc_info", "($module, /)",
       "Returns (type, value, traceback) of the exception being handled, or three Nones.")
{
    Value exc = error_peek_handled(t);
    if (value_is_none(exc))
        return tuple_pack(t, 3, VALUE_NONE, VALUE_NONE, VALUE_NONE);
    Value tb = exception_get_traceback(t, exc);
    Value result = tuple_pack(t, 3, value_of(type_of(t, exc)), exc, value_is_empty(tb) ? VALUE_NONE : tb);
    ref_dec(t, tb);
    return result;
}
NATIVE(sys_exception, "exception", "($module, /)", "Returns the exception being handled, or None.")
{
    return ref_inc(t, error_peek_handled(t));
}

NATIVE(sys_exit, "exit", "($module, status=None, /)", "Leaves the interpreter by raising SystemExit(status).")
{
    Type *type = t->interp->exceptions[EXC_SystemExit];
    Value status = args[1];
    if (value_is_empty(status) || value_is_none(status))
        return error_set_none(t, EXC_SystemExit);
    Value exc = tuple_check(status) ? object_call_tuple(t, value_of(type), status, VALUE_EMPTY)
                                    : object_call1(t, value_of(type), status);
    return value_is_empty(exc) ? exc : error_set_take(t, exc);
}

static Frame *frame_at_depth(Thread *t, int64_t depth)
{
    Frame *f = t->frame;
    while (f && depth-- > 0)
        f = f->previous;
    return f;
}

NATIVE(sys_getframe, "_getframe", "($module, depth=0, /)",
       "Returns the frame `depth` calls below the top of the stack.")
{
    int depth = 0;
    if (!value_is_empty(args[1]) && int_to_int(t, args[1], &depth) < 0)
        return VALUE_EMPTY;
    Frame *f = frame_at_depth(t, depth < 0 ? 0 : depth);
    Value frame = f ? frame_object(t, f) : error_set(t, EXC_ValueError, "call stack is not deep enough");
    if (!value_is_empty(frame) && audit(t, "sys._getframe", "O", frame) < 0)
        ref_clear(t, &frame);
    return frame;
}

NATIVE(sys_getframemodulename, "_getframemodulename", "($module, /, depth=0)",
       "Returns the name of the module that a frame's function belongs to, or None.")
{
    int depth = 0;
    if ((!value_is_empty(args[1]) && int_to_int(t, args[1], &depth) < 0) ||
        audit(t, "sys._getframemodulename", "i", depth) < 0)
        return VALUE_EMPTY;
    Frame *f = frame_at_depth(t, depth < 0 ? 0 : depth);
    if (!f || !f->function || value_is_empty(f->function->module))
        return VALUE_NONE;
    return ref_inc(t, f->function->module);
}

static int add_current_frame(Thread *x, void *arg)
{
    void **context = arg;
    Thread *t = context[0];
    if (!x->frame)
        return 0;
    Value frame = frame_object(t, x->frame), id = int_from_uint64(t, x->id);
    int status = value_is_empty(frame) || value_is_empty(id) ? -1 : dict_set(t, *(Value *)context[1], id, frame);
    ref_dec(t, frame);
    ref_dec(t, id);
    return status;
}

NATIVE(sys_current_frames, "_current_frames", "($module, /)", "Returns a dict of thread id and topmost frame.")
{
    if (audit(t, "sys._current_frames", "") < 0)
        return VALUE_EMPTY;
    Value dict = dict_new(t);
    void *context[2] = {t, &dict};
    if (value_is_empty(dict))
        return dict;
    world_stop(t);
    int status = world_each(t->interp, add_current_frame, context);
    world_start(t);
    if (status != 0)
        ref_clear(t, &dict);
    return dict;
}

static int add_current_exception(Thread *x, void *arg)
{
    void **context = arg;
    Thread *t = context[0];
    Value id = int_from_uint64(t, x->id);
    int status = value_is_empty(id) ? -1 : dict_set(t, *(Value *)context[1], id, error_peek_handled(x));
    ref_dec(t, id);
    return status;
}

NATIVE(sys_current_exceptions, "_current_exceptions", "($module, /)",
       "Returns a dict of thread id and exception being handled.")
{
    if (audit(t, "sys._current_exceptions", "") < 0)
        return VALUE_EMPTY;
    Value dict = dict_new(t);
    void *context[2] = {t, &dict};
    if (value_is_empty(dict))
        return dict;
    world_stop(t);
    int status = world_each(t->interp, add_current_exception, context);
    world_start(t);
    if (status != 0)
        ref_clear(t, &dict);
    return dict;
}

/* ---- objects ---- */

NATIVE(sys_getrefcount, "getrefcount", "($module, object, /)",
       "Returns the number of references to an object.\n\nThe argument itself counts where CPython counts it: a "
       "variable of the caller is not counted twice.")
{
    /* The number that CPython 3.14 gives: its compiler lends plain local variables to calls, so one that was just made has 1; a global or an attribute is loaded with a
     * reference of its own in both. */
    if (!value_is_object(args[1]))
        return int_from_int64(t, UINT32_MAX);
    Object *o = value_object(args[1]);
    if (ref_is_immortal(o))
        return int_from_int64(t, UINT32_MAX);
    return int_from_int64(t, (int64_t)ref_count(o) + contended_sum(t, o) - frame_access_lent(t, args[1]));
}

NATIVE(sys_getsizeof, "getsizeof", "($module, object, default=<unrepresentable>)",
       "Returns the size of an object in bytes.")
{
    Value method, size;
    int found = object_special(t, args[1], ID(t, __sizeof__), &method);
    if (found < 0)
        return VALUE_EMPTY;
    if (!found) {
        error_set(t, EXC_TypeError, "Type %T doesn't define __sizeof__", args[1]);
        size = VALUE_EMPTY;
    } else {
        size = object_call0(t, method);
        ref_dec(t, method);
    }
    if (value_is_empty(size)) {
        if (!value_is_empty(args[2]) && error_swallow(t, EXC_TypeError))
            return ref_inc(t, args[2]);
        return size;
    }
    int64_t bytes;
    if (int_to_int64(t, size, &bytes) < 0) {
        ref_dec(t, size);
        return VALUE_EMPTY;
    }
    ref_dec(t, size);
    if (bytes < 0)
        return error_set(t, EXC_ValueError, "__sizeof__() should return >= 0");
    return int_from_int64(t, bytes);
}

NATIVE(sys_intern, "intern", "($module, string, /)", "Returns the one interned string equal to the argument.")
{
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "intern() argument must be str, not %M", args[1]);
    if (!str_check_exact(args[1]))
        return error_set(t, EXC_TypeError, "can't intern %T", args[1]);
    return str_intern_take(t, ref_inc(t, args[1]));
}

NATIVE(sys_is_interned, "_is_interned", "($module, string, /)", "Whether a string is interned.")
{
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "_is_interned() argument must be str, not %M", args[1]);
    return value_from_bool(value_object(args[1])->aux & STR_INTERNED);
}

NATIVE(sys_is_immortal, "_is_immortal", "($module, op, /)", "Whether an object is never counted.")
{
    return value_from_bool(!value_is_object(args[1]) || ref_is_immortal(value_object(args[1])));
}

/* ---- settings ---- */

NATIVE(sys_getrecursionlimit, "getrecursionlimit", "($module, /)", "Returns how deep Python calls may nest.")
{
    return value_from_int(t->interp->recursion_limit);
}

static int adjust_recursion(Thread *x, void *arg)
{
    int64_t change = *(int64_t *)arg, left = (int64_t)x->recursion_left + change;
    x->recursion_left = left < 0 ? 0 : (int32_t)left;
    return 0;
}

NATIVE(sys_setrecursionlimit, "setrecursionlimit", "($module, limit, /)", "Sets how deep Python calls may nest.")
{
    int limit;
    if (int_to_int(t, args[1], &limit) < 0)
        return VALUE_EMPTY;
    if (limit < 1)
        return error_set(t, EXC_ValueError, "recursion limit must be greater or equal than 1");
    int64_t depth = (int64_t)t->interp->recursion_limit - (int64_t)t->recursion_left;
    if (depth >= limit)
        return error_set(t, EXC_RecursionError,
                         "cannot set the recursion limit to %d at the recursion depth %d: the limit is too low", limit,
                         (int)depth);
    int64_t change = (int64_t)limit - (int64_t)t->interp->recursion_limit;
    t->interp->recursion_limit = (uint32_t)limit;
    world_each(t->interp, adjust_recursion, &change);
    return VALUE_NONE;
}

NATIVE(sys_getswitchinterval, "getswitchinterval", "($module, /)",
       "Returns after how many seconds a waiting thread asks for the lock.")
{
    return value_from_double(atomic_load(&t->interp->switch_interval));
}
NATIVE(sys_getdlopenflags, "getdlopenflags", "($module, /)",
       "Returns the flags that extension modules would be opened with: those of dlopen().")
{
    return value_from_int(t->interp->dlopen_flags);
}
NATIVE(sys_setdlopenflags, "setdlopenflags", "($module, flags, /)", "Sets what getdlopenflags() returns.")
{
    return int_to_int(t, args[1], &t->interp->dlopen_flags) < 0 ? VALUE_EMPTY : VALUE_NONE;
}
NATIVE(sys_setswitchinterval, "setswitchinterval", "($module, interval, /)",
       "Sets after how many seconds a waiting thread asks for the lock.")
{
    double interval = number_to_double(t, args[1]);
    if (error_pending(t))
        return VALUE_EMPTY;
    if (!(interval > 0))
        return error_set(t, EXC_ValueError, "switch interval must be strictly positive");
    atomic_store(&t->interp->switch_interval, interval);
    return VALUE_NONE;
}

NATIVE(sys_is_gil_enabled, "_is_gil_enabled", "($module, /)", "Whether the Global Interpreter Lock is on.")
{
    return value_from_bool(gil_is_enabled(t->interp));
}

NATIVE(sys_get_int_max_str_digits, "get_int_max_str_digits", "($module, /)",
       "Returns the limit of digits in conversions between int and str.")
{
    return value_from_int(t->interp->config.int_max_str_digits);
}
NATIVE(sys_set_int_max_str_digits, "set_int_max_str_digits", "($module, /, maxdigits)",
       "Sets the limit of digits in conversions between int and str; 0 is none.")
{
    int limit;
    if (int_to_int(t, args[1], &limit) < 0)
        return VALUE_EMPTY;
    if (limit != 0 && limit < 640)
        return error_set(t, EXC_ValueError, "maxdigits must be 0 or larger than 640");
    t->interp->config.int_max_str_digits = limit;
    return VALUE_NONE;
}

NATIVE(sys_getdefaultencoding, "getdefaultencoding", "($module, /)",
       "Returns the encoding of str.encode() and bytes.decode() by default.")
{
    return str_from_string(t, "utf-8");
}
NATIVE(sys_getfilesystemencoding, "getfilesystemencoding", "($module, /)", "Returns the encoding of file names.")
{
    return str_from_string(t, t->interp->fs_encoding ? t->interp->fs_encoding : "utf-8");
}
NATIVE(sys_getfilesystemencodeerrors, "getfilesystemencodeerrors", "($module, /)",
       "Returns the error handler of file names.")
{
    return str_from_string(t, "surrogateescape");
}
NATIVE(sys_is_finalizing, "is_finalizing", "($module, /)", "Whether the interpreter is shutting down.")
{
    return value_from_bool(t->interp->finalizing);
}
NATIVE(sys_getallocatedblocks, "getallocatedblocks", "($module, /)", "Returns the number of memory blocks in use.")
{
    return value_from_int(0);
}
NATIVE(sys_getunicodeinternedsize, "getunicodeinternedsize", "($module, /, *, _only_immortal=False)",
       "Returns the number of interned strings.")
{
    return value_from_int(0);
}
NATIVE(sys_get_cpu_count_config, "_get_cpu_count_config", "($module, /)",
       "The number of processors that -X cpu_count gives, or -1.")
{
    int count = t->interp->config.cpu_count;
    return value_from_int(count ? count : -1);
}
NATIVE(sys_baserepl, "_baserepl", "($module, /)", "Runs the plain prompt.")
{
    if (!t->interp->base_repl)
        return error_set(t, EXC_RuntimeError, "there is no prompt in this program");
    return t->interp->base_repl(t);
}
NATIVE(sys_clear_type_cache, "_clear_type_cache", "($module, /)", "Forgets cached attribute lookups of types.")
{
    return VALUE_NONE;
}
NATIVE(sys_clear_type_descriptors, "_clear_type_descriptors", "($module, type, /)",
       "Takes the descriptors of __dict__ and __weakref__ out of a class.")
{
    if (!type_check(args[1]))
        return error_set(t, EXC_TypeError, "_clear_type_descriptors() argument must be type, not %T", args[1]);
    return type_clear_descriptors(t, type_as(args[1])) < 0 ? VALUE_EMPTY : VALUE_NONE;
}
NATIVE(sys_clear_internal_caches, "_clear_internal_caches", "($module, /)", "Forgets what the interpreter has cached.")
{
    return VALUE_NONE;
}
NATIVE(sys_is_stack_trampoline_active, "is_stack_trampoline_active", "($module, /)",
       "Whether a trampoline for native profilers is active: never.")
{
    return VALUE_FALSE;
}
NATIVE(sys_activate_stack_trampoline, "activate_stack_trampoline", "($module, backend, /)", "Not available.")
{
    return error_set(t, EXC_ValueError, "perf trampoline not available");
}
NATIVE(sys_deactivate_stack_trampoline, "deactivate_stack_trampoline", "($module, /)",
       "Does nothing: no trampoline is ever active.")
{
    return VALUE_NONE;
}
NATIVE(sys_debugmallocstats, "_debugmallocstats", "($module, /)", "Writes statistics of the allocator: none are kept.")
{
    return VALUE_NONE;
}

/* ---- asynchronous generators and coroutines ---- */

NATIVE(sys_get_asyncgen_hooks, "get_asyncgen_hooks", "($module, /)",
       "Returns the hooks that event loops set for asynchronous generators.")
{
    Value type = dict_get_string(t, t->interp->sys_dict, "_asyncgen_hooks_type"), fields = VALUE_EMPTY,
          result = VALUE_EMPTY;
    fields = tuple_pack(t, 2, value_is_empty(t->async_firstiter) ? VALUE_NONE : t->async_firstiter,
                        value_is_empty(t->async_finalizer) ? VALUE_NONE : t->async_finalizer);
    if (!value_is_empty(type) && !value_is_empty(fields))
        result = object_call1(t, type, fields);
    ref_dec(t, type);
    ref_dec(t, fields);
    return result;
}

static int check_hook(Thread *t, Value hook, const char *name)
{
    if (!value_is_empty(hook) && !value_is_none(hook) && !object_is_callable(t, hook))
        return error_set(t, EXC_TypeError, "callable %s expected, got %T", name, hook), -1;
    return 0;
}
NATIVE(sys_set_asyncgen_hooks, "set_asyncgen_hooks",
       "($module, /, firstiter=<unrepresentable>, finalizer=<unrepresentable>)",
       "Sets the hooks for asynchronous generators of this thread.")
{
    if (check_hook(t, args[1], "firstiter") < 0 || check_hook(t, args[2], "finalizer") < 0)
        return VALUE_EMPTY;
    /* Both are asked for before anything changes. */
    if ((!value_is_empty(args[2]) && audit(t, "sys.set_asyncgen_hook_finalizer", "") < 0) ||
        (!value_is_empty(args[1]) && audit(t, "sys.set_asyncgen_hook_firstiter", "") < 0))
        return VALUE_EMPTY;
    if (!value_is_empty(args[2]))
        ref_replace_take(t, &t->async_finalizer, value_is_none(args[2]) ? VALUE_EMPTY : ref_inc(t, args[2]));
    if (!value_is_empty(args[1]))
        ref_replace_take(t, &t->async_firstiter, value_is_none(args[1]) ? VALUE_EMPTY : ref_inc(t, args[1]));
    return VALUE_NONE;
}
NATIVE(sys_get_coroutine_origin_tracking_depth, "get_coroutine_origin_tracking_depth", "($module, /)",
       "Returns how many frames cr_origin tells.")
{
    return value_from_int(t->coroutine_origin_depth);
}
NATIVE(sys_set_coroutine_origin_tracking_depth, "set_coroutine_origin_tracking_depth", "($module, /, depth)",
       "Sets how many frames cr_origin tells.")
{
    int depth;
    if (int_to_int(t, args[1], &depth) < 0)
        return VALUE_EMPTY;
    if (depth < 0)
        return error_set(t, EXC_ValueError, "depth must be >= 0");
    t->coroutine_origin_depth = depth;
    return VALUE_NONE;
}

/* ---- auditing ---- */

NATIVE(sys_addaudithook, "addaudithook", "($module, /, hook)", "Adds a function that is told of events.")
{
    return audit_add_hook(t, args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}
NATIVE(sys_audit, "audit", "($module, event, /, *args)", "Tells the audit hooks of an event.")
{
    if (n < 2)
        return error_set(t, EXC_TypeError, "audit expected at least 1 argument, got 0");
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "audit() argument 1 must be str, not %M", args[1]);
    if (!audit_wanted(t))
        return VALUE_NONE;
    Value rest = tuple_from_array(t, args + 2, n - 2);
    int status = value_is_empty(rest) ? -1 : audit_tell(t, args[1], rest);
    ref_dec(t, rest);
    return status < 0 ? VALUE_EMPTY : VALUE_NONE;
}

/* ---- scripts for other processes (PEP 768): there is no way into a running one ---- */

NATIVE(sys_is_remote_debug_enabled, "is_remote_debug_enabled", "($module, /)",
       "Whether remote_exec() of another process can reach this one: no.")
{
    return VALUE_FALSE;
}
NATIVE(sys_remote_exec, "remote_exec", "($module, /, pid, script)",
       "Has another process run a script: not supported, an error.")
{
    int pid;
    Value path;
    if (int_to_int(t, args[1], &pid) < 0 || value_is_empty(path = str_to_fs(t, args[2])))
        return VALUE_EMPTY;
    if (audit(t, "sys.remote_exec", "iO", pid, args[2]) == 0) {
        if (access((const char *)bytes_of(path)->data, R_OK) == 0)
            error_set(t, EXC_RuntimeError, "Remote debugging is not supported on this platform");
        else if (errno == ENOENT)
            error_set(t, EXC_FileNotFoundError, "Script file does not exist");
        else if (errno == EACCES)
            error_set(t, EXC_PermissionError, "Script file cannot be read");
        else
            error_set(t, EXC_OSError, "Cannot access script file");
    }
    ref_dec(t, path);
    return VALUE_EMPTY;
}

static const NativeDef *const methods[] = {&native_sys_exc_info,
                                           &native_sys_exception,
                                           &native_sys_exit,
                                           &native_sys_getframe,
                                           &native_sys_getframemodulename,
                                           &native_sys_current_frames,
                                           &native_sys_current_exceptions,
                                           &native_sys_getrefcount,
                                           &native_sys_getsizeof,
                                           &native_sys_intern,
                                           &native_sys_is_interned,
                                           &native_sys_is_immortal,
                                           &native_sys_getrecursionlimit,
                                           &native_sys_setrecursionlimit,
                                           &native_sys_getdlopenflags,
                                           &native_sys_setdlopenflags,
                                           &native_sys_getswitchinterval,
                                           &native_sys_setswitchinterval,
                                           &native_sys_is_gil_enabled,
                                           &native_sys_get_int_max_str_digits,
                                           &native_sys_set_int_max_str_digits,
                                           &native_sys_getdefaultencoding,
                                           &native_sys_getfilesystemencoding,
                                           &native_sys_getfilesystemencodeerrors,
                                           &native_sys_is_finalizing,
                                           &native_sys_getallocatedblocks,
                                           &native_sys_getunicodeinternedsize,
                                           &native_sys_clear_type_cache,
                                           &native_sys_get_cpu_count_config,
                                           &native_sys_baserepl,
                                           &native_sys_clear_internal_caches,
                                           &native_sys_clear_type_descriptors,
                                           &native_sys_is_stack_trampoline_active,
                                           &native_sys_activate_stack_trampoline,
                                           &native_sys_deactivate_stack_trampoline,
                                           &native_sys_debugmallocstats,
                                           &native_sys_get_asyncgen_hooks,
                                           &native_sys_set_asyncgen_hooks,
                                           &native_sys_get_coroutine_origin_tracking_depth,
                                           &native_sys_set_coroutine_origin_tracking_depth,
                                           &native_sys_addaudithook,
                                           &native_sys_audit,
                                           &native_sys_is_remote_debug_enabled,
                                           &native_sys_remote_exec,
                                           NULL};

static int exec(Thread *t, Value module)
{
    if (sys_add_hooks(t, module) < 0 || sys_add_trace(t, module) < 0 || sys_add_monitoring(t, module) < 0 ||
        sys_add_info(t, module) < 0)
        return -1;
    return 0;
}

const ModuleDef module_def_sys = {
    .name = "sys",
    .doc = "What the interpreter tells about itself, and its settings.",
    .methods = methods,
    .exec = exec,
};
