/* mod__warnings.c: warnings: the filters, the registries of what was shown already, and error_warn for the interpreter's own warnings.
 *
 * The module warnings takes its functions from here and adds showing them.  While it is imported, its globals (filters, defaultaction, onceregistry) are what
 * counts: programs replace them.
 * Invariant: registries whose "version" is not filters_version are out of date and emptied before use.
 * Locks: one recursive lock for all warnings of an interpreter, held while filters (which may run Python code) are asked, as CPython does it. */
#include <stdarg.h>

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/context.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/exception.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../compile/code.h"
#include "../run/frame_access.h"
#include "../thread/lock.h"

typedef struct Warnings {
    Value filters;        /* list of (action, message, category, module, line) */
    Value once_registry;  /* dict */
    Value default_action; /* str */
    Value context;        /* ContextVar, or empty: not made yet */
    int64_t filters_version;
    PyLock lock;
    _Atomic uint64_t lock_owner; /* Thread.id, 0: nobody */
    uint32_t lock_depth;
} Warnings;

/* ---- state ---- */

static void free_state(Thread *t, void *state)
{
    Warnings *w = state;
    ref_dec(t, w->filters);
    ref_dec(t, w->once_registry);
    ref_dec(t, w->default_action);
    ref_dec(t, w->context);
    alloc_memory_free(t, w);
}

static int add_filter(Thread *t, Value filters, const char *action, ExceptionId category, const char *module)
{
    Value a = str_intern(t, action), m = module ? str_intern(t, module) : VALUE_NONE, item = VALUE_EMPTY;
    if (!value_is_empty(a) && !value_is_empty(m))
        item = tuple_pack(t, 5, a, VALUE_NONE, value_of(t->interp->exceptions[category]), m, value_from_int(0));
    ref_dec(t, a);
    ref_dec(t, m);
    return value_is_empty(item) ? -1 : list_append_take(t, filters, item);
}

static Value default_filters(Thread *t)
{
    Value filters = list_new(t, 5);
    if (value_is_empty(filters))
        return VALUE_EMPTY;
    if (add_filter(t, filters, "default", EXC_DeprecationWarning, "__main__") < 0 ||
        add_filter(t, filters, "ignore", EXC_DeprecationWarning, NULL) < 0 ||
        add_filter(t, filters, "ignore", EXC_PendingDeprecationWarning, NULL) < 0 ||
        add_filter(t, filters, "ignore", EXC_ImportWarning, NULL) < 0 ||
        add_filter(t, filters, "ignore", EXC_ResourceWarning, NULL) < 0)
        ref_clear(t, &filters);
    return filters;
}

