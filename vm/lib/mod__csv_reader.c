/* mod__csv_reader.c: _csv.reader: rows from lines.
 *
 * A state machine over characters; runs of ordinary characters are taken at once.  A reader makes one row at a time: a call while another one waits for the
 * iterable's next line, from another thread or from the iterable itself, gets a RuntimeError, as with generators. */
#include "mod__csv.h"

#include <stddef.h>

#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/list.h"

typedef enum ParseState {
    START_RECORD,
    START_FIELD,
    ESCAPED_CHAR,
    IN_FIELD,
    IN_QUOTED_FIELD,
    ESCAPE_IN_QUOTED_FIELD,
    QUOTE_IN_QUOTED_FIELD,
    EAT_LINE_END,
    AFTER_ESCAPED_LINE_END
} ParseState;

#define END_OF_LINE (UINT32_MAX - 1) /* after the last character of a line */

typedef struct CsvReader {
    Object head;
    Value iterator, dialect;
    Value fields; /* list being filled, or empty */
    StrBuilder field;
    ParseState state;
    bool unquoted; /* the field has not begun with a quote */
    _Atomic bool busy;
    int64_t line_number;
} CsvReader;

static CsvReader *reader_of(Value v) { return (CsvReader *)value_object(v); }
static const CsvDialect *dialect_of(const CsvReader *r) { return (const CsvDialect *)value_object(r->dialect); }

Value csv_reader_new(Thread *t, Value iterable, Value dialect_take)
{
    CsvReader *r = NULL;
    Value iterator = object_iter(t, iterable);
    if (!value_is_empty(iterator))
        r = type_alloc(t, csv_state(t)->reader_type, 0);
    if (!r) {
        ref_dec(t, iterator);
        ref_dec(t, dialect_take);
        return VALUE_EMPTY;
    }
    r->iterator = iterator;
    r->dialect = dialect_take;
    return value_of(r);
}

static int add_char(Thread *t, CsvReader *r, uint32_t c)
{
    int64_t limit = __atomic_load_n(&csv_state(t)->field_limit, __ATOMIC_RELAXED);
    if ((int64_t)r->field.length >= limit)
        return CSV_FAIL("field larger than field limit (%lld)", (long long)limit), -1;
    return strbuilder_char(t, &r->field, c);
}

static int save_field(Thread *t, CsvReader *r)
{
    int quoting = dialect_of(r)->quoting;
    size_t length = r->field.length;
    if (r->unquoted && length == 0 && (quoting == QUOTE_NOTNULL || quoting == QUOTE_STRINGS))
        return list_append(t, r->fields, VALUE_NONE);
    Value field = strbuilder_finish(t, &r->field);
    if (value_is_empty(field))
        return -1;
    if (r->unquoted && length && (quoting == QUOTE_NONNUMERIC || quoting == QUOTE_STRINGS)) {
        Value number = number_float(t, field);
        ref_dec(t, field);
        field = number;
    }
    return list_append_take(t, r->fields, field);
}

static bool is_line_end(uint32_t c) { return c == '\n' || c == '\r' || c == END_OF_LINE; }
static ParseState after_row(uint32_t c) { return c == END_OF_LINE ? START_RECORD : EAT_LINE_END; }

static int start_field(Thread *t, CsvReader *r, uint32_t c)
{
    const CsvDialect *d = dialect_of(r);
    r->unquoted = true;
    if (is_line_end(c)) {
        if (save_field(t, r) < 0)
            return -1;
        r->state = after_row(c);
    } else if (c == d->quotechar && d->quoting != QUOTE_NONE) {
        r->unquoted = false;
        r->state = IN_QUOTED_FIELD;
    } else if (c == d->escapechar) {
        r->state = ESCAPED_CHAR;
    } else if (c == ' ' && d->skipinitialspace) {
        ;
    } else if (c == d->delimiter) {
        return save_field(t, r);
    } else {
        r->state = IN_FIELD;
        return add_char(t, r, c);
    }
    return 0;
}

