/* mod__json.h: what the files of the module _json share. */
#ifndef BATON_LIB_MOD__JSON_H
#define BATON_LIB_MOD__JSON_H

#include "../object/module.h"
#include "../object/str.h"

typedef struct JsonState {
    Type *scanner_type, *encoder_type;
    Value decode_error; /* json.decoder.JSONDecodeError, or empty until needed */
} JsonState;
static inline JsonState *json_state(Thread *t) { return (JsonState *)t->interp->module_state[MODULE__json]; }

extern const TypeSpec json_scanner_spec, json_encoder_spec;
/* Raises JSONDecodeError(message, document, position). */
Value json_decode_error(Thread *t, const char *message, Value document, size_t position);
/* Appends a str quoted and escaped; with `ascii` only ASCII characters. */
int json_encode_str(Thread *t, StrBuilder *b, Value s, bool ascii);
/* The string whose opening quote is before `start`: owned, *end behind its closing quote. */
MUST_CHECK Value json_scan_string(Thread *t, Value document, size_t start, bool strict, size_t *end);
/* Is v the function encode_basestring (0), encode_basestring_ascii (1), or neither (-1)? */
int json_builtin_encoder(Value v);

#endif
