/* servers.mjs: what the tests of HTTP fetch from: a server that answers by path, and one that lets pages of other sites read nothing. */
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';

const CORS = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*', 'Access-Control-Allow-Methods': '*', 'Access-Control-Expose-Headers': '*' };

/** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response @param {Record<string, string>} headers */
async function answer(request, response, headers) {
  const [, what, argument] = (request.url || '/').split('?')[0].split('/');
  const send = (/** @type {number} */ status, /** @type {any} */ body, more = {}) => {
    response.writeHead(status, { ...headers, 'Content-Type': 'text/plain', ...more });
    response.end(body);
  };
  if (request.method === 'OPTIONS') return send(204, undefined);
  switch (what) {
    case 'status': return send(Number(argument), `status ${argument}\n`);
    case 'redirect': return send(302, '', { Location: '/' + (argument || 'hello') });
    case 'loop': return send(302, '', { Location: '/loop' });
    case 'delay': await new Promise((done) => setTimeout(done, Number(argument) * 1000)); return send(200, `after ${argument}\n`);
    case 'bytes': return send(200, Buffer.alloc(Number(argument), 'x'));
    case 'gzip': return send(200, gzipSync('unpacked\n'.repeat(1000)), { 'Content-Encoding': 'gzip' });
    case 'chunks': {
      response.writeHead(200, headers);
      for (let i = 0; i < 3; i++) {
        response.write(`part ${i}\n`);
        await new Promise((done) => setTimeout(done, 20));
      }
      return response.end();
    }
    case 'cut':
      response.writeHead(200, { ...headers, 'Content-Length': '1000000' });
      response.write('x'.repeat(1000));
      setTimeout(() => request.socket.destroy(), 100);
      return;
    case 'echo': {
      const parts = [];
      for await (const part of request) parts.push(part);
      const body = Buffer.concat(parts);
      return send(200, JSON.stringify({ method: request.method, url: request.url, type: request.headers['content-type'], mark: request.headers['x-mark'], cookie: request.headers.cookie, size: body.length, body: body.toString('latin1').slice(0, 100) }), { 'X-Seen': 'yes', 'Set-Cookie': 'a=b' });
    }
    case 'hello': return send(200, 'hello\n');
    default: return send(404, 'nothing here\n');
  }
}

/** Two servers on loopback: addresses {open, closed}, one where nobody answers (dead), and close(). */
export async function startServers() {
  const servers = await Promise.all([CORS, {}, {}].map((headers) => new Promise((done) => {
    const server = createServer((request, response) => void answer(request, response, headers));
    server.listen(0, '127.0.0.1', () => done(server));
  })));
  const [open, closed, dead] = servers.map((server) => `http://127.0.0.1:${server.address().port}`);
  await new Promise((done) => servers.pop().close(done));
  return {
    open, closed, dead,
    close() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}
