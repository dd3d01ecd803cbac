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
  const examples = await open('examples.html');
  const result = await examples.evaluate(async () => {
    await customElements.whenDefined('baton-example');
    return document.querySelector('#threads').run();
  });
  assert.equal(result.stdout, 'both are done\n', result.stderr);
  console.log('ok an example');
  assert.deepEqual(complaints, []);
} finally {
  await browser.close();
  server.close();
  server.closeAllConnections();
}
