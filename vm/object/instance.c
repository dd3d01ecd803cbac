/* instance.c: attributes of instances: inline values under shared keys, or a dict; and the life of instances of classes made in Python.
 *
 * Invariants are told in type.h ("Inline values").  With the lock off writers hold the instance's object lock and readers of inline values take none: a value found is
 * right; an empty one is looked at again under the lock.  Keys are appended under the type lock and published by their count.
 * Read next: type.h, object_attr.c (the generic lookup), type_new.c (who decides the layout). */
#include "type_internal.h"

/* ---- where the parts are ---- */

/* The first Value behind the inline items: of the nearest type that has items in its struct. */
static inline char *behind_items(Object *o)
{
    const Type *type = o->type->native;
    while (!type->spec->item_size)
        type = type->base;
    size_t size = type->spec->size + type->spec->length(o) * type->spec->item_size;
    return (char *)o + ((size + 7) & ~(size_t)7);
}

Value *object_slot_at(Object *o, int32_t offset)
{
    if (LIKELY(offset > 0))
        return (Value *)(void *)((char *)o + offset);
    return (Value *)(void *)behind_items(o) + (-offset - 1);
}

Value *type_dict_slot(Object *o)
{
    int32_t offset = o->type->dict_offset;
    return offset ? object_slot_at(o, offset) : NULL;
}

Object **type_weak_slot(Object *o)
{
    int32_t offset = o->type->weak_offset;
    return offset ? (Object **)(void *)object_slot_at(o, offset) : NULL;
}

void *type_alloc(Thread *t, Type *type, size_t items)
{
    size_t size = type->size;
    if (type->item_size) {
        if (UNLIKELY(items > (PTRDIFF_MAX / 2 - size) / type->item_size)) {
            error_no_memory(t);
            return NULL;
        }
        size += items * type->item_size;
        size = ((size + 7) & ~(size_t)7) + type->trailing * sizeof(Value);
    }
    return alloc_object(t, type, size);
}

/* ---- shared keys ---- */

SharedKeys *shared_keys_new(Thread *t, uint32_t capacity)
{
    SharedKeys *keys = alloc_memory_zeroed(t, 1, sizeof(SharedKeys) + capacity * sizeof(Value));
    if (keys)
        keys->capacity = (uint16_t)capacity;
    return keys;
}

void shared_keys_free(Thread *t, SharedKeys *keys)
{
    if (!keys)
        return;
    for (uint32_t i = 0; i < keys->count; i++)
        ref_dec(t, keys->names[i]);
    alloc_memory_free(t, keys);
}

int shared_keys_find(const SharedKeys *keys, Value name)
{
    uint32_t n = atomic_load_explicit(&keys->count, memory_order_acquire);
    for (uint32_t i = 0; i < n; i++) {
        if (value_is(keys->names[i], name))
            return (int)i;
    }
    return -1;
}

/* For names that are not interned: by value. */
static int find_equal(const SharedKeys *keys, Value name)
{
    uint32_t n = atomic_load_explicit(&keys->count, memory_order_acquire);
    for (uint32_t i = 0; i < n; i++) {
        if (str_equal(keys->names[i], name))
            return (int)i;
    }
    return -1;
}

static inline bool is_interned(Value name)
{
    return object_is_exact(name, KIND_STR) && (value_object(name)->aux & STR_INTERNED);
}

static int keys_find(const SharedKeys *keys, Value name)
{
    return is_interned(name) ? shared_keys_find(keys, name) : find_equal(keys, name);
}

/* Index of a name, appended when there is room; -1: no room, or a name that cannot be a key. */
static int keys_add(Thread *t, Type *type, Value name)
{
    SharedKeys *keys = type->keys;
    int i = keys_find(keys, name);
    if (i >= 0 || !is_interned(name))
        return i;
    type_lock(t);
    i = shared_keys_find(keys, name);
    uint32_t n = keys->count;
    if (i < 0 && n < keys->capacity) {
        keys->names[n] = ref_inc(t, name);
        atomic_store_explicit(&keys->count, (uint16_t)(n + 1), memory_order_release);
        type_cache_name_hidden(t, type, name);
        i = (int)n;
    }
    type_unlock(t);
    return i;
}

/* ---- reading ---- */

static inline uint16_t begun(const Object *o) { return __atomic_load_n(&o->aux, __ATOMIC_ACQUIRE); }

