import ast, asyncio, types, inspect
code = compile("import asyncio\na = await asyncio.sleep(0, result=1)\nb = [x async for x in arange(3)]\nc = [y for y in range(2)]\n", "t", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
async def arange(n):
    for i in range(n): yield i
print(bool(code.co_flags & inspect.CO_COROUTINE))
ns = {"arange": arange}
asyncio.run(eval(code, ns))
print(ns["a"], ns["b"], ns["c"])
code = compile("await asyncio.sleep(0, 5)", "t", "eval", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
print(asyncio.run(eval(code)))
for source in ("await x", "async with x: pass", "[x async for x in y]"):
    try: compile(source, "t", "exec")
    except SyntaxError as e: print(e.msg)
co = compile("x = 1", "t", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
print(bool(co.co_flags & inspect.CO_COROUTINE))
try: compile("def f(): await x", "t", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
except SyntaxError as e: print(e.msg)
code = compile("total = await asyncio.sleep(0, 7)\ntotal += len([x async for x in arange(3)])\n", "t", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
ns = {"arange": arange, "asyncio": asyncio}
asyncio.run(types.FunctionType(code, ns)())
print(ns["total"])
