/* mod_pyexpat_handlers.c: what expat calls during a parse, and the Python functions called for it.
 *
 * A function that fails leaves its exception pending; from then on nothing more is called in this parse.  No locks of
 * its own: a parser runs on one thread at a time (mod_pyexpat_parser.c). */
#include "mod_pyexpat.h"

/* ---- calling ---- */

/* May Python be called?  Hands over gathered character data first, which comes before the event. */
static bool begin(Thread **t, Parser *p, Handler handler)
{
    *t = atomic_load(&p->thread);
    if (!*t || error_pending(*t) || value_is_empty(p->handlers[handler]))
        return false;
    return pyexpat_flush(*t, p) == 0 && !value_is_empty(p->handlers[handler]);
}

/* Calls a handler with values whose references it takes: its result, owned; empty when it or an argument failed. */
static Value call_take(Thread *t, Parser *p, Handler handler, Value *args, uint32_t n)
{
    Value function = ref_inc(t, p->handlers[handler]), result = VALUE_EMPTY;
    bool whole = true;
    for (uint32_t i = 0; i < n; i++)
        whole = whole && !value_is_empty(args[i]);
    if (whole)
        result = object_call(t, function, args, n, VALUE_EMPTY);
    for (uint32_t i = 0; i < n; i++)
        ref_dec(t, args[i]);
    ref_dec(t, function);
    if (value_is_empty(result)) {
        Value exc = error_take(t);
        pyexpat_clear_handlers(t, p);
        error_restore_take(t, exc);
    }
    return result;
}

#define CALL(t, p, handler, ...)                                                                                       \
    do {                                                                                                               \
        Value args_[] = {__VA_ARGS__};                                                                                 \
        ref_dec((t), call_take((t), (p), (handler), args_, (uint32_t)(sizeof args_ / sizeof *args_)));                 \
    } while (0)

static Value text(Thread *t, const XML_Char *s) { return s ? str_from_utf8(t, s, strlen(s)) : VALUE_NONE; }

/* A name: the one str that the parser's dict has for it. */
static Value name_of(Thread *t, Parser *p, const XML_Char *s)
{
    Value name = text(t, s), kept;
    if (value_is_empty(name) || value_is_none(name) || value_is_empty(p->intern))
        return name;
    int status = dict_setdefault(t, p->intern, name, name, &kept);
    ref_dec(t, name);
    return status < 0 ? VALUE_EMPTY : kept;
}

/* ---- character data ---- */

