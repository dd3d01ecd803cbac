/* io_text_codec.c: how a TextIOWrapper decodes and encodes.
 *
 * UTF-8, ASCII and Latin-1 are decoded here, without the registry of codecs and its objects; other encodings go through the incremental decoder and
 * encoder that the registry gives. Newlines are translated behind either, see io_newline.c.
 * Locks: the caller holds the stream's. Read next: io_text_read.c. */
#include "mod__io.h"

#include "../object/codec.h"
#include "../object/container.h"

/* ---- choosing ---- */

/* The encodings known here, by name: lower case, '-' for '_'. */
static TextCodec codec_of(const char *encoding)
{
    static const struct {
        const char *name;
        TextCodec codec;
    } known[] = {
        {"utf-8", TEXT_UTF8},     {"utf8", TEXT_UTF8},     {"ascii", TEXT_ASCII},       {"us-ascii", TEXT_ASCII},
        {"latin-1", TEXT_LATIN1}, {"latin1", TEXT_LATIN1}, {"iso-8859-1", TEXT_LATIN1}, {"iso8859-1", TEXT_LATIN1},
    };
    char name[12];
    size_t n = 0;
    for (; encoding[n] && n < sizeof name - 1; n++)
        name[n] = (char)(encoding[n] == '_'                         ? '-'
                         : encoding[n] >= 'A' && encoding[n] <= 'Z' ? encoding[n] + 32
                                                                    : encoding[n]);
    name[n] = 0;
    if (encoding[n])
        return TEXT_OBJECT;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(name, known[i].name) == 0)
            return known[i].codec;
    }
    return TEXT_OBJECT;
}

/* The incremental decoder and encoder of a CodecInfo, where the stream can be read or written. */
static int make_objects(Thread *t, const char *encoding, Value errors, bool read, bool write, Value *decoder,
                        Value *encoder)
{
    Value info = codec_lookup(t, encoding), text;
    if (value_is_empty(info))
        return -1;
    Value name = str_intern(t, "_is_text_encoding");
    int status = -1, is_text = 1, found = value_is_empty(name) ? -1 : object_getattr_optional(t, info, name, &text);
    ref_dec(t, name);
    if (found > 0) {
        is_text = object_truth(t, text);
        ref_dec(t, text);
    }
    if (found < 0 || is_text < 0)
        goto done;
    if (!is_text) {
        error_set(t, EXC_LookupError, "'%.400s' is not a text encoding; use codecs.open() to handle arbitrary codecs",
                  encoding);
        goto done;
    }
    if (read && value_is_empty(*decoder = io_call1(t, info, ID(t, incrementaldecoder), errors)))
        goto done;
    if (write && value_is_empty(*encoder = io_call1(t, info, ID(t, incrementalencoder), errors)))
        goto done;
    status = 0;
done:
    ref_dec(t, info);
    return status;
}

int text_set_codec(Thread *t, TextIO *x, Value encoding, Value errors)
{
    Value encoding_owner, errors_owner = VALUE_EMPTY, decoder = VALUE_EMPTY, encoder = VALUE_EMPTY;
    const char *name = argument_string(t, encoding, "TextIOWrapper", "argument 'encoding'", &encoding_owner);
    const char *errors_name =
        name ? argument_string(t, errors, "TextIOWrapper", "argument 'errors'", &errors_owner) : NULL;
    int status = errors_name ? 0 : -1;
    if (status == 0 && t->interp->config.dev_mode) {
        Value handler = codec_lookup_error(t, errors_name);
        status = value_is_empty(handler) ? -1 : 0;
        ref_dec(t, handler);
    }
    TextCodec codec = status == 0 ? codec_of(name) : TEXT_OBJECT;
    int read = -1, write = -1;
    if (status == 0)
        read = io_call_truth(t, x->buffer, ID(t, readable));
    if (read >= 0)
        write = io_call_truth(t, x->buffer, ID(t, writable));
    if (write < 0)
        status = -1;
    if (status == 0 && strlen(errors_name) >= sizeof x->errors_name)
        codec = TEXT_OBJECT;
    if (status == 0 && codec == TEXT_OBJECT)
        status = make_objects(t, name, errors, read, write, &decoder, &encoder);
    if (status == 0) {
        x->codec = codec;
        x->can_read = read;
        x->can_write = write;
        x->held_count = 0;
        x->errors_name[0] = 0;
        if (strcmp(errors_name, "strict") != 0 && codec != TEXT_OBJECT)
            strcpy(x->errors_name, errors_name);
        field_set_take(t, x, &x->encoding, ref_inc(t, encoding));
        field_set_take(t, x, &x->errors, ref_inc(t, errors));
        field_set_take(t, x, &x->decoder, decoder);
        field_set_take(t, x, &x->encoder, encoder);
    } else {
        ref_dec(t, decoder);
        ref_dec(t, encoder);
    }
    ref_dec(t, encoding_owner);
    ref_dec(t, errors_owner);
    return status;
}

