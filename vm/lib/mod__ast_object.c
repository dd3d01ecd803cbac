/* mod__ast_object.c: the class _ast.AST: construction by position and keyword, copying, pickling, repr. */
#include "mod__ast.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/generic_alias.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"

static void dealloc(Thread *t, Object *o) { ref_dec(t, ((AstObject *)o)->dict); }
static int traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((AstObject *)o)->dict);
    return 0;
}
static void clear(Thread *t, Object *o) { ref_clear(t, &((AstObject *)o)->dict); }

/* type(self).name as a tuple; empty tuple if there is none, empty with an exception if it is no sequence. */
static Value class_tuple(Thread *t, Value self, Value name)
{
    Value v;
    int found = object_getattr_optional(t, value_of(type_of(t, self)), name, &v);
    if (found <= 0)
        return found < 0 ? VALUE_EMPTY : ref_inc(t, t->interp->empty_tuple);
    Value tuple = object_to_tuple(t, v);
    ref_dec(t, v);
    return tuple;
}

/* ---- construction ---- */

static int warn_deprecated(Thread *t, const char *format, const char *name, Value field)
{
    return error_warn(t, EXC_DeprecationWarning, 1, format, name, field);
}

/* A field that was not given: what it is by default. */
static int default_field(Thread *t, Value self, Value field, Value types)
{
    AstState *s = ast_state(t);
    const char *name = type_name(type_of(t, self));
    Value type = VALUE_EMPTY;
    if (!s)
        return -1;
    if (!value_is_empty(types) && dict_check(types) && dict_get_optional(t, types, field, &type) < 0)
        return -1;
    if (value_is_empty(type))
        return error_warn(t, EXC_DeprecationWarning, 1,
                          "Field %V is missing from %s._field_types. This will become an error in Python 3.15.", field,
                          name);
    int result = 0;
    if (union_check(type)) {
        /* Optional: the class has None for it. */
    } else if (generic_alias_check(type)) {
        Value list = list_new(t, 0);
        result = value_is_empty(list) ? -1 : object_setattr(t, self, field, list);
        ref_dec(t, list);
    } else if (value_is(type, value_of(s->sums[SUM_expr_context]))) {
        result = object_setattr(t, self, field, s->singletons[AST_Load]);
    } else {
        result = warn_deprecated(
            t, "%s.__init__ missing 1 required positional argument: %V. This will become an error in Python 3.15.",
            name, field);
    }
    ref_dec(t, type);
    return result;
}

static int init_keywords(Thread *t, Value self, const Value *values, Value names, Value fields, Value remaining)
{
    AstState *s = ast_state(t);
    const char *class = type_name(type_of(t, self));
    Value attributes = VALUE_EMPTY;
    int result = s ? 0 : -1;
    for (size_t i = 0; result == 0 && i < tuple_length(names); i++) {
        Value name = tuple_peek(names, i);
        int known = object_contains(t, fields, name);
        if (known > 0) {
            int left = set_discard(t, remaining, name);
            if (left == 0)
                error_set(t, EXC_TypeError, "%s got multiple values for argument %V", class, name);
            result = left > 0 ? 0 : -1;
        } else if (known == 0) {
            if (value_is_empty(attributes))
                attributes = class_tuple(t, self, s->attributes);
            known = value_is_empty(attributes) ? -1 : object_contains(t, attributes, name);
            if (known == 0)
                result = warn_deprecated(t,
                                         "%s.__init__ got an unexpected keyword argument %V. Support for arbitrary "
                                         "keyword arguments is deprecated and will be "
                                         "removed in Python 3.15.",
                                         class, name);
        }
        if (known < 0)
            result = -1;
        if (result == 0)
            result = object_setattr(t, self, name, values[i]);
    }
    ref_dec(t, attributes);
    return result;
}

static int init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    AstState *s = ast_state(t);
    Value fields = s ? class_tuple(t, self, s->fields) : VALUE_EMPTY;
    if (value_is_empty(fields))
        return -1;
    int result = -1;
    Value remaining = set_new(t, fields), types = VALUE_EMPTY;
    size_t count = tuple_length(fields);
    if (value_is_empty(remaining))
        goto done;
    if (n > count) {
        error_set(t, EXC_TypeError, "%s constructor takes at most %zu positional argument%s",
                  type_name(type_of(t, self)), count, count == 1 ? "" : "s");
        goto done;
    }
    for (uint32_t i = 0; i < n; i++)
        if (object_setattr(t, self, tuple_peek(fields, i), args[i]) < 0 ||
            set_discard(t, remaining, tuple_peek(fields, i)) < 0)
            goto done;
    if (!value_is_empty(names) && init_keywords(t, self, args + n, names, fields, remaining) < 0)
        goto done;
    result = 0;
    if (set_length(remaining)) {
        if (object_getattr_optional(t, value_of(type_of(t, self)), s->field_types, &types) < 0)
            result = -1;
        for (size_t i = 0; result == 0 && i < count; i++) {
            int left = set_contains(t, remaining, tuple_peek(fields, i));
            if (left != 0)
                result = left < 0 ? -1 : default_field(t, self, tuple_peek(fields, i), types);
        }
    }
