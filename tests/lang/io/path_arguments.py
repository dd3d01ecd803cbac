# Path arguments: what is bytes by __fspath__() gives bytes, and other edges of posix.
import os
import os.path
import tempfile
import warnings


class Path:
    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return self.path


class No(Path):
    __fspath__ = None


def tell(f, *args, **names):
    try:
        print(f.__name__, f(*args, **names))
    except Exception as error:
        print(f.__name__, type(error).__name__, str(error).partition("'")[0])


with tempfile.TemporaryDirectory() as folder:
    file, link = os.path.join(folder, "file"), os.path.join(folder, "link")
    open(file, "w").close()
    os.symlink("file", link)
    for text in (str, os.fsencode):
        print(os.readlink(Path(text(link))), sorted(os.listdir(Path(text(folder)))))
        with os.scandir(Path(text(folder))) as entries:
            print(sorted(entry.name for entry in entries))
    for f in (os.fspath, os.stat, os.listdir, open, os.path.normpath):
        tell(f, No("x"))

    tell(os.chmod, file, 0o640, follow_symlinks=False)
    tell(os.chmod, link, 0o600, follow_symlinks=False)
    print(oct(os.stat(file).st_mode))

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tell(os.stat, "missing", dir_fd=False)
        print([(w.category.__name__, str(w.message)) for w in caught])

# A path that no file can have is still a path.
for path in ("/a/../b\0c/./d", "x\0/..", "\ud800//a/../b", b"\xff//\0/.", "\udcff/../x"):
    print(ascii(os.path.normpath(path)), ascii(os.path.splitroot(path)))


# What __fspath__ is, is asked once.
class Asked:
    times = 0

    @property
    def __fspath__(self):
        Asked.times += 1
        return lambda: os.curdir


for f in os.fspath, os.stat, os.listdir, os.path.normpath:
    Asked.times = 0
    f(Asked())
    print(f.__name__, Asked.times)
