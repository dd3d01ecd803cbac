# Options, variables and what they set.
exec 2>&1
say() { echo "exit code $?"; }
$BATON -V | sed 's/(.*/(...)/'; say
$BATON -h | head -1; say
$BATON --nonsense | head -1
$BATON -Z >/dev/null; say
$BATON -c; say
$BATON -X gil=2 -c pass; say
PYTHONHASHSEED=x $BATON -c pass; say
PYTHONHASHSEED=7 $BATON -c 'import sys; print(sys.flags.hash_randomization)'; say
$BATON -OO -c 'def f(): "doc"; assert 0
print(f.__doc__, f(), __debug__)'; say
PYTHONOPTIMIZE=1 $BATON -c 'import sys; print(sys.flags.optimize)'
PYTHONOPTIMIZE=1 $BATON -E -c 'import sys; print(sys.flags.optimize)'
PYTHONPATH=one:two $BATON -c 'import sys; print([p.rpartition("/")[2] for p in sys.path[:3]])'
$BATON -X cpu_count=3 -c 'import os; print(os.cpu_count())'
$BATON -X one -X two=2 -c 'import sys; print(sys._xoptions)'
$BATON -I -c 'import sys; print("" in sys.path, sys.flags.isolated, sys.flags.safe_path)'
$BATON -X gil=0 -c 'import sys; print(sys._is_gil_enabled())'
PYTHON_GIL=0 $BATON -X gil=1 -c 'import sys; print(sys._is_gil_enabled())'
$BATON -X pycache_prefix=/somewhere -c 'import sys; print(sys.pycache_prefix)'
$BATON -X line_buffered -c 'import os; print("first"); os.write(1, b"second\n")'
$BATON -c 'import sys; print({"json", "_thread", "sys", "asyncio"} <= sys.stdlib_module_names, "json.decoder" in sys.stdlib_module_names)'
