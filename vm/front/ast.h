/* ast.h: the syntax tree in C, generated from ast.def.  Nodes live in an arena (arena.h) and go with it; the Values in them are kept alive by it.
 *
 * A node of a sum is a struct with `kind` (an AST_... constant), a position, and a union with one member named after each constructor:
 * `e->kind == AST_BinOp` and then `e->BinOp.left`.  Sequences: `s->n` and `s->at[i]`.  Optional nodes are NULL. */
#ifndef BATON_FRONT_AST_H
#define BATON_FRONT_AST_H

#include "../object/value.h"

typedef enum AstKind {
    AST_NONE, /* so that 0 is no node */
#define NODE(sum, name, fields) AST_##name,
#define ENUM(sum, name) AST_##name,
#define PRODUCT(name, fields, has_position) AST_##name,
#include "ast.def"
    AST_COUNT
} AstKind;

/* Lines from 1, columns from 0 in UTF-8 bytes, as in the module `ast`. */
typedef struct Position {
    int32_t line, column, end_line, end_column;
} Position;

typedef struct AstMod AstMod;
typedef struct AstStmt AstStmt;
typedef struct AstExpr AstExpr;
typedef struct AstPattern AstPattern;
typedef struct AstExceptHandler AstExceptHandler;
typedef struct AstTypeIgnore AstTypeIgnore;
typedef struct AstTypeParam AstTypeParam;
typedef struct AstComprehension AstComprehension;
typedef struct AstArguments AstArguments;
typedef struct AstArg AstArg;
typedef struct AstKeyword AstKeyword;
typedef struct AstAlias AstAlias;
typedef struct AstWithItem AstWithItem;
typedef struct AstMatchCase AstMatchCase;

#define AST_SEQUENCE(Name, Item)                                                                                       \
    typedef struct Name {                                                                                              \
        uint32_t n;                                                                                                    \
        Item at[];                                                                                                     \
    } Name
AST_SEQUENCE(AstStmtSeq, AstStmt *);
AST_SEQUENCE(AstExprSeq, AstExpr *);
AST_SEQUENCE(AstPatternSeq, AstPattern *);
AST_SEQUENCE(AstExceptHandlerSeq, AstExceptHandler *);
AST_SEQUENCE(AstTypeIgnoreSeq, AstTypeIgnore *);
AST_SEQUENCE(AstTypeParamSeq, AstTypeParam *);
AST_SEQUENCE(AstComprehensionSeq, AstComprehension *);
AST_SEQUENCE(AstArgSeq, AstArg *);
AST_SEQUENCE(AstKeywordSeq, AstKeyword *);
AST_SEQUENCE(AstAliasSeq, AstAlias *);
AST_SEQUENCE(AstWithItemSeq, AstWithItem *);
AST_SEQUENCE(AstMatchCaseSeq, AstMatchCase *);
AST_SEQUENCE(AstValueSeq, Value);
AST_SEQUENCE(AstKindSeq, AstKind);

/* The C type of each field kind of ast.def. */
#define AST_TYPE_mod AstMod *
#define AST_TYPE_stmt AstStmt *
#define AST_TYPE_expr AstExpr *
#define AST_TYPE_opt_expr AstExpr *
#define AST_TYPE_pattern AstPattern *
#define AST_TYPE_opt_pattern AstPattern *
#define AST_TYPE_arguments AstArguments *
#define AST_TYPE_arg AstArg *
#define AST_TYPE_opt_arg AstArg *
#define AST_TYPE_operator AstKind
#define AST_TYPE_unaryop AstKind
#define AST_TYPE_boolop AstKind
#define AST_TYPE_expr_context AstKind
#define AST_TYPE_identifier Value
#define AST_TYPE_opt_identifier Value
#define AST_TYPE_opt_string Value
#define AST_TYPE_constant Value
#define AST_TYPE_int int
#define AST_TYPE_opt_int int
#define AST_TYPE_seq_stmt AstStmtSeq *
#define AST_TYPE_seq_expr AstExprSeq *
#define AST_TYPE_seq_opt_expr AstExprSeq *
#define AST_TYPE_seq_pattern AstPatternSeq *
#define AST_TYPE_seq_excepthandler AstExceptHandlerSeq *
#define AST_TYPE_seq_type_ignore AstTypeIgnoreSeq *
#define AST_TYPE_seq_type_param AstTypeParamSeq *
#define AST_TYPE_seq_comprehension AstComprehensionSeq *
#define AST_TYPE_seq_arg AstArgSeq *
#define AST_TYPE_seq_keyword AstKeywordSeq *
#define AST_TYPE_seq_alias AstAliasSeq *
#define AST_TYPE_seq_withitem AstWithItemSeq *
#define AST_TYPE_seq_match_case AstMatchCaseSeq *
#define AST_TYPE_seq_identifier AstValueSeq *
#define AST_TYPE_seq_cmpop AstKindSeq *

