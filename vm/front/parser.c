/* parser.c: the driver of the parser: decoding the source, tokens on demand, the two passes, the four start symbols.
 *
 * Read next: parser_internal.h (the rules that all parse_*.c follow), syntax_error.c (what happens when a text is wrong). */
#include "parser_internal.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/object.h"
#include "../object/module.h"
#include "source.h"

/* ---- tokens ---- */

/* Turns the lexer's status into an exception, unless one is pending. */
static void raise_lexer_error(Parser *p)
{
    Lexer *lx = &p->lexer;
    ExceptionId id = EXC_SyntaxError;
    const char *message;
    int32_t column = 0;
    switch (lx->status) {
    case LEX_EOF:
        if (lx->level)
            parser_error_unclosed(p);
        else
            parser_error_last(p, EXC_SyntaxError, "unexpected EOF while parsing");
        return;
    case LEX_DEDENT:
        parser_error_last(p, EXC_IndentationError, "unindent does not match any outer indentation level");
        return;
    case LEX_TABSPACE:
        id = EXC_TabError;
        message = "inconsistent use of tabs and spaces in indentation";
        break;
    case LEX_TOO_DEEP:
        id = EXC_IndentationError;
        message = "too many levels of indentation";
        break;
    case LEX_LINECONT:
        column = (int32_t)(lx->cur - lx->buffer_start) - 1;
        message = "unexpected character after line continuation character";
        break;
    default: return;
    }
    Position place = {lx->line, column, lx->line, -1};
    parser_error_range_id(p, id, place, "%s", message);
}

static bool grow_tokens(Parser *p)
{
    uint32_t capacity = p->capacity ? p->capacity * 2 : 256;
    Token *tokens = alloc_memory_resize(p->t, p->tokens, capacity * sizeof(Token));
    if (!tokens)
        return false;
    p->tokens = tokens;
    p->capacity = capacity;
    return true;
}

/* Remembers a `# type: ignore`. */
static bool add_ignore(Parser *p, const Token *token)
{
    if (p->ignore_count == p->ignore_capacity) {
        uint32_t capacity = p->ignore_capacity ? p->ignore_capacity * 2 : 8;
        AstTypeIgnore **ignores = alloc_memory_resize(p->t, p->ignores, capacity * sizeof *ignores);
        if (!ignores)
            return false;
        p->ignores = ignores;
        p->ignore_capacity = capacity;
    }
    AstTypeIgnore *ignore = parser_alloc(p, sizeof *ignore);
    if (!ignore)
        return false;
    ignore->kind = AST_TypeIgnore;
    ignore->TypeIgnore.lineno = token->line;
    ignore->TypeIgnore.tag =
        parser_keep_take(p, str_from_utf8(p->t, p->lexer.source + token->start, token->end - token->start));
    p->ignores[p->ignore_count++] = ignore;
    return !p->failed;
}

void parser_fetch(Parser *p)
{
    /* The room for one more than needed: failing to grow must leave a token to look at. */
    if (p->n + 1 >= p->capacity && !grow_tokens(p)) {
        p->failed = true;
        p->tokens[p->n++] = (Token){.kind = TOKEN_ERRORTOKEN};
        return;
    }
    Token *token = &p->tokens[p->n];
    if (p->failed && p->n && p->tokens[p->n - 1].kind == TOKEN_ERRORTOKEN) {
        *token = p->tokens[p->n - 1];
        p->n++;
        return;
    }
    int result;
    while ((result = lexer_next(&p->lexer, token)) == 0 && UNLIKELY(token->kind == TOKEN_TYPE_IGNORE)) {
        if (!add_ignore(p, token)) {
            result = -1;
            p->lexer.status = LEX_RAISED;
            token->kind = TOKEN_ERRORTOKEN;
            break;
        }
    }
    if (UNLIKELY(p->mode == PARSE_SINGLE)) {
        if (token->kind == TOKEN_ENDMARKER && p->started) {
            /* The end of what was typed ends a statement and all blocks. */
            token->kind = TOKEN_NEWLINE;
            p->started = false;
            if (p->lexer.indent && !(p->flags & PARSE_DONT_IMPLY_DEDENT)) {
                p->lexer.pending = -p->lexer.indent;
                p->lexer.indent = 0;
            }
        } else {
            p->started = true;
        }
    }
    p->n++;
    if (UNLIKELY(result < 0)) {
        if (!error_pending(p->t))
            raise_lexer_error(p);
        p->failed = true;
    }
}

