/* weakref_proxy.c: weakref.proxy objects: each operation is the referent's, or ReferenceError once it is gone.
 *
 * Making, lists and clearing are weakref.c's; no locks here. */
#include "weakref.h"

#include "../memory/ref.h"
#include "error.h"
#include "str.h"

/* The referent of a proxy, or any other value itself: owned; empty with ReferenceError. */
static Value unwrap(Thread *t, Value v)
{
    if (!weakproxy_check(v))
        return ref_inc(t, v);
    Value o = weakref_get(t, v);
    return value_is_empty(o) ? error_set(t, EXC_ReferenceError, "weakly-referenced object no longer exists") : o;
}

static Value proxy_repr(Thread *t, Value self)
{
    Value o = weakref_get(t, self);
    if (value_is_empty(o))
        return str_format(t, "<weakproxy at %p; dead>", (void *)value_object(self));
    Value result =
        str_format(t, "<weakproxy at %p; to '%#T' at %p>", (void *)value_object(self), o, (void *)value_object(o));
    ref_dec(t, o);
    return result;
}

/* ---- operations on one value: CALL uses `o`, the referent ---- */

#define PROXY_VALUE(name, parameters, CALL)                                                                            \
    static Value proxy_##name parameters                                                                               \
    {                                                                                                                  \
        Value o = unwrap(t, self), result;                                                                             \
        if (value_is_empty(o))                                                                                         \
            return VALUE_EMPTY;                                                                                        \
        result = CALL;                                                                                                 \
        ref_dec(t, o);                                                                                                 \
        return result;                                                                                                 \
    }
#define PROXY_INT(type, name, parameters, CALL)                                                                        \
    static type proxy_##name parameters                                                                                \
    {                                                                                                                  \
        Value o = unwrap(t, self);                                                                                     \
        if (value_is_empty(o))                                                                                         \
            return -1;                                                                                                 \
        type result = CALL;                                                                                            \
        ref_dec(t, o);                                                                                                 \
        return result;                                                                                                 \
    }

PROXY_VALUE(str, (Thread * t, Value self), object_str(t, o))
PROXY_VALUE(getattr, (Thread * t, Value self, Value name), object_getattr(t, o, name))
PROXY_VALUE(call, (Thread * t, Value self, const Value *args, uint32_t n, Value names),
            object_call(t, o, args, n, names))
PROXY_VALUE(iter, (Thread * t, Value self), object_iter(t, o))
PROXY_VALUE(index, (Thread * t, Value self), number_index(t, o))
PROXY_VALUE(to_int, (Thread * t, Value self), number_int(t, o))
PROXY_VALUE(to_float, (Thread * t, Value self), number_float(t, o))
PROXY_VALUE(getitem, (Thread * t, Value self, Value key), object_getitem(t, o, key))
PROXY_VALUE(neg, (Thread * t, Value self), number_unary(t, UNARY_NEG, o))
PROXY_VALUE(pos, (Thread * t, Value self), number_unary(t, UNARY_POS, o))
PROXY_VALUE(abs, (Thread * t, Value self), number_unary(t, UNARY_ABS, o))
PROXY_VALUE(invert, (Thread * t, Value self), number_unary(t, UNARY_INVERT, o))
PROXY_INT(int, setattr, (Thread * t, Value self, Value name, Value value), object_setattr(t, o, name, value))
PROXY_INT(int, truth, (Thread * t, Value self), object_truth(t, o))
PROXY_INT(int64_t, len, (Thread * t, Value self), object_len(t, o))
PROXY_INT(int, setitem, (Thread * t, Value self, Value key, Value value), object_setitem(t, o, key, value))
PROXY_INT(int, contains, (Thread * t, Value self, Value item), object_contains(t, o, item))

