/* slow.c: the slow paths of instructions: what does not fit into the eval loop's fast cases. */
#include "slow.h"

#include "../memory/alloc.h"
#include "../object/cell.h"
#include "../object/container.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/exception.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/method.h"
#include "../object/str.h"
#include "../object/typevar.h"
#include "cache.h"
#include "frame_access.h"

/* ---- arithmetic and comparison ---- */

Value slow_binary(Thread *t, uint32_t op, Value a, Value b)
{
    bool inplace = op >= OP_IADD && op <= OP_IXOR;
    if (int_check_exact(a) && int_check_exact(b) && op != OP_MATMUL && op != OP_IMATMUL)
        return int_binary(t, (BinaryOp)(op - (inplace ? OP_IADD : OP_ADD)), a, b);
    /* Two objects of one built-in type: nobody else is to be asked. */
    if (op < OP_IADD && value_is_object(a) && value_is_object(b) && value_object(a)->type == value_object(b)->type &&
        !(value_object(a)->type->flags & TYPE_HEAP)) {
        const Slots *slots = &value_object(a)->type->slots;
        Value (*slot)(Thread *, Value, Value) = slots->binary[op - OP_ADD];
        if (!slot && op == OP_ADD)
            slot = slots->concat;
        Value result = slot ? slot(t, a, b) : VALUE_NOTIMPLEMENTED;
        if (LIKELY(!value_is(result, VALUE_NOTIMPLEMENTED)))
            return result;
    }
    if (inplace)
        return number_inplace(t, (BinaryOp)(op - OP_IADD), a, b);
    return number_binary(t, (BinaryOp)(op - OP_ADD), a, b);
}

static Compare compare_of(uint32_t op)
{
    static const Compare compares[] = {COMPARE_LT, COMPARE_LE, COMPARE_EQ, COMPARE_NE, COMPARE_GT, COMPARE_GE};
    return compares[op - OP_LT];
}

/* An unboxed number as a double: exact. */
static ALWAYS_INLINE bool unboxed_double(Value v, double *d)
{
    if (value_is_double(v))
        *d = value_to_double(v);
    else if (value_is_int(v))
        *d = (double)value_to_int(v);
    else
        return false;
    return true;
}
static ALWAYS_INLINE bool compare_doubles(uint32_t op, double a, double b)
{
    switch (op) {
    case OP_LT: return a < b;
    case OP_LE: return a <= b;
    case OP_EQ: return a == b;
    case OP_NE: return a != b;
    case OP_GT: return a > b;
    default: return a >= b;
    }
}

Value slow_compare(Thread *t, uint32_t op, Value a, Value b)
{
    double x, y;
    if (unboxed_double(a, &x) && unboxed_double(b, &y)) /* an int and a float */
        return value_from_bool(compare_doubles(op, x, y));
    if ((op == OP_EQ || op == OP_NE) && str_check_exact(a) && str_check_exact(b))
        return value_from_bool(str_equal(a, b) == (op == OP_EQ));
    return object_compare(t, a, b, compare_of(op));
}

int slow_compare_bool(Thread *t, uint32_t op, Value a, Value b)
{
    double x, y;
    if (str_check_exact(a) && str_check_exact(b)) {
        if (op == OP_EQ || op == OP_NE)
            return str_equal(a, b) == (op == OP_EQ);
        int order = str_compare(a, b);
        return op == OP_LT ? order < 0 : op == OP_LE ? order <= 0 : op == OP_GT ? order > 0 : order >= 0;
    }
    if (unboxed_double(a, &x) && unboxed_double(b, &y))
        return compare_doubles(op, x, y);
    Value result = slow_compare(t, op, a, b);
    if (LIKELY(value_is_bool(result)))
        return value_is(result, VALUE_TRUE);
    if (value_is_empty(result))
        return -1;
    int truth = object_truth(t, result);
    ref_dec(t, result);
    return truth;
}

/* ---- operators in Python ---- */

/* The comparison of OP_EQ and its like, and of the jumps. */
static int compare_op(uint32_t op)
{
    if (op >= OP_LT && op <= OP_GE)
        return (int)compare_of(op);
    if (op >= OP_JUMP_LT && op <= OP_JUMP_GE)
        return (int)compare_of(OP_LT + (op - OP_JUMP_LT));
    if (op >= OP_JUMP_NOT_LT && op <= OP_JUMP_NOT_GE)
        return (int)compare_of(OP_LT + (op - OP_JUMP_NOT_LT));
    return -1;
}

