/* weakref.c: weak references: their lists, their end, and the type weakref.ref.  Proxies: weakref_proxy.c.
 *
 * A list belongs to its referent; it is reached from the referent (type_weak_slot) and from each reference.  With the lock off both ways meet at a stripe lock chosen by
 * the referent's address: a reference locks the stripe of the address that it read, then looks whether it still holds that address.  A
 * dying referent has been sealed (ref.c) before its list is taken apart, so ref_try_inc tells dead from alive.  No code runs under a stripe. */
#include "weakref.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../thread/lock.h"
#include "error.h"
#include "generic_alias.h"
#include "list.h"
#include "str.h"

#define STRIPES 64 /* a power of two */

typedef struct WeakState {
    Mutex stripes[STRIPES];
} WeakState;

static Mutex *stripe_of(Thread *t, const Object *referent)
{
    WeakState *state = t->interp->weakref_state;
    return &state->stripes[((uintptr_t)referent >> 4) % STRIPES];
}

static void stripe_enter(Thread *t, const Object *referent)
{
    if (UNLIKELY(t->free_threaded))
        mutex_lock(stripe_of(t, referent));
}

static void stripe_exit(Thread *t, const Object *referent)
{
    if (UNLIKELY(t->free_threaded))
        mutex_unlock(stripe_of(t, referent));
}

static Object *peek_referent(const WeakRef *w) { return atomic_load_explicit(&w->referent, memory_order_acquire); }

/* Locks the stripe of w's referent and returns the referent; NULL, and nothing locked, when it is gone. */
static Object *enter_referent(Thread *t, WeakRef *w)
{
    Object *o = peek_referent(w);
    if (!o)
        return NULL;
    stripe_enter(t, o);
    if (LIKELY(peek_referent(w) == o))
        return o;
    stripe_exit(t, o);
    return NULL; /* a referent never changes but to NULL */
}

void weakref_free_state(Thread *t)
{
    alloc_raw_free(t->interp->weakref_state);
    t->interp->weakref_state = NULL;
}

static int need_state(Thread *t)
{
    if (LIKELY(t->interp->weakref_state != NULL))
        return 0;
    WeakState *state = alloc_raw(sizeof *state);
    if (!state)
        return error_no_memory(t), -1;
    memset(state, 0, sizeof *state);
    void *expected = NULL;
    if (!__atomic_compare_exchange_n(&t->interp->weakref_state, &expected, state, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE))
        alloc_raw_free(state);
    return 0;
}

/* ---- lists ---- */

static WeakRef *list_head(Object *o)
{
    Object **slot = type_weak_slot(o);
    return slot ? (WeakRef *)*slot : NULL;
}

static bool is_plain(const WeakRef *w, bool proxy)
{
    if (!value_is_empty(w->callback))
        return false;
    return proxy ? w->head.kind == KIND_WEAKPROXY || w->head.kind == KIND_WEAK_CALLABLE_PROXY
                 : w->head.kind == KIND_WEAKREF;
}

static void unlink_from(WeakRef *w, Object *referent)
{
    Object **slot = type_weak_slot(referent);
    if (*slot == &w->head)
        *slot = (Object *)w->next;
    if (w->previous)
        w->previous->next = w->next;
    if (w->next)
        w->next->previous = w->previous;
    w->previous = w->next = NULL;
    atomic_store_explicit(&w->referent, NULL, memory_order_release);
}

static void link_after(WeakRef *w, WeakRef *previous, Object **slot)
{
    w->previous = previous;
    w->next = previous ? previous->next : (WeakRef *)*slot;
    if (previous)
        previous->next = w;
    else
        *slot = &w->head;
    if (w->next)
        w->next->previous = w;
}

/* The shared plain reference or proxy of a list, or NULL. */
static WeakRef *find_plain(Object *o, bool proxy)
{
    for (WeakRef *w = list_head(o); w && value_is_empty(w->callback); w = w->next) {
        if (is_plain(w, proxy))
            return w;
    }
    return NULL;
}

/* Where a new reference goes: plain ones in front (the reference before the proxy), others behind these two. */
static WeakRef *find_place(Object *o, const WeakRef *w)
{
    if (is_plain(w, false))
        return NULL;
    WeakRef *ref = find_plain(o, false), *proxy = find_plain(o, true);
    if (is_plain(w, true))
        return ref;
    return proxy ? proxy : ref;
}

/* ---- making ---- */

