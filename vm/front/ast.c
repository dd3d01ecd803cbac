/* ast.c: the arena that owns a syntax tree, and tables that describe its nodes.
 *
 * Invariant.  Memory from arena_alloc is zeroed and lives as long as the arena; so do the Values given to arena_keep_take.  An arena belongs to one
 * thread. Read next: ast.def (the nodes), parser.c (who builds them). */
#include "ast_table.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"

/* ---- the arena ---- */

#define CHUNK_MIN (8 * 1024)
#define CHUNK_MAX (256 * 1024)

typedef struct Chunk {
    struct Chunk *previous;
    uint64_t data[]; /* aligned for Values */
} Chunk;

struct Arena {
    Chunk *chunk;
    char *free, *end;
    size_t next_size;
    Value *kept;
    size_t kept_count, kept_capacity;
};

Arena *arena_new(Thread *t)
{
    Arena *a = alloc_memory_zeroed(t, 1, sizeof *a);
    if (a)
        a->next_size = CHUNK_MIN;
    return a;
}

static COLD void *alloc_slow(Thread *t, Arena *a, size_t n)
{
    if (n > a->next_size / 4) {
        /* Large: a chunk of its own, behind the current one. */
        Chunk *own = alloc_memory(t, sizeof(Chunk) + n);
        if (!own)
            return NULL;
        if (a->chunk) {
            own->previous = a->chunk->previous;
            a->chunk->previous = own;
        } else {
            own->previous = NULL;
            a->chunk = own;
        }
        return memset(own->data, 0, n);
    }
    Chunk *chunk = alloc_memory(t, sizeof(Chunk) + a->next_size);
    if (!chunk)
        return NULL;
    chunk->previous = a->chunk;
    a->chunk = chunk;
    a->free = (char *)chunk->data;
    a->end = a->free + a->next_size;
    if (a->next_size < CHUNK_MAX)
        a->next_size *= 2;
    void *result = a->free;
    a->free += n;
    return memset(result, 0, n);
}

void *arena_alloc(Thread *t, Arena *a, size_t n)
{
    n = (n + 7) & ~(size_t)7;
    if (UNLIKELY((size_t)(a->end - a->free) < n))
        return alloc_slow(t, a, n);
    void *result = a->free;
    a->free += n;
    return memset(result, 0, n);
}

int arena_keep_take(Thread *t, Arena *a, Value v)
{
    if (!value_is_object(v))
        return 0;
    if (a->kept_count == a->kept_capacity) {
        size_t capacity = a->kept_capacity ? a->kept_capacity * 2 : 64;
        Value *kept = alloc_memory_resize(t, a->kept, capacity * sizeof(Value));
        if (!kept) {
            ref_dec(t, v);
            return -1;
        }
        a->kept = kept;
        a->kept_capacity = capacity;
    }
    a->kept[a->kept_count++] = v;
    return 0;
}

void arena_free(Thread *t, Arena *a)
{
    if (!a)
        return;
    while (a->kept_count)
        ref_dec(t, a->kept[--a->kept_count]);
    alloc_memory_free(t, a->kept);
    for (Chunk *chunk = a->chunk; chunk;) {
        Chunk *previous = chunk->previous;
        alloc_memory_free(t, chunk);
        chunk = previous;
    }
    alloc_memory_free(t, a);
}

/* ---- the tables ---- */

