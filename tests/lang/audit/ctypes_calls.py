# The events of ctypes.
import _ctypes, ctypes, re, sys

events, on = [], False


def hook(event, args):
    if on:
        events.append((event, args))


sys.addaudithook(hook)


def text(v):
    if isinstance(v, int) and v > 100000:
        return 'ADDRESS'
    if isinstance(v, tuple):
        return '(' + ', '.join(map(text, v)) + ')'
    return re.sub(r'0x[0-9a-f]+|handle [0-9a-f]+', 'X', repr(v))


def told(name, f, *args, **keywords):
    global on
    events.clear()
    on = True
    try:
        result = f(*args, **keywords)
        error = ''
    except BaseException as e:
        on = False
        error = f'{type(e).__name__}: {e}'
        result = None
    on = False
    print(name, error)
    for event, args in events:
        print('   ', event, text(args))
    sys.stdout.flush()
    return result


lib = told('dlopen none', ctypes.CDLL, None)
told('dlopen', ctypes.CDLL, 'libc.so.6')
f = told('dlsym', lambda: lib.abs)
told('dlsym item', lambda: lib['abs'])
told('call', f, -5)
told('call', lib.strlen, b'abc')
told('in_dll', ctypes.c_int.in_dll, lib, 'optind')
x = ctypes.c_int(4)
a = told('addressof', ctypes.addressof, x)
told('from_address', ctypes.c_int.from_address, a)
told('from_buffer', ctypes.c_int.from_buffer, bytearray(8), 4)
told('from_buffer_copy', ctypes.c_int.from_buffer_copy, bytearray(8), 4)
told('pointer', ctypes.pointer, x)
told('contents', lambda: ctypes.pointer(x).contents)
told('cast', lambda: ctypes.cast(ctypes.pointer(x), ctypes.c_void_p))
told('errno', ctypes.get_errno)
told('set errno', ctypes.set_errno, 3)
b = told('string buffer', ctypes.create_string_buffer, b'abc')
told('string buffer', ctypes.create_string_buffer, 10)
told('unicode buffer', ctypes.create_unicode_buffer, 'abc')
told('string_at', ctypes.string_at, b, 2)
told('wstring_at', ctypes.wstring_at, ctypes.create_unicode_buffer('abc'), 2)
told('object', lambda: _ctypes.PyObj_FromPtr(id(x)))
h = _ctypes.dlopen(None, 0)
told('dlsym', _ctypes.dlsym, h, 'abs')
told('dlopen', _ctypes.dlopen, None)
told('addr function', lambda: ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda x: x)(3))
told('memset', ctypes.memset, b, 0, 1)
told('memmove', ctypes.memmove, b, b'x', 1)
told('memoryview_at', ctypes.memoryview_at, b, 2)
