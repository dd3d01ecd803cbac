/* lexer.c: the tokens of the language, indentation, names and operators.
 *
 * Invariant.  source[length] is NUL and the text holds no other NUL, so a scan may run without looking at the end of the text as long as it stops
 * at NUL; a scan that stays on one line stops at its "\n".  `line` and `line_start` change when the first character of a line is read,
 * not when the newline before it is.  Read next: lexer_number.c, lexer_string.c (literals), parser.c (who asks for tokens). */
#include "lexer_internal.h"

#include "../memory/alloc.h"
#include "../object/str.h"

#define CLASS_NAME 0x01 /* may begin a name */
#define CLASS_DIGIT 0x02
#define CLASS_SPACE 0x04 /* blank, tab, form feed */

#define N CLASS_NAME
#define D CLASS_DIGIT
#define S CLASS_SPACE
static const uint8_t classes[256] = {
    ['\t'] = S, ['\f'] = S,        [' '] = S, ['0'] = D,         ['1'] = D,         ['2'] = D,
    ['3'] = D,  ['4'] = D,         ['5'] = D, ['6'] = D,         ['7'] = D,         ['8'] = D,
    ['9'] = D,  ['A' ... 'Z'] = N, ['_'] = N, ['a' ... 'z'] = N, [128 ... 255] = N,
};
#undef N
#undef D
#undef S

static const char *const kind_names[TOKEN_COUNT] = {
#define TOKEN(name) #name,
#include "token.def"
};
static const char *const kind_texts[TOKEN_COUNT] = {
#define TOKEN(name) NULL,
#define OPERATOR(name, text) text,
#define KEYWORD(name, text) text,
#include "token.def"
};

const char *lexer_kind_name(TokenKind kind) { return kind_names[kind]; }
const char *lexer_kind_text(TokenKind kind) { return kind_texts[kind]; }

TokenKind lexer_keyword(const char *s, size_t n)
{
    /* The keywords are sorted in token.def (capitals first), so those with one initial stand together. */
    static const uint8_t first[128] = {
        ['F'] = TOKEN_FALSE, ['N'] = TOKEN_NONE,   ['T'] = TOKEN_TRUE,     ['a'] = TOKEN_AND,     ['b'] = TOKEN_BREAK,
        ['c'] = TOKEN_CLASS, ['d'] = TOKEN_DEF,    ['e'] = TOKEN_ELIF,     ['f'] = TOKEN_FINALLY, ['g'] = TOKEN_GLOBAL,
        ['i'] = TOKEN_IF,    ['l'] = TOKEN_LAMBDA, ['n'] = TOKEN_NONLOCAL, ['o'] = TOKEN_OR,      ['p'] = TOKEN_PASS,
        ['r'] = TOKEN_RAISE, ['t'] = TOKEN_TRY,    ['w'] = TOKEN_WHILE,    ['y'] = TOKEN_YIELD,
    };
    if (n < 2 || n > 8 || (unsigned char)s[0] >= 128)
        return TOKEN_NAME;
    for (int k = first[(unsigned char)s[0]]; k && k < TOKEN_COUNT && kind_texts[k][0] == s[0]; k++) {
        const char *text = kind_texts[k];
        if (text[1] == s[1] && strlen(text) == n && memcmp(text, s, n) == 0)
            return (TokenKind)k;
    }
    return TOKEN_NAME;
}

void lexer_init(Lexer *lx, Thread *t, char *source_take, size_t length, Value filename)
{
    memset(lx, 0, offsetof(Lexer, indents));
    lx->indents[0] = lx->alternate_indents[0] = 0;
    lx->level = lx->string_depth = 0;
    lx->strings = NULL;
    lx->refill = NULL;
    lx->refill_context = NULL;
    lx->t = t;
    lx->source = source_take;
    lx->length = length;
    lx->filename = filename;
    lx->at_line_start = true;
}

void lexer_free(Lexer *lx)
{
    alloc_memory_free(lx->t, lx->source);
    alloc_memory_free(lx->t, lx->strings);
    lx->source = NULL;
    lx->strings = NULL;
}

/* ---- reading characters, reporting errors ---- */

