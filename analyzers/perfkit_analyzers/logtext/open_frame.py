"""A frame whose JSON goes on in the lines after it."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from perfkit_analyzers.logtext.frames import Frame, open_brackets, read_frame
from perfkit_analyzers.ocpp_message import Direction

MAX_LINES = 2000
MAX_BYTES = 1 << 18


class FrameLine(NamedTuple):
    """A line of a frame; `cut_off` when the file ends in it."""

    number: int
    text: bytes
    cut_off: bool


class OpenFrame(msgspec.Struct):
    """A message line whose JSON is not complete; the lines after it may complete it."""

    stamp_ns: int
    direction: Direction
    why_not: str
    lines: list[FrameLine] = []
    open_brackets: int = 0
    size_bytes: int = 0

    def add(self, line: FrameLine) -> None:
        """Take in the next line."""
        self.lines.append(line)
        self.open_brackets += open_brackets(line.text)
        self.size_bytes += len(line.text)

    @property
    def may_grow(self) -> bool:
        """Whether another line can complete the frame: where every bracket is closed, none can."""
        is_begun = any(line.text for line in self.lines)
        is_closed = is_begun and self.open_brackets <= 0
        return not is_closed and len(self.lines) <= MAX_LINES and self.size_bytes <= MAX_BYTES

    def whole(self) -> Frame | None:
        """The frame, once its lines make one."""
        if self.open_brackets > 0:
            return None
        frame = read_frame(b"\n".join(line.text for line in self.lines))
        return frame if isinstance(frame, Frame) else None
