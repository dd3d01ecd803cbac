/* template.c: template strings (PEP 750): Template, Interpolation and the iterator over a Template's parts.
 *
 * All are immutable but for the iterator, whose position is advanced under its lock.  Read next: template.h, Lib/string/templatelib.py. */
#include "template.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../thread/objlock.h"
#include "dict.h"
#include "error.h"
#include "generic_alias.h"
#include "list.h"
#include "str.h"

static Template *template_of(Value v) { return (Template *)value_object(v); }
static Interpolation *interpolation_of(Value v) { return (Interpolation *)value_object(v); }

/* ---- Interpolation ---- */

static Value make_interpolation(Thread *t, Value value, Value expression, Value conversion, Value format_spec)
{
    Interpolation *i = alloc_object(t, t->types[KIND_INTERPOLATION], sizeof *i);
    if (!i)
        return VALUE_EMPTY;
    i->value = ref_inc(t, value);
    i->expression = ref_inc(t, expression);
    i->conversion = ref_inc(t, conversion);
    i->format_spec = ref_inc(t, format_spec);
    return value_of(i);
}

Value interpolation_new(Thread *t, Value value, Value expression, int conversion, Value format_spec)
{
    return make_interpolation(t, value, expression, conversion ? t->interp->latin1[conversion & 0x7F] : VALUE_NONE,
                              format_spec);
}

static Value interpolation_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value out[4], empty = t->interp->empty_str;
    if (native_parse(t, "Interpolation", "(value, expression='', conversion=None, format_spec='')", args, n, names,
                     out) < 0)
        return VALUE_EMPTY;
    if (value_is_empty(out[1]))
        out[1] = empty;
    if (value_is_empty(out[2]))
        out[2] = VALUE_NONE;
    if (value_is_empty(out[3]))
        out[3] = empty;
    if (!str_check(out[1]))
        return error_set(t, EXC_TypeError, "Interpolation() argument 'expression' must be str, not %N",
                         type_of(t, out[1]));
    if (!value_is_none(out[2])) {
        if (!str_check(out[2]))
            return error_set(t, EXC_TypeError, "Interpolation() argument 'conversion' must be str, not %#T", out[2]);
        if (!str_equal_ascii(out[2], "s") && !str_equal_ascii(out[2], "a") && !str_equal_ascii(out[2], "r"))
            return error_set(t, EXC_ValueError, "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'");
    }
    if (!str_check(out[3]))
        return error_set(t, EXC_TypeError, "Interpolation() argument 'format_spec' must be str, not %N",
                         type_of(t, out[3]));
    return make_interpolation(t, out[0], out[1], out[2], out[3]);
}

static void interpolation_clear(Thread *t, Object *o)
{
    Interpolation *i = (Interpolation *)o;
    ref_clear(t, &i->value);
    ref_clear(t, &i->expression);
    ref_clear(t, &i->conversion);
    ref_clear(t, &i->format_spec);
}

static int interpolation_traverse(Object *o, VisitFn visit, void *arg)
{
    Interpolation *i = (Interpolation *)o;
    VISIT(i->value);
    VISIT(i->expression);
    VISIT(i->conversion);
    VISIT(i->format_spec);
    return 0;
}

static Value interpolation_repr(Thread *t, Value self)
{
    Interpolation *i = interpolation_of(self);
    return str_format(t, "Interpolation(%V, %V, %V, %V)", i->value, i->expression, i->conversion, i->format_spec);
}

