/* parse_string.c: string literals side by side, f-strings (PEP 701) and t-strings (PEP 750).
 *
 * A literal becomes a list of parts, Constants and replacement fields; neighbouring Constants of the parts of all literals are then joined. */
#include "parser_internal.h"

#include "../memory/ref.h"
#include "../object/bytes.h"

static AstExpr *constant_of(Parser *p, Value v_take, Position position) { return parser_constant(p, v_take, position); }

static bool is_empty_text(const AstExpr *e)
{
    return e->kind == AST_Constant && str_check_exact(e->Constant.value) && str_length(e->Constant.value) == 0;
}

/* ---- joining ---- */

/* The parts from `mark` up on the stack, neighbouring Constants joined, empty ones dropped if `drop`; pushed in place of them. */
static bool join_parts(Parser *p, uint32_t mark, bool drop)
{
    uint32_t out = mark, end = p->stack_n;
    for (uint32_t i = mark; i < end;) {
        AstExpr *first = (AstExpr *)(uintptr_t)p->stack[i];
        uint32_t j = i + 1;
        if (first->kind == AST_Constant) {
            while (j < end && ((AstExpr *)(uintptr_t)p->stack[j])->kind == AST_Constant)
                j++;
            if (j > i + 1) {
                StrBuilder b = {0};
                int bad = 0;
                for (uint32_t k = i; k < j && bad == 0; k++)
                    bad = strbuilder_str(p->t, &b, ((AstExpr *)(uintptr_t)p->stack[k])->Constant.value);
                if (bad < 0) {
                    strbuilder_discard(p->t, &b);
                    return parser_raised(p);
                }
                Position last = ((AstExpr *)(uintptr_t)p->stack[j - 1])->position;
                Position position = {first->position.line, first->position.column, last.end_line, last.end_column};
                Value kind = first->Constant.kind;
                first = constant_of(p, strbuilder_finish(p->t, &b), position);
                if (!first)
                    return false;
                first->Constant.kind = kind;
            }
        }
        i = j;
        if (drop && is_empty_text(first))
            continue;
        p->stack[out++] = (uint64_t)(uintptr_t)first;
    }
    p->stack_n = out;
    return true;
}

static AstExpr *joined(Parser *p, AstKind kind, uint32_t mark, Position position)
{
    AstExprSeq *values = parser_finish(p, mark);
    AstExpr *e = values ? parser_expr(p, kind, position) : NULL;
    if (e)
        e->JoinedStr.values = values; /* TemplateStr has the same layout */
    return e;
}

/* ---- replacement fields ---- */

/* The text of an expression as it was written, up to `end`, without comments. */
static Value expression_text(Parser *p, uint32_t start, uint32_t end)
{
    const char *s = p->lexer.source;
    if (!memchr(s + start, '#', end - start))
        return str_from_utf8(p->t, s + start, end - start);
    StrBuilder b = {0};
    char quote = 0; /* inside a string: a "#" is no comment */
    uint32_t from = start, i = start;
    int bad = 0;
    while (i < end && bad == 0) {
        char c = s[i];
        if (quote) {
            if (c == quote)
                quote = 0;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '#') {
            Value piece = str_from_utf8(p->t, s + from, i - from);
            bad = value_is_empty(piece) ? -1 : strbuilder_str(p->t, &b, piece);
            ref_dec(p->t, piece);
            while (i < end && s[i] != '\n')
                i++;
            from = i;
            continue;
        }
        i++;
    }
    if (bad == 0) {
        Value piece = str_from_utf8(p->t, s + from, end - from);
        bad = value_is_empty(piece) ? -1 : strbuilder_str(p->t, &b, piece);
        ref_dec(p->t, piece);
    }
    if (bad < 0) {
        strbuilder_discard(p->t, &b);
        return VALUE_EMPTY;
    }
    return strbuilder_finish(p->t, &b);
}

/* What a t-string calls the expression: the text without trailing blanks and "=". */
static Value interpolation_text(Parser *p, Value text_take)
{
    if (value_is_empty(text_take))
        return VALUE_EMPTY;
    const Str *s = str_of(text_take);
    size_t n = s->length;
    while (n && (unicode_is_space(str_at(s, n - 1)) || str_at(s, n - 1) == '='))
        n--;
    Value result = str_slice(p->t, text_take, 0, n);
    ref_dec(p->t, text_take);
    return result;
}

static AstExpr *diagnose_field(Parser *p, uint32_t start, char sort);
static bool parse_field(Parser *p, bool template, bool raw, bool in_spec);

