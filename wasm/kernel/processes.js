/* processes.js: the process table: starting, waiting, signals, the end.
 *
 * A process is an instance of the interpreter in a worker of its own.  The worker of the first process makes the others and ends them (web/runtime/processes.js):
 * it looks at the table whenever OUT_SEQ changes.  A start takes a spare instance, which waits on shared memory for its job, or else marks the process as one that
 * wants a worker.  One whose options or PYTHON* variables are not those of the program begins anew, with its command line.  A job is the text argv, environment, as
 * spawn() is given it, and before that the descriptors that the process will have: it takes them with the job, as it may still be starting and have files open of its own.
 *
 * A slot goes from SPARE or free to RUNNING, then ENDED, and is free again when its parent has asked how it ended (P_REAPED) and its worker is gone, or
 * rests until another process wants one.
 * Threads of a process that has ended go no further than their next call of lock().  Read next: descriptors.js. */
(function (K, {
  E, AT_FDCWD, PID_NEXT, OUT_CLOSED, SPARES, PROCESSES, PROCESS_WORDS, PROCESS_AT, FDS, P_STATE, P_PID, P_PARENT, P_STATUS, P_CWD, P_UMASK, P_JOB, P_JOB_SIZE,
  P_WORKER, P_REAPED, P_SIGNALS, P_EVENT, P_SINK, P_GENERATION, P_READY, P_FDS, RUNNING, ENDED, SPARE, WANTED, MADE, GONE, WANTED_ANEW, O_REFS, O_KIND, O_OBJECT, K_CONSOLE, K_READ, SINK, open_, encoder, decoder,
}) {
  const ANY_END = -2, JOB = -16; // objects that waits are for: the end of a process, a job of process n (JOB - n)
  const SIGKILL = 9, WNOHANG = 1;
  const RESTS = 2; // P_READY of a process that has ended so that its worker can be used again

  function slot(n) { return PROCESS_AT + n * PROCESS_WORDS; }

  /* ---- the table ---- */

  /* Makes a slot anew: its descriptors are the console. Locked. */
  K.slotFill = function (n, state, parent) {
    const H = this.H, s = slot(n), generation = H[s + P_GENERATION] + 1;
    H.fill(0, s, s + PROCESS_WORDS);
    H[s + P_GENERATION] = generation;
    H[s + P_STATE] = state;
    H[s + P_PID] = state === SPARE ? 0 : H[PID_NEXT]++;
    H[s + P_PARENT] = parent;
    H[s + P_CWD] = 1;
    H[s + P_UMASK] = 0o022;
    for (let fd = 0; fd < 3; fd++) H[s + P_FDS + fd] = this.openNew(K_CONSOLE, fd, fd === 0 ? 0 : 1);
  };
  /* The first process. */
  K.begin = function () {
    this.lock();
    this.slotFill(this.process, RUNNING, 1);
    this.H[this.self + P_WORKER] = MADE;
    this.unlock();
  };
  K.slotFree = function () { // locked; 0: there is none
    for (let n = 1; n < PROCESSES; n++) if (this.H[slot(n) + P_STATE] === 0) return n;
    return 0;
  };
  K.slotOf = function (pid) { // locked; -1: no such process
    for (let n = 0; n < PROCESSES; n++) {
      const state = this.H[slot(n) + P_STATE];
      if ((state === RUNNING || state === ENDED) && this.H[slot(n) + P_PID] === pid) return n;
    }
    return -1;
  };
  K.slotRelease = function (n) { // locked
    const s = slot(n);
    if (this.H[s + P_STATE] === ENDED && this.H[s + P_REAPED] && this.H[s + P_WORKER] !== MADE) this.H[s + P_STATE] = 0;
  };
  K.pid = function () { return this.H[this.self + P_PID]; };
  K.pidOf = function (n) { return this.H[slot(n) + P_PID]; };
  K.parent = function () { return this.H[this.self + P_PARENT]; };
  K.umask = function (mask) {
    this.lock();
    const old = this.H[this.self + P_UMASK];
    this.H[this.self + P_UMASK] = mask & 0o777;
    this.unlock();
    return old;
  };

  /* ---- starting ---- */

  /* Takes a slot for a new process: a spare one if that will do. Locked. */
  K.slotTake = function (plain) {
    const H = this.H;
    let n = 0;
    for (let other = 1; plain && other < PROCESSES; other++) // one that waits already, or one that will
      if (H[slot(other) + P_STATE] === SPARE && (!n || (H[slot(other) + P_READY] && !H[slot(n) + P_READY]))) n = other;
    if (n > 0) {
      H[slot(n) + P_STATE] = RUNNING;
      H[slot(n) + P_PID] = H[PID_NEXT]++;
      H[slot(n) + P_PARENT] = this.pid();
      return n;
    }
    n = this.slotFree();
    if (n > 0) {
      this.slotFill(n, RUNNING, this.pid());
      H[slot(n) + P_WORKER] = plain ? WANTED : WANTED_ANEW;
    }
    return n;
  };
  /* The descriptors that a new process has of this one, [number, open file, ...]: those of `pairs` (number there, number here), or all that are inherited. Locked. */
  K.inherit = function (pairs, all) {
    const H = this.H, from = Array.from(H.subarray(this.self + P_FDS, this.self + P_FDS + FDS)), taken = new Map();
    const place = (there, here) => {
      const entry = from[here] & 0xffff;
      if (!entry || taken.has(there)) return;
      H[open_(entry) + O_REFS]++;
      taken.set(there, entry);
    };
    for (let i = 0; i < pairs.length; i += 2) place(pairs[i], pairs[i + 1]);
    for (let fd = 0; all && fd < FDS; fd++) if (!(from[fd] & 0x10000)) place(fd, fd);
    return [...taken].flat();
  };
  /* Process n has these descriptors from now on. Locked. */
  K.setDescriptors = function (n, entries) {
    const H = this.H, at = slot(n) + P_FDS, old = Array.from(H.subarray(at, at + FDS));
    H.fill(0, at, at + FDS);
    for (let i = 0; i < entries.length; i += 2) H[at + entries[i]] = entries[i + 1];
    for (const entry of old) if (entry) this.openRelease(entry & 0xffff);
  };

  /* ---- jobs: a block of two words, how many words of descriptors (-1: it keeps those that it has) and how many bytes of text; then both ---- */

  const JOB_HEAD = 8;
  /* False: there is no room. Locked. */
  K.jobPut = function (n, descriptors, text) {
    const H = this.H, s = slot(n), words = descriptors ? descriptors.length : 0, size = JOB_HEAD + 4 * words + text.length, block = this.alloc(size);
    if (!block) return false;
    H[block >> 2] = descriptors ? words : -1;
    H[(block >> 2) + 1] = text.length;
    if (descriptors) H.set(descriptors, (block + JOB_HEAD) >> 2);
    this.B.set(text, block + JOB_HEAD + 4 * words);
    H[s + P_JOB_SIZE] = size;
    H[s + P_JOB] = block;
    this.ring(JOB - n);
    return true;
  };
  /* The descriptors and the text of process n's job, which it has no longer; or null. Locked. */
  K.jobRemove = function (n) {
    const H = this.H, s = slot(n), block = H[s + P_JOB];
    if (!block) return null;
    const words = H[block >> 2], begin = (block + JOB_HEAD) >> 2, text = block + JOB_HEAD + 4 * Math.max(0, words);
    const job = { descriptors: words < 0 ? null : Array.from(H.subarray(begin, begin + words)), text: this.B.slice(text, text + H[(block >> 2) + 1]) };
    H[s + P_JOB] = 0;
    this.free(block, H[s + P_JOB_SIZE]);
    return job;
  };
  /* Will a spare instance do for a job?  Then its options are among those that the program was started with, and its variables for the interpreter are the same. */
  K.isPlain = function (job) {
    const [argc, envc] = new Int32Array(job.buffer, 0, 2), strings = decoder.decode(job.subarray(8)).split('\0'), { options, variables } = this.store;
    for (let i = 1; i < argc && /^-(?![cm]?$)/.test(strings[i]); i++) {
      if (!options.includes(strings[i])) return false;
      if (/^-[XW]$/.test(strings[i]) && !(++i < argc && options.includes(strings[i]))) return false;
    }
    const own = strings.slice(argc, argc + envc).filter(function (string) { return string.startsWith('PYTHON'); });
    return own.length === variables.length && own.every(function (string) { return variables.includes(string); });
  };
  /* Starts a process: its id. cwd: 0 or a path's address; mask below 0: as here. */
  K.spawn = function (p, size, fds, count, all, cwd, mask) {
    const memory = this.memory().buffer, job = new Uint8Array(memory, p, size).slice(), pairs = new Int32Array(memory, fds, count * 2).slice();
    const folder = cwd ? this.with(AT_FDCWD, cwd, true, function (place) { return !place.inode ? -E.NOENT : !this.isFolder(place.inode) ? -E.NOTDIR : place.inode; }) : 0;
    if (folder < 0) return folder;
    const plain = this.isPlain(job);
    this.lock();
    try {
      const H = this.H;
      const n = this.slotTake(plain), s = slot(n);
      if (!n) return -E.AGAIN;
      H[s + P_CWD] = folder || H[this.self + P_CWD] || 1;
      H[s + P_UMASK] = mask < 0 ? H[this.self + P_UMASK] : mask & 0o777;
      const descriptors = this.inherit(pairs, all);
      if (!this.jobPut(n, descriptors, job)) {
        this.setDescriptors(n, descriptors);
        H[s + P_REAPED] = 1;
        this.end(n, SIGKILL);
        return -E.NOMEM;
      }
      this.tell(n);
      this.outKick();
      return H[s + P_PID];
    } finally { this.unlock(); }
  };
  /* This process, which waits for its job, gets one; false: there is no room. */
  K.give = function (job) {
    this.lock();
    const given = this.jobPut(this.process, null, job);
    this.unlock();
    return given;
  };
  /* This process, which begins anew, has these options before those of its job. */
  K.addOptions = function (options) {
    if (!this.lock()) return;
    const job = this.jobRemove(this.process);
    if (job) {
      const at = job.text.indexOf(0, 8) + 1, added = encoder.encode(options.map(function (option) { return option + '\0'; }).join('')), text = new Uint8Array(job.text.length + added.length);
      text.set(job.text.subarray(0, at));
      text.set(added, at);
      text.set(job.text.subarray(at), at + added.length);
      new Int32Array(text.buffer, 0, 1)[0] += options.length;
      if (!this.jobPut(this.process, job.descriptors, text)) this.jobPut(this.process, job.descriptors, job.text);
    }
    this.unlock();
  };
  /* The size of this process's job, once it has one. */
  K.jobWait = function () {
    this.lock();
    this.H[this.self + P_READY] = 1;
    this.outKick(); // another spare may be made now
    this.unlock();
    return this.wait(JOB - this.process, 0, -1, 0, function () { return this.H[this.self + P_JOB] ? this.H[(this.H[this.self + P_JOB] >> 2) + 1] : undefined; });
  };
  K.jobTake = function (p) {
    this.lock();
    const { descriptors, text } = this.jobRemove(this.process);
    if (descriptors) this.setDescriptors(this.process, descriptors);
    new Uint8Array(this.memory().buffer, p, text.length).set(text);
    this.unlock();
  };
  /* A process that only reads descriptor `fd` to its end: it needs no instance.  What is written to that pipe is dropped, and its last writer ends it. */
  K.sink = function (fd) {
    this.lock();
    try {
      const H = this.H, o = this.file(fd);
      if (!o || H[o + O_KIND] !== K_READ) return -E.BADF;
      const n = this.slotFree();
      if (!n) return -E.AGAIN;
      this.slotFill(n, RUNNING, this.pid());
      this.setDescriptors(n, this.inherit([3, fd], false));
      H[slot(n) + P_SINK] = H[o + O_OBJECT];
      H[(H[o + O_OBJECT] >> 2) + SINK] = n;
      return H[slot(n) + P_PID];
    } finally { this.unlock(); }
  };
  /* ---- the end ---- */

  /* Process n ends: its descriptors are closed, whoever waits for it is rung. Locked. */
  K.end = function (n, status) {
    const H = this.H, s = slot(n);
    if (H[s + P_STATE] !== RUNNING) return;
    if (H[s + P_SINK]) H[(H[s + P_SINK] >> 2) + SINK] = 0;
    H[s + P_SINK] = 0;
    H[s + P_STATUS] = status;
    this.setDescriptors(n, []);
    this.holdsRelease(n);
    const job = this.jobRemove(n);
    for (let i = 0; job && job.descriptors && i < job.descriptors.length; i += 2) this.openRelease(job.descriptors[i + 1]);
    for (let child = 1; child < PROCESSES; child++) { // nobody will ask how its children end
      if (H[slot(child) + P_PARENT] !== H[s + P_PID] || child === n) continue;
      if (H[slot(child) + P_STATE] !== RUNNING && H[slot(child) + P_STATE] !== ENDED) continue;
      H[slot(child) + P_PARENT] = 1;
      H[slot(child) + P_REAPED] = 1;
      this.slotRelease(child);
    }
    if (H[s + P_PARENT] === 1) H[s + P_REAPED] = 1;
    this.ring(ANY_END);
    Atomics.store(H, s + P_STATE, ENDED); // from now on the lock may be taken from it
    if (n > 0) this.slotRelease(n);
    this.outKick();
  };
  /* status: as waitpid tells it, exit code << 8 or the signal.  rests: its worker, which is told, can be used again. */
  K.exit = function (status, rests) {
    if (!this.lock()) return;
    if (rests) this.H[this.self + P_READY] = RESTS;
    this.end(this.process, status);
    if (rests) this.tell(this.process);
    this.unlock();
  };
  /* Of this process, as waitpid tells it; null while it runs. */
  K.exitStatus = function () { return Atomics.load(this.H, this.self + P_STATE) === ENDED ? this.H[this.self + P_STATUS] : null; };
  /* This process has ended, and its worker is not to end. */
  K.rests = function () { return this.exitStatus() !== null && this.H[this.self + P_READY] === RESTS; };
  /* {pid, status} at `p` of a child that has ended: its id; 0 with WNOHANG if none has. */
  K.waitpid = function (pid, p, options, main) {
    const self = this;
    return this.wait(ANY_END, main, options & WNOHANG ? 0 : -1, 0, function () {
      const H = self.H;
      let children = 0;
      for (let n = 1; n < PROCESSES; n++) {
        const s = slot(n), state = H[s + P_STATE];
        if ((state !== RUNNING && state !== ENDED) || H[s + P_PARENT] !== self.pid() || H[s + P_REAPED] || (pid > 0 && H[s + P_PID] !== pid)) continue;
        children++;
        if (state !== ENDED) continue;
        new Int32Array(self.memory().buffer, p, 1)[0] = H[s + P_STATUS];
        const result = H[s + P_PID];
        H[s + P_REAPED] = 1;
        self.slotRelease(n);
        return result;
      }
      return children ? undefined : -E.CHILD;
    });
  };

  /* ---- signals ---- */

  /* Tells the worker of process n that something is there for it: a signal, a job. Locked. */
  K.tell = function (n) {
    Atomics.add(this.H, slot(n) + P_EVENT, 1);
    Atomics.notify(this.H, slot(n) + P_EVENT);
  };
  K.signal = function (n, signum) { // locked
    const H = this.H, s = slot(n);
    if (signum === SIGKILL || (H[s + P_SINK] && signum !== 2 && signum !== 15)) this.end(n, signum);
    else if (!H[s + P_SINK]) {
      H[s + P_SIGNALS + (signum >> 5)] |= 1 << (signum & 31);
      this.tell(n);
    }
  };
  K.kill = function (pid, signum) {
    this.lock();
    const n = this.slotOf(pid);
    if (n >= 0 && signum > 0 && this.H[slot(n) + P_STATE] === RUNNING) this.signal(n, signum);
    this.unlock();
    return n < 0 ? -E.SRCH : 0;
  };
  /* Signals that have come for this process, and are now taken. */
  K.signals = function () {
    const found = [];
    if (!this.lock()) return found;
    for (let signum = 1; signum < 64; signum++) if (this.H[this.self + P_SIGNALS + (signum >> 5)] & (1 << (signum & 31))) found.push(signum);
    this.H[this.self + P_SIGNALS] = this.H[this.self + P_SIGNALS + 1] = 0;
    this.unlock();
    return found;
  };
  /* A signal for all processes of the program but the first. */
  K.signalOthers = function (signum) {
    this.lock();
    for (let n = 1; n < PROCESSES; n++) if (this.H[slot(n) + P_STATE] === RUNNING) this.signal(n, signum);
    this.unlock();
  };
  /* The process ids of the program's other processes that run. */
  K.others = function () {
    const others = [];
    this.lock();
    for (let n = 1; n < PROCESSES; n++) if (this.H[slot(n) + P_STATE] === RUNNING && !this.H[slot(n) + P_SINK]) others.push(this.pidOf(n));
    this.unlock();
    return others;
  };
  K.eventSequence = function () { return Atomics.load(this.H, this.self + P_EVENT); };
  K.eventWait = function (sequence) { return Atomics.waitAsync ? Atomics.waitAsync(this.H, this.self + P_EVENT, sequence) : null; };

  /* ---- for the worker that makes the others ---- */

  /* How many spare instances there shall be. */
  K.wantSpares = function (count) {
    if (this.H[SPARES] >= count) return;
    this.lock();
    this.H[SPARES] = count;
    this.outKick();
    this.unlock();
  };
  /* Slots whose worker is to be made now, and those whose worker is to be ended.  Spare instances are made only while fewer than `together` are being made: those that
   * are wanted are then there sooner, and the first spare one too; but as many as there are `resting` workers.  Tells how many are spare, and how many are being made. */
  K.chores = function (together, resting) {
    const make = [], end = [], H = this.H;
    this.lock();
    let spares = 0, unready = 0;
    for (let n = 1; n < PROCESSES; n++) {
      const s = slot(n);
      if (H[s + P_STATE] === SPARE) spares++;
      const anew = H[s + P_WORKER] === WANTED_ANEW;
      if ((anew || H[s + P_WORKER] === WANTED) && H[s + P_STATE] === RUNNING) {
        H[s + P_WORKER] = MADE;
        make.push({ process: n, generation: H[s + P_GENERATION], anew });
      }
      if (H[s + P_WORKER] === MADE && H[s + P_STATE] === ENDED && H[s + P_READY] !== RESTS) end.push(n);
      if (H[s + P_WORKER] === MADE && H[s + P_STATE] !== ENDED && !H[s + P_READY]) unready++;
    }
    if (!H[OUT_CLOSED] && H[slot(0) + P_STATE] === RUNNING) {
      for (let n = 0; spares < H[SPARES] && (unready < together || make.length < resting) && (n = this.slotFree()) > 0; spares++, unready++) {
        this.slotFill(n, SPARE, 0);
        H[slot(n) + P_WORKER] = MADE;
        make.push({ process: n, generation: H[slot(n) + P_GENERATION], anew: false });
      }
    }
    this.unlock();
    return { make, end, spares, unready };
  };
  /* The worker of process n has been ended, or rests. */
  K.workerGone = function (n) {
    this.lock();
    this.H[slot(n) + P_WORKER] = GONE;
    this.bellsRelease(n);
    this.slotRelease(n);
    this.unlock();
  };
  /* The worker of process n has failed: as if by a signal. */
  K.crashed = function (n, signum) {
    this.lock(n);
    const s = slot(n);
    if (this.H[s + P_STATE] === SPARE) { // no more of them
      this.H[SPARES] = 0;
      this.H[s + P_STATE] = RUNNING;
      this.H[s + P_PARENT] = 1;
    }
    this.end(n, signum);
    this.unlock();
  };
})(BatonKernel.prototype, BatonKernel.layout);
