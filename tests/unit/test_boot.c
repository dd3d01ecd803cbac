/* Start-up: a booted interpreter in both modes, the C modules of threads, time and memory, and that starting leaks nothing. */
#include "vm_fixture.h"

#include "vm/debug/heapcheck.h"
#include "vm/memory/cycle.h"
#include "vm/object/dict.h"
#include "vm/object/int.h"
#include "vm/object/list.h"
#include "vm/object/module.h"

static void boot(bool gil)
{
    Thread *t = fixture_new(gil);
    Value list = list_new(t, 0);
    assert_int_equal(list_append(t, list, list), 0);
    Value repr = object_repr(t, list);
    fixture_check(t);
    assert_true(str_equal_ascii(repr, "[[...]]"));
    ref_dec(t, repr);
    ref_dec(t, list);
    assert_int_equal(cycle_collect(t, 2), 1);
    assert_int_equal(cycle_collect(t, 2), 0);
    heapcheck_verify(t);
    interp_free(t->interp);
}
static void test_boot_with_the_lock(void **state) { boot(true); }
static void test_boot_without_the_lock(void **state) { boot(false); }

static void test_modules(void **state)
{
    Thread *t = fixture_thread();
    const ModuleDef *const defs[] = {&module_def__thread, &module_def_time,     &module_def_gc,
                                     &module_def__signal, &module_def_resource, &module_def_faulthandler,
                                     &module_def__baton};
    for (size_t i = 0; i < sizeof defs / sizeof *defs; i++) {
        Value module = module_from_def(t, defs[i]);
        fixture_check(t);
        assert_true(object_is(module, KIND_MODULE));
        ref_dec(t, module);
    }
}

static Value call(Thread *t, Value module, const char *name, Value a, Value b, Value c)
{
    Value result = object_call_method_string(t, module, name, a, b, c);
    fixture_check(t);
    return result;
}

static void test_locks_and_times(void **state)
{
    Thread *t = fixture_thread();
    Value module = module_from_def(t, &module_def__thread),
          lock = call(t, module, "allocate_lock", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    assert_true(value_is(call(t, lock, "acquire", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY), VALUE_TRUE));
    assert_true(value_is(call(t, lock, "acquire", VALUE_FALSE, VALUE_EMPTY, VALUE_EMPTY), VALUE_FALSE));
    assert_true(value_is(call(t, lock, "acquire", VALUE_TRUE, value_from_double(0.01), VALUE_EMPTY), VALUE_FALSE));
    assert_true(value_is_none(call(t, lock, "release", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY)));
    assert_true(value_is_empty(object_call_method_string(t, lock, "release", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY)));
    assert_true(error_swallow(t, EXC_RuntimeError));
    ref_dec(t, lock);
    ref_dec(t, module);
    module = module_from_def(t, &module_def_time);
    Value zero = call(t, module, "gmtime", value_from_int(0), VALUE_EMPTY, VALUE_EMPTY), repr = object_repr(t, zero);
    fixture_check(t);
    assert_true(str_equal_ascii(repr, "time.struct_time(tm_year=1970, tm_mon=1, tm_mday=1, tm_hour=0, tm_min=0, "
                                      "tm_sec=0, tm_wday=3, tm_yday=1, tm_isdst=0)"));
    Value text = call(t, module, "asctime", zero, VALUE_EMPTY, VALUE_EMPTY);
    assert_true(str_equal_ascii(text, "Thu Jan  1 00:00:00 1970"));
    ref_dec(t, text);
    ref_dec(t, repr);
    ref_dec(t, zero);
    ref_dec(t, module);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_boot_with_the_lock),
        cmocka_unit_test(test_boot_without_the_lock),
        cmocka_unit_test(test_modules),
        cmocka_unit_test(test_locks_and_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
