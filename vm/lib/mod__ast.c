/* mod__ast.c: the module _ast: a class for every node of ast.def.
 *
 * The classes are made from the tables of ../front/ast_table.h when the module is imported; they are ordinary classes under AST.
 * Read next: mod__ast_object.c (AST itself), mod__ast_convert.c (trees to objects and back). */
#include "mod__ast.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/generic_alias.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../run/frame_access.h"

AstState *ast_state(Thread *t)
{
    if (!ast_state_peek(t)) {
        Value module = import_module(t, "_ast");
        ref_dec(t, module);
        if (value_is_empty(module))
            return NULL;
    }
    return ast_state_peek(t);
}

/* ---- documentation: the grammar of the classes ---- */

static const char *field_type_name(const AstField *f)
{
    switch (f->form) {
    case FIELD_IDENTIFIER:
    case FIELD_IDENTIFIERS: return "identifier";
    case FIELD_STRING: return "string";
    case FIELD_CONSTANT: return "constant";
    case FIELD_INT: return "int";
    default: return ast_sum_name(f->sum);
    }
}

static bool is_sequence(const AstField *f)
{
    return f->form == FIELD_NODES || f->form == FIELD_ENUMS || f->form == FIELD_IDENTIFIERS;
}

static int describe(Thread *t, StrBuilder *b, AstKind kind)
{
    const AstClass *class = ast_class(kind);
    if (strbuilder_ascii(t, b, class->name, strlen(class->name)) < 0)
        return -1;
    for (const AstField *f = class->fields; f->name; f++) {
        const char *type = field_type_name(f), *mark = is_sequence(f) ? (f->optional ? "?*" : "*")
                                                       : f->optional  ? "?"
                                                                      : "";
        if (strbuilder_ascii(t, b, f == class->fields ? "(" : ", ", f == class->fields ? 1 : 2) < 0 ||
            strbuilder_ascii(t, b, type, strlen(type)) < 0 || strbuilder_ascii(t, b, mark, strlen(mark)) < 0 ||
            strbuilder_char(t, b, ' ') < 0 || strbuilder_ascii(t, b, f->name, strlen(f->name)) < 0)
            return -1;
    }
    return class->fields->name ? strbuilder_char(t, b, ')') : 0;
}

