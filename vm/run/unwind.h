/* unwind.h: finding the handler of an exception. */
#ifndef BATON_RUN_UNWIND_H
#define BATON_RUN_UNWIND_H

#include "frame.h"

#define UNWIND_TRACEBACK 1 /* the exception enters this frame: add a traceback entry */

/* Looks for a handler of the pending exception in the frame: true with f->pc at it and the temporaries above its level released; false with all temporaries released.  The
 * exception stays pending. */
bool unwind_to_handler(Thread *t, Frame *f, uint32_t flags);
/* Releases a value while an exception is pending, keeping the exception. */
void unwind_release(Thread *t, Value v);
/* Ends the entry frame that t->frame is, with the pending exception: for eval_run when the C stack is exhausted. */
Value unwind_entry(Thread *t);

#endif
