/* worker.js: the coordinating worker of one instance of the interpreter: loads it, starts the program, hands its output on, delivers input and Stop.  In a page it is a part of workers.js (../build.mjs).
 *
 * It only ever runs its event loop: threads are made by it, so it must never wait.  The worker of a program's first process makes those of the others (processes.js),
 * which only load and then do what the kernel says, one process after another.  Messages in: prepare, load, again, start, next, ack, input, signal, running.  Messages
 * out: ready, output, result, exit, failed, rings, rests, running.  Output is handed on in chunks; not more than UNSEEN bytes are on their way before the client acknowledges them, and then the ring in
 * shared memory fills and the program waits.  Read next: baton.js, processes.js, ../../wasm/kernel/kernel.js.
 */
/* global createInstance, importScripts, serveFetches, BatonLibrary */
'use strict';
const node = typeof process === 'object' && process.versions && process.versions.node;
const port = /** @type {any} */ (node ? require('worker_threads').parentPort : self);
const post = (message, transfer) => port.postMessage(message, transfer || []);
const UNSEEN = 1 << 20, CHUNK = 1 << 17, GATHER = 4;

let pendingInput = [], instance = null, kernel = null, shared = null, session = null, processes = null, unseen = 0, handedOn = 0, ended = false, inputEnds = false;
const decoders = Array.from({ length: 4 }, () => new TextDecoder()); // by stream

/* Workers start only from the page's own origin: a script of another one is imported by a script of the page. */
function ownScript(script) {
  if (script.origin === location.origin) return script.href;
  return URL.createObjectURL(new Blob(['importScripts(' + JSON.stringify(script.href) + ')'], { type: 'text/javascript' }));
}

/* Browsers do not say why a worker's script could not be loaded. */
function whyFailed(error, script) { return String(error.message || (error.type === 'error' ? script + ' could not be loaded' : error)); }

/* The worker of the interpreter's main thread, which starts while the interpreter itself is being loaded. */
let early = null;
function prepareThread(script) {
  if (node || early) return;
  early = new Worker(ownScript(new URL(script)), { name: 'em-pthread' }); // Emscripten's own name for them
  early.onerror = (event) => { // until glue.js listens
    event.preventDefault();
    post({ type: 'failed', text: whyFailed(event, script) });
  };
}

async function load(message) {
  prepareThread(message.worker);
  if (node) global.createInstance = require(message.script);
  shared = {
    buffer: message.kernel, process: message.process, generation: message.generation || 0, origin: message.origin, pending: 0, library: message.library,
    options: message.options || [], variables: variablesOf(message.env), kept: message.anew ? null : message.kept,
  };
  const again = !message.anew && Atomics.load(new Int32Array(message.kept), 0) === KEPT;
  const options = {
    baton: shared,
    batonWorker: early,
    batonCrash: (error) => post({ type: 'failed', text: whyFailed(error, message.worker) }),
    mainScriptUrlOrBlob: node ? message.script : ownScript(new URL(message.worker)), // threads run this script too
    locateFile: (name) => (name.endsWith('.worker.js') ? options.mainScriptUrlOrBlob : new URL(name, message.base).href),
    instantiateWasm: (imports, receive) => {
      const made = new WebAssembly.Instance(message.module, imports);
      receive(made, message.module);
      return made.exports;
    },
  };
  if (node) options.locateFile = (name) => require('path').join(require('path').dirname(message.script), name);
  if (again) options.wasmMemory = memoryFrom(message.kept, message.memory);
  else if (message.memory) options.wasmMemory = newMemory(INITIAL, message.memory);
  instance = await createInstance(options);
  if (message.threads) instance._baton_limit_threads(message.threads);
  kernel = instance.kernel;
  shared.pending = kernel.pending = instance._baton_pending();
  const start = (...settings) => (again ? goOn() : begin(['baton', ...message.options, '-X', ...settings], message.env));
  if (message.spare) {
    if (message.anew) beginAnew(message.options);
    else start(...message.spare);
    listen();
  } else {
    parts = message;
    library = node ? await import(message.libraryScript) : BatonLibrary;
    watchSockets(node ? require('path').dirname(message.script) : message.base); // one worker serves all processes
    prepare(start);
    post({ type: 'ready' }); // without the memory, which the page would keep until it collects garbage
    setTimeout(() => ended || instance.batonPool(POOL), POOL_AFTER);
  }
}
/* Workers that wait for threads of the program, and after how many ms they are made: the first output of a program that begins at once comes before. */
const POOL = 2, POOL_AFTER = 250;
let parts = null, library = null; // what was loaded, for the other processes too; library.js
function makeWorker() {
  if (!node) return new Worker(ownScript(new URL(parts.worker)));
  return new (require('worker_threads').Worker)(__filename);
}
function memory() { return kernel.memory().buffer; }

