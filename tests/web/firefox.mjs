/* firefox.mjs: the playground, the programs and an example in Firefox (Debian's firefox-esr):  node firefox.mjs SITE
 *
 * Firefox that is driven (WebDriver BiDi) does not always come back from `new Worker` in a worker: of some hundred such calls one is for ever inside, and the worker that
 * makes a program's threads stands still.  Left alone it always did (thousands of threads), and whatever the interpreter does made no difference.  So each part has a
 * browser of its own, and what waited in vain is tried again: a fault of the interpreter's comes again too. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import puppeteer, { ProtocolError, TimeoutError } from 'puppeteer-core';
import { serve } from '../../web/serve.mjs';

const PATIENCE = 60_000, TRIES = 4;
const LAUNCH = { browser: 'firefox', executablePath: process.env.FIREFOX || '/usr/bin/firefox-esr', headless: true, timeout: 120_000, protocolTimeout: 90_000 };
const server = await serve(process.argv[2]);
const address = `http://localhost:${server.address().port}/`;

/** Does it in a fresh browser. @param {string} name @param {(browser: any) => Promise<void>} act */
async function part(name, act) {
  for (let tries = 1; ; tries++) {
    let browser = null;
    try {
      browser = await puppeteer.launch(LAUNCH);
      await act(browser);
      console.log(`ok ${name}`);
      return;
    } catch (error) {
      const waited = error instanceof TimeoutError || (error instanceof ProtocolError && /timed out/.test(error.message));
      if (!waited || tries === TRIES) throw error;
      console.log(`again ${name}: ${error.message}`);
    } finally {
      await browser?.close().catch(() => {});
    }
  }
}
const complaints = [];

async function open(browser, url, complaints = []) {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on('pageerror', (error) => complaints.push(String(error.stack || error)));
  await page.goto(url);
  return page;
}
const until = (page, condition, ...rest) => page.waitForFunction(condition, { polling: 50 }, ...rest);
const ended = (page) => until(page, () => /Finished|Stopped|Ended|could not/.test(document.querySelector('#status').textContent) && !document.querySelector('#run').disabled);
const text = (page, selector) => page.$eval(selector, (one) => one.textContent);

/** A program by a link, as one is shared. */
async function load(page, code) {
  await page.evaluate(async (source) => {
    const stream = new Blob([JSON.stringify({ code: source, lock: true, interval: 0.005 })]).stream().pipeThrough(new CompressionStream('deflate-raw'));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    location.hash = `code=${btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')}`;
  }, code);
  await until(page, (source) => document.querySelector('.cm-content').textContent.includes(source.split('\n')[0]), code);
}

/** Runs an example: what it and its page say then. */
async function example(page, id) {
  await page.bringToFront();
  await until(page, (one) => document.getElementById(one)?.shadowRoot, id);
  await page.evaluate((one) => void document.getElementById(one).run().catch(() => {}), id);
  await until(page, (one) => !document.getElementById(one).running, id);
  return page.evaluate((one) => {
    const text = (selector) => document.getElementById(one).shadowRoot.querySelector(selector).textContent;
    return { output: text('.output'), trouble: text('.trouble') };
  }, id);
}

async function playground(browser) {
  const page = await open(browser, address, complaints);
  await until(page, () => document.querySelector('#status').textContent === 'Ready' && document.querySelector('.editor .cm-editor'));
  return page;
}

try {
  for (const [demo, claim] of [['many-threads', /Finished in this order: (\d, ){7}\d/], ['fetches', /Six at once: +[\d.]+s, 120000 bytes/], ['lock-off', /The lock is off/]]) {
    await part(demo, async (browser) => {
      const page = await playground(browser);
      await page.click(`[data-demo=${demo}]`);
      await page.click('#run');
      await ended(page);
      assert.match(await text(page, '#console .output'), claim);
    });
  }
  await part('Stop', async (browser) => {
    const page = await playground(browser);
    for (const wait of ['while True: pass', 'import time; time.sleep(1000)', 'import threading; threading.Event().wait()', 'input()']) {
      await load(page, `print("begun", flush=True)\n${wait}\n`);
      await page.click('#run');
      await until(page, () => document.querySelector('#console').textContent.includes('begun'));
      await page.click('#stop');
      await ended(page);
      assert.match(await text(page, '#console .output'), /KeyboardInterrupt/, wait);
    }
  });
  const own = ['delay/0.5/1000', 'delay/0.5/2000', 'delay/0.5/3000'].map((path) => address + path);
  for (const [path, argv, claim] of [
    ['../../web/demos/three_ways.py', [], /^Single-threaded: .*\nMulti-threaded: .*\nMultiprocessing: .*\n$/],
    ['../wasm/programs/countdown_threads.py', [], /^$/],
    ['../wasm/programs/countdown_processes.py', [], /^$/],
    ['../wasm/programs/io_fetch.py', own, /^(http.*\/delay\/0\.5\/(\d000) — \2 bytes\n){3}$/],
  ]) {
    const name = path.split('/').pop();
    await part(name, async (browser) => {
      const page = await open(browser, address + 'baton.d.ts', complaints); // a page that only has the headers
      await page.evaluate((source, settings) => {
        import('/baton.js').then(({ createBaton }) => createBaton()).then((baton) => baton.run(source, settings)).then((result) => (window.result = result), (error) => (window.result = { stderr: String(error) }));
      }, readFileSync(new URL(path, import.meta.url), 'utf8'), { name, argv });
      await until(page, () => Boolean(window.result));
      const { ok, stdout, stderr } = await page.evaluate(() => window.result);
      assert.deepEqual([ok, stderr], [true, '']);
      assert.match(stdout, claim);
    });
  }
  await part('an example', async (browser) => {
    assert.equal((await example(await open(browser, address + 'examples.html', complaints), 'threads')).output, 'both are done\n');
  });

  // Firefox isolates whole pages only: without headers the remedy is said in place, and a page that offers it can be isolated by its reader.
  const plain = await serve(process.argv[2], 0, () => ({}));
  await part('a page isolated by its reader', async (browser) => {
    const bare = await open(browser, `http://localhost:${plain.address().port}/examples.html`);
    assert.match((await example(bare, 'hello')).trouble, /Cross-Origin-Opener-Policy: same-origin/);
    await bare.$eval('#hello', (example) => example.setAttribute('isolate-page', '/coi-serviceworker.js'));
    assert.match((await example(bare, 'hello')).trouble, /Reload the page/);
    await Promise.all([bare.waitForNavigation(), bare.$eval('#hello', (example) => example.shadowRoot.querySelector('.trouble button').click())]);
    assert.match((await example(bare, 'hello')).output, /^Hello from Python/);
  });
  plain.close();
  plain.closeAllConnections();
  assert.deepEqual(complaints, []);
} finally {
  server.close();
  server.closeAllConnections();
}
