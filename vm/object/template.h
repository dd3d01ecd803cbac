/* template.h: template strings (PEP 750): string.templatelib.Template and Interpolation. */
#ifndef BATON_OBJECT_TEMPLATE_H
#define BATON_OBJECT_TEMPLATE_H

#include "type.h"

/* Invariant: strings has one item more than interpolations. */
typedef struct Template {
    Object head;
    Value strings;        /* tuple of str */
    Value interpolations; /* tuple of Interpolation */
} Template;
typedef struct Interpolation {
    Object head;
    Value value, expression, conversion, format_spec; /* conversion: 's', 'r', 'a' or None */
} Interpolation;
extern const TypeSpec type_spec_template, type_spec_interpolation, type_spec_template_iterator;

/* What a t-string evaluates to. */
MUST_CHECK Value template_new(Thread *t, Value strings, Value interpolations);
MUST_CHECK Value interpolation_new(Thread *t, Value value, Value expression, int conversion /* 's', 'r', 'a' or 0 */,
                                   Value format_spec);

#endif
