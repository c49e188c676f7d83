"""The dialogue of the responder with one client over its WebSocket."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from perfkit.core.errors import ProbeError
from perfkit_probes.budget import Truncation
from perfkit_probes.clock import Clock
from perfkit_probes.control import NONCE_HEADER, Message, decode, encode, is_equal, proof, text, whole
from perfkit_probes.dispersion import is_overdue
from perfkit_probes.pacing import Pace, PacedSender
from perfkit_probes.responder_session import MAX_PACKET_BYTES, MAX_TRAIN_PACKETS, Session, Sessions
from perfkit_probes.steering import MAX_BATCH, Plan, Steering
from perfkit_probes.tcp_info import read_tcp_info
from perfkit_probes.wire import Kind
from perfkit_probes.wire import decode as decode_datagram

if TYPE_CHECKING:
    from websockets.sync.server import ServerConnection

    from perfkit_probes.responder_udp import DatagramService

WHO = "the client"
_HELLO_TIMEOUT_S = 30.0
_MAX_STEP_S = 30.0
_MAX_POINTS = 1024
MAX_MESSAGE_PAYLOAD = 16_384
# The WebSocket head of a message from a client: 4 bytes, and 4 of its mask.
_UP_HEAD = 8


def serve_client(
    connection: ServerConnection,
    sessions: Sessions,
    *,
    key: str | None,
    datagrams: DatagramService | None,
    clock: Clock,
) -> None:
    """Speak with one client until it leaves, breaks the protocol, or its time is up."""
    from websockets.exceptions import ConnectionClosed

    with contextlib.suppress(ConnectionClosed, TimeoutError, OSError):
        try:
            nonce, challenge = _greet(connection, key)
        except ProbeError as error:
            connection.close(1008, str(error)[:120])
            return
        session = sessions.create()
        if session is None:
            connection.close(1013, "all sessions of this responder are in use")
            return
        try:
            _welcome(connection, session, key=key, nonce=nonce, challenge=challenge)
            _Dialogue(connection, session, datagrams, clock).run()
        except ProbeError as error:
            connection.close(1008, str(error)[:120])
        finally:
            sessions.end(session)
            if datagrams is not None:
                datagrams.forget(session)


def _greet(connection: ServerConnection, key: str | None) -> tuple[str, str]:
    """The client's nonce and our challenge (empty without a key).

    Raises:
        ProbeError: The client sent no nonce, or does not know the key.
    """
    nonce = connection.request.headers.get(NONCE_HEADER, "") if connection.request else ""
    if not 16 <= len(nonce) <= 64:
        raise ProbeError(f"the client sent no {NONCE_HEADER}")
    if key is None:
        return nonce, ""
    challenge = secrets.token_hex(16)
    connection.send(encode("challenge", challenge=challenge))
    hello = decode(connection.recv(_HELLO_TIMEOUT_S), WHO)
    if not is_equal(text(hello, "proof"), proof(key, "client", challenge, nonce)):
        raise ProbeError("the key is missing or wrong")
    return nonce, challenge


def _welcome(connection: ServerConnection, session: Session, *, key: str | None, nonce: str, challenge: str) -> None:
    answer = proof(key, "responder", challenge, nonce) if key is not None else ""
    connection.send(
        encode(
            "welcome",
            nonce=nonce,
            proof=answer,
            token=session.token.hex(),
            max_bytes=session.caps.max_bytes,
            max_seconds=int(session.caps.max_seconds),
        )
    )


class _Dialogue:
    """The requests of a client after its welcome."""

    def __init__(
        self, connection: ServerConnection, session: Session, datagrams: DatagramService | None, clock: Clock
    ) -> None:
        self._connection = connection
        self._session = session
        self._datagrams = datagrams
        self._clock = clock
        self._steering: Steering | None = None
        self._requests = {
            "train_report": self._train_report,
            "pace": self._pace,
            "pace_stop": self._pace_stop,
            "stream_down": self._stream_down,
            "stream_up": self._stream_up,
        }

    def run(self) -> None:
        """Answer until the session's time is up."""
        while (remaining_s := self._session.remaining_s) > 0:
            data = self._connection.recv(remaining_s)
            if isinstance(data, bytes):
                self._binary(data)
                continue
            message = decode(data, WHO)
            request = self._requests.get(str(message["type"]))
            if request is None:
                raise ProbeError(f"unknown request {str(message['type'])[:40]!r}")
            request(message)
        self._connection.close(1008, "the session's time is up")

    def _binary(self, data: bytes) -> None:
        """A message of a stream or of a paced stream."""
        now_ns = self._clock.monotonic_ns()
        if self._steering is not None:
            self._stream_message(now_ns, len(data))
            return
        datagram = decode_datagram(data)
        if datagram is not None and datagram.kind is Kind.PACE:
            self._session.received.add(datagram.sequence, now_ns)

    def _train_report(self, message: Message) -> None:
        """When the packets of a train arrived: the first (ns of this clock), and ns after it in order of index.

        Null stands for those that did not arrive.
        """
        number, sent = (
            whole(message, "round", low=0, high=10_000),
            whole(message, "packets", low=1, high=MAX_TRAIN_PACKETS),
        )
        arrived = self._await_train(number, sent)
        start = min(arrived.values(), default=0)
        stamps = [arrived[index] - start if index in arrived else None for index in range(sent)]
        self._connection.send(encode("train", round=number, first_ns=start, stamps=stamps))

    def _await_train(self, number: int, sent: int) -> dict[int, int]:
        """The stamps of a train, once it is complete or its last packet is overdue."""
        deadline_ns = self._clock.monotonic_ns() + int(_MAX_STEP_S * 1e9)
        while self._clock.monotonic_ns() < deadline_ns:
            arrived = dict(self._session.trains.get(number, {}))
            if len(arrived) >= sent or is_overdue(sorted(arrived.values()), self._clock.monotonic_ns()):
                return arrived
            self._clock.sleep(0.005)
        return dict(self._session.trains.get(number, {}))

    def _pace(self, message: Message) -> None:
        """Start a paced stream towards the client, over UDP to its proven address or over this WebSocket."""
        self._session.stop_pacing()
        send: Callable[[bytes], object] | None = self._connection.send
        if message.get("transport") == "udp":
            send = self._datagrams.sender(self._session, _cookie_in(message)) if self._datagrams else None
        if send is None:
            raise ProbeError("a paced stream over UDP was asked for without the cookie of a proven address")
        stream = Pace(
            interval_s=whole(message, "interval_us", low=500, high=10_000_000) / 1e6,
            payload_bytes=whole(message, "payload_bytes", low=64, high=MAX_PACKET_BYTES),
            packets=whole(message, "packets", low=1, high=10_000),
        )
        pace = PacedSender(
            stream, self._session.received, send=send, may_send=self._session.may_send, clock=self._clock
        )
        self._session.pace = pace
        pace.start()

    def _pace_stop(self, _message: Message) -> None:
        sent = self._session.stop_pacing()
        self._connection.send(encode("paced", sent=sent, received=self._session.received.count))
        # Not at the start: the first packets may overtake the request, which comes over TCP.
        self._session.received.clear()

    def _stream_down(self, message: Message) -> None:
        """Send a batch of messages as fast as the connection takes them."""
        size = whole(message, "message_bytes", low=16, high=MAX_MESSAGE_PAYLOAD)
        payload, before = os.urandom(size), read_tcp_info(self._connection.socket)
        for _ in range(whole(message, "messages", low=1, high=10_000)):
            while not self._session.may_send(size):
                if self._session.remaining_s <= 0 or self._session.sent_bytes + size > self._session.caps.max_bytes:
                    raise ProbeError("the session's bytes are used up")
                self._clock.sleep(0.01)
            self._connection.send(payload)
        info = read_tcp_info(self._connection.socket)
        repeated = info.retransmissions - before.retransmissions if info and before else None
        rtt_us = int(info.rtt_ms * 1000) if info else None
        self._connection.send(encode("batch_sent", rtt_us=rtt_us, retransmissions=repeated))

    def _stream_up(self, message: Message) -> None:
        """Steer a stream from the client."""
        self._steering = Steering(
            Plan(
                max_bytes=min(whole(message, "max_bytes", low=1, high=1 << 40), self._session.caps.max_bytes),
                target_s=whole(message, "target_ms", low=1, high=60_000) / 1000,
                segment_bytes=whole(message, "segment_bytes", low=256, high=MAX_PACKET_BYTES),
                max_batch=whole(message, "max_batch", low=1, high=MAX_BATCH),
            )
        )
        self._ask(self._steering)

    def _stream_message(self, now_ns: int, size_bytes: int) -> None:
        steering = self._steering
        if steering is None:
            return
        steering.arrived(now_ns / 1e9, size_bytes + _UP_HEAD)
        self._ask(steering)

    def _ask(self, steering: Steering) -> None:
        batch = steering.next_batch()
        if batch is not None:
            self._connection.send(encode("more", messages=batch.messages, segments=batch.segments))
        elif steering.is_complete:
            self._finish(steering)

    def _finish(self, steering: Steering) -> None:
        """Report when the messages of the client's stream arrived."""
        self._steering = None
        points = list(steering.arrivals)
        base_s = points[0].stamp_s if points else 0.0
        cut = points[-_MAX_POINTS:]
        self._connection.send(
            encode(
                "stream",
                batches=[point.batch for point in cut],
                total_bytes=[point.total_bytes for point in cut],
                stamps_us=[round((point.stamp_s - base_s) * 1e6) for point in cut],
                asked_us=[None if point.asked_s is None else round((point.asked_s - base_s) * 1e6) for point in cut],
                truncated=steering.truncated is Truncation.BYTES,
            )
        )


def _cookie_in(message: Message) -> bytes:
    try:
        return bytes.fromhex(text(message, "cookie"))
    except ValueError:
        return b""
