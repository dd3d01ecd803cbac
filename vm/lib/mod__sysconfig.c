/* mod__sysconfig.c: the module _sysconfig: how the interpreter was built.  No state, no locks. */
#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/module.h"
#include "../object/str.h"

NATIVE(config_vars, "config_vars", "($module, /)", "Build variables that the interpreter itself knows: a dict.")
{
    Value vars = dict_new(t);
    if (value_is_empty(vars))
        return VALUE_EMPTY;
    if (dict_set_string_take(t, vars, "EXT_SUFFIX", str_from_string(t, ".baton-314.so")) < 0 ||
        dict_set_string_take(t, vars, "SOABI", str_from_string(t, "baton-314")) < 0 ||
        dict_set_string(t, vars, "Py_GIL_DISABLED", value_from_int(0)) < 0 ||
        dict_set_string(t, vars, "Py_DEBUG", value_from_int(0)) < 0) {
        ref_dec(t, vars);
        return VALUE_EMPTY;
    }
    return vars;
}

static const NativeDef *const functions[] = {&native_config_vars, NULL};

const ModuleDef module_def__sysconfig = {
    .name = "_sysconfig",
    .doc = "The basis of the module sysconfig.",
    .methods = functions,
};
