"""Descriptors that only Linux has, vectors of buffers, extended attributes, devices and pseudo-terminals."""
import errno
import os
import stat
import sys
import tempfile
import time

# eventfd
fd = os.eventfd(3, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
print(os.get_inheritable(fd), os.eventfd_read(fd))
try:
    os.eventfd_read(fd)
except BlockingIOError:
    print("empty")
os.eventfd_write(fd, 2)
os.eventfd_write(fd, 5)
print(os.eventfd_read(fd))
os.close(fd)
fd = os.eventfd(2, os.EFD_SEMAPHORE)
print(os.eventfd_read(fd), os.eventfd_read(fd))
os.close(fd)

# timerfd
fd = os.timerfd_create(time.CLOCK_MONOTONIC)
print(os.timerfd_settime(fd, initial=0.02, interval=0.5), os.get_inheritable(fd))
print(int.from_bytes(os.read(fd, 8), sys.byteorder) >= 1)
left, interval = os.timerfd_gettime(fd)
print(0 < left <= 0.5, interval)
left, interval = os.timerfd_settime_ns(fd, initial=10**12)
print(0 < left <= 5 * 10**8, interval)
left, interval = os.timerfd_gettime_ns(fd)
print(0 < left <= 10**12, interval)
os.close(fd)
for bad in ({"initial": "1"}, {"nothing": 1}):
    try:
        os.timerfd_settime(0, **bad)
    except TypeError as e:
        print(type(e).__name__)
try:
    os.timerfd_gettime(0)
except OSError as e:
    print(e.errno == errno.EINVAL)

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "file")
    fd = os.open(path, os.O_RDWR | os.O_CREAT)
    print(os.writev(fd, [b"abc", bytearray(b"de"), memoryview(b"f")]), os.pwritev(fd, (b"X", b"Y"), 1))
    os.lseek(fd, 0, 0)
    a, b = bytearray(2), bytearray(10)
    print(os.readv(fd, [a, b]), a, b)
    a, b = bytearray(3), bytearray(2)
    print(os.preadv(fd, [a, b], 1), a, b)
    for bad in (5, [b"ro"], ["x"]):
        try:
            os.readv(fd, bad)
        except (TypeError, BufferError) as e:
            print(type(e).__name__)
    other = os.open(os.path.join(folder, "other"), os.O_RDWR | os.O_CREAT)
    print(os.copy_file_range(fd, other, 4, 2), os.pread(other, 10, 0))
    try:
        os.copy_file_range(fd, other, -1)
    except ValueError as e:
        print(e)
    r, w = os.pipe()
    print(os.splice(fd, w, 3, offset_src=0), os.read(r, 10))
    os.posix_fallocate(fd, 0, 100)
    print(os.fstat(fd).st_size, os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_SEQUENTIAL))
    for call in (os.posix_fallocate, lambda *a: os.posix_fadvise(*a, os.POSIX_FADV_NORMAL)):
        try:
            call(r, 0, 1)
        except OSError as e:
            print(e.errno == errno.ESPIPE)
    for x in (fd, other, r, w):
        os.close(x)

    # extended attributes, where the file system has them
    try:
        os.setxattr(path, "user.test", b"value")
        there = True
    except OSError as e:
        there = e.errno not in (errno.ENOTSUP, errno.EPERM)
    if there:
        assert os.getxattr(path, b"user.test") == b"value" and "user.test" in os.listxattr(path)
        try:
            os.setxattr(path, "user.test", b"", os.XATTR_CREATE)
            assert False
        except FileExistsError:
            pass
        os.removexattr(path, "user.test")
        assert "user.test" not in os.listxattr(path)
    for call in (lambda: os.getxattr(1, "user.x", follow_symlinks=False), lambda: os.listxattr(1, follow_symlinks=False)):
        try:
            call()
        except ValueError as e:
            print(e)
    try:
        os.getxattr(os.path.join(folder, "none"), "user.x")
    except FileNotFoundError as e:
        print(os.path.basename(e.filename))

    # nodes
    os.mknod(os.path.join(folder, "node"), stat.S_IFIFO | 0o600)
    print(stat.S_ISFIFO(os.stat(os.path.join(folder, "node")).st_mode))
    os.mknod(os.path.join(folder, "plain"))
    print(oct(os.stat(os.path.join(folder, "plain")).st_mode))
device = os.makedev(8, 300)
print(os.major(device), os.minor(device), os.major(os.stat("/dev/null").st_rdev), os.minor(os.stat("/dev/null").st_rdev))

fd = os.memfd_create("name")
os.write(fd, b"in memory")
print(os.pread(fd, 20, 0), os.get_inheritable(fd))
os.close(fd)

# pseudo-terminals
master, slave = os.openpty()
print(os.isatty(master), os.isatty(slave), os.get_inheritable(master), os.get_inheritable(slave), os.ttyname(slave) == os.ptsname(master))
os.write(slave, b"hello")
print(os.read(master, 10))
os.close(master)
os.close(slave)
master = os.posix_openpt(os.O_RDWR | os.O_NOCTTY)
os.grantpt(master)
os.unlockpt(master)
slave = os.open(os.ptsname(master), os.O_RDWR | os.O_NOCTTY)
print(os.isatty(slave), os.device_encoding(slave).lower(), os.device_encoding(os.pipe()[0]))
print(os.ctermid())
for call in (lambda: os.tcgetpgrp(os.pipe()[0]), lambda: os.tcsetpgrp(os.pipe()[0], 1), lambda: os.grantpt(os.pipe()[0])):
    try:
        call()
    except OSError as e:
        print(e.errno in (errno.ENOTTY, errno.EINVAL))
import pty
pid, fd = pty.fork()
if pid == 0:
    print("child", os.isatty(0))
    sys.stdout.flush()
    os._exit(0)
text = b""
try:
    while part := os.read(fd, 100):
        text += part
except OSError:
    pass
print(text.split(), os.waitpid(pid, 0)[1])
print(os.RTLD_NOW, os.P_PIDFD, os.XATTR_SIZE_MAX, os.MFD_HUGE_2MB, os.CLONE_NEWNS, os.O_FSYNC == os.O_SYNC)

# No child inherits the descriptor of a timer, whatever flags says.
for flags in ({}, {"flags": os.TFD_NONBLOCK}, {"flags": 0}):
    fd = os.timerfd_create(time.CLOCK_MONOTONIC, **flags)
    print(os.get_inheritable(fd), os.get_blocking(fd))
    os.close(fd)
