/* state.h: Thread and Interp, which hold all mutable state.  There are no mutable statics and no thread-local variables outside os/.
 *
 * A Thread is one Python thread.  Everything that runs Python, or touches objects, is given it as the explicit parameter `t`; nothing outside
 * thread/ may assume that it is an OS thread. */
#ifndef BATON_THREAD_STATE_H
#define BATON_THREAD_STATE_H

#include <stdatomic.h>

#include "../object/object.h"

/* A small mutex for C structures of the interpreter (never held while running Python): 0 free, 1 held, 2 held with waiters.  lock.h has its operations. */
typedef struct Mutex {
    _Atomic uint32_t state;
} Mutex;
/* A lock that its holder may take again, waited for detached (lock.h). */
typedef struct RecursiveLock {
    _Atomic uint32_t state; /* a PyLock's */
    struct Thread *_Atomic owner;
    uint32_t depth;
} RecursiveLock;

typedef struct Frame Frame;           /* ../run/frame.h */
typedef struct StackChunk StackChunk; /* ../run/frame.h */
typedef struct Heap Heap;             /* ../memory/alloc.c */
typedef struct Gil Gil;               /* gil.h */
typedef struct EventRing EventRing;   /* events.h */
typedef struct World World;           /* world.h: all threads of an interpreter, stop-the-world */
typedef struct Collector Collector;   /* ../memory/cycle.h */
typedef struct Reclaimer Reclaimer;   /* ../memory/reclaim.h */
typedef struct Monitor Monitor;       /* ../run/trace.h: tracing and monitoring */

typedef enum ExceptionId {
#define EXCEPTION(name, base, layout, doc) EXC_##name,
#include "../object/exception.def"
#undef EXCEPTION
    EXC_COUNT,
    EXC_EnvironmentError = EXC_OSError,
    EXC_IOError = EXC_OSError
} ExceptionId;

typedef enum NameId {
#define NAME(identifier) NAME_##identifier,
#include "../object/names.def"
#undef NAME
    NAME_COUNT
} NameId;

typedef enum ModuleId {
#define MODULE(name) MODULE_##name,
#include "../lib/modules.def"
#undef MODULE
    MODULE_COUNT
} ModuleId;

/* Bits of Thread.breaker: why a running thread should leave its fast path (breaker.h). */
#define BREAKER_DROP_GIL 0x01u   /* another thread has waited one switch interval */
#define BREAKER_SIGNALS 0x02u    /* a signal is to be handled (main thread) */
#define BREAKER_PENDING 0x04u    /* pending calls, an asynchronous exception */
#define BREAKER_COLLECT 0x08u    /* a cycle collection is due */
#define BREAKER_STOP_WORLD 0x10u /* stop-the-world requested */
#define BREAKER_MERGE 0x20u      /* objects queued for count merging (lock off) */
#define BREAKER_TRACE 0x40u      /* tracing was switched on or off */
#define BREAKER_REENTER 0x80u    /* leave the eval function and enter it again (wasm tier-up) */
#define BREAKER_STRESS 0x200u    /* BATON_CHECKS: never cleared, so every poll hands over */
#define BREAKER_RECLAIM 0x100u   /* quiescent-state reclamation asks for a checkpoint (lock off) */

/* Thread.status.  Only the thread itself attaches and detaches; another one may turn DETACHED into SUSPENDED and back, under the world's lock. */
enum { THREAD_DETACHED, THREAD_ATTACHED, THREAD_SUSPENDED };

/* One level of the exceptions being handled; sys.exception() is the innermost non-None one. Generators carry their own. */
typedef struct HandledException {
    Value exc; /* owned exception or empty */
    struct HandledException *previous;
} HandledException;

