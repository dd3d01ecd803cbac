/* function.c: the type `function`: functions written in Python.  Their code runs in ../run/eval_loop.inc. */
#include "audit.h"
#include "function.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../run/frame_access.h"
#include "cell.h"
#include "dict.h"
#include "error.h"
#include "list.h"
#include "method.h"
#include "module.h"
#include "str.h"

Value function_builtins(Thread *t, Value globals, uint16_t *place)
{
    Value b;
    int found = dict_get_str_again(t, globals, ID(t, __builtins__), place, &b);
    if (found < 0)
        return VALUE_EMPTY;
    if (!found)
        return ref_inc(t, frame_access_builtins(t));
    if (object_is(b, KIND_MODULE)) {
        Value dict = ref_inc(t, module_peek_dict(b));
        ref_dec(t, b);
        return dict;
    }
    return b;
}

Value function_new(Thread *t, Value code, Value globals, const Function *maker)
{
    Code *c = code_of(code);
    uint16_t name_place = maker ? maker->name_place : 0, builtins_place = maker ? maker->builtins_place : 0;
    Value builtins = function_builtins(t, globals, &builtins_place), module;
    if (value_is_empty(builtins))
        return VALUE_EMPTY;
    if (dict_get_str_again(t, globals, ID(t, __name__), &name_place, &module) < 0) {
        ref_dec(t, builtins);
        return VALUE_EMPTY;
    }
    Function *f = alloc_container_raw(t, KIND_FUNCTION, sizeof *f);
    if (UNLIKELY(!f)) {
        ref_dec(t, builtins);
        ref_dec(t, module);
        return VALUE_EMPTY;
    }
    memset((char *)f + sizeof(Object), 0, sizeof *f - sizeof(Object));
    f->code = ref_inc(t, code);
    f->globals = ref_inc(t, globals);
    f->builtins = builtins;
    f->name = ref_inc(t, c->name);
    f->qualname = ref_inc(t, c->qualname);
    f->module = module;
    f->name_place = name_place;
    f->builtins_place = builtins_place;
    if (c->flags & CODE_HAS_DOCSTRING) {
        if (__atomic_load_n(&c->instructions, __ATOMIC_ACQUIRE))
            f->doc = ref_inc(t, c->constants[0]);
        else
            f->doc_in_code = true;
    }
    return value_of(f);
}

static void clear(Thread *t, Object *o)
{
    Function *f = (Function *)o;
    ref_clear(t, &f->globals);
    ref_clear(t, &f->builtins);
    ref_clear(t, &f->module);
    ref_clear(t, &f->doc);
    ref_clear(t, &f->defaults);
    ref_clear(t, &f->kwdefaults);
    ref_clear(t, &f->closure);
    ref_clear(t, &f->annotations);
    ref_clear(t, &f->annotate);
    ref_clear(t, &f->type_params);
    ref_clear(t, &f->dict);
}

static void dealloc(Thread *t, Object *o)
{
    Function *f = (Function *)o;
    ref_dec(t, f->globals);
    ref_dec(t, f->builtins);
    ref_dec(t, f->module);
    ref_dec(t, f->doc);
    ref_dec(t, f->defaults);
    ref_dec(t, f->kwdefaults);
    ref_dec(t, f->closure);
    ref_dec(t, f->annotations);
    ref_dec(t, f->annotate);
    ref_dec(t, f->type_params);
    ref_dec(t, f->dict);
    ref_dec(t, f->code);
    ref_dec(t, f->name);
    ref_dec(t, f->qualname);
}

static int traverse(Object *o, VisitFn visit, void *arg)
{
    Function *f = (Function *)o;
    VISIT(f->code);
    VISIT(f->globals);
    VISIT(f->builtins);
    VISIT(f->module);
    VISIT(f->doc);
    VISIT(f->defaults);
    VISIT(f->kwdefaults);
    VISIT(f->closure);
    VISIT(f->annotations);
    VISIT(f->annotate);
    VISIT(f->type_params);
    VISIT(f->dict);
    VISIT(f->name);
    VISIT(f->qualname);
    return 0;
}

static Value repr(Thread *t, Value self)
{
    return str_format(t, "<function %U at %p>", function_of(self)->qualname, (void *)value_object(self));
}

