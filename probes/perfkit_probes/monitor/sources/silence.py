"""What is said of the latency where nothing but OCPP connections is watched, and these are silent."""

from __future__ import annotations

from perfkit.core.monitor_record import GapCause
from perfkit_probes.monitor.sources.base import Reading

_REASON = "nothing was acknowledged on an OCPP connection, and no responder (--to) is there to be asked"


class SilenceSource:
    """Asked each `period_s` in which there was no passive latency; there is never a value."""

    name = "latency"
    may_wait = False

    def __init__(self, period_s: float) -> None:
        self.period_s = period_s

    def read(self) -> Reading:
        """The reason."""
        return Reading(reason=_REASON, cause=GapCause.NO_TRAFFIC)

    def close(self) -> None:
        """Nothing is held."""
