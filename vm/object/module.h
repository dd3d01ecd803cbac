/* module.h: module objects and how C code declares a module. */
#ifndef BATON_OBJECT_MODULE_H
#define BATON_OBJECT_MODULE_H

#include "type.h"

typedef struct Module {
    Object head;
    Value dict; /* __dict__: a dict */
    Object *weakrefs;
    const struct ModuleDef *def; /* or NULL */
} Module;

/* A module in C.  `methods` are its functions: their signatures begin with $module, args[0] is the module.  exec fills the module (types, constants)
 * after the functions are in place: 0, or -1 with an exception.  State that outlives a call hangs on t->interp->module_state[MODULE_name]:
 * exec allocates it (once; a re-import finds it there), `free_state` releases it when the interpreter ends. */
typedef struct ModuleDef {
    const char *name;
    const char *doc;
    const NativeDef *const *methods; /* NULL-terminated */
    int (*exec)(Thread *t, Value module);
    void (*free_state)(Thread *t, void *state);
} ModuleDef;

#define MODULE(name) extern const ModuleDef module_def_##name;
#include "../lib/modules.def"
#undef MODULE

extern const TypeSpec type_spec_module;
static inline bool module_check(Value v) { return object_is(v, KIND_MODULE); }

MUST_CHECK Value module_new(Thread *t, Value name);
MUST_CHECK Value module_from_def(Thread *t, const ModuleDef *def);
Value module_peek_dict(Value module);                               /* borrowed */
MUST_CHECK Value module_getattr(Thread *t, Value self, Value name); /* Slots.getattr of modules */
int module_getattr_optional(Thread *t, Value self, Value name,
                            Value *result); /* the same without the error: 1 found (owned), 0 absent, -1 error */
/* What `import` and attribute errors need to know of a __spec__ (any value, or empty): 1, 0, -1 on error. */
int module_spec_is_initializing(Thread *t, Value spec);
int module_spec_is_uninitialized_submodule(Thread *t, Value spec, Value name);
/* spec.origin if the spec has a location and it is a str: owned, or empty (error_pending tells an error). */
Value module_spec_origin(Thread *t, Value spec);
/* Does a file beside the script hide a library module of the same name? `origin` may be empty. */
int module_is_possibly_shadowing(Thread *t, Value origin);
int module_is_stdlib_name(Thread *t, Value name); /* in sys.stdlib_module_names */
/* Adds a value to a module, TAKING the reference (also on error): 0 or -1.  An empty value passes its pending error on. */
int module_add_take(Thread *t, Value module, const char *name, Value value);
int module_add_int(Thread *t, Value module, const char *name, int64_t value);
int module_add_string(Thread *t, Value module, const char *name, const char *utf8);
/* Makes a type from a spec and adds it under the last part of its name; returns it borrowed (the module owns it), NULL on error. */
Type *module_add_type(Thread *t, Value module, const TypeSpec *spec, Type *base);

#endif
