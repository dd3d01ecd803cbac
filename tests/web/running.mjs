/* running.mjs: running programs in the playground, in Chromium: output, input, Stop:  node running.mjs SITE [CHECK] */
import assert from 'node:assert/strict';
import { serve } from '../../web/serve.mjs';
import { Suite, quiet, until } from './harness.mjs';
import { ended, ready, says, start, status, text, write } from './page.mjs';

const server = await serve(process.argv[2]);
const address = `http://localhost:${server.address().port}/`;
const suite = new Suite('running');

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

suite.check('a carriage return begins the line anew when something follows', async () => {
  const page = await suite.open(address);
  await ready(page);
  await start(page, 'import sys, time\nfor i in range(3): print(f"part {i}", end="\\r", flush=True)\ninput()\nprint("whole\\r\\nlast\\r", end="", flush=True)\ntime.sleep(0.2)\nprint("\\nold\\rnew")\n');
  await says(page, 'part 2');
  await page.fill('.input-line input', 'x');
  await page.press('.input-line input', 'Enter');
  await ended(page);
  assert.equal(await text(page), 'x\nwhole\nlast\nnew\n');
  quiet(page);
});

suite.check('who does not see is told the end of the output, and not each tenth of a second', async () => {
  const page = await suite.open(address);
  await ready(page);
  await page.evaluate(() => {
    const watch = (id, heard) => new MutationObserver((list) => list.some(({ target }) => !(target.closest ? target : target.parentElement).closest('[aria-hidden]')) && heard()).observe(
      document.getElementById(id), { childList: true, characterData: true, subtree: true });
    window.status_ = 0;
    window.said = [];
    watch('status', () => window.status_++);
    watch('live', () => window.said.push(document.getElementById('live').textContent));
  });
  await start(page, 'import time\nprint("first", flush=True)\ntime.sleep(0.5)\nprint("second", flush=True)\ntime.sleep(1.5)\nprint("last")\n');
  await ended(page);
  assert.match(await status(page), /^Finished/);
  await until(page, () => window.said.includes('last'));
  assert.deepEqual(await page.evaluate(() => window.said), ['first', 'second', 'last']);
  assert.ok(await page.evaluate(() => window.status_) < 8);
  quiet(page);
});

suite.check('who runs by keys can run again', async () => {
  const page = await suite.open(address);
  await ready(page);
  await write(page, 'import time\nprint("on", flush=True)\ntime.sleep(0.5)\n');
  await page.focus('#run');
  for (let i = 0; i < 2; i++) {
    await page.keyboard.press('Enter');
    await until(page, () => document.querySelector('#run').disabled);
    await ended(page);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'run');
  }
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
  assert.match(await text(page), /^on\n/);
  assert.match(await page.textContent('.cm-content'), /time\.sleep\(10\)/);
  await start(page, 'print("anew")');
  await ended(page);
  assert.match(await text(page), /^anew\n$/);
  quiet(page);
});

suite.check('what goes on after Stop is named by Compare too', async () => {
  const page = await suite.open(address);
  await ready(page);
  await page.click('#tab-compare');
  await page.click('.compare-editor .cm-content');
  await page.keyboard.press('Control+A');
  await page.evaluate((source) => document.execCommand('insertText', false, source), 'import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nSIZE = 1\ndef work(n):\n    time.sleep(1000)\n');
  const stop = () => document.querySelector('#compare-stop').textContent === 'Stop now';
  for (let wait = 1000; wait < 10_000 && !(await page.evaluate(stop)); wait *= 2) { // the program may not have come to its second line yet: then Stop ends it
    await page.click('#compare-run');
    await until(page, () => document.querySelector('.compare .status').textContent === 'Warming up…');
    await page.waitForTimeout(wait);
    await page.click('#compare-stop');
    await until(page, () => /^(Still running: MainThread\. Stop again|Stopped)/.test(document.querySelector('.compare .status').textContent));
  }
  assert.ok(await page.evaluate(stop));
  await page.click('#compare-stop');
  await until(page, () => document.querySelector('.compare .status').textContent === 'Stopped' && document.querySelector('#compare-stop').textContent === 'Stop');
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

await suite.run(process.argv[3]);
server.close();
server.closeAllConnections();
