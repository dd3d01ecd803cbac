/* type.h: type objects, the slots by which a type answers operations, and how C code declares types.
 *
 * A type is made from a constant TypeSpec at start-up (one per interpreter: no type object is static) or by a class statement.
 * Attribute lookup along the MRO is cached per type: Type.cache.
 *
 * Invariants.  `version` is never reused; it changes whenever the result of any lookup on the type, or an index into its cache, may change;
 * 0 means "do not cache".  Slots of a class that defines a dunder in Python hold the slot_... functions of slots.c, which look it up and call. */
#ifndef BATON_OBJECT_TYPE_H
#define BATON_OBJECT_TYPE_H

#include "native.h"

/* Called for every reference that an object owns; used by the collector. Non-zero stops the traversal. */
typedef int (*VisitFn)(Value v, void *arg);
#define VISIT(v)                                                                                                       \
    do {                                                                                                               \
        int visit_result_ = visit((v), arg);                                                                           \
        if (visit_result_)                                                                                             \
            return visit_result_;                                                                                      \
    } while (0)
#define VISIT_PTR(p) VISIT(value_of(p))

typedef struct Buffer Buffer; /* buffer.h */

typedef struct Slots {
    /* Life.  dealloc releases all that the object owns (it runs once, count zero, weak references already cleared); ref_zero frees the memory.
     * traverse and clear exist for types that can be part of a cycle; traverse does not visit o->type: the collector does, for heap types. */
    void (*dealloc)(Thread *t, Object *o);
    void (*end)(Thread *t, Object *o); /* dealloc and all the rest of dying, for exact instances (memory/end.h) */
    int (*traverse)(Object *o, VisitFn visit, void *arg);
    void (*clear)(Thread *t, Object *o);
    void (*finalize)(Thread *t, Object *o); /* __del__: may resurrect */
    /* Making.  create is __new__; init is __init__ (0 or -1). */
    Value (*create)(Thread *t, Type *type, const Value *args, uint32_t n, Value names);
    int (*init)(Thread *t, Value self, const Value *args, uint32_t n, Value names);
    /* Any object. */
    Value (*repr)(Thread *t, Value self);
    Value (*str)(Thread *t, Value self);
    hash_t (*hash)(Thread *t, Value self);                            /* slot_hash_unhashable for unhashable types */
    Value (*compare)(Thread *t, Value self, Value other, Compare op); /* or VALUE_NOTIMPLEMENTED */
    Value (*call)(Thread *t, Value self, const Value *args, uint32_t n, Value names);
    /* Is `call` without keywords, but for what the next two do, a call of *function with the tuple *first in front of the arguments (both owned)? */
    bool (*forward)(Thread *t, Value self, Value *function, Value *first);
    /* What comes before that call, or NULL: 1 with what `self` gives without it in *out, 0 with what is for call_after (owned, not empty), or -1. */
    int (*call_before)(Thread *t, Value self, const Value *args, uint32_t n, Value names, Value *out);
    /* Makes what `self` gives out of the call's result; takes both. */
    Value (*call_after)(Thread *t, Value self, Value before, Value result);
    Value (*getattr)(Thread *t, Value self, Value name);
    int (*setattr)(Thread *t, Value self, Value name, Value value); /* empty value: delete */
    Value (*iter)(Thread *t, Value self);
    Value (*next)(Thread *t, Value self); /* exhausted: empty, without an exception or with StopIteration */
    Value (*descr_get)(Thread *t, Value self, Value instance_or_empty, Value owner_or_empty);
    int (*descr_set)(Thread *t, Value self, Value instance, Value value); /* empty value: delete */
    Value (*await)(Thread *t, Value self);
    Value (*aiter)(Thread *t, Value self);
    Value (*anext)(Thread *t, Value self);
    /* Numbers: called with (left, right) for the left AND the right operand's type, as in CPython; VALUE_NOTIMPLEMENTED when not theirs. */
    Value (*binary[BINARY_COUNT])(Thread *t, Value a, Value b);
    Value (*inplace[BINARY_COUNT])(Thread *t, Value a, Value b);
    Value (*power)(Thread *t, Value a, Value b, Value modulus); /* three-argument pow; binary[BINARY_POW] serves two */
    Value (*unary[UNARY_COUNT])(Thread *t, Value v);
    int (*truth)(Thread *t, Value v);
    Value (*index)(Thread *t, Value v);
    Value (*to_int)(Thread *t, Value v);
    Value (*to_float)(Thread *t, Value v);
    /* Containers.  getitem and setitem get any key: index, slice or mapping key. */
    int64_t (*len)(Thread *t, Value self);
    Value (*getitem)(Thread *t, Value self, Value key);
    int (*setitem)(Thread *t, Value self, Value key, Value value); /* empty value: delete */
    int (*contains)(Thread *t, Value self, Value item);
    Value (*concat)(Thread *t, Value a, Value b);          /* sequence +, tried after the numeric slots */
    Value (*repeat)(Thread *t, Value self, int64_t count); /* sequence *, tried after the numeric slots */
    Value (*inplace_concat)(Thread *t, Value a, Value b);
    Value (*inplace_repeat)(Thread *t, Value self, int64_t count);
    /* Buffer protocol (buffer.h). */
    int (*buffer_get)(Thread *t, Value self, Buffer *view, int flags);
    void (*buffer_release)(Thread *t, Value self, Buffer *view);
} Slots;

