/* library.mjs: the standard library in pieces, in Chromium over a slow and faulty network:  node library.mjs SITE */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { serve } from '../../web/serve.mjs';
import { launch } from './blank.mjs';

const DELAY = 50, LARGEST = 1.6e6;
const site = process.argv[2];
const behind = await serve(site);
/** What has been asked for: {path, begun, ended, size}, and what is to go wrong. */
const log = [];
/** @type {(path: string) => string} */
let fault = () => '';
const front = createServer((request, response) => {
  const entry = { path: request.url, begun: performance.now(), ended: 0, size: 0 };
  log.push(entry);
  setTimeout(() => {
    const kind = fault(request.url);
    if (kind === 'cut') return response.destroy();
    if (kind === 'missing') return response.writeHead(404).end();
    const upstream = ask({ agent: false, port: behind.address().port, path: request.url, method: request.method }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        let body = Buffer.concat(parts);
        if (kind === 'damaged') body = gzipSync(Buffer.alloc(100));
        entry.size = /\.gz$/.test(request.url) ? body.length : gzipSync(body, { level: 9 }).length;
        entry.ended = performance.now();
        response.writeHead(answer.statusCode, { ...answer.headers, 'content-length': body.length });
        response.end(body);
      });
    });
    upstream.end();
  }, DELAY);
});
await new Promise((done) => front.listen(0, '127.0.0.1', done));
const address = `http://localhost:${front.address().port}/`;
const browser = await launch();

