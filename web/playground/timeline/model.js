// @ts-check
/* model.js: what each thread did when, made from the batches of events that the client hands on.
 *
 * A lane holds one thread's spans: span i begins at times[i], ends where the next begins (the last one: now).  Beside each span stand the sums of the time
 * spent running and waiting before it, so that any stretch of a lane is summed up by two binary searches, however many spans lie in it.  All times are
 * milliseconds since the model's origin.  The oldest spans are forgotten beyond SPANS_KEPT in all.  Read next: view.js.
 */
import { GAP, NONE, RUNNING, STATES, WAITING, stateOf } from './states.js';

/** @typedef {import('../../runtime/baton').TimelineBatch} TimelineBatch */

const SPANS_KEPT = 1_500_000;
const HANDOVERS_KEPT = 100_000;
const CONTENDED = 0.03; // milliseconds: who waits longer had to

export class Lane {
  /** @param {string} key @param {number} process @param {number} thread @param {string} name */
  constructor(key, process, thread, name) {
    this.key = key;
    this.process = process;
    this.thread = thread;
    this.name = name;
    this.ended = false;
    this.lost = 0;
    this.takes = 0;
    this.forced = 0;
    this.length = 0;
    this.times = new Float64Array(64);
    this.states = new Uint8Array(64);
    this.ran = new Float64Array(64);
    this.waited = new Float64Array(64);
    this.addresses = new Float64Array(64);
    /** Milliseconds in each state, of the spans that have ended. */
    this.totals = new Float64Array(STATES.length);
    /** How many events were lost, and when. @type {{begin: number, end: number, count: number}[]} */
    this.gaps = [];
  }

  get state() {
    return this.length ? this.states[this.length - 1] : NONE;
  }

  grow() {
    /** @template {Float64Array | Uint8Array} T @param {T} old @returns {T} */
    const bigger = (old) => {
      const made = /** @type {T} */ (new /** @type {any} */ (old.constructor)(old.length * 2));
      made.set(/** @type {any} */ (old));
      return made;
    };
    this.times = bigger(this.times);
    this.states = bigger(this.states);
    this.ran = bigger(this.ran);
    this.waited = bigger(this.waited);
    this.addresses = bigger(this.addresses);
  }

  /** A new state from this time on. @param {number} time @param {number} state @param {number} [address] */
  push(time, state, address = 0) {
    const n = this.length;
    let ran = 0;
    let waited = 0;
    if (n > 0) {
      const last = this.states[n - 1];
      if (last === state && this.addresses[n - 1] === address) return;
      time = Math.max(time, this.times[n - 1]);
      const took = time - this.times[n - 1];
      this.totals[last] += took;
      ran = this.ran[n - 1] + (last === RUNNING ? took : 0);
      waited = this.waited[n - 1] + (last === WAITING ? took : 0);
    }
    if (n === this.times.length) this.grow();
    this.times[n] = time;
    this.states[n] = state;
    this.ran[n] = ran;
    this.waited[n] = waited;
    this.addresses[n] = address;
    this.length = n + 1;
  }

  /** Forgets the older half. */
  halve() {
    const from = this.length >> 1;
    for (const array of [this.times, this.states, this.ran, this.waited, this.addresses]) array.copyWithin(0, from, this.length);
    this.length -= from;
    this.gaps = this.gaps.filter((gap) => gap.begin >= this.times[0]);
  }