/* ": spec", at the colon. */
static AstExpr *parse_format_spec(Parser *p, bool template, bool raw)
{
    uint32_t start = p->at++, mark = p->stack_n;
    for (;;) {
        TokenKind kind = parser_peek(p);
        if (kind == (template ? TOKEN_TSTRING_MIDDLE : TOKEN_FSTRING_MIDDLE)) {
            uint32_t token = p->at++;
            const Token *text = &p->tokens[token];
            Position position = parser_token_position(text);
            Value v = literal_text(p, token, p->lexer.source + text->start, text->end - text->start, false);
            AstExpr *e = constant_of(p, v, position);
            if (!e || (!is_empty_text(e) && !parser_push(p, e)))
                goto fail;
        } else if (kind == TOKEN_LBRACE) {
            uint32_t before = p->at;
            if (!parse_field(p, template, raw, true)) {
                if (p->failed)
                    goto fail;
                p->at = before;
                break;
            }
        } else {
            break;
        }
    }
    if (p->failed)
        goto fail;
    Position position = parser_position(p, start);
    bool lone = p->stack_n == mark + 1 && ((AstExpr *)(uintptr_t)p->stack[mark])->kind == AST_Constant;
    if (!lone && !join_parts(p, mark, true))
        goto fail;
    return joined(p, AST_JoinedStr, mark, position);
fail:
    p->stack_n = mark;
    return NULL;
}

/* "! NAME": the index of the name, 0 if there is none, -1 on error. */
static int parse_conversion(Parser *p, char sort)
{
    if (parser_peek(p) != TOKEN_EXCLAMATION)
        return 0;
    uint32_t mark = p->at++;
    if (parser_peek(p) != TOKEN_NAME) {
        p->at = mark;
        return 0;
    }
    const Token *bang = &p->tokens[mark], *name = &p->tokens[p->at++];
    if (bang->line != name->line || bang->end_column != name->column) {
        parser_error_between(p, parser_token_position(bang), parser_token_position(name),
                             "%c-string: conversion type must come right after the exclamation mark", sort);
        return -1;
    }
    return (int)(p->at - 1);
}

/* The character that a conversion's name is, or -1. */
static int conversion_character(Parser *p, const Token *name, char sort)
{
    char c = p->lexer.source[name->start];
    if (name->end - name->start == 1 && (c == 's' || c == 'r' || c == 'a'))
        return c;
    Value text = parser_name(p, name);
    if (!p->failed)
        parser_error_token(p, name, "%c-string: invalid conversion character %V: expected 's', 'r', or 'a'", sort,
                           text);
    return -1;
}

/* A replacement field, at its brace: pushes it (and before it the text of its expression if there is a "=").  Within a format specifier it is formatted at once, in a
 * t-string too. */
static bool parse_field(Parser *p, bool template, bool raw, bool in_spec)
{
    uint32_t start = p->at++;
    char sort = template ? 't' : 'f';
    AstExpr *value = parse_annotated_rhs(p), *spec = NULL;
    bool done = false, debug = false;
    int conversion = 0;
    uint32_t delimiter = 0;
    if (value) {
        debug = parser_accept(p, TOKEN_EQUAL);
        parser_peek(p);
        delimiter = p->at;
        conversion = parse_conversion(p, sort);
        if (conversion < 0)
            return false;
        if (parser_peek(p) == TOKEN_COLON)
            spec = parse_format_spec(p, template, raw);
        done = !p->failed && parser_accept(p, TOKEN_RBRACE);
    }
    if (!done) {
        if (parser_diagnoses(p) && !p->failed)
            diagnose_field(p, start, sort);
        return false;
    }
    if (conversion && (conversion = conversion_character(p, &p->tokens[conversion], sort)) < 0)
        return false;
    Position position = parser_position(p, start);
    Value text = VALUE_EMPTY;
    if (debug || template) {
        text = parser_keep_take(p, expression_text(p, p->tokens[start].end, p->tokens[delimiter].start));
        if (p->failed)
            return false;
    }
    if (debug) {
        const Token *end = &p->tokens[delimiter];
        Position where = {position.line, position.column + 1, end->line, end->column};
        size_t n;
        Value owner = VALUE_EMPTY;
        const char *utf8 = str_utf8(p->t, text, &n, &owner);
        if (!utf8)
            return parser_raised(p);
        /* Escapes count here as they do in the text around. */
        Value shown = literal_text(p, start, utf8, n, raw);
        ref_dec(p->t, owner);
        AstExpr *e = p->failed ? NULL : constant_of(p, shown, where);
        if (!e || (!is_empty_text(e) && !parser_push(p, e)))
            return false;
        if (!conversion && !spec)
            conversion = 'r';
    }
    AstExpr *e = parser_expr(p, template && !in_spec ? AST_Interpolation : AST_FormattedValue, position);
    if (!e)
        return false;
    if (template && !in_spec) {
        Value name = parser_keep_take(p, interpolation_text(p, ref_inc(p->t, text)));
        if (p->failed)
            return false;
        e->Interpolation.value = value;
        e->Interpolation.str = name;
        e->Interpolation.conversion = conversion ? conversion : -1;
        e->Interpolation.format_spec = spec;
    } else {
        e->FormattedValue.value = value;
        e->FormattedValue.conversion = conversion ? conversion : -1;
        e->FormattedValue.format_spec = spec;
    }
    return parser_push(p, e);
}

