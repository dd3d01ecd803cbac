/* mod_resource.h: what other modules need of resource. */
#ifndef BATON_LIB_MOD_RESOURCE_H
#define BATON_LIB_MOD_RESOURCE_H

#include "../object/object.h"

struct rusage;
/* A struct_rusage object; imports the module resource. */
MUST_CHECK Value resource_usage(Thread *t, const struct rusage *usage);

#endif
