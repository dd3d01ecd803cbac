/* names.mjs: takes the large tables of characters' names out of the interpreter, which loads them when a name is first asked for:  node names.mjs TABLES OUTPUT DATA
 *
 * TABLES is what ../vm/object/unicode_names.mjs has written; OUTPUT is the same with the large arrays as places in DATA, which is one of the library's pieces
 * (pieces.mjs).  Read next: os_wasm_names in os_wasm.c.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const [tables, output, data] = process.argv.slice(2);
const LARGE = 5000; // bytes
const WIDTHS = { char: 1, uint8_t: 1, uint16_t: 2, uint32_t: 4 };
/** @type {Buffer[]} */
const parts = [];
let size = 0;
const text = readFileSync(tables, 'utf8').replace(/static const (char|uint\d+_t) (name_\w+)\[\d*\] =\s*(\{[^}]*\}|(?:"[^"]*"\s*)+);/g, (whole, type, name, content) => {
  const width = WIDTHS[/** @type {keyof WIDTHS} */ (type)];
  const values = type === 'char' ? Buffer.from(content.replace(/"\s*"|^"|"\s*$/g, ''), 'latin1') : content.slice(1, -1).split(',').map((item) => item.trim()).filter(Boolean).map(Number);
  const bytes = Buffer.alloc(Math.ceil((values.length * width) / 4) * 4);
  for (let i = 0; i < values.length; i++) bytes.writeUIntLE(values[i], i * width, width);
  if (bytes.length < LARGE) return whole;
  parts.push(bytes);
  size += bytes.length;
  return `#define ${name} ((const ${type} *)((const char *)os_wasm_names() + ${size - bytes.length}))`;
});
if (parts.length === 0) throw new Error('no large tables in ' + tables);
writeFileSync(output, `const void *os_wasm_names(void);\n${text.replace(/#define NAMES_THERE .*/, '#define NAMES_THERE (os_wasm_names() != NULL)')}`);
writeFileSync(data, Buffer.concat(parts));
