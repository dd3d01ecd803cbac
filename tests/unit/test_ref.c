/* Counts in both modes: prompt death, order, depth, resurrection, merging between real threads. */
#include "memory_fixture.h"

static void test_prompt_and_depth_first(void **state)
{
    Thread *t = bare_thread(true);
    Type *type = node_type(t);
    nodes_dead = 0;
    Node *root = node_new(t, type, 0), *left = node_new(t, type, 1), *right = node_new(t, type, 2);
    left->a = value_of(node_new(t, type, 3));
    root->a = value_of(left);
    root->b = value_of(right);
    ref_inc_object(t, &root->head);
    assert_int_equal(ref_count(&root->head), 2);
    ref_dec_object(t, &root->head);
    assert_int_equal(nodes_dead, 0);
    ref_dec_object(t, &root->head);
    assert_int_equal(nodes_dead, 4);
    uint64_t expected[] = {0, 1, 3, 2};
    assert_memory_equal(death_order, expected, sizeof expected);
    bare_end(t);
}

static void chain(bool gil)
{
    Thread *t = bare_thread(gil);
    Type *type = node_type(t);
    nodes_dead = 0;
    Value list = VALUE_EMPTY;
    for (int i = 0; i < 1000000; i++) {
        Node *n = node_new(t, type, (uint64_t)i);
        n->a = list;
        list = value_of(n);
    }
    ref_dec(t, list);
    assert_int_equal(nodes_dead, 1000000);
    assert_null(t->destroy_queue);
    assert_int_equal(t->destroy_depth, 0);
    bare_end(t);
}
static void test_long_chain(void **state)
{
    chain(true);
    chain(false);
}

static Value saved;
static int finalized;
static void resurrect(Thread *t, Object *o)
{
    finalized++;
    saved = ref_inc(t, value_of(o));
}

static void resurrection(bool gil)
{
    Thread *t = bare_thread(gil);
    Type *type = node_type(t);
    type->slots.finalize = resurrect;
    nodes_dead = finalized = 0;
    t->exc = value_from_int(42); /* whatever is pending survives */
    ref_dec_object(t, &node_new(t, type, 7)->head);
    assert_int_equal(finalized, 1);
    assert_int_equal(nodes_dead, 0);
    assert_int_equal(ref_count(value_object(saved)), 1);
    assert_true(value_is(t->exc, value_from_int(42)));
    ref_clear(t, &saved);
    assert_int_equal(finalized, 1);
    assert_int_equal(nodes_dead, 1);
    t->exc = VALUE_EMPTY;
    bare_end(t);
}
static void test_resurrection(void **state)
{
    resurrection(true);
    resurrection(false);
}

/* ---- lock off, real threads ---- */

static void drop(Thread *t, void *arg) { ref_dec_object(t, arg); }

static void test_foreign_drop_is_merged(void **state)
{
    Thread *t = bare_thread(false);
    Type *type = node_type(t);
    nodes_dead = 0;
    Node *n = node_new(t, type, 1);
    Run_ run;
    run_start(&run, t->interp, drop, n);
    run_join(t, &run); /* this thread was detached: merged on its behalf, or queued before it detached */
    breaker_handle(t);
    assert_int_equal(nodes_dead, 1);
    bare_end(t);
}

static void make(Thread *t, void *arg) { *(Node **)arg = node_new(t, *(Type **)((Node **)arg + 1), 5); }

static void test_owner_is_dead(void **state)
{
    Thread *t = bare_thread(false);
    void *pair[2] = {NULL, node_type(t)};
    nodes_dead = 0;
    Run_ run;
    run_start(&run, t->interp, make, pair);
    run_join(t, &run);
    Node *n = pair[0];
    ref_inc_object(t, &n->head);
    ref_dec_object(t, &n->head);
    assert_int_equal(nodes_dead, 0);
    ref_dec_object(t, &n->head);
    assert_int_equal(nodes_dead, 1);
    bare_end(t);
}

enum { SHARERS = 4, ROUNDS = 20000, SHARED = 8 };
static Node *_Atomic shared_nodes[SHARED];

static void share(Thread *t, void *arg)
{
    uint32_t seed = (uint32_t)(uintptr_t)arg * 7919;
    for (int i = 0; i < ROUNDS; i++) {
        seed = seed * 1664525 + 1013904223;
        int slot = (seed >> 24) % SHARED;
        if (seed & 0x40000) { /* put a fresh one in, drop the old */
            Node *n = node_new(t, (Type *)t->interp->types[0], 0);
            ref_share(t, &n->head);
            Node *old = atomic_exchange(&shared_nodes[slot], n);
            if (old)
                ref_dec_object(t, &old->head);
        } else { /* a reference without a lock */
            Node *n = atomic_load(&shared_nodes[slot]);
            if (n && ref_try_inc(t, &n->head)) {
                if (n == atomic_load(&shared_nodes[slot]))
                    assert_true(n->number == 0);
                ref_dec_object(t, &n->head);
            }
        }
        if (breaker_is_set(t))
            breaker_handle(t);
    }
}

static void test_sharing_among_threads(void **state)
{
    Thread *t = bare_thread(false);
    t->interp->types[0] = node_type(t);
    nodes_dead = 0;
    Run_ run[SHARERS];
    for (int i = 0; i < SHARERS; i++)
        run_start(&run[i], t->interp, share, (void *)(uintptr_t)(i + 1));
    for (int i = 0; i < SHARERS; i++)
        run_join(t, &run[i]);
    for (int i = 0; i < SHARED; i++) {
        if (shared_nodes[i])
            ref_dec_object(t, &shared_nodes[i]->head);
        shared_nodes[i] = NULL;
    }
    breaker_handle(t);
    size_t reserved, used, objects;
    heap_collect_spare(t);
    heap_statistics(t->interp, &reserved, &used, &objects);
    assert_true(ALLOC_ASAN || objects < 10); /* all but the type */
    bare_end(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prompt_and_depth_first), cmocka_unit_test(test_long_chain),
        cmocka_unit_test(test_resurrection),           cmocka_unit_test(test_foreign_drop_is_merged),
        cmocka_unit_test(test_owner_is_dead),          cmocka_unit_test(test_sharing_among_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
