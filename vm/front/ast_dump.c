/* ast_dump.c: a syntax tree as text. */
#include "ast_dump.h"

#include "../memory/ref.h"
#include "../object/str.h"
#include "ast_table.h"

typedef struct Dumper {
    Thread *t;
    StrBuilder b;
    bool positions;
} Dumper;

static int text(Dumper *d, const char *s) { return strbuilder_ascii(d->t, &d->b, s, strlen(s)); }

static int value(Dumper *d, Value v)
{
    if (value_is_empty(v))
        return text(d, "None");
    Value repr = object_repr(d->t, v);
    int result = value_is_empty(repr) ? -1 : strbuilder_str(d->t, &d->b, repr);
    ref_dec(d->t, repr);
    return result;
}

static int number(Dumper *d, int64_t n) { return value(d, value_from_int(n)); }

static int enumeration(Dumper *d, AstKind kind) { return text(d, ast_class(kind)->name) < 0 ? -1 : text(d, "()"); }

static int node(Dumper *d, const void *n);

static int field(Dumper *d, const void *n, const AstField *f)
{
    const void *at = ast_field(n, f);
    const uint32_t *count = f->form == FIELD_NODES || f->form == FIELD_ENUMS || f->form == FIELD_IDENTIFIERS
                                ? *(uint32_t *const *)at
                                : NULL;
    if (!count) {
        switch (f->form) {
        case FIELD_NODE: return node(d, *(void *const *)at);
        case FIELD_ENUM: return enumeration(d, *(const AstKind *)at);
        case FIELD_INT: return number(d, *(const int *)at);
        default: return value(d, *(const Value *)at);
        }
    }
    if (text(d, "[") < 0)
        return -1;
    for (uint32_t i = 0; i < *count; i++) {
        if (i && text(d, ",") < 0)
            return -1;
        int bad = f->form == FIELD_NODES   ? node(d, ((const AstNodeSeq *)(const void *)count)->at[i])
                  : f->form == FIELD_ENUMS ? enumeration(d, ((const AstKindSeq *)(const void *)count)->at[i])
                                           : value(d, ((const AstValueSeq *)(const void *)count)->at[i]);
        if (bad < 0)
            return -1;
    }
    return text(d, "]");
}

static int node_fields(Dumper *d, const void *n)
{
    const AstClass *class = ast_class(ast_kind(n));
    if (text(d, class->name) < 0)
        return -1;
    if (d->positions && class->has_position) {
        const Position *p = ast_position(n);
        const int32_t numbers[] = {p->line, p->column, p->end_line, p->end_column};
        for (int i = 0; i < 4; i++)
            if (text(d, i ? "," : "@") < 0 || number(d, numbers[i]) < 0)
                return -1;
    }
    if (text(d, "(") < 0)
        return -1;
    for (const AstField *f = class->fields; f->name; f++)
        if ((f != class->fields && text(d, ",") < 0) || field(d, n, f) < 0)
            return -1;
    return text(d, ")");
}

static int node(Dumper *d, const void *n)
{
    if (!n)
        return text(d, "None");
    if (!recursion_enter(d->t, " while dumping a syntax tree"))
        return -1;
    int result = node_fields(d, n);
    recursion_leave(d->t);
    return result;
}

Value ast_dump(Thread *t, const void *n, bool positions)
{
    Dumper d = {.t = t, .positions = positions};
    if (node(&d, n) < 0) {
        strbuilder_discard(t, &d.b);
        return VALUE_EMPTY;
    }
    return strbuilder_finish(t, &d.b);
}
