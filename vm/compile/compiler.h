/* compiler.h: shared by the files of compile/: the unit (one code object in the making), registers, labels, blocks.
 *
 * Registers.  `expr` evaluates an expression and tells where its value is: a bound local variable is read in place, everything else lands in a
 * fresh temporary.  Temporaries form a stack: whoever pushes remembers `temp_top` and sets it back once the instruction that consumes them is emitted.
 * `expr_into` puts the value into a given register: a local only for expressions whose last instruction alone writes it.
 *
 * Binding.  `bound` says which locals surely have a value here; others are checked before use.  A local that is ever deleted is never
 * surely bound, so the set only grows along any path and loop heads need no fixpoint. */
#ifndef BATON_COMPILE_COMPILER_H
#define BATON_COMPILE_COMPILER_H

#include "../front/symtable.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/list.h"
#include "../object/str.h"
#include "compile.h"

typedef int32_t Reg;
typedef int32_t Label;

#define NO_LABEL (-1)
#define NO_HANDLER (-1)

typedef struct PendingInstruction {
    Opcode op;
    int32_t a, b, c;
    Label label;     /* jump target, or NO_LABEL */
    int32_t handler; /* index of the protecting handler, or NO_HANDLER */
    Position position;
} PendingInstruction;

typedef struct LabelState {
    int32_t place;  /* instruction index, -1 until placed */
    uint8_t *bound; /* intersection of the sets at the jumps to it; NULL: none yet */
} LabelState;

typedef struct Handler {
    Label label;
    uint32_t keep; /* temporaries alive when it starts */
} Handler;

typedef enum BlockKind {
    BLOCK_LOOP,
    BLOCK_TRY,
    BLOCK_FINALLY_TRY,
    BLOCK_FINALLY_END,
    BLOCK_WITH,
    BLOCK_ASYNC_WITH,
    BLOCK_HANDLER,
    BLOCK_GROUP_HANDLER,
    BLOCK_RESULT /* what is returned waits for a finally clause */
} BlockKind;

/* What encloses the current statement and has to be undone when a jump leaves it. Lives on the C stack of the function that compiles the statement. */
typedef struct Block {
    BlockKind kind;
    struct Block *outer;
    Label break_label, continue_label;
    Reg reg;               /* iterator, exit pair, saved exception, result */
    int32_t outer_handler; /* protecting handler outside the block */
    const AstStmtSeq *finally_body;
    Value name; /* BLOCK_HANDLER: variable to delete, or empty */
    Position position;
    uint32_t temp_top; /* outside the block */
} Block;

typedef struct InlinedScope {
    Scope *scope;
    struct InlinedScope *outer;
} InlinedScope;

typedef struct Unit Unit;
struct Unit {
    Unit *parent;
    Scope *scope;
    Value name, qualname; /* owned str */
    PendingInstruction *ins;
    uint32_t ins_count, ins_capacity;
    LabelState *labels;
    uint32_t label_count, label_capacity;
    Handler *handlers;
    uint32_t handler_count, handler_capacity;
    int32_t handler;      /* protects what is emitted now */
    Value constants;      /* list */
    Value constant_index; /* dict: (type, value) key -> index */
    Value sites;          /* list of names, one a site */
    Value locals;         /* dict: name -> register (parameters and ordinary locals) */
    Value local_names;    /* list, one a local register */
    uint8_t *local_kinds;
    Value free_names; /* list */
    uint32_t local_count, next_hidden;
    uint32_t temp_top, temp_max; /* registers */
    uint8_t *bound;              /* local_count bytes; all ones in unreachable code */
    uint8_t *never_bound;        /* deleted somewhere: always check */
    bool reachable;
    Block *block;
    InlinedScope *inlined;
    uint32_t flags;
    uint32_t argument_count, posonly_count, kwonly_count;
    uint32_t first_line;
    Value static_attributes;                /* class unit: dict used as ordered set; else empty */
    struct DeferredAnnotation *annotations; /* of a module or class, in order (define.c) */
    uint32_t annotation_count, annotation_capacity;
    uint32_t conditional; /* > 0 inside a statement that may not run its body */
};

