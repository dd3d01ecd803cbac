/* mod__multibytecodec.h: what the codecs of Chinese, Japanese and Korean text share.
 *
 *   multibyte_table.c     character sets: tables from code to character and back, made of what the system knows (os.h) at the first use
 *   multibyte_double.c    multibyte_chinese.c   multibyte_japanese.c   multibyte_korean.c   multibyte_iso2022.c: encodings, one character at a time
 *   multibyte_convert.c   whole texts, with error handlers
 *   multibyte_stateful.h  mod__multibytecodec.c   multibyte_stream.c: Python's objects for them
 *   mod__codecs_cjk.c     the modules that hand the encodings out
 *
 * Read next: multibyte_table.c, multibyte_convert.c. */
#ifndef BATON_LIB_MOD__MULTIBYTECODEC_H
#define BATON_LIB_MOD__MULTIBYTECODEC_H

#include "../object/codec.h"
#include "../object/error.h"
#include "../object/module.h"

/* ---- character sets ---- */

typedef enum Charset {
#define CHARSET(set, encoding, prefix, lead, trail, last) CHARSET_##set,
#include "multibyte_charset.def"
#undef CHARSET
    CHARSET_COUNT
} Charset;

#define CHARSET_PAGES 0x300 /* of 256 characters: planes 0 to 2 */

/* Codes are two bytes, both with the high bit as in the EUC form where the set has 94 rows of 94.  0: not there. */
typedef struct CharsetTable {
    uint32_t *characters; /* by code */
    uint16_t *codes[CHARSET_PAGES];
    uint32_t *four; /* GB18030: characters of plane 0 that have no two-byte code, in order */
    uint32_t four_count;
} CharsetTable;

/* The table, which stays until the interpreter ends; NULL: LookupError (the system does not know the set), OSError (it could not be loaded), or MemoryError. */
const CharsetTable *charset_get(Thread *t, Charset charset);

static inline uint32_t charset_character(const CharsetTable *table, uint32_t code)
{
    return table->characters[code & 0xFFFF];
}
static inline uint32_t charset_code(const CharsetTable *table, uint32_t c)
{
    const uint16_t *page = c < CHARSET_PAGES * 256 ? table->codes[c >> 8] : NULL;
    return page ? page[c & 255] : 0;
}

/* ---- encodings ---- */

#define MULTIBYTE_TABLES 4
#define MULTIBYTE_CODE_MAX 16 /* bytes for a character, with what changes the state before it */

/* What a stateful encoding remembers: all zero where there is nothing to remember. */
typedef struct MultibyteState {
    uint8_t bytes[8];
} MultibyteState;

typedef struct MultibyteEncoding MultibyteEncoding;
typedef const CharsetTable *const *CharsetTables; /* of the encoding, in its order */

#define MULTIBYTE_MORE 0 /* encode and decode: what follows decides, and there is nothing yet */

struct MultibyteEncoding {
    const char *name;
    Charset charsets[MULTIBYTE_TABLES];
    uint8_t charset_count;
    uint32_t variant; /* the encoding's own */
    /* Writes the code of text[at] (and following characters that belong to it) with *length bytes: how many characters that were, MULTIBYTE_MORE, or -1:
     * there is no code.  `final`: nothing follows text[end - 1]. */
    int (*encode)(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const Str *text, size_t at,
                  size_t end, bool final, uint8_t *out, size_t *length);
    /* Reads *count characters (0 to 2) from p: how many bytes that were, MULTIBYTE_MORE, or -n: n bytes are wrong. */
    int (*decode)(const MultibyteEncoding *e, CharsetTables tables, MultibyteState *state, const uint8_t *p,
                  size_t left, uint32_t *out, int *count);
    void (*start)(const MultibyteEncoding *e, MultibyteState *state, bool decoding); /* NULL: zeros */
    size_t (*finish)(const MultibyteEncoding *e, MultibyteState *state,
                     uint8_t *out); /* back to the start: the bytes for it; NULL: none */
    void (*restart)(
        const MultibyteEncoding *e,
        MultibyteState *state); /* decoding: a new stream with the character sets kept; NULL: nothing to do */
};

extern const MultibyteEncoding multibyte_chinese[], multibyte_hongkong[], multibyte_iso2022[], multibyte_japanese[],
    multibyte_korean[], multibyte_taiwan[]; /* end with name NULL */

/* MultibyteCodec: an encoding and its tables. */
typedef struct MultibyteCodec {
    Object head;
    const MultibyteEncoding *encoding;
    const CharsetTable *tables[MULTIBYTE_TABLES];
} MultibyteCodec;
extern const TypeSpec multibyte_codec_spec, multibyte_incremental_encoder_spec, multibyte_incremental_decoder_spec,
    multibyte_stream_reader_spec, multibyte_stream_writer_spec;
static inline MultibyteCodec *multibyte_codec_of(Value v) { return (MultibyteCodec *)value_object(v); }
void multibyte_start(const MultibyteCodec *codec, MultibyteState *state, bool decoding);
Value multibyte_codec_new(Thread *t, const MultibyteEncoding *encoding);
/* The attribute `codec` of an object: owned, or empty with an exception. */
Value multibyte_codec_get(Thread *t, Value object);

/* ---- whole texts (multibyte_convert.c) ---- */

/* Bytes; *used tells how many characters were read: all, if `final`.  `reset`: the state goes back to the start behind them. */
Value multibyte_encode(Thread *t, const MultibyteCodec *codec, MultibyteState *state, Value text, const char *errors,
                       bool final, bool reset, size_t *used);
/* A str; *used tells how many bytes were read: all, if `final`. */
Value multibyte_decode(Thread *t, const MultibyteCodec *codec, MultibyteState *state, const void *data, size_t n,
                       const char *errors, bool final, size_t *used);

#endif
