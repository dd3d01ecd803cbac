/* mod_unicodedata.c: the module unicodedata: properties, names and normal forms of characters (Unicode 16), and ucd_3_2_0, the same as Unicode 3.2 had them (for IDNA).
 *
 * The functions of the module are also the methods of ucd_3_2_0's type; which it is they see by their first argument.  Constant data, no state, no locks.
 * Read next: ../object/unicode.c (what str itself uses), ../object/unicode_name.c, unicodedata_tables.mjs. */
#include "../object/unicode_name.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/buffer.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../object/unicode_apart.h"

#include "unicode_database.inc"

#define UNCHANGED 255

typedef struct OldDatabase {
    Object head;
    Value version;
} OldDatabase;
static const TypeSpec type_spec_ucd;

static const DatabaseRecord *record(uint32_t c) { return &database_records[database_at(c)]; }
/* What Unicode 3.2 says otherwise, or NULL for the present database. */
static const ChangeRecord *change(Value self, uint32_t c)
{
    return object_is_native(self, &type_spec_ucd) ? &change_records[change_at(c)] : NULL;
}
static bool is_unassigned(const ChangeRecord *old) { return old && old->category == 0; }

/* The argument as a character. */
static bool char_arg(Thread *t, Value v, const char *function, const char *argument, uint32_t *c)
{
    if (LIKELY(str_check(v) && str_length(v) == 1)) {
        *c = str_at(str_of(v), 0);
        return true;
    }
    if (str_check(v))
        error_set(t, EXC_TypeError, "%s(): %s must be a unicode character, not a string of length %zu", function,
                  argument, str_length(v));
    else
        error_set(t, EXC_TypeError, "%s() %s must be a unicode character, not %N", function, argument, type_of(t, v));
    return false;
}
/* The default of an absent property, or ValueError. */
static Value fallback(Thread *t, Value given, const char *message)
{
    return value_is_empty(given) ? error_set(t, EXC_ValueError, "%s", message) : ref_inc(t, given);
}

/* ---- properties ---- */

NATIVE(decimal, "decimal", "($self, chr, default=<unrepresentable>, /)",
       "The value of a decimal digit as an int.\n\nWithout one gives default, or raises ValueError when there is no "
       "default.")
{
    uint32_t c;
    if (!char_arg(t, args[1], "decimal", "argument 1", &c))
        return VALUE_EMPTY;
    const ChangeRecord *old = change(args[0], c);
    int value = is_unassigned(old) ? -1 : old && old->decimal != UNCHANGED ? old->decimal : unicode_decimal(c);
    return value < 0 ? fallback(t, args[2], "not a decimal") : value_from_int(value);
}
NATIVE(digit, "digit", "($self, chr, default=<unrepresentable>, /)",
       "The value of a digit as an int.\n\nWithout one gives default, or raises ValueError when there is no default.")
{
    uint32_t c;
    if (!char_arg(t, args[1], "digit", "argument 1", &c))
        return VALUE_EMPTY;
    int value = unicode_digit(c);
    return value < 0 ? fallback(t, args[2], "not a digit") : value_from_int(value);
}
NATIVE(numeric, "numeric", "($self, chr, default=<unrepresentable>, /)",
       "The numeric value of a character as a float.\n\nWithout one gives default, or raises ValueError when there is "
       "no default.")
{
    uint32_t c;
    if (!char_arg(t, args[1], "numeric", "argument 1", &c))
        return VALUE_EMPTY;
    uint32_t number = is_unassigned(change(args[0], c)) ? 0 : record(c)->numeric;
    return number ? value_from_double(numeric_values[number]) : fallback(t, args[2], "not a numeric character");
}
NATIVE(category, "category", "($self, chr, /)", "The general category of a character, such as 'Lu'.")
{
    uint32_t c;
    if (!char_arg(t, args[1], "category", "argument", &c))
        return VALUE_EMPTY;
    const ChangeRecord *old = change(args[0], c);
    return str_intern(t, category_names[old && old->category != UNCHANGED ? old->category : record(c)->category]);
}
NATIVE(bidirectional, "bidirectional", "($self, chr, /)",
       "The bidirectional class of a character, or the empty string.")
{
    uint32_t c;
    if (!char_arg(t, args[1], "bidirectional", "argument", &c))
        return VALUE_EMPTY;
    const ChangeRecord *old = change(args[0], c);
    return str_intern(
        t, bidirectional_names[old && old->bidirectional != UNCHANGED ? old->bidirectional : record(c)->bidirectional]);
}
NATIVE(combining, "combining", "($self, chr, /)", "The canonical combining class of a character; 0 for most.")
{
    uint32_t c;
    if (!char_arg(t, args[1], "combining", "argument", &c))
        return VALUE_EMPTY;
    return value_from_int(is_unassigned(change(args[0], c)) ? 0 : record(c)->combining);
}
NATIVE(mirrored, "mirrored", "($self, chr, /)", "1 for a character that is mirrored in right-to-left text, else 0.")
{
    uint32_t c;
    if (!char_arg(t, args[1], "mirrored", "argument", &c))
        return VALUE_EMPTY;
    const ChangeRecord *old = change(args[0], c);
    return value_from_int(old && old->mirrored != UNCHANGED ? old->mirrored : record(c)->mirrored);
}
NATIVE(east_asian_width, "east_asian_width", "($self, chr, /)", "The East Asian width of a character, such as 'W'.")
{
    uint32_t c;
    if (!char_arg(t, args[1], "east_asian_width", "argument", &c))
        return VALUE_EMPTY;
    const ChangeRecord *old = change(args[0], c);
    return str_intern(t, width_names[old && old->width != UNCHANGED ? old->width : record(c)->width]);
}

