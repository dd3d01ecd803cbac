/* frame.c: the register stack and the pool of frames; frame objects, f_locals and tracebacks.
 *
 * A frame object refers to its running frame; when that ends it takes the locals (frame_detach).
 *
 * Locks.  A running frame changes without any, and so does the object of one that ends.  With the lock off whoever looks at a frame that is not its own therefore
 * stops the world for it (look, look_away).  Read next: frame.h. */
#include "frame.h"

#include <assert.h>

#include "../memory/alloc.h"
#include "../object/audit.h"
#include "../object/cell.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/exception.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"
#include "../thread/world.h"
#include "generator.h"
#include "trace.h"

/* ---- the stack ---- */

#define POOL_FRAMES 32

Frame *frame_pool_grow(Thread *t)
{
    Frame *frames = alloc_memory_zeroed(t, POOL_FRAMES, sizeof *frames);
    if (!frames)
        return NULL;
    for (int i = 0; i + 1 < POOL_FRAMES; i++)
        frames[i].next = &frames[i + 1];
    frames[0].pool_block = true;
    Frame *f = t->frame;
    for (; f && f->is_generator; f = f->previous)
        f->pool = frames;
    if (f)
        f->next = frames;
    return frames;
}

static StackChunk *chunk_new(Thread *t, size_t size)
{
    StackChunk *chunk = alloc_memory_zeroed(t, 1, sizeof *chunk + size * sizeof(Value));
    if (chunk)
        chunk->size = size;
    return chunk;
}

int frame_stack_new(Thread *t)
{
    t->chunk = chunk_new(t, CONFIG_STACK_CHUNK);
    Frame *frames = alloc_memory_zeroed(t, POOL_FRAMES, sizeof *frames);
    if (!t->chunk || !frames) {
        alloc_memory_free(t, t->chunk);
        alloc_memory_free(t, frames);
        t->chunk = NULL;
        return -1;
    }
    for (int i = 0; i + 1 < POOL_FRAMES; i++)
        frames[i].next = &frames[i + 1];
    frames[0].pool_block = true;
    t->frame_pool = frames;
    t->stack_limit = t->chunk->registers + t->chunk->size;
    return 0;
}

void frame_stack_free(Thread *t)
{
    for (StackChunk *chunk = t->chunk; chunk;) {
        while (chunk->next)
            chunk = chunk->next;
        StackChunk *previous = chunk->previous;
        alloc_memory_free(t, chunk);
        if (previous)
            previous->next = NULL;
        chunk = previous;
    }
    /* Blocks of the pool begin with a marked frame; the list runs through all of them. */
    Frame *block = t->frame_pool;
    while (block) {
        Frame *f = block->next;
        while (f && !f->pool_block)
            f = f->next;
        alloc_memory_free(t, block);
        block = f;
    }
    t->chunk = NULL;
    t->frame_pool = NULL;
}

Value *frame_chunk_push(Thread *t, size_t count)
{
    StackChunk *chunk = t->chunk->next;
    if (chunk && chunk->size < count) { /* only an empty spare one can be too small */
        t->chunk->next = NULL;
        alloc_memory_free(t, chunk);
        chunk = NULL;
    }
    if (!chunk) {
        chunk = chunk_new(t, count > CONFIG_STACK_CHUNK ? count : CONFIG_STACK_CHUNK);
        if (!chunk)
            return NULL;
        chunk->previous = t->chunk;
        t->chunk->next = chunk;
    }
    t->chunk = chunk;
    t->stack_limit = chunk->registers + chunk->size;
    return chunk->registers;
}

/* The chunk stays as a spare, so that a loop at its edge does not allocate each time. */
void frame_chunk_pop(Thread *t)
{
    t->chunk = t->chunk->previous;
    t->stack_limit = t->chunk->registers + t->chunk->size;
}

/* ---- frame objects ---- */

uint32_t frame_index(const Frame *f)
{
    ptrdiff_t index = f->pc - f->code->instructions;
    assert(index >= 0 && index <= (ptrdiff_t)f->code->instruction_count);
    return index > 0 ? (uint32_t)index - 1 : 0;
}

/* The line of an instruction; one that belongs to no line counts with what stands before it. */
static int32_t line_at(const Code *code, uint32_t index)
{
    int32_t line = code_position(code, index).line;
    while (line <= 0 && index > 0)
        line = code_position(code, --index).line;
    return line;
}

int32_t frame_line(const Frame *f) { return line_at(f->code, frame_index(f)); }

static FrameObject *object_of(Value v) { return (FrameObject *)value_object(v); }

