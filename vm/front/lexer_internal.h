/* lexer_internal.h: what the files of the lexer share. */
#ifndef BATON_FRONT_LEXER_INTERNAL_H
#define BATON_FRONT_LEXER_INTERNAL_H

#include "lexer.h"
#include "syntax_error.h"

/* Starts on the line at `cur`; false at the end of the text. */
bool lexer_begin_line(Lexer *lx);
/* The next byte, or -1 at the end of the text. */
static ALWAYS_INLINE int lexer_get(Lexer *lx)
{
    if (UNLIKELY(lx->cur == lx->line_end) && !lexer_begin_line(lx))
        return -1;
    return (uint8_t)lx->source[lx->cur++];
}
static ALWAYS_INLINE void lexer_unget(Lexer *lx, int c)
{
    if (c >= 0)
        lx->cur--;
}
static ALWAYS_INLINE LexString *lexer_string(Lexer *lx) { return &lx->strings[lx->string_depth - 1]; }

/* All return -1.  The error points at the last character read, or at columns (characters from 1, -1 unknown) of the current line. */
int lexer_fail(Lexer *lx, LexStatus status);
int lexer_error(Lexer *lx, const char *format, ...);
int lexer_error_range(Lexer *lx, int64_t column, int64_t end_column, const char *format, ...);

int lexer_make(Lexer *lx, Token *token, TokenKind kind, size_t start, size_t end); /* returns 0 */
uint32_t lexer_decode_char(const char *s, size_t *n); /* one character of valid UTF-8 and its length */

/* The rest of a literal whose first character (number) or opening quote c has been read: 0 or -1. */
int lexer_read_number(Lexer *lx, Token *token, int c);
int lexer_read_string(Lexer *lx, Token *token, int c);
/* The start of an f-string or t-string. */
int lexer_begin_string(Lexer *lx, Token *token, int c, bool raw, bool template);
/* The next piece of text of the innermost f-string, its end, or what `next_token` makes of a replacement field. */
int lexer_read_text(Lexer *lx, Token *token, int (*next_token)(Lexer *, Token *));

#endif
