/* exception_unicode.c: UnicodeEncodeError, UnicodeDecodeError and UnicodeTranslateError, which share one layout.
 *
 * Their attributes are writable, so text is made from whatever they hold then.  Invariants and locks: exception.c. */
#include "exception.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../thread/objlock.h"
#include "buffer.h"
#include "bytes.h"
#include "int.h"
#include "str.h"

EXCEPTION_LIFE(unicode, offsetof(ExceptionUnicode, encoding), 3)

static ExceptionUnicode *unicode_of(Value v) { return (ExceptionUnicode *)value_object(v); }

/* ---- making ---- */

static int expect_str(Thread *t, const Value *args, uint32_t i)
{
    if (str_check(args[i]))
        return 0;
    return error_set(t, EXC_TypeError, "argument %u must be str, not %s", i + 1,
                     value_is_none(args[i]) ? "None" : type_name(type_of(t, args[i]))),
           -1;
}

static int expect_size(Thread *t, Value v, int64_t *result)
{
    *result = number_index_int64(t, v, EXC_OverflowError);
    return *result == -1 && error_pending(t) ? -1 : 0;
}

static int expect_count(Thread *t, uint32_t n, uint32_t count)
{
    if (n == count)
        return 0;
    return error_set(t, EXC_TypeError, "function takes exactly %u arguments (%u given)", count, n), -1;
}

static int encode_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    int64_t start, end;
    if (exception_init(t, self, args, n, names) < 0 || expect_count(t, n, 5) < 0 || expect_str(t, args, 0) < 0 ||
        expect_str(t, args, 1) < 0 || expect_size(t, args[2], &start) < 0 || expect_size(t, args[3], &end) < 0 ||
        expect_str(t, args, 4) < 0)
        return -1;
    ExceptionUnicode *e = unicode_of(self);
    exception_set_field(t, self, &e->encoding, args[0]);
    exception_set_field(t, self, &e->object, args[1]);
    exception_set_field(t, self, &e->reason, args[4]);
    e->start = start;
    e->end = end;
    return 0;
}

static int decode_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    int64_t start, end;
    if (exception_init(t, self, args, n, names) < 0 || expect_count(t, n, 5) < 0 || expect_str(t, args, 0) < 0 ||
        expect_size(t, args[2], &start) < 0 || expect_size(t, args[3], &end) < 0 || expect_str(t, args, 4) < 0)
        return -1;
    Value object = args[1];
    Buffer view = {0};
    if (bytes_check(object)) {
        ref_inc(t, object);
    } else {
        if (buffer_get(t, object, &view, BUFFER_SIMPLE) < 0)
            return -1;
        object = bytes_new(t, view.data, view.length);
        buffer_release(t, &view);
        if (value_is_empty(object))
            return -1;
    }
    ExceptionUnicode *e = unicode_of(self);
    exception_set_field(t, self, &e->encoding, args[0]);
    exception_set_field(t, self, &e->object, object);
    exception_set_field(t, self, &e->reason, args[4]);
    e->start = start;
    e->end = end;
    ref_dec(t, object);
    return 0;
}

static int translate_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    int64_t start, end;
    if (exception_init(t, self, args, n, names) < 0 || expect_count(t, n, 4) < 0 || expect_str(t, args, 0) < 0 ||
        expect_size(t, args[1], &start) < 0 || expect_size(t, args[2], &end) < 0 || expect_str(t, args, 3) < 0)
        return -1;
    ExceptionUnicode *e = unicode_of(self);
    exception_set_field(t, self, &e->object, args[0]);
    exception_set_field(t, self, &e->reason, args[3]);
    e->start = start;
    e->end = end;
    return 0;
}

Value exception_new_unicode(Thread *t, ExceptionId id, const char *encoding, Value object, int64_t start, int64_t end,
                            const char *reason)
{
    Value args[5];
    uint32_t n = 0;
    Value name = VALUE_EMPTY, result = VALUE_EMPTY, text = str_from_string(t, reason);
    if (value_is_empty(text))
        return VALUE_EMPTY;
    if (id != EXC_UnicodeTranslateError) {
        name = str_from_string(t, encoding);
        if (value_is_empty(name))
            goto done;
        args[n++] = name;
    }
    args[n++] = object;
    args[n++] = value_from_int(start);
    args[n++] = value_from_int(end);
    args[n++] = text;
    result = object_call(t, value_of(t->interp->exceptions[id]), args, n, VALUE_EMPTY);
done:
    ref_dec(t, name);
    ref_dec(t, text);
    return result;
}

/* ---- text ---- */

/* The object as it is now, owned: the attribute may hold anything by now. */
static Value checked_object(Thread *t, Value self, bool bytes)
{
    Value object = exception_field(t, self, &unicode_of(self)->object);
    if (bytes ? bytes_check(object) : str_check(object))
        return object;
    if (value_is_empty(object))
        return error_set(t, EXC_TypeError, "UnicodeError 'object' attribute is not set");
    ref_dec(t, object);
    return error_set(t, EXC_TypeError, "UnicodeError 'object' attribute must be a %s", bytes ? "bytes" : "string");
}

