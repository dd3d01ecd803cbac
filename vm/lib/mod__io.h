/* mod__io.h: what the files of the module _io share: the head of every stream, the types, and the C paths between layers.
 *
 * A text stream sits on a buffered one, that on a raw one.  Each layer calls the one beneath by method, as Python code would, unless that is of exactly the
 * type written here and has no attribute of its own in the way: then by the functions declared here.
 *
 * Locks.  A buffered stream is guarded by its own IoLock, held while the raw stream is called; a text stream by one that is taken with the lock off only and that its
 * owner may take again.  BytesIO and StringIO take their leaf lock. Read next: io_base.c, io_file.c, io_buffered.c, io_text.c. */
#ifndef BATON_LIB_MOD__IO_H
#define BATON_LIB_MOD__IO_H

#include "../memory/alloc.h"
#include "../object/bytes.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../object/type.h"
#include "../thread/breaker.h"
#include "../thread/lock.h"
#include "../thread/objlock.h"
#include "argument.h"

#define IO_BUFFER_SIZE (128 * 1024)     /* io.DEFAULT_BUFFER_SIZE */
#define IO_BUFFER_MAX (8 * 1024 * 1024) /* the largest buffer that a file system's block size may ask for */

#define IO_HEAD                                                                                                        \
    Object head;                                                                                                       \
    Value dict; /* __dict__, or empty */                                                                               \
    Object *weakrefs;                                                                                                  \
    bool base_closed /* _IOBase.close() was called */

typedef struct IoBase {
    IO_HEAD;
} IoBase;

typedef struct IoState {
    Type *base, *raw, *buffered, *text_base, *file, *bytes, *bytes_buffer, *string, *reader, *writer, *random, *pair,
        *decoder, *text;
    Type *unsupported; /* UnsupportedOperation */
} IoState;
static inline IoState *io_state(Thread *t) { return (IoState *)t->interp->module_state[MODULE__io]; }

extern const TypeSpec io_base_spec, io_raw_spec, io_buffered_spec, io_text_base_spec, io_file_spec, io_bytes_spec,
    io_bytes_buffer_spec, io_string_spec, io_reader_spec, io_writer_spec, io_random_spec, io_pair_spec, io_decoder_spec,
    io_text_spec;

static inline IoBase *io_base(Value v) { return (IoBase *)value_object(v); }
static inline bool io_is_exact(Value v, const Type *type)
{
    return value_is_object(v) && value_object(v)->type == type;
}

/* ---- io_base.c ---- */

Value io_unsupported(Thread *t, const char *message); /* raises UnsupportedOperation */
/* self.NAME(...) without arguments, and its truth: 1, 0, -1. */
MUST_CHECK Value io_call(Thread *t, Value self, Value name);
MUST_CHECK Value io_call1(Thread *t, Value self, Value name, Value arg);
int io_call_truth(Thread *t, Value self, Value name);
/* v.closed: 1, 0, -1. */
int io_closed(Thread *t, Value self);
int io_check_closed(Thread *t, Value self);   /* 0, or -1 with ValueError */
int io_check_readable(Thread *t, Value self); /* 0, or -1 with UnsupportedOperation */
int io_check_writable(Thread *t, Value self);
int io_check_seekable(Thread *t, Value self);
/* A size argument: an integer, None or absent (`absent`). 0 or -1. */
int io_size(Thread *t, Value v, int64_t absent, int64_t *result);
/* An offset for seek and the like. */
int io_offset(Thread *t, Value v, int64_t *result);
/* Was the pending exception made by a system call that a signal interrupted?  Clears it and says true, so that the caller tries again; a signal handler's exception stays. */
bool io_interrupted(Thread *t);
/* What _IOBase.close() does. */
Value io_base_close(Thread *t, Value self);
void io_base_finalize(Thread *t, Object *o);
/* The parts of slots that streams share: their head. */
int io_head_traverse(Object *o, VisitFn visit, void *arg);
void io_head_clear(Thread *t, Object *o);
/* "<TYPE name=NAME>" or "<TYPE>". */
Value io_repr_name(Thread *t, Value self);
/* Does the instance have an attribute of its own that hides the method? */
static inline bool io_has_own(Thread *t, Value v, Value name)
{
    Value dict = slot_peek(&io_base(v)->dict);
    return !value_is_empty(dict) && dict_contains(t, dict, name) != 0;
}
/* A native function that several files list: NATIVE without `static`. */
#define IO_NATIVE(c_name, py_name, signature_, doc_)                                                                   \
    static Value native_fn_##c_name(Thread *t, Value *args, uint32_t n, Value names);                                  \
    const NativeDef c_name = {py_name, signature_, doc_, native_fn_##c_name, 0};                                       \
    static Value native_fn_##c_name(__attribute__((unused)) Thread *t, __attribute__((unused)) Value *args,            \
                                    __attribute__((unused)) uint32_t n, __attribute__((unused)) Value names)
