/* test_bigint.c: identities between the operations on magnitudes, at sizes that reach every method (columns, Karatsuba, transforms, recursive division). */
#include "vm_fixture.h"

#include "vm/memory/alloc.h"
#include "vm/object/bigint.h"
#include "vm/object/bigint_ntt.h"

static uint64_t random_state = 88172645463325252u;
static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    return random_state ^= random_state << 17;
}

/* n digits, the top one not zero; runs of zeros and of ones are frequent, for the rare branches. */
static Digit *random_digits(Thread *t, size_t n)
{
    Digit *a = alloc_memory(t, (n + 1) * sizeof(Digit));
    assert_non_null(a);
    unsigned mode = next_random() % 4;
    for (size_t i = 0; i < n; i++) {
        a[i] = (Digit)next_random() & BIGINT_MASK;
        if (mode == 1 && next_random() % 3)
            a[i] = 0;
        else if (mode == 2 && next_random() % 3)
            a[i] = BIGINT_MASK;
    }
    a[n - 1] |= 1;
    return a;
}

static void assert_digits(const Digit *a, size_t na, const Digit *b, size_t nb)
{
    assert_int_equal(bigint_compare(a, bigint_size(a, na), b, bigint_size(b, nb)), 0);
}

/* a = q * b + r, and r < b */
static void check_division(Thread *t, size_t na, size_t nb)
{
    Digit *a = random_digits(t, na), *b = random_digits(t, nb);
    Digit *q = random_digits(t, na - nb + 1), *r = random_digits(t, nb), *back = random_digits(t, na + 1);
    assert_int_equal(bigint_divmod(t, q, r, a, na, b, nb), 0);
    assert_true(bigint_compare(r, bigint_size(r, nb), b, nb) < 0);
    assert_int_equal(bigint_mul(t, back, q, na - nb + 1, b, nb), 0);
    assert_int_equal(bigint_add_to(back, na + 1, r, nb), 0);
    assert_digits(back, na + 1, a, na);
    alloc_memory_free(t, a);
    alloc_memory_free(t, b);
    alloc_memory_free(t, q);
    alloc_memory_free(t, r);
    alloc_memory_free(t, back);
}

static void test_division(void **state)
{
    Thread *t = fixture_thread();
    for (int i = 0; i < 400; i++) {
        size_t nb = 1 + next_random() % 40, na = nb + next_random() % 60;
        check_division(t, na, nb);
    }
    static const size_t sizes[][2] = {{181, 90},    {400, 200}, {1000, 91}, {1000, 900}, {3000, 1000},
                                      {2501, 1250}, {1000, 6},  {500, 31},  {94, 89},    {400, 89}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        check_division(t, sizes[i][0], sizes[i][1]);
}

/* (a + b)^2 = a^2 + 2ab + b^2 */
static void check_square(Thread *t, size_t n)
{
    Digit *a = random_digits(t, n), *b = random_digits(t, n), *sum = random_digits(t, n + 1);
    Digit *left = random_digits(t, 2 * n + 2), *right = random_digits(t, 2 * n + 2), *part = random_digits(t, 2 * n);
    bigint_add(sum, a, n, b, n);
    assert_int_equal(bigint_mul(t, left, sum, n + 1, sum, n + 1), 0);
    memset(right, 0, (2 * n + 2) * sizeof(Digit));
    assert_int_equal(bigint_mul(t, part, a, n, a, n), 0);
    bigint_add_to(right, 2 * n + 2, part, 2 * n);
    assert_int_equal(bigint_mul(t, part, b, n, b, n), 0);
    bigint_add_to(right, 2 * n + 2, part, 2 * n);
    assert_int_equal(bigint_mul(t, part, a, n, b, n), 0);
    bigint_add_to(right, 2 * n + 2, part, 2 * n);
    bigint_add_to(right, 2 * n + 2, part, 2 * n);
    assert_digits(left, 2 * n + 2, right, 2 * n + 2);
    Digit *all[] = {a, b, sum, left, right, part};
    for (int i = 0; i < 6; i++)
        alloc_memory_free(t, all[i]);
}

static void test_multiplication(void **state)
{
    Thread *t = fixture_thread();
    for (size_t n = 1; n < 300; n += 1 + n / 8)
        check_square(t, n);
    check_square(t, 1500);
}

/* The transform against Karatsuba's method, also for lengths of 3 * 2^k points. */
static void test_transform(void **state)
{
    Thread *t = fixture_thread();
    static const size_t sizes[][2] = {{1, 1}, {5, 3}, {700, 700}, {1000, 400}, {2000, 1900}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t na = sizes[i][0], nb = sizes[i][1];
        Digit *a = random_digits(t, na), *b = random_digits(t, nb), *x = random_digits(t, na + nb),
              *y = random_digits(t, na + nb);
        assert_int_equal(bigint_ntt_mul(t, x, a, na, b, nb), 0);
        assert_int_equal(bigint_mul(t, y, a, na, b, nb), 0);
        assert_digits(x, na + nb, y, na + nb);
        alloc_memory_free(t, a);
        alloc_memory_free(t, b);
        alloc_memory_free(t, x);
        alloc_memory_free(t, y);
    }
}

static void test_text(void **state)
{
    Thread *t = fixture_thread();
    static const int bases[] = {2, 3, 7, 8, 10, 16, 33, 36};
    static const size_t sizes[] = {1, 2, 47, 48, 49, 96, 97, 200, 1000};
    for (size_t b = 0; b < sizeof bases / sizeof bases[0]; b++) {
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            size_t n = sizes[i], length, size;
            Digit *a = random_digits(t, n);
            char *text = alloc_memory(t, bigint_text_bound(n, bases[b]));
            assert_int_equal(bigint_to_text(t, text, &length, a, n, bases[b]), 0);
            assert_true(length <= bigint_text_bound(n, bases[b]));
            Digit *back = alloc_memory(t, bigint_from_text_bound(length, bases[b]) * sizeof(Digit));
            assert_int_equal(bigint_from_text(t, back, &size, text, length, bases[b]), 0);
            assert_digits(a, n, back, size);
            alloc_memory_free(t, a);
            alloc_memory_free(t, back);
            alloc_memory_free(t, text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_division),
        cmocka_unit_test(test_multiplication),
        cmocka_unit_test(test_transform),
        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
