"""Random patterns over two letters against short strings: every group of every match."""
import re, warnings
warnings.simplefilter('ignore')
R = [2024]
def rnd(n):
    R[0] = (R[0] * 1103515245 + 12345) % 2147483648
    return (R[0] >> 8) % n
def pick(seq): return seq[rnd(len(seq))]
class Maker:
    def __init__(self): self.groups, self.open = 0, []
    def atom(self, d):
        r = rnd(100)
        if r < 35 or d <= 0: return pick('aabb.')
        if r < 45: return pick(['[ab]', '[^a]', '[a-c]', r'\w', r'\W', r'\d', r'\s', r'\S', '[b]', '(?:ab)', '[é-ÿa]', '[\u0100-\u0200b]'])
        if r < 53: return pick(['^', '$', r'\b', r'\A', r'\Z'])
        if r < 70:
            self.groups += 1
            g = self.groups
            self.open.append(g)
            x = '(' + self.alt(d - 1) + ')'
            self.open.remove(g)
            return x
        if r < 78: return '(?:' + self.alt(d - 1) + ')'
        if r < 82: return '(?=' + self.alt(d - 1) + ')'
        if r < 86: return '(?!' + self.alt(d - 1) + ')'
        if r < 92: return pick(['(?<=a)', '(?<!a)', '(?<=ab)', '(?<!b.)', '(?<=b)'])
        c = [g for g in range(1, self.groups + 1) if g not in self.open]
        if not c: return 'a'
        if r < 96: return '\\%d' % pick(c)
        return '(?(%d)%s|%s)' % (pick(c), self.seq(d - 1), self.seq(d - 1))
    def quant(self, d):
        x = self.atom(d)
        if rnd(10) < 4:
            if x[0] in '^$' or x[:2] in ('\\b', '\\A', '\\Z'): x = '(?:' + x + ')'
            x += pick(['*', '+', '?', '{2}', '{1,2}', '{0,2}', '{2,}']) + pick(['', '', '?'])
        return x
    def seq(self, d): return ''.join([self.quant(d) for _ in range(pick([1, 1, 2, 2, 3]))])
    def alt(self, d): return '|'.join([self.seq(d) for _ in range(pick([1, 1, 1, 2, 2]))])
for i in range(400):
    p = Maker().alt(pick([1, 2, 2]))
    flags = pick([0, 0, re.I, re.M, re.I | re.A])
    try:
        c = re.compile(p, flags)
    except re.error as e:
        print(ascii(p), e)
        continue
    print(i, ascii(p), c.groups)
    for _ in range(3):
        s = ''.join([pick('aaabbb' + pick(['', '', '\n ', 'A', 'é', 'ā1', '\U00010400'])) for _ in range(rnd(9))])
        pos = rnd(3)
        print('', ascii(s), [[m.span(k) for k in range(c.groups + 1)] + [m.lastindex] for m in c.finditer(s, pos)], c.match(s, pos) and c.match(s, pos).span(), bool(c.fullmatch(s)))
