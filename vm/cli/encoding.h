/* encoding.h: which encodings the process's texts have: PEP 538 (the plain C locale gives way to one with UTF-8) and PEP 540 (UTF-8 mode). */
#ifndef BATON_CLI_ENCODING_H
#define BATON_CLI_ENCODING_H

#include "../thread/state.h"

/* Once the options and the environment have been read, and before anything is decoded: adopts the user's LC_CTYPE, and sets what of utf8_mode and fs_encoding
 * they have left open. */
void encoding_configure(Config *config);

#endif
