// @ts-check
/* baton.js: createBaton, the one client of the interpreter's worker (baton.d.ts has the contract).
 *
 * A Baton keeps instances ready beforehand, in which an interpreter waits to be told what to run: a run takes one, which ends with it, or is kept for the next run of
 * its session; others are made when the run has ended, so as not to disturb it.  What the instances have in common (the compiled module, the library's image) is loaded once.  Read next: instance.js, worker.js.
 */
import { load, Instance, checkSupport, isServed, keyOf } from './instance.js';
import { TimelineReader } from './timeline.js';

/** @typedef {import('./baton').BatonOptions} BatonOptions */
/** @typedef {import('./baton').RunOptions} RunOptions */

const OUTPUT_KEPT = 1_000_000;
const FILES_SIZE = 128 << 20;
const TIMELINE_PERIOD = 50;
const TIMELINE_SOON = 16; // the first reads come sooner, for short programs
const SPARES = 2; // a program may be run at once after a short one
const UNSTOPPED_AFTER = 1000;

/** A listener's own error is reported as any that nobody has caught, and changes nothing for the program. @template T @param {((what: T) => void) | null} listener @param {T} what */
function tell(listener, what) {
  try {
    listener?.(what);
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
}

/** @param {string} name @param {string} message */
function namedError(name, message) {
  const error = new Error(message);
  error.name = name;
  return error;
}

class Baton {
  /** @param {BatonOptions} options @param {import('./instance.js').Parts} parts */
  constructor(options, parts) {
    this.options = options;
    this.parts = parts;
    this.onOutput = options.onOutput || null;
    this.onTimeline = options.onTimeline || null;
    this.onUnstopped = options.onUnstopped || null;
    /** What instances are made ready for. @type {import('./instance.js').StartSettings} */
    this.latest = { gil: options.gil, env: options.env };
    /** @type {Instance[]} */
    this.spares = [];
    /** @type {Map<string, Instance>} */
    this.sessions = new Map();
    /** @type {{instance: Instance, end: (status: number) => void, over: boolean, done: Promise<any>, stops: number} | null} */
    this.current = null;
    this.disposed = false;
  }

  get running() {
    return this.current !== null;
  }

  /** Makes instances for programs like the latest, one after another while nothing runs: the first is to be there soon. */
  makeSpares(count = SPARES) {
    const key = keyOf(this.latest);
    const [kept, others] = [true, false].map((which) => this.spares.filter((spare) => (spare.key === key && !spare.failure) === which));
    for (const instance of others) instance.dispose();
    this.spares = kept;
    if (this.spares.length >= count || this.disposed || this.current) return;
    const instance = this.make();
    this.spares.push(instance);
    instance.ready.then(() => this.makeSpares(count), () => {});
  }

  make() {
    const { limits = {} } = this.options;
    return new Instance(this.parts, { ...limits, files: limits.files ?? FILES_SIZE }, this.latest);
  }

  /** @param {import('./instance.js').StartSettings} settings */
  takeSpare({ gil, env }) {
    this.latest = { gil, env };
    const key = keyOf(this.latest), found = this.spares.findIndex((spare) => spare.key === key && !spare.failure);
    return found < 0 ? this.make() : this.spares.splice(found, 1)[0];
  }

  /** @param {string} source @param {RunOptions} [run] */
  async run(source, run = {}) {
    if (this.disposed) throw namedError('DisposedError', 'this interpreter has been disposed of');
    if (this.current) throw namedError('BusyError', 'a program is running already');
    const { session } = run;
    const settings = { ...this.options, ...run };
    for (const text of [settings.name, ...(settings.argv || []), ...Object.entries(settings.env || {}).flat()]) if (String(text).includes('\0')) throw new Error('name, argv and env cannot have NUL characters');
    const known = session === undefined ? undefined : this.sessions.get(session);
    const instance = known || this.takeSpare(settings);
    const kept = { stdout: '', stderr: '' };
    const limit = this.options.limits?.output ?? OUTPUT_KEPT;
    /** @type {(status: number) => void} */
    let end = () => {};
    /** @type {Promise<number>} */
    const ended = new Promise((resolve) => {
      end = (status) => {
        current.over = true;
        resolve(status);
      };
    });
    const current = { instance, end, over: false, stops: 0, done: ended };
    this.current = current;
    let timer, stays = false;
    try {
      await Promise.race([instance.ready, ended]);
      if (current.over) return { ok: false, exitCode: await ended, ...kept, durationMs: 0 }; // it was not to wait for an interpreter any longer
      instance.onOutput = (stream, text) => {
        if (kept[stream].length < limit) kept[stream] += text.slice(0, limit - kept[stream].length);
        tell(this.onOutput, { stream, text });
      };
      instance.onExit = end;
      instance.onResult = (status) => {
        stays = true;
        end(status);
      };
      instance.onFailed = (text) => {
        kept.stderr += text;
        tell(this.onOutput, { stream: 'stderr', text });
        end(134);
      };
      if (instance.failure) instance.onFailed(instance.failure + '\n');
      const begun = performance.now();
      if (!known) instance.start(source, settings);
      if (session !== undefined) this.sessions.set(session, instance);
      if (isServed(settings)) instance.next(source, settings);
      if (settings.timeline && this.onTimeline) {
        /** @type {Map<number, TimelineReader>} */
        const readers = new Map();
        const read = () => {
          for (const rings of instance.rings.values()) {
            if (!rings.memory) {
              if (rings.ended) instance.rings.delete(rings.process);
              continue;
            }
            const reader = readers.get(rings.process) || new TimelineReader(rings, instance.origin);
            readers.set(rings.process, reader);
            const batch = reader.read(rings);
            if (batch) tell(this.onTimeline, batch);
            if (rings.ended) { // all has been read: its memory is let go
              readers.delete(rings.process);
              instance.rings.delete(rings.process);
            }
          }
        };
        let reads = 0;
        const again = () => {
          read();
          timer = setTimeout(again, reads++ < TIMELINE_SOON ? TIMELINE_PERIOD / 8 : TIMELINE_PERIOD);
        };
        again();
        instance.beforeEnd = read;
      }
      const exitCode = await ended;
      instance.beforeEnd?.();
      return { ok: exitCode === 0, exitCode, ...kept, durationMs: performance.now() - begun };
    } finally {
      clearTimeout(timer);
      instance.beforeEnd = null;
      if (stays && !this.disposed) {
        instance.rest();
        instance.onExit = instance.onFailed = () => this.forget(instance);
        instance.onOutput = (stream, text) => tell(this.onOutput, { stream, text });
      } else this.forget(instance);
      this.current = null;
      this.makeSpares();
    }
  }

  /** @param {Instance} instance */
  forget(instance) {
    for (const [name, kept] of this.sessions) if (kept === instance) this.sessions.delete(name);
    instance.dispose();
  }

  async stop() {
    const current = this.current;
    if (!current) return;
    if (current.stops++ > 0) {
      current.end(137);
      await current.done;
      return;
    }
    current.instance.signal(2);
    const timer = setTimeout(async () => {
      const running = this.onUnstopped && (await current.instance.running());
      if (running && this.current === current) tell(this.onUnstopped, running);
    }, UNSTOPPED_AFTER);
    await current.done;
    clearTimeout(timer);
  }

  /** @param {string | null} text */
  input(text) {
    this.current?.instance.input(text);
  }

  dispose() {
    this.disposed = true;
    for (const instance of [...this.spares, ...this.sessions.values()]) instance.dispose();
    this.spares = [];
    this.sessions.clear();
    this.current?.end(137);
  }
}

/** @param {BatonOptions} [options] */
export async function createBaton(options = {}) {
  checkSupport();
  const base = new URL(options.baseURL || './', import.meta.url);
  if (!base.pathname.endsWith('/')) base.pathname += '/'; // the folder is meant
  const parts = await load(base);
  const baton = new Baton(options, parts);
  try {
    baton.makeSpares(1);
    await Promise.all([parts.module, parts.first, baton.spares[0].ready]);
  } catch (error) {
    baton.dispose();
    throw error;
  }
  return baton;
}