static int call_character_data(Thread *t, Parser *p, const char *s, int n)
{
    Value args[1] = {str_from_utf8(t, s, (size_t)n)};
    Value result = call_take(t, p, HANDLER_CharacterDataHandler, args, 1);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

int pyexpat_flush(Thread *t, Parser *p)
{
    if (!p->buffer || !p->buffer_used)
        return 0;
    int n = p->buffer_used;
    p->buffer_used = 0;
    if (value_is_empty(p->handlers[HANDLER_CharacterDataHandler]))
        return 0;
    return call_character_data(t, p, p->buffer, n);
}

static void on_character_data(void *data, const XML_Char *s, int n)
{
    Parser *p = data;
    Thread *t = atomic_load(&p->thread);
    if (!t || error_pending(t) || value_is_empty(p->handlers[HANDLER_CharacterDataHandler]))
        return;
    if (p->buffer && n > p->buffer_size - p->buffer_used &&
        (pyexpat_flush(t, p) < 0 || value_is_empty(p->handlers[HANDLER_CharacterDataHandler])))
        return;
    if (!p->buffer || n > p->buffer_size) {
        call_character_data(t, p, s, n);
    } else {
        memcpy(p->buffer + p->buffer_used, s, (size_t)n);
        p->buffer_used += n;
    }
}

/* ---- elements ---- */

/* The attributes of an element: a dict, or a list of names and values in turn. */
static Value attributes(Thread *t, Parser *p, const XML_Char **list)
{
    size_t n = 0;
    if (p->specified_attributes) {
        n = (size_t)XML_GetSpecifiedAttributeCount(p->parser);
    } else {
        while (list[n])
            n += 2;
    }
    Value all = p->ordered_attributes ? list_new(t, n) : dict_new(t);
    for (size_t i = 0; !value_is_empty(all) && i < n; i += 2) {
        Value name = name_of(t, p, list[i]), value = value_is_empty(name) ? VALUE_EMPTY : text(t, list[i + 1]);
        int status = value_is_empty(value) ? -1 : 0;
        if (status == 0 && p->ordered_attributes)
            status = list_append(t, all, name) < 0 ? -1 : list_append(t, all, value);
        else if (status == 0)
            status = dict_set(t, all, name, value);
        ref_dec(t, name);
        ref_dec(t, value);
        if (status < 0)
            ref_clear(t, &all);
    }
    return all;
}

static void on_start_element(void *data, const XML_Char *name, const XML_Char **list)
{
    Thread *t;
    Parser *p = data;
    if (!begin(&t, p, HANDLER_StartElementHandler))
        return;
    Value all = attributes(t, p, list);
    CALL(t, p, HANDLER_StartElementHandler, value_is_empty(all) ? VALUE_EMPTY : name_of(t, p, name), all);
}

/* An event whose arguments are names and texts. */
#define EVENT(function, handler, parameters, ...)                                                                      \
    static void function parameters                                                                                    \
    {                                                                                                                  \
        Thread *t;                                                                                                     \
        Parser *p = data;                                                                                              \
        if (begin(&t, p, handler))                                                                                     \
            CALL(t, p, handler, __VA_ARGS__);                                                                          \
    }

EVENT(on_end_element, HANDLER_EndElementHandler, (void *data, const XML_Char *name), name_of(t, p, name))
EVENT(on_processing_instruction, HANDLER_ProcessingInstructionHandler,
      (void *data, const XML_Char *target, const XML_Char *rest), name_of(t, p, target), text(t, rest))
EVENT(on_unparsed_entity, HANDLER_UnparsedEntityDeclHandler,
      (void *data, const XML_Char *entity, const XML_Char *base, const XML_Char *system, const XML_Char *public,
       const XML_Char *notation),
      name_of(t, p, entity), name_of(t, p, base), name_of(t, p, system), name_of(t, p, public), name_of(t, p, notation))
EVENT(on_notation, HANDLER_NotationDeclHandler,
      (void *data, const XML_Char *notation, const XML_Char *base, const XML_Char *system, const XML_Char *public),
      name_of(t, p, notation), name_of(t, p, base), name_of(t, p, system), name_of(t, p, public))
EVENT(on_start_namespace, HANDLER_StartNamespaceDeclHandler, (void *data, const XML_Char *prefix, const XML_Char *uri),
      name_of(t, p, prefix), name_of(t, p, uri))
EVENT(on_end_namespace, HANDLER_EndNamespaceDeclHandler, (void *data, const XML_Char *prefix), name_of(t, p, prefix))
EVENT(on_comment, HANDLER_CommentHandler, (void *data, const XML_Char *comment), text(t, comment))
EVENT(on_default, HANDLER_DefaultHandler, (void *data, const XML_Char *s, int n), str_from_utf8(t, s, (size_t)n))
EVENT(on_default_expand, HANDLER_DefaultHandlerExpand, (void *data, const XML_Char *s, int n),
      str_from_utf8(t, s, (size_t)n))
EVENT(on_start_doctype, HANDLER_StartDoctypeDeclHandler,
      (void *data, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal),
      name_of(t, p, name), name_of(t, p, system), name_of(t, p, public), value_from_int(internal))
EVENT(on_entity, HANDLER_EntityDeclHandler,
      (void *data, const XML_Char *name, int parameter, const XML_Char *value, int length, const XML_Char *base,
       const XML_Char *system, const XML_Char *public, const XML_Char *notation),
      name_of(t, p, name), value_from_int(parameter), value ? str_from_utf8(t, value, (size_t)length) : VALUE_NONE,
      name_of(t, p, base), name_of(t, p, system), name_of(t, p, public), name_of(t, p, notation))
EVENT(on_xml, HANDLER_XmlDeclHandler, (void *data, const XML_Char *version, const XML_Char *encoding, int standalone),
      text(t, version), text(t, encoding), value_from_int(standalone))
EVENT(on_attlist, HANDLER_AttlistDeclHandler,
      (void *data, const XML_Char *element, const XML_Char *attribute, const XML_Char *type, const XML_Char *fallback,
       int required),
      name_of(t, p, element), name_of(t, p, attribute), text(t, type), text(t, fallback), value_from_int(required))
EVENT(on_skipped, HANDLER_SkippedEntityHandler, (void *data, const XML_Char *name, int parameter), name_of(t, p, name),
      value_from_int(parameter))

/* Events without arguments. */
static Value call_bare(Parser *p, Handler handler, Thread **t)
{
    return begin(t, p, handler) ? call_take(*t, p, handler, NULL, 0) : VALUE_EMPTY;
}
#define BARE_EVENT(function, handler)                                                                                  \
    static void function(void *data)                                                                                   \
    {                                                                                                                  \
        Thread *t;                                                                                                     \
        Value result = call_bare(data, handler, &t);                                                                   \
        if (!value_is_empty(result))                                                                                   \
            ref_dec(t, result);                                                                                        \
    }
BARE_EVENT(on_start_cdata, HANDLER_StartCdataSectionHandler)
BARE_EVENT(on_end_cdata, HANDLER_EndCdataSectionHandler)
BARE_EVENT(on_end_doctype, HANDLER_EndDoctypeDeclHandler)

/* The answer of a handler as expat wants it: an int; 0 ends the parse. Takes the result. */
static int answer_take(Thread *t, Parser *p, Value result)
{
    int answer = 0;
    if (!value_is_empty(result) && int_to_int(t, result, &answer) < 0) {
        Value exc = error_take(t);
        pyexpat_clear_handlers(t, p);
        error_restore_take(t, exc);
        answer = 0;
    }
    ref_dec(t, result);
    return answer;
}

static int on_not_standalone(void *data)
{
    Thread *t;
    Value result = call_bare(data, HANDLER_NotStandaloneHandler, &t);
    return value_is_empty(result) ? 0 : answer_take(t, data, result);
}

static int on_external_entity(XML_Parser parser, const XML_Char *context, const XML_Char *base, const XML_Char *system,
                              const XML_Char *public)
{
    Thread *t;
    Parser *p = XML_GetUserData(parser);
    if (!begin(&t, p, HANDLER_ExternalEntityRefHandler))
        return 0;
    Value args[4] = {text(t, context), name_of(t, p, base), name_of(t, p, system), name_of(t, p, public)};
    return answer_take(t, p, call_take(t, p, HANDLER_ExternalEntityRefHandler, args, 4));
}

/* ---- declarations of elements ---- */

/* (type, quantifier, name, (children ...)). */
static Value model_value(Thread *t, Parser *p, const XML_Content *model)
{
    if (!recursion_enter(t, " while converting a content model")) {
        recursion_leave(t);
        return VALUE_EMPTY;
    }
    Value children = tuple_new(t, model->numchildren), v = VALUE_EMPTY;
    bool ok = !value_is_empty(children);
    for (unsigned i = 0; ok && i < model->numchildren; i++) {
        Value child = model_value(t, p, &model->children[i]);
        ok = !value_is_empty(child);
        tuple_of(children)->items[i] = child;
    }
    Value name = ok ? name_of(t, p, model->name) : VALUE_EMPTY;
    if (!value_is_empty(name))
        v = tuple_pack(t, 4, value_from_int((int64_t)model->type), value_from_int((int64_t)model->quant), name,
                       children);
    ref_dec(t, name);
    ref_dec(t, children);
    recursion_leave(t);
    return v;
}

static void on_element_declaration(void *data, const XML_Char *name, XML_Content *model)
{
    Thread *t;
    Parser *p = data;
    if (begin(&t, p, HANDLER_ElementDeclHandler)) {
        Value v = model_value(t, p, model);
        CALL(t, p, HANDLER_ElementDeclHandler, value_is_empty(v) ? VALUE_EMPTY : name_of(t, p, name), v);
    }
    XML_FreeContentModel(p->parser, model);
}

/* ---- encodings ---- */

int pyexpat_unknown_encoding(void *data, const XML_Char *name, XML_Encoding *info)
{
    Parser *p = data;
    Thread *t = atomic_load(&p->thread);
    unsigned char all[256];
    if (!t || error_pending(t))
        return XML_STATUS_ERROR;
    for (int i = 0; i < 256; i++)
        all[i] = (unsigned char)i;
    Value decoded = codec_decode(t, all, sizeof all, name, "replace");
    if (value_is_empty(decoded))
        return XML_STATUS_ERROR;
    bool single = str_check(decoded) && str_length(decoded) == 256;
    if (!single)
        error_set(t, EXC_ValueError, "multi-byte encodings are not supported");
    for (size_t i = 0; single && i < 256; i++) {
        uint32_t c = str_at(str_of(decoded), i);
        info->map[i] = c == 0xFFFD ? -1 : (int)c;
    }
    ref_dec(t, decoded);
    info->data = NULL;
    info->convert = NULL;
    info->release = NULL;
    return single ? XML_STATUS_OK : XML_STATUS_ERROR;
}

/* ---- installing ---- */

void pyexpat_install(Parser *p, Handler handler)
{
    bool on = !value_is_empty(p->handlers[handler]);
    XML_Parser x = p->parser;
    switch (handler) {
    case HANDLER_StartElementHandler: XML_SetStartElementHandler(x, on ? on_start_element : NULL); break;
    case HANDLER_EndElementHandler: XML_SetEndElementHandler(x, on ? on_end_element : NULL); break;
    case HANDLER_ProcessingInstructionHandler:
        XML_SetProcessingInstructionHandler(x, on ? on_processing_instruction : NULL);
        break;
    case HANDLER_CharacterDataHandler: XML_SetCharacterDataHandler(x, on ? on_character_data : NULL); break;
    case HANDLER_UnparsedEntityDeclHandler: XML_SetUnparsedEntityDeclHandler(x, on ? on_unparsed_entity : NULL); break;
    case HANDLER_NotationDeclHandler: XML_SetNotationDeclHandler(x, on ? on_notation : NULL); break;
    case HANDLER_StartNamespaceDeclHandler: XML_SetStartNamespaceDeclHandler(x, on ? on_start_namespace : NULL); break;
    case HANDLER_EndNamespaceDeclHandler: XML_SetEndNamespaceDeclHandler(x, on ? on_end_namespace : NULL); break;
    case HANDLER_CommentHandler: XML_SetCommentHandler(x, on ? on_comment : NULL); break;
    case HANDLER_StartCdataSectionHandler: XML_SetStartCdataSectionHandler(x, on ? on_start_cdata : NULL); break;
    case HANDLER_EndCdataSectionHandler: XML_SetEndCdataSectionHandler(x, on ? on_end_cdata : NULL); break;
    case HANDLER_DefaultHandler: XML_SetDefaultHandler(x, on ? on_default : NULL); break;
    case HANDLER_DefaultHandlerExpand: XML_SetDefaultHandlerExpand(x, on ? on_default_expand : NULL); break;
    case HANDLER_NotStandaloneHandler: XML_SetNotStandaloneHandler(x, on ? on_not_standalone : NULL); break;
    case HANDLER_ExternalEntityRefHandler: XML_SetExternalEntityRefHandler(x, on ? on_external_entity : NULL); break;
    case HANDLER_StartDoctypeDeclHandler: XML_SetStartDoctypeDeclHandler(x, on ? on_start_doctype : NULL); break;
    case HANDLER_EndDoctypeDeclHandler: XML_SetEndDoctypeDeclHandler(x, on ? on_end_doctype : NULL); break;
    case HANDLER_EntityDeclHandler: XML_SetEntityDeclHandler(x, on ? on_entity : NULL); break;
    case HANDLER_XmlDeclHandler: XML_SetXmlDeclHandler(x, on ? on_xml : NULL); break;
    case HANDLER_ElementDeclHandler: XML_SetElementDeclHandler(x, on ? on_element_declaration : NULL); break;
    case HANDLER_AttlistDeclHandler: XML_SetAttlistDeclHandler(x, on ? on_attlist : NULL); break;
    case HANDLER_SkippedEntityHandler: XML_SetSkippedEntityHandler(x, on ? on_skipped : NULL); break;
    case HANDLER_COUNT: break;
    }
}

void pyexpat_clear_handlers(Thread *t, Parser *p)
{
    for (int i = 0; i < HANDLER_COUNT; i++)
        field_set_take(t, p, &p->handlers[i], VALUE_EMPTY);
}
