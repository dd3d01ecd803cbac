"""Chinese, Japanese and Korean encodings: all their tables by a checksum, then errors, incremental codecs, streams."""
import codecs
import io
import zlib

ENCODINGS = """gb2312 gbk gb18030 hz big5 cp950 big5hkscs shift_jis cp932 euc_jp shift_jis_2004 shift_jisx0213 euc_jis_2004
    euc_jisx0213 euc_kr cp949 johab iso2022_kr iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext""".split()
TEXT = "".join(map(chr, [*range(0x80, 0x500), *range(0x2000, 0x2700), *range(0x3000, 0x3400), *range(0x4E00, 0x9FA6, 3), *range(0xAC00, 0xD7A4, 5),
                         *range(0xF900, 0xFB00), *range(0xFF00, 0xFFF0), *range(0x20000, 0x20400), 0x304B, 0x309A, 0xE6, 0x300, 0xCA, 0x304]))

for name in ENCODINGS:
    coded = TEXT.encode(name, "ignore")
    decoded = coded.decode(name, "replace")
    pairs = bytes(b for lead in range(0x81, 0xFF) for trail in range(0x30, 0xFF) for b in (lead, trail)) if "iso2022" not in name else coded
    print(name, len(coded), zlib.crc32(coded), zlib.crc32(decoded.encode()), zlib.crc32(pairs.decode(name, "replace").encode()))

print("日本語テキスト".encode("iso-2022-jp"), "日本語\\~".encode("shift-jis"), "中文~".encode("hz"), "한국어뷁".encode("euc-kr"))
print(b"\x1b$B$\"\x1b(B\x1b,x".decode("iso-2022-jp"), b"\x81\x30\x81\x30\x90\x30\x81\x30".decode("gb18030").encode("unicode_escape"))

# Errors.
codecs.register_error("test.name", lambda e: (f"<{e.reason}>", e.end))
codecs.register_error("test.bytes", lambda e: (b"\x00", e.end) if isinstance(e, UnicodeEncodeError) else ("!", e.end))
for source, encoding in [("a\u1234b", "gbk"), ("\udc80", "euc_kr"), ("日\u0e01本", "iso2022_jp"), (b"abc\x80\x80\xc1\xc4", "gbk"), (b"\xa4", "euc_jp"),
                         (b"\x8f\xa1", "euc_jp"), (b"\x1b$", "iso2022_jp"), (b"\x1b$(Zx", "iso2022_jp"), (b"~x~{\x80~}", "hz"), (b"\x81\x30\x81", "gb18030")]:
    operation = codecs.encode if isinstance(source, str) else codecs.decode
    for errors in "strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace", "test.name", "test.bytes":
        try:
            print(encoding, errors, ascii(operation(source, encoding, errors)))
        except (UnicodeError, TypeError) as e:
            print(encoding, errors, type(e).__name__, ascii(str(e)))

# Piece by piece.
encoder = codecs.getincrementalencoder("euc_jis_2004")()
print(encoder.encode("\xe6"), encoder.getstate(), encoder.encode("\u0300"), encoder.encode("\xe6", True))
encoder = codecs.getincrementalencoder("iso2022_jp")()
print(encoder.encode("あ"), encoder.getstate(), encoder.encode("い"), encoder.encode("", True), encoder.encode("", True))
decoder = codecs.getincrementaldecoder("gb18030")()
print([decoder.decode(bytes([b])) for b in "中\u1234文".encode("gb18030")], decoder.getstate())
decoder.setstate((b"\x81", 7))
print(decoder.getstate())
for wrong in 5, ("", 0), (b"123456789", 0), (b"", "x"):
    try:
        decoder.setstate(wrong)
    except (TypeError, UnicodeError) as e:
        print(type(e).__name__, e)
decoder = codecs.getincrementaldecoder("shift_jis")("replace")
print(ascii(decoder.decode(b"\x82")), ascii(decoder.decode(b"", True)), decoder.errors)
try:
    del decoder.errors
except AttributeError as e:
    print(e)

# Streams.
text = "第一行\n第二行\r\n第三行"
raw = io.BytesIO()
writer = codecs.getwriter("iso2022_jp")(raw)
writer.write(text)
writer.writelines(["\n", "終"])
writer.reset()
print(raw.getvalue())
reader = codecs.getreader("iso2022_jp")(io.BytesIO(raw.getvalue()))
print(reader.readline(), reader.read(3), reader.readlines(), reader.stream.closed)
with io.TextIOWrapper(io.BytesIO(text.encode("big5")), encoding="big5") as file:
    print(file.readlines())
with io.TextIOWrapper(io.BytesIO(), encoding="euc_kr", errors="xmlcharrefreplace", newline="") as file:
    file.write("가\u20ac\u0e01\n")
    file.seek(0)
    print(file.read())

# A decoder goes on behind what was wrong, and a handler cannot replace the input.
import codecs
import io

d = codecs.getincrementaldecoder('gbk')()
for piece in b'\x81', b' x', b'ab', b'c\x81', b'\x40':
    try:
        print(ascii(d.decode(piece)), d.getstate())
    except UnicodeDecodeError as e:
        print(e, d.getstate())
f = io.TextIOWrapper(io.BytesIO(b'x' * 8191 + b'\x81 abc\ndef\n'), 'gbk')
for _ in range(3):
    try:
        print(len(f.readline()))
    except UnicodeDecodeError as e:
        print(e)


def replace(e):
    e.object = b'xyz' * 4
    return '?', e.end


codecs.register_error('replace_object', replace)
print(b'a\xffb'.decode('gbk', 'replace_object'))
d = codecs.getincrementaldecoder('gbk')('replace_object')
print(d.decode(b'a\xffb\x81'), d.getstate())
