/* chromium.mjs: createBaton in a page of Chromium:  node chromium.mjs SITE [PART-OF-NAME]; a program's path as the second argument runs that twice and tells its times. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { serve } from '../../web/serve.mjs';
import { openBlank, program } from './blank.mjs';
import { check } from './check.mjs';
import { startServers } from './servers.mjs';

const FURTHER = 100, TRIES = 20; // on a busy machine not every try is as quick
const NOWHERE = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'; // no name but these is known
const servers = await startServers();
const { address, browser, page, run, stop, workers, memory, complaints, close } = await openBlank(process.argv[2], [NOWHERE]);
const quiet = () => assert.deepEqual(complaints.splice(0), []);
/** What a page's own refusals look like on its console. */
const expectComplaints = (pattern) => assert.deepEqual(complaints.splice(0).filter((text) => !pattern.test(text)), []);
const finish = async () => {
  await close();
  servers.close();
};

if (process.argv[3] && existsSync(process.argv[3])) {
  for (let i = 0; i < 2; i++) {
    const result = await run(readFileSync(process.argv[3], 'utf8'));
    console.log(result.stdout + result.stderr, Math.round(result.first), Math.round(result.durationMs));
  }
  await finish();
  process.exit();
}

const DEEP = ['g = iter([1])\nfor i in range(100_000): g = map(int, g)\nnext(g)', 'a = ()\nfor i in range(100_000): a = (a,)\nhash(a)',
  'import types\nf = len\nfor i in range(100_000): f = types.MethodType(f, 1)\nrepr(f)', 'eval("1 if 1 else " * 100_000 + "1")', 'a = []\nfor i in range(100_000): a = [a]\nrepr(a)'];
/* Recursion without end, through C and back: a class's method, or a function f, and what is asked. */
const ENDLESS = [
  ...Object.entries({
    '__len__(s)': 'len(A())', '__str__(s)': 'str(A())', '__repr__(s)': 'repr([A()])', '__bool__(s)': 'any([A()])', '__index__(s)': '[1][A()]', '__int__(s)': 'int(A())', '__iter__(s)': 'list(A())',
    '__hash__(s)': 'hash((A(),))', '__eq__(s, o)': '[A()] == [A()]', '__add__(s, o)': 'sum([A(), A()], A())', '__getattr__(s, n)': 'getattr(A(), "x")', '__format__(s, f)': 'format(A())', '__call__(s, x)': 'list(map(A(), [1]))',
  }).map(([method, ask]) => `class A:\n    def ${method}: return ${ask}\n${ask}`),
  ...['sum(f(1) for _ in [1])', 'sorted([1], key=f)', 'max([1, 2], key=f)', 'list(map(f, [1]))'].map((ask) => `def f(x): return ${ask}\nf(1)`),
];
/* Language tests that run in the page too: a folder or one test. */
const CHOSEN = ['exceptions', 'generic', 'memory', 'thread/locks', 'thread/threads', 'types', 'weakref'];
const language = new URL('../lang/', import.meta.url), skipped = readFileSync(new URL('lang.skip', import.meta.url), 'utf8').split('\n').map((line) => line.split('#')[0].trim());

/** When threads of a program have run side by side and when any has, in ms, by what the timeline tells. */
async function together(source, options) {
  const { events, stdout, stderr } = await page.evaluate(async ([text, settings]) => {
    const events = [];
    window.baton.onOutput = null;
    window.baton.onTimeline = (batch) => events.push(...batch.events);
    const result = await window.baton.run(text, { input: null, timeline: true, ...settings });
    window.baton.onTimeline = null;
    return { events, ...result };
  }, [source, options]);
  const steps = events.filter(({ kind }) => kind === 'got' || kind === 'gave-up' || kind === 'ended').sort((a, b) => a.time - b.time || (a.kind === 'got' ? 1 : 0) - (b.kind === 'got' ? 1 : 0));
  const running = new Set();
  let both = 0, any = 0, last = 0;
  for (const { time, process, thread, kind } of steps) {
    if (running.size > 1) both += time - last;
    if (running.size) any += time - last;
    last = time;
    if (kind === 'got') running.add(`${process}:${thread}`);
    else running.delete(`${process}:${thread}`);
  }
  return { both, any, stdout, stderr };
}
/** Another page, of a server with this embedder policy, which does not find what `refuse` says. */
async function elsewhere(policy, use, refuse = () => false) {
  const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': policy, 'Cross-Origin-Resource-Policy': 'same-origin' };
  const answer = (path) => {
    if (refuse(path)) throw new Error('refused');
    return headers;
  };
  const server = await serve(process.argv[2], 0, answer), other = await browser.newPage();
  const own = `http://localhost:${server.address().port}/`;
  await other.goto(own + 'baton.d.ts');
  await use(other, own, server);
  await other.close();
  server.close();
  server.closeAllConnections();
}
const runIn = (other, source, ...argv) => other.evaluate(async ([text, rest]) => {
  window.baton ||= await (await import('/baton.js')).createBaton();
  return window.baton.run(text, { argv: rest, input: null });
}, [source, argv]);
const demo = (name) => readFileSync(new URL(`../../web/demos/${name}.py`, import.meta.url), 'utf8');

