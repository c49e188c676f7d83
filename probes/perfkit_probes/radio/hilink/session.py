"""HTTP with a HiLink device: huawei-lte-api held within limits of time, size and trust.

The one module that imports huawei-lte-api and requests, itself imported only when a device is opened. What it answers
for, each found with huawei-lte-api 2.0.1:

* Two writes through one Connection fail on some firmware (125003), so every write opens its own.
* The library wants a token page and an endpoint that some firmware lacks: it recurses without end on 125002, ends in a
  KeyError without a token, and sends 64-character tokens whole, of which the last 32 count. The token is fetched here.
* Timeouts are none by default, and no timeout covers a body that drips: a watchdog closes the socket at the deadline.
* Bodies are read without a limit, redirects followed anywhere, and proxies taken from the environment: all off.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from xml.parsers.expat import ExpatError

import requests  # noqa: TID253 - this module is itself imported only when a device is opened
from huawei_lte_api.Connection import Connection  # noqa: TID253 - as above
from huawei_lte_api.exceptions import ResponseErrorException  # noqa: TID253 - as above
from requests.adapters import HTTPAdapter  # noqa: TID253 - as above
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HTTPError

from perfkit.core.errors import DeviceError
from perfkit_probes.radio.base import Clock, RawRecorder, RefusedError

NOT_SUPPORTED, LOGIN_REQUIRED, BUSY, NO_SIM = 100002, 100003, 100004, 112008
_TOKEN_CODES = {125001, 125002, 125003}
# Home Assistant drops optional endpoints on the same codes.
_ABSENT_CODES = {NOT_SUPPORTED, 100006, -1}
_MEANINGS = {
    100001: "unknown error",
    100002: "not supported by this firmware",
    100003: "a login is needed",
    100004: "busy",
    100005: "request format refused",
    100006: "parameter refused",
    108001: "wrong user name",
    108002: "wrong password",
    108003: "somebody else is logged in",
    108006: "wrong user name or password",
    108007: "too many attempts to log in; wait some minutes",
    112008: "no SIM card",
    125001: "token refused",
    125002: "session refused",
    125003: "session token refused",
}
_TOKEN_LENGTH = 32


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What one request may take. 45 s for an answer is what the device's own web page allows a mode change."""

    connect_s: float = 5.0
    read_s: float = 45.0
    total_s: float = 60.0
    body_bytes: int = 262_144  # the longest answers known are lists of a few kilobytes
    busy_s: float = 45.0
    busy_pause_s: float = 3.0


