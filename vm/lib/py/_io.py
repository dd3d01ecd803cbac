"""The streams beneath io: the library's own Python implementation of them, under the name that io and importlib expect.

_pyio takes a few names from io, which is being imported at that moment and takes all of its own from here: a module that has just those
names stands in for it meanwhile."""

import sys

_stand_in = type(sys)("io")
_stand_in.__all__ = []
_stand_in.SEEK_SET, _stand_in.SEEK_CUR, _stand_in.SEEK_END = 0, 1, 2
_stand_in.DEFAULT_BUFFER_SIZE = 128 * 1024
_stand_in.UnsupportedOperation = type("UnsupportedOperation", (OSError, ValueError), {"__module__": "io"})
# io's abstract classes register the concrete ones once they exist, by inheriting from them.
_stand_in.IOBase = _stand_in.RawIOBase = _stand_in.BufferedIOBase = _stand_in.TextIOBase = type("_Registry", (), {"register": staticmethod(lambda cls: cls)})
_stand_in.Reader = _stand_in.Writer = object
_real = sys.modules.get("io")
sys.modules["io"] = _stand_in
try:
    import _pyio
finally:
    if _real is None:
        del sys.modules["io"]
    else:
        sys.modules["io"] = _real

from _pyio import (BlockingIOError, BufferedRandom, BufferedReader, BufferedRWPair, BufferedWriter, BytesIO, DEFAULT_BUFFER_SIZE, FileIO,
                   IncrementalNewlineDecoder, StringIO, TextIOWrapper, UnsupportedOperation, open, open_code, text_encoding)
from _pyio import BufferedIOBase as _BufferedIOBase, IOBase as _IOBase, RawIOBase as _RawIOBase, TextIOBase as _TextIOBase


def _finalize(self):
    """FileIO.__del__ that also works while the interpreter shuts down."""
    if self._fd >= 0 and self._closefd and not self.closed:
        try:
            import warnings
            warnings.warn(f"unclosed file {self!r}", ResourceWarning, stacklevel=2, source=self)
        except ImportError:
            pass
        self.close()


FileIO.__del__ = _finalize

_close_at_end = _IOBase.__del__


def _finalize_base(self):
    """IOBase.__del__ that gives up quietly when what it imports is gone already."""
    try:
        _close_at_end(self)
    except ImportError:
        pass


_IOBase.__del__ = _finalize_base
