/* mod__string.c: the module _string: the parser of str.format for string.Formatter.
 *
 * The str that an iterator parses is constant, its position is one word: no locks.  Read next: ../object/str_fields.c. */
#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../object/str_fields.h"

/* formatteriterator and fieldnameiterator: where parsing goes on. */
typedef struct Iterator {
    Object head;
    Value str;
    _Atomic size_t position; /* two threads that share an iterator with the lock off may get an item twice */
    size_t end;
} Iterator;
typedef struct State {
    Type *formatter_iterator, *field_iterator; /* owned */
} State;

static State *state_of(Thread *t) { return t->interp->module_state[MODULE__string]; }

static Value iterator_new(Thread *t, Type *type, Value str, size_t position, size_t end)
{
    Iterator *i = alloc_object(t, type, sizeof *i);
    if (!i)
        return VALUE_EMPTY;
    i->str = ref_inc(t, str);
    i->position = position;
    i->end = end;
    return value_of(i);
}
static void iterator_dealloc(Thread *t, Object *o) { ref_clear(t, &((Iterator *)o)->str); }

static Value span(Thread *t, Value str, Span s) { return str_slice(t, str, s.start, s.end); }

/* A tuple of n owned values, any of which may be empty (failed). */
static Value tuple_take(Thread *t, Value *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (value_is_empty(items[i])) {
            for (size_t k = 0; k < n; k++)
                ref_dec(t, items[k]);
            return VALUE_EMPTY;
        }
    return tuple_from_array_take(t, items, n);
}

/* (literal, field name or None, format spec or None, conversion or None) */
static Value formatter_next(Thread *t, Value self)
{
    Iterator *i = (Iterator *)value_object(self);
    Markup m;
    size_t position = i->position;
    int more = str_markup_next(t, str_of(i->str), &position, i->end, &m);
    i->position = position;
    if (more <= 0)
        return VALUE_EMPTY;
    Value items[4] = {span(t, i->str, m.literal), VALUE_NONE, VALUE_NONE, VALUE_NONE};
    if (m.has_field) {
        items[1] = span(t, i->str, m.name);
        items[2] = span(t, i->str, m.spec);
        if (m.conversion)
            items[3] = str_from_char(t, m.conversion);
    }
    return tuple_take(t, items, 4);
}

/* (is attribute, name or index) */
static Value field_next(Thread *t, Value self)
{
    Iterator *i = (Iterator *)value_object(self);
    bool is_attribute;
    Span part;
    int64_t index;
    size_t position = i->position;
    int more = str_field_next(t, str_of(i->str), &position, i->end, &is_attribute, &part, &index);
    i->position = position;
    if (more <= 0)
        return VALUE_EMPTY;
    Value items[2] = {value_from_bool(is_attribute), index >= 0 ? int_from_int64(t, index) : span(t, i->str, part)};
    return tuple_take(t, items, 2);
}

static bool require_str(Thread *t, Value v)
{
    if (str_check(v))
        return true;
    error_set(t, EXC_TypeError, "expected str, got %N", type_of(t, v));
    return false;
}

NATIVE(formatter_parser, "formatter_parser", "($module, string, /)",
       "Iterates over the literal texts and fields of a format string.")
{
    if (!require_str(t, args[1]))
        return VALUE_EMPTY;
    return iterator_new(t, state_of(t)->formatter_iterator, args[1], 0, str_length(args[1]));
}

NATIVE(formatter_field_name_split, "formatter_field_name_split", "($module, string, /)",
       "Splits a field name: its first part, and an iterator over the attributes and items that follow.")
{
    if (!require_str(t, args[1]))
        return VALUE_EMPTY;
    Span first, whole = {0, str_length(args[1])};
    int64_t index;
    size_t rest;
    if (str_field_first(t, str_of(args[1]), whole, &first, &index, &rest) < 0)
        return VALUE_EMPTY;
    Value items[2] = {index >= 0 ? int_from_int64(t, index) : span(t, args[1], first),
                      iterator_new(t, state_of(t)->field_iterator, args[1], rest, whole.end)};
    return tuple_take(t, items, 2);
}

static const TypeSpec formatter_iterator_spec = {
    .name = "formatteriterator",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(Iterator),
    .slots = {.dealloc = iterator_dealloc, .iter = slot_iter_self, .next = formatter_next},
};
static const TypeSpec field_iterator_spec = {
    .name = "fieldnameiterator",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(Iterator),
    .slots = {.dealloc = iterator_dealloc, .iter = slot_iter_self, .next = field_next},
};

static void free_state(Thread *t, void *p)
{
    State *state = p;
    ref_dec_ptr(t, state->formatter_iterator);
    ref_dec_ptr(t, state->field_iterator);
    alloc_memory_free(t, state);
}

static int exec(Thread *t, Value module)
{
    if (state_of(t))
        return 0;
    State *state = alloc_memory_zeroed(t, 1, sizeof *state);
    if (!state)
        return -1;
    state->formatter_iterator = type_from_spec(t, &formatter_iterator_spec, NULL);
    state->field_iterator = state->formatter_iterator ? type_from_spec(t, &field_iterator_spec, NULL) : NULL;
    if (!state->field_iterator) {
        free_state(t, state);
        return -1;
    }
    t->interp->module_state[MODULE__string] = state;
    return 0;
}

static const NativeDef *const functions[] = {&native_formatter_parser, &native_formatter_field_name_split, NULL};

const ModuleDef module_def__string = {
    .name = "_string",
    .doc = "What string.Formatter shares with str.format: the parsing of format strings and field names.",
    .methods = functions,
    .exec = exec,
    .free_state = free_state,
};