def _watched_pool(sockets: list[socket.socket]) -> type[HTTPConnectionPool]:
    """Return a pool class that keeps the socket in use in `sockets`, so that a watchdog can close it."""

    class WatchedConnection(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            if self.sock is not None:
                sockets[:] = [self.sock]

    class WatchedPool(HTTPConnectionPool):
        ConnectionCls = WatchedConnection

    return WatchedPool


def interface_options(interface: str | None) -> list[tuple[int, int, int | bytes]]:
    """Return the socket options that keep traffic on one interface; raises DeviceError where there is none.

    Linux SO_BINDTODEVICE (unprivileged since 5.7), macOS IP_BOUND_IF (25), Windows IP_UNICAST_IF (31, index in
    network order).
    """
    options: list[tuple[int, int, int | bytes]] = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
    if interface is None:
        return options
    try:
        index = socket.if_nametoindex(interface)
    except OSError as error:
        message = f'there is no network interface "{interface}"; `perfkit dongle detect` lists those with a dongle'
        raise DeviceError(message) from error
    if sys.platform == "linux":
        options.append((socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode() + b"\0"))
    elif sys.platform == "darwin":
        options.append((socket.IPPROTO_IP, 25, index))
    else:
        options.append((socket.IPPROTO_IP, 31, socket.htonl(index)))
    return options


class _ReadBody:
    """A raw response whose body has been read: the body comes from memory, the rest from the original."""

    def __init__(self, raw: Any, body: bytes) -> None:
        self._raw = raw
        self._body = body

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def stream(self, *_args: object, **_kwargs: object) -> Iterator[bytes]:
        yield self._body


class _DeviceAdapter(HTTPAdapter):
    """Sends one request to the device and to nobody else, within the limits, and shows the answer to the recorder."""

    def __init__(self, url: str, limits: HttpLimits, *, interface: str | None, recorder: RawRecorder | None) -> None:
        self._address = urlsplit(url).netloc
        self._url = url
        self._limits = limits
        self._options = interface_options(interface)
        self._recorder = recorder
        self._sockets: list[socket.socket] = []
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, socket_options=self._options, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _watched_pool(self._sockets)}

    def send(self, request: Any, *_args: Any, **_kwargs: Any) -> Any:
        target = urlsplit(request.url)
        if target.scheme != "http" or target.netloc != self._address:
            where = printable(request.url)
            raise DeviceError(f"{self._url} sends perfkit on to {where}, which is not the dongle; not followed")
        expired = threading.Event()
        watchdog = threading.Timer(self._limits.total_s, self._expire, args=(expired,))
        watchdog.daemon = True
        watchdog.start()
        what = f"{request.method} {target.path}"
        try:
            response = super().send(
                request, stream=True, timeout=(self._limits.connect_s, self._limits.read_s), proxies={}
            )
            body = self._read_body(response.raw, what)
        except DeviceError:
            raise
        except (requests.RequestException, HTTPError, OSError) as error:
            raise DeviceError(self._why(error, what, expired=expired.is_set())) from error
        finally:
            watchdog.cancel()
        if expired.is_set():
            raise DeviceError(self._why(None, what, expired=True))
        if self._recorder is not None:
            self._recorder.record(what, body.decode("utf-8", "replace"))
        response.raw = _ReadBody(response.raw, body)
        return response

    def _expire(self, expired: threading.Event) -> None:
        expired.set()
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _read_body(self, raw: Any, what: str) -> bytes:
        body = bytearray()
        for piece in raw.stream(16_384, decode_content=True):
            body += piece
            if len(body) > self._limits.body_bytes:
                raw.close()
                limit = self._limits.body_bytes
                raise DeviceError(
                    f"{self._url} answers {what} with more than {limit} bytes, which no dongle does; stopped reading"
                )
        if b"<!ENTITY" in body:
            raise DeviceError(f"{self._url} answers {what} with XML entity definitions, which no dongle sends; refused")
        return bytes(body)

    def _why(self, error: Exception | None, what: str, *, expired: bool) -> str:
        if expired:
            return f"{self._url} did not finish its answer to {what} within {self._limits.total_s:g} s"
        if isinstance(error, requests.ConnectTimeout):
            limit_s = self._limits.connect_s
            return f"{self._url} did not accept a connection within {limit_s:g} s; is the dongle plugged in?"
        if isinstance(error, requests.Timeout) or "timed out" in str(error):
            return f"{self._url} did not answer {what} within {self._limits.read_s:g} s"
        if isinstance(error, requests.ConnectionError):
            return f"{self._url} cannot be reached ({_root(error)}); is the dongle plugged in?"
        return f"{self._url} broke off its answer to {what} ({_root(error)})"


def printable(text: str) -> str:
    """Return at most 120 characters of a text from the device, on one line and without control characters."""
    return "".join(one if one.isprintable() else "?" for one in " ".join(text.split()))[:120]


def _root(error: BaseException | None) -> str:
    """Return the innermost reason of a chain of exceptions, in the words of the system where it has any."""
    while error is not None and (error.__cause__ or error.__context__) is not None:
        error = error.__cause__ or error.__context__
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return printable(str(error)) or type(error).__name__


class _TokenConnection(Connection):
    """A Connection that finds its token in every known place, in an order that no known firmware refuses."""

    def _initialize_csrf_tokens_and_session(self) -> None:
        self.request_verification_tokens = []
        page = self.requests_session.get(self.url, timeout=self.timeout)
        tokens = self.csrf_re.findall(page.content.decode("utf-8", "replace"))
        self.request_verification_tokens = tokens or self._tokens_of_api()

    @classmethod
    def _check_response_status(cls, data: Any) -> dict[str, Any] | str:
        """Take answers with the roots of HiLink only: any web server may stand at a dongle's usual address."""
        if not isinstance(data, dict) or not data.keys() & {"response", "error"}:
            raise ValueError("neither <response> nor <error>")
        return super()._check_response_status(data)

    def _tokens_of_api(self) -> list[str]:
        answer = self._ask("webserver/SesTokInfo")
        token, session_id = answer.get("TokInfo"), answer.get("SesInfo")
        if isinstance(session_id, str) and not self.requests_session.cookies:
            self.requests_session.cookies.set("SessionID", session_id.removeprefix("SessionID="))
        if isinstance(token, str) and token:
            return [token]
        token = self._ask("webserver/token").get("token")
        if not isinstance(token, str) or not token:
            return []
        return [token[-_TOKEN_LENGTH:] if len(token) == 2 * _TOKEN_LENGTH else token]

    def _ask(self, endpoint: str) -> dict[str, Any]:
        """Return an answer, {} where there is none: asked without the library's reload, which would come back here."""
        response = self.requests_session.get(self._build_final_url(endpoint), timeout=self.timeout)
        with suppress(ResponseErrorException, ExpatError, ValueError, TypeError):
            data = self._check_response_status(self._process_response_data(response))
            return data if isinstance(data, dict) else {}
        return {}


