/* lexer_number.c: where a number ends, and what is wrong with it.  Its value is made by literal.c. */
#include "lexer_internal.h"

static bool is_digit(int c) { return c >= '0' && c <= '9'; }
static bool is_name_char(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c >= 128;
}

/* `c` has just been read behind a number: unless it may follow one, that is an error, which tokenize does not look for. */
static int check_end(Lexer *lx, int c, const char *sort)
{
    /* Code like `1if x else y` is valid; it earns a warning.  Only keywords that can follow a number are considered. */
    static const char *const keywords[] = {"and", "else", "for", "if", "in", "is", "or", "not", NULL};
    if (c < 0 || lx->want_comments)
        return 0;
    const char *s = lx->source + lx->cur - 1;
    for (const char *const *k = keywords; *k; k++) {
        size_t n = strlen(*k);
        if (strncmp(s, *k, n) != 0 || (**k != 'i' && is_name_char((uint8_t)s[n])))
            continue;
        lexer_unget(lx, c);
        if (syntax_error_warn(lx->t, lx->filename, lx->line, "invalid %s literal", sort) < 0) {
            if (!error_swallow(lx->t, EXC_SyntaxWarning))
                return lexer_fail(lx, LEX_RAISED);
            return lexer_error(lx, "invalid %s literal", sort);
        }
        lexer_get(lx);
        return 0;
    }
    if (c < 128 && is_name_char(c)) {
        lexer_unget(lx, c);
        return lexer_error(lx, "invalid %s literal", sort);
    }
    return 0;
}

/* The rest of a run of decimal digits with single underscores between them: the character behind, or -2 on error. */
static int decimal_tail(Lexer *lx)
{
    for (;;) {
        int c;
        do
            c = lexer_get(lx);
        while (is_digit(c));
        if (c != '_')
            return c;
        c = lexer_get(lx);
        if (!is_digit(c)) {
            lexer_unget(lx, c);
            lexer_error(lx, "invalid decimal literal");
            return -2;
        }
    }
}

static bool is_radix_digit(int c, int radix)
{
    if (radix == 16)
        return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    return c >= '0' && c < '0' + radix;
}

/* After 0x, 0o or 0b. */
static int radix_number(Lexer *lx, Token *token, int radix, const char *sort)
{
    int c = lexer_get(lx);
    do {
        if (c == '_')
            c = lexer_get(lx);
        if (!is_radix_digit(c, radix)) {
            if (radix != 16 && is_digit(c))
                return lexer_error(lx, "invalid digit '%c' in %s literal", c, sort);
            lexer_unget(lx, c);
            return lexer_error(lx, "invalid %s literal", sort);
        }
        do
            c = lexer_get(lx);
        while (is_radix_digit(c, radix));
    } while (c == '_');
    if (radix != 16 && is_digit(c))
        return lexer_error(lx, "invalid digit '%c' in %s literal", c, sort);
    if (check_end(lx, c, sort) < 0)
        return -1;
    lexer_unget(lx, c);
    return lexer_make(lx, token, TOKEN_NUMBER, lx->start, lx->cur);
}

static int imaginary(Lexer *lx, Token *token)
{
    int c = lexer_get(lx);
    if (check_end(lx, c, "imaginary") < 0)
        return -1;
    lexer_unget(lx, c);
    return lexer_make(lx, token, TOKEN_NUMBER, lx->start, lx->cur);
}

/* c was read behind the digits before a possible exponent or j. */
static int exponent(Lexer *lx, Token *token, int c)
{
    if (c == 'e' || c == 'E') {
        int e = c;
        c = lexer_get(lx);
        if (c == '+' || c == '-') {
            c = lexer_get(lx);
            if (!is_digit(c)) {
                lexer_unget(lx, c);
                return lexer_error(lx, "invalid decimal literal");
            }
        } else if (!is_digit(c)) {
            /* Not an exponent: perhaps `1else`. */
            lexer_unget(lx, c);
            if (check_end(lx, e, "decimal") < 0)
                return -1;
            lexer_unget(lx, e);
            return lexer_make(lx, token, TOKEN_NUMBER, lx->start, lx->cur);
        }
        c = decimal_tail(lx);
        if (c == -2)
            return -1;
    }
    if (c == 'j' || c == 'J')
        return imaginary(lx, token);
    if (check_end(lx, c, "decimal") < 0)
        return -1;
    lexer_unget(lx, c);
    return lexer_make(lx, token, TOKEN_NUMBER, lx->start, lx->cur);
}

/* Behind the decimal point. */
static int fraction(Lexer *lx, Token *token)
{
    int c = lexer_get(lx);
    if (is_digit(c)) {
        c = decimal_tail(lx);
        if (c == -2)
            return -1;
    }
    return exponent(lx, token, c);
}

static int zero_number(Lexer *lx, Token *token)
{
    int c = lexer_get(lx);
    switch (c) {
    case 'x':
    case 'X': return radix_number(lx, token, 16, "hexadecimal");
    case 'o':
    case 'O': return radix_number(lx, token, 8, "octal");
    case 'b':
    case 'B': return radix_number(lx, token, 2, "binary");
    default: break;
    }
    /* 0, 00 and 0_0 are zeros; 012 is an error, but 012.5 and 012j are not. */
    bool nonzero = false;
    for (;;) {
        if (c == '_') {
            c = lexer_get(lx);
            if (!is_digit(c)) {
                lexer_unget(lx, c);
                return lexer_error(lx, "invalid decimal literal");
            }
        }
        if (c != '0')
            break;
        c = lexer_get(lx);
    }
    size_t zeros_end = lx->cur;
    if (is_digit(c)) {
        nonzero = true;
        c = decimal_tail(lx);
        if (c == -2)
            return -1;
    }
    if (c == '.')
        return fraction(lx, token);
    if (c == 'e' || c == 'E')
        return exponent(lx, token, c);
    if (c == 'j' || c == 'J')
        return imaginary(lx, token);
    if (nonzero && !lx->want_comments) {
        lexer_unget(lx, c);
        return lexer_error_range(
            lx, (int64_t)(lx->start + 1 - lx->line_start), (int64_t)(zeros_end - lx->line_start),
            "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers");
    }
    if (check_end(lx, c, "decimal") < 0)
        return -1;
    lexer_unget(lx, c);
    return lexer_make(lx, token, TOKEN_NUMBER, lx->start, lx->cur);
}

int lexer_read_number(Lexer *lx, Token *token, int c)
{
    if (c == '0')
        return zero_number(lx, token);
    if (c == '.')
        return fraction(lx, token);
    c = decimal_tail(lx);
    if (c == -2)
        return -1;
    if (c == '.')
        return fraction(lx, token);
    return exponent(lx, token, c);
}
