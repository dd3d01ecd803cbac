/* mod__pickle_load.c: the unpickling machine: one function an opcode, or a few.
 *
 * The stack owns its values.  Items below the fence belong to an outer mark: an opcode that would take them finds the stack empty.  Opcodes may run any Python
 * code, which can replace the memo but not the stack. */
#include "mod__pickle.h"

#include "../object/codec.h"
#include "../object/container.h"
#include "../object/dict.h"
#include "argument.h"

#define FAIL(...) (error_set_type(t, UNPICKLING_ERROR(t), __VA_ARGS__), -1)

/* ---- the stack ---- */

static int push_take(Thread *t, Unpickler *u, Value v)
{
    if (value_is_empty(v))
        return -1;
    if (u->depth == u->capacity) {
        size_t capacity = u->capacity ? u->capacity * 2 : 64;
        Value *stack = alloc_memory_resize(t, u->stack, capacity * sizeof *stack);
        if (!stack) {
            ref_dec(t, v);
            return -1;
        }
        u->stack = stack;
        u->capacity = capacity;
    }
    u->stack[u->depth++] = v;
    return 0;
}

static int underflow(Thread *t, const Unpickler *u)
{
    return FAIL(u->mark_count ? "unexpected MARK found" : "unpickling stack underflow");
}

/* The topmost value, owned; empty with an exception. */
static Value pop(Thread *t, Unpickler *u)
{
    if (u->depth <= u->fence) {
        underflow(t, u);
        return VALUE_EMPTY;
    }
    Value v = u->stack[--u->depth];
    u->stack[u->depth] = VALUE_EMPTY;
    return v;
}

/* The topmost value, borrowed. */
static Value top(Thread *t, Unpickler *u)
{
    if (u->depth <= u->fence) {
        underflow(t, u);
        return VALUE_EMPTY;
    }
    return u->stack[u->depth - 1];
}

static void drop_to(Thread *t, Unpickler *u, size_t depth)
{
    while (u->depth > depth) {
        Value v = u->stack[--u->depth];
        u->stack[u->depth] = VALUE_EMPTY;
        ref_dec(t, v);
    }
}

/* Where the items of the last mark begin; the mark is gone then.  -1 with an exception. */
static int64_t pop_mark(Thread *t, Unpickler *u)
{
    if (u->mark_count == 0)
        return FAIL("could not find MARK");
    size_t mark = u->marks[--u->mark_count];
    u->fence = u->mark_count ? u->marks[u->mark_count - 1] : 0;
    return (int64_t)mark;
}

static int load_mark(Thread *t, Unpickler *u)
{
    if (u->mark_count == u->mark_capacity) {
        size_t capacity = u->mark_capacity ? u->mark_capacity * 2 : 32;
        size_t *marks = alloc_memory_resize(t, u->marks, capacity * sizeof *marks);
        if (!marks)
            return -1;
        u->marks = marks;
        u->mark_capacity = capacity;
    }
    u->marks[u->mark_count++] = u->fence = u->depth;
    return 0;
}

/* The n topmost values as a tuple, taken off the stack. */
static Value pop_tuple(Thread *t, Unpickler *u, size_t start)
{
    Value v = tuple_from_array(t, u->stack + start, u->depth - start);
    if (!value_is_empty(v))
        drop_to(t, u, start);
    return v;
}

/* ---- input ---- */

static uint64_t little(const uint8_t *p, int bytes)
{
    uint64_t u = 0;
    for (int i = 0; i < bytes; i++)
        u |= (uint64_t)p[i] << (8 * i);
    return u;
}

/* An unsigned number of 1, 2, 4 or 8 bytes. */
static int read_number(Thread *t, Unpickler *u, int bytes, uint64_t *result)
{
    const uint8_t *p = unpickler_read(t, u, (size_t)bytes);
    if (!p)
        return -1;
    *result = little(p, bytes);
    return 0;
}

/* A count of bytes that follow. */
static int read_size(Thread *t, Unpickler *u, int bytes, const char *op, size_t *size)
{
    uint64_t n;
    if (read_number(t, u, bytes, &n) < 0)
        return -1;
    if (n > PTRDIFF_MAX)
        return FAIL("%s exceeds system's maximum size of %zu bytes", op, (size_t)PTRDIFF_MAX);
    *size = (size_t)n;
    return 0;
}

/* A line without its newline, as an object made from it. */
#define LINE_MAY_BE_EMPTY 0
#define LINE_HAS_TEXT 1
static Value read_line(Thread *t, Unpickler *u, const char *encoding, size_t least)
{
    size_t n;
    const uint8_t *line = unpickler_readline(t, u, &n);
    if (!line)
        return VALUE_EMPTY;
    n--;
    if (n < least) {
        (void)FAIL("pickle data was truncated");
        return VALUE_EMPTY;
    }
    return encoding ? codec_decode(t, line, n, encoding, NULL) : bytes_new(t, line, n);
}

