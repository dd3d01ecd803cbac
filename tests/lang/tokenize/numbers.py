# tokenize tells numbers from what follows them, also where the compiler would refuse that.
import io
import tokenize

for text in ("2sin(x)", "01234", "0123abc", "1if 2else 3", "1_000j5", "0x1for x in y", "0b12", "0o8", "1__0", "1e5x", "1e+", "09.5", "0_0_7", "12.if x",
             "0xfor", "1_a"):
    try:
        print(text, [(tokenize.tok_name[t.type], t.string) for t in tokenize.generate_tokens(io.StringIO(text).readline)][:-2])
    except tokenize.TokenError as error:
        print(text, error)