Value frame_object(Thread *t, Frame *f)
{
    if (value_is_empty(f->object)) {
        FrameObject *o = alloc_object(t, t->types[KIND_FRAME], sizeof *o + f->code->local_count * sizeof(Value));
        if (!o)
            return VALUE_EMPTY;
        o->frame = f;
        o->code = ref_inc(t, value_of(f->code));
        o->locals = ref_inc(t, f->locals);
        o->function = ref_inc(t, value_of(f->function));
        o->trace_lines = true;
        f->object = value_of(o);
        f->has_more = true;
    }
    return ref_inc(t, f->object);
}

void frame_detach(Thread *t, Frame *f)
{
    FrameObject *o = object_of(f->object);
    Value object = f->object;
    f->object = VALUE_EMPTY;
    Value exc = error_take(t);
    /* The count that another thread owns may move while it is read: then somebody may have it. */
    if (o->head.owner != t->owner || ref_count(&o->head) > 1) {
        o->lasti = frame_index(f);
        o->registers = o->ended;
        for (uint32_t i = 0, n = f->code->local_count; i < n; i++) {
            o->ended[i] = f->registers[i];
            f->registers[i] = VALUE_EMPTY;
        }
        if (f->previous) {
            o->back = frame_object(t, f->previous);
            if (value_is_empty(o->back))
                error_clear(t);
        }
    }
    o->frame = NULL;
    ref_dec(t, object);
    t->exc = exc;
}

static void clear(Thread *t, Object *object)
{
    FrameObject *o = (FrameObject *)object;
    ref_clear(t, &o->locals);
    ref_clear(t, &o->back);
    ref_clear(t, &o->displaced);
    ref_clear(t, &o->extra_locals);
    ref_clear(t, &o->trace);
    if (!o->frame && o->registers) {
        Value *registers = o->registers;
        uint32_t n = code_of(o->code)->local_count;
        o->registers = NULL;
        for (uint32_t i = 0; i < n; i++)
            ref_clear(t, &registers[i]);
    }
}

static void dealloc(Thread *t, Object *object)
{
    FrameObject *o = (FrameObject *)object;
    clear(t, object);
    ref_clear(t, &o->function);
    ref_clear(t, &o->code);
}

static int traverse(Object *object, VisitFn visit, void *arg)
{
    FrameObject *o = (FrameObject *)object;
    VISIT(o->code);
    VISIT(o->locals);
    VISIT(o->function);
    VISIT(o->back);
    VISIT(o->displaced);
    VISIT(o->extra_locals);
    VISIT(o->trace);
    if (o->registers)
        for (uint32_t i = 0, n = code_of(o->code)->local_count; i < n; i++)
            VISIT(o->registers[i]);
    return 0;
}

bool frame_is_own(const Thread *t, const FrameObject *o)
{
    for (const Frame *f = t->frame; f; f = f->previous)
        if (value_is(f->object, value_of(o)))
            return true;
    return false;
}

/* Until look_away, which wants the result, nobody else changes the frame.  Between the two no Python code may run and nothing may die. */
static MUST_CHECK bool look(Thread *t, const FrameObject *o)
{
    if (LIKELY(!t->free_threaded) || world_is_alone(t) || frame_is_own(t, o))
        return false;
    world_stop(t);
    return true;
}
static void look_away(Thread *t, bool stopped)
{
    if (stopped)
        world_start(t);
}

static Value *registers_of(FrameObject *o) { return o->frame ? o->frame->registers : o->registers; }
static uint32_t index_of(Thread *t, FrameObject *o)
{
    bool stopped = look(t, o);
    uint32_t index = o->shown ? o->shown - 1 : o->frame ? frame_index(o->frame) : o->lasti;
    look_away(t, stopped);
    return index;
}

static Value repr(Thread *t, Value self)
{
    FrameObject *o = object_of(self);
    Code *code = code_of(o->code);
    return str_format(t, "<frame at %p, file %V, line %d, code %U>", (void *)o, code->filename,
                      (int)code_position(code, index_of(t, o)).line, code->name);
}