uint32_t slow_operator_base(uint32_t op)
{
    switch (op) {
    case OP_ADD_INT: return OP_ADD;
    case OP_IADD_INT: return OP_IADD;
    case OP_SUB_INT: return OP_SUB;
    case OP_ISUB_INT: return OP_ISUB;
    case OP_MUL_INT: return OP_MUL;
    case OP_FLOORDIV_INT: return OP_FLOORDIV;
    case OP_MOD_INT: return OP_MOD;
    case OP_AND_INT: return OP_AND;
    case OP_LSHIFT_INT: return OP_LSHIFT;
    case OP_RSHIFT_INT: return OP_RSHIFT;
    case OP_GETITEM_INT: return OP_GETITEM;
    case OP_LOAD_ATTR_ITEM: return OP_LOAD_ATTR;
    default: return op >= OP_JUMP_LT_INT && op <= OP_JUMP_NOT_GE_INT ? op - OP_JUMP_LT_INT + OP_JUMP_LT : op;
    }
}

/* What the class of the left operand has for the operator, if it is in Python: owned, or empty. */
static NOINLINE Value operator_method(Thread *t, Type *type, uint32_t op)
{
    static const NameId compare_names[] = {
        [COMPARE_LT] = NAME___lt__, [COMPARE_LE] = NAME___le__, [COMPARE_EQ] = NAME___eq__,
        [COMPARE_NE] = NAME___ne__, [COMPARE_GT] = NAME___gt__, [COMPARE_GE] = NAME___ge__};
    const Slots *slots = &type->slots;
    NameId name;
    int compare = compare_op(op);
    if (op == OP_IN) {
        if (slots->contains != slot_python_contains)
            return VALUE_EMPTY;
        name = NAME___contains__;
    } else if (op == OP_GETITEM || op == OP_SETITEM) {
        if (op == OP_GETITEM ? slots->getitem != slot_python_getitem : slots->setitem != slot_python_setitem)
            return VALUE_EMPTY;
        name = op == OP_GETITEM ? NAME___getitem__ : NAME___setitem__;
    } else if (compare >= 0) {
        if (slots->compare != slot_python_compare)
            return VALUE_EMPTY;
        name = compare_names[compare];
    } else {
        bool inplace = op >= OP_IADD && op <= OP_IXOR;
        BinaryOp binary = (BinaryOp)(op - (inplace ? OP_IADD : OP_ADD));
        if ((inplace && slots->inplace[binary]) || slots->binary[binary] != slot_python_binary_table[binary] ||
            slots->concat || slots->repeat)
            return VALUE_EMPTY;
        name = slot_binary_name(binary);
    }
    uint32_t version, index;
    Value found = type_lookup_cached(t, type, t->interp->names[name], &version, &index);
    cache_operator_fill(t, op, version, index);
    return found;
}

Function *slow_operator_function(Thread *t, const Frame *f, uint32_t op, Value a, Value b)
{
    if (!value_is_object(a) || !(value_object(a)->type->flags & TYPE_HEAP))
        return NULL;
    Type *type = value_object(a)->type;
    bool is_item = op == OP_GETITEM || op == OP_SETITEM || op == OP_IN;
    if (!is_item && type_of(t, b) != type && (type_of(t, b)->flags & TYPE_HEAP))
        return NULL; /* the other one may have the first word */
    uint64_t word = cache_common_word(t, type, cache_operator_key(op), USE_OPERATOR);
    Value found = LIKELY(word != CACHE_EMPTY) ? ref_inc(t, cache_peek_entry(type, cache_slot(word)))
                                              : operator_method(t, type, op);
    if (LIKELY(object_is_exact(found, KIND_FUNCTION))) {
        if (slow_operator_fits(t, f, function_of(found), op == OP_SETITEM ? 3 : 2))
            return function_of(found);
    }
    ref_dec(t, found);
    return NULL;
}

/* Puts a function, taken, and up to three arguments where its frame can be pushed; 0: it has no room, or is none that is called so. */
static uint32_t place_call(Thread *t, Frame *f, Value function, Value first, Value second, Value third)
{
    uint32_t n = value_is_empty(third) ? 2 : 3;
    if (UNLIKELY(!object_is_exact(function, KIND_FUNCTION)) || !slow_operator_fits(t, f, function_of(function), n)) {
        ref_dec(t, function);
        return 0;
    }
    f->top[0] = function;
    f->top[1] = ref_inc(t, first);
    f->top[2] = ref_inc(t, second);
    if (n == 3)
        f->top[3] = ref_inc(t, third);
    return n;
}