static Value descr_get(Thread *t, Value self, Value instance, Value owner)
{
    if (value_is_empty(instance) || value_is_none(instance))
        return ref_inc(t, self);
    return method_new(t, self, instance);
}

/* ---- attributes ---- */

static Value or_none(Thread *t, Value v) { return value_is_empty(v) ? VALUE_NONE : ref_inc(t, v); }

/* Takes the docstring out of the code: 0 or -1. */
static int fetch_doc(Thread *t, Function *f)
{
    if (LIKELY(!f->doc_in_code))
        return 0;
    Code *code = code_of(f->code);
    if (code_complete(t, code) < 0)
        return -1;
    if (value_is_empty(slot_peek(&f->doc)))
        slot_replace_take(t, &f->doc, ref_inc(t, code->constants[0]));
    f->doc_in_code = false;
    return 0;
}
static Value get_doc(Thread *t, Value self)
{
    return fetch_doc(t, function_of(self)) < 0 ? VALUE_EMPTY : or_none(t, function_of(self)->doc);
}
static int set_doc(Thread *t, Value self, Value value)
{
    function_of(self)->doc_in_code = false;
    slot_replace_take(t, &function_of(self)->doc, ref_inc(t, value));
    return 0;
}

/* Reading, setting and deleting what a function does are events. */
static int tell_get(Thread *t, Value self, const char *name)
{
    return audit(t, "object.__getattr__", "Os", self, name);
}
static int tell_set(Thread *t, Value self, const char *name, Value value)
{
    return value_is_empty(value) ? audit(t, "object.__delattr__", "Os", self, name)
                                 : audit(t, "object.__setattr__", "OsO", self, name, value);
}

