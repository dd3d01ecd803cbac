/* str_methods.c: the type str: its methods, slots and constructor.
 *
 * Methods get exact or subclass instances and return exact strs.  Nothing here changes a str, so there are no locks; what a call may run (a mapping in translate, __index__ of
 * an argument) cannot change the strs involved either.  The work is done in str_search.c, str_split.c, str_case.c, str_fields.c and str_percent.c. */
#include "str_internal.h"

#include "buffer.h"
#include "codec.h"
#include "dict.h"
#include "format.h"
#include "native.h"

/* ---- searching ---- */

static bool require_arg(Thread *t, Value v, const char *function, const char *which)
{
    if (LIKELY(str_check(v)))
        return true;
    error_set(t, EXC_TypeError, "%s() argument%s must be str, not %M", function, which, v);
    return false;
}

/* The bounds of a search; *end may lie before *start, then nothing is found. */
static int bounds(Thread *t, Value self, Value *args, size_t *start, size_t *end)
{
    size_t n = str_length(self);
    *start = 0;
    *end = n;
    if (LIKELY(value_is_empty(args[0]) && value_is_empty(args[1])))
        return 0;
    int64_t from, to;
    if (slice_bounds(t, args[0], args[1], (int64_t)n, &from, &to) < 0)
        return -1;
    *start = (size_t)from;
    *end = (size_t)to;
    return 0;
}

/* Index, -1 when absent, or -2 with an exception. */
static int64_t find(Thread *t, Value *args, const char *function, bool backwards)
{
    size_t start, end;
    if (!require_arg(t, args[1], function, " 1") || bounds(t, args[0], args + 2, &start, &end) < 0)
        return -2;
    return backwards ? str_rfind(args[0], args[1], start, end) : str_find(args[0], args[1], start, end);
}

NATIVE(str_find, "find", "($self, sub[, start[, end]], /)",
       "The lowest index in S[start:end] where sub is found, or -1.")
{
    int64_t i = find(t, args, "find", false);
    return i == -2 ? VALUE_EMPTY : value_from_int(i);
}
NATIVE(str_rfind, "rfind", "($self, sub[, start[, end]], /)",
       "The highest index in S[start:end] where sub is found, or -1.")
{
    int64_t i = find(t, args, "rfind", true);
    return i == -2 ? VALUE_EMPTY : value_from_int(i);
}
NATIVE(str_index, "index", "($self, sub[, start[, end]], /)",
       "The lowest index in S[start:end] where sub is found.\n\nRaises ValueError when it is not found.")
{
    int64_t i = find(t, args, "index", false);
    if (i == -1)
        error_set(t, EXC_ValueError, "substring not found");
    return i < 0 ? VALUE_EMPTY : value_from_int(i);
}
NATIVE(str_rindex, "rindex", "($self, sub[, start[, end]], /)",
       "The highest index in S[start:end] where sub is found.\n\nRaises ValueError when it is not found.")
{
    int64_t i = find(t, args, "rindex", true);
    if (i == -1)
        error_set(t, EXC_ValueError, "substring not found");
    return i < 0 ? VALUE_EMPTY : value_from_int(i);
}
NATIVE(str_count, "count", "($self, sub[, start[, end]], /)",
       "How often sub occurs in S[start:end] without overlapping.")
{
    size_t start, end;
    if (!require_arg(t, args[1], "count", " 1") || bounds(t, args[0], args + 2, &start, &end) < 0)
        return VALUE_EMPTY;
    return value_from_int((int64_t)str_count(args[0], args[1], start, end, SIZE_MAX));
}

