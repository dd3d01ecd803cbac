/* mod__asyncio.c: the module _asyncio: running loops, the current task of each loop, the register of all tasks.
 *
 * Loop and current task of a thread hang on the Thread itself.  Tasks of our own type are registered in a list without references (a task leaves it when it dies); others
 * in a WeakSet, as the library does it.  Lib/asyncio is the rest of the story. */
#include "mod__asyncio.h"

#include "../memory/alloc.h"
#include "../run/frame_access.h"
#include "../thread/world.h"

/* ---- the library ---- */

static const struct {
    const char *module, *name;
} imports[ASYNC_IMPORT_COUNT] = {
    [ASYNC_CancelledError] = {"asyncio.exceptions", "CancelledError"},
    [ASYNC_InvalidStateError] = {"asyncio.exceptions", "InvalidStateError"},
    [ASYNC_get_event_loop_policy] = {"asyncio.events", "_get_event_loop_policy"},
    [ASYNC_extract_stack] = {"traceback", "extract_stack"},
    [ASYNC_future_repr] = {"asyncio.base_futures", "_future_repr"},
    [ASYNC_task_repr] = {"asyncio.base_tasks", "_task_repr"},
    [ASYNC_task_get_stack] = {"asyncio.base_tasks", "_task_get_stack"},
    [ASYNC_task_print_stack] = {"asyncio.base_tasks", "_task_print_stack"},
    [ASYNC_iscoroutine] = {"asyncio.coroutines", "iscoroutine"},
    [ASYNC_WeakSet] = {"weakref", "WeakSet"},
};

