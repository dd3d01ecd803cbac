/* source.c: what a source file's bytes say: byte order mark, coding line (PEP 263), line ends. */
#include "source.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/bytes.h"
#include "../object/error.h"
#include "../object/list.h"
#include "../object/str.h"
#include "syntax_error.h"

/* The normal form of an encoding's name, as far as utf-8 and latin-1 are concerned. */
static void normalize(char name[64])
{
    char low[13];
    size_t i = 0;
    for (; name[i] && i < 12; i++)
        low[i] = name[i] == '_' ? '-' : (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] | 32 : name[i]);
    low[i] = 0;
    static const char *const latin[] = {"latin-1", "iso-8859-1", "iso-latin-1", NULL};
    if (strcmp(low, "utf-8") == 0 || strncmp(low, "utf-8-", 6) == 0) {
        strcpy(name, "utf-8");
        return;
    }
    for (const char *const *l = latin; *l; l++) {
        size_t n = strlen(*l);
        if (strncmp(low, *l, n) == 0 && (low[n] == 0 || low[n] == '-')) {
            strcpy(name, "iso-8859-1");
            return;
        }
    }
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
}

/* In one line: 1 found, 0 not here but the next line may have one, -1 nothing more to look for. */
static int coding_in_line(const char *s, const char *end, char name[64])
{
    const char *p = s;
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\f'))
        p++;
    if (p == end)
        return 0;
    if (*p != '#')
        return -1;
    for (; end - p >= 7; p++) {
        if (memcmp(p, "coding", 6) != 0 || (p[6] != ':' && p[6] != '='))
            continue;
        const char *q = p + 7;
        while (q < end && (*q == ' ' || *q == '\t'))
            q++;
        size_t n = 0;
        while (q + n < end && is_name_char(q[n]))
            n++;
        if (!n)
            continue;
        if (n > 63)
            n = 63;
        memcpy(name, q, n);
        name[n] = 0;
        normalize(name);
        return 1;
    }
    return 0;
}

bool source_coding(const char *source, size_t n, char name[64])
{
    const char *s = source, *end = source + n;
    for (int line = 0; line < 2 && s < end; line++) {
        const char *stop = s;
        while (stop < end && *stop != '\n' && *stop != '\r')
            stop++;
        int found = coding_in_line(s, stop, name);
        if (found)
            return found > 0;
        s = stop < end && *stop == '\r' && stop + 1 < end && stop[1] == '\n' ? stop + 2 : stop + 1;
    }
    return false;
}

/* Is it UTF-8 without surrogates?  *bad: offset of the first wrong byte. */
static bool is_utf8(const uint8_t *s, size_t n, size_t *bad)
{
    size_t i = 0;
    while (i < n) {
        uint8_t c = s[i];
        if (c < 0x80) {
            uint64_t word;
            if (n - i >= 8 && (memcpy(&word, s + i, 8), (word & UINT64_C(0x8080808080808080)) == 0))
                i += 8;
            else
                i++;
            continue;
        }
        *bad = i;
        size_t k = c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;
        if (!k || n - i < k)
            return false;
        for (size_t j = 1; j < k; j++)
            if ((s[i + j] & 0xC0) != 0x80)
                return false;
        if ((c == 0xE0 && s[i + 1] < 0xA0) || (c == 0xED && s[i + 1] >= 0xA0) || (c == 0xF0 && s[i + 1] < 0x90) ||
            (c == 0xF4 && s[i + 1] >= 0x90))
            return false;
        i += k;
    }
    return true;
}

/* A failure to decode becomes SyntaxError(message, (filename, 0, -1, None)). */
static void raise_decoding(Thread *t, Value filename)
{
    if (!error_matches(t, EXC_LookupError) && !error_matches(t, EXC_UnicodeError) && !error_matches(t, EXC_SyntaxError))
        return;
    Value exc = error_take(t), message = object_str(t, exc), place = VALUE_EMPTY, made = VALUE_EMPTY;
    ref_dec(t, exc);
    if (!value_is_empty(message))
        place = tuple_pack(t, 4, filename, value_from_int(0), value_from_int(-1), VALUE_NONE);
    if (!value_is_empty(place))
        made = object_call2(t, value_of(t->interp->exceptions[EXC_SyntaxError]), message, place);
    ref_dec(t, message);
    ref_dec(t, place);
    if (!value_is_empty(made))
        error_set_take(t, made);
}

/* Text in another encoding: a bytes of its UTF-8. */
static Value recode(Thread *t, const char *source, size_t n, const char *encoding)
{
    Value text = codec_decode(t, source, n, encoding, NULL);
    if (value_is_empty(text))
        return VALUE_EMPTY;
    if (!str_check(text)) {
        ref_dec(t, text);
        return error_set(t, EXC_SyntaxError, "encoding problem: %s", encoding);
    }
    Value utf8 = str_to_utf8(t, text);
    ref_dec(t, text);
    return utf8;
}

