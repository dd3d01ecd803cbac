/* str_case.c: upper and lower case, and the questions about the characters of a whole str.
 *
 * ASCII goes byte by byte into a str of the same size; everything else through a builder with the full mappings, which may lengthen the text.  No locks. */
#include "str_internal.h"

/* ---- ASCII ---- */

static ALWAYS_INLINE uint8_t ascii_lower(uint8_t c) { return c | (uint8_t)((uint8_t)(c - 'A') < 26) << 5; }
static ALWAYS_INLINE uint8_t ascii_upper(uint8_t c) { return c & (uint8_t) ~((uint8_t)((uint8_t)(c - 'a') < 26) << 5); }

static ALWAYS_INLINE bool ascii_letter(uint8_t c) { return (uint8_t)((c | 0x20) - 'a') < 26; }

typedef enum Mapping { MAP_LOWER, MAP_UPPER, MAP_FOLD, MAP_TITLE, MAP_CAPITALIZE, MAP_SWAP } Mapping;

/* The other case of the letters from first to last, of eight characters at a time.  Both blocks have room for whole words (str.h, str_same); what lies behind the
 * terminating 0, which stays one, is of no matter. */
static ALWAYS_INLINE void map_words(uint8_t *to, const uint8_t *from, size_t n, uint8_t first, uint8_t last)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    size_t i = 0;
    for (; ALLOC_ASAN ? i + 8 <= n : i < n; i += 8) {
        uint64_t w;
        memcpy(&w, from + i, 8);
        w ^= ((w + ones * (0x80u - first)) & ~(w + ones * (0x7Fu - last)) & ones << 7) >> 2;
        memcpy(to + i, &w, 8);
    }
    for (; i < n; i++)
        to[i] = from[i] ^ (uint8_t)((uint8_t)(from[i] - first) < 26) << 5;
}

static Value map_ascii(Thread *t, const Str *s, Mapping mapping)
{
    size_t n = s->length;
    const uint8_t *from = s->data;
    if (n == 1) {
        uint8_t c = from[0];
        bool lower = mapping == MAP_LOWER || mapping == MAP_FOLD || (mapping == MAP_SWAP && c == ascii_upper(c));
        return t->interp->latin1[lower ? ascii_lower(c) : ascii_upper(c)];
    }
    Value v = str_new(t, n, 0x7F);
    if (value_is_empty(v) || n == 0)
        return v;
    uint8_t *to = str_of(v)->data;
    switch (mapping) {
    case MAP_UPPER: map_words(to, from, n, 'a', 'z'); break;
    case MAP_TITLE:
        for (size_t i = 0; i < n; i++) {
            bool after = i && ascii_letter(from[i - 1]);
            to[i] = after ? ascii_lower(from[i]) : ascii_upper(from[i]);
        }
        break;
    case MAP_SWAP:
        for (size_t i = 0; i < n; i++)
            to[i] = (uint8_t)(from[i] ^ ascii_letter(from[i]) << 5);
        break;
    default:
        map_words(to, from, n, 'A', 'Z');
        if (mapping == MAP_CAPITALIZE)
            to[0] = ascii_upper(from[0]);
        break;
    }
    return v;
}

/* ---- everything else ---- */

/* Is the sigma at i the last letter of a word?  Characters without influence on case are looked through. */
static bool sigma_is_final(const Str *s, size_t i)
{
    size_t j = i;
    while (j > 0 && unicode_is_case_ignorable(str_at(s, j - 1)))
        j--;
    if (j == 0 || !unicode_is_cased(str_at(s, j - 1)))
        return false;
    for (j = i + 1; j < s->length && unicode_is_case_ignorable(str_at(s, j));)
        j++;
    return j == s->length || !unicode_is_cased(str_at(s, j));
}

static int lower_at(const Str *s, size_t i, uint32_t c, uint32_t out[3])
{
    if (UNLIKELY(c == 0x3A3)) {
        out[0] = sigma_is_final(s, i) ? 0x3C2 : 0x3C3;
        return 1;
    }
    return unicode_lower_full(c, out);
}

