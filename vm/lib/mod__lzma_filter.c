/* mod__lzma_filter.c: filters of liblzma from dicts, and their options as bytes and back.  No state, no locks. */
#include "mod__lzma.h"

int lzma_to_uint32(Thread *t, Value v, uint32_t absent, uint32_t *result)
{
    uint64_t number;
    *result = absent;
    if (value_is_empty(v) || value_is_none(v))
        return 0;
    if (int_to_uint64(t, v, &number) < 0)
        return -1;
    if (number > UINT32_MAX)
        return error_set(t, EXC_OverflowError, "Value too large for uint32_t type"), -1;
    *result = (uint32_t)number;
    return 0;
}

/* An entry of a filter as a number; an absent one leaves *result: 0 or -1. */
static int entry(Thread *t, Value spec, const char *key, uint64_t max, uint64_t *result)
{
    Value name = str_from_string(t, key), value;
    if (value_is_empty(name))
        return -1;
    value = object_getitem(t, spec, name);
    ref_dec(t, name);
    if (value_is_empty(value))
        return error_swallow(t, EXC_KeyError) ? 0 : -1;
    uint64_t number;
    int status = int_to_uint64(t, value, &number);
    ref_dec(t, value);
    if (status == 0 && number > max)
        status = (error_set(t, EXC_OverflowError, "Value too large for uint32_t type"), -1);
    if (status == 0)
        *result = number;
    return status;
}
static int entry32(Thread *t, Value spec, const char *key, uint32_t *result)
{
    uint64_t number = *result;
    int status = entry(t, spec, key, UINT32_MAX, &number);
    *result = (uint32_t)number;
    return status;
}

/* A dict may have no other keys than these (NULL ends them), and "id". */
static int check_keys(Thread *t, Value spec, const char *const *keys, const char *what)
{
    Value iterator = object_iter(t, spec), key;
    if (value_is_empty(iterator))
        return -1;
    int status = 0;
    while (status == 0 && !value_is_empty(key = object_next(t, iterator))) {
        bool known = str_check(key) && str_equal_ascii(key, "id");
        for (const char *const *k = keys; !known && str_check(key) && *k; k++)
            known = str_equal_ascii(key, *k);
        if (!known)
            status = (error_set(t, EXC_ValueError, "Invalid filter specifier for %s filter", what), -1);
        ref_dec(t, key);
    }
    ref_dec(t, iterator);
    return error_pending(t) ? -1 : status;
}

static int lzma_options(Thread *t, Value spec, lzma_options_lzma *o)
{
    static const char *const keys[] = {"preset", "dict_size", "lc", "lp",    "pb",
                                       "mode",   "nice_len",  "mf", "depth", NULL};
    uint32_t preset = LZMA_PRESET_DEFAULT;
    if (check_keys(t, spec, keys, "LZMA") < 0 || entry32(t, spec, "preset", &preset) < 0)
        return -1;
    if (lzma_lzma_preset(o, preset))
        return error_set_type(t, lzma_state(t)->error, "Invalid compression preset: %u", preset), -1;
    uint32_t mode = o->mode, finder = o->mf;
    if (entry32(t, spec, "dict_size", &o->dict_size) < 0 || entry32(t, spec, "lc", &o->lc) < 0 ||
        entry32(t, spec, "lp", &o->lp) < 0 || entry32(t, spec, "pb", &o->pb) < 0 ||
        entry32(t, spec, "mode", &mode) < 0 || entry32(t, spec, "nice_len", &o->nice_len) < 0 ||
        entry32(t, spec, "mf", &finder) < 0 || entry32(t, spec, "depth", &o->depth) < 0)
        return -1;
    o->mode = (lzma_mode)mode;
    o->mf = (lzma_match_finder)finder;
    return 0;
}