NATIVE(interpolation_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Interpolation *i = interpolation_of(args[0]);
    Value fields = tuple_pack(t, 4, i->value, i->expression, i->conversion, i->format_spec);
    if (value_is_empty(fields))
        return fields;
    Value result = tuple_pack(t, 2, value_of(type_of(t, args[0])), fields);
    ref_dec(t, fields);
    return result;
}
NATIVE_FLAGS(class_getitem, "__class_getitem__", "($type, object, /)", "See PEP 585", NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static int interpolation_ready(Thread *t, Type *type)
{
    static const char *const names[4] = {"value", "expression", "conversion", "format_spec"};
    Value fields = tuple_new(t, 4);
    if (value_is_empty(fields))
        return -1;
    for (int i = 0; i < 4; i++) {
        tuple_of(fields)->items[i] = str_intern(t, names[i]);
        if (value_is_empty(tuple_peek(fields, i))) {
            ref_dec(t, fields);
            return -1;
        }
    }
    int result = dict_set(t, type->dict, ID(t, __match_args__), fields);
    ref_dec(t, fields);
    return result;
}

static const NativeDef *const interpolation_methods[] = {&native_interpolation_reduce, &native_class_getitem, NULL};
static const MemberDef interpolation_members[] = {
    {"value", MEMBER_VALUE, offsetof(Interpolation, value), false, "Value"},
    {"expression", MEMBER_VALUE, offsetof(Interpolation, expression), false, "Expression"},
    {"conversion", MEMBER_VALUE, offsetof(Interpolation, conversion), false, "Conversion"},
    {"format_spec", MEMBER_VALUE, offsetof(Interpolation, format_spec), false, "Format specifier"},
    {0},
};

const TypeSpec type_spec_interpolation = {
    .name = "string.templatelib.Interpolation",
    .doc = "A value in a template string, with the source text, conversion and format specifier written beside it.",
    .kind = KIND_INTERPOLATION,
    .size = sizeof(Interpolation),
    .methods = interpolation_methods,
    .members = interpolation_members,
    .signature = "(value, expression='', conversion=None, format_spec='')",
    .ready = interpolation_ready,
    .slots =
        {
            .dealloc = interpolation_clear,
            .traverse = interpolation_traverse,
            .clear = interpolation_clear,
            .create = interpolation_create,
            .repr = interpolation_repr,
        },
};

/* ---- Template ---- */

Value template_new(Thread *t, Value strings, Value interpolations)
{
    Template *template = alloc_object(t, t->types[KIND_TEMPLATE], sizeof *template);
    if (!template)
        return VALUE_EMPTY;
    template->strings = ref_inc(t, strings);
    template->interpolations = ref_inc(t, interpolations);
    return value_of(template);
}

/* The Template of lists of its parts, which are taken. */
static Value template_from_lists_take(Thread *t, Value strings, Value interpolations)
{
    Value result = VALUE_EMPTY;
    Value s = list_to_tuple(t, strings), i = value_is_empty(s) ? VALUE_EMPTY : list_to_tuple(t, interpolations);
    if (!value_is_empty(i))
        result = template_new(t, s, i);
    ref_dec(t, s);
    ref_dec(t, i);
    ref_dec(t, strings);
    ref_dec(t, interpolations);
    return result;
}

/* Template(*parts): neighbouring strings become one, between and around interpolations there is always a string. */
static Value template_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (!value_is_empty(names) && tuple_length(names))
        return error_set(t, EXC_TypeError, "Template.__new__ only accepts *args arguments");
    Value strings = list_new(t, n + 1), interpolations = list_new(t, n);
    if (value_is_empty(strings) || value_is_empty(interpolations))
        goto fail;
    bool string_last = false;
    for (uint32_t i = 0; i < n; i++) {
        bool is_string = str_check(args[i]);
        if (is_string && string_last) {
            size_t last = list_length(strings) - 1;
            Value joined = str_concat(t, list_peek(strings, last), args[i]);
            int result = value_is_empty(joined) ? -1 : list_set(t, strings, last, joined);
            ref_dec(t, joined);
            if (result < 0)
                goto fail;
        } else if (is_string) {
            if (list_append(t, strings, args[i]) < 0)
                goto fail;
        } else if (object_is_exact(args[i], KIND_INTERPOLATION)) {
            if ((!string_last && list_append(t, strings, t->interp->empty_str) < 0) ||
                list_append(t, interpolations, args[i]) < 0)
                goto fail;
        } else {
            error_set(t, EXC_TypeError, "Template.__new__ *args need to be of type 'str' or 'Interpolation', got %#T",
                      args[i]);
            goto fail;
        }
        string_last = is_string;
    }
    if (!string_last && list_append(t, strings, t->interp->empty_str) < 0)
        goto fail;
    return template_from_lists_take(t, strings, interpolations);
fail:
    ref_dec(t, strings);
    ref_dec(t, interpolations);
    return VALUE_EMPTY;
}

static Value template_concat(Thread *t, Value a, Value b)
{
    if (!object_is_exact(a, KIND_TEMPLATE) || !object_is_exact(b, KIND_TEMPLATE))
        return error_set(t, EXC_TypeError, "can only concatenate %#T (not \"%#T\") to %#T", a, b, a);
    Template *x = template_of(a), *y = template_of(b);
    Value strings = list_from_array(t, tuple_of(x->strings)->items, tuple_length(x->strings));
    Value interpolations = list_from_array(t, tuple_of(x->interpolations)->items, tuple_length(x->interpolations));
    if (value_is_empty(strings) || value_is_empty(interpolations))
        goto fail;
    size_t last = list_length(strings) - 1;
    Value joined = str_concat(t, list_peek(strings, last), tuple_peek(y->strings, 0));
    int result = value_is_empty(joined) ? -1 : list_set(t, strings, last, joined);
    ref_dec(t, joined);
    for (size_t i = 1; result == 0 && i < tuple_length(y->strings); i++)
        result = list_append(t, strings, tuple_peek(y->strings, i));
    for (size_t i = 0; result == 0 && i < tuple_length(y->interpolations); i++)
        result = list_append(t, interpolations, tuple_peek(y->interpolations, i));
    if (result < 0)
        goto fail;
    return template_from_lists_take(t, strings, interpolations);
fail:
    ref_dec(t, strings);
    ref_dec(t, interpolations);
    return VALUE_EMPTY;
}

static void template_clear(Thread *t, Object *o)
{
    ref_clear(t, &((Template *)o)->strings);
    ref_clear(t, &((Template *)o)->interpolations);
}

