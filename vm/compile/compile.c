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
    syntax_error_at(c->t, c->filename, p.line, p.column, p.end_line, p.end_column, "%U", message);
    ref_dec(c->t, message);
    return VALUE_EMPTY;
}

/* from __future__ imports at the head of a module. The parser has checked the names. */
static uint32_t future_flags(const AstMod *mod)
{
    static const struct { const char *name; uint32_t flag; } features[] = {
        {"annotations", CODE_FUTURE_ANNOTATIONS}, {"barry_as_FLUFL", CODE_FUTURE_BARRY}};
    const AstStmtSeq *body = mod->kind == AST_Module ? mod->Module.body : mod->kind == AST_Interactive ? mod->Interactive.body : NULL;
    uint32_t flags = 0;
    for (uint32_t i = 0; body && i < body->n; i++) {
        const AstStmt *s = body->at[i];
        if (i == 0 && s->kind == AST_Expr && s->Expr.value->kind == AST_Constant && str_check(s->Expr.value->Constant.value))
            continue;
        if (s->kind != AST_ImportFrom || value_is_empty(s->ImportFrom.module) || !str_equal_ascii(s->ImportFrom.module, "__future__"))
            break;
        for (uint32_t j = 0; j < s->ImportFrom.names->n; j++)
            for (size_t k = 0; k < sizeof features / sizeof *features; k++)
                if (str_equal_ascii(s->ImportFrom.names->at[j]->name, features[k].name))
                    flags |= features[k].flag;
    }
    return flags;
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
            if (site < 0 || load_constant(c, body->at[0]->Expr.value->Constant.value, r) < 0 || emit(c, OP_STORE_NAME, site, r, 0) < 0)
                return -1;
            c->u->temp_top = (uint32_t)r;
        }
    }
    if (define_annotation_setup(c) < 0)
        return -1;
    for (uint32_t i = start; i < body->n; i++)
        if (stmt(c, body->at[i]) < 0)
            return -1;
    return define_annotations(c);
}

Value compile_tree(Thread *t, AstMod *mod, Value filename, uint32_t flags, int optimize, Arena *arena, ParseMode mode)
{
    Compiler c = {.t = t, .arena = arena, .filename = filename, .flags = flags | future_flags(mod), .optimize = optimize, .mode = mode};
    c.symtable = symtable_build(t, mod, filename, arena, (c.flags & CODE_FUTURE_ANNOTATIONS ? SYMTABLE_FUTURE_ANNOTATIONS : 0) |
                                                                   (c.flags & COMPILE_TOP_LEVEL_AWAIT ? SYMTABLE_TOP_LEVEL_AWAIT : 0));
    if (!c.symtable)
        return VALUE_EMPTY;
    Value name = str_intern(t, "<module>");
    if (value_is_empty(name))
        return name;
    int entered = unit_enter(&c, c.symtable->top, name, 1);
    ref_dec(t, name);
    if (entered < 0)
        goto fail;
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

Value compile_source(Thread *t, const char *source, size_t n, Value filename, ParseMode mode, int parse_flags, uint32_t flags, int optimize)
{
    Arena *arena = NULL;
    AstMod *mod = parser_parse(t, source, n, filename, mode, parse_flags, PYTHON_VERSION_MINOR, &arena);
    if (!mod)
        return VALUE_EMPTY;
    Value code = compile_tree(t, mod, filename, flags, optimize, arena, mode);
    arena_free(t, arena);
    return code;
}
