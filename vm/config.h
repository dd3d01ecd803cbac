/* config.h: every tunable of the interpreter, each with its reason.
 *
 * Nothing else lives here.  A constant that describes a format or a protocol belongs to the file that owns
 * the format; a constant that someone may want to turn belongs here. */
#ifndef BATON_CONFIG_H
#define BATON_CONFIG_H

#define BATON_VERSION "0.1.0"
#define PYTHON_VERSION_MAJOR 3
#define PYTHON_VERSION_MINOR 14
#define PYTHON_VERSION_MICRO 2
#define PYTHON_VERSION "3.14.2"

/* BATON_CHECKS (cmake -DBATON_CHECKS=ON): assertions of ownership, poisoned freed memory, stress switches. */
#ifndef BATON_CHECKS
#define BATON_CHECKS 0
#endif

/* Modules that pass on what the operating system has: sockets, terminals, child processes (lib/modules.def).  0 where there is no such system. */
#ifndef CONFIG_HOST_MODULES
#define CONFIG_HOST_MODULES 1
#endif

/* Seconds between forced switches of the lock: CPython's default, which the user's documents quote. */
#define CONFIG_SWITCH_INTERVAL 0.005

/* Python frames before RecursionError: CPython's default. */
#define CONFIG_RECURSION_LIMIT 1000

/* Registers in one chunk of a thread's stack (8 bytes each).  A chunk serves several hundred ordinary frames;
 * deep recursion links further chunks. */
#define CONFIG_STACK_CHUNK 8192

/* Objects that may be counted by each thread for itself at one time: a table of so many counts is a part of each thread, with the lock off. */
#define CONFIG_CONTENDED_MAX 256

/* Nested destructors run depth first, as in CPython, until this depth; beyond it they are queued. */
#define CONFIG_DESTROY_DEPTH 50

/* C stack kept free below the guard, in bytes: what the deepest C helper may need after a successful probe. */
#define CONFIG_C_STACK_RESERVE (96 * 1024)

/* Nested C calls allowed where the C stack's end cannot be told, or where it is not all there is: in wasm most of a frame lies on the browser's own stack.  Chromium's
 * workers have about 500 KB, of which 500 calls (sort keys that sort, sums of generators, repr and comparison of nested data) were seen to take 30 to 45 % when optimised.
 * CONFIG_C_DEPTH_EVAL is what the eval loop counts for when C enters it: 350 levels of `sum` that calls `__add__` took all, 500 of `len` that calls `__len__`. */
#if defined(__wasm__)
#define CONFIG_C_DEPTH 700
#define CONFIG_C_DEPTH_EVAL 3
#define CONFIG_C_STACK_WHOLE 0
#else
#define CONFIG_C_DEPTH 500
#define CONFIG_C_DEPTH_EVAL 1
#define CONFIG_C_STACK_WHOLE 1
#endif

/* Nested brackets, operators, lambdas and blocks that the parser follows before MemoryError: CPython's limit, or less where stacks are small. */
#if defined(__wasm__)
#define CONFIG_PARSER_DEPTH 500
#else
#define CONFIG_PARSER_DEPTH 4000
#endif

/* sys.implementation.cache_tag: part of the names of compiled modules. */
#define CONFIG_CACHE_TAG "baton-314"

/* Slots of the table of interned strs at first, a power of two: start-up fills half of them. */
#define CONFIG_INTERNED 8192

/* Bytes of the library's image that are asked for at once, because its file may not be in memory yet: when it is opened (the directory, and what image_order.def says
 * that every start imports, fit in), and where another module is first wanted. */
#define CONFIG_IMAGE_START ((size_t)448 * 1024)
#define CONFIG_IMAGE_READ_AHEAD ((size_t)256 * 1024)

/* Containers allocated since the last collection before the next one is asked for: CPython's threshold0. */
#define CONFIG_GC_THRESHOLD 2000

