# A digest of a large piece of data is computed in C, which gives the lock up meanwhile.
import hashlib

SIZE = 24
DATA = bytes(4_000_000)


def work(n):
    for _ in range(n):
        hashlib.sha256(DATA).hexdigest()