static Value proxy_next(Thread *t, Value self)
{
    Value o = unwrap(t, self);
    if (value_is_empty(o))
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    if (type_of(t, o)->slots.next)
        result = object_next(t, o);
    else
        error_set(t, EXC_TypeError, "Weakref proxy referenced a non-iterator '%.200s' object",
                  type_name(type_of(t, o)));
    ref_dec(t, o);
    return result;
}

static Value proxy_compare(Thread *t, Value self, Value other, Compare op)
{
    Value a = unwrap(t, self), b = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(a))
        b = unwrap(t, other);
    if (!value_is_empty(b))
        result = object_compare(t, a, b, op);
    ref_dec(t, a);
    ref_dec(t, b);
    return result;
}

/* ---- operations on two values, either of which may be the proxy ---- */

static Value both(Thread *t, Value (*operation)(Thread *t, BinaryOp op, Value a, Value b), BinaryOp op, Value left,
                  Value right)
{
    Value a = unwrap(t, left), b = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(a))
        b = unwrap(t, right);
    if (!value_is_empty(b))
        result = operation(t, op, a, b);
    ref_dec(t, a);
    ref_dec(t, b);
    return result;
}

#define PROXY_BINARY(OP)                                                                                               \
    static Value binary_##OP(Thread *t, Value a, Value b) { return both(t, number_binary, BINARY_##OP, a, b); }        \
    static Value inplace_##OP(Thread *t, Value a, Value b) { return both(t, number_inplace, BINARY_##OP, a, b); }
PROXY_BINARY(ADD)
PROXY_BINARY(SUB)
PROXY_BINARY(MUL)
PROXY_BINARY(MATMUL)
PROXY_BINARY(TRUEDIV)
PROXY_BINARY(FLOORDIV)
PROXY_BINARY(MOD)
PROXY_BINARY(POW)
PROXY_BINARY(LSHIFT)
PROXY_BINARY(RSHIFT)
PROXY_BINARY(AND)
PROXY_BINARY(OR)
PROXY_BINARY(XOR)
static Value binary_DIVMOD(Thread *t, Value a, Value b) { return both(t, number_binary, BINARY_DIVMOD, a, b); }

static Value proxy_power(Thread *t, Value left, Value right, Value modulus)
{
    Value a = unwrap(t, left), b = VALUE_EMPTY, c = VALUE_EMPTY, result = VALUE_EMPTY;
    if (!value_is_empty(a))
        b = unwrap(t, right);
    if (!value_is_empty(b))
        c = unwrap(t, modulus);
    if (!value_is_empty(c))
        result = number_power(t, a, b, c);
    ref_dec(t, a);
    ref_dec(t, b);
    ref_dec(t, c);
    return result;
}

/* ---- methods that are no slots ---- */

static Value call_method(Thread *t, Value self, const char *name)
{
    Value o = unwrap(t, self);
    if (value_is_empty(o))
        return VALUE_EMPTY;
    Value result = object_call_method_string(t, o, name, VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, o);
    return result;
}

NATIVE(bytes, "__bytes__", "($self, /)", "The referent's __bytes__().") { return call_method(t, args[0], "__bytes__"); }
NATIVE(reversed, "__reversed__", "($self, /)", "The referent's __reversed__().")
{
    return call_method(t, args[0], "__reversed__");
}

static const NativeDef *const proxy_methods[] = {&native_bytes, &native_reversed, NULL};

/* ---- types ---- */

/* A proxy lives as a reference does (weakref.c); only these three are needed of that type. */
static void proxy_clear(Thread *t, Object *o) { type_spec_weakref.slots.clear(t, o); }
static int proxy_traverse(Object *o, VisitFn visit, void *arg)
{
    return type_spec_weakref.slots.traverse(o, visit, arg);
}

