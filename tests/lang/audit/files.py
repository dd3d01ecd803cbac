# The events of files and directories.
import glob, io, os, pathlib, shutil, sys, tempfile

events, on, top = [], False, ''


def plain(v):
    r = repr(v)
    return r.replace(top, '/top') if top else r


def hook(event, args):
    if on:
        events.append((event, args))


sys.addaudithook(hook)


def told(f, *args, **keywords):
    global on
    events.clear()
    on = True
    try:
        f(*args, **keywords)
        error = ''
    except BaseException as e:
        on = False
        error = plain(f' {type(e).__name__}: {e}')[1:-1]
    on = False
    print(f.__name__, plain(args), *(f'{k}={getattr(v, "__name__", v)}' for k, v in keywords.items()), error)
    for event, args in events:
        print('   ', event, plain(args))


with tempfile.TemporaryDirectory() as folder:
    top = os.path.realpath(folder)
    os.chdir(top)
    here = os.dup2(os.open('.', os.O_RDONLY), 50)
    told(os.mkdir, 'a')
    told(os.mkdir, b'b', 0o700)
    told(os.mkdir, pathlib.Path('c'))
    told(os.mkdir, 'd', dir_fd=here)
    told(os.mkdir, 1)
    told(os.mkdir, 'a')
    told(os.rmdir, 'a')
    told(os.rmdir, 'd', dir_fd=here)
    told(os.listdir)
    told(os.listdir, 'b')
    told(os.listdir, b'c')
    told(os.listdir, pathlib.Path('c'))
    told(os.listdir, here)
    told(os.listdir, 'missing')
    told(os.scandir)
    told(os.scandir, 'b')
    told(os.scandir, here)
    told(os.open, 'f', os.O_RDWR | os.O_CREAT)
    told(os.open, pathlib.Path('f'), 0, 0o666)
    told(os.open, 'f', os.O_RDONLY, dir_fd=here)
    told(os.open, 'missing', os.O_RDONLY)
    fd = os.dup2(os.open('f', os.O_RDWR), 51)
    told(open, 'f')
    told(open, 'f', 'rb')
    told(open, 'f', 'w')
    told(open, 'f', 'a+b', 0)
    told(open, pathlib.Path('f'))
    told(open, os.dup2(fd, 52))
    told(open, 'missing')
    told(open, 'f', opener=os.open)
    told(io.open_code, top + '/f')
    told(io.FileIO, 'f', 'r+')
    told(pathlib.Path('f').read_text)
    told(os.chmod, 'f', 0o600)
    told(os.chmod, fd, 0o600)
    told(os.chmod, 'f', 0o600, dir_fd=here)
    told(os.fchmod, fd, 0o644)
    told(os.chown, 'f', -1, -1)
    told(os.chown, fd, -1, -1)
    told(os.chown, 'f', -1, -1, dir_fd=here)
    told(os.lchown, 'f', -1, -1)
    told(os.fchown, fd, -1, -1)
    told(os.truncate, 'f', 3)
    told(os.truncate, fd, 4)
    told(os.ftruncate, fd, 5)
    told(os.utime, 'f')
    told(os.utime, 'f', (1, 2.5))
    told(os.utime, 'f', ns=(1, 2))
    told(os.utime, fd, None)
    told(os.utime, 'f', None, dir_fd=here)
    told(os.utime, 'f', 1)
    told(os.rename, 'f', 'g')
    told(os.rename, 'g', 'f', src_dir_fd=here, dst_dir_fd=here)
    told(os.replace, b'f', pathlib.Path('g'))
    told(os.link, 'g', 'h')
    told(os.link, 'g', 'i', src_dir_fd=here, dst_dir_fd=here)
    told(os.link, 'g', b'j')
    told(os.symlink, 'g', 's')
    told(os.symlink, 'g', b't', dir_fd=here)
    told(os.remove, 'h')
    told(os.unlink, b'i', dir_fd=here)
    told(os.remove, pathlib.Path('j'))
    told(os.remove, 'missing')
    told(os.lockf, fd, os.F_LOCK, 1)
    told(os.stat, 'g')
    told(os.access, 'g', os.R_OK)
    told(os.readlink, 's')
    told(os.chdir, 'b')
    told(os.fchdir, here)
    told(os.chdir, here)
    told(os.chdir, pathlib.Path('b'))
    told(os.chdir, 'missing')
    os.chdir(top)
    told(os.putenv, 'NAME', 'value')
    told(os.putenv, b'NAME', b'value')
    told(os.unsetenv, 'NAME')
    told(os.environ.__setitem__, 'NAME', 'x')
    told(os.environ.__delitem__, 'NAME')
    told(os.makedirs, 'x/y')
    told(os.removedirs, 'x/y')
    told(lambda: list(os.walk('b')))
    told(os.pipe)
    told(os.umask, os.umask(0o022))
    told(shutil.copyfile, 'g', 'k')
    told(glob.glob, 'b/*')

    def refuse(event, args):
        if on and event in ('os.mkdir', 'open', 'os.remove', 'os.listdir'):
            raise PermissionError(event)

    sys.addaudithook(refuse)
    told(os.mkdir, 'no')
    told(open, 'g')
    told(os.remove, 'g')
    told(os.listdir)
    told(os.path.exists, 'no')
    print(sorted(os.listdir()))