typedef struct Compiler {
    Thread *t;
    Arena *arena;
    Symtable *symtable;
    Value filename;
    uint32_t flags;  /* future flags */
    int future_line; /* of the last from __future__ import at the head of the module */
    int optimize;
    ParseMode mode;
    Unit *u;
    Position position; /* of what is being emitted */
    bool interactive;
} Compiler;

/* All functions below that return int give 0 or -1 with an exception pending; Reg or Label results are negative on error. */

/* ---- emit.c: units, instructions, labels, constants ---- */
int unit_enter(Compiler *c, Scope *scope, Value name, uint32_t first_line); /* -1: nothing was entered */
MUST_CHECK Value unit_leave(Compiler *c);                                   /* the finished code object */
void unit_abandon(Compiler *c);                                             /* after an error */
int emit(Compiler *c, Opcode op, int32_t a, int32_t b, int32_t cc);
int emit_jump(Compiler *c, Opcode op, int32_t a, int32_t b, Label label); /* J in bc, or j in c: the opcode knows */
Label label_new(Compiler *c);
int label_place(Compiler *c, Label label);
int loop_enter(Compiler *c, Label test); /* what follows is the body; the test is placed behind it */
int handler_new(Compiler *c, Label label, uint32_t keep_top); /* its index; keep_top is a temp_top */
int constant_index(Compiler *c, Value v);                     /* index of an equal constant of the same type */
int site_new(Compiler *c, Value name, int words);
Reg temp_push(Compiler *c);
Reg temp_push_n(Compiler *c, uint32_t n);
/* Does a symbol of an inlined comprehension have a register?  Its own variables have, its parameter, the iterable, has not. */
static inline bool symbol_is_hidden(const Symbol *s)
{
    return (s->scope == SYMBOL_LOCAL || s->scope == SYMBOL_CELL) && !(s->flags & SYMBOL_DEF_PARAMETER);
}
static inline bool reg_is_temp(const Unit *u, Reg r) { return r >= (Reg)u->local_count; }
void bound_add(Compiler *c, Reg local);
bool bound_has(Compiler *c, Reg local);

/* ---- hoist.c ---- */
int hoist_constants(Compiler *c); /* of a complete unit, before its assembly */

/* ---- name.c: variables ---- */
typedef enum VariableKind {
    VARIABLE_LOCAL,
    VARIABLE_CELL,
    VARIABLE_FREE,
    VARIABLE_GLOBAL,
    VARIABLE_NAME,
    VARIABLE_CLASS_FREE,
    VARIABLE_DICT_GLOBAL,
    VARIABLE_DICT_FREE
} VariableKind;
typedef struct Variable {
    VariableKind kind;
    int32_t index; /* register of a LOCAL or CELL, index of a FREE */
    Value name;    /* mangled, borrowed */
} Variable;
int variable_resolve(Compiler *c, Value name, Variable *v);
int name_load(Compiler *c, Value name, Reg dst);
int name_store(Compiler *c, Value name, Reg src); /* consumes a temporary src */
int name_delete(Compiler *c, Value name);
/* The register of a variable that is read in place, after a check where needed; -2 when the name is no plain local; -1 error. */
Reg name_in_place(Compiler *c, Value name);
/* The register that a plain local lives in, or -2; -1 error. Nothing is emitted. */
Reg name_register(Compiler *c, Value name);
int free_index(Compiler *c, Value name);            /* index among the unit's free variables, or -1 */
int load_closure(Compiler *c, Value code, Reg dst); /* emits the tuple of cells that `code` needs; 1 if there are any */

/* ---- expr.c ---- */
Reg expr(Compiler *c, AstExpr *e);
Reg expr_held(Compiler *c, AstExpr *e, const AstExpr *later); /* the same, but valid until `later` has been evaluated */
bool expr_may_rebind(const AstExpr *e);
Reg expr_temp(Compiler *c, AstExpr *e); /* always a fresh temporary */
int expr_into(Compiler *c, AstExpr *e, Reg dst);
int expr_store_into(Compiler *c, AstExpr *e,
                    Reg local); /* as expr_into, but any expression, through a temporary where needed */
