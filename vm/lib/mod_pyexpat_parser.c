/* mod_pyexpat_parser.c: the type pyexpat.xmlparser: feeding expat, its settings and positions.
 *
 * A parser is used by one thread at a time: Parser.thread is taken for a parse, and a second parse on it, from another
 * thread or from one of its own handlers, is refused. */
#include "mod_pyexpat.h"

#include <limits.h>

#define BUFFER_SIZE 8192
#define CHUNK_MAX (1 << 20)
#define READ_SIZE 2048

/* ---- life ---- */

static Parser *parser_alloc(Thread *t, XML_Parser x, Value intern)
{
    Parser *p = x ? type_alloc(t, pyexpat_state(t)->parser, 0) : NULL;
    if (!p) {
        if (x)
            XML_ParserFree(x);
        else
            error_no_memory(t);
        return NULL;
    }
    p->parser = x;
    p->intern = ref_inc(t, intern);
    p->buffer_size = BUFFER_SIZE;
    XML_SetUserData(x, p);
    XML_SetUnknownEncodingHandler(x, pyexpat_unknown_encoding, p);
    return p;
}

Value pyexpat_parser_new(Thread *t, const char *encoding, const char *separator, Value intern)
{
    XML_Parser x = separator ? XML_ParserCreateNS(encoding, *separator) : XML_ParserCreate(encoding);
    if (x)
        XML_SetHashSalt(x, (unsigned long)t->interp->hash_key[0]);
    return value_of(parser_alloc(t, x, intern));
}

static void clear(Thread *t, Object *o)
{
    Parser *p = (Parser *)o;
    pyexpat_clear_handlers(t, p);
    ref_clear(t, &p->intern);
}

static void dealloc(Thread *t, Object *o)
{
    Parser *p = (Parser *)o;
    if (p->parser)
        XML_ParserFree(p->parser);
    p->parser = NULL;
    alloc_memory_free(t, p->buffer);
    p->buffer = NULL;
    clear(t, o);
    ref_clear(t, &p->parent); /* expat's part of it had to outlive ours */
}

static int traverse(Object *o, VisitFn visit, void *arg)
{
    Parser *p = (Parser *)o;
    for (int i = 0; i < HANDLER_COUNT; i++)
        VISIT(p->handlers[i]);
    VISIT(p->intern);
    VISIT(p->parent);
    return 0;
}

/* ---- parsing ---- */

static int enter(Thread *t, Parser *p)
{
    Thread *none = NULL;
    if (atomic_compare_exchange_strong(&p->thread, &none, t))
        return 0;
    return error_set(t, EXC_RuntimeError, "the parser is already parsing"), -1;
}
static void leave(Parser *p) { atomic_store(&p->thread, NULL); }

/* After XML_Parse and the like said `status`: its value, or an exception. */
static Value parse_result(Thread *t, Parser *p, int status)
{
    if (error_pending(t))
        return VALUE_EMPTY;
    if (status == 0)
        return pyexpat_error(t, p, XML_GetErrorCode(p->parser));
    return pyexpat_flush(t, p) < 0 ? VALUE_EMPTY : value_from_int(status);
}

NATIVE(Parse, "Parse", "($self, data, isfinal=False, /)",
       "Parses the next piece of a document, the last one if `isfinal`.")
{
    Parser *p = parser_of(args[0]);
    Buffer view;
    int final = argument_bool(t, args[2], 0), status = 1;
    if (final < 0 || argument_buffer_or_str(t, args[1], "Parse", "argument 1", &view) < 0)
        return VALUE_EMPTY;
    if (enter(t, p) < 0) {
        buffer_release(t, &view);
        return VALUE_EMPTY;
    }
    if (str_check(args[1]))
        XML_SetEncoding(p->parser, "utf-8");
    const char *data = view.data;
    size_t left = view.length;
    for (; left > CHUNK_MAX && status && !error_pending(t); data += CHUNK_MAX, left -= CHUNK_MAX)
        status = XML_Parse(p->parser, data, CHUNK_MAX, 0);
    if (status && !error_pending(t))
        status = XML_Parse(p->parser, left ? data : "", (int)left, final);
    buffer_release(t, &view);
    Value v = parse_result(t, p, status);
    leave(p);
    return v;
}

