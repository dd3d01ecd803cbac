/* module.c: module objects, and making modules from C definitions.
 *
 * Invariant: `dict` of a module is a dict and is never replaced.  Attributes are looked up in the type, then in `dict`, then through the module's own __getattr__
 * (PEP 562); the long error texts are made only when all have failed.  Read next: module.h, ../lib/modules.def, ../run/import.c. */
#include "module.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "dict.h"
#include "error.h"
#include "int.h"
#include "list.h"
#include "str.h"

static Module *module_of(Value v) { return (Module *)value_object(v); }

Value module_peek_dict(Value module) { return module_of(module)->dict; }

/* ---- making ---- */

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Module *m = type_alloc(t, type, 0);
    if (!m)
        return VALUE_EMPTY;
    m->dict = dict_new(t);
    if (value_is_empty(m->dict)) {
        ref_dec_object(t, &m->head);
        return VALUE_EMPTY;
    }
    return value_of(m);
}

static int fill(Thread *t, Value module, Value name, Value doc)
{
    Value dict = module_of(module)->dict;
    if (dict_set(t, dict, ID(t, __name__), name) < 0 || dict_set(t, dict, ID(t, __doc__), doc) < 0 ||
        dict_set(t, dict, ID(t, __package__), VALUE_NONE) < 0 || dict_set(t, dict, ID(t, __loader__), VALUE_NONE) < 0)
        return -1;
    return dict_set(t, dict, ID(t, __spec__), VALUE_NONE);
}

static int init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value out[2];
    if (native_parse(t, "module", "(name, doc=None)", args, n, names, out) < 0)
        return -1;
    if (!str_check(out[0]))
        return error_set(t, EXC_TypeError, "module() argument 'name' must be str, not %s",
                         value_is_none(out[0]) ? "None" : type_name(type_of(t, out[0]))),
               -1;
    return fill(t, self, out[0], value_is_empty(out[1]) ? VALUE_NONE : out[1]);
}

Value module_new(Thread *t, Value name)
{
    Value module = create(t, t->types[KIND_MODULE], NULL, 0, VALUE_EMPTY);
    if (!value_is_empty(module) && fill(t, module, name, VALUE_NONE) < 0) {
        ref_dec(t, module);
        return VALUE_EMPTY;
    }
    return module;
}

Value module_from_def(Thread *t, const ModuleDef *def)
{
    Value name = str_intern(t, def->name);
    if (value_is_empty(name))
        return VALUE_EMPTY;
    Value module = module_new(t, name);
    if (value_is_empty(module))
        goto done;
    module_of(module)->def = def;
    if (def->doc && module_add_take(t, module, "__doc__", str_from_string(t, def->doc)) < 0)
        goto fail;
    for (const NativeDef *const *method = def->methods; method && *method; method++) {
        if (module_add_take(t, module, (*method)->name, native_new(t, *method, module, name)) < 0)
            goto fail;
    }
    if (!def->exec || def->exec(t, module) == 0)
        goto done;
fail:
    ref_clear(t, &module);
done:
    ref_dec(t, name);
    return module;
}

int module_add_take(Thread *t, Value module, const char *name, Value value)
{
    if (value_is_empty(value))
        return -1;
    Value key = str_intern(t, name);
    int result = value_is_empty(key) ? -1 : dict_set(t, module_of(module)->dict, key, value);
    ref_dec(t, key);
    ref_dec(t, value);
    return result;
}

int module_add_int(Thread *t, Value module, const char *name, int64_t value)
{
    return module_add_take(t, module, name, int_from_int64(t, value));
}

int module_add_string(Thread *t, Value module, const char *name, const char *utf8)
{
    return module_add_take(t, module, name, str_from_string(t, utf8));
}

Type *module_add_type(Thread *t, Value module, const TypeSpec *spec, Type *base)
{
    Type *type = type_from_spec(t, spec, base);
    if (!type)
        return NULL;
    const char *dot = strrchr(spec->name, '.');
    return module_add_take(t, module, dot ? dot + 1 : spec->name, value_of(type)) < 0 ? NULL : type;
}

/* ---- what specs tell ---- */

static int optional_attribute(Thread *t, Value v, const char *name, Value *result)
{
    *result = VALUE_EMPTY;
    if (value_is_empty(v) || value_is_none(v))
        return 0;
    Value key = str_intern(t, name);
    if (value_is_empty(key))
        return -1;
    int found = object_getattr_optional(t, v, key, result);
    ref_dec(t, key);
    return found;
}

