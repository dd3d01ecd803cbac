/* mod_gc.c: the module gc: the collector's switches, counters and views.
 *
 * The collector is ../memory/cycle.c; its lists `garbage` and `callbacks` are made here and hang on it.  No locks of its own. */
#include "../memory/cycle.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/audit.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"

static Collector *collector(Thread *t) { return t->interp->collector; }

NATIVE(enable, "enable", "($module, /)", "Switches automatic collection on.")
{
    cycle_enable(t, true);
    return VALUE_NONE;
}
NATIVE(disable, "disable", "($module, /)", "Switches automatic collection off.")
{
    cycle_enable(t, false);
    return VALUE_NONE;
}
NATIVE(isenabled, "isenabled", "($module, /)", "Tells whether automatic collection is on.")
{
    return value_from_bool(cycle_is_enabled(t));
}

NATIVE(collect, "collect", "($module, /, generation=2)",
       "Collects now and returns the number of unreachable objects found.\n\nThe generation, 0 to 2, says which "
       "counters it resets; ValueError for others.")
{
    int generation = 2;
    if (!value_is_empty(args[1]) && int_to_int(t, args[1], &generation) < 0)
        return VALUE_EMPTY;
    if (generation < 0 || generation >= CYCLE_GENERATIONS)
        return error_set(t, EXC_ValueError, "invalid generation");
    int64_t found = cycle_collect(t, generation);
    return found < 0 ? VALUE_EMPTY : int_from_int64(t, found);
}

NATIVE(set_debug, "set_debug", "($module, flags, /)",
       "Sets the flags for what the collector writes to stderr.\n\nDEBUG_STATS, DEBUG_COLLECTABLE, "
       "DEBUG_UNCOLLECTABLE; DEBUG_SAVEALL keeps what is found in gc.garbage; "
       "DEBUG_LEAK is all but the statistics.")
{
    int flags;
    if (int_to_int(t, args[1], &flags) < 0)
        return VALUE_EMPTY;
    collector(t)->debug = flags;
    return VALUE_NONE;
}
NATIVE(get_debug, "get_debug", "($module, /)", "The flags set by set_debug().")
{
    return value_from_int(collector(t)->debug);
}

NATIVE(set_threshold, "set_threshold", "($module, threshold0[, threshold1[, threshold2]], /)",
       "Sets the thresholds: containers made before the youngest generation is collected, and how often each older one "
       "waits.\n\nA first threshold of 0 switches collection off.")
{
    Collector *c = collector(t);
    int values[CYCLE_GENERATIONS];
    for (int i = 0; i < CYCLE_GENERATIONS; i++) {
        values[i] = c->threshold[i];
        if (!value_is_empty(args[1 + i]) && int_to_int(t, args[1 + i], &values[i]) < 0)
            return VALUE_EMPTY;
    }
    c->threshold[1] = values[1];
    c->threshold[2] = values[2];
    cycle_set_threshold(t, values[0]);
    return VALUE_NONE;
}

NATIVE(get_threshold, "get_threshold", "($module, /)", "The thresholds as a tuple.")
{
    const int32_t *c = collector(t)->threshold;
    return tuple_pack(t, 3, value_from_int(c[0]), value_from_int(c[1]), value_from_int(c[2]));
}

NATIVE(get_count, "get_count", "($module, /)", "The counters that are compared with the thresholds, as a tuple.")
{
    const int32_t *c = collector(t)->count;
    return tuple_pack(t, 3, value_from_int(heap_young(t->interp)), value_from_int(c[1]), value_from_int(c[2]));
}

NATIVE(get_stats, "get_stats", "($module, /)",
       "For each generation a dict: collections, and objects collected and uncollectable in them.")
{
    Value list = list_new(t, CYCLE_GENERATIONS);
    for (int i = 0; i < CYCLE_GENERATIONS && !value_is_empty(list); i++) {
        const CycleStats *s = &collector(t)->stats[i];
        Value dict = dict_new(t);
        if (value_is_empty(dict) ||
            dict_set_string_take(t, dict, "collections", int_from_int64(t, s->collections)) < 0 ||
            dict_set_string_take(t, dict, "collected", int_from_int64(t, s->collected)) < 0 ||
            dict_set_string_take(t, dict, "uncollectable", int_from_int64(t, s->uncollectable)) < 0) {
            ref_dec(t, dict);
            ref_clear(t, &list);
        } else if (list_append_take(t, list, dict) < 0) {
            ref_clear(t, &list);
        }
    }
    return list;
}

