/* exception.c: exception objects: BaseException itself, making exceptions, and the creation of all built-in exception types.
 *
 * Invariant: `args` of a published exception is a tuple.  Fields are read and replaced through exception_field and exception_set_field, which take the object's
 * lock when the GIL is off; nothing is released under it.  The layouts of single exceptions are in exception_types.c, exception_os.c, exception_unicode.c and
 * exception_group.c; raising is in error.c. */
#include "exception.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../thread/objlock.h"
#include "dict.h"
#include "str.h"

/* ---- fields ---- */

Value exception_field(Thread *t, Value self, const Value *slot)
{
    objlock_enter(t, value_object(self));
    Value v = ref_inc(t, *slot);
    objlock_exit(t, value_object(self));
    return v;
}

static void set_field_take(Thread *t, Value self, Value *slot, Value value)
{
    objlock_enter(t, value_object(self));
    Value old = *slot;
    *slot = value;
    objlock_exit(t, value_object(self));
    ref_dec(t, old);
}

void exception_set_field(Thread *t, Value self, Value *slot, Value value)
{
    set_field_take(t, self, slot, ref_inc(t, value));
}

int exception_get_dict(Thread *t, Value self, Value *dict)
{
    Object *o = value_object(self);
    uint16_t begun = o->type->flags & TYPE_INLINE_VALUES ? __atomic_load_n(&o->aux, __ATOMIC_ACQUIRE) : 0;
    if (begun != 0 && begun != INSTANCE_HAS_DICT)
        *dict = type_instance_dict(t, o);
    else
        *dict = exception_field(t, self, &exception_of(self)->dict);
    return error_pending(t) ? -1 : 0;
}

Value exception_get_traceback(Thread *t, Value exc) { return exception_field(t, exc, &exception_of(exc)->traceback); }
Value exception_get_context(Thread *t, Value exc) { return exception_field(t, exc, &exception_of(exc)->context); }
Value exception_get_cause(Thread *t, Value exc) { return exception_field(t, exc, &exception_of(exc)->cause); }

void exception_set_traceback_take(Thread *t, Value exc, Value traceback)
{
    set_field_take(t, exc, &exception_of(exc)->traceback, traceback);
}

void exception_push_traceback_take(Thread *t, Value exc, Value traceback, Value *next)
{
    Value *slot = &exception_of(exc)->traceback;
    objlock_enter(t, value_object(exc));
    Value earlier = *slot;
    *next = value_is_none(earlier) ? VALUE_EMPTY : earlier;
    *slot = traceback;
    objlock_exit(t, value_object(exc));
}

void exception_set_context_take(Thread *t, Value exc, Value context)
{
    set_field_take(t, exc, &exception_of(exc)->context, context);
}

void exception_set_cause_take(Thread *t, Value exc, Value cause)
{
    exception_of(exc)->suppress_context = true;
    set_field_take(t, exc, &exception_of(exc)->cause, cause);
}

/* ---- life ---- */

void exception_clear(Thread *t, Object *o)
{
    Exception *e = (Exception *)o;
    ref_clear(t, &e->dict);
    ref_clear(t, &e->args);
    ref_clear(t, &e->traceback);
    ref_clear(t, &e->cause);
    ref_clear(t, &e->context);
}

int exception_traverse(Object *o, VisitFn visit, void *arg)
{
    Exception *e = (Exception *)o;
    VISIT(e->dict);
    VISIT(e->args);
    VISIT(e->traceback);
    VISIT(e->context);
    VISIT(e->cause);
    return 0;
}

/* A MemoryError that dies gives its place among the spare ones to a successor, so that the next shortage finds one. */
static void refill_memory_errors(Thread *t)
{
    ExceptionState *state = exception_state(t);
    if (!state)
        return;
    for (int i = 0; i < EXCEPTION_SPARE_MEMORY_ERRORS; i++) {
        if (!value_is_empty(slot_peek(&state->spare[i])))
            continue;
        Value pending = error_take(t);
        Value fresh = exception_create(t, t->interp->exceptions[EXC_MemoryError], NULL, 0, VALUE_EMPTY);
        if (value_is_empty(fresh))
            error_clear(t);
        uint64_t expected = 0;
        if (!__atomic_compare_exchange_n(&state->spare[i].bits, &expected, fresh.bits, false, __ATOMIC_ACQ_REL,
                                         __ATOMIC_RELAXED))
            ref_dec(t, fresh);
        error_restore_take(t, pending);
        return;
    }
}

