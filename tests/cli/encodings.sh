# Encodings by the locale, by UTF-8 mode and by PYTHONIOENCODING; the plain C locale gives way to one with UTF-8.
cat >show.py <<'END'
import io, locale, os, sys
print(sys.flags.utf8_mode, *(x for f in (sys.stdin, sys.stdout, sys.stderr) for x in (f.encoding, f.errors)), file=sys.__stderr__)
shown = [sys.getfilesystemencoding(), sys.getfilesystemencodeerrors(), locale.getencoding(), locale.getpreferredencoding(), io.text_encoding(None),
         open('/dev/null').encoding, io.TextIOWrapper(io.BytesIO()).encoding, open('/dev/null', encoding='locale').encoding]
os.write(2, (' '.join(shown) + '\n').encode())
os.write(2, f'{os.environ.get("LC_CTYPE")} {locale.setlocale(locale.LC_CTYPE)} {ascii(sys.argv[1:])}\n'.encode())
END
unset LC_ALL LANG LC_CTYPE PYTHONUTF8 PYTHONIOENCODING PYTHONCOERCECLOCALE
argument=$(printf 'x\351y\303\251')
try() {
    echo "== $*" | sed "s#$BATON#baton#"
    env "$@" 2>&1 </dev/null
}
for locale in LANG= LC_ALL=C LC_ALL=POSIX LANG=C LC_CTYPE=C LC_ALL=C.UTF-8 LANG=C.UTF-8 LC_ALL=nosuch; do
    try $locale $BATON show.py "$argument" | sed "s/$argument/ARGUMENT/"
done | cat -v
for settings in "LC_ALL=C PYTHONUTF8=0" "LC_ALL=C PYTHONUTF8=1" "LANG=C PYTHONUTF8=0" "LANG=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0" "LANG=C PYTHONCOERCECLOCALE=0" \
    "LANG=C PYTHONCOERCECLOCALE=warn" "LC_ALL=C PYTHONCOERCECLOCALE=warn" "LC_ALL=C.UTF-8 PYTHONUTF8=1" "LC_ALL=C.UTF-8 PYTHONUTF8=" "LC_ALL=C.UTF-8 PYTHONUTF8=2"; do
    try $settings $BATON show.py
done
for options in "-X utf8" "-X utf8=0" "-X utf8=1" "-X utf8=2" -I; do
    try LC_ALL=C.UTF-8 PYTHONUTF8=1 $BATON $options show.py
    try LC_ALL=C PYTHONUTF8=0 $BATON $options show.py
done
for wish in latin1 :replace UTF8 utf_8:ignore ISO8859-15: : ascii:surrogateescape; do
    try LC_ALL=C.UTF-8 PYTHONIOENCODING=$wish $BATON show.py
done
try LC_ALL=C PYTHONIOENCODING=ascii $BATON show.py
# Names of encodings and of what is done about errors are looked up where nothing needs them, in development mode.
cat >unknown.py <<'END'
for f in [lambda: str(b'', 'nowhere'), lambda: str(b'', errors='nobody'), lambda: b''.decode('ascii', 'nobody'), lambda: ''.encode('utf-8', 'nobody'),
          lambda: bytes('', 'utf-8', 'nobody'), lambda: bytearray('', 'latin-1', 'nobody'), lambda: b''.decode('utf-8', 'backslashreplace')]:
    try:
        print(ascii(f()))
    except LookupError as e:
        print(e)
END
$BATON unknown.py
$BATON -X dev unknown.py
# Names of files, programs and commands where the locale has ASCII alone.
export LC_ALL=C PYTHONUTF8=0
name=$(printf 'f\351')
echo 'import sys; print(ascii(__file__[-5:]), ascii(sys.argv[1:]))' >"$name.py"
$BATON "$name.py" "$argument"
$BATON -c 'import os; print(sorted(map(ascii, os.listdir())), ascii(os.fsdecode(b"a\xe9")), os.fsencode("a\udce9"), os.path.exists("f\udce9.py"))'
$BATON -c 'open("\xe9", "w")' 2>&1 | tail -n 1
$BATON -c "print(ascii('$name'))" 2>&1 | tail -n 2 | cat -v
