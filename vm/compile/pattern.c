/* pattern.c: the match statement (PEP 634).
 *
 * A case is tried in temporaries only: captures are kept until the whole pattern matched, then stored.  Whatever temporaries a failed pattern has used are
 * cleared at its fail label at once (clearing an empty register does nothing), so no failure path needs to know what is alive. */
#include "compiler.h"

typedef struct Capture {
    Value name;
    Reg reg;
} Capture;

typedef struct Matching {
    Label fail;
    Capture *captures; /* array in the arena; grows */
    uint32_t count, capacity;
    bool irrefutable_allowed; /* in the last case, or with a guard */
} Matching;

static int pattern(Compiler *c, Matching *m, AstPattern *p, Reg subject);

static int capture(Compiler *c, Matching *m, Value name, Reg subject, Position position)
{
    for (uint32_t i = 0; i < m->count; i++)
        if (str_equal(m->captures[i].name, name))
            return compiler_error(c, position, "multiple assignments to name %V in pattern", name), -1;
    if (m->count == m->capacity) {
        uint32_t capacity = m->capacity ? m->capacity * 2 : 8;
        Capture *grown = arena_alloc(c->t, c->arena, capacity * sizeof *grown);
        if (!grown)
            return -1;
        if (m->count)
            memcpy(grown, m->captures, m->count * sizeof *grown);
        m->captures = grown;
        m->capacity = capacity;
    }
    Reg r = temp_push(c);
    m->captures[m->count++] = (Capture){name, r};
    return emit(c, OP_COPY, r, subject, 0);
}

static bool is_wildcard(AstPattern *p)
{
    return p->kind == AST_MatchAs && value_is_empty(p->MatchAs.name) && !p->MatchAs.pattern;
}
static bool is_formatted(const AstExpr *e) { return e->kind == AST_JoinedStr || e->kind == AST_TemplateStr; }
static bool is_wildcard_star(AstPattern *p) { return p->kind == AST_MatchStar && value_is_empty(p->MatchStar.name); }

/* Jumps to the fail label unless the temporary is true; consumes it. */
static int unless(Compiler *c, Matching *m, Reg test) { return emit_jump(c, OP_JUMP_IF_FALSE, test, 0, m->fail); }

static int match_sequence(Compiler *c, Matching *m, AstPattern *p, Reg subject)
{
    AstPatternSeq *ps = p->MatchSequence.patterns;
    uint32_t n = ps->n, star = n;
    bool only_wildcards = true, star_wildcard = false;
    for (uint32_t i = 0; i < n; i++) {
        if (ps->at[i]->kind == AST_MatchStar) {
            if (star < n)
                return compiler_error(c, p->position, "multiple starred names in sequence pattern"), -1;
            star = i;
            star_wildcard = is_wildcard_star(ps->at[i]);
            only_wildcards = only_wildcards && star_wildcard;
            continue;
        }
        only_wildcards = only_wildcards && is_wildcard(ps->at[i]);
    }
    Reg test = temp_push(c);
    if (emit(c, OP_MATCH_SEQUENCE, test, subject, 0) < 0 || unless(c, m, test) < 0)
        return -1;
    Reg length = temp_push(c);
    if (star == n) {
        if (emit(c, OP_GET_LEN, length, subject, 0) < 0 ||
            emit_jump(c, OP_JUMP_NOT_EQ_INT, length, (int32_t)n, m->fail) < 0)
            return -1;
    } else if (n > 1) {
        if (emit(c, OP_GET_LEN, length, subject, 0) < 0 ||
            emit_jump(c, OP_JUMP_NOT_GE_INT, length, (int32_t)n - 1, m->fail) < 0)
            return -1;
    }
    if (only_wildcards)
        return 0;
    if (star < n && star_wildcard) {
        /* Only items at the ends matter: read them by index. */
        for (uint32_t i = 0; i < n; i++) {
            if (i == star || is_wildcard(ps->at[i]))
                continue;
            Reg copy = temp_push(c), item = temp_push(c);
            /* From the end: by the length, as not every sequence knows negative indices. */
            if (emit(c, OP_COPY, copy, subject, 0) < 0 ||
                (i < star ? emit(c, OP_GETITEM_INT, item, copy, (int32_t)i) < 0
                          : emit(c, OP_GET_LEN, item, subject, 0) < 0 ||
                                emit(c, OP_SUB_INT, item, item, (int32_t)(n - i)) < 0 ||
                                emit(c, OP_GETITEM, item, copy, item) < 0) ||
                pattern(c, m, ps->at[i], item) < 0)
                return -1;
        }
        return 0;
    }
    Reg copy = temp_push(c), base = temp_push_n(c, n);
    if (emit(c, OP_COPY, copy, subject, 0) < 0)
        return -1;
    if (star < n) {
        if (emit(c, OP_UNPACK_EX, copy, base, (int32_t)star) < 0 ||
            emit(c, OP_EXTRA, (int32_t)(n - star - 1), 0, 0) < 0)
            return -1;
    } else if (emit(c, OP_UNPACK, copy, base, (int32_t)n) < 0) {
        return -1;
    }
    for (uint32_t i = 0; i < n; i++)
        if (pattern(c, m, ps->at[i], base + (Reg)i) < 0)
            return -1;
    return 0;
}

