/* files.js: inodes, folders and names.
 *
 * An inode's content is one block of the kernel's memory, grown by doubling, in place where it is the last.  All of this runs locked, except what C calls: those functions lock.
 * Read next: descriptors.js. */
(function (K, {
  E, S_DIR, S_LINK, S_FMT, INODE_NEXT, INODE_FREE, INODES, INODE_WORDS, I_MODE, I_LINKS, I_OPENS, I_DATA, I_CAPACITY, I_SIZE, I_PARENT, I_MTIME,
  I_CTIME, I_ATIME, NOT_FILLED, now, at, order,
}) {

  /* ---- inodes ---- */

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
    this.freeBlocks(H[p + I_DATA], H[p + I_CAPACITY]);
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
    var old = H[p + I_DATA], capacity = this.extend(old, H[p + I_CAPACITY], size);
    if (!capacity) {
      var data = this.alloc(size);
      if (!data) return -E.NOSPC;
      capacity = 2 ** order(size);
      this.B.copyWithin(data, old, old + H[p + I_SIZE]);
      this.freeBlocks(old, H[p + I_CAPACITY]);
      H[p + I_DATA] = data;
    }
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

  /* Where a path leads: {folder, name, inode, record}, inode 0 when only the last part is missing; or -errno, or NOT_FILLED (lazy.js).  Locked. */
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
      if (!inode && this.mayFill(folder, name)) return NOT_FILLED;
      at_ = { folder: folder, name: name, inode: inode, record: record };
      if (inode && (H[at(inode) + I_MODE] & S_FMT) === S_LINK && (!last || follow)) {
        var p = at(inode), target = this.B.slice(H[p + I_DATA], H[p + I_DATA] + H[p + I_SIZE]);
        var there = this.walk(folder, target, true, depth + 1);
        if (typeof there === 'number') return there;
        at_ = there;
      }
    }
  };
})(BatonKernel.prototype, BatonKernel.layout);
