/* mod__opcode.c: the instructions by name, with the letters of their operands (../compile/opcode.def): beneath py/opcode.py and py/dis.py. */
#include "../compile/opcode.h"
#include "../memory/ref.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"

static int add_column(Thread *t, Value module, const char *name, int column)
{
    Value tuple = tuple_new(t, OP_COUNT);
    for (size_t i = 0; i < OP_COUNT && !value_is_empty(tuple); i++) {
        Value text = str_from_string(t, opcode_texts[i][column]);
        if (value_is_empty(text))
            ref_clear(t, &tuple);
        else
            tuple_of(tuple)->items[i] = text;
    }
    return module_add_take(t, module, name, tuple);
}

static int exec(Thread *t, Value module)
{
    /* Nothing is specialised: inline caches lie beside the code. */
    if (module_add_take(t, module, "ENABLE_SPECIALIZATION", VALUE_FALSE) < 0 ||
        module_add_take(t, module, "ENABLE_SPECIALIZATION_FT", VALUE_FALSE) < 0)
        return -1;
    return add_column(t, module, "names", 0) < 0 ? -1 : add_column(t, module, "operands", 1);
}

const ModuleDef module_def__opcode = {
    .name = "_opcode",
    .doc = "The instructions by name, with the kinds of their operands.",
    .exec = exec,
};
