/* mod__lzma.c: the module _lzma, beneath lzma: compressing and decompressing with liblzma.
 *
 * liblzma works detached from the interpreter; meanwhile the object's own lock is held, so that a second thread waits
 * for the stream. */
#include "mod__lzma.h"

#include "../thread/lock.h"
#include "module_exception.h"
#include "stream_rest.h"

enum { FORMAT_AUTO, FORMAT_XZ, FORMAT_ALONE, FORMAT_RAW };
#define CHECK_UNKNOWN (LZMA_CHECK_ID_MAX + 1)

typedef struct Lzma {
    Object head;
    lzma_stream stream;
    PyLock lock;
    bool flushed; /* compressor: no more data */
    int check;    /* decompressor: CHECK_... */
    StreamRest rest;
} Lzma;

static Lzma *lzma_of(Value v) { return (Lzma *)value_object(v); }
static void lock(Thread *t, Lzma *z) { pylock_acquire(t, &z->lock, -1, false, EVENT_LOCK); }
static void unlock(Thread *t, Lzma *z) { pylock_release(t, &z->lock); }

bool lzma_failed(Thread *t, lzma_ret code)
{
    Type *error = lzma_state(t)->error;
    switch (code) {
    case LZMA_OK:
    case LZMA_GET_CHECK:
    case LZMA_NO_CHECK:
    case LZMA_STREAM_END: return false;
    case LZMA_UNSUPPORTED_CHECK: error_set_type(t, error, "Unsupported integrity check"); return true;
    case LZMA_MEM_ERROR: error_no_memory(t); return true;
    case LZMA_MEMLIMIT_ERROR: error_set_type(t, error, "Memory usage limit exceeded"); return true;
    case LZMA_FORMAT_ERROR: error_set_type(t, error, "Input format not supported by decoder"); return true;
    case LZMA_OPTIONS_ERROR: error_set_type(t, error, "Invalid or unsupported options"); return true;
    case LZMA_DATA_ERROR: error_set_type(t, error, "Corrupt input data"); return true;
    case LZMA_BUF_ERROR: error_set_type(t, error, "Insufficient buffer space"); return true;
    case LZMA_PROG_ERROR: error_set_type(t, error, "Internal error"); return true;
    default: error_set_type(t, error, "Unrecognized error from liblzma: %d", (int)code); return true;
    }
}

static lzma_ret code_detached(Thread *t, Lzma *z, lzma_action action)
{
    thread_detach(t, EVENT_COMPUTE);
    lzma_ret code = lzma_code(&z->stream, action);
    thread_attach(t);
    return code;
}

/* ---- compressing ---- */

/* Runs the compressor over data (or to the end of the stream), with the lock held: bytes. */
static Value compress(Thread *t, Lzma *z, const void *data, size_t n, lzma_action action)
{
    BytesBuilder b = {0};
    z->stream.next_in = data;
    z->stream.avail_in = n;
    for (;;) {
        size_t room = stream_room(&b, SIZE_MAX);
        z->stream.next_out = bytesbuilder_reserve(t, &b, room);
        if (!z->stream.next_out)
            goto fail;
        z->stream.avail_out = room;
        lzma_ret code = code_detached(t, z, action);
        b.length += room - z->stream.avail_out;
        if (code == LZMA_BUF_ERROR && n == 0 && z->stream.avail_out > 0)
            code = LZMA_OK; /* nothing to do, which is no error */
        if (lzma_failed(t, code))
            goto fail;
        if (code == LZMA_STREAM_END || (action == LZMA_RUN && z->stream.avail_in == 0 && z->stream.avail_out > 0))
            break;
    }
    return bytesbuilder_finish(t, &b);
fail:
    bytesbuilder_discard(t, &b);
    return VALUE_EMPTY;
}

