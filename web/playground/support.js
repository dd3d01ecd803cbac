// @ts-check
/* support.js: what the browser or the host lacks, said plainly, and what to do.
 *
 * Threads need shared memory, which a browser gives only to isolated pages.  A host that sends no headers for that is helped by a service worker (sw.js): the
 * page is reloaded once, and only before the reader has typed.
 */

/** @typedef {{title: string, text: string, action?: {label: string, act: () => void}}} Trouble */

const RELOADED = 'baton.reloaded';

/** What keeps programs from running here, or null. @param {() => boolean} touched whether the reader has typed yet @returns {Promise<Trouble | null>} */
export async function findTrouble(touched) {
  if (typeof WebAssembly !== 'object' || typeof Worker !== 'function') {
    return { title: 'This browser has no WebAssembly or no workers.', text: 'Baton needs both. Current versions of Chrome, Edge, Firefox and Safari have them; a strict security mode may switch them off.' };
  }
  if (typeof SharedArrayBuffer === 'function' && crossOriginIsolated) {
    try {
      sessionStorage.removeItem(RELOADED);
    } catch {
      // no storage, nothing to forget
    }
    return null;
  }
  if (!isSecureContext) {
    return { title: 'Threads need a secure address.', text: `Browsers share memory between threads only on pages from https or from localhost. Open https://${location.host}${location.pathname} or serve the page on localhost.` };
  }
  if (!('serviceWorker' in navigator)) {
    return {
      title: 'This page is not isolated.',
      text: 'Threads need shared memory. The host does not send the headers for it (Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp), and this browser has no service workers here, which could stand in for them: a private window is one possible reason. Try an ordinary window or another browser.',
    };
  }
  let reloaded = false;
  try {
    reloaded = sessionStorage.getItem(RELOADED) !== null;
  } catch {
    reloaded = true; // who cannot remember it must not reload by itself
  }
  try {
    await isolate();
  } catch (error) {
    return { title: 'This page is not isolated.', text: `Threads need shared memory. The host does not send the headers for it, and the service worker that stands in for them could not be started (${error}). Reload the page to try once more, or ask the host to send Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.` };
  }
  const reload = () => {
    try {
      sessionStorage.setItem(RELOADED, '1');
    } catch {
      // then the next page says what is wrong
    }
    location.reload();
  };
  if (!reloaded && !touched()) {
    reload();
    return { title: 'One moment', text: 'The page is loaded once more, to switch threads on.' };
  }
  if (!reloaded) return { title: 'One reload is needed.', text: 'Threads are switched on by loading the page once more. Your program is kept.', action: { label: 'Reload now', act: reload } };
  return { title: 'This browser does not share memory with this page.', text: 'Threads need SharedArrayBuffer on an isolated page. Chrome and Edge from 92, Firefox from 79 and Safari from 15.2 have it; an extension or a frame around the page may keep it from working.' };
}

/** The service worker is there and in charge of the next load. */
async function isolate() {
  const registration = await navigator.serviceWorker.register(new URL('../sw.js', import.meta.url));
  const worker = registration.installing || registration.waiting || registration.active;
  if (!worker) throw new Error('no worker');
  if (worker.state !== 'activated') {
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('it did not start')), 10_000);
      worker.addEventListener('statechange', () => {
        if (worker.state === 'activated') {
          clearTimeout(timer);
          resolve(undefined);
        } else if (worker.state === 'redundant') reject(new Error('it was refused'));
      });
    });
  }
  worker.postMessage({ type: 'coepCredentialless', value: !/Version\/[\d.]+ .*Safari\//.test(navigator.userAgent) });
}
