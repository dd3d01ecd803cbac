"""A mistake inside many brackets is found at once: what was tried at a place is not tried again at each level."""

forms = [('f(x:=(', '))'), ('f(a=1, b=(', '))'), ('{1: ', '}'), ('{1: (', ')}'), ('f(lambda x: (', '))'), ('f(lambda x=(', '): 1)'), ('(f(x)(', '))'),
         ('f(', ')'), ('[', ']'), ('(', ')'), ('{', '}'), ('f(*', ')'), ('f(**', ')'), ('x[', ']'), ('f(1, ', ')'), ('(yield ', ')'), ('x if (', ') else 1'), ('[+a+b%', ']'), ('a<(a|b**', ')'), ('for (x for ', ')'), ('a&{a:', '}'), ('''a%"s"f"{''', '}"')]
for opening, closing in forms:
    for mistake in ('1 2', '*', 'not'):
        try:
            compile(opening * 40 + mistake + closing * 40, 'x', 'exec')
        except SyntaxError as e:
            print(opening, mistake, e.msg)
