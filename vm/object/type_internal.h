/* type_internal.h: what the files of type objects share: type.c (making, MRO), type_new.c (class statements), type_attrs.c (what Python sees),
 * type_cache.c (lookup), instance.c (attributes of instances), slots.c (dunders and slots).
 *
 * The type lock.  With the lock off, everything that changes types (dict, bases, slots, caches, shared keys) is serialised by interp->type_lock.  It is never held
 * while Python runs or a last reference is dropped; readers take no lock: caches are replaced whole and published with release stores.  What readers cannot see half
 * done (bases, MRO and slots of a class in use, the class of an instance) changes with the world stopped: a reference to it borrowed between two polls stays good. */
#ifndef BATON_OBJECT_TYPE_INTERNAL_H
#define BATON_OBJECT_TYPE_INTERNAL_H

#include "../memory/alloc.h"
#include "../memory/reclaim.h"
#include "../thread/lock.h"
#include "../thread/objlock.h"
#include "../thread/world.h"
#include "descriptor.h"
#include "dict.h"
#include "error.h"
#include "int.h"
#include "list.h"
#include "method.h"
#include "native.h"
#include "str.h"
#include "type.h"

static inline void type_lock(Thread *t)
{
    if (UNLIKELY(t->free_threaded))
        mutex_lock((Mutex *)&t->interp->type_lock);
}
static inline void type_unlock(Thread *t)
{
    if (UNLIKELY(t->free_threaded))
        mutex_unlock((Mutex *)&t->interp->type_lock);
}

/* ---- type.c ---- */

/* A zeroed type object of a metaclass, tracked by the collector. */
Type *type_object_alloc(Thread *t, Type *metatype);
/* The two halves of making a native type: what allocation of instances needs, and all the rest. */
void type_prepare_native(Thread *t, Type *type, const TypeSpec *spec);
int type_finish_native(Thread *t, Type *type, Value bases_take);
/* The MRO by C3 of a type whose bases are set: a tuple, or empty with TypeError. */
Value type_compute_mro(Thread *t, Type *type);
/* Sets type->mro, through the metaclass's mro() when it is overridden. */
int type_set_mro(Thread *t, Type *type);
void type_replace_mro(Thread *t, Type *type, Value mro_take);
/* Copies what type leaves empty from its bases along the MRO. */
void type_inherit_slots(Thread *t, Type *type);
/* Enters type into the subclass lists of its present bases, and takes it out of those it was in: 0 or -1. */
int type_register(Thread *t, Type *type);
/* The living direct subclasses: a list. */
Value type_subclasses_list(Thread *t, Type *type);
/* The base whose layout an instance of a class with these bases begins with; NULL with TypeError. */
Type *type_best_base(Thread *t, Value bases, bool native);
/* The nearest type along base that adds to the layout. */
Type *type_solid_base(Type *type);
static inline bool type_is_heap(const Type *type) { return (type->flags & TYPE_HEAP) != 0; }
/* Bytes of the fixed part of an instance, inline values left out: where a subclass's own fields begin. */
static inline uint32_t type_fixed_size(const Type *type)
{
    return type->flags & TYPE_INLINE_VALUES ? type->values_offset : type->size;
}
static inline size_t type_mro_length(const Type *type)
{
    return value_is_empty(type->mro) ? 0 : tuple_length(type->mro);
}
static inline Type *type_mro_at(const Type *type, size_t i) { return (Type *)value_object(tuple_peek(type->mro, i)); }
/* Could the dict of a native type have the name, once it is filled?  What certainly is not there need not be looked up there. */
bool type_may_have(const Type *type, Value name);
/* A value of the type's own dict: 1 found (owned), 0 absent, -1 error. */
static inline int type_dict_get(Thread *t, Type *type, Value name, Value *result)
{
    *result = VALUE_EMPTY;
    if (value_is_empty(type->dict) && !type_may_have(type, name))
        return 0;
    Value dict = type_peek_dict(t, type);
    return value_is_empty(dict) ? -1 : dict_get_optional(t, dict, name, result);
}