/* One filter of a chain: 0 or -1. */
static int filter_from(Thread *t, Value spec, LzmaChain *chain, size_t i)
{
    static const char *const delta_keys[] = {"dist", NULL}, *const bcj_keys[] = {"start_offset", NULL};
    uint64_t id = LZMA_VLI_UNKNOWN;
    if (!type_of(t, spec)->slots.getitem || str_check(spec) || list_check(spec) || tuple_check(spec))
        return error_set(t, EXC_TypeError, "Filter specifier must be a dict or dict-like object"), -1;
    if (entry(t, spec, "id", UINT64_MAX, &id) < 0)
        return -1;
    if (id == LZMA_VLI_UNKNOWN)
        return error_set(t, EXC_ValueError, "Filter specifier must have an \"id\" entry"), -1;
    chain->filters[i] = (lzma_filter){id, &chain->options[i]};
    switch (id) {
    case LZMA_FILTER_LZMA1:
    case LZMA_FILTER_LZMA2: return lzma_options(t, spec, &chain->options[i].lzma);
    case LZMA_FILTER_DELTA:
        chain->options[i].delta = (lzma_options_delta){.type = LZMA_DELTA_TYPE_BYTE, .dist = 1};
        return check_keys(t, spec, delta_keys, "delta") < 0 ? -1
                                                            : entry32(t, spec, "dist", &chain->options[i].delta.dist);
    case LZMA_FILTER_X86:
    case LZMA_FILTER_POWERPC:
    case LZMA_FILTER_IA64:
    case LZMA_FILTER_ARM:
    case LZMA_FILTER_ARMTHUMB:
    case LZMA_FILTER_SPARC:
        chain->options[i].bcj = (lzma_options_bcj){0};
        return check_keys(t, spec, bcj_keys, "BCJ") < 0
                   ? -1
                   : entry32(t, spec, "start_offset", &chain->options[i].bcj.start_offset);
    default: return error_set(t, EXC_ValueError, "Invalid filter ID: %llu", (unsigned long long)id), -1;
    }
}

int lzma_chain_from(Thread *t, Value sequence, LzmaChain *chain)
{
    memset(chain, 0, sizeof *chain);
    if (dict_check(sequence))
        return error_set(t, EXC_TypeError, "%T is not a sequence", sequence), -1;
    Value specs = object_to_tuple(t, sequence);
    if (value_is_empty(specs))
        return -1;
    size_t n = tuple_length(specs);
    int status = 0;
    if (n > LZMA_FILTERS_MAX)
        status =
            (error_set(t, EXC_ValueError, "Too many filters - liblzma supports a maximum of %d", LZMA_FILTERS_MAX), -1);
    for (size_t i = 0; status == 0 && i < n; i++)
        status = filter_from(t, tuple_peek(specs, i), chain, i);
    chain->filters[status == 0 ? n : 0].id = LZMA_VLI_UNKNOWN;
    ref_dec(t, specs);
    return status;
}

/* ---- options as bytes ---- */

NATIVE(encode_filter_properties, "_encode_filter_properties", "($module, filter, /)",
       "The options of a filter as the bytes that a stream of its own kind would store.")
{
    LzmaChain chain = {0};
    uint32_t size;
    if (filter_from(t, args[1], &chain, 0) < 0 || lzma_failed(t, lzma_properties_size(&size, &chain.filters[0])))
        return VALUE_EMPTY;
    Value v = bytes_new(t, NULL, size);
    if (!value_is_empty(v) && lzma_failed(t, lzma_properties_encode(&chain.filters[0], bytes_of(v)->data)))
        ref_clear(t, &v);
    return v;
}

static int put(Thread *t, Value dict, const char *key, uint64_t number)
{
    return dict_set_string_take(t, dict, key, int_from_uint64(t, number));
}

NATIVE(decode_filter_properties, "_decode_filter_properties", "($module, filter_id, encoded_props, /)",
       "The filter of which these bytes are the options.")
{
    lzma_filter filter = {0};
    Buffer view;
    if (int_to_uint64(t, args[1], &filter.id) < 0 || buffer_get(t, args[2], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    lzma_ret code = lzma_properties_decode(&filter, NULL, view.data, view.length);
    buffer_release(t, &view);
    if (lzma_failed(t, code))
        return VALUE_EMPTY;
    Value dict = dict_new(t);
    bool ok = !value_is_empty(dict) && put(t, dict, "id", filter.id) == 0;
    const lzma_options_lzma *o = filter.options;
    switch (filter.id) {
    case LZMA_FILTER_LZMA1:
        ok = ok && put(t, dict, "dict_size", o->dict_size) == 0 && put(t, dict, "lc", o->lc) == 0 &&
             put(t, dict, "lp", o->lp) == 0 && put(t, dict, "pb", o->pb) == 0;
        break;
    case LZMA_FILTER_LZMA2: ok = ok && put(t, dict, "dict_size", o->dict_size) == 0; break;
    case LZMA_FILTER_DELTA:
        ok = ok && put(t, dict, "dist", ((const lzma_options_delta *)filter.options)->dist) == 0;
        break;
    default:
        if (filter.options)
            ok = ok && put(t, dict, "start_offset", ((const lzma_options_bcj *)filter.options)->start_offset) == 0;
    }
    free(filter.options); /* liblzma's own memory */
    if (!ok)
        ref_clear(t, &dict);
    return dict;
}

const NativeDef *const lzma_filter_functions[] = {&native_encode_filter_properties, &native_decode_filter_properties,
                                                  NULL};
