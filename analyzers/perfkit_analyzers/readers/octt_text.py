"""Text logs of the current OCTT (web interface), for the charging station or the CSMS as system under test.

Plain lines are read here by fixed columns; everything else goes to `perfkit_analyzers.logtext.octt_body`. Where the
scanner written in C is built, it reads the plain lines instead of the loop below, with the same result
(docs/decisions/0004-compiled-scanner.md); `SCANNER` tells which of the two is in use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Literal

import msgspec

from perfkit_analyzers.logtext.blocks import MAX_LINE_BYTES, ByteStream, line_blocks
from perfkit_analyzers.logtext.clock import PLAIN_RISE_NS
from perfkit_analyzers.logtext.frames import Call, Result, decode_strict
from perfkit_analyzers.logtext.octt_body import OcttBody
from perfkit_analyzers.logtext.stamps import DAY_NS, SECOND_NS, date_ns
from perfkit_analyzers.message import LineTally, LogEvent
from perfkit_analyzers.ocpp_message import Direction, MessageType, OcppMessage
from perfkit_analyzers.readers.base import LogReader
from perfkit_analyzers.scanner.built import compiled_scanner

# What may stand in the ten columns after the stamp of a plain line.
_IN, _OUT, _MARKER, _INFO, _CAREFUL = range(5)
_KINDS = {
    b" [msg-in] ": _IN,
    b" [msg-out]": _OUT,
    b" [REQUEST]": _MARKER,
    b" [RESPONSE": _MARKER,
    b" [info]  W": _INFO,
    b" [info]  R": _INFO,
    b" [info] Wa": _INFO,
    b" [info] Re": _INFO,
}
_DIRECTIONS = (Direction.IN, Direction.OUT)
_MARKERS = frozenset({b" [REQUEST]", b" [RESPONSE]"})
_plain_info = re.compile(rb" \[info\] {1,2}(?:Waiting for|Received) (?:request|response) [^:]*\Z").match
_NO_TIME = -(1 << 80)
_CALL, _RESULT = MessageType.CALL, MessageType.CALLRESULT
_DECODING_FAILED = (msgspec.DecodeError, RecursionError)
_MILLISECONDS_NS = {
    f"{separator}{number:03}]".encode(): number * 1_000_000 for separator in ":.," for number in range(1000)
}
_MAX_CACHED_SECONDS = 200_000

_STAMPED_LINE = re.compile(r"^\[(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d[:.,]\d{3,9}\]\s*\[[A-Za-z_-]+\]", re.MULTILINE)
_FRAME_LINE = re.compile(r"^\[[0-9T:.,-]+\]\s*\[(?:msg-in|msg-out|started_testcase)\]", re.MULTILINE)
_HEADER_LINE = re.compile(r"^[^\S\n]*(?:Test Case Name|Test Start Time)[^\S\n]*:", re.IGNORECASE | re.MULTILINE)


Clock = tuple[int, int, int, int]
Scan = Callable[[bytes, int, int, Clock, list[LogEvent], frozenset[str]], tuple[int, int, int, int]]

_compiled = compiled_scanner()
_scan: Scan | None = None if _compiled is None else _compiled.scan
SCANNER: Literal["compiled", "python"] = "python" if _scan is None else "compiled"


_SECOND = re.compile(rb"\[(?:(\d{4}-\d\d-\d\d)[T ])?([01]\d|2[0-3]):([0-5]\d):([0-5]\d)\Z")


class _Seconds(dict[bytes, int]):
    """`[HH:MM:SS` or `[YYYY-MM-DDTHH:MM:SS` to nanoseconds, computed once each; far below zero for anything else."""

    def __missing__(self, key: bytes) -> int:
        match = _SECOND.match(key)
        day_ns = 0 if match is None or match[1] is None else date_ns(match[1].decode())
        if match is None or day_ns is None:
            return _NO_TIME
        if len(self) >= _MAX_CACHED_SECONDS:
            self.clear()
        self[key] = day_ns + (int(match[2]) * 3600 + int(match[3]) * 60 + int(match[4])) * SECOND_NS
        return self[key]


class OcttTextReader:
    """Events of one OCTT text log; read once. `scan` is None to read without the compiled scanner."""

    def __init__(self, stream: ByteStream, name: str, *, scan: Scan | None = _scan) -> None:
        self.tally = LineTally()
        self._scan = scan
        self._stream = stream
        self._body = OcttBody(name)
        self._seconds = _Seconds()
        self._brief: frozenset[str] = frozenset()

    def tell_in_brief(self, actions: frozenset[str]) -> None:
        """Let the compiled scanner leave out the answers to these; the Python loop tells them all."""
        self._brief = actions

    def __iter__(self) -> Iterator[LogEvent]:
        """Read the log block by block."""
        return chain.from_iterable(self._blocks())

    def _blocks(self) -> Iterator[list[LogEvent]]:
        number = 0
        for block in line_blocks(self._stream):
            if block.overlong:
                number += 1
                self._body.overlong(number, block.data, MAX_LINE_BYTES)
                events = self._body.take()
            else:
                events, number = self._read_block(block.data, number)
            self._count(number - self._body.pending_lines)
            yield events
        self._body.finish(number)
        self._count(number)
        yield self._body.take()

    def _count(self, lines: int) -> None:
        tally, body = self.tally, self._body
        tally.lines, tally.messages = lines, body.messages
        tally.narration, tally.skipped = body.narration, body.skipped

    def _read_block(self, data: bytes, number: int) -> tuple[list[LogEvent], int]:
        """The events of whole lines, the first of which follows line `number`, and the number of the last."""
        if self._scan is not None:
            return self._scan_block(self._scan, data, number)
        lines = data.split(b"\n")
        cut_off = lines[-1] != b""
        if not cut_off:
            lines.pop()
        return self._read_lines(lines, number, cut_off=cut_off), number + len(lines)

    def _scan_block(self, scan: Scan, data: bytes, number: int) -> tuple[list[LogEvent], int]:
        """As `_read_block`: `scan` reads as far as lines are plain, the careful reading on from there."""
        body = self._body
        events: list[LogEvent] = []
        start, size = 0, len(data)
        while start < size:
            busy, clock = self._plain_state()
            if not busy:
                known = len(events)
                start, messages, narration, body.clock.last_ns = scan(data, start, number, clock, events, self._brief)
                if body.is_undecided:
                    self._confirm(islice(events, known, None))
                body.messages += messages
                body.narration += narration
                number += messages + narration
            if start < size:
                start, number = body.lines(data, start, number)
                events += body.take()
        return events, number

    def _confirm(self, events: Iterable[LogEvent]) -> None:
        for event in events:
            if not self._body.is_undecided:
                return
            if isinstance(event, OcppMessage):
                self._body.confirm(event)

    def _tell(self, events: list[LogEvent], message: OcppMessage) -> None:
        events.append(message)
        if self._body.is_undecided:
            self._body.confirm(message)

    def _read_lines(self, lines: list[bytes], number: int, *, cut_off: bool) -> list[LogEvent]:
        body, seconds, milliseconds_ns = self._body, self._seconds, _MILLISECONDS_NS.get
        kind_of, decode = _KINDS.get, decode_strict
        events: list[LogEvent] = []
        final = number + len(lines) if cut_off else -1
        messages = narration = stamp_ns = 0
        previous = b""
        busy, (width, base_ns, last_ns, day_end_ns) = self._plain_state()
        for line in lines:
            number += 1
            kind = _CAREFUL if busy else kind_of(line[width : width + 10], _CAREFUL)
            if kind < _CAREFUL and (stamp := line[:width]) != previous:
                stamp_ns = base_ns + seconds[stamp[:-5]] + milliseconds_ns(stamp[-5:], _NO_TIME)
                if 0 <= stamp_ns - last_ns < PLAIN_RISE_NS and stamp_ns < day_end_ns:
                    previous = stamp
                else:
                    kind = _CAREFUL
            if kind < _MARKER and line[-2:] == b"}]":
                try:
                    frame = decode(line[width + 10 :])
                except _DECODING_FAILED:
                    pass
                else:
                    messages, last_ns = messages + 1, stamp_ns
                    self._tell(events, _message(number, stamp_ns, kind, frame))
                    continue
            elif (kind == _MARKER and line[width:] in _MARKERS) or (kind == _INFO and _plain_info(line, width)):
                narration, last_ns = narration + 1, stamp_ns
                continue
            if not busy:
                body.clock.last_ns = last_ns
            body.line(line, number, cut_off=number == final)
            events += body.take()
            previous = b""
            busy, (width, base_ns, last_ns, day_end_ns) = self._plain_state()
        if not busy:
            body.clock.last_ns = last_ns
        body.messages += messages
        body.narration += narration
        return events

    def _plain_state(self) -> tuple[bool, Clock]:
        """Careful reading wanted; width of a stamp, what to add to it, stamp of the last line, end of the day."""
        body = self._body
        clock = body.clock
        last_ns = clock.last_ns
        base_ns = 0 if body.dated else clock.day_ns
        return body.busy or last_ns is None, (body.stamp_width, base_ns, last_ns or 0, clock.day_ns + DAY_NS)


def _message(number: int, stamp_ns: int, kind: int, frame: Call | Result) -> OcppMessage:
    type_, action = (_CALL, frame.action) if isinstance(frame, Call) else (_RESULT, None)
    direction, payload = _DIRECTIONS[kind], bytes(frame.payload)
    return OcppMessage(number, stamp_ns, direction, type_, frame.message_id, action, payload)


class OcttText:
    """The format of the table."""

    name = "octt-text"
    title = "OCTT text log (web interface)"
    documentation = "docs/log-formats.md"
    run_marker: bytes | None = b"Test Case Name"
    samples = (
        "Test Case Name : TC_010_CS \nTest Case Description : Remote start, cable plugged in first \n"
        "Test Start Time : 02-03-2026 10:15:00 \nSystem Under Test (SUT) : CS \nOCPP Version : OCPP 1.6\n"
        + "-" * 106
        + "\n[10:15:00:120] [started_testcase]  Core_CS - TC_010_CS-Remote start, cable plugged in first\n",
        "[10:15:02:301] [REQUEST]\n"
        '[10:15:02:301] [msg-out]  [2, "a-1", "RemoteStartTransaction", {"idTag":"TAG-1","connectorId":1}]\n'
        "[10:15:02:302] [info]  Waiting for response message of type RemoteStartTransactionResponse\n"
        '[10:15:02:420] [msg-in]  [3,"a-1",{"status":"Accepted"}]\n',
        '[10:15:02.301] [msg-in]  [2,"17","Heartbeat",{}]\n'
        '[10:15:02.312] [msg-out]  [3, "17", {"currentTime":"2026-03-02T10:15:02Z"}]\n',
        '[2026-03-02T10:15:02:301] [msg-in] [2,"18","Heartbeat",{}]\n'
        "[2026-03-02T10:15:02:312] [info] Disconnected from System Under Test\n",
    )

    def sniff(self, head: str) -> float:
        """1 for a body line or header of OCTT among the first lines, less for stamped lines with other tags only."""
        if _FRAME_LINE.search(head):
            return 1.0
        if _HEADER_LINE.search(head):
            return 0.9
        return 0.6 if len(_STAMPED_LINE.findall(head)) >= 2 else 0.0

    def read(self, stream: ByteStream, name: str) -> LogReader:
        """A reader of one log."""
        return OcttTextReader(stream, name)
