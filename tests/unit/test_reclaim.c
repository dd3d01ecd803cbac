/* Reclamation with the lock off: what waits is given back after a grace period, also what ended threads have left. */
#include "memory_fixture.h"

#include "vm/memory/reclaim.h"

static void note(Thread *t, void *p) { ++*(int *)p; }

static void leave(Thread *t, void *arg) { reclaim_later(t, note, arg); }

/* Passes grace periods until nothing can be waiting any more. */
static void pass(Thread *t)
{
    for (int i = 0; i < 3; i++)
        reclaim_checkpoint(t);
}

static void leave_in_thread(Thread *t, int *given)
{
    Run_ run;
    run_start(&run, t->interp, leave, given);
    run_join(t, &run);
}

static void test_in_order(void **state)
{
    Thread *t = bare_thread(false);
    int given = 0;
    for (int i = 1; i <= 1000; i++) {
        reclaim_later(t, note, &given);
        if (i % 300 == 0) {
            pass(t);
            assert_int_equal(given, i);
        }
    }
    pass(t);
    assert_int_equal(given, 1000);
    bare_end(t);
}

static void test_left_by_threads(void **state)
{
    Thread *t = bare_thread(false);
    int given = 0;
    reclaim_later(t, note, &given);
    pass(t); /* the thread's queue is there, but nothing waits in it */
    assert_int_equal(given, 1);
    leave_in_thread(t, &given);
    pass(t);
    assert_int_equal(given, 2);
    reclaim_later(t, note, &given);
    pass(t);
    assert_int_equal(given, 3);
    bare_end(t);
}

static void test_all(void **state)
{
    Thread *t = bare_thread(false);
    int given = 0;
    assert_false(reclaim_all(t));
    reclaim_later(t, note, &given);
    assert_true(reclaim_all(t));
    leave_in_thread(t, &given);
    leave_in_thread(t, &given);
    assert_true(reclaim_all(t));
    assert_int_equal(given, 3);
    assert_false(reclaim_all(t));
    bare_end(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_order),
        cmocka_unit_test(test_left_by_threads),
        cmocka_unit_test(test_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