/* Reads into expat's buffer by file.read(n): the number of bytes, or -1. */
static int read_piece(Thread *t, Value read, void *buffer)
{
    Value data = object_call1(t, read, value_from_int(READ_SIZE));
    if (value_is_empty(data))
        return -1;
    const void *bytes;
    size_t n;
    if (bytes_check(data)) {
        bytes = bytes_of(data)->data;
        n = bytes_of(data)->length;
    } else if (object_is(data, KIND_BYTEARRAY)) {
        const ByteArray *a = (const ByteArray *)value_object(data);
        bytes = a->data;
        n = a->length;
    } else {
        error_set(t, EXC_TypeError, "read() did not return a bytes object (type=%T)", data);
        ref_dec(t, data);
        return -1;
    }
    if (n > READ_SIZE)
        error_set(t, EXC_ValueError, "read() returned too much data: %i bytes requested, %zu returned", READ_SIZE, n);
    else if (n)
        memcpy(buffer, bytes, n);
    ref_dec(t, data);
    return n > READ_SIZE ? -1 : (int)n;
}

NATIVE(ParseFile, "ParseFile", "($self, file, /)", "Parses all of a file object.")
{
    Parser *p = parser_of(args[0]);
    Value read;
    int found = object_getattr_optional(t, args[1], ID(t, read), &read), status = 1, got = 1;
    if (found <= 0)
        return found < 0 ? VALUE_EMPTY : error_set(t, EXC_TypeError, "argument must have 'read' attribute");
    if (enter(t, p) < 0) {
        ref_dec(t, read);
        return VALUE_EMPTY;
    }
    while (got > 0 && status && !error_pending(t)) {
        void *buffer = XML_GetBuffer(p->parser, READ_SIZE);
        if (!buffer) {
            status = 0;
            break;
        }
        got = read_piece(t, read, buffer);
        if (got >= 0)
            status = XML_ParseBuffer(p->parser, got, got == 0);
    }
    Value v = parse_result(t, p, status);
    leave(p);
    ref_dec(t, read);
    return v;
}

NATIVE(ExternalEntityParserCreate, "ExternalEntityParserCreate", "($self, context, encoding=None, /)",
       "A parser for an external entity, with this one's handlers; `context` is what the handler was given.")
{
    Parser *p = parser_of(args[0]), *made = NULL;
    const char *context, *encoding;
    Value context_owner, encoding_owner = VALUE_EMPTY;
    if (argument_string_or_none(t, args[1], "ExternalEntityParserCreate", "argument 1", &context, &context_owner) < 0)
        return VALUE_EMPTY;
    if (argument_string_or_none(t, args[2], "ExternalEntityParserCreate", "argument 2", &encoding, &encoding_owner) ==
        0)
        made = parser_alloc(t, XML_ExternalEntityParserCreate(p->parser, context, encoding), p->intern);
    ref_dec(t, context_owner);
    ref_dec(t, encoding_owner);
    if (!made)
        return VALUE_EMPTY;
    made->parent = ref_inc(t, args[0]);
    made->buffer_size = p->buffer_size;
    made->ordered_attributes = p->ordered_attributes;
    made->specified_attributes = p->specified_attributes;
    made->namespace_prefixes = p->namespace_prefixes;
    if (p->buffer && !(made->buffer = alloc_memory(t, (size_t)made->buffer_size))) {
        ref_dec_ptr(t, made);
        return VALUE_EMPTY;
    }
    for (int i = 0; i < HANDLER_COUNT; i++) {
        made->handlers[i] = field_get(t, p, &p->handlers[i]);
        pyexpat_install(made, (Handler)i);
    }
    return value_of(made);
}

/* ---- settings ---- */

