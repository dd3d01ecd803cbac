/* context.c: contexts, context variables and tokens.
 *
 * The map is a hash trie of 32-way nodes that are never changed.  A node is a tuple (bitmap, child, ...) with a child
 * for each bit that is set; a child is either a further node, or a leaf (variable, value): its first item tells.
 * Hashes of different variables differ, so two of them part at some depth.
 *
 * Locks.  Only the thread for which a context is current replaces its map (field_swap); others may read it
 * (field_get).  Read next: ../lib/mod__contextvars.c. */
#include "context.h"

#include "container.h"

typedef struct Context {
    Object head;
    Value map;      /* node, or empty */
    Value previous; /* the context that was current when this one was entered, or empty */
    size_t length;
    bool entered;
    Object *weakrefs;
} Context;

typedef struct Variable {
    Object head;
    Value name;
    Value default_; /* or empty */
    uint64_t hash;
    /* The value last found (borrowed: the context has it), valid while t->context_version is the one noted.  Not used
     * with the lock off. */
    Value cached;
    uint64_t cached_version;
} Variable;

typedef struct Token {
    Object head;
    Value context, variable;
    Value old; /* or empty: there was none */
    bool used;
} Token;

static Context *context_of(Value v) { return (Context *)value_object(v); }
static Variable *variable_of(Value v) { return (Variable *)value_object(v); }
static Token *token_of(Value v) { return (Token *)value_object(v); }

bool context_check(Thread *t, Value v)
{
    ContextTypes *types = t->interp->context_state;
    return types && value_is_object(v) && type_of(t, v) == types->context;
}
bool context_variable_check(Thread *t, Value v)
{
    ContextTypes *types = t->interp->context_state;
    return types && value_is_object(v) && type_of(t, v) == types->variable;
}
static bool token_check(Thread *t, Value v) { return value_is_object(v) && type_of(t, v) == context_types(t)->token; }

/* ---- the map ---- */

#define BITS 5

static bool is_node(Value child) { return value_is_int(tuple_peek(child, 0)); }
static uint32_t bitmap_of(Value node) { return (uint32_t)value_to_int(tuple_peek(node, 0)); }
static uint32_t bit_of(uint64_t hash, int depth) { return UINT32_C(1) << ((hash >> (depth * BITS)) & 31); }
/* Where in the node the child for a bit is, or would be. */
static size_t place_of(uint32_t bitmap, uint32_t bit) { return 1 + (size_t)__builtin_popcount(bitmap & (bit - 1)); }

/* Borrowed; empty when absent. */
static Value map_find(Value node, Value variable)
{
    uint64_t hash = variable_of(variable)->hash;
    for (int depth = 0; !value_is_empty(node); depth++) {
        uint32_t bitmap = bitmap_of(node), bit = bit_of(hash, depth);
        if (!(bitmap & bit))
            break;
        Value child = tuple_peek(node, place_of(bitmap, bit));
        if (!is_node(child))
            return value_is(tuple_peek(child, 0), variable) ? tuple_peek(child, 1) : VALUE_EMPTY;
        node = child;
    }
    return VALUE_EMPTY;
}

/* A copy of a node with child (taken) at a place: in place of the one there, or inserted before it. */
static Value node_with_take(Thread *t, Value node, uint32_t bitmap, size_t place, Value child, bool insert)
{
    if (value_is_empty(child))
        return VALUE_EMPTY;
    size_t n = value_is_empty(node) ? 1 : tuple_length(node);
    Value result = tuple_new(t, n + insert);
    if (value_is_empty(result)) {
        ref_dec(t, child);
        return VALUE_EMPTY;
    }
    Value *items = tuple_of(result)->items;
    items[0] = value_from_int(bitmap);
    for (size_t i = 1; i < n; i++)
        items[i + (insert && i >= place)] = ref_inc(t, tuple_peek(node, i));
    ref_replace_take(t, &items[place], child);
    return result;
}

