/* mod__typing.c: the module _typing: what the module typing takes from C.  The types themselves are in ../object/typevar.c and type_alias.c.  No locks. */
#include "../object/error.h"
#include "../object/generic_alias.h"
#include "../object/module.h"
#include "../object/typevar.h"
#include "../memory/ref.h"

NATIVE(idfunc, "_idfunc", "($module, x, /)", "Returns its argument.") { return ref_inc(t, args[1]); }

static const struct {
    const char *name;
    TypingType type;
} names[] = {
    {"TypeVar", TYPING_TYPEVAR},
    {"TypeVarTuple", TYPING_TYPEVARTUPLE},
    {"ParamSpec", TYPING_PARAMSPEC},
    {"ParamSpecArgs", TYPING_PARAMSPEC_ARGS},
    {"ParamSpecKwargs", TYPING_PARAMSPEC_KWARGS},
    {"TypeAliasType", TYPING_TYPE_ALIAS},
    {"Generic", TYPING_GENERIC},
};

static int exec(Thread *t, Value module)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Type *type = typing_type(t, names[i].type);
        if (!type || module_add_take(t, module, names[i].name, ref_inc(t, value_of(type))) < 0)
            return -1;
    }
    if (module_add_take(t, module, "Union", ref_inc(t, value_of(t->types[KIND_UNION]))) < 0)
        return -1;
    Value none = typing_no_default(t);
    return module_add_take(t, module, "NoDefault", ref_inc(t, none));
}

static const NativeDef *const functions[] = {&native_idfunc, NULL};

const ModuleDef module_def__typing = {
    .name = "_typing",
    .doc = "The parts of the module typing that are written in C.",
    .methods = functions,
    .exec = exec,
};
