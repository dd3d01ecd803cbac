/* shutdown.c: the end of an interpreter, in CPython's order.
 *
 * First what Python code may still do in an intact interpreter: threads that are no daemons end, atexit functions run, streams are flushed.  Then finalization: other threads
 * hang when they want to run, modules are emptied so that destructors of their globals run, cycles are collected, the modules in C give up their state.
 * Locks: none.  Read next: lifecycle.c, ../thread/handle.c (handle_shutdown), ../memory/cycle.c. */
#include "lifecycle.h"
#include "image.h"
#include "import_image.h"

#include "../debug/heapcheck.h"
#include "../lib/io_std.h"
#include "../lib/mod_atexit.h"
#include "../memory/cycle.h"
#include "../memory/heap.h"
#include "../memory/reclaim.h"
#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/function.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../object/weakref.h"
#include "../os/os.h"
#include "../thread/events.h"
#include "../thread/handle.h"
#include "../thread/world.h"

/* ---- while everything is still there ---- */

static void end_threads(Thread *t)
{
    Value threading = dict_get_string(t, t->interp->modules, "threading");
    if (value_is_empty(threading) || value_is_none(threading)) {
        error_clear(t);
        if (handle_shutdown(t) < 0)
            error_unraisable(t, VALUE_EMPTY, "Exception ignored while joining threads");
        return;
    }
    Value result = object_call_method_string(t, threading, "_shutdown", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(result))
        error_unraisable(t, threading, "Exception ignored on threading shutdown");
    ref_dec(t, result);
    ref_dec(t, threading);
}

/* Flushes sys.stdout or sys.stderr unless it is closed: false when that failed. */
static bool flush_stream(Thread *t, const char *name, bool report)
{
    Value stream = dict_get_string(t, t->interp->sys_dict, name), closed = VALUE_EMPTY, result = VALUE_NONE;
    bool ok = true;
    error_clear(t);
    if (value_is_empty(stream) || value_is_none(stream)) {
        ref_dec(t, stream);
        return true;
    }
    closed = object_getattr_string(t, stream, "closed");
    bool is_closed = !value_is_empty(closed) && object_truth(t, closed) > 0;
    error_clear(t);
    if (!is_closed)
        result = object_call_method_string(t, stream, "flush", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(result)) {
        ok = false;
        if (report)
            error_unraisable(t, VALUE_EMPTY, "Exception ignored on flushing sys.stdout");
        error_clear(t);
    }
    ref_dec(t, result);
    ref_dec(t, closed);
    ref_dec(t, stream);
    return ok;
}

static bool flush_streams(Thread *t, bool report)
{
    bool out = flush_stream(t, "stdout", report);
    return flush_stream(t, "stderr", false) && out;
}

/* ---- modules ---- */

/* As sys.last_exc = None and the like. */
static void set_none(Thread *t, Value dict, const char *name)
{
    if (dict_set_string(t, dict, name, VALUE_NONE) < 0)
        error_clear(t);
}

static void delete_special(Thread *t)
{
    static const char *const names[] = {"path",       "argv",           "ps1",
                                        "ps2",        "last_exc",       "last_type",
                                        "last_value", "last_traceback", "path_importer_cache",
                                        "meta_path",  "path_hooks"};
    static const char *const streams[][2] = {
        {"stdin", "__stdin__"}, {"stdout", "__stdout__"}, {"stderr", "__stderr__"}};
    Interp *interp = t->interp;
    set_none(t, interp->builtins_dict, "_");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        set_none(t, interp->sys_dict, names[i]);
    for (size_t i = 0; i < 3; i++) {
        Value original = dict_get_string(t, interp->sys_dict, streams[i][1]);
        if (value_is_empty(original) || dict_set_string(t, interp->sys_dict, streams[i][0], original) < 0)
            error_clear(t);
        ref_dec(t, original);
    }
}

/* Takes all modules out of sys.modules; what is still alive afterwards can be found through the list of weak references.  With the lock off that holds the
 * namespaces instead: functions and classes, which are not counted, keep them though their module has gone. */
static Value remove_modules(Thread *t)
{
    Value modules = t->interp->modules, weak = list_new(t, 0),
          names = dict_check(modules) ? dict_keys_list(t, modules) : VALUE_EMPTY;
    for (size_t i = 0; !value_is_empty(names) && i < list_length(names); i++) {
        Value name = list_peek(names, i), module = dict_get(t, modules, name);
        if (!value_is_empty(module) && object_is(module, KIND_MODULE) && !value_is_empty(weak)) {
            Value ref = t->free_threaded ? ref_inc(t, module_peek_dict(module)) : weakref_new(t, module, VALUE_EMPTY);
            if (!value_is_empty(ref) && list_append_take(t, weak, ref) < 0)
                error_clear(t);
        }
        if (dict_set(t, modules, name, VALUE_NONE) < 0)
            error_clear(t);
        ref_dec(t, module);
        error_clear(t);
    }
    ref_dec(t, names);
    if (dict_check(modules))
        dict_clear(t, modules);
    return weak;
}

/* With the lock off finalizers shall find what they use: functions and classes go with the namespace, if at all, and modules are emptied themselves. */
static bool stays_for_others(Value v)
{
    return ref_is_immortal(value_object(v)) || function_check(v) || type_check(v) || object_is(v, KIND_MODULE);
}