int module_spec_is_initializing(Thread *t, Value spec)
{
    Value value;
    int found = optional_attribute(t, spec, "_initializing", &value);
    if (found <= 0)
        return found;
    int result = object_truth(t, value);
    ref_dec(t, value);
    return result;
}

int module_spec_is_uninitialized_submodule(Thread *t, Value spec, Value name)
{
    Value value;
    int found = optional_attribute(t, spec, "_uninitialized_submodules", &value);
    if (found <= 0)
        return found;
    int result = object_contains(t, value, name);
    ref_dec(t, value);
    return result;
}

Value module_spec_origin(Thread *t, Value spec)
{
    Value value;
    int found = optional_attribute(t, spec, "has_location", &value);
    if (found > 0) {
        found = object_truth(t, value);
        ref_dec(t, value);
    }
    if (found <= 0)
        return VALUE_EMPTY;
    if (optional_attribute(t, spec, "origin", &value) <= 0)
        return VALUE_EMPTY;
    if (!str_check(value))
        ref_clear(t, &value);
    return value;
}

int module_is_stdlib_name(Thread *t, Value name)
{
    if (!str_check(name) || value_is_empty(t->interp->sys_dict))
        return 0;
    Value names = dict_get_string(t, t->interp->sys_dict, "stdlib_module_names");
    int result = set_check_any(names) ? set_contains(t, names, name) : 0;
    ref_dec(t, names);
    return result;
}

