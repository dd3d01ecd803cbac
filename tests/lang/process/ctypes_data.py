# ctypes: values, arrays, structures, pointers, calls and callbacks.
import ctypes
from ctypes import *
print(c_int(5), c_int(-1).value, c_uint8(300).value, c_double(2.5), c_char(b'x'), c_bool(3), c_wchar('é').value)
x=c_int(3); x.value+=4; print(x.value, bool(x), bool(c_int()), sizeof(x), alignment(c_double))
A=c_int*3; a=A(1,2,3); print(A.__name__, list(a), a[1], a[-1], a[0:2], len(a), (c_int*3) is A, sizeof(A)); a[0]=9; a[1:3]=[7,8]; print(list(a), memoryview(a).format, memoryview(a).shape, bytes(a)[:4])
class P(Structure): _fields_=[('x',c_int),('y',c_double)]
p=P(1,y=2.5); print(p.x,p.y,sizeof(P),P.x.offset,P.y.offset,P.y.size); p.x=10; print(p.x)
class U(Union): _fields_=[('i',c_uint32),('b',c_ubyte*4)]
u=U(0x01020304); print(list(u.b)); u.b[0]=255; print(hex(u.i))
class B(Structure): _fields_=[('a',c_uint,3),('b',c_uint,5),('c',c_int,4)]
b=B(5,17,-3); print(b.a,b.b,b.c,sizeof(B), B.b.bit_size if hasattr(B.b,'bit_size') else 5)
class L(Structure): pass
L._fields_=[('v',c_int),('next',POINTER(L))]
l2=L(2); l1=L(1,pointer(l2)); print(l1.next.contents.v, l1.next[0].v, bool(l2.next))
q=pointer(x); print(q.contents, q[0]); q[0]=77; print(x.value)
buf=create_string_buffer(b'hello',10); print(buf.value, buf.raw, len(buf)); buf.value=b'hi'; print(buf.raw)
w=create_unicode_buffer('héé',5); print(w.value,len(w))
ba=bytearray(8); i=c_int.from_buffer(ba,4); i.value=1; print(ba); print(c_short.from_buffer_copy(b'\1\2\3').value)
for f in [lambda: c_int('a'), lambda: a[5], lambda: A(1,2,3,4), lambda: P(1,2,3), lambda: c_int.from_buffer(b'abcd'), lambda: c_int.from_buffer(bytearray(2)), lambda: POINTER(c_int)().contents, lambda: P(z=1).z, lambda: byref(3), lambda: c_char_p(3.5)]:
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
libc=CDLL(None)
print(libc.strlen(b'hello'), libc.abs(-4))
libc.cos.restype=c_double; libc.cos.argtypes=[c_double]; print(libc.cos(0)) # whatever the program is linked with can be looked up in it
m=CDLL('libm.so.6'); m.sqrt.restype=c_double; m.sqrt.argtypes=[c_double]; print(m.sqrt(2)); 
try: m.sqrt('a')
except ArgumentError as e: print(e)
try: libc.nonesuch
except AttributeError as e: print('nonesuch' in str(e))
CMP=CFUNCTYPE(c_int,POINTER(c_int),POINTER(c_int))
arr=(c_int*5)(5,1,4,2,3); libc.qsort(arr,5,sizeof(c_int),CMP(lambda a,b:a[0]-b[0])); print(list(arr))
libc.strchr.restype=c_char_p; libc.strchr.argtypes=[c_char_p,c_char]; print(libc.strchr(b'abcdef',b'd'))
print(string_at(buf), string_at(addressof(buf),3), cast(buf,c_char_p).value, cast(arr,POINTER(c_int))[1])
d=(c_int*2)(); memmove(d,arr,8); print(list(d)); memset(d,255,4); print(list(d))
n=c_int(); libc.sscanf(b'42',b'%d',byref(n)); print(n.value)
lib=CDLL(None,use_errno=True); print(lib.open(b'/nonexist',0), get_errno())
class S2(c_int): pass
print(S2(3).value, repr(S2(3))[:10])
class BE(BigEndianStructure): _fields_=[('a',c_uint16),('b',c_uint32)]
print(bytes(BE(1,2)))
import pickle; print(pickle.loads(pickle.dumps(c_int(5))))
print(x._objects, c_char_p(b'q')._objects, POINTER(c_int).__name__, CMP(lambda a,b:3)(None,None))
class IN(Structure): _fields_=[('x',c_int)]
class OUT(Structure): _anonymous_=['i']; _fields_=[('i',IN),('k',c_char*4)]
o=OUT(); o.x=3; o.k=b'ab'; print(o.x,o.i.x,o.k)
div=libc.div
class DIV(Structure): _fields_=[('quot',c_int),('rem',c_int)]
div.restype=DIV; r=div(17,5); print(r.quot,r.rem)
print(memoryview(p).format, memoryview(c_int(3)).tolist() if 0 else '')
