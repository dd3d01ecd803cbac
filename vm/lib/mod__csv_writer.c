/* mod__csv_writer.c: _csv.writer: rows to lines.  Each row is built in memory of its own and handed to the file's write method; no state is shared. */
#include "mod__csv.h"

#include <stddef.h>

#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/float.h"
#include "../object/int.h"

typedef struct CsvWriter {
    Object head;
    Value write; /* the file's method */
    Value dialect;
} CsvWriter;

static CsvWriter *writer_of(Value v) { return (CsvWriter *)value_object(v); }

Value csv_writer_new(Thread *t, Value file, Value dialect_take)
{
    Value write = VALUE_EMPTY;
    int found = object_getattr_optional(t, file, ID(t, write), &write);
    if (found == 0 || (found > 0 && !object_is_callable(t, write)))
        error_set(t, EXC_TypeError, "argument 1 must have a \"write\" method");
    CsvWriter *w = error_pending(t) ? NULL : type_alloc(t, csv_state(t)->writer_type, 0);
    if (!w) {
        ref_dec(t, write);
        ref_dec(t, dialect_take);
        return VALUE_EMPTY;
    }
    w->write = write;
    w->dialect = dialect_take;
    return value_of(w);
}

static bool str_has(Value str, uint32_t c)
{
    const Str *s = str_of(str);
    for (size_t i = 0; i < s->length; i++)
        if (str_at(s, i) == c)
            return true;
    return false;
}

/* Appends a field's text (empty: none), escaped; *quoted becomes true where the text demands it. */
static int add_escaped(Thread *t, const CsvDialect *d, StrBuilder *b, Value text, bool *quoted)
{
    size_t length = value_is_empty(text) ? 0 : str_length(text), run = 0;
    for (size_t i = 0; i < length; i++) {
        uint32_t c = str_at(str_of(text), i), before;
        if (c != d->delimiter && c != d->escapechar && c != d->quotechar && c != '\n' && c != '\r' &&
            !str_has(d->lineterminator, c))
            continue;
        if (d->quoting == QUOTE_NONE || c == d->escapechar || (c == d->quotechar && !d->doublequote)) {
            if (d->escapechar == CSV_NOT_SET)
                return CSV_FAIL("need to escape, but no escapechar set"), -1;
            before = d->escapechar;
        } else {
            *quoted = true;
            if (c != d->quotechar)
                continue;
            before = c;
        }
        if (strbuilder_slice(t, b, text, run, i) < 0 || strbuilder_char(t, b, before) < 0)
            return -1;
        run = i;
    }
    return length > run ? strbuilder_slice(t, b, text, run, length) : 0;
}

static int add_field(Thread *t, const CsvDialect *d, StrBuilder *row, size_t index, Value text, bool quoted)
{
    bool null = value_is_empty(text);
    if (index > 0 && strbuilder_char(t, row, d->delimiter) < 0)
        return -1;
    StrBuilder field = {0};
    if (add_escaped(t, d, &field, text, &quoted) < 0) {
        strbuilder_discard(t, &field);
        return -1;
    }
    if (field.length == 0 && d->delimiter == ' ' && d->skipinitialspace) {
        if (d->quoting == QUOTE_NONE || (null && (d->quoting == QUOTE_STRINGS || d->quoting == QUOTE_NOTNULL)))
            return CSV_FAIL("empty field must be quoted if delimiter is a space and skipinitialspace is true"), -1;
        quoted = true;
    }
    Value escaped = strbuilder_finish(t, &field);
    if (value_is_empty(escaped))
        return -1;
    int result = quoted ? strbuilder_char(t, row, d->quotechar) : 0;
    if (result == 0)
        result = strbuilder_str(t, row, escaped);
    if (result == 0 && quoted)
        result = strbuilder_char(t, row, d->quotechar);
    ref_dec(t, escaped);
    return result;
}

static bool is_number(Value v)
{
    return int_check(v) || float_check(v) || object_is(v, KIND_COMPLEX) ||
           (value_is_object(v) && (value_object(v)->type->slots.to_int || value_object(v)->type->slots.to_float ||
                                   value_object(v)->type->slots.index));
}

