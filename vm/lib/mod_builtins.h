/* mod_builtins.h: the parts of the module builtins, one file a subject. */
#ifndef BATON_LIB_MOD_BUILTINS_H
#define BATON_LIB_MOD_BUILTINS_H

#include "../object/module.h"

/* mod_builtins_number.c, mod_builtins_sequence.c, mod_builtins_io.c, mod_builtins_code.c: added to the module by mod_builtins.c; NULL-terminated. */
extern const NativeDef *const builtins_number_functions[],
    *const builtins_sequence_functions[], *const builtins_io_functions[], *const builtins_code_functions[];

#endif
