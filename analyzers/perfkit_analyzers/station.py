"""What is known of the station while a run is read: connectors, cable, transactions, connection, operator.

Rules look at a `Marks` snapshot taken when a candidate opens: if a counter has moved when it closes, the event happened
inside the interval.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Final

from perfkit_analyzers.authorizations import Authorizations
from perfkit_analyzers.dialects.base import Dialect
from perfkit_analyzers.dialects.facts import (
    STATION_CONNECTOR,
    WHOLE_STATION,
    Answer,
    AuthorizeAsked,
    Booted,
    CancelReservation,
    ConfigurationWrite,
    Fact,
    FirmwareOrDiagnostics,
    OtherReport,
    Place,
    Reserve,
    Reset,
    StatusReport,
    TransactionStart,
    TransactionStop,
    contains,
)
from perfkit_analyzers.dut_clock import has_grid_point, seconds_in_ns, zone_offset_ns
from perfkit_analyzers.exchange import Exchange
from perfkit_analyzers.message import Narration, NarrationKind
from perfkit_analyzers.noted import PayloadTimesSeen
from perfkit_analyzers.ocpp_message import OcppMessage, canonical
from perfkit_analyzers.payload_time import payload_time_ns
from perfkit_analyzers.prompts import PromptKind, classify_prompt, prompt_connector

CLOCK_REPORTS: Final = 8
"""StatusNotifications whose time stamps are kept until somebody asks for the DUT's clock."""

REFUSED_SEQUENCES: Final = frozenset({"Rejected", "InvalidCertificate", "RevokedCertificate"})
"""Answers after which no firmware or diagnostics sequence runs (UpdateFirmwareStatusEnumType, LogStatusEnumType)."""

REMEMBERED_MESSAGES: Final = 1024
"""Transaction messages remembered for recognising repetitions."""


class Marks:
    """How often each disturbing event had happened at one moment."""

    __slots__ = ("clock_steps", "disconnects", "operator", "plug_prompts", "reboots")

    def __init__(
        self, *, clock_steps: int = 0, disconnects: int = 0, reboots: int = 0, operator: int = 0, plug_prompts: int = 0
    ) -> None:
        """Nothing has happened unless it is said."""
        self.clock_steps: Final = clock_steps
        self.disconnects: Final = disconnects
        self.reboots: Final = reboots
        self.operator: Final = operator
        self.plug_prompts: Final = plug_prompts

    def plus(self, more: Marks) -> Marks:
        """These counts with `more` added."""
        return Marks(
            clock_steps=self.clock_steps + more.clock_steps,
            disconnects=self.disconnects + more.disconnects,
            reboots=self.reboots + more.reboots,
            operator=self.operator + more.operator,
            plug_prompts=self.plug_prompts + more.plug_prompts,
        )


class Moment:
    """A moment at which an interval may end: a message, or the line that closed a window."""

    __slots__ = ("line", "marks", "stamp_ns")

    def __init__(self, stamp_ns: int, line: int, marks: Marks) -> None:
        """`marks` as they stood then."""
        self.stamp_ns: Final = stamp_ns
        self.line: Final = line
        self.marks: Final = marks


class Connector:
    """Last status of a connector; `order` counts events, so that two things can be said to have come in order.

    `reserved_order` is that of the last report as Reserved, None if there was none.
    """

    __slots__ = ("order", "reserved_order", "status")

    def __init__(self, status: str, order: int) -> None:
        """First reported as `status`."""
        self.status = status
        self.order = order
        self.reserved_order: int | None = None


class Reservation:
    """An accepted reservation: where it was asked for, and after how many events."""

    __slots__ = ("order", "place")

    def __init__(self, place: Place, order: int) -> None:
        """Asked for at `place`, after `order` events."""
        self.place: Final = place
        self.order: Final = order


