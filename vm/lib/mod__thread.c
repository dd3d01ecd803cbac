/* mod__thread.c: the module _thread: starting threads, their handles, identities, the excepthook, and what threading's shutdown needs.
 *
 * Locks are in mod__thread_lock.c, _local in mod__thread_local.c; threads themselves in ../thread/handle.c.  No locks of its own. */
#include "mod__thread.h"

#include <signal.h>
#include <string.h>

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/audit.h"
#include "../object/bytes.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/exception.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"
#include "../object/structseq.h"
#include "../os/os.h"
#include "../thread/breaker.h"
#include "../thread/events.h"
#include "../thread/handle.h"
#include "../thread/world.h"
#include "clock.h"

#define TIMEOUT_MAX 9223372036.0
#define STACK_SIZE_MIN 0x8000

/* ---- handles ---- */

typedef struct HandleObject {
    Object head;
    ThreadHandle *handle;
} HandleObject;

static ThreadHandle *handle_of(Value v) { return ((HandleObject *)value_object(v))->handle; }

static Value handle_object_new(Thread *t)
{
    HandleObject *o = type_alloc(t, thread_state(t)->handle_type, 0);
    if (!o)
        return VALUE_EMPTY;
    o->handle = handle_new(t->interp);
    if (!o->handle) {
        ref_dec_object(t, &o->head);
        return error_no_memory(t);
    }
    return value_of(o);
}

static Value handle_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (native_parse(t, "_ThreadHandle", "()", args, n, names, NULL) < 0)
        return VALUE_EMPTY;
    return handle_object_new(t);
}

static void handle_dealloc(Thread *t, Object *o) { handle_release(((HandleObject *)o)->handle); }

static Value handle_repr(Thread *t, Value self)
{
    return str_format(t, "<%s object: ident=%llu>", type_name(type_of(t, self)),
                      (unsigned long long)atomic_load(&handle_of(self)->ident));
}

static Value handle_get_ident(Thread *t, Value self)
{
    return int_from_uint64(t, atomic_load(&handle_of(self)->ident));
}

NATIVE(handle_join, "join", "($self, timeout=None, /)", "Waits until the thread has ended, at most `timeout` seconds.")
{
    ThreadHandle *h = handle_of(args[0]);
    int64_t timeout = -1;
    if (!value_is_empty(args[1]) && !value_is_none(args[1]) && clock_from_seconds(t, args[1], CLOCK_AWAY, &timeout) < 0)
        return VALUE_EMPTY;
    if (timeout < 0)
        timeout = -1;
    if (atomic_load(&h->state) == HANDLE_NOT_STARTED && !handle_is_done(h))
        return error_set(t, EXC_RuntimeError, "thread not started");
    if (atomic_load(&h->ident) == t->id && !handle_is_done(h))
        return error_set(t, EXC_RuntimeError, "Cannot join current thread");
    handle_retain(h);
    int64_t deadline = timeout < 0 ? -1 : os_monotonic() + timeout;
    Value result = VALUE_NONE;
    for (;;) {
        LockResult got = handle_join(t, h, timeout);
        if (got != LOCK_INTERRUPTED)
            break;
        if (breaker_handle(t) < 0) {
            result = VALUE_EMPTY;
            break;
        }
        if (deadline >= 0) {
            timeout = deadline - os_monotonic();
            if (timeout < 0)
                timeout = 0;
        }
    }
    handle_release(h);
    return result;
}

NATIVE(handle_is_done, "is_done", "($self, /)", "Tells whether the thread has ended.")
{
    return value_from_bool(handle_is_done(handle_of(args[0])));
}

NATIVE(handle_set_done, "_set_done", "($self, /)", "Declares the thread ended.")
{
    ThreadHandle *h = handle_of(args[0]);
    if (atomic_load(&h->state) == HANDLE_NOT_STARTED)
        return error_set(t, EXC_RuntimeError, "thread not started");
    handle_set_done(t, h);
    return VALUE_NONE;
}