static int match_mapping(Compiler *c, Matching *m, AstPattern *p, Reg subject)
{
    AstExprSeq *keys = p->MatchMapping.keys;
    AstPatternSeq *ps = p->MatchMapping.patterns;
    Value rest = p->MatchMapping.rest;
    Reg test = temp_push(c);
    if (emit(c, OP_MATCH_MAPPING, test, subject, 0) < 0 || unless(c, m, test) < 0)
        return -1;
    if (keys->n == 0 && value_is_empty(rest))
        return 0;
    if (keys->n) {
        Reg length = temp_push(c);
        if (emit(c, OP_GET_LEN, length, subject, 0) < 0 ||
            emit_jump(c, OP_JUMP_NOT_GE_INT, length, (int32_t)keys->n, m->fail) < 0)
            return -1;
    }
    Reg base = temp_push_n(c, keys->n);
    Value seen = set_new(c->t, VALUE_EMPTY);
    if (value_is_empty(seen))
        return -1;
    for (uint32_t i = 0; i < keys->n; i++) {
        Value v;
        if (is_formatted(keys->at[i])) {
            ref_dec(c->t, seen);
            return compiler_error(c, p->position, "mapping pattern keys may only match literals and attribute lookups"),
                   -1;
        }
        int constant = constant_value(c, keys->at[i], &v);
        if (constant > 0) {
            int known = set_contains(c->t, seen, v);
            if (known > 0)
                compiler_error(c, p->position, "mapping pattern checks duplicate key (%V)", v);
            constant = known != 0 || set_add(c->t, seen, v) < 0 ? -1 : 0;
            ref_dec(c->t, v);
        }
        if (constant < 0 || expr_into(c, keys->at[i], base + (Reg)i) < 0) {
            ref_dec(c->t, seen);
            return -1;
        }
    }
    ref_dec(c->t, seen);
    Reg tuple = temp_push(c), copy = temp_push(c), values = temp_push(c), check = temp_push(c);
    if (emit(c, OP_BUILD_TUPLE, tuple, base, (int32_t)keys->n) < 0 || emit(c, OP_COPY, copy, tuple, 0) < 0 ||
        emit(c, OP_MATCH_KEYS, values, subject, copy) < 0 || emit(c, OP_COPY, check, values, 0) < 0 ||
        emit_jump(c, OP_JUMP_IF_NONE, check, 0, m->fail) < 0)
        return -1;
    Reg items = temp_push_n(c, keys->n);
    if (emit(c, OP_UNPACK, values, items, (int32_t)keys->n) < 0)
        return -1;
    for (uint32_t i = 0; i < keys->n; i++)
        if (pattern(c, m, ps->at[i], items + (Reg)i) < 0)
            return -1;
    if (!value_is_empty(rest)) {
        Reg dict = temp_push(c);
        if (emit(c, OP_DICT_WITHOUT, dict, subject, tuple) < 0 || capture(c, m, rest, dict, p->position) < 0)
            return -1;
    }
    return 0;
}

