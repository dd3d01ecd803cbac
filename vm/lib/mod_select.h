/* mod_select.h: what the files of the module select share. */
#ifndef BATON_LIB_MOD_SELECT_H
#define BATON_LIB_MOD_SELECT_H

#include "../object/container.h"
#include "../object/module.h"
#include "../thread/gil.h"
#include "argument.h"

typedef struct SelectState {
    Type *poll, *epoll; /* owned */
} SelectState;

static inline SelectState *select_state(Thread *t) { return t->interp->module_state[MODULE_select]; }

/* mod_select_poll.c */
extern const TypeSpec select_poll_spec;
MUST_CHECK Value select_poll_new(Thread *t);

/* mod_select_epoll.c */
#ifdef __linux__
extern const TypeSpec select_epoll_spec;
#endif

#endif
