/* mod__random.c: the module _random: the generator MT19937 (Matsumoto and Nishimura 1998), with CPython's way of seeding, so that a seed gives the same numbers.
 *
 * Invariant: 0 <= index <= WORDS; words are used from `index` up and made anew when it reaches WORDS.  With the lock off, every use of the state holds the
 * object's lock. */
#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../os/os.h"
#include "../thread/objlock.h"

#define WORDS 624
#define MIDDLE 397

typedef struct Random {
    Object head;
    uint32_t index;
    uint32_t state[WORDS];
} Random;

/* ---- the generator ---- */

static ALWAYS_INLINE uint32_t twist(uint32_t upper, uint32_t lower)
{
    uint32_t y = (upper & 0x80000000u) | (lower & 0x7FFFFFFFu);
    return y >> 1 ^ (lower & 1 ? 0x9908B0DFu : 0);
}

static void refill(Random *r)
{
    uint32_t *s = r->state;
    int i = 0;
    for (; i < WORDS - MIDDLE; i++)
        s[i] = s[i + MIDDLE] ^ twist(s[i], s[i + 1]);
    for (; i < WORDS - 1; i++)
        s[i] = s[i + MIDDLE - WORDS] ^ twist(s[i], s[i + 1]);
    s[WORDS - 1] = s[MIDDLE - 1] ^ twist(s[WORDS - 1], s[0]);
    r->index = 0;
}

static ALWAYS_INLINE uint32_t next_word(Random *r)
{
    if (UNLIKELY(r->index >= WORDS))
        refill(r);
    uint32_t y = r->state[r->index++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9D2C5680u;
    y ^= y << 15 & 0xEFC60000u;
    return y ^ y >> 18;
}

static void seed_words(Random *r, const uint32_t *key, size_t n)
{
    uint32_t *s = r->state;
    s[0] = 19650218u;
    for (uint32_t i = 1; i < WORDS; i++)
        s[i] = 1812433253u * (s[i - 1] ^ s[i - 1] >> 30) + i;
    uint32_t i = 1;
    size_t j = 0;
    for (size_t k = n > WORDS ? n : WORDS; k; k--) {
        s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1664525u) + key[j] + (uint32_t)j;
        if (++i == WORDS) {
            s[0] = s[WORDS - 1];
            i = 1;
        }
        if (++j == n)
            j = 0;
    }
    for (int k = WORDS - 1; k; k--) {
        s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1566083941u) - i;
        if (++i == WORDS) {
            s[0] = s[WORDS - 1];
            i = 1;
        }
    }
    s[0] = 0x80000000u;
    r->index = WORDS;
}

/* ---- seeding ---- */

static void seed_entropy(Thread *t, Random *r)
{
    uint32_t key[WORDS];
    if (os_entropy(key, sizeof key) < 0) { /* no entropy: the clocks must do */
        uint64_t now[3] = {(uint64_t)os_realtime(), (uint64_t)os_monotonic(), (uint64_t)os_cpu_time()};
        memcpy(key, now, sizeof now);
        objlock_enter(t, r);
        seed_words(r, key, sizeof now / 4);
        objlock_exit(t, r);
        return;
    }
    objlock_enter(t, r);
    seed_words(r, key, WORDS);
    objlock_exit(t, r);
}

/* From the absolute value of an int, or the hash of any other object: 0 or -1. */
static int seed(Thread *t, Random *r, Value v)
{
    if (value_is_empty(v) || value_is_none(v)) {
        seed_entropy(t, r);
        return 0;
    }
    Value n;
    if (int_check(v)) {
        n = int_sign(v) < 0 ? int_negate(t, v) : int_exact(t, v);
    } else {
        hash_t hash = object_hash(t, v);
        if (hash == -1)
            return -1;
        n = int_from_uint64(t, (uint64_t)hash);
    }
    if (value_is_empty(n))
        return -1;
    size_t words = (size_t)((int_bit_length(n) + 31) / 32);
    if (words == 0)
        words = 1;
    int status = -1;
    uint8_t *bytes = alloc_memory(t, 8 * words);
    if (bytes && int_to_bytes(t, n, bytes, 4 * words, true, false) == 0) {
        uint32_t *key = (uint32_t *)(void *)(bytes + 4 * words);
        for (size_t i = 0; i < words; i++) {
            const uint8_t *b = bytes + 4 * i;
            key[i] = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
        }
        objlock_enter(t, r);
        seed_words(r, key, words);
        objlock_exit(t, r);
        status = 0;
    }
    alloc_memory_free(t, bytes);
    ref_dec(t, n);
    return status;
}

/* ---- the type ---- */

static Random *random_of(Value v) { return (Random *)value_object(v); }

NATIVE(random_random, "random", "($self, /)", "The next random float, 0.0 <= x < 1.0.")
{
    Random *r = random_of(args[0]);
    objlock_enter(t, r);
    uint32_t a = next_word(r) >> 5, b = next_word(r) >> 6;
    objlock_exit(t, r);
    return value_from_double(((double)a * 67108864.0 + (double)b) * (1.0 / 9007199254740992.0));
}