/* str() of the encoding or the reason: owned. */
static Value field_text(Thread *t, Value self, const Value *slot)
{
    Value v = exception_field(t, self, slot);
    if (value_is_empty(v))
        v = VALUE_NONE;
    Value text = object_str(t, v);
    ref_dec(t, v);
    return text;
}

static void escape_char(char buffer[12], uint32_t c)
{
    static const char hex[] = "0123456789abcdef";
    int digits = c <= 0xFF ? 2 : c <= 0xFFFF ? 4 : 8;
    char *p = buffer;
    *p++ = '\\';
    *p++ = digits == 2 ? 'x' : digits == 4 ? 'u' : 'U';
    while (digits--)
        *p++ = hex[(c >> (4 * digits)) & 15];
    *p = 0;
}

static Value unicode_str(Thread *t, Value self, ExceptionId id)
{
    ExceptionUnicode *e = unicode_of(self);
    if (value_is_empty(slot_peek(&e->object)))
        return ref_inc(t, t->interp->empty_str); /* made without __init__ */
    Value reason = VALUE_EMPTY, encoding = VALUE_EMPTY, object = VALUE_EMPTY, result = VALUE_EMPTY;
    reason = field_text(t, self, &e->reason);
    if (value_is_empty(reason))
        goto done;
    if (id != EXC_UnicodeTranslateError) {
        encoding = field_text(t, self, &e->encoding);
        if (value_is_empty(encoding))
            goto done;
    }
    bool bytes = id == EXC_UnicodeDecodeError;
    object = checked_object(t, self, bytes);
    if (value_is_empty(object))
        goto done;
    int64_t start = e->start, end = e->end, length = (int64_t)(bytes ? bytes_of(object)->length : str_length(object));
    bool single = start >= 0 && start < length && end >= 0 && end <= length && end == start + 1;
    long long first = start, last = (long long)((uint64_t)end - 1);
    char buffer[12];
    if (single && bytes) {
        result = str_format(t, "'%U' codec can't decode byte 0x%02x in position %lld: %U", encoding,
                            bytes_of(object)->data[start], first, reason);
    } else if (bytes) {
        result =
            str_format(t, "'%U' codec can't decode bytes in position %lld-%lld: %U", encoding, first, last, reason);
    } else if (single) {
        escape_char(buffer, str_at(str_of(object), (size_t)start));
        if (id == EXC_UnicodeEncodeError)
            result = str_format(t, "'%U' codec can't encode character '%s' in position %lld: %U", encoding, buffer,
                                first, reason);
        else
            result = str_format(t, "can't translate character '%s' in position %lld: %U", buffer, first, reason);
    } else if (id == EXC_UnicodeEncodeError) {
        result = str_format(t, "'%U' codec can't encode characters in position %lld-%lld: %U", encoding, first, last,
                            reason);
    } else {
        result = str_format(t, "can't translate characters in position %lld-%lld: %U", first, last, reason);
    }
done:
    ref_dec(t, reason);
    ref_dec(t, encoding);
    ref_dec(t, object);
    return result;
}

static Value encode_str(Thread *t, Value self) { return unicode_str(t, self, EXC_UnicodeEncodeError); }
static Value decode_str(Thread *t, Value self) { return unicode_str(t, self, EXC_UnicodeDecodeError); }
static Value translate_str(Thread *t, Value self) { return unicode_str(t, self, EXC_UnicodeTranslateError); }

/* ---- layouts ---- */

static const MemberDef unicode_members[] = {
    {"encoding", MEMBER_VALUE, offsetof(ExceptionUnicode, encoding), true, "The codec's name."},
    {"object", MEMBER_VALUE, offsetof(ExceptionUnicode, object), true, "What was to be converted."},
    {"start", MEMBER_INT64, offsetof(ExceptionUnicode, start), true, "Where the problem begins."},
    {"end", MEMBER_INT64, offsetof(ExceptionUnicode, end), true, "Where it ends."},
    {"reason", MEMBER_VALUE, offsetof(ExceptionUnicode, reason), true, "What is wrong."},
    {NULL, MEMBER_VALUE, 0, false, NULL},
};

#define UNICODE_LAYOUT(name, prefix)                                                                                   \
    const ExceptionLayout exception_layout_##name = {                                                                  \
        .size = sizeof(ExceptionUnicode),                                                                              \
        .members = unicode_members,                                                                                    \
        .slots = {.dealloc = unicode_dealloc,                                                                          \
                  .traverse = unicode_traverse,                                                                        \
                  .clear = unicode_clear,                                                                              \
                  .create = exception_create,                                                                          \
                  .init = prefix##_init,                                                                               \
                  .str = prefix##_str},                                                                                \
    }

UNICODE_LAYOUT(UnicodeEncode, encode);
UNICODE_LAYOUT(UnicodeDecode, decode);
UNICODE_LAYOUT(UnicodeTranslate, translate);
