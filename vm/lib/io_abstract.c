/* io_abstract.c: _RawIOBase, _BufferedIOBase and _TextIOBase: what raw, buffered and text streams have in common, in terms of each other's methods.
 *
 * Locks: none.  Read next: io_file.c, io_buffered.c, io_text.c. */
#include "mod__io.h"

/* ---- _RawIOBase ---- */

NATIVE(raw_read, "read", "($self, size=-1, /)", NULL)
{
    int64_t size, got;
    if (argument_size(t, args[1], -1, &size) < 0)
        return VALUE_EMPTY;
    if (size < 0)
        return io_call(t, args[0], ID(t, readall));
    Value buffer = bytearray_new(t, NULL, (size_t)size);
    if (value_is_empty(buffer))
        return buffer;
    memset(((ByteArray *)value_object(buffer))->data, 0, (size_t)size);
    Value count = io_call1(t, args[0], ID(t, readinto), buffer), result = VALUE_EMPTY;
    if (value_is_empty(count) || value_is_none(count)) {
        ref_dec(t, buffer);
        return count;
    }
    int status = int_to_int64(t, count, &got);
    ref_dec(t, count);
    if (status < 0) {
        if (error_swallow(t, EXC_OverflowError))
            error_set(t, EXC_ValueError, "cannot fit 'int' into an index-sized integer");
        ref_dec(t, buffer);
        return VALUE_EMPTY;
    }
    const ByteArray *b = (const ByteArray *)value_object(buffer);
    objlock_enter(t, (void *)b);
    bool fits = got >= 0 && (size_t)got <= b->length;
    if (fits)
        result = bytes_new(t, b->data, (size_t)got);
    objlock_exit(t, (void *)b);
    if (!fits)
        error_set(t, EXC_ValueError, "readinto returned %lld outside buffer size %lld", (long long)got,
                  (long long)size);
    ref_dec(t, buffer);
    return result;
}

NATIVE(raw_readall, "readall", "($self, /)", "Reads until the end, by read().")
{
    BytesBuilder all = {0};
    bool any = false;
    for (;;) {
        Value data = io_call1(t, args[0], ID(t, read), value_from_int(IO_BUFFER_SIZE));
        if (value_is_empty(data)) {
            if (io_interrupted(t))
                continue;
            goto fail;
        }
        if (value_is_none(data)) {
            if (any)
                break;
            bytesbuilder_discard(t, &all);
            return data;
        }
        if (!bytes_check(data)) {
            ref_dec(t, data);
            error_set(t, EXC_TypeError, "read() should return bytes");
            goto fail;
        }
        size_t n = bytes_of(data)->length;
        int status = bytesbuilder_append(t, &all, bytes_of(data)->data, n);
        ref_dec(t, data);
        if (status < 0)
            goto fail;
        if (n == 0)
            break;
        any = true;
    }
    return bytesbuilder_finish(t, &all);
fail:
    bytesbuilder_discard(t, &all);
    return VALUE_EMPTY;
}

NATIVE(raw_readinto, "readinto", "($self, buffer, /)", NULL) { return error_set_none(t, EXC_NotImplementedError); }
NATIVE(raw_write, "write", "($self, b, /)", NULL) { return error_set_none(t, EXC_NotImplementedError); }

static const NativeDef *const raw_methods[] = {&native_raw_read, &native_raw_readall, &native_raw_readinto,
                                               &native_raw_write, NULL};

const TypeSpec io_raw_spec = {
    .name = "_io._RawIOBase",
    .doc = "The base of streams of bytes without a buffer.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(IoBase),
    .dict_offset = offsetof(IoBase, dict),
    .weak_offset = offsetof(IoBase, weakrefs),
    .methods = raw_methods,
    .slots = {.dealloc = io_head_clear,
              .traverse = io_head_traverse,
              .clear = io_head_clear,
              .finalize = io_base_finalize,
              .create = type_create_plain},
};

/* ---- _BufferedIOBase ---- */

