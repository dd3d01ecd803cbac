/* The lock: one at a time, handed over on request, about as often as the interval says; the breaker; stop-the-world. */
#include "memory_fixture.h"

#include "vm/thread/events.h"

static volatile uint64_t counter;
static _Atomic bool stop;
static int inside;

static void count(Thread *t, void *arg)
{
    uint64_t *mine = arg;
    while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
        assert_int_equal(++inside, 1); /* nobody else between polls */
        counter = counter + 1;
        ++*mine;
        inside--;
        if (breaker_is_set(t))
            breaker_handle(t);
    }
}

static void test_counting_threads_take_turns(void **state)
{
    Thread *t = bare_thread(true);
    assert_int_equal(events_enable(t->interp), 0);
    enum { N = 3 };
    uint64_t mine[N] = {0}, total = 0, takes = 0;
    Run_ run[N];
    stop = false;
    counter = 0;
    for (int i = 0; i < N; i++)
        run_start(&run[i], t->interp, count, &mine[i]);
    thread_sleep(t, 500000000);
    int more = 0; /* half seconds, until a machine with other work has let everyone run */
    for (bool all = false; !all && more < 20; more += !all) {
        all = true;
        for (int i = 0; i < N; i++)
            all = all && mine[i] > 0;
        if (!all)
            thread_sleep(t, 500000000);
    }
    stop = true;
    for (int i = 0; i < N; i++)
        run_join(t, &run[i]);
    for (int i = 0; i < N; i++) {
        assert_true(mine[i] > 0);
        total += mine[i];
    }
    assert_int_equal(total, counter);
    for (EventRing *r = events_rings(t->interp); r; r = r->next)
        takes += r->takes;
    assert_in_range(takes, 10, 200 * (more + 1)); /* 500 ms at 5 ms, and a busy machine */
    char *text = events_report_text(t->interp);
    assert_non_null(strstr(text, "MainThread"));
    assert_non_null(strstr(text, "holding"));
    alloc_raw_free(text);
    bare_end(t);
}

static int pending_runs;
static Thread *pending_thread;
static int pending_call(Thread *t, void *arg)
{
    pending_runs += *(int *)arg;
    pending_thread = t;
    return 0;
}
static void add_pending(Thread *t, void *arg)
{
    assert_int_equal(breaker_add_pending(t->interp, NULL, pending_call, arg), 0);
}

static void test_pending_calls_run_on_the_main_thread(void **state)
{
    Thread *t = bare_thread(true);
    int amount = 5;
    Run_ run;
    pending_runs = 0;
    run_start(&run, t->interp, add_pending, &amount);
    run_join(t, &run);
    assert_true(breaker_is_set(t));
    assert_int_equal(breaker_handle(t), 0);
    assert_int_equal(pending_runs, 5);
    assert_ptr_equal(pending_thread, t);
    assert_false(breaker_is_set(t));
    bare_end(t);
}

static void spin(Thread *t, void *arg)
{
    _Atomic uint64_t *n = arg;
    while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
        atomic_fetch_add_explicit(n, 1, memory_order_relaxed);
        if (breaker_is_set(t))
            breaker_handle(t);
        if (atomic_load_explicit(n, memory_order_relaxed) % 64 == 0) {
            thread_detach(t, EVENT_IO);
            thread_attach(t);
        }
    }
}

static void test_the_world_stands_still(void **state)
{
    Thread *t = bare_thread(false);
    enum { N = 4 };
    _Atomic uint64_t n[N] = {0};
    Run_ run[N];
    stop = false;
    for (int i = 0; i < N; i++)
        run_start(&run[i], t->interp, spin, &n[i]);
    for (int round = 0; round < 200; round++) {
        uint64_t before[N];
        world_stop(t);
        for (int i = 0; i < N; i++)
            before[i] = n[i];
        if (round % 50 == 0)
            usleep(2000);
        for (int i = 0; i < N; i++)
            assert_int_equal(before[i], n[i]);
        world_start(t);
        if (round % 10 == 0)
            thread_sleep(t, 200000);
    }
    stop = true;
    for (int i = 0; i < N; i++)
        run_join(t, &run[i]);
    bare_end(t);
}

/* Several threads stop the world at the same time. */
static void stopper(Thread *t, void *arg)
{
    int *counter_ = arg;
    for (int i = 0; i < 200; i++) {
        world_stop(t);
        int before = *counter_;
        os_thread_yield();
        *counter_ = before + 1;
        world_start(t);
    }
}
static void test_stoppers_take_turns(void **state)
{
    Thread *t = bare_thread(false);
    int n = 0;
    Run_ run[4];
    for (int i = 0; i < 4; i++)
        run_start(&run[i], t->interp, stopper, &n);
    for (int i = 0; i < 4; i++)
        run_join(t, &run[i]);
    assert_int_equal(n, 800);
    bare_end(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counting_threads_take_turns),
        cmocka_unit_test(test_pending_calls_run_on_the_main_thread),
        cmocka_unit_test(test_the_world_stands_still),
        cmocka_unit_test(test_stoppers_take_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
