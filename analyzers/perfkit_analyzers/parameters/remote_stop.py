"""RemoteStopTransaction.req to StopTransaction.req, where the stop follows immediately (docs/method.md 7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from perfkit.core.policy import Inclusion
from perfkit.core.sample import Flag, Reason, Row
from perfkit_analyzers.dialects.facts import Fact, RemoteStop, TransactionStop
from perfkit_analyzers.message import Role
from perfkit_analyzers.ocpp_message import OcppMessage
from perfkit_analyzers.parameters.base import (
    Candidate,
    Collector,
    RunContext,
    WindowCollector,
    refusal,
)
from perfkit_analyzers.station import Moment, Station
from perfkit_analyzers.yields import Yield

key = "remote_stop_authorization_time"
name = "Transaction authorization end time by RemoteStopTransaction"
definition = (
    "The time between the RemoteStopTransaction.req message and the corresponding StopTransaction.req, where the "
    "RemoteStopTransaction immediately results in an end of the authorization followed by a StopTransaction.req."
)
clause = "8.2.1, A.4"
roles = frozenset({Role.CHARGING_STATION})
yields = (Yield("RemoteStopTransaction/StopTransaction", ("TC_012_CS", "TC_005_3_CS", "clean-up between test cases")),)

_COMBINATION: Final = "RemoteStopTransaction/StopTransaction"


class _Candidate(Candidate):
    """A RemoteStopTransaction that waits for its StopTransaction."""

    def __init__(self, call: OcppMessage, request: RemoteStop, station: Station) -> None:
        super().__init__(call, station)
        self.transaction_id = request.transaction_id
        self.is_known = request.transaction_id in station.transactions
        self.stop: TransactionStop | None = None
        self.is_replayed = False


class RemoteStopCollector(WindowCollector[_Candidate]):
    """One row per RemoteStopTransaction."""

    requests: ClassVar[tuple[type[Fact], ...]] = (RemoteStop,)
    evidence: ClassVar[tuple[type[Fact], ...]] = (TransactionStop,)

    def called(self, message: OcppMessage, fact: Fact) -> None:
        """Open, close or feed candidates."""
        if type(fact) is RemoteStop:
            self.close([c for c in self.open if c.transaction_id == fact.transaction_id], message)
            self.begin(_Candidate(message, fact, self.station))
        elif type(fact) is TransactionStop:
            self._stopped(message, fact)

    def _stopped(self, message: OcppMessage, stop: TransactionStop) -> None:
        for candidate in self.waiting:
            if candidate.transaction_id == stop.transaction_id:
                candidate.stop = stop
                is_replay = self.station.is_replay(stop.time, candidate.call.stamp_ns)
                candidate.is_replayed = stop.offline or stop.repeated or is_replay
                self.reach(candidate, message)
                return

    def reason(self, candidate: _Candidate, ending: Moment, *, disconnected: bool) -> Reason | None:
        """The first condition of docs/method.md 7 that does not hold."""
        refused = refusal(candidate.exchange, candidate.answer) or self._stop_reason(candidate)
        return refused or next(self._failures(candidate, ending, disconnected=disconnected), None)

    def _failures(self, candidate: _Candidate, ending: Moment, *, disconnected: bool) -> Iterator[Reason]:
        """Conditions that do not hold, in the order of the method."""
        before, after = candidate.marks, ending.marks
        if not candidate.is_known:
            yield Reason.UNKNOWN_TX
        if after.clock_steps > before.clock_steps:
            yield Reason.CLOCK_STEP
        if disconnected or after.disconnects > before.disconnects:
            yield Reason.DISCONNECT
        if candidate.is_replayed:
            yield Reason.QUEUED
        if after.operator > before.operator:
            yield Reason.OPERATOR
        if candidate.stop is None:
            yield Reason.NO_STOP

    def _stop_reason(self, candidate: _Candidate) -> Reason | None:
        if candidate.stop is None or not candidate.is_known:
            return None
        stated = candidate.stop.reason
        if stated is None:
            counted = self.context.policy.reason_absent is Inclusion.INCLUDE
            return None if counted else Reason.REASON_ABSENT
        return None if stated == "Remote" else Reason.OTHER_REASON

    def combination(self, candidate: _Candidate, ending: Moment) -> str:
        """Request and caused message; in 2.x with the event type, since an Updated event may be the answer."""
        stratum = candidate.stop.stratum if candidate.stop else None
        return _COMBINATION if stratum is None else f"RequestStopTransaction/TransactionEvent({stratum})"

    def observation(self, candidate: _Candidate, ending: Moment) -> Row:
        """Row from request to request."""
        flags = [Flag.ORDER_ANOMALY] if candidate.came_early else []
        if candidate.stop is not None and candidate.stop.reason is None:
            flags.append(Flag.REASON_ABSENT)
        start = (candidate.call.stamp_ns, candidate.call.line)
        return self.observed(candidate, ending, start=start, flags=tuple(flags))


def collector(context: RunContext) -> Collector:
    """Collector of one run."""
    return RemoteStopCollector(context)