static Value make(Thread *t, Type *type, Value referent, Value callback, bool proxy)
{
    if (value_is_none(callback))
        callback = VALUE_EMPTY;
    if (!value_is_object(referent) || !type_weak_slot(value_object(referent)))
        return error_set(t, EXC_TypeError, "cannot create weak reference to '%s' object",
                         type_name(type_of(t, referent)));
    if (need_state(t) < 0)
        return VALUE_EMPTY;
    Object *o = value_object(referent);
    bool shared = value_is_empty(callback) && !(type->flags & TYPE_HEAP);
    if (shared) {
        stripe_enter(t, o);
        WeakRef *w = find_plain(o, proxy);
        bool taken = w && ref_try_inc(t, &w->head);
        stripe_exit(t, o);
        if (taken)
            return value_of(w);
    }
    WeakRef *w = type_alloc(t, type, 0);
    if (!w)
        return VALUE_EMPTY;
    w->callback = ref_inc(t, callback);
    atomic_init(&w->hash, -1);
    ref_share(t, o);
    ref_share(t, &w->head);
    __atomic_fetch_or(&o->flags, OBJECT_WEAKLY_REFERENCED, __ATOMIC_RELAXED);
    stripe_enter(t, o);
    WeakRef *other = shared ? find_plain(o, proxy) : NULL; /* another thread, or a collection, may have been quicker */
    if (other && !ref_try_inc(t, &other->head))
        other = NULL;
    if (!other) {
        atomic_store_explicit(&w->referent, o, memory_order_release);
        link_after(w, find_place(o, w), type_weak_slot(o));
    }
    stripe_exit(t, o);
    if (!other)
        return value_of(w);
    ref_dec_object(t, &w->head);
    return value_of(other);
}

Value weakref_new(Thread *t, Value referent, Value callback)
{
    return make(t, t->types[KIND_WEAKREF], referent, callback, false);
}

Value weakref_new_proxy(Thread *t, Value referent, Value callback)
{
    return make(t, t->types[object_is_callable(t, referent) ? KIND_WEAK_CALLABLE_PROXY : KIND_WEAKPROXY], referent,
                callback, true);
}

/* ---- looking ---- */

Value weakref_get(Thread *t, Value ref)
{
    const WeakRef *w = (const WeakRef *)value_object(ref);
    Object *o = peek_referent(w);
    if (!o || !ref_try_inc(t, o))
        return VALUE_EMPTY;
    /* An address can have been given to a new object only if this reference was cleared before. */
    if (UNLIKELY(t->free_threaded) && peek_referent(w) != o) {
        ref_dec_object(t, o);
        return VALUE_EMPTY;
    }
    return value_of(o);
}

size_t weakref_count(Thread *t, Value referent)
{
    if (!value_is_object(referent) || !(value_object(referent)->flags & OBJECT_WEAKLY_REFERENCED))
        return 0;
    Object *o = value_object(referent);
    size_t n = 0;
    stripe_enter(t, o);
    for (WeakRef *w = list_head(o); w; w = w->next)
        n++;
    stripe_exit(t, o);
    return n;
}

Value weakref_list(Thread *t, Value referent)
{
    size_t room = weakref_count(t, referent);
    Value *found = alloc_memory(t, room * sizeof(Value));
    if (!found)
        return VALUE_EMPTY;
    size_t n = 0;
    if (room) {
        Object *o = value_object(referent);
        stripe_enter(t, o);
        for (WeakRef *w = list_head(o); w && n < room; w = w->next) {
            if (ref_try_inc(t, &w->head))
                found[n++] = value_of(w);
        }
        stripe_exit(t, o);
    }
    Value list = list_from_array_take(t, found, n);
    alloc_memory_free(t, found);
    return list;
}

/* ---- the referent's end ---- */

static bool reserve_call(WeakCalls *calls)
{
    if (calls->length < calls->capacity)
        return true;
    size_t capacity = calls->capacity ? calls->capacity * 2 : 8;
    WeakRef **refs = alloc_raw_resize(calls->refs, capacity * sizeof(WeakRef *));
    if (!refs)
        return false;
    calls->refs = refs;
    calls->capacity = capacity;
    return true;
}

void weakref_clear_dead(Thread *t, Object *o, bool (*is_dead)(const Object *), WeakCalls *calls)
{
    stripe_enter(t, o);
    WeakRef *next;
    for (WeakRef *w = list_head(o); w; w = next) {
        next = w->next;
        bool call = !value_is_empty(w->callback);
        unlink_from(w, o);
        if (call && !(is_dead && is_dead(&w->head)) && reserve_call(calls) && ref_try_inc(t, &w->head))
            calls->refs[calls->length++] = w;
    }
    stripe_exit(t, o);
}

void weakref_run_calls(Thread *t, WeakCalls *calls)
{
    uint32_t depth = t->destroy_depth; /* as for __del__: see slot_python_finalize */
    t->destroy_depth = 0;
    for (size_t i = 0; i < calls->length; i++) {
        WeakRef *w = calls->refs[i];
        Value callback = w->callback; /* the reference is cleared: nobody else looks at it */
        w->callback = VALUE_EMPTY;
        if (!value_is_empty(callback)) {
            Value result = object_call1(t, callback, value_of(w));
            if (value_is_empty(result))
                error_unraisable(t, VALUE_EMPTY, "Exception ignored while calling weakref callback %V", callback);
            ref_dec(t, result);
            ref_dec(t, callback);
        }
        ref_dec_object(t, &w->head);
    }
    t->destroy_depth = depth;
    alloc_raw_free(calls->refs);
    *calls = (WeakCalls){0};
}