NATIVE(SetBase, "SetBase", "($self, base, /)", "Sets what relative system identifiers are relative to.")
{
    Value owner;
    const char *base = argument_string(t, args[1], "SetBase", "argument", &owner);
    if (!base)
        return VALUE_EMPTY;
    int status = XML_SetBase(parser_of(args[0])->parser, base);
    ref_dec(t, owner);
    return status ? VALUE_NONE : error_no_memory(t);
}
NATIVE(GetBase, "GetBase", "($self, /)", "What SetBase() has set, or None.")
{
    const char *base = XML_GetBase(parser_of(args[0])->parser);
    return base ? str_from_string(t, base) : VALUE_NONE;
}
NATIVE(GetInputContext, "GetInputContext", "($self, /)",
       "In a handler: the input of the present event, as bytes in its own encoding; else None.")
{
    Parser *p = parser_of(args[0]);
    int offset, size;
    if (!atomic_load(&p->thread))
        return VALUE_NONE;
    const char *input = XML_GetInputContext(p->parser, &offset, &size);
    return input ? bytes_new(t, input + offset, (size_t)(size - offset)) : VALUE_NONE;
}
NATIVE(SetParamEntityParsing, "SetParamEntityParsing", "($self, flag, /)",
       "Whether parameter entities, the external part of the DTD among them, are parsed; true if that could be set.")
{
    int flag;
    if (int_to_int(t, args[1], &flag) < 0)
        return VALUE_EMPTY;
    return value_from_int(XML_SetParamEntityParsing(parser_of(args[0])->parser, (enum XML_ParamEntityParsing)flag));
}
NATIVE(UseForeignDTD, "UseForeignDTD", "($self, flag=True, /)",
       "Lets the application supply a DTD where a document names none.")
{
    Parser *p = parser_of(args[0]);
    int flag = argument_bool(t, args[1], 1);
    if (flag < 0)
        return VALUE_EMPTY;
    enum XML_Error code = XML_UseForeignDTD(p->parser, flag ? XML_TRUE : XML_FALSE);
    return code == XML_ERROR_NONE ? VALUE_NONE : pyexpat_error(t, p, code);
}
NATIVE(SetReparseDeferralEnabled, "SetReparseDeferralEnabled", "($self, enabled, /)",
       "Whether an unfinished token waits for more input before it is tried again (expat 2.6 and later).")
{
    int on = object_truth(t, args[1]);
    if (on < 0)
        return VALUE_EMPTY;
#if XML_MAJOR_VERSION * 10000 + XML_MINOR_VERSION * 100 >= 20600
    XML_SetReparseDeferralEnabled(parser_of(args[0])->parser, on ? XML_TRUE : XML_FALSE);
#endif
    return VALUE_NONE;
}
NATIVE(GetReparseDeferralEnabled, "GetReparseDeferralEnabled", "($self, /)",
       "Does an unfinished token wait? False before expat 2.6.")
{
    return VALUE_FALSE;
}

/* ---- attributes ---- */

