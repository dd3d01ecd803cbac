/* mod__functools_partial.c: functools.partial and Placeholder.
 *
 * Invariants: `args` is a tuple whose last item is no Placeholder, `placeholders` counts those in it; `keywords` is a
 * dict.  They are replaced only by __setstate__, under the object's lock, and read by field_get. */
#include "../object/method.h"
#include "mod__functools.h"

typedef struct Partial {
    Object head;
    Value function;
    Value args;
    Value keywords;
    Value dict; /* __dict__, or empty */
    Object *weakrefs;
    size_t placeholders;
} Partial;

static Partial *partial_of(Value v) { return (Partial *)value_object(v); }

static size_t count_placeholders(Thread *t, Value args)
{
    size_t count = 0;
    for (size_t i = 0; i < tuple_length(args); i++)
        count += value_is(tuple_peek(args, i), functools_state(t)->placeholder);
    return count;
}

/* ---- making ---- */

/* The positional arguments of a partial of a partial: the placeholders of `old` are filled with the first of the new
 * ones. */
static Value combine_args(Thread *t, Value old, size_t placeholders, const Value *new_args, size_t n)
{
    size_t kept = tuple_length(old), filled = placeholders < n ? placeholders : n, used = 0;
    Value result = tuple_new(t, kept + n - filled);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    Value *items = tuple_of(result)->items;
    for (size_t i = 0; i < kept; i++) {
        Value item = tuple_peek(old, i);
        if (used < filled && value_is(item, functools_state(t)->placeholder))
            item = new_args[used++];
        items[i] = ref_inc(t, item);
    }
    for (size_t i = 0; used < n; i++)
        items[kept + i] = ref_inc(t, new_args[used++]);
    return result;
}

static Value partial_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    FunctoolsState *state = functools_state(t);
    if (n < 1)
        return error_set(t, EXC_TypeError, "type 'partial' takes at least one argument");
    Value function = args[0], old_args = t->interp->empty_tuple, keywords = VALUE_EMPTY, positional = VALUE_EMPTY;
    size_t placeholders = 0, count = value_is_empty(names) ? 0 : tuple_length(names);
    if (!object_is_callable(t, function))
        return error_set(t, EXC_TypeError, "the first argument must be callable");
    if (n > 1 && value_is(args[n - 1], state->placeholder))
        return error_set(t, EXC_TypeError, "trailing Placeholders are not allowed");
    for (size_t i = 0; i < count; i++)
        if (value_is(args[n + i], state->placeholder))
            return error_set(t, EXC_TypeError, "Placeholder cannot be passed as a keyword argument");
    /* A partial of a partial becomes one, unless the inner one has attributes of its own. */
    if (object_is_native(function, &functools_partial) &&
        type_of(t, function)->slots.call == functools_partial.slots.call &&
        value_is_empty(partial_of(function)->dict)) {
        Partial *inner = partial_of(function);
        old_args = inner->args;
        placeholders = inner->placeholders;
        keywords = dict_copy(t, inner->keywords);
        function = inner->function;
    } else {
        keywords = dict_new(t);
    }
    if (value_is_empty(keywords))
        return VALUE_EMPTY;
    for (size_t i = 0; i < count; i++)
        if (dict_set(t, keywords, tuple_peek(names, i), args[n + i]) < 0)
            goto fail;
    positional = combine_args(t, old_args, placeholders, args + 1, n - 1);
    Partial *p = value_is_empty(positional) ? NULL : type_alloc(t, type, 0);
    if (!p)
        goto fail;
    p->function = ref_inc(t, function);
    p->args = positional;
    p->keywords = keywords;
    p->placeholders = count_placeholders(t, positional);
    return value_of(p);
fail:
    ref_dec(t, positional);
    ref_dec(t, keywords);
    return VALUE_EMPTY;
}

static void partial_dealloc(Thread *t, Object *o)
{
    Partial *p = (Partial *)o;
    ref_clear(t, &p->function);
    ref_clear(t, &p->args);
    ref_clear(t, &p->keywords);
    ref_clear(t, &p->dict);
}

static int partial_traverse(Object *o, VisitFn visit, void *arg)
{
    Partial *p = (Partial *)o;
    VISIT(p->function);
    VISIT(p->args);
    VISIT(p->keywords);
    VISIT(p->dict);
    return 0;
}

/* ---- calling ---- */

/* Adds the partial's keywords that the call does not override behind the call's own: names becomes a new tuple,
 * values grow.  0 or -1. */
