/* literal.c: the values of number and string literals. */
#include "parser_internal.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/bytes.h"
#include "../object/codec.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"

/* ---- numbers ---- */

/* `s` is free of underscores and ends with a NUL. */
static Value number_value(Parser *p, const Token *token, const char *s, size_t n)
{
    Thread *t = p->t;
    bool is_hex = n > 1 && s[0] == '0' && (s[1] | 32) == 'x';
    if (!is_hex) {
        const char *end;
        if ((s[n - 1] | 32) == 'j')
            return complex_new(t, 0.0, float_parse(s, &end));
        for (size_t i = 0; i < n; i++)
            if (s[i] == '.' || (s[i] | 32) == 'e')
                return value_from_double(float_parse(s, &end));
    }
    Value v = int_from_string(t, s, n, 0, VALUE_EMPTY);
    if (value_is_empty(v) && error_matches(t, EXC_ValueError)) {
        /* Too many digits.  The columns are left out: nobody wants to see thousands of digits. */
        Value exc = error_take(t);
        Position place = {token->line, -1, token->end_line, -1};
        parser_error_range(
            p, place, "%S - Consider hexadecimal for huge integer literals to avoid decimal conversion limits.", exc);
        ref_dec(t, exc);
    }
    return v;
}

Value literal_number(Parser *p, const Token *token)
{
    const char *s = p->lexer.source + token->start;
    size_t n = token->end - token->start;
    if (LIKELY(n <= 14)) {
        int64_t value = 0;
        size_t i = 0;
        while (i < n && s[i] >= '0' && s[i] <= '9')
            value = value * 10 + (s[i++] - '0');
        if (i == n)
            return value_from_int(value);
    }
    char small[128];
    char *copy = n < sizeof small ? small : alloc_memory(p->t, n + 1);
    if (!copy)
        return VALUE_EMPTY;
    size_t length = 0;
    for (size_t i = 0; i < n; i++)
        if (s[i] != '_')
            copy[length++] = s[i];
    copy[length] = 0;
    Value v = VALUE_EMPTY;
    if (length == n || parser_version(p, 6, "Underscores in numeric literals are"))
        v = number_value(p, token, copy, length);
    if (copy != small)
        alloc_memory_free(p->t, copy);
    return v;
}

/* ---- strings ---- */

/* Where the two characters of an escape are that begins at `at`; text that is not in the source (what an f-string shows of an expression) stands where its token does. */
static Position escape_place(Parser *p, const Token *token, const char *at)
{
    const char *s = p->lexer.source + token->start, *end = p->lexer.source + token->end;
    if (at < s || at >= end)
        return parser_token_position(token);
    Position place = {token->line, token->column, 0, 0};
    for (; s < at; s++) {
        place.column = *s == '\n' ? 0 : place.column + 1;
        place.line += *s == '\n';
    }
    place.end_line = place.line;
    place.end_column = place.column + 2;
    return place;
}

/* The warning about an unknown escape, which begins at `at`. If warnings are errors, a SyntaxError. */
static int warn_escape(Parser *p, uint32_t token_index, const char *at, bool octal)
{
    /* Only once, however often the literal is parsed. */
    if (p->diagnosing || token_index < p->warned)
        return 0;
    p->warned = token_index + 1;
    const Token *token = &p->tokens[token_index];
    char shown[5] = {0};
    memcpy(shown, at + 1, octal ? 3 : 1);
    const char *sort = octal ? "an invalid octal escape sequence" : "an invalid escape sequence";
    Position place = escape_place(p, token, at);
    if (syntax_error_warn(p->t, p->lexer.filename, place.line,
                          "\"\\%s\" is %s. Such sequences will not work in the future. Did you mean \"\\\\%s\"? A raw "
                          "string is also an option.",
                          shown, sort, shown) == 0)
        return 0;
    if (error_swallow(p->t, EXC_SyntaxWarning))
        parser_error_range(p, place, "\"\\%s\" is %s. Did you mean \"\\\\%s\"? A raw string is also an option.", shown,
                           sort, shown);
    p->failed = true;
    return -1;
}

/* A failure to decode becomes a SyntaxError. */
static Value decode_problem(Parser *p)
{
    Thread *t = p->t;
    bool unicode = error_matches(t, EXC_UnicodeError);
    if (unicode || error_matches(t, EXC_ValueError)) {
        Value exc = error_take(t);
        parser_error_last(p, EXC_SyntaxError, "(%s) %S", unicode ? "unicode error" : "value error", exc);
        ref_dec(t, exc);
    }
    p->failed = true;
    return VALUE_EMPTY;
}

static Value decode_bytes(Parser *p, uint32_t token, const char *s, size_t n, bool raw)
{
    for (size_t i = 0; i < n; i++) {
        if ((uint8_t)s[i] >= 128) {
            parser_error_token(p, &p->tokens[token], "bytes can only contain ASCII literal characters");
            return VALUE_EMPTY;
        }
    }
    if (raw || !memchr(s, '\\', n))
        return bytes_new(p->t, s, n);
    int64_t invalid = -1;
    bool octal = false;
    Value v = codec_escape_decode(p->t, s, n, NULL, &invalid, &octal);
    if (value_is_empty(v))
        return decode_problem(p);
    if (invalid >= 0 && warn_escape(p, token, s + invalid - 1, octal) < 0) {
        ref_dec(p->t, v);
        return VALUE_EMPTY;
    }
    return v;
}