static bool part_at(Value self, Value part, size_t start, size_t end, bool at_end)
{
    size_t n = str_length(part);
    if (start > end || n > end - start)
        return false;
    return str_match_at(self, at_end ? end - n : start, part);
}
static Value starts_or_ends(Thread *t, Value *args, const char *function, bool at_end)
{
    size_t start, end;
    if (LIKELY(value_is_empty(args[2])) && LIKELY(value_is_empty(args[3]))) {
        start = 0;
        end = str_length(args[0]);
    } else if (bounds(t, args[0], args + 2, &start, &end) < 0) {
        return VALUE_EMPTY;
    }
    if (LIKELY(str_check(args[1])))
        return value_from_bool(part_at(args[0], args[1], start, end, at_end));
    if (!tuple_check(args[1]))
        return error_set(t, EXC_TypeError, "%s first arg must be str or a tuple of str, not %N", function,
                         type_of(t, args[1]));
    for (size_t i = 0; i < tuple_length(args[1]); i++) {
        Value part = tuple_peek(args[1], i);
        if (!str_check(part))
            return error_set(t, EXC_TypeError, "tuple for %s must only contain str, not %N", function,
                             type_of(t, part));
        if (part_at(args[0], part, start, end, at_end))
            return VALUE_TRUE;
    }
    return VALUE_FALSE;
}
NATIVE(str_startswith, "startswith", "($self, prefix[, start[, end]], /)",
       "Whether S[start:end] begins with prefix, or with one of a tuple of them.")
{
    return starts_or_ends(t, args, "startswith", false);
}
NATIVE(str_endswith, "endswith", "($self, suffix[, start[, end]], /)",
       "Whether S[start:end] ends with suffix, or with one of a tuple of them.")
{
    return starts_or_ends(t, args, "endswith", true);
}

/* ---- taking apart, putting together ---- */

/* An argument of C type ssize_t: false with an exception. */
static bool size_arg(Thread *t, Value v, int64_t *size) { return int_to_size(t, v, size) == 0; }
/* A count argument: -1 when absent. */
static bool count_arg(Thread *t, Value v, int64_t *count)
{
    *count = -1;
    return value_is_empty(v) || size_arg(t, v, count);
}
NATIVE(str_split, "split", "($self, /, sep=None, maxsplit=-1)",
       "A list of the parts of the string between separators.\n\n  sep\n    The separator; None: runs of white space, "
       "and no empty parts.\n  maxsplit\n"
       "    How many splits to make at most, from the left; -1: no limit.")
{
    int64_t max;
    return count_arg(t, args[2], &max) ? str_split(t, args[0], args[1], max) : VALUE_EMPTY;
}
NATIVE(str_rsplit, "rsplit", "($self, /, sep=None, maxsplit=-1)",
       "Like split(), but counting splits from the right.\n\n  sep\n    The separator; None: runs of white space, and "
       "no empty parts.\n  maxsplit\n"
       "    How many splits to make at most; -1: no limit.")
{
    int64_t max;
    return count_arg(t, args[2], &max) ? str_rsplit(t, args[0], args[1], max) : VALUE_EMPTY;
}
NATIVE(str_splitlines, "splitlines", "($self, /, keepends=False)",
       "A list of the lines, without their ends unless keepends is true.")
{
    int keep = value_is_empty(args[1]) ? 0 : object_truth(t, args[1]);
    return keep < 0 ? VALUE_EMPTY : str_splitlines(t, args[0], keep);
}
NATIVE(str_partition, "partition", "($self, sep, /)",
       "Splits at the first occurrence of sep: (before, sep, after), or (string, '', '') without one.")
{
    return str_partition(t, args[0], args[1], false);
}
NATIVE(str_rpartition, "rpartition", "($self, sep, /)",
       "Splits at the last occurrence of sep: (before, sep, after), or ('', '', string) without one.")
{
    return str_partition(t, args[0], args[1], true);
}
NATIVE(str_join, "join", "($self, iterable, /)", "Concatenates strings with this one between them.")
{
    return str_join(t, args[0], args[1]);
}
NATIVE(str_replace, "replace", "($self, old, new, /, count=-1)",
       "A copy with all occurrences of old replaced by new.\n\n  count\n    How many to replace at most; -1: all.")
{
    int64_t max;
    if (!require_arg(t, args[1], "replace", " 1") || !require_arg(t, args[2], "replace", " 2") ||
        !count_arg(t, args[3], &max))
        return VALUE_EMPTY;
    return str_replace(t, args[0], args[1], args[2], max);
}
NATIVE(str_strip, "strip", "($self, chars=None, /)",
       "A copy without white space, or without any of chars, at both ends.")
{
    return str_strip(t, args[0], args[1], 3);
}
NATIVE(str_lstrip, "lstrip", "($self, chars=None, /)",
       "A copy without white space, or without any of chars, at the start.")
{
    return str_strip(t, args[0], args[1], 1);
}
NATIVE(str_rstrip, "rstrip", "($self, chars=None, /)",
       "A copy without white space, or without any of chars, at the end.")
{
    return str_strip(t, args[0], args[1], 2);
}
NATIVE(str_removeprefix, "removeprefix", "($self, prefix, /)", "A copy without the prefix, if it begins with that.")
{
    if (!require_arg(t, args[1], "removeprefix", ""))
        return VALUE_EMPTY;
    return str_slice(t, args[0], str_match_at(args[0], 0, args[1]) ? str_length(args[1]) : 0, str_length(args[0]));
}
NATIVE(str_removesuffix, "removesuffix", "($self, suffix, /)", "A copy without the suffix, if it ends with that.")
{
    if (!require_arg(t, args[1], "removesuffix", ""))
        return VALUE_EMPTY;
    size_t length = str_length(args[0]), width = str_length(args[1]);
    bool there = width <= length && str_match_at(args[0], length - width, args[1]);
    return str_slice(t, args[0], 0, there ? length - width : length);
}