bool parser_peek_word(Parser *p, const char *word)
{
    if (parser_peek(p) != TOKEN_NAME)
        return false;
    const Token *token = &p->tokens[p->at];
    size_t n = strlen(word);
    return token->end - token->start == n && memcmp(p->lexer.source + token->start, word, n) == 0;
}

bool parser_expect_forced(Parser *p, TokenKind kind)
{
    if (p->failed)
        return false;
    if (parser_accept(p, kind))
        return true;
    if (!p->failed)
        parser_error_token(p, &p->tokens[p->at], "expected '%s'", lexer_kind_text(kind));
    return false;
}

Position parser_position_block(Parser *p, uint32_t start)
{
    const Token *a = &p->tokens[start], *b = &p->tokens[p->at - 1];
    while (b > p->tokens && (b->kind == TOKEN_ENDMARKER || (b->kind >= TOKEN_NEWLINE && b->kind <= TOKEN_DEDENT)))
        b--;
    return (Position){a->line, a->column, b->end_line, b->end_column};
}

/* ---- values, names, sequences ---- */

Value parser_keep_take(Parser *p, Value v)
{
    if (value_is_empty(v) || arena_keep_take(p->t, p->arena, v) < 0) {
        p->failed = true;
        return VALUE_EMPTY;
    }
    return v;
}

/* Identifiers are compared in normal form NFKC. */
static Value normalize_name(Parser *p, Value name_take)
{
    Thread *t = p->t;
    if (value_is_empty(p->normalizer)) {
        p->normalizer = parser_keep_take(p, module_from_def(t, &module_def_unicodedata));
        if (p->failed) {
            ref_dec(t, name_take);
            return VALUE_EMPTY;
        }
    }
    Value form = str_from_string(t, "NFKC");
    Value result = value_is_empty(form)
                       ? VALUE_EMPTY
                       : object_call_method_string(t, p->normalizer, "normalize", form, name_take, VALUE_EMPTY);
    ref_dec(t, form);
    ref_dec(t, name_take);
    return result;
}

static bool grow_names(Parser *p)
{
    uint32_t capacity = p->names ? (p->name_mask + 1) * 2 : 128;
    NameEntry *names = alloc_memory_zeroed(p->t, capacity, sizeof *names);
    if (!names)
        return false;
    for (uint32_t i = 0; p->names && i <= p->name_mask; i++) {
        if (value_is_empty(p->names[i].name))
            continue;
        uint32_t j = p->names[i].hash & (capacity - 1);
        while (!value_is_empty(names[j].name))
            j = (j + 1) & (capacity - 1);
        names[j] = p->names[i];
    }
    alloc_memory_free(p->t, p->names);
    p->names = names;
    p->name_mask = capacity - 1;
    return true;
}

Value parser_name_text(Parser *p, uint32_t start, uint32_t length)
{
    const uint8_t *s = (const uint8_t *)p->lexer.source + start;
    uint32_t hash = 2166136261u, wide = 0;
    for (uint32_t i = 0; i < length; i++) {
        hash = (hash ^ s[i]) * 16777619u;
        wide |= s[i];
    }
    hash ^= hash >> 15;
    if (UNLIKELY(!p->names || p->name_count * 2 > p->name_mask) && !grow_names(p))
        return parser_raised(p), VALUE_EMPTY;
    uint32_t i = hash & p->name_mask;
    for (; !value_is_empty(p->names[i].name); i = (i + 1) & p->name_mask) {
        const NameEntry *entry = &p->names[i];
        if (entry->hash == hash && entry->length == length && memcmp(p->lexer.source + entry->start, s, length) == 0)
            return entry->name;
    }
    Value name = str_from_utf8(p->t, (const char *)s, length);
    if (wide >= 128 && !value_is_empty(name))
        name = normalize_name(p, name);
    if (!value_is_empty(name))
        name = str_intern_take(p->t, name);
    name = parser_keep_take(p, name);
    if (!p->failed) {
        p->names[i] = (NameEntry){hash, start, length, name};
        p->name_count++;
    }
    return name;
}

