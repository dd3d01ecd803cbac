/* test_type.c: types, instances, natives and the attribute protocol, from C. */
#include "vm_fixture.h"

#include "vm/object/dict.h"
#include "vm/object/int.h"
#include "vm/object/list.h"
#include "vm/object/method.h"

static Value name(Thread *t, const char *s)
{
    Value v = str_intern(t, s);
    assert_false(value_is_empty(v));
    return v;
}

/* A class without a body: type(name, bases, dict). Bases may be empty; both are borrowed. */
static Value make_class(Thread *t, const char *text, Value bases, Value namespace)
{
    Value dict = value_is_empty(namespace) ? dict_new(t) : ref_inc(t, namespace);
    const Value args[3] = {name(t, text), value_is_empty(bases) ? t->interp->empty_tuple : bases, dict};
    Value class = object_call(t, value_of(t->types[KIND_TYPE]), args, 3, VALUE_EMPTY);
    ref_dec(t, args[0]);
    ref_dec(t, dict);
    return class;
}

static Value get(Thread *t, Value v, const char *text)
{
    Value key = name(t, text), result = object_getattr(t, v, key);
    ref_dec(t, key);
    return result;
}

static int set(Thread *t, Value v, const char *text, Value value)
{
    Value key = name(t, text);
    int result = object_setattr(t, v, key, value);
    ref_dec(t, key);
    return result;
}

/* The pending exception's text must be this; it is cleared. */
static void expect_error(Thread *t, ExceptionId id, const char *message)
{
    assert_true(error_pending(t));
    assert_true(error_matches(t, id));
    Value exc = error_take(t), text = object_str(t, exc);
    assert_string_equal(str_ascii_or(text, "?"), message);
    ref_dec(t, text);
    ref_dec(t, exc);
}

static void expect_repr(Thread *t, Value take, const char *expected)
{
    fixture_check(t);
    Value text = object_repr(t, take);
    fixture_check(t);
    assert_string_equal(str_ascii_or(text, "?"), expected);
    ref_dec(t, text);
    ref_dec(t, take);
}

static void test_natives(void **state)
{
    Thread *t = fixture_thread();
    Value list = list_new(t, 0), append = get(t, list, "append");
    Value result = object_call1(t, append, value_from_int(5));
    assert_true(value_is_none(result));
    assert_true(value_is_empty(object_call0(t, append)));
    expect_error(t, EXC_TypeError, "list.append() takes exactly one argument (0 given)");
    Value insert = get(t, list, "insert");
    assert_true(value_is_empty(object_call1(t, insert, VALUE_NONE)));
    expect_error(t, EXC_TypeError, "insert expected 2 arguments, got 1");
    Value unbound = get(t, value_of(t->types[KIND_LIST]), "append");
    assert_true(value_is_empty(object_call1(t, unbound, value_from_int(1))));
    expect_error(t, EXC_TypeError, "descriptor 'append' for 'list' objects doesn't apply to a 'int' object");
    Value add = get(t, value_from_int(5), "__add__");
    assert_int_equal(value_to_int(object_call1(t, add, value_from_int(6))), 11);
    assert_true(value_is_empty(object_call0(t, add)));
    expect_error(t, EXC_TypeError, "expected 1 argument, got 0");
    ref_dec(t, add);
    ref_dec(t, unbound);
    ref_dec(t, insert);
    ref_dec(t, append);
    expect_repr(t, list, "[5]");
}

