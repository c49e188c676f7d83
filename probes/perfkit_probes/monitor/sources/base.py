"""What a source of the monitor is, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from perfkit.core.monitor_record import ClockState, EventKind, GapCause, InterfaceCount, Latency, Signal, TcpConnection
from perfkit.core.network_record import Require

Value = Latency | list[TcpConnection] | Signal | InterfaceCount | ClockState | Require


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer of a source: a value for its field of the sample, or the reason why there is none.

    `cause` says of which kind the reason is. `is_news` False: not worth a line of its own, it waits for
    the next one. `events` are what happened
    since the look before, each with its detail.
    """

    value: Value | None = None
    reason: str | None = None
    cause: GapCause | None = None
    is_news: bool = True
    events: tuple[tuple[EventKind, str], ...] = ()


class Source(Protocol):
    """Something that the monitor looks at every `period_s` seconds.

    `name` is the field of the sample that it fills. `may_wait`: the reading may take seconds and is made in a thread.
    """

    @property
    def name(self) -> str:
        """The field of the sample."""

    @property
    def period_s(self) -> float:
        """Seconds between two readings."""

    @property
    def may_wait(self) -> bool:
        """Whether a reading may take long."""

    def read(self) -> Reading:
        """The present state."""

    def close(self) -> None:
        """Let go of devices and connections."""
