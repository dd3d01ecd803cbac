"""A backslash before a brace of an f-string stands for itself, and is warned of once."""
import warnings

for source in (r"f'\{1}'", r"f'\{{1}}'", r"f'{1}\{2}x'", r"f'\\{1}'", r"f'\}}'", r"rf'\{1}\}}'", r"f'\é{1}'", r"t'\{1}'.strings",
               r"f'\q\{1}'", r"f'{1:\}'", r"'\{'", r"b'\{'"):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            value = eval(compile(source, "braces", "eval"))
        except (SyntaxError, ValueError) as error:
            value = error
    print(source, repr(value), len(caught), [str(w.message)[:30] for w in caught])
