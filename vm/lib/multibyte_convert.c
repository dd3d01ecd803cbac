/* multibyte_convert.c: whole texts to and from the encodings of Chinese, Japanese and Korean, with error handlers.
 *
 * No locks: state and text belong to the call. Read next: multibyte_chinese.c. */
#include "mod__multibytecodec.h"

#include "../memory/ref.h"

#define ILLEGAL "illegal multibyte sequence"
#define INCOMPLETE "incomplete multibyte sequence"

/* ---- encoding ---- */

/* A replacement that a handler gave is encoded too, strictly. */
static int encode_replacement(Thread *t, Encoder *e, const MultibyteCodec *codec, MultibyteState *state,
                              Value replacement)
{
    if (bytes_check(replacement))
        return bytesbuilder_append(t, &e->out, bytes_of(replacement)->data, bytes_of(replacement)->length);
    size_t used;
    Value code = multibyte_encode(t, codec, state, replacement, NULL, true, false, &used);
    if (value_is_empty(code) && e->mode == ERRORS_REPLACE && error_swallow(t, EXC_UnicodeEncodeError))
        return bytesbuilder_byte(t, &e->out, '?');
    int result =
        value_is_empty(code) ? -1 : bytesbuilder_append(t, &e->out, bytes_of(code)->data, bytes_of(code)->length);
    ref_dec(t, code);
    return result;
}

Value multibyte_encode(Thread *t, const MultibyteCodec *codec, MultibyteState *state, Value text, const char *errors,
                       bool final, bool reset, size_t *used)
{
    const MultibyteEncoding *encoding = codec->encoding;
    size_t at = 0, length, end = str_length(text);
    Encoder e;
    encoder_start(&e, encoding->name, errors, text);
    e.multibyte = true;
    while (at < end) {
        uint8_t *out = bytesbuilder_reserve(t, &e.out, MULTIBYTE_CODE_MAX);
        if (!out)
            return encoder_fail(t, &e);
        length = 0;
        int n = encoding->encode(encoding, codec->tables, state, str_of(text), at, end, final, out, &length);
        if (n > 0) {
            e.out.length += length;
            at += (size_t)n;
            continue;
        }
        if (n == MULTIBYTE_MORE && !final)
            break;
        Value replacement;
        int64_t next = encoder_error(t, &e, n == MULTIBYTE_MORE ? INCOMPLETE : ILLEGAL, at,
                                     n == MULTIBYTE_MORE ? end : at + 1, &replacement);
        int done = next < 0 ? -1 : encode_replacement(t, &e, codec, state, replacement);
        ref_dec(t, replacement);
        if (done < 0)
            return encoder_fail(t, &e);
        at = (size_t)next;
    }
    *used = at;
    if (reset && encoding->finish) {
        uint8_t *out = bytesbuilder_reserve(t, &e.out, MULTIBYTE_CODE_MAX);
        if (!out)
            return encoder_fail(t, &e);
        e.out.length += encoding->finish(encoding, state, out);
    }
    return encoder_finish(t, &e);
}

/* ---- decoding ---- */

Value multibyte_decode(Thread *t, const MultibyteCodec *codec, MultibyteState *state, const void *data, size_t n,
                       const char *errors, bool final, size_t *used)
{
    const MultibyteEncoding *encoding = codec->encoding;
    size_t at = 0;
    Decoder d;
    decoder_start(&d, encoding->name, errors, data, n);
    d.multibyte = true;
    while (at < d.n) {
        uint32_t text[2];
        int count = 0;
        int read = encoding->decode(encoding, codec->tables, state, d.data + at, d.n - at, text, &count);
        if (read > 0) {
            for (int i = 0; i < count; i++) {
                if (strbuilder_char(t, &d.out, text[i]) < 0)
                    return decoder_fail(t, &d);
            }
            at += (size_t)read;
            continue;
        }
        if (read == MULTIBYTE_MORE && !final)
            break;
        size_t wrong = read == MULTIBYTE_MORE ? d.n - at : (size_t)-read;
        int64_t next = decoder_error(t, &d, read == MULTIBYTE_MORE ? INCOMPLETE : ILLEGAL, at, at + wrong);
        if (next < 0)
            return decoder_fail(t, &d);
        at = (size_t)next;
    }
    *used = at;
    return decoder_finish(t, &d);
}