static Value class_doc(Thread *t, AstKind kind)
{
    StrBuilder b = {0};
    if (describe(t, &b, kind) < 0) {
        strbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    return strbuilder_finish(t, &b);
}

/* "boolop = And | Or" */
static Value sum_doc(Thread *t, AstSum sum)
{
    StrBuilder b = {0};
    const char *name = ast_sum_name(sum);
    int bad = strbuilder_ascii(t, &b, name, strlen(name));
    bool first = true, plain = true;
    for (int k = 1; k < AST_COUNT; k++)
        if (ast_class((AstKind)k)->sum == sum)
            plain &= !ast_class((AstKind)k)->fields->name;
    for (int k = 1; bad == 0 && k < AST_COUNT; k++) {
        if (ast_class((AstKind)k)->sum != sum)
            continue;
        if (first || plain) {
            bad = strbuilder_ascii(t, &b, first ? " = " : " | ", 3);
        } else {
            /* One a line, under each other. */
            bad = strbuilder_char(t, &b, '\n');
            for (size_t i = 0; bad == 0 && i < strlen(name) + 1; i++)
                bad = strbuilder_char(t, &b, ' ');
            if (bad == 0)
                bad = strbuilder_ascii(t, &b, "| ", 2);
        }
        if (bad == 0)
            bad = describe(t, &b, (AstKind)k);
        first = false;
    }
    if (bad < 0) {
        strbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    return strbuilder_finish(t, &b);
}

/* ---- making classes ---- */

static Type *class_new(Thread *t, const char *name, Type *base, Value fields, Value doc_take)
{
    Value dict = dict_new(t), bases = VALUE_EMPTY, title = VALUE_EMPTY, class = VALUE_EMPTY;
    if (!value_is_empty(dict) && !value_is_empty(doc_take) && dict_set_string(t, dict, "_fields", fields) == 0 &&
        dict_set_string(t, dict, "__match_args__", fields) == 0 &&
        dict_set_string_take(t, dict, "__module__", str_intern(t, "ast")) == 0 &&
        dict_set_string(t, dict, "__doc__", doc_take) == 0) {
        bases = tuple_pack(t, 1, value_of(base));
        title = str_intern(t, name);
    }
    if (!value_is_empty(bases) && !value_is_empty(title))
        class = object_call(t, value_of(t->types[KIND_TYPE]), (Value[]){title, bases, dict}, 3, VALUE_EMPTY);
    ref_dec(t, title);
    ref_dec(t, bases);
    ref_dec(t, dict);
    ref_dec(t, doc_take);
    return value_is_empty(class) ? NULL : type_as(class);
}

static int set_attribute(Thread *t, Type *type, const char *name, Value v)
{
    return object_setattr_string(t, value_of(type), name, v);
}

/* lineno and so on; the end is optional everywhere but in patterns and type parameters. */
static int set_position_attributes(Thread *t, AstState *s, Type *type, AstSum sum, bool has_position)
{
    Value attributes = has_position ? tuple_pack(t, 4, s->lineno, s->col_offset, s->end_lineno, s->end_col_offset)
                                    : ref_inc(t, t->interp->empty_tuple);
    int result = value_is_empty(attributes) ? -1 : object_setattr(t, value_of(type), s->attributes, attributes);
    ref_dec(t, attributes);
    if (result == 0 && has_position && sum != SUM_pattern && sum != SUM_type_param)
        result = object_setattr(t, value_of(type), s->end_lineno, VALUE_NONE) < 0
                     ? -1
                     : object_setattr(t, value_of(type), s->end_col_offset, VALUE_NONE);
    return result;
}

/* What annotations of the field say: str, ast.expr, list[ast.stmt], ast.expr | None. */
static Value field_type(Thread *t, AstState *s, const AstField *f)
{
    Type *base;
    switch (f->form) {
    case FIELD_IDENTIFIER:
    case FIELD_IDENTIFIERS:
    case FIELD_STRING: base = t->types[KIND_STR]; break;
    case FIELD_CONSTANT: base = t->types[KIND_OBJECT]; break;
    case FIELD_INT: base = t->types[KIND_INT]; break;
    default: base = s->sums[f->sum]; break;
    }
    if (is_sequence(f))
        return generic_alias_new(t, value_of(t->types[KIND_LIST]), value_of(base));
    if (!f->optional)
        return ref_inc(t, value_of(base));
    return union_or(t, value_of(base), VALUE_NONE);
}

static int set_field_types(Thread *t, AstState *s, AstKind kind)
{
    const AstClass *class = ast_class(kind);
    Type *type = s->classes[kind];
    Value types = dict_new(t);
    int result = value_is_empty(types) ? -1 : 0;
    for (uint32_t i = 0; result == 0 && class->fields[i].name; i++) {
        const AstField *f = &class->fields[i];
        Value v = field_type(t, s, f);
        result = value_is_empty(v) ? -1 : dict_set(t, types, s->names[kind][i], v);
        ref_dec(t, v);
        if (result == 0 && f->optional && !is_sequence(f))
            result = object_setattr(t, value_of(type), s->names[kind][i], VALUE_NONE);
    }
    if (result == 0)
        result = object_setattr(t, value_of(type), s->field_types, types) < 0
                     ? -1
                     : set_attribute(t, type, "__annotations__", types);
    ref_dec(t, types);
    return result;
}

static bool is_product(AstSum sum)
{
    return strcmp(ast_sum_name(sum), "") != 0 && sum >= SUM_comprehension && sum != SUM_excepthandler &&
           sum < SUM_pattern;
}

static int make_sums(Thread *t, AstState *s)
{
    for (int sum = 1; sum < SUM_COUNT; sum++) {
        if (is_product((AstSum)sum))
            continue;
        s->sums[sum] = class_new(t, ast_sum_name((AstSum)sum), s->ast, t->interp->empty_tuple, sum_doc(t, (AstSum)sum));
        bool has_position = sum == SUM_stmt || sum == SUM_expr || sum == SUM_excepthandler || sum == SUM_pattern ||
                            sum == SUM_type_param;
        if (!s->sums[sum] || set_position_attributes(t, s, s->sums[sum], (AstSum)sum, has_position) < 0)
            return -1;
    }
    return 0;
}

static int make_classes(Thread *t, AstState *s)
{
    Value *names = s->all_names;
    for (int k = 1; k < AST_COUNT; k++) {
        const AstClass *class = ast_class((AstKind)k);
        uint32_t n = ast_field_count((AstKind)k);
        s->names[k] = names;
        for (uint32_t i = 0; i < n; i++)
            if (value_is_empty(*names++ = str_intern(t, class->fields[i].name)))
                return -1;
        Value fields = tuple_from_array(t, s->names[k], n);
        bool product = is_product(class->sum);
        Value doc = class_doc(t, (AstKind)k);
        if (!value_is_empty(fields))
            s->classes[k] = class_new(t, class->name, product ? s->ast : s->sums[class->sum], fields, doc);
        else
            ref_dec(t, doc);
        ref_dec(t, fields);
        if (!s->classes[k])
            return -1;
        if (product) {
            s->sums[class->sum] = ref_inc_ptr(t, s->classes[k]);
            if (set_position_attributes(t, s, s->classes[k], class->sum, class->has_position) < 0)
                return -1;
        }
    }
    for (int k = 1; k < AST_COUNT; k++) {
        if (set_field_types(t, s, (AstKind)k) < 0)
            return -1;
        if (ast_class((AstKind)k)->is_enum &&
            value_is_empty(s->singletons[k] = object_call0(t, value_of(s->classes[k]))))
            return -1;
    }
    return 0;
}

static void free_state(Thread *t, void *state)
{
    AstState *s = state;
    Value *const values[] = {&s->lineno, &s->col_offset, &s->end_lineno, &s->end_col_offset,
                             &s->fields, &s->attributes, &s->field_types};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        ref_clear(t, values[i]);
    for (int k = 0; k < AST_COUNT; k++) {
        for (uint32_t i = 0; s->names[k] && i < ast_field_count((AstKind)k); i++)
            ref_clear(t, &s->names[k][i]);
        ref_clear(t, &s->singletons[k]);
        REF_CLEAR_PTR(t, s->classes[k]);
    }
    for (int sum = 0; sum < SUM_COUNT; sum++)
        REF_CLEAR_PTR(t, s->sums[sum]);
    REF_CLEAR_PTR(t, s->ast);
    alloc_memory_free(t, s->all_names);
    alloc_memory_free(t, s);
}

static AstState *state_new(Thread *t)
{
    AstState *s = alloc_memory_zeroed(t, 1, sizeof *s);
    if (!s)
        return NULL;
    t->interp->module_state[MODULE__ast] = s;
    size_t total = 0;
    for (int k = 1; k < AST_COUNT; k++)
        total += ast_field_count((AstKind)k);
    s->all_names = alloc_memory_zeroed(t, total, sizeof(Value));
    static const char *const texts[] = {"lineno",  "col_offset",  "end_lineno",  "end_col_offset",
                                        "_fields", "_attributes", "_field_types"};
    Value *const values[] = {&s->lineno, &s->col_offset, &s->end_lineno, &s->end_col_offset,
                             &s->fields, &s->attributes, &s->field_types};
    bool good = s->all_names != NULL;
    for (size_t i = 0; good && i < sizeof texts / sizeof texts[0]; i++)
        good = !value_is_empty(*values[i] = str_intern(t, texts[i]));
    s->ast = good ? type_from_spec(t, &ast_spec, NULL) : NULL;
    Value empty = t->interp->empty_tuple;
    if (!s->ast || type_set_attr(t, s->ast, s->fields, empty) < 0 ||
        type_set_attr(t, s->ast, s->attributes, empty) < 0 ||
        object_setattr_string(t, value_of(s->ast), "__match_args__", empty) < 0 || make_sums(t, s) < 0 ||
        make_classes(t, s) < 0) {
        t->interp->module_state[MODULE__ast] = NULL;
        free_state(t, s);
        return NULL;
    }
    return s;
}

static int exec(Thread *t, Value module)
{
    AstState *s = ast_state_peek(t);
    if (!s && !(s = state_new(t)))
        return -1;
    if (module_add_int(t, module, "PyCF_ALLOW_TOP_LEVEL_AWAIT", 0x2000) < 0 ||
        module_add_int(t, module, "PyCF_ONLY_AST", 0x400) < 0 ||
        module_add_int(t, module, "PyCF_TYPE_COMMENTS", 0x1000) < 0 ||
        module_add_int(t, module, "PyCF_OPTIMIZED_AST", 0x8400) < 0 ||
        module_add_take(t, module, "AST", ref_inc(t, value_of(s->ast))) < 0)
        return -1;
    for (int sum = 1; sum < SUM_COUNT; sum++)
        if (!is_product((AstSum)sum) &&
            module_add_take(t, module, ast_sum_name((AstSum)sum), ref_inc(t, value_of(s->sums[sum]))) < 0)
            return -1;
    for (int k = 1; k < AST_COUNT; k++)
        if (module_add_take(t, module, ast_class((AstKind)k)->name, ref_inc(t, value_of(s->classes[k]))) < 0)
            return -1;
    return 0;
}

static const NativeDef *const functions[] = {NULL};

const ModuleDef module_def__ast = {
    .name = "_ast",
    .doc = "The classes of syntax trees.",
    .methods = functions,
    .exec = exec,
    .free_state = free_state,
};