  /** The span that a time lies in, or -1: before the first. @param {number} time @param {number} [from] a span not after it */
  find(time, from = 0) {
    let low = from;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.times[middle] <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

export class TimelineModel {
  constructor() {
    /** @type {Lane[]} */
    this.lanes = [];
    /** @type {Map<string, Lane>} */
    this.byKey = new Map();
    /** Who got the lock after waiting for it, and from whom. @type {{time: number, from: Lane, to: Lane}[]} */
    this.handovers = [];
    /** How often the switch interval made a thread give the lock up. */
    this.forced = 0;
    this.origin = 0;
    this.begun = false;
    /** The newest time that something is known of. */
    this.end = 0;
    this.ended = false;
    this.version = 0;
    /** The last lane that got the lock, by process. @type {Map<number, Lane>} */
    this.holders = new Map();
  }

  /** The program begins now. @param {number} now milliseconds since the epoch */
  begin(now) {
    this.origin = now;
    this.begun = true;
  }

  /** The present, of a program that still runs. @param {number} now milliseconds since the epoch */
  advance(now) {
    if (this.begun && !this.ended) this.end = Math.max(this.end, now - this.origin);
  }

  /** The program has ended: nothing goes on. */
  finish() {
    for (const lane of this.lanes) if (lane.state !== NONE) lane.push(this.end, NONE);
    this.ended = true;
    this.version++;
  }

  /** @param {TimelineBatch} batch */
  add(batch) {
    if (!this.begun) this.begin(batch.events[0]?.time ?? performance.timeOrigin + performance.now());
    /** Events that a lane lost before the first of this batch. @type {Map<string, number>} */
    const lost = new Map();
    for (const thread of batch.threads) {
      const { process } = thread;
      const key = `${process}:${thread.thread}`;
      let lane = this.byKey.get(key);
      if (!lane) {
        lane = new Lane(key, process, thread.thread, thread.name);
        this.byKey.set(key, lane);
        this.lanes.push(lane);
        this.lanes.sort((a, b) => a.process - b.process || a.thread - b.thread);
      }
      lane.name = thread.name;
      if (thread.lost > lane.lost) lost.set(key, thread.lost - lane.lost);
      lane.lost = thread.lost;
    }
    for (const event of batch.events) {
      const lane = this.byKey.get(`${event.process}:${event.thread}`);
      if (!lane) continue;
      const time = Math.max(0, event.time - this.origin);
      if (time > this.end) this.end = time;
      const missing = lost.get(lane.key);
      if (missing) {
        lost.delete(lane.key);
        this.gap(lane, time, missing);
      }
      this.apply(lane, event, time);
    }
    for (const thread of batch.threads) {
      if (!thread.ended) continue;
      const lane = this.byKey.get(`${thread.process}:${thread.thread}`);
      if (lane && !lane.ended) {
        lane.ended = true;
        if (lane.state !== NONE) lane.push(this.end, NONE); // with its process
      }
    }
    this.trim();
    this.version++;
  }

  /** @param {Lane} lane @param {number} time @param {number} count */
  gap(lane, time, count) {
    const from = lane.length ? lane.times[lane.length - 1] : 0;
    if (lane.length) lane.states[lane.length - 1] = GAP; // how long that last state went on is not known
    else lane.push(from, GAP);
    lane.gaps.push({ begin: from, end: time, count });
    if (time > this.end) this.end = time;
  }

  /** @param {Lane} lane @param {import('../../runtime/baton').TimelineEvent} event @param {number} time */
  apply(lane, event, time) {
    switch (event.kind) {
      case 'wants':
        lane.push(time, WAITING);
        break;
      case 'got':
        if (lane.state === WAITING && time - lane.times[lane.length - 1] > CONTENDED) this.handover(lane, time);
        lane.push(time, RUNNING);
        lane.takes++;
        this.holders.set(lane.process, lane);
        break;
      case 'gave-up':
        if (!lane.length) lane.push(0, RUNNING); // the recording began while it ran
        if (event.reason === 'interval') {
          lane.forced++;
          this.forced++;
        }
        lane.push(time, stateOf(event.reason), event.address);
        break;
      case 'started':
        lane.push(time, NONE);
        break;
      case 'ended':
        lane.push(time, NONE);
        lane.ended = true;
        break;
    }
  }

  /** A thread that waited has the lock from the one that had it before. @param {Lane} to @param {number} time */
  handover(to, time) {
    const from = this.holders.get(to.process);
    if (!from || from === to) return;
    this.handovers.push({ time, from, to });
    if (this.handovers.length > HANDOVERS_KEPT) this.handovers.splice(0, HANDOVERS_KEPT >> 1);
  }

  trim() {
    let total = 0;
    for (const lane of this.lanes) total += lane.length;
    while (total > SPANS_KEPT) {
      const longest = this.lanes.reduce((a, b) => (b.length > a.length ? b : a));
      total -= longest.length >> 1;
      longest.halve();
    }
  }

  /** Milliseconds in each state up to now, the last span included. @param {Lane} lane */
  totals(lane) {
    const sums = Float64Array.from(lane.totals);
    if (lane.length) sums[lane.state] += Math.max(0, this.end - lane.times[lane.length - 1]);
    return sums;
  }

  /** How many threads ran at once on the average, while any ran: 1 at most under one lock. */
  parallelism() {
    let ran = 0;
    let first = Infinity;
    for (const lane of this.lanes) {
      const sums = this.totals(lane);
      ran += sums[RUNNING];
      if (lane.length) first = Math.min(first, lane.times[0]);
    }
    return this.end > first ? ran / (this.end - first) : 0;
  }
}
