/* bytes_methods.h: what bytes and bytearray share: methods over (pointer, length) and their views of each other.
 *
 * Every method listed below has one implementation and one NativeDef, which stands in the tables of both types; the result has the
 * type of `self` (never a subclass).  Case and classes are ASCII only. */
#ifndef BATON_OBJECT_BYTES_METHODS_H
#define BATON_OBJECT_BYTES_METHODS_H

#include "../thread/objlock.h"
#include "buffer.h"
#include "bytes.h"
#include "error.h"
#include "type.h"

/* The contents of a bytes or bytearray (or an instance of a subclass).  For a bytearray with the lock on, `data` is right only until Python code can run: convert
 * arguments first, then open.  With the lock off, a bytearray is copied, since another thread may resize it. */
typedef struct Span {
    const uint8_t *data;
    size_t n;
    Value copy; /* owned bytes or empty */
} Span;
int span_open(Thread *t, Value self, Span *s); /* 0, or -1: no memory */
static inline void span_close(Thread *t, Span *s) { ref_dec(t, s->copy); }

/* A fresh object of the type (bytes or bytearray) of self. */
static inline Value bytes_like_new(Thread *t, Value self, const void *data, size_t n)
{
    return bytes_check(self) ? bytes_new(t, data, n) : bytearray_new(t, data, n);
}
/* The writable bytes of an object just made by bytes_like_new. */
static inline uint8_t *bytes_like_data(Value fresh)
{
    return bytes_check(fresh) ? bytes_of(fresh)->data : ((ByteArray *)value_object(fresh))->data;
}

/* A bytes-like argument as a simple view: quick for bytes. 0, or -1 with TypeError. */
int bytes_argument(Thread *t, Value v, Buffer *view);
/* A ssize_t, or a C int, from anything with __index__: 0, or -1 with TypeError or OverflowError. */
int bytes_ssize(Thread *t, Value v, int64_t *result);
int bytes_int(Thread *t, Value v, int *result);
/* An item of a bytes-like object from any integer: 0..255, or -1 with TypeError or ValueError (`message`). */
int bytes_item(Thread *t, Value v, const char *message);
/* x in self: 1, 0, -1. */
int bytes_contains(Thread *t, Value self, Value item);
/* self % args; self is bytes or bytearray, the result has its type. */
Value bytes_format(Thread *t, Value self, Value args);
/* hex(sep, bytes_per_sep) (bytes_hex.c): its arguments (may be empty; Python code may run), and the digits; a group of 0: no separators. */
int bytes_hex_arguments(Thread *t, Value sep, Value per_sep, int *c, int64_t *group);
Value bytes_hex(Thread *t, const uint8_t *data, size_t n, int c, int64_t group);
/* bytes(iterable of ints or buffer) as in bytes.c, for bytearray too. */
Value bytes_from_iterable(Thread *t, Value iterable, const char *type_name);
/* Rich comparison of contents. */
Value bytes_compare_data(const uint8_t *a, size_t na, const uint8_t *b, size_t nb, Compare op);
/* A source with __index__ as a size: 1 and *size, 0 when it has none (or failed with TypeError), -1. */
int bytes_size_argument(Thread *t, Value source, size_t *size);
/* builtins.iter, for the __reduce__ of iterators. */
Value bytes_builtin(Thread *t, const char *name);
/* First occurrence of needle in [data, data + n), or -1; and the last one. */
int64_t bytes_find(const uint8_t *data, size_t n, const uint8_t *needle, size_t m);
int64_t bytes_rfind(const uint8_t *data, size_t n, const uint8_t *needle, size_t m);

extern const TypeSpec type_spec_bytes, type_spec_bytearray, type_spec_bytes_iterator, type_spec_bytearray_iterator;

/* clang-format off */
#define BYTES_SHARED_METHODS(X) \
    X(capitalize) X(center) X(count) X(decode) X(endswith) X(expandtabs) X(find) X(fromhex) X(hex) X(index) X(isalnum) X(isalpha) \
    X(isascii) X(isdigit) X(islower) X(isspace) X(istitle) X(isupper) X(join) X(ljust) X(lower) X(lstrip) X(maketrans) X(partition) \
    X(removeprefix) X(removesuffix) X(replace) X(rfind) X(rindex) X(rjust) X(rpartition) X(rsplit) X(rstrip) X(split) X(splitlines) \
    X(startswith) X(strip) X(swapcase) X(title) X(translate) X(upper) X(zfill)
/* clang-format on */
#define BYTES_DECLARE(name) extern const NativeDef native_bytes_##name;
BYTES_SHARED_METHODS(BYTES_DECLARE)
#undef BYTES_DECLARE
#define BYTES_ENTRY(name) &native_bytes_##name,

/* As NATIVE (native.h), with external linkage. */
#define NATIVE_SHARED_FLAGS(c_name, py_name, signature_, doc_, flags_)                                                 \
    static Value native_fn_##c_name(Thread *t, Value *args, uint32_t n, Value names);                                  \
    const NativeDef native_##c_name = {py_name, signature_, doc_, native_fn_##c_name, flags_};                         \
    static Value native_fn_##c_name(__attribute__((unused)) Thread *t, __attribute__((unused)) Value *args,            \
                                    __attribute__((unused)) uint32_t n, __attribute__((unused)) Value names)
#define NATIVE_SHARED(c_name, py_name, signature_, doc_) NATIVE_SHARED_FLAGS(c_name, py_name, signature_, doc_, 0)

#endif
