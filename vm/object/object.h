/* object.h: the header that every heap object begins with, and the operations that every object supports.
 *
 * Ownership.  A function returning Value returns an owned reference, or VALUE_EMPTY with an exception pending on the thread (`t->exc`).
 * Arguments are borrowed unless the name says `take`.  `peek` returns a borrowed value.  An int result of -1 (or NULL) means that an
 * exception is pending.  Read next: type.h (how types answer these operations), ../memory/ref.h (how counts work). */
#ifndef BATON_OBJECT_OBJECT_H
#define BATON_OBJECT_OBJECT_H

#include <stdatomic.h>

#include "value.h"

typedef enum Kind {
#define KIND(name, python_name) KIND_##name,
#include "kind.def"
#undef KIND
    KIND_COUNT
} Kind;

/* Added to Object.kind for instances of subclasses made by a class statement (or by a module's native subtype). */
#define KIND_SUBCLASS 0x80

/* Invariants.  `local` is changed only by the thread whose id is `owner` (with the lock on, every thread carries the same id); `shared`
 * only atomically.  `kind` and `type` agree: type->kind == (kind & 0x7F).  A freed object's header stays readable until a
 * grace period has passed (reclaim.h).  24 bytes on every target. */
struct Object {
    uint32_t local;          /* references counted by the owner */
    uint16_t owner;          /* thread id, OWNER_IMMORTAL or OWNER_NONE (ref.h) */
    _Atomic uint8_t lock;    /* the object's leaf lock (objlock.h) */
    _Atomic uint8_t gc;      /* bits of the collector and of life's end (ref.h) */
    _Atomic uint32_t shared; /* references counted by other threads, and merge state (ref.h) */
    uint8_t kind;            /* Kind | KIND_SUBCLASS */
    uint8_t flags;           /* OBJECT_... */
    uint16_t aux;            /* for the type's own use; instances of classes: number of inline values begun (type.h) */
    Type *type;              /* owned when the type is a heap type */
#if UINTPTR_MAX == UINT32_MAX
    uint32_t pad;
#endif
};

#define OBJECT_WEAKLY_REFERENCED 0x01 /* a weak reference to it exists or existed */
#define OBJECT_FINALIZED 0x02         /* __del__ has run */
#define OBJECT_REGISTERED 0x04        /* of a TYPE_DEALLOC_REGISTERED: its dealloc has something to do */
#define OBJECT_ENDED 0x08             /* Slots.finalize has nothing to do for it any more */
#define OBJECT_OF_START_UP 0x80       /* BATON_CHECKS: existed when start-up was over, so it is no leak */

static ALWAYS_INLINE Kind object_kind(const Object *o) { return (Kind)(o->kind & 0x7F); }
/* Is v an instance of the built-in type, or of a subclass? (Not for INT, FLOAT, BOOL, NONE...: see int.h, float.h.) */
static ALWAYS_INLINE bool object_is(Value v, Kind kind)
{
    return value_is_object(v) && object_kind(value_object(v)) == kind;
}
/* Is v of exactly the built-in type? */
static ALWAYS_INLINE bool object_is_exact(Value v, Kind kind)
{
    return value_is_object(v) && value_object(v)->kind == (uint8_t)kind;
}

/* The type of any value (borrowed; never NULL for a non-empty value). */
static inline Type *type_of(Thread *t, Value v);

/* Versions, of types and of the keys of dicts, go from 1 to here: inline caches use the bit above. 0: none. */
#define VERSION_MAX UINT32_C(0x7FFFFFFF)

typedef int64_t hash_t; /* 64 bits on every target; -1 is never a valid hash: it reports an error */

typedef enum Compare { COMPARE_LT, COMPARE_LE, COMPARE_EQ, COMPARE_NE, COMPARE_GT, COMPARE_GE } Compare;

typedef enum BinaryOp {
    BINARY_ADD,
    BINARY_SUB,
    BINARY_MUL,
    BINARY_MATMUL,
    BINARY_TRUEDIV,
    BINARY_FLOORDIV,
    BINARY_MOD,
    BINARY_POW,
    BINARY_LSHIFT,
    BINARY_RSHIFT,
    BINARY_AND,
    BINARY_OR,
    BINARY_XOR,
    BINARY_DIVMOD,
    BINARY_COUNT
} BinaryOp;

typedef enum UnaryOp { UNARY_NEG, UNARY_POS, UNARY_INVERT, UNARY_ABS, UNARY_COUNT } UnaryOp;

/* ---- the operations of every object (object.c) ---- */

MUST_CHECK Value object_repr(Thread *t, Value v); /* repr(v): a str */
MUST_CHECK Value object_str(Thread *t, Value v);  /* str(v): a str */
/* Guards the repr of containers that may contain themselves: 0 go on (then call repr_leave), 1 v is being printed already, -1 error. */
int repr_enter(Thread *t, Value v);
void repr_leave(Thread *t, Value v);
MUST_CHECK Value object_ascii(Thread *t, Value v);                        /* ascii(v) */
MUST_CHECK Value object_format(Thread *t, Value v, Value spec);           /* format(v, spec); spec may be VALUE_EMPTY */
hash_t object_hash(Thread *t, Value v);                                   /* hash(v), or -1 */
MUST_CHECK Value object_compare(Thread *t, Value a, Value b, Compare op); /* a OP b: any value */
/* The rest of object_compare when a's own method has said NotImplemented and b's class does not derive from a's. */
MUST_CHECK Value object_compare_after_left(Thread *t, Value a, Value b, Compare op);
int object_compare_bool(Thread *t, Value a, Value b, Compare op); /* truth of a OP b (identity implies EQ): 1, 0, -1 */
static inline int object_equal(Thread *t, Value a, Value b) { return object_compare_bool(t, a, b, COMPARE_EQ); }
int object_truth(Thread *t, Value v);                            /* bool(v): 1, 0, -1 */
int object_isinstance(Thread *t, Value v, Value class_or_tuple); /* with __instancecheck__: 1, 0, -1 */
int object_issubclass(Thread *t, Value v, Value class_or_tuple);
int object_real_isinstance(Thread *t, Value v, Value class); /* without __instancecheck__: what type's own does */
int object_real_issubclass(Thread *t, Value derived, Value class);
MUST_CHECK Value object_dir(Thread *t, Value v); /* dir(v): a sorted list */

