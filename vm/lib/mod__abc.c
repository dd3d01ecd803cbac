/* mod__abc.c: the module _abc: what ABCMeta does, fast.
 *
 * Each abstract class has an _abc_data object (cls._abc_impl): the classes registered with it and two caches of answers, all as sets of weak references whose callback
 * takes them out.  The negative cache holds as long as nothing is registered anywhere: its version is compared with a counter of the interpreter.
 *
 * Locks: the sets guard themselves; pointers to them change under the data's object lock.  Read next: abc.py in the library, ../object/object.c (isinstance). */
#include "../memory/alloc.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../object/weakref.h"
#include "../thread/objlock.h"

typedef struct AbcState {
    Type *data_type;
    _Atomic uint64_t counter; /* calls of register() anywhere */
} AbcState;

typedef struct AbcData {
    Object head;
    Value registry, cache, negative_cache; /* sets of weak references, or empty: not needed yet */
    _Atomic uint64_t negative_version;
} AbcData;

static AbcState *state_of(Thread *t) { return t->interp->module_state[MODULE__abc]; }

/* ---- _abc_data ---- */

static void data_dealloc(Thread *t, Object *o)
{
    AbcData *d = (AbcData *)o;
    ref_dec(t, d->registry);
    ref_dec(t, d->cache);
    ref_dec(t, d->negative_cache);
}

static int data_traverse(Object *o, VisitFn visit, void *arg)
{
    AbcData *d = (AbcData *)o;
    VISIT(d->registry);
    VISIT(d->cache);
    VISIT(d->negative_cache);
    return 0;
}

static void data_clear(Thread *t, Object *o)
{
    AbcData *d = (AbcData *)o;
    ref_clear(t, &d->registry);
    ref_clear(t, &d->cache);
    ref_clear(t, &d->negative_cache);
}

static Value data_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    AbcData *d = alloc_object(t, type, sizeof *d);
    if (d)
        d->negative_version = atomic_load(&state_of(t)->counter);
    return value_of(d);
}

static const TypeSpec data_spec = {
    .name = "_abc._abc_data",
    .doc = "What an abstract class remembers of its virtual subclasses.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(AbcData),
    .slots = {.dealloc = data_dealloc, .traverse = data_traverse, .clear = data_clear, .create = data_create},
};

/* cls._abc_impl: owned, NULL with an exception. */
static AbcData *data_of(Thread *t, Value class)
{
    Value data = object_getattr_string(t, class, "_abc_impl");
    if (value_is_empty(data))
        return NULL;
    if (!object_is_native(data, &data_spec)) {
        error_set(t, EXC_TypeError, "_abc_impl is set to a wrong type");
        ref_dec(t, data);
        return NULL;
    }
    return (AbcData *)value_object(data);
}

/* ---- weak sets ---- */

static Value read_set(Thread *t, AbcData *d, const Value *field)
{
    objlock_enter(t, d);
    Value set = ref_inc(t, *field);
    objlock_exit(t, d);
    return set;
}

static void put_set_take(Thread *t, AbcData *d, Value *field, Value set)
{
    objlock_enter(t, d);
    Value old = *field;
    slot_store(field, set);
    objlock_exit(t, d);
    ref_dec(t, old);
}

/* The callback of the references in a set: self is a weak reference to the set. */
NATIVE(forget, "_destroy", "($self, reference, /)", NULL)
{
    Value set = weakref_get(t, args[0]);
    if (value_is_empty(set))
        return error_pending(t) ? VALUE_EMPTY : VALUE_NONE;
    int result = set_discard(t, set, args[1]);
    ref_dec(t, set);
    return result < 0 ? VALUE_EMPTY : VALUE_NONE;
}