#define TYPE_HEAP 0x0001u          /* made by a class statement or type(): mutable */
#define TYPE_BASE 0x0002u          /* may be subclassed */
#define TYPE_ABSTRACT 0x0004u      /* has abstract methods: cannot be instantiated */
#define TYPE_SEQUENCE 0x0008u      /* matches sequence patterns */
#define TYPE_MAPPING 0x0010u       /* matches mapping patterns */
#define TYPE_IMMUTABLE 0x0020u     /* attributes cannot be set */
#define TYPE_NO_NEW 0x0040u        /* cannot be called: "cannot create 'X' instances" */
#define TYPE_INLINE_VALUES 0x0080u /* instances keep attributes inline under Type.keys */
#define TYPE_METHOD_LIKE                                                                                               \
    0x0100u                     /* its instances, found on a class, bind like functions (function, method_descriptor) */
#define TYPE_MATCH_SELF 0x0200u /* one positional sub-pattern matches the subject itself (int, str, ...) */
#define TYPE_HAS_FINALIZER 0x0400u
#define TYPE_VALID 0x0800u              /* ready: slots inherited, MRO computed */
#define TYPE_HAS_SLOTS 0x1000u          /* this class or one that it derives from adds members by __slots__ */
#define TYPE_DEALLOC_REGISTERED 0x2000u /* Slots.dealloc has nothing to do for an object without OBJECT_REGISTERED */

/* A C attribute computed by functions; set may be NULL (read-only). */
typedef struct GetSetDef {
    const char *name;
    Value (*get)(Thread *t, Value self);
    int (*set)(Thread *t, Value self, Value value); /* empty value: delete */
    const char *doc;
} GetSetDef;

/* A C field of an object struct. */
typedef enum MemberKind {
    MEMBER_VALUE,
    MEMBER_VALUE_OR_ERROR /* empty raises AttributeError; else None */,
    MEMBER_INT32,
    MEMBER_INT64,
    MEMBER_BOOL,
    MEMBER_SIZE,
    MEMBER_DOUBLE
} MemberKind;
typedef struct MemberDef {
    const char *name;
    MemberKind kind;
    uint32_t offset;
    bool writable;
    const char *doc;
} MemberDef;

/* The constant description of a type written in C.  Absent parts are NULL or 0. */
typedef struct TypeSpec {
    const char *name; /* "list", or with the module for module types: "collections.deque" */
    const char *doc;
    Kind kind;                         /* KIND_OBJECT for types of extension modules without a kind of their own */
    uint32_t flags;                    /* TYPE_... */
    uint32_t size;                     /* sizeof the struct */
    uint32_t item_size;                /* bytes an item, for objects with inline items; number of items from `length` */
    size_t (*length)(const Object *o); /* number of inline items; required with item_size */
    int32_t dict_offset;               /* offset of a `Value dict` field in the struct, or 0 */
    int32_t weak_offset; /* offset of a `Object *weakrefs` field in the struct, or 0: base of weak references */
    const NativeDef *const *methods; /* NULL-terminated */
    const GetSetDef *getsets;        /* terminated by name NULL */
    const MemberDef *members;        /* terminated by name NULL */
    const char *signature;           /* __text_signature__ of the class, or NULL */
    /* Adds further attributes to type->dict (__match_args__ and the like) when it is filled, and does nothing else: 0 or -1; or NULL. */
    int (*ready)(Thread *t, Type *type);
    Slots slots;
} TypeSpec;

