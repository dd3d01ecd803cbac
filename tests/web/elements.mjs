/* elements.mjs: what becomes of a <baton-example>, its program and those that wait for it, when it is moved or removed, when its frame goes, when files cannot be loaded; who
 * may use a frame:  node elements.mjs SITE [CHECK] */
import assert from 'node:assert/strict';
import { serve } from '../../web/serve.mjs';
import { Suite, quiet, until } from './harness.mjs';

const suite = new Suite('elements');
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'credentialless' };
const PLACES = [['in the page', ISOLATED], ['in a frame', {}]];
const DEAF = 'import time\nprint("on", flush=True)\nwhile True:\n    try: time.sleep(1000)\n    except KeyboardInterrupt: pass\n';

/** The site on a host that sends such headers. */
async function withHost(headers, act) {
  const server = await serve(process.argv[2], 0, headers);
  try {
    return await act(`http://localhost:${server.address().port}/`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
/** The worked page without its image, which is on another host. */
async function openPlain(address, options, script = () => {}) {
  const page = await suite.open('about:blank', options);
  await page.route('https://www.python.org/**', (route) => route.fulfill({ contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' }));
  await page.addInitScript(script);
  await page.goto(address);
  return page;
}
/** A page that shows nothing but its own examples: add(id, code, attributes), settled(promise) within 30 s. */
async function open(address, options) {
  const page = await openPlain(`${address}examples.html`, options);
  await page.evaluate(() => {
    document.querySelector('main').replaceChildren();
    window.add = (id, code, attributes = '') => {
      const box = document.createElement('div');
      box.innerHTML = `<baton-example id="${id}" ${attributes}><pre><code></code></pre></baton-example>`;
      box.querySelector('code').textContent = code;
      document.querySelector('main').append(box);
      return box.firstElementChild;
    };
    window.settled = (promise) => Promise.race([promise.then((result) => result.stdout + result.exitCode, (error) => `${error.name}: ${error.message}`), new Promise((done) => setTimeout(done, 30_000, 'hangs'))]);
    window.printed = (example) => new Promise((done) => example.addEventListener('baton-output', done, { once: true }));
    window.says = (example) => example.shadowRoot.querySelector('.status').textContent;
  });
  return page;
}

for (const [place, headers] of PLACES) {
  suite.check(`one with an interpreter of its own is removed while it runs, ${place}`, () => withHost(() => headers, async (address) => {
    const page = await open(address);
    const told = await page.evaluate(async (deaf) => {
      const one = window.add('own', deaf, 'own'), running = one.run();
      await window.printed(one);
      one.remove();
      const ended = await window.settled(running);
      document.querySelector('main').append(one);
      one.code = 'print("again")';
      return [ended.slice(-3), await window.settled(one.run()), one.running];
    }, DEAF);
    assert.deepEqual(told, ['137', 'again\n0', false]);
    quiet(page);
  }));

  suite.check(`one whose program does not listen to Stop is removed: others have their turn, ${place}`, () => withHost(() => headers, async (address) => {
    const page = await open(address);
    assert.equal(await page.evaluate(async (deaf) => {
      const one = window.add('deaf', deaf), other = window.add('other', 'print("other")');
      void one.run();
      await window.printed(one);
      const waits = other.run();
      one.remove();
      return window.settled(waits);
    }, DEAF), 'other\n0');
    quiet(page);
  }));

  suite.check(`one that is moved runs on, ${place}`, () => withHost(() => headers, async (address) => {
    const page = await open(address);
    assert.equal(await page.evaluate(async () => {
      const one = window.add('moved', 'import time\nprint("on", flush=True)\ntime.sleep(0.5)\nprint("end")', 'own'), running = one.run();
      await window.printed(one);
      document.body.append(one);
      return window.settled(running);
    }), 'on\nend\n0');
    quiet(page);
  }));
}

suite.check('one that waits for its turn can be stopped and run again; "Stop now" is for the run that was stopped', () => withHost(() => ISOLATED, async (address) => {
  const page = await open(address);
  const told = await page.evaluate(async (deaf) => {
    const one = window.add('busy', deaf), other = window.add('waits', 'print("ran")');
    const busy = one.run();
    await window.printed(one);
    const first = other.run();
    await other.stop();
    const stopped = [await window.settled(first), window.says(other), other.running];
    const again = other.run();
    void one.stop();
    await new Promise((done) => setTimeout(done, 500));
    await one.stop();
    await busy;
    const ran = await window.settled(again);
    one.code = 'import time\nprint("next", flush=True)\ntime.sleep(2)';
    const next = one.run();
    await new Promise((done) => setTimeout(done, 1500));
    const label = one.shadowRoot.querySelector('[part=stop]').textContent;
    return [...stopped, ran, label, await window.settled(next)];
  }, DEAF);
  assert.deepEqual(told, ['130', 'Stopped', false, 'ran\n0', 'Stop', 'next\n0']);
  quiet(page);
}));

suite.check('the page removes the frame: the run ends with an error, the next one has another frame', () => withHost(() => ({}), async (address) => {
  const page = await open(address);
  const told = await page.evaluate(async (deaf) => {
    const one = window.add('one', deaf), running = one.run();
    await window.printed(one);
    document.querySelector('iframe').remove();
    const ended = await window.settled(running);
    one.code = 'print("anew")';
    const again = await window.settled(one.run());
    const body = document.createElement('body'); // as sites do that load their next page themselves
    body.append(one);
    document.body = body;
    return [ended, again, await window.settled(one.run()), document.querySelectorAll('iframe').length];
  }, DEAF);
  assert.match(told[0], /^Error: The page has removed the frame/);
  assert.deepEqual(told.slice(1), ['anew\n0', 'anew\n0', 1]);
  quiet(page);
}));

suite.check('a page of another site may use a frame only of a host that shares the package with all', () => withHost(() => ({}), (outside) =>
  withHost((path) => (path.endsWith('/frame.html') ? { 'Document-Isolation-Policy': 'isolate-and-credentialless' } : { 'Access-Control-Allow-Origin': '*' }), async (address) => {
    const page = await openPlain(`${outside.replace('localhost', '127.0.0.1')}examples.html`);
    const told = await page.evaluate(async (base) => {
      const frame = document.createElement('iframe'), answers = [];
      const heard = (match) => new Promise((done) => addEventListener('message', ({ data }) => match(data) && done(data)));
      const ready = heard((data) => data.type === 'baton-frame');
      frame.allow = 'cross-origin-isolated';
      frame.src = `${base}embed/frame.html`;
      document.body.append(frame);
      answers.push((await ready).isolated);
      const { port1, port2 } = new MessageChannel();
      const reply = new Promise((done) => (port1.onmessage = ({ data }) => done(data)));
      frame.contentWindow.postMessage({ type: 'baton-connect' }, '*', [port2]);
      port1.postMessage({ type: 'run', id: 1, source: 'print(1)', options: {} });
      answers.push(await reply);
      return answers;
    }, address);
    assert.equal(told[0], true);
    assert.equal(told[1].type, 'failed');
    assert.match(told[1].message, /does not share its Python with pages of other sites.*Access-Control-Allow-Origin/);
    quiet(page);
  })));

suite.check('an editor that cannot be loaded is told, and tried again', () => withHost(() => ISOLATED, async (address) => {
  const page = await open(address, { expected: /Failed to load resource/ });
  await page.evaluate(() => window.add('edit', 'print(1)', 'editable'));
  await page.route('**/embed/editor-*', (route) => route.abort());
  await page.locator('#edit .code').click();
  await until(page, () => window.says(document.querySelector('#edit')) === 'The editor could not be loaded');
  await page.unroute('**/embed/editor-*');
  await page.locator('#edit .code').click();
  await page.locator('#edit .cm-content').waitFor();
  quiet(page);
}));

suite.check('where an editor comes late, the focus stays where the reader has gone on to', () => withHost(() => ISOLATED, async (address) => {
  const page = await open(address);
  await page.evaluate(() => window.add('edit', 'print(1)', 'editable'));
  let go;
  const held = new Promise((done) => (go = done));
  await page.route('**/embed/editor-*', async (route) => {
    await held;
    await route.continue();
  });
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.querySelector('#edit').shadowRoot.activeElement.getAttribute('role')), 'textbox');
  await page.keyboard.press('Tab');
  go();
  await page.locator('#edit .cm-content').waitFor();
  assert.equal(await page.evaluate(() => document.querySelector('#edit').shadowRoot.activeElement.textContent), 'Run');
  await page.keyboard.press('Enter');
  await until(page, () => /^Finished/.test(window.says(document.querySelector('#edit'))) && !document.querySelector('#edit').running);
  assert.equal(await page.evaluate(() => document.querySelector('#edit').shadowRoot.activeElement?.textContent), 'Run'); // it was disabled meanwhile
  quiet(page);
}));

suite.check('a page that cannot be isolated by the script that it names is told why', () => withHost(() => ({}), async (address) => {
  const page = await openPlain(`${address}examples.html`, { expected: /404|service worker/i }, () => {
    const register = ServiceWorkerContainer.prototype.register;
    ServiceWorkerContainer.prototype.register = function (url, ...rest) {
      return String(url).endsWith('embed/sw.js') ? Promise.reject(new Error('no')) : register.call(this, url, ...rest);
    };
  });
  for (const [script, why] of [['/embed/nowhere.js', /^The page could not be isolated: .*404/], ['/embed/sw.js?another', /^The page could not be isolated: .*in charge of .*\/embed\/ only/]]) {
    await page.evaluate((name) => document.querySelector('#hello').setAttribute('isolate-page', name), script);
    await page.locator('#hello button.primary').click();
    await page.locator('#hello .trouble button').click();
    await until(page, (text) => new RegExp(text).test(document.querySelector('#hello').shadowRoot.querySelector('.status').textContent), why.source);
  }
  quiet(page);
}));

await suite.run(process.argv[3]);
