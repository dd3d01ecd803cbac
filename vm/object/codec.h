/* codec.h: text codecs written in C, their error handlers, and the registry of codecs and handlers (PEP 293, PEP 263's sisters).
 *
 * A codec's loop runs on a Decoder or an Encoder, which holds the input and the output and knows the error handler: the built-in handlers are
 * recognised by name and applied without making an exception object, the others are called.  A handler may replace a decoder's input, so a loop
 * reloads `data` and `n` after each error. Read next: codec_error.c. */
#ifndef BATON_OBJECT_CODEC_H
#define BATON_OBJECT_CODEC_H

#include "bytes.h"
#include "str.h"

typedef enum ErrorMode {
    ERRORS_STRICT,
    ERRORS_IGNORE,
    ERRORS_REPLACE,
    ERRORS_BACKSLASHREPLACE,
    ERRORS_XMLCHARREFREPLACE,
    ERRORS_SURROGATEESCAPE,
    ERRORS_SURROGATEPASS,
    ERRORS_OTHER
} ErrorMode;
ErrorMode codec_error_mode(const char *errors); /* NULL: strict */

typedef struct Decoder {
    const char *encoding, *errors;
    const uint8_t *data;
    size_t n;
    Value object; /* owned bytes: the input as handlers see it; empty until needed */
    Value handler, exc;
    ErrorMode mode;
    bool
        multibyte; /* CPython's multibyte codecs: a handler's position that does not fit a C integer is an IndexError (else OverflowError), and it cannot replace the input */
    StrBuilder out;
} Decoder;

typedef struct Encoder {
    const char *encoding, *errors;
    Value str; /* borrowed */
    Value handler, exc;
    ErrorMode mode;
    bool multibyte; /* as in Decoder */
    BytesBuilder out;
} Encoder;

static inline void decoder_start(Decoder *d, const char *encoding, const char *errors, const void *data, size_t n)
{
    *d = (Decoder){.encoding = encoding, .errors = errors, .data = data, .n = n, .mode = codec_error_mode(errors)};
}
/* Handles undecodable input [start, end): appends the replacement; the position to go on from, or -1 with an exception. */
int64_t decoder_error(Thread *t, Decoder *d, const char *reason, size_t start, size_t end);
Value decoder_finish(Thread *t, Decoder *d); /* the str */
Value decoder_fail(Thread *t, Decoder *d);   /* releases all; VALUE_EMPTY */

static inline void encoder_start(Encoder *e, const char *encoding, const char *errors, Value str)
{
    *e = (Encoder){.encoding = encoding, .errors = errors, .str = str, .mode = codec_error_mode(errors)};
}
/* Calls the handler for [start, end): the position to go on from, or -1; *replacement is an owned str or bytes. */
int64_t encoder_error(Thread *t, Encoder *e, const char *reason, size_t start, size_t end, Value *replacement);
/* Raises the UnicodeEncodeError of [start, end), because the replacement cannot be encoded either. */
Value encoder_raise(Thread *t, Encoder *e, const char *reason, size_t start, size_t end);
/* The same with everything done for codecs whose encoding of ASCII characters is their own code: appends bytes replacements and ASCII str
 * replacements to `out`; characters below `limit` in a str replacement are stored as they are (128 or 256). */
int64_t encoder_error_simple(Thread *t, Encoder *e, const char *reason, size_t start, size_t end, uint32_t limit);
Value encoder_finish(Thread *t, Encoder *e);
Value encoder_fail(Thread *t, Encoder *e);

/* ---- the codecs; errors NULL: strict ---- */

/* Decoders with `consumed` leave an incomplete sequence at the end alone and tell how much they read; NULL: the input is complete. */
MUST_CHECK Value codec_utf8_decode(Thread *t, const void *data, size_t n, const char *errors, size_t *consumed);
MUST_CHECK Value codec_utf8_encode(Thread *t, Value str, const char *errors);
MUST_CHECK Value codec_ascii_decode(Thread *t, const void *data, size_t n, const char *errors);
MUST_CHECK Value codec_ascii_encode(Thread *t, Value str, const char *errors);
MUST_CHECK Value codec_latin1_encode(Thread *t, Value str, const char *errors);
/* byte_order: -1 little, 1 big, 0 from a byte order mark (decoding: then told in *byte_order) or native with a mark (encoding). */
MUST_CHECK Value codec_utf16_decode(Thread *t, const void *data, size_t n, const char *errors, int *byte_order,
                                    size_t *consumed);