static int merge_keywords(Thread *t, Value keywords, Value *values, Value *names)
{
    size_t given = value_is_empty(*names) ? 0 : tuple_length(*names), total = 0;
    Value list = list_new(t, dict_length(keywords) + given), key, value;
    if (value_is_empty(list))
        return -1;
    /* Those of the partial come first; an overridden one keeps its place. */
    Value few[8], *old = given <= 8 ? few : alloc_memory(t, given * sizeof(Value));
    bool taken_few[8] = {0}, *taken = given <= 8 ? taken_few : alloc_memory_zeroed(t, given, sizeof(bool));
    int status = old && taken ? 0 : -1;
    if (status == 0)
        memcpy(old, values, given * sizeof(Value));
    for (size_t position = 0; status == 0 && dict_next(keywords, &position, &key, &value);) {
        for (size_t i = 0; i < given; i++)
            if (value_is(tuple_peek(*names, i), key) || (str_check(key) && str_equal(tuple_peek(*names, i), key))) {
                value = old[i];
                taken[i] = true;
            }
        values[total++] = value;
        status = list_append(t, list, key);
    }
    for (size_t i = 0; status == 0 && i < given; i++)
        if (!taken[i]) {
            values[total++] = old[i];
            status = list_append(t, list, tuple_peek(*names, i));
        }
    *names = status == 0 ? list_to_tuple(t, list) : VALUE_EMPTY;
    if (old != few)
        alloc_memory_free(t, old);
    if (taken != taken_few)
        alloc_memory_free(t, taken);
    ref_dec(t, list);
    return value_is_empty(*names) ? -1 : 0;
}

static Value call_merged(Thread *t, Value function, Value bound, Value keywords, size_t placeholders, const Value *args,
                         uint32_t n, Value names)
{
    if (n < placeholders)
        return error_set(t, EXC_TypeError,
                         "missing positional arguments in 'partial' call; expected at least %zu, got %u", placeholders,
                         n);
    size_t kept = tuple_length(bound), given = value_is_empty(names) ? 0 : tuple_length(names),
           more = dict_length(keywords);
    size_t positional = kept + n - placeholders, used = 0, total = positional + given + more;
    Value few[16], *all = few, own_names = VALUE_EMPTY, result = VALUE_EMPTY;
    if (total > 16 && !(all = alloc_memory(t, total * sizeof(Value))))
        return VALUE_EMPTY;
    for (size_t i = 0; i < kept; i++) {
        Value item = tuple_peek(bound, i);
        all[i] = used < placeholders && value_is(item, functools_state(t)->placeholder) ? args[used++] : item;
    }
    for (size_t i = kept; used < n; i++)
        all[i] = args[used++];
    if (given)
        memcpy(all + positional, args + n, given * sizeof(Value));
    if (more) {
        own_names = names;
        if (merge_keywords(t, keywords, all + positional, &own_names) < 0)
            goto done;
        names = own_names;
    }
    result = object_call(t, function, all, (uint32_t)positional, names);
done:
    ref_dec(t, own_names);
    if (all != few)
        alloc_memory_free(t, all);
    return result;
}

static Value partial_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Partial *p = partial_of(self);
    /* Held during the call: __setstate__ may replace them. */
    objlock_enter(t, p);
    Value function = ref_inc(t, p->function), bound = ref_inc(t, p->args), keywords = ref_inc(t, p->keywords);
    size_t placeholders = p->placeholders;
    objlock_exit(t, p);
    Value result;
    if (tuple_length(bound) == 0 && dict_length(keywords) == 0)
        result = object_call(t, function, args, n, names);
    else
        result = call_merged(t, function, bound, keywords, placeholders, args, n, names);
    ref_dec(t, keywords);
    ref_dec(t, bound);
    ref_dec(t, function);
    return result;
}

static bool partial_forward(Thread *t, Value self, Value *function, Value *first)
{
    Partial *p = partial_of(self);
    objlock_enter(t, p);
    bool plain = dict_length(p->keywords) == 0 && p->placeholders == 0;
    if (plain) {
        *function = ref_inc(t, p->function);
        *first = ref_inc(t, p->args);
    }
    objlock_exit(t, p);
    return plain;
}

static Value partial_get(Thread *t, Value self, Value instance, Value owner)
{
    return value_is_empty(instance) || value_is_none(instance) ? ref_inc(t, self) : method_new(t, self, instance);
}

/* ---- what Python sees ---- */

static Value partial_repr(Thread *t, Value self)
{
    int entered = repr_enter(t, self);
    if (entered)
        return entered > 0 ? str_from_string(t, "...") : VALUE_EMPTY;
    Partial *p = partial_of(self);
    Value args = field_get(t, p, &p->args), keywords = field_get(t, p, &p->keywords),
          function = field_get(t, p, &p->function), key, value;
    Value text = str_format(t, "%+N(%V", type_of(t, self), function);
    for (size_t i = 0; i < tuple_length(args) && !value_is_empty(text); i++) {
        Value longer = str_format(t, "%U, %V", text, tuple_peek(args, i));
        ref_dec(t, text);
        text = longer;
    }
    for (size_t position = 0; !value_is_empty(text) && dict_next_owned(t, keywords, &position, &key, &value);) {
        Value longer = str_format(t, "%U, %S=%V", text, key, value);
        ref_dec(t, key);
        ref_dec(t, value);
        ref_dec(t, text);
        text = longer;
    }
    Value result = value_is_empty(text) ? VALUE_EMPTY : str_format(t, "%U)", text);
    ref_dec(t, text);
    ref_dec(t, function);
    ref_dec(t, keywords);
    ref_dec(t, args);
    repr_leave(t, self);
    return result;
}

