/* mod_pyexpat.c: the module pyexpat, XML by the library expat: making parsers, errors, constants.
 *
 * The file list is in mod_pyexpat.h.  No locks. */
#include "mod_pyexpat.h"

#include <stdio.h>

#include "module_exception.h"

/* ---- errors ---- */

static int set_number(Thread *t, Value object, const char *name, int64_t number)
{
    Value v = int_from_int64(t, number);
    int status = value_is_empty(v) ? -1 : object_setattr_string(t, object, name, v);
    ref_dec(t, v);
    return status;
}

Value pyexpat_error(Thread *t, const Parser *p, enum XML_Error code)
{
    long long line = (long long)XML_GetErrorLineNumber(p->parser),
              column = (long long)XML_GetErrorColumnNumber(p->parser);
    Value message = str_format(t, "%s: line %lld, column %lld", XML_ErrorString(code), line, column);
    if (value_is_empty(message))
        return message;
    Value exc = object_call1(t, value_of(pyexpat_state(t)->error), message);
    ref_dec(t, message);
    if (value_is_empty(exc))
        return exc;
    if (set_number(t, exc, "code", code) < 0 || set_number(t, exc, "offset", column) < 0 ||
        set_number(t, exc, "lineno", line) < 0) {
        ref_dec(t, exc);
        return VALUE_EMPTY;
    }
    return error_set_take(t, exc);
}

/* ---- functions ---- */

NATIVE(ParserCreate, "ParserCreate", "($module, /, encoding=None, namespace_separator=None, intern=<unrepresentable>)",
       "A new parser.  With a separator, names are \"URI separator name\"; `intern` is a dict of names, None for none.")
{
    const char *encoding, *separator;
    Value encoding_owner, separator_owner, intern = args[3], v = VALUE_EMPTY;
    if (argument_string_or_none(t, args[1], "ParserCreate", "argument 'encoding'", &encoding, &encoding_owner) < 0)
        return VALUE_EMPTY;
    if (argument_string_or_none(t, args[2], "ParserCreate", "argument 'namespace_separator'", &separator,
                                &separator_owner) < 0)
        goto done;
    if (separator && strlen(separator) > 1) {
        error_set(t, EXC_ValueError, "namespace_separator must be at most one character, omitted, or None");
        goto done;
    }
    if (value_is_empty(intern)) {
        intern = dict_new(t);
        if (value_is_empty(intern))
            goto done;
    } else if (value_is_none(intern)) {
        intern = VALUE_EMPTY;
    } else if (dict_check(intern)) {
        ref_inc(t, intern);
    } else {
        error_set(t, EXC_TypeError, "intern must be a dictionary");
        goto done;
    }
    v = pyexpat_parser_new(t, encoding, separator, intern);
    ref_dec(t, intern);
done:
    ref_dec(t, encoding_owner);
    ref_dec(t, separator_owner);
    return v;
}

NATIVE(ErrorString, "ErrorString", "($module, code, /)", "expat's text for an error's number, or None.")
{
    int64_t code;
    if (int_to_int64(t, args[1], &code) < 0)
        return VALUE_EMPTY;
    const char *text = XML_ErrorString((enum XML_Error)code);
    return text ? str_from_string(t, text) : VALUE_NONE;
}

/* ---- constants ---- */

