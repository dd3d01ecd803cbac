# The example of PEP 688: a class whose buffer is counted and released by itself; a note that is no str.
import contextlib, inspect
class MyBuffer:
    def __init__(self, data):
        self.data = bytearray(data); self.view = None; self.released = 0
    def __buffer__(self, flags):
        assert flags == inspect.BufferFlags.FULL_RO or flags == 0 or flags
        if self.view is not None: raise RuntimeError("Buffer already held")
        self.view = memoryview(self.data); return self.view
    def __release_buffer__(self, view):
        assert self.view is view
        self.view.release(); self.view = None; self.released += 1
    def extend(self, b):
        if self.view is not None: raise RuntimeError("held")
        self.data.extend(b)
b = MyBuffer(b"capybara")
with memoryview(b) as view:
    view[0] = ord("C")
    with contextlib.suppress(RuntimeError): b.extend(b"!")
b.extend(b"!")
print(b.data, b.released, bytes(b), b.released, b"x".join([b, b"y"]) if 0 else b.released)
m = memoryview(b); n = m[1:]; m.release(); print(b.released); n.release(); print(b.released)
m = memoryview(b); del m; print(b.released)
class Sub(bytearray):
    def __buffer__(self, flags): print("get"); return super().__buffer__(flags)
    def __release_buffer__(self, view): print("release"); super().__release_buffer__(view)
s = Sub(b"ab")
with memoryview(s) as v: print(bytes(v))
s.append(1); print(bytes(s))
class Bad:
    def __buffer__(self, flags): return memoryview(b"q")
    def __release_buffer__(self, view): view.release(); view.release(); print("fine")
print(bytes(Bad()))
try: ValueError().add_note(1)
except TypeError as e: print(e)
