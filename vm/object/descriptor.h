/* descriptor.h: the descriptors that native types and __slots__ put into a type's dict, and slot wrappers. */
#ifndef BATON_OBJECT_DESCRIPTOR_H
#define BATON_OBJECT_DESCRIPTOR_H

#include "type.h"

/* All descriptors begin like this.  owner is owned unless immortal. */
#define DESCRIPTOR_HEAD                                                                                                \
    Object head;                                                                                                       \
    Type *owner;                                                                                                       \
    Value name;                                                                                                        \
    Value qualname /* or empty: not asked for yet */

typedef struct Descriptor {
    DESCRIPTOR_HEAD;
} Descriptor;
typedef struct GetSetDescriptor {
    DESCRIPTOR_HEAD;
    const GetSetDef *def;
} GetSetDescriptor;
/* offset is coded like Type.dict_offset for members made by __slots__. */
typedef struct MemberDescriptor {
    DESCRIPTOR_HEAD;
    MemberKind kind;
    int32_t offset;
    bool writable;
    const char *doc;
} MemberDescriptor;

typedef void (*SlotFn)(void); /* any function of Slots; cast back before the call */
struct SlotDef;
/* A dunder of a native type, made from its slot: wrapper_descriptor. */
typedef struct WrapperDescriptor {
    DESCRIPTOR_HEAD;
    const struct SlotDef *def;
    SlotFn fn;
} WrapperDescriptor;
typedef struct MethodWrapper {
    Object head;
    WrapperDescriptor *descriptor;
    Value self;
} MethodWrapper;

MUST_CHECK Value getset_descriptor_new(Thread *t, Type *owner, const GetSetDef *def);
MUST_CHECK Value member_descriptor_new(Thread *t, Type *owner, const MemberDef *def);
MUST_CHECK Value member_descriptor_new_slot(Thread *t, Type *owner, Value name, int32_t offset);
MUST_CHECK Value wrapper_descriptor_new(Thread *t, Type *owner, const struct SlotDef *def, SlotFn fn);
/* Address of the Value that a member of kind MEMBER_VALUE... stands for in an instance (fixed or behind the inline items). */
Value *object_slot_at(Object *o, int32_t offset);

/* What a named tuple's class has for each field (../lib/mod__collections.c). */
typedef struct TupleGetter {
    Object head;
    int64_t index;
    Value doc;
} TupleGetter;
extern const TypeSpec tuple_getter_spec;

#endif