static uint32_t place_setter(Thread *t, Frame *f, Value object, Value name, Value value)
{
    Type *type = value_object(object)->type;
    if (type->slots.setattr == slot_python_setattr)
        return place_call(t, f, type_lookup(t, type, ID(t, __setattr__)), object, name, value);
    if (type->slots.setattr != object_generic_setattr)
        return 0;
    Value found = type_lookup(t, type, name), set = VALUE_EMPTY;
    uint32_t n = 0;
    if (value_is_empty(found))
        return 0;
    if (object_is_exact(found, KIND_PROPERTY)) {
        if (slot_load(t, &((Property *)value_object(found))->set, &set))
            n = place_call(t, f, set, object, value, VALUE_EMPTY);
    } else if (type_of(t, found)->slots.descr_set == slot_python_descr_set) {
        n = place_call(t, f, type_lookup(t, type_of(t, found), ID(t, __set__)), found, object, value);
    }
    ref_dec(t, found);
    return n;
}

int slow_store_attribute(Thread *t, Frame *f, intptr_t site, Value object, Value value, bool traced)
{
    _Atomic uint64_t *cache = &f->code->caches[site];
    Value name = f->code->site_names[site];
    if (cache_store_known(t, cache, object, name, value))
        return 0;
    if (!traced && value_is_object(object) && value_object(object)->type->flags & TYPE_HEAP) {
        uint32_t n = place_setter(t, f, object, name, value);
        if (n)
            return (int)n;
    }
    return cache_store_attribute(t, cache, object, name, value);
}

int slow_load_attribute(Thread *t, Frame *f, intptr_t site, Value object, Value pair[2], bool traced)
{
    Value name = f->code->site_names[site];
    if (value_is_empty(pair[1])) {
        if (UNLIKELY(error_pending(t))) {
            error_attribute_context(t, object, name);
            return -1;
        }
        Value found = VALUE_EMPTY;
        CacheAnswer answer = cache_attribute_other(t, &f->code->caches[site], value_object(object), name, &found);
        if (answer == CACHE_FOUND)
            pair[0] = found;
        else if (answer != CACHE_MISS)
            pair[1] = found;
        if (answer != CACHE_GET)
            return answer == CACHE_FAILED ? -1 : 0;
    }
    uint32_t n = 0;
    if (!traced && LIKELY(site <= INT16_MAX)) /* slow_operator_failed reads it */
        n = place_call(t, f, type_lookup(t, type_of(t, pair[1]), ID(t, __get__)), pair[1], object,
                       value_of(type_of(t, object)));
    ref_clear(t, &pair[1]);
    return (int)n;
}

void slow_operator_failed(Thread *t, const Frame *f)
{
    Instruction i = f->pc[-1];
    if (slow_operator_base(INSTRUCTION_OP(i)) == OP_LOAD_ATTR)
        error_attribute_context(t, f->registers[INSTRUCTION_B(i)], f->code->site_names[INSTRUCTION_C(i)]);
}

Value slow_operator_after_left(Thread *t, uint32_t op, Value a, Value b)
{
    int compare = compare_op(op);
    if (compare >= 0)
        return object_compare_after_left(t, a, b, (Compare)compare);
    bool inplace = op >= OP_IADD && op <= OP_IXOR;
    return number_binary_after_left(t, (BinaryOp)(op - (inplace ? OP_IADD : OP_ADD)), a, b, inplace);
}

/* ---- items ---- */

Value slow_getitem(Thread *t, Value container, Value key)
{
    if (dict_check_exact(container))
        return dict_item(t, container, key);
    if (str_check_exact(container) && value_is_int(key)) {
        int64_t i = value_to_int(key), n = (int64_t)str_length(container);
        if (i < 0)
            i += n;
        if (i >= 0 && i < n)
            return str_char_at(t, container, (size_t)i);
    }
    return object_getitem(t, container, key);
}

int slow_setitem(Thread *t, Value container, Value key, Value value)
{
    if (dict_check_exact(container))
        return dict_set(t, container, key, value);
    return object_setitem(t, container, key, value);
}

/* A slice for the length of a call, of three values that the caller holds: the types below never keep theirs. */
#define BORROWED_SLICE(t, parts)                                                                                       \
    {                                                                                                                  \
        .head = {.local = 1, .owner = OWNER_IMMORTAL, .kind = KIND_SLICE, .type = (t)->types[KIND_SLICE]},             \
        .start = (parts)[0], .stop = (parts)[1], .step = (parts)[2]                                                    \
    }

Value slow_getitem_slice(Thread *t, Value container, const Value parts[3])
{
    int64_t start, stop, step;
    if (LIKELY(slice_unpack_quick(parts[0], parts[1], parts[2], &start, &stop, &step))) {
        if (list_check_exact(container))
            return list_slice_stepped(t, container, start, stop, step);
        if (str_check_exact(container))
            return str_slice_stepped(t, container, start, stop, step);
        if (tuple_check_exact(container))
            return tuple_slice_stepped(t, container, start, stop, step);
    }
    Slice slice = BORROWED_SLICE(t, parts);
    return value_object(container)->type->slots.getitem(t, container, value_of(&slice));
}

