/* The parser: shapes and places of trees, and where errors are reported. */
#include "vm_fixture.h"

#include <string.h>

#include "vm/front/ast_dump.h"
#include "vm/front/parser.h"
#include "vm/object/exception.h"

static void assert_tree(const char *source, bool positions, const char *expected)
{
    Thread *t = fixture_thread();
    Arena *arena = NULL;
    Value filename = str_from_string(t, "<test>");
    AstMod *mod = parser_parse(t, source, strlen(source), filename, PARSE_FILE, 0, 14, &arena);
    fixture_check(t);
    assert_non_null(mod);
    Value text = ast_dump(t, mod, positions);
    assert_string_equal(str_ascii_or(text, "?"), expected);
    ref_dec(t, text);
    arena_free(t, arena);
    ref_dec(t, filename);
}

static void test_precedence(void **state)
{
    assert_tree("1 + 2 * 3 ** -4\n", false,
                "Module([Expr(BinOp(Constant(1,None),Add(),BinOp(Constant(2,None),Mult(),BinOp(Constant(3,None),Pow(),"
                "UnaryOp(USub(),Constant(4,None))))))],[])");
    assert_tree("not a in b or c\n", false,
                "Module([Expr(BoolOp(Or(),[UnaryOp(Not(),Compare(Name('a',Load()),[In()],[Name('b',Load())])),Name('c',"
                "Load())]))],[])");
    assert_tree("a < b == c\n", false,
                "Module([Expr(Compare(Name('a',Load()),[Lt(),Eq()],[Name('b',Load()),Name('c',Load())]))],[])");
}

static void test_targets(void **state)
{
    assert_tree("a, *b = c\n", false,
                "Module([Assign([Tuple([Name('a',Store()),Starred(Name('b',Store()),Store())],Store())],Name('c',Load()"
                "),None)],[])");
    assert_tree("del x[0]\n", false, "Module([Delete([Subscript(Name('x',Load()),Constant(0,None),Del())])],[])");
    assert_tree("(y := 1)\n", false, "Module([Expr(NamedExpr(Name('y',Store()),Constant(1,None)))],[])");
}

static void test_places(void **state)
{
    assert_tree("if x:\n  f(1)\n", true,
                "Module([If@1,0,2,6(Name@1,3,1,4('x',Load()),[Expr@2,2,2,6(Call@2,2,2,6(Name@2,2,2,3('f',Load()),["
                "Constant@2,4,2,5(1,None)],[]))],[])],[])");
    assert_tree("s = '''a\nb'''\n", true,
                "Module([Assign@1,0,2,4([Name@1,0,1,1('s',Store())],Constant@1,4,2,4('a\\nb',None),None)],[])");
}

/* A SyntaxError (or subclass) at a line and column (from 1). */
static void assert_error(const char *source, int line, int column, const char *message)
{
    Thread *t = fixture_thread();
    Arena *arena = NULL;
    Value filename = str_from_string(t, "<test>");
    assert_null(parser_parse(t, source, strlen(source), filename, PARSE_FILE, 0, 14, &arena));
    assert_null(arena);
    assert_true(error_matches(t, EXC_SyntaxError));
    Value exc = error_take(t);
    Value msg = object_getattr_string(t, exc, "msg"), lineno = object_getattr_string(t, exc, "lineno"),
          offset = object_getattr_string(t, exc, "offset");
    fixture_check(t);
    assert_string_equal(str_ascii_or(msg, "?"), message);
    assert_int_equal(value_to_int(lineno), line);
    assert_int_equal(value_to_int(offset), column);
    ref_dec(t, msg);
    ref_dec(t, exc);
    ref_dec(t, filename);
}

static void test_errors(void **state)
{
    assert_error("x = (1\n", 1, 5, "'(' was never closed");
    assert_error("x = 1 +\n", 1, 8, "invalid syntax");
    assert_error("if x\n  y\n", 1, 5, "expected ':'");
    assert_error("f(a b)\n", 1, 3, "invalid syntax. Perhaps you forgot a comma?");
    assert_error("1 = x\n", 1, 1, "cannot assign to literal here. Maybe you meant '==' instead of '='?");
    assert_error("while 1:\nx\n", 2, 1, "expected an indented block after 'while' statement on line 1");
    assert_error("def f(a=1, b): pass\n", 1, 12, "parameter without a default follows parameter with a default");
}

static void test_deep_nesting_is_refused(void **state)
{
    enum { N = 100000 };
    Thread *t = fixture_thread();
    static char source[2 * N + 2];
    memset(source, '(', N);
    memset(source + N, ')', N);
    source[2 * N] = '\n';
    Arena *arena = NULL;
    Value filename = str_from_string(t, "<test>");
    assert_null(parser_parse(t, source, 2 * N + 1, filename, PARSE_FILE, 0, 14, &arena));
    assert_true(error_pending(t));
    error_clear(t);
    ref_dec(t, filename);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_precedence), cmocka_unit_test(test_targets),
                                       cmocka_unit_test(test_places), cmocka_unit_test(test_errors),
                                       cmocka_unit_test(test_deep_nesting_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
