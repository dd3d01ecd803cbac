// unicodedata_tables.mjs: writes unicode_database.inc, what the module unicodedata knows of characters beyond their names (mod_unicodedata.c), and how the
// database of Unicode 3.2 differed (unicodedata.ucd_3_2_0).
// usage: node unicodedata_tables.mjs NODE_MODULES OUTPUT_FILE
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Database, Records, CODE_POINTS, cArray, hex, sequence, trie, write } from '../object/unicode_data.mjs';

const [folder, output] = process.argv.slice(2);
const db = new Database(folder);

const CATEGORIES = ['Cn', 'Lu', 'Ll', 'Lt', 'Mn', 'Mc', 'Me', 'Nd', 'Nl', 'No', 'Zs', 'Zl', 'Zp', 'Cc', 'Cf', 'Cs', 'Co', 'Lm', 'Lo', 'Pc', 'Pd', 'Ps',
  'Pe', 'Pi', 'Pf', 'Po', 'Sm', 'Sc', 'Sk', 'So'];
const BIDI = ['', 'L', 'LRE', 'LRO', 'R', 'AL', 'RLE', 'RLO', 'PDF', 'EN', 'ES', 'ET', 'AN', 'CS', 'NSM', 'BN', 'B', 'S', 'WS', 'ON', 'LRI', 'RLI', 'FSI', 'PDI'];
const WIDTHS = ['N', 'F', 'H', 'W', 'Na', 'A'];
const index = (list, name) => {
  const i = list.indexOf(name);
  if (i < 0) throw new Error(`unknown value ${name}`);
  return i;
};

const widths = new Array(CODE_POINTS);
db.eachRange('EastAsianWidth', (c, entry) => { widths[c] = index(WIDTHS, entry.width); });
const numeric = db.numericValues();
const numericValues = ['0'];
const exclusions = db.property('DerivedNormalizationProps', 'Full_Composition_Exclusion');

// Quick checks of normal forms: two bits each for NFD, NFKD, NFC, NFKC: 0 yes, 1 maybe, 2 no.
const FORMS = ['NFD_QC', 'NFKD_QC', 'NFC_QC', 'NFKC_QC'];
const quick = new Uint8Array(CODE_POINTS);
db.eachRange('DerivedNormalizationProps', (c, entry) => {
  const form = FORMS.indexOf(entry.property);
  if (form >= 0) quick[c] |= (entry.normalized === 'M' ? 1 : 2) << (2 * form);
});

// ---- records ----
const records = new Records('{0, 0, 0, 0, 0, 0, 0}');
for (let c = 0; c < CODE_POINTS; c++) {
  const entry = db.characters[c];
  if (!entry) {
    if (widths[c]) records.set(c, `{0, 0, 0, 0, ${widths[c]}, 0, 0}`);
    continue;
  }
  let number = 0;
  if (numeric.has(c)) {
    number = numericValues.indexOf(numeric.get(c), 1);
    if (number < 0) number = numericValues.push(numeric.get(c)) - 1;
  }
  records.set(c, `{${index(CATEGORIES, entry.category)}, ${entry.canonicalCombiningClass}, ${index(BIDI, entry.bidirectionalCategory)}, ` +
    `${entry.mirrored === 'Y' ? 1 : 0}, ${widths[c] ?? 0}, ${quick[c]}, ${number}}`);
}
if (numericValues.length > 256) throw new Error('too many numeric values');

// ---- decompositions: a header (how many 16-bit units, kind above bit 8), then UTF-16; 0: none ----
const KINDS = [''];
const decomposition = [0], decompositionNumbers = new Map(), decompositionOf = new Uint32Array(CODE_POINTS);
const pairs = [];
db.characters.forEach((entry, c) => {
  if (!entry.characterDecompositionMapping) return;
  const [, kind, mapping] = /^(<[a-zA-Z]+>)? ?(.*)$/.exec(entry.characterDecompositionMapping);
  const code = sequence(mapping), units = [...String.fromCodePoint(...code)].flatMap((s) => s.split('').map((u) => u.charCodeAt(0)));
  let kindNumber = KINDS.indexOf(kind ?? '');
  if (kindNumber < 0) kindNumber = KINDS.push(kind) - 1;
  const packed = [units.length | (kindNumber << 8), ...units], key = packed.join();
  if (!decompositionNumbers.has(key)) {
    decompositionNumbers.set(key, decomposition.length);
    decomposition.push(...packed);
  }
  decompositionOf[c] = decompositionNumbers.get(key);
  if (!kind && code.length === 2 && !exclusions.has(c)) pairs.push({ first: code[0], second: code[1], c });
});
pairs.sort((a, b) => a.first - b.first || a.second - b.second);