static Value read_into(Thread *t, Value self, Value target, Value method, const char *name)
{
    Buffer view;
    if (argument_buffer_writable(t, target, name, "argument", &view) < 0)
        return VALUE_EMPTY;
    Value data = io_call1(t, self, method, value_from_int((int64_t)view.length)), result = VALUE_EMPTY;
    if (value_is_empty(data))
        goto done;
    if (!bytes_check(data)) {
        error_set(t, EXC_TypeError, "read() should return bytes");
        goto done;
    }
    size_t n = bytes_of(data)->length;
    if (n > view.length) {
        error_set(t, EXC_ValueError, "read() returned too much data: %zd bytes requested, %zd returned",
                  (ptrdiff_t)view.length, (ptrdiff_t)n);
        goto done;
    }
    memcpy(view.data, bytes_of(data)->data, n);
    result = int_from_size(t, n);
done:
    buffer_release(t, &view);
    ref_dec(t, data);
    return result;
}
NATIVE(buffered_base_readinto, "readinto", "($self, buffer, /)", NULL)
{
    return read_into(t, args[0], args[1], ID(t, read), "readinto");
}
NATIVE(buffered_base_readinto1, "readinto1", "($self, buffer, /)", NULL)
{
    return read_into(t, args[0], args[1], ID(t, read1), "readinto1");
}
NATIVE(buffered_base_detach, "detach", "($self, /)",
       "Gives the raw stream up and returns it.\n\nThe buffered stream is of no use afterwards.")
{
    return io_unsupported(t, "detach");
}
NATIVE(buffered_base_read, "read", "($self, size=-1, /)",
       "Reads at most `size` bytes; without it, or with a negative one, all until the end.\n\nThe raw stream may be "
       "read several times. Less, or None, comes only from one that would have to wait.")
{
    return io_unsupported(t, "read");
}
NATIVE(buffered_base_read1, "read1", "($self, size=-1, /)",
       "Reads at most `size` bytes with at most one read of the raw stream.")
{
    return io_unsupported(t, "read1");
}
NATIVE(buffered_base_write, "write", "($self, b, /)",
       "Writes bytes, and returns how many, which is all of them.\n\nThe raw stream may get them later.")
{
    return io_unsupported(t, "write");
}

static const NativeDef *const buffered_methods[] = {&native_buffered_base_detach,
                                                    &native_buffered_base_read,
                                                    &native_buffered_base_read1,
                                                    &native_buffered_base_readinto,
                                                    &native_buffered_base_readinto1,
                                                    &native_buffered_base_write,
                                                    NULL};

const TypeSpec io_buffered_spec = {
    .name = "_io._BufferedIOBase",
    .doc = "The base of streams of bytes with a buffer, and of those in memory.\n\nUnlike a raw stream's, their read() "
           "may do without a size, and write() takes everything.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(IoBase),
    .dict_offset = offsetof(IoBase, dict),
    .weak_offset = offsetof(IoBase, weakrefs),
    .methods = buffered_methods,
    .slots = {.dealloc = io_head_clear,
              .traverse = io_head_traverse,
              .clear = io_head_clear,
              .finalize = io_base_finalize,
              .create = type_create_plain},
};

/* ---- _TextIOBase ---- */

NATIVE(text_base_detach, "detach", "($self, /)",
       "Gives the buffer beneath up and returns it.\n\nThe text stream is of no use afterwards.")
{
    return io_unsupported(t, "detach");
}
NATIVE(text_base_read, "read", "($self, size=-1, /)",
       "Reads at most `size` characters; without it, or with a negative one, all until the end.")
{
    return io_unsupported(t, "read");
}
NATIVE(text_base_readline, "readline", "($self, size=-1, /)",
       "Reads a line, at most `size` characters of it; an empty str at the end.")
{
    return io_unsupported(t, "readline");
}
NATIVE(text_base_write, "write", "($self, s, /)", "Writes text and returns how many characters.")
{
    return io_unsupported(t, "write");
}

static Value get_none(Thread *t, Value self) { return VALUE_NONE; }
static const NativeDef *const text_methods[] = {&native_text_base_detach, &native_text_base_read,
                                                &native_text_base_readline, &native_text_base_write, NULL};
static const GetSetDef text_getsets[] = {
    {"encoding", get_none, NULL, "The encoding of the stream, for subclasses to define."},
    {"newlines", get_none, NULL, "The line endings read so far."},
    {"errors", get_none, NULL, "How errors of coding are handled."},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec io_text_base_spec = {
    .name = "_io._TextIOBase",
    .doc =
        "The base of streams of text.\n\nThey read and write strs, by lines and by characters; there is no readinto.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(IoBase),
    .dict_offset = offsetof(IoBase, dict),
    .weak_offset = offsetof(IoBase, weakrefs),
    .methods = text_methods,
    .getsets = text_getsets,
    .slots = {.dealloc = io_head_clear,
              .traverse = io_head_traverse,
              .clear = io_head_clear,
              .finalize = io_base_finalize,
              .create = type_create_plain},
};
