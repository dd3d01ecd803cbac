/* syntax_error.c: SyntaxErrors with their place in the text, and which of several errors is reported.
 *
 * Read next: parser_internal.h (where errors of the grammar come from), lexer.c (those of tokens). */
#include <stdio.h>

#include "parser_internal.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/bytes.h"
#include "../object/codec.h"
#include "../object/exception.h"
#include "../object/list.h"

/* ---- making them ---- */

size_t syntax_error_characters(const char *utf8, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += ((uint8_t)utf8[i] & 0xC0) != 0x80;
    return count;
}

Value syntax_error_decode(Thread *t, const char *utf8, size_t n)
{
    return codec_utf8_decode(t, utf8, n, "replace", NULL);
}

void syntax_error_raise_v(Thread *t, ExceptionId id, Value filename, SyntaxPlace place, Value text_take,
                          const char *format, va_list args)
{
    Value message = str_format_v(t, format, args), exc = VALUE_EMPTY, where = VALUE_EMPTY;
    Value text = value_is_empty(text_take) ? VALUE_NONE : text_take;
    if (!value_is_empty(message))
        where = tuple_pack(t, 6, filename, value_from_int(place.line), value_from_int(place.column), text,
                           value_from_int(place.end_line), value_from_int(place.end_column));
    if (!value_is_empty(where))
        exc = object_call2(t, value_of(t->interp->exceptions[id]), message, where);
    ref_dec(t, message);
    ref_dec(t, where);
    ref_dec(t, text_take);
    if (!value_is_empty(exc))
        error_set_take(t, exc);
}

void syntax_error_raise(Thread *t, ExceptionId id, Value filename, SyntaxPlace place, Value text_take,
                        const char *format, ...)
{
    va_list args;
    va_start(args, format);
    syntax_error_raise_v(t, id, filename, place, text_take, format, args);
    va_end(args);
}

/* A line of a file, with its newline: empty without an exception if it cannot be had. */
static Value file_line(Thread *t, Value filename, int line)
{
    if (!str_check(filename) || line < 1)
        return VALUE_EMPTY;
    Value path = str_to_fs(t, filename);
    if (value_is_empty(path)) {
        error_clear(t);
        return VALUE_EMPTY;
    }
    FILE *file = fopen((const char *)bytes_of(path)->data, "rb");
    ref_dec(t, path);
    if (!file)
        return VALUE_EMPTY;
    char *buffer = NULL;
    size_t n = 0, capacity = 0;
    int current = 1, c;
    bool good = true;
    while (good && current <= line && (c = getc(file)) != EOF) {
        if (current == line) {
            if (n == capacity) {
                capacity = capacity ? capacity * 2 : 256;
                char *grown = alloc_memory_resize(t, buffer, capacity);
                good = grown != NULL;
                buffer = grown ? grown : buffer;
            }
            if (good)
                buffer[n++] = (char)c;
        }
        current += c == '\n';
    }
    fclose(file);
    Value text = good && n ? syntax_error_decode(t, buffer, n) : VALUE_EMPTY;
    alloc_memory_free(t, buffer);
    if (value_is_empty(text))
        error_clear(t);
    return text;
}

int syntax_error_at(Thread *t, Value filename, Position p, bool in_args, const char *format, ...)
{
    Value text = file_line(t, filename, p.line);
    SyntaxPlace place = {p.line, p.column + 1, p.end_line, p.end_column + 1}; /* in bytes, as CPython has it */
    va_list args;
    va_start(args, format);
    syntax_error_raise_v(t, EXC_SyntaxError, filename, place, text, format, args);
    va_end(args);
    if (!in_args && error_matches(t, EXC_SyntaxError)) {
        Value exc = error_take(t), all = object_getattr_string(t, exc, "args"),
              message = value_is_empty(all) ? all : tuple_slice(t, all, 0, 1);
        if (!value_is_empty(message) && object_setattr_string(t, exc, "args", message) == 0)
            error_restore_take(t, ref_inc(t, exc));
        ref_dec(t, exc);
        ref_dec(t, all);
        ref_dec(t, message);
    }
    return -1;
}