NATIVE(compress, "compress", "($self, data, /)", "Takes data; returns what is ready of the compressed stream.")
{
    Lzma *z = lzma_of(args[0]);
    Buffer view;
    if (buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    lock(t, z);
    Value v = z->flushed ? error_set(t, EXC_ValueError, "Compressor has been flushed")
                         : compress(t, z, view.data, view.length, LZMA_RUN);
    unlock(t, z);
    buffer_release(t, &view);
    return v;
}

NATIVE(flush, "flush", "($self, /)", "Returns the rest of the compressed stream; the object cannot be used again.")
{
    Lzma *z = lzma_of(args[0]);
    lock(t, z);
    Value v = z->flushed ? error_set(t, EXC_ValueError, "Repeated call to flush()") : VALUE_NONE;
    if (!z->flushed) {
        z->flushed = true;
        v = compress(t, z, NULL, 0, LZMA_FINISH);
    }
    unlock(t, z);
    return v;
}

/* Opens the encoder of a format: 0 or -1. */
static int open_encoder(Thread *t, Lzma *z, int format, int check, Value preset_value, Value filters)
{
    LzmaChain chain;
    uint32_t preset;
    bool filtered = !value_is_empty(filters) && !value_is_none(filters);
    if (lzma_to_uint32(t, preset_value, LZMA_PRESET_DEFAULT, &preset) < 0 ||
        (filtered && lzma_chain_from(t, filters, &chain) < 0))
        return -1;
    lzma_ret code;
    switch (format) {
    case FORMAT_XZ:
        check = check == -1 ? LZMA_CHECK_CRC64 : check;
        code = filtered ? lzma_stream_encoder(&z->stream, chain.filters, (lzma_check)check)
                        : lzma_easy_encoder(&z->stream, preset, (lzma_check)check);
        break;
    case FORMAT_ALONE: {
        lzma_options_lzma options;
        if (!filtered) {
            if (lzma_lzma_preset(&options, preset))
                return error_set_type(t, lzma_state(t)->error, "Invalid compression preset: %u", preset), -1;
            code = lzma_alone_encoder(&z->stream, &options);
        } else if (chain.filters[0].id == LZMA_FILTER_LZMA1 && chain.filters[1].id == LZMA_VLI_UNKNOWN) {
            code = lzma_alone_encoder(&z->stream, chain.filters[0].options);
        } else {
            return error_set(t, EXC_ValueError,
                             "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter"),
                   -1;
        }
        break;
    }
    case FORMAT_RAW:
        if (!filtered)
            return error_set(t, EXC_ValueError, "Must specify filters for FORMAT_RAW"), -1;
        code = lzma_raw_encoder(&z->stream, chain.filters);
        break;
    default: return error_set(t, EXC_ValueError, "Invalid container format: %d", format), -1;
    }
    return lzma_failed(t, code) ? -1 : 0;
}

static Value compressor_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value given[4];
    int format, check;
    if (native_parse(t, "LZMACompressor", "(format=1, check=-1, preset=None, filters=None)", args, n, names, given) <
            0 ||
        argument_int(t, given[0], FORMAT_XZ, &format) < 0 || argument_int(t, given[1], -1, &check) < 0)
        return VALUE_EMPTY;
    bool preset = !value_is_empty(given[2]) && !value_is_none(given[2]);
    if (preset && !value_is_empty(given[3]) && !value_is_none(given[3]))
        return error_set(t, EXC_ValueError, "Cannot specify both preset and filter chain");
    if (format != FORMAT_XZ && check != -1 && check != LZMA_CHECK_NONE)
        return error_set(t, EXC_ValueError, "Integrity checks are only supported by FORMAT_XZ");
    Lzma *z = type_alloc(t, type, 0);
    if (z && open_encoder(t, z, format, check, given[2], given[3]) < 0) {
        ref_dec_ptr(t, z);
        return VALUE_EMPTY;
    }
    return value_of(z);
}

static void compressor_dealloc(Thread *t, Object *o) { lzma_end(&((Lzma *)o)->stream); }

/* ---- decompressing ---- */

static int open_decoder(Thread *t, Lzma *z, int format, uint64_t limit, Value filters)
{
    const uint32_t flags = LZMA_TELL_ANY_CHECK | LZMA_TELL_NO_CHECK;
    LzmaChain chain;
    switch (format) {
    case FORMAT_AUTO: return lzma_failed(t, lzma_auto_decoder(&z->stream, limit, flags)) ? -1 : 0;
    case FORMAT_XZ: return lzma_failed(t, lzma_stream_decoder(&z->stream, limit, flags)) ? -1 : 0;
    case FORMAT_ALONE:
        z->check = LZMA_CHECK_NONE;
        return lzma_failed(t, lzma_alone_decoder(&z->stream, limit)) ? -1 : 0;
    case FORMAT_RAW:
        z->check = LZMA_CHECK_NONE;
        if (lzma_chain_from(t, filters, &chain) < 0)
            return -1;
        return lzma_failed(t, lzma_raw_decoder(&z->stream, chain.filters)) ? -1 : 0;
    default: return error_set(t, EXC_ValueError, "Invalid container format: %d", format), -1;
    }
}

