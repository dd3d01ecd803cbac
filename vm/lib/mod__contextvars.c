/* mod__contextvars.c: the module _contextvars.  Everything is in ../object/context.c. */
#include "../object/context.h"
#include "../object/module.h"
#include "../memory/ref.h"

NATIVE(copy_context, "copy_context", "($module, /)", "A copy of the current context.")
{
    return context_copy_current(t);
}

static const NativeDef *const contextvars_functions[] = {&native_copy_context, NULL};

static int contextvars_exec(Thread *t, Value module)
{
    ContextTypes *types = context_types(t);
    if (!types || module_add_take(t, module, "Context", value_of(ref_inc_ptr(t, types->context))) < 0 ||
        module_add_take(t, module, "ContextVar", value_of(ref_inc_ptr(t, types->variable))) < 0)
        return -1;
    return module_add_take(t, module, "Token", value_of(ref_inc_ptr(t, types->token)));
}

const ModuleDef module_def__contextvars = {
    .name = "_contextvars",
    .doc = "Context variables.",
    .methods = contextvars_functions,
    .exec = contextvars_exec,
};
