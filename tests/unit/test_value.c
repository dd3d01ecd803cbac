/* Values: the ranges of the 64-bit word do not overlap, and what goes in comes out. */
#include "vm_fixture.h"

#include <math.h>
#include <string.h>

/* How many of the kinds a value claims to be. */
static int kinds(Value v)
{
    bool constant = v.bits > 0 && v.bits < VALUE_POINTER_MIN;
    return value_is_empty(v) + constant + value_is_object(v) + value_is_int(v) + value_is_double(v);
}

static void test_ints(void **state)
{
    const int64_t numbers[] = {0, 1, -1, 255, INT32_MAX, INT32_MIN, VALUE_INT_MAX, VALUE_INT_MIN};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        Value v = value_from_int(numbers[i]);
        assert_true(value_is_int(v));
        assert_int_equal(kinds(v), 1);
        assert_int_equal(value_to_int(v), numbers[i]);
    }
    assert_true(value_fits_int(VALUE_INT_MAX) && value_fits_int(VALUE_INT_MIN));
    assert_false(value_fits_int(VALUE_INT_MAX + 1) || value_fits_int(VALUE_INT_MIN - 1));
    /* The bias keeps the order, so that a comparison of ints is one of words. */
    assert_true(value_from_int(-1).bits < value_from_int(0).bits && value_from_int(0).bits < value_from_int(1).bits);
}

static double foreign(uint64_t bits)
{
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

static void test_doubles(void **state)
{
    const double numbers[] = {0.0, -0.0, 1.5, -1e308, 5e-324, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        Value v = value_from_double(numbers[i]);
        double d = value_to_double(v);
        assert_int_equal(kinds(v), 1);
        assert_true(value_is_double(v));
        assert_memory_equal(&d, &numbers[i], sizeof d);
    }
}

static void test_no_nan_forges_a_value(void **state)
{
    /* All exponents of a NaN with every bit of the fraction in turn, in both signs. */
    for (int bit = 0; bit < 52; bit++) {
        for (int negative = 0; negative < 2; negative++) {
            uint64_t bits = UINT64_C(0x7FF0000000000000) | UINT64_C(1) << bit | (uint64_t)negative << 63;
            Value v = value_from_double(foreign(bits));
            assert_int_equal(kinds(v), 1);
            assert_true(value_is_double(v));
            assert_true(isnan(value_to_double(v)));
            assert_int_equal(!!signbit(value_to_double(v)), negative);
        }
    }
    Value all = value_from_double(foreign(UINT64_MAX));
    assert_true(value_is_double(all) && isnan(value_to_double(all)));
}

static void test_constants(void **state)
{
    const Value constants[] = {VALUE_NONE, VALUE_FALSE, VALUE_TRUE, VALUE_NOTIMPLEMENTED, VALUE_ELLIPSIS};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(kinds(constants[i]), 1);
        assert_int_equal(value_is_bool(constants[i]), i == 1 || i == 2);
    }
    assert_int_equal(kinds(VALUE_EMPTY), 1);
    assert_true(value_is(value_from_bool(true), VALUE_TRUE) && value_is(value_from_bool(false), VALUE_FALSE));
}

static void test_pointers(void **state)
{
    Thread *t = fixture_thread();
    Value s = str_from_string(t, "heap");
    assert_int_equal(kinds(s), 1);
    assert_true(value_is_object(s));
    assert_ptr_equal(value_of(value_object(s)).bits, s.bits);
    assert_true(value_is_empty(value_of(NULL)));
    ref_dec(t, s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ints), cmocka_unit_test(test_doubles),
                                       cmocka_unit_test(test_no_nan_forges_a_value), cmocka_unit_test(test_constants),
                                       cmocka_unit_test(test_pointers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