/* The interpreter's state, made at the first use; NULL with an exception. */
static Warnings *need_state(Thread *t)
{
    void **slot = &t->interp->module_state[MODULE__warnings];
    Warnings *w = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
    if (LIKELY(w != NULL))
        return w;
    w = alloc_memory_zeroed(t, 1, sizeof *w);
    if (!w)
        return NULL;
    w->filters_version = 1;
    w->filters = default_filters(t);
    w->once_registry = value_is_empty(w->filters) ? VALUE_EMPTY : dict_new(t);
    w->default_action = value_is_empty(w->once_registry) ? VALUE_EMPTY : str_intern(t, "default");
    if (value_is_empty(w->default_action)) {
        free_state(t, w);
        return NULL;
    }
    void *expected = NULL;
    if (!__atomic_compare_exchange_n(slot, &expected, (void *)w, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        free_state(t, w);
        w = expected;
    }
    return w;
}

/* ---- the lock ---- */

static void lock_enter(Thread *t, Warnings *w)
{
    if (atomic_load_explicit(&w->lock_owner, memory_order_relaxed) == t->id) {
        w->lock_depth++;
        return;
    }
    pylock_acquire(t, &w->lock, -1, false, EVENT_LOCK);
    atomic_store_explicit(&w->lock_owner, t->id, memory_order_relaxed);
    w->lock_depth = 1;
}

static bool lock_exit(Thread *t, Warnings *w)
{
    if (atomic_load_explicit(&w->lock_owner, memory_order_relaxed) != t->id)
        return false;
    if (--w->lock_depth == 0) {
        atomic_store_explicit(&w->lock_owner, 0, memory_order_relaxed);
        pylock_release(t, &w->lock);
    }
    return true;
}

/* ---- what the module warnings says ---- */

/* warnings.NAME: owned; empty without an exception when the module or the name is not there, with one on other errors. */
static Value warnings_get(Thread *t, const char *name, bool import)
{
    Interp *interp = t->interp;
    Value module = VALUE_EMPTY, result = VALUE_EMPTY;
    if (value_is_empty(interp->modules) || !dict_check(interp->modules))
        return VALUE_EMPTY;
    module = dict_get_string(t, interp->modules, "warnings");
    if (value_is_empty(module) && import && !interp->finalizing && !error_pending(t)) {
        module = import_module(t, "warnings");
        if (value_is_empty(module))
            error_swallow(t, EXC_ImportError);
    }
    if (value_is_empty(module))
        return VALUE_EMPTY;
    Value key = str_intern(t, name);
    if (!value_is_empty(key) && object_getattr_optional(t, module, key, &result) <= 0)
        result = VALUE_EMPTY;
    ref_dec(t, key);
    ref_dec(t, module);
    return result;
}

/* warnings.NAME, which is remembered, or what was remembered last: owned. */
static Value global_value(Thread *t, const char *name, Value *own)
{
    Value v = warnings_get(t, name, false);
    if (!value_is_empty(v))
        ref_replace_take(t, own, ref_inc(t, v));
    return value_is_empty(v) && !error_pending(t) ? ref_inc(t, *own) : v;
}

/* The context variable that catch_warnings uses with -X context_aware_warnings, made when the module is imported: borrowed, empty on error. */
static Value context_variable(Thread *t, Warnings *w)
{
    if (!value_is_empty(w->context))
        return w->context;
    Value name = str_intern(t, "warnings_context");
    if (!value_is_empty(name))
        w->context = context_variable_new(t, name, VALUE_EMPTY);
    ref_dec(t, name);
    return w->context;
}

/* The filters of the current context, owned; None when there is no context. */
static Value context_filters(Thread *t, Warnings *w)
{
    Value context;
    if (value_is_empty(w->context)) /* not imported: nobody has set it */
        return VALUE_NONE;
    if (context_variable_get(t, w->context, VALUE_NONE, &context) < 0)
        return VALUE_EMPTY;
    if (value_is_none(context))
        return context;
    Value filters = object_getattr_string(t, context, "_filters");
    ref_dec(t, context);
    if (!value_is_empty(filters) && !list_check(filters)) {
        error_set(t, EXC_ValueError, "_filters of warnings._warnings_context must be a list");
        ref_clear(t, &filters);
    }
    return filters;
}

/* ---- filters ---- */

/* A filter's message or module: None matches all, a str what equals it, a regular expression what it matches. */
static int pattern_matches(Thread *t, Value pattern, Value text)
{
    if (value_is_none(pattern))
        return 1;
    if (str_check_exact(pattern))
        return object_equal(t, pattern, text);
    Value match = object_call_method_string(t, pattern, "match", text, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(match))
        return -1;
    int result = object_truth(t, match);
    ref_dec(t, match);
    return result;
}

static int filter_matches(Thread *t, Value item, Value category, Value text, int line, Value module)
{
    int result = pattern_matches(t, tuple_peek(item, 1), text);
    if (result > 0)
        result = pattern_matches(t, tuple_peek(item, 3), module);
    if (result > 0)
        result = object_issubclass(t, category, tuple_peek(item, 2));
    if (result <= 0)
        return result;
    int wanted;
    if (int_to_int(t, tuple_peek(item, 4), &wanted) < 0)
        return -1;
    return wanted == 0 || wanted == line;
}

/* The action of the first filter of a list that matches: owned, with the filter in *item (owned); empty without an exception when none does. */
static Value search_filters(Thread *t, Value filters, Value category, Value text, int line, Value module, Value *item)
{
    for (size_t i = 0;; i++) {
        Value filter = list_get(t, filters, i);
        if (value_is_empty(filter))
            return VALUE_EMPTY;
        if (!tuple_check(filter) || tuple_length(filter) != 5) {
            ref_dec(t, filter);
            return error_set(t, EXC_ValueError, "_warnings.filters item %zu isn't a 5-tuple", i);
        }
        Value action = tuple_peek(filter, 0);
        int matches = -1;
        if (str_check(action))
            matches = filter_matches(t, filter, category, text, line, module);
        else
            error_set(t, EXC_TypeError, "action must be a string, not '%.200s'", type_name(type_of(t, action)));
        if (matches == 0) {
            ref_dec(t, filter);
            continue;
        }
        if (matches < 0) {
            ref_dec(t, filter);
            return VALUE_EMPTY;
        }
        *item = filter;
        return ref_inc(t, action);
    }
}

static Value find_action(Thread *t, Warnings *w, Value category, Value text, int line, Value module, Value *item)
{
    Value filters = context_filters(t, w);
    if (value_is_empty(filters))
        return VALUE_EMPTY;
    if (value_is_none(filters)) {
        filters = global_value(t, "filters", &w->filters);
        if (value_is_empty(filters))
            return VALUE_EMPTY;
        if (!list_check(filters)) {
            ref_dec(t, filters);
            return error_set(t, EXC_ValueError, "_warnings.filters must be a list");
        }
    }
    Value action = search_filters(t, filters, category, text, line, module, item);
    ref_dec(t, filters);
    if (!value_is_empty(action) || error_pending(t))
        return action;
    *item = VALUE_NONE;
    action = global_value(t, "defaultaction", &w->default_action);
    if (!value_is_empty(action) && !str_check(action)) {
        error_set(t, EXC_TypeError, "_warnings.defaultaction must be a string, not '%.200s'",
                  type_name(type_of(t, action)));
        ref_clear(t, &action);
    }
    return action;
}

/* ---- registries ---- */

/* Was the key seen in this registry since the filters last changed? 1, 0, -1.  `set`: it is now. */
static int already_warned(Thread *t, Warnings *w, Value registry, Value key, bool set)
{
    Value version = dict_get_string(t, registry, "version");
    if (value_is_empty(version) && error_pending(t))
        return -1;
    bool current = value_is_int(version) && value_to_int(version) == w->filters_version;
    ref_dec(t, version);
    if (!current) {
        dict_clear(t, registry);
        if (dict_set_string(t, registry, "version", value_from_int(w->filters_version)) < 0)
            return -1;
    } else {
        Value seen;
        int found = dict_get_optional(t, registry, key, &seen);
        if (found > 0) {
            found = object_truth(t, seen);
            ref_dec(t, seen);
        }
        if (found)
            return found;
    }
    return set ? dict_set(t, registry, key, VALUE_TRUE) : 0;
}

static int already_warned_anywhere(Thread *t, Warnings *w, Value registry, Value text, Value category)
{
    Value key = tuple_pack(t, 2, text, category);
    int result = value_is_empty(key) ? -1 : already_warned(t, w, registry, key, true);
    ref_dec(t, key);
    return result;
}

/* Applies an action other than error and ignore: 0 show the warning, 1 do not, -1 error. */
static int apply_action(Thread *t, Warnings *w, Value action, Value item, Value registry, Value key, Value text,
                        Value category)
{
    if (str_equal_ascii(action, "always") || str_equal_ascii(action, "all"))
        return 0;
    if (!value_is_empty(registry) && dict_set(t, registry, key, VALUE_TRUE) < 0)
        return -1;
    if (str_equal_ascii(action, "once")) {
        if (!value_is_empty(registry))
            return already_warned_anywhere(t, w, registry, text, category);
        Value once = global_value(t, "onceregistry", &w->once_registry);
        if (value_is_empty(once))
            return -1;
        int result = -1;
        if (dict_check(once))
            result = already_warned_anywhere(t, w, once, text, category);
        else
            error_set(t, EXC_TypeError, "_warnings.onceregistry must be a dict, not '%.200s'",
                      type_name(type_of(t, once)));
        ref_dec(t, once);
        return result;
    }
    if (str_equal_ascii(action, "module"))
        return value_is_empty(registry) ? 0 : already_warned_anywhere(t, w, registry, text, category);
    if (str_equal_ascii(action, "default"))
        return 0;
    return error_set(t, EXC_RuntimeError, "Unrecognized action (%V) in warnings.filters:\n %V", action, item), -1;
}

/* ---- showing ---- */

/* "file:line: Category: text" on sys.stderr, for when the module warnings cannot be had. */
static int show_plainly(Thread *t, Value filename, int line, Value text, Value category)
{
    Value file = dict_get_string(t, t->interp->sys_dict, "stderr");
    if (value_is_empty(file) || value_is_none(file))
        return error_pending(t) ? -1 : 0;
    Value name = object_getattr(t, category, ID(t, __name__)), message = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(name))
        message = str_format(t, "%S:%d: %S: %S\n", filename, line, name, text);
    if (!value_is_empty(message))
        result = object_call_method_string(t, file, "write", message, VALUE_EMPTY, VALUE_EMPTY);
    error_clear(t); /* a broken stderr does not turn warnings into errors */
    ref_dec(t, file);
    ref_dec(t, name);
    ref_dec(t, message);
    ref_dec(t, result);
    return 0;
}

