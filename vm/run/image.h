/* image.h: the standard library compiled into one file: found by module name, loaded lazily, module by module.
 *
 * Layout, little-endian: "BATONIMG", version, count, size of what comes before the modules, opcode_magic(); then `count` entries sorted by name; then all names;
 * then three groups of modules, of each what the imports read and after that what is left: those that every start imports and those that programs import most, both
 * in the order of image_order.def, and all others (../compile/code_image.h).  What is used together lies side by side, and little of the file comes into memory.
 * Offsets are from the start of the file.  File names inside are relative to the library's folder ("json/decoder.py") and completed when a module is loaded. */
#ifndef BATON_RUN_IMAGE_H
#define BATON_RUN_IMAGE_H

#include "../compile/code.h"

typedef struct ImageEntry {
    uint32_t name, name_size;
    struct {
        uint32_t at, size;
    } code[2]; /* what the import reads, and the rest */
    uint32_t is_package;
} ImageEntry;

/* Compiles all modules below `folder` and writes the image: 0, or 1 with messages on stderr.  Files that do not compile are left out (the test suite has some). */
int image_build(Thread *t, const char *folder, const char *output);
/* Opens the image for the interpreter: 0, or -1 with ImportError (not there, or made by another build: its instructions would mean something else). */
int image_open(Thread *t, const char *path);
void image_close(Interp *interp);
const ImageEntry *image_find(Thread *t, const char *name, size_t n); /* NULL: no such module */
/* The module's code object. folder: prefix of file names (a str, or empty for none). */
MUST_CHECK Value image_code(Thread *t, const ImageEntry *entry, Value folder);
/* Names of the modules that are in no package: a list. */
MUST_CHECK Value image_module_names(Thread *t);
/* Sets the file name of a code object and of those inside it. */
void image_set_filename(Thread *t, Code *code, Value filename);

#endif
