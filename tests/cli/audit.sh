# The events of how programs are run, told to a hook that is there before them.
cat >sitecustomize.py <<'END'
import os, sys
def hook(event, args):
    if event.startswith('cpython.') or event == 'sys.excepthook' or event == 'compile' and 'program' in str(args[1]):
        shown = [x if isinstance(x, (str, bytes, type(None))) else type(x).__name__ for x in args]
        os.write(1, f'{event} {shown}\n'.replace(os.getcwd(), 'HERE').encode())
        if event == os.environ.get('REFUSED'):
            raise (RuntimeError if 'RUNTIME' in os.environ else LookupError)('refused')
sys.addaudithook(hook)
END
export PYTHONPATH=$PWD PYTHONIOENCODING=utf-8
echo 'print("file", flush=True)' >program.py
mkdir package
echo 'print("package")' >package/__main__.py
try() {
    echo "== $1"
    shift
    "$@" 2>&1 </dev/null | sed -e "s#$PWD#HERE#g"
}
try command $BATON -c 'print("command")'
try file $BATON program.py
try folder $BATON package
try module $BATON -m program
try "standard input" $BATON -
try prompt env PYTHONSTARTUP=$PWD/program.py $BATON -iq
try "uncaught" $BATON -c 1/0
try "excepthook refused" env REFUSED=sys.excepthook RUNTIME=1 $BATON -c 1/0
try "excepthook refused by another error" env REFUSED=sys.excepthook $BATON -c 1/0
for event in cpython.run_command compile; do
    try "$event refused" env REFUSED=$event $BATON -c 'print("command")'
done
try "run_file refused" env REFUSED=cpython.run_file $BATON program.py
try "compile refused" env REFUSED=compile $BATON program.py
try "run_module refused" env REFUSED=cpython.run_module $BATON -m program
