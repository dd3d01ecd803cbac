/* code_image.h: the code of a module of the library's image, of which each function is read when it first runs.
 *
 * A module is in two parts, so that what imports read of all modules lies side by side, in few pages: the part that its import reads and the rest, which its functions
 * want when they are called.  Little-endian, 8-aligned; offsets are from the start of the part that the thing is in:
 *     part:  CodeImageHeader, the records of all code objects (inner ones first), the bodies of the code that runs at import, strings that it wants
 *     rest:  the bodies of functions, positions, the other strings
 * A body is instructions, exception entries, the names of the sites, locals and free variables as indices of strings, the kinds of the locals and the constants (one
 * tag each, code_image.c).  Strings are CodeImageStrings and then their characters; the first `string_count[0]` indices are of those of the part. */
#ifndef BATON_COMPILE_CODE_IMAGE_H
#define BATON_COMPILE_CODE_IMAGE_H

#include "code.h"

typedef struct CodeImageHeader {
    uint32_t size[2], root, reserved, strings[2], string_count[2]; /* of the part, of the rest */
} CodeImageHeader;

typedef struct CodeImageString {
    uint32_t data, size; /* size: of the data, shifted left by CODE_IMAGE_SHIFT, with flags */
} CodeImageString;
#define CODE_IMAGE_WIDE 1 /* UTF-8, else ASCII */
#define CODE_IMAGE_INTERNED 2
#define CODE_IMAGE_SHIFT 2

typedef struct CodeImageRecord {
    uint32_t instruction_count, exception_count, site_count, local_count, free_count, positions_size, constant_count;
    uint32_t register_count, argument_count, posonly_count, kwonly_count, flags, first_line;
    uint32_t name, qualname, filename; /* indices of strings */
    uint32_t body;                     /* of functions (CODE_OPTIMIZED) in the rest, else in the part */
    uint32_t positions;                /* in the rest */
} CodeImageRecord;

/* A code object and all within it: the two parts as bytes, owned: 0 or -1. */
int code_image_dump(Thread *t, Value code, Value parts[2]);
/* The code object of such parts, to be completed by code_complete.  They must stay as long as code objects need them: `owned` (alloc_memory, or NULL) is freed
 * then, unless this fails. */
MUST_CHECK Value code_image_load(Thread *t, const void *const parts[2], const size_t sizes[2], void *owned);
/* A code object that is no longer to be completed gives its parts back. */
void code_image_release(Thread *t, struct CodeImage *image);

#endif
