/* Strings from C: width, hashing, interning, searching, building, formatting of messages. */
#include "vm_fixture.h"

#include "vm/object/list.h"
#include "vm/object/unicode_name.h"

static Value make(Thread *t, const char *utf8)
{
    Value v = str_from_string(t, utf8);
    fixture_check(t);
    return v;
}
static void assert_str_take(Thread *t, Value v, const char *utf8)
{
    fixture_check(t);
    Value expected = make(t, utf8);
    assert_int_equal(str_kind(str_of(v)), str_kind(str_of(expected)));
    assert_int_equal(str_is_ascii(str_of(v)), str_is_ascii(str_of(expected)));
    if (!str_equal(v, expected)) {
        Value owner;
        fprintf(stderr, "got %s\n", str_utf8(t, v, NULL, &owner));
        fail_msg("expected %s", utf8);
    }
    assert_true(str_hash(t, v) == str_hash(t, expected));
    ref_dec(t, v);
    ref_dec(t, expected);
}

static void test_width(void **state)
{
    Thread *t = fixture_thread();
    Value a = make(t, "abc"), b = make(t, "h\xc3\xa9llo"), c = make(t, "\xe4\xbd\xa0"),
          d = make(t, "x\xf0\x9f\x98\x80y");
    assert_int_equal(str_kind(str_of(a)), 1);
    assert_true(str_is_ascii(str_of(a)));
    assert_int_equal(str_kind(str_of(b)), 1);
    assert_false(str_is_ascii(str_of(b)));
    assert_int_equal(str_kind(str_of(c)), 2);
    assert_int_equal(str_kind(str_of(d)), 4);
    assert_str_take(t, str_slice(t, d, 0, 1), "x");
    assert_str_take(t, str_slice(t, d, 2, 3), "y");
    assert_str_take(t, str_concat(t, a, b), "abch\xc3\xa9llo");
    assert_str_take(t, str_concat(t, c, a),
                    "\xe4\xbd\xa0"
                    "abc");
    assert_str_take(t, str_replace(t, d, make(t, "\xf0\x9f\x98\x80"), a, -1), "xabcy");
    assert_str_take(t, str_repeat(t, b, 2), "h\xc3\xa9lloh\xc3\xa9llo");
    Value joined = VALUE_EMPTY, items[3] = {a, c, a};
    joined = str_join_array(t, b, items, 3);
    assert_str_take(t, joined, "abch\xc3\xa9llo\xe4\xbd\xa0h\xc3\xa9lloabc");
    assert_str_take(t,
                    str_upper(t, make(t, "stra\xc3\x9f"
                                         "e")),
                    "STRASSE");
    assert_str_take(t, str_lower(t, make(t, "\xce\x91\xce\xa3")), "\xce\xb1\xcf\x82");
    assert_str_take(t, str_repr(t, make(t, "a'\n\xc3\xa9\x7f")), "\"a'\\n\xc3\xa9\\x7f\"");
}

static void test_append(void **state)
{
    Thread *t = fixture_thread();
    Value s = make(t, "");
    for (int i = 0; i < 1000; i++)
        s = str_append_take(t, s, t->interp->latin1['a' + i % 26]);
    assert_int_equal(str_length(s), 1000);
    assert_int_equal(str_at(str_of(s), 999), 'a' + 999 % 26);
    assert_true(str_is_ascii(str_of(s)));
    Value shared = ref_inc(t, s), wide = make(t, "\xe4\xbd\xa0");
    s = str_append_take(t, s, wide);
    assert_int_equal(str_length(shared), 1000);
    assert_int_equal(str_length(s), 1001);
    assert_int_equal(str_kind(str_of(s)), 2);
    s = str_append_take(t, s, shared);
    assert_int_equal(str_length(s), 2001);
    assert_int_equal(str_at(str_of(s), 2000), 'a' + 999 % 26);
    ref_dec(t, shared);
    ref_dec(t, s);
    ref_dec(t, wide);
}

static void test_intern(void **state)
{
    Thread *t = fixture_thread();
    Value a = str_intern(t, "some_name_used_here"), b = str_intern_take(t, make(t, "some_name_used_here"));
    assert_true(value_is(a, b));
    assert_true(value_is(str_intern(t, "__init__"), ID(t, __init__)));
    assert_true(value_is(str_intern(t, "a"), t->interp->latin1['a']));
    assert_int_equal(ref_count(value_object(a)), 2);
    ref_dec(t, a);
    ref_dec(t, b);
    /* Many names that die leave the table in order. */
    Value kept[200];
    for (int i = 0; i < 20000; i++) {
        Value v = str_intern_take(t, str_format(t, "name_%d", i));
        if (i % 100 == 0)
            kept[i / 100] = v;
        else
            ref_dec(t, v);
    }
    for (int i = 0; i < 200; i++) {
        char text[32];
        snprintf(text, sizeof text, "name_%d", i * 100);
        Value v = str_intern(t, text);
        assert_true(value_is(v, kept[i]));
        ref_dec(t, v);
        ref_dec(t, kept[i]);
    }
}

