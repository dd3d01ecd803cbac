/* hash_sha3.c: SHA-3 and SHAKE (FIPS 202): the sponge over Keccak-f[1600]. */
#include "hash.h"

static inline uint64_t rotl64(uint64_t x, int n) { return n ? x << n | x >> (64 - n) : x; }

static void keccak(uint64_t a[25])
{
    static const uint64_t constants[24] = {
        UINT64_C(0x0000000000000001), UINT64_C(0x0000000000008082), UINT64_C(0x800000000000808a),
        UINT64_C(0x8000000080008000), UINT64_C(0x000000000000808b), UINT64_C(0x0000000080000001),
        UINT64_C(0x8000000080008081), UINT64_C(0x8000000000008009), UINT64_C(0x000000000000008a),
        UINT64_C(0x0000000000000088), UINT64_C(0x0000000080008009), UINT64_C(0x000000008000000a),
        UINT64_C(0x000000008000808b), UINT64_C(0x800000000000008b), UINT64_C(0x8000000000008089),
        UINT64_C(0x8000000000008003), UINT64_C(0x8000000000008002), UINT64_C(0x8000000000000080),
        UINT64_C(0x000000000000800a), UINT64_C(0x800000008000000a), UINT64_C(0x8000000080008081),
        UINT64_C(0x8000000000008080), UINT64_C(0x0000000080000001), UINT64_C(0x8000000080008008),
    };
    /* The lanes in the order in which pi visits them, starting at lane 1, and rho's rotations along that way. */
    static const uint8_t way[24] = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                                    15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};
    static const uint8_t turns[24] = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                                      27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};
    for (int round = 0; round < 24; round++) {
        uint64_t column[5];
        for (int x = 0; x < 5; x++)
            column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (int x = 0; x < 5; x++) {
            uint64_t d = column[(x + 4) % 5] ^ rotl64(column[(x + 1) % 5], 1);
            for (int y = 0; y < 25; y += 5)
                a[x + y] ^= d;
        }
        uint64_t moving = a[1];
        for (int i = 0; i < 24; i++) {
            uint64_t next = a[way[i]];
            a[way[i]] = rotl64(moving, turns[i]);
            moving = next;
        }
        for (int y = 0; y < 25; y += 5) {
            uint64_t row[5];
            memcpy(row, a + y, sizeof row);
            for (int x = 0; x < 5; x++)
                a[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
        }
        a[0] ^= constants[round];
    }
}

static inline void absorb_byte(HashKeccak *s, uint32_t at, uint8_t c)
{
    s->lanes[at / 8] ^= (uint64_t)c << (8 * (at % 8));
}

static void keccak_init(HashState *s) { s->keccak = (HashKeccak){.at = 0}; }

static void keccak_update(HashState *state, const HashAlgorithm *a, const uint8_t *data, size_t n)
{
    HashKeccak *s = &state->keccak;
    uint32_t rate = a->block_size;
    while (n) {
        if (s->at == 0 && n >= rate) { /* a whole block, lane by lane */
            for (uint32_t i = 0; i < rate; i += 8) {
                uint64_t lane = 0;
                for (int k = 0; k < 8; k++)
                    lane |= (uint64_t)data[i + (uint32_t)k] << (8 * k);
                s->lanes[i / 8] ^= lane;
            }
            keccak(s->lanes);
            data += rate;
            n -= rate;
            continue;
        }
        absorb_byte(s, s->at, *data++);
        n--;
        if (++s->at == rate) {
            keccak(s->lanes);
            s->at = 0;
        }
    }
}

static void squeeze(HashKeccak *s, uint32_t rate, uint8_t suffix, uint8_t *out, size_t n)
{
    absorb_byte(s, s->at, suffix);
    absorb_byte(s, rate - 1, 0x80);
    for (size_t i = 0; i < n; i++) {
        uint32_t at = (uint32_t)(i % rate);
        if (at == 0)
            keccak(s->lanes);
        out[i] = (uint8_t)(s->lanes[at / 8] >> (8 * (at % 8)));
    }
}

static void sha3_final(HashState *s, const HashAlgorithm *a, uint8_t *out, size_t n)
{
    squeeze(&s->keccak, a->block_size, 0x06, out, n);
}
static void shake_final(HashState *s, const HashAlgorithm *a, uint8_t *out, size_t n)
{
    squeeze(&s->keccak, a->block_size, 0x1F, out, n);
}

const HashAlgorithm hash_sha3_224 = {"sha3_224", 28, 144, keccak_init, keccak_update, sha3_final};
const HashAlgorithm hash_sha3_256 = {"sha3_256", 32, 136, keccak_init, keccak_update, sha3_final};
const HashAlgorithm hash_sha3_384 = {"sha3_384", 48, 104, keccak_init, keccak_update, sha3_final};
const HashAlgorithm hash_sha3_512 = {"sha3_512", 64, 72, keccak_init, keccak_update, sha3_final};
const HashAlgorithm hash_shake_128 = {"shake_128", 0, 168, keccak_init, keccak_update, shake_final};
const HashAlgorithm hash_shake_256 = {"shake_256", 0, 136, keccak_init, keccak_update, shake_final};