#define FIELD_FORM_mod FIELD_NODE, false
#define FIELD_FORM_stmt FIELD_NODE, false
#define FIELD_FORM_expr FIELD_NODE, false
#define FIELD_FORM_opt_expr FIELD_NODE, true
#define FIELD_FORM_pattern FIELD_NODE, false
#define FIELD_FORM_opt_pattern FIELD_NODE, true
#define FIELD_FORM_arguments FIELD_NODE, false
#define FIELD_FORM_arg FIELD_NODE, false
#define FIELD_FORM_opt_arg FIELD_NODE, true
#define FIELD_FORM_operator FIELD_ENUM, false
#define FIELD_FORM_unaryop FIELD_ENUM, false
#define FIELD_FORM_boolop FIELD_ENUM, false
#define FIELD_FORM_expr_context FIELD_ENUM, false
#define FIELD_FORM_identifier FIELD_IDENTIFIER, false
#define FIELD_FORM_opt_identifier FIELD_IDENTIFIER, true
#define FIELD_FORM_opt_string FIELD_STRING, true
#define FIELD_FORM_constant FIELD_CONSTANT, false
#define FIELD_FORM_int FIELD_INT, false
#define FIELD_FORM_opt_int FIELD_INT, true
#define FIELD_FORM_seq_stmt FIELD_NODES, false
#define FIELD_FORM_seq_expr FIELD_NODES, false
#define FIELD_FORM_seq_opt_expr FIELD_NODES, true
#define FIELD_FORM_seq_pattern FIELD_NODES, false
#define FIELD_FORM_seq_excepthandler FIELD_NODES, false
#define FIELD_FORM_seq_type_ignore FIELD_NODES, false
#define FIELD_FORM_seq_type_param FIELD_NODES, false
#define FIELD_FORM_seq_comprehension FIELD_NODES, false
#define FIELD_FORM_seq_arg FIELD_NODES, false
#define FIELD_FORM_seq_keyword FIELD_NODES, false
#define FIELD_FORM_seq_alias FIELD_NODES, false
#define FIELD_FORM_seq_withitem FIELD_NODES, false
#define FIELD_FORM_seq_match_case FIELD_NODES, false
#define FIELD_FORM_seq_identifier FIELD_IDENTIFIERS, false
#define FIELD_FORM_seq_cmpop FIELD_ENUMS, false

#define FIELD_SUM_mod SUM_mod
#define FIELD_SUM_stmt SUM_stmt
#define FIELD_SUM_expr SUM_expr
#define FIELD_SUM_opt_expr SUM_expr
#define FIELD_SUM_pattern SUM_pattern
#define FIELD_SUM_opt_pattern SUM_pattern
#define FIELD_SUM_arguments SUM_arguments
#define FIELD_SUM_arg SUM_arg
#define FIELD_SUM_opt_arg SUM_arg
#define FIELD_SUM_operator SUM_operator
#define FIELD_SUM_unaryop SUM_unaryop
#define FIELD_SUM_boolop SUM_boolop
#define FIELD_SUM_expr_context SUM_expr_context
#define FIELD_SUM_identifier SUM_NONE
#define FIELD_SUM_opt_identifier SUM_NONE
#define FIELD_SUM_opt_string SUM_NONE
#define FIELD_SUM_constant SUM_NONE
#define FIELD_SUM_int SUM_NONE
#define FIELD_SUM_opt_int SUM_NONE
#define FIELD_SUM_seq_stmt SUM_stmt
#define FIELD_SUM_seq_expr SUM_expr
#define FIELD_SUM_seq_opt_expr SUM_expr
#define FIELD_SUM_seq_pattern SUM_pattern
#define FIELD_SUM_seq_excepthandler SUM_excepthandler
#define FIELD_SUM_seq_type_ignore SUM_type_ignore
#define FIELD_SUM_seq_type_param SUM_type_param
#define FIELD_SUM_seq_comprehension SUM_comprehension
#define FIELD_SUM_seq_arg SUM_arg
#define FIELD_SUM_seq_keyword SUM_keyword
#define FIELD_SUM_seq_alias SUM_alias
#define FIELD_SUM_seq_withitem SUM_withitem
#define FIELD_SUM_seq_match_case SUM_match_case
#define FIELD_SUM_seq_identifier SUM_NONE
#define FIELD_SUM_seq_cmpop SUM_cmpop

#define F(type, name) {#name, FIELD_FORM_##type, FIELD_SUM_##type, sizeof(AST_TYPE_##type)},
#define NODE(sum, name, ...) static const AstField fields_##name[] = {__VA_ARGS__{NULL, 0, 0, 0, 0}};
#define PRODUCT(name, fields, has_position) static const AstField fields_##name[] = {fields{NULL, 0, 0, 0, 0}};
#include "ast.def"
#undef F
static const AstField no_fields[] = {{NULL, 0, 0, 0, 0}};