/* The map with a variable set to a value.  node may be empty.  *added tells whether the variable is new. */
static Value map_set(Thread *t, Value node, int depth, Value variable, Value value, bool *added)
{
    uint32_t bit = bit_of(variable_of(variable)->hash, depth), bitmap = value_is_empty(node) ? 0 : bitmap_of(node);
    size_t place = place_of(bitmap, bit);
    if (!(bitmap & bit)) {
        *added = true;
        return node_with_take(t, node, bitmap | bit, place, tuple_pack(t, 2, variable, value), true);
    }
    Value child = tuple_peek(node, place), new_child;
    if (is_node(child)) {
        new_child = map_set(t, child, depth + 1, variable, value, added);
    } else if (value_is(tuple_peek(child, 0), variable)) {
        new_child = tuple_pack(t, 2, variable, value);
    } else {
        Value below = map_set(t, VALUE_EMPTY, depth + 1, tuple_peek(child, 0), tuple_peek(child, 1), added);
        new_child = value_is_empty(below) ? VALUE_EMPTY : map_set(t, below, depth + 1, variable, value, added);
        ref_dec(t, below);
    }
    return node_with_take(t, node, bitmap, place, new_child, false);
}

/* The map without a variable that is in it; empty without an exception if nothing is left. */
static Value map_remove(Thread *t, Value node, int depth, Value variable)
{
    uint32_t bit = bit_of(variable_of(variable)->hash, depth), bitmap = bitmap_of(node);
    size_t place = place_of(bitmap, bit), n = tuple_length(node);
    Value child = tuple_peek(node, place);
    if (is_node(child)) {
        Value smaller = map_remove(t, child, depth + 1, variable);
        if (!value_is_empty(smaller))
            return node_with_take(t, node, bitmap, place, smaller, false);
        if (error_pending(t))
            return VALUE_EMPTY;
    }
    if (n == 2)
        return VALUE_EMPTY;
    Value result = tuple_new(t, n - 1);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    Value *items = tuple_of(result)->items;
    items[0] = value_from_int(bitmap & ~bit);
    for (size_t i = 1; i < n; i++)
        if (i != place)
            items[i - (i > place)] = ref_inc(t, tuple_peek(node, i));
    return result;
}

/* Appends to a list, for each leaf: the variable (part 0), the value (1), or the leaf itself (2). 0 or -1 */
static int map_collect(Thread *t, Value node, int part, Value list)
{
    for (size_t i = 1; !value_is_empty(node) && i < tuple_length(node); i++) {
        Value child = tuple_peek(node, i);
        int status = is_node(child) ? map_collect(t, child, part, list)
                                    : list_append(t, list, part == 2 ? child : tuple_peek(child, part));
        if (status < 0)
            return -1;
    }
    return 0;
}

/* Has the other map an equal value for every variable of this one?  1, 0, -1 */
static int map_within(Thread *t, Value node, Value other)
{
    for (size_t i = 1; !value_is_empty(node) && i < tuple_length(node); i++) {
        Value child = tuple_peek(node, i), value;
        int equal;
        if (is_node(child)) {
            equal = map_within(t, child, other);
        } else {
            value = map_find(other, tuple_peek(child, 0));
            equal = value_is_empty(value) ? 0 : items_equal(t, tuple_peek(child, 1), value);
        }
        if (equal <= 0)
            return equal;
    }
    return 1;
}

/* ---- contexts ---- */

/* A number never used before, not 0. */
static uint64_t next_serial(Thread *t) { return atomic_fetch_add(&t->interp->next_context_serial, 1) + 1; }

/* The thread has another current context: versions are unique, so that no value cached for any other one is taken. */
static void make_current(Thread *t, Value context)
{
    t->context = context;
    t->context_version = next_serial(t);
}

static Value new_with_map(Thread *t, Value map, size_t length)
{
    ContextTypes *types = context_types(t);
    Context *c = types ? type_alloc(t, types->context, 0) : NULL;
    if (c) {
        c->map = ref_inc(t, map);
        c->length = length;
    }
    return value_of(c);
}

Value context_new(Thread *t) { return new_with_map(t, VALUE_EMPTY, 0); }

Value context_copy(Thread *t, Value context)
{
    Context *c = context_of(context);
    objlock_enter(t, c);
    Value map = ref_inc(t, c->map);
    size_t length = c->length;
    objlock_exit(t, c);
    Value copy = new_with_map(t, map, length);
    ref_dec(t, map);
    return copy;
}

/* The thread's current context, made if there is none; borrowed, empty on error. */
static Value peek_current(Thread *t)
{
    if (value_is_empty(t->context)) {
        Value fresh = context_new(t);
        if (value_is_empty(fresh))
            return VALUE_EMPTY;
        make_current(t, fresh);
    }
    return t->context;
}

