import os
import signal
import threading
import time

print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.getsignal(signal.SIGTERM))
log = []


def handler(signum, frame):
    log.append((signal.Signals(signum).name, frame is not None))


print(signal.signal(signal.SIGUSR1, handler))
os.kill(os.getpid(), signal.SIGUSR1)
print(log, signal.getsignal(signal.SIGUSR1) is handler)
signal.raise_signal(signal.SIGUSR1)
print(len(log))

# a handler runs while the main thread waits, and the wait goes on (PEP 475)
log.clear()
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.02)
start = time.monotonic()
time.sleep(0.08)
print(log, time.monotonic() - start >= 0.08)

log.clear()
lock = threading.Lock()
lock.acquire()
signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
print(lock.acquire(timeout=0.5), len(log) >= 2)
print(signal.setitimer(signal.ITIMER_REAL, 0)[1])

# a handler may raise, which ends the wait


class Stop(Exception):
    pass


def stop(signum, frame):
    raise Stop


signal.signal(signal.SIGALRM, stop)
for wait in (lambda: time.sleep(10), lambda: lock.acquire(), lambda: threading.Event().wait(10)):
    try:  # the signal may come before the wait
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        wait()
    except Stop:
        print('stopped')

# in a busy loop
try:
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    while True:
        pass
except Stop:
    print('stopped')

try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print('KeyboardInterrupt')

# handlers run on the main thread
log.clear()
signal.signal(signal.SIGUSR1, lambda s, f: log.append(threading.current_thread() is threading.main_thread()))
t = threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGUSR1))
t.start()
t.join()
while not log:
    time.sleep(0.001)
print(log)
errors = []


def not_main():
    for f, args in ((signal.signal, (signal.SIGUSR1, handler)), (signal.set_wakeup_fd, (-1,))):
        try:
            f(*args)
        except ValueError as e:
            errors.append(str(e))


t = threading.Thread(target=not_main)
t.start()
t.join()
print(errors)

for f, args in ((signal.signal, (0, handler)), (signal.signal, (2, 5)), (signal.signal, (signal.SIGKILL, handler)), (signal.getsignal, (100,)),
                (signal.setitimer, (9, 1)), (signal.strsignal, (0,)), (signal.pthread_sigmask, (signal.SIG_BLOCK, [99])), (signal.siginterrupt, (0, 1))):
    try:
        print(f(*args))
    except (ValueError, TypeError, OSError) as e:
        print(type(e).__name__, e)

# held back
print(signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2}))
os.kill(os.getpid(), signal.SIGUSR2)
print(signal.sigpending(), signal.sigwait([signal.SIGUSR2]))
os.kill(os.getpid(), signal.SIGUSR2)
info = signal.sigwaitinfo([signal.SIGUSR2])
print(info.si_signo == signal.SIGUSR2, info.si_pid == os.getpid(), signal.sigtimedwait([signal.SIGUSR2], 0))
print(signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR2}))

# the wake-up descriptor
r, w = os.pipe()
try:
    signal.set_wakeup_fd(w)
except ValueError as e:
    print(str(e).replace(str(w), 'N'))
os.set_blocking(w, False)
print(signal.set_wakeup_fd(w))
signal.raise_signal(signal.SIGUSR1)
print(os.read(r, 10) == bytes([signal.SIGUSR1]), signal.set_wakeup_fd(-1) == w)
print(signal.strsignal(signal.SIGSEGV), len(signal.valid_signals()) > 20, signal.SIG_DFL, repr(signal.SIGINT))