int slow_setitem_slice(Thread *t, Value container, const Value parts[3], Value value, bool temporary)
{
    int64_t start, stop, step;
    if (LIKELY(list_check_exact(container) && slice_unpack_quick(parts[0], parts[1], parts[2], &start, &stop, &step))) {
        if (temporary && step == 1 && list_exchange_slice(t, container, start, stop, value))
            return 0;
        return list_assign_slice(t, container, start, stop, step, value);
    }
    Slice slice = BORROWED_SLICE(t, parts);
    return object_setitem(t, container, value_of(&slice), value);
}

static void not_iterable(Thread *t, Value v)
{
    if (error_matches(t, EXC_TypeError) && !type_of(t, v)->slots.iter && !type_of(t, v)->slots.getitem) {
        error_clear(t);
        error_set(t, EXC_TypeError, "cannot unpack non-iterable %T object", v);
    }
}

int slow_unpack(Thread *t, Value v, Value *out, int32_t n)
{
    if (list_check_exact(v) || tuple_check_exact(v)) {
        size_t length = list_check_exact(v) ? list_length(v) : tuple_length(v);
        if (length == (size_t)n) {
            for (int32_t i = 0; i < n; i++) {
                out[i] = list_check_exact(v) ? list_get(t, v, (size_t)i) : ref_inc(t, tuple_peek(v, (size_t)i));
                if (value_is_empty(out[i]))
                    return error_set(t, EXC_ValueError, "not enough values to unpack (expected %d, got %d)", (int)n,
                                     (int)i),
                           -1;
            }
            return 0;
        }
        if (length > (size_t)n)
            return error_set(t, EXC_ValueError, "too many values to unpack (expected %d, got %zu)", (int)n, length), -1;
        return error_set(t, EXC_ValueError, "not enough values to unpack (expected %d, got %zu)", (int)n, length), -1;
    }
    Value iterator = object_iter(t, v), extra;
    if (value_is_empty(iterator))
        return not_iterable(t, v), -1;
    for (int32_t i = 0; i < n; i++) {
        out[i] = object_next(t, iterator);
        if (value_is_empty(out[i])) {
            if (!error_pending(t))
                error_set(t, EXC_ValueError, "not enough values to unpack (expected %d, got %d)", (int)n, (int)i);
            goto fail;
        }
    }
    extra = object_next(t, iterator);
    if (value_is_empty(extra) && !error_pending(t)) {
        ref_dec(t, iterator);
        return 0;
    }
    if (!value_is_empty(extra)) {
        ref_dec(t, extra);
        if (dict_check_exact(v))
            error_set(t, EXC_ValueError, "too many values to unpack (expected %d, got %zu)", (int)n, dict_length(v));
        else
            error_set(t, EXC_ValueError, "too many values to unpack (expected %d)", (int)n);
    }
fail:
    ref_dec(t, iterator);
    for (int32_t i = 0; i < n; i++)
        ref_clear(t, &out[i]);
    return -1;
}

int slow_unpack_ex(Thread *t, Value v, Value *out, int32_t before, int32_t after)
{
    if (!t->free_threaded && (tuple_check_exact(v) || list_check_exact(v))) {
        const Value *items = tuple_check_exact(v) ? tuple_of(v)->items : list_of(v)->items;
        size_t n = tuple_check_exact(v) ? tuple_length(v) : list_length(v), fixed = (size_t)before + (size_t)after;
        if (LIKELY(n >= fixed)) {
            Value middle = list_from_array(t, items + before, n - fixed);
            if (value_is_empty(middle))
                return -1;
            for (int32_t i = 0; i < before; i++)
                out[i] = ref_inc(t, items[i]);
            out[before] = middle;
            for (int32_t i = 0; i < after; i++)
                out[before + 1 + i] = ref_inc(t, items[n - (size_t)after + (size_t)i]);
            return 0;
        }
    }
    Value iterator = object_iter(t, v), rest = VALUE_EMPTY;
    if (value_is_empty(iterator))
        return not_iterable(t, v), -1;
    for (int32_t i = 0; i < before; i++) {
        out[i] = object_next(t, iterator);
        if (value_is_empty(out[i])) {
            if (!error_pending(t))
                error_set(t, EXC_ValueError, "not enough values to unpack (expected at least %d, got %d)",
                          (int)(before + after), (int)i);
            goto fail;
        }
    }
    rest = object_to_list(t, iterator);
    if (value_is_empty(rest))
        goto fail;
    size_t n = list_length(rest);
    if (n < (size_t)after) {
        error_set(t, EXC_ValueError, "not enough values to unpack (expected at least %d, got %zu)",
                  (int)(before + after), (size_t)before + n);
        goto fail;
    }
    for (int32_t i = 0; i < after; i++)
        out[before + 1 + i] = list_get(t, rest, n - (size_t)after + (size_t)i);
    if (after && list_delete_slice(t, rest, n - (size_t)after, n) < 0)
        goto fail;
    out[before] = rest;
    ref_dec(t, iterator);
    return 0;
fail:
    ref_dec(t, rest);
    ref_dec(t, iterator);
    for (int32_t i = 0; i < before + 1 + after; i++)
        ref_clear(t, &out[i]);
    return -1;
}