Value context_copy_current(Thread *t)
{
    Value current = peek_current(t);
    return value_is_empty(current) ? VALUE_EMPTY : context_copy(t, current);
}

int context_enter(Thread *t, Value context)
{
    Context *c = context_of(context);
    objlock_enter(t, c);
    bool entered = c->entered;
    c->entered = true;
    objlock_exit(t, c);
    if (entered)
        return error_set(t, EXC_RuntimeError, "cannot enter context: %V is already entered", context), -1;
    c->previous = t->context;
    make_current(t, ref_inc(t, context));
    return 0;
}

int context_exit(Thread *t, Value context)
{
    Context *c = context_of(context);
    if (!c->entered)
        return error_set(t, EXC_RuntimeError, "cannot exit context: %V has not been entered", context), -1;
    if (!value_is(t->context, context))
        return error_set(t, EXC_RuntimeError,
                         "cannot exit context: thread state references a different context object"),
               -1;
    make_current(t, c->previous);
    c->previous = VALUE_EMPTY;
    c->entered = false;
    ref_dec(t, context);
    return 0;
}

static Value context_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (n || (!value_is_empty(names) && tuple_length(names)))
        return error_set(t, EXC_TypeError, "Context() does not accept any arguments");
    return context_new(t);
}

static void context_clear(Thread *t, Object *o)
{
    ref_clear(t, &((Context *)o)->previous);
    ref_clear(t, &((Context *)o)->map);
    ((Context *)o)->length = 0;
}

static int context_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Context *)o)->previous);
    VISIT(((Context *)o)->map);
    return 0;
}

static Value context_compare(Thread *t, Value self, Value other, Compare op)
{
    if (!context_check(t, self) || !context_check(t, other) || (op != COMPARE_EQ && op != COMPARE_NE))
        return VALUE_NOTIMPLEMENTED;
    Value a = field_get(t, context_of(self), &context_of(self)->map),
          b = field_get(t, context_of(other), &context_of(other)->map);
    int equal = value_is(a, b) ? 1 : context_of(self)->length != context_of(other)->length ? 0 : map_within(t, a, b);
    ref_dec(t, a);
    ref_dec(t, b);
    return equal < 0 ? VALUE_EMPTY : value_from_bool(equal == (op == COMPARE_EQ));
}

static int64_t context_len(Thread *t, Value self) { return (int64_t)context_of(self)->length; }

/* The value of a variable in this context: 1 (owned), 0 absent, -1 (TypeError: no variable). */
static int find_value(Thread *t, Value self, Value key, Value *result)
{
    *result = VALUE_EMPTY;
    if (!context_variable_check(t, key))
        return error_set(t, EXC_TypeError, "a ContextVar key was expected, got %V", key), -1;
    Value map = field_get(t, context_of(self), &context_of(self)->map);
    *result = ref_inc(t, map_find(map, key));
    ref_dec(t, map);
    return !value_is_empty(*result);
}

static Value context_getitem(Thread *t, Value self, Value key)
{
    Value result;
    int found = find_value(t, self, key, &result);
    return found == 0 ? error_key(t, key) : result;
}

static int context_contains(Thread *t, Value self, Value key)
{
    Value result;
    int found = find_value(t, self, key, &result);
    ref_dec(t, result);
    return found;
}

static Value iterate_part(Thread *t, Value self, int part)
{
    Value map = field_get(t, context_of(self), &context_of(self)->map), list = list_new(t, 0), iterator = VALUE_EMPTY;
    if (!value_is_empty(list) && map_collect(t, map, part, list) == 0)
        iterator = object_iter(t, list);
    ref_dec(t, list);
    ref_dec(t, map);
    return iterator;
}

static Value context_iter(Thread *t, Value self) { return iterate_part(t, self, 0); }

