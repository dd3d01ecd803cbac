# Which keyword argument is repeated, and of many as quickly.
def mistake(source):
    try:
        compile(source, "calls", "eval")
    except SyntaxError as e:
        print(e.msg, e.offset, e.end_offset)
    else:
        print("fine")


for source in "f(a=1, a=2)", "f(a=1, b=1, b=2, a=2)", "f(**x, **x)", "f(a=1, **x, a=2)", "f(b=1, a=1, c=3, a=2, b=2, a=4)":
    mistake(source)
many = ", ".join("a%d=1" % i for i in range(30))
mistake(f"f({many})")
mistake(f"f({many}, a7=1, a3=1, a3=2, **x)")
mistake(f"f(**x, {many}, **y)")
mistake("f(%s)" % ", ".join("a%d=1" % i for i in range(100_000)))
