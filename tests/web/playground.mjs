/* playground.mjs: the playground in Chromium: its demos and their claims, Stop, input, sharing, hosts without headers:  node playground.mjs SITE [CHECK] */
import assert from 'node:assert/strict';
import { serve } from '../../web/serve.mjs';
import { PHONE, Suite, quiet, until } from './harness.mjs';

const site = process.argv[2];
const server = await serve(site);
const address = `http://localhost:${server.address().port}/`;
const suite = new Suite('playground');

const status = (page) => page.textContent('#status');
const text = (page) => page.textContent('#console .output');
const ready = (page) => until(page, () => document.querySelector('#status').textContent === 'Ready' && document.querySelector('.editor .cm-editor'));
const ended = (page) => until(page, () => /Finished|Stopped|Ended|could not/.test(document.querySelector('#status').textContent) && !document.querySelector('#run').disabled);
const says = (page, what) => until(page, (part) => document.querySelector('#console').textContent.includes(part), what);

/** Replaces the program. */
async function write(page, program) {
  await page.click('#program .cm-content');
  await page.keyboard.press('Control+A');
  await page.evaluate((source) => {
    const data = new DataTransfer();
    data.setData('text/plain', source);
    document.querySelector('#program .cm-content').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, program);
}
async function start(page, program) {
  await write(page, program);
  await page.click('#run');
}
async function demo(page, id) {
  await page.click(`[data-demo=${id}]`);
  await page.click('#run');
  await ended(page);
  return { output: await text(page), status: await status(page) };
}
const number = (output, pattern) => Number(pattern.exec(output)?.[1]);

suite.check('the page opens with the first demo, ready to run', async () => {
  const page = await suite.open(address);
  await ready(page);
  assert.match(await page.textContent('.cm-content'), /def run_multiprocess/);
  assert.equal(await text(page), '');
  await suite.shot(page, 'playground-light');
  quiet(page);
});

suite.check('demo: many threads', async () => {
  const page = await suite.open(address);
  await ready(page);
  const { output } = await demo(page, 'many-threads');
  assert.match(output, /8 threads: +[\d.]+s\nFinished in this order: (\d, ){7}\d/);
  await page.click('text=Table');
  const rows = await page.$$eval('#timeline tbody tr', (all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
  assert.deepEqual(rows.map((row) => row[0]), ['MainThread', ...Array.from({ length: 8 }, (_, i) => `counter ${i}`)]);
  const forced = rows.slice(1).reduce((sum, row) => sum + Number(row.at(-2)), 0);
  assert.ok(forced > 3, `forced to give it up: ${forced}`);
  const together = number(await page.textContent('.figures'), /at once([\d.]+)/);
  assert.ok(together <= 1.01, `${together} threads at once under the lock`);
  await suite.shot(page, 'playground-table');
  quiet(page);
});

suite.check('demo: producer and consumer', async () => {
  const page = await suite.open(address);
  await ready(page);
  const { output } = await demo(page, 'producer-consumer');
  assert.match(output, /All 12 used/);
  assert.equal(output.match(/consumer [AB] used/g).length, 12);
  quiet(page);
});

suite.check('demo: overlapping fetches', async () => {
  const page = await suite.open(address);
  await ready(page);
  const { output } = await demo(page, 'fetches');
  assert.ok(number(output, /One after another: ([\d.]+)s/) >= 3, output);
  assert.ok(number(output, /Six at once: +([\d.]+)s, 120000 bytes/) < 2.5, output);
  await suite.shot(page, 'demo-fetches');
  quiet(page);
});

suite.check('demo: countdown three ways', async () => {
  const page = await suite.open(address);
  await ready(page);
  const { output } = await demo(page, 'three-ways');
  assert.match(output, /^Single-threaded: [\d.]+s\nMulti-threaded: [\d.]+s\nMultiprocessing: [\d.]+s\n$/);
  assert.equal(await page.locator('#bars li').count(), 3);
  assert.match(await page.textContent('.figures'), /Threads5 in 3 processes/);
  await suite.shot(page, 'demo-three-ways');
  quiet(page);
});

suite.check('demo: asyncio beside threads', async () => {
  const page = await suite.open(address);
  await ready(page);
  const { output } = await demo(page, 'asyncio');
  assert.match(output, /Work in the loop : +\d+ ticks, the latest +\d+ ms late\nWork in a thread : +\d+ ticks/);
  await suite.shot(page, 'demo-asyncio');
  quiet(page);
});

suite.check('demo: lock off', async () => {
  const page = await suite.open(address);
  await ready(page);
  const { output } = await demo(page, 'lock-off');
  assert.match(output, /The lock is off/);
  assert.match(await page.textContent('#bars'), /^One thread[\d.]+ sTwo threads[\d.]+ s, [\d.]+ ×$/);
  await suite.shot(page, 'demo-lock-off');
  await page.click('#lock');
  await page.click('#run');
  await ended(page);
  assert.match(await text(page), /The lock is on/);
  quiet(page);
});

suite.check('Ctrl+Enter runs; a traceback leads to its line; standard error is told apart', async () => {
  const page = await suite.open(address);
  await ready(page);
  await write(page, 'print("before")\n\n1 / 0\n');
  await page.keyboard.press('Control+Enter');
  await ended(page);
  assert.match(await text(page), /before\nTraceback[^]*ZeroDivisionError/);
  assert.match(await page.textContent('.output .stderr'), /^Traceback/);
  assert.match(await status(page), /exit code 1/);
  await page.click('.place');
  assert.equal(await page.textContent('.error-line'), '1 / 0');
  await suite.shot(page, 'playground-traceback');
  quiet(page);
});

suite.check('input is a line of the console', async () => {
  const page = await suite.open(address);
  await ready(page);
  await start(page, 'name = input("Your name? ")\nprint("Hello,", name)\nimport sys\nprint(repr(sys.stdin.read()))\n');
  await says(page, 'Your name? ');
  await page.fill('.input-line input', 'Ada');
  await suite.shot(page, 'playground-input');
  await page.press('.input-line input', 'Enter');
  await says(page, 'Hello, Ada');
  await page.fill('.input-line input', 'rest');
  await page.press('.input-line input', 'Enter');
  await page.press('.input-line input', 'Control+d');
  await ended(page);
  assert.match(await text(page), /Your name\? Ada\nHello, Ada\nrest\nend of input\n'rest\\n'/);
  quiet(page);
});

const WAITS = {
  'a loop': 'while True: pass',
  'a sleep': 'import time; time.sleep(1000)',
  'a lock': 'import threading; l = threading.Lock(); l.acquire(); l.acquire()',
  'a queue': 'import queue; queue.Queue().get()',
  'a join': 'import threading, time\nt = threading.Thread(target=time.sleep, args=(1000,), daemon=True); t.start(); t.join()',
  input: 'input()',
  output: 'while True: print("x" * 1000)',
};
suite.check('Stop ends every kind of wait', async () => {
  const page = await suite.open(address);
  await ready(page);
  for (const [wait, program] of Object.entries(WAITS)) {
    await start(page, `print("begun", flush=True)\n${program}\n`);
    await until(page, () => /begun|x{3}/.test(document.querySelector('#console').textContent));
    await page.click('#stop');
    await ended(page);
    assert.match(await status(page), /^Stopped/, wait);
    assert.match(await text(page), /KeyboardInterrupt/, wait);
  }
  quiet(page);
});

suite.check('what goes on after Stop is named, and a second Stop ends it', async () => {
  const page = await suite.open(address);
  await ready(page);
  await start(page, 'import time\nwhile True:\n    try:\n        print("on", flush=True)\n        while True: time.sleep(10)\n    except KeyboardInterrupt:\n        pass\n');
  await says(page, 'on');
  await page.click('#stop');
  await says(page, 'Still running: MainThread');
  await page.click('#stop');
  await ended(page);
  assert.match(await status(page), /^Stopped/);
  await start(page, 'print("anew")');
  await ended(page);
  assert.match(await text(page), /^anew\n$/);
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

suite.check('much output: the last 10,000 lines are kept and the page stays alive', async () => {
  const page = await suite.open(address);
  await ready(page);
  await page.evaluate(() => {
    window.longest = 0;
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      window.longest = Math.max(window.longest, now - last);
      last = now;
    }, 20);
  });
  await start(page, 'for i in range(1_000_000):\n    print(f"{i:07}", "." * 92)\n');
  await ended(page);
  await until(page, () => document.querySelector('#console').textContent.includes('0999999'));
  const lines = (await text(page)).trim().split('\n');
  assert.ok(lines.length <= 10_250 && lines.length >= 9_750, `${lines.length} lines`);
  assert.match(lines[0], /[\d,]+ earlier lines are no longer kept/);
  console.log(`   100 MB of output: ${await status(page)}, the page was busy for at most ${Math.round(await page.evaluate(() => window.longest))} ms at a time`);
  quiet(page);
});

suite.check('a hidden tab, which has no animation frames, keeps running', async () => {
  const page = await suite.open('about:blank');
  await page.addInitScript(() => (window.requestAnimationFrame = () => 1));
  await page.goto(address);
  await ready(page);
  await page.evaluate((source) => {
    document.querySelector('#program .cm-content').focus();
    document.execCommand('selectAll');
    document.execCommand('insertText', false, source);
  }, 'for i in range(100_000): print(i, "." * 80)');
  await page.evaluate(() => document.querySelector('#run').click());
  await ended(page);
  assert.match(await status(page), /^Finished/);
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

suite.check('dark, and as narrow as a phone', async () => {
  const page = await suite.open(address, { colorScheme: 'dark', ...PHONE });
  await ready(page);
  await demo(page, 'producer-consumer');
  await suite.shot(page, 'playground-phone-dark', { fullPage: true });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  quiet(page);
});

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
  assert.deepEqual(order.slice(0, 4), ['Skip to Run', 'tab-program', 'share', 'three-ways']);
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
