/* lexer_string.c: where string literals end, and the two modes in which f-strings and t-strings are read.
 *
 * A LexString is in text mode (`in_text`) while literal text or a format spec is read, and in expression mode between the braces of a
 * replacement field, where the ordinary lexer works and only counts brackets.  Escapes are interpreted by literal.c. */
#include "lexer_internal.h"

#include "../memory/alloc.h"

/* Errors about an unterminated literal point at its opening quote. */
static void go_back(Lexer *lx, size_t start, size_t line_start, int32_t line)
{
    lx->cur = start + 1;
    lx->line_start = line_start;
    lx->line = line;
}

int lexer_read_string(Lexer *lx, Token *token, int quote)
{
    int quote_size = 1, end_size = 0;
    bool escaped_quote = false;
    lx->in_token = true;
    lx->first_line = lx->line;
    lx->multi_line_start = lx->line_start;
    if (lx->source[lx->cur] == quote) {
        lx->cur++;
        if (lx->source[lx->cur] == quote) {
            lx->cur++;
            quote_size = 3;
        } else {
            end_size = 1;
        }
    }
    while (end_size != quote_size) {
        int c = lexer_get(lx);
        if (c < 0 && lx->status == LEX_RAISED)
            return -1;
        if (c < 0 || (quote_size == 1 && c == '\n')) {
            int32_t detected = lx->line;
            go_back(lx, lx->start, lx->multi_line_start, lx->first_line);
            if (lx->string_depth) {
                /* A quote like that of the f-string around: its replacement field was not closed. */
                const LexString *outer = lexer_string(lx);
                if (outer->quote == quote && outer->quote_size == quote_size)
                    return lexer_error(lx, "%c-string: expecting '}'", outer->template ? 't' : 'f');
            }
            if (quote_size == 3)
                lexer_error(lx, "unterminated triple-quoted string literal (detected at line %d)", detected);
            else if (escaped_quote)
                lexer_error(lx, "unterminated string literal (detected at line %d); perhaps you escaped the end quote",
                            detected);
            else
                lexer_error(lx, "unterminated string literal (detected at line %d)", detected);
            return c < 0 ? lexer_fail(lx, LEX_EOF_STRING) : -1; /* it may go on: behind a backslash */
        }
        if (c == quote) {
            end_size++;
            continue;
        }
        end_size = 0;
        if (c == '\\') {
            c = lexer_get(lx);
            if (c == quote)
                escaped_quote = true;
            if (c == '\r')
                lexer_get(lx);
        }
    }
    lexer_make(lx, token, TOKEN_STRING, lx->start, lx->cur);
    token->line = lx->first_line;
    token->column = (int32_t)(lx->start - lx->multi_line_start);
    return 0;
}

int lexer_begin_string(Lexer *lx, Token *token, int quote, bool raw, bool template)
{
    lx->first_line = lx->line;
    lx->multi_line_start = lx->line_start;
    int quote_size = 1;
    if (lx->source[lx->cur] == quote && lx->source[lx->cur + 1] == quote) {
        quote_size = 3;
        lx->cur += 2;
    }
    if (!lx->strings) {
        lx->strings = alloc_memory(lx->t, LEXER_MAX_STRINGS * sizeof *lx->strings);
        if (!lx->strings)
            return lexer_fail(lx, LEX_RAISED);
    }
    if (lx->string_depth + 1 >= LEXER_MAX_STRINGS)
        return lexer_error(lx, "too many nested f-strings or t-strings");
    LexString *string = &lx->strings[lx->string_depth++];
    *string = (LexString){.in_text = true,
                          .raw = raw,
                          .template = template,
                          .quote = (char)quote,
                          .quote_size = (uint8_t)quote_size,
                          .expression_depth = -1,
                          .start = lx->start,
                          .line_start = lx->line_start,
                          .line = lx->line};
    return lexer_make(lx, token, template ? TOKEN_TSTRING_START : TOKEN_FSTRING_START, lx->start, lx->cur);
}

static int begin_field(Lexer *lx, LexString *string)
{
    if (++string->expression_depth >= LEXER_MAX_NESTED_SPEC)
        return lexer_error(lx, "%c-string: expressions nested too deeply", string->template ? 't' : 'f');
    string->in_text = false;
    return 0;
}

static int warn_escape(Lexer *lx, int c)
{
    if (lx->want_comments)
        return 0;
    if (syntax_error_warn(lx->t, lx->filename, lx->line,
                          "\"\\%c\" is an invalid escape sequence. Such sequences will not work in the future. "
                          "Did you mean \"\\\\%c\"? A raw string is also an option.",
                          c, c) == 0)
        return 0;
    if (!error_swallow(lx->t, EXC_SyntaxWarning))
        return lexer_fail(lx, LEX_RAISED);
    return lexer_error(
        lx, "\"\\%c\" is an invalid escape sequence. Did you mean \"\\\\%c\"? A raw string is also an option.", c, c);
}

