/* sockets.js: sockets in the kernel that a program's processes share (kernel.js): connections between its own threads and processes, and HTTP to the world.
 *
 * A socket is a block of the kernel's heap.  Two connected sockets share two pipes, one for each direction.  A connection that leads out of the program is
 * `far`: its pipes' other ends belong to the coordinating worker, which reads the HTTP request from them, makes it by the page's fetch and writes the answer
 * (../../web/runtime/fetch.js); nothing else can leave a page.  A far host has no address that a page could find out, so names get numbers of their own.
 * Locks and waiting as in kernel.js: everything here that reads or changes a socket does so locked.  Read next: ../posix_socket.c.
 */
/* global BatonKernel */
(function () {
  'use strict';
  var K = BatonKernel.prototype, I = BatonKernel.layout, E = I.E;
  var AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10, STREAM = 1, DGRAM = 2, NONBLOCK = 0o4000, CLOEXEC = 0o2000000, S_SOCK = 0o140000;
  var MSG_PEEK = 2, MSG_DONTWAIT = 0x40, MSG_WAITALL = 0x100, MSG_CMSG_CLOEXEC = 0x40000000;
  // More errno numbers of Linux.
  var SOCKTNOSUPPORT = 94, AFNOSUPPORT = 97, ADDRINUSE = 98, ISCONN = 106, NOTCONN = 107, CONNREFUSED = 111, DESTADDRREQ = 89, NOTSOCK = 88, MSGSIZE = 90;

  // Words of a socket.
  var FAMILY = 0, TYPE = 1, STATE = 2, RX = 3, TX = 4, ERROR = 5, TEXT = 6, TEXT_SIZE = 7, PHASE = 8, LATE = 9, NEXT = 10, WAITING = 11, SHUT = 12, INODE = 13,
    SECURE = 14, LOCAL_SIZE = 15, REMOTE_SIZE = 16, OPTIONS = 20, OPTION_COUNT = 12, LOCAL_AT = 192, REMOTE_AT = 320, SOCKET_SIZE = 448;
  var NEW = 0, LISTENING = 1, CONNECTED = 2, FAR = 3, CLOSED = 4;
  // What the coordinating worker has done of a far connection's request.
  var UNSEEN = 0, PARTIAL = 1, ASKED = 2, ANSWERED = 3, FAILED = 4;
  var SHUT_READ = 1, SHUT_WRITE = 2, SHUT_TOLD = 4; // the last: data went out to an end that has closed
  var SOL_SOCKET = 1, SOL_BATON = 0x4261; // option 1 of SOL_BATON: the connection is TLS, which fetch will make
  var PIPE_SIZE = I.PIPE_SIZE, PIPE_HEAD = I.PIPE_HEAD, R = 0, W = 1, READERS = 2, WRITERS = 3;
  var NET_SEQ = I.NET_SEQ, NET_LIST = I.NET_LIST, HOSTS = I.HOSTS, PORT_NEXT = I.PORT_NEXT;
  var encoder = new TextEncoder(), decoder = new TextDecoder();

  /* ---- addresses, as struct sockaddr has them ---- */

  function family(a) { return a[0] | (a[1] << 8); }
  function port(a) { return family(a) === AF_UNIX ? 0 : (a[2] << 8) | a[3]; }
  function isLocal(a) {
    if (family(a) === AF_INET) return a[4] === 127 || (a[4] | a[5] | a[6] | a[7]) === 0;
    for (var i = 8; i < 23; i++) if (a[i] !== 0 && !(i >= 18 && i < 20 && a[i] === 255) && i < 20) return false;
    return a[20] === 127 || ((a[20] | a[21] | a[22]) === 0 && a[23] <= 1);
  }
  function named(family_, port_) { // the loopback address
    var a = new Uint8Array(family_ === AF_INET ? 16 : 28);
    a[0] = family_;
    a[2] = port_ >> 8;
    a[3] = port_ & 255;
    if (family_ === AF_INET) a.set([127, 0, 0, 1], 4);
    else a[23] = 1;
    return a;
  }
  K.bytesAt = function (p, n) { return new Uint8Array(this.memory().buffer, p, n).slice(); };
  K.setAddress = function (s, at, word, bytes) {
    bytes = bytes.subarray(0, 128);
    this.B.set(bytes, s + at);
    this.H[(s >> 2) + word] = bytes.length;
  };
  K.address = function (s, at, word) { return this.B.slice(s + at, s + at + this.H[(s >> 2) + word]); };
  /* Copies an address out to C: address at `p`, its room at *size, which becomes its length. */
  K.giveAddress = function (bytes, p, size) {
    if (!p) return;
    var words = new Int32Array(this.memory().buffer, size, 1);
    new Uint8Array(this.memory().buffer, p, Math.min(words[0], bytes.length)).set(bytes.subarray(0, words[0]));
    words[0] = bytes.length;
  };

  /* ---- life ---- */

  K.socketNew = function (family_, type) {
    var s = this.alloc(SOCKET_SIZE);
    if (s) {
      this.H[(s >> 2) + FAMILY] = family_;
      this.H[(s >> 2) + TYPE] = type;
      var a = new Uint8Array(family_ === AF_INET ? 16 : family_ === AF_INET6 ? 28 : 2);
      a[0] = family_;
      this.setAddress(s, LOCAL_AT, LOCAL_SIZE, a);
    }
    return s;
  };
  K.socketOpen = function (s, flags) { // a descriptor, or -errno; the socket is released on failure
    var n = this.openNew(I.K_SOCKET, s, 2 | (flags & NONBLOCK));
    if (!n) { this.socketRelease(s); return -E.NFILE; }
    var fd = this.fdNew(n, flags & CLOEXEC);
    if (fd < 0) this.openRelease(n);
    return fd;
  };
  K.pipeNew = function () {
    var pipe = this.alloc(PIPE_SIZE + PIPE_HEAD);
    if (pipe) this.H[(pipe >> 2) + READERS] = this.H[(pipe >> 2) + WRITERS] = 1;
    return pipe;
  };
  K.mailboxNew = function () { // of datagrams: anyone writes
    var pipe = this.pipeNew();
    if (pipe) this.H[(pipe >> 2) + WRITERS] = 0;
    return pipe;
  };
  K.pipeDrop = function (pipe, end) {
    var H = this.H, p = pipe >> 2;
    if (!pipe || H[p + end] === 0) return;
    if (end === READERS && H[p + end] === 1) this.parcelsRelease(pipe); // before: its own other end may be among them
    H[p + end]--;
    if (H[p + READERS] === 0 && H[p + WRITERS] === 0) this.free(pipe, PIPE_SIZE + PIPE_HEAD);
    else this.ring(pipe);
  };
  K.netKick = function () { Atomics.add(this.H, NET_SEQ, 1); Atomics.notify(this.H, NET_SEQ); };
  /* The last descriptor of a socket is closed. */
  K.socketRelease = function (s) {
    var H = this.H, w = s >> 2, state = H[w + STATE];
    while (H[w + WAITING]) { // connections that nobody accepted
      var first = H[w + WAITING];
      H[w + WAITING] = H[(first >> 2) + NEXT];
      this.socketRelease(first);
    }
    if (!(H[w + SHUT] & SHUT_READ)) this.pipeDrop(H[w + RX], READERS);
    if (!(H[w + SHUT] & SHUT_WRITE)) this.pipeDrop(H[w + TX], WRITERS);
    H[w + STATE] = CLOSED;
    if (state === FAR) this.netKick(); // the coordinating worker frees it
    else this.socketFree(s);
  };
  K.socketFree = function (s) {
    if (this.H[(s >> 2) + TEXT]) this.free(this.H[(s >> 2) + TEXT], this.H[(s >> 2) + TEXT_SIZE]);
    this.free(s, SOCKET_SIZE);
  };
  /* The socket behind a descriptor, or -errno.  Locked. */
  K.socketOf = function (fd) {
    var o = this.file(fd);
    return !o ? -E.BADF : this.H[o + I.O_KIND] !== I.K_SOCKET ? -NOTSOCK : this.H[o + I.O_OBJECT];
  };
  /* Runs fn(socket, nonblocking) while the socket behind a descriptor is kept alive. */
  K.holding = function (fd, flags, fn) {
    return this.holdingFile(fd, function (o) {
      var H = this.H;
      if (H[o + I.O_KIND] !== I.K_SOCKET) return -NOTSOCK;
      return fn.call(this, H[o + I.O_OBJECT], (H[o + I.O_FLAGS] & NONBLOCK) !== 0 || (flags & MSG_DONTWAIT) !== 0);
    });
  };
  K.onSocket = function (fd, fn) {
    this.lock();
    try {
      var s = this.socketOf(fd);
      return s < 0 ? s : fn.call(this, s, s >> 2);
    } finally { this.unlock(); }
  };
  K.socket = function (family_, type, flags) {
    if (family_ !== AF_INET && family_ !== AF_INET6 && family_ !== AF_UNIX) return -AFNOSUPPORT;
    if (type !== STREAM && type !== DGRAM) return -SOCKTNOSUPPORT;
    this.lock();
    var s = this.socketNew(family_, type), result = s ? this.socketOpen(s, flags) : -E.NFILE;
    this.unlock();
    return result;
  };
  /* Joins two sockets by two pipes: 0 or -errno. */
  K.join = function (a, b) {
    var H = this.H, there = this.pipeNew(), back = this.pipeNew();
    if (!there || !back) {
      if (there) this.free(there, PIPE_SIZE + PIPE_HEAD);
      return -E.NFILE;
    }
    H[(a >> 2) + TX] = H[(b >> 2) + RX] = there;
    H[(a >> 2) + RX] = H[(b >> 2) + TX] = back;
    H[(a >> 2) + STATE] = H[(b >> 2) + STATE] = CONNECTED;
    return 0;
  };
  K.socketPair = function (family_, type, p, flags) {
    if (family_ !== AF_UNIX) return -E.OPNOTSUPP;
    if (type !== STREAM) return -SOCKTNOSUPPORT;
    this.lock();
    try {
      var a = this.socketNew(family_, type), b = this.socketNew(family_, type), error = a && b ? this.join(a, b) : -E.NFILE;
      if (error) {
        if (a) this.socketFree(a);
        if (b) this.socketFree(b);
        return error;
      }
      var unnamed = new Uint8Array([AF_UNIX, 0]);
      this.setAddress(a, REMOTE_AT, REMOTE_SIZE, unnamed);
      this.setAddress(b, REMOTE_AT, REMOTE_SIZE, unnamed);
      var one = this.socketOpen(a, flags), two = one < 0 ? one : this.socketOpen(b, flags);
      if (one < 0) this.socketRelease(b);
      if (two < 0) {
        if (one >= 0) {
          var n = this.H[this.self + I.P_FDS + one] & 0xffff;
          this.H[this.self + I.P_FDS + one] = 0;
          this.openRelease(n);
        }
        return two;
      }
      new Int32Array(this.memory().buffer, p, 2).set([one, two]);
      return 0;
    } finally { this.unlock(); }
  };

  /* ---- names of sockets ---- */

  /* The socket bound to an address (and of a type), in a state if one is given, or 0. */
  K.socketAt = function (a, inode, type, state) {
    var H = this.H, f = family(a), p = port(a);
    for (var n = 1; n < I.OPENS; n++) {
      var o = I.open_(n);
      if (H[o + I.O_REFS] === 0 || H[o + I.O_KIND] !== I.K_SOCKET) continue;
      var s = H[o + I.O_OBJECT], w = s >> 2;
      if (H[w + TYPE] !== type || (state !== undefined && H[w + STATE] !== state)) continue;
      var b = this.address(s, LOCAL_AT, LOCAL_SIZE);
      if (f === AF_UNIX) {
        if (H[w + FAMILY] !== AF_UNIX || H[w + INODE] !== inode || b.length <= 2) continue;
        if (inode === 0 && (b.length !== a.length || b.some(function (byte, i) { return byte !== a[i]; }))) continue;
        return s;
      }
      if (H[w + FAMILY] !== AF_UNIX && p !== 0 && port(b) === p) return s;
    }
    return 0;
  };
  K.freePort = function (type) {
    for (;;) {
      var p = 49152 + (this.H[PORT_NEXT]++ % 16384);
      if (!this.socketAt(named(AF_INET, p), 0, type)) return p;
    }
  };
  /* Where the path of a UNIX socket leads: a place as of walk(), null for an abstract name, or -errno. */
  K.socketPath = function (a) {
    if (a.length <= 2 || a[2] === 0) return null;
    var end = a.indexOf(0, 2), path = a.subarray(2, end < 0 ? a.length : end);
    var place = this.walk(this.base(I.AT_FDCWD, path), path, true);
    return place === I.NOT_FILLED ? -E.NOENT : place; // no socket lies in a lazy folder
  };
  K.bind = function (fd, p, n) {
    var a = this.bytesAt(p, n);
    return this.onSocket(fd, function (s, w) {
      var H = this.H;
      if (family(a) !== H[w + FAMILY]) return -AFNOSUPPORT;
      if (H[w + LOCAL_SIZE] > 2 && (H[w + FAMILY] === AF_UNIX || port(this.address(s, LOCAL_AT, LOCAL_SIZE)))) return -E.INVAL;
      if (H[w + FAMILY] === AF_UNIX) {
        var place = this.socketPath(a);
        if (typeof place === 'number') return place;
        if (place === null) {
          if (this.socketAt(a, 0, H[w + TYPE])) return -ADDRINUSE;
        } else {
          if (place.inode) return -ADDRINUSE;
          var inode = this.inodeNew(S_SOCK | 0o755);
          if (!inode) return -E.NOSPC;
          var error = this.link(place.folder, place.name, inode);
          if (error) return error;
          H[w + INODE] = inode;
        }
      } else {
        if (!isLocal(a)) return -99; // EADDRNOTAVAIL
        if (port(a) === 0) {
          var free = this.freePort(H[w + TYPE]);
          a[2] = free >> 8;
          a[3] = free & 255;
        } else if (this.socketAt(a, 0, H[w + TYPE])) return -ADDRINUSE;
      }
      this.setAddress(s, LOCAL_AT, LOCAL_SIZE, a);
      if (H[w + TYPE] === DGRAM && !H[w + RX]) H[w + RX] = this.mailboxNew();
      return 0;
    });
  };
  K.bindAny = function (s) {
    var H = this.H, w = s >> 2;
    if (H[w + FAMILY] === AF_UNIX || port(this.address(s, LOCAL_AT, LOCAL_SIZE))) return;
    this.setAddress(s, LOCAL_AT, LOCAL_SIZE, named(H[w + FAMILY], this.freePort(H[w + TYPE])));
    if (H[w + TYPE] === DGRAM && !H[w + RX]) H[w + RX] = this.mailboxNew();
  };
  K.listen = function (fd) {
    return this.onSocket(fd, function (s, w) {
      var H = this.H;
      if (H[w + TYPE] !== STREAM) return -E.OPNOTSUPP;
      if (H[w + STATE] !== NEW && H[w + STATE] !== LISTENING) return -E.INVAL;
      this.bindAny(s);
      H[w + STATE] = LISTENING;
      return 0;
    });
  };
  K.connect = function (fd, p, n) {
    var a = this.bytesAt(p, n);
    return this.onSocket(fd, function (s, w) {
      var H = this.H;
      if (H[w + TYPE] === DGRAM) {
        this.bindAny(s);
        this.setAddress(s, REMOTE_AT, REMOTE_SIZE, family(a) === 0 ? new Uint8Array(0) : a);
        return 0;
      }
      if (H[w + STATE] === CONNECTED || H[w + STATE] === FAR) return -ISCONN;
      if (H[w + STATE] !== NEW) return -E.INVAL;
      if (family(a) !== H[w + FAMILY]) return -AFNOSUPPORT;
      var place = H[w + FAMILY] === AF_UNIX ? this.socketPath(a) : null;
      if (typeof place === 'number') return place;
      if (place && !place.inode) return -E.NOENT;
      var server = place || H[w + FAMILY] === AF_UNIX || isLocal(a) ? this.socketAt(a, place ? place.inode : 0, STREAM, LISTENING) : 0;
      if (!server && H[w + FAMILY] === AF_UNIX) return -CONNREFUSED;
      if (!server) return this.connectFar(s, a);
      this.bindAny(s);
      var end = this.socketNew(H[w + FAMILY], STREAM), error = end ? this.join(s, end) : -E.NFILE;
      if (error) {
        if (end) this.socketFree(end);
        return error;
      }
      this.setAddress(s, REMOTE_AT, REMOTE_SIZE, a);
      this.setAddress(end, LOCAL_AT, LOCAL_SIZE, this.address(server, LOCAL_AT, LOCAL_SIZE));
      this.setAddress(end, REMOTE_AT, REMOTE_SIZE, this.address(s, LOCAL_AT, LOCAL_SIZE));
      var last = server;
      for (var next = H[(server >> 2) + WAITING]; next; next = H[(next >> 2) + NEXT]) last = next;
      H[(last >> 2) + (last === server ? WAITING : NEXT)] = end;
      H[(end >> 2) + NEXT] = 0;
      this.ring(server);
      return 0;
    });
  };
  K.accept = function (fd, p, size, flags, main) {
    return this.holding(fd, 0, function (s, nonblocking) {
      var H = this.H, w = s >> 2;
      return this.wait(s, main, nonblocking ? 0 : -1, -E.AGAIN, function () {
        if (H[w + STATE] !== LISTENING) return -E.INVAL;
        var end = H[w + WAITING];
        if (!end) return undefined;
        H[w + WAITING] = H[(end >> 2) + NEXT];
        H[(end >> 2) + NEXT] = 0;
        this.giveAddress(this.address(end, REMOTE_AT, REMOTE_SIZE), p, size);
        return this.socketOpen(end, flags);
      });
    });
  };
  K.socketName = function (fd, remote, p, size) {
    return this.onSocket(fd, function (s, w) {
      if (remote && !this.H[w + REMOTE_SIZE]) return -NOTCONN;
      this.giveAddress(remote ? this.address(s, REMOTE_AT, REMOTE_SIZE) : this.address(s, LOCAL_AT, LOCAL_SIZE), p, size);
      return 0;
    });
  };

  /* ---- options ---- */

  K.getOption = function (fd, level, option) {
    return this.onSocket(fd, function (s, w) {
      var H = this.H;
      if (level === SOL_SOCKET) {
        switch (option) {
          case 3: return H[w + TYPE];
          case 4: { var error = H[w + ERROR]; H[w + ERROR] = 0; return error; }
          case 7: case 8: return PIPE_SIZE;
          case 30: return H[w + STATE] === LISTENING ? 1 : 0;
          case 38: return H[w + FAMILY] === AF_UNIX ? 0 : H[w + TYPE] === STREAM ? 6 : 17;
          case 39: return H[w + FAMILY];
        }
      }
      for (var i = OPTIONS; i < OPTIONS + 2 * OPTION_COUNT; i += 2) if (H[w + i] === ((level << 16) | (option + 1))) return H[w + i + 1];
      return 0;
    });
  };
  K.setOption = function (fd, level, option, value) {
    return this.onSocket(fd, function (s, w) {
      var H = this.H;
      if (level === SOL_BATON) {
        if (H[w + STATE] !== FAR) return -E.OPNOTSUPP;
        H[w + SECURE] = value;
        return 0;
      }
      for (var i = OPTIONS; i < OPTIONS + 2 * OPTION_COUNT; i += 2) {
        if (H[w + i] !== 0 && H[w + i] !== ((level << 16) | (option + 1))) continue;
        H[w + i] = (level << 16) | (option + 1);
        H[w + i + 1] = value;
        return 0;
      }
      return 0;
    });
  };
  K.shutdown = function (fd, how) {
    return this.onSocket(fd, function (s, w) {
      var H = this.H, shut = H[w + SHUT];
      if (H[w + STATE] !== CONNECTED && H[w + STATE] !== FAR) return -NOTCONN;
      if (how !== 1 && !(shut & SHUT_READ)) { H[w + SHUT] |= SHUT_READ; this.pipeDrop(H[w + RX], READERS); }
      if (how !== 0 && !(shut & SHUT_WRITE)) { H[w + SHUT] |= SHUT_WRITE; this.pipeDrop(H[w + TX], WRITERS); }
      if (H[w + STATE] === FAR) this.netKick();
      this.ring(s);
      return 0;
    });
  };

  /* ---- data ---- */

  function used(H, pipe) { return (H[(pipe >> 2) + W] - H[(pipe >> 2) + R]) | 0; }
  /* What a socket is ready for, as of poll(). */
  K.socketReady = function (s) {
    var H = this.H, w = s >> 2, got = 0, rx = H[w + RX], tx = H[w + TX];
    if (H[w + STATE] === LISTENING) return H[w + WAITING] ? 1 : 0;
    if (H[w + TYPE] === DGRAM) return (rx && used(H, rx) > 0 ? 1 : 0) | 4;
    if (H[w + STATE] === NEW) return 4 | 16;
    if (H[w + ERROR]) got |= 1 | 8;
    if (H[w + SHUT] & SHUT_READ || used(H, rx) > 0 || H[(rx >> 2) + WRITERS] === 0) got |= 1;
    if (H[w + SHUT] & SHUT_WRITE || H[(tx >> 2) + READERS] === 0 || PIPE_SIZE - used(H, tx) >= 4096) got |= 4;
    if (!(H[w + SHUT] & SHUT_READ) && H[(rx >> 2) + WRITERS] === 0 && (H[w + SHUT] & SHUT_WRITE || H[(tx >> 2) + READERS] === 0)) got |= 16;
    return got;
  };
  /* A wait for the answer of this far connection is over already (settle). */
  K.socketLate = function (s) {
    var late = this.H[(s >> 2) + LATE];
    this.H[(s >> 2) + LATE] = 0;
    return late !== 0;
  };
  /* The socket's error, -errno; its text is what strerror() says next on this thread. */
  K.socketError = function (s) {
    var H = this.H, w = s >> 2, error = H[w + ERROR];
    if (H[w + TEXT]) this.errorText = { number: error, text: decoder.decode(this.B.slice(H[w + TEXT] + 4, H[w + TEXT] + 4 + H[H[w + TEXT] >> 2])) };
    return -error;
  };
  /* rights: where descriptors that come with the data go (struct kernel_rights), or 0. */
  K.receive = function (fd, p, n, flags, address, size, rights, main) {
    return this.holding(fd, flags, function (s, nonblocking) { return this.receiveFrom(s, nonblocking, p, n, flags, address, size, rights, main); });
  };
  K.receiveFrom = function (s, nonblocking, p, n, flags, address, size, rights, main) {
    var H = this.H, w = s >> 2, stream = H[w + TYPE] === STREAM, last = !stream || !(flags & MSG_WAITALL) || (flags & MSG_PEEK) !== 0, rx = H[w + RX], done = 0, self = this;
    if (stream && H[w + STATE] !== CONNECTED && H[w + STATE] !== FAR) return -NOTCONN;
    if (!stream && !rx) { this.lock(); this.bindAny(s); rx = H[w + RX]; this.unlock(); }
    do {
      var got = this.wait(rx, main, nonblocking ? 0 : -1, -E.AGAIN, function () {
        if (H[w + SHUT] & SHUT_READ) return 0;
        if (used(H, rx) > 0) {
          var before = H[(rx >> 2) + R], taken;
          if (stream) taken = self.pipeTake(rx, PIPE_SIZE, p + done, self.parcelReach(rx, n - done));
          else {
            var head = new Uint8Array(4);
            self.pipeTake(rx, PIPE_SIZE, head, 4);
            var from = new Uint8Array(head[2]), data = new Uint8Array(head[0] | (head[1] << 8));
            self.pipeTake(rx, PIPE_SIZE, from, from.length);
            self.pipeTake(rx, PIPE_SIZE, data, data.length);
            new Uint8Array(self.memory().buffer, p, Math.min(n, data.length)).set(data.subarray(0, n));
            self.giveAddress(from, address, size);
            taken = Math.min(n, data.length);
          }
          if (flags & MSG_PEEK) H[(rx >> 2) + R] = before;
          else {
            if (self.parcelOpen(rx, rights, flags & MSG_CMSG_CLOEXEC)) last = true;
            self.ring(rx);
            if (H[w + STATE] === FAR) self.netKick();
          }
          return taken;
        }
        if (H[w + ERROR]) return self.socketError(s);
        if (n === done) return 0;
        return H[(rx >> 2) + WRITERS] === 0 && stream ? 0 : undefined;
      });
      if (got <= 0) {
        if (got < 0 && done === 0) return got;
        break;
      }
      done += got;
    } while (!last && done < n);
    if (stream && address) this.giveAddress(new Uint8Array(0), address, size);
    return done;
  };
  /* rights: descriptors that go with the data (struct kernel_rights), or 0; only UNIX sockets carry them. */
  K.send = function (fd, p, n, flags, address, size, rights, main) {
    return this.holding(fd, flags, function (s, nonblocking) {
      if (this.H[(s >> 2) + FAMILY] !== AF_UNIX) rights = 0;
      if (this.H[(s >> 2) + TYPE] === DGRAM) return this.sendDatagram(s, p, n, address ? this.bytesAt(address, size) : null, rights);
      return this.sendTo(s, nonblocking, p, n, rights, main);
    });
  };
  K.sendTo = function (s, nonblocking, p, n, rights, main) {
    var H = this.H, w = s >> 2;
    if (H[w + STATE] !== CONNECTED && H[w + STATE] !== FAR) return H[w + STATE] === NEW ? -E.PIPE : -NOTCONN;
    var tx = H[w + TX], done = 0, self = this;
    while (done < n) {
      var got = this.wait(tx, main, nonblocking ? 0 : -1, -E.AGAIN, function () {
        if (H[w + ERROR]) return self.socketError(s);
        if (H[w + SHUT] & SHUT_WRITE) return -E.PIPE;
        if (H[(tx >> 2) + READERS] === 0) { // over TCP the first data after the other end has closed go out; only the answer to them tells
          if (H[w + FAMILY] === AF_UNIX || H[w + SHUT] & SHUT_TOLD) return -E.PIPE;
          H[w + SHUT] |= SHUT_TOLD;
          return n - done;
        }
        var free = PIPE_SIZE - used(H, tx), part = Math.min(free, n - done);
        if (part === 0) return undefined;
        var error = rights && done === 0 ? self.parcelSend(tx, rights, part) : 0;
        if (error) return error;
        self.pipePut(tx, PIPE_SIZE, new Uint8Array(self.memory().buffer, p + done, part));
        self.ring(tx);
        if (H[w + STATE] === FAR) {
          if (H[w + PHASE] === PARTIAL) H[w + PHASE] = UNSEEN;
          self.netKick();
        }
        return part;
      });
      if (got < 0) return done > 0 ? done : got;
      done += got;
    }
    return done;
  };
  K.sendDatagram = function (s, p, n, a, rights) {
    var H = this.H, w = s >> 2;
    this.lock();
    try {
      if (!a) {
        if (!H[w + REMOTE_SIZE]) return -DESTADDRREQ;
        a = this.address(s, REMOTE_AT, REMOTE_SIZE);
      }
      if (n > 60000) return -MSGSIZE;
      this.bindAny(s);
      var place = H[w + FAMILY] === AF_UNIX ? this.socketPath(a) : null;
      if (typeof place === 'number') return place;
      if (H[w + FAMILY] !== AF_UNIX && !isLocal(a)) return this.refuse(E.PERM, 'a web page cannot send datagrams to the network');
      var to = this.socketAt(a, place ? place.inode : 0, DGRAM), rx = to ? H[(to >> 2) + RX] : 0, from = this.address(s, LOCAL_AT, LOCAL_SIZE);
      if (!rx) return H[w + FAMILY] === AF_UNIX ? -CONNREFUSED : n;
      if (PIPE_SIZE - used(H, rx) < n + 4 + from.length) return H[w + FAMILY] === AF_UNIX ? -E.AGAIN : n; // it is lost, as datagrams are
      var error = rights ? this.parcelSend(rx, rights, n) : 0;
      if (error) return error;
      this.pipePut(rx, PIPE_SIZE, new Uint8Array([n & 255, n >> 8, from.length, 0]));
      this.pipePut(rx, PIPE_SIZE, from);
      this.pipePut(rx, PIPE_SIZE, new Uint8Array(this.memory().buffer, p, n));
      this.ring(rx);
      return n;
    } finally { this.unlock(); }
  };
  K.refuse = function (error, text) {
    this.errorText = { number: error, text: text };
    return -error;
  };
  /* What strerror() says of an error just returned to this thread, if there is more to say than usual: its length, or 0. */
  K.takeErrorText = function (number, p, size) {
    var found = this.errorText;
    this.errorText = null;
    if (!found || found.number !== number) return 0;
    var bytes = encoder.encode(found.text).subarray(0, size - 1);
    new Uint8Array(this.memory().buffer, p, size).set(bytes);
    new Uint8Array(this.memory().buffer, p, size)[bytes.length] = 0;
    return bytes.length;
  };

  /* ---- far connections ---- */

  /* A number for a host name: an address of the range that no network uses (240.0.0.0/8). */
  K.hostNumber = function (p) {
    var name = this.text(p), H = this.H, i = 1;
    this.lock();
    try {
      var at = HOSTS;
      for (var node = H[at]; node; at = node >> 2, node = H[at], i++) {
        if (H[(node >> 2) + 1] === name.length && this.B.subarray(node + 8, node + 8 + name.length).every(function (byte, k) { return byte === name[k]; })) return i;
      }
      var made = this.alloc(8 + name.length);
      if (!made) return -E.NOMEM;
      H[(made >> 2) + 1] = name.length;
      this.B.set(name, made + 8);
      H[at] = made;
      return i;
    } finally { this.unlock(); }
  };
  K.hostName = function (a) { // for a URL
    if (family(a) === AF_INET) {
      if (a[4] !== 240) return a.slice(4, 8).join('.');
      var node = this.H[HOSTS];
      for (var i = (a[5] << 16) | (a[6] << 8) | a[7]; i > 1 && node; i--) node = this.H[node >> 2];
      return node ? decoder.decode(this.B.slice(node + 8, node + 8 + this.H[(node >> 2) + 1])) : '';
    }
    var groups = [];
    for (var k = 8; k < 24; k += 2) groups.push(((a[k] << 8) | a[k + 1]).toString(16));
    return '[' + groups.join(':') + ']';
  };
  K.connectFar = function (s, a) {
    var H = this.H, w = s >> 2, there = this.pipeNew(), back = this.pipeNew();
    if (!there || !back) {
      if (there) this.free(there, PIPE_SIZE + PIPE_HEAD);
      return -E.NFILE;
    }
    this.bindAny(s);
    this.setAddress(s, REMOTE_AT, REMOTE_SIZE, a);
    H[w + TX] = there;
    H[w + RX] = back;
    H[w + STATE] = FAR;
    H[w + NEXT] = H[NET_LIST];
    H[NET_LIST] = s;
    this.netKick();
    return 0;
  };
  /* Waits until the request sent so far is answered, incomplete or failed; not longer than `timeout` ms, after which the next wait to read is over at once.
   * So a host that cannot be reached is known when the request is made, as where connecting finds out.  0 or -errno. */
  K.settle = function (fd, timeout, main) {
    return this.holding(fd, 0, function (s) {
      var H = this.H, w = s >> 2;
      if (H[w + STATE] !== FAR) return 0;
      var result = this.wait(H[w + RX], main, timeout, 1, function () {
        if (H[w + ERROR]) return this.socketError(s);
        return H[w + PHASE] === PARTIAL || H[w + PHASE] === ANSWERED ? 0 : undefined;
      });
      if (result === 1) H[w + LATE] = 1;
      return result === 1 ? 0 : result;
    });
  };

  /* For the coordinating worker: what fetch.js needs of far connections. */
  K.far = {
    PARTIAL: PARTIAL, ASKED: ASKED, ANSWERED: ANSWERED,
    sequence: function (k) { return Atomics.load(k.H, NET_SEQ); },
    wait: function (k, sequence) { return Atomics.waitAsync ? Atomics.waitAsync(k.H, NET_SEQ, sequence) : null; },
    /* All of them; those whose program's end is closed too. */
    list: function (k) {
      var all = [];
      k.lock();
      for (var s = k.H[NET_LIST]; s; s = k.H[(s >> 2) + NEXT]) {
        var a = k.address(s, REMOTE_AT, REMOTE_SIZE);
        all.push({ socket: s, closed: k.H[(s >> 2) + STATE] === CLOSED, host: k.hostName(a), port: port(a), secure: k.H[(s >> 2) + SECURE] !== 0 });
      }
      k.unlock();
      return all;
    },
    phase: function (k, s, phase) {
      k.lock();
      k.H[(s >> 2) + PHASE] = phase;
      k.ring(k.H[(s >> 2) + RX]);
      k.unlock();
    },
    /* What the program has sent since the last call. */
    take: function (k, s) {
      var tx = k.H[(s >> 2) + TX];
      k.lock();
      var bytes = new Uint8Array(used(k.H, tx));
      k.pipeTake(tx, PIPE_SIZE, bytes, bytes.length);
      if (bytes.length) k.ring(tx);
      k.unlock();
      return bytes;
    },
    /* As much of an answer as there is room for: how many bytes, or -1 when nobody reads it. */
    put: function (k, s, bytes) {
      var rx = k.H[(s >> 2) + RX], n = -1;
      k.lock();
      if (k.H[(rx >> 2) + READERS] > 0 && k.H[(s >> 2) + STATE] === FAR) {
        n = Math.min(bytes.length, PIPE_SIZE - used(k.H, rx));
        k.pipePut(rx, PIPE_SIZE, bytes.subarray(0, n));
        if (n) k.ring(rx);
      }
      k.unlock();
      return n;
    },
    /* The answer is complete. */
    end: function (k, s) {
      k.lock();
      k.pipeDrop(k.H[(s >> 2) + RX], WRITERS);
      k.unlock();
    },
    fail: function (k, s, error, text) {
      k.lock();
      var w = s >> 2, bytes = encoder.encode(text), block = k.alloc(bytes.length + 4);
      if (block) {
        k.H[block >> 2] = bytes.length;
        k.B.set(bytes, block + 4);
        k.H[w + TEXT] = block;
        k.H[w + TEXT_SIZE] = bytes.length + 4;
      }
      k.H[w + ERROR] = error;
      k.H[w + PHASE] = FAILED;
      k.ring(k.H[w + RX]);
      k.ring(k.H[w + TX]);
      k.unlock();
    },
    /* Frees a connection whose program's end is closed. */
    free: function (k, s, ended) {
      k.lock();
      var H = k.H, at = NET_LIST;
      while (H[at] !== s) at = (H[at] >> 2) + NEXT;
      H[at] = H[(s >> 2) + NEXT];
      k.pipeDrop(H[(s >> 2) + TX], READERS);
      if (!ended) k.pipeDrop(H[(s >> 2) + RX], WRITERS);
      k.socketFree(s);
      k.unlock();
    },
  };
})();
