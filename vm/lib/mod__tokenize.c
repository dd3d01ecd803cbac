/* mod__tokenize.c: the module _tokenize: an iterator over the tokens of a text that is read line by line.
 *
 * The lexer asks for the next line when it needs it (Lexer.refill).  Between tokens, and outside f-strings, nothing refers to the lines read before, so they
 * are dropped then: the text held is that of one token.  Columns are counted in characters: a line's are counted once, on from the last token.
 * An iterator makes one token at a time: a call that arrives while another waits for a line gets a ValueError, as with generators.
 * Read next: ../front/lexer.c. */
#include "../front/lexer.h"
#include "../front/syntax_error.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/bytes.h"
#include "../object/codec.h"
#include "../object/error.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../object/container.h"
#include "argument.h"

typedef struct TokenizeIterator {
    Object head;
    Value readline;
    Value filename; /* "<string>" */
    char *encoding; /* of the lines, which are bytes then; NULL: they are str */
    Lexer *lexer;
    size_t capacity;    /* of lexer->source */
    size_t unfinished;  /* at the end: length of the token that is not complete */
    bool extra;         /* comments, NL and operators as OP are wanted */
    bool at_end;        /* there are no more lines */
    bool added_newline; /* the last line had none */
    bool done;          /* ENDMARKER has been given */
    _Atomic bool busy;
    Value line; /* the text of the last token's line, or empty */
    int32_t line_number;
    size_t counted_from, counted_bytes,
        counted_characters; /* the last count of characters: where its line begins, how far it went */
} TokenizeIterator;

static TokenizeIterator *iterator_of(Value v) { return (TokenizeIterator *)value_object(v); }

/* ---- lines ---- */

/* The next line as a str: empty with an exception, or without one at the end. */
static Value read_line(Thread *t, TokenizeIterator *it)
{
    Value line = object_call0(t, it->readline);
    if (value_is_empty(line)) {
        error_swallow(t, EXC_StopIteration);
        return VALUE_EMPTY;
    }
    if (it->encoding ? !bytes_check(line) : !str_check(line)) {
        ref_dec(t, line);
        return error_set(t, EXC_TypeError, "readline() returned a non-%s object", it->encoding ? "bytes" : "string");
    }
    if (!it->encoding)
        return line;
    Value text = codec_decode_text(t, line, it->encoding, "replace");
    ref_dec(t, line);
    return text;
}

/* Appends a line to the text, which begins afresh if nothing refers to it. */
static int append(Thread *t, Lexer *lx, TokenizeIterator *it, const char *s, size_t n)
{
    if (!lx->in_token && !lx->string_depth) {
        lx->cur = lx->length = lx->line_start = lx->line_end = 0;
        it->counted_from = SIZE_MAX;
    }
    size_t needed = lx->length + n + 2;
    if (needed > UINT32_MAX)
        return error_no_memory(t), -1;
    if (needed > it->capacity) {
        size_t capacity = needed < 256 ? 256 : needed + needed / 2;
        char *grown = alloc_memory_resize(t, lx->source, capacity);
        if (!grown)
            return -1;
        lx->source = grown;
        it->capacity = capacity;
    }
    memcpy(lx->source + lx->length, s, n);
    lx->length += n;
    it->added_newline = s[n - 1] != '\n';
    if (it->added_newline)
        lx->source[lx->length++] = '\n';
    lx->source[lx->length] = 0;
    return 1;
}

static int refill(Lexer *lx)
{
    TokenizeIterator *it = lx->refill_context;
    Thread *t = lx->t;
    if (error_pending(t)) /* the lexer tries once more behind a line that failed */
        return -1;
    if (it->at_end)
        return 0;
    Value line = read_line(t, it), owner = VALUE_EMPTY;
    size_t n = 0;
    const char *s = value_is_empty(line) ? NULL : str_utf8(t, line, &n, &owner);
    int result = -1;
    if (!s && error_pending(t)) {
        ;
    } else if (!s || !n) {
        it->at_end = true;
        it->unfinished = lx->in_token || lx->string_depth ? lx->length - lx->buffer_start : 0;
        result = 0;
    } else if (memchr(s, 0, n)) {
        SyntaxPlace place = {lx->line + 1, 0, lx->line + 1, 0};
        Value text = str_from_utf8(t, s, strlen(s));
        if (!value_is_empty(text))
            syntax_error_raise(t, EXC_SyntaxError, it->filename, place, text, "source code cannot contain null bytes");
    } else {
        result = append(t, lx, it, s, n);
    }
    ref_dec(t, owner);
    ref_dec(t, line);
    return result;
}

/* ---- tokens ---- */

