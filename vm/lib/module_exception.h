/* module_exception.h: exception classes of modules written in C. */
#ifndef BATON_LIB_MODULE_EXCEPTION_H
#define BATON_LIB_MODULE_EXCEPTION_H

#include "../object/module.h"

/* Makes the class "module.Name" with a base (NULL: Exception) and adds it to the module as Name; doc may be NULL. Borrowed (the module's dict and
 * the type's own life keep it; take a reference to store it in C), NULL on error. */
Type *module_add_exception(Thread *t, Value module, const char *qualified_name, Type *base, const char *doc);

#endif
