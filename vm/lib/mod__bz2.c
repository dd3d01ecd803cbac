/* mod__bz2.c: the module _bz2, beneath bz2: compressing and decompressing with libbz2.
 *
 * libbz2 works detached from the interpreter; meanwhile the object's own lock is held, so that a second thread waits
 * for the stream. */
#include <bzlib.h>
#include <limits.h>

#include "../memory/alloc.h"
#include "../object/bytes.h"
#include "../object/container.h"
#include "../object/module.h"
#include "../thread/lock.h"
#include "argument.h"
#include "stream_rest.h"

typedef struct Bz2 {
    Object head;
    bz_stream stream;
    PyLock lock;
    bool open;       /* BZ2_bz...End is due */
    bool flushed;    /* compressor: no more data */
    bool broken;     /* decompressor: libbz2 has failed, and must not be called again */
    StreamRest rest; /* decompressor */
} Bz2;

static Bz2 *bz2_of(Value v) { return (Bz2 *)value_object(v); }
static void lock(Thread *t, Bz2 *z) { pylock_acquire(t, &z->lock, -1, false, EVENT_LOCK); }
static void unlock(Thread *t, Bz2 *z) { pylock_release(t, &z->lock); }

/* Raises what an error code stands for; false when it is none. */
static bool failed(Thread *t, int code)
{
    switch (code) {
    case BZ_OK:
    case BZ_RUN_OK:
    case BZ_FLUSH_OK:
    case BZ_FINISH_OK:
    case BZ_STREAM_END: return false;
    case BZ_CONFIG_ERROR: error_set(t, EXC_SystemError, "libbzip2 was not compiled correctly"); return true;
    case BZ_PARAM_ERROR:
        error_set(t, EXC_ValueError, "Internal error - invalid parameters passed to libbzip2");
        return true;
    case BZ_MEM_ERROR: error_no_memory(t); return true;
    case BZ_DATA_ERROR:
    case BZ_DATA_ERROR_MAGIC: error_set(t, EXC_OSError, "Invalid data stream"); return true;
    case BZ_IO_ERROR: error_set(t, EXC_OSError, "Unknown I/O error"); return true;
    case BZ_UNEXPECTED_EOF:
        error_set(t, EXC_EOFError, "Compressed file ended before the logical end-of-stream was detected");
        return true;
    case BZ_SEQUENCE_ERROR:
        error_set(t, EXC_RuntimeError, "Internal error - Invalid sequence of commands sent to libbzip2");
        return true;
    default: error_set(t, EXC_OSError, "Unrecognized error from libbzip2: %d", code); return true;
    }
}

/* ---- compressing ---- */

/* Runs the compressor over data (or to the end of the stream), with the lock held: bytes. */
static Value compress(Thread *t, Bz2 *z, const void *data, size_t left, int action)
{
    BytesBuilder b = {0};
    z->stream.next_in = (char *)(uintptr_t)data;
    z->stream.avail_in = 0;
    for (;;) {
        if (z->stream.avail_in == 0 && left) {
            z->stream.avail_in = left > UINT_MAX ? UINT_MAX : (unsigned)left;
            left -= z->stream.avail_in;
        }
        if (action == BZ_RUN && z->stream.avail_in == 0)
            break;
        size_t room = stream_room(&b, SIZE_MAX);
        z->stream.next_out = (char *)bytesbuilder_reserve(t, &b, room);
        if (!z->stream.next_out)
            goto fail;
        z->stream.avail_out = (unsigned)room;
        thread_detach(t, EVENT_COMPUTE);
        int code = BZ2_bzCompress(&z->stream, action);
        thread_attach(t);
        b.length += room - z->stream.avail_out;
        if (failed(t, code))
            goto fail;
        if (code == BZ_STREAM_END)
            break;
    }
    return bytesbuilder_finish(t, &b);
fail:
    bytesbuilder_discard(t, &b);
    return VALUE_EMPTY;
}

NATIVE(compress, "compress", "($self, data, /)", "Takes data; returns what is ready of the compressed stream.")
{
    Bz2 *z = bz2_of(args[0]);
    Buffer view;
    if (buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    lock(t, z);
    Value v = z->flushed ? error_set(t, EXC_ValueError, "Compressor has been flushed")
                         : compress(t, z, view.data, view.length, BZ_RUN);
    unlock(t, z);
    buffer_release(t, &view);
    return v;
}

NATIVE(flush, "flush", "($self, /)", "Returns the rest of the compressed stream; the object cannot be used again.")
{
    Bz2 *z = bz2_of(args[0]);
    lock(t, z);
    Value v = z->flushed ? error_set(t, EXC_ValueError, "Repeated call to flush()") : VALUE_NONE;
    if (!z->flushed) {
        z->flushed = true;
        v = compress(t, z, NULL, 0, BZ_FINISH);
    }
    unlock(t, z);
    return v;
}

static Value compressor_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value given[1];
    int level;
    if (native_parse(t, "BZ2Compressor", "(compresslevel=9, /)", args, n, names, given) < 0 ||
        argument_int(t, given[0], 9, &level) < 0)
        return VALUE_EMPTY;
    if (level < 1 || level > 9)
        return error_set(t, EXC_ValueError, "compresslevel must be between 1 and 9");
    Bz2 *z = type_alloc(t, type, 0);
    if (!z)
        return VALUE_EMPTY;
    int code = BZ2_bzCompressInit(&z->stream, level, 0, 0);
    z->open = code == BZ_OK;
    if (failed(t, code)) {
        ref_dec_ptr(t, z);
        return VALUE_EMPTY;
    }
    return value_of(z);
}