/* Raises what stopped the lexer. */
static void raise_error(Thread *t, TokenizeIterator *it)
{
    const Lexer *lx = it->lexer;
    ExceptionId id = EXC_SyntaxError;
    const char *message;
    if (error_pending(t))
        return;
    switch (lx->status) {
    case LEX_EOF:
    case LEX_OK: {
        Value message_str = str_from_string(t, "unexpected EOF in multi-line statement");
        Value exc = value_is_empty(message_str)
                        ? VALUE_EMPTY
                        : object_call1(t, value_of(t->interp->exceptions[EXC_SyntaxError]), message_str);
        ref_dec(t, message_str);
        if (value_is_empty(exc))
            return;
        if (object_setattr_string(t, exc, "filename", it->filename) < 0 ||
            object_setattr_string(t, exc, "lineno", value_from_int(lx->line)) < 0 ||
            object_setattr_string(t, exc, "offset", value_from_int((int64_t)it->unfinished)) < 0 ||
            object_setattr_string(t, exc, "end_lineno", value_from_int(lx->line)) < 0) {
            ref_dec(t, exc);
            return;
        }
        error_set_take(t, exc);
        return;
    }
    case LEX_DEDENT:
        id = EXC_IndentationError;
        message = "unindent does not match any outer indentation level";
        break;
    case LEX_TABSPACE:
        id = EXC_TabError;
        message = "inconsistent use of tabs and spaces in indentation";
        break;
    case LEX_TOO_DEEP:
        id = EXC_IndentationError;
        message = "too many levels of indentation";
        break;
    case LEX_LINECONT: message = "unexpected character after line continuation character"; break;
    default: message = "unknown tokenization error"; break;
    }
    /* The error points behind the whole text that is held. */
    const char *s = lx->source + lx->buffer_start;
    size_t n = lx->line_end - lx->buffer_start;
    Value text = syntax_error_decode(t, s, n ? n - 1 : 0);
    Value message_str = value_is_empty(text) ? VALUE_EMPTY : str_from_string(t, message);
    Value where = VALUE_EMPTY, exc = VALUE_EMPTY;
    if (!value_is_empty(message_str))
        where = tuple_pack(t, 6, it->filename, value_from_int(lx->line),
                           value_from_int((int64_t)syntax_error_characters(s, n)), text, VALUE_NONE, VALUE_NONE);
    if (!value_is_empty(where))
        exc = object_call2(t, value_of(t->interp->exceptions[id]), message_str, where);
    ref_dec(t, text);
    ref_dec(t, message_str);
    ref_dec(t, where);
    if (!value_is_empty(exc))
        error_set_take(t, exc);
}

/* Characters between the beginning of a line, an offset into the text, and a byte of it. */
static int64_t column(TokenizeIterator *it, size_t line_start, size_t bytes)
{
    if (it->counted_from != line_start || it->counted_bytes > bytes) {
        it->counted_from = line_start;
        it->counted_bytes = it->counted_characters = 0;
    }
    it->counted_characters +=
        syntax_error_characters(it->lexer->source + line_start + it->counted_bytes, bytes - it->counted_bytes);
    it->counted_bytes = bytes;
    return (int64_t)it->counted_characters;
}

static bool in_string(TokenKind kind)
{
    return kind == TOKEN_STRING || (kind >= TOKEN_FSTRING_START && kind <= TOKEN_TSTRING_END);
}

/* The text of the line, or lines, from an offset to the end of the line being read: a new reference. */
static Value line_text(Thread *t, TokenizeIterator *it, size_t start)
{
    const Lexer *lx = it->lexer;
    if (it->line_number != lx->line || value_is_empty(it->line)) {
        size_t n = lx->line_end - start;
        if (n && it->added_newline)
            n--;
        Value line = syntax_error_decode(t, lx->source + start, n);
        if (value_is_empty(line))
            return VALUE_EMPTY;
        ref_replace_take(t, &it->line, line);
    }
    return ref_inc(t, it->line);
}