bool lexer_begin_line(Lexer *lx)
{
    if (lx->cur >= lx->length) {
        int more = lx->refill ? lx->refill(lx) : 0;
        if (more < 0)
            lx->status = LEX_RAISED;
        if (more <= 0)
            return false;
    }
    const char *newline = memchr(lx->source + lx->cur, '\n', lx->length - lx->cur);
    lx->line_start = lx->cur;
    if (!lx->in_token)
        lx->buffer_start = lx->cur;
    lx->line_end = newline ? (size_t)(newline - lx->source) + 1 : lx->length;
    lx->line++;
    return true;
}

int lexer_fail(Lexer *lx, LexStatus status)
{
    lx->status = status;
    return -1;
}

static int error_v(Lexer *lx, int64_t column, int64_t end_column, const char *format, va_list args)
{
    if (lx->status == LEX_RAISED)
        return -1;
    const char *line = lx->source + lx->line_start;
    if (column < 0)
        column = (int64_t)syntax_error_characters(line, lx->cur - lx->line_start);
    if (end_column < 0)
        end_column = column;
    size_t n = 0;
    while (lx->line_start + n < lx->length && line[n] != '\n')
        n++;
    Value text = syntax_error_decode(lx->t, line, n);
    if (!value_is_empty(text)) {
        SyntaxPlace place = {lx->line, column, lx->line, end_column};
        syntax_error_raise_v(lx->t, EXC_SyntaxError, lx->filename, place, text, format, args);
    }
    return lexer_fail(lx, LEX_RAISED);
}

int lexer_error(Lexer *lx, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    error_v(lx, -1, -1, format, args);
    va_end(args);
    return -1;
}

int lexer_error_range(Lexer *lx, int64_t column, int64_t end_column, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    error_v(lx, column, end_column, format, args);
    va_end(args);
    return -1;
}

int lexer_make(Lexer *lx, Token *token, TokenKind kind, size_t start, size_t end)
{
    token->kind = (uint8_t)kind;
    token->level = (uint8_t)lx->level;
    token->start = (uint32_t)start;
    token->end = (uint32_t)end;
    token->line = token->end_line = lx->line;
    token->column = (int32_t)(start - lx->line_start);
    token->end_column = (int32_t)(end - lx->line_start);
    return 0;
}

/* A token without text of its own; `_tokenize` wants to know where it would be. */
static int make_empty(Lexer *lx, Token *token, TokenKind kind, size_t at)
{
    lexer_make(lx, token, kind, at, at);
    if (!lx->want_comments)
        token->column = token->end_column = -1;
    return 0;
}

uint32_t lexer_decode_char(const char *s, size_t *n)
{
    const uint8_t *u = (const uint8_t *)s;
    if (u[0] < 0xC0) {
        *n = 1;
        return u[0];
    }
    if (u[0] < 0xE0) {
        *n = 2;
        return (uint32_t)(u[0] & 0x1F) << 6 | (u[1] & 0x3F);
    }
    if (u[0] < 0xF0) {
        *n = 3;
        return (uint32_t)(u[0] & 0x0F) << 12 | (uint32_t)(u[1] & 0x3F) << 6 | (u[2] & 0x3F);
    }
    *n = 4;
    return (uint32_t)(u[0] & 0x07) << 18 | (uint32_t)(u[1] & 0x3F) << 12 | (uint32_t)(u[2] & 0x3F) << 6 | (u[3] & 0x3F);
}

static int error_character(Lexer *lx, uint32_t c)
{
    char hex[12];
    int n = 0;
    for (int shift = 20; shift >= 0; shift -= 4)
        if (n || shift <= 12 || c >> shift)
            hex[n++] = "0123456789ABCDEF"[c >> shift & 15];
    hex[n] = 0;
    if (!unicode_is_printable(c))
        return lexer_error(lx, "invalid non-printable character U+%s", hex);
    Value s = str_from_char(lx->t, c);
    if (value_is_empty(s))
        return lexer_fail(lx, LEX_RAISED);
    lexer_error(lx, "invalid character '%U' (U+%s)", s, hex);
    ref_dec(lx->t, s);
    return -1;
}

/* ---- lines and indentation ---- */

