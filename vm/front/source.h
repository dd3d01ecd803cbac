/* source.h: bytes of a source file to the text that the lexer reads. */
#ifndef BATON_FRONT_SOURCE_H
#define BATON_FRONT_SOURCE_H

#include "../object/value.h"

/* UTF-8 with "\n" as the only line end and a NUL behind (alloc_memory), or NULL with SyntaxError (null bytes, an unknown encoding, undecodable
 * bytes).  `is_text`: the bytes come from a str, a byte order mark or coding line means nothing.  `end_line`: add a newline if the last line has none. */
char *source_decode(Thread *t, const char *source, size_t n, Value filename, bool is_text, bool end_line,
                    size_t *length, bool *added_newline);
/* Is it fit to be read as a file that is run?  0, or -1 with the SyntaxError that the command line gives for null bytes, encodings and undecodable bytes. */
int source_check_file(Thread *t, const char *source, size_t n, Value filename);
/* The encoding named by a coding line in the first two lines, normalised ("utf-8", "iso-8859-1"), in `name`; false: none. */
bool source_coding(const char *source, size_t n, char name[64]);

#endif
