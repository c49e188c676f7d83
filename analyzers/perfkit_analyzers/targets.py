"""What ends a triggered function: the message or set of messages that satisfies the request (docs/method.md 5, T2)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from perfkit.core.policy import Multi
from perfkit.core.sample import Flag
from perfkit_analyzers.dialects.facts import (
    WHOLE_STATION,
    CancelReservation,
    ChangeAvailability,
    Fact,
    MeterReport,
    OtherReport,
    Place,
    Reserve,
    StatusReport,
    TransactionStart,
    TransactionStop,
    Trigger,
    contains,
)
from perfkit_analyzers.ocpp_message import OcppMessage
from perfkit_analyzers.station import Moment, Station

Request = CancelReservation | Reserve | ChangeAvailability | Trigger
"""The requests whose function is triggered (Appendix A.4)."""

Accept = Callable[[StatusReport], tuple[Flag, ...] | None]
"""Flags of an accepted status (none: empty), or None when the status does not satisfy the request."""


class Target(ABC):
    """Takes the DUT's messages one by one until the request is satisfied.

    `first` is the message that satisfied it first, `last` the one that completed it, `latest` one that counts or may
    yet count, noted at `moment`; None as long as there is none. `is_noop`: what is wanted holds already.
    `may_be_silent`: it may hold already, the log does not tell.
    """

    is_noop = False
    may_be_silent = False

    def __init__(self) -> None:
        """Nothing has come yet."""
        self.first: OcppMessage | None = None
        self.last: OcppMessage | None = None
        self.latest: OcppMessage | None = None
        self.moment: Moment | None = None
        self.flags: tuple[Flag, ...] = ()

    @abstractmethod
    def offer(self, message: OcppMessage, fact: Fact) -> bool:
        """Take a message; True when it is used up by this target."""

    @property
    def is_complete(self) -> bool:
        """True when nothing more need come."""
        return self.last is not None

    @property
    def is_acceptable(self) -> bool:
        """True when what has come by the end of the window is enough, though more might have come."""
        return self.is_complete

    def take(self, message: OcppMessage, flags: tuple[Flag, ...] = ()) -> None:
        """Note a message that counts."""
        self.first = self.first or message
        self.last = self.latest = message
        self.flags = tuple(dict.fromkeys((*self.flags, *flags)))


class StatusTarget(Target):
    """A StatusNotification of one connector, or of any inside `places`."""

    def __init__(
        self, places: tuple[Place, ...], accept: Accept, *, is_noop: bool = False, may_be_silent: bool = False
    ) -> None:
        """Wait for a status that `accept` takes, at any connector inside one of `places`."""
        super().__init__()
        self._places = places
        self._accept = accept
        self.is_noop = is_noop
        self.may_be_silent = may_be_silent

    def offer(self, message: OcppMessage, fact: Fact) -> bool:
        """Take a fitting StatusNotification."""
        if self.is_complete or type(fact) is not StatusReport:
            return False
        if not any(contains(place, fact.place) for place in self._places):
            return False
        flags = self._accept(fact)
        if flags is None:
            return False
        self.take(message, flags)
        return True


class StatusSetTarget(Target):
    """A StatusNotification of each connector of a set.

    `waiting` holds the connectors that must report; those in `unknown` may stay silent, since their status before is
    not known. An empty set with nothing known at all accepts whatever comes until the window closes. With
    `ends_at_first` the first report is enough.
    """

    def __init__(
        self,
        expected: frozenset[Place],
        unknown: frozenset[Place],
        accept: Accept,
        *,
        is_noop: bool = False,
        may_be_silent: bool = False,
    ) -> None:
        """`expected`: who is to report; empty when the number of connectors is not known."""
        super().__init__()
        self.ends_at_first = False
        self.waiting = set(expected)
        self._open_ended = not expected
        self._unknown = unknown
        self._reported: set[Place] = set()
        self._accept = accept
        self.is_noop = is_noop
        self.may_be_silent = may_be_silent

    def offer(self, message: OcppMessage, fact: Fact) -> bool:
        """Take the first fitting StatusNotification of each connector."""
        if self.is_complete or type(fact) is not StatusReport or fact.place in self._reported:
            return False
        if not self._open_ended and fact.place not in self.waiting:
            return False
        flags = self._accept(fact)
        if flags is None:
            return False
        self._reported.add(fact.place)
        self.waiting.discard(fact.place)
        self.take(message, flags)
        return True

    @property
    def is_complete(self) -> bool:
        """True when every connector that was expected has reported, or the first of them is enough."""
        return self.last is not None and (self.ends_at_first or not (self._open_ended or self.waiting))

    @property
    def is_acceptable(self) -> bool:
        """True when only connectors of unknown status are missing; flagged."""
        if self.is_complete:
            return True
        if self.last is None or not self.waiting <= self._unknown:
            return False
        if Flag.SET_PARTIAL not in self.flags:
            self.flags = (*self.flags, Flag.SET_PARTIAL)
        return True


class ActionTarget(Target):
    """A CALL of one action: Heartbeat, FirmwareStatusNotification, …"""

    def __init__(self, action: str) -> None:
        """`action` as the station sends it."""
        super().__init__()
        self._action = action

    def offer(self, message: OcppMessage, fact: Fact) -> bool:
        """Take the first CALL of the action."""
        if self.is_complete or message.action != self._action:
            return False
        if type(fact) in (TransactionStart, TransactionStop):
            return False  # has its own cause (2.x)
        if type(fact) is OtherReport and fact.status not in (None, "Idle", "Trigger"):
            return False  # a status other than Idle belongs to a running sequence, not to the trigger
        self.take(message)
        return True


class MeterTarget(Target):
    """MeterValues with context Trigger; failing that the first that is not explicitly periodic."""

    def __init__(self, place: Place) -> None:
        """`place` as the trigger named it."""
        super().__init__()
        self._place = place
        self._fallback: tuple[OcppMessage, tuple[Flag, ...]] | None = None

    def offer(self, message: OcppMessage, fact: Fact) -> bool:
        """Take MeterValues of the connector; only context Trigger completes the target at once."""
        if self.is_complete or type(fact) is not MeterReport or not contains(self._place, fact.place):
            return False
        if "Trigger" in fact.contexts:
            self.take(message)
            return True
        if self._fallback is None and not fact.contexts & {"Sample.Clock", "Sample.Periodic"}:
            self._fallback = (message, () if fact.contexts else (Flag.CONTEXT_ABSENT,))
            self.latest = message
        return False

    @property
    def is_acceptable(self) -> bool:
        """True when context Trigger came, or else the fallback, which is taken now."""
        if self.last is None and self._fallback is not None:
            self.take(*self._fallback)
        return self.last is not None


def place_of(request: Request, station: Station) -> Place:
    """Connector that the request concerns; the whole station when it names none."""
    return _reserved_place(request, station) if type(request) is CancelReservation else request.place


def _reserved_place(request: CancelReservation, station: Station) -> Place:
    """Connector of a reservation; of one of connector 0 the first reported since, best one without its own."""
    reservation = station.reservations.get(request.reservation_id)
    if reservation is None:
        reserved = [place for place, connector in station.connectors.items() if connector.status == "Reserved"]
        return reserved[0] if len(reserved) == 1 else WHOLE_STATION
    if reservation.place != WHOLE_STATION:
        return reservation.place
    own = {other.place for other in station.reservations.values()}
    reserved = station.reserved_since(reservation)
    return next(iter(sorted(reserved, key=lambda place: place in own)), WHOLE_STATION)


def target_of(request: Request, place: Place, station: Station, multi: Multi = Multi.LAST) -> Target:
    """What satisfies the request, by the table of docs/method.md 5, T2; of a set of connectors as `multi` says."""
    target = _target(request, place, station)
    if type(target) is StatusSetTarget:
        target.ends_at_first = multi is Multi.FIRST
    return target


def _target(request: Request, place: Place, station: Station) -> Target:
    if type(request) is Trigger:
        return _trigger_target(request, place, station)
    if type(request) is ChangeAvailability:
        return _availability_target(request, place, station)
    if type(request) is Reserve:
        return StatusTarget((place,), _exactly("Reserved"), is_noop=station.status(place) == "Reserved")
    return _cancellation_target(request, place, station)


def _cancellation_target(request: CancelReservation, place: Place, station: Station) -> Target:
    accept = _available_or(station.dialect.plugged_statuses, station)
    reservation = station.reservations.get(request.reservation_id)
    is_held_silently = place == WHOLE_STATION and reservation is not None and not station.reserved_since(reservation)
    status = station.status(place)
    holds = status is not None and accept(StatusReport(place, status, None)) is not None
    return StatusTarget((place,), accept, is_noop=holds or is_held_silently, may_be_silent=reservation is None)


def _availability_target(request: ChangeAvailability, place: Place, station: Station) -> Target:
    accept = _operative(station) if request.operative else _exactly("Unavailable")
    if station.is_single(place):
        status = station.status(place)
        return StatusTarget((place,), accept, is_noop=_holds(status, request), may_be_silent=status is None)
    members = frozenset(m for m in station.members() if m[: len(place)] == place)
    expected = frozenset(m for m in members if not _holds(station.status(m), request))
    unknown = frozenset(m for m in expected if station.status(m) is None)
    is_noop = bool(members) and not expected
    return StatusSetTarget(
        expected, unknown, _inside(place, accept), is_noop=is_noop, may_be_silent=expected <= unknown
    )


def _holds(status: str | None, request: ChangeAvailability) -> bool:
    """True when a connector is known to be as the request wants it."""
    return status is not None and (status != "Unavailable") == request.operative


def _trigger_target(request: Trigger, place: Place, station: Station) -> Target:
    if request.caused == "MeterValues":
        return MeterTarget(place)
    if request.caused != "StatusNotification":
        return ActionTarget(request.caused)
    if place != WHOLE_STATION:
        return StatusTarget((place,), _any_status)
    members = station.members()
    unknown = frozenset(m for m in members if station.status(m) is None)
    return StatusSetTarget(members, unknown, _any_status)


def _any_status(_: StatusReport) -> tuple[Flag, ...] | None:
    return ()


def _inside(place: Place, accept: Accept) -> Accept:
    return lambda report: accept(report) if contains(place, report.place) else None


def _exactly(status: str) -> Accept:
    return lambda report: () if report.status == status else None


def _available_or(alternatives: frozenset[str], station: Station) -> Accept:
    """Available; with the cable known to be in also what a plugged connector reports."""

    def accept(report: StatusReport) -> tuple[Flag, ...] | None:
        if report.status == "Available":
            return ()
        is_plugged = station.cable_in(report.place) is True and report.status in alternatives
        return (Flag.TARGET_ALT,) if is_plugged else None

    return accept


def _operative(station: Station) -> Accept:
    """Available; with the cable known to be in any status but Unavailable."""

    def accept(report: StatusReport) -> tuple[Flag, ...] | None:
        if report.status == "Available":
            return ()
        is_plugged = station.cable_in(report.place) is True and report.status != "Unavailable"
        return (Flag.TARGET_ALT,) if is_plugged else None

    return accept
