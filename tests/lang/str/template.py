"""Template strings (PEP 750)."""
def show(f, *a, **k):
    try:
        r = f(*a, **k)
    except BaseException as e:
        r = '%s: %s' % (type(e).__name__, e)
    return r
name, n = 'World', 3
t = t'Hello {name!r:>{n}} and {n + 1}!{name=}'
print(t)
print(t.strings, t.values)
Template, Interpolation = type(t), type(t.interpolations[0])
print(Template, Interpolation, Template.__name__, Template.__module__, Interpolation.__qualname__)
for i in t.interpolations:
    print(i.value, i.expression, i.conversion, i.format_spec)
print(list(t), list(t''), list(t'{1}{2}'), type(iter(t)))
print(t'a{1}b' + t'c{2}', (t'x' + t'y').strings)
print(show(lambda: t'a' + 'b'))
print(show(lambda: 'b' + t'a'))
print(show(Template, 1), show(Template, value=1), show(Interpolation), show(Interpolation, 1, 2), show(Interpolation, 1, '', 'q'), show(Interpolation, 1, '', 5))
print(Template('a', 'b', Interpolation(1, 'x'), Interpolation(2), 'c', 'd'), Template())
match Interpolation(5, 'five', 'r', '.2f'):
    case Interpolation(value, expression, conversion, spec):
        print(value, expression, conversion, spec)
print(Interpolation.__match_args__, Interpolation[int], show(setattr, t, 'strings', ()), show(type, 'T', (Template,), {}))
