/* mod__queue.c: the module _queue: SimpleQueue, an unbounded queue between threads.
 *
 * put never waits and takes only the queue's leaf lock, so that it may be called from destructors and signal
 * handlers.  get waits on the word `puts`, which every put changes: whoever reads it before looking into the queue
 * cannot miss an item.  One waiter is woken for one item; a waiter that leaves without its item passes the wake-up
 * on. Invariant: items [first, first + length) modulo the capacity, a power of two, are owned. */
#include "../object/container.h"
#include "../object/module.h"
#include "../os/os.h"
#include "../thread/breaker.h"
#include "../thread/lock.h"
#include "clock.h"
#include "module_exception.h"

typedef struct SimpleQueue {
    Object head;
    Value *items;
    size_t capacity, first, length;
    _Atomic uint32_t puts;    /* counts, and wraps */
    _Atomic uint32_t waiting; /* threads in get */
    Object *weakrefs;
} SimpleQueue;

typedef struct QueueState {
    Type *empty; /* exception, owned */
    Type *queue;
} QueueState;

static QueueState *state_of(Thread *t) { return t->interp->module_state[MODULE__queue]; }
static SimpleQueue *queue_of(Value v) { return (SimpleQueue *)value_object(v); }

#define CAPACITY_MIN 8

static int resize(Thread *t, SimpleQueue *q, size_t capacity)
{
    Value *items = alloc_memory(t, capacity * sizeof(Value));
    if (!items)
        return -1;
    for (size_t i = 0; i < q->length; i++)
        items[i] = q->items[(q->first + i) & (q->capacity - 1)];
    alloc_memory_free(t, q->items);
    q->items = items;
    q->capacity = capacity;
    q->first = 0;
    return 0;
}

static void wake_one(SimpleQueue *q)
{
    atomic_fetch_add(&q->puts, 1);
    if (atomic_load(&q->waiting))
        os_wake(&q->puts, 1);
}

static int put(Thread *t, SimpleQueue *q, Value item)
{
    objlock_enter(t, q);
    if (q->length == q->capacity && resize(t, q, q->capacity ? q->capacity * 2 : CAPACITY_MIN) < 0) {
        objlock_exit(t, q);
        return -1;
    }
    q->items[(q->first + q->length) & (q->capacity - 1)] = ref_inc(t, item);
    store_release(t, &q->length, q->length + 1);
    objlock_exit(t, q);
    wake_one(q);
    return 0;
}

/* The oldest item, owned; empty without an exception when there is none. */
static Value take(Thread *t, SimpleQueue *q)
{
    Value item = VALUE_EMPTY;
    objlock_enter(t, q);
    if (q->length) {
        item = q->items[q->first];
        q->first = (q->first + 1) & (q->capacity - 1);
        store_release(t, &q->length, q->length - 1);
        if (q->capacity > 64 && q->length < q->capacity / 8 && resize(t, q, q->capacity / 2) < 0)
            error_clear(t);
    }
    objlock_exit(t, q);
    return item;
}

/* An item, waiting at most `timeout` ns for it (-1: for ever, 0: not at all); empty without an exception when the
 * time is over. */
static Value get(Thread *t, SimpleQueue *q, int64_t timeout)
{
    Value item = take(t, q);
    if (!value_is_empty(item) || timeout == 0)
        return item;
    int64_t deadline = timeout < 0 ? -1 : os_monotonic() + timeout;
    atomic_fetch_add(&q->waiting, 1);
    for (;;) {
        uint32_t seen = atomic_load(&q->puts);
        item = take(t, q);
        if (!value_is_empty(item))
            break;
        if (timeout >= 0 && (timeout = deadline - os_monotonic()) <= 0)
            break;
        if (thread_wait_word(t, &q->puts, seen, timeout, true, EVENT_LOCK) == LOCK_INTERRUPTED &&
            breaker_check_signals(t) < 0) {
            atomic_fetch_sub(&q->waiting, 1);
            if (word_read(&q->length))
                wake_one(q);
            return VALUE_EMPTY;
        }
    }
    atomic_fetch_sub(&q->waiting, 1);
    return item;
}

/* ---- methods ---- */

static Value get_or_raise(Thread *t, Value self, int64_t timeout)
{
    Value item = get(t, queue_of(self), timeout);
    if (value_is_empty(item) && !error_pending(t))
        error_set_value(t, state_of(t)->empty, VALUE_EMPTY);
    return item;
}

