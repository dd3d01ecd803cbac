/* codec_charmap.c: codecs by a mapping: a str of 256 characters, a dict, any object with __getitem__, or an EncodingMap made from such a str.
 *
 * An EncodingMap is a small hash table from characters below 0x10000 to bytes, immutable once made.  No locks; lookups in mappings run Python code. */
#include "codec.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "codec_state.h"
#include "dict.h"
#include "error.h"
#include "int.h"
#include "memoryview.h"
#include "type.h"

static const char undefined[] = "character maps to <undefined>";

/* ---- encoding maps ---- */

#define MAP_SLOTS 1024 /* at most 256 are used */

typedef struct EncodingMap {
    Object head;
    uint16_t keys[MAP_SLOTS]; /* character; 0 with byte 0: free (U+0000 is kept apart) */
    uint8_t values[MAP_SLOTS];
    int16_t zero; /* the byte of U+0000, or -1 */
    int count;
} EncodingMap;

static size_t slot_of(const EncodingMap *m, uint32_t c)
{
    size_t i = (c * 0x9E3779B1u) >> 22;
    while (m->keys[i] && m->keys[i] != c)
        i = (i + 1) & (MAP_SLOTS - 1);
    return i;
}

static int map_get(const EncodingMap *m, uint32_t c)
{
    if (c == 0)
        return m->zero;
    if (c > 0xFFFF)
        return -1;
    size_t i = slot_of(m, c);
    return m->keys[i] ? m->values[i] : -1;
}

NATIVE(map_size, "size", "($self, /)", "The size of this object, in bytes.")
{
    return value_from_int(sizeof(EncodingMap));
}
static const NativeDef *const map_methods[] = {&native_map_size, NULL};
static const TypeSpec map_spec = {
    .name = "EncodingMap",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE | TYPE_NO_NEW,
    .size = sizeof(EncodingMap),
    .methods = map_methods,
};

Value codec_charmap_build(Thread *t, Value str)
{
    const Str *s = str_of(str);
    size_t n = s->length < 256 ? s->length : 256;
    bool simple =
        s->length == 256 && str_kind(s) <= 2 && str_at(s, 0) == 0; /* others are too unusual for the compact form */
    if (simple) {
        Type *type = memoryview_helper_type(t, &t->interp->encoding_map_type, &map_spec);
        EncodingMap *m = type ? alloc_object(t, type, sizeof *m) : NULL;
        if (!m)
            return VALUE_EMPTY;
        for (size_t i = 1; i < n; i++) {
            uint32_t c = str_at(s, i);
            if (c == 0 || c == 0xFFFE)
                continue;
            size_t slot = slot_of(m, c);
            m->keys[slot] = (uint16_t)c;
            m->values[slot] = (uint8_t)i;
        }
        m->zero = 0;
        return value_of(m);
    }
    Value dict = dict_new(t);
    for (size_t i = 0; i < n && !value_is_empty(dict); i++)
        if (dict_set(t, dict, value_from_int(str_at(s, i)), value_from_int((int64_t)i)) < 0)
            ref_clear(t, &dict);
    return dict;
}

/* ---- decoding ---- */

/* Appends what a byte maps to: 1 done, 0 undefined, -1 error. */
static int decode_byte(Thread *t, Decoder *d, Value mapping, uint8_t byte)
{
    if (str_check_exact(mapping)) {
        const Str *s = str_of(mapping);
        uint32_t c = byte < s->length ? str_at(s, byte) : 0xFFFE;
        return c == 0xFFFE ? 0 : strbuilder_char(t, &d->out, c) < 0 ? -1 : 1;
    }
    Value v = object_getitem(t, mapping, value_from_int(byte));
    if (value_is_empty(v))
        return error_swallow(t, EXC_LookupError) ? 0 : -1;
    int result = -1;
    if (value_is_none(v)) {
        result = 0;
    } else if (int_check(v)) {
        int overflow;
        int64_t c = int_to_int64_overflow(t, v, &overflow);
        if (overflow || c < 0 || c > 0x10FFFF)
            error_set(t, EXC_TypeError, "character mapping must be in range(0x%x)", 0x110000);
        else
            result = c == 0xFFFE ? 0 : strbuilder_char(t, &d->out, (uint32_t)c) < 0 ? -1 : 1;
    } else if (str_check(v)) {
        if (str_length(v) == 1 && str_at(str_of(v), 0) == 0xFFFE)
            result = 0;
        else
            result = strbuilder_str(t, &d->out, v) < 0 ? -1 : 1;
    } else {
        error_set(t, EXC_TypeError, "character mapping must return integer, None or str");
    }
    ref_dec(t, v);
    return result;
}

/* The usual case: a table of 256 characters below 0x10000, all bytes defined. Empty without an exception when it does not apply. */
static Value decode_by_table(Thread *t, const uint8_t *data, size_t n, const Str *table)
{
    if (table->length != 256 || str_kind(table) > 2)
        return VALUE_EMPTY;
    uint32_t seen = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = str_at(table, data[i]);
        if (c == 0xFFFE)
            return VALUE_EMPTY;
        seen |= c;
    }
    Value v = str_new(t, n, seen);
    if (value_is_empty(v))
        return v;
    Str *s = str_of(v);
    for (size_t i = 0; i < n; i++) {
        uint32_t c = str_at(table, data[i]);
        if (str_kind(s) == 1)
            s->data[i] = (uint8_t)c;
        else
            ((uint16_t *)(void *)s->data)[i] = (uint16_t)c;
    }
    return v;
}

