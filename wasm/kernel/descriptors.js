/* descriptors.js: a process's descriptors, the open files behind them, positions.
 *
 * Descriptors of one or several processes may share an open file (dup, inheritance): it counts them.  Read next: pipes.js. */
(function (K, {
  E, S_DIR, S_FILE, S_LINK, S_CHR, S_FMT, O_ACCMODE, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_NONBLOCK, O_DIRECTORY, O_NOFOLLOW, O_CLOEXEC, O_PATH,
  AT_FDCWD, FDS, P_CWD, P_UMASK, P_FDS, OPENS, OPEN_WORDS, O_REFS, O_KIND, O_OBJECT, O_FLAGS, O_POS, K_FILE, K_READ, K_WRITE, K_CONSOLE, K_NULL, K_SOCKET,
  I_MODE, I_OPENS, I_SIZE, I_LAZY, NOT_FILLED, OPEN_AT, HOLDS, HOLD_WORDS, HOLD_AT, PIPE_SIZE, PIPE_HEAD, READERS, WRITERS, SINK, decoder, at, open_,
}) {

  /* ---- descriptors ---- */

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
    } else if (H[o + O_KIND] === K_SOCKET) {
      this.socketRelease(object);
    } else if (H[o + O_KIND] === K_READ || H[o + O_KIND] === K_WRITE) {
      var pipe = object >> 2, sink = H[pipe + SINK];
      H[pipe + (H[o + O_KIND] === K_READ ? READERS : WRITERS)]--;
      if (sink && H[pipe + WRITERS] === 0) this.end(sink, 0); // which closes its other side
      else if (H[pipe + READERS] === 0 && H[pipe + WRITERS] === 0) this.free(object, PIPE_SIZE + PIPE_HEAD);
      else this.ring(object);
    }
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
  /* Runs fn(open file) while what is behind a descriptor is kept alive over waits, until it returns or the process ends: that, or -errno. */
  K.holdingFile = function (fd, fn) {
    const H = this.H, end = HOLD_AT + HOLDS * HOLD_WORDS;
    let at = HOLD_AT;
    this.lock();
    while (at < end && H[at]) at += HOLD_WORDS;
    const o = this.file(fd), error = !o ? -E.BADF : at === end ? -E.NFILE : 0;
    if (!error) {
      H[o + O_REFS]++;
      H[at] = this.process + 1;
      H[at + 1] = (o - OPEN_AT) / OPEN_WORDS;
    }
    this.unlock();
    if (error) return error;
    try {
      return fn.call(this, o);
    } finally {
      this.lock();
      H[at] = 0;
      this.openRelease(H[at + 1]);
      this.unlock();
    }
  };
  /* Process n has ended: its threads will not let go.  Locked. */
  K.holdsRelease = function (n) {
    const H = this.H;
    for (let at = HOLD_AT; at < HOLD_AT + HOLDS * HOLD_WORDS; at += HOLD_WORDS) {
      if (H[at] !== n + 1) continue;
      H[at] = 0;
      this.openRelease(H[at + 1]);
    }
  };
  /* The folder that a path begins in: an inode, or -errno. */
  K.base = function (dirfd, path) {
    if (path[0] === 47) return 1;
    if (dirfd === AT_FDCWD) return this.H[this.self + P_CWD] || 1;
    var o = this.file(dirfd);
    return !o ? -E.BADF : this.H[o + O_KIND] === K_FILE ? this.H[o + O_OBJECT] : -E.NOTDIR;
  };
  K.text = function (p) {
    var m = new Uint8Array(this.memory().buffer), end = p;
    while (m[end]) end++;
    return m.slice(p, end);
  };
  K.string = function (p) { return decoder.decode(this.text(p)); };
  /* Runs fn(place) locked, with where the path of a call leads. */
  K.with = function (dirfd, path, follow, fn) {
    var bytes = this.text(path);
    for (var filled = false; ; filled = true) {
      this.lock();
      try {
        var start = this.base(dirfd, bytes);
        if (start < 0) return start;
        var place = this.walk(start, bytes, follow), result = typeof place === 'number' ? place : fn.call(this, place);
      } finally { this.unlock(); }
      if (result !== NOT_FILLED) return result;
      if (filled || !this.fillFolders()) return -E.IO; // the second time it has been moved to where its names do not belong
    }
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
        if (H[at(inode) + I_LAZY] && type === S_DIR) return NOT_FILLED;
        if (H[at(inode) + I_LAZY] && flags & (O_ACCMODE | O_TRUNC)) return -E.ROFS;
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
})(BatonKernel.prototype, BatonKernel.layout);
