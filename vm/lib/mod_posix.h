/* mod_posix.h: the parts of the module posix. */
#ifndef BATON_LIB_MOD_POSIX_H
#define BATON_LIB_MOD_POSIX_H

#include "../object/structseq.h"
#include "posix_path.h"

/* Types kept by the module (module_state[MODULE_posix]). */
typedef struct PosixState {
    Type *stat_result, *terminal_size, *times_result, *uname_result, *waitid_result, *sched_param, *statvfs_result;
    Type *scandir_iterator, *dir_entry;
} PosixState;
static inline PosixState *posix_state(Thread *t) { return t->interp->module_state[MODULE_posix]; }

struct stat;
struct sched_param;
int posix_sched_param(Thread *t, Value v, struct sched_param *parameter); /* a sched_param object: 0 or -1 */
MUST_CHECK Value posix_stat_value(Thread *t, const struct stat *st);

extern const NativeDef *const posix_stat_methods[],
    *const posix_file_methods[], *const posix_process_methods[],
                                     *const posix_scandir_methods[],
                                         *const posix_ids_methods[],
                                             *const posix_exec_methods[],
                                                 *const posix_system_methods[],
                                                     *const posix_environ_methods[],
                                                         *const posix_limits_methods[],
                                                             *const posix_fork_methods[],
                                                                 *const posix_vector_methods[],
                                                                     *const posix_xattr_methods[],
                                                                         *const posix_device_methods[],
                                                                             *const posix_linux_methods[];
int posix_stat_types(Thread *t, Value module);
int posix_scandir_types(Thread *t, Value module);
int posix_fork_types(Thread *t, Value module);
int posix_system_types(Thread *t, Value module);
int posix_environ(Thread *t, Value module);
int posix_limits_names(Thread *t, Value module);
int posix_exec_constants(Thread *t, Value module);
int posix_linux_constants(Thread *t, Value module);

#endif
