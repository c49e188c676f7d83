"""The live view of the monitor: the last minutes as sparklines beside their thresholds (rich)."""

from __future__ import annotations

import contextlib
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.cli.monitor_view import MonitorView, event_text, latency_text, signal_text
from perfkit.cli.sparkline import History, levels_for
from perfkit.core.monitor_record import ClockState, Event, Gap, Sample, Session
from perfkit.core.monitor_verdict import latency_verdict, rssi_verdict
from perfkit.core.network_record import THRESHOLDS, Verdict
from perfkit.report.printable import printable

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table
    from rich.text import Text

_EVENTS_SHOWN = 5
_COLUMNS = 60
_LABEL_COLUMNS = 9
"""What the names of the rows take, with the space behind them."""


class LiveView(MonitorView):
    """Redraws itself with each sample and event; on the screen it stays as it was at the end."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._levels = levels_for(sys.stdout.encoding)  # rich puts something in its place while it draws
        self._events: deque[str] = deque(maxlen=_EVENTS_SHOWN)
        self._session: Session | None = None
        self._latency = History(1.0, _COLUMNS)
        self._rssi = History(1.0, _COLUMNS)
        self._last_latency: Sample | None = None
        self._last_signal: Sample | None = None
        self._clock: ClockState | None = None
        self._spent_bytes = 0
        self._live: Live | None = None

    @contextlib.contextmanager
    def following(self, session: Session) -> Iterator[None]:
        """Draw for as long as the block lasts."""
        from rich.console import Console
        from rich.live import Live

        self._session, self._clock = session, session.clock
        self._latency = History(session.interval_s, _COLUMNS)
        self._rssi = History(session.interval_s, _COLUMNS)
        with Live(self._page(), console=Console(), auto_refresh=False) as self._live:
            yield
        self._live = None

    @property
    def _columns(self) -> int:
        """How long a sparkline may be: what is too long for the terminal would lose its newest end."""
        width = self._live.console.width if self._live is not None else _COLUMNS + _LABEL_COLUMNS
        return max(1, min(_COLUMNS, width - _LABEL_COLUMNS))

    def sample(self, sample: Sample) -> None:
        """Take a sample and draw it."""
        super().sample(sample)
        self._spent_bytes, self._clock = sample.spent_bytes, sample.clock or self._clock
        latency, rssi = latency_verdict(sample, THRESHOLDS), rssi_verdict(sample, THRESHOLDS)
        if latency is not None:
            value_ms = None if sample.latency is None else sample.latency.value_ms
            self._latency.add(sample.monotonic_s, value_ms, is_missed=latency is Verdict.NOT_MET)
            self._last_latency = sample
        if rssi is not None:
            value_dbm = None if sample.signal is None else sample.signal.rssi_dbm
            # The worst of a column is what matters: the longest round trip, the weakest signal.
            self._rssi.add(sample.monotonic_s, value_dbm, is_missed=rssi is Verdict.NOT_MET, worst_is_low=True)
            self._last_signal = sample
        self._draw()

    def event(self, event: Event | Gap) -> None:
        """Show what happened among the last events."""
        if not isinstance(event, Gap):
            self._events.append(printable(event_text(event)))
            self._draw()

    def _draw(self) -> None:
        if self._live is not None:
            with contextlib.suppress(OSError, ValueError):
                self._live.update(self._page(), refresh=True)

    def _page(self) -> Table:
        from rich.table import Table

        page = Table.grid(padding=(0, 2))
        page.add_column(style="bold", no_wrap=True)
        page.add_column()
        for name, value in self._rows():
            page.add_row(name, value)
        return page

    def _rows(self) -> Iterator[tuple[str, Text]]:
        from rich.text import Text

        session = self._session
        if session is None:
            return
        minutes = self._columns * session.interval_s / 60
        yield "monitor", Text(printable(_title(session)))
        if self._last_latency is not None:
            yield "latency", self._trace(self._latency, latency_text(self._last_latency), self.tally.latency.text)
            yield "", Text(f"at most {THRESHOLDS.latency_ms:g} ms, last {minutes:.0f} min", style="dim")
        if self._last_signal is not None:
            yield "RSSI", self._trace(self._rssi, _signal(self._last_signal), self.tally.rssi.text)
            yield "", Text(f"at least {THRESHOLDS.rssi_dbm:g} dBm, last {minutes:.0f} min", style="dim")
        cap = f", cap {session.max_bytes_per_hour / 1000:.0f} kB in any hour"
        yield "cost", Text(f"{self._spent_bytes / 1000:.1f} kB" + (cap if session.target else ""))
        yield "clock", Text(clock_text(self._clock))
        yield "record", Text(f"{self._path}, {self.tally.samples} samples (Ctrl-C ends it)")
        for line in self._events:
            yield "", Text(line, style="yellow")

    def _trace(self, history: History, now: str, share: str) -> Text:
        """A sparkline, red where the threshold was missed, the last value and the share in specification."""
        from rich.text import Text

        line = Text()
        for mark, is_missed in history.marks(self._levels)[-self._columns :]:
            line.append(mark, style="red" if is_missed else "green")
        line.append(f"  {printable(now)}; {share}")
        return line


def _title(session: Session) -> str:
    ports = " and ".join(f"port {port}" for port in session.ports)
    what = " and ".join(part for part in (session.target, ports and f"OCPP on {ports}") if part)
    through = f" through {session.interface}" if session.interface else ""
    device = f" {session.device.model}" if session.device else ""
    return " ".join(f"{session.label or session.host}: {what or 'the radio'}{through}{device}".split())


def _signal(sample: Sample) -> str:
    return signal_text(sample.signal) if sample.signal is not None else sample.reasons.get("signal", "")


def clock_text(clock: ClockState | None) -> str:
    """What is known of the clock, in words."""
    if clock is None or clock.synchronized is None:
        return (clock.reason if clock is not None else None) or "not told"
    if not clock.synchronized:
        return f"not synchronized ({clock.source})"
    offset = "" if clock.offset_ms is None else f", {clock.offset_ms:+.3f} ms"
    return f"synchronized{offset} ({clock.source})"
