/* mod__ast_convert.c: syntax trees in C to node objects, and back with checks. */
#include "mod__ast.h"

#include "../front/ast_validate.h"
#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"

int ast_object_check(Thread *t, Value v)
{
    const AstState *s = ast_state_peek(t);
    return s && type_is_subtype(type_of(t, v), s->ast);
}

/* ---- trees to objects ---- */

static Value node_object(Thread *t, AstState *s, const void *node);

static Value optional_value(Thread *t, Value v) { return value_is_empty(v) ? VALUE_NONE : ref_inc(t, v); }

static Value field_object(Thread *t, AstState *s, const void *node, const AstField *f)
{
    const void *at = ast_field(node, f);
    switch (f->form) {
    case FIELD_NODE: return node_object(t, s, *(void *const *)at);
    case FIELD_ENUM: return ref_inc(t, s->singletons[*(const AstKind *)at]);
    case FIELD_INT: return value_from_int(*(const int *)at);
    case FIELD_IDENTIFIER:
    case FIELD_STRING:
    case FIELD_CONSTANT: return optional_value(t, *(const Value *)at);
    default: break;
    }
    uint32_t n = **(const uint32_t *const *)at;
    Value list = list_new(t, n);
    for (uint32_t i = 0; i < n && !value_is_empty(list); i++) {
        Value item = f->form == FIELD_NODES   ? node_object(t, s, (*(AstNodeSeq *const *)at)->at[i])
                     : f->form == FIELD_ENUMS ? ref_inc(t, s->singletons[(*(AstKindSeq *const *)at)->at[i]])
                                              : ref_inc(t, (*(AstValueSeq *const *)at)->at[i]);
        if (value_is_empty(item) || list_append_take(t, list, item) < 0)
            ref_clear(t, &list);
    }
    return list;
}

static int set_position(Thread *t, AstState *s, Value dict, const Position *p)
{
    return dict_set(t, dict, s->lineno, value_from_int(p->line)) < 0 ||
                   dict_set(t, dict, s->col_offset, value_from_int(p->column)) < 0 ||
                   dict_set(t, dict, s->end_lineno, value_from_int(p->end_line)) < 0 ||
                   dict_set(t, dict, s->end_col_offset, value_from_int(p->end_column)) < 0
               ? -1
               : 0;
}

static Value make_object(Thread *t, AstState *s, const void *node)
{
    AstKind kind = ast_kind(node);
    const AstClass *class = ast_class(kind);
    AstObject *o = type_alloc(t, s->classes[kind], 0);
    if (!o)
        return VALUE_EMPTY;
    Value result = value_of(o);
    o->dict = dict_new_sized(t, ast_field_count(kind) + 4);
    int bad = value_is_empty(o->dict) ? -1 : 0;
    for (uint32_t i = 0; bad == 0 && class->fields[i].name; i++) {
        Value v = field_object(t, s, node, &class->fields[i]);
        bad = value_is_empty(v) ? -1 : dict_set(t, o->dict, s->names[kind][i], v);
        ref_dec(t, v);
    }
    if (bad == 0 && class->has_position)
        bad = set_position(t, s, o->dict, ast_position(node));
    if (bad < 0)
        ref_clear(t, &result);
    return result;
}

static Value node_object(Thread *t, AstState *s, const void *node)
{
    if (!node)
        return VALUE_NONE;
    if (!recursion_enter(t, " during ast construction"))
        return VALUE_EMPTY;
    Value result = make_object(t, s, node);
    recursion_leave(t);
    return result;
}

Value ast_to_object(Thread *t, const AstMod *mod)
{
    AstState *s = ast_state(t);
    return s ? node_object(t, s, mod) : VALUE_EMPTY;
}

/* ---- objects to trees ---- */

typedef struct Reader {
    Thread *t;
    AstState *s;
    Arena *arena;
} Reader;

static int read_node(Reader *r, AstSum sum, Value v, void **node);

/* Which class of a sum is v an instance of? AST_NONE with TypeError if none. */
static AstKind kind_of(Reader *r, AstSum sum, Value v)
{
    Type *type = type_of(r->t, v);
    for (int k = 1; k < AST_COUNT; k++)
        if (ast_class((AstKind)k)->sum == sum && (type == r->s->classes[k] || type_is_subtype(type, r->s->classes[k])))
            return (AstKind)k;
    error_set(r->t, EXC_TypeError, "expected some sort of %s, but got %V", ast_sum_name(sum), v);
    return AST_NONE;
}

