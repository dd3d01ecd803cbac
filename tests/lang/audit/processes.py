# The events of processes, signals and descriptors.
import fcntl, mmap, os, resource, signal, subprocess, sys, syslog, tempfile, threading

events, on, descriptors, names = [], False, {}, {}


def hook(event, args):
    if on:
        events.append((event, args))


sys.addaudithook(hook)


def told(f, *args, quiet=False, **keywords):
    global on
    events.clear()
    on = True
    try:
        result = f(*args, **keywords)
        error = ''
    except BaseException as e:
        on = False
        error = '' if quiet else f'{type(e).__name__}: {e}'
        result = None
    on = False
    print(f.__name__, error)
    for event, args in events:
        args = tuple(names.get(a, a) if isinstance(a, str) else a for a in args)
        args = tuple(descriptors.get(a, a) if i == 0 and event[0] in 'fm' else a for i, a in enumerate(args))
        args = repr(args).replace(str(os.getpid()), 'PID').replace(str(threading.get_ident()), 'IDENT')
        print('   ', event, args)
    sys.stdout.flush()
    return result


environment = {'A': 'b'}
told(os.system, 'true')
told(os.system, b'exit 3')


def fork():
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)


def forkpty():
    pid, fd = os.forkpty()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)


told(fork)
told(forkpty)
told(os.kill, os.getpid(), 0)
told(os.killpg, 0, 0)
told(signal.pthread_kill, threading.get_ident(), 0)
told(signal.raise_signal, signal.SIGCHLD)
told(os.execv, '/does/not/exist', ['a', 'b'])
told(os.execve, '/does/not/exist', ('a',), environment)
told(os.execv, '/does/not/exist', [])
told(lambda: os.waitpid(os.posix_spawn('/bin/true', ['true'], environment), 0) and None)
told(lambda: os.waitpid(os.posix_spawnp('true', ('true',), environment), 0) and None)
told(lambda: subprocess.run(['/bin/true'], env={}) and None)
told(lambda: subprocess.run(['/bin/true'], env={}, preexec_fn=lambda: None) and None)
told(lambda: os.spawnv(os.P_WAIT, '/bin/true', ['true']))
r, w = os.pipe()
descriptors[r] = 'r'
told(fcntl.fcntl, r, fcntl.F_GETFD)
told(fcntl.fcntl, r, fcntl.F_SETFD, 1)
told(fcntl.fcntl, r, fcntl.F_GETFD, b'abcd')
told(fcntl.ioctl, r, 0x541B)
told(fcntl.ioctl, r, 0x541B, b'1234')
told(fcntl.ioctl, r, 0x541B, bytearray(4))
with tempfile.TemporaryFile() as f:
    d = f.fileno()
    descriptors[d] = 'd'
    told(fcntl.flock, f, fcntl.LOCK_EX)
    told(fcntl.lockf, f, fcntl.LOCK_EX, 1, 2)
    told(fcntl.lockf, d, fcntl.LOCK_UN)
    f.write(b'x' * 5000)
    f.flush()
    told(lambda: mmap.mmap(d, 100).close())
    told(lambda: mmap.mmap(d, 100, access=mmap.ACCESS_READ, offset=4096).close())
    told(lambda: mmap.mmap(-1, 100).close())
    told(lambda: mmap.mmap(d, -1).close())
with tempfile.NamedTemporaryFile(dir='/tmp') as f:
    os.chdir('/tmp')
    name = os.path.basename(f.name)
    names[name] = 'FILE'
    told(os.getxattr, name, 'user.none', quiet=True)
    told(os.listxattr, name, quiet=True)
    told(os.listxattr, quiet=True)
    told(os.setxattr, name, 'user.a', b'1', quiet=True)
    told(os.removexattr, name, 'user.a', quiet=True)
told(resource.getrlimit, resource.RLIMIT_CORE)
told(resource.setrlimit, resource.RLIMIT_CORE, (0, 0))
told(resource.prlimit, 0, resource.RLIMIT_CORE)
told(syslog.openlog)
told(syslog.openlog, 'ident', syslog.LOG_PID)
told(syslog.setlogmask, 0)
told(syslog.setlogmask, 0xff)
told(syslog.closelog)
told(syslog.setlogmask, 0)
told(syslog.closelog)
told(signal.signal, signal.SIGUSR1, signal.SIG_IGN)
told(signal.alarm, 0)
told(signal.siginterrupt, signal.SIGUSR1, True)


def refuse(event, args):
    if on:
        raise PermissionError(event)


sys.addaudithook(refuse)
told(os.system, 'echo no')
told(os.fork)
told(os.kill, os.getpid(), 9)
told(os.execv, '/bin/echo', ['no'])
told(fcntl.fcntl, r, fcntl.F_GETFD)
told(mmap.mmap, -1, 100)
told(resource.setrlimit, resource.RLIMIT_CORE, (0, 0))