static int show(Thread *t, Value category, Value text, Value message, Value filename, int line, Value source)
{
    Value function = warnings_get(t, "_showwarnmsg", true);
    if (value_is_empty(function))
        return error_pending(t) ? -1 : show_plainly(t, filename, line, text, category);
    Value class = VALUE_EMPTY, record = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!object_is_callable(t, function)) {
        error_set(t, EXC_TypeError, "warnings._showwarnmsg() must be set to a callable");
        goto done;
    }
    class = warnings_get(t, "WarningMessage", false);
    if (value_is_empty(class)) {
        if (!error_pending(t))
            error_set(t, EXC_RuntimeError, "unable to get warnings.WarningMessage");
        goto done;
    }
    const Value args[] = {message,
                          category,
                          filename,
                          value_from_int(line),
                          VALUE_NONE,
                          VALUE_NONE,
                          value_is_empty(source) ? VALUE_NONE : source};
    record = object_call(t, class, args, 7, VALUE_EMPTY);
    if (!value_is_empty(record))
        result = object_call1(t, function, record);
done:
    ref_dec(t, function);
    ref_dec(t, class);
    ref_dec(t, record);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

/* ---- warning ---- */

/* The file's name without ".py", for warnings that tell no module: owned. */
static Value module_from_file(Thread *t, Value filename)
{
    size_t n = str_length(filename);
    if (n == 0)
        return str_from_string(t, "<unknown>");
    const Str *s = str_of(filename);
    bool is_py = n >= 3 && str_at(s, n - 3) == '.' && (str_at(s, n - 2) | 32) == 'p' && (str_at(s, n - 1) | 32) == 'y';
    return is_py ? str_slice(t, filename, 0, n - 3) : ref_inc(t, filename);
}

