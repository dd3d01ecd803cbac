/* release.c: the end of an interpreter whose memory is searched for leaks (BATON_CHECKS): all that lives as long as an interpreter is given up, so that
 * what is left afterwards is referred to by nobody.
 *
 * Invariant: each step may still run destructors in C, which need the types and the states of modules; so objects go first, then states, then what types hold.
 * Types in C, immortal strs and the names in Interp stay: start-up made them.
 * Locks: none; no other thread is left.  Read next: shutdown.c (the caller), ../debug/heapcheck.c (the search). */
#include "lifecycle.h"

#include "../memory/alloc.h"
#include "../memory/cycle.h"
#include "../memory/heap.h"
#include "../memory/reclaim.h"
#include "../memory/ref.h"
#include "../object/audit.h"
#include "../object/codec.h"
#include "../object/context.h"
#include "../object/dict.h"
#include "../object/exception.h"
#include "../object/module.h"
#include "../thread/world.h"

#if BATON_CHECKS
/* Tables that were replaced hold what they held until their grace period is over (lock off), and what they held may be a cycle's. */
static void collect(Thread *t)
{
    do
        cycle_collect_final(t);
    while (reclaim_all(t));
}

/* What keeps the import system and the two modules that are never emptied. */
static void release_core(Thread *t)
{
    Interp *interp = t->interp;
    Value *const roots[] = {&interp->importlib,           &interp->import_func,       &interp->modules,
                            &interp->before_fork,         &interp->after_fork_parent, &interp->after_fork_child,
                            &interp->sys_module,          &interp->builtins_module,   &interp->collector->garbage,
                            &interp->collector->callbacks};
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        ref_clear(t, roots[i]);
    if (!value_is_empty(interp->sys_dict))
        dict_clear(t, interp->sys_dict);
    if (!value_is_empty(interp->builtins_dict))
        dict_clear(t, interp->builtins_dict);
    thread_release_values(t);
    audit_free(t);
    collect(t);
}

static void free_state(Thread *t, int id)
{
    static const ModuleDef *const defs[MODULE_COUNT] = {
#define MODULE(name) [MODULE_##name] = &module_def_##name,
#include "../lib/modules.def"
#undef MODULE
    };
    void *state = t->interp->module_state[id];
    t->interp->module_state[id] = NULL;
    ref_clear(t, &t->interp->module_contents[id]);
    if (state && defs[id]->free_state)
        defs[id]->free_state(t, state);
}

/* Streams come last: other states and what was registered for codecs may refer to them, and their end is work for the module. */
static void free_states(Thread *t)
{
    for (int i = 0; i < MODULE_COUNT; i++)
        if (i != MODULE__io)
            free_state(t, i);
    codec_free_state(t);
    collect(t);
    free_state(t, MODULE__io);
    context_free_types(t);
    ref_clear(t, &t->interp->typing_no_default);
    collect(t);
}

typedef struct TypeList {
    Type **types;
    size_t n, capacity;
} TypeList;

static int note_type(Object *o, void *arg)
{
    TypeList *list = arg;
    if (!ref_is_immortal(o) || !object_is(value_of(o), KIND_TYPE))
        return 0;
    if (list->n == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 512;
        Type **types = alloc_raw_resize(list->types, capacity * sizeof *types);
        if (!types)
            return -1;
        list->types = types;
        list->capacity = capacity;
    }
    list->types[list->n++] = (Type *)o;
    return 0;
}

static void empty_types(Thread *t)
{
    TypeList list = {0};
    heap_walk_objects(t->interp, note_type, &list);
    for (size_t i = 0; i < list.n; i++)
        type_empty(t, list.types[i]);
    alloc_raw_free(list.types);
    collect(t);
}

void lifecycle_release(Thread *t)
{
    release_core(t);
    free_states(t);
    empty_types(t);
    exception_free_state(t);
    reclaim_all(t);
}
#else
typedef int release_is_off; /* a translation unit is never empty */
#endif