static Value map(Thread *t, Value v, Mapping mapping)
{
    const Str *s = str_of(v);
    if (str_is_ascii(s))
        return map_ascii(t, s, mapping);
    StrBuilder b = {0};
    bool after_cased = false;
    for (size_t i = 0; i < s->length; i++) {
        uint32_t c = str_at(s, i), out[3];
        int n;
        switch (mapping) {
        case MAP_LOWER: n = lower_at(s, i, c, out); break;
        case MAP_UPPER: n = unicode_upper_full(c, out); break;
        case MAP_FOLD: n = unicode_fold_full(c, out); break;
        case MAP_TITLE:
            n = after_cased ? lower_at(s, i, c, out) : unicode_title_full(c, out);
            after_cased = unicode_is_cased(c);
            break;
        case MAP_CAPITALIZE: n = i ? lower_at(s, i, c, out) : unicode_title_full(c, out); break;
        default:
            if (unicode_is_upper(c)) {
                n = lower_at(s, i, c, out);
            } else if (unicode_is_lower(c)) {
                n = unicode_upper_full(c, out);
            } else {
                out[0] = c;
                n = 1;
            }
        }
        for (int k = 0; k < n; k++)
            if (strbuilder_char(t, &b, out[k]) < 0) {
                strbuilder_discard(t, &b);
                return VALUE_EMPTY;
            }
    }
    return strbuilder_finish(t, &b);
}

Value str_lower(Thread *t, Value v) { return map(t, v, MAP_LOWER); }
Value str_upper(Thread *t, Value v) { return map(t, v, MAP_UPPER); }
Value str_casefold(Thread *t, Value v) { return map(t, v, MAP_FOLD); }
Value str_title(Thread *t, Value v) { return map(t, v, MAP_TITLE); }
Value str_capitalize(Thread *t, Value v) { return map(t, v, MAP_CAPITALIZE); }
Value str_swapcase(Thread *t, Value v) { return map(t, v, MAP_SWAP); }

/* ---- questions ---- */

bool str_is_all(const Str *s, bool (*test)(uint32_t c), unsigned ascii)
{
    static const uint8_t classes[128] = {
        ['\t' ... '\r'] = STR_IS_SPACE,
        [0x1C ... 0x1F] = STR_IS_SPACE,
        [' '] = STR_IS_SPACE | STR_IS_PRINTABLE,
        ['!' ... '/'] = STR_IS_PRINTABLE,
        ['0' ... '9'] = STR_IS_DIGIT | STR_IS_PRINTABLE,
        [':' ... '@'] = STR_IS_PRINTABLE,
        ['A' ... 'Z'] = STR_IS_LETTER | STR_IS_PRINTABLE,
        ['[' ... '`'] = STR_IS_PRINTABLE,
        ['a' ... 'z'] = STR_IS_LETTER | STR_IS_PRINTABLE,
        ['{' ... '~'] = STR_IS_PRINTABLE,
    };
    if (LIKELY(str_is_ascii(s))) {
        for (size_t i = 0; i < s->length; i++)
            if (!(classes[s->data[i]] & ascii))
                return false;
        return s->length > 0;
    }
    for (size_t i = 0; i < s->length; i++)
        if (!test(str_at(s, i)))
            return false;
    return s->length > 0;
}

bool str_is_lower(const Str *s)
{
    bool cased = false;
    for (size_t i = 0; i < s->length; i++) {
        uint32_t c = str_at(s, i);
        if (unicode_is_upper(c) || unicode_is_title(c))
            return false;
        cased = cased || unicode_is_lower(c);
    }
    return cased;
}

bool str_is_upper(const Str *s)
{
    bool cased = false;
    for (size_t i = 0; i < s->length; i++) {
        uint32_t c = str_at(s, i);
        if (unicode_is_lower(c) || unicode_is_title(c))
            return false;
        cased = cased || unicode_is_upper(c);
    }
    return cased;
}

bool str_is_title(const Str *s)
{
    bool cased = false, after_cased = false;
    for (size_t i = 0; i < s->length; i++) {
        uint32_t c = str_at(s, i);
        if (unicode_is_upper(c) || unicode_is_title(c)) {
            if (after_cased)
                return false;
            after_cased = cased = true;
        } else if (unicode_is_lower(c)) {
            if (!after_cased)
                return false;
        } else {
            after_cased = false;
        }
    }
    return cased;
}

