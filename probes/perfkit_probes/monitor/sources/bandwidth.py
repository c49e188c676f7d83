"""Whether the link still carries the required payload: rarely, and only if asked for, since it costs much."""

from __future__ import annotations

from perfkit.core.errors import ProbeError
from perfkit.core.monitor_record import GapCause
from perfkit_probes.link_record import require_record
from perfkit_probes.monitor.responder_link import AwayError, ResponderLink
from perfkit_probes.monitor.sources.base import Reading
from perfkit_probes.require import RequirePlan, measure_require

# The gate's question, 4 s of it on a link that is clearly good or bad; 20 s would be 220 kB, so less is allowed here.
MAX_BYTES = 90_000
_PLAN = RequirePlan(max_seconds=8.0)


class BandwidthSource:
    """The gate's question each `period_s`, in a session of its own."""

    name = "bandwidth"
    may_wait = True

    def __init__(self, link: ResponderLink, period_s: float, plan: RequirePlan = _PLAN) -> None:
        self.period_s = period_s
        self._link = link
        self._plan = plan

    def read(self) -> Reading:
        """Both directions judged, or why not."""
        try:
            with self._link.session(MAX_BYTES) as (session, _):
                found = measure_require(session, self._plan)
            return Reading(require_record(found))
        except AwayError as error:
            return Reading(reason=str(error), cause=error.cause)
        except (ProbeError, OSError) as error:
            return Reading(reason=str(error), cause=GapCause.RESPONDER_AWAY)
        finally:
            self._link.close()

    def close(self) -> None:
        """End the session with the responder."""
        self._link.close()