static void compressor_dealloc(Thread *t, Object *o)
{
    Bz2 *z = (Bz2 *)o;
    if (z->open)
        BZ2_bzCompressEnd(&z->stream);
    z->open = false;
}

/* ---- decompressing ---- */

static Value decompressor_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (native_parse(t, "BZ2Decompressor", "()", args, n, names, NULL) < 0)
        return VALUE_EMPTY;
    Bz2 *z = type_alloc(t, type, 0);
    if (!z)
        return VALUE_EMPTY;
    stream_rest_init(t, &z->rest);
    int code = BZ2_bzDecompressInit(&z->stream, 0, 0);
    z->open = code == BZ_OK;
    if (failed(t, code)) {
        ref_dec_ptr(t, z);
        return VALUE_EMPTY;
    }
    return value_of(z);
}

static void decompressor_dealloc(Thread *t, Object *o)
{
    Bz2 *z = (Bz2 *)o;
    if (z->open)
        BZ2_bzDecompressEnd(&z->stream);
    z->open = false;
    stream_rest_free(t, &z->rest);
}

/* StreamRun: one step of the decompressor. */
static int step(Thread *t, void *object, StreamPiece *piece)
{
    Bz2 *z = object;
    unsigned in = piece->in_length > UINT_MAX ? UINT_MAX : (unsigned)piece->in_length;
    if (z->broken)
        return error_set(t, EXC_ValueError, "the decompressor cannot go on after a previous error"), -1;
    z->stream.next_in = (char *)(uintptr_t)piece->in;
    z->stream.avail_in = in;
    z->stream.next_out = (char *)piece->out;
    z->stream.avail_out = (unsigned)piece->out_length;
    thread_detach(t, EVENT_COMPUTE);
    int code = BZ2_bzDecompress(&z->stream);
    thread_attach(t);
    piece->in += in - z->stream.avail_in;
    piece->in_length -= in - z->stream.avail_in;
    piece->out_length = z->stream.avail_out;
    z->broken = failed(t, code);
    return z->broken ? -1 : code == BZ_STREAM_END;
}

NATIVE(decompress, "decompress", "($self, /, data, max_length=-1)",
       "Takes compressed data; returns what it stands for, at most `max_length` bytes unless that is negative.")
{
    Bz2 *z = bz2_of(args[0]);
    Buffer view;
    int64_t max;
    if (argument_size(t, args[2], -1, &max) < 0 || buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    lock(t, z);
    Value v = z->rest.eof ? error_set(t, EXC_EOFError, "End of stream already reached")
                          : stream_rest_run(t, &z->rest, view.data, view.length, max, step, z);
    unlock(t, z);
    buffer_release(t, &view);
    return v;
}

/* ---- the module ---- */

static const NativeDef *const compressor_methods[] = {&native_compress, &native_flush, NULL};
static const NativeDef *const decompressor_methods[] = {&native_decompress, NULL};
static const MemberDef decompressor_members[] = {
    {"eof", MEMBER_BOOL, offsetof(Bz2, rest.eof), false, "was the end of the stream reached?"},
    {"unused_data", MEMBER_VALUE, offsetof(Bz2, rest.unused_data), false, "what followed the end of the stream"},
    {"needs_input", MEMBER_BOOL, offsetof(Bz2, rest.needs_input), false, "is more input needed for more output?"},
    {0},
};

static const TypeSpec compressor_spec = {
    .name = "_bz2.BZ2Compressor",
    .doc = "Compresses data piece by piece; the level is from 1 to 9.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Bz2),
    .methods = compressor_methods,
    .signature = "(compresslevel=9, /)",
    .slots = {.dealloc = compressor_dealloc, .create = compressor_create},
};
static const TypeSpec decompressor_spec = {
    .name = "_bz2.BZ2Decompressor",
    .doc = "Decompresses one stream piece by piece.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Bz2),
    .methods = decompressor_methods,
    .members = decompressor_members,
    .signature = "()",
    .slots = {.dealloc = decompressor_dealloc, .create = decompressor_create},
};

static int exec(Thread *t, Value module)
{
    return module_add_type(t, module, &compressor_spec, NULL) && module_add_type(t, module, &decompressor_spec, NULL)
               ? 0
               : -1;
}

const ModuleDef module_def__bz2 = {
    .name = "_bz2",
    .doc = "Compression in the format of bzip2.",
    .exec = exec,
};
