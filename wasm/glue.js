/* glue.js: the interpreter's own start in each worker (--pre-js, after kernel/): makes `kernel` and `host`.
 *
 * The coordinating worker passes Module.baton = {buffer, process, generation, origin, library, options, variables, kept}, Module.batonWorker, the worker of the first thread if there is one already, and
 * Module.batonCrash, which is told when a thread's worker fails; a thread's worker has the first of these from the message that follows its load command. */
/* global BatonKernel, Module, wasmMemory, PThread, ENVIRONMENT_IS_PTHREAD, require, stringToUTF8 */
var PAGE = 4096, HEAD = 4 * PAGE, FREE = 0, WRITING = 1, THERE = 2; // of memory that is kept
var kernel = null, host = { origin: 0, library: null, options: [], variables: [], kept: null };

function batonBegin(shared) {
  kernel = new BatonKernel(shared.buffer, function () { return wasmMemory; }, shared.process);
  kernel.pending = shared.pending;
  kernel.generation = shared.generation;
  host.origin = shared.origin;
  host.library = shared.library;
  kernel.store = host;
  host.options = shared.options || [];
  host.variables = shared.variables || [];
  host.kept = shared.kept || null;
}
/* Memory that other processes begin with, those pages of it that are not zero, in host.kept (../web/runtime/worker.js takes it from there): words for the state, the
 * memory's size and the number of ranges, from the fifth word on start and length of each range, from HEAD on what is in them. */
host.keep = function (end) {
  var buffer = host.kept;
  if (!buffer || Atomics.compareExchange(new Int32Array(buffer), 0, FREE, WRITING) !== FREE) return;
  var head = new Int32Array(buffer), to = new Uint8Array(buffer), from = new Uint8Array(wasmMemory.buffer), words = new Int32Array(wasmMemory.buffer), n = 0, at = HEAD;
  for (var page = 0; page < end; page += PAGE) {
    for (var i = page >> 2, stop = i + PAGE / 4; i < stop && words[i] === 0; ) i++;
    if (i === stop) continue;
    if (at + PAGE > to.length || 4 * (6 + 2 * n) > HEAD) return; // it does not fit: there will be none
    if (n > 0 && head[2 + 2 * n] + head[3 + 2 * n] === page) head[3 + 2 * n] += PAGE;
    else {
      n++;
      head[2 + 2 * n] = page;
      head[3 + 2 * n] = PAGE;
    }
    to.set(from.subarray(page, page + PAGE), at);
    at += PAGE;
  }
  head[1] = wasmMemory.buffer.byteLength;
  head[2] = n;
  Atomics.store(head, 0, THERE);
};
/* The end of a process.  Its workers can begin another one if it has had one thread, which calls this, and its memory can be made what was kept: it has not grown, and nobody
 * reads events from it any more.  Then the thread leaves C altogether, and does not touch that memory again. */
