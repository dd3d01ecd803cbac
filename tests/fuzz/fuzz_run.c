/* fuzz_run: any bytes as a short program, which runs: without imports, files and input, each for a moment only, and with limits for what it may allocate. */
#include "fuzz.h"

#include <signal.h>
#include <sys/time.h>

#include "vm/object/dict.h"
#include "vm/object/module.h"
#include "vm/os/os.h"
#include "vm/run/frame_access.h"

#define MOMENT_US 100000
#define COLLECT_EVERY 256 /* inputs: a few containers can keep much until enough others ask for a collection */

/* Programs that could not be stopped, or whose numbers are too long to wait for, say nothing about errors. */
static bool is_worth_it(const uint8_t *data, size_t n)
{
    size_t digits = 0, powers = 0;
    if (n > 4000)
        return false;
    for (size_t i = 0; i < n; i++) {
        digits = data[i] >= '0' && data[i] <= '9' ? digits + 1 : 0;
        powers += i && ((data[i] == '*' && data[i - 1] == '*') || (data[i] == '<' && data[i - 1] == '<'));
        if (digits > 5 || powers > 1)
            return false;
    }
    return true;
}

static void interrupt(int signum) { os_signal_trip(SIGINT); }

static void set_timer(long us)
{
    struct itimerval timer = {{0, us}, {0, us}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

/* The interpreter; what thousands of finalizers raise is not shown, which took minutes. */
static Thread *thread(void)
{
    static Thread *t;
    if (!t) {
        t = fuzz_thread();
        Value quiet = dict_get_string(t, t->interp->builtins_dict, "callable");
        if (value_is_empty(quiet) || dict_set_string_take(t, t->interp->sys_dict, "unraisablehook", quiet) < 0)
            error_clear(t);
    }
    return t;
}

static Value own_builtins(Thread *t)
{
    static const char *const taken[] = {"open", "__import__", "input", "breakpoint", "exit", "quit", "help", "print"};
    Value all = dict_copy(t, t->interp->builtins_dict);
    for (size_t i = 0; i < sizeof taken / sizeof *taken && !value_is_empty(all); i++) {
        Value name = str_intern(t, taken[i]);
        if (value_is_empty(name) || dict_pop(t, all, name, NULL) < 0)
            error_clear(t);
        ref_dec(t, name);
    }
    return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Thread *t = thread();
    if (!is_worth_it(data, n))
        return -1;
    signal(SIGALRM, interrupt);
    Value code = fuzz_compile(t, data, n, PARSE_FILE), globals = VALUE_EMPTY, builtins = VALUE_EMPTY,
          result = VALUE_EMPTY;
    if (!value_is_empty(code))
        globals = dict_new(t);
    if (!value_is_empty(globals))
        builtins = own_builtins(t);
    if (!value_is_empty(builtins) && dict_set_string(t, globals, "__builtins__", builtins) == 0 &&
        dict_set_string_take(t, globals, "__name__", str_from_string(t, "fuzz")) == 0) {
        set_timer(MOMENT_US);
        result = frame_access_run(t, code, globals, globals, VALUE_EMPTY);
        error_clear(t);
        if (!value_is_empty(globals))
            dict_clear(t, globals);
        set_timer(0);
    }
    ref_dec(t, result);
    ref_dec(t, builtins);
    ref_dec(t, globals);
    ref_dec(t, code);
    fuzz_settle(t);
    fuzz_settle(t);
    static unsigned inputs;
    if (++inputs % COLLECT_EVERY == 0)
        cycle_collect(t, 2);
    fuzz_settle(t);
    return 0;
}