// ---- Unicode 3.2 ----
const old = path.join(folder, '@unicode', 'unicode-3.2.0');
const OLD_CATEGORIES = {
  Uppercase_Letter: 'Lu', Lowercase_Letter: 'Ll', Titlecase_Letter: 'Lt', Modifier_Letter: 'Lm', Other_Letter: 'Lo', Nonspacing_Mark: 'Mn', Spacing_Mark: 'Mc',
  Enclosing_Mark: 'Me', Decimal_Number: 'Nd', Letter_Number: 'Nl', Other_Number: 'No', Space_Separator: 'Zs', Line_Separator: 'Zl', Paragraph_Separator: 'Zp',
  Control: 'Cc', Format: 'Cf', Surrogate: 'Cs', Private_Use: 'Co', Connector_Punctuation: 'Pc', Dash_Punctuation: 'Pd', Open_Punctuation: 'Ps',
  Close_Punctuation: 'Pe', Initial_Punctuation: 'Pi', Final_Punctuation: 'Pf', Other_Punctuation: 'Po', Math_Symbol: 'Sm', Currency_Symbol: 'Sc',
  Modifier_Symbol: 'Sk', Other_Symbol: 'So',
};
const OLD_BIDI = {
  Left_To_Right: 'L', Left_To_Right_Embedding: 'LRE', Left_To_Right_Override: 'LRO', Right_To_Left: 'R', Arabic_Letter: 'AL', Right_To_Left_Embedding: 'RLE',
  Right_To_Left_Override: 'RLO', Pop_Directional_Format: 'PDF', European_Number: 'EN', European_Separator: 'ES', European_Terminator: 'ET', Arabic_Number: 'AN',
  Common_Separator: 'CS', Nonspacing_Mark: 'NSM', Boundary_Neutral: 'BN', Paragraph_Separator: 'B', Segment_Separator: 'S', White_Space: 'WS', Other_Neutral: 'ON',
};
async function oldPoints(property, value) {
  return (await import(pathToFileURL(path.join(old, property, value, 'code-points.mjs')))).default;
}
const oldCategory = new Uint8Array(CODE_POINTS), oldBidi = new Uint8Array(CODE_POINTS), oldMirrored = new Uint8Array(CODE_POINTS);
for (const [name, short] of Object.entries(OLD_CATEGORIES)) for (const c of await oldPoints('General_Category', name)) oldCategory[c] = index(CATEGORIES, short);
for (const [name, short] of Object.entries(OLD_BIDI)) for (const c of await oldPoints('Bidi_Class', name)) oldBidi[c] = index(BIDI, short);
for (const c of await oldPoints('Binary_Property', 'Bidi_Mirrored')) oldMirrored[c] = 1;
// What that package lacks: superscripts, subscripts and Ethiopic digits were decimal digits, and emoji were narrow.
const oldDecimal = new Map([[0xb2, 2], [0xb3, 3], [0xb9, 1], [0x2070, 0]]);
for (let i = 1; i <= 9; i++) oldDecimal.set(0x1368 + i, i);
for (let i = 4; i <= 9; i++) oldDecimal.set(0x2070 + i, i);
for (let i = 0; i <= 9; i++) oldDecimal.set(0x2080 + i, i);
const oldNarrow = (c) => (c >= 0x231a && c <= 0x231b) || (c >= 0x25fd && c <= 0x25fe) || (c >= 0x2630 && c <= 0x2637) || (c >= 0x2648 && c <= 0x2653);

const NONE = 255;
const changes = new Records(`{${NONE}, ${NONE}, ${NONE}, ${NONE}, ${NONE}}`);
for (let c = 0; c < CODE_POINTS; c++) {
  const entry = db.characters[c], category = oldCategory[c];
  if (!entry) continue;
  if (!category) {
    changes.set(c, `{0, 0, 0, ${NONE}, 0}`);
    continue;
  }
  const differs = (now, then) => (now === then ? NONE : then);
  changes.set(c, `{${differs(index(CATEGORIES, entry.category), category)}, ${differs(index(BIDI, entry.bidirectionalCategory), oldBidi[c])}, ` +
    `${differs(entry.mirrored === 'Y' ? 1 : 0, oldMirrored[c])}, ${oldDecimal.get(c) ?? NONE}, ${oldNarrow(c) ? 0 : NONE}}`);
}
const corrections = db.file('NormalizationCorrections').filter((entry) => entry.unicodeVersion !== '3.2.0');

const strings = (name, list) => `static const char *const ${name}[] = {${list.map((s) => `"${s}"`).join(', ')}};\n`;
write(output, [
  strings('category_names', CATEGORIES),
  strings('bidirectional_names', BIDI),
  strings('width_names', WIDTHS),
  strings('decomposition_kinds', KINDS),
  'typedef struct DatabaseRecord {',
  '    uint8_t category, combining, bidirectional, mirrored, width;',
  '    uint8_t quick_check; /* two bits each for NFD, NFKD, NFC, NFKC: 0 yes, 1 maybe, 2 no */',
  '    uint8_t numeric;     /* index in numeric_values, 0 none */',
  '} DatabaseRecord;',
  `static const DatabaseRecord database_records[${records.list.length}] = {\n    ${records.list.join(',\n    ')},\n};`,
  trie('database', records.of),
  `static const double numeric_values[] = {\n    ${numericValues.map((v) => v.replace(/^(-?)(\d+)/, '$1$2.0').replace(/\/(\d+)$/, ' / $1.0')).join(',\n    ')},\n};`,
  cArray('decomposition_units', decomposition, 'uint16_t'),
  trie('decomposition', decompositionOf),
  'static const struct { uint32_t first, second, composed; } composition_pairs[] = {',
  ...pairs.map(({ first, second, c }) => `    {${first}, ${second}, ${c}},`),
  '};',
  '',
  '/* How Unicode 3.2 differed; 255: it did not. */',
  'typedef struct ChangeRecord {',
  '    uint8_t category, bidirectional, mirrored, decimal, width;',
  '} ChangeRecord;',
  `static const ChangeRecord change_records[${changes.list.length}] = {\n    ${changes.list.join(',\n    ')},\n};`,
  trie('change', changes.of),
  'static const struct { uint32_t c, mapping; } old_decompositions[] = {',
  ...corrections.map((entry) => `    {0x${entry.codepoint}, 0x${entry.original}},`),
  '};',
  '',
]);
