/* mod__blake2.c: the module _blake2: the types blake2b and blake2s with all their parameters. */
#include "../memory/ref.h"
#include "../object/buffer.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "argument.h"
#include "hash.h"

typedef struct Limits {
    const HashAlgorithm *algorithm;
    int digest, key, salt, person;
} Limits;
static const Limits limits_b = {&hash_blake2b, 64, 64, 16, 16}, limits_s = {&hash_blake2s, 32, 32, 8, 8};

/* Copies a bytes-like parameter of at most `max` bytes: its length, or -1. */
static int bytes_parameter(Thread *t, Value v, int max, const char *what, uint8_t *out)
{
    if (value_is_empty(v))
        return 0;
    Buffer view;
    if (buffer_get(t, v, &view, BUFFER_SIMPLE) < 0)
        return -1;
    int length = -1;
    if (view.length > (size_t)max) {
        error_set(t, EXC_ValueError, "maximum %s length is %d bytes", what, max);
    } else {
        length = (int)view.length;
        memcpy(out, view.data, view.length);
    }
    buffer_release(t, &view);
    return length;
}

/* An unsigned parameter: 0 or -1. */
static int unsigned_parameter(Thread *t, Value v, uint64_t *result)
{
    *result = 0;
    if (value_is_empty(v))
        return 0;
    Value index = number_index(t, v);
    if (value_is_empty(index))
        return -1;
    int ok = -1;
    if (int_sign(index) < 0)
        error_set(t, EXC_ValueError, "value must be positive");
    else if (int_bit_length(index) > 64)
        error_set(t, EXC_OverflowError, "int too big to convert");
    else
        *result = int_to_uint64_mask(index), ok = 0;
    ref_dec(t, index);
    return ok;
}

static int range_parameter(Thread *t, Value v, int absent, int min, int max, const char *message, uint8_t *result)
{
    int i;
    if (argument_int(t, v, absent, &i) < 0)
        return -1;
    if (i < min || i > max)
        return error_set(t, EXC_ValueError, message, max), -1;
    *result = (uint8_t)i;
    return 0;
}

static Value create(Thread *t, Type *type, const Limits *limits, const Value *args, uint32_t n, Value names)
{
    enum {
        DATA,
        DIGEST_SIZE,
        KEY,
        SALT,
        PERSON,
        FANOUT,
        DEPTH,
        LEAF_SIZE,
        NODE_OFFSET,
        NODE_DEPTH,
        INNER_SIZE,
        LAST_NODE,
        SECURITY,
        STRING,
        COUNT
    };
    Value out[COUNT], data;
    const HashAlgorithm *a = limits->algorithm;
    if (native_parse(t, a->name,
                     "(data=b'', /, *, digest_size=64, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, "
                     "node_offset=0, node_depth=0, "
                     "inner_size=0, last_node=False, usedforsecurity=True, string=None)",
                     args, n, names, out) < 0 ||
        hash_data_argument(t, out[DATA], out[STRING], &data) < 0)
        return VALUE_EMPTY;
    HashBlakeParameters p = {0};
    uint8_t key[64];
    uint64_t leaf_size;
    int digest_size;
    if (argument_int(t, out[DIGEST_SIZE], limits->digest, &digest_size) < 0)
        return VALUE_EMPTY;
    if (digest_size <= 0 || digest_size > limits->digest)
        return error_set(t, EXC_ValueError, "digest_size for %s must be between 1 and %d bytes, here it is %d",
                         limits == &limits_b ? "Blake2b" : "Blake2s", limits->digest, digest_size);
    p.digest_size = (uint8_t)digest_size;
    if (bytes_parameter(t, out[SALT], limits->salt, "salt", p.salt) < 0 ||
        bytes_parameter(t, out[PERSON], limits->person, "person", p.person) < 0 ||
        range_parameter(t, out[FANOUT], 1, 0, 255, "fanout must be between 0 and %d", &p.fanout) < 0 ||
        range_parameter(t, out[DEPTH], 1, 1, 255, "depth must be between 1 and %d", &p.depth) < 0 ||
        unsigned_parameter(t, out[LEAF_SIZE], &leaf_size) < 0)
        return VALUE_EMPTY;
    if (leaf_size > UINT32_MAX)
        return error_set(t, EXC_OverflowError, "leaf_size is too large");
    p.leaf_size = (uint32_t)leaf_size;
    if (unsigned_parameter(t, out[NODE_OFFSET], &p.node_offset) < 0)
        return VALUE_EMPTY;
    if (limits == &limits_s && p.node_offset > UINT64_C(0xFFFFFFFFFFFF))
        return error_set(t, EXC_OverflowError, "node_offset is too large");
    if (range_parameter(t, out[NODE_DEPTH], 0, 0, 255, "node_depth must be between 0 and %d", &p.node_depth) < 0 ||
        range_parameter(t, out[INNER_SIZE], 0, 0, limits->digest, "inner_size must be between 0 and is %d",
                        &p.inner_size) < 0)
        return VALUE_EMPTY;
    int last_node = argument_bool(t, out[LAST_NODE], 0),
        key_size = last_node < 0 ? -1 : bytes_parameter(t, out[KEY], limits->key, "key", key);
    if (key_size < 0)
        return VALUE_EMPTY;
    p.last_node = last_node;
    p.key_size = (uint8_t)key_size;
    HashObject *h = hash_object_new(t, type, a);
    if (!h)
        return VALUE_EMPTY;
    h->digest_size = p.digest_size;
    hash_blake_start(&h->state, a, &p, key);
    memset(key, 0, sizeof key);
    if (!value_is_empty(data) && hash_object_update(t, h, data) < 0) {
        ref_dec_ptr(t, h);
        return VALUE_EMPTY;
    }
    return value_of(h);
}

