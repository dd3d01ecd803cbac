"""Bytes: checksums byte by byte, slices, bytearray updates, struct packing, hex, search, decoding."""
import struct
import zlib

data = bytes(range(256)) * 200

def checksum(data):
    a, b = 1, 0
    for byte in data:
        a = (a + byte) % 65521
        b = (b + a) % 65521
    return b << 16 | a

def scramble(n):
    buffer = bytearray(1000)
    for i in range(n):
        buffer[i * 7 % 1000] ^= i & 255
    return sum(buffer)

def packets(n):
    header = struct.Struct(">HIb")
    out = bytearray()
    for i in range(n):
        out += header.pack(i & 0xFFFF, i * 3, i % 100)
    total = 0
    for offset in range(0, len(out), header.size):
        a, b, c = header.unpack_from(out, offset)
        total += a + b + c
    return total

for _ in range(12):
    print(checksum(data) == zlib.adler32(data))
print(scramble(900_000))
print(packets(120_000))
print(sum(len(data[i:i + 64].hex()) + data.find(b"\x10\x11", i) for i in range(20_000)))
print(len((b"line of text\n" * 5000).decode().splitlines()))
