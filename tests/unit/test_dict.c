/* Dicts and sets from C: order, growth, deletion, tables of str keys and of others, versions of the keys, references. */
#include "vm_fixture.h"

#include "vm/object/dict.h"
#include "vm/object/list.h"

static Value name(Thread *t, const char *prefix, int i)
{
    char text[32];
    snprintf(text, sizeof text, "%s%d", prefix, i);
    return str_intern(t, text);
}

static void test_order_and_deletion(void **state)
{
    Thread *t = fixture_thread();
    enum { N = 1000 };
    Value d = dict_new(t), result;
    for (int i = 0; i < N; i++) {
        Value key = name(t, "k", i);
        assert_int_equal(dict_set(t, d, key, value_from_int(i)), 0);
        ref_dec(t, key);
    }
    for (int i = 0; i < N; i += 2) {
        Value key = name(t, "k", i);
        assert_int_equal(dict_delete(t, d, key), 0);
        assert_int_equal(dict_pop(t, d, key, NULL), 0);
        ref_dec(t, key);
    }
    assert_int_equal(dict_length(d), N / 2);
    size_t position = 0;
    Value key, value;
    int expected = 1;
    while (dict_next(d, &position, &key, &value)) {
        assert_int_equal(value_to_int(value), expected);
        expected += 2;
    }
    assert_int_equal(expected, N + 1);
    key = name(t, "k", 0);
    assert_int_equal(dict_setdefault(t, d, key, value_from_int(-1), &result), 0);
    assert_int_equal(dict_setdefault(t, d, key, value_from_int(-2), &result), 1);
    assert_int_equal(value_to_int(result), -1);
    ref_dec(t, key);
    fixture_check(t);
    ref_dec(t, d);
}

static void test_keys_of_other_types(void **state)
{
    Thread *t = fixture_thread();
    Value d = dict_new(t), result, key = name(t, "text", 1);
    assert_int_equal(dict_set(t, d, key, VALUE_TRUE), 0);
    assert_int_equal(dict_of(d)->table->width, 2);
    /* Equal numbers are one key, whose first form stays. */
    assert_int_equal(dict_set(t, d, value_from_int(1), value_from_int(10)), 0);
    assert_int_equal(dict_of(d)->table->width, 3);
    assert_int_equal(dict_set(t, d, value_from_double(1.0), value_from_int(20)), 0);
    assert_int_equal(dict_set(t, d, VALUE_TRUE, value_from_int(30)), 0);
    assert_int_equal(dict_length(d), 2);
    assert_int_equal(dict_get_optional(t, d, value_from_int(1), &result), 1);
    assert_int_equal(value_to_int(result), 30);
    assert_int_equal(dict_get_optional(t, d, key, &result), 1);
    assert_true(value_is(result, VALUE_TRUE));
    Value list = list_new(t, 0);
    assert_int_equal(dict_get_optional(t, d, list, &result), -1); /* unhashable */
    assert_true(error_matches(t, EXC_TypeError));
    error_clear(t);
    ref_dec(t, list);
    ref_dec(t, key);
    ref_dec(t, d);
}

static void test_versions_of_the_keys(void **state)
{
    Thread *t = fixture_thread();
    Value d = dict_new(t), a = name(t, "a", 0), b = name(t, "b", 0);
    assert_int_equal(dict_set(t, d, a, value_from_int(1)), 0);
    uint32_t version = dict_keys_version(t, dict_of(d));
    int64_t index = dict_index(t, dict_of(d), a);
    assert_int_equal(index, 0);
    assert_int_equal(dict_set(t, d, a, value_from_int(2)), 0); /* a value is no key */
    assert_int_equal(dict_keys_version(t, dict_of(d)), version);
    assert_int_equal(value_to_int(*dict_entry_slot(dict_of(d), (uint32_t)index)), 2);
    assert_int_equal(dict_set(t, d, b, value_from_int(3)), 0);
    uint32_t after = dict_keys_version(t, dict_of(d));
    assert_int_not_equal(after, version);
    assert_int_equal(dict_delete(t, d, b), 0);
    assert_int_not_equal(dict_keys_version(t, dict_of(d)), after);
    assert_int_not_equal(dict_keys_version(t, dict_of(d)), version); /* never used again */
    ref_dec(t, a);
    ref_dec(t, b);
    ref_dec(t, d);
}

static void test_references(void **state)
{
    Thread *t = fixture_thread();
    Value d = dict_new(t), list = list_new(t, 0), key = name(t, "held", 0), result;
    assert_int_equal(dict_set(t, d, key, list), 0);
    assert_int_equal(ref_count(value_object(list)), 2);
    Value copy = dict_copy(t, d);
    assert_int_equal(ref_count(value_object(list)), 3);
    assert_int_equal(dict_pop(t, copy, key, &result), 1);
    assert_int_equal(ref_count(value_object(list)), 3);
    ref_dec(t, result);
    dict_clear(t, d);
    assert_int_equal(ref_count(value_object(list)), 1);
    assert_int_equal(dict_merge(t, copy, d, 2), 0);
    assert_int_equal(dict_set(t, d, key, VALUE_NONE), 0);
    assert_int_equal(dict_set(t, copy, key, VALUE_NONE), 0);
    assert_int_equal(dict_merge(t, copy, d, 2), -1); /* a keyword given twice */
    assert_true(error_matches(t, EXC_KeyError));
    error_clear(t);
    ref_dec(t, copy);
    ref_dec(t, d);
    ref_dec(t, key);
    ref_dec(t, list);
}

static void test_sets(void **state)
{
    Thread *t = fixture_thread();
    Value s = set_new(t, VALUE_EMPTY);
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 500; i++)
            assert_int_equal(set_add(t, s, value_from_int(i * 37)), 0);
    assert_int_equal(object_len(t, s), 500);
    assert_int_equal(object_contains(t, s, value_from_int(37)), 1);
    assert_int_equal(object_contains(t, s, value_from_double(74.0)), 1);
    assert_int_equal(object_contains(t, s, value_from_int(38)), 0);
    fixture_check(t);
    ref_dec(t, s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_deletion), cmocka_unit_test(test_keys_of_other_types),
        cmocka_unit_test(test_versions_of_the_keys), cmocka_unit_test(test_references), cmocka_unit_test(test_sets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