/* ASCII text whose escapes stand for one ASCII character each, which is nearly all: empty without an exception if it is more than that. */
static Value decode_simple(Parser *p, const char *s, size_t n)
{
    char small[256];
    char *out = n <= sizeof small ? small : alloc_memory(p->t, n);
    if (!out)
        return VALUE_EMPTY;
    size_t length = 0;
    bool simple = true;
    for (size_t i = 0; i < n && simple; i++) {
        char c = s[i];
        if ((uint8_t)c >= 128) {
            simple = false;
        } else if (c == '\\') {
            switch (i + 1 < n ? s[++i] : 0) {
            case 'n': c = '\n'; break;
            case 't': c = '\t'; break;
            case 'r': c = '\r'; break;
            case '\\': c = '\\'; break;
            case '\'': c = '\''; break;
            case '"': c = '"'; break;
            case '\n': continue;
            default: simple = false; break;
            }
        }
        out[length++] = c;
    }
    Value v = simple ? str_from_latin1(p->t, (const uint8_t *)out, length) : VALUE_EMPTY;
    if (out != small)
        alloc_memory_free(p->t, out);
    return v;
}

/* A copy in which characters beyond ASCII are escapes themselves; positions in messages count them so.  A backslash before such a character, or before the brace that ends the text of an
 * f-string, stands for itself. */
static char *escape_wide(Parser *p, const char *s, size_t n, size_t *length)
{
    size_t wide = 0;
    for (size_t i = 0; i < n; i++)
        wide += (uint8_t)s[i] >= 0xC0;
    char *copy = alloc_memory(p->t, n + wide * 15 + 6), *out = copy;
    for (size_t i = 0; copy && i < n;) {
        if ((uint8_t)s[i] < 128) {
            *out++ = s[i++];
            if (s[i - 1] != '\\')
                continue;
            if (i < n && (uint8_t)s[i] < 128) {
                *out++ = s[i++];
            } else {
                memcpy(out, "u005c", 5);
                out += 5;
            }
            continue;
        }
        size_t k;
        uint32_t c = lexer_decode_char(s + i, &k);
        i += k;
        *out++ = '\\';
        *out++ = 'U';
        for (int shift = 28; shift >= 0; shift -= 4)
            *out++ = "0123456789abcdef"[c >> shift & 15];
    }
    if (copy)
        *length = (size_t)(out - copy);
    return copy;
}

/* The offset in `s` of what escape_wide has put at `at`. */
static size_t unescaped_offset(const char *s, size_t n, size_t at)
{
    size_t i = 0;
    for (size_t out = 0; i < n && out < at;) {
        size_t k = 1;
        if ((uint8_t)s[i] >= 128) {
            lexer_decode_char(s + i, &k);
            out += 10;
        } else if (s[i] == '\\') {
            bool pair = i + 1 < n && (uint8_t)s[i + 1] < 128;
            k += pair;
            out += pair ? 2 : 6;
        } else {
            out++;
        }
        i += k;
    }
    return i;
}

/* The lexer warns of escaped braces in f-strings, where one may end the text. */
static bool lexer_warned(const Token *token, char escaped)
{
    return (token->kind == TOKEN_FSTRING_MIDDLE || token->kind == TOKEN_TSTRING_MIDDLE) &&
           (escaped == '{' || escaped == '}');
}

static Value decode_escapes(Parser *p, uint32_t token, const char *s, size_t n)
{
    Value v = decode_simple(p, s, n);
    if (!value_is_empty(v) || error_pending(p->t))
        return v;
    size_t length = n;
    char *copy = escape_wide(p, s, n, &length);
    if (!copy)
        return VALUE_EMPTY;
    int64_t invalid = -1;
    bool octal = false;
    v = codec_unicode_escape_decode(p->t, copy, length, NULL, NULL, &invalid, &octal);
    if (value_is_empty(v)) {
        decode_problem(p);
    } else if (invalid >= 0 && !lexer_warned(&p->tokens[token], copy[invalid]) &&
               warn_escape(p, token, s + unescaped_offset(s, n, (size_t)invalid - 1), octal) < 0) {
        ref_dec(p->t, v);
        v = VALUE_EMPTY;
    }
    alloc_memory_free(p->t, copy);
    return v;
}

Value literal_text(Parser *p, uint32_t token, const char *s, size_t n, bool raw)
{
    Value v = raw || !memchr(s, '\\', n) ? str_from_utf8(p->t, s, n) : decode_escapes(p, token, s, n);
    if (value_is_empty(v))
        p->failed = true;
    return v;
}

Value literal_string(Parser *p, uint32_t index, bool *is_bytes, bool *is_u)
{
    const Token *token = &p->tokens[index];
    const char *s = p->lexer.source + token->start, *end = p->lexer.source + token->end;
    bool raw = false;
    *is_bytes = false;
    *is_u = *s == 'u';
    for (; *s != '\'' && *s != '"'; s++) {
        char c = *s | 32;
        raw |= c == 'r';
        *is_bytes |= c == 'b';
    }
    size_t quotes = end - s >= 6 && s[0] == s[1] && s[1] == s[2] ? 3 : 1;
    s += quotes;
    size_t n = (size_t)(end - s) - quotes;
    Value v = *is_bytes ? decode_bytes(p, index, s, n, raw) : literal_text(p, index, s, n, raw);
    if (value_is_empty(v))
        p->failed = true;
    return v;
}
