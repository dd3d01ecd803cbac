/* module_exception.c: see module_exception.h. */
#include "module_exception.h"

#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/list.h"
#include "../object/str.h"

Type *module_add_exception(Thread *t, Value module, const char *qualified_name, Type *base, const char *doc)
{
    const char *dot = strrchr(qualified_name, '.'), *name = dot ? dot + 1 : qualified_name;
    if (!base)
        base = t->interp->exceptions[EXC_Exception];
    Value args[3] = {str_from_string(t, name), tuple_pack(t, 1, value_of(base)), dict_new(t)}, made = VALUE_EMPTY;
    bool ok = !value_is_empty(args[0]) && !value_is_empty(args[1]) && !value_is_empty(args[2]);
    if (ok && dot)
        ok = dict_set_string_take(t, args[2], "__module__",
                                  str_from_utf8(t, qualified_name, (size_t)(dot - qualified_name))) == 0;
    if (ok && doc)
        ok = dict_set_string_take(t, args[2], "__doc__", str_from_string(t, doc)) == 0;
    if (ok)
        made = object_call(t, value_of(t->types[KIND_TYPE]), args, 3, VALUE_EMPTY);
    for (int i = 0; i < 3; i++)
        ref_dec(t, args[i]);
    if (value_is_empty(made) || module_add_take(t, module, name, made) < 0)
        return NULL;
    return (Type *)value_object(made);
}
