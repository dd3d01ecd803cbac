/* playground.mjs: the playground in Chromium: the page, its timeline, sharing, hosts without headers:  node playground.mjs SITE [CHECK] */
import assert from 'node:assert/strict';
import { serve } from '../../web/serve.mjs';
import { LOOKS, Suite, fits, quiet, until } from './harness.mjs';
import { demo, ended, ready, says, start, text, write } from './page.mjs';

const site = process.argv[2];
const server = await serve(site);
const address = `http://localhost:${server.address().port}/`;
const suite = new Suite('playground');

suite.check('the page opens with the first demo, ready to run', async () => {
  const page = await suite.open(address);
  await ready(page);
  assert.match(await page.textContent('.cm-content'), /def run_multiprocess/);
  assert.equal(await text(page), '');
  await suite.shot(page, 'playground-light');
  quiet(page);
});

suite.check('a link shares program and settings, and does not run by itself', async () => {
  const page = await suite.open(address);
  await ready(page);
  await write(page, 'import sys\nprint("shared äöü", sys.argv[1:], sys._is_gil_enabled(), sys.getswitchinterval())\n');
  await page.click('#lock');
  await page.selectOption('#interval', '0.02');
  await page.fill('#args', 'one "two three"');
  await page.click('#share');
  await until(page, () => location.hash.startsWith('#code='));
  const link = page.url();
  const other = await suite.open(link);
  await ready(other);
  await other.waitForTimeout(300);
  assert.equal(await text(other), '');
  await suite.shot(other, 'playground-shared');
  await other.click('#run');
  await ended(other);
  assert.equal(await text(other), "shared äöü ['one', 'two three'] False 0.02\n");
  quiet(page);
  quiet(other);
});

suite.check('a damaged link is told', async () => {
  const page = await suite.open(`${address}#code=AAAA`);
  await ready(page);
  assert.equal(await text(page), 'The program in this link cannot be read: the link is damaged.\n');
  assert.match(await page.textContent('.cm-content'), /def run_single/);
  quiet(page);
});

suite.check('a link cannot set what no program could, nor be unpacked without end', async () => {
  for (const interval of ['-5', '0', '1e999', '1e-30', 'x']) {
    const page = await suite.open(`${address}#demo=lock-off&lock=on&interval=${interval}`);
    await until(page, () => document.querySelector('#file').textContent === 'lock_off.py');
    assert.equal(await page.inputValue('#interval'), '0.005', interval);
    await page.close();
  }
  const page = await suite.open(address);
  await ready(page);
  const before = await page.textContent('#program .cm-content');
  await page.evaluate(async () => {
    const stream = new Blob(['{"code":"', 'x'.repeat(100e6), '"}']).stream().pipeThrough(new CompressionStream('deflate-raw'));
    const packed = Array.from(new Uint8Array(await new Response(stream).arrayBuffer()), (byte) => String.fromCharCode(byte)).join('');
    location.hash = `#code=${btoa(packed).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')}`;
  });
  await says(page, 'The program in this link cannot be read');
  assert.equal(await page.textContent('#program .cm-content'), before);
  quiet(page);
});

suite.check('what is changed in a shared program outlives a reload and is not taken for the demo', async () => {
  const page = await suite.open(address);
  await ready(page);
  await write(page, 'print("theirs")\n');
  await page.click('#share');
  await until(page, () => location.hash.startsWith('#code='));
  const other = await suite.open(address), code = () => other.textContent('#program .cm-content');
  await ready(other);
  await write(other, 'print("mine")\n');
  await other.evaluate((hash) => (location.hash = hash), new URL(page.url()).hash);
  await until(other, () => document.querySelector('#file').textContent === 'shared.py');
  assert.match(await code(), /theirs/);
  await write(other, 'print("theirs, changed")\n');
  await other.reload();
  await ready(other);
  assert.match(await code(), /theirs, changed/);
  await other.click('#reset');
  assert.equal(await code(), 'print("theirs")');
  await other.click('[data-demo=three-ways]');
  assert.match(await code(), /mine/);
  await write(page, 'print("changed after it was shared")\n');
  await page.reload();
  await ready(page);
  assert.match(await page.textContent('#program .cm-content'), /changed after/);
  quiet(page);
  quiet(other);
});

