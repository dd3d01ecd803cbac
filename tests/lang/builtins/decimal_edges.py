# Decimal where it is easily taken for something else: pow() with a modulus is not rounded, zeros that fill are no digits, a context's repr.
from decimal import Clamped, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow


def show(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(type(e).__name__, e)


# the result of a modular power is held against no limit of the context
for context in Context(prec=3, Emin=-95, Emax=1, clamp=1, traps=[Inexact, Overflow, Clamped]), Context(prec=9, Emin=-6, Emax=0, traps=[Overflow]):
    show(context.power, Decimal(-53), Decimal(43), Decimal(51))
    show(context.power, Decimal(47), Decimal(20), Decimal(99))
    show(context.power, Decimal(10), Decimal(0), Decimal(1))
    print(context.flags[Clamped], context.flags[Overflow])

# a fill given with its alignment pads whatever it is; the zeros of a 0 before the width are digits
for spec in '0=12,', '012,', '0=+12,', '0>12,', '0=12', '012', '0=9,.2f':
    print(spec, [format(Decimal(text), spec) for text in ('1234', '-1234', 'Inf', '-NaN', '1E+4')])
print(format(1234, '0=12,'), format(-1234.0, '0=12,'))

# InvalidOperation comes where the first of its conditions does
context = Context(traps=[])
context.logb(Decimal(0))
print(context)
context.log10(Decimal('sNaN'))
print(context)
context.create_decimal('x')
print(context)
context.flags[InvalidOperation] = False
context.divide(0, 0)
print(context)
context.clear_flags()
context.flags[InvalidOperation] = True
context.flags[DivisionByZero] = True
print(context)

show(Decimal, (0, (1, 2), 2**70))
show(setattr, context, 'prek', 1)
for name in 'prec', 'prek', 'traps':
    show(delattr, context, name)
