/* str_split.c: taking strs apart and putting them together: split, partition, strip, replace, join.
 *
 * Parts are made from the characters of a str that the caller holds, so nothing can change under the loops; only str_join runs foreign code, when it turns its argument
 * into a list.  Read next: str_search.c. */
#include "str_search.h"

/* Appends s[start:end] to a list that nobody else has. */
static ALWAYS_INLINE int add_slice(Thread *t, Value list, Value s, size_t start, size_t end)
{
    Value part = end == start + 1 && str_kind(str_of(s)) == 1 && str_length(s) > 1
                     ? t->interp->latin1[str_of(s)->data[start]]
                     : str_slice(t, s, start, end);
    if (UNLIKELY(value_is_empty(part)))
        return -1;
    List *l = list_of(list);
    if (UNLIKELY(l->length == l->capacity))
        return list_append_take(t, list, part);
    l->items[l->length++] = part;
    return 0;
}

/* ---- splitting at white space ---- */

static Value split_space(Thread *t, Value v, int64_t max)
{
    Value list = list_new(t, 8);
    if (value_is_empty(list))
        return list;
    const Str *s = str_of(v);
    size_t n = s->length, i = 0;
    for (;;) {
        while (i < n && is_space(str_at(s, i)))
            i++;
        if (i == n)
            return list;
        size_t start = i;
        if (max-- == 0) {
            i = n; /* the rest as it is */
        } else if (str_is_ascii(s)) {
            while (i < n && !is_space(s->data[i]))
                i++;
        } else {
            while (i < n && !is_space(str_at(s, i)))
                i++;
        }
        if (add_slice(t, list, v, start, i) < 0) {
            ref_dec(t, list);
            return VALUE_EMPTY;
        }
        if (max == -1)
            return list;
    }
}

static Value rsplit_space(Thread *t, Value v, int64_t max)
{
    Value list = list_new(t, 8);
    if (value_is_empty(list))
        return list;
    const Str *s = str_of(v);
    size_t end = s->length;
    for (;;) {
        while (end && is_space(str_at(s, end - 1)))
            end--;
        if (end == 0)
            break;
        size_t start = end;
        if (max-- == 0) {
            start = 0;
        } else {
            while (start && !is_space(str_at(s, start - 1)))
                start--;
        }
        if (add_slice(t, list, v, start, end) < 0)
            goto fail;
        if (max == -1)
            break;
        end = start;
    }
    if (list_reverse(t, list) == 0)
        return list;
fail:
    ref_dec(t, list);
    return VALUE_EMPTY;
}

/* ---- splitting at a separator ---- */

/* Splitting ASCII at one character: the commonest case. */
static Value split_ascii(Thread *t, Value v, uint8_t separator, int64_t max)
{
    const Str *s = str_of(v);
    size_t n = s->length, start = 0;
    Value list = list_new(t, 8);
    while (!value_is_empty(list)) {
        size_t end = max-- == 0 ? n : str_next_byte(s->data, start, n, separator);
        if (add_slice(t, list, v, start, end) < 0)
            ref_clear(t, &list);
        if (end == n)
            break;
        start = end + 1;
    }
    return list;
}

static Value split_at(Thread *t, Value v, Value separator, int64_t max, bool backwards)
{
    Value list = list_new(t, 8);
    if (value_is_empty(list))
        return list;
    const Str *s = str_of(v);
    StrFinder f;
    str_finder_start(&f, s, str_of(separator), backwards);
    size_t start = 0, end = s->length, width = str_length(separator);
    int64_t i;
    while (max-- != 0 && (i = str_finder_next(&f, s, start, end)) >= 0) {
        int result =
            backwards ? add_slice(t, list, v, (size_t)i + width, end) : add_slice(t, list, v, start, (size_t)i);
        if (result < 0)
            goto fail;
        if (backwards)
            end = (size_t)i;
        else
            start = (size_t)i + width;
    }
    if (add_slice(t, list, v, start, end) < 0 || (backwards && list_reverse(t, list) < 0))
        goto fail;
    str_finder_end(&f);
    return list;
fail:
    str_finder_end(&f);
    ref_dec(t, list);
    return VALUE_EMPTY;
}