static int get_from_dict(Thread *t, Object *o, Value name, Value *result)
{
    *result = VALUE_EMPTY;
    Value *slot = type_dict_slot(o);
    if (!slot)
        return 0;
    Value dict;
    if (UNLIKELY(!slot_load(t, slot, &dict))) {
        objlock_enter(t, o);
        dict = slot_load_locked(t, slot);
        objlock_exit(t, o);
    }
    if (value_is_empty(dict))
        return 0;
    int found = dict_get_optional(t, dict, name, result);
    ref_dec(t, dict);
    return found;
}

int instance_get(Thread *t, Object *o, Value name, Value *result)
{
    Type *type = o->type;
    if (!(type->flags & TYPE_INLINE_VALUES) || begun(o) == INSTANCE_HAS_DICT)
        return get_from_dict(t, o, name, result);
    int i = keys_find(type->keys, name);
    if (i < 0) {
        *result = VALUE_EMPTY;
        if (UNLIKELY(t->free_threaded) && begun(o) == INSTANCE_HAS_DICT)
            return get_from_dict(t, o, name, result);
        return 0;
    }
    if (LIKELY(slot_load(t, &instance_values(o)[i], result)) && (LIKELY(!t->free_threaded) || !value_is_empty(*result)))
        return !value_is_empty(*result);
    objlock_enter(t, o);
    bool has_dict = o->aux == INSTANCE_HAS_DICT;
    *result = has_dict ? VALUE_EMPTY : slot_load_locked(t, &instance_values(o)[i]);
    objlock_exit(t, o);
    return has_dict ? get_from_dict(t, o, name, result) : !value_is_empty(*result);
}

/* ---- the dict ---- */

/* The first `count` inline values as a fresh dict, in order; they stay where they are. */
static Value dict_of_values(Thread *t, const SharedKeys *keys, const Value *values, uint32_t count)
{
    Value dict = dict_new_sized(t, count + 1);
    if (value_is_empty(dict))
        return VALUE_EMPTY;
    for (uint32_t i = 0; i < count; i++) {
        if (!value_is_empty(values[i]) && dict_set(t, dict, keys->names[i], values[i]) < 0) {
            ref_dec(t, dict);
            return VALUE_EMPTY;
        }
    }
    return dict;
}

/* Empties the inline values under the object lock; what they held goes to old[0..count). */
static void take_values(Object *o, uint32_t count, Value *old)
{
    Value *values = instance_values(o);
    __atomic_store_n(&o->aux, INSTANCE_HAS_DICT, __ATOMIC_RELEASE);
    for (uint32_t i = 0; i < count; i++) {
        old[i] = values[i];
        slot_store(&values[i], VALUE_EMPTY);
    }
}

/* Moves the values into a dict.  Afterwards aux is INSTANCE_HAS_DICT and the dict slot is set.  The dict is filled outside the object lock, from a copy of the
 * values with the lock off, and installed if they are still the same. */
static int materialise(Thread *t, Object *o)
{
    for (bool done = false; !done;) {
        Value copy[CONFIG_INLINE_VALUES_MAX], old[CONFIG_INLINE_VALUES_MAX];
        objlock_enter(t, o);
        uint32_t count = o->aux;
        for (uint32_t i = 0; t->free_threaded && count != INSTANCE_HAS_DICT && i < count; i++)
            copy[i] = ref_inc(t, instance_values(o)[i]);
        objlock_exit(t, o);
        if (count == INSTANCE_HAS_DICT)
            return 0;
        Value dict = dict_of_values(t, o->type->keys, t->free_threaded ? copy : instance_values(o), count);
        bool failed = value_is_empty(dict);
        objlock_enter(t, o);
        bool same = o->aux == count && !failed;
        for (uint32_t i = 0; t->free_threaded && same && i < count; i++)
            same = value_is(copy[i], instance_values(o)[i]);
        if (same) {
            slot_store(type_dict_slot(o), dict);
            take_values(o, count, old);
        }
        objlock_exit(t, o);
        for (uint32_t i = 0; t->free_threaded && i < count; i++)
            ref_dec(t, copy[i]);
        for (uint32_t i = 0; same && i < count; i++)
            ref_dec(t, old[i]);
        if (failed)
            return -1;
        if (!same)
            ref_dec(t, dict);
        done = same;
    }
    return 0;
}