NATIVE(get, "get", "($self, /, block=True, timeout=None)",
       "Removes the oldest item and returns it; waits for one if there is none.\n\nWithout `block`, or when `timeout` "
       "seconds are over, the exception Empty is raised.")
{
    int block = value_is_empty(args[1]) ? 1 : object_truth(t, args[1]);
    if (block < 0)
        return VALUE_EMPTY;
    int64_t timeout = block ? -1 : 0;
    if (block && !value_is_empty(args[2]) && !value_is_none(args[2])) {
        if (clock_from_seconds(t, args[2], CLOCK_CEILING, &timeout) < 0)
            return VALUE_EMPTY;
        if (timeout < 0)
            return error_set(t, EXC_ValueError, "'timeout' must be a non-negative number");
    }
    return get_or_raise(t, args[0], timeout);
}

NATIVE(get_nowait, "get_nowait", "($self, /)", "get(block=False)") { return get_or_raise(t, args[0], 0); }

NATIVE(put, "put", "($self, /, item, block=True, timeout=None)",
       "Adds an item; never waits, whatever the other arguments say.")
{
    return put(t, queue_of(args[0]), args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(put_nowait, "put_nowait", "($self, /, item)", "put(item)")
{
    return put(t, queue_of(args[0]), args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}
NATIVE(empty, "empty", "($self, /)", "Are there no items at this moment?")
{
    return value_from_bool(word_read(&queue_of(args[0])->length) == 0);
}
NATIVE(qsize, "qsize", "($self, /)", "The number of items at this moment.")
{
    return int_from_size(t, word_read(&queue_of(args[0])->length));
}

NATIVE_FLAGS(class_getitem, "__class_getitem__", "($type, object, /)", "A generic alias: SimpleQueue[int].",
             NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static const NativeDef *const queue_methods[] = {&native_empty,      &native_get,   &native_get_nowait,    &native_put,
                                                 &native_put_nowait, &native_qsize, &native_class_getitem, NULL};

/* ---- life ---- */

static Value queue_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (type == state_of(t)->queue || type->slots.init != slot_python_init) {
        if (n)
            return error_set(t, EXC_TypeError, "SimpleQueue() takes no positional arguments");
        if (refuse_keywords(t, "SimpleQueue", names) < 0)
            return VALUE_EMPTY;
    }
    return value_of(type_alloc(t, type, 0));
}

static void queue_clear(Thread *t, Object *o)
{
    for (Value item; !value_is_empty(item = take(t, (SimpleQueue *)o));)
        ref_dec(t, item);
}

static void queue_dealloc(Thread *t, Object *o)
{
    queue_clear(t, o);
    alloc_memory_free(t, ((SimpleQueue *)o)->items);
}

static int queue_traverse(Object *o, VisitFn visit, void *arg)
{
    SimpleQueue *q = (SimpleQueue *)o;
    for (size_t i = 0; i < q->length; i++)
        VISIT(q->items[(q->first + i) & (q->capacity - 1)]);
    return 0;
}

static const TypeSpec queue_spec = {
    .name = "_queue.SimpleQueue",
    .doc = "A simple first in, first out queue between threads, without a bound.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(SimpleQueue),
    .weak_offset = offsetof(SimpleQueue, weakrefs),
    .methods = queue_methods,
    .signature = "()",
    .slots =
        {
            .dealloc = queue_dealloc,
            .traverse = queue_traverse,
            .clear = queue_clear,
            .create = queue_create,
        },
};

static int queue_exec(Thread *t, Value module)
{
    QueueState *state = state_of(t);
    if (!state) {
        state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        t->interp->module_state[MODULE__queue] = state;
    }
    Type *empty = module_add_exception(t, module, "_queue.Empty", NULL,
                                       "Raised by get_nowait() and get(block=False) when the queue is empty.");
    Type *queue = empty ? module_add_type(t, module, &queue_spec, NULL) : NULL;
    if (!queue)
        return -1;
    REF_CLEAR_PTR(t, state->empty);
    REF_CLEAR_PTR(t, state->queue);
    state->empty = ref_inc_ptr(t, empty);
    state->queue = ref_inc_ptr(t, queue);
    return 0;
}

static void queue_free(Thread *t, void *p)
{
    QueueState *state = p;
    REF_CLEAR_PTR(t, state->empty);
    REF_CLEAR_PTR(t, state->queue);
    alloc_memory_free(t, state);
}

const ModuleDef module_def__queue = {
    .name = "_queue",
    .doc = "A queue between threads that may be used in destructors.",
    .exec = queue_exec,
    .free_state = queue_free,
};
