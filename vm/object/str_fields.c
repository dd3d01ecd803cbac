/* str_fields.c: str.format and str.format_map: finding the fields of a format string, and what they name.
 *
 * The number part of a format specifier is in format.c.  Formatting runs __format__ of the arguments; the format string cannot change meanwhile, and the values are held. No locks. */
#include "str_fields.h"

#include "dict.h"
#include "format.h"
#include "float.h"
#include "str_internal.h"

/* ---- parsing ---- */

/* The inside of a field, from behind its '{' to behind its '}'. */
static int parse_field(Thread *t, const Str *s, size_t *position, size_t end, Markup *m)
{
    size_t i = *position;
    uint32_t c = 0;
    m->name.start = i;
    for (; i < end; i++) {
        c = str_at(s, i);
        if (c == '{')
            return error_set(t, EXC_ValueError, "unexpected '{' in field name"), -1;
        if (c == '}' || c == ':' || c == '!')
            break;
        if (c == '[')
            while (i + 1 < end && str_at(s, i + 1) != ']')
                i++;
    }
    if (i >= end)
        return error_set(t, EXC_ValueError, "expected '}' before end of string"), -1;
    m->name.end = i++;
    if (c == '!') {
        if (i >= end)
            return error_set(t, EXC_ValueError, "end of string while looking for conversion specifier"), -1;
        m->conversion = str_at(s, i++);
        if (i < end) {
            c = str_at(s, i++);
            if (c != ':' && c != '}')
                return error_set(t, EXC_ValueError, "expected ':' after conversion specifier"), -1;
        }
    }
    if (c == '}') {
        *position = i;
        return 1;
    }
    m->has_spec = true;
    m->spec.start = i;
    for (int depth = 1; i < end; i++) {
        c = str_at(s, i);
        if (c == '{') {
            m->nested = true;
            depth++;
        } else if (c == '}' && --depth == 0) {
            m->spec.end = i;
            *position = i + 1;
            return 1;
        }
    }
    return error_set(t, EXC_ValueError, "unmatched '{' in format spec"), -1;
}

int str_markup_next(Thread *t, const Str *s, size_t *position, size_t end, Markup *m)
{
    size_t i = *position;
    *m = (Markup){.literal = {i, i}};
    if (i >= end)
        return 0;
    uint32_t c = 0;
    while (i < end && (c = str_at(s, i)) != '{' && c != '}')
        i++;
    m->literal.end = i;
    if (i == end) {
        *position = i;
        return 1;
    }
    i++;
    if (i < end && str_at(s, i) == c) {
        /* A doubled brace stands for itself and ends this piece of text. */
        m->literal.end = i;
        *position = i + 1;
        return 1;
    }
    if (c == '}')
        return error_set(t, EXC_ValueError, "Single '}' encountered in format string"), -1;
    if (i == end)
        return error_set(t, EXC_ValueError, "Single '{' encountered in format string"), -1;
    m->has_field = true;
    *position = i;
    return parse_field(t, s, position, end, m);
}

/* A span of decimal digits as a number; -1: it is none; -2 with ValueError. */
static int64_t parse_index(Thread *t, const Str *s, Span span)
{
    if (span.start >= span.end)
        return -1;
    int64_t number = 0;
    for (size_t i = span.start; i < span.end; i++) {
        int digit = unicode_decimal(str_at(s, i));
        if (digit < 0)
            return -1;
        if (number > (INT64_MAX - digit) / 10) {
            error_set(t, EXC_ValueError, "Too many decimal digits in format string");
            return -2;
        }
        number = number * 10 + digit;
    }
    return number;
}

int str_field_first(Thread *t, const Str *s, Span name, Span *first, int64_t *index, size_t *rest)
{
    size_t i = name.start;
    while (i < name.end && str_at(s, i) != '.' && str_at(s, i) != '[')
        i++;
    *first = (Span){name.start, i};
    *rest = i;
    *index = parse_index(t, s, *first);
    return *index == -2 ? -1 : 0;
}

