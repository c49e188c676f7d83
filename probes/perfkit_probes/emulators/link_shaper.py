"""One direction of a link as arithmetic: when does a packet come out at the far end, or is it dropped?"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from perfkit.core.errors import UsageError


@dataclass(frozen=True, slots=True)
class LinkSetting:
    """One direction: IP bytes per second, one-way delay, queue, and what disturbs it.

    `jitter_s` is the width of a uniform extra delay that keeps the order, `loss` the share of packets dropped before
    the queue. A `bucket_bytes` above 0 lets that many bytes pass at `line_rate_bytes_s` before the rate applies.
    """

    rate_bytes_s: float
    delay_s: float = 0.0
    queue_bytes: int = 200_000
    loss: float = 0.0
    jitter_s: float = 0.0
    bucket_bytes: int = 0
    line_rate_bytes_s: float = 10_000_000.0

    def __post_init__(self) -> None:
        """Raises: UsageError: a value that no link has."""
        is_sane = self.rate_bytes_s > 0 and self.line_rate_bytes_s > 0 and 0 <= self.loss < 1
        if not is_sane or min(self.delay_s, self.jitter_s, self.queue_bytes, self.bucket_bytes) < 0:
            raise UsageError(f"{self} is not a link: rates must be above 0, loss within 0..1, the rest not negative")

    def with_loss(self, loss: float) -> LinkSetting:
        """The same link with another loss."""
        return replace(self, loss=loss)


# A GPRS, an EDGE, a 3G and an LTE link, each way, by the key that `perfkit emulate link --setting` takes. GPRS with
# four downlink slots carries about 5 kB/s; the gate's threshold lies here.
SETTINGS = {
    "gprs": LinkSetting(5_000, 0.400, 30_000),
    "edge": LinkSetting(25_000, 0.150, 60_000),
    "3g": LinkSetting(400_000, 0.040, 200_000),
    "lte": LinkSetting(5_000_000, 0.020, 600_000),
}


class Shaper:
    """A first-in first-out queue in front of a line; times are seconds of any clock that does not go back."""

    def __init__(self, setting: LinkSetting, seed: int = 1) -> None:
        """Start with an empty queue and a full bucket."""
        self.setting = setting
        self.packets_in = self.bytes_in = 0
        self.packets_out = self.bytes_out = 0
        self.packets_dropped = 0
        self._random = random.Random(seed)  # noqa: S311 - reproducible loss, no secrets
        self._free_s = 0.0
        self._last_s = 0.0
        self._tokens = float(setting.bucket_bytes)
        self._tokens_s: float | None = None

    def backlog_bytes(self, now_s: float) -> float:
        """Bytes that wait for the line now."""
        return max(0.0, self._free_s - now_s) * self.setting.rate_bytes_s

    def is_lost(self) -> bool:
        """Whether chance takes the next packet."""
        return self.setting.loss > 0 and self._random.random() < self.setting.loss

    def admit(self, now_s: float, size_bytes: int) -> float | None:
        """When a packet of `size_bytes` that enters now is delivered, None when it is lost or the queue is full."""
        self.packets_in += 1
        self.bytes_in += size_bytes
        if self.is_lost() or self.backlog_bytes(now_s) + size_bytes > self.setting.queue_bytes:
            self.packets_dropped += 1
            return None
        return self.deliver(now_s, size_bytes)

    def deliver(self, now_s: float, size_bytes: int) -> float:
        """When a packet that is sure to pass is delivered."""
        self._free_s = max(self._free_s, now_s) + self._service_s(max(self._free_s, now_s), size_bytes)
        due_s = self._free_s + self.setting.delay_s
        if self.setting.jitter_s:
            due_s += self._random.uniform(0, self.setting.jitter_s)
        self._last_s = max(self._last_s, due_s)
        self.packets_out += 1
        self.bytes_out += size_bytes
        return self._last_s

    def _service_s(self, start_s: float, size_bytes: int) -> float:
        """Seconds that the line needs for a packet; tokens let it pass at line rate."""
        setting = self.setting
        if not setting.bucket_bytes:
            return size_bytes / setting.rate_bytes_s
        since_s = 0.0 if self._tokens_s is None else start_s - self._tokens_s
        self._tokens = min(float(setting.bucket_bytes), self._tokens + since_s * setting.rate_bytes_s)
        self._tokens_s = start_s
        wait_s = max(0.0, size_bytes - self._tokens) / setting.rate_bytes_s
        self._tokens -= size_bytes
        return wait_s + size_bytes / setting.line_rate_bytes_s
