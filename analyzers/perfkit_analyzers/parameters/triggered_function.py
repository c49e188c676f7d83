"""OCPP triggered function timeout: from the answer to the message that the request causes (docs/method.md 5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final, cast

from perfkit.core.policy import Multi, TriggeredStart, TriggerFwDiag
from perfkit.core.sample import Flag, Reason, Row, RowKind
from perfkit_analyzers.dialects.facts import (
    WHOLE_STATION,
    Booted,
    CancelReservation,
    ChangeAvailability,
    Fact,
    FirmwareOrDiagnostics,
    MeterReport,
    OtherReport,
    Reserve,
    Reset,
    StatusReport,
    TransactionStart,
    TransactionStop,
    Trigger,
    overlaps,
)
from perfkit_analyzers.message import Narration, NarrationKind, Role
from perfkit_analyzers.ocpp_message import OcppMessage
from perfkit_analyzers.parameters.base import (
    Candidate,
    Collector,
    RunContext,
    WindowCollector,
    is_from_dut,
    refusal,
)
from perfkit_analyzers.prompts import PromptKind, classify_prompt
from perfkit_analyzers.station import Marks, Moment, Station
from perfkit_analyzers.targets import MeterTarget, Request, place_of, target_of
from perfkit_analyzers.yields import Yield

key = "triggered_function_timeout"
name = "OCPP triggered function timeout"
definition = (
    "The response time for when waiting for an OCPP function with its corresponding request message. "
    "(Firmware update, Diagnostics and Reboot are excluded from this measurement.)"
)
clause = "8.2.1, A.4"
roles = frozenset({Role.CHARGING_STATION})
yields = (
    Yield("CancelReservation/StatusNotification", ("TC_051_CS",)),
    Yield(
        "ReserveNow/StatusNotification",
        (
            *("TC_046_1_CS", "TC_046_2_CS", "TC_047_CS", "TC_049_CS", "TC_053_CS"),
            *("TC_051_CS", "TC_052_CS"),  # reusable state Reserved
        ),
    ),
    Yield(
        "ChangeAvailability/StatusNotification",
        (
            *("TC_013_CS", "TC_014_CS", "TC_034_CS", "TC_048_3_CS", "TC_050_3_CS"),
            *("TC_046_1_CS", "TC_047_CS", "TC_049_CS", "TC_053_CS"),  # reusable state SetConnectorUnavailable
        ),
    ),
    Yield("TriggerMessage/MeterValues", ("TC_054_CS",)),
    Yield("TriggerMessage/Heartbeat", ("TC_054_CS",)),
    Yield("TriggerMessage/StatusNotification", ("TC_054_CS",)),
)

_REQUESTS: Final = (CancelReservation, Reserve, ChangeAvailability, Trigger)
_OWN_ROW: Final = frozenset(
    {
        *("DiagnosticsStatusNotification", "FirmwareStatusNotification", "LogStatusNotification"),
        *("PublishFirmwareStatusNotification", "SignedFirmwareStatusNotification"),
        *("SignCertificate", "SignChargePointCertificate"),
    }
)
"""Triggered messages that A.4's exclusion of firmware and diagnostics concerns (switch trigger_fw_diag)."""


class _Candidate(Candidate):
    """A request and what would satisfy it."""

    def __init__(self, call: OcppMessage, request: Request, station: Station, multi: Multi) -> None:
        super().__init__(call, station)
        self.request = request
        self.caused = request.caused if type(request) is Trigger else "StatusNotification"
        self.place = place_of(request, station)
        self.target = target_of(request, self.place, station, multi)
        self.is_never_counted = type(request) is Trigger and (request.extended or self.caused == "BootNotification")
        self.was_rebooting = station.rebooting
        self.was_in_sequence = station.in_sequence
        self.is_replayed = False
        self.was_due = False
        self.wants_meter_values = type(self.target) is MeterTarget
        self.silence_is_legal = type(request) is Reserve and request.place == WHOLE_STATION
        self.state_unknown = self.target.may_be_silent

    def is_same_kind(self, other: _Candidate) -> bool:
        """True when a later request of this kind on this connector closes the window (T7)."""
        same = self.call.action == other.call.action and self.caused == other.caused
        return same and overlaps(self.place, other.place)


