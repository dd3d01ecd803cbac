/* measure.mjs: what only a quiet machine can tell: how soon programs and processes start, what is loaded, how much memory a page needs, and the countdown three ways.
 * Not part of the whole test:  node measure.mjs SITE [PART ...], where the parts are first, memory, further, processes, ways.
 *
 * To reach in Chromium: first output below 500 ms after the start of loading; a further run within 100 ms; a process's first line within 15 ms of its start; for all
 * that three ways loads 1.6 MB (gzip); 60 MB (PSS) above a blank page after the start, without the instances that wait for more processes or programs; threads 0.85 to
 * 1.25 of one thread's time, processes at most 0.75, and 0.6 with ten times the count.  The page's frames are measured by frames.mjs, its speed by `./build.sh bench-web`. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { openBlank } from '../wasm/blank.mjs';

const site = process.argv[2];
const threeWays = readFileSync(new URL('../../web/demos/three_ways.py', import.meta.url), 'utf8');
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const MB = (bytes) => (bytes / 1e6).toFixed(2) + ' MB';
const round = (values) => values.map((value) => Math.round(value)).join(' ');

const STARTS = `import multiprocessing, sys, time
def work(begun):
    print(round((time.time() - begun) * 1000, 1), flush=True)
def measure(n):
    t = time.time(); time.sleep(0.05); return t
if __name__ == "__main__":
    for pause in [3] + [2] * 6 + [0] * 4:
        time.sleep(pause)
        p = multiprocessing.Process(target=work, args=(time.time(),)); p.start(); p.join()
    time.sleep(3)
    print("pool")
    begun = time.time()
    with multiprocessing.Pool(4) as pool: print([round((t - begun) * 1000, 1) for t in pool.map(measure, range(4), 1)])
`;

/** Two workers that do one half of a loop each, against one that does all: the median of five. */
async function twoWorkers() {
  const it = await openBlank(site);
  const ratios = await it.page.evaluate(async () => {
    const code = 'onmessage = ({ data }) => { let x = 0; for (let i = 0; i < data; i++) x = (x * 3 + 1) | 0; postMessage(x); }';
    const address = URL.createObjectURL(new Blob([code]));
    const workers = [new Worker(address), new Worker(address)];
    const work = (/** @type {Worker} */ worker, /** @type {number} */ steps) => new Promise((done) => {
      worker.onmessage = done;
      worker.postMessage(steps);
    });
    await Promise.all(workers.map((worker) => work(worker, 5e7)));
    const measured = [];
    for (let i = 0; i < 5; i++) {
      const begun = performance.now();
      await work(workers[0], 4e8);
      const single = performance.now() - begun;
      await Promise.all(workers.map((worker) => work(worker, 2e8)));
      measured.push((performance.now() - begun - single) / single);
    }
    return measured;
  });
  await it.close();
  return median(ratios);
}

const PARTS = {
  /* A first program in a fresh page, several times, and what it loads. */
  async first() {
    const firsts = [];
    let loaded = new Map();
    for (let i = 0; i < 5; i++) {
      const it = await openBlank(site);
      loaded = new Map();
      it.page.context().on('response', async (response) => {
        const body = await response.body().catch(() => Buffer.alloc(0));
        loaded.set(new URL(response.url()).pathname, response.url().endsWith('.gz') ? body.length : gzipSync(body).length);
      });
      firsts.push((await it.run('print("hello")')).first);
      await it.close();
    }
    const total = [...loaded.values()].reduce((sum, size) => sum + size, 0);
    console.log(`first output after ${round(firsts)} ms (median ${Math.round(median(firsts))}); a first program loads ${MB(total)} (gzip), what three ways loads is checked by ../wasm/library.mjs`);
  },
  /* The page's memory while its first program runs: interpreters that wait for more programs are made after that, and this one starts no processes. */
  async memory() {
    const sizes = [];
    for (let i = 0; i < 3; i++) {
      const it = await openBlank(site);
      const blank = await it.memory();
      await it.page.evaluate(async () => {
        window.baton = await (await import('/baton.js')).createBaton();
        await new Promise((done) => {
          window.baton.onOutput = done;
          void window.baton.run('print("hello")\nimport time\ntime.sleep(1000)');
        });
      });
      await it.page.waitForTimeout(1500);
      sizes.push((await it.memory()) - blank);
      await it.close();
    }
    console.log(`memory after the start: ${sizes.map(MB).join(', ')} above a blank page`);
  },
  async further() {
    const it = await openBlank(site), further = [];
    await it.run('pass');
    for (let i = 0; i < 10; i++) {
      await it.page.waitForTimeout(500);
      further.push((await it.run('print("further")')).first);
    }
    await it.close();
    console.log(`a further run prints after ${round(further)} ms`);
  },
  async processes() {
    const it = await openBlank(site);
    const starts = await it.run(STARTS, { name: 'starts.py' });
    await it.close();
    const [alone, pool] = starts.stdout.split('pool\n').map((text) => text.trim().replaceAll('\n', ' '));
    console.log(`a process's first line after ${alone} ms (the last four at once after one another)${starts.stderr}`);
    console.log(`a pool of four has its first results from ${pool} ms`);
  },
  /* The first program of a fresh page: at once, while the interpreter's loop is still compiled without optimisation (V8 takes some 150 ms for it), and as soon as a person
   * would run it.  Medians of three pages; the times are printed in hundredths of a second. */
  async ways() {
    console.log(`two workers of JavaScript that share a loop need ${(await twoWorkers()).toFixed(2)} of one's time: what the machine's processors give`);
    for (const [gil, count, idle] of [[true, '20_000_000', 0], [true, '20_000_000', 1500], [true, '200_000_000', 1500], [false, '20_000_000', 1500], [false, '200_000_000', 1500]]) {
      const runs = [];
      for (let i = 0; i < 3; i++) {
        const fresh = await openBlank(site);
        await fresh.page.evaluate(async () => { window.baton = await (await import('/baton.js')).createBaton(); });
        await fresh.page.waitForTimeout(Number(idle));
        const { stdout, stderr } = await fresh.run(threeWays.replace('20_000_000', String(count)), { name: 'three_ways.py', gil });
        const [single, threads, processes] = [...stdout.matchAll(/: ([\d.]+)s/g)].map((found) => Number(found[1]));
        if (stderr) console.log(stderr);
        runs.push({ single, threads: threads / single, processes: processes / single });
        await fresh.close();
      }
      const of = (/** @type {string} */ name) => median(runs.map((run) => run[name])).toFixed(2);
      console.log(`three ways, lock ${gil ? 'on' : 'off'}, ${count} steps, ${idle} ms after the page's interpreter was made: threads ${of('threads')}, processes ${of('processes')} of ${of('single')} s`);
    }
  },
};

const asked = process.argv.slice(3);
for (const [name, measure] of Object.entries(PARTS)) if (!asked.length || asked.includes(name)) await measure();
