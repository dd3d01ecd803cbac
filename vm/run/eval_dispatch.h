/* eval_dispatch.h: the vocabulary of the eval loop's instructions: operands, dispatch, jumps, the hooks of tracing.  Only eval_loop.inc includes it.
 *
 * An instruction begins with CASE and ends with NEXT, GOTO, a FINISH or a goto.  SAVE() comes before whatever can run other code or raise; CHECK and `goto error` after what can fail:
 * they rely on it.  RELOAD() comes after a call that a later part of the instruction, or the next one, follows.  a, b, c are the operands, R(i) a register. */
#ifndef BATON_RUN_EVAL_DISPATCH_H
#define BATON_RUN_EVAL_DISPATCH_H

#include "eval_double.h"

/* In wasm the loop is an exported function: the optimiser puts a function that is called from one place into its caller, and then it is not entered by a call any more
 * (REENTER). */
#if EVAL_TRACED
#define LOOP eval_loop_traced
#else
#define LOOP eval_loop
#endif
#if defined(__wasm__)
#define LOOP_LINKAGE __attribute__((noinline, used))
#elif EVAL_TRACED
#define LOOP_LINKAGE
#else
#define LOOP_LINKAGE static
#endif

/* The value that tells eval_run to enter the loop function again: browsers swap optimised code in only at a call, and tracing has a loop of its own. No Value has
 * these bits. */
#define REENTER ((Value){1})

/* What was loaded before is loaded again behind this: on the way to a rare case, so that the common one need not keep it on the C stack. */
#define FORGET() __asm__ volatile("" ::: "memory")

/* The same of an operand: what was computed from it is not kept for the rare case. */
#define RENEW(i) __asm__("" : "+r"(i))

#define R(i) (regs[i])
#define SAVE() (f->pc = pc)
/* After a call, behind SAVE(): what the frame has anyhow is not kept on the C stack meanwhile.  V8 otherwise keeps it there from one instruction to the next. */
#if defined(__wasm__)
#define RELOAD() (pc = f->pc, regs = f->registers)
#else
#define RELOAD() assert(pc == f->pc && regs == f->registers)
#endif
#define LOAD_FRAME()                                                                                                   \
    do {                                                                                                               \
        regs = f->registers;                                                                                           \
        pc = f->pc;                                                                                                    \
        TRACE_FROM(pc - 1);                                                                                            \
    } while (0)
/* Goes on in a frame that starts, or is resumed. */
#define ENTER_FRAME()                                                                                                  \
    do {                                                                                                               \
        LOAD_FRAME();                                                                                                  \
        TRACE_CHECK(trace_entered(t, f));                                                                              \
    } while (0)

/* The hooks of tracing: TRACE_STEP before each instruction, TRACE_CHECK(status of a hook), TRACE(anything else); TRACE_FROM says which instruction was the one before. */
#if EVAL_TRACED
#define TRACE(...) __VA_ARGS__
#define TRACE_CHECK(status)                                                                                            \
    do {                                                                                                               \
        if (UNLIKELY((status) < 0)) {                                                                                  \
            pc = f->pc;                                                                                                \
            goto error;                                                                                                \
        }                                                                                                              \
    } while (0)
#define TRACE_FROM(instruction) (previous = (instruction))
#define TRACE_STEP()                                                                                                   \
    do {                                                                                                               \
        SAVE();                                                                                                        \
        TRACE_CHECK(trace_step(t, f, previous));                                                                       \
        previous = pc = f->pc;                                                                                         \
    } while (0)
#define UNWIND(flags) trace_unwind(t, f, flags)
#else
#define TRACE(...)
#define TRACE_CHECK(status) ((void)0)
#define TRACE_FROM(instruction) ((void)0)
#define TRACE_STEP() ((void)0)
#define UNWIND(flags) unwind_to_handler(t, f, flags)
#endif
/* ref_dec_object, with SAVE() only if that ends the object: what it then runs may look at the frame. */
#define RELEASE_OBJECT(o) REF_DEC_AROUND(t, o, SAVE(), RELOAD())
/* Gives a register a new, owned value. */
#define SET(i, v)                                                                                                      \
    do {                                                                                                               \
        Value new_ = (v), old_ = R(i);                                                                                 \
        R(i) = new_;                                                                                                   \
        if (value_is_object(old_))                                                                                     \
            RELEASE_OBJECT(value_object(old_));                                                                        \
    } while (0)
#define SET_DOUBLE(i, d)                                                                                               \
    do {                                                                                                               \
        double double_ = (d);                                                                                          \
        Value old_ = R(i);                                                                                             \
        double_store(&R(i), double_);                                                                                  \
        if (value_is_object(old_))                                                                                     \
            RELEASE_OBJECT(value_object(old_));                                                                        \
    } while (0)
/* The same where the instruction does not read the register, or has consumed it: a temporary that is given a value holds no object then. */
#define SET_FRESH(i, v)                                                                                                \
    do {                                                                                                               \
        Value fresh_ = (v);                                                                                            \
        if (LIKELY((i) >= f->temps)) {                                                                                 \
            assert(!value_is_object(R(i)));                                                                            \
            R(i) = fresh_;                                                                                             \
        } else {                                                                                                       \
            SET(i, fresh_);                                                                                            \
        }                                                                                                              \
    } while (0)
/* A new reference to what is nearly always an object. */
#define SET_OBJECT(i, v)                                                                                               \
    do {                                                                                                               \
        Value object_ = (v);                                                                                           \
        if (LIKELY(value_is_object(object_)))                                                                          \
            ref_inc_object(t, value_object(object_));                                                                  \
        SET_FRESH(i, object_);                                                                                         \
    } while (0)
