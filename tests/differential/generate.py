"""Programs made up at random, the same for the same seed: generate(seed) is the text of one.

Each part runs in a function of its own whose result, or exception, is printed, so that one difference hides no other.  Nothing printed may depend on
addresses, hashes of strings, time, or on what CPython calls an implementation detail.
"""

import random

INTS = ['0', '1', '-1', '2', '7', '-13', '255', '256', '2**31', '-2**31', '2**48 - 1', '-2**48', '2**63', '2**64 - 1', '-2**64', '10**30', 'True', 'False']
FLOATS = ['0.0', '-0.0', '1.5', '-2.25', '1e300', '-1e-300', '5e-324', "float('inf')", "-float('inf')", "float('nan')", '0.1', '1e16', '123456789.125', '2.5', '1e22']
STRINGS = ["''", "'a'", "'abc'", "'Hello World'", "'  padded\\t'", "'12'", "'-7'", "'1_000'", "'\\xdf\\u0130'", "'\\U0001f600x'", "'a,b,,c'", "'line\\nnext\\r\\nend'",
           "'\\x00'", "'ab' * 5", "'%d'", "'{}'", "'\\u0661\\u0662'", "'\\ud800'", "'x' * 70"]
BYTES = ["b''", "b'a'", "b'abc'", "b'\\xff\\x00'", "b' x '", "bytearray(b'abc')", "b'a,b'", "b'12'", "bytes(range(5))", "memoryview(b'abcd')"]
OTHERS = ['None', '...', 'int', 'str', 'len', '1+2j', '-0j', 'complex(1, float("nan"))', 'range(5)', 'range(10, 0, -3)', 'slice(1, None, 2)', 'NotImplemented', 'type', 'object', 'ValueError(1)']
NAMES = ['a', 'b', 'c', 'd']
BINARY = ['+', '-', '*', '/', '//', '%', '&', '|', '^', '==', '!=', '<', '<=', '>', '>=', 'is', 'is not', 'in', 'not in', 'and', 'or', '@']
STR_METHODS = {
    'capitalize': 0, 'casefold': 0, 'center': (1, 2), 'count': (1, 3), 'encode': (0, 2), 'endswith': (1, 3), 'expandtabs': (0, 1), 'find': (1, 3), 'format': (0, 2),
    'index': (1, 3), 'isalnum': 0, 'isalpha': 0, 'isascii': 0, 'isdecimal': 0, 'isdigit': 0, 'isidentifier': 0, 'islower': 0, 'isnumeric': 0, 'isprintable': 0,
    'isspace': 0, 'istitle': 0, 'isupper': 0, 'join': 1, 'ljust': (1, 2), 'lower': 0, 'lstrip': (0, 1), 'partition': 1, 'removeprefix': 1, 'removesuffix': 1,
    'replace': (2, 3), 'rfind': (1, 3), 'rindex': (1, 3), 'rjust': (1, 2), 'rpartition': 1, 'rsplit': (0, 2), 'rstrip': (0, 1), 'split': (0, 2), 'splitlines': (0, 1),
    'startswith': (1, 3), 'strip': (0, 1), 'swapcase': 0, 'title': 0, 'translate': 1, 'upper': 0, 'zfill': 1}
BYTES_METHODS = dict(STR_METHODS, decode=(0, 2), hex=(0, 2))
for name in 'casefold', 'encode', 'format', 'isdecimal', 'isidentifier', 'isnumeric', 'isprintable':
    del BYTES_METHODS[name]
LIST_METHODS = {'append': 1, 'clear': 0, 'copy': 0, 'count': 1, 'extend': 1, 'index': (1, 3), 'insert': 2, 'pop': (0, 1), 'remove': 1, 'reverse': 0, 'sort': 0}
DICT_METHODS = {'get': (1, 2), 'pop': (1, 2), 'setdefault': (1, 2), 'update': (0, 1), 'items': 0, 'keys': 0, 'values': 0, 'copy': 0, 'popitem': 0, 'fromkeys': (1, 2)}
SET_METHODS = {'union': (0, 2), 'intersection': (0, 2), 'difference': (0, 2), 'symmetric_difference': 1, 'issubset': 1, 'issuperset': 1, 'isdisjoint': 1, 'add': 1, 'discard': 1,
               'remove': 1, 'update': (0, 2), 'copy': 0}
