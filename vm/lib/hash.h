/* hash.h: hash algorithms as plain C over a state in memory, and the objects that Python sees of them.
 *
 * The algorithms know nothing of the interpreter, so they run without its lock.  A state is copied by memcpy.  Objects: hash_object.c. */
#ifndef BATON_LIB_HASH_H
#define BATON_LIB_HASH_H

#include "../object/module.h"
#include "../thread/lock.h"

typedef struct HashBlock32 { /* MD5, SHA-1, SHA-224, SHA-256: blocks of 64 bytes */
    uint32_t h[8];
    uint64_t total; /* bytes taken */
    uint8_t block[64];
} HashBlock32;

typedef struct HashBlock64 { /* SHA-384, SHA-512: blocks of 128 bytes */
    uint64_t h[8];
    uint64_t total;
    uint8_t block[128];
} HashBlock64;

typedef struct HashKeccak {
    uint64_t lanes[25];
    uint32_t at; /* bytes of the current block taken */
} HashKeccak;

typedef struct HashBlake {
    union {
        uint64_t h64[8];
        uint32_t h32[8];
    };
    uint64_t total_low, total_high; /* bytes compressed */
    uint32_t at;                    /* bytes waiting in `block` */
    uint8_t digest_size;
    bool last_node;
    uint8_t block[128];
} HashBlake;

typedef union HashState {
    HashBlock32 block32;
    HashBlock64 block64;
    HashKeccak keccak;
    HashBlake blake;
} HashState;

typedef struct HashAlgorithm {
    const char *name;
    uint16_t digest_size; /* 0: as many bytes as asked for */
    uint16_t block_size;
    void (*init)(HashState *s);
    void (*update)(HashState *s, const struct HashAlgorithm *a, const uint8_t *data, size_t n);
    void (*final)(HashState *s, const struct HashAlgorithm *a, uint8_t *out, size_t n); /* spoils the state */
} HashAlgorithm;

extern const HashAlgorithm hash_md5, hash_sha1, hash_sha224, hash_sha256, hash_sha384, hash_sha512, hash_sha3_224,
    hash_sha3_256, hash_sha3_384, hash_sha3_512, hash_shake_128, hash_shake_256, hash_blake2b, hash_blake2s;

/* The parameter block of BLAKE2, in the order of the standard's fields; key is already part of it by its length only. */
typedef struct HashBlakeParameters {
    uint8_t digest_size, key_size, fanout, depth;
    uint32_t leaf_size;
    uint64_t node_offset;
    uint8_t node_depth, inner_size;
    uint8_t salt[16], person[16];
    bool last_node;
} HashBlakeParameters;
void hash_blake_start(HashState *s, const HashAlgorithm *a, const HashBlakeParameters *p, const uint8_t *key);

/* ---- objects ---- */

/* Invariant: while `lock` is held by a thread, only that thread looks at the state, attached or not. */
typedef struct HashObject {
    Object head;
    const HashAlgorithm *algorithm;
    PyLock lock;
    uint8_t digest_size;
    HashState state;
} HashObject;

static inline HashObject *hash_of(Value v) { return (HashObject *)value_object(v); }
MUST_CHECK HashObject *hash_object_new(Thread *t, Type *type, const HashAlgorithm *a); /* initialised, no data yet */
/* Feeds a bytes-like object: 0, or -1 with TypeError or BufferError. */
int hash_object_update(Thread *t, HashObject *h, Value data);
/* The data of a constructor's two arguments of which one is the old name: 0 or -1; *data is borrowed or empty. */
int hash_data_argument(Thread *t, Value data, Value string, Value *result);
/* An object made by a constructor of the form (data=b'', *, usedforsecurity=True, string=None). */
MUST_CHECK Value hash_construct(Thread *t, Type *type, const HashAlgorithm *a, Value data, Value string);
#define HASH_SIGNATURE "($module, /, data=b'', *, usedforsecurity=True, string=None)"

extern const NativeDef *const hash_methods[], *const hash_shake_methods[]; /* update, digest, hexdigest, copy */
extern const GetSetDef hash_getsets[];                                     /* name, digest_size, block_size */
void hash_dealloc(Thread *t, Object *o);

#endif
