/* ctypes_function.c: calling C functions through libffi, and Python functions that C calls.
 *
 * A call is made detached, so that other threads run meanwhile, unless the class says FUNCFLAG_PYTHONAPI.  A callback finds its Thread among the interpreter's by the
 * system's id, attaches it if it is detached, and puts it back.  ctypes' own copy of errno is kept for each thread in the module's state.  No locks. */
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <wchar.h>

#include "../object/audit.h"
#include "../object/dict.h"
#include "../os/os.h"
#include "../thread/world.h"
#include "ctypes.h"

#define FLAG_PYTHONAPI 0x4
#define FLAG_ERRNO 0x8
#define ARGUMENTS_MAX 1024

typedef struct Function {
    Data data;      /* memory holds the address */
    Value argtypes; /* tuple of classes, None: anything, or empty: as the class says */
    Value restype;  /* or empty */
    Value errcheck; /* or empty */
    Value callable; /* a callback's Python function, or empty */
    Value name;     /* __name__, or empty */
    ffi_closure *closure;
    ffi_cif cif; /* of the closure */
    ffi_type **types;
    Interp *interp;
} Function;
static Function *function_of(Value v) { return (Function *)value_object(v); }

/* ---- what calls are told ---- */

static int class_attribute(Thread *t, Type *type, const char *name, Value *v)
{
    Value key = str_intern(t, name);
    int found = value_is_empty(key) ? -1 : object_getattr_optional(t, value_of(type), key, v);
    ref_dec(t, key);
    return found;
}
/* A tuple of classes that can convert arguments. Empty on error. */
static Value check_argtypes(Thread *t, Value v)
{
    Value tuple = object_to_tuple(t, v), method;
    for (size_t i = 0; !value_is_empty(tuple) && i < tuple_length(tuple); i++) {
        Value key = str_intern(t, "from_param");
        int found = object_getattr_optional(t, tuple_peek(tuple, i), key, &method);
        ref_dec(t, key);
        ref_dec(t, method);
        if (found <= 0) {
            if (!found)
                error_set(t, EXC_TypeError, "item %zu in _argtypes_ has no from_param method", i + 1);
            ref_clear(t, &tuple);
        }
    }
    return tuple;
}
static bool is_restype(Thread *t, Value v)
{
    return value_is_none(v) || ctype_layout(t, v) || object_is_callable(t, v);
}

int function_layout(Thread *t, Type *type, Layout *layout)
{
    Value v;
    int found = class_attribute(t, type, "_flags_", &v);
    if (found <= 0 || !int_check(v)) {
        ref_dec(t, v);
        return found < 0 ? -1
               : type->base == ctypes_state(t)->data || !ctypes_state(t)->function
                   ? 0
                   : (error_set(t, EXC_TypeError, "class must define _flags_ which must be an integer"), -1);
    }
    layout->flags = (int)int_to_uint64_mask(v);
    ref_dec(t, v);
    if ((found = class_attribute(t, type, "_argtypes_", &v)) < 0)
        return -1;
    if (found) {
        layout->argtypes = check_argtypes(t, v);
        ref_dec(t, v);
        if (value_is_empty(layout->argtypes))
            return -1;
    }
    if ((found = class_attribute(t, type, "_restype_", &v)) < 0)
        return -1;
    if (found && !is_restype(t, v)) {
        ref_dec(t, v);
        return error_set(t, EXC_TypeError, "_restype_ must be a type, a callable, or None"), -1;
    }
    layout->restype = v;
    return 0;
}

/* ---- errno ---- */

