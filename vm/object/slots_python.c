/* slots_python.c: the functions that a class has in its slots for dunders written in Python: they look the dunder up on the type and call it.
 *
 * The eval loop recognises them by address and pushes a frame instead of calling; what they do here is the general case: dunders that are
 * not plain functions, and calls from C.  They take no locks.  Read next: slots.c (the table that installs them), type_cache.c (the lookup). */
#include "slots.h"
#include "function.h"
#include "type_internal.h"

/* ---- finding and calling ---- */

/* Calls what the class of args[0] has under a special name. */
static ALWAYS_INLINE Value call_found(Thread *t, Value method, const Value *args, uint32_t n, Value names)
{
    if (LIKELY(object_is_exact(method, KIND_FUNCTION))) /* it looks after the depth itself */
        return function_call(t, method, args, n, names);
    Type *method_type = type_of(t, method);
    if (LIKELY(method_type->flags & TYPE_METHOD_LIKE))
        return object_call(t, method, args, n, names);
    if (!method_type->slots.descr_get)
        return object_call(t, method, args + 1, n - 1, names);
    Value bound = method_type->slots.descr_get(t, method, args[0], value_of(type_of(t, args[0])));
    Value result = value_is_empty(bound) ? VALUE_EMPTY : object_call(t, bound, args + 1, n - 1, names);
    ref_dec(t, bound);
    return result;
}

int special_call(Thread *t, Value name, const Value *args, uint32_t n, Value names, Value *result)
{
    Value method = type_lookup(t, type_of(t, args[0]), name);
    if (value_is_empty(method)) {
        *result = VALUE_EMPTY;
        return 0;
    }
    *result = call_found(t, method, args, n, names);
    ref_dec(t, method);
    return 1;
}

/* The call that must succeed: a missing dunder is an AttributeError with its name. */
static Value call_required(Thread *t, NameId id, const Value *args, uint32_t n)
{
    Value result;
    Value name = t->interp->names[id];
    if (!special_call(t, name, args, n, VALUE_EMPTY, &result))
        return error_set_value(t, t->interp->exceptions[EXC_AttributeError], name);
    return result;
}

static Value call_unary(Thread *t, NameId id, Value self) { return call_required(t, id, &self, 1); }

int object_special(Thread *t, Value v, Value name, Value *bound)
{
    Type *type = type_of(t, v);
    Value found = type_lookup(t, type, name);
    *bound = found;
    if (value_is_empty(found))
        return 0;
    Value (*get)(Thread *, Value, Value, Value) = type_of(t, found)->slots.descr_get;
    if (!get)
        return 1;
    *bound = get(t, found, v, value_of(type));
    ref_dec(t, found);
    return value_is_empty(*bound) ? -1 : 1;
}

/* ---- numbers ---- */

static const struct {
    NameId name, reflected, inplace;
} binary_names[BINARY_COUNT] = {
#define NAMES(op, name, rname, iname) [BINARY_##op] = {NAME_##name, NAME_##rname, NAME_##iname},
    SLOT_BINARY_OPS(NAMES)
#undef NAMES
        [BINARY_DIVMOD] = {NAME___divmod__, NAME___rdivmod__, NAME___divmod__},
};

NameId slot_binary_name(BinaryOp op) { return binary_names[op].name; }

/* Does right's class define the reflected method otherwise than left's? */
static bool is_overloaded(Thread *t, Type *left, Type *right, Value name)
{
    Value b = type_lookup(t, right, name);
    if (value_is_empty(b))
        return false;
    Value a = type_lookup(t, left, name);
    bool different = !value_is(a, b);
    ref_dec(t, a);
    ref_dec(t, b);
    return different;
}

/* The result of a dunder, or NotImplemented when there is none. */
static Value call_maybe(Thread *t, Value name, const Value *args, uint32_t n)
{
    Value result;
    if (!special_call(t, name, args, n, VALUE_EMPTY, &result))
        return VALUE_NOTIMPLEMENTED;
    return result;
}