static const NativeDef *const handle_methods[] = {&native_handle_join, &native_handle_is_done, &native_handle_set_done,
                                                  NULL};
static const GetSetDef handle_getsets[] = {{"ident", handle_get_ident, NULL, NULL}, {NULL, NULL, NULL, NULL}};

static const TypeSpec type_spec_handle = {
    .name = "_thread._ThreadHandle",
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(HandleObject),
    .methods = handle_methods,
    .getsets = handle_getsets,
    .slots = {.dealloc = handle_dealloc, .create = handle_create, .repr = handle_repr},
};

NATIVE(make_handle, "_make_thread_handle", "($module, ident, /)",
       "For threading: a handle for a thread that runs already.")
{
    uint64_t ident;
    if (!int_check(args[1]))
        return error_set(t, EXC_TypeError, "ident must be an integer");
    if (int_to_uint64(t, args[1], &ident) < 0)
        return VALUE_EMPTY;
    Value v = handle_object_new(t);
    if (!value_is_empty(v))
        handle_adopt(handle_of(v), ident);
    return v;
}

/* ---- starting ---- */

typedef struct Start {
    Value function, args, kwargs;
} Start;

static void start_release(Thread *t, Start *s)
{
    ref_dec(t, s->function);
    ref_dec(t, s->args);
    ref_dec(t, s->kwargs);
    alloc_raw_free(s);
}

static void thread_main(Thread *t, void *arg)
{
    Start *s = arg;
    Value result = object_call_tuple(t, s->function, s->args, s->kwargs);
    if (value_is_empty(result) && !error_swallow(t, EXC_SystemExit))
        error_unraisable(t, VALUE_EMPTY, "Exception ignored in thread started by %V", s->function);
    ref_dec(t, result);
    start_release(t, s);
    thread_local_end(t);
}

/* Starts function(*args, **kwargs): the thread's ident, or an exception. */
static Value start(Thread *t, ThreadHandle *h, bool daemon, Value function, Value args, Value kwargs)
{
    Start *s = alloc_raw(sizeof *s);
    if (!s)
        return error_no_memory(t);
    *s = (Start){ref_inc(t, function), ref_inc(t, args), ref_inc(t, kwargs)};
    if (handle_start(t, h, daemon, thread_state(t)->stack_size, thread_main, s) < 0) {
        start_release(t, s);
        return VALUE_EMPTY;
    }
    return int_from_uint64(t, atomic_load(&h->ident));
}

#define START_NEW_SIGNATURE "($module, function, args, kwargs={}, /)"
NATIVE(start_new_thread, "start_new_thread", START_NEW_SIGNATURE,
       "Starts a thread that calls function(*args, **kwargs), and returns its identity.\n\nThe thread ends when the "
       "function returns; an exception is reported, unless it is "
       "SystemExit. The interpreter does not wait for it.")
{
    if (!object_is_callable(t, args[1]))
        return error_set(t, EXC_TypeError, "first arg must be callable");
    if (!tuple_check(args[2]))
        return error_set(t, EXC_TypeError, "2nd arg must be a tuple");
    if (!value_is_empty(args[3]) && !dict_check(args[3]))
        return error_set(t, EXC_TypeError, "optional 3rd arg must be a dictionary");
    if (audit(t, "_thread.start_new_thread", "OOO", args[1], args[2], args[3]) < 0)
        return VALUE_EMPTY;
    ThreadHandle *h = handle_new(t->interp);
    if (!h)
        return error_no_memory(t);
    Value ident = start(t, h, true, args[1], args[2], args[3]);
    handle_release(h);
    return ident;
}
static const NativeDef native_start_new = {"start_new", START_NEW_SIGNATURE, "An obsolete name of start_new_thread().",
                                           native_fn_start_new_thread, 0};