INT_METHODS = {'bit_length': 0, 'bit_count': 0, 'conjugate': 0, 'as_integer_ratio': 0, 'to_bytes': (0, 3), 'is_integer': 0, '__format__': 1, '__round__': (0, 1), '__pow__': (1, 2)}
FLOAT_METHODS = {'is_integer': 0, 'as_integer_ratio': 0, 'hex': 0, 'conjugate': 0, '__format__': 1, '__round__': (0, 1), '__trunc__': 0, '__floor__': 0, '__ceil__': 0}
FUNCTIONS = {'abs': 1, 'all': 1, 'any': 1, 'ascii': 1, 'bin': 1, 'bool': (0, 1), 'bytes': (0, 2), 'bytearray': (0, 2), 'callable': 1, 'chr': 1, 'complex': (0, 2), 'dict': (0, 1),
             'divmod': 2, 'float': (0, 1), 'format': (1, 2), 'frozenset': (0, 1), 'hex': 1, 'int': (0, 2), 'isinstance': 2, 'issubclass': 2, 'len': 1, 'list': (0, 1), 'max': (1, 3),
             'min': (1, 3), 'oct': 1, 'ord': 1, 'pow': (2, 3), 'range': (1, 3), 'repr': 1, 'round': (1, 2), 'set': (0, 1), 'slice': (1, 3), 'sorted': 1, 'str': (0, 2), 'sum': (1, 2),
             'tuple': (0, 1), 'iter': 1, 'next': (1, 2), 'reversed': 1, 'enumerate': (1, 2), 'zip': (0, 3), 'type': 1, 'getattr': (2, 3), 'hasattr': 2, 'map': 2, 'filter': 2,
             'int.from_bytes': (1, 2), 'float.fromhex': 1, 'bytes.fromhex': 1, 'str.maketrans': (1, 3), 'memoryview': 1, 'vars': 1}
SPECS = ["''", "'d'", "'x'", "'#x'", "'08b'", "'>10'", "'^7'", "'*<6'", "'.3f'", "'e'", "'g'", "'.0f'", "'+,'", "'_d'", "'%'", "'s'", "'.2'", "'z.1f'", "'=+8'", "'c'", "'n'", "'#.3g'",
         "'010,.2f'", "'-'", "' '", "'<<5'", "'q'", "'.'", "'5.'", "'_b'", "'0=6'", "'+.2e'", "',d'", "'#o'", "'0>8s'", "'.99'"]
