/* semaphores.js: named semaphores, beneath multiprocessing's locks.
 *
 * A semaphore is a block of the kernel's memory in one list; its address is the handle, in every process.  It goes when it has no name any more and nobody has it
 * open.  Read next: kernel.js. */
(function (K, { E, O_CREAT, O_EXCL, SEMS }) {
  const NEXT = 0, VALUE = 1, OPENS = 2, NAMED = 3, LENGTH = 4, NAME = 5; // words; then the name
  const MOST = 0x7fffffff;

  /* The semaphore of a name and the word that links to it. Locked. */
  K.semFind = function (name) {
    const H = this.H;
    for (let link = SEMS; H[link]; link = (H[link] >> 2) + NEXT) {
      const i = H[link] >> 2, at = (i + NAME) * 4;
      if (H[i + NAMED] && H[i + LENGTH] === name.length && name.every((byte, k) => this.B[at + k] === byte)) return H[link];
    }
    return 0;
  };
  K.semRelease = function (sem) {
    const H = this.H, i = sem >> 2;
    if (H[i + OPENS] > 0 || H[i + NAMED]) return;
    let link = SEMS;
    while (H[link] !== sem) link = (H[link] >> 2) + NEXT;
    H[link] = H[i + NEXT];
    this.free(sem, NAME * 4 + H[i + LENGTH]);
  };
  K.semOpen = function (p, flags, value) {
    const name = this.text(p);
    if (name.length > 250) return -E.NAMETOOLONG;
    this.lock();
    try {
      const H = this.H;
      let sem = this.semFind(name);
      if (sem && (flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL)) return -E.EXIST;
      if (!sem) {
        if (!(flags & O_CREAT)) return -E.NOENT;
        sem = this.alloc(NAME * 4 + name.length);
        if (!sem) return -E.NOSPC;
        const i = sem >> 2;
        H[i + NEXT] = H[SEMS];
        H[i + VALUE] = value;
        H[i + NAMED] = 1;
        H[i + LENGTH] = name.length;
        this.B.set(name, (i + NAME) * 4);
        H[SEMS] = sem;
      }
      H[(sem >> 2) + OPENS]++;
      return sem;
    } finally { this.unlock(); }
  };
  K.semClose = function (sem) {
    this.lock();
    this.H[(sem >> 2) + OPENS]--;
    this.semRelease(sem);
    this.unlock();
    return 0;
  };
  K.semUnlink = function (p) {
    const name = this.text(p);
    this.lock();
    const sem = this.semFind(name);
    if (sem) {
      this.H[(sem >> 2) + NAMED] = 0;
      this.semRelease(sem);
    }
    this.unlock();
    return sem ? 0 : -E.NOENT;
  };
  /* timeout in ms: below 0 for ever; `late` is the result when it is over. */
  K.semWait = function (sem, timeout, late, main) {
    const i = (sem >> 2) + VALUE;
    return this.wait(sem, main, timeout, late, function () { return this.H[i] > 0 ? (this.H[i]--, 0) : undefined; });
  };
  K.semPost = function (sem) {
    this.lock();
    const i = (sem >> 2) + VALUE, full = this.H[i] === MOST;
    if (!full) {
      this.H[i]++;
      this.ring(sem);
    }
    this.unlock();
    return full ? -E.OVERFLOW : 0;
  };
  K.semValue = function (sem) { return Atomics.load(this.H, (sem >> 2) + VALUE); };
})(BatonKernel.prototype, BatonKernel.layout);