NATIVE(get_objects, "get_objects", "($module, /, generation=None)",
       "A list of the objects that the collector looks at, all or those of a generation; the list itself is not in it.")
{
    int generation = -1;
    if (!value_is_empty(args[1]) && !value_is_none(args[1])) {
        int64_t i = number_index_int64(t, args[1], EXC_OverflowError);
        if (i == -1 && error_pending(t))
            return VALUE_EMPTY;
        if (i >= CYCLE_GENERATIONS)
            return error_set(t, EXC_ValueError,
                             "generation parameter must be less than the number of available generations (%d)",
                             CYCLE_GENERATIONS);
        if (i < -1)
            return error_set(t, EXC_ValueError, "generation parameter cannot be negative");
        generation = (int)i;
    }
    return audit(t, "gc.get_objects", "i", generation) < 0 ? VALUE_EMPTY : cycle_objects(t, generation);
}

NATIVE(get_referrers, "get_referrers", "($module, /, *objs)",
       "A list of the containers that refer directly to any of the objects.")
{
    Value targets = tuple_from_array(t, args + 1, n - 1);
    if (value_is_empty(targets))
        return VALUE_EMPTY;
    Value list = audit(t, "gc.get_referrers", "O", targets) < 0 ? VALUE_EMPTY : cycle_referrers(t, targets);
    ref_dec(t, targets);
    return list;
}

NATIVE(get_referents, "get_referents", "($module, /, *objs)", "A list of what the objects refer to directly.")
{
    return audit(t, "gc.get_referents", "N", tuple_from_array(t, args + 1, n - 1)) < 0
               ? VALUE_EMPTY
               : cycle_referents(t, args + 1, n - 1);
}

NATIVE(is_tracked, "is_tracked", "($module, obj, /)",
       "Tells whether the collector looks at the object. Atomic values need no collector.")
{
    if (!value_is_object(args[1]))
        return VALUE_FALSE;
    Object *o = value_object(args[1]);
    return value_from_bool((atomic_load_explicit(&o->gc, memory_order_relaxed) & GC_CONTAINER) && !ref_is_immortal(o));
}

NATIVE(is_finalized, "is_finalized", "($module, obj, /)", "Tells whether the object's finalizer has run.")
{
    return value_from_bool(value_is_object(args[1]) && (value_object(args[1])->flags & OBJECT_FINALIZED));
}

NATIVE(freeze, "freeze", "($module, /)",
       "Exempts all objects that exist now from collections to come, for instance before a fork.")
{
    cycle_freeze(t, true);
    return VALUE_NONE;
}
NATIVE(unfreeze, "unfreeze", "($module, /)", "Ends the exemption: the objects are in the oldest generation.")
{
    cycle_freeze(t, false);
    return VALUE_NONE;
}
NATIVE(get_freeze_count, "get_freeze_count", "($module, /)", "The number of exempted objects.")
{
    return int_from_size(t, collector(t)->frozen);
}

static int exec(Thread *t, Value module)
{
    Collector *c = collector(t);
    if (value_is_empty(c->garbage))
        c->garbage = list_new(t, 0);
    if (value_is_empty(c->callbacks))
        c->callbacks = list_new(t, 0);
    if (value_is_empty(c->garbage) || value_is_empty(c->callbacks) ||
        module_add_take(t, module, "garbage", ref_inc(t, c->garbage)) < 0 ||
        module_add_take(t, module, "callbacks", ref_inc(t, c->callbacks)) < 0)
        return -1;
    static const struct {
        const char *name;
        int value;
    } flags[] = {{"DEBUG_STATS", CYCLE_DEBUG_STATS},
                 {"DEBUG_COLLECTABLE", CYCLE_DEBUG_COLLECTABLE},
                 {"DEBUG_UNCOLLECTABLE", CYCLE_DEBUG_UNCOLLECTABLE},
                 {"DEBUG_SAVEALL", CYCLE_DEBUG_SAVEALL},
                 {"DEBUG_LEAK", CYCLE_DEBUG_COLLECTABLE | CYCLE_DEBUG_UNCOLLECTABLE | CYCLE_DEBUG_SAVEALL}};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (module_add_int(t, module, flags[i].name, flags[i].value) < 0)
            return -1;
    }
    return 0;
}

static const NativeDef *const methods[] = {
    &native_enable,
    &native_disable,
    &native_isenabled,
    &native_collect,
    &native_set_debug,
    &native_get_debug,
    &native_set_threshold,
    &native_get_threshold,
    &native_get_count,
    &native_get_stats,
    &native_get_objects,
    &native_get_referrers,
    &native_get_referents,
    &native_is_tracked,
    &native_is_finalized,
    &native_freeze,
    &native_unfreeze,
    &native_get_freeze_count,
    NULL,
};

const ModuleDef module_def_gc = {
    .name = "gc",
    .doc = "The collector of reference cycles: switches, counters and views.",
    .methods = methods,
    .exec = exec,
};
