"""The % operator, str.format and format_map, with all that can be wrong."""
R = [12345]
def rnd(n):
    R[0] = (R[0] * 1103515245 + 12345) % 2147483648
    return (R[0] >> 8) % n
def pick(seq): return seq[rnd(len(seq))]
def show(f, *a, **k):
    try: r = ascii(f(*a, **k))
    except BaseException as e: r = type(e).__name__ + ': ' + ascii(str(e))
    return r
class I:
    def __int__(self): return 5
    def __repr__(self): return 'I()'
class X:
    def __index__(self): return 6
    def __str__(self): return 'X str'
    def __repr__(self): return 'Xé repr'
class F:
    def __format__(self, s): return 'F<' + s + '>'
    x = 5
    y = {'k': [1, 2, {'z': 9}], 3: 'three', '4': 'four', 'a b': 7}
vals = [0, 1, -1, 42, -255, 2**70, -2**70, 1.5, -0.0, 1e300, float('inf'), float('nan'), 'abc', 'é\n', '😀', '', b'b', None, True, I(), X(), 65, 0x110000, -5, 'x', 1e-7, 123456789.123, 3+4j, [1], (2,), {}]
for i in range(150):
    fl = ''.join([pick('-+ #0') for _ in range(rnd(3))])
    w = pick(['', '', '', '5', '12', '*', '1'])
    p = pick(['', '', '', '.', '.0', '.3', '.10', '.*'])
    c = pick('diouxXeEfFgGrsa%zlb')
    l = pick(['', '', '', '', 'l', 'h', 'L'])
    f = pick(['', 'x', 'é']) + '%' + fl + w + p + l + c + pick(['', 'y', '%%', 'ā'])
    args = []
    if w == '*': args.append(pick([3, 10, -6, 'q', 0]))
    if p == '.*': args.append(pick([3, 0, -6, 'q', 5]))
    v = pick(vals)
    args.append(v)
    if rnd(20) == 0: args.append(1)
    print(i, ascii(f), show(lambda: f % tuple(args)), show(lambda: f % v))
for f in ['%(a)s', '%(b)d%(a)r', '%(a)s%', '%(a', '%(a)', '%()s', '%((a))s', '%(a)*d', '%s', '%(c)s', '%(a)s %s', '%%(a)s', '%(a)5%']:
    print(ascii(f), show(lambda: f % {'a': 'A', 'b': 2, '': 'empty', '(a)': 'par'}), show(lambda: f % 5), show(lambda: f % []), show(lambda: f % 'str'))
fmts = ['{}', '{0}', '{1}', '{a}', '{:5}', '{:>5}|{:<5}|', '{!x}', '{', '}', '{{', '}}', '{{}}', '{{{}}}', '{0.x}', '{0[0]}', '{0[k]}', '{a[k][2][z]}', '{a.x}{a.y[3]}', '{a.y[4]}', '{a.y[a b]}', '{0!}', '{!}', '{0!r', '{0!rs}', '{0:{1}}', '{:{}}', '{:{}.{}}', '{0:{1:{2}}}', '{0:{{}', '{a:}', '{0.}', '{0[}', '{0[]}', '{0]}', '{0[0}', '{0[0]x}', '{0..x}', '{} {0}', '{0} {}', '{99999999999999999999}', '{0[99999999999999999999]}', '{-1}', '{ 0}', '{0 }', '{a b}', '{:d}', '{:s}', '{:é>5}', 'é{}ā', '{!é}', '{!\x00}', '{0:}}', '{\u0660}', '{0[\u0661]}', '{:c}', '{.x}', '{[0]}', '{0:x}{0:o}{0:b}', '{:,}', '{:_}', '{:%}', '{x}', '', 'plain', '{{{0}}}', '{0.__class__}', '{:10}', '{:<}', '{0:\n}']
for f in fmts:
    for args in [(), (5,), (5, 6, 7), ('é', 10, 3), ('abc',), ([1, 2],), (1.5, 8, 2), (F(),), (None, '>5'), (F(), 'spec'), ({'k': 1, 0: 'zero'},)]:
        print(ascii(f), show(lambda: f.format(*args)), show(lambda: f.format(*args, a=F())), show(lambda: f.format_map({'a': F(), 'x': 'X', 'a b': 'ab', ' 0': 'sp'})) )
print(show(lambda: '%c%c%c' % (65, 'é', X())), show(lambda: '%c' % 0x110000), show(lambda: '%c' % -1), show(lambda: '%5c|%-5c|' % ('a', 98)))
