/* native.h: how a C function becomes a Python function.
 *
 * A function's name, signature, docstring and C body are declared together:
 *
 *     NATIVE(list_append, "append", "($self, object, /)", "Adds an object at the end.")
 *     {
 *         if (list_append(t, args[0], args[1]) < 0) return VALUE_EMPTY;
 *         return VALUE_NONE;
 *     }
 *     ...
 *     static const NativeDef *const list_methods[] = {&native_list_append, ..., NULL};
 *
 * The signature is CPython's __text_signature__ form ($self, $module or $type first; `/`, `*`, defaults, `*args`, `**kwargs`), and it is
 * what binds the arguments.  A signature WITHOUT *args and **kwargs is flat: the body gets exactly one `args` entry a parameter ($self first),
 * VALUE_EMPTY where an optional argument was not passed, and `n` is the number of positional arguments passed (self included).
 * A signature WITH *args or **kwargs is raw: the body gets `args[0..n)` positional (self first), then one value a name in
 * `names` (tuple, or VALUE_EMPTY) and binds them itself (native_parse helps).
 *
 * The body borrows its arguments and returns an owned value, or VALUE_EMPTY with an exception pending. */
#ifndef BATON_OBJECT_NATIVE_H
#define BATON_OBJECT_NATIVE_H

#include "object.h"

typedef Value (*NativeFn)(Thread *t, Value *args, uint32_t n, Value names);

typedef struct NativeDef {
    const char *name;
    const char *signature;
    const char *doc;
    NativeFn fn;
    uint32_t flags;
} NativeDef;

#define NATIVE_STATIC                                                                                                  \
    0x01 /* in a type: a static method; args start with the first argument ("$self" absent from the signature) */
#define NATIVE_CLASS 0x02 /* in a type: a class method; args[0] is the class */
/* Wording of arity errors.  Default: CPython's Argument Clinic wording ("f() takes at most 2 arguments (3 given)" for keyword-capable ones,
 * "f expected at most 2 arguments, got 3" for positional-only ones, "f() takes exactly one argument (2 given)" for one). */

#define NATIVE_FLAGS(c_name, py_name, signature_, doc_, flags_)                                                        \
    static Value native_fn_##c_name(Thread *t, Value *args, uint32_t n, Value names);                                  \
    static const NativeDef native_##c_name = {py_name, signature_, doc_, native_fn_##c_name, flags_};                  \
    static Value native_fn_##c_name(__attribute__((unused)) Thread *t, __attribute__((unused)) Value *args,            \
                                    __attribute__((unused)) uint32_t n, __attribute__((unused)) Value names)
#define NATIVE(c_name, py_name, signature_, doc_) NATIVE_FLAGS(c_name, py_name, signature_, doc_, 0)

/* A built-in function or bound built-in method: KIND_NATIVE.  A method in a type's dict is KIND_METHOD_DESCRIPTOR with the same layout. */
typedef struct Native {
    Object head;
    const NativeDef *def;
    Value self;   /* what args[0] will be: module, instance, class; empty in a METHOD_DESCRIPTOR */
    Value module; /* name of the defining module, or empty */
    Type *owner;  /* the type that defines it (descriptors), or NULL; owned */
    union {
        uint64_t
            shape; /* what follows, stored at once: how it can be called, which the signature tells when it is called or bound for the first time (most never are) */
        struct {
            uint8_t least,
                span; /* a flat one can be called in place with least .. least + span positional arguments, self included; least is NATIVE_NOT_FLAT for others */
            bool known;
            bool raw;           /* takes *args or **kwargs */
            bool no_keywords;   /* raw without **kwargs and without named parameters */
            uint8_t count;      /* parameters of a flat signature, self included */
            uint8_t required;   /* positional parameters without default, self included; 0xFF: a keyword is required */
            uint8_t positional; /* parameters that may be passed by position */
        };
    };
    Object *weakrefs;
} Native;

#define NATIVE_NOT_FLAT 0xFF
/* A call in place has room for so many absent arguments: every frame has that many registers more than its code uses. */
#define NATIVE_ABSENT_MAX 4

/* A builtin function object.  self may be VALUE_EMPTY (static). */
MUST_CHECK Value native_new(Thread *t, const NativeDef *def, Value self, Value module_name);
/* A method descriptor for a type's dict (NATIVE_CLASS, NATIVE_STATIC respected). */
MUST_CHECK Value native_descriptor_new(Thread *t, const NativeDef *def, Type *owner);
/* Calls a Native (any of the kinds above) with arguments as object_call; for a METHOD_DESCRIPTOR args[0] is self. */
MUST_CHECK Value native_call(Thread *t, Native *f, const Value *args, uint32_t n, Value names);
/* The bound function of a METHOD_DESCRIPTOR or CLASSMETHOD_DESCRIPTOR: KIND_NATIVE with `self` as args[0]. */
MUST_CHECK Value native_bind(Thread *t, Native *f, Value self);
/* The TypeError of native_call for a self of the wrong type, for callers of def->fn: 0 or -1. */
int native_check_self(Thread *t, const Native *f, Value self);
/* The flat path of native_call for callers that place arguments where the function may have room for its absent ones:
 * `args` has capacity for f->count values; on entry `n` positional values (self included) are set, no keywords; fills the rest with VALUE_EMPTY. */
static ALWAYS_INLINE bool native_is_simple(const Native *f, uint32_t n)
{
    uint32_t least = __atomic_load_n(&f->least, __ATOMIC_ACQUIRE); /* another thread may just have learned the shape */
    return n - least <= f->span;
}

/* Binds raw arguments by a signature in CPython's text form, for constructors (Slots.init, Slots.create) and raw functions: out[i] receives a BORROWED
 * value or VALUE_EMPTY for each parameter of `signature` ($self left out, *args and **kwargs get no entry: positional arguments beyond the named ones
 * stay where they are, behind args[number of positional parameters], and unknown keywords are let pass).  0, or -1 with CPython's TypeError.
 * `fname` is used in messages. */
int native_parse(Thread *t, const char *fname, const char *signature, const Value *args, uint32_t n, Value names,
                 Value *out);

/* A signature in its parsed form. */
#define NATIVE_PARAMETERS_MAX 48
typedef struct NativeParameter {
    const char *name; /* into the text, not terminated */
    uint16_t length;
    bool optional;
} NativeParameter;
typedef struct NativeSignature {
    uint16_t count;      /* named parameters, self left out */
    uint16_t required;   /* leading positional ones without default */
    uint16_t positional; /* may be passed by position */
    uint16_t only;       /* of these, positional-only */
    bool has_self, star, star_star;
    bool keyword_required; /* a keyword-only parameter has no default */
    NativeParameter parameters[NATIVE_PARAMETERS_MAX];
} NativeSignature;
void native_signature_parse(NativeSignature *s, const char *text);

#endif