/** A page that has an interpreter and nothing in its cache. */
async function open(settings = {}) {
  const context = await browser.newContext(settings);
  const page = await context.newPage();
  await page.route('**/blank.html', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>test</title>', headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'credentialless' } }));
  await page.goto(address + 'blank.html');
  await page.evaluate(async () => (window.baton = await (await import('/baton.js')).createBaton()));
  const run = (source) => page.evaluate((text) => window.baton.run(text, { input: null }), source);
  return { run, close: () => context.close() };
}
/** How many of these requests came one after another. */
function rounds(entries) {
  let count = 0, end = -1;
  for (const entry of [...entries].sort((a, b) => a.ended - b.ended)) {
    if (entry.begun < end) continue;
    count++;
    end = entry.ended;
  }
  return count;
}

try {
  for (const name of ['asyncio', 'urllib.request', 'concurrent.futures', 'multiprocessing', 'multiprocessing.pool', 'dataclasses', 'unittest', 'xml.dom.minidom']) {
    const page = await open();
    log.length = 0;
    const result = await page.run(`import ${name}\nprint("there")`);
    assert.equal(result.stdout, 'there\n', result.stderr);
    const asked = log.filter(({ path }) => path.endsWith('.gz'));
    console.log(`${name}: ${asked.length} pieces, ${rounds(asked)} one after another`);
    assert.ok(rounds(asked) <= 3, name);
    await page.close();
  }

  log.length = 0;
  let page = await open();
  let result = await page.run(readFileSync(new URL('../../web/demos/three_ways.py', import.meta.url), 'utf8'));
  assert.match(result.stdout, /Multiprocessing/, result.stderr);
  while (log.some(({ ended }) => !ended)) await new Promise((done) => setTimeout(done, DELAY)); // what the waiting interpreters load counts, too
  const files = new Map(log.map(({ path, size }) => [path, size])), total = [...files.values()].reduce((sum, size) => sum + size, 0);
  console.log(`three ways: ${total} bytes (gzip): ${[...files].map(([path, size]) => `${path} ${size}`).join(', ')}`);
  assert.ok(total <= LARGEST, String(total));
  await page.close();

  const lazy = (path) => /\/(source-\w+|zones|names|charset-[\w-]+)\./.test(path);
  assert.deepEqual([...files.keys()].filter(lazy), []);

  // Sources come when a line is asked for, with one piece of them for each of the library's, and only once.
  page = await open();
  result = await page.run('print(__import__("json").loads("[1]"))\ntry: import nothing_at_all\nexcept ImportError as e: print(e)');
  assert.equal(result.stdout, "[1]\nNo module named 'nothing_at_all'\n", result.stderr);
  assert.deepEqual(log.filter(({ path }) => lazy(path)).map(({ path }) => path), []);
  const mistake = 'import json\njson.loads("[1,")', shown = /json\/__init__.py", line \d+, in loads\n {4}return _default_decoder.decode\(s\)\n.*\n {4}obj, end = self.raw_decode/;
  for (const asks of [2, 0]) { // names of files, and sources
    log.length = 0;
    result = await page.run(mistake);
    assert.match(result.stderr, shown);
    const asked = log.filter(({ path }) => lazy(path));
    console.log(`a traceback: ${asked.map(({ path, size }) => `${path} ${size}`).join(', ')}`);
    assert.equal(asked.length, asks);
  }
  result = await page.run('import zoneinfo, datetime\nprint(datetime.datetime(2024, 7, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")))\nprint(len(zoneinfo.available_timezones()) > 400)');
  assert.equal(result.stdout, '2024-07-01 00:00:00+02:00\nTrue\n', result.stderr);
  await page.close();

  // A character set comes with the first encoding that has it, and nothing else does; what could not be had is asked for again.
  page = await open();
  const coded = (name) => `try: print("漢字".encode("${name}"))\nexcept OSError as e: print("OSError", e)`;
  for (const [name, expected, sets] of [
    ['gbk', "b'\\x9dh\\xd7\\xd6'", ['GBK-00']], ['gbk', "b'\\x9dh\\xd7\\xd6'", []], ['shift_jis', "b'\\x8a\\xbf\\x8e\\x9a'", ['EUC-JP-00']], ['euc_jp', "b'\\xb4\\xc1\\xbb\\xfa'", ['EUC-JP-8F']],
  ]) {
    log.length = 0;
    result = await page.run(coded(name));
    assert.equal(result.stdout, expected + '\n', result.stderr);
    assert.deepEqual(log.filter(({ path }) => lazy(path)).map(({ path }) => /charset-(.*)\.\w+\.gz/.exec(path)?.[1]), sets);
  }
  for (const kind of ['cut', 'missing', 'damaged']) {
    fault = (path) => (path.includes('charset-') ? kind : '');
    result = await page.run(coded('big5'));
    assert.equal(result.stdout, 'OSError the character set BIG5 could not be loaded\n', kind + result.stderr);
    fault = () => '';
  }
  result = await page.run(coded('big5'));
  assert.equal(result.stdout, "b'\\xba~\\xa6r'\n", result.stderr);
  await page.close();

  // Folders whose names have not come yet: a process begins in one, another is moved away.  Local time is the browser's.
  page = await open({ timezoneId: 'America/New_York' });
  result = await page.run('import os, subprocess, sys\n' +
    'print(subprocess.run([sys.executable, "-c", "import os; print(os.getcwd())"], cwd=os.path.dirname(os.__file__) + "/json", capture_output=True, text=True).stdout)');
  assert.match(result.stdout, /\/json\n/, result.stderr);
  await page.close();
  page = await open({ timezoneId: 'America/New_York' });
  result = await page.run('import os, time\nprint(time.timezone, time.localtime(1720000000).tm_gmtoff)\nos.rename("/usr/share/zoneinfo", "/tmp/zones")\n' +
    'try: os.listdir("/tmp/zones")\nexcept OSError as e: print(e.errno)');
  assert.equal(result.stdout, '18000 -14400\n5\n', result.stderr);
  await page.close();

  const pieces = JSON.parse(readFileSync(join(site, 'runtime/library.json'), 'utf8')).pieces;
  const ask = 'import json, linecache, traceback\ntry: json.loads("[1,")\nexcept ValueError: print(traceback.format_exc().count("\\n"))\n' +
    'try: print("def loads" in json.__loader__.get_source("json"))\nexcept ImportError as e: print("ImportError")\nprint(len(linecache.getlines(json.__file__)) > 300)';
  for (const kind of ['cut', 'missing', 'damaged']) {
    for (const part of [/\/source-/, /\/(source-|names)/]) {
      page = await open();
      fault = (path) => (part.test(path) ? kind : '');
      result = await page.run(ask);
      assert.equal(result.stdout, '8\nImportError\nFalse\n', kind + result.stderr); // without lines of the library
      fault = () => '';
      result = await page.run(ask);
      assert.equal(result.stdout, '11\nTrue\nTrue\n', kind + result.stderr);
      await page.close();
    }
  }
  const attempt = 'try:\n    import asyncio\n    print("there")\nexcept ImportError as e:\n    print("ImportError", "could not be loaded" in str(e))';
  for (const kind of ['cut', 'missing', 'damaged']) {
    page = await open();
    fault = (path) => (pieces.slice(1).some(({ file }) => path.endsWith(file)) && !lazy(path) ? kind : '');
    result = await page.run(attempt);
    assert.equal(result.stdout, 'ImportError True\n', kind + result.stderr);
    fault = () => '';
    result = await page.run(attempt);
    assert.equal(result.stdout, 'there\n', kind + result.stderr);
    await page.close();
  }
  for (const file of [pieces[0].file, 'interpreter.wasm', 'workers.js']) { // without these there is no interpreter
    fault = (path) => (path.endsWith(file) ? 'missing' : '');
    await assert.rejects(open(), /could not be (loaded|started)/, file);
    fault = () => '';
  }
  let asked = 0;
  fault = (path) => (path.endsWith('workers.js') && ++asked > 1 ? 'missing' : ''); // the worker of the first thread alone
  await assert.rejects(open(), /workers\.js could not be loaded/);
  assert.ok(asked > 1);
} finally {
  await browser.close();
  front.close();
  front.closeAllConnections();
  behind.close();
}