static Value thread_key(Thread *t) { return int_from_uint64(t, t->id); }
static int saved_errno(Thread *t)
{
    Value key = thread_key(t), v = VALUE_EMPTY;
    if (!value_is_empty(key) && dict_get_optional(t, ctypes_state(t)->errno_values, key, &v) < 0)
        error_clear(t);
    ref_dec(t, key);
    return value_is_int(v) ? (int)value_to_int(v) : 0;
}
static int save_errno(Thread *t, int number)
{
    Value key = thread_key(t);
    int status = value_is_empty(key) ? -1 : dict_set(t, ctypes_state(t)->errno_values, key, value_from_int(number));
    ref_dec(t, key);
    return status;
}
NATIVE(get_errno, "get_errno", "($module, /)", "ctypes' own copy of errno for this thread.")
{
    return audit(t, "ctypes.get_errno", "") < 0 ? VALUE_EMPTY : value_from_int(saved_errno(t));
}
NATIVE(set_errno, "set_errno", "($module, value, /)", "Sets ctypes' own copy of errno and returns what it was.")
{
    int number, old = saved_errno(t);
    return int_to_int(t, args[1], &number) < 0 || audit(t, "ctypes.set_errno", "i", number) < 0 ||
                   save_errno(t, number) < 0
               ? VALUE_EMPTY
               : value_from_int(old);
}

/* ---- arguments ---- */

Argument *argument_new(Thread *t, char tag, Value owner)
{
    Argument *a = type_alloc(t, ctypes_state(t)->argument, 0);
    if (a) {
        a->tag = tag;
        a->size = sizeof(void *);
        a->owner = ref_inc(t, owner);
    }
    return a;
}
static void argument_dealloc(Thread *t, Object *o) { ref_clear(t, &((Argument *)o)->owner); }
static int argument_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Argument *)o)->owner);
    return 0;
}
static Value argument_repr(Thread *t, Value self)
{
    Argument *a = (Argument *)value_object(self);
    if (strchr("zZPO", a->tag))
        return str_format(t, "<cparam '%c' (%p)>", a->tag, a->value.p);
    Value v = code_get(t, a->tag, false, &a->value);
    if (value_is_empty(v))
        return v;
    Value text = str_format(t, "<cparam '%c' (%V)>", a->tag, v);
    ref_dec(t, v);
    return text;
}
static Value argument_object(Thread *t, Value self)
{
    Value owner = ((Argument *)value_object(self))->owner;
    return value_is_empty(owner) ? VALUE_NONE : ref_inc(t, owner);
}
static const GetSetDef argument_getsets[] = {{"_obj", argument_object, NULL, "The object that is passed by reference."},
                                             {0}};
const TypeSpec ctypes_argument_spec = {
    .name = "_ctypes.CArgObject",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW,
    .size = sizeof(Argument),
    .getsets = argument_getsets,
    .slots = {.dealloc = argument_dealloc, .traverse = argument_traverse, .repr = argument_repr},
};

/* One argument of a call: its C type, its value (small ones inside), and what keeps it alive. */
typedef struct Passed {
    ffi_type *type;
    void *address;
    union {
        int64_t i;
        void *p;
        uint8_t bytes[16];
    } value;
    Value keep;
} Passed;

static int pass(Thread *t, Value v, size_t number, Passed *a)
{
    a->address = &a->value;
    a->type = &ffi_type_pointer;
    if (data_check(t, v)) {
        Layout *layout = data_layout(v);
        a->keep = ref_inc(t, v);
        if (layout->kind == LAYOUT_ARRAY) {
            a->value.p = data_of(v)->memory;
        } else if (!layout->ffi) {
            return error_set(t, EXC_TypeError, "item %zu in _argtypes_ passes a union by value, which is unsupported.",
                             number),
                   -1;
        } else {
            a->type = layout->ffi;
            a->address = data_of(v)->memory;
        }
        return 0;
    }
    if (object_is_native(v, &ctypes_argument_spec)) {
        Argument *argument = (Argument *)value_object(v);
        a->keep = ref_inc(t, v);
        a->type = code_ffi(argument->tag);
        a->address = &argument->value;
        return 0;
    }
    if (value_is_none(v)) {
        a->value.p = NULL;
    } else if (int_check(v)) {
        a->type = &ffi_type_sint;
        a->value.i = (int)int_to_uint64_mask(v);
    } else if (bytes_check(v)) {
        a->value.p = bytes_of(v)->data;
        a->keep = ref_inc(t, v);
    } else if (str_check(v)) {
        return code_set(t, 'Z', false, &a->value, v, &a->keep);
    } else {
        Value other, key = str_intern(t, "_as_parameter_");
        int found = value_is_empty(key) ? -1 : object_getattr_optional(t, v, key, &other);
        ref_dec(t, key);
        if (found <= 0)
            return found < 0 ? -1
                             : (error_set(t, EXC_TypeError, "Don't know how to convert parameter %zu", number), -1);
        int status = pass(t, other, number, a);
        if (status == 0 && value_is_empty(a->keep))
            a->keep = other;
        else
            ref_dec(t, other);
        return status;
    }
    return 0;
}