class HilinkSession:
    """Reads and writes of one HiLink device; every failure is a DeviceError, a refusal with a code a RefusedError."""

    def __init__(
        self,
        url: str,
        *,
        interface: str | None = None,
        limits: HttpLimits | None = None,
        clock: Clock | None = None,
        recorder: RawRecorder | None = None,
    ) -> None:
        """Keep the settings; nothing is sent before the first read."""
        parts = urlsplit(url)
        self.url = f"http://{parts.netloc.rpartition('@')[2]}"
        self._user, self._password = parts.username, parts.password
        self._limits = limits or HttpLimits()
        self._clock = clock or Clock()
        self._interface = interface
        self._recorder = recorder
        self._reader: Connection | None = None

    def get(self, endpoint: str) -> dict[str, object]:
        """Return the fields of an endpoint; a lost session is opened again once."""
        try:
            return self._get(endpoint)
        except RefusedError as error:
            if error.code not in _TOKEN_CODES:
                raise
        self.close()
        return self._get(endpoint)

    def get_optional(self, endpoint: str) -> dict[str, object]:
        """Return the fields of an endpoint, {} where this firmware has none or keeps it behind the login."""
        try:
            return self.get(endpoint)
        except RefusedError as error:
            if error.code not in _ABSENT_CODES | {LOGIN_REQUIRED}:
                raise
            return {}

    def post(self, endpoint: str, data: dict[str, object], *, waits: bool = True) -> None:
        """Write, each time through a fresh session; while the device is busy, again until the limit is over."""
        deadline_s = self._clock.monotonic() + (self._limits.busy_s if waits else 0)
        refused = 0
        while True:
            try:
                return self._post(endpoint, data)
            except RefusedError as error:
                refused += error.code in _TOKEN_CODES
                is_late = self._clock.monotonic() >= deadline_s
                if refused > 1 or is_late or error.code not in _TOKEN_CODES | {BUSY}:
                    raise
                if error.code == BUSY:
                    self._clock.sleep(self._limits.busy_pause_s)

    def close(self) -> None:
        """End the session; may be called twice."""
        reader, self._reader = self._reader, None
        if reader is not None:
            with suppress(DeviceError, ResponseErrorException, requests.RequestException, ExpatError, ValueError):
                reader.close()
            reader.requests_session.close()

    def _get(self, endpoint: str) -> dict[str, object]:
        with self._translated(f"GET /api/{endpoint}"):
            if self._reader is None:
                self._reader = self._open()
            answer: object = self._reader.get(endpoint)
            if not isinstance(answer, dict) or "html" in answer:
                raise ValueError("no fields")
            return answer

    def _post(self, endpoint: str, data: dict[str, object]) -> None:
        self.close()  # one session at a time: a login would throw the other out
        with self._translated(f"POST /api/{endpoint}"):
            connection = self._open()
            try:
                answer = connection.post_set(endpoint, data)
            finally:
                with suppress(DeviceError, ResponseErrorException):
                    connection.close()
                connection.requests_session.close()
            if answer != "OK":
                raise ValueError("not OK")

    def _open(self) -> Connection:
        session = requests.Session()
        session.trust_env = False  # a proxy of the environment would not lead to the dongle
        session.max_redirects = 5
        adapter = _DeviceAdapter(self.url, self._limits, interface=self._interface, recorder=self._recorder)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        timeout = (self._limits.connect_s, self._limits.read_s)
        try:
            return _TokenConnection(
                self.url + "/", self._user, self._password, timeout=timeout, requests_session=session
            )
        except BaseException:
            session.close()
            raise

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        """Turn what the libraries raise into one sentence."""
        try:
            yield
        except DeviceError:
            raise
        except ResponseErrorException as error:
            raise RefusedError(self._refusal(error.code, what), error.code) from error
        except requests.TooManyRedirects as error:
            raise DeviceError(
                f"{self.url} redirects {what} in a circle; pull the dongle and plug it in again"
            ) from error
        except requests.RequestException as error:
            raise DeviceError(f"{self.url} refused {what} ({printable(str(error))})") from error
        except (ExpatError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
            message = f"{self.url} answers {what} with something other than HiLink XML; is this a HiLink dongle?"
            raise DeviceError(message) from error

    def _refusal(self, code: int, what: str) -> str:
        meaning = _MEANINGS.get(code, "a code perfkit does not know")
        if code == LOGIN_REQUIRED:
            meaning += (
                f"; give it as http://USER:PASSWORD@{urlsplit(self.url).netloc}, or switch the login off in {self.url}/"
                " (devices with the newer challenge login need the latter)"
            )
        elif code in _TOKEN_CODES:
            meaning += (
                "; close other programs and browser tabs that talk to the dongle, or pull it and plug it in again"
            )
        return f"{self.url} refuses {what} with error {code}: {meaning}"
