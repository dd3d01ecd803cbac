/* import_image.h: imports of the library's modules, without importlib. */
#ifndef BATON_RUN_IMPORT_IMAGE_H
#define BATON_RUN_IMPORT_IMAGE_H

#include "../object/object.h"

/* Remembers what makes the import system what it is, at the end of its start: 0 or -1. */
int import_image_start(Thread *t);
void import_image_end(Thread *t);
/* Imports a module that sys.modules does not have: 1 and the module (owned); 0: importlib has to do it; -1. */
int import_image(Thread *t, Value name, Value *module);

#endif
