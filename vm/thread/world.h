/* world.h: all threads of an interpreter: making, listing, stopping and ending them. */
#ifndef BATON_THREAD_WORLD_H
#define BATON_THREAD_WORLD_H

#include "gil.h"

/* The interpreter and its main thread, attached, before any type exists. NULL: no memory. */
Interp *interp_new(const Config *config);
void interp_free(Interp *interp);
/* A Thread for a new Python thread, not yet attached; the creator calls it, the new OS thread then calls thread_bind and thread_attach. NULL: no memory. */
Thread *thread_new(Interp *interp);
void thread_bind(Thread *t);   /* on the OS thread that will run it: ids, stack guard, heap */
void thread_end(Thread *t);    /* attached, its last act: releases all it holds, hands its heap and objects over, detaches, frees t */
/* Stops all other threads at their next poll (they are detached or suspended when it returns); balanced by world_start. */
void world_stop(Thread *t);
void world_start(Thread *t);
/* After fork in the child: only the calling thread exists. */
void world_after_fork_child(Thread *t);
/* Sets another thread's asynchronous exception (PyThreadState_SetAsyncExc): true if the thread exists. */
bool thread_set_async_exception(Thread *t, uint64_t id, Value exc_or_empty);

#endif
