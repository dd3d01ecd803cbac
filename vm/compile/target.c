/* target.c: assigning to targets and deleting them. */
#include "compiler.h"

/* The register of a target that is a plain local variable, or -2; -1 error. */
static Reg plain_local(Compiler *c, AstExpr *target)
{
    return target->kind == AST_Name ? name_register(c, target->Name.id) : -2;
}

static int unpack_targets(Compiler *c, AstExprSeq *elts, Reg value, Position position)
{
    uint32_t n = elts->n, star = n;
    for (uint32_t i = 0; i < n; i++)
        if (elts->at[i]->kind == AST_Starred) {
            if (star < n)
                return compiler_error(c, position, "multiple starred expressions in assignment"), -1;
            star = i;
        }
    if (star < n && (star >= 256 || n - star - 1 >= (1u << 24)))
        return compiler_error(c, position, "too many expressions in star-unpacking assignment"), -1;
    /* The items are all there before the first is stored: a failing unpack leaves the targets untouched. */
    if (n == 2 && star == n) {
        Reg first = plain_local(c, elts->at[0]), second = first < 0 ? first : plain_local(c, elts->at[1]);
        if (first == -1 || second == -1)
            return -1;
        if (first >= 0 && second >= 0) {
            if (emit(c, OP_UNPACK_PAIR, first, second, value) < 0)
                return -1;
            bound_add(c, first);
            bound_add(c, second);
            return 0;
        }
    }
    uint32_t mark = c->u->temp_top;
    Reg base = temp_push_n(c, n);
    if (star < n) {
        if (emit(c, OP_UNPACK_EX, value, base, (int32_t)star) < 0 ||
            emit(c, OP_EXTRA, (int32_t)(n - star - 1), 0, 0) < 0)
            return -1;
    } else if (emit(c, OP_UNPACK, value, base, (int32_t)n) < 0) {
        return -1;
    }
    for (uint32_t i = 0; i < n; i++) {
        AstExpr *target = elts->at[i]->kind == AST_Starred ? elts->at[i]->Starred.value : elts->at[i];
        if (target_assign(c, target, base + (Reg)i) < 0)
            return -1;
    }
    c->u->temp_top = mark;
    return 0;
}

/* self.x = ... in a method adds x to the __static_attributes__ of the class around it. */
static int note_static_attribute(Compiler *c, AstExpr *target)
{
    AstExpr *object = target->Attribute.value;
    if (object->kind != AST_Name || !str_equal_ascii(object->Name.id, "self"))
        return 0;
    Unit *u = c->u;
    while (u && u->scope->kind != SCOPE_CLASS)
        u = u->parent;
    return u ? dict_set(c->t, u->static_attributes, target->Attribute.attr, VALUE_NONE) : 0;
}

int target_assign(Compiler *c, AstExpr *target, Reg value)
{
    Position saved = c->position;
    uint32_t mark = c->u->temp_top;
    int result = -1;
    c->position = target->position;
    switch (target->kind) {
    case AST_Name: result = name_store(c, target->Name.id, value); break;
    case AST_Attribute: {
        Reg object = expr(c, target->Attribute.value);
        int site = object < 0 ? -1 : attribute_site(c, target->Attribute.attr);
        if (site < 0)
            break;
        c->position = target->position;
        narrow_to_attribute(c, target);
        result = emit(c, OP_STORE_ATTR, object, value, site);
        if (result == 0)
            result = note_static_attribute(c, target);
        break;
    }
    case AST_Subscript: {
        Reg object = expr_held(c, target->Subscript.value, target->Subscript.slice);
        Reg key = object < 0 ? -1 : expr(c, target->Subscript.slice);
        if (key >= 0)
            result = emit(c, OP_SETITEM, object, key, value);
        break;
    }
    case AST_Tuple: result = unpack_targets(c, target->Tuple.elts, value, target->position); break;
    case AST_List: result = unpack_targets(c, target->List.elts, value, target->position); break;
    case AST_Starred:
        compiler_error(c, target->position, "starred assignment target must be in a list or tuple");
        break;
    default: error_set(c->t, EXC_SystemError, "compiler: unexpected target kind %d", target->kind); break;
    }
    c->position = saved;
    c->u->temp_top = mark;
    return result;
}

int target_delete(Compiler *c, AstExpr *target)
{
    Position saved = c->position;
    uint32_t mark = c->u->temp_top;
    int result = -1;
    c->position = target->position;
    switch (target->kind) {
    case AST_Name: result = name_delete(c, target->Name.id); break;
    case AST_Attribute: {
        Reg object = expr(c, target->Attribute.value);
        int site = object < 0 ? -1 : attribute_site(c, target->Attribute.attr);
        if (site >= 0) {
            narrow_to_attribute(c, target);
            result = emit(c, OP_DELETE_ATTR, object, 0, site);
        }
        break;
    }
    case AST_Subscript: {
        Reg object = expr_held(c, target->Subscript.value, target->Subscript.slice);
        Reg key = object < 0 ? -1 : expr(c, target->Subscript.slice);
        if (key >= 0)
            result = emit(c, OP_DELITEM, object, key, 0);
        break;
    }
    case AST_Tuple:
    case AST_List: {
        AstExprSeq *elts = target->kind == AST_Tuple ? target->Tuple.elts : target->List.elts;
        result = 0;
        for (uint32_t i = 0; i < elts->n && result == 0; i++)
            result = target_delete(c, elts->at[i]);
        break;
    }
    default: error_set(c->t, EXC_SystemError, "compiler: unexpected target kind %d", target->kind); break;
    }
    c->position = saved;
    c->u->temp_top = mark;
    return result;
}