MUST_CHECK Value object_getattr(Thread *t, Value v, Value name); /* v.name; name is a str */
MUST_CHECK Value object_getattr_string(Thread *t, Value v, const char *ascii_name);
/* Like object_getattr, but an AttributeError is swallowed: 1 found (*result owned), 0 missing (*result empty), -1 error. */
int object_getattr_optional(Thread *t, Value v, Value name, Value *result);
int object_setattr(Thread *t, Value v, Value name, Value value); /* value empty: delete */
int object_setattr_string(Thread *t, Value v, const char *ascii_name, Value value);
/* The behaviour of object.__getattribute__ and object.__setattr__ (what Slots.getattr and setattr hold by default). */
MUST_CHECK Value object_generic_getattr(Thread *t, Value v, Value name);
int object_generic_setattr(Thread *t, Value v, Value name, Value value);
/* The generic lookup without raising for what is missing: 1 found (*result owned), 0 missing, -1 error (of a descriptor). */
int object_generic_lookup(Thread *t, Value v, Value name, Value *result);
/* Looks up a special method on type(v), not on the instance, bound to v. 1 found, 0 missing, -1 error. */
int object_special(Thread *t, Value v, Value name, Value *bound);

/* Calls.  `args` holds `n` positional arguments and then one value for each name in `names` (a tuple of str, or VALUE_EMPTY for none). */
MUST_CHECK Value object_call(Thread *t, Value callable, const Value *args, uint32_t n, Value names);
MUST_CHECK Value object_call0(Thread *t, Value callable);
MUST_CHECK Value object_call1(Thread *t, Value callable, Value arg);
MUST_CHECK Value object_call2(Thread *t, Value callable, Value arg1, Value arg2);
MUST_CHECK Value object_call_tuple(Thread *t, Value callable, Value args_tuple, Value kwargs_dict_or_empty);
/* v.name(args...): args[0] must be v itself, n counts it. */
MUST_CHECK Value object_call_method(Thread *t, Value name, const Value *args, uint32_t n, Value names);
/* v.name(...) with up to three arguments: pass VALUE_EMPTY for the absent ones. */
MUST_CHECK Value object_call_method_string(Thread *t, Value v, const char *ascii_name, Value a, Value b, Value c);
bool object_is_callable(Thread *t, Value v);
int object_is_abstract(Thread *t, Value v); /* truth of v.__isabstractmethod__, 0 without: 1, 0, -1 */

MUST_CHECK Value object_iter(Thread *t, Value v);                 /* iter(v) */
MUST_CHECK Value object_given_iterator(Thread *t, Value v);       /* v itself, if it is an iterator */
MUST_CHECK Value object_next(Thread *t, Value iterator);          /* next item; empty WITHOUT an exception at the end */
int64_t object_len(Thread *t, Value v);                           /* len(v), or -1 */
int64_t object_length_hint(Thread *t, Value v, int64_t fallback); /* operator.length_hint */
MUST_CHECK Value object_getitem(Thread *t, Value v, Value key);   /* v[key] */
int object_setitem(Thread *t, Value v, Value key, Value value);   /* v[key] = value; empty value: del v[key] */
MUST_CHECK Value object_getitem_index(Thread *t, Value v, int64_t index);
int object_contains(Thread *t, Value container, Value item);              /* item in container: 1, 0, -1 */
int object_contains_by_iteration(Thread *t, Value container, Value item); /* what `in` does without __contains__ */
/* Every item of an iterable as a fresh list or tuple (an exact tuple may be returned as it is). */
MUST_CHECK Value object_to_list(Thread *t, Value iterable);
MUST_CHECK Value object_to_tuple(Thread *t, Value iterable);

/* ---- numbers (number.c) ---- */

MUST_CHECK Value number_binary(Thread *t, BinaryOp op, Value a,
                               Value b); /* a OP b with reflection; TypeError as CPython's */
/* The rest of number_binary (or of number_inplace) when a's own method, of a class that is no sequence, has said NotImplemented. */
MUST_CHECK Value number_binary_after_left(Thread *t, BinaryOp op, Value a, Value b, bool inplace);
MUST_CHECK Value number_inplace(Thread *t, BinaryOp op, Value a, Value b); /* a OP= b */
MUST_CHECK Value number_power(Thread *t, Value a, Value b, Value modulus); /* pow(a, b, modulus or VALUE_NONE) */
MUST_CHECK Value number_unary(Thread *t, UnaryOp op, Value v);
MUST_CHECK Value number_index(Thread *t, Value v); /* operator.index(v): an exact int */
/* index as an int64 clipped to the range of `exception` is -1 (no exception: clip, as slices do); -1 with an exception pending on error. */
int64_t number_index_int64(Thread *t, Value v, int exception);
MUST_CHECK Value number_int(Thread *t, Value v);   /* int(v) without a base */
MUST_CHECK Value number_float(Thread *t, Value v); /* float(v) */
/* A C double from any real number (float, int, __float__, __index__); -1.0 with an exception pending on error. */
double number_to_double(Thread *t, Value v);

#include "../thread/state.h" /* with type_of */

#endif