/* The caller's frame object, or None; owned. */
static Value back(Thread *t, FrameObject *o)
{
    if (!o->frame)
        return value_is_empty(o->back) ? VALUE_NONE : ref_inc(t, o->back);
    Frame *f = o->frame;
    if (f->is_generator && generator_of_frame(f)->state != GENERATOR_RUNNING)
        return VALUE_NONE;
    return f->previous ? frame_object(t, f->previous) : VALUE_NONE;
}
static Value get_back(Thread *t, Value self)
{
    bool stopped = look(t, object_of(self));
    Value v = back(t, object_of(self));
    look_away(t, stopped);
    return v;
}
static Value get_code(Thread *t, Value self)
{
    return audit(t, "object.__getattr__", "Os", self, "f_code") < 0 ? VALUE_EMPTY : ref_inc(t, object_of(self)->code);
}
static Value get_globals(Thread *t, Value self) { return ref_inc(t, function_of(object_of(self)->function)->globals); }
static Value get_builtins(Thread *t, Value self)
{
    return ref_inc(t, function_of(object_of(self)->function)->builtins);
}
static Value get_lineno(Thread *t, Value self)
{
    FrameObject *o = object_of(self);
    if (o->line == FRAME_LINE_ZERO)
        return value_from_int(0);
    int32_t line = line_at(code_of(o->code), index_of(t, o));
    return line > 0 ? value_from_int(line) : VALUE_NONE;
}
static int set_lineno(Thread *t, Value self, Value value) { return trace_set_line(t, object_of(self), value); }
static Value get_lasti(Thread *t, Value self) { return value_from_int(2 * (int64_t)index_of(t, object_of(self))); }
static Value get_trace(Thread *t, Value self)
{
    Value v = slot_peek(&object_of(self)->trace);
    return value_is_empty(v) ? VALUE_NONE : ref_inc(t, v);
}
static int set_trace(Thread *t, Value self, Value value)
{
    slot_replace_take(t, &object_of(self)->trace, value_is_none(value) ? VALUE_EMPTY : ref_inc(t, value));
    return 0;
}
static Value get_generator(Thread *t, Value self)
{
    FrameObject *o = object_of(self);
    bool stopped = look(t, o);
    Value v = o->frame && o->frame->is_generator ? ref_inc(t, value_of(generator_of_frame(o->frame))) : VALUE_NONE;
    look_away(t, stopped);
    return v;
}

/* ---- f_locals ---- */

/* What follows, down to find_variable, looks at the frame: its callers see to it that they may. */

static bool is_cell_register(const Code *code, uint32_t i) { return code->local_kinds[i] & LOCAL_CELL; }

/* The value of local register i: owned or empty. */
static Value local_value(Thread *t, FrameObject *o, uint32_t i)
{
    Value *registers = registers_of(o);
    if (!registers || value_is_empty(registers[i]))
        return VALUE_EMPTY;
    if (is_cell_register(code_of(o->code), i) && cell_check(registers[i]))
        return cell_get(t, registers[i]);
    return ref_inc(t, registers[i]);
}
static Value free_value(Thread *t, FrameObject *o, uint32_t i)
{
    if (!registers_of(o) || value_is_empty(o->function) || value_is_empty(function_of(o->function)->closure))
        return VALUE_EMPTY; /* cleared, or there are none */
    return cell_get(t, tuple_peek(function_of(o->function)->closure, i));
}

/* A variable by its number: locals first, then free variables; *name borrowed. */
static Value variable(Thread *t, FrameObject *o, uint32_t i, Value *name)
{
    Code *code = code_of(o->code);
    if (i < code->local_count) {
        *name = tuple_peek(code->local_names, i);
        return local_value(t, o, i);
    }
    *name = tuple_peek(code->free_names, i - code->local_count);
    return free_value(t, o, i - code->local_count);
}

/* Number of the variable of that name that has a value or (any) could have one; -1: none. */
static int64_t find_variable(Thread *t, FrameObject *o, Value key)
{
    Code *code = code_of(o->code);
    int64_t unbound = -1;
    if (!str_check(key))
        return -1;
    for (uint32_t i = 0; i < code->local_count + code->free_count; i++) {
        Value name = i < code->local_count ? tuple_peek(code->local_names, i)
                                           : tuple_peek(code->free_names, i - code->local_count);
        if (!str_equal(name, key))
            continue;
        Value v = variable(t, o, i, &name);
        if (!value_is_empty(v)) {
            ref_dec(t, v); /* not the last */
            return i;
        }
        if (unbound < 0 && !(i < code->local_count && (code->local_kinds[i] & LOCAL_HIDDEN)))
            unbound = i;
    }
    return unbound;
}

static Value snapshot(Thread *t, FrameObject *o)
{
    Code *code = code_of(o->code);
    Value dict = dict_new(t), extra, name;
    if (value_is_empty(dict))
        return dict;
    int status = 0;
    bool stopped = look(t, o);
    for (uint32_t i = 0; i < code->local_count + code->free_count && status == 0; i++) {
        Value v = variable(t, o, i, &name);
        if (!value_is_empty(v) && str_length(name) != 0)
            status = dict_set(t, dict, name, v);
        ref_dec(t, v); /* not the last */
    }
    extra = ref_inc(t, o->extra_locals);
    look_away(t, stopped);
    if (status == 0 && !value_is_empty(extra))
        status = dict_merge(t, dict, extra, 1);
    ref_dec(t, extra);
    if (status < 0)
        ref_clear(t, &dict);
    return dict;
}