/* ---- type_cache.c ---- */

/* type_lookup by walking the MRO, leaving the cache alone: while a class is made or its slots are computed. */
Value type_lookup_uncached(Thread *t, Type *type, Value name);
void type_cache_drop(Thread *t, TypeCache *cache);
/* From now on instances may hide the class's attribute: inline caches that know it become stale. The type lock is held. */
void type_cache_name_hidden(Thread *t, Type *type, Value name);
int type_cache_traverse(const TypeCache *cache, VisitFn visit, void *arg);

/* ---- instance.c: slots of classes made in Python ---- */

void instance_dealloc(Thread *t, Object *o);
int instance_traverse(Object *o, VisitFn visit, void *arg);
void instance_clear(Thread *t, Object *o);
/* Has the instance no attributes of its own? */
bool instance_dict_is_empty(Thread *t, Object *o);
SharedKeys *shared_keys_new(Thread *t, uint32_t capacity);
void shared_keys_free(Thread *t, SharedKeys *keys);
/* Moves inline values to the dict slot, so that the instance no longer depends on its type's keys: 0 or -1. */
int instance_leave_inline(Thread *t, Object *o);

/* ---- slots.c ---- */

/* Adds a wrapper to the type's dict for each slot of its spec. */
int slots_add_wrappers(Thread *t, Type *type);
/* Sets the slots of a new class from the dunders in its dict (all dunders of the MRO when it has several bases). */
int slots_fix(Thread *t, Type *type);
/* After a change of the dunder `name` in type: its slots and its subclasses'. */
int slots_update(Thread *t, Type *type, Value name);
int slots_update_all(Thread *t, Type *type);
void slots_mark_names(Thread *t); /* once the interned names are there */
bool slots_is_dunder(Value name);

/* ---- object_type.c ---- */

int object_init(Thread *t, Value self, const Value *args, uint32_t n, Value names);
Value object_repr_default(Thread *t, Value self);
/* The names of a class's attributes and of its bases': a list. */
Value type_dir_names(Thread *t, Value class);
/* May an instance of one class become one of the other? */
bool type_same_layout(Thread *t, const Type *a, const Type *b);
int type_check_assignment(Thread *t, const Type *old, const Type *new,
                          const char *attribute); /* 0, or -1 with TypeError */
extern const NativeDef native_object_reduce, native_object_reduce_ex, native_object_getstate; /* object_reduce.c */

/* ---- type_attrs.c and type_new.c ---- */

Value type_call(Thread *t, Value self, const Value *args, uint32_t n, Value names);
Value type_create(Thread *t, Type *metatype, const Value *args, uint32_t n, Value names);
int type_init(Thread *t, Value self, const Value *args, uint32_t n, Value names);
/* type_getattr without raising for what is missing: 1 found (*result owned), 0 missing, -1 error (of a descriptor). */
int type_generic_lookup(Thread *t, Value self, Value name, Value *result);
int type_setattr(Thread *t, Value self, Value name, Value value);
Value type_repr(Thread *t, Value self);
extern const GetSetDef type_getsets[];
extern const NativeDef *const type_methods[];
/* May the special attribute of a class be set (value empty: deleted)? 0, or -1 with TypeError. */
int type_check_special(Thread *t, Type *type, Value value, const char *name);
/* May it be a class's name? 0, or -1 with ValueError or UnicodeEncodeError. */
int type_check_name(Thread *t, Value name);
Value type_get_bases(Thread *t, Value self);
int type_set_bases(Thread *t, Value self, Value value);
Value type_get_annotate(Thread *t, Value self);
int type_set_annotate(Thread *t, Value self, Value value);
Value type_get_annotations(Thread *t, Value self);
int type_set_annotations(Thread *t, Value self, Value value);

/* Calls a special method found on the type of args[0] (args[0] counts in n), as object_call: 1 called (*result may be empty: error), 0 there is none. */
int special_call(Thread *t, Value name, const Value *args, uint32_t n, Value names, Value *result);

#endif
