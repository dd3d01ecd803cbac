/* code_image.h: the code of a module of the library's image, of which each function is read when it first runs.
 *
 * Layout of a module's part, little-endian, 8-aligned: CodeImageHeader, the records of its code objects (inner ones first), then `string_count` CodeImageStrings, then
 * their characters.  Offsets are from the start of the part.  A record is followed by its instructions, its exception entries, the names of its sites, locals and free
 * variables as indices of strings, the kinds of its locals, its positions and its constants (one tag each, code_image.c). */
#ifndef BATON_COMPILE_CODE_IMAGE_H
#define BATON_COMPILE_CODE_IMAGE_H

#include "code.h"

typedef struct CodeImageHeader {
    uint32_t size, root, strings, string_count;
} CodeImageHeader;

typedef struct CodeImageString {
    uint32_t data, size; /* size: of the data, shifted left by CODE_IMAGE_SHIFT, with flags */
} CodeImageString;
#define CODE_IMAGE_WIDE 1     /* UTF-8, else ASCII */
#define CODE_IMAGE_INTERNED 2
#define CODE_IMAGE_SHIFT 2

typedef struct CodeImageRecord {
    uint32_t instruction_count, exception_count, site_count, local_count, free_count, positions_size, constant_count;
    uint32_t register_count, argument_count, posonly_count, kwonly_count, flags, first_line;
    uint32_t name, qualname, filename; /* indices of strings */
} CodeImageRecord;

/* A code object and all within it: bytes. */
MUST_CHECK Value code_image_dump(Thread *t, Value code);
/* The code object of such a part, to be completed by code_complete.  The part must stay as long as code objects need it: `owned` (alloc_memory, or NULL) is freed
 * then, unless this fails. */
MUST_CHECK Value code_image_load(Thread *t, const void *part, size_t n, void *owned);
/* A code object that is no longer to be completed gives its part back. */
void code_image_release(Thread *t, struct CodeImage *image);

#endif
