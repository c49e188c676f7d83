"""The wish of somebody outside that a command that runs for hours comes to its proper end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

Handler = Callable[[int, FrameType | None], object] | int | None
_WAYS = {
    "SIGINT": "interrupted (Ctrl-C)",
    "SIGTERM": "terminated (SIGTERM)",
    "SIGHUP": "its terminal was closed (SIGHUP)",
    "SIGBREAK": "interrupted (Ctrl-Break)",
}


class StopRequest:
    """Catches the signals that ask for the end; `event` is set then and `reason` says which it was."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.reason: str | None = None
        self._before: dict[signal.Signals, Handler] = {}

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        self.reason = self.reason or _WAYS[signal.Signals(number).name]
        self.event.set()

    def __enter__(self) -> Self:
        for name in _WAYS:
            number = getattr(signal, name, None)
            if number is not None:
                self._before[number] = signal.signal(number, self._stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the signals back as they were."""
        for number, before in self._before.items():
            signal.signal(number, signal.SIG_DFL if before is None else before)
