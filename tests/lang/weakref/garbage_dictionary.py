# A weak dictionary that is garbage while its keys live: no callback may run on what the collector has cleared.
import gc
import sys
import weakref


class Key:
    pass


class Holder:
    pass


def hook(args):
    print("unraisable:", args.exc_value)


sys.unraisablehook = hook
for _ in range(50):
    holder = Holder()
    holder.me = holder
    holder.names = weakref.WeakKeyDictionary()
    holder.key = compile("1", "x", "eval")  # no container: it dies while the holder is cleared
    holder.names[holder.key] = 1
    outside = Key()
    holder.names[outside] = 2
    del holder
gc.collect()
del outside
print("done")
