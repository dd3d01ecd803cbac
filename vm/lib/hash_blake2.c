/* hash_blake2.c: BLAKE2b and BLAKE2s (RFC 7693), with all parameters of the tree mode. */
#include "hash.h"

static const uint64_t iv64[8] = {
    UINT64_C(0x6a09e667f3bcc908), UINT64_C(0xbb67ae8584caa73b), UINT64_C(0x3c6ef372fe94f82b),
    UINT64_C(0xa54ff53a5f1d36f1), UINT64_C(0x510e527fade682d1), UINT64_C(0x9b05688c2b3e6c1f),
    UINT64_C(0x1f83d9abfb41bd6b), UINT64_C(0x5be0cd19137e2179),
};
static const uint32_t iv32[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static const uint8_t sigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static inline uint64_t load_le(const uint8_t *p, int bytes)
{
    uint64_t x = 0;
    for (int i = 0; i < bytes; i++)
        x |= (uint64_t)p[i] << (8 * i);
    return x;
}

#define MIX(word, width, v, a, b, c, d, x, y, r1, r2, r3, r4)                                                          \
    do {                                                                                                               \
        v[a] += v[b] + (x);                                                                                            \
        v[d] ^= v[a], v[d] = v[d] >> r1 | v[d] << (width - r1);                                                        \
        v[c] += v[d];                                                                                                  \
        v[b] ^= v[c], v[b] = v[b] >> r2 | v[b] << (width - r2);                                                        \
        v[a] += v[b] + (y);                                                                                            \
        v[d] ^= v[a], v[d] = v[d] >> r3 | v[d] << (width - r3);                                                        \
        v[c] += v[d];                                                                                                  \
        v[b] ^= v[c], v[b] = v[b] >> r4 | v[b] << (width - r4);                                                        \
    } while (0)

#define COMPRESS(name, word, width, field, iv, rounds, r1, r2, r3, r4)                                                 \
    static void name(HashBlake *s, const uint8_t *block, bool last)                                                    \
    {                                                                                                                  \
        word m[16], v[16];                                                                                             \
        for (int i = 0; i < 16; i++)                                                                                   \
            m[i] = (word)load_le(block + i * (width / 8), width / 8);                                                  \
        for (int i = 0; i < 8; i++) {                                                                                  \
            v[i] = s->field[i];                                                                                        \
            v[i + 8] = iv[i];                                                                                          \
        }                                                                                                              \
        v[12] ^= (word)s->total_low;                                                                                   \
        v[13] ^= (word)(width == 64 ? s->total_high : s->total_low >> 32);                                             \
        if (last) {                                                                                                    \
            v[14] = ~v[14];                                                                                            \
            if (s->last_node)                                                                                          \
                v[15] = ~v[15];                                                                                        \
        }                                                                                                              \
        for (int r = 0; r < rounds; r++) {                                                                             \
            const uint8_t *p = sigma[r % 10];                                                                          \
            MIX(word, width, v, 0, 4, 8, 12, m[p[0]], m[p[1]], r1, r2, r3, r4);                                        \
            MIX(word, width, v, 1, 5, 9, 13, m[p[2]], m[p[3]], r1, r2, r3, r4);                                        \
            MIX(word, width, v, 2, 6, 10, 14, m[p[4]], m[p[5]], r1, r2, r3, r4);                                       \
            MIX(word, width, v, 3, 7, 11, 15, m[p[6]], m[p[7]], r1, r2, r3, r4);                                       \
            MIX(word, width, v, 0, 5, 10, 15, m[p[8]], m[p[9]], r1, r2, r3, r4);                                       \
            MIX(word, width, v, 1, 6, 11, 12, m[p[10]], m[p[11]], r1, r2, r3, r4);                                     \
            MIX(word, width, v, 2, 7, 8, 13, m[p[12]], m[p[13]], r1, r2, r3, r4);                                      \
            MIX(word, width, v, 3, 4, 9, 14, m[p[14]], m[p[15]], r1, r2, r3, r4);                                      \
        }                                                                                                              \
        for (int i = 0; i < 8; i++)                                                                                    \
            s->field[i] ^= v[i] ^ v[i + 8];                                                                            \
    }

COMPRESS(compress64, uint64_t, 64, h64, iv64, 12, 32, 24, 16, 63)
COMPRESS(compress32, uint32_t, 32, h32, iv32, 10, 16, 12, 8, 7)

static void add_total(HashBlake *s, uint32_t n)
{
    s->total_low += n;
    s->total_high += s->total_low < n;
}

static void compress(HashBlake *s, const HashAlgorithm *a, const uint8_t *block, bool last)
{
    if (a->block_size == 128)
        compress64(s, block, last);
    else
        compress32(s, block, last);
}

/* The last block waits until more comes: it is compressed differently. */
static void blake_update(HashState *state, const HashAlgorithm *a, const uint8_t *data, size_t n)
{
    HashBlake *s = &state->blake;
    uint32_t size = a->block_size;
    while (n) {
        if (s->at == size) {
            add_total(s, size);
            compress(s, a, s->block, false);
            s->at = 0;
        }
        while (s->at == 0 && n > size) {
            add_total(s, size);
            compress(s, a, data, false);
            data += size;
            n -= size;
        }
        size_t room = size - s->at < n ? size - s->at : n;
        memcpy(s->block + s->at, data, room);
        s->at += (uint32_t)room;
        data += room;
        n -= room;
    }
}

static void blake_final(HashState *state, const HashAlgorithm *a, uint8_t *out, size_t n)
{
    HashBlake *s = &state->blake;
    add_total(s, s->at);
    memset(s->block + s->at, 0, a->block_size - s->at);
    compress(s, a, s->block, true);
    for (size_t i = 0; i < n; i++)
        out[i] = a->block_size == 128 ? (uint8_t)(s->h64[i / 8] >> (8 * (i % 8)))
                                      : (uint8_t)(s->h32[i / 4] >> (8 * (i % 4)));
}

void hash_blake_start(HashState *state, const HashAlgorithm *a, const HashBlakeParameters *p, const uint8_t *key)
{
    bool wide = a->block_size == 128;
    uint8_t block[64] = {p->digest_size, p->key_size, p->fanout, p->depth};
    HashBlake *s = &state->blake;
    *s = (HashBlake){.digest_size = p->digest_size, .last_node = p->last_node};
    for (int i = 0; i < 4; i++)
        block[4 + i] = (uint8_t)(p->leaf_size >> (8 * i));
    for (int i = 0; i < (wide ? 8 : 6); i++)
        block[8 + i] = (uint8_t)(p->node_offset >> (8 * i));
    block[wide ? 16 : 14] = p->node_depth;
    block[wide ? 17 : 15] = p->inner_size;
    memcpy(block + (wide ? 32 : 16), p->salt, wide ? 16 : 8);
    memcpy(block + (wide ? 48 : 24), p->person, wide ? 16 : 8);
    for (int i = 0; i < 8; i++) {
        if (wide)
            s->h64[i] = iv64[i] ^ load_le(block + 8 * i, 8);
        else
            s->h32[i] = iv32[i] ^ (uint32_t)load_le(block + 4 * i, 4);
    }
    if (p->key_size) {
        uint8_t padded[128] = {0};
        memcpy(padded, key, p->key_size);
        blake_update(state, a, padded, a->block_size);
    }
}

static void blake2b_init(HashState *s)
{
    hash_blake_start(s, &hash_blake2b, &(HashBlakeParameters){.digest_size = 64, .fanout = 1, .depth = 1}, NULL);
}
static void blake2s_init(HashState *s)
{
    hash_blake_start(s, &hash_blake2s, &(HashBlakeParameters){.digest_size = 32, .fanout = 1, .depth = 1}, NULL);
}

const HashAlgorithm hash_blake2b = {"blake2b", 64, 128, blake2b_init, blake_update, blake_final};
const HashAlgorithm hash_blake2s = {"blake2s", 32, 64, blake2s_init, blake_update, blake_final};
