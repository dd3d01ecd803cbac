/* object.c: repr, str, format, hash, comparison, truth and class membership of any value.
 *
 * Values that are no objects (ints, floats, None ...) and exact strs are answered first, without going through their type.  No locks.
 * Read next: object_attr.c (attributes), object_call.c (calls), object_items.c (containers), number.c (arithmetic). */
#include "bytes.h"
#include "float.h"
#include "format.h"
#include "type_internal.h"

/* ---- text ---- */

Value object_repr(Thread *t, Value v)
{
    if (UNLIKELY(value_is_empty(v)))
        return str_from_string(t, "<NULL>");
    Value (*repr)(Thread *, Value) = type_of(t, v)->slots.repr;
    if (UNLIKELY(!repr))
        return str_format(t, "<%T object at %p>", v, (void *)(uintptr_t)v.bits);
    if (str_check_exact(v) || !value_is_object(v))
        return repr(t, v);
    if (!recursion_enter(t, " while getting the repr of an object"))
        return VALUE_EMPTY;
    Value result = repr(t, v);
    recursion_leave(t);
    if (value_is_empty(result) || LIKELY(str_check(result)))
        return result;
    error_set(t, EXC_TypeError, "__repr__ returned non-string (type %T)", result);
    ref_dec(t, result);
    return VALUE_EMPTY;
}

Value object_str(Thread *t, Value v)
{
    if (value_is_int(v))
        return int_to_str(t, v, 10);
    if (UNLIKELY(value_is_empty(v)))
        return str_from_string(t, "<NULL>");
    if (str_check_exact(v))
        return ref_inc(t, v);
    Value (*str)(Thread *, Value) = type_of(t, v)->slots.str;
    if (UNLIKELY(!str))
        return object_repr(t, v);
    if (!recursion_enter(t, " while getting the str of an object"))
        return VALUE_EMPTY;
    Value result = str(t, v);
    recursion_leave(t);
    if (value_is_empty(result) || LIKELY(str_check(result)))
        return result;
    error_set(t, EXC_TypeError, "__str__ returned non-string (type %T)", result);
    ref_dec(t, result);
    return VALUE_EMPTY;
}

Value object_ascii(Thread *t, Value v)
{
    Value repr = object_repr(t, v);
    if (value_is_empty(repr) || str_is_ascii(str_of(repr)))
        return repr;
    Value result = str_ascii(t, repr);
    ref_dec(t, repr);
    return result;
}

Value object_format(Thread *t, Value v, Value spec)
{
    if (!value_is_empty(spec) && !str_check(spec))
        return error_set(t, EXC_SystemError, "Format specifier must be a string, not %T", spec);
    bool plain = value_is_empty(spec) || str_length(spec) == 0;
    if (plain && str_check_exact(v))
        return ref_inc(t, v);
    if (plain && int_check_exact(v))
        return object_str(t, v);
    if (value_is_int(v))
        return format_int(t, v, spec);
    if (value_is_double(v))
        return format_float(t, v, value_is_empty(spec) ? t->interp->empty_str : spec);
    if (!plain && str_check_exact(v))
        return format_str(t, v, spec);
    const Value args[2] = {v, value_is_empty(spec) ? t->interp->empty_str : spec};
    Value result;
    if (!special_call(t, ID(t, __format__), args, 2, VALUE_EMPTY, &result))
        return error_set(t, EXC_TypeError, "Type %T doesn't define __format__", v);
    if (value_is_empty(result) || LIKELY(str_check(result)))
        return result;
    error_set(t, EXC_TypeError, "__format__ must return a str, not %T", result);
    ref_dec(t, result);
    return VALUE_EMPTY;
}

int repr_enter(Thread *t, Value v)
{
    for (uint32_t i = 0; i < t->repr_count; i++) {
        if (t->repr_active[i] == v.bits)
            return 1;
    }
    if (t->repr_count == t->repr_capacity) {
        uint32_t capacity = t->repr_capacity ? t->repr_capacity * 2 : 16;
        uint64_t *larger = alloc_raw_resize(t->repr_active, capacity * sizeof *larger);
        if (!larger) {
            error_no_memory(t);
            return -1;
        }
        t->repr_active = larger;
        t->repr_capacity = capacity;
    }
    t->repr_active[t->repr_count++] = v.bits;
    return 0;
}

void repr_leave(Thread *t, Value v)
{
    for (uint32_t i = t->repr_count; i-- > 0;) {
        if (t->repr_active[i] != v.bits)
            continue;
        t->repr_count--;
        memmove(t->repr_active + i, t->repr_active + i + 1, (t->repr_count - i) * sizeof *t->repr_active);
        break;
    }
    if (t->repr_count == 0) {
        alloc_raw_free(t->repr_active);
        t->repr_active = NULL;
        t->repr_capacity = 0;
    }
}

/* ---- hash and truth ---- */

