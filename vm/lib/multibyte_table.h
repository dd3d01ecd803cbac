/* multibyte_table.h: the state of the module _multibytecodec: the tables of character sets made so far. */
#ifndef BATON_LIB_MULTIBYTE_TABLE_H
#define BATON_LIB_MULTIBYTE_TABLE_H

#include "../thread/lock.h"
#include "mod__multibytecodec.h"

typedef struct CharsetState {
    Mutex lock; /* around `tables` */
    CharsetTable *tables[CHARSET_COUNT];
    Type *codec_type; /* MultibyteCodec; owned */
} CharsetState;
void charset_free_state(Thread *t, void *state);

#endif
