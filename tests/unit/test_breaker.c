/* The eval breaker: who may set it, what handling it clears, errors on the way, a full queue. */
#include "memory_fixture.h"

static void test_bits(void **state)
{
    Thread *t = bare_thread(true);
    assert_false(breaker_is_set(t));
    breaker_set(t, BREAKER_TRACE);
    breaker_set(t, BREAKER_TRACE);
    assert_true(breaker_is_set(t));
    breaker_clear(t, BREAKER_TRACE);
    assert_false(breaker_is_set(t));
    bare_end(t);
}

static void set_other(Thread *t, void *arg) { breaker_set(arg, BREAKER_TRACE); }

static void test_any_thread_sets_it(void **state)
{
    Thread *t = bare_thread(true);
    Run_ run;
    run_start(&run, t->interp, set_other, t);
    run_join(t, &run);
    assert_true(breaker_is_set(t));
    breaker_clear(t, BREAKER_TRACE);
    bare_end(t);
}

static int calls;
static int succeeds(Thread *t, void *arg)
{
    calls++;
    return 0;
}

static void test_pending_calls_in_order_and_a_full_queue(void **state)
{
    Thread *t = bare_thread(true);
    calls = 0;
    int added = 0;
    while (added < 100000 && breaker_add_pending(t->interp, NULL, succeeds, NULL) == 0)
        added++;
    assert_in_range(added, 1, 99999); /* bounded */
    assert_true(breaker_is_set(t));
    while (breaker_is_set(t))
        assert_int_equal(breaker_handle(t), 0);
    assert_int_equal(calls, added);
    assert_int_equal(breaker_add_pending(t->interp, NULL, succeeds, NULL), 0); /* there is room again */
    assert_int_equal(breaker_handle(t), 0);
    assert_int_equal(calls, added + 1);
    bare_end(t);
}

static int fails(Thread *t, void *arg)
{
    calls++;
    return -1;
}

static void test_a_failing_call_leaves_the_rest_for_later(void **state)
{
    Thread *t = bare_thread(true);
    calls = 0;
    assert_int_equal(breaker_add_pending(t->interp, NULL, fails, NULL), 0);
    assert_int_equal(breaker_add_pending(t->interp, NULL, succeeds, NULL), 0);
    assert_int_equal(breaker_handle(t), -1);
    assert_int_equal(calls, 1);
    assert_true(breaker_is_set(t));
    assert_int_equal(breaker_handle(t), 0);
    assert_int_equal(calls, 2);
    bare_end(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bits), cmocka_unit_test(test_any_thread_sets_it),
                                       cmocka_unit_test(test_pending_calls_in_order_and_a_full_queue),
                                       cmocka_unit_test(test_a_failing_call_leaves_the_rest_for_later)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
