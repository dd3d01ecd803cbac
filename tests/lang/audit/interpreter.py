# The events that the interpreter itself raises, and what a hook can do.
import _thread, array, gc, io, marshal, operator, pickle, sys, threading, time, traceback, types

events, on = [], False


def text(v):
    if isinstance(v, types.CodeType):
        return f'<code {v.co_name}>'
    if isinstance(v, types.FrameType):
        return f'<frame {v.f_code.co_name}>'
    if isinstance(v, types.FunctionType):
        return f'<function {v.__name__}>'
    if isinstance(v, list) and v in (sys.path, sys.meta_path, sys.path_hooks):
        return '[...]'
    if isinstance(v, (tuple, list)) and len(v) < 10:
        return type(v).__name__ + '[' + ', '.join(map(text, v)) + ']'
    if isinstance(v, int) and v > 1 << 19 or isinstance(v, bytes) and len(v) > 10:
        return f'<{type(v).__name__}>'
    r = repr(v).replace(__file__, 'FILE')
    return r if ' at 0x' not in r and len(r) < 70 else f'<{type(v).__name__}>'


def hook(event, args):
    global on
    if on:
        on = False
        if event == 'code.__new__':
            args = args[1:6]  # the rest is the implementation's
        events.append(event + ' ' + ('' if event == 'builtins.id' else text(args)))
        on = True


sys.addaudithook(hook)


def told(title, f, *args):
    global on
    events.clear()
    on = True
    try:
        f(*args)
        error = ''
    except BaseException as e:
        on = False
        error = f' {type(e).__name__}: {e}'
    on = False
    print(title + ':' + error)
    for e in events:
        print('   ', e)


# ---- code ----
def f(x=1, *, y=2):
    pass


told('compile', compile, '1', 'name', 'eval')
code = f.__code__
told('compile bytes', compile, b'1', 'name', 'eval')
import ast
tree = ast.parse('1')
told('compile tree', lambda: compile(tree, 'name', 'exec') and None)
told('compile to a tree', compile, '1', 'name', 'exec', ast.PyCF_ONLY_AST)
told('compile wrong', compile, '1 1', 'name', 'eval')
told('exec', exec, 'pass')
told('exec code', exec, compile('pass', 'name', 'exec'))
told('eval', eval, '1')
told('eval code', eval, compile('1', 'name', 'eval'))
told('function', types.FunctionType, f.__code__, {})
told('code replace', lambda: code.replace(co_name='g') and None)
told('function attributes', lambda: (f.__code__, f.__defaults__, f.__kwdefaults__, f.__closure__, f.__globals__) and None)


def set_all():
    f.__defaults__ = (3,)
    f.__kwdefaults__ = {'y': 4}
    f.__code__ = set_none.__code__
    f.__name__ = f.__qualname__ = 'f'


def set_none(x=1, *, y=2):
    f.__defaults__ = None
    f.__kwdefaults__ = None
    del f.__defaults__
    del f.__kwdefaults__


told('function set', set_all)
told('function set to none', set_none)


class A:
    "text"


class B(A):
    pass


class C(A):
    pass


def set_class():
    B.__name__ = 'B1'
    B.__qualname__ = 'B2'
    B.__module__ = 'm'
    B.__doc__ = 'd'
    B.__bases__ = (C,)
    B.__abstractmethods__ = frozenset()
    B.other = 1


told('class', set_class)


def set_instance():
    a = A()
    a.__class__ = C
    a.x = 1
    object.__setattr__(a, 'y', 2)
    object.__setattr__(a, '__class__', A)
    del a.y


told('instance', set_instance)


def g():
    yield


async def co():
    pass


async def ag():
    yield


def generators():
    a, c = g(), co()
    a.gi_frame, a.gi_code, a.gi_running, a.gi_yieldfrom
    c.cr_frame, c.cr_code, c.cr_await
    c.close()
    d = ag()
    d.ag_frame, d.ag_code, d.ag_await


told('generators', generators)


def frames():
    f = sys._getframe()
    f.f_code, f.f_back, f.f_globals, f.f_lineno
    try:
        1 / 0
    except ZeroDivisionError as e:
        e.__traceback__.tb_frame
        e.__traceback__.tb_next
        e.__traceback__.tb_lineno


told('frames', frames)
told('getattr', getattr, f, '__code__')
told('attrgetter', operator.attrgetter('__code__'), f)
told('dir', dir, f)

# ---- sys ----
told('_getframe', sys._getframe, 1)
told('_getframe deep', sys._getframe, 1000)
told('_getframemodulename', sys._getframemodulename, 1)
told('_current_frames', lambda: sys._current_frames() and None)
told('_current_exceptions', lambda: sys._current_exceptions() and None)
told('settrace', lambda: (sys.settrace(None), sys.setprofile(None)))
told('settrace all', lambda: (threading.settrace_all_threads(None), threading.setprofile_all_threads(None)))
told('asyncgen', sys.set_asyncgen_hooks, None, None)
told('asyncgen first', lambda: sys.set_asyncgen_hooks(firstiter=None))
told('asyncgen finalizer', lambda: sys.set_asyncgen_hooks(finalizer=None))
told('monitoring', lambda: (sys.monitoring.use_tool_id(3, 'tool'), sys.monitoring.register_callback(3, 1, f), sys.monitoring.register_callback(3, 1, None), sys.monitoring.free_tool_id(3)))
told('audit', sys.audit, 'my.event', 1, 'two')
told('audit none', sys.audit, 'my.event')
told('audit wrong', sys.audit)
told('audit wrong type', sys.audit, 1)