static ALWAYS_INLINE bool identifier_start(uint32_t c)
{
    return c < 0x80 ? (c | 0x20) - 'a' < 26 || c == '_' : unicode_is_xid_start(c);
}
static ALWAYS_INLINE bool identifier_continue(uint32_t c)
{
    return c < 0x80 ? (c | 0x20) - 'a' < 26 || c == '_' || c - '0' < 10 : unicode_is_xid_continue(c);
}

bool str_is_identifier(Value v)
{
    const Str *s = str_of(v);
    if (s->length == 0 || !identifier_start(str_at(s, 0)))
        return false;
    for (size_t i = 1; i < s->length; i++)
        if (!identifier_continue(str_at(s, i)))
            return false;
    return true;
}

bool str_is_identifier_utf8(const char *utf8, size_t n)
{
    const uint8_t *p = (const uint8_t *)utf8, *end = p + n;
    bool first = true;
    while (p < end) {
        uint32_t c;
        int bad;
        const char *reason;
        int used = str_utf8_next(p, end, &c, &bad, &reason);
        if (!used || !(first ? identifier_start(c) : identifier_continue(c)))
            return false;
        p += used;
        first = false;
    }
    return !first;
}

/* ---- repr ---- */

static const char hex_digits[] = "0123456789abcdef";

/* Appends \xhh, \uhhhh or \Uhhhhhhhh. */
static int put_escape(Thread *t, StrBuilder *b, uint32_t c)
{
    char text[10] = {'\\', c < 0x100 ? 'x' : c < 0x10000 ? 'u' : 'U'};
    int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
    for (int i = 0; i < digits; i++)
        text[2 + i] = hex_digits[c >> (4 * (digits - 1 - i)) & 0xF];
    return strbuilder_ascii(t, b, text, (size_t)digits + 2);
}

Value str_repr(Thread *t, Value v)
{
    const Str *s = str_of(v);
    size_t n = s->length, single = 0, twice = 0, plain = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = str_at(s, i);
        single += c == '\'';
        twice += c == '"';
        plain += c >= 0x20 && c != 0x7F && c != '\\' && (c < 0x7F || (c >= 0xA0 && unicode_is_printable(c)));
    }
    uint32_t quote = single && !twice ? '"' : '\'';
    if (plain == n && (!single || quote == '"')) {
        Value r = str_new(t, n + 2, str_bound(s));
        if (value_is_empty(r))
            return r;
        Str *out = str_of(r);
        str_put(out, 0, quote);
        str_copy(out, 1, s, 0, n);
        str_put(out, n + 1, quote);
        return r;
    }
    StrBuilder b = {0};
    if (strbuilder_reserve(t, &b, n + 2, 0x7F) < 0 || strbuilder_char(t, &b, quote) < 0)
        goto fail;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = str_at(s, i);
        int result;
        if (c == quote || c == '\\')
            result = strbuilder_char(t, &b, '\\') < 0 ? -1 : strbuilder_char(t, &b, c);
        else if (c == '\n')
            result = strbuilder_ascii(t, &b, "\\n", 2);
        else if (c == '\r')
            result = strbuilder_ascii(t, &b, "\\r", 2);
        else if (c == '\t')
            result = strbuilder_ascii(t, &b, "\\t", 2);
        else if (c < 0x7F ? c < 0x20 : !unicode_is_printable(c))
            result = put_escape(t, &b, c);
        else
            result = strbuilder_char(t, &b, c);
        if (result < 0)
            goto fail;
    }
    if (strbuilder_char(t, &b, quote) < 0)
        goto fail;
    return strbuilder_finish(t, &b);
fail:
    strbuilder_discard(t, &b);
    return VALUE_EMPTY;
}

Value str_ascii(Thread *t, Value v)
{
    const Str *s = str_of(v);
    if (str_is_ascii(s))
        return str_exact(t, v);
    StrBuilder b = {0};
    for (size_t i = 0; i < s->length; i++) {
        uint32_t c = str_at(s, i);
        if ((c < 0x80 ? strbuilder_char(t, &b, c) : put_escape(t, &b, c)) < 0) {
            strbuilder_discard(t, &b);
            return VALUE_EMPTY;
        }
    }
    return strbuilder_finish(t, &b);
}
