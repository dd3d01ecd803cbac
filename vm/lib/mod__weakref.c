/* mod__weakref.c: the module _weakref: the types of ../object/weakref.h and what asks an object for its weak references.  No state, no locks. */
#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/weakref.h"

NATIVE(getweakrefcount, "getweakrefcount", "($module, object, /)", "How many weak references to the object there are.")
{
    return int_from_size(t, weakref_count(t, args[1]));
}

NATIVE(getweakrefs, "getweakrefs", "($module, object, /)", "The weak references to the object: a list.")
{
    return weakref_list(t, args[1]);
}

NATIVE(proxy, "proxy", "($module, object, callback=None, /)",
       "A proxy: it stands for the object without keeping it alive. The callback is called with it when the\nobject "
       "goes away.")
{
    return weakref_new_proxy(t, args[1], args[2]);
}

NATIVE(remove_dead, "_remove_dead_weakref", "($module, dct, key, /)",
       "Removes the key from a dict if its value is a dead weak reference.")
{
    if (!dict_check(args[1]))
        return error_set(t, EXC_TypeError, "_remove_dead_weakref() argument 1 must be dict, not %s",
                         type_name(type_of(t, args[1])));
    Value ref;
    int found = dict_get_optional(t, args[1], args[2], &ref);
    if (found <= 0)
        return found < 0 ? VALUE_EMPTY : VALUE_NONE;
    if (!weakref_check(ref)) {
        ref_dec(t, ref);
        return error_set(t, EXC_TypeError, "not a weakref");
    }
    Value referent = weakref_get(t, ref);
    bool dead = value_is_empty(referent);
    ref_dec(t, referent);
    if (dead) {
        /* Between the two look-ups another thread may have put a living one in its place: that one goes back. */
        Value removed = VALUE_EMPTY;
        int failed = dict_pop(t, args[1], args[2], &removed);
        if (failed > 0 && !value_is(removed, ref))
            failed = dict_set(t, args[1], args[2], removed);
        ref_dec(t, removed);
        if (failed < 0) {
            ref_dec(t, ref);
            return VALUE_EMPTY;
        }
    }
    ref_dec(t, ref);
    return VALUE_NONE;
}

static int exec(Thread *t, Value module)
{
    static const struct {
        const char *name;
        Kind kind;
    } types[] = {
        {"ref", KIND_WEAKREF},
        {"ReferenceType", KIND_WEAKREF},
        {"ProxyType", KIND_WEAKPROXY},
        {"CallableProxyType", KIND_WEAK_CALLABLE_PROXY},
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (module_add_take(t, module, types[i].name, ref_inc(t, value_of(t->types[types[i].kind]))) < 0)
            return -1;
    }
    return 0;
}

static const NativeDef *const functions[] = {&native_getweakrefcount, &native_getweakrefs, &native_proxy,
                                             &native_remove_dead, NULL};

const ModuleDef module_def__weakref = {
    .name = "_weakref",
    .doc = "The basis of the module weakref.",
    .methods = functions,
    .exec = exec,
};
