/* type_bases.c: assigning __bases__ of a class: new MROs for it and all its subclasses, or everything as it was.
 *
 * Read next: type.c (MRO, layouts), slots.c (slots_update_all). */
#include "type_internal.h"

static Type *self_type(Value v) { return (Type *)value_object(v); }

Value type_get_bases(Thread *t, Value self) { return ref_inc(t, self_type(self)->bases); }

/* Computes the MROs of type and of its subclasses; `undo` (a list) receives type, old MRO (None: it had none yet) in turn. */
static int recompute_mros(Thread *t, Type *type, Value undo)
{
    Value old = ref_inc(t, type->mro);
    int result = type_set_mro(t, type);
    if (result == 0 && !value_is(old, type->mro))
        result =
            list_append(t, undo, value_of(type)) < 0 || list_append(t, undo, value_is_empty(old) ? VALUE_NONE : old) < 0
                ? -1
                : 0;
    ref_dec(t, old);
    if (result < 0)
        return -1;
    Value subclasses = type_subclasses_list(t, type);
    if (value_is_empty(subclasses))
        return -1;
    for (size_t i = 0; i < list_length(subclasses) && result == 0; i++)
        result = recompute_mros(t, type_as(list_peek(subclasses, i)), undo);
    ref_dec(t, subclasses);
    return result;
}

static void restore_mros(Thread *t, Value undo)
{
    for (size_t i = 0; i + 1 < list_length(undo); i += 2) {
        Value mro = list_peek(undo, i + 1);
        type_replace_mro(t, type_as(list_peek(undo, i)), value_is_none(mro) ? VALUE_EMPTY : ref_inc(t, mro));
    }
}

static int update_all(Thread *t, Type *type)
{
    world_stop(t);
    slots_update_all(t, type);
    world_start(t);
    Value subclasses = type_subclasses_list(t, type);
    if (value_is_empty(subclasses))
        return -1;
    int result = 0;
    for (size_t i = 0; i < list_length(subclasses) && result == 0; i++)
        result = update_all(t, type_as(list_peek(subclasses, i)));
    ref_dec(t, subclasses);
    return result;
}

/* Also along `base`, which is assigned before a metaclass's mro() may assign bases again. */
static bool derives_from(const Type *type, const Type *ancestor)
{
    if (type_is_subtype(type, ancestor))
        return true;
    while (type && type != ancestor)
        type = type->base;
    return type != NULL;
}

static int check(Thread *t, Type *type, Value value)
{
    if (!tuple_check(value)) {
        error_set(t, EXC_TypeError, "can only assign tuple to %N.__bases__, not %T", type, value);
        return -1;
    }
    if (tuple_length(value) == 0) {
        error_set(t, EXC_TypeError, "can only assign non-empty tuple to %N.__bases__, not ()", type);
        return -1;
    }
    for (size_t i = 0; i < tuple_length(value); i++) {
        Value base = tuple_peek(value, i);
        if (!type_check(base)) {
            error_set(t, EXC_TypeError, "%N.__bases__ must be tuple of classes, not '%T'", type, base);
            return -1;
        }
        if (derives_from(type_as(base), type)) {
            error_set(t, EXC_TypeError, "a __bases__ item causes an inheritance cycle");
            return -1;
        }
    }
    return 0;
}

static void put_bases(Thread *t, Type *type, Value bases, Type *base)
{
    world_stop(t);
    slot_store(&type->bases, bases);
    __atomic_store_n(&type->base, base, __ATOMIC_RELEASE);
    world_start(t);
}

int type_set_bases(Thread *t, Value self, Value value)
{
    Type *type = self_type(self);
    if (type_check_special(t, type, value, "__bases__") < 0 || check(t, type, value) < 0)
        return -1;
    Type *base = type_best_base(t, value, false);
    if (!base || type_check_assignment(t, type->base, base, "__bases__") < 0)
        return -1;
    Value undo = list_new(t, 8);
    if (value_is_empty(undo))
        return -1;
    Value old_bases = type->bases;
    Type *old_base = type->base;
    put_bases(t, type, ref_inc(t, value), ref_inc_ptr(t, base));
    if (recompute_mros(t, type, undo) < 0) {
        Value pending = error_take(t);
        restore_mros(t, undo);
        if (value_is(type->bases, value)) {
            put_bases(t, type, old_bases, old_base);
            ref_dec(t, value);
            ref_dec_ptr(t, base);
        } else { /* mro() assigned other bases in the meantime: those stand */
            ref_dec(t, old_bases);
            ref_dec_ptr(t, old_base);
        }
        ref_dec(t, undo);
        error_restore_take(t, pending);
        return -1;
    }
    ref_dec(t, undo);
    int result = type_register(t, type);
    type_modified(t, type);
    if (result == 0)
        result = update_all(t, type);
    ref_dec(t, old_bases);
    ref_dec_ptr(t, old_base);
    return result;
}
