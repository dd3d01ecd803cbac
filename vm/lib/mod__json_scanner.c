/* mod__json_scanner.c: _json.make_scanner: reads a JSON value.
 *
 * Recursive descent over the document, a str, which is immutable; hooks run Python code but cannot change it.  A Scanner is immutable once made; the memo of
 * keys belongs to one call. */
#include "mod__json.h"

#include <stddef.h>

#include "../memory/ref.h"
#include "../object/bytes.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/native.h"

typedef struct Scanner {
    Object head;
    bool strict;
    Value strict_value, object_hook, object_pairs_hook, parse_float, parse_int, parse_constant;
} Scanner;

typedef struct Scan {
    const Scanner *scanner;
    Value document;
    const Str *s;
    Value memo; /* dict: one str for equal keys */
} Scan;

static Value scan_value(Thread *t, Scan *scan, size_t i, size_t *end);

/* StopIteration(i): nothing that could be a value. */
static Value no_value(Thread *t, size_t i)
{
    return error_set_value(t, t->interp->exceptions[EXC_StopIteration], value_from_int((int64_t)i));
}

static size_t skip_space(const Str *s, size_t i)
{
    while (i < s->length) {
        uint32_t c = str_at(s, i);
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            break;
        i++;
    }
    return i;
}

static bool next_is(const Str *s, size_t i, char c) { return i < s->length && str_at(s, i) == (uint32_t)c; }

static Value scan_key(Thread *t, Scan *scan, size_t i, size_t *end)
{
    Value key = json_scan_string(t, scan->document, i, scan->scanner->strict, end), kept;
    if (value_is_empty(key))
        return key;
    int found = dict_setdefault(t, scan->memo, key, key, &kept);
    ref_dec(t, key);
    return found < 0 ? VALUE_EMPTY : kept;
}

/* Adds one pair to a list of pairs or to a dict. */
static int add_pair(Thread *t, Value result, bool pairs, Value key, Value value)
{
    if (!pairs)
        return dict_set(t, result, key, value);
    Value pair = tuple_pack(t, 2, key, value);
    return list_append_take(t, result, pair);
}

static Value scan_object(Thread *t, Scan *scan, size_t i, size_t *end)
{
    const Scanner *scanner = scan->scanner;
    const Str *s = scan->s;
    bool pairs = !value_is_none(scanner->object_pairs_hook);
    Value result = pairs ? list_new(t, 0) : dict_new(t);
    if (value_is_empty(result))
        return result;
    i = skip_space(s, i);
    if (next_is(s, i, '}')) {
        i++;
    } else {
        for (;;) {
            if (!next_is(s, i, '"')) {
                json_decode_error(t, "Expecting property name enclosed in double quotes", scan->document, i);
                goto fail;
            }
            Value key = scan_key(t, scan, i + 1, &i);
            if (value_is_empty(key))
                goto fail;
            i = skip_space(s, i);
            if (!next_is(s, i, ':')) {
                ref_dec(t, key);
                json_decode_error(t, "Expecting ':' delimiter", scan->document, i);
                goto fail;
            }
            i = skip_space(s, i + 1);
            Value value = scan_value(t, scan, i, &i);
            int ok = value_is_empty(value) ? -1 : add_pair(t, result, pairs, key, value);
            ref_dec(t, key);
            ref_dec(t, value);
            if (ok < 0)
                goto fail;
            i = skip_space(s, i);
            if (next_is(s, i, '}')) {
                i++;
                break;
            }
            if (!next_is(s, i, ',')) {
                json_decode_error(t, "Expecting ',' delimiter", scan->document, i);
                goto fail;
            }
            size_t comma = i;
            i = skip_space(s, i + 1);
            if (next_is(s, i, '}')) {
                json_decode_error(t, "Illegal trailing comma before end of object", scan->document, comma);
                goto fail;
            }
        }
    }
    *end = i;
    Value hook = pairs ? scanner->object_pairs_hook : scanner->object_hook;
    if (!value_is_none(hook)) {
        Value made = object_call1(t, hook, result);
        ref_dec(t, result);
        return made;
    }
    return result;
fail:
    ref_dec(t, result);
    return VALUE_EMPTY;
}

static Value scan_array(Thread *t, Scan *scan, size_t i, size_t *end)
{
    const Str *s = scan->s;
    Value result = list_new(t, 0);
    if (value_is_empty(result))
        return result;
    i = skip_space(s, i);
    if (next_is(s, i, ']')) {
        *end = i + 1;
        return result;
    }
    for (;;) {
        Value value = scan_value(t, scan, i, &i);
        if (value_is_empty(value) || list_append_take(t, result, value) < 0)
            break;
        i = skip_space(s, i);
        if (next_is(s, i, ']')) {
            *end = i + 1;
            return result;
        }
        if (!next_is(s, i, ',')) {
            json_decode_error(t, "Expecting ',' delimiter", scan->document, i);
            break;
        }
        size_t comma = i;
        i = skip_space(s, i + 1);
        if (next_is(s, i, ']')) {
            json_decode_error(t, "Illegal trailing comma before end of array", scan->document, comma);
            break;
        }
    }
    ref_dec(t, result);
    return VALUE_EMPTY;
}

