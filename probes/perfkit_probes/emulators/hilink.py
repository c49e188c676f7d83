"""An emulated HiLink dongle: an HTTP server on 127.0.0.1 that answers as the Huawei E3372h family does.

Profiles differ in how a session begins, which token they want, and which shape `device/signal` has. The numbers it
gives out (IMEI, IMSI, ICCID) are invented.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import ClassVar, Self

from perfkit.core.errors import DeviceError, UsageError
from perfkit_probes.emulators.hilink_answers import (
    ENDPOINTS,
    PROFILES,
    ApiFailure,
    DongleSettings,
    Profile,
    error_xml,
    xml,
)
from perfkit_probes.emulators.hilink_sessions import SessionStore
from perfkit_probes.emulators.radio import EmulatedRadio, Fault, Phase
from perfkit_probes.radio.base import Technology

_MODE_ORDER = {"01": Technology.G2, "02": Technology.G3, "03": Technology.G4}
_MODES = {"00", "01", "02", "03", "0201", "0301", "0302"}
_BUSY_TIMES = 2
_STALL_S = 100.0
PASSWORD = "emulator"  # noqa: S105 - of the emulated dongle with the fault "login"


@dataclass(frozen=True, slots=True)
class HilinkOptions:
    """How the emulated dongle behaves. `hide_signal` None takes the profile's habit (stock h153 firmware hides it)."""

    profile: str = "h153"
    speed: float = 1.0
    faults: frozenset[Fault] = frozenset()
    hide_signal: bool | None = None
    has_signal_para: bool = False
    rssi_dbm: int | None = None
    lte_band: str = "7FFFFFFFFFFFFFFF"
    network_band: str = "3FFFFFFF"
    network_mode: str = "00"
    imei: str = "860000000000013"
    seed: int = 1


class HilinkEmulator:
    """A running dongle; leave the `with` block to stop it. `url` is its address."""

    def __init__(self, options: HilinkOptions | None = None, *, port: int = 0) -> None:
        """Bind to 127.0.0.1, port 0 for a free one; raises DeviceError when the port is taken."""
        self.options = options or HilinkOptions()
        if self.options.profile not in PROFILES:
            raise UsageError(f'"{self.options.profile}" is no profile; known are {", ".join(PROFILES)}')
        chosen = self.options
        self.profile: Profile = PROFILES[chosen.profile]
        self.radio = EmulatedRadio(speed=chosen.speed, faults=chosen.faults, rssi_dbm=chosen.rssi_dbm, seed=chosen.seed)
        self.settings = DongleSettings(chosen.network_mode, chosen.network_band, chosen.lte_band, chosen.imei)
        if chosen.network_mode != "00":
            self._apply(chosen.network_mode)
        self.sessions = SessionStore(self.profile, chosen.faults, now_s=self.radio.now_s)
        self.writes: list[tuple[str, str, str]] = []  # every accepted net-mode, for tests and curiosity
        self.busy_posts = _BUSY_TIMES if Fault.BUSY in chosen.faults else 0
        self.lock = threading.Lock()
        try:
            self._server = _Server(("127.0.0.1", port), _handler_for(self))
        except OSError as error:
            raise DeviceError(f"the emulator cannot listen on 127.0.0.1:{port} ({error.strerror})") from error
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Address, e.g. http://127.0.0.1:40123."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def uri(self) -> str:
        """Address as `open_device` takes it."""
        return self.url

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    @property
    def hides_signal(self) -> bool:
        """Whether device/signal stays empty."""
        wanted = self.options.hide_signal
        return self.profile.hides_signal if wanted is None else wanted

    def change_mode(self, mode: str, band: str, lte_band: str) -> None:
        """Take a POST of net/net-mode, or raise ApiFailure with the code a dongle gives."""
        if Fault.NO_SIM in self.options.faults:
            raise ApiFailure(112008)
        with self.lock:
            if self.busy_posts > 0:
                self.busy_posts -= 1
                raise ApiFailure(100004)
            if Fault.BUSY_RESTORE in self.options.faults and self.writes:
                raise ApiFailure(100004)
        if mode not in _MODES:
            raise ApiFailure(100005)
        if not all(re.fullmatch(r"[0-9a-fA-F]{1,16}", text) for text in (band, lte_band)):
            raise ApiFailure(100006)
        self.radio.sleep(self.radio.answer_delay_s())
        with self.lock:
            narrows = Fault.NARROW_BANDS in self.options.faults
            self.settings = self.settings.written(mode, band, lte_band, narrows=narrows)
            self.writes.append((mode, band, lte_band))
        self._apply(mode)

    def _apply(self, mode: str) -> None:
        if mode == "00":
            allowed: tuple[Technology, ...] = (Technology.G4, Technology.G3, Technology.G2)
        else:
            allowed = tuple(_MODE_ORDER[mode[at : at + 2]] for at in range(0, len(mode), 2))
        self.radio.allow(allowed)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 32

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hangs up is none of the emulator's business."""


def _handler_for(emulator: HilinkEmulator) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        dongle = emulator

    return Handler