/* sys.path[0], or the current directory when that is empty: owned; empty without an exception when it cannot be told. */
static Value script_folder(Thread *t)
{
    Value path = dict_get_string(t, t->interp->sys_dict, "path"), folder = VALUE_EMPTY;
    if (list_check(path))
        folder = list_get(t, path, 0);
    ref_dec(t, path);
    if (!str_check(folder)) {
        ref_clear(t, &folder);
        return folder;
    }
    if (str_length(folder) > 0)
        return folder;
    ref_clear(t, &folder);
    Value os = value_is_empty(t->interp->modules) ? VALUE_EMPTY : dict_get_string(t, t->interp->modules, "posix");
    if (!value_is_empty(os)) {
        folder = object_call_method_string(t, os, "getcwd", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
        ref_dec(t, os);
        if (value_is_empty(folder))
            error_clear(t);
    }
    return folder;
}

int module_is_possibly_shadowing(Thread *t, Value origin)
{
    if (t->interp->config.safe_path || !str_check(origin) || value_is_empty(t->interp->sys_dict))
        return 0;
    static const char package[] = "__init__.py";
    size_t end = str_length(origin);
    for (int level = 0; level < 2; level++) {
        size_t last = end;
        while (end > 0 && str_at(str_of(origin), end - 1) != '/')
            end--;
        if (end == 0)
            return 0;
        /* A package counts by the folder that contains it. */
        bool is_package = level == 0 && last - end == sizeof package - 1;
        for (size_t i = 0; is_package && i < sizeof package - 1; i++)
            is_package = str_at(str_of(origin), end + i) == (uint32_t)package[i];
        end--;
        if (!is_package)
            break;
    }
    Value folder = script_folder(t);
    if (value_is_empty(folder))
        return 0;
    bool same = str_length(folder) == end && str_find(origin, folder, 0, end) == 0;
    ref_dec(t, folder);
    return same;
}

/* ---- attributes ---- */

/* A str under `key` in the module's dict: owned; or empty. */
static Value dict_str(Thread *t, Value dict, Value key)
{
    Value v;
    if (dict_get_optional(t, dict, key, &v) <= 0)
        return VALUE_EMPTY;
    if (!str_check(v))
        ref_clear(t, &v);
    return v;
}

#define CIRCULAR "(most likely due to a circular import)"

static COLD Value missing_attribute(Thread *t, Value self, Value name)
{
    Value dict = module_of(self)->dict, module_name = dict_str(t, dict, ID(t, __name__)), spec = VALUE_EMPTY,
          origin = VALUE_EMPTY;
    if (error_pending(t))
        return VALUE_EMPTY;
    if (value_is_empty(module_name))
        return error_attribute(t, self, name, "module has no attribute '%U'", name);
    if (dict_get_optional(t, dict, ID(t, __spec__), &spec) < 0)
        goto done;
    origin = module_spec_origin(t, spec);
    if (error_pending(t))
        goto done;
    int shadowing = module_is_possibly_shadowing(t, origin);
    int stdlib = shadowing ? module_is_stdlib_name(t, module_name) : 0;
    if (shadowing < 0 || stdlib < 0)
        goto done;
    if (stdlib) {
        error_attribute(t, self, name,
                        "module '%U' has no attribute '%U' (consider renaming '%U' since it has the same name as the "
                        "standard library module named '%U' "
                        "and prevents importing that standard library module)",
                        module_name, name, origin, module_name);
        goto done;
    }
    int initializing = module_spec_is_initializing(t, spec);
    if (initializing < 0)
        goto done;
    if (initializing) {
        if (shadowing)
            error_attribute(t, self, name,
                            "module '%U' has no attribute '%U' (consider renaming '%U' if it has the same name as a "
                            "library you intended to import)",
                            module_name, name, origin);
        else if (!value_is_empty(origin))
            error_attribute(t, self, name,
                            "partially initialized module '%U' from '%U' has no attribute '%U' " CIRCULAR, module_name,
                            origin, name);
        else
            error_attribute(t, self, name, "partially initialized module '%U' has no attribute '%U' " CIRCULAR,
                            module_name, name);
        goto done;
    }
    int submodule = module_spec_is_uninitialized_submodule(t, spec, name);
    if (submodule > 0)
        error_attribute(t, self, name, "cannot access submodule '%U' of module '%U' " CIRCULAR, name, module_name);
    else if (submodule == 0)
        error_attribute(t, self, name, "module '%U' has no attribute '%U'", module_name, name);
done:
    ref_dec(t, module_name);
    ref_dec(t, spec);
    ref_dec(t, origin);
    return VALUE_EMPTY;
}

int module_getattr_optional(Thread *t, Value self, Value name, Value *result)
{
    Value dict = module_of(self)->dict, hook;
    Value of_type = type_lookup(t, value_object(self)->type, name);
    *result = VALUE_EMPTY;
    if (value_is_empty(of_type)) {
        if (error_pending(t))
            return -1;
        int found = dict_get_optional(t, dict, name, result);
        if (found)
            return found;
    } else {
        ref_dec(t, of_type);
        *result = object_generic_getattr(t, self, name);
        if (!value_is_empty(*result))
            return 1;
        if (!error_swallow(t, EXC_AttributeError))
            return -1;
    }
    int found = dict_get_optional(t, dict, ID(t, __getattr__), &hook);
    if (found <= 0)
        return found;
    *result = object_call1(t, hook, name);
    ref_dec(t, hook);
    return value_is_empty(*result) ? -1 : 1;
}

Value module_getattr(Thread *t, Value self, Value name)
{
    Value result;
    int found = module_getattr_optional(t, self, name, &result);
    return found ? result : missing_attribute(t, self, name);
}

/* The __dict__ attribute, which a subclass may have overridden: owned. */
static Value get_namespace(Thread *t, Value self)
{
    Value dict = object_getattr(t, self, ID(t, __dict__));
    if (value_is_empty(dict) || dict_check(dict))
        return dict;
    ref_dec(t, dict);
    return error_set(t, EXC_TypeError, "<module>.__dict__ is not a dictionary");
}

static Value get_annotations(Thread *t, Value self)
{
    Value dict = get_namespace(t, self), result = VALUE_EMPTY, spec = VALUE_EMPTY, annotate = VALUE_EMPTY;
    if (value_is_empty(dict))
        return VALUE_EMPTY;
    int found = dict_get_optional(t, dict, ID(t, __annotations__), &result);
    if (found)
        goto done;
    if (dict_get_optional(t, module_of(self)->dict, ID(t, __spec__), &spec) < 0)
        goto done;
    int initializing = module_spec_is_initializing(t, spec);
    if (initializing < 0)
        goto done;
    if (dict_get_optional(t, dict, ID(t, __annotate__), &annotate) < 0)
        goto done;
    if (!value_is_empty(annotate) && object_is_callable(t, annotate)) {
        result = object_call1(t, annotate, value_from_int(1));
        if (!value_is_empty(result) && !dict_check(result)) {
            error_set(t, EXC_TypeError, "__annotate__() must return a dict, not %T", result);
            ref_clear(t, &result);
        }
    } else {
        result = dict_new(t);
    }
    /* While the module is being executed more annotations may come. */
    if (!value_is_empty(result) && !initializing && dict_set(t, dict, ID(t, __annotations__), result) < 0)
        ref_clear(t, &result);
done:
    ref_dec(t, dict);
    ref_dec(t, spec);
    ref_dec(t, annotate);
    return result;
}

static int set_annotations(Thread *t, Value self, Value value)
{
    Value dict = get_namespace(t, self);
    if (value_is_empty(dict))
        return -1;
    int result;
    if (!value_is_empty(value)) {
        result = dict_set(t, dict, ID(t, __annotations__), value);
    } else {
        result = dict_pop(t, dict, ID(t, __annotations__), NULL);
        if (result == 0) {
            error_set(t, EXC_AttributeError, "__annotations__");
            result = -1;
        }
    }
    if (result >= 0)
        result = dict_pop(t, dict, ID(t, __annotate__), NULL);
    ref_dec(t, dict);
    return result < 0 ? -1 : 0;
}

static Value get_annotate(Thread *t, Value self)
{
    Value dict = get_namespace(t, self), result;
    if (value_is_empty(dict))
        return VALUE_EMPTY;
    int found = dict_get_optional(t, dict, ID(t, __annotate__), &result);
    if (found == 0)
        result = dict_set(t, dict, ID(t, __annotate__), VALUE_NONE) < 0 ? VALUE_EMPTY : VALUE_NONE;
    ref_dec(t, dict);
    return result;
}

static int set_annotate(Thread *t, Value self, Value value)
{
    if (value_is_empty(value))
        return error_set(t, EXC_TypeError, "cannot delete __annotate__ attribute"), -1;
    if (!value_is_none(value) && !object_is_callable(t, value))
        return error_set(t, EXC_TypeError, "__annotate__ must be callable or None"), -1;
    Value dict = get_namespace(t, self);
    if (value_is_empty(dict))
        return -1;
    int result = dict_set(t, dict, ID(t, __annotate__), value);
    if (result == 0 && !value_is_none(value))
        result = dict_pop(t, dict, ID(t, __annotations__), NULL);
    ref_dec(t, dict);
    return result < 0 ? -1 : 0;
}

NATIVE(dir, "__dir__", "($self, /)", "The module's names, or what its own __dir__() says.")
{
    Value dict = get_namespace(t, args[0]), hook, result = VALUE_EMPTY;
    if (value_is_empty(dict))
        return VALUE_EMPTY;
    int found = dict_get_optional(t, dict, ID(t, __dir__), &hook);
    if (found > 0) {
        result = object_call0(t, hook);
        ref_dec(t, hook);
    } else if (found == 0) {
        result = dict_keys_list(t, dict);
    }
    ref_dec(t, dict);
    return result;
}

static Value repr(Thread *t, Value self)
{
    if (!value_is_empty(t->interp->importlib))
        return object_call_method_string(t, t->interp->importlib, "_module_repr", self, VALUE_EMPTY, VALUE_EMPTY);
    Value name = dict_str(t, module_of(self)->dict, ID(t, __name__)); /* before importlib is there */
    Value result =
        value_is_empty(name) ? str_from_string(t, "<module '?'>") : str_format(t, "<module %V (built-in)>", name);
    ref_dec(t, name);
    return result;
}

static void dealloc(Thread *t, Object *o) { ref_clear(t, &((Module *)o)->dict); }

static int traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Module *)o)->dict);
    return 0;
}

static const NativeDef *const methods[] = {&native_dir, NULL};
static const GetSetDef getsets[] = {
    {"__annotations__", get_annotations, set_annotations, NULL},
    {"__annotate__", get_annotate, set_annotate, NULL},
    {NULL, NULL, NULL, NULL},
};
static const MemberDef members[] = {
    {"__dict__", MEMBER_VALUE, offsetof(Module, dict), false, NULL},
    {NULL, MEMBER_VALUE, 0, false, NULL},
};

const TypeSpec type_spec_module = {
    .name = "module",
    .doc = "A module: a name space with a name.",
    .kind = KIND_MODULE,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Module),
    .dict_offset = offsetof(Module, dict),
    .weak_offset = offsetof(Module, weakrefs),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .signature = "(name, doc=None)",
    .slots =
        {.dealloc = dealloc,
         .traverse =
             traverse, /* no clear: a cycle through a module goes through its dict, whose functions may outlive the module */
         .create = create,
         .init = init,
         .repr = repr,
         .getattr = module_getattr},
};
