/* blank.mjs: createBaton in an isolated page of Chromium that has nothing else, for the tests of the client and of what programs do there. */
import { readFileSync, readdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { serve } from '../../web/serve.mjs';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage'];

/** @param {string[]} [flags] */
export const launch = (flags = []) => chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: [...FLAGS, ...flags] });

/** The text of a file in programs/. @param {string} name */
export const program = (name) => readFileSync(new URL(`programs/${name}`, import.meta.url), 'utf8');

/**
 * The driver stops each worker before it begins, attaches to it and lets it go; now and then (one program of some hundred, on a busy machine) it does not let it go, and
 * the program waits for ever.  The same programs in a page that nobody drives all ended.  So the driver is told to leave workers alone: by its own session of the page,
 * which it does not make public.  @param {any} page
 */
async function leaveWorkers(page) {
  const session = page._connection?.toImpl?.(page)?.delegate?._mainFrameSession?._client;
  await session?.send('Target.setAutoAttach', { autoAttach: false, waitForDebuggerOnStart: false, flatten: true });
}

/** @param {string} site @param {string[]} [flags] of the browser */
export async function openBlank(site, flags = []) {
  const server = await serve(site);
  const address = `http://localhost:${server.address().port}/`;
  const mark = `--baton-test=${process.pid}`;
  const browser = await launch([...flags, mark]);
  const page = await browser.newPage();
  /** What the page has complained of. @type {string[]} */
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && !message.location().url.endsWith('/favicon.ico') && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(address + 'baton.d.ts'); // which is nothing but text
  await leaveWorkers(page);

  return {
    address, browser, page, complaints,
    /** Runs a program: its result, and after how many milliseconds it has first written something. */
    run: (source, options = {}) => page.evaluate(async ([text, settings]) => {
      const begun = performance.now();
      if (!window.baton) window.baton = await (await import('/baton.js')).createBaton();
      let first = 0;
      window.baton.onOutput = () => (first = first || performance.now() - begun);
      return { ...(await window.baton.run(text, { input: null, ...settings })), first };
    }, [source, options]),
    /** Runs a program that first writes something, and stops it then, or so long after: its result, when that was (ms since the epoch), and how long Stop took. */
    stop: (source, { after = 0, again = Infinity, ...options } = {}) => page.evaluate(async ([text, settings, delay, second]) => {
      if (!window.baton) window.baton = await (await import('/baton.js')).createBaton();
      const ready = new Promise((done) => (window.baton.onOutput = done));
      const running = window.baton.run(text, settings);
      await ready;
      await new Promise((done) => setTimeout(done, delay));
      let asked = performance.timeOrigin + performance.now();
      const stopped = window.baton.stop();
      if (second !== null) {
        await new Promise((done) => setTimeout(done, second));
        asked = performance.timeOrigin + performance.now();
        await window.baton.stop();
      }
      await stopped;
      return { asked, took: performance.timeOrigin + performance.now() - asked, ...(await running) };
    }, [source, options, after, again === Infinity ? null : again]),
    /** How many workers the browser has, as the system sees them. */
    workers: () => renderersOf(mark).flatMap(workersOf).length,
    /** The proportional set size of the page's process, in bytes, after what is garbage has been collected.  It is the one that has a worker: browsers keep other processes ready. */
    async memory() {
      const worker = await page.evaluateHandle(async () => {
        const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(0)'])));
        await new Promise((done) => (worker.onmessage = done));
        return worker;
      });
      const [pid] = renderersOf(mark).filter((one) => workersOf(one).length);
      await worker.evaluate((one) => one.terminate());
      const cdp = await page.context().newCDPSession(page);
      await cdp.send('HeapProfiler.collectGarbage');
      await cdp.detach();
      return Number(/^Pss:\s+(\d+)/m.exec(told(`${pid}/smaps_rollup`))?.[1]) * 1024;
    },
    async close() {
      await browser.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/* ---- the browser's processes: that with the mark, and those below it ---- */

/** A file of the system about a process or thread, which may have ended: then ''. @param {string} path */
function told(path) {
  try {
    return readFileSync('/proc/' + path, 'utf8');
  } catch {
    return '';
  }
}
/** @param {string} mark */
function renderersOf(mark) {
  const rows = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => ({ pid, parent: /^PPid:\s+(\d+)/m.exec(told(`${pid}/status`))?.[1] || '', command: told(`${pid}/cmdline`) }));
  const found = new Map(rows.filter(({ command }) => command.includes(mark)).map((row) => [row.pid, row.command]));
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const { pid, parent, command } of rows) if (found.has(parent)) found.set(pid, command);
  }
  return [...found].filter(([, command]) => command.includes('--type=renderer')).map(([pid]) => pid);
}
const workersOf = (/** @type {string} */ pid) => readdirSync(`/proc/${pid}/task`).filter((task) => told(`${pid}/task/${task}/comm`).startsWith('DedicatedWorker'));
