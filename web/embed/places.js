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

/** @param {URL} base @param {() => void} onGone another one must be made @returns {Promise<Interpreter>} */
export async function findPlace(base, onGone) {
  if (typeof WebAssembly !== 'object' || typeof Worker !== 'function') {
    throw new TroubleError({ title: 'This browser cannot run the example.', text: 'It has no WebAssembly or no workers, or they are switched off.' });
  }
  if (globalThis.crossOriginIsolated && typeof SharedArrayBuffer === 'function') return inPage(base);
  if (!isSecureContext) {
    throw new TroubleError({ title: 'The example needs a secure address.', text: 'Browsers share memory between threads only on pages from https or from localhost.', remedy: `https://${location.host}${location.pathname}` });
  }
  return inFrame(base, onGone);
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

/** @param {URL} base @param {() => void} onGone @returns {Promise<Interpreter>} */
async function inFrame(base, onGone) {
  const address = new URL('embed/frame.html', base);
  const frame = document.createElement('iframe');
  frame.title = 'Python interpreter';
  frame.tabIndex = -1;
  frame.setAttribute('aria-hidden', 'true');
  frame.setAttribute('allow', 'cross-origin-isolated');
  Object.assign(frame.style, { position: 'absolute', width: '0', height: '0', border: '0', visibility: 'hidden' });
  const heard = new AbortController();
  /** @type {Promise<boolean | null>} */
  const answer = new Promise((resolve) => {
    setTimeout(resolve, FRAME_PATIENCE, null);
    addEventListener('message', ({ source, origin, data }) => {
      if (source === frame.contentWindow && origin === address.origin && data?.type === 'baton-frame') resolve(data.isolated);
    }, heard);
  });
  frame.src = address.href;
  document.documentElement.append(frame); // not in the body, which some sites replace when another page of theirs is shown
  const isolated = await answer;
  heard.abort();
  if (!isolated) {
    frame.remove();
    throw new TroubleError(explain(isolated !== null, base));
  }
  const { port1: port, port2 } = new MessageChannel();
  /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
  const calls = new Map();
  /** @type {Listener | null} */
  let listener = null;
  let last = 0, gone = false;
  /** Nothing will answer any more. @param {(call: {resolve: (value: any) => void, reject: (error: Error) => void}) => void} settle */
  const end = (settle) => {
    gone = true;
    calls.forEach(settle);
    calls.clear();
    port.close();
    frame.remove();
    onGone();
  };
  port.onmessage = ({ data }) => {
    if (data.type === 'output') listener?.onOutput(data.chunk);
    else if (data.type === 'timeline') listener?.onTimeline(data.batch);
    else if (data.type === 'unstopped') listener?.onUnstopped(data.running);
    else if (data.type === 'gone') end(({ reject }) => reject(new Error('The page has removed the frame in which Python ran.')));
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
      if (gone) throw new Error('This interpreter has been disposed of.');
      calls.set(++last, { resolve, reject });
      port.postMessage({ type, id: last, ...more });
    });
  frame.contentWindow?.postMessage({ type: 'baton-connect' }, address.origin, [port2]);
  await ask('begin').catch((error) => {
    end(() => {});
    throw error;
  });
  return {
    run(source, options, heard) {
      listener = heard;
      return ask('run', { source, options });
    },
    stop: () => ask('stop'),
    input: (text) => port.postMessage({ type: 'input', text }),
    dispose: () => end(({ resolve }) => resolve({ ok: false, exitCode: 137, stdout: '', stderr: '', durationMs: 0 })),
  };
}
