/* multibyte_stream.c: MultibyteStreamReader and MultibyteStreamWriter, around any object with read() or write().
 *
 * Locks: those of multibyte_stateful.h. Read next: mod__multibytecodec.c. */
#include <stddef.h>

#include "../memory/ref.h"
#include "../object/container.h"
#include "../object/int.h"
#include "argument.h"
#include "multibyte_stateful.h"

static Value create(Thread *t, Type *type, const char *name, bool decoding, const Value *args, uint32_t n, Value names)
{
    Value out[2];
    if (native_parse(t, name, "(stream, errors='strict')", args, n, names, out) < 0)
        return VALUE_EMPTY;
    Value self = stateful_create(t, type, out[1], decoding);
    if (!value_is_empty(self))
        stateful_of(self)->stream = ref_inc(t, out[0]);
    return self;
}

static const MemberDef members[] = {{"stream", MEMBER_VALUE, offsetof(Stateful, stream), false, "the stream beneath"},
                                    {0}};

/* ---- reading ---- */

static Value reader_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return create(t, type, "StreamReader", true, args, n, names);
}

/* stream.method(size), negative: without a size. */
static Value ask(Thread *t, Stateful *s, const char *method, int64_t size)
{
    Value stream = field_get(t, s, &s->stream), number = size < 0 ? VALUE_EMPTY : int_from_int64(t, size);
    Value data = object_call_method_string(t, stream, method, number, VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, number);
    ref_dec(t, stream);
    if (!value_is_empty(data) && !bytes_check(data)) {
        error_set(t, EXC_TypeError, "stream function returned a non-bytes object (%.100T)", data);
        ref_clear(t, &data);
    }
    return data;
}

/* At least one character, unless the stream ends; a negative size: everything. */
static Value read_text(Thread *t, Stateful *s, const char *method, int64_t size)
{
    if (size == 0)
        return ref_inc(t, t->interp->empty_str);
    for (;;) {
        Value data = ask(t, s, method, size);
        if (value_is_empty(data))
            return data;
        bool end = size < 0 || bytes_of(data)->length == 0;
        Value text = stateful_decode(t, s, bytes_of(data)->data, bytes_of(data)->length, end);
        ref_dec(t, data);
        if (value_is_empty(text) || end || str_length(text) > 0)
            return text;
        ref_dec(t, text);
        size = 1;
    }
}

/* None or absent: -1. */
static int size_of(Thread *t, Value v, int64_t *size)
{
    *size = -1;
    if (value_is_empty(v) || value_is_none(v))
        return 0;
    if (!int_check(v)) {
        error_set(t, EXC_TypeError, "arg 1 must be an integer");
        return -1;
    }
    return argument_size(t, v, -1, size);
}

NATIVE(reader_read, "read", "($self, sizeobj=None, /)", "Reads about so many bytes' worth of text, or all.")
{
    int64_t size;
    return size_of(t, args[1], &size) < 0 ? VALUE_EMPTY : read_text(t, stateful_of(args[0]), "read", size);
}
NATIVE(reader_readline, "readline", "($self, sizeobj=None, /)", "Reads a line.")
{
    int64_t size;
    return size_of(t, args[1], &size) < 0 ? VALUE_EMPTY : read_text(t, stateful_of(args[0]), "readline", size);
}
NATIVE(reader_readlines, "readlines", "($self, sizehintobj=None, /)", "Reads lines: a list.")
{
    int64_t size;
    Value text = size_of(t, args[1], &size) < 0 ? VALUE_EMPTY : read_text(t, stateful_of(args[0]), "read", size);
    Value lines = value_is_empty(text) ? text : str_splitlines(t, text, true);
    ref_dec(t, text);
    return lines;
}
NATIVE(reader_reset, "reset", "($self, /)", "Forgets what waits.")
{
    stateful_restart(t, stateful_of(args[0]));
    return VALUE_NONE;
}

static const NativeDef *const reader_methods[] = {&native_reader_read, &native_reader_readline,
                                                  &native_reader_readlines, &native_reader_reset, NULL};
const TypeSpec multibyte_stream_reader_spec = {
    .name = "_multibytecodec.MultibyteStreamReader",
    .doc = "Reads text from a stream of bytes; a subclass says by which `codec`.",
    STATEFUL_LAYOUT,
    .methods = reader_methods,
    .getsets = stateful_getsets,
    .members = members,
    .signature = "(stream, errors='strict')",
    .slots = STATEFUL_SLOTS(reader_create),
};

/* ---- writing ---- */

static Value writer_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return create(t, type, "StreamWriter", false, args, n, names);
}

/* Hands bytes to the stream, taking them: 0 or -1. */
static int put(Thread *t, Stateful *s, Value bytes)
{
    if (value_is_empty(bytes))
        return -1;
    Value stream = field_get(t, s, &s->stream);
    Value written = object_call_method_string(t, stream, "write", bytes, VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, stream);
    ref_dec(t, bytes);
    int result = value_is_empty(written) ? -1 : 0;
    ref_dec(t, written);
    return result;
}

static int write_text(Thread *t, Stateful *s, Value v)
{
    Value text = str_check(v) ? ref_inc(t, v) : object_str(t, v);
    int result = value_is_empty(text) ? -1 : put(t, s, stateful_encode(t, s, text, false));
    ref_dec(t, text);
    return result;
}

NATIVE(writer_write, "write", "($self, strobj, /)", "Writes a text.")
{
    return write_text(t, stateful_of(args[0]), args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(writer_writelines, "writelines", "($self, lines, /)", "Writes each text of a sequence.")
{
    int64_t length = object_len(t, args[1]);
    for (int64_t i = 0; i < length; i++) {
        Value line = object_getitem(t, args[1], value_from_int(i));
        int result = value_is_empty(line) ? -1 : write_text(t, stateful_of(args[0]), line);
        ref_dec(t, line);
        if (result < 0)
            return VALUE_EMPTY;
    }
    return length < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(writer_reset, "reset", "($self, /)", "Writes what waits.")
{
    Stateful *s = stateful_of(args[0]);
    Value pending = field_get(t, s, &s->pending);
    bool waits = !value_is_empty(pending);
    ref_dec(t, pending);
    return waits && put(t, s, stateful_encode(t, s, t->interp->empty_str, true)) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

static const NativeDef *const writer_methods[] = {&native_writer_write, &native_writer_writelines, &native_writer_reset,
                                                  NULL};
const TypeSpec multibyte_stream_writer_spec = {
    .name = "_multibytecodec.MultibyteStreamWriter",
    .doc = "Writes text to a stream of bytes; a subclass says by which `codec`.",
    STATEFUL_LAYOUT,
    .methods = writer_methods,
    .getsets = stateful_getsets,
    .members = members,
    .signature = "(stream, errors='strict')",
    .slots = STATEFUL_SLOTS(writer_create),
};