/* The SyntaxError at the first byte that is not UTF-8. */
static void raise_not_utf8(Thread *t, const char *source, size_t n, size_t bad, Value filename)
{
    int line = 1;
    size_t start = 0, end = bad;
    for (size_t i = 0; i < bad; i++) {
        if (source[i] == '\n' || (source[i] == '\r' && source[i + 1] != '\n')) {
            line++;
            start = i + 1;
        }
    }
    while (end < n && source[end] != '\n' && source[end] != '\r')
        end++;
    Value before = str_from_utf8(t, source + start, bad - start),
          text =
              value_is_empty(before) ? VALUE_EMPTY : codec_decode(t, source + start, end - start, "utf-8", "replace");
    if (!value_is_empty(text)) {
        int column = (int)str_length(before) + 1;
        syntax_error_raise(t, EXC_SyntaxError, filename, (SyntaxPlace){line, column, line, column}, text,
                           "Non-UTF-8 code starting with '\\x%02x' on line %d, but no encoding declared; see "
                           "https://peps.python.org/pep-0263/ for details",
                           (uint8_t)source[bad], line);
    }
    ref_dec(t, before);
}

/* Copies with "\n" for "\r\n" and "\r". */
static char *copy_lines(Thread *t, const char *s, size_t n, bool end_line, size_t *length, bool *added)
{
    char *copy = alloc_memory(t, n + 2);
    if (!copy)
        return NULL;
    size_t out = 0;
    const char *end = s + n;
    while (s < end) {
        const char *cr = memchr(s, '\r', (size_t)(end - s));
        size_t run = (size_t)((cr ? cr : end) - s);
        memcpy(copy + out, s, run);
        out += run;
        s += run;
        if (cr) {
            copy[out++] = '\n';
            s += s + 1 < end && s[1] == '\n' ? 2 : 1;
        }
    }
    *added = end_line && out && copy[out - 1] != '\n';
    if (*added)
        copy[out++] = '\n';
    copy[out] = 0;
    *length = out;
    return copy;
}

/* The reader of files gives up at the first byte that it cannot read, before it has a place to point to. */
int source_check_file(Thread *t, const char *source, size_t n, Value filename)
{
    char encoding[64];
    size_t bad;
    bool mark = n >= 3 && memcmp(source, "\xEF\xBB\xBF", 3) == 0,
         said = source_coding(source + 3 * mark, n - 3 * mark, encoding);
    bool coded = said && strcmp(encoding, "utf-8") != 0;
    if (coded && mark)
        return error_set(t, EXC_SyntaxError, "encoding problem: %s with BOM", encoding), -1;
    if (coded) {
        Value utf8 = recode(t, source, n, encoding);
        ref_dec(t, utf8);
        if (value_is_empty(utf8) && (error_matches(t, EXC_LookupError) || error_matches(t, EXC_UnicodeError))) {
            error_clear(t);
            error_set(t, EXC_SyntaxError, "encoding problem: %s", encoding);
        }
        if (value_is_empty(utf8))
            return -1;
    }
    const char *null = memchr(source, 0, n), *end = null ? null : source + n;
    bool readable = said || is_utf8((const uint8_t *)source, (size_t)(end - source), &bad);
    if (readable && !null)
        return 0;
    const char *line_start = source, *stop = readable ? null : source + bad;
    int line = 1;
    for (const char *s = source; s < stop; s++) {
        if (*s == '\n' || (*s == '\r' && s[1] != '\n')) {
            line++;
            line_start = s + 1;
        }
    }
    if (!readable) {
        error_set(t, EXC_SyntaxError,
                  "Non-UTF-8 code starting with '\\x%02x' in file %S on line %d, but no encoding declared; see "
                  "https://peps.python.org/pep-0263/ for details",
                  (uint8_t)source[bad], filename, line);
    } else {
        Value text = str_from_utf8(t, line_start, (size_t)(stop - line_start));
        error_clear(t);
        syntax_error_raise(t, EXC_SyntaxError, filename, (SyntaxPlace){line, 0, line, 0}, text,
                           "source code cannot contain null bytes");
    }
    return -1;
}

char *source_decode(Thread *t, const char *source, size_t n, Value filename, bool is_text, bool end_line,
                    size_t *length, bool *added_newline)
{
    if (n >= INT32_MAX / 2) {
        error_set(t, EXC_OverflowError, "source code is too long");
        return NULL;
    }
    if (memchr(source, 0, n)) {
        error_set(t, EXC_SyntaxError, "source code string cannot contain null bytes");
        return NULL;
    }
    Value owner = VALUE_EMPTY;
    if (!is_text) {
        bool mark = n >= 3 && memcmp(source, "\xEF\xBB\xBF", 3) == 0;
        if (mark) {
            source += 3;
            n -= 3;
        }
        char encoding[64];
        if (source_coding(source, n, encoding) && strcmp(encoding, "utf-8") != 0) {
            if (mark)
                error_set(t, EXC_SyntaxError, "encoding problem: %s with BOM", encoding);
            else
                owner = recode(t, source, n, encoding);
            if (value_is_empty(owner)) {
                raise_decoding(t, filename);
                return NULL;
            }
            source = (const char *)bytes_of(owner)->data;
            n = bytes_of(owner)->length;
        }
    }
    size_t bad;
    char *copy = NULL;
    if (!is_utf8((const uint8_t *)source, n, &bad)) {
        raise_not_utf8(t, source, n, bad, filename);
    } else {
        copy = copy_lines(t, source, n, end_line, length, added_newline);
    }
    ref_dec(t, owner);
    return copy;
}
