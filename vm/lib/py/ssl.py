"""TLS where the web page does it: in a browser a connection to an https address is encrypted by the page's own fetch, certificates are checked by the browser, and
nothing about either can be chosen.  What http.client, urllib.request and asyncio ask of this module is here; the rest of TLS is not."""

import os
from enum import IntEnum, IntFlag
from socket import SOCK_STREAM, SOL_SOCKET, SO_TYPE, socket

if not os.uname().machine.startswith("wasm"):
    raise ImportError("TLS is not built in", name="ssl")

_SOL_BATON, _SECURE = 0x4261, 1
OPENSSL_VERSION = "the browser's TLS"
OPENSSL_VERSION_INFO = (3, 0, 0, 0, 0)
OPENSSL_VERSION_NUMBER = 0x30000000
HAS_SNI = HAS_ALPN = HAS_TLSv1_2 = HAS_TLSv1_3 = True
HAS_SSLv2 = HAS_SSLv3 = HAS_TLSv1 = HAS_TLSv1_1 = HAS_NPN = HAS_PSK = HAS_ECDH = False


class VerifyMode(IntEnum):
    CERT_NONE = 0
    CERT_OPTIONAL = 1
    CERT_REQUIRED = 2


class _SSLMethod(IntEnum):
    PROTOCOL_TLS = PROTOCOL_SSLv23 = 2
    PROTOCOL_TLS_CLIENT = 16
    PROTOCOL_TLS_SERVER = 17


class TLSVersion(IntEnum):
    MINIMUM_SUPPORTED = -2
    TLSv1_2 = 771
    TLSv1_3 = 772
    MAXIMUM_SUPPORTED = -1


class Options(IntFlag):
    OP_ALL = 0x80000050
    OP_NO_COMPRESSION = 0x20000


class Purpose(IntEnum):
    SERVER_AUTH = 1
    CLIENT_AUTH = 2


for _enum in VerifyMode, _SSLMethod, Options:
    globals().update(_enum.__members__)


class SSLError(OSError):
    """An error of TLS."""


class SSLZeroReturnError(SSLError):
    pass


class SSLWantReadError(SSLError):
    pass


class SSLWantWriteError(SSLError):
    pass


class SSLSyscallError(SSLError):
    pass


class SSLEOFError(SSLError):
    pass


class SSLCertVerificationError(SSLError, ValueError):
    pass


CertificateError = SSLCertVerificationError


def _cannot(what):
    raise SSLError(f"in a web page {what}: the browser encrypts what is fetched")


class MemoryBIO:
    def __init__(self):
        _cannot("TLS cannot be used apart from a connection")


class SSLSocket(socket):
    """A connection to an https address."""

    context = None
    server_hostname = None

    def do_handshake(self, block=False):
        pass

    def pending(self):
        return 0

    def version(self):
        return "TLSv1.3"

    def cipher(self):
        return None

    def selected_alpn_protocol(self):
        return None

    def getpeercert(self, binary_form=False):
        _cannot("a program cannot see certificates")

    def unwrap(self):
        _cannot("TLS cannot be taken off a connection")


class SSLContext:
    """Settings of TLS: kept, but it is the browser that decides."""

    sslsocket_class = SSLSocket

    def __init__(self, protocol=_SSLMethod.PROTOCOL_TLS_CLIENT):
        self.protocol = _SSLMethod(protocol)
        self.check_hostname = protocol == _SSLMethod.PROTOCOL_TLS_CLIENT
        self.verify_mode = VerifyMode.CERT_REQUIRED
        self.verify_flags = 0
        self.options = Options.OP_ALL
        self.minimum_version = TLSVersion.TLSv1_2
        self.maximum_version = TLSVersion.MAXIMUM_SUPPORTED
        self.post_handshake_auth = None

    def set_alpn_protocols(self, alpn_protocols):
        pass

    def set_ciphers(self, ciphers, /):
        pass

    def load_default_certs(self, purpose=Purpose.SERVER_AUTH):
        pass

    def load_verify_locations(self, cafile=None, capath=None, cadata=None):
        _cannot("certificates are chosen by the browser")

    def load_cert_chain(self, certfile, keyfile=None, password=None):
        _cannot("a program has no certificate of its own")

    def wrap_socket(self, sock, server_side=False, do_handshake_on_connect=True, suppress_ragged_eofs=True, server_hostname=None, session=None):
        if sock.getsockopt(SOL_SOCKET, SO_TYPE) != SOCK_STREAM:
            raise NotImplementedError("only stream sockets are supported")
        if server_side:
            _cannot("there are no TLS servers")
        try:
            sock.setsockopt(_SOL_BATON, _SECURE, 1)
        except OSError:
            _cannot("TLS only leads to other hosts")
        timeout = sock.gettimeout()
        wrapped = self.sslsocket_class(sock.family, sock.type, sock.proto, fileno=sock.detach())
        wrapped.settimeout(timeout)
        wrapped.context, wrapped.server_hostname = self, server_hostname
        return wrapped

    def wrap_bio(self, incoming, outgoing, server_side=False, server_hostname=None, session=None):
        _cannot("TLS cannot be used apart from a connection")


def create_default_context(purpose=Purpose.SERVER_AUTH, *, cafile=None, capath=None, cadata=None):
    return SSLContext(_SSLMethod.PROTOCOL_TLS_CLIENT)


def _create_unverified_context(protocol=None, *, cert_reqs=VerifyMode.CERT_NONE, check_hostname=False, purpose=Purpose.SERVER_AUTH, certfile=None, keyfile=None,
                               cafile=None, capath=None, cadata=None):
    return SSLContext(_SSLMethod.PROTOCOL_TLS_CLIENT)


_create_default_https_context = create_default_context
_create_stdlib_context = _create_unverified_context