typedef struct LocalsProxy {
    Object head;
    Value frame; /* frame object */
} LocalsProxy;

/* A comprehension inlined into a module has variables of its own now: they are its locals, as in a function. */
static bool in_comprehension(const Code *code, const Value *registers)
{
    for (uint32_t i = code->own_start; registers && i < code->own_end; i++)
        if (!value_is_empty(registers[i]))
            return true;
    return false;
}

static Value locals_of(Thread *t, FrameObject *o)
{
    bool stopped = look(t, o);
    bool own = (code_of(o->code)->flags & CODE_OPTIMIZED) || in_comprehension(code_of(o->code), registers_of(o));
    look_away(t, stopped);
    if (!own) {
        stopped = look(t, o);
        Value v = ref_inc(t, value_is_empty(o->locals) ? function_of(o->function)->globals : o->locals);
        look_away(t, stopped);
        return v;
    }
    LocalsProxy *p = alloc_object(t, t->types[KIND_FRAME_LOCALS_PROXY], sizeof *p);
    if (!p)
        return VALUE_EMPTY;
    p->frame = ref_inc(t, value_of(o));
    return value_of(p);
}

Value frame_locals(Thread *t, Frame *f)
{
    Value object = frame_object(t, f);
    if (value_is_empty(object))
        return object;
    Value locals = locals_of(t, object_of(object));
    ref_dec(t, object);
    return locals;
}

Value frame_locals_snapshot(Thread *t, Frame *f)
{
    if (!(f->code->flags & CODE_OPTIMIZED) && !in_comprehension(f->code, f->registers))
        return ref_inc(t, value_is_empty(f->locals) ? frame_globals(f) : f->locals);
    Value object = frame_object(t, f);
    if (value_is_empty(object))
        return object;
    Value dict = snapshot(t, object_of(object));
    ref_dec(t, object);
    return dict;
}

static Value get_locals(Thread *t, Value self) { return locals_of(t, object_of(self)); }

static FrameObject *proxy_frame(Value self) { return object_of(((LocalsProxy *)value_object(self))->frame); }

static bool is_hashable(Thread *t, Value key) { return str_check(key) || object_hash(t, key) != -1; }

static Value proxy_getitem(Thread *t, Value self, Value key)
{
    FrameObject *o = proxy_frame(self);
    Value v = VALUE_EMPTY, extra = VALUE_EMPTY, name;
    if (!is_hashable(t, key))
        return VALUE_EMPTY;
    bool stopped = look(t, o);
    int64_t i = find_variable(t, o, key);
    if (i >= 0)
        v = variable(t, o, (uint32_t)i, &name);
    if (value_is_empty(v))
        extra = ref_inc(t, o->extra_locals);
    look_away(t, stopped);
    if (!value_is_empty(v))
        return v;
    int found = value_is_empty(extra) ? 0 : dict_get_optional(t, extra, key, &v);
    ref_dec(t, extra);
    if (found)
        return found < 0 ? VALUE_EMPTY : v;
    return error_set(t, EXC_KeyError, "local variable '%S' is not defined", key);
}

/* Have the locals of a frame been released? */
static bool is_ending(Frame *f)
{
    return f->is_generator ? generator_of_frame(f)->state == GENERATOR_FINISHED : f->ending;
}

/* Sets variable i, while the frame is looked at; if a cell holds its value it is left for the caller to set (*cell, owned), as that lets go of what it held. */
static int set_variable(Thread *t, FrameObject *o, uint32_t i, Value value, Value *cell)
{
    Code *code = code_of(o->code);
    if (i >= code->local_count) {
        *cell = ref_inc(t, tuple_peek(function_of(o->function)->closure, i - code->local_count));
        return 0;
    }
    Value *registers = registers_of(o);
    if (!registers || (o->frame && is_ending(o->frame)))
        return 0;
    if (is_cell_register(code, i) && cell_check(registers[i])) {
        *cell = ref_inc(t, registers[i]);
        return 0;
    }
    /* The running frame may be reading the old value in place: it lives until the frame ends. */
    if (value_is_empty(o->displaced)) {
        o->displaced = list_new(t, 1);
        if (value_is_empty(o->displaced))
            return -1;
    }
    if (!value_is_empty(registers[i]) && list_append(t, o->displaced, registers[i]) < 0)
        return -1;
    ref_replace_take(t, &registers[i], ref_inc(t, value));
    return 0;
}