/* ---- padding ---- */

static Value pad(Thread *t, Value v, size_t left, size_t right, uint32_t fill)
{
    const Str *s = str_of(v);
    if (left == 0 && right == 0)
        return str_exact(t, v);
    Value r = str_new(t, left + s->length + right, str_bound(s) | fill);
    if (value_is_empty(r))
        return r;
    if (left + s->length + right == 1 && fill < 0x100) {
        ref_dec(t, r);
        return str_from_char(t, fill);
    }
    Str *out = str_of(r);
    str_fill(out, 0, left, fill);
    str_copy(out, left, s, 0, s->length);
    str_fill(out, left + s->length, right, fill);
    return r;
}
/* The width still missing, or -1 with an exception. */
static int64_t missing(Thread *t, Value *args, uint32_t *fill)
{
    int64_t width;
    if (!size_arg(t, args[1], &width))
        return -1;
    *fill = ' ';
    if (!value_is_empty(args[2])) {
        if (!str_check(args[2]))
            return error_set(t, EXC_TypeError, "The fill character must be a unicode character, not %N",
                             type_of(t, args[2])),
                   -1;
        if (str_length(args[2]) != 1)
            return error_set(t, EXC_TypeError, "The fill character must be exactly one character long"), -1;
        *fill = str_at(str_of(args[2]), 0);
    }
    int64_t n = (int64_t)str_length(args[0]);
    if (width > PTRDIFF_MAX)
        return error_no_memory(t), -1;
    return width > n ? width - n : 0;
}
NATIVE(str_ljust, "ljust", "($self, width, fillchar=' ', /)", "The string at the left of a field of width characters.")
{
    uint32_t fill;
    int64_t more = missing(t, args, &fill);
    return more < 0 ? VALUE_EMPTY : pad(t, args[0], 0, (size_t)more, fill);
}
NATIVE(str_rjust, "rjust", "($self, width, fillchar=' ', /)", "The string at the right of a field of width characters.")
{
    uint32_t fill;
    int64_t more = missing(t, args, &fill);
    return more < 0 ? VALUE_EMPTY : pad(t, args[0], (size_t)more, 0, fill);
}
NATIVE(str_center, "center", "($self, width, fillchar=' ', /)",
       "The string in the middle of a field of width characters.")
{
    uint32_t fill;
    int64_t more = missing(t, args, &fill);
    if (more < 0)
        return VALUE_EMPTY;
    int64_t width = (int64_t)str_length(args[0]) + more, left = more / 2 + (more & width & 1);
    return pad(t, args[0], (size_t)left, (size_t)(more - left), fill);
}
NATIVE(str_zfill, "zfill", "($self, width, /)",
       "Zeros before the digits, after a sign, to fill a field of width characters.")
{
    Value width[3] = {args[0], args[1], VALUE_EMPTY};
    uint32_t fill;
    int64_t more = missing(t, width, &fill);
    if (more < 0)
        return VALUE_EMPTY;
    Value r = pad(t, args[0], (size_t)more, 0, '0');
    if (value_is_empty(r) || more == 0)
        return r;
    Str *s = str_of(r);
    if (s->length > (size_t)more) {
        uint32_t c = str_at(s, (size_t)more);
        if (c == '+' || c == '-') {
            str_put(s, 0, c);
            str_put(s, (size_t)more, '0');
        }
    }
    return r;
}
NATIVE(str_expandtabs, "expandtabs", "($self, /, tabsize=8)",
       "A copy with each tab replaced by blanks up to the next column.")
{
    int size = 8;
    if (!value_is_empty(args[1]) && int_to_int(t, args[1], &size) < 0)
        return VALUE_EMPTY;
    const Str *s = str_of(args[0]);
    if (str_find_char(args[0], '\t', 0, s->length) < 0)
        return str_exact(t, args[0]);
    StrBuilder b = {0};
    size_t column = 0, start = 0;
    for (size_t i = 0; i <= s->length; i++) {
        uint32_t c = i < s->length ? str_at(s, i) : '\t';
        if (c != '\t') {
            column = c == '\n' || c == '\r' ? 0 : column + 1;
            continue;
        }
        if (strbuilder_slice(t, &b, args[0], start, i) < 0)
            goto fail;
        start = i + 1;
        if (i < s->length && size > 0) {
            size_t blanks = (size_t)size - column % (size_t)size;
            if (blanks > STR_LENGTH_MAX / 4 - b.length) {
                error_set(t, EXC_OverflowError, "new string is too long");
                goto fail;
            }
            if (strbuilder_fill(t, &b, ' ', blanks) < 0)
                goto fail;
            column += blanks;
        }
    }
    return strbuilder_finish(t, &b);
fail:
    strbuilder_discard(t, &b);
    return VALUE_EMPTY;
}

