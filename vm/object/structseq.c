/* structseq.c: tuples with named fields.
 *
 * An instance is a Tuple whose `length` counts the visible items only; the other fields lie behind them.  Types made here cannot be subclassed, so the spec is
 * always that of a StructSeqSpec.  No locks: instances do not change.  Read next: structseq.h, tuple.c. */
#include "structseq.h"

#include "../memory/ref.h"
#include "dict.h"
#include "error.h"
#include "str.h"

static const StructSeqSpec *spec_of(const Type *type) { return (const StructSeqSpec *)(const void *)type->spec; }

size_t structseq_fields(const Object *o) { return spec_of(o->type)->total; }

/* The name of an item: unnamed ones come first of the rest, so this is only right for those that repr shows, as in CPython. */
static const char *field_name(const StructSeqSpec *spec, uint32_t index) { return spec->type.members[index].name; }

/* Index of the field that a member stands for. */
static uint32_t member_index(const MemberDef *member)
{
    return (uint32_t)((member->offset - offsetof(Tuple, items)) / sizeof(Value));
}

/* ---- life ---- */

void structseq_dealloc(Thread *t, Object *o)
{
    Tuple *tuple = (Tuple *)o;
    for (size_t i = structseq_fields(o); i-- > 0;)
        ref_dec(t, tuple->items[i]);
}

int structseq_traverse(Object *o, VisitFn visit, void *arg)
{
    Tuple *tuple = (Tuple *)o;
    for (size_t i = structseq_fields(o); i-- > 0;)
        VISIT(tuple->items[i]);
    return 0;
}

Value structseq_new(Thread *t, Type *type)
{
    Tuple *tuple = type_alloc(t, type, spec_of(type)->total);
    if (!tuple)
        return VALUE_EMPTY;
    tuple->length = spec_of(type)->visible;
    tuple->hash = -1;
    return value_of(tuple);
}

Value structseq_finish_take(Thread *t, Value v)
{
    for (size_t i = structseq_fields(value_object(v)); i-- > 0;) {
        if (value_is_empty(tuple_of(v)->items[i])) {
            ref_dec(t, v);
            return VALUE_EMPTY;
        }
    }
    return v;
}

Value structseq_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    const StructSeqSpec *spec = spec_of(type);
    Value out[2];
    if (native_parse(t, type_name(type), "(sequence, dict={})", args, n, names, out) < 0)
        return VALUE_EMPTY;
    Value dict = out[1];
    if (!value_is_empty(dict) && !dict_check(dict))
        return error_set(t, EXC_TypeError, "%s() takes a dict as second arg, if any", spec->type.name);
    Value items = object_to_tuple(t, out[0]);
    if (value_is_empty(items)) {
        if (error_swallow(t, EXC_TypeError))
            error_set(t, EXC_TypeError, "constructor requires a sequence");
        return VALUE_EMPTY;
    }
    size_t length = tuple_length(items);
    Value v = VALUE_EMPTY;
    if (length < spec->visible || length > spec->total) {
        const char *how = spec->visible == spec->total ? "a" : length < spec->visible ? "an at least" : "an at most";
        error_set(t, EXC_TypeError, "%s() takes %s %u-sequence (%zu-sequence given)", spec->type.name, how,
                  length < spec->visible ? spec->visible : spec->total, length);
        goto done;
    }
    v = structseq_new(t, type);
    if (value_is_empty(v))
        goto done;
    for (size_t i = 0; i < length; i++)
        structseq_set_take(v, (uint32_t)i, ref_inc(t, tuple_peek(items, i)));
    size_t used = 0;
    for (const MemberDef *m = spec->type.members; m->name; m++) {
        uint32_t i = member_index(m);
        if (i < length)
            continue;
        Value given = value_is_empty(dict) ? VALUE_EMPTY : dict_get_string(t, dict, m->name);
        used += !value_is_empty(given);
        structseq_set_take(v, i, value_is_empty(given) ? VALUE_NONE : given);
    }
    for (uint32_t i = 0; i < spec->total; i++) {
        if (value_is_empty(tuple_of(v)->items[i]))
            structseq_set_take(v, i, VALUE_NONE);
    }
    if (!value_is_empty(dict) && dict_length(dict) > used) {
        error_set(t, EXC_TypeError, "%s() got duplicate or unexpected field name(s)", spec->type.name);
        ref_clear(t, &v);
    }
done:
    ref_dec(t, items);
    return v;
}

/* ---- methods ---- */

