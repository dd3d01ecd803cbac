# Processes begun with options of the interpreter, and with variables for it.
import os
import subprocess
import sys


ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def child(program, *options, input=None, **variables):
    """What a process says that is begun so."""
    done = subprocess.run([sys.executable, *options, *(["-c", program] if input is None else ["-"])], env=ENVIRONMENT | variables,
                          input=input, capture_output=True, text=True)
    return done.returncode, done.stdout.strip(), done.stderr.strip().split("\n")[-1]


FLAGS = """import sys
def f(): "doc"
f = sys.flags
print(__debug__, f.optimize, f.isolated, f.ignore_environment, f.no_site, f.safe_path, f.dont_write_bytecode, f.no_user_site, f.dev_mode, f.bytes_warning,
      f.int_max_str_digits, 'site' in sys.modules, sys.warnoptions)"""
for options in ["-O"], ["-OO"], ["-I"], ["-S"], ["-E"], ["-P", "-B"], ["-s"], ["-bb"], ["-X", "dev"], ["-X", "int_max_str_digits=700"], ["-W", "error"], ["-Wignore", "-W", "once"]:
    print(*options, child(FLAGS, *options))
for name, value in ("PYTHONOPTIMIZE", "2"), ("PYTHONDONTWRITEBYTECODE", "x"), ("PYTHONINTMAXSTRDIGITS", "640"), ("PYTHONWARNINGS", "error,ignore"), ("PYTHONNOUSERSITE", "1"):
    print(name, child(FLAGS, **{name: value}))
print(child("import sys; print(sys._is_gil_enabled())", "-X", "gil=0"), child("import sys; print(sys._is_gil_enabled())", PYTHON_GIL="0"),
      child("import sys; print(sys._is_gil_enabled())", "-E", "-X", "gil=1", PYTHON_GIL="0"))
print(child("import sys; print('/tmp/first' in sys.path)", PYTHONPATH="/tmp/first"), child("import sys; print('/tmp/first' in sys.path)", "-E", PYTHONPATH="/tmp/first"))
print(child("print(hash('a'))", PYTHONHASHSEED="5") == child("print(hash('a'))", PYTHONHASHSEED="5") != child("print(hash('a'))", PYTHONHASHSEED="6"))
print(child("import warnings; warnings.warn('w')", "-W", "error"), child("print(b'' == '')", "-bb"), child("def f(): 'doc'\nprint(f.__doc__)", "-OO"))
print(child(None, "-O", input="import sys; print(__debug__, sys.argv)"), child(None, input="print(__debug__)"))
print(child("", "-X", "gil=2")[::2], child("", "-X", "int_max_str_digits=1")[0], child("", "-Z")[0], child("", "--version")[1].startswith("Python 3.14"))

# They are processes like others: what they are told to inherit, their descriptors, their ends.
reading, writing = os.pipe()
p = subprocess.Popen([sys.executable, "-O", "-c", f"import os, sys; os.write({writing}, b'here'); print(os.getcwd(), os.getppid() == {os.getpid()}); sys.exit(3)"],
                     pass_fds=[writing], cwd="/tmp", stdout=subprocess.PIPE, text=True)
os.close(writing)
print(os.read(reading, 10), p.stdout.read().strip(), p.wait())
p = subprocess.Popen([sys.executable, "-O", "-c", "import time; print('waits', flush=True); time.sleep(100)"], stdout=subprocess.PIPE, text=True)
print(p.stdout.readline().strip(), p.kill(), p.wait())
p.stdout.close()
os.close(reading)
