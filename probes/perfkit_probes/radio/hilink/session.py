"""The HTTP API of a HiLink device: huawei-lte-api, and what has to be known to use it.

The one module that imports huawei-lte-api, itself imported only when a device is opened. What it answers for, each
found with huawei-lte-api 2.0.1:

* Two writes through one Connection fail on some firmware (125003), so every write opens its own.
* The library wants a token page and an endpoint that some firmware lacks: it recurses without end on 125002, ends in a
  KeyError without a token, and sends 64-character tokens whole, of which the last 32 count. The token is fetched here.
* It raises whatever an answer makes it stumble over, and waits without limit unless told: see also `transport`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit
from xml.parsers.expat import ExpatError

import requests  # noqa: TID253 - this module is itself imported only when a device is opened
from huawei_lte_api.Connection import Connection  # noqa: TID253 - as above
from huawei_lte_api.exceptions import ResponseErrorException  # noqa: TID253 - as above

from perfkit.core.errors import DeviceError
from perfkit_probes.radio.base import Clock, RawRecorder, RefusedError
from perfkit_probes.radio.hilink.transport import DeviceAdapter, HttpLimits, printable

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


class UnreadableError(DeviceError):
    """The device answered something other than HiLink XML."""


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


_UNREADABLE = (ExpatError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)


def _hang_up(connection: Connection) -> None:
    """Log out where a login was made, and close; what was asked before has succeeded whatever comes back now."""
    with suppress(DeviceError, ResponseErrorException, requests.RequestException, *_UNREADABLE):
        connection.close()
    connection.requests_session.close()


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

    def get_optional(self, endpoint: str, *, may_be_page: bool = False) -> dict[str, object]:
        """Return the fields of an endpoint, {} where this firmware has none or keeps it behind the login.

        With `may_be_page`, also where it answers with a web page or a torso, as some do for what they do not know.
        """
        try:
            return self.get(endpoint)
        except UnreadableError:
            if not may_be_page:
                raise
            return {}
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
            _hang_up(reader)

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
                _hang_up(connection)
            if answer != "OK":
                raise ValueError("not OK")

    def _open(self) -> Connection:
        session = requests.Session()
        session.trust_env = False  # a proxy of the environment would not lead to the dongle
        session.max_redirects = 5
        adapter = DeviceAdapter(self.url, self._limits, interface=self._interface, recorder=self._recorder)
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
        except _UNREADABLE as error:
            message = f"{self.url} answers {what} with something other than HiLink XML; is this a HiLink dongle?"
            raise UnreadableError(message) from error

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
