/* namespace.h: types.SimpleNamespace (sys.implementation, time.get_clock_info() and others are such objects). */
#ifndef BATON_OBJECT_NAMESPACE_H
#define BATON_OBJECT_NAMESPACE_H

#include "type.h"

/* A SimpleNamespace with the items of a dict as attributes (may be VALUE_EMPTY: none). */
MUST_CHECK Value namespace_new(Thread *t, Value dict_or_empty);
extern const TypeSpec type_spec_namespace;

#endif
