"""What one TCP connection delivers: a stream over the WebSocket, which takes the way that OCPP takes.

The receiver steers and measures (`perfkit_probes.steering`): a sender's count would contain its own buffers. The rate
counts TCP payload, that is WebSocket frames with their heads of 4 (down) or 8 (up) bytes. A frame fills whole segments.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from perfkit.core.errors import ProbeError
from perfkit_probes import control
from perfkit_probes.base import Confidence, GoodputDirection, GoodputResult
from perfkit_probes.budget import Truncation
from perfkit_probes.clock import prompt_threads
from perfkit_probes.control import Message
from perfkit_probes.latency_row import latency_row
from perfkit_probes.session import REQUEST_TIMEOUT_S, LinkSession
from perfkit_probes.shaping import can_tell, shaping
from perfkit_probes.steering import FIRST_BATCH, MAX_BATCH, Arrival, Plan, Steering, stream_estimate

# The payload of a TCP segment on a link with an MTU of 1500 bytes: 1500 - 20 - 20 - 12 (time stamps).
_SEGMENT_BYTES = 1448
_DOWN_HEAD, _UP_HEAD = 4, 8
_MAX_POINTS = 1024
# What a stream costs beyond its payload: headers of the segments and acknowledgements of the other side.
COST_FACTOR = 1.12
# 93 kB: 19 s at the gate's rate, and enough to keep a fast link busy for a round trip.
_SUSTAINED_BATCH = 64
# Whole segments seldom fill what was agreed to the last byte.
_NEARLY_ALL = 0.95


@dataclass(frozen=True, slots=True)
class GoodputPlan:
    """Payload bytes per direction and the seconds of stream to observe in each.

    `is_sustained`: all the bytes are wanted, in at most `target_s`, to see whether the link slows down for good.
    """

    max_bytes: int = 200_000
    target_s: float = 3.0
    is_sustained: bool = False


def measure_goodput(session: LinkSession, plan: GoodputPlan | None = None) -> GoodputResult:
    """The rate that one TCP connection reaches, first down, then up.

    Raises:
        ProbeError: The responder is gone or breaks the protocol.
    """
    wanted = plan or GoodputPlan()
    start_ns = session.clock.monotonic_ns()
    rtts_ms: list[float] = []
    with prompt_threads():
        down = _down(session, wanted, rtts_ms)
        up = _up(session, wanted, rtts_ms)
    session.account()
    method = "smoothed round trip of the stream's own connection, TCP_INFO"
    return GoodputResult(
        up=up,
        down=down,
        latency=latency_row(rtts_ms, sent=max(1, len(rtts_ms)), packet_bytes=1500, method=method),
        seconds=(session.clock.monotonic_ns() - start_ns) / 1e9,
        payload_bytes=up.payload_bytes + down.payload_bytes,
        sustained_bytes=wanted.max_bytes if wanted.is_sustained else None,
    )


def _segment_bytes(session: LinkSession) -> int:
    info = session.tcp_info()
    return min(_SEGMENT_BYTES, info.segment_bytes) if info and info.segment_bytes >= 256 else _SEGMENT_BYTES


def _plan(session: LinkSession, plan: GoodputPlan) -> tuple[Plan, Truncation | None]:
    """The steering's plan within what the budget has left, and the cap that made it smaller."""
    left = int(session.meter.remaining_bytes / COST_FACTOR)
    size = _segment_bytes(session)
    refused = session.meter.refusal(int(FIRST_BATCH * size * COST_FACTOR))
    max_bytes = 0 if refused else min(plan.max_bytes, left, session.caps_bytes or plan.max_bytes)
    return Plan(max(0, max_bytes), plan.target_s, size, _SUSTAINED_BATCH if plan.is_sustained else MAX_BATCH), refused


def _down(session: LinkSession, plan: GoodputPlan, rtts_ms: list[float]) -> GoodputDirection:
    steered, refused = _plan(session, plan)
    if refused is not None:
        return _nothing(refused)
    steering, open_batches = Steering(steered), 0
    counts: list[int] = []
    start_ns = session.clock.monotonic_ns()
    open_batches += _ask(session, steering, steered)
    while open_batches:
        data = session.receive(REQUEST_TIMEOUT_S)
        if data is None:
            raise ProbeError(f"{session.who} stopped sending in the middle of the stream; is the link still up?")
        if isinstance(data, bytes):
            steering.arrived(session.clock.monotonic_ns() / 1e9, len(data) + _DOWN_HEAD)
            open_batches += _ask(session, steering, steered)
            continue
        message = control.decode(data, session.who)
        if message["type"] != "batch_sent":
            raise ProbeError(f"{session.who} sent {str(message['type'])[:40]!r} in the middle of the stream")
        open_batches -= 1
        session.account()
        _sample(message, rtts_ms, counts)
    found = _direction(session, steering.arrivals, steering.truncated, (start_ns, sum(counts) if counts else None))
    return _sustained(found, steering.arrivals, plan, steered) if plan.is_sustained else found


def _ask(session: LinkSession, steering: Steering, plan: Plan) -> int:
    """Ask for the next batch if it is time; returns the batches asked for (0 or 1)."""
    batch = steering.next_batch()
    if batch is None:
        return 0
    size = batch.segments * plan.segment_bytes - _DOWN_HEAD
    session.send(control.encode("stream_down", messages=batch.messages, message_bytes=size))
    return 1


