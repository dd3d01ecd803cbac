/* mod__thread_local.c: _thread._local, whose attributes are each thread's own.
 *
 * A local owns one dict for each thread that has used it, in `dicts` by Thread.id: the collector sees them, so a cycle through a local is no leak.  A thread lists
 * the locals that it has used, weakly, in t->locals, and takes its dicts away when it ends.  Looking at an attribute in a new thread calls __init__ again.
 * Locks: those of the dicts. */
#include "mod__thread.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"
#include "../object/weakref.h"

typedef struct Local {
    Object head;
    Value args;   /* what __init__ is called with in each thread: tuple */
    Value kwargs; /* dict, or empty */
    Value dicts;  /* dict: Thread.id -> dict */
    Object *weakrefs;
} Local;

static Local *local_of(Value v) { return (Local *)value_object(v); }

static Value thread_key(Thread *t) { return int_from_uint64(t, t->id); }

/* A new dict for this thread: owned. */
static Value add_dict(Thread *t, Value self)
{
    Local *l = local_of(self);
    if (value_is_empty(t->locals)) {
        t->locals = list_new(t, 0);
        if (value_is_empty(t->locals))
            return VALUE_EMPTY;
    }
    Value weak = weakref_new(t, self, VALUE_EMPTY);
    if (value_is_empty(weak) || list_append_take(t, t->locals, weak) < 0)
        return VALUE_EMPTY;
    Value key = thread_key(t), dict = dict_new(t);
    if (value_is_empty(key) || value_is_empty(dict) || dict_set(t, l->dicts, key, dict) < 0)
        ref_clear(t, &dict);
    ref_dec(t, key);
    return dict;
}

/* This thread's dict: owned. */
static Value peek_dict(Thread *t, Value self)
{
    Local *l = local_of(self);
    Value key = thread_key(t), dict;
    if (value_is_empty(key))
        return VALUE_EMPTY;
    int found = dict_get_optional(t, l->dicts, key, &dict);
    if (found != 0) {
        ref_dec(t, key);
        return found < 0 ? VALUE_EMPTY : dict;
    }
    dict = add_dict(t, self);
    Type *type = type_of(t, self);
    if (!value_is_empty(dict) && type->slots.init && type->slots.init != t->types[KIND_OBJECT]->slots.init) {
        Value init = VALUE_EMPTY, result = VALUE_EMPTY;
        if (object_special(t, self, ID(t, __init__), &init) > 0)
            result = object_call_tuple(t, init, l->args, l->kwargs);
        ref_dec(t, init);
        ref_dec(t, result);
        if (value_is_empty(result)) { /* as if it had never been looked at */
            Value exc = error_take(t);
            if (dict_pop(t, l->dicts, key, NULL) < 0)
                error_clear(t);
            error_restore_take(t, exc);
            ref_clear(t, &dict);
        }
    }
    ref_dec(t, key);
    return dict;
}

static Value local_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    uint32_t keywords = value_is_empty(names) ? 0 : (uint32_t)tuple_length(names);
    if ((n || keywords) && type->slots.init == t->types[KIND_OBJECT]->slots.init)
        return error_set(t, EXC_TypeError, "Initialization arguments are not supported");
    Local *l = type_alloc(t, type, 0);
    if (!l)
        return VALUE_EMPTY;
    Value self = value_of(l);
    l->args = tuple_from_array(t, args, n);
    l->dicts = dict_new(t);
    if (value_is_empty(l->args) || value_is_empty(l->dicts))
        goto fail;
    if (keywords) {
        l->kwargs = dict_new(t);
        if (value_is_empty(l->kwargs))
            goto fail;
        for (uint32_t i = 0; i < keywords; i++) {
            if (dict_set(t, l->kwargs, tuple_peek(names, i), args[n + i]) < 0)
                goto fail;
        }
    }
    Value dict = add_dict(t, self);
    if (value_is_empty(dict))
        goto fail;
    ref_dec(t, dict);
    return self;
