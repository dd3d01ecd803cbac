/* mod__imp.h: the modules written in C, by name: for the import system. */
#ifndef BATON_LIB_MOD__IMP_H
#define BATON_LIB_MOD__IMP_H

#include "../object/module.h"

/* The ModuleId of a module that can be imported by that name (builtins and sys are there from the start), or MODULE_COUNT. */
size_t imp_find_builtin(Value name);
/* Creates it; a second one begins as a copy of the first. */
MUST_CHECK Value imp_create_builtin(Thread *t, size_t id, Value name);

#endif
