/* compile.c: the entry: a syntax tree (or source text) to the code object of a module, an expression or an interactive statement. */
#include "compiler.h"

#include "../front/syntax_error.h"

Value compiler_error(Compiler *c, Position p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Value message = str_format_v(c->t, format, args);
    va_end(args);
    if (value_is_empty(message))
        return message;
    syntax_error_at(c->t, c->filename, p, true, "%U", message);
    ref_dec(c->t, message);
    return VALUE_EMPTY;
}

/* The features that one statement from __future__ import switches on: 0, or -1 with SyntaxError. */
static int future_features(Compiler *c, const AstStmt *s)
{
    static const struct {
        const char *name;
        uint32_t flag;
    } features[] = {{"nested_scopes", 0},
                    {"generators", 0},
                    {"division", 0},
                    {"absolute_import", 0},
                    {"with_statement", 0},
                    {"print_function", 0},
                    {"unicode_literals", 0},
                    {"generator_stop", 0},
                    {"annotations", CODE_FUTURE_ANNOTATIONS},
                    {"barry_as_FLUFL", CODE_FUTURE_BARRY}};
    const size_t count = sizeof features / sizeof *features;
    for (uint32_t i = 0; i < s->ImportFrom.names->n; i++) {
        Value name = s->ImportFrom.names->at[i]->name;
        size_t k = 0;
        while (k < count && !str_equal_ascii(name, features[k].name))
            k++;
        Position place = s->ImportFrom.names->at[i]->position;
        if (k == count && str_equal_ascii(name, "braces"))
            return syntax_error_at(c->t, c->filename, place, false, "not a chance");
        if (k == count)
            return syntax_error_at(c->t, c->filename, place, false, "future feature %.100U is not defined", name);
        c->flags |= features[k].flag;
    }
    c->future_line = s->position.line;
    return 0;
}

bool compiler_is_future(const AstStmt *s)
{
    return s->kind == AST_ImportFrom && s->ImportFrom.level == 0 && !value_is_empty(s->ImportFrom.module) &&
           str_equal_ascii(s->ImportFrom.module, "__future__");
}

int compiler_late_future(Compiler *c, const AstStmt *s)
{
    syntax_error_at(c->t, c->filename, s->position, false,
                    "from __future__ imports must occur at the beginning of the file");
    return -1;
}

/* from __future__ imports at the head of a module: 0 or -1. Those on later lines are found when they are compiled. */
static int future_imports(Compiler *c, const AstMod *mod)
{
    const AstStmtSeq *body = mod->kind == AST_Module        ? mod->Module.body
                             : mod->kind == AST_Interactive ? mod->Interactive.body
                                                            : NULL;
    int line = 0;
    bool over = false;
    for (uint32_t i = 0; body && i < body->n; i++) {
        const AstStmt *s = body->at[i];
        if (i == 0 && s->kind == AST_Expr && s->Expr.value->kind == AST_Constant &&
            str_check(s->Expr.value->Constant.value))
            continue;
        if (over && s->position.line > line)
            break;
        line = s->position.line;
        if (!compiler_is_future(s))
            over = true;
        else if (over)
            return compiler_late_future(c, s);
        else if (future_features(c, s) < 0)
            return -1;
    }
    return 0;
}

/* A module's __annotate__ is there from its first statement on, as in CPython: what makes it, known only now, goes before the instruction at `first`. */
static int annotations_first(Compiler *c, uint32_t first)
{
    Unit *u = c->u;
    uint32_t end = u->ins_count;
    bool reachable = u->reachable;
    Position saved = c->position;
    u->reachable = true;
    c->position = (Position){0};
    if (define_annotations(c) < 0)
        return -1;
    c->position = saved;
    u->reachable = reachable;
    uint32_t n = u->ins_count - end;
    if (n == 0)
        return 0;
    PendingInstruction *block = alloc_memory(c->t, n * sizeof *block);
    if (!block)
        return -1;
    memcpy(block, u->ins + end, n * sizeof *block);
    memmove(u->ins + first + n, u->ins + first, (end - first) * sizeof *block);
    memcpy(u->ins + first, block, n * sizeof *block);
    alloc_memory_free(c->t, block);
    for (uint32_t i = 0; i < u->label_count; i++)
        if (u->labels[i].place >= (int32_t)first)
            u->labels[i].place += (int32_t)n;
    return 0;
}

static int module_body(Compiler *c, AstMod *mod)
{
    Thread *t = c->t;
    AstStmtSeq *body = mod->kind == AST_Module ? mod->Module.body : mod->Interactive.body;
    uint32_t start = 0;
    if (mod->kind == AST_Module && body->n && body->at[0]->kind == AST_Expr &&
        body->at[0]->Expr.value->kind == AST_Constant && str_check(body->at[0]->Expr.value->Constant.value)) {
        start = 1;
        if (c->optimize < 2) {
            Reg r = temp_push(c);
            int site = site_new(c, ID(t, __doc__), 1);
            c->position = body->at[0]->position;
            if (site < 0 || constant_load(c, body->at[0]->Expr.value->Constant.value, r) < 0 ||
                emit(c, OP_STORE_NAME, site, r, 0) < 0)
                return -1;
            c->u->temp_top = (uint32_t)r;
        }
    }
    if (define_annotation_setup(c) < 0)
        return -1;
    uint32_t first = c->u->ins_count;
    for (uint32_t i = start; i < body->n; i++)
        if (stmt(c, body->at[i]) < 0)
            return -1;
    return annotations_first(c, first);
}

Value compile_tree(Thread *t, AstMod *mod, Value filename, uint32_t flags, int optimize, Arena *arena, ParseMode mode)
{
    Compiler c = {.t = t, .arena = arena, .filename = filename, .flags = flags, .optimize = optimize, .mode = mode};
    if (future_imports(&c, mod) < 0)
        return VALUE_EMPTY;
    c.symtable = symtable_build(t, mod, filename, arena,
                                (c.flags & CODE_FUTURE_ANNOTATIONS ? SYMTABLE_FUTURE_ANNOTATIONS : 0) |
                                    (c.flags & COMPILE_TOP_LEVEL_AWAIT ? SYMTABLE_TOP_LEVEL_AWAIT : 0));
    if (!c.symtable)
        return VALUE_EMPTY;
    Value name = str_intern(t, "<module>");
    if (value_is_empty(name))
        return name;
    int entered = unit_enter(&c, c.symtable->top, name, 1);
    ref_dec(t, name);
    if (entered < 0)
        return VALUE_EMPTY;
    if (c.symtable->top->is_coroutine) /* top-level await was allowed by the caller */
        c.u->flags |= CODE_COROUTINE;
    if (mod->kind == AST_Expression) {
        Reg r = expr(&c, mod->Expression.body);
        if (r < 0 || emit(&c, OP_RETURN, r, 0, 0) < 0)
            goto fail;
    } else if (module_body(&c, mod) < 0) {
        goto fail;
    }
    return unit_leave(&c);
fail:
    unit_abandon(&c);
    return VALUE_EMPTY;
}

Value compile_source(Thread *t, const char *source, size_t n, Value filename, ParseMode mode, int parse_flags,
                     uint32_t flags, int optimize)
{
    Arena *arena = NULL;
    AstMod *mod = parser_parse(t, source, n, filename, mode, parse_flags, PYTHON_VERSION_MINOR, &arena);
    if (!mod)
        return VALUE_EMPTY;
    Value code = compile_tree(t, mod, filename, flags, optimize, arena, mode);
    arena_free(t, arena);
    return code;
}
