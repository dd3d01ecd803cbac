/* processes.js: the workers of a program's other processes, made and ended by the worker that coordinates the first one (worker.js).
 *
 * The kernel's process table says what is to be done (../../wasm/kernel/processes.js): this looks at it whenever told to.  A worker made here loads an instance that
 * waits on shared memory for its job, or finds it there.  After a process that has had one thread only its worker, and that thread's, rest: the next process begins in
 * them.  Workers made here end with the one that made them. */
'use strict';

/* What a spare process imports before it waits. */
const SPARE_IMPORT = '_baton_spare';
/* Workers that have started but have no instance yet: a process in one of them is there sooner. */
const BLANK = 2;
const RESTING = 4; // more are ended
const PROCESSORS = globalThis.navigator?.hardwareConcurrency || 2;
/* When instances that have been taken are replaced by new ones, in ms: first the processors are those of what was started, and for longer if none is left over. */
const REFILL_AFTER = 500, REFILL_AT_LAST = 2000;
const TOGETHER = Math.max(1, PROCESSORS >> 1); // instances of two workers each
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
    /** Workers and which process is in them (0: none), by process. @type {Map<number, {worker: any, process: number}>} */
    this.workers = new Map();
    /** @type {{worker: any, process: number}[]} */
    this.blank = [];
    /** @type {{worker: any, process: number}[]} */
    this.resting = [];
    /** How many instances waited when last looked at, and when one of them was taken. */
    this.spares = 0;
    this.taken = -Infinity;
  }

  /** Does what the table asks for. */
  look() {
    const { spares } = this.chores(0, this.resting.length); // for one that rests there is only memory to copy
    if (spares < this.spares) {
      this.taken = performance.now();
      for (const after of [REFILL_AFTER, REFILL_AT_LAST]) setTimeout(() => this.look(), after);
    }
    this.spares = spares;
    const crowded = this.workers.size - spares >= PROCESSORS;
    if (performance.now() - this.taken < (crowded ? REFILL_AT_LAST : REFILL_AFTER)) return;
    const now = this.chores(TOGETHER, this.resting.length);
    this.spares = now.spares;
    if (now.spares && !now.unready && this.parts.worker) this.fillBlank();
  }
  /** @param {number} together @param {number} resting */
  chores(together, resting) {
    const { make, end, spares, unready } = this.kernel.chores(together, resting);
    for (const process of end) this.end(process)?.worker.terminate();
    for (const { process, generation, anew } of make) this.make(process, generation, anew);
    return { spares, unready };
  }
  /* One after another, while no process is being made. */
  fillBlank() {
    if (this.blank.length >= BLANK) return;
    const one = this.newWorker();
    one.worker.postMessage({ type: 'prepare', worker: this.parts.worker });
    this.blank.push(one);
  }

  /** anew: with its own command line, not as a spare instance. */
  make(process, generation, anew) {
    const rested = anew ? undefined : this.resting.shift(), one = rested || this.blank.shift() || this.newWorker();
    one.process = process;
    this.workers.set(process, one);
    if (rested) one.worker.postMessage({ type: 'again', process, generation });
    else one.worker.postMessage({ ...this.parts, process, generation, anew, spare: ['spare=' + SPARE_IMPORT] });
  }

  newWorker() {
    const worker = this.makeWorker(), one = { worker, process: 0 };
    const crash = (text) => {
      if (!one.process) { // it would be given a process that then never begins
        this.blank = this.blank.filter((other) => other !== one);
        worker.terminate();
        return;
      }
      this.post({ type: 'output', chunks: [{ stream: 2, text: `Fatal error in process ${this.kernel.pidOf(one.process)}: ${text}\n`, size: 0 }] });
      this.kernel.crashed(one.process, /memory access|unreachable/.test(text) ? SIGSEGV : SIGABRT);
    };
    const receive = (message) => {
      if (message.type === 'failed') crash(message.text);
      else if (message.type === 'rings') this.post(message);
      else if (message.type === 'rests') this.rest(one);
    };
    if (worker.on) {
      worker.on('message', receive);
      worker.on('error', (error) => crash(String(error)));
    } else {
      worker.onmessage = (event) => receive(event.data);
      worker.onerror = (event) => {
        event.preventDefault();
        crash(event.message || `${this.parts.worker} could not be loaded`);
      };
    }
    return one;
  }

  /** What it was in. @param {number} process */
  end(process) {
    this.post({ type: 'rings', process: this.kernel.pidOf(process), ended: true });
    const one = this.workers.get(process);
    this.workers.delete(process);
    if (one) one.process = 0;
    this.kernel.workerGone(process);
    return one;
  }
  /* Its process has ended, its memory is that of one that is about to wait. */
  rest(one) {
    this.end(one.process);
    if (this.resting.length >= RESTING) one.worker.terminate();
    else this.resting.push(one);
    this.look();
  }
}

if (typeof module === 'object') module.exports = Processes;
else self.BatonProcesses = Processes;