static const char *const error_names[] = {
    NULL, /* no error */
    "XML_ERROR_NO_MEMORY",
    "XML_ERROR_SYNTAX",
    "XML_ERROR_NO_ELEMENTS",
    "XML_ERROR_INVALID_TOKEN",
    "XML_ERROR_UNCLOSED_TOKEN",
    "XML_ERROR_PARTIAL_CHAR",
    "XML_ERROR_TAG_MISMATCH",
    "XML_ERROR_DUPLICATE_ATTRIBUTE",
    "XML_ERROR_JUNK_AFTER_DOC_ELEMENT",
    "XML_ERROR_PARAM_ENTITY_REF",
    "XML_ERROR_UNDEFINED_ENTITY",
    "XML_ERROR_RECURSIVE_ENTITY_REF",
    "XML_ERROR_ASYNC_ENTITY",
    "XML_ERROR_BAD_CHAR_REF",
    "XML_ERROR_BINARY_ENTITY_REF",
    "XML_ERROR_ATTRIBUTE_EXTERNAL_ENTITY_REF",
    "XML_ERROR_MISPLACED_XML_PI",
    "XML_ERROR_UNKNOWN_ENCODING",
    "XML_ERROR_INCORRECT_ENCODING",
    "XML_ERROR_UNCLOSED_CDATA_SECTION",
    "XML_ERROR_EXTERNAL_ENTITY_HANDLING",
    "XML_ERROR_NOT_STANDALONE",
    "XML_ERROR_UNEXPECTED_STATE",
    "XML_ERROR_ENTITY_DECLARED_IN_PE",
    "XML_ERROR_FEATURE_REQUIRES_XML_DTD",
    "XML_ERROR_CANT_CHANGE_FEATURE_ONCE_PARSING",
    "XML_ERROR_UNBOUND_PREFIX",
    "XML_ERROR_UNDECLARING_PREFIX",
    "XML_ERROR_INCOMPLETE_PE",
    "XML_ERROR_XML_DECL",
    "XML_ERROR_TEXT_DECL",
    "XML_ERROR_PUBLICID",
    "XML_ERROR_SUSPENDED",
    "XML_ERROR_NOT_SUSPENDED",
    "XML_ERROR_ABORTED",
    "XML_ERROR_FINISHED",
    "XML_ERROR_SUSPEND_PE",
    "XML_ERROR_RESERVED_PREFIX_XML",
    "XML_ERROR_RESERVED_PREFIX_XMLNS",
    "XML_ERROR_RESERVED_NAMESPACE_URI",
    "XML_ERROR_INVALID_ARGUMENT",
    "XML_ERROR_NO_BUFFER",
    "XML_ERROR_AMPLIFICATION_LIMIT_BREACH",
    "XML_ERROR_NOT_STARTED",
};

/* A module inside the module: borrowed, empty on error. */
static Value add_submodule(Thread *t, Value module, const char *name, const char *full_name)
{
    Value text = str_from_string(t, full_name), made = value_is_empty(text) ? text : module_new(t, text);
    ref_dec(t, text);
    return module_add_take(t, module, name, made) < 0 ? VALUE_EMPTY : made;
}

static int add_errors(Thread *t, Value module)
{
    Value errors = add_submodule(t, module, "errors", "pyexpat.errors");
    Value codes = dict_new(t), messages = dict_new(t);
    int status = value_is_empty(errors) || value_is_empty(codes) || value_is_empty(messages) ? -1 : 0;
    for (int code = 1; status == 0 && code < (int)(sizeof error_names / sizeof *error_names); code++) {
        const char *message = XML_ErrorString((enum XML_Error)code);
        if (!message) /* a newer expat's */
            continue;
        Value text = str_from_string(t, message);
        status = value_is_empty(text) || dict_set(t, codes, text, value_from_int(code)) < 0 ||
                         dict_set(t, messages, value_from_int(code), text) < 0
                     ? -1
                     : module_add_take(t, errors, error_names[code], ref_inc(t, text));
        ref_dec(t, text);
    }
    if (status == 0 && (module_add_take(t, errors, "codes", ref_inc(t, codes)) < 0 ||
                        module_add_take(t, errors, "messages", ref_inc(t, messages)) < 0))
        status = -1;
    ref_dec(t, codes);
    ref_dec(t, messages);
    return status;
}

