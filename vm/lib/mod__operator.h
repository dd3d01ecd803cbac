/* mod__operator.h: the parts of the module _operator: the functions (mod__operator.c) and the getters
 * (mod__operator_getters.c). */
#ifndef BATON_LIB_MOD__OPERATOR_H
#define BATON_LIB_MOD__OPERATOR_H

#include "../object/container.h"
#include "../object/module.h"

extern const TypeSpec operator_itemgetter, operator_attrgetter, operator_methodcaller;

#endif
