/* embed.mjs: <baton-example> in a page: with and without headers, in frames, from another origin; never reloaded, and the third-party image always loads:
 * node embed.mjs SITE [CHECK] */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { serve } from '../../web/serve.mjs';
import { LOOKS, PHONE, Suite, fits, quiet, until } from './harness.mjs';

const site = resolve(process.argv[2]);
const suite = new Suite('embed');

/* An image from another host, which sends none of the headers that isolated pages ask for. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');
const images = createServer((request, response) => response.writeHead(200, { 'Content-Type': 'image/gif' }).end(PIXEL));
await new Promise((done) => images.listen(0, '127.0.0.1', done));
const IMAGE = `http://127.0.0.1:${images.address().port}/pixel.gif`;

/* The site with a page of the tests' own beside it. */
const folder = mkdtempSync(join(tmpdir(), 'baton-embed-'));
for (const name of readdirSync(site)) if (name !== 'examples.html') symlinkSync(join(site, name), join(folder, name));
const examples = readFileSync(join(site, 'examples.html'), 'utf8').replace(/https:\/\/www\.python\.org\/[^"]*/, IMAGE);
assert.ok(examples.includes(IMAGE));
writeFileSync(join(folder, 'examples.html'), examples);
const page = (body) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>test</title><link rel="icon" href="/playground/icon.svg">${body}`;
writeFileSync(join(folder, 'frame.html'), page(`<script>document.write('<iframe width="900" height="1500" src="' + decodeURIComponent(location.search.slice(1)) + '" ' + decodeURIComponent(location.hash.slice(1)) + '></iframe>')</script>`));

/* Headers of hosts of different kinds. */
const SHARED = { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' };
const NONE = () => ({});
const CDN = () => SHARED;
const CDN_ISOLATING = (path) => ({ ...SHARED, ...(path.endsWith('/embed/frame.html') ? { 'Document-Isolation-Policy': 'isolate-and-credentialless' } : {}) });
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'credentialless' };

async function withHost(headers, act) {
  const server = await serve(folder, 0, headers);
  try {
    return await act(`http://localhost:${server.address().port}/`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Counts how often the page itself is loaded. */
function loads(one) {
  const seen = { count: 1 };
  one.on('framenavigated', (frame) => frame === one.mainFrame() && seen.count++);
  return seen;
}
const run = (place, id) => place.locator(`#${id} button.primary`).click();
const finished = (place, id) =>
  place.waitForFunction((one) => /Finished|Could not|exit code|Stopped/.test(document.getElementById(one).shadowRoot.querySelector('.status').textContent) && !document.getElementById(one).running, id, { polling: 50, timeout: 120_000 });
const output = (place, id) => place.evaluate((one) => document.getElementById(one).shadowRoot.querySelector('.output').textContent, id);
const status = (place, id) => place.evaluate((one) => document.getElementById(one).shadowRoot.querySelector('.status').textContent, id);
const trouble = (place, id) => place.evaluate((one) => document.getElementById(one).shadowRoot.querySelector('.trouble').textContent, id);
const imageLoaded = (place) => place.evaluate(() => document.querySelector('img').decode().then(() => document.querySelector('img').naturalWidth > 0, () => false));

for (const [name, headers] of [['with headers', undefined], ['with a frame that is sent isolated', CDN_ISOLATING], ['without headers', NONE]]) {
  suite.check(`the worked page ${name}: examples run, no reload, the image loads`, () => withHost(headers, async (address) => {
    const one = await suite.open(`${address}examples.html`);
    const seen = loads(one);
    assert.equal(await one.evaluate(() => crossOriginIsolated), headers === undefined);
    await run(one, 'hello');
    await finished(one, 'hello');
    assert.match(await output(one, 'hello'), /^Hello from Python 3\.14/);
    await run(one, 'threads');
    await run(one, 'free'); // waits for its turn
    await finished(one, 'threads');
    await finished(one, 'free');
    assert.equal(await output(one, 'threads'), 'both are done\n');
    assert.equal(await output(one, 'free'), 'the lock is off\n');
    assert.equal(await one.locator('#threads canvas').count(), 1);
    assert.equal(await imageLoaded(one), true);
    assert.equal(seen.count, 1);
    quiet(one);
  }));
}

suite.check('an editable example with set-up code reads input', () => withHost(NONE, async (address) => {
  const one = await suite.open(`${address}examples.html`);
  const requests = [];
  one.on('request', (request) => requests.push(request.url()));
  await one.locator('#edit .code').click();
  await one.locator('#edit .cm-content').waitFor();
  assert.ok(requests.some((url) => /editor-/.test(url)) && !requests.some((url) => /baton\.js|interpreter/.test(url)), requests.join());
  await one.keyboard.press('Control+End');
  await one.keyboard.type('print(len(name))');
  await one.keyboard.press('Control+Enter');
  await until(one, () => document.querySelector('#edit').shadowRoot.querySelector('.partial').textContent === 'Your name? ');
  await one.locator('#edit .input-line input').fill('Grace');
  await suite.shot(one, 'embed-input', { fullPage: true });
  await one.locator('#edit .input-line input').press('Enter');
  await finished(one, 'edit');
  assert.equal(await output(one, 'edit'), 'Your name? Grace\nHello, Grace\n5\n');
  await one.locator('#edit button', { hasText: 'Reset' }).click();
  assert.doesNotMatch(await one.evaluate(() => document.querySelector('#edit').code), /len/);
  quiet(one);
}));

for (const [look, options] of LOOKS()) {
  suite.check(`the worked page fits: ${look}`, () => withHost(undefined, async (address) => {
    const one = await suite.open(`${address}examples.html`, options);
    for (const id of ['threads', 'free']) {
      await run(one, id);
      await finished(one, id);
    }
    await one.locator('#edit .code').click();
    await one.locator('#edit .cm-content').waitFor();
    await suite.shot(one, `embed-${look}`, { fullPage: true });
    await fits(one);
    quiet(one);
  }));
}

suite.check('a session remembers', () => withHost(NONE, async (address) => {
  const one = await suite.open(`${address}examples.html`);
  for (const n of [1, 2]) {
    await run(one, 'session');
    await one.waitForFunction((text) => document.querySelector('#session').shadowRoot.querySelector('.output').textContent === text, `run ${n}\n`, { polling: 50, timeout: 120_000 });
    await finished(one, 'session');
  }
  quiet(one);
}));

/** Puts examples into the page, runs one after another, and tells what each has shown. */
const runAll = (one, html) => one.evaluate(async (text) => {
  const box = document.createElement('div');
  box.innerHTML = text;
  document.querySelector('main').append(box);
  const shown = [];
  for (const example of box.querySelectorAll('baton-example')) {
    await example.run();
    shown.push(example.shadowRoot.querySelector('.output').textContent);
  }
  return shown;
}, html);
const example = (attributes, code, setup = '') => `<baton-example ${attributes}>${setup && `<script type="text/python">${setup}</script>`}<pre><code>${code}</code></pre></baton-example>`;

suite.check('set-up code is each example\'s own, in a session too; attributes', () => withHost(undefined, async (address) => {
  const one = await suite.open(`${address}examples.html`);
  const print = (names) => `print(sorted({${names}} &amp; globals().keys()))`;
  const shown = await runAll(one, ['a', 'b', 'c'].map((name) => example('', print('"a", "b", "c"'), `${name} = 1`)).join('') + example('', print('"a", "b", "c"')) +
    ['a', 'b'].map((name) => example('session="with set-up"', print('"a", "b"'), `${name} = 1`)).join('') +
    example('own session="with set-up"', print('"a", "b"')) +
    example('name="other.py" args="one two" interval="0.02" lock="off"', 'import sys\nprint(sys.argv, sys.getswitchinterval(), sys._is_gil_enabled())'));
  assert.deepEqual(shown, ["['a']\n", "['b']\n", "['c']\n", '[]\n', "['a']\n", "['a', 'b']\n", '[]\n', "['other.py', 'one', 'two'] 0.02 False\n"]);
  assert.equal(await one.locator('#free .code').evaluate((code) => code.clientHeight), 220);
  quiet(one);
}));

suite.check('what goes on after Stop is named, and a second Stop ends it; a traceback leads to its line', () => withHost(NONE, async (address) => {
  const one = await suite.open(`${address}examples.html`);
  await one.evaluate(() => {
    document.querySelector('#edit').code = 'import time\nprint("on", flush=True)\nwhile True:\n    try: time.sleep(1000)\n    except KeyboardInterrupt: pass\n';
    void document.querySelector('#edit').run();
  });
  const shows = (text) => one.waitForFunction((part) => document.querySelector('#edit').shadowRoot.querySelector('.console').textContent.includes(part), text, { polling: 50, timeout: 120_000 });
  await shows('on');
  await one.locator('#edit button', { hasText: 'Stop' }).click();
  await shows('Still running: MainThread. Stop again ends it at once.');
  await one.locator('#edit button', { hasText: 'Stop now' }).click();
  await finished(one, 'edit');
  assert.match(await status(one, 'edit'), /^Stopped/);
  await one.evaluate(() => {
    document.querySelector('#edit').code = 'print("before")\n1 / 0\n';
  });
  await run(one, 'edit');
  await finished(one, 'edit');
  await one.locator('#edit .place').click();
  await one.locator('#edit .error-line').waitFor();
  assert.equal(await one.locator('#edit .error-line').textContent(), '1 / 0');
  assert.equal(await runAll(one, example('id="fixed"', '1 / 0')).then(() => one.locator('#fixed .place').count()), 0);
  quiet(one);
}));

suite.check('nothing but the small script is loaded before the first run, and listings need no JavaScript', () => withHost(NONE, async (address) => {
  const one = await suite.open('about:blank');
  const requests = [];
  one.on('request', (request) => requests.push(new URL(request.url()).pathname));
  await one.goto(`${address}examples.html`);
  await one.waitForTimeout(500);
  const scripts = requests.filter((path) => path.endsWith('.js'));
  assert.deepEqual(scripts.filter((path) => !/chunk-/.test(path)), ['/embed/baton-example.js']);
  const size = scripts.reduce((sum, path) => sum + gzipSync(readFileSync(join(site, path))).length, 0);
  assert.ok(size < 15_000, `${size} bytes compressed`);
  const plain = await suite.open(`${address}examples.html`, { javaScriptEnabled: false });
  assert.match(await plain.locator('#hello').innerText(), /Hello from Python/);
  await suite.shot(plain, 'embed-no-script', { fullPage: true });
  quiet(one);
}));

suite.check('properties, methods and events', () => withHost(undefined, async (address) => {
  const one = await suite.open(`${address}examples.html`);
  const told = await one.evaluate(async () => {
    const made = document.createElement('baton-example');
    made.innerHTML = '<pre><code>\n    import time\n    print("made")\n    time.sleep(1000)\n</code></pre>';
    made.setAttribute('own', '');
    document.querySelector('main').append(made);
    const events = [];
    for (const name of ['baton-run', 'baton-output', 'baton-end']) document.addEventListener(name, (event) => events.push(name + (event.detail?.text ? `:${event.detail.text.split('\n')[0]}` : '')));
    const stop = () => made.stop();
    document.addEventListener('baton-output', stop, { once: true });
    const before = made.running;
    const pending = made.run();
    const during = made.running;
    const result = await pending;
    made.code = 'print(6 * 7)\n';
    const second = await made.run();
    made.reset();
    return { before, during, events, exitCode: result.exitCode, second: second.stdout, last: made.result.stdout, code: made.code };
  });
  assert.deepEqual([told.before, told.during, told.exitCode, told.second, told.last], [false, true, 130, '42\n', '42\n']);
  assert.deepEqual(told.events.filter((name, i) => name !== told.events[i - 1]).slice(0, 2), ['baton-run', 'baton-output:made']);
  assert.equal(told.events.at(-1), 'baton-end');
  assert.equal(told.code, 'import time\nprint("made")\ntime.sleep(1000)\n');
  quiet(one);
}));

suite.check('framed from another origin: it runs where service workers do, and says what to do where not', () => withHost(NONE, (address) =>
  withHost(NONE, async (outside) => {
    for (const [from, allow, runs] of [[outside, 'allow="cross-origin-isolated"', true], [outside, '', true], [outside.replace('localhost', '127.0.0.1'), '', false]]) {
      const around = `${from}frame.html?${encodeURIComponent(`${address}examples.html`)}#${encodeURIComponent(allow)}`;
      const one = await suite.open(around);
      const seen = loads(one);
      await one.waitForSelector('iframe');
      let inner;
      while (!(inner = one.frames().find((frame) => frame !== one.mainFrame() && frame.url().endsWith('examples.html')))) await one.waitForTimeout(50);
      await inner.waitForLoadState();
      await run(inner, 'hello');
      await finished(inner, 'hello');
      if (runs) assert.match(await output(inner, 'hello'), /^Hello from Python/);
      else {
        assert.match(await status(inner, 'hello'), /Could not run/);
        assert.match(await trouble(inner, 'hello'), /allow="cross-origin-isolated"|Document-Isolation-Policy/);
        await suite.shot(one, 'embed-framed');
      }
      assert.equal(await imageLoaded(inner), true);
      assert.equal(seen.count, 1);
      quiet(one);
    }
  })));

suite.check('where nothing isolates, the remedy is said in place', () => withHost(NONE, async (address) => {
  const one = await suite.open('about:blank', PHONE);
  await one.addInitScript(() => delete Navigator.prototype.serviceWorker);
  await one.goto(`${address}examples.html`);
  await run(one, 'hello');
  await finished(one, 'hello');
  assert.match(await trouble(one, 'hello'), /Cross-Origin-Opener-Policy: same-origin\nCross-Origin-Embedder-Policy: credentialless/);
  const refused = await one.evaluate(async () => (await import('/baton.js')).createBaton().then(() => '', (error) => error.message));
  assert.match(refused, /shared memory.*Cross-Origin-Opener-Policy: same-origin.*Cross-Origin-Embedder-Policy: require-corp/);
  assert.equal(await one.evaluate(() => document.documentElement.scrollWidth), 390);
  await suite.shot(one, 'embed-trouble');
  quiet(one);
}));

const BODY = (from) => page(`<script type="module" src="${from}embed/baton-example.js"></script><img src="${IMAGE}" alt="">
<baton-example id="hello" timeline><pre><code>import threading
t = threading.Thread(target=print, args=("from a thread",))
t.start()
t.join()</code></pre></baton-example><baton-example id="edit" editable><pre><code>print(1)</code></pre></baton-example>`);

/* What the package's README says that each case needs; `'none'` for everything else. */
const POLICIES = {
  same: "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'; frame-src 'self'; img-src *",
  cdnFrame: (cdn) => `default-src 'none'; script-src ${cdn}; frame-src ${cdn}; img-src *`,
  cdnPage: (cdn) => `default-src 'none'; script-src ${cdn} 'wasm-unsafe-eval'; connect-src ${cdn}; worker-src blob:; img-src *`,
};

async function checkPolicy(one) {
  await run(one, 'hello');
  await finished(one, 'hello');
  assert.equal(await output(one, 'hello'), 'from a thread\n', await trouble(one, 'hello'));
  await one.locator('#edit .code').click();
  await one.locator('#edit .cm-content').waitFor();
  assert.equal(await imageLoaded(one), true);
  quiet(one);
}
for (const [name, more] of [['isolated', ISOLATED], ['in a frame', {}]]) {
  suite.check(`Content-Security-Policy: own host, ${name}`, () => {
    writeFileSync(join(folder, 'page.html'), BODY('./'));
    return withHost(() => ({ ...more, 'Content-Security-Policy': POLICIES.same }), async (address) => checkPolicy(await suite.open(`${address}page.html`)));
  });
}
for (const [name, headers] of [['which isolates the frame', CDN_ISOLATING], ['with a service worker in the frame', CDN]]) {
  // a browser without third-party storage has no service workers in frames from other sites: there the host must isolate the frame
  const outside = headers === CDN_ISOLATING ? '127.0.0.1' : 'localhost';
  suite.check(`Content-Security-Policy: the package on another host ${name}`, () => withHost(headers, (cdn) => {
    writeFileSync(join(folder, 'page.html'), BODY(cdn));
    return withHost(() => ({ 'Content-Security-Policy': POLICIES.cdnFrame(new URL(cdn).origin) }), async (address) => {
      const one = await suite.open(`${address.replace('localhost', outside)}page.html`);
      await checkPolicy(one);
      assert.equal(one.frames().length, 2);
    });
  }));
}
suite.check('Content-Security-Policy: the package on another host, in an isolated page: the worker starts through a Blob', () => withHost(CDN, (cdn) => {
  writeFileSync(join(folder, 'page.html'), BODY(cdn));
  return withHost(() => ({ ...ISOLATED, 'Content-Security-Policy': POLICIES.cdnPage(new URL(cdn).origin) }), async (address) => {
    const one = await suite.open(`${address}page.html`);
    await checkPolicy(one);
    assert.equal(one.frames().length, 1);
  });
}));

try {
  await suite.run(process.argv[3]);
} finally {
  images.close();
  images.closeAllConnections();
  rmSync(folder, { recursive: true });
}
