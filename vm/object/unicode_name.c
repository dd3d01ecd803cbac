/* unicode_name.c: names of characters, from tables that unicode_names.mjs generates: packed series of words.
 *
 * Hangul syllables are named by rule, and ideographs and the like by their code point.  A name is looked up by binary search in an order of all names.
 * Constant data, no locks.  Without the tables (unicode_apart.h) only those names are known that follow a rule. */
#include "unicode_name.h"

#include "unicode_apart.h"
#include "unicode_names.inc"

_Static_assert(NAMES_LONGEST < UNICODE_NAME_MAX, "room for the longest name");

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

/* ---- packed names ---- */

static size_t unpack(uint32_t number, char out[UNICODE_NAME_MAX])
{
    const uint8_t *p = name_text + name_places[number / NAMES_SKIP];
    for (uint32_t skip = number % NAMES_SKIP; skip;) {
        skip -= *p == 0;
        p += *p < NAMES_ONE_BYTE ? 1 : 2;
    }
    size_t n = 0;
    while (*p) {
        uint32_t word = *p++;
        if (word >= NAMES_ONE_BYTE)
            word = NAMES_ONE_BYTE + ((word - NAMES_ONE_BYTE) << 8 | *p++);
        size_t place = name_word_places[word / NAMES_SKIP];
        for (uint32_t w = word / NAMES_SKIP * NAMES_SKIP; w < word; w++)
            place += name_word_lengths[w];
        if (n)
            out[n++] = ' ';
        memcpy(out + n, name_letters + place, name_word_lengths[word]);
        n += name_word_lengths[word];
    }
    return n;
}

/* Is the character's name in the tables, and with which number? */
static bool number_of(uint32_t c, uint32_t *number)
{
    size_t low = 0, high = LENGTH(name_runs);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (name_runs[middle].last < c)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == LENGTH(name_runs) || c < name_runs[low].first)
        return false;
    *number = name_runs[low].number + (c - name_runs[low].first);
    return true;
}

/* ---- Hangul ---- */

#define HANGUL_BASE 0xAC00u
#define HANGUL_COUNT 11172u
static const char hangul_prefix[] = "HANGUL SYLLABLE ";
static const char hangul_lead[19][3] = {"G",  "GG", "N", "D",  "DD", "R", "M", "B", "BB", "S",
                                        "SS", "",   "J", "JJ", "C",  "K", "T", "P", "H"};
static const char hangul_vowel[21][4] = {"A",  "AE", "YA", "YAE", "EO", "E",  "YEO", "YE", "O",  "WA", "WAE",
                                         "OE", "YO", "U",  "WEO", "WE", "WI", "YU",  "EU", "YI", "I"};
static const char hangul_tail[28][3] = {"",   "G",  "GG", "GS", "N",  "NJ", "NH", "D", "L",  "LG",
                                        "LM", "LB", "LS", "LT", "LP", "LH", "M",  "B", "BS", "S",
                                        "SS", "NG", "J",  "C",  "K",  "T",  "P",  "H"};

/* The longest of `count` parts that s begins with; its number, or -1. */
static int longest_part(const char *s, size_t n, const char *parts, size_t size, int count, size_t *length)
{
    int best = -1;
    *length = 0;
    for (int i = 0; i < count; i++) {
        const char *part = parts + (size_t)i * size;
        size_t m = strnlen(part, size);
        if (m <= n && (m > *length || best < 0) && memcmp(s, part, m) == 0) {
            best = i;
            *length = m;
        }
    }
    return best;
}

static bool hangul_from_name(const char *s, size_t n, uint32_t *c)
{
    size_t used;
    int lead = longest_part(s, n, hangul_lead[0], sizeof hangul_lead[0], 19, &used);
    s += used, n -= used;
    int vowel = longest_part(s, n, hangul_vowel[0], sizeof hangul_vowel[0], 21, &used);
    s += used, n -= used;
    int tail = longest_part(s, n, hangul_tail[0], sizeof hangul_tail[0], 28, &used);
    if (lead < 0 || vowel < 0 || tail < 0 || n != used)
        return false;
    *c = HANGUL_BASE + (uint32_t)((lead * 21 + vowel) * 28 + tail);
    return true;
}

/* ---- names by pattern ---- */