/* An exception while an argument was converted becomes ArgumentError. */
static void argument_error(Thread *t, size_t number)
{
    Value error = error_take(t);
    error_set_type(t, ctypes_state(t)->argument_error, "argument %zu: %T: %S", number, error, error);
    ref_dec(t, error);
}

/* ---- the library's own functions, which need the interpreter: they are known by address, never run ---- */

static void string_at(void) {}
static void wide_string_at(void) { __asm__ volatile("nop"); }
static void cast(void) { __asm__ volatile("nop; nop"); }
static void view_at(void) { __asm__ volatile("nop; nop; nop"); }

/* The address in an argument: a Data's or an Argument's first word. 0 or -1. */
static int pointer_in(Passed *a, uint8_t **pointer)
{
    memcpy(pointer, a->address, sizeof *pointer);
    return 0;
}
static int64_t int_in(const Passed *a)
{
    int64_t i = 0;
    memcpy(&i, a->address, a->type->size < 8 ? a->type->size : 8);
    return a->type->size == 4 ? (int32_t)i : i;
}
static Value do_cast(Thread *t, uint8_t *pointer, Value source, Value type)
{
    Layout *layout = ctype_layout(t, type);
    if (!layout || (layout->kind != LAYOUT_POINTER && layout->kind != LAYOUT_FUNCTION &&
                    !(layout->kind == LAYOUT_SIMPLE && strchr("zZP", layout->code))))
        return error_set(t, EXC_TypeError, "cast() argument 2 must be a pointer, not %S", type);
    Value v = data_new(t, type_as(type));
    if (value_is_empty(v))
        return v;
    memcpy(data_of(v)->memory, &pointer, sizeof pointer);
    if (data_check(t, source)) { /* the memory lives as long as what points to it */
        Value dict = dict_new(t), key = str_format(t, "%p", (void *)value_object(source));
        if (value_is_empty(dict) || value_is_empty(key) || dict_set(t, dict, key, source) < 0)
            ref_clear(t, &v);
        else
            data_of(v)->keep = ref_inc(t, dict);
        ref_dec(t, dict);
        ref_dec(t, key);
    }
    return v;
}
/* Is the address one of these? 1: *result is set (or empty with an exception), 0. */
static int call_internal(Thread *t, void (*address)(void), Passed *passed, size_t n, Value *args, Value *result)
{
    uint8_t *pointer;
    if (address != string_at && address != wide_string_at && address != cast && address != view_at)
        return 0;
    if (n < (address == cast ? 3 : 2) || pointer_in(&passed[0], &pointer) < 0) {
        *result = error_set(t, EXC_TypeError, "this function takes more arguments");
        return 1;
    }
    int64_t size = int_in(&passed[1]), readonly = n > 2 ? int_in(&passed[2]) : 0;
    if (size < -1 && (address == string_at || address == wide_string_at)) {
        *result = error_set(t, EXC_SystemError, "negative size");
        return 1;
    }
    if (address == string_at) {
        if (audit(t, "ctypes.string_at", "Nl", int_from_pointer(t, pointer), size) == 0)
            *result = bytes_new(t, pointer, size < 0 ? strlen((char *)pointer) : (size_t)size);
    } else if (address == wide_string_at) {
        if (audit(t, "ctypes.wstring_at", "Nl", int_from_pointer(t, pointer), size) == 0)
            *result = str_from_wide(t, (wchar_t *)pointer, size < 0 ? wcslen((wchar_t *)pointer) : (size_t)size);
    } else if (address == view_at) {
        Buffer view;
        if (audit(t, "ctypes.memoryview_at", "Nll", int_from_pointer(t, pointer), size, readonly) == 0 &&
            buffer_fill(t, &view, VALUE_EMPTY, pointer, (size_t)size, readonly,
                        readonly ? BUFFER_FULL_RO : BUFFER_FULL) == 0)
            *result = memoryview_from_buffer_take(t, &view);
    } else {
        *result = do_cast(t, pointer, args[1], args[2]);
    }
    return 1;
}

