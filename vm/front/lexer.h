/* lexer.h: source text to tokens, for the parser and for the module `_tokenize`.
 *
 * Tokens are produced one at a time, when asked for: whether an error of the lexer or one of the grammar is reported depends on which comes first. */
#ifndef BATON_FRONT_LEXER_H
#define BATON_FRONT_LEXER_H

#include "../object/value.h"

typedef enum TokenKind {
#define TOKEN(name) TOKEN_##name,
#include "token.def"
    TOKEN_COUNT
} TokenKind;
#define TOKEN_FIRST_KEYWORD TOKEN_FALSE

/* Lines from 1, columns from 0 in bytes; column -1: the token has no text of its own (INDENT, DEDENT, ENDMARKER). */
typedef struct Token {
    uint8_t kind;
    uint8_t level;       /* open brackets around it */
    uint32_t start, end; /* offsets into Lexer.source */
    int32_t line, column, end_line, end_column;
} Token;

/* Why there are no more tokens. */
typedef enum LexStatus {
    LEX_OK,
    LEX_DONE,      /* the end of the text, reached in order */
    LEX_EOF,       /* the text ended where more was needed */
    LEX_RAISED,    /* an exception is pending */
    LEX_DEDENT,    /* unindent does not match any outer level */
    LEX_TABSPACE,  /* inconsistent tabs and spaces */
    LEX_TOO_DEEP,  /* too many levels of indentation */
    LEX_LINECONT,  /* text after a line continuation character */
    LEX_EOF_STRING /* unterminated string at the end of the text; an exception is pending */
} LexStatus;

#define LEXER_MAX_INDENT 100
#define LEXER_MAX_LEVEL 200
#define LEXER_MAX_STRINGS 150   /* f-strings nested in f-strings */
#define LEXER_MAX_NESTED_SPEC 3 /* replacement fields nested in format specs */

/* An f-string or t-string that is being read. */
typedef struct LexString {
    bool in_text; /* reading literal text or a format spec; else an expression */
    bool raw, template, in_format_spec, in_debug;
    char quote;
    uint8_t quote_size;
    int depth;                /* brackets open since the string began */
    int expression_depth;     /* value of `depth` at which the current replacement field ends; -1 outside all fields */
    size_t start, line_start; /* where it began, for "unterminated" errors */
    int32_t line;
} LexString;

typedef struct LexBracket {
    char c;
    int32_t line, column;
} LexBracket;

typedef struct Lexer Lexer;
struct Lexer {
    Thread *t;
    char *source; /* UTF-8, newlines are "\n" (unless `keep_cr`), a NUL behind `length`; alloc_memory */
    size_t length;
    size_t cur;                  /* next byte to read */
    size_t start;                /* of the current token */
    size_t line_start, line_end; /* of the line that `cur` is in or at the end of */
    size_t multi_line_start;     /* beginning of the line on which a multi-line token began */
    size_t buffer_start;         /* beginning of the line on which the current token began: what error messages show */
    bool in_token;               /* inside a token that may span lines */
    int32_t line, first_line;    /* current line; line on which the current multi-line token began */
    LexStatus status;
    bool at_line_start, at_continued_line;
    bool want_comments; /* COMMENT and NL tokens are reported, brackets need not match: for `_tokenize` */
    bool want_type_comments;
    bool comment_newline; /* the NL after a comment on a line of its own is due */
    bool interactive;
    bool implicit_newline; /* a newline was added at the end of the text */
    int pending;           /* INDENT (> 0) or DEDENT (< 0) tokens due */
    int indent;
    int indents[LEXER_MAX_INDENT], alternate_indents[LEXER_MAX_INDENT]; /* with tabs as 8 and as 1 columns */
    int level;
    LexBracket brackets[LEXER_MAX_LEVEL];
    int string_depth;   /* entries in use of `strings` */
    LexString *strings; /* LEXER_MAX_STRINGS, made when the first is met */
    Value filename;     /* borrowed */
    /* Appends the next line to `source` and adjusts `length`: 1, 0 at the end, -1 with an exception. NULL: all text is there. */
    int (*refill)(Lexer *lx);
    void *refill_context;
};

/* Takes over `source` (alloc_memory, NUL behind length). */
void lexer_init(Lexer *lx, Thread *t, char *source_take, size_t length, Value filename);
void lexer_free(Lexer *lx);
/* The next token: 0, or -1 with `status` set (token->kind is then TOKEN_ERRORTOKEN). */
int lexer_next(Lexer *lx, Token *token);
/* Name of a token kind ("NAME", "PLUS"), as in the module `token`; its text, or NULL. */
const char *lexer_kind_name(TokenKind kind);
const char *lexer_kind_text(TokenKind kind);
/* The keyword that a word is, or TOKEN_NAME. */
TokenKind lexer_keyword(const char *s, size_t n);

#endif