Value structseq_repr(Thread *t, Value self)
{
    const StructSeqSpec *spec = spec_of(type_of(t, self));
    StrBuilder b = {0};
    if (strbuilder_ascii(t, &b, spec->type.name, strlen(spec->type.name)) < 0 || strbuilder_char(t, &b, '(') < 0)
        goto fail;
    for (uint32_t i = 0; i < spec->visible; i++) {
        const char *name = field_name(spec, i);
        if (!name)
            break;
        if ((i > 0 && strbuilder_ascii(t, &b, ", ", 2) < 0) || strbuilder_ascii(t, &b, name, strlen(name)) < 0 ||
            strbuilder_char(t, &b, '=') < 0)
            goto fail;
        Value repr = object_repr(t, tuple_peek(self, i));
        if (value_is_empty(repr) || strbuilder_str(t, &b, repr) < 0) {
            ref_dec(t, repr);
            goto fail;
        }
        ref_dec(t, repr);
    }
    if (strbuilder_char(t, &b, ')') < 0)
        goto fail;
    return strbuilder_finish(t, &b);
fail:
    strbuilder_discard(t, &b);
    return VALUE_EMPTY;
}

/* A dict of the fields that are no items. */
static Value hidden_fields(Thread *t, Value self)
{
    const StructSeqSpec *spec = spec_of(type_of(t, self));
    Value dict = dict_new(t);
    for (const MemberDef *m = spec->type.members; m->name && !value_is_empty(dict); m++) {
        uint32_t i = member_index(m);
        if (i >= spec->visible && dict_set_string(t, dict, m->name, tuple_of(self)->items[i]) < 0)
            ref_clear(t, &dict);
    }
    return dict;
}

NATIVE(reduce, "__reduce__", "($self, /)", "For pickling: the type, the items and a dict of the other fields.")
{
    Value items = tuple_from_array(t, tuple_of(args[0])->items, tuple_length(args[0])),
          dict = hidden_fields(t, args[0]);
    Value arguments = value_is_empty(items) || value_is_empty(dict) ? VALUE_EMPTY : tuple_pack(t, 2, items, dict);
    Value result = value_is_empty(arguments) ? VALUE_EMPTY : tuple_pack(t, 2, value_of(type_of(t, args[0])), arguments);
    ref_dec(t, items);
    ref_dec(t, dict);
    ref_dec(t, arguments);
    return result;
}

NATIVE(replace, "__replace__", "($self, /, **changes)", "A copy in which the given fields have new values.")
{
    const StructSeqSpec *spec = spec_of(type_of(t, args[0]));
    if (n > 1)
        return error_set(t, EXC_TypeError, "__replace__() takes 0 positional arguments but %u were given", n - 1);
    if (spec->unnamed)
        return error_set(t, EXC_TypeError, "__replace__() is not supported for %s because it has unnamed field(s)",
                         spec->type.name);
    size_t changes = value_is_empty(names) ? 0 : tuple_length(names), used = 0;
    Value copy = structseq_new(t, type_of(t, args[0]));
    if (value_is_empty(copy))
        return VALUE_EMPTY;
    for (const MemberDef *m = spec->type.members; m->name; m++) {
        uint32_t i = member_index(m);
        Value field = tuple_of(args[0])->items[i];
        for (size_t j = 0; j < changes; j++) {
            if (str_equal_ascii(tuple_peek(names, j), m->name)) {
                field = args[n + j];
                used++;
            }
        }
        structseq_set_take(copy, i, ref_inc(t, field));
    }
    if (used == changes)
        return copy;
    Value unknown = list_new(t, 0);
    for (size_t j = 0; j < changes && !value_is_empty(unknown); j++) {
        bool known = false;
        for (const MemberDef *m = spec->type.members; m->name; m++)
            known |= str_equal_ascii(tuple_peek(names, j), m->name);
        if (!known && list_append(t, unknown, tuple_peek(names, j)) < 0)
            ref_clear(t, &unknown);
    }
    if (!value_is_empty(unknown))
        error_set(t, EXC_TypeError, "Got unexpected field name(s): %V", unknown);
    ref_dec(t, unknown);
    ref_dec(t, copy);
    return VALUE_EMPTY;
}

const NativeDef *const structseq_methods[] = {&native_reduce, &native_replace, NULL};

/* ---- types ---- */

int structseq_ready(Thread *t, Type *type)
{
    const StructSeqSpec *spec = spec_of(type);
    Value match = tuple_new(t, spec->unnamed ? spec->visible - spec->unnamed : spec->visible);
    if (value_is_empty(match))
        return -1;
    for (size_t i = 0; i < tuple_length(match); i++) {
        Value name = str_intern(t, field_name(spec, (uint32_t)i));
        if (value_is_empty(name)) {
            ref_dec(t, match);
            return -1;
        }
        tuple_of(match)->items[i] = name;
    }
    if (dict_set_string_take(t, type->dict, "__match_args__", match) < 0 ||
        dict_set_string_take(t, type->dict, "n_sequence_fields", value_from_int(spec->visible)) < 0 ||
        dict_set_string_take(t, type->dict, "n_fields", value_from_int(spec->total)) < 0)
        return -1;
    return dict_set_string_take(t, type->dict, "n_unnamed_fields", value_from_int(spec->unnamed));
}

Type *structseq_type(Thread *t, const StructSeqSpec *spec)
{
    return type_from_spec(t, &spec->type, t->types[KIND_TUPLE]);
}
