/* eval.c: the eval loop: one function that runs the frames of a thread until the frame that C code asked for ends.
 *
 * Python calling Python never recurses here: CALL pushes a frame and goes on in it, RETURN pops it.  Operands are read in place; a temporary is
 * consumed after its operation succeeded, so on an error the unwinder finds every reference still in a register.
 *
 * `f`, `regs`, `pc` and `temps` are copies of the running frame's state.  f->pc is stored before anything that can run other code (SAVE).  The breaker is
 * polled at backward jumps, at function entry, on resumption, and after calls into C.
 *
 * Table of contents: frames; dispatch; moving; cells; names; attributes; arithmetic; jumps; building; items; iteration and suspension; calls; exceptions; the
 * rest; leaving.  Read next: slow.c (slow paths), call.c (argument binding), unwind.c (handlers). */
#include "eval.h"

#include <math.h>

#include "../memory/alloc.h"
#include "../object/bytes.h"
#include "../object/cell.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/exception.h"
#include "../object/float.h"
#include "../object/int.h"
#include "../object/iterators.h"
#include "../object/list.h"
#include "../object/method.h"
#include "../object/str.h"
#include "../object/template.h"
#include "../thread/breaker.h"
#include "cache.h"
#include "slow.h"
#include "trace.h"
#include "unwind.h"

#ifndef EVAL_TRACED
#define EVAL_TRACED 0 /* eval_traced.c compiles the loop once more, with the hooks of tracing */
#endif

/* In wasm the loop is an exported function: the optimiser puts a function that is called from one place into its caller, and then it is not entered by a call any more
 * (REENTER). */
#if defined(__wasm__)
#define LOOP_LINKAGE __attribute__((noinline, used))
#elif EVAL_TRACED
#define LOOP_LINKAGE
#else
#define LOOP_LINKAGE static
#endif

/* ---- frames ---- */

/* Opens a window for `code` whose first `given` registers are the values at `args`: in place where they are the top of the stack, else moved. NULL: RecursionError or
 * MemoryError; the values stay where they were. */
static Frame *push(Thread *t, Code *code, Function *function, Value *args, uint32_t given, bool in_place)
{
    Frame *n = LIKELY(t->frame != NULL) ? t->frame->next : t->frame_pool;
    Value *window = args;
    bool new_chunk = false;
    if (UNLIKELY(code_complete(t, code) < 0))
        return NULL;
    if (UNLIKELY(t->recursion_left == 0)) {
        error_set(t, EXC_RecursionError, "maximum recursion depth exceeded");
        return NULL;
    }
    if (UNLIKELY(!n) && !(n = frame_pool_grow(t)))
        return NULL;
    if (!in_place || UNLIKELY(window + code->register_count > t->stack_limit)) {
        window = t->frame ? t->frame->top : t->chunk->registers;
        if (window + code->register_count > t->stack_limit) {
            window = frame_chunk_push(t, code->register_count);
            if (!window)
                return NULL;
            new_chunk = true;
        }
        for (uint32_t i = 0; i < given; i++) {
            window[i] = args[i];
            args[i] = VALUE_EMPTY;
        }
    }
    for (uint32_t i = given; i < code->local_count; i++)
        window[i] = VALUE_EMPTY;
    n->pc = code_start(code);
    n->registers = window;
    n->code = code;
    n->previous = t->frame;
    n->top = window + code->register_count;
    n->function = function;
    n->unusual = 0;
    n->new_chunk = new_chunk;
    t->recursion_left--;
    t->frame = n;
    return n;
}

/* The same for a frame t->frame == f that needs nothing unusual, in place. */
static ALWAYS_INLINE Frame *push_in_place(Thread *t, Frame *f, Code *code, Function *function, Value *window, uint32_t given)
{
    Frame *n = f->next;
    Value *top = window + code->register_count;
    if (UNLIKELY(top > t->stack_limit) || UNLIKELY(f->is_generator) || UNLIKELY(!n))
        return push(t, code, function, window, given, !f->is_generator);
    if (UNLIKELY(__builtin_sub_overflow(t->recursion_left, 1, &t->recursion_left))) {
        t->recursion_left = 0;
        return push(t, code, function, window, given, true);
    }
    for (Value *local = window + given, *end = window + code->local_count; local < end; local++)
        *local = VALUE_EMPTY;
    n->pc = code_start(code);
    n->registers = window;
    n->code = code;
    n->previous = f;
    n->top = top;
    n->function = function;
    n->unusual = 0;
    t->frame = n;
    return n;
}

/* What few frames have; a destructor of a local may have asked for the frame's object anew. */
static COLD void pop_rest(Thread *t, Frame *f)
{
    ref_clear(t, &f->locals);
    ref_clear(t, &f->keep);
    if (!value_is_empty(f->object))
        frame_detach(t, f);
    f->has_more = false;
}

static ALWAYS_INLINE void release_registers(Thread *t, Value *from, Value *end)
{
    for (; from < end; from++) {
        Value v = *from;
        if (value_is_object(v)) {
            *from = VALUE_EMPTY;
            ref_dec_object(t, value_object(v));
        }
    }
}

/* The frame ends: its locals are released (temporaries are gone already), then its struct. */
static void pop(Thread *t, Frame *f)
{
    if (UNLIKELY(!value_is_empty(f->object)))
        frame_detach(t, f);
    release_registers(t, f->registers, f->registers + f->code->local_count);
    if (f->has_more)
        pop_rest(t, f);
    t->recursion_left++;
    t->frame = f->previous;
    if (UNLIKELY(f->is_generator))
        return;
    if (UNLIKELY(f->new_chunk)) {
        f->new_chunk = false;
        frame_chunk_pop(t);
    }
}

#if !EVAL_TRACED
void frame_pop(Thread *t, Frame *f) { pop(t, f); }

Frame *eval_push_function(Thread *t, Function *function, Value *args)
{
    Code *code = code_of(function->code);
    Frame *f = NULL;
    if (LIKELY(t->chunk) || frame_stack_new(t) == 0)
        f = push(t, code, function, args, code->local_count, false);
    if (!f)
        for (uint32_t i = 0; i < code->local_count; i++)
            ref_clear(t, &args[i]);
    else
        f->resume = RESUME_ENTRY;
    return f;
}

Value eval_code(Thread *t, Value code_value, Value globals, Value locals, Value closure)
{
    Code *code = code_of(code_value);
    /* The code runs as a function without parameters, so that free variables have their closure. */
    Value function = function_new(t, code_value, globals);
    if (value_is_empty(function))
        return function;
    if (!value_is_empty(closure))
        function_of(function)->closure = ref_inc(t, closure);
    Value none[1];
    if (!t->chunk && frame_stack_new(t) < 0) {
        ref_dec(t, function);
        return VALUE_EMPTY;
    }
    Frame *f = push(t, code, function_of(function), none, 0, false);
    Value result = VALUE_EMPTY;
    if (f) {
        f->resume = RESUME_ENTRY;
        if (!(code->flags & CODE_NEWLOCALS)) {
            f->locals = ref_inc(t, value_is_empty(locals) ? globals : locals);
            f->has_more = true;
        }
        if (code->flags & CODE_ANY_GENERATOR) {
            result = generator_new_take(t, function_of(function), f->registers, 0);
            if (!value_is_empty(result)) {
                ref_replace_take(t, &generator_of(result)->frame.locals, f->locals);
                f->locals = VALUE_EMPTY;
            }
            pop(t, f);
        } else {
            result = eval_run(t);
        }
    }
    ref_dec(t, function);
    return result;
}

LOOP_LINKAGE Value loop(Thread *t, bool fresh);
#endif

/* The value that tells eval_run to enter the loop function again: browsers swap optimised code in only at a call, and tracing has a loop of its own. No Value has
 * these bits. */
#define REENTER ((Value){1})

#if !EVAL_TRACED

Value eval_loop_traced(Thread *t, bool fresh); /* eval_traced.c */

Value eval_run(Thread *t)
{
    Value result;
    if (!recursion_enter(t, "")) {
        return unwind_entry(t);
    }
    bool outer = t->traced, fresh = true;
    if (LIKELY(!outer && !trace_wanted(t))) {
        result = loop(t, true);
        if (LIKELY(result.bits != REENTER.bits)) {
            recursion_leave(t);
            return result;
        }
        fresh = false;
    }
    do {
        t->traced = trace_wanted(t);
        result = UNLIKELY(t->traced) ? eval_loop_traced(t, fresh) : loop(t, fresh);
        fresh = false;
    } while (UNLIKELY(result.bits == REENTER.bits));
    if (UNLIKELY(t->traced != outer)) { /* the loop around runs the other way: it chooses again */
        t->traced = outer;
        trace_switch(t);
    }
    recursion_leave(t);
    return result;
}
#endif

/* ---- dispatch ---- */

#define R(i) (regs[i])
#define SAVE() (f->pc = pc)
#define LOAD_FRAME()                                   \
    do {                                               \
        regs = f->registers;                           \
        pc = f->pc;                                    \
        temps = (intptr_t)f->code->local_count;         \
        TRACE_FROM(pc - 1);                            \
    } while (0)
/* Goes on in a frame that starts, or is resumed. */
#define ENTER_FRAME()                                  \
    do {                                               \
        LOAD_FRAME();                                  \
        TRACE_CHECK(trace_entered(t, f));              \
    } while (0)

/* The hooks of tracing: TRACE_STEP before each instruction, TRACE_CHECK(status of a hook), TRACE(anything else); TRACE_FROM says which instruction was the one before. */
#if EVAL_TRACED
#define LOOP eval_loop_traced
#define TRACE(...) __VA_ARGS__
#define TRACE_CHECK(status)                            \
    do {                                               \
        if (UNLIKELY((status) < 0)) {                  \
            pc = f->pc;                                \
            goto error;                                \
        }                                              \
    } while (0)
#define TRACE_FROM(instruction) (previous = (instruction))
#define TRACE_STEP()                                   \
    do {                                               \
        SAVE();                                        \
        TRACE_CHECK(trace_step(t, f, previous));       \
        previous = pc = f->pc;                         \
    } while (0)
#define UNWIND(flags) trace_unwind(t, f, flags)
#else
#define LOOP loop
#define TRACE(...)
#define TRACE_CHECK(status) ((void)0)
#define TRACE_FROM(instruction) ((void)0)
#define TRACE_STEP() ((void)0)
#define UNWIND(flags) unwind_to_handler(t, f, flags)
#endif
/* Gives a register a new, owned value. */
#define SET(i, v)                                      \
    do {                                               \
        Value new_ = (v), old_ = R(i);                 \
        R(i) = new_;                                   \
        if (value_is_object(old_))                     \
            ref_dec_object(t, value_object(old_));     \
    } while (0)
/* A new reference to what is nearly always an object. */
#define SET_OBJECT(i, v)                               \
    do {                                               \
        Value object_ = (v);                           \
        if (LIKELY(value_is_object(object_)))          \
            ref_inc_object(t, value_object(object_));  \
        SET(i, object_);                               \
    } while (0)
/* Releases an operand that is a temporary. */
#define CONSUME(i)                                     \
    do {                                               \
        if ((i) >= temps && value_is_object(R(i))) {   \
            Object *dead_ = value_object(R(i));        \
            R(i) = VALUE_EMPTY;                        \
            ref_dec_object(t, dead_);                  \
        }                                              \
    } while (0)
/* The operand as an owned value: a temporary is moved, a local copied. */
#define TAKE(i) take(t, &R(i), (i) >= temps)
#define CHECK(v)                                       \
    do {                                               \
        if (UNLIKELY(value_is_empty(v)))               \
            goto error;                                \
    } while (0)
/* After an operation with result r and operands b and c. */
#define FINISH2(r)                                     \
    do {                                               \
        if (b != a)                                    \
            CONSUME(b);                                \
        if (c != a)                                    \
            CONSUME(c);                                \
        SET(a, r);                                     \
        NEXT();                                        \
    } while (0)
#define FINISH1(r)                                     \
    do {                                               \
        if (b != a)                                    \
            CONSUME(b);                                \
        SET(a, r);                                     \
        NEXT();                                        \
    } while (0)

static ALWAYS_INLINE Value take(Thread *t, Value *slot, bool temporary)
{
    Value v = *slot;
    if (temporary)
        *slot = VALUE_EMPTY;
    else
        ref_inc(t, v);
    return v;
}

#define DECODE()                                       \
    do {                                               \
        op = (uint16_t)INSTRUCTION_PART(pc, 0);        \
        a = INSTRUCTION_PART(pc, 1);                   \
        b = INSTRUCTION_PART(pc, 2);                   \
        c = INSTRUCTION_PART(pc, 3);                   \
        pc++;                                          \
    } while (0)