Value parser_name(Parser *p, const Token *token)
{
    return parser_name_text(p, token->start, token->end - token->start);
}

AstExpr *parser_name_expr(Parser *p, Value name, AstKind context, Position position)
{
    AstExpr *e = parser_expr(p, AST_Name, position);
    if (e) {
        e->Name.id = name;
        e->Name.ctx = context;
    }
    return e;
}

AstExpr *parser_constant(Parser *p, Value value_take, Position position)
{
    Value value = parser_keep_take(p, value_take);
    if (value_is_empty(value))
        return NULL;
    AstExpr *e = parser_expr(p, AST_Constant, position);
    if (e)
        e->Constant.value = value;
    return e;
}

AstExpr *parser_tuple(Parser *p, AstExprSeq *elts, Position position)
{
    AstExpr *e = elts ? parser_expr(p, AST_Tuple, position) : NULL;
    if (e) {
        e->Tuple.elts = elts;
        e->Tuple.ctx = AST_Load;
    }
    return e;
}

bool parser_push_slow(Parser *p, uint64_t item)
{
    uint32_t capacity = p->stack_capacity ? p->stack_capacity * 2 : 256;
    uint64_t *stack = alloc_memory_resize(p->t, p->stack, capacity * sizeof *stack);
    if (!stack)
        return parser_raised(p);
    p->stack = stack;
    p->stack_capacity = capacity;
    stack[p->stack_n++] = item;
    return true;
}

void *parser_empty_seq(void)
{
    /* Without items there is nothing that anyone could change. */
    static const uint64_t empty[2];
    return (void *)(uintptr_t)empty;
}

void *parser_finish(Parser *p, uint32_t mark)
{
    uint32_t n = p->stack_n - mark;
    p->stack_n = mark;
    if (!n)
        return parser_empty_seq();
    AstNodeSeq *seq = parser_alloc(p, sizeof *seq + n * sizeof(void *));
    if (seq) {
        seq->n = n;
        for (uint32_t i = 0; i < n; i++)
            seq->at[i] = (void *)(uintptr_t)p->stack[mark + i];
    }
    return seq;
}

void *parser_finish_values(Parser *p, uint32_t mark)
{
    uint32_t n = p->stack_n - mark;
    p->stack_n = mark;
    AstValueSeq *seq = parser_alloc(p, sizeof *seq + n * sizeof(Value));
    if (seq) {
        seq->n = n;
        for (uint32_t i = 0; i < n; i++)
            seq->at[i] = (Value){p->stack[mark + i]};
    }
    return seq;
}

bool parser_too_deep(Parser *p)
{
    if (!p->failed && !error_pending(p->t))
        error_set(p->t, EXC_MemoryError, "Parser stack overflowed - Python source too complex to parse");
    p->failed = true;
    return true;
}

/* ---- what was found before ---- */

static uint32_t memo_slot(const MemoEntry *memo, uint32_t mask, uint32_t rule, uint32_t at)
{
    uint32_t i = (at * 2654435761u + rule * 40503u) & mask;
    while (memo[i].rule && (memo[i].rule != rule || memo[i].at != at))
        i = (i + 1) & mask;
    return i;
}

int parser_memo_find(Parser *p, uint32_t rule, void **node)
{
    if (!p->memo)
        return 0;
    const MemoEntry *entry = &p->memo[memo_slot(p->memo, p->memo_mask, rule, p->at)];
    if (!entry->rule)
        return 0;
    *node = entry->node;
    p->at = entry->end;
    return 1;
}