MUST_CHECK Value codec_utf16_encode(Thread *t, Value str, const char *errors, int byte_order);
MUST_CHECK Value codec_utf32_decode(Thread *t, const void *data, size_t n, const char *errors, int *byte_order,
                                    size_t *consumed);
MUST_CHECK Value codec_utf32_encode(Thread *t, Value str, const char *errors, int byte_order);
MUST_CHECK Value codec_utf7_decode(Thread *t, const void *data, size_t n, const char *errors, size_t *consumed);
MUST_CHECK Value codec_utf7_encode(Thread *t, Value str, const char *errors);
/* *first_invalid: offset of the first unknown escape or -1; *first_octal: of the first octal escape above \377 or -1. */
MUST_CHECK Value codec_unicode_escape_decode(Thread *t, const void *data, size_t n, const char *errors,
                                             size_t *consumed, int64_t *first_invalid, bool *invalid_is_octal);
MUST_CHECK Value codec_unicode_escape_encode(Thread *t, Value str);
MUST_CHECK Value codec_raw_unicode_escape_decode(Thread *t, const void *data, size_t n, const char *errors,
                                                 size_t *consumed);
MUST_CHECK Value codec_raw_unicode_escape_encode(Thread *t, Value str);
/* Escapes of bytes literals: a bytes. */
MUST_CHECK Value codec_escape_decode(Thread *t, const void *data, size_t n, const char *errors, int64_t *first_invalid,
                                     bool *invalid_is_octal);
/* mapping: dict or any object with __getitem__, a str (decoding), an EncodingMap (encoding); None: latin-1. */
MUST_CHECK Value codec_charmap_decode(Thread *t, const void *data, size_t n, Value mapping, const char *errors);
MUST_CHECK Value codec_charmap_encode(Thread *t, Value str, Value mapping, const char *errors);
MUST_CHECK Value codec_charmap_build(Thread *t, Value str); /* EncodingMap or dict of a decoding table */

/* ---- the registry ---- */

int codec_register(Thread *t, Value search_function);
int codec_unregister(Thread *t, Value search_function);
MUST_CHECK Value codec_lookup(Thread *t, const char *encoding); /* the CodecInfo; LookupError */
/* Any object through a codec by name (codecs.encode, codecs.decode). errors may be NULL. */
MUST_CHECK Value codec_encode_object(Thread *t, Value object, const char *encoding, const char *errors);
MUST_CHECK Value codec_decode_object(Thread *t, Value object, const char *encoding, const char *errors);
/* bytes-like object to str, through a text codec (bytes.decode, str(b, encoding)). */
MUST_CHECK Value codec_decode_text(Thread *t, Value object, const char *encoding, const char *errors);
int codec_register_error(Thread *t, const char *name, Value handler);
int codec_unregister_error(Thread *t, const char *name);          /* 1 removed, 0 absent, -1 (a built-in one) */
MUST_CHECK Value codec_lookup_error(Thread *t, const char *name); /* NULL: strict */
void codec_free_state(Thread *t);

/* The properties of a UnicodeError, checked and clipped to its object. */
typedef struct UnicodeErrorInfo {
    enum { UNICODE_ENCODE, UNICODE_DECODE, UNICODE_TRANSLATE } sort;
    Value object; /* owned */
    size_t length, start, end;
} UnicodeErrorInfo;
int codec_error_info(Thread *t, Value exc, UnicodeErrorInfo *info); /* 0, or -1 with TypeError */
/* str.translate's handler of untranslatable characters: as encoder_error, the replacement is a str. */
int64_t codec_translate_error(Thread *t, const char *errors, Value str, const char *reason, size_t start, size_t end,
                              Value *replacement);

#endif