NATIVE(start_joinable_thread, "start_joinable_thread", "($module, /, function, handle=None, daemon=True)",
       "For threading: starts a thread that calls function(), and returns its handle.\n\nThe interpreter waits for it "
       "at its end, unless it is a daemon.")
{
    if (!object_is_callable(t, args[1]))
        return error_set(t, EXC_TypeError, "thread function must be callable");
    Value handle = args[2];
    if (value_is_empty(handle) || value_is_none(handle))
        handle = VALUE_EMPTY;
    else if (!value_is_object(handle) || value_object(handle)->type != thread_state(t)->handle_type)
        return error_set(t, EXC_TypeError, "'handle' must be a _ThreadHandle");
    int daemon = value_is_empty(args[3]) ? 1 : object_truth(t, args[3]);
    if (daemon < 0 || audit(t, "_thread.start_joinable_thread", "OiO", args[1], daemon, handle) < 0)
        return VALUE_EMPTY;
    handle = value_is_empty(handle) ? handle_object_new(t) : ref_inc(t, handle);
    if (value_is_empty(handle))
        return VALUE_EMPTY;
    Value ident = start(t, handle_of(handle), daemon, args[1], t->interp->empty_tuple, VALUE_EMPTY);
    if (value_is_empty(ident)) {
        ref_dec(t, handle);
        return VALUE_EMPTY;
    }
    ref_dec(t, ident);
    return handle;
}

NATIVE(daemon_threads_allowed, "daemon_threads_allowed", "($module, /)", "Tells whether daemon threads may be started.")
{
    return VALUE_TRUE;
}

NATIVE(exit, "exit", "($module, /)", "Raises SystemExit, which ends this thread silently unless it is caught.")
{
    return error_set_none(t, EXC_SystemExit);
}
static const NativeDef native_exit_thread = {"exit_thread", "($module, /)", "An obsolete name of exit().",
                                             native_fn_exit, 0};

NATIVE(interrupt_main, "interrupt_main", "($module, signum=signal.SIGINT, /)",
       "Simulates the arrival of a signal, so that its handler runs on the main thread.\n\nA signal that is ignored or "
       "not handled by Python does nothing.")
{
    int signum = SIGINT;
    if (!value_is_empty(args[1]) && int_to_int(t, args[1], &signum) < 0)
        return VALUE_EMPTY;
    if (signum < 1 || signum >= OS_SIGNAL_MAX)
        return error_set(t, EXC_ValueError, "signal number out of range");
    if (os_signal_get(signum) == 2)
        os_signal_trip(signum);
    return VALUE_NONE;
}

/* ---- locks and identities ---- */

NATIVE(allocate_lock, "allocate_lock", "($module, /)", "A fresh lock.") { return thread_lock_new(t); }
static const NativeDef native_allocate = {"allocate", "($module, /)", "An obsolete name of allocate_lock().",
                                          native_fn_allocate_lock, 0};

NATIVE(get_ident, "get_ident", "($module, /)", "A number that no other living thread has.")
{
    return int_from_uint64(t, t->id);
}
NATIVE(get_native_id, "get_native_id", "($module, /)", "The number that the operating system gave this thread.")
{
    return int_from_uint64(t, t->native_id);
}
NATIVE(get_main_ident, "_get_main_thread_ident", "($module, /)", "For threading: the identity of the main thread.")
{
    return int_from_uint64(t, t->interp->main_thread->id);
}
NATIVE(is_main_interpreter, "_is_main_interpreter", "($module, /)", "Tells whether this is the main interpreter.")
{
    return VALUE_TRUE;
}
NATIVE(count, "_count", "($module, /)", "The number of threads started by this module that run.")
{
    return int_from_size(t, handle_count(t->interp));
}