static int add_to_set(Thread *t, AbcData *d, Value *field, Value class)
{
    Value set = read_set(t, d, field);
    if (value_is_empty(set)) {
        set = set_new(t, VALUE_EMPTY);
        if (value_is_empty(set))
            return -1;
        put_set_take(t, d, field, ref_inc(t, set));
    }
    Value self = weakref_new(t, set, VALUE_EMPTY);
    Value callback = value_is_empty(self) ? VALUE_EMPTY : native_new(t, &native_forget, self, VALUE_EMPTY);
    ref_dec(t, self);
    Value reference = value_is_empty(callback) ? VALUE_EMPTY : weakref_new(t, class, callback);
    ref_dec(t, callback);
    int result = value_is_empty(reference) ? -1 : set_add(t, set, reference);
    ref_dec(t, reference);
    ref_dec(t, set);
    return result < 0 ? -1 : 0;
}

static int in_set(Thread *t, AbcData *d, const Value *field, Value class)
{
    Value set = read_set(t, d, field);
    if (value_is_empty(set) || set_length(set) == 0) {
        ref_dec(t, set);
        return 0;
    }
    Value reference = weakref_new(t, class, VALUE_EMPTY);
    if (value_is_empty(reference)) {
        ref_dec(t, set);
        /* What cannot be referenced weakly is no class, and in no set. */
        return error_swallow(t, EXC_TypeError) ? 0 : -1;
    }
    int result = set_contains(t, set, reference);
    ref_dec(t, reference);
    ref_dec(t, set);
    return result;
}

static void clear_set(Thread *t, AbcData *d, Value *field) { put_set_take(t, d, field, VALUE_EMPTY); }

/* ---- _abc_init ---- */

static int add_if_abstract(Thread *t, Value set, Value name, Value v)
{
    int abstract = object_is_abstract(t, v);
    return abstract <= 0 ? abstract : set_add(t, set, name) < 0 ? -1 : 0;
}

/* Names that a base says are abstract and that are still so in the class. */
static int add_inherited(Thread *t, Value class, Value base, Value set)
{
    Value names, name;
    int found = object_getattr_optional(t, base, ID(t, __abstractmethods__), &names);
    if (found <= 0)
        return found;
    Value iterator = object_iter(t, names);
    ref_dec(t, names);
    if (value_is_empty(iterator))
        return -1;
    int result = 0;
    while (result >= 0 && !value_is_empty(name = object_next(t, iterator))) {
        Value v;
        result = object_getattr_optional(t, class, name, &v);
        if (result > 0)
            result = add_if_abstract(t, set, name, v);
        ref_dec(t, v);
        ref_dec(t, name);
    }
    ref_dec(t, iterator);
    return result < 0 || error_pending(t) ? -1 : 0;
}

static int compute_abstract_methods(Thread *t, Value class)
{
    Value set = set_new(t, VALUE_EMPTY), namespace = object_getattr(t, class, ID(t, __dict__)), items = VALUE_EMPTY,
          bases = VALUE_EMPTY;
    int result = -1;
    if (value_is_empty(set) || value_is_empty(namespace))
        goto done;
    Value view = object_call_method(t, ID(t, items), &namespace, 1, VALUE_EMPTY);
    items = value_is_empty(view) ? VALUE_EMPTY : object_to_list(t, view);
    ref_dec(t, view);
    if (value_is_empty(items))
        goto done;
    for (size_t i = 0; i < list_length(items); i++) {
        Value pair = list_peek(items, i);
        if (!tuple_check(pair) || tuple_length(pair) != 2) {
            error_set(t, EXC_TypeError, "Iteration over a mapping's items should yield tuples of length 2");
            goto done;
        }
        if (add_if_abstract(t, set, tuple_peek(pair, 0), tuple_peek(pair, 1)) < 0)
            goto done;
    }
    bases = object_getattr(t, class, ID(t, __bases__));
    if (value_is_empty(bases))
        goto done;
    if (!tuple_check(bases)) {
        error_set(t, EXC_TypeError, "__bases__ is not tuple");
        goto done;
    }
    for (size_t i = 0; i < tuple_length(bases); i++) {
        if (add_inherited(t, class, tuple_peek(bases, i), set) < 0)
            goto done;
    }
    Value frozen = frozenset_new(t, set);
    if (!value_is_empty(frozen))
        result = object_setattr(t, class, ID(t, __abstractmethods__), frozen);
    ref_dec(t, frozen);
done:
    ref_dec(t, bases);
    ref_dec(t, items);
    ref_dec(t, namespace);
    ref_dec(t, set);
    return result;
}

