/* kernel.js: what the processes of one program share: files, pipes, open files, semaphores, the process table, console output.
 *
 * Everything lives in one SharedArrayBuffer beside the wasm memories; this code runs in whichever worker makes the call, so no call ever travels to the page.
 * Invariant: tables are read and changed only between lock() and unlock(), which never wait for anything else; a call that must wait takes a doorbell
 * (one word for each waiting thread), unlocks, and sleeps on it; data, time-outs and signals all ring it.  Results below 0 are -errno.
 * This file is part of the interpreter's own script (--pre-js) and speaks to C through imports.js; offsets and counts are in bytes.
 */
/* eslint-disable no-unused-vars */
var BatonKernel = (function () {
  'use strict';

  // errno as on Linux: programs print these numbers.
  var E = { PERM: 1, NOENT: 2, SRCH: 3, INTR: 4, BADF: 9, CHILD: 10, AGAIN: 11, NOMEM: 12, ACCES: 13, BUSY: 16, EXIST: 17, XDEV: 18, NOTDIR: 20, ISDIR: 21,
    INVAL: 22, NFILE: 23, MFILE: 24, NOTTY: 25, FBIG: 27, NOSPC: 28, SPIPE: 29, PIPE: 32, RANGE: 34, NAMETOOLONG: 36, NOSYS: 38, NOTEMPTY: 39, LOOP: 40,
    TIMEDOUT: 110 };
  var S_DIR = 0o040000, S_FILE = 0o100000, S_LINK = 0o120000, S_FIFO = 0o010000, S_CHR = 0o020000, S_SOCK = 0o140000, S_FMT = 0o170000;
  var O_ACCMODE = 3, O_CREAT = 0o100, O_EXCL = 0o200, O_TRUNC = 0o1000, O_APPEND = 0o2000, O_NONBLOCK = 0o4000, O_DIRECTORY = 0o200000, O_NOFOLLOW = 0o400000,
    O_CLOEXEC = 0o2000000, O_PATH = 0o10000000;
  var AT_FDCWD = -100;

  // Header words.
  var LOCK = 0, TOP = 1, INODE_NEXT = 2, INODE_FREE = 3, BELL_HIGH = 4, PID_NEXT = 5, OUT_SEQ = 6, OUT_CLOSED = 7, READY = 8, SEM_FREE = 9, SPARE_SEQ = 10, NET_SEQ = 20, NET_LIST = 21, HOSTS = 22, PORT_NEXT = 23, FREE_LISTS = 32;
  // Tables, in words.
  var PROCESSES = 64, FDS = 256, PROCESS_WORDS = 16 + FDS; // state pid parent status cwd umask flags slot ... fds
  var P_STATE = 0, P_PID = 1, P_PARENT = 2, P_STATUS = 3, P_CWD = 4, P_UMASK = 5, P_JOB = 6, P_JOB_SIZE = 7, P_STARTED = 8, P_FDS = 16;
  var OPENS = 4096, OPEN_WORDS = 8; // refs kind object flags, position (f64)
  var O_REFS = 0, O_KIND = 1, O_OBJECT = 2, O_FLAGS = 3, O_POS = 4;
  var K_FILE = 1, K_READ = 2, K_WRITE = 3, K_CONSOLE = 4, K_NULL = 5, K_SOCKET = 6;
  var BELLS = 1024, BELL_WORDS = 4; // word, object (0 free, -1 any), process, main
  var INODES = 32768, INODE_WORDS = 16; // mode links opens data capacity size - -, times (f64) modified changed accessed
  var I_MODE = 0, I_LINKS = 1, I_OPENS = 2, I_DATA = 3, I_CAPACITY = 4, I_SIZE = 5, I_PARENT = 6, I_MTIME = 8, I_CTIME = 10, I_ATIME = 12;
  var PROCESS_AT = 128, OPEN_AT = PROCESS_AT + PROCESSES * PROCESS_WORDS, BELL_AT = OPEN_AT + OPENS * OPEN_WORDS,
    INODE_AT = BELL_AT + BELLS * BELL_WORDS, HEAP_AT = INODE_AT + INODES * INODE_WORDS;
  // A pipe (in the heap): read and write positions (ever growing modulo 2^31), readers, writers.
  var PIPE_SIZE = 65536, PIPE_HEAD = 16, R = 0, W = 1, READERS = 2, WRITERS = 3;
  var CONSOLE_SIZE = 1 << 20;
  var encoder = new TextEncoder(), decoder = new TextDecoder('utf-8', { fatal: false });

  function now() { return performance.timeOrigin + performance.now(); }

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
    this.pending = 0; // address of os_signal_pending in this process's memory
    if (Atomics.load(this.H, READY) === 0) this.format();
  }
  Kernel.E = E;
  var K = Kernel.prototype;

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

  var canWait = true; // false on a thread that may not sleep: it spins, holders are quick
  K.lock = function () {
    var H = this.H;
    while (Atomics.compareExchange(H, LOCK, 0, 1) !== 0) {
      if (canWait) {
        try {
          if (Atomics.exchange(H, LOCK, 2) === 0) break;
          Atomics.wait(H, LOCK, 2, 50);
        } catch (e) { canWait = false; }
      }
    }
  };
  K.unlock = function () {
    if (Atomics.exchange(this.H, LOCK, 0) === 2) Atomics.notify(this.H, LOCK, 1);
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

  /* ---- memory of the kernel: powers of two, freed blocks are kept by size ---- */

  function order(n) { return n <= 64 ? 6 : 32 - Math.clz32(n - 1); }
  K.alloc = function (n) {
    var H = this.H, o = order(n), block = H[FREE_LISTS + o];
    if (block) {
      H[FREE_LISTS + o] = H[block >> 2];
    } else {
      block = H[TOP];
      if (block + (1 << o) > this.B.length) return 0;
      H[TOP] = block + (1 << o);
    }
    this.B.fill(0, block, block + (1 << o));
    return block;
  };
  K.free = function (block, n) {
    var o = order(n);
    this.H[block >> 2] = this.H[FREE_LISTS + o];
    this.H[FREE_LISTS + o] = block;
  };

  /* ---- inodes ---- */

  function at(inode) { return INODE_AT + inode * INODE_WORDS; }
  K.inodeNew = function (mode) {
    var H = this.H, n = H[INODE_FREE];
    if (n) H[INODE_FREE] = H[at(n) + I_DATA];
    else if (H[INODE_NEXT] < INODES) n = H[INODE_NEXT]++;
    else return 0;
    H.fill(0, at(n), at(n) + INODE_WORDS);
    H[at(n) + I_MODE] = mode;
    H[at(n) + I_LINKS] = 1;
    var time = now();
    this.F[(at(n) + I_MTIME) >> 1] = this.F[(at(n) + I_CTIME) >> 1] = this.F[(at(n) + I_ATIME) >> 1] = time;
    return n;
  };
  K.inodeRelease = function (n) {
    var H = this.H, p = at(n);
    if (H[p + I_LINKS] > 0 || H[p + I_OPENS] > 0) return;
    if (H[p + I_CAPACITY]) this.free(H[p + I_DATA], H[p + I_CAPACITY]);
    H[p + I_MODE] = 0;
    H[p + I_DATA] = H[INODE_FREE];
    H[INODE_FREE] = n;
  };
  K.touch = function (n) { this.F[(at(n) + I_MTIME) >> 1] = this.F[(at(n) + I_CTIME) >> 1] = now(); };
  /* Room for `size` bytes: 0 or -errno. */
  K.reserve = function (n, size) {
    var H = this.H, p = at(n);
    if (size <= H[p + I_CAPACITY]) return 0;
    if (size > 1 << 30) return -E.FBIG;
    var capacity = 1 << order(size), data = this.alloc(capacity);
    if (!data) return -E.NOSPC;
    if (H[p + I_CAPACITY]) {
      this.B.copyWithin(data, H[p + I_DATA], H[p + I_DATA] + H[p + I_SIZE]);
      this.free(H[p + I_DATA], H[p + I_CAPACITY]);
    }
    H[p + I_DATA] = data;
    H[p + I_CAPACITY] = capacity;
    return 0;
  };
  K.resize = function (n, size) {
    var H = this.H, p = at(n), old = H[p + I_SIZE], error = this.reserve(n, size);
    if (error) return error;
    if (size > old) this.B.fill(0, H[p + I_DATA] + old, H[p + I_DATA] + size);
    H[p + I_SIZE] = size;
    this.touch(n);
    return 0;
  };

  /* ---- folders: records of inode, length of the name, the name padded to words ---- */

  K.find = function (folder, name) {
    var H = this.H, p = at(folder), i = H[p + I_DATA], end = i + H[p + I_SIZE];
    while (i < end) {
      var length = H[(i >> 2) + 1];
      if (length === name.length && H[i >> 2] !== 0) {
        var k = 0;
        while (k < length && this.B[i + 8 + k] === name[k]) k++;
        if (k === length) return i;
      }
      i += 8 + ((length + 3) & ~3);
    }
    return 0;
  };
  K.link = function (folder, name, inode) {
    if (name.length > 255) return -E.NAMETOOLONG;
    var H = this.H, p = at(folder), size = H[p + I_SIZE], more = 8 + ((name.length + 3) & ~3), error = this.reserve(folder, size + more);
    if (error) return error;
    var i = H[p + I_DATA] + size;
    H[i >> 2] = inode;
    H[(i >> 2) + 1] = name.length;
    this.B.set(name, i + 8);
    H[p + I_SIZE] = size + more;
    this.touch(folder);
    return 0;
  };
  K.unlinkRecord = function (folder, record) {
    var H = this.H, p = at(folder), size = 8 + ((H[(record >> 2) + 1] + 3) & ~3), end = H[p + I_DATA] + H[p + I_SIZE];
    this.B.copyWithin(record, record + size, end);
    H[p + I_SIZE] -= size;
    this.touch(folder);
  };
  K.isFolder = function (n) { return (this.H[at(n) + I_MODE] & S_FMT) === S_DIR; };

  /* Where a path leads: {folder, name, inode, record}, inode 0 when only the last part is missing; or -errno.  Locked. */
  K.walk = function (start, path, follow, depth) {
    depth = depth || 0;
    if (depth > 40) return -E.LOOP;
    if (path.length === 0) return -E.NOENT;
    if (path.length > 4095) return -E.NAMETOOLONG;
    var H = this.H, folder = path[0] === 47 ? 1 : start, i = 0, at_ = { folder: folder, name: new Uint8Array(0), inode: folder, record: 0 };
    for (;;) {
      while (path[i] === 47) i++;
      if (i >= path.length) {
        if (at_.inode && i > 0 && path[path.length - 1] === 47 && !this.isFolder(at_.inode)) return -E.NOTDIR;
        return at_;
      }
      if (!at_.inode) return -E.NOENT;
      folder = at_.inode;
      if (!this.isFolder(folder)) return -E.NOTDIR;
      var j = i;
      while (j < path.length && path[j] !== 47) j++;
      var name = path.slice(i, j), last = j >= path.length;
      i = j;
      if (name.length > 255) return -E.NAMETOOLONG;
      if (name.length === 1 && name[0] === 46) { at_ = { folder: folder, name: name, inode: folder, record: 0 }; continue; }
      if (name.length === 2 && name[0] === 46 && name[1] === 46) {
        var up = H[at(folder) + I_PARENT];
        at_ = { folder: up, name: name, inode: up, record: 0 };
        continue;
      }
      var record = this.find(folder, name), inode = record ? H[record >> 2] : 0;
      at_ = { folder: folder, name: name, inode: inode, record: record };
      if (inode && (H[at(inode) + I_MODE] & S_FMT) === S_LINK && (!last || follow)) {
        var p = at(inode), target = this.B.slice(H[p + I_DATA], H[p + I_DATA] + H[p + I_SIZE]);
        var there = this.walk(folder, target, true, depth + 1);
        if (typeof there === 'number') return there;
        at_ = there;
      }
    }
  };

  /* ---- descriptors ---- */

  function open_(n) { return OPEN_AT + n * OPEN_WORDS; }
  /* Index in H of the open file behind a descriptor, or 0. */
  K.file = function (fd) {
    if (!(fd >= 0 && fd < FDS)) return 0;
    var n = this.H[this.self + P_FDS + fd] & 0xffff;
    return n ? open_(n) : 0;
  };
  K.openNew = function (kind, object, flags) {
    var H = this.H;
    for (var n = 1; n < OPENS; n++) {
      var o = open_(n);
      if (H[o + O_REFS] === 0) {
        H[o + O_REFS] = 1;
        H[o + O_KIND] = kind;
        H[o + O_OBJECT] = object;
        H[o + O_FLAGS] = flags;
        this.F[(o + O_POS) >> 1] = 0;
        return n;
      }
    }
    return 0;
  };
  K.openRelease = function (n) {
    var H = this.H, o = open_(n);
    if (--H[o + O_REFS] > 0) return;
    var object = H[o + O_OBJECT];
    if (H[o + O_KIND] === K_FILE) {
      H[at(object) + I_OPENS]--;
      this.inodeRelease(object);
    } else if (H[o + O_KIND] === K_READ || H[o + O_KIND] === K_WRITE) {
      H[(object >> 2) + (H[o + O_KIND] === K_READ ? READERS : WRITERS)]--;
      if (H[(object >> 2) + READERS] === 0 && H[(object >> 2) + WRITERS] === 0) this.free(object, PIPE_SIZE + PIPE_HEAD);
      else this.ring(object);
    } else if (H[o + O_KIND] === K_SOCKET) this.socketRelease(object);
  };
  K.fdNew = function (n, cloexec, from) {
    for (var fd = from || 0; fd < FDS; fd++) {
      if (this.H[this.self + P_FDS + fd] === 0) {
        this.H[this.self + P_FDS + fd] = n | (cloexec ? 0x10000 : 0);
        return fd;
      }
    }
    return -E.MFILE;
  };
  K.base = function (dirfd) {
    if (dirfd === AT_FDCWD) return this.H[this.self + P_CWD] || 1;
    var o = this.file(dirfd);
    return o && this.H[o + O_KIND] === K_FILE ? this.H[o + O_OBJECT] : 0;
  };
  K.text = function (p) {
    var m = new Uint8Array(this.memory().buffer), end = p;
    while (m[end]) end++;
    return m.slice(p, end);
  };
  /* Runs fn(place) locked, with where the path of a call leads. */
  K.with = function (dirfd, path, follow, fn) {
    var bytes = this.text(path);
    this.lock();
    try {
      var start = path && bytes[0] === 47 ? 1 : this.base(dirfd);
      if (!start) return -E.BADF;
      var place = this.walk(start, bytes, follow);
      return typeof place === 'number' ? place : fn.call(this, place);
    } finally { this.unlock(); }
  };

  K.open = function (dirfd, path, flags, mode) {
    return this.with(dirfd, path, !(flags & O_NOFOLLOW) && (flags & (O_CREAT | O_EXCL)) !== (O_CREAT | O_EXCL), function (place) {
      var H = this.H, inode = place.inode;
      if (!inode) {
        if (!(flags & O_CREAT)) return -E.NOENT;
        inode = this.inodeNew(S_FILE | (mode & 0o7777 & ~H[this.self + P_UMASK]));
        if (!inode) return -E.NOSPC;
        var error = this.link(place.folder, place.name, inode);
        if (error) return error;
      } else {
        var type = H[at(inode) + I_MODE] & S_FMT;
        if ((flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL)) return -E.EXIST;
        if (type === S_LINK && !(flags & O_PATH)) return -E.LOOP;
        if (flags & O_DIRECTORY && type !== S_DIR) return -E.NOTDIR;
        if (type === S_DIR && (flags & O_ACCMODE || flags & O_CREAT)) return -E.ISDIR;
        var bits = H[at(inode) + I_MODE], access = flags & O_ACCMODE;
        if (type === S_FILE && !(flags & O_PATH) && ((access !== 1 && !(bits & 0o400)) || (access !== 0 && !(bits & 0o200)))) return -E.ACCES;
        if (type === S_FILE && flags & O_TRUNC && access) this.resize(inode, 0);
      }
      var kind = K_FILE, object = inode;
      if ((H[at(inode) + I_MODE] & S_FMT) === S_CHR) { kind = H[at(inode) + I_SIZE] === 1 ? K_CONSOLE : K_NULL; object = 0; }
      var n = this.openNew(kind, object, flags & ~(O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC));
      if (!n) return -E.NFILE;
      if (kind === K_FILE) H[at(inode) + I_OPENS]++;
      var fd = this.fdNew(n, flags & O_CLOEXEC);
      if (fd < 0) this.openRelease(n);
      return fd;
    });
  };
  K.close = function (fd) {
    this.lock();
    var entry = fd >= 0 && fd < FDS ? this.H[this.self + P_FDS + fd] : 0;
    if (entry) {
      this.H[this.self + P_FDS + fd] = 0;
      this.openRelease(entry & 0xffff);
    }
    this.unlock();
    return entry ? 0 : -E.BADF;
  };
  K.dup = function (fd, to, flags) { // to below 0: -1 - (lowest number wanted)
    this.lock();
    try {
      var H = this.H, o = this.file(fd);
      if (!o) return -E.BADF;
      var n = (o - OPEN_AT) / OPEN_WORDS;
      if (to < 0) {
        H[o + O_REFS]++;
        var got = this.fdNew(n, flags & O_CLOEXEC, -1 - to);
        if (got < 0) H[o + O_REFS]--;
        return got;
      }
      if (to >= FDS) return -E.BADF;
      if (to === fd) return to;
      var old = H[this.self + P_FDS + to];
      H[o + O_REFS]++;
      H[this.self + P_FDS + to] = n | (flags & O_CLOEXEC ? 0x10000 : 0);
      if (old) this.openRelease(old & 0xffff);
      return to;
    } finally { this.unlock(); }
  };
  K.fdFlags = function (fd, set) { // FD_CLOEXEC; set below 0: only asks
    this.lock();
    var H = this.H, slot = this.self + P_FDS + fd, found = !!this.file(fd), old = found && H[slot] & 0x10000 ? 1 : 0;
    if (found && set >= 0) H[slot] = (H[slot] & 0xffff) | (set & 1 ? 0x10000 : 0);
    this.unlock();
    return found ? (set >= 0 ? 0 : old) : -E.BADF;
  };
  K.fileFlags = function (fd, set) {
    this.lock();
    var o = this.file(fd), old = o ? this.H[o + O_FLAGS] : 0;
    if (o && set >= 0) this.H[o + O_FLAGS] = (old & O_ACCMODE) | (set & (O_APPEND | O_NONBLOCK));
    this.unlock();
    return o ? (set >= 0 ? 0 : old) : -E.BADF;
  };

  /* ---- reading and writing ---- */

  function pipeUsed(H, pipe) { return (H[(pipe >> 2) + W] - H[(pipe >> 2) + R]) | 0; }
  K.pipeTake = function (pipe, size, to, n) { // into wasm memory, or a Uint8Array
    var H = this.H, used = pipeUsed(H, pipe), m = typeof to === 'number' ? new Uint8Array(this.memory().buffer, to, n) : to;
    n = Math.min(n, used);
    var from = (H[(pipe >> 2) + R] >>> 0) % size, first = Math.min(n, size - from), data = pipe + PIPE_HEAD;
    m.set(this.B.subarray(data + from, data + from + first));
    if (n > first) m.set(this.B.subarray(data, data + n - first), first);
    H[(pipe >> 2) + R] += n;
    return n;
  };
  K.pipePut = function (pipe, size, bytes) {
    var H = this.H, from = (H[(pipe >> 2) + W] >>> 0) % size, first = Math.min(bytes.length, size - from), data = pipe + PIPE_HEAD;
    this.B.set(bytes.subarray(0, first), data + from);
    if (bytes.length > first) this.B.set(bytes.subarray(first), data);
    H[(pipe >> 2) + W] += bytes.length;
  };

  K.read = function (fd, p, n, offset, main) { // offset below 0: at the file's position
    this.lock();
    var H = this.H, o = this.file(fd), kind = o ? H[o + O_KIND] : 0, object = o ? H[o + O_OBJECT] : 0;
    if (!o || (H[o + O_FLAGS] & O_ACCMODE) === 1) { this.unlock(); return -E.BADF; }
    if (kind === K_FILE) {
      var at_ = offset >= 0 ? offset : this.F[(o + O_POS) >> 1], i = at(object), result;
      if (this.isFolder(object)) result = -E.ISDIR;
      else {
        result = Math.max(0, Math.min(n, H[i + I_SIZE] - at_));
        new Uint8Array(this.memory().buffer, p, result).set(this.B.subarray(H[i + I_DATA] + at_, H[i + I_DATA] + at_ + result));
        if (offset < 0) this.F[(o + O_POS) >> 1] = at_ + result;
      }
      this.unlock();
      return result;
    }
    this.unlock();
    if (kind === K_NULL) return 0;
    if (offset >= 0) return -E.SPIPE;
    if (kind === K_SOCKET) return this.receive(fd, p, n, 0, 0, 0, main);
    if (kind === K_WRITE) return -E.BADF;
    var pipe = kind === K_CONSOLE ? H[OUT_SEQ + 6] : object;
    return this.wait(pipe, main, H[o + O_FLAGS] & O_NONBLOCK ? 0 : -1, -E.AGAIN, function () {
      if (n === 0) return 0;
      if (pipeUsed(H, pipe) > 0) {
        var size = PIPE_SIZE, got = this.pipeTake(pipe, size, p, n);
        this.ring(pipe);
        return got;
      }
      return H[(pipe >> 2) + WRITERS] === 0 ? 0 : undefined;
    });
  };
  K.write = function (fd, p, n, offset, main) {
    this.lock();
    var H = this.H, o = this.file(fd), kind = o ? H[o + O_KIND] : 0, object = o ? H[o + O_OBJECT] : 0;
    if (!o || (H[o + O_FLAGS] & O_ACCMODE) === 0) { this.unlock(); return -E.BADF; }
    if (kind === K_FILE) {
      var i = at(object), at_ = offset >= 0 ? offset : H[o + O_FLAGS] & O_APPEND ? H[i + I_SIZE] : this.F[(o + O_POS) >> 1], result = n;
      if (n > 0 && at_ + n > H[i + I_SIZE]) { var error = this.resize(object, at_ + n); if (error) result = error; }
      if (result > 0) {
        this.B.set(new Uint8Array(this.memory().buffer, p, n), H[i + I_DATA] + at_);
        this.touch(object);
        if (offset < 0) this.F[(o + O_POS) >> 1] = at_ + n;
      }
      this.unlock();
      return result;
    }
    this.unlock();
    if (kind === K_NULL) return n;
    if (offset >= 0) return -E.SPIPE;
    if (kind === K_SOCKET) return this.send(fd, p, n, 0, 0, 0, main);
    if (kind === K_READ) return -E.BADF;
    var wait = H[o + O_FLAGS] & O_NONBLOCK ? 0 : -1, done = 0, self = this;
    if (kind === K_CONSOLE) return this.consoleWrite(object || 1, p, n, main);
    while (done < n) {
      var got = this.wait(object, main, wait, -E.AGAIN, function () {
        if (H[(object >> 2) + READERS] === 0) return -E.PIPE;
        var free = PIPE_SIZE - pipeUsed(H, object), rest = n - done;
        if (free < (rest <= 4096 ? rest : 1)) return undefined; // small writes stay whole
        var part = Math.min(free, rest);
        self.pipePut(object, PIPE_SIZE, new Uint8Array(self.memory().buffer, p + done, part));
        self.ring(object);
        return part;
      });
      if (got < 0) return done > 0 ? done : got;
      done += got;
    }
    return n;
  };
  /* The console takes records: descriptor and length in one word, then the bytes. */
  K.consoleWrite = function (stream, p, n, main) {
    var H = this.H, ring = H[OUT_SEQ + 5], done = 0, self = this;
    while (done < n) {
      var got = this.wait(ring, main, -1, 0, function () {
        if (H[OUT_CLOSED]) return n - done; // nobody listens any more
        var free = CONSOLE_SIZE - pipeUsed(H, ring) - 4, part = Math.min(n - done, 65536);
        if (free < part) return undefined;
        self.pipePut(ring, CONSOLE_SIZE, new Uint8Array([stream, part & 255, (part >> 8) & 255, part >> 16]));
        self.pipePut(ring, CONSOLE_SIZE, new Uint8Array(self.memory().buffer, p + done, part));
        Atomics.add(H, OUT_SEQ, 1);
        Atomics.notify(H, OUT_SEQ);
        return part;
      });
      if (got < 0) return done > 0 ? done : got;
      done += got;
    }
    return n;
  };
  /* For the reader of the console: [{stream, bytes}], at most about `limit` bytes. */
  K.drain = function (limit) {
    var H = this.H, ring = H[OUT_SEQ + 5], parts = [], total = 0;
    this.lock();
    while (total < limit && pipeUsed(H, ring) > 0) {
      var head = new Uint8Array(4);
      this.pipeTake(ring, CONSOLE_SIZE, head, 4);
      var n = head[1] | (head[2] << 8) | (head[3] << 16), bytes = new Uint8Array(n);
      this.pipeTake(ring, CONSOLE_SIZE, bytes, n);
      parts.push({ stream: head[0], bytes: bytes });
      total += n;
    }
    if (total) this.ring(ring);
    this.unlock();
    return parts;
  };
  K.outSequence = function () { return Atomics.load(this.H, OUT_SEQ); };
  K.outWait = function (sequence) { return Atomics.waitAsync ? Atomics.waitAsync(this.H, OUT_SEQ, sequence) : null; };
  K.outKick = function () { Atomics.add(this.H, OUT_SEQ, 1); Atomics.notify(this.H, OUT_SEQ); };
  K.outClose = function () { this.lock(); this.H[OUT_CLOSED] = 1; this.ring(this.H[OUT_SEQ + 5]); this.unlock(); };
  /* Input for the program; returns how many bytes there was room for. null ends it. */
  K.input = function (bytes) {
    var H = this.H, pipe = H[OUT_SEQ + 6], part = 0;
    this.lock();
    if (bytes === null) H[(pipe >> 2) + WRITERS] = 0;
    else {
      part = Math.min(bytes.length, PIPE_SIZE - pipeUsed(H, pipe));
      this.pipePut(pipe, PIPE_SIZE, bytes.subarray(0, part));
    }
    this.ring(pipe);
    this.unlock();
    return part;
  };

  K.seek = function (fd, offset, whence) {
    this.lock();
    try {
      var H = this.H, o = this.file(fd);
      if (!o) return -E.BADF;
      if (H[o + O_KIND] === K_NULL) return 0;
      if (H[o + O_KIND] !== K_FILE) return -E.SPIPE;
      var size = H[at(H[o + O_OBJECT]) + I_SIZE];
      var to = whence === 0 || whence === 3 ? offset : whence === 1 ? this.F[(o + O_POS) >> 1] + offset : whence === 2 ? size + offset : whence === 4 ? size : -1;
      if (to < 0 || to > 9007199254740991) return -E.INVAL;
      this.F[(o + O_POS) >> 1] = to;
      return to;
    } finally { this.unlock(); }
  };
  K.truncate = function (fd, size) {
    this.lock();
    var o = this.file(fd), result = !o ? -E.BADF : this.H[o + O_KIND] !== K_FILE || !(this.H[o + O_FLAGS] & O_ACCMODE) || size < 0 ? -E.INVAL : this.resize(this.H[o + O_OBJECT], size);
    this.unlock();
    return result;
  };
  K.pipe = function (p, flags) {
    this.lock();
    try {
      var H = this.H, pipe = this.alloc(PIPE_SIZE + PIPE_HEAD);
      if (!pipe) return -E.NFILE;
      H[(pipe >> 2) + READERS] = H[(pipe >> 2) + WRITERS] = 1;
      var r = this.openNew(K_READ, pipe, flags & O_NONBLOCK), w = this.openNew(K_WRITE, pipe, 1 | (flags & O_NONBLOCK));
      if (!r || !w) { if (r) this.openRelease(r); if (w) this.openRelease(w); return -E.NFILE; }
      var a = this.fdNew(r, flags & O_CLOEXEC), b = a < 0 ? a : this.fdNew(w, flags & O_CLOEXEC);
      if (b < 0) {
        if (a >= 0) this.H[this.self + P_FDS + a] = 0;
        this.openRelease(r);
        this.openRelease(w);
        return b;
      }
      new Int32Array(this.memory().buffer, p, 2).set([a, b]);
      return 0;
    } finally { this.unlock(); }
  };
  /* events: words fd, wanted, got for each of n; 1 readable, 4 writable, 8 error, 16 hung up, 32 no such descriptor. */
  K.poll = function (p, n, timeout, main) {
    var H = this.H, self = this;
    return this.wait(-1, main, timeout, 0, function () {
      var words = new Int32Array(self.memory().buffer, p, n * 3), count = 0;
      for (var i = 0; i < n; i++) {
        var fd = words[i * 3], wanted = words[i * 3 + 1], got = 0, o = fd < 0 ? -1 : self.file(fd);
        if (o === 0) got = 32;
        else if (o > 0) {
          var kind = H[o + O_KIND], object = kind === K_CONSOLE && (H[o + O_FLAGS] & O_ACCMODE) === 0 ? H[OUT_SEQ + 6] : H[o + O_OBJECT];
          if (kind === K_READ || (kind === K_CONSOLE && object === H[OUT_SEQ + 6])) {
            if (pipeUsed(H, object) > 0) got |= 1;
            if (H[(object >> 2) + WRITERS] === 0) got |= kind === K_CONSOLE ? 1 : 16;
          } else if (kind === K_WRITE) {
            if (H[(object >> 2) + READERS] === 0) got |= 8 | 4;
            else if (PIPE_SIZE - pipeUsed(H, object) >= 4096) got |= 4;
          } else if (kind === K_SOCKET) {
            got = self.socketReady(object);
            if (n === 1 && !(got & wanted) && self.socketLate(object)) return 0;
          } else got |= 5;
        }
        got &= wanted | 56;
        words[i * 3 + 2] = got;
        if (got) count++;
      }
      return count || undefined;
    });
  };

  /* ---- names ---- */

  /* Fills fourteen doubles: mode, links, size, inode, mtime, ctime, atime (ms), blocks. */
  K.fill = function (p, inode, kind) {
    var H = this.H, d = new Float64Array(this.memory().buffer, p, 8), i = at(inode);
    if (!inode) d.set([(kind === K_READ || kind === K_WRITE ? S_FIFO | 0o600 : kind === K_SOCKET ? S_SOCK | 0o777 : S_CHR | 0o620), 1, 0, 0, 0, 0, 0, 0]);
    else {
      var mode = H[i + I_MODE], size = (mode & S_FMT) === S_CHR ? 0 : H[i + I_SIZE];
      d.set([mode, H[i + I_LINKS], (mode & S_FMT) === S_DIR ? 4096 : size, inode, this.F[(i + I_MTIME) >> 1], this.F[(i + I_CTIME) >> 1], this.F[(i + I_ATIME) >> 1], Math.ceil(size / 512)]);
    }
    return 0;
  };
  K.stat = function (dirfd, path, p, follow) { return this.with(dirfd, path, follow, function (place) { return place.inode ? this.fill(p, place.inode) : -E.NOENT; }); };
  K.fstat = function (fd, p) {
    this.lock();
    var o = this.file(fd), result = o ? this.fill(p, this.H[o + O_KIND] === K_FILE ? this.H[o + O_OBJECT] : 0, this.H[o + O_KIND]) : -E.BADF;
    this.unlock();
    return result;
  };
  K.isatty = function (fd) { return 0; };
  K.mkdir = function (dirfd, path, mode) {
    return this.with(dirfd, path, false, function (place) {
      if (place.inode) return -E.EXIST;
      var n = this.inodeNew(S_DIR | (mode & 0o7777 & ~this.H[this.self + P_UMASK]));
      if (!n) return -E.NOSPC;
      this.H[at(n) + I_LINKS] = 2;
      this.H[at(n) + I_PARENT] = place.folder;
      this.H[at(place.folder) + I_LINKS]++;
      return this.link(place.folder, place.name, n);
    });
  };
  K.unlink = function (dirfd, path, folder) {
    return this.with(dirfd, path, false, function (place) {
      var H = this.H, n = place.inode;
      if (!n) return -E.NOENT;
      if (folder) {
        if (!this.isFolder(n)) return -E.NOTDIR;
        if (!place.record) return n === 1 ? -E.BUSY : -E.INVAL;
        if (H[at(n) + I_SIZE] > 0) return -E.NOTEMPTY;
        H[at(n) + I_LINKS] -= 2;
        H[at(place.folder) + I_LINKS]--;
      } else {
        if (this.isFolder(n)) return -E.ISDIR;
        H[at(n) + I_LINKS]--;
      }
      this.unlinkRecord(place.folder, place.record);
      this.inodeRelease(n);
      return 0;
    });
  };
  K.rename = function (fromfd, from, tofd, to) {
    var target = this.text(to);
    return this.with(fromfd, from, false, function (a) {
      var H = this.H;
      if (!a.inode) return -E.NOENT;
      if (!a.record) return -E.BUSY;
      var start = this.base(tofd), b = target[0] === 47 || start ? this.walk(start, target, false) : -E.BADF;
      if (typeof b === 'number') return b;
      if (b.inode === a.inode) return 0;
      var folder = this.isFolder(a.inode);
      if (folder) for (var up = b.folder; ; up = H[at(up) + I_PARENT]) { if (up === a.inode) return -E.INVAL; if (up === 1) break; }
      if (b.inode) {
        if (folder && !this.isFolder(b.inode)) return -E.NOTDIR;
        if (!folder && this.isFolder(b.inode)) return -E.ISDIR;
        if (folder && H[at(b.inode) + I_SIZE] > 0) return -E.NOTEMPTY;
        H[at(b.inode) + I_LINKS] -= folder ? 2 : 1;
        this.unlinkRecord(b.folder, b.record);
        this.inodeRelease(b.inode);
      }
      this.unlinkRecord(a.folder, this.find(a.folder, a.name));
      if (folder) {
        H[at(a.inode) + I_PARENT] = b.folder;
        H[at(a.folder) + I_LINKS]--;
        if (!b.inode) H[at(b.folder) + I_LINKS]++;
      }
      return this.link(b.folder, b.name, a.inode);
    });
  };
  K.hardlink = function (fromfd, from, tofd, to) {
    var target = this.text(to);
    return this.with(fromfd, from, false, function (a) {
      if (!a.inode) return -E.NOENT;
      if (this.isFolder(a.inode)) return -E.PERM;
      var b = this.walk(this.base(tofd), target, false);
      if (typeof b === 'number') return b;
      if (b.inode) return -E.EXIST;
      this.H[at(a.inode) + I_LINKS]++;
      return this.link(b.folder, b.name, a.inode);
    });
  };
  K.symlink = function (text, dirfd, path) {
    var target = this.text(text);
    return this.with(dirfd, path, false, function (place) {
      if (place.inode) return -E.EXIST;
      var n = this.inodeNew(S_LINK | 0o777);
      if (!n || this.resize(n, target.length) < 0) return -E.NOSPC;
      this.B.set(target, this.H[at(n) + I_DATA]);
      return this.link(place.folder, place.name, n);
    });
  };
  K.readlink = function (dirfd, path, p, size) {
    return this.with(dirfd, path, false, function (place) {
      var H = this.H, i = at(place.inode);
      if (!place.inode) return -E.NOENT;
      if ((H[i + I_MODE] & S_FMT) !== S_LINK) return -E.INVAL;
      var n = Math.min(size, H[i + I_SIZE]);
      new Uint8Array(this.memory().buffer, p, n).set(this.B.subarray(H[i + I_DATA], H[i + I_DATA] + n));
      return n;
    });
  };
  /* The n-th name of an open folder: its length, the inode at *kind, the type at *kind + 4; 0 after the last. */
  K.entry = function (fd, index, p, size, kind) {
    this.lock();
    try {
      var H = this.H, o = this.file(fd);
      if (!o) return -E.BADF;
      if (H[o + O_KIND] !== K_FILE || !this.isFolder(H[o + O_OBJECT])) return -E.NOTDIR;
      var d = at(H[o + O_OBJECT]), i = H[d + I_DATA], end = i + H[d + I_SIZE];
      for (; i < end; i += 8 + ((H[(i >> 2) + 1] + 3) & ~3)) {
        if (index-- > 0) continue;
        var n = H[(i >> 2) + 1];
        new Uint8Array(this.memory().buffer, p, n).set(this.B.subarray(i + 8, i + 8 + n));
        new Int32Array(this.memory().buffer, kind, 2).set([H[i >> 2], (H[at(H[i >> 2]) + I_MODE] & S_FMT) >> 12]);
        return n;
      }
      return 0;
    } finally { this.unlock(); }
  };
  K.chmod = function (dirfd, path, mode, follow) {
    return this.with(dirfd, path, follow, function (place) { return place.inode ? this.setMode(place.inode, mode) : -E.NOENT; });
  };
  K.setMode = function (n, mode) {
    var i = at(n);
    this.H[i + I_MODE] = (this.H[i + I_MODE] & S_FMT) | (mode & 0o7777);
    this.F[(i + I_CTIME) >> 1] = now();
    return 0;
  };
  K.onFile = function (fd, fn) {
    this.lock();
    var o = this.file(fd), result = !o ? -E.BADF : this.H[o + O_KIND] !== K_FILE ? -E.INVAL : fn.call(this, this.H[o + O_OBJECT]);
    this.unlock();
    return result;
  };
  K.fchmod = function (fd, mode) { return this.onFile(fd, function (n) { return this.setMode(n, mode); }); };
  K.setTimes = function (n, accessed, modified) { // ms; NaN: leave, Infinity: now
    var i = at(n), t = now();
    if (accessed === accessed) this.F[(i + I_ATIME) >> 1] = accessed === Infinity ? t : accessed;
    if (modified === modified) this.F[(i + I_MTIME) >> 1] = modified === Infinity ? t : modified;
    this.F[(i + I_CTIME) >> 1] = t;
    return 0;
  };
  K.utimes = function (dirfd, path, accessed, modified, follow) {
    return this.with(dirfd, path, follow, function (place) { return place.inode ? this.setTimes(place.inode, accessed, modified) : -E.NOENT; });
  };
  K.futimes = function (fd, accessed, modified) { return this.onFile(fd, function (n) { return this.setTimes(n, accessed, modified); }); };
  K.chdir = function (path) {
    return this.with(AT_FDCWD, path, true, function (place) {
      if (!place.inode) return -E.NOENT;
      if (!this.isFolder(place.inode)) return -E.NOTDIR;
      this.H[this.self + P_CWD] = place.inode;
      return 0;
    });
  };
  K.fchdir = function (fd) { return this.onFile(fd, function (n) { if (!this.isFolder(n)) return -E.NOTDIR; this.H[this.self + P_CWD] = n; return 0; }); };
  K.getcwd = function (p, size) {
    this.lock();
    var H = this.H, n = H[this.self + P_CWD] || 1, parts = [];
    while (n !== 1) {
      var up = H[at(n) + I_PARENT], i = H[at(up) + I_DATA], end = i + H[at(up) + I_SIZE];
      while (i < end && H[i >> 2] !== n) i += 8 + ((H[(i >> 2) + 1] + 3) & ~3);
      if (i >= end) break; // removed meanwhile
      parts.unshift(this.B.slice(i + 8, i + 8 + H[(i >> 2) + 1]));
      n = up;
    }
    this.unlock();
    if (n !== 1) return -E.NOENT;
    var length = parts.reduce(function (sum, part) { return sum + part.length + 1; }, 0) || 1;
    if (length + 1 > size) return -E.RANGE;
    var m = new Uint8Array(this.memory().buffer, p, length + 1), at_ = 0;
    m.fill(0);
    if (!parts.length) m[0] = 47;
    parts.forEach(function (part) { m[at_++] = 47; m.set(part, at_); at_ += part.length; });
    return length;
  };
  /* The process ends: its descriptors are closed, whoever waits for it is rung. */
  K.exit = function (status) {
    this.lock();
    var H = this.H, s = this.self;
    for (var fd = 0; fd < FDS; fd++) {
      var entry = H[s + P_FDS + fd];
      H[s + P_FDS + fd] = 0;
      if (entry) this.openRelease(entry & 0xffff);
    }
    H[s + P_STATUS] = status;
    Atomics.store(H, s + P_STATE, 2);
    this.ring(-2 - this.process);
    Atomics.add(H, OUT_SEQ, 1);
    Atomics.notify(H, OUT_SEQ);
    this.unlock();
  };
  /* null while the process runs. */
  K.exitStatus = function () { return Atomics.load(this.H, this.self + P_STATE) === 2 ? this.H[this.self + P_STATUS] : null; };
  K.umask = function (mask) {
    this.lock();
    var old = this.H[this.self + P_UMASK];
    this.H[this.self + P_UMASK] = mask & 0o777;
    this.unlock();
    return old;
  };

  /* ---- set-up, from JavaScript ---- */

  /* Creates a process in this kernel's slot: standard streams, current folder. */
  K.begin = function (parent) {
    this.lock();
    var H = this.H, s = this.self;
    H.fill(0, s, s + PROCESS_WORDS);
    H[s + P_STATE] = 1;
    H[s + P_PID] = H[PID_NEXT]++;
    H[s + P_PARENT] = parent || 1;
    H[s + P_CWD] = 1;
    H[s + P_UMASK] = 0o022;
    for (var fd = 0; fd < 3; fd++) H[s + P_FDS + fd] = this.openNew(K_CONSOLE, fd, fd === 0 ? 0 : 1);
    this.unlock();
  };
  /* What keeps a session in touch: the descriptor where the program reads commands, whose pipe feed() fills, and that of its results, which come with the output as stream 3. */
  K.session = function () {
    this.lock();
    var H = this.H, pipe = this.alloc(PIPE_SIZE + PIPE_HEAD);
    H[(pipe >> 2) + READERS] = H[(pipe >> 2) + WRITERS] = 1;
    var commands = this.fdNew(this.openNew(K_READ, pipe, 0), true, 100), results = this.fdNew(this.openNew(K_CONSOLE, 3, 1), true, 100);
    this.unlock();
    return { commands: commands, results: results, pipe: pipe };
  };
  K.feed = function (pipe, bytes) {
    this.lock();
    this.pipePut(pipe, PIPE_SIZE, bytes);
    this.ring(pipe);
    this.unlock();
  };
  /* What was left of the input is forgotten, and it has not ended. */
  K.inputAnew = function () {
    var p = this.H[OUT_SEQ + 6] >> 2;
    this.lock();
    this.H[p + R] = this.H[p + W];
    this.H[p + WRITERS] = 1;
    this.unlock();
  };
  K.pid = function () { return this.H[this.self + P_PID]; };
  K.parent = function () { return this.H[this.self + P_PARENT]; };
  /* Writes a file (folders are made as needed), or with bytes null makes a folder. mode: permissions, default 644 */
  K.put = function (path, bytes, mode) {
    this.lock();
    try {
      var parts = path.split('/').filter(Boolean), folder = path[0] === '/' ? 1 : this.H[this.self + P_CWD] || 1;
      for (var k = 0; k < parts.length; k++) {
        var name = encoder.encode(parts[k]), record = this.find(folder, name), n = record ? this.H[record >> 2] : 0, last = k === parts.length - 1 && bytes !== null;
        if (!n) {
          n = this.inodeNew(last ? S_FILE | (mode || 0o644) : S_DIR | 0o755);
          if (!n) throw new Error('no room for ' + path);
          if (!last) { this.H[at(n) + I_PARENT] = folder; this.H[at(n) + I_LINKS] = 2; this.H[at(folder) + I_LINKS]++; }
          this.link(folder, name, n);
        }
        if (last) {
          if (this.resize(n, bytes.length) < 0) throw new Error('no room for ' + path);
          this.B.set(bytes, this.H[at(n) + I_DATA]);
        }
        folder = n;
      }
      return folder;
    } finally { this.unlock(); }
  };
  K.device = function (path, number) {
    var n = this.put(path, new Uint8Array(0));
    this.H[at(n) + I_MODE] = S_CHR | 0o666;
    this.H[at(n) + I_SIZE] = number;
  };
  K.chdirTo = function (inode) { this.H[this.self + P_CWD] = inode; };
  K.get = function (path) { // a file's bytes, or null
    this.lock();
    try {
      var place = this.walk(this.H[this.self + P_CWD] || 1, encoder.encode(path), true);
      if (typeof place === 'number' || !place.inode || this.isFolder(place.inode)) return null;
      var i = at(place.inode);
      return this.B.slice(this.H[i + I_DATA], this.H[i + I_DATA] + this.H[i + I_SIZE]);
    } finally { this.unlock(); }
  };
  /* What sockets.js needs of this file. */
  Kernel.internals = { PIPE_SIZE: PIPE_SIZE, PIPE_HEAD: PIPE_HEAD, NET_SEQ: NET_SEQ, NET_LIST: NET_LIST, HOSTS: HOSTS, PORT_NEXT: PORT_NEXT, OPENS: OPENS, OPEN_WORDS: OPEN_WORDS,
    O_REFS: O_REFS, O_KIND: O_KIND, O_OBJECT: O_OBJECT, O_FLAGS: O_FLAGS, P_FDS: P_FDS, K_SOCKET: K_SOCKET, open_: open_ };
  return Kernel;
})();
