/* processes.mjs: processes of a program under Node:  node processes.mjs SITE [PART-OF-NAME].  The first program runs in a page too (chromium.mjs). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { check } from './check.mjs';

const { createBaton } = await import(pathToFileURL(resolve(process.argv[2], 'baton.js')).href);
const programs = join(dirname(fileURLToPath(import.meta.url)), 'programs');
const countdowns = { three_ways: readFileSync(join(programs, '../../../web/demos/three_ways.py'), 'utf8') };
countdowns.countdown_processes = countdowns.three_ways.replace(/def run_single[^]*/, '') +
  'if __name__ == "__main__":\n    p1 = multiprocessing.Process(target=countdown, args=(COUNT // 2,))\n    p2 = multiprocessing.Process(target=countdown, args=(COUNT // 2,))\n    p1.start()\n    p2.start()\n    p1.join()\n    p2.join()\n';
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const baton = await createBaton();
const python = (source, options) => baton.run(source, { input: null, ...options });

/** Resolves when the program has printed `text`. @param {string} text */
function printed(text) {
  let output = '';
  return new Promise((done) => {
    baton.onOutput = (chunk) => {
      output += chunk.text;
      if (output.includes(text)) done(output);
    };
  });
}

const checks = {
  async 'what they share, how they end'() {
    const result = await python(readFileSync(join(programs, 'processes.py'), 'utf8'), { name: 'processes.py' });
    assert.equal(result.stdout, readFileSync(join(programs, 'processes.out'), 'utf8'), result.stderr);
    assert.match(result.stderr, /^Process Process-\d+:\nTraceback \(most recent call last\):\n[^]*ValueError: as planned\n$/);
    assert.equal(result.exitCode, 0);
  },
  async "the user's programs"() {
    for (const name of Object.keys(countdowns)) {
      const source = countdowns[name].replace(/^COUNT = .*/m, 'COUNT = 200_000');
      const result = await python(source, { name: name + '.py' });
      assert.equal(result.stderr, '');
      assert.ok(result.ok);
      if (name === 'three_ways') assert.match(result.stdout, /^Single-threaded: .*\nMulti-threaded: .*\nMultiprocessing: .*\n$/);
    }
  },
  async 'a spare instance is ready when a process starts'() {
    const result = await python(
      'import multiprocessing, time\nif __name__ == "__main__":\n    time.sleep(8)\n' +
        '    for _ in range(2):\n        q = multiprocessing.SimpleQueue(); t = time.time()\n        p = multiprocessing.Process(target=q.put, args=(1,)); p.start(); q.get(); print(time.time() - t < 3)\n        p.join()',
    );
    assert.equal(result.stdout, 'True\nTrue\n', result.stderr);
  },
  async 'what the first start of a process would import comes with multiprocessing'() {
    for (const before of ['', 'import threading\n']) {
      const { stdout, stderr } = await python(before + 'import multiprocessing, sys\nseen = set(sys.modules)\np = multiprocessing.Process(target=len, args=((),)); p.start(); p.join()\nprint(set(sys.modules) - seen)');
      assert.equal(stdout, 'set()\n', stderr);
    }
  },
  async 'managers one after another: nothing of one that has ended answers for the next'() {
    const { stdout, stderr } = await python(
      'import multiprocessing\ndef work(d, l): d["from"] = "child"; l.append(3)\nif __name__ == "__main__":\n    for i in range(6):\n        with multiprocessing.Manager() as m:\n' +
        '            d, l = m.dict(), m.list([1, 2]); p = multiprocessing.Process(target=work, args=(d, l)); p.start(); p.join()\n            print(dict(d), list(l))',
      { name: 'managers.py' },
    );
    assert.equal(stdout, "{'from': 'child'} [1, 2, 3]\n".repeat(6), stderr);
  },
  async 'threads start in processes that begin where others have ended'() {
    const { stdout, stderr } = await python(readFileSync(join(programs, 'workers.py'), 'utf8'), { name: 'workers.py' });
    assert.equal(stdout, ('plain 0\n'.repeat(4) + '[0, 1, 2, 3] 0\n'.repeat(4)).repeat(2), stderr);
    assert.equal(stderr, '');
  },
  async 'processes begin with nothing of those that have ended'() {
    const result = await python(
      'import multiprocessing, os, sys, threading, time\nseen, held = [], None\n' +
        'def work(n, q):\n    global held\n    q.put((n, len(seen), os.environ.get("LEFT"), "fractions" in sys.modules, os.getcwd(), os.path.exists("/dev/fd/9"), threading.active_count()))\n' +
        '    import fractions\n    seen.append(n); os.environ["LEFT"] = "behind"; os.chdir("/tmp"); os.open("/dev/null", 0)\n' +
        '    if n % 6 == 1: os._exit(7)\n    if n % 6 == 2: held = bytearray(60 << 20)\n    if n % 6 == 3: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n' +
        '    if n % 6 == 4: os.kill(os.getpid(), 9)\n    if n % 6 == 5: sys.exit(5)\n' +
        'if __name__ == "__main__":\n    q, codes = multiprocessing.SimpleQueue(), []\n    for n in range(12):\n        p = multiprocessing.Process(target=work, args=(n, q)); p.start(); p.join(); codes.append(p.exitcode)\n' +
        '        assert q.get() == (n, 0, None, False, "/home/user", False, 1)\n    print(codes)',
      { name: 'anew.py' },
    );
    assert.equal(result.stdout, `[${Array(2).fill('0, 7, 0, 0, -9, 5').join(', ')}]\n`, result.stderr);
  },
  async 'a process that fails in WebAssembly ends as by a signal'() {
    const result = await python(
      'import multiprocessing, faulthandler\nif __name__ == "__main__":\n    p = multiprocessing.Process(target=faulthandler._sigsegv)\n    p.start()\n    p.join()\n    print(p.exitcode)',
    );
    assert.equal(result.stdout, '-11\n', result.stderr);
  },
  async 'Stop reaches every process'() {
    const seen = printed('ready 3');
    const running = baton.run(
      'import multiprocessing, time, os\ndef work(n, ready, q):\n    try:\n        ready.release()\n        if n == 0:\n            while True: pass\n' +
        '        elif n == 1: time.sleep(100)\n        elif n == 2: q.get()\n    except KeyboardInterrupt:\n        print("stopped", n, flush=True)\n' +
        'if __name__ == "__main__":\n    ready, q = multiprocessing.Semaphore(0), multiprocessing.Queue()\n    ps = [multiprocessing.Process(target=work, args=(n, ready, q)) for n in range(3)]\n' +
        '    for p in ps: p.start()\n    for p in ps: ready.acquire()\n    print("ready", len(ps))\n    try:\n        for p in ps: p.join()\n' +
        '    except KeyboardInterrupt:\n        for p in ps: p.join()\n        print("main", [p.exitcode for p in ps[1:]])', // the join that is interrupted may have had the first one's
    );
    await seen;
    await sleep(200);
    const asked = performance.now();
    await baton.stop();
    const took = performance.now() - asked;
    const result = await running;
    assert.deepEqual(result.stdout.split('\n').sort(), ['', 'main [0, 0]', 'ready 3', 'stopped 0', 'stopped 1', 'stopped 2'], result.stderr);
    assert.ok(took < 5000, String(took));
  },
  async 'Stop while a pool works'() {
    for (const wait of ['list(pool.imap(time.sleep, [100, 100]))', 'pool.close(); pool.apply_async(time.sleep, (100,)); pool.join()']) {
      const seen = printed('ready');
      const running = baton.run(`import multiprocessing, time\nif __name__ == "__main__":\n    with multiprocessing.Pool(2) as pool:\n        pool.map(abs, [1, 2])\n        print("ready")\n        ${wait.replace('pool.close(); pool.apply_async(time.sleep, (100,))', 'pool.apply_async(time.sleep, (100,)); pool.close()')}`);
      await seen;
      await sleep(300);
      await baton.stop();
      const result = await running;
      assert.match(result.stderr, /KeyboardInterrupt/);
      assert.notEqual(result.exitCode, 0);
    }
  },
  async 'daemons end with the program, others are waited for'() {
    const result = await python(
      'import multiprocessing, time\ndef late(): time.sleep(0.5); print("late")\nif __name__ == "__main__":\n    multiprocessing.Process(target=time.sleep, args=(100,), daemon=True).start()\n    multiprocessing.Process(target=late).start()\n    print("end")',
    );
    assert.equal(result.stdout, 'end\nlate\n', result.stderr);
    assert.equal(result.exitCode, 0);
  },
  async 'more processes than spare instances, and than there is room for'() {
    const result = await python(
      'import multiprocessing, os, sys, subprocess\ndef f(q): q.get()\nif __name__ == "__main__":\n    q = multiprocessing.SimpleQueue()\n    ps = [multiprocessing.Process(target=f, args=(q,)) for _ in range(6)]\n' +
        '    for p in ps: p.start()\n    for p in ps: q.put(1)\n    for p in ps: p.join()\n    print([p.exitcode for p in ps])',
    );
    assert.equal(result.stdout, '[0, 0, 0, 0, 0, 0]\n', result.stderr);
  },
  async 'dispose() in the middle'() {
    const other = await createBaton();
    let started;
    const ready = new Promise((done) => (started = done));
    other.onOutput = ({ text }) => text.includes('go') && started();
    const running = other.run('import multiprocessing, time\nif __name__ == "__main__":\n    p = multiprocessing.Process(target=time.sleep, args=(100,)); p.start(); print("go", flush=True); p.join()');
    await ready;
    other.dispose();
    assert.equal((await running).exitCode, 137);
  },
};
await check(checks, () => (baton.onOutput = null));
baton.dispose(); // and with the last worker this process ends
setTimeout(() => {
  console.log('FAIL workers are left');
  process.exit(1);
}, 10_000).unref();