/* Runs a binary dunder and its reflection for operands of which one or both have the python slot. `modulus` empty: two operands. */
static Value binary_dispatch(Thread *t, BinaryOp op, Value a, Value b, Value modulus, bool left_is_python,
                             bool right_is_python)
{
    Type *left = type_of(t, a), *right = type_of(t, b);
    Value name = t->interp->names[binary_names[op].name], rname = t->interp->names[binary_names[op].reflected];
    uint32_t n = value_is_empty(modulus) ? 2 : 3;
    const Value forward[3] = {a, b, modulus}, backward[3] = {b, a, modulus};
    bool try_right = left != right && right_is_python;
    if (left_is_python) {
        if (try_right && type_is_subtype(right, left) && is_overloaded(t, left, right, rname)) {
            Value result = call_maybe(t, rname, backward, n);
            if (!value_is(result, VALUE_NOTIMPLEMENTED))
                return result;
            try_right = false;
        }
        Value result = call_maybe(t, name, forward, n);
        if (!value_is(result, VALUE_NOTIMPLEMENTED) || left == right)
            return result;
    }
    return try_right ? call_maybe(t, rname, backward, n) : VALUE_NOTIMPLEMENTED;
}

Value slot_python_binary(Thread *t, BinaryOp op, Value a, Value b)
{
    Value (*own)(Thread *, Value, Value) = slot_python_binary_table[op];
    return binary_dispatch(t, op, a, b, VALUE_EMPTY, type_of(t, a)->slots.binary[op] == own,
                           type_of(t, b)->slots.binary[op] == own);
}

Value slot_python_power(Thread *t, Value a, Value b, Value modulus)
{
    if (value_is_none(modulus) || value_is_empty(modulus))
        return slot_python_binary(t, BINARY_POW, a, b);
    return binary_dispatch(t, BINARY_POW, a, b, modulus, type_of(t, a)->slots.power == slot_python_power,
                           type_of(t, b)->slots.power == slot_python_power);
}

static Value python_inplace(Thread *t, BinaryOp op, Value a, Value b)
{
    const Value args[2] = {a, b};
    return call_required(t, binary_names[op].inplace, args, 2);
}

#define DEFINE(op, name, rname, iname)                                                                                 \
    Value slot_python_binary_##op(Thread *t, Value a, Value b) { return slot_python_binary(t, BINARY_##op, a, b); }    \
    Value slot_python_inplace_##op(Thread *t, Value a, Value b) { return python_inplace(t, BINARY_##op, a, b); }
SLOT_BINARY_OPS(DEFINE)
#undef DEFINE
Value slot_python_binary_DIVMOD(Thread *t, Value a, Value b) { return slot_python_binary(t, BINARY_DIVMOD, a, b); }

Value (*const slot_python_binary_table[BINARY_COUNT])(Thread *t, Value a, Value b) = {
#define ENTRY(op, name, rname, iname) [BINARY_##op] = slot_python_binary_##op,
    SLOT_BINARY_OPS(ENTRY)
#undef ENTRY
        [BINARY_DIVMOD] = slot_python_binary_DIVMOD,
};
Value (*const slot_python_inplace_table[BINARY_COUNT])(Thread *t, Value a, Value b) = {
#define ENTRY(op, name, rname, iname) [BINARY_##op] = slot_python_inplace_##op,
    SLOT_BINARY_OPS(ENTRY)
#undef ENTRY
};

#define DEFINE(op, name)                                                                                               \
    Value slot_python_unary_##op(Thread *t, Value v) { return call_unary(t, NAME_##name, v); }
SLOT_UNARY_OPS(DEFINE)
#undef DEFINE
Value (*const slot_python_unary_table[UNARY_COUNT])(Thread *t, Value v) = {
#define ENTRY(op, name) [UNARY_##op] = slot_python_unary_##op,
    SLOT_UNARY_OPS(ENTRY)
#undef ENTRY
};

Value slot_python_index(Thread *t, Value self) { return call_unary(t, NAME___index__, self); }
Value slot_python_to_int(Thread *t, Value self) { return call_unary(t, NAME___int__, self); }
Value slot_python_to_float(Thread *t, Value self) { return call_unary(t, NAME___float__, self); }

int slot_python_truth(Thread *t, Value self)
{
    Value result;
    bool using_len = false;
    if (!special_call(t, ID(t, __bool__), &self, 1, VALUE_EMPTY, &result)) {
        using_len = true;
        if (!special_call(t, ID(t, __len__), &self, 1, VALUE_EMPTY, &result))
            return 1;
    }
    if (value_is_empty(result))
        return -1;
    int truth = -1;
    if (using_len)
        truth = object_truth(t, result);
    else if (value_is_bool(result))
        truth = value_is(result, VALUE_TRUE);
    else
        error_set(t, EXC_TypeError, "__bool__ should return bool, returned %T", result);
    ref_dec(t, result);
    return truth;
}

/* ---- containers ---- */