static int in_field(Thread *t, CsvReader *r, uint32_t c)
{
    const CsvDialect *d = dialect_of(r);
    if (is_line_end(c)) {
        r->state = after_row(c);
        return save_field(t, r);
    }
    if (c == d->escapechar) {
        r->state = ESCAPED_CHAR;
        return 0;
    }
    if (c == d->delimiter) {
        r->state = START_FIELD;
        return save_field(t, r);
    }
    return add_char(t, r, c);
}

static int quote_in_quoted_field(Thread *t, CsvReader *r, uint32_t c)
{
    const CsvDialect *d = dialect_of(r);
    if (d->quoting != QUOTE_NONE && c == d->quotechar) { /* a doubled quote */
        r->state = IN_QUOTED_FIELD;
        return add_char(t, r, c);
    }
    if (c == d->delimiter) {
        r->state = START_FIELD;
        return save_field(t, r);
    }
    if (is_line_end(c)) {
        r->state = after_row(c);
        return save_field(t, r);
    }
    if (!d->strict) {
        r->state = IN_FIELD;
        return add_char(t, r, c);
    }
    Value delimiter = str_from_char(t, d->delimiter), quote = str_from_char(t, d->quotechar);
    if (!value_is_empty(delimiter) && !value_is_empty(quote))
        CSV_FAIL("'%U' expected after '%U'", delimiter, quote);
    ref_dec(t, delimiter);
    ref_dec(t, quote);
    return -1;
}

static int take_char(Thread *t, CsvReader *r, uint32_t c)
{
    const CsvDialect *d = dialect_of(r);
    switch (r->state) {
    case START_RECORD:
        if (c == END_OF_LINE) /* an empty line: an empty row */
            return 0;
        if (c == '\n' || c == '\r') {
            r->state = EAT_LINE_END;
            return 0;
        }
        r->state = START_FIELD;
        return start_field(t, r, c);
    case START_FIELD: return start_field(t, r, c);
    case ESCAPED_CHAR:
        if (c == '\n' || c == '\r') {
            r->state = AFTER_ESCAPED_LINE_END;
            return add_char(t, r, c);
        }
        r->state = IN_FIELD;
        return add_char(t, r, c == END_OF_LINE ? '\n' : c);
    case AFTER_ESCAPED_LINE_END:
        if (c == END_OF_LINE)
            return 0;
        r->state = IN_FIELD;
        return in_field(t, r, c);
    case IN_FIELD: return in_field(t, r, c);
    case IN_QUOTED_FIELD:
        if (c == END_OF_LINE)
            return 0;
        if (c == d->escapechar) {
            r->state = ESCAPE_IN_QUOTED_FIELD;
            return 0;
        }
        if (c == d->quotechar && d->quoting != QUOTE_NONE) {
            r->state = d->doublequote ? QUOTE_IN_QUOTED_FIELD : IN_FIELD;
            return 0;
        }
        return add_char(t, r, c);
    case ESCAPE_IN_QUOTED_FIELD: r->state = IN_QUOTED_FIELD; return add_char(t, r, c == END_OF_LINE ? '\n' : c);
    case QUOTE_IN_QUOTED_FIELD: return quote_in_quoted_field(t, r, c);
    default: /* EAT_LINE_END */
        if (c == '\n' || c == '\r')
            return 0;
        if (c == END_OF_LINE) {
            r->state = START_RECORD;
            return 0;
        }
        CSV_FAIL("new-line character seen in unquoted field - do you need to open the file with newline=''?");
        return -1;
    }
}