NATIVE(set_name, "set_name", "($module, name)", "Gives this thread a name that the operating system's tools show.")
{
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "set_name() argument 'name' must be str, not %T", args[1]);
    Value bytes = codec_encode(t, args[1], "utf-8", "replace");
    if (value_is_empty(bytes))
        return VALUE_EMPTY;
    char text[32];
    size_t length = bytes_of(bytes)->length < sizeof text - 1 ? bytes_of(bytes)->length : sizeof text - 1;
    memcpy(text, bytes_of(bytes)->data, length);
    text[length] = 0;
    ref_dec(t, bytes);
    events_set_name(t, text);
    length = strlen(text);
    if (length > 15) { /* the kernel keeps 15 bytes: cut between characters */
        length = 15;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
            length--;
        text[length] = 0;
    }
    os_thread_set_name(text);
    return VALUE_NONE;
}

NATIVE(stack_size, "stack_size", "($module, size=0, /)",
       "Returns the size of the C stack that new threads get, and sets it if an argument is given.\n\n0 means the "
       "system's default.")
{
    ThreadState *state = thread_state(t);
    int64_t size = 0;
    if (!value_is_empty(args[1]) && int_to_size(t, args[1], &size) < 0)
        return VALUE_EMPTY;
    if (size < 0)
        return error_set(t, EXC_ValueError, "size must be 0 or a positive value");
    if (size != 0 && size < STACK_SIZE_MIN)
        return error_set(t, EXC_ValueError, "size not valid: %lld bytes", (long long)size);
    Value old = int_from_size(t, state->stack_size);
    if (n > 1 || size)
        state->stack_size = ((size_t)size + 4095) & ~(size_t)4095;
    return old;
}

