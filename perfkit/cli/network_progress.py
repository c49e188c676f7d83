"""What the measurement is doing, on stderr: the budget and sentences always, the running line only on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self

from perfkit.cli.terminal import is_terminal
from perfkit.report.printable import printable

if TYPE_CHECKING:
    from perfkit_probes.budget import Budget

_CLEAR_LINE = "\r\x1b[K"
_WHAT = {
    "connect": "connecting to the responder",
    "latency": "latency",
    "require": "bandwidth: 5 kB/s each way",
    "capacity": "capacity",
    "goodput": "goodput of one connection",
}


class NetworkProgress:
    """Follows a survey; a terminal that was closed meanwhile disturbs nothing."""

    def __init__(self) -> None:
        self._is_watched = is_terminal(sys.stderr)
        self._begun_s = time.monotonic()
        self._shown = False

    def budget(self, budgets: Mapping[str, Budget]) -> None:
        """Say what will be spent at most."""
        parts = [f"{technology_text(name)} {size_text(one.max_bytes)}" for name, one in budgets.items()]
        self.tell(f"at most {', '.join(parts)} (IP bytes, both directions) will be sent and received")

    def step(self, technology: str, text: str, used_bytes: int) -> None:
        """Show what happens, how long it has taken so far, and the bytes used in this technology."""
        if not self._is_watched:
            return
        self._shown = True
        self._write(_CLEAR_LINE + step_line(technology, text, used_bytes, time.monotonic() - self._begun_s))

    def tell(self, line: str) -> None:
        """Print a sentence on a line of its own."""
        self._wipe()
        self._write(f"perfkit: {printable(line)}\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wipe the line."""
        self._wipe()

    def _wipe(self) -> None:
        if self._shown:
            self._shown = False
            self._write(_CLEAR_LINE)

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
            sys.stderr.flush()


def technology_text(name: str) -> str:
    """A technology as people write it: "4G", "wired"."""
    return name if name == "wired" else name.upper()


def step_line(technology: str, text: str, used_bytes: int, elapsed_s: float) -> str:
    """The line, at most 79 columns.

    Examples:
        >>> step_line("2g", "require", 41_000, 63.4)
        '2G      63 s    41 kB  bandwidth: 5 kB/s each way'
    """
    shown = printable(_WHAT.get(text, text))
    return f"{technology_text(technology):<5} {elapsed_s:4.0f} s  {size_text(used_bytes):>7}  {shown}"[:79]


def size_text(size_bytes: int) -> str:
    """Bytes in kB or MB of 1000.

    Examples:
        >>> size_text(100_000), size_text(4_000_000), size_text(1_500), size_text(0)
        ('100 kB', '4 MB', '1.5 kB', '0 kB')
    """
    if size_bytes >= 1_000_000:
        return f"{size_bytes / 1e6:.3g} MB"
    return f"{size_bytes / 1e3:.3g} kB"
