import cProfile, pstats, io
def fib(n): return n if n < 2 else fib(n-1) + fib(n-2)
def main():
    l = []
    for i in range(5): l.append(fib(i))
    return sorted(l), len(l)
p = cProfile.Profile(); p.enable(); main(); p.disable()
for e in sorted(p.getstats(), key=lambda e: str(e.code)):
    print(e.code if isinstance(e.code, str) else e.code.co_name, e.callcount, e.reccallcount, sorted((s.code if isinstance(s.code, str) else s.code.co_name, s.callcount, s.reccallcount) for s in e.calls or ()))
s = io.StringIO(); pstats.Stats(p, stream=s).sort_stats('name').print_stats(); print(len(s.getvalue()) > 200)
