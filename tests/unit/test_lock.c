/* Locks: timeouts, hand-over between threads, release by another thread, leaf locks, sleeping. */
#include "memory_fixture.h"

#include "vm/thread/objlock.h"

static void test_timeouts(void **state)
{
    Thread *t = bare_thread(true);
    PyLock lock = {0};
    assert_false(pylock_release(t, &lock));
    assert_int_equal(pylock_acquire(t, &lock, -1, true, EVENT_LOCK), LOCK_ACQUIRED);
    assert_int_equal(pylock_acquire(t, &lock, 0, true, EVENT_LOCK), LOCK_FAILED);
    int64_t start = os_monotonic();
    assert_int_equal(pylock_acquire(t, &lock, 20000000, true, EVENT_LOCK), LOCK_FAILED);
    assert_true(os_monotonic() - start >= 20000000);
    assert_true(pylock_release(t, &lock));
    assert_int_equal(pylock_acquire(t, &lock, 0, true, EVENT_LOCK), LOCK_ACQUIRED);
    bare_end(t);
}

typedef struct Work {
    PyLock lock;
    int n;
} Work;

static void add_under_lock(Thread *t, void *arg)
{
    Work *w = arg;
    for (int i = 0; i < 3000; i++) {
        assert_int_equal(pylock_acquire(t, &w->lock, -1, true, EVENT_LOCK), LOCK_ACQUIRED);
        int n = w->n;
        if (i % 16 == 0)
            thread_sleep(t, 0);
        w->n = n + 1;
        assert_true(pylock_release(t, &w->lock));
        if (breaker_is_set(t))
            breaker_handle(t);
    }
}

static void exclusion(bool gil)
{
    Thread *t = bare_thread(gil);
    Work w = {{0}, 0};
    Run_ run[4];
    for (int i = 0; i < 4; i++)
        run_start(&run[i], t->interp, add_under_lock, &w);
    for (int i = 0; i < 4; i++)
        run_join(t, &run[i]);
    assert_int_equal(w.n, 12000);
    bare_end(t);
}
static void test_exclusion(void **state)
{
    exclusion(true);
    exclusion(false);
}

static void release_it(Thread *t, void *arg)
{
    thread_sleep(t, 10000000);
    assert_true(pylock_release(t, arg));
}

static void test_released_by_another_thread(void **state)
{
    Thread *t = bare_thread(true);
    PyLock lock = {1};
    Run_ run;
    run_start(&run, t->interp, release_it, &lock);
    assert_int_equal(pylock_acquire(t, &lock, -1, true, EVENT_LOCK), LOCK_ACQUIRED);
    run_join(t, &run);
    bare_end(t);
}

static int interrupted_by;
static int note(Thread *t, void *arg) { return interrupted_by++, 0; }
static void interrupt_main(Thread *t, void *arg)
{
    thread_sleep(t, 10000000);
    breaker_add_pending(t->interp, NULL, note, NULL);
}

static void test_waits_end_for_the_breaker(void **state)
{
    Thread *t = bare_thread(true);
    PyLock lock = {1};
    Run_ run;
    int64_t start = os_monotonic();
    interrupted_by = 0;
    run_start(&run, t->interp, interrupt_main, NULL);
    assert_int_equal(pylock_acquire(t, &lock, -1, true, EVENT_LOCK), LOCK_INTERRUPTED);
    assert_true(os_monotonic() - start < 5000000000);
    assert_int_equal(breaker_handle(t), 0);
    assert_int_equal(interrupted_by, 1);
    run_join(t, &run);
    bare_end(t);
}

typedef struct Leaf {
    Object *o;
    volatile int n;
} Leaf;
static void count_under_leaf(Thread *t, void *arg)
{
    Leaf *l = arg;
    for (int i = 0; i < 50000; i++) {
        objlock_enter(t, l->o);
        l->n = l->n + 1;
        objlock_exit(t, l->o);
    }
}

static void test_leaf_locks(void **state)
{
    Thread *t = bare_thread(false);
    Leaf l = {alloc_object(t, leaf_type(t), 32), 0};
    Run_ run[4];
    for (int i = 0; i < 4; i++)
        run_start(&run[i], t->interp, count_under_leaf, &l);
    for (int i = 0; i < 4; i++)
        run_join(t, &run[i]);
    assert_int_equal(l.n, 200000);
    assert_int_equal(l.o->lock, 0);
    objlock_enter2(t, l.o, l.o);
    objlock_exit2(t, l.o, l.o);
    bare_end(t);
}

static void test_sleep(void **state)
{
    Thread *t = bare_thread(true);
    int64_t start = os_monotonic();
    assert_int_equal(thread_sleep(t, 15000000), 0);
    int64_t took = os_monotonic() - start;
    assert_in_range(took, 15000000, 500000000);
    bare_end(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timeouts),
        cmocka_unit_test(test_exclusion),
        cmocka_unit_test(test_released_by_another_thread),
        cmocka_unit_test(test_waits_end_for_the_breaker),
        cmocka_unit_test(test_leaf_locks),
        cmocka_unit_test(test_sleep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