#define PROXY_SPEC(kind_, name_, doc_, call_)                                                                          \
    {                                                                                                                  \
        .name = name_, .doc = doc_, .kind = kind_, .flags = TYPE_IMMUTABLE | TYPE_NO_NEW, .size = sizeof(WeakRef),     \
        .methods = proxy_methods,                                                                                      \
        .slots = {.dealloc = proxy_clear,                                                                              \
                  .traverse = proxy_traverse,                                                                          \
                  .clear = proxy_clear,                                                                                \
                  .repr = proxy_repr,                                                                                  \
                  .str = proxy_str,                                                                                    \
                  .hash = slot_hash_unhashable,                                                                        \
                  .compare = proxy_compare,                                                                            \
                  .call = call_,                                                                                       \
                  .getattr = proxy_getattr,                                                                            \
                  .setattr = proxy_setattr,                                                                            \
                  .iter = proxy_iter,                                                                                  \
                  .next = proxy_next,                                                                                  \
                  .binary = {[BINARY_ADD] = binary_ADD,                                                                \
                             [BINARY_SUB] = binary_SUB,                                                                \
                             [BINARY_MUL] = binary_MUL,                                                                \
                             [BINARY_MATMUL] = binary_MATMUL,                                                          \
                             [BINARY_TRUEDIV] = binary_TRUEDIV,                                                        \
                             [BINARY_FLOORDIV] = binary_FLOORDIV,                                                      \
                             [BINARY_MOD] = binary_MOD,                                                                \
                             [BINARY_POW] = binary_POW,                                                                \
                             [BINARY_LSHIFT] = binary_LSHIFT,                                                          \
                             [BINARY_RSHIFT] = binary_RSHIFT,                                                          \
                             [BINARY_AND] = binary_AND,                                                                \
                             [BINARY_OR] = binary_OR,                                                                  \
                             [BINARY_XOR] = binary_XOR,                                                                \
                             [BINARY_DIVMOD] = binary_DIVMOD},                                                         \
                  .inplace = {[BINARY_ADD] = inplace_ADD,                                                              \
                              [BINARY_SUB] = inplace_SUB,                                                              \
                              [BINARY_MUL] = inplace_MUL,                                                              \
                              [BINARY_MATMUL] = inplace_MATMUL,                                                        \
                              [BINARY_TRUEDIV] = inplace_TRUEDIV,                                                      \
                              [BINARY_FLOORDIV] = inplace_FLOORDIV,                                                    \
                              [BINARY_MOD] = inplace_MOD,                                                              \
                              [BINARY_POW] = inplace_POW,                                                              \
                              [BINARY_LSHIFT] = inplace_LSHIFT,                                                        \
                              [BINARY_RSHIFT] = inplace_RSHIFT,                                                        \
                              [BINARY_AND] = inplace_AND,                                                              \
                              [BINARY_OR] = inplace_OR,                                                                \
                              [BINARY_XOR] = inplace_XOR},                                                             \
                  .power = proxy_power,                                                                                \
                  .unary = {[UNARY_NEG] = proxy_neg,                                                                   \
                            [UNARY_POS] = proxy_pos,                                                                   \
                            [UNARY_INVERT] = proxy_invert,                                                             \
                            [UNARY_ABS] = proxy_abs},                                                                  \
                  .truth = proxy_truth,                                                                                \
                  .index = proxy_index,                                                                                \
                  .to_int = proxy_to_int,                                                                              \
                  .to_float = proxy_to_float,                                                                          \
                  .len = proxy_len,                                                                                    \
                  .getitem = proxy_getitem,                                                                            \
                  .setitem = proxy_setitem,                                                                            \
                  .contains = proxy_contains},                                                                         \
    }

const TypeSpec type_spec_weakproxy =
    PROXY_SPEC(KIND_WEAKPROXY, "weakref.ProxyType", "Stands for an object without keeping it alive.", NULL);
const TypeSpec type_spec_weak_callable_proxy =
    PROXY_SPEC(KIND_WEAK_CALLABLE_PROXY, "weakref.CallableProxyType",
               "Stands for a callable object without keeping it alive.", proxy_call);