/* ---- displays ---- */

Value slow_build_dict(Thread *t, const Value *pairs, int32_t n)
{
    Value dict = n ? dict_new_sized(t, (size_t)n) : dict_new(t);
    for (int32_t i = 0; i < n && !value_is_empty(dict); i++)
        if (dict_set(t, dict, pairs[2 * i], pairs[2 * i + 1]) < 0)
            ref_clear(t, &dict);
    return dict;
}

Value slow_build_set(Thread *t, const Value *items, int32_t n)
{
    Value set = set_new(t, VALUE_EMPTY);
    for (int32_t i = 0; i < n && !value_is_empty(set); i++)
        if (set_add(t, set, items[i]) < 0)
            ref_clear(t, &set);
    return set;
}

int slow_list_extend(Thread *t, Value list, Value iterable)
{
    if (list_extend(t, list, iterable) == 0)
        return 0;
    Type *type = type_of(t, iterable);
    if (error_matches(t, EXC_TypeError) && !type->slots.iter && !type->slots.getitem) {
        error_clear(t);
        error_set(t, EXC_TypeError, "Value after * must be an iterable, not %T", iterable);
    }
    return -1;
}

int slow_dict_update(Thread *t, Value dict, Value mapping)
{
    if (dict_merge(t, dict, mapping, 1) == 0)
        return 0;
    if (error_swallow(t, EXC_AttributeError))
        error_set(t, EXC_TypeError, "'%T' object is not a mapping", mapping);
    return -1;
}

/* How messages about a call name what is called. */
static MUST_CHECK Value function_text(Thread *t, Value callable)
{
    Value qualname, module, result;
    int found = object_getattr_optional(t, callable, ID(t, __qualname__), &qualname);
    if (found < 0)
        return VALUE_EMPTY;
    if (!found)
        return object_str(t, callable);
    found = object_getattr_optional(t, callable, ID(t, __module__), &module);
    if (found < 0) {
        ref_dec(t, qualname);
        return VALUE_EMPTY;
    }
    if (found && str_check(module) && !str_equal_ascii(module, "builtins"))
        result = str_format(t, "%S.%S()", module, qualname);
    else
        result = str_format(t, "%S()", qualname);
    ref_dec(t, qualname);
    if (found)
        ref_dec(t, module);
    return result;
}

int slow_dict_merge(Thread *t, Value dict, Value mapping, Value callable)
{
    if (dict_merge(t, dict, mapping, 2) == 0)
        return 0;
    bool no_mapping = error_matches(t, EXC_AttributeError), duplicate = error_matches(t, EXC_KeyError);
    if (!no_mapping && !duplicate)
        return -1;
    Value exc = error_take(t), text = function_text(t, callable);
    if (!value_is_empty(text)) {
        if (no_mapping) {
            error_set(t, EXC_TypeError, "%U argument after ** must be a mapping, not %T", text, mapping);
        } else {
            Value args = exception_of(exc)->args;
            Value key = tuple_length(args) ? tuple_peek(args, 0) : VALUE_NONE;
            error_set(t, EXC_TypeError, "%U got multiple values for keyword argument '%S'", text, key);
        }
    }
    ref_dec(t, text);
    ref_dec(t, exc);
    return -1;
}

Value slow_convert(Thread *t, Value v, int how)
{
    switch (how) {
    case 's': return object_str(t, v);
    case 'r': return object_repr(t, v);
    default: return object_ascii(t, v);
    }
}

/* ---- functions and calls ---- */

Value slow_make_function(Thread *t, Frame *f, Value code, const Value *parts, uint32_t flags)
{
    Value function = function_new(t, code, frame_globals(f), f->function);
    if (value_is_empty(function))
        return function;
    Function *fn = function_of(function);
    if (flags & MAKE_DEFAULTS)
        fn->defaults = ref_inc(t, *parts++);
    if (flags & MAKE_KWDEFAULTS)
        fn->kwdefaults = ref_inc(t, *parts++);
    if (flags & MAKE_ANNOTATE)
        fn->annotate = ref_inc(t, *parts++);
    if (flags & MAKE_CLOSURE)
        fn->closure = ref_inc(t, *parts++);
    else if (value_is(f->locals, frame_globals(f)))
        ref_defer(t, value_object(function)); /* a module's own function: see ref.h */
    return function;
}

