/* Lists from C: growth, slices, sorting, and who owns the items. */
#include "vm_fixture.h"

#include "vm/object/list.h"

static Value numbers(Thread *t, int n)
{
    Value list = list_new(t, 0);
    for (int i = 0; i < n; i++)
        assert_int_equal(list_append(t, list, value_from_int(i)), 0);
    return list;
}

static void assert_items(Value list, const int *expected, size_t n)
{
    assert_int_equal(list_length(list), n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(value_to_int(list_peek(list, i)), expected[i]);
}

static void test_growth(void **state)
{
    Thread *t = fixture_thread();
    Value list = numbers(t, 10000);
    assert_int_equal(list_length(list), 10000);
    assert_true(list_of(list)->capacity < 13000); /* about an eighth more than asked for */
    assert_int_equal(value_to_int(list_get(t, list, 9999)), 9999);
    assert_true(value_is_empty(list_get(t, list, 10000)));
    assert_false(error_pending(t));
    assert_int_equal(list_set(t, list, 10000, VALUE_NONE), -1);
    assert_true(error_matches(t, EXC_IndexError));
    error_clear(t);
    ref_dec(t, list);
}

static void test_slices(void **state)
{
    Thread *t = fixture_thread();
    Value list = numbers(t, 6), part = list_slice(t, list, 2, 4);
    assert_items(part, (int[]){2, 3}, 2);
    Value values[3] = {value_from_int(7), value_from_int(8), value_from_int(9)};
    assert_int_equal(list_replace_slice_take(t, list, 1, 3, values, 3), 0);
    assert_items(list, (int[]){0, 7, 8, 9, 3, 4, 5}, 7);
    assert_int_equal(list_delete_slice(t, list, 4, 7), 0);
    assert_int_equal(list_insert(t, list, -100, value_from_int(-1)), 0);
    assert_items(list, (int[]){-1, 0, 7, 8, 9}, 5);
    assert_int_equal(list_reverse(t, list), 0);
    assert_items(list, (int[]){9, 8, 7, 0, -1}, 5);
    assert_int_equal(value_to_int(list_pop(t, list, 1)), 8);
    assert_int_equal(list_extend(t, list, list), 0); /* by itself */
    assert_items(list, (int[]){9, 7, 0, -1, 9, 7, 0, -1}, 8);
    ref_dec(t, part);
    ref_dec(t, list);
}

static void test_sorting(void **state)
{
    Thread *t = fixture_thread();
    enum { N = 3000 };
    Value list = list_new(t, N);
    uint32_t seed = 1;
    for (int i = 0; i < N; i++) {
        seed = seed * 1664525u + 1013904223u;
        assert_int_equal(list_append(t, list, value_from_int((int)(seed >> 20) - 2048)), 0);
    }
    assert_int_equal(list_sort(t, list, VALUE_EMPTY, false), 0);
    for (size_t i = 1; i < N; i++)
        assert_true(value_to_int(list_peek(list, i - 1)) <= value_to_int(list_peek(list, i)));
    assert_int_equal(list_sort(t, list, VALUE_EMPTY, true), 0);
    for (size_t i = 1; i < N; i++)
        assert_true(value_to_int(list_peek(list, i - 1)) >= value_to_int(list_peek(list, i)));
    assert_int_equal(list_append(t, list, VALUE_NONE), 0);
    assert_int_equal(list_sort(t, list, VALUE_EMPTY, false), -1); /* nothing is lost on the way */
    error_clear(t);
    assert_int_equal(list_length(list), N + 1);
    ref_dec(t, list);
}

static void test_ownership(void **state)
{
    Thread *t = fixture_thread();
    Value list = list_new(t, 0), item = list_new(t, 0);
    assert_int_equal(list_append(t, list, item), 0);
    assert_int_equal(list_append_take(t, list, ref_inc(t, item)), 0);
    assert_int_equal(ref_count(value_object(item)), 3);
    Value tuple = list_to_tuple(t, list);
    assert_int_equal(ref_count(value_object(item)), 5);
    assert_int_equal(list_set(t, list, 0, VALUE_NONE), 0);
    assert_int_equal(list_clear(t, list), 0);
    assert_int_equal(ref_count(value_object(item)), 3);
    ref_dec(t, tuple);
    assert_int_equal(ref_count(value_object(item)), 1);
    ref_dec(t, item);
    ref_dec(t, list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_growth), cmocka_unit_test(test_slices),
                                       cmocka_unit_test(test_sorting), cmocka_unit_test(test_ownership)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