/* ---- calls ---- */

/* The C result as Python sees it; `memory` has room for a whole word, in which libffi widens small integers. */
static Value take_result(Thread *t, Value restype, void *memory)
{
    if (value_is_none(restype))
        return VALUE_NONE;
    Layout *layout = ctype_layout(t, restype);
    if (!layout) { /* any callable: gets an int */
        Value number = value_from_int(*(int *)memory), v = object_call1(t, restype, number);
        return v;
    }
    if (layout->kind == LAYOUT_SIMPLE && type_is_plain(t, type_as(restype))) {
        if (layout->code == 'O') { /* owned by the caller already */
            Value v;
            memcpy(&v, memory, sizeof v);
            return value_is_empty(v) ? error_set(t, EXC_ValueError, "PyObject is NULL") : v;
        }
        return code_get(t, layout->code, layout->swapped, memory);
    }
    Value v = data_new(t, type_as(restype));
    if (!value_is_empty(v))
        memcpy(data_of(v)->memory, memory, layout->size);
    return v;
}

static Value call(Thread *t, void (*address)(void), int flags, Passed *passed, Value *args, size_t n, Value restype)
{
    ffi_type *types[n + 1], *result_type = &ffi_type_void;
    void *addresses[n + 1];
    Value result = VALUE_EMPTY;
    if (call_internal(t, address, passed, n, args, &result))
        return result;
    Layout *layout = ctype_layout(t, restype);
    if (layout && !layout->ffi)
        return error_set(t, EXC_TypeError, "restype cannot be returned by value");
    if (!value_is_none(restype))
        result_type = layout ? layout->ffi : &ffi_type_sint;
    for (size_t i = 0; i < n; i++) {
        types[i] = passed[i].type;
        addresses[i] = passed[i].address;
    }
    ffi_cif cif;
    if (ffi_prep_cif(&cif, FFI_DEFAULT_ABI, (unsigned)n, result_type, types) != FFI_OK)
        return error_set(t, EXC_RuntimeError, "ffi_prep_cif failed");
    size_t room = layout && layout->size > 16 ? layout->size : 16;
    void *memory = alloc_memory_zeroed(t, 1, room);
    if (!memory)
        return VALUE_EMPTY;
    int number = flags & FLAG_ERRNO ? saved_errno(t) : 0;
    if (!(flags & FLAG_PYTHONAPI))
        thread_detach(t, EVENT_COMPUTE);
    int outer = errno;
    if (flags & FLAG_ERRNO)
        errno = number;
    ffi_call(&cif, address, memory, addresses);
    number = errno;
    errno = outer;
    if (!(flags & FLAG_PYTHONAPI))
        thread_attach(t);
    if (!(flags & FLAG_ERRNO) || save_errno(t, number) == 0) {
        if (!error_pending(t))
            result = take_result(t, restype, memory);
    }
    alloc_memory_free(t, memory);
    return result;
}

