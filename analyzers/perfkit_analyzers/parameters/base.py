"""What a performance parameter is, and what its collector sees of a run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import ClassVar, Final, Generic, Protocol, TypeVar

from perfkit.core.policy import Policy
from perfkit.core.sample import Flag, Reason, Row, RowKind
from perfkit_analyzers.dialects.facts import Answer, Fact
from perfkit_analyzers.exchange import Exchange
from perfkit_analyzers.ledger import RunLedger
from perfkit_analyzers.message import Narration, NarrationKind, Role
from perfkit_analyzers.ocpp_message import Direction, OcppMessage
from perfkit_analyzers.station import Marks, Moment, Station
from perfkit_analyzers.yields import Yield

# Python 3.11 calls a function to look up a member of an enumeration; these are asked for with every row.
_IN: Final = Direction.IN
_OBSERVATION: Final = RowKind.OBSERVATION


class RunContext:
    """What collectors of one run share."""

    __slots__ = ("ledger", "mode_1_2_only", "parameter", "policy", "role", "station")

    def __init__(  # noqa: PLR0913 - the fields of a value
        self,
        parameter: str,
        *,
        role: Role,
        policy: Policy,
        station: Station,
        ledger: RunLedger,
        mode_1_2_only: bool = False,
    ) -> None:
        """`parameter` is its key, `role` the side under test, `mode_1_2_only` the station's subtype (Appendix D)."""
        self.parameter: Final = parameter
        self.role: Final = role
        self.policy: Final = policy
        self.station: Final = station
        self.ledger: Final = ledger
        self.mode_1_2_only: Final = mode_1_2_only


class Collector:
    """Sees the events of a run in file order and adds rows. Override what the parameter needs.

    Each method is called before `Station` takes the event in, so the station still shows the state before it.
    `called` is called for facts of the types in `requests`, and for those in `evidence` while `evidence_awaited` holds
    something; `answered` only for requests of the tool, while `answers_awaited` holds something.
    """

    requests: ClassVar[tuple[type[Fact], ...]] = ()
    evidence: ClassVar[tuple[type[Fact], ...]] = ()

    def __init__(self) -> None:
        """Wait for nothing."""
        self.evidence_awaited: Sequence[object] = ()
        self.answers_awaited: Sequence[object] = ()

    def called(self, message: OcppMessage, fact: Fact) -> None:
        """A CALL of either side whose meaning is known."""

    def answered(self, exchange: Exchange, fact: Fact | None, answer: Answer | None) -> None:
        """The answer to a CALL of known meaning; `answer` is None for a CALLERROR."""

    def exchanged(self, exchange: Exchange) -> None:
        """A CALL of the tool ended, whatever its meaning and its end."""

    def narrated(self, narration: Narration) -> None:
        """A line of narration that matters."""

    def ended(self, stamp_ns: int, line: int) -> None:
        """The run's last line is read."""


class Watchers:
    """Collectors that a CALL concerns: always, and as evidence."""

    __slots__ = ("always", "as_evidence")

    def __init__(self) -> None:
        """None yet."""
        self.always: Final[list[Collector]] = []
        self.as_evidence: Final[list[Collector]] = []


def by_kind(collectors: Iterable[Collector]) -> dict[type[Fact], Watchers]:
    """Which collectors want to see CALLs of each meaning."""
    watchers: dict[type[Fact], Watchers] = {}
    for collector in collectors:
        for kind in collector.requests:
            watchers.setdefault(kind, Watchers()).always.append(collector)
        for kind in collector.evidence:
            watchers.setdefault(kind, Watchers()).as_evidence.append(collector)
    return watchers


class Parameter(Protocol):
    """A performance parameter: a module with these names."""

    key: str
    name: str
    definition: str
    clause: str
    roles: frozenset[Role]
    yields: tuple[Yield, ...]

    @staticmethod
    def collector(context: RunContext) -> Collector:
        """A collector for one run."""
        ...


def is_from_dut(message: OcppMessage) -> bool:
    """True for a message that the DUT sent (the log's tool received it)."""
    return message.direction is _IN


REASON_OF_STATUS: Final = {
    "Rejected": Reason.REJECTED,
    "Occupied": Reason.OCCUPIED,
    "Faulted": Reason.FAULTED,
    "Unavailable": Reason.UNAVAILABLE,
    "Scheduled": Reason.SCHEDULED,
    "NotImplemented": Reason.NOT_IMPLEMENTED,
}
"""Why an answer that is not Accepted excludes a candidate; any other status counts as rejected."""


def refusal(exchange: Exchange | None, answer: Answer | None) -> Reason | None:
    """Why the answer to a request excludes it; None when it was accepted. `exchange` is None without an answer."""
    if exchange is None:
        return Reason.NO_CONF
    if exchange.is_error:
        return Reason.CALL_ERROR
    if answer is None or answer.status != "Accepted":
        return REASON_OF_STATUS.get(answer.status or "", Reason.REJECTED) if answer else Reason.REJECTED
    return None


class Candidate:
    """A request of the tool that waits for its answer and for the message that it causes.

    `reached` is set when the caused message has come, `closed` when its window closed before; `exchange`, `answer` and
    `answered_marks` when the request was answered.
    """

    def __init__(self, call: OcppMessage, station: Station) -> None:
        """Remember how things stood when the request was sent."""
        self.call = call
        self.marks = station.marks
        self.phase = station.phase
        self.exchange: Exchange | None = None
        self.answer: Answer | None = None
        self.answered_marks: Marks | None = None
        self.reached: Moment | None = None
        self.closed: Moment | None = None

    @property
    def came_early(self) -> bool:
        """True when the caused message came before the answer (T3)."""
        return self.exchange is not None and self.reached is not None and self.exchange.end_line > self.reached.line


