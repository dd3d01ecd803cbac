/* str_fields.h: the parts of a format string: shared by str.format (str_fields.c) and the module _string. */
#ifndef BATON_OBJECT_STR_FIELDS_H
#define BATON_OBJECT_STR_FIELDS_H

#include "str.h"

/* Characters [start, end) of the format string. */
typedef struct Span {
    size_t start, end;
} Span;

/* Literal text followed by a replacement field, or only one of them. */
typedef struct Markup {
    Span literal;
    bool has_field;
    Span name, spec;
    bool has_spec;       /* a ':' was there */
    bool nested;         /* the spec contains fields itself */
    uint32_t conversion; /* 0: none */
} Markup;
/* Parses on from *position: 1 and *position moved, 0 at the end, -1 with ValueError. */
int str_markup_next(Thread *t, const Str *format, size_t *position, size_t end, Markup *markup);

/* Splits a field name: its first part in *first, as a number in *index (or -1: not a number). *rest is the position behind it. 0 or -1. */
int str_field_first(Thread *t, const Str *format, Span name, Span *first, int64_t *index, size_t *rest);
/* The next .attribute or [item] from *position: 1, 0 at the end, -1 with ValueError. */
int str_field_next(Thread *t, const Str *format, size_t *position, size_t end, bool *is_attribute, Span *part,
                   int64_t *index);

#endif
