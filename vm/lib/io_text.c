/* io_text.c: the type TextIOWrapper: text over a buffered stream of bytes.
 *
 * Locks: with the lock off each method holds the stream's lock, which its thread may take again; with the lock on there is none, and what is changed is put in order before
 * other code is called.  Read next: io_text_codec.c, io_text_read.c, io_text_write.c, io_text_seek.c. */
#include "io_text.h"

#include "../object/container.h"
#include "mod__locale.h"

/* ---- state ---- */

int text_check(Thread *t, TextIO *x)
{
    if (UNLIKELY(!x->ok)) {
        error_set(t, EXC_ValueError,
                  x->detached ? "underlying buffer has been detached" : "I/O operation on uninitialized object");
        return -1;
    }
    return 0;
}

int text_check_open(Thread *t, TextIO *x)
{
    if (text_check(t, x) < 0)
        return -1;
    Value buffer = x->buffer;
    if (LIKELY((io_is_writer(t, buffer) || io_is_reader(t, buffer)) && io_buffered(buffer)->exact_file)) {
        if (LIKELY(atomic_load_explicit(&io_file(io_buffered(buffer)->raw)->fd, memory_order_relaxed) >= 0))
            return 0;
    }
    buffer = field_get(t, x, &x->buffer);
    int closed = value_is_empty(buffer) ? 1 : io_closed(t, buffer);
    ref_dec(t, buffer);
    if (closed > 0)
        error_set(t, EXC_ValueError, "I/O operation on closed file.");
    return closed ? -1 : 0;
}

#define LOCKED(value)                                                                                                  \
    TextIO *x_ = io_text(args[0]);                                                                                     \
    if (io_lock_enter_again(t, &x_->lock, args[0]) < 0)                                                                \
        return VALUE_EMPTY;                                                                                            \
    Value result_ = (value);                                                                                           \
    io_lock_exit_again(t, &x_->lock);                                                                                  \
    return result_

static Value call_buffer(Thread *t, Value self, Value method)
{
    TextIO *x = io_text(self);
    if (text_check(t, x) < 0)
        return VALUE_EMPTY;
    Value buffer = field_get(t, x, &x->buffer);
    Value result = value_is_empty(buffer) ? error_set(t, EXC_ValueError, "underlying buffer has been detached")
                                          : io_call(t, buffer, method);
    ref_dec(t, buffer);
    return result;
}

/* ---- making ---- */

static int set_up(Thread *t, TextIO *x, Value buffer, Value encoding, Value errors, Value newline, bool line_buffering,
                  bool write_through)
{
    x->ok = x->detached = false;
    if (!value_is_none(newline) && !str_check(newline))
        return argument_wrong_type(t, "TextIOWrapper", "argument 'newline'", "str or None", newline);
    if (!value_is_none(encoding) && !str_check(encoding))
        return argument_wrong_type(t, "TextIOWrapper", "argument 'encoding'", "str or None", encoding);
    if (!value_is_none(errors) && !str_check(errors))
        return argument_wrong_type(t, "TextIOWrapper", "argument 'errors'", "str or None", errors);
    if (newline_check(t, newline, "illegal newline value: %U") < 0)
        return -1;
    if (value_is_none(encoding) && t->interp->config.warn_default_encoding && io_warn_encoding(t, 1) < 0)
        return -1;
    Value name = VALUE_EMPTY, strict = ID(t, strict);
    if (value_is_none(encoding) || str_equal_ascii(encoding, "locale"))
        name = str_from_string(t, value_is_none(encoding) && t->interp->config.utf8_mode ? "utf-8" : locale_encoding());
    else
        name = ref_inc(t, encoding);
    if (value_is_empty(name))
        return -1;
    text_forget(t, x);
    x->pending_count = 0;
    x->bytes_per_char = 0;
    x->chunk_size = 8192;
    x->line_buffering = line_buffering;
    x->write_through = write_through;
    field_set_take(t, x, &x->buffer, ref_inc(t, buffer));
    text_set_newline(t, x, newline);
    int status = text_set_codec(t, x, name, value_is_none(errors) ? strict : errors), seekable = -1;
    ref_dec(t, name);
    if (status == 0)
        seekable = io_call_truth(t, buffer, ID(t, seekable));
    if (seekable < 0)
        return -1;
    x->seekable = x->telling = seekable;
    Value read1;
    int found = io_is_reader(t, buffer)   ? 1
                : io_is_writer(t, buffer) ? 0
                                          : object_getattr_optional(t, buffer, ID(t, read1), &read1);
    if (found > 0 && !io_is_reader(t, buffer))
        ref_dec(t, read1);
    if (found < 0)
        return -1;
    x->has_read1 = found;
    if (text_fix_encoder(t, x) < 0)
        return -1;
    x->ok = true;
    return 0;
}