/* The decomposition in the tables: 16-bit units and how many, and its kind ("" is canonical); 0 without one. */
static size_t mapping(uint32_t c, const uint16_t **units, const char **kind)
{
    uint32_t place = decomposition_at(c);
    if (!place)
        return 0;
    *units = decomposition_units + place + 1;
    *kind = decomposition_kinds[decomposition_units[place] >> 8];
    return decomposition_units[place] & 0xFF;
}
static uint32_t next_unit(const uint16_t *units, size_t *i)
{
    uint32_t c = units[(*i)++];
    if ((c & 0xFC00) == 0xD800)
        c = 0x10000 + ((c & 0x3FF) << 10) + (units[(*i)++] & 0x3FFu);
    return c;
}
NATIVE(decomposition, "decomposition", "($self, chr, /)",
       "The decomposition of a character as written in the database, or the empty string.")
{
    uint32_t c;
    if (!char_arg(t, args[1], "decomposition", "argument", &c))
        return VALUE_EMPTY;
    const uint16_t *units;
    const char *kind;
    size_t count = is_unassigned(change(args[0], c)) ? 0 : mapping(c, &units, &kind);
    if (!count)
        return t->interp->empty_str;
    StrBuilder b = {0};
    if (strbuilder_string(t, &b, kind) < 0)
        return VALUE_EMPTY;
    for (size_t i = 0; i < count;) {
        char text[12];
        int at = sizeof text;
        uint32_t part = next_unit(units, &i);
        for (int digits = 0; part || digits < 4; digits++, part >>= 4)
            text[--at] = "0123456789ABCDEF"[part & 0xF];
        if (b.length)
            text[--at] = ' ';
        if (strbuilder_ascii(t, &b, text + at, sizeof text - (size_t)at) < 0) {
            strbuilder_discard(t, &b);
            return VALUE_EMPTY;
        }
    }
    return strbuilder_finish(t, &b);
}

/* ---- normal forms ---- */

typedef enum Form { FORM_NFD, FORM_NFKD, FORM_NFC, FORM_NFKC } Form; /* in the order of the quick checks */
static bool is_compatible(Form form) { return form == FORM_NFKD || form == FORM_NFKC; }
static bool is_composed(Form form) { return form == FORM_NFC || form == FORM_NFKC; }

static bool parse_form(Thread *t, Value v, Form *form)
{
    static const char *const names[] = {"NFD", "NFKD", "NFC", "NFKC"};
    for (int i = 0; i < 4; i++)
        if (str_equal_ascii(v, names[i])) {
            *form = (Form)i;
            return true;
        }
    error_set(t, EXC_ValueError, "invalid normalization form");
    return false;
}