int syntax_error_warn(Thread *t, Value filename, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Value message = str_format_v(t, format, args);
    va_end(args);
    if (value_is_empty(message))
        return -1;
    int result = error_warn_explicit(t, EXC_SyntaxWarning, message, filename, line);
    ref_dec(t, message);
    return result;
}

/* ---- errors of the parser ---- */

/* The text of a line as errors show it. */
static Value line_text(Parser *p, int32_t line, size_t *start, size_t *length)
{
    const Lexer *lx = &p->lexer;
    if (lx->line <= line && lx->line_end > lx->line_start) {
        /* The line that is being read, newline included. */
        *start = lx->line_start;
        *length = lx->line_end - lx->line_start;
    } else {
        const char *s = lx->source, *end = s + lx->length;
        for (int32_t i = 1; i < line && s < end; i++) {
            const char *newline = memchr(s, '\n', (size_t)(end - s));
            s = newline ? newline + 1 : end;
        }
        const char *newline = memchr(s, '\n', (size_t)(end - s));
        *start = (size_t)(s - lx->source);
        *length = (size_t)((newline ? newline : end) - s);
    }
    return syntax_error_decode(p->t, lx->source + *start, *length);
}

/* A byte column (from 0) of a text as a character column from 1. */
static int64_t character_column(const char *text, size_t length, int64_t column)
{
    if (column < 0)
        return 0;
    if ((size_t)column > length)
        column = (int64_t)length;
    return (int64_t)syntax_error_characters(text, (size_t)column) + 1;
}

static void *error_v(Parser *p, ExceptionId id, Position range, const char *format, va_list args)
{
    if (p->failed && error_pending(p->t))
        return NULL;
    p->failed = true;
    size_t start, length;
    Value text = line_text(p, range.line, &start, &length);
    if (value_is_empty(text))
        return NULL;
    const char *s = p->lexer.source + start;
    SyntaxPlace place = {range.line, character_column(s, length, range.column), range.end_line,
                         character_column(s, length, range.end_column)};
    if (range.end_column == END_UNKNOWN)
        place.end_column = -1;
    syntax_error_raise_v(p->t, id, p->lexer.filename, place, text, format, args);
    return NULL;
}

#define RAISE(id, range)                                                                                               \
    va_list args;                                                                                                      \
    va_start(args, format);                                                                                            \
    error_v(p, id, range, format, args);                                                                               \
    va_end(args);                                                                                                      \
    return NULL

void *parser_error_range(Parser *p, Position range, const char *format, ...) { RAISE(EXC_SyntaxError, range); }
void *parser_error_range_id(Parser *p, ExceptionId id, Position range, const char *format, ...) { RAISE(id, range); }

void *parser_error_between(Parser *p, Position a, Position b, const char *format, ...)
{
    Position range = {a.line, a.column, b.end_line, b.end_column};
    RAISE(EXC_SyntaxError, range);
}

void *parser_error_token(Parser *p, const Token *token, const char *format, ...)
{
    RAISE(EXC_SyntaxError, parser_token_position(token));
}

void *parser_error_from(Parser *p, Position a, const char *format, ...)
{
    const Lexer *lx = &p->lexer;
    Position range = {a.line, a.column, lx->line, (int32_t)(lx->cur - lx->line_start) - 1};
    RAISE(EXC_SyntaxError, range);
}

/* Where an error is that is reported at a token; tokens without text stand where the lexer is. */
static Position token_place(Parser *p, const Token *token)
{
    const Lexer *lx = &p->lexer;
    Position range = parser_token_position(token);
    bool at_end = (p->flags & PARSE_PROGRAM) && lx->status == LEX_DONE;
    if (token->column == -1)
        range.column = lx->cur == lx->buffer_start || at_end ? -1 : (int32_t)(lx->cur - lx->line_start) - 1;
    if (token->end_column == -1)
        range.end_column = END_UNKNOWN;
    return range;
}

