"""break, continue and return do not leave an except* clause; inside it they may."""
programs = """
for i in 1, 2:
    try: pass
    except* Exception: break
---
for i in 1, 2:
    try: pass
    except* Exception:
        if i: continue
---
try: pass
except* Exception: break
---
def f():
    try: pass
    except* Exception as e:
        return 1
---
def f():
    for i in 1, 2:
        try: pass
        except* Exception as e:
            with i:
                return 1
---
def f():
    try: pass
    except* Exception as e:
        for i in 1, 2:
            return 1
---
try: raise ValueError
except* ValueError as e:
    for i in 1, 2, 3:
        if i == 1: continue
        print(i)
        break
    def f(): return 5
    print(f(), repr(e))
---
def f():
    for i in 1, 2:
        try:
            break
        except* KeyError:
            pass
        else:
            continue
    try: return i
    except* ValueError: pass
print(f())
"""
for program in programs.split("---\n"):
    try:
        exec(program)
    except SyntaxError as e:
        print(e.msg)
try:
    if programs:
        class Losing:
            def __iter__(self):
                return self
            def __next__(self):
                del Losing.__next__
                return 1
        for j in Losing():
            print(j)
except TypeError as e:
    print(type(e))
