/* pipes.js: reading and writing: files, pipes, the console; poll.
 *
 * A pipe is a ring in the kernel's memory with ever growing positions (modulo 2^32).  The console's output is one ring for all processes, read by the worker that
 * coordinates the first one.  Read next: descriptors.js. */
(function (K, {
  E, O_ACCMODE, O_APPEND, O_NONBLOCK, O_CLOEXEC, OUT_SEQ, OUT_CLOSED, P_FDS, O_KIND, O_OBJECT, O_FLAGS, O_POS, K_FILE, K_READ, K_WRITE, K_CONSOLE,
  K_NULL, K_SOCKET, I_DATA, I_SIZE, I_LAZY, PIPE_SIZE, PIPE_HEAD, R, W, READERS, WRITERS, SINK, CONSOLE_SIZE, at, pipeUsed,
}) {

  /* ---- reading and writing ---- */

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
      else if (H[i + I_LAZY]) return this.readLazy(fd, o, p, n, offset, main);
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
    if (kind === K_SOCKET) return this.receive(fd, p, n, 0, 0, 0, 0, main);
    if (kind === K_WRITE) return -E.BADF;
    return this.holdingFile(fd, function (held) {
      if (H[held + O_KIND] !== kind || H[held + O_OBJECT] !== object) return -E.BADF; // closed meanwhile
      return this.readPipe(kind === K_CONSOLE ? H[OUT_SEQ + 6] : object, H[held + O_FLAGS] & O_NONBLOCK ? 0 : -1, p, n, main);
    });
  };
  K.readPipe = function (pipe, wait, p, n, main) {
    var H = this.H;
    return this.wait(pipe, main, wait, -E.AGAIN, function () {
      if (n === 0) return 0;
      if (pipeUsed(H, pipe) > 0) {
        var got = this.pipeTake(pipe, PIPE_SIZE, p, n);
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
    if (kind === K_SOCKET) return this.send(fd, p, n, 0, 0, 0, 0, main);
    if (kind === K_READ) return -E.BADF;
    if (kind === K_CONSOLE) return this.consoleWrite(object || 1, p, n, main);
    return this.holdingFile(fd, function (held) {
      if (H[held + O_KIND] !== kind || H[held + O_OBJECT] !== object) return -E.BADF; // closed meanwhile
      return this.writePipe(object, H[held + O_FLAGS] & O_NONBLOCK ? 0 : -1, p, n, main);
    });
  };
  K.writePipe = function (object, wait, p, n, main) {
    var H = this.H, done = 0, self = this;
    while (done < n) {
      var got = this.wait(object, main, wait, -E.AGAIN, function () {
        if (H[(object >> 2) + READERS] === 0) return -E.PIPE;
        if (H[(object >> 2) + SINK]) return n - done;
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
})(BatonKernel.prototype, BatonKernel.layout);