static Value create_b(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return create(t, type, &limits_b, args, n, names);
}
static Value create_s(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    return create(t, type, &limits_s, args, n, names);
}

#define BLAKE2_SPEC(id, max)                                                                                           \
    static const TypeSpec id##_spec = {                                                                                \
        .name = "_blake2." #id,                                                                                        \
        .doc = "A new " #id " hash object, fed with data.",                                                            \
        .signature = "(data=b'', /, *, digest_size=" max                                                               \
                     ", key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, "  \
                     "inner_size=0, last_node=False, usedforsecurity=True, string=None)",                              \
        .kind = KIND_OBJECT,                                                                                           \
        .flags = TYPE_IMMUTABLE,                                                                                       \
        .size = sizeof(HashObject),                                                                                    \
        .methods = hash_methods,                                                                                       \
        .getsets = hash_getsets,                                                                                       \
        .slots = {.dealloc = hash_dealloc, .create = id##_create},                                                     \
    };
#define blake2b_create create_b
#define blake2s_create create_s
BLAKE2_SPEC(blake2b, "64")
BLAKE2_SPEC(blake2s, "32")

static int add_constants(Thread *t, Value module, Type *type, const Limits *limits, const char *prefix)
{
    const struct {
        const char *name;
        int value;
    } constants[] = {{"SALT_SIZE", limits->salt},
                     {"PERSON_SIZE", limits->person},
                     {"MAX_KEY_SIZE", limits->key},
                     {"MAX_DIGEST_SIZE", limits->digest}};
    Value dict = type_peek_dict(t, type);
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
        char name[40] = {0};
        strcat(strcpy(name, prefix), constants[i].name);
        Value v = value_from_int(constants[i].value);
        if (value_is_empty(dict) || dict_set_string(t, dict, constants[i].name, v) < 0 ||
            module_add_take(t, module, name, v) < 0)
            return -1;
    }
    type_modified(t, type);
    return 0;
}

static int exec(Thread *t, Value module)
{
    Type *b = module_add_type(t, module, &blake2b_spec, NULL);
    if (!b || add_constants(t, module, b, &limits_b, "BLAKE2B_") < 0)
        return -1;
    Type *s = module_add_type(t, module, &blake2s_spec, NULL);
    if (!s || add_constants(t, module, s, &limits_s, "BLAKE2S_") < 0)
        return -1;
    return module_add_int(t, module, "_GIL_MINSIZE", 2048);
}

const ModuleDef module_def__blake2 = {.name = "_blake2", .doc = "BLAKE2b and BLAKE2s.", .exec = exec};
