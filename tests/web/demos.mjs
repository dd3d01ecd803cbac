/* demos.mjs: the playground's demos in Chromium, and what each claims:  node demos.mjs SITE [CHECK] */
import assert from 'node:assert/strict';
import { serve } from '../../web/serve.mjs';
import { Suite, quiet } from './harness.mjs';
import { demo, ended, number, ready, text } from './page.mjs';

const server = await serve(process.argv[2]);
const address = `http://localhost:${server.address().port}/`;
const suite = new Suite('demos');

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

await suite.run(process.argv[3]);
server.close();
server.closeAllConnections();