NATIVE(context_get, "get", "($self, key, default=None, /)",
       "The value of a variable in this context, or the default if there is none.")
{
    Value result;
    int found = find_value(t, args[0], args[1], &result);
    if (found)
        return result;
    return value_is_empty(args[2]) ? VALUE_NONE : ref_inc(t, args[2]);
}
NATIVE(context_keys, "keys", "($self, /)", "The variables that have a value in this context.")
{
    return iterate_part(t, args[0], 0);
}
NATIVE(context_values, "values", "($self, /)", "The values of the variables in this context.")
{
    return iterate_part(t, args[0], 1);
}
NATIVE(context_items, "items", "($self, /)", "The variables and their values, as tuples.")
{
    return iterate_part(t, args[0], 2);
}
NATIVE(context_copy, "copy", "($self, /)", "A context with the same values.") { return context_copy(t, args[0]); }

NATIVE(context_run, "run", "($self, callable, /, *args, **kwargs)",
       "Calls the callable with this context as the current one.")
{
    if (n < 2)
        return error_set(t, EXC_TypeError, "run() missing 1 required positional argument");
    Value context = args[0];
    if (context_enter(t, context) < 0)
        return VALUE_EMPTY;
    Value result = object_call(t, args[1], args + 2, n - 2, names), exc = error_take(t);
    if (context_exit(t, context) < 0)
        ref_clear(t, &result);
    if (!value_is_empty(exc))
        error_restore_take(t, exc);
    return result;
}

static const NativeDef *const context_methods[] = {&native_context_get,
                                                   &native_context_items,
                                                   &native_context_keys,
                                                   &native_context_values,
                                                   &native_context_copy,
                                                   &native_context_run,
                                                   NULL};

static const TypeSpec context_spec = {
    .name = "_contextvars.Context",
    .doc = "A mapping of context variables to values, in which code can be run.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Context),
    .weak_offset = offsetof(Context, weakrefs),
    .methods = context_methods,
    .slots =
        {
            .dealloc = context_clear,
            .traverse = context_traverse,
            .clear = context_clear,
            .create = context_create,
            .hash = slot_hash_unhashable,
            .compare = context_compare,
            .iter = context_iter,
            .len = context_len,
            .getitem = context_getitem,
            .contains = context_contains,
        },
};

/* ---- variables ---- */

Value context_variable_new(Thread *t, Value name, Value default_)
{
    if (!str_check(name))
        return error_set(t, EXC_TypeError, "context variable name must be a str");
    ContextTypes *types = context_types(t);
    Variable *v = types ? type_alloc(t, types->variable, 0) : NULL;
    if (v) {
        v->name = ref_inc(t, name);
        v->default_ = ref_inc(t, default_);
        /* Never the same twice, and spread well: multiplying by an odd number keeps numbers different. */
        v->hash = next_serial(t) * UINT64_C(0x9E3779B97F4A7C15);
    }
    return value_of(v);
}

/* The cached value if it is still right; empty: look it up. */
static ALWAYS_INLINE Value peek_cached(Thread *t, Variable *v)
{
    return !t->free_threaded && v->cached_version == t->context_version ? v->cached : VALUE_EMPTY;
}

static void set_cached(Thread *t, Variable *v, Value value)
{
    if (t->free_threaded)
        return;
    v->cached = value;
    v->cached_version = t->context_version;
}

int context_variable_get(Thread *t, Value variable, Value fallback, Value *result)
{
    Variable *v = variable_of(variable);
    if (!value_is_empty(t->context)) {
        Value value = peek_cached(t, v);
        if (value_is_empty(value)) {
            value = map_find(context_of(t->context)->map, variable);
            if (!value_is_empty(value))
                set_cached(t, v, value);
        }
        if (!value_is_empty(value)) {
            *result = ref_inc(t, value);
            return 1;
        }
    }
    *result = ref_inc(t, value_is_empty(fallback) ? v->default_ : fallback);
    return !value_is_empty(*result);
}

/* Gives the current context another map (taken); empty: no variable is left. */
static void replace_map_take(Thread *t, Value context, Value map, int64_t more)
{
    Context *c = context_of(context);
    c->length = (size_t)((int64_t)c->length + more);
    field_set_take(t, c, &c->map, map);
}

