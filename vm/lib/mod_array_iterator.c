/* mod_array_iterator.c: the iterator of arrays.
 *
 * It holds the array until it is exhausted; then it stays so.  Array and position are read and changed under its lock. */
#include "../memory/alloc.h"
#include "../object/container.h"
#include "argument.h"
#include "mod_array.h"

Value array_iterator_new(Thread *t, Type *type, Value array)
{
    PositionIterator *it = alloc_object(t, type, sizeof *it);
    if (it)
        it->sequence = ref_inc(t, array);
    return value_of(it);
}

static Value iterator_next(Thread *t, Value self)
{
    PositionIterator *it = (PositionIterator *)value_object(self);
    size_t index;
    Value v = position_iterator_state(t, it, &index, 1);
    if (value_is_empty(v))
        return VALUE_EMPTY;
    Value item = array_get(t, array_of(v), index);
    if (value_is_empty(item) && !error_pending(t)) {
        position_iterator_finish(t, it);
    }
    ref_dec(t, v);
    return item;
}

static void iterator_dealloc(Thread *t, Object *o) { ref_clear(t, &((PositionIterator *)o)->sequence); }
static int iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((PositionIterator *)o)->sequence);
    return 0;
}

NATIVE(iterator_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    size_t index;
    Value iter = builtin_function(t, "iter");
    if (value_is_empty(iter))
        return iter;
    Value v = position_iterator_state(t, (PositionIterator *)value_object(args[0]), &index, 0);
    if (value_is_empty(v))
        return reduce_result_take(t, iter, ref_inc(t, t->interp->empty_tuple));
    return reduce_state_take(t, iter, v, value_from_int((int64_t)index));
}

NATIVE(iterator_setstate, "__setstate__", "($self, state, /)", "Sets the position, for unpickling.")
{
    int64_t index;
    if (argument_size(t, args[1], 0, &index) < 0)
        return VALUE_EMPTY;
    PositionIterator *it = (PositionIterator *)value_object(args[0]);
    size_t old;
    Value v = position_iterator_state(t, it, &old, 0);
    if (!value_is_empty(v)) {
        int64_t length = (int64_t)array_length(array_of(v));
        position_iterator_seek(t, it, index, length);
        ref_dec(t, v);
    }
    return VALUE_NONE;
}

static const NativeDef *const iterator_methods[] = {&native_iterator_reduce, &native_iterator_setstate, NULL};

const TypeSpec array_iterator_spec = {
    .name = "array.arrayiterator",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(PositionIterator),
    .methods = iterator_methods,
    .slots = {.dealloc = iterator_dealloc,
              .traverse = iterator_traverse,
              .iter = slot_iter_self,
              .next = iterator_next},
};