/* Of the instruction that was decoded last, before any EXTRA is read. */
#define OPCODE() INSTRUCTION_OP(pc[-1])
#define BC() INSTRUCTION_BC(pc[-1])

#if defined(__wasm__)
#define USE_SWITCH 1
#else
#define USE_SWITCH 0
#endif

#if USE_SWITCH
#define CASE(name) case OP_##name:
#define NEXT() goto next
#define DISPATCH() goto dispatch
#elif EVAL_TRACED
#define CASE(name) L_##name:
#define NEXT() goto next /* what is done before each instruction is done in one place */
#define DISPATCH() goto *labels[op]
#else
#define CASE(name) L_##name:
#define NEXT()                                         \
    do {                                               \
        DECODE();                                      \
        goto *labels[op];             \
    } while (0)
#define DISPATCH() goto *labels[op]
#endif

/* Goes to a jump target; backward ones poll before they jump: an exception belongs to the jump, which lies in the loop's try block. */
#define GOTO(offset)                                   \
    do {                                               \
        int32_t offset_ = (offset);                    \
        if (offset_ < 0 && breaker_is_set(t)) {        \
            jump = offset_;                            \
            goto poll_jump;                            \
        }                                              \
        pc += offset_;                                 \
        NEXT();                                        \
    } while (0)

/* An operator of an object whose class answers it in Python pushes a frame; operator_result goes on when that has returned. */
#define TRY_OPERATOR(operator, x, y)                                                                  \
    do {                                                                                              \
        if (!EVAL_TRACED && (callee = slow_operator_function(t, f, (operator), (x), (y))) != NULL) {  \
            operand[0] = (x);                                                                         \
            operand[1] = (y);                                                                         \
            call_count = 2;                                                                           \
            goto push_operator;                                                                       \
        }                                                                                             \
    } while (0)

#define BOTH_INTS(x, y) (((x).bits & (y).bits) >= VALUE_INT_TAG)
/* value_is_double with narrow constants. */
#define IS_DOUBLE(x) (((x).bits >> 49) - 1 < (VALUE_INT_TAG >> 49) - 1)
#define BOTH_DOUBLES(x, y) (IS_DOUBLE(x) && IS_DOUBLE(y))

static ALWAYS_INLINE bool to_double(Value v, double *d)
{
    if (value_is_double(v)) {
        *d = value_to_double(v);
        return true;
    }
    if (value_is_int(v)) {
        *d = (double)value_to_int(v);
        return true;
    }
    return false;
}

