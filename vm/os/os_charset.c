/* os_charset.c: character sets of two bytes (os.h), from iconv, which is asked for the characters code by code.
 *
 * No locks and no state. Read next: ../lib/multibyte_table.c. */
#include <errno.h>
#include <iconv.h>

#include "os.h"

/* The one character that the bytes stand for; 0: none, or more than one. */
static uint32_t convert(iconv_t conversion, char *bytes, size_t n)
{
    uint32_t text[4] = {0};
    char *out = (char *)text;
    size_t room = sizeof text;
    bool good = iconv(conversion, &bytes, &n, &out, &room) != (size_t)-1 && n == 0;
    iconv(conversion, NULL, NULL, &out, &room); /* what it held back; and back to the start */
    return good && room == sizeof text - sizeof *text ? text[0] : 0;
}

int os_charset_read(const OsCharset *charset, uint32_t characters[OS_CHARSET_CODES])
{
    iconv_t conversion =
        iconv_open(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? "UTF-32BE" : "UTF-32LE", charset->encoding);
    if (conversion == (iconv_t)-1)
        return errno == EINVAL ? -ENOENT : -errno;
    for (uint32_t code = 0; code < OS_CHARSET_CODES; code++) {
        uint8_t lead = (uint8_t)(0x80 | code >> 8), trail = (uint8_t)code;
        char bytes[3] = {(char)charset->prefix, (char)lead, (char)trail};
        size_t skip = charset->prefix ? 0 : 1;
        bool inside = lead >= charset->lead && lead < 0xFF && trail >= charset->trail && trail < 0xFF;
        characters[code] = inside ? convert(conversion, bytes + skip, 3 - skip) : 0;
    }
    iconv_close(conversion);
    return 0;
}
