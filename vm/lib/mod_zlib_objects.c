/* mod_zlib_objects.c: zlib's stream objects: Compress, Decompress and _ZlibDecompressor (which gzip uses).
 *
 * Each has a lock of its own, held during an operation: zlib works detached from the interpreter, and a second thread must wait for the stream. */
#include "mod_zlib.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/int.h"
#include "argument.h"

static ZlibStream *stream_new(Thread *t, Type *type)
{
    ZlibStream *s = type_alloc(t, type, 0);
    if (s)
        s->unused_data = s->unconsumed_tail = t->interp->empty_bytes;
    return s;
}

static int replace_bytes(Thread *t, Value *slot, const void *data, size_t n)
{
    Value v = bytes_new(t, data, n);
    if (value_is_empty(v))
        return -1;
    ref_replace_take(t, slot, v);
    return 0;
}

static void drop_values(Thread *t, ZlibStream *s)
{
    ref_clear(t, &s->unused_data);
    ref_clear(t, &s->unconsumed_tail);
    ref_clear(t, &s->zdict);
}
static int stream_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((ZlibStream *)o)->zdict);
    return 0;
}

/* ---- compressing ---- */

Value zlib_compressobj(Thread *t, int level, int method, int wbits, int memory_level, int strategy, Value zdict)
{
    Buffer view = {0};
    bool has_dict = !value_is_empty(zdict) && !value_is_none(zdict);
    if (has_dict) {
        if (buffer_get(t, zdict, &view, BUFFER_SIMPLE) < 0)
            return VALUE_EMPTY;
        if (view.length > UINT32_MAX) {
            buffer_release(t, &view);
            return error_set(t, EXC_OverflowError, "zdict length does not fit in an unsigned int");
        }
    }
    ZlibStream *s = stream_new(t, zlib_state(t)->compress_type);
    if (!s) {
        buffer_release(t, &view);
        return VALUE_EMPTY;
    }
    int code = deflateInit2(&s->stream, level, method, wbits, memory_level, strategy);
    if (code == Z_OK) {
        s->open = true;
        if (has_dict)
            code = deflateSetDictionary(&s->stream, view.data, (uInt)view.length);
        if (code == Z_STREAM_ERROR)
            error_set(t, EXC_ValueError, "Invalid dictionary");
        else if (code != Z_OK)
            error_set(t, EXC_ValueError, "deflateSetDictionary()");
    } else if (code == Z_MEM_ERROR) {
        error_set(t, EXC_MemoryError, "Can't allocate memory for compression object");
    } else if (code == Z_STREAM_ERROR) {
        error_set(t, EXC_ValueError, "Invalid initialization option");
    } else {
        zlib_fail(t, &s->stream, code, "while creating compression object");
    }
    buffer_release(t, &view);
    if (error_pending(t)) {
        ref_dec_ptr(t, s);
        return VALUE_EMPTY;
    }
    return value_of(s);
}

static void compress_dealloc(Thread *t, Object *o)
{
    ZlibStream *s = (ZlibStream *)o;
    if (s->open)
        deflateEnd(&s->stream);
    s->open = false;
    drop_values(t, s);
}