/* `fresh`: the frame starts or is resumed; else the loop goes on after REENTER. */
LOOP_LINKAGE Value LOOP(Thread *t, bool fresh)
{
#if !USE_SWITCH
    static const void *const labels[OP_COUNT] = {
#define OP(name, operands, meaning) &&L_##name,
#include "../compile/opcode.def"
#undef OP
    };
#endif
    Frame *f = t->frame;
    Value *regs;
    const Instruction *pc;
    intptr_t temps, a, b, c;
    size_t op;
    Value result;
    uint32_t unwind_flags;
    int32_t jump;
    /* Calls: */
    Value *call_args; /* first argument: where the callee's registers begin */
    uint32_t call_count;
    Value call_names;
    Value callable;
    intptr_t call_base, call_dest; /* registers call_base .. hold the callable and what is behind it */
    Function *callee;
    Code *code;
    Value *window;
    Value operand[2] = {VALUE_EMPTY, VALUE_EMPTY}; /* of an operator in Python */
    TRACE(const Instruction *previous;)

    LOAD_FRAME();
    if (UNLIKELY(error_pending(t))) { /* a generator resumed by throw() */
        TRACE(if (fresh) trace_thrown(t, f);)
        goto error;
    }
    TRACE(if (fresh) TRACE_CHECK(trace_entered(t, f));)
    if (breaker_is_set(t))
        goto poll;
    NEXT();

#if USE_SWITCH || EVAL_TRACED
next:
    TRACE_STEP();
    DECODE();
    DISPATCH();
#endif
#if USE_SWITCH
dispatch:
    switch (op) {
#endif

    CASE(RESUME)
    CASE(NOP)
    NEXT();
    CASE(EXTRA)
    NEXT();
    CASE(WIDE)
    {
        intptr_t high_a = a, high_b = b, high_c = c;
        DECODE();
        a = (int32_t)((uint32_t)high_a << 16 | (uint16_t)a);
        b = (int32_t)((uint32_t)high_b << 16 | (uint16_t)b);
        c = (int32_t)((uint32_t)high_c << 16 | (uint16_t)c);
        DISPATCH();
    }

    /* ---- moving ---- */

    CASE(MOVE)
    {
        Value v = TAKE(b);
        SET(a, v);
        NEXT();
    }
    CASE(COPY)
    SET(a, ref_inc(t, R(b)));
    NEXT();
    CASE(LOAD_CONST)
    SET(a, ref_inc(t, f->code->constants[b]));
    NEXT();
    CASE(LOAD_INT)
    SET(a, value_from_int(BC()));
    NEXT();
    CASE(LOAD_COMMON)
    SAVE();
    result = slow_common(t, b);
    CHECK(result);
    SET(a, result);
    NEXT();
    CASE(CLEAR)
    {
        SAVE();
        for (intptr_t i = a; i < a + b; i++)
            if (value_is_object(R(i))) {
                Object *dead = value_object(R(i));
                R(i) = VALUE_EMPTY;
                ref_dec_object(t, dead);
            } else {
                R(i) = VALUE_EMPTY;
            }
        NEXT();
    }
    CASE(RELEASE)
    SET(a, VALUE_EMPTY);
    NEXT();
    CASE(CHECK_LOCAL)
    if (UNLIKELY(value_is_empty(R(a)))) {
        SAVE();
        slow_unbound_local(t, f->code, a);
        goto error;
    }
    NEXT();
    CASE(DELETE_LOCAL)
    SAVE();
    if (UNLIKELY(value_is_empty(R(a)))) {
        slow_unbound_local(t, f->code, a);
        goto error;
    }
    SET(a, VALUE_EMPTY);
    NEXT();

    /* ---- cells and free variables ---- */

    CASE(MAKE_CELL)
    {
        SAVE();
        Value cell = cell_new(t, R(a));
        CHECK(cell);
        SET(a, cell);
        NEXT();
    }
    CASE(LOAD_CELL)
    result = cell_get(t, R(b));
    if (UNLIKELY(value_is_empty(result))) {
        SAVE();
        slow_unbound_local(t, f->code, b);
        goto error;
    }
    SET(a, result);
    NEXT();
    CASE(STORE_CELL)
    SAVE();
    cell_set_take(t, R(a), TAKE(b));
    NEXT();
    CASE(DELETE_CELL)
    {
        SAVE();
        Value old = cell_get(t, R(a));
        if (value_is_empty(old)) {
            slow_unbound_local(t, f->code, a);
            goto error;
        }
        cell_set_take(t, R(a), VALUE_EMPTY);
        ref_dec(t, old);
        NEXT();
    }
    CASE(LOAD_FREE)
    result = cell_get(t, tuple_peek(f->function->closure, (size_t)b));
    if (UNLIKELY(value_is_empty(result))) {
        SAVE();
        slow_unbound_free(t, f->code, tuple_peek(f->code->free_names, (size_t)b));
        goto error;
    }
    SET(a, result);
    NEXT();
    CASE(STORE_FREE)
    SAVE();
    cell_set_take(t, tuple_peek(f->function->closure, (size_t)a), TAKE(b));
    NEXT();
    CASE(DELETE_FREE)
    {
        SAVE();
        Value cell = tuple_peek(f->function->closure, (size_t)a), old = cell_get(t, cell);
        if (value_is_empty(old)) {
            slow_unbound_free(t, f->code, tuple_peek(f->code->free_names, (size_t)a));
            goto error;
        }
        cell_set_take(t, cell, VALUE_EMPTY);
        ref_dec(t, old);
        NEXT();
    }
    CASE(LOAD_CLOSURE)
    SET(a, ref_inc(t, tuple_peek(f->function->closure, (size_t)b)));
    NEXT();

    /* ---- names ---- */

    CASE(LOAD_GLOBAL)
    load_global: {
        _Atomic uint64_t *cache = &f->code->caches[b];
        uint64_t w = cache_load(cache);
        Dict *globals = dict_of(frame_globals(f));
        if (LIKELY(atomic_load_explicit(&globals->keys_version, memory_order_relaxed) == cache_version(w))) {
            if (LIKELY(cache_quick_kind(w) == CACHE_GLOBAL)) {
                SET_OBJECT(a, *dict_table_slot(globals, cache_slot(w)));
                NEXT();
            }
            uint64_t w2 = cache_load(cache + 1);
            Dict *builtins = dict_of(frame_builtins(f));
            if (LIKELY(cache_quick_kind(w) == CACHE_BUILTIN) &&
                LIKELY(atomic_load_explicit(&builtins->keys_version, memory_order_relaxed) == cache_version(w2))) {
                SET_OBJECT(a, *dict_table_slot(builtins, cache_slot(w2)));
                NEXT();
            }
        }
        SAVE();
        if (UNLIKELY(t->free_threaded)) {
            Value v;
            if (LIKELY(cache_global_shared(t, cache, globals, frame_builtins(f), &v))) {
                SET(a, v);
                NEXT();
            }
        }
        result = cache_load_global(t, cache, frame_globals(f), frame_builtins(f), f->code->site_names[b]);
        CHECK(result);
        SET(a, result);
        NEXT();
    }
    CASE(STORE_GLOBAL)
    {
        SAVE();
        if (UNLIKELY(dict_set(t, frame_globals(f), f->code->site_names[a], R(b)) < 0))
            goto error;
        CONSUME(b);
        NEXT();
    }
    CASE(DELETE_GLOBAL)
    SAVE();
    if (slow_delete_global(t, f, f->code->site_names[a]) < 0)
        goto error;
    NEXT();
    CASE(LOAD_NAME)
    if (LIKELY(value_is(f->locals, frame_globals(f))))
        goto load_global;
    SAVE();
    result = slow_load_name(t, f, (uint32_t)b);
    CHECK(result);
    SET(a, result);
    NEXT();
    CASE(STORE_NAME)
    SAVE();
    if (UNLIKELY(slow_store_name(t, f, f->code->site_names[a], R(b)) < 0))
        goto error;
    CONSUME(b);
    NEXT();
    CASE(DELETE_NAME)
    SAVE();
    if (slow_delete_name(t, f, f->code->site_names[a]) < 0)
        goto error;
    NEXT();
    CASE(LOAD_LOCALS)
    if (value_is_empty(f->locals)) {
        SAVE();
        error_set(t, EXC_SystemError, "no locals");
        goto error;
    }
    SET(a, ref_inc(t, f->locals));
    NEXT();
    CASE(LOAD_DICT_OR_GLOBAL)
    SAVE();
    result = slow_load_dict_or_global(t, f, R(b), (uint32_t)c);
    CHECK(result);
    FINISH1(result);
    CASE(LOAD_DICT_OR_CELL)
    {
        int32_t which = INSTRUCTION_B(*pc++);
        SAVE();
        Value item = VALUE_EMPTY;
        int found = dict_check_exact(R(b)) ? dict_get_optional(t, R(b), f->code->site_names[c], &item) : 0;
        result = item;
        if (!dict_check_exact(R(b))) {
            result = object_getitem(t, R(b), f->code->site_names[c]);
            found = !value_is_empty(result) ? 1 : error_swallow(t, EXC_KeyError) ? 0 : -1;
        }
        if (found < 0)
            goto error;
        if (!found) {
            result = cell_get(t, tuple_peek(f->function->closure, (size_t)which));
            if (value_is_empty(result)) {
                slow_unbound_free(t, f->code, f->code->site_names[c]);
                goto error;
            }
        }
        FINISH1(result);
    }
    CASE(LOAD_BUILTIN)
    SAVE();
    result = object_getitem(t, frame_builtins(f), f->code->site_names[b]);
    CHECK(result);
    SET(a, result);
    NEXT();

    /* ---- attributes ---- */

    CASE(LOAD_ATTR)
    {
        Value v = R(b);
        if (LIKELY(value_is_object(v))) {
            Object *o = value_object(v);
            uint64_t w = cache_load(&f->code->caches[c]);
            if (LIKELY(o->type->version == cache_version(w)) && LIKELY((uint8_t)(cache_quick_kind(w) - CACHE_SLOT) <= CACHE_INLINE_VALUE - CACHE_SLOT)) {
                Value field = *(Value *)((char *)o + cache_slot(w));
                if (LIKELY(!value_is_empty(field))) {
                    ref_inc(t, field);
                    FINISH1(field);
                }
            }
            goto attribute_other;
        }
        goto attribute_slow;
    }
    CASE(STORE_ATTR)
    {
        Value v = R(a);
        if (LIKELY(value_is_object(v))) {
            Object *o = value_object(v);
            uint64_t w = cache_load(&f->code->caches[c]);
            if (LIKELY(o->type->version == cache_version(w)) && LIKELY((uint8_t)(cache_quick_kind(w) - CACHE_SLOT) <= CACHE_INLINE_VALUE - CACHE_SLOT)) {
                Value *slot = (Value *)((char *)o + cache_slot(w)), old = *slot;
                if (UNLIKELY(value_is_empty(old)) && cache_quick_kind(w) == CACHE_INLINE_VALUE) {
                    /* Out of order, or the instance has a dict? */
                    if (UNLIKELY(slot != instance_values(o) + o->aux))
                        goto store_attr;
                    o->aux++;
                }
                *slot = TAKE(b);
                SAVE();
                if (value_is_object(old))
                    ref_dec_object(t, value_object(old));
                CONSUME(a);
                NEXT();
            }
        }
    store_attr:
        SAVE();
        if (UNLIKELY(cache_store_attribute(t, &f->code->caches[c], v, f->code->site_names[c], R(b)) < 0))
            goto error;
        CONSUME(b);
        CONSUME(a);
        NEXT();
    }

attribute_other : { /* LOAD_ATTR of what is no field of the object that the site knows */
    uint64_t w = cache_common(t, &f->code->caches[c], value_object(R(b))->type, f->code->site_names[c], USE_LOAD);
    if (LIKELY((uint8_t)(cache_quick_kind(w) - CACHE_SLOT) <= CACHE_INLINE_VALUE - CACHE_SLOT)) {
        Value field = *(Value *)((char *)value_object(R(b)) + cache_slot(w));
        if (LIKELY(!value_is_empty(field))) {
            ref_inc(t, field);
            FINISH1(field);
        }
    }
    Value found;
    SAVE();
    CacheAnswer answer = cache_attribute_other(t, &f->code->caches[c], value_object(R(b)), f->code->site_names[c], &found);
    if (answer == CACHE_FOUND) {
        result = found;
        FINISH1(result);
    }
    if (!EVAL_TRACED && answer == CACHE_CALL) { /* a property's getter */
        Value arg = TAKE(b);
        Frame *n = push(t, code_of(function_of(found)->code), function_of(found), &arg, 1, false);
        if (UNLIKELY(!n)) {
            ref_dec(t, arg);
            goto error;
        }
        n->resume = RESUME_STORE;
        n->dest = (int32_t)a;
        n->callable = NULL;
        n->keep = ref_inc(t, value_of(n->function));
        n->has_more = true;
        goto enter_pushed;
    }
}
attribute_slow:
    SAVE();
    result = cache_load_attribute(t, &f->code->caches[c], R(b), f->code->site_names[c]);
    CHECK(result);
    FINISH1(result);

    CASE(DELETE_ATTR)
    SAVE();
    if (object_setattr(t, R(a), f->code->site_names[c], VALUE_EMPTY) < 0)
        goto error;
    CONSUME(a);
    NEXT();
    CASE(LOAD_METHOD)
    {
        Value v = R(b);
        Type *type = type_of(t, v);
        uint64_t w = cache_load(&f->code->caches[c]);
        if (UNLIKELY(type->version != cache_version(w)))
            w = cache_common(t, &f->code->caches[c], type, f->code->site_names[c], USE_METHOD);
        uint8_t kind = cache_quick_kind(w);
        if (LIKELY(kind == CACHE_METHOD || (kind == CACHE_METHOD_INLINE && value_object(v)->aux != INSTANCE_HAS_DICT))) {
            Value function = cache_peek_entry(type, cache_slot(w));
            ref_inc_object(t, value_object(function));
            Value self = TAKE(b); /* b may be a itself */
            SET(a, function);
            SET(a + 1, self);
            NEXT();
        }
        goto method_other;
    }
method_other : {
    Value pair[2];
    _Atomic uint64_t *cache = &f->code->caches[c];
    SAVE();
    if (cache_method_other(t, cache, R(b), f->code->site_names[c], pair) != CACHE_FOUND &&
        UNLIKELY(cache_load_method(t, cache, R(b), f->code->site_names[c], pair) < 0))
        goto error;
    if (b != a)
        CONSUME(b);
    SET(a, pair[0]);
    SET(a + 1, pair[1]);
    NEXT();
}
    CASE(LOAD_SUPER_ATTR)
    {
        bool implicit = INSTRUCTION_A(*pc++);
        SAVE();
        result = slow_super_attribute(t, &R(b), f->code->site_names[c], implicit, NULL);
        CHECK(result);
        for (intptr_t i = b; i < b + 3; i++)
            CONSUME(i);
        SET(a, result);
        NEXT();
    }
    CASE(LOAD_SUPER_METHOD)
    {
        bool implicit = INSTRUCTION_A(*pc++);
        Value pair[2];
        _Atomic uint64_t *cache = &f->code->caches[c];
        SAVE();
        if (UNLIKELY(!value_is(R(b), value_of(t->types[KIND_SUPER]))) || !cache_super(t, cache, R(b + 1), R(b + 2), pair)) {
            pair[0] = slow_super_attribute(t, &R(b), f->code->site_names[c], implicit, NULL);
            pair[1] = VALUE_EMPTY;
            CHECK(pair[0]);
            if (object_is_exact(R(b + 1), KIND_TYPE))
                cache_super_fill(t, cache, R(b + 1), R(b + 2), f->code->site_names[c]);
        }
        for (intptr_t i = b; i < b + 3; i++)
            CONSUME(i);
        SET(a, pair[0]);
        SET(a + 1, pair[1]);
        NEXT();
    }
    CASE(LOAD_SPECIAL)
    {
        Value pair[2];
        SAVE();
        if (slow_special(t, R(b), c, pair) < 0)
            goto error;
        SET(a, pair[0]);
        SET(a + 1, pair[1]);
        NEXT();
    }

    /* ---- arithmetic ---- */

/* Integers: the bias cancels, so that a sum is one addition and an overflow leaves the range of the tag. */
#define ADD_OR_SUB(x, y, int_sum, double_sum)                              \
    if (LIKELY(BOTH_INTS(x, y))) {                                         \
        result.bits = (int_sum);                                           \
        if (LIKELY(result.bits >= VALUE_INT_TAG)) {                        \
            SET(a, result);                                                \
            NEXT();                                                        \
        }                                                                  \
    } else if (BOTH_DOUBLES(x, y)) {                                       \
        result = value_from_double(double_sum);                            \
        SET(a, result);                                                    \
        NEXT();                                                            \
    }                                                                      \
    goto binary;

    CASE(ADD)
    CASE(IADD)
    {
        Value x = R(b), y = R(c);
        ADD_OR_SUB(x, y, x.bits + (y.bits - VALUE_INT_ZERO), value_to_double(x) + value_to_double(y))
    }
    CASE(SUB)
    CASE(ISUB)
    {
        Value x = R(b), y = R(c);
        ADD_OR_SUB(x, y, x.bits - (y.bits - VALUE_INT_ZERO), value_to_double(x) - value_to_double(y))
    }
    CASE(MUL)
    CASE(IMUL)
    {
        Value x = R(b), y = R(c);
        if (LIKELY(BOTH_INTS(x, y))) {
            int64_t product;
            if (LIKELY(!__builtin_mul_overflow(value_to_int(x), value_to_int(y), &product)) && LIKELY(value_fits_int(product))) {
                SET(a, value_from_int(product));
                NEXT();
            }
        } else if (BOTH_DOUBLES(x, y)) {
            SET(a, value_from_double(value_to_double(x) * value_to_double(y)));
            NEXT();
        }
        goto binary;
    }
    CASE(TRUEDIV)
    CASE(ITRUEDIV)
    {
        double x, y;
        if (LIKELY(to_double(R(b), &x) && to_double(R(c), &y) && y != 0)) {
            /* ints below 2^53 are exact doubles, so that the quotient is correctly rounded */
            SET(a, value_from_double(x / y));
            NEXT();
        }
        goto binary;
    }
    CASE(FLOORDIV)
    CASE(IFLOORDIV)
    {
        Value x = R(b), y = R(c);
        if (LIKELY(BOTH_INTS(x, y)) && LIKELY(value_to_int(y) != 0)) {
            int64_t i = value_to_int(x), j = value_to_int(y), q = i / j;
            q -= (q * j != i) & ((i < 0) != (j < 0));
            if (LIKELY(value_fits_int(q))) {
                SET(a, value_from_int(q));
                NEXT();
            }
        }
        goto binary;
    }
    CASE(MOD)
    CASE(IMOD)
    {
        Value x = R(b), y = R(c);
        if (LIKELY(BOTH_INTS(x, y)) && LIKELY(value_to_int(y) != 0)) {
            int64_t j = value_to_int(y), r = value_to_int(x) % j;
            r += (r != 0 && (r < 0) != (j < 0)) ? j : 0;
            SET(a, value_from_int(r));
            NEXT();
        }
        goto binary;
    }
    CASE(LSHIFT)
    CASE(ILSHIFT)
    {
        Value x = R(b), y = R(c);
        if (LIKELY(BOTH_INTS(x, y))) {
            int64_t i = value_to_int(x), s = value_to_int(y);
            if (s >= 0 && s < 48 && i <= (VALUE_INT_MAX >> s) && i >= (VALUE_INT_MIN >> s)) {
                SET(a, value_from_int((int64_t)((uint64_t)i << s)));
                NEXT();
            }
        }
        goto binary;
    }
    CASE(RSHIFT)
    CASE(IRSHIFT)
    {
        Value x = R(b), y = R(c);
        if (LIKELY(BOTH_INTS(x, y)) && LIKELY(value_to_int(y) >= 0)) {
            int64_t s = value_to_int(y);
            SET(a, value_from_int(value_to_int(x) >> (s > 63 ? 63 : s)));
            NEXT();
        }
        goto binary;
    }
#define BITWISE(op)                                                        \
    {                                                                      \
        Value x = R(b), y = R(c);                                          \
        if (LIKELY(BOTH_INTS(x, y))) {                                     \
            SET(a, value_from_int(value_to_int(x) op value_to_int(y)));    \
            NEXT();                                                        \
        }                                                                  \
        goto binary;                                                       \
    }
    CASE(AND)
    CASE(IAND)
    BITWISE(&)
    CASE(OR)
    CASE(IOR)
    BITWISE(|)
    CASE(XOR)
    CASE(IXOR)
    BITWISE(^)
    CASE(POW)
    CASE(IPOW)
    if (BOTH_DOUBLES(R(b), R(c))) {
        double x = value_to_double(R(b)), y = value_to_double(R(c));
        if (x > 0 && isfinite(x) && isfinite(y)) {
            double p = pow(x, y);
            if (isfinite(p)) {
                SET(a, value_from_double(p));
                NEXT();
            }
        }
    }
    goto binary;
    CASE(MATMUL)
    CASE(IMATMUL)
binary : {
    SAVE();
    uint32_t binary_op = OPCODE();
    if (binary_op == OP_IADD && str_check_exact(R(b)) && str_check_exact(R(c)) && a == b) {
        /* s += x extends s in place when nobody else has it. */
        Value left = R(a), right = R(c);
        R(a) = VALUE_EMPTY;
        result = str_append_take(t, left, right);
        R(a) = LIKELY(!value_is_empty(result)) ? result : t->interp->empty_str;
        CHECK(result);
        CONSUME(c);
        NEXT();
    }
    TRY_OPERATOR(binary_op, R(b), R(c));
    result = slow_binary(t, binary_op, R(b), R(c));
    CHECK(result);
    FINISH2(result);
}

#define WITH_INT(op_name, expression)                                      \
    {                                                                      \
        Value x = R(b);                                                    \
        if (LIKELY(value_is_int(x))) {                                     \
            int64_t i = value_to_int(x), j = c;                            \
            (void)i;                                                       \
            expression                                                     \
        }                                                                  \
        (void)0;                                                           \
    }                                                                      \
    binary_op = OP_##op_name;                                              \
    goto binary_int;
#define FITS(value)                                                        \
    do {                                                                   \
        int64_t value_ = (value);                                          \
        if (LIKELY(value_fits_int(value_))) {                              \
            SET(a, value_from_int(value_));                                \
            NEXT();                                                        \
        }                                                                  \
    } while (0)

    uint32_t binary_op;
    CASE(ADD_INT)
    result.bits = R(b).bits + (uint64_t)(int64_t)c;
    if (LIKELY(value_is_int(R(b)) && result.bits >= VALUE_INT_TAG)) {
        SET(a, result);
        NEXT();
    }
    if (value_is_double(R(b))) {
        SET(a, value_from_double(value_to_double(R(b)) + c));
        NEXT();
    }
    binary_op = OP_ADD;
    goto binary_int;
    CASE(IADD_INT)
    result.bits = R(b).bits + (uint64_t)(int64_t)c;
    if (LIKELY(value_is_int(R(b)) && result.bits >= VALUE_INT_TAG)) {
        SET(a, result);
        NEXT();
    }
    binary_op = OP_IADD;
    goto binary_int;
    CASE(SUB_INT)
    result.bits = R(b).bits - (uint64_t)(int64_t)c;
    if (LIKELY(value_is_int(R(b)) && result.bits >= VALUE_INT_TAG)) {
        SET(a, result);
        NEXT();
    }
    if (value_is_double(R(b))) {
        SET(a, value_from_double(value_to_double(R(b)) - c));
        NEXT();
    }
    binary_op = OP_SUB;
    goto binary_int;
    CASE(ISUB_INT)
    result.bits = R(b).bits - (uint64_t)(int64_t)c;
    if (LIKELY(value_is_int(R(b)) && result.bits >= VALUE_INT_TAG)) {
        SET(a, result);
        NEXT();
    }
    binary_op = OP_ISUB;
    goto binary_int;
    CASE(MUL_INT)
    WITH_INT(MUL, int64_t p; if (LIKELY(!__builtin_mul_overflow(i, j, &p))) FITS(p);)
    CASE(FLOORDIV_INT)
    WITH_INT(FLOORDIV, if (LIKELY(j > 0)) {
        int64_t q = i / j;
        FITS(q - (i < 0 && q * j != i));
    })
    CASE(MOD_INT)
    WITH_INT(MOD, if (LIKELY(j > 0)) {
        int64_t r = i % j;
        FITS(r < 0 ? r + j : r);
    })
    CASE(AND_INT)
    WITH_INT(AND, FITS(i & j);)
    CASE(LSHIFT_INT)
    WITH_INT(LSHIFT, if (j >= 0 && j < 48 && i <= (VALUE_INT_MAX >> j) && i >= (VALUE_INT_MIN >> j)) FITS((int64_t)((uint64_t)i << j));)
    CASE(RSHIFT_INT)
    WITH_INT(RSHIFT, if (LIKELY(j >= 0)) FITS(i >> (j > 63 ? 63 : j));)
binary_int:
    SAVE();
    TRY_OPERATOR(binary_op, R(b), value_from_int(c));
    result = slow_binary(t, binary_op, R(b), value_from_int(c));
    CHECK(result);
    FINISH1(result);

    CASE(NEG)
    {
        Value x = R(b);
        if (value_is_int(x) && value_to_int(x) != VALUE_INT_MIN) {
            SET(a, value_from_int(-value_to_int(x)));
            NEXT();
        }
        if (value_is_double(x)) {
            SET(a, value_from_double(-value_to_double(x)));
            NEXT();
        }
        SAVE();
        result = number_unary(t, UNARY_NEG, x);
        CHECK(result);
        FINISH1(result);
    }
    CASE(POS)
    SAVE();
    result = number_unary(t, UNARY_POS, R(b));
    CHECK(result);
    FINISH1(result);
    CASE(INVERT)
    SAVE();
    result = number_unary(t, UNARY_INVERT, R(b));
    CHECK(result);
    FINISH1(result);
    CASE(NOT)
    CASE(TRUTH)
    {
        Value x = R(b);
        int truth;
        if (LIKELY(value_is_bool(x))) {
            truth = value_is(x, VALUE_TRUE);
        } else {
            SAVE();
            truth = object_truth(t, x);
            if (UNLIKELY(truth < 0))
                goto error;
        }
        result = value_from_bool(truth == (OPCODE() == OP_TRUTH));
        FINISH1(result);
    }
#define COMPARE(name, op)                                                  \
    CASE(name)                                                             \
    {                                                                      \
        Value x = R(b), y = R(c);                                          \
        if (LIKELY(BOTH_INTS(x, y))) {                                     \
            SET(a, value_from_bool(x.bits op y.bits));                     \
            NEXT();                                                        \
        }                                                                  \
        if (BOTH_DOUBLES(x, y)) {                                          \
            SET(a, value_from_bool(value_to_double(x) op value_to_double(y))); \
            NEXT();                                                        \
        }                                                                  \
        goto compare;                                                      \
    }
    COMPARE(LT, <)
    COMPARE(LE, <=)
    COMPARE(EQ, ==)
    COMPARE(NE, !=)
    COMPARE(GT, >)
    COMPARE(GE, >=)
compare:
    SAVE();
    TRY_OPERATOR(OPCODE(), R(b), R(c));
    result = slow_compare(t, OPCODE(), R(b), R(c));
    CHECK(result);
    FINISH2(result);
    CASE(IS)
    result = value_from_bool(value_is(R(b), R(c)));
    FINISH2(result);
    CASE(IS_NOT)
    result = value_from_bool(!value_is(R(b), R(c)));
    FINISH2(result);
    CASE(IN)
    CASE(NOT_IN)
    {
        SAVE();
        int found = object_contains(t, R(c), R(b));
        if (UNLIKELY(found < 0))
            goto error;
        found = found == (OPCODE() == OP_IN);
        Instruction next = *pc;
        bool if_true = INSTRUCTION_OP(next) == OP_JUMP_IF_TRUE;
        if (!EVAL_TRACED && (if_true || INSTRUCTION_OP(next) == OP_JUMP_IF_FALSE) && INSTRUCTION_A(next) == a && a >= temps) {
            /* The answer is only wanted for the jump behind. */
            pc++;
            CONSUME(b);
            CONSUME(c);
            if (found == if_true)
                GOTO(INSTRUCTION_BC(next));
            NEXT();
        }
        result = value_from_bool(found);
        FINISH2(result);
    }

    /* ---- jumps ---- */

    CASE(JUMP)
    GOTO(BC());
#define JUMP_ON_TRUTH(name, sense)                                         \
    CASE(name)                                                             \
    {                                                                      \
        Value x = R(a);                                                    \
        int truth;                                                         \
        if (LIKELY(value_is_bool(x))) {                                    \
            truth = value_is(x, VALUE_TRUE);                               \
        } else {                                                           \
            SAVE();                                                        \
            truth = value_is_int(x) ? x.bits != VALUE_INT_ZERO : value_is_none(x) ? 0 : object_truth(t, x); \
            if (UNLIKELY(truth < 0))                                       \
                goto error;                                                \
            CONSUME(a);                                                    \
        }                                                                  \
        if (truth == (sense))                                              \
            GOTO(BC());                                                    \
        NEXT();                                                            \
    }
    JUMP_ON_TRUTH(JUMP_IF_TRUE, 1)
    JUMP_ON_TRUTH(JUMP_IF_FALSE, 0)
#define JUMP_OR_POP(name, sense)                                           \
    CASE(name)                                                             \
    {                                                                      \
        SAVE();                                                            \
        int truth = object_truth(t, R(a));                                 \
        if (UNLIKELY(truth < 0))                                           \
            goto error;                                                    \
        if (truth == (sense))                                              \
            GOTO(BC());                                                    \
        SET(a, VALUE_EMPTY);                                               \
        NEXT();                                                            \
    }
    JUMP_OR_POP(JUMP_IF_TRUE_OR_POP, 1)
    JUMP_OR_POP(JUMP_IF_FALSE_OR_POP, 0)
    CASE(JUMP_IF_NONE)
    if (value_is_none(R(a)))
        GOTO(BC());
    CONSUME(a);
    NEXT();
    CASE(JUMP_IF_NOT_NONE)
    if (!value_is_none(R(a))) {
        CONSUME(a);
        GOTO(BC());
    }
    NEXT();
#define JUMP_COMPARE(name, slow_op, op, sense)                             \
    CASE(name)                                                             \
    {                                                                      \
        Value x = R(a), y = R(b);                                          \
        bool truth;                                                        \
        if (LIKELY(BOTH_INTS(x, y)))                                       \
            truth = x.bits op y.bits;                                      \
        else if (BOTH_DOUBLES(x, y))                                       \
            truth = value_to_double(x) op value_to_double(y);              \
        else {                                                             \
            compare_op = OP_##slow_op;                                     \
            compare_sense = (sense);                                       \
            goto jump_compare;                                             \
        }                                                                  \
        if (truth == (sense))                                              \
            GOTO(c);                                                       \
        NEXT();                                                            \
    }
    uint32_t compare_op;
    bool compare_sense;
    JUMP_COMPARE(JUMP_LT, LT, <, true)
    JUMP_COMPARE(JUMP_LE, LE, <=, true)
    JUMP_COMPARE(JUMP_EQ, EQ, ==, true)
    JUMP_COMPARE(JUMP_NE, NE, !=, true)
    JUMP_COMPARE(JUMP_GT, GT, >, true)
    JUMP_COMPARE(JUMP_GE, GE, >=, true)
    JUMP_COMPARE(JUMP_NOT_LT, LT, <, false)
    JUMP_COMPARE(JUMP_NOT_LE, LE, <=, false)
    JUMP_COMPARE(JUMP_NOT_EQ, EQ, ==, false)
    JUMP_COMPARE(JUMP_NOT_NE, NE, !=, false)
    JUMP_COMPARE(JUMP_NOT_GT, GT, >, false)
    JUMP_COMPARE(JUMP_NOT_GE, GE, >=, false)
jump_compare : {
    SAVE();
    TRY_OPERATOR(compare_op, R(a), R(b));
    int truth = slow_compare_bool(t, compare_op, R(a), R(b));
    if (UNLIKELY(truth < 0))
        goto error;
    CONSUME(a);
    if (b != a)
        CONSUME(b);
    if (truth == compare_sense)
        GOTO(c);
    NEXT();
}
#define JUMP_COMPARE_INT(name, slow_op, op, sense)                         \
    CASE(name)                                                             \
    {                                                                      \
        Value x = R(a);                                                    \
        bool truth;                                                        \
        if (LIKELY(value_is_int(x)))                                       \
            truth = value_to_int(x) op b;                                  \
        else if (value_is_double(x))                                       \
            truth = value_to_double(x) op b;                               \
        else {                                                             \
            compare_op = OP_##slow_op;                                     \
            compare_sense = (sense);                                       \
            goto jump_compare_int;                                         \
        }                                                                  \
        if (truth == (sense))                                              \
            GOTO(c);                                                       \
        NEXT();                                                            \
    }
    JUMP_COMPARE_INT(JUMP_LT_INT, LT, <, true)
    JUMP_COMPARE_INT(JUMP_LE_INT, LE, <=, true)
    JUMP_COMPARE_INT(JUMP_EQ_INT, EQ, ==, true)
    JUMP_COMPARE_INT(JUMP_NE_INT, NE, !=, true)
    JUMP_COMPARE_INT(JUMP_GT_INT, GT, >, true)
    JUMP_COMPARE_INT(JUMP_GE_INT, GE, >=, true)
    JUMP_COMPARE_INT(JUMP_NOT_LT_INT, LT, <, false)
    JUMP_COMPARE_INT(JUMP_NOT_LE_INT, LE, <=, false)
    JUMP_COMPARE_INT(JUMP_NOT_EQ_INT, EQ, ==, false)
    JUMP_COMPARE_INT(JUMP_NOT_NE_INT, NE, !=, false)
    JUMP_COMPARE_INT(JUMP_NOT_GT_INT, GT, >, false)
    JUMP_COMPARE_INT(JUMP_NOT_GE_INT, GE, >=, false)
jump_compare_int : {
    SAVE();
    TRY_OPERATOR(compare_op, R(a), value_from_int(b));
    int truth = slow_compare_bool(t, compare_op, R(a), value_from_int(b));
    if (UNLIKELY(truth < 0))
        goto error;
    CONSUME(a);
    if (truth == compare_sense)
        GOTO(c);
    NEXT();
}
    CASE(JUMP_IS)
    CASE(JUMP_IS_NOT)
    {
        bool same = value_is(R(a), R(b));
        CONSUME(a);
        if (b != a)
            CONSUME(b);
        if (same == (OPCODE() == OP_JUMP_IS))
            GOTO(c);
        NEXT();
    }

    /* ---- building ---- */

    CASE(BUILD_LIST)
    SAVE();
    result = list_from_array_take(t, &R(b), (size_t)c);
    CHECK(result);
    SET(a, result);
    NEXT();
    CASE(BUILD_TUPLE)
    SAVE();
    result = tuple_from_array_take(t, &R(b), (size_t)c);
    CHECK(result);
    SET(a, result);
    NEXT();
    CASE(BUILD_SET)
    SAVE();
    result = slow_build_set(t, &R(b), c);
    goto built_run;
    CASE(BUILD_DICT)
    SAVE();
    result = slow_build_dict(t, &R(b), c);
    c *= 2;
built_run:
    CHECK(result);
    for (intptr_t i = b; i < b + c; i++)
        CONSUME(i);
    SET(a, result);
    NEXT();
    CASE(BUILD_SLICE)
    {
        /* A slice that is used up at once need not be made: the instruction behind is done here too. */
        Instruction next = *pc;
        intptr_t container = INSTRUCTION_OP(next) == OP_GETITEM ? INSTRUCTION_B(next) : INSTRUCTION_A(next);
        bool used_up = (INSTRUCTION_OP(next) == OP_GETITEM && INSTRUCTION_C(next) == a) || (INSTRUCTION_OP(next) == OP_SETITEM && INSTRUCTION_B(next) == a);
        if (EVAL_TRACED || a < temps || !used_up || container == a || !slow_slices_exactly(R(container))) {
            /* nothing known of what it does with the slice */
        } else if (INSTRUCTION_OP(next) == OP_GETITEM) {
            pc++;
            SAVE();
            result = slow_getitem_slice(t, R(container), &R(b));
            CHECK(result);
            a = INSTRUCTION_A(next);
            if (a != container)
                CONSUME(container);
            c = 3;
            goto built_run;
        } else {
            intptr_t value = INSTRUCTION_C(next);
            pc++;
            SAVE();
            if (UNLIKELY(slow_setitem_slice(t, R(container), &R(b), R(value)) < 0))
                goto error;
            for (intptr_t i = b; i < b + 3; i++)
                CONSUME(i);
            CONSUME(value);
            CONSUME(container);
            NEXT();
        }
    }
    SAVE();
    result = slice_new(t, R(b), R(b + 1), R(b + 2));
    c = 3;
    goto built_run;
    CASE(BUILD_STRING)
    SAVE();
    result = str_join_array(t, t->interp->empty_str, &R(b), (size_t)c);
    goto built_run;
    CASE(BUILD_TEMPLATE)
    SAVE();
    result = template_new(t, R(b), R(b + 1));
    c = 2;
    goto built_run;
    CASE(BUILD_INTERPOLATION)
    {
        SAVE();
        result = interpolation_new(t, R(b), R(b + 1), c, R(b + 2));
        c = 3;
        goto built_run;
    }
    CASE(LIST_APPEND)
    SAVE();
    if (UNLIKELY(list_append_take(t, R(a), TAKE(b)) < 0))
        goto error;
    NEXT();
    CASE(LIST_EXTEND)
    SAVE();
    if (slow_list_extend(t, R(a), R(b)) < 0)
        goto error;
    CONSUME(b);
    NEXT();
    CASE(LIST_TO_TUPLE)
    SAVE();
    result = list_to_tuple(t, R(b));
    CHECK(result);
    FINISH1(result);
    CASE(SET_ADD)
    SAVE();
    if (set_add(t, R(a), R(b)) < 0)
        goto error;
    CONSUME(b);
    NEXT();
    CASE(SET_UPDATE)
    SAVE();
    if (set_update(t, R(a), R(b)) < 0)
        goto error;
    CONSUME(b);
    NEXT();
    CASE(DICT_SET)
    SAVE();
    if (dict_set(t, R(a), R(b), R(c)) < 0)
        goto error;
    CONSUME(b);
    CONSUME(c);
    NEXT();
    CASE(DICT_UPDATE)
    SAVE();
    if (slow_dict_update(t, R(a), R(b)) < 0)
        goto error;
    CONSUME(b);
    NEXT();
    CASE(DICT_MERGE)
    SAVE();
    if (slow_dict_merge(t, R(a), R(b), R(c)) < 0)
        goto error;
    CONSUME(b);
    NEXT();
    CASE(FORMAT)
    if (str_check_exact(R(b))) {
        result = TAKE(b);
        SET(a, result);
        NEXT();
    }
    SAVE();
    result = object_format(t, R(b), VALUE_EMPTY);
    CHECK(result);
    FINISH1(result);
    CASE(FORMAT_SPEC)
    SAVE();
    result = object_format(t, R(b), R(c));
    CHECK(result);
    FINISH2(result);
    CASE(CONVERT)
    SAVE();
    result = slow_convert(t, R(b), c);
    CHECK(result);
    FINISH1(result);

    /* ---- items ---- */

    CASE(GETITEM)
    {
        Value v = R(b), k = R(c);
        if (LIKELY(value_is_int(k))) {
            int64_t i = value_to_int(k);
            if (list_check_exact(v)) {
                if (i < 0)
                    i += (int64_t)list_length(v);
                if (LIKELY(i >= 0)) {
                    result = list_get(t, v, (size_t)i);
                    if (LIKELY(!value_is_empty(result)))
                        FINISH2(result);
                }
            } else if (tuple_check_exact(v)) {
                if (i < 0)
                    i += (int64_t)tuple_length(v);
                if (LIKELY(i >= 0 && (size_t)i < tuple_length(v))) {
                    result = ref_inc(t, tuple_peek(v, (size_t)i));
                    FINISH2(result);
                }
            }
        }
        SAVE();
        if (LIKELY(dict_check_exact(v))) {
            result = dict_item(t, v, k);
        } else {
            TRY_OPERATOR(OP_GETITEM, v, k);
            result = slow_getitem(t, v, k);
        }
        CHECK(result);
        FINISH2(result);
    }
    CASE(GETITEM_INT)
    {
        Value v = R(b);
        int64_t i = c;
        if (list_check_exact(v)) {
            if (i < 0)
                i += (int64_t)list_length(v);
            if (LIKELY(i >= 0)) {
                result = list_get(t, v, (size_t)i);
                if (LIKELY(!value_is_empty(result)))
                    FINISH1(result);
            }
        } else if (tuple_check_exact(v)) {
            if (i < 0)
                i += (int64_t)tuple_length(v);
            if (LIKELY(i >= 0 && (size_t)i < tuple_length(v))) {
                result = ref_inc(t, tuple_peek(v, (size_t)i));
                FINISH1(result);
            }
        }
        SAVE();
        TRY_OPERATOR(OP_GETITEM, v, value_from_int(c));
        result = slow_getitem(t, v, value_from_int(c));
        CHECK(result);
        FINISH1(result);
    }
    CASE(SETITEM)
    {
        Value v = R(a), k = R(b);
        SAVE();
        if (LIKELY(list_check_exact(v)) && LIKELY(value_is_int(k)) && LIKELY(!t->free_threaded)) {
            List *list = list_of(v);
            int64_t i = value_to_int(k);
            if (i < 0)
                i += (int64_t)list->length;
            if (LIKELY((uint64_t)i < list->length)) {
                Value new = TAKE(c), old = list->items[i];
                list->items[i] = new;
                if (value_is_object(old))
                    ref_dec_object(t, value_object(old));
                CONSUME(a);
                NEXT();
            }
        }
        if (!EVAL_TRACED && (callee = slow_operator_function(t, f, OP_SETITEM, v, k)) != NULL) {
            window = f->top;
            window[2] = ref_inc(t, R(c));
            call_count = 3;
            operand[0] = v;
            operand[1] = k;
            goto push_operator;
        }
        if (UNLIKELY(slow_setitem(t, v, k, R(c)) < 0))
            goto error;
        CONSUME(c);
        CONSUME(b);
        CONSUME(a);
        NEXT();
    }
    CASE(DELITEM)
    SAVE();
    if (object_setitem(t, R(a), R(b), VALUE_EMPTY) < 0)
        goto error;
    CONSUME(b);
    CONSUME(a);
    NEXT();
    CASE(UNPACK)
    {
        Value v = R(a);
        SAVE();
        if (tuple_check_exact(v) && tuple_length(v) == (size_t)c) {
            for (int32_t i = 0; i < c; i++)
                SET(b + i, ref_inc(t, tuple_peek(v, (size_t)i)));
        } else {
            for (int32_t i = 0; i < c; i++)
                R(b + i) = VALUE_EMPTY;
            if (slow_unpack(t, v, &R(b), c) < 0)
                goto error;
        }
        CONSUME(a);
        NEXT();
    }
    CASE(UNPACK_EX)
    {
        int32_t after = INSTRUCTION_A(*pc++);
        SAVE();
        for (int32_t i = 0; i < c + 1 + after; i++)
            R(b + i) = VALUE_EMPTY;
        if (slow_unpack_ex(t, R(a), &R(b), c, after) < 0)
            goto error;
        CONSUME(a);
        NEXT();
    }

    /* ---- iteration and suspension ---- */

    CASE(GET_ITER)
    SAVE();
    result = object_iter(t, R(b));
    CHECK(result);
    FINISH1(result);
    CASE(FOR_NEXT)
    {
        Value v = R(a);
        Object *o = value_object(v);
        switch (o->kind) {
        case KIND_RANGE_ITERATOR: {
            RangeIterator *it = (RangeIterator *)o;
            if (UNLIKELY(t->free_threaded))
                break;
            if (LIKELY(it->left > 0)) {
                int64_t i = it->next;
                it->left--;
                it->next += it->step;
                if (UNLIKELY(!value_fits_int(i))) {
                    result = int_from_int64_slow(t, i);
                    CHECK(result);
                } else {
                    result = value_from_int(i);
                }
                goto got_next;
            }
            goto exhausted;
        }
        case KIND_LIST_ITERATOR: {
            ListIterator *it = (ListIterator *)o;
            if (UNLIKELY(t->free_threaded) || value_is_empty(it->list))
                break;
            if (LIKELY(it->index < list_of(it->list)->length)) {
                result = ref_inc(t, list_of(it->list)->items[it->index++]);
                goto got_next;
            }
            break;
        }
        case KIND_TUPLE_ITERATOR: {
            TupleIterator *it = (TupleIterator *)o;
            if (UNLIKELY(t->free_threaded) || value_is_empty(it->tuple))
                break;
            if (LIKELY(it->index < tuple_length(it->tuple))) {
                result = ref_inc(t, tuple_peek(it->tuple, it->index++));
                goto got_next;
            }
            break;
        }
        case KIND_GENERATOR: {
            Generator *g = (Generator *)o;
            SAVE();
            if (UNLIKELY(!generator_begin_plain(t, g, VALUE_NONE))) {
                int begun = generator_begin(t, g, VALUE_NONE);
                if (UNLIKELY(begun < 0))
                    goto error;
                if (begun > 0)
                    goto exhausted;
            }
            g->frame.resume = RESUME_FOR_NEXT;
            g->frame.dest = b;
            g->frame.jump = c;
            g->frame.callable = &R(a);
            f = &g->frame;
            ENTER_FRAME();
            if (breaker_is_set(t))
                goto poll;
            NEXT();
        }
        case KIND_ENUMERATE:
        case KIND_ZIP:
        case KIND_DICT_ITEM_ITERATOR: {
            /* The pair is often unpacked at once: then it need not be made. */
            Instruction body = pc[c];
            if (EVAL_TRACED || INSTRUCTION_OP(body) != OP_UNPACK || INSTRUCTION_A(body) != b || INSTRUCTION_C(body) != 2 || b < temps)
                goto call_next;
            Value pair[2];
            SAVE();
            int status = o->kind == KIND_ENUMERATE ? enumerate_next(t, v, &pair[0], &pair[1])
                         : o->kind == KIND_ZIP     ? zip_next_two(t, v, &pair[0], &pair[1])
                                                   : dict_item_iterator_next(t, v, &pair[0], &pair[1]);
            if (UNLIKELY(status != 1)) {
                if (status < 0)
                    goto error;
                if (status > 1)
                    goto call_next;
                goto exhausted;
            }
            pc += c + 1;
            SAVE();
            SET(INSTRUCTION_B(body), pair[0]);
            SET(INSTRUCTION_B(body) + 1, pair[1]);
            if (breaker_is_set(t))
                goto poll;
            NEXT();
        }
        case KIND_DICT_KEY_ITERATOR:
        case KIND_DICT_VALUE_ITERATOR:
        case KIND_SET_ITERATOR:
        case KIND_STR_ITERATOR:
        call_next:
            SAVE();
            result = o->type->slots.next(t, v);
            if (LIKELY(!value_is_empty(result)))
                goto got_next;
            if (error_pending(t))
                goto error;
            goto exhausted;
        default: break;
        }
        SAVE();
        result = object_next(t, v); /* checks: a class can lose its __next__ meanwhile */
        if (UNLIKELY(value_is_empty(result))) {
            if (error_pending(t))
                goto error;
            goto exhausted;
        }
    got_next:
        SET(b, result);
        pc += c;
        if (breaker_is_set(t))
            goto poll;
        NEXT();
    exhausted:
        SAVE();
        SET(a, VALUE_EMPTY);
        NEXT();
    }
    CASE(GET_AITER)
    {
        SAVE();
        Type *type = type_of(t, R(b));
        if (!type->slots.aiter) {
            error_set(t, EXC_TypeError, "'async for' requires an object with __aiter__ method, got %T", R(b));
            goto error;
        }
        result = type->slots.aiter(t, R(b));
        CHECK(result);
        if (!type_of(t, result)->slots.anext) {
            error_set(t, EXC_TypeError, "'async for' received an object from __aiter__ that does not implement __anext__: %T", result);
            ref_dec(t, result);
            goto error;
        }
        FINISH1(result);
    }
    CASE(GET_ANEXT)
    SAVE();
    result = async_generator_anext(t, R(b));
    CHECK(result);
    SET(a, result);
    NEXT();
    CASE(END_ASYNC_FOR)
    {
        SAVE();
        int matches = exception_matches(t, R(a + 1), value_of(t->interp->exceptions[EXC_StopAsyncIteration]));
        if (matches < 0)
            goto error;
        if (!matches)
            goto reraise;
        ref_replace_take(t, &t->handled->exc, R(a));
        R(a) = VALUE_EMPTY;
        SET(a + 1, VALUE_EMPTY);
        NEXT();
    }
    CASE(GET_AWAITABLE)
    SAVE();
    result = generator_awaitable(t, R(b), c);
    CHECK(result);
    FINISH1(result);
    CASE(GET_YIELD_FROM)
    {
        SAVE();
        Value v = R(b);
        if (object_is_exact(v, KIND_COROUTINE) &&
            !(f->code->flags & (CODE_COROUTINE | CODE_ITERABLE_COROUTINE))) {
            error_set(t, EXC_TypeError, "cannot 'yield from' a coroutine object in a non-coroutine generator");
            goto error;
        }
        if (object_is_exact(v, KIND_COROUTINE) || object_is_exact(v, KIND_GENERATOR))
            result = ref_inc(t, v);
        else
            result = object_iter(t, v);
        CHECK(result);
        FINISH1(result);
    }
    CASE(YIELD_WRAPPED)
    SAVE();
    result = async_generator_wrap_take(t, TAKE(b));
    CHECK(result);
    goto yield;
    CASE(YIELD)
    result = TAKE(b);
yield : {
    Generator *g = generator_of_frame(f);
    g->sent = a;
    g->delegating = false;
    SAVE();
    goto suspend;
}
    CASE(DELEGATE)
    {
        SAVE();
        Value receiver = R(a);
        if (LIKELY(object_is_exact(receiver, KIND_COROUTINE) || object_is_exact(receiver, KIND_GENERATOR))) {
            Generator *g = generator_of(receiver);
            int begun = LIKELY(generator_begin_plain(t, g, R(b))) ? 0 : generator_begin(t, g, R(b));
            if (UNLIKELY(begun < 0))
                goto error;
            if (begun == 0) {
                SET(b, VALUE_EMPTY);
                g->frame.resume = RESUME_DELEGATE;
                g->frame.dest = a;
                g->frame.jump = b;
                g->frame.callable = NULL;
                f = &g->frame;
                ENTER_FRAME();
                if (breaker_is_set(t))
                    goto poll;
                NEXT();
            }
            if (generator_ended(t, g) < 0)
                goto error;
            result = VALUE_NONE;
        } else {
            Value sent;
            GeneratorResult status = generator_send(t, receiver, R(b), &sent);
            result = sent;
            if (status == GENERATOR_ERROR)
                goto error;
            if (status == GENERATOR_YIELD) {
                SET(b, VALUE_EMPTY);
                generator_of_frame(f)->sent = b;
                generator_of_frame(f)->delegating = true;
                goto suspend;
            }
            TRACE(if (trace_stop_iteration(t, f, result, false) < 0) goto left_badly;)
        }
        SET(b, VALUE_EMPTY);
        SET(a, result);
        NEXT();
    }

    /* The frame, whose pc and `sent` are set, gives `result` to whoever resumed it. */
suspend:
    for (;;) {
        TRACE(if (trace_left(t, f, result, true) < 0) goto left_badly;)
        Generator *g = generator_of_frame(f);
        Frame *to = f->previous;
        int resume = f->resume, dest = f->dest, jump = f->jump;
        generator_suspended(t, g);
        if (resume == RESUME_ENTRY)
            return result;
        f = to;
        if (resume == RESUME_DELEGATE) { /* the delegating frame yields the same value */
            Generator *outer = generator_of_frame(f);
            outer->sent = jump;
            outer->delegating = true;
            continue;
        }
        LOAD_FRAME();
        if (resume == RESUME_FOR_NEXT) {
            SET(dest, result);
            pc += jump;
        } else { /* RESUME_NEXT */
            SET(dest, result);
        }
        if (breaker_is_set(t))
            goto poll;
        NEXT();
    }

    /* ---- functions and calls ---- */

    CASE(MAKE_FUNCTION)
    {
        uint32_t flags = (uint32_t)INSTRUCTION_A(*pc++);
        SAVE();
        result = slow_make_function(t, f, f->code->constants[b], &R(c), flags);
        CHECK(result);
        for (intptr_t i = c; flags; i++, flags &= flags - 1)
            CONSUME(i);
        SET(a, result);
        NEXT();
    }

/* The commonest call: of a function with as many positional arguments as it has parameters, in place, with the callable in front of them. */
#define PUSH_SIMPLE(function, function_code, first)                                                                                       \
    do {                                                                                                                                  \
        Frame *n = f->next;                                                                                                               \
        Value *top = (first) + (function_code)->register_count;                                                                           \
        SAVE();                                                                                                                           \
        if (LIKELY(top <= t->stack_limit) && LIKELY(!f->is_generator) && LIKELY(n != NULL) && LIKELY(t->recursion_left != 0)) {           \
            t->recursion_left--;                                                                                                          \
            for (Value *local = (first) + (function_code)->simple_count, *end = (first) + (function_code)->local_count; local < end; local++) \
                *local = VALUE_EMPTY;                                                                                                     \
            pc = code_start(function_code);                                                                                               \
            regs = (first);                                                                                                               \
            temps = (intptr_t)(function_code)->local_count;                                                                               \
            n->pc = pc;                                                                                                                   \
            n->registers = regs;                                                                                                          \
            n->code = (function_code);                                                                                                    \
            n->previous = f;                                                                                                              \
            n->top = top;                                                                                                                 \
            n->function = (function);                                                                                                     \
            n->unusual = 0;                                                                                                               \
            n->dest = (int32_t)c;                                                                                                         \
            t->frame = f = n;                                                                                                             \
            if (breaker_is_set(t))                                                                                                        \
                goto poll;                                                                                                                \
            NEXT();                                                                                                                       \
        }                                                                                                                                 \
        callee = (function);                                                                                                              \
        code = (function_code);                                                                                                           \
        window = (first);                                                                                                                 \
        goto push_simple;                                                                                                                 \
    } while (0)

    CASE(CALL)
    {
        Value called = R(a);
        if (!EVAL_TRACED && LIKELY(object_is_exact(called, KIND_FUNCTION))) {
            Function *function = function_of(called);
            Code *function_code = code_of(function->code);
            if (LIKELY((uint32_t)b == function_code->simple_count))
                PUSH_SIMPLE(function, function_code, &R(a + 1));
        }
        callable = called;
    }
    if (!EVAL_TRACED && object_is_exact(callable, KIND_NATIVE)) {
        Native *native = (Native *)value_object(callable);
        if (LIKELY(native_is_simple(native, (uint32_t)b + 1)) && LIKELY(!value_is_empty(native->self)) && LIKELY(&R(a) + native->count <= f->top)) {
            /* self goes where the callable is */
            SAVE();
            R(a) = native->self;
            for (uint32_t i = (uint32_t)b + 1; i < native->count; i++)
                R(a + i) = VALUE_EMPTY;
            result = native->def->fn(t, &R(a), (uint32_t)b + 1, VALUE_EMPTY);
            R(a) = callable;
            CHECK(result);
            R(a) = VALUE_EMPTY;
            ref_dec_object(t, &native->head);
            goto native_called;
        }
    }
    call_args = &R(a + 1);
    call_count = (uint32_t)b;
    goto call;
    CASE(CALL_METHOD)
    {
        Value called = R(a);
        if (!EVAL_TRACED && LIKELY(object_is_exact(called, KIND_FUNCTION)) && LIKELY(!value_is_empty(R(a + 1)))) {
            Function *function = function_of(called);
            Code *function_code = code_of(function->code);
            if (LIKELY((uint32_t)b + 1 == function_code->simple_count))
                PUSH_SIMPLE(function, function_code, &R(a + 1));
        }
        callable = called;
    }
    if (!EVAL_TRACED && object_is_exact(callable, KIND_METHOD_DESCRIPTOR)) {
        Native *native = (Native *)value_object(callable);
        Value self = R(a + 1);
        if (LIKELY(native_is_simple(native, (uint32_t)b + 1)) && LIKELY(value_is_object(self)) && LIKELY(value_object(self)->type == native->owner) &&
            LIKELY(&R(a + 1) + native->count <= f->top)) {
            SAVE();
            for (uint32_t i = (uint32_t)b + 1; i < native->count; i++)
                R(a + 1 + i) = VALUE_EMPTY;
            result = native->def->fn(t, &R(a + 1), (uint32_t)b + 1, VALUE_EMPTY);
            CHECK(result);
            R(a) = VALUE_EMPTY;
            ref_dec_object(t, &native->head);
            R(a + 1) = VALUE_EMPTY;
            ref_dec_object(t, value_object(self));
            a++;
            goto native_called;
        }
    }
    call_args = &R(a + 1);
    call_count = (uint32_t)b + 1;
    if (value_is_empty(*call_args)) {
        call_args++;
        call_count--;
    }
    if (!EVAL_TRACED && LIKELY(object_is_exact(callable, KIND_FUNCTION))) {
        callee = function_of(callable);
        code = code_of(callee->code);
        if (LIKELY(call_count == code->simple_count))
            goto call_simple;
    }
    goto call;

call_simple: /* the callable goes in front of the first argument */
    R(a) = VALUE_EMPTY;
    call_args[-1] = callable;
    window = call_args;
push_simple: /* The commonest call: of a function with as many positional arguments as it has parameters, in place behind it. */
    call_count = code->simple_count;
push_bound : {
    SAVE();
    Frame *n = push_in_place(t, f, code, callee, window, call_count);
    if (UNLIKELY(!n)) {
        release_registers(t, window, window + call_count); /* bound ones may lie above the caller's registers */
        goto error;
    }
    n->dest = (int32_t)c;
    if (UNLIKELY(n->registers != window)) {
        n->resume = RESUME_STORE;
        n->callable = window - 1;
    }
    f = n;
    regs = n->registers;
    pc = code_start(code);
    temps = (intptr_t)code->local_count;
    TRACE(TRACE_FROM(pc - 1); TRACE_CHECK(trace_entered(t, f));)
    if (breaker_is_set(t))
        goto poll;
    NEXT();
}
push_init : {
    /* The instance becomes the first argument, in the place of the class (or of the empty self); it keeps its class. */
    uint32_t given = call_count + 1;
    window = call_args - 1;
    code = code_of(callee->code);
    if (UNLIKELY(given != code->simple_count) || UNLIKELY(!value_is_empty(call_names))) {
        uint32_t count = given + (value_is_empty(call_names) ? 0 : (uint32_t)tuple_length(call_names));
        uint32_t room = count > code->register_count ? count : code->register_count;
        Value *to = f->is_generator ? f->top : window;
        if (UNLIKELY(to + room > t->stack_limit) || UNLIKELY(code->flags & CODE_ANY_GENERATOR)) {
            ref_dec(t, result);
            goto call_any;
        }
        R(call_base) = VALUE_EMPTY;
        *window = ref_inc(t, result);
        if (to != window) {
            memcpy(to, window, count * sizeof(Value));
            memset(window, 0, count * sizeof(Value));
            window = to;
        }
        if (UNLIKELY(call_bind_in_place(t, callee, window, given, call_names) < 0)) {
            Value exc = error_take(t);
            ref_dec(t, result);
            ref_dec(t, callable);
            t->exc = exc;
            goto error;
        }
        given = code->local_count;
    } else {
        R(call_base) = VALUE_EMPTY;
        *window = ref_inc(t, result);
    }
    ref_inc_object(t, &callee->head); /* the class may lose it while it runs */
    Frame *n = LIKELY(window == call_args - 1) ? push_in_place(t, f, code, callee, window, given) : push(t, code, callee, window, given, true);
    ref_dec_object(t, value_object(callable));
    if (UNLIKELY(!n)) {
        release_registers(t, window, window + given);
        ref_dec_object(t, &callee->head);
        ref_dec_object(t, value_object(result));
        goto error;
    }
    n->resume = RESUME_INIT;
    n->dest = (int32_t)call_dest;
    n->extra = result;
    n->keep = value_of(callee);
    n->has_more = true;
    goto enter_pushed;
}
push_operator : {
    window = f->top;
    window[0] = ref_inc(t, operand[0]);
    window[1] = ref_inc(t, operand[1]);
    Frame *n = push(t, code_of(callee->code), callee, window, call_count, true);
    if (UNLIKELY(!n)) {
        release_registers(t, window, window + call_count);
        ref_dec_object(t, &callee->head);
        goto error;
    }
    n->resume = RESUME_OPERATOR;
    n->keep = value_of(callee);
    n->has_more = true;
    n->callable = NULL;
}
enter_pushed: /* goes on in the frame that `push` made */
    f = t->frame;
    ENTER_FRAME();
    if (breaker_is_set(t))
        goto poll;
    NEXT();

call:
    call_base = a;
    call_dest = c;
    TRACE(call_names = VALUE_EMPTY; goto traced_call; untraced_call:)
    if (LIKELY(value_is_object(callable))) {
        Object *o = value_object(callable);
        switch (o->kind) {
        case KIND_FUNCTION:
            callee = (Function *)o;
            code = code_of(callee->code);
            if (LIKELY(call_count == code->simple_count))
                goto call_simple;
            call_names = VALUE_EMPTY;
            goto call_function;
        case KIND_METHOD_DESCRIPTOR:
        case KIND_NATIVE: {
            Native *native = (Native *)o;
            Value *args = call_args;
            uint32_t n = call_count;
            bool bound = !value_is_empty(native->self);
            if (bound) { /* self goes where the callable, or the empty self, is */
                args--;
                n++;
            }
            if (o->kind == KIND_METHOD_DESCRIPTOR && LIKELY(n) && UNLIKELY(type_of(t, args[0]) != native->owner) && !type_is_subtype(type_of(t, args[0]), native->owner))
                break; /* native_call words the error */
            if (LIKELY(native_is_simple(native, n)) && LIKELY(args + native->count <= f->top) && (!bound || args == &R(call_base) || args == &R(call_base + 1))) {
                SAVE();
                Value saved = args[0];
                if (bound)
                    args[0] = native->self;
                for (uint32_t i = n; i < native->count; i++)
                    args[i] = VALUE_EMPTY;
                result = native->def->fn(t, args, n, VALUE_EMPTY);
                if (bound)
                    args[0] = saved;
                goto called;
            }
            break;
        }
        case KIND_METHOD: {
            /* A bound method: its function and self take its place, the arguments move up by one. */
            Method *m = (Method *)o;
            if (call_args == &R(call_base + 1)) {
                if (UNLIKELY(call_args + call_count + 1 > f->top))
                    break;
                for (uint32_t i = call_count; i-- > 0;)
                    call_args[i + 1] = call_args[i];
                call_args[0] = ref_inc(t, m->self);
            } else {
                *--call_args = ref_inc(t, m->self);
            }
            call_count++;
            R(call_base) = ref_inc(t, m->function);
            ref_dec(t, callable);
            callable = R(call_base);
            goto call_again;
        }
        case KIND_TYPE: {
            Type *type = (Type *)o;
            if (LIKELY(cache_construct(t, type))) {
                callee = (Function *)type->construct;
                call_names = VALUE_EMPTY;
                if (LIKELY(callee != NULL) || call_count == 0) {
                    SAVE();
                    result = value_of(alloc_object(t, type, type->size));
                    CHECK(result);
                    if (!callee)
                        goto called;
                    goto push_init;
                }
            } else if (o->type == t->types[KIND_TYPE]) {
                SAVE();
                result = o->type->slots.call(t, callable, call_args, call_count, VALUE_EMPTY);
                goto called;
            }
            break;
        }
        default:
            if (!EVAL_TRACED && o->type->slots.call == slot_python_call) { /* the object itself is the first argument */
                uint32_t version, index;
                Value function = type_lookup_cached(t, o->type, ID(t, __call__), &version, &index);
                if (LIKELY(object_is_exact(function, KIND_FUNCTION)) && LIKELY(call_args != &R(call_base + 1) || call_args + call_count + 1 <= f->top)) {
                    if (call_args == &R(call_base + 1)) {
                        memmove(call_args + 1, call_args, call_count * sizeof(Value));
                        call_args[0] = callable;
                    } else {
                        *--call_args = callable;
                    }
                    call_count++;
                    callable = R(call_base) = function;
                    goto call_again;
                }
                ref_dec(t, function);
            }
            break;
        }
    }
    call_names = VALUE_EMPTY;
call_any:
    SAVE();
    result = object_call(t, callable, call_args, call_count, call_names);
    goto called;
#if EVAL_TRACED
traced_call: /* Python functions get their frame as ever; anything else is called, and told about, here */
    SAVE();
    TRACE_CHECK(trace_call(t, f, callable, call_args, call_count));
    if (trace_is_python_call(t, callable)) {
        if (value_is_empty(call_names))
            goto untraced_call;
        if (object_is_exact(callable, KIND_FUNCTION))
            goto call_function;
    }
    result = object_call(t, callable, call_args, call_count, call_names);
    result = trace_called_take(t, f, callable, call_count ? call_args[0] : VALUE_EMPTY, result);
    goto called;
#endif
call_again: /* `callable` is in R(call_base) */
    if (object_is_exact(callable, KIND_FUNCTION)) {
        callee = function_of(callable);
        code = code_of(callee->code);
        if (call_count == code->simple_count)
            goto call_simple;
        call_names = VALUE_EMPTY;
        goto call_function;
    }
    call_names = VALUE_EMPTY;
    goto call_any;
    CASE(CALL_KW)
    {
        call_names = f->code->constants[INSTRUCTION_A(*pc++)];
        callable = R(a);
        call_args = &R(a + 1);
        call_count = (uint32_t)b - (uint32_t)tuple_length(call_names);
        goto call_kw;
    }
    CASE(CALL_METHOD_KW)
    call_names = f->code->constants[INSTRUCTION_A(*pc++)];
    callable = R(a);
    call_args = &R(a + 1);
    call_count = (uint32_t)b + 1 - (uint32_t)tuple_length(call_names);
    if (value_is_empty(*call_args)) {
        call_args++;
        call_count--;
    }
call_kw:
    call_base = a;
    call_dest = c;
    TRACE(goto traced_call;)
    if (!object_is_exact(callable, KIND_FUNCTION)) {
        if (!object_is_exact(callable, KIND_TYPE) || !cache_construct(t, (Type *)value_object(callable)))
            goto call_any;
        Type *type = (Type *)value_object(callable);
        callee = (Function *)type->construct;
        if (!callee)
            goto call_any;
        SAVE();
        result = value_of(alloc_object(t, type, type->size));
        CHECK(result);
        goto push_init;
    }
call_function : {
    /* Anything but the simple case: the arguments become the locals where they are. */
    callee = function_of(callable);
    code = code_of(callee->code);
    uint32_t given = call_count + (value_is_empty(call_names) ? 0 : (uint32_t)tuple_length(call_names));
    uint32_t room = given > code->register_count ? given : code->register_count;
    SAVE();
    if (UNLIKELY(code_complete(t, code) < 0))
        goto error;
    window = f->is_generator ? f->top : call_args;
    if (UNLIKELY(window + room > t->stack_limit))
        goto call_any;
    if (window != call_args) {
        memcpy(window, call_args, given * sizeof(Value));
        memset(call_args, 0, given * sizeof(Value));
    }
    if (call_count == code->argument_count && value_is_empty(call_names) && code->kwonly_count == 0 && !(code->flags & (CODE_VARARGS | CODE_VARKEYWORDS))) {
        /* nothing to bind: a generator, or code that was not complete */
    } else if (UNLIKELY(call_bind_in_place(t, callee, window, call_count, call_names) < 0)) {
        goto error;
    } else {
        call_count = code->local_count;
    }
    if (code->flags & CODE_ANY_GENERATOR) {
        result = generator_new_take(t, callee, window, call_count);
        goto called;
    }
    if (LIKELY(window == call_args)) {
        R(call_base) = VALUE_EMPTY;
        window[-1] = callable;
        goto push_bound;
    }
    Frame *n = push(t, code, callee, window, call_count, true);
    if (UNLIKELY(!n)) {
        release_registers(t, window, window + call_count);
        goto error;
    }
    n->resume = RESUME_STORE;
    n->dest = (int32_t)call_dest;
    n->callable = &R(call_base);
    goto enter_pushed;
}
called:
    /* A call into C has returned `result`: the callable and the arguments are released. */
    CHECK(result);
    for (intptr_t i = call_base, end = call_base + b + 2; i < end; i++)
        if (value_is_object(R(i))) {
            Object *dead = value_object(R(i));
            R(i) = VALUE_EMPTY;
            ref_dec_object(t, dead);
        }
    SET(call_dest, result);
    if (breaker_is_set(t))
        goto poll;
    NEXT();
native_called: /* the same with only the arguments left, b of them behind a */
    for (Value *argument = &R(a + 1); b > 0; b--, argument++)
        if (value_is_object(*argument)) {
            Object *dead = value_object(*argument);
            *argument = VALUE_EMPTY;
            ref_dec_object(t, dead);
        }
    if (!EVAL_TRACED && INSTRUCTION_A(*pc) == c && c >= temps && !breaker_is_set(t)) { /* what the instruction behind does with it can be done at once */
        Instruction next = *pc;
        uint32_t op = INSTRUCTION_OP(next);
        if (op == OP_RELEASE) {
            pc++;
            SAVE();
            ref_dec(t, result);
            NEXT();
        }
        if ((op == OP_JUMP_IF_TRUE || op == OP_JUMP_IF_FALSE) && value_is_bool(result)) {
            pc++;
            if (value_is(result, VALUE_TRUE) == (op == OP_JUMP_IF_TRUE))
                GOTO(INSTRUCTION_BC(next));
            NEXT();
        }
    }
    SET(c, result);
    if (breaker_is_set(t))
        goto poll;
    NEXT();
    CASE(CALL_EX)
    SAVE();
    if (!EVAL_TRACED && object_is_exact(R(a), KIND_FUNCTION) && tuple_check_exact(R(a + 1)) && (!b || dict_check_exact(R(a + 2)))) {
        callable = R(a);
        callee = function_of(callable);
        code = code_of(callee->code);
        call_count = (uint32_t)tuple_length(R(a + 1));
        uint32_t given = call_count + (b ? (uint32_t)dict_length(R(a + 2)) : 0);
        uint32_t room = given > code->register_count ? given : code->register_count;
        window = f->top;
        if (LIKELY(window + room <= t->stack_limit) && LIKELY(!t->free_threaded)) {
            if (UNLIKELY(call_spread(t, window, R(a + 1), b ? R(a + 2) : VALUE_EMPTY, &call_names) < 0))
                goto error;
            int status = call_bind_in_place(t, callee, window, call_count, call_names);
            ref_dec(t, call_names);
            if (UNLIKELY(status < 0))
                goto error;
            if (!(code->flags & CODE_ANY_GENERATOR)) {
                Frame *n = push(t, code, callee, window, code->local_count, true);
                if (UNLIKELY(!n)) {
                    release_registers(t, window, window + code->local_count);
                    goto error;
                }
                n->resume = RESUME_STORE;
                n->dest = (int32_t)c;
                n->callable = &R(a);
                ref_clear(t, &R(a + 1));
                if (b)
                    ref_clear(t, &R(a + 2));
                goto enter_pushed;
            }
            result = generator_new_take(t, callee, window, code->local_count);
            goto called_ex;
        }
    }
    TRACE(Value first = tuple_check_exact(R(a + 1)) && tuple_length(R(a + 1)) ? tuple_peek(R(a + 1), 0) : VALUE_EMPTY;)
    TRACE_CHECK(trace_call(t, f, R(a), &first, !value_is_empty(first)));
    result = slow_call_ex(t, R(a), R(a + 1), b ? R(a + 2) : VALUE_EMPTY);
    TRACE(result = trace_called_take(t, f, R(a), first, result);)
called_ex:
    CHECK(result);
    call_dest = c;
    for (intptr_t i = a; i < a + 2 + b; i++)
        CONSUME(i);
    SET(call_dest, result);
    if (breaker_is_set(t))
        goto poll;
    NEXT();

    CASE(RETURN_NONE)
    result = VALUE_NONE;
    goto return_value;
    CASE(RETURN)
    result = R(a); /* a local dies with the frame: its reference is the one returned */
    R(a) = VALUE_EMPTY;
return_value:
    if (!EVAL_TRACED && LIKELY(f->unusual == 0)) {
        SAVE();
        release_registers(t, regs, regs + temps);
        if (UNLIKELY(f->has_more)) /* a destructor has looked at it */
            pop_rest(t, f);
        Value *ended = regs;
        intptr_t dest = f->dest;
        t->frame = f = f->previous;
        t->recursion_left++;
        LOAD_FRAME();
        Object *dead = value_object(ended[-1]);
        ended[-1] = VALUE_EMPTY;
        ref_dec_object(t, dead);
        SET(dest, result);
        NEXT();
    }
    if (!EVAL_TRACED && LIKELY(f->resume == RESUME_INIT) && LIKELY(!f->new_chunk) && LIKELY(value_is_empty(f->object)) && LIKELY(value_is_none(result))) {
        SAVE();
        release_registers(t, regs, regs + temps);
        if (UNLIKELY(!value_is_empty(f->object)))
            frame_detach(t, f);
        Value instance = f->extra, function = f->keep;
        intptr_t dest = f->dest;
        f->keep = VALUE_EMPTY;
        f->has_more = false;
        t->frame = f = f->previous;
        t->recursion_left++;
        LOAD_FRAME();
        ref_dec_object(t, value_object(function));
        SET(dest, instance);
        NEXT();
    }
    SAVE();
    TRACE(if (trace_left(t, f, result, false) < 0) goto left_badly;)
    for (;;) {
        int resume = f->resume, dest = f->dest, jump = f->jump;
        Value extra = f->extra, *callable_slot = resume == RESUME_CALL ? f->registers - 1 : resume == RESUME_INIT ? NULL : f->callable;
        if (f->is_generator) {
            Generator *g = generator_of_frame(f);
            generator_finished(t, g); /* pops it */
        } else {
            pop(t, f);
        }
        if (resume == RESUME_ENTRY)
            return result;
        f = t->frame;
        LOAD_FRAME();
        switch (resume) {
        case RESUME_CALL:
        case RESUME_STORE:
            if (callable_slot)
                ref_clear(t, callable_slot);
            SET(dest, result);
            break;
        case RESUME_INIT: {
            if (UNLIKELY(!value_is_none(result))) {
                error_set(t, EXC_TypeError, "__init__() should return None, not '%T'", result);
                ref_dec(t, result);
                ref_dec(t, extra);
                goto error;
            }
            SET(dest, extra);
            break;
        }
        case RESUME_OPERATOR: goto operator_result;
        case RESUME_FOR_NEXT: /* exhausted */
            TRACE(if (trace_stop_iteration(t, f, result, false) < 0) goto left_badly;)
            ref_dec(t, result);
            ref_clear(t, callable_slot);
            break;
        case RESUME_DELEGATE: /* the delegating frame goes on behind its DELEGATE */
            TRACE(if (trace_stop_iteration(t, f, result, true) < 0) goto left_badly;)
            SET(jump, VALUE_EMPTY);
            SET(dest, result);
            break;
        default: break;
        }
        if (breaker_is_set(t))
            goto poll;
        NEXT();
    }
operator_result : { /* the method of the instruction's operator has returned `result` */
    uint32_t instruction = OPCODE(), operator = slow_operator_base(instruction);
    bool immediate = operator != instruction, jumps = operator >= OP_JUMP_LT && operator <= OP_JUMP_NOT_GE;
    a = INSTRUCTION_A(pc[-1]);
    b = INSTRUCTION_B(pc[-1]);
    c = INSTRUCTION_C(pc[-1]);
    if (operator == OP_SETITEM) {
        ref_dec(t, result);
        CONSUME(c);
        CONSUME(b);
        CONSUME(a);
        NEXT();
    }
    if (UNLIKELY(value_is(result, VALUE_NOTIMPLEMENTED)) && operator != OP_GETITEM) {
        intptr_t right = jumps ? b : c;
        result = slow_operator_after_left(t, operator, R(jumps ? a : b), immediate ? value_from_int(right) : R(right));
        CHECK(result);
    }
    if (jumps) {
        int truth = LIKELY(value_is_bool(result)) ? value_is(result, VALUE_TRUE) : object_truth(t, result);
        ref_dec(t, result);
        if (UNLIKELY(truth < 0))
            goto error;
        CONSUME(a);
        if (!immediate && b != a)
            CONSUME(b);
        if (truth == (operator <= OP_JUMP_GE))
            GOTO(c);
        NEXT();
    }
    if (immediate)
        FINISH1(result);
    FINISH2(result);
}
    CASE(BUILD_CLASS)
    SAVE();
    result = object_getitem(t, frame_builtins(f), ID(t, __build_class__));
    if (value_is_empty(result)) {
        if (error_swallow(t, EXC_KeyError))
            error_set(t, EXC_NameError, "__build_class__ not found");
        goto error;
    }
    SET(a, result);
    NEXT();

    /* ---- exceptions ---- */

    CASE(RAISE)
    {
        SAVE();
        slow_raise(t, R(a), a == b ? VALUE_EMPTY : R(b));
        goto error;
    }
    CASE(RAISE_BARE)
    SAVE();
    if (slow_raise_bare(t) == -2)
        goto unwind_again;
    goto error;
    CASE(PUSH_EXC)
    {
        Value exc = error_take(t);
        SET(a, t->handled->exc);
        t->handled->exc = exc;
        SET(a + 1, ref_inc(t, exc));
        NEXT();
    }
    CASE(POP_EXC)
    {
        Value current = t->handled->exc;
        SAVE();
        t->handled->exc = R(a);
        R(a) = VALUE_EMPTY;
        ref_dec(t, current);
        SET(a + 1, VALUE_EMPTY);
        NEXT();
    }
    CASE(UNWIND_EXC)
    {
        Value current = t->handled->exc, caught = R(a + 1);
        SAVE();
        t->handled->exc = R(a);
        R(a) = R(a + 1) = VALUE_EMPTY;
        unwind_release(t, current);
        unwind_release(t, caught);
        goto unwind_again;
    }
    CASE(RERAISE)
reraise : {
    Value current = t->handled->exc, exc = R(a + 1);
    SAVE();
    t->handled->exc = R(a);
    R(a) = R(a + 1) = VALUE_EMPTY;
    t->exc = exc;
    unwind_release(t, current);
    goto unwind_again;
}
    CASE(MATCH_EXC)
    {
        SAVE();
        if (slow_check_except_type(t, R(c), false) < 0)
            goto error;
        int matches = exception_matches(t, R(b), R(c));
        if (matches < 0)
            goto error;
        CONSUME(c);
        SET(a, value_from_bool(matches));
        NEXT();
    }
    CASE(MATCH_EXC_GROUP)
    {
        Value match, rest;
        SAVE();
        if (slow_check_except_type(t, R(c), true) < 0 || exception_group_split(t, R(b), R(c), &match, &rest) < 0)
            goto error;
        CONSUME(c);
        if (!value_is_none(match))
            ref_replace_take(t, &t->handled->exc, ref_inc(t, match));
        SET(a, match);
        SET(a + 1, rest);
        NEXT();
    }
    CASE(PREPARE_RERAISE_STAR)
    SAVE();
    result = exception_group_prep_reraise(t, R(b), R(c));
    CHECK(result);
    FINISH2(result);
    CASE(WITH_EXIT)
    {
        SAVE();
        result = slow_with_exit(t, &R(b), R(c));
        CHECK(result);
        int truth = object_truth(t, result);
        ref_dec(t, result);
        if (truth < 0)
            goto error;
        SET(a, value_from_bool(truth));
        NEXT();
    }
    CASE(WITH_EXIT_CALL)
    SAVE();
    result = slow_with_exit(t, &R(b), R(c));
    CHECK(result);
    SET(a, result);
    NEXT();
    CASE(STOP_ITERATION_ERROR)
    SAVE();
    slow_stop_iteration_error(t, f, R(a + 1));
    goto reraise;

    /* ---- imports ---- */

    CASE(IMPORT_NAME)
    SAVE();
    result = import_name(t, f, f->code->site_names[c], R(b), R(b + 1));
    CHECK(result);
    CONSUME(b);
    CONSUME(b + 1);
    SET(a, result);
    if (breaker_is_set(t))
        goto poll;
    NEXT();
    CASE(IMPORT_FROM)
    SAVE();
    result = import_from(t, R(b), f->code->site_names[c]);
    CHECK(result);
    SET(a, result);
    NEXT();
    CASE(IMPORT_STAR)
    SAVE();
    if (import_star(t, f, R(a)) < 0)
        goto error;
    CONSUME(a);
    NEXT();

    /* ---- pattern matching ---- */

    CASE(MATCH_SEQUENCE)
    SET(a, value_from_bool(type_of(t, R(b))->flags & TYPE_SEQUENCE));
    NEXT();
    CASE(MATCH_MAPPING)
    SET(a, value_from_bool(type_of(t, R(b))->flags & TYPE_MAPPING));
    NEXT();
    CASE(MATCH_KEYS)
    SAVE();
    result = match_keys(t, R(b), R(c));
    CHECK(result);
    CONSUME(c);
    SET(a, result);
    NEXT();
    CASE(MATCH_CLASS)
    {
        int32_t positional = INSTRUCTION_A(*pc++);
        SAVE();
        result = match_class(t, R(b), R(c), positional, R(c + 1));
        CHECK(result);
        CONSUME(c);
        CONSUME(c + 1);
        SET(a, result);
        NEXT();
    }
    CASE(GET_LEN)
    {
        SAVE();
        int64_t length = object_len(t, R(b));
        if (length < 0)
            goto error;
        SET(a, value_from_int(length));
        NEXT();
    }
    CASE(DICT_WITHOUT)
    SAVE();
    result = match_dict_without(t, R(b), R(c));
    CHECK(result);
    CONSUME(c);
    SET(a, result);
    NEXT();

    /* ---- the rest ---- */

    CASE(SETUP_ANNOTATIONS)
    SAVE();
    if (slow_setup_annotations(t, f) < 0)
        goto error;
    NEXT();
    CASE(INTRINSIC)
    SAVE();
    result = slow_intrinsic(t, c, R(b));
    CHECK(result);
    FINISH1(result);
    CASE(INTRINSIC2)
    SAVE();
    result = slow_intrinsic2(t, c, &R(b));
    CHECK(result);
    for (intptr_t i = b; i < b + 2; i++)
        if (i != a)
            CONSUME(i);
    SET(a, result);
    NEXT();

#if USE_SWITCH
    default: __builtin_unreachable();
    }
#endif

    /* ---- leaving the fast path ---- */

poll_jump:
    SAVE();
    if (breaker_handle(t) < 0)
        goto error;
    pc += jump;
    SAVE();
    goto polled;
poll:
    SAVE();
    if (breaker_handle(t) < 0)
        goto error;
polled:
    if (UNLIKELY(atomic_load_explicit(&t->breaker, memory_order_relaxed) & (BREAKER_REENTER | BREAKER_TRACE))) {
        breaker_clear(t, BREAKER_REENTER | BREAKER_TRACE);
        return REENTER;
    }
    NEXT();

#if EVAL_TRACED
left_badly: /* a hook has raised where the frame was to give `result` */
    unwind_release(t, result);
    pc = f->pc;
#endif
error:
    SAVE();
    unwind_flags = UNWIND_TRACEBACK;
    goto unwind_now;
unwind_again:
    unwind_flags = 0;
unwind_now:
    /* A handler in this frame, or the frame ends and its caller is asked. */
    TRACE(previous = f->pc - 1;)
    while (!UNWIND(unwind_flags)) {
        int resume = f->resume;
        Value extra = f->extra;
        if (f->is_generator) {
            generator_finished(t, generator_of_frame(f));
        } else {
            Value exc = error_take(t); /* destructors must not see it */
            pop(t, f);
            t->exc = exc;
        }
        if (resume == RESUME_INIT)
            unwind_release(t, extra);
        if (resume == RESUME_ENTRY)
            return VALUE_EMPTY;
        f = t->frame;
        unwind_flags = UNWIND_TRACEBACK;
        TRACE(previous = f->pc - 1;)
    }
    TRACE(const Instruction *raised = previous;)
    LOAD_FRAME();
    TRACE_FROM(raised);
    NEXT();
}
