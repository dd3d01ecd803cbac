/* mod__json_encoder.c: _json.make_encoder: a value as JSON text.
 *
 * All text goes to one StrBuilder.  Containers being written are kept on a list of ancestors, which finds cycles without hashing.  Calls of `default` and of a
 * caller's string encoder run Python code: containers are read item by item with their length checked again. */
#include "mod__json.h"

#include <math.h>
#include <stddef.h>

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/list.h"
#include "argument.h"

typedef struct Encoder {
    Object head;
    Value markers, default_, encoder, indent, key_separator, item_separator;
    bool sort_keys, skipkeys, allow_nan;
    int builtin_encoder; /* json_builtin_encoder(encoder) */
} Encoder;

typedef struct Ancestor {
    Value v; /* borrowed: the caller's C frame keeps it */
    const struct Ancestor *outer;
} Ancestor;

typedef struct Job {
    const Encoder *e;
    StrBuilder out;
    const Ancestor *innermost;
} Job;

static int write_value(Thread *t, Job *job, Value v, int64_t level);

static int write_text(Thread *t, Job *job, const char *text) { return strbuilder_string(t, &job->out, text); }

static int write_newline(Thread *t, Job *job, int64_t level)
{
    if (value_is_none(job->e->indent))
        return 0;
    if (strbuilder_char(t, &job->out, '\n') < 0)
        return -1;
    for (int64_t i = 0; i < level; i++)
        if (strbuilder_str(t, &job->out, job->e->indent) < 0)
            return -1;
    return 0;
}

/* Refuses to enter a container that is being written already. */
static int enter(Thread *t, Job *job, Ancestor *a, Value v)
{
    if (!value_is_none(job->e->markers))
        for (const Ancestor *outer = job->innermost; outer; outer = outer->outer)
            if (value_is(outer->v, v))
                return error_set(t, EXC_ValueError, "Circular reference detected"), -1;
    *a = (Ancestor){v, job->innermost};
    job->innermost = a;
    return 0;
}

/* Adds a note to the pending exception telling where it happened. */
static void add_note(Thread *t, Value note)
{
    Value exc = error_take(t);
    if (!value_is_empty(note)) {
        Value result = object_call_method_string(t, exc, "add_note", note, VALUE_EMPTY, VALUE_EMPTY);
        ref_dec(t, result);
    }
    ref_dec(t, note);
    error_clear(t);
    error_restore_take(t, exc);
}

/* A note made while the exception is put aside. */
#define NOTE(...)                                                                                                      \
    do {                                                                                                               \
        Value pending_ = error_take(t);                                                                                \
        Value note_ = str_format(t, __VA_ARGS__);                                                                      \
        error_clear(t);                                                                                                \
        error_restore_take(t, pending_);                                                                               \
        add_note(t, note_);                                                                                            \
    } while (0)

/* ---- scalars ---- */

static int write_str(Thread *t, Job *job, Value v)
{
    if (job->e->builtin_encoder >= 0)
        return json_encode_str(t, &job->out, v, job->e->builtin_encoder == 1);
    Value text = object_call1(t, job->e->encoder, v);
    if (value_is_empty(text))
        return -1;
    int result = -1;
    if (str_check(text))
        result = strbuilder_str(t, &job->out, text);
    else
        error_set(t, EXC_TypeError, "encoder() must return a string, not %.80T", text);
    ref_dec(t, text);
    return result;
}

/* The text of a float in `buffer`, or a constant; NULL with an exception. */
static const char *float_text(Thread *t, const Encoder *e, Value v, char buffer[32])
{
    double d = float_value(v);
    if (isfinite(d)) {
        float_repr(d, buffer);
        return buffer;
    }
    if (!e->allow_nan) {
        error_set(t, EXC_ValueError, "Out of range float values are not JSON compliant: %V", v);
        return NULL;
    }
    return d != d ? "NaN" : d > 0 ? "Infinity" : "-Infinity";
}

static int write_int(Thread *t, Job *job, Value v)
{
    if (value_is_int(v))
        return strbuilder_small_int(t, &job->out, value_to_int(v));
    Value exact = int_exact(t, v), text = value_is_empty(exact) ? VALUE_EMPTY : int_to_str(t, exact, 10);
    ref_dec(t, exact);
    if (value_is_empty(text))
        return -1;
    int result = strbuilder_str(t, &job->out, text);
    ref_dec(t, text);
    return result;
}

/* ---- containers ---- */

static int write_sequence(Thread *t, Job *job, Value v, int64_t level)
{
    bool is_list = list_check(v);
    if ((is_list ? list_length(v) : tuple_length(v)) == 0)
        return write_text(t, job, "[]");
    Ancestor here;
    if (enter(t, job, &here, v) < 0)
        return -1;
    int result = strbuilder_char(t, &job->out, '[');
    level++;
    if (result == 0)
        result = write_newline(t, job, level);
    for (size_t i = 0; result == 0; i++) {
        Value item;
        if (is_list) {
            item = list_get(t, v, i);
            if (value_is_empty(item)) {
                result = error_pending(t) ? -1 : 0;
                break;
            }
        } else {
            if (i >= tuple_length(v))
                break;
            item = ref_inc(t, tuple_peek(v, i));
        }
        if (i && (strbuilder_str(t, &job->out, job->e->item_separator) < 0 || write_newline(t, job, level) < 0))
            result = -1;
        else if ((result = write_value(t, job, item, level)) < 0)
            NOTE("when serializing %#T item %zu", v, i);
        ref_dec(t, item);
    }
    job->innermost = here.outer;
    if (result == 0)
        result = write_newline(t, job, level - 1);
    return result < 0 ? -1 : strbuilder_char(t, &job->out, ']');
}

