# mmap: what each operation gives, and how it refuses.
import mmap
import os
import tempfile

m = mmap.mmap(-1, 20)
source = """m
m.find(b'a', 1, 2)
m.find('a')
m.read('a')
m.resize(1 << 70)
m.seek(99)
m.seek(0, 9)
m.seek('a')
m.write('a')
m.write(b'a' * 30)
m.write_byte(300)
m.move(0, 10, 20)
m[100]
m['a']
m.__setitem__(0, 300)
m.__setitem__(0, 'a')
m.__setitem__(100, 1)
m.__setitem__(slice(0, 2), b'abc')
m.__setitem__(slice(0, 2), 'ab')
m.__delitem__(0)
m[::-1]
m.flush(1)
m.flush(0, 99)
m.madvise(99)
m.madvise(4, 0, -1)
m.madvise(4, 4096)
mmap.mmap(-1, 0)
mmap.mmap(-1, -1)
mmap.mmap(-1, 10, access=9)
mmap.mmap(-1, 10, flags=2, access=1)
mmap.mmap(-1, 10, offset=-1)
m.size()
m.tell()
m.readline()
m.read_byte()
len(m)
b'a' in m
list(m)[:2]
m.rfind(b'', 5)
m.close()
m[0]
m.read()
m.closed
m
len(m)
m.close()
mmap.mmap(99, 10)
m.__enter__()
mmap.mmap(-1, 20)[2:10:3]
mmap.mmap(-1, 2, access=1).write(b'a')
mmap.mmap(-1, 2, prot=1)
mmap.mmap(-1, 3).seek(-1, 2)
mmap.mmap(-1, 3).__setitem__(0, 1.5)
mmap.mmap(-1, 3).__setitem__(slice(0, 3, 2), b'ab')
mmap.mmap(-1, 3).__setitem__(slice(0, 3, 2), b'abc')
mmap.mmap(-1, 3, access=1).resize(3)
"""
for line in source.splitlines():
    try:
        print(line, "->", repr(eval(line)))
    except Exception as e:
        print(line, "->", type(e).__name__, e)

with tempfile.TemporaryFile() as f:
    f.write(b"one\ntwo\nthree\n")
    f.flush()
    with mmap.mmap(f.fileno(), 0) as m:
        print(len(m), m.size(), m.readline(), m.readline(), m.tell(), m[4:7], m.find(b"two"), m.rfind(b"e"), m.find(b"e"))
        m[0:3] = b"ONE"
        m.flush()
        f.seek(0)
        print(f.read(4))
        view = memoryview(m)
        for action in (m.close, lambda: m.resize(4)):
            try:
                action()
            except BufferError as e:
                print(e)
        view.release()
        m.resize(4)
        print(len(m), bytes(m), os.fstat(f.fileno()).st_size)
        copy = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_COPY)
        copy[0] = 33
        print(copy[:], m[:], bytearray(copy))

# Memory without a file is shared with a child.
m = mmap.mmap(-1, 4096)
pid = os.fork()
if pid == 0:
    m[:5] = b"child"
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), m[:6])