/* UAX 15's quick check: 0 it is normal, 1 maybe, 2 it is not. */
static int quick_check(const Str *s, Form form)
{
    if (str_is_ascii(s))
        return 0;
    uint32_t previous = 0;
    int result = 0;
    for (size_t i = 0; i < s->length; i++) {
        const DatabaseRecord *r = record(str_at(s, i));
        if (r->combining && previous > r->combining)
            return 2;
        previous = r->combining;
        int answer = r->quick_check >> (2 * form) & 3;
        if (answer == 2)
            return 2;
        result |= answer;
    }
    return result;
}

/* Code points on their way through decomposition, ordering and composition. */
typedef struct Text {
    uint32_t *at;
    size_t length, capacity;
} Text;

static int text_add(Thread *t, Text *text, uint32_t c)
{
    if (UNLIKELY(text->length == text->capacity)) {
        size_t capacity = text->capacity + text->capacity / 2 + 16;
        uint32_t *grown = alloc_memory_resize(t, text->at, capacity * sizeof *grown);
        if (!grown)
            return -1;
        text->at = grown;
        text->capacity = capacity;
    }
    text->at[text->length++] = c;
    return 0;
}

#define HANGUL_BASE 0xAC00u
#define HANGUL_COUNT 11172u
#define HANGUL_LEAD 0x1100u
#define HANGUL_VOWEL 0x1161u
#define HANGUL_TAIL 0x11A7u /* one before the first */

/* Appends the full decomposition of c; mappings contain characters that decompose themselves, a few levels deep. */
static int decompose(Thread *t, Text *text, Value self, uint32_t c, bool compatible)
{
    if (c < 0x80)
        return text_add(t, text, c);
    if (c - HANGUL_BASE < HANGUL_COUNT) {
        uint32_t i = c - HANGUL_BASE, tail = i % 28;
        if (text_add(t, text, HANGUL_LEAD + i / 588) < 0 || text_add(t, text, HANGUL_VOWEL + i % 588 / 28) < 0)
            return -1;
        return tail ? text_add(t, text, HANGUL_TAIL + tail) : 0;
    }
    const uint16_t *units;
    const char *kind;
    const ChangeRecord *old = change(self, c);
    size_t count = is_unassigned(old) ? 0 : mapping(c, &units, &kind);
    if (!count || (*kind && !compatible))
        return text_add(t, text, c);
    if (old)
        for (size_t i = 0; i < sizeof old_decompositions / sizeof *old_decompositions; i++)
            if (old_decompositions[i].c == c)
                return text_add(t, text, old_decompositions[i].mapping);
    for (size_t i = 0; i < count;)
        if (decompose(t, text, self, next_unit(units, &i), compatible) < 0)
            return -1;
    return 0;
}

/* Puts each run of combining marks in the order of their classes, keeping equal ones as they were. */
static int order_marks(Thread *t, Text *text)
{
    uint32_t *scratch = NULL;
    size_t room = 0;
    for (size_t i = 0; i < text->length;) {
        if (!record(text->at[i])->combining) {
            i++;
            continue;
        }
        size_t start = i;
        bool ordered = true;
        for (uint32_t previous = 0; i < text->length; i++) {
            uint32_t class = record(text->at[i])->combining;
            if (!class)
                break;
            ordered = ordered && class >= previous;
            previous = class;
        }
        size_t n = i - start;
        uint32_t *marks = text->at + start;
        if (ordered)
            continue;
        if (n < 24) {
            for (size_t k = 1; k < n; k++) {
                uint32_t c = marks[k], class = record(c)->combining;
                size_t j = k;
                for (; j > 0 && record(marks[j - 1])->combining > class; j--)
                    marks[j] = marks[j - 1];
                marks[j] = c;
            }
            continue;
        }
        /* Counted, so that hostile text with long runs takes linear time too. */
        if (room < n) {
            uint32_t *grown = alloc_memory_resize(t, scratch, n * sizeof *grown);
            if (!grown) {
                alloc_memory_free(t, scratch);
                return -1;
            }
            scratch = grown;
            room = n;
        }
        size_t place[257] = {0};
        for (size_t k = 0; k < n; k++)
            place[record(marks[k])->combining + 1]++;
        for (int class = 0; class < 256; class ++)
            place[class + 1] += place[class];
        for (size_t k = 0; k < n; k++)
            scratch[place[record(marks[k])->combining]++] = marks[k];
        memcpy(marks, scratch, n * sizeof *marks);
    }
    alloc_memory_free(t, scratch);
    return 0;
}

