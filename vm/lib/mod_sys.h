/* mod_sys.h: the parts of the module sys. */
#ifndef BATON_LIB_MOD_SYS_H
#define BATON_LIB_MOD_SYS_H

#include "../object/type.h"

int sys_add_hooks(Thread *t, Value module);      /* mod_sys_hooks.c */
int sys_add_trace(Thread *t, Value module);      /* mod_sys_trace.c */
int sys_add_monitoring(Thread *t, Value module); /* mod_sys_monitoring.c */
int sys_add_info(Thread *t, Value module);       /* mod_sys_info.c */
/* Prints an exception as sys.excepthook does; never fails. */
void sys_print_exception(Thread *t, Value exc);

#endif
