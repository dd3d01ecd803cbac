/* mod__bisect.c: the module _bisect: looking for a place in a sorted sequence by halving. */
#include "../object/container.h"
#include "../object/module.h"

/* The place of x in a[lo, hi): behind equal items if `right`, else before them.  Each step asks the sequence and
 * compares, which may run any code.  -1: error. */
static int64_t bisect(Thread *t, Value a, Value x, int64_t lo, int64_t hi, Value key, bool right)
{
    if (lo < 0)
        return error_set(t, EXC_ValueError, "lo must be non-negative"), -1;
    if (hi == -1 && (hi = object_len(t, a)) < 0)
        return -1;
    while (lo < hi) {
        int64_t middle = lo + (hi - lo) / 2;
        Value item = list_check_exact(a) ? list_get(t, a, (size_t)middle) : object_getitem_index(t, a, middle);
        if (value_is_empty(item)) {
            if (!error_pending(t))
                error_set(t, EXC_IndexError, "list index out of range");
            return -1;
        }
        if (!value_is_none(key)) {
            Value result = object_call1(t, key, item);
            ref_dec(t, item);
            if (value_is_empty(result))
                return -1;
            item = result;
        }
        int less = right ? items_less(t, x, item) : items_less(t, item, x);
        ref_dec(t, item);
        if (less < 0)
            return -1;
        if (right ? less : !less)
            hi = middle;
        else
            lo = middle + 1;
    }
    return lo;
}

typedef struct Arguments {
    int64_t lo, hi; /* hi -1: the length */
    Value key;      /* or None */
} Arguments;

/* args: $module, a, x, lo, hi, key. 0 or -1. */
static int parse(Thread *t, Value *args, Arguments *out)
{
    *out = (Arguments){0, -1, value_is_empty(args[5]) ? VALUE_NONE : args[5]};
    if (!value_is_empty(args[3])) {
        if (int_to_size(t, args[3], &out->lo) < 0)
            return -1;
    }
    if (!value_is_empty(args[4]) && !value_is_none(args[4])) {
        if (!type_of(t, args[4])->slots.index)
            return error_set(t, EXC_TypeError, "argument should be integer or None, not '%N'", type_of(t, args[4])), -1;
        out->hi = number_index_int64(t, args[4], EXC_OverflowError);
        if (out->hi == -1 && error_pending(t))
            return -1;
    }
    return 0;
}

static Value find(Thread *t, Value *args, bool right)
{
    Arguments arguments;
    if (parse(t, args, &arguments) < 0)
        return VALUE_EMPTY;
    int64_t place = bisect(t, args[1], args[2], arguments.lo, arguments.hi, arguments.key, right);
    return place < 0 ? VALUE_EMPTY : int_from_int64(t, place);
}

static Value insert(Thread *t, Value *args, bool right)
{
    Arguments arguments;
    if (parse(t, args, &arguments) < 0)
        return VALUE_EMPTY;
    Value x = value_is_none(arguments.key) ? ref_inc(t, args[2]) : object_call1(t, arguments.key, args[2]);
    if (value_is_empty(x))
        return VALUE_EMPTY;
    int64_t place = bisect(t, args[1], x, arguments.lo, arguments.hi, arguments.key, right);
    ref_dec(t, x);
    if (place < 0)
        return VALUE_EMPTY;
    if (list_check_exact(args[1]))
        return list_insert(t, args[1], place, args[2]) < 0 ? VALUE_EMPTY : VALUE_NONE;
    Value index = int_from_int64(t, place);
    Value result = value_is_empty(index) ? VALUE_EMPTY
                                         : object_call_method_string(t, args[1], "insert", index, args[2], VALUE_EMPTY);
    ref_dec(t, index);
    ref_dec(t, result);
    return value_is_empty(result) ? VALUE_EMPTY : VALUE_NONE;
}

#define SIGNATURE "($module, /, a, x, lo=0, hi=None, *, key=None)"
NATIVE(bisect_right, "bisect_right", SIGNATURE,
       "Where x belongs in the sorted sequence a, behind the items equal to it.")
{
    return find(t, args, true);
}
NATIVE(bisect_left, "bisect_left", SIGNATURE, "Where x belongs in the sorted sequence a, before the items equal to it.")
{
    return find(t, args, false);
}
NATIVE(insort_right, "insort_right", SIGNATURE,
       "Puts x where it belongs in the sorted sequence a, behind the items equal to it.")
{
    return insert(t, args, true);
}
NATIVE(insort_left, "insort_left", SIGNATURE,
       "Puts x where it belongs in the sorted sequence a, before the items equal to it.")
{
    return insert(t, args, false);
}

static const NativeDef *const bisect_functions[] = {&native_bisect_right, &native_bisect_left, &native_insort_right,
                                                    &native_insort_left, NULL};

const ModuleDef module_def__bisect = {
    .name = "_bisect",
    .doc = "Sorted sequences: looking for a place by halving.",
    .methods = bisect_functions,
};