static Value split(Thread *t, Value v, Value separator, int64_t max, bool backwards)
{
    if (max < 0)
        max = INT64_MAX;
    if (value_is_empty(separator) || value_is_none(separator))
        return backwards ? rsplit_space(t, v, max) : split_space(t, v, max);
    if (!str_require(t, separator, "must be str or None, not %N"))
        return VALUE_EMPTY;
    if (str_length(separator) == 0)
        return error_set(t, EXC_ValueError, "empty separator");
    if (!backwards && str_is_ascii(str_of(v)) && str_length(separator) == 1 && str_is_ascii(str_of(separator)))
        return split_ascii(t, v, str_of(separator)->data[0], max);
    return split_at(t, v, separator, max, backwards);
}

Value str_split(Thread *t, Value v, Value separator, int64_t max) { return split(t, v, separator, max, false); }
Value str_rsplit(Thread *t, Value v, Value separator, int64_t max) { return split(t, v, separator, max, true); }

Value str_splitlines(Thread *t, Value v, bool keepends)
{
    Value list = list_new(t, 8);
    if (value_is_empty(list))
        return list;
    const Str *s = str_of(v);
    size_t n = s->length;
    for (size_t i = 0; i < n;) {
        size_t start = i;
        if (str_kind(s) == 1)
            while (i < n && !is_linebreak(s->data[i]))
                i++;
        else
            while (i < n && !is_linebreak(str_at(s, i)))
                i++;
        size_t end = i;
        if (i < n) {
            i += str_at(s, i) == '\r' && i + 1 < n && str_at(s, i + 1) == '\n' ? 2 : 1;
            if (keepends)
                end = i;
        }
        if (add_slice(t, list, v, start, end) < 0) {
            ref_dec(t, list);
            return VALUE_EMPTY;
        }
    }
    return list;
}

Value str_partition(Thread *t, Value v, Value separator, bool backwards)
{
    if (!str_require(t, separator, "must be str, not %N"))
        return VALUE_EMPTY;
    size_t n = str_length(v), width = str_length(separator);
    if (width == 0)
        return error_set(t, EXC_ValueError, "empty separator");
    int64_t i = backwards ? str_rfind(v, separator, 0, n) : str_find(v, separator, 0, n);
    Value empty = t->interp->empty_str, parts[3];
    if (i < 0) {
        parts[backwards ? 2 : 0] = str_exact(t, v);
        parts[1] = empty;
        parts[backwards ? 0 : 2] = empty;
    } else {
        parts[0] = str_slice(t, v, 0, (size_t)i);
        parts[1] = str_exact(t, separator);
        parts[2] = str_slice(t, v, (size_t)i + width, n);
    }
    if (!value_is_empty(parts[0]) && !value_is_empty(parts[1]) && !value_is_empty(parts[2]))
        return tuple_from_array_take(t, parts, 3);
    for (int k = 0; k < 3; k++)
        ref_dec(t, parts[k]);
    return VALUE_EMPTY;
}

/* ---- stripping ---- */

/* Is c one of the characters, which mostly are few? */
static ALWAYS_INLINE bool is_one_of(const Str *chars, uint32_t c)
{
    if (str_kind(chars) == 1)
        return c < 256 && str_next_byte(chars->data, 0, chars->length, (uint8_t)c) < chars->length;
    return str_find_char(value_of(chars), c, 0, chars->length) >= 0;
}

Value str_strip(Thread *t, Value v, Value chars, int sides)
{
    const Str *s = str_of(v);
    size_t start = 0, end = s->length;
    if (value_is_empty(chars) || value_is_none(chars)) {
        if (sides & 1)
            while (start < end && is_space(str_at(s, start)))
                start++;
        if (sides & 2)
            while (end > start && is_space(str_at(s, end - 1)))
                end--;
        return str_slice(t, v, start, end);
    }
    if (!str_check(chars))
        return error_set(t, EXC_TypeError, "%s arg must be None or str",
                         sides == 3   ? "strip"
                         : sides == 1 ? "lstrip"
                                      : "rstrip");
    if (sides & 1)
        while (start < end && is_one_of(str_of(chars), str_at(s, start)))
            start++;
    if (sides & 2)
        while (end > start && is_one_of(str_of(chars), str_at(s, end - 1)))
            end--;
    return str_slice(t, v, start, end);
}

