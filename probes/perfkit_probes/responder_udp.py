"""The responder's UDP side: cookies, echoes, trains and paced packets, for clients that have proven their address."""

from __future__ import annotations

import contextlib
import hmac
import threading
from collections.abc import Callable

from perfkit_probes.clock import Clock
from perfkit_probes.responder_session import MAX_PACKET_BYTES, MAX_TRAIN_PACKETS, Session, Sessions
from perfkit_probes.stamps import Address, Received, StampedSocket
from perfkit_probes.wire import CREDENTIAL_BYTES, Datagram, Kind, decode, train

_POLL_S = 0.2
# Addresses one session may prove (a client behind a changing translation), and rounds of trains it may run.
_MAX_ADDRESSES = 4
_MAX_ROUNDS = 64
_MAX_SEQUENCE = 1 << 20


class DatagramService:
    """A thread that answers datagrams; never sends more than it received before the cookie came back."""

    def __init__(self, sock: StampedSocket, sessions: Sessions, clock: Clock) -> None:
        """Take the socket; nothing is read before `start`."""
        self._sock = sock
        self._sessions = sessions
        self._clock = clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="responder-udp", daemon=True)
        self._cookies: dict[Address, tuple[Session, bytes]] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop answering and close the socket."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(2)
        self._sock.close()

    def sender(self, session: Session, cookie: bytes) -> Callable[[bytes], object] | None:
        """A function that sends to the address whose cookie the client knows, None when it knows none."""
        with self._lock:
            for address, (owner, issued) in self._cookies.items():
                if owner is session and hmac.compare_digest(issued, cookie):
                    return lambda data: self._sock.send(data, address)
        return None

    def forget(self, session: Session) -> None:
        """Answer this session's addresses no longer."""
        with self._lock:
            self._cookies = {a: entry for a, entry in self._cookies.items() if entry[0] is not session}

    def _run(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(OSError):
                received = self._sock.receive(_POLL_S)
                if received is not None:
                    self._answer(received)

    def _answer(self, received: Received) -> None:
        datagram = decode(received.data)
        if datagram is None:
            return
        if datagram.kind is Kind.OPEN:
            self._open(datagram, received)
            return
        session = self._session_of(datagram, received.address)
        if session is None:
            return
        if datagram.kind is Kind.ECHO:
            self._echo(datagram, received)
        elif datagram.kind is Kind.TRAIN:
            self._train(session, datagram, received)
        elif datagram.kind is Kind.PACE:
            session.received.add(datagram.sequence, received.stamp_ns)

    def _open(self, datagram: Datagram, received: Received) -> None:
        """Answer a token with the cookie of the address it came from, in no more bytes than came."""
        session = self._sessions.find(datagram.credential)
        if session is None:
            return
        with self._lock:
            held = sum(1 for entry in self._cookies.values() if entry[0] is session)
            if received.address not in self._cookies and held >= _MAX_ADDRESSES:
                return
            cookie = cookie_for(session.secret, received.address)
            self._cookies[received.address] = (session, cookie)
        reply = Datagram(Kind.COOKIE, cookie, datagram.sequence)
        self._sock.send(reply.encode(len(received.data)), received.address)

    def _session_of(self, datagram: Datagram, address: Address) -> Session | None:
        """The session whose cookie for this very address the datagram carries."""
        with self._lock:
            session, cookie = self._cookies.get(address, (None, b""))
            if session is None or not hmac.compare_digest(cookie, datagram.credential):
                return None
            return session

    def _echo(self, datagram: Datagram, received: Received) -> None:
        reply = Datagram(
            Kind.ECHO_REPLY, datagram.credential, datagram.sequence, received.stamp_ns, self._clock.monotonic_ns()
        )
        self._sock.send(reply.encode(len(received.data)), received.address)

    def _train(self, session: Session, datagram: Datagram, received: Received) -> None:
        """Book a packet of a train; the first one of a round is answered by a train of the same kind."""
        number, packets = datagram.first, datagram.second
        is_known = number in session.trains
        if datagram.sequence > _MAX_SEQUENCE or (not is_known and len(session.trains) >= _MAX_ROUNDS):
            return
        session.trains.setdefault(number, {}).setdefault(datagram.sequence, received.stamp_ns)
        if is_known or not 1 <= packets <= MAX_TRAIN_PACKETS:
            return
        size = min(len(received.data), MAX_PACKET_BYTES)
        if session.may_send(packets * size):
            for index in range(packets):
                now_ns = self._clock.monotonic_ns()
                answer = train(datagram.credential, index, number=number, packets=packets, send_ns=now_ns)
                self._sock.send(answer.encode(size), received.address)


def cookie_for(secret: bytes, address: Address) -> bytes:
    """The credential that only a receiver at `address` can know."""
    material = f"{address[0]}\0{address[1]}".encode()
    return hmac.new(secret, material, "sha256").digest()[:CREDENTIAL_BYTES]