Value slow_call_ex(Thread *t, Value callable, Value args, Value kwargs)
{
    Value tuple, own = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(kwargs) && (!dict_check_exact(kwargs) || !tuple_check_exact(args) || t->free_threaded)) {
        /* No dict, or one that could change meanwhile. */
        own = dict_new(t);
        if (value_is_empty(own) || slow_dict_merge(t, own, kwargs, callable) < 0)
            goto done;
        kwargs = own;
    }
    if (tuple_check_exact(args)) {
        tuple = ref_inc(t, args);
    } else {
        Type *type = type_of(t, args);
        if (!type->slots.iter && !type->slots.getitem) {
            Value text = function_text(t, callable);
            if (!value_is_empty(text))
                error_set(t, EXC_TypeError, "%U argument after * must be an iterable, not %T", text, args);
            ref_dec(t, text);
            goto done;
        }
        tuple = object_to_tuple(t, args);
        if (value_is_empty(tuple))
            goto done;
    }
    result = object_call_tuple(t, callable, tuple, kwargs);
    ref_dec(t, tuple);
done:
    ref_dec(t, own);
    return result;
}

Value slow_common(Thread *t, int which)
{
    Interp *interp = t->interp;
    switch (which) {
    case COMMON_ASSERTION_ERROR: return ref_inc(t, value_of(interp->exceptions[EXC_AssertionError]));
    case COMMON_NOT_IMPLEMENTED_ERROR: return ref_inc(t, value_of(interp->exceptions[EXC_NotImplementedError]));
    case COMMON_TUPLE: return ref_inc(t, value_of(interp->types[KIND_TUPLE]));
    case COMMON_LIST: return ref_inc(t, value_of(interp->types[KIND_LIST]));
    case COMMON_SET: return ref_inc(t, value_of(interp->types[KIND_SET]));
    case COMMON_ALL: return builtin_function(t, "all");
    default: return builtin_function(t, "any");
    }
}

int slow_special(Thread *t, Value v, int which, Value pair[2])
{
    static const NameId names[] = {[SPECIAL_ENTER] = NAME___enter__,
                                   [SPECIAL_EXIT] = NAME___exit__,
                                   [SPECIAL_AENTER] = NAME___aenter__,
                                   [SPECIAL_AEXIT] = NAME___aexit__};
    Value name = t->interp->names[names[which]];
    Type *type = type_of(t, v);
    Value found = type_lookup(t, type, name);
    pair[1] = VALUE_EMPTY;
    if (value_is_empty(found)) {
        if (error_pending(t))
            return -1;
        bool is_async = which == SPECIAL_AENTER || which == SPECIAL_AEXIT;
        /* A hint when it is a context manager of the other sort. */
        Value other = type_lookup(t, type, is_async ? ID(t, __enter__) : ID(t, __aenter__));
        const char *hint =
            value_is_empty(other) ? ""
            : is_async
                ? " but it supports the context manager protocol. Did you mean to use 'with'?"
                : " but it supports the asynchronous context manager protocol. Did you mean to use 'async with'?";
        ref_dec(t, other);
        const char *missed = which == SPECIAL_EXIT    ? " (missed __exit__ method)"
                             : which == SPECIAL_AEXIT ? " (missed __aexit__ method)"
                             : which == SPECIAL_ENTER ? " (missed __enter__ method)"
                                                      : " (missed __aenter__ method)";
        error_set(t, EXC_TypeError, "'%T' object does not support the %scontext manager protocol%s", v,
                  is_async ? "asynchronous " : "", *hint ? hint : missed);
        return -1;
    }
    if (type_of(t, found)->flags & TYPE_METHOD_LIKE) {
        pair[0] = found;
        pair[1] = ref_inc(t, v);
        return 0;
    }
    Value (*get)(Thread *, Value, Value, Value) = type_of(t, found)->slots.descr_get;
    if (get) {
        pair[0] = get(t, found, v, value_of(type));
        ref_dec(t, found);
        return value_is_empty(pair[0]) ? -1 : 0;
    }
    pair[0] = found;
    return 0;
}

Value slow_super_attribute(Thread *t, const Value *base, Value name, bool implicit, Value *self)
{
    if (value_is(base[0], value_of(t->types[KIND_SUPER])) && object_is(base[1], KIND_TYPE) &&
        !str_equal_ascii(name, "__class__")) {
        return super_getattr(t, (Type *)value_object(base[1]), base[2], name);
    }
    Value super = implicit ? object_call0(t, base[0]) : object_call2(t, base[0], base[1], base[2]);
    if (value_is_empty(super))
        return super;
    Value result = object_getattr(t, super, name);
    ref_dec(t, super);
    return result;
}

