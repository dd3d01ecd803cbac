/* marshal.h: values as bytes and back, for the module marshal and for caches of compiled modules.
 *
 * The format is CPython's, versions 0 to 5, but for code objects ('c'): their part is written and read by the compiler's room
 * (../compile/code_marshal.c), through the functions below. */
#ifndef BATON_LIB_MARSHAL_H
#define BATON_LIB_MARSHAL_H

#include "../object/bytes.h"

#define MARSHAL_VERSION 5

typedef struct MarshalWriter {
    BytesBuilder out;
    int version;
    bool allow_code;
    int depth;
    struct MarshalSeen *seen; /* objects written that may come again: a hash table by address */
    uint32_t seen_mask, seen_count;
} MarshalWriter;

int marshal_write(Thread *t, MarshalWriter *w, Value v); /* 0 or -1 */
static inline int marshal_write_byte(Thread *t, MarshalWriter *w, uint8_t c)
{
    return bytesbuilder_byte(t, &w->out, c);
}
int marshal_write_uint32(Thread *t, MarshalWriter *w, uint32_t u);
int marshal_write_uint64(Thread *t, MarshalWriter *w, uint64_t u);
static inline int marshal_write_data(Thread *t, MarshalWriter *w, const void *data, size_t n)
{
    return bytesbuilder_append(t, &w->out, data, n);
}

typedef struct MarshalReader {
    const uint8_t *at, *end; /* the input, when there is no file */
    Value file;              /* borrowed, or empty */
    Value chunk;             /* owned: the bytes read from the file last */
    bool allow_code;
    int depth;
    Value seen; /* list of values that may be referred to, or empty */
} MarshalReader;

MUST_CHECK Value marshal_read(Thread *t, MarshalReader *r); /* EOFError, ValueError, TypeError */
int marshal_read_byte(Thread *t, MarshalReader *r);         /* or -1 with EOFError */
int marshal_read_uint32(Thread *t, MarshalReader *r, uint32_t *u);
int marshal_read_uint64(Thread *t, MarshalReader *r, uint64_t *u);
/* n bytes of input, valid until the next read; NULL with EOFError. */
const uint8_t *marshal_read_data(Thread *t, MarshalReader *r, size_t n);

MUST_CHECK Value marshal_dumps(Thread *t, Value v, int version, bool allow_code);
MUST_CHECK Value marshal_loads(Thread *t, const void *data, size_t n,
                               bool allow_code); /* what follows the value is ignored */

/* ../compile/code_marshal.c: all of a code object but its type byte; nested values by marshal_write and marshal_read. */
int code_marshal_write(Thread *t, MarshalWriter *w, Value code);
MUST_CHECK Value code_marshal_read(Thread *t, MarshalReader *r);

#endif
