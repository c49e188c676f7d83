"""What the measurement is doing, on stderr: the budget and sentences always, the ticking line only on a terminal."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from perfkit.cli.terminal import is_terminal
from perfkit.report.printable import printable

if TYPE_CHECKING:
    from perfkit_probes.budget import Budget

_CLEAR_LINE = "\r\x1b[K"
_EVERY_S = 0.5
_WHAT = {
    "connect": "connecting to the responder",
    "latency": "latency",
    "require": "bandwidth: 5 kB/s each way",
    "capacity": "capacity",
    "goodput": "goodput of one connection",
}


@dataclass(frozen=True, slots=True)
class _Step:
    """What happens, since when, and whom to ask for the bytes used."""

    technology: str
    text: str
    used_bytes: Callable[[], int]
    begun_s: float


class NetworkProgress:
    """Follows a survey with a line that ticks; a terminal that was closed meanwhile disturbs nothing."""

    def __init__(self) -> None:
        self._is_watched = is_terminal(sys.stderr)
        self._step: _Step | None = None
        self._shown = False
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="progress", daemon=True)

    def budget(self, budgets: Mapping[str, Budget]) -> None:
        """Say what will be spent at most."""
        parts = [f"{technology_text(name)} {size_text(one.max_bytes)}" for name, one in budgets.items()]
        self.tell(f"at most {', '.join(parts)} (IP bytes, both directions) will be sent and received")

    def step(self, technology: str, text: str, used_bytes: Callable[[], int]) -> None:
        """Show what happens, how long it has taken so far, and the bytes used in this technology."""
        if self._is_watched:
            self._step = _Step(technology, text, used_bytes, time.monotonic())
            self._draw()

    def tell(self, line: str) -> None:
        """Print a sentence on a line of its own."""
        with self._lock:
            self._wipe()
            self._write(f"perfkit: {printable(line)}\n")

    def _tick(self) -> None:
        while not self._ended.wait(_EVERY_S):
            self._draw()

    def _draw(self) -> None:
        with self._lock:
            step = self._step
            if step is None or self._ended.is_set():
                return
            self._shown = True
            elapsed_s = time.monotonic() - step.begun_s
            self._write(_CLEAR_LINE + step_line(step.technology, step.text, step.used_bytes(), elapsed_s))

    def __enter__(self) -> Self:
        """Begin to tick, where somebody watches."""
        if self._is_watched:
            self._ticker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop ticking and wipe the line."""
        self._ended.set()
        if self._ticker.is_alive():
            self._ticker.join()
        with self._lock:
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
    """The line, at most 79 columns; the time is that of the step.

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
