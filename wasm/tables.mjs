/* tables.mjs: takes the large tables of Unicode that few programs use out of the interpreter, which loads them when they are first asked for:
 * node tables.mjs DATA INPUT OUTPUT [INPUT OUTPUT ...]
 *
 * An INPUT is what a generator of ../vm has written; its OUTPUT is the same with the large arrays as places in DATA, which is one of the library's pieces
 * (pieces.mjs).  A macro NAME_THERE says whether the tables can be had.  Read next: os_wasm_tables in os_wasm.c.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const [data, ...files] = process.argv.slice(2);
const LARGE = 5000; // bytes
const WIDTHS = { char: 1, uint8_t: 1, uint16_t: 2, uint32_t: 4 };
/** @type {Buffer[]} */
const parts = [];
let size = 0;

/** @param {string} whole @param {string} type @param {string} name @param {string} content */
function take(whole, type, name, content) {
  const width = WIDTHS[/** @type {keyof WIDTHS} */ (type)];
  const values = type === 'char' ? Buffer.from(content.replace(/"\s*"|^"|"\s*$/g, ''), 'latin1') : content.slice(1, -1).split(',').map((item) => item.trim()).filter(Boolean).map(Number);
  const bytes = Buffer.alloc(Math.ceil((values.length * width) / 4) * 4);
  for (let i = 0; i < values.length; i++) bytes.writeUIntLE(values[i], i * width, width);
  if (bytes.length < LARGE) return whole;
  parts.push(bytes);
  size += bytes.length;
  return `#define ${name} ((const ${type} *)((const char *)os_wasm_tables() + ${size - bytes.length}))`;
}

for (let i = 0; i < files.length; i += 2) {
  const before = parts.length;
  const text = readFileSync(files[i], 'utf8').replace(/static const (char|uint\d+_t) (\w+)\[\d*\] =\s*(\{[^}]*\}|(?:"[^"]*"\s*)+);/g, take);
  const there = text.replace(/#define (\w+_THERE) .*/, '#define $1 (os_wasm_tables() != NULL)');
  if (parts.length === before || there === text) throw new Error('no large tables in ' + files[i]);
  writeFileSync(files[i + 1], `const void *os_wasm_tables(void);\n${there}`);
}
writeFileSync(data, Buffer.concat(parts));