static int match_class(Compiler *c, Matching *m, AstPattern *p, Reg subject)
{
    AstPatternSeq *positional = p->MatchClass.patterns, *keyword = p->MatchClass.kwd_patterns;
    AstValueSeq *names = p->MatchClass.kwd_attrs;
    Thread *t = c->t;
    for (uint32_t i = 0; i < names->n; i++)
        for (uint32_t j = 0; j < i; j++)
            if (str_equal(names->at[i], names->at[j]))
                return compiler_error(c, keyword->at[i]->position, "attribute name repeated in class pattern: %U",
                                      names->at[i]),
                       -1;
    Reg base = temp_push_n(c, 2), result = temp_push(c), check = temp_push(c);
    if (expr_into(c, p->MatchClass.cls, base) < 0)
        return -1;
    Value tuple = tuple_new(t, names->n);
    if (value_is_empty(tuple))
        return -1;
    for (uint32_t i = 0; i < names->n; i++)
        tuple_of(tuple)->items[i] = ref_inc(t, names->at[i]);
    uint32_t n = positional->n + keyword->n;
    if (constant_load_take(c, tuple, base + 1) < 0 || emit(c, OP_MATCH_CLASS, result, subject, base) < 0 ||
        emit(c, OP_EXTRA, (int32_t)positional->n, 0, 0) < 0 || emit(c, OP_COPY, check, result, 0) < 0 ||
        emit_jump(c, OP_JUMP_IF_NONE, check, 0, m->fail) < 0)
        return -1;
    Reg items = temp_push_n(c, n);
    if (emit(c, OP_UNPACK, result, items, (int32_t)n) < 0)
        return -1;
    for (uint32_t i = 0; i < n; i++) {
        AstPattern *sub = i < positional->n ? positional->at[i] : keyword->at[i - positional->n];
        if (!is_wildcard(sub) && pattern(c, m, sub, items + (Reg)i) < 0)
            return -1;
    }
    return 0;
}

/* Each alternative must bind the same names; they share the capture registers of the first. */
static int match_or(Compiler *c, Matching *m, AstPattern *p, Reg subject)
{
    AstPatternSeq *ps = p->MatchOr.patterns;
    Label outer_fail = m->fail, matched = label_new(c);
    uint32_t before = m->count, first_count = 0;
    bool allowed = m->irrefutable_allowed;
    if (matched < 0)
        return -1;
    uint32_t start = c->u->temp_top;
    Capture *first = NULL;
    for (uint32_t i = 0; i < ps->n; i++) {
        bool last = i + 1 == ps->n;
        m->fail = last ? outer_fail : label_new(c);
        m->irrefutable_allowed = last && allowed;
        if (m->fail < 0)
            return -1;
        m->count = before;
        if (pattern(c, m, ps->at[i], subject) < 0)
            return -1;
        uint32_t count = m->count - before;
        if (i == 0) {
            first_count = count;
            first = arena_alloc(c->t, c->arena, (count + 1) * sizeof *first);
            if (!first)
                return -1;
            if (count)
                memcpy(first, m->captures + before, count * sizeof *first);
        } else {
            if (count != first_count)
                return compiler_error(c, p->position, "alternative patterns bind different names"), -1;
            for (uint32_t k = 0; k < count; k++) {
                Capture *mine = &m->captures[before + k];
                uint32_t j = 0;
                while (j < first_count && !str_equal(first[j].name, mine->name))
                    j++;
                if (j == first_count)
                    return compiler_error(c, p->position, "alternative patterns bind different names"), -1;
                if (emit(c, OP_MOVE, first[j].reg, mine->reg, 0) < 0)
                    return -1;
            }
        }
        if (emit_jump(c, OP_JUMP, 0, 0, matched) < 0)
            return -1;
        if (!last) {
            if (label_place(c, m->fail) < 0 || emit(c, OP_CLEAR, (Reg)start, (int32_t)(c->u->temp_top - start), 0) < 0)
                return -1;
        }
    }
    m->fail = outer_fail;
    m->irrefutable_allowed = allowed;
    m->count = before + first_count;
    if (first_count)
        memcpy(m->captures + before, first, first_count * sizeof *first);
    return label_place(c, matched);
}

static int match_as(Compiler *c, Matching *m, AstPattern *p, Reg subject)
{
    AstPattern *inner = p->MatchAs.pattern;
    Value name = p->MatchAs.name;
    if (!inner) {
        if (!m->irrefutable_allowed) {
            if (value_is_empty(name))
                return compiler_error(c, p->position, "wildcard makes remaining patterns unreachable"), -1;
            return compiler_error(c, p->position, "name capture %V makes remaining patterns unreachable", name), -1;
        }
        return value_is_empty(name) ? 0 : capture(c, m, name, subject, p->position);
    }
    if (pattern(c, m, inner, subject) < 0)
        return -1;
    return capture(c, m, name, subject, p->position);
}

