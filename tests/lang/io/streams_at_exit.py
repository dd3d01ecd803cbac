"""Streams that only read from a descriptor of somebody else end silently with the interpreter, but for one with a close() of its own."""
import os
import sys

sys.stdin = open(os.open(os.devnull, os.O_RDONLY), 'rb', closefd=False)
text = open(os.open(os.devnull, os.O_RDONLY), closefd=False)
text.close = lambda: print('text')
print('end')