void exception_dealloc(Thread *t, Object *o)
{
    exception_clear(t, o);
    if (UNLIKELY(o->type == t->interp->exceptions[EXC_MemoryError]))
        refill_memory_errors(t);
}

Value error_no_memory(Thread *t)
{
    ExceptionState *state = exception_state(t);
    for (int i = 0; state && i < EXCEPTION_SPARE_MEMORY_ERRORS; i++) {
        Value v = {__atomic_exchange_n(&state->spare[i].bits, 0, __ATOMIC_ACQ_REL)};
        if (!value_is_empty(v))
            return error_set_take(t, v);
    }
    if (state)
        error_restore_take(t, ref_inc(t, state->last_resort));
    return VALUE_EMPTY;
}

/* ---- making ---- */

Value exception_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value tuple = tuple_from_array(t, args, n);
    if (value_is_empty(tuple))
        return VALUE_EMPTY;
    Exception *e = type_alloc(t, type, 0);
    if (!e) {
        ref_dec(t, tuple);
        return VALUE_EMPTY;
    }
    e->args = tuple;
    return value_of(e);
}

int exception_refuse_keywords(Thread *t, Type *type, Value names)
{
    if (!exception_has_keywords(names))
        return 0;
    return error_set(t, EXC_TypeError, "%N() takes no keyword arguments", type), -1;
}

int exception_init_positional(Thread *t, Value self, const Value *args, uint32_t n)
{
    Exception *e = exception_of(self);
    /* Usually exception_create has stored the very same arguments. */
    if (LIKELY(!value_is_empty(e->args)) && tuple_length(e->args) == n &&
        (n == 0 || memcmp(tuple_of(e->args)->items, args, n * sizeof(Value)) == 0))
        return 0;
    Value tuple = tuple_from_array(t, args, n);
    if (value_is_empty(tuple))
        return -1;
    set_field_take(t, self, &e->args, tuple);
    return 0;
}

int exception_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (exception_refuse_keywords(t, value_object(self)->type, names) < 0)
        return -1;
    return exception_init_positional(t, self, args, n);
}

bool exception_is_class(Thread *t, Value v)
{
    return object_is(v, KIND_TYPE) && ((Type *)value_object(v))->kind == KIND_EXCEPTION;
}

Value exception_new(Thread *t, ExceptionId id, Value arg)
{
    return exception_new_type(t, t->interp->exceptions[id], arg);
}

Value exception_new_type(Thread *t, Type *type, Value arg)
{
    uint32_t n = value_is_empty(arg) ? 0 : 1;
    if (!(type->flags & TYPE_HEAP)) {
        Value exc = type->slots.create(t, type, &arg, n, VALUE_EMPTY);
        if (!value_is_empty(exc) && type->slots.init != exception_init &&
            type->slots.init(t, exc, &arg, n, VALUE_EMPTY) < 0) {
            ref_dec(t, exc);
            return VALUE_EMPTY;
        }
        return exc;
    }
    Value exc = object_call(t, value_of(type), &arg, n, VALUE_EMPTY);
    if (!value_is_empty(exc) && !exception_check(exc)) {
        error_set(t, EXC_TypeError, "calling %V should have returned an instance of BaseException, not %V",
                  value_of(type), value_of(type_of(t, exc)));
        ref_dec(t, exc);
        return VALUE_EMPTY;
    }
    return exc;
}

Value exception_new_class(Thread *t, const char *qualified_name, Value base, const char *doc)
{
    const char *dot = strrchr(qualified_name, '.');
    Value args[3] = {VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY}, result = VALUE_EMPTY;
    if (value_is_empty(base))
        base = value_of(t->interp->exceptions[EXC_Exception]);
    args[0] = str_intern(t, dot ? dot + 1 : qualified_name);
    args[1] = tuple_check(base) ? ref_inc(t, base) : tuple_pack(t, 1, base);
    args[2] = dict_new(t);
    if (value_is_empty(args[0]) || value_is_empty(args[1]) || value_is_empty(args[2]))
        goto done;
    if (dot && dict_set_string_take(t, args[2], "__module__",
                                    str_from_utf8(t, qualified_name, (size_t)(dot - qualified_name))) < 0)
        goto done;
    if (doc && dict_set_string_take(t, args[2], "__doc__", str_from_string(t, doc)) < 0)
        goto done;
    result = object_call(t, value_of(t->types[KIND_TYPE]), args, 3, VALUE_EMPTY);
done:
    for (int i = 0; i < 3; i++)
        ref_dec(t, args[i]);
    return result;
}