#define FLAG_SEQUENCE (1u << 5) /* as CPython numbers them in __abc_tpflags__ */
#define FLAG_MAPPING (1u << 6)

/* __abc_tpflags__ in the class's own namespace says that it matches sequence or mapping patterns. */
static int apply_flags(Thread *t, Type *type)
{
    Value name = str_intern(t, "__abc_tpflags__"), v = VALUE_EMPTY;
    if (value_is_empty(name))
        return -1;
    Value dict = type_peek_dict(t, type);
    int found = value_is_empty(dict) ? -1 : dict_get_optional(t, dict, name, &v), result = found < 0 ? -1 : 0;
    if (found > 0) {
        uint64_t flags = int_check(v) ? int_to_uint64_mask(v) : 0;
        if ((flags & FLAG_SEQUENCE) && (flags & FLAG_MAPPING)) {
            error_set(t, EXC_TypeError, "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING");
            result = -1;
        } else {
            type->flags |= (flags & FLAG_SEQUENCE ? TYPE_SEQUENCE : 0) | (flags & FLAG_MAPPING ? TYPE_MAPPING : 0);
            result = type_set_attr(t, type, name, VALUE_EMPTY);
        }
    }
    ref_dec(t, v);
    ref_dec(t, name);
    return result;
}

NATIVE(abc_init, "_abc_init", "($module, self, /)", "Prepares a new abstract class.")
{
    if (compute_abstract_methods(t, args[1]) < 0)
        return VALUE_EMPTY;
    Value data = data_create(t, state_of(t)->data_type, NULL, 0, VALUE_EMPTY);
    if (value_is_empty(data))
        return VALUE_EMPTY;
    int result = object_setattr_string(t, args[1], "_abc_impl", data);
    ref_dec(t, data);
    if (result < 0 || (type_check(args[1]) && apply_flags(t, type_as(args[1])) < 0))
        return VALUE_EMPTY;
    return VALUE_NONE;
}

/* ---- register ---- */