def _sample(message: Message, rtts_ms: list[float], retransmissions: list[int]) -> None:
    """Keep the responder's round trip and the retransmissions of one batch, where it knows them."""
    if message.get("rtt_us") is not None:
        rtts_ms.append(control.whole(message, "rtt_us", low=0, high=1 << 40) / 1000)
    if message.get("retransmissions") is not None:
        retransmissions.append(control.whole(message, "retransmissions", low=0, high=1 << 40))


def _up(session: LinkSession, plan: GoodputPlan, rtts_ms: list[float]) -> GoodputDirection:
    steered, refused = _plan(session, plan)
    if refused is not None:
        return _nothing(refused)
    start_ns = session.clock.monotonic_ns()
    before = session.tcp_info()
    request = control.encode(
        "stream_up",
        max_bytes=steered.max_bytes,
        target_ms=round(steered.target_s * 1000),
        segment_bytes=steered.segment_bytes,
        max_batch=steered.max_batch,
    )
    session.send(request)
    report = _send_batches(session, steered, rtts_ms)
    after = session.tcp_info()
    retransmissions = after.retransmissions - before.retransmissions if after and before else None
    arrivals, truncated = _arrivals(report)
    found = _direction(session, arrivals, truncated, (start_ns, retransmissions))
    return _sustained(found, arrivals, plan, steered) if plan.is_sustained else found


def _send_batches(session: LinkSession, plan: Plan, rtts_ms: list[float]) -> Message:
    """Send what the responder asks for, until it reports."""
    left = plan.max_bytes
    while True:
        data = session.receive(REQUEST_TIMEOUT_S + plan.target_s)
        if data is None:
            raise ProbeError(f"{session.who} stopped asking in the middle of the stream; is the link still up?")
        message = control.decode(data, session.who)
        if message["type"] == "stream":
            return message
        if message["type"] != "more":
            raise ProbeError(f"{session.who} sent {str(message['type'])[:40]!r} in the middle of the stream")
        messages = control.whole(message, "messages", low=1, high=10_000)
        size = plan.segment_bytes * control.whole(message, "segments", low=1, high=16)
        left -= messages * size
        if left < 0:
            raise ProbeError(f"{session.who} asks for more than the {plan.max_bytes} bytes that were agreed")
        payload = os.urandom(size - _UP_HEAD)
        for _ in range(messages):
            session.send(payload)
        session.account()
        info = session.tcp_info()
        if info is not None:
            rtts_ms.append(info.rtt_ms)


def _arrivals(report: Message) -> tuple[list[Arrival], Truncation | None]:
    """The responder's record of our stream; of a long one only its last messages are listed."""
    columns = [
        [value for value in control.integers(report, key, most=_MAX_POINTS) if value is not None]
        for key in ("batches", "total_bytes", "stamps_us")
    ]
    asked_us = control.integers(report, "asked_us", most=_MAX_POINTS)
    if len({len(asked_us), *(len(column) for column in columns)}) != 1:
        raise ProbeError("the responder's report of the stream has columns of different length")
    asked_s = [None if one_us is None else one_us / 1e6 for one_us in asked_us]
    arrivals = [
        Arrival(batch, total, stamp_us / 1e6, asked)
        for batch, total, stamp_us, asked in zip(*columns, asked_s, strict=True)
    ]
    return arrivals, Truncation.BYTES if report.get("truncated") is True else None


def _direction(
    session: LinkSession, arrivals: list[Arrival], truncated: Truncation | None, run: tuple[int, int | None]
) -> GoodputDirection:
    start_ns, retransmissions = run
    info = session.tcp_info()
    round_trip_s = (info.min_rtt_ms or 0.0) / 1000 if info is not None else 0.0
    found = stream_estimate(arrivals, retransmissions=retransmissions, round_trip_s=round_trip_s)
    return GoodputDirection(
        kB_s=None if found.bytes_s is None else found.bytes_s / 1000,
        all_bytes_kB_s=None if found.all_bytes_s is None else found.all_bytes_s / 1000,
        estimator=found.estimator,
        confidence=found.confidence,
        retransmissions=retransmissions,
        payload_bytes=arrivals[-1].total_bytes if arrivals else 0,
        seconds=(session.clock.monotonic_ns() - start_ns) / 1e9,
        truncated=truncated,
        reason=None if found.bytes_s is not None else "too few messages arrived",
    )


def _sustained(
    found: GoodputDirection, arrivals: list[Arrival], wanted: GoodputPlan, steered: Plan
) -> GoodputDirection:
    """The same with what a long stream tells besides: what ended it early, and the burst before it slowed down."""
    truncated = Truncation.BYTES if steered.max_bytes < wanted.max_bytes else None
    if found.payload_bytes < _NEARLY_ALL * steered.max_bytes:
        truncated = Truncation.TIME
    if not can_tell(arrivals):
        reason = found.reason or "too few messages to tell whether the link slows down"
        return replace(found, truncated=truncated, confidence=Confidence.LOW, reason=reason)
    found = replace(found, truncated=truncated)
    shaped = shaping(arrivals)
    if shaped is None:
        return found
    return replace(
        found,
        kB_s=shaped.sustained_bytes_s / 1000,
        estimator="behind the burst of a shaped link",
        burst_kB_s=shaped.burst_bytes_s / 1000,
        burst_bytes=shaped.burst_bytes,
    )


def _nothing(refused: Truncation) -> GoodputDirection:
    estimate = stream_estimate([], retransmissions=None)
    return GoodputDirection(
        kB_s=None,
        all_bytes_kB_s=None,
        estimator=estimate.estimator,
        confidence=estimate.confidence,
        retransmissions=None,
        payload_bytes=0,
        seconds=0.0,
        truncated=refused,
        reason="the budget left no room for a stream",
    )