static Value function_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Function *f = function_of(self);
    Layout *layout = data_layout(self);
    if (!value_is_empty(names) && tuple_length(names))
        return error_set(t, EXC_TypeError, "this function takes no keyword arguments");
    Value argtypes = value_is_empty(f->argtypes) ? layout->argtypes : f->argtypes,
          restype = value_is_empty(f->restype) ? layout->restype : f->restype;
    size_t required = value_is_empty(argtypes) || value_is_none(argtypes) ? 0 : tuple_length(argtypes);
    if (required > n)
        return error_set(t, EXC_TypeError, "this function takes at least %zu argument%s (%u given)", required,
                         required == 1 ? "" : "s", n);
    if (n > ARGUMENTS_MAX)
        return error_set_type(t, ctypes_state(t)->argument_error, "too many arguments (%u), maximum is %d", n,
                              ARGUMENTS_MAX);
    ref_inc(t, argtypes);
    restype = value_is_empty(restype) ? VALUE_NONE : ref_inc(t, restype);
    Passed passed[n + 1];
    Value originals[n + 1], result = VALUE_EMPTY;
    memset(passed, 0, sizeof passed);
    bool ok = true;
    uint32_t done = 0;
    Value converted[n + 1];
    for (; done < n && ok; done++) {
        converted[done] = VALUE_EMPTY;
        originals[done] = args[done];
        Value v = args[done];
        if (done < required) {
            v = converted[done] =
                object_call_method_string(t, tuple_peek(argtypes, done), "from_param", v, VALUE_EMPTY, VALUE_EMPTY);
            ok = !value_is_empty(v);
        }
        ok = ok && pass(t, v, done + 1, &passed[done]) == 0;
        if (!ok)
            argument_error(t, done + 1);
    }
    if (ok) {
        void (*address)(void);
        memcpy(&address, f->data.memory, sizeof address);
        result = address ? call(t, address, layout->flags, passed, originals, n, restype)
                         : error_set(t, EXC_ValueError, "NULL function pointer");
    }
    for (uint32_t i = 0; i < done; i++) {
        ref_dec(t, passed[i].keep);
        ref_dec(t, converted[i]);
    }
    ref_dec(t, argtypes);
    ref_dec(t, restype);
    if (!value_is_empty(result) && !value_is_empty(f->errcheck)) {
        Value tuple = tuple_from_array(t, args, n);
        Value call_args[3] = {result, self, tuple},
              checked = value_is_empty(tuple) ? VALUE_EMPTY : object_call(t, f->errcheck, call_args, 3, VALUE_EMPTY);
        ref_dec(t, tuple);
        ref_dec(t, result);
        result = checked;
    }
    return result;
}

/* ---- callbacks ---- */

typedef struct Search {
    uint64_t id;
    Thread *found;
} Search;
static int find_thread(Thread *x, void *arg)
{
    Search *search = arg;
    if (x->id == search->id)
        search->found = x;
    return search->found != NULL;
}

static void run_callback(Thread *t, Function *f, Layout *layout, void *result, void **arguments)
{
    size_t n = tuple_length(layout->argtypes);
    Value args[n + 1], v = VALUE_EMPTY, keep = VALUE_EMPTY;
    size_t made = 0;
    for (; made < n; made++) {
        args[made] = data_get_item(t, type_as(tuple_peek(layout->argtypes, made)), arguments[made], VALUE_EMPTY, 0);
        if (value_is_empty(args[made]))
            break;
        if (data_check(t, args[made])) { /* the arguments go when the call ends, so the object gets a copy */
            Value copy = data_new(t, type_of(t, args[made]));
            if (!value_is_empty(copy))
                memcpy(data_of(copy)->memory, arguments[made], data_of(copy)->size);
            ref_replace_take(t, &args[made], copy);
            if (value_is_empty(copy))
                break;
        }
    }
    if (made == n)
        v = object_call(t, f->callable, args, (uint32_t)n, VALUE_EMPTY);
    for (size_t i = 0; i < made; i++)
        ref_dec(t, args[i]);
    Value restype = value_is_empty(layout->restype) ? VALUE_NONE : layout->restype;
    Layout *of = ctype_layout(t, restype);
    if (!value_is_empty(v) && of && of->ffi) {
        uint64_t room[2] = {0};
        if (of->kind == LAYOUT_SIMPLE && type_is_plain(t, type_as(restype))) {
            if (code_set(t, of->code, of->swapped, room, v, &keep) == 0) {
                if (of->ffi->size < sizeof(ffi_arg) &&
                    !strchr("fd", of->code)) { /* libffi wants small integers widened */
                    Value number = code_get(t, strchr("cu", of->code) ? 'b' : of->code, of->swapped, room);
                    if (int_check(number))
                        room[0] = int_to_uint64_mask(number);
                    ref_dec(t, number);
                    memcpy(result, room, sizeof(ffi_arg));
                } else {
                    memcpy(result, room, of->size);
                }
            }
        } else if (data_check(t, v)) {
            memcpy(result, data_of(v)->memory, of->size);
        }
    }
    if (error_pending(t))
        error_unraisable(t, f->callable, "Exception ignored while calling ctypes callback function");
    ref_dec(t, keep);
    ref_dec(t, v);
}