/* The rest of a line continuation, after its backslash: 0, or -1. */
static int continue_line(Lexer *lx)
{
    int c = lexer_get(lx);
    if (c == '\r')
        c = lexer_get(lx);
    if (c != '\n')
        return lexer_fail(lx, LEX_LINECONT);
    c = lexer_get(lx);
    if (c < 0) {
        lx->cur = lx->line_end;
        return lexer_fail(lx, LEX_EOF);
    }
    lexer_unget(lx, c);
    return 0;
}

/* The indentation of a line; sets *blank when the line holds nothing but a comment. */
static int read_indentation(Lexer *lx, bool *blank)
{
    int column = 0, alternate = 0, continued = 0, c;
    for (;;) {
        c = lexer_get(lx);
        if (c == ' ') {
            column++;
            alternate++;
        } else if (c == '\t') {
            column = (column / 8 + 1) * 8;
            alternate++;
        } else if (c == '\f') {
            column = alternate = 0;
        } else if (c == '\\') {
            /* The indentation is that of the first of the joined lines that has any. */
            if (!continued)
                continued = column;
            if (continue_line(lx) < 0)
                return -1;
        } else {
            break;
        }
    }
    lexer_unget(lx, c);
    if (c < 0 && lx->status == LEX_OK)
        lx->status = LEX_DONE; /* the blocks still open end here, and with more text they might not */
    if (c == '#' || c == '\n' || c == '\r') {
        /* Lines without a statement do not count, except that an empty line ends a statement typed interactively. */
        if (lx->interactive && column == 0 && c == '\n') {
            *blank = false;
        } else if (lx->interactive && lx->line == 1) {
            *blank = false;
            column = alternate = 0;
        } else {
            *blank = true;
        }
    }
    if (*blank || lx->level > 0)
        return 0;
    if (continued)
        column = alternate = continued;
    int *indents = lx->indents, *alternates = lx->alternate_indents;
    if (column == indents[lx->indent])
        return alternate == alternates[lx->indent] ? 0 : lexer_fail(lx, LEX_TABSPACE);
    if (column > indents[lx->indent]) {
        if (lx->indent + 1 >= LEXER_MAX_INDENT)
            return lexer_fail(lx, LEX_TOO_DEEP);
        if (alternate <= alternates[lx->indent])
            return lexer_fail(lx, LEX_TABSPACE);
        lx->pending++;
        lx->indent++;
        indents[lx->indent] = column;
        alternates[lx->indent] = alternate;
        return 0;
    }
    while (lx->indent > 0 && column < indents[lx->indent]) {
        lx->pending--;
        lx->indent--;
    }
    if (column != indents[lx->indent]) {
        lx->cur = lx->line_end;
        return lexer_fail(lx, LEX_DEDENT);
    }
    return alternate == alternates[lx->indent] ? 0 : lexer_fail(lx, LEX_TABSPACE);
}

/* A comment, `cur` behind its "#".  1: it became a token; 0: skipped. */
static int read_comment(Lexer *lx, Token *token, bool blank)
{
    const char *s = lx->source;
    size_t end = lx->cur;
    while (s[end] != '\n' && s[end] != '\r' && s[end] != 0)
        end++;
    lx->cur = end;
    if (lx->want_type_comments) {
        const char *p = s + lx->start;
        const char *prefix = "# type: ";
        for (; *prefix && p < s + end; prefix++) {
            if (*prefix == ' ')
                while (*p == ' ' || *p == '\t')
                    p++;
            else if (*prefix == *p)
                p++;
            else
                break;
        }
        if (!*prefix) {
            const char *after = p + 6;
            bool ignore = s + end >= after && memcmp(p, "ignore", 6) == 0;
            if (ignore && s + end > after) {
                uint8_t c = (uint8_t)*after;
                ignore = c != '_' ? !(classes[c] & (CLASS_NAME | CLASS_DIGIT)) : true;
            }
            if (!ignore)
                return lexer_make(lx, token, TOKEN_TYPE_COMMENT, (size_t)(p - s), end), 1;
            lexer_make(lx, token, TOKEN_TYPE_IGNORE, (size_t)(after - s), end);
            if (blank) {
                /* Alone on its line: the line ends here. */
                lexer_get(lx);
                lx->at_line_start = true;
            }
            return 1;
        }
    }
    if (!lx->want_comments)
        return 0;
    lexer_make(lx, token, TOKEN_COMMENT, lx->start, end);
    lx->comment_newline = blank;
    return 1;
}