/* The character composed of two, or 0. */
static uint32_t compose_pair(uint32_t a, uint32_t b)
{
    if (a - HANGUL_LEAD < 19 && b - HANGUL_VOWEL < 21)
        return HANGUL_BASE + ((a - HANGUL_LEAD) * 21 + (b - HANGUL_VOWEL)) * 28;
    if (a - HANGUL_BASE < HANGUL_COUNT && (a - HANGUL_BASE) % 28 == 0 && b - HANGUL_TAIL - 1 < 27)
        return a + (b - HANGUL_TAIL);
    size_t low = 0, high = sizeof composition_pairs / sizeof *composition_pairs;
    while (low < high) {
        size_t middle = (low + high) / 2;
        uint32_t first = composition_pairs[middle].first, second = composition_pairs[middle].second;
        if (first < a || (first == a && second < b))
            low = middle + 1;
        else if (first == a && second == b)
            return composition_pairs[middle].composed;
        else
            high = middle;
    }
    return 0;
}

static void compose(Text *text)
{
    size_t out = 0, starter = SIZE_MAX;
    uint32_t last_class = 0; /* of what was kept since the starter */
    for (size_t i = 0; i < text->length; i++) {
        uint32_t c = text->at[i], class = record(c)->combining;
        bool adjacent = starter != SIZE_MAX && out == starter + 1;
        if (starter != SIZE_MAX && (adjacent || last_class < class)) {
            uint32_t composed = compose_pair(text->at[starter], c);
            if (composed) {
                text->at[starter] = composed;
                continue;
            }
        }
        if (class == 0)
            starter = out;
        last_class = class;
        text->at[out++] = c;
    }
    text->length = out;
}

static Value normalize(Thread *t, Value self, Value v, Form form)
{
    const Str *s = str_of(v);
    Text text = {0};
    Value result = VALUE_EMPTY;
    text.capacity = s->length + s->length / 4 + 16;
    text.at = alloc_memory(t, text.capacity * sizeof *text.at);
    if (!text.at)
        return VALUE_EMPTY;
    for (size_t i = 0; i < s->length; i++)
        if (decompose(t, &text, self, str_at(s, i), is_compatible(form)) < 0)
            goto done;
    if (order_marks(t, &text) < 0)
        goto done;
    if (is_composed(form))
        compose(&text);
    result = str_from_ucs4(t, text.at, text.length);
done:
    alloc_memory_free(t, text.at);
    return result;
}

static bool normal_form_args(Thread *t, Value *args, const char *function, Form *form)
{
    for (int i = 1; i <= 2; i++)
        if (!str_check(args[i])) {
            error_set(t, EXC_TypeError, "%s() argument %d must be str, not %M", function, i, args[i]);
            return false;
        }
    return str_length(args[2]) == 0 || parse_form(t, args[1], form);
}
NATIVE(normalize, "normalize", "($self, form, unistr, /)",
       "The string in a normal form: 'NFC', 'NFKC', 'NFD' or 'NFKD'.")
{
    Form form = FORM_NFC; /* of no matter to the empty string */
    if (!normal_form_args(t, args, "normalize", &form))
        return VALUE_EMPTY;
    bool old = object_is_native(args[0], &type_spec_ucd);
    if (str_length(args[2]) == 0 || (!old && quick_check(str_of(args[2]), form) == 0))
        return ref_inc(t, args[2]);
    return normalize(t, args[0], args[2], form);
}
NATIVE(is_normalized, "is_normalized", "($self, form, unistr, /)",
       "Whether the string is in a normal form: 'NFC', 'NFKC', 'NFD' or 'NFKD'.")
{
    Form form = FORM_NFC; /* of no matter to the empty string */
    if (!normal_form_args(t, args, "is_normalized", &form))
        return VALUE_EMPTY;
    if (str_length(args[2]) == 0)
        return VALUE_TRUE;
    int answer = object_is_native(args[0], &type_spec_ucd) ? 1 : quick_check(str_of(args[2]), form);
    if (answer != 1)
        return value_from_bool(answer == 0);
    Value normal = normalize(t, args[0], args[2], form);
    if (value_is_empty(normal))
        return normal;
    bool same = str_equal(normal, args[2]);
    ref_dec(t, normal);
    return value_from_bool(same);
}

