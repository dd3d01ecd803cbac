/* rights.js: descriptors that travel over UNIX sockets (SCM_RIGHTS).
 *
 * They wait in parcels with the pipe that carries the data they were sent with.  A parcel counts its open files, and knows the positions of those data: who takes the first byte of them
 * is given descriptors, or closes them where there is no room, and takes nothing behind the last byte, as on Linux.  A pipe that ends closes what nobody took; a socket that was sent
 * over itself is never closed.  Everything here is called locked.  Read next: sockets.js. */
(function (K, { E, OPEN_WORDS, OPEN_AT, O_REFS, R, W, PARCELS, open_ }) {
  // Words of a parcel; open files follow.
  const NEXT = 0, BEGIN = 1, END = 2, COUNT = 3, FILES = 4;
  // Words of struct kernel_rights (../kernel.h); descriptors follow.
  const ROOM = 0, GIVEN = 1, CUT = 2, GIVEN_FDS = 3;

  /* The n bytes that are put into the pipe next come with the descriptors in the struct kernel_rights at p: 0 or -errno. */
  K.parcelSend = function (pipe, p, n) {
    const H = this.H, m = new Int32Array(this.memory().buffer), from = p >> 2, count = m[from + GIVEN];
    const files = Array.from(m.subarray(from + GIVEN_FDS, from + GIVEN_FDS + count), (fd) => this.file(fd));
    if (files.includes(0)) return -E.BADF;
    const parcel = this.alloc((FILES + count) << 2);
    if (!parcel) return -E.NOMEM;
    H[(parcel >> 2) + BEGIN] = H[(pipe >> 2) + W];
    H[(parcel >> 2) + END] = H[(pipe >> 2) + W] + n;
    H[(parcel >> 2) + COUNT] = count;
    files.forEach((o, i) => {
      H[o + O_REFS]++;
      H[(parcel >> 2) + FILES + i] = (o - OPEN_AT) / OPEN_WORDS;
    });
    let last = (pipe >> 2) + PARCELS;
    while (H[last]) last = (H[last] >> 2) + NEXT;
    H[last] = parcel;
    return 0;
  };
  K.parcelRelease = function (parcel) {
    const H = this.H, count = H[(parcel >> 2) + COUNT];
    for (let i = 0; i < count; i++) this.openRelease(H[(parcel >> 2) + FILES + i]);
    this.free(parcel, (FILES + count) << 2);
  };
  /* All of a pipe that ends. */
  K.parcelsRelease = function (pipe) {
    const H = this.H;
    for (let parcel = 0; (parcel = H[(pipe >> 2) + PARCELS]); this.parcelRelease(parcel)) H[(pipe >> 2) + PARCELS] = H[(parcel >> 2) + NEXT];
  };
  /* How many bytes, of n, one call may take from a pipe. */
  K.parcelReach = function (pipe, n) {
    const first = this.H[(pipe >> 2) + PARCELS];
    return first ? Math.min(n, (this.H[(first >> 2) + END] - this.H[(pipe >> 2) + R]) | 0) : n;
  };
  /* Opens the first parcel if bytes that it came with have been taken: descriptors for the struct kernel_rights at p, as many as it has room for.  Whether it was opened. */
  K.parcelOpen = function (pipe, p, cloexec) {
    const H = this.H, parcel = H[(pipe >> 2) + PARCELS], m = new Int32Array(this.memory().buffer), to = p >> 2;
    if (!parcel || ((H[(pipe >> 2) + R] - H[(parcel >> 2) + BEGIN]) | 0) <= 0) return false;
    H[(pipe >> 2) + PARCELS] = H[(parcel >> 2) + NEXT];
    for (let i = 0; p && i < H[(parcel >> 2) + COUNT]; i++) {
      const n = H[(parcel >> 2) + FILES + i], fd = m[to + GIVEN] < m[to + ROOM] ? this.fdNew(n, cloexec) : -E.MFILE;
      if (fd < 0) {
        m[to + CUT] = 1;
        break;
      }
      H[open_(n) + O_REFS]++;
      m[to + GIVEN_FDS + m[to + GIVEN]++] = fd;
    }
    this.parcelRelease(parcel);
    return true;
  };
})(BatonKernel.prototype, BatonKernel.layout);
