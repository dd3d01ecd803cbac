# A function whose globals are a child of dict with __missing__ or __getitem__.
import types


class Missing(dict):
    def __missing__(self, key):
        return 'missing ' + key


class Item(dict):
    def __getitem__(self, key):
        if key == 'len':
            raise KeyError(key)
        if key == 'bad':
            raise ZeroDivisionError
        return 'item ' + key


def f():
    return zork, [zork for _ in 'ab'], len


def g():
    return bad


for kind in Missing, Item, dict:
    for function in f, g:
        try:
            print(types.FunctionType(function.__code__, kind())())
        except Exception as e:
            print(repr(e))
exec('print(zork)', Missing(print=print))