static void closure_main(ffi_cif *cif, void *result, void **arguments, void *data)
{
    Function *f = data;
    Search search = {.id = os_thread_id()};
    memset(result, 0, cif->rtype->size < sizeof(ffi_arg) ? sizeof(ffi_arg) : cif->rtype->size);
    world_each(f->interp, find_thread, &search);
    Thread *t = search.found;
    if (!t)
        return; /* a thread that Python does not know */
    bool attach = !(layout_of(f->data.head.type)->flags &
                    FLAG_PYTHONAPI); /* such functions are called, and call back, without detaching */
    if (attach)
        thread_attach(t);
    run_callback(t, f, layout_of(f->data.head.type), result, arguments);
    if (attach)
        thread_detach(t, EVENT_COMPUTE);
}

/* A C function that calls the Python one. 0 or -1. */
static int make_closure(Thread *t, Value self, Value callable)
{
    Function *f = function_of(self);
    Layout *layout = data_layout(self);
    if (value_is_empty(layout->argtypes))
        return error_set(t, EXC_TypeError, "cannot construct instance of this class: no argtypes"), -1;
    size_t n = tuple_length(layout->argtypes);
    Layout *result = value_is_empty(layout->restype) ? NULL : ctype_layout(t, layout->restype);
    f->types = alloc_memory(t, (n + 1) * sizeof *f->types);
    if (!f->types)
        return -1;
    for (size_t i = 0; i < n; i++) {
        Layout *of = ctype_layout(t, tuple_peek(layout->argtypes, i));
        if (!of || !of->ffi)
            return error_set(t, EXC_TypeError, "argument %zu cannot be passed to a callback", i + 1), -1;
        f->types[i] = of->ffi;
    }
    void *code;
    f->closure = ffi_closure_alloc(sizeof *f->closure, &code);
    if (!f->closure)
        return error_no_memory(t), -1;
    if (ffi_prep_cif(&f->cif, FFI_DEFAULT_ABI, (unsigned)n, result ? result->ffi : &ffi_type_void, f->types) !=
            FFI_OK ||
        ffi_prep_closure_loc(f->closure, &f->cif, closure_main, f, code) != FFI_OK)
        return error_set(t, EXC_RuntimeError, "ffi_prep_closure failed"), -1;
    f->interp = t->interp;
    f->callable = ref_inc(t, callable);
    memcpy(f->data.memory, &code, sizeof code);
    return 0;
}

/* ---- the type ---- */

