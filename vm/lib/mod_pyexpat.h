/* mod_pyexpat.h: what the files of the module pyexpat share.
 *
 *   mod_pyexpat.c           the module, its constants and errors
 *   mod_pyexpat_parser.c    the type xmlparser: parsing, attributes
 *   mod_pyexpat_handlers.c  what expat calls, and the Python functions called for it
 *
 * Invariant: expat runs attached, on one thread a parser at a time: `thread` is set while it does.  Character data is
 * gathered in `buffer` (NULL: not gathered) and handed over before any other event.  After an exception in a handler
 * all handlers are gone, so that expat runs through the rest in silence. */
#ifndef BATON_LIB_MOD_PYEXPAT_H
#define BATON_LIB_MOD_PYEXPAT_H

#include <expat.h>

#include "../memory/alloc.h"
#include "../object/bytes.h"
#include "../object/container.h"
#include "../object/module.h"
#include "argument.h"

typedef enum Handler {
#define HANDLER(name) HANDLER_##name,
#include "mod_pyexpat_handlers.def"
#undef HANDLER
    HANDLER_COUNT
} Handler;

typedef struct Parser {
    Object head;
    XML_Parser parser;
    _Atomic(Thread *) thread;      /* the one that parses, or NULL */
    Value handlers[HANDLER_COUNT]; /* owned or empty */
    Value intern;                  /* dict of names, or empty */
    Value parent;                  /* of a parser for an external entity: the parser that it came from, or empty */
    char *buffer;
    int buffer_size, buffer_used;
    bool ordered_attributes, specified_attributes, namespace_prefixes;
} Parser;

typedef struct PyexpatState {
    Type *parser, *error; /* owned */
} PyexpatState;

static inline PyexpatState *pyexpat_state(Thread *t) { return t->interp->module_state[MODULE_pyexpat]; }
static inline Parser *parser_of(Value v) { return (Parser *)value_object(v); }

/* ExpatError for a code at the parser's position; returns empty. */
Value pyexpat_error(Thread *t, const Parser *p, enum XML_Error code);
/* Hands gathered character data to its handler: 0 or -1. */
int pyexpat_flush(Thread *t, Parser *p);
/* Tells expat whether there is a handler. */
void pyexpat_install(Parser *p, Handler handler);
void pyexpat_clear_handlers(Thread *t, Parser *p);
/* encoding may be NULL; separator is NULL, "" or one character; intern is a dict or empty. */
MUST_CHECK Value pyexpat_parser_new(Thread *t, const char *encoding, const char *separator, Value intern);
extern const GetSetDef pyexpat_parser_getsets[];
extern const TypeSpec pyexpat_parser_spec;
/* XML_SetUnknownEncodingHandler: encodings of one byte a character, by Python's codecs. */
int pyexpat_unknown_encoding(void *data, const XML_Char *name, XML_Encoding *info);

#endif
