/* vm_fixture.h: a booted interpreter for unit tests: types, exceptions and singletons exist, no Python code has run.
 *
 *     static void test_something(void **state) { Thread *t = fixture_thread(); ... }
 *
 * All tests of a program share one interpreter with the lock on; fixture_new makes further ones, in either mode. */
#ifndef BATON_TESTS_VM_FIXTURE_H
#define BATON_TESTS_VM_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "vm/memory/ref.h"
#include "vm/object/error.h"
#include "vm/object/object.h"
#include "vm/object/str.h"
#include "vm/object/type.h"
#include "vm/thread/world.h"

/* An interpreter and its attached main thread. */
__attribute__((unused)) static Thread *fixture_new(bool gil)
{
    Config config = {.gil = gil,
                     .int_max_str_digits = CONFIG_INT_MAX_STR_DIGITS,
                     .hash_seed_set = true,
                     .hash_seed = 1,
                     .isolated = true};
    Interp *interp = interp_new(&config);
    if (!interp || interp_bootstrap(interp->main_thread) < 0) {
        fprintf(stderr, "the interpreter does not start\n");
        exit(99);
    }
    return interp->main_thread;
}

/* The interpreter that the tests of this program share. */
__attribute__((unused)) static Thread *fixture_thread(void)
{
    static Thread *t;
    if (!t)
        t = fixture_new(true);
    return t;
}

/* Fails the test if an exception is pending, showing it. */
__attribute__((unused)) static void fixture_check(Thread *t)
{
    if (!error_pending(t))
        return;
    Value exc = error_take(t), text = object_repr(t, exc);
    fprintf(stderr, "pending exception: %s\n", value_is_empty(text) ? "?" : str_ascii_or(text, "?"));
    ref_dec(t, text);
    ref_dec(t, exc);
    fail();
}

#endif
