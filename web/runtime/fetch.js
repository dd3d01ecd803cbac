/* fetch.js: the far ends of a program's sockets: HTTP requests that it sends are made by fetch, and the answers written back as HTTP/1.1.
 *
 * Runs in the coordinating worker (worker.js loads it when a program first connects to another host).  One Exchange for each connection: it reads the request,
 * makes it, hands on head and body as fast as the program takes them, and ends the connection.  The page decides what may be fetched; where it refuses, the
 * error says why as far as that can be known.  Read next: ../../wasm/kernel/sockets.js.
 */
/* exported serveFetches */
'use strict';
const ERRNO = { EACCES: 13, EPROTO: 71, ECONNRESET: 104, ETIMEDOUT: 110, ECONNREFUSED: 111, EHOSTUNREACH: 113 };
const HELD_FOR = 10_000, ROOM_POLL = 4;
/* Of the request: what fetch sets itself or refuses. */
const OWN_HEADERS = new Set(['host', 'connection', 'keep-alive', 'content-length', 'transfer-encoding', 'accept-encoding', 'te', 'expect', 'upgrade', 'proxy-connection']);
/* Of the answer: fetch has undone these. */
const UNDONE_HEADERS = new Set(['transfer-encoding', 'connection', 'keep-alive', 'content-encoding']);
const REASONS = {
  200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'No Content', 206: 'Partial Content', 301: 'Moved Permanently', 302: 'Found', 303: 'See Other', 304: 'Not Modified',
  307: 'Temporary Redirect', 308: 'Permanent Redirect', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 406: 'Not Acceptable',
  409: 'Conflict', 410: 'Gone', 413: 'Content Too Large', 415: 'Unsupported Media Type', 418: "I'm a Teapot", 422: 'Unprocessable Content', 429: 'Too Many Requests',
  500: 'Internal Server Error', 501: 'Not Implemented', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout',
};

