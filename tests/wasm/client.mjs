/* client.mjs: createBaton under Node, by what its contract (web/runtime/baton.d.ts) promises:  node client.mjs SITE */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { check } from './check.mjs';
import { startServers } from './servers.mjs';

const servers = await startServers();
const { createBaton } = await import(pathToFileURL(resolve(process.argv[2], 'baton.js')).href);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const baton = await createBaton();
const python = (source, options) => baton.run(source, { input: null, ...options });

/** Begins a program; `ready` resolves when it has printed its first line, as which it is given one. */
function begin(source, options, first = 'print("ready", flush=True)\n') {
  const ready = new Promise((resolve) => (baton.onOutput = resolve));
  return { running: baton.run(first + source, options), ready };
}

const checks = {
  async 'output and exit code'() {
    const result = await python('import sys\nprint("out")\nprint("err", file=sys.stderr)\nsys.exit(3)');
    assert.deepEqual([result.ok, result.exitCode, result.stdout, result.stderr], [false, 3, 'out\n', 'err\n']);
  },
  async 'a traceback names the file'() {
    const result = await python('def f():\n    1 / 0\nf()\n', { name: 'program.py' });
    assert.match(result.stderr, /File "\/home\/user\/program.py", line 2, in f\n[^]*ZeroDivisionError: division by zero\n$/);
    assert.equal(result.exitCode, 1);
  },
  async 'arguments, files, environment'() {
    const result = await python('import sys, os\nprint(sys.argv, open("data/a.txt").read(), os.environ["KEY"])', {
      argv: ['x'], files: { 'data/a.txt': 'content' }, env: { KEY: 'value' },
    });
    assert.equal(result.stdout, "['main.py', 'x'] content value\n");
  },
  async 'each run is fresh'() {
    await python('import sys\nsys.leftover = 1\nopen("left", "w").close()');
    const result = await python('import sys, os\nprint(hasattr(sys, "leftover"), os.path.exists("left"))');
    assert.equal(result.stdout, 'False False\n');
  },
  async 'an interpreter that begins with the memory of an earlier one is its own'() {
    const source = 'import os, random, threading, time\nprint(hash("a"), random.random(), os.environ.get("KEY"), threading.main_thread().ident == threading.get_ident(), time.monotonic() > 0)\n' +
      'def deep(): deep()\ntry: deep()\nexcept RecursionError: print("deep")\nt = threading.Thread(target=lambda: print(threading.current_thread().name)); t.start(); t.join()';
    for (const gil of [true, false]) {
      const [first, second] = [await python(source, { gil, env: { KEY: 'one' } }), await python(source, { gil })];
      const [[hash, random, ...rest], [sameHash, otherRandom, ...otherRest]] = [first, second].map(({ stdout }) => stdout.split(' '));
      assert.equal(rest.join(' '), 'one True True\ndeep\nThread-1 (<lambda>)\n', first.stderr);
      assert.equal(otherRest.join(' '), 'None True True\ndeep\nThread-1 (<lambda>)\n', second.stderr);
      assert.equal(hash, sameHash, 'it does not begin with that memory');
      assert.notEqual(random, otherRandom);
    }
  },
  async 'input comes in lines'() {
    const running = baton.run('print(input("? "), input())');
    await sleep(50);
    baton.input('one\n');
    baton.input('two\n');
    assert.equal((await running).stdout, '? one two\n');
  },
  async 'threads wait at the same time'() {
    const result = await python(
      'import threading, time\nt = time.monotonic()\nts = [threading.Thread(target=time.sleep, args=(1.5,)) for _ in range(8)]\n' +
        'for x in ts: x.start()\nfor x in ts: x.join()\nprint(time.monotonic() - t)',
    );
    assert.ok(Number(result.stdout) < 10, result.stdout + result.stderr);
  },
  async 'Stop interrupts'() {
    for (const source of ['while True: pass', 'import time\ntime.sleep(100)', 'input()', 'import threading\nthreading.Event().wait()',
      'import queue\nqueue.Queue().get()', 'import os\nos.read(os.pipe()[0], 1)', 'import socket\nsocket.create_server(("", 0)).accept()',
      'import threading, time\nt = threading.Thread(target=time.sleep, args=(60,), daemon=True)\nt.start()\nt.join()', 'while True: print("x" * 1000)',
      `import urllib.request\nurllib.request.urlopen("${servers.open}/delay/60")`]) {
      const { running, ready } = begin(source);
      await ready;
      await sleep(50);
      const asked = performance.now();
      await baton.stop();
      const took = performance.now() - asked;
      const result = await running;
      assert.match(result.stderr, /KeyboardInterrupt/, source);
      assert.equal(result.exitCode, 130, source);
      assert.ok(took < 10_000, `${source}: ${took}`);
      console.log(`     stopped after ${Math.round(took)} ms: ${source.split('\n').pop()}`);
    }
  },
  async 'a second Stop ends what does not listen'() {
    const { running, ready } = begin('while True:\n    try:\n        print("in", flush=True)\n        while True: pass\n    except KeyboardInterrupt: pass', {}, '');
    await ready;
    baton.stop();
    await sleep(200);
    await baton.stop();
    assert.equal((await running).exitCode, 137);
    assert.equal((await python('print(1)')).stdout, '1\n');
  },
  async 'what does not stop is named'() {
    const { running, ready } = begin(
      'import threading\ndef work():\n    while True: pass\nfor i in range(2): threading.Thread(target=work, name=f"worker {i}").start()\nprint("all", flush=True)\nwork()', {}, '');
    await ready;
    const names = new Promise((resolve) => (baton.onUnstopped = resolve));
    baton.stop();
    assert.deepEqual((await names).sort(), ['MainThread', 'worker 0', 'worker 1']);
    baton.onUnstopped = null;
    await baton.stop();
    assert.equal((await running).exitCode, 137);
  },
  async 'a process that does not stop is named'() {
    const { running, ready } = begin(
      'import multiprocessing, time\ndef work(begun):\n    while True:\n        try: begun.set(); time.sleep(100)\n        except KeyboardInterrupt: pass\n' +
        'if __name__ == "__main__":\n    begun = multiprocessing.Event(); p = multiprocessing.Process(target=work, args=(begun,)); p.start(); begun.wait(); print(f"process {p.pid}", flush=True)\n' +
        '    while True:\n        try: p.join()\n        except KeyboardInterrupt: pass', {}, '');
    const name = (await ready).text.trim();
    const names = new Promise((resolve) => (baton.onUnstopped = resolve));
    baton.stop();
    assert.deepEqual(await names, ['MainThread', name]);
    baton.onUnstopped = null;
    await baton.stop();
    assert.equal((await running).exitCode, 137);
  },
  async 'a session keeps its namespace'() {
    const session = (source, options) => python(source, { session: 'a', ...options });
    assert.equal((await session('x = 1\ndef f():\n    return x / 0\nprint("one", __name__)')).stdout, 'one __main__\n');
    const failed = await session('import sys\nprint(x, sys.argv)\nx = 5\nf()', { name: 'second.py', argv: ['a'] });
    assert.deepEqual([failed.exitCode, failed.stdout], [1, "1 ['second.py', 'a']\n"]);
    assert.match(failed.stderr, /^Traceback \(most recent call last\):\n {2}File "second.py", line 4, in <module>[^]*ZeroDivisionError/);
    assert.equal((await python('print("x" in globals())')).stdout, 'False\n');
    assert.equal((await python('print("x" in globals())', { session: 'b' })).stdout, 'False\n');
    assert.equal((await session('sys.exit(7)')).exitCode, 7);
    const threads = await session('import threading, time\ndef late():\n    time.sleep(0.3)\n    print("late", x)\nthreading.Thread(target=late).start()');
    assert.equal(threads.stdout, 'late 5\n', threads.stderr);
    assert.equal((await session('print(input())', { input: 'typed\n' })).stdout, 'typed\n');
    const { running, ready } = begin('x = "stopped"\nwhile True: pass', { session: 'a' });
    await ready;
    await baton.stop();
    assert.equal((await running).exitCode, 130);
    assert.equal((await session('print(x)')).stdout, 'stopped\n');
    assert.equal((await session('import os\nos._exit(3)')).exitCode, 3);
    assert.equal((await session('print("x" in globals())')).stdout, 'False\n');
  },
  async 'set-up code runs before the program, in its processes too'() {
    const program = 'import multiprocessing\ndef work(q): q.put(twice(21))\nif __name__ == "__main__":\n    q = multiprocessing.SimpleQueue()\n    p = multiprocessing.Process(target=work, args=(q,)); p.start(); p.join(); print(p.exitcode or q.get(), twice("a"))';
    for (const [setup, expected] of [['def twice(x): return x * 2', '42 aa\n'], ['def twice(x): return x + x + x', '63 aaa\n']]) {
      const result = await python(program, { setup });
      assert.deepEqual([result.stdout, result.stderr, result.exitCode], [expected, '', 0]);
    }
    assert.match((await python(program)).stderr, /NameError: name 'twice'/);
    const failed = await python('print("main")', { setup: 'import sys\n1 / 0' });
    assert.match(failed.stderr, /^Traceback \(most recent call last\):\n {2}File ".setup.py", line 2, in <module>[^]*ZeroDivisionError/);
    assert.deepEqual([failed.stdout, failed.exitCode], ['', 1]);
    assert.equal((await python('import sys, atexit\natexit.register(print, "end")\nsys.exit(a)', { setup: 'a = 7' })).exitCode, 7);
    for (const [setup, source, expected] of [['a = 1', 'b = a', ''], ['c = 2', 'print(a, b, c)', '1 1 2\n'], [undefined, 'print(a + c)', '3\n']]) {
      const { stdout, stderr } = await python(source, { setup, session: 'set up' });
      assert.equal(stdout, expected, stderr);
    }
  },
  async 'output just before the end is not lost when the worker stands still'() {
    const folder = await mkdtemp(join(tmpdir(), 'baton-'));
    try {
      await cp(process.argv[2], folder, { recursive: true });
      const file = join(folder, 'runtime/worker.js'), source = await readFile(file, 'utf8'), made = 'kernel = instance.kernel;\n';
      const slow = 'const { drain } = kernel;\nkernel.drain = (limit) => {\n  const parts = drain.call(kernel, limit);\n  for (const end = performance.now() + 50; !parts.length && performance.now() < end; );\n  return parts;\n};\n';
      assert.ok(source.includes(made));
      await writeFile(file, source.replace(made, made + slow));
      const still = await (await import(pathToFileURL(join(folder, 'baton.js')).href)).createBaton();
      let all = '';
      for (let i = 0; i < 5; i++) all += (await still.run(`print(${i})`)).stdout;
      still.dispose();
      assert.equal(all, '0\n1\n2\n3\n4\n');
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  async 'dispose lets Node exit, whatever still runs'() {
    const script = `const { createBaton } = await import(${JSON.stringify(pathToFileURL(resolve(process.argv[2], 'baton.js')).href)});
      const baton = await createBaton();
      await baton.run('print(1)', { session: 'kept' });
      const ready = new Promise((resolve) => (baton.onOutput = resolve));
      baton.run('import threading, time\\nfor i in range(5): threading.Thread(target=time.sleep, args=(1000,)).start()\\nprint(2, flush=True)\\nwhile True: pass');
      await ready;
      baton.dispose();
      console.log('disposed');`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { timeout: 120_000 });
    assert.equal(stdout, 'disposed\n');
  },
  async 'limits'() {
    const small = await createBaton({ limits: { output: 10, threads: 5, memory: 64 << 20 } });
    let result = await small.run('import threading\nlet = threading.Event()\nts = []\ntry:\n    while True:\n        t = threading.Thread(target=let.wait); t.start(); ts.append(t)\n' +
      'except RuntimeError as e: print(len(ts), e)\nlet.set()');
    assert.equal(result.stdout, "4 can't st", result.stderr);
    result = await small.run('try: x = [bytearray(1 << 20) for i in range(1000)]\nexcept MemoryError: print("full")');
    assert.equal(result.stdout, 'full\n', result.stderr);
    small.dispose();
  },
  async 'memory of files that are gone serves larger ones'() {
    const made = await createBaton({ limits: { files: 16 << 20 } });
    const result = await made.run(`import os
for turn in range(2):
    names = []
    try:
        while True:
            names.append(f"small{len(names)}")
            with open(names[-1], "wb") as file: file.write(bytes(50000))
    except OSError as error: print(len(names) > 200, error.strerror)
    for name in names: os.remove(name)
    with open("large", "wb") as file: file.write(bytes([turn]) * (2 << 20))
    with open("large", "rb") as file: print(file.read() == bytes([turn]) * (2 << 20))
    os.remove("large")
`);
    made.dispose();
    assert.equal(result.stdout, 'True No space left on device\nTrue\n'.repeat(2), result.stderr);
  },
  async 'limits that are no round numbers, small, or beyond what there is'() {
    const source = 'open("a", "w").write("x" * 1000)\nx = bytearray(100_000_000)\nprint(len(open("a").read()), len(x))';
    for (const limits of [{ files: 50_000_001 }, { files: 10_000 }, { files: undefined }, { memory: 2 * 2 ** 30 }, { memory: 2 ** 32 }]) {
      const made = await createBaton({ limits });
      const result = await made.run(source, { input: null });
      made.dispose();
      assert.equal(result.stdout, '1000 100000000\n', JSON.stringify(limits) + result.stderr);
    }
  },
  async 'files of the size that there is room for, in parts and again and again'() {
    const result = await python(
      'import os\ndef fill(name, part, n):\n    with open(name, "wb") as f:\n        try:\n            for i in range(n): f.write(b"x" * part)\n        except OSError as e: return i * part >> 20\n    return os.stat(name).st_size >> 20\n' +
        'print(fill("one", 1 << 20, 100)); os.remove("one")\nfor i in range(50): fill(f"small{i}", 1 << 20, 1)\nprint(len(os.listdir()))\nfor i in range(50): os.remove(f"small{i}")\n' +
        'fill("two", 1 << 20, 60); print(fill("three", 1 << 20, 1000) >= 16, set(open("two", "rb").read()), set(open("three", "rb").read()))');
    assert.equal(result.stdout, '100\n51\nTrue {120} {120}\n', result.stderr);
  },
  async 'paths of files: dots, and what cannot be'() {
    const result = await python('print([open(name).read() for name in ("a", "../b", "/home/c", "d/e")])', { name: './main.py', files: { './a': '1', '../b': '2', 'd/../../c': '3', 'd//e': '4' } });
    assert.equal(result.stdout, "['1', '2', '3', '4']\n", result.stderr);
    for (const [files, error] of [[{ a: new Uint8Array([1, 0, 0, 0, 0xf8, 255, 255, 255]), 'a/b': '' }, /a\/b: a is not a folder/], [{ ['x'.repeat(300)]: '' }, /no room for x+, or its name is too long/], [{ '/home/user': '' }, /\/home\/user is a folder/]]) {
      const { stderr, exitCode } = await python('print("no")', { files });
      assert.match(stderr, error);
      assert.equal(exitCode, 134);
    }
    await assert.rejects(python('pass', { argv: ['a\0b'] }), /NUL/);
    await assert.rejects(python('pass', { env: { KEY: '\0' } }), /NUL/);
  },
  async 'what a session writes need not end with whole characters'() {
    const result = await python('import sys\nsys.stdout.buffer.write(b"ab\\xe2\\x82")\nsys.stdout.flush()', { session: 'bytes' });
    assert.deepEqual([result.exitCode, result.stdout], [0, 'ab']);
    assert.equal((await python('import sys\nsys.stdout.buffer.write(b"\\xac\\n")', { session: 'bytes' })).stdout, '€\n');
  },
  async 'dispose and a second Stop end a run whose interpreter is still being made'() {
    for (const end of [(made) => made.dispose(), (made) => (made.stop(), made.stop())]) {
      const made = await createBaton();
      const running = made.run('print("no")', { env: { PYTHONX: '1' } });
      end(made);
      const { exitCode, stdout } = await running;
      assert.deepEqual([exitCode, stdout], [137, '']);
      made.dispose();
    }
  },
  async 'a second run is refused'() {
    const running = baton.run('input()', { input: '\n' });
    await assert.rejects(baton.run('pass'), { name: 'BusyError' });
    await running;
  },
  async 'much output is passed on, part of it kept'() {
    let size = 0;
    baton.onOutput = ({ text }) => (size += text.length);
    const result = await python('for i in range(200): print("x" * 99_999)');
    baton.onOutput = null;
    assert.equal(size, 20_000_000);
    assert.equal(result.stdout.length, 1_000_000);
  },
  async 'an alarm rings'() {
    const result = await python(
      'import signal, time\ndef ring(*a): raise KeyError("rung")\nsignal.signal(signal.SIGALRM, ring)\nsignal.alarm(1)\ntry: time.sleep(100)\nexcept KeyError as e: print(e)\n' +
        'rung = []\nsignal.signal(signal.SIGALRM, lambda *a: rung.append(1))\nsignal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)\nwhile len(rung) < 3: time.sleep(0.01)\n' +
        'print(round(signal.setitimer(signal.ITIMER_REAL, 0)[1], 3))',
    );
    assert.equal(result.stdout, "'rung'\n0.05\n", result.stderr);
  },
  async 'files'() {
    const result = await python(
      'import os, tempfile, shutil, pathlib\nd = pathlib.Path(tempfile.mkdtemp())\n(d / "a").mkdir()\n(d / "a" / "f").write_text("x" * 100_000)\n' +
        'os.symlink("f", d / "a" / "l")\nos.rename(d / "a", d / "b")\nprint(sorted(os.listdir(d / "b")), (d / "b" / "l").stat().st_size)\n' +
        'with open(d / "b" / "f", "r+b") as f:\n    f.seek(5); f.write(b"yz"); f.truncate(8); f.seek(0); print(f.read())\n' +
        'shutil.rmtree(d)\nprint(d.exists())\ntry: open("nothing")\nexcept OSError as e: print(e)',
    );
    assert.equal(result.stdout, "['f', 'l'] 100000\nb'xxxxxyzx'\nFalse\n[Errno 2] No such file or directory: 'nothing'\n", result.stderr);
  },
  async 'the timeline shows who had the lock'() {
    const events = [], threads = new Map();
    baton.onTimeline = (batch) => {
      events.push(...batch.events);
      for (const thread of batch.threads) threads.set(thread.name, thread);
    };
    const result = await python(
      'import threading, time\ndef work():\n    end = time.monotonic() + 0.6\n    while time.monotonic() < end: pass\n' +
        't = threading.Thread(target=work, name="busy")\nt.start()\nwork()\nt.join()\ntime.sleep(0.2)',
      { timeline: true, switchInterval: 0.01 },
    );
    baton.onTimeline = null;
    assert.ok(result.ok, result.stderr);
    assert.ok(threads.has('MainThread') && threads.has('busy'), [...threads.keys()].join());
    assert.ok(events.filter((event) => event.kind === 'gave-up' && event.reason === 'interval').length > 5, JSON.stringify(events.slice(0, 5)));
    assert.ok(events.every((event, i) => i === 0 || event.time > 1.5e12), 'times are since the epoch');
  },
  async 'a hundred threads at once, and no more than there is room for'() {
    const result = await python(
      'import threading, time\nbegun = time.monotonic()\ngo = threading.Event()\nts = [threading.Thread(target=go.wait) for _ in range(100)]\n' +
        'for t in ts: t.start()\nprint(threading.active_count(), time.monotonic() - begun < 60)\n' +
        'try:\n    while True:\n        t = threading.Thread(target=go.wait); t.start(); ts.append(t)\nexcept RuntimeError as e: print(e)\n' +
        'go.set()\nfor t in ts: t.join()\nprint(threading.active_count())',
    );
    assert.equal(result.stdout, "101 True\ncan't start new thread\n1\n", result.stderr);
  },
};
await check(checks, () => (baton.onOutput = null));
if (process.exitCode) process.exit();
baton.dispose();
servers.close();