#define F(type, name) AST_TYPE_##type name;

#define FIELDS(name, fields)                                                                                           \
    struct {                                                                                                           \
        fields                                                                                                         \
    } name;
struct AstMod {
    AstKind kind;
    union {
#define MOD(name, fields) FIELDS(name, fields)
#include "ast.def"
    };
};
struct AstStmt {
    AstKind kind;
    Position position;
    union {
#define STMT(name, fields) FIELDS(name, fields)
#include "ast.def"
    };
};
struct AstExpr {
    AstKind kind;
    Position position;
    union {
#define EXPR(name, fields) FIELDS(name, fields)
#include "ast.def"
    };
};
struct AstPattern {
    AstKind kind;
    Position position;
    union {
#define PATTERN(name, fields) FIELDS(name, fields)
#include "ast.def"
    };
};
struct AstExceptHandler {
    AstKind kind;
    Position position;
    union {
#define EXCEPTHANDLER(name, fields) FIELDS(name, fields)
#include "ast.def"
    };
};
struct AstTypeIgnore {
    AstKind kind;
    union {
#define TYPE_IGNORE(name, fields) FIELDS(name, fields)
#include "ast.def"
    };
};
struct AstTypeParam {
    AstKind kind;
    Position position;
    union {
#define TYPE_PARAM(name, fields) FIELDS(name, fields)
#include "ast.def"
    };
};
/* Products. `kind` is AST_comprehension and so on; those without a position in Python leave it zero. */
struct AstComprehension {
    AstKind kind;
    Position position;
    AstExpr *target;
    AstExpr *iter;
    AstExprSeq *ifs;
    int is_async;
};
struct AstArguments {
    AstKind kind;
    Position position;
    AstArgSeq *posonlyargs;
    AstArgSeq *args;
    AstArg *vararg;
    AstArgSeq *kwonlyargs;
    AstExprSeq *kw_defaults;
    AstArg *kwarg;
    AstExprSeq *defaults;
};
struct AstArg {
    AstKind kind;
    Position position;
    Value arg;
    AstExpr *annotation;
    Value type_comment;
};
struct AstKeyword {
    AstKind kind;
    Position position;
    Value arg;
    AstExpr *value;
};
struct AstAlias {
    AstKind kind;
    Position position;
    Value name;
    Value asname;
};
struct AstWithItem {
    AstKind kind;
    Position position;
    AstExpr *context_expr;
    AstExpr *optional_vars;
};
struct AstMatchCase {
    AstKind kind;
    Position position;
    AstPattern *pattern;
    AstExpr *guard;
    AstStmtSeq *body;
};
#undef FIELDS
#undef F

/* Source text of an expression, as `from __future__ import annotations` stores it (a str). */
Value ast_unparse(Thread *t, const AstExpr *e);

/* ---- the arena that owns a tree ---- */

typedef struct Arena Arena;
Arena *arena_new(Thread *t);                       /* NULL with MemoryError */
void *arena_alloc(Thread *t, Arena *a, size_t n);  /* zeroed; NULL with MemoryError */
int arena_keep_take(Thread *t, Arena *a, Value v); /* releases v with the arena; also on error */
void arena_free(Thread *t, Arena *a);

#endif
