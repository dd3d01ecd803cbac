/* ast_table.h: the node classes as data, for what treats all nodes alike (dumping, conversion to and from objects). */
#ifndef BATON_FRONT_AST_TABLE_H
#define BATON_FRONT_AST_TABLE_H

#include "ast.h"

typedef enum AstSum {
    SUM_NONE,
    SUM_mod,
    SUM_stmt,
    SUM_expr,
    SUM_expr_context,
    SUM_boolop,
    SUM_operator,
    SUM_unaryop,
    SUM_cmpop,
    SUM_comprehension,
    SUM_excepthandler,
    SUM_arguments,
    SUM_arg,
    SUM_keyword,
    SUM_alias,
    SUM_withitem,
    SUM_match_case,
    SUM_pattern,
    SUM_type_ignore,
    SUM_type_param,
    SUM_COUNT
} AstSum;

/* What a field holds in C. */
typedef enum AstForm {
    FIELD_NODE,        /* pointer to a node of `sum`; NULL if optional */
    FIELD_NODES,       /* sequence of such; `optional`: items may be NULL */
    FIELD_ENUM,        /* AstKind */
    FIELD_ENUMS,       /* AstKindSeq */
    FIELD_IDENTIFIER,  /* Value: str, or empty if optional */
    FIELD_IDENTIFIERS, /* AstValueSeq */
    FIELD_STRING,      /* Value: str or empty */
    FIELD_CONSTANT,    /* Value */
    FIELD_INT
} AstForm;

typedef struct AstField {
    const char *name; /* NULL ends a list */
    AstForm form;
    bool optional;
    AstSum sum;
    uint8_t size; /* in the struct */
} AstField;

typedef struct AstClass {
    const char *name;
    AstSum sum;
    const AstField *fields;
    bool has_position; /* the node has lineno, col_offset ... in Python, its struct a Position behind `kind` */
    bool is_enum;      /* no struct: the AstKind is all there is */
    size_t base, size; /* offset of the first field; bytes of the struct */
} AstClass;

/* A sequence of nodes of any sort. */
AST_SEQUENCE(AstNodeSeq, void *);

const AstClass *ast_class(AstKind kind);
const char *ast_sum_name(AstSum sum);
/* Address of a field in a node. */
void *ast_field(const void *node, const AstField *field);
static inline AstKind ast_kind(const void *node) { return *(const AstKind *)node; }
static inline Position *ast_position(const void *node)
{
    return (Position *)((char *)(uintptr_t)node + sizeof(AstKind));
}

#endif