hash_t object_hash(Thread *t, Value v)
{
    if (value_is_int(v)) {
        int64_t i = value_to_int(v);
        return UNLIKELY(i == -1) ? -2 : i;
    }
    if (LIKELY(str_check_exact(v)))
        return str_hash(t, v);
    hash_t (*hash)(Thread *, Value) = type_of(t, v)->slots.hash;
    if (UNLIKELY(!hash))
        return slot_hash_unhashable(t, v);
    if (UNLIKELY(!recursion_descend(t))) { /* tuples in tuples in ... */
        error_set(t, EXC_RecursionError, "maximum recursion depth exceeded");
        return -1;
    }
    hash_t result = hash(t, v);
    recursion_rise(t);
    return result;
}

int object_truth(Thread *t, Value v)
{
    if (value_is_bool(v))
        return value_is(v, VALUE_TRUE);
    if (value_is_none(v))
        return 0;
    if (value_is_int(v))
        return value_to_int(v) != 0;
    if (value_is_double(v))
        return value_to_double(v) != 0;
    const Slots *slots = &type_of(t, v)->slots;
    if (slots->truth)
        return slots->truth(t, v);
    if (!slots->len)
        return 1;
    int64_t length = slots->len(t, v);
    return length < 0 ? -1 : length > 0;
}

/* ---- comparison ---- */

static Compare swapped(Compare op)
{
    static const Compare table[] = {COMPARE_GT, COMPARE_GE, COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE};
    return table[op];
}

static bool order_holds(Compare op, int order)
{
    switch (op) {
    case COMPARE_LT: return order < 0;
    case COMPARE_LE: return order <= 0;
    case COMPARE_EQ: return order == 0;
    case COMPARE_NE: return order != 0;
    case COMPARE_GT: return order > 0;
    default: return order >= 0;
    }
}

static bool double_holds(Compare op, double a, double b)
{
    switch (op) {
    case COMPARE_LT: return a < b;
    case COMPARE_LE: return a <= b;
    case COMPARE_EQ: return a == b;
    case COMPARE_NE: return a != b;
    case COMPARE_GT: return a > b;
    default: return a >= b;
    }
}

/* What is left when no class knows. */
static Value compare_default(Thread *t, Value a, Value b, Compare op)
{
    if (op == COMPARE_EQ)
        return value_from_bool(value_is(a, b));
    if (op == COMPARE_NE)
        return value_from_bool(!value_is(a, b));
    static const char *const symbols[] = {"<", "<=", "==", "!=", ">", ">="};
    return error_set(t, EXC_TypeError, "'%s' not supported between instances of '%T' and '%T'", symbols[op], a, b);
}

static Value compare_by_types(Thread *t, Value a, Value b, Compare op)
{
    Type *left = type_of(t, a), *right = type_of(t, b);
    bool tried_right = false;
    if (left != right && right->slots.compare && type_is_subtype(right, left)) {
        tried_right = true;
        Value result = right->slots.compare(t, b, a, swapped(op));
        if (!value_is(result, VALUE_NOTIMPLEMENTED))
            return result;
    }
    if (left->slots.compare) {
        Value result = left->slots.compare(t, a, b, op);
        if (!value_is(result, VALUE_NOTIMPLEMENTED))
            return result;
    }
    if (!tried_right)
        return object_compare_after_left(t, a, b, op);
    return compare_default(t, a, b, op);
}

Value object_compare_after_left(Thread *t, Value a, Value b, Compare op)
{
    Type *right = type_of(t, b);
    if (right->slots.compare) {
        Value result = right->slots.compare(t, b, a, swapped(op));
        if (!value_is(result, VALUE_NOTIMPLEMENTED))
            return result;
    }
    return compare_default(t, a, b, op);
}

Value object_compare(Thread *t, Value a, Value b, Compare op)
{
    if (value_is_int(a) && value_is_int(b))
        return value_from_bool(order_holds(op, (a.bits > b.bits) - (a.bits < b.bits)));
    if (value_is_double(a) && value_is_double(b))
        return value_from_bool(double_holds(op, value_to_double(a), value_to_double(b)));
    if (str_check_exact(a) && str_check_exact(b)) {
        if (op == COMPARE_EQ || op == COMPARE_NE)
            return value_from_bool(str_equal(a, b) == (op == COMPARE_EQ));
        return value_from_bool(order_holds(op, str_compare(a, b)));
    }
    if (UNLIKELY(!recursion_enter(t, " in comparison")))
        return VALUE_EMPTY;
    Value result = compare_by_types(t, a, b, op);
    recursion_leave(t);
    return result;
}

int object_compare_bool(Thread *t, Value a, Value b, Compare op)
{
    if (value_is(a, b)) {
        if (op == COMPARE_EQ)
            return 1;
        if (op == COMPARE_NE)
            return 0;
    }
    Value result = object_compare(t, a, b, op);
    if (value_is_bool(result))
        return value_is(result, VALUE_TRUE);
    if (value_is_empty(result))
        return -1;
    int truth = object_truth(t, result);
    ref_dec(t, result);
    return truth;
}