static Value text_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return value_of(type_alloc(t, type, 0));
}

static int text_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value out[6];
    if (native_parse(t, "TextIOWrapper",
                     "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)",
                     args, n, names, out) < 0)
        return -1;
    int line_buffering = argument_bool(t, out[4], 0), write_through = argument_bool(t, out[5], 0);
    if (line_buffering < 0 || write_through < 0)
        return -1;
    for (int i = 1; i < 4; i++)
        out[i] = value_is_empty(out[i]) ? VALUE_NONE : out[i];
    TextIO *x = io_text(self);
    if (io_lock_enter_again(t, &x->lock, self) < 0)
        return -1;
    int status = set_up(t, x, out[0], out[1], out[2], out[3], line_buffering, write_through);
    io_lock_exit_again(t, &x->lock);
    return status;
}

Value io_text_new(Thread *t, Value buffer, Value encoding, Value errors, Value newline, bool line_buffering,
                  bool write_through)
{
    TextIO *x = type_alloc(t, io_state(t)->text, 0);
    if (!x || set_up(t, x, buffer, encoding, errors, newline, line_buffering, write_through) == 0)
        return value_of(x);
    Value exc = error_take(t);
    ref_dec_ptr(t, x);
    error_restore_take(t, exc);
    return VALUE_EMPTY;
}

static void text_clear(Thread *t, Object *o)
{
    TextIO *x = (TextIO *)o;
    x->ok = false;
    io_head_clear(t, o);
    ref_clear(t, &x->mode);
    ref_clear(t, &x->buffer);
    ref_clear(t, &x->encoding);
    ref_clear(t, &x->errors);
    ref_clear(t, &x->read_newline);
    ref_clear(t, &x->decoder);
    ref_clear(t, &x->encoder);
    ref_clear(t, &x->chars);
    ref_clear(t, &x->snapshot);
    ref_clear(t, &x->snapshot_flags);
}
static void text_dealloc(Thread *t, Object *o)
{
    text_clear(t, o);
    alloc_memory_free(t, ((TextIO *)o)->pending);
}
static int text_traverse(Object *o, VisitFn visit, void *arg)
{
    TextIO *x = (TextIO *)o;
    VISIT(x->mode);
    VISIT(x->buffer);
    VISIT(x->encoding);
    VISIT(x->errors);
    VISIT(x->decoder);
    VISIT(x->encoder);
    VISIT(x->snapshot);
    return io_head_traverse(o, visit, arg);
}

/* ---- reconfigure() ---- */

/* A flag argument: absent or None keeps `now`. 0, 1, -1. */
static int flag(Thread *t, Value v, bool now)
{
    return value_is_empty(v) || value_is_none(v) ? now : object_truth(t, v);
}

static Value reconfigure(Thread *t, Value self, const Value *args)
{
    TextIO *x = io_text(self);
    Value encoding = value_is_empty(args[0]) ? VALUE_NONE : args[0],
          errors = value_is_empty(args[1]) ? VALUE_NONE : args[1], newline = args[2];
    bool new_newline = !value_is_empty(newline);
    if (text_check(t, x) < 0)
        return VALUE_EMPTY;
    if (!value_is_none(encoding) && !str_check(encoding))
        return argument_wrong_type(t, "reconfigure", "argument 'encoding'", "str or None", encoding), VALUE_EMPTY;
    if (!value_is_none(errors) && !str_check(errors))
        return argument_wrong_type(t, "reconfigure", "argument 'errors'", "str or None", errors), VALUE_EMPTY;
    if (new_newline && !value_is_none(newline) && !str_check(newline))
        return argument_wrong_type(t, "reconfigure", "argument 'newline'", "str or None", newline), VALUE_EMPTY;
    bool new_codec = !value_is_none(encoding) || !value_is_none(errors);
    if (x->can_read && (new_codec || new_newline) && !value_is_empty(x->chars))
        return io_unsupported(t, "It is not possible to set the encoding or newline of stream after the first read");
    if (newline_check(t, newline, "illegal newline value: %U") < 0)
        return VALUE_EMPTY;
    int line_buffering = flag(t, args[3], x->line_buffering), write_through = flag(t, args[4], x->write_through);
    if (line_buffering < 0 || write_through < 0)
        return VALUE_EMPTY;
    Value flushed = io_call(t, self, ID(t, flush));
    if (value_is_empty(flushed))
        return flushed;
    ref_dec(t, flushed);
    x->bytes_per_char = 0;
    if (new_newline)
        text_set_newline(t, x, newline);
    if (new_codec || new_newline) {
        Value name = value_is_none(encoding)               ? field_get(t, x, &x->encoding)
                     : str_equal_ascii(encoding, "locale") ? str_from_string(t, "UTF-8")
                                                           : ref_inc(t, encoding);
        Value handler = !value_is_none(errors)    ? ref_inc(t, errors)
                        : value_is_none(encoding) ? field_get(t, x, &x->errors)
                                                  : ref_inc(t, ID(t, strict));
        int status = value_is_empty(name) ? -1 : text_set_codec(t, x, name, handler);
        ref_dec(t, name);
        ref_dec(t, handler);
        if (status < 0 || text_fix_encoder(t, x) < 0)
            return VALUE_EMPTY;
    }
    x->line_buffering = line_buffering;
    x->write_through = write_through;
    return VALUE_NONE;
}

