"""Sessions, single-use tokens and the login of an emulated HiLink dongle."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import string
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from perfkit_probes.emulators.hilink_answers import ApiFailure, Profile
from perfkit_probes.emulators.radio import Fault

_ALPHABET = string.ascii_letters + string.digits
_IDLE_S = 300.0
_EXPIRY_AFTER_REQUESTS = 6  # of the fault "session-expiry"


@dataclass(slots=True)
class _Session:
    used_s: float
    requests: int = 0
    tokens: set[str] = field(default_factory=set)
    is_logged_in: bool = False


class SessionStore:
    """Which sessions live, and which tokens they may still spend."""

    def __init__(self, profile: Profile, faults: frozenset[Fault], *, now_s: Callable[[], float]) -> None:
        """Start without sessions; firmware without cookies has one, named by the empty string."""
        self._profile = profile
        self._faults = faults
        self._now_s = now_s
        self._lock = threading.Lock()
        self._sessions: dict[str, _Session] = {}
        self.forget()

    def forget(self) -> None:
        """Drop all sessions, as a restart does."""
        with self._lock:
            self._sessions.clear()
            if not self._profile.needs_cookie:
                self._sessions[""] = _Session(self._now_s())

    def begin(self) -> str:
        """Return the id of a new session, 128 characters."""
        session_id = _word(128)
        with self._lock:
            self._sessions[session_id] = _Session(self._now_s())
        return session_id

    def is_known(self, session_id: str) -> bool:
        """Whether this session lives."""
        with self._lock:
            return self._profile.needs_cookie is False or session_id in self._sessions

    def check(self, session_id: str) -> None:
        """Count a request; raises ApiFailure 125002 for no session or an expired one."""
        with self._lock:
            session = self._find(session_id)
            expires = Fault.SESSION_EXPIRY in self._faults and session.requests >= _EXPIRY_AFTER_REQUESTS
            if expires or self._now_s() - session.used_s > _IDLE_S:
                self._sessions.pop(session_id, None)
                raise ApiFailure(125002)
            session.requests += 1
            session.used_s = self._now_s()

    def new_token(self, session_id: str) -> str:
        """Return a token that may be spent once: 32 characters, digits alone on the oldest firmware."""
        token = _word(32) if self._profile.needs_cookie else str(secrets.randbelow(10**9))
        with self._lock:
            session = self._sessions.get("" if not self._profile.needs_cookie else session_id)
            if session is not None:
                session.tokens.add(token)
        return token

    def spend(self, session_id: str, token: str) -> None:
        """Use up a token; raises ApiFailure for one that is unknown or spent."""
        with self._lock:
            tokens = self._find(session_id).tokens
            if token not in tokens:
                raise ApiFailure(self._profile.wrong_token_code)
            tokens.remove(token)

    def log_in(self, session_id: str, fields: dict[str, str], token: str, password: str) -> None:
        """Check a login of password type 4 (SHA-256 over user, password digest and token)."""
        inner = base64.b64encode(hashlib.sha256(password.encode()).hexdigest().encode())
        outer = hashlib.sha256(b"admin" + inner + token.encode()).hexdigest().encode()
        wanted = base64.b64encode(outer).decode()
        if fields.get("Username") != "admin" or not hmac.compare_digest(fields.get("Password", ""), wanted):
            raise ApiFailure(108006)
        with self._lock:
            self._find(session_id).is_logged_in = True

    def log_out(self, session_id: str) -> None:
        """Forget the login."""
        with self._lock:
            self._find(session_id).is_logged_in = False

    def is_logged_in(self, session_id: str) -> bool:
        """Whether this session has logged in."""
        with self._lock:
            return self._find(session_id).is_logged_in

    def _find(self, session_id: str) -> _Session:
        session = self._sessions.get("" if not self._profile.needs_cookie else session_id)
        if session is None:
            raise ApiFailure(125002)
        return session


def _word(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