/* When a name of a module is set to None: the private ones first, then the others.  Not those of what start-up made, or of a number: nobody would notice.  With the lock off
 * weak references go before all, so that the end of what they refer to calls nobody, as when it all is collected at once. */
enum { TURN_NEVER = -1, TURN_WEAK_REFERENCES, TURN_PRIVATE, TURN_OTHERS };

static int turn_of(Thread *t, Value dict, Value name)
{
    if (!str_check(name) || str_equal_ascii(name, "__builtins__"))
        return TURN_NEVER;
    const Str *s = str_of(name);
    bool private = s->length > 0 && str_at(s, 0) == '_' && !(s->length > 1 && str_at(s, 1) == '_');
    int turn = private ? TURN_PRIVATE : TURN_OTHERS;
    Value v = dict_get(t, dict, name);
    if (!value_is_object(v) || cycle_is_settled(value_object(v)) || (t->free_threaded && stays_for_others(v)))
        turn = TURN_NEVER;
    else if (t->free_threaded && weakref_check(v))
        turn = TURN_WEAK_REFERENCES;
    ref_dec(t, v);
    return turn;
}

static void clear_dict(Thread *t, Value dict)
{
    for (int turn = TURN_WEAK_REFERENCES; turn <= TURN_OTHERS; turn++) {
        Value names = dict_keys_list(t, dict);
        for (size_t i = 0; !value_is_empty(names) && i < list_length(names); i++) {
            Value name = list_peek(names, i);
            if (turn_of(t, dict, name) == turn && dict_set(t, dict, name, VALUE_NONE) < 0)
                error_clear(t);
        }
        ref_dec(t, names);
        error_clear(t);
    }
}

/* The last module first; with the lock off, where none has ended by itself, those that import before what they imported. */
static void clear_survivors(Thread *t, Value weak)
{
    size_t n = value_is_empty(weak) ? 0 : list_length(weak);
    for (size_t i = 0; i < n; i++) {
        Value item = list_peek(weak, t->free_threaded ? i : n - 1 - i),
              module = t->free_threaded ? VALUE_EMPTY : weakref_get(t, item),
              dict = value_is_empty(module) ? item : module_peek_dict(module);
        if (dict_check(dict) && !value_is(dict, t->interp->sys_dict) && !value_is(dict, t->interp->builtins_dict))
            clear_dict(t, dict);
        ref_dec(t, module);
    }
}

/* ---- would anybody notice? ---- */

/* A callback that keeps the library's own tables in order: its code is in the image, or it is a method of a weak reference (as those of abstract classes are). */
static bool is_of_library(Value callback)
{
    if (function_check(callback))
        return code_of(function_of(callback)->code)->image;
    return object_is_exact(callback, KIND_NATIVE) && weakref_check(((const Native *)value_object(callback))->self);
}

static int is_noticed(Object *o, void *arg)
{
    if (!o->type || cycle_is_settled(o))
        return 0;
    if (o->type->flags & TYPE_HAS_FINALIZER)
        return !(o->flags & OBJECT_FINALIZED) && !io_ends_silently(arg, o);
    Kind kind = object_kind(o);
    if (kind != KIND_WEAKREF && kind != KIND_WEAKPROXY && kind != KIND_WEAK_CALLABLE_PROXY)
        return 0;
    const WeakRef *ref = (const WeakRef *)o;
    return ref->referent && !value_is_empty(ref->callback) && !is_of_library(ref->callback);
}

/* Objects that nobody finalizes and no callback waits for need not be taken apart: the process ends. */
static bool end_is_noticed(Thread *t)
{
    Interp *interp = t->interp;
    if (BATON_CHECKS || interp->collector->debug)
        return true;
    world_stop(t);
    int noticed = interp->finalizable_leaves ? heap_walk_objects(interp, is_noticed, t)
                                             : heap_walk_containers(interp, is_noticed, t);
    world_start(t);
    return noticed;
}

static void end_modules(Thread *t)
{
    delete_special(t);
    Value weak = remove_modules(t);
    cycle_collect_final(t);
    clear_survivors(t, weak);
    ref_dec(t, weak);
    cycle_collect_final(t);
}

int lifecycle_finish(Thread *t, int status)
{
    Interp *interp = t->interp;
    end_threads(t);
    atexit_run(t);
    bool flushed = flush_streams(t, true);
    if (!flushed)
        status = 120;
    if (interp->config.gil_report)
        events_report(interp, 2);
    world_finalize(t);
    ref_clear(t, &interp->unregistered_lines);
    import_image_end(t);
    if (!value_is_empty(interp->sys_dict) && !value_is_empty(interp->builtins_dict) && end_is_noticed(t))
        end_modules(t);
    if (!flush_streams(t, flushed)) /* what is lost is reported once */
        status = 120;
    if (world_others(t) > 0)
        return status;  /* they hang, or are still in C code: nothing that they may look at is freed */
    if (BATON_CHECKS) { /* the process ends: its memory is only given back where leaks are looked for */
        lifecycle_release(t);
        status = heapcheck_end(t, status);
        image_close(interp);
    }
    return status;
}