function text(string) {
  const bytes = new TextEncoder().encode(string + '\0'), at = instance._malloc(bytes.length);
  new Uint8Array(memory(), at, bytes.length).set(bytes);
  return at;
}

/* ---- a start with memory that another process has kept ----
 *
 * A process that has started keeps a copy of its memory when it is about to wait for its job (os_program_keep, host.keep in ../../wasm/glue.js), the first of its kind for
 * all that follow: these have nothing to do but to copy it, 10 ms instead of 60 to 150.  It is as if the first had forked, but for the workers, which are their own:
 * - The copy is made by the first thread itself, when no other has run and nobody else uses the memory: no lock is held, no allocation is half done.
 * - A module that is instantiated over memory which has its data already leaves them as they are: a word there says so.
 * - wasm's own stack cannot be copied, so the process goes on from a function that the first one has named, on a new thread with a new stack and C's thread-local
 *   variables anew.  It is the first thread nevertheless: what it is known by (os_thread_id) is the pool's structure in memory, not the C library's.
 * - The environment, arguments, descriptors and the folder come with the job, as always.  Clocks of all instances of a page begin at the same time.  The hash seed is that of the first.
 */

const INITIAL = 512, KEPT = 2, KEPT_HEAD = 16384;
function newMemory(initial, limit) {
  return new WebAssembly.Memory({ initial, maximum: limit ? Math.max(initial, Math.min(Math.floor(limit / 65536), 16384)) : 16384, shared: true });
}
function memoryFrom(kept, limit) {
  const made = newMemory(Math.max(INITIAL, new Int32Array(kept)[1] >> 16), limit);
  copyKept(kept, made, 0);
  return made;
}
/* `used`: up to where the memory is not zero. */
function copyKept(kept, memory, used) {
  const head = new Int32Array(kept), from = new Uint8Array(kept), to = new Uint8Array(memory.buffer);
  let end = 0;
  for (let i = 0, at = KEPT_HEAD; i < head[2]; i++) {
    const start = head[4 + 2 * i], size = head[5 + 2 * i];
    to.fill(0, Math.min(end, used), Math.min(start, used));
    to.set(from.subarray(at, at + size), start);
    at += size;
    end = start + size;
  }
  to.fill(0, Math.min(end, used), used);
}
/* The process has ended and its only thread has left C (host.exit in ../../wasm/glue.js): nothing refers to its memory, which becomes that of a process that is about to wait. */
function rest() {
  clearTimeout(timer);
  instance.batonRest();
  copyKept(shared.kept, kernel.memory(), instance._baton_memory_end());
  kernel = null;
  post({ type: 'rests' });
}
/* Another process begins in it. */
function again({ process, generation }) {
  Object.assign(shared, { process, generation });
  kernel = instance.batonAgain();
  told = -1;
  working = false;
  if (goOn() === 0) listen();
}
function goOn() {
  const error = instance._baton_go_on();
  if (error) post({ type: 'failed', text: 'no thread for the program' });
  return error;
}

/* Starts the interpreter's main thread: 0 or -errno. */
function begin(argv, env) {
  for (const [name, value] of Object.entries(env)) instance._baton_environment(text(name + '=' + value));
  const values = argv.map(text), at = instance._malloc(4 * (values.length + 1));
  new Int32Array(memory(), at, values.length + 1).set([...values, 0]);
  return startThread(values.length, at);
}
function startThread(argc, argv) {
  const error = instance._baton_start(argc, argv);
  if (error) post({ type: 'failed', text: 'no thread for the program' });
  return error;
}
/* With the command line of the process's job, as other programs would: what the page wants of all processes comes first. */
const PAGE_OPTIONS = ['line_buffered', 'gil_events'];
function beginAnew(options) {
  kernel.addOptions(PAGE_OPTIONS.filter((option) => options.includes(option)).flatMap((option) => ['-X', option]));
  startThread(0, 0);
}
/* What the environment says to the interpreter itself. */
function variablesOf(env) { return Object.entries(env || {}).map(([name, value]) => name + '=' + value).filter((assignment) => assignment.startsWith('PYTHON')); }

