/* argument.c: see argument.h. */
#include "argument.h"

#include <limits.h>

#include "../object/bytes.h"
#include "../object/int.h"
#include "../object/str.h"
#include "../object/type.h"

int argument_wrong_type(Thread *t, const char *function, const char *what, const char *expected, Value v)
{
    error_set(t, EXC_TypeError, "%s() %s must be %s, not %.50M", function, what, expected, v);
    return -1;
}

static const char *text_of(Thread *t, Value v, Value *owner)
{
    size_t length;
    const char *text = str_utf8(t, v, &length, owner);
    if (text && strlen(text) != length) {
        error_set(t, EXC_ValueError, "embedded null character");
        return NULL;
    }
    return text;
}

const char *argument_string(Thread *t, Value v, const char *function, const char *what, Value *owner)
{
    *owner = VALUE_EMPTY;
    if (argument_str(t, v, function, what) < 0)
        return NULL;
    return text_of(t, v, owner);
}

int argument_string_or_none(Thread *t, Value v, const char *function, const char *what, const char **result,
                            Value *owner)
{
    *owner = VALUE_EMPTY;
    *result = NULL;
    if (value_is_empty(v) || value_is_none(v))
        return 0;
    if (!str_check(v))
        return argument_wrong_type(t, function, what, "str or None", v);
    *result = text_of(t, v, owner);
    return *result ? 0 : -1;
}

int argument_str(Thread *t, Value v, const char *function, const char *what)
{
    return LIKELY(str_check(v)) ? 0 : argument_wrong_type(t, function, what, "str", v);
}

int argument_bytes(Thread *t, Value v, const char *function, const char *what)
{
    return LIKELY(bytes_check(v)) ? 0 : argument_wrong_type(t, function, what, "bytes", v);
}

static int require_contiguous(Thread *t, Buffer *view, const char *function, const char *what)
{
    if (buffer_is_contiguous(view, 'C'))
        return 0;
    buffer_release(t, view);
    error_set(t, EXC_TypeError, "%s() %s must be contiguous buffer", function, what);
    return -1;
}

int argument_buffer(Thread *t, Value v, const char *function, const char *what, Buffer *view)
{
    if (buffer_get(t, v, view, BUFFER_SIMPLE) < 0)
        return -1;
    return require_contiguous(t, view, function, what);
}

/* Shows a str's own bytes, or those of an encoded copy, as a view. */
static int view_of_str(Thread *t, Value v, Buffer *view)
{
    const Str *s = str_of(v);
    if (str_is_ascii(s)) {
        *view = (Buffer){
            .data = (void *)(uintptr_t)s->data, .length = s->length, .item_size = 1, .readonly = true, .ndim = 1};
        view->owner = ref_inc(t, v); /* str exports nothing: releasing is dropping the reference */
        return 0;
    }
    Value bytes = str_to_utf8(t, v);
    if (value_is_empty(bytes)) {
        view->owner = VALUE_EMPTY;
        return -1;
    }
    int result = buffer_get(t, bytes, view, BUFFER_SIMPLE);
    ref_dec(t, bytes);
    return result;
}

int argument_buffer_or_ascii(Thread *t, Value v, Buffer *view)
{
    view->owner = VALUE_EMPTY;
    if (str_check(v)) {
        if (!str_is_ascii(str_of(v))) {
            error_set(t, EXC_ValueError, "string argument should contain only ASCII characters");
            return -1;
        }
        return view_of_str(t, v, view);
    }
    if (!buffer_supported(t, v)) {
        error_set(t, EXC_TypeError, "argument should be bytes, buffer or ASCII string, not '%.100T'", v);
        return -1;
    }
    return buffer_get(t, v, view, BUFFER_SIMPLE);
}

int argument_buffer_or_str(Thread *t, Value v, const char *function, const char *what, Buffer *view)
{
    return str_check(v) ? view_of_str(t, v, view) : argument_buffer(t, v, function, what, view);
}

int argument_buffer_writable(Thread *t, Value v, const char *function, const char *what, Buffer *view)
{
    if (!buffer_supported(t, v) || buffer_get(t, v, view, BUFFER_WRITABLE) < 0) {
        error_clear(t);
        view->owner = VALUE_EMPTY;
        return argument_wrong_type(t, function, what, "read-write bytes-like object", v);
    }
    return require_contiguous(t, view, function, what);
}

int argument_bool(Thread *t, Value v, int absent) { return value_is_empty(v) ? absent : object_truth(t, v); }

int argument_int(Thread *t, Value v, int absent, int *result)
{
    *result = absent;
    return value_is_empty(v) ? 0 : int_to_int(t, v, result);
}

int argument_size(Thread *t, Value v, int64_t absent, int64_t *result)
{
    *result = absent;
    if (value_is_empty(v))
        return 0;
    if (int_to_size(t, v, result) < 0)
        return -1;
    if (*result > PTRDIFF_MAX || *result < PTRDIFF_MIN)
        return error_set(t, EXC_OverflowError, "Python int too large to convert to C ssize_t"), -1;
    return 0;
}