NATIVE(compress_compress, "compress", "($self, data, /)", "Takes data; returns what is ready of the compressed stream.")
{
    ZlibStream *s = zlib_stream(args[0]);
    Buffer view;
    if (buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    BytesBuilder b = {0};
    zlib_lock(t, s);
    s->stream.next_in = view.data;
    size_t left = view.length;
    bool ok = true;
    do {
        s->stream.avail_in = left > UINT32_MAX ? UINT32_MAX : (uInt)left;
        left -= s->stream.avail_in;
        do {
            ok = zlib_room(t, &s->stream, &b, SIZE_MAX) == 0;
            if (!ok)
                break;
            size_t room = s->stream.avail_out;
            int code = zlib_deflate(t, &s->stream, Z_NO_FLUSH);
            zlib_wrote(&s->stream, &b, room);
            if (code == Z_STREAM_ERROR) {
                zlib_fail(t, &s->stream, code, "while compressing data");
                ok = false;
            }
        } while (ok && s->stream.avail_out == 0);
    } while (ok && left);
    s->stream.next_in = NULL;
    zlib_unlock(t, s);
    buffer_release(t, &view);
    if (!ok) {
        bytesbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    return bytesbuilder_finish(t, &b);
}

NATIVE(compress_flush, "flush", "($self, mode=zlib.Z_FINISH, /)",
       "Returns the rest of the compressed stream; with Z_FINISH the object cannot be used again.")
{
    ZlibStream *s = zlib_stream(args[0]);
    int mode;
    if (argument_int(t, args[1], Z_FINISH, &mode) < 0)
        return VALUE_EMPTY;
    if (mode == Z_NO_FLUSH)
        return bytes_new(t, NULL, 0);
    BytesBuilder b = {0};
    bool ok = true;
    int code = Z_OK;
    zlib_lock(t, s);
    s->stream.avail_in = 0;
    do {
        ok = zlib_room(t, &s->stream, &b, SIZE_MAX) == 0;
        if (!ok)
            break;
        size_t room = s->stream.avail_out;
        code = zlib_deflate(t, &s->stream, mode);
        zlib_wrote(&s->stream, &b, room);
        if (code == Z_STREAM_ERROR) {
            zlib_fail(t, &s->stream, code, "while flushing");
            ok = false;
        }
    } while (ok && s->stream.avail_out == 0);
    if (ok && code == Z_STREAM_END && mode == Z_FINISH) {
        code = deflateEnd(&s->stream);
        s->open = false;
        if (code != Z_OK) {
            zlib_fail(t, &s->stream, code, "while finishing compression");
            ok = false;
        }
    } else if (ok && code != Z_OK && code != Z_BUF_ERROR) {
        zlib_fail(t, &s->stream, code, "while flushing");
        ok = false;
    }
    zlib_unlock(t, s);
    if (!ok) {
        bytesbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    return bytesbuilder_finish(t, &b);
}

/* A copy of a stream by deflateCopy or inflateCopy. */
static Value copy_stream(Thread *t, ZlibStream *s, int (*copy)(z_stream *, z_stream *), const char *message)
{
    ZlibStream *made = stream_new(t, s->head.type);
    if (!made)
        return VALUE_EMPTY;
    zlib_lock(t, s);
    int code = copy(&made->stream, &s->stream);
    if (code == Z_OK) {
        made->open = true;
        made->eof = s->eof;
        made->unused_data = ref_inc(t, s->unused_data);
        made->unconsumed_tail = ref_inc(t, s->unconsumed_tail);
        made->zdict = ref_inc(t, s->zdict);
    } else if (code == Z_STREAM_ERROR) {
        error_set(t, EXC_ValueError, "Inconsistent stream state");
    } else if (code == Z_MEM_ERROR) {
        error_set(t, EXC_MemoryError, "Can't allocate memory for %s", message);
    } else {
        zlib_fail(t, &s->stream, code, message);
    }
    zlib_unlock(t, s);
    if (code != Z_OK) {
        ref_dec_ptr(t, made);
        return VALUE_EMPTY;
    }
    return value_of(made);
}

#define COPY_METHODS(name, copy, message)                                                                              \
    NATIVE(name##_copy, "copy", "($self, /)", "A copy of the stream's state.")                                         \
    {                                                                                                                  \
        return copy_stream(t, zlib_stream(args[0]), copy, message);                                                    \
    }                                                                                                                  \
    NATIVE(name##_copy_dunder, "__copy__", "($self, /)", "A copy of the stream's state.")                              \
    {                                                                                                                  \
        return copy_stream(t, zlib_stream(args[0]), copy, message);                                                    \
    }                                                                                                                  \
    NATIVE(name##_deepcopy, "__deepcopy__", "($self, memo, /)", "A copy of the stream's state.")                       \
    {                                                                                                                  \
        return copy_stream(t, zlib_stream(args[0]), copy, message);                                                    \
    }

COPY_METHODS(compress, deflateCopy, "while copying compression object")

static const NativeDef *const compress_methods[] = {&native_compress_compress, &native_compress_flush,
                                                    &native_compress_copy,     &native_compress_copy_dunder,
                                                    &native_compress_deepcopy, NULL};

const TypeSpec zlib_compress_spec = {
    .name = "zlib.Compress",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(ZlibStream),
    .methods = compress_methods,
    .slots = {.dealloc = compress_dealloc, .traverse = stream_traverse},
};

/* ---- decompressing ---- */

static int set_dictionary(Thread *t, ZlibStream *s)
{
    Buffer view;
    if (buffer_get(t, s->zdict, &view, BUFFER_SIMPLE) < 0)
        return -1;
    int code =
        view.length > UINT32_MAX ? Z_STREAM_ERROR : inflateSetDictionary(&s->stream, view.data, (uInt)view.length);
    buffer_release(t, &view);
    if (code == Z_OK)
        return 0;
    zlib_fail(t, &s->stream, code, "while setting zdict");
    return -1;
}

/* Prepares inflate in a fresh stream object (taken on error). */
static Value open_inflate(Thread *t, ZlibStream *s, int wbits)
{
    int code = inflateInit2(&s->stream, wbits);
    if (code == Z_OK) {
        s->open = true;
        if (!value_is_empty(s->zdict) && wbits < 0) /* raw streams do not ask for it */
            set_dictionary(t, s);
    } else if (code == Z_STREAM_ERROR) {
        error_set(t, EXC_ValueError, "Invalid initialization option");
    } else if (code == Z_MEM_ERROR) {
        error_set(t, EXC_MemoryError, "Can't allocate memory for decompression object");
    } else {
        zlib_fail(t, &s->stream, code, "while creating decompression object");
    }
    if (error_pending(t)) {
        ref_dec_ptr(t, s);
        return VALUE_EMPTY;
    }
    return value_of(s);
}

Value zlib_decompressobj(Thread *t, int wbits, Value zdict)
{
    if (!value_is_empty(zdict) && !buffer_supported(t, zdict))
        return error_set(t, EXC_TypeError, "zdict argument must support the buffer protocol");
    ZlibStream *s = stream_new(t, zlib_state(t)->decompress_type);
    if (!s)
        return VALUE_EMPTY;
    s->zdict = ref_inc(t, zdict);
    return open_inflate(t, s, wbits);
}

static void decompress_dealloc(Thread *t, Object *o)
{
    ZlibStream *s = (ZlibStream *)o;
    if (s->open)
        inflateEnd(&s->stream);
    s->open = false;
    drop_values(t, s);
}

/* Inflates `n` bytes into b, at most `max` bytes of output; *code is zlib's last answer. The rest of the input is at stream.next_in, *rest bytes. */
static int run_inflate(Thread *t, ZlibStream *s, const void *data, size_t n, int final_flush, size_t max,
                       BytesBuilder *b, int *code, size_t *rest)
{
    z_stream *stream = &s->stream;
    stream->next_in = (Bytef *)(uintptr_t)data;
    size_t left = n;
    *code = Z_OK;
    do {
        stream->avail_in = left > UINT32_MAX ? UINT32_MAX : (uInt)left;
        left -= stream->avail_in;
        do {
            int room_state = zlib_room(t, stream, b, max);
            if (room_state) {
                *rest = left + stream->avail_in;
                return room_state < 0 ? -1 : 0;
            }
            size_t room = stream->avail_out;
            *code = zlib_inflate(t, stream, left ? Z_SYNC_FLUSH : final_flush);
            zlib_wrote(stream, b, room);
            if (*code == Z_NEED_DICT && !value_is_empty(s->zdict)) {
                if (set_dictionary(t, s) < 0)
                    return -1;
                *code = Z_OK;
                stream->avail_out = 0; /* go on */
                continue;
            }
            if (*code != Z_OK && *code != Z_BUF_ERROR)
                break;
        } while (stream->avail_out == 0);
    } while (*code != Z_STREAM_END && left && (*code == Z_OK || *code == Z_BUF_ERROR));
    *rest = left + stream->avail_in;
    return 0;
}

/* What is left of the input goes to unused_data behind the stream's end, else to unconsumed_tail. */
static int save_rest(Thread *t, ZlibStream *s, const uint8_t *rest, size_t n, bool at_end)
{
    if (at_end) {
        /* zlib says that the end was reached: the rest does not belong to the stream */
        BytesBuilder b = {0};
        const Bytes *old = bytes_of(s->unused_data);
        if (bytesbuilder_append(t, &b, old->data, old->length) < 0 || bytesbuilder_append(t, &b, rest, n) < 0) {
            bytesbuilder_discard(t, &b);
            return -1;
        }
        Value joined = bytesbuilder_finish(t, &b);
        if (value_is_empty(joined))
            return -1;
        ref_replace_take(t, &s->unused_data, joined);
        n = 0;
    }
    if (n > 0 || bytes_of(s->unconsumed_tail)->length)
        return replace_bytes(t, &s->unconsumed_tail, rest, n);
    return 0;
}

NATIVE(decompress_decompress, "decompress", "($self, data, /, max_length=0)",
       "Takes compressed data; returns what it stands for, at most max_length bytes unless that is 0.")
{
    ZlibStream *s = zlib_stream(args[0]);
    int64_t max;
    if (argument_size(t, args[2], 0, &max) < 0)
        return VALUE_EMPTY;
    if (max < 0)
        return error_set(t, EXC_ValueError, "max_length must be non-negative");
    Buffer view;
    if (buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    BytesBuilder b = {0};
    int code;
    size_t rest = 0;
    zlib_lock(t, s);
    bool ok =
        run_inflate(t, s, view.data, view.length, Z_SYNC_FLUSH, max ? (size_t)max : SIZE_MAX, &b, &code, &rest) == 0;
    if (ok)
        ok = save_rest(t, s, s->stream.next_in, rest, code == Z_STREAM_END) == 0;
    if (ok && code == Z_STREAM_END) {
        s->eof = true;
    } else if (ok && code != Z_OK && code != Z_BUF_ERROR) {
        zlib_fail(t, &s->stream, code, "while decompressing data");
        ok = false;
    }
    s->stream.next_in = NULL;
    zlib_unlock(t, s);
    buffer_release(t, &view);
    if (!ok) {
        bytesbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    return bytesbuilder_finish(t, &b);
}

NATIVE(decompress_flush, "flush", "($self, length=zlib.DEF_BUF_SIZE, /)",
       "Returns what remains to be decompressed. length: how much to expect.")
{
    ZlibStream *s = zlib_stream(args[0]);
    int64_t length;
    if (argument_size(t, args[1], ZLIB_BUFFER_SIZE, &length) < 0)
        return VALUE_EMPTY;
    if (length <= 0)
        return error_set(t, EXC_ValueError, "length must be greater than zero");
    BytesBuilder b = {0};
    if (!bytesbuilder_reserve(t, &b, (size_t)length))
        return VALUE_EMPTY;
    int code;
    size_t rest = 0;
    zlib_lock(t, s);
    Value tail = ref_inc(t, s->unconsumed_tail);
    bool ok =
        run_inflate(t, s, bytes_of(tail)->data, bytes_of(tail)->length, Z_FINISH, SIZE_MAX, &b, &code, &rest) == 0;
    if (ok)
        ok = save_rest(t, s, s->stream.next_in, rest, code == Z_STREAM_END) == 0;
    if (ok && code == Z_STREAM_END) {
        s->eof = true;
        s->open = false;
        code = inflateEnd(&s->stream);
        if (code != Z_OK) {
            zlib_fail(t, &s->stream, code, "while finishing decompression");
            ok = false;
        }
    }
    s->stream.next_in = NULL;
    zlib_unlock(t, s);
    ref_dec(t, tail);
    if (!ok) {
        bytesbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    return bytesbuilder_finish(t, &b);
}

COPY_METHODS(decompress, inflateCopy, "while copying decompression object")

static const NativeDef *const decompress_methods[] = {&native_decompress_decompress, &native_decompress_flush,
                                                      &native_decompress_copy,       &native_decompress_copy_dunder,
                                                      &native_decompress_deepcopy,   NULL};
static const MemberDef decompress_members[] = {
    {"unused_data", MEMBER_VALUE, offsetof(ZlibStream, unused_data), false, "What followed the end of the stream."},
    {"unconsumed_tail", MEMBER_VALUE, offsetof(ZlibStream, unconsumed_tail), false,
     "Input not used because of max_length."},
    {"eof", MEMBER_BOOL, offsetof(ZlibStream, eof), false, "Was the end of the stream reached?"},
    {NULL, 0, 0, false, NULL},
};

const TypeSpec zlib_decompress_spec = {
    .name = "zlib.Decompress",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(ZlibStream),
    .methods = decompress_methods,
    .members = decompress_members,
    .slots = {.dealloc = decompress_dealloc, .traverse = stream_traverse},
};

/* ---- the decompressor of gzip: keeps unused input itself, in unconsumed_tail ---- */

static Value decompressor_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value out[2];
    int wbits;
    if (native_parse(t, "_ZlibDecompressor", "(wbits=MAX_WBITS, zdict=b'')", args, n, names, out) < 0 ||
        argument_int(t, out[0], MAX_WBITS, &wbits) < 0)
        return VALUE_EMPTY;
    if (!value_is_empty(out[1]) && !buffer_supported(t, out[1]))
        return error_set(t, EXC_TypeError, "zdict argument must support the buffer protocol");
    ZlibStream *s = stream_new(t, type);
    if (!s)
        return VALUE_EMPTY;
    s->zdict = ref_inc(t, out[1]);
    s->needs_input = true;
    return open_inflate(t, s, wbits);
}

NATIVE(decompressor_decompress, "decompress", "($self, /, data, max_length=-1)",
       "Takes compressed data; returns at most max_length bytes of what it stands for (-1: all).")
{
    ZlibStream *s = zlib_stream(args[0]);
    int64_t max;
    Buffer view;
    if (argument_size(t, args[2], -1, &max) < 0 || buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    BytesBuilder b = {0};
    Value input = VALUE_EMPTY;
    bool ok = false;
    zlib_lock(t, s);
    if (s->eof) {
        error_set(t, EXC_EOFError, "End of stream already reached");
        goto done;
    }
    const void *data = view.data;
    size_t length = view.length, rest = 0, kept = bytes_of(s->unconsumed_tail)->length;
    if (kept) { /* what was left over comes first */
        input = bytes_new(t, NULL, kept + length + 1);
        if (value_is_empty(input))
            goto done;
        memcpy(bytes_of(input)->data, bytes_of(s->unconsumed_tail)->data, kept);
        memcpy(bytes_of(input)->data + kept, data, length);
        data = bytes_of(input)->data;
        length += kept;
    }
    int code;
    if (run_inflate(t, s, data, length, Z_SYNC_FLUSH, max < 0 ? SIZE_MAX : (size_t)max, &b, &code, &rest) < 0)
        goto done;
    if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END) {
        zlib_fail(t, &s->stream, code, "while decompressing data");
        goto done;
    }
    s->eof = code == Z_STREAM_END;
    s->needs_input = !s->eof && rest == 0;
    ok = replace_bytes(t, s->eof ? &s->unused_data : &s->unconsumed_tail, s->stream.next_in, rest) == 0;
    if (ok && s->eof)
        ref_replace_take(t, &s->unconsumed_tail, t->interp->empty_bytes);
done:
    s->stream.next_in = NULL;
    zlib_unlock(t, s);
    ref_dec(t, input);
    buffer_release(t, &view);
    if (!ok) {
        bytesbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    return bytesbuilder_finish(t, &b);
}

static const NativeDef *const decompressor_methods[] = {&native_decompressor_decompress, NULL};
static const MemberDef decompressor_members[] = {
    {"eof", MEMBER_BOOL, offsetof(ZlibStream, eof), false, "Was the end of the stream reached?"},
    {"unused_data", MEMBER_VALUE, offsetof(ZlibStream, unused_data), false, "What followed the end of the stream."},
    {"needs_input", MEMBER_BOOL, offsetof(ZlibStream, needs_input), false, "Is more input needed for more output?"},
    {NULL, 0, 0, false, NULL},
};

const TypeSpec zlib_decompressor_spec = {
    .name = "zlib._ZlibDecompressor",
    .doc = "Decompresses a stream piece by piece, keeping input that it could not use yet.",
    .signature = "(wbits=MAX_WBITS, zdict=b'')",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(ZlibStream),
    .methods = decompressor_methods,
    .members = decompressor_members,
    .slots = {.dealloc = decompress_dealloc, .traverse = stream_traverse, .create = decompressor_create},
};
