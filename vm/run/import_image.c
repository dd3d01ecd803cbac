/* import_image.c: imports of the library's modules, without importlib.
 *
 * What importlib would do for a module of the image or one written in C, when nobody has changed how it goes about it: sys.meta_path holds the three finders of start-up, no
 * folder before the library's has a module of that name, and no other thread is there that importlib's locks would have to keep away.  In all other cases the answer is
 * "not here" and importlib does the work.  Modules, specs, sys.modules and the importer cache look the same afterwards.
 * Locks: none, there is one thread.  Read next: import.c (the caller), ../lib/py/_baton_image.py (the finder that stands for this in importlib), image.c. */
#include "import_image.h"

#include <unistd.h>

#include "../lib/mod__imp.h"
#include "../memory/alloc.h"
#include "../memory/cycle.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/list.h"
#include "../object/str.h"
#include "../thread/world.h"
#include "frame_access.h"
#include "image.h"

/* What start-up left: all owned. */
typedef struct ImportHooks {
    Value finders[3]; /* of sys.meta_path */
    Value spec_type, loader_type, finder_type, file_finder_type;
    Value folder; /* sys._stdlib_dir */
} ImportHooks;

/* ---- start and end ---- */

static int keep(Thread *t, const char *module, const char *name, Value *place)
{
    *place = import_module_attr(t, module, name);
    return value_is_empty(*place) ? -1 : 0;
}

int import_image_start(Thread *t)
{
    ImportHooks *h = t->interp->import_hooks = alloc_raw_zeroed(sizeof *h);
    if (!h)
        return error_no_memory(t), -1;
    h->folder = dict_get_string(t, t->interp->sys_dict, "_stdlib_dir");
    return value_is_empty(h->folder) || keep(t, "_frozen_importlib", "BuiltinImporter", &h->finders[0]) < 0 ||
                   keep(t, "_frozen_importlib", "FrozenImporter", &h->finders[1]) < 0 ||
                   keep(t, "_frozen_importlib_external", "PathFinder", &h->finders[2]) < 0 ||
                   keep(t, "_frozen_importlib", "ModuleSpec", &h->spec_type) < 0 ||
                   keep(t, "_baton_image", "ImageLoader", &h->loader_type) < 0 ||
                   keep(t, "_baton_image", "ImageFinder", &h->finder_type) < 0 ||
                   keep(t, "_frozen_importlib_external", "FileFinder", &h->file_finder_type) < 0
               ? -1
               : 0;
}

void import_image_end(Thread *t)
{
    ImportHooks *h = t->interp->import_hooks;
    if (!h)
        return;
    t->interp->import_hooks = NULL;
    Value *values = (Value *)(void *)h;
    for (size_t i = 0; i < sizeof *h / sizeof(Value); i++)
        ref_dec(t, values[i]);
    alloc_raw_free(h);
}

/* ---- may it go this way? ---- */

static bool hooks_are_original(Thread *t, const ImportHooks *h)
{
    Interp *interp = t->interp;
    const Config *config = &interp->config;
    if (!h || config->verbose || config->optimize || config->pycache_prefix || !dict_check_exact(interp->modules))
        return false;
    Value list, import;
    bool same = false;
    if (dict_get_optional(t, interp->sys_dict, ID(t, meta_path), &list) > 0) {
        same = list_check_exact(list) && list_length(list) == 3;
        for (size_t i = 0; i < 3 && same; i++)
            same = value_is(list_peek(list, i), h->finders[i]);
        ref_dec(t, list);
    }
    if (same && dict_get_optional(t, interp->builtins_dict, ID(t, __import__), &import) > 0) {
        same = value_is(import, interp->import_func);
        ref_dec(t, import);
    }
    return same && !error_pending(t) && world_others(t) == 0;
}

/* Does a folder before the library's have the module? 1, 0, -1 on error; or 2: only importlib can tell. */
static int folder_has(Thread *t, const ImportHooks *h, Value cache, Value entry, Value name)
{
    Value key = VALUE_EMPTY, finder = VALUE_EMPTY, spec = VALUE_EMPTY;
    char here[4096];
    if (str_length(entry) == 0)
        key = getcwd(here, sizeof here) ? str_from_fs(t, here, strlen(here)) : VALUE_NONE;
    else
        key = ref_inc(t, entry);
    if (value_is_empty(key))
        return -1;
    int result = value_is_none(key) ? 0 : dict_get_optional(t, cache, key, &finder);
    if (result <= 0 && !value_is_none(key)) {
        result = result < 0 ? -1 : 2;
    } else if (value_is_none(key) || value_is_none(finder)) {
        result = 0;
    } else if (value_of(type_of(t, finder)).bits != h->file_finder_type.bits) {
        result = 2;
    } else {
        spec = object_call_method_string(t, finder, "find_spec", name, VALUE_EMPTY, VALUE_EMPTY);
        result = value_is_empty(spec) ? -1 : !value_is_none(spec);
    }
    ref_dec(t, key);
    ref_dec(t, finder);
    ref_dec(t, spec);
    return result;
}