void parser_memo_add(Parser *p, uint32_t rule, uint32_t at, void *node)
{
    if (p->failed)
        return;
    if (!p->memo || p->memo_count * 2 > p->memo_mask) {
        uint32_t capacity = p->memo ? (p->memo_mask + 1) * 2 : 1024;
        MemoEntry *memo = alloc_memory_zeroed(p->t, capacity, sizeof *memo);
        if (!memo) {
            p->failed = true;
            return;
        }
        for (uint32_t i = 0; p->memo && i <= p->memo_mask; i++)
            if (p->memo[i].rule)
                memo[memo_slot(memo, capacity - 1, p->memo[i].rule, p->memo[i].at)] = p->memo[i];
        alloc_memory_free(p->t, p->memo);
        p->memo = memo;
        p->memo_mask = capacity - 1;
    }
    MemoEntry *entry = &p->memo[memo_slot(p->memo, p->memo_mask, rule, at)];
    if (!entry->rule)
        p->memo_count++;
    *entry = (MemoEntry){at, rule, p->at, node};
}

/* ---- start symbols ---- */

static AstMod *mod_new(Parser *p, AstKind kind)
{
    AstMod *mod = p->failed ? NULL : parser_alloc(p, sizeof *mod);
    if (mod)
        mod->kind = kind;
    return mod;
}

static AstMod *parse_file(Parser *p)
{
    TokenKind kind = parser_peek(p);
    if (kind != TOKEN_ENDMARKER)
        parse_statements(p);
    if (p->failed || !parser_accept(p, TOKEN_ENDMARKER))
        return NULL;
    AstStmtSeq *body = parser_finish(p, 0);
    for (uint32_t i = 0; i < p->ignore_count; i++)
        parser_push(p, p->ignores[i]);
    AstTypeIgnoreSeq *ignores = parser_finish(p, 0);
    AstMod *mod = mod_new(p, AST_Module);
    if (mod) {
        mod->Module.body = body;
        mod->Module.type_ignores = ignores;
    }
    return mod;
}

static AstMod *parse_single(Parser *p)
{
    uint32_t start = p->at;
    bool good;
    switch (parser_peek(p)) {
    case TOKEN_NEWLINE: {
        p->at++;
        AstStmt *s = parser_stmt(p, AST_Pass, parser_position(p, start));
        good = s && parser_push(p, s);
        break;
    }
    case TOKEN_ENDMARKER: good = false; break;
    default: {
        TokenKind kind = (TokenKind)p->tokens[p->at].kind;
        bool compound = kind == TOKEN_DEF || kind == TOKEN_AT || kind == TOKEN_CLASS || kind == TOKEN_IF ||
                        kind == TOKEN_WHILE || kind == TOKEN_FOR || kind == TOKEN_WITH || kind == TOKEN_TRY ||
                        kind == TOKEN_ASYNC;
        good = parse_statement(p);
        compound = compound || (good && p->stack_n == 1 && ((AstStmt *)(uintptr_t)p->stack[0])->kind == AST_Match);
        if (good && compound)
            good = parser_accept(p, TOKEN_NEWLINE);
        break;
    }
    }
    if (!good || p->failed)
        return NULL;
    AstStmtSeq *body = parser_finish(p, 0);
    AstMod *mod = mod_new(p, AST_Interactive);
    if (mod)
        mod->Interactive.body = body;
    return mod;
}

static AstMod *parse_eval(Parser *p)
{
    AstExpr *body = parse_expressions(p);
    if (!body)
        return NULL;
    while (parser_accept(p, TOKEN_NEWLINE))
        ;
    if (!parser_accept(p, TOKEN_ENDMARKER))
        return NULL;
    AstMod *mod = mod_new(p, AST_Expression);
    if (mod)
        mod->Expression.body = body;
    return mod;
}

