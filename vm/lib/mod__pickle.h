/* mod__pickle.h: what the files of the module _pickle share.  Behaviour follows Lib/pickle.py. */
#ifndef BATON_LIB_MOD__PICKLE_H
#define BATON_LIB_MOD__PICKLE_H

#include "../memory/ref.h"
#include "../object/buffer.h"
#include "../object/bytes.h"
#include "../object/error.h"
#include "../object/module.h"

#define PICKLE_HIGHEST 5
#define PICKLE_DEFAULT 5
#define PICKLE_BATCH 1000 /* items between a MARK and APPENDS, SETITEMS or ADDITEMS */
#define PICKLE_FRAME_TARGET (64 * 1024)
#define PICKLE_FRAME_MIN 4
#define PICKLE_FRAME_HEADER 9

/* clang-format off */
enum {
    PK_MARK = '(', PK_STOP = '.', PK_POP = '0', PK_POP_MARK = '1', PK_DUP = '2', PK_FLOAT = 'F', PK_INT = 'I', PK_BININT = 'J', PK_BININT1 = 'K', PK_LONG = 'L',
    PK_BININT2 = 'M', PK_NONE = 'N', PK_PERSID = 'P', PK_BINPERSID = 'Q', PK_REDUCE = 'R', PK_STRING = 'S', PK_BINSTRING = 'T', PK_SHORT_BINSTRING = 'U',
    PK_UNICODE = 'V', PK_BINUNICODE = 'X', PK_APPEND = 'a', PK_BUILD = 'b', PK_GLOBAL = 'c', PK_DICT = 'd', PK_EMPTY_DICT = '}', PK_APPENDS = 'e', PK_GET = 'g',
    PK_BINGET = 'h', PK_INST = 'i', PK_LONG_BINGET = 'j', PK_LIST = 'l', PK_EMPTY_LIST = ']', PK_OBJ = 'o', PK_PUT = 'p', PK_BINPUT = 'q', PK_LONG_BINPUT = 'r',
    PK_SETITEM = 's', PK_TUPLE = 't', PK_EMPTY_TUPLE = ')', PK_SETITEMS = 'u', PK_BINFLOAT = 'G',
    PK_PROTO = 0x80, PK_NEWOBJ = 0x81, PK_EXT1 = 0x82, PK_EXT2 = 0x83, PK_EXT4 = 0x84, PK_TUPLE1 = 0x85, PK_TUPLE2 = 0x86, PK_TUPLE3 = 0x87, PK_NEWTRUE = 0x88,
    PK_NEWFALSE = 0x89, PK_LONG1 = 0x8a, PK_LONG4 = 0x8b,
    PK_BINBYTES = 'B', PK_SHORT_BINBYTES = 'C',
    PK_SHORT_BINUNICODE = 0x8c, PK_BINUNICODE8 = 0x8d, PK_BINBYTES8 = 0x8e, PK_EMPTY_SET = 0x8f, PK_ADDITEMS = 0x90, PK_FROZENSET = 0x91, PK_NEWOBJ_EX = 0x92,
    PK_STACK_GLOBAL = 0x93, PK_MEMOIZE = 0x94, PK_FRAME = 0x95,
    PK_BYTEARRAY8 = 0x96, PK_NEXT_BUFFER = 0x97, PK_READONLY_BUFFER = 0x98
};
/* clang-format on */

typedef struct PickleState {
    Value pickle_error, pickling_error, unpickling_error;
    Type *pickler_type, *unpickler_type, *buffer_type, *pickler_memo_type, *unpickler_memo_type;
    Value dispatch_table, extension_registry, inverted_registry, extension_cache;     /* of copyreg */
    Value name_mapping, import_mapping, reverse_name_mapping, reverse_import_mapping; /* of _compat_pickle */
    Value codecs_encode, partial, getattr;
} PickleState;

static inline PickleState *pickle_state(Thread *t) { return (PickleState *)t->interp->module_state[MODULE__pickle]; }
#define PICKLING_ERROR(t) ((Type *)value_object(pickle_state(t)->pickling_error))
#define UNPICKLING_ERROR(t) ((Type *)value_object(pickle_state(t)->unpickling_error))

/* ---- pickling ---- */

typedef struct PickleMemo {
    struct PickleMemoEntry {
        Value v; /* owned; empty: free */
        uint64_t index;
    } * table;
    size_t mask, count;
} PickleMemo;

/* Invariant: while `running` is set one call of dump uses the object; a second one is refused. */
typedef struct Pickler {
    Object head;
    PickleMemo memo;
    Value write;                             /* the file's method, or empty: all stays in `out` */
    Value buffer_callback;                   /* or empty */
    Value dispatch_table;                    /* own one, or empty */
    Value persistent_id;                     /* set on the instance, or empty */
    Value persistent_call, reducer_override; /* during dump: what to call, or empty */
    BytesBuilder out;
    int64_t frame_start; /* offset of the open frame's header in out; -1 none */
    int proto;
    bool bin, framing, fix_imports;
    _Atomic bool running;
    int fast, fast_depth;
    Value fast_seen; /* dict of containers being saved in fast mode, or empty */
} Pickler;

