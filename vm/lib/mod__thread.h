/* mod__thread.h: what the files of the module _thread share. */
#ifndef BATON_LIB_MOD__THREAD_H
#define BATON_LIB_MOD__THREAD_H

#include "../object/module.h"

typedef struct ThreadState {
    Type *lock_type, *rlock_type, *handle_type, *local_type,
        *hook_args_type; /* owned by the module's dict and by this */
    size_t stack_size;
} ThreadState;

static inline ThreadState *thread_state(Thread *t) { return t->interp->module_state[MODULE__thread]; }

extern const TypeSpec type_spec_thread_lock, type_spec_thread_rlock,
    type_spec_thread_local; /* mod__thread_lock.c, mod__thread_local.c */
/* A fresh, unlocked lock. */
Value thread_lock_new(Thread *t);
/* At a thread's end: removes its attributes from all _local objects. */
void thread_local_end(Thread *t);

#endif
