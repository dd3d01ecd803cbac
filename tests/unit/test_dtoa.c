/* test_dtoa.c: doubles to decimal and back: the shortest digits read back, are shortest, and rounding agrees with the C library's exact printf. */
#include "vm_fixture.h"

#include <math.h>
#include <string.h>

#include "vm/object/dtoa.h"
#include "vm/object/float.h"

static uint64_t random_state = 88172645463325252u;
static double next_double(void)
{
    double d;
    do {
        random_state ^= random_state << 13;
        random_state ^= random_state >> 7;
        random_state ^= random_state << 17;
        uint64_t bits = random_state >> 1;
        memcpy(&d, &bits, sizeof d);
    } while (!isfinite(d));
    return d;
}

static void test_round_trip(void **state)
{
    for (int i = 0; i < 20000; i++) {
        double d = next_double();
        char text[32], longer[40];
        const char *end;
        size_t n = float_repr(d, text);
        assert_true(float_parse(text, &end) == d);
        assert_ptr_equal(end, text + n);
        snprintf(longer, sizeof longer, "%.16e", d);
        assert_true(float_parse(longer, &end) == d);
    }
}

static void test_repr(void **state)
{
    static const struct {
        double d;
        const char *text;
    } cases[] = {{0.0, "0.0"},
                 {-0.0, "-0.0"},
                 {1.0, "1.0"},
                 {0.1, "0.1"},
                 {1e16, "1e+16"},
                 {123456789012345680.0, "1.2345678901234568e+17"},
                 {1e-4, "0.0001"},
                 {1e-5, "1e-05"},
                 {9007199254740993.0, "9007199254740992.0"},
                 {5e-324, "5e-324"},
                 {1.7976931348623157e308, "1.7976931348623157e+308"},
                 {5.960464477539063e-08, "5.960464477539063e-08"},
                 {INFINITY, "inf"},
                 {-INFINITY, "-inf"},
                 {NAN, "nan"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        float_repr(cases[i].d, text);
        text[strlen(cases[i].text)] = 0;
        assert_string_equal(text, cases[i].text);
    }
}

static void test_rounding(void **state)
{
    static char expected[2000], got[2000];
    for (int i = 0; i < 4000; i++) {
        double d = i % 3 ? next_double() : ldexp(next_double(), -1000) * 1e5;
        if (i % 7 == 0)
            d = (double)(random_state % 100000) / 8.0; /* ties */
        char digits[DTOA_DIGITS_MAX];
        int places = i % 50 == 0 ? i % 1100 : i % 20, point;
        snprintf(expected, sizeof expected, "%.*f", places, d);
        int n = dtoa_fixed(d, places, digits, &point);
        char *p = got;
        for (int k = point < 1 ? point - 1 : 0; k < (point > 0 ? point : 0) + (point > 0 ? places : 0); k++) {
            if (k == point && places)
                *p++ = '.';
            *p++ = k >= 0 && k < n ? digits[k] : '0';
        }
        if (point <= 0) { /* 0.000ddd */
            p = got;
            *p++ = '0';
            if (places)
                *p++ = '.';
            for (int k = point; k < point + places; k++)
                *p++ = k >= 0 && k < n ? digits[k] : '0';
        }
        *p = 0;
        assert_string_equal(got, expected);
        snprintf(expected, sizeof expected, "%.*e", places, d);
        n = dtoa_significant(d, places + 1, digits, &point);
        for (int k = 0, at = 0; k <= places; k++, at++) {
            if (expected[at] == '.')
                at++;
            assert_int_equal(expected[at], k < n ? digits[k] : '0');
        }
    }
}

/* Decimals just at, below and above the middle between two doubles. */
static void test_halfway(void **state)
{
    const char *end;
    assert_true(float_parse("9007199254740993", &end) == 9007199254740992.0);
    assert_true(float_parse("9007199254740993.00000000000000000000000000000000000000001", &end) == 9007199254740994.0);
    assert_true(float_parse("9007199254740995", &end) == 9007199254740996.0);
    assert_true(float_parse("1.00000000000000011102230246251565404236316680908203125", &end) == 1.0);
    assert_true(float_parse("1.00000000000000011102230246251565404236316680908203126", &end) == 1.0000000000000002);
    assert_true(float_parse("2.4703282292062327208e-324", &end) == 0.0);
    assert_true(float_parse("2.4703282292062328e-324", &end) == 5e-324);
    assert_true(float_parse("2.2250738585072011e-308", &end) == 2.2250738585072011e-308);
    assert_true(isinf(float_parse("1.7976931348623159e308", &end)));
    assert_true(float_parse("1.7976931348623158e308", &end) == 1.7976931348623157e308);
    assert_true(float_parse("1246701366048610375e-3", &end) == 1246701366048610.375);
    assert_true(isinf(float_parse("1e99999999999999999999", &end)));
    assert_true(float_parse("0e99999999999999999999", &end) == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_repr),
        cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_halfway),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