static int template_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Template *)o)->strings);
    VISIT(((Template *)o)->interpolations);
    return 0;
}

static Value template_repr(Thread *t, Value self)
{
    return str_format(t, "Template(strings=%V, interpolations=%V)", template_of(self)->strings,
                      template_of(self)->interpolations);
}

static Value template_values(Thread *t, Value self)
{
    Value from = template_of(self)->interpolations, values = tuple_new(t, tuple_length(from));
    if (!value_is_empty(values))
        for (size_t i = 0; i < tuple_length(from); i++)
            tuple_of(values)->items[i] = ref_inc(t, interpolation_of(tuple_peek(from, i))->value);
    return values;
}

NATIVE(template_reduce, "__reduce__", "($self, /)", "State for pickling.")
{
    Value result = VALUE_EMPTY, function = VALUE_EMPTY, parts = VALUE_EMPTY;
    Value import_args[1] = {str_intern(t, "string.templatelib")};
    if (value_is_empty(import_args[0]))
        return VALUE_EMPTY;
    /* __import__("string.templatelib") gives `string`. */
    Value package = object_call(t, t->interp->import_func, import_args, 1, VALUE_EMPTY);
    ref_dec(t, import_args[0]);
    if (value_is_empty(package))
        return VALUE_EMPTY;
    Value module = object_getattr_string(t, package, "templatelib");
    ref_dec(t, package);
    if (!value_is_empty(module))
        function = object_getattr_string(t, module, "_template_unpickle");
    ref_dec(t, module);
    if (!value_is_empty(function))
        parts = tuple_pack(t, 2, template_of(args[0])->strings, template_of(args[0])->interpolations);
    if (!value_is_empty(parts))
        result = tuple_pack(t, 2, function, parts);
    ref_dec(t, function);
    ref_dec(t, parts);
    return result;
}

/* ---- iteration: strings that are not empty, and interpolations, in order ---- */

typedef struct TemplateIterator {
    Object head;
    Value template; /* empty once exhausted */
    size_t index;   /* of the part: even strings, odd interpolations */
} TemplateIterator;

static Value template_iter(Thread *t, Value self)
{
    TemplateIterator *i = alloc_object(t, t->types[KIND_TEMPLATE_ITERATOR], sizeof *i);
    if (!i)
        return VALUE_EMPTY;
    i->template = ref_inc(t, self);
    return value_of(i);
}

static Value iterator_next(Thread *t, Value self)
{
    TemplateIterator *i = (TemplateIterator *)value_object(self);
    Value part = VALUE_EMPTY, done = VALUE_EMPTY;
    objlock_enter(t, i);
    while (!value_is_empty(i->template) && value_is_empty(part)) {
        Template *template = template_of(i->template);
        size_t at = i->index++ / 2;
        if (i->index % 2 == 0) {
            part = tuple_peek(template->interpolations, at);
        } else if (str_length(tuple_peek(template->strings, at))) {
            part = tuple_peek(template->strings, at);
        }
        ref_inc(t, part);
        if (at + 1 == tuple_length(template->strings) && i->index % 2) {
            done = i->template;
            i->template = VALUE_EMPTY;
        }
    }
    objlock_exit(t, i);
    ref_dec(t, done);
    return part;
}

static void iterator_clear(Thread *t, Object *o) { ref_clear(t, &((TemplateIterator *)o)->template); }
static int iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((TemplateIterator *)o)->template);
    return 0;
}

const TypeSpec type_spec_template_iterator = {
    .name = "string.templatelib.TemplateIter",
    .doc = "Iterator over the parts of a Template.",
    .kind = KIND_TEMPLATE_ITERATOR,
    .flags = TYPE_NO_NEW,
    .size = sizeof(TemplateIterator),
    .slots = {.dealloc = iterator_clear,
              .traverse = iterator_traverse,
              .clear = iterator_clear,
              .iter = slot_iter_self,
              .next = iterator_next},
};

static const NativeDef *const template_methods[] = {&native_template_reduce, &native_class_getitem, NULL};
static const MemberDef template_members[] = {
    {"strings", MEMBER_VALUE, offsetof(Template, strings), false, "Strings"},
    {"interpolations", MEMBER_VALUE, offsetof(Template, interpolations), false, "Interpolations"},
    {0},
};
static const GetSetDef template_getsets[] = {{"values", template_values, NULL, "Values of interpolations"}, {0}};

const TypeSpec type_spec_template = {
    .name = "string.templatelib.Template",
    .doc = "The value of a t-string: its literal text and its interpolations, not yet joined.",
    .kind = KIND_TEMPLATE,
    .size = sizeof(Template),
    .methods = template_methods,
    .members = template_members,
    .getsets = template_getsets,
    .slots =
        {
            .dealloc = template_clear,
            .traverse = template_traverse,
            .clear = template_clear,
            .create = template_create,
            .repr = template_repr,
            .iter = template_iter,
            .concat = template_concat,
        },
};
