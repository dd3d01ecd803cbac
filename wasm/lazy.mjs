/* lazy.mjs: what a page reads as files over the network (kernel/lazy.js): the library's sources and the time zones, in pieces behind the library's image (pieces.mjs). */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/* Where the files are in a page: the library beside the program (os_program_path), zones where C and Python look for them. */
const LIBRARY = '/usr/bin/lib/python3.14', ZONES = '/usr/share/zoneinfo';
/* About the most that a piece of sources has, in bytes: one line of a traceback costs one piece. */
const PIECE = 1 << 20;

/**
 * @typedef {{name: string, parts: Buffer[]}} Lazy
 * @typedef {{path: string, start: number, files: (string | number)[][]}} Folder names of what is below a folder: kernel/lazy.js
 */

/**
 * The sources of the modules of each piece.
 * @param {string} folder the library's @param {{name: string, modules: string[]}[]} order @param {number} start
 * @returns {{pieces: Lazy[], names: Folder}}
 */
export function sources(folder, order, start) {
  /** @type {Lazy[]} */
  const pieces = [], /** @type {Folder} */ names = { path: LIBRARY, start, files: [] };
  for (const { name, modules } of order) {
    let parts = [], size = 0, last = '';
    for (const module of modules) {
      const path = [module.replaceAll('.', '/') + '.py', module.replaceAll('.', '/') + '/__init__.py'].find((file) => existsSync(join(folder, file)));
      if (!path) continue; // one that goes by another name: its file is that of the other
      const content = readFileSync(join(folder, path)), top = module.split('.')[0];
      if (size + content.length > PIECE && top !== last) {
        pieces.push({ name: `source-${name}`, parts });
        [parts, size] = [[], 0];
      }
      parts.push(content);
      names.files.push([path, content.length]);
      size += content.length;
      last = top;
    }
    pieces.push({ name: `source-${name}`, parts });
  }
  return { pieces, names };
}

const MAGIC = Buffer.from('TZif'), HEADER = 44;
/** The zone's data for programs that know 64-bit times only: without those of 32 bits, which come first (RFC 8536 allows that they are none). @param {Buffer} zone */
function slim(zone) {
  const [isut, isstd, leap, times, types, letters] = [20, 24, 28, 32, 36, 40].map((at) => zone.readUInt32BE(at));
  const second = HEADER + times * 5 + types * 6 + letters + leap * 8 + isstd + isut, first = Buffer.concat([zone.subarray(0, 20), Buffer.alloc(HEADER - 20), Buffer.from([0, 0, 0, 0, 0, 0, 0])]);
  first.writeUInt32BE(1, 36); // a type and its (empty) name there must be
  first.writeUInt32BE(1, 40);
  return Buffer.concat([first, zone.subarray(second)]);
}

/**
 * All zones of a folder.
 * @param {string} folder @param {number} start
 * @returns {{pieces: Lazy[], names: Folder}}
 */
export function zones(folder, start) {
  /** @type {Map<string, number>} */
  const known = new Map();
  const parts = [], /** @type {Folder} */ names = { path: ZONES, start, files: [] };
  let at = start;
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => !/^(posix|right)(\/|$)|^(localtime|posixrules)$/.test(path)).sort();
  for (const path of paths) {
    let content;
    try {
      content = readFileSync(join(folder, path));
    } catch {
      continue; // a folder
    }
    if (!content.subarray(0, 4).equals(MAGIC) || content[4] < 0x32) continue;
    const data = slim(content), key = data.toString('latin1'), place = known.get(key);
    if (place !== undefined) names.files.push([path, data.length, place]);
    else {
      known.set(key, at);
      names.files.push([path, data.length]);
      parts.push(data);
      at += data.length;
    }
  }
  if (!parts.length) throw new Error(`no time zones in ${folder}`);
  return { pieces: [{ name: 'zones', parts }], names };
}
