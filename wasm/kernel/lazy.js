/* lazy.js: files that are part of the file system and come over the network when they are read: the library's sources, time zones.
 *
 * Their content lies in pieces behind the library's image (../pieces.mjs), which all processes share; an inode's I_LAZY is its place there, plus one.  The names come when
 * the first of them is asked for: until then I_LAZY of their folder is 1, and who walks into it is told NOT_FILLED, with everything as it was; K.with has the names fetched,
 * unlocked, and begins again.  What cannot be had is EIO, and asked for again the next time.  Such files can be removed or replaced, not written to.
 * Read next: ../../web/runtime/library.js. */
(function (K, { E, S_DIR, S_FILE, I_LINKS, I_SIZE, I_PARENT, I_LAZY, O_KIND, O_OBJECT, O_POS, K_FILE, encoder, decoder, at }) {

  /* What the start of each program asks for, and no lazy folder has. */
  var ABSENT = 'site-packages';

  /* A folder whose content is lazy; from JavaScript. */
  K.mount = function (path) {
    var n = this.put(path, null);
    this.H[at(n) + I_LAZY] = 1;
  };
  /* May a folder have a name that it does not have yet? Locked. */
  K.mayFill = function (folder, name) { return this.H[at(folder) + I_LAZY] !== 0 && (name.length !== ABSENT.length || decoder.decode(name) !== ABSENT); };
  K.known = function (path) {
    this.lock();
    try {
      var place = this.walk(1, this.text(path), true);
      return typeof place !== 'number' && place.inode ? 1 : 0;
    } finally { this.unlock(); }
  };

  /* Fetches all names: false if they cannot be had.  Not locked. */
  K.fillFolders = function () {
    var piece = this.store.pieceOf('names'), library = this.store.library;
    if (piece < 0 || !this.store.have(piece, false)) return false;
    var folders = JSON.parse(decoder.decode(library.bytes.slice(library.pieces[piece].start, library.pieces[piece].end)));
    this.lock();
    try {
      for (var folder of folders) this.fillFolder(this.walk(1, encoder.encode(folder.path), true), folder);
    } finally { this.unlock(); }
    return true;
  };
  /* start: place of the first file; files: name, size and, if it is not behind the one before, place. Locked. */
  K.fillFolder = function (place, { start, files }) {
    var H = this.H, next = start, known = new Map([['', place.inode]]);
    if (!H[at(place.inode) + I_LAZY]) return; // filled by another thread, or replaced
    H[at(place.inode) + I_LAZY] = 0;
    for (var [path, size, elsewhere] of files) {
      var slash = path.lastIndexOf('/'), folder = this.folderFor(known, slash < 0 ? '' : path.slice(0, slash)), name = encoder.encode(path.slice(slash + 1));
      if (folder && !this.find(folder, name)) {
        var n = this.inodeNew(S_FILE | 0o444);
        if (!this.enter(folder, name, n)) return; // there is no room
        H[at(n) + I_SIZE] = size;
        H[at(n) + I_LAZY] = 1 + (elsewhere === undefined ? next : elsewhere);
      }
      if (elsewhere === undefined) next += size;
    }
  };
  K.folderFor = function (known, path) {
    if (known.has(path)) return known.get(path);
    var slash = path.lastIndexOf('/'), parent = this.folderFor(known, slash < 0 ? '' : path.slice(0, slash)), name = encoder.encode(path.slice(slash + 1));
    var record = parent && this.find(parent, name), n = record ? this.H[record >> 2] : 0;
    if (parent && !record) {
      n = this.enter(parent, name, this.inodeNew(S_DIR | 0o755));
      if (n) {
        this.H[at(n) + I_LINKS] = 2;
        this.H[at(n) + I_PARENT] = parent;
        this.H[at(parent) + I_LINKS]++;
      }
    }
    known.set(path, n);
    return n;
  };
  /* A new inode gets a name: the inode, or 0 and it is gone. */
  K.enter = function (folder, name, n) {
    if (!n || this.link(folder, name, n) >= 0) return n;
    this.H[at(n) + I_LINKS] = 0;
    this.inodeRelease(n);
    return 0;
  };

  /* As K.read, which has locked. */
  K.readLazy = function (fd, o, p, n, offset, main) {
    var H = this.H, i = at(H[o + O_OBJECT]), from = offset >= 0 ? offset : this.F[(o + O_POS) >> 1], place = H[i + I_LAZY] - 1;
    var result = Math.max(0, Math.min(n, H[i + I_SIZE] - from));
    this.unlock();
    if (result > 0 && this.store.imageRead(place + from, p, result, main) < 0) return main && this.signalled() ? -E.INTR : -E.IO;
    if (offset < 0) {
      this.lock();
      if (this.file(fd) === o && H[o + O_KIND] === K_FILE) this.F[(o + O_POS) >> 1] = from + result;
      this.unlock();
    }
    return result;
  };
})(BatonKernel.prototype, BatonKernel.layout);