Value exception_from_raise(Thread *t, Value v)
{
    if (exception_check(v))
        return ref_inc(t, v);
    if (exception_is_class(t, v))
        return exception_new_type(t, (Type *)value_object(v), VALUE_EMPTY);
    return error_set(t, EXC_TypeError, "exceptions must derive from BaseException");
}

Value exception_stop_iteration(Thread *t, Value value)
{
    /* As CPython: `return` without a value raises StopIteration without arguments. */
    return error_set_value(t, t->interp->exceptions[EXC_StopIteration], value_is_none(value) ? VALUE_EMPTY : value);
}

/* ---- matching ---- */

#define CANNOT_CATCH "catching classes that do not inherit from BaseException is not allowed"

int exception_matches(Thread *t, Value exc, Value pattern)
{
    if (exception_is_class(t, pattern))
        return type_is_subtype(value_object(exc)->type, (Type *)value_object(pattern));
    if (!tuple_check(pattern))
        return error_set(t, EXC_TypeError, CANNOT_CATCH), -1;
    size_t n = tuple_length(pattern);
    for (size_t i = 0; i < n; i++) {
        if (!exception_is_class(t, tuple_peek(pattern, i)))
            return error_set(t, EXC_TypeError, CANNOT_CATCH), -1;
    }
    for (size_t i = 0; i < n; i++) {
        if (type_is_subtype(value_object(exc)->type, (Type *)value_object(tuple_peek(pattern, i))))
            return 1;
    }
    return 0;
}

/* ---- BaseException: text ---- */

Value exception_repr(Thread *t, Value self)
{
    Value args = exception_field(t, self, &exception_of(self)->args);
    Type *type = value_object(self)->type;
    Value result;
    if (value_is_empty(args))
        result = str_format(t, "%N()", type);
    else if (tuple_length(args) == 1)
        result = str_format(t, "%N(%V)", type, tuple_peek(args, 0));
    else
        result = str_format(t, "%N%V", type, args);
    ref_dec(t, args);
    return result;
}

Value exception_str(Thread *t, Value self)
{
    Value args = exception_field(t, self, &exception_of(self)->args);
    Value result;
    if (value_is_empty(args) || tuple_length(args) == 0)
        result = ref_inc(t, t->interp->empty_str);
    else if (tuple_length(args) == 1)
        result = object_str(t, tuple_peek(args, 0));
    else
        result = object_str(t, args);
    ref_dec(t, args);
    return result;
}

/* ---- BaseException: methods ---- */

NATIVE(reduce, "__reduce__", "($self, /)", "What pickle needs to rebuild the exception.")
{
    Exception *e = exception_of(args[0]);
    Value type = value_of(e->head.type);
    Value dict;
    if (exception_get_dict(t, args[0], &dict) < 0)
        return VALUE_EMPTY;
    Value arguments = exception_field(t, args[0], &e->args);
    Value result = value_is_empty(dict) ? tuple_pack(t, 2, type, arguments) : tuple_pack(t, 3, type, arguments, dict);
    ref_dec(t, arguments);
    ref_dec(t, dict);
    return result;
}

NATIVE(setstate, "__setstate__", "($self, state, /)", "Sets the attributes given by a dict.")
{
    if (value_is_none(args[1]))
        return VALUE_NONE;
    if (!dict_check(args[1]))
        return error_set(t, EXC_TypeError, "state is not a dictionary");
    Value items = dict_items_list(t, args[1]);
    if (value_is_empty(items))
        return VALUE_EMPTY;
    for (size_t i = 0; i < list_length(items); i++) {
        Value pair = list_peek(items, i);
        if (object_setattr(t, args[0], tuple_peek(pair, 0), tuple_peek(pair, 1)) < 0) {
            ref_dec(t, items);
            return VALUE_EMPTY;
        }
    }
    ref_dec(t, items);
    return VALUE_NONE;
}

static int set_traceback(Thread *t, Value self, Value v)
{
    if (value_is_empty(v))
        return error_set(t, EXC_TypeError, "__traceback__ may not be deleted"), -1;
    if (!value_is_none(v) && !object_is(v, KIND_TRACEBACK))
        return error_set(t, EXC_TypeError, "__traceback__ must be a traceback or None"), -1;
    exception_set_field(t, self, &exception_of(self)->traceback, value_is_none(v) ? VALUE_EMPTY : v);
    return 0;
}

NATIVE(with_traceback, "with_traceback", "($self, tb, /)", "Sets __traceback__ and returns the exception itself.")
{
    if (set_traceback(t, args[0], args[1]) < 0)
        return VALUE_EMPTY;
    return ref_inc(t, args[0]);
}