class TriggeredFunctionCollector(WindowCollector[_Candidate]):
    """One row per request whose function is triggered."""

    requests: ClassVar[tuple[type[Fact], ...]] = _REQUESTS
    evidence: ClassVar[tuple[type[Fact], ...]] = (
        *(Reset, FirmwareOrDiagnostics, StatusReport, MeterReport, OtherReport, Booted),
        *(TransactionStart, TransactionStop),
    )

    def __init__(self, context: RunContext) -> None:
        """Look the policy up once."""
        super().__init__(context)
        self._starts_at_answer = context.policy.triggered_start is TriggeredStart.CONF

    def called(self, message: OcppMessage, fact: Fact) -> None:
        """Open, close or feed candidates."""
        if is_from_dut(message):
            self._offer(message, fact)
        elif type(fact) in _REQUESTS:
            candidate = _Candidate(message, cast(Request, fact), self.station, self.context.policy.multi)
            self.close([c for c in self.waiting if c.is_same_kind(candidate)], message)
            self.begin(candidate)
        elif type(fact) in (Reset, FirmwareOrDiagnostics):
            self.close(self.waiting, message)

    def begin(self, candidate: _Candidate) -> None:
        """Open a window; MeterValues are translated only while one waits for them."""
        super().begin(candidate)
        self.station.meter_values_wanted += candidate.wants_meter_values

    def waited(self, candidate: _Candidate) -> None:
        """Note that a candidate waits no longer."""
        if candidate in self.waiting:
            self.waiting.remove(candidate)
            self.station.meter_values_wanted -= candidate.wants_meter_values

    def _offer(self, message: OcppMessage, fact: Fact) -> None:
        """Give a message to the oldest candidate that it satisfies, and to no other."""
        for candidate in self.waiting:
            if candidate.is_never_counted:
                continue
            target = candidate.target
            is_used_up = target.offer(message, fact)
            if target.latest is message:
                target.moment = self.moment(message.stamp_ns, message.line)
                candidate.is_replayed = self._is_replay(fact, candidate)
                candidate.was_due = self.station.heartbeat_was_due(candidate.call.stamp_ns, message.stamp_ns)
            if is_used_up:
                if target.is_complete:
                    self.reach(candidate, message)
                return

    def _is_replay(self, fact: Fact, candidate: _Candidate) -> bool:
        """True for queued MeterValues: made before the request, so not caused by it (docs/method.md 8)."""
        return type(fact) is MeterReport and self.station.is_replay(fact.time, candidate.call.stamp_ns)

    def is_settled(self, candidate: _Candidate) -> bool:
        """Nothing need follow an accepted request whose status holds already, or one that is never counted."""
        return candidate.target.is_noop or candidate.is_never_counted or super().is_settled(candidate)

    def narrated(self, narration: Narration) -> None:
        """A power cycle closes every window before it counts as a prompt."""
        if narration.kind is NarrationKind.PROMPT and classify_prompt(narration.text) is PromptKind.POWER:
            for candidate in list(self.open):
                stamp_ns = candidate.call.stamp_ns if narration.stamp_ns is None else narration.stamp_ns
                self.decide(candidate, self.moment(stamp_ns, narration.line))
        super().narrated(narration)

    def reason(self, candidate: _Candidate, ending: Moment, *, disconnected: bool) -> Reason | None:
        """The first condition of docs/method.md 5 that does not hold."""
        if type(candidate.request) is Trigger and candidate.request.extended:
            return Reason.NOT_IN_A4
        refused = refusal(candidate.exchange, candidate.answer)
        if refused is not None:
            return refused
        target = candidate.target
        reached = target.moment if target.is_acceptable and target.moment else ending
        failure = next(self._failures(candidate, reached), None)
        return failure or self._silence(candidate, disconnected=disconnected)

    def _failures(self, candidate: _Candidate, reached: Moment) -> Iterator[Reason]:
        """Conditions that do not hold, in the order of the method."""
        before, after = candidate.marks, reached.marks
        if candidate.caused == "BootNotification":
            yield Reason.REBOOT
        if after.clock_steps > self._clock_start(candidate).clock_steps:
            yield Reason.CLOCK_STEP
        if candidate.was_rebooting or after.reboots > before.reboots:
            yield Reason.REBOOT
        if candidate.was_in_sequence:
            yield Reason.FW_DIAG
        if candidate.target.is_noop:
            yield Reason.NOOP
        if candidate.is_replayed and candidate.target.is_acceptable:
            yield Reason.QUEUED
        if after.operator > before.operator:
            yield Reason.OPERATOR

    def _clock_start(self, candidate: _Candidate) -> Marks:
        """The marks at the start of the interval: a clock step between request and answer does not matter to it."""
        counts_from_answer = self._starts_at_answer and not candidate.came_early
        return candidate.answered_marks if counts_from_answer and candidate.answered_marks else candidate.marks

    def _silence(self, candidate: _Candidate, *, disconnected: bool) -> Reason | None:
        """Why the caused message is missing and no bound can be given; None when it came, or is censored."""
        target = candidate.target
        if target.is_acceptable:
            return None
        if disconnected:
            return Reason.DISCONNECT
        if target.first is not None:
            return Reason.SET_INCOMPLETE
        closed_unanswered = (
            candidate.closed and candidate.exchange and candidate.closed.line < candidate.exchange.end_line
        )
        if candidate.silence_is_legal or closed_unanswered:
            return Reason.NO_STATUS
        return Reason.STATE_UNKNOWN if candidate.state_unknown else None

    def combination(self, candidate: _Candidate, ending: Moment) -> str:
        """Request and caused message, as Appendix A.4 lists them; 2.x may report a status by NotifyEvent."""
        last = candidate.target.last
        return f"{candidate.call.action}/{last.action if last else candidate.caused}"

    def observation(self, candidate: _Candidate, ending: Moment) -> Row:
        """Row of a value, or of a silence of known length."""
        target = candidate.target
        message = target.last
        if message is None or target.moment is None:
            return self._censored(candidate, ending)
        ending = target.moment
        start = self._start(candidate, message)
        row_ending = Moment(message.stamp_ns, message.line, ending.marks)
        early = start[1] == candidate.call.line and self._starts_at_answer
        flags = (*((Flag.ORDER_ANOMALY,) if early else ()), *target.flags, *self._flags(candidate, message))
        nested_ns = self.station.authorizations.nested_ns(start[1], message.line)
        return self.observed(
            candidate,
            row_ending,
            start=start,
            flags=flags,
            first_ns=self._first_ns(candidate),
            net_ns=message.stamp_ns - start[0] - nested_ns,
            separate=self._is_separate(candidate),
        )

    def _first_ns(self, candidate: _Candidate) -> int | None:
        """To the first member of a set, from the request if it came before the answer; None unless several came."""
        first = candidate.target.first
        if first is None or first is candidate.target.last:
            return None
        return first.stamp_ns - self._start(candidate, first)[0]

    def _start(self, candidate: _Candidate, message: OcppMessage) -> tuple[int, int]:
        """Stamp and line of the answer, or of the request by policy and where the message came first (T1, T3)."""
        exchange = candidate.exchange
        if exchange is None or message.line < exchange.end_line:
            return candidate.call.stamp_ns, candidate.call.line
        if not self._starts_at_answer:
            return candidate.call.stamp_ns, candidate.call.line
        return exchange.end_ns, exchange.end_line

    def _censored(self, candidate: _Candidate, ending: Moment) -> Row:
        start_ns, start_line = candidate.call.stamp_ns, candidate.call.line
        exchange = candidate.exchange
        if exchange and self._starts_at_answer:
            start_ns, start_line = exchange.end_ns, exchange.end_line
        return Row(
            key,
            RowKind.CENSORED,
            self.combination(candidate, ending),
            candidate.call.line,
            start_line,
            ending.line,
            value_ns=ending.stamp_ns - start_ns,
            reason=Reason.NO_STATUS,
            from_request_ns=ending.stamp_ns - candidate.call.stamp_ns,
            separate=self._is_separate(candidate),
            phase=candidate.phase,
            station=candidate.call.station,
            stamp_ns=candidate.call.stamp_ns,
        )

    def _is_separate(self, candidate: _Candidate) -> bool:
        is_own_row = candidate.call.action == "TriggerMessage" and candidate.caused in _OWN_ROW
        return is_own_row and self.context.policy.trigger_fw_diag is TriggerFwDiag.SEPARATE

    def _flags(self, candidate: _Candidate, message: OcppMessage) -> tuple[Flag, ...]:
        station = self.station
        flags = []
        if message.action == "StatusNotification" and station.configuration.get("MinimumStatusDuration", "0") != "0":
            flags.append(Flag.MIN_STATUS_DURATION)
        if candidate.caused == "Heartbeat" and candidate.was_due:
            flags.append(Flag.PERIODIC_POSSIBLE)
        return tuple(flags)


def collector(context: RunContext) -> Collector:
    """Collector of one run."""
    return TriggeredFunctionCollector(context)
