/* mod__csv.h: what the files of the module _csv share. */
#ifndef BATON_LIB_MOD__CSV_H
#define BATON_LIB_MOD__CSV_H

#include "../object/module.h"
#include "../object/str.h"

enum { QUOTE_MINIMAL, QUOTE_ALL, QUOTE_NONNUMERIC, QUOTE_NONE, QUOTE_STRINGS, QUOTE_NOTNULL, QUOTE_COUNT };
#define CSV_NOT_SET UINT32_MAX /* a character that is None */

typedef struct CsvState {
    Value error;    /* _csv.Error */
    Value dialects; /* dict: name -> Dialect */
    int64_t field_limit;
    Type *dialect_type, *reader_type, *writer_type;
} CsvState;

static inline CsvState *csv_state(Thread *t) { return (CsvState *)t->interp->module_state[MODULE__csv]; }
#define CSV_FAIL(...) error_set_type(t, (Type *)value_object(csv_state(t)->error), __VA_ARGS__)

/* Immutable once made. */
typedef struct CsvDialect {
    Object head;
    uint32_t delimiter, quotechar, escapechar;
    int quoting;
    bool doublequote, skipinitialspace, strict;
    Value lineterminator; /* str */
} CsvDialect;

extern const TypeSpec csv_dialect_spec, csv_reader_spec, csv_writer_spec;
/* Dialect(dialect, **keywords): args hold `n` positional arguments and then those of `names`. */
MUST_CHECK Value csv_dialect_make(Thread *t, const Value *args, uint32_t n, Value names);
MUST_CHECK Value csv_registered_dialect(Thread *t, Value name);
MUST_CHECK Value csv_reader_new(Thread *t, Value iterable, Value dialect_take);
MUST_CHECK Value csv_writer_new(Thread *t, Value file, Value dialect_take);

#endif