static int keep(Reader *r, Value v, Value *out)
{
    *out = v;
    return arena_keep_take(r->t, r->arena, ref_inc(r->t, v));
}

static int read_identifier(Reader *r, Value v, Value *out)
{
    Thread *t = r->t;
    if (!str_check_exact(v)) {
        error_set(t, EXC_TypeError, "AST identifier must be of type str");
        return -1;
    }
    /* The compiler compares names by address. */
    Value name = str_intern_take(t, ref_inc(t, v));
    if (value_is_empty(name))
        return -1;
    *out = name;
    return arena_keep_take(t, r->arena, name);
}

static int read_int(Reader *r, Value v, int *out)
{
    if (!int_check(v)) {
        error_set(r->t, EXC_ValueError, "invalid integer value: %V", v);
        return -1;
    }
    return int_to_int(r->t, v, out);
}

static int read_simple(Reader *r, const AstField *f, Value v, void *at)
{
    switch (f->form) {
    case FIELD_NODE: return read_node(r, f->sum, v, at);
    case FIELD_ENUM: {
        AstKind kind = kind_of(r, f->sum, v);
        *(AstKind *)at = kind;
        return kind == AST_NONE ? -1 : 0;
    }
    case FIELD_IDENTIFIER: return read_identifier(r, v, at);
    case FIELD_STRING:
        if (!str_check_exact(v) && !object_is_exact(v, KIND_BYTES)) {
            error_set(r->t, EXC_TypeError, "AST string must be of type str");
            return -1;
        }
        return keep(r, v, at);
    case FIELD_CONSTANT: return keep(r, v, at);
    default: return read_int(r, v, at);
    }
}

static int read_list(Reader *r, const char *class, const AstField *f, Value list, void *at)
{
    Thread *t = r->t;
    if (!list_check(list)) {
        error_set(t, EXC_TypeError, "%s field \"%s\" must be a list, not a %s", class, f->name,
                  type_name(type_of(t, list)));
        return -1;
    }
    size_t n = list_length(list), item_size = f->form == FIELD_NODES   ? sizeof(void *)
                                              : f->form == FIELD_ENUMS ? sizeof(AstKind)
                                                                       : sizeof(Value);
    size_t base = f->form == FIELD_NODES   ? offsetof(AstNodeSeq, at)
                  : f->form == FIELD_ENUMS ? offsetof(AstKindSeq, at)
                                           : offsetof(AstValueSeq, at);
    AstField item = *f;
    item.form = f->form == FIELD_NODES ? FIELD_NODE : f->form == FIELD_ENUMS ? FIELD_ENUM : FIELD_IDENTIFIER;
    char *seq = arena_alloc(t, r->arena, base + n * item_size + sizeof(uint64_t));
    if (!seq)
        return -1;
    *(uint32_t *)(void *)seq = (uint32_t)n;
    *(void **)at = seq;
    for (size_t i = 0; i < n; i++) {
        Value v = list_get(t, list, i);
        int bad = value_is_empty(v) ? 0 : read_simple(r, &item, v, seq + base + i * item_size);
        ref_dec(t, v);
        if (bad < 0)
            return -1;
        if (value_is_empty(v) || list_length(list) != n) {
            error_set(t, EXC_RuntimeError, "%s field \"%s\" changed size during iteration", class, f->name);
            return -1;
        }
    }
    return 0;
}

static int read_empty_list(Reader *r, void *at)
{
    *(void **)at = arena_alloc(r->t, r->arena, 2 * sizeof(uint64_t));
    return *(void **)at ? 0 : -1;
}

static int read_field(Reader *r, AstKind kind, uint32_t index, Value object, void *node)
{
    Thread *t = r->t;
    const AstClass *class = ast_class(kind);
    const AstField *f = &class->fields[index];
    void *at = ast_field(node, f);
    bool sequence = f->form == FIELD_NODES || f->form == FIELD_ENUMS || f->form == FIELD_IDENTIFIERS;
    Value v;
    int found = object_getattr_optional(t, object, r->s->names[kind][index], &v);
    if (found < 0)
        return -1;
    if (!found) {
        if (sequence)
            return read_empty_list(r, at);
        if (f->optional)
            return 0;
        if (f->form == FIELD_ENUM && f->sum == SUM_expr_context) {
            *(AstKind *)at = AST_Load;
            return 0;
        }
        error_set(t, EXC_TypeError, "required field \"%s\" missing from %s", f->name, class->name);
        return -1;
    }
    int result = 0;
    if (sequence) {
        result = read_list(r, class->name, f, v, at);
    } else if (value_is_none(v) && f->form != FIELD_CONSTANT) {
        /* An absent node: allowed where optional; identifiers and numbers may not be None at all. */
        if (!f->optional) {
            if (f->form == FIELD_INT)
                error_set(t, EXC_ValueError, "invalid integer value: %V", v);
            else
                error_set(t, EXC_ValueError, "field '%s' is required for %s", f->name, class->name);
            result = -1;
        }
    } else {
        result = read_simple(r, f, v, at);
    }
    ref_dec(t, v);
    return result;
}

