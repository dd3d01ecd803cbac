/* container.c: helpers that the containers and their iterators share (container.h). */
#include "container.h"

int check_positional(Thread *t, const char *name, uint32_t n, uint32_t min, uint32_t max)
{
    if (LIKELY(n >= min && n <= max))
        return 0;
    uint32_t wanted = n < min ? min : max;
    error_set(t, EXC_TypeError, "%s expected %s%u argument%s, got %u", name,
              min == max ? ""
              : n < min  ? "at least "
                         : "at most ",
              wanted, wanted == 1 ? "" : "s", n);
    return -1;
}

void unhashable_item(Thread *t, Value item, const char *what)
{
    if (!value_is_object(t->exc) || value_object(t->exc)->type != t->interp->exceptions[EXC_TypeError])
        return;
    Value cause = error_take(t);
    error_set(t, EXC_TypeError, "cannot use '%#T' as a %s (%S)", item, what, cause);
    ref_dec(t, cause);
}

int index_argument(Thread *t, Value v, int64_t length, int64_t missing, int64_t *result)
{
    int64_t i;
    if (value_is_empty(v)) {
        *result = missing;
        return 0;
    }
    if (LIKELY(value_is_int(v))) {
        i = value_to_int(v);
    } else {
        if (!type_of(t, v)->slots.index)
            return error_set(t, EXC_TypeError, "slice indices must be integers or have an __index__ method"), -1;
        i = number_index_int64(t, v, -1);
        if (i == -1 && error_pending(t))
            return -1;
    }
    if (i < 0) {
        i += length;
        if (i < 0)
            i = 0;
    }
    *result = i;
    return 0;
}

Value builtin_function(Thread *t, const char *name)
{
    Value key = str_intern(t, name);
    if (value_is_empty(key))
        return VALUE_EMPTY;
    Value found;
    int status = dict_get_optional(t, t->interp->builtins_dict, key, &found);
    if (status == 0)
        error_set(t, EXC_AttributeError, "module 'builtins' has no attribute '%s'", name);
    ref_dec(t, key);
    return status > 0 ? found : VALUE_EMPTY;
}

static Value pack_take(Thread *t, Value *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (value_is_empty(items[i])) {
            for (i = 0; i < n; i++)
                ref_dec(t, items[i]);
            return VALUE_EMPTY;
        }
    }
    return tuple_from_array_take(t, items, n);
}

Value reduce_result_take(Thread *t, Value callable, Value arg)
{
    Value items[2] = {callable, pack_take(t, &arg, 1)};
    return pack_take(t, items, 2);
}

Value reduce_state_take(Thread *t, Value callable, Value arg, Value state)
{
    Value items[3] = {callable, pack_take(t, &arg, 1), state};
    return pack_take(t, items, 3);
}

Value sequence_repr(Thread *t, Value sequence, const char *open, const char *close)
{
    StrBuilder b = {0};
    bool is_tuple = tuple_check(sequence);
    if (strbuilder_ascii(t, &b, open, strlen(open)) < 0)
        goto fail;
    for (size_t i = 0;; i++) {
        /* A list may shrink while its items are printed. */
        Value item = is_tuple ? (i < tuple_length(sequence) ? ref_inc(t, tuple_peek(sequence, i)) : VALUE_EMPTY)
                              : list_get(t, sequence, i);
        if (value_is_empty(item))
            break;
        Value text = i > 0 && strbuilder_ascii(t, &b, ", ", 2) < 0 ? VALUE_EMPTY : object_repr(t, item);
        ref_dec(t, item);
        if (value_is_empty(text))
            goto fail;
        int status = strbuilder_str(t, &b, text);
        ref_dec(t, text);
        if (status < 0)
            goto fail;
    }
    if (strbuilder_ascii(t, &b, close, strlen(close)) < 0)
        goto fail;
    return strbuilder_finish(t, &b);
fail:
    strbuilder_discard(t, &b);
    return VALUE_EMPTY;
}
