/* mod__hashes.c: the modules _md5, _sha1, _sha2 and _sha3, over hash_md.c and hash_sha3.c.
 *
 * State: the types, since a function makes the object in the first three. */
#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/bytes.h"
#include "hash.h"

typedef struct State {
    Type *types[4];
} State;

#define HASH_SPEC(id, type_text)                                                                                       \
    static const TypeSpec id##_spec = {                                                                                \
        .name = type_text,                                                                                             \
        .kind = KIND_OBJECT,                                                                                           \
        .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,                                                                         \
        .size = sizeof(HashObject),                                                                                    \
        .methods = hash_methods,                                                                                       \
        .getsets = hash_getsets,                                                                                       \
        .slots = {.dealloc = hash_dealloc},                                                                            \
    };

/* A function that makes an object of the type `index` of a module's state. */
#define HASH_FUNCTION(id, module_id, index)                                                                            \
    NATIVE(id, #id, HASH_SIGNATURE, "A new " #id " hash object, fed with data.")                                       \
    {                                                                                                                  \
        return hash_construct(t, ((State *)t->interp->module_state[module_id])->types[index], &hash_##id, args[1],     \
                              args[3]);                                                                                \
    }

static State *make_state(Thread *t, ModuleId id)
{
    if (!t->interp->module_state[id])
        t->interp->module_state[id] = alloc_memory_zeroed(t, 1, sizeof(State));
    return t->interp->module_state[id];
}

static void free_state(Thread *t, void *memory)
{
    for (int i = 0; i < 4; i++)
        ref_dec_ptr(t, ((State *)memory)->types[i]);
    alloc_memory_free(t, memory);
}

/* Makes a type and adds it under a name of its own. */
static int add_type(Thread *t, Value module, State *state, int index, const TypeSpec *spec, const char *name)
{
    Type *type = state ? type_from_spec(t, spec, NULL) : NULL;
    if (!type)
        return -1;
    REF_CLEAR_PTR(t, state->types[index]);
    state->types[index] = type;
    return module_add_take(t, module, name, ref_inc(t, value_of(type)));
}

/* The largest object of data that is hashed with the lock held, for tests. */
static int add_size(Thread *t, Value module) { return module_add_int(t, module, "_GIL_MINSIZE", 2048); }

/* ---- _md5, _sha1 ---- */

HASH_SPEC(md5, "_md5.md5")
HASH_FUNCTION(md5, MODULE__md5, 0)
static const NativeDef *const md5_functions[] = {&native_md5, NULL};
static int md5_exec(Thread *t, Value module)
{
    return add_type(t, module, make_state(t, MODULE__md5), 0, &md5_spec, "MD5Type") < 0 ? -1 : add_size(t, module);
}
const ModuleDef module_def__md5 = {
    .name = "_md5", .doc = "MD5.", .methods = md5_functions, .exec = md5_exec, .free_state = free_state};

HASH_SPEC(sha1, "_sha1.sha1")
HASH_FUNCTION(sha1, MODULE__sha1, 0)
static const NativeDef *const sha1_functions[] = {&native_sha1, NULL};
static int sha1_exec(Thread *t, Value module)
{
    return add_type(t, module, make_state(t, MODULE__sha1), 0, &sha1_spec, "SHA1Type") < 0 ? -1 : add_size(t, module);
}
const ModuleDef module_def__sha1 = {
    .name = "_sha1", .doc = "SHA-1.", .methods = sha1_functions, .exec = sha1_exec, .free_state = free_state};

/* ---- _sha2 ---- */

HASH_SPEC(sha224, "_sha2.SHA224Type")
HASH_SPEC(sha256, "_sha2.SHA256Type")
HASH_SPEC(sha384, "_sha2.SHA384Type")
HASH_SPEC(sha512, "_sha2.SHA512Type")
HASH_FUNCTION(sha224, MODULE__sha2, 0)
HASH_FUNCTION(sha256, MODULE__sha2, 1)
HASH_FUNCTION(sha384, MODULE__sha2, 2)
HASH_FUNCTION(sha512, MODULE__sha2, 3)
static const NativeDef *const sha2_functions[] = {&native_sha224, &native_sha256, &native_sha384, &native_sha512, NULL};
static int sha2_exec(Thread *t, Value module)
{
    State *state = make_state(t, MODULE__sha2);
    if (add_type(t, module, state, 0, &sha224_spec, "SHA224Type") < 0 ||
        add_type(t, module, state, 1, &sha256_spec, "SHA256Type") < 0 ||
        add_type(t, module, state, 2, &sha384_spec, "SHA384Type") < 0 ||
        add_type(t, module, state, 3, &sha512_spec, "SHA512Type") < 0)
        return -1;
    return add_size(t, module);
}
const ModuleDef module_def__sha2 = {.name = "_sha2",
                                    .doc = "SHA-224, SHA-256, SHA-384 and SHA-512.",
                                    .methods = sha2_functions,
                                    .exec = sha2_exec,
                                    .free_state = free_state};

/* ---- _sha3: the types are called themselves ---- */

static Value sha3_new(Thread *t, Type *type, const HashAlgorithm *a, const Value *args, uint32_t n, Value names)
{
    Value out[3];
    if (native_parse(t, a->name, "(data=b'', /, *, usedforsecurity=True, string=None)", args, n, names, out) < 0)
        return VALUE_EMPTY;
    return hash_construct(t, type, a, out[0], out[2]);
}

static Value get_capacity(Thread *t, Value self)
{
    return value_from_int(1600 - 8 * hash_of(self)->algorithm->block_size);
}
static Value get_rate(Thread *t, Value self) { return value_from_int(8 * hash_of(self)->algorithm->block_size); }
static Value get_suffix(Thread *t, Value self)
{
    return bytes_new(t, hash_of(self)->algorithm->digest_size ? "\x06" : "\x1f", 1);
}
static Value get_name(Thread *t, Value self) { return hash_getsets[0].get(t, self); }
static Value get_digest_size(Thread *t, Value self) { return hash_getsets[1].get(t, self); }
static Value get_block_size(Thread *t, Value self) { return hash_getsets[2].get(t, self); }
static const GetSetDef sha3_getsets[] = {
    {"name", get_name, NULL, "The algorithm's name."},
    {"digest_size", get_digest_size, NULL, "Bytes of a digest; 0 when the caller chooses."},
    {"block_size", get_block_size, NULL, "Bytes of a block of the algorithm."},
    {"_capacity_bits", get_capacity, NULL, "The sponge's capacity."},
    {"_rate_bits", get_rate, NULL, "The sponge's rate."},
    {"_suffix", get_suffix, NULL, "The bits that end a message."},
    {NULL, NULL, NULL, NULL},
};

#define SHA3_TYPE(id, methods_)                                                                                        \
    static Value id##_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)                        \
    {                                                                                                                  \
        return sha3_new(t, type, &hash_##id, args, n, names);                                                          \
    }                                                                                                                  \
    static const TypeSpec id##_spec = {                                                                                \
        .name = "_sha3." #id,                                                                                          \
        .doc = "A new " #id " hash object, fed with data.",                                                            \
        .signature = "(data=b'', /, *, usedforsecurity=True, string=None)",                                            \
        .kind = KIND_OBJECT,                                                                                           \
        .flags = TYPE_IMMUTABLE,                                                                                       \
        .size = sizeof(HashObject),                                                                                    \
        .methods = methods_,                                                                                           \
        .getsets = sha3_getsets,                                                                                       \
        .slots = {.dealloc = hash_dealloc, .create = id##_create},                                                     \
    };
SHA3_TYPE(sha3_224, hash_methods)
SHA3_TYPE(sha3_256, hash_methods)
SHA3_TYPE(sha3_384, hash_methods)
SHA3_TYPE(sha3_512, hash_methods)
SHA3_TYPE(shake_128, hash_shake_methods)
SHA3_TYPE(shake_256, hash_shake_methods)

static int sha3_exec(Thread *t, Value module)
{
    const TypeSpec *specs[] = {&sha3_224_spec, &sha3_256_spec,  &sha3_384_spec,
                               &sha3_512_spec, &shake_128_spec, &shake_256_spec};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        if (!module_add_type(t, module, specs[i], NULL))
            return -1;
    return module_add_string(t, module, "implementation", "sponge on 64-bit lanes") < 0 ? -1 : add_size(t, module);
}
const ModuleDef module_def__sha3 = {.name = "_sha3", .doc = "SHA-3 and SHAKE.", .exec = sha3_exec};