/* What is wrong with a replacement field. */
static AstExpr *diagnose_field(Parser *p, uint32_t start, char sort)
{
    p->at = start + 1;
    TokenKind kind = parser_peek(p);
    if (kind == TOKEN_EQUAL || kind == TOKEN_EXCLAMATION || kind == TOKEN_COLON || kind == TOKEN_RBRACE)
        return parser_error_token(p, &p->tokens[p->at], "%c-string: valid expression required before '%s'", sort,
                                  lexer_kind_text(kind));
    if (!parse_annotated_rhs(p)) {
        p->at = start + 1;
        return p->failed ? NULL : parser_error_next(p, "%c-string: expecting a valid expression after '{'", sort);
    }
    kind = parser_peek(p);
    if (p->failed)
        return NULL;
    if (kind != TOKEN_EQUAL && kind != TOKEN_EXCLAMATION && kind != TOKEN_COLON && kind != TOKEN_RBRACE)
        return parser_error_next(p, "%c-string: expecting '=', or '!', or ':', or '}'", sort);
    if (kind == TOKEN_EQUAL) {
        p->at++;
        kind = parser_peek(p);
        if (p->failed)
            return NULL;
        if (kind != TOKEN_EXCLAMATION && kind != TOKEN_COLON && kind != TOKEN_RBRACE)
            return parser_error_next(p, "%c-string: expecting '!', or ':', or '}'", sort);
    }
    if (kind == TOKEN_EXCLAMATION) {
        p->at++;
        kind = parser_peek(p);
        if (p->failed)
            return NULL;
        if (kind == TOKEN_COLON || kind == TOKEN_RBRACE)
            return parser_error_last(p, EXC_SyntaxError, "%c-string: missing conversion character", sort);
        if (kind != TOKEN_NAME)
            return parser_error_last(p, EXC_SyntaxError, "%c-string: invalid conversion character", sort);
        p->at++;
        kind = parser_peek(p);
    }
    if (p->failed)
        return NULL;
    if (kind != TOKEN_COLON && kind != TOKEN_RBRACE)
        return parser_error_next(p, "%c-string: expecting ':' or '}'", sort);
    if (kind == TOKEN_COLON) {
        uint32_t mark = p->stack_n;
        bool template = sort == 't';
        parse_format_spec(p, template, false);
        p->stack_n = mark;
        if (!p->failed && parser_peek(p) != TOKEN_RBRACE)
            return parser_error_next(p, "%c-string: expecting '}', or format specs", sort);
    }
    return NULL;
}

/* ---- literals ---- */

/* The parts of an f-string or t-string, at its start, pushed. */
static bool parse_parts(Parser *p, bool template)
{
    const Token *first = &p->tokens[p->at++];
    bool raw = false;
    for (uint32_t i = first->start; i < first->end; i++)
        raw |= (p->lexer.source[i] | 32) == 'r';
    TokenKind middle = template ? TOKEN_TSTRING_MIDDLE : TOKEN_FSTRING_MIDDLE,
              end = template ? TOKEN_TSTRING_END : TOKEN_FSTRING_END;
    for (;;) {
        TokenKind kind = parser_peek(p);
        if (kind == middle) {
            uint32_t token = p->at++;
            const Token *text = &p->tokens[token];
            Position position = parser_token_position(text);
            Value v = literal_text(p, token, p->lexer.source + text->start, text->end - text->start, raw);
            AstExpr *e = constant_of(p, v, position);
            if (!e || (!is_empty_text(e) && !parser_push(p, e)))
                return false;
        } else if (kind == TOKEN_LBRACE) {
            if (!parse_field(p, template, raw, false))
                return false;
        } else {
            return parser_accept(p, end);
        }
    }
}

