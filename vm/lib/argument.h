/* argument.h: converting the arguments of native functions, with the TypeErrors that generated code words in CPython.
 *
 * `what` names the argument in messages: "argument", "argument 1", "argument 'name'".  A VALUE_EMPTY argument is an absent one. */
#ifndef BATON_LIB_ARGUMENT_H
#define BATON_LIB_ARGUMENT_H

#include "../object/buffer.h"
#include "../object/error.h"
#include "../object/object.h"
#include "../memory/ref.h"

/* TypeError "function() what must be EXPECTED, not TYPE"; returns -1. */
int argument_wrong_type(Thread *t, const char *function, const char *what, const char *expected, Value v);
/* The text of a str without NUL characters, borrowed from v or from *owner (release it). NULL on error. */
const char *argument_string(Thread *t, Value v, const char *function, const char *what, Value *owner);
/* The same; None or absent gives *result NULL. 0 or -1. */
int argument_string_or_none(Thread *t, Value v, const char *function, const char *what, const char **result,
                            Value *owner);
int argument_str(Thread *t, Value v, const char *function, const char *what);   /* is it a str? 0 or -1 */
int argument_bytes(Thread *t, Value v, const char *function, const char *what); /* is it a bytes? 0 or -1 */
/* A bytes-like object, contiguous. */
int argument_buffer(Thread *t, Value v, const char *function, const char *what, Buffer *view);
/* The same or a str of ASCII characters, in the words of binascii; and a str of any characters, as UTF-8. */
int argument_buffer_or_ascii(Thread *t, Value v, Buffer *view);
int argument_buffer_or_str(Thread *t, Value v, const char *function, const char *what, Buffer *view);
/* A writable bytes-like object. */
int argument_buffer_writable(Thread *t, Value v, const char *function, const char *what, Buffer *view);
int argument_bool(Thread *t, Value v, int absent);                      /* 0, 1, -1 */
int argument_int(Thread *t, Value v, int absent, int *result);          /* C int: 0 or -1 */
int argument_size(Thread *t, Value v, int64_t absent, int64_t *result); /* ssize_t: 0 or -1 */

#endif