static bool is_digit(const Str *s, size_t i) { return i < s->length && str_at(s, i) - '0' < 10; }

/* A number's text as a str, for a caller's own parse_int or parse_float. */
static Value parse_by(Thread *t, Scan *scan, Value function, size_t start, size_t end)
{
    Value text = str_slice(t, scan->document, start, end);
    if (value_is_empty(text))
        return text;
    Value result = object_call1(t, function, text);
    ref_dec(t, text);
    return result;
}

static Value make_float(Thread *t, Scan *scan, size_t start, size_t end)
{
    char small[64], *text = small;
    size_t n = end - start;
    Value owner = VALUE_EMPTY;
    if (!value_is(scan->scanner->parse_float, value_of(t->types[KIND_FLOAT])))
        return parse_by(t, scan, scan->scanner->parse_float, start, end);
    if (n >= sizeof small) {
        owner = bytes_new(t, NULL, n + 1);
        if (value_is_empty(owner))
            return owner;
        text = (char *)bytes_of(owner)->data;
    }
    for (size_t k = 0; k < n; k++)
        text[k] = (char)str_at(scan->s, start + k);
    text[n] = 0;
    const char *stop;
    double d = float_parse(text, &stop);
    ref_dec(t, owner);
    return value_from_double(d);
}

static Value make_int(Thread *t, Scan *scan, size_t start, size_t end)
{
    if (!value_is(scan->scanner->parse_int, value_of(t->types[KIND_INT])))
        return parse_by(t, scan, scan->scanner->parse_int, start, end);
    size_t i = start;
    bool negative = str_at(scan->s, i) == '-';
    i += negative;
    if (end - i <= 18) {
        int64_t n = 0;
        for (; i < end; i++)
            n = n * 10 + (int64_t)(str_at(scan->s, i) - '0');
        return int_from_int64(t, negative ? -n : n);
    }
    Value text = str_slice(t, scan->document, start, end), owner, result = VALUE_EMPTY;
    if (value_is_empty(text))
        return text;
    size_t length;
    const char *utf8 = str_utf8(t, text, &length, &owner);
    if (utf8)
        result = int_from_string(t, utf8, length, 10, text);
    ref_dec(t, owner);
    ref_dec(t, text);
    return result;
}

static Value scan_number(Thread *t, Scan *scan, size_t start, size_t *end)
{
    const Str *s = scan->s;
    size_t i = start + next_is(s, start, '-');
    if (!is_digit(s, i))
        return no_value(t, start);
    if (str_at(s, i) == '0') {
        i++;
    } else {
        while (is_digit(s, i))
            i++;
    }
    bool is_float = false;
    if (next_is(s, i, '.') && is_digit(s, i + 1)) {
        is_float = true;
        for (i += 2; is_digit(s, i);)
            i++;
    }
    if (i < s->length && (str_at(s, i) | 32) == 'e') {
        size_t k = i + 1;
        if (next_is(s, k, '+') || next_is(s, k, '-'))
            k++;
        if (is_digit(s, k)) {
            is_float = true;
            for (i = k; is_digit(s, i);)
                i++;
        }
    }
    *end = i;
    return is_float ? make_float(t, scan, start, i) : make_int(t, scan, start, i);
}

static bool matches(const Str *s, size_t i, const char *text)
{
    size_t n = strlen(text);
    if (s->length < n || i > s->length - n)
        return false;
    for (size_t k = 0; k < n; k++)
        if (str_at(s, i + k) != (uint8_t)text[k])
            return false;
    return true;
}

static Value constant(Thread *t, Scan *scan, const char *name)
{
    Value text = str_intern(t, name);
    if (value_is_empty(text))
        return text;
    Value result = object_call1(t, scan->scanner->parse_constant, text);
    ref_dec(t, text);
    return result;
}

