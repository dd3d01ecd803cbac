/* The lexer: kinds and places of tokens, indentation, f-strings, and why it stops. */
#include "vm_fixture.h"

#include <string.h>

#include "vm/front/lexer.h"
#include "vm/memory/alloc.h"

/* The names of all tokens of a text, one space apart; *status tells how it ended. */
static const char *kinds(Thread *t, const char *text, LexStatus *status)
{
    static char names[1000];
    size_t n = strlen(text);
    char *source = alloc_memory(t, n + 1);
    memcpy(source, text, n + 1);
    Lexer *lx = alloc_memory(t, sizeof *lx);
    Value filename = str_from_string(t, "<test>");
    lexer_init(lx, t, source, n, filename);
    names[0] = 0;
    Token token;
    while (lexer_next(lx, &token) == 0) {
        if (names[0])
            strcat(names, " ");
        strcat(names, lexer_kind_name(token.kind));
        if (token.kind == TOKEN_ENDMARKER)
            break;
    }
    *status = lx->status;
    error_clear(t);
    lexer_free(lx);
    alloc_memory_free(t, lx);
    ref_dec(t, filename);
    return names;
}

static void assert_kinds(const char *text, const char *expected)
{
    LexStatus status;
    assert_string_equal(kinds(fixture_thread(), text, &status), expected);
}

static void test_tokens(void **state)
{
    assert_kinds("a = 1.5e3 + 0x_ff\n", "NAME EQUAL NUMBER PLUS NUMBER NEWLINE ENDMARKER");
    assert_kinds("x **= y // z -> ... := !=\n",
                 "NAME DOUBLESTAREQUAL NAME DOUBLESLASH NAME RARROW ELLIPSIS COLONEQUAL NOTEQUAL NEWLINE ENDMARKER");
    assert_kinds("rb'a' '''b\nc'''\n", "STRING STRING NEWLINE ENDMARKER");
    assert_kinds("(1,\n\n 2)\n",
                 "LPAR NUMBER COMMA NUMBER RPAR NEWLINE ENDMARKER"); /* lines inside brackets are joined */
    assert_kinds("a \\\n  b\n", "NAME NAME NEWLINE ENDMARKER");
    assert_kinds("# only a comment\n\n", "ENDMARKER");
}

static void test_indentation(void **state)
{
    LexStatus status;
    assert_kinds("x:\n  y\n  z\nw\n",
                 "NAME COLON NEWLINE INDENT NAME NEWLINE NAME NEWLINE DEDENT NAME NEWLINE ENDMARKER");
    assert_kinds("x:\n  y:\n    z\n",
                 "NAME COLON NEWLINE INDENT NAME COLON NEWLINE INDENT NAME NEWLINE DEDENT DEDENT ENDMARKER");
    kinds(fixture_thread(), "x:\n    y\n  z\n", &status);
    assert_int_equal(status, LEX_DEDENT);
    kinds(fixture_thread(), "x:\n        y\n\tz\n", &status); /* equal only where a tab has eight columns */
    assert_int_equal(status, LEX_TABSPACE);
}

static void test_f_strings(void **state)
{
    assert_kinds("f'a{b!r:>{w}}c'\n", "FSTRING_START FSTRING_MIDDLE LBRACE NAME EXCLAMATION NAME COLON FSTRING_MIDDLE "
                                      "LBRACE NAME RBRACE FSTRING_MIDDLE RBRACE "
                                      "FSTRING_MIDDLE FSTRING_END NEWLINE ENDMARKER");
    assert_kinds(
        "f'{f\"{1}\"}'\n",
        "FSTRING_START LBRACE FSTRING_START LBRACE NUMBER RBRACE FSTRING_END RBRACE FSTRING_END NEWLINE ENDMARKER");
    assert_kinds("t'{x}'\n", "TSTRING_START LBRACE NAME RBRACE TSTRING_END NEWLINE ENDMARKER");
}

static void test_errors(void **state)
{
    LexStatus status;
    kinds(fixture_thread(), "(1", &status);
    assert_int_equal(status, LEX_EOF);
    kinds(fixture_thread(), "'abc\n", &status);
    assert_int_equal(status, LEX_RAISED);
    kinds(fixture_thread(), "a \\ b\n", &status);
    assert_int_equal(status, LEX_LINECONT);
    kinds(fixture_thread(), "1_000_\n", &status);
    assert_int_equal(status, LEX_RAISED);
    assert_int_equal(lexer_keyword("while", 5), TOKEN_WHILE);
    assert_int_equal(lexer_keyword("match", 5), TOKEN_NAME); /* a soft one */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tokens), cmocka_unit_test(test_indentation),
                                       cmocka_unit_test(test_f_strings), cmocka_unit_test(test_errors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
