"""Logs of the desktop OCTT of the OCPP 1.5 and 1.6 years (Java).

    19-May-2023 17:51:51   INFO  - [TC_CS_V16_000_BOOT] [2,"1684475511210","BootNotification",{}]

Whole seconds, English month names, no word for the direction: a CALL is told by its action, of which one side alone may
send most, and an answer goes the other way than the CALL with its id. The message ids look like times (milliseconds
since 1970) but are numbers that the sender chose: they are never used as times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from perfkit_analyzers.actions import initiator
from perfkit_analyzers.logtext.blocks import MAX_LINE_BYTES, Block, ByteStream, line_blocks
from perfkit_analyzers.logtext.clock import BodyClock
from perfkit_analyzers.logtext.edited import tidy
from perfkit_analyzers.logtext.frames import Frame, read_frame
from perfkit_analyzers.logtext.runinfo import sut_of_test_case
from perfkit_analyzers.logtext.stamps import SECOND_NS, midnight_ns, time_of_day_ns
from perfkit_analyzers.logtext.verdicts import Verdicts
from perfkit_analyzers.message import (
    LineTally,
    LogEvent,
    Narration,
    NarrationKind,
    Role,
    Skipped,
    TestCaseEnded,
    TestCaseStarted,
)
from perfkit_analyzers.ocpp_message import Direction, MessageType, OcppMessage
from perfkit_analyzers.readers.base import LogReader

_LINE = re.compile(
    rb"(?P<day>\d\d)-(?P<month>[A-Z][a-z]{2})-(?P<year>\d{4}) (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
    rb"\s+(?P<level>[A-Z]+)\s+- \[(?P<test_case>[^\]]*)\]\s*(?P<text>.*)\Z",
    re.DOTALL,
)
_MONTHS = {
    name: number for number, name in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)
}
_FRAME = re.compile(rb"\[\s*-?\d")
_MESSAGE_LIKE = re.compile(rb'\[\s*[2-6]\s*,\s*"')
_TEST_CASE = re.compile(rb"TC_(?:CS|CP)_V(\d)(\d)_")
_VERDICT = re.compile(rb"test ?case[_ ]?result\W+(\w+)", re.IGNORECASE)
_LOUD = frozenset({b"WARN", b"WARNING", b"ERROR", b"FATAL", b"SEVERE"})
_KINDS = (
    (
        re.compile(rb"clicking 'yes'|\bplease (?:plug|unplug|authori|present|swipe|connect|remove)", re.I),
        NarrationKind.PROMPT,
    ),
    (re.compile(rb"\bdisconnected\b|connection (?:is |was )?closed", re.I), NarrationKind.DISCONNECTED),
    (re.compile(rb"\bconnected to\b|connection (?:is |was )?(?:established|opened)", re.I), NarrationKind.CONNECTED),
)
_ANSWERS = frozenset({MessageType.CALLRESULT, MessageType.CALLERROR, MessageType.CALLRESULTERROR})
# Calls that wait for their answer; the oldest is forgotten beyond this.
MAX_OPEN_CALLS = 1000


class OcttLegacyReader:
    """Events of one log of the desktop tool; read once."""

    def __init__(self, stream: ByteStream, name: str) -> None:
        self.tally = LineTally()
        self._stream = stream
        self._name = name
        self._out: list[LogEvent] = []
        self._clock = BodyClock()
        self._run: TestCaseStarted | None = None
        self._verdicts = Verdicts()
        self._open_calls: dict[tuple[str, Direction], bool] = {}
        self._text_follows = False

    def tell_in_brief(self, actions: frozenset[str]) -> None:
        """Tell them all the same: logs of this tool are small."""

    def __iter__(self) -> Iterator[LogEvent]:
        """Read the log block by block."""
        for block in line_blocks(self._stream):
            self._read_block(block)
            ready, self._out = self._out, []
            yield from ready
        self._end_run(self.tally.lines)
        yield from self._out

    def _read_block(self, block: Block) -> None:
        if block.overlong:
            self.tally.lines += 1
            self._skip(f"line longer than {MAX_LINE_BYTES >> 20} MiB", block.data)
            return
        lines = block.data.split(b"\n")
        cut_off = lines[-1] != b""
        for line in lines if cut_off else lines[:-1]:
            self.tally.lines += 1
            self._line(tidy(line))

    def _line(self, line: bytes) -> None:
        match = _LINE.match(line)
        if match is None:
            self._unstamped(line)
            return
        body_ns = _stamp_ns(match)
        if body_ns is None:
            self._skip("time stamp out of range", line)
            return
        self._enter_run(match["test_case"], body_ns)
        stamp_ns, note = self._clock.dated(body_ns)
        if note is not None:
            self._out.append(Narration(self.tally.lines, stamp_ns, *note))
        text = match["text"]
        if match["level"] not in _LOUD and _FRAME.match(text):
            self._message(text, stamp_ns)
        else:
            self._narrate(match["level"], text, stamp_ns)

    def _unstamped(self, line: bytes) -> None:
        """Stack traces and texts of several lines carry no prefix; a message without one is damage."""
        if _MESSAGE_LIKE.search(line):
            self._skip("a message without a time stamp", line)
        elif not line or self._text_follows or self._is_trace(line):
            self.tally.narration += 1
        else:
            self._skip("not a line of this format", line)

    @staticmethod
    def _is_trace(line: bytes) -> bool:
        return line.startswith((b"at ", b"Caused by:", b"... ")) or b"Exception" in line[:120]

    def _skip(self, reason: str, text: bytes) -> None:
        self.tally.skipped += 1
        self._out.append(Skipped(self.tally.lines, reason, text[:800].decode(errors="replace")[:200]))

    def _enter_run(self, test_case: bytes, body_ns: int) -> None:
        version = _TEST_CASE.match(test_case)
        name = test_case.decode() if version else None
        if self._run is not None and (name is None or name == self._run.test_case):
            return
        self._end_run(self.tally.lines - 1)
        sut = sut_of_test_case(name)
        self._run = TestCaseStarted(
            line=self.tally.lines,
            stamp_ns=body_ns,
            test_case=name,
            sut=sut,
            sut_source="test case id" if sut else None,
            ocpp_version=f"{int(version[1])}.{int(version[2])}" if version else None,
            date_source="line",
            resolution_ns=SECOND_NS,
        )
        self._out.append(self._run)

    def _end_run(self, last_line: int) -> None:
        if self._run is not None:
            verdict, notes = self._verdicts.final()
            self._out.append(TestCaseEnded(last_line, self._clock.last_ns, verdict, notes))
        self._run, self._verdicts, self._clock = None, Verdicts(), BodyClock()
        self._open_calls.clear()

    def _message(self, text: bytes, stamp_ns: int) -> None:
        self._text_follows = False
        frame = read_frame(text)
        if isinstance(frame, Frame):
            self.tally.messages += 1
            direction = self._direction(frame)
            self._out.append(OcppMessage(self.tally.lines, stamp_ns, direction, *frame))
        else:
            self._skip(frame.reason, text)

    def _direction(self, frame: Frame) -> Direction:
        """OUT for what the tool sends, as far as the action or the CALL of the same id tells."""
        if frame.type in _ANSWERS:
            return self._answer_direction(frame.message_id)
        sender: Role | None = initiator(frame.action or "")
        if sender is None or self._run is None or self._run.sut is None:
            return Direction.UNKNOWN
        direction = Direction.IN if sender is self._run.sut else Direction.OUT
        self._open_calls[frame.message_id, direction] = True
        if len(self._open_calls) > MAX_OPEN_CALLS:
            del self._open_calls[next(iter(self._open_calls))]
        return direction

    def _answer_direction(self, message_id: str) -> Direction:
        """Against the open CALL of that id; unknown when there is none, or one of each side."""
        by_tool = self._open_calls.pop((message_id, Direction.OUT), False)
        by_sut = self._open_calls.pop((message_id, Direction.IN), False)
        if by_tool == by_sut:
            return Direction.UNKNOWN
        return Direction.IN if by_tool else Direction.OUT

    def _narrate(self, level: bytes, text: bytes, stamp_ns: int) -> None:
        self.tally.narration += 1
        self._text_follows = True
        verdict = _VERDICT.search(text)
        kind = NarrationKind.WARNING if level in _LOUD else None
        if verdict is not None:
            self._verdicts.add_line(verdict[1].decode())
        elif kind is None:
            kind = next((kind for pattern, kind in _KINDS if pattern.search(text)), None)
        if kind is not None:
            self._out.append(Narration(self.tally.lines, stamp_ns, kind, text.decode()))


def _stamp_ns(match: re.Match[bytes]) -> int | None:
    month = _MONTHS.get(match["month"])
    time_ns = time_of_day_ns(int(match["hour"]), int(match["minute"]), int(match["second"]))
    if month is None or time_ns is None:
        return None
    day_ns = midnight_ns(int(match["year"]), month, int(match["day"]))
    return None if day_ns is None else day_ns + time_ns


class OcttLegacy:
    """The format of the table."""

    name = "octt-legacy"
    title = "OCTT log of the desktop tool (1 s resolution)"
    documentation = "docs/log-formats.md"
    run_marker: bytes | None = None
    samples = (
        '07-Sep-2021 09:14:02   INFO  - [TC_CS_V16_000_BOOT] [2,"1631006042118","BootNotification",'
        '{"chargePointVendor":"Acme","chargePointModel":"One"}]\n'
        "07-Sep-2021 09:14:02   INFO  - [TC_CS_V16_000_BOOT] [Response]\n",
        "07-Sep-2021 09:14:02   INFO  - [TC_CP_V16_012] Waiting started for message- call blocked\n"
        "07-Sep-2021 09:14:09   ERROR  - [TC_CP_V16_012] No answer\n",
    )

    _LOOKS_SO = re.compile(r"^\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\s+[A-Z]+\s+- \[TC_(?:CS|CP)_V\d", re.MULTILINE)

    def sniff(self, head: str) -> float:
        """1 for a line with the old stamp and an old test case id."""
        return 1.0 if self._LOOKS_SO.search(head) else 0.0

    def read(self, stream: ByteStream, name: str) -> LogReader:
        """A reader of one log."""
        return OcttLegacyReader(stream, name)
