/* firefox.mjs: the playground and an example in Firefox (Debian's firefox-esr):  node firefox.mjs SITE */
import assert from 'node:assert/strict';
import puppeteer from 'puppeteer-core';
import { serve } from '../../web/serve.mjs';

const server = await serve(process.argv[2]);
const address = `http://localhost:${server.address().port}/`;
const browser = await puppeteer.launch({ browser: 'firefox', executablePath: process.env.FIREFOX || '/usr/bin/firefox-esr', headless: true, timeout: 120_000, protocolTimeout: 180_000 });
const complaints = [];

async function open(path) {
  const page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  page.on('pageerror', (error) => complaints.push(String(error.stack || error)));
  await page.goto(address + path);
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

try {
  const page = await open('');
  await until(page, () => document.querySelector('#status').textContent === 'Ready' && document.querySelector('.editor .cm-editor'));
  for (const [demo, claim] of [['many-threads', /Finished in this order: (\d, ){7}\d/], ['fetches', /Six at once: +[\d.]+s, 120000 bytes/], ['lock-off', /The lock is off/]]) {
    await page.click(`[data-demo=${demo}]`);
    await page.click('#run');
    await ended(page);
    assert.match(await text(page, '#console .output'), claim);
    console.log(`ok ${demo}`);
  }
  for (const wait of ['while True: pass', 'import time; time.sleep(1000)', 'import threading; threading.Event().wait()', 'input()']) {
    await load(page, `print("begun", flush=True)\n${wait}\n`);
    await page.click('#run');
    await until(page, () => document.querySelector('#console').textContent.includes('begun'));
    await page.click('#stop');
    await ended(page);
    assert.match(await text(page, '#console .output'), /KeyboardInterrupt/, wait);
  }
  console.log('ok Stop');
  await page.close();
  const examples = await open('examples.html');
  assert.equal((await example(examples, 'threads')).output, 'both are done\n');
  console.log('ok an example');

  // Firefox isolates whole pages only: without headers the remedy is said in place, and a page that offers it can be isolated by its reader.
  const plain = await serve(process.argv[2], 0, () => ({}));
  const bare = await browser.newPage();
  bare.setDefaultTimeout(120_000);
  await bare.goto(`http://localhost:${plain.address().port}/examples.html`);
  assert.match((await example(bare, 'hello')).trouble, /Cross-Origin-Opener-Policy: same-origin/);
  await bare.$eval('#hello', (example) => example.setAttribute('isolate-page', '/coi-serviceworker.js'));
  assert.match((await example(bare, 'hello')).trouble, /Reload the page/);
  await Promise.all([bare.waitForNavigation(), bare.$eval('#hello', (example) => example.shadowRoot.querySelector('.trouble button').click())]);
  assert.match((await example(bare, 'hello')).output, /^Hello from Python/);
  console.log('ok a page isolated by its reader');
  plain.close();
  plain.closeAllConnections();
  assert.deepEqual(complaints, []);
} finally {
  await browser.close();
  server.close();
  server.closeAllConnections();
}
