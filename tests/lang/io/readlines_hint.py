# readlines(hint) ends with the line that takes the size beyond the hint; BytesIO's with the one that reaches it.
import io

TEXT = 'a\n\nbc\nd\n'
for hint in range(-1, 9):
    print(hint, io.TextIOWrapper(io.BytesIO(TEXT.encode())).readlines(hint), io.StringIO(TEXT).readlines(hint), io.BufferedReader(io.BytesIO(TEXT.encode())).readlines(hint),
          io.BytesIO(TEXT.encode()).readlines(hint))
f = io.TextIOWrapper(io.BytesIO(b'xyz\n'))
print(f.readlines(4), f.tell())