const waitFor = 'import threading, time\nt = time.monotonic()\ngo = threading.Event()\nts = []\n';

await check({
  async 'the first program'() {
    const { stdout, stderr, first } = await run('print("hello")');
    assert.equal(stdout, 'hello\n', stderr);
    console.log(`     first output ${Math.round(first)} ms after the start of loading`);
    quiet();
  },
  async 'a further run finds an interpreter that waits for it, also after Stop'() {
    for (const before of [async () => {}, () => stop('print("ready", flush=True)\nwhile True: pass')]) {
      let best = Infinity;
      for (let i = 0; i < TRIES && best > FURTHER; i++) {
        await before();
        await page.waitForTimeout(300);
        const { stdout, first, stderr } = await run('print("further")');
        assert.equal(stdout, 'further\n', stderr);
        best = Math.min(best, first);
      }
      assert.ok(best <= FURTHER, `a further run printed after ${best} ms`);
      console.log(`     after ${Math.round(best)} ms`);
    }
    quiet();
  },
  async 'threads wait at the same time'() {
    const { stdout, stderr } = await run('import threading, time\nt = time.monotonic()\nts = [threading.Thread(target=time.sleep, args=(1.5,)) for _ in range(8)]\nfor x in ts: x.start()\nfor x in ts: x.join()\nprint(time.monotonic() - t < 10)');
    assert.equal(stdout, 'True\n', stderr);
    quiet();
  },
  async 'what is nested a hundred thousand deep is an exception, whatever the browser\'s stack holds'() {
    for (const source of DEEP) {
      const { stdout, stderr } = await run(`try:\n    exec(${JSON.stringify(source)})\nexcept (RecursionError, MemoryError) as e: print(type(e).__name__)`);
      assert.match(stdout, /^(RecursionError|MemoryError)\n$/, source + stderr);
    }
    quiet();
  },
  async 'recursion without end through C is an exception'() {
    for (const source of ENDLESS) {
      for (const limit of [1000, 100_000]) {
        const { stderr } = await run(`import sys\nsys.setrecursionlimit(${limit})\n${source}`);
        assert.match(stderr, /\nRecursionError: [^\n]*\n$/, source);
      }
    }
    quiet();
  },
  async 'the countdown programs'() {
    const ways = await run(readFileSync(new URL('../../web/demos/three_ways.py', import.meta.url), 'utf8'), { name: 'three_ways.py' });
    assert.match(ways.stdout, /^Single-threaded: .*\nMulti-threaded: .*\nMultiprocessing: .*\n$/, ways.stderr);
    console.log('     ' + ways.stdout.trim().replaceAll('\n', '  '));
    for (const name of ['countdown_threads.py', 'countdown_processes.py']) {
      const { ok, stdout, stderr, durationMs } = await run(program(name), { name });
      assert.deepEqual([ok, stdout, stderr], [true, '', '']);
      console.log(`     ${name} ${Math.round(durationMs)} ms`);
    }
    quiet();
  },
  async 'who runs at the same time: one thread under the lock, two without it, and processes'() {
    await run('pass');
    const locked = await together(demo('many_threads'), {}), free = await together(demo('lock_off'), { gil: false });
    assert.match(locked.stdout, /8 threads/, locked.stderr);
    assert.match(free.stdout, /The lock is off/, free.stderr);
    assert.ok(locked.both <= locked.any / 100 && locked.any > 50, `under the lock two ran for ${locked.both} of ${locked.any} ms`);
    assert.ok(free.both > 20, `without the lock two ran for ${free.both} of ${free.any} ms`);
    let best = 0;
    for (let i = 0; i < TRIES && best <= 20; i++) {
      const { both, stderr } = await together(demo('three_ways').replace('20_000_000', '40_000_000'), { name: 'three_ways.py' });
      assert.equal(stderr, '');
      best = Math.max(best, both);
    }
    assert.ok(best > 20, `two processes ran for ${best} ms`);
    console.log(`     two at once: lock on ${locked.both.toFixed(2)} of ${Math.round(locked.any)} ms, off ${Math.round(free.both)} of ${Math.round(free.any)}, processes ${Math.round(best)}`);
    quiet();
  },
  async 'a part of the language tests'() {
    const names = readdirSync(language, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.py')).map((name) => name.slice(0, -3))
      .filter((name) => existsSync(new URL(`${name}.out`, language)) && !skipped.includes(name) && CHOSEN.some((part) => name === part || name.startsWith(part + '/'))).sort();
    assert.ok(names.length > 20, String(names.length));
    await run('pass');
    for (const name of names) {
      const folder = new URL(`./${name}`, language), here = new URL('.', folder), file = name.split('/').pop() + '.py';
      const files = Object.fromEntries(readdirSync(here).filter((one) => one.endsWith('.py')).map((one) => [one, readFileSync(new URL(one, here), 'utf8')]));
      const output = await page.evaluate(async ([source, settings]) => {
        let output = '';
        window.baton.onOutput = ({ text }) => (output += text);
        await window.baton.run(source, { input: null, ...settings });
        return output;
      }, [files[file], { name: file, files, env: { TZ: 'UTC' } }]);
      assert.equal(output, readFileSync(`${folder.pathname}.out`, 'utf8'), name);
    }
    console.log(`     ${names.length} tests`);
    quiet();
  },
  async 'clocks never run backwards between threads, nor between processes'() {
    const { stdout, stderr } = await run(program('clocks.py'), { name: 'clocks.py' });
    assert.equal(stdout, 'threads [0, 0, 0]\nprocesses [0, 0, 0]\n', stderr);
    quiet();
  },
  async 'what processes share'() {
    const { stdout, stderr } = await run(program('processes.py'), { name: 'processes.py' });
    assert.equal(stdout, program('processes.out'), stderr);
    quiet();
  },
  async 'threads start in processes that begin where others have ended'() {
    const { stdout, stderr } = await run(program('workers.py'), { name: 'workers.py' });
    assert.equal(stdout, ('plain 0\n'.repeat(4) + '[0, 1, 2, 3] 0\n'.repeat(4)).repeat(2), stderr);
    quiet();
  },
  async 'pools one after another: what has ended rings no more'() {
    const { stdout, stderr } = await run('import concurrent.futures, multiprocessing\nif __name__ == "__main__":\n    for i in range(12):\n        with multiprocessing.Pool(3) as pool: pool.map(abs, range(10)), pool.apply(abs, (7,)), list(pool.imap_unordered(abs, [-1]))\n' +
      '        with concurrent.futures.ProcessPoolExecutor(2) as executor: list(executor.map(abs, range(6))), executor.submit(pow, 2, 100).result()\n    print("all")');
    assert.equal(stdout, 'all\n', stderr);
    quiet();
  },
  async asyncio() {
    const { stdout, stderr } = await run(program('event_loop.py'), { name: 'event_loop.py' });
    assert.equal(stdout, program('event_loop.out'), stderr);
    quiet();
  },
  async '100 MB of output, and the page goes on meanwhile'() {
    const flood = await page.evaluate(async () => {
      let size = 0, last = performance.now(), gap = 0;
      window.baton.onOutput = ({ text }) => (size += text.length);
      const timer = setInterval(() => {
        gap = Math.max(gap, performance.now() - last);
        last = performance.now();
      }, 10);
      const result = await window.baton.run('import sys\nfor i in range(1000): sys.stdout.write(("x" * 99 + "\\n") * 1000)');
      clearInterval(timer);
      return { size, gap, kept: result.stdout.length, took: result.durationMs };
    });
    assert.deepEqual([flood.size, flood.kept], [100_000_000, 1_000_000]);
    assert.ok(flood.gap < 5000, `the page stood still for ${flood.gap} ms`);
    console.log(`     in ${Math.round(flood.took)} ms, the page's longest pause ${Math.round(flood.gap)} ms`);
    quiet();
  },
  async '300 threads asked for: 100 are there soon, at most 200'() {
    const { stdout, stderr } = await run(`${waitFor}def start():\n    x = threading.Thread(target=go.wait); x.start(); ts.append(x)\nfor i in range(100): start()\nprint(threading.active_count(), round(time.monotonic() - t, 1))\n` +
      'try:\n    for i in range(200): start()\nexcept RuntimeError as e: print(e)\nprint(threading.active_count())\ngo.set()\nfor x in ts: x.join()\nstart(); ts[-1].join()\nprint("joined")');
    const [first, ...rest] = stdout.split('\n');
    assert.match(first, /^101 [\d.]+$/, stderr);
    assert.deepEqual(rest, ["can't start new thread", '200', 'joined', ''], stderr);
    console.log(`     100 threads alive after ${first.split(' ')[1]} s`);
    quiet();
  },
  async 'many programs one after another: the page keeps no memory of theirs until it collects garbage'() {
    await run('pass');
    const count = await page.evaluate(async () => {
      for (let i = 0; i < 160; i++) if (!(await window.baton.run('pass', { input: null })).ok) return i;
      return 160;
    });
    assert.equal(count, 160);
    quiet();
  },
  async 'ten reloads leave nothing behind'() {
    await page.waitForTimeout(1000);
    const sizes = [], counts = [];
    for (let i = 0; i < 10; i++) {
      await page.reload();
      const { stdout, stderr } = await run('import threading, multiprocessing\nif __name__ == "__main__":\n    ts = [threading.Thread(target=bytearray, args=(10 << 20,)) for _ in range(5)]\n    for t in ts: t.start()\n    for t in ts: t.join()\n' +
        '    p = multiprocessing.Process(target=print, args=("there",)); p.start(); p.join()');
      assert.equal(stdout, 'there\n', stderr);
      await page.waitForTimeout(500);
      sizes.push(await memory());
      counts.push(workers());
    }
    console.log(`     ${sizes.map((size) => Math.round(size / 1e6)).join(' ')} MB, ${counts.join(' ')} workers`);
    assert.ok(Math.min(...sizes.slice(5)) < Math.max(...sizes.slice(0, 5)) * 1.25, 'it grows');
    assert.ok(Math.min(...counts.slice(5)) <= Math.max(...counts.slice(0, 5)), 'workers survive');
    quiet();
  },

  // HTTP by the page's fetch, which reports each refusal on the console too.
  async HTTP() {
    let result = await run(program('fetching.py'), { argv: [servers.open, servers.dead] });
    assert.equal(result.stdout, program('fetching.out'), result.stderr);
    result = await run(program('fetching_ones.py'), { argv: [address + 'delay/1/500', address + 'baton.d.ts', servers.open + '/bytes/70000'] });
    assert.deepEqual(result.stdout.split('\n').sort().slice(1).map((line) => Number(line.split(' ')[1]) > 499), [true, true, true], result.stderr);
    result = await run(program('fetching_ones.py'), { argv: [servers.closed + '/hello'] });
    assert.match(result.stderr, /answers, but does not allow pages of other sites to read it \(CORS\)/);
    result = await run(program('fetching_ones.py'), { argv: [servers.dead + '/hello'] });
    assert.match(result.stderr, /URLError: <urlopen error \[Errno 111\] Connection refused/);
    result = await run('import ssl, urllib.request as r\ntry: r.urlopen("https://127.0.0.1:1/")\nexcept OSError as e: print(type(e).__name__)');
    assert.equal(result.stdout, 'URLError\n', result.stderr);
    expectComplaints(/Failed to load resource|CORS policy/);
  },
  async 'the concurrent fetch: from the serving host, and refused by others'() {
    const own = ['delay/0.5/1000', 'delay/0.5/2000', 'delay/0.5/3000'].map((path) => address + path);
    let { stdout, stderr } = await run(program('io_fetch.py'), { name: 'io_fetch.py', argv: own });
    assert.deepEqual(stdout.trim().split('\n').sort(), own.map((url) => `${url} — ${url.split('/').pop()} bytes`).sort(), stderr);
    ({ stdout, stderr } = await run(program('io_fetch.py'), { name: 'io_fetch.py' }));
    assert.match(stderr, /urllib\.error\.URLError: <urlopen error \[Errno 111\] Connection refused: no answer from (python\.org|docs\.python\.org|pypi\.org), or no such host>\n$/, stdout);
    ({ stdout, stderr } = await run(program('io_fetch.py'), { name: 'io_fetch.py', argv: [servers.closed + '/hello'] }));
    assert.match(stderr, /answers, but does not allow pages of other sites to read it \(CORS\)>\n$/, stdout);
    expectComplaints(/Failed to load resource|CORS policy/);
  },
  async 'the page has cookies, its programs have none'() {
    const cookies = [];
    await elsewhere('credentialless', async (other, own, server) => {
      server.on('request', (request) => request.url.endsWith('?cookies') && cookies.push(request.headers.cookie));
      await other.evaluate(async () => {
        document.cookie = 'kept=by-the-page; SameSite=Strict';
        await fetch('/baton.d.ts?cookies');
      });
      const { stdout, stderr } = await runIn(other, 'import sys, urllib.request\nprint(urllib.request.urlopen(sys.argv[1]).status)', own + 'baton.d.ts?cookies');
      assert.equal(stdout, '200\n', stderr);
    });
    assert.deepEqual(cookies, ['kept=by-the-page', undefined]);
  },
  async 'where the embedder policy is require-corp, a refusal names its possible causes'() {
    await elsewhere('require-corp', async (other) => {
      for (const host of [servers.dead, servers.closed]) {
        const { stderr } = await runIn(other, program('fetching_ones.py'), host + '/hello');
        assert.match(stderr, /could not be fetched: no such host, no answer, or it does not allow pages of other sites to read it \(CORS\)>\n$/);
      }
    });
  },
  async 'the network is cut in the middle of an answer'() {
    const { stdout, stderr } = await run(`import http.client, urllib.request\ntry:\n    with urllib.request.urlopen("${servers.open}/cut") as r:\n        print(r.status, r.headers["Content-Length"])\n        r.read()\n` +
      'except (ConnectionResetError, http.client.IncompleteRead) as e: print("cut", e)');
    assert.match(stdout, /^200 1000000\ncut .*\n$/, stderr);
    expectComplaints(/Failed to load resource/);
  },
  async 'a listener that throws is told of, and the program goes on'() {
    const result = await page.evaluate(async () => {
      const told = [], report = (event) => {
        told.push(event.error.message);
        event.preventDefault();
      };
      addEventListener('error', report);
      const baton = await (await import('/baton.js')).createBaton({ timeline: true });
      baton.onOutput = () => { throw new Error('output'); };
      baton.onTimeline = () => { throw new Error('timeline'); };
      const { stdout, exitCode } = await Promise.race([baton.run('import time\nfor i in range(300): print("x" * 10_000)\ntime.sleep(0.2)', { input: null }), new Promise((done) => setTimeout(done, 60_000, {}))]);
      baton.dispose();
      await new Promise((done) => setTimeout(done, 100)); // what was thrown last is told by then
      removeEventListener('error', report);
      return [stdout?.length, exitCode, [...new Set(told)].sort()];
    });
    assert.deepEqual(result, [1_000_000, 0, ['output', 'timeline']]);
    quiet();
  },
  async 'who watches the lock does not keep the memory of processes that have ended'() {
    const kept = await page.evaluate(async () => {
      const baton = await (await import('/baton.js')).createBaton({ timeline: true, onTimeline() {} });
      const seen = new Promise((done) => (baton.onOutput = ({ text }) => done([text, [...baton.current.instance.rings.keys()].length])));
      const running = baton.run('import subprocess, sys, time\nfor i in range(12): subprocess.run([sys.executable, "-c", "import time; time.sleep(0.1)"])\ntime.sleep(1)\nprint("ended", flush=True)\ninput()');
      const result = await seen;
      baton.input('\n');
      await running;
      baton.dispose();
      return result;
    });
    assert.equal(kept[0], 'ended\n');
    assert.ok(kept[1] < 6, `rings of ${kept[1]} processes`); // the first one's, and those of spare ones
    quiet();
  },
  async 'a worker that cannot be loaded is named'() {
    await elsewhere('credentialless', async (other) => {
      const said = await other.evaluate(() => import('/baton.js').then(({ createBaton }) => createBaton()).catch((error) => error.message));
      assert.match(said, /http:.*\/runtime\/workers\.js could not be loaded/);
    }, (path) => path.endsWith('/workers.js'));
    expectComplaints(/Failed to load resource/);
  },
});
await finish();
