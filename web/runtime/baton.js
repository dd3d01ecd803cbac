// @ts-check
/* baton.js: createBaton, the one client of the interpreter's worker (baton.d.ts has the contract).
 *
 * A Baton keeps one instance ready beforehand; a run takes it, and the next one is made when the run has ended.  What the instances have in common (the
 * compiled module, the library's image) is loaded once.  Read next: instance.js, worker.js.
 */
import { load, Instance, checkSupport } from './instance.js';
import { TimelineReader } from './timeline.js';

/** @typedef {import('./baton').BatonOptions} BatonOptions */
/** @typedef {import('./baton').RunOptions} RunOptions */

const OUTPUT_KEPT = 1_000_000;
const FILES_SIZE = 128 << 20;
const TIMELINE_PERIOD = 50;

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
    /** @type {Instance | null} */
    this.spare = null;
    /** @type {{instance: Instance, end: (status: number) => void, done: Promise<any>, stops: number} | null} */
    this.current = null;
    this.disposed = false;
  }

  get running() {
    return this.current !== null;
  }

  makeSpare() {
    if (!this.spare && !this.disposed) this.spare = new Instance(this.parts, this.options.limits?.files || FILES_SIZE);
    return /** @type {Instance} */ (this.spare);
  }

  /** @param {string} source @param {RunOptions} [run] */
  async run(source, run = {}) {
    if (this.disposed) throw namedError('DisposedError', 'this interpreter has been disposed of');
    if (this.current) throw namedError('BusyError', 'a program is running already');
    const instance = this.makeSpare();
    this.spare = null;
    const settings = { ...this.options, ...run };
    const kept = { stdout: '', stderr: '' };
    const limit = this.options.limits?.output ?? OUTPUT_KEPT;
    /** @type {(status: number) => void} */
    let end = () => {};
    /** @type {Promise<number>} */
    const ended = new Promise((resolve) => (end = resolve));
    const current = { instance, end, stops: 0, done: ended };
    this.current = current;
    let timer;
    try {
      await instance.ready;
      instance.onOutput = (stream, text) => {
        if (kept[stream].length < limit) kept[stream] += text.slice(0, limit - kept[stream].length);
        this.onOutput?.({ stream, text });
      };
      instance.onExit = end;
      instance.onFailed = (text) => {
        kept.stderr += text;
        this.onOutput?.({ stream: 'stderr', text });
        end(134);
      };
      const begun = performance.now();
      instance.start(source, settings);
      if (settings.timeline && this.onTimeline) {
        /** @type {TimelineReader | null} */
        let reader = null;
        const read = () => {
          instance.askRings();
          if (!instance.rings?.address) return;
          reader ||= new TimelineReader(() => instance.memory, () => instance.rings?.address || 0, instance.rings.layout, instance.origin);
          const batch = reader.read();
          if (batch) this.onTimeline?.(batch);
        };
        timer = setInterval(read, TIMELINE_PERIOD);
        instance.beforeEnd = read;
      }
      const exitCode = await ended;
      instance.beforeEnd?.();
      return { ok: exitCode === 0, exitCode, ...kept, durationMs: performance.now() - begun };
    } finally {
      clearInterval(timer);
      instance.dispose();
      this.current = null;
      this.makeSpare();
    }
  }

  async stop() {
    const current = this.current;
    if (!current) return;
    if (current.stops++ === 0) current.instance.signal(2);
    else current.end(137);
    await current.done;
  }

  /** @param {string | null} text */
  input(text) {
    this.current?.instance.input(text);
  }

  dispose() {
    this.disposed = true;
    this.spare?.dispose();
    this.spare = null;
    this.current?.end(137);
  }
}

/** @param {BatonOptions} [options] */
export async function createBaton(options = {}) {
  checkSupport();
  const baton = new Baton(options, await load(options.baseURL ? new URL(options.baseURL, import.meta.url) : new URL('./', import.meta.url)));
  try {
    await baton.makeSpare().ready;
  } catch (error) {
    baton.dispose();
    throw error;
  }
  return baton;
}
