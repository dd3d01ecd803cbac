"""Copying, pickling and calls nested a hundred thousand deep: each program ends in success or in an exception, never in a crash."""

import sys

sys.dont_write_bytecode = True

from deep import run

run({
    'deepcopy': 'import copy\na=[]\nfor i in range(N): a=[a]\ncopy.deepcopy(a)',
    'pickle': 'import pickle\na=[]\nfor i in range(N): a=[a]\npickle.dumps(a)',
    'pickleload': "import pickle\npickle.loads(b'('*N+b'.')",
    'pickleload2': "import pickle\npickle.loads(b'\\x80\\x04'+b']'*N+b'a'*(N-1)+b'.')",
    'json dumps': 'import json\na=[]\nfor i in range(N // 4): a=[a]\njson.dumps(a)',
    'json loads': "import json\njson.loads('['*N+']'*N)",
    'json loads2': 'import json\njson.loads(\'{"a":\'*N+\'1\'+\'}\'*N)',
    'marshal': 'import marshal\na=[]\nfor i in range(N): a=[a]\nmarshal.dumps(a)',
    'marshal2': "import marshal\nmarshal.loads(b'['+b'\\x01\\0\\0\\0['*N)",
    'recursion': 'def f(): f()\nf()',
    'recursion big': 'import sys\nsys.setrecursionlimit(N)\ndef f(n): return n and f(n-1)\nf(N-100)',
    'init rec': 'class C:\n def __init__(self): C()\nC()',
    'repr rec': 'class C:\n def __repr__(self): return repr(self)\nrepr(C())',
    'repr rec2': 'import sys\nsys.setrecursionlimit(N)\nclass C:\n def __repr__(self): return repr(self)\nrepr(C())',
    'getattr rec': "import sys\nsys.setrecursionlimit(N)\nclass C:\n def __getattr__(self,n): return getattr(self,n+'a')\nC().a",
    'add rec': 'import sys\nsys.setrecursionlimit(N)\nclass C:\n def __add__(self,n): return self+n\nC()+1',
    'eq rec': 'import sys\nsys.setrecursionlimit(N)\nclass C:\n def __eq__(self,n): return [self]==[n]\nC()==1',
    'hash rec': 'import sys\nsys.setrecursionlimit(N)\nclass C:\n def __hash__(self): return hash((self,))\nhash(C())',
    'sort rec': 'import sys\nsys.setrecursionlimit(N)\ndef k(x): return sorted([1,2],key=k)\nk(1)',
    'call rec': 'class C: pass\nC.__call__=C()\nC()()',
    'iter rec': 'import sys\nsys.setrecursionlimit(N)\nclass C:\n def __iter__(self): return iter(self)\nlist(C())',
    'str rec': 'import sys\nsys.setrecursionlimit(N)\nclass C:\n def __str__(self): return str(self)\nstr(C())',
    'format rec': "import sys\nsys.setrecursionlimit(N)\nclass C:\n def __format__(self,s): return format(self,s)\nf'{C()}'",
    'bool rec': 'import sys\nsys.setrecursionlimit(N)\nclass C:\n def __bool__(self): return not self\nbool(C())',
    'exec rec': "import sys\nsys.setrecursionlimit(N)\ns='exec(s)'\nexec(s)",
    'eval rec': "import sys\nsys.setrecursionlimit(N)\ns='eval(s)'\neval(s)",
    'prop rec': 'import sys\nsys.setrecursionlimit(N)\nclass C:\n @property\n def x(self): return self.x\nC().x',
})
