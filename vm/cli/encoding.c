/* encoding.c: see encoding.h.  Only here is the C library's locale changed but by programs; a system that has none keeps UTF-8 mode. */
#include "encoding.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#if CONFIG_HOST_MODULES
static bool is_plain(const char *locale) { return !locale || !strcmp(locale, "C") || !strcmp(locale, "POSIX"); }

/* Instead of the C locale one with UTF-8 is taken, for child processes too: true if there is one, and LC_ALL does not forbid it. */
static bool coerce(bool warn)
{
    static const char *const targets[] = {"C.UTF-8", "C.utf8", "UTF-8"};
    const char *all = getenv("LC_ALL");
    for (size_t i = 0; (!all || !*all) && i < sizeof targets / sizeof *targets; i++) {
        if (!setlocale(LC_CTYPE, targets[i]) || !*nl_langinfo(CODESET))
            continue;
        setenv("LC_CTYPE", targets[i], 1);
        if (warn)
            fprintf(stderr,
                    "Python detected LC_CTYPE=C: LC_CTYPE coerced to %s (set another locale or PYTHONCOERCECLOCALE=0 "
                    "to disable this locale coercion behavior).\n",
                    targets[i]);
        return true;
    }
    return false;
}
#endif

void encoding_configure(Config *config)
{
#if CONFIG_HOST_MODULES
    setlocale(LC_CTYPE, "");
    bool plain = is_plain(setlocale(LC_CTYPE, NULL));
    const char *wish = config->ignore_environment ? NULL : getenv("PYTHONCOERCECLOCALE");
    bool warn = wish && !strcmp(wish, "warn");
    if (plain && !(wish && !strcmp(wish, "0")) && !coerce(warn) && warn)
        fputs("Python runtime initialized with LC_CTYPE=C (a locale with default ASCII encoding), which may cause "
              "Unicode compatibility problems. Using C.UTF-8, C.utf8, or UTF-8 (if available) as alternative "
              "Unicode-compatible locales is recommended.\n",
              stderr);
    const char *codeset = nl_langinfo(CODESET);
#else
    bool plain = true;
    const char *codeset = "";
#endif
    if (config->utf8_mode < 0)
        config->utf8_mode = plain;
    if (!config->utf8_mode && strcasecmp(codeset, "UTF-8") != 0)
        snprintf(config->fs_encoding, sizeof config->fs_encoding, "%s", codeset);
}