NATIVE(shutdown, "_shutdown", "($module, /)", "For threading: waits for all threads that are no daemons.")
{
    return handle_shutdown(t) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

/* ---- the excepthook ---- */

static const MemberDef hook_fields[] = {
    STRUCTSEQ_FIELD(0, "exc_type", "Exception type"),
    STRUCTSEQ_FIELD(1, "exc_value", "Exception value"),
    STRUCTSEQ_FIELD(2, "exc_traceback", "Exception traceback"),
    STRUCTSEQ_FIELD(3, "thread", "Thread"),
    {0},
};
static const StructSeqSpec hook_args =
    STRUCTSEQ("_thread._ExceptHookArgs", "What threading.excepthook is called with.", hook_fields, 4, 4, 0);

/* file.write(text), taking the text: 0 or -1. */
static int write_take(Thread *t, Value file, Value text)
{
    Value result = value_is_empty(text) ? VALUE_EMPTY
                                        : object_call_method_string(t, file, "write", text, VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, text);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

/* sys.stderr, or what it was when the thread was made: owned; None: nowhere to write. */
static Value hook_file(Thread *t, Value thread)
{
    Value file = dict_get_string(t, t->interp->sys_dict, "stderr");
    if (value_is_empty(file) || value_is_none(file)) {
        ref_dec(t, file);
        if (value_is_none(thread))
            return VALUE_NONE;
        file = object_getattr_string(t, thread, "_stderr");
    }
    return file;
}

/* traceback.print_exception(type, exc, traceback, file=file); should that fail, what can be written without the library. */
static void print_exception(Thread *t, Value file, Value type, Value exc, Value traceback)
{
    Value name = str_intern(t, "traceback"), module = VALUE_EMPTY, print = VALUE_EMPTY, names = VALUE_EMPTY,
          result = VALUE_EMPTY;
    if (!value_is_empty(name))
        module = object_call1(t, t->interp->import_func, name);
    if (!value_is_empty(module))
        print = object_getattr_string(t, module, "print_exception");
    if (!value_is_empty(print))
        names = tuple_pack(t, 1, ID(t, file));
    if (!value_is_empty(names)) {
        Value args[4] = {type, exc, traceback, file};
        result = object_call(t, print, args, 3, names);
    }
    ref_dec(t, name);
    ref_dec(t, module);
    ref_dec(t, print);
    ref_dec(t, names);
    ref_dec(t, result);
    if (value_is_empty(result)) {
        error_clear(t);
        if (exception_check(exc))
            error_print(t, file, exc);
    }
}

NATIVE(excepthook, "_excepthook", "($module, args, /)", "For threading: writes what ended a thread to sys.stderr.")
{
    if (!value_is_object(args[1]) || value_object(args[1])->type != thread_state(t)->hook_args_type)
        return error_set(t, EXC_TypeError, "_thread._excepthook argument type must be ExceptHookArgs");
    Value type = tuple_peek(args[1], 0), exc = tuple_peek(args[1], 1), traceback = tuple_peek(args[1], 2),
          thread = tuple_peek(args[1], 3);
    if (value_is(type, value_of(t->interp->exceptions[EXC_SystemExit])))
        return VALUE_NONE;
    Value file = hook_file(t, thread);
    if (value_is_empty(file) || value_is_none(file))
        return file;
    Value result = VALUE_EMPTY, name = VALUE_EMPTY;
    if (!value_is_none(thread) && object_getattr_optional(t, thread, ID(t, name), &name) < 0)
        goto done;
    if (value_is_empty(name))
        name = int_from_uint64(t, t->id);
    if (write_take(t, file, str_format(t, "Exception in thread %S:\n", name)) < 0)
        goto done;
    print_exception(t, file, type, exc, traceback);
    result = object_call_method_string(t, file, "flush", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    if (!value_is_empty(result)) {
        ref_dec(t, result);
        result = VALUE_NONE;
    }
done:
    ref_dec(t, name);
    ref_dec(t, file);
    return result;
}

/* ---- the module ---- */

static int exec(Thread *t, Value module)
{
    ThreadState *state = thread_state(t);
    if (!state) {
        state = t->interp->module_state[MODULE__thread] = alloc_raw_zeroed(sizeof *state);
        if (!state)
            return error_no_memory(t), -1;
    }
    state->lock_type = module_add_type(t, module, &type_spec_thread_lock, NULL);
    state->rlock_type = module_add_type(t, module, &type_spec_thread_rlock, NULL);
    state->handle_type = module_add_type(t, module, &type_spec_handle, NULL);
    state->local_type = module_add_type(t, module, &type_spec_thread_local, NULL);
    if (!state->lock_type || !state->rlock_type || !state->handle_type || !state->local_type)
        return -1;
    state->hook_args_type = structseq_type(t, &hook_args);
    if (!state->hook_args_type || module_add_take(t, module, "_ExceptHookArgs", value_of(state->hook_args_type)) < 0 ||
        module_add_take(t, module, "LockType", ref_inc(t, value_of(state->lock_type))) < 0 ||
        module_add_take(t, module, "error", ref_inc(t, value_of(t->interp->exceptions[EXC_RuntimeError]))) < 0)
        return -1;
    return module_add_take(t, module, "TIMEOUT_MAX", value_from_double(TIMEOUT_MAX));
}

static void free_state(Thread *t, void *state) { alloc_raw_free(state); }

static const NativeDef *const methods[] = {
    &native_start_new_thread,
    &native_start_new,
    &native_start_joinable_thread,
    &native_daemon_threads_allowed,
    &native_allocate_lock,
    &native_allocate,
    &native_exit,
    &native_exit_thread,
    &native_interrupt_main,
    &native_get_ident,
    &native_get_native_id,
    &native_get_main_ident,
    &native_is_main_interpreter,
    &native_count,
    &native_set_name,
    &native_stack_size,
    &native_shutdown,
    &native_excepthook,
    &native_make_handle,
    NULL,
};

const ModuleDef module_def__thread = {
    .name = "_thread",
    .doc = "Threads at their barest: starting them, locks, and attributes of their own.",
    .methods = methods,
    .exec = exec,
    .free_state = free_state,
};