#define HANDLER(name)                                                                                                  \
    static Value get_##name(Thread *t, Value self)                                                                     \
    {                                                                                                                  \
        Value v = field_get(t, value_object(self), &parser_of(self)->handlers[HANDLER_##name]);                        \
        return value_is_empty(v) ? VALUE_NONE : v;                                                                     \
    }                                                                                                                  \
    static int set_##name(Thread *t, Value self, Value value)                                                          \
    {                                                                                                                  \
        return set_handler(t, parser_of(self), HANDLER_##name, value);                                                 \
    }
static int set_handler(Thread *t, Parser *p, Handler handler, Value value)
{
    if (value_is_empty(value))
        return error_set(t, EXC_TypeError, "Cannot delete attribute"), -1;
    if (handler == HANDLER_CharacterDataHandler && pyexpat_flush(t, p) < 0)
        return -1; /* what is gathered belongs to the old one */
    field_set_take(t, p, &p->handlers[handler], value_is_none(value) ? VALUE_EMPTY : ref_inc(t, value));
    pyexpat_install(p, handler);
    return 0;
}
#include "mod_pyexpat_handlers.def"
#undef HANDLER

#define NUMBER(name, expression)                                                                                       \
    static Value get_##name(Thread *t, Value self)                                                                     \
    {                                                                                                                  \
        return int_from_int64(t, (int64_t)(expression(parser_of(self)->parser)));                                      \
    }
NUMBER(error_code, XML_GetErrorCode)
NUMBER(line, XML_GetCurrentLineNumber)
NUMBER(column, XML_GetCurrentColumnNumber)
NUMBER(index, XML_GetCurrentByteIndex)

#define FLAG(name, action)                                                                                             \
    static Value get_##name(Thread *t, Value self) { return value_from_bool(parser_of(self)->name); }                  \
    static int set_##name(Thread *t, Value self, Value value)                                                          \
    {                                                                                                                  \
        int on = value_is_empty(value) ? -1 : object_truth(t, value);                                                  \
        if (value_is_empty(value))                                                                                     \
            error_set(t, EXC_TypeError, "Cannot delete attribute");                                                    \
        if (on < 0)                                                                                                    \
            return -1;                                                                                                 \
        parser_of(self)->name = on;                                                                                    \
        action;                                                                                                        \
        return 0;                                                                                                      \
    }
FLAG(ordered_attributes, (void)0)
FLAG(specified_attributes, (void)0)
FLAG(namespace_prefixes, XML_SetReturnNSTriplet(parser_of(self)->parser, on))

static Value get_buffer_text(Thread *t, Value self) { return value_from_bool(parser_of(self)->buffer != NULL); }
static Value get_buffer_used(Thread *t, Value self) { return value_from_int(parser_of(self)->buffer_used); }
static Value get_buffer_size(Thread *t, Value self) { return value_from_int(parser_of(self)->buffer_size); }

static int set_buffer_text(Thread *t, Value self, Value value)
{
    Parser *p = parser_of(self);
    if (value_is_empty(value))
        return error_set(t, EXC_TypeError, "Cannot delete attribute"), -1;
    int on = object_truth(t, value);
    if (on < 0)
        return -1;
    if (on && !p->buffer) {
        p->buffer_used = 0;
        p->buffer = alloc_memory(t, (size_t)p->buffer_size);
        return p->buffer ? 0 : -1;
    }
    if (!on && p->buffer) {
        if (pyexpat_flush(t, p) < 0)
            return -1;
        alloc_memory_free(t, p->buffer);
        p->buffer = NULL;
    }
    return 0;
}

static int set_buffer_size(Thread *t, Value self, Value value)
{
    Parser *p = parser_of(self);
    int64_t size;
    if (value_is_empty(value))
        return error_set(t, EXC_TypeError, "Cannot delete attribute"), -1;
    if (!int_check(value))
        return error_set(t, EXC_TypeError, "buffer_size must be an integer"), -1;
    if (int_to_int64(t, value, &size) < 0)
        return -1;
    if (size <= 0)
        return error_set(t, EXC_ValueError, "buffer_size must be greater than zero"), -1;
    if (size > INT_MAX)
        return error_set(t, EXC_ValueError, "buffer_size must not be greater than %i", INT_MAX), -1;
    if (size == p->buffer_size)
        return 0;
    if (p->buffer) {
        if (pyexpat_flush(t, p) < 0)
            return -1;
        char *buffer = alloc_memory(t, (size_t)size);
        if (!buffer)
            return -1;
        alloc_memory_free(t, p->buffer);
        p->buffer = buffer;
    }
    p->buffer_size = (int)size;
    return 0;
}

static const NativeDef *const methods[] = {
    &native_Parse,
    &native_ParseFile,
    &native_ExternalEntityParserCreate,
    &native_SetBase,
    &native_GetBase,
    &native_GetInputContext,
    &native_SetParamEntityParsing,
    &native_UseForeignDTD,
    &native_SetReparseDeferralEnabled,
    &native_GetReparseDeferralEnabled,
    NULL,
};

static const GetSetDef getsets[] = {
#define HANDLER(name) {#name, get_##name, set_##name, NULL},
#include "mod_pyexpat_handlers.def"
#undef HANDLER
    {"ErrorCode", get_error_code, NULL, NULL},
    {"ErrorLineNumber", get_line, NULL, NULL},
    {"ErrorColumnNumber", get_column, NULL, NULL},
    {"ErrorByteIndex", get_index, NULL, NULL},
    {"CurrentLineNumber", get_line, NULL, NULL},
    {"CurrentColumnNumber", get_column, NULL, NULL},
    {"CurrentByteIndex", get_index, NULL, NULL},
    {"buffer_size", get_buffer_size, set_buffer_size, NULL},
    {"buffer_text", get_buffer_text, set_buffer_text, NULL},
    {"buffer_used", get_buffer_used, NULL, NULL},
    {"namespace_prefixes", get_namespace_prefixes, set_namespace_prefixes, NULL},
    {"ordered_attributes", get_ordered_attributes, set_ordered_attributes, NULL},
    {"specified_attributes", get_specified_attributes, set_specified_attributes, NULL},
    {0},
};

static const MemberDef members[] = {{"intern", MEMBER_VALUE, offsetof(Parser, intern), false, NULL}, {0}};

const TypeSpec pyexpat_parser_spec = {
    .name = "pyexpat.xmlparser",
    .doc = "A parser of XML that calls handlers.",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(Parser),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.dealloc = dealloc, .traverse = traverse, .clear = clear},
};
