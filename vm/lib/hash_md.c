/* hash_md.c: MD5 (RFC 1321), SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512 (FIPS 180-4).
 *
 * All fill blocks, pad with 0x80, zeros and the length in bits, and run a compression function; MD5 counts bytes little-endian. */
#include "hash.h"

static inline uint32_t rotl32(uint32_t x, int n) { return x << n | x >> (32 - n); }
static inline uint32_t rotr32(uint32_t x, int n) { return x >> n | x << (32 - n); }
static inline uint64_t rotr64(uint64_t x, int n) { return x >> n | x << (64 - n); }
static inline uint32_t load_le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static inline uint32_t load_be32(const uint8_t *p)
{
    return (uint32_t)p[3] | (uint32_t)p[2] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[0] << 24;
}
static inline uint64_t load_be64(const uint8_t *p) { return (uint64_t)load_be32(p) << 32 | load_be32(p + 4); }
static inline void store_be64(uint8_t *p, uint64_t x)
{
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)(x >> (56 - 8 * i));
}

/* ---- compression functions ---- */

static void md5_block(uint32_t h[8], const uint8_t *p)
{
    static const uint32_t k[64] = {
        0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
        0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
        0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
        0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
        0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
        0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
        0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
        0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
    };
    static const uint8_t shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3];
    for (int i = 0; i < 64; i++) {
        uint32_t f;
        int g;
        switch (i >> 4) {
        case 0:
            f = d ^ (b & (c ^ d));
            g = i;
            break;
        case 1:
            f = c ^ (d & (b ^ c));
            g = (5 * i + 1) & 15;
            break;
        case 2:
            f = b ^ c ^ d;
            g = (3 * i + 5) & 15;
            break;
        default:
            f = c ^ (b | ~d);
            g = (7 * i) & 15;
            break;
        }
        uint32_t next = b + rotl32(a + f + k[i] + load_le32(p + 4 * g), shifts[i >> 4][i & 3]);
        a = d;
        d = c;
        c = b;
        b = next;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
}

static void sha1_block(uint32_t h[8], const uint8_t *p)
{
    uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 16; i++)
        w[i] = load_be32(p + 4 * i);
    for (int i = 16; i < 80; i++)
        w[i] = rotl32(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
        uint32_t f, k;
        if (i < 20)
            f = d ^ (b & (c ^ d)), k = 0x5a827999;
        else if (i < 40)
            f = b ^ c ^ d, k = 0x6ed9eba1;
        else if (i < 60)
            f = (b & c) | (d & (b | c)), k = 0x8f1bbcdc;
        else
            f = b ^ c ^ d, k = 0xca62c1d6;
        uint32_t next = rotl32(a, 5) + f + e + k + w[i];
        e = d;
        d = c;
        c = rotl32(b, 30);
        b = a;
        a = next;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
}

/* SHA-256 and SHA-512 differ in the width of words and in the amounts of rotation. */
#define SHA2_BLOCK(name, word, rounds, load, bytes, rotr, S0a, S0b, S0c, S1a, S1b, S1c, s0a, s0b, s0c, s1a, s1b, s1c,  \
                   constants)                                                                                          \
    static void name(word h[8], const uint8_t *p)                                                                      \
    {                                                                                                                  \
        word w[rounds], v[8];                                                                                          \
        for (int i = 0; i < 16; i++)                                                                                   \
            w[i] = load(p + bytes * i);                                                                                \
        for (int i = 16; i < rounds; i++) {                                                                            \
            word x = w[i - 15], y = w[i - 2];                                                                          \
            w[i] = w[i - 16] + (rotr(x, s0a) ^ rotr(x, s0b) ^ x >> s0c) + w[i - 7] +                                   \
                   (rotr(y, s1a) ^ rotr(y, s1b) ^ y >> s1c);                                                           \
        }                                                                                                              \
        memcpy(v, h, sizeof v);                                                                                        \
        for (int i = 0; i < rounds; i++) {                                                                             \
            word t1 = v[7] + (rotr(v[4], S1a) ^ rotr(v[4], S1b) ^ rotr(v[4], S1c)) + (v[6] ^ (v[4] & (v[5] ^ v[6]))) + \
                      constants[i] + w[i];                                                                             \
            word t2 =                                                                                                  \
                (rotr(v[0], S0a) ^ rotr(v[0], S0b) ^ rotr(v[0], S0c)) + ((v[0] & v[1]) | (v[2] & (v[0] | v[1])));      \
            v[7] = v[6];                                                                                               \
            v[6] = v[5];                                                                                               \
            v[5] = v[4];                                                                                               \
            v[4] = v[3] + t1;                                                                                          \
            v[3] = v[2];                                                                                               \
            v[2] = v[1];                                                                                               \
            v[1] = v[0];                                                                                               \
            v[0] = t1 + t2;                                                                                            \
        }                                                                                                              \
        for (int i = 0; i < 8; i++)                                                                                    \
            h[i] += v[i];                                                                                              \
    }

