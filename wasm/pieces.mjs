/* pieces.mjs: cuts the library's image into pieces that a page loads when it needs them:  node pieces.mjs BATON LIBRARY IMAGE TABLES CHARSETS SITE
 *
 * The pieces together are the image, with the modules in another order: first what the interpreter comes with, then what is imported together.  A module lies in the
 * first piece whose roots import it; those that no root imports are in the last.  Behind the image lie the tables of Unicode, the character sets of
 * Chinese, Japanese and Korean encodings, and what is read as files (lazy.mjs).  Writes runtime/NAME.HASH.gz, where the hash is that of the plain bytes, and
 * runtime/library.json: where each piece lies, which others are needed with it, and where the module lies whose loading says that there will be processes.  Read next: ../web/runtime/library.js, ../vm/run/image.h.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sources, zones } from './lazy.mjs';

const [baton, libraryPath, imagePath, tablesPath, charsetsPath, site] = process.argv.slice(2);

/* What is imported together; a program's first lines of a kind decide the piece. */
const PIECES = {
  core: 'site encodings.latin_1 threading time functools',
  base: 're enum contextlib weakref io importlib', // of most of what follows
  processes: 'multiprocessing _baton_spawn multiprocessing.popen_spawn_posix _baton_spare',
  errors: 'traceback linecache', // what a program needs to show its mistake
  common: 'dataclasses typing random datetime json copy math collections.abc string textwrap itertools functools pathlib tempfile statistics argparse decimal ' +
    'queue concurrent.futures.thread logging inspect csv io glob pprint hashlib heapq bisect calendar',
  pools: 'multiprocessing.pool multiprocessing.queues multiprocessing.managers concurrent.futures.process subprocess signal',
  network: 'asyncio socketserver http.server urllib.request urllib.robotparser http.cookiejar ssl ftplib smtplib xmlrpc.client html email.mime.text email.message',
  encodings: '', // the modules of that package
  rest: '',
};

/* Other names of modules that the interpreter starts with: their code is loaded by those. */
const ALIASES = new Set(['importlib._bootstrap', 'importlib._bootstrap_external']);

/* ---- the image ---- */

const HEADER = 24, ENTRY = 28;
const image = readFileSync(imagePath);
/** @type {Map<string, {entry: number, parts: Buffer[]}>} */
const modules = new Map();
for (let i = 0; i < image.readUInt32LE(12); i++) {
  const at = HEADER + i * ENTRY, [name, nameSize, ...parts] = [0, 4, 8, 12, 16, 20].map((offset) => image.readUInt32LE(at + offset));
  modules.set(image.toString('utf8', name, name + nameSize), { entry: at, parts: [0, 2].map((k) => image.subarray(parts[k], parts[k] + parts[k + 1])) });
}

/** @param {string} roots */
function closure(roots) {
  const program = `import sys\nroots = ${JSON.stringify(roots)}.split()\nfor name in roots:\n    try: __import__(name)\n    except ImportError: pass # it needs what only a page has, or does not\nprint(*sys.modules, *roots)`;
  return [...new Set(execFileSync(baton, ['-c', program], { encoding: 'utf8' }).split(/\s+/))].filter((name) => !ALIASES.has(name));
}
const COMMON = Object.keys(PIECES).indexOf('common');
/** @type {Map<string, number>} */
const placed = new Map();
const order = Object.entries(PIECES).map(([name, roots], index) => {
  const all = (roots ? closure(roots) : [...modules.keys()].filter((module) => name === 'rest' || module.startsWith(name + '.'))).filter((module) => modules.has(module));
  const found = all.filter((module) => !placed.has(module));
  for (const module of found) placed.set(module, index);
  const others = new Set(all.map((module) => placed.get(module)).filter((other) => other !== index && other !== 0));
  if (name === 'rest') for (let earlier = 1; earlier <= COMMON; earlier++) others.add(earlier); // what most of them import
  return { name, modules: found.sort(), with: roots || name === 'rest' ? [...others].sort((a, b) => a - b) : [] };
});

/* ---- the pieces ---- */

const directory = Buffer.from(image.subarray(0, image.readUInt32LE(16)));
let at = directory.length;
const cut = order.map(({ name, modules: names, with: others }, i) => {
  const start = i === 0 ? 0 : at, codes = names.map((module) => {
    const { entry, parts } = /** @type {{entry: number, parts: Buffer[]}} */ (modules.get(module));
    parts.forEach((part, k) => {
      directory.writeUInt32LE(at, entry + 8 + 8 * k);
      at += part.length;
    });
    return Buffer.concat(parts);
  });
  return { name, start, end: at, codes, others };
});

/** What is not of the image, but loaded like it. @param {string} name @param {Buffer[]} parts */
function add(name, parts) {
  const start = at;
  for (const part of parts) at += part.length;
  cut.push({ name, start, end: at, codes: parts, others: [] });
}
add('unicode.tables', [readFileSync(tablesPath)]);
for (const name of readdirSync(charsetsPath).sort()) add(`charset-${name}`, [readFileSync(join(charsetsPath, name))]);
const names = [(/** @type {number} */ start) => sources(libraryPath, order, start), (/** @type {number} */ start) => zones('/usr/share/zoneinfo', start)].map((make) => {
  const made = make(at);
  for (const { name, parts } of made.pieces) add(name, parts);
  return made.names;
});
add('names', [Buffer.from(JSON.stringify(names))]);
cut.find(({ name }) => name === 'errors')?.others.push(cut.length - 1); // a traceback asks for source lines next
const pieces = cut.map(({ name, start, end, codes, others }) => {
  const plain = Buffer.concat(start === 0 ? [directory, ...codes] : codes), hash = createHash('sha256').update(plain).digest('hex').slice(0, 32);
  const file = `${name}.${hash.slice(0, 16)}.gz`, packed = execFileSync('libdeflate-gzip', ['-12', '-c'], { input: plain, maxBuffer: 1 << 28 });
  writeFileSync(join(site, 'runtime', file), packed);
  console.error(`${name}: ${codes.length} parts, ${plain.length} bytes, ${packed.length} packed`);
  return { name, start, end, file, hash, with: others };
});
const processes = directory.readUInt32LE((modules.get('multiprocessing.context')?.entry ?? 0) + 8);
writeFileSync(join(site, 'runtime/library.json'), JSON.stringify({ pieces, processes }, null, 1) + '\n');