/* ---- names and operators ---- */

/* The prefixes u, b, r, f and t of a string literal may not be combined at will. */
static int check_prefixes(Lexer *lx, bool b, bool u, bool r, bool f, bool t)
{
    static const char pairs[][2] = {"ub", "ur", "uf", "ut", "bf", "bt", "ft"};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        bool both = true;
        for (int j = 0; j < 2; j++) {
            char c = pairs[i][j];
            both = both && (c == 'b' ? b : c == 'u' ? u : c == 'r' ? r : c == 'f' ? f : t);
        }
        if (both) {
            int64_t column = (int64_t)(lx->start + 1 - lx->line_start), end = (int64_t)(lx->cur - lx->line_start);
            return lexer_error_range(lx, column, end, "'%c' and '%c' prefixes are incompatible", pairs[i][0],
                                     pairs[i][1]);
        }
    }
    return 0;
}

/* Checks a name that has characters beyond ASCII. */
static int check_name(Lexer *lx)
{
    size_t at = lx->start;
    while (at < lx->cur) {
        size_t n;
        uint32_t c = lexer_decode_char(lx->source + at, &n);
        bool good = c < 128 || (at == lx->start ? unicode_is_xid_start(c) : unicode_is_xid_continue(c));
        at += n;
        if (!good) {
            lx->cur = at;
            return error_character(lx, c);
        }
    }
    return 0;
}

/* A name, a keyword or a string literal with a prefix; the first character c is read. */
static int read_name(Lexer *lx, Token *token, int c)
{
    bool b = false, u = false, r = false, f = false, t = false;
    const uint8_t *s = (const uint8_t *)lx->source;
    for (;;) {
        switch (c) {
        case 'b':
        case 'B':
            if (b)
                goto name;
            b = true;
            break;
        case 'u':
        case 'U':
            if (u)
                goto name;
            u = true;
            break;
        case 'r':
        case 'R':
            if (r)
                goto name;
            r = true;
            break;
        case 'f':
        case 'F':
            if (f)
                goto name;
            f = true;
            break;
        case 't':
        case 'T':
            if (t)
                goto name;
            t = true;
            break;
        default: goto name;
        }
        c = s[lx->cur];
        if (c == '"' || c == '\'') {
            lx->cur++;
            if (check_prefixes(lx, b, u, r, f, t) < 0)
                return -1;
            return f || t ? lexer_begin_string(lx, token, c, r, t) : lexer_read_string(lx, token, c);
        }
        if (!(classes[c] & CLASS_NAME))
            break;
        lx->cur++;
    }
name:;
    size_t at = lx->cur - 1;
    bool ascii = true;
    while (classes[s[at]] & (CLASS_NAME | CLASS_DIGIT))
        ascii &= s[at++] < 128;
    lx->cur = at;
    if (!ascii) {
        if (!lx->want_comments && check_name(lx) < 0)
            return -1;
        return lexer_make(lx, token, TOKEN_NAME, lx->start, at);
    }
    return lexer_make(lx, token, lexer_keyword(lx->source + lx->start, at - lx->start), lx->start, at);
}

static int open_bracket(Lexer *lx, int c)
{
    if (lx->level >= LEXER_MAX_LEVEL)
        return lexer_error(lx, "too many nested parentheses");
    LexBracket *bracket = &lx->brackets[lx->level++];
    bracket->c = (char)c;
    bracket->line = lx->line;
    bracket->column = (int32_t)(lx->start - lx->line_start);
    if (lx->string_depth)
        lexer_string(lx)->depth++;
    return 0;
}

