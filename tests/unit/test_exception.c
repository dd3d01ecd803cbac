/* Exceptions: context chains, what is kept for when there is no memory, OSError by errno, groups; weak references and their callbacks. */
#include "vm_fixture.h"

#include <errno.h>

#include "vm/memory/alloc.h"
#include "vm/object/dict.h"
#include "vm/object/exception.h"
#include "vm/object/weakref.h"

static Value raised(Thread *t, ExceptionId id, const char *text)
{
    error_set(t, id, "%s", text);
    return error_take(t);
}

static void test_message(void **state)
{
    Thread *t = fixture_thread();
    assert_true(value_is_empty(error_set(t, EXC_ValueError, "%d is not %s", 3, "four")));
    assert_true(error_matches(t, EXC_ValueError));
    assert_true(error_matches(t, EXC_Exception));
    assert_false(error_matches(t, EXC_TypeError));
    Value exc = error_take(t), text = object_str(t, exc), repr = object_repr(t, exc);
    assert_true(str_equal_ascii(text, "3 is not four"));
    assert_true(str_equal_ascii(repr, "ValueError('3 is not four')"));
    ref_dec(t, text);
    ref_dec(t, repr);
    ref_dec(t, exc);
}

/* The handled exception becomes the context; a chain that leads back is cut where it would close. */
static void test_context(void **state)
{
    Thread *t = fixture_thread();
    Value a = raised(t, EXC_ValueError, "a"), b;
    HandledException level = {a, t->handled};
    t->handled = &level;
    b = raised(t, EXC_TypeError, "b");
    assert_true(value_is(exception_of(b)->context, a));
    level.exc = b;
    error_set_take(t, ref_inc(t, a)); /* raise a while b, whose context is a, is handled */
    Value again = error_take(t);
    assert_true(value_is(again, a));
    assert_true(value_is(exception_of(a)->context, b));
    assert_true(value_is_empty(exception_of(b)->context));
    t->handled = level.previous;
    exception_set_context_take(t, a, VALUE_EMPTY);
    ref_dec(t, again);
    ref_dec(t, a);
    ref_dec(t, b);
}

/* MemoryErrors come from a reserve that refills when they die, and there is always one more. */
static void test_memory_errors(void **state)
{
    Thread *t = fixture_thread();
    Value taken[EXCEPTION_SPARE_MEMORY_ERRORS + 2];
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
            error_no_memory(t);
            assert_true(error_matches(t, EXC_MemoryError));
            taken[i] = error_take(t);
        }
        assert_false(value_is(taken[0], taken[1]));
        for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
            ref_dec(t, taken[i]);
    }
    assert_false(value_is_empty(exception_state(t)->spare[0]));
}

static void test_errno(void **state)
{
    Thread *t = fixture_thread();
    error_from_errno(t, ENOENT);
    assert_true(error_matches(t, EXC_FileNotFoundError));
    error_clear(t);
    error_from_errno(t, -EPIPE); /* as os.h reports it */
    assert_true(error_matches(t, EXC_BrokenPipeError));
    Value exc = error_take(t);
    assert_int_equal(value_to_int(((ExceptionOS *)value_object(exc))->errnum), EPIPE);
    ref_dec(t, exc);
}

static void test_cause(void **state)
{
    Thread *t = fixture_thread();
    error_set(t, EXC_KeyError, "inner");
    error_set_from_cause(t, EXC_RuntimeError, "outer");
    Value exc = error_take(t);
    assert_true(value_is(exception_of(exc)->cause, exception_of(exc)->context));
    assert_true(exception_of(exc)->suppress_context);
    ref_dec(t, exc);
}

static void test_group(void **state)
{
    Thread *t = fixture_thread();
    Value list = list_new(t, 2), message = str_from_string(t, "m"), match, rest;
    assert_int_equal(list_append_take(t, list, raised(t, EXC_ValueError, "v")), 0);
    assert_int_equal(list_append_take(t, list, raised(t, EXC_OSError, "o")), 0);
    Value group = object_call2(t, value_of(t->interp->exceptions[EXC_BaseExceptionGroup]), message, list);
    fixture_check(t);
    assert_ptr_equal(type_of(t, group), t->interp->exceptions[EXC_ExceptionGroup]);
    assert_int_equal(exception_group_split(t, group, value_of(t->interp->exceptions[EXC_OSError]), &match, &rest), 0);
    assert_int_equal(tuple_length(((ExceptionGroup *)value_object(match))->excs), 1);
    assert_int_equal(tuple_length(((ExceptionGroup *)value_object(rest))->excs), 1);
    ref_dec(t, match);
    ref_dec(t, rest);
    ref_dec(t, group);
    ref_dec(t, list);
    ref_dec(t, message);
}

/* ---- weak references, with the lock on and off ---- */

static Value make_referent(Thread *t)
{
    Value set = set_new(t, VALUE_EMPTY); /* sets can be referred to weakly */
    fixture_check(t);
    return set;
}

static void check_weakref(Thread *t)
{
    Value o = make_referent(t), log = list_new(t, 0), add = object_getattr_string(t, log, "append");
    Value a = weakref_new(t, o, VALUE_EMPTY), b = weakref_new(t, o, VALUE_EMPTY), c = weakref_new(t, o, add);
    fixture_check(t);
    assert_true(value_is(a, b)); /* shared */
    assert_false(value_is(a, c));
    assert_int_equal(weakref_count(t, o), 2);
    Value got = weakref_get(t, a);
    assert_true(value_is(got, o));
    ref_dec(t, got);
    ref_dec(t, o);
    assert_true(value_is_empty(weakref_get(t, a)));
    assert_true(value_is_empty(weakref_get(t, c)));
    assert_int_equal(list_length(log), 1); /* the callback got the reference */
    ref_dec(t, a);
    ref_dec(t, b);
    ref_dec(t, c);
    ref_dec(t, add);
    ref_dec(t, log);
    /* A reference that dies first leaves the list. */
    o = make_referent(t);
    a = weakref_new(t, o, VALUE_EMPTY);
    ref_dec(t, a);
    assert_int_equal(weakref_count(t, o), 0);
    ref_dec(t, o);
    assert_true(value_is_empty(weakref_new(t, value_from_int(1), VALUE_EMPTY)));
    assert_true(error_swallow(t, EXC_TypeError));
}

static void test_weakref(void **state) { check_weakref(fixture_thread()); }
static void test_weakref_free_threaded(void **state) { check_weakref(fixture_new(false)); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message),       cmocka_unit_test(test_context),
        cmocka_unit_test(test_memory_errors), cmocka_unit_test(test_errno),
        cmocka_unit_test(test_cause),         cmocka_unit_test(test_group),
        cmocka_unit_test(test_weakref),       cmocka_unit_test(test_weakref_free_threaded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
