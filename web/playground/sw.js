/* sw.js: for hosts that cannot set headers: answers the delayed endpoints of the demos as `serve` does, and lets coi-serviceworker send every other response
 * with the headers that isolate the page.  It is registered by support.js, only where they are missing. */
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
worker.addEventListener('fetch', (event) => {
  const found = /\/delay\/(\d{1,2}(?:\.\d+)?)(?:\/(\d{1,7}))?$/.exec(new URL(event.request.url).pathname);
  if (!found || !event.request.url.startsWith(worker.registration.scope)) return;
  event.stopImmediatePropagation();
  const [, seconds, bytes] = found;
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', 'Cross-Origin-Resource-Policy': 'cross-origin' };
  event.respondWith(new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000)).then(() => new Response(bytes ? 'x'.repeat(Number(bytes)) : `after ${seconds} s\n`, { headers })));
});
importScripts('coi-serviceworker.js');
