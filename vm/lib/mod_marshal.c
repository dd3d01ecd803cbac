/* mod_marshal.c: the module marshal.  The work is done in marshal_write.c and marshal_read.c. */
#include "../object/audit.h"
#include "../object/buffer.h"
#include "../object/error.h"
#include "../object/module.h"
#include "../memory/ref.h"
#include "argument.h"
#include "marshal.h"

NATIVE(marshal_dumps, "dumps", "($module, value, version=version, /, *, allow_code=True)", "The value as bytes.")
{
    int version, allow_code = argument_bool(t, args[3], 1);
    if (allow_code < 0 || argument_int(t, args[2], MARSHAL_VERSION, &version) < 0 ||
        audit(t, "marshal.dumps", "Oi", args[1], version) < 0)
        return VALUE_EMPTY;
    return marshal_dumps(t, args[1], version, allow_code);
}

NATIVE(marshal_dump, "dump", "($module, value, file, version=version, /, *, allow_code=True)",
       "Writes the value to a binary file.")
{
    int version, allow_code = argument_bool(t, args[4], 1);
    if (allow_code < 0 || argument_int(t, args[3], MARSHAL_VERSION, &version) < 0 ||
        audit(t, "marshal.dumps", "Oi", args[1], version) < 0)
        return VALUE_EMPTY;
    Value bytes = marshal_dumps(t, args[1], version, allow_code);
    if (value_is_empty(bytes))
        return bytes;
    Value result = object_call_method_string(t, args[2], "write", bytes, VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, bytes);
    return result;
}

NATIVE(marshal_loads, "loads", "($module, bytes, /, *, allow_code=True)",
       "The value that bytes describe; what follows it is ignored.")
{
    Buffer view;
    int allow_code = argument_bool(t, args[2], 1);
    if (allow_code < 0 || buffer_get(t, args[1], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    if (audit(t, "marshal.loads", "N", bytes_new(t, view.data, view.length)) == 0)
        result = marshal_loads(t, view.data, view.length, allow_code);
    buffer_release(t, &view);
    return result;
}

NATIVE(marshal_load, "load", "($module, file, /, *, allow_code=True)", "Reads one value from a binary file.")
{
    int allow_code = argument_bool(t, args[2], 1);
    if (allow_code < 0)
        return VALUE_EMPTY;
    Value probe = object_call_method_string(t, args[1], "read", value_from_int(0), VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(probe))
        return probe;
    if (!bytes_check(probe)) {
        error_set(t, EXC_TypeError, "file.read() returned not bytes but %.100T", probe);
        ref_dec(t, probe);
        return VALUE_EMPTY;
    }
    ref_dec(t, probe);
    if (audit(t, "marshal.load", "") < 0)
        return VALUE_EMPTY;
    MarshalReader reader = {.file = args[1], .allow_code = allow_code};
    Value result = marshal_read(t, &reader);
    ref_dec(t, reader.seen);
    ref_dec(t, reader.chunk);
    return result;
}

static const NativeDef *const methods[] = {&native_marshal_dumps, &native_marshal_dump, &native_marshal_loads,
                                           &native_marshal_load, NULL};

static int exec(Thread *t, Value module) { return module_add_int(t, module, "version", MARSHAL_VERSION); }

const ModuleDef module_def_marshal = {.name = "marshal",
                                      .doc = "Values as bytes and back, in a format of the interpreter's own.",
                                      .methods = methods,
                                      .exec = exec};