/* An attribute of the position: `fallback` serves where it is missing or None, unless it is negative. */
static int read_position(Reader *r, const char *class, Value object, Value name, int64_t fallback, int32_t *out)
{
    Value v;
    int found = object_getattr_optional(r->t, object, name, &v);
    if (found < 0)
        return -1;
    if (!found || (value_is_none(v) && fallback >= INT32_MIN)) {
        if (found)
            ref_dec(r->t, v);
        if (fallback < INT32_MIN) {
            error_set(r->t, EXC_TypeError, "required field \"%s\" missing from %s", str_ascii_or(name, "?"), class);
            return -1;
        }
        *out = (int32_t)fallback;
        return 0;
    }
    int number;
    int result = read_int(r, v, &number);
    *out = number;
    ref_dec(r->t, v);
    return result;
}

/* All members of a sum have a position, or none. */
static bool sum_has_position(AstSum sum)
{
    for (int k = 1; k < AST_COUNT; k++)
        if (ast_class((AstKind)k)->sum == sum)
            return ast_class((AstKind)k)->has_position;
    return false;
}

static int make_node(Reader *r, AstSum sum, Value v, void **out)
{
    Thread *t = r->t;
    const AstState *s = r->s;
    Position p = {0};
    const char *sum_name = ast_sum_name(sum);
    bool has_position = sum_has_position(sum);
    if (has_position) {
        const int64_t required = INT64_MIN;
        bool end_required = sum == SUM_pattern || sum == SUM_type_param;
        if (read_position(r, sum_name, v, s->lineno, required, &p.line) < 0 ||
            read_position(r, sum_name, v, s->col_offset, required, &p.column) < 0 ||
            read_position(r, sum_name, v, s->end_lineno, end_required ? required : p.line, &p.end_line) < 0 ||
            read_position(r, sum_name, v, s->end_col_offset, end_required ? required : p.column, &p.end_column) < 0)
            return -1;
    }
    AstKind kind = kind_of(r, sum, v);
    if (kind == AST_NONE)
        return -1;
    void *node = arena_alloc(t, r->arena, ast_class(kind)->size);
    if (!node)
        return -1;
    *(AstKind *)node = kind;
    if (has_position)
        *ast_position(node) = p;
    for (uint32_t i = 0; ast_class(kind)->fields[i].name; i++)
        if (read_field(r, kind, i, v, node) < 0)
            return -1;
    *out = node;
    return 0;
}

static int read_node(Reader *r, AstSum sum, Value v, void **node)
{
    *node = NULL;
    if (value_is_none(v))
        return 0;
    if (!recursion_enter(r->t, " while traversing a syntax tree"))
        return -1;
    int result = make_node(r, sum, v, node);
    recursion_leave(r->t);
    return result;
}

AstMod *ast_from_object(Thread *t, Value object, ParseMode mode, Arena *arena)
{
    static const AstKind kinds[] = {[PARSE_FILE] = AST_Module,
                                    [PARSE_SINGLE] = AST_Interactive,
                                    [PARSE_EVAL] = AST_Expression,
                                    [PARSE_FUNCTION_TYPE] = AST_FunctionType};
    Reader r = {t, ast_state(t), arena};
    if (!r.s)
        return NULL;
    AstKind kind = kinds[mode];
    if (!type_is_subtype(type_of(t, object), r.s->classes[kind])) {
        error_set(t, EXC_TypeError, "expected %s node, got %s", ast_class(kind)->name, type_name(type_of(t, object)));
        return NULL;
    }
    void *node;
    if (read_node(&r, SUM_mod, object, &node) < 0 || ast_validate(t, node) < 0)
        return NULL;
    return node;
}