/* The program's first process, which waits to be told what to run. */
function prepare(start) {
  kernel.begin();
  for (const folder of ['/tmp', '/home/user', '/usr/bin', '/dev/shm']) kernel.put(folder, null);
  kernel.device('/dev/null', 2);
  kernel.put('/usr/bin/baton', new Uint8Array(0), 0o755);
  for (const folder of ['/usr/bin/lib/python3.14', '/usr/share/zoneinfo']) kernel.mount(folder);
  kernel.chdirTo(kernel.put('/home/user', null));
  library.serveLibrary(parts.library);
  const Processes = node ? require('./processes.js') : self.BatonProcesses;
  processes = new Processes(kernel, { ...parts }, makeWorker, post);
  if (start('spare=') === 0) listen();
}

/* A job as os_program_wait reads it: two counts, then the strings of argv and of the environment. */
function job(argv, env) {
  const assignments = Object.entries(env).map(([name, value]) => name + '=' + value);
  const strings = new TextEncoder().encode([...argv, ...assignments].map((string) => string + '\0').join(''));
  const bytes = new Uint8Array(8 + strings.length);
  new Int32Array(bytes.buffer, 0, 2).set([argv.length, assignments.length]);
  bytes.set(strings, 8);
  return bytes;
}

function start(message) {
  for (const [name, content] of Object.entries(message.files || {})) kernel.put(name, content);
  if (message.session) {
    session = kernel.session();
    message.argv.push('-c', `import _baton_session; _baton_session.serve(${session.commands}, ${session.results})`);
  }
  if (message.input !== undefined) input(message.input);
  shared.options = processes.parts.options = message.options;
  processes.parts.env = message.env;
  processes.parts.kept = message.kept;
  if (!kernel.give(job(['baton', ...message.options, ...message.argv], message.env))) return post({ type: 'failed', text: 'no room for the arguments' });
  watch();
  hurry(performance.now());
}

/* ---- what other processes tell this one ---- */

let told = -1, working = false; // working: this process has been told what to run
function listen(own = kernel) {
  if (ended || kernel !== own) return;
  if (kernel.exitStatus() !== null) {
    if (kernel.rests()) rest();
    return;
  }
  const seen = kernel.eventSequence();
  if (seen !== told) {
    told = seen;
    for (const signum of kernel.signals()) signal(signum);
    ring();
    if (!working && shared.generation && kernel.pid()) {
      working = true;
      hurry(performance.now());
    }
  }
  const wait = kernel.eventWait(seen);
  if (wait && wait.async) wait.value.then(() => listen(own));
  else setTimeout(listen, wait ? 0 : 8, own);
}
function signal(signum) {
  if (instance._baton_signal(signum)) kernel.exit(signum);
}

/* The interval timer of the process: signals when it is due, and looks again when it will be. */
const SIGALRM = 14;
let timer;
function ring() {
  clearTimeout(timer);
  if (ended || kernel.exitStatus() !== null) return;
  if (instance._baton_timer_due()) signal(SIGALRM);
  const rest = instance._baton_timer_rest();
  if (rest >= 0) timer = setTimeout(ring, rest);
}

/* The next program of the session: files, then the command that names it. */
function next(message) {
  for (const [name, content] of Object.entries(message.files)) kernel.put(name, content);
  kernel.inputAnew();
  pendingInput = [];
  inputEnds = false;
  if (message.input !== undefined) input(message.input);
  kernel.feed(session.pipe, new TextEncoder().encode(JSON.stringify(message.command) + '\n'));
}

/* Optimised code comes in only at a call: while it is being made, running loops are entered anew now and then.  Tells too where events are recorded, once they are. */
let recorded = false;
function hurry(begun, own = kernel) {
  if (ended || kernel !== own || kernel.exitStatus() !== null) return;
  instance._baton_reenter();
  const wanted = !recorded && shared.options.includes('gil_events'), since = shared.generation ? instance._baton_begun() : -1;
  const address = wanted && since ? instance._baton_rings() : 0; // since 0: it has not yet taken its job
  if (address) {
    recorded = true;
    post({ type: 'rings', process: kernel.pid(), address, layout: instance._baton_ring_layout(), memory: kernel.memory(), since: Math.max(0, since) });
  }
  const searching = wanted && !address;
  if (performance.now() - begun < 5000 || searching) setTimeout(hurry, searching ? 1 : 8, begun, own);
}