/* Writes a key: 1, 0 when it is to be skipped, -1. */
static int write_key(Thread *t, Job *job, Value key, bool first, int64_t level)
{
    Value text = VALUE_EMPTY;
    char buffer[32];
    if (str_check(key)) {
        text = ref_inc(t, key);
    } else if (float_check(key)) {
        const char *digits = float_text(t, job->e, key, buffer);
        if (digits)
            text = str_from_string(t, digits);
    } else if (value_is_bool(key) || value_is_none(key)) {
        text = str_intern(t, value_is_none(key) ? "null" : value_is(key, VALUE_TRUE) ? "true" : "false");
    } else if (int_check(key)) {
        Value exact = int_exact(t, key);
        if (!value_is_empty(exact))
            text = int_to_str(t, exact, 10);
        ref_dec(t, exact);
    } else if (job->e->skipkeys) {
        return 0;
    } else {
        error_set(t, EXC_TypeError, "keys must be str, int, float, bool or None, not %.100T", key);
    }
    if (value_is_empty(text))
        return -1;
    int result = 0;
    if (!first)
        result = strbuilder_str(t, &job->out, job->e->item_separator);
    if (result == 0)
        result = write_newline(t, job, level);
    if (result == 0)
        result = write_str(t, job, text);
    ref_dec(t, text);
    return result < 0 || strbuilder_str(t, &job->out, job->e->key_separator) < 0 ? -1 : 1;
}

/* One item of a mapping; *first tells whether any has been written. */
static int write_item(Thread *t, Job *job, Value mapping, Value key, Value value, bool *first, int64_t level)
{
    int written = write_key(t, job, key, *first, level);
    if (written <= 0)
        return written;
    *first = false;
    if (write_value(t, job, value, level) < 0) {
        NOTE("when serializing %#T item %V", mapping, key);
        return -1;
    }
    return 0;
}

/* mapping.items() as a list, sorted if asked for. */
static Value items_of(Thread *t, const Encoder *e, Value mapping)
{
    Value items;
    if (dict_check_exact(mapping)) {
        items = dict_items_list(t, mapping);
    } else {
        Value view = object_call_method_string(t, mapping, "items", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
        if (value_is_empty(view))
            return view;
        items = object_to_list(t, view);
        ref_dec(t, view);
    }
    if (!value_is_empty(items) && e->sort_keys && list_sort(t, items, VALUE_EMPTY, false) < 0)
        ref_clear(t, &items);
    return items;
}

static int write_dict(Thread *t, Job *job, Value v, int64_t level)
{
    if (dict_length(v) == 0)
        return write_text(t, job, "{}");
    Ancestor here;
    if (enter(t, job, &here, v) < 0)
        return -1;
    bool first = true;
    int result = strbuilder_char(t, &job->out, '{');
    level++;
    if (dict_check_exact(v) && !job->e->sort_keys && !t->free_threaded) {
        size_t position = 0;
        Value key, value;
        while (result == 0 && dict_next(v, &position, &key, &value)) {
            ref_inc(t, key);
            ref_inc(t, value);
            result = write_item(t, job, v, key, value, &first, level);
            ref_dec(t, key);
            ref_dec(t, value);
        }
    } else {
        Value items = items_of(t, job->e, v);
        if (value_is_empty(items))
            result = -1;
        for (size_t i = 0; result == 0 && i < list_length(items); i++) {
            Value pair = list_peek(items, i);
            if (!tuple_check(pair) || tuple_length(pair) != 2) {
                error_set(t, EXC_ValueError, "items must return 2-tuples");
                result = -1;
                break;
            }
            result = write_item(t, job, v, tuple_peek(pair, 0), tuple_peek(pair, 1), &first, level);
        }
        ref_dec(t, items);
    }
    job->innermost = here.outer;
    if (result == 0 && !first)
        result = write_newline(t, job, level - 1);
    return result < 0 ? -1 : strbuilder_char(t, &job->out, '}');
}

static int write_default(Thread *t, Job *job, Value v, int64_t level)
{
    Ancestor here;
    if (enter(t, job, &here, v) < 0)
        return -1;
    Value other = object_call1(t, job->e->default_, v);
    int result = -1;
    if (!value_is_empty(other)) {
        result = write_value(t, job, other, level);
        ref_dec(t, other);
        if (result < 0)
            NOTE("when serializing %#T object", v);
    }
    job->innermost = here.outer;
    return result;
}

static int write_value(Thread *t, Job *job, Value v, int64_t level)
{
    if (value_is_none(v))
        return write_text(t, job, "null");
    if (value_is_bool(v))
        return write_text(t, job, value_is(v, VALUE_TRUE) ? "true" : "false");
    if (str_check(v))
        return write_str(t, job, v);
    if (int_check(v))
        return write_int(t, job, v);
    if (float_check(v)) {
        char buffer[32];
        const char *text = float_text(t, job->e, v, buffer);
        return text ? write_text(t, job, text) : -1;
    }
    if (!recursion_enter(t, " while encoding a JSON object"))
        return -1;
    int result = list_check(v) || tuple_check(v) ? write_sequence(t, job, v, level)
                 : dict_check(v)                 ? write_dict(t, job, v, level)
                                                 : write_default(t, job, v, level);
    recursion_leave(t);
    return result;
}

/* ---- the type ---- */

static Value encoder_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    Value out[2];
    int64_t level;
    if (native_parse(t, "_iterencode", "(obj, _current_indent_level)", args, n, names, out) < 0 ||
        argument_size(t, out[1], 0, &level) < 0)
        return VALUE_EMPTY;
    Job job = {.e = (const Encoder *)value_object(self)};
    if (write_value(t, &job, out[0], level) < 0) {
        strbuilder_discard(t, &job.out);
        return VALUE_EMPTY;
    }
    Value text = strbuilder_finish(t, &job.out);
    if (value_is_empty(text))
        return text;
    Value result = tuple_pack(t, 1, text);
    ref_dec(t, text);
    return result;
}