static int add_value(Thread *t, const CsvDialect *d, StrBuilder *row, size_t index, Value v, bool *null)
{
    bool quoted = false;
    switch (d->quoting) {
    case QUOTE_NONNUMERIC: quoted = !is_number(v); break;
    case QUOTE_ALL: quoted = true; break;
    case QUOTE_STRINGS: quoted = str_check(v); break;
    case QUOTE_NOTNULL: quoted = !value_is_none(v); break;
    default: break;
    }
    *null = value_is_none(v);
    if (*null)
        return add_field(t, d, row, index, VALUE_EMPTY, quoted);
    if (str_check(v))
        return add_field(t, d, row, index, v, quoted);
    Value text = object_str(t, v);
    if (value_is_empty(text))
        return -1;
    int result = add_field(t, d, row, index, text, quoted);
    ref_dec(t, text);
    return result;
}

static Value write_row(Thread *t, Value self, Value row)
{
    CsvWriter *w = writer_of(self);
    const CsvDialect *d = (const CsvDialect *)value_object(w->dialect);
    Value iterator = object_iter(t, row);
    if (value_is_empty(iterator)) {
        if (error_swallow(t, EXC_TypeError))
            CSV_FAIL("iterable expected, not %.200T", row);
        return VALUE_EMPTY;
    }
    StrBuilder b = {0};
    size_t count = 0;
    bool null = false, ok = true;
    for (;;) {
        Value v = object_next(t, iterator);
        if (value_is_empty(v)) {
            ok = !error_pending(t);
            break;
        }
        ok = add_value(t, d, &b, count++, v, &null) == 0;
        ref_dec(t, v);
        if (!ok)
            break;
    }
    ref_dec(t, iterator);
    if (ok && count > 0 && b.length == 0) { /* one empty field: not to be taken for an empty row */
        if (d->quoting == QUOTE_NONE || (null && (d->quoting == QUOTE_STRINGS || d->quoting == QUOTE_NOTNULL))) {
            CSV_FAIL("single empty field record must be quoted");
            ok = false;
        } else {
            for (int i = 0; i < 2 && ok; i++)
                ok = strbuilder_char(t, &b, d->quotechar) == 0;
        }
    }
    if (!ok || strbuilder_str(t, &b, d->lineterminator) < 0) {
        strbuilder_discard(t, &b);
        return VALUE_EMPTY;
    }
    Value line = strbuilder_finish(t, &b);
    if (value_is_empty(line))
        return line;
    Value result = object_call1(t, w->write, line);
    ref_dec(t, line);
    return result;
}

NATIVE(writer_writerow, "writerow", "($self, row, /)", "Writes a row, any iterable of values.")
{
    return write_row(t, args[0], args[1]);
}

NATIVE(writer_writerows, "writerows", "($self, rows, /)", "Writes the rows of an iterable.")
{
    Value iterator = object_iter(t, args[1]);
    if (value_is_empty(iterator))
        return iterator;
    for (;;) {
        Value row = object_next(t, iterator);
        if (value_is_empty(row))
            break;
        Value result = write_row(t, args[0], row);
        ref_dec(t, row);
        if (value_is_empty(result))
            break;
        ref_dec(t, result);
    }
    ref_dec(t, iterator);
    return error_pending(t) ? VALUE_EMPTY : VALUE_NONE;
}

static const NativeDef *const methods[] = {&native_writer_writerow, &native_writer_writerows, NULL};
static const MemberDef members[] = {{"dialect", MEMBER_VALUE, offsetof(CsvWriter, dialect), false, "The dialect."},
                                    {NULL, 0, 0, false, NULL}};

static void writer_dealloc(Thread *t, Object *o)
{
    ref_clear(t, &((CsvWriter *)o)->write);
    ref_clear(t, &((CsvWriter *)o)->dialect);
}
static int writer_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((CsvWriter *)o)->write);
    VISIT(((CsvWriter *)o)->dialect);
    return 0;
}

const TypeSpec csv_writer_spec = {
    .name = "_csv.writer",
    .doc = "Writes rows to a file in a dialect.",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(CsvWriter),
    .methods = methods,
    .members = members,
    .slots = {.dealloc = writer_dealloc, .traverse = writer_traverse},
};
