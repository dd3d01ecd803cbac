"""Text nested or repeated a hundred thousand times: compiling it ends in success or in an error of the language, never in a crash."""

import ast

N = 100000
TEXTS = {
    'paren': lambda: '('*N+')'*N,
    'brack': lambda: '['*N+']'*N,
    'brace': lambda: '{'*N+'}'*N,
    'call': lambda: 'f('*N+')'*N,
    'unary': lambda: '-'*N+'1',
    'not': lambda: 'not '*N+'1',
    'plus': lambda: '+'.join(['1']*N),
    'attr': lambda: 'a'+'.b'*N,
    'sub': lambda: 'a'+'[0]'*N,
    'callchain': lambda: 'a'+'()'*N,
    'pow': lambda: '**'.join(['1']*N),
    'lambda': lambda: 'lambda:'*N+'1',
    'ifexp': lambda: '1 if 1 else '*N+'1',
    'and': lambda: ' and '.join(['a']*N),
    'cmp': lambda: '<'.join(['a']*N),
    'comp': lambda: '['*N+'x'+' for x in y]'*N,
    'fstr': lambda: 'f"{'*200+'1'+'}"'*200,
    'await': lambda: 'async def f():\n  '+'await '*N+'x',
    'star': lambda: '*'*N+'a',
    'dict': lambda: '{1:'*N+'1'+'}'*N,
    'def': lambda: ''.join(' '*i+'def f():\n' for i in range(2000))+' '*2000+'pass',
    'if': lambda: ''.join(' '*i+'if 1:\n' for i in range(150))+' '*150+'pass',
    'elif': lambda: 'if 1: pass\n'+'elif 1: pass\n'*N+'else: pass',
    'with': lambda: 'with '+','.join(['a']*N)+': pass',
    'dec': lambda: '@a\n'*N+'def f(): pass',
    'tern': lambda: 'a if '*N,
    'match': lambda: 'match a:\n case '+'['*N+']'*N+': pass',
    'slice': lambda: 'a[' *N+']'*N,
    'walrus': lambda: '(a:='*N+'1'+')'*N,
    'str': lambda: '"a" '*N,
    'target': lambda: '='.join(['a']*N)+'=1',
    'del': lambda: 'del '+'('*N+'a'+')'*N,
    'open': lambda: '('*N,
    'mixed': lambda: '([{'*N,
    'annot': lambda: 'x:'+'a['*N+'b'+']'*N,
    'type': lambda: 'type X[T] = '+'('*N+'T'+')'*N,
    'return': lambda: 'def f():\n return '+'-'*N+'1',
    'yield': lambda: 'def f(): '+'(yield '*N+')'*N,
    'nested fstr': lambda: 'f"{' * N,
    'semis': lambda: 'a;'*N,
    'or': lambda: ' or '.join('a'*N),
    'bitor': lambda: '|'.join('a'*N),
    'import': lambda: 'import '+'.'.join('a'*N),
    'from': lambda: 'from '+'.'*N+' import a',
    'try': lambda: ''.join(' '*i+'try:\n' for i in range(90))+' '*90+'pass\n'+''.join(' '*i+'finally: pass\n' for i in range(89,-1,-1)),
    'params': lambda: 'def f('+','.join(f'a{i}' for i in range(N))+'): pass',
    'args': lambda: 'f('+','.join(['1']*N)+')',
    'global': lambda: 'global '+','.join(f'a{i}' for i in range(N)),
    'bigint': lambda: '1'*N,
    'bighex': lambda: '0x'+'1'*N,
    'ident': lambda: 'a'*N+'=1',
    'exp': lambda: '1e'+'9'*N,
}


def attempt(what, action):
    try:
        action()
    except (SyntaxError, RecursionError, MemoryError, NameError, ValueError, TypeError, AttributeError):
        pass


for name, make in TEXTS.items():
    text = make()
    attempt(name, lambda: compile(text, name, 'exec'))
    attempt(name, lambda: ast.unparse(ast.parse(text)))
    attempt(name, lambda: ast.literal_eval(text))
    attempt(name, lambda: eval(text))
    print(name)
