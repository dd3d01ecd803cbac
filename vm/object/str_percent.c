/* str_percent.c: the % operator of str.
 *
 * Formatting runs __str__, __int__ and the like of the arguments; the format and the tuple of arguments are held by the caller and cannot change.  No locks.
 * bytes has its own (bytes_percent.c). */
#include "str_internal.h"

#include "float.h"

#include <limits.h>

typedef struct Spec {
    bool left, plus, blank, alternate, zero;
    int64_t width, precision; /* -1: none */
    uint32_t conversion;
} Spec;

typedef struct Job {
    const Str *format;
    size_t position;
    StrBuilder out;
    Value arguments;    /* borrowed: a tuple, or the single argument */
    Value item;         /* owned: the value of the last %(key), or empty */
    Value only;         /* owned: a str that is all of the output so far, or empty */
    size_t next, count; /* arguments used and given */
    bool single, is_mapping;
} Job;

/* The next argument, borrowed. */
static Value next_argument(Thread *t, Job *job)
{
    if (job->next >= job->count)
        return error_set(t, EXC_TypeError, "not enough arguments for format string");
    size_t i = job->next++;
    if (!value_is_empty(job->item))
        return job->item;
    return job->single ? job->arguments : tuple_peek(job->arguments, i);
}

/* ---- parsing a conversion ---- */

/* %(key): looks the key up; the value is the only argument from now on. */
static int parse_key(Thread *t, Job *job, Value format)
{
    if (!job->is_mapping)
        return error_set(t, EXC_TypeError, "format requires a mapping"), -1;
    size_t start = ++job->position, depth = 1;
    for (; job->position < job->format->length; job->position++) {
        uint32_t c = str_at(job->format, job->position);
        if (c == '(')
            depth++;
        else if (c == ')' && --depth == 0)
            break;
    }
    if (job->position == job->format->length)
        return error_set(t, EXC_ValueError, "incomplete format key"), -1;
    Value key = str_slice(t, format, start, job->position++);
    if (value_is_empty(key))
        return -1;
    Value item = object_getitem(t, job->arguments, key);
    ref_dec(t, key);
    if (value_is_empty(item))
        return -1;
    ref_replace_take(t, &job->item, item);
    job->next = 0;
    job->count = 1;
    return 0;
}

/* A number or `*`. */
static int parse_number(Thread *t, Job *job, int64_t *result, bool precision)
{
    const Str *s = job->format;
    const int64_t max = precision ? INT_MAX : PTRDIFF_MAX;
    *result = 0;
    if (job->position < s->length && str_at(s, job->position) == '*') {
        job->position++;
        Value v = next_argument(t, job);
        if (value_is_empty(v))
            return -1;
        if (!int_check(v))
            return error_set(t, EXC_TypeError, "* wants int"), -1;
        int overflow;
        *result = int_to_int64_overflow(t, v, &overflow);
        if (overflow || *result > max || *result < -max)
            return error_set(t, EXC_OverflowError,
                             precision ? "Python int too large to convert to C int"
                                       : "Python int too large to convert to C ssize_t"),
                   -1;
        return 0;
    }
    for (; job->position < s->length; job->position++) {
        uint32_t c = str_at(s, job->position) - '0';
        if (c > 9)
            break;
        if (*result > (max - c) / 10)
            return error_set(t, EXC_ValueError, precision ? "precision too big" : "width too big"), -1;
        *result = *result * 10 + c;
    }
    return 0;
}

static int parse_spec(Thread *t, Job *job, Value format, Spec *spec)
{
    const Str *s = job->format;
    *spec = (Spec){.width = -1, .precision = -1};
    if (job->position < s->length && str_at(s, job->position) == '(' && parse_key(t, job, format) < 0)
        return -1;
    for (; job->position < s->length; job->position++) {
        uint32_t c = str_at(s, job->position);
        if (c == '-')
            spec->left = true;
        else if (c == '+')
            spec->plus = true;
        else if (c == ' ')
            spec->blank = true;
        else if (c == '#')
            spec->alternate = true;
        else if (c == '0')
            spec->zero = true;
        else
            break;
    }
    if (parse_number(t, job, &spec->width, false) < 0)
        return -1;
    if (spec->width < 0) {
        spec->left = true;
        spec->width = -spec->width;
    }
    if (job->position < s->length && str_at(s, job->position) == '.') {
        job->position++;
        if (parse_number(t, job, &spec->precision, true) < 0)
            return -1;
        if (spec->precision < 0)
            spec->precision = 0;
    }
    if (job->position < s->length) {
        uint32_t c = str_at(s, job->position);
        if (c == 'h' || c == 'l' || c == 'L')
            job->position++;
    }
    if (job->position >= s->length)
        return error_set(t, EXC_ValueError, "incomplete format"), -1;
    spec->conversion = str_at(s, job->position++);
    return 0;
}

/* ---- output ---- */

