/* options.h: the command line and the environment, read before an interpreter exists.
 *
 * Options override the environment; -E and -I say whether the environment counts at all.  Strings are borrowed from argv and environ. */
#ifndef BATON_CLI_OPTIONS_H
#define BATON_CLI_OPTIONS_H

#include "../thread/state.h"

typedef struct Options {
    Config config;
    const char *code;       /* -c */
    const char *module;     /* -m */
    const char *file;       /* path, "-" or NULL: standard input */
    int first;              /* index in argv of the program's first argument */
    bool skip_first_line;   /* -x */
    const char *check_pycs; /* --check-hash-based-pycs, or NULL */
    const char **warnings;  /* -W, in order */
    const char **xoptions;  /* -X, in order */
    int warning_count, xoption_count;
    const char *image_folder, *image_output; /* --build-image */
} Options;

/* Reads both.  Negative: go on; else the exit code: help or the version was asked for, or something is wrong and has been said on stderr. */
int options_read(Options *options, int argc, char **argv);
void options_free(Options *options);
/* A PYTHON… variable that is set, not empty and not to be ignored; or NULL. */
const char *options_environment(const Config *config, const char *name);

#endif
