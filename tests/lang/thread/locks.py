import _thread
import threading
import time
import weakref

lock = threading.Lock()
print(lock.acquire(), lock.locked(), lock.acquire(False), lock.acquire(timeout=0.01))
print(repr(lock).startswith('<locked _thread.lock object at 0x'))
lock.release()
print(repr(lock).startswith('<unlocked _thread.lock object at 0x'))
try:
    lock.release()
except RuntimeError as e:
    print(e)
for args in ((False, 1), (True, -5), (False, -2), (True, 1e100), (True, float('nan')), (True, 'x')):
    try:
        print(lock.acquire(*args))
    except (ValueError, OverflowError, TypeError) as e:
        print(type(e).__name__, e)
with lock as entered:
    print(entered, lock.locked())
print(lock.locked())

# any thread may release
lock.acquire()
_thread.start_new_thread(lock.release, ())
print(lock.acquire(timeout=10))
lock.release()

r = threading.RLock()
print(r.acquire(), r.acquire(blocking=False), r._is_owned(), r._recursion_count())
result = []
t = threading.Thread(target=lambda: result.append((r.acquire(False), r._is_owned(), r._recursion_count())))
t.start()
t.join()
print(result)
r.release()
r.release()
try:
    r.release()
except RuntimeError as e:
    print(e)
print(repr(r).startswith('<unlocked _thread.RLock object owner=0 count=0 at 0x'))
with r:
    with r:
        state = r._release_save()
        print(state[0], r._is_owned())
        r._acquire_restore(state)
        print(r._recursion_count())
print(weakref.ref(lock)() is lock, weakref.ref(r)() is r)
print(type(lock), type(r), _thread.LockType is type(lock), threading.ThreadError)

# condition, semaphore, event, barrier
cond = threading.Condition()
queue = []
got = []


def consumer():
    for i in range(5):
        with cond:
            cond.wait_for(lambda: queue)
            got.append(queue.pop(0))


c = threading.Thread(target=consumer)
c.start()
for i in range(5):
    with cond:
        queue.append(i)
        cond.notify()
c.join()
print(got)

sem = threading.BoundedSemaphore(2)
inside = peak = 0
guard = threading.Lock()


def limited():
    global inside, peak
    with sem:
        with guard:
            inside += 1
            peak = max(peak, inside)
        time.sleep(0.005)
        with guard:
            inside -= 1


ts = [threading.Thread(target=limited) for i in range(6)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(peak <= 2, inside)
try:
    sem.release()
except ValueError as e:
    print(e)

event = threading.Event()
print(event.wait(0.01), event.is_set())
threading.Timer(0.02, event.set).start()
print(event.wait(10))

barrier = threading.Barrier(3)
order = []


def meet(i):
    order.append('before')
    barrier.wait()
    order.append('after')


ts = [threading.Thread(target=meet, args=(i,)) for i in range(3)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(order)
