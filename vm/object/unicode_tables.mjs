// unicode_tables.mjs: writes unicode_tables.inc, the character properties behind str (unicode.c).
// usage: node unicode_tables.mjs NODE_MODULES OUTPUT_FILE
import { Database, Records, CODE_POINTS, cArray, hex, sequence, trie, write } from './unicode_data.mjs';

const [folder, output] = process.argv.slice(2);
const db = new Database(folder);

const core = (name) => db.property('DerivedCoreProperties', name);
const lower = core('Lowercase'), upper = core('Uppercase'), cased = core('Cased'), ignorable = core('Case_Ignorable');
const xidStart = core('XID_Start'), xidContinue = core('XID_Continue');
const numeric = db.numericValues();
const lineBreaks = new Set([0x0a, 0x0b, 0x0c, 0x0d, 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029]);

const specialCasing = new Map();
for (const entry of db.file('SpecialCasing')) if (!entry.conditions) specialCasing.set(hex(entry.codepoint), entry);
const folding = new Map();
for (const entry of db.file('CaseFolding')) {
  if (entry.status === 'C' || entry.status === 'F') folding.set(hex(entry.codepoint), sequence(entry.mapping));
}

const FLAGS = ['ALPHA', 'DECIMAL', 'DIGIT', 'NUMERIC', 'LOWER', 'UPPER', 'TITLE', 'CASED', 'CASE_IGNORABLE', 'SPACE', 'LINEBREAK', 'PRINTABLE',
  'XID_START', 'XID_CONTINUE'];
const bit = Object.fromEntries(FLAGS.map((name, i) => [name, 1 << i]));

// Mappings to more than one character: each a header (lengths of lower, upper, title and fold, 4 bits each; 0: the simple mapping stands), then the characters.
const specials = [0];
const specialNumbers = new Map();
function special(sequences) {
  const key = JSON.stringify(sequences);
  let number = specialNumbers.get(key);
  if (number === undefined) {
    number = specials.length;
    specialNumbers.set(key, number);
    specials.push(sequences.reduce((header, s, i) => header | (s.length << (4 * i)), 0), ...sequences.flat());
  }
  return number;
}

const records = new Records('{0, 0, 0, 0, 0, 0, -1, -1}');
for (let c = 0; c < CODE_POINTS; c++) {
  const entry = db.characters[c];
  if (!entry) continue;
  const category = entry.category, bidi = entry.bidirectionalCategory;
  let flags = 0;
  const flag = (name, on) => { if (on) flags |= bit[name]; };
  flag('ALPHA', ['Lm', 'Lt', 'Lu', 'Ll', 'Lo'].includes(category));
  flag('DECIMAL', entry.decimalDigitValue !== undefined);
  flag('DIGIT', entry.digitValue !== undefined);
  flag('NUMERIC', numeric.has(c));
  flag('LOWER', lower.has(c));
  flag('UPPER', upper.has(c));
  flag('TITLE', category === 'Lt');
  flag('CASED', cased.has(c));
  flag('CASE_IGNORABLE', ignorable.has(c));
  flag('SPACE', category === 'Zs' || ['WS', 'B', 'S'].includes(bidi));
  flag('LINEBREAK', lineBreaks.has(c));
  flag('PRINTABLE', c === 0x20 || !['Cc', 'Cf', 'Cs', 'Co', 'Cn', 'Zl', 'Zp', 'Zs'].includes(category));
  flag('XID_START', xidStart.has(c));
  flag('XID_CONTINUE', xidContinue.has(c));
  const toLower = entry.lower ? hex(entry.lower) : c, toUpper = entry.upper ? hex(entry.upper) : c;
  const toTitle = entry.title ? hex(entry.title) : toUpper;
  const fold = folding.get(c) ?? [c];
  const casing = specialCasing.get(c);
  const full = [[], [], [], []];
  if (casing) {
    const longer = (s, simple) => (s.length === 1 && hex(s[0]) === simple ? [] : s.map(hex));
    full[0] = longer(casing.lowerSequence, toLower);
    full[1] = longer(casing.upperSequence, toUpper);
    full[2] = longer(casing.titleSequence, toTitle);
  }
  if (fold.length > 1) full[3] = fold;
  const toFold = fold.length > 1 ? c : fold[0];
  const specialNumber = full.some((s) => s.length) ? special(full) : 0;
  records.set(c, `{${toLower - c}, ${toUpper - c}, ${toTitle - c}, ${toFold - c}, ${flags}, ${specialNumber}, ` +
    `${entry.decimalDigitValue ?? -1}, ${entry.digitValue ?? -1}}`);
}

write(output, [
  ...FLAGS.map((name) => `#define UNICODE_${name} ${bit[name]}`),
  '',
  'typedef struct UnicodeRecord {',
  '    int32_t lower, upper, title, fold; /* distances to the simple mappings */',
  '    uint16_t flags;',
  '    uint16_t special; /* index in unicode_specials, 0 none */',
  '    int8_t decimal, digit;',
  '} UnicodeRecord;',
  '',
  `static const UnicodeRecord unicode_records[${records.list.length}] = {\n    ${records.list.join(',\n    ')},\n};`,
  '',
  cArray('unicode_specials', specials, 'uint32_t'),
  trie('unicode', records.of),
]);
