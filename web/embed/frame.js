// @ts-check
/* frame.js: the small document in which an interpreter lives when the page around it is not isolated: it tells whether it is isolated itself, and then does what
 * it is asked through a port.  Where the host does not isolate it, a service worker for this folder does (sw.js), and the frame, not the page, is loaded anew.
 *
 * Programs fetch as this host's own pages do, though without cookies.  So a page of another site is served only where the host shares the package with all sites, by the
 * header that such a page needs anyway: else any site could have read what the host shows to its network only.
 */
import { createBaton } from '../runtime/baton.js';

const AGAIN = 'again';
const tell = (/** @type {boolean} */ isolated) => parent.postMessage({ type: 'baton-frame', isolated }, '*');

if (crossOriginIsolated && typeof SharedArrayBuffer === 'function') {
  addEventListener('message', function connect(event) {
    if (event.source !== parent || event.data?.type !== 'baton-connect' || !event.ports[0]) return;
    removeEventListener('message', connect);
    serve(event.ports[0], event.origin);
  });
  tell(true);
} else if (location.search === `?${AGAIN}` || !('serviceWorker' in navigator)) {
  tell(false);
} else {
  begin().then(() => location.replace(`?${AGAIN}`), () => tell(false));
}

/** The service worker is there for the next load. */
async function begin() {
  const registration = await navigator.serviceWorker.register(new URL('sw.js', location.href));
  const worker = registration.installing || registration.waiting || registration.active;
  if (!worker) throw new Error('no service worker');
  if (worker.state === 'activated') return;
  await new Promise((resolve, reject) => {
    setTimeout(reject, 10_000, new Error('the service worker did not start'));
    worker.addEventListener('statechange', () => worker.state === 'activated' && resolve(undefined));
  });
}

/** Whether a page may use this interpreter. @param {string} origin */
async function allow(origin) {
  if (origin === location.origin) return;
  const { headers } = await fetch(location.href, { method: 'HEAD' });
  if (headers.get('access-control-allow-origin') !== '*') throw new Error(`${location.origin} does not share its Python with pages of other sites: its host must send embed/frame.html with "Access-Control-Allow-Origin: *".`);
}

/** @param {MessagePort} port @param {string} origin */
function serve(port, origin) {
  const begun = allow(origin).then(() => createBaton({ baseURL: new URL('../', location.href) }));
  addEventListener('pagehide', (event) => event.persisted || port.postMessage({ type: 'gone' }));
  begun.then((baton) => {
    baton.onOutput = (chunk) => port.postMessage({ type: 'output', chunk });
    baton.onTimeline = (batch) => port.postMessage({ type: 'timeline', batch });
    baton.onUnstopped = (running) => port.postMessage({ type: 'unstopped', running });
  }, () => {});
  port.onmessage = async ({ data }) => {
    try {
      const baton = await begun;
      let value = null;
      if (data.type === 'run') value = await baton.run(data.source, data.options);
      else if (data.type === 'stop') await baton.stop();
      else if (data.type === 'input') baton.input(data.text);
      if (data.id) port.postMessage({ type: 'done', id: data.id, value });
    } catch (error) {
      if (data.id) port.postMessage({ type: 'failed', id: data.id, name: error instanceof Error ? error.name : 'Error', message: String(error instanceof Error ? error.message : error) });
    }
  };
}
