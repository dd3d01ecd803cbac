/* The compiler: what comes out is well-formed, damage to it is noticed, and what the temporaries hold is known. */
#include "vm_fixture.h"

#include <string.h>

#include "vm/compile/check.h"
#include "vm/compile/compile.h"
#include "vm/compile/stackmap.h"
#include "vm/memory/alloc.h"

static const char *fault_of(Thread *t, const Code *code)
{
    const char *fault;
    assert_int_equal(check_code(t, code, &fault), 0);
    return fault;
}

static Code *compile(Thread *t, const char *source)
{
    Value filename = str_from_string(t, "<test>");
    Value code = compile_source(t, source, strlen(source), filename, PARSE_FILE, 0, 0, 0);
    fixture_check(t);
    ref_dec(t, filename);
    assert_null(fault_of(t, code_of(code)));
    return code_of(code);
}

/* The first code object among the constants: that of a function. */
static Code *inner(Code *code)
{
    for (uint32_t i = 0; i < code->constant_count; i++)
        if (code_check(code->constants[i]))
            return code_of(code->constants[i]);
    fail();
    return NULL;
}

static uint32_t find(const Code *code, Opcode op)
{
    for (uint32_t i = 0; i < code->instruction_count; i++)
        if (INSTRUCTION_OP(code->instructions[i]) == op)
            return i;
    fail();
    return 0;
}

static void test_frames_start_behind_the_first_instruction(void **state)
{
    Thread *t = fixture_thread();
    Code *module = compile(t, "def f(a, b):\n    return a + b\n"), *f = inner(module);
    assert_int_equal(INSTRUCTION_OP(f->instructions[0]), OP_RESUME);
    assert_int_equal(code_position(f, 0).line, 1);
    assert_ptr_equal(code_start(f), f->instructions + 1);
    CodePosition sum = code_position(f, find(f, OP_ADD));
    assert_int_equal(sum.line, 2);
    assert_int_equal(sum.column, 11);
    assert_int_equal(sum.end_column, 16);
    ref_dec(t, value_of(module));
}

static void test_damage_is_noticed(void **state)
{
    Thread *t = fixture_thread();
    Code *module = compile(t, "def f(a):\n    for x in a:\n        g(x)\n"), *f = inner(module);
    Instruction *at = &f->instructions[find(f, OP_FOR_NEXT)], saved = *at;
    *at = (saved & UINT64_C(0x0000FFFFFFFFFFFF)) | UINT64_C(0x7000) << 48; /* jumps far away */
    assert_non_null(fault_of(t, f));
    *at = (saved & ~UINT64_C(0xFFFF)) | OP_COUNT; /* no instruction */
    assert_non_null(fault_of(t, f));
    *at = (saved & ~UINT64_C(0xFFFF0000)) | (uint64_t)(f->register_count - 1) << 16; /* iterates over nothing */
    assert_non_null(fault_of(t, f));
    *at = saved;
    at = &f->instructions[find(f, OP_CALL)];
    saved = *at;
    *at = saved + (UINT64_C(1000) << 32); /* more arguments than there are registers */
    assert_non_null(fault_of(t, f));
    *at = saved;
    at = &f->instructions[0];
    saved = *at;
    *at = OP_NOP;
    assert_non_null(fault_of(t, f));
    *at = saved;
    assert_null(fault_of(t, f));
    ref_dec(t, value_of(module));
}

static void test_what_temporaries_hold(void **state)
{
    Thread *t = fixture_thread();
    Code *module = compile(
             t, "def f(a):\n    for x in a:\n        try:\n            g(x)\n        except E:\n            h()\n"),
         *f = inner(module);
    StackMap map;
    assert_int_equal(stackmap_new(t, &map, f), 0);
    assert_null(map.fault);
    HeldKind *held = alloc_memory(t, map.width * sizeof *held + 1);
    assert_true(stackmap_at(&map, 1, held));
    for (uint32_t i = 0; i < map.width; i++)
        assert_int_equal(held[i], HELD_NOTHING);
    assert_true(stackmap_at(&map, find(f, OP_FOR_NEXT), held));
    assert_int_equal(held[0], HELD_ITERATOR);
    assert_true(stackmap_at(&map, find(f, OP_MATCH_EXC), held));
    assert_int_equal(held[0], HELD_ITERATOR);
    assert_int_equal(held[1], HELD_NOTHING); /* a number, where the loop is over a list or tuple */
    assert_int_equal(held[2], HELD_HANDLED);
    assert_int_equal(held[3], HELD_CAUGHT);
    assert_true(stackmap_at(&map, find(f, OP_RETURN_NONE), held));
    assert_int_equal(held[0], HELD_NOTHING);
    alloc_memory_free(t, held);
    stackmap_free(t, &map);
    ref_dec(t, value_of(module));
}

static void test_no_program_is_too_large(void **state)
{
    Thread *t = fixture_thread();
    enum { N = 20000 };
    char *source = malloc(N * 40 + 100),
         *end = source + sprintf(source, "while x:\n"); /* the jump back does not fit 16 bits, nor do the constants */
    for (int i = 0; i < N; i++)
        end += sprintf(end, "    a = %d.5\n    b(a, a)\n", i);
    Code *module = compile(t, source);
    assert_true(module->instruction_count > UINT16_MAX);
    find(module, OP_WIDE);
    free(source);
    ref_dec(t, value_of(module));
}

static void test_errors(void **state)
{
    Thread *t = fixture_thread();
    const char *const sources[] = {"return 1\n",
                                   "break\n",
                                   "def f():\n    nonlocal x\n",
                                   "def f(a, a): pass\n",
                                   "class C:\n    yield 1\n",
                                   "x: int = (yield)\nglobal x\n"};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        Value filename = str_from_string(t, "<test>");
        assert_true(value_is_empty(compile_source(t, sources[i], strlen(sources[i]), filename, PARSE_FILE, 0, 0, 0)));
        assert_true(error_matches(t, EXC_SyntaxError));
        error_clear(t);
        ref_dec(t, filename);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_frames_start_behind_the_first_instruction),
                                       cmocka_unit_test(test_damage_is_noticed),
                                       cmocka_unit_test(test_what_temporaries_hold),
                                       cmocka_unit_test(test_no_program_is_too_large), cmocka_unit_test(test_errors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
