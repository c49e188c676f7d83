"""What messages mean, independent of the OCPP version.

A *place* names a part of the station: `()` the whole station, `(1,)` connector 1 (1.6) or EVSE 1 (2.x), `(1, 2)`
connector 2 of EVSE 1 (2.x), `(0,)` the station's own status in 1.6. Place `a` contains place `b` when `b` starts
with `a`. `time` is the payload's own time stamp as text (the DUT's clock), None if absent.
"""

from __future__ import annotations

from typing import final

import msgspec

Place = tuple[int, ...]
WHOLE_STATION: Place = ()
STATION_CONNECTOR: Place = (0,)


def contains(outer: Place, inner: Place) -> bool:
    """True when `inner` is part of `outer`."""
    return inner[: len(outer)] == outer


def id_tag(text: str) -> str:
    """An identifier as it is compared: OCPP takes upper and lower case for one (CiString20Type; identifierString)."""
    return text.casefold()


def overlaps(one: Place, other: Place) -> bool:
    """True when one of the places is part of the other."""
    return contains(one, other) or contains(other, one)


class Fact(msgspec.Struct, frozen=True, gc=False):
    """Base of everything a CALL can mean for a measurement.

    Every meaning is final: ask `type(fact) is StatusReport`, since `isinstance` of a msgspec class takes three times as
    long.
    """


# --- requests of the charging station ---------------------------------------------------------------------------------


@final
class StatusReport(Fact, frozen=True, gc=False):
    """The station reports the status of one connector."""

    place: Place
    status: str
    time: str | None


@final
class StatusReports(Fact, frozen=True, gc=False):
    """Several connectors reported in one message (2.x)."""

    reports: tuple[StatusReport, ...]


@final
class MeterReport(Fact, frozen=True, gc=False):
    """The station sends meter values. `contexts` holds every reading context given; empty if none is."""

    place: Place
    contexts: frozenset[str]
    time: str | None


@final
class TransactionStart(Fact, frozen=True, gc=False):
    """A transaction begins, or (2.x) answers a RequestStartTransaction. `repeated`: the same message came before."""

    place: Place
    id_tag: str | None
    time: str | None
    remote_start_id: int | None = None
    transaction_id: str | None = None  # 2.x: the station's own; 1.6: in the answer
    offline: bool = False
    repeated: bool = False


@final
class TransactionStop(Fact, frozen=True, gc=False):
    """A transaction ends, or (2.x) answers a RequestStopTransaction. `repeated`: the same message came before."""

    transaction_id: str
    reason: str | None
    time: str | None
    stratum: str | None = None  # 2.x: eventType, since an Updated event may be the answer
    offline: bool = False
    repeated: bool = False


@final
class AuthorizeAsked(Fact, frozen=True, gc=False):
    """The station asks whether an identifier may charge."""

    id_tag: str


@final
class Booted(Fact, frozen=True, gc=False):
    """BootNotification."""


@final
class OtherReport(Fact, frozen=True, gc=False):
    """A station message that matters only as such (Heartbeat, LogStatusNotification); `status` where it has one."""

    status: str | None = None


# --- requests of the CSMS ---------------------------------------------------------------------------------------------


@final
class RemoteStart(Fact, frozen=True, gc=False):
    """RemoteStartTransaction (1.6), RequestStartTransaction (2.x)."""

    place: Place
    id_tag: str
    remote_start_id: int | None = None


@final
class RemoteStop(Fact, frozen=True, gc=False):
    """RemoteStopTransaction (1.6), RequestStopTransaction (2.x)."""

    transaction_id: str


@final
class Reserve(Fact, frozen=True, gc=False):
    """ReserveNow."""

    place: Place
    reservation_id: int


@final
class CancelReservation(Fact, frozen=True, gc=False):
    """CancelReservation."""

    reservation_id: int


@final
class ChangeAvailability(Fact, frozen=True, gc=False):
    """ChangeAvailability; place `()` is the whole station."""

    place: Place
    operative: bool


@final
class Trigger(Fact, frozen=True, gc=False):
    """TriggerMessage; `caused` is the action that must follow."""

    caused: str
    place: Place
    extended: bool = False


@final
class Reset(Fact, frozen=True, gc=False):
    """Reset."""


@final
class FirmwareOrDiagnostics(Fact, frozen=True, gc=False):
    """A request that starts a firmware or diagnostics sequence; `reports` is the action that tells its progress."""

    reports: str


@final
class ConfigurationRead(Fact, frozen=True, gc=False):
    """GetConfiguration, GetVariables: the answer carries values."""


@final
class ConfigurationWrite(Fact, frozen=True, gc=False):
    """ChangeConfiguration, SetVariables: takes effect when accepted."""

    values: tuple[tuple[str, str], ...]


# --- answers ----------------------------------------------------------------------------------------------------------


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What an answer says; every field None where it does not apply."""

    status: str | None = None
    transaction_id: str | None = None
    interval_s: int | None = None
    configuration: tuple[tuple[str, str], ...] = ()
