/* mod_zlib.c: the module zlib: checksums, compressing and decompressing in one go.
 *
 * zlib itself works without the interpreter's lock; input stays exported and output is memory that nobody else knows.  Streams are in
 * mod_zlib_objects.c. */
#include "mod_zlib.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../thread/gil.h"
#include "argument.h"
#include "module_exception.h"

/* Data up to this size is checksummed with the lock held: a hand-over would cost more. */
#define LONG_DATA (5 * 1024)

Value zlib_fail(Thread *t, const z_stream *stream, int code, const char *message)
{
    Type *error = (Type *)value_object(zlib_state(t)->error);
    const char *detail = code == Z_VERSION_ERROR ? "library version mismatch" : stream->msg;
    if (!detail)
        detail = code == Z_BUF_ERROR      ? "incomplete or truncated stream"
                 : code == Z_STREAM_ERROR ? "inconsistent stream state"
                 : code == Z_DATA_ERROR   ? "invalid input data"
                                          : NULL;
    if (detail)
        return error_set_type(t, error, "Error %d %s: %.200s", code, message, detail);
    return error_set_type(t, error, "Error %d %s", code, message);
}

int zlib_deflate(Thread *t, z_stream *stream, int flush)
{
    thread_detach(t, EVENT_COMPUTE);
    int result = deflate(stream, flush);
    thread_attach(t);
    return result;
}

int zlib_inflate(Thread *t, z_stream *stream, int flush)
{
    thread_detach(t, EVENT_COMPUTE);
    int result = inflate(stream, flush);
    thread_attach(t);
    return result;
}

int zlib_room(Thread *t, z_stream *stream, BytesBuilder *b, size_t max)
{
    if (b->length >= max)
        return 1;
    size_t room = b->b && b->capacity > b->length ? b->capacity - b->length
                  : b->length > ZLIB_BUFFER_SIZE  ? b->length / 2
                                                  : ZLIB_BUFFER_SIZE;
    if (room > max - b->length)
        room = max - b->length;
    if (room > UINT32_MAX)
        room = UINT32_MAX;
    uint8_t *p = bytesbuilder_reserve(t, b, room);
    if (!p)
        return -1;
    stream->next_out = p;
    stream->avail_out = (uInt)room;
    return 0;
}

/* The next piece of a long input: zlib counts in 32 bits. */
static void feed(z_stream *stream, size_t *left)
{
    stream->avail_in = *left > UINT32_MAX ? UINT32_MAX : (uInt)*left;
    *left -= stream->avail_in;
}