int64_t slot_python_len(Thread *t, Value self)
{
    Value result = call_unary(t, NAME___len__, self);
    if (value_is_empty(result))
        return -1;
    Value index = number_index(t, result);
    ref_dec(t, result);
    if (value_is_empty(index))
        return -1;
    int64_t length = -1;
    if (int_sign(index) < 0) {
        error_set(t, EXC_ValueError, "__len__() should return >= 0");
    } else {
        int overflow;
        length = int_to_int64_overflow(t, index, &overflow);
        if (overflow) {
            length = -1;
            error_set(t, EXC_OverflowError, "cannot fit '%T' into an index-sized integer", index);
        }
    }
    ref_dec(t, index);
    return length;
}

Value slot_python_getitem(Thread *t, Value self, Value key)
{
    const Value args[2] = {self, key};
    return call_required(t, NAME___getitem__, args, 2);
}

static int none_result(Thread *t, Value result)
{
    if (value_is_empty(result))
        return -1;
    ref_dec(t, result);
    return 0;
}

int slot_python_setitem(Thread *t, Value self, Value key, Value value)
{
    const Value args[3] = {self, key, value};
    if (value_is_empty(value))
        return none_result(t, call_required(t, NAME___delitem__, args, 2));
    return none_result(t, call_required(t, NAME___setitem__, args, 3));
}

int slot_python_contains(Thread *t, Value self, Value item)
{
    Value found = type_lookup(t, type_of(t, self), ID(t, __contains__));
    if (value_is_none(found)) {
        error_set(t, EXC_TypeError, "'%T' object is not a container", self);
        return -1;
    }
    if (value_is_empty(found))
        return object_contains_by_iteration(t, self, item);
    ref_dec(t, found);
    const Value args[2] = {self, item};
    Value result = call_required(t, NAME___contains__, args, 2);
    if (value_is_empty(result))
        return -1;
    int truth = object_truth(t, result);
    ref_dec(t, result);
    return truth;
}

Value slot_python_iter(Thread *t, Value self)
{
    Value found = type_lookup(t, type_of(t, self), ID(t, __iter__));
    if (value_is_none(found))
        return error_set(t, EXC_TypeError, "'%T' object is not iterable", self);
    if (!value_is_empty(found)) {
        ref_dec(t, found);
        return call_unary(t, NAME___iter__, self);
    }
    if (!type_of(t, self)->slots.getitem)
        return error_set(t, EXC_TypeError, "'%T' object is not iterable", self);
    return sequence_iterator_new(t, self);
}

/* StopIteration stays pending: its value is what `yield from` and `await` give, and next() raises that very exception. */
Value slot_python_next(Thread *t, Value self) { return call_unary(t, NAME___next__, self); }

/* ---- any object ---- */

Value slot_python_repr(Thread *t, Value self)
{
    Value result;
    if (special_call(t, ID(t, __repr__), &self, 1, VALUE_EMPTY, &result))
        return result;
    return str_format(t, "<%T object at %p>", self, (void *)(uintptr_t)self.bits);
}

Value slot_python_str(Thread *t, Value self) { return call_unary(t, NAME___str__, self); }

hash_t slot_hash_unhashable(Thread *t, Value self)
{
    error_set(t, EXC_TypeError, "unhashable type: '%T'", self);
    return -1;
}

hash_t slot_hash_identity(Thread *t, Value self)
{
    /* Low bits of addresses are zero: rotate them away. */
    uint64_t h = self.bits >> 4 | self.bits << 60;
    return h == UINT64_MAX ? -2 : (hash_t)h;
}

hash_t slot_python_hash(Thread *t, Value self)
{
    Value found = type_lookup(t, type_of(t, self), ID(t, __hash__));
    bool none = value_is_none(found) || value_is_empty(found);
    ref_dec(t, found);
    if (none)
        return slot_hash_unhashable(t, self);
    Value result = call_unary(t, NAME___hash__, self);
    if (value_is_empty(result))
        return -1;
    hash_t hash = -1;
    if (!int_check(result)) {
        error_set(t, EXC_TypeError, "__hash__ method should return an integer");
    } else {
        int overflow;
        hash = int_to_int64_overflow(t, result, &overflow);
        if (overflow)
            hash = int_hash(result);
        if (hash == -1)
            hash = -2;
    }
    ref_dec(t, result);
    return hash;
}