static Value scan_value(Thread *t, Scan *scan, size_t i, size_t *end)
{
    const Str *s = scan->s;
    if (i >= s->length)
        return no_value(t, i);
    switch (str_at(s, i)) {
    case '"': return json_scan_string(t, scan->document, i + 1, scan->scanner->strict, end);
    case '{':
    case '[': {
        bool object = str_at(s, i) == '{';
        if (!recursion_enter(t, object ? " while decoding a JSON object from a unicode string"
                                       : " while decoding a JSON array from a unicode string"))
            return VALUE_EMPTY;
        Value result = object ? scan_object(t, scan, i + 1, end) : scan_array(t, scan, i + 1, end);
        recursion_leave(t);
        return result;
    }
    case 'n':
        if (matches(s, i, "null"))
            return *end = i + 4, VALUE_NONE;
        break;
    case 't':
        if (matches(s, i, "true"))
            return *end = i + 4, VALUE_TRUE;
        break;
    case 'f':
        if (matches(s, i, "false"))
            return *end = i + 5, VALUE_FALSE;
        break;
    case 'N':
        if (matches(s, i, "NaN"))
            return *end = i + 3, constant(t, scan, "NaN");
        break;
    case 'I':
        if (matches(s, i, "Infinity"))
            return *end = i + 8, constant(t, scan, "Infinity");
        break;
    case '-':
        if (matches(s, i, "-Infinity"))
            return *end = i + 9, constant(t, scan, "-Infinity");
        return scan_number(t, scan, i, end);
    default: return scan_number(t, scan, i, end);
    }
    return no_value(t, i);
}

static Value scanner_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value out[2];
    int64_t index;
    if (native_parse(t, "scan_once", "(string, idx)", args, n, names, out) < 0 || int_to_int64(t, out[1], &index) < 0)
        return VALUE_EMPTY;
    if (!str_check(out[0]))
        return error_set(t, EXC_TypeError, "first argument must be a string, not %.80T", out[0]);
    if (index < 0)
        return error_set(t, EXC_ValueError, "idx cannot be negative");
    Scan scan = {(const Scanner *)value_object(self), out[0], str_of(out[0]), dict_new(t)};
    if (value_is_empty(scan.memo))
        return VALUE_EMPTY;
    size_t end = 0;
    Value value = scan_value(t, &scan, (size_t)index, &end), result = VALUE_EMPTY;
    ref_dec(t, scan.memo);
    if (value_is_empty(value))
        return value;
    result = tuple_pack(t, 2, value, value_from_int((int64_t)end));
    ref_dec(t, value);
    return result;
}

/* ---- the type ---- */

static Value scanner_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value context;
    if (native_parse(t, "make_scanner", "(context)", args, n, names, &context) < 0)
        return VALUE_EMPTY;
    Scanner *s = type_alloc(t, type, 0);
    if (!s)
        return VALUE_EMPTY;
    const struct {
        const char *name;
        Value *slot;
    } attributes[] = {{"strict", &s->strict_value},
                      {"object_hook", &s->object_hook},
                      {"object_pairs_hook", &s->object_pairs_hook},
                      {"parse_float", &s->parse_float},
                      {"parse_int", &s->parse_int},
                      {"parse_constant", &s->parse_constant}};
    bool ok = true;
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes && ok; i++) {
        *attributes[i].slot = object_getattr_string(t, context, attributes[i].name);
        ok = !value_is_empty(*attributes[i].slot);
    }
    int strict = ok ? object_truth(t, s->strict_value) : -1;
    if (strict < 0) {
        ref_dec_ptr(t, s);
        return VALUE_EMPTY;
    }
    s->strict = strict;
    return value_of(s);
}

static void scanner_clear(Thread *t, Object *o)
{
    Scanner *s = (Scanner *)o;
    ref_clear(t, &s->strict_value);
    ref_clear(t, &s->object_hook);
    ref_clear(t, &s->object_pairs_hook);
    ref_clear(t, &s->parse_float);
    ref_clear(t, &s->parse_int);
    ref_clear(t, &s->parse_constant);
}
static int scanner_traverse(Object *o, VisitFn visit, void *arg)
{
    Scanner *s = (Scanner *)o;
    VISIT(s->strict_value);
    VISIT(s->object_hook);
    VISIT(s->object_pairs_hook);
    VISIT(s->parse_float);
    VISIT(s->parse_int);
    VISIT(s->parse_constant);
    return 0;
}

static const MemberDef members[] = {
    {"strict", MEMBER_BOOL, offsetof(Scanner, strict), false, "Are control characters in strings refused?"},
    {"object_hook", MEMBER_VALUE, offsetof(Scanner, object_hook), false, "Called with each object's dict, or None."},
    {"object_pairs_hook", MEMBER_VALUE, offsetof(Scanner, object_pairs_hook), false,
     "Called with each object's pairs, or None."},
    {"parse_float", MEMBER_VALUE, offsetof(Scanner, parse_float), false,
     "Makes a number with a fraction or an exponent."},
    {"parse_int", MEMBER_VALUE, offsetof(Scanner, parse_int), false, "Makes an integer."},
    {"parse_constant", MEMBER_VALUE, offsetof(Scanner, parse_constant), false, "Makes NaN and the infinities."},
    {NULL, 0, 0, false, NULL},
};

const TypeSpec json_scanner_spec = {
    .name = "_json.Scanner",
    .doc = "scan_once(string, idx): the value at an index of a JSON document, and the index behind it.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Scanner),
    .members = members,
    .slots = {.dealloc = scanner_clear, .traverse = scanner_traverse, .create = scanner_create, .call = scanner_call},
};
