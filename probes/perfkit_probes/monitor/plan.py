"""What to watch, how often and at what price: fixed, and stated, before the first packet."""

from __future__ import annotations

from dataclasses import dataclass

from perfkit.core.errors import UsageError
from perfkit_probes.monitor.responder_link import OPENING_BYTES
from perfkit_probes.monitor.sources.bandwidth import MAX_BYTES as BANDWIDTH_BYTES
from perfkit_probes.monitor.sources.probe import PROBE_BYTES
from perfkit_probes.path import Target

_HOUR_S = 3600.0
DEFAULT_INTERVAL_S = 10.0
MIN_INTERVAL_S = 1.0
MIN_BANDWIDTH_INTERVAL_S = 60.0
DEFAULT_BYTES_PER_HOUR = 120_000
# A responder ends a session after five minutes, unless it was told otherwise.
_SESSION_S = 300.0


@dataclass(frozen=True, slots=True)
class MonitorPlan:
    """What was asked for. `device` is a URI as `open_device` takes it; None leaves a thing out."""

    interval_s: float = DEFAULT_INTERVAL_S
    device: str | None = None
    interface: str | None = None
    target: Target | None = None
    key: str | None = None
    ports: tuple[int, ...] = ()
    bandwidth_interval_s: float | None = None
    max_bytes_per_hour: int | None = None
    duration_s: float | None = None
    label: str | None = None

    @property
    def planned_bytes_per_hour(self) -> int:
        """What the probes will use at most while everything is in order (IP bytes, both directions)."""
        if self.target is None:
            return 0
        probes = PROBE_BYTES * _HOUR_S / self.interval_s
        openings = OPENING_BYTES * _HOUR_S / max(_SESSION_S, self.interval_s)
        return round(probes + openings) + self._bandwidth_bytes_per_hour

    @property
    def _bandwidth_bytes_per_hour(self) -> int:
        if self.bandwidth_interval_s is None:
            return 0
        return round((BANDWIDTH_BYTES + OPENING_BYTES) * max(1.0, _HOUR_S / self.bandwidth_interval_s))

    @property
    def cap_bytes_per_hour(self) -> int:
        """What is spent within any hour at the very most."""
        if self.max_bytes_per_hour is not None:
            return self.max_bytes_per_hour
        return DEFAULT_BYTES_PER_HOUR + self._bandwidth_bytes_per_hour


def checked(plan: MonitorPlan) -> MonitorPlan:
    """The plan itself.

    Raises:
        UsageError: it watches nothing, or its numbers cannot be used together.
    """
    if plan.device is None and plan.target is None and not plan.ports and plan.interface is None:
        raise UsageError(
            "nothing to watch: --to HOST[:PORT] names a responder for latency, --ocpp-port N the OCPP connections that "
            "end on this computer, --dongle the radio, --interface IF the counters of an interface"
        )
    if plan.interval_s < MIN_INTERVAL_S:
        raise UsageError(f"--interval {plan.interval_s:g}s is too short; at least {MIN_INTERVAL_S:g}s")
    if plan.bandwidth_interval_s is not None and plan.target is None:
        raise UsageError("--bandwidth-every needs a far end; add --to HOST[:PORT]")
    if plan.bandwidth_interval_s is not None and plan.bandwidth_interval_s < MIN_BANDWIDTH_INTERVAL_S:
        raise UsageError(
            f"--bandwidth-every {plan.bandwidth_interval_s:g}s is too short, since each fills the link for seconds; at "
            f"least {MIN_BANDWIDTH_INTERVAL_S:g}s"
        )
    if plan.planned_bytes_per_hour > plan.cap_bytes_per_hour:
        raise UsageError(
            f"an interval of {plan.interval_s:g} s would use {plan.planned_bytes_per_hour} bytes per hour, and the cap "
            f"is {plan.cap_bytes_per_hour}; choose a longer --interval, or allow it with --max-bytes-per-hour "
            f"{plan.planned_bytes_per_hour}"
        )
    return plan