/* (int, *str, **Any) -> bool */
static AstMod *parse_function_type(Parser *p)
{
    if (!parser_accept(p, TOKEN_LPAR))
        return NULL;
    bool star = false, double_star = false;
    while (parser_peek(p) != TOKEN_RPAR) {
        if (double_star)
            return NULL;
        if (parser_accept(p, TOKEN_DOUBLESTAR))
            double_star = true;
        else if (star)
            return NULL;
        else if (parser_accept(p, TOKEN_STAR))
            star = true;
        AstExpr *e = parse_expression(p);
        if (!e || !parser_push(p, e))
            return NULL;
        if (!parser_accept(p, TOKEN_COMMA))
            break;
        if (parser_peek(p) == TOKEN_RPAR)
            return NULL;
    }
    if (!parser_accept(p, TOKEN_RPAR) || !parser_accept(p, TOKEN_RARROW))
        return NULL;
    AstExprSeq *argtypes = parser_finish(p, 0);
    AstExpr *returns = parse_expression(p);
    if (!returns)
        return NULL;
    while (parser_accept(p, TOKEN_NEWLINE))
        ;
    if (!parser_accept(p, TOKEN_ENDMARKER))
        return NULL;
    AstMod *mod = mod_new(p, AST_FunctionType);
    if (mod) {
        mod->FunctionType.argtypes = argtypes;
        mod->FunctionType.returns = returns;
    }
    return mod;
}

static AstMod *parse_root(Parser *p)
{
    p->at = p->stack_n = p->depth = 0;
    AstMod *mod;
    switch (p->mode) {
    case PARSE_FILE: mod = parse_file(p); break;
    case PARSE_SINGLE: mod = parse_single(p); break;
    case PARSE_EVAL: mod = parse_eval(p); break;
    default: mod = parse_function_type(p); break;
    }
    return p->failed ? NULL : mod;
}

/* Anything but blanks and comments behind the first statement? */
static bool more_than_one(const Parser *p)
{
    const char *s = p->lexer.source + p->lexer.cur;
    for (;;) {
        while (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\f')
            s++;
        if (!*s)
            return false;
        if (*s != '#')
            return true;
        while (*s && *s != '\n')
            s++;
    }
}

static AstMod *run(Parser *p)
{
    AstMod *mod = parse_root(p);
    if (mod) {
        if (p->mode != PARSE_SINGLE || !more_than_one(p))
            return mod;
        return parser_error_last(p, EXC_SyntaxError, "multiple statements found while compiling a single statement");
    }
    LexStatus status = p->lexer.status;
    if ((p->flags & PARSE_ALLOW_INCOMPLETE) && (status == LEX_DONE || status == LEX_EOF || status == LEX_EOF_STRING)) {
        error_clear(p->t);
        p->failed = false;
        return parser_error_last(p, EXC__IncompleteInputError, "incomplete input");
    }
    if (error_pending(p->t) && !error_matches(p->t, EXC_SyntaxError))
        return NULL;
    uint32_t last = p->n - 1;
    if (!p->failed) {
        p->diagnosing = true;
        parse_root(p);
    }
    parser_report(p, last);
    return NULL;
}

AstMod *parser_parse(Thread *t, const char *source, size_t n, Value filename, ParseMode mode, int flags,
                     int feature_version, Arena **arena)
{
    *arena = NULL;
    size_t length;
    bool implicit_newline;
    char *text = source_decode(t, source, n, filename, flags & PARSE_IGNORE_COOKIE, mode == PARSE_FILE, &length,
                               &implicit_newline);
    if (!text)
        return NULL;
    Arena *a = arena_new(t);
    Parser *p = a ? alloc_memory_zeroed(t, 1, sizeof *p) : NULL;
    if (!p || !grow_tokens((p->t = t, p))) {
        alloc_memory_free(t, p);
        arena_free(t, a);
        alloc_memory_free(t, text);
        return NULL;
    }
    p->arena = a;
    p->mode = mode;
    p->flags = flags;
    p->feature_version = feature_version < 0 ? PYTHON_VERSION_MINOR : feature_version;
    p->depth_limit = CONFIG_PARSER_DEPTH;
    lexer_init(&p->lexer, t, text, length, filename);
    p->lexer.implicit_newline = implicit_newline;
    p->lexer.want_type_comments = flags & PARSE_TYPE_COMMENTS;
    AstMod *mod = run(p);
    lexer_free(&p->lexer);
    alloc_memory_free(t, p->tokens);
    alloc_memory_free(t, p->stack);
    alloc_memory_free(t, p->names);
    alloc_memory_free(t, p->memo);
    alloc_memory_free(t, p->ignores);
    alloc_memory_free(t, p);
    if (mod)
        *arena = a;
    else
        arena_free(t, a);
    return mod;
}