/* A number in ASCII with its sign, filled to the width. */
static int put_number(Thread *t, StrBuilder *b, const Spec *spec, const char *digits, size_t n)
{
    char sign = 0;
    if (n && (*digits == '-' || *digits == '+')) {
        sign = *digits++;
        n--;
    } else if (spec->plus) {
        sign = '+';
    } else if (spec->blank) {
        sign = ' ';
    }
    size_t prefix = 0;
    const char *prefix_text = digits;
    if (spec->alternate && (spec->conversion == 'x' || spec->conversion == 'X' || spec->conversion == 'o') && n >= 2) {
        prefix = 2;
        digits += 2;
        n -= 2;
    }
    size_t whole = n + prefix + (sign != 0), width = (size_t)spec->width;
    size_t pad = width > whole ? width - whole : 0;
    if (pad > STR_LENGTH_MAX / 4)
        return error_no_memory(t), -1;
    if (pad && !spec->left && !spec->zero && strbuilder_fill(t, b, ' ', pad) < 0)
        return -1;
    if ((sign && strbuilder_char(t, b, (uint8_t)sign) < 0) || strbuilder_ascii(t, b, prefix_text, prefix) < 0)
        return -1;
    if (pad && !spec->left && spec->zero && strbuilder_fill(t, b, '0', pad) < 0)
        return -1;
    if (strbuilder_ascii(t, b, digits, n) < 0)
        return -1;
    return pad && spec->left ? strbuilder_fill(t, b, ' ', pad) : 0;
}

static int put_text(Thread *t, StrBuilder *b, const Spec *spec, Value text)
{
    size_t n = str_length(text), width = (size_t)spec->width;
    if (spec->precision >= 0 && n > (size_t)spec->precision)
        n = (size_t)spec->precision;
    size_t pad = width > n ? width - n : 0;
    if (pad > STR_LENGTH_MAX / 4)
        return error_no_memory(t), -1;
    if (pad && !spec->left && strbuilder_fill(t, b, ' ', pad) < 0)
        return -1;
    if ((n == str_length(text) ? strbuilder_str(t, b, text) : strbuilder_slice(t, b, text, 0, n)) < 0)
        return -1;
    return pad && spec->left ? strbuilder_fill(t, b, ' ', pad) : 0;
}

/* ---- numbers ---- */

/* The argument as an exact int: owned. */
static Value integer_argument(Thread *t, Value v, const Spec *spec)
{
    if (int_check(v))
        return int_exact(t, v);
    bool any_real = spec->conversion == 'd' || spec->conversion == 'i' || spec->conversion == 'u';
    const Slots *slots = &type_of(t, v)->slots;
    if (slots->index || slots->to_int || slots->to_float) {
        Value i = any_real ? number_int(t, v) : number_index(t, v);
        if (!value_is_empty(i) || !error_matches(t, EXC_TypeError))
            return i;
        error_clear(t);
    }
    return error_set(t, EXC_TypeError, "%%%c format: %s is required, not %N", (int)spec->conversion,
                     any_real ? "a real number" : "an integer", type_of(t, v));
}

static int put_integer(Thread *t, StrBuilder *b, const Spec *spec, Value v)
{
    if (value_is_int(v) && spec->width <= 0 && spec->precision < 0 && !spec->plus && !spec->blank &&
        (spec->conversion == 'd' || spec->conversion == 'i'))
        return strbuilder_small_int(t, b, value_to_int(v));
    Value exact = integer_argument(t, v, spec);
    if (value_is_empty(exact))
        return -1;
    int base = spec->conversion == 'o' ? 8 : spec->conversion == 'x' || spec->conversion == 'X' ? 16 : 10;
    Value text = int_to_str(t, exact, base);
    ref_dec(t, exact);
    if (value_is_empty(text))
        return -1;
    /* [-][0x]digits, to be given more leading zeros for a precision, and less prefix without '#'. */
    const char *digits = (const char *)str_of(text)->data;
    size_t n = str_length(text), sign = *digits == '-', prefix = base == 10 ? 0 : 2;
    size_t count = n - sign - prefix, zeros = spec->precision > (int64_t)count ? (size_t)spec->precision - count : 0;
    size_t kept = spec->alternate ? prefix : 0, size = sign + kept + zeros + count;
    int result = -1;
    char small[64], *buffer = size <= sizeof small ? small : alloc_memory(t, size);
    if (buffer) {
        char *p = buffer;
        memcpy(p, digits, sign + kept);
        p += sign + kept;
        memset(p, '0', zeros);
        memcpy(p + zeros, digits + sign + prefix, count);
        if (spec->conversion == 'X')
            for (size_t i = 0; i < size; i++)
                if (buffer[i] >= 'a' && buffer[i] <= 'z')
                    buffer[i] -= 'a' - 'A';
        result = put_number(t, b, spec, buffer, size);
        if (buffer != small)
            alloc_memory_free(t, buffer);
    }
    ref_dec(t, text);
    return result;
}