int instance_leave_inline(Thread *t, Object *o)
{
    if (!(o->type->flags & TYPE_INLINE_VALUES))
        return 0;
    if (o->aux == 0) {
        o->aux = INSTANCE_HAS_DICT;
        return 0;
    }
    return materialise(t, o);
}

Value type_instance_dict(Thread *t, Object *o)
{
    Value *slot = type_dict_slot(o);
    if (!slot)
        return error_set(t, EXC_AttributeError, "This object has no __dict__");
    if ((o->type->flags & TYPE_INLINE_VALUES) && begun(o) != INSTANCE_HAS_DICT && materialise(t, o) < 0)
        return VALUE_EMPTY;
    Value dict;
    if (LIKELY(slot_load(t, slot, &dict)) && !value_is_empty(dict))
        return dict;
    Value fresh = dict_new(t);
    if (value_is_empty(fresh))
        return VALUE_EMPTY;
    objlock_enter(t, o);
    dict = ref_inc(t, *slot);
    if (value_is_empty(dict)) {
        dict = ref_inc(t, fresh);
        slot_store(slot, ref_inc(t, fresh));
    }
    objlock_exit(t, o);
    ref_dec(t, fresh);
    return dict;
}

bool instance_dict_is_empty(Thread *t, Object *o)
{
    Value *slot = type_dict_slot(o);
    if (!slot)
        return true;
    uint32_t count = o->type->flags & TYPE_INLINE_VALUES ? begun(o) : INSTANCE_HAS_DICT;
    bool empty = true;
    objlock_enter(t, o);
    if (count == INSTANCE_HAS_DICT) {
        empty = value_is_empty(*slot) || !dict_check(*slot) || dict_length(*slot) == 0;
    } else {
        for (uint32_t i = 0; i < count && empty; i++)
            empty = value_is_empty(instance_values(o)[i]);
    }
    objlock_exit(t, o);
    return empty;
}

Value instance_get_dict(Thread *t, Value self) { return type_instance_dict(t, value_object(self)); }

int instance_set_dict(Thread *t, Value self, Value value)
{
    Object *o = value_object(self);
    Value *slot = type_dict_slot(o);
    if (!slot) {
        error_set(t, EXC_AttributeError, "This object has no __dict__");
        return -1;
    }
    if (value_is_empty(value)) {
        error_set(t, EXC_TypeError, "cannot delete __dict__");
        return -1;
    }
    if (!dict_check(value)) {
        error_set(t, EXC_TypeError, "__dict__ must be set to a dictionary, not a '%T'", value);
        return -1;
    }
    Value old[CONFIG_INLINE_VALUES_MAX];
    uint32_t count = 0;
    objlock_enter(t, o);
    if ((o->type->flags & TYPE_INLINE_VALUES) && o->aux != INSTANCE_HAS_DICT) {
        count = o->aux;
        take_values(o, count, old);
    }
    Value old_dict = *slot;
    slot_store(slot, ref_inc(t, value));
    objlock_exit(t, o);
    ref_dec(t, old_dict);
    for (uint32_t i = 0; i < count; i++)
        ref_dec(t, old[i]);
    return 0;
}

/* ---- writing ---- */

static int set_in_dict(Thread *t, Object *o, Value name, Value value, bool *found)
{
    *found = true;
    Value dict;
    if (value_is_empty(value)) {
        Value *slot = type_dict_slot(o);
        if (!slot || value_is_empty(slot_peek(slot))) {
            *found = false;
            return 0;
        }
        dict = type_instance_dict(t, o);
        if (value_is_empty(dict))
            return -1;
        int popped = dict_pop(t, dict, name, NULL);
        ref_dec(t, dict);
        *found = popped != 0;
        return popped < 0 ? -1 : 0;
    }
    dict = type_instance_dict(t, o);
    if (value_is_empty(dict))
        return -1;
    int result = dict_set(t, dict, name, value);
    ref_dec(t, dict);
    return result;
}

