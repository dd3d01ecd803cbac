# Flags of a code object that its instructions are made for cannot be replaced; others can.
import types


def generator(x):
    try:
        for i in range(x):
            yield i
    finally:
        print("end")


def variadic(*args, **kwargs):
    return args, kwargs


for f in generator, variadic:
    code = f.__code__
    for flag in 0x1, 0x2, 0x4, 0x8, 0x20, 0x200:
        try:
            code.replace(co_flags=code.co_flags ^ flag)
        except ValueError as e:
            print(f.__name__, hex(flag), e)

coroutine = types.FunctionType(generator.__code__.replace(co_flags=generator.__code__.co_flags | 0x100), globals())
print(list(coroutine(2)))
print(types.coroutine(generator).__code__.co_flags & 0x100)
