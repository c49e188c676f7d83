"""An OCPP-J message as a log tells it. `stamp_ns` is the log's own clock, as in `perfkit_analyzers.message`."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import msgspec


class MessageType(IntEnum):
    """MessageTypeId of OCPP-J (1.6: 2 to 4; 2.1 adds 5 and 6)."""

    CALL = 2
    CALLRESULT = 3
    CALLERROR = 4
    CALLRESULTERROR = 5
    SEND = 6


class Direction(IntEnum):
    """Direction as the log writes it, seen from the logging tool."""

    IN = 0
    OUT = 1
    UNKNOWN = 2


class OcppMessage:
    """One OCPP-J frame as the logging tool saw it.

    `action` is None for answers; `error_code` only for CALLERROR and CALLRESULTERROR. `payload` is the
    undecoded JSON text of the payload object (the details object of an error). `station` names the charging
    station where a format carries it, else None. `answered_ns` is the stamp of the CALLRESULT where that is the next
    message and the reader was asked to tell it in brief: then it is no message of its own. None otherwise.

    A plain class and not a `msgspec.Struct`: the compiled rules read its fields without asking Python for them.
    """

    __slots__ = (
        *("action", "answered_ns", "direction", "error_code", "line", "message_id", "payload", "stamp_ns"),
        *("station", "type"),
    )

    def __init__(  # noqa: PLR0913, PLR0917 - the fields of a value
        self,
        line: int,
        stamp_ns: int,
        direction: Direction,
        type: MessageType,  # noqa: A002 - the word of OCPP-J
        message_id: str,
        action: str | None,
        payload: bytes,
        error_code: str | None = None,
        station: str | None = None,
        answered_ns: int | None = None,
    ) -> None:
        """A frame read from line `line`."""
        self.line: Final = line
        self.stamp_ns: Final = stamp_ns
        self.direction: Final = direction
        self.type: Final = type
        self.message_id: Final = message_id
        self.action: Final = action
        self.payload: Final = payload
        self.error_code: Final = error_code
        self.station: Final = station
        self.answered_ns: Final = answered_ns

    def call_alone(self) -> OcppMessage:
        """The CALL without the answer that was told with it."""
        return OcppMessage(
            *(self.line, self.stamp_ns, self.direction, self.type, self.message_id, self.action, self.payload),
            *(self.error_code, self.station),
        )

    def fields(self) -> tuple[object, ...]:
        """Every field, in the order of the constructor."""
        return (
            *(self.line, self.stamp_ns, self.direction, self.type, self.message_id, self.action, self.payload),
            *(self.error_code, self.station, self.answered_ns),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OcppMessage) and self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash((self.line, self.stamp_ns, self.message_id))

    def __repr__(self) -> str:
        return f"OcppMessage{self.fields()}"


def plain_message(  # noqa: PLR0913, PLR0917 - the fields of a value
    line: int,
    stamp_ns: int,
    direction: Direction,
    type: MessageType,  # noqa: A002 - as in `OcppMessage`
    message_id: str,
    action: str | None,
    payload: bytes,
    answered_ns: int | None,
) -> OcppMessage:
    """A CALL or CALLRESULT of a log of one station. Compiled, a function is called faster than a class."""
    return OcppMessage(line, stamp_ns, direction, type, message_id, action, payload, None, None, answered_ns)


def canonical(payload: bytes) -> bytes:
    """A payload written in one way, so that equal contents are equal bytes."""
    return msgspec.json.encode(msgspec.json.decode(payload), order="deterministic")