extern const NativeDef io_cannot_pickle, io_cannot_pickle_ex;
/* Reports the stream as not closed through raw._dealloc_warn(source). */
void io_dealloc_warn(Thread *t, Value raw, Value source);
/* A line of a stream for iteration: self.readline(), which must be of text (or of anything with a length). Empty without an exception at the end. */
Value io_next_line(Thread *t, Value self, bool text);
/* warnings.warn for a missing encoding argument (-X warn_default_encoding). 0 or -1. */
int io_warn_encoding(Thread *t, int stack_level);

/* ---- locks ---- */

typedef struct IoLock {
    PyLock lock;
    Thread *_Atomic owner;
    uint32_t depth; /* of the owner, in streams that may be entered again */
} IoLock;
/* 0, or -1: RuntimeError for a reentrant call, or the lock was not to be had while the interpreter ends. */
int io_lock_enter(Thread *t, IoLock *lock, Value self);
void io_lock_exit(Thread *t, IoLock *lock);
/* With the lock off only; the owner may enter again. */
int io_lock_enter_again(Thread *t, IoLock *lock, Value self);
void io_lock_exit_again(Thread *t, IoLock *lock);

/* ---- io_file.c ---- */

typedef struct FileIO {
    IO_HEAD;
    bool created, readable, writable, appending, closefd, finalizing;
    int8_t seekable; /* -1: not known yet */
    int8_t regular;  /* a regular file, or a device of characters, or neither (0), when it was opened */
    _Atomic int fd;
    int32_t blksize;
    int64_t size_hint; /* when it was opened */
} FileIO;
static inline FileIO *io_file(Value v) { return (FileIO *)value_object(v); }
/* Is v a FileIO and nothing more? */
static inline bool io_is_file(Thread *t, Value v) { return io_is_exact(v, io_state(t)->file); }
#define IO_WOULD_BLOCK (-2)
/* read() and write() of a FileIO: bytes, IO_WOULD_BLOCK, or -1. */
int64_t io_file_read(Thread *t, FileIO *f, void *data, size_t n);
int64_t io_file_write(Thread *t, FileIO *f, const void *data, size_t n);
MUST_CHECK Value io_file_readall(Thread *t, FileIO *f);
int64_t io_file_seek(Thread *t, FileIO *f, int64_t offset, int whence); /* or -1 */
int io_file_seekable(Thread *t, FileIO *f);                             /* 1, 0, -1 when closed */
int io_file_isatty_at_open(Thread *t, FileIO *f);                       /* a system call is spared for regular files */
MUST_CHECK Value io_file_new(Thread *t, Value file, const char *mode, Value closefd, Value opener);

/* ---- io_buffered*.c ---- */

/* Invariants, by the lock's holder.  `buffer` is made at the first use.  Bytes [0, read_end) of it were read, [write_pos, write_end) are to be written; -1 where there are none.
 * `pos` is the stream's position in the buffer, `raw_pos` the raw stream's (-1: elsewhere), `abs_pos` the raw stream's in the file (-1: unknown). */
