# An empty list of type parameters is told as such.
for text in (
    "def f[](): pass",
    "def f[]: pass",
    "async def f[](): pass",
    "async def f[]:  # comment",
    "class C[]: pass",
    "class C[](): pass",
    "type X[] = int",
    "def f",
    "def f[T",
    "def f[T]: pass",
):
    try:
        compile(text, "<text>", "exec")
    except SyntaxError as error:
        print(text, "|", error.msg, error.offset, error.end_offset)