/* Sets the variable in the current context, or removes it (value empty): 0 or -1. */
static int change(Thread *t, Value variable, Value value)
{
    Value context = peek_current(t);
    if (value_is_empty(context))
        return -1;
    Context *c = context_of(context);
    if (!t->free_threaded)
        variable_of(variable)->cached_version = 0;
    bool added = false;
    if (value_is_empty(value)) {
        if (value_is_empty(map_find(c->map, variable)))
            return error_set_value(t, t->interp->exceptions[EXC_LookupError], variable), -1;
        Value map = map_remove(t, c->map, 0, variable);
        if (value_is_empty(map) && error_pending(t))
            return -1;
        replace_map_take(t, context, map, -1);
        return 0;
    }
    Value map = map_set(t, c->map, 0, variable, value, &added);
    if (value_is_empty(map))
        return -1;
    /* The new value is cached first: releasing the old map may run code. */
    set_cached(t, variable_of(variable), value);
    replace_map_take(t, context, map, added);
    return 0;
}

Value context_variable_set(Thread *t, Value variable, Value value)
{
    Value context = peek_current(t);
    Token *token = value_is_empty(context) ? NULL : type_alloc(t, context_types(t)->token, 0);
    if (!token)
        return VALUE_EMPTY;
    token->context = ref_inc(t, context);
    token->variable = ref_inc(t, variable);
    token->old = ref_inc(t, map_find(context_of(context)->map, variable));
    if (change(t, variable, value) < 0) {
        ref_dec(t, value_of(token));
        return VALUE_EMPTY;
    }
    return value_of(token);
}

int context_variable_reset(Thread *t, Value variable, Value token)
{
    Token *k = token_of(token);
    if (k->used)
        return error_set(t, EXC_RuntimeError, "%V has already been used once", token), -1;
    if (!value_is(k->variable, variable))
        return error_set(t, EXC_ValueError, "%V was created by a different ContextVar", token), -1;
    Value context = peek_current(t);
    if (value_is_empty(context))
        return -1;
    if (!value_is(k->context, context))
        return error_set(t, EXC_ValueError, "%V was created in a different Context", token), -1;
    k->used = true;
    return change(t, variable, k->old);
}

static Value variable_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value arguments[2];
    if (native_parse(t, "ContextVar", "(name, /, *, default=<unrepresentable>)", args, n, names, arguments) < 0)
        return VALUE_EMPTY;
    return context_variable_new(t, arguments[0], arguments[1]);
}

static void variable_dealloc(Thread *t, Object *o)
{
    ref_clear(t, &((Variable *)o)->name);
    ref_clear(t, &((Variable *)o)->default_);
}

static int variable_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Variable *)o)->name);
    VISIT(((Variable *)o)->default_);
    return 0;
}

static Value variable_repr(Thread *t, Value self)
{
    Variable *v = variable_of(self);
    if (value_is_empty(v->default_))
        return str_format(t, "<ContextVar name=%V at %p>", v->name, (void *)v);
    return str_format(t, "<ContextVar name=%V default=%V at %p>", v->name, v->default_, (void *)v);
}

NATIVE(variable_get, "get", "($self, default=<unrepresentable>, /)",
       "The value in the current context; else the default given here, or that of the variable; else LookupError.")
{
    Value result;
    if (context_variable_get(t, args[0], args[1], &result) == 0)
        return error_set_value(t, t->interp->exceptions[EXC_LookupError], args[0]);
    return result;
}

NATIVE(variable_set, "set", "($self, value, /)",
       "Sets the value in the current context and returns a token that can undo it.")
{
    return context_variable_set(t, args[0], args[1]);
}