done:
    ref_dec(t, types);
    ref_dec(t, remaining);
    ref_dec(t, fields);
    return result;
}

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return value_of(type_alloc(t, type, 0));
}

/* ---- pickling and copying ---- */

NATIVE(reduce, "__reduce__", "($self, /)", "Helps to pickle.")
{
    AstState *s = ast_state(t);
    Value self = args[0], type = value_of(type_of(t, self)), dict;
    int found = s ? object_getattr_optional(t, self, ID(t, __dict__), &dict) : -1;
    if (found <= 0)
        return found < 0 ? VALUE_EMPTY : tuple_pack(t, 2, type, t->interp->empty_tuple);
    /* Fields go as positional arguments as far as they are there without a gap. */
    Value fields = class_tuple(t, self, s->fields), rest = value_is_empty(fields) ? VALUE_EMPTY : dict_copy(t, dict);
    Value list = value_is_empty(rest) ? VALUE_EMPTY : list_new(t, 0), result = VALUE_EMPTY, arguments = VALUE_EMPTY;
    bool good = !value_is_empty(list);
    for (size_t i = 0; good && i < tuple_length(fields); i++) {
        Value v;
        int there = dict_pop(t, rest, tuple_peek(fields, i), &v);
        if (there == 0)
            break;
        good = there > 0 && list_append_take(t, list, v) == 0;
    }
    if (good)
        arguments = list_to_tuple(t, list);
    if (!value_is_empty(arguments))
        result = tuple_pack(t, 3, type, arguments, rest);
    ref_dec(t, arguments);
    ref_dec(t, list);
    ref_dec(t, rest);
    ref_dec(t, fields);
    ref_dec(t, dict);
    return result;
}

/* The reprs of the items, sorted, with commas between. */
static Value joined_reprs(Thread *t, Value set)
{
    Value list = object_to_list(t, set);
    if (value_is_empty(list) || list_sort(t, list, VALUE_EMPTY, false) < 0) {
        ref_dec(t, list);
        return VALUE_EMPTY;
    }
    StrBuilder b = {0};
    for (size_t i = 0; i < list_length(list); i++) {
        Value repr = object_repr(t, list_peek(list, i));
        int bad =
            value_is_empty(repr) || (i && strbuilder_ascii(t, &b, ", ", 2) < 0) ? -1 : strbuilder_str(t, &b, repr);
        ref_dec(t, repr);
        if (bad < 0) {
            strbuilder_discard(t, &b);
            ref_dec(t, list);
            return VALUE_EMPTY;
        }
    }
    ref_dec(t, list);
    return strbuilder_finish(t, &b);
}

/* Are the keywords fields or attributes, and is every field there or optional? */
static int check_replace(Thread *t, Value self, Value dict, Value keywords)
{
    AstState *s = ast_state(t);
    const char *class = type_name(type_of(t, self));
    Value fields = s ? class_tuple(t, self, s->fields) : VALUE_EMPTY;
    Value attributes = value_is_empty(fields) ? VALUE_EMPTY : class_tuple(t, self, s->attributes);
    Value expected = value_is_empty(attributes) ? VALUE_EMPTY : set_new(t, fields);
    int result = value_is_empty(expected) || set_update(t, expected, attributes) < 0 ? -1 : 0;
    size_t position = 0;
    Value key, value;
    while (result == 0 && dict_next(keywords, &position, &key, &value)) {
        int known = set_discard(t, expected, key);
        if (known == 0)
            error_set(t, EXC_TypeError, "%s.__replace__ got an unexpected keyword argument %V.", class, key);
        result = known > 0 ? 0 : -1;
    }
    position = 0;
    while (result == 0 && !value_is_empty(dict) && dict_next(dict, &position, &key, &value))
        if (set_discard(t, expected, key) < 0)
            result = -1;
    for (size_t i = 0; result == 0 && i < tuple_length(attributes); i++)
        if (set_discard(t, expected, tuple_peek(attributes, i)) < 0)
            result = -1;
    /* What the class has a value for (None) may be missing. */
    for (size_t i = 0; result == 0 && i < tuple_length(fields); i++) {
        Value v;
        int found = object_getattr_optional(t, value_of(type_of(t, self)), tuple_peek(fields, i), &v);
        if (found > 0)
            ref_dec(t, v);
        if (found < 0 || (found > 0 && set_discard(t, expected, tuple_peek(fields, i)) < 0))
            result = -1;
    }
    if (result == 0 && set_length(expected)) {
        Value missing = joined_reprs(t, expected);
        size_t n = set_length(expected);
        if (!value_is_empty(missing))
            error_set(t, EXC_TypeError, "%s.__replace__ missing %zu keyword argument%s: %U.", class, n,
                      n == 1 ? "" : "s", missing);
        ref_dec(t, missing);
        result = -1;
    }
    ref_dec(t, expected);
    ref_dec(t, attributes);
    ref_dec(t, fields);
    return result;
}

