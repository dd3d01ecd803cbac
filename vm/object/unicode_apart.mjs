/* unicode_apart.mjs: takes the large tables of Unicode that few programs use out of the program, whose every start would read them from the disk, or the network:
 * node unicode_apart.mjs DATA HEADER INPUT OUTPUT [INPUT OUTPUT ...]
 *
 * An INPUT is what a generator has written; its OUTPUT is the same with the large arrays as places in DATA, a file of the library that is loaded when they are first
 * asked for.  DATA begins with a stamp, and HEADER says which: tables of another build are not used.  Numbers have the order of bytes of the machine that builds.
 * Read next: unicode_apart.h.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { endianness } from 'node:os';

const [data, header, ...files] = process.argv.slice(2);
const LARGE = 5000; // bytes
const STAMP = 16; // bytes
const WIDTHS = { char: 1, uint8_t: 1, uint16_t: 2, uint32_t: 4 };
/** @type {Buffer[]} */
const parts = [];
let size = STAMP;

/** @param {string} whole @param {string} type @param {string} name @param {string} content */
function take(whole, type, name, content) {
  const width = WIDTHS[/** @type {keyof WIDTHS} */ (type)];
  const values = type === 'char' ? Buffer.from(content.replace(/"\s*"|^"|"\s*$/g, ''), 'latin1') : content.slice(1, -1).split(',').map((item) => item.trim()).filter(Boolean).map(Number);
  const bytes = Buffer.alloc(Math.ceil((values.length * width) / 4) * 4);
  const write = (endianness() === 'LE' ? bytes.writeUIntLE : bytes.writeUIntBE).bind(bytes);
  for (let i = 0; i < values.length; i++) write(values[i], i * width, width);
  if (bytes.length < LARGE) return whole;
  parts.push(bytes);
  size += bytes.length;
  return `#define ${name} ((const ${type} *)(unicode_apart() + ${size - bytes.length}))`;
}

for (let i = 0; i < files.length; i += 2) {
  const before = parts.length;
  const text = readFileSync(files[i], 'utf8').replace(/static const (char|uint\d+_t) (\w+)\[\d*\] =\s*(\{[^}]*\}|(?:"[^"]*"\s*)+);/g, take);
  if (parts.length === before) throw new Error('no large tables in ' + files[i]);
  writeFileSync(files[i + 1], text);
}
const tables = Buffer.concat(parts), stamp = createHash('sha256').update(tables).digest().subarray(0, STAMP);
writeFileSync(data, Buffer.concat([stamp, tables]));
writeFileSync(header, `#define UNICODE_APART_SIZE ${size}\nstatic const unsigned char unicode_apart_stamp[] = {${[...stamp].join(', ')}};\n`);