static int close_bracket(Lexer *lx, int c)
{
    LexString *string = lx->string_depth ? lexer_string(lx) : NULL;
    const char *sort = string && string->template ? "t" : "f";
    if (string && !string->depth && c == '}')
        return lexer_error(lx, "%s-string: single '}' is not allowed", sort);
    if (!lx->want_comments && !lx->level)
        return lexer_error(lx, "unmatched '%c'", c);
    if (lx->level > 0) {
        const LexBracket *bracket = &lx->brackets[--lx->level];
        char opening = bracket->c;
        bool match = (opening == '(' && c == ')') || (opening == '[' && c == ']') || (opening == '{' && c == '}');
        if (!lx->want_comments && !match) {
            /* The brace that opens a replacement field is matched by nothing but its own. */
            if (string && opening == '{' && string->depth - 1 == string->expression_depth)
                return lexer_error(lx, "%s-string: unmatched '%c'", sort, c);
            if (bracket->line != lx->line)
                return lexer_error(lx, "closing parenthesis '%c' does not match opening parenthesis '%c' on line %d", c,
                                   opening, bracket->line);
            return lexer_error(lx, "closing parenthesis '%c' does not match opening parenthesis '%c'", c, opening);
        }
    }
    if (string) {
        if (--string->depth < 0)
            return lexer_error(lx, "%s-string: unmatched '%c'", sort, c);
        if (c == '}' && string->depth == string->expression_depth) {
            string->expression_depth--;
            string->in_text = true;
            string->in_format_spec = string->in_debug = false;
        }
    }
    return 0;
}

