"""What a reader yields: OCPP-J messages and the narration around them, in file order.

The values are `msgspec.Struct`s: typed, frozen, and an order of magnitude cheaper to create than frozen
dataclasses, which matters at millions of lines (docs/decisions/0002-msgspec-values.md).

Time: `stamp_ns` is nanoseconds since 1970-01-01 *of the log's own clock* (the zone is often unknown, so the
number is "as if UTC"); None where a line carries no stamp. Differences are exact; absolute times need
`TestCase.utc_offset_s`.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from perfkit_analyzers.ocpp_message import OcppMessage


class Role(StrEnum):
    """Side of the OCPP connection (words of OCPP 2.x; 1.6 says Charge Point and Central System)."""

    CHARGING_STATION = "charging_station"
    CSMS = "csms"

    @property
    def peer(self) -> Role:
        """The other side."""
        return Role.CSMS if self is Role.CHARGING_STATION else Role.CHARGING_STATION


class NarrationKind(StrEnum):
    """What a line of narration means for the measurement."""

    PROMPT = "prompt"  # an instruction to the operator; text is the instruction
    PROMPT_DISMISSED = "prompt_dismissed"  # answered through the UI or the API; text is the id or empty
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    PHASE_PREPARATION = "preparation"
    PHASE_MAIN = "main"
    PHASE_RESTORE = "restore"
    STATE = "state"  # Entering/Reached a reusable state; text is the line
    WARNING = "warning"
    CLOCK_STEP = "clock_step"  # the clock fell, or jumped by about an hour; text says by how much
    NEW_DAY = "new_day"  # midnight passed between this line and the one before


class Narration(msgspec.Struct, frozen=True, gc=False):
    """A line of narration that the measurement must know of. Other narration is only counted."""

    line: int
    stamp_ns: int | None
    kind: NarrationKind
    text: str


class Skipped(msgspec.Struct, frozen=True, gc=False):
    """A line that could not be read, or that looked like a message and was none.

    `text` is cut to 200 characters.
    """

    line: int
    reason: str
    text: str


class TestCaseStarted(msgspec.Struct, frozen=True):
    """A test-case run begins (header, else `started_testcase`); ids, connection and date start anew.

    Every field is None where the log does not tell. `sut` is the role under test by header, then by test-case
    id. `date_source`: "line", "header", "file name", or None when no date is known (days then count from
    1970-01-01).
    `utc_offset_s`: header clock minus body clock when it is a multiple of 15 minutes, else None.
    `resolution_ns` is what the format can resolve (1 ms for OCTT text, 1 s for the legacy tool).
    """

    __test__ = False  # not a test class, whatever its name

    line: int
    stamp_ns: int | None
    test_case: str | None = None
    title: str | None = None
    sut: Role | None = None
    sut_source: str | None = None
    ocpp_version: str | None = None  # "1.6", "2.0.1", "2.1"
    build: str | None = None
    configuration: str | None = None
    profiles: tuple[str, ...] = ()
    start_text: str | None = None
    end_text: str | None = None
    date_source: str | None = None
    utc_offset_s: int | None = None
    resolution_ns: int = 1_000_000
    notes: tuple[str, ...] = ()  # e.g. header and test-case id disagree on the SUT


class TestCaseEnded(msgspec.Struct, frozen=True):
    """The run's last line is read.

    `verdict` as the log spells it in upper case (PASS, FAIL, INCONC, ...), None if absent. `stamp_line` is the line of
    `stamp_ns` where the last lines (a footer) carry no stamp.
    """

    __test__ = False

    line: int
    stamp_ns: int | None
    verdict: str | None
    notes: tuple[str, ...] = ()
    stamp_line: int | None = None

    @property
    def last_stamp_line(self) -> int:
        """The run's last line that carries a stamp."""
        return self.line if self.stamp_line is None else self.stamp_line


LogEvent = OcppMessage | Narration | Skipped | TestCaseStarted | TestCaseEnded


class LineTally(msgspec.Struct):
    """Every line of a file is one of these; the reader counts as it goes, and the sum is always `lines`."""

    lines: int = 0
    messages: int = 0
    narration: int = 0  # header, footer, markers, info lines, blank lines
    skipped: int = 0