/* ---- replacing ---- */

static Value replace_char(Thread *t, const Str *s, uint32_t from, uint32_t to, size_t count, uint32_t bound)
{
    Value r = str_new(t, s->length, bound);
    if (value_is_empty(r))
        return r;
    Str *out = str_of(r);
    str_copy(out, 0, s, 0, s->length);
    for (size_t i = 0; i < s->length && count; i++)
        if (str_at(s, i) == from) {
            str_put(out, i, to);
            count--;
        }
    return r;
}

/* Without a character. */
static Value remove_ascii(Thread *t, Value v, uint8_t c)
{
    const Str *s = str_of(v);
    size_t n = s->length, count = 0;
    for (size_t i = 0; i < n; i++)
        count += s->data[i] == c;
    if (count == 0)
        return str_exact(t, v);
    size_t length = n - count, at = 0;
    Value r = str_new(t, length, 0x7F);
    if (value_is_empty(r) || length == 0)
        return r;
    uint8_t *to = str_of(r)->data;
    for (size_t i = 0; at < length; i++) {
        to[at] = s->data[i];
        at += s->data[i] != c;
    }
    return length == 1 ? str_renew(t, r) : r;
}

/* Inserts `to` before each character and at the end, `count` times at most. */
static Value interleave(Thread *t, const Str *s, const Str *to, size_t count, uint32_t bound)
{
    if (to->length && count > (STR_LENGTH_MAX / 4 - s->length) / to->length)
        return error_set(t, EXC_OverflowError, "replace string is too long");
    Value r = str_new(t, s->length + count * to->length, bound);
    if (value_is_empty(r))
        return r;
    Str *out = str_of(r);
    size_t at = 0, i = 0;
    for (; count > 0; count--) {
        str_copy(out, at, to, 0, to->length);
        at += to->length;
        if (i < s->length)
            str_put(out, at++, str_at(s, i++));
    }
    str_copy(out, at, s, i, s->length - i);
    return r;
}

Value str_replace(Thread *t, Value v, Value from, Value to, int64_t max)
{
    const Str *s = str_of(v), *p = str_of(from), *q = str_of(to);
    size_t limit = max < 0 ? SIZE_MAX : (size_t)max;
    if (limit == 0 || (p->length == 0 && q->length == 0) || str_equal(from, to))
        return str_exact(t, v);
    if (p->length == 1 && q->length == 0 && str_is_ascii(s) && str_is_ascii(p) && limit >= s->length)
        return remove_ascii(t, v, p->data[0]);
    size_t count = str_count(v, from, 0, s->length, limit);
    if (count == 0)
        return str_exact(t, v);
    uint32_t bound = str_bound(s) | str_bound(q);
    /* The width of the result is known beforehand when nothing wide can have been replaced away. */
    bool certain = str_bound(q) >= str_bound(s) || str_bound(p) < str_bound(s);
    Value r;
    if (p->length == 0) {
        return interleave(t, s, q, count, bound);
    } else if (p->length == 1 && q->length == 1) {
        r = replace_char(t, s, str_at(p, 0), str_at(q, 0), count, bound);
    } else {
        if (q->length > p->length && count > (STR_LENGTH_MAX / 4 - s->length) / (q->length - p->length))
            return error_set(t, EXC_OverflowError, "replace string is too long");
        size_t length = s->length + count * q->length - count * p->length;
        r = str_new(t, length, bound);
        if (value_is_empty(r) || length == 0)
            return r;
        Str *out = str_of(r);
        StrFinder f;
        str_finder_start(&f, s, p, false);
        size_t at = 0, i = 0;
        while (count-- > 0) {
            size_t found = (size_t)str_finder_next(&f, s, i, s->length);
            str_copy(out, at, s, i, found - i);
            at += found - i;
            str_copy(out, at, q, 0, q->length);
            at += q->length;
            i = found + p->length;
        }
        str_copy(out, at, s, i, s->length - i);
        str_finder_end(&f);
    }
    if (value_is_empty(r))
        return r;
    if (certain && str_length(r) != 1)
        return r;
    return str_renew(t, r);
}

