// @ts-check
/* timeline.js: reads the lock's events straight from shared memory, without stopping the program (../../vm/thread/events.h).
 *
 * Each thread has a ring that it alone writes.  An event is taken only if the ring has not gone past it while it was copied; what was overwritten before it
 * could be read is counted as lost.  The interpreter gives the ids of ended threads to new ones; here threads are numbered by their rings, the main thread first.
 */
const KINDS = /** @type {const} */ (['wants', 'got', 'gave-up', 'started', 'ended']);
const REASONS = ['interval', 'io', 'lock', 'sleep', 'join', 'compute', 'end'];
const GAVE_UP = 2;
/* The members that baton_ring_layout() names, in its order. */
const MEMBERS = ['next', 'thread', 'name', 'ended', 'mask', 'head', 'events', 'size', 'order', 'time', 'eventThread', 'kind', 'reason', 'address'];

export class TimelineReader {
  /**
   * @param {import('./instance.js').Rings} rings
   * @param {number} origin ms since the epoch at which the program's clock shows one second
   */
  constructor({ process, memory, layout, since }, origin) {
    this.process = process;
    this.origin = origin;
    this.since = since;
    this.begun = false;
    this.ended = false;
    const words = new Uint32Array(memory.buffer, layout, MEMBERS.length);
    /** @type {Record<string, number>} */
    this.at = Object.fromEntries(MEMBERS.map((name, i) => [name, words[i]]));
    /** @type {Map<number, {thread: number, seen: number, lost: number, ended: boolean}>} by the ring's address */
    this.rings = new Map();
    this.threads = 0;
  }

  /** What has happened since the last call, or null. @param {import('./instance.js').Rings} rings @returns {import('./baton').TimelineBatch | null} */
  read({ address, memory, ended: over = false }) {
    if (this.ended) return null;
    this.ended = over;
    const { at, process } = this, { buffer } = memory;
    const view = new DataView(buffer), newest = view.getUint32(address, true);
    if (newest + at.events > buffer.byteLength) return null; // the memory has grown, which is not known here yet
    const number = (/** @type {number} */ p) => Number(view.getBigUint64(p, true));
    const batch = { threads: /** @type {import('./baton').TimelineThread[]} */ ([]), events: /** @type {import('./baton').TimelineEvent[]} */ ([]) };
    /** @type {number[]} */
    const found = [];
    for (let ring = newest; ring && !this.rings.has(ring); ring = view.getUint32(ring + at.next, true)) found.push(ring);
    for (const ring of found.reverse()) this.rings.set(ring, { thread: ++this.threads, seen: 0, lost: 0, ended: false });
    let news = found.length > 0 || over;
    for (let ring = newest; ring; ring = view.getUint32(ring + at.next, true)) {
      const state = this.rings.get(ring);
      if (!state) continue; // it came just now
      const count = view.getUint32(ring + at.mask, true) + 1;
      const head = number(ring + at.head);
      const from = Math.max(state.seen, head - count);
      /** @type {import('./baton').TimelineEvent[]} */
      const taken = [];
      for (let i = from; i < head; i++) {
        const p = ring + at.events + (i % count) * at.size;
        const kind = view.getUint32(p + at.kind, true);
        taken.push({
          order: number(p + at.order),
          time: this.origin + (number(p + at.time) - 1e9) / 1e6,
          process,
          thread: state.thread,
          kind: KINDS[kind] || 'wants',
          reason: kind === GAVE_UP ? REASONS[view.getUint32(p + at.reason, true)] || '' : '',
          address: number(p + at.address),
        });
      }
      const overtaken = Math.min(Math.max(0, number(ring + at.head) - count - from + 1), taken.length); // written over while they were copied
      const lost = from - state.seen + (number(ring + at.head) > head ? overtaken : 0);
      batch.events.push(...(number(ring + at.head) > head ? taken.slice(overtaken) : taken));
      const ended = over || view.getUint8(ring + at.ended) !== 0;
      news ||= head !== state.seen || ended !== state.ended;
      this.rings.set(ring, { thread: state.thread, seen: head, lost: state.lost + lost, ended });
      const name = new Uint8Array(buffer, ring + at.name, 32).slice();
      const end = name.indexOf(0);
      batch.threads.push({
        process, thread: state.thread, name: new TextDecoder().decode(end < 0 ? name : name.subarray(0, end)), ended, lost: state.lost + lost,
      });
    }
    if (!news) return null;
    if (this.since) batch.events = batch.events.filter((event) => event.time >= this.since);
    batch.threads.reverse();
    batch.events.sort((a, b) => a.order - b.order);
    const first = batch.events[0];
    if (first && !this.begun) {
      this.begun = true;
      if (this.since && first.kind === 'gave-up') batch.events.unshift({ ...first, time: this.since, kind: 'got', address: 0 }); // it was starting then
    }
    return batch;
  }
}
