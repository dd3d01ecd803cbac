/* str_builder.c: building a str of unknown length and width.
 *
 * The characters grow inside a Str that nobody else can see; its width rises when a wider character arrives.  `max_char` is a bound of what was really appended, so the
 * finished str is of the narrowest width: room is reserved at the width in use, never at a guess that might stay unused, except by strbuilder_reserve's caller, who must
 * then append such a character. */
#include "digits.h"
#include "str_internal.h"

/* What a block of 64 bytes holds, or one of two such when wider. */
#define FIRST_ROOM (64 - offsetof(Str, data) - 1)

static int grow(Thread *t, StrBuilder *b, size_t more, int kind)
{
    if (UNLIKELY(more > STR_LENGTH_MAX / 4 - b->length)) {
        error_no_memory(t);
        return -1;
    }
    size_t need = b->length + more;
    if (b->s && kind <= b->kind) {
        if (need <= b->capacity)
            return 0;
        size_t capacity = need + need / 4 + 8;
        Str *s = alloc_object_resize(t, b->s, str_size(capacity, b->kind));
        if (!s)
            return -1;
        b->s = s;
        b->capacity = capacity;
        return 0;
    }
    size_t capacity = b->s                ? (need <= b->capacity ? b->capacity : need + need / 4 + 8)
                      : need < FIRST_ROOM ? FIRST_ROOM
                                          : need;
    Str *s = alloc_leaf_raw(t, KIND_STR, str_size(capacity, kind));
    if (!s)
        return -1;
    s->head.aux = (uint16_t)kind;
    s->length = 0;
    store_relaxed(&s->hash, 0);
    if (b->s) {
        str_copy(s, 0, b->s, 0, b->length);
        alloc_object_free(t, b->s);
    }
    b->s = s;
    b->kind = kind;
    b->capacity = capacity;
    return 0;
}

static ALWAYS_INLINE int kind_for(const StrBuilder *b, uint32_t max_char)
{
    int kind = max_char < 0x100 ? 1 : max_char < 0x10000 ? 2 : 4;
    return kind > b->kind ? kind : b->kind;
}

static ALWAYS_INLINE int need(Thread *t, StrBuilder *b, size_t more, uint32_t max_char)
{
    int kind = kind_for(b, max_char);
    if (LIKELY(kind == b->kind && more <= b->capacity - b->length))
        return 0;
    return grow(t, b, more, kind);
}

int strbuilder_reserve(Thread *t, StrBuilder *b, size_t more, uint32_t max_char) { return need(t, b, more, max_char); }

int strbuilder_char(Thread *t, StrBuilder *b, uint32_t c)
{
    if (need(t, b, 1, c) < 0)
        return -1;
    str_put(b->s, b->length++, c);
    b->max_char |= c;
    return 0;
}

int strbuilder_str(Thread *t, StrBuilder *b, Value v)
{
    Str *s = str_of(v);
    if (s->length == 0)
        return 0;
    uint32_t bound = str_bound(s);
    if (need(t, b, s->length, bound) < 0)
        return -1;
    str_copy(b->s, b->length, s, 0, s->length);
    b->length += s->length;
    b->max_char |= bound;
    return 0;
}

int strbuilder_slice(Thread *t, StrBuilder *b, Value v, size_t start, size_t end)
{
    Str *s = str_of(v);
    if (start >= end)
        return 0;
    uint32_t bound = str_max_char(s, start, end);
    if (need(t, b, end - start, bound) < 0)
        return -1;
    str_copy(b->s, b->length, s, start, end - start);
    b->length += end - start;
    b->max_char |= bound;
    return 0;
}

int strbuilder_ascii(Thread *t, StrBuilder *b, const char *s, size_t n)
{
    if (n == 0)
        return 0;
    if (need(t, b, n, 0) < 0)
        return -1;
    if (LIKELY(b->kind == 1))
        memcpy(b->s->data + b->length, s, n);
    else
        for (size_t i = 0; i < n; i++)
            str_put(b->s, b->length + i, (uint8_t)s[i]);
    b->length += n;
    return 0;
}

int strbuilder_small_int(Thread *t, StrBuilder *b, int64_t i)
{
    uint64_t u = i < 0 ? -(uint64_t)i : (uint64_t)i;
    size_t negative = i < 0, n = digits_count(u) + negative;
    if (need(t, b, n, 0) < 0)
        return -1;
    if (LIKELY(b->kind == 1)) {
        char *text = (char *)b->s->data + b->length;
        *text = '-';
        digits_write(text + n, u);
        b->length += n;
        return 0;
    }
    char text[24] = "-";
    digits_write(text + n, u);
    return strbuilder_ascii(t, b, text, n);
}

int strbuilder_string(Thread *t, StrBuilder *b, const char *ascii)
{
    return strbuilder_ascii(t, b, ascii, strlen(ascii));
}

int strbuilder_fill(Thread *t, StrBuilder *b, uint32_t c, size_t n)
{
    if (n == 0)
        return 0;
    if (need(t, b, n, c) < 0)
        return -1;
    str_fill(b->s, b->length, n, c);
    b->length += n;
    b->max_char |= c;
    return 0;
}

Value strbuilder_finish(Thread *t, StrBuilder *b)
{
    Str *s = b->s;
    size_t length = b->length;
    uint32_t max_char = b->max_char;
    if (length == 0) {
        strbuilder_discard(t, b);
        return t->interp->empty_str;
    }
    if (length == 1 && max_char < 256) {
        Value v = str_from_char(t, str_at(s, 0));
        strbuilder_discard(t, b);
        return v;
    }
    int kind = b->kind;
    *b = (StrBuilder){0};
    if (UNLIKELY(kind > 1 && max_char < (kind == 2 ? 0x100u : 0x10000u))) {
        /* Wider room was reserved than was used. */
        Value v = str_new(t, length, max_char);
        if (!value_is_empty(v))
            str_copy(str_of(v), 0, s, 0, length);
        alloc_object_free(t, s);
        return v;
    }
    size_t size = str_size(length, kind);
    if (size + size / 8 + 16 < alloc_object_usable(s)) {
        Str *fit = alloc_object_resize(t, s, size);
        if (fit)
            s = fit;
        else
            error_clear(t); /* too large is still right */
    }
    s->head.aux = (uint16_t)(kind | (max_char < 0x80 ? STR_ASCII : 0));
    s->length = length;
    memset(s->data + length * (size_t)kind, 0, (size_t)kind);
    return value_of(s);
}

void strbuilder_discard(Thread *t, StrBuilder *b)
{
    if (b->s)
        alloc_object_free(t, b->s);
    *b = (StrBuilder){0};
}
