"""tracemalloc: what was allocated where, before and after it is freed; limits, peaks, snapshots."""
import gc
import sys
import tracemalloc

print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory(), tracemalloc.get_traceback_limit())
before = bytes(5000)
try:
    tracemalloc.take_snapshot()
except RuntimeError as e:
    print(e)
for wrong in 0, -1, 1 << 20:
    try:
        tracemalloc.start(wrong)
    except ValueError as e:
        print(e)


def inner(n):
    return bytes(n)


def outer(n):
    return inner(n)


def mine(snapshot):
    return snapshot.filter_traces([tracemalloc.Filter(True, __file__)])


def lines(traceback):
    return [frame.lineno for frame in traceback]


for limit in 1, 2, 10:
    tracemalloc.start(limit)
    data = outer(5001)
    print(lines(tracemalloc.get_object_traceback(data)), tracemalloc.get_object_traceback(before), tracemalloc.get_traceback_limit(),
          tracemalloc.get_object_traceback(5))
    tracemalloc.stop()
    print(tracemalloc.is_tracing(), tracemalloc.get_object_traceback(data))

# Memory comes and goes, small, medium and big.
tracemalloc.start()
for size in 10, 100, 1000, 20_000, 300_000, 5_000_000:
    gc.collect()
    tracemalloc.reset_peak()
    start, _ = tracemalloc.get_traced_memory()
    many = [inner(size) for i in range(5)]
    now, _ = tracemalloc.get_traced_memory()
    del many
    end, peak = tracemalloc.get_traced_memory()
    print(size, 5 * size <= now - start < 5 * size + 1500, end - start < 1500, peak >= now)
growing = bytearray()
for i in range(1000):
    growing += bytes(1000)
size = tracemalloc.get_traced_memory()[0]
del growing[:]
growing = None
print(900_000 < size - tracemalloc.get_traced_memory()[0] < 2_000_000)


class Thing:
    def __init__(self, n):
        self.n = n


first = mine(tracemalloc.take_snapshot())
things = [Thing(str(i)) for i in range(1000)]
second = mine(tracemalloc.take_snapshot())
line = next(i for i, text in enumerate(open(__file__), 1) if text.startswith("things ="))
difference = {stat.traceback[0].lineno: stat for stat in second.compare_to(first, "lineno")}
print(difference[line].count_diff >= 1000, difference[line].size_diff > 40_000)
del things[:]
third = mine(tracemalloc.take_snapshot())
print({stat.traceback[0].lineno: stat for stat in third.compare_to(first, "lineno")}[line].count_diff < 10)
top = second.statistics("filename")[0]
print(top.traceback[0].filename == __file__, tracemalloc.get_tracemalloc_memory() > 0)
tracemalloc.clear_traces()
print(tracemalloc.get_traced_memory()[0] < 10_000, tracemalloc.get_object_traceback(things))
tracemalloc.start(5)  # it runs already
print(tracemalloc.get_traceback_limit())
tracemalloc.stop()
tracemalloc.stop()