NATIVE(partial_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Partial *p = partial_of(args[0]);
    Value arguments = tuple_pack(t, 1, p->function);
    Value state = value_is_empty(arguments) ? VALUE_EMPTY
                                            : tuple_pack(t, 4, p->function, p->args, p->keywords,
                                                         value_is_empty(p->dict) ? VALUE_NONE : p->dict);
    if (value_is_empty(state)) {
        ref_dec(t, arguments);
        return VALUE_EMPTY;
    }
    Value parts[3] = {value_of(ref_inc_ptr(t, type_of(t, args[0]))), arguments, state};
    return tuple_from_array_take(t, parts, 3);
}

NATIVE(partial_setstate, "__setstate__", "($self, state, /)", "Takes over what __reduce__ gave.")
{
    Partial *p = partial_of(args[0]);
    Value state = args[1];
    if (!tuple_check(state) || tuple_length(state) != 4 || !object_is_callable(t, tuple_peek(state, 0)) ||
        !tuple_check(tuple_peek(state, 1)) ||
        !(value_is_none(tuple_peek(state, 2)) || dict_check(tuple_peek(state, 2))))
        return error_set(t, EXC_TypeError, "invalid partial state");
    Value bound = tuple_peek(state, 1), keywords = tuple_peek(state, 2), dict = tuple_peek(state, 3);
    size_t length = tuple_length(bound);
    if (length && value_is(tuple_peek(bound, length - 1), functools_state(t)->placeholder))
        return error_set(t, EXC_TypeError, "trailing Placeholders are not allowed");
    bound = tuple_check_exact(bound) ? ref_inc(t, bound) : tuple_from_array(t, tuple_of(bound)->items, length);
    if (value_is_empty(bound))
        return VALUE_EMPTY;
    if (value_is_none(keywords))
        keywords = dict_new(t);
    else
        keywords = dict_check_exact(keywords) ? ref_inc(t, keywords) : dict_copy(t, keywords);
    if (value_is_empty(keywords)) {
        ref_dec(t, bound);
        return VALUE_EMPTY;
    }
    size_t placeholders = count_placeholders(t, bound);
    objlock_enter(t, p);
    Value old[4] = {p->function, p->args, p->keywords, p->dict};
    p->function = ref_inc(t, tuple_peek(state, 0));
    p->args = bound;
    p->keywords = keywords;
    p->dict = value_is_none(dict) ? VALUE_EMPTY : ref_inc(t, dict);
    p->placeholders = placeholders;
    objlock_exit(t, p);
    for (int i = 0; i < 4; i++)
        ref_dec(t, old[i]);
    return VALUE_NONE;
}

NATIVE_FLAGS(partial_class_getitem, "__class_getitem__", "($type, object, /)", "A generic alias: partial[int].",
             NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static const NativeDef *const partial_methods[] = {&native_partial_reduce, &native_partial_setstate,
                                                   &native_partial_class_getitem, NULL};
static const MemberDef partial_members[] = {
    {"func", MEMBER_VALUE, offsetof(Partial, function), false, "What will be called."},
    {"args", MEMBER_VALUE, offsetof(Partial, args), false, "Positional arguments that come before those of the call."},
    {"keywords", MEMBER_VALUE, offsetof(Partial, keywords), false, "Keyword arguments that the call may override."},
    {0},
};
static const GetSetDef partial_getsets[] = {{"__dict__", instance_get_dict, instance_set_dict, NULL}, {0}};

const TypeSpec functools_partial = {
    .name = "functools.partial",
    .doc = "A function with some arguments given already.\n\nFor a Placeholder among the positional ones the next "
           "argument of the call is put in.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Partial),
    .dict_offset = offsetof(Partial, dict),
    .weak_offset = offsetof(Partial, weakrefs),
    .methods = partial_methods,
    .getsets = partial_getsets,
    .members = partial_members,
    .signature = "(func, /, *args, **keywords)",
    .slots =
        {
            .dealloc = partial_dealloc,
            .traverse = partial_traverse,
            .create = partial_create,
            .repr = partial_repr,
            .call = partial_call,
            .forward = partial_forward,
            .descr_get = partial_get,
        },
};

/* ---- Placeholder ---- */

static Value placeholder_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (n || (!value_is_empty(names) && tuple_length(names)))
        return error_set(t, EXC_TypeError, "_PlaceholderType takes no arguments");
    return ref_inc(t, functools_state(t)->placeholder);
}

static Value placeholder_repr(Thread *t, Value self) { return str_from_string(t, "Placeholder"); }

NATIVE(placeholder_reduce, "__reduce__", "($self, /)", "The name under which it is found.")
{
    return str_from_string(t, "Placeholder");
}
static const NativeDef *const placeholder_methods[] = {&native_placeholder_reduce, NULL};

const TypeSpec functools_placeholder = {
    .name = "functools._PlaceholderType",
    .doc = "The type of Placeholder, which stands in partial() for an argument of the call.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Object),
    .methods = placeholder_methods,
    .slots = {.create = placeholder_create, .repr = placeholder_repr},
};
