/* lifecycle.c: start and end of an interpreter (lifecycle.h). */
#include "lifecycle.h"

#include <stdio.h>

#include "../lib/mod_atexit.h"
#include "../lib/std_printer.h"
#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../thread/world.h"
#include "frame_access.h"

static int set_streams(Thread *t)
{
    static const char *const names[] = {"stdout", "__stdout__", "stderr", "__stderr__"};
    for (int i = 0; i < 4; i++)
        if (dict_set_string_take(t, t->interp->sys_dict, names[i], std_printer_new(t, i < 2 ? 1 : 2)) < 0)
            return -1;
    return 0;
}

static int start_modules(Thread *t)
{
    Interp *interp = t->interp;
    interp->builtins_module = module_from_def(t, &module_def_builtins);
    if (value_is_empty(interp->builtins_module))
        return -1;
    interp->builtins_dict = ref_inc(t, module_peek_dict(interp->builtins_module));
    interp->import_func = dict_get_string(t, interp->builtins_dict, "__import__");
    interp->sys_module = module_from_def(t, &module_def_sys);
    if (value_is_empty(interp->sys_module))
        return -1;
    interp->sys_dict = ref_inc(t, module_peek_dict(interp->sys_module));
    if (dict_set_string(t, interp->modules, "builtins", interp->builtins_module) < 0 ||
        dict_set_string(t, interp->modules, "sys", interp->sys_module) < 0)
        return -1;
    return set_streams(t);
}

Thread *lifecycle_start(const Config *config)
{
    Interp *interp = interp_new(config);
    if (!interp) {
        fprintf(stderr, "baton: no memory to start\n");
        return NULL;
    }
    Thread *t = interp->main_thread;
    if (interp_bootstrap(t) < 0)
        return NULL;
    t->recursion_left = interp->recursion_limit;
    if (start_modules(t) < 0) {
        error_unraisable(t, VALUE_EMPTY, "start-up failed");
        return NULL;
    }
    return t;
}

int lifecycle_finish(Thread *t, int status)
{
    atexit_run(t);
    t->interp->finalizing = true;
    return status;
}