NATIVE(zlib_compress, "compress", "($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)",
       "Compresses data. level: 0 to 9, or -1 for the default.")
{
    int level, wbits;
    Buffer view;
    if (argument_int(t, args[2], Z_DEFAULT_COMPRESSION, &level) < 0 ||
        argument_int(t, args[3], MAX_WBITS, &wbits) < 0 || buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    z_stream stream = {.next_in = view.data};
    BytesBuilder b = {0};
    size_t left = view.length;
    int code = deflateInit2(&stream, level, Z_DEFLATED, wbits, DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY);
    if (code != Z_OK) {
        if (code == Z_MEM_ERROR)
            error_set(t, EXC_MemoryError, "Out of memory while compressing data");
        else if (code == Z_STREAM_ERROR)
            error_set_type(t, (Type *)value_object(zlib_state(t)->error), "Bad compression level");
        else
            zlib_fail(t, &stream, code, "while compressing data");
        buffer_release(t, &view);
        return VALUE_EMPTY;
    }
    do {
        feed(&stream, &left);
        do {
            if (zlib_room(t, &stream, &b, SIZE_MAX) < 0)
                goto done;
            size_t room = stream.avail_out;
            code = zlib_deflate(t, &stream, left ? Z_NO_FLUSH : Z_FINISH);
            zlib_wrote(&stream, &b, room);
            if (code == Z_STREAM_ERROR) {
                zlib_fail(t, &stream, code, "while compressing data");
                goto done;
            }
        } while (stream.avail_out == 0);
    } while (left || code != Z_STREAM_END);
done:
    code = deflateEnd(&stream);
    buffer_release(t, &view);
    if (error_pending(t) || (code != Z_OK && (zlib_fail(t, &stream, code, "while finishing compression"), true))) {
        bytesbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    return bytesbuilder_finish(t, &b);
}

NATIVE(zlib_decompress, "decompress", "($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)",
       "Decompresses data. bufsize: how much to expect.")
{
    int wbits;
    int64_t size;
    Buffer view;
    if (argument_int(t, args[2], MAX_WBITS, &wbits) < 0 || argument_size(t, args[3], ZLIB_BUFFER_SIZE, &size) < 0)
        return VALUE_EMPTY;
    if (size < 0)
        return error_set(t, EXC_ValueError, "bufsize must be non-negative");
    if (buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    z_stream stream = {.next_in = view.data};
    BytesBuilder b = {0};
    size_t left = view.length;
    int code = inflateInit2(&stream, wbits);
    if (code != Z_OK) {
        if (code == Z_MEM_ERROR)
            error_set(t, EXC_MemoryError, "Out of memory while decompressing data");
        else
            zlib_fail(t, &stream, code, "while preparing to decompress data");
        inflateEnd(&stream);
        buffer_release(t, &view);
        return VALUE_EMPTY;
    }
    if (!bytesbuilder_reserve(t, &b, size ? (size_t)size : 1))
        goto done;
    do {
        feed(&stream, &left);
        do {
            if (zlib_room(t, &stream, &b, SIZE_MAX) < 0)
                goto done;
            size_t room = stream.avail_out;
            code = zlib_inflate(t, &stream, left ? Z_NO_FLUSH : Z_FINISH);
            zlib_wrote(&stream, &b, room);
            if (code == Z_MEM_ERROR) {
                error_set(t, EXC_MemoryError, "Out of memory while decompressing data");
                goto done;
            }
            if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END) {
                zlib_fail(t, &stream, code, "while decompressing data");
                goto done;
            }
        } while (stream.avail_out == 0);
    } while (code != Z_STREAM_END && left);
    if (code != Z_STREAM_END)
        zlib_fail(t, &stream, code, "while decompressing data");
done:
    code = inflateEnd(&stream);
    buffer_release(t, &view);
    if (error_pending(t) || (code != Z_OK && (zlib_fail(t, &stream, code, "while finishing decompression"), true))) {
        bytesbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    return bytesbuilder_finish(t, &b);
}

NATIVE(zlib_compressobj, "compressobj",
       "($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED, wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL, "
       "strategy=Z_DEFAULT_STRATEGY, zdict=None)",
       "An object that compresses a stream of data piece by piece.")
{
    int level, method, wbits, memory_level, strategy;
    if (argument_int(t, args[1], Z_DEFAULT_COMPRESSION, &level) < 0 ||
        argument_int(t, args[2], Z_DEFLATED, &method) < 0 || argument_int(t, args[3], MAX_WBITS, &wbits) < 0 ||
        argument_int(t, args[4], DEF_MEM_LEVEL, &memory_level) < 0 ||
        argument_int(t, args[5], Z_DEFAULT_STRATEGY, &strategy) < 0)
        return VALUE_EMPTY;
    return zlib_compressobj(t, level, method, wbits, memory_level, strategy, args[6]);
}

NATIVE(zlib_decompressobj, "decompressobj", "($module, /, wbits=MAX_WBITS, zdict=b'')",
       "An object that decompresses a stream of data piece by piece.")
{
    int wbits;
    return argument_int(t, args[1], MAX_WBITS, &wbits) < 0 ? VALUE_EMPTY : zlib_decompressobj(t, wbits, args[2]);
}

static Value checksum(Thread *t, Value *args, uint32_t start, uLong (*sum)(uLong, const Bytef *, z_size_t))
{
    if (!value_is_empty(args[2])) {
        Value index = number_index(t, args[2]);
        if (value_is_empty(index))
            return VALUE_EMPTY;
        start = (uint32_t)int_to_uint64_mask(index);
        ref_dec(t, index);
    }
    Buffer view;
    if (buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    uLong result;
    if (view.length > LONG_DATA) {
        thread_detach(t, EVENT_COMPUTE);
        result = sum(start, view.data, view.length);
        thread_attach(t);
    } else {
        result = sum(start, view.data, view.length);
    }
    buffer_release(t, &view);
    return value_from_int((uint32_t)result);
}

NATIVE(zlib_adler32, "adler32", "($module, data, value=1, /)", "Adler-32 checksum of the data, starting from value.")
{
    return checksum(t, args, 1, adler32_z);
}
NATIVE(zlib_crc32, "crc32", "($module, data, value=0, /)", "CRC-32 of the data, starting from value.")
{
    return checksum(t, args, 0, crc32_z);
}

static const NativeDef *const methods[] = {&native_zlib_compress,
                                           &native_zlib_decompress,
                                           &native_zlib_compressobj,
                                           &native_zlib_decompressobj,
                                           &native_zlib_adler32,
                                           &native_zlib_crc32,
                                           NULL};

static int exec(Thread *t, Value module)
{
    static const struct {
        const char *name;
        int value;
    } constants[] = {{"MAX_WBITS", MAX_WBITS},
                     {"DEFLATED", Z_DEFLATED},
                     {"DEF_MEM_LEVEL", DEF_MEM_LEVEL},
                     {"DEF_BUF_SIZE", ZLIB_BUFFER_SIZE},
                     {"Z_NO_COMPRESSION", Z_NO_COMPRESSION},
                     {"Z_BEST_SPEED", Z_BEST_SPEED},
                     {"Z_BEST_COMPRESSION", Z_BEST_COMPRESSION},
                     {"Z_DEFAULT_COMPRESSION", Z_DEFAULT_COMPRESSION},
                     {"Z_FILTERED", Z_FILTERED},
                     {"Z_HUFFMAN_ONLY", Z_HUFFMAN_ONLY},
                     {"Z_RLE", Z_RLE},
                     {"Z_FIXED", Z_FIXED},
                     {"Z_DEFAULT_STRATEGY", Z_DEFAULT_STRATEGY},
                     {"Z_FINISH", Z_FINISH},
                     {"Z_NO_FLUSH", Z_NO_FLUSH},
                     {"Z_PARTIAL_FLUSH", Z_PARTIAL_FLUSH},
                     {"Z_SYNC_FLUSH", Z_SYNC_FLUSH},
                     {"Z_FULL_FLUSH", Z_FULL_FLUSH},
                     {"Z_BLOCK", Z_BLOCK},
                     {"Z_TREES", Z_TREES}};
    ZlibState *state = zlib_state(t);
    if (!state) {
        state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        t->interp->module_state[MODULE_zlib] = state;
    }
    const struct {
        const TypeSpec *spec;
        Type **slot;
    } hidden[] = {{&zlib_compress_spec, &state->compress_type}, {&zlib_decompress_spec, &state->decompress_type}};
    for (int i = 0; i < 2; i++)
        if (!*hidden[i].slot && !(*hidden[i].slot = type_from_spec(t, hidden[i].spec, NULL)))
            return -1;
    Type *type = module_add_type(t, module, &zlib_decompressor_spec, NULL);
    Type *error = type ? module_add_exception(t, module, "zlib.error", NULL, NULL) : NULL;
    if (!error)
        return -1;
    REF_CLEAR_PTR(t, state->decompressor_type);
    state->decompressor_type = ref_inc_ptr(t, type);
    ref_replace_take(t, &state->error, ref_inc(t, value_of(error)));
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0)
            return -1;
    return module_add_string(t, module, "ZLIB_VERSION", ZLIB_VERSION) < 0 ||
                   module_add_string(t, module, "ZLIB_RUNTIME_VERSION", zlibVersion()) < 0 ||
                   module_add_string(t, module, "__version__", "1.0") < 0
               ? -1
               : 0;
}

static void free_state(Thread *t, void *memory)
{
    ZlibState *state = memory;
    ref_dec(t, state->error);
    ref_dec_ptr(t, state->compress_type);
    ref_dec_ptr(t, state->decompress_type);
    ref_dec_ptr(t, state->decompressor_type);
    alloc_memory_free(t, state);
}

const ModuleDef module_def_zlib = {.name = "zlib",
                                   .doc = "Compression and decompression compatible with gzip, on the library zlib.",
                                   .methods = methods,
                                   .exec = exec,
                                   .free_state = free_state};
