/* charsets.c: writes the character sets that this system knows into files that pages load as pieces of the library (../pieces.mjs):  charsets FOLDER
 *
 * A file has the lowest bytes of the characters of all codes, then the next ones, then the highest.  Its name is that of the encoding, with the prefix (../os_wasm.c).
 * Read next: ../../vm/lib/multibyte_charset.def, ../../vm/os/os_charset.c. */
#include "../../vm/os/os.h"

#include <stdio.h>
#include <string.h>

static const OsCharset charsets[] = {
#define CHARSET(set, encoding, prefix, lead, trail, last) {encoding, prefix, lead, trail},
#include "../../vm/lib/multibyte_charset.def"
#undef CHARSET
};

static int write_charset(const char *folder, const OsCharset *charset)
{
    static uint32_t characters[OS_CHARSET_CODES];
    static uint8_t bytes[3 * OS_CHARSET_CODES];
    char path[4096];
    int status = os_charset_read(charset, characters);
    if (status < 0) {
        fprintf(stderr, "charsets: %s: %s\n", charset->encoding, strerror(-status));
        return -1;
    }
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(characters[i % OS_CHARSET_CODES] >> 8 * (i / OS_CHARSET_CODES));
    snprintf(path, sizeof path, "%s/%s-%02X", folder, charset->encoding, charset->prefix);
    FILE *file = fopen(path, "wb");
    bool written = file && fwrite(bytes, sizeof bytes, 1, file) == 1;
    if (file && fclose(file) != 0)
        written = false;
    if (!written)
        perror(path);
    return written ? 0 : -1;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: charsets FOLDER\n", stderr);
        return 2;
    }
    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++) {
        if (write_charset(argv[1], &charsets[i]) < 0)
            return 1;
    }
    return 0;
}