int str_field_next(Thread *t, const Str *s, size_t *position, size_t end, bool *is_attribute, Span *part,
                   int64_t *index)
{
    size_t i = *position;
    if (i >= end)
        return 0;
    uint32_t c = str_at(s, i++);
    part->start = i;
    *index = -1;
    if (c == '.') {
        *is_attribute = true;
        while (i < end && str_at(s, i) != '.' && str_at(s, i) != '[')
            i++;
        part->end = i;
    } else if (c == '[') {
        *is_attribute = false;
        while (i < end && str_at(s, i) != ']')
            i++;
        if (i == end)
            return error_set(t, EXC_ValueError, "Missing ']' in format string"), -1;
        part->end = i++;
        *index = parse_index(t, s, *part);
        if (*index == -2)
            return -1;
    } else {
        return error_set(t, EXC_ValueError, "Only '.' or '[' may follow ']' in format field specifier"), -1;
    }
    if (part->start == part->end)
        return error_set(t, EXC_ValueError, "Empty attribute in format string"), -1;
    *position = i;
    return 1;
}

/* ---- formatting ---- */

/* Where fields get their values: positional arguments and then a value for each of `names`, or a mapping. */
typedef struct Source {
    const Value *args;
    uint32_t n;
    Value names;   /* tuple or empty */
    Value mapping; /* or empty */
    enum { NUMBERING_NONE, NUMBERING_AUTOMATIC, NUMBERING_MANUAL } numbering;
    int64_t next;
} Source;

static Value named_argument(Thread *t, const Source *source, Value format, Span name)
{
    Value key = str_slice(t, format, name.start, name.end), value = VALUE_EMPTY;
    if (value_is_empty(key))
        return key;
    if (!value_is_empty(source->mapping)) {
        value = object_getitem(t, source->mapping, key);
    } else {
        size_t count = value_is_empty(source->names) ? 0 : tuple_length(source->names);
        for (size_t i = 0; i < count && value_is_empty(value); i++)
            if (str_equal(key, tuple_peek(source->names, i)))
                value = ref_inc(t, source->args[source->n + i]);
        if (value_is_empty(value))
            error_key(t, key);
    }
    ref_dec(t, key);
    return value;
}

static int check_numbering(Thread *t, Source *source, bool automatic)
{
    if (source->numbering == NUMBERING_NONE)
        source->numbering = automatic ? NUMBERING_AUTOMATIC : NUMBERING_MANUAL;
    if (source->numbering == NUMBERING_MANUAL && automatic)
        return error_set(t, EXC_ValueError,
                         "cannot switch from manual field specification to automatic field numbering"),
               -1;
    if (source->numbering == NUMBERING_AUTOMATIC && !automatic)
        return error_set(t, EXC_ValueError,
                         "cannot switch from automatic field numbering to manual field specification"),
               -1;
    return 0;
}

/* The value that a field names: owned. */
static Value field_value(Thread *t, Source *source, Value format, Span name)
{
    const Str *s = str_of(format);
    Span first;
    int64_t index;
    size_t position;
    if (str_field_first(t, s, name, &first, &index, &position) < 0)
        return VALUE_EMPTY;
    bool automatic = first.start == first.end;
    if (automatic || index >= 0) {
        if (check_numbering(t, source, automatic) < 0)
            return VALUE_EMPTY;
        if (automatic)
            index = source->next++;
    }
    Value value;
    if (index < 0) {
        value = named_argument(t, source, format, first);
    } else if (!value_is_empty(source->mapping)) {
        return error_set(t, EXC_ValueError, "Format string contains positional fields");
    } else if (index >= (int64_t)source->n) {
        return error_set(t, EXC_IndexError, "Replacement index %lld out of range for positional args tuple",
                         (long long)index);
    } else {
        value = ref_inc(t, source->args[index]);
    }
    while (!value_is_empty(value)) {
        bool is_attribute;
        Span part;
        int result = str_field_next(t, s, &position, name.end, &is_attribute, &part, &index);
        if (result == 0)
            return value;
        Value inner = VALUE_EMPTY;
        if (result > 0) {
            Value key =
                !is_attribute && index >= 0 ? int_from_int64(t, index) : str_slice(t, format, part.start, part.end);
            if (!value_is_empty(key))
                inner = is_attribute ? object_getattr(t, value, key) : object_getitem(t, value, key);
            ref_dec(t, key);
        }
        ref_dec(t, value);
        value = inner;
    }
    return VALUE_EMPTY;
}

