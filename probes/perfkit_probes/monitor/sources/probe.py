"""Latency by packets of the monitor's own: one small echo each time, where no OCPP connection gives it for nothing."""

from __future__ import annotations

from perfkit.core.errors import ProbeError
from perfkit.core.monitor_record import GapCause, Latency, Origin
from perfkit_probes.base import GATE_LATENCY_PACKET_BYTES, LatencyRow
from perfkit_probes.latency import LatencyPlan, measure_latency
from perfkit_probes.monitor.responder_link import AwayError, ResponderLink
from perfkit_probes.monitor.sources.base import Reading

PACKET_BYTES = GATE_LATENCY_PACKET_BYTES
# What one probe costs at most: an echo and its answer are 168 bytes; where UDP does not get through, a WebSocket ping,
# its pong and an acknowledgement are 216.
PROBE_BYTES = 2 * PACKET_BYTES + 48
# A full queue of a GPRS modem (30 kB at 5 kB/s) is 6 s of round trip: far beyond the threshold, and to be told from a
# lost packet. Less than the usual interval, so that the answer is there before the next probe is due.
PATIENCE_S = 8.0
_PLAN = LatencyPlan(count=1, packet_bytes=PACKET_BYTES, icmp_count=0, patience_s=PATIENCE_S)
# A responder may have gone without a word; after so many packets into the dark the session is opened anew.
_MAX_UNANSWERED = 2


class ProbeSource:
    """One echo each `period_s`."""

    name = "latency"
    may_wait = True

    def __init__(self, link: ResponderLink, period_s: float) -> None:
        self.period_s = period_s
        self._link = link
        self._unanswered = 0

    def read(self) -> Reading:
        """The round trip of one packet; a responder that has just ended the session is connected to once more."""
        try:
            return self._once()
        except ProbeError:
            pass
        try:
            return self._once()
        except ProbeError as error:
            return Reading(reason=str(error), cause=GapCause.RESPONDER_AWAY)

    def _once(self) -> Reading:
        """One packet.

        Raises:
            ProbeError: the session is over.
        """
        try:
            with self._link.session(PROBE_BYTES) as (session, path):
                row = measure_latency(session, path, _PLAN).idle
        except AwayError as error:
            return Reading(reason=str(error), cause=error.cause)
        except ProbeError:
            raise
        except OSError as error:
            return Reading(reason=f"the link is gone: {error.strerror or error}", cause=GapCause.RESPONDER_AWAY)
        return self._judged(row)

    def _judged(self, row: LatencyRow) -> Reading:
        if row.median_ms is not None:
            self._unanswered = 0
            return Reading(_recorded(row, row.median_ms))
        self._unanswered += 1
        if self._unanswered >= _MAX_UNANSWERED:
            self._unanswered = 0
            self._link.close()
        reason = f"no answer to a packet of {row.packet_bytes} bytes within {_PLAN.patience_s:g} s"
        return Reading(reason=reason, cause=GapCause.NO_ANSWER)

    def close(self) -> None:
        """End the session with the responder."""
        self._link.close()


def _recorded(row: LatencyRow, median_ms: float) -> Latency:
    return Latency(
        value_ms=round(median_ms, 3),
        origin=Origin.ACTIVE,
        method=row.method,
        packet_bytes=row.packet_bytes,
        min_ms=None if row.min_ms is None else round(row.min_ms, 3),
        max_ms=None if row.max_ms is None else round(row.max_ms, 3),
        count=row.count,
        sent=row.sent,
    )
