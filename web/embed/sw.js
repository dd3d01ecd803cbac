/* sw.js: sends the frame's document with the header that isolates it, for hosts that cannot.  Its scope is the folder that it lies in. */
const scope = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
scope.addEventListener('install', () => scope.skipWaiting());
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener('fetch', (event) => {
  if (event.request.mode !== 'navigate') return;
  event.respondWith(
    fetch(event.request).then((response) => {
      const headers = new Headers(response.headers);
      headers.set('Document-Isolation-Policy', 'isolate-and-credentialless');
      return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
    }),
  );
});
