/* ast_optimize.c: what ast.parse(optimize=...) shows: __debug__ and the numbers of patterns become constants, '%s' formatting of a tuple an f-string, and
 * docstrings go at level 2.  The tree is changed in place. */
#include "ast_object.h"

#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/str.h"
#include "ast_table.h"

#define FLAG_FUTURE_ANNOTATIONS 0x1000000

typedef struct Folder {
    Thread *t;
    Arena *arena;
    int optimize;
    bool future_annotations;
} Folder;

static int fold(Folder *f, void *node);

static int make_constant(Folder *f, AstExpr *e, Value v_take)
{
    if (value_is_empty(v_take) || arena_keep_take(f->t, f->arena, v_take) < 0)
        return -1;
    e->kind = AST_Constant;
    e->Constant.value = v_take;
    e->Constant.kind = VALUE_EMPTY;
    return 0;
}

/* ---- '...' % (a, b) ---- */

typedef struct FormatReader {
    const Str *format;
    size_t at;
    const AstExprSeq *elts;
    uint32_t used;
    AstExpr *parts[64];
    uint32_t n;
} FormatReader;

static AstExpr *new_expr(Folder *f, AstKind kind, Position p)
{
    AstExpr *e = arena_alloc(f->t, f->arena, sizeof *e);
    if (e) {
        e->kind = kind;
        e->position = p;
    }
    return e;
}

/* Decimal digits, at most three: -1 none, -2 too many. */
static int read_digits(FormatReader *r)
{
    int value = -1, digits = 0;
    while (r->at < r->format->length) {
        uint32_t c = str_at(r->format, r->at);
        if (c < '0' || c > '9')
            break;
        if (++digits > 3)
            return -2;
        value = (value < 0 ? 0 : value) * 10 + (int)(c - '0');
        r->at++;
    }
    return value;
}

/* One conversion behind its "%": 1 done, 0 not of the simple sort, -1 error. */
static int read_conversion(Folder *f, FormatReader *r)
{
    const Str *s = r->format;
    bool left = false;
    while (r->at < s->length && str_at(s, r->at) == '-') {
        left = true;
        r->at++;
    }
    if (r->at < s->length && str_at(s, r->at) == '0')
        return 0;
    int width = read_digits(r), precision = -1;
    if (r->at < s->length && str_at(s, r->at) == '.') {
        r->at++;
        precision = read_digits(r);
        if (precision == -1)
            precision = 0;
    }
    if (width == -2 || precision == -2 || r->at >= s->length || r->used >= r->elts->n)
        return 0;
    uint32_t c = str_at(s, r->at++);
    if (c != 's' && c != 'r' && c != 'a')
        return 0;
    AstExpr *argument = r->elts->at[r->used++];
    AstExpr *e = new_expr(f, AST_FormattedValue, argument->position);
    if (!e)
        return -1;
    e->FormattedValue.value = argument;
    e->FormattedValue.conversion = (int)c;
    if (width >= 0 || precision >= 0) {
        AstExpr *spec = new_expr(f, AST_Constant, argument->position);
        const char *align = !left && width > 0 ? ">" : "";
        Value text = width < 0       ? str_format(f->t, ".%d", precision)
                     : precision < 0 ? str_format(f->t, "%s%d", align, width)
                                     : str_format(f->t, "%s%d.%d", align, width, precision);
        if (!spec || make_constant(f, spec, text) < 0)
            return -1;
        e->FormattedValue.format_spec = spec;
    }
    r->parts[r->n++] = e;
    return 1;
}

/* Apart from fold_node, which calls itself for each operator of a long sum: it has much on the stack. */
static NOINLINE int fold_format(Folder *f, AstExpr *e)
{
    AstExpr *left = e->BinOp.left, *right = e->BinOp.right;
    if (e->BinOp.op != AST_Mod || left->kind != AST_Constant || !str_check_exact(left->Constant.value) ||
        right->kind != AST_Tuple)
        return 0;
    FormatReader r = {.format = str_of(left->Constant.value), .elts = right->Tuple.elts};
    for (uint32_t i = 0; i < r.elts->n; i++)
        if (r.elts->at[i]->kind == AST_Starred)
            return 0;
    StrBuilder b = {0};
    const Position nowhere = {-1, -1, -1, -1};
    int result = 1;
    while (result > 0) {
        /* A run of literal text, then a conversion. */
        while (r.at < r.format->length && result > 0) {
            uint32_t c = str_at(r.format, r.at);
            if (c == '%') {
                if (r.at + 1 >= r.format->length || str_at(r.format, r.at + 1) != '%')
                    break;
                r.at++;
            }
            r.at++;
            if (strbuilder_char(f->t, &b, c) < 0)
                result = -1;
        }
        if (r.n + 2 > sizeof r.parts / sizeof r.parts[0])
            result = 0;
        if (b.length && result > 0) {
            AstExpr *text = new_expr(f, AST_Constant, nowhere);
            if (!text || make_constant(f, text, strbuilder_finish(f->t, &b)) < 0)
                result = -1;
            else
                r.parts[r.n++] = text;
        }
        if (result <= 0 || r.at >= r.format->length)
            break;
        r.at++;
        result = read_conversion(f, &r);
    }
    strbuilder_discard(f->t, &b);
    if (result <= 0 || r.used != r.elts->n)
        return result < 0 ? -1 : 0;
    AstExprSeq *values = arena_alloc(f->t, f->arena, sizeof *values + r.n * sizeof(AstExpr *));
    if (!values)
        return -1;
    values->n = r.n;
    memcpy(values->at, r.parts, r.n * sizeof(AstExpr *));
    e->kind = AST_JoinedStr;
    e->JoinedStr.values = values;
    return 0;
}