NATIVE(text_reconfigure, "reconfigure",
       "($self, /, *, encoding=None, errors=None, newline=<unrepresentable>, line_buffering=None, write_through=None)",
       "Changes how the stream works from here on; it is flushed first.")
{
    LOCKED(reconfigure(t, args[0], args + 1));
}

/* ---- methods ---- */

static Value detach(Thread *t, Value self)
{
    TextIO *x = io_text(self);
    if (text_check(t, x) < 0)
        return VALUE_EMPTY;
    Value flushed = io_call(t, self, ID(t, flush));
    if (value_is_empty(flushed))
        return flushed;
    ref_dec(t, flushed);
    Value buffer = field_swap(t, x, &x->buffer, VALUE_EMPTY);
    x->detached = true;
    x->ok = false;
    return value_is_empty(buffer) ? error_set(t, EXC_ValueError, "underlying buffer has been detached") : buffer;
}
NATIVE(text_detach, "detach", "($self, /)",
       "Flushes, gives the buffer up and returns it.\n\nThe text stream is of no use afterwards.")
{
    LOCKED(detach(t, args[0]));
}

NATIVE(text_write_method, "write", "($self, text, /)",
       "Writes text and returns how many characters.\n\nIt may stay in memory until flush() or close().")
{
    if (UNLIKELY(!str_check(args[1])))
        return text_check(t, io_text(args[0])) < 0
                   ? VALUE_EMPTY
                   : error_set(t, EXC_TypeError, "write() argument must be str, not %M", args[1]);
    return io_text_write(t, args[0], args[1]) < 0 ? VALUE_EMPTY : int_from_size(t, str_length(args[1]));
}

NATIVE(text_read_method, "read", "($self, size=-1, /)",
       "Reads at most `size` characters; without it, or with a negative one, all until the end.")
{
    int64_t size;
    if (io_size(t, args[1], -1, &size) < 0)
        return VALUE_EMPTY;
    LOCKED(text_read(t, args[0], size));
}
NATIVE(text_readline_method, "readline", "($self, size=-1, /)",
       "Reads a line, at most `size` characters of it; empty at the end.")
{
    int64_t size;
    if (argument_size(t, args[1], -1, &size) < 0)
        return VALUE_EMPTY;
    LOCKED(text_readline(t, args[0], size < 0 ? -1 : size));
}
NATIVE(text_flush_method, "flush", "($self, /)", "Writes what is pending, and flushes the buffer.")
{
    LOCKED(text_flush(t, args[0]));
}
NATIVE(text_seek_method, "seek", "($self, cookie, whence=0, /)",
       "Moves the position and returns it.\n\nwhence: 0 to a position that tell() gave, or the start (0); 1 stay, 2 "
       "the end, both with cookie 0.")
{
    int whence;
    if (argument_int(t, args[2], 0, &whence) < 0)
        return VALUE_EMPTY;
    LOCKED(text_seek(t, args[0], args[1], whence));
}
NATIVE(text_tell_method, "tell", "($self, /)",
       "The current position: a number that seek() understands, and that need not count anything.")
{
    LOCKED(text_tell(t, args[0]));
}

NATIVE(text_truncate, "truncate", "($self, pos=None, /)",
       "Flushes and sets the file's size, to the current position by default.")
{
    if (text_check(t, io_text(args[0])) < 0)
        return VALUE_EMPTY;
    Value flushed = io_call(t, args[0], ID(t, flush));
    if (value_is_empty(flushed))
        return flushed;
    ref_dec(t, flushed);
    Value buffer = field_get(t, io_text(args[0]), &io_text(args[0])->buffer);
    if (value_is_empty(buffer))
        return text_check(t, io_text(args[0])), VALUE_EMPTY;
    Value result = io_call1(t, buffer, ID(t, truncate), value_is_empty(args[1]) ? VALUE_NONE : args[1]);
    ref_dec(t, buffer);
    return result;
}