/* value may be empty: the name, which must be no variable, is removed. */
static int proxy_setitem(Thread *t, Value self, Value key, Value value)
{
    FrameObject *o = proxy_frame(self);
    Value cell = VALUE_EMPTY, extra = VALUE_EMPTY;
    int status = 0;
    bool remove = value_is_empty(value);
    if (!is_hashable(t, key))
        return -1;
    bool stopped = look(t, o);
    int64_t i = find_variable(t, o, key);
    if (i >= 0) {
        if (!remove)
            status = set_variable(t, o, (uint32_t)i, value, &cell);
    } else {
        if (value_is_empty(o->extra_locals) && !remove)
            o->extra_locals = dict_new(t);
        extra = ref_inc(t, o->extra_locals);
    }
    look_away(t, stopped);
    if (i >= 0) {
        if (remove)
            return error_set(t, EXC_ValueError, "cannot remove local variables from FrameLocalsProxy"), -1;
        if (!value_is_empty(cell))
            cell_set_take(t, cell, ref_inc(t, value));
        ref_dec(t, cell);
        return status;
    }
    if (value_is_empty(extra))
        return remove ? (error_key(t, key), -1) : -1;
    status = remove ? dict_delete(t, extra, key) : dict_set(t, extra, key, value);
    ref_dec(t, extra);
    return status;
}

static int64_t proxy_len(Thread *t, Value self)
{
    Value dict = snapshot(t, proxy_frame(self));
    if (value_is_empty(dict))
        return -1;
    int64_t n = (int64_t)dict_length(dict);
    ref_dec(t, dict);
    return n;
}

static int proxy_contains(Thread *t, Value self, Value key)
{
    Value v = proxy_getitem(t, self, key);
    if (!value_is_empty(v)) {
        ref_dec(t, v);
        return 1;
    }
    return error_swallow(t, EXC_KeyError) ? 0 : -1;
}

static Value proxy_iter(Thread *t, Value self)
{
    Value dict = snapshot(t, proxy_frame(self));
    if (value_is_empty(dict))
        return dict;
    Value keys = dict_keys_list(t, dict), iterator;
    ref_dec(t, dict);
    if (value_is_empty(keys))
        return keys;
    iterator = object_iter(t, keys);
    ref_dec(t, keys);
    return iterator;
}

static Value proxy_repr(Thread *t, Value self)
{
    int entered = repr_enter(t, self);
    if (entered != 0)
        return entered < 0 ? VALUE_EMPTY : str_from_string(t, "{...}");
    Value dict = snapshot(t, proxy_frame(self));
    Value text = value_is_empty(dict) ? VALUE_EMPTY : object_repr(t, dict);
    repr_leave(t, self);
    ref_dec(t, dict);
    return text;
}

static Value proxy_compare(Thread *t, Value self, Value other, Compare op)
{
    if (op != COMPARE_EQ && op != COMPARE_NE)
        return VALUE_NOTIMPLEMENTED;
    Value mine = snapshot(t, proxy_frame(self)), result;
    if (value_is_empty(mine))
        return mine;
    if (object_is_exact(other, KIND_FRAME_LOCALS_PROXY)) {
        result =
            value_from_bool(value_is(value_of(proxy_frame(self)), value_of(proxy_frame(other))) == (op == COMPARE_EQ));
    } else if (dict_check(other)) {
        result = object_compare(t, mine, other, op);
    } else {
        result = VALUE_NOTIMPLEMENTED;
    }
    ref_dec(t, mine);
    return result;
}

static Value proxy_or(Thread *t, Value a, Value b)
{
    bool left = object_is_exact(a, KIND_FRAME_LOCALS_PROXY), right = object_is_exact(b, KIND_FRAME_LOCALS_PROXY);
    if ((!left && !dict_check(a)) || (!right && !dict_check(b)))
        return VALUE_NOTIMPLEMENTED;
    Value result = left ? snapshot(t, proxy_frame(a)) : dict_copy(t, a);
    Value other = right ? snapshot(t, proxy_frame(b)) : ref_inc(t, b);
    if (!value_is_empty(result) && !value_is_empty(other) && dict_merge(t, result, other, 1) < 0)
        ref_clear(t, &result);
    if (value_is_empty(other))
        ref_clear(t, &result);
    ref_dec(t, other);
    return result;
}

static int proxy_merge(Thread *t, Value self, Value mapping)
{
    Value dict = dict_new(t), key, value;
    if (value_is_empty(dict))
        return -1;
    size_t position = 0;
    int status = dict_update(t, dict, mapping);
    while (status == 0 && dict_next(dict, &position, &key, &value))
        status = proxy_setitem(t, self, key, value);
    ref_dec(t, dict);
    return status;
}

static Value proxy_inplace_or(Thread *t, Value a, Value b)
{
    if (!dict_check(b) && !object_is_exact(b, KIND_FRAME_LOCALS_PROXY))
        return VALUE_NOTIMPLEMENTED;
    return proxy_merge(t, a, b) < 0 ? VALUE_EMPTY : ref_inc(t, a);
}

