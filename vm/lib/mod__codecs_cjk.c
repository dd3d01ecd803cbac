/* mod__codecs_cjk.c: the modules that hand out encodings by name: _codecs_cn, _codecs_hk, _codecs_iso2022, _codecs_jp, _codecs_kr, _codecs_tw.
 *
 * No state. Read next: mod__multibytecodec.h. */
#include "../memory/ref.h"
#include "../object/codec_state.h"
#include "argument.h"
#include "mod__multibytecodec.h"

static Value getcodec(Thread *t, Value name, const MultibyteEncoding *encodings)
{
    if (!str_check(name))
        return error_set(t, EXC_TypeError, "encoding name must be a string.");
    Value owner, module = codec_import(t, "_multibytecodec"), result = VALUE_EMPTY; /* whose state has the tables */
    const char *wanted = value_is_empty(module) ? NULL : argument_string(t, name, "getcodec", "argument", &owner);
    if (!wanted) {
        ref_dec(t, module);
        return VALUE_EMPTY;
    }
    while (encodings->name && strcmp(encodings->name, wanted) != 0)
        encodings++;
    result = encodings->name ? multibyte_codec_new(t, encodings)
                             : error_set(t, EXC_LookupError, "no such codec is supported.");
    ref_dec(t, owner);
    ref_dec(t, module);
    return result;
}

#define CODECS(module_name, encodings, what)                                                                           \
    NATIVE(module_name##_getcodec, "getcodec", "($module, encoding, /)", "The codec of an encoding by its name.")      \
    {                                                                                                                  \
        return getcodec(t, args[1], encodings);                                                                        \
    }                                                                                                                  \
    static const NativeDef *const module_name##_methods[] = {&native_##module_name##_getcodec, NULL};                  \
    const ModuleDef module_def_##module_name = {                                                                       \
        .name = #module_name, .doc = "Encodings of " what " text.", .methods = module_name##_methods};

CODECS(_codecs_cn, multibyte_chinese, "Chinese")
CODECS(_codecs_hk, multibyte_hongkong, "Hong Kong's")
CODECS(_codecs_iso2022, multibyte_iso2022, "seven-bit East Asian")
CODECS(_codecs_jp, multibyte_japanese, "Japanese")
CODECS(_codecs_kr, multibyte_korean, "Korean")
CODECS(_codecs_tw, multibyte_taiwan, "Taiwan's")
