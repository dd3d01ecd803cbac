/* glue.js: the interpreter's own start in each worker (--pre-js, after kernel.js): makes `kernel` and `host`.
 *
 * The coordinating worker passes Module.baton = {buffer, process, origin, image}; a thread's worker has it from the message that follows its load command. */
/* global BatonKernel, Module, wasmMemory, PThread, ENVIRONMENT_IS_PTHREAD, require */
var kernel = null, host = { origin: 0, image: null };

function batonBegin(shared) {
  kernel = new BatonKernel(shared.buffer, function () { return wasmMemory; }, shared.process);
  kernel.pending = shared.pending;
  host.origin = shared.origin;
  host.image = shared.image;
}
host.imageRead = function (offset, p, n) {
  if (offset + n > host.image.length) return -1;
  new Uint8Array(wasmMemory.buffer, p, n).set(host.image.subarray(offset, offset + n));
  return 0;
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
  (Module['preRun'] = Module['preRun'] || []).push(function () {
    var load = PThread.loadWasmModuleToWorker;
    PThread.loadWasmModuleToWorker = function (worker) {
      var result = load.apply(PThread, arguments);
      Module['baton'].pending = kernel.pending = Module['_baton_pending']();
      worker.postMessage({ target: 'setimmediate', baton: Module['baton'] }); // a kind of message that the glue itself passes over
      return result;
    };
  });
  Module['kernel'] = kernel;
}
