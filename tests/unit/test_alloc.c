/* Blocks: sizes, reuse, growth, and that empty slabs and big blocks go back to the system. */
#include "memory_fixture.h"

static void test_sizes(void **state)
{
    Thread *t = bare_thread(true);
    for (size_t size = 0; size < 3000; size += 7) {
        char *blocks[CONFIG_RARE_BLOCKS + 1];
        for (size_t i = 0; i <= CONFIG_RARE_BLOCKS; i++) {
            char *p = blocks[i] = alloc_memory(t, size);
            assert_non_null(p);
            assert_int_equal((uintptr_t)p % 16, 0);
            assert_true(alloc_memory_usable(p) >= size);
            assert_true(alloc_memory_usable(p) <= (size <= 1024 ? size + 256 : 2 * size));
            memset(p, 1, size);
        }
        /* A size that is no longer rare has blocks of its own. */
        assert_true(alloc_memory_usable(blocks[CONFIG_RARE_BLOCKS]) <=
                    (size < 1024 ? size + 16 : size + size / 4 + 16));
        for (size_t i = 0; i <= CONFIG_RARE_BLOCKS; i++)
            alloc_memory_free(t, blocks[i]);
    }
    size_t sizes[] = {16384, 16385, 100000, 262144, 262145, 1000000, 5000000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *p = alloc_memory(t, sizes[i]);
        assert_non_null(p);
        memset(p, 1, sizes[i]);
        alloc_memory_free(t, p);
    }
    assert_null(alloc_memory_zeroed(t, SIZE_MAX / 4, 8));
    t->exc = VALUE_EMPTY;
    bare_end(t);
}

/* What is known to be zero is not cleared: only what was never in use. */
static void test_zeroed(void **state)
{
    Thread *t = bare_thread(true);
    for (int round = 0; round < 3; round++) {
        char *p[4];
        size_t sizes[4] = {100, 65536, 262144, 1000000};
        for (int i = 0; i < 4; i++) {
            p[i] = alloc_memory_zeroed(t, 1, sizes[i]);
            assert_non_null(p[i]);
            for (size_t k = 0; k < sizes[i]; k++)
                assert_int_equal(p[i][k], 0);
            memset(p[i], 1, sizes[i]);
        }
        p[1] = alloc_memory_resize(t, p[1], 131072); /* may grow in place, over pages that were free */
        assert_non_null(p[1]);
        memset(p[1], 1, 131072);
        for (int i = 0; i < 4; i++)
            alloc_memory_free(t, p[i]);
    }
    bare_end(t);
}

static void test_distinct_and_reused(void **state)
{
    Thread *t = bare_thread(true);
    enum { N = 20000 };
    static uint32_t *p[N];
    for (uint32_t i = 0; i < N; i++) {
        p[i] = alloc_memory(t, 40);
        p[i][0] = i;
        p[i][9] = ~i;
    }
    for (uint32_t i = 0; i < N; i++) {
        assert_int_equal(p[i][0], i);
        assert_int_equal(p[i][9], ~i);
    }
    size_t reserved, used, objects, after;
    heap_statistics(t->interp, &reserved, &used, &objects);
    assert_true(used >= N * 40);
    for (uint32_t i = 0; i < N; i += 2)
        alloc_memory_free(t, p[i]);
    for (uint32_t i = 0; i < N; i += 2)
        p[i] = alloc_memory(t, 40);
    heap_statistics(t->interp, &after, &used, &objects);
    assert_true(ALLOC_ASAN || after == reserved); /* not while freed blocks wait in quarantine */
    for (uint32_t i = 0; i < N; i++)
        alloc_memory_free(t, p[i]);
    bare_end(t);
}

static void test_resize_keeps_content(void **state)
{
    Thread *t = bare_thread(true);
    uint8_t *p = alloc_memory(t, 10);
    for (int i = 0; i < 10; i++)
        p[i] = (uint8_t)(i * 3);
    for (size_t size = 20; size < 20000000; size = size * 5 / 3) {
        p = alloc_memory_resize(t, p, size);
        assert_non_null(p);
        for (int i = 0; i < 10; i++)
            assert_int_equal(p[i], i * 3);
        memset(p + 10, 7, size - 10);
    }
    for (size_t size = 10000000; size > 10; size /= 3) {
        p = alloc_memory_resize(t, p, size);
        assert_non_null(p);
        for (int i = 0; i < 10; i++)
            assert_int_equal(p[i], i * 3);
    }
    alloc_memory_free(t, p);
    bare_end(t);
}

