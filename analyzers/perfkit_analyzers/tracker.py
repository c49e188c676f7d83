"""One run of a test case: events in file order go to pairing, station and collectors; rows come out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from perfkit.core.policy import Policy
from perfkit_analyzers.actions import initiator
from perfkit_analyzers.dialects.base import Dialect
from perfkit_analyzers.dialects.facts import (
    Answer,
    Fact,
    Place,
    StatusReports,
    TransactionStart,
    TransactionStop,
)
from perfkit_analyzers.dialects.table import OCPP_2, OCPP_16, dialect_for_action, dialect_for_version
from perfkit_analyzers.exchange import Exchange, Pairing
from perfkit_analyzers.ledger import RunLedger
from perfkit_analyzers.message import (
    Narration,
    NarrationKind,
    Role,
    TestCaseEnded,
    TestCaseStarted,
)
from perfkit_analyzers.noted import NOTED_ACTIONS, NotedExchanges, PayloadTimesSeen
from perfkit_analyzers.ocpp_message import Direction, MessageType, OcppMessage
from perfkit_analyzers.parameters.base import Collector, RunContext, by_kind
from perfkit_analyzers.parameters.table import PARAMETERS
from perfkit_analyzers.resolution import ResolutionGauge
from perfkit_analyzers.runs import Anomalies, AnomalyKind, Dut, RunResult
from perfkit_analyzers.station import Station

_CALL: Final = MessageType.CALL
_CALLRESULT: Final = MessageType.CALLRESULT
_CALLERROR: Final = MessageType.CALLERROR
_IN: Final = Direction.IN
_OUT: Final = Direction.OUT
_EMPTY: Final = b"{}"
_IS_2X_ID: Final = re.compile(r"TC_[A-Z]_")
"""Test-case ids of OCPP 2.x carry a letter block (TC_E_44_CS), those of 1.6 do not (TC_010_CS)."""


class RunTracker:
    """Takes the events of one run."""

    def __init__(
        self,
        started: TestCaseStarted,
        *,
        dut: Dut,
        policy: Policy,
        ledger: RunLedger,
        transactions: dict[str, Place],
    ) -> None:
        """Begin with what the header says; `transactions` are those that the run before it in the file left open."""
        self.started = started
        self.ledger = ledger
        self.messages = 0
        self._dut = dut
        self._policy = policy
        self._transactions = transactions
        self._anomalies = Anomalies()
        self._resolution = ResolutionGauge(started.resolution_ns)
        self._first_ns: int | None = None
        self._last_ns: int | None = started.stamp_ns
        self._role = started.sut
        self._role_source = started.sut_source
        self._left_out: str | None = None
        self._notes: list[str] = list(started.notes)
        self._is_steady = False  # the role is confirmed by an action
        self._is_settled = False  # and the stamps have shown their resolution
        self._reports: dict[str, int] = {}
        self._noted = NotedExchanges()
        self._tool_times = ledger.tool_times
        self._dialect: Dialect | None = dialect_for_version(started.ocpp_version)
        if self._dialect is None and _IS_2X_ID.match(started.test_case or ""):
            self._dialect = OCPP_2
        if self._role is not None:
            self._begin(self._role)

    # --- events -----------------------------------------------------------------------------------------------------

    def message(self, message: OcppMessage) -> None:
        """Take in a message."""
        if message.answered_ns is not None:
            self._answered_report(message, message.answered_ns)
            return
        self.messages += 1
        self._last_ns = stamp_ns = message.stamp_ns
        if not self._is_settled and self._is_for_the_first(message):
            return
        kind = message.type
        if kind is _CALL:
            if message.direction is _IN and message.action not in self._answers:
                self._report(message)
            else:
                self._call(message)
        elif kind is _CALLRESULT or kind is _CALLERROR:
            asked_ns = self._reports.pop(message.message_id, None) if message.direction is _OUT else None
            if asked_ns is None:
                self._answer(message)
            else:
                self._tool_times.add(stamp_ns - asked_ns)

    def _is_for_the_first(self, message: OcppMessage) -> bool:
        """Do what only the first messages of a run need; True when nothing else is to be done with this one."""
        if self._resolution.is_open:
            self._resolution.see(message.stamp_ns)
        if not self._is_steady:
            self._first_message(message)
            return True
        self._is_settled = not self._resolution.is_open
        return False

    def _first_message(self, message: OcppMessage) -> None:
        """A message while the role is not yet confirmed by an action, or of a run that is left out."""
        if self._first_ns is None:
            self._first_ns = message.stamp_ns
        if self._role is None or self._left_out is not None:
            return
        if not self._agrees(message, self._role):
            return
        if message.type is _CALL:
            self._call(message)
        elif message.type is _CALLRESULT or message.type is _CALLERROR:
            self._answer(message)

    def narration(self, narration: Narration) -> None:
        """Take in a line of narration."""
        if narration.stamp_ns is not None:
            self._last_ns = narration.stamp_ns
        if self._role is None or self._left_out is not None:
            return
        for collector in self._collectors:
            collector.narrated(narration)
        self._station.take_narration(narration)
        stamp_ns = self._last_ns or 0
        if narration.kind is NarrationKind.CLOCK_STEP:
            self._pairing.clock_stepped()
        elif narration.kind is NarrationKind.DISCONNECTED:
            self._reports.clear()
            self._exchanges(self._pairing.disconnected(stamp_ns, narration.line))
        elif narration.kind is NarrationKind.CONNECTED:
            self._exchanges(self._pairing.connected(stamp_ns, narration.line))

    @property
    def left_open(self) -> dict[str, Place]:
        """Transactions of this run that are still running; a tool's clean-up in the next run may stop them."""
        if self._role is None:
            return {}
        return {key: place for key, place in self._station.transactions.items() if key not in self._transactions}

    def finish(self, ended: TestCaseEnded) -> RunResult:
        """End the run: close what is open and say what it was."""
        last_ns = ended.stamp_ns if ended.stamp_ns is not None else self._last_ns
        if self._role is None:
            self._left_out = "role_unknown" if self.messages else None
        elif self._left_out is None:
            for collector in self._collectors:
                collector.ended(last_ns or 0, ended.last_stamp_line)
            self._exchanges(self._pairing.finish(last_ns or 0, ended.last_stamp_line))
        if self._left_out is not None:
            self.ledger.discard()
        return RunResult(
            started=self.started,
            ended=ended,
            role=self._role,
            role_source=self._role_source,
            ocpp_version=self.started.ocpp_version or (self._dialect or OCPP_16).version,
            anomalies=self._anomalies,
            messages=self.messages,
            first_stamp_ns=self._first_ns,
            last_stamp_ns=last_ns,
            resolution_ns=self._resolution.resolution_ns,
            left_out=self._left_out,
            notes=(*self._notes, *ended.notes),
            noted=self._noted.items,
            payload_times=PayloadTimesSeen() if self._role is None else self._station.payload_times,
        )

    # --- role -------------------------------------------------------------------------------------------------------

    def _agrees(self, message: OcppMessage, role: Role) -> bool:
        """Compare the role with the first CALL that only one side may send; False when they disagree."""
        sender = initiator(message.action) if message.action else None
        if sender is None or message.direction is Direction.UNKNOWN:
            return True
        acted = sender if message.direction is Direction.IN else sender.peer
        if acted is role:
            self._is_steady = True
            return True
        self._left_out = "role_contradiction"
        self._anomalies.add(AnomalyKind.ROLE, message.line)
        self._notes.append(
            f"{message.action} shows that the DUT is a {acted.value}, but the "
            f"{self._role_source or 'header'} says that it is a {role.value}; run left out"
        )
        return False

    def _begin(self, role: Role) -> None:
        """Set up for a known role."""
        if self._dut.role is not None and role is not self._dut.role:
            self._left_out = "role_mismatch"
        self._pairing = Pairing()
        self._station = Station(
            self._dialect or OCPP_16,
            connector_count=self._dut.connector_count,
            queue_tolerance_s=self._policy.queue_tolerance_s,
            transactions=dict(self._transactions),
        )
        self._collectors = self._make_collectors(role)
        self._exchange_collectors = [c for c in self._collectors if type(c).exchanged is not Collector.exchanged]
        self._collectors_of = by_kind(self._collectors)
        self._calls = self._station.dialect.calls
        self._answers = self._station.dialect.answers

    def _make_collectors(self, role: Role) -> list[Collector]:
        return [
            parameter.collector(
                RunContext(
                    parameter.key,
                    role=role,
                    policy=self._policy,
                    station=self._station,
                    ledger=self.ledger,
                    mode_1_2_only=self._dut.mode_1_2_only,
                )
            )
            for parameter in PARAMETERS
            if role in parameter.roles
        ]

    def _choose_dialect(self, action: str) -> None:
        """Without a version in the header the first action that only one version knows decides."""
        dialect = dialect_for_action(action)
        if dialect is not None:
            self._dialect = self._station.dialect = dialect
            self._calls, self._answers = dialect.calls, dialect.answers

    # --- messages ---------------------------------------------------------------------------------------------------

    def _report(self, message: OcppMessage) -> None:
        """A CALL of the DUT whose answer tells nothing but how long the tool took: most messages of most logs."""
        if message.station is not None or self._pairing.is_pending(message):
            self._call(message)
            return
        self._reports[message.message_id] = message.stamp_ns
        action = message.action
        if self._dialect is None:
            self._choose_dialect(action or "")
        if action in self._calls and (action != "MeterValues" or self._station.meter_values_wanted):
            self._translate(message)

    def _answered_report(self, message: OcppMessage, answered_ns: int) -> None:
        """A CALL of the DUT with its answer told in brief (one of `REPORTS`), most of which need no pairing."""
        action = message.action or ""
        if not self._is_settled or self._pairing.is_pending(message):
            self.message(message.call_alone())
            self.message(OcppMessage(message.line, answered_ns, _OUT, _CALLRESULT, message.message_id, None, _EMPTY))
            return
        self.messages += 2
        self._last_ns = answered_ns
        self._tool_times.add(answered_ns - message.stamp_ns)
        if self._reports:
            self._reports.pop(message.message_id, None)
        if self._dialect is None:
            self._choose_dialect(action)
        if action != "MeterValues" or self._station.meter_values_wanted:
            self._translate(message)

    def _call(self, message: OcppMessage) -> None:
        if self._dialect is None:
            self._choose_dialect(message.action or "")
        opened = self._pairing.call(message)
        if message.action in self._calls:
            opened.fact = self._translate(message)

    def _translate(self, message: OcppMessage) -> Fact | None:
        """Meaning of a CALL, made known to rules and station; None for a payload that is not the standard's."""
        try:
            fact = self._calls[message.action or ""](message.payload)
        except (msgspec.ValidationError, msgspec.DecodeError):
            self._anomalies.add(AnomalyKind.PAYLOAD, message.line)
            return None
        if fact is not None:
            self._meant(message, fact)
        return fact

    def _meant(self, message: OcppMessage, fact: Fact) -> None:
        """A CALL whose meaning is known."""
        if type(fact) is StatusReports:
            for report in fact.reports:
                self._meant(message, report)
            return
        if type(fact) is TransactionStart or type(fact) is TransactionStop:
            fact = self._marked(message, fact)
        watchers = self._collectors_of.get(type(fact))
        if watchers is not None:
            for collector in watchers.always:
                collector.called(message, fact)
            for collector in watchers.as_evidence:
                if collector.evidence_awaited:
                    collector.called(message, fact)
        self._station.take_call(message, fact)

    def _marked(self, message: OcppMessage, fact: TransactionStart | TransactionStop) -> Fact:
        """The fact of a transaction message, which says so when the message came before."""
        if not self._station.is_repetition(message, fact):
            return fact
        self._anomalies.add(AnomalyKind.RETRY, message.line)
        return fact.as_repeated()

    def _answer(self, message: OcppMessage) -> None:
        opened = self._pairing.answer(message)
        if opened is None:
            self._anomalies.add(AnomalyKind.ORPHAN, message.line)
            return
        call = opened.call
        action = call.action
        if call.direction is _OUT:
            self._ended(self._pairing.answered(opened, message), opened.fact)
        else:
            if not self._pairing.is_stepped(opened):
                self._tool_times.add(message.stamp_ns - call.stamp_ns)
            if action in self._answers:
                self._meaning(self._pairing.answered(opened, message), opened.fact)
        if opened.older is not None:
            self._exchanges(self._pairing.retransmissions(opened))

    def _ended(self, exchange: Exchange, fact: Fact | None) -> None:
        """A CALL of the tool is answered."""
        if exchange.call.action in self._answers:
            self._meaning(exchange, fact)
        for collector in self._exchange_collectors:
            collector.exchanged(exchange)

    def _meaning(self, exchange: Exchange, fact: Fact | None) -> None:
        if exchange.call.action in NOTED_ACTIONS:
            self._noted.add(exchange)
        answer: Answer | None = None
        if exchange.answer is not None and not exchange.is_error:
            try:
                answer = self._answers[exchange.call.action or ""](exchange.answer.payload)
            except (msgspec.ValidationError, msgspec.DecodeError):
                self._anomalies.add(AnomalyKind.PAYLOAD, exchange.answer.line)
                answer = Answer()
        if exchange.call.direction is _OUT:
            for collector in self._collectors:
                if collector.answers_awaited:
                    collector.answered(exchange, fact, answer)
        self._station.take_answer(exchange, fact, answer)

    def _exchanges(self, exchanges: Iterable[Exchange]) -> None:
        """Hand ended CALLs of the tool to the collectors of response times."""
        for exchange in exchanges:
            if exchange.call.direction is _OUT:
                for collector in self._exchange_collectors:
                    collector.exchanged(exchange)