/* Releases an operand that is a temporary. */
#define CONSUME(i)                                                                                                     \
    do {                                                                                                               \
        if ((i) >= f->temps && value_is_object(R(i))) {                                                                \
            Object *operand_ = value_object(R(i));                                                                     \
            R(i) = VALUE_EMPTY;                                                                                        \
            RELEASE_OBJECT(operand_);                                                                                  \
        }                                                                                                              \
    } while (0)
/* The operand as an owned value: a temporary is moved, a local copied. */
#define TAKE(i) take(t, &R(i), (i) >= f->temps)
/* After a call, behind SAVE(): a result, or a status. */
#define CHECK(v)                                                                                                       \
    do {                                                                                                               \
        if (UNLIKELY(value_is_empty(v)))                                                                               \
            goto error;                                                                                                \
        RELOAD();                                                                                                      \
    } while (0)
#define CHECK_STATUS(status)                                                                                           \
    do {                                                                                                               \
        if (UNLIKELY((status) < 0))                                                                                    \
            goto error;                                                                                                \
        RELOAD();                                                                                                      \
    } while (0)
/* After an operation with result r and operands b and c. */
#define FINISH2(r)                                                                                                     \
    do {                                                                                                               \
        CONSUME(b);                                                                                                    \
        CONSUME(c);                                                                                                    \
        SET_FRESH(a, r);                                                                                               \
        NEXT();                                                                                                        \
    } while (0)
#define FINISH1(r)                                                                                                     \
    do {                                                                                                               \
        CONSUME(b);                                                                                                    \
        SET_FRESH(a, r);                                                                                               \
        NEXT();                                                                                                        \
    } while (0)
/* The same for an item of the object o in R(b), found at an int. */
#define FINISH_ITEM(o, r)                                                                                              \
    do {                                                                                                               \
        if (b >= f->temps) {                                                                                           \
            R(b) = VALUE_EMPTY;                                                                                        \
            RELEASE_OBJECT(o);                                                                                         \
        }                                                                                                              \
        SET_FRESH(a, r);                                                                                               \
        NEXT();                                                                                                        \
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

#define DECODE()                                                                                                       \
    do {                                                                                                               \
        op = (uint16_t)INSTRUCTION_PART(pc, 0);                                                                        \
        a = INSTRUCTION_PART(pc, 1);                                                                                   \
        b = INSTRUCTION_PART(pc, 2);                                                                                   \
        c = INSTRUCTION_PART(pc, 3);                                                                                   \
        pc++;                                                                                                          \
    } while (0)
/* WIDE was decoded: it has the upper halves of the next one's operands. */
#define DECODE_WIDE()                                                                                                  \
    do {                                                                                                               \
        intptr_t high_a = a, high_b = b, high_c = c;                                                                   \
        DECODE();                                                                                                      \
        a = (int32_t)((uint32_t)high_a << 16 | (uint16_t)a);                                                           \
        b = (int32_t)((uint32_t)high_b << 16 | (uint16_t)b);                                                           \
        c = (int32_t)((uint32_t)high_c << 16 | (uint16_t)c);                                                           \
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
#elif EVAL_TRACED
#define CASE(name) L_##name:
#define NEXT() goto next /* what is done before each instruction is done in one place */
#define DISPATCH() goto *labels[op]
#else
#define CASE(name) L_##name:
#define NEXT()                                                                                                         \
    do {                                                                                                               \
        DECODE();                                                                                                      \
        goto *labels[op];                                                                                              \
    } while (0)
#define DISPATCH() goto *labels[op]
#endif

/* Goes to a jump target; backward ones poll before they jump: an exception belongs to the jump, which lies in the loop's try block. */
#define GOTO(offset)                                                                                                   \
    do {                                                                                                               \
        int32_t offset_ = (offset);                                                                                    \
        if (offset_ < 0 && breaker_is_set(t)) {                                                                        \
            jump = offset_;                                                                                            \
            goto poll_jump;                                                                                            \
        }                                                                                                              \
        pc += offset_;                                                                                                 \
        NEXT();                                                                                                        \
    } while (0)

/* An operator of an object whose class answers it in Python pushes a frame; operator_result goes on when that has returned. */
#define TRY_OPERATOR(operator, x, y)                                                                                   \
    do {                                                                                                               \
        if (!EVAL_TRACED && UNLIKELY(of_heap_type(x)) &&                                                               \
            (callee = slow_operator_function(t, f, (operator), (x), (y))) != NULL) {                                   \
            operand[0] = (x);                                                                                          \
            operand[1] = (y);                                                                                          \
            call_count = 2;                                                                                            \
            goto push_operator;                                                                                        \
        }                                                                                                              \
    } while (0)

static ALWAYS_INLINE bool of_heap_type(Value v)
{
    return value_is_object(v) && (value_object(v)->type->flags & TYPE_HEAP);
}

#define BOTH_INTS(x, y) (((x).bits & (y).bits) >= VALUE_INT_TAG)
#define BOTH_DOUBLES(x, y) (value_is_double(x) && value_is_double(y))

static ALWAYS_INLINE bool to_double(const Value *slot, double *d)
{
    Value v = *slot;
    if (value_is_double(v)) {
        *d = double_at(slot);
        return true;
    }
    if (value_is_int(v)) {
        *d = (double)value_to_int(v);
        return true;
    }
    return false;
}

#endif