/* ---- numbers of patterns ---- */

static bool is_number(Value v) { return int_check_exact(v) || value_is_double(v) || object_is_exact(v, KIND_COMPLEX); }

static int fold_pattern_value(Folder *f, AstExpr *e)
{
    if (e->kind == AST_UnaryOp && e->UnaryOp.op == AST_USub && e->UnaryOp.operand->kind == AST_Constant &&
        is_number(e->UnaryOp.operand->Constant.value))
        return make_constant(f, e, number_unary(f->t, UNARY_NEG, e->UnaryOp.operand->Constant.value));
    if (e->kind != AST_BinOp || (e->BinOp.op != AST_Add && e->BinOp.op != AST_Sub))
        return 0;
    AstExpr *left = e->BinOp.left, *right = e->BinOp.right;
    if (fold_pattern_value(f, left) < 0)
        return -1;
    if (left->kind == AST_Constant && right->kind == AST_Constant && is_number(left->Constant.value) &&
        is_number(right->Constant.value))
        return make_constant(f, e,
                             number_binary(f->t, e->BinOp.op == AST_Add ? BINARY_ADD : BINARY_SUB, left->Constant.value,
                                           right->Constant.value));
    return 0;
}

/* ---- the walk ---- */

static int fold_docstring(Folder *f, AstStmtSeq *body)
{
    if (f->optimize < 2 || !body->n || body->at[0]->kind != AST_Expr)
        return 0;
    AstStmt *first = body->at[0];
    const AstExpr *e = first->Expr.value;
    if (e->kind != AST_Constant || !str_check_exact(e->Constant.value))
        return 0;
    if (body->n == 1) {
        first->kind = AST_Pass;
        return 0;
    }
    body->n--;
    memmove(body->at, body->at + 1, body->n * sizeof body->at[0]);
    return 0;
}

static int fold_children(Folder *f, void *node)
{
    for (const AstField *field = ast_class(ast_kind(node))->fields; field->name; field++) {
        void *at = ast_field(node, field);
        if (f->future_annotations && (strcmp(field->name, "annotation") == 0 || strcmp(field->name, "returns") == 0))
            continue;
        if (field->form == FIELD_NODE) {
            void *child = *(void **)at;
            if (child && fold(f, child) < 0)
                return -1;
        } else if (field->form == FIELD_NODES) {
            AstNodeSeq *seq = *(AstNodeSeq **)at;
            for (uint32_t i = 0; i < seq->n; i++)
                if (seq->at[i] && fold(f, seq->at[i]) < 0)
                    return -1;
        }
    }
    return 0;
}

static int fold_node(Folder *f, void *node)
{
    switch (ast_kind(node)) {
    case AST_Module: fold_docstring(f, ((AstMod *)node)->Module.body); break;
    case AST_FunctionDef:
    case AST_AsyncFunctionDef: fold_docstring(f, ((AstStmt *)node)->FunctionDef.body); break;
    case AST_ClassDef: fold_docstring(f, ((AstStmt *)node)->ClassDef.body); break;
    default: break;
    }
    if (fold_children(f, node) < 0)
        return -1;
    switch (ast_kind(node)) {
    case AST_Name: {
        AstExpr *e = node;
        if (e->Name.ctx == AST_Load && str_equal(e->Name.id, ID(f->t, __debug__)))
            return make_constant(f, e, value_from_bool(!f->optimize));
        return 0;
    }
    case AST_BinOp: return fold_format(f, node);
    case AST_MatchValue: return fold_pattern_value(f, ((AstPattern *)node)->MatchValue.value);
    case AST_MatchMapping: {
        AstExprSeq *keys = ((AstPattern *)node)->MatchMapping.keys;
        for (uint32_t i = 0; i < keys->n; i++)
            if (fold_pattern_value(f, keys->at[i]) < 0)
                return -1;
        return 0;
    }
    default: return 0;
    }
}

static int fold(Folder *f, void *node)
{
    if (!recursion_enter(f->t, " during compilation"))
        return -1;
    int result = fold_node(f, node);
    recursion_leave(f->t);
    return result;
}

int ast_optimize(Thread *t, AstMod *mod, int optimize, int flags, Arena *arena)
{
    Folder f = {t, arena, optimize, flags & FLAG_FUTURE_ANNOTATIONS};
    return fold(&f, mod);
}