host.exit = function (status, alone) {
  var kept = host.kept && new Int32Array(host.kept);
  var rests = alone && kernel.process > 0 && kept && Atomics.load(kept, 0) === THERE && kept[1] === wasmMemory.buffer.byteLength && host.options.indexOf('gil_events') < 0;
  kernel.exit(status, rests);
  if (rests) throw 'unwind'; // as threads of the C library end
};
/* The piece of a name, for what is not found by its place. */
host.pieceOf = function (name) { return host.library.pieces.findIndex(function (piece) { return piece.name === name; }); };
/* Waits until the library's n-th piece is there (../web/runtime/library.js). main: a signal ends that. */
host.have = function (i, main) {
  var WANTED = 1, PRESENT = 2, COMING = 4, library = host.library, states = library.states, asked = false;
  for (;;) {
    var state = Atomics.load(states, i);
    if (state === PRESENT) return true;
    if (state !== WANTED && state !== COMING) { // it has not been asked for, or has failed
      if (asked) return false;
      asked = true;
      Atomics.compareExchange(states, i, state, WANTED);
      Atomics.add(states, library.pieces.length, 1);
      Atomics.notify(states, library.pieces.length);
    } else if (main && kernel.signalled()) return false;
    Atomics.wait(states, i, state === COMING ? COMING : WANTED, 100);
  }
};
/* Reads from the library's image and what lies behind it: 0, or -1. */
host.imageRead = function (offset, p, n, main) {
  var library = host.library, i = library.pieces.length - 1;
  while (i > 0 && library.pieces[i].start > offset) i--;
  if (offset + n > library.pieces[i].end || !host.have(i, main)) return -1;
  if (offset === library.processes) kernel.wantSpares(2); // there will be other processes
  new Uint8Array(wasmMemory.buffer, p, n).set(library.bytes.subarray(offset, offset + n));
  return 0;
};
/* Local time, as the browser knows it: seconds east of UTC, and at *dst whether clocks are put forward. */
host.zone = function (seconds, dst) {
  var date = new Date(Math.max(-8.64e12, Math.min(8.64e12, seconds)) * 1000), offset = host.east(date), winter = new Date(date), summer = new Date(date);
  winter.setMonth(0, 1);
  summer.setMonth(6, 1);
  new Int32Array(wasmMemory.buffer, dst, 1)[0] = offset > Math.min(host.east(winter), host.east(summer)) ? 1 : 0;
  return offset;
};
host.east = function (date) { return -Math.round(date.getTimezoneOffset() * 60) || 0; };
/* The names of standard time and of the other of this year; +hh, as tables of zones have it, where the browser has none that is ASCII. */
host.zoneNames = function (standard, other, size) {
  var year = new Date().getFullYear(), times = [new Date(year, 0, 1), new Date(year, 6, 1)];
  times.sort(function (a, b) { return host.east(a) - host.east(b); });
  times.forEach(function (date, i) {
    var east = host.east(date), found = /\(([A-Za-z ]+)\)$/.exec(date.toTimeString()), name = found ? found[1] : (east < 0 ? '-' : '+') + ('0' + Math.floor(Math.abs(east) / 3600)).slice(-2);
    stringToUTF8(name === 'Coordinated Universal Time' ? 'UTC' : name, i ? other : standard, size);
  });
};
host.entropy = function (p, n) {
  var bytes = new Uint8Array(n), source = globalThis.crypto || require('crypto').webcrypto; // shared memory is refused by getRandomValues
  for (var i = 0; i < n; i += 65536) source.getRandomValues(bytes.subarray(i, Math.min(n, i + 65536)));
  new Uint8Array(wasmMemory.buffer, p, n).set(bytes);
};

if (Module['ENVIRONMENT_IS_PTHREAD'] || (typeof ENVIRONMENT_IS_PTHREAD !== 'undefined' && ENVIRONMENT_IS_PTHREAD)) {
  var batonMessage = function (data) { if (data && data.baton) batonBegin(data.baton); };
  if (typeof process === 'object' && process.versions && process.versions.node) require('worker_threads').parentPort.on('message', batonMessage);
  else self.addEventListener('message', function (e) { batonMessage(e.data); });
} else {
  batonBegin(Module['baton']);
  kernel.coordinates = true;
  var firstWorker = null; // of the process's first thread
  (Module['preRun'] = Module['preRun'] || []).push(function () {
    var load = PThread.loadWasmModuleToWorker, allocate = PThread.allocateUnusedWorker;
    PThread.allocateUnusedWorker = function () {
      if (!Module['batonWorker']) return allocate.apply(PThread, arguments);
      var worker = Module['batonWorker'];
      PThread.unusedWorkers.push(worker);
      Module['batonWorker'] = null;
      return worker;
    };
    PThread.loadWasmModuleToWorker = function (worker) {
      var result = load.apply(PThread, arguments);
      Module['baton'].pending = kernel.pending = Module['_baton_pending']();
      firstWorker = firstWorker || worker;
      worker.onerror = function (e) {
        if (e.preventDefault) e.preventDefault();
        Module['batonCrash'](e);
      };
      worker.postMessage({ target: 'setimmediate', baton: Module['baton'] }); // a kind of message that the glue itself passes over
      return result;
    };
  });
  Module['kernel'] = kernel;
  /* Makes workers for the next n threads, which begin sooner then. */
  Module['batonPool'] = function (n) {
    while (PThread.unusedWorkers.length < n) {
      PThread.allocateUnusedWorker();
      PThread.loadWasmModuleToWorker(PThread.unusedWorkers[PThread.unusedWorkers.length - 1]);
    }
  };
  /* The process has ended by host.exit, which has left C: the worker of its thread waits for another one. */
  Module['batonRest'] = function () { PThread.returnWorkerToPool(firstWorker); };
  /* Module.baton names another process, which this worker and that one begin: its kernel. */
  Module['batonAgain'] = function () {
    var baton = Module['baton'];
    batonBegin(baton);
    kernel.coordinates = true;
    firstWorker.postMessage({ target: 'setimmediate', baton: baton });
    return kernel;
  };
}