/* The tuple (kind, text, (line, column), (line, column), text of the line). */
static Value make_token(Thread *t, TokenizeIterator *it, const Token *token)
{
    const Lexer *lx = it->lexer;
    TokenKind kind = token->kind >= TOKEN_FIRST_KEYWORD ? TOKEN_NAME : token->kind;
    size_t start = token->start, end = token->end;
    bool empty = kind == TOKEN_ENDMARKER || kind == TOKEN_DEDENT || (kind == TOKEN_INDENT && !it->extra);
    bool trailing = it->extra && (kind == TOKEN_ENDMARKER || (kind == TOKEN_DEDENT && it->at_end));
    size_t line_start = in_string(kind) ? start - (size_t)token->column : lx->line_start;
    int64_t line = token->line, end_line = lx->line, from = -1, to = -1;
    if (kind == TOKEN_INDENT)
        start = lx->line_start;
    if (kind == TOKEN_NEWLINE)
        end--;
    Value text_line = trailing ? ref_inc(t, t->interp->empty_str) : line_text(t, it, line_start);
    if (value_is_empty(text_line))
        return VALUE_EMPTY;
    it->line_number = (int32_t)line;
    if (trailing) {
        line = end_line = end_line + 1;
        from = to = 0;
    } else if (!empty || it->extra) {
        from = column(it, line_start, start - line_start);
        to = column(it, lx->line_start, end - lx->line_start);
    }
    Value text;
    if (it->extra && kind == TOKEN_NEWLINE) {
        to++;
        text = it->added_newline ? ref_inc(t, t->interp->empty_str)
                                 : str_from_string(t, lx->source[start] == '\r' ? "\r\n" : "\n");
    } else if (empty || (it->extra && kind == TOKEN_NL && it->added_newline)) {
        text = ref_inc(t, t->interp->empty_str);
    } else {
        text = str_from_utf8(t, lx->source + start, end - start);
    }
    if (it->extra && kind > TOKEN_DEDENT && kind < TOKEN_OP)
        kind = TOKEN_OP;
    Value begins = tuple_pack(t, 2, value_from_int(line), value_from_int(from));
    Value ends = value_is_empty(begins) ? VALUE_EMPTY : tuple_pack(t, 2, value_from_int(end_line), value_from_int(to));
    Value result = VALUE_EMPTY;
    if (!value_is_empty(text) && !value_is_empty(ends))
        result = tuple_pack(t, 5, value_from_int(kind), text, begins, ends, text_line);
    ref_dec(t, text);
    ref_dec(t, begins);
    ref_dec(t, ends);
    ref_dec(t, text_line);
    return result;
}

static Value iterator_next(Thread *t, Value self)
{
    TokenizeIterator *it = iterator_of(self);
    if (atomic_exchange(&it->busy, true))
        return error_set(t, EXC_ValueError, "tokenizer already executing");
    Value result = VALUE_EMPTY;
    if (!it->done) {
        Token token;
        it->lexer->t = t;
        if (lexer_next(it->lexer, &token) < 0)
            raise_error(t, it);
        else
            result = make_token(t, it, &token);
        it->done = it->done || token.kind == TOKEN_ENDMARKER;
    }
    atomic_store(&it->busy, false);
    return result;
}

/* ---- the iterator ---- */

static Value iterator_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value out[3], owner = VALUE_EMPTY;
    const char *encoding = NULL;
    int extra;
    if (native_parse(t, "tokenizeriter", "(readline, /, *, extra_tokens, encoding='utf-8')", args, n, names, out) < 0)
        return VALUE_EMPTY;
    if ((extra = argument_bool(t, out[1], 0)) < 0 ||
        (!value_is_empty(out[2]) &&
         !(encoding = argument_string(t, out[2], "tokenizeriter", "argument 'encoding'", &owner))))
        return VALUE_EMPTY;
    TokenizeIterator *it = type_alloc(t, type, 0);
    if (!it)
        goto fail;
    it->readline = ref_inc(t, out[0]);
    it->extra = extra;
    it->filename = str_from_string(t, "<string>");
    it->lexer = alloc_memory(t, sizeof *it->lexer);
    if (value_is_empty(it->filename) || !it->lexer)
        goto fail;
    lexer_init(it->lexer, t, NULL, 0, it->filename);
    if (encoding) {
        size_t size = strlen(encoding) + 1;
        if (!(it->encoding = alloc_memory(t, size)))
            goto fail;
        memcpy(it->encoding, encoding, size);
    }
    char *source = alloc_memory(t, 1);
    if (!source)
        goto fail;
    *source = 0;
    it->lexer->source = source;
    it->capacity = 1;
    it->lexer->want_comments = extra;
    it->lexer->refill = refill;
    it->lexer->refill_context = it;
    ref_dec(t, owner);
    return value_of(it);
fail:
    ref_dec(t, owner);
    if (it)
        ref_dec_ptr(t, it);
    return VALUE_EMPTY;
}

static void iterator_dealloc(Thread *t, Object *o)
{
    TokenizeIterator *it = (TokenizeIterator *)o;
    if (it->lexer) {
        it->lexer->t = t;
        lexer_free(it->lexer);
        alloc_memory_free(t, it->lexer);
    }
    alloc_memory_free(t, it->encoding);
    ref_clear(t, &it->readline);
    ref_clear(t, &it->filename);
    ref_clear(t, &it->line);
}
static int iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((TokenizeIterator *)o)->readline);
    return 0;
}

static const TypeSpec iterator_spec = {
    .name = "_tokenize.TokenizerIter",
    .doc = "An iterator over the tokens of the lines that a function returns.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(TokenizeIterator),
    .slots = {.dealloc = iterator_dealloc,
              .traverse = iterator_traverse,
              .create = iterator_create,
              .iter = slot_iter_self,
              .next = iterator_next},
};

static int exec(Thread *t, Value module) { return module_add_type(t, module, &iterator_spec, NULL) ? 0 : -1; }

const ModuleDef module_def__tokenize = {.name = "_tokenize", .doc = "The tokens of Python source text.", .exec = exec};
