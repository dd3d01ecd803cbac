# Input of every bad kind: what is said, and the exit code.
here=$PWD
try() { # what is tried, and a command
    echo "== $1"
    shift
    sh -c "$*" </dev/null >said 2>&1
    code=$?
    sed -e "s#$here/*##g; s#^$BATON:#baton:#" said | cut -c 1-300
    echo "exit code $code"
}
source_file() { # a file made by printf, as a program, on standard input, and imported
    printf "$2" >$1.py
    try "program $1" "$BATON $1.py"
    try "standard input $1" "$BATON <$1.py"
    try "module $1" "$BATON -c 'import $1' 2>&1 | tail -n 1"
}
source_file null 'print(1)\nx = "a\0b"\n'
source_file only_null '\0'
source_file null_behind 'x = 1\0\n'
source_file coding '# coding: foo\nprint(1)\n'
source_file utf16 '\377\376p\0r\0'
source_file latin '# coding: latin-1\nprint(ascii("\351"))\n'
source_file mark '\357\273\277print("mark")\n'
source_file open_bracket 'x = (1,\n'
source_file open_string 'x = """abc\n'
source_file backslash 'x = \\'
source_file tabs 'if 1:\n\tprint(1)\n        print(2)\n'
source_file returns 'print(1)\r\nprint(2)\rprint(3)\n'
source_file no_newline 'print(1)'
source_file empty ''
printf 'print(1)\nx = "\377"\n' >not_utf8.py
printf '# \377 comment\n' >comment.py
printf '# coding: ascii\nprint("\303\251")\n' >ascii.py
printf '\357\273\277# coding: latin-1\n' >mark_latin.py
printf 'x = "\303' >cut.py
for name in not_utf8 comment ascii mark_latin cut; do
    try "program $name" "$BATON $name.py"
    try "standard input $name" "$BATON <$name.py"
done
mkdir folder package
echo 'import sys; print(__file__, sys.path[0], sys.argv)' | tee package/__main__.py >relative.py
echo 'PK34 garbage' >not_zip.zip
echo 'not bytecode' >bad.pyc
ln -s loop loop
try "program relative" "$BATON relative.py a"
try "package" "$BATON package/"
try "folder" "$BATON folder"
try "missing file" "$BATON missing.py"
try "missing module" "$BATON -m missing 2>&1 | sed 's/.*: No/No/'"
try "package without main" "$BATON -m folder 2>&1 | sed 's/.*: No/No/'"
try "no zip" "$BATON not_zip.zip"
try "bytecode" "$BATON bad.pyc"
try "loop" "$BATON loop"
try "empty file" "$BATON /dev/null"
try "argument" "$BATON -c 'import sys; print(ascii(sys.argv))' $(printf '\377')"
try "command" "$BATON -c 'x$(printf '\377') = 1'"
try "digits" "PYTHONINTMAXSTRDIGITS=x $BATON -c pass 2>&1 | head -n 1"
try "seed" "PYTHONHASHSEED=x $BATON -c pass 2>&1 | head -n 1"
try "stdio encoding" "PYTHONIOENCODING=nosuch $BATON -c 'print(1)' 2>&1 | head -n 3"
try "block at the end of a file" "printf 'if 1:\\n' | $BATON"
try "block at the end of a command" "$BATON -c 'exec(\"if 1:\")' 2>&1 | tail -n 3"
try "-W" "$BATON -W nosuch -c pass"
try "closed stdout" "$BATON -c 'print(1)' >&-"
try "closed stdin" "$BATON -c 'import sys; print(sys.stdin)' <&-"
try "input from closed stdin" "$BATON -c 'input()' <&- 2>&1 | tail -n 1"
try "closed stderr" "$BATON -c '1/0' 2>&-"
try "program from closed stdin" "$BATON <&-"
try "stdin is a folder" "$BATON <folder 2>&1 | head -n 1"
try "full disk" "$BATON -c 'print(1)' >/dev/full"
try "full disk, flushed" "$BATON -c 'print(1, flush=True)' 2>&1 >/dev/full | tail -n 4"
try "full disk, much" "$BATON -c 'print(\"x\" * 1000000)' 2>&1 >/dev/full | tail -n 3"
try "full disk for errors" "$BATON -c '1/0' 2>/dev/full"
try "full disk, unbuffered" "$BATON -u -c 'print(1)' 2>&1 >/dev/full | tail -n 1"
try "full disk, exit code" "$BATON -c 'import sys; print(1); sys.exit(3)' >/dev/full"
try "stdout for reading" "$BATON -c 'print(1)' 1</dev/null"
try "stdin for writing" "$BATON -c 'input()' 0>/dev/null 2>&1 | tail -n 1"
try "exit -1" "$BATON -c 'import sys; sys.exit(-1)'"
try "exit a list" "$BATON -c 'import sys; sys.exit([1])'"
try "exit an exit" "$BATON -c 'raise SystemExit(SystemExit(3))'"
try "exit huge" "$BATON -c 'import sys; sys.exit(2 ** 70)' 2>/dev/null"
try "surrogate" "$BATON -c 'print(chr(0xdc80))' | od -An -c"
try "name with null" "$BATON -c 'open(chr(0))' 2>&1 | tail -n 1"
try "folder gone" "mkdir gone; cd gone; rmdir ../gone; $BATON -c 'import os; print(1); os.getcwd()' 2>&1 | tail -n 1"
try "hook is no function" "$BATON -c 'import sys; sys.excepthook = 1; 1/0'"
try "hook raises" "$BATON -c 'import sys
def hook(*a): raise KeyError(2)
sys.excepthook = hook; 1/0'"
try "stdout closed by the program" "$BATON -c 'import sys; sys.stdout.close(); print(1)' 2>&1 | tail -n 1"
try "too many digits" "$BATON -c 'int(\"9\" * 5000)' 2>&1 | tail -n 1"
try "null in eval" "$BATON -c 'eval(\"1\" + chr(0))' 2>&1 | tail -n 1"
try "long name" "$BATON $(printf 'a%.0s' 0 1 2 3 4 5 6 7 8 9)$(printf 'abcdefghi%.0s' 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9)"
