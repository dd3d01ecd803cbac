// unicode_names.mjs: writes unicode_names.inc, the names of characters, their aliases and the named sequences (unicode_name.c).
// usage: node unicode_names.mjs NODE_MODULES OUTPUT_FILE
//
// A name is a series of words, each a number in one or two bytes, ended by a zero byte.  Names are numbered: characters in order of code point, then aliases, then sequences.
import { Database, cArray, hex, write } from './unicode_data.mjs';

const [folder, output] = process.argv.slice(2);
const db = new Database(folder);
const ONE_BYTE = 196; // words below this number (0 ends a name) take one byte
const SKIP = 8; // every so many names their place is recorded

const names = [], patterns = [], runs = [];
for (const entry of db.file('extracted/DerivedName')) {
  const first = hex(entry.range[0]), last = hex(entry.range[1] ?? entry.range[0]);
  if (entry.name.startsWith('HANGUL SYLLABLE ')) continue;
  if (entry.name.endsWith('*')) patterns.push({ first, last, prefix: entry.name.slice(0, -1) });
  else names.push({ c: first, name: entry.name });
}
names.sort((a, b) => a.c - b.c);
patterns.sort((a, b) => a.first - b.first);
names.forEach(({ c }, i) => {
  const run = runs.at(-1);
  if (run && run.last + 1 === c) run.last = c;
  else runs.push({ first: c, last: c, number: i });
});
const characterCount = names.length;
const targets = []; // of aliases: the character; of sequences: where their characters begin, plus a mark
for (const entry of db.file('NameAliases')) {
  names.push({ name: entry.alias });
  targets.push(hex(entry.codepoint));
}
const sequences = [];
for (const entry of db.file('NamedSequences')) {
  names.push({ name: entry.name });
  targets.push(0x80000000 + sequences.length);
  sequences.push(entry.codepointSequence.length, ...entry.codepointSequence.map(hex));
}

const count = new Map();
for (const { name } of names) for (const word of name.split(' ')) count.set(word, (count.get(word) ?? 0) + 1);
const words = [...count.keys()].sort((a, b) => count.get(b) - count.get(a) || (a < b ? -1 : 1));
words.unshift(''); // number 0 ends a name
const numbers = new Map(words.map((word, i) => [word, i]));
if (words.length > ONE_BYTE + (256 - ONE_BYTE) * 256) throw new Error(`too many words: ${words.length}`);

const text = [], places = [];
names.forEach(({ name }, i) => {
  if (i % SKIP === 0) places.push(text.length);
  for (const word of name.split(' ')) {
    const number = numbers.get(word);
    if (number < ONE_BYTE) text.push(number);
    else text.push(ONE_BYTE + ((number - ONE_BYTE) >> 8), (number - ONE_BYTE) & 0xff);
  }
  text.push(0);
});
const order = names.map((_, i) => i).sort((a, b) => (names[a].name < names[b].name ? -1 : names[a].name > names[b].name ? 1 : 0));

// The words one after the other; a place for every eighth, lengths for all.
const wordPlaces = [];
let length = 0;
words.forEach((word, i) => {
  if (i % SKIP === 0) wordPlaces.push(length);
  length += word.length;
});
const letters = words.join('');
const literal = [];
for (let i = 0; i < letters.length; i += 110) literal.push(`    "${letters.slice(i, i + 110)}"`);

write(output, [
  `#define NAMES_ONE_BYTE ${ONE_BYTE}`,
  `#define NAMES_SKIP ${SKIP}`,
  `#define NAMES_COUNT ${names.length}`,
  `#define NAMES_CHARACTERS ${characterCount} /* the names from here on are aliases and sequences: name_targets */`,
  `#define NAMES_LONGEST ${Math.max(...names.map(({ name }) => name.length))}`,
  `static const char name_letters[] =\n${literal.join('\n')};`,
  cArray('name_word_places', wordPlaces),
  cArray('name_word_lengths', words.map((word) => word.length)),
  cArray('name_text', text, 'uint8_t'),
  cArray('name_places', places),
  cArray('name_order', order),
  cArray('name_targets', targets, 'uint32_t'),
  cArray('name_sequences', sequences, 'uint16_t'),
  'static const struct { uint32_t first, last; uint16_t number; } name_runs[] = {',
  ...runs.map(({ first, last, number }) => `    {${first}, ${last}, ${number}},`),
  '};',
  '',
  'static const struct { uint32_t first, last; const char *prefix; } name_patterns[] = {',
  ...patterns.map(({ first, last, prefix }) => `    {${first}, ${last}, "${prefix}"},`),
  '};',
  '',
]);