static int unterminated(Lexer *lx, const LexString *string, int c)
{
    int32_t detected = lx->line;
    char sort = string->template ? 't' : 'f';
    go_back(lx, string->start, string->line_start, string->line);
    if (string->quote_size == 3) {
        lexer_error(lx, "unterminated triple-quoted %c-string literal (detected at line %d)", sort, detected);
        return c != '\n' ? lexer_fail(lx, LEX_EOF_STRING) : -1;
    }
    return lexer_error(lx, "unterminated %c-string literal (detected at line %d)", sort, detected);
}

static int make_text(Lexer *lx, Token *token, const LexString *string, size_t end)
{
    lexer_make(lx, token, string->template ? TOKEN_TSTRING_MIDDLE : TOKEN_FSTRING_MIDDLE, lx->start, end);
    token->line = lx->first_line;
    token->column = (int32_t)(lx->start - lx->multi_line_start);
    return 0;
}

/* Text that ends with a doubled brace: the second one counts in the position but is not part of it. */
static int make_text_doubled(Lexer *lx, Token *token, const LexString *string)
{
    make_text(lx, token, string, lx->cur - 1);
    token->end_column++;
    return 0;
}

/* Literal text up to a replacement field, a doubled brace (of which the first belongs to the text) or the closing quotes. */
static int read_middle(Lexer *lx, Token *token, LexString *string)
{
    int end_size = 0;
    bool in_name = false; /* inside \N{...} */
    lx->in_token = true;
    lx->multi_line_start = lx->line_start;
    while (end_size != string->quote_size) {
        int c = lexer_get(lx);
        if (c < 0 && lx->status == LEX_RAISED)
            return -1;
        bool in_spec = string->in_format_spec && string->expression_depth >= 0;
        if (c < 0 || (string->quote_size == 1 && c == '\n')) {
            if (in_spec && c == '\n') {
                char sort = string->template ? 't' : 'f';
                return lexer_error(
                    lx, "%c-string: newlines are not allowed in format specifiers for single quoted %c-strings", sort,
                    sort);
            }
            return unterminated(lx, string, c);
        }
        if (c == string->quote) {
            end_size++;
            continue;
        }
        end_size = 0;
        if (c == '{') {
            int d = lexer_get(lx);
            if (d == '{' && !in_spec)
                return make_text_doubled(lx, token, string);
            lexer_unget(lx, d);
            lexer_unget(lx, c);
            if (begin_field(lx, string) < 0)
                return -1;
            return make_text(lx, token, string, lx->cur);
        }
        if (c == '}') {
            if (in_name)
                return make_text(lx, token, string, lx->cur);
            int d = lexer_get(lx);
            if (d == '}' && !in_spec && string->depth == 0)
                return make_text_doubled(lx, token, string);
            lexer_unget(lx, d);
            lexer_unget(lx, c);
            string->in_text = false;
            string->in_format_spec = false;
            return make_text(lx, token, string, lx->cur);
        }
        if (c == '\\') {
            int d = lexer_get(lx);
            if (d == '\r')
                d = lexer_get(lx);
            if (d == '{' || d == '}') {
                /* The brace keeps its meaning. */
                if (!string->raw && warn_escape(lx, d) < 0)
                    return -1;
                lexer_unget(lx, d);
                continue;
            }
            if (!string->raw && d == 'N') {
                d = lexer_get(lx);
                if (d == '{')
                    in_name = true;
                else
                    lexer_unget(lx, d);
            }
        }
    }
    lx->cur -= string->quote_size; /* the quotes become a token of their own */
    return make_text(lx, token, string, lx->cur);
}

int lexer_read_text(Lexer *lx, Token *token, int (*next_token)(Lexer *, Token *))
{
    LexString *string = lexer_string(lx);
    lx->first_line = lx->line;
    int c = lexer_get(lx);
    if (c >= 0)
        lx->first_line = lx->line;
    lexer_unget(lx, c);
    lx->start = lx->cur;
    if (c == '{' && lx->source[lx->cur + 1] != '{') {
        if (begin_field(lx, string) < 0)
            return -1;
        return next_token(lx, token);
    }
    const char *s = lx->source + lx->cur;
    for (int i = 0; i < string->quote_size; i++)
        if (s[i] != string->quote)
            return read_middle(lx, token, string);
    lx->cur += string->quote_size;
    TokenKind kind = string->template ? TOKEN_TSTRING_END : TOKEN_FSTRING_END;
    lx->string_depth--;
    return lexer_make(lx, token, kind, lx->start, lx->cur);
}
