# tracemalloc and faulthandler, started by options and by the environment.
import subprocess
import sys

program = "import tracemalloc as t, faulthandler as f; print(t.is_tracing(), t.get_traceback_limit(), f.is_enabled())"
for options in [[], ["-X", "tracemalloc"], ["-X", "tracemalloc=7"], ["-X", "faulthandler"], ["-X", "tracemalloc=0"]]:
    print(options, subprocess.run([sys.executable, *options, "-c", program], capture_output=True, text=True).stdout.strip())
for name, value in ("PYTHONTRACEMALLOC", "3"), ("PYTHONFAULTHANDLER", "1"):
    print(name, subprocess.run([sys.executable, "-c", program], env={name: value}, capture_output=True, text=True).stdout.strip())
message = subprocess.run([sys.executable, "-X", "tracemalloc=2", "-W", "always", "-c", "def f():\n  open('/dev/null')\nf()"], capture_output=True, text=True).stderr
print([line for line in message.split("\n") if line.startswith(("Object", "  File"))])
