"""How far a long reading is: one line on stderr, only on a terminal, only after a second."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from perfkit.cli.terminal import is_terminal
from perfkit.report.printable import printable

PATIENCE_S = 1.0
_EVERY_S = 0.1
_CLEAR_LINE = "\r\x1b[K"


class Progress:
    """Shows bytes and file names; does nothing when nobody watches or the work is short."""

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted and is_terminal(sys.stderr)
        self._began_s = time.monotonic()
        self._next_s = self._began_s + PATIENCE_S
        self._shown = False

    def update(self, done_bytes: int, total_bytes: int | None, file: str) -> None:
        """Say how far it is, at most ten times a second."""
        now_s = time.monotonic()
        if not self._wanted or now_s < self._next_s:
            return
        self._next_s = now_s + _EVERY_S
        self._shown = True
        sys.stderr.write(_CLEAR_LINE + progress_line(done_bytes, total_bytes, file, now_s - self._began_s))
        sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wipe the line."""
        if self._shown:
            sys.stderr.write(_CLEAR_LINE)
            sys.stderr.flush()


def progress_line(done_bytes: int, total_bytes: int | None, file: str, elapsed_s: float) -> str:
    """The line, at most 79 columns.

    Examples:
        >>> progress_line(150_000_000, 600_000_000, "a.log", 3.0)
        'reading  25 %  150 of 600 MB  50 MB/s  a.log'
        >>> progress_line(2_000_000, None, "-", 2.0)
        'reading  2 MB  1 MB/s  -'
    """
    done_mb = done_bytes / 1e6
    speed = f"{done_mb / elapsed_s:.0f} MB/s" if elapsed_s > 0 else ""
    if total_bytes:
        amount = f"{100 * done_bytes / total_bytes:.0f} %  {done_mb:.0f} of {total_bytes / 1e6:.0f} MB"
    else:
        amount = f"{done_mb:.0f} MB"
    return f"reading  {amount}  {speed}  {printable(file)}"[:79]
