"""What a session has seen so far, in a few numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

from perfkit.core.monitor_record import Sample
from perfkit.core.monitor_verdict import latency_verdict, rssi_verdict
from perfkit.core.network_record import THRESHOLDS, Thresholds, Verdict
from perfkit_probes.monitor.plan import MonitorPlan


@dataclass(slots=True)
class Count:
    """How often a quantity was looked for, was there, and was within its threshold."""

    due: int = 0
    measured: int = 0
    met: int = 0

    def add(self, verdict: Verdict | None) -> None:
        """Take the verdict on one sample; None: it was not due."""
        self.due += verdict is not None
        self.measured += verdict in {Verdict.MET, Verdict.NOT_MET}
        self.met += verdict is Verdict.MET

    @property
    def text(self) -> str:
        """In words, e.g. "97.2 % of 360 in specification, 4 not measured"."""
        if not self.due:
            return "not looked at"
        missing = self.due - self.measured
        without = f", {missing} not measured" if missing else ""
        if not self.measured:
            return f"never measured ({_counted(self.due, 'look')})"
        return f"{100 * self.met / self.measured:.1f} % of {self.measured} in specification{without}"


@dataclass(slots=True)
class Tally:
    """The counts of a session."""

    thresholds: Thresholds = THRESHOLDS
    samples: int = 0
    latency: Count = field(default_factory=Count)
    rssi: Count = field(default_factory=Count)
    signals: int = 0
    interface_counts: int = 0

    def add(self, sample: Sample) -> None:
        """Take one sample."""
        self.samples += 1
        self.latency.add(latency_verdict(sample, self.thresholds))
        self.rssi.add(rssi_verdict(sample, self.thresholds))
        self.signals += sample.signal is not None
        self.interface_counts += sample.interface is not None

    def has_all(self, plan: MonitorPlan) -> bool:
        """Whether everything that the plan asks for was there at least once; a device may hide its RSSI.

        An interface that is named beside something else is the way of the packets; alone, its counters are asked for.
        """
        wants_latency = plan.target is not None or bool(plan.ports)
        wants_signal = plan.device is not None
        if not (wants_latency or wants_signal):
            return self.interface_counts > 0
        return (self.latency.measured > 0 or not wants_latency) and (self.signals > 0 or not wants_signal)

    def summary(self) -> str:
        """One sentence for the end of a session."""
        parts = [_counted(self.samples, "sample")]
        parts += [
            f"{name} {count.text}" for name, count in (("latency", self.latency), ("RSSI", self.rssi)) if count.due
        ]
        return "; ".join(parts)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