static void test_signatures(void **state)
{
    Thread *t = fixture_thread();
    static const char signature[] = "(a, b=(1, ','), /, c='x)', *, d, e=None)";
    NativeSignature s;
    native_signature_parse(&s, signature);
    assert_int_equal(s.count, 5);
    assert_int_equal(s.required, 1);
    assert_int_equal(s.positional, 3);
    assert_int_equal(s.only, 2);
    assert_true(s.keyword_required);
    Value names = tuple_new(t, 1), out[5];
    tuple_of(names)->items[0] = name(t, "d");
    const Value args[4] = {value_from_int(1), value_from_int(2), value_from_int(3), value_from_int(4)};
    assert_int_equal(native_parse(t, "f", signature, args, 3, names, out), 0);
    assert_int_equal(value_to_int(out[3]), 4);
    assert_true(value_is_empty(out[4]));
    assert_int_equal(native_parse(t, "f", signature, args, 4, VALUE_EMPTY, out), -1);
    expect_error(t, EXC_TypeError, "f() takes at most 3 positional arguments (4 given)");
    assert_int_equal(native_parse(t, "f", signature, args, 1, VALUE_EMPTY, out), -1);
    expect_error(t, EXC_TypeError, "f() missing required argument 'd' (pos 4)");
    ref_dec(t, names);
}

static void test_inline_values(void **state)
{
    Thread *t = fixture_thread();
    Value class = make_class(t, "A", VALUE_EMPTY, VALUE_EMPTY);
    Type *type = type_as(class);
    assert_true(type->flags & TYPE_INLINE_VALUES);
    Value a = object_call0(t, class);
    assert_int_equal(set(t, a, "x", value_from_int(1)), 0);
    assert_int_equal(set(t, a, "y", value_from_int(2)), 0);
    assert_int_equal(value_object(a)->aux, 2);
    Value b = object_call0(t, class);
    assert_int_equal(set(t, b, "y", value_from_int(3)), 0); /* x stays open */
    assert_int_equal(value_object(b)->aux, 2);
    assert_int_equal(value_to_int(get(t, b, "y")), 3);
    assert_true(value_is_empty(get(t, b, "x")));
    expect_error(t, EXC_AttributeError, "'A' object has no attribute 'x'");
    assert_int_equal(set(t, b, "x", value_from_int(4)), 0); /* out of order: a dict keeps the order */
    assert_int_equal(value_object(b)->aux, INSTANCE_HAS_DICT);
    expect_repr(t, get(t, b, "__dict__"), "{'y': 3, 'x': 4}");
    assert_int_equal(set(t, a, "y", VALUE_EMPTY), 0); /* the last one can be set again in order */
    assert_int_equal(value_object(a)->aux, 1);
    assert_int_equal(set(t, a, "y", VALUE_EMPTY), -1);
    expect_error(t, EXC_AttributeError, "'A' object has no attribute 'y'");
    for (int i = 0; i < 40; i++) {
        char text[8];
        snprintf(text, sizeof text, "v%d", i);
        assert_int_equal(set(t, a, text, value_from_int(i)), 0);
    }
    assert_int_equal(value_object(a)->aux, INSTANCE_HAS_DICT);
    assert_int_equal(value_to_int(get(t, a, "x")), 1);
    assert_int_equal(value_to_int(get(t, a, "v39")), 39);
    ref_dec(t, a);
    ref_dec(t, b);
    ref_dec(t, class);
}

static void test_cache(void **state)
{
    Thread *t = fixture_thread();
    Value base = make_class(t, "Base", VALUE_EMPTY, VALUE_EMPTY), bases = tuple_pack(t, 1, base);
    Value derived = make_class(t, "Derived", bases, VALUE_EMPTY), o = object_call0(t, derived);
    assert_true(value_is_empty(get(t, o, "late")));
    expect_error(t, EXC_AttributeError, "'Derived' object has no attribute 'late'");
    uint32_t version, index, again;
    Value key = name(t, "late");
    assert_true(value_is_empty(type_lookup_cached(t, type_as(derived), key, &version, &index)));
    assert_int_not_equal(version, 0);
    assert_int_equal(set(t, base, "late", value_from_int(1)), 0);
    assert_int_equal(value_to_int(get(t, o, "late")), 1);
    assert_int_equal(value_to_int(type_lookup_cached(t, type_as(derived), key, &again, &index)), 1);
    assert_int_not_equal(version, again);
    assert_true(value_is(type_as(derived)->cache->entries[index].name, key));
    assert_int_equal(set(t, base, "late", VALUE_EMPTY), 0);
    assert_true(value_is_empty(get(t, o, "late")));
    error_clear(t);
    ref_dec(t, key);
    ref_dec(t, o);
    ref_dec(t, derived);
    ref_dec(t, bases);
    ref_dec(t, base);
}

