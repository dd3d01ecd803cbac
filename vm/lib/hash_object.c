/* hash_object.c: hash objects: update, digest, copy, whatever the algorithm.
 *
 * An object's own lock is held around its state; long data is hashed detached from the interpreter, so that other threads run meanwhile. */
#include "hash.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/buffer.h"
#include "../object/bytes.h"
#include "../object/bytes_methods.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/str.h"
#include "argument.h"

/* From this many bytes on the lock is released, as in CPython. */
#define LONG_DATA 2048

HashObject *hash_object_new(Thread *t, Type *type, const HashAlgorithm *a)
{
    HashObject *h = type_alloc(t, type, 0);
    if (!h)
        return NULL;
    h->algorithm = a;
    h->digest_size = (uint8_t)a->digest_size;
    a->init(&h->state);
    return h;
}

void hash_dealloc(Thread *t, Object *o) { memset(&((HashObject *)o)->state, 0, sizeof(HashState)); }

int hash_object_update(Thread *t, HashObject *h, Value data)
{
    Buffer view;
    if (str_check(data))
        return error_set(t, EXC_TypeError, "Strings must be encoded before hashing"), -1;
    if (!buffer_supported(t, data))
        return error_set(t, EXC_TypeError, "object supporting the buffer API required"), -1;
    if (buffer_get(t, data, &view, BUFFER_SIMPLE) < 0)
        return -1;
    if (view.ndim > 1) {
        buffer_release(t, &view);
        return error_set(t, EXC_BufferError, "Buffer must be single dimension"), -1;
    }
    pylock_acquire(t, &h->lock, -1, false, EVENT_LOCK);
    if (view.length >= LONG_DATA) {
        thread_detach(t, EVENT_COMPUTE);
        h->algorithm->update(&h->state, h->algorithm, view.data, view.length);
        thread_attach(t);
    } else {
        h->algorithm->update(&h->state, h->algorithm, view.data, view.length);
    }
    pylock_release(t, &h->lock);
    buffer_release(t, &view);
    return 0;
}

int hash_data_argument(Thread *t, Value data, Value string, Value *result)
{
    *result = value_is_empty(data) ? string : data;
    if (value_is_empty(data) || value_is_empty(string))
        return 0;
    error_set(t, EXC_TypeError,
              "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for "
              "removal in a future version.");
    return -1;
}

Value hash_construct(Thread *t, Type *type, const HashAlgorithm *a, Value data, Value string)
{
    if (hash_data_argument(t, data, string, &data) < 0)
        return VALUE_EMPTY;
    HashObject *h = hash_object_new(t, type, a);
    if (h && !value_is_empty(data) && hash_object_update(t, h, data) < 0) {
        ref_dec_ptr(t, h);
        return VALUE_EMPTY;
    }
    return value_of(h);
}

static void take_digest(Thread *t, HashObject *h, uint8_t *out, size_t n)
{
    pylock_acquire(t, &h->lock, -1, false, EVENT_LOCK);
    HashState copy = h->state;
    pylock_release(t, &h->lock);
    h->algorithm->final(&copy, h->algorithm, out, n);
}

NATIVE(hash_update, "update", "($self, data, /)", "Hashes more data.")
{
    return hash_object_update(t, hash_of(args[0]), args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(hash_digest, "digest", "($self, /)", "The digest of the data so far, as bytes.")
{
    uint8_t digest[64];
    take_digest(t, hash_of(args[0]), digest, hash_of(args[0])->digest_size);
    return bytes_new(t, digest, hash_of(args[0])->digest_size);
}

NATIVE(hash_hexdigest, "hexdigest", "($self, /)", "The digest of the data so far, in hexadecimal.")
{
    uint8_t digest[64];
    take_digest(t, hash_of(args[0]), digest, hash_of(args[0])->digest_size);
    return bytes_hex(t, digest, hash_of(args[0])->digest_size, 0, 0);
}

NATIVE(hash_copy, "copy", "($self, /)", "A copy of the object.")
{
    HashObject *h = hash_of(args[0]), *made = type_alloc(t, h->head.type, 0);
    if (!made)
        return VALUE_EMPTY;
    made->algorithm = h->algorithm;
    made->digest_size = h->digest_size;
    pylock_acquire(t, &h->lock, -1, false, EVENT_LOCK);
    made->state = h->state;
    pylock_release(t, &h->lock);
    return value_of(made);
}

/* length bytes of an extendable digest. */
static Value long_digest(Thread *t, HashObject *h, Value length)
{
    Value index = number_index(t, length);
    if (value_is_empty(index))
        return VALUE_EMPTY;
    uint64_t size;
    if (int_sign(index) < 0) {
        ref_dec(t, index);
        return error_set(t, EXC_ValueError, "value must be positive");
    }
    int fits = int_to_uint64(t, index, &size);
    ref_dec(t, index);
    if (fits < 0)
        return VALUE_EMPTY;
    if (size >= (1u << 29))
        return error_set(t, EXC_ValueError, "length is too large");
    Value digest = bytes_new(t, NULL, (size_t)size);
    if (!value_is_empty(digest) && size)
        take_digest(t, h, bytes_of(digest)->data, (size_t)size);
    return digest;
}

NATIVE(shake_digest, "digest", "($self, length, /)", "A digest of any length, as bytes.")
{
    return long_digest(t, hash_of(args[0]), args[1]);
}
NATIVE(shake_hexdigest, "hexdigest", "($self, length, /)", "A digest of any length (in bytes), in hexadecimal.")
{
    Value digest = long_digest(t, hash_of(args[0]), args[1]);
    if (value_is_empty(digest))
        return digest;
    Value text = bytes_hex(t, bytes_of(digest)->data, bytes_of(digest)->length, 0, 0);
    ref_dec(t, digest);
    return text;
}

const NativeDef *const hash_methods[] = {&native_hash_update, &native_hash_digest, &native_hash_hexdigest,
                                         &native_hash_copy, NULL};
const NativeDef *const hash_shake_methods[] = {&native_hash_update, &native_shake_digest, &native_shake_hexdigest,
                                               &native_hash_copy, NULL};

static Value get_name(Thread *t, Value self) { return str_intern(t, hash_of(self)->algorithm->name); }
static Value get_digest_size(Thread *t, Value self) { return value_from_int(hash_of(self)->digest_size); }
static Value get_block_size(Thread *t, Value self) { return value_from_int(hash_of(self)->algorithm->block_size); }
const GetSetDef hash_getsets[] = {
    {"name", get_name, NULL, "The algorithm's name."},
    {"digest_size", get_digest_size, NULL, "Bytes of a digest."},
    {"block_size", get_block_size, NULL, "Bytes of a block of the algorithm."},
    {NULL, NULL, NULL, NULL},
};