Value async_import(Thread *t, AsyncImport what)
{
    Value *slot = &async_state(t)->imports[what];
    Value v = slot_peek(slot);
    if (LIKELY(!value_is_empty(v)))
        return v;
    v = import_module_attr(t, imports[what].module, imports[what].name);
    if (value_is_empty(v))
        return VALUE_EMPTY;
    uint64_t expected = 0;
    if (!__atomic_compare_exchange_n(&slot->bits, &expected, v.bits, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        ref_dec(t, v);
    return slot_peek(slot);
}

int async_call_soon(Thread *t, Value loop, Value function, Value argument, Value context)
{
    Value args[4] = {loop, function};
    uint32_t n = 2;
    if (!value_is_empty(argument))
        args[n++] = argument;
    Value names = value_is_empty(context) ? VALUE_EMPTY : async_state(t)->keywords_context;
    args[n] = context;
    Value handle = object_call_method(t, async_name(t, ASYNC_call_soon), args, n, names);
    ref_dec(t, handle);
    return value_is_empty(handle) ? -1 : 0;
}

void async_report(Thread *t, Value self, AsyncName key, const char *message, Value exception)
{
    Value context = dict_new(t), text = str_from_string(t, message), result = VALUE_EMPTY,
          loop = field_get(t, self, &future_of(self)->loop),
          source = field_get(t, self, &future_of(self)->source_traceback);
    if (value_is_empty(context) || value_is_empty(text) ||
        dict_set(t, context, async_name(t, ASYNC_message), text) < 0 ||
        (!value_is_empty(exception) && dict_set(t, context, async_name(t, ASYNC_exception), exception) < 0) ||
        dict_set(t, context, async_name(t, key), self) < 0 ||
        (!value_is_empty(source) && dict_set(t, context, async_name(t, ASYNC_source_traceback), source) < 0))
        goto done;
    const Value args[2] = {loop, context};
    if (!value_is_empty(loop))
        result = object_call_method(t, async_name(t, ASYNC_call_exception_handler), args, 2, VALUE_EMPTY);
done:
    if (value_is_empty(result) && error_pending(t))
        error_unraisable(t, self, NULL);
    ref_dec(t, context);
    ref_dec(t, text);
    ref_dec(t, result);
    ref_dec(t, loop);
    ref_dec(t, source);
}

/* ---- the running loop ---- */

NATIVE(get_running_loop_or_none, "_get_running_loop", "($module, /)",
       "The event loop that runs on this thread, or None. For event loops; programs want get_event_loop().")
{
    return value_is_empty(t->asyncio_loop) ? VALUE_NONE : ref_inc(t, t->asyncio_loop);
}

NATIVE(set_running_loop, "_set_running_loop", "($module, loop, /)",
       "Tells which event loop runs on this thread (None: none). For event loops.")
{
    ref_replace_take(t, &t->asyncio_loop, value_is_none(args[1]) ? VALUE_EMPTY : ref_inc(t, args[1]));
    return VALUE_NONE;
}

NATIVE(get_running_loop, "get_running_loop", "($module, /)",
       "The event loop that runs on this thread; RuntimeError when there is none.")
{
    if (value_is_empty(t->asyncio_loop))
        return error_set(t, EXC_RuntimeError, "no running event loop");
    return ref_inc(t, t->asyncio_loop);
}

Value async_get_event_loop(Thread *t)
{
    if (!value_is_empty(t->asyncio_loop))
        return ref_inc(t, t->asyncio_loop);
    Value get_policy = async_import(t, ASYNC_get_event_loop_policy), policy = VALUE_EMPTY, loop = VALUE_EMPTY;
    if (!value_is_empty(get_policy))
        policy = object_call0(t, get_policy);
    if (!value_is_empty(policy))
        loop = object_call_method(t, async_name(t, ASYNC_get_event_loop), &policy, 1, VALUE_EMPTY);
    ref_dec(t, policy);
    return loop;
}

NATIVE(get_event_loop, "get_event_loop", "($module, /)",
       "The running event loop, else the one that the event loop policy gives.")
{
    return async_get_event_loop(t);
}

/* ---- the current task ---- */

static int check_loop(Thread *t, Value loop)
{
    if (value_is(t->asyncio_loop, loop))
        return 0;
    return error_set(t, EXC_RuntimeError, "loop %V is not the running loop", loop), -1;
}

int async_enter_task(Thread *t, Value loop, Value task)
{
    if (check_loop(t, loop) < 0)
        return -1;
    if (!value_is_empty(t->asyncio_task))
        return error_set(t, EXC_RuntimeError, "Cannot enter into task %V while another task %V is being executed.",
                         task, t->asyncio_task),
               -1;
    t->asyncio_task = ref_inc(t, task);
    return 0;
}

int async_leave_task(Thread *t, Value loop, Value task)
{
    if (check_loop(t, loop) < 0)
        return -1;
    if (!value_is(t->asyncio_task, task))
        return error_set(t, EXC_RuntimeError, "Invalid attempt to leave task %V while task %V is entered.", task,
                         value_is_empty(t->asyncio_task) ? VALUE_NONE : t->asyncio_task),
               -1;
    ref_clear(t, &t->asyncio_task);
    return 0;
}

Value async_swap_task(Thread *t, Value loop, Value task)
{
    if (check_loop(t, loop) < 0)
        return VALUE_EMPTY;
    Value previous = t->asyncio_task;
    t->asyncio_task = value_is_none(task) ? VALUE_EMPTY : ref_inc(t, task);
    return value_is_empty(previous) ? VALUE_NONE : previous;
}

NATIVE(enter_task, "_enter_task", "($module, /, loop, task)",
       "A task begins a step. For other implementations of tasks.")
{
    return async_enter_task(t, args[1], args[2]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(leave_task, "_leave_task", "($module, /, loop, task)",
       "A task has ended its step. For other implementations of tasks.")
{
    return async_leave_task(t, args[1], args[2]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(swap_current_task, "_swap_current_task", "($module, /, loop, task)",
       "Another task (or None) becomes the current one; returns the previous one.")
{
    return async_swap_task(t, args[1], args[2]);
}

/* The current task of a loop that runs on another thread: found with the world stopped; owned, or None. */
static Value task_elsewhere(Thread *t, Value loop)
{
    Value found = VALUE_NONE;
    world_stop(t);
    for (Thread *other = t->interp->threads; other; other = other->next) {
        if (other != t && value_is(other->asyncio_loop, loop) && !value_is_empty(other->asyncio_task)) {
            found = ref_inc(t, other->asyncio_task);
            break;
        }
    }
    world_start(t);
    return found;
}

NATIVE(current_task, "current_task", "($module, /, loop=None)",
       "The task that a loop (by default the running one) is running, or None.")
{
    Value loop = value_is_empty(args[1]) || value_is_none(args[1]) ? t->asyncio_loop : args[1];
    if (value_is_empty(loop))
        return error_set(t, EXC_RuntimeError, "no running event loop");
    if (value_is(loop, t->asyncio_loop))
        return value_is_empty(t->asyncio_task) ? VALUE_NONE : ref_inc(t, t->asyncio_task);
    return task_elsewhere(t, loop);
}

/* ---- all tasks ---- */

static void list_enter(Thread *t)
{
    if (UNLIKELY(t->free_threaded))
        mutex_lock(&async_state(t)->lock);
}

static void list_exit(Thread *t)
{
    if (UNLIKELY(t->free_threaded))
        mutex_unlock(&async_state(t)->lock);
}

void async_register_task(Thread *t, Task *task)
{
    AsyncState *s = async_state(t);
    ref_share(t, &task->head);
    list_enter(t);
    if (!task->registered) {
        task->registered = true;
        task->previous = NULL;
        task->next = s->tasks;
        if (s->tasks)
            s->tasks->previous = task;
        s->tasks = task;
    }
    list_exit(t);
}

void async_unregister_task(Thread *t, Task *task)
{
    AsyncState *s = async_state(t);
    if (!s)
        return;
    list_enter(t);
    if (task->registered) {
        task->registered = false;
        if (task->previous)
            task->previous->next = task->next;
        else
            s->tasks = task->next;
        if (task->next)
            task->next->previous = task->previous;
        task->next = task->previous = NULL;
    }
    list_exit(t);
}

/* WeakSet or set of tasks of other types, made at the first use: borrowed. */
static Value foreign_set(Thread *t, Value *slot, bool weak)
{
    if (!value_is_empty(*slot))
        return *slot;
    if (weak) {
        Value class = async_import(t, ASYNC_WeakSet);
        *slot = value_is_empty(class) ? VALUE_EMPTY : object_call0(t, class);
    } else {
        *slot = set_new(t, VALUE_EMPTY);
    }
    return *slot;
}

static Value change_foreign(Thread *t, Value *slot, bool weak, AsyncName method, Value task)
{
    Value set = foreign_set(t, slot, weak);
    if (value_is_empty(set))
        return VALUE_EMPTY;
    const Value args[2] = {set, task};
    return object_call_method(t, async_name(t, method), args, 2, VALUE_EMPTY);
}

NATIVE(register_task, "_register_task", "($module, /, task)",
       "A task will be run by an event loop. For other implementations of tasks.")
{
    if (!task_check(args[1]))
        return change_foreign(t, &async_state(t)->foreign_tasks, true, ASYNC_add, args[1]);
    async_register_task(t, task_of(args[1]));
    return VALUE_NONE;
}

NATIVE(unregister_task, "_unregister_task", "($module, /, task)", "A task is done. For other implementations of tasks.")
{
    if (!task_check(args[1]))
        return change_foreign(t, &async_state(t)->foreign_tasks, true, ASYNC_discard, args[1]);
    async_unregister_task(t, task_of(args[1]));
    return VALUE_NONE;
}

NATIVE(register_eager_task, "_register_eager_task", "($module, /, task)",
       "A task begins its first step at once. For other implementations of tasks.")
{
    return change_foreign(t, &async_state(t)->foreign_eager_tasks, false, ASYNC_add, args[1]);
}

NATIVE(unregister_eager_task, "_unregister_eager_task", "($module, /, task)",
       "A task has ended its eager first step. For other implementations of tasks.")
{
    return change_foreign(t, &async_state(t)->foreign_eager_tasks, false, ASYNC_discard, args[1]);
}

/* The pending ones of our own tasks of a loop, added to a list. */
static int collect_own(Thread *t, Value list, Value loop)
{
    AsyncState *s = async_state(t);
    size_t room = 0, n = 0;
    list_enter(t);
    for (Task *task = s->tasks; task; task = task->next)
        room++;
    list_exit(t);
    Value *found = alloc_memory(t, room * sizeof(Value));
    if (!found)
        return -1;
    list_enter(t); /* tasks begun meanwhile are left out */
    for (Task *task = s->tasks; task && n < room; task = task->next) {
        if (task->state == FUTURE_PENDING && value_is(task->loop, loop) && ref_try_inc(t, &task->head))
            found[n++] = value_of(task);
    }
    list_exit(t);
    int result = 0;
    for (size_t i = 0; i < n; i++)
        result |= list_append_take(t, list, found[i]);
    alloc_memory_free(t, found);
    return result;
}

Value async_loop_of(Thread *t, Value task)
{
    Value getter;
    int found = object_getattr_optional(t, task, async_name(t, ASYNC_get_loop), &getter);
    if (found < 0)
        return VALUE_EMPTY;
    if (!found)
        return object_getattr(t, task, async_name(t, ASYNC__loop));
    Value loop = object_call0(t, getter);
    ref_dec(t, getter);
    return loop;
}

static int is_pending_on(Thread *t, Value task, Value loop)
{
    Value own = async_loop_of(t, task);
    if (value_is_empty(own))
        return -1;
    bool same = value_is(own, loop);
    ref_dec(t, own);
    if (!same)
        return 0;
    Value done = object_call_method(t, async_name(t, ASYNC_done), &task, 1, VALUE_EMPTY);
    if (value_is_empty(done))
        return -1;
    int is_done = object_truth(t, done);
    ref_dec(t, done);
    return is_done < 0 ? -1 : !is_done;
}

static int collect_foreign(Thread *t, Value list, Value set, Value loop)
{
    if (value_is_empty(set))
        return 0;
    Value tasks = object_to_list(t, set);
    if (value_is_empty(tasks))
        return -1;
    int result = 0;
    for (size_t i = 0; result == 0 && i < list_length(tasks); i++) {
        int wanted = is_pending_on(t, list_peek(tasks, i), loop);
        result = wanted < 0 ? -1 : wanted ? list_append(t, list, list_peek(tasks, i)) : 0;
    }
    ref_dec(t, tasks);
    return result;
}

NATIVE(all_tasks, "all_tasks", "($module, /, loop=None)",
       "The tasks of a loop (by default the running one) that are not done: a set.")
{
    AsyncState *s = async_state(t);
    Value loop = value_is_empty(args[1]) || value_is_none(args[1]) ? t->asyncio_loop : args[1], list,
          result = VALUE_EMPTY;
    if (value_is_empty(loop))
        return error_set(t, EXC_RuntimeError, "no running event loop");
    list = list_new(t, 0);
    if (value_is_empty(list))
        return VALUE_EMPTY;
    if (collect_foreign(t, list, s->foreign_eager_tasks, loop) == 0 && collect_own(t, list, loop) == 0 &&
        collect_foreign(t, list, s->foreign_tasks, loop) == 0)
        result = set_new(t, list);
    ref_dec(t, list);
    return result;
}

/* ---- who awaits whom ---- */

NATIVE(awaited_by_add, "future_add_to_awaited_by", "($module, fut, waiter, /)",
       "Notes that `fut` is awaited by `waiter`, if both are futures of this module.")
{
    if (future_check(args[1]) && future_check(args[2]) && future_awaited_by_add(t, args[1], args[2]) < 0)
        return VALUE_EMPTY;
    return VALUE_NONE;
}

NATIVE(awaited_by_discard, "future_discard_from_awaited_by", "($module, fut, waiter, /)",
       "Notes that `fut` is awaited by `waiter` no more.")
{
    if (future_check(args[1]) && future_check(args[2]) && future_awaited_by_discard(t, args[1], args[2]) < 0)
        return VALUE_EMPTY;
    return VALUE_NONE;
}

/* ---- the module ---- */

static void free_state(Thread *t, void *data)
{
    AsyncState *s = data;
    for (int i = 0; i < ASYNC_NAME_COUNT; i++)
        ref_dec(t, s->names[i]);
    for (int i = 0; i < ASYNC_IMPORT_COUNT; i++)
        ref_dec(t, s->imports[i]);
    ref_dec(t, s->keywords_context);
    ref_dec(t, s->keywords_msg);
    ref_dec(t, s->foreign_tasks);
    ref_dec(t, s->foreign_eager_tasks);
    ref_dec_ptr(t, s->future);
    ref_dec_ptr(t, s->task);
    ref_dec_ptr(t, s->future_iterator);
    ref_dec_ptr(t, s->step);
    alloc_memory_free(t, s);
}

static Value one_name(Thread *t, const char *name)
{
    Value v = str_intern(t, name);
    Value tuple = value_is_empty(v) ? VALUE_EMPTY : tuple_pack(t, 1, v);
    ref_dec(t, v);
    return tuple;
}

static int fill_state(Thread *t, AsyncState *s)
{
    static const char *const names[] = {
#define X(name) #name,
        ASYNC_NAMES(X)
#undef X
    };
    Type *object = t->types[KIND_OBJECT];
    for (int i = 0; i < ASYNC_NAME_COUNT; i++) {
        s->names[i] = str_intern(t, names[i]);
        if (value_is_empty(s->names[i]))
            return -1;
    }
    s->keywords_context = one_name(t, "context");
    s->keywords_msg = one_name(t, "msg");
    if (value_is_empty(s->keywords_context) || value_is_empty(s->keywords_msg))
        return -1;
    s->future = type_from_spec(t, &asyncio_spec_future, object);
    s->future_iterator = s->future ? type_from_spec(t, &asyncio_spec_future_iterator, object) : NULL;
    s->step = s->future_iterator ? type_from_spec(t, &asyncio_spec_step, object) : NULL;
    s->task = s->step ? type_from_spec(t, &asyncio_spec_task, s->future) : NULL;
    return s->task ? 0 : -1;
}

static int exec(Thread *t, Value module)
{
    void **slot = &t->interp->module_state[MODULE__asyncio];
    if (!*slot) {
        AsyncState *state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        atomic_store(&state->next_task, 1);
        if (fill_state(t, state) < 0) {
            free_state(t, state);
            return -1;
        }
        *slot = state;
    }
    AsyncState *s = *slot;
    if (module_add_take(t, module, "Future", ref_inc(t, value_of(s->future))) < 0)
        return -1;
    return module_add_take(t, module, "Task", ref_inc(t, value_of(s->task)));
}

static const NativeDef *const functions[] = {
    &native_current_task,
    &native_get_event_loop,
    &native_get_running_loop,
    &native_get_running_loop_or_none,
    &native_set_running_loop,
    &native_register_task,
    &native_unregister_task,
    &native_register_eager_task,
    &native_unregister_eager_task,
    &native_enter_task,
    &native_leave_task,
    &native_swap_current_task,
    &native_all_tasks,
    &native_awaited_by_add,
    &native_awaited_by_discard,
    NULL,
};

const ModuleDef module_def__asyncio = {
    .name = "_asyncio",
    .doc = "The fast part of the package asyncio.",
    .methods = functions,
    .exec = exec,
    .free_state = free_state,
};