typedef struct Place {
    Value filename, module, registry; /* owned; module empty: by the file's name; registry a dict, or empty */
    int line;
} Place;

static void place_free(Thread *t, Place *p)
{
    ref_dec(t, p->filename);
    ref_dec(t, p->module);
    ref_dec(t, p->registry);
}

/* Warns about a place, the lock being held.  The message is a text or an instance of a Warning. 0 or -1. */
static int warn_at(Thread *t, Warnings *w, Value category, Value message, const Place *place, Value source)
{
    if (value_is_none(place->module)) /* set so while modules are torn down */
        return 0;
    Value module = VALUE_EMPTY, text = VALUE_EMPTY, instance = VALUE_EMPTY, key = VALUE_EMPTY, action = VALUE_EMPTY,
          item = VALUE_EMPTY;
    int result = -1;
    module = value_is_empty(place->module) ? module_from_file(t, place->filename) : ref_inc(t, place->module);
    if (value_is_empty(module))
        goto done;
    int is_warning = object_isinstance(t, message, value_of(t->interp->exceptions[EXC_Warning]));
    if (is_warning < 0)
        goto done;
    if (is_warning) {
        text = object_str(t, message);
        instance = ref_inc(t, message);
        category = value_of(type_of(t, message));
    } else {
        text = ref_inc(t, message);
        instance = object_call1(t, category, message);
    }
    if (value_is_empty(text) || value_is_empty(instance))
        goto done;
    key = tuple_pack(t, 3, text, category, value_from_int(place->line));
    if (value_is_empty(key))
        goto done;
    if (!value_is_empty(place->registry)) {
        int seen = already_warned(t, w, place->registry, key, false);
        if (seen) {
            result = seen < 0 ? -1 : 0;
            goto done;
        }
    }
    action = find_action(t, w, category, text, place->line, module, &item);
    if (value_is_empty(action))
        goto done;
    if (str_equal_ascii(action, "error")) {
        if (exception_check(instance))
            error_set_take(t, ref_inc(t, instance));
        else
            error_set(t, EXC_TypeError, "exceptions must derive from BaseException");
        goto done;
    }
    result = 0;
    if (!str_equal_ascii(action, "ignore")) {
        int quiet = apply_action(t, w, action, item, place->registry, key, text, category);
        result = quiet ? (quiet < 0 ? -1 : 0) : show(t, category, text, instance, place->filename, place->line, source);
    }
done:
    ref_dec(t, module);
    ref_dec(t, text);
    ref_dec(t, instance);
    ref_dec(t, key);
    ref_dec(t, action);
    ref_dec(t, item);
    return result;
}

