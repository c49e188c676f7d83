"""What messages mean, independent of the OCPP version.

A *place* names a part of the station: `()` the whole station, `(1,)` connector 1 (1.6) or EVSE 1 (2.x), `(1, 2)`
connector 2 of EVSE 1 (2.x), `(0,)` the station's own status in 1.6. Place `a` contains place `b` when `b` starts
with `a`. `time` is the payload's own time stamp as text (the DUT's clock), None if absent.

Plain classes and not `msgspec.Struct`s: the compiled rules make them and read their fields without asking Python
(docs/decisions/0015-compiled-rules.md).
"""

from __future__ import annotations

from typing import ClassVar, Final, final

Place = tuple[int, ...]
WHOLE_STATION: Final[Place] = ()
STATION_CONNECTOR: Final[Place] = (0,)


def contains(outer: Place, inner: Place) -> bool:
    """True when `inner` is part of `outer`."""
    return inner[: len(outer)] == outer


def id_tag(text: str) -> str:
    """An identifier as it is compared: OCPP takes upper and lower case for one (CiString20Type; identifierString)."""
    return text.casefold()


def overlaps(one: Place, other: Place) -> bool:
    """True when one of the places is part of the other."""
    return contains(one, other) or contains(other, one)


class Meaning:
    """Base of facts and answers: equal where the kind and all fields are."""

    __match_args__: ClassVar[tuple[str, ...]] = ()

    def fields(self) -> tuple[object, ...]:
        """Every field, in the order of the constructor."""
        return tuple([getattr(self, name) for name in self.__match_args__])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Meaning) and type(self) is type(other) and self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.fields()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self.fields()}"


class Fact(Meaning):
    """Base of everything a CALL can mean for a measurement.

    Every meaning is final: ask `type(fact) is StatusReport`.
    """


# --- requests of the charging station ---------------------------------------------------------------------------------


@final
class StatusReport(Fact):
    """The station reports the status of one connector."""

    __match_args__: ClassVar[tuple[str, ...]] = ("place", "status", "time")

    def __init__(self, place: Place, status: str, time: str | None) -> None:
        self.place: Final = place
        self.status: Final = status
        self.time: Final = time


@final
class StatusReports(Fact):
    """Several connectors reported in one message (2.x)."""

    __match_args__: ClassVar[tuple[str, ...]] = ("reports",)

    def __init__(self, reports: tuple[StatusReport, ...]) -> None:
        self.reports: Final = reports


@final
class MeterReport(Fact):
    """The station sends meter values. `contexts` holds every reading context given; empty if none is."""

    __match_args__: ClassVar[tuple[str, ...]] = ("place", "contexts", "time")

    def __init__(self, place: Place, contexts: frozenset[str], time: str | None) -> None:
        self.place: Final = place
        self.contexts: Final = contexts
        self.time: Final = time


@final
class TransactionStart(Fact):
    """A transaction begins, or (2.x) answers a RequestStartTransaction. `repeated`: the same message came before."""

    __match_args__: ClassVar[tuple[str, ...]] = (
        "place",
        "id_tag",
        "time",
        "remote_start_id",
        "transaction_id",
        "offline",
        "repeated",
    )

    def __init__(  # noqa: PLR0913, PLR0917 - the fields of a value
        self,
        place: Place,
        id_tag: str | None,
        time: str | None,
        remote_start_id: int | None = None,
        transaction_id: str | None = None,
        offline: bool = False,
        repeated: bool = False,
    ) -> None:
        self.place: Final = place
        self.id_tag: Final = id_tag
        self.time: Final = time
        self.remote_start_id: Final = remote_start_id
        self.transaction_id: Final = transaction_id  # 2.x: the station's own; 1.6: in the answer
        self.offline: Final = offline
        self.repeated: Final = repeated

    def __hash__(self) -> int:  # asked for with every transaction message
        return hash((self.place, self.id_tag, self.time, self.remote_start_id, self.transaction_id, self.offline))

    def as_repeated(self) -> TransactionStart:
        """The same, seen before."""
        return TransactionStart(
            self.place, self.id_tag, self.time, self.remote_start_id, self.transaction_id, self.offline, repeated=True
        )


