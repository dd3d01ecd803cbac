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
