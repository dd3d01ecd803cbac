/* structseq.h: tuples with named fields, as sys.version_info, os.stat_result and time.struct_time are.
 *
 * A field beyond `visible` is an attribute, but no item.  Declare one so:
 *
 *     static const MemberDef fields[] = {STRUCTSEQ_FIELD(0, "tm_year", "..."), ..., {0}};
 *     static const StructSeqSpec struct_time = STRUCTSEQ("time.struct_time", "...", fields, 9, 11, 0);
 *     Type *type = structseq_type(t, &struct_time);      (module_add_take(t, module, "struct_time", value_of(type)))
 *     Value v = structseq_new(t, type);  structseq_set_take(v, 0, ...);  ... */
#ifndef BATON_OBJECT_STRUCTSEQ_H
#define BATON_OBJECT_STRUCTSEQ_H

#include "list.h"
#include "type.h"

typedef struct StructSeqSpec {
    TypeSpec type;
    uint32_t visible; /* items */
    uint32_t total;   /* fields in all */
    uint32_t unnamed; /* items without a name */
} StructSeqSpec;

#define STRUCTSEQ_FIELD(index, name, doc)                                                                              \
    {                                                                                                                  \
        name, MEMBER_VALUE, offsetof(Tuple, items) + (index) * sizeof(Value), false, doc                               \
    }
/* `fields_` lists the named fields in order; the empty entry ends it. */
#define STRUCTSEQ(name_, doc_, fields_, visible_, total_, unnamed_)                                                    \
    STRUCTSEQ_MADE_BY(structseq_create, 0, name_, doc_, fields_, visible_, total_, unnamed_)
/* Programs make no instances. */
#define STRUCTSEQ_CLOSED(name_, doc_, fields_, visible_, total_, unnamed_)                                             \
    STRUCTSEQ_MADE_BY(NULL, TYPE_NO_NEW, name_, doc_, fields_, visible_, total_, unnamed_)
#define STRUCTSEQ_MADE_BY(create_, flags_, name_, doc_, fields_, visible_, total_, unnamed_)                           \
    {                                                                                                                  \
        .type = {.name = name_,                                                                                        \
                 .doc = doc_,                                                                                          \
                 .kind = KIND_TUPLE,                                                                                   \
                 .flags = TYPE_SEQUENCE | TYPE_IMMUTABLE | (flags_),                                                   \
                 .size = sizeof(Tuple),                                                                                \
                 .item_size = sizeof(Value),                                                                           \
                 .length = structseq_fields,                                                                           \
                 .methods = structseq_methods,                                                                         \
                 .members = fields_,                                                                                   \
                 .signature = "(sequence, dict={})",                                                                   \
                 .ready = structseq_ready,                                                                             \
                 .slots = {.dealloc = structseq_dealloc,                                                               \
                           .traverse = structseq_traverse,                                                             \
                           .create = create_,                                                                          \
                           .repr = structseq_repr}},                                                                   \
        .visible = visible_, .total = total_, .unnamed = unnamed_,                                                     \
    }

/* The type (owned), or NULL. */
MUST_CHECK Type *structseq_type(Thread *t, const StructSeqSpec *spec);
/* An instance whose fields are all empty: set them before anyone sees it. */
MUST_CHECK Value structseq_new(Thread *t, Type *type);
/* Takes the value; an empty one (a failed allocation) is noticed by structseq_finish. */
static inline void structseq_set_take(Value v, uint32_t index, Value field) { tuple_of(v)->items[index] = field; }
/* v if all its fields are there; else releases it and returns empty (the failing call's exception is pending). */
MUST_CHECK Value structseq_finish_take(Thread *t, Value v);

/* For STRUCTSEQ. */
extern const NativeDef *const structseq_methods[];
size_t structseq_fields(const Object *o);
int structseq_ready(Thread *t, Type *type);
void structseq_dealloc(Thread *t, Object *o);
int structseq_traverse(Object *o, VisitFn visit, void *arg);
Value structseq_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names);
Value structseq_repr(Thread *t, Value self);

#endif
