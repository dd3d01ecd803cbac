"""What a program left is taken apart at its end if somebody notices."""
import os
import subprocess
import sys
import tempfile

PROGRAMS = {
    "a cycle with a finalizer": """
class A:
    def __del__(self): print("del")
a = A(); a.me = a
""",
    "a finalizer in a module": """
class A:
    def __del__(self): print("del", A is None)
a = A()
""",
    "a number with a finalizer": """
class A(int):
    __slots__ = ()
    def __del__(self): print("del")
a = A(5)
""",
    "a generator": """
def g():
    try: yield
    finally: print("closed")
x = g(); next(x)
""",
    "a callback": """
import weakref
class A: pass
a = A(); a.me = a
r = weakref.ref(a, lambda _: print("callback"))
""",
    "a callback of a reference that stays": """
import weakref, builtins
class A: pass
a = A(); a.me = a
builtins.r = weakref.ref(a, lambda _: print("callback"))
""",
    "weakref.finalize": """
import weakref
class A: pass
a = A()
weakref.finalize(a, print, "finalize")
""",
    "a file": """
import sys
f = open(sys.argv[1], "w"); f.write("written")
""",
    "atexit": """
import atexit
atexit.register(print, "atexit")
""",
    "a warning that is ignored": """
import warnings
class A:
    def __del__(self): warnings.warn("not closed", ResourceWarning, source=self)
a = A()
""",
    "nothing": "",
}
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "file")
    for name, text in PROGRAMS.items():
        open(path, "w").close()
        for imports, gil in ("", "1"), ("import urllib.request, asyncio", "1"), ("", "0"):
            if gil == "0" and "stays" in name:
                continue  # its referent ends before the final collection
            environment = os.environ | {"PYTHON_GIL": gil}
            out = subprocess.run([sys.executable, "-c", imports + text, path], capture_output=True, text=True, env=environment)
            print(name, out.returncode, out.stdout.split(), out.stderr, open(path).read())