int expr_discard(Compiler *c, AstExpr *e);
int expr_jump(Compiler *c, AstExpr *e, Label label, bool sense);   /* jumps when truth(e) == sense */
int expr_await(Compiler *c, Reg awaitable_temp, int how, Reg dst); /* GET_AWAITABLE and DELEGATE */
int super_arguments(
    Compiler *c, AstExpr *value,
    Reg base); /* super() or super(C, o): loads super, class, object: 0 no super call, 1 two arguments, 2 none */
int check_callable_literal(Compiler *c, AstExpr *func);
void narrow_to_attribute(
    Compiler *c, AstExpr *e); /* caret ranges of attribute accesses spread over lines begin at the attribute's line */
int attribute_site(Compiler *c, Value name);

/* ---- constant.c ---- */
BinaryOp constant_operator(AstKind op); /* of a node */
int constant_value(Compiler *c, AstExpr *e,
                   Value *value); /* 1 and an owned value when e folds to a constant, 0 if not, -1 */
int constant_load(Compiler *c, Value v, Reg dst);
int constant_load_take(Compiler *c, Value v, Reg dst);
int constant_truth(Compiler *c, AstExpr *e);              /* 1, 0: constant truth; -1 unknown */
bool constant_small(Compiler *c, AstExpr *e, int32_t *i); /* a small integer, for instructions with an immediate */

/* ---- target.c ---- */
int target_assign(Compiler *c, AstExpr *target, Reg value); /* consumes a temporary value */
int target_delete(Compiler *c, AstExpr *target);

/* ---- call.c ---- */
int call_into(Compiler *c, AstExpr *e, Reg dst);
int call_arguments(Compiler *c, Reg base, bool method, uint32_t prefix, const AstExprSeq *args,
                   const AstKeywordSeq *keywords, Reg extra, Reg dst);

/* ---- comprehension.c ---- */
int comprehension_into(Compiler *c, AstExpr *e, Reg dst);

/* ---- fstring.c ---- */
int fstring_into(Compiler *c, AstExpr *e, Reg dst);
int tstring_into(Compiler *c, AstExpr *e, Reg dst);

/* ---- stmt.c, flow.c, pattern.c ---- */
int stmts(Compiler *c, const AstStmtSeq *s);
int stmt(Compiler *c, AstStmt *s);
int flow_for(Compiler *c, AstStmt *s);
int flow_async_for(Compiler *c, AstStmt *s);
int flow_while(Compiler *c, AstStmt *s);
int flow_try(Compiler *c, AstStmt *s);
int flow_try_star(Compiler *c, AstStmt *s);
int flow_with(Compiler *c, const AstWithItemSeq *items, uint32_t index, const AstStmtSeq *body, bool is_async,
              Position position);
int flow_return(Compiler *c, AstStmt *s);
int flow_break(Compiler *c);
int flow_continue(Compiler *c);
int pattern_match(Compiler *c, AstStmt *s);

/* ---- define.c: functions, classes, annotations, type parameters ---- */
int define_function(Compiler *c, AstStmt *s);
int define_lambda(Compiler *c, AstExpr *e, Reg dst);
int define_class(Compiler *c, AstStmt *s);
int define_type_alias(Compiler *c, AstStmt *s);
int define_annotation_setup(Compiler *c); /* before a module's or class's body */
int define_annotations(Compiler *c);      /* its __annotate__: after a class body; a module has it first (compile.c) */
int define_annotated(Compiler *c, AstStmt *s); /* AnnAssign */
int make_function(Compiler *c, Value code_take, uint32_t flags, Reg base,
                  Reg dst); /* base holds the defaults and so on */

Value compiler_error(Compiler *c, Position position, const char *format, ...); /* SyntaxError at a position */
bool compiler_is_future(const AstStmt *s);                                     /* from __future__ import ... */
int compiler_late_future(Compiler *c, const AstStmt *s);                       /* SyntaxError; returns -1 */

#endif
