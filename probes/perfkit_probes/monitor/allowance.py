"""What the monitor may spend of the link within any hour, and what it has spent."""

from __future__ import annotations

from collections import deque

_HOUR_S = 3600.0
# Spending is booked by this many seconds, so that memory stays small however often something is spent.
_SLOT_S = 10.0


class Allowance:
    """IP bytes, both directions, capped over the hour that ends now."""

    def __init__(self, max_bytes_per_hour: int) -> None:
        self.max_bytes_per_hour = max_bytes_per_hour
        self.total_bytes = 0
        self._slots: deque[tuple[float, int]] = deque()
        self._in_hour = 0

    def has_room(self, size_bytes: int, now_s: float) -> bool:
        """Whether `size_bytes` more may be spent at `now_s`."""
        return self.hour_bytes(now_s) + size_bytes <= self.max_bytes_per_hour

    def spend(self, size_bytes: int, now_s: float) -> None:
        """Book bytes that were used."""
        self.total_bytes += size_bytes
        self._in_hour += size_bytes
        if self._slots and now_s - self._slots[-1][0] < _SLOT_S:
            begun_s, booked = self._slots[-1]
            self._slots[-1] = (begun_s, booked + size_bytes)
        else:
            self._slots.append((now_s, size_bytes))

    def hour_bytes(self, now_s: float) -> int:
        """What was spent in the hour before `now_s`, at most one slot of 10 s too much."""
        while self._slots and now_s - self._slots[0][0] > _HOUR_S + _SLOT_S:
            self._in_hour -= self._slots.popleft()[1]
        return self._in_hour