struct Thread {
    /* --- read by every operation --- */
    _Atomic uint32_t breaker;
    uint16_t owner;     /* id carried by objects that this thread owns: OWNER_GIL with the lock on */
    bool free_threaded; /* the counting mode of the process: chosen at start-up, constant */
    Type **types;       /* interp->types */
    Interp *interp;
    Value exc;    /* the pending exception, owned, or empty */
    Frame *frame; /* innermost running frame, or NULL */
    Heap *heap;
    /* --- the register stack --- */
    StackChunk *chunk;         /* frame_stack_new when the thread begins, frame_stack_free when it ends */
    Value *stack_limit;        /* end of the current chunk */
    Frame *frame_pool;         /* the first frame */
    HandledException *handled; /* innermost level; never NULL */
    HandledException handled_base;
    int32_t
        recursion_left; /* Python frames left before RecursionError: negative only while an end of a generator is entered that runs no frame */
    uint32_t c_depth;       /* C frames entered by object_call and friends (where no stack probe exists) */
    uintptr_t stack_guard;  /* lowest C stack address that may be used; 0: count c_depth instead */
    uint32_t destroy_depth; /* nested destructors; beyond CONFIG_DESTROY_DEPTH they are queued */
    Object *destroy_queue;
    /* --- identity and links --- */
    uint64_t id; /* threading.get_ident(): never 0 */
    uint64_t native_id;
    Thread *next, *previous; /* in interp->threads, under the world's lock */
    bool is_main;
    bool daemon;
    bool started;                  /* by handle_start */
    _Atomic uint8_t status;        /* THREAD_... */
    _Atomic(uintptr_t) waiting_on; /* the address that the thread waits on in os_wait, for Stop and signals; 0 none */
    EventRing *events;             /* or NULL: not recorded */
    Value async_exc;               /* exception set by another thread, or empty */
    Value context;                 /* current contextvars.Context, or empty */
    uint64_t context_version;
    Value locals;                           /* dict behind _thread._local, or empty */
    Value delete_later;                     /* reserved for sentinel objects run at the thread's end, or empty */
    Value async_firstiter, async_finalizer; /* sys.set_asyncgen_hooks */
    Value asyncio_loop,
        asyncio_task; /* the event loop that runs on this thread and the task that it runs, or empty (../lib/mod__asyncio.c) */
    int64_t coroutine_origin_depth;
    Value trace_function, trace_argument;     /* sys.settrace */
    Value profile_function, profile_argument; /* sys.setprofile */
    uint32_t tracing;                         /* > 0 inside a trace function */
    const void *ended;     /* with the lock off: the generator that ended last (../run/generator.c) */
    bool traced;           /* runs in the traced loop (../run/trace.h) */
    uint64_t *repr_active; /* bits of the values whose repr is running (object.c), or NULL */
    uint32_t repr_count, repr_capacity;
    _Atomic uint32_t quiescent; /* epoch last passed (reclaim.h) */
    struct ReclaimChunk *reclaim_queue, *reclaim_last;
    struct MergeNode *merge_queue;
    _Atomic uint32_t park; /* what time.sleep waits on: nobody changes it, but Stop and signals wake it */
    void *os_data;         /* of the module that started it, or NULL */
    uint8_t meetings[64];  /* how often this thread met others at an object, by its address (../memory/contended.c) */
    int64_t contended[];   /* what it counted of contended objects (CONFIG_CONTENDED_MAX; none with the lock on) */
};

/* What the command line and the environment decided; constant after start-up. */
typedef struct Config {
    bool gil; /* -X gil=1 (default) */
    bool isolated, ignore_environment, no_site, no_user_site, safe_path;
    bool inspect, interactive, quiet, unbuffered, dont_write_bytecode;
    int utf8_mode;        /* -1: the locale decides (../cli/encoding.c) */
    char fs_encoding[32]; /* of file names and the like: the codec's name, or empty: UTF-8 */
    int optimize, verbose, debug, bytes_warning, dev_mode, warn_default_encoding, no_debug_ranges;
    int import_time; /* -X importtime: 1, or 2: modules that are there already too */
    int int_max_str_digits;
    int cpu_count;   /* what os.cpu_count() answers; 0: ask the system */
    int tracemalloc; /* frames kept for each allocation; 0: off */
    bool faulthandler;
    bool line_buffered;         /* lines of stdout go out at once, as on a terminal */
    const char *pycache_prefix; /* or NULL */
    bool hash_seed_set;
    bool hash_random; /* -R */
    uint64_t hash_seed;
    bool gil_report;
    bool gil_events;        /* record who has the lock, for whoever reads the rings (events.h) */
    double switch_interval; /* seconds; 0: the default */
    const char
        *spare; /* modules to import, with commas, before waiting to be told what to run; NULL: no spare process */
} Config;

/* What the inline caches of all sites together know (../run/cache.c): version 0 is free. */
#define ATTRIBUTE_CACHE_SIZE 1024
typedef struct AttributeCacheEntry {
    uint64_t key; /* of the name and of what the site does */
    uint64_t word;
} AttributeCacheEntry;