/* How many characters from i on are ordinary in the present state: to be added as they are. */
static size_t ordinary_run(const CsvReader *r, const Str *s, size_t i)
{
    const CsvDialect *d = dialect_of(r);
    size_t start = i;
    if (r->state == IN_FIELD) {
        for (; i < s->length; i++) {
            uint32_t c = str_at(s, i);
            if (c == d->delimiter || c == '\n' || c == '\r' || c == d->escapechar)
                break;
        }
    } else if (r->state == IN_QUOTED_FIELD) {
        for (; i < s->length; i++) {
            uint32_t c = str_at(s, i);
            if (c == d->quotechar || c == d->escapechar)
                break;
        }
    }
    return i - start;
}

static int take_line(Thread *t, CsvReader *r, Value line)
{
    const Str *s = str_of(line);
    for (size_t i = 0; i < s->length;) {
        size_t run = ordinary_run(r, s, i);
        if (run > 1 &&
            (int64_t)(r->field.length + run) <= __atomic_load_n(&csv_state(t)->field_limit, __ATOMIC_RELAXED)) {
            if (strbuilder_slice(t, &r->field, line, i, i + run) < 0)
                return -1;
            i += run;
            continue;
        }
        if (take_char(t, r, str_at(s, i++)) < 0)
            return -1;
    }
    return take_char(t, r, END_OF_LINE);
}

static int next_row(Thread *t, CsvReader *r)
{
    strbuilder_discard(t, &r->field);
    ref_clear(t, &r->fields);
    r->fields = list_new(t, 0);
    if (value_is_empty(r->fields))
        return -1;
    r->state = START_RECORD;
    r->unquoted = true;
    do {
        Value line = object_next(t, r->iterator);
        if (value_is_empty(line)) {
            if (error_pending(t))
                return -1;
            if (r->field.length == 0 && r->state != IN_QUOTED_FIELD)
                return 0;
            if (dialect_of(r)->strict)
                return CSV_FAIL("unexpected end of data"), -1;
            return save_field(t, r) < 0 ? -1 : 1;
        }
        if (!str_check(line)) {
            CSV_FAIL("iterator should return strings, not %.200T (the file should be opened in text mode)", line);
            ref_dec(t, line);
            return -1;
        }
        r->line_number++;
        int result = take_line(t, r, line);
        ref_dec(t, line);
        if (result < 0)
            return -1;
    } while (r->state != START_RECORD);
    return 1;
}

static Value reader_next(Thread *t, Value self)
{
    CsvReader *r = reader_of(self);
    if (atomic_exchange(&r->busy, true))
        return error_set(t, EXC_RuntimeError, "reader is already executing");
    int result = next_row(t, r);
    Value fields = r->fields;
    r->fields = VALUE_EMPTY;
    atomic_store(&r->busy, false);
    if (result > 0)
        return fields;
    ref_dec(t, fields);
    return VALUE_EMPTY;
}

static void reader_dealloc(Thread *t, Object *o)
{
    CsvReader *r = (CsvReader *)o;
    strbuilder_discard(t, &r->field);
    ref_clear(t, &r->iterator);
    ref_clear(t, &r->dialect);
    ref_clear(t, &r->fields);
}
static int reader_traverse(Object *o, VisitFn visit, void *arg)
{
    CsvReader *r = (CsvReader *)o;
    VISIT(r->iterator);
    VISIT(r->dialect);
    VISIT(r->fields);
    return 0;
}
static void reader_clear(Thread *t, Object *o) { ref_clear(t, &((CsvReader *)o)->fields); }

static const MemberDef members[] = {
    {"dialect", MEMBER_VALUE, offsetof(CsvReader, dialect), false, "The dialect."},
    {"line_num", MEMBER_INT64, offsetof(CsvReader, line_number), false, "Lines read so far."},
    {NULL, 0, 0, false, NULL},
};

const TypeSpec csv_reader_spec = {
    .name = "_csv.reader",
    .doc = "An iterator over rows, each a list of strings.",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(CsvReader),
    .members = members,
    .slots = {.dealloc = reader_dealloc,
              .traverse = reader_traverse,
              .clear = reader_clear,
              .iter = slot_iter_self,
              .next = reader_next},
};
