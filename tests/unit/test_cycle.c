/* The collector: cycles die, what is referenced from outside stays, finalizers run once and may bring back. */
#include "memory_fixture.h"

static void cycles(bool gil)
{
    Thread *t = bare_thread(gil);
    Type *type = node_type(t);
    nodes_dead = 0;
    Node *a = node_new(t, type, 1), *b = node_new(t, type, 2), *c = node_new(t, type, 3);
    a->a = value_of(b); /* a <-> b, b -> c, c -> c */
    b->a = value_of(a);
    b->b = value_of(c);
    c->a = ref_inc(t, value_of(c));
    ref_inc_object(t, &a->head);
    assert_int_equal(cycle_collect(t, 2), 0);
    assert_int_equal(ref_count(&a->head), 2);
    assert_int_equal(ref_count(&b->head), 1);
    assert_int_equal(ref_count(&c->head), 2);
    ref_dec_object(t, &a->head);
    assert_int_equal(nodes_dead, 0);
    assert_int_equal(cycle_collect(t, 2), 3);
    assert_int_equal(nodes_dead, 3);
    assert_int_equal(cycle_collect(t, 2), 0);
    bare_end(t);
}
static void test_cycles(void **state)
{
    cycles(true);
    cycles(false);
}

static int finalized;
static Value saved;
static void finalize_and_save(Thread *t, Object *o)
{
    finalized++;
    if (((Node *)o)->number == 1)
        saved = ref_inc(t, value_of(o));
}

static void test_resurrection(void **state)
{
    Thread *t = bare_thread(true);
    Type *type = node_type(t);
    type->slots.finalize = finalize_and_save;
    nodes_dead = finalized = 0;
    for (uint64_t i = 1; i <= 2; i++) { /* two separate cycles; the first one comes back, with what it refers to */
        Node *n = node_new(t, type, i), *other = node_new(t, type, 10 + i);
        n->a = value_of(other);
        other->a = value_of(n);
    }
    assert_int_equal(cycle_collect(t, 2), 2);
    assert_int_equal(finalized, 4);
    assert_int_equal(nodes_dead, 2);
    ref_clear(t, &saved);
    assert_int_equal(cycle_collect(t, 2), 2);
    assert_int_equal(finalized, 4);
    assert_int_equal(nodes_dead, 4);
    bare_end(t);
}

static void test_frozen_objects_are_left_alone(void **state)
{
    Thread *t = bare_thread(true);
    Type *type = node_type(t);
    nodes_dead = 0;
    Node *a = node_new(t, type, 1), *b = node_new(t, type, 2);
    a->a = value_of(b);
    b->a = value_of(a);
    cycle_freeze(t, true);
    assert_int_equal(cycle_collect(t, 2), 0);
    cycle_freeze(t, false);
    assert_int_equal(cycle_collect(t, 2), 2);
    assert_int_equal(nodes_dead, 2);
    bare_end(t);
}

/* Many objects: deep structures do not overflow the C stack, and a collection is asked for in time. */
static void test_large_and_automatic(void **state)
{
    Thread *t = bare_thread(true);
    Type *type = node_type(t);
    nodes_dead = 0;
    Value list = VALUE_EMPTY;
    for (int i = 0; i < 200000; i++) {
        Node *n = node_new(t, type, (uint64_t)i);
        n->a = list;
        list = value_of(n);
    }
    assert_int_equal(cycle_collect(t, 2), 0);
    Value first = list;
    while (!value_is_empty(((Node *)value_object(first))->a))
        first = ((Node *)value_object(first))->a;
    ((Node *)value_object(first))->a = list;
    cycle_enable(t, true);
    nodes_dead = 0;
    for (int i = 0; i < 100000; i++) {
        ref_dec_object(t, &node_new(t, type, 1)->head); /* dies at once: not counted */
        if (breaker_is_set(t))
            breaker_handle(t);
    }
    assert_int_equal(nodes_dead, 100000);
    for (int i = 0; i < 210000; i++) { /* the collection before was in vain: the next one comes after 200,000 */
        Node *n = node_new(t, type, 1);
        n->a = value_of(n);
        if (breaker_is_set(t))
            breaker_handle(t);
    }
    assert_true(nodes_dead >= 300000);
    bare_end(t);
}

static void churn(Thread *t, void *arg)
{
    for (int i = 0; i < 30000; i++) {
        Node *n = node_new(t, arg, 1);
        n->a = value_of(n);
        if (breaker_is_set(t))
            breaker_handle(t);
    }
}

/* Lock off: threads make cycles while the world is stopped again and again. */
static void test_collect_among_threads(void **state)
{
    Thread *t = bare_thread(false);
    Type *type = node_type(t);
    cycle_enable(t, true);
    nodes_dead = 0;
    Run_ run[3];
    for (int i = 0; i < 3; i++)
        run_start(&run[i], t->interp, churn, type);
    for (int i = 0; i < 3; i++)
        run_join(t, &run[i]);
    cycle_collect(t, 2);
    assert_int_equal(nodes_dead, 90000);
    bare_end(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cycles),
        cmocka_unit_test(test_resurrection),
        cmocka_unit_test(test_frozen_objects_are_left_alone),
        cmocka_unit_test(test_large_and_automatic),
        cmocka_unit_test(test_collect_among_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