static int warn_locked(Thread *t, Value category, Value message, const Place *place, Value source)
{
    Warnings *w = need_state(t);
    if (!w)
        return -1;
    lock_enter(t, w);
    int result = warn_at(t, w, category, message, place, source);
    lock_exit(t, w);
    return result;
}

/* ---- the place of the caller ---- */

static Value frame_file(struct Frame *f) { return code_of(frame_access_frame_code(f))->filename; }

static bool contains(Value s, const char *ascii)
{
    size_t n = strlen(ascii), length = str_length(s);
    for (size_t i = 0; i + n <= length; i++) {
        size_t k = 0;
        while (k < n && str_at(str_of(s), i + k) == (uint32_t)ascii[k])
            k++;
        if (k == n)
            return true;
    }
    return false;
}

/* Frames of the import system are never blamed. */
static bool is_internal(struct Frame *f)
{
    Value file = frame_file(f);
    return str_check(file) && contains(file, "importlib") && contains(file, "_bootstrap");
}

static bool is_skipped(struct Frame *f, Value prefixes)
{
    if (value_is_empty(prefixes))
        return false;
    Value file = frame_file(f);
    for (size_t i = 0; i < tuple_length(prefixes); i++) {
        Value prefix = tuple_peek(prefixes, i);
        if (str_length(prefix) <= str_length(file) && str_find(file, prefix, 0, str_length(prefix)) == 0)
            return true;
    }
    return false;
}

static struct Frame *caller_at(Thread *t, int level, Value prefixes)
{
    struct Frame *f = frame_access_first(t);
    if (level <= 0 || (f && is_internal(f))) {
        while (--level > 0 && f)
            f = frame_access_next(f);
        return f;
    }
    while (--level > 0 && f) {
        do
            f = frame_access_next(f);
        while (f && (is_internal(f) || is_skipped(f, prefixes)));
    }
    return f;
}

static int place_of_caller(Thread *t, int level, Value prefixes, Place *p)
{
    struct Frame *f = caller_at(t, level, prefixes);
    Value globals = f ? frame_access_frame_globals(f) : t->interp->sys_dict;
    ref_inc(t, globals);
    *p = (Place){.line = f ? frame_access_frame_line(f) : 0};
    p->filename = f ? ref_inc(t, frame_file(f)) : str_from_string(t, "<sys>");
    int result = -1;
    if (value_is_empty(p->filename))
        goto done;
    int found = dict_get_optional(t, globals, ID(t, __warningregistry__), &p->registry);
    if (found < 0)
        goto done;
    if (!found) {
        p->registry = dict_new(t);
        if (value_is_empty(p->registry) || dict_set(t, globals, ID(t, __warningregistry__), p->registry) < 0)
            goto done;
    } else if (value_is_none(p->registry)) {
        p->registry = VALUE_EMPTY;
    } else if (!dict_check(p->registry)) {
        error_set(t, EXC_TypeError, "'registry' must be a dict or None, not '%T'", p->registry);
        goto done;
    }
    found = dict_get_optional(t, globals, ID(t, __name__), &p->module);
    if (found < 0)
        goto done;
    if (!found || !(value_is_none(p->module) || str_check(p->module))) {
        ref_dec(t, p->module);
        p->module = str_intern(t, "<string>");
        if (value_is_empty(p->module))
            goto done;
    }
    result = 0;
done:
    ref_dec(t, globals);
    if (result < 0)
        place_free(t, p);
    return result;
}

static int warn_caller(Thread *t, Value category, Value message, int level, Value source, Value prefixes)
{
    Place place;
    if (place_of_caller(t, level, prefixes, &place) < 0)
        return -1;
    int result = warn_locked(t, category, message, &place, source);
    place_free(t, &place);
    return result;
}

/* ---- for the interpreter (error.h) ---- */

static int warn_formatted(Thread *t, ExceptionId category, int level, Value source, const char *format, va_list args)
{
    Value text = str_format_v(t, format, args);
    if (value_is_empty(text))
        return -1;
    int result = warn_caller(t, value_of(t->interp->exceptions[category]), text, level, source, VALUE_EMPTY);
    ref_dec(t, text);
    return result;
}