Value slot_python_compare(Thread *t, Value self, Value other, Compare op)
{
    static const NameId names[] = {NAME___lt__, NAME___le__, NAME___eq__, NAME___ne__, NAME___gt__, NAME___ge__};
    Type *type = type_of(t, self);
    Value method = type_lookup(t, type, t->interp->names[names[op]]), result;
    if (value_is_empty(method))
        return VALUE_NOTIMPLEMENTED;
    Type *method_type = type_of(t, method);
    if (LIKELY(method_type->flags & TYPE_METHOD_LIKE)) {
        const Value args[2] = {self, other};
        result = object_call(t, method, args, 2, VALUE_EMPTY);
    } else if (method_type->slots.descr_get) {
        Value bound = method_type->slots.descr_get(t, method, self, value_of(type));
        if (value_is_empty(bound)) { /* a comparison that cannot be had is none */
            error_clear(t);
            result = VALUE_NOTIMPLEMENTED;
        } else {
            result = object_call1(t, bound, other);
            ref_dec(t, bound);
        }
    } else {
        result = object_call1(t, method, other);
    }
    ref_dec(t, method);
    return result;
}

Value slot_python_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    size_t total = n + 1 + (value_is_empty(names) ? 0 : tuple_length(names));
    Value small[12], *all = small;
    if (total > sizeof small / sizeof *small) {
        all = alloc_memory(t, total * sizeof(Value));
        if (!all)
            return VALUE_EMPTY;
    }
    all[0] = self;
    for (size_t i = 1; i < total; i++) /* a few: what copies memory is slow to begin */
        all[i] = args[i - 1];
    Value result;
    if (!special_call(t, ID(t, __call__), all, n + 1, names, &result))
        error_set_value(t, t->interp->exceptions[EXC_AttributeError], ID(t, __call__));
    if (all != small)
        alloc_memory_free(t, all);
    return result;
}

/* slot_python_call's work for another dunder with `first` in front of the arguments. */
static Value call_with_first(Thread *t, Value callable, Value first, const Value *args, uint32_t n, Value names)
{
    size_t total = n + 1 + (value_is_empty(names) ? 0 : tuple_length(names));
    Value small[12], *all = small;
    if (total > sizeof small / sizeof *small) {
        all = alloc_memory(t, total * sizeof(Value));
        if (!all)
            return VALUE_EMPTY;
    }
    all[0] = first;
    for (size_t i = 1; i < total; i++) /* a few: what copies memory is slow to begin */
        all[i] = args[i - 1];
    Value result = object_call(t, callable, all, n + 1, names);
    if (all != small)
        alloc_memory_free(t, all);
    return result;
}

int slot_python_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Type *type = type_of(t, self);
    Value method = type_lookup(t, type, ID(t, __init__));
    if (value_is_empty(method)) {
        error_set_value(t, t->interp->exceptions[EXC_AttributeError], ID(t, __init__));
        return -1;
    }
    Value result;
    Type *method_type = type_of(t, method);
    if (LIKELY(method_type->flags & TYPE_METHOD_LIKE)) {
        result = call_with_first(t, method, self, args, n, names);
    } else if (method_type->slots.descr_get) {
        Value bound = method_type->slots.descr_get(t, method, self, value_of(type));
        result = value_is_empty(bound) ? VALUE_EMPTY : object_call(t, bound, args, n, names);
        ref_dec(t, bound);
    } else {
        result = object_call(t, method, args, n, names);
    }
    ref_dec(t, method);
    if (value_is_empty(result))
        return -1;
    if (LIKELY(value_is_none(result)))
        return 0;
    error_set(t, EXC_TypeError, "__init__() should return None, not '%T'", result);
    ref_dec(t, result);
    return -1;
}

/* type.__new__, as getattr says it. */
static Value get_new(Thread *t, Type *type)
{
    if (LIKELY(
            type->head.type ==
            t->types
                [KIND_TYPE])) { /* where nothing comes before what the class has, which is a staticmethod nearly always */
        Value found = type_lookup(t, type, ID(t, __new__)), function = VALUE_EMPTY;
        if (LIKELY(object_is_exact(found, KIND_STATICMETHOD)) &&
            !slot_load(t, &((MethodWrap *)value_object(found))->callable, &function))
            function = VALUE_EMPTY;
        ref_dec(t, found);
        if (LIKELY(!value_is_empty(function)))
            return function;
    }
    return object_getattr(t, value_of(type), ID(t, __new__));
}

Value slot_python_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value method = get_new(t, type);
    if (value_is_empty(method))
        return VALUE_EMPTY;
    Value result = call_with_first(t, method, value_of(type), args, n, names);
    ref_dec(t, method);
    return result;
}