static int put_float(Thread *t, StrBuilder *b, const Spec *spec, Value v)
{
    double d = value_is_double(v) ? value_to_double(v) : number_to_double(t, v);
    if (d == -1.0 && error_pending(t))
        return -1;
    int precision = spec->precision < 0 ? 6 : (int)spec->precision;
    char *text = float_format(t, d, (char)spec->conversion, precision, spec->alternate ? FLOAT_ALT : 0);
    if (!text)
        return -1;
    int result = put_number(t, b, spec, text, strlen(text));
    alloc_memory_free(t, text);
    return result;
}

static Value char_argument(Thread *t, Value v)
{
    if (str_check(v)) {
        if (str_length(v) == 1)
            return str_exact(t, v);
        return error_set(t, EXC_TypeError, "%%c requires an int or a unicode character, not a string of length %zu",
                         str_length(v));
    }
    Value i = number_index(t, v);
    if (value_is_empty(i)) {
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "%%c requires an int or a unicode character, not %#T", v);
        return VALUE_EMPTY;
    }
    if (!value_is_int(i) || value_to_int(i) < 0 || value_to_int(i) > 0x10FFFF) {
        ref_dec(t, i);
        return error_set(t, EXC_OverflowError, "%%c arg not in range(0x110000)");
    }
    return str_from_char(t, (uint32_t)value_to_int(i));
}

/* ---- the operator ---- */

static int put_conversion(Thread *t, Job *job, const Spec *spec)
{
    Value v = next_argument(t, job), text;
    if (value_is_empty(v))
        return -1;
    StrBuilder *b = &job->out;
    switch (spec->conversion) {
    case 's':
        if (LIKELY(str_check_exact(v))) {
            if (b->length == 0 && (spec->precision < 0 || (size_t)spec->precision >= str_length(v)))
                ref_replace_take(t, &job->only, ref_inc(t, v));
            return put_text(t, b, spec, v);
        }
        if (value_is_int(v) && spec->width <= 0 && spec->precision < 0)
            return put_integer(t, b, &(Spec){.precision = -1, .conversion = 'd'}, v);
        text = object_str(t, v);
        break;
    case 'r': text = object_repr(t, v); break;
    case 'a': text = object_ascii(t, v); break;
    case 'c': text = char_argument(t, v); break;
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X': return put_integer(t, b, spec, v);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': return put_float(t, b, spec, v);
    default: {
        uint32_t c = spec->conversion;
        error_set(t, EXC_ValueError, "unsupported format character '%c' (0x%x) at index %zu",
                  c > 31 && c < 127 ? (int)c : '?', c, job->position - 1);
        return -1;
    }
    }
    if (value_is_empty(text))
        return -1;
    Spec whole = *spec;
    if (spec->conversion == 'c')
        whole.precision = -1;
    int result = put_text(t, b, &whole, text);
    ref_dec(t, text);
    return result;
}

/* Where the next '%' is, or the end. */
static size_t next_percent(const Str *format, size_t position)
{
    if (str_kind(format) == 1)
        return str_next_byte(format->data, position, format->length, '%');
    int64_t percent = str_find_char(value_of(format), '%', position, format->length);
    return percent < 0 ? format->length : (size_t)percent;
}

Value str_mod(Thread *t, Value format, Value arguments)
{
    Job job = {.format = str_of(format), .arguments = arguments};
    job.single = !tuple_check(arguments);
    job.count = job.single ? 1 : tuple_length(arguments);
    job.is_mapping = job.single && !str_check(arguments) && type_of(t, arguments)->slots.getitem;
    size_t n = job.format->length;
    for (;;) {
        size_t literal_end = next_percent(job.format, job.position);
        bool last = literal_end == n;
        if (last && job.position == 0 && n) {
            /* Nothing to convert: the format itself. */
            ref_replace_take(t, &job.only, ref_inc(t, format));
        }
        if (strbuilder_slice(t, &job.out, format, job.position, literal_end) < 0)
            goto fail;
        if (last)
            break;
        job.position = literal_end + 1;
        if (job.position < n && str_at(job.format, job.position) == '%') {
            job.position++;
            if (strbuilder_char(t, &job.out, '%') < 0)
                goto fail;
            continue;
        }
        Spec spec;
        uint32_t first = job.position < n ? str_at(job.format, job.position) : 0;
        if (first == 's' || first == 'd') {
            job.position++;
            spec = (Spec){.precision = -1, .conversion = first};
        } else if (parse_spec(t, &job, format, &spec) < 0) {
            goto fail;
        }
        if (put_conversion(t, &job, &spec) < 0)
            goto fail;
    }
    if (job.next < job.count && !job.is_mapping) {
        error_set(t, EXC_TypeError, "not all arguments converted during string formatting");
        goto fail;
    }
    ref_dec(t, job.item);
    /* The same text: then the same object. */
    if (!value_is_empty(job.only) && str_length(job.only) == job.out.length) {
        strbuilder_discard(t, &job.out);
        return job.only;
    }
    ref_dec(t, job.only);
    return strbuilder_finish(t, &job.out);
fail:
    ref_dec(t, job.item);
    ref_dec(t, job.only);
    strbuilder_discard(t, &job.out);
    return VALUE_EMPTY;
}
