/* symtable_build.h: between symtable.c (resolving) and symtable_build.c (walking the tree). */
#ifndef BATON_FRONT_SYMTABLE_BUILD_H
#define BATON_FRONT_SYMTABLE_BUILD_H

#include "symtable.h"

typedef struct Builder {
    Thread *t;
    Arena *arena;
    Value filename;
    Symtable *st;
    Scope *scope;       /* current */
    Value private_name; /* class for mangling, or empty */
    bool future_annotations;
    bool allow_top_level_await;
    uint32_t iterable_depth; /* > 0 inside the iterable of a comprehension */
    uint32_t conditional; /* > 0 inside a statement whose body may not run */
} Builder;

Symbol *scope_symbol(Builder *b, Scope *scope, Value name); /* found or added; NULL with MemoryError */
int scope_register(Builder *b, const void *node, Scope *scope);
int symtable_collect(Builder *b, AstMod *mod);

#endif