int instance_set(Thread *t, Object *o, Value name, Value value, bool *found)
{
    Type *type = o->type;
    *found = true;
    if (!(type->flags & TYPE_INLINE_VALUES) || begun(o) == INSTANCE_HAS_DICT)
        return set_in_dict(t, o, name, value, found);
    int i = value_is_empty(value) ? keys_find(type->keys, name) : keys_add(t, type, name);
    if (i < 0) {
        if (value_is_empty(value) && begun(o) != INSTANCE_HAS_DICT) {
            *found = false;
            return 0;
        }
        if (materialise(t, o) < 0)
            return -1;
        return set_in_dict(t, o, name, value, found);
    }
    objlock_enter(t, o);
    uint32_t count = o->aux;
    Value *slot = &instance_values(o)[i];
    Value old = *slot;
    bool in_order = count != INSTANCE_HAS_DICT && ((uint32_t)i >= count || !value_is_empty(old));
    if (LIKELY(in_order && !value_is_empty(value))) {
        slot_put(t, slot, ref_inc(t, value));
        if ((uint32_t)i >= count)
            store_release(t, &o->aux, i + 1);
        objlock_exit(t, o);
        ref_dec(t, old);
        return 0;
    }
    if (value_is_empty(value) && count != INSTANCE_HAS_DICT) {
        slot_put(t, slot, VALUE_EMPTY);
        if ((uint32_t)i + 1 == count) /* the last one: it may be set again in order */
            store_release(t, &o->aux, i);
        objlock_exit(t, o);
        *found = !value_is_empty(old);
        ref_dec(t, old);
        return 0;
    }
    objlock_exit(t, o);
    if (materialise(t, o) < 0)
        return -1;
    return set_in_dict(t, o, name, value, found);
}

/* ---- life of instances of classes made in Python ---- */

/* The Values that the class `type` added by __slots__ to an instance. */
static inline Value *own_slots(Object *o, const Type *type) { return object_slot_at(o, type->slots_offset); }
static inline Value *own_slot(Object *o, const Type *type, uint32_t i)
{
    return type->slots_offset > 0 ? own_slots(o, type) + i : object_slot_at(o, type->slots_offset - (int32_t)i);
}

static inline bool has_own_dict(const Type *type)
{
    return type->dict_offset && type->dict_offset != type->native->dict_offset;
}

void instance_dealloc(Thread *t, Object *o)
{
    Type *type = o->type;
    if (type->flags & TYPE_INLINE_VALUES && o->aux != INSTANCE_HAS_DICT) {
        uint32_t count = o->aux;
        Value *values = instance_values(o);
        for (uint32_t i = 0; i < count; i++)
            ref_clear(t, &values[i]);
    }
    for (const Type *c = type; c->flags & TYPE_HAS_SLOTS; c = c->base) {
        for (uint32_t i = 0; i < c->slot_count; i++)
            ref_clear(t, own_slot(o, c, i));
    }
    if (has_own_dict(type))
        ref_clear(t, type_dict_slot(o));
    if (type->native->slots.dealloc)
        type->native->slots.dealloc(t, o);
}

int instance_traverse(Object *o, VisitFn visit, void *arg)
{
    Type *type = o->type; /* visited by the collector itself */
    if (type->flags & TYPE_INLINE_VALUES && o->aux != INSTANCE_HAS_DICT) {
        uint32_t count = o->aux;
        const Value *values = instance_values(o);
        for (uint32_t i = 0; i < count; i++) {
            VISIT(values[i]);
        }
    }
    for (const Type *c = type; c->flags & TYPE_HAS_SLOTS; c = c->base) {
        for (uint32_t i = 0; i < c->slot_count; i++) {
            VISIT(*own_slot(o, c, i));
        }
    }
    if (has_own_dict(type)) {
        VISIT(*type_dict_slot(o));
    }
    return type->native->slots.traverse ? type->native->slots.traverse(o, visit, arg) : 0;
}

void instance_clear(Thread *t, Object *o)
{
    Type *type = o->type;
    if (type->flags & TYPE_INLINE_VALUES && o->aux != INSTANCE_HAS_DICT) {
        uint32_t count = o->aux;
        Value *values = instance_values(o);
        for (uint32_t i = 0; i < count; i++)
            ref_clear(t, &values[i]);
    }
    for (const Type *c = type; c->flags & TYPE_HAS_SLOTS; c = c->base) {
        for (uint32_t i = 0; i < c->slot_count; i++)
            ref_clear(t, own_slot(o, c, i));
    }
    if (has_own_dict(type))
        ref_clear(t, type_dict_slot(o));
    if (type->native->slots.clear)
        type->native->slots.clear(t, o);
}
