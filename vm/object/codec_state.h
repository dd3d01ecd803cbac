/* codec_state.h: what codec.c and codec_error.c share: the registries of one interpreter. */
#ifndef BATON_OBJECT_CODEC_STATE_H
#define BATON_OBJECT_CODEC_STATE_H

#include "../thread/lock.h"
#include "codec.h"
#include "native.h"

/* Hangs on interp->codec_state, made at the first use.  The values are containers with locks of their own. */
typedef struct CodecState {
    Value search_path; /* list of search functions */
    Value cache;       /* dict: normalised name -> CodecInfo */
    Value errors;      /* dict: name -> handler */
    bool encodings_imported;
} CodecState;

typedef struct CodecHandler {
    const char *name;
    const NativeDef *def;
} CodecHandler;
extern const CodecHandler codec_handlers[]; /* ends with name NULL */

Value codec_import(Thread *t, const char *module);

#endif
