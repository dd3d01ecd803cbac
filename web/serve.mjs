/* serve.mjs: serves a folder on loopback with the headers that shared memory needs:  node serve.mjs FOLDER [PORT]
 *
 * /delay/SECONDS[/BYTES] answers after that time, for programs that fetch.
 * Cross-Origin-Embedder-Policy is `credentialless` where the browser knows it (Chromium, Firefox) and `require-corp` elsewhere. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.mjs': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm', '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png', '.ts': 'text/plain; charset=utf-8',
  '.py': 'text/plain; charset=utf-8',
};

/**
 * @param {string} folder @param {number} port 0: any
 * @param {(path: string) => Record<string, string>} [extra] other headers in the place of those that isolate the page, as on other hosts
 * @returns {Promise<import('node:http').Server>}
 */
export function serve(folder, port = 0, extra) {
  const root = resolve(folder);
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url || '/', 'http://localhost').pathname);
    const delay = /^\/delay\/(\d{1,2}(?:\.\d+)?)(?:\/(\d{1,7}))?$/.exec(path);
    if (delay) {
      setTimeout(() => {
        response.writeHead(200, { 'Content-Type': 'text/plain', 'Cross-Origin-Resource-Policy': 'cross-origin', 'Access-Control-Allow-Origin': '*' });
        response.end(delay[2] ? 'x'.repeat(Number(delay[2])) : `after ${delay[1]} s\n`);
      }, Number(delay[1]) * 1000);
      return;
    }
    let file = normalize(join(root, path));
    try {
      if (file !== root && !file.startsWith(root + sep)) throw new Error('outside');
      if ((await stat(file)).isDirectory()) file = join(file, 'index.html');
      const { size } = await stat(file);
      const safari = /Version\/[\d.]+ .*Safari\//.test(request.headers['user-agent'] || '');
      response.writeHead(200, {
        'Content-Type': TYPES[extname(file)] || 'application/octet-stream', 'Content-Length': size, 'Cache-Control': 'no-cache',
        ...(extra
          ? extra(path)
          : {
              'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': safari ? 'require-corp' : 'credentialless',
              'Cross-Origin-Resource-Policy': 'cross-origin',
            }),
      });
      if (request.method === 'HEAD') response.end();
      else createReadStream(file).pipe(response);
    } catch {
      response.writeHead(404, { 'Content-Type': 'text/plain', 'Cross-Origin-Resource-Policy': 'cross-origin' });
      response.end('not found\n');
    }
  });
  return new Promise((done) => server.listen(port, '127.0.0.1', () => done(server)));
}

if (process.argv[1] && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const server = await serve(process.argv[2], Number(process.argv[3] || 8000));
  console.log(`http://localhost:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/`);
}
