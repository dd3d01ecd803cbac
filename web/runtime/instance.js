// @ts-check
/* instance.js: one instance of the interpreter in its coordinating worker, and what all instances share.
 *
 * Invariant: an instance runs one program, or those of one session, and is then disposed of; the worker's own workers (threads) end with it.  Read next: worker.js, baton.js.
 */
import { bytesOf, fill, loading, newLibrary } from './library.js';

const NODE = typeof process === 'object' && Boolean(process.versions?.node);
/* global LIBRARY_INDEX */
const RUNTIME = 'runtime/';

/** @typedef {import('./baton').BatonOptions & import('./baton').RunOptions} Settings */
/** What belongs to the interpreter. @typedef {Pick<Settings, 'gil' | 'env'>} StartSettings */
/** What all instances share; `first`: the library's first piece is there; `origin`: where their clocks begin; `kept`: memory that interpreters begin with (keptFor). @typedef {{base: URL, module: Promise<WebAssembly.Module>, library: import('./library.js').Library, first: Promise<void>, Worker: any, origin: number, kept: Map<string, SharedArrayBuffer>}} Parts */

export function checkSupport() {
  if (typeof SharedArrayBuffer !== 'function' || (!NODE && !globalThis.crossOriginIsolated)) {
    throw new Error(
      'Threads need shared memory, which this page does not have: it must be sent with the headers ' +
        '"Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp" (or credentialless).',
    );
  }
}

/** @type {Map<string, Promise<Parts>>} */
const loaded = new Map();
/** Begins to load what all instances share, once for each address; their workers start meanwhile. @param {URL} base */
export function load(base) {
  const found = loaded.get(base.href);
  if (found) return found;
  const parts = (async () => {
    const wasm = new URL(RUNTIME + 'interpreter.wasm', base);
    const module = NODE
      ? bytesOf(wasm).then((bytes) => WebAssembly.compile(bytes))
      : loading(wasm, async (response) =>
          response.headers.get('content-type') === 'application/wasm' ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer()));
    const library = newLibrary(new URL(RUNTIME, base), LIBRARY_INDEX), first = fill(library, 0);
    Promise.all([module, first]).catch(() => loaded.delete(base.href));
    const origin = performance.timeOrigin + performance.now();
    return { base, module, library, first, Worker: NODE ? (await import('node:worker_threads')).Worker : globalThis.Worker, origin, kept: new Map() };
  })();
  loaded.set(base.href, parts);
  return parts;
}

const KEPT_SIZE = 24 << 20, KEPT_MOST = 4;
/**
 * Where the memory of an interpreter that was started in this way is kept, or will be when one has been: those that follow begin with a copy (goOn in worker.js).
 * @param {Parts} parts @param {any[]} way
 */
function keptFor({ kept }, ...way) {
  const key = JSON.stringify(way), found = kept.get(key) || new SharedArrayBuffer(KEPT_SIZE);
  kept.delete(key);
  kept.set(key, found); // the latest is the last
  for (const old of kept.keys()) if (kept.size > KEPT_MOST) kept.delete(old);
  return found;
}

/** What an interpreter cannot change once it has begun. @param {StartSettings} settings */
function startOptions(settings) {
  const options = ['-X', 'line_buffered'];
  if (settings.gil !== undefined || !settings.env?.PYTHON_GIL) options.push('-X', `gil=${settings.gil === false ? 0 : 1}`);
  return options;
}
/** @param {Settings} settings */
function optionsOf(settings) {
  const options = startOptions(settings);
  if (settings.switchInterval !== undefined) options.push('-X', `switch_interval=${settings.switchInterval}`);
  if (settings.timeline) options.push('-X', 'gil_events');
  return options;
}
/** @param {StartSettings} settings */
function environmentOf(settings) {
  return { HOME: '/home/user', PATH: '/usr/bin', LANG: 'C.UTF-8', ...settings.env };
}
/** Programs whose keys are the same can be run by the same instance. @param {StartSettings} settings */
export function keyOf(settings) {
  return JSON.stringify([startOptions(settings), Object.entries(settings.env || {}).filter(([name]) => /^(PYTHON|TZ$|LANG$|LC_)/.test(name))]);
}

/** @param {string} source @param {Settings} settings */
function filesOf(source, settings) {
  const encoder = new TextEncoder();
  /** @type {Record<string, Uint8Array>} */
  const files = { [settings.name || 'main.py']: encoder.encode(source) };
  for (const [path, content] of Object.entries(settings.files || {})) files[path] = typeof content === 'string' ? encoder.encode(content) : content;
  return files;
}

/** Programs that an interpreter is handed one by one: those of a session, and one that has set-up code. @param {Settings} settings */
export const isServed = (settings) => settings.session !== undefined || settings.setup !== undefined;
const SETUP = '.setup.py';