/* Beyond the threshold a collection also waits until the containers made since the last one are this part (1/N) of those alive, so that its cost stays
 * proportional to the allocations. */
#define CONFIG_GC_LIVE_PART 4
/* After a collection in vain, which found less than this part of those alive, the next one waits until they are twice as many: data that grows without cycles is
 * looked through two or three times in all, and not five to ten. */
#define CONFIG_GC_FOUND_PART 64
/* Who sets the thresholds knows how many containers there are, and means it: then it waits only for so small a part of those alive. */
#define CONFIG_GC_ASKED_PART 16

/* Collections in a row, at most, at each stage of the interpreter's end. */
#define CONFIG_FINAL_COLLECTIONS 8

/* Memory comes from the system in aligned arenas of this size, cut into slabs of one size class each.  Small enough for a browser page with many
 * threads, big enough that the system is seldom asked. */
#define CONFIG_ARENA_SIZE (1024 * 1024)
#define CONFIG_SLAB_SIZE (64 * 1024)

/* So many blocks of a size come from slabs of a rounder size before it gets a slab of its own: start-up and small programs use most sizes for one or two
 * blocks, and a page for each of them is more than rounding costs. */
#define CONFIG_RARE_BLOCKS 8

/* Once so much is reserved, arenas come in pairs that may be one huge page: the system clears 2 MB at once in the time of a hundred ordinary page faults.  From 4 MB on,
 * small programs, whose arenas are sparsely used, would take half as much memory again (pass: 8 to 13 MB), and from 16 MB on, a tenth.  Memory of the wasm build does not come in pages. */
#ifdef __EMSCRIPTEN__
#define CONFIG_HUGE_FROM SIZE_MAX
#else
#define CONFIG_HUGE_FROM ((size_t)24 * 1024 * 1024)
#endif

/* Blocks above this have a mapping of their own, returned to the system when freed and grown by moving pages. */
#define CONFIG_RUN_MAX (256 * 1024)

/* Free slabs whose pages are kept in memory for the next use; beyond it the pages go back to the system.  A program that takes back what was
 * just given away keeps more, up to the second number: giving pages back and faulting them in again costs about as much as using them. */
#define CONFIG_SLABS_KEPT 16
#define CONFIG_SLABS_KEPT_MAX 512

/* Pages of freed long runs before all free ones are given back: a table that is made and dropped again and again keeps its pages. */
#define CONFIG_PAGES_KEPT 2048

/* Events kept for each thread while the lock is observed; a power of two.  40 bytes each. */
#define CONFIG_EVENT_RING 4096

/* Values kept inline in an instance at most; more attributes move to a dict of its own. */
#define CONFIG_INLINE_VALUES_MAX 30

/* Digits allowed in int<->decimal str conversion, as CPython's default (CVE-2020-10735). */
#define CONFIG_INT_MAX_STR_DIGITS 4300

/* AddressSanitizer build: free blocks are poisoned and wait in a quarantine. */
#if defined(__SANITIZE_ADDRESS__)
#define ALLOC_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ALLOC_ASAN 1
#endif
#endif
#ifndef ALLOC_ASAN
#define ALLOC_ASAN 0
#endif

/* A function that may look at freed blocks. */
#if ALLOC_ASAN
#define NO_ASAN __attribute__((no_sanitize("address")))
#else
#define NO_ASAN
#endif

#if defined(__GNUC__)
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define COLD __attribute__((cold, noinline))
#define NOINLINE __attribute__((noinline))
#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#ifdef BATON_SMALL_CODE /* a file that no program runs often, where size counts: the compiler may call what it would put in place elsewhere */
#define ALWAYS_INLINE inline
#else
#define ALWAYS_INLINE inline __attribute__((always_inline))
#endif
#else
#define LIKELY(x) (x)
#define UNLIKELY(x) (x)
#define COLD
#define NOINLINE
#define MUST_CHECK
#define PRINTF_LIKE(f, a)
#define ALWAYS_INLINE inline
#endif

#endif