static int set_flags_recursively(Thread *t, Type *type, uint32_t flags)
{
    if (type->flags & TYPE_IMMUTABLE || (type->flags & (TYPE_SEQUENCE | TYPE_MAPPING)) == flags)
        return 0;
    type->flags = (type->flags & ~(TYPE_SEQUENCE | TYPE_MAPPING)) | flags;
    type_modified(t, type);
    Value self = value_of(type),
          list = object_call_method_string(t, self, "__subclasses__", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    int result = value_is_empty(list) ? -1 : 0;
    for (size_t i = 0; result == 0 && i < list_length(list); i++)
        result = set_flags_recursively(t, type_as(list_peek(list, i)), flags);
    ref_dec(t, list);
    return result;
}

NATIVE(abc_register, "_abc_register", "($module, self, subclass, /)",
       "Makes a class a virtual subclass of an abstract one.")
{
    Value self = args[1], subclass = args[2];
    if (!type_check(subclass))
        return error_set(t, EXC_TypeError, "Can only register classes");
    int already = object_issubclass(t, subclass, self);
    if (already)
        return already < 0 ? VALUE_EMPTY : ref_inc(t, subclass);
    int cycle = object_issubclass(t, self, subclass);
    if (cycle)
        return cycle < 0 ? VALUE_EMPTY : error_set(t, EXC_RuntimeError, "Refusing to create an inheritance cycle");
    AbcData *d = data_of(t, self);
    if (!d)
        return VALUE_EMPTY;
    int result = add_to_set(t, d, &d->registry, subclass);
    ref_dec_ptr(t, d);
    if (result < 0)
        return VALUE_EMPTY;
    atomic_fetch_add(&state_of(t)->counter, 1);
    if (type_check(self)) {
        uint32_t flags = type_as(self)->flags & (TYPE_SEQUENCE | TYPE_MAPPING);
        if (flags && set_flags_recursively(t, type_as(subclass), flags) < 0)
            return VALUE_EMPTY;
    }
    return ref_inc(t, subclass);
}

/* ---- instance and subclass checks ---- */

static int ask_subclasscheck(Thread *t, Value self, Value class)
{
    const Value args[2] = {self, class};
    Value result = object_call_method(t, ID(t, __subclasscheck__), args, 2, VALUE_EMPTY);
    if (value_is_empty(result))
        return -1;
    int truth = object_truth(t, result);
    ref_dec(t, result);
    return truth;
}

/* Is it known that the class is no subclass? */
static int in_negative_cache(Thread *t, AbcData *d, Value class)
{
    return d->negative_version == atomic_load(&state_of(t)->counter) ? in_set(t, d, &d->negative_cache, class) : 0;
}

NATIVE(abc_instancecheck, "_abc_instancecheck", "($module, self, instance, /)",
       "Is the object an instance of the abstract class?")
{
    Value self = args[1], instance = args[2];
    AbcData *d = data_of(t, self);
    if (!d)
        return VALUE_EMPTY;
    Value class = object_getattr(t, instance, ID(t, __class__)), own = value_of(type_of(t, instance));
    int result = value_is_empty(class) ? -1 : in_set(t, d, &d->cache, class);
    if (result == 0) {
        if (value_is(class, own)) {
            int no = in_negative_cache(t, d, class);
            result = no < 0 ? -1 : no ? 0 : ask_subclasscheck(t, self, class);
        } else {
            result = ask_subclasscheck(t, self, class);
            if (result == 0)
                result = ask_subclasscheck(t, self, own);
        }
    }
    ref_dec(t, class);
    ref_dec_ptr(t, d);
    return result < 0 ? VALUE_EMPTY : value_from_bool(result);
}

/* Is the class registered, or derived from a registered one? */
static int check_registry(Thread *t, AbcData *d, Value class)
{
    int result = in_set(t, d, &d->registry, class);
    if (result)
        return result;
    Value set = read_set(t, d, &d->registry);
    Value copy = value_is_empty(set) ? VALUE_EMPTY : object_to_list(t, set);
    if (!value_is_empty(set) && value_is_empty(copy))
        result = -1;
    for (size_t i = 0; result == 0 && !value_is_empty(copy) && i < list_length(copy); i++) {
        Value registered = weakref_get(t, list_peek(copy, i));
        if (value_is_empty(registered))
            continue;
        result = object_issubclass(t, class, registered);
        ref_dec(t, registered);
    }
    ref_dec(t, copy);
    ref_dec(t, set);
    return result;
}

static int check_subclasses(Thread *t, Value self, Value class)
{
    Value list = object_call_method_string(t, self, "__subclasses__", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(list))
        return -1;
    if (!list_check(list)) {
        error_set(t, EXC_TypeError, "__subclasses__() must return a list");
        ref_dec(t, list);
        return -1;
    }
    int result = 0;
    for (size_t i = 0; result == 0 && i < list_length(list); i++) {
        Value derived = list_get(t, list, i);
        if (value_is_empty(derived))
            break;
        result = object_issubclass(t, class, derived);
        ref_dec(t, derived);
    }
    ref_dec(t, list);
    return result;
}

/* The long way: hook, MRO, registry, subclasses.  1, 0, -1; *known tells that the hook answered. */
static int decide(Thread *t, AbcData *d, Value self, Value class)
{
    const Value hook_args[2] = {self, class};
    Value answer = object_call_method(t, ID(t, __subclasshook__), hook_args, 2, VALUE_EMPTY);
    if (value_is_empty(answer))
        return -1;
    bool yes = value_is(answer, VALUE_TRUE), no = value_is(answer, VALUE_FALSE),
         open = value_is(answer, VALUE_NOTIMPLEMENTED);
    ref_dec(t, answer);
    if (yes || no)
        return yes;
    if (!open) {
        error_set_none(t, EXC_AssertionError);
        return -1;
    }
    if (type_is_subtype(type_as(class), type_as(self)))
        return 1;
    int result = check_registry(t, d, class);
    return result ? result : check_subclasses(t, self, class);
}

NATIVE(abc_subclasscheck, "_abc_subclasscheck", "($module, self, subclass, /)",
       "Is the class a subclass of the abstract one?")
{
    Value self = args[1], class = args[2];
    if (!type_check(class))
        return error_set(t, EXC_TypeError, "issubclass() arg 1 must be a class");
    AbcData *d = data_of(t, self);
    if (!d)
        return VALUE_EMPTY;
    int result = in_set(t, d, &d->cache, class);
    if (result)
        goto done;
    uint64_t counter = atomic_load(&state_of(t)->counter);
    if (d->negative_version < counter) {
        clear_set(t, d, &d->negative_cache);
        d->negative_version = counter;
    } else {
        int no = in_set(t, d, &d->negative_cache, class);
        if (no) {
            result = no < 0 ? -1 : 0;
            goto done;
        }
    }
    result = type_check(self) ? decide(t, d, self, class) : -1;
    if (result < 0 && !error_pending(t))
        error_set(t, EXC_TypeError, "_abc_subclasscheck() argument 1 must be a class");
    if (result >= 0 && add_to_set(t, d, result ? &d->cache : &d->negative_cache, class) < 0)
        result = -1;
done:
    ref_dec_ptr(t, d);
    return result < 0 ? VALUE_EMPTY : value_from_bool(result);
}

/* ---- helpers for debugging and tests ---- */

NATIVE(get_cache_token, "get_cache_token", "($module, /)",
       "A number that changes whenever a class is registered with any abstract class.")
{
    return int_from_uint64(t, atomic_load(&state_of(t)->counter));
}

NATIVE(reset_registry, "_reset_registry", "($module, self, /)", "Forgets the registered classes; for tests.")
{
    AbcData *d = data_of(t, args[1]);
    if (!d)
        return VALUE_EMPTY;
    clear_set(t, d, &d->registry);
    ref_dec_ptr(t, d);
    return VALUE_NONE;
}

NATIVE(reset_caches, "_reset_caches", "($module, self, /)", "Forgets the cached answers; for tests.")
{
    AbcData *d = data_of(t, args[1]);
    if (!d)
        return VALUE_EMPTY;
    clear_set(t, d, &d->cache);
    clear_set(t, d, &d->negative_cache);
    ref_dec_ptr(t, d);
    return VALUE_NONE;
}

NATIVE(get_dump, "_get_dump", "($module, self, /)",
       "Copies of registry, cache and negative cache, and the latter's version.")
{
    AbcData *d = data_of(t, args[1]);
    if (!d)
        return VALUE_EMPTY;
    const Value *fields[3] = {&d->registry, &d->cache, &d->negative_cache};
    Value copies[4] = {VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY}, result = VALUE_EMPTY;
    bool failed = false;
    for (int i = 0; i < 3 && !failed; i++) {
        Value set = read_set(t, d, fields[i]);
        copies[i] = set_new(t, set);
        ref_dec(t, set);
        failed = value_is_empty(copies[i]);
    }
    if (!failed) {
        copies[3] = int_from_uint64(t, d->negative_version);
        result = tuple_from_array(t, copies, 4);
    }
    for (int i = 0; i < 4; i++)
        ref_dec(t, copies[i]);
    ref_dec_ptr(t, d);
    return result;
}

static int exec(Thread *t, Value module)
{
    void **slot = &t->interp->module_state[MODULE__abc];
    if (*slot)
        return 0;
    AbcState *state = alloc_raw_zeroed(sizeof *state);
    if (!state) {
        error_no_memory(t);
        return -1;
    }
    state->data_type = type_from_spec(t, &data_spec, NULL);
    if (!state->data_type) {
        alloc_raw_free(state);
        return -1;
    }
    *slot = state;
    return 0;
}

static void free_state(Thread *t, void *state) { alloc_raw_free(state); }

static const NativeDef *const functions[] = {
    &native_get_cache_token,   &native_abc_init,          &native_reset_registry,
    &native_reset_caches,      &native_get_dump,          &native_abc_register,
    &native_abc_instancecheck, &native_abc_subclasscheck, NULL,
};

const ModuleDef module_def__abc = {
    .name = "_abc",
    .doc = "The machinery of abstract base classes.",
    .methods = functions,
    .exec = exec,
    .free_state = free_state,
};
