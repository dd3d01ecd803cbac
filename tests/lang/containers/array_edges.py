# Arrays and views of them: characters that are none, slices that are wrong in two ways, formats of which no items are read.
import warnings
from array import array

warnings.simplefilter('ignore')


def show(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(type(e).__name__, e)


def store(a, key, value):
    a[key] = value


# the slice is looked at before what is assigned
for key in slice(0, -100, 0), slice(0, 2, 1.5), slice(0, 1):
    for value in [1], array('b', [1]), 1:
        show(store, array('i', [1, 2]), key, value)
a = array('i', [1, 2, 3])
a[1:] = a
a[::-1] = a
print(a)

# arrays of characters compare by the numbers, which need not be characters
for code in 'uw':
    a = array(code, 'ab')
    a.byteswap()
    show(lambda: a[0])
    show(a.tolist)
    show(a.tounicode)
    show(lambda: 'a' in a)
    print(a == a, a < a, a < a[:-1], a[:-1] < a, a != a[:1] + a[:1], a > array(code, 'zz'), array(code, '') < a)

# a view of them can be sliced, cast to bytes and assigned to, only its items cannot be read
m = memoryview(array('w', 'ab\xe9'))
for f in (lambda: m[0], lambda: m[20], lambda: m.tolist(), lambda: m[:0].tolist(), lambda: m.cast('B').tolist(), lambda: m.cast('h'), lambda: m.cast('B').cast('w'),
          lambda: store(m, 0, 'x'), lambda: store(m, 9, 'x'), lambda: m.__delitem__(0), lambda: store(m.toreadonly(), 0, 1), lambda: store(m, slice(0, 1), m[1:2]),
          lambda: m[1, 2], lambda: m[...], lambda: 'a' in m, lambda: list(m), lambda: m.tobytes(), lambda: store(m, slice(0, 1), b'abcd'), lambda: m == m):
    show(f)