/* ---- numbers ---- */

static int load_int_line(Thread *t, Unpickler *u)
{
    Value line = read_line(t, u, NULL, LINE_HAS_TEXT), v;
    if (value_is_empty(line))
        return -1;
    const char *s = (const char *)bytes_of(line)->data;
    size_t n = bytes_of(line)->length;
    if (n == 2 && s[0] == '0' && (s[1] == '0' || s[1] == '1'))
        v = value_from_bool(s[1] == '1');
    else
        v = int_from_string(t, s, n, 0, line);
    if (value_is_empty(v) && error_swallow(t, EXC_ValueError))
        error_set(t, EXC_ValueError, "could not convert string to int");
    ref_dec(t, line);
    return push_take(t, u, v);
}

static int load_long_line(Thread *t, Unpickler *u)
{
    Value line = read_line(t, u, NULL, LINE_HAS_TEXT);
    if (value_is_empty(line))
        return -1;
    size_t n = bytes_of(line)->length;
    if (n && bytes_of(line)->data[n - 1] == 'L')
        n--;
    Value digits = bytes_new(t, bytes_of(line)->data, n), v = VALUE_EMPTY;
    if (!value_is_empty(digits))
        v = int_from_string(t, (const char *)bytes_of(digits)->data, n, 0, digits);
    ref_dec(t, digits);
    ref_dec(t, line);
    return push_take(t, u, v);
}

static int load_binint(Thread *t, Unpickler *u, int bytes)
{
    uint64_t n;
    if (read_number(t, u, bytes, &n) < 0)
        return -1;
    return push_take(t, u, value_from_int(bytes == 4 ? (int32_t)(uint32_t)n : (int64_t)n));
}

static int load_long_bytes(Thread *t, Unpickler *u, int bytes)
{
    uint64_t n;
    if (read_number(t, u, bytes, &n) < 0)
        return -1;
    if (n > INT32_MAX)
        return FAIL("LONG pickle has negative byte count");
    const uint8_t *p = unpickler_read(t, u, (size_t)n);
    return p ? push_take(t, u, n ? int_from_bytes(t, p, (size_t)n, true, true) : value_from_int(0)) : -1;
}

static int load_float_line(Thread *t, Unpickler *u)
{
    Value line = read_line(t, u, NULL, LINE_HAS_TEXT),
          v = value_is_empty(line) ? VALUE_EMPTY : float_from_string(t, line);
    ref_dec(t, line);
    return push_take(t, u, v);
}

static int load_binfloat(Thread *t, Unpickler *u)
{
    const uint8_t *p = unpickler_read(t, u, 8);
    if (!p)
        return -1;
    uint64_t bits = 0;
    double d;
    for (int i = 0; i < 8; i++)
        bits = bits << 8 | p[i];
    memcpy(&d, &bits, 8);
    return push_take(t, u, value_from_double(d));
}

/* ---- bytes and str ---- */

/* An 8-bit string of Python 2: decoded, or left as bytes. */
static Value decode_old(Thread *t, Unpickler *u, const void *data, size_t n)
{
    if (u->as_bytes)
        return bytes_new(t, data, n);
    Value owner1, owner2 = VALUE_EMPTY, result = VALUE_EMPTY;
    size_t length;
    const char *encoding = str_utf8(t, u->encoding, &length, &owner1),
               *errors = encoding ? str_utf8(t, u->errors, &length, &owner2) : NULL;
    if (errors)
        result = codec_decode(t, data, n, encoding, errors);
    ref_dec(t, owner1);
    ref_dec(t, owner2);
    return result;
}

static int load_string_line(Thread *t, Unpickler *u)
{
    Value line = read_line(t, u, NULL, LINE_MAY_BE_EMPTY);
    if (value_is_empty(line))
        return -1;
    const uint8_t *s = bytes_of(line)->data;
    size_t n = bytes_of(line)->length;
    if (n < 2 || s[0] != s[n - 1] || (s[0] != '\'' && s[0] != '"')) {
        ref_dec(t, line);
        return FAIL("the STRING opcode argument must be quoted");
    }
    int64_t invalid;
    bool octal;
    Value contents = codec_escape_decode(t, s + 1, n - 2, NULL, &invalid, &octal), v = VALUE_EMPTY;
    ref_dec(t, line);
    if (!value_is_empty(contents))
        v = decode_old(t, u, bytes_of(contents)->data, bytes_of(contents)->length);
    ref_dec(t, contents);
    return push_take(t, u, v);
}

