"""Methods of str with random arguments over characters of all widths."""
R = [12345]
def rnd(n):
    R[0] = (R[0] * 1103515245 + 12345) % 2147483648
    return (R[0] >> 8) % n
def pick(seq): return seq[rnd(len(seq))]
ALPH = ['abcAB  \n\t', 'aébÉßſµ ', 'aāΣσςİı\u2028x\u3000', 'a😀b\U00010400𝔸x', '0123 -+.x', 'ǅǆǄ aȷ']
def rs():
    a = pick(ALPH)
    return ''.join([a[rnd(len(a))] for _ in range(rnd(9))])
def ri(): return pick([None, 0, 1, 2, 3, -1, -2, 5, 100, -100, 10**20, -10**20])
def show(f, *a, **k):
    try: r = ascii(f(*a, **k))
    except BaseException as e: r = type(e).__name__ + ': ' + ascii(str(e))
    return r
H = [0]
def out(*x):
    H[0] += 1
    print(H[0], *x)
for i in range(25):
    s, t = rs(), rs()
    sub = s[rnd(len(s)+1):][:rnd(3)] if rnd(2) else rs()
    out(ascii(s), ascii(sub), [show(getattr(s, m), sub, ri(), ri()) for m in ('find','rfind','index','rindex','count','startswith','endswith')])
    out([show(getattr(s, m)) for m in ('lower','upper','casefold','title','capitalize','swapcase','isspace','isalpha','isalnum','isdecimal','isdigit','isnumeric','islower','isupper','istitle','isidentifier','isprintable','isascii','split','rsplit','splitlines','strip','lstrip','rstrip','expandtabs','__repr__','__len__')])
    out([show(s.split, sub, pick([-1,0,1,2])), show(s.rsplit, sub, pick([-1,0,1,2])), show(s.split, None, pick([-1,0,1,2])), show(s.rsplit, None, pick([-1,0,1,2])), show(s.splitlines, True), show(s.partition, sub), show(s.rpartition, sub), show(s.replace, sub, t, pick([-1,0,1,2])), show(s.replace, sub, t), show(s.strip, sub), show(s.lstrip, sub), show(s.rstrip, t), show(s.removeprefix, sub), show(s.removesuffix, sub), show(sub.join, [s, t, s]), show(s.join, t), show(s.center, rnd(14), pick(['x','é','😀',' '])), show(s.ljust, rnd(14)), show(s.rjust, rnd(14), 'ā'), show(s.zfill, rnd(14)), show(s.expandtabs, rnd(6)), show(lambda: s + t), show(lambda: s * rnd(4)), show(lambda: sub in s), show(lambda: s < t), show(lambda: s == t), show(lambda: s >= t)])
    a, b, c = ri(), ri(), pick([None, 1, 2, -1, -2, 3])
    out(show(lambda: s[a:b:c]), show(lambda: s[a:b]), show(lambda: s[rnd(10)-5]))
    tab = {ord(x): pick([None, 'é', 'xyz', 65, '😀', 0x1F600, '']) for x in sub}
    out(show(s.translate, tab), show(str.maketrans, s, t), show(str.maketrans, s[:3], t[:3]) , show(s.encode), show(s.encode, 'ascii', 'ignore'), show(s.encode, 'latin-1', 'replace'))
    out(hash(s) == hash(''.join(list(s))), list(s), tuple(reversed(s)), sorted(s), ascii(s), [ascii(x) for x in iter(s)])