/* ---- unbound names ---- */

void slow_unbound_local(Thread *t, Code *code, int32_t reg)
{
    Value name = tuple_peek(code->local_names, (size_t)reg);
    /* Without the attribute `name`: what is spelled rightly needs no suggestion. */
    error_set(t, EXC_UnboundLocalError, "cannot access local variable '%U' where it is not associated with a value",
              name);
}

void slow_unbound_free(Thread *t, Code *code, Value name)
{
    error_name(t, name, "cannot access free variable '%U' where it is not associated with a value in enclosing scope",
               name);
}

/* ---- names in a mapping ---- */

/* Borrowed. A module's code that was made a function of (asyncio's REPL does that) has the globals for its names. */
static Value names_of(Frame *f) { return value_is_empty(f->locals) ? frame_globals(f) : f->locals; }

Value slow_load_name(Thread *t, Frame *f, uint32_t site) { return slow_load_dict_or_global(t, f, names_of(f), site); }

Value slow_load_dict_or_global(Thread *t, Frame *f, Value mapping, uint32_t site)
{
    Value name = f->code->site_names[site], result;
    if (value_is_empty(mapping))
        return error_set(t, EXC_SystemError, "no locals when loading %V", name);
    if (dict_check_exact(mapping)) {
        int found = dict_get_optional(t, mapping, name, &result);
        if (found)
            return found < 0 ? VALUE_EMPTY : result;
    } else {
        result = object_getitem(t, mapping, name);
        if (!value_is_empty(result))
            return result;
        if (!error_swallow(t, EXC_KeyError))
            return VALUE_EMPTY;
    }
    return cache_load_global(t, &f->code->caches[site], frame_globals(f), frame_builtins(f), name);
}

int slow_store_name(Thread *t, Frame *f, Value name, Value value)
{
    Value names = names_of(f);
    return dict_check_exact(names) ? dict_set(t, names, name, value) : object_setitem(t, names, name, value);
}

int slow_delete_name(Thread *t, Frame *f, Value name)
{
    if (object_setitem(t, names_of(f), name, VALUE_EMPTY) == 0)
        return 0;
    if (error_swallow(t, EXC_KeyError))
        error_name(t, name, "name '%U' is not defined", name);
    return -1;
}

int slow_delete_global(Thread *t, Frame *f, Value name)
{
    int found = dict_pop(t, frame_globals(f), name, NULL);
    if (found == 0)
        error_name(t, name, "name '%U' is not defined", name);
    return found > 0 ? 0 : -1;
}

/* ---- exceptions ---- */

int slow_raise(Thread *t, Value exc, Value cause)
{
    Value instance = exception_from_raise(t, exc);
    if (value_is_empty(instance))
        return -1;
    if (!value_is_empty(cause)) {
        Value fixed;
        if (exception_is_class(t, cause)) {
            fixed = object_call0(t, cause);
            if (!value_is_empty(fixed) && !exception_check(fixed)) {
                error_set(t, EXC_TypeError, "calling %V should have returned an instance of BaseException, not %T",
                          cause, fixed);
                ref_clear(t, &fixed);
            }
        } else if (exception_check(cause)) {
            fixed = ref_inc(t, cause);
        } else if (value_is_none(cause)) {
            fixed = VALUE_NONE;
        } else {
            error_set(t, EXC_TypeError, "exception causes must derive from BaseException");
            fixed = VALUE_EMPTY;
        }
        if (value_is_empty(fixed)) {
            ref_dec(t, instance);
            return -1;
        }
        exception_set_cause_take(t, instance, value_is_none(fixed) ? VALUE_EMPTY : fixed);
    }
    error_set_take(t, instance);
    return -1;
}

int slow_raise_bare(Thread *t)
{
    Value exc = error_peek_handled(t);
    if (value_is_none(exc) || value_is_empty(exc)) {
        error_set(t, EXC_RuntimeError, "No active exception to reraise");
        return -1;
    }
    error_restore_take(t, ref_inc(t, exc));
    return -2;
}

static bool is_exception_class(Thread *t, Value v) { return exception_is_class(t, v); }

int slow_check_except_type(Thread *t, Value type, bool star)
{
    size_t n = tuple_check(type) ? tuple_length(type) : 1;
    for (size_t i = 0; i < n; i++) {
        Value v = tuple_check(type) ? tuple_peek(type, i) : type;
        if (!is_exception_class(t, v))
            return error_set(t, EXC_TypeError,
                             "catching classes that do not inherit from BaseException is not allowed"),
                   -1;
        if (star && type_is_subtype((Type *)value_object(v), t->interp->exceptions[EXC_BaseExceptionGroup]))
            return error_set(t, EXC_TypeError,
                             "catching ExceptionGroup with except* is not allowed. Use except instead."),
                   -1;
    }
    return 0;
}