static int from_library(Thread *t, Value self, Value pair)
{
    Value name = tuple_peek(pair, 0), handle = object_getattr_string(t, tuple_peek(pair, 1), "_handle"),
          bytes = VALUE_EMPTY;
    int64_t address;
    int status = -1;
    if (value_is_empty(handle))
        return -1;
    if (audit(t, "ctypes.dlsym", "OO", tuple_peek(pair, 1), name) < 0)
        ;
    else if (!int_check(handle))
        error_set(t, EXC_TypeError, "the _handle attribute of the second argument must be an integer");
    else if (!str_check(name) && !bytes_check(name))
        error_set(t, EXC_TypeError, "function name must be string, bytes object or integer");
    else if (int_to_int64(t, handle, &address) == 0 && !value_is_empty(bytes = str_to_fs(t, name))) {
        dlerror();
        void *symbol = dlsym((void *)(uintptr_t)address, (const char *)bytes_of(bytes)->data);
        const char *message = symbol ? NULL : dlerror();
        if (symbol) {
            memcpy(data_of(self)->memory, &symbol, sizeof symbol);
            status = data_keep_take(t, self, 0, ref_inc(t, tuple_peek(pair, 1)));
        } else {
            error_set(t, EXC_AttributeError, "%s", message ? message : "symbol not found");
        }
    }
    ref_dec(t, handle);
    ref_dec(t, bytes);
    return status;
}
static Value function_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (!layout_of(type))
        return error_set(t, EXC_TypeError, "abstract class");
    Value self = data_new(t, type);
    if (value_is_empty(self) || n == 0)
        return self;
    int status;
    if (tuple_check(args[0]) && tuple_length(args[0]) == 2) {
        status = from_library(t, self, args[0]);
    } else if (int_check(args[0])) {
        uint64_t address = int_to_uint64_mask(args[0]);
        memcpy(data_of(self)->memory, &address, sizeof(void *));
        status = 0;
    } else if (object_is_callable(t, args[0])) {
        status = make_closure(t, self, args[0]);
    } else {
        error_set(t, EXC_TypeError, "argument must be callable or integer function address");
        status = -1;
    }
    if (status < 0)
        ref_clear(t, &self);
    return self;
}
static int function_init(Thread *t, Value self, const Value *args, uint32_t n, Value names) { return 0; }
static void function_dealloc(Thread *t, Object *o)
{
    Function *f = (Function *)o;
    Value *const values[] = {&f->argtypes, &f->restype, &f->errcheck, &f->callable, &f->name};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        ref_clear(t, values[i]);
    if (f->closure)
        ffi_closure_free(f->closure);
    alloc_memory_free(t, f->types);
    ctypes_data_spec.slots.dealloc(t, o);
}
static int function_traverse(Object *o, VisitFn visit, void *arg)
{
    Function *f = (Function *)o;
    VISIT(f->argtypes);
    VISIT(f->restype);
    VISIT(f->errcheck);
    VISIT(f->callable);
    return ctypes_data_spec.slots.traverse(o, visit, arg);
}
static int function_truth(Thread *t, Value self)
{
    void *address;
    memcpy(&address, data_of(self)->memory, sizeof address);
    return address != NULL || !value_is_empty(function_of(self)->callable);
}
static Value function_repr(Thread *t, Value self)
{
    return str_format(t, "<%T object at %p>", self, (void *)value_object(self));
}

static Value get_argtypes(Thread *t, Value self)
{
    Function *f = function_of(self);
    Value v = value_is_empty(f->argtypes) ? data_layout(self)->argtypes : f->argtypes;
    return value_is_empty(v) ? VALUE_NONE : ref_inc(t, v);
}
static int set_argtypes(Thread *t, Value self, Value v)
{
    Value types = value_is_empty(v) || value_is_none(v) ? VALUE_EMPTY : check_argtypes(t, v);
    if (value_is_empty(types) && error_pending(t))
        return -1;
    field_set_take(t, value_object(self), &function_of(self)->argtypes, types);
    return 0;
}
static Value get_restype(Thread *t, Value self)
{
    Function *f = function_of(self);
    Value v = value_is_empty(f->restype) ? data_layout(self)->restype : f->restype;
    return value_is_empty(v) ? VALUE_NONE : ref_inc(t, v);
}
static int set_restype(Thread *t, Value self, Value v)
{
    if (!value_is_empty(v) && !is_restype(t, v))
        return error_set(t, EXC_TypeError, "restype must be a type, a callable, or None"), -1;
    field_set_take(t, value_object(self), &function_of(self)->restype, ref_inc(t, v));
    return 0;
}
static Value get_errcheck(Thread *t, Value self)
{
    return value_is_empty(function_of(self)->errcheck) ? VALUE_NONE : ref_inc(t, function_of(self)->errcheck);
}
static int set_errcheck(Thread *t, Value self, Value v)
{
    if (!value_is_empty(v) && !object_is_callable(t, v))
        return error_set(t, EXC_TypeError, "the errcheck attribute must be callable"), -1;
    field_set_take(t, value_object(self), &function_of(self)->errcheck, ref_inc(t, v));
    return 0;
}
static const GetSetDef function_getsets[] = {
    {"argtypes", get_argtypes, set_argtypes, "Classes that convert the arguments."},
    {"restype", get_restype, set_restype, "Class of the result."},
    {"errcheck", get_errcheck, set_errcheck, "A function that checks results."},
    {0}};
