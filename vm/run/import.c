/* import.c: the import statement.  Modules present in sys.modules are found here, most of the library's in import_image.c; everything else is importlib's
 * (Lib/importlib/_bootstrap.py). */
#include <stdio.h>

#include "../memory/alloc.h"
#include "../object/audit.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/exception.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../os/os.h"
#include "frame_access.h"
#include "import_image.h"
#include "slow.h"

/* ---- builtins.__import__ ---- */

static bool is_none_or_empty(Value v) { return value_is_empty(v) || value_is_none(v); }

/* The package that relative imports start from: __package__, else __spec__.parent, else from __name__. */
static MUST_CHECK Value package_of(Thread *t, Value globals)
{
    Value package = VALUE_EMPTY, spec = VALUE_EMPTY, parent = VALUE_EMPTY, name = VALUE_EMPTY, path = VALUE_EMPTY,
          result = VALUE_EMPTY;
    if (is_none_or_empty(globals))
        return error_set(t, EXC_KeyError, "'__name__' not in globals");
    if (!dict_check(globals))
        return error_set(t, EXC_TypeError, "globals must be a dict");
    if (dict_get_optional(t, globals, ID(t, __package__), &package) < 0 ||
        dict_get_optional(t, globals, ID(t, __spec__), &spec) < 0)
        goto done;
    if (!is_none_or_empty(package)) {
        if (!str_check(package)) {
            error_set(t, EXC_TypeError, "package must be a string");
            goto done;
        }
        if (!is_none_or_empty(spec)) {
            parent = object_getattr_string(t, spec, "parent");
            int equal = value_is_empty(parent) ? -1 : object_equal(t, package, parent);
            if (equal < 0 || (!equal && error_warn(t, EXC_DeprecationWarning, 1, "__package__ != __spec__.parent") < 0))
                goto done;
        }
        result = ref_inc(t, package);
        goto done;
    }
    if (!is_none_or_empty(spec)) {
        parent = object_getattr_string(t, spec, "parent");
        if (value_is_empty(parent))
            goto done;
        if (!str_check(parent))
            error_set(t, EXC_TypeError, "__spec__.parent must be a string");
        else
            result = ref_inc(t, parent);
        goto done;
    }
    if (error_warn(t, EXC_ImportWarning, 1,
                   "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__") < 0)
        goto done;
    int found = dict_get_optional(t, globals, ID(t, __name__), &name);
    if (found <= 0) {
        if (!found)
            error_set(t, EXC_KeyError, "'__name__' not in globals");
        goto done;
    }
    if (!str_check(name)) {
        error_set(t, EXC_TypeError, "__name__ must be a string");
        goto done;
    }
    found = dict_get_optional(t, globals, ID(t, __path__), &path);
    if (found < 0)
        goto done;
    if (found) {
        result = ref_inc(t, name);
    } else {
        size_t dot = str_length(name);
        while (dot > 0 && str_at(str_of(name), dot - 1) != '.')
            dot--;
        if (dot == 0)
            error_set(t, EXC_ImportError, "attempted relative import with no known parent package");
        else
            result = str_slice(t, name, 0, dot - 1);
    }
done:
    ref_dec(t, package);
    ref_dec(t, spec);
    ref_dec(t, parent);
    ref_dec(t, name);
    ref_dec(t, path);
    return result;
}

static MUST_CHECK Value absolute_name(Thread *t, Value name, Value globals, int level)
{
    Value package = package_of(t, globals), base, result;
    if (value_is_empty(package))
        return package;
    size_t end = str_length(package);
    if (end == 0) {
        ref_dec(t, package);
        return error_set(t, EXC_ImportError, "attempted relative import with no known parent package");
    }
    for (int up = 1; up < level; up++) {
        while (end > 0 && str_at(str_of(package), end - 1) != '.')
            end--;
        if (end == 0) {
            ref_dec(t, package);
            return error_set(t, EXC_ImportError, "attempted relative import beyond top-level package");
        }
        end--;
    }
    base = str_slice(t, package, 0, end);
    ref_dec(t, package);
    if (value_is_empty(base) || str_length(name) == 0)
        return base;
    result = str_format(t, "%U.%U", base, name);
    ref_dec(t, base);
    return result;
}