NATIVE(frame_locals_update, "update", "($self, other, /)", "Sets variables from a mapping or from pairs.")
{
    return proxy_merge(t, args[0], args[1]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}
static Value snapshot_call(Thread *t, Value self, const char *method)
{
    Value dict = snapshot(t, proxy_frame(self));
    if (value_is_empty(dict))
        return dict;
    Value view = object_call_method_string(t, dict, method, VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    Value list = value_is_empty(view) ? VALUE_EMPTY : object_to_list(t, view);
    ref_dec(t, view);
    ref_dec(t, dict);
    return list;
}
NATIVE(frame_locals_keys, "keys", "($self, /)", "Names of the variables that have a value.")
{
    return snapshot_call(t, args[0], "keys");
}
NATIVE(frame_locals_values, "values", "($self, /)", "Values of the variables.")
{
    return snapshot_call(t, args[0], "values");
}
NATIVE(frame_locals_items, "items", "($self, /)", "Pairs of name and value.")
{
    return snapshot_call(t, args[0], "items");
}
NATIVE(frame_locals_copy, "copy", "($self, /)", "A dict of the variables.")
{
    return snapshot(t, proxy_frame(args[0]));
}
NATIVE(frame_locals_get, "get", "($self, key, default=None, /)", "The variable's value, or the default.")
{
    Value v = proxy_getitem(t, args[0], args[1]);
    if (value_is_empty(v) && error_swallow(t, EXC_KeyError))
        return value_is_empty(args[2]) ? VALUE_NONE : ref_inc(t, args[2]);
    return v;
}
NATIVE(frame_locals_setdefault, "setdefault", "($self, key, default=None, /)",
       "The variable's value, set to the default if it has none.")
{
    Value v = proxy_getitem(t, args[0], args[1]);
    if (!value_is_empty(v) || !error_swallow(t, EXC_KeyError))
        return v;
    Value value = value_is_empty(args[2]) ? VALUE_NONE : args[2];
    return proxy_setitem(t, args[0], args[1], value) < 0 ? VALUE_EMPTY : ref_inc(t, value);
}
NATIVE(frame_locals_pop, "pop", "($self, key, default=<unrepresentable>, /)",
       "Removes a name that is no variable of the function and returns its value.")
{
    FrameObject *o = proxy_frame(args[0]);
    Value v;
    if (!is_hashable(t, args[1]))
        return VALUE_EMPTY;
    bool stopped = look(t, o);
    int64_t i = find_variable(t, o, args[1]);
    Value extra = ref_inc(t, o->extra_locals);
    look_away(t, stopped);
    int found = i >= 0 || value_is_empty(extra) ? 0 : dict_pop(t, extra, args[1], &v);
    ref_dec(t, extra);
    if (i >= 0)
        return error_set(t, EXC_ValueError, "cannot remove local variables from FrameLocalsProxy");
    if (found)
        return found < 0 ? VALUE_EMPTY : v;
    return value_is_empty(args[2]) ? error_key(t, args[1]) : ref_inc(t, args[2]);
}
NATIVE(frame_locals_reversed, "__reversed__", "($self, /)", "A list of the names, last to first.")
{
    Value keys = snapshot_call(t, args[0], "keys");
    if (value_is_empty(keys) || list_reverse(t, keys) < 0) {
        ref_dec(t, keys);
        return VALUE_EMPTY;
    }
    return keys;
}

static void proxy_dealloc(Thread *t, Object *o) { ref_clear(t, &((LocalsProxy *)o)->frame); }
static int proxy_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((LocalsProxy *)o)->frame);
    return 0;
}
static Value proxy_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value frame;
    if (native_parse(t, "FrameLocalsProxy", "(frame, /)", args, n, names, &frame) < 0)
        return VALUE_EMPTY;
    if (!object_is_exact(frame, KIND_FRAME))
        return error_set(t, EXC_TypeError, "expect frame, not %T", frame);
    LocalsProxy *p = alloc_object(t, type, sizeof *p);
    if (!p)
        return VALUE_EMPTY;
    p->frame = ref_inc(t, frame);
    return value_of(p);
}

static const NativeDef *const proxy_methods[] = {&native_frame_locals_update,     &native_frame_locals_keys,
                                                 &native_frame_locals_values,     &native_frame_locals_items,
                                                 &native_frame_locals_copy,       &native_frame_locals_get,
                                                 &native_frame_locals_setdefault, &native_frame_locals_pop,
                                                 &native_frame_locals_reversed,   NULL};