static bool pattern_from_name(const char *s, size_t n, uint32_t *c)
{
    for (size_t i = 0; i < LENGTH(name_patterns); i++) {
        size_t m = strlen(name_patterns[i].prefix);
        if (n < m + 4 || n > m + 5 || memcmp(s, name_patterns[i].prefix, m) != 0)
            continue;
        uint32_t code = 0;
        for (size_t k = m; k < n; k++) {
            uint32_t digit = s[k] >= '0' && s[k] <= '9'   ? (uint32_t)(s[k] - '0')
                             : s[k] >= 'A' && s[k] <= 'F' ? (uint32_t)(s[k] - 'A' + 10)
                                                          : 16;
            if (digit == 16)
                return false;
            code = code << 4 | digit;
        }
        if (code >= name_patterns[i].first && code <= name_patterns[i].last) {
            *c = code;
            return true;
        }
    }
    return false;
}

size_t unicode_name(uint32_t c, char out[UNICODE_NAME_MAX])
{
    uint32_t number;
    if (unicode_apart() && number_of(c, &number))
        return unpack(number, out);
    if (c - HANGUL_BASE < HANGUL_COUNT) {
        uint32_t i = c - HANGUL_BASE;
        const char *parts[4] = {hangul_prefix, hangul_lead[i / 588], hangul_vowel[i % 588 / 28], hangul_tail[i % 28]};
        size_t n = 0;
        for (int k = 0; k < 4; k++) {
            size_t m = strlen(parts[k]);
            memcpy(out + n, parts[k], m);
            n += m;
        }
        return n;
    }
    for (size_t i = 0; i < LENGTH(name_patterns); i++) {
        if (c < name_patterns[i].first || c > name_patterns[i].last)
            continue;
        size_t n = strlen(name_patterns[i].prefix);
        memcpy(out, name_patterns[i].prefix, n);
        for (int shift = c > 0xFFFF ? 16 : 12; shift >= 0; shift -= 4)
            out[n++] = "0123456789ABCDEF"[c >> shift & 0xF];
        return n;
    }
    return 0;
}

int unicode_sequence_from_name(const char *name, size_t n, uint32_t out[16], bool *is_alias)
{
    char s[UNICODE_NAME_MAX], other[UNICODE_NAME_MAX];
    *is_alias = false;
    if (n == 0 || n > NAMES_LONGEST)
        return 0;
    for (size_t i = 0; i < n; i++)
        s[i] = (char)(name[i] >= 'a' && name[i] <= 'z' ? name[i] - ('a' - 'A') : name[i]);
    size_t prefix = sizeof hangul_prefix - 1;
    if (n > prefix && memcmp(s, hangul_prefix, prefix) == 0)
        return hangul_from_name(s + prefix, n - prefix, out) ? 1 : 0;
    if (pattern_from_name(s, n, out))
        return 1;
    size_t low = 0, high = unicode_apart() ? NAMES_COUNT : 0;
    while (low < high) {
        size_t middle = (low + high) / 2, m = unpack(name_order[middle], other);
        int order = memcmp(other, s, m < n ? m : n);
        if (order == 0)
            order = (m > n) - (m < n);
        if (order < 0) {
            low = middle + 1;
        } else if (order > 0) {
            high = middle;
        } else {
            uint32_t number = name_order[middle];
            if (number >= NAMES_CHARACTERS) {
                uint32_t target = name_targets[number - NAMES_CHARACTERS];
                *is_alias = true;
                if (!(target & 0x80000000u)) {
                    out[0] = target;
                    return 1;
                }
                const uint16_t *sequence = name_sequences + (target & 0x7FFFFFFF);
                for (int k = 0; k < sequence[0]; k++)
                    out[k] = sequence[k + 1];
                return sequence[0];
            }
            size_t run = 0, end = LENGTH(name_runs);
            while (end - run > 1) {
                size_t half = (run + end) / 2;
                if (name_runs[half].number <= number)
                    run = half;
                else
                    end = half;
            }
            out[0] = name_runs[run].first + (number - name_runs[run].number);
            return 1;
        }
    }
    return 0;
}

bool unicode_from_name(const char *name, size_t n, uint32_t *c)
{
    uint32_t out[16];
    bool is_alias;
    if (unicode_sequence_from_name(name, n, out, &is_alias) != 1)
        return false;
    *c = out[0];
    return true;
}