Value codec_charmap_decode(Thread *t, const void *data, size_t n, Value mapping, const char *errors)
{
    if (value_is_empty(mapping) || value_is_none(mapping))
        return str_from_latin1(t, data, n);
    if (str_check_exact(mapping)) {
        Value v = decode_by_table(t, data, n, str_of(mapping));
        if (!value_is_empty(v) || error_pending(t))
            return v;
    }
    Decoder d;
    decoder_start(&d, "charmap", errors, data, n);
    for (size_t i = 0; i < d.n;) {
        int done = decode_byte(t, &d, mapping, d.data[i]);
        if (done < 0)
            return decoder_fail(t, &d);
        if (done) {
            i++;
            continue;
        }
        int64_t next = decoder_error(t, &d, undefined, i, i + 1);
        if (next < 0)
            return decoder_fail(t, &d);
        i = (size_t)next;
    }
    return decoder_finish(t, &d);
}

/* ---- encoding ---- */

/* Appends what a character maps to: 1 done, 0 undefined, -1 error.  out NULL: only asks. */
static int encode_char(Thread *t, BytesBuilder *out, Value mapping, uint32_t c)
{
    if (object_is_native(mapping, &map_spec)) {
        int byte = map_get((const EncodingMap *)value_object(mapping), c);
        return byte < 0 ? 0 : out && bytesbuilder_byte(t, out, (uint8_t)byte) < 0 ? -1 : 1;
    }
    Value v = object_getitem(t, mapping, value_from_int(c));
    if (value_is_empty(v))
        return error_swallow(t, EXC_LookupError) ? 0 : -1;
    int result = -1;
    if (value_is_none(v)) {
        result = 0;
    } else if (int_check(v)) {
        int overflow;
        int64_t byte = int_to_int64_overflow(t, v, &overflow);
        if (overflow || byte < 0 || byte > 255)
            error_set(t, EXC_TypeError, "character mapping must be in range(256)");
        else
            result = out && bytesbuilder_byte(t, out, (uint8_t)byte) < 0 ? -1 : 1;
    } else if (bytes_check(v)) {
        result = out && bytesbuilder_append(t, out, bytes_of(v)->data, bytes_of(v)->length) < 0 ? -1 : 1;
    } else {
        error_set(t, EXC_TypeError, "character mapping must return integer, bytes or None, not %.400T", v);
    }
    ref_dec(t, v);
    return result;
}

/* Encodes text that replaces [start, end); what it does not map raises the error of that range. */
static int encode_replacement(Thread *t, Encoder *e, Value mapping, Value text, size_t start, size_t end)
{
    const Str *s = str_of(text);
    for (size_t i = 0; i < s->length; i++) {
        int done = encode_char(t, &e->out, mapping, str_at(s, i));
        if (done == 0)
            encoder_raise(t, e, undefined, start, end);
        if (done <= 0)
            return -1;
    }
    return 0;
}

/* Handles a stretch of unencodable characters: where to go on, or -1. */
static int64_t encode_error(Thread *t, Encoder *e, Value mapping, size_t start)
{
    const Str *s = str_of(e->str);
    size_t end = start + 1;
    while (end < s->length) {
        int done = encode_char(t, NULL, mapping, str_at(s, end));
        if (done < 0)
            return -1;
        if (done)
            break;
        end++;
    }
    if (e->mode == ERRORS_IGNORE)
        return (int64_t)end;
    if (e->mode == ERRORS_REPLACE) {
        for (size_t i = start; i < end; i++) {
            int done = encode_char(t, &e->out, mapping, '?');
            if (done == 0)
                encoder_raise(t, e, undefined, start, end);
            if (done <= 0)
                return -1;
        }
        return (int64_t)end;
    }
    Value replacement;
    int64_t next = encoder_error(t, e, undefined, start, end, &replacement);
    if (next < 0)
        return -1;
    int ok = bytes_check(replacement)
                 ? bytesbuilder_append(t, &e->out, bytes_of(replacement)->data, bytes_of(replacement)->length)
                 : encode_replacement(t, e, mapping, replacement, start, end);
    ref_dec(t, replacement);
    return ok < 0 ? -1 : next;
}

Value codec_charmap_encode(Thread *t, Value str, Value mapping, const char *errors)
{
    if (value_is_empty(mapping) || value_is_none(mapping))
        return codec_latin1_encode(t, str, errors);
    Encoder e;
    encoder_start(&e, "charmap", errors, str);
    size_t length = str_length(str);
    if (!bytesbuilder_reserve(t, &e.out, length))
        return VALUE_EMPTY;
    for (size_t i = 0; i < length;) {
        int done = encode_char(t, &e.out, mapping, str_at(str_of(str), i));
        if (done < 0)
            return encoder_fail(t, &e);
        if (done) {
            i++;
            continue;
        }
        int64_t next = encode_error(t, &e, mapping, i);
        if (next < 0)
            return encoder_fail(t, &e);
        i = (size_t)next;
    }
    return encoder_finish(t, &e);
}