/** By the address of what each imports. @type {Map<string, string>} */
const ownScripts = new Map();
/** Workers start only from the page's own origin: a script of another one is imported by a script of the page, which all instances share. @param {URL} script */
function ownScript({ origin, href }) {
  if (origin === location.origin) return href;
  const found = ownScripts.get(href) || URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(href)})`], { type: 'text/javascript' }));
  ownScripts.set(href, found);
  return found;
}

/* Of what the kernel shares, beside files and pipes: its tables, the console (../../wasm/kernel/kernel.js).  Its words are of 8 bytes at most. */
const KERNEL_SIZE = 5 << 20, KERNEL_WORD = 8;

/** Where a process's events are; `since`: when it began, milliseconds since the epoch. @typedef {{process: number, address: number, layout: number, memory: WebAssembly.Memory, since: number, ended?: boolean}} Rings */

export class Instance {
  /** @param {Parts} parts @param {{files: number, memory?: number, threads?: number}} limits @param {StartSettings} settings */
  constructor(parts, limits, settings) {
    /** Programs with other settings need another instance. */
    this.key = keyOf(settings);
    /** @type {(stream: 'stdout' | 'stderr', text: string) => void} */
    this.onOutput = () => {};
    /** @type {(status: number) => void} */
    this.onExit = () => {};
    /** A program of the session has ended. @type {(status: number) => void} */
    this.onResult = () => {};
    /** @type {((names: string[]) => void) | null} */
    this.onRunning = null;
    /** @type {(text: string) => void} */
    this.onFailed = () => {};
    /** @type {(() => void) | null} */
    this.beforeEnd = null;
    /** Why no program can be run. */
    this.failure = '';
    /** Where the rings of events are, by process. @type {Map<number, Rings>} */
    this.rings = new Map();
    this.parts = parts;
    this.limits = limits;
    this.origin = parts.origin;
    const script = new URL(RUNTIME + (NODE ? 'worker.js' : 'workers.js'), parts.base);
    this.worker = new parts.Worker(NODE ? script : ownScript(script));
    if (NODE) this.worker.unref();
    /** @type {(error: any) => void} */
    let fail = () => {};
    this.ready = new Promise((resolve, reject) => {
      /** @param {string} text @param {string} reason */
      const failed = (text, reason) => {
        this.failure = reason;
        reject(new Error(reason));
        this.onFailed(text + '\n');
      };
      /** @param {any} message */
      const receive = (message) => {
        switch (message.type) {
          case 'ready':
            resolve(this);
            break;
          case 'output':
            for (const { stream, text } of message.chunks) this.onOutput(stream === 2 ? 'stderr' : 'stdout', text);
            this.worker.postMessage({ type: 'ack', size: message.chunks.reduce((/** @type {number} */ sum, /** @type {{size: number}} */ chunk) => sum + chunk.size, 0) });
            break;
          case 'rings':
            if (message.ended && !this.beforeEnd) this.rings.delete(message.process); // nobody reads them, and they would keep its memory
            else this.rings.set(message.process, { ...this.rings.get(message.process), ...message });
            break;
          case 'running':
            this.onRunning?.(message.names);
            break;
          case 'result':
            this.onResult(message.status);
            break;
          case 'exit':
            this.onExit(message.status);
            break;
          case 'failed':
            failed(message.text, message.text);
            break;
        }
      };
      fail = (error) => {
        const text = String(error?.message || error?.error || (error?.type === 'error' ? `${script} could not be loaded` : error)); // browsers do not say why
        failed(text, 'the interpreter could not be started: ' + text);
      };
      if (NODE) {
        this.worker.on('message', receive);
        this.worker.on('error', fail);
      } else {
        this.worker.onmessage = (/** @type {MessageEvent} */ event) => receive(event.data);
        this.worker.onerror = fail;
      }
    });
    this.ready.catch(() => {});
    let path = new URL(RUNTIME + 'interpreter.js', parts.base).href;
    if (NODE) path = decodeURIComponent(new URL(path).pathname);
    if (!NODE) this.worker.postMessage({ type: 'prepare', worker: script.href });
    const load = {
      type: 'load', script: path, base: new URL(RUNTIME, parts.base).href, library: parts.library,
      kernel: new SharedArrayBuffer(KERNEL_SIZE + Math.ceil(limits.files / KERNEL_WORD) * KERNEL_WORD), process: 0, origin: this.origin, memory: limits.memory, threads: limits.threads, worker: script.href, libraryScript: NODE ? new URL('library.js', parts.base).href : '',
      options: startOptions(settings), env: environmentOf(settings), kept: keptFor(parts, this.key, limits.threads),
    };
    parts.module.then((module) => this.worker.postMessage({ ...load, module }), fail);
  }

  /** Starts the interpreter, with the program or for a session. @param {string} source @param {Settings} settings */
  start(source, settings) {
    if (NODE) this.worker.ref();
    const env = environmentOf(settings);
    const session = isServed(settings);
    const argv = session ? [] : [settings.name || 'main.py', ...(settings.argv || [])];
    const options = optionsOf(settings), kept = keptFor(this.parts, 'processes', options, env, this.limits.threads);
    this.worker.postMessage({ type: 'start', options, kept, argv, env, session, files: session ? {} : filesOf(source, settings), input: session ? undefined : settings.input });
  }

  /** The next program of the session, or the only one after set-up code. @param {string} source @param {Settings} settings */
  next(source, settings) {
    if (NODE) this.worker.ref();
    const { name = 'main.py', argv = [], setup, session, input } = settings, files = filesOf(source, settings);
    if (setup !== undefined) files[SETUP] = new TextEncoder().encode(setup);
    this.worker.postMessage({ type: 'next', command: { name, argv, setup: setup === undefined ? '' : SETUP, last: session === undefined }, files, input });
  }

  /** Between two programs of a session: does not keep Node alive. */
  rest() {
    if (NODE) this.worker.unref();
  }

  /** The names of the threads that run, once there are any. @returns {Promise<string[]>} */
  running() {
    this.tell({ type: 'running' });
    return new Promise((resolve) => (this.onRunning = resolve));
  }

  /** Sends a message for the program, after that which starts it. @param {any} message */
  tell(message) {
    this.ready.then(() => this.worker.postMessage(message), () => {});
  }

  /** @param {number} signal */
  signal(signal) {
    this.tell({ type: 'signal', signal });
  }

  /** @param {string | null} text */
  input(text) {
    this.tell({ type: 'input', text });
  }

  dispose() {
    this.worker.terminate();
  }
}
