/* memory_fixture.h: an interpreter without any built-in type, for tests of memory, counts and threads: types are made by hand. */
#ifndef BATON_TESTS_MEMORY_FIXTURE_H
#define BATON_TESTS_MEMORY_FIXTURE_H

#include <pthread.h>
#include <unistd.h>
#include <string.h>

#include "vm_fixture.h"

#include "vm/memory/alloc.h"
#include "vm/memory/cycle.h"
#include "vm/memory/ref.h"
#include "vm/os/os.h"
#include "vm/thread/breaker.h"
#include "vm/thread/gil.h"
#include "vm/thread/lock.h"

/* A node with two references. */
typedef struct Node {
    Object head;
    Value a, b;
    uint64_t number;
} Node;

static _Atomic int nodes_dead;
static uint64_t death_order[64];

static void node_dealloc(Thread *t, Object *o)
{
    Node *n = (Node *)o;
    int dead = nodes_dead++;
    if (dead < 64)
        death_order[dead] = n->number;
    ref_clear(t, &n->a);
    ref_clear(t, &n->b);
}
static int node_traverse(Object *o, VisitFn visit, void *arg)
{
    Node *n = (Node *)o;
    VISIT(n->a);
    VISIT(n->b);
    return 0;
}
static void node_clear(Thread *t, Object *o)
{
    Node *n = (Node *)o;
    ref_clear(t, &n->a);
    ref_clear(t, &n->b);
}

static Thread *bare_thread(bool gil)
{
    Config config = {.gil = gil};
    Interp *interp = interp_new(&config);
    assert_non_null(interp);
    return interp->main_thread;
}
static void bare_end(Thread *t) { interp_free(t->interp); }

__attribute__((unused)) static Type *node_type(Thread *t)
{
    Type *type = alloc_object_untyped(t, KIND_TYPE, sizeof *type);
    type->instance_kind = KIND_OBJECT | KIND_SUBCLASS;
    type->size = sizeof(Node);
    type->slots.dealloc = node_dealloc;
    type->slots.traverse = node_traverse;
    type->slots.clear = node_clear;
    ref_make_immortal(&type->head);
    return type;
}
__attribute__((unused)) static Type *leaf_type(Thread *t)
{
    Type *type = alloc_object_untyped(t, KIND_TYPE, sizeof *type);
    type->instance_kind = KIND_OBJECT | KIND_SUBCLASS;
    ref_make_immortal(&type->head);
    return type;
}
__attribute__((unused)) static Node *node_new(Thread *t, Type *type, uint64_t number)
{
    Node *n = alloc_object(t, type, sizeof *n);
    n->number = number;
    return n;
}

/* Real threads: fn(t, arg) runs attached. */
typedef struct Run {
    Thread *t;
    void (*fn)(Thread *t, void *arg);
    void *arg;
    pthread_t handle;
} Run_;
__attribute__((unused)) static void *run_main(void *p)
{
    Run_ *r = p;
    thread_bind(r->t);
    thread_attach(r->t);
    r->fn(r->t, r->arg);
    thread_end(r->t);
    return NULL;
}
__attribute__((unused)) static void run_start(Run_ *r, Interp *interp, void (*fn)(Thread *t, void *arg), void *arg)
{
    r->t = thread_new(interp);
    assert_non_null(r->t);
    r->fn = fn;
    r->arg = arg;
    assert_int_equal(pthread_create(&r->handle, NULL, run_main, r), 0);
}
__attribute__((unused)) static void run_join(Thread *t, Run_ *r)
{
    thread_detach(t, EVENT_JOIN);
    pthread_join(r->handle, NULL);
    thread_attach(t);
}

#endif