suite.check('the way past the demos keeps a shared program', async () => {
  const page = await suite.open(address);
  await ready(page);
  await write(page, 'print("shared")\n');
  await page.click('#share');
  await until(page, () => location.hash.startsWith('#code='));
  const other = await suite.open(page.url());
  await ready(other);
  await other.keyboard.press('Tab');
  await other.keyboard.press('Enter');
  assert.equal(await other.evaluate(() => document.activeElement.id), 'run');
  await other.keyboard.press('Enter');
  await ended(other);
  assert.equal(await text(other), 'shared\n');
  assert.equal(other.url(), page.url());
  quiet(other);
});

suite.check('Reset goes back; edits outlive a reload and other demos', async () => {
  const page = await suite.open(address);
  await ready(page);
  await write(page, 'print("edited")\n');
  await page.click('[data-demo=lock-off]');
  await page.click('[data-demo=three-ways]');
  assert.match(await page.textContent('.cm-content'), /edited/);
  await page.reload();
  await ready(page);
  assert.match(await page.textContent('.cm-content'), /edited/);
  await page.click('#reset');
  assert.match(await page.textContent('.cm-content'), /def run_single/);
  quiet(page);
});

suite.check('the timeline can be moved by keys and buttons', async () => {
  const page = await suite.open(address);
  await ready(page);
  await start(page, 'import threading, time\nts = [threading.Thread(target=time.sleep, args=(0.2,), name=f"sleeper {i}") for i in range(3)]\nfor t in ts: t.start()\nfor t in ts: t.join()\n');
  await ended(page);
  await page.focus('#timeline canvas');
  for (const key of ['+', '+', 'ArrowLeft', 'ArrowRight', '-', 'Home', 'End', 'Space']) await page.keyboard.press(key);
  assert.equal(await page.getAttribute('text=Pause', 'aria-pressed'), 'true');
  await page.click('text=Whole');
  await page.hover('#timeline canvas', { position: { x: 600, y: 40 } });
  await until(page, () => !document.querySelector('.tip').hidden);
  assert.match(await page.textContent('.tip'), /^MainThread: /);
  quiet(page);
});

suite.check('lost events are a gap with their number', async () => {
  const page = await suite.open(address);
  await ready(page);
  await start(page, 'import time\nwith open("file", "wb", 0) as file:\n    for _ in range(200_000): file.write(b"")\ntime.sleep(0.2)\n');
  await ended(page);
  await page.click('text=Table');
  const lost = await page.$eval('#timeline tbody tr td:last-child', (cell) => Number(cell.textContent.replace(/,/g, '')));
  assert.ok(lost > 0, `${lost} events lost`);
  await suite.shot(page, 'playground-gap');
  quiet(page);
});

suite.check('compare: bars with ratios', async () => {
  const page = await suite.open(address);
  await ready(page);
  await page.click('#tab-compare');
  await page.selectOption('#compare-program', { label: 'Waiting' });
  await page.click('#compare-run');
  await until(page, () => document.querySelector('.compare .status').textContent === 'Measured');
  const rows = await page.$$eval('.compare-chart tbody tr', (all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
  assert.deepEqual(rows.map((row) => row[0]), ['One thread', 'Threads', 'Processes', 'Threads, lock off']);
  assert.ok(parseFloat(rows[1][2]) < 0.9, rows[1].join());
  assert.ok(parseFloat(rows[2][1]) > 0, rows[2].join());
  assert.equal(await page.locator('.chart svg [aria-label=bar] rect').count() >= 3, true);
  await suite.shot(page, 'compare-light');
  quiet(page);
});

suite.check('Compare that could not be loaded says so, and is loaded at the next look', async () => {
  const page = await suite.open(address, { expected: /Failed to load resource/ });
  await ready(page);
  await page.route('**/playground/compare-*', (route) => route.abort());
  await page.click('#tab-compare');
  await until(page, () => /could not be loaded/.test(document.querySelector('#compare').textContent));
  await page.unroute('**/playground/compare-*');
  await page.click('#tab-program');
  await page.click('#tab-compare');
  await page.waitForSelector('#compare-run');
  assert.doesNotMatch(await page.textContent('#compare'), /could not be loaded/);
  quiet(page);
});

for (const [look, options] of LOOKS()) {
  suite.check(`both views fit: ${look}`, async () => {
    const page = await suite.open(address, options);
    await ready(page);
    await demo(page, 'producer-consumer');
    await suite.shot(page, `playground-${look}`, { fullPage: true });
    await fits(page);
    await page.click('#tab-compare');
    await page.selectOption('#compare-program', { label: 'Waiting' });
    await page.getByLabel('Best of').selectOption('1');
    await page.click('#compare-run');
    await until(page, () => document.querySelector('.compare .status').textContent === 'Measured');
    await suite.shot(page, `compare-${look}`, { fullPage: true });
    await fits(page);
    quiet(page);
  });
}

for (const colorScheme of ['light', 'dark']) {
  suite.check(`what a lane shows stands out from its ground (WCAG 1.4.11): ${colorScheme}`, async () => {
    const page = await suite.open(address, { colorScheme });
    const contrasts = await page.evaluate(() => {
      const style = getComputedStyle(document.documentElement);
      const luminance = (name) => {
        const parts = style.getPropertyValue(name).match(/[0-9a-f]{2}/gi).map((part) => parseInt(part, 16) / 255);
        const [red, green, blue] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const names = ['--running', '--waiting', '--blocked-io', '--blocked-lock', '--blocked-sleep', '--blocked-join', '--compute', '--gap'];
      return names.map((name) => {
        const [darker, lighter] = [luminance(name), luminance('--track')].sort((a, b) => a - b);
        return [name, (lighter + 0.05) / (darker + 0.05)];
      });
    });
    assert.deepEqual(contrasts.filter(([, contrast]) => !(contrast >= 3)), []);
    quiet(page);
  });
}

suite.check('every control has a name, and keys reach them in order', async () => {
  const page = await suite.open(address);
  await ready(page);
  const nameless = await page.$$eval('button, input, select, textarea, [tabindex="0"], canvas', (all) =>
    all.filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || one.closest('label') || one.labels?.length)).map((one) => one.outerHTML.slice(0, 120)));
  assert.deepEqual(nameless, []);
  const order = [];
  await page.evaluate(() => document.activeElement?.blur());
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab');
    order.push(await page.evaluate(() => document.activeElement.id || document.activeElement.dataset.demo || document.activeElement.textContent.slice(0, 20)));
  }
  assert.deepEqual(order.slice(0, 4), ['skip', 'tab-program', 'share', 'three-ways']);
  assert.ok(order.includes('run'), order.join());
});