static Value decompressor_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value given[3];
    int format;
    uint64_t limit = UINT64_MAX;
    if (native_parse(t, "LZMADecompressor", "(format=0, memlimit=None, filters=None)", args, n, names, given) < 0 ||
        argument_int(t, given[0], FORMAT_AUTO, &format) < 0)
        return VALUE_EMPTY;
    if (!value_is_empty(given[1]) && !value_is_none(given[1])) {
        if (format == FORMAT_RAW)
            return error_set(t, EXC_ValueError, "Cannot specify memory limit with FORMAT_RAW");
        if (int_to_uint64(t, given[1], &limit) < 0)
            return VALUE_EMPTY;
    }
    bool filtered = !value_is_empty(given[2]) && !value_is_none(given[2]);
    if (format == FORMAT_RAW && !filtered)
        return error_set(t, EXC_ValueError, "Must specify filters for FORMAT_RAW");
    if (format != FORMAT_RAW && filtered)
        return error_set(t, EXC_ValueError, "Cannot specify filters except with FORMAT_RAW");
    Lzma *z = type_alloc(t, type, 0);
    if (!z)
        return VALUE_EMPTY;
    stream_rest_init(t, &z->rest);
    z->check = CHECK_UNKNOWN;
    if (open_decoder(t, z, format, limit, given[2]) < 0) {
        ref_dec_ptr(t, z);
        return VALUE_EMPTY;
    }
    return value_of(z);
}

static void decompressor_dealloc(Thread *t, Object *o)
{
    Lzma *z = (Lzma *)o;
    lzma_end(&z->stream);
    stream_rest_free(t, &z->rest);
}

/* StreamStep of the decompressor. */
static int step(Thread *t, void *object, StreamPiece *piece)
{
    Lzma *z = object;
    z->stream.next_in = piece->in;
    z->stream.avail_in = piece->in_length;
    z->stream.next_out = piece->out;
    z->stream.avail_out = piece->out_length;
    lzma_ret code;
    do { /* liblzma stops to tell of the check; what it had no room for comes with the next call */
        code = code_detached(t, z, LZMA_RUN);
        if (code == LZMA_GET_CHECK || code == LZMA_NO_CHECK)
            z->check = (int)lzma_get_check(&z->stream);
    } while (code == LZMA_GET_CHECK || code == LZMA_NO_CHECK);
    if (code == LZMA_BUF_ERROR && (z->stream.avail_in == 0 || z->stream.avail_out == 0))
        code = LZMA_OK; /* it needs more input, or room */
    piece->in = z->stream.next_in;
    piece->in_length = z->stream.avail_in;
    piece->out_length = z->stream.avail_out;
    return lzma_failed(t, code) ? -1 : code == LZMA_STREAM_END;
}