void slot_python_finalize(Thread *t, Object *o)
{
    Value pending = error_take(t), self = value_of(o);
    Value method = type_lookup(t, o->type, ID(t, __del__));
    Value result;
    /* What dies in the call dies in it: the limit of recursion ends an endless chain of finalizers that each make an object, a queue would not. */
    uint32_t depth = t->destroy_depth;
    t->destroy_depth = 0;
    if (!value_is_empty(method) && special_call(t, ID(t, __del__), &self, 1, VALUE_EMPTY, &result)) {
        if (value_is_empty(result))
            error_unraisable(t, VALUE_EMPTY, "Exception ignored while calling deallocator %V", method);
        ref_dec(t, result);
    }
    t->destroy_depth = depth;
    ref_dec(t, method);
    if (!value_is_empty(pending))
        error_restore_take(t, pending);
}

/* ---- attributes ---- */

/* __getattribute__ is object's own: the generic lookup may run without calling it. */
static bool has_generic_getattribute(Thread *t, Type *type)
{
    Value method = type_lookup(t, type, ID(t, __getattribute__));
    bool generic = false;
    if (object_is_exact(method, KIND_WRAPPER_DESCRIPTOR))
        generic = ((const WrapperDescriptor *)value_object(method))->fn == (SlotFn)object_generic_getattr;
    ref_dec(t, method);
    return generic;
}

int slot_python_getattr_begin(Thread *t, Value self, Value name, Value *result)
{
    if (LIKELY(has_generic_getattribute(t, type_of(t, self)))) {
        if (object_generic_lookup(t, self, name, result) != 0 && !error_pending(t))
            return 1;
    } else {
        const Value args[2] = {self, name};
        *result = call_required(t, NAME___getattribute__, args, 2);
        if (!value_is_empty(*result))
            return 1;
    }
    if (error_pending(t) && !error_matches(t, EXC_AttributeError))
        return -1;
    *result = type_lookup(t, type_of(t, self), ID(t, __getattr__));
    if (value_is_empty(*result)) {
        if (!error_pending(t))
            *result = object_generic_getattr(t, self, name);
        return value_is_empty(*result) ? -1 : 1;
    }
    error_clear(t);
    return 0;
}

Value slot_python_getattr_end(Thread *t, Value method, Value self, Value name)
{
    const Value args[2] = {self, name};
    Value result = call_found(t, method, args, 2, VALUE_EMPTY);
    ref_dec(t, method);
    return result;
}

Value slot_python_getattr(Thread *t, Value self, Value name)
{
    Value result;
    int status = slot_python_getattr_begin(t, self, name, &result);
    if (status != 0)
        return status < 0 ? VALUE_EMPTY : result;
    return slot_python_getattr_end(t, result, self, name);
}

int slot_python_setattr(Thread *t, Value self, Value name, Value value)
{
    const Value args[3] = {self, name, value};
    if (value_is_empty(value))
        return none_result(t, call_required(t, NAME___delattr__, args, 2));
    return none_result(t, call_required(t, NAME___setattr__, args, 3));
}

Value slot_python_descr_get(Thread *t, Value self, Value instance, Value owner)
{
    const Value args[3] = {self, value_is_empty(instance) ? VALUE_NONE : instance,
                           value_is_empty(owner) ? VALUE_NONE : owner};
    Value method = type_lookup(t, type_of(t, self), ID(t, __get__)); /* called as it is, unbound whatever it may be */
    if (value_is_empty(method))
        return ref_inc(t, self);
    Value result = object_call(t, method, args, 3, VALUE_EMPTY);
    ref_dec(t, method);
    return result;
}

int slot_python_descr_set(Thread *t, Value self, Value instance, Value value)
{
    const Value args[3] = {self, instance, value};
    if (value_is_empty(value))
        return none_result(t, call_required(t, NAME___delete__, args, 2));
    return none_result(t, call_required(t, NAME___set__, args, 3));
}

/* ---- asynchronous iteration ---- */

static Value call_async(Thread *t, NameId id, Value self, const char *format)
{
    Value result;
    if (!special_call(t, t->interp->names[id], &self, 1, VALUE_EMPTY, &result))
        return error_set(t, EXC_AttributeError, format, self);
    return result;
}

Value slot_python_await(Thread *t, Value self)
{
    return call_async(t, NAME___await__, self, "object %T does not have __await__ method");
}
Value slot_python_aiter(Thread *t, Value self)
{
    return call_async(t, NAME___aiter__, self, "object %T does not have __aiter__ method");
}
Value slot_python_anext(Thread *t, Value self)
{
    return call_async(t, NAME___anext__, self, "object %T does not have __anext__ method");
}

Value slot_iter_self(Thread *t, Value self) { return ref_inc(t, self); }