static void test_layouts(void **state)
{
    Thread *t = fixture_thread();
    Value namespace = dict_new(t), slots = tuple_pack(t, 2, ID(t, value), ID(t, key));
    dict_set_string(t, namespace, "__slots__", slots);
    Value slotted = make_class(t, "S", VALUE_EMPTY, namespace), s = object_call0(t, slotted);
    assert_int_equal(set(t, s, "value", value_from_int(7)), 0);
    assert_int_equal(value_to_int(get(t, s, "value")), 7);
    assert_true(value_is_empty(get(t, s, "key")));
    error_clear(t);
    assert_int_equal(set(t, s, "other", VALUE_NONE), -1);
    expect_error(t, EXC_AttributeError,
                 "'S' object has no attribute 'other' and no __dict__ for setting new attributes");
    /* Subclasses of types with inline items keep dict and slots behind the items. */
    Value str_bases = tuple_pack(t, 1, value_of(t->types[KIND_STR])),
          text = make_class(t, "Text", str_bases, namespace);
    Value content = name(t, "content"), instance = object_call1(t, text, content);
    assert_true(str_equal(instance, content));
    assert_int_equal(set(t, instance, "key", value_from_int(1)), 0);
    assert_int_equal(value_to_int(get(t, instance, "key")), 1);
    Value int_bases = tuple_pack(t, 1, value_of(t->types[KIND_INT])),
          number = make_class(t, "Number", int_bases, VALUE_EMPTY);
    Value n = object_call1(t, number, value_from_int(12));
    assert_int_equal(set(t, n, "unit", value_from_int(3)), 0);
    assert_int_equal(value_to_int(get(t, n, "unit")), 3);
    assert_true(value_is_empty(make_class(t, "Bad", int_bases, namespace)));
    expect_error(t, EXC_TypeError, "nonempty __slots__ not supported for subtype of 'int'");
    Value two = tuple_pack(t, 2, value_of(t->types[KIND_INT]), value_of(t->types[KIND_STR]));
    assert_true(value_is_empty(make_class(t, "Both", two, VALUE_EMPTY)));
    expect_error(t, EXC_TypeError, "multiple bases have instance lay-out conflict");
    Value all[] = {namespace, slots, s, slotted, str_bases, instance, text, content, int_bases, n, number, two};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ref_dec(t, all[i]);
}

static void test_mro(void **state)
{
    Thread *t = fixture_thread();
    Value a = make_class(t, "A", VALUE_EMPTY, VALUE_EMPTY), b = make_class(t, "B", VALUE_EMPTY, VALUE_EMPTY);
    Value ab = tuple_pack(t, 2, a, b), ba = tuple_pack(t, 2, b, a);
    Value c = make_class(t, "C", ab, VALUE_EMPTY), d = make_class(t, "D", ba, VALUE_EMPTY), cd = tuple_pack(t, 2, c, d);
    expect_repr(t, get(t, c, "__mro__"), "(<class 'C'>, <class 'A'>, <class 'B'>, <class 'object'>)");
    assert_true(value_is_empty(make_class(t, "E", cd, VALUE_EMPTY)));
    expect_error(t, EXC_TypeError, "Cannot create a consistent method resolution order (MRO) for bases A, B");
    assert_int_equal(set(t, value_of(t->types[KIND_INT]), "x", VALUE_NONE), -1);
    expect_error(t, EXC_TypeError, "cannot set 'x' attribute of immutable type 'int'");
    Value all[] = {a, b, ab, ba, c, d, cd};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ref_dec(t, all[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_natives), cmocka_unit_test(test_signatures), cmocka_unit_test(test_inline_values),
        cmocka_unit_test(test_cache),   cmocka_unit_test(test_layouts),    cmocka_unit_test(test_mro),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