Value slow_with_exit(Thread *t, const Value *pair, Value exc)
{
    Value tb = exception_get_traceback(t, exc);
    if (value_is_empty(tb))
        tb = VALUE_NONE;
    Value args[4] = {pair[1], value_of(type_of(t, exc)), exc, tb};
    Value result = value_is_empty(pair[1]) ? object_call(t, pair[0], args + 1, 3, VALUE_EMPTY)
                                           : object_call(t, pair[0], args, 4, VALUE_EMPTY);
    ref_dec(t, tb);
    return result;
}

void slow_stop_iteration_error(Thread *t, Frame *f, Value exc)
{
    const char *message = NULL;
    uint32_t flags = f->code->flags;
    Type *type = type_of(t, exc);
    if (type_is_subtype(type, t->interp->exceptions[EXC_StopIteration]))
        message = flags & CODE_ASYNC_GENERATOR ? "async generator raised StopIteration"
                  : flags & CODE_COROUTINE     ? "coroutine raised StopIteration"
                                               : "generator raised StopIteration";
    else if ((flags & CODE_ASYNC_GENERATOR) && type_is_subtype(type, t->interp->exceptions[EXC_StopAsyncIteration]))
        message = "async generator raised StopAsyncIteration";
    if (!message)
        return;
    /* The new exception takes the place of the old one in the registers of the handler: a+1 of STOP_ITERATION_ERROR. */
    Value text = str_from_string(t, message);
    Value error = value_is_empty(text) ? VALUE_EMPTY : exception_new(t, EXC_RuntimeError, text);
    ref_dec(t, text);
    if (value_is_empty(error)) {
        error_clear(t);
        return;
    }
    exception_set_cause_take(t, error, ref_inc(t, exc));
    exception_set_context_take(t, error, ref_inc(t, exc));
    Value *slot = &f->registers[f->code->local_count + 1];
    ref_replace_take(t, slot, error);
}

int slow_setup_annotations(Thread *t, Frame *f)
{
    Value name = ID(t, __annotations__);
    Value names = names_of(f);
    int found = dict_check_exact(names) ? dict_contains(t, names, name) : object_contains(t, names, name);
    if (found != 0)
        return found < 0 ? -1 : 0;
    Value dict = dict_new(t);
    if (value_is_empty(dict))
        return -1;
    int status = slow_store_name(t, f, name, dict);
    ref_dec(t, dict);
    return status;
}

/* ---- intrinsics ---- */

static Value print_expression(Thread *t, Value v)
{
    Value hook = dict_get_string(t, t->interp->sys_dict, "displayhook");
    if (value_is_empty(hook))
        return error_pending(t) ? VALUE_EMPTY : error_set(t, EXC_RuntimeError, "lost sys.displayhook");
    Value result = object_call1(t, hook, v);
    ref_dec(t, hook);
    return result;
}

Value slow_intrinsic(Thread *t, int which, Value v)
{
    switch (which) {
    case INTRINSIC_PRINT: return print_expression(t, v);
    case INTRINSIC_TYPEVAR: return typevar_new(t, v);
    case INTRINSIC_PARAMSPEC: return paramspec_new(t, v);
    case INTRINSIC_TYPEVARTUPLE: return typevartuple_new(t, v);
    case INTRINSIC_SUBSCRIPT_GENERIC: return typing_subscript_generic(t, v);
    case INTRINSIC_TYPEALIAS: return type_alias_new(t, tuple_peek(v, 0), tuple_peek(v, 1), tuple_peek(v, 2));
    default: return error_bad_internal_call(t, "INTRINSIC");
    }
}

Value slow_intrinsic2(Thread *t, int which, const Value *pair)
{
    switch (which) {
    case INTRINSIC2_TYPEVAR_WITH_BOUND: return typevar_new_bound(t, pair[0], pair[1]);
    case INTRINSIC2_TYPEVAR_WITH_CONSTRAINTS: return typevar_new_constraints(t, pair[0], pair[1]);
    case INTRINSIC2_SET_FUNCTION_TYPE_PARAMS:
        ref_replace_take(t, &function_of(pair[0])->type_params, ref_inc(t, pair[1]));
        return ref_inc(t, pair[0]);
    case INTRINSIC2_SET_TYPEPARAM_DEFAULT: return typevar_set_default(t, pair[0], pair[1]);
    default: return error_bad_internal_call(t, "INTRINSIC2");
    }
}