NATIVE(text_close, "close", "($self, /)", "Flushes and closes the stream and its buffer.")
{
    TextIO *x = io_text(args[0]);
    if (text_check(t, x) < 0)
        return VALUE_EMPTY;
    int closed = io_closed(t, args[0]);
    if (closed)
        return closed < 0 ? VALUE_EMPTY : VALUE_NONE;
    Value buffer = field_get(t, x, &x->buffer);
    if (value_is_empty(buffer))
        return text_check(t, x), VALUE_EMPTY;
    if (x->finalizing)
        io_dealloc_warn(t, buffer, args[0]);
    Value flushed = io_call(t, args[0], ID(t, flush)), exc = error_take(t);
    ref_dec(t, flushed);
    Value result = io_call(t, buffer, ID(t, close));
    ref_dec(t, buffer);
    if (value_is_empty(exc))
        return result;
    ref_dec(t, result);
    error_chain_context_take(t, exc);
    return VALUE_EMPTY;
}

NATIVE(text_fileno, "fileno", "($self, /)", "The buffer's descriptor.")
{
    return call_buffer(t, args[0], ID(t, fileno));
}
NATIVE(text_seekable, "seekable", "($self, /)", "Whether the buffer's position can be moved.")
{
    return call_buffer(t, args[0], ID(t, seekable));
}
NATIVE(text_readable, "readable", "($self, /)", "Whether the buffer can be read.")
{
    return call_buffer(t, args[0], ID(t, readable));
}
NATIVE(text_writable, "writable", "($self, /)", "Whether the buffer can be written.")
{
    return call_buffer(t, args[0], ID(t, writable));
}
NATIVE(text_isatty, "isatty", "($self, /)", "Whether the buffer is a terminal.")
{
    return call_buffer(t, args[0], ID(t, isatty));
}

/* ---- attributes ---- */

/* An attribute for the repr: 1, 0 when it is missing or its stream detached, -1. */
static int repr_part(Thread *t, Value self, Value name, Value *result)
{
    int found = object_getattr_optional(t, self, name, result);
    return found < 0 && error_swallow(t, EXC_ValueError) ? 0 : found;
}

static Value text_repr(Thread *t, Value self)
{
    TextIO *x = io_text(self);
    Value name = VALUE_EMPTY, mode = VALUE_EMPTY, text = VALUE_EMPTY, encoding = field_get(t, x, &x->encoding);
    if (value_is_empty(encoding))
        return error_set(t, EXC_ValueError, "I/O operation on uninitialized object");
    int entered = repr_enter(t, self);
    if (entered > 0)
        error_set(t, EXC_RuntimeError, "reentrant call inside %N.__repr__", type_of(t, self));
    if (entered == 0) {
        int named = repr_part(t, self, ID(t, name), &name),
            moded = named < 0 ? -1 : repr_part(t, self, ID(t, mode), &mode);
        Type *type = type_of(t, self);
        if (moded >= 0) {
            if (named && moded)
                text = str_format(t, "<%N name=%V mode=%V encoding=%V>", type, name, mode, encoding);
            else if (named)
                text = str_format(t, "<%N name=%V encoding=%V>", type, name, encoding);
            else if (moded)
                text = str_format(t, "<%N mode=%V encoding=%V>", type, mode, encoding);
            else
                text = str_format(t, "<%N encoding=%V>", type, encoding);
        }
        repr_leave(t, self);
    }
    ref_dec(t, name);
    ref_dec(t, mode);
    ref_dec(t, encoding);
    return text;
}

