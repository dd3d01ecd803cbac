/* mod_zlib.h: what the files of the module zlib share. */
#ifndef BATON_LIB_MOD_ZLIB_H
#define BATON_LIB_MOD_ZLIB_H

#include <zlib.h>

#include "../object/buffer.h"
#include "../object/bytes.h"
#include "../object/module.h"
#include "../thread/lock.h"

#ifndef DEF_MEM_LEVEL
#define DEF_MEM_LEVEL 8
#endif
#define ZLIB_BUFFER_SIZE 16384 /* zlib.DEF_BUF_SIZE */

typedef struct ZlibState {
    Value error; /* zlib.error */
    Type *compress_type, *decompress_type, *decompressor_type;
} ZlibState;

static inline ZlibState *zlib_state(Thread *t) { return (ZlibState *)t->interp->module_state[MODULE_zlib]; }

/* A stream object: Compress, Decompress or _ZlibDecompressor.
 * Invariant: while `lock` is held by a thread, only that thread looks at the stream, detached or not. */
typedef struct ZlibStream {
    Object head;
    z_stream stream;
    PyLock lock;
    bool open; /* deflateEnd or inflateEnd is due */
    bool eof, needs_input;
    Value unused_data;     /* bytes */
    Value unconsumed_tail; /* bytes */
    Value zdict;           /* bytes-like, or empty */
} ZlibStream;

static inline ZlibStream *zlib_stream(Value v) { return (ZlibStream *)value_object(v); }
static inline void zlib_lock(Thread *t, ZlibStream *s) { pylock_acquire(t, &s->lock, -1, false, EVENT_LOCK); }
static inline void zlib_unlock(Thread *t, ZlibStream *s) { pylock_release(t, &s->lock); }

/* Raises zlib.error with zlib's code and message. */
Value zlib_fail(Thread *t, const z_stream *stream, int code, const char *message);
/* Calls deflate or inflate without the lock. */
int zlib_deflate(Thread *t, z_stream *stream, int flush);
int zlib_inflate(Thread *t, z_stream *stream, int flush);
/* Gives the stream room for at least one more byte of output in b, at most `max` bytes in all: 0, 1 when max is reached, -1 no memory. */
int zlib_room(Thread *t, z_stream *stream, BytesBuilder *b, size_t max);
static inline void zlib_wrote(z_stream *stream, BytesBuilder *b, size_t room) { b->length += room - stream->avail_out; }

/* mod_zlib_objects.c */
extern const TypeSpec zlib_compress_spec, zlib_decompress_spec, zlib_decompressor_spec;
MUST_CHECK Value zlib_compressobj(Thread *t, int level, int method, int wbits, int memory_level, int strategy,
                                  Value zdict);
MUST_CHECK Value zlib_decompressobj(Thread *t, int wbits, Value zdict);

#endif