static int load_binstring(Thread *t, Unpickler *u, int bytes)
{
    uint64_t n;
    if (read_number(t, u, bytes, &n) < 0)
        return -1;
    if (n > INT32_MAX)
        return FAIL("BINSTRING pickle has negative byte count");
    const uint8_t *p = unpickler_read(t, u, (size_t)n);
    return p ? push_take(t, u, decode_old(t, u, p, (size_t)n)) : -1;
}

static int load_binbytes(Thread *t, Unpickler *u, int bytes)
{
    size_t n;
    if (read_size(t, u, bytes, bytes == 8 ? "BINBYTES8" : "BINBYTES", &n) < 0)
        return -1;
    if (n < 4096) {
        const uint8_t *p = unpickler_read(t, u, n);
        return p ? push_take(t, u, bytes_new(t, p, n)) : -1;
    }
    if (value_is_empty(u->read) && u->length - u->at < n) /* before room is made for what is not there */
        return FAIL("pickle data was truncated");
    Value v = bytes_new(t, NULL, n);
    if (value_is_empty(v))
        return -1;
    if (unpickler_read_into(t, u, bytes_of(v)->data, n) < 0) {
        ref_dec(t, v);
        return -1;
    }
    return push_take(t, u, v);
}

static int load_bytearray(Thread *t, Unpickler *u)
{
    size_t n;
    if (read_size(t, u, 8, "BYTEARRAY8", &n) < 0)
        return -1;
    if (value_is_empty(u->read) && u->length - u->at < n)
        return FAIL("pickle data was truncated");
    Value v = bytearray_new(t, NULL, n);
    if (value_is_empty(v))
        return -1;
    if (n && unpickler_read_into(t, u, ((ByteArray *)value_object(v))->data, n) < 0) {
        ref_dec(t, v);
        return -1;
    }
    return push_take(t, u, v);
}

static int load_binunicode(Thread *t, Unpickler *u, int bytes)
{
    size_t n;
    if (read_size(t, u, bytes, bytes == 8 ? "BINUNICODE8" : "BINUNICODE", &n) < 0)
        return -1;
    const uint8_t *p = unpickler_read(t, u, n);
    return p ? push_take(t, u, str_from_utf8_errors(t, (const char *)p, n, STR_SURROGATEPASS)) : -1;
}

static int load_unicode_line(Thread *t, Unpickler *u)
{
    size_t n;
    const uint8_t *line = unpickler_readline(t, u, &n);
    return line ? push_take(t, u, codec_raw_unicode_escape_decode(t, line, n - 1, NULL, NULL)) : -1;
}

static int load_next_buffer(Thread *t, Unpickler *u)
{
    if (value_is_empty(u->buffers))
        return FAIL("pickle stream refers to out-of-band data but no *buffers* argument was given");
    Value buffer = object_next(t, u->buffers);
    if (value_is_empty(buffer) && !error_pending(t))
        return FAIL("not enough out-of-band buffers");
    return push_take(t, u, buffer);
}