/** @param {any} kernel @param {boolean} node @param {string} ownAddress of a file that came with the same headers as this worker */
function serveFetches(kernel, node, ownAddress) {
  const far = kernel.far;
  /** Answers reached through redirects, kept for the request that follows the redirect which the program is shown. @type {Map<string, Response>} */
  const held = new Map();
  const exchanges = new Map();
  let policy; // resolves to the worker's embedder policy, or ''

  /** The request in `bytes`: {method, target, headers, body}, null while it is incomplete, or an Error. */
  function parse(bytes) {
    const latin = (part) => Array.from(part, (byte) => String.fromCharCode(byte)).join('');
    const first = latin(bytes.subarray(0, 8192)).split('\n')[0];
    const whole = first.length < Math.min(bytes.length, 8192);
    if (bytes.length && !(whole ? /^[A-Z]+ \S+ HTTP\/1\.[01]\r$/ : /^[A-Z]+( .*)?$/).test(first)) return new Error('from a web page only HTTP requests can be sent');
    let end = -1;
    for (let i = 3; i < bytes.length && end < 0; i++) if (bytes[i] === 10 && bytes[i - 1] === 13 && bytes[i - 2] === 10 && bytes[i - 3] === 13) end = i + 1;
    if (end < 0) return null;
    const [line, ...rest] = latin(bytes.subarray(0, end - 4)).split('\r\n');
    const [method, target] = line.split(' ');
    const headers = rest.map((header) => [header.slice(0, header.indexOf(':')).toLowerCase(), header.slice(header.indexOf(':') + 1).trim()]);
    const value = (name) => (headers.find((header) => header[0] === name) || [])[1];
    let body = bytes.subarray(end);
    if (/chunked/i.test(value('transfer-encoding') || '')) {
      const parts = [];
      for (let at = 0; ; ) {
        let eol = at;
        while (eol < body.length && body[eol] !== 10) eol++;
        if (eol >= body.length) return null;
        const size = parseInt(latin(body.subarray(at, eol)), 16);
        if (!(size >= 0)) return new Error('a chunk of the request has no size');
        if (size === 0) {
          if (body.length < eol + 3) return null;
          break;
        }
        if (body.length < eol + 1 + size + 2) return null;
        parts.push(body.subarray(eol + 1, eol + 1 + size));
        at = eol + 1 + size + 2;
      }
      body = joined(parts);
    } else {
      const length = Number(value('content-length') || 0);
      if (body.length < length) return null;
      body = body.slice(0, length);
    }
    return { method, target, headers, body, host: value('host') };
  }
  function joined(parts) {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  function address(connection, request) {
    if (/^https?:/.test(request.target)) return request.target;
    const scheme = connection.secure ? 'https' : 'http', usual = connection.secure ? 443 : 80;
    let host = connection.host;
    if (/^(127\.|0\.0\.0\.0|\[0:0:0:0:0:0:0:[01]\])/.test(host) && /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(request.host || '')) host = request.host.replace(/:\d+$/, '');
    return `${scheme}://${host}${connection.port === usual ? '' : ':' + connection.port}${request.target}`;
  }

  /* ---- errors ---- */

  function embedderPolicy() {
    policy ||= fetch(ownAddress, { method: 'HEAD' }).then((response) => response.headers.get('cross-origin-embedder-policy') || '', () => '');
    return policy;
  }
  /** Why a fetch failed: [errno, text] */
  async function reason(error, url) {
    const host = new URL(url).host;
    if (node) {
      const cause = (error && error.cause) || error, code = cause.code || '';
      if (code === 'ECONNREFUSED') return [ERRNO.ECONNREFUSED, 'Connection refused'];
      if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return [ERRNO.EHOSTUNREACH, `Name or service not known: ${host}`];
      if (/TIMEOUT/.test(code)) return [ERRNO.ETIMEDOUT, 'Connection timed out'];
      return [ERRNO.ECONNRESET, `${host}: ${cause.message || error}`];
    }
    const away = new URL(url).origin !== self.origin;
    if (!away) return [ERRNO.ECONNREFUSED, 'Connection refused'];
    if (self.origin.startsWith('https:') && url.startsWith('http:')) return [ERRNO.EACCES, `the page was loaded by https, so the browser lets it not fetch ${host} by http`];
    try { // whoever answers this, lives; what is answered nobody may read
      await fetch(url, { method: 'HEAD', mode: 'no-cors', credentials: 'omit', cache: 'no-store' });
      return [ERRNO.EACCES, `${host} answers, but does not allow pages of other sites to read it (CORS)`];
    } catch {
      if (/^credentialless/.test(await embedderPolicy())) return [ERRNO.ECONNREFUSED, `Connection refused: no answer from ${host}, or no such host`];
      return [ERRNO.EHOSTUNREACH, `${host} could not be fetched: no such host, no answer, or it does not allow pages of other sites to read it (CORS)`];
    }
  }

  /* ---- exchanges ---- */

  class Exchange {
    constructor(connection) {
      this.socket = connection.socket;
      this.received = [];
      this.asked = false;
      this.ended = false;
      this.cancel = new AbortController();
    }
    /** Takes what the program has sent. */
    read(connection) {
      const bytes = far.take(kernel, this.socket);
      if (this.asked || !bytes.length) return;
      this.received.push(bytes);
      const all = joined(this.received), request = parse(all);
      this.received = [all];
      if (request instanceof Error) {
        this.asked = true;
        far.fail(kernel, this.socket, ERRNO.EPROTO, request.message);
      } else if (request === null) far.phase(kernel, this.socket, far.PARTIAL);
      else {
        this.asked = true;
        this.received = [];
        far.phase(kernel, this.socket, far.ASKED);
        this.ask(connection, request).catch((error) => {
          if (!this.cancel.signal.aborted) far.fail(kernel, this.socket, ERRNO.ECONNRESET, String(error.message || error));
        });
      }
    }
    async ask(connection, request) {
      const url = address(connection, request), method = request.method;
      const known = held.get(url);
      let response = known && !['POST', 'PUT', 'PATCH', 'DELETE'].includes(method) ? known : null;
      held.delete(url);
      if (!response) {
        try {
          response = await fetch(url, {
            method,
            headers: request.headers.filter(([name]) => !OWN_HEADERS.has(name) && !(name === 'user-agent' && !node)),
            body: request.body.length && method !== 'GET' && method !== 'HEAD' ? request.body : undefined,
            credentials: 'omit', cache: 'no-store', redirect: node ? 'manual' : 'follow', signal: this.cancel.signal,
          });
        } catch (error) {
          if (!this.cancel.signal.aborted) far.fail(kernel, this.socket, ...(await reason(error, url)));
          return;
        }
      }
      if (response.redirected && response !== known) { // the program follows redirects itself, or not: it is shown one, to where fetch has gone
        held.set(response.url, response);
        this.cancel = new AbortController(); // this connection's end is not the answer's
        setTimeout(() => {
          if (held.get(response.url) !== response) return;
          held.delete(response.url);
          if (response.body) response.body.cancel();
        }, HELD_FOR);
        await this.write(new TextEncoder().encode(`HTTP/1.1 302 Found\r\nLocation: ${response.url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`));
        this.end();
        return;
      }
      const encoded = response.headers.has('content-encoding');
      let head = `HTTP/1.1 ${response.status} ${response.statusText || REASONS[response.status] || ''}\r\n`;
      for (const [name, value] of response.headers) {
        if (!UNDONE_HEADERS.has(name) && !(name === 'content-length' && encoded)) head += `${name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())}: ${value}\r\n`;
      }
      await this.write(Uint8Array.from(head + 'Connection: close\r\n\r\n', (letter) => letter.charCodeAt(0) & 255));
      far.phase(kernel, this.socket, far.ANSWERED);
      if (response.body && method !== 'HEAD') {
        const reader = response.body.getReader();
        for (;;) {
          let part;
          try {
            part = await reader.read();
          } catch {
            if (!this.cancel.signal.aborted) far.fail(kernel, this.socket, ERRNO.ECONNRESET, 'Connection reset: the answer broke off');
            return;
          }
          if (part.done) break;
          await this.write(part.value);
        }
      }
      this.end();
    }
    async write(bytes) {
      while (bytes.length) {
        if (this.cancel.signal.aborted) throw new Error('closed');
        const n = far.put(kernel, this.socket, bytes);
        if (n < 0) {
          this.cancel.abort();
          throw new Error('closed');
        }
        bytes = bytes.subarray(n);
        if (bytes.length) await new Promise((done) => (this.room = () => done(null)));
      }
    }
    end() {
      far.phase(kernel, this.socket, far.ANSWERED);
      far.end(kernel, this.socket);
      this.ended = true;
    }
    /** Something has happened: the program has sent, or taken, or closed. */
    wake() {
      const room = this.room;
      this.room = null;
      if (room) room();
    }
  }

  let sequence = -1;
  function look() {
    sequence = far.sequence(kernel);
    for (const connection of far.list(kernel)) {
      let exchange = exchanges.get(connection.socket);
      if (!exchange) exchanges.set(connection.socket, (exchange = new Exchange(connection)));
      if (connection.closed) {
        exchanges.delete(connection.socket);
        exchange.cancel.abort();
        far.free(kernel, connection.socket, exchange.ended);
      } else exchange.read(connection);
      exchange.wake();
    }
    const wait = far.wait(kernel, sequence);
    if (wait && wait.async) wait.value.then(look);
    else setTimeout(look, wait ? 0 : ROOM_POLL);
  }
  look();
}
if (typeof module === 'object') module.exports = { serveFetches };