int error_warn(Thread *t, ExceptionId category, int level, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int result = warn_formatted(t, category, level, VALUE_EMPTY, format, args);
    va_end(args);
    return result;
}

int error_warn_resource(Thread *t, Value source, int level, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int result = warn_formatted(t, EXC_ResourceWarning, level, source, format, args);
    va_end(args);
    return result;
}

int error_warn_explicit(Thread *t, ExceptionId category, Value message, Value filename, int line)
{
    Place place = {.filename = filename, .line = line};
    return warn_locked(t, value_of(t->interp->exceptions[category]), message, &place, VALUE_EMPTY);
}

void error_warn_unawaited(Thread *t, Value coroutine)
{
    Value function = warnings_get(t, "_warn_unawaited_coroutine", true);
    bool failed;
    if (!value_is_empty(function)) {
        Value result = object_call1(t, function, coroutine);
        failed = value_is_empty(result);
        ref_dec(t, result);
        ref_dec(t, function);
    } else {
        Value name = object_getattr(t, coroutine, ID(t, __qualname__));
        failed =
            value_is_empty(name) || error_warn(t, EXC_RuntimeWarning, 1, "coroutine '%S' was never awaited", name) < 0;
        ref_dec(t, name);
    }
    if (failed)
        error_unraisable(t, coroutine, "Exception ignored while finalizing coroutine %V", coroutine);
}

/* ---- the module ---- */

/* The category to warn with: borrowed, or empty with TypeError. */
static Value check_category(Thread *t, Value message, Value category)
{
    int is_warning = object_isinstance(t, message, value_of(t->interp->exceptions[EXC_Warning]));
    if (is_warning < 0)
        return VALUE_EMPTY;
    if (is_warning)
        return value_of(type_of(t, message));
    if (value_is_empty(category) || value_is_none(category))
        return value_of(t->interp->exceptions[EXC_UserWarning]);
    int fits = type_check(category) ? object_issubclass(t, category, value_of(t->interp->exceptions[EXC_Warning])) : 0;
    if (fits > 0)
        return category;
    if (fits == 0)
        error_set(t, EXC_TypeError, "category must be a Warning subclass, not '%s'", type_name(type_of(t, category)));
    return VALUE_EMPTY;
}

NATIVE(warn, "warn",
       "($module, /, message, category=None, stacklevel=1, source=None,\n     *, skip_file_prefixes=<unrepresentable>)",
       "Issues a warning: shows it, ignores it or raises it, as the filters say.\n\n  message\n    the text, or an "
       "instance of a Warning.\n  category\n    the class of the "
       "warning, UserWarning by default.\n  stacklevel\n    how many calls up the place is that the warning is "
       "about.\n  source\n    the destroyed object that it is about.\n"
       "  skip_file_prefixes\n    frames of files whose names begin so are not counted.")
{
    int level = 1;
    Value prefixes = args[5], source = value_is_none(args[4]) ? VALUE_EMPTY : args[4];
    if (!value_is_empty(args[3]) && int_to_int(t, args[3], &level) < 0)
        return VALUE_EMPTY;
    if (!value_is_empty(prefixes)) {
        if (!tuple_check(prefixes))
            return error_set(t, EXC_TypeError, "warn() argument 'skip_file_prefixes' must be tuple, not %s",
                             value_is_none(prefixes) ? "None" : type_name(type_of(t, prefixes)));
        for (size_t i = 0; i < tuple_length(prefixes); i++) {
            Value prefix = tuple_peek(prefixes, i);
            if (!str_check(prefix))
                return error_set(t, EXC_TypeError, "Found non-str '%s' in skip_file_prefixes.",
                                 type_name(type_of(t, prefix)));
        }
        if (tuple_length(prefixes) > 0 && level < 2)
            level = 2;
    }
    Value category = check_category(t, args[1], args[2]);
    if (value_is_empty(category) || warn_caller(t, category, args[1], level, source, prefixes) < 0)
        return VALUE_EMPTY;
    return VALUE_NONE;
}

