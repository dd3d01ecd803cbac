"""Patterns, matches, scanners: methods, arguments, errors."""
import re, copy, pickle
def show(f, *a, **k):
    try:
        r = f(*a, **k)
    except BaseException as e:
        return '%s: %s' % (type(e).__name__, e)
    return r
p = re.compile(r'(?P<first>\w+) (?P<second>\w+)?', re.I | re.X)
q = re.compile('(a)(?P<n>b)?')
print(p, q, re.compile(b'x', re.L), re.compile('x', re.A | re.M | re.S), re.compile('y' * 300))
m = q.match('abc')
print(m, m.group(), m.group(0, 1, 'n'), m['n'], m[1], m.groups(), m.groupdict(), m.start('n'), m.end(), m.span(2), m.regs, m.lastindex, m.lastgroup, m.pos, m.endpos, m.string, m.re is q)
m = q.match('ac')
print(m.groups(), m.groups('-'), m.groupdict('-'), m.span('n'), m[2], m.lastindex, m.lastgroup)
for bad in (3, -1, 'x', None, 1.5, (1,), 10**30):
    print(show(m.group, bad), show(m.start, bad), show(lambda: m[bad]))
print(q.groups, q.groupindex, q.flags, q.pattern, show(setattr, q, 'flags', 1), show(q.groupindex.__class__.__setitem__, q.groupindex, 'a', 1) if hasattr(q.groupindex.__class__, '__setitem__') else 'read-only')
print(q == re.compile('(a)(?P<n>b)?'), q != re.compile('(a)(?P<n>b)'), hash(q) == hash(re.compile('(a)(?P<n>b)?')), q == 1)
print(copy.copy(q) is q, copy.deepcopy(m) is m, pickle.loads(pickle.dumps(q)) == q)
s = q.scanner('abaab')
print([x.span() for x in iter(s.search, None)], s.search(), s.pattern is q)
s = q.scanner('abxa')
print(s.match().span(), s.match(), s.match())
print([x.span() for x in re.finditer('x*', 'axbxx')], re.findall('x*', 'axbxx'), re.findall('(x)(y)?', 'xxy'), re.findall('(x)|y', 'xy'))
print(re.split('x*', 'axbc'), re.split('(x)|(-)', 'axb-c'), re.split(',', 'a,b,c', maxsplit=1), q.split('zzz'), re.split(b',', b'a,b'))
print(re.sub('x*', '-', 'abxd'), re.sub('(a)(b)?', r'[\2\1\g<1>\g<0>]', 'aab'), re.sub('a', lambda m: m.group().upper(), 'banana', count=2), re.subn('a', 'o', 'banana'), re.sub(b'a', rb'\\', b'banana'), re.sub('a', '', 'banana'))
print(re.sub('.', lambda m: None, 'abc') == '', show(re.sub, '.', lambda m: 5, 'abc'), show(re.sub, 'a', 'b', 5), show(re.sub, 'a', b'b', 'a'), show(q.sub, 'x', 'abab', count='z'))
print(show(q.match, 5), show(q.match, b'a'), show(re.compile(b'a').match, 'a'), show(q.match), show(q.match, 'a', 'b'), q.match('xab', 1).span(), q.match('ab', -5, 1).span(), q.search('xxab', 10**20 if False else 1).span(), show(q.search, 'a', 10**20))
print(re.match(b'a+', bytearray(b'aab')).group(), re.match(b'a+', memoryview(b'aab'))[0], re.sub(b'a', b'x', bytearray(b'aab')))
print(m.expand(r'\1-\g<n>-\n'), show(m.expand, r'\3'), show(m.expand, r'\g<zz>'))
print(show(type(q)), show(type(m)), show(type(s)), type(q)[str], type(m)[bytes], bool(m))
import _sre
print(show(_sre.compile, 'abc', 0, [2**70], 0, {}, ()), show(_sre.compile, {}, 0, [], 0, [], []), show(_sre.compile, '', 0, ['abc'], 0, {}, ()), show(_sre.compile, '', 0, [], 0, {}, ()), show(_sre.compile, '', 0, [16], 0, {}, ()), show(_sre.compile, '', 0, [17, 5, 1], 1, {}, ()))
print(show(_sre.template, '', ['', -1, '']), show(_sre.template, '', ['', (), '']), show(_sre.template, '', []))
for text in ('(', ')', '[', '*', 'a**', '(?P<n', '(?P<1>a)', '(?<=a+)b', r'\9', '(?(2)a)', 'a{2,1}', '(?z)', r'\N{NOSUCH}', '[b-a]', '(?P=x)'):
    print(text, show(re.compile, text))
print(re.match(r'(?:a|ab)(?:c|bcd)*+d', 'abcd'), re.match(r'(?>a|ab)c', 'abc'), re.match('a++a', 'aaa'), re.match('(?:ab)++c', 'ababc').span())
print(re.search('a' * 50 + 'b', 'a' * 100000), len(re.match('(?:a|b)*', 'ab' * 50000)[0]), re.match('(a|b)*?c', 'ab' * 20000 + 'c').span(1), re.search('(?s).*x', 'y' * 1000))