CONVERSIONS = ['d', 's', 'r', 'x', 'f', 'g', '5d', '-5s', '05.1f', '+d', '%', 'c', '#x', '.3s', 'a', 'e', '*d', '(k)s', 'q', '', 'i', '#o', ' d', '.0f', '.10g']
ERRORS = ['ValueError', 'TypeError', 'KeyError', 'IndexError', 'ZeroDivisionError', 'AttributeError', 'Exception', 'LookupError', 'ArithmeticError', 'StopIteration', 'OverflowError']


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.depth = 0

    def one(self, options):
        return self.r.choice(options)

    def chance(self, p):
        return self.r.random() < p

    # ---- expressions ----

    def atom(self):
        kind = self.r.random()
        if kind < 0.3:
            return self.one(INTS)
        if kind < 0.42:
            return self.one(FLOATS)
        if kind < 0.6:
            return self.one(STRINGS)
        if kind < 0.68:
            return self.one(BYTES)
        if kind < 0.76:
            return self.one(OTHERS)
        return self.one(NAMES)

    def several(self, low, high, make=None):
        return [(make or self.expression)() for _ in range(self.r.randint(low, high))]

    def arguments(self, counts):
        if isinstance(counts, int):
            counts = (counts, counts)
        low, high = counts
        if self.chance(0.05):
            high += 1
        return ', '.join(self.several(low, high))

    def method(self):
        receivers, methods = self.one([(STRINGS, STR_METHODS), (BYTES[:-1], BYTES_METHODS), (None, LIST_METHODS), ('d', DICT_METHODS), ('s', SET_METHODS), (INTS, INT_METHODS),
                                       (FLOATS, FLOAT_METHODS)])
        receiver = self.list() if receivers is None else self.dict() if receivers == 'd' else self.set() if receivers == 's' else self.one(receivers)
        name = self.one(list(methods))
        return f'({receiver}).{name}({self.arguments(methods[name])})'

    def list(self):
        return '[' + ', '.join(self.several(0, 4, self.item)) + ']'

    def item(self):
        return '*' + self.wrapped() if self.chance(0.08) else self.expression()

    def wrapped(self):
        return f'({self.expression()})'

    def tuple(self):
        return '(' + ''.join(x + ', ' for x in self.several(0, 3)) + ')'

    def dict(self):
        return '{' + ', '.join(f'{self.hashable()}: {self.expression()}' for _ in range(self.r.randint(0, 3))) + '}'

    def hashable(self):
        return self.one(INTS + STRINGS[:12] + ['None', '1.5', '(1, 2)', "b'k'"])

    def set(self):
        return 'set([' + ', '.join(self.one(INTS[:8]) for _ in range(self.r.randint(0, 4))) + '])'

    def subscript(self):
        base = self.one([self.list, self.tuple, self.dict, lambda: self.one(STRINGS), lambda: self.one(BYTES), lambda: self.one(NAMES)])()
        if self.chance(0.5):
            return f'({base})[{self.expression()}]'
        parts = [self.one(['', '0', '1', '-1', '2', '-3', '100', '-100', '2**64', self.one(NAMES)]) for _ in range(self.r.randint(2, 3))]
        return f'({base})[{":".join(parts)}]'

    def comprehension(self):
        loops = ''.join(f' for {self.one(["x", "y", "x, y", "*x, y"])} in {self.iterable()}' + (f' if {self.expression()}' if self.chance(0.3) else '')
                        for _ in range(self.r.randint(1, 2)))
        element = self.one(['x', 'y', '(x, 1)', 'x + 1', 'x * 2', 'str(x)', '-x', self.expression()])
        return self.one(['[{}{}]', 'list({}{})', 'sorted([{}{}], key=repr)', '{{i: v for i, v in enumerate([{}{}])}}', 'tuple({}{})']).format(element, loops)

    def iterable(self):
        return self.one([self.list, self.tuple, lambda: f'range({self.one(["3", "5", "0", "2, 6"])})', lambda: self.one(STRINGS), lambda: f'zip({self.list()}, {self.list()})',
                         lambda: f'{self.dict()}.items()', self.expression])()

    def formatted(self):
        kind = self.r.random()
        if kind < 0.35:
            return f'format({self.expression()}, {self.one(SPECS)})'
        if kind < 0.7:
            text = ''.join(self.one(['x', ' ', '']) + '%' + self.one(CONVERSIONS) for _ in range(self.r.randint(1, 2)))
            return f'{text!r} % ({self.one([self.tuple, self.expression, self.dict])()})'
        field = self.one(['{}', '{0}', '{1}', '{!r}', '{0!s:>8}', '{:{}}', '{0[0]}', '{0.real}', '{k}', '{:>5}', '{!a}', '{', '}', '{{}}', '{0:.2f}', '{!x}', '{:d}', '{0[k]}', '{0.}', '{[}'])
        return f'{(self.one(["", "-", "a"]) + field)!r}.format({", ".join(self.several(0, 2))})'

    def fstring(self):
        inner = self.one(NAMES + ['1', 'a + 1', 'b!r', 'c!s', 'a = ', 'd!a:>12', 'a:>{3}', 'b:{"d"}', '(lambda: 3)()', '[x for x in "ab"]', 'a:=^9', 'b=!r:^12'])
        return "f'" + self.one(['', 'x ', '{{']) + '{' + inner + "}'"

    def conditional(self):
        return f'({self.expression()} if {self.expression()} else {self.expression()})'

    def unary(self):
        return self.one(['-', '+', '~', 'not ']) + self.wrapped()

    def binary(self):
        if self.chance(0.08):
            return f'({self.expression()} ** {self.one(["0", "1", "2", "3", "-1", "0.5", "-2", "True", "1j"])})'
        if self.chance(0.08):
            return f'({self.expression()} {self.one(["<<", ">>"])} {self.one(["0", "1", "5", "64", "-1", "70", "True", "1.0"])})'
        if self.chance(0.06):
            return f'({self.expression()} {self.one(["<", "==", "<="])} {self.expression()} {self.one(["<", "!=", "in"])} {self.expression()})'
        op = self.one(BINARY)
        if op in ('is', 'is not'):
            return f'({self.one(NAMES + ["None", "True"])} {op} {self.one(NAMES + ["None", "True"])})'
        return f'({self.expression()} {op} {self.small() if op == "*" else self.expression()})'

    def small(self):
        return self.one(['0', '1', '2', '-1', '3', '1.5', 'True', "'x'", 'None', '1j'])

    def call(self):
        name = self.one(list(FUNCTIONS))
        if name in ('range', 'bytes', 'bytearray'):
            return f'{name}({", ".join(self.one(["0", "3", "-1", "5", "True", "2", "1.0", "None", STRINGS[2], BYTES[1]]) for _ in range(self.r.randint(1, 3)))})'
        if name == 'pow':
            return f'pow({self.expression()}, {self.one(["0", "2", "-1", "5", "0.5"])}, {self.one(["1", "7", "-5", "0", "None"])})'
        if name in ('getattr', 'hasattr'):
            return f'{name}({self.expression()}, {self.one(["chr(114)", repr("real"), repr("__class__"), repr("nothing"), "1"])}' + (', 5)' if name == 'getattr' and self.chance(0.3) else ')')
        return f'{name}({self.arguments(FUNCTIONS[name])})'

    def function(self):
        return self.one(['(lambda x: x)({})', '(lambda x, y=2: (x, y))({})', '(lambda *x: x)({})', '(lambda **k: k)({})', '(lambda x, /, *, y: (x, y))({})']).format(
            self.one([self.expression(), self.expression() + ', ' + self.expression(), 'x=' + self.expression(), '*' + self.wrapped(), '**' + self.dict(), 'y=1, *[2]', '']))

    def expression(self):
        if self.depth >= 3 or self.chance(0.3):
            return self.atom()
        self.depth += 1
        make = self.one([self.binary, self.binary, self.binary, self.unary, self.method, self.method, self.call, self.call, self.subscript, self.list, self.tuple, self.dict,
                         self.comprehension, self.formatted, self.fstring, self.conditional, self.function])
        text = make()
        self.depth -= 1
        return text

    # ---- statements ----

    def block(self, indent, n=None):
        out = []
        for _ in range(n or self.r.randint(1, 2)):
            out += self.statement(indent)
        return out

    def statement(self, indent=0):
        pad = '    ' * indent
        self.depth = 0
        if indent >= 3:
            return [f'{pad}{self.one(NAMES)} = {self.expression()}']
        kind = self.one(['assign', 'assign', 'augment', 'unpack', 'if', 'for', 'while', 'try', 'try', 'with', 'match', 'match', 'class', 'def', 'generator', 'raise', 'del', 'show', 'show',
                         'assert', 'store', 'group'])
        return getattr(self, 's_' + kind)(pad, indent)

    def s_assign(self, pad, indent):
        return [f'{pad}{self.one(["a", "b", "c = d", "a = b"])} = {self.expression()}']

    def s_augment(self, pad, indent):
        op = self.one(['+', '-', '|', '//', '%', '&', '^', '@', '/'])
        return [f'{pad}{self.one(NAMES)} {op}= {self.expression()}']

    def s_unpack(self, pad, indent):
        return [f'{pad}{self.one(["a, b", "a, *b", "*a, b", "(a, b), c", "[a, b, c]", "a, *b, c", "a,"])} = {self.expression()}']

    def s_store(self, pad, indent):
        return [f'{pad}a = {self.one([self.list, self.dict])()}',
                pad + self.one([f'a[{self.expression()}] = {self.expression()}', f'a[{self.one(["0:1", ":", "::2", "5:", "::-1", "1:1"])}] = {self.expression()}', f'del a[{self.expression()}]',
                                f'del a[{self.one(["0:1", ":", "::2", "-1", "0"])}]', f'a[{self.expression()}] += {self.expression()}', 'a.x = 1']),
                f'{pad}show(a)']

    def s_show(self, pad, indent):
        return [f'{pad}show({self.expression()})']

    def s_if(self, pad, indent):
        out = [f'{pad}if {self.expression()}:', *self.block(indent + 1)]
        if self.chance(0.3):
            out += [f'{pad}elif {self.expression()}:', *self.block(indent + 1)]
        if self.chance(0.5):
            out += [f'{pad}else:', *self.block(indent + 1)]
        return out

    def s_for(self, pad, indent):
        out = [f'{pad}for {self.one(["a", "a, b", "a, *b", "c"])} in {self.iterable()}:', *self.block(indent + 1)]
        if self.chance(0.3):
            out += [f'{pad}    {self.one(["break", "continue"])}']
        if self.chance(0.3):
            out += [f'{pad}else:', *self.block(indent + 1)]
        return out

    def s_while(self, pad, indent):
        n = f'n{indent}'
        return [f'{pad}{n} = 0', f'{pad}while {n} < 3:', f'{pad}    {n} += 1', *self.block(indent + 1), f'{pad}    if {self.expression()}: {self.one(["break", "continue"])}',
                f'{pad}else:', f'{pad}    show("else")']

    def s_try(self, pad, indent):
        out = [f'{pad}try:', *self.block(indent + 1)]
        if self.chance(0.8):
            what = self.one([self.one(ERRORS), f'({self.one(ERRORS)}, {self.one(ERRORS)})'])
            out += [f'{pad}except {what} as e:', f'{pad}    show(type(e).__name__, e.args)', *self.block(indent + 1, 1)]
            if self.chance(0.3):
                out += [f'{pad}else:', *self.block(indent + 1, 1)]
            if self.chance(0.4):
                out += [f'{pad}finally:', f'{pad}    show("finally")', *self.block(indent + 1, 1)]
        else:
            out += [f'{pad}finally:', f'{pad}    show("finally")', *self.block(indent + 1, 1)]
        return out

    def s_group(self, pad, indent):
        return [f'{pad}try:', f'{pad}    raise ExceptionGroup("g", [{self.one(ERRORS)}(1), {self.one(ERRORS)}(2)' + (f', ExceptionGroup("h", [{self.one(ERRORS)}(3)])' if self.chance(0.4) else '') + '])',
                f'{pad}except* {self.one(ERRORS)} as e:', f'{pad}    show(repr(e))', *self.block(indent + 1, 1), f'{pad}except* ({self.one(ERRORS)}, {self.one(ERRORS)}) as e:',
                f'{pad}    show(repr(e))']

    def s_raise(self, pad, indent):
        return [f'{pad}if {self.one(["a", "b", "True", "c"])}:', f'{pad}    raise {self.one(ERRORS)}({self.arguments((0, 2))})' + self.one(['', ' from None', f' from {self.one(ERRORS)}()'])]

    def s_with(self, pad, indent):
        return [f'{pad}with Manager({self.one(["True", "False", "1", "[]"])}) as {self.one(["a", "(a, b)", "c"])}:', *self.block(indent + 1)]

    def pattern(self, depth=0):
        kind = self.r.randint(0, 11 if depth < 2 else 4)
        if kind == 0:
            return '_'
        if kind == 1:
            self.captures += 1
            return f'm{self.captures}'
        if kind == 2:
            return self.one(['1', '-1', '0', '2.5', "'a'", "b'a'", 'None', 'True', "'abc'", '1 + 2j', '-0.0'])
        if kind == 3:
            return self.one(['int()', 'str()', 'float()', 'list()', 'dict()', 'bool()', 'complex()', 'bytes()'])
        if kind == 4:
            return self.one(['Point.ORIGIN', 'Point.ONE'])
        if kind == 5:
            return self.one(['int', 'str', 'float', 'bytes', 'tuple', 'Point', 'dict']) + f'({self.pattern(depth + 1)})'
        if kind == 6:
            return '[' + ', '.join(self.pattern(depth + 1) for _ in range(self.r.randint(0, 3))) + ']'
        if kind == 7:
            self.captures += 1
            return f'({self.pattern(depth + 1)}, *{self.one(["_", f"m{self.captures}"])})'
        if kind == 8:
            return '{' + ', '.join(f'{k}: {self.pattern(depth + 1)}' for k in self.r.sample(['1', "'a'", 'None', '2.5'], self.r.randint(0, 2))) + '}'
        if kind == 9:
            literals = [self.one(['1', '0', "'a'", 'None', 'int()', 'str()', '[]', '{}']) for _ in range(2)]
            return f'({" | ".join(literals)})'
        if kind == 10:
            inner = self.pattern(depth + 1)
            if inner == '_' or inner.startswith('m'):
                inner = 'object()'
            self.captures += 1
            return f'({inner} as m{self.captures})'
        return f'Point(x={self.pattern(depth + 1)})'

    def s_match(self, pad, indent):
        out = [f'{pad}match {self.one([self.expression(), self.list(), self.dict(), self.tuple(), "Point(1, 2)", "Point(a, b)", self.atom()])}:']
        for _ in range(self.r.randint(1, 3)):
            self.captures = 0
            p = self.pattern()
            guard = f' if {self.expression()}' if self.chance(0.3) or p == '_' or p.startswith('m') else ''
            names = ', '.join(f'm{i}' for i in range(1, self.captures + 1) if f'm{i}' in p)
            out += [f'{pad}    case {p}{guard}:', f'{pad}        show({repr(p)}, {names})']
        return out + [f'{pad}    case other:', f'{pad}        show("other", other)']

    def s_class(self, pad, indent):
        methods = self.r.sample(['__eq__', '__lt__', '__add__', '__radd__', '__getitem__', '__len__', '__bool__', '__call__', '__iter__', '__contains__', '__getattr__', '__index__', '__neg__',
                                 '__format__', '__str__', '__hash__', '__float__', '__iadd__', '__enter__', '__missing__', '__set_name__', '__get__'], 3)
        base = self.one(['', '(int)', '(str)', '(list)', '(dict)', '(tuple)', '(Exception)', '(Point)', '(float)', '(bytes)'])
        out = [f'{pad}class K{base}:']
        if self.chance(0.3):
            out += [f'{pad}    __slots__ = {self.one(["()", repr("x"), "(chr(120), chr(121))"])}']
        for m in methods:
            out += [f'{pad}    def {m}(self, *args):', f'{pad}        return {self.one([self.expression(), "args", "self", "5", "iter([1, 2])", repr("t"), "len(args)", "NotImplemented"])}']
        use = ['k + 1', '1 + k', 'k == 1', 'k < 2', 'k[0]', 'len(k)', 'bool(k)', 'k(1, 2)', 'list(k)', '1 in k', 'k.nothing', 'range(k)', '-k', 'format(k, "5")', 'str(k)', 'hash(k) == hash(k)',
               'float(k)', '[1, 2, 3][k]', 'k.__class__.__name__', '"%s %d" % (k, k)', 'isinstance(k, int)', 'k * 2', 'sum([k, k])', 'max(k, k)', '{**k}', 'f"{k:>9}"', 'int(k)', 'complex(k)',
               'k != 2', 'k.x', 'vars(k)', 'k @ k', 'sorted([k, k])', 'bytes(k)', '[*k]', 'K.mro()[1].__name__']
        out += [f'{pad}k = K({self.one(["", "", "1", repr("ab"), "[1, 2]", "{1: 2}"])})']
        return out + [f'{pad}attempt(lambda: {self.one(use)})' for _ in range(4)]

    def s_def(self, pad, indent):
        parameters = self.one(['', 'a', 'a, b=1', '*args', '**kw', 'a, /, b', 'a, *, b', 'a, *b, **c', 'a=1, /, *b, c=2', 'a, b, c'])
        call = self.one(['', '1', '1, 2', 'a=1', 'b=2', '1, b=2', '*[1, 2]', '**{"a": 1}', '1, 2, 3', '1, **{"c": 3}', '*"ab", c=1', 'x=1', '1, a=1', 'self=1'])
        nonlocal_ = [f'{pad}        nonlocal z', f'{pad}        z += 1'] if self.chance(0.3) else []
        return [f'{pad}def f({parameters}):', f'{pad}    z = 1', f'{pad}    def g():', *nonlocal_, f'{pad}        return z', f'{pad}    g()',
                f'{pad}    return {self.one(["sorted(locals().keys())", "g()", self.expression(), "z"])}', f'{pad}attempt(lambda: f({call}))']

    def s_generator(self, pad, indent):
        return [f'{pad}def g():', f'{pad}    try:', f'{pad}        x = yield {self.expression()}', f'{pad}        show("sent", x)', f'{pad}        yield from {self.iterable()}',
                f'{pad}        return {self.expression()}', f'{pad}    except {self.one(ERRORS)} as e:', f'{pad}        show("caught", type(e).__name__)', f'{pad}        yield 9', f'{pad}    finally:',
                f'{pad}        show("end")', f'{pad}i = g()',
                *[f'{pad}attempt(lambda: {self.one(["next(i)", "i.send(5)", "i.throw(ValueError(1))", "i.throw(KeyError)", "i.close()", "list(i)", "i.send(None)", "next(i, 7)"])})' for _ in range(4)]]

    def s_del(self, pad, indent):
        return [f'{pad}del {self.one(NAMES)}', f'{pad}show({self.one(NAMES)})']

    def s_assert(self, pad, indent):
        return [f'{pad}assert {self.expression()}, {self.expression()}']