static Value buffer_attribute(Thread *t, Value self, Value name)
{
    TextIO *x = io_text(self);
    if (text_check(t, x) < 0)
        return VALUE_EMPTY;
    Value buffer = field_get(t, x, &x->buffer);
    Value result = value_is_empty(buffer) ? error_set(t, EXC_ValueError, "underlying buffer has been detached")
                                          : object_getattr(t, buffer, name);
    ref_dec(t, buffer);
    return result;
}
static Value get_name(Thread *t, Value self) { return buffer_attribute(t, self, ID(t, name)); }
static Value get_closed(Thread *t, Value self) { return buffer_attribute(t, self, ID(t, closed)); }
static Value field_or_none(Thread *t, TextIO *x, Value *field)
{
    Value v = field_get(t, x, field);
    return value_is_empty(v) ? VALUE_NONE : v;
}
static Value get_encoding(Thread *t, Value self) { return field_or_none(t, io_text(self), &io_text(self)->encoding); }
static Value get_buffer(Thread *t, Value self) { return field_or_none(t, io_text(self), &io_text(self)->buffer); }
static Value get_errors(Thread *t, Value self)
{
    Value errors = field_get(t, io_text(self), &io_text(self)->errors);
    return value_is_empty(errors) ? error_set(t, EXC_ValueError, "I/O operation on uninitialized object") : errors;
}
static Value get_newlines(Thread *t, Value self)
{
    TextIO *x = io_text(self);
    if (text_check(t, x) < 0)
        return VALUE_EMPTY;
    return x->can_read && x->read_universal ? newline_seen(t, &x->newline) : VALUE_NONE;
}
static Value get_chunk_size(Thread *t, Value self)
{
    return text_check(t, io_text(self)) < 0 ? VALUE_EMPTY : int_from_int64(t, io_text(self)->chunk_size);
}
static int set_chunk_size(Thread *t, Value self, Value value)
{
    int64_t n;
    if (text_check(t, io_text(self)) < 0)
        return -1;
    if (value_is_empty(value))
        return error_set(t, EXC_AttributeError, "cannot delete attribute"), -1;
    if (int_to_int64(t, value, &n) < 0) {
        if (error_swallow(t, EXC_OverflowError))
            error_set(t, EXC_ValueError, "cannot fit 'int' into an index-sized integer");
        return -1;
    }
    if (n <= 0)
        return error_set(t, EXC_ValueError, "a strictly positive integer is required"), -1;
    io_text(self)->chunk_size = n;
    return 0;
}

static const NativeDef *const methods[] = {
    &native_text_detach,      &native_text_reconfigure,     &native_text_write_method,
    &native_text_read_method, &native_text_readline_method, &native_text_flush_method,
    &native_text_close,       &native_text_fileno,          &native_text_seekable,
    &native_text_readable,    &native_text_writable,        &native_text_isatty,
    &native_text_seek_method, &native_text_tell_method,     &native_text_truncate,
    &io_cannot_pickle,        &io_cannot_pickle_ex,         NULL,
};
static const GetSetDef getsets[] = {
    {"encoding", get_encoding, NULL, "The name of the encoding."},
    {"buffer", get_buffer, NULL, "The stream of bytes beneath."},
    {"errors", get_errors, NULL, "How errors of coding are handled."},
    {"name", get_name, NULL, "The buffer's name."},
    {"closed", get_closed, NULL, "Whether the buffer is closed."},
    {"newlines", get_newlines, NULL, "The line endings seen in universal newlines mode: None, one, or a tuple."},
    {"_CHUNK_SIZE", get_chunk_size, set_chunk_size, NULL},
    {NULL, NULL, NULL, NULL},
};
static const MemberDef members[] = {
    {"mode", MEMBER_VALUE_OR_ERROR, offsetof(TextIO, mode), true,
     "The mode that open() was given, if it made the stream."},
    {"line_buffering", MEMBER_BOOL, offsetof(TextIO, line_buffering), false, NULL},
    {"write_through", MEMBER_BOOL, offsetof(TextIO, write_through), false, NULL},
    {"_finalizing", MEMBER_BOOL, offsetof(TextIO, finalizing), true, NULL},
    {NULL, 0, 0, false, NULL},
};

const TypeSpec io_text_spec = {
    .name = "_io.TextIOWrapper",
    .doc = "Text over a buffered stream of bytes.\n\n  encoding\n    the locale's by default.\n  errors\n    a name of "
           "an error handler: 'strict' and so on.\n"
           "  newline\n    None: any line ending is read as \\n, and \\n is written as the system's. '': any ends a "
           "line and stays as it is. '\\n', '\\r', '\\r\\n': this one\n    ends a line, and \\n is written as it.\n"
           "  line_buffering\n    flush when a line ending is written.\n  write_through\n    keep nothing back from "
           "the buffer.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(TextIO),
    .dict_offset = offsetof(TextIO, dict),
    .weak_offset = offsetof(TextIO, weakrefs),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .signature = "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)",
    .slots =
        {
            .dealloc = text_dealloc,
            .traverse = text_traverse,
            .clear = text_clear,
            .finalize = io_base_finalize,
            .create = text_create,
            .init = text_init,
            .repr = text_repr,
            .next = text_next,
        },
};