/* Another thread may be importing it: __spec__._initializing tells; then wait for it. */
static int ensure_initialized(Thread *t, Value module, Value name)
{
    Value spec, flag;
    int found = object_getattr_optional(t, module, ID(t, __spec__), &spec);
    if (found <= 0)
        return found;
    found = object_getattr_optional(t, spec, ID(t, _initializing), &flag);
    ref_dec(t, spec);
    if (found <= 0)
        return found;
    int busy = object_truth(t, flag);
    ref_dec(t, flag);
    if (busy <= 0)
        return busy;
    Value result =
        object_call_method_string(t, t->interp->importlib, "_lock_unlock_module", name, VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

/* Frames of importlib do not help who reads the traceback: they are cut out, all for ImportError, else those around the call into the module. */
static void trim_traceback(Thread *t)
{
    Value exc = error_take(t);
    bool always = type_is_subtype(type_of(t, exc), t->interp->exceptions[EXC_ImportError]);
    if (!t->interp->config.verbose) {
        Value tb = exception_get_traceback(t, exc);
        /* Entries are singly linked, outermost first; a run of importlib's entries is dropped when it ends in _call_with_frames_removed. */
        Value head = tb, last_kept = VALUE_EMPTY, run_before = VALUE_EMPTY;
        bool in_run = false;
        for (Value v = tb; value_is_object(v) && object_is_exact(v, KIND_TRACEBACK);) {
            Traceback *entry = (Traceback *)value_object(v);
            Code *code = code_of(((FrameObject *)value_object(entry->frame))->code);
            bool internal = str_equal_ascii(code->filename, "<frozen importlib._bootstrap>") ||
                            str_equal_ascii(code->filename, "<frozen importlib._bootstrap_external>");
            Value next = entry->next;
            if (internal && !in_run) {
                in_run = true;
                run_before = last_kept;
            }
            if (!internal) {
                in_run = false;
                last_kept = v;
            } else if (always || str_equal_ascii(code->name, "_call_with_frames_removed")) {
                Value rest = ref_inc(t, next);
                if (value_is_empty(run_before)) {
                    ref_replace_take(t, &head, rest);
                } else {
                    ref_replace_take(t, &((Traceback *)value_object(run_before))->next, rest);
                }
                v = rest;
                if (!always)
                    in_run = false;
                continue;
            }
            v = next;
        }
        exception_set_traceback_take(t, exc, value_is_none(head) ? VALUE_EMPTY : head);
    }
    error_restore_take(t, exc);
}

/* Where processes are always new interpreters, a module of Baton's comes along with multiprocessing. */
static int import_along(Thread *t, Value name)
{
    if (CONFIG_HOST_MODULES || !str_equal_ascii(name, "multiprocessing"))
        return 0;
    Value along = str_from_string(t, "_baton_spawn");
    Value module = value_is_empty(along) ? along : import_module_level(t, along, VALUE_EMPTY, VALUE_EMPTY, 0);
    ref_dec(t, along);
    ref_dec(t, module);
    return value_is_empty(module) ? -1 : 0;
}

static Value sys_or_none(Thread *t, const char *name)
{
    Value v = dict_get_string(t, t->interp->sys_dict, name);
    return value_is_empty(v) && !error_pending(t) ? VALUE_NONE : v;
}

/* present: sys.modules has None there. */
static MUST_CHECK Value find_and_load(Thread *t, Value name, bool present)
{
    Value import = t->interp->importlib, find = VALUE_EMPTY, load = VALUE_EMPTY, result = VALUE_EMPTY;
    if (value_is_empty(import))
        return error_set(t, EXC_ModuleNotFoundError, "No module named %V", name);
    if (audit(t, "import", "OONNN", name, VALUE_NONE, sys_or_none(t, "path"), sys_or_none(t, "meta_path"),
              sys_or_none(t, "path_hooks")) < 0)
        return VALUE_EMPTY;
    if (present || import_image(t, name, &result) == 0) {
        find = object_getattr(t, import, ID(t, _find_and_load));
        if (!value_is_empty(find)) {
            load = dict_get_string(t, t->interp->builtins_dict, "__import__");
            result = object_call2(t, find, name, value_is_empty(load) ? VALUE_NONE : load);
            if (value_is_empty(result))
                trim_traceback(t);
        }
    }
    if (!value_is_empty(result) && import_along(t, name) < 0)
        ref_clear(t, &result);
    ref_dec(t, find);
    ref_dec(t, load);
    return result;
}

/* ---- -X importtime ---- */

typedef struct ImportTimes {
    int level;
    int64_t inner; /* nanoseconds of the imports inside the current one */
} ImportTimes;

static long microseconds(int64_t ns) { return (long)((ns + 999) / 1000); }

static void print_time(Thread *t, const ImportTimes *times, int64_t self, int64_t all, Value name)
{
    size_t n;
    Value owner = VALUE_EMPTY;
    const char *text = str_utf8(t, name, &n, &owner);
    error_clear(t);
    if (all < 0)
        fprintf(stderr, "import time: cached    | cached     | %*s%s\n", times->level * 2, "", text ? text : "?");
    else
        fprintf(stderr, "import time: %9ld | %10ld | %*s%s\n", microseconds(self), microseconds(all), times->level * 2,
                "", text ? text : "?");
    ref_dec(t, owner);
}

static ImportTimes *times_of(Thread *t)
{
    Interp *interp = t->interp;
    if (LIKELY(!interp->config.import_time))
        return NULL;
    if (!interp->import_times && (interp->import_times = alloc_raw_zeroed(sizeof(ImportTimes))))
        fputs("import time: self [us] | cumulative | imported package\n", stderr);
    return interp->import_times;
}

static MUST_CHECK Value find_and_load_timed(Thread *t, Value name, bool present)
{
    ImportTimes *times = times_of(t);
    if (LIKELY(!times))
        return find_and_load(t, name, present);
    int64_t outer = times->inner, start = os_monotonic();
    times->inner = 0;
    times->level++;
    Value module = find_and_load(t, name, present);
    int64_t all = os_monotonic() - start;
    times->level--;
    Value exc = error_take(t);
    print_time(t, times, all - times->inner, all, name);
    if (!value_is_empty(exc))
        error_restore_take(t, exc);
    times->inner = outer + all;
    return module;
}

/* ---- lines of code that is in no file ---- */

static Value take_lines(Thread *t)
{
    return (Value){__atomic_exchange_n(&t->interp->unregistered_lines.bits, VALUE_EMPTY.bits, __ATOMIC_ACQ_REL)};
}

/* linecache, once it is imported and complete, gets what was registered before. */
static int flush_lines(Thread *t)
{
    Value module, fn = VALUE_EMPTY, list;
    if (LIKELY(value_is_empty(slot_peek(&t->interp->unregistered_lines))))
        return 0;
    int found =
        dict_check(t->interp->modules) ? dict_get_optional(t, t->interp->modules, ID(t, linecache), &module) : 0;
    if (found <= 0)
        return found;
    found = object_getattr_optional(t, module, ID(t, _register_code), &fn);
    ref_dec(t, module);
    if (found <= 0)
        return found;
    list = take_lines(t);
    int status = 0;
    for (size_t i = 0; !value_is_empty(list) && i < list_length(list) && status == 0; i++) {
        Value result = object_call(t, fn, tuple_of(list_peek(list, i))->items, 3, VALUE_EMPTY);
        status = value_is_empty(result) ? -1 : 0;
        ref_dec(t, result);
    }
    ref_dec(t, list);
    ref_dec(t, fn);
    return status;
}

int import_register_lines(Thread *t, Value code, Value text, Value filename)
{
    Value list = take_lines(t);
    if (value_is_empty(list))
        list = list_new(t, 1);
    if (value_is_empty(list) || list_append_take(t, list, tuple_pack(t, 3, code, text, filename)) < 0) {
        ref_dec(t, list);
        return -1;
    }
    /* With the lock off another thread may have registered something meanwhile: it goes behind. */
    for (;;) {
        Value other = {__atomic_exchange_n(&t->interp->unregistered_lines.bits, list.bits, __ATOMIC_ACQ_REL)};
        if (LIKELY(value_is_empty(other)))
            return flush_lines(t);
        list = take_lines(t);
        int status = value_is_empty(list) ? 0 : list_extend(t, other, list);
        ref_dec(t, list);
        if (status < 0) {
            ref_dec(t, other);
            return -1;
        }
        list = other;
    }
}

/* The module of an absolute name: owned. */
static MUST_CHECK Value load_absolute(Thread *t, Value name)
{
    Value module;
    int found = dict_check(t->interp->modules) ? dict_get_optional(t, t->interp->modules, name, &module) : 0;
    if (found < 0)
        return VALUE_EMPTY;
    if (found && !value_is_none(module)) {
        if (ensure_initialized(t, module, name) < 0) {
            ref_dec(t, module);
            return VALUE_EMPTY;
        }
        if (UNLIKELY(t->interp->config.import_time > 1) && times_of(t))
            print_time(t, times_of(t), 0, -1, name);
        return module;
    }
    module = find_and_load_timed(t, name, found != 0);
    if (!value_is_empty(module) && flush_lines(t) < 0)
        ref_clear(t, &module);
    return module;
}

/* Has the package everything that a from-list of plain names names? Else (0) importlib imports what is missing. -1: error. */
static int has_all_names(Thread *t, Value module, Value fromlist)
{
    if (!tuple_check_exact(fromlist))
        return 0;
    for (size_t i = 0; i < tuple_length(fromlist); i++) {
        Value name = tuple_peek(fromlist, i), v;
        int found =
            str_check_exact(name) && !str_equal_ascii(name, "*") ? object_getattr_optional(t, module, name, &v) : 0;
        if (found <= 0)
            return found;
        ref_dec(t, v);
    }
    return 1;
}

Value import_module_level(Thread *t, Value name, Value globals, Value fromlist, int level)
{
    if (value_is_empty(name) || !str_check(name))
        return error_set(t, EXC_TypeError, "module name must be a string");
    if (level < 0)
        return error_set(t, EXC_ValueError, "level must be >= 0");
    Value absolute;
    if (level > 0) {
        absolute = absolute_name(t, name, globals, level);
    } else {
        if (str_length(name) == 0)
            return error_set(t, EXC_ValueError, "Empty module name");
        absolute = ref_inc(t, name);
    }
    if (value_is_empty(absolute))
        return absolute;
    absolute = str_intern_take(t, absolute);
    Value module = value_is_empty(absolute) ? VALUE_EMPTY : load_absolute(t, absolute), result = VALUE_EMPTY;
    if (value_is_empty(module))
        goto done;
    int has_from = is_none_or_empty(fromlist) ? 0 : object_truth(t, fromlist);
    if (has_from < 0)
        goto done;
    if (has_from) {
        Value path;
        int package = object_getattr_optional(t, module, ID(t, __path__), &path);
        if (package < 0)
            goto done;
        if (!package) {
            result = ref_inc(t, module);
            goto done;
        }
        ref_dec(t, path);
        int present = has_all_names(t, module, fromlist);
        if (present) {
            if (present > 0)
                result = ref_inc(t, module);
            goto done;
        }
        Value handle = object_getattr_string(t, t->interp->importlib, "_handle_fromlist"), import;
        import = dict_get_string(t, t->interp->builtins_dict, "__import__");
        if (!value_is_empty(handle)) {
            Value args[3] = {module, fromlist, value_is_empty(import) ? VALUE_NONE : import};
            result = object_call(t, handle, args, 3, VALUE_EMPTY);
            if (value_is_empty(result))
                trim_traceback(t);
        }
        ref_dec(t, handle);
        ref_dec(t, import);
        goto done;
    }
    /* Without a from-list the name before the first dot is bound. */
    int64_t dot = str_find(name, t->interp->latin1['.'], 0, str_length(name));
    if (dot < 0 || (level > 0 && str_length(name) == 0)) {
        result = ref_inc(t, module);
    } else if (level == 0) {
        Value front = str_slice(t, name, 0, (size_t)dot);
        if (!value_is_empty(front))
            result = import_module_level(t, front, VALUE_EMPTY, VALUE_EMPTY, 0);
        ref_dec(t, front);
    } else {
        size_t cut = str_length(name) - (size_t)dot;
        Value top = str_slice(t, absolute, 0, str_length(absolute) - cut);
        if (!value_is_empty(top)) {
            result = dict_get(t, t->interp->modules, top);
            if (value_is_empty(result) && !error_pending(t))
                error_set(t, EXC_KeyError, "%V not in sys.modules as expected", top);
        }
        ref_dec(t, top);
    }
done:
    ref_dec(t, absolute);
    ref_dec(t, module);
    return result;
}

Value import_module(Thread *t, const char *name)
{
    Value text = str_intern(t, name);
    if (value_is_empty(text))
        return text;
    Value module = load_absolute(t, text);
    ref_dec(t, text);
    return module;
}

Value import_module_attr(Thread *t, const char *module_name, const char *name)
{
    Value module = import_module(t, module_name);
    if (value_is_empty(module))
        return module;
    Value result = object_getattr_string(t, module, name);
    ref_dec(t, module);
    return result;
}

/* ---- instructions ---- */

Value import_name(Thread *t, Frame *f, Value name, Value level, Value from_list)
{
    Value import, result;
    int found;
    if (dict_check(frame_builtins(f))) {
        found = dict_get_optional(t, frame_builtins(f), ID(t, __import__), &import);
    } else { /* exec() takes any mapping */
        import = object_getitem(t, frame_builtins(f), ID(t, __import__));
        found = !value_is_empty(import) ? 1 : error_swallow(t, EXC_KeyError) ? 0 : -1;
    }
    if (found < 0)
        return VALUE_EMPTY;
    if (!found)
        return error_set(t, EXC_ImportError, "__import__ not found");
    if (value_is(import, t->interp->import_func)) {
        result = import_module_level(t, name, frame_globals(f), from_list, (int)value_to_int(level));
    } else {
        Value args[5] = {name, frame_globals(f), value_is_empty(f->locals) ? VALUE_NONE : f->locals, from_list, level};
        result = object_call(t, import, args, 5, VALUE_EMPTY);
    }
    ref_dec(t, import);
    return result;
}

static bool has_attribute(Thread *t, Value v, const char *name, Value *result)
{
    Value key = str_intern(t, name);
    bool found = !value_is_empty(key) && object_getattr_optional(t, v, key, result) > 0;
    ref_dec(t, key);
    return found;
}

static Value import_from_failed(Thread *t, Value module, Value name)
{
    Value module_name = VALUE_EMPTY, spec = VALUE_EMPTY, origin = VALUE_EMPTY, full, message = VALUE_EMPTY;
    int found = object_getattr_optional(t, module, ID(t, __name__), &module_name);
    if (found < 0)
        return VALUE_EMPTY;
    if (!found || !str_check(module_name)) {
        ref_dec(t, module_name);
        module_name = str_from_string(t, "<unknown module name>");
        if (value_is_empty(module_name))
            return VALUE_EMPTY;
    }
    /* a.b may be loaded though not yet bound in a (circular imports) */
    full = str_format(t, "%U.%U", module_name, name);
    if (!value_is_empty(full)) {
        Value loaded;
        found = dict_get_optional(t, t->interp->modules, full, &loaded);
        ref_dec(t, full);
        if (found) {
            ref_dec(t, module_name);
            return found < 0 ? VALUE_EMPTY : loaded;
        }
    }
    bool initializing = false, has_location = false;
    if (object_getattr_optional(t, module, ID(t, __spec__), &spec) > 0 && !value_is_none(spec)) {
        Value flag;
        if (object_getattr_optional(t, spec, ID(t, _initializing), &flag) > 0) {
            initializing = object_truth(t, flag) > 0;
            ref_dec(t, flag);
        }
        if (has_attribute(t, spec, "has_location", &flag)) {
            has_location = object_truth(t, flag) > 0;
            ref_dec(t, flag);
        }
        if (has_location && has_attribute(t, spec, "origin", &origin) && !str_check(origin))
            ref_clear(t, &origin);
    }
    if (value_is_empty(origin) && object_getattr_optional(t, module, ID(t, __file__), &origin) > 0 &&
        !str_check(origin))
        ref_clear(t, &origin);
    error_clear(t);
    if (initializing && !value_is_empty(origin))
        message = str_format(
            t, "cannot import name %V from partially initialized module %V (most likely due to a circular import) (%S)",
            name, module_name, origin);
    else if (initializing)
        message = str_format(
            t, "cannot import name %V from partially initialized module %V (most likely due to a circular import)",
            name, module_name);
    else if (!value_is_empty(origin))
        message = str_format(t, "cannot import name %V from %V (%S)", name, module_name, origin);
    else
        message = str_format(t, "cannot import name %V from %V (unknown location)", name, module_name);
    if (!value_is_empty(message)) {
        Value exc = exception_new(t, EXC_ImportError, message);
        if (!value_is_empty(exc)) {
            ExceptionImport *e = (ExceptionImport *)value_object(exc);
            ref_replace_take(t, &e->name, ref_inc(t, module_name));
            ref_replace_take(t, &e->path, ref_inc(t, value_is_empty(origin) ? VALUE_NONE : origin));
            ref_replace_take(t, &e->name_from, ref_inc(t, name));
            error_set_take(t, exc);
        }
    }
    ref_dec(t, message);
    ref_dec(t, module_name);
    ref_dec(t, spec);
    ref_dec(t, origin);
    return VALUE_EMPTY;
}

Value import_from(Thread *t, Value module, Value name)
{
    Value v;
    int found = object_getattr_optional(t, module, name, &v);
    if (found)
        return found < 0 ? VALUE_EMPTY : v;
    return import_from_failed(t, module, name);
}

int import_star(Thread *t, Frame *f, Value module)
{
    Value all, names = VALUE_EMPTY;
    int has_all = object_getattr_optional(t, module, ID(t, __all__), &all), status = -1;
    if (has_all < 0)
        return -1;
    if (!has_all) {
        Value dict;
        int found = object_getattr_optional(t, module, ID(t, __dict__), &dict);
        if (found < 0)
            return -1;
        if (!found)
            return error_set(t, EXC_ImportError, "from-import-* object has no __dict__ and no __all__"), -1;
        all = dict_check(dict) ? dict_keys_list(t, dict)
                               : object_call_method_string(t, dict, "keys", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
        ref_dec(t, dict);
    }
    if (value_is_empty(all))
        return -1;
    names = object_to_list(t, all);
    ref_dec(t, all);
    if (value_is_empty(names))
        return -1;
    for (size_t i = 0; i < list_length(names); i++) {
        Value name = list_peek(names, i), v;
        if (!str_check(name)) {
            Value module_name;
            if (object_getattr_optional(t, module, ID(t, __name__), &module_name) > 0) {
                error_set(t, EXC_TypeError,
                          has_all ? "Item in %S.__all__ must be str, not %T" : "Key in %S.__dict__ must be str, not %T",
                          module_name, name);
                ref_dec(t, module_name);
            }
            goto done;
        }
        if (!has_all && str_length(name) && str_at(str_of(name), 0) == '_')
            continue;
        v = object_getattr(t, module, name);
        if (value_is_empty(v))
            goto done;
        int stored = slow_store_name(t, f, name, v);
        ref_dec(t, v);
        if (stored < 0)
            goto done;
    }
    status = 0;
done:
    ref_dec(t, names);
    return status;
}
