import _thread
import sys
import threading
import time

# starting, naming, joining
t = threading.Thread(target=lambda: None, name='worker')
print(t.name, t.ident, t.is_alive(), t.daemon)
t.start()
t.join()
print(t.is_alive(), isinstance(t.ident, int), t.native_id > 0)
for bad in (t.start, threading.Thread().join, threading.current_thread().join):
    try:
        bad()
    except RuntimeError as e:
        print(e)
print(threading.current_thread() is threading.main_thread(), threading.active_count())
print(threading.get_ident() == threading.main_thread().ident == _thread.get_ident())

# attributes of a thread's own
local = threading.local()
local.x = 'main'


def use_local(n, out):
    out.append(hasattr(local, 'x'))
    local.x = n
    out.append(local.x)
    del local.x
    out.append(local.__dict__)


out = []
t = threading.Thread(target=use_local, args=(5, out))
t.start()
t.join()
print(out, local.x, local.__dict__)


class Mine(threading.local):
    number = 2

    def __init__(self, *args, **kw):
        self.made = (args, kw)

    def squared(self):
        return self.number ** 2


m = Mine(1, k=2)
m.number = 5
t = threading.Thread(target=lambda: print(m.made, m.number, m.squared()))
t.start()
t.join()
print(m.made, m.number, m.squared())
try:
    threading.local(1)
except TypeError as e:
    print(e)
try:
    local.missing
except AttributeError as e:
    print(e)
try:
    local.__dict__ = {}
except AttributeError as e:
    print(e)

# exceptions in threads
caught = []
old = threading.excepthook
threading.excepthook = lambda args: caught.append((args.exc_type, str(args.exc_value), args.thread.name))


def fail():
    raise ValueError('in thread')


t = threading.Thread(target=fail, name='failing')
t.start()
t.join()
print(caught)
threading.excepthook = old
t = threading.Thread(target=sys.exit)
t.start()
t.join()
print('SystemExit is silent')

errors = []
sys.unraisablehook = lambda info: errors.append((type(info.exc_value), info.err_msg.split(' <')[0]))
done = _thread.allocate_lock()
done.acquire()


def raw():
    try:
        raise KeyError
    finally:
        done.release()


_thread.start_new_thread(raw, ())
done.acquire()
while not errors:
    time.sleep(0.001)
print(errors)
for args in ((1, ()), (fail, 1), (fail, (), 1)):
    try:
        _thread.start_new_thread(*args)
    except TypeError as e:
        print(e)

# counting together: the lock makes += on a global safe only when it is one step, a Lock makes it always so
counter = 0
lock = threading.Lock()


def count():
    global counter
    for i in range(2000):
        with lock:
            counter += 1


ts = [threading.Thread(target=count) for i in range(4)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(counter)

# a thread that spins does not keep others from running
stop = False
spins = 0


def spin():
    global spins
    while not stop:
        spins += 1


t = threading.Thread(target=spin, daemon=True)
t.start()
start = time.monotonic()
for i in range(5):
    time.sleep(0.001)
stop = True
t.join()
print(time.monotonic() - start < 5, spins > 0)

# straight lines of calls switch too
flag = []
t = threading.Thread(target=lambda: flag.append(1))
old_interval = sys.getswitchinterval()
sys.setswitchinterval(0.0005)
t.start()
t.join()
sys.setswitchinterval(old_interval)
print(flag, old_interval)

# many threads
ts = [threading.Thread(target=lambda: None) for i in range(100)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(threading.active_count(), _thread._count())
print(_thread.stack_size(), _thread.TIMEOUT_MAX, threading.TIMEOUT_MAX)
try:
    _thread.stack_size(4096)
except ValueError as e:
    print(e)
try:
    _thread.stack_size(-1)
except ValueError as e:
    print(e)
print(_thread.stack_size(262144), _thread.stack_size(0))

# the interpreter waits for threads that are no daemons
threading.Thread(target=lambda: (time.sleep(0.05), print('last words'))).start()
print('main ends')
