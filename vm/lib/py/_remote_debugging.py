"""Looking into another process's interpreter, as asyncio's ps and pstree would; Baton's processes do not show themselves that way."""

from collections import namedtuple

__all__ = ["FrameInfo", "RemoteUnwinder"]

FrameInfo = namedtuple("FrameInfo", "filename lineno funcname")
PROCESS_VM_READV_SUPPORTED = 0


class RemoteUnwinder:
    def __init__(self, pid, *, all_threads=False, only_active_thread=False, debug=False):
        raise RuntimeError("remote debugging is not available")
