# The line that a destructor sees its caller at is the one whose instruction let the last reference go, whatever that instruction is.
import sys
class D:
    def __init__(self, n): self.n = n
    def __del__(self): print(self.n, sys._getframe(1).f_lineno, sys._getframe(1).f_code.co_name)
def f(x):
    y = 1

    x = 2
    z = y

    w = D(2)
    q = 1.5
    w = y + 1
    u = D(3)
    u = q * 2.0
    u = D(4)

    u = q
    u = D(5)
    for i in range(1): pass

    u = None
    u = [D(6)]
    a = (1, 2)

    u, v = a
    u = [D(7)]

    u = [1]
    u = D(8)
    a = [7]

    u = a[0]
    u = D(9)

    u = -y
    u = D(10)

    u = y < 3
    u = D(11)

    u = not y
    u = D(12)

    u = y
    return
def g(x):
    x = 2
f(D(1))
g(D(20))