/* Every position found by the fast searches against the plain definition, over a small alphabet, where needles nearly occur everywhere. */
static void test_search(void **state)
{
    Thread *t = fixture_thread();
    uint32_t random = 12345;
    static const uint32_t alphabets[3][3] = {{'a', 'b', 'c'}, {'a', 0x100, 0x200}, {'a', 0x10000, 0x10100}};
    for (int round = 0; round < 6000; round++) {
        uint32_t text[900], needle[40];
        const uint32_t *letters = alphabets[round % 3];
        int letter_count = 2 + round / 3 % 2;
        random = random * 1664525 + 1013904223;
        size_t n = random >> 16 & 511, m = 1 + (random >> 8 & 31);
        if (round % 5 == 0)
            n += 380;
        for (size_t i = 0; i < n; i++) {
            random = random * 1664525 + 1013904223;
            text[i] = letters[(random >> 24) % (round % 7 == 0 && i % 37 ? 1 : letter_count)];
        }
        for (size_t i = 0; i < m; i++) {
            random = random * 1664525 + 1013904223;
            needle[i] = round % 2 && n > m ? text[n / 2 - m / 2 + i] : letters[(random >> 24) % letter_count];
        }
        Value s = str_from_ucs4(t, text, n), p = str_from_ucs4(t, needle, m);
        int64_t first = -1, last = -1;
        size_t count = 0, next = 0;
        for (size_t i = 0; i + m <= n; i++) {
            if (memcmp(text + i, needle, m * 4) == 0) {
                if (first < 0)
                    first = (int64_t)i;
                last = (int64_t)i;
                if (i >= next) {
                    count++;
                    next = i + m;
                }
            }
        }
        assert_int_equal(str_find(s, p, 0, n), first);
        assert_int_equal(str_rfind(s, p, 0, n), last);
        assert_int_equal(str_count(s, p, 0, n, SIZE_MAX), count);
        ref_dec(t, s);
        ref_dec(t, p);
    }
    /* Linear in the worst case: this would take minutes otherwise. */
    Value a = make(t, "a"), text = str_repeat(t, a, 4000000), half = str_repeat(t, a, 2000000), b = make(t, "b");
    Value needle = str_concat(t, b, half), reversed = str_concat(t, half, b);
    assert_int_equal(str_find(text, needle, 0, 4000000), -1);
    assert_int_equal(str_find(text, reversed, 0, 4000000), -1);
    assert_int_equal(str_rfind(text, needle, 0, 4000000), -1);
    assert_int_equal(str_rfind(text, reversed, 0, 4000000), -1);
}

static void test_utf8(void **state)
{
    Thread *t = fixture_thread();
    static const char *const bad[] = {"\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                      "\xf5", "\xe4\xbd", "\xf0\x9f\x98", "a\xff"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Value v = str_from_string(t, bad[i]);
        assert_true(value_is_empty(v));
        assert_true(error_matches(t, EXC_UnicodeDecodeError));
        error_clear(t);
        v = str_from_fs(t, bad[i], strlen(bad[i]));
        fixture_check(t);
        Value back = str_to_fs(t, v);
        fixture_check(t);
        assert_int_equal(value_object(back)->kind, KIND_BYTES);
        ref_dec(t, v);
        ref_dec(t, back);
    }
    Value surrogate = str_from_char(t, 0xD800), encoded = str_to_utf8(t, surrogate);
    assert_true(value_is_empty(encoded) && error_matches(t, EXC_UnicodeEncodeError));
    error_clear(t);
}

static void test_format(void **state)
{
    Thread *t = fixture_thread();
    assert_str_take(
        t, str_format(t, "%s %5d|%-5d|%05d %x %#x %zu %c%%", "\xc3\xa9", 42, 42, -42, 255, 255, (size_t)7, 'z'),
        "\xc3\xa9    42|42   |-0042 ff 0xff 7 z%");
    Value s = make(t, "it's");
    assert_str_take(t, str_format(t, "%V %S %U %.2U %T %N", s, s, s, s, s, t->types[KIND_INT]),
                    "\"it's\" it's it's it str int");
    assert_str_take(t, str_format(t, "%.3s|%*d", "abcdef", 4, 7), "abc|   7");
    ref_dec(t, s);
}

static void test_unicode(void **state)
{
    uint32_t out[3], c;
    char name[UNICODE_NAME_MAX];
    assert_true(unicode_is_alpha(0x4E00) && unicode_is_upper('A') && !unicode_is_alpha('1') &&
                unicode_is_space(0x3000));
    assert_int_equal(unicode_decimal(0x0663), 3);
    assert_int_equal(unicode_upper_full(0xFB03, out), 3);
    assert_true(out[0] == 'F' && out[1] == 'F' && out[2] == 'I');
    assert_int_equal(unicode_fold_full(0x13A0, out), 1);
    assert_int_equal(out[0], 0x13A0);
    assert_int_equal(unicode_to_lower(0x13A0), 0xAB70);
    size_t n = unicode_name(0x1F600, name);
    assert_memory_equal(name, "GRINNING FACE", n);
    assert_true(unicode_from_name("latin small letter e with acute", 31, &c) && c == 0xE9);
    assert_true(unicode_from_name("HANGUL SYLLABLE GAG", 19, &c) && c == 0xAC01);
    assert_false(unicode_from_name("NO SUCH NAME", 12, &c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_width),   cmocka_unit_test(test_append), cmocka_unit_test(test_intern),
        cmocka_unit_test(test_search),  cmocka_unit_test(test_utf8),   cmocka_unit_test(test_format),
        cmocka_unit_test(test_unicode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