PRELUDE = '''
import warnings
warnings.simplefilter('ignore')
def text(v, depth=0):
    if isinstance(v, (set, frozenset)):
        return type(v).__name__ + str(sorted(map(text, v)))
    if type(v) in (list, tuple):
        return type(v).__name__[0] + '[' + ', '.join(text(x, depth + 1) for x in v[:30]) + ']' if depth < 5 else '...'
    if type(v) is dict:
        return '{' + ', '.join(text(k) + ': ' + text(x, depth + 1) for k, x in list(v.items())[:30]) + '}' if depth < 5 else '...'
    r = ascii(v)
    if ' at 0x' in r:
        return '<' + type(v).__name__ + '>'
    return r if len(r) < 300 else r[:200] + '...' + str(len(r))
def show(*values):
    print('   ', *map(text, values))
def attempt(f):
    try:
        show(f())
    except RecursionError:
        print('    RecursionError')
    except BaseException as e:
        print('    !', type(e).__name__, ascii(str(e)).split(' at 0x')[0][:300])
class Manager:
    def __init__(self, swallow):
        self.swallow = swallow
    def __enter__(self):
        show('enter')
        return 1, 2
    def __exit__(self, t, e, tb):
        show('exit', t and t.__name__)
        return self.swallow
class Point:
    __match_args__ = 'x', 'y'
    def __init__(self, x=0, y=0):
        self.x = x
        self.y = y
    def __eq__(self, other):
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)
    def __repr__(self):
        return f'Point({text(self.x)}, {text(self.y)})'
Point.ORIGIN = Point()
Point.ONE = 1
def run(n, source):
    print(n)
    names = {**globals()}
    try:
        exec(compile(source, 'block', 'exec'), names)
    except SyntaxError as e:
        print('  !', type(e).__name__, ascii(e.msg), e.lineno, e.offset)
        return
    try:
        names['t'](3, 'abc', [1, 2, 3], {'k': 1})
    except RecursionError:
        print('  RecursionError')
    except BaseException as e:
        notes = [type(x).__name__ for x in (e.__cause__, e.__context__) if x is not None]
        print('  !', type(e).__name__, ascii(str(e)).split(' at 0x')[0][:300], notes, e.__traceback__.tb_next.tb_lineno)
'''


def generate(seed, statements=12):
    m = Maker(seed)
    out = [PRELUDE]
    for i in range(statements):
        source = '\n'.join(['def t(a, b, c, d):', *m.block(1, 2), '    show(a, b, c, d)'])
        out += [f'run({i}, {source!a})']
    return '\n'.join(out) + '\n'


if __name__ == '__main__':
    import sys
    sys.stdout.buffer.write(generate(int(sys.argv[1])).encode('utf-8', 'surrogatepass'))