/* The literals from `last` to the next, which is of the other sort: text or bytes beside a t-string. */
static AstExpr *diagnose_mixture(Parser *p, uint32_t last, bool template)
{
    uint32_t next = p->at;
    bool whole = template ? parser_accept(p, TOKEN_STRING) || parse_parts(p, false) : parse_parts(p, true);
    if (!whole)
        return NULL;
    return parser_error_between(p, parser_token_position(&p->tokens[last]), parser_position(p, next),
                                "cannot mix t-string literals with string or bytes literals");
}

static AstExpr *parse_templates(Parser *p)
{
    uint32_t start = p->at, last = start, mark = p->stack_n;
    if (!parser_version(p, 14, "t-strings are"))
        return NULL;
    while (parser_peek(p) == TOKEN_TSTRING_START) {
        last = p->at;
        if (!parse_parts(p, true))
            return NULL;
    }
    if (parser_diagnoses(p) && (parser_peek(p) == TOKEN_STRING || parser_peek(p) == TOKEN_FSTRING_START))
        return diagnose_mixture(p, last, true);
    if (!join_parts(p, mark, true))
        return NULL;
    return joined(p, AST_TemplateStr, mark, parser_position(p, start));
}

static AstExpr *join_bytes(Parser *p, uint32_t mark, Position position)
{
    AstExpr *first = (AstExpr *)(uintptr_t)p->stack[mark];
    if (p->stack_n == mark + 1)
        return first;
    size_t n = 0;
    for (uint32_t i = mark; i < p->stack_n; i++)
        n += bytes_of(((AstExpr *)(uintptr_t)p->stack[i])->Constant.value)->length;
    Value v = bytes_new(p->t, NULL, n);
    if (value_is_empty(v))
        return parser_raised(p);
    uint8_t *out = bytes_of(v)->data;
    for (uint32_t i = mark; i < p->stack_n; i++) {
        const Bytes *b = bytes_of(((AstExpr *)(uintptr_t)p->stack[i])->Constant.value);
        memcpy(out, b->data, b->length);
        out += b->length;
    }
    return constant_of(p, v, position);
}

static AstExpr *strings(Parser *p)
{
    uint32_t start = p->at, last = start, mark = p->stack_n;
    if (parser_peek(p) == TOKEN_TSTRING_START)
        return parse_templates(p);
    bool text = false, bytes = false, formatted = false;
    for (;;) {
        TokenKind kind = parser_peek(p);
        if (kind == TOKEN_STRING) {
            uint32_t token = last = p->at++;
            bool is_bytes, is_u;
            Value v = literal_string(p, token, &is_bytes, &is_u);
            AstExpr *e = constant_of(p, v, parser_token_position(&p->tokens[token]));
            if (!e || !parser_push(p, e))
                return NULL;
            if (is_u) {
                if (value_is_empty(p->u_name))
                    p->u_name = parser_keep_take(p, str_intern_take(p->t, str_from_char(p->t, 'u')));
                e->Constant.kind = p->u_name;
            }
            text |= !is_bytes;
            bytes |= is_bytes;
        } else if (kind == TOKEN_FSTRING_START) {
            formatted = text = true;
            last = p->at;
            if (!parse_parts(p, false))
                return NULL;
        } else {
            break;
        }
    }
    if (p->failed)
        return NULL;
    if (parser_peek(p) == TOKEN_TSTRING_START && parser_diagnoses(p))
        return diagnose_mixture(p, last, false);
    if (text && bytes)
        return parser_error_last(p, EXC_SyntaxError, "cannot mix bytes and nonbytes literals");
    Position position = parser_position(p, start);
    if (bytes)
        return join_bytes(p, mark, position);
    if (!formatted && p->stack_n == mark + 1)
        return (AstExpr *)(uintptr_t)p->stack[mark];
    if (!join_parts(p, mark, formatted))
        return NULL;
    if (!formatted)
        return (AstExpr *)(uintptr_t)p->stack[mark];
    return joined(p, AST_JoinedStr, mark, position);
}

AstExpr *parse_strings(Parser *p)
{
    uint32_t start = p->at, mark = p->stack_n;
    void *node;
    if (p->diagnosing && parser_memo_find(p, MEMO_STRINGS, &node))
        return node;
    AstExpr *e = strings(p);
    p->stack_n = mark;
    if (p->diagnosing)
        parser_memo_add(p, MEMO_STRINGS, start, e);
    return e;
}