static int load_readonly_buffer(Thread *t, Unpickler *u)
{
    Value buffer = top(t, u);
    if (value_is_empty(buffer))
        return -1;
    Buffer view;
    if (buffer_get(t, buffer, &view, BUFFER_FULL_RO) < 0)
        return -1;
    bool readonly = view.readonly;
    buffer_release(t, &view);
    if (readonly)
        return 0;
    Value shown = memoryview_new(t, buffer), result = VALUE_EMPTY;
    if (!value_is_empty(shown))
        result = object_call_method_string(t, shown, "toreadonly", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    ref_dec(t, shown);
    if (value_is_empty(result))
        return -1;
    ref_replace_take(t, &u->stack[u->depth - 1], result);
    return 0;
}

/* ---- containers ---- */

static int load_counted_tuple(Thread *t, Unpickler *u, size_t n)
{
    if (u->depth < u->fence + n)
        return underflow(t, u);
    return push_take(t, u, pop_tuple(t, u, u->depth - n));
}

static int load_tuple(Thread *t, Unpickler *u)
{
    int64_t mark = pop_mark(t, u);
    return mark < 0 ? -1 : push_take(t, u, pop_tuple(t, u, (size_t)mark));
}

static int load_list(Thread *t, Unpickler *u)
{
    int64_t mark = pop_mark(t, u);
    if (mark < 0)
        return -1;
    size_t n = u->depth - (size_t)mark;
    u->depth = (size_t)mark; /* the list takes the references */
    return push_take(t, u, list_from_array_take(t, u->stack + mark, n));
}

/* Sets the pairs [start, depth) in a mapping and drops them. */
static int set_items(Thread *t, Unpickler *u, Value mapping, size_t start)
{
    if ((u->depth - start) % 2)
        return FAIL("odd number of items for SETITEMS");
    bool exact = dict_check_exact(mapping);
    for (size_t i = start; i < u->depth; i += 2)
        if ((exact ? dict_set(t, mapping, u->stack[i], u->stack[i + 1])
                   : object_setitem(t, mapping, u->stack[i], u->stack[i + 1])) < 0)
            return -1;
    drop_to(t, u, start);
    return 0;
}

static int load_dict(Thread *t, Unpickler *u)
{
    int64_t mark = pop_mark(t, u);
    if (mark < 0)
        return -1;
    if ((u->depth - (size_t)mark) % 2)
        return FAIL("odd number of items for DICT");
    Value dict = dict_new(t);
    if (value_is_empty(dict))
        return -1;
    if (set_items(t, u, dict, (size_t)mark) < 0) {
        ref_dec(t, dict);
        return -1;
    }
    return push_take(t, u, dict);
}

static int load_frozenset(Thread *t, Unpickler *u)
{
    int64_t mark = pop_mark(t, u);
    Value items = mark < 0 ? VALUE_EMPTY : pop_tuple(t, u, (size_t)mark);
    if (value_is_empty(items))
        return -1;
    Value v = frozenset_new(t, items);
    ref_dec(t, items);
    return push_take(t, u, v);
}

/* The object that items [start, depth) are to be added to; borrowed, kept by the stack. */
static Value target_below(Thread *t, Unpickler *u, size_t start)
{
    if (start <= u->fence) {
        underflow(t, u);
        return VALUE_EMPTY;
    }
    return u->stack[start - 1];
}

static int append_items(Thread *t, Unpickler *u, size_t start)
{
    if (u->depth < start)
        return underflow(t, u);
    Value target = target_below(t, u, start);
    if (value_is_empty(target))
        return -1;
    size_t n = u->depth - start;
    if (n == 0)
        return 0;
    if (list_check_exact(target)) {
        for (size_t i = 0; i < n; i++)
            if (list_append(t, target, u->stack[start + i]) < 0)
                return -1;
        drop_to(t, u, start);
        return 0;
    }
    Value method, result = VALUE_EMPTY;
    int found = object_getattr_optional(t, target, ID(t, extend), &method);
    if (found < 0)
        return -1;
    if (found) {
        Value items = list_from_array(t, u->stack + start, n);
        if (!value_is_empty(items))
            result = object_call1(t, method, items);
        ref_dec(t, items);
        ref_dec(t, method);
        ref_dec(t, result);
        if (value_is_empty(result))
            return -1;
    } else {
        method = object_getattr_string(t, target, "append");
        if (value_is_empty(method))
            return -1;
        for (size_t i = 0; i < n; i++) {
            result = object_call1(t, method, u->stack[start + i]);
            ref_dec(t, result);
            if (value_is_empty(result))
                break;
        }
        ref_dec(t, method);
        if (value_is_empty(result))
            return -1;
    }
    drop_to(t, u, start);
    return 0;
}

static int load_appends(Thread *t, Unpickler *u)
{
    int64_t mark = pop_mark(t, u);
    return mark < 0 ? -1 : append_items(t, u, (size_t)mark);
}

static int load_setitems(Thread *t, Unpickler *u, bool single)
{
    int64_t start = single ? (u->depth >= u->fence + 2 ? (int64_t)u->depth - 2 : underflow(t, u)) : pop_mark(t, u);
    if (start < 0)
        return -1;
    Value target = target_below(t, u, (size_t)start);
    return value_is_empty(target) ? -1 : set_items(t, u, target, (size_t)start);
}

static int load_additems(Thread *t, Unpickler *u)
{
    int64_t mark = pop_mark(t, u);
    if (mark < 0)
        return -1;
    Value target = target_below(t, u, (size_t)mark);
    if (value_is_empty(target))
        return -1;
    if (object_is(target, KIND_SET)) {
        for (size_t i = (size_t)mark; i < u->depth; i++)
            if (set_add(t, target, u->stack[i]) < 0)
                return -1;
    } else {
        Value method = object_getattr_string(t, target, "add");
        if (value_is_empty(method))
            return -1;
        for (size_t i = (size_t)mark; i < u->depth && !error_pending(t); i++)
            ref_dec(t, object_call1(t, method, u->stack[i]));
        ref_dec(t, method);
        if (error_pending(t))
            return -1;
    }
    drop_to(t, u, (size_t)mark);
    return 0;
}

/* ---- objects ---- */

/* An instance of an old-style description: called with arguments, or made without __init__ when there are none. */
static Value instantiate(Thread *t, Value cls, Value args)
{
    Value hook = VALUE_EMPTY, name = VALUE_EMPTY;
    if (tuple_length(args) == 0 && object_is(cls, KIND_TYPE)) {
        name = str_intern(t, "__getinitargs__");
        int found = value_is_empty(name) ? -1 : object_getattr_optional(t, cls, name, &hook);
        ref_dec(t, name);
        ref_dec(t, hook);
        if (found < 0)
            return VALUE_EMPTY;
        if (!found)
            return object_call_method_string(t, cls, "__new__", cls, VALUE_EMPTY, VALUE_EMPTY);
    }
    return object_call_tuple(t, cls, args, VALUE_EMPTY);
}

/* find_class, through the method of a subclass. */
static Value find_class(Thread *t, Unpickler *u, Value module, Value name)
{
    if (u->head.type == pickle_state(t)->unpickler_type)
        return unpickler_find_class(t, u, module, name);
    return object_call_method_string(t, value_of(u), "find_class", module, name, VALUE_EMPTY);
}

static Value read_class(Thread *t, Unpickler *u, const char *encoding)
{
    Value module = read_line(t, u, encoding, LINE_HAS_TEXT),
          name = value_is_empty(module) ? VALUE_EMPTY : read_line(t, u, encoding, LINE_HAS_TEXT), cls = VALUE_EMPTY;
    if (!value_is_empty(name))
        cls = find_class(t, u, module, name);
    ref_dec(t, name);
    ref_dec(t, module);
    return cls;
}

static int load_inst(Thread *t, Unpickler *u)
{
    int64_t mark = pop_mark(t, u);
    if (mark < 0)
        return -1;
    Value cls = read_class(t, u, "ascii"), args = value_is_empty(cls) ? VALUE_EMPTY : pop_tuple(t, u, (size_t)mark),
          v = VALUE_EMPTY;
    if (!value_is_empty(args))
        v = instantiate(t, cls, args);
    ref_dec(t, args);
    ref_dec(t, cls);
    return push_take(t, u, v);
}

static int load_obj(Thread *t, Unpickler *u)
{
    int64_t mark = pop_mark(t, u);
    if (mark < 0)
        return -1;
    if (u->depth < (size_t)mark + 1)
        return underflow(t, u);
    Value args = pop_tuple(t, u, (size_t)mark + 1), v = VALUE_EMPTY;
    if (value_is_empty(args))
        return -1;
    Value cls = pop(t, u);
    if (!value_is_empty(cls))
        v = instantiate(t, cls, args);
    ref_dec(t, cls);
    ref_dec(t, args);
    return push_take(t, u, v);
}

/* cls.__new__(cls, *args, **kwargs) by the type's own slot. */
static Value make_instance(Thread *t, const char *op, Value cls, Value args, Value kwargs)
{
    Type *error = UNPICKLING_ERROR(t);
    if (!object_is(cls, KIND_TYPE))
        return error_set_type(t, error, "%s class argument must be a type, not %.200T", op, cls);
    if (!tuple_check(args))
        return error_set_type(t, error, "%s args argument must be a tuple, not %.200T", op, args);
    if (!value_is_empty(kwargs) && !dict_check(kwargs))
        return error_set_type(t, error, "%s kwargs argument must be a dict, not %.200T", op, kwargs);
    Type *type = (Type *)value_object(cls);
    if (!type->slots.create || type->flags & TYPE_NO_NEW)
        return error_set_type(t, error, "%s class argument '%.200N' doesn't have __new__", op, type);
    Value new = object_getattr(t, cls, ID(t, __new__)), result = VALUE_EMPTY;
    if (value_is_empty(new))
        return new;
    size_t n = tuple_length(args);
    Value all = tuple_new(t, n + 1);
    if (!value_is_empty(all)) {
        tuple_of(all)->items[0] = ref_inc(t, cls);
        for (size_t i = 0; i < n; i++)
            tuple_of(all)->items[1 + i] = ref_inc(t, tuple_peek(args, i));
        result = object_call_tuple(t, new, all, kwargs);
        ref_dec(t, all);
    }
    ref_dec(t, new);
    return result;
}

static int load_newobj(Thread *t, Unpickler *u, bool with_kwargs)
{
    Value kwargs = VALUE_EMPTY, args, cls = VALUE_EMPTY, v = VALUE_EMPTY;
    if (with_kwargs && value_is_empty(kwargs = pop(t, u)))
        return -1;
    args = pop(t, u);
    if (!value_is_empty(args))
        cls = pop(t, u);
    if (!value_is_empty(cls))
        v = make_instance(t, with_kwargs ? "NEWOBJ_EX" : "NEWOBJ", cls, args, kwargs);
    ref_dec(t, cls);
    ref_dec(t, args);
    ref_dec(t, kwargs);
    return push_take(t, u, v);
}

static int load_stack_global(Thread *t, Unpickler *u)
{
    Value name = pop(t, u), module = value_is_empty(name) ? VALUE_EMPTY : pop(t, u), v = VALUE_EMPTY;
    if (!value_is_empty(module)) {
        if (str_check_exact(name) && str_check_exact(module))
            v = find_class(t, u, module, name);
        else
            (void)FAIL("STACK_GLOBAL requires str");
    }
    ref_dec(t, module);
    ref_dec(t, name);
    return push_take(t, u, v);
}

static int load_extension(Thread *t, Unpickler *u, int bytes)
{
    PickleState *s = pickle_state(t);
    uint64_t n;
    if (read_number(t, u, bytes, &n) < 0)
        return -1;
    int64_t code = bytes == 4 ? (int32_t)(uint32_t)n : (int64_t)n;
    if (code <= 0)
        return FAIL("EXT specifies code <= 0");
    Value key = value_from_int(code), v, pair;
    int found = dict_get_optional(t, s->extension_cache, key, &v);
    if (found)
        return found < 0 ? -1 : push_take(t, u, v);
    found = dict_get_optional(t, s->inverted_registry, key, &pair);
    if (found < 0)
        return -1;
    if (!found)
        return error_set(t, EXC_ValueError, "unregistered extension code %lld", (long long)code), -1;
    if (!tuple_check(pair) || tuple_length(pair) != 2 || !str_check(tuple_peek(pair, 0)) ||
        !str_check(tuple_peek(pair, 1))) {
        ref_dec(t, pair);
        return error_set(t, EXC_ValueError, "_inverted_registry[%lld] isn't a 2-tuple of strings", (long long)code), -1;
    }
    v = find_class(t, u, tuple_peek(pair, 0), tuple_peek(pair, 1));
    ref_dec(t, pair);
    if (!value_is_empty(v) && dict_set(t, s->extension_cache, key, v) < 0)
        ref_clear(t, &v);
    return push_take(t, u, v);
}

static int load_reduce(Thread *t, Unpickler *u)
{
    Value args = pop(t, u), function = value_is_empty(args) ? VALUE_EMPTY : pop(t, u), v = VALUE_EMPTY;
    if (!value_is_empty(function)) {
        if (tuple_check(args))
            v = object_call(t, function, tuple_of(args)->items, (uint32_t)tuple_length(args), VALUE_EMPTY);
        else
            error_set(t, EXC_TypeError, "argument list must be a tuple");
    }
    ref_dec(t, function);
    ref_dec(t, args);
    return push_take(t, u, v);
}

static int load_persistent_take(Thread *t, Unpickler *u, Value id)
{
    if (value_is_empty(id))
        return -1;
    Value v = object_call1(t, u->persistent_call, id);
    ref_dec(t, id);
    return push_take(t, u, v);
}

static int load_persid(Thread *t, Unpickler *u)
{
    Value id = read_line(t, u, "ascii", LINE_MAY_BE_EMPTY);
    if (value_is_empty(id) && error_swallow(t, EXC_UnicodeDecodeError))
        return FAIL("persistent IDs in protocol 0 must be ASCII strings");
    return load_persistent_take(t, u, id);
}

/* ---- BUILD ---- */

/* inst.__dict__.update(state), keys interned. */
static int update_dict(Thread *t, Value inst, Value state)
{
    if (!dict_check(state))
        return FAIL("state is not a dictionary");
    Value dict = object_getattr(t, inst, ID(t, __dict__)),
          items = value_is_empty(dict) ? VALUE_EMPTY : dict_items_list(t, state);
    int result = value_is_empty(items) ? -1 : 0;
    for (size_t i = 0; result == 0 && i < list_length(items); i++) {
        Value pair = list_peek(items, i), key = ref_inc(t, tuple_peek(pair, 0));
        if (str_check_exact(key))
            key = str_intern_take(t, key);
        result = value_is_empty(key) ? -1 : object_setitem(t, dict, key, tuple_peek(pair, 1));
        ref_dec(t, key);
    }
    ref_dec(t, items);
    ref_dec(t, dict);
    return result;
}

static int set_slots(Thread *t, Value inst, Value state)
{
    if (!dict_check(state))
        return FAIL("slot state is not a dictionary");
    Value items = dict_items_list(t, state);
    int result = value_is_empty(items) ? -1 : 0;
    for (size_t i = 0; result == 0 && i < list_length(items); i++) {
        Value pair = list_peek(items, i), name = tuple_peek(pair, 0);
        if (!str_check(name)) {
            error_set(t, EXC_TypeError, "attribute name must be string, not '%.200T'", name);
            result = -1;
        } else {
            result = object_setattr(t, inst, name, tuple_peek(pair, 1));
        }
    }
    ref_dec(t, items);
    return result;
}

static int build(Thread *t, Value inst, Value state)
{
    Value method;
    int found = object_getattr_optional(t, inst, ID(t, __setstate__), &method);
    if (found < 0)
        return -1;
    if (found) {
        Value result = object_call1(t, method, state);
        ref_dec(t, method);
        ref_dec(t, result);
        return value_is_empty(result) ? -1 : 0;
    }
    Value slot_state = VALUE_NONE;
    if (tuple_check(state) && tuple_length(state) == 2) {
        slot_state = tuple_peek(state, 1);
        state = tuple_peek(state, 0);
    }
    if (!value_is_none(state) && update_dict(t, inst, state) < 0)
        return -1;
    return value_is_none(slot_state) ? 0 : set_slots(t, inst, slot_state);
}

static int load_build(Thread *t, Unpickler *u)
{
    if (u->depth < u->fence + 2)
        return underflow(t, u);
    Value state = pop(t, u), inst = ref_inc(t, u->stack[u->depth - 1]);
    int result = build(t, inst, state);
    ref_dec(t, inst);
    ref_dec(t, state);
    return result;
}

/* ---- the memo, and the stack's own opcodes ---- */

static int push_memo(Thread *t, Unpickler *u, uint64_t index)
{
    Value v = index < u->memo_size ? u->memo[index] : VALUE_EMPTY;
    if (value_is_empty(v))
        return FAIL("Memo value not found at index %llu", (unsigned long long)index);
    return push_take(t, u, ref_inc(t, v));
}

/* An index written as a decimal line. */
static int read_index(Thread *t, Unpickler *u, int64_t *index)
{
    Value line = read_line(t, u, NULL, LINE_HAS_TEXT);
    if (value_is_empty(line))
        return -1;
    Value v = int_from_string(t, (const char *)bytes_of(line)->data, bytes_of(line)->length, 10, line);
    ref_dec(t, line);
    if (value_is_empty(v))
        return -1;
    int result = argument_size(t, v, 0, index);
    ref_dec(t, v);
    return result;
}

static int load_get_line(Thread *t, Unpickler *u)
{
    int64_t index;
    if (read_index(t, u, &index) < 0)
        return -1;
    if (index < 0)
        return FAIL("Memo value not found at index %lld", (long long)index);
    return push_memo(t, u, (uint64_t)index);
}

static int load_get(Thread *t, Unpickler *u, int bytes)
{
    uint64_t index;
    return read_number(t, u, bytes, &index) < 0 ? -1 : push_memo(t, u, index);
}

static int memoize(Thread *t, Unpickler *u, size_t index)
{
    Value v = top(t, u);
    return value_is_empty(v) ? -1 : unpickler_memo_put(t, u, index, v);
}

static int load_put_line(Thread *t, Unpickler *u)
{
    int64_t index;
    if (read_index(t, u, &index) < 0)
        return -1;
    if (index < 0)
        return error_set(t, EXC_ValueError, "negative PUT argument"), -1;
    return memoize(t, u, (size_t)index);
}

static int load_put(Thread *t, Unpickler *u, int bytes)
{
    uint64_t index;
    if (read_number(t, u, bytes, &index) < 0)
        return -1;
    if (index > PTRDIFF_MAX)
        return error_set(t, EXC_ValueError, "negative LONG_BINPUT argument"), -1;
    return memoize(t, u, (size_t)index);
}

static int load_pop(Thread *t, Unpickler *u)
{
    /* On top of a mark it takes the mark away: pickles of Python 2 did so. */
    if (u->mark_count && u->marks[u->mark_count - 1] == u->depth)
        return pop_mark(t, u) < 0 ? -1 : 0;
    Value v = pop(t, u);
    if (value_is_empty(v))
        return -1;
    ref_dec(t, v);
    return 0;
}

static int load_pop_mark(Thread *t, Unpickler *u)
{
    int64_t mark = pop_mark(t, u);
    if (mark < 0)
        return -1;
    drop_to(t, u, (size_t)mark);
    return 0;
}

static int load_proto(Thread *t, Unpickler *u)
{
    const uint8_t *p = unpickler_read(t, u, 1);
    if (!p)
        return -1;
    if (*p > PICKLE_HIGHEST)
        return error_set(t, EXC_ValueError, "unsupported pickle protocol: %d", *p), -1;
    u->proto = *p;
    return 0;
}

static int load_frame(Thread *t, Unpickler *u)
{
    uint64_t size;
    return read_number(t, u, 8, &size) < 0 ? -1 : unpickler_frame(t, u, size);
}

static int unknown_opcode(Thread *t, uint8_t op)
{
    if (op >= 0x20 && op <= 0x7E && op != '\'' && op != '\\')
        return FAIL("invalid load key, '%c'.", op);
    return FAIL("invalid load key, '\\x%02x'.", op);
}

/* Runs one opcode other than STOP. */
static int step(Thread *t, Unpickler *u, uint8_t op)
{
    switch (op) {
    case PK_NONE: return push_take(t, u, VALUE_NONE);
    case PK_NEWTRUE: return push_take(t, u, VALUE_TRUE);
    case PK_NEWFALSE: return push_take(t, u, VALUE_FALSE);
    case PK_BININT: return load_binint(t, u, 4);
    case PK_BININT1: return load_binint(t, u, 1);
    case PK_BININT2: return load_binint(t, u, 2);
    case PK_INT: return load_int_line(t, u);
    case PK_LONG: return load_long_line(t, u);
    case PK_LONG1: return load_long_bytes(t, u, 1);
    case PK_LONG4: return load_long_bytes(t, u, 4);
    case PK_FLOAT: return load_float_line(t, u);
    case PK_BINFLOAT: return load_binfloat(t, u);
    case PK_SHORT_BINBYTES: return load_binbytes(t, u, 1);
    case PK_BINBYTES: return load_binbytes(t, u, 4);
    case PK_BINBYTES8: return load_binbytes(t, u, 8);
    case PK_BYTEARRAY8: return load_bytearray(t, u);
    case PK_NEXT_BUFFER: return load_next_buffer(t, u);
    case PK_READONLY_BUFFER: return load_readonly_buffer(t, u);
    case PK_SHORT_BINSTRING: return load_binstring(t, u, 1);
    case PK_BINSTRING: return load_binstring(t, u, 4);
    case PK_STRING: return load_string_line(t, u);
    case PK_UNICODE: return load_unicode_line(t, u);
    case PK_SHORT_BINUNICODE: return load_binunicode(t, u, 1);
    case PK_BINUNICODE: return load_binunicode(t, u, 4);
    case PK_BINUNICODE8: return load_binunicode(t, u, 8);
    case PK_EMPTY_TUPLE: return push_take(t, u, ref_inc(t, t->interp->empty_tuple));
    case PK_TUPLE1: return load_counted_tuple(t, u, 1);
    case PK_TUPLE2: return load_counted_tuple(t, u, 2);
    case PK_TUPLE3: return load_counted_tuple(t, u, 3);
    case PK_TUPLE: return load_tuple(t, u);
    case PK_EMPTY_LIST: return push_take(t, u, list_new(t, 0));
    case PK_EMPTY_DICT: return push_take(t, u, dict_new(t));
    case PK_EMPTY_SET: return push_take(t, u, set_new(t, VALUE_EMPTY));
    case PK_ADDITEMS: return load_additems(t, u);
    case PK_FROZENSET: return load_frozenset(t, u);
    case PK_OBJ: return load_obj(t, u);
    case PK_INST: return load_inst(t, u);
    case PK_NEWOBJ: return load_newobj(t, u, false);
    case PK_NEWOBJ_EX: return load_newobj(t, u, true);
    case PK_GLOBAL: return push_take(t, u, read_class(t, u, "utf-8"));
    case PK_STACK_GLOBAL: return load_stack_global(t, u);
    case PK_APPEND: return u->depth > u->fence ? append_items(t, u, u->depth - 1) : underflow(t, u);
    case PK_APPENDS: return load_appends(t, u);
    case PK_BUILD: return load_build(t, u);
    case PK_DUP: return push_take(t, u, ref_inc(t, top(t, u)));
    case PK_BINGET: return load_get(t, u, 1);
    case PK_LONG_BINGET: return load_get(t, u, 4);
    case PK_GET: return load_get_line(t, u);
    case PK_MARK: return load_mark(t, u);
    case PK_BINPUT: return load_put(t, u, 1);
    case PK_LONG_BINPUT: return load_put(t, u, 4);
    case PK_PUT: return load_put_line(t, u);
    case PK_MEMOIZE: return memoize(t, u, u->memo_used);
    case PK_POP: return load_pop(t, u);
    case PK_POP_MARK: return load_pop_mark(t, u);
    case PK_SETITEM: return load_setitems(t, u, true);
    case PK_SETITEMS: return load_setitems(t, u, false);
    case PK_LIST: return load_list(t, u);
    case PK_DICT: return load_dict(t, u);
    case PK_PERSID: return load_persid(t, u);
    case PK_BINPERSID: return load_persistent_take(t, u, pop(t, u));
    case PK_REDUCE: return load_reduce(t, u);
    case PK_PROTO: return load_proto(t, u);
    case PK_FRAME: return load_frame(t, u);
    case PK_EXT1: return load_extension(t, u, 1);
    case PK_EXT2: return load_extension(t, u, 2);
    case PK_EXT4: return load_extension(t, u, 4);
    default: return unknown_opcode(t, op);
    }
}

Value pickle_load(Thread *t, Unpickler *u)
{
    for (;;) {
        const uint8_t *op = unpickler_read(t, u, 1);
        if (!op && error_matches_type(t, UNPICKLING_ERROR(t))) { /* the usual end of a file */
            error_clear(t);
            error_set(t, EXC_EOFError, "Ran out of input");
        }
        if (!op)
            return VALUE_EMPTY;
        if (*op == PK_STOP)
            return pop(t, u);
        if (step(t, u, *op) < 0)
            return VALUE_EMPTY;
    }
}
