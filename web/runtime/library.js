// @ts-check
/* library.js: the standard library's image in shared memory, filled piece by piece (../../wasm/pieces.mjs cuts it).
 *
 * `bytes` is the image; `states` has a word for each piece, and one more that changes whenever a piece is wanted.  A thread that needs a piece marks it WANTED and
 * waits on its word (host.imageRead in ../../wasm/glue.js); the worker that coordinates the program fetches it.  The page fetches the first one itself, while
 * interpreters begin already: it is COMING.  A piece that cannot be had, or is not what the build wrote, is FAILED: the import fails, and the next one tries again.
 */
const ABSENT = 0, WANTED = 1, PRESENT = 2, FAILED = 3, COMING = 4;
const LIMIT = 60_000;
const NODE = typeof process === 'object' && Boolean(process.versions?.node);

/** @typedef {{name: string, start: number, end: number, file: string, hash: string, with: number[]}} Piece */
/** @typedef {{base: string, bytes: Uint8Array, states: Int32Array, pieces: Piece[], processes: number}} Library */

/** Fetches a file and does something with the answer; what goes wrong, be it in the middle, names the file. @template T @param {URL} url @param {(response: Response) => Promise<T>} use @returns {Promise<T>} */
export async function loading(url, use) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(LIMIT) });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return await use(response);
  } catch (error) {
    throw new Error(`${url} could not be loaded: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
/** @param {URL} url @returns {Promise<Uint8Array<ArrayBuffer>>} */
export async function bytesOf(url) {
  if (NODE) return new Uint8Array(await (await import('node:fs/promises')).readFile(url));
  return loading(url, async (response) => new Uint8Array(await response.arrayBuffer()));
}

/** @param {Uint8Array<ArrayBuffer>} packed gzip, or plain where a server has unpacked it @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function unpack(packed) {
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) return packed;
  const stream = new Response(packed).body?.pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Puts a piece into its place. @param {Library} library @param {number} index */
export async function fill(library, index) {
  const { file, hash, start, end } = library.pieces[index];
  const { states } = library;
  let state = FAILED;
  try {
    const plain = await unpack(await bytesOf(new URL(file, library.base)));
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', plain));
    const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
    if (plain.length !== end - start || !found.startsWith(hash)) throw new Error(`${file} is not what belongs to this version`);
    library.bytes.set(plain, start);
    state = PRESENT;
  } finally {
    if (state === PRESENT) Atomics.store(states, index, PRESENT);
    else for (let old = Atomics.load(states, index); old !== PRESENT && Atomics.compareExchange(states, index, old, FAILED) !== old; ) old = Atomics.load(states, index); // another worker may have had it
    Atomics.notify(states, index);
  }
}

/** The library, of which only the first piece is on its way. @param {URL} base of the runtime's files @param {{pieces: Piece[], processes: number}} index @returns {Library} */
export function newLibrary(base, { pieces, processes }) {
  const bytes = new Uint8Array(new SharedArrayBuffer(pieces[pieces.length - 1].end)), states = new Int32Array(new SharedArrayBuffer(4 * (pieces.length + 1)));
  states[0] = COMING;
  return { base: base.href, pieces, processes, bytes, states };
}

/** Fetches what threads want, as long as this worker lives. @param {Library} library */
export function serveLibrary(library) {
  const { states, pieces } = library;
  const active = new Set();
  const look = () => {
    const seen = Atomics.load(states, pieces.length);
    pieces.forEach((piece, index) => {
      if (Atomics.load(states, index) !== WANTED || active.has(index)) return;
      for (const other of piece.with) Atomics.compareExchange(states, other, ABSENT, WANTED);
    });
    pieces.forEach((_, index) => {
      if (Atomics.load(states, index) !== WANTED || active.has(index)) return;
      active.add(index);
      fill(library, index).then(() => active.delete(index), () => active.delete(index));
    });
    const wait = /** @type {any} */ (Atomics).waitAsync?.(states, pieces.length, seen);
    if (wait?.async) wait.value.then(look);
    else setTimeout(look, wait ? 0 : 8);
  };
  look();
}
