/* sanitizer.c: what AddressSanitizer is told when it is built in (cmake -DBATON_SANITIZE=ON): an exit code of its own, for one.
 *
 * The process gives its memory back by ending, so its own search for leaks is off: objects left over are counted by heapcheck.c.  No locks. */
#include "../memory/alloc.h"

#if ALLOC_ASAN
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "detect_leaks=0:detect_stack_use_after_return=0:exitcode=77"; }
#else
typedef int sanitizer_is_off; /* a translation unit is never empty */
#endif
