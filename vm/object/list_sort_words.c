/* list_sort_words.c: sorting by digits: many ints, floats, texts of one byte a character, or tuples that begin with such.
 *
 * Each key is given a word, an unsigned integer of 64 bits, so that a key with a smaller word comes first: an int or
 * a float as a whole, or seven characters of a text and how many there are.  The words are sorted byte by byte, the
 * last first, each time keeping the order of equal bytes; bytes in which all words agree cost nothing.  Where words
 * are equal the texts go on with the next seven characters, the tuples with the next item.
 *
 * What has no words is left to sort_merging: other types, NaN, groups of a few items, and arrays with much order in
 * them already, which it sorts with about one comparison an item.  No code can run and nothing fails in this file but
 * in there: without memory it does all the work.  Read first: list_sort.c. */
#include "list_sort.h"

#define WORDS_MIN 200 /* fewer are merged */
#define RUN_LENGTH 64 /* mean length of the runs that make merging quicker */
#define LEVELS_MAX 16 /* levels of texts and tuples before merging takes over */
#define TEXT_STEP 7   /* characters in a word */
#define DIGITS 8
#define DIGIT_VALUES 256

typedef struct Entry {
    uint64_t word;
    size_t index; /* of the key before */
} Entry;

/* Where in the keys the words are taken from. */
typedef struct Level {
    size_t item;   /* tuples: which item */
    size_t offset; /* texts: from which character */
    int depth;
} Level;

/* ---- words ---- */