NATIVE(replace, "__replace__", "($self, /, **fields)", "A copy of the node with new values for the given fields.")
{
    Value self = args[0], dict = VALUE_EMPTY, keywords = dict_new(t), merged = VALUE_EMPTY, result = VALUE_EMPTY;
    if (value_is_empty(keywords))
        return VALUE_EMPTY;
    if (n > 1) {
        ref_dec(t, keywords);
        return error_set(t, EXC_TypeError, "__replace__() takes no positional arguments");
    }
    size_t count = value_is_empty(names) ? 0 : tuple_length(names);
    for (size_t i = 0; i < count; i++)
        if (dict_set(t, keywords, tuple_peek(names, i), args[n + i]) < 0)
            goto done;
    if (object_getattr_optional(t, self, ID(t, __dict__), &dict) < 0 || check_replace(t, self, dict, keywords) < 0)
        goto done;
    merged = value_is_empty(dict) ? dict_new(t) : dict_copy(t, dict);
    if (!value_is_empty(merged) && dict_merge(t, merged, keywords, 1) == 0)
        result = object_call_tuple(t, value_of(type_of(t, self)), t->interp->empty_tuple, merged);
done:
    ref_dec(t, merged);
    ref_dec(t, dict);
    ref_dec(t, keywords);
    return result;
}

/* ---- repr ---- */

static Value repr_depth(Thread *t, Value self, int depth);

static Value repr_value(Thread *t, Value v, int depth)
{
    AstState *s = ast_state_peek(t);
    return s && type_is_subtype(type_of(t, v), s->ast) ? repr_depth(t, v, depth) : object_repr(t, v);
}

/* Of a list no more than the first and the last item are shown. */
static Value repr_items(Thread *t, Value v, int depth)
{
    bool is_list = list_check(v);
    Value items = object_to_tuple(t, v);
    if (value_is_empty(items))
        return VALUE_EMPTY;
    size_t n = tuple_length(items);
    StrBuilder b = {0};
    int bad = strbuilder_char(t, &b, is_list ? '[' : '(');
    for (size_t i = 0; bad == 0 && i < n && i < 2; i++) {
        Value repr = repr_value(t, tuple_peek(items, i ? n - 1 : 0), depth);
        bad = value_is_empty(repr) || (i && strbuilder_ascii(t, &b, ", ", 2) < 0) ? -1 : strbuilder_str(t, &b, repr);
        ref_dec(t, repr);
        if (bad == 0 && i == 0 && n > 2)
            bad = strbuilder_ascii(t, &b, ", ...", 5);
    }
    ref_dec(t, items);
    if (bad == 0)
        bad = strbuilder_char(t, &b, is_list ? ']' : ')');
    if (bad < 0) {
        strbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    return strbuilder_finish(t, &b);
}

static Value repr_depth(Thread *t, Value self, int depth)
{
    AstState *s = ast_state(t);
    const char *class = type_name(type_of(t, self));
    if (!s)
        return VALUE_EMPTY;
    if (depth <= 0)
        return str_format(t, "%s(...)", class);
    Value fields = class_tuple(t, self, s->fields);
    if (value_is_empty(fields))
        return VALUE_EMPTY;
    StrBuilder b = {0};
    int bad = strbuilder_ascii(t, &b, class, strlen(class)) < 0 ? -1 : strbuilder_char(t, &b, '(');
    for (size_t i = 0; bad == 0 && i < tuple_length(fields); i++) {
        Value name = tuple_peek(fields, i), value = object_getattr(t, self, name), repr = VALUE_EMPTY;
        if (!value_is_empty(value))
            repr = list_check(value) || tuple_check(value) ? repr_items(t, value, depth - 1)
                                                           : repr_value(t, value, depth - 1);
        ref_dec(t, value);
        if (value_is_empty(repr) || (i && strbuilder_ascii(t, &b, ", ", 2) < 0) || strbuilder_str(t, &b, name) < 0 ||
            strbuilder_char(t, &b, '=') < 0 || strbuilder_str(t, &b, repr) < 0)
            bad = -1;
        ref_dec(t, repr);
    }
    ref_dec(t, fields);
    if (bad == 0)
        bad = strbuilder_char(t, &b, ')');
    if (bad < 0) {
        strbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    return strbuilder_finish(t, &b);
}

static Value repr(Thread *t, Value self)
{
    if (!recursion_enter(t, " while getting the repr of an object"))
        return VALUE_EMPTY;
    Value result = repr_depth(t, self, 3);
    recursion_leave(t);
    return result;
}

static const NativeDef *const methods[] = {&native_reduce, &native_replace, NULL};
static const GetSetDef getsets[] = {{"__dict__", instance_get_dict, instance_set_dict, "The attributes of the node."},
                                    {NULL, NULL, NULL, NULL}};

const TypeSpec ast_spec = {
    .name = "ast.AST",
    .doc = "The base of all classes of nodes.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE,
    .size = sizeof(AstObject),
    .dict_offset = offsetof(AstObject, dict),
    .methods = methods,
    .getsets = getsets,
    .slots = {.dealloc = dealloc, .traverse = traverse, .clear = clear, .create = create, .init = init, .repr = repr},
};