class Station:
    """State of the charging station as the log tells it. Feed it every fact, answer and narration in order."""

    def __init__(
        self,
        dialect: Dialect,
        *,
        connector_count: int | None = None,
        queue_tolerance_s: float = 4.0,
        transactions: dict[str, Place] | None = None,
    ) -> None:
        """Start with nothing known but the PICS' number of connectors and the transactions of the run before."""
        self.dialect = dialect
        self.connectors: dict[Place, Connector] = {}
        self.transactions = {} if transactions is None else transactions
        self.reservations: dict[int, Reservation] = {}
        self.authorizations = Authorizations()
        self._reserve_orders: dict[int, int] = {}
        self.configuration: dict[str, str] = {}
        self.phase: str | None = None
        self.rebooting = False
        self.meter_values_wanted = 0
        self.heartbeat_interval_s: int | None = None
        self.last_heartbeat_ns: int | None = None
        self._connector_count = connector_count
        self._tolerance_ns = seconds_in_ns(queue_tolerance_s)
        self._order = 0
        self.marks = Marks()
        self._cables: dict[Place, bool] = {}
        self._plug_confirmed: dict[Place, int] = {}
        self._plug_prompt_place: Place | None = None
        self._sequences: set[str] = set()
        self._boot_accepted = False
        self.is_connected = True
        self.payload_times = PayloadTimesSeen()
        self._dut_offset_ns: int | None = None
        self._dut_clock: deque[tuple[int, str]] = deque(maxlen=CLOCK_REPORTS)
        self._seen: OrderedDict[int, None] = OrderedDict()

    # --- what rules ask ---------------------------------------------------------------------------------------------

    def _count(self, more: Marks) -> None:
        """Count events; a snapshot taken before stays as it was."""
        self.marks = self.marks.plus(more)

    def status(self, place: Place) -> str | None:
        """Last status of a connector; None when it was never reported in this run."""
        connector = self.connectors.get(place)
        return connector.status if connector else None

    @property
    def in_sequence(self) -> bool:
        """True inside a firmware or diagnostics sequence."""
        return bool(self._sequences)

    def members(self) -> frozenset[Place]:
        """Every connector known to exist (seen, or counted by the PICS or NumberOfConnectors); empty when none is."""
        seen = {place for place in self.connectors if place != STATION_CONNECTOR}
        if not self.dialect.has_station_connector:
            return frozenset(seen)
        count = max([*self._counted(), *(place[0] for place in seen)], default=0)
        return frozenset((n,) for n in range(count + 1)) if count else frozenset()

    def is_single(self, place: Place) -> bool:
        """True when a place names one connector (1.6: a connector; 2.x: a connector of an EVSE)."""
        return len(place) == (1 if self.dialect.has_station_connector else 2)

    def _counted(self) -> list[int]:
        """What the PICS and NumberOfConnectors say, where they do."""
        text = self.configuration.get("NumberOfConnectors", "")
        counts = [int(text)] if text.isdigit() else []
        return counts if self._connector_count is None else [*counts, self._connector_count]

    def cable_in(self, place: Place) -> bool | None:
        """Whether the cable of a connector is plugged in; None when the log does not tell."""
        return self._cables.get(place)

    def plug_confirmed_since_status(self, place: Place) -> bool:
        """True when a plug-in prompt was confirmed after the connector's last status."""
        connector = self.connectors.get(place)
        confirmed = max(self._plug_confirmed.get(place, -1), self._plug_confirmed.get(WHOLE_STATION, -1))
        return connector is not None and confirmed > connector.order

    def reserved_since(self, reservation: Reservation) -> list[Place]:
        """Connectors that were reported Reserved since a reservation was asked for, in the order of the reports."""
        orders = [(c.reserved_order, place) for place, c in self.connectors.items() if c.reserved_order is not None]
        return [place for order, place in sorted(orders) if order > reservation.order]

    def is_replay(self, payload_time: str | None, request_ns: int) -> bool:
        """True when a transaction message was made before the request, by more than the tolerance (docs/method.md 8).

        Messages queued while the station was offline are older than the reconnection, so than any later request.
        """
        made_ns = self._on_log_clock(payload_time, request_ns)
        return made_ns is not None and made_ns < request_ns - self._tolerance_ns

    def is_repetition(self, message: OcppMessage, fact: TransactionStart | TransactionStop) -> bool:
        """True when the same transaction message was seen before in this run; it is remembered.

        With a payload time the fact tells them apart; without one the whole content must be the same.
        """
        if fact.time:
            self.payload_times.see(fact.time, message.line)
        key = hash(fact if fact.time else (message.action, canonical(message.payload)))
        if key in self._seen:
            return True
        self._seen[key] = None
        if len(self._seen) > REMEMBERED_MESSAGES:
            self._seen.popitem(last=False)
        return False

    def _on_log_clock(self, payload_time: str | None, near_ns: int) -> int | None:
        """Payload time (the DUT's clock) on the clock of the log; None if it cannot be read."""
        made_ns = payload_time_ns(payload_time)
        if made_ns is None:
            return None
        offset_ns = self._clock_offset_ns()
        if offset_ns is None:  # nothing to refer the DUT's clock to: take the zone out, keep the rest
            offset_ns = zone_offset_ns(near_ns - made_ns)
        return made_ns + offset_ns

    def _clock_offset_ns(self) -> int | None:
        """Log clock minus DUT clock: the least seen, since delays only add; None when nothing tells."""
        while self._dut_clock:
            stamp_ns, text = self._dut_clock.popleft()
            made_ns = payload_time_ns(text)
            if made_ns is not None and (self._dut_offset_ns is None or stamp_ns - made_ns < self._dut_offset_ns):
                self._dut_offset_ns = stamp_ns - made_ns
        return self._dut_offset_ns

    def heartbeat_was_due(self, from_ns: int, to_ns: int) -> bool:
        """True when the heartbeat grid (last heartbeat plus whole intervals) has a point between two stamps."""
        if self.last_heartbeat_ns is None or not self.heartbeat_interval_s:
            return False
        return has_grid_point(self.last_heartbeat_ns, self.heartbeat_interval_s, from_ns, to_ns)

    # --- what the log tells -----------------------------------------------------------------------------------------

    def take_call(self, message: OcppMessage, fact: Fact) -> None:
        """Take in what a CALL tells. Call it after the rules have seen the CALL."""
        self._order += 1
        if type(fact) is StatusReport:
            self._take_status(message, fact)
        elif type(fact) is OtherReport:
            self._take_report(message, fact)
        elif type(fact) is TransactionStart and fact.transaction_id is not None:
            if fact.place != WHOLE_STATION or fact.transaction_id not in self.transactions:
                self.transactions[fact.transaction_id] = fact.place
        elif type(fact) is AuthorizeAsked:
            self.authorizations.ask(fact.id_tag, message)
        elif type(fact) is Reserve:
            self._reserve_orders[fact.reservation_id] = self._order
        elif type(fact) is Booted:
            self.begin_reboot()
        elif type(fact) is FirmwareOrDiagnostics:
            self._sequences.add(fact.reports)

    def _take_status(self, message: OcppMessage, report: StatusReport) -> None:
        place, status, time = report.place, report.status, report.time
        connector = self.connectors.get(place)
        if connector is None:
            connector = self.connectors[place] = Connector("", 0)
        connector.status, connector.order = status, self._order
        if status == "Reserved":
            connector.reserved_order = self._order
        elif status == "Available":
            self._cables[place] = False
        elif status in self.dialect.cable_statuses:
            self._cables[place] = True
        if self._boot_accepted:
            self.rebooting = self._boot_accepted = False
        if time:
            self._dut_clock.append((message.stamp_ns, time))
            self.payload_times.see(time, message.line)

    def _take_report(self, message: OcppMessage, report: OtherReport) -> None:
        if message.action == "Heartbeat":
            self.last_heartbeat_ns = message.stamp_ns
        elif report.status in self.dialect.final_report_statuses and message.action:
            self._sequences.discard(message.action)

    def take_answer(self, exchange: Exchange, fact: Fact | None, answer: Answer | None) -> None:
        """Take in what an answer tells; `answer` is None for a CALLERROR. Call it after the rules have seen it."""
        self._order += 1
        accepted = answer is not None and answer.status in ("Accepted", "RebootRequired")
        if type(fact) is TransactionStart and answer and answer.transaction_id is not None:
            self.transactions[answer.transaction_id] = fact.place
        elif type(fact) is AuthorizeAsked:
            self.authorizations.answer(exchange, accepted=accepted)
        elif type(fact) is Booted and answer:
            self._take_boot_answer(exchange, answer, accepted=accepted)
        elif type(fact) is Reset and accepted:
            self.begin_reboot()
        elif type(fact) is Reserve and accepted:
            order = self._reserve_orders.pop(fact.reservation_id, self._order)
            self.reservations[fact.reservation_id] = Reservation(fact.place, order)
        elif type(fact) is CancelReservation and accepted:
            self.reservations.pop(fact.reservation_id, None)
        elif type(fact) is FirmwareOrDiagnostics and (answer is None or answer.status in REFUSED_SEQUENCES):
            self._sequences.discard(fact.reports)
        elif type(fact) is ConfigurationWrite and accepted:
            self._configure(fact.values)
        elif answer and answer.configuration:
            self._configure(answer.configuration)

    def _take_boot_answer(self, exchange: Exchange, answer: Answer, *, accepted: bool) -> None:
        self._boot_accepted = accepted
        if accepted and answer.interval_s:
            self.heartbeat_interval_s = answer.interval_s
            self.last_heartbeat_ns = exchange.end_ns

    def _configure(self, values: tuple[tuple[str, str], ...]) -> None:
        self.configuration.update(values)
        interval = self.configuration.get(self.dialect.heartbeat_interval_key, "")
        if interval.isdigit():
            self.heartbeat_interval_s = int(interval)

    def begin_reboot(self) -> None:
        """The station restarts: its state is unknown until it reports after an accepted boot."""
        self._count(Marks(reboots=1))
        self.rebooting, self._boot_accepted = True, False

    def take_narration(self, narration: Narration) -> None:
        """Take in a line of narration. Call it after the rules have seen it."""
        self._order += 1
        match narration.kind:
            case NarrationKind.CLOCK_STEP:
                self._count(Marks(clock_steps=1))
                self._dut_clock.clear()
                self._dut_offset_ns = self.last_heartbeat_ns = None
            case NarrationKind.DISCONNECTED:
                self._count(Marks(disconnects=1))
                self.is_connected = False
            case NarrationKind.CONNECTED:
                self._count(Marks(disconnects=1))
                self.is_connected = True
            case NarrationKind.PROMPT:
                self._take_prompt(narration.text)
            case NarrationKind.PROMPT_DISMISSED:
                self._count(Marks(operator=1))
                self._confirm_plug()
            case NarrationKind.PHASE_PREPARATION | NarrationKind.PHASE_MAIN | NarrationKind.PHASE_RESTORE:
                self.phase = narration.kind.value

    def _take_prompt(self, text: str) -> None:
        self._count(Marks(operator=1))
        kind = classify_prompt(text)
        if kind is PromptKind.PLUG_IN:
            self._count(Marks(plug_prompts=1))
            number = prompt_connector(text)
            self._plug_prompt_place = WHOLE_STATION if number is None else (number,)
        elif kind is PromptKind.UNPLUG:
            self._plug_confirmed.clear()
            self._cables.clear()
        elif kind is PromptKind.POWER:
            self.begin_reboot()

    def _confirm_plug(self) -> None:
        """The operator says that the cable is in: at the prompt's connector, or at the only one."""
        place, self._plug_prompt_place = self._plug_prompt_place, None
        if place is None:
            return
        self._plug_confirmed[place] = self._order
        meant = [known for known in self.connectors if known != STATION_CONNECTOR and contains(place, known)]
        if self.is_single(place):
            self._cables[place] = True
        elif len(meant) == 1:
            self._cables[meant[0]] = True