/* The finder of a folder of the library is in sys.path_importer_cache, and put there if nothing is: 1, 0 or -1. */
static int is_library(Thread *t, const ImportHooks *h, Value cache, Value entry)
{
    Value finder;
    int found = dict_get_optional(t, cache, entry, &finder);
    if (found == 0) {
        Value hooks = dict_get_string(t, t->interp->sys_dict, "path_hooks");
        bool first = !value_is_empty(hooks) && list_check_exact(hooks) && list_length(hooks) > 0 &&
                     value_is(list_peek(hooks, 0), h->finder_type);
        ref_dec(t, hooks);
        if (!first)
            return error_pending(t) ? -1 : 0;
        finder = object_call1(t, h->finder_type, entry);
        if (value_is_empty(finder) || dict_set(t, cache, entry, finder) < 0) {
            ref_dec(t, finder);
            return -1;
        }
    } else if (found < 0) {
        return -1;
    }
    int result = value_of(type_of(t, finder)).bits == h->finder_type.bits;
    ref_dec(t, finder);
    return result;
}

/* Is `entry` the folder of a package of the library? */
static bool is_folder_of(const ImportHooks *h, Value entry, const Str *package, size_t n)
{
    const Str *e = str_of(entry), *f = str_of(h->folder);
    if (str_kind(e) != 1 || str_kind(f) != 1 || e->length != f->length + 1 + n ||
        memcmp(e->data, f->data, f->length) != 0 || e->data[f->length] != '/')
        return false;
    for (size_t i = 0; i < n; i++)
        if (e->data[f->length + 1 + i] != (package->data[i] == '.' ? '/' : package->data[i]))
            return false;
    return true;
}

/* Does the search along `path` end in the library? 1, 0, -1. parent: how many characters of the name are its package's. */
static int found_in_library(Thread *t, const ImportHooks *h, Value path, Value name, size_t parent)
{
    Value cache = dict_get_string(t, t->interp->sys_dict, "path_importer_cache");
    int result = 0;
    if (value_is_empty(cache) || !dict_check_exact(cache) || !list_check_exact(path))
        goto done;
    for (size_t i = 0; i < list_length(path); i++) {
        Value entry = ref_inc(t, list_peek(path, i));
        if (!str_check_exact(entry)) {
            ref_dec(t, entry);
            goto done;
        }
        if (parent ? is_folder_of(h, entry, str_of(name), parent) : str_equal(entry, h->folder)) {
            result = is_library(t, h, cache, entry);
            ref_dec(t, entry);
            goto done;
        }
        int has = folder_has(t, h, cache, entry, name);
        ref_dec(t, entry);
        if (has) {
            result = has < 0 ? -1 : 0;
            goto done;
        }
    }
done:
    ref_dec(t, cache);
    return error_pending(t) ? -1 : result;
}

/* ---- making it ---- */

static int set_take(Thread *t, Value object, Value name, Value value)
{
    int status = value_is_empty(value) ? -1 : object_setattr(t, object, name, value);
    ref_dec(t, value);
    return status;
}

static Value instance(Thread *t, Value type)
{
    Type *made = type_as(type);
    return made->slots.create(t, made, NULL, 0, VALUE_EMPTY);
}

/* A ModuleSpec: locations is a list, or None. */
static MUST_CHECK Value make_spec(Thread *t, const ImportHooks *h, Value name, Value loader, Value origin,
                                  Value locations, Value cached, bool has_location)
{
    Value spec = instance(t, h->spec_type);
    if (value_is_empty(spec) || object_setattr(t, spec, ID(t, name), name) < 0 ||
        object_setattr(t, spec, ID(t, loader), loader) < 0 || object_setattr(t, spec, ID(t, origin), origin) < 0 ||
        object_setattr(t, spec, ID(t, loader_state), VALUE_NONE) < 0 ||
        object_setattr(t, spec, ID(t, submodule_search_locations), locations) < 0 ||
        set_take(t, spec, ID(t, _uninitialized_submodules), list_new(t, 0)) < 0 ||
        object_setattr(t, spec, ID(t, _set_fileattr), value_from_bool(has_location)) < 0 ||
        object_setattr(t, spec, ID(t, _cached), cached) < 0)
        ref_clear(t, &spec);
    return spec;
}