C = TypeVar("C", bound=Candidate)


class WindowCollector(Collector, ABC, Generic[C]):
    """Keeps the open candidates of a run and decides each exactly once.

    A candidate is decided when it is answered and its message has come, when it is refused, or when its window closes:
    at a disconnection, at what the parameter says, and with the run. Until then it is in `open`, and as long as its
    message has not come and its window is open it is in `waiting` as well; the oldest first.
    """

    def __init__(self, context: RunContext) -> None:
        """Follow the context's station."""
        super().__init__()
        self.context = context
        self.station = context.station
        self.answers_awaited = self.open = list[C]()
        self.evidence_awaited = self.waiting = list[C]()

    # what a parameter adds

    @abstractmethod
    def reason(self, candidate: C, ending: Moment, *, disconnected: bool) -> Reason | None:
        """Why the candidate is no value: the first condition of the method that does not hold; None if it is one."""

    @abstractmethod
    def combination(self, candidate: C, ending: Moment) -> str:
        """Combination under which the candidate is listed."""

    @abstractmethod
    def observation(self, candidate: C, ending: Moment) -> Row:
        """Row of a candidate that is a value."""

    # what it uses

    def begin(self, candidate: C) -> None:
        """Open a window."""
        self.open.append(candidate)
        self.waiting.append(candidate)

    def waited(self, candidate: C) -> None:
        """Note that a candidate waits no longer; it may have stopped before."""
        if candidate in self.waiting:
            self.waiting.remove(candidate)

    def reach(self, candidate: C, message: OcppMessage) -> None:
        """Note the message that ends the interval."""
        self.waited(candidate)
        candidate.reached = self.moment(message.stamp_ns, message.line)
        if candidate.exchange is not None:
            self.decide(candidate, candidate.reached)

    def close(self, candidates: Iterable[C], message: OcppMessage) -> None:
        """Close windows at a message; an answer that is still due is waited for."""
        moment = self.moment(message.stamp_ns, message.line)
        for candidate in list(candidates):
            if candidate.exchange is not None:
                self.decide(candidate, moment)
            elif candidate.closed is None:
                self.waited(candidate)
                candidate.closed = moment

    def moment(self, stamp_ns: int, line: int) -> Moment:
        """This moment."""
        return Moment(stamp_ns, line, self.station.marks)

    def decide(self, candidate: C, ending: Moment, *, disconnected: bool = False) -> None:
        """Add the candidate's row; `ending` closed its window unless its message had come before."""
        self.open.remove(candidate)
        self.waited(candidate)
        ending = candidate.reached or candidate.closed or ending
        reason = self.reason(candidate, ending, disconnected=disconnected)
        if reason is None:
            self.context.ledger.add(self.observation(candidate, ending))
        else:
            self.context.ledger.add(self.excluded(candidate, ending, reason))

    def excluded(self, candidate: C, ending: Moment, reason: Reason) -> Row:
        """Row of an excluded candidate."""
        call = candidate.call
        return Row(
            self.context.parameter,
            RowKind.EXCLUSION,
            self.combination(candidate, ending),
            call.line,
            call.line,
            ending.line,
            reason=reason,
            phase=candidate.phase,
            station=call.station,
            stamp_ns=call.stamp_ns,
        )

    def observed(  # noqa: PLR0913 - the fields of a row
        self,
        candidate: C,
        ending: Moment,
        *,
        start: tuple[int, int],
        flags: tuple[Flag, ...] = (),
        first_ns: int | None = None,
        net_ns: int | None = None,
        separate: bool = False,
    ) -> Row:
        """Row of an interval from `start` (stamp in ns, line) to `ending`; the other fields as in `Row`."""
        call = candidate.call
        return Row(
            self.context.parameter,
            _OBSERVATION,
            self.combination(candidate, ending),
            call.line,
            start[1],
            ending.line,
            ending.stamp_ns - start[0],
            None,
            flags,
            ending.stamp_ns - call.stamp_ns,
            first_ns,
            net_ns,
            separate,
            candidate.phase,
            call.station,
            call.stamp_ns,
        )

    # events

    def answered(self, exchange: Exchange, fact: Fact | None, answer: Answer | None) -> None:
        """Note an answer: a refused candidate is decided now, and one whose message came first."""
        for candidate in self.open:
            if candidate.call is exchange.call:
                candidate.exchange, candidate.answer = exchange, answer
                moment = self.moment(exchange.end_ns, exchange.end_line)
                candidate.answered_marks = moment.marks
                if refusal(exchange, answer) is not None:
                    candidate.reached = candidate.closed = None
                    self.decide(candidate, moment)
                elif self.is_settled(candidate):
                    self.decide(candidate, moment)
                return

    def is_settled(self, candidate: C) -> bool:
        """True when an accepted candidate need not wait any longer."""
        return candidate.reached is not None or candidate.closed is not None

    def narrated(self, narration: Narration) -> None:
        """The loss of the connection closes every window; a new one does so when the loss was not logged."""
        was_connected = self.station.is_connected
        if narration.kind is NarrationKind.DISCONNECTED or (
            narration.kind is NarrationKind.CONNECTED and was_connected
        ):
            for candidate in list(self.open):
                stamp_ns = candidate.call.stamp_ns if narration.stamp_ns is None else narration.stamp_ns
                self.decide(candidate, self.moment(stamp_ns, narration.line), disconnected=True)

    def ended(self, stamp_ns: int, line: int) -> None:
        """The end of the run closes every window."""
        ending = self.moment(stamp_ns, line)
        for candidate in list(self.open):
            self.decide(candidate, ending)