void text_set_newline(Thread *t, TextIO *x, Value newline)
{
    bool none = value_is_none(newline);
    const Str *text = none ? NULL : str_of(newline);
    uint32_t first = none || text->length == 0 ? 0 : str_at(text, 0);
    x->read_universal = none || text->length == 0;
    x->read_translate = none;
    x->write_translate = none || text->length != 0;
    x->write_newline = first != '\r' ? NULL : text->length == 2 ? "\r\n" : "\r";
    x->line_end = none || first == '\n' ? LINE_LF : first == 0 ? LINE_ANY : text->length == 2 ? LINE_CRLF : LINE_CR;
    x->newline = (NewlineState){.translate = none};
    field_set_take(t, x, &x->read_newline, none ? VALUE_EMPTY : ref_inc(t, newline));
}

/* ---- decoding ---- */

static inline const char *errors_of(const TextIO *x) { return x->errors_name[0] ? x->errors_name : NULL; }

static Value decode_utf8(Thread *t, TextIO *x, const uint8_t *data, size_t n, bool final)
{
    size_t consumed = n;
    uint8_t *joined = NULL;
    if (UNLIKELY(x->held_count)) { /* what waits comes first */
        joined = alloc_memory(t, n + x->held_count);
        if (!joined)
            return VALUE_EMPTY;
        memcpy(joined, x->held, x->held_count);
        if (n)
            memcpy(joined + x->held_count, data, n);
        data = joined;
        n += x->held_count;
        consumed = n;
    }
    Value text = codec_utf8_decode(t, data, n, errors_of(x), final ? NULL : &consumed);
    if (!value_is_empty(text)) {
        size_t rest = final || consumed > n ? 0 : n - consumed;
        x->held_count = (uint8_t)(rest < sizeof x->held ? rest : sizeof x->held);
        memcpy(x->held, data + (n - rest), x->held_count);
    }
    alloc_memory_free(t, joined);
    return text;
}

Value text_decode_bytes(Thread *t, TextIO *x, const uint8_t *data, size_t n, bool final)
{
    Value text;
    switch (x->codec) {
    case TEXT_UTF8: text = decode_utf8(t, x, data, n, final); break;
    case TEXT_ASCII: text = codec_ascii_decode(t, data, n, errors_of(x)); break;
    default: text = str_from_latin1(t, data, n);
    }
    return x->read_universal ? newline_decode_take(t, &x->newline, text, final) : text;
}

Value text_decode(Thread *t, TextIO *x, Value input, bool final)
{
    if (x->codec != TEXT_OBJECT) {
        if (LIKELY(bytes_check(input)))
            return text_decode_bytes(t, x, bytes_of(input)->data, bytes_of(input)->length, final);
        Buffer view;
        if (buffer_get(t, input, &view, BUFFER_SIMPLE) < 0)
            return VALUE_EMPTY;
        Value text = text_decode_bytes(t, x, view.data, view.length, final);
        buffer_release(t, &view);
        return text;
    }
    const Value args[3] = {field_get(t, x, &x->decoder), input, value_from_bool(final)};
    if (value_is_empty(args[0]))
        return io_unsupported(t, "not readable");
    Value text = object_call_method(t, ID(t, decode), args, 3, VALUE_EMPTY);
    ref_dec(t, args[0]);
    if (value_is_empty(text))
        return text;
    if (!str_check(text)) {
        error_set(t, EXC_TypeError, "decoder should return a string result, not '%.200T'", text);
        ref_dec(t, text);
        return VALUE_EMPTY;
    }
    return x->read_universal ? newline_decode_take(t, &x->newline, text, final) : text;
}