static const uint32_t k256[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
static const uint64_t k512[80] = {
    UINT64_C(0x428a2f98d728ae22), UINT64_C(0x7137449123ef65cd), UINT64_C(0xb5c0fbcfec4d3b2f),
    UINT64_C(0xe9b5dba58189dbbc), UINT64_C(0x3956c25bf348b538), UINT64_C(0x59f111f1b605d019),
    UINT64_C(0x923f82a4af194f9b), UINT64_C(0xab1c5ed5da6d8118), UINT64_C(0xd807aa98a3030242),
    UINT64_C(0x12835b0145706fbe), UINT64_C(0x243185be4ee4b28c), UINT64_C(0x550c7dc3d5ffb4e2),
    UINT64_C(0x72be5d74f27b896f), UINT64_C(0x80deb1fe3b1696b1), UINT64_C(0x9bdc06a725c71235),
    UINT64_C(0xc19bf174cf692694), UINT64_C(0xe49b69c19ef14ad2), UINT64_C(0xefbe4786384f25e3),
    UINT64_C(0x0fc19dc68b8cd5b5), UINT64_C(0x240ca1cc77ac9c65), UINT64_C(0x2de92c6f592b0275),
    UINT64_C(0x4a7484aa6ea6e483), UINT64_C(0x5cb0a9dcbd41fbd4), UINT64_C(0x76f988da831153b5),
    UINT64_C(0x983e5152ee66dfab), UINT64_C(0xa831c66d2db43210), UINT64_C(0xb00327c898fb213f),
    UINT64_C(0xbf597fc7beef0ee4), UINT64_C(0xc6e00bf33da88fc2), UINT64_C(0xd5a79147930aa725),
    UINT64_C(0x06ca6351e003826f), UINT64_C(0x142929670a0e6e70), UINT64_C(0x27b70a8546d22ffc),
    UINT64_C(0x2e1b21385c26c926), UINT64_C(0x4d2c6dfc5ac42aed), UINT64_C(0x53380d139d95b3df),
    UINT64_C(0x650a73548baf63de), UINT64_C(0x766a0abb3c77b2a8), UINT64_C(0x81c2c92e47edaee6),
    UINT64_C(0x92722c851482353b), UINT64_C(0xa2bfe8a14cf10364), UINT64_C(0xa81a664bbc423001),
    UINT64_C(0xc24b8b70d0f89791), UINT64_C(0xc76c51a30654be30), UINT64_C(0xd192e819d6ef5218),
    UINT64_C(0xd69906245565a910), UINT64_C(0xf40e35855771202a), UINT64_C(0x106aa07032bbd1b8),
    UINT64_C(0x19a4c116b8d2d0c8), UINT64_C(0x1e376c085141ab53), UINT64_C(0x2748774cdf8eeb99),
    UINT64_C(0x34b0bcb5e19b48a8), UINT64_C(0x391c0cb3c5c95a63), UINT64_C(0x4ed8aa4ae3418acb),
    UINT64_C(0x5b9cca4f7763e373), UINT64_C(0x682e6ff3d6b2b8a3), UINT64_C(0x748f82ee5defb2fc),
    UINT64_C(0x78a5636f43172f60), UINT64_C(0x84c87814a1f0ab72), UINT64_C(0x8cc702081a6439ec),
    UINT64_C(0x90befffa23631e28), UINT64_C(0xa4506cebde82bde9), UINT64_C(0xbef9a3f7b2c67915),
    UINT64_C(0xc67178f2e372532b), UINT64_C(0xca273eceea26619c), UINT64_C(0xd186b8c721c0c207),
    UINT64_C(0xeada7dd6cde0eb1e), UINT64_C(0xf57d4f7fee6ed178), UINT64_C(0x06f067aa72176fba),
    UINT64_C(0x0a637dc5a2c898a6), UINT64_C(0x113f9804bef90dae), UINT64_C(0x1b710b35131c471b),
    UINT64_C(0x28db77f523047d84), UINT64_C(0x32caab7b40c72493), UINT64_C(0x3c9ebe0a15c9bebc),
    UINT64_C(0x431d67c49c100d4c), UINT64_C(0x4cc5d4becb3e42b6), UINT64_C(0x597f299cfc657e2a),
    UINT64_C(0x5fcb6fab3ad6faec), UINT64_C(0x6c44198c4a475817),
};

SHA2_BLOCK(sha256_block, uint32_t, 64, load_be32, 4, rotr32, 2, 13, 22, 6, 11, 25, 7, 18, 3, 17, 19, 10, k256)
SHA2_BLOCK(sha512_block, uint64_t, 80, load_be64, 8, rotr64, 28, 34, 39, 14, 18, 41, 1, 8, 7, 19, 61, 6, k512)

/* ---- filling blocks ---- */

static void update32(HashBlock32 *s, void (*block)(uint32_t[8], const uint8_t *), const uint8_t *data, size_t n)
{
    size_t at = s->total & 63;
    s->total += n;
    if (at) {
        size_t room = 64 - at < n ? 64 - at : n;
        memcpy(s->block + at, data, room);
        data += room;
        n -= room;
        if (at + room < 64)
            return;
        block(s->h, s->block);
    }
    for (; n >= 64; n -= 64, data += 64)
        block(s->h, data);
    memcpy(s->block, data, n);
}

static void final32(HashBlock32 *s, void (*block)(uint32_t[8], const uint8_t *), uint8_t *out, size_t n, bool little)
{
    uint64_t bits = s->total * 8;
    uint8_t pad[72] = {0x80}, length[8];
    size_t at = s->total & 63;
    for (int i = 0; i < 8; i++)
        length[i] = (uint8_t)(bits >> (little ? 8 * i : 56 - 8 * i));
    update32(s, block, pad, at < 56 ? 56 - at : 120 - at);
    update32(s, block, length, 8);
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(s->h[i / 4] >> (little ? 8 * (i % 4) : 24 - 8 * (i % 4)));
}

static void update64(HashBlock64 *s, const uint8_t *data, size_t n)
{
    size_t at = s->total & 127;
    s->total += n;
    if (at) {
        size_t room = 128 - at < n ? 128 - at : n;
        memcpy(s->block + at, data, room);
        data += room;
        n -= room;
        if (at + room < 128)
            return;
        sha512_block(s->h, s->block);
    }
    for (; n >= 128; n -= 128, data += 128)
        sha512_block(s->h, data);
    memcpy(s->block, data, n);
}

static void final64(HashBlock64 *s, uint8_t *out, size_t n)
{
    uint64_t total = s->total;
    uint8_t pad[136] = {0x80}, length[16] = {0};
    size_t at = total & 127;
    store_be64(length, total >> 61);
    store_be64(length + 8, total << 3);
    update64(s, pad, at < 112 ? 112 - at : 240 - at);
    update64(s, length, 16);
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(s->h[i / 8] >> (56 - 8 * (i % 8)));
}

/* ---- the algorithms ---- */

#define ALGORITHM32(id, text, size, block_function, little, ...)                                                       \
    static void id##_init(HashState *s) { s->block32 = (HashBlock32){.h = {__VA_ARGS__}}; }                            \
    static void id##_update(HashState *s, const HashAlgorithm *a, const uint8_t *data, size_t n)                       \
    {                                                                                                                  \
        update32(&s->block32, block_function, data, n);                                                                \
    }                                                                                                                  \
    static void id##_final(HashState *s, const HashAlgorithm *a, uint8_t *out, size_t n)                               \
    {                                                                                                                  \
        final32(&s->block32, block_function, out, n, little);                                                          \
    }                                                                                                                  \
    const HashAlgorithm hash_##id = {text, size, 64, id##_init, id##_update, id##_final};

ALGORITHM32(md5, "md5", 16, md5_block, true, 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476)
ALGORITHM32(sha1, "sha1", 20, sha1_block, false, 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0)
ALGORITHM32(sha224, "sha224", 28, sha256_block, false, 0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31,
            0x68581511, 0x64f98fa7, 0xbefa4fa4)
ALGORITHM32(sha256, "sha256", 32, sha256_block, false, 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
            0x9b05688c, 0x1f83d9ab, 0x5be0cd19)

#define ALGORITHM64(id, text, size, ...)                                                                               \
    static void id##_init(HashState *s) { s->block64 = (HashBlock64){.h = {__VA_ARGS__}}; }                            \
    static void id##_update(HashState *s, const HashAlgorithm *a, const uint8_t *data, size_t n)                       \
    {                                                                                                                  \
        update64(&s->block64, data, n);                                                                                \
    }                                                                                                                  \
    static void id##_final(HashState *s, const HashAlgorithm *a, uint8_t *out, size_t n)                               \
    {                                                                                                                  \
        final64(&s->block64, out, n);                                                                                  \
    }                                                                                                                  \
    const HashAlgorithm hash_##id = {text, size, 128, id##_init, id##_update, id##_final};

ALGORITHM64(sha384, "sha384", 48, UINT64_C(0xcbbb9d5dc1059ed8), UINT64_C(0x629a292a367cd507),
            UINT64_C(0x9159015a3070dd17), UINT64_C(0x152fecd8f70e5939), UINT64_C(0x67332667ffc00b31),
            UINT64_C(0x8eb44a8768581511), UINT64_C(0xdb0c2e0d64f98fa7), UINT64_C(0x47b5481dbefa4fa4))
ALGORITHM64(sha512, "sha512", 64, UINT64_C(0x6a09e667f3bcc908), UINT64_C(0xbb67ae8584caa73b),
            UINT64_C(0x3c6ef372fe94f82b), UINT64_C(0xa54ff53a5f1d36f1), UINT64_C(0x510e527fade682d1),
            UINT64_C(0x9b05688c2b3e6c1f), UINT64_C(0x1f83d9abfb41bd6b), UINT64_C(0x5be0cd19137e2179))
