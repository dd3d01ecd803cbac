/* web.mjs: compares Baton in a page with Pyodide (an npm package that the build has anyway, for CPython's library), in Chromium, in turn on the same machine:
 *
 *     node web.mjs SITE PYODIDE PROGRAMS NATIVE [--runs N] [NAME ...]
 *
 * Time to the first output of print("hello") is from opening a page with cold caches.  Memory is the renderer's (PSS) above a blank page's, with the first output out and the
 * spare instances begun.  A program's time is what its own clock says from its first line to its last, the same in Baton, in Pyodide and in native Baton.  `whole` is the ratio
 * of the times that the page sees: Baton's includes a fresh interpreter's start and end, Pyodide's runs the code in the one that it has.
 * Each row is the median of the runs. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const { chromium } = createRequire(new URL('../wasm/', import.meta.url))('playwright-core');
const [site, pyodide, programs, native] = process.argv.slice(2, 6).map((path) => resolve(path));
const rest = process.argv.slice(6);
const runs = rest[0] === '--runs' ? Number(rest.splice(0, 2)[1]) : 3;
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json' };
const PAGES = {
  '/blank.html': '<!doctype html><title>blank</title>',
  '/baton.html': `<!doctype html><title>Baton</title><script type="module">
    import { createBaton } from '/site/baton.js';
    const baton = await createBaton({ onOutput: () => (window.first ??= performance.now()) });
    window.run = async (source) => {
      const result = await baton.run(source, { input: null });
      return { ms: result.durationMs, output: result.stdout + result.stderr };
    };
    window.ready = window.run('print("hello")');
  </script>`,
  '/pyodide.html': `<!doctype html><title>Pyodide</title><script type="module">
    import { loadPyodide } from '/pyodide/pyodide.mjs';
    let output = '';
    const python = await loadPyodide({ indexURL: '/pyodide/' });
    python.setStdout({ batched: (line) => { window.first ??= performance.now(); output += line + '\\n'; } });
    window.run = async (source) => {
      output = '';
      const begun = performance.now();
      await python.runPythonAsync(source, { globals: python.toPy({ __name__: '__main__' }) }); // asyncio.run() may wait only in what was begun so
      return { ms: performance.now() - begun, output };
    };
    window.ready = window.run('print("hello")');
  </script>`,
};
/** Files that were asked for. @type {Set<string>} */
let loaded = new Set();
const server = createServer((request, response) => {
  const path = new URL(request.url, 'http://localhost').pathname;
  const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'credentialless', 'Cache-Control': 'no-cache' };
  try {
    const file = path.replace(/^\/site/, site).replace(/^\/pyodide/, pyodide), body = PAGES[path] ? Buffer.from(PAGES[path]) : readFileSync(file);
    response.writeHead(200, { ...headers, 'Content-Type': TYPES[extname(path)] || 'application/octet-stream' });
    response.end(body);
    if (!PAGES[path]) loaded.add(file);
  } catch {
    response.writeHead(404, headers);
    response.end();
  }
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const base = `http://localhost:${server.address().port}`;
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** A page of a browser of its own, so that nothing is cached. */
async function open(name) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage'],
  });
  const page = await browser.newPage();
  await page.goto(`${base}/${name}.html`);
  if (name !== 'blank') await page.waitForFunction('window.first && window.ready', null, { timeout: 120_000 });
  return { browser, page };
}
/** KiB of the renderers. */
async function memory(browser) {
  const session = await browser.newBrowserCDPSession(), { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.filter((process) => process.type === 'renderer')
    .reduce((sum, process) => sum + Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${process.id}/smaps_rollup`, 'utf8'))[1]), 0);
}

const first = { baton: [], pyodide: [] }, kept = { blank: [], baton: [], pyodide: [] }, sizes = {};
for (let i = 0; i < runs; i++) {
  for (const name of ['blank', 'baton', 'pyodide']) {
    loaded = new Set();
    const { browser, page } = await open(name);
    if (first[name]) first[name].push(await page.evaluate('window.first'));
    await new Promise((done) => setTimeout(done, 1500));
    kept[name].push(await memory(browser));
    sizes[name] = [...loaded];
    await browser.close();
  }
}
const packed = (files) => files.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0);
const megabytes = (kib) => (kib / 1024).toFixed(1) + ' MB';
console.log(`first output      Baton ${Math.round(median(first.baton))} ms   Pyodide ${Math.round(median(first.pyodide))} ms   ratio ${(median(first.pyodide) / median(first.baton)).toFixed(2)}`);
console.log(`loaded (gzip)     Baton ${megabytes(packed(sizes.baton) / 1024)}   Pyodide ${megabytes(packed(sizes.pyodide) / 1024)}`);
console.log(`memory (PSS)      Baton ${megabytes(median(kept.baton) - median(kept.blank))}   Pyodide ${megabytes(median(kept.pyodide) - median(kept.blank))}`);

/** The program, telling last how long it took, in ms; what it printed before, and that. */
const timed = (source) => `import time as bench_time; bench_begun = bench_time.perf_counter()\n${source}\nprint("took", (bench_time.perf_counter() - bench_begun) * 1000)\n`;
const split = (output) => {
  const found = /^took (.*)\n$/m.exec(output);
  if (!found) throw new Error(output.slice(-300));
  return { own: Number(found[1]), printed: output.slice(0, found.index) };
};

const names = rest.length ? rest : readdirSync(programs).filter((name) => name.endsWith('.py')).map((name) => name.slice(0, -3)).sort();
const ratios = [], wholes = [], natives = [];
const pages = { baton: await open('baton'), pyodide: await open('pyodide') };
for (const name of names) {
  const source = timed(readFileSync(join(programs, name + '.py'), 'utf8')), times = { baton: [], pyodide: [], native: [] }, whole = { baton: [], pyodide: [] }, outputs = {};
  let failed = '';
  for (let i = 0; i < runs && !failed; i++) {
    for (const which of ['baton', 'pyodide']) {
      try {
        const result = await pages[which].page.evaluate((text) => window.run(text), source), { own, printed } = split(result.output);
        times[which].push(own);
        whole[which].push(result.ms);
        outputs[which] = printed;
      } catch (error) {
        failed += `${which}: ${String(error.message).trim().split('\n').filter((line) => !/^\s+at /.test(line)).pop()} `;
      }
    }
    const { own, printed } = split(execFileSync(native, ['-'], { input: source, encoding: 'utf8', maxBuffer: 1 << 28 }));
    outputs.native = printed;
    times.native.push(own);
  }
  if (outputs.baton !== outputs.native) failed += 'baton prints something else ';
  const [baton, other, home] = [times.baton, times.pyodide, times.native].map((all) => (all.length ? median(all) : NaN));
  const seen = whole.pyodide.length ? median(whole.pyodide) / median(whole.baton) : NaN;
  if (!failed) {
    ratios.push(other / baton);
    wholes.push(seen);
    natives.push(baton / home);
  }
  console.log(`${name.padEnd(18)}Baton ${Math.round(baton)} ms   Pyodide ${Math.round(other)} ms   ratio ${(other / baton).toFixed(2)}   whole ${seen.toFixed(2)}   of native ${(baton / home).toFixed(2)}   ${failed}`);
}
const mean = (values) => Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length).toFixed(2);
console.log(`geometric mean    Pyodide's time ${mean(ratios)} of Baton's, whole ${mean(wholes)}; Baton's ${mean(natives)} of native; ${statSync(join(site, 'runtime/interpreter.wasm')).size} bytes of wasm`);
await pages.baton.browser.close();
await pages.pyodide.browser.close();
server.close();