static int set_module(Thread *t, Value module, Value loader, Value spec, Value package)
{
    Value dict = module_peek_dict(module);
    return dict_set(t, dict, ID(t, __package__), package) < 0 || dict_set(t, dict, ID(t, __loader__), loader) < 0 ||
                   dict_set(t, dict, ID(t, __spec__), spec) < 0
               ? -1
               : 0;
}

/* Runs the body of a module that sys.modules has meanwhile; the module that sys.modules has then. */
static MUST_CHECK Value execute(Thread *t, Value name, Value module, Value spec, Value code)
{
    Value modules = t->interp->modules, dict = module_peek_dict(module), result = VALUE_EMPTY, final = VALUE_EMPTY;
    if (object_setattr(t, spec, ID(t, _initializing), VALUE_TRUE) < 0 || dict_set(t, modules, name, module) < 0)
        return VALUE_EMPTY;
    cycle_pause(t, true);
    if (dict_set(t, dict, ID(t, __builtins__), t->interp->builtins_dict) == 0)
        result = frame_access_run(t, code, dict, dict, VALUE_EMPTY);
    cycle_pause(t, false);
    Value exc = error_take(t);
    int done = object_setattr(t, spec, ID(t, _initializing), VALUE_FALSE),
        there = done < 0 ? -1 : dict_pop(t, modules, name, &final);
    if (value_is_empty(result)) {
        if (there > 0)
            ref_clear(t, &final);
    } else if (there == 0) {
        error_key(t, name);
    } else if (there > 0 && dict_set(t, modules, name, final) < 0) { /* now it is the last */
        ref_clear(t, &final);
    }
    ref_dec(t, result);
    if (!value_is_empty(exc))
        error_restore_take(t, exc);
    return there > 0 ? final : VALUE_EMPTY;
}

static MUST_CHECK Value load(Thread *t, const ImportHooks *h, const ImageEntry *entry, Value name, Value package)
{
    Value code = image_code(t, entry, h->folder), loader = VALUE_EMPTY, locations = VALUE_NONE, cached = VALUE_EMPTY,
          spec = VALUE_EMPTY, module = VALUE_EMPTY;
    Value result = VALUE_EMPTY, file, folder = VALUE_EMPTY, stem = VALUE_EMPTY, parent = package;
    if (value_is_empty(code))
        return code;
    file = code_of(code)->filename;
    int64_t slash = str_rfind_char(file, '/', 0, str_length(file));
    folder = str_slice(t, file, 0, (size_t)slash);
    stem = str_slice(t, file, (size_t)slash + 1, str_length(file) - 3);
    if (value_is_empty(folder) || value_is_empty(stem))
        goto done;
    cached = str_format(t, "%U/__pycache__/%U." CONFIG_CACHE_TAG ".pyc", folder, stem);
    loader = instance(t, h->loader_type);
    if (value_is_empty(cached) || value_is_empty(loader) || object_setattr(t, loader, ID(t, name), name) < 0 ||
        object_setattr(t, loader, ID(t, path), file) < 0)
        goto done;
    if (entry->is_package) {
        parent = name;
        locations = list_new(t, 1);
        if (value_is_empty(locations) || list_append(t, locations, folder) < 0)
            goto done;
    }
    spec = make_spec(t, h, name, loader, file, locations, cached, true);
    if (!value_is_empty(spec))
        module = module_new(t, name);
    if (value_is_empty(module) || set_module(t, module, loader, spec, parent) < 0 ||
        (entry->is_package && dict_set(t, module_peek_dict(module), ID(t, __path__), locations) < 0) ||
        dict_set(t, module_peek_dict(module), ID(t, __file__), file) < 0 ||
        dict_set(t, module_peek_dict(module), ID(t, __cached__), cached) < 0)
        goto done;
    result = execute(t, name, module, spec, code);
done:
    ref_dec(t, code);
    ref_dec(t, folder);
    ref_dec(t, stem);
    ref_dec(t, loader);
    ref_dec(t, locations);
    ref_dec(t, cached);
    ref_dec(t, spec);
    ref_dec(t, module);
    return result;
}

static MUST_CHECK Value load_builtin(Thread *t, const ImportHooks *h, size_t id, Value name)
{
    Value origin = str_intern(t, "built-in"), module = VALUE_EMPTY, spec = VALUE_EMPTY;
    if (!value_is_empty(origin))
        spec = make_spec(t, h, name, h->finders[0], origin, VALUE_NONE, VALUE_NONE, false);
    if (!value_is_empty(spec))
        module = imp_create_builtin(t, id, name);
    if (!value_is_empty(module) && (set_module(t, module, h->finders[0], spec, t->interp->empty_str) < 0 ||
                                    dict_set(t, t->interp->modules, name, module) < 0))
        ref_clear(t, &module);
    ref_dec(t, origin);
    ref_dec(t, spec);
    return module;
}