#define POSITION_mod false
#define POSITION_stmt true
#define POSITION_expr true
#define POSITION_excepthandler true
#define POSITION_pattern true
#define POSITION_type_ignore false
#define POSITION_type_param true
#define BASE_mod offsetof(AstMod, Module), sizeof(AstMod)
#define BASE_stmt offsetof(AstStmt, FunctionDef), sizeof(AstStmt)
#define BASE_expr offsetof(AstExpr, BoolOp), sizeof(AstExpr)
#define BASE_excepthandler offsetof(AstExceptHandler, ExceptHandler), sizeof(AstExceptHandler)
#define BASE_pattern offsetof(AstPattern, MatchValue), sizeof(AstPattern)
#define BASE_type_ignore offsetof(AstTypeIgnore, TypeIgnore), sizeof(AstTypeIgnore)
#define BASE_type_param offsetof(AstTypeParam, TypeVar), sizeof(AstTypeParam)
#define BASE_comprehension offsetof(AstComprehension, target), sizeof(AstComprehension)
#define BASE_arguments offsetof(AstArguments, posonlyargs), sizeof(AstArguments)
#define BASE_arg offsetof(AstArg, arg), sizeof(AstArg)
#define BASE_keyword offsetof(AstKeyword, arg), sizeof(AstKeyword)
#define BASE_alias offsetof(AstAlias, name), sizeof(AstAlias)
#define BASE_withitem offsetof(AstWithItem, context_expr), sizeof(AstWithItem)
#define BASE_match_case offsetof(AstMatchCase, pattern), sizeof(AstMatchCase)

static const AstClass classes[AST_COUNT] = {
    [AST_NONE] = {"", SUM_NONE, no_fields, false, false, 0, 0},
#define NODE(sum, name, fields) [AST_##name] = {#name, SUM_##sum, fields_##name, POSITION_##sum, false, BASE_##sum},
#define ENUM(sum, name)                                                                                                \
    [AST_##name] = {#name,           SUM_##sum,      no_fields, SUM_##sum == SUM_stmt, SUM_##sum != SUM_stmt,          \
                    sizeof(AstStmt), sizeof(AstStmt)},
#define PRODUCT(name, fields, has_position)                                                                            \
    [AST_##name] = {#name, SUM_##name, fields_##name, has_position, false, BASE_##name},
#include "ast.def"
};

static const char *const sum_names[SUM_COUNT] = {
    [SUM_NONE] = "",
    [SUM_mod] = "mod",
    [SUM_stmt] = "stmt",
    [SUM_expr] = "expr",
    [SUM_expr_context] = "expr_context",
    [SUM_boolop] = "boolop",
    [SUM_operator] = "operator",
    [SUM_unaryop] = "unaryop",
    [SUM_cmpop] = "cmpop",
    [SUM_comprehension] = "comprehension",
    [SUM_excepthandler] = "excepthandler",
    [SUM_arguments] = "arguments",
    [SUM_arg] = "arg",
    [SUM_keyword] = "keyword",
    [SUM_alias] = "alias",
    [SUM_withitem] = "withitem",
    [SUM_match_case] = "match_case",
    [SUM_pattern] = "pattern",
    [SUM_type_ignore] = "type_ignore",
    [SUM_type_param] = "type_param",
};

const AstClass *ast_class(AstKind kind) { return &classes[kind]; }
const char *ast_sum_name(AstSum sum) { return sum_names[sum]; }

void *ast_field(const void *node, const AstField *field)
{
    const AstClass *class = &classes[*(const AstKind *)node];
    size_t offset = class->base;
    for (const AstField *f = class->fields;; f++) {
        size_t align = f->size < sizeof(void *) ? f->size
                       : f->form == FIELD_IDENTIFIER || f->form == FIELD_STRING || f->form == FIELD_CONSTANT
                           ? _Alignof(Value)
                           : sizeof(void *);
        offset = (offset + align - 1) & ~(align - 1);
        if (f == field)
            return (char *)(uintptr_t)node + offset;
        offset += f->size;
    }
}
