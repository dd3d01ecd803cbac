/* names.js: what C asks about files by name: stat, mkdir, rename, links, folders' entries, the current folder; and what JavaScript puts there.
 *
 * Each call locks.  Read next: files.js. */
(function (K, {
  E, S_DIR, S_FILE, S_LINK, S_FIFO, S_CHR, S_SOCK, S_FMT, AT_FDCWD, P_CWD, P_UMASK, O_KIND, O_OBJECT, K_FILE, K_READ, K_WRITE, K_SOCKET, I_MODE, I_LINKS, I_DATA,
  I_SIZE, I_PARENT, I_MTIME, I_CTIME, I_ATIME, encoder, now, at,
}) {

  /* ---- names ---- */

  /* Fills eight doubles: mode, links, size, inode, mtime, ctime, atime (ms), blocks. */
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
  K.isatty = function () { return 0; };
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
      var start = this.base(tofd, target), b = start < 0 ? start : this.walk(start, target, false);
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
      var start = this.base(tofd, target), b = start < 0 ? start : this.walk(start, target, false);
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
    return this.with(dirfd, path, follow, function (place) {
      if (!place.inode) return -E.NOENT;
      return (this.H[at(place.inode) + I_MODE] & S_FMT) === S_LINK ? -E.OPNOTSUPP : this.setMode(place.inode, mode); // Linux does not change a link's own
    });
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

  /* ---- from JavaScript ---- */

  /* Writes a file (folders are made as needed), or with bytes null makes a folder. mode: permissions, default 644 */
  K.put = function (path, bytes, mode) {
    this.lock();
    try {
      var parts = path.split('/').filter(function (part) { return part && part !== '.'; }), folder = path[0] === '/' ? 1 : this.H[this.self + P_CWD] || 1;
      for (var k = 0; k < parts.length; k++) {
        if (!this.isFolder(folder)) throw new Error(path + ': ' + parts[k - 1] + ' is not a folder');
        var last = k === parts.length - 1 && bytes !== null, up = parts[k] === '..' ? this.H[at(folder) + I_PARENT] : 0;
        var name = encoder.encode(parts[k]), record = up ? 0 : this.find(folder, name), n = up || (record ? this.H[record >> 2] : 0);
        if (!n) {
          n = this.inodeNew(last ? S_FILE | (mode || 0o644) : S_DIR | 0o755);
          if (n && !last) { this.H[at(n) + I_PARENT] = folder; this.H[at(n) + I_LINKS] = 2; }
          if (!this.enter(folder, name, n)) throw new Error('no room for ' + path + ', or its name is too long');
          if (!last) this.H[at(folder) + I_LINKS]++;
        }
        if (last) {
          if (this.isFolder(n)) throw new Error(path + ' is a folder');
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
})(BatonKernel.prototype, BatonKernel.layout);