const TypeSpec ctypes_function_spec = {
    .name = "_ctypes.CFuncPtr",
    .doc = "Base of the classes of C functions.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Function),
    .getsets = function_getsets,
    .slots = {.dealloc = function_dealloc,
              .traverse = function_traverse,
              .create = function_create,
              .init = function_init,
              .repr = function_repr,
              .call = function_call,
              .truth = function_truth},
};

/* ---- libraries ---- */

NATIVE(dlopen, "dlopen", "($module, name, flag=<unrepresentable>, /)",
       "Opens a shared library; None: the program itself.")
{
    int flag;
    Value name = VALUE_EMPTY;
    if (argument_int(t, args[2], RTLD_NOW, &flag) < 0 ||
        (!value_is_none(args[1]) && value_is_empty(name = str_to_fs(t, args[1]))))
        return VALUE_EMPTY;
    if (audit(t, "ctypes.dlopen", "O", args[1]) < 0) {
        ref_dec(t, name);
        return VALUE_EMPTY;
    }
    thread_detach(t, EVENT_IO);
    if (value_is_empty(name))
        os_libm_load();
    void *handle = dlopen(value_is_empty(name) ? NULL : (const char *)bytes_of(name)->data, flag | RTLD_NOW);
    thread_attach(t);
    ref_dec(t, name);
    if (handle)
        return int_from_pointer(t, handle);
    const char *message = dlerror();
    return error_set(t, EXC_OSError, "%s", message ? message : "dlopen() error");
}
NATIVE(dlclose, "dlclose", "($module, handle, /)", "Closes a shared library.")
{
    int64_t handle;
    if (int_to_int64(t, args[1], &handle) < 0)
        return VALUE_EMPTY;
    return dlclose((void *)(uintptr_t)handle) ? error_set(t, EXC_OSError, "%s", dlerror()) : VALUE_NONE;
}
Value ctypes_symbol(Thread *t, Value library, Value symbol_name)
{
    int64_t handle;
    Value name;
    if (int_to_int64(t, library, &handle) < 0 || value_is_empty(name = str_to_fs(t, symbol_name)))
        return VALUE_EMPTY;
    void *symbol = dlsym((void *)(uintptr_t)handle, (const char *)bytes_of(name)->data);
    ref_dec(t, name);
    return symbol ? int_from_pointer(t, symbol) : error_set(t, EXC_OSError, "%s", dlerror());
}
NATIVE(dlsym, "dlsym", "($module, handle, name, /)", "Address of a symbol of a shared library.")
{
    return audit(t, "ctypes.dlsym/handle", "OO", args[1], args[2]) < 0 ? VALUE_EMPTY
                                                                       : ctypes_symbol(t, args[1], args[2]);
}

const NativeDef *const ctypes_function_functions[] = {&native_dlopen,    &native_dlclose,   &native_dlsym,
                                                      &native_get_errno, &native_set_errno, NULL};

int ctypes_add_addresses(Thread *t, Value module)
{
    const struct {
        const char *name;
        void *address;
    } addresses[] = {{"_memmove_addr", (void *)memmove},     {"_memset_addr", (void *)memset},
                     {"_string_at_addr", (void *)string_at}, {"_wstring_at_addr", (void *)wide_string_at},
                     {"_cast_addr", (void *)cast},           {"_memoryview_at_addr", (void *)view_at}};
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        if (module_add_take(t, module, addresses[i].name, int_from_pointer(t, addresses[i].address)) < 0)
            return -1;
    return 0;
}
