/* method.h: bound methods, and the C layouts of classmethod, staticmethod, property and super. */
#ifndef BATON_OBJECT_METHOD_H
#define BATON_OBJECT_METHOD_H

#include "type.h"

/* What `instance.f` gives for a function f of the class: KIND_METHOD. */
typedef struct Method {
    Object head;
    Value function, self; /* any callable; never empty */
    Object *weakrefs;
} Method;
MUST_CHECK Value method_new(Thread *t, Value function, Value self);

/* KIND_CLASSMETHOD and KIND_STATICMETHOD. */
typedef struct MethodWrap {
    Object head;
    Value dict;
    Value callable; /* empty before __init__ */
    Object *weakrefs;
} MethodWrap;
MUST_CHECK Value classmethod_new(Thread *t, Value callable);
MUST_CHECK Value staticmethod_new(Thread *t, Value callable);

/* KIND_PROPERTY; empty or None: absent. */
typedef struct Property {
    Object head;
    Value get, set, del, doc;
    Value name;      /* as __set_name__ or the user gave it, or empty */
    bool getter_doc; /* doc came from the getter */
} Property;

/* KIND_SUPER. */
typedef struct Super {
    Object head;
    Type *type;        /* owned, or NULL before __init__ */
    Value object;      /* instance or class, or empty (unbound) */
    Type *object_type; /* owned, or NULL */
} Super;
/* Attribute of super(type, object): what the compiler's super().name instruction runs without making a super object. */
/* The class whose lookups are those of super(type, object of object_type), and the place of `type` in the MRO of object_type; or NULL. */
Type *super_next(const Type *object_type, const Type *type, uint32_t *place);
MUST_CHECK Value super_getattr(Thread *t, Type *type, Value object, Value name);

#endif
