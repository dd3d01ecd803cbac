/* mod__types.c: the module _types: names for built-in types.  No state, no locks. */
#include "../object/error.h"
#include "../object/module.h"
#include "../memory/ref.h"

/* Capsules are objects of C extensions only; their type has a name all the same. */
static const TypeSpec capsule_spec = {
    .name = "PyCapsule",
    .doc = "A C pointer as an object; only C code makes and reads them.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE | TYPE_NO_NEW,
    .size = sizeof(Object),
};

static const struct {
    const char *name;
    Kind kind;
} names[] = {
    {"AsyncGeneratorType", KIND_ASYNC_GENERATOR},
    {"BuiltinFunctionType", KIND_NATIVE},
    {"BuiltinMethodType", KIND_NATIVE},
    {"CellType", KIND_CELL},
    {"ClassMethodDescriptorType", KIND_CLASSMETHOD_DESCRIPTOR},
    {"CodeType", KIND_CODE},
    {"CoroutineType", KIND_COROUTINE},
    {"EllipsisType", KIND_ELLIPSIS},
    {"FrameType", KIND_FRAME},
    {"FunctionType", KIND_FUNCTION},
    {"GeneratorType", KIND_GENERATOR},
    {"GenericAlias", KIND_GENERIC_ALIAS},
    {"GetSetDescriptorType", KIND_GETSET_DESCRIPTOR},
    {"LambdaType", KIND_FUNCTION},
    {"MappingProxyType", KIND_MAPPINGPROXY},
    {"MemberDescriptorType", KIND_MEMBER_DESCRIPTOR},
    {"MethodDescriptorType", KIND_METHOD_DESCRIPTOR},
    {"MethodType", KIND_METHOD},
    {"MethodWrapperType", KIND_METHOD_WRAPPER},
    {"ModuleType", KIND_MODULE},
    {"NoneType", KIND_NONE},
    {"NotImplementedType", KIND_NOTIMPLEMENTED},
    {"SimpleNamespace", KIND_NAMESPACE},
    {"TracebackType", KIND_TRACEBACK},
    {"UnionType", KIND_UNION},
    {"WrapperDescriptorType", KIND_WRAPPER_DESCRIPTOR},
};

static int exec(Thread *t, Value module)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (module_add_take(t, module, names[i].name, ref_inc(t, value_of(t->types[names[i].kind]))) < 0)
            return -1;
    }
    Type *capsule = type_from_spec(t, &capsule_spec, NULL);
    return capsule ? module_add_take(t, module, "CapsuleType", value_of(capsule)) : -1;
}

const ModuleDef module_def__types = {.name = "_types", .doc = "Names for built-in types.", .exec = exec};