class Loud:
    def __del__(self):
        raise ValueError('loud')


def quiet(u):
    pass


sys.unraisablehook = quiet
told('unraisable', lambda: Loud() and None)
sys.unraisablehook = sys.__unraisablehook__

# ---- builtins ----
told('id', lambda: id(None) and None)
sys.stdin, stdin, stdout = io.StringIO('line\nsecond\n'), sys.stdin, sys.stdout
sys.stdout = io.StringIO()
events.clear()
on = True
input()
input('prompt')
try:
    input()
except EOFError:
    pass
on = False
sys.stdin, sys.stdout = stdin, stdout
print(events)
sys.breakpointhook = f
told('breakpoint', breakpoint)
told('breakpoint args', breakpoint, 1)
told('import', lambda: __import__('this_is_no_module'))
told('import known', lambda: __import__('sys'))
told('import relative', lambda: __import__('none', {'__package__': 'threading'}, None, ('a',), 1))
told('lambda', lambda: (lambda: 1)())
exec('''def h():
    class D: pass
    def i(): return D
    return i
''')
told('class statement', h)

# ---- modules ----
told('gc', lambda: (gc.get_objects(), gc.get_objects(generation=0), gc.get_referrers(f), gc.get_referents(1)) and None)
told('marshal', lambda: marshal.loads(marshal.dumps('text', 2)))
told('marshal file', lambda: marshal.load(io.BytesIO(marshal.dumps([1], 4))))
told('marshal dump', lambda: marshal.dump(1, io.BytesIO(), 4))
told('array', array.array, 'i', [1])
told('array empty', array.array, 'b')
told('sleep', time.sleep, 0)
told('sleep float', time.sleep, 0.001)
told('sleep negative', time.sleep, -1)
told('pickle', pickle.loads, b'cbuiltins\nlen\n.')
told('pickle own', pickle._loads, b'cbuiltins\nlen\n.')
lock = threading.Lock()


def started(f, *args):
    lock.acquire()
    f(*args)
    with lock:
        pass


told('thread', started, _thread.start_new_thread, lock.release, ())
told('thread kwargs', started, _thread.start_new_thread, lambda a: lock.release(), (), {'a': 1})
told('thread joinable', lambda: _thread.start_joinable_thread(set_instance, daemon=False).join())
told('thread daemon', lambda: _thread.start_joinable_thread(A).join())

# Scripts for other processes: only asked for, as there is no way into a running one.
print(sys.is_remote_debug_enabled())
for arguments in (1, 'no such file'), (1,), ('1', 'x'), (1, 2), (1, __file__):
    told('remote', sys.remote_exec, *arguments)

# ---- what hooks do ----
def refuse(event, args):
    if event == 'refused' or on and event == wanted:
        raise LookupError('refused ' + event)


sys.addaudithook(refuse)
wanted = None
told('refused', sys.audit, 'refused', 1)
wanted = 'builtins.id'
told('id refused', id, 1)
wanted = 'object.__getattr__'
told('getattr refused', lambda: f.__code__)
told('hasattr refused', hasattr, f, '__code__')
wanted = 'object.__setattr__'
told('setattr refused', setattr, f, '__code__', g.__code__)
told('class refused', setattr, B, '__name__', 'no')
wanted = 'object.__delattr__'
told('delattr refused', delattr, f, '__defaults__')
wanted = 'compile'
told('compile refused', compile, '1', '', 'eval')
wanted = 'exec'
told('exec refused', exec, 'print(1)')
wanted = 'import'
told('import refused', lambda: __import__('colorsys'))
wanted = 'sys.settrace'
told('settrace refused', sys.settrace, f)
print(sys.gettrace())
wanted = 'sys.set_asyncgen_hook_finalizer'
told('asyncgen refused', lambda: sys.set_asyncgen_hooks(f, f))
print(sys.get_asyncgen_hooks() == (None, None))
wanted = 'time.sleep'
told('sleep refused', time.sleep, 100)
wanted = '_thread.start_new_thread'
told('thread refused', _thread.start_new_thread, f, ())
wanted = 'pickle.find_class'
told('pickle refused', pickle.loads, b'cbuiltins\nlen\n.')
wanted = 'gc.get_objects'
told('gc refused', gc.get_objects)
wanted = 'builtins.breakpoint'
told('breakpoint refused', breakpoint)
wanted = 'sys.addaudithook'
told('hook refused', sys.addaudithook, print)


class Stop(BaseException):
    pass


def stop(event, args):
    if on and event == stopped:
        raise Stop('stopped')


stopped = None
wanted = None
told('hook added', sys.addaudithook, stop)
stopped = 'sys.addaudithook'
told('hook stopped', sys.addaudithook, print)
stopped = None

# an exception being handled stays, one that is pending comes back
try:
    raise KeyError('key')
except KeyError:
    told('handled', lambda: (id(1), print(repr(sys.exception()))) and None)

# a hook is not traced, unless it asks for it
lines = []


def trace(frame, event, arg):
    lines.append((frame.f_code.co_name, event))


def untraced(event, args):
    pass


def traced(event, args):
    pass


traced.__cantrace__ = True
sys.addaudithook(untraced)
sys.addaudithook(traced)
sys.settrace(trace)
id(1)
sys.settrace(None)
print(set(n for n, e in lines))


class Callable:
    def __call__(self, event, args):
        if event == 'last':
            print('called', event, args)


sys.addaudithook(Callable())
sys.audit('last', 1, 2, 3)
told('not callable', sys.addaudithook, 1)
try:
    sys.audit('last')
except TypeError as e:
    print(e)
