/* tracer.c: the table of traced blocks. Invariants and locks: tracer.h. */
#include "tracer.h"

static size_t slot_of(const Tracer *tracer, const void *block)
{
    uint64_t hash = (uint64_t)(uintptr_t)block * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(hash >> 32) & (tracer->capacity - 1);
}

/* Where the block is, or would be. */
static TracerEntry *find(Tracer *tracer, const void *block)
{
    size_t i = slot_of(tracer, block);
    while (tracer->entries[i].block && tracer->entries[i].block != block)
        i = (i + 1) & (tracer->capacity - 1);
    return &tracer->entries[i];
}

static bool grow(Tracer *tracer)
{
    Tracer larger = {.capacity = tracer->capacity ? tracer->capacity * 2 : 4096};
    larger.entries = alloc_raw_zeroed(larger.capacity * sizeof *larger.entries);
    if (!larger.entries)
        return false;
    for (size_t i = 0; i < tracer->capacity; i++) {
        if (tracer->entries[i].block)
            *find(&larger, tracer->entries[i].block) = tracer->entries[i];
    }
    alloc_raw_free(tracer->entries);
    tracer->entries = larger.entries;
    tracer->capacity = larger.capacity;
    return true;
}

void tracer_add(Thread *t, Tracer *tracer, void *block, size_t size)
{
    uint32_t traceback = tracer->capture(t, tracer->arg);
    mutex_lock(&tracer->lock);
    if (tracer->used * 3 < tracer->capacity * 2 || grow(tracer)) {
        TracerEntry *e = find(tracer, block);
        tracer->used += !e->block;
        tracer->bytes += size - (e->block ? e->size : 0);
        *e = (TracerEntry){block, size, traceback};
        if (tracer->bytes > tracer->peak)
            tracer->peak = tracer->bytes;
    }
    mutex_unlock(&tracer->lock);
}

void tracer_remove(Tracer *tracer, const void *block)
{
    mutex_lock(&tracer->lock);
    size_t mask = tracer->capacity - 1;
    TracerEntry *e = tracer->capacity ? find(tracer, block) : NULL;
    if (e && e->block) {
        tracer->used--;
        tracer->bytes -= e->size;
        /* What follows without a gap moves up, as far as it may. */
        size_t hole = (size_t)(e - tracer->entries);
        for (size_t i = (hole + 1) & mask; tracer->entries[i].block; i = (i + 1) & mask) {
            size_t home = slot_of(tracer, tracer->entries[i].block);
            if (((i - home) & mask) >= ((i - hole) & mask)) {
                tracer->entries[hole] = tracer->entries[i];
                hole = i;
            }
        }
        tracer->entries[hole] = (TracerEntry){0};
    }
    mutex_unlock(&tracer->lock);
}

bool tracer_find(Tracer *tracer, const void *block, TracerEntry *found)
{
    mutex_lock(&tracer->lock);
    *found = tracer->capacity ? *find(tracer, block) : (TracerEntry){0};
    mutex_unlock(&tracer->lock);
    return found->block != NULL;
}

void tracer_clear(Tracer *tracer)
{
    mutex_lock(&tracer->lock);
    if (tracer->capacity)
        memset(tracer->entries, 0, tracer->capacity * sizeof *tracer->entries);
    tracer->used = 0;
    tracer->bytes = tracer->peak = 0;
    mutex_unlock(&tracer->lock);
}

TracerEntry *tracer_copy(Tracer *tracer, size_t *count)
{
    mutex_lock(&tracer->lock);
    TracerEntry *copy = alloc_raw((tracer->used + 1) * sizeof *copy);
    *count = 0;
    for (size_t i = 0; copy && i < tracer->capacity; i++) {
        if (tracer->entries[i].block)
            copy[(*count)++] = tracer->entries[i];
    }
    mutex_unlock(&tracer->lock);
    return copy;
}

bool tracer_start(Thread *t, TracerCapture capture, void *arg)
{
    Tracer *tracer = alloc_raw_zeroed(sizeof *tracer);
    if (!tracer)
        return false;
    tracer->capture = capture;
    tracer->arg = arg;
    heap_set_tracer(t->interp->pool, tracer);
    return true;
}

void tracer_stop(Thread *t)
{
    Tracer *tracer = t->heap->tracer;
    heap_set_tracer(t->interp->pool, NULL);
    alloc_raw_free(tracer->entries);
    alloc_raw_free(tracer);
}