struct Interp {
    struct NativeSignatures *native_signatures; /* kept by native.c, or NULL */
    Type *types[KIND_COUNT];
    Type *exceptions[EXC_COUNT];
    Value names[NAME_COUNT];
    void *module_state[MODULE_COUNT]; /* each module's C state, made by its exec function */
    Value module_contents
        [MODULE_COUNT]; /* copies of the modules' namespaces as they were first: a module imported anew has the same types (../lib/mod__imp.c) */
    Config config;
    Thread *threads; /* all threads, under the world's lock */
    Thread *main_thread;
    struct ThreadHandle *handles; /* all (handle.c) */
    Mutex handles_lock;
    _Atomic uint32_t started_threads, ending_threads;
    World *world;
    Gil *gil;
    struct Pool *pool; /* ../memory/heap.h: the memory of all objects */
    Collector *collector;
    Reclaimer *reclaimer;
    struct Contended *contended; /* ../memory/contended.h */
    Monitor *monitor;
    struct Events *events; /* ../thread/events.c: the record of who had the lock, or NULL: off */
    _Atomic uint32_t
        objlock_parking[64];     /* ../thread/objlock.c: where contended leaf locks are waited for, by address */
    struct HeapCheck *heapcheck; /* ../debug/heapcheck.h: BATON_CHECKS builds */
    int (*run_signals)(
        Thread *t); /* the module signal: runs the Python handlers of pending signals, 0 or -1; or NULL */
    Value (*base_repl)(Thread *t);         /* sys._baserepl(): the command line's plain prompt; or NULL */
    struct AuditHook *_Atomic audit_hooks; /* ../object/audit.h */
    bool finalizable_leaves;               /* objects that are no containers may have finalizers: some type has */
    Value modules;                         /* dict: sys.modules */
    Value sys_dict, builtins_dict;
    Value sys_module, builtins_module;
    Value import_func;                /* builtins.__import__ as it was at start-up */
    Value importlib;                  /* importlib._bootstrap */
    const char *fs_encoding;          /* config.fs_encoding, "ascii" until codecs can be found, or NULL: UTF-8 */
    struct ImportHooks *import_hooks; /* ../run/import_image.c; NULL during start-up */
    struct ImportTimes *import_times; /* ../run/import.c: -X importtime, or NULL */
    Value
        unregistered_lines; /* list of arguments of linecache._register_code, for when somebody imports linecache; or empty (../run/import.c) */
    uint32_t forks;            /* of this process and those it comes from */
    RecursiveLock import_lock; /* of importlib's table of modules' locks; held over a fork */
    struct Image *image;       /* ../run/image.h: the standard library, or NULL */
    Value empty_str, empty_tuple, empty_bytes, empty_frozenset; /* immortal singletons */
    Value latin1[256];                                          /* immortal one-character strings */
    Value byte_values[256];                                     /* immortal one-byte bytes */
    Value interned;                                             /* str.c's table of interned strings */
    uint64_t hash_key[2];                                       /* SipHash key */
    Type *_Atomic typing_types[9];                              /* ../object/typevar.h, made at the first use */
    Value typing_no_default;
    _Atomic uint32_t next_type_version, next_keys_version;
    _Atomic uint64_t next_context_serial; /* numbers context variables and changes of the current context (context.c) */
    _Atomic uint32_t
        type_lock; /* a Mutex (lock.h): with the lock off, held while types change (../object/type_internal.h) */
    _Atomic double switch_interval; /* seconds */
    uint32_t recursion_limit;
    int dlopen_flags;          /* sys.setdlopenflags: kept for programs that ask; no modules are loaded so */
    _Atomic bool finalizing;   /* sys.is_finalizing(); every thread but finalizing_thread hangs when it attaches */
    Thread *finalizing_thread; /* NULL: the main thread */
    Type *managed_buffer_type, *buffer_wrapper_type,
        *encoding_map_type; /* made at the first use (memoryview.c, buffer.c, codec_charmap.c) */
    void *str_state, *codec_state, *exception_state, *weakref_state, *context_state; /* per-file state of the core */
    Value before_fork, after_fork_parent, after_fork_child;    /* lists of os.register_at_fork, or empty */
    AttributeCacheEntry attribute_cache[ATTRIBUTE_CACHE_SIZE]; /* with the lock off nothing is put there */
};

#define ID(t, identifier) ((t)->interp->names[NAME_##identifier])

int frame_stack_new(Thread *t); /* ../run/frame.c; 0 or -1; attached */
void frame_stack_free(Thread *t);
void thread_measure_stack(Thread *t);                     /* sets stack_guard; on the thread itself */
COLD bool recursion_refuse(Thread *t, const char *where); /* of recursion_enter: false */
/* Python-level C recursion (sort keys calling back, repr of nested data): true when it may go deeper, else RecursionError with CPython's text, where `where`
 * is like " while calling a Python object".  Balanced by recursion_leave. */
static ALWAYS_INLINE bool recursion_enter(Thread *t, const char *where)
{
    t->c_depth++;
    if (LIKELY((uintptr_t)__builtin_frame_address(0) > t->stack_guard) &&
        LIKELY((CONFIG_C_STACK_WHOLE && t->stack_guard) || t->c_depth < CONFIG_C_DEPTH))
        return true;
    return recursion_refuse(t, where);
}
static inline void recursion_leave(Thread *t) { t->c_depth--; }
/* The same for the shortest ways down (iterators over iterators), where only the probe of the stack is made if that is all that is needed: false when it may go
 * no deeper, without an exception.  Balanced by recursion_rise. */
static ALWAYS_INLINE bool recursion_descend(Thread *t)
{
    if (CONFIG_C_STACK_WHOLE)
        return (uintptr_t)__builtin_frame_address(0) >= t->stack_guard;
    return t->c_depth < CONFIG_C_DEPTH && ++t->c_depth;
}
static ALWAYS_INLINE void recursion_rise(Thread *t)
{
    if (!CONFIG_C_STACK_WHOLE)
        t->c_depth--;
}

static inline Type *type_of(Thread *t, Value v)
{
    if (LIKELY(value_is_object(v)))
        return value_object(v)->type;
    if (value_is_int(v))
        return t->types[KIND_INT];
    if (value_is_double(v))
        return t->types[KIND_FLOAT];
    switch (v.bits) {
    case 8: return t->types[KIND_NONE];
    case 16:
    case 24: return t->types[KIND_BOOL];
    case 32: return t->types[KIND_NOTIMPLEMENTED];
    default: return t->types[KIND_ELLIPSIS];
    }
}

#endif
