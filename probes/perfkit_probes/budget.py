"""What a measurement may cost, fixed before its first packet, and what it has cost so far."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from perfkit.core.errors import UsageError
from perfkit_probes.clock import Clock


class Truncation(Enum):
    """Which cap ended a measurement before it was content."""

    BYTES = "bytes"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Budget:
    """The most IP bytes (both directions together) and seconds that a measurement may use."""

    max_bytes: int
    max_seconds: float

    def __post_init__(self) -> None:
        """Raises: UsageError: a budget that allows nothing."""
        if self.max_bytes <= 0 or self.max_seconds <= 0:
            raise UsageError(
                f"a budget of {self.max_bytes} bytes and {self.max_seconds} s allows no measurement; "
                "give both a positive value"
            )


WIRED = "wired"
# Per technology, for all probes of its link, unless --max-bytes says otherwise (docs/network.md, "Cost").
BUDGETS = {
    "2g": Budget(100_000, 60.0),
    "3g": Budget(1_000_000, 60.0),
    "4g": Budget(4_000_000, 60.0),
    WIRED: Budget(10_000_000, 60.0),
}


@dataclass(frozen=True, slots=True)
class Spent:
    """What has been used of a budget; `truncated` is the cap that was hit, None while both have room."""

    sent_bytes: int
    received_bytes: int
    seconds: float
    truncated: Truncation | None

    @property
    def total_bytes(self) -> int:
        """IP bytes in both directions."""
        return self.sent_bytes + self.received_bytes


class Meter:
    """Counts IP bytes and seconds against a budget from the moment it is made."""

    def __init__(self, budget: Budget, clock: Clock) -> None:
        """Start to count now."""
        self.budget = budget
        self._clock = clock
        self._start_ns = clock.monotonic_ns()
        self._sent_bytes = 0
        self._received_bytes = 0
        self._truncated: Truncation | None = None

    def count_sent(self, ip_bytes: int) -> None:
        """Book bytes that left this host."""
        self._sent_bytes += ip_bytes

    def count_received(self, ip_bytes: int) -> None:
        """Book bytes that arrived at this host."""
        self._received_bytes += ip_bytes

    @property
    def seconds(self) -> float:
        """Seconds since the meter was made."""
        return (self._clock.monotonic_ns() - self._start_ns) / 1e9

    @property
    def remaining_bytes(self) -> int:
        """IP bytes that may still be used; never negative."""
        return max(0, self.budget.max_bytes - self._sent_bytes - self._received_bytes)

    @property
    def remaining_seconds(self) -> float:
        """Seconds that may still be used; never negative."""
        return max(0.0, self.budget.max_seconds - self.seconds)

    def refusal(self, ip_bytes: int = 0) -> Truncation | None:
        """The cap that forbids spending `ip_bytes` more now, None when it fits; a refusal is remembered in `spent`."""
        if ip_bytes > self.remaining_bytes:
            return self.refuse(Truncation.BYTES)
        if self.remaining_seconds <= 0:
            return self.refuse(Truncation.TIME)
        return None

    def refuse(self, cap: Truncation) -> Truncation:
        """The cap, remembered in `spent`: whoever shares the budget out ahead has found that there is no more."""
        self._truncated = cap
        return cap

    def spent(self) -> Spent:
        """The use so far."""
        return Spent(self._sent_bytes, self._received_bytes, self.seconds, self._truncated)