/* The loader of module_globals is asked for the source, as CPython does it: it may complain.  What is shown comes through linecache. 0 or -1. */
static int ask_loader(Thread *t, Value globals)
{
    Value bless = import_module_attr(t, "importlib._bootstrap_external", "_bless_my_loader"), loader = VALUE_EMPTY,
          name = VALUE_EMPTY, getter = VALUE_EMPTY, source = VALUE_EMPTY, key = str_intern(t, "get_source");
    int result = -1;
    if (!value_is_empty(bless) && !value_is_empty(key))
        loader = object_call1(t, bless, globals);
    if (value_is_empty(loader) || dict_get_optional(t, globals, ID(t, __name__), &name) < 0)
        goto done;
    result = value_is_none(loader) || value_is_empty(name) ? 0 : object_getattr_optional(t, loader, key, &getter);
    if (result > 0) {
        source = object_call1(t, getter, name);
        result = value_is_empty(source) ? -1 : 0;
    }
done:
    ref_dec(t, bless);
    ref_dec(t, key);
    ref_dec(t, loader);
    ref_dec(t, name);
    ref_dec(t, getter);
    ref_dec(t, source);
    return result;
}

NATIVE(warn_explicit, "warn_explicit",
       "($module, /, message, category, filename, lineno,\n              module=<unrepresentable>, registry=None,\n    "
       "          module_globals=None, source=None)",
       "Issues a warning about a given place.")
{
    int line;
    if (!str_check(args[3]))
        return error_set(t, EXC_TypeError, "warn_explicit() argument 'filename' must be str, not %s",
                         value_is_none(args[3]) ? "None" : type_name(type_of(t, args[3])));
    if (int_to_int(t, args[4], &line) < 0)
        return VALUE_EMPTY;
    Value category = check_category(t, args[1], args[2]);
    if (value_is_empty(category))
        return VALUE_EMPTY;
    Value registry = value_is_none(args[6]) ? VALUE_EMPTY : args[6], globals = args[7],
          source = value_is_none(args[8]) ? VALUE_EMPTY : args[8];
    if (!value_is_empty(globals) && !value_is_none(globals) && !dict_check(globals))
        return error_set(t, EXC_TypeError, "module_globals must be a dict, not '%.200s'",
                         type_name(type_of(t, globals)));
    if (!value_is_empty(registry) && !dict_check(registry))
        return error_set(t, EXC_TypeError, "'registry' must be a dict or None, not '%T'", registry);
    if (dict_check(globals) && ask_loader(t, globals) < 0)
        return VALUE_EMPTY;
    Place place = {.filename = args[3], .module = args[5], .registry = registry, .line = line};
    return warn_locked(t, category, args[1], &place, source) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(filters_mutated, "_filters_mutated_lock_held", "($module, /)",
       "To be called after a change of the filters, the lock being held.")
{
    Warnings *w = need_state(t);
    if (!w)
        return VALUE_EMPTY;
    if (atomic_load_explicit(&w->lock_owner, memory_order_relaxed) != t->id)
        return error_set(t, EXC_RuntimeError,
                         "warnings._filters_mutated_lock_held() called while the lock is not held");
    w->filters_version++;
    return VALUE_NONE;
}

NATIVE(acquire_lock, "_acquire_lock", "($module, /)", "Takes the lock of all warnings.")
{
    Warnings *w = need_state(t);
    if (!w)
        return VALUE_EMPTY;
    lock_enter(t, w);
    return VALUE_NONE;
}

NATIVE(release_lock, "_release_lock", "($module, /)", "Gives the lock of all warnings back.")
{
    Warnings *w = need_state(t);
    if (!w)
        return VALUE_EMPTY;
    return lock_exit(t, w) ? VALUE_NONE : error_set(t, EXC_RuntimeError, "cannot release un-acquired lock");
}

static int exec(Thread *t, Value module)
{
    Warnings *w = need_state(t);
    if (!w || module_add_take(t, module, "filters", ref_inc(t, w->filters)) < 0 ||
        module_add_take(t, module, "_onceregistry", ref_inc(t, w->once_registry)) < 0 ||
        module_add_take(t, module, "_defaultaction", ref_inc(t, w->default_action)) < 0)
        return -1;
    return module_add_take(t, module, "_warnings_context", ref_inc(t, context_variable(t, w)));
}

static const NativeDef *const functions[] = {&native_warn,         &native_warn_explicit, &native_filters_mutated,
                                             &native_acquire_lock, &native_release_lock,  NULL};

const ModuleDef module_def__warnings = {
    .name = "_warnings",
    .doc = "The part of the module warnings that the interpreter itself needs.",
    .methods = functions,
    .exec = exec,
    .free_state = free_state,
};