NATIVE(decompress, "decompress", "($self, /, data, max_length=-1)",
       "Takes compressed data; returns what it stands for, at most `max_length` bytes unless that is negative.")
{
    Lzma *z = lzma_of(args[0]);
    Buffer view;
    int64_t max;
    if (argument_size(t, args[2], -1, &max) < 0 || buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    lock(t, z);
    Value v = z->rest.eof ? error_set(t, EXC_EOFError, "Already at end of stream")
                          : stream_rest_run(t, &z->rest, view.data, view.length, max, step, z);
    unlock(t, z);
    buffer_release(t, &view);
    return v;
}

/* ---- the module ---- */

NATIVE(is_check_supported, "is_check_supported", "($module, check_id, /)", "Can this kind of integrity check be made?")
{
    int check;
    return int_to_int(t, args[1], &check) < 0 ? VALUE_EMPTY
                                              : value_from_bool(lzma_check_is_supported((lzma_check)check));
}

static const NativeDef *const compressor_methods[] = {&native_compress, &native_flush, NULL};
static const NativeDef *const decompressor_methods[] = {&native_decompress, NULL};
static const MemberDef decompressor_members[] = {
    {"check", MEMBER_INT32, offsetof(Lzma, check), false, "the kind of integrity check, CHECK_UNKNOWN at first"},
    {"eof", MEMBER_BOOL, offsetof(Lzma, rest.eof), false, "was the end of the stream reached?"},
    {"needs_input", MEMBER_BOOL, offsetof(Lzma, rest.needs_input), false, "is more input needed for more output?"},
    {"unused_data", MEMBER_VALUE, offsetof(Lzma, rest.unused_data), false, "what followed the end of the stream"},
    {0},
};

static const TypeSpec compressor_spec = {
    .name = "_lzma.LZMACompressor",
    .doc = "Compresses data piece by piece.\n\nThe format is FORMAT_XZ, FORMAT_ALONE or FORMAT_RAW; a preset (0 to 9, "
           "PRESET_EXTREME) or a chain of filters says how.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Lzma),
    .methods = compressor_methods,
    .slots = {.dealloc = compressor_dealloc, .create = compressor_create},
};
static const TypeSpec decompressor_spec = {
    .name = "_lzma.LZMADecompressor",
    .doc = "Decompresses one stream piece by piece.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Lzma),
    .methods = decompressor_methods,
    .members = decompressor_members,
    .signature = "(format=FORMAT_AUTO, memlimit=None, filters=None)",
    .slots = {.dealloc = decompressor_dealloc, .create = decompressor_create},
};

static const struct {
    const char *name;
    int64_t value;
} constants[] = {
#define CONSTANT(name)                                                                                                 \
    {                                                                                                                  \
#name, name                                                                                                    \
    }
#define LIBRARY(name)                                                                                                  \
    {                                                                                                                  \
#name, LZMA_##name                                                                                             \
    }
    CONSTANT(FORMAT_AUTO),   CONSTANT(FORMAT_XZ),     CONSTANT(FORMAT_ALONE),  CONSTANT(FORMAT_RAW),
    CONSTANT(CHECK_UNKNOWN), LIBRARY(CHECK_NONE),     LIBRARY(CHECK_CRC32),    LIBRARY(CHECK_CRC64),
    LIBRARY(CHECK_SHA256),   LIBRARY(CHECK_ID_MAX),   LIBRARY(FILTER_DELTA),   LIBRARY(FILTER_X86),
    LIBRARY(FILTER_POWERPC), LIBRARY(FILTER_IA64),    LIBRARY(FILTER_ARM),     LIBRARY(FILTER_ARMTHUMB),
    LIBRARY(FILTER_SPARC),   LIBRARY(FILTER_LZMA2),   LIBRARY(MF_HC3),         LIBRARY(MF_HC4),
    LIBRARY(MF_BT2),         LIBRARY(MF_BT3),         LIBRARY(MF_BT4),         LIBRARY(MODE_FAST),
    LIBRARY(MODE_NORMAL),    LIBRARY(PRESET_DEFAULT), LIBRARY(PRESET_EXTREME),
#undef CONSTANT
#undef LIBRARY
};

static int exec(Thread *t, Value module)
{
    LzmaState *state = lzma_state(t);
    if (!state) {
        state = t->interp->module_state[MODULE__lzma] = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
    }
    Type *error = module_add_exception(t, module, "_lzma.LZMAError", NULL, "Call to liblzma failed.");
    if (!error)
        return -1;
    REF_CLEAR_PTR(t, state->error);
    state->error = ref_inc_ptr(t, error);
    Value name = str_intern(t, "_lzma");
    int status = value_is_empty(name) ? -1 : 0;
    for (const NativeDef *const *def = lzma_filter_functions; status == 0 && *def; def++)
        status = module_add_take(t, module, (*def)->name, native_new(t, *def, module, name));
    ref_dec(t, name);
    for (size_t i = 0; status == 0 && i < sizeof constants / sizeof *constants; i++)
        status = module_add_int(t, module, constants[i].name, constants[i].value);
    if (status < 0 || module_add_take(t, module, "FILTER_LZMA1", int_from_uint64(t, LZMA_FILTER_LZMA1)) < 0)
        return -1;
    return module_add_type(t, module, &compressor_spec, NULL) && module_add_type(t, module, &decompressor_spec, NULL)
               ? 0
               : -1;
}

static void free_state(Thread *t, void *p)
{
    LzmaState *state = p;
    REF_CLEAR_PTR(t, state->error);
    alloc_memory_free(t, state);
}

static const NativeDef *const functions[] = {&native_is_check_supported, NULL};

const ModuleDef module_def__lzma = {
    .name = "_lzma",
    .doc = "Compression in the formats of xz and lzma.",
    .methods = functions,
    .exec = exec,
    .free_state = free_state,
};