static ALWAYS_INLINE uint64_t word_of_float(Value v)
{
    double d = value_to_double(v) + 0.0; /* -0.0 becomes 0.0, which it is equal to */
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

/* The lowest byte tells texts that end apart: TEXT_STEP + 1 when more follows. */
static ALWAYS_INLINE uint64_t word_of_text(const Str *s, size_t offset)
{
    size_t left = s->length > offset ? s->length - offset : 0, n = left < TEXT_STEP ? left : TEXT_STEP;
    uint64_t word = 0;
    for (size_t i = 0; i < n; i++)
        word = word << 8 | s->data[offset + i];
    word <<= 8 * (TEXT_STEP - n);
    return word << 8 | (left < TEXT_STEP ? left : left == TEXT_STEP ? TEXT_STEP : TEXT_STEP + 1);
}
static bool text_ends(uint64_t word) { return (word & 0xFF) <= TEXT_STEP; }

static ALWAYS_INLINE Value part_of(const Sorter *s, Value key, const Level *level)
{
    if (s->order != ORDER_TUPLE)
        return key;
    return tuple_length(key) > level->item ? tuple_peek(key, level->item) : VALUE_EMPTY;
}

/* How many characters all texts of the group have in common behind the offset. */
static size_t common_prefix(const Sorter *s, size_t start, size_t n, const Level *level)
{
    const Str *first = str_of(part_of(s, s->keys[start], level));
    size_t common = first->length > level->offset ? first->length - level->offset : 0;
    for (size_t i = start + 1; i < start + n && common > 0; i++) {
        const Str *other = str_of(part_of(s, s->keys[i], level));
        size_t k = 0, left = other->length > level->offset ? other->length - level->offset : 0;
        while (k < common && k < left && other->data[level->offset + k] == first->data[level->offset + k])
            k++;
        common = k;
    }
    return common;
}

/* Fills the entries with the words less the smallest one. False: some key has no word, or there is much order. */
static bool make_words(const Sorter *s, size_t start, size_t n, Level *level, Order order, Entry *entries,
                       uint64_t *spread)
{
    for (size_t i = 0; i < n; i++) {
        Value part = part_of(s, s->keys[start + i], level);
        if (value_is_empty(part) || order_of(part) != order)
            return false;
        if (order == ORDER_FLOAT && UNLIKELY(value_to_double(part) != value_to_double(part)))
            return false;
        if (order == ORDER_STR && str_kind(str_of(part)) != 1)
            return false;
    }
    if (order == ORDER_STR)
        level->offset += common_prefix(s, start, n, level);
    uint64_t smallest = UINT64_MAX, biggest = 0, previous = 0;
    size_t falls = 0;
    for (size_t i = 0; i < n; i++) {
        Value part = part_of(s, s->keys[start + i], level);
        uint64_t word = order == ORDER_INT     ? part.bits
                        : order == ORDER_FLOAT ? word_of_float(part)
                                               : word_of_text(str_of(part), level->offset);
        entries[i] = (Entry){word, start + i};
        falls += word < previous;
        previous = word;
        smallest = word < smallest ? word : smallest;
        biggest = word > biggest ? word : biggest;
    }
    if (falls <= n / RUN_LENGTH || n - falls <= n / RUN_LENGTH)
        return false;
    *spread = biggest - smallest;
    if (order != ORDER_STR) /* their lowest byte has a meaning */
        for (size_t i = 0; i < n; i++)
            entries[i].word -= smallest;
    else
        *spread = UINT64_MAX;
    return true;
}

/* ---- digits ---- */

/* Sorts the entries; the result is in one of the two arrays: true if in the other. */
static bool sort_entries(Entry *entries, Entry *other, size_t n, uint64_t spread)
{
    uint32_t counts[DIGITS][DIGIT_VALUES];
    int digits = 1;
    while (digits < DIGITS && spread >> (8 * digits))
        digits++;
    memset(counts, 0, (size_t)digits * sizeof counts[0]);
    for (size_t i = 0; i < n; i++)
        for (int d = 0; d < digits; d++)
            counts[d][entries[i].word >> (8 * d) & 0xFF]++;
    bool moved = false;
    for (int d = 0; d < digits; d++) {
        uint32_t *places = counts[d], place = 0;
        if (places[entries[0].word >> (8 * d) & 0xFF] == n)
            continue;
        for (int i = 0; i < DIGIT_VALUES; i++) {
            uint32_t count = places[i];
            places[i] = place;
            place += count;
        }
        for (size_t i = 0; i < n; i++)
            other[places[entries[i].word >> (8 * d) & 0xFF]++] = entries[i];
        Entry *swap = entries;
        entries = other;
        other = swap;
        moved = !moved;
    }
    return moved;
}

/* Brings array[start, start + n) into the order of the entries; `room` is for n values. */
static void permute(Value *array, size_t start, const Entry *entries, size_t n, Value *room)
{
    for (size_t i = 0; i < n; i++)
        room[i] = array[entries[i].index];
    memcpy(array + start, room, n * sizeof(Value));
}

static int merge_group(Sorter *s, size_t start, size_t n)
{
    Value *keys = s->keys, *values = s->values;
    s->keys += start;
    if (values)
        s->values += start;
    int status = sort_merging(s, n);
    s->keys = keys;
    s->values = values;
    return status;
}

/* Sorts keys[start, start + n), which are equal before the level.  Both arrays of entries have room for n. */
static int sort_group(Sorter *s, size_t start, size_t n, Level level, Entry *entries, Entry *other)
{
    if (n < 2)
        return 0;
    uint64_t spread;
    Value part = part_of(s, s->keys[start], &level);
    Order order = value_is_empty(part) ? ORDER_ANY : order_of(part);
    if (n < WORDS_MIN || level.depth == LEVELS_MAX || order == ORDER_ANY ||
        !make_words(s, start, n, &level, order, entries, &spread))
        return merge_group(s, start, n);
    if (sort_entries(entries, other, n, spread)) {
        Entry *swap = entries;
        entries = other;
        other = swap;
    }
    permute(s->keys, start, entries, n, (Value *)(void *)other);
    if (s->values)
        permute(s->values, start, entries, n, (Value *)(void *)other);
    if (s->order != ORDER_TUPLE && order != ORDER_STR)
        return 0;
    for (size_t i = 0, end; i < n; i = end) {
        uint64_t word = entries[i].word;
        for (end = i + 1; end < n && entries[end].word == word;)
            end++;
        if (end - i == 1)
            continue;
        Level next = {level.item, level.offset + TEXT_STEP, level.depth + 1};
        if (order != ORDER_STR || text_ends(word)) {
            if (s->order != ORDER_TUPLE)
                continue; /* all equal */
            next.item++;
            next.offset = 0;
        }
        if (sort_group(s, start + i, end - i, next, entries + i, other + i) < 0)
            return -1;
    }
    return 0;
}

int sort_by_words(Sorter *s, size_t n)
{
    Order order = s->order == ORDER_TUPLE ? s->first_order : s->order;
    if (n < WORDS_MIN || n > UINT32_MAX / 2 / sizeof(Entry) || order == ORDER_ANY)
        return sort_merging(s, n);
    Entry *entries = alloc_raw(2 * n * sizeof(Entry));
    if (!entries)
        return sort_merging(s, n);
    int status = sort_group(s, 0, n, (Level){0, 0, 0}, entries, entries + n);
    alloc_raw_free(entries);
    return status;
}
