/* io_pair.c: BufferedRWPair: a BufferedReader and a BufferedWriter over two raw streams (the ends of a socket or pipe) as one stream.
 *
 * Locks: those of the two. */
#include "mod__io.h"

#include "../object/container.h"

typedef struct Pair {
    IO_HEAD;
    Value reader, writer; /* or empty: not initialised */
} Pair;
static inline Pair *pair_of(Value v) { return (Pair *)value_object(v); }

static int pair_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Pair *p = pair_of(self);
    Value out[3];
    int64_t size;
    if (native_parse(t, "BufferedRWPair", "(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)", args, n, names, out) <
            0 ||
        argument_size(t, out[2], IO_BUFFER_SIZE, &size) < 0 || io_check_readable(t, out[0]) < 0 ||
        io_check_writable(t, out[1]) < 0)
        return -1;
    Value reader = io_buffered_new(t, io_state(t)->reader, out[0], size);
    if (value_is_empty(reader))
        return -1;
    Value writer = io_buffered_new(t, io_state(t)->writer, out[1], size);
    if (value_is_empty(writer)) {
        ref_dec(t, reader);
        return -1;
    }
    field_set_take(t, p, &p->reader, reader);
    field_set_take(t, p, &p->writer, writer);
    return 0;
}

/* Calls a method of one of the two. */
static Value forward(Thread *t, Value self, bool write, Value name, Value arg)
{
    Pair *p = pair_of(self);
    Value target = field_get(t, p, write ? &p->writer : &p->reader);
    if (value_is_empty(target))
        return error_set(t, EXC_ValueError, "I/O operation on uninitialized object");
    Value result = value_is_empty(arg) ? io_call(t, target, name) : io_call1(t, target, name, arg);
    ref_dec(t, target);
    return result;
}

NATIVE(pair_read, "read", "($self, size=-1, /)", "Reads as BufferedReader.read() does.")
{
    return forward(t, args[0], false, ID(t, read), args[1]);
}
NATIVE(pair_peek, "peek", "($self, size=0, /)", "What is buffered for reading.")
{
    return forward(t, args[0], false, ID(t, peek), args[1]);
}
NATIVE(pair_read1, "read1", "($self, size=-1, /)", "Reads with at most one read of the raw stream.")
{
    return forward(t, args[0], false, ID(t, read1), args[1]);
}
NATIVE(pair_readinto, "readinto", "($self, buffer, /)", "Reads into a buffer.")
{
    return forward(t, args[0], false, ID(t, readinto), args[1]);
}
NATIVE(pair_readinto1, "readinto1", "($self, buffer, /)",
       "Reads into a buffer with at most one read of the raw stream.")
{
    return forward(t, args[0], false, ID(t, readinto1), args[1]);
}
NATIVE(pair_write, "write", "($self, buffer, /)", "Writes as BufferedWriter.write() does.")
{
    return forward(t, args[0], true, ID(t, write), args[1]);
}
NATIVE(pair_flush, "flush", "($self, /)", "Flushes the writer.")
{
    return forward(t, args[0], true, ID(t, flush), VALUE_EMPTY);
}
NATIVE(pair_readable, "readable", "($self, /)", "Whether the reader can be read.")
{
    return forward(t, args[0], false, ID(t, readable), VALUE_EMPTY);
}
NATIVE(pair_writable, "writable", "($self, /)", "Whether the writer can be written.")
{
    return forward(t, args[0], true, ID(t, writable), VALUE_EMPTY);
}

NATIVE(pair_close, "close", "($self, /)", "Closes both.")
{
    Value first = forward(t, args[0], true, ID(t, close), VALUE_EMPTY), exc = error_take(t);
    ref_dec(t, first);
    Value result = forward(t, args[0], false, ID(t, close), VALUE_EMPTY);
    if (value_is_empty(exc))
        return result;
    ref_dec(t, result);
    error_chain_context_take(t, exc);
    return VALUE_EMPTY;
}

NATIVE(pair_isatty, "isatty", "($self, /)", "Whether one of the two is a terminal.")
{
    Value result = forward(t, args[0], true, ID(t, isatty), VALUE_EMPTY);
    if (!value_is(result, VALUE_FALSE))
        return result;
    return forward(t, args[0], false, ID(t, isatty), VALUE_EMPTY);
}

static Value get_closed(Thread *t, Value self)
{
    Value writer = field_get(t, pair_of(self), &pair_of(self)->writer);
    if (value_is_empty(writer))
        return error_set(t, EXC_RuntimeError, "the BufferedRWPair object is being garbage-collected");
    Value closed = object_getattr(t, writer, ID(t, closed));
    ref_dec(t, writer);
    return closed;
}

static void pair_clear(Thread *t, Object *o)
{
    io_head_clear(t, o);
    ref_clear(t, &((Pair *)o)->reader);
    ref_clear(t, &((Pair *)o)->writer);
}
static int pair_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Pair *)o)->reader);
    VISIT(((Pair *)o)->writer);
    return io_head_traverse(o, visit, arg);
}

static const NativeDef *const methods[] = {&native_pair_read,     &native_pair_peek,      &native_pair_read1,
                                           &native_pair_readinto, &native_pair_readinto1, &native_pair_write,
                                           &native_pair_flush,    &native_pair_readable,  &native_pair_writable,
                                           &native_pair_close,    &native_pair_isatty,    NULL};
static const GetSetDef getsets[] = {{"closed", get_closed, NULL, "Whether the writer is closed."},
                                    {NULL, NULL, NULL, NULL}};

const TypeSpec io_pair_spec = {
    .name = "_io.BufferedRWPair",
    .doc = "A buffered reader and a buffered writer over two raw streams that are no files.\n\nThe two do not know of "
           "each other: not for streams whose position can be moved.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Pair),
    .dict_offset = offsetof(Pair, dict),
    .weak_offset = offsetof(Pair, weakrefs),
    .methods = methods,
    .getsets = getsets,
    .signature = "(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)",
    .slots = {.dealloc = pair_clear,
              .traverse = pair_traverse,
              .clear = pair_clear,
              .finalize = io_base_finalize,
              .create = type_create_plain,
              .init = pair_init},
};
