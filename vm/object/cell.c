/* cell.c: cells (cell.h).  The content changes under the object's lock and is read without it. */
#include "cell.h"

#include "../memory/end.h"
#include "error.h"
#include "list.h"
#include "str.h"

Value cell_new(Thread *t, Value value)
{
    Cell *c = alloc_container_raw(t, KIND_CELL, sizeof(Cell));
    if (!c)
        return VALUE_EMPTY;
    c->value = ref_inc(t, value);
    return value_of(c);
}

Value cell_get_shared(Thread *t, Cell *c)
{
    Value v;
    if (LIKELY(slot_load(t, &c->value, &v)))
        return v;
    objlock_enter(t, c);
    v = slot_load_locked(t, &c->value);
    objlock_exit(t, c);
    return v;
}

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (!value_is_empty(names) && tuple_length(names) > 0)
        return error_set(t, EXC_TypeError, "cell() takes no keyword arguments");
    if (n > 1)
        return error_set(t, EXC_TypeError, "cell expected at most 1 argument, got %u", n);
    return cell_new(t, n ? args[0] : VALUE_EMPTY);
}

static Value repr(Thread *t, Value self)
{
    Value v = cell_get(t, self);
    if (value_is_empty(v))
        return str_format(t, "<cell at %p: empty>", (void *)value_object(self));
    Value result = str_format(t, "<cell at %p: %.80s object at %p>", (void *)value_object(self),
                              type_name(type_of(t, v)), (void *)(uintptr_t)v.bits);
    ref_dec(t, v);
    return result;
}

/* By content; an empty cell comes before all others. */
static Value compare(Thread *t, Value self, Value other, Compare op)
{
    if (!cell_check(other))
        return VALUE_NOTIMPLEMENTED;
    Value a = cell_get(t, self), b = cell_get(t, other), result;
    if (!value_is_empty(a) && !value_is_empty(b))
        result = object_compare(t, a, b, op);
    else
        result = object_compare(t, value_from_int(!value_is_empty(a)), value_from_int(!value_is_empty(b)), op);
    ref_dec(t, a);
    ref_dec(t, b);
    return result;
}

static Value get_contents(Thread *t, Value self)
{
    Value v = cell_get(t, self);
    return value_is_empty(v) ? error_set(t, EXC_ValueError, "Cell is empty") : v;
}

static int set_contents(Thread *t, Value self, Value v)
{
    cell_set_take(t, self, ref_inc(t, v));
    return 0;
}

static void clear(Thread *t, Object *o) { ref_clear(t, &((Cell *)o)->value); }
static ALWAYS_INLINE void release(Thread *t, Object *o) { ref_dec(t, ((Cell *)o)->value); }
static void end(Thread *t, Object *o) { end_container(t, o, release); }

static int traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Cell *)o)->value);
    return 0;
}

static const GetSetDef getsets[] = {
    {"cell_contents", get_contents, set_contents, NULL},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec type_spec_cell = {
    .name = "cell",
    .doc = "A variable shared by nested functions.\n\n  contents\n    its value; left out, the variable is unbound.",
    .kind = KIND_CELL,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Cell),
    .getsets = getsets,
    .slots = {.dealloc = clear,
              .end = end,
              .traverse = traverse,
              .clear = clear,
              .create = create,
              .repr = repr,
              .hash = slot_hash_unhashable,
              .compare = compare},
};
