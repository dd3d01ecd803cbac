/* processes.js: the workers of a program's other processes, made and ended by the worker that coordinates the first one (worker.js).
 *
 * The kernel's process table says what is to be done (../../wasm/kernel/processes.js): this looks at it whenever told to.  A worker made here loads an instance that
 * waits on shared memory for its job, or finds it there.  Workers made here end with the one that made them. */
'use strict';

/* What a spare process imports before it waits: the modules that a child of multiprocessing needs first. */
const SPARE_IMPORTS = ['multiprocessing.spawn', 'multiprocessing.resource_tracker', 'runpy'];
/* Workers that have started but have no instance yet: a process in one of them is there sooner. */
const BLANK = 2;
/* When instances that have been taken are replaced, in ms: first the processors are those of what was started. */
const REFILL_AFTER = 100;
const TOGETHER = Math.max(1, (globalThis.navigator?.hardwareConcurrency || 2) >> 1); // instances of two workers each
const SIGABRT = 6, SIGSEGV = 11;

class Processes {
  /**
   * @param {any} kernel of the first process
   * @param {any} parts what the first worker was told to load
   * @param {() => any} makeWorker
   * @param {(message: any) => void} post to the client
   */
  constructor(kernel, parts, makeWorker, post) {
    this.kernel = kernel;
    this.parts = parts;
    this.makeWorker = makeWorker;
    this.post = post;
    this.workers = new Map();
    this.blank = [];
    /** How many instances waited when last looked at, and when one of them was taken. */
    this.spares = 0;
    this.taken = -Infinity;
  }

  /** Does what the table asks for. */
  look() {
    const { spares } = this.chores(0);
    if (spares < this.spares) {
      this.taken = performance.now();
      setTimeout(() => this.look(), REFILL_AFTER);
    }
    this.spares = spares;
    if (performance.now() - this.taken < REFILL_AFTER) return;
    const now = this.chores(TOGETHER);
    this.spares = now.spares;
    if (now.spares && !now.unready && this.parts.worker) this.fillBlank();
  }
  /** @param {number} together */
  chores(together) {
    const { make, end, spares, unready } = this.kernel.chores(together);
    for (const process of end) this.end(process);
    for (const { process, generation } of make) this.make(process, generation);
    return { spares, unready };
  }
  /* One after another, while no process is being made. */
  fillBlank() {
    if (this.blank.length >= BLANK) return;
    const worker = this.makeWorker();
    worker.postMessage({ type: 'prepare', worker: this.parts.worker });
    this.blank.push(worker);
  }

  make(process, generation) {
    const worker = this.blank.shift() || this.makeWorker();
    this.workers.set(process, worker);
    const crash = (text) => {
      if (this.workers.get(process) !== worker) return;
      this.post({ type: 'output', chunks: [{ stream: 2, text: `Fatal error in process ${this.kernel.pidOf(process)}: ${text}\n`, size: 0 }] });
      this.kernel.crashed(process, /memory access|unreachable/.test(text) ? SIGSEGV : SIGABRT);
    };
    const receive = (message) => {
      if (message.type === 'failed') crash(message.text);
      else if (message.type === 'rings') this.post(message);
    };
    if (worker.on) {
      worker.on('message', receive);
      worker.on('error', (error) => crash(String(error)));
    } else {
      worker.onmessage = (event) => receive(event.data);
      worker.onerror = (event) => {
        event.preventDefault();
        crash(event.message);
      };
    }
    worker.postMessage({ ...this.parts, process, generation, spare: ['spare=' + SPARE_IMPORTS.join()] });
  }

  end(process) {
    this.post({ type: 'rings', process: this.kernel.pidOf(process), ended: true });
    const worker = this.workers.get(process);
    this.workers.delete(process);
    if (worker) worker.terminate();
    this.kernel.workerGone(process);
  }
}

if (typeof module === 'object') module.exports = Processes;
else self.BatonProcesses = Processes;
