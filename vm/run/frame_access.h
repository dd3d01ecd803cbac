/* frame_access.h: what built-in functions and C modules may ask of running Python code, without knowing frames.
 *
 * Declared for ../lib (builtins, _warnings, _asyncio, _tracemalloc ...), implemented by this room.  "The innermost frame" is t->frame: C functions have none. */
#ifndef BATON_RUN_FRAME_ACCESS_H
#define BATON_RUN_FRAME_ACCESS_H

#include "../object/type.h"

/* ---- the innermost frame ---- */

/* Its globals: borrowed; empty when no Python code runs. */
Value frame_access_globals(Thread *t);
/* Its builtins dict: borrowed; interp->builtins_dict when no Python code runs. */
Value frame_access_builtins(Thread *t);
/* What locals() gives: owned. A module's or class body's namespace itself, a fresh dict of a function's variables (PEP 667). SystemError "frame does not exist" when no
 * Python code runs. */
MUST_CHECK Value frame_access_locals(Thread *t);
/* The CODE_FUTURE_... flags of its code, which compile(), exec() and eval() inherit; 0 when no Python code runs. */
uint32_t frame_access_future_flags(Thread *t);
/* super() without arguments: __class__ and the first argument of the innermost frame, both owned. 0, or -1 with CPython's RuntimeErrors ("super(): no arguments",
 * "super(): __class__ cell not found" ...). */
int frame_access_super(Thread *t, Type **type, Value *object);

/* How many of the references to the one argument of the C function that runs only pass a local variable on, to it or to its callers: CPython's compiler lends such variables. */
uint32_t frame_access_lent(Thread *t, Value argument);

/* ---- walking outwards (warnings, tracemalloc) ---- */

/* Opaque; NULL at the end.  Good while no other Python code runs. */
struct Frame *frame_access_first(Thread *t);
struct Frame *frame_access_next(struct Frame *f);
Value frame_access_frame_globals(struct Frame *f); /* borrowed */
Value frame_access_frame_code(struct Frame *f);    /* borrowed: a code object */
int32_t frame_access_frame_line(struct Frame *f);

/* ---- running code ---- */

/* Runs a code object as exec() does: in globals (a dict that has __builtins__) and locals (any mapping), with a closure (tuple of cells, or empty). */
MUST_CHECK Value frame_access_run(Thread *t, Value code, Value globals, Value locals, Value closure_or_empty);
/* Runs the body of a class: the function that __build_class__ was given, without arguments, with `namespace` as its locals. Returns the __class__ cell, or None. */
MUST_CHECK Value frame_access_run_class_body(Thread *t, Value function, Value namespace);

/* anext(iterator, default): what awaits the awaitable and turns StopAsyncIteration into the default (KIND_ANEXT_AWAITABLE). */
MUST_CHECK Value anext_awaitable_new(Thread *t, Value awaitable, Value default_);

/* ---- importing (import.c) ---- */

/* The behaviour of builtins.__import__: globals may be empty or None; fromlist any value; level >= 0. */
MUST_CHECK Value import_module_level(Thread *t, Value name, Value globals, Value fromlist, int level);
/* import of an absolute dotted name, giving the innermost module (importlib.import_module): for C code. */
MUST_CHECK Value import_module(Thread *t, const char *name);
/* An attribute of a module, importing it. */
MUST_CHECK Value import_module_attr(Thread *t, const char *module, const char *name);
/* Leaves the lines of code that is in no file to tracebacks: linecache gets them now, or when it is imported; 0 or -1. */
int import_register_lines(Thread *t, Value code, Value text, Value filename);

#endif