int text_decoder_reset(Thread *t, TextIO *x)
{
    x->held_count = 0;
    x->newline.pending_cr = false;
    x->newline.seen = 0;
    if (x->codec != TEXT_OBJECT || value_is_empty(x->decoder))
        return 0;
    Value decoder = field_get(t, x, &x->decoder), result = io_call(t, decoder, ID(t, reset));
    ref_dec(t, decoder);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

/* The flags with the \r that waits as their lowest bit, in universal newlines mode: owned. */
static Value flags_with_newline(Thread *t, const TextIO *x, Value flags)
{
    if (!x->read_universal)
        return ref_inc(t, flags);
    return int_from_uint64(t, int_to_uint64_mask(flags) << 1 | x->newline.pending_cr);
}

int text_decoder_get(Thread *t, TextIO *x, Value *held, Value *flags)
{
    *held = *flags = VALUE_EMPTY;
    if (x->codec != TEXT_OBJECT) {
        *held = bytes_new(t, x->held, x->held_count);
        *flags = flags_with_newline(t, x, value_from_int(0));
        return value_is_empty(*held) ? -1 : 0;
    }
    Value decoder = field_get(t, x, &x->decoder);
    Value state = value_is_empty(decoder) ? io_unsupported(t, "not readable") : io_call(t, decoder, ID(t, getstate));
    ref_dec(t, decoder);
    if (value_is_empty(state))
        return -1;
    if (!tuple_check(state) || tuple_length(state) != 2 || !int_check(tuple_peek(state, 1)))
        error_set(t, EXC_TypeError, "illegal decoder state");
    else if (!bytes_check(tuple_peek(state, 0)))
        error_set(t, EXC_TypeError, "illegal decoder state: the first item should be a bytes object, not '%.200T'",
                  tuple_peek(state, 0));
    else {
        *held = ref_inc(t, tuple_peek(state, 0));
        *flags = flags_with_newline(t, x, tuple_peek(state, 1));
    }
    ref_dec(t, state);
    return value_is_empty(*held) ? -1 : 0;
}

int text_decoder_set(Thread *t, TextIO *x, Value held, Value flags)
{
    uint64_t word = int_to_uint64_mask(flags);
    if (x->read_universal) {
        x->newline.pending_cr = word & 1;
        word >>= 1;
    }
    if (x->codec != TEXT_OBJECT) {
        size_t n = bytes_of(held)->length;
        x->held_count = (uint8_t)(n < sizeof x->held ? n : sizeof x->held);
        memcpy(x->held, bytes_of(held)->data, x->held_count);
        return 0;
    }
    Value number = int_from_uint64(t, word), state = tuple_pack(t, 2, held, number),
          decoder = field_get(t, x, &x->decoder), result = VALUE_EMPTY;
    if (!value_is_empty(state) && !value_is_empty(decoder))
        result = io_call1(t, decoder, ID(t, setstate), state);
    ref_dec(t, number);
    ref_dec(t, state);
    ref_dec(t, decoder);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

/* ---- encoding ---- */

int text_encoder_reset(Thread *t, TextIO *x, bool start)
{
    x->start_of_stream = start;
    Value encoder = field_get(t, x, &x->encoder);
    if (value_is_empty(encoder))
        return 0;
    Value result = start ? io_call(t, encoder, ID(t, reset)) : io_call1(t, encoder, ID(t, setstate), value_from_int(0));
    ref_dec(t, encoder);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

int text_fix_encoder(Thread *t, TextIO *x)
{
    if (!x->seekable || !x->can_write)
        return 0;
    x->start_of_stream = true;
    if (x->codec != TEXT_OBJECT && io_is_writer(t, x->buffer))
        return 0; /* it has no mark to write */
    Value position = io_call(t, x->buffer, ID(t, tell));
    if (value_is_empty(position))
        return -1;
    int start = object_equal(t, position, value_from_int(0));
    ref_dec(t, position);
    if (start < 0)
        return -1;
    return start ? 0 : text_encoder_reset(t, x, false);
}

Value text_encode(Thread *t, TextIO *x, Value text)
{
    switch (x->codec) {
    case TEXT_UTF8: return codec_utf8_encode(t, text, errors_of(x));
    case TEXT_ASCII: return codec_ascii_encode(t, text, errors_of(x));
    case TEXT_LATIN1: return codec_latin1_encode(t, text, errors_of(x));
    default: break;
    }
    Value encoder = field_get(t, x, &x->encoder);
    if (value_is_empty(encoder))
        return io_unsupported(t, "not writable");
    Value data = io_call1(t, encoder, ID(t, encode), text);
    ref_dec(t, encoder);
    if (value_is_empty(data) || bytes_check(data))
        return data;
    error_set(t, EXC_TypeError, "encoder should return a bytes object, not '%.200T'", data);
    ref_dec(t, data);
    return VALUE_EMPTY;
}