@final
class TransactionStop(Fact):
    """A transaction ends, or (2.x) answers a RequestStopTransaction. `repeated`: the same message came before."""

    __match_args__: ClassVar[tuple[str, ...]] = ("transaction_id", "reason", "time", "stratum", "offline", "repeated")

    def __init__(  # noqa: PLR0913, PLR0917 - the fields of a value
        self,
        transaction_id: str,
        reason: str | None,
        time: str | None,
        stratum: str | None = None,
        offline: bool = False,
        repeated: bool = False,
    ) -> None:
        self.transaction_id: Final = transaction_id
        self.reason: Final = reason
        self.time: Final = time
        self.stratum: Final = stratum  # 2.x: eventType, since an Updated event may be the answer
        self.offline: Final = offline
        self.repeated: Final = repeated

    def __hash__(self) -> int:  # asked for with every transaction message
        return hash((self.transaction_id, self.reason, self.time, self.stratum, self.offline))

    def as_repeated(self) -> TransactionStop:
        """The same, seen before."""
        return TransactionStop(self.transaction_id, self.reason, self.time, self.stratum, self.offline, repeated=True)


@final
class AuthorizeAsked(Fact):
    """The station asks whether an identifier may charge."""

    __match_args__: ClassVar[tuple[str, ...]] = ("id_tag",)

    def __init__(self, id_tag: str) -> None:
        self.id_tag: Final = id_tag


@final
class Booted(Fact):
    """BootNotification."""


@final
class OtherReport(Fact):
    """A station message that matters only as such (Heartbeat, LogStatusNotification); `status` where it has one."""

    __match_args__: ClassVar[tuple[str, ...]] = ("status",)

    def __init__(self, status: str | None = None) -> None:
        self.status: Final = status


# --- requests of the CSMS ---------------------------------------------------------------------------------------------


@final
class RemoteStart(Fact):
    """RemoteStartTransaction (1.6), RequestStartTransaction (2.x)."""

    __match_args__: ClassVar[tuple[str, ...]] = ("place", "id_tag", "remote_start_id")

    def __init__(self, place: Place, id_tag: str, remote_start_id: int | None = None) -> None:
        self.place: Final = place
        self.id_tag: Final = id_tag
        self.remote_start_id: Final = remote_start_id


@final
class RemoteStop(Fact):
    """RemoteStopTransaction (1.6), RequestStopTransaction (2.x)."""

    __match_args__: ClassVar[tuple[str, ...]] = ("transaction_id",)

    def __init__(self, transaction_id: str) -> None:
        self.transaction_id: Final = transaction_id


@final
class Reserve(Fact):
    """ReserveNow."""

    __match_args__: ClassVar[tuple[str, ...]] = ("place", "reservation_id")

    def __init__(self, place: Place, reservation_id: int) -> None:
        self.place: Final = place
        self.reservation_id: Final = reservation_id


@final
class CancelReservation(Fact):
    """CancelReservation."""

    __match_args__: ClassVar[tuple[str, ...]] = ("reservation_id",)

    def __init__(self, reservation_id: int) -> None:
        self.reservation_id: Final = reservation_id


@final
class ChangeAvailability(Fact):
    """ChangeAvailability; place `()` is the whole station."""

    __match_args__: ClassVar[tuple[str, ...]] = ("place", "operative")

    def __init__(self, place: Place, operative: bool) -> None:
        self.place: Final = place
        self.operative: Final = operative


@final
class Trigger(Fact):
    """TriggerMessage; `caused` is the action that must follow."""

    __match_args__: ClassVar[tuple[str, ...]] = ("caused", "place", "extended")

    def __init__(self, caused: str, place: Place, extended: bool = False) -> None:
        self.caused: Final = caused
        self.place: Final = place
        self.extended: Final = extended


@final
class Reset(Fact):
    """Reset."""


@final
class FirmwareOrDiagnostics(Fact):
    """A request that starts a firmware or diagnostics sequence; `reports` is the action that tells its progress."""

    __match_args__: ClassVar[tuple[str, ...]] = ("reports",)

    def __init__(self, reports: str) -> None:
        self.reports: Final = reports


@final
class ConfigurationRead(Fact):
    """GetConfiguration, GetVariables: the answer carries values."""


@final
class ConfigurationWrite(Fact):
    """ChangeConfiguration, SetVariables: takes effect when accepted."""

    __match_args__: ClassVar[tuple[str, ...]] = ("values",)

    def __init__(self, values: tuple[tuple[str, str], ...]) -> None:
        self.values: Final = values


# --- answers ----------------------------------------------------------------------------------------------------------


@final
class Answer(Meaning):
    """What an answer says; every field None where it does not apply."""

    __match_args__: ClassVar[tuple[str, ...]] = ("status", "transaction_id", "interval_s", "configuration")

    def __init__(
        self,
        status: str | None = None,
        transaction_id: str | None = None,
        interval_s: int | None = None,
        configuration: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.status: Final = status
        self.transaction_id: Final = transaction_id
        self.interval_s: Final = interval_s
        self.configuration: Final = configuration