/* ---- a module in a package ---- */

static int append_or_pop(Thread *t, Value spec, Value child, bool pop)
{
    Value list;
    int found = object_getattr_optional(t, spec, ID(t, _uninitialized_submodules), &list);
    if (found > 0) {
        Value result = object_call_method_string(t, list, pop ? "pop" : "append", pop ? VALUE_EMPTY : child,
                                                 VALUE_EMPTY, VALUE_EMPTY);
        ref_dec(t, result);
        ref_dec(t, list);
    }
    return error_pending(t) ? -1 : 0;
}

/* Loads `name`, whose package is the first `dot` characters: as import_image. */
static int import_inner(Thread *t, const ImportHooks *h, const ImageEntry *entry, Value name, size_t dot, Value *module)
{
    Interp *interp = t->interp;
    Value package = str_slice(t, name, 0, dot), child = str_slice(t, name, dot + 1, str_length(name)),
          parent = VALUE_EMPTY, path = VALUE_EMPTY, spec = VALUE_EMPTY;
    int status = -1;
    package = str_intern_take(t, package);
    child = str_intern_take(t, child);
    if (value_is_empty(package) || value_is_empty(child))
        goto done;
    int found = dict_get_optional(t, interp->modules, package, &parent);
    if (found == 0) {
        parent = import_module_level(t, package, VALUE_EMPTY, VALUE_EMPTY, 0);
        ref_clear(t, &parent);
        if (error_pending(t))
            goto done;
        found = dict_get_optional(t, interp->modules, name, module);
        if (found) { /* importing the package has imported it */
            status = found;
            goto done;
        }
        found = dict_get_optional(t, interp->modules, package, &parent);
    }
    if (found > 0)
        found = module_check(parent) ? object_getattr_optional(t, parent, ID(t, __path__), &path) : 0;
    if (found > 0)
        found = found_in_library(t, h, path, name, dot);
    if (found <= 0) {
        status = found;
        goto done;
    }
    if (object_getattr_optional(t, parent, ID(t, __spec__), &spec) < 0 ||
        (!value_is_empty(spec) && !value_is_none(spec) && append_or_pop(t, spec, child, false) < 0))
        goto done;
    *module = load(t, h, entry, name, package);
    Value exc = error_take(t);
    if (!value_is_empty(spec) && !value_is_none(spec))
        append_or_pop(t, spec, child, true);
    if (!value_is_empty(exc))
        error_restore_take(t, exc);
    ref_clear(t, &parent);
    if (!error_pending(t) && dict_get_optional(t, interp->modules, package, &parent) > 0)
        object_setattr(t, parent, child, *module);
    if (error_pending(t))
        ref_clear(t, module);
    else
        status = 1;
done:
    ref_dec(t, package);
    ref_dec(t, child);
    ref_dec(t, parent);
    ref_dec(t, path);
    ref_dec(t, spec);
    return error_pending(t) ? -1 : status;
}

int import_image(Thread *t, Value name, Value *module)
{
    const ImportHooks *h = t->interp->import_hooks;
    *module = VALUE_EMPTY;
    if (!str_check_exact(name) || !str_is_ascii(str_of(name)))
        return 0;
    size_t n = str_length(name), id = imp_find_builtin(name);
    const ImageEntry *entry = id == MODULE_COUNT ? image_find(t, (const char *)str_of(name)->data, n) : NULL;
    if (id == MODULE_builtins || id == MODULE_sys || (id == MODULE_COUNT && !entry) ||
        str_startswith_ascii(name, "_frozen_") || !hooks_are_original(t, h))
        return error_pending(t) ? -1 : 0;
    if (id != MODULE_COUNT) {
        *module = load_builtin(t, h, id, name);
        return value_is_empty(*module) ? -1 : 1;
    }
    int64_t dot = str_rfind_char(name, '.', 0, n);
    if (dot >= 0)
        return import_inner(t, h, entry, name, (size_t)dot, module);
    Value path = dict_get_string(t, t->interp->sys_dict, "path");
    int found = value_is_empty(path) ? 0 : found_in_library(t, h, path, name, 0);
    ref_dec(t, path);
    if (found <= 0)
        return error_pending(t) ? -1 : found;
    *module = load(t, h, entry, name, t->interp->empty_str);
    return value_is_empty(*module) ? -1 : 1;
}