static int add_model(Thread *t, Value module)
{
    static const struct {
        const char *name;
        int value;
    } constants[] = {
        {"XML_CTYPE_EMPTY", XML_CTYPE_EMPTY},   {"XML_CTYPE_ANY", XML_CTYPE_ANY},
        {"XML_CTYPE_MIXED", XML_CTYPE_MIXED},   {"XML_CTYPE_NAME", XML_CTYPE_NAME},
        {"XML_CTYPE_CHOICE", XML_CTYPE_CHOICE}, {"XML_CTYPE_SEQ", XML_CTYPE_SEQ},
        {"XML_CQUANT_NONE", XML_CQUANT_NONE},   {"XML_CQUANT_OPT", XML_CQUANT_OPT},
        {"XML_CQUANT_REP", XML_CQUANT_REP},     {"XML_CQUANT_PLUS", XML_CQUANT_PLUS},
    };
    Value model = add_submodule(t, module, "model", "pyexpat.model");
    int status = value_is_empty(model) ? -1 : 0;
    for (size_t i = 0; status == 0 && i < sizeof constants / sizeof *constants; i++)
        status = module_add_int(t, model, constants[i].name, constants[i].value);
    return status;
}

static int add_features(Thread *t, Value module)
{
    Value list = list_new(t, 0);
    for (const XML_Feature *f = XML_GetFeatureList(); !value_is_empty(list) && f->feature != XML_FEATURE_END; f++) {
        Value name = str_from_string(t, f->name), value = int_from_int64(t, f->value), pair = VALUE_EMPTY;
        if (!value_is_empty(name) && !value_is_empty(value))
            pair = tuple_pack(t, 2, name, value);
        ref_dec(t, name);
        ref_dec(t, value);
        if (list_append_take(t, list, pair) < 0)
            ref_clear(t, &list);
    }
    return module_add_take(t, module, "features", list);
}

static int exec(Thread *t, Value module)
{
    PyexpatState *state = pyexpat_state(t);
    if (!state) {
        state = t->interp->module_state[MODULE_pyexpat] = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
    }
    Type *error = module_add_exception(t, module, "xml.parsers.expat.ExpatError", NULL, NULL);
    Type *parser = error ? type_from_spec(t, &pyexpat_parser_spec, NULL) : NULL;
    if (!parser)
        return -1;
    REF_CLEAR_PTR(t, state->error);
    REF_CLEAR_PTR(t, state->parser);
    state->error = ref_inc_ptr(t, error);
    state->parser = parser;
    XML_Expat_Version version = XML_ExpatVersionInfo();
    if (module_add_take(t, module, "XMLParserType", ref_inc(t, value_of(parser))) < 0 ||
        module_add_take(t, module, "error", ref_inc(t, value_of(error))) < 0 ||
        module_add_string(t, module, "EXPAT_VERSION", XML_ExpatVersion()) < 0 ||
        module_add_string(t, module, "native_encoding", "UTF-8") < 0 ||
        module_add_take(t, module, "version_info",
                        tuple_pack(t, 3, value_from_int(version.major), value_from_int(version.minor),
                                   value_from_int(version.micro))) < 0 ||
        module_add_int(t, module, "XML_PARAM_ENTITY_PARSING_NEVER", XML_PARAM_ENTITY_PARSING_NEVER) < 0 ||
        module_add_int(t, module, "XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE",
                       XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE) < 0 ||
        module_add_int(t, module, "XML_PARAM_ENTITY_PARSING_ALWAYS", XML_PARAM_ENTITY_PARSING_ALWAYS) < 0 ||
        add_features(t, module) < 0 || add_errors(t, module) < 0)
        return -1;
    return add_model(t, module);
}

static void free_state(Thread *t, void *p)
{
    PyexpatState *state = p;
    REF_CLEAR_PTR(t, state->error);
    REF_CLEAR_PTR(t, state->parser);
    alloc_memory_free(t, state);
}

static const NativeDef *const methods[] = {&native_ParserCreate, &native_ErrorString, NULL};

const ModuleDef module_def_pyexpat = {
    .name = "pyexpat",
    .doc = "XML, parsed by expat.",
    .methods = methods,
    .exec = exec,
    .free_state = free_state,
};