/* ---- case and questions ---- */

#define MAPPING(method, doc)                                                                                           \
    NATIVE(str_##method, #method, "($self, /)", doc) { return str_##method(t, args[0]); }
MAPPING(lower, "A copy in lower case.")
MAPPING(upper, "A copy in upper case.")
MAPPING(casefold, "A copy suitable for comparing without regard to case.")
MAPPING(title, "A copy with each word beginning in title case, the rest in lower case.")
MAPPING(capitalize, "A copy with the first character in title case, the rest in lower case.")
MAPPING(swapcase, "A copy with upper and lower case exchanged.")

NATIVE(str_isascii, "isascii", "($self, /)", "Whether all characters are ASCII; true when empty.")
{
    return value_from_bool(str_is_ascii(str_of(args[0])));
}
NATIVE(str_islower, "islower", "($self, /)", "Whether there are cased characters and all of them are lower case.")
{
    return value_from_bool(str_is_lower(str_of(args[0])));
}
NATIVE(str_isupper, "isupper", "($self, /)", "Whether there are cased characters and all of them are upper case.")
{
    return value_from_bool(str_is_upper(str_of(args[0])));
}
NATIVE(str_istitle, "istitle", "($self, /)",
       "Whether each word begins in upper or title case and goes on in lower case.")
{
    return value_from_bool(str_is_title(str_of(args[0])));
}
#define QUESTION(method, test, ascii, doc)                                                                             \
    NATIVE(str_##method, #method, "($self, /)", doc)                                                                   \
    {                                                                                                                  \
        return value_from_bool(str_is_all(str_of(args[0]), test, ascii));                                              \
    }
QUESTION(isspace, unicode_is_space, STR_IS_SPACE, "Whether there are characters and all are white space.")
QUESTION(isalpha, unicode_is_alpha, STR_IS_LETTER, "Whether there are characters and all are letters.")
QUESTION(isalnum, unicode_is_alnum, STR_IS_LETTER | STR_IS_DIGIT,
         "Whether there are characters and all are letters or digits.")
QUESTION(isdecimal, unicode_is_decimal, STR_IS_DIGIT, "Whether there are characters and all are decimal digits.")
QUESTION(isdigit, unicode_is_digit, STR_IS_DIGIT, "Whether there are characters and all are digits.")
QUESTION(isnumeric, unicode_is_numeric, STR_IS_DIGIT, "Whether there are characters and all have a numeric value.")
NATIVE(str_isprintable, "isprintable", "($self, /)",
       "Whether all characters would be shown as themselves by repr(); true when empty.")
{
    const Str *s = str_of(args[0]);
    return value_from_bool(s->length == 0 || str_is_all(s, unicode_is_printable, STR_IS_PRINTABLE));
}
NATIVE(str_isidentifier, "isidentifier", "($self, /)",
       "Whether the string is a valid identifier.\n\nkeyword.iskeyword() tells whether it is reserved.")
{
    return value_from_bool(str_is_identifier(args[0]));
}

/* ---- encoding and formatting ---- */

/* A str argument naming a codec or handler as a C string; NULL for an absent one, false with an exception. */
static bool name_arg(Thread *t, Value v, const char *function, const char *parameter, const char **name)
{
    *name = NULL;
    if (value_is_empty(v))
        return true;
    if (!str_check(v)) {
        error_set(t, EXC_TypeError, "%s() argument '%s' must be str, not %M", function, parameter, v);
        return false;
    }
    Str *s = str_of(v);
    if (!str_is_ascii(s)) {
        error_set(t, EXC_LookupError,
                  strcmp(parameter, "errors") == 0 ? "unknown error handler name '%U'" : "unknown encoding: %U", v);
        return false;
    }
    if (memchr(s->data, 0, s->length)) {
        error_set(t, EXC_ValueError, "embedded null character");
        return false;
    }
    *name = (const char *)s->data;
    return true;
}
NATIVE(str_encode, "encode", "($self, /, encoding='utf-8', errors='strict')",
       "The string as bytes.\n\n  encoding\n    The name of the encoding.\n  errors\n    What to do with characters "
       "that cannot be encoded: 'strict' raises\n"
       "    UnicodeEncodeError; others are 'ignore', 'replace', 'xmlcharrefreplace', 'backslashreplace',\n    and what "
       "is registered with codecs.register_error.")
{
    const char *encoding, *errors;
    if (!name_arg(t, args[1], "encode", "encoding", &encoding) || !name_arg(t, args[2], "encode", "errors", &errors))
        return VALUE_EMPTY;
    if (!encoding && !errors)
        return str_to_utf8(t, args[0]);
    return codec_encode(t, args[0], encoding ? encoding : "utf-8", errors);
}
NATIVE(str_format, "format", "($self, /, *args, **kwargs)",
       "The string with each {field} replaced by an argument.\n\nFields are identified by braces.")
{
    return str_format_method(t, args[0], args + 1, n - 1, names);
}
NATIVE(str_format_map, "format_map", "($self, mapping, /)",
       "The string with each {field} replaced by an item of the mapping.")
{
    return str_format_mapping(t, args[0], args[1]);
}
NATIVE(str___format__, "__format__", "($self, format_spec, /)", "The string formatted as described by format_spec.")
{
    if (!str_check(args[1]))
        return error_set(t, EXC_TypeError, "__format__() argument must be str, not %M", args[1]);
    if (str_length(args[1]) == 0)
        return str_check_exact(args[0]) ? ref_inc(t, args[0]) : object_str(t, args[0]);
    return format_str(t, args[0], args[1]);
}

/* ---- translate ---- */

/* What a mapping gives for a character: a code point, or one of these. */
#define TRANSLATE_DELETE (-1)
#define TRANSLATE_TEXT (-2) /* *text is an owned str */
#define TRANSLATE_ERROR (-3)
#define TRANSLATE_UNKNOWN (-4)

static int32_t translate_char(Thread *t, Value table, uint32_t c, Value *text)
{
    Value to = VALUE_EMPTY;
    if (dict_check_exact(table)) {
        int found = dict_get_optional(t, table, value_from_int(c), &to);
        if (found < 0)
            return TRANSLATE_ERROR;
        if (!found)
            return (int32_t)c;
    } else {
        to = object_getitem(t, table, value_from_int(c));
        if (value_is_empty(to))
            return error_swallow(t, EXC_LookupError) ? (int32_t)c : TRANSLATE_ERROR;
    }
    if (value_is_none(to))
        return TRANSLATE_DELETE;
    if (str_check(to)) {
        if (str_length(to) == 1) {
            uint32_t single = str_at(str_of(to), 0);
            ref_dec(t, to);
            return (int32_t)single;
        }
        *text = to;
        return TRANSLATE_TEXT;
    }
    if (int_check(to)) {
        int overflow;
        int64_t i = int_to_int64_overflow(t, to, &overflow);
        ref_dec(t, to);
        if (!overflow && i >= 0 && i < 0x110000)
            return (int32_t)i;
        error_set(t, EXC_ValueError, "character mapping must be in range(0x110000)");
        return TRANSLATE_ERROR;
    }
    ref_dec(t, to);
    error_set(t, EXC_TypeError, "character mapping must return integer, None or str");
    return TRANSLATE_ERROR;
}

NATIVE(str_translate, "translate", "($self, table, /)",
       "A copy with each character replaced by what the table gives for its ordinal.\n\n  table\n    A mapping of "
       "ordinals to ordinals, strings or None (delete);\n"
       "    a LookupError leaves the character as it is.  See str.maketrans().")
{
    const Str *s = str_of(args[0]);
    int32_t known[128]; /* asked once for each ASCII character */
    for (int i = 0; i < 128; i++)
        known[i] = TRANSLATE_UNKNOWN;
    StrBuilder b = {0};
    if (s->length && strbuilder_reserve(t, &b, s->length, 0) < 0)
        return VALUE_EMPTY;
    for (size_t i = 0; i < s->length; i++) {
        uint32_t c = str_at(s, i);
        Value text = VALUE_EMPTY;
        int32_t to = c < 128 ? known[c] : TRANSLATE_UNKNOWN;
        if (to == TRANSLATE_UNKNOWN) {
            to = translate_char(t, args[1], c, &text);
            if (c < 128 && to >= TRANSLATE_DELETE)
                known[c] = to;
        }
        int result = 0;
        if (to >= 0) {
            result = strbuilder_char(t, &b, (uint32_t)to);
        } else if (to == TRANSLATE_TEXT) {
            result = strbuilder_str(t, &b, text);
            ref_dec(t, text);
        }
        if (result < 0 || to == TRANSLATE_ERROR) {
            strbuilder_discard(t, &b);
            return VALUE_EMPTY;
        }
    }
    return strbuilder_finish(t, &b);
}

static Value translation_of_dict(Thread *t, Value from)
{
    if (!dict_check(from))
        return error_set(t, EXC_TypeError, "if you give only one argument to maketrans it must be a dict");
    Value items = dict_items_list(t, from), table = dict_new(t);
    if (value_is_empty(items) || value_is_empty(table))
        goto fail;
    for (size_t i = 0; i < list_length(items); i++) {
        Value key = tuple_peek(list_peek(items, i), 0), value = tuple_peek(list_peek(items, i), 1);
        if (str_check(key)) {
            if (str_length(key) != 1) {
                error_set(t, EXC_ValueError, "string keys in translate table must be of length 1");
                goto fail;
            }
            key = value_from_int(str_at(str_of(key), 0));
        } else if (!int_check(key)) {
            error_set(t, EXC_TypeError, "keys in translate table must be strings or integers");
            goto fail;
        }
        if (dict_set(t, table, key, value) < 0)
            goto fail;
    }
    ref_dec(t, items);
    return table;
fail:
    ref_dec(t, items);
    ref_dec(t, table);
    return VALUE_EMPTY;
}

NATIVE_FLAGS(str_maketrans, "maketrans", "(x, y=<unrepresentable>, z=<unrepresentable>, /)",
             "A translation table for str.translate().\n\nOne argument: a dict of ordinals or characters to ordinals, "
             "strings or None.\n"
             "Two: strings of equal length, each character of the first becomes the one in the second.\nThree: the "
             "characters of the third are deleted.",
             NATIVE_STATIC)
{
    Value x = args[0], y = args[1], z = args[2];
    if (value_is_empty(y))
        return translation_of_dict(t, x);
    if (!require_arg(t, y, "maketrans", " 2") || (!value_is_empty(z) && !require_arg(t, z, "maketrans", " 3")))
        return VALUE_EMPTY;
    if (!str_check(x))
        return error_set(t, EXC_TypeError, "first maketrans argument must be a string if there is a second argument");
    if (str_length(x) != str_length(y))
        return error_set(t, EXC_ValueError, "the first two maketrans arguments must have equal length");
    Value table = dict_new(t);
    if (value_is_empty(table))
        return table;
    for (size_t i = 0; i < str_length(x); i++)
        if (dict_set(t, table, value_from_int(str_at(str_of(x), i)), value_from_int(str_at(str_of(y), i))) < 0)
            goto fail;
    for (size_t i = 0; !value_is_empty(z) && i < str_length(z); i++)
        if (dict_set(t, table, value_from_int(str_at(str_of(z), i)), VALUE_NONE) < 0)
            goto fail;
    return table;
fail:
    ref_dec(t, table);
    return VALUE_EMPTY;
}

/* ---- pickling and size ---- */

NATIVE(str___getnewargs__, "__getnewargs__", "($self, /)", NULL)
{
    /* Always a copy, so that copying an instance of a subclass never shares its text with it. */
    Str *s = str_of(args[0]);
    Value copy = s->length == 1 ? str_from_char(t, str_at(s, 0)) : str_new(t, s->length, str_bound(s));
    if (value_is_empty(copy))
        return copy;
    if (s->length > 1)
        str_copy(str_of(copy), 0, s, 0, s->length);
    return tuple_from_array_take(t, &copy, 1);
}
NATIVE(str___sizeof__, "__sizeof__", "($self, /)", "The size of the string in memory, in bytes.")
{
    Object *o = value_object(args[0]);
    Str *s = str_of(args[0]);
    return int_from_size(t, o->type->size - sizeof(Str) + str_size(s->length, str_kind(s)));
}

static const NativeDef *const str_methods[] = {
    &native_str_encode,       &native_str_replace,        &native_str_split,
    &native_str_rsplit,       &native_str_join,           &native_str_capitalize,
    &native_str_casefold,     &native_str_title,          &native_str_center,
    &native_str_count,        &native_str_expandtabs,     &native_str_find,
    &native_str_partition,    &native_str_index,          &native_str_ljust,
    &native_str_lower,        &native_str_lstrip,         &native_str_rfind,
    &native_str_rindex,       &native_str_rjust,          &native_str_rstrip,
    &native_str_rpartition,   &native_str_splitlines,     &native_str_strip,
    &native_str_swapcase,     &native_str_translate,      &native_str_upper,
    &native_str_startswith,   &native_str_endswith,       &native_str_removeprefix,
    &native_str_removesuffix, &native_str_isascii,        &native_str_islower,
    &native_str_isupper,      &native_str_istitle,        &native_str_isspace,
    &native_str_isdecimal,    &native_str_isdigit,        &native_str_isnumeric,
    &native_str_isalpha,      &native_str_isalnum,        &native_str_isidentifier,
    &native_str_isprintable,  &native_str_zfill,          &native_str_format,
    &native_str_format_map,   &native_str___format__,     &native_str_maketrans,
    &native_str___sizeof__,   &native_str___getnewargs__, NULL,
};

/* ---- slots ---- */

static void dealloc(Thread *t, Object *o)
{
    if (UNLIKELY(o->aux & STR_INTERNED))
        str_intern_remove(t, (Str *)o);
}

static size_t inline_bytes(const Object *o)
{
    const Str *s = (const Str *)o;
    return str_kind(s) ? (s->length + 1) * (size_t)str_kind(s) : 0;
}

/* str(bytes, encoding, errors) */
static Value decode(Thread *t, Value object, const char *encoding, const char *errors)
{
    if (str_check(object))
        return error_set(t, EXC_TypeError, "decoding str is not supported");
    if (!buffer_supported(t, object))
        return error_set(t, EXC_TypeError, "decoding to str: need a bytes-like object, %N found", type_of(t, object));
    return codec_decode_text(t, object, encoding ? encoding : "utf-8", errors);
}

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value v;
    if (LIKELY(n <= 1 && value_is_empty(names))) {
        v = n ? object_str(t, args[0]) : t->interp->empty_str;
    } else {
        Value out[3];
        const char *encoding, *errors;
        if (n > 3 && value_is_empty(names))
            return error_set(t, EXC_TypeError, "str expected at most 3 arguments, got %d", (int)n);
        if (native_parse(t, "str", "(object='', encoding='utf-8', errors='strict')", args, n, names, out) < 0 ||
            !name_arg(t, out[1], "str", "encoding", &encoding) || !name_arg(t, out[2], "str", "errors", &errors))
            return VALUE_EMPTY;
        if (value_is_empty(out[0]))
            v = t->interp->empty_str;
        else if (encoding || errors)
            v = decode(t, out[0], encoding, errors);
        else
            v = object_str(t, out[0]);
    }
    if (value_is_empty(v) || LIKELY(type == t->types[KIND_STR]))
        return v;
    /* An instance of a subclass: a copy with room behind the characters for what the subclass adds. */
    Str *s = str_of(v);
    int kind = str_kind(s);
    Str *self = type_alloc(t, type, (s->length + 1) * (size_t)kind);
    if (self) {
        self->head.aux = (uint16_t)(kind | (s->head.aux & STR_ASCII));
        self->length = s->length;
        memcpy(self->data, s->data, (s->length + 1) * (size_t)kind);
        store_relaxed(&self->hash, atomic_load_explicit(&s->hash, memory_order_relaxed));
    }
    ref_dec(t, v);
    return value_of(self);
}

static Value slot_str(Thread *t, Value self) { return str_exact(t, self); }

static Value compare(Thread *t, Value a, Value b, Compare op)
{
    if (!str_check(a) || !str_check(b))
        return VALUE_NOTIMPLEMENTED;
    if (op == COMPARE_EQ)
        return value_from_bool(str_equal(a, b));
    if (op == COMPARE_NE)
        return value_from_bool(!str_equal(a, b));
    int order = str_compare(a, b);
    switch (op) {
    case COMPARE_LT: return value_from_bool(order < 0);
    case COMPARE_LE: return value_from_bool(order <= 0);
    case COMPARE_GT: return value_from_bool(order > 0);
    default: return value_from_bool(order >= 0);
    }
}

static Value slot_mod(Thread *t, Value a, Value b) { return str_check(a) ? str_mod(t, a, b) : VALUE_NOTIMPLEMENTED; }

static int64_t len(Thread *t, Value self) { return (int64_t)str_length(self); }

Value str_slice_stepped(Thread *t, Value self, int64_t start, int64_t stop, int64_t step)
{
    const Str *s = str_of(self);
    int64_t count = slice_adjust((int64_t)s->length, &start, &stop, step);
    if (count <= 0)
        return t->interp->empty_str;
    if (step == 1)
        return str_slice(t, self, (size_t)start, (size_t)(start + count));
    Value r = str_new(t, (size_t)count, str_bound(s));
    if (value_is_empty(r))
        return r;
    if (str_kind(s) == 1) {
        uint8_t *to = str_of(r)->data;
        for (int64_t k = 0; k < count; k++)
            to[k] = s->data[start + k * step];
    } else {
        for (int64_t k = 0; k < count; k++)
            str_put(str_of(r), (size_t)k, str_at(s, (size_t)(start + k * step)));
    }
    return str_is_ascii(s) ? r : str_renew(t, r);
}

static Value getitem(Thread *t, Value self, Value key)
{
    const Str *s = str_of(self);
    int64_t n = (int64_t)s->length, i;
    if (LIKELY(value_is_int(key))) {
        i = value_to_int(key);
    } else if (object_is(key, KIND_SLICE)) {
        int64_t start, stop, step;
        return slice_unpack(t, key, &start, &stop, &step) < 0 ? VALUE_EMPTY
                                                              : str_slice_stepped(t, self, start, stop, step);
    } else {
        Type *type = type_of(t, key);
        if (!type->slots.index)
            return error_set(t, EXC_TypeError, "string indices must be integers, not '%N'", type);
        i = number_index_int64(t, key, EXC_IndexError);
        if (i == -1 && error_pending(t))
            return VALUE_EMPTY;
    }
    if (i < 0)
        i += n;
    if (UNLIKELY(i < 0 || i >= n))
        return error_set(t, EXC_IndexError, "string index out of range");
    return str_from_char(t, str_at(s, (size_t)i));
}

static int contains(Thread *t, Value self, Value item)
{
    return str_require(t, item, "'in <string>' requires string as left operand, not %N") ? str_contains(self, item)
                                                                                         : -1;
}

static Value concat(Thread *t, Value a, Value b)
{
    if (!str_check(b))
        return error_set(t, EXC_TypeError, "can only concatenate str (not \"%N\") to str", type_of(t, b));
    return str_concat(t, a, b);
}

const TypeSpec type_spec_str = {
    .name = "str",
    .doc = "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\n"
           "A string made from any object by its __str__() or __repr__(), or from bytes\nby decoding them (as UTF-8 "
           "and strictly, unless told otherwise).",
    .kind = KIND_STR,
    .flags = TYPE_BASE | TYPE_MATCH_SELF | TYPE_DEALLOC_REGISTERED,
    .size = offsetof(Str, data),
    .item_size = 1,
    .length = inline_bytes,
    .methods = str_methods,
    .slots =
        {
            .dealloc = dealloc,
            .create = create,
            .repr = str_repr,
            .str = slot_str,
            .hash = str_hash,
            .compare = compare,
            .iter = str_iter,
            .binary[BINARY_MOD] = slot_mod,
            .len = len,
            .getitem = getitem,
            .contains = contains,
            .concat = concat,
            .repeat = str_repeat,
        },
};
