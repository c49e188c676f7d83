"""Stretches without a quantity, and the comings and goings of what they are due to."""

from __future__ import annotations

from dataclasses import dataclass

from perfkit.core.monitor_record import Event, EventKind, Gap, GapCause, Quantity
from perfkit_probes.monitor.moments import Moment
from perfkit_probes.monitor.sources.base import Reading

# Causes that a later, more definite one replaces: at first a silent device is only one that has not answered yet.
_PROVISIONAL = {GapCause.NO_ANSWER, GapCause.NO_TRAFFIC}
_AWAY = {
    GapCause.DEVICE_AWAY: EventKind.DEVICE_AWAY,
    GapCause.RESPONDER_AWAY: EventKind.RESPONDER_AWAY,
    GapCause.CAP_REACHED: EventKind.CAP_REACHED,
}
_BACK = {
    GapCause.DEVICE_AWAY: (EventKind.DEVICE_BACK, "the device answers again"),
    GapCause.RESPONDER_AWAY: (EventKind.RESPONDER_BACK, "the responder answers again"),
    GapCause.CAP_REACHED: (EventKind.CAP_ROOM, "there is room below the cap again"),
}


@dataclass(slots=True)
class _Missing:
    """A quantity that is missing: since when, and why it was said to be (`cause`, `reason`) and is now (`now`)."""

    start: Moment
    cause: GapCause
    reason: str
    now: GapCause


class Gaps:
    """Follows the quantities; one that never was there since `begun` is missing from then on."""

    def __init__(self, begun: Moment) -> None:
        self._last_good: dict[Quantity, Moment] = {}
        self._missing: dict[Quantity, _Missing] = {}
        self._begun = begun

    def follow(self, readings: dict[Quantity, Reading], now: Moment) -> list[Event | Gap]:
        """The gaps that are over and what came or went, after these readings."""
        before = self._causes()
        reasons = {one.cause: one.reason or "" for one in readings.values() if one.cause is not None}
        gaps = [gap for quantity, one in readings.items() if (gap := self._one(quantity, one, now)) is not None]
        after = self._causes()
        gone = [_event(now, *_BACK[cause]) for cause in before if cause not in after]
        come = [_event(now, _AWAY[cause], reasons.get(cause, "")) for cause in after if cause not in before]
        return [*come, *gone, *gaps]

    def _causes(self) -> list[GapCause]:
        """Who is away at present, without repetition."""
        return list(dict.fromkeys(one.now for one in self._missing.values() if one.now in _AWAY))

    def _one(self, quantity: Quantity, reading: Reading, now: Moment) -> Gap | None:
        if reading.value is not None:
            self._last_good[quantity] = now
            missing = self._missing.pop(quantity, None)
            return None if missing is None else _gap(quantity, missing, now)
        cause, reason = reading.cause or GapCause.NOT_TOLD, reading.reason or ""
        missing = self._missing.get(quantity)
        if missing is None:
            start = self._last_good.get(quantity, self._begun)
            self._missing[quantity] = _Missing(start, cause, reason, cause)
            return None
        missing.now = cause
        if missing.cause in _PROVISIONAL and cause not in _PROVISIONAL:
            missing.cause, missing.reason = cause, reason
        return None

    def end(self, now: Moment) -> list[Gap]:
        """The gaps that are still open, ended here."""
        gaps = [_gap(quantity, missing, now) for quantity, missing in self._missing.items()]
        self._missing.clear()
        return gaps


def _gap(quantity: Quantity, missing: _Missing, now: Moment) -> Gap:
    return Gap(
        time=now.time,
        monotonic_s=now.monotonic_s,
        quantity=quantity,
        cause=missing.cause,
        reason=missing.reason,
        start=missing.start.time,
        end=now.time,
        seconds=round(now.seconds_since(missing.start), 3),
        lost_samples=0,
    )


def _event(now: Moment, kind: EventKind, detail: str) -> Event:
    return Event(now.time, now.monotonic_s, kind, detail)