/* One attribute found along the MRO.  The table is open-addressed by the name's address (names are interned). */
typedef struct TypeCacheEntry {
    Value name;  /* interned str, owned; empty: free */
    Value value; /* owned; empty: known to be absent */
} TypeCacheEntry;
typedef struct TypeCache {
    uint32_t mask; /* capacity - 1 */
    uint32_t used;
    struct TypeCache *next_dropped; /* type_cache.c */
    TypeCacheEntry entries[];
} TypeCache;

/* Names of the inline attributes of a class's instances: append-only, so an index once given stays right. */
typedef struct SharedKeys {
    uint16_t capacity; /* at most CONFIG_INLINE_VALUES_MAX */
    _Atomic uint16_t count;
    Value names[]; /* interned str, owned */
} SharedKeys;

struct Type {
    Object head;
    const TypeSpec *spec; /* of the nearest native ancestor (itself included): tells C layouts apart */
    _Atomic uint32_t version;
    uint32_t flags;
    Kind kind;
    uint32_t
        alloc_info; /* ../memory/alloc.h: how instances are allocated; 0 until the first one (set it to 0 when flags, kind or traverse change) */
    uint32_t size;  /* bytes of an instance, inline values and slots included, without inline items */
    uint32_t item_size;
    int32_t
        dict_offset; /* of the instance's `Value` dict slot: > 0 fixed; < 0: the -Nth Value after the inline items (type_dict_slot); 0 none */
    int32_t weak_offset;    /* of the instance's weak reference list; the same coding */
    uint32_t values_offset; /* TYPE_INLINE_VALUES: of Value[keys->capacity] */
    uint8_t
        instance_kind; /* what alloc_object writes into Object.kind: kind, with KIND_SUBCLASS unless this is the core type itself */
    uint32_t construct_version; /* `version` when `construct` was found (../run/cache.c); 0: it was not */
    Object *
        construct; /* a call makes a plain instance and runs this __init__, a Function; NULL: an instance is all; borrowed: there while the version stands */
    uint16_t
        trailing; /* Values behind the inline items of an instance: its __slots__, dict and weak reference list, when item_size != 0 */
    uint16_t slot_count; /* members that this class adds by __slots__ */
    int32_t
        slots_offset; /* of the first of these Values; negative: -1 is the first Value behind the inline items, -2 the second ... */
    Value slot_names; /* tuple of str, mangled and sorted, or empty */
    Type *
        native; /* the nearest native ancestor (itself included): its slots release the C part of an instance; borrowed */
    SharedKeys *keys;
    TypeCache *cache;  /* swapped whole; old tables go through reclaim.h; NULL: nothing looked up yet */
    Value name;        /* str: __name__ */
    Value qualname;    /* str */
    Type *base;        /* owned; NULL for object */
    Value bases;       /* tuple */
    Value mro;         /* tuple of types; empty until ready */
    Value dict;        /* dict: the type's own namespace; empty: see type_peek_dict */
    Value registered;  /* the bases in whose `subclasses` this type is: a tuple, or empty */
    Type **subclasses; /* the direct ones in order of their making, borrowed: a dying type takes itself out */
    uint32_t subclass_count, subclass_capacity;
    Object *weakrefs;
    Slots slots;
};

/* ---- making types ---- */

