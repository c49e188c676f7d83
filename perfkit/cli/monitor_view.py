"""What a session of the monitor shows: a live view on a terminal, lines elsewhere, and only events when it is quiet."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from perfkit.cli.terminal import is_terminal
from perfkit.core.monitor_record import Event, EventKind, Gap, Quantity, Sample, Session, Signal
from perfkit.core.monitor_verdict import latency_verdict, rssi_verdict
from perfkit.core.network_record import THRESHOLDS, Verdict
from perfkit.report.network_wording import milliseconds
from perfkit.report.printable import printable
from perfkit_probes.monitor.tally import Tally

if TYPE_CHECKING:
    from perfkit_probes.monitor.plan import MonitorPlan

_MISSED = " (threshold not met)"


class MonitorView:
    """Says what happens on standard error and nothing else; the view of a service."""

    def __init__(self) -> None:
        self.tally = Tally()

    def tell(self, sentence: str) -> None:
        """Say something to the user; a terminal that was closed meanwhile disturbs nothing."""
        _put(sys.stderr, f"perfkit: {printable(sentence)}")

    @contextlib.contextmanager
    def following(self, session: Session) -> Iterator[None]:
        """Show the session for as long as the block lasts."""
        del session
        yield

    def sample(self, sample: Sample) -> None:
        """Take a sample."""
        self.tally.add(sample)

    def event(self, event: Event | Gap) -> None:
        """Take something that happened; a gap has been told by its events, unless it is one of the monitor itself."""
        if not isinstance(event, Gap):
            self.tell(event_text(event))


class LineView(MonitorView):
    """A line on standard output for each look at everything, besides what happens."""

    def __init__(self, interval_s: float) -> None:
        super().__init__()
        self._interval_s = interval_s
        self._next_s = 0.0

    def sample(self, sample: Sample) -> None:
        """Print the sample, at most one for each interval."""
        super().sample(sample)
        is_due = latency_verdict(sample, THRESHOLDS) or rssi_verdict(sample, THRESHOLDS)
        if is_due and sample.monotonic_s >= self._next_s:
            self._next_s = sample.monotonic_s + self._interval_s - 0.5
            _put(sys.stdout, sample_text(sample))


def view_of(plan: MonitorPlan, path: Path, *, is_quiet: bool) -> MonitorView:
    """The view for where the output goes."""
    if is_quiet:
        return MonitorView()
    if is_terminal(sys.stdout) and is_terminal(sys.stderr):
        from perfkit.cli.monitor_live import LiveView

        return LiveView(path)
    return LineView(plan.interval_s)


def sample_text(sample: Sample) -> str:
    """The sample in one line."""
    parts = [f"{sample.time:%Y-%m-%dT%H:%M:%SZ}"]
    if "latency" in sample.reasons or sample.latency is not None:
        parts.append(f"latency {latency_text(sample)}")
    if sample.signal is not None:
        parts.append(
            signal_text(sample.signal) + (_MISSED if rssi_verdict(sample, THRESHOLDS) is Verdict.NOT_MET else "")
        )
    elif "signal" in sample.reasons:
        parts.append(f"signal not measured ({sample.reasons['signal']})")
    parts.append(f"{sample.spent_bytes / 1000:.1f} kB")
    return printable(", ".join(parts))


def latency_text(sample: Sample) -> str:
    """The latency, where it comes from and whether it is too long; or why there is none."""
    if sample.latency is None:
        return f"not measured ({sample.reasons.get('latency', 'not due')})"
    missed = _MISSED if latency_verdict(sample, THRESHOLDS) is Verdict.NOT_MET else ""
    return f"{milliseconds(sample.latency.value_ms)} {sample.latency.origin.value}{missed}"


def signal_text(signal: Signal) -> str:
    """RSSI, or why there is none, and the network."""
    rssi = f"RSSI {signal.bound or ''}{signal.rssi_dbm:g} dBm" if signal.rssi_dbm is not None else "no RSSI"
    why = f" ({signal.reason})" if signal.rssi_dbm is None and signal.reason else ""
    network = " ".join(part for part in (signal.rat, signal.operator) if part)
    return f"{rssi}{why}" + (f" {network}" if network else "")


def event_text(event: Event | Gap) -> str:
    """An event in one line."""
    if isinstance(event, Gap):
        what = "everything" if event.quantity is Quantity.ALL else event.quantity.value
        return f"{event.time:%H:%M:%SZ} gap of {event.seconds:.0f} s without {what}: {event.reason}"
    if event.kind is EventKind.SESSION_END:
        return f"{event.time:%H:%M:%SZ} the session ends: {event.detail}"
    return f"{event.time:%H:%M:%SZ} {event.kind.value.replace('_', ' ')}: {event.detail}"


def _put(stream: TextIO, line: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        print(line, file=stream, flush=True)