static void test_empty_slabs_go_back(void **state)
{
    Thread *t = bare_thread(true);
    Type *type = leaf_type(t);
    enum { N = 300000 };
    Object **o = malloc(N * sizeof *o);
    for (int i = 0; i < N; i++)
        o[i] = alloc_object(t, type, 64);
    size_t full, empty, used, objects;
    heap_statistics(t->interp, &full, &used, &objects);
    assert_true(full > N * 64);
    assert_true(objects >= N);
    for (int i = 0; i < N; i++)
        ref_dec_object(t, o[i]);
    heap_statistics(t->interp, &empty, &used, &objects);
    assert_true(empty < full / 4);
    free(o);
    bare_end(t);
}

static void test_runs_of_pages(void **state)
{
    Thread *t = bare_thread(true);
    enum { N = 64 };
    uint8_t *p[N];
    uint32_t seed = 1;
    memset(p, 0, sizeof p);
    for (int round = 0; round < 3000; round++) {
        seed = seed * 1664525 + 1013904223;
        int i = (seed >> 20) % N;
        if (p[i]) {
            assert_int_equal(p[i][0], i);
            assert_int_equal(p[i][16384], i);
            alloc_memory_free(t, p[i]);
            p[i] = NULL;
        } else {
            size_t size = 16385 + (seed >> 8) % 200000;
            p[i] = alloc_memory(t, size);
            p[i][0] = p[i][16384] = (uint8_t)i;
        }
    }
    for (int i = 0; i < N; i++)
        alloc_memory_free(t, p[i]);
    size_t reserved, used, objects;
    heap_statistics(t->interp, &reserved, &used, &objects);
    assert_true(used < 4096);
    bare_end(t);
}

static void count_remote(Thread *t, void *arg)
{
    Object **o = arg;
    for (int i = 0; i < 5000; i++)
        ref_dec_object(t, o[i]);
}

/* Lock off: blocks freed by another thread come home. */
static void test_foreign_frees(void **state)
{
    Thread *t = bare_thread(false);
    Type *type = leaf_type(t);
    static Object *o[5000];
    size_t reserved, used, objects;
    for (int i = 0; i < 5000; i++)
        o[i] = alloc_object(t, type, 48);
    Run_ run;
    run_start(&run, t->interp, count_remote, o);
    run_join(t, &run);
    breaker_handle(t);
    for (int i = 0; i < 5000; i++)
        o[i] = alloc_object(t, type, 48);
    for (int i = 0; i < 5000; i++)
        ref_dec_object(t, o[i]);
    heap_statistics(t->interp, &reserved, &used, &objects);
    assert_true(ALLOC_ASAN || objects < 1000);
    bare_end(t);
}

static void allocate_and_leave(Thread *t, void *arg)
{
    for (int i = 0; i < 1000; i++)
        ((Object **)arg)[i] = alloc_object(t, leaf_type(t), 32);
}

/* Lock off: the next thread works on with the heap of one that ended. */
static void test_heaps_are_adopted(void **state)
{
    Thread *t = bare_thread(false);
    static Object *o[1000];
    for (int round = 0; round < 20; round++) {
        Run_ run;
        run_start(&run, t->interp, allocate_and_leave, o);
        run_join(t, &run);
        for (int i = 0; i < 1000; i++)
            ref_dec_object(t, o[i]);
    }
    int heaps = 0;
    for (Heap *heap = heap_first(t->interp); heap; heap = heap->next)
        heaps++;
    assert_int_equal(heaps, 2);
    bare_end(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_distinct_and_reused),
        cmocka_unit_test(test_resize_keeps_content),
        cmocka_unit_test(test_zeroed),
        cmocka_unit_test(test_empty_slabs_go_back),
        cmocka_unit_test(test_runs_of_pages),
        cmocka_unit_test(test_foreign_frees),
        cmocka_unit_test(test_heaps_are_adopted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