/* ---- names ---- */

NATIVE(name, "name", "($self, chr, default=<unrepresentable>, /)",
       "The name of a character.\n\nWithout one gives default, or raises ValueError when there is no default.")
{
    uint32_t c;
    char text[UNICODE_NAME_MAX];
    if (!char_arg(t, args[1], "name", "argument 1", &c))
        return VALUE_EMPTY;
    size_t length = is_unassigned(change(args[0], c)) ? 0 : unicode_name(c, text);
    return length ? str_from_utf8(t, text, length) : fallback(t, args[2], "no such name");
}
NATIVE(lookup, "lookup", "($self, name, /)",
       "The character, or sequence of characters, with a name; KeyError without one.")
{
    Buffer view = {0};
    Value owner = VALUE_EMPTY, result = VALUE_EMPTY;
    const char *name;
    size_t length;
    if (str_check(args[1])) {
        name = str_utf8(t, args[1], &length, &owner);
        if (!name)
            return VALUE_EMPTY;
    } else {
        if (buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
            return VALUE_EMPTY;
        name = view.data;
        length = view.length;
    }
    uint32_t out[16];
    bool is_alias, old = object_is_native(args[0], &type_spec_ucd);
    int count = unicode_sequence_from_name(name, length, out, &is_alias);
    if (length > 256)
        error_set(t, EXC_KeyError, "name too long");
    else if (count == 0 || (old && is_alias))
        error_set(t, EXC_KeyError, "undefined character name '%.*s'", (int)length, name);
    else
        result = str_from_ucs4(t, out, (size_t)count);
    ref_dec(t, owner);
    buffer_release(t, &view);
    return result;
}

/* ---- the module ---- */

static const NativeDef *const functions[] = {
    &native_decimal,       &native_digit,
    &native_numeric,       &native_category,
    &native_bidirectional, &native_combining,
    &native_mirrored,      &native_east_asian_width,
    &native_decomposition, &native_normalize,
    &native_is_normalized, &native_name,
    &native_lookup,        NULL,
};

static void ucd_dealloc(Thread *t, Object *o) { ref_clear(t, &((OldDatabase *)o)->version); }
static const MemberDef ucd_members[] = {{"unidata_version", MEMBER_VALUE, offsetof(OldDatabase, version), false, NULL},
                                        {0}};
static const TypeSpec type_spec_ucd = {
    .name = "unicodedata.UCD",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(OldDatabase),
    .methods = functions,
    .members = ucd_members,
    .slots = {.dealloc = ucd_dealloc},
};

static int exec(Thread *t, Value module)
{
    if (!unicode_apart())
        return error_set(t, EXC_ImportError, "the tables of unicodedata could not be loaded"), -1;
    if (module_add_string(t, module, "unidata_version", "16.0.0") < 0)
        return -1;
    Type *type = module_add_type(t, module, &type_spec_ucd, NULL);
    if (!type)
        return -1;
    OldDatabase *old = alloc_object(t, type, sizeof *old);
    if (!old)
        return -1;
    old->version = str_from_string(t, "3.2.0");
    if (value_is_empty(old->version)) {
        ref_dec_ptr(t, old);
        return -1;
    }
    return module_add_take(t, module, "ucd_3_2_0", value_of(old));
}

const ModuleDef module_def_unicodedata = {
    .name = "unicodedata",
    .doc = "The Unicode character database, version 16.0.0: names, properties and normal forms of characters.",
    .methods = functions,
    .exec = exec,
};