NATIVE(random_seed, "seed", "($self, n=None, /)",
       "Starts the generator anew, from n or, without it, from the system's entropy.")
{
    return seed(t, random_of(args[0]), args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(random_getrandbits, "getrandbits", "($self, k, /)", "An int of k random bits.")
{
    Random *r = random_of(args[0]);
    Value count = number_index(t, args[1]);
    if (value_is_empty(count))
        return count;
    int sign = int_sign(count);
    bool huge = int_bit_length(count) > 64;
    uint64_t k = int_to_uint64_mask(count);
    ref_dec(t, count);
    if (sign < 0)
        return error_set(t, EXC_ValueError, "Cannot convert negative int");
    if (huge)
        return error_set(t, EXC_OverflowError, "Python int too large for C uint64_t");
    if (k <= 32) {
        if (k == 0)
            return value_from_int(0);
        objlock_enter(t, r);
        uint32_t word = next_word(r);
        objlock_exit(t, r);
        return value_from_int(word >> (32 - k));
    }
    uint64_t words = (k - 1) / 32 + 1;
    if (words > SIZE_MAX / 8)
        return error_no_memory(t);
    uint8_t *bytes = alloc_memory(t, (size_t)words * 4);
    if (!bytes)
        return VALUE_EMPTY;
    objlock_enter(t, r);
    for (uint64_t i = 0; i < words; i++, k -= 32) {
        uint32_t word = next_word(r);
        if (k < 32)
            word >>= 32 - k;
        for (int b = 0; b < 4; b++)
            bytes[4 * i + (unsigned)b] = (uint8_t)(word >> 8 * b);
    }
    objlock_exit(t, r);
    Value result = int_from_bytes(t, bytes, (size_t)words * 4, true, false);
    alloc_memory_free(t, bytes);
    return result;
}

NATIVE(random_getstate, "getstate", "($self, /)", "The generator's state as a tuple of ints.")
{
    Random *r = random_of(args[0]);
    Value state = tuple_new(t, WORDS + 1);
    if (value_is_empty(state))
        return state;
    objlock_enter(t, r);
    for (int i = 0; i < WORDS; i++)
        tuple_of(state)->items[i] = value_from_int(r->state[i]);
    tuple_of(state)->items[WORDS] = value_from_int(r->index);
    objlock_exit(t, r);
    return state;
}

NATIVE(random_setstate, "setstate", "($self, state, /)", "Restores a state that getstate() returned.")
{
    Random *r = random_of(args[0]);
    uint32_t words[WORDS];
    if (!tuple_check(args[1]))
        return error_set(t, EXC_TypeError, "state vector must be a tuple");
    if (tuple_length(args[1]) != WORDS + 1)
        return error_set(t, EXC_ValueError, "state vector is the wrong size");
    for (size_t i = 0; i < WORDS; i++) {
        Value item = tuple_peek(args[1], i);
        uint64_t word;
        if (!int_check(item))
            return error_set(t, EXC_TypeError, "an integer is required");
        if (int_to_uint64(t, item, &word) < 0)
            return VALUE_EMPTY;
        words[i] = (uint32_t)word;
    }
    int64_t index;
    if (int_to_int64(t, tuple_peek(args[1], WORDS), &index) < 0)
        return VALUE_EMPTY;
    if (index < 0 || index > WORDS)
        return error_set(t, EXC_ValueError, "invalid state");
    objlock_enter(t, r);
    memcpy(r->state, words, sizeof words);
    r->index = (uint32_t)index;
    objlock_exit(t, r);
    return VALUE_NONE;
}

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Random *self = type_alloc(t, type, 0);
    if (self)
        self->index = WORDS;
    return value_of(self);
}

static int init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (!value_is_empty(names) && tuple_length(names)) {
        error_set(t, EXC_TypeError, "Random() takes no keyword arguments");
        return -1;
    }
    if (n > 1) {
        error_set(t, EXC_TypeError, "Random() requires 0 or 1 argument");
        return -1;
    }
    return seed(t, random_of(self), n ? args[0] : VALUE_EMPTY);
}

static const NativeDef *const methods[] = {
    &native_random_random,   &native_random_seed,        &native_random_getstate,
    &native_random_setstate, &native_random_getrandbits, NULL,
};

static const TypeSpec type_spec_random = {
    .name = "_random.Random",
    .doc = "A generator of random numbers; Random() seeds itself from the system's entropy.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE,
    .size = sizeof(Random),
    .methods = methods,
    .slots = {.create = create, .init = init},
};

static int exec(Thread *t, Value module) { return module_add_type(t, module, &type_spec_random, NULL) ? 0 : -1; }

const ModuleDef module_def__random = {
    .name = "_random",
    .doc = "The generator behind the module random: MT19937.",
    .exec = exec,
};
