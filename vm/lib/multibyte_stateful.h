/* multibyte_stateful.h: what incremental codecs (mod__multibytecodec.c) and streams (multibyte_stream.c) share: a codec that is used piece by piece. */
#ifndef BATON_LIB_MULTIBYTE_STATEFUL_H
#define BATON_LIB_MULTIBYTE_STATEFUL_H

#include "mod__multibytecodec.h"

#define STATEFUL_CHARACTERS 2 /* so many may wait for what follows them */
#define STATEFUL_BYTES 8

typedef struct Stateful {
    Object head;
    Value codec;   /* MultibyteCodec */
    Value errors;  /* str */
    Value pending; /* str (encoding) or bytes (decoding) that wait, or empty */
    Value stream;  /* streams only */
    MultibyteState state;
} Stateful;
static inline Stateful *stateful_of(Value v) { return (Stateful *)value_object(v); }

/* A new object of the type, whose `codec` it uses; errors empty: strict. */
Value stateful_create(Thread *t, Type *type, Value errors, bool decoding);
int stateful_init(Thread *t, Value self, const Value *args, uint32_t n, Value names);
void stateful_clear(Thread *t, Object *o);
int stateful_traverse(Object *o, VisitFn visit, void *arg);
extern const GetSetDef stateful_getsets[];
/* What the TypeSpecs of these have in common. */
#define STATEFUL_LAYOUT .kind = KIND_OBJECT, .flags = TYPE_BASE, .size = sizeof(Stateful)
#define STATEFUL_SLOTS(create_)                                                                                        \
    {                                                                                                                  \
        .dealloc = stateful_clear, .traverse = stateful_traverse, .clear = stateful_clear, .create = (create_),        \
        .init = stateful_init                                                                                          \
    }

MultibyteState stateful_state(Thread *t, Stateful *s);
void stateful_set(Thread *t, Stateful *s, const MultibyteState *state, Value pending); /* takes `pending` */
void stateful_restart(Thread *t, Stateful *s);                                         /* decoding: a new text begins */
/* A piece: what cannot be decided yet waits, unless `final`.  On an error all is as before when encoding; when decoding, nothing waits any more. */
Value stateful_encode(Thread *t, Stateful *s, Value text, bool final);
Value stateful_decode(Thread *t, Stateful *s, const void *data, size_t n, bool final);

#endif
