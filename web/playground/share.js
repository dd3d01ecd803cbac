// @ts-check
/* share.js: a program and its settings in the address's fragment, which no server sees: `#demo=ID` for an unchanged demo, `#code=…` for other programs
 * (JSON, deflated, base64url).
 */

/**
 * @typedef {object} Shared
 * @property {string} [demo] of which demo
 * @property {string} [code] where it is not the demo's own
 * @property {boolean} lock
 * @property {number} interval seconds
 * @property {string} [args]
 */

/* Bytes of a shared program, at most: some of a link's could be made as many as stop the page. */
const LONGEST = 4 << 20;

/** @param {Uint8Array} bytes @param {CompressionStream | DecompressionStream} through @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function pass(bytes, through) {
  const stream = new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)]).stream().pipeThrough(/** @type {any} */ (through)), parts = [];
  let size = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(await new Blob(parts).arrayBuffer());
    parts.push(value);
    size += value.length;
    if (size > LONGEST) {
      void reader.cancel();
      throw new Error('too long');
    }
  }
}

/** A switch interval, in seconds, as a program could set it too. @param {unknown} text */
function intervalOf(text) {
  const seconds = Number(text);
  return seconds >= 1e-6 && seconds <= 60 ? seconds : 0.005;
}

/** @param {Shared} shared */
export async function toFragment(shared) {
  if (shared.code === undefined) {
    const fields = new URLSearchParams({ demo: shared.demo || '', lock: shared.lock ? 'on' : 'off', interval: String(shared.interval) });
    if (shared.args) fields.set('args', shared.args);
    return `#${fields}`;
  }
  const deflated = await pass(new TextEncoder().encode(JSON.stringify(shared)), new CompressionStream('deflate-raw'));
  let binary = '';
  for (const byte of deflated) binary += String.fromCharCode(byte);
  return `#code=${btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')}`;
}

/** What a fragment holds; null: nothing that can be read. @param {string} fragment @returns {Promise<Shared | null>} */
export async function fromFragment(fragment) {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''));
  const code = fields.get('code');
  try {
    if (code) {
      const binary = atob(code.replace(/-/g, '+').replace(/_/g, '/'));
      const plain = await pass(Uint8Array.from(binary, (c) => c.charCodeAt(0)), new DecompressionStream('deflate-raw'));
      const found = JSON.parse(new TextDecoder().decode(plain));
      if (typeof found.code !== 'string') return null;
      return { code: found.code, demo: String(found.demo || ''), lock: found.lock !== false, interval: intervalOf(found.interval), args: String(found.args || '') };
    }
    const demo = fields.get('demo');
    if (demo) return { demo, lock: fields.get('lock') !== 'off', interval: intervalOf(fields.get('interval')), args: fields.get('args') || '' };
  } catch {
    // a damaged link is as none
  }
  return null;
}
