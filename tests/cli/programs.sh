# What a program is: -c, a module, a file, a folder, an archive, standard input; and its exit code.
exec 2>&1
say() { echo "exit code $?"; }
echo 'import os, sys; print(__name__, __file__ == os.path.abspath("prog.py"), sys.argv); sys.exit(7)' >prog.py
$BATON prog.py a -b; say
$BATON -c 'import sys; print(__name__, sys.argv, __loader__.__name__)' x y; say
echo 'import sys; print(sys.argv)' | $BATON - a; say
echo 'print("from stdin")' | $BATON; say
printf '#! not Python\nprint("second line")\n' >first.py
$BATON -x first.py; say
$BATON -c 'import sys; sys.exit("a message")'; say
$BATON -c 'import sys; sys.exit(None)'; say
$BATON -c 'import sys; sys.exit(257)'; say
$BATON missing.py 2>&1 | sed "s#$BATON#baton#; s#$PWD/##"
$BATON missing.py >/dev/null 2>&1; say
$BATON -m missing >/dev/null 2>&1; say
$BATON -c '1 +' >/dev/null 2>&1; say
$BATON -W error -c 'import warnings; print(warnings.filters[0][0])'; say
printf 'print(__file__, __cached__)' | $BATON; say
printf 'print(globals().get("__file__"))\n' | $BATON -iq - 2>/dev/null; say
echo 'exit(5)' | $BATON -iq -c 'raise SystemExit(3)' 2>&1; say
$BATON -c 'import sys; del sys.excepthook; 1/0'; say
cat >end.py <<'E'
class A:
    def __del__(self):
        self.fail()
    def fail(self):
        raise KeyError(type(self).__name__)
a = A()
E
$BATON end.py 2>&1 | sed "s#$PWD/##; s/ at 0x[0-9a-f]*//"