/* The operator that begins with c, already read: its kind and its length. */
static TokenKind operator_kind(const char *s, int c, int *length)
{
    char d = s[0];
    *length = 1;
#define THEN(ch, kind)                                                                                                 \
    if (d == (ch))                                                                                                     \
    return *length = 2, TOKEN_##kind
#define THEN3(ch, e, kind3, kind2)                                                                                     \
    if (d == (ch))                                                                                                     \
    return s[1] == (e) ? (*length = 3, TOKEN_##kind3) : (*length = 2, TOKEN_##kind2)
    switch (c) {
    case '(': return TOKEN_LPAR;
    case ')': return TOKEN_RPAR;
    case '[': return TOKEN_LSQB;
    case ']': return TOKEN_RSQB;
    case '{': return TOKEN_LBRACE;
    case '}': return TOKEN_RBRACE;
    case ',': return TOKEN_COMMA;
    case ';': return TOKEN_SEMI;
    case '~': return TOKEN_TILDE;
    case ':': THEN('=', COLONEQUAL); return TOKEN_COLON;
    case '.':
        if (d == '.' && s[1] == '.')
            return *length = 3, TOKEN_ELLIPSIS;
        return TOKEN_DOT;
    case '=': THEN('=', EQEQUAL); return TOKEN_EQUAL;
    case '+': THEN('=', PLUSEQUAL); return TOKEN_PLUS;
    case '-':
        THEN('=', MINEQUAL);
        THEN('>', RARROW);
        return TOKEN_MINUS;
    case '*':
        THEN('=', STAREQUAL);
        THEN3('*', '=', DOUBLESTAREQUAL, DOUBLESTAR);
        return TOKEN_STAR;
    case '/':
        THEN('=', SLASHEQUAL);
        THEN3('/', '=', DOUBLESLASHEQUAL, DOUBLESLASH);
        return TOKEN_SLASH;
    case '|': THEN('=', VBAREQUAL); return TOKEN_VBAR;
    case '&': THEN('=', AMPEREQUAL); return TOKEN_AMPER;
    case '^': THEN('=', CIRCUMFLEXEQUAL); return TOKEN_CIRCUMFLEX;
    case '%': THEN('=', PERCENTEQUAL); return TOKEN_PERCENT;
    case '@': THEN('=', ATEQUAL); return TOKEN_AT;
    case '!': THEN('=', NOTEQUAL); return TOKEN_EXCLAMATION;
    case '<':
        THEN('=', LESSEQUAL);
        THEN('>', NOTEQUAL);
        THEN3('<', '=', LEFTSHIFTEQUAL, LEFTSHIFT);
        return TOKEN_LESS;
    case '>':
        THEN('=', GREATEREQUAL);
        THEN3('>', '=', RIGHTSHIFTEQUAL, RIGHTSHIFT);
        return TOKEN_GREATER;
    default: return TOKEN_OP;
    }
#undef THEN
#undef THEN3
}

static int read_operator(Lexer *lx, Token *token, int c)
{
    LexString *string = lx->string_depth ? lexer_string(lx) : NULL;
    if (c == ':' && string && string->expression_depth >= 0 && string->depth == string->expression_depth + 1) {
        /* Outside all brackets of a replacement field: its format spec begins. */
        string->in_text = true;
        string->in_format_spec = true;
        return lexer_make(lx, token, TOKEN_COLON, lx->start, lx->cur);
    }
    int length;
    TokenKind kind = operator_kind(lx->source + lx->cur, c, &length);
    if (length > 1) {
        lx->cur += (size_t)length - 1;
        return lexer_make(lx, token, kind, lx->start, lx->cur);
    }
    switch (c) {
    case '(':
    case '[':
    case '{':
        if (open_bracket(lx, c) < 0)
            return -1;
        break;
    case ')':
    case ']':
    case '}':
        if (close_bracket(lx, c) < 0)
            return -1;
        break;
    default: break;
    }
    if (kind == TOKEN_OP && (c < ' ' || c > '~'))
        return error_character(lx, (uint32_t)c);
    if (kind == TOKEN_EQUAL && string && string->depth - string->expression_depth == 1)
        string->in_debug = true;
    return lexer_make(lx, token, kind, lx->start, lx->cur);
}

/* ---- the next token ---- */

static int next_token(Lexer *lx, Token *token)
{
    bool blank;
next_line:
    blank = false;
    if (lx->at_line_start) {
        lx->at_line_start = false;
        if (read_indentation(lx, &blank) < 0)
            return -1;
    }
    lx->start = lx->cur;
    if (lx->pending) {
        if (lx->pending < 0) {
            lx->pending++;
            return make_empty(lx, token, TOKEN_DEDENT, lx->cur);
        }
        lx->pending--;
        return make_empty(lx, token, TOKEN_INDENT, lx->cur);
    }
again:
    while (classes[(uint8_t)lx->source[lx->cur]] & CLASS_SPACE)
        lx->cur++;
    int c = lexer_get(lx);
    if (c >= 0 && (classes[c] & CLASS_SPACE))
        goto again; /* the first character of a line that was not there before */
    lx->start = c < 0 ? lx->cur : lx->cur - 1;
    if (c == '#') {
        int made = read_comment(lx, token, blank);
        if (made)
            return 0;
        c = lexer_get(lx);
    }
    bool carriage_return = c == '\r';
    if (carriage_return)
        c = lexer_get(lx);
    if (c < 0) {
        if (lx->status == LEX_RAISED)
            return -1;
        if (lx->level)
            return lexer_fail(lx, LEX_EOF);
        lx->status = LEX_DONE;
        return make_empty(lx, token, TOKEN_ENDMARKER, lx->cur);
    }
    if ((classes[c] & CLASS_NAME) && !carriage_return)
        return read_name(lx, token, c);
    if (c == '\n') {
        lx->at_line_start = true;
        if (blank || lx->level > 0) {
            if (lx->want_comments) {
                lx->comment_newline = false;
                return lexer_make(lx, token, TOKEN_NL, lx->start, lx->cur);
            }
            goto next_line;
        }
        if (lx->comment_newline && lx->want_comments) {
            lx->comment_newline = false;
            return lexer_make(lx, token, TOKEN_NL, lx->start, lx->cur);
        }
        lx->at_continued_line = false;
        return lexer_make(lx, token, TOKEN_NEWLINE, lx->start, lx->cur);
    }
    if ((classes[c] & CLASS_DIGIT) || (c == '.' && (classes[(uint8_t)lx->source[lx->cur]] & CLASS_DIGIT)))
        return lexer_read_number(lx, token, c);
    if (c == '\'' || c == '"')
        return lexer_read_string(lx, token, c);
    if (c == '\\') {
        lx->in_token = true;
        if (continue_line(lx) < 0)
            return -1;
        lx->in_token = false;
        lx->at_continued_line = true;
        goto again;
    }
    return read_operator(lx, token, c);
}

int lexer_next(Lexer *lx, Token *token)
{
    int result =
        lx->string_depth && lexer_string(lx)->in_text ? lexer_read_text(lx, token, next_token) : next_token(lx, token);
    lx->in_token = false;
    if (result < 0) {
        lexer_make(lx, token, TOKEN_ERRORTOKEN, lx->cur, lx->cur);
        token->column = token->end_column = -1;
    }
    return result;
}