/* A type from its spec with one base (NULL: object) in the interpreter of t; module types also get __module__. */
MUST_CHECK Type *type_from_spec(Thread *t, const TypeSpec *spec, Type *base);
MUST_CHECK Type *type_from_spec_bases(Thread *t, const TypeSpec *spec, Value bases_tuple);
/* Takes out all that a type refers to, except its base: for the search for leaks, after the last instance. */
void type_empty(Thread *t, Type *type);
MUST_CHECK Type *type_from_spec_meta(Thread *t, Type *metatype, const TypeSpec *spec, Value bases_tuple);
/* Creates all of kind.def and exception.def; called once at start-up, before anything else can run. */
MUST_CHECK int type_bootstrap(Thread *t);

/* object.__new__: zeroed memory.  In Slots.create of classes without a __new__ of their own, and of native types that are set up by Slots.init; arguments are only
 * refused when there is no __init__ either.  A caller who finds it there may call type_alloc instead if there are no arguments or an __init__. */
Value type_create_plain(Thread *t, Type *type, const Value *args, uint32_t n, Value names);
Value type_create_abstract(Thread *t, Type *type, const Value *args, uint32_t n,
                           Value names); /* the same for a class that is TYPE_ABSTRACT now: it raises */
/* The most derived metaclass of `metatype` and the types of the bases (borrowed), or NULL with TypeError "metaclass conflict". */
Type *type_calculate_metaclass(Thread *t, Type *metatype, Value bases_tuple);
/* Sets an attribute in the type's own dict whatever its flags say (bootstrap, modules): 0 or -1; keeps slots and caches right. */
int type_set_attr(Thread *t, Type *type, Value name, Value value);
/* What __annotations__ is: annotate(1), which must be a dict; an empty dict when annotate is not callable. */
MUST_CHECK Value annotations_from(Thread *t, Value annotate);
/* Takes the descriptors __dict__ and __weakref__ out of a class that is about to be replaced (dataclasses): 0 or -1. */
int type_clear_descriptors(Thread *t, Type *type);
/* A type's own dict, borrowed.  That of a native type is filled when it is first asked for, as many never are: empty, with an exception, where there is no memory for it. */
MUST_CHECK Value type_fill_dict(Thread *t, Type *type);
MUST_CHECK static inline Value type_peek_dict(Thread *t, Type *type)
{
    return LIKELY(!value_is_empty(type->dict)) ? type->dict : type_fill_dict(t, type);
}
static inline bool type_check(Value v) { return object_is(v, KIND_TYPE); }
static inline Type *type_as(Value v) { return (Type *)value_object(v); } /* type_check(v) */

/* ---- looking up ---- */

/* The attribute along the MRO, without binding; owned; empty WITHOUT an exception when absent.  name must be interned for caching. */
Value type_lookup(Thread *t, Type *type, Value name);
/* The same through the cache, also telling the entry's index for inline caches (`*index`, valid while type->version stays *version; *version 0:
 * do not cache). */
Value type_lookup_cached(Thread *t, Type *type, Value name, uint32_t *version, uint32_t *index);
/* To be called after any change to a type's dict, bases or slots: new versions for it and its subclasses, caches dropped. */
void type_modified(Thread *t, Type *type);
bool type_is_subtype(const Type *type, const Type *base);
/* Is v an instance of the native type `spec` (or of a subclass)? */
static inline bool object_is_native(Value v, const TypeSpec *spec)
{
    return value_is_object(v) && value_object(v)->type->spec == spec;
}
const char *type_name(const Type *type); /* UTF-8 __name__, for messages */
/* The name by which CPython's messages call a type: with its module for types of C modules ("decimal.Decimal"), __name__ for classes. */
static inline const char *type_message_name(const Type *type)
{
    return type->flags & TYPE_HEAP ? type_name(type) : type->spec->name;
}

/* ---- instances of classes ---- */

/* Allocates an instance: fixed part, inline values, and room for `items` inline items; zeroed. */
MUST_CHECK void *type_alloc(Thread *t, Type *type, size_t items);
/* Address of the instance's __dict__ slot (a Value: dict or empty), or NULL when its type has none. */
Value *type_dict_slot(Object *o);
/* Address of the head of the instance's weak reference list, or NULL. */
Object **type_weak_slot(Object *o);
/* The instance's __dict__ as an owned dict, moving inline values into it first. Empty with an exception on failure. */
MUST_CHECK Value type_instance_dict(Thread *t, Object *o);

