// @ts-check
/* places.js: where an interpreter can live: in the page if it is isolated, else in a small frame of the package that is isolated by itself.
 *
 * The frame is sent with "Document-Isolation-Policy: isolate-and-credentialless", by the host or by a service worker that it registers for its own folder; it
 * tells whether that worked.  The page is never reloaded.  Read next: frame.js, baton-example.js.
 */

/** @typedef {import('../runtime/baton').RunOptions} RunOptions */
/** @typedef {import('../runtime/baton').RunResult} RunResult */
/** @typedef {import('../runtime/baton').OutputChunk} OutputChunk */
/** @typedef {import('../runtime/baton').TimelineBatch} TimelineBatch */
/** @typedef {{onOutput: (chunk: OutputChunk) => void, onTimeline: (batch: TimelineBatch) => void, onUnstopped: (running: string[]) => void}} Listener */
/** @typedef {{run: (source: string, options: RunOptions, listener: Listener) => Promise<RunResult>, stop: () => Promise<void>, input: (text: string | null) => void, dispose: () => void}} Interpreter */
/** @typedef {import('./baton-example').Trouble} Trouble */

const FRAME_PATIENCE = 20_000;
const HEADERS = 'Cross-Origin-Opener-Policy: same-origin\nCross-Origin-Embedder-Policy: credentialless';

/** Thrown where no interpreter can run. */
export class TroubleError extends Error {
  /** @param {Trouble} trouble */
  constructor(trouble) {
    super(`${trouble.title} ${trouble.text}`);
    this.name = 'TroubleError';
    this.trouble = trouble;
  }
}

/** @param {URL} base @returns {Promise<Interpreter>} */
export async function findPlace(base) {
  if (typeof WebAssembly !== 'object' || typeof Worker !== 'function') {
    throw new TroubleError({ title: 'This browser cannot run the example.', text: 'It has no WebAssembly or no workers, or they are switched off.' });
  }
  if (globalThis.crossOriginIsolated && typeof SharedArrayBuffer === 'function') return inPage(base);
  if (!isSecureContext) {
    throw new TroubleError({ title: 'The example needs a secure address.', text: 'Browsers share memory between threads only on pages from https or from localhost.', remedy: `https://${location.host}${location.pathname}` });
  }
  return inFrame(base);
}

/** @param {URL} base @returns {Promise<Interpreter>} */
async function inPage(base) {
  const { createBaton } = await import(/* @vite-ignore */ new URL('baton.js', base).href);
  const baton = await createBaton({ baseURL: base });
  return {
    async run(source, options, listener) {
      baton.onOutput = listener.onOutput;
      baton.onTimeline = listener.onTimeline;
      baton.onUnstopped = listener.onUnstopped;
      return baton.run(source, options);
    },
    stop: () => baton.stop(),
    input: (text) => baton.input(text),
    dispose: () => baton.dispose(),
  };
}

/** What is in the way, as far as this page can tell. @param {boolean} answered whether the frame was loaded @param {URL} base @returns {Trouble} */
function explain(answered, base) {
  if (!answered) {
    return { title: 'The example’s files could not be loaded.', text: 'The frame of the package did not answer. These must be there, and the page’s Content-Security-Policy must allow it as frame-src:', remedy: new URL('embed/frame.html', base).href };
  }
  const policy = /** @type {any} */ (document).featurePolicy;
  if (window !== window.top && policy?.allowsFeature && !policy.allowsFeature('cross-origin-isolated')) {
    return { title: 'The example cannot run in this frame.', text: 'The page around it must let the frame share memory between threads, by an attribute of its iframe element:', remedy: 'allow="cross-origin-isolated"' };
  }
  return {
    title: 'The example cannot run here yet.',
    text: 'Threads need shared memory. The page gets it if its host sends it with the first two headers; in Chrome and Edge it is enough that embed/frame.html of the package is sent with the third:',
    remedy: `${HEADERS}\nDocument-Isolation-Policy: isolate-and-credentialless`,
  };
}

/** @param {URL} base @returns {Promise<Interpreter>} */
async function inFrame(base) {
  const address = new URL('embed/frame.html', base);
  const frame = document.createElement('iframe');
  frame.title = 'Python interpreter';
  frame.tabIndex = -1;
  frame.setAttribute('aria-hidden', 'true');
  frame.setAttribute('allow', 'cross-origin-isolated');
  Object.assign(frame.style, { position: 'absolute', width: '0', height: '0', border: '0', visibility: 'hidden' });
  /** @type {Promise<boolean | null>} */
  const answer = new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), FRAME_PATIENCE);
    addEventListener('message', function heard(event) {
      if (event.source !== frame.contentWindow || event.origin !== address.origin || event.data?.type !== 'baton-frame') return;
      clearTimeout(timer);
      removeEventListener('message', heard);
      resolve(event.data.isolated);
    });
  });
  frame.src = address.href;
  document.body.append(frame);
  const isolated = await answer;
  if (!isolated) {
    frame.remove();
    throw new TroubleError(explain(isolated !== null, base));
  }
  const { port1: port, port2 } = new MessageChannel();
  /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
  const calls = new Map();
  /** @type {Listener | null} */
  let listener = null;
  let last = 0;
  port.onmessage = ({ data }) => {
    if (data.type === 'output') listener?.onOutput(data.chunk);
    else if (data.type === 'timeline') listener?.onTimeline(data.batch);
    else if (data.type === 'unstopped') listener?.onUnstopped(data.running);
    else {
      const call = calls.get(data.id);
      calls.delete(data.id);
      if (data.type === 'done') call?.resolve(data.value);
      else call?.reject(Object.assign(new Error(data.message), { name: data.name }));
    }
  };
  /** @param {string} type @param {Record<string, any>} [more] @returns {Promise<any>} */
  const ask = (type, more = {}) =>
    new Promise((resolve, reject) => {
      calls.set(++last, { resolve, reject });
      port.postMessage({ type, id: last, ...more });
    });
  frame.contentWindow?.postMessage({ type: 'baton-connect' }, address.origin, [port2]);
  await ask('begin');
  return {
    run(source, options, heard) {
      listener = heard;
      return ask('run', { source, options });
    },
    stop: () => ask('stop'),
    input: (text) => port.postMessage({ type: 'input', text }),
    dispose() {
      port.postMessage({ type: 'dispose' });
      frame.remove();
    },
  };
}