static Value encoder_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value out[9];
    if (native_parse(
            t, "make_encoder",
            "(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)", args,
            n, names, out) < 0)
        return VALUE_EMPTY;
    if (!value_is_none(out[0]) && !dict_check(out[0]))
        return error_set(t, EXC_TypeError, "make_encoder() argument 1 must be dict or None, not %.200T", out[0]);
    if (!value_is_none(out[3]) && !str_check(out[3]))
        return error_set(t, EXC_TypeError, "make_encoder() argument 4 must be str or None, not %.200T", out[3]);
    for (int i = 4; i < 6; i++)
        if (!str_check(out[i]))
            return error_set(t, EXC_TypeError, "make_encoder() argument %d must be str, not %.200T", i + 1, out[i]);
    int flags[3];
    for (int i = 0; i < 3; i++)
        if ((flags[i] = object_truth(t, out[6 + i])) < 0)
            return VALUE_EMPTY;
    Encoder *e = type_alloc(t, type, 0);
    if (!e)
        return VALUE_EMPTY;
    e->markers = ref_inc(t, out[0]);
    e->default_ = ref_inc(t, out[1]);
    e->encoder = ref_inc(t, out[2]);
    e->indent = ref_inc(t, out[3]);
    e->key_separator = ref_inc(t, out[4]);
    e->item_separator = ref_inc(t, out[5]);
    e->sort_keys = flags[0];
    e->skipkeys = flags[1];
    e->allow_nan = flags[2];
    e->builtin_encoder = json_builtin_encoder(out[2]);
    return value_of(e);
}

static void encoder_clear(Thread *t, Object *o)
{
    Encoder *e = (Encoder *)o;
    ref_clear(t, &e->markers);
    ref_clear(t, &e->default_);
    ref_clear(t, &e->encoder);
    ref_clear(t, &e->indent);
    ref_clear(t, &e->key_separator);
    ref_clear(t, &e->item_separator);
}
static int encoder_traverse(Object *o, VisitFn visit, void *arg)
{
    Encoder *e = (Encoder *)o;
    VISIT(e->markers);
    VISIT(e->default_);
    VISIT(e->encoder);
    VISIT(e->indent);
    VISIT(e->key_separator);
    VISIT(e->item_separator);
    return 0;
}

static const MemberDef members[] = {
    {"markers", MEMBER_VALUE, offsetof(Encoder, markers), false, "A dict if cycles are to be found, or None."},
    {"default", MEMBER_VALUE, offsetof(Encoder, default_), false, "Called for values of other types."},
    {"encoder", MEMBER_VALUE, offsetof(Encoder, encoder), false, "Makes the text of a str."},
    {"indent", MEMBER_VALUE, offsetof(Encoder, indent), false, "The text of one level of indentation, or None."},
    {"key_separator", MEMBER_VALUE, offsetof(Encoder, key_separator), false, "Between key and value."},
    {"item_separator", MEMBER_VALUE, offsetof(Encoder, item_separator), false, "Between items."},
    {"sort_keys", MEMBER_BOOL, offsetof(Encoder, sort_keys), false, "Are dicts written in the order of their keys?"},
    {"skipkeys", MEMBER_BOOL, offsetof(Encoder, skipkeys), false, "Are keys of other types left out?"},
    {NULL, 0, 0, false, NULL},
};

const TypeSpec json_encoder_spec = {
    .name = "_json.Encoder",
    .doc = "_iterencode(obj, _current_indent_level): the JSON text of a value, in a tuple.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Encoder),
    .members = members,
    .slots = {.dealloc = encoder_clear, .traverse = encoder_traverse, .create = encoder_create, .call = encoder_call},
};