static Value get_code(Thread *t, Value self)
{
    return tell_get(t, self, "__code__") < 0 ? VALUE_EMPTY : ref_inc(t, function_of(self)->code);
}
static int set_code(Thread *t, Value self, Value value)
{
    Function *f = function_of(self);
    if (value_is_empty(value) || !code_check(value))
        return error_set(t, EXC_TypeError, "__code__ must be set to a code object"), -1;
    if (tell_set(t, self, "__code__", value) < 0)
        return -1;
    size_t closure = value_is_empty(f->closure) ? 0 : tuple_length(f->closure);
    if (code_of(value)->free_count != closure)
        return error_set(t, EXC_ValueError, "%U() requires a code object with %zu free vars, not %u", f->name, closure,
                         code_of(value)->free_count),
               -1;
    if (((code_of(value)->flags ^ code_of(f->code)->flags) & CODE_ANY_GENERATOR) &&
        error_warn(t, EXC_DeprecationWarning, 1,
                   "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain "
                   "function)") < 0)
        return -1;
    if (fetch_doc(t, f) < 0)
        return -1;
    slot_replace_take(t, &f->code, ref_inc(t, value));
    return 0;
}
static Value get_globals(Thread *t, Value self) { return ref_inc(t, function_of(self)->globals); }
static Value get_builtins(Thread *t, Value self) { return ref_inc(t, function_of(self)->builtins); }
static Value get_closure(Thread *t, Value self) { return or_none(t, function_of(self)->closure); }
static Value get_name(Thread *t, Value self) { return ref_inc(t, slot_peek(&function_of(self)->name)); }
static int set_str(Thread *t, Value *field, Value value, const char *what)
{
    if (value_is_empty(value) || !str_check(value))
        return error_set(t, EXC_TypeError, "%s must be set to a string object", what), -1;
    slot_replace_take(t, field, ref_inc(t, value));
    return 0;
}
static int set_name(Thread *t, Value self, Value value)
{
    return set_str(t, &function_of(self)->name, value, "__name__");
}
static Value get_qualname(Thread *t, Value self) { return ref_inc(t, slot_peek(&function_of(self)->qualname)); }
static int set_qualname(Thread *t, Value self, Value value)
{
    return set_str(t, &function_of(self)->qualname, value, "__qualname__");
}
static Value get_defaults(Thread *t, Value self)
{
    return tell_get(t, self, "__defaults__") < 0 ? VALUE_EMPTY : or_none(t, slot_peek(&function_of(self)->defaults));
}
static int set_defaults(Thread *t, Value self, Value value)
{
    if (value_is_none(value))
        value = VALUE_EMPTY;
    if (!value_is_empty(value) && !tuple_check(value))
        return error_set(t, EXC_TypeError, "__defaults__ must be set to a tuple object"), -1;
    if (tell_set(t, self, "__defaults__", value) < 0)
        return -1;
    slot_replace_take(t, &function_of(self)->defaults, ref_inc(t, value));
    return 0;
}
static Value get_kwdefaults(Thread *t, Value self)
{
    return tell_get(t, self, "__kwdefaults__") < 0 ? VALUE_EMPTY
                                                   : or_none(t, slot_peek(&function_of(self)->kwdefaults));
}
static int set_kwdefaults(Thread *t, Value self, Value value)
{
    if (value_is_none(value))
        value = VALUE_EMPTY;
    if (!value_is_empty(value) && !dict_check(value))
        return error_set(t, EXC_TypeError, "__kwdefaults__ must be set to a dict object"), -1;
    if (tell_set(t, self, "__kwdefaults__", value) < 0)
        return -1;
    slot_replace_take(t, &function_of(self)->kwdefaults, ref_inc(t, value));
    return 0;
}
static Value get_annotate(Thread *t, Value self) { return or_none(t, slot_peek(&function_of(self)->annotate)); }
static int set_annotate(Thread *t, Value self, Value value)
{
    Function *f = function_of(self);
    if (value_is_empty(value))
        return error_set(t, EXC_TypeError, "__annotate__ cannot be deleted"), -1;
    if (value_is_none(value)) {
        slot_replace_take(t, &f->annotate, VALUE_EMPTY);
        return 0;
    }
    if (!object_is_callable(t, value))
        return error_set(t, EXC_TypeError, "__annotate__ must be callable or None"), -1;
    slot_replace_take(t, &f->annotate, ref_inc(t, value));
    slot_replace_take(t, &f->annotations, VALUE_EMPTY);
    return 0;
}
static Value get_annotations(Thread *t, Value self)
{
    Function *f = function_of(self);
    Value known = slot_peek(&f->annotations), dict;
    if (!value_is_empty(known))
        return ref_inc(t, known);
    if (value_is_empty(f->annotate)) {
        dict = dict_new(t);
    } else {
        dict = object_call1(t, f->annotate, value_from_int(1));
        if (!value_is_empty(dict) && !dict_check(dict)) {
            error_set(t, EXC_TypeError, "__annotate__ returned non-dict of type '%T'", dict);
            ref_dec(t, dict);
            return VALUE_EMPTY;
        }
    }
    if (value_is_empty(dict))
        return dict;
    /* Another thread may have been sooner: there is one dict for all. */
    if (__atomic_compare_exchange_n(&f->annotations.bits, &known.bits, dict.bits, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        return ref_inc(t, dict);
    ref_dec(t, dict);
    return ref_inc(t, known);
}
static int set_annotations(Thread *t, Value self, Value value)
{
    Function *f = function_of(self);
    if (value_is_none(value))
        value = VALUE_EMPTY;
    if (!value_is_empty(value) && !dict_check(value))
        return error_set(t, EXC_TypeError, "__annotations__ must be set to a dict object"), -1;
    slot_replace_take(t, &f->annotations, ref_inc(t, value));
    slot_replace_take(t, &f->annotate, VALUE_EMPTY);
    return 0;
}
static Value get_type_params(Thread *t, Value self)
{
    Value v = function_of(self)->type_params;
    return ref_inc(t, value_is_empty(v) ? t->interp->empty_tuple : v);
}
static int set_type_params(Thread *t, Value self, Value value)
{
    if (value_is_empty(value) || !tuple_check(value))
        return error_set(t, EXC_TypeError, "__type_params__ must be set to a tuple"), -1;
    slot_replace_take(t, &function_of(self)->type_params, ref_inc(t, value));
    return 0;
}

static const GetSetDef getsets[] = {
    {"__code__", get_code, set_code, "The code object."},
    {"__globals__", get_globals, NULL, "The namespace of the module that defines the function."},
    {"__builtins__", get_builtins, NULL, "The namespace of built-ins that the function sees."},
    {"__closure__", get_closure, NULL, "Cells of captured variables, or None."},
    {"__name__", get_name, set_name, "Name of the function."},
    {"__qualname__", get_qualname, set_qualname, "Qualified name of the function."},
    {"__defaults__", get_defaults, set_defaults, "Default values of positional parameters, or None."},
    {"__kwdefaults__", get_kwdefaults, set_kwdefaults, "Default values of keyword-only parameters, or None."},
    {"__annotate__", get_annotate, set_annotate, "Function that computes the annotations, or None."},
    {"__annotations__", get_annotations, set_annotations, "Annotations of parameters and result."},
    {"__type_params__", get_type_params, set_type_params, "Declared type parameters."},
    {"__dict__", instance_get_dict, instance_set_dict, "Attributes of the function."},
    {"__doc__", get_doc, set_doc, "The docstring."},
    {NULL, NULL, NULL, NULL},
};
static const MemberDef members[] = {
    {"__module__", MEMBER_VALUE, offsetof(Function, module), true, "Name of the module that defines the function."},
    {NULL, 0, 0, false, NULL},
};

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value a[6];
    if (native_parse(t, "function", "(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)", args, n,
                     names, a) < 0)
        return VALUE_EMPTY;
    if (!code_check(a[0]))
        return error_set(t, EXC_TypeError, "function() argument 'code' must be code, not %T", a[0]);
    if (!dict_check(a[1]))
        return error_set(t, EXC_TypeError, "function() argument 'globals' must be dict, not %T", a[1]);
    bool has_name = !value_is_empty(a[2]) && !value_is_none(a[2]),
         has_defaults = !value_is_empty(a[3]) && !value_is_none(a[3]);
    bool has_closure = !value_is_empty(a[4]) && !value_is_none(a[4]),
         has_kwdefaults = !value_is_empty(a[5]) && !value_is_none(a[5]);
    if (has_name && !str_check(a[2]))
        return error_set(t, EXC_TypeError, "arg 3 (name) must be None or string");
    if (has_defaults && !tuple_check(a[3]))
        return error_set(t, EXC_TypeError, "arg 4 (defaults) must be None or tuple");
    if (has_closure ? !tuple_check(a[4]) : code_of(a[0])->free_count != 0)
        return error_set(t, EXC_TypeError,
                         has_closure ? "arg 5 (closure) must be None or tuple" : "arg 5 (closure) must be tuple");
    if (has_kwdefaults && !dict_check(a[5]))
        return error_set(t, EXC_TypeError, "arg 6 (kwdefaults) must be None or dict");
    size_t closure = has_closure ? tuple_length(a[4]) : 0;
    if (closure != code_of(a[0])->free_count)
        return error_set(t, EXC_ValueError, "%U requires closure of length %u, not %zu", code_of(a[0])->name,
                         code_of(a[0])->free_count, closure);
    for (size_t i = 0; i < closure; i++)
        if (!object_is(tuple_peek(a[4], i), KIND_CELL))
            return error_set(t, EXC_TypeError, "arg 5 (closure) expected cell, found %T", tuple_peek(a[4], i));
    if (audit(t, "function.__new__", "O", a[0]) < 0)
        return VALUE_EMPTY;
    Value v = function_new(t, a[0], a[1], NULL);
    if (value_is_empty(v))
        return v;
    Function *f = function_of(v);
    if (has_name)
        slot_replace_take(t, &f->name, ref_inc(t, a[2]));
    if (has_defaults)
        f->defaults = ref_inc(t, a[3]);
    if (closure)
        f->closure = ref_inc(t, a[4]);
    if (has_kwdefaults)
        f->kwdefaults = ref_inc(t, a[5]);
    return v;
}

const TypeSpec type_spec_function = {
    .name = "function",
    .doc = "A function written in Python.",
    .kind = KIND_FUNCTION,
    .flags = TYPE_METHOD_LIKE,
    .size = sizeof(Function),
    .dict_offset = offsetof(Function, dict),
    .weak_offset = offsetof(Function, weakrefs),
    .getsets = getsets,
    .members = members,
    .signature = "(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)",
    .slots = {.dealloc = dealloc,
              .traverse = traverse,
              .clear = clear,
              .repr = repr,
              .descr_get = descr_get,
              .call = function_call,
              .create = create},
};
