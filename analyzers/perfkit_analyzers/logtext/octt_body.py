"""The careful reading of an OCTT text log, line by line; the fast reader hands it every line that is not plain.

Line format of the body, three variants of one (`:` or `.` before the milliseconds, date or not, one or two blanks):

    [12:24:30:763] [msg-out]  [2, "9f1c", "GetConfiguration", {}]
    [2026-03-01T12:24:30.763] [info] Waiting for response message of type GetConfigurationResponse

Each line ends up counted exactly once, as message, narration or skipped.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import msgspec

from perfkit_analyzers.actions import initiator
from perfkit_analyzers.logtext.clock import BodyClock, ClockNote
from perfkit_analyzers.logtext.edited import PADDING, joined_lines, tidy
from perfkit_analyzers.logtext.frames import Frame, read_frame
from perfkit_analyzers.logtext.open_frame import FrameLine, OpenFrame
from perfkit_analyzers.logtext.runinfo import describe, end_note, header_pair, named_run, place, split_started
from perfkit_analyzers.logtext.stamps import date_ns, time_of_day_ns
from perfkit_analyzers.logtext.verdicts import Verdicts
from perfkit_analyzers.message import (
    LogEvent,
    Narration,
    NarrationKind,
    Skipped,
    TestCaseEnded,
    TestCaseStarted,
)
from perfkit_analyzers.ocpp_message import Direction, MessageType, OcppMessage

# Stamp, its date or None, hour, minute, second and fraction of it; tag; text.
_STAMPED: Final = re.compile(
    rb"(\[(?:(\d{4}-\d\d-\d\d)[T ])?(\d\d):(\d\d):(\d\d)[:.,](\d{3,9})\])\s*\[([A-Za-z_-]+)\](.*)\Z", re.DOTALL
)
_BRACKET: Final = ord("[")
_RULE_OR_FOOTER: Final = re.compile(rb"[-=_*#]{5,}\Z|test ?case result\s*:\s*(\S.*)\Z", re.IGNORECASE)
_LIKE_A_MESSAGE: Final = re.compile(rb'\[msg-(?:in|out)|\[\s*[2-6]\s*,\s*"')
_WAIT: Final = re.compile(r"waiting for (\d+(?:\.\d+)?) second")
_DIRECTIONS: Final = {b"msg-in": Direction.IN, b"msg-out": Direction.OUT}
# What a line of narration means, by its words in lower case; the first that fits.
_INFO_KINDS: Final = (
    (re.compile(r"starting testcase preparation"), NarrationKind.PHASE_PREPARATION),
    (re.compile(r"starting main testcase"), NarrationKind.PHASE_MAIN),
    (re.compile(r"resetaftertestcase|=\s*starting .*(?:restor|clean|post)"), NarrationKind.PHASE_RESTORE),
    (re.compile(r"successfully connected to"), NarrationKind.CONNECTED),
    (re.compile(r"disconnected from|closes the websocket"), NarrationKind.DISCONNECTED),
    (re.compile(r"(?:entering|reached) state\b"), NarrationKind.STATE),
)
MAX_HEADER_EXTRAS: Final = 20
MAX_PROMPT_CHARACTERS: Final = 4096
# Lines after which a run whose role no header, id or action tells is handed on without a role.
MAX_UNDECIDED_LINES: Final = 2000


class OcttBody:
    """State of the careful reading.

    `out` holds the events that are ready when `busy` or not, unless `holding`: then the run's role is still open and
    its first event waits. `busy` is True while the next line needs the careful reading whatever it looks like.
    """

    def __init__(self, name: str) -> None:
        self.out: list[LogEvent] = []
        self.messages = self.narration = self.skipped = 0
        self.clock = BodyClock()
        self.stamp_width = 14
        self.dated = False
        self._named = named_run(name)
        self._header: dict[str, str] | None = None
        self._header_line = 1
        self._header_extras = 0
        self._run: TestCaseStarted | None = None
        self._run_at = -1  # where the held TestCaseStarted stands in `out`; -1 when it does not wait
        self._first_ns: int | None = None
        self._announced = False  # the run's started_testcase line was read
        self._undecided = 0
        self._verdicts = Verdicts()
        self._prompt: Narration | None = None
        self._tail = False  # free text may follow the line before
        self._open: OpenFrame | None = None
        self._unstamped_from = self._unstamped_to = -1  # the latest unbroken series of lines without a stamp

    @property
    def busy(self) -> bool:
        """Whether the next line must be read here."""
        waits = self._prompt is not None or self._open is not None or self._tail
        return waits or self._run is None or self._run_at >= 0

    @property
    def is_undecided(self) -> bool:
        """Whether no action has told or confirmed the role of the run: then `confirm` wants to see its messages."""
        return self._undecided > 0

    def confirm(self, message: OcppMessage) -> None:
        """See a message: where the role is held back, it was read here; else it may have been read elsewhere."""
        if message.type is MessageType.CALL and message.action:
            self._decide(message.action, message.direction)

    @property
    def pending_lines(self) -> int:
        """Lines read whose fate is open."""
        return len(self._open.lines) if self._open else 0

    def take(self) -> list[LogEvent]:
        """The events that are ready, which are forgotten here."""
        if self._run_at >= 0:
            return []
        ready, self.out = self.out, []
        return ready

    def overlong(self, number: int, start: bytes, max_bytes: int) -> None:
        """Account for a line of which only the start was kept."""
        self._skip(number, f"line longer than {max_bytes >> 20} MiB", start)

    def lines(self, data: bytes, start: int, number: int) -> tuple[int, int]:
        """Read the line of `data` at `start`, which follows line `number`, and on as long as `busy`.

        Where the next line starts, and the number of the last one that was read.
        """
        while True:
            end = data.find(b"\n", start)
            number += 1
            if end < 0:
                self.line(data[start:], number, cut_off=True)
                return len(data), number
            self.line(data[start:end], number, cut_off=False)
            start = end + 1
            if start == len(data) or not self.busy:
                return start, number

    def line(self, raw: bytes, number: int, *, cut_off: bool) -> None:
        """Read one line; `cut_off` when the file ends in it without a newline."""
        text = tidy(raw)
        joined = joined_lines(text)
        if joined is not None:
            self._settle()
            self._line(joined[0], number, cut_off=False)
            self.narration -= 1  # the beginning of a log is narration, and counts with the end of the other as one line
            text = joined[1]
        self._line(text, number, cut_off=cut_off)

    def _line(self, text: bytes, number: int, *, cut_off: bool) -> None:
        match = _STAMPED.match(text) if text and text[0] == _BRACKET else None
        if match is None:
            if number != self._unstamped_to + 1:
                self._unstamped_from = number
            self._unstamped_to = number
            self._unstamped(text, number, cut_off=cut_off)
            return
        self._settle()
        stamp, date, hour, minute, second, fraction, tag, words = match.groups()
        body_ns = _body_ns(date, time_of_day_ns(int(hour), int(minute), int(second)), fraction)
        if body_ns is None:
            self._skip(number, "time stamp out of range", text)
            return
        self.stamp_width, self.dated = len(stamp), date is not None
        tag = tag.lower()
        words = words.strip(PADDING)
        if tag == b"started_testcase":
            self._started_line(words.decode(), number, body_ns)
        elif self._run is None:
            self._begin(number, body_ns)
        stamp_ns, note = self._tick(body_ns)
        if note is not None:
            self.out.append(Narration(number, stamp_ns, *note))
        if tag in _DIRECTIONS:
            self._message(words, number, stamp_ns, _DIRECTIONS[tag])
        else:
            self.narration += 1
            self._narrate(tag.decode(), words.decode(), number, stamp_ns)
        self._give_up_deciding()

    def finish(self, number: int) -> None:
        """The log has ended with line `number`."""
        self._settle()
        self._end_run(number)

    def _tick(self, body_ns: int) -> tuple[int, ClockNote | None]:
        return self.clock.dated(body_ns) if self.dated else self.clock.undated(body_ns)

    def _skip(self, number: int, reason: str, text: bytes) -> None:
        self.skipped += 1
        self.out.append(Skipped(number, reason, text[:800].decode(errors="replace")[:200]))

    # -- runs ----------------------------------------------------------------------------------------------------

    def _started_line(self, words: str, number: int, body_ns: int) -> None:
        test_case, title = split_started(words)
        run = self._run
        if run is not None and (self._announced or test_case not in (None, run.test_case)):
            self._end_run(number - 1)
        if self._run is None:
            if self._header is None:
                self._header, self._header_line = {}, number
            fields = self._header
            if test_case:
                fields.setdefault("test_case", test_case)
            if title:
                fields.setdefault("title", title)
            self._begin(number, body_ns)
        self._announced = True

    def _begin(self, number: int, body_ns: int | None) -> None:
        """Open the run that the header (or nothing) describes; `body_ns` of its first body line, None without one."""
        fields, line = (self._header, self._header_line) if self._header is not None else ({}, number)
        named, self._named = self._named, None  # a file name speaks of the first run
        run = describe(fields, named, line)
        if named is not None and run.test_case != named.test_case:
            named = None
        self.clock, self._first_ns = BodyClock(), None
        if body_ns is not None:
            placement = place(body_ns, dated=self.dated, start_text=run.start_text, named=named)
            self.clock.day_ns = placement.day_ns
            self._first_ns = body_ns if self.dated else placement.day_ns + body_ns
            run = msgspec.structs.replace(
                run,
                stamp_ns=self._first_ns,
                date_source=placement.date_source,
                utc_offset_s=placement.utc_offset_s,
                notes=run.notes + placement.notes,
            )
        self._run, self._header = run, None
        self._undecided = 1
        if run.sut is None:
            self._run_at = len(self.out)
        self.out.append(run)

    def _end_run(self, last_line: int) -> None:
        if self._run is None:
            if self._header is None:
                return
            self._begin(self._header_line, None)
        self._settle()
        self._run_at, self._undecided = -1, 0
        run = self._run
        if run is None:
            return
        last_ns = self.clock.last_ns
        verdict, notes = self._verdicts.final()
        notes += end_note(run, self._first_ns, last_ns)
        is_in_series = self._unstamped_to - 1 <= last_line <= self._unstamped_to
        stamp_line = max(run.line, self._unstamped_from - 1) if is_in_series else last_line
        self.out.append(TestCaseEnded(last_line, last_ns, verdict, notes, stamp_line))
        self._run, self._announced, self._tail, self._verdicts = None, False, False, Verdicts()

    def _decide(self, action: str, direction: Direction) -> None:
        """Learn the role under test from an action that one side alone may send, or check the one that is known."""
        sender, run = initiator(action), self._run
        if sender is None or run is None:
            return
        sut = sender if direction is Direction.IN else sender.peer
        self._undecided = 0
        if run.sut is None:
            self._run = msgspec.structs.replace(run, sut=sut, sut_source="actions")
            self.out[self._run_at] = self._run
            self._run_at = -1
        elif run.sut is not sut:
            self._verdicts.notes.append(
                f"{action} as msg-{direction.name.lower()} says SUT is {sut}, {run.sut_source} says {run.sut}"
            )

    def _give_up_deciding(self) -> None:
        if self._run_at < 0:
            return
        self._undecided += 1
        if self._undecided > MAX_UNDECIDED_LINES:
            self._undecided, self._run_at = 0, -1

    # -- lines with a stamp ----------------------------------------------------------------------------------------

    def _message(self, words: bytes, number: int, stamp_ns: int, direction: Direction) -> None:
        self._tail = False
        frame = read_frame(words)
        if isinstance(frame, Frame):
            self._emit(frame, number, stamp_ns, direction)
        elif frame.incomplete:
            self._open = OpenFrame(stamp_ns, direction, frame.reason)
            self._open.add(FrameLine(number, words, cut_off=False))
        else:
            self._skip(number, frame.reason, words)

    def _emit(self, frame: Frame, number: int, stamp_ns: int, direction: Direction) -> None:
        self.messages += 1
        message = OcppMessage(number, stamp_ns, direction, *frame)
        self.out.append(message)
        if self.is_undecided:
            self.confirm(message)

    def _narrate(self, tag: str, words: str, number: int, stamp_ns: int) -> None:
        self._tail = tag in {"warning", "error"} or words.endswith(":")
        if tag == "prompt":
            self._prompt = Narration(number, stamp_ns, NarrationKind.PROMPT, words)
            return
        if tag == "verdict":
            self._verdicts.add_line(words)
            return
        lowered = words.lower()
        kind = _kind(tag, lowered)
        if kind is not None:
            self.out.append(Narration(number, stamp_ns, kind, words))
        elif wait := _WAIT.search(lowered):
            self.clock.announced_wait_s = float(wait[1])

    # -- lines without a stamp -------------------------------------------------------------------------------------

    def _unstamped(self, text: bytes, number: int, *, cut_off: bool) -> None:
        if self._open is not None:
            self._continue_frame(self._open, text, number, cut_off=cut_off)
        elif not text or self._rule_or_footer(text) or self._header_line_read(text, number):
            self.narration += 1
        elif _LIKE_A_MESSAGE.search(text):
            self._skip(number, "a message without a time stamp", text)
        elif cut_off and text.startswith(b"["):
            self._skip(number, "the file ends inside this line", text)
        elif self._prompt is not None or self._tail:
            self._continue_prompt(text.decode())
            self.narration += 1
        else:
            self._skip(number, "not a line of this format", text)

    def _rule_or_footer(self, text: bytes) -> bool:
        match = _RULE_OR_FOOTER.match(text)
        if match is not None and match[1] is not None:
            self._verdicts.footer = match[1].decode().strip().upper()
        return match is not None

    def _header_line_read(self, text: bytes, number: int) -> bool:
        """Whether the line belongs to a header, which it may begin."""
        field, value = header_pair(text.decode())
        begins = field == "test_case" if self._run is not None or self._header else field != ""
        if begins and (self._header is None or "test_case" in self._header):
            self._end_run(number - 1)
            self._verdicts = Verdicts()  # a footer before any run belongs to a log whose beginning is missing
            self._header, self._header_line, self._header_extras = {}, number, 0
        if self._run is not None or self._header is None:
            return False
        if field:
            self._header[field] = value
            return True
        self._header_extras += 1
        return self._header_extras <= MAX_HEADER_EXTRAS and not _LIKE_A_MESSAGE.search(text)

    def _continue_prompt(self, words: str) -> None:
        prompt = self._prompt
        if prompt is not None and len(prompt.text) + len(words) < MAX_PROMPT_CHARACTERS:
            self._prompt = msgspec.structs.replace(prompt, text=f"{prompt.text}\n{words}")

    def _continue_frame(self, frame: OpenFrame, text: bytes, number: int, *, cut_off: bool) -> None:
        frame.add(FrameLine(number, text, cut_off))
        whole = frame.whole()
        if whole is not None:
            self._open = None
            self._emit(whole, frame.lines[0].number, frame.stamp_ns, frame.direction)
            self.narration += len(frame.lines) - 1
        elif not frame.may_grow:
            self._settle()

    def _settle(self) -> None:
        """Close what waited for lines without a stamp: a prompt's text, a frame that never became complete."""
        if self._prompt is not None:
            prompt, self._prompt = self._prompt, None
            self.out.append(prompt)
        if self._open is not None:
            frame, self._open = self._open, None
            self._skip(frame.lines[0].number, frame.why_not, frame.lines[0].text)
            for line in frame.lines[1:]:
                self._unstamped(line.text, line.number, cut_off=line.cut_off)


@lru_cache(maxsize=256)  # every run of a log says the same
def _kind(tag: str, words: str) -> NarrationKind | None:
    if tag.endswith("_dismissed"):
        return NarrationKind.PROMPT_DISMISSED
    if tag in {"warning", "error"}:
        return NarrationKind.WARNING
    return next((kind for pattern, kind in _INFO_KINDS if pattern.search(words)), None) if words else None


def _body_ns(date: bytes | None, time_ns: int | None, fraction: bytes) -> int | None:
    """Nanoseconds since 1970 of a dated stamp, since midnight of an undated one; None when there is no such time."""
    day_ns = 0 if date is None else date_ns(date.decode())
    return None if day_ns is None or time_ns is None else day_ns + time_ns + int(fraction.ljust(9, b"0"))
