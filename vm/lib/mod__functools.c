/* mod__functools.c: the module _functools: reduce and cmp_to_key. */
#include "mod__functools.h"

/* ---- reduce ---- */

NATIVE(reduce, "reduce", "($module, function, iterable, /, initial=<unrepresentable>)",
       "function(... function(function(a, b), c) ..., z) for the items a, b, c ... z, beginning with initial if it is "
       "given.")
{
    Value iterator = object_iter(t, args[2]), result = ref_inc(t, args[3]), item;
    if (value_is_empty(iterator)) {
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "reduce() arg 2 must support iteration");
        ref_dec(t, result);
        return VALUE_EMPTY;
    }
    while (!value_is_empty(item = iterate_next(t, iterator))) {
        if (value_is_empty(result)) {
            result = item;
            continue;
        }
        Value next = object_call2(t, args[1], result, item);
        ref_dec(t, result);
        ref_dec(t, item);
        result = next;
        if (value_is_empty(next))
            break;
    }
    ref_dec(t, iterator);
    if (error_pending(t))
        ref_clear(t, &result);
    else if (value_is_empty(result))
        error_set(t, EXC_TypeError, "reduce() of empty iterable with no initial value");
    return result;
}

/* ---- cmp_to_key: objects that compare by a function of two arguments ---- */

typedef struct KeyWrapper {
    Object head;
    Value compare;
    Value object; /* empty in what cmp_to_key itself returns */
} KeyWrapper;

static KeyWrapper *wrapper_of(Value v) { return (KeyWrapper *)value_object(v); }

static Value wrapper_new(Thread *t, Value compare, Value object)
{
    KeyWrapper *w = type_alloc(t, functools_state(t)->key_wrapper, 0);
    if (w) {
        w->compare = ref_inc(t, compare);
        w->object = ref_inc(t, object);
    }
    return value_of(w);
}

static void wrapper_dealloc(Thread *t, Object *o)
{
    ref_clear(t, &((KeyWrapper *)o)->compare);
    ref_clear(t, &((KeyWrapper *)o)->object);
}

static int wrapper_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((KeyWrapper *)o)->compare);
    VISIT(((KeyWrapper *)o)->object);
    return 0;
}

static Value wrapper_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value object;
    if (native_parse(t, "K", "(obj)", args, n, names, &object) < 0)
        return VALUE_EMPTY;
    return wrapper_new(t, wrapper_of(self)->compare, object);
}

static Value wrapper_compare(Thread *t, Value self, Value other, Compare op)
{
    if (!value_is_object(other) || type_of(t, other) != functools_state(t)->key_wrapper)
        return error_set(t, EXC_TypeError, "other argument must be K instance");
    Value x = wrapper_of(self)->object, y = wrapper_of(other)->object;
    if (value_is_empty(x) || value_is_empty(y))
        return error_set(t, EXC_AttributeError, "object");
    Value answer = object_call2(t, wrapper_of(self)->compare, x, y);
    Value result = value_is_empty(answer) ? VALUE_EMPTY : object_compare(t, answer, value_from_int(0), op);
    ref_dec(t, answer);
    return result;
}

static const MemberDef wrapper_members[] = {
    {"obj", MEMBER_VALUE, offsetof(KeyWrapper, object), true, "The object that is compared."}, {0}};

static Value wrapper_get_signature(Thread *t, Value self) { return str_from_string(t, "(obj)"); }
static const GetSetDef wrapper_getsets[] = {{"__text_signature__", wrapper_get_signature, NULL, NULL}, {0}};

static const TypeSpec wrapper_spec = {
    .name = "functools.KeyWrapper",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(KeyWrapper),
    .members = wrapper_members,
    .getsets = wrapper_getsets,
    .slots =
        {
            .dealloc = wrapper_dealloc,
            .traverse = wrapper_traverse,
            .call = wrapper_call,
            .hash = slot_hash_unhashable,
            .compare = wrapper_compare,
        },
};

NATIVE(cmp_to_key, "cmp_to_key", "($module, /, mycmp)",
       "A key function for sorting, from a function that compares two objects.")
{
    return wrapper_new(t, args[1], VALUE_EMPTY);
}

/* ---- the module ---- */

static int keep_type(Thread *t, Type *type, Type **field)
{
    if (!type)
        return -1;
    REF_CLEAR_PTR(t, *field);
    *field = ref_inc_ptr(t, type);
    return 0;
}

static int functools_exec(Thread *t, Value module)
{
    FunctoolsState *state = functools_state(t);
    if (!state) {
        state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        t->interp->module_state[MODULE__functools] = state;
    }
    if (keep_type(t, module_add_type(t, module, &functools_partial, NULL), &state->partial) < 0 ||
        keep_type(t, module_add_type(t, module, &functools_placeholder, NULL), &state->placeholder_type) < 0 ||
        keep_type(t, module_add_type(t, module, &functools_cache, NULL), &state->cache) < 0)
        return -1;
    if (!state->key_wrapper && !(state->key_wrapper = type_from_spec(t, &wrapper_spec, NULL)))
        return -1;
    if (value_is_empty(state->placeholder) &&
        value_is_empty(state->placeholder = value_of(type_alloc(t, state->placeholder_type, 0))))
        return -1;
    if (value_is_empty(state->keyword_mark) &&
        value_is_empty(state->keyword_mark = object_call0(t, value_of(t->types[KIND_OBJECT]))))
        return -1;
    return module_add_take(t, module, "Placeholder", ref_inc(t, state->placeholder));
}

static void functools_free(Thread *t, void *p)
{
    FunctoolsState *state = p;
    ref_clear(t, &state->placeholder);
    ref_clear(t, &state->keyword_mark);
    REF_CLEAR_PTR(t, state->partial);
    REF_CLEAR_PTR(t, state->placeholder_type);
    REF_CLEAR_PTR(t, state->key_wrapper);
    REF_CLEAR_PTR(t, state->cache);
    alloc_memory_free(t, state);
}

static const NativeDef *const functools_functions[] = {&native_reduce, &native_cmp_to_key, NULL};

const ModuleDef module_def__functools = {
    .name = "_functools",
    .doc = "Tools that work on functions.",
    .methods = functools_functions,
    .exec = functools_exec,
    .free_state = functools_free,
};
