# A module in C that is imported anew is another module with the same types.
import sys

for name in "_struct", "math", "_collections", "zlib":
    first = __import__(name)
    del sys.modules[name]
    second = __import__(name)
    print(name, first is second, sorted(vars(first)) == sorted(vars(second)),
          all(getattr(first, n) is getattr(second, n) for n in dir(first) if isinstance(getattr(first, n), type) and n != "__loader__"))
    sys.modules[name] = first

import struct
sys.modules.pop("_struct")
import _struct
try:
    struct.calcsize("Z")
except _struct.error as e:
    print("caught", e)