/* ---- HTTP: the far ends of the program's sockets (fetch.js), from when it first connects to another host ---- */

function watchSockets(base) {
  const far = kernel.far, sequence = far.sequence(kernel);
  if (sequence !== 0) {
    const file = node ? require('path').join(base, 'fetch.js') : base + 'fetch.js';
    if (node) global.serveFetches = require(file).serveFetches;
    else importScripts(file);
    serveFetches(kernel, Boolean(node), file);
    return;
  }
  const wait = far.wait(kernel, 0);
  if (wait && wait.async) wait.value.then(() => watchSockets(base));
  else setTimeout(watchSockets, wait ? 0 : 20, base);
}

/* ---- output ---- */

/* Hands on what is in the ring, as far as the client keeps up; tells the end when all is out: whether the program has ended is asked before the ring is found empty,
 * for it may write its last and end while this worker stands still. */
function pump() {
  const status = kernel.exitStatus();
  while (unseen < UNSEEN) {
    const parts = kernel.drain(CHUNK);
    if (!parts.length) break;
    handedOn = performance.now();
    const chunks = [];
    let result = null;
    for (const { stream, bytes } of parts) {
      if (stream === 3) { // what the session says of a program that has ended, after all its output
        result = Number(decoders[stream].decode(bytes));
        continue;
      }
      unseen += bytes.length;
      const last = chunks[chunks.length - 1], decoded = decoders[stream].decode(bytes, { stream: true });
      if (last && last.stream === stream) {
        last.text += decoded;
        last.size += bytes.length;
      } else chunks.push({ stream, text: decoded, size: bytes.length });
    }
    if (chunks.length) post({ type: 'output', chunks });
    if (result !== null) post({ type: 'result', status: result });
  }
  if (status !== null && !ended && unseen < UNSEEN) {
    ended = true;
    post({ type: 'exit', status: status & 127 ? 128 + (status & 127) : status >> 8 });
  }
}
let sequence = -1;
function watch() {
  if (ended) return;
  pump();
  const seen = kernel.outSequence();
  if (seen !== sequence) {
    sequence = seen;
    pump();
    processes.look();
  }
  const wait = kernel.outWait(sequence);
  if (wait && wait.async) wait.value.then(gather);
  else setTimeout(watch, wait ? 0 : 8);
}

/* What is written line by line is handed on in pieces of a few milliseconds; the first at once. */
function gather() {
  const rest = handedOn + GATHER - performance.now();
  if (rest > 0) setTimeout(watch, rest);
  else watch();
}

/* ---- input ---- */

function input(content) {
  if (content === null) inputEnds = true;
  else pendingInput.push(new TextEncoder().encode(content));
  feed();
}
function feed() {
  while (pendingInput.length) {
    const taken = kernel.input(pendingInput[0]);
    if (taken < pendingInput[0].length) {
      pendingInput[0] = pendingInput[0].subarray(taken);
      setTimeout(feed, 10);
      return;
    }
    pendingInput.shift();
  }
  if (inputEnds) kernel.input(null);
}

/* The names of the threads that run, and which other processes do. */
function running() {
  const size = 8192, at = instance._malloc(size), end = instance._baton_running(at, size);
  const names = new TextDecoder().decode(new Uint8Array(memory(), at, end).slice());
  instance._free(at);
  return [...names.split('\n').filter(Boolean), ...kernel.others().map((pid) => `process ${pid}`)];
}

/* What cannot be begun is told. */
function attempt(act, message) {
  try {
    act(message);
  } catch (error) {
    post({ type: 'failed', text: error instanceof Error ? error.message : String(error) });
  }
}
function receive(message) {
  switch (message.type) {
    case 'prepare': prepareThread(message.worker); break;
    case 'load': load(message).catch((error) => post({ type: 'failed', text: String((error && error.stack) || error) })); break;
    case 'again': again(message); break;
    case 'start': attempt(start, message); break;
    case 'ack': unseen -= message.size; pump(); break;
    case 'input': input(message.text); break;
    case 'next': attempt(next, message); break;
    case 'running': post({ type: 'running', names: running() }); break;
    case 'signal':
      signal(message.signal);
      kernel.signalOthers(message.signal);
      break;
  }
}
if (node) port.on('message', receive);
else self.onmessage = (event) => { if (event.data && event.data.type) receive(event.data); };