static int pattern_inner(Compiler *c, Matching *m, AstPattern *p, Reg subject)
{
    switch (p->kind) {
    case AST_MatchValue: {
        if (is_formatted(p->MatchValue.value))
            return compiler_error(c, p->position, "patterns may only match literals and attribute lookups"), -1;
        Reg copy = temp_push(c), value = temp_push(c);
        if (emit(c, OP_COPY, copy, subject, 0) < 0 || expr_into(c, p->MatchValue.value, value) < 0)
            return -1;
        return emit_jump(c, OP_JUMP_NOT_EQ, copy, value, m->fail);
    }
    case AST_MatchSingleton: {
        Reg copy = temp_push(c), value = temp_push(c);
        if (emit(c, OP_COPY, copy, subject, 0) < 0 || constant_load(c, p->MatchSingleton.value, value) < 0)
            return -1;
        return emit_jump(c, OP_JUMP_IS_NOT, copy, value, m->fail);
    }
    case AST_MatchSequence: return match_sequence(c, m, p, subject);
    case AST_MatchMapping: return match_mapping(c, m, p, subject);
    case AST_MatchClass: return match_class(c, m, p, subject);
    case AST_MatchStar:
        return value_is_empty(p->MatchStar.name) ? 0 : capture(c, m, p->MatchStar.name, subject, p->position);
    case AST_MatchAs: return match_as(c, m, p, subject);
    case AST_MatchOr: return match_or(c, m, p, subject);
    default: error_set(c->t, EXC_SystemError, "compiler: unexpected pattern kind %d", p->kind); return -1;
    }
}

static int pattern(Compiler *c, Matching *m, AstPattern *p, Reg subject)
{
    if (!recursion_enter(c->t, " during compilation"))
        return -1;
    Position saved = c->position;
    bool allowed = m->irrefutable_allowed;
    c->position = p->position;
    if (p->kind == AST_MatchSequence || p->kind == AST_MatchMapping || p->kind == AST_MatchClass)
        m->irrefutable_allowed = true; /* sub-patterns may match anything: the whole can still fail */
    int result = pattern_inner(c, m, p, subject);
    m->irrefutable_allowed = allowed;
    c->position = saved;
    recursion_leave(c->t);
    return result;
}

int pattern_match(Compiler *c, AstStmt *s)
{
    Unit *u = c->u;
    uint32_t mark = u->temp_top;
    Label end = label_new(c);
    Reg subject = expr_temp(c, s->Match.subject);
    if (end < 0 || subject < 0)
        return -1;
    uint32_t inside = u->temp_top, n = s->Match.cases->n;
    for (uint32_t i = 0; i < n; i++) {
        AstMatchCase *k = s->Match.cases->at[i];
        Matching m = {.fail = label_new(c), .irrefutable_allowed = i + 1 == n || k->guard};
        if (m.fail < 0)
            return -1;
        c->position = k->pattern->position;
        if (pattern(c, &m, k->pattern, subject) < 0)
            return -1;
        for (uint32_t j = 0; j < m.count; j++)
            if (name_store(c, m.captures[j].name, m.captures[j].reg) < 0)
                return -1;
        uint32_t used = u->temp_top - inside;
        if (used && emit(c, OP_CLEAR, (Reg)inside, (int32_t)used, 0) < 0)
            return -1;
        u->temp_top = inside;
        if (k->guard && expr_jump(c, k->guard, m.fail, false) < 0)
            return -1;
        if (emit(c, OP_CLEAR, subject, 1, 0) < 0 || stmts(c, k->body) < 0 || emit_jump(c, OP_JUMP, 0, 0, end) < 0 ||
            label_place(c, m.fail) < 0)
            return -1;
        c->position = (Position){0};
        if (used && emit(c, OP_CLEAR, (Reg)inside, (int32_t)used, 0) < 0)
            return -1;
    }
    u->temp_top = mark;
    if (emit(c, OP_CLEAR, subject, 1, 0) < 0)
        return -1;
    return label_place(c, end);
}