NATIVE(variable_reset, "reset", "($self, token, /)", "Undoes the call of set() that returned the token.")
{
    if (!token_check(t, args[1]))
        return error_set(t, EXC_TypeError, "expected an instance of Token, got %V", args[1]);
    return context_variable_reset(t, args[0], args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE_FLAGS(class_getitem, "__class_getitem__", "($type, object, /)", "A generic alias.", NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static const NativeDef *const variable_methods[] = {&native_variable_get, &native_variable_set, &native_variable_reset,
                                                    &native_class_getitem, NULL};
static const MemberDef variable_members[] = {{"name", MEMBER_VALUE, offsetof(Variable, name), false, NULL}, {0}};

static const TypeSpec variable_spec = {
    .name = "_contextvars.ContextVar",
    .doc = "A variable that has a value for each context.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Variable),
    .methods = variable_methods,
    .members = variable_members,
    .signature = "(name, /, *, default=<unrepresentable>)",
    .slots =
        {
            .dealloc = variable_dealloc,
            .traverse = variable_traverse,
            .create = variable_create,
            .repr = variable_repr,
            .hash = slot_hash_identity,
        },
};

/* ---- tokens ---- */

static Value token_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return error_set(t, EXC_RuntimeError, "Tokens can only be created by ContextVars");
}

static void token_dealloc(Thread *t, Object *o)
{
    Token *token = (Token *)o;
    ref_clear(t, &token->context);
    ref_clear(t, &token->variable);
    ref_clear(t, &token->old);
}

static int token_traverse(Object *o, VisitFn visit, void *arg)
{
    Token *token = (Token *)o;
    VISIT(token->context);
    VISIT(token->variable);
    VISIT(token->old);
    return 0;
}

static Value token_repr(Thread *t, Value self)
{
    Token *token = token_of(self);
    return str_format(t, "<Token%s var=%V at %p>", token->used ? " used" : "", token->variable, (void *)token);
}

static Value token_get_var(Thread *t, Value self) { return ref_inc(t, token_of(self)->variable); }
static Value token_get_old_value(Thread *t, Value self)
{
    Value old = token_of(self)->old;
    return ref_inc(t, value_is_empty(old) ? context_types(t)->missing : old);
}
static const GetSetDef token_getsets[] = {
    {"var", token_get_var, NULL, "The variable that was set."},
    {"old_value", token_get_old_value, NULL, "The value before, or Token.MISSING."},
    {0}};

NATIVE(token_enter, "__enter__", "($self, /)", "The token itself.") { return ref_inc(t, args[0]); }
NATIVE(token_exit, "__exit__", "($self, type, value, traceback, /)", "Undoes the setting of the variable.")
{
    return context_variable_reset(t, token_of(args[0])->variable, args[0]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

static const NativeDef *const token_methods[] = {&native_class_getitem, &native_token_enter, &native_token_exit, NULL};

static const TypeSpec token_spec = {
    .name = "_contextvars.Token",
    .doc = "What ContextVar.set() returns, to undo the setting; with `with`, at the end of the block.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Token),
    .methods = token_methods,
    .getsets = token_getsets,
    .slots =
        {
            .dealloc = token_dealloc,
            .traverse = token_traverse,
            .create = token_create,
            .repr = token_repr,
            .hash = slot_hash_unhashable,
        },
};

static Value missing_repr(Thread *t, Value self) { return str_from_string(t, "<Token.MISSING>"); }
static const TypeSpec missing_spec = {
    .name = "Token.MISSING",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(Object),
    .slots = {.repr = missing_repr},
};

/* ---- the types ---- */

ContextTypes *context_types(Thread *t)
{
    ContextTypes *types = t->interp->context_state;
    if (LIKELY(types != NULL))
        return types;
    types = alloc_memory_zeroed(t, 1, sizeof *types);
    if (!types)
        return NULL;
    Type *missing = type_from_spec(t, &missing_spec, NULL);
    types->context = missing ? type_from_spec(t, &context_spec, NULL) : NULL;
    types->variable = types->context ? type_from_spec(t, &variable_spec, NULL) : NULL;
    types->token = types->variable ? type_from_spec(t, &token_spec, NULL) : NULL;
    if (types->token)
        types->missing = value_of(type_alloc(t, missing, 0));
    ref_dec_ptr(t, missing);
    Value dict = types->token ? type_peek_dict(t, types->token) : VALUE_EMPTY;
    if (value_is_empty(dict) || value_is_empty(types->missing) ||
        dict_set_string(t, dict, "MISSING", types->missing) < 0) {
        ref_dec(t, types->missing);
        REF_CLEAR_PTR(t, types->context);
        REF_CLEAR_PTR(t, types->variable);
        REF_CLEAR_PTR(t, types->token);
        alloc_memory_free(t, types);
        return NULL;
    }
    type_modified(t, types->token);
    t->interp->context_state = types;
    return types;
}

void context_free_types(Thread *t)
{
    ContextTypes *types = t->interp->context_state;
    if (!types)
        return;
    t->interp->context_state = NULL;
    ref_clear(t, &types->missing);
    REF_CLEAR_PTR(t, types->context);
    REF_CLEAR_PTR(t, types->variable);
    REF_CLEAR_PTR(t, types->token);
    alloc_memory_free(t, types);
}
