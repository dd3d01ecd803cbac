"""Subclasses of str, edge cases and error messages of its methods."""
class S(str):
    cls = 1
    def __init__(self, *a, **k): self.attr = 5
s = S('héllo')
print(type(s), s, repr(s), s.attr, s.__dict__, len(s), hash(s) == hash('héllo'), s == 'héllo', {s: 1}['héllo'])
print(type(s.upper()), type(s[:]), type(s + ''), type(str(s)), type(s.strip()), type(s * 1), type(''.join([s])), type('%s' % s), type(f'{s}'), type(s.replace('x', 'y')), type(s.lower()), type(s.title()), type(s.center(3)), type(s.zfill(1)), type(s.expandtabs()), type(s.removeprefix('q')), type(s.split('q')[0]), type(s.translate({})), type(s.__str__()), type(s.casefold()), type(S(s)), type(s.__getnewargs__()[0]))
print(S(b'abc', 'ascii'), S(), S('a' * 100)[-5:], S('😀').attr)
class T(str):
    def __str__(self): return 'T!'
    def __repr__(self): return 'T?'
    def __eq__(self, o): return 'eq'
    def __hash__(self): return 7
    def __getitem__(self, i): return 'item'
    def __format__(self, spec): return 'fmt' + spec
t = T('abc')
print(str(t), repr(t), t == 1, hash(t), t[0], f'{t:x}', '%s %r' % (t, t), '{} {!r}'.format(t, t), 'x' + t, ''.join([t, 'q']))
for e in ["''.join(5)", "'a'.split(5)", "'a'.split('')", "'a'.partition('')", "'a'.partition(5)", "'a'.strip(5)", "''.join([1])", "''.join(['a', 1])", "'a'.replace(1,2)", "'a'.replace('a',2)", "'a'+1", "'a'*'b'", "'a'[1.0:2]", "'a'.find(1)", "'a'.startswith(1)", "'a'.center(1,2)", "'a'.center(5,'ab')", "'a'.zfill('s')", "1 in 'a'", "'a'.encode(1)", "'a'.index('b')", "'a'.removeprefix(1)", "'a'.count(1)", "'a'.startswith((1,))", "'a'.expandtabs('s')", "'a'.translate(1)", "'a'[5]", "str(b'','x')", "str(1,'x')", "str(b'',1)", "str(1,2,3,4)", "str('a','b')", "''.maketrans(1)", "''.maketrans({'ab':1})", "''.maketrans({1.0:1})", "''.maketrans('a','bb')", "''.maketrans('a',1)", "''.maketrans('a','b',1)", "'a'.translate({97:0x110000})", "'a'.translate({97:1.0})", "'a'.join()", "'a'.find()", "'a'.find(1,2,3,4)", "'a'.center()", "'a'.lower(1)", "'a'.split(maxsplit='a')", "'a' < 1", "str.__new__(int)", "str(encoding='x')", "str(object=b'ab',errors='x')", "str(foo=1)", "'a'.startswith('a',1.0)", "'a'.format_map()", "str.maketrans()", "iter('a').__setstate__('1')", "iter('abc').__reduce__()", "'a'.replace('a','b',count='x')", "'abc'.replace('a','b',count=1)", "'a'.encode('a\\0b')", "'\\ud800'.encode()", "'\\ud800'.encode('utf-8','surrogatepass')", "b'\\xff'.decode()", "'a'.encode('nope')", "'aé'.encode('ascii')", "'a'.join('bcd')", "'ab'.split('b', maxsplit=0)", "'a'.isalpha(1)", "'x'.__mod__(1)", "'x'.__rmod__('%s')", "str.__rmod__('a','%s')", "'%s'.__rmod__(5)", "'a'.__mul__(2)", "'a'.__rmul__(2)", "'a'.__add__(1)", "'abc'.__contains__('b')", "'a'.__getitem__(0)", "'a'.__lt__('b')", "'a'.__lt__(1)", "'a'.__format__('')", "'a'.__format__('>5')", "'a'.__format__(5)", "'a'.__sizeof__() > 0", "''.__sizeof__()", "'abc'.__iter__().__length_hint__()", "str.__doc__ is not None", "str.__name__", "str.maketrans('abc','xyz','d')", "'a' * -1", "'ab' * (2**62)", "'a'.center(10**30)", "'ab'[::2**70]", "'ab'[2**70:]", "'ab'[2**70]", "'abcdef'[::-1]", "'aéb'[::2]", "'a😀b'[0::2]", "len('a'*1000)", "'é'.encode('latin-1')", "str(memoryview(b'ab'),'ascii')", "str(bytearray(b'ab'),'ascii')", "'abc'.__eq__(5)", "str.__eq__('a','a')", "'a'.__hash__() == hash('a')", "str()", "str(object='x')", "'a b'.split(sep=None, maxsplit=1)", "'x'.isidentifier()", "ascii('\\x7f\\x80')", "'ß'.upper()", "'ﬁ'.title()", "'İ'.lower()", "'ΑΣ'.lower()", "'Σ'.lower()", "'ΑΣΑ'.lower()", "'ŉ'.upper()","'ǆ'.title()", "repr('\\'')", "repr('\"\\'')", "repr('\\\\')", "repr('\\x00\\t\\n\\r\\x1f')", "'%s' % ()", "'%s' % (1,2)", "max('abc')", "min('abc')", "sorted('hello')", "list(map(ord,'aé😀'))", "chr(0x110000)", "ord('ab')", "ord('')", "''.join(c for c in 'xyz')", "'abc'.startswith('b', 1)", "'abc'.startswith(('x','a'))", "'abc'.endswith('b', 0, 2)", "'abc'.endswith('')", "'abc'.startswith('', 3)", "'abc'.startswith('', 4)", "'abc'.find('', 3)", "'abc'.find('', 4)", "'abc'.rfind('')", "'abc'.count('')", "'abc'.count('', 4)", "''.count('')", "'aaa'.count('aa')", "'aaa'.replace('aa','b')", "'abc'.replace('','-')", "'abc'.replace('','-',2)", "''.replace('','-')", "''.replace('','-',0)", "'abc'.replace('b','')", "'aé'.replace('é','e').isascii()", "''.split()", "' '.split()", "''.split('x')", "''.splitlines()", "'a\\r\\nb\\x0bc\\x1cd\\x85e\\u2028f'.splitlines()", "'\\n'.splitlines(True)"]:
    try: print(e, '->', ascii(eval(e)))
    except BaseException as x: print(e, '->', type(x).__name__, ascii(str(x)))
a = 'x'
for i in range(10): a += 'é'
print(a, len(a))
b = a
a += 'z'
print(b, a)