class _Handler(BaseHTTPRequestHandler):
    """One HTTP connection to the dongle."""

    dongle: ClassVar[HilinkEmulator]
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # head and body in one packet
    disable_nagle_algorithm = True
    server_version = "Webserver"
    sys_version = ""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - name of the base class
        """Log nothing."""

    def do_GET(self) -> None:
        """Answer a page or an endpoint."""
        if self._is_gone() or self._is_captured():
            return
        if self.path.startswith("/api/"):
            self._answer_api(self.path.removeprefix("/api/"), None)
        elif self.path == "/":
            target = "http://192.0.2.1/" if self._has(Fault.FOREIGN_REDIRECT) else "/html/index.html"
            self._send(b"", status=307, headers={"Location": target, **self._cookie()})
        elif self.path in ("/html/index.html", "/html/home.html"):
            self._send(self._page(), headers=self._cookie())
        else:
            self._send(b"", status=307, headers={"Location": "/html/index.html"})

    def do_POST(self) -> None:
        """Answer a write."""
        length = min(int(self.headers.get("Content-Length") or 0), 65_536)
        body = self.rfile.read(length).decode("utf-8", "replace")
        if self._is_gone() or self._is_captured():
            return
        self._answer_api(self.path.removeprefix("/api/"), body)

    def _has(self, fault: Fault) -> bool:
        return fault in self.dongle.options.faults

    def _is_gone(self) -> bool:
        """Hang up without an answer while the dongle is pulled."""
        if self.dongle.radio.is_plugged_in:
            return False
        self.dongle.sessions.forget()
        self.close_connection = True
        return True

    def _is_captured(self) -> bool:
        """Send requests for other hosts to the dongle's own page while there is no connection."""
        own = self.dongle.url.removeprefix("http://")
        offline = self.dongle.radio.snapshot().phase is not Phase.CONNECTED or self._has(Fault.NO_TRAFFIC)
        if self.headers.get("Host", own) == own or not offline:
            return False
        self._send(b"", status=307, headers={"Location": f"{self.dongle.url}/html/index.html"})
        return True

    def _cookie(self) -> dict[str, str]:
        session_id = self._session_id()
        if self.dongle.sessions.is_known(session_id) or (session_id and self._has(Fault.SESSION_EXPIRY)):
            return {}  # with the fault, a browser that shows an old cookie gets no new one
        return {"Set-Cookie": f"SessionID={self.dongle.sessions.begin()};path=/;HttpOnly;"}

    def _session_id(self) -> str:
        match = re.search(r"SessionID=([^;]+)", self.headers.get("Cookie") or "")
        return match[1] if match else ""

    def _page(self) -> bytes:
        metas = 0 if self._has(Fault.TOKEN_RECURSION) or self._has(Fault.NO_TOKEN) else self.dongle.profile.metas
        session_id = self._session_id()
        if not self.dongle.sessions.is_known(session_id):
            metas = 0
        tokens = [self.dongle.sessions.new_token(session_id) for _ in range(metas)]
        lines = [f'<meta name="csrf_token" content="{token}">' for token in tokens]
        return "\r\n".join(["<!DOCTYPE html>", "<html><head>", *lines, "</head><body></body></html>"]).encode()

    def _answer_api(self, path: str, body: str | None) -> None:
        if body is None and path == "monitoring/status" and self._misbehaves():
            return
        session_id = self._session_id()
        headers: dict[str, str] = {}
        try:
            if body is None:
                text = ENDPOINTS.get(path, _unknown)(self.dongle, session_id)
            else:
                text = self._write(path, body, session_id)
                headers["__RequestVerificationToken"] = self.dongle.sessions.new_token(session_id)
        except ApiFailure as failure:
            text = error_xml(failure.code)
        self._send(text.encode(), headers=headers)

    def _write(self, path: str, body: str, session_id: str) -> str:
        sessions = self.dongle.sessions
        sessions.check(session_id)
        token = self.headers.get("__RequestVerificationToken") or ""
        sessions.spend(session_id, token)
        fields = dict(re.findall(r"<(\w+)>([^<]*)</\1>", body))
        if path == "user/login":
            sessions.log_in(session_id, fields, token, PASSWORD)
            return xml("OK")
        if path == "user/logout":
            sessions.log_out(session_id)
            return xml("OK")
        if self._has(Fault.LOGIN) and not sessions.is_logged_in(session_id):
            raise ApiFailure(100003)
        if path == "net/net-mode":
            if not all(name in fields for name in ("NetworkMode", "NetworkBand", "LTEBand")):
                raise ApiFailure(100005)
            self.dongle.change_mode(fields["NetworkMode"], fields["NetworkBand"], fields["LTEBand"])
            return xml("OK")
        if path in ("net/register", "dialup/dial"):
            if self.dongle.radio.is_changing:
                raise ApiFailure(100004)
            return xml("OK")
        raise ApiFailure(100002)

    def _misbehaves(self) -> bool:
        """Give the hostile or broken answers; True when one was given."""
        if self._has(Fault.STALL):
            self.dongle.radio.sleep(_STALL_S)
        elif self._has(Fault.TRUNCATED):
            self._send(b'<?xml version="1.0" encoding="UTF-8"?>\r\n<response>\r\n<ConnectionStatus>90')
        elif self._has(Fault.HUGE_XML):
            self._send(b"<response>" + b"<a>1</a>" * 200_000 + b"</response>")
        elif self._has(Fault.ENTITY_BOMB):
            self._send(_entity_bomb())
        elif self._has(Fault.ENDLESS) or self._has(Fault.SLOW_DRIP):
            self._pour(slowly=self._has(Fault.SLOW_DRIP))
        else:
            return False
        self.close_connection = True
        return True

    def _pour(self, *, slowly: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"<response>")
        for _ in range(100_000):
            self.wfile.write(b" " if slowly else b" " * 65_536)
            self.wfile.flush()
            if slowly:
                self.dongle.radio.sleep(2.0)

    def _send(self, body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _unknown(_dongle: HilinkEmulator, _session_id: str) -> str:
    raise ApiFailure(100002)


def _entity_bomb() -> bytes:
    lines = ['<!ENTITY a "ha">'] + [
        f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    return f'<?xml version="1.0"?><!DOCTYPE r [{"".join(lines)}]><response>&i;</response>'.encode()
