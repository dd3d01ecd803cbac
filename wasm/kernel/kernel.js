/* kernel.js: what the processes of one program share: files, pipes, sockets, semaphores, the process table, console output.  Here: the lock, waiting, memory.
 *
 * Everything lives in one SharedArrayBuffer beside the wasm memories; this code runs in whichever worker makes the call, so no call ever travels to the page.
 * Invariant: tables are read and changed only between lock() and unlock(), which never wait for anything else; a call that must wait takes a doorbell
 * (one word for each waiting thread), unlocks, and sleeps on it; data, time-outs and signals all ring it.  Results below 0 are -errno.
 * These files are part of the interpreter's own script (--pre-js) and speak to C through imports.js; offsets and counts are in bytes.
 * Read next: files.js, lazy.js, names.js, descriptors.js, pipes.js, rights.js, sockets.js, processes.js, semaphores.js.
 */
/* eslint-disable no-unused-vars */
var BatonKernel = (function () {
  'use strict';

  // errno as on Linux: programs print these numbers.
  var E = { PERM: 1, NOENT: 2, SRCH: 3, INTR: 4, IO: 5, BADF: 9, CHILD: 10, AGAIN: 11, NOMEM: 12, ACCES: 13, BUSY: 16, EXIST: 17, XDEV: 18, NOTDIR: 20, ISDIR: 21,
    INVAL: 22, NFILE: 23, MFILE: 24, NOTTY: 25, FBIG: 27, NOSPC: 28, SPIPE: 29, ROFS: 30, PIPE: 32, RANGE: 34, NAMETOOLONG: 36, NOSYS: 38, NOTEMPTY: 39, LOOP: 40,
    OVERFLOW: 75, OPNOTSUPP: 95, TIMEDOUT: 110 };
  var S_DIR = 0o040000, S_FILE = 0o100000, S_LINK = 0o120000, S_FIFO = 0o010000, S_CHR = 0o020000, S_SOCK = 0o140000, S_FMT = 0o170000;
  var O_ACCMODE = 3, O_CREAT = 0o100, O_EXCL = 0o200, O_TRUNC = 0o1000, O_APPEND = 0o2000, O_NONBLOCK = 0o4000, O_DIRECTORY = 0o200000, O_NOFOLLOW = 0o400000,
    O_CLOEXEC = 0o2000000, O_PATH = 0o10000000;
  var AT_FDCWD = -100;

  // Header words.
  var LOCK = 0, TOP = 1, INODE_NEXT = 2, INODE_FREE = 3, BELL_HIGH = 4, PID_NEXT = 5, OUT_SEQ = 6, OUT_CLOSED = 7, READY = 8, SEMS = 9, SPARES = 10, PARKED = 13, NET_SEQ = 20, NET_LIST = 21, HOSTS = 22, PORT_NEXT = 23, LATEST = 24, FREED = 25, FREE_LISTS = 32;
  // Tables, in words.
  var PROCESSES = 64, FDS = 256, PROCESS_WORDS = 16 + FDS; // and the descriptors: open file, 1 << 16 if not inherited
  var P_STATE = 0, P_PID = 1, P_PARENT = 2, P_STATUS = 3, P_CWD = 4, P_UMASK = 5, P_JOB = 6, P_JOB_SIZE = 7, P_WORKER = 8, P_REAPED = 9,
    P_SIGNALS = 10, P_EVENT = 12, P_SINK = 13, P_GENERATION = 14, P_READY = 15, P_FDS = 16;
  var RUNNING = 1, ENDED = 2, SPARE = 3; // P_STATE; 0 free
  var WANTED = 1, MADE = 2, GONE = 3, WANTED_ANEW = 4; // P_WORKER
  var OPENS = 4096, OPEN_WORDS = 8; // refs kind object flags, position (f64)
  var O_REFS = 0, O_KIND = 1, O_OBJECT = 2, O_FLAGS = 3, O_POS = 4;
  var K_FILE = 1, K_READ = 2, K_WRITE = 3, K_CONSOLE = 4, K_NULL = 5, K_SOCKET = 6;
  var BELLS = 1024, BELL_WORDS = 4; // word, object (0 free, -1 any), process, main
  var HOLDS = 1024, HOLD_WORDS = 2; // process + 1 (0 free), open file: what threads keep alive over a wait
  var INODES = 32768, INODE_WORDS = 16; // mode links opens data capacity size parent lazy, times (f64) modified changed accessed
  var I_MODE = 0, I_LINKS = 1, I_OPENS = 2, I_DATA = 3, I_CAPACITY = 4, I_SIZE = 5, I_PARENT = 6, I_LAZY = 7, I_MTIME = 8, I_CTIME = 10, I_ATIME = 12;
  var PROCESS_AT = 128, OPEN_AT = PROCESS_AT + PROCESSES * PROCESS_WORDS, BELL_AT = OPEN_AT + OPENS * OPEN_WORDS,
    HOLD_AT = BELL_AT + BELLS * BELL_WORDS, INODE_AT = HOLD_AT + HOLDS * HOLD_WORDS, HEAP_AT = INODE_AT + INODES * INODE_WORDS;
  // A pipe (in the heap): read and write positions (ever growing modulo 2^32), readers, writers, the process that is its sink, descriptors that travel with the bytes (rights.js).
  var PIPE_SIZE = 65536, PIPE_HEAD = 32, R = 0, W = 1, READERS = 2, WRITERS = 3, SINK = 4, PARCELS = 5;
  var CONSOLE_SIZE = 1 << 20;
  var encoder = new TextEncoder(), decoder = new TextDecoder();

  var NOT_FILLED = -1000; // a result: the names of a folder must be had first (lazy.js)

  var STEPS = 10000; // µs: more than the clocks of two workers differ by

  function now() { return performance.timeOrigin + performance.now(); }
  /* Places of things, as indices of words; the block size of a request, as a power of two. */
  function at(inode) { return INODE_AT + inode * INODE_WORDS; }
  function open_(n) { return OPEN_AT + n * OPEN_WORDS; }
  function pipeUsed(H, pipe) { return (H[(pipe >> 2) + W] - H[(pipe >> 2) + R]) | 0; }
  function order(n) { return n <= 64 ? 6 : 32 - Math.clz32(n - 1); }

  /**
   * @param {SharedArrayBuffer} buffer shared by the program's processes
   * @param {() => WebAssembly.Memory} memory of this process
   * @param {number} process index in the process table
   */
  function Kernel(buffer, memory, process) {
    this.H = new Int32Array(buffer);
    this.F = new Float64Array(buffer);
    this.B = new Uint8Array(buffer);
    this.memory = memory;
    this.self = PROCESS_AT + process * PROCESS_WORDS;
    this.process = process;
    this.generation = 0; // of the slot in the table; 0 for the first process, which is never replaced
    this.coordinates = false; // this is not one of the process's threads
    this.pending = 0; // address of os_signal_pending in this process's memory
    this.store = null; // where lazy files come from (lazy.js)
    if (Atomics.load(this.H, READY) === 0) this.format();
  }
  Kernel.layout = { // for the other files; they take it apart in their parameters, which Emscripten's remover of dead code leaves alone
    E, S_DIR, S_FILE, S_LINK, S_FIFO, S_CHR, S_SOCK, S_FMT, O_ACCMODE, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_NONBLOCK, O_DIRECTORY, O_NOFOLLOW, O_CLOEXEC, O_PATH,
    AT_FDCWD, INODE_NEXT, INODE_FREE, PID_NEXT, OUT_SEQ, OUT_CLOSED, SEMS, SPARES, NET_SEQ, NET_LIST, HOSTS, PORT_NEXT, PROCESSES, FDS, PROCESS_WORDS, PROCESS_AT, P_STATE, P_PID, P_PARENT,
    P_STATUS, P_CWD, P_UMASK, P_JOB, P_JOB_SIZE, P_WORKER, P_REAPED, P_SIGNALS, P_EVENT, P_SINK, P_GENERATION, P_READY, P_FDS, RUNNING, ENDED, SPARE, WANTED, MADE, GONE, WANTED_ANEW, OPENS,
    OPEN_WORDS, OPEN_AT, O_REFS, O_KIND, O_OBJECT, O_FLAGS, O_POS, K_FILE, K_READ, K_WRITE, K_CONSOLE, K_NULL, K_SOCKET, INODES, INODE_WORDS, I_MODE, I_LINKS, I_OPENS,
    I_DATA, I_CAPACITY, I_SIZE, I_PARENT, I_LAZY, I_MTIME, I_CTIME, I_ATIME, HOLDS, HOLD_WORDS, HOLD_AT, PIPE_SIZE, PIPE_HEAD, R, W, READERS, WRITERS, SINK, PARCELS, CONSOLE_SIZE, NOT_FILLED, encoder, decoder, now, at, open_,
    pipeUsed, order,
  };
  var K = Kernel.prototype;

  /* Milliseconds since the epoch, never less than any thread of any process has been shown before: the clocks of two workers differ by a step or two of theirs
   * (5 µs).  The latest time is kept as its last 32 bits, in µs. */
  K.clock = function () {
    var time = Math.floor(now() * 1000);
    for (;;) {
      var latest = Atomics.load(this.H, LATEST), behind = (latest - time) | 0;
      if (behind > 0 && behind < STEPS) return (time + behind) / 1000;
      if (behind === 0 || Atomics.compareExchange(this.H, LATEST, latest, time | 0) === latest) return time / 1000;
    }
  };

  K.format = function () {
    this.lock();
    var H = this.H;
    if (H[READY] === 0) {
      H[TOP] = HEAP_AT * 4;
      H[INODE_NEXT] = 1;
      H[PID_NEXT] = 2;
      this.root = this.inodeNew(S_DIR | 0o755);
      H[INODE_AT + this.root * INODE_WORDS + I_PARENT] = this.root;
      H[INODE_AT + this.root * INODE_WORDS + I_LINKS] = 2;
      this.console = this.alloc(CONSOLE_SIZE + PIPE_HEAD);
      H[OUT_SEQ + 5] = this.console;
      H[OUT_SEQ + 6] = this.alloc(PIPE_SIZE + PIPE_HEAD); // input
      H[(H[OUT_SEQ + 6] >> 2) + WRITERS] = 1;
      H[READY] = 1;
    }
    this.unlock();
  };

  /* ---- the lock, doorbells, waiting ---- */

  /* The lock's word is 0, or twice the number of the holder's process plus two, plus one if others wait.  A worker may be ended at any time after its process has
   * ended, between taking the lock and seeing that: after a while it is taken from a process that has ended (or from one that is known to have failed). */
  var PATIENCE = 50, canWait = true; // false on a thread that may not sleep: it spins, holders are quick
  /* False, for the worker that coordinates a process: that has ended, and there is no lock.  Threads of such a process stay here. */
  K.lock = function (failed) {
    var H = this.H, mine = (this.process + 1) << 1;
    for (var old = 0; (old = Atomics.compareExchange(H, LOCK, 0, mine)) !== 0; ) {
      if (!canWait) continue;
      if (!(old & 1) && Atomics.compareExchange(H, LOCK, old, old | 1) !== old) continue;
      mine |= 1; // there may be others who wait
      try {
        var owner = (old >> 1) - 1;
        if (Atomics.wait(H, LOCK, old | 1, PATIENCE) === 'timed-out' && owner > 0 && (owner === failed || H[PROCESS_AT + owner * PROCESS_WORDS + P_STATE] === ENDED)) {
          Atomics.compareExchange(H, LOCK, old | 1, 0);
        }
      } catch (e) { canWait = false; }
    }
    var state = H[this.self + P_STATE];
    if (this.generation && ((state !== RUNNING && state !== SPARE) || H[this.self + P_GENERATION] !== this.generation)) { // the process has ended, its slot may be free: no further
      this.unlock();
      if (this.coordinates) return false;
      for (;;) Atomics.wait(H, PARKED, 0);
    }
    return true;
  };
  K.unlock = function () {
    var H = this.H, mine = (this.process + 1) << 1;
    if (Atomics.compareExchange(H, LOCK, mine, 0) !== mine && Atomics.compareExchange(H, LOCK, mine | 1, 0) === (mine | 1)) Atomics.notify(H, LOCK, 1);
  };

  /* Rings those who wait for the object; locked. */
  K.ring = function (object) {
    var H = this.H, high = H[BELL_HIGH];
    for (var i = 0; i < high; i++) {
      var bell = BELL_AT + i * BELL_WORDS, waits = H[bell + 1];
      if (waits !== 0 && (waits === object || waits === -1)) {
        Atomics.add(H, bell, 1);
        Atomics.notify(H, bell);
      }
    }
  };
  /* A signal has come for a process: its main thread leaves its wait. */
  K.interrupt = function (process) {
    this.lock();
    var H = this.H, high = H[BELL_HIGH];
    for (var i = 0; i < high; i++) {
      var bell = BELL_AT + i * BELL_WORDS;
      if (H[bell + 1] !== 0 && H[bell + 2] === process && H[bell + 3]) {
        Atomics.add(H, bell, 1);
        Atomics.notify(H, bell);
      }
    }
    this.unlock();
  };
  /* Process n is gone: none of its threads waits any more. Locked. */
  K.bellsRelease = function (process) {
    var H = this.H;
    for (var i = 0; i < H[BELL_HIGH]; i++) {
      var bell = BELL_AT + i * BELL_WORDS;
      if (H[bell + 2] === process) H[bell + 1] = 0;
    }
  };
  K.signalled = function () {
    if (!this.pending) return false;
    var words = new Int32Array(this.memory().buffer, this.pending, 65);
    for (var i = 1; i < 65; i++) if (Atomics.load(words, i)) return true;
    return false;
  };
  /* Calls attempt() locked until it returns something else than undefined; between attempts sleeps until the object is rung.
   * main: a signal ends the wait with -EINTR.  timeout in ms, below 0 for ever: then the result is `late`. */
  K.wait = function (object, main, timeout, late, attempt) {
    var H = this.H, until = timeout < 0 ? Infinity : now() + timeout;
    this.lock();
    for (;;) {
      var result = attempt.call(this);
      if (result !== undefined) break;
      if (main && this.signalled()) { result = -E.INTR; break; }
      var rest = until - now();
      if (rest <= 0) { result = late; break; }
      var i = 0;
      while (i < BELLS && H[BELL_AT + i * BELL_WORDS + 1] !== 0) i++;
      if (i === BELLS) { result = -E.AGAIN; break; }
      if (i >= H[BELL_HIGH]) H[BELL_HIGH] = i + 1;
      var bell = BELL_AT + i * BELL_WORDS, word = Atomics.load(H, bell);
      H[bell + 2] = this.process;
      H[bell + 3] = main ? 1 : 0;
      H[bell + 1] = object;
      var late_signal = main && this.signalled();
      this.unlock();
      if (!late_signal) Atomics.wait(H, bell, word, rest === Infinity ? undefined : rest);
      this.lock();
      H[bell + 1] = 0;
      while (H[BELL_HIGH] > 0 && H[BELL_AT + (H[BELL_HIGH] - 1) * BELL_WORDS + 1] === 0) H[BELL_HIGH]--;
    }
    this.unlock();
    return result;
  };

  /* ---- memory of the kernel: powers of two; freed blocks are kept by size, and joined when nothing else fits ---- */

  K.alloc = function (n) {
    var H = this.H, o = order(n), block = H[FREE_LISTS + o], size = 2 ** o, larger = o;
    if (!block && H[TOP] + size <= this.B.length) { // which nobody has had before: it is zero
      block = H[TOP];
      H[TOP] = block + size;
      return block;
    }
    while (!block && ++larger < 31) block = H[FREE_LISTS + larger];
    if (!block) return this.joinFreed() ? this.alloc(n) : 0;
    H[FREE_LISTS + larger] = H[block >> 2];
    if (larger > o) this.freeBlocks(block + size, 2 ** larger - size);
    this.B.fill(0, block, block + size);
    return block;
  };
  K.free = function (block, n) {
    var o = order(n);
    this.H[block >> 2] = this.H[FREE_LISTS + o];
    this.H[FREE_LISTS + o] = block;
    this.H[FREED] = 1;
  };
  /* Frees memory whose size is a multiple of 64 and need not be a power of two. */
  K.freeBlocks = function (block, size) {
    for (var part; size > 0; block += part, size -= part) {
      part = 2 ** (31 - Math.clz32(size));
      this.free(block, part);
    }
  };
  /* Makes larger blocks of those freed side by side; false if none was freed since it was last done. */
  K.joinFreed = function () {
    var H = this.H, free = [], o, block, i, start, end;
    if (!H[FREED]) return false;
    for (o = 6; o < 31; o++) {
      for (block = H[FREE_LISTS + o]; block; block = H[block >> 2]) free.push([block, block + 2 ** o]);
      H[FREE_LISTS + o] = 0;
    }
    free.sort(function (one, other) { return one[0] - other[0]; });
    for (i = 0; i < free.length; ) {
      start = free[i][0];
      for (end = start; i < free.length && free[i][0] === end; i++) end = free[i][1];
      this.freeBlocks(start, end - start);
    }
    H[FREED] = 0;
    return true;
  };
  /* The last block becomes larger where it is, so that it has `wanted` bytes: what it has then, or 0. */
  K.extend = function (block, size, wanted) {
    var larger = Math.min(2 ** order(wanted), (this.B.length - block) & -64);
    if (block + size !== this.H[TOP] || larger < wanted) return 0;
    this.H[TOP] = block + larger;
    return larger;
  };
  return Kernel;
})();