suite.check('a host without headers: reloaded once before the reader has typed, delayed endpoints answered', async () => {
  const plain = await serve(site, 0, () => ({}));
  try {
    const page = await suite.open(`http://localhost:${plain.address().port}/`, { expected: /404/ });
    await ready(page);
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    await start(page, 'print("no headers")');
    await ended(page);
    assert.equal(await text(page), 'no headers\n');
    const delayed = await page.evaluate(async () => {
      const begun = performance.now();
      const response = await fetch('delay/0.3/5000');
      return { took: performance.now() - begun, size: (await response.text()).length };
    });
    assert.equal(delayed.size, 5000);
    assert.ok(delayed.took >= 290, `${delayed.took} ms`);
    quiet(page);
  } finally {
    plain.close();
    plain.closeAllConnections();
  }
});

suite.check('a host without headers: a reader who has typed is asked before the reload, and keeps the program', async () => {
  const plain = await serve(site, 0, () => ({}));
  try {
    const page = await suite.open('about:blank', { expected: /404/ });
    await page.addInitScript(() => { // a slow service worker
      const register = ServiceWorkerContainer.prototype.register;
      ServiceWorkerContainer.prototype.register = async function (...args) {
        while (!window.typed && !sessionStorage.getItem('baton.reloaded')) await new Promise((done) => setTimeout(done, 20));
        return register.apply(this, args);
      };
    });
    await page.goto(`http://localhost:${plain.address().port}/`);
    await page.fill('#code', 'print("typed")\n');
    await page.evaluate(() => (window.typed = true));
    await page.click('text=Reload now');
    await ready(page);
    assert.match(await page.textContent('.cm-content'), /typed/);
    quiet(page);
  } finally {
    plain.close();
    plain.closeAllConnections();
  }
});

suite.check('a browser that cannot is told so, with a remedy', async () => {
  const plain = await serve(site, 0, () => ({}));
  try {
    const page = await suite.open('about:blank');
    await page.addInitScript(() => delete Navigator.prototype.serviceWorker);
    await page.goto(`http://localhost:${plain.address().port}/`);
    await page.waitForSelector('#trouble:not([hidden])');
    assert.match(await page.textContent('#trouble'), /not isolated[^]*Cross-Origin-Opener-Policy: same-origin[^]*ordinary window/);
    await suite.shot(page, 'playground-trouble');
  } finally {
    plain.close();
    plain.closeAllConnections();
  }
});

await suite.run(process.argv[3]);
server.close();
server.closeAllConnections();
