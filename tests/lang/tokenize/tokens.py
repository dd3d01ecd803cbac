# Tokens of small texts, right and wrong, by their names: the numbers of COMMENT and NL differ between versions.
import _tokenize, io, token


def show(source, extra=True):
    print('--', repr(source))
    try:
        for kind, *rest in _tokenize.TokenizerIter(io.StringIO(source).readline, extra_tokens=extra):
            print(token.tok_name[kind], *rest)
    except SyntaxError as e:
        print(type(e), e.args, e.filename, e.lineno, e.offset, e.end_lineno, e.end_offset)


for source in ["(1+2\n",
               "def f(\n  x",
               "if 1:\n  x\n y\n",
               "if 1:\n\tx\n        y\n",
               "x = \\ y\n",
               "é = \\ y\n",
               "x = 'abc\n",
               "x='''abc\n\n",
               'f"""abc\n{x}"""\n', 'f"""abc\n{x}\n"""\n', "a\0b\n","1_\n",
               "é ü = 1\n",
               "x\r\n\r\n# c\r\ny",
               "$ ? ! `\n",
               "\\\n",
               "x \\\n",
               "f'{x'",
               "f'{{}}{x!r:>{3}}'",
               "€\n",
               "x\\",
               ")\n",
               "'''é\nü''' + ü\n",
               "f'''é\nü{ü}''' + ü\n"]:
    show(source)
show("(1+2\n", False)
show("x = 1 # c\n\nif 1:\n  y", False)

for arguments in (), (1,), (lambda: 1,):
    for keywords in {}, {'extra_tokens': True}, {'encoding': 'utf-8', 'extra_tokens': 0}:
        try:
            print(list(_tokenize.TokenizerIter(*arguments, **keywords)))
        except Exception as e:
            print(repr(e))

lines = iter([b"a = '\xff'\n", b'b'])
print(list(_tokenize.TokenizerIter(lines.__next__, encoding='utf-8', extra_tokens=True)))
def fail():
    raise KeyError('no line')
try:
    list(_tokenize.TokenizerIter(fail, extra_tokens=True))
except KeyError as e:
    print(repr(e))