typedef struct Buffered {
    IO_HEAD;
    bool ok, detached, readable, writable, finalizing;
    bool exact_file; /* raw is a FileIO and nothing more */
    bool leaked;     /* a view of the buffer is still somewhere: its memory stays */
    Value raw;
    IoLock lock;
    uint8_t *buffer;
    int64_t buffer_size;
    int64_t pos, raw_pos, read_end, write_pos, write_end, abs_pos;
} Buffered;
static inline Buffered *io_buffered(Value v) { return (Buffered *)value_object(v); }
MUST_CHECK Value io_buffered_new(Thread *t, Type *type, Value raw, int64_t size);
/* Is v a buffered stream written here and nothing more, for reading (writing)? */
static inline bool io_is_reader(Thread *t, Value v)
{
    IoState *s = io_state(t);
    return io_is_exact(v, s->reader) || io_is_exact(v, s->random);
}
static inline bool io_is_writer(Thread *t, Value v)
{
    IoState *s = io_state(t);
    return io_is_exact(v, s->writer) || io_is_exact(v, s->random);
}
MUST_CHECK Value io_buffered_read1(Thread *t, Value self, int64_t n);
/* write(): the number of bytes taken, or -1. */
int64_t io_buffered_write(Thread *t, Value self, const void *data, size_t n);

/* Between io_buffered.c, io_buffered_read.c and io_buffered_write.c: the lock is held. */
static inline bool buffered_valid_read(const Buffered *b) { return b->readable && b->read_end != -1; }
static inline bool buffered_valid_write(const Buffered *b) { return b->writable && b->write_end != -1; }
static inline int64_t buffered_readahead(const Buffered *b)
{
    return buffered_valid_read(b) ? b->read_end - b->pos : 0;
}
static inline int64_t buffered_raw_offset(const Buffered *b)
{
    return (buffered_valid_read(b) || buffered_valid_write(b)) && b->raw_pos >= 0 ? b->raw_pos - b->pos : 0;
}
static inline void buffered_reset_read(Buffered *b) { b->read_end = -1; }
static inline void buffered_reset_write(Buffered *b)
{
    b->write_pos = 0;
    b->write_end = -1;
}
static inline void buffered_move_to(Buffered *b, int64_t pos)
{
    b->pos = pos;
    if (buffered_valid_read(b) && b->read_end < pos)
        b->read_end = pos;
}
int buffered_init(Thread *t, Buffered *b, Value raw, int64_t size);   /* the common part of __init__ */
int buffered_check(Thread *t, Buffered *b);                           /* initialised and not detached: 0 or -1 */
int buffered_check_open(Thread *t, Buffered *b, const char *message); /* the same, and not closed */
int buffered_need_buffer(Thread *t, Buffered *b);
int64_t buffered_raw_read(Thread *t, Buffered *b, uint8_t *data, int64_t n); /* bytes, IO_WOULD_BLOCK, -1 */
int64_t buffered_raw_write(Thread *t, Buffered *b, const uint8_t *data, int64_t n);
int64_t buffered_raw_tell(Thread *t, Buffered *b);
int64_t buffered_raw_seek(Thread *t, Buffered *b, int64_t target, int whence);
int buffered_flush(Thread *t, Buffered *b);            /* writes what is to be written */
int buffered_flush_and_rewind(Thread *t, Buffered *b); /* also forgets what was read ahead */
static inline bool buffered_is_free(Thread *t, Buffered *b)
{
    return !t->free_threaded && atomic_load_explicit(&b->lock.owner, memory_order_relaxed) == NULL;
}
/* Methods of more than one type: read and seek for those that can, and so on. */
extern const NativeDef buffered_method_read, buffered_method_peek, buffered_method_read1, buffered_method_readinto,
    buffered_method_readinto1, buffered_method_readline, buffered_method_write;
Value buffered_iter_next(Thread *t, Value self);

/* ---- io_newline.c ---- */

/* Translation of line endings: \r\n and \r become \n when `translate`; which were seen is remembered. */
typedef struct NewlineState {
    bool translate, pending_cr;
    uint8_t seen; /* NEWLINE_... */
} NewlineState;
#define NEWLINE_CR 1
#define NEWLINE_LF 2
#define NEWLINE_CRLF 4
/* Takes a decoded str and returns what is to be read of it; a \r at its end waits unless `final`. */
MUST_CHECK Value newline_decode_take(Thread *t, NewlineState *s, Value text, bool final);
MUST_CHECK Value newline_seen(Thread *t, const NewlineState *s); /* the attribute newlines */
/* How lines end when reading. */
typedef enum LineEnd { LINE_LF, LINE_ANY, LINE_CR, LINE_CRLF } LineEnd;
/* Where a line of s beginning at start ends (behind its ending), or -1; *searched: an ending can only begin here or later. */
int64_t newline_find(const Str *s, size_t start, size_t end, LineEnd mode, size_t *searched);
/* The newline argument of TextIOWrapper and StringIO: 0 or -1 with ValueError (the message formats it);
 * None and absent are all right. */
