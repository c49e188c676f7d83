"""Resolution of the stamps of a run, seen from the stamps themselves (docs/method.md 10)."""

from __future__ import annotations


class ResolutionGauge:
    """Resolution of the stamps: what the format resolves, or coarser if every stamp of the run ends in zeros."""

    ENOUGH = 10
    STEPS_NS = (1_000_000_000, 100_000_000, 10_000_000)

    def __init__(self, format_resolution_ns: int) -> None:
        """Start from what the format can resolve."""
        self._format_ns = format_resolution_ns
        self._candidates = [step for step in self.STEPS_NS if step > format_resolution_ns]
        self._seen = 0
        self.is_open = bool(self._candidates)

    def see(self, stamp_ns: int) -> None:
        """Take in a stamp."""
        self._seen += 1
        if stamp_ns % self._candidates[0]:
            self._candidates = [step for step in self._candidates if stamp_ns % step == 0]
            self.is_open = bool(self._candidates)

    @property
    def resolution_ns(self) -> int:
        """Resolution in ns; fewer than ten stamps prove nothing beyond the format's own."""
        return self._candidates[0] if self._candidates and self._seen >= self.ENOUGH else self._format_ns