static Value convert(Thread *t, Value value, uint32_t conversion)
{
    switch (conversion) {
    case 'r': return object_repr(t, value);
    case 's': return object_str(t, value);
    case 'a': return object_ascii(t, value);
    default:
        if (conversion > 32 && conversion < 127)
            return error_set(t, EXC_ValueError, "Unknown conversion specifier %c", (int)conversion);
        return error_set(t, EXC_ValueError, "Unknown conversion specifier \\x%x", (unsigned)conversion);
    }
}

/* format(value, spec) without looking up __format__ where its result is known. */
static Value render(Thread *t, Value value, Value spec)
{
    if (str_check_exact(value))
        return str_length(spec) == 0 ? ref_inc(t, value) : format_str(t, value, spec);
    if (int_check_exact(value))
        return format_int(t, value, spec);
    if (value_is_double(value))
        return format_float(t, value, spec);
    return object_format(t, value, spec);
}

static Value build(Thread *t, Source *source, Value format, Span span, int depth);

/* Appends a field's text; while it is all of the output it is kept in *only too. */
static int put_field(Thread *t, StrBuilder *b, Source *source, Value format, const Markup *m, int depth, Value *only)
{
    int result = -1;
    Value value = field_value(t, source, format, m->name), spec = VALUE_EMPTY;
    if (value_is_empty(value))
        return -1;
    if (m->conversion) {
        Value converted = convert(t, value, m->conversion);
        ref_dec(t, value);
        value = converted;
        if (value_is_empty(value))
            return -1;
    }
    spec = m->nested ? build(t, source, format, m->spec, depth - 1) : str_slice(t, format, m->spec.start, m->spec.end);
    if (!value_is_empty(spec)) {
        Value text = render(t, value, spec);
        if (!value_is_empty(text) && b->length == 0)
            ref_replace_take(t, only, ref_inc(t, text));
        if (!value_is_empty(text))
            result = strbuilder_str(t, b, text);
        ref_dec(t, text);
    }
    ref_dec(t, spec);
    ref_dec(t, value);
    return result;
}

static Value build(Thread *t, Source *source, Value format, Span span, int depth)
{
    if (depth <= 0)
        return error_set(t, EXC_ValueError, "Max string recursion exceeded");
    StrBuilder b = {0};
    Value only = VALUE_EMPTY;
    Markup m;
    int more;
    size_t position = span.start;
    while ((more = str_markup_next(t, str_of(format), &position, span.end, &m)) > 0) {
        if (m.literal.end - m.literal.start == str_length(format))
            return ref_inc(t, format); /* nothing to replace */
        if (strbuilder_slice(t, &b, format, m.literal.start, m.literal.end) < 0 ||
            (m.has_field && put_field(t, &b, source, format, &m, depth, &only) < 0)) {
            more = -1;
            break;
        }
    }
    /* The same text: then the same object. */
    if (more == 0 && !value_is_empty(only) && str_length(only) == b.length && str_check_exact(only)) {
        strbuilder_discard(t, &b);
        return only;
    }
    ref_dec(t, only);
    if (more < 0) {
        strbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    return strbuilder_finish(t, &b);
}

Value str_format_method(Thread *t, Value format, const Value *args, uint32_t n, Value names)
{
    Source source = {.args = args, .n = n, .names = names};
    return build(t, &source, format, (Span){0, str_length(format)}, 2);
}

Value str_format_mapping(Thread *t, Value format, Value mapping)
{
    Source source = {.mapping = mapping};
    return build(t, &source, format, (Span){0, str_length(format)}, 2);
}