static inline Pickler *pickler_of(Value v) { return (Pickler *)value_object(v); }
int pickler_setup(Thread *t, Pickler *p, Value file_or_empty, Value protocol, Value fix_imports, Value buffer_callback);
int pickler_dump(Thread *t, Value self, Value obj);
int pickler_write(Thread *t, Pickler *p, const void *data, size_t n);
static inline int pickler_op(Thread *t, Pickler *p, uint8_t op) { return pickler_write(t, p, &op, 1); }
/* A header and a payload that may be long: then outside of any frame, handed to the file as it is. `owner` is the payload as an object, or empty. */
int pickler_write_payload(Thread *t, Pickler *p, const void *header, size_t header_size, const void *data, size_t n,
                          Value owner);
int pickler_boundary(Thread *t, Pickler *p);        /* between opcodes: a full frame may end here */
int64_t memo_find(const PickleMemo *memo, Value v); /* index, or -1 */
int memo_add(Thread *t, PickleMemo *memo, Value v, uint64_t index);
void memo_clear(Thread *t, PickleMemo *memo);
int pickle_save(Thread *t, Pickler *p, Value obj, bool persistent_checked);    /* mod__pickle_save.c */
int pickle_save_global(Thread *t, Pickler *p, Value obj, Value name_or_empty); /* mod__pickle_global.c */
int pickle_memoize(Thread *t, Pickler *p, Value obj);
int pickle_write_get(Thread *t, Pickler *p, uint64_t index);
/* Adds a note to the pending exception. */
void pickle_note(Thread *t, const char *format, ...);

/* ---- unpickling ---- */

typedef struct Unpickler {
    Object head;
    Value *stack;
    size_t depth, capacity, fence; /* items below the fence belong to an outer mark */
    size_t *marks;
    size_t mark_count, mark_capacity;
    Value *memo;
    size_t memo_size, memo_used;
    Buffer input; /* of loads, or empty */
    Value chunk;  /* bytes got from the file, which `data` points into */
    const uint8_t *data;
    size_t length, at; /* what is there, and how much of it is used */
    size_t peeked; /* bytes of data that the file has not been told to skip yet start at this offset; SIZE_MAX: none */
    size_t frame_end;                     /* offset in data where the current frame ends; SIZE_MAX: none */
    Value read, readinto, readline, peek; /* the file's methods, or empty */
    Value buffers;                        /* iterator, or empty */
    Value persistent_load;                /* set on the instance, or empty */
    Value persistent_call;                /* during load */
    Value encoding, errors;               /* str; encoding "bytes" leaves 8-bit strings alone */
    int proto;
    bool fix_imports, as_bytes, ready;
    _Atomic bool running;
} Unpickler;

static inline Unpickler *unpickler_of(Value v) { return (Unpickler *)value_object(v); }
int unpickler_setup(Thread *t, Unpickler *u, Value file_or_empty, Value fix_imports, Value encoding, Value errors,
                    Value buffers);
MUST_CHECK Value unpickler_load(Thread *t, Value self);
MUST_CHECK Value pickle_load(Thread *t, Unpickler *u); /* mod__pickle_load.c: runs the opcodes */
MUST_CHECK Value unpickler_find_class(Thread *t, Unpickler *u, Value module, Value name);
/* n bytes of input, valid until the next read; NULL with an exception. */
const uint8_t *unpickler_read(Thread *t, Unpickler *u, size_t n);
int unpickler_read_into(Thread *t, Unpickler *u, uint8_t *out, size_t n);
/* A line with its newline. */
const uint8_t *unpickler_readline(Thread *t, Unpickler *u, size_t *n);
int unpickler_frame(Thread *t, Unpickler *u, uint64_t size);
int unpickler_memo_put(Thread *t, Unpickler *u, size_t index, Value v);

/* ---- PickleBuffer (mod__pickle_buffer.c) ---- */

typedef struct PickleBuffer {
    Object head;
    Buffer view;
    Object *weakrefs;
} PickleBuffer;
extern const TypeSpec pickle_buffer_spec, pickler_spec, unpickler_spec, pickler_memo_spec, unpickler_memo_spec;
/* The view of a PickleBuffer (borrowed), or NULL with ValueError once it is released. */
const Buffer *pickle_buffer_view(Thread *t, Value v);

/* module.attribute..., by import. */
MUST_CHECK Value pickle_import(Thread *t, Value module_name);

#endif