const TypeSpec type_spec_frame_locals_proxy = {
    .name = "FrameLocalsProxy",
    .doc = "The local variables of a frame as a mapping that writes through (PEP 667).",
    .kind = KIND_FRAME_LOCALS_PROXY,
    .flags = TYPE_MAPPING,
    .size = sizeof(LocalsProxy),
    .methods = proxy_methods,
    .slots = {.dealloc = proxy_dealloc,
              .traverse = proxy_traverse,
              .repr = proxy_repr,
              .compare = proxy_compare,
              .hash = slot_hash_unhashable,
              .len = proxy_len,
              .getitem = proxy_getitem,
              .setitem = proxy_setitem,
              .contains = proxy_contains,
              .iter = proxy_iter,
              .binary[BINARY_OR] = proxy_or,
              .inplace[BINARY_OR] = proxy_inplace_or,
              .create = proxy_create},
};

NATIVE(frame_clear, "clear", "($self, /)", "Drops all references that the frame's variables hold.")
{
    FrameObject *o = object_of(args[0]);
    bool stopped = look(t, o);
    if (o->frame) {
        Generator *g = o->frame->is_generator ? ref_inc_ptr(t, generator_of_frame(o->frame)) : NULL;
        int state = g ? (int)g->state : GENERATOR_RUNNING;
        look_away(t, stopped);
        if (state == GENERATOR_RUNNING)
            error_set(t, EXC_RuntimeError, "cannot clear an executing frame");
        else if (state == GENERATOR_SUSPENDED)
            error_set(t, EXC_RuntimeError, "cannot clear a suspended frame");
        else
            generator_finalize(t, &g->head); /* warns of a coroutine that was never awaited */
        ref_dec_ptr(t, g);
        return error_pending(t) ? VALUE_EMPTY : VALUE_NONE;
    }
    /* All is taken out before anything of it dies. */
    Value held[] = {o->locals, o->displaced, o->extra_locals, o->trace}, *registers = o->registers;
    o->locals = o->displaced = o->extra_locals = o->trace = VALUE_EMPTY;
    o->registers = NULL;
    look_away(t, stopped);
    for (size_t i = 0; i < sizeof held / sizeof *held; i++)
        ref_dec(t, held[i]);
    if (registers)
        for (uint32_t i = 0, n = code_of(o->code)->local_count; i < n; i++)
            ref_clear(t, &registers[i]);
    return VALUE_NONE;
}

static const GetSetDef getsets[] = {
    {"f_back", get_back, NULL, "The caller's frame, or None."},
    {"f_code", get_code, NULL, "The code that runs in the frame."},
    {"f_globals", get_globals, NULL, "Global variables."},
    {"f_builtins", get_builtins, NULL, "Built-in names."},
    {"f_locals", get_locals, NULL, "Local variables, as a mapping that writes through."},
    {"f_lineno", get_lineno, set_lineno, "Current line; a trace function may set it."},
    {"f_lasti", get_lasti, NULL, "Twice the index of the current instruction."},
    {"f_trace", get_trace, set_trace, "The frame's trace function, or None."},
    {"f_generator", get_generator, NULL, "The generator that the frame belongs to, or None."},
    {NULL, NULL, NULL, NULL},
};
static const MemberDef members[] = {
    {"f_trace_lines", MEMBER_BOOL, offsetof(FrameObject, trace_lines), true, "Whether line events are traced."},
    {"f_trace_opcodes", MEMBER_BOOL, offsetof(FrameObject, trace_opcodes), true, "Whether instructions are traced."},
    {NULL, 0, 0, false, NULL},
};
static const NativeDef *const methods[] = {&native_frame_clear, NULL};

const TypeSpec type_spec_frame = {
    .name = "frame",
    .doc = "One activation of a function, class body or module.",
    .kind = KIND_FRAME,
    .flags = TYPE_NO_NEW,
    .size = sizeof(FrameObject),
    .weak_offset = 0,
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.dealloc = dealloc, .traverse = traverse, .clear = clear, .repr = repr},
};

/* ---- tracebacks ---- */

void traceback_add(Thread *t, Frame *f)
{
    Value exc = error_take(t);
    Value frame = frame_object(t, f);
    Traceback *tb = value_is_empty(frame) ? NULL : alloc_object(t, t->types[KIND_TRACEBACK], sizeof *tb);
    if (tb) {
        tb->frame = frame;
        tb->index = frame_index(f);
        tb->line = -1;
        exception_push_traceback_take(t, exc, value_of(tb), &tb->next);
    } else {
        ref_dec(t, frame);
        error_clear(t);
    }
    t->exc = exc;
}

void error_trace(Thread *t)
{
    if (t->frame)
        traceback_add(t, t->frame);
}

static Traceback *traceback_of(Value v) { return (Traceback *)value_object(v); }

static int32_t traceback_line(Traceback *tb)
{
    if (tb->line == -1)
        tb->line = line_at(code_of(object_of(tb->frame)->code), tb->index);
    return tb->line;
}

