/* mod_atexit.c: the module atexit.
 *
 * Invariant: the state's list holds tuples (function, args tuple, kwargs dict or None) in the order of registration; it changes only through list operations, which
 * have their own lock.  Read next: mod_atexit.h. */
#include "mod_atexit.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"

typedef struct AtExit {
    Value callbacks; /* list */
} AtExit;

static void free_state(Thread *t, void *state)
{
    ref_dec(t, ((AtExit *)state)->callbacks);
    alloc_memory_free(t, state);
}

/* The list of callbacks (borrowed), or empty before the module was imported. */
static Value callbacks(Thread *t)
{
    AtExit *state = t->interp->module_state[MODULE_atexit];
    return state ? state->callbacks : VALUE_EMPTY;
}

static Value keywords_dict(Thread *t, const Value *values, Value names)
{
    if (value_is_empty(names) || tuple_length(names) == 0)
        return VALUE_NONE;
    Value dict = dict_new(t);
    for (size_t i = 0; !value_is_empty(dict) && i < tuple_length(names); i++) {
        if (dict_set(t, dict, tuple_peek(names, i), values[i]) < 0)
            ref_clear(t, &dict);
    }
    return dict;
}

NATIVE(register, "register", "($module, func, /, *args, **kwargs)",
       "Has the function called with these arguments when the interpreter ends. Returns the function, so that "
       "this\nworks as a decorator.")
{
    if (n < 2)
        return error_set(t, EXC_TypeError, "register() takes at least 1 argument (0 given)");
    if (!object_is_callable(t, args[1]))
        return error_set(t, EXC_TypeError, "the first argument must be callable");
    Value arguments = tuple_from_array(t, args + 2, n - 2), keywords = VALUE_EMPTY, entry = VALUE_EMPTY;
    if (!value_is_empty(arguments))
        keywords = keywords_dict(t, args + n, names);
    if (!value_is_empty(keywords))
        entry = tuple_pack(t, 3, args[1], arguments, keywords);
    ref_dec(t, arguments);
    ref_dec(t, keywords);
    if (value_is_empty(entry) || list_append_take(t, callbacks(t), entry) < 0)
        return VALUE_EMPTY;
    return ref_inc(t, args[1]);
}

NATIVE(unregister, "unregister", "($module, func, /)", "Forgets every registration of a function that equals this one.")
{
    Value list = callbacks(t);
    for (size_t i = 0; i < list_length(list);) {
        Value entry = list_get(t, list, i);
        if (value_is_empty(entry))
            break;
        int same = object_equal(t, args[1], tuple_peek(entry, 0));
        if (same < 0) {
            ref_dec(t, entry);
            return VALUE_EMPTY;
        }
        bool removed = false;
        if (same) { /* comparing may have changed the list */
            for (size_t k = 0; k < list_length(list) && !removed; k++) {
                Value other = list_get(t, list, k);
                if (value_is(other, entry)) {
                    removed = list_delete_slice(t, list, k, k + 1) == 0;
                    i = k;
                }
                ref_dec(t, other);
            }
        }
        ref_dec(t, entry);
        if (!removed)
            i++;
    }
    return VALUE_NONE;
}

NATIVE(clear, "_clear", "($module, /)", "Forgets all registrations.")
{
    return list_clear(t, callbacks(t)) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(ncallbacks, "_ncallbacks", "($module, /)", "The number of registrations.")
{
    return int_from_size(t, list_length(callbacks(t)));
}

void atexit_run(Thread *t)
{
    Value list = callbacks(t);
    while (!value_is_empty(list) && list_length(list) > 0) {
        Value entry = list_pop(t, list, -1);
        if (value_is_empty(entry)) {
            error_clear(t);
            return;
        }
        Value function = tuple_peek(entry, 0), keywords = tuple_peek(entry, 2);
        Value result =
            object_call_tuple(t, function, tuple_peek(entry, 1), value_is_none(keywords) ? VALUE_EMPTY : keywords);
        if (value_is_empty(result))
            error_unraisable(t, VALUE_EMPTY, "Exception ignored in atexit callback %V", function);
        ref_dec(t, result);
        ref_dec(t, entry);
    }
}

NATIVE(run, "_run_exitfuncs", "($module, /)", "Runs and forgets the registered functions, the last one first.")
{
    atexit_run(t);
    return VALUE_NONE;
}

static int exec(Thread *t, Value module)
{
    void **slot = &t->interp->module_state[MODULE_atexit];
    if (*slot)
        return 0;
    AtExit *state = alloc_memory_zeroed(t, 1, sizeof *state);
    if (!state)
        return -1;
    state->callbacks = list_new(t, 0);
    if (value_is_empty(state->callbacks)) {
        alloc_memory_free(t, state);
        return -1;
    }
    *slot = state;
    return 0;
}

static const NativeDef *const functions[] = {&native_register,   &native_unregister, &native_clear,
                                             &native_ncallbacks, &native_run,        NULL};

const ModuleDef module_def_atexit = {
    .name = "atexit",
    .doc = "Functions that are to be called when the interpreter ends: register() and unregister().",
    .methods = functions,
    .exec = exec,
    .free_state = free_state,
};