/* A str just made whose width may be too large, or that may be a single character: its normal form, taking r. */
Value str_renew(Thread *t, Value r)
{
    Str *s = str_of(r);
    uint32_t bound = str_max_char(s, 0, s->length);
    if (bound == str_bound(s) && !(s->length == 1 && bound < 0x100))
        return r;
    Value narrow = VALUE_EMPTY;
    if (s->length == 1) {
        narrow = str_from_char(t, str_at(s, 0));
    } else {
        narrow = str_new(t, s->length, bound);
        if (!value_is_empty(narrow))
            str_copy(str_of(narrow), 0, s, 0, s->length);
    }
    ref_dec(t, r);
    return narrow;
}

/* ---- joining ---- */

Value str_join_array(Thread *t, Value separator, const Value *items, size_t n)
{
    if (n == 0)
        return t->interp->empty_str;
    if (n == 1 && str_check_exact(items[0]))
        return ref_inc(t, items[0]);
    const Str *sep = value_is_empty(separator) ? NULL : str_of(separator);
    size_t gap = sep ? sep->length : 0, length = 0;
    uint32_t bound = 0;
    for (size_t i = 0; i < n; i++) {
        if (UNLIKELY(!str_check(items[i])))
            return error_set(t, EXC_TypeError, "sequence item %zu: expected str instance, %N found", i,
                             type_of(t, items[i]));
        const Str *s = str_of(items[i]);
        if (UNLIKELY(s->length > STR_LENGTH_MAX / 4 - length || (i && gap > STR_LENGTH_MAX / 4 - length - s->length)))
            return error_set(t, EXC_OverflowError, "join() result is too long for a Python string");
        length += s->length + (i ? gap : 0);
        if (s->length)
            bound |= str_bound(s);
    }
    if (n == 1)
        return str_exact(t, items[0]);
    if (gap)
        bound |= str_bound(sep);
    if (length == 1)
        for (size_t i = 0; i < n; i++)
            if (str_length(items[i]) == 1)
                return str_exact(t, items[i]);
    Value r = str_new(t, length, bound);
    if (value_is_empty(r) || length == 0)
        return r;
    Str *out = str_of(r);
    size_t at = 0;
    if (str_kind(out) == 1) {
        uint8_t *to = out->data;
        for (size_t i = 0; i < n; i++) {
            if (i && gap) {
                if (gap == 1)
                    *to++ = sep->data[0];
                else
                    to = (uint8_t *)memcpy(to, sep->data, gap) + gap;
            }
            const Str *s = str_of(items[i]);
            copy_bytes(to, s->data, s->length);
            to += s->length;
        }
        return r;
    }
    for (size_t i = 0; i < n; i++) {
        if (i && gap) {
            str_copy(out, at, sep, 0, gap);
            at += gap;
        }
        const Str *s = str_of(items[i]);
        str_copy(out, at, s, 0, s->length);
        at += s->length;
    }
    return r;
}

Value str_join(Thread *t, Value separator, Value iterable)
{
    Value sequence;
    /* With the lock on nothing runs between here and the end that could change a list. */
    if (tuple_check_exact(iterable) || (list_check_exact(iterable) && !t->free_threaded)) {
        sequence = ref_inc(t, iterable);
    } else {
        Value iterator = object_iter(t, iterable);
        if (value_is_empty(iterator)) {
            if (error_swallow(t, EXC_TypeError))
                error_set(t, EXC_TypeError, "can only join an iterable");
            return VALUE_EMPTY;
        }
        sequence = object_to_list(t, iterator);
        ref_dec(t, iterator);
        if (value_is_empty(sequence))
            return VALUE_EMPTY;
    }
    Value r = tuple_check(sequence) ? str_join_array(t, separator, tuple_of(sequence)->items, tuple_length(sequence))
                                    : str_join_array(t, separator, list_of(sequence)->items, list_length(sequence));
    ref_dec(t, sequence);
    return r;
}
