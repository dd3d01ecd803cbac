# Which input is incomplete: more lines may make a statement of it.
import codeop
for s in ["a = 'a\\","a = 'a\\\n",'a = """a','a = (1,','a = "a','if 1:\n  x','if 1:','x \\','x \\\n','def f():','def f():\n  pass','def f():\n  pass\n','@a','@a\n','class A:\n','try:','try:\n  x','try:\n x\nexcept','f"{a','f"""{a','a = f"{','t"{a','\\','#x','','x;','x; y','1 +','lambda:','[x for','a = [1,','a = [1,\n','x = {','print(',')','a b','if x\n','else:','"""','\'\'\'a\n','r"\\','b"\\', 'f"a\\','f"a\\\n', 'async def f():','match x:','match x:\n case 1:','with a:','for x in y:','while 1:','if 1: pass\nelse:','if 1:\n  pass\nel','"a\\\nb','"a\\\nb\\']:
  for sym in ('single','exec','eval'):
    try: print(repr(s),sym, 'C' if codeop.compile_command(s,symbol=sym) else None)
    except (SyntaxError,ValueError,OverflowError) as e: print(repr(s),sym,type(e).__name__,e)
