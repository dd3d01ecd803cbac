"""Data and destructors nested a hundred thousand deep: each program ends in success or in an exception, never in a crash."""

import sys

sys.dont_write_bytecode = True

from deep import run

run({
    'list dealloc': 'l=[]\nfor i in range(N): l=[l]\ndel l',
    'tuple dealloc': 'l=()\nfor i in range(N): l=(l,)\ndel l',
    'dict dealloc': 'l={}\nfor i in range(N): l={1:l}\ndel l',
    'inst dealloc': 'class C: pass\nl=None\nfor i in range(N):\n c=C(); c.n=l; l=c\ndel l,c',
    'del dealloc': 'class C:\n def __del__(self): self.x=1\nl=None\nfor i in range(N):\n c=C(); c.n=l; l=c\ndel l,c',
    'slots': "class C: __slots__=('n',)\nl=None\nfor i in range(N):\n c=C(); c.n=l; l=c\ndel l,c",
    'closure': 'f=None\nfor i in range(N):\n f=(lambda g: lambda: g)(f)\ndel f',
    'gen': 'g=iter([])\nfor i in range(N):\n g=(x for x in g)\ndel g',
    'gen next': 'g=iter([1])\nfor i in range(N):\n g=(x for x in g)\nnext(g)',
    'map': 'g=iter([1])\nfor i in range(N): g=map(int,g)\nnext(g)',
    'map del': 'g=iter([1])\nfor i in range(N): g=map(int,g)\ndel g',
    'chain': 'import itertools\ng=iter([1])\nfor i in range(N): g=itertools.chain(g,[1])\nnext(g)',
    'filter': 'g=iter([1])\nfor i in range(N): g=filter(None,g)\nnext(g)',
    'partial': 'import functools\nf=int\nfor i in range(N): f=functools.partial(f)\nf()',
    'partial2': 'import functools\nclass P(functools.partial): pass\nf=int\nfor i in range(N): f=P(f)\nf()\nrepr(f)',
    'method': 'import types\nf=len\nfor i in range(N // 10): f=types.MethodType(f,1)\nf()',
    'bound repr': 'import types\nf=len\nfor i in range(N): f=types.MethodType(f,1)\nrepr(f)',
    'exc chain': 'e=None\nfor i in range(N):\n n=ValueError(); n.__context__=e; e=n\ndel e,n',
    'exc print': 'e=None\nfor i in range(N):\n n=ValueError(); n.__cause__=e; e=n\nimport traceback; traceback.format_exception(e)',
    'group': "e=ValueError()\nfor i in range(N): e=ExceptionGroup('a',[e])\ndel e",
    'group split': "e=ValueError()\nfor i in range(N): e=ExceptionGroup('a',[e])\ne.split(ValueError)",
    'group derive': "e=ValueError()\nfor i in range(N): e=ExceptionGroup('a',[e])\ntry: raise e\nexcept* ValueError: pass",
    'repr list': 'l=[]\nfor i in range(N): l=[l]\nrepr(l)',
    'repr dict': 'l={}\nfor i in range(N): l={1:l}\nrepr(l)',
    'repr tuple': 'l=()\nfor i in range(N): l=(l,)\nrepr(l)',
    'eq list': 'a=[];b=[]\nfor i in range(N): a=[a];b=[b]\na==b',
    'lt': 'a=[];b=[]\nfor i in range(N): a=[a];b=[b]\na<b',
    'eq tuple': 'a=();b=()\nfor i in range(N): a=(a,1);b=(b,1)\na==b',
    'eq dict': 'a={};b={}\nfor i in range(N): a={1:a};b={1:b}\na==b',
    'hash tuple': 'a=()\nfor i in range(N): a=(a,)\nhash(a)',
    'fs hash': 'a=frozenset()\nfor i in range(N): a=frozenset([a])\nhash(a)',
})