/* ---- classes ---- */

/* __bases__ of a class or of something that looks like one: 1 found (owned tuple), 0 none, -1 error. */
static int abstract_bases(Thread *t, Value v, Value *bases)
{
    int found = object_getattr_optional(t, v, ID(t, __bases__), bases);
    if (found == 1 && !tuple_check(*bases)) {
        ref_clear(t, bases);
        return 0;
    }
    return found;
}

static int check_class(Thread *t, Value v, const char *message)
{
    Value bases;
    int found = abstract_bases(t, v, &bases);
    if (found == 1)
        ref_dec(t, bases);
    else if (found == 0)
        error_set(t, EXC_TypeError, "%s", message);
    return found == 1 ? 0 : -1;
}

/* Is `derived` the class or derived from it, by __bases__? */
static int abstract_issubclass(Thread *t, Value derived, Value class)
{
    if (value_is(derived, class))
        return 1;
    Value bases;
    int found = abstract_bases(t, derived, &bases);
    if (found <= 0)
        return found;
    if (!recursion_enter(t, " in __issubclass__")) {
        ref_dec(t, bases);
        return -1;
    }
    int result = 0;
    for (size_t i = 0; i < tuple_length(bases) && result == 0; i++)
        result = abstract_issubclass(t, tuple_peek(bases, i), class);
    recursion_leave(t);
    ref_dec(t, bases);
    return result;
}

int object_real_isinstance(Thread *t, Value v, Value class)
{
    Value claimed;
    if (type_check(class)) {
        if (type_is_subtype(type_of(t, v), type_as(class)))
            return 1;
        if (!value_is_object(v) || type_of(t, v)->slots.getattr == object_generic_getattr) {
            /* __class__ says something else only where a type defines it. */
            Value found = type_lookup(t, type_of(t, v), ID(t, __class__));
            bool plain = object_is_exact(found, KIND_GETSET_DESCRIPTOR);
            ref_dec(t, found);
            if (plain)
                return 0;
        }
        int found = object_getattr_optional(t, v, ID(t, __class__), &claimed);
        if (found <= 0)
            return found;
        int result = type_check(claimed) && type_as(claimed) != type_of(t, v) &&
                     type_is_subtype(type_as(claimed), type_as(class));
        ref_dec(t, claimed);
        return result;
    }
    if (check_class(t, class, "isinstance() arg 2 must be a type, a tuple of types, or a union") < 0)
        return -1;
    int found = object_getattr_optional(t, v, ID(t, __class__), &claimed);
    if (found <= 0)
        return found;
    int result = abstract_issubclass(t, claimed, class);
    ref_dec(t, claimed);
    return result;
}

int object_real_issubclass(Thread *t, Value derived, Value class)
{
    if (type_check(derived) && type_check(class))
        return type_is_subtype(type_as(derived), type_as(class));
    if (check_class(t, derived, "issubclass() arg 1 must be a class") < 0 ||
        check_class(t, class, "issubclass() arg 2 must be a class, a tuple of classes, or a union") < 0)
        return -1;
    return abstract_issubclass(t, derived, class);
}

static int check_each(Thread *t, Value v, Value classes, int (*check)(Thread *, Value, Value), const char *where)
{
    if (!recursion_enter(t, where))
        return -1;
    int result = 0;
    for (size_t i = 0; i < tuple_length(classes) && result == 0; i++)
        result = check(t, v, tuple_peek(classes, i));
    recursion_leave(t);
    return result;
}

static int check_by_method(Thread *t, NameId id, Value class, Value v, int (*otherwise)(Thread *, Value, Value),
                           const char *where)
{
    Value result;
    const Value args[2] = {class, v};
    if (!recursion_enter(t, where))
        return -1;
    int called = special_call(t, t->interp->names[id], args, 2, VALUE_EMPTY, &result);
    recursion_leave(t);
    if (!called)
        return otherwise(t, v, class);
    if (value_is_empty(result))
        return -1;
    int truth = object_truth(t, result);
    ref_dec(t, result);
    return truth;
}

int object_isinstance(Thread *t, Value v, Value class)
{
    if (value_is(value_of(type_of(t, v)), class))
        return 1;
    if (object_is_exact(class, KIND_TYPE))
        return object_real_isinstance(t, v, class);
    if (tuple_check(class))
        return check_each(t, v, class, object_isinstance, " in __instancecheck__");
    return check_by_method(t, NAME___instancecheck__, class, v, object_real_isinstance, " in __instancecheck__");
}

int object_issubclass(Thread *t, Value derived, Value class)
{
    if (object_is_exact(class, KIND_TYPE))
        return value_is(derived, class) ? 1 : object_real_issubclass(t, derived, class);
    if (tuple_check(class))
        return check_each(t, derived, class, object_issubclass, " in __subclasscheck__");
    return check_by_method(t, NAME___subclasscheck__, class, derived, object_real_issubclass, " in __subclasscheck__");
}
