# Where errors and warnings about source text point to: bytes that are no UTF-8, escapes that mean nothing.
import os
import sys
import tempfile
import warnings


def show(e):
    print(type(e).__name__, e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, ascii(e.text))


for source in b'x = "\xff"\n', b'\n\nx="\xc3"\n', b"# coding: utf-8\nx\n'\xff'", b'a=1;"\xc3\x28"', "\u00e9 = '".encode() + b"\xff'", b"\xff", b"pass\r\n" * 3 + b'y = "\xe9"\r\n':
    try:
        compile(source, "f.py", "exec")
    except SyntaxError as e:
        show(e)
with tempfile.TemporaryDirectory() as folder:
    sys.path.insert(0, folder)
    with open(os.path.join(folder, "not_utf8.py"), "wb") as f:
        f.write(b'# first\nx = "\xff"\n')
    try:
        import not_utf8
    except SyntaxError as e:
        show(e)

ESCAPES = [r'"\d"', 'x = (1,\n  "abc\\d")\n', '"""a\n\\d"""\n', '"\\400"', 'x = 1; y = "\\q" "\\z"', '\\\n"\\d"', "\u00e9 = '\\d'", "'''a\n  b\\\\\\d'''",
           "(1,\n '\\d')", 'rb"\\d"; "ab\\dc\\e"', "b'''\n\\q'''"]
# Columns behind characters beyond ASCII and in f-strings are not CPython's, which counts characters there that are not in the text.
for source in [*ESCAPES, "'\u00e9\u4e00\\n\\d'", "'''a\n  \u00e9\\\\\\d'''", "f'''\n{1}\\d'''", "f'a\\d{1}'"]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compile(source, "f.py", "exec")
    print(ascii(source), [w.lineno for w in caught])
warnings.simplefilter("error")
for source in ESCAPES:
    try:
        compile(source, "f.py", "exec")
    except SyntaxError as e:
        show(e)
