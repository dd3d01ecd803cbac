/* positional_div.h: a template: quotient and remainder of magnitudes in any base: by one digit, by the schoolbook method (Knuth, 4.3.1 D), and recursively for
 * long operands (Brent and Zimmermann, Modern Computer Arithmetic, 1.4.3), where the cost is that of a few products.
 *
 * A file that includes it defines before, besides what positional_linear.h asks for (and the functions made from it and from positional_mul.h):
 *     RECURSIVE_DIVISION                    quotient digits from which the recursive method wins
 *     scale_of(top)                         a factor that makes the divisor's top digit at least half the base
 *     scale_up(r, a, n, factor)             r = a * factor; returns the digit above
 *     scale_down(r, a, n, factor)           r = a / factor, exactly
 * Invariant of the inner functions: the divisor is scaled; the dividend is divided in place and becomes the remainder; a quotient of m digits may have one more unit
 * above them, which is returned. */

/* Divides a (n + m digits) by b (n >= 2 digits): q gets m digits, a[0..n) the remainder. */
static Digit divide_school(Digit *q, Digit *a, const Digit *b, size_t n, size_t m)
{
    Digit over = 0;
    if (POSITIONAL(compare)(a + m, n, b, n) >= 0) {
        POSITIONAL(sub_from)(a + m, n, b, n);
        over = 1;
    }
    Digit top = b[n - 1], second = b[n - 2];
    for (size_t j = m; j-- > 0;) {
        Digit *part = a + j; /* n + 1 digits, its value below b * base */
        uint64_t head = (uint64_t)part[n] * POSITIONAL_BASE + part[n - 1];
        uint64_t guess = part[n] >= top ? POSITIONAL_BASE - 1 : head / top;
        uint64_t rest = head - guess * top;
        while (rest < POSITIONAL_BASE && guess * second > rest * POSITIONAL_BASE + part[n - 2]) {
            guess--;
            rest += top;
        }
        uint64_t carry = 0;
        Digit borrow = 0;
        for (size_t i = 0; i < n; i++) {
            carry += guess * b[i];
            part[i] = difference_digit(part[i] - (Digit)(carry % POSITIONAL_BASE) - borrow, &borrow);
            carry /= POSITIONAL_BASE;
        }
        if (part[n] < carry + borrow) { /* one too many: rare */
            guess--;
            POSITIONAL(add_to)(part, n, b, n);
        }
        part[n] = 0;
        q[j] = (Digit)guess;
    }
    return over;
}

static void decrement(Digit *q, size_t m, Digit *over)
{
    Digit one = 1;
    if (m == 0 || POSITIONAL(sub_from)(q, m, &one, 1))
        --*over;
}

/* The same contract for n >= m; product is scratch for m digits. */
static int divide_recursive(Thread *t, Digit *q, Digit *a, const Digit *b, size_t n, size_t m, Digit *product,
                            Digit *over)
{
    if (m < RECURSIVE_DIVISION) {
        *over = divide_school(q, a, b, n, m);
        return 0;
    }
    if (bigint_check_signals(t) < 0)
        return -1;
    size_t k = m / 2, upper = m - k;
    Digit high, low;
    /* The upper quotient from the upper parts of a and b; then the lower k digits of b are accounted for. */
    if (divide_recursive(t, q + k, a + 2 * k, b + k, n - k, upper, product, &high) < 0)
        return -1;
    if (POSITIONAL(mul)(t, product, q + k, upper, b, k) < 0)
        return -1;
    size_t size = bigint_size(product, upper + k);
    Digit borrow = POSITIONAL(sub_from)(a + k, n, product, size);
    if (high)
        borrow += POSITIONAL(sub_from)(a + k + upper, n - upper, b, k);
    while (borrow) {
        decrement(q + k, upper, &high);
        borrow -= POSITIONAL(add_to)(a + k, n, b, n);
    }
    /* The lower quotient. */
    if (divide_recursive(t, q, a + k, b + k, n - k, k, product, &low) < 0)
        return -1;
    if (POSITIONAL(mul)(t, product, q, k, b, k) < 0)
        return -1;
    size = bigint_size(product, 2 * k);
    borrow = POSITIONAL(sub_from)(a, n, product, size);
    if (low)
        borrow += POSITIONAL(sub_from)(a + k, n - k, b, k);
    while (borrow) {
        decrement(q, k, &low);
        borrow -= POSITIONAL(add_to)(a, n, b, n);
    }
    *over = high; /* low is 0 again: what was left after the upper quotient is below b * base^k */
    return 0;
}

/* POSITIONAL(divmod) as bigint.h describes it. */
static int scaled_divmod(Thread *t, Digit *q, Digit *r, const Digit *a, size_t na, const Digit *b, size_t nb)
{
    size_t nq = na - nb + 1;
    if (nb == 1) {
        Digit rest = q ? POSITIONAL(div_digit)(q, a, na, b[0]) : POSITIONAL(mod_digit)(a, na, b[0]);
        if (r)
            r[0] = rest;
        return 0;
    }
    Digit factor = scale_of(b[nb - 1]);
    /* shifted divisor, shifted dividend with a zero digit above, quotient, product */
    bool recursive = nq >= RECURSIVE_DIVISION && nb >= RECURSIVE_DIVISION;
    size_t block = nq < nb ? nq : nb;
    size_t total = nb + na + 1 + (q ? 0 : nq) + (recursive ? block : 0);
    Digit stack[64];
    Digit *memory = total <= 64 ? stack : alloc_memory(t, total * sizeof(Digit));
    if (!memory)
        return -1;
    Digit *divisor = memory, *rest = memory + nb, *product = rest + na + 1 + (q ? 0 : nq);
    if (!q)
        q = rest + na + 1;
    scale_up(divisor, b, nb, factor);
    rest[na] = scale_up(rest, a, na, factor);
    int status = 0;
    /* The digit above makes the first part smaller than the divisor, so that no quotient goes over. */
    if (!recursive) {
        divide_school(q, rest, divisor, nb, nq);
    } else {
        size_t left = nq;
        Digit over;
        while (left > nb && status == 0) {
            left -= nb;
            status = divide_recursive(t, q + left, rest + left, divisor, nb, nb, product, &over);
        }
        if (status == 0)
            status = divide_recursive(t, q, rest, divisor, nb, left, product, &over);
    }
    if (r && status == 0)
        scale_down(r, rest, nb, factor);
    if (memory != stack)
        alloc_memory_free(t, memory);
    return status;
}