fail:
    ref_dec(t, self);
    return VALUE_EMPTY;
}

static void local_clear(Thread *t, Object *o)
{
    Local *l = (Local *)o;
    ref_clear(t, &l->args);
    ref_clear(t, &l->kwargs);
    if (!value_is_empty(l->dicts))
        dict_clear(t, l->dicts);
}

static void local_dealloc(Thread *t, Object *o)
{
    Local *l = (Local *)o;
    ref_clear(t, &l->args);
    ref_clear(t, &l->kwargs);
    ref_clear(t, &l->dicts);
}

static int local_traverse(Object *o, VisitFn visit, void *arg)
{
    Local *l = (Local *)o;
    VISIT(l->args);
    VISIT(l->kwargs);
    VISIT(l->dicts);
    return 0;
}

static Value local_getattr(Thread *t, Value self, Value name)
{
    Value dict = peek_dict(t, self);
    if (value_is_empty(dict) || (str_check(name) && str_equal(name, ID(t, __dict__))))
        return dict;
    Type *type = type_of(t, self);
    Value found = type_lookup(t, type, name), result = VALUE_EMPTY;
    const Slots *slots = value_is_empty(found) ? NULL : &type_of(t, found)->slots;
    if (slots && slots->descr_get && slots->descr_set) {
        result = slots->descr_get(t, found, self, value_of(type));
    } else {
        int own = dict_get_optional(t, dict, name, &result);
        if (own == 0) {
            if (slots && slots->descr_get)
                result = slots->descr_get(t, found, self, value_of(type));
            else if (slots)
                result = ref_inc(t, found);
            else
                error_attribute(t, self, name, "'%T' object has no attribute '%U'", self, name);
        }
    }
    ref_dec(t, found);
    ref_dec(t, dict);
    return result;
}

static int local_setattr(Thread *t, Value self, Value name, Value value)
{
    Value dict = peek_dict(t, self);
    if (value_is_empty(dict))
        return -1;
    int result = -1;
    Value found = VALUE_EMPTY;
    if (str_equal(name, ID(t, __dict__))) {
        error_attribute(t, self, name, "'%T' object attribute '%U' is read-only", self, name);
        goto done;
    }
    found = type_lookup(t, type_of(t, self), name);
    int (*set)(Thread *, Value, Value, Value) = value_is_empty(found) ? NULL : type_of(t, found)->slots.descr_set;
    if (set) {
        result = set(t, found, self, value);
    } else if (!value_is_empty(value)) {
        result = dict_set(t, dict, name, value);
    } else {
        result = dict_pop(t, dict, name, NULL);
        if (result == 0)
            error_attribute(t, self, name, "'%T' object has no attribute '%U'", self, name);
        result = result > 0 ? 0 : -1;
    }
done:
    ref_dec(t, found);
    ref_dec(t, dict);
    return result;
}

void thread_local_end(Thread *t)
{
    while (!value_is_empty(t->locals)) { /* releasing attributes may use locals again */
        Value locals = t->locals, key = thread_key(t);
        t->locals = VALUE_EMPTY;
        for (size_t i = 0; i < list_length(locals) && !value_is_empty(key); i++) {
            Value self = weakref_get(t, list_peek(locals, i));
            if (!value_is_empty(self)) {
                Value dict = VALUE_EMPTY;
                if (dict_pop(t, local_of(self)->dicts, key, &dict) < 0)
                    error_clear(t);
                ref_dec(t, dict);
                ref_dec(t, self);
            }
        }
        ref_dec(t, key);
        ref_dec(t, locals);
    }
}

const TypeSpec type_spec_thread_local = {
    .name = "_thread._local",
    .doc = "An object whose attributes each thread has for itself.",
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Local),
    .weak_offset = offsetof(Local, weakrefs),
    .signature = "()",
    .slots = {.dealloc = local_dealloc,
              .traverse = local_traverse,
              .clear = local_clear,
              .create = local_create,
              .getattr = local_getattr,
              .setattr = local_setattr},
};
