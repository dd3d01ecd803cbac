# Data that ends too early, and strings that are not quoted.
import io
import pickle

for data in b"", b"C", b"F", b"I", b"I1", b"K", b"L", b"S", b"S'a", b"X\x01", b"(", b"]", b"\x80", b"\x80\x04", b"c", b"cbuiltins\n", b"S' ' \n.", b"S'ab'\n.":
    for load in pickle.loads, lambda d: pickle.load(io.BytesIO(d)):
        try:
            print(data, load(data))
        except Exception as e:
            print(data, type(e).__name__, e)
try:
    pickle.dumps(dict.__dict__["fromkeys"])
except TypeError as e:
    print(e)