static Value tb_get_next(Thread *t, Value self)
{
    Value next = slot_peek(&traceback_of(self)->next);
    return value_is_empty(next) ? VALUE_NONE : ref_inc(t, next);
}
static int tb_set_next(Thread *t, Value self, Value value)
{
    if (value_is_empty(value))
        return error_set(t, EXC_TypeError, "can't delete tb_next attribute"), -1;
    if (value_is_none(value)) {
        slot_replace_take(t, &traceback_of(self)->next, VALUE_EMPTY);
        return 0;
    }
    if (!object_is_exact(value, KIND_TRACEBACK))
        return error_set(t, EXC_TypeError, "expected traceback object, got '%T'", value), -1;
    for (Value v = value; !value_is_empty(v); v = traceback_of(v)->next)
        if (value_is(v, self))
            return error_set(t, EXC_ValueError, "traceback loop detected"), -1;
    slot_replace_take(t, &traceback_of(self)->next, ref_inc(t, value));
    return 0;
}
static Value tb_get_frame(Thread *t, Value self)
{
    return audit(t, "object.__getattr__", "Os", self, "tb_frame") < 0 ? VALUE_EMPTY
                                                                      : ref_inc(t, traceback_of(self)->frame);
}
static Value tb_get_lineno(Thread *t, Value self)
{
    int32_t line = traceback_line(traceback_of(self));
    return line > 0 ? value_from_int(line) : VALUE_NONE;
}
static Value tb_get_lasti(Thread *t, Value self) { return value_from_int(2 * (int64_t)traceback_of(self)->index); }

static void tb_dealloc(Thread *t, Object *o)
{
    /* Long chains are released step by step. */
    Traceback *tb = (Traceback *)o;
    Value next = tb->next;
    tb->next = VALUE_EMPTY;
    ref_clear(t, &tb->frame);
    ref_dec(t, next);
}
static void tb_clear(Thread *t, Object *o) { ref_clear(t, &((Traceback *)o)->next); }
static int tb_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Traceback *)o)->next);
    VISIT(((Traceback *)o)->frame);
    return 0;
}
static Value tb_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value a[4];
    int lasti, line;
    if (native_parse(t, "traceback", "(tb_next, tb_frame, tb_lasti, tb_lineno)", args, n, names, a) < 0)
        return VALUE_EMPTY;
    if (!value_is_none(a[0]) && !object_is_exact(a[0], KIND_TRACEBACK))
        return error_set(t, EXC_TypeError, "expected traceback object or None, got '%T'", a[0]);
    if (!object_is_exact(a[1], KIND_FRAME))
        return error_set(t, EXC_TypeError, "traceback() argument 'tb_frame' must be frame, not %T", a[1]);
    if (int_to_int(t, a[2], &lasti) < 0 || int_to_int(t, a[3], &line) < 0)
        return VALUE_EMPTY;
    Traceback *tb = alloc_object(t, type, sizeof *tb);
    if (!tb)
        return VALUE_EMPTY;
    tb->next = value_is_none(a[0]) ? VALUE_EMPTY : ref_inc(t, a[0]);
    tb->frame = ref_inc(t, a[1]);
    tb->index = lasti < 0 ? 0 : (uint32_t)lasti / 2;
    tb->line = line;
    return value_of(tb);
}
NATIVE(traceback_dir, "__dir__", "($self, /)", "Names of the attributes.")
{
    static const char *const attributes[] = {"tb_frame", "tb_next", "tb_lasti", "tb_lineno"};
    Value list = list_new(t, 4);
    for (int i = 0; i < 4 && !value_is_empty(list); i++)
        if (list_append_take(t, list, str_from_string(t, attributes[i])) < 0)
            ref_clear(t, &list);
    return list;
}
static const NativeDef *const tb_methods[] = {&native_traceback_dir, NULL};
static const GetSetDef tb_getsets[] = {
    {"tb_next", tb_get_next, tb_set_next, "The next entry, nearer to where the exception was raised."},
    {"tb_frame", tb_get_frame, NULL, "The frame."},
    {"tb_lineno", tb_get_lineno, NULL, "The line."},
    {"tb_lasti", tb_get_lasti, NULL, "Twice the index of the instruction."},
    {NULL, NULL, NULL, NULL},
};
const TypeSpec type_spec_traceback = {
    .name = "traceback",
    .doc = "One entry of a traceback.",
    .kind = KIND_TRACEBACK,
    .size = sizeof(Traceback),
    .methods = tb_methods,
    .getsets = tb_getsets,
    .signature = "(tb_next, tb_frame, tb_lasti, tb_lineno)",
    .slots = {.dealloc = tb_dealloc, .traverse = tb_traverse, .clear = tb_clear, .create = tb_create},
};
