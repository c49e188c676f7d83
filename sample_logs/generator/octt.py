"""The text layout of an OCTT log: lines on a time line, numbered once the run is complete.

Times inside a run are whole milliseconds since its first body line. A line is placed by its time, so a message
that crosses another one is simply added with an earlier time; lines of one millisecond keep the order of adding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum

RULE = "-" * 106
VENDOR = "Heliodyn"


class Variant(Enum):
    """The three time stamps that OCTT builds write, each with its blanks between tag and text."""

    COLON = ("%H:%M:%S:", "  ", "Release_2024-04_v2")
    DOT = ("%H:%M:%S.", "  ", "Release_2025-10_v1")
    DATED = ("%Y-%m-%dT%H:%M:%S:", " ", "Development")


@dataclass(frozen=True)
class Heading:
    """What identifies a run: test case, body clock (UTC), and how the header writes it."""

    test_case: str
    title: str
    start: datetime
    sut: str
    block: str = "Core"
    variant: Variant = Variant.COLON
    header_hours: int = 0  # header clock minus body clock; 2 in summer time of central Europe
    has_header: bool = True
    verdict: str | None = "PASS"  # None: aborted, neither verdict nor footer

    def configuration(self) -> str:
        """The name of the configuration that the tool was given."""
        return "hd22_duo" if self.sut == "CS" else "helio_cloud"

    def file_name(self) -> str:
        """The name OCTT gives the file: configuration, test case and start without a separator."""
        stamp = (self.start - timedelta(milliseconds=21)).strftime("%Y-%m-%dT%H_%M_%S.%f")
        return f"{self.configuration()}_{self.test_case}{stamp}.log"


@dataclass(eq=False)
class Line:
    """One line of the body; `number` is its line number in the file, 0 until the file is laid out."""

    at_ms: int
    tag: str  # "" for a line that is none of the tool's
    text: str
    number: int = 0


@dataclass
class Timeline:
    """The body of one run."""

    heading: Heading
    lines: list[Line] = field(default_factory=list)
    step: tuple[int, int] | None = None  # (from when, by how many milliseconds the clock jumps)

    def add(self, tag: str, text: str = "", *, at_ms: int) -> Line:
        """Place one line and return it."""
        line = Line(at_ms, tag, text)
        self.lines.append(line)
        return line

    def end_ms(self) -> int:
        """Time of the last line."""
        return max(line.at_ms for line in self.lines)

    def clock(self, at_ms: int) -> datetime:
        """What the tool's clock shows at a time of the run."""
        step_ms = self.step[1] if self.step and at_ms >= self.step[0] else 0
        return self.heading.start + timedelta(milliseconds=at_ms + step_ms)

    def render(self, first_number: int) -> list[str]:
        """The text lines of the run, and every `Line.number` filled in, counting from `first_number`."""
        head = self._header() if self.heading.has_header else []
        self.lines.sort(key=lambda line: line.at_ms)  # stable
        for number, line in enumerate(self.lines, first_number + len(head)):
            line.number = number
        foot = [] if self.heading.verdict is None else ["", "", f"Test case result : {self.heading.verdict}"]
        return head + [self._text(line) for line in self.lines] + foot

    def _text(self, line: Line) -> str:
        if not line.tag:
            return line.text
        layout, blanks, _ = self.heading.variant.value
        now = self.clock(line.at_ms)
        tail = f"{blanks}{line.text}" if line.text else ("" if line.tag.isupper() else blanks)
        return f"[{now.strftime(layout)}{now.microsecond // 1000:03d}] [{line.tag}]{tail}"

    def _header(self) -> list[str]:
        heading = self.heading
        shift = timedelta(hours=heading.header_hours)
        start, end = (self.clock(at_ms) + shift for at_ms in (0, self.end_ms()))
        dated = heading.variant is Variant.DATED
        lines = [
            f"Test Case Name : {heading.test_case} ",
            f"Test {'case description' if dated else 'Case Description'} : {heading.title} ",
            f"Test Start Time : {start:%d-%m-%Y %H:%M:%S} ",
        ]
        if heading.verdict is not None:
            lines.append(f"Test End Time : {end:%d-%m-%Y %H:%M:%S} ")
        lines += [f"System Under Test (SUT) : {heading.sut} ", "Communication Medium : WEBSOCKET"]
        lines.append("OCPP Version : OCPP 1.6")
        if not dated:
            lines.append("OCTT Instance : ")
        configuration = f"{heading.configuration()}(5b0c7d4e9a1f4c62b7d38e0f6a2914cd)"
        lines += [
            f"Build Number : {heading.variant.value[2]}",
            f"Configuration{':' if dated else ' :'} {configuration} ",
            f"Certification Profile : [{heading.block}] ",
            RULE,
        ]
        return lines


def utc(day: int, clock: str) -> datetime:
    """A moment of the week of the campaign, June 2026: `utc(8, "07:02:11.204")`."""
    return datetime.fromisoformat(f"2026-06-{day:02d}T{clock}").replace(tzinfo=UTC)
