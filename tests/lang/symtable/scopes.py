# The scopes of a program.
import symtable
t = symtable.symtable('''
import os
class A:
    x = 1
    def m(self, a, *b):
        global g
        nonlocal_ = 1
        def inner():
            nonlocal nonlocal_
            return a, lambda z: z
        return inner
def gen(x): yield x
''', 'f.py', 'exec')
def show(t, d=0):
    print(' '*d, t.get_type(), t.get_name(), t.get_lineno(), t.is_nested(), t.has_children(), sorted(t.get_identifiers()))
    for s in sorted(t.get_symbols(), key=lambda s: s.get_name()):
        print(' '*d, ' ', s, s.is_referenced(), s.is_parameter(), s.is_global(), s.is_local(), s.is_free(), s.is_imported(), s.is_assigned(), s.is_namespace())
    for c in t.get_children(): show(c, d+2)
show(t)