int newline_check(Thread *t, Value newline, const char *message);

/* ---- io_text*.c ---- */

typedef enum TextCodec { TEXT_OBJECT, TEXT_UTF8, TEXT_ASCII, TEXT_LATIN1 } TextCodec;

/* Invariants.  `pending` are encoded bytes that the buffer has not got yet.  `chars` (a str or empty) was decoded, chars_used characters of it were read.
 * While `telling`, snapshot is where tell() can start: before the last chunk the decoder had the flags `snapshot_flags`, and `snapshot` (bytes, or empty: there is none)
 * is what was decoded since, bytes that the decoder held included. */
typedef struct TextIO {
    IO_HEAD;
    bool ok, detached, finalizing;
    bool read_universal, read_translate, write_translate, line_buffering, write_through, seekable, telling, has_read1;
    bool can_read, can_write; /* there is a decoder, an encoder */
    bool start_of_stream;     /* the encoder may write its mark */
    uint8_t codec;            /* TextCodec */
    uint8_t held_count;       /* of a sequence that is not complete yet */
    uint8_t held[8];
    NewlineState newline;
    LineEnd line_end;
    const char *write_newline; /* what \n becomes, or NULL */
    char errors_name[24];      /* of errors, if it is short; codecs get it */
    Value mode;                /* set by open(): a field, because a dict would make every method call slower */
    Value buffer, encoding, errors, read_newline /* str or empty */;
    Value decoder, encoder; /* objects, for TEXT_OBJECT */
    IoLock lock;
    Value chars;
    size_t chars_used;
    Value snapshot;
    Value snapshot_flags;
    double bytes_per_char;
    uint8_t *pending;
    size_t pending_count, pending_capacity;
    int64_t chunk_size;
} TextIO;
static inline TextIO *io_text(Value v) { return (TextIO *)value_object(v); }
static inline bool io_is_text(Thread *t, Value v) { return io_is_exact(v, io_state(t)->text); }
/* TextIOWrapper(buffer, encoding, errors, newline, line_buffering, write_through): encoding etc. may be None. */
MUST_CHECK Value io_text_new(Thread *t, Value buffer, Value encoding, Value errors, Value newline, bool line_buffering,
                             bool write_through);
/* write() of a text stream that is a TextIOWrapper and nothing more: 0 or -1. */
int io_text_write(Thread *t, Value self, Value text);

int text_check(Thread *t, TextIO *x);      /* initialised and not detached */
int text_check_open(Thread *t, TextIO *x); /* the same, and not closed */
int text_write_pending(Thread *t, TextIO *x);
void text_set_chars_take(Thread *t, TextIO *x, Value chars);
void text_forget(Thread *t, TextIO *x); /* decoded characters and snapshot */
MUST_CHECK Value text_flush(Thread *t, Value self);
/* The decoder: input is any bytes-like object. */
MUST_CHECK Value text_decode(Thread *t, TextIO *x, Value input, bool final);
MUST_CHECK Value text_decode_bytes(Thread *t, TextIO *x, const uint8_t *data, size_t n, bool final);
MUST_CHECK Value text_encode(Thread *t, TextIO *x, Value text);
int text_decoder_reset(Thread *t, TextIO *x);
int text_decoder_get(Thread *t, TextIO *x, Value *held, Value *flags);
int text_decoder_set(Thread *t, TextIO *x, Value held, Value flags);
int text_encoder_reset(Thread *t, TextIO *x, bool start);
int text_set_codec(Thread *t, TextIO *x, Value encoding, Value errors); /* encoding: a str */
void text_set_newline(Thread *t, TextIO *x, Value newline);
int text_fix_encoder(Thread *t, TextIO *x);

#endif
