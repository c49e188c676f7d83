"""RemoteStartTransaction.req to StartTransaction.req, where the start follows immediately (docs/method.md 6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from perfkit.core.sample import Flag, Reason, Row
from perfkit_analyzers.authorizations import Authorization
from perfkit_analyzers.dialects.facts import (
    STATION_CONNECTOR,
    WHOLE_STATION,
    Fact,
    Place,
    RemoteStart,
    Reset,
    StatusReport,
    TransactionStart,
    contains,
)
from perfkit_analyzers.message import Role
from perfkit_analyzers.ocpp_message import OcppMessage
from perfkit_analyzers.parameters.base import (
    Candidate,
    Collector,
    RunContext,
    WindowCollector,
    is_from_dut,
    refusal,
)
from perfkit_analyzers.station import Marks, Moment, Station
from perfkit_analyzers.yields import Yield

key = "remote_start_authorization_time"
name = "Transaction authorization time by RemoteStartTransaction"
definition = (
    "The time between the RemoteStartTransaction.req message and the corresponding StartTransaction.req, where the "
    "RemoteStartTransaction immediately results in an authorization followed by a StartTransaction.req."
)
clause = "8.2.1, A.4"
roles = frozenset({Role.CHARGING_STATION})
yields = (
    Yield(
        "RemoteStartTransaction/StartTransaction",
        (
            *("TC_010_CS", "TC_005_1_CS", "TC_005_2_CS", "TC_005_3_CS", "TC_007_CS", "TC_008_CS", "TC_012_CS"),
            *("TC_015_CS", "TC_016_CS", "TC_018_1_CS", "TC_018_2_CS", "TC_028_CS", "TC_032_1_CS", "TC_032_2_CS"),
            *("TC_036_CS", "TC_038_CS", "TC_046_2_CS", "TC_047_CS", "TC_049_CS", "TC_051_CS", "TC_057_CS"),
            *("TC_058_2_CS", "TC_059_CS", "TC_066_CS", "TC_068_CS", "TC_069_CS", "TC_070_CS", "TC_071_CS", "TC_082_CS"),
            *("TC_026_CS", "TC_037_1_CS", "TC_037_2_CS", "TC_037_3_CS", "TC_039_CS"),
        ),
    ),
)


class _Candidate(Candidate):
    """A RemoteStartTransaction that waits for its StartTransaction."""

    def __init__(self, call: OcppMessage, request: RemoteStart, station: Station) -> None:
        super().__init__(call, station)
        self.request = request
        self.status_before = {place: connector.status for place, connector in station.connectors.items()}
        self.plug_confirmed = {place for place in station.connectors if station.plug_confirmed_since_status(place)}
        self.start: TransactionStart | None = None
        self.is_replayed = False
        self.was_reset = False
        self.reverted: dict[Place, Moment] = {}
        self.plugged_since: set[Place] = set()
        self.faulted: dict[Place, Moment] = {}

    def fits(self, start: TransactionStart) -> bool:
        """Same identifier and, if given, connector; 2.x matches by remoteStartId."""
        if self.request.remote_start_id is not None:
            return start.remote_start_id == self.request.remote_start_id
        return start.id_tag == self.request.id_tag and contains(self.request.place, start.place)

    def is_superseded(self, later: RemoteStart) -> bool:
        """True when a StartTransaction might answer the later request as well as this one."""
        mine = self.request
        if WHOLE_STATION not in (mine.place, later.place):
            return mine.place == later.place
        return mine.id_tag == later.id_tag

    def concerned(self) -> Place:
        """Where the transaction starts: as StartTransaction says, else as requested."""
        return (self.start and self.start.place) or self.request.place

    def is_concerned(self, place: Place) -> bool:
        """True for a connector where the transaction starts, and for the station as a whole."""
        return place == STATION_CONNECTOR or contains(self.concerned(), place)


class RemoteStartCollector(WindowCollector[_Candidate]):
    """One row per RemoteStartTransaction."""

    requests: ClassVar[tuple[type[Fact], ...]] = (RemoteStart,)
    evidence: ClassVar[tuple[type[Fact], ...]] = (TransactionStart, StatusReport, Reset)

    def called(self, message: OcppMessage, fact: Fact) -> None:
        """Open, close or feed candidates."""
        if type(fact) is RemoteStart:
            self.close([c for c in self.open if c.is_superseded(fact)], message)
            self.begin(_Candidate(message, fact, self.station))
        elif type(fact) is TransactionStart:
            self._started(message, fact)
        elif type(fact) is StatusReport:
            self._status_reported(message, fact)
        elif type(fact) is Reset and not is_from_dut(message):
            for candidate in self.waiting:
                candidate.was_reset = True
            self.close(self.waiting, message)

    def _started(self, message: OcppMessage, start: TransactionStart) -> None:
        for candidate in self.waiting:
            if candidate.fits(start):
                candidate.start = start
                is_replay = self.station.is_replay(start.time, candidate.call.stamp_ns)
                candidate.is_replayed = start.offline or start.repeated or is_replay
                self.reach(candidate, message)
                return

    def _status_reported(self, message: OcppMessage, report: StatusReport) -> None:
        moment = self.moment(message.stamp_ns, message.line)
        before = self.station.status(report.place)
        plugged = self.station.dialect.plugged_statuses
        for candidate in self.waiting:
            if report.status == "Faulted":
                candidate.faulted[report.place] = moment
            elif report.status == "Available" and before in plugged:
                candidate.reverted[report.place] = moment
            elif report.status in plugged and before == "Available":
                candidate.plugged_since.add(report.place)

    def reason(self, candidate: _Candidate, ending: Moment, *, disconnected: bool) -> Reason | None:
        """The first condition of docs/method.md 6 that does not hold."""
        refused = refusal(candidate.exchange, candidate.answer)
        return refused or next(self._failures(candidate, ending, disconnected=disconnected), None)

    def _failures(self, candidate: _Candidate, ending: Moment, *, disconnected: bool) -> Iterator[Reason]:
        """Conditions that do not hold, in the order of the method."""
        before, after = candidate.marks, ending.marks
        if after.clock_steps > before.clock_steps:
            yield Reason.CLOCK_STEP
        if disconnected or after.disconnects > before.disconnects:
            yield Reason.DISCONNECT
        if candidate.was_reset or after.reboots > before.reboots:
            yield Reason.REBOOT
        if any(candidate.is_concerned(place) for place in candidate.faulted):
            yield Reason.FAULTED
        if candidate.reverted and self._has_reverted(candidate):
            yield Reason.CONNECTION_TIMEOUT
        if self._refused(candidate, ending) is not None:
            yield Reason.AUTH_REFUSED
        yield from self._late_failures(candidate, after)

    def _late_failures(self, candidate: _Candidate, after: Marks) -> Iterator[Reason]:
        if candidate.is_replayed:
            yield Reason.QUEUED
        plug_reason = self._plug_reason(candidate)
        if after.plug_prompts > candidate.marks.plug_prompts:
            yield Reason.WAIT_PLUG
        if plug_reason is not None:
            yield plug_reason
        if after.operator > candidate.marks.operator:
            yield Reason.OPERATOR
        if candidate.start is None:
            yield Reason.NO_START

    def _has_reverted(self, candidate: _Candidate) -> bool:
        """Preparing → Available before the start; Mode 1/2-only stations do so after the power pulse (Appendix D)."""
        if self.context.mode_1_2_only and candidate.start is not None:
            return False
        return any(candidate.is_concerned(place) for place in candidate.reverted)

    def _plug_reason(self, candidate: _Candidate) -> Reason | None:
        """Condition 3: the cable was in before the request."""
        places = [p for p in candidate.status_before if p != STATION_CONNECTOR and contains(candidate.concerned(), p)]
        states = [self._was_plugged(candidate, place) for place in places]
        if True in states:
            return None
        return Reason.WAIT_PLUG if states and None not in states else Reason.PLUG_STATE_UNKNOWN

    def _was_plugged(self, candidate: _Candidate, place: Place) -> bool | None:
        """Whether the cable was in when the request was sent; None when the log does not tell."""
        status = candidate.status_before[place]
        if status == "Available":
            # Appendix D: a plugged station of this subtype reports Available until the authorization.
            return self.context.mode_1_2_only
        if status in self.station.dialect.plugged_statuses:
            return place not in candidate.plugged_since
        return True if status in ("Finishing", "Reserved") and place in candidate.plug_confirmed else None

    def _refused(self, candidate: _Candidate, ending: Moment) -> Authorization | None:
        """A nested Authorize that was not accepted."""
        return self.station.authorizations.refused(candidate.call.line, ending.line, candidate.request.id_tag)

    def excluded(self, candidate: _Candidate, ending: Moment, reason: Reason) -> Row:
        """Row of an exclusion; a fault, a reversion or a refused Authorize ends it where it was reported."""
        row = super().excluded(candidate, ending, reason)
        events = {Reason.FAULTED: candidate.faulted, Reason.CONNECTION_TIMEOUT: candidate.reverted}.get(reason, {})
        decided = next((moment.line for place, moment in events.items() if candidate.is_concerned(place)), None)
        if reason is Reason.AUTH_REFUSED and (refused := self._refused(candidate, ending)):
            decided = refused.answered_line
        return row if decided is None else msgspec.structs.replace(row, to_line=decided)

    def combination(self, candidate: _Candidate, ending: Moment) -> str:
        """Stratum: the authorization setting read in this run, and whether an Authorize was nested."""
        setting_key = self.station.dialect.remote_start_key
        setting = self.station.configuration.get(setting_key, "unknown").lower()
        request = candidate.request
        nested = self.station.authorizations.nested(candidate.call.line, ending.line, request.id_tag)
        return f"{setting_key.split('.')[-1]}={setting}, {'with' if nested else 'without'} Authorize"

    def observation(self, candidate: _Candidate, ending: Moment) -> Row:
        """Row from request to request; net of the tool's answers to nested Authorize requests."""
        call = candidate.call
        nested_ns = self.station.authorizations.nested_ns(call.line, ending.line, candidate.request.id_tag)
        return self.observed(
            candidate,
            ending,
            start=(call.stamp_ns, call.line),
            flags=(Flag.ORDER_ANOMALY,) if candidate.came_early else (),
            net_ns=ending.stamp_ns - call.stamp_ns - nested_ns,
        )


def collector(context: RunContext) -> Collector:
    """Collector of one run."""
    return RemoteStartCollector(context)