NATIVE(add_note, "add_note", "($self, note, /)", "Adds a line of text that is shown below the message.")
{
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "add_note() argument must be str, not %M", args[1]);
    Value notes;
    int found = object_getattr_optional(t, args[0], ID(t, __notes__), &notes);
    if (found < 0)
        return VALUE_EMPTY;
    if (!found) {
        notes = list_new(t, 1);
        if (value_is_empty(notes))
            return VALUE_EMPTY;
        if (object_setattr(t, args[0], ID(t, __notes__), notes) < 0) {
            ref_dec(t, notes);
            return VALUE_EMPTY;
        }
    }
    Value result = VALUE_EMPTY;
    if (!list_check(notes))
        error_set(t, EXC_TypeError, "Cannot add note: __notes__ is not a list");
    else if (list_append(t, notes, args[1]) == 0)
        result = VALUE_NONE;
    ref_dec(t, notes);
    return result;
}

static const NativeDef *const base_methods[] = {&native_reduce, &native_setstate, &native_with_traceback,
                                                &native_add_note, NULL};

/* ---- BaseException: attributes ---- */

static Value none_if_empty(Value v) { return value_is_empty(v) ? VALUE_NONE : v; }

static Value get_args(Thread *t, Value self)
{
    return none_if_empty(exception_field(t, self, &exception_of(self)->args));
}

static int set_args(Thread *t, Value self, Value v)
{
    if (value_is_empty(v))
        return error_set(t, EXC_TypeError, "args may not be deleted"), -1;
    Value tuple = object_to_tuple(t, v);
    if (value_is_empty(tuple))
        return -1;
    set_field_take(t, self, &exception_of(self)->args, tuple);
    return 0;
}

static Value get_traceback(Thread *t, Value self) { return none_if_empty(exception_get_traceback(t, self)); }
static Value get_context(Thread *t, Value self) { return none_if_empty(exception_get_context(t, self)); }
static Value get_cause(Thread *t, Value self) { return none_if_empty(exception_get_cause(t, self)); }

static int set_context(Thread *t, Value self, Value v)
{
    if (value_is_empty(v))
        return error_set(t, EXC_TypeError, "__context__ may not be deleted"), -1;
    if (!value_is_none(v) && !exception_check(v))
        return error_set(t, EXC_TypeError, "exception context must be None or derive from BaseException"), -1;
    exception_set_field(t, self, &exception_of(self)->context, value_is_none(v) ? VALUE_EMPTY : v);
    return 0;
}

static int set_cause(Thread *t, Value self, Value v)
{
    if (value_is_empty(v))
        return error_set(t, EXC_TypeError, "__cause__ may not be deleted"), -1;
    if (!value_is_none(v) && !exception_check(v))
        return error_set(t, EXC_TypeError, "exception cause must be None or derive from BaseException"), -1;
    exception_set_cause_take(t, self, value_is_none(v) ? VALUE_EMPTY : ref_inc(t, v));
    return 0;
}

static const GetSetDef base_getsets[] = {
    {"__dict__", instance_get_dict, instance_set_dict, NULL},
    {"args", get_args, set_args, NULL},
    {"__traceback__", get_traceback, set_traceback, NULL},
    {"__context__", get_context, set_context, "The exception that was being handled when this one was raised."},
    {"__cause__", get_cause, set_cause, "The exception named by `raise ... from`."},
    {NULL, NULL, NULL, NULL},
};

static const MemberDef base_members[] = {
    {"__suppress_context__", MEMBER_BOOL, offsetof(Exception, suppress_context), true, NULL},
    {NULL, MEMBER_VALUE, 0, false, NULL},
};

const ExceptionLayout exception_layout_Base = {
    .size = sizeof(Exception),
    .methods = base_methods,
    .getsets = base_getsets,
    .members = base_members,
    .slots = {.dealloc = exception_dealloc,
              .traverse = exception_traverse,
              .clear = exception_clear,
              .create = exception_create,
              .init = exception_init,
              .repr = exception_repr,
              .str = exception_str},
};

/* types[KIND_EXCEPTION] is BaseException. */
const TypeSpec type_spec_exception = {
    .name = "BaseException",
    .doc = "The root of all exceptions.",
    .kind = KIND_EXCEPTION,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Exception),
    .dict_offset = offsetof(Exception, dict),
    .methods = base_methods,
    .getsets = base_getsets,
    .members = base_members,
    .slots = {.dealloc = exception_dealloc,
              .traverse = exception_traverse,
              .clear = exception_clear,
              .create = exception_create,
              .init = exception_init,
              .repr = exception_repr,
              .str = exception_str},
};

