/* none.h: the types of None, NotImplemented and Ellipsis, whose only instances are constants (value.h). */
#ifndef BATON_OBJECT_NONE_H
#define BATON_OBJECT_NONE_H

#include "type.h"

extern const TypeSpec type_spec_none, type_spec_notimplemented, type_spec_ellipsis;

#endif