void weakref_clear_all(Thread *t, Object *o)
{
    if (!t->interp->weakref_state)
        return;
    WeakCalls calls = {0};
    weakref_clear_dead(t, o, NULL, &calls);
    if (calls.length)
        weakref_run_calls(t, &calls);
}

/* ---- the type weakref.ref (and the life of proxies) ---- */

/* Leaves the list and gives the callback up. */
static void weakref_slot_clear(Thread *t, Object *o)
{
    WeakRef *w = (WeakRef *)o;
    Object *referent = enter_referent(t, w);
    if (referent) {
        unlink_from(w, referent);
        stripe_exit(t, referent);
    }
    ref_clear(t, &w->callback);
}

static int weakref_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((WeakRef *)o)->callback);
    return 0;
}

static int check_count(Thread *t, const char *name, uint32_t n)
{
    if (n < 1)
        return error_set(t, EXC_TypeError, "%s expected at least 1 argument, got 0", name), -1;
    if (n > 2)
        return error_set(t, EXC_TypeError, "%s expected at most 2 arguments, got %u", name, n), -1;
    return 0;
}

static Value weakref_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (check_count(t, "__new__", n) < 0)
        return VALUE_EMPTY;
    return make(t, type, args[0], n > 1 ? args[1] : VALUE_EMPTY, false);
}

static int weakref_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (!value_is_empty(names) && tuple_length(names) > 0)
        return error_set(t, EXC_TypeError, "ref() takes no keyword arguments"), -1;
    return check_count(t, "__init__", n);
}

static Value weakref_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (UNLIKELY(n > 0))
        return error_set(t, EXC_TypeError, "weakref expected 0 arguments, got %u", n);
    if (UNLIKELY(!value_is_empty(names) && tuple_length(names) > 0))
        return error_set(t, EXC_TypeError, "weakref() takes no keyword arguments");
    Value o = weakref_get(t, self);
    return value_is_empty(o) ? VALUE_NONE : o;
}

static hash_t weakref_hash(Thread *t, Value self)
{
    WeakRef *w = (WeakRef *)value_object(self);
    hash_t hash = atomic_load_explicit(&w->hash, memory_order_relaxed);
    if (hash != -1)
        return hash;
    Value o = weakref_get(t, self);
    if (value_is_empty(o))
        return error_set(t, EXC_TypeError, "weak object has gone away"), -1;
    hash = object_hash(t, o);
    ref_dec(t, o);
    store_relaxed(&w->hash, hash);
    return hash;
}

static Value weakref_compare(Thread *t, Value self, Value other, Compare op)
{
    if ((op != COMPARE_EQ && op != COMPARE_NE) || !weakref_check(other))
        return VALUE_NOTIMPLEMENTED;
    Value a = weakref_get(t, self), b = weakref_get(t, other), result;
    if (value_is_empty(a) || value_is_empty(b))
        result = value_from_bool(value_is(self, other) == (op == COMPARE_EQ));
    else
        result = object_compare(t, a, b, op);
    ref_dec(t, a);
    ref_dec(t, b);
    return result;
}

static Value weakref_repr(Thread *t, Value self)
{
    Value o = weakref_get(t, self), name, result;
    if (value_is_empty(o))
        return str_format(t, "<weakref at %p; dead>", (void *)value_object(self));
    if (object_special(t, o, ID(t, __name__), &name) < 0) { /* what a class's own __getattr__ makes up is no name */
        ref_dec(t, o);
        return VALUE_EMPTY;
    }
    if (str_check(name))
        result = str_format(t, "<weakref at %p; to '%#T' at %p (%U)>", (void *)value_object(self), o,
                            (void *)value_object(o), name);
    else
        result =
            str_format(t, "<weakref at %p; to '%#T' at %p>", (void *)value_object(self), o, (void *)value_object(o));
    ref_dec(t, name);
    ref_dec(t, o);
    return result;
}

static Value get_callback(Thread *t, Value self)
{
    WeakRef *w = (WeakRef *)value_object(self);
    Object *referent = enter_referent(t, w);
    Value callback = VALUE_NONE;
    if (referent) {
        if (!value_is_empty(w->callback))
            callback = ref_inc(t, w->callback);
        stripe_exit(t, referent);
    }
    return callback;
}

NATIVE_FLAGS(class_getitem, "__class_getitem__", "($type, object, /)", "The class as a generic alias.", NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static const NativeDef *const weakref_methods[] = {&native_class_getitem, NULL};
static const GetSetDef weakref_getsets[] = {
    {"__callback__", get_callback, NULL, "What is called with the reference when its object goes away, or None."},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec type_spec_weakref = {
    .name = "weakref.ReferenceType",
    .doc = "A reference to an object that does not keep it alive; calling it gives the object, or None.",
    .kind = KIND_WEAKREF,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(WeakRef),
    .methods = weakref_methods,
    .getsets = weakref_getsets,
    .slots = {.dealloc = weakref_slot_clear,
              .traverse = weakref_traverse,
              .clear = weakref_slot_clear,
              .create = weakref_create,
              .init = weakref_init,
              .repr = weakref_repr,
              .hash = weakref_hash,
              .compare = weakref_compare,
              .call = weakref_call},
};