/* KeyError shows its key by repr, so that an empty or blank key can be seen. */
static Value key_error_str(Thread *t, Value self)
{
    Value args = exception_field(t, self, &exception_of(self)->args);
    bool one = !value_is_empty(args) && tuple_length(args) == 1;
    Value result = one ? object_repr(t, tuple_peek(args, 0)) : exception_str(t, self);
    ref_dec(t, args);
    return result;
}

/* ---- start-up ---- */

typedef struct Row {
    const char *name, *doc;
    ExceptionId base; /* EXC_COUNT: object */
    const ExceptionLayout *layout;
} Row;

#define EXC_object EXC_COUNT
static const Row rows[EXC_COUNT] = {
#define EXCEPTION(name, base, layout, doc) {#name, doc, EXC_##base, &exception_layout_##layout},
#include "exception.def"
#undef EXCEPTION
};

static Type *make_type(Thread *t, ExceptionId id, TypeSpec *spec)
{
    const Row *row = &rows[id];
    const ExceptionLayout *layout = row->layout;
    /* ExceptionGroup has its layout from its other base. */
    bool first = (row->base == EXC_COUNT || rows[row->base].layout != layout) && id != EXC_ExceptionGroup;
    *spec = (TypeSpec){
        .name = row->name,
        .doc = row->doc,
        .kind = KIND_EXCEPTION,
        .flags = TYPE_BASE | TYPE_IMMUTABLE,
        .size = layout->size,
        .dict_offset = offsetof(Exception, dict),
        .methods = first ? layout->methods : NULL,
        .getsets = first ? layout->getsets : NULL,
        .members = first ? layout->members : NULL,
        .slots = layout->slots,
    };
    if (!first) { /* inherited, as everything else of the layout but the constructor */
        spec->slots.repr = NULL;
        spec->slots.str = NULL;
    }
    if (id == EXC_KeyError)
        spec->slots.str = key_error_str;
    if (id != EXC_ExceptionGroup)
        return type_from_spec(t, spec, t->interp->exceptions[row->base]);
    spec->weak_offset = offsetof(ExceptionGroup, weakrefs);
    Value bases = tuple_pack(t, 2, value_of(t->interp->exceptions[EXC_BaseExceptionGroup]),
                             value_of(t->interp->exceptions[EXC_Exception]));
    if (value_is_empty(bases))
        return NULL;
    Type *type = type_from_spec_bases(t, spec, bases);
    ref_dec(t, bases);
    return type;
}

int exception_bootstrap(Thread *t)
{
    Interp *interp = t->interp;
    ExceptionState *state = alloc_memory_zeroed(t, 1, sizeof *state);
    if (!state)
        return -1;
    if (!interp->types[KIND_EXCEPTION])
        interp->types[KIND_EXCEPTION] = type_from_spec(t, &type_spec_exception, interp->types[KIND_OBJECT]);
    if (!interp->types[KIND_EXCEPTION])
        goto fail;
    interp->exceptions[EXC_BaseException] = ref_inc_ptr(t, interp->types[KIND_EXCEPTION]);
    for (int id = EXC_BaseException + 1; id < EXC_COUNT; id++) {
        interp->exceptions[id] = make_type(t, (ExceptionId)id, &state->specs[id]);
        if (!interp->exceptions[id])
            goto fail;
    }
    for (int i = 0; i <= EXCEPTION_SPARE_MEMORY_ERRORS; i++) {
        Value spare = exception_create(t, interp->exceptions[EXC_MemoryError], NULL, 0, VALUE_EMPTY);
        if (value_is_empty(spare))
            goto fail;
        if (i == EXCEPTION_SPARE_MEMORY_ERRORS)
            state->last_resort = spare;
        else
            state->spare[i] = spare;
    }
    interp->exception_state = state;
    return exception_bootstrap_os(t);
fail:
    alloc_memory_free(t, state); /* the interpreter does not start: types made so far die with it */
    return -1;
}

void exception_free_state(Thread *t)
{
    ExceptionState *state = exception_state(t);
    if (!state)
        return;
    t->interp->exception_state = NULL;
    for (int i = 0; i < EXCEPTION_SPARE_MEMORY_ERRORS; i++)
        ref_clear(t, &state->spare[i]);
    ref_clear(t, &state->last_resort);
    ref_clear(t, &state->errno_map);
    alloc_memory_free(t, state);
}