/* The getter and setter of __dict__ for GetSetDef tables of native types with a dict_offset. */
Value instance_get_dict(Thread *t, Value self);
int instance_set_dict(Thread *t, Value self, Value value);

/* Inline values.  head.aux is one more than the index of the last value set; the order of attributes is that of the keys.  Setting index >= aux stores and
 * raises aux (skipped ones stay empty); setting a non-empty one replaces it; setting an empty one below aux, or a name without room in the keys, moves the
 * instance to a dict.  aux == 0xFFFF: attributes are in the dict slot (which may be empty: none), all inline values are empty. */
#define INSTANCE_HAS_DICT 0xFFFF
static ALWAYS_INLINE Value *instance_values(Object *o) { return (Value *)((char *)o + o->type->values_offset); }
/* An attribute of the instance itself (inline value or dict): 1 found (owned), 0 missing, -1 error. */
int instance_get(Thread *t, Object *o, Value name, Value *result);
/* value empty: delete; a missing attribute on delete gives 0 with *found false. */
int instance_set(Thread *t, Object *o, Value name, Value value, bool *found);
/* Index of a name in the shared keys, or -1. */
int shared_keys_find(const SharedKeys *keys, Value name);

/* ---- slots ---- */

/* Slots for types that need a standard answer. */
hash_t slot_hash_unhashable(Thread *t, Value self); /* TypeError: unhashable type */
hash_t slot_hash_identity(Thread *t, Value self);
Value slot_iter_self(Thread *t, Value self);
/* slots.binary[op] (and inplace, unary) of a class that defines the dunder in Python. */
NameId slot_binary_name(BinaryOp op); /* __add__ ... */
extern Value (*const slot_python_binary_table[BINARY_COUNT])(Thread *t, Value a, Value b);
extern Value (*const slot_python_inplace_table[BINARY_COUNT])(Thread *t, Value a, Value b);
extern Value (*const slot_python_unary_table[UNARY_COUNT])(Thread *t, Value v);
/* The functions that a class with a Python dunder has in its slots; the eval loop recognises them in order to push a frame instead. */
Value slot_python_binary(Thread *t, BinaryOp op, Value a, Value b);
Value slot_python_getattr(Thread *t, Value self, Value name); /* __getattribute__ and/or __getattr__ */
/* The same in two steps, for who can push a frame: 1 and the attribute, 0 and the __getattr__ that is to be asked (owned), or -1. */
int slot_python_getattr_begin(Thread *t, Value self, Value name, Value *result);
MUST_CHECK Value slot_python_getattr_end(Thread *t, Value method_taken, Value self, Value name);
Value slot_python_call(Thread *t, Value self, const Value *args, uint32_t n, Value names);
int slot_python_init(Thread *t, Value self, const Value *args, uint32_t n, Value names);
Value slot_python_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names);
Value slot_python_next(Thread *t, Value self);
Value slot_python_iter(Thread *t, Value self);
int slot_python_truth(Thread *t, Value self);
Value slot_python_getitem(Thread *t, Value self, Value key);
int slot_python_setitem(Thread *t, Value self, Value key, Value value);
Value slot_python_compare(Thread *t, Value self, Value other, Compare op);
Value slot_python_descr_get(Thread *t, Value self, Value instance, Value owner);
hash_t slot_python_hash(Thread *t, Value self);
Value slot_python_repr(Thread *t, Value self);
Value slot_python_str(Thread *t, Value self);
int64_t slot_python_len(Thread *t, Value self);
int slot_python_contains(Thread *t, Value self, Value item);
int slot_python_setattr(Thread *t, Value self, Value name, Value value);
Value type_getattr(Thread *t, Value self, Value name); /* Slots.getattr of classes */
int slot_python_descr_set(Thread *t, Value self, Value instance, Value value);
Value slot_python_await(Thread *t, Value self);
Value slot_python_aiter(Thread *t, Value self);
Value slot_python_anext(Thread *t, Value self);
Value slot_python_index(Thread *t, Value self);
Value slot_python_power(Thread *t, Value a, Value b, Value modulus);
void slot_python_finalize(Thread *t, Object *o);

#endif