void *parser_error_last(Parser *p, ExceptionId id, const char *format, ...)
{
    static const Token nothing = {.column = 0, .end_column = -1};
    Position range = token_place(p, p->n ? &p->tokens[p->n - 1] : &nothing);
    RAISE(id, range);
}

void *parser_error_next(Parser *p, const char *format, ...)
{
    parser_peek(p);
    Position range = token_place(p, &p->tokens[p->at]);
    RAISE(EXC_SyntaxError, range);
}

void *parser_error_unclosed(Parser *p)
{
    const LexBracket *bracket = &p->lexer.brackets[p->lexer.level - 1];
    Position range = {bracket->line, bracket->column, bracket->line, -1};
    return parser_error_range(p, range, "'%c' was never closed", bracket->c);
}

bool parser_version(Parser *p, int minor, const char *what)
{
    if (LIKELY(p->feature_version >= minor))
        return true;
    parser_error_last(p, EXC_SyntaxError, "%s only supported in Python 3.%d and greater", what, minor);
    return false;
}

/* ---- which error counts ---- */

/* Reads the rest of the text: an error of the lexer there replaces the pending one, as does a bracket that is never closed and was opened on a line before.
 * An error inside an f-string does not. */
static void check_rest(Parser *p)
{
    Thread *t = p->t;
    Lexer *lx = &p->lexer;
    int32_t error_line = p->tokens[p->n - 1].line;
    Value earlier = error_take(t);
    Token token;
    int result;
    while ((result = lexer_next(lx, &token)) == 0 && token.kind != TOKEN_ENDMARKER)
        ;
    if (result < 0 && !error_pending(t) && lx->level && error_line > lx->brackets[lx->level - 1].line) {
        p->failed = false;
        parser_error_unclosed(p);
    }
    if (error_pending(t) && !lx->string_depth)
        ref_dec(t, earlier);
    else
        error_restore_take(t, earlier);
}

/* Tells the pending SyntaxError which part of the text to search for misspelt keywords: (line, column, source). */
static void set_metadata(Parser *p)
{
    Thread *t = p->t;
    if (!error_matches(t, EXC_SyntaxError))
        return;
    Value exc = error_take(t);
    Value source = syntax_error_decode(t, p->lexer.source, p->lexer.length);
    Value metadata = value_is_empty(source) ? VALUE_EMPTY
                                            : tuple_pack(t, 3, value_from_int(p->last_statement.line),
                                                         value_from_int(p->last_statement.column), source);
    ref_dec(t, source);
    if (value_is_empty(metadata))
        error_clear(t);
    else
        ref_replace_take(t, &((ExceptionSyntax *)value_object(exc))->metadata, metadata);
    error_restore_take(t, exc);
}

static void choose_error(Parser *p, uint32_t last)
{
    Thread *t = p->t;
    Lexer *lx = &p->lexer;
    if (error_pending(t)) {
        if (lx->status == LEX_OK && error_matches(t, EXC_SyntaxError))
            check_rest(p);
        return;
    }
    p->failed = false;
    const Token *token = &p->tokens[last];
    if (token->kind == TOKEN_ERRORTOKEN && lx->status == LEX_EOF) {
        if (lx->level)
            parser_error_unclosed(p);
        else
            parser_error_last(p, EXC_SyntaxError, "unexpected EOF while parsing");
        return;
    }
    if (token->kind == TOKEN_INDENT || token->kind == TOKEN_DEDENT) {
        parser_error_last(p, EXC_IndentationError,
                          token->kind == TOKEN_INDENT ? "unexpected indent" : "unexpected unindent");
        return;
    }
    parser_error_token(p, token, "invalid syntax");
    if (lx->status == LEX_OK && error_matches(t, EXC_SyntaxError))
        check_rest(p);
}

void parser_report(Parser *p, uint32_t last)
{
    choose_error(p, last);
    set_metadata(p);
}
