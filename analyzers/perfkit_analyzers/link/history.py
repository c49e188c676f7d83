"""What is known of the link at every moment, and what that means for an interval (docs/method.md 12).

Every question about an interval compares its two ends with fixed moments. Between two neighbouring moments all short
intervals have one answer, which is computed once: most observations take a search and no more.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from perfkit.core.link_state import LinkAt, LinkSample, LinkStatus
from perfkit.core.network_record import Verdict
from perfkit_analyzers.link.intervals import Cover, Interval, common, union, without
from perfkit_analyzers.link.series import Look, Piece, SessionSeries, Threshold

_REQUIRED = (Threshold.LATENCY, Threshold.RSSI)


def _spoken(look: Look) -> Interval:
    """When a look speaks; one at the edge of a gap still speaks for its own moment."""
    return look.from_ns, max(look.until_ns, look.time_ns + 1)


class _Looks:
    """Looks of all sessions in the order of their times, with their files."""

    def __init__(self, looks: Iterable[tuple[Look, str]]) -> None:
        self.looks = sorted(looks, key=lambda pair: pair[0].from_ns)
        self.spoken: list[Interval] = [_spoken(look) for look, _ in self.looks]
        self._starts = [start for start, _ in self.spoken]
        self._longest_ns = max((end - start for start, end in self.spoken), default=0)

    def speaking(self, start_ns: int, end_ns: int) -> Iterator[tuple[Look, str]]:
        """The looks that speak for an interval."""
        first = bisect_left(self._starts, start_ns - self._longest_ns)
        for index in range(first, bisect_right(self._starts, end_ns)):
            if self.spoken[index][1] > start_ns:
                yield self.looks[index]


class _Quantity:
    """What is known of one quantity, and when its threshold was missed."""

    def __init__(self, threshold: Threshold, sessions: Iterable[SessionSeries]) -> None:
        measured: list[tuple[Look, str]] = []
        self.missed: list[Interval] = []
        self._sure_edges: list[Interval] = []
        self._possible_edges: list[Interval] = []
        for session in sessions:
            tolerance_ns = session.tolerance_ns
            for piece in session.pieces[threshold]:
                measured += [(look, session.file) for look in piece if look.verdict is not Verdict.NOT_MEASURED]
                missed = list(_missed(piece))
                self.missed += missed
                self._sure_edges += _widened(missed, -tolerance_ns)
                self._possible_edges += _widened([*missed, *_before_missed(piece)], tolerance_ns)
        self.looks = _Looks(measured)
        self._sure, self._possible = Cover(self._sure_edges), Cover(self._possible_edges)
        self._known = Cover(self.looks.spoken)

    def surely_missed(self, start_ns: int, end_ns: int, tolerance_ns: int) -> bool:
        """Whether a look that missed the threshold speaks for the interval, wherever the clocks are."""
        return self._sure.meets(end_ns - tolerance_ns, start_ns + tolerance_ns)

    def possibly_missed(self, start_ns: int, end_ns: int, tolerance_ns: int) -> bool:
        """Whether one may: for some difference of the clocks, or because the next look missed it."""
        return self._possible.meets(end_ns + tolerance_ns, start_ns - tolerance_ns)

    def known(self, start_ns: int, end_ns: int) -> bool:
        """Whether a look that measured something speaks for the interval."""
        return self._known.meets(end_ns, start_ns)

    def edges(self, tolerance_ns: int) -> Iterator[int]:
        """The moments at which an answer may change."""
        for intervals in (
            self.looks.spoken,
            _widened(self._sure_edges, -tolerance_ns),
            _widened(self._possible_edges, tolerance_ns),
        ):
            for interval in intervals:
                yield from interval


def _widened(intervals: Iterable[Interval], by_ns: int) -> list[Interval]:
    return [(start - by_ns, end + by_ns) for start, end in intervals]


def _missed(piece: Piece) -> Iterator[Interval]:
    """Stretches in which looks that missed the threshold follow each other without a break."""
    start_ns = end_ns = 0
    for look in piece:
        if look.verdict is not Verdict.NOT_MET:
            continue
        from_ns, until_ns = _spoken(look)
        if from_ns > end_ns:
            if end_ns > start_ns:
                yield start_ns, end_ns
            start_ns = from_ns
        end_ns = until_ns
    if end_ns > start_ns:
        yield start_ns, end_ns


def _before_missed(piece: Piece) -> Iterator[Interval]:
    """Stretches between a look and the one after it that missed the threshold: nobody knows when it became so."""
    for look, later in pairwise(piece):
        if later.verdict is Verdict.NOT_MET and look.verdict is not Verdict.NOT_MET and look.until_ns >= later.time_ns:
            yield look.time_ns, max(look.time_ns, later.from_ns)


class _Answers:
    """The answers for one tolerance: `edges` are the moments between which they are the same."""

    def __init__(self, edges: Iterable[int]) -> None:
        self.edges = sorted(set(edges))
        self.known: dict[int, LinkAt] = {}


class LinkHistory:
    """The link as all sessions saw it. Times are nanoseconds since 1970 UTC.

    `known` is when everything that applies was measured, `in_specification` when it was and nothing was missed.
    """

    def __init__(self, sessions: Sequence[SessionSeries]) -> None:
        self.sessions = sessions
        self._quantities = {threshold: _Quantity(threshold, sessions) for threshold in Threshold}
        self._latency = self._quantities[Threshold.LATENCY].looks
        self._rssi = self._quantities[Threshold.RSSI].looks
        self._signals = _Looks(
            (look, one.file) for one in sessions for piece in one.pieces[Threshold.RSSI] for look in piece
        )
        is_mobile = bool(self._signals.looks) or any(one.session.device is not None for one in sessions)
        self.required = _REQUIRED if is_mobile else _REQUIRED[:1]
        self._answers: dict[int, _Answers] = {}
        self.known, self.in_specification = self._sets()

    def _sets(self) -> tuple[list[Interval], list[Interval]]:
        spoken = [union(self._quantities[threshold].looks.spoken) for threshold in self.required]
        known = spoken[0] if len(spoken) == 1 else common(*spoken)
        missed = union(interval for quantity in self._quantities.values() for interval in quantity.missed)
        return known, without(known, missed)

    def judge(self, start_ns: int, end_ns: int, tolerance_ns: int) -> LinkAt:
        """The link beside an observation from `start_ns` to `end_ns`, when the clocks may differ by `tolerance_ns`."""
        answers = self._answers.get(tolerance_ns)
        if answers is None:
            answers = self._answers[tolerance_ns] = _Answers(self._edges(tolerance_ns))
        index = bisect_right(answers.edges, start_ns)
        if index < len(answers.edges) and answers.edges[index] <= end_ns:
            return self._judged(start_ns, end_ns, tolerance_ns)
        known = answers.known.get(index)
        if known is None:
            known = answers.known[index] = self._judged(start_ns, end_ns, tolerance_ns)
        return known

    def _edges(self, tolerance_ns: int) -> Iterator[int]:
        for quantity in self._quantities.values():
            yield from quantity.edges(tolerance_ns)
        for interval in self._signals.spoken:
            yield from interval

    def _judged(self, start_ns: int, end_ns: int, tolerance_ns: int) -> LinkAt:
        quantities = self._quantities.items()
        sure = [name.value for name, one in quantities if one.surely_missed(start_ns, end_ns, tolerance_ns)]
        possible = [name.value for name, one in quantities if one.possibly_missed(start_ns, end_ns, tolerance_ns)]
        latencies = list(self._latency.speaking(start_ns, end_ns))
        signals = list(self._signals.speaking(start_ns, end_ns))
        technologies = [look.technology for look, _ in signals if look.technology]
        return LinkAt(
            status=self._status(start_ns, end_ns, is_sure=bool(sure), is_possible=bool(possible)),
            latency_ms=_extreme(latencies, sign=1),
            rssi_dbm=_extreme(self._rssi.speaking(start_ns, end_ns), sign=-1),
            technology=technologies[-1] if technologies else None,
            samples=len({(file, look.line) for look, file in (*latencies, *signals)}),
            missed=tuple(sure or possible),
            tolerance_s=tolerance_ns / 1e9,
        )

    def _status(self, start_ns: int, end_ns: int, *, is_sure: bool, is_possible: bool) -> LinkStatus:
        if is_sure:
            return LinkStatus.NOT_MET
        if is_possible:
            return LinkStatus.UNCERTAIN
        known = [self._quantities[threshold].known(start_ns, end_ns) for threshold in self.required]
        if all(known):
            return LinkStatus.IN_SPECIFICATION
        return LinkStatus.INCOMPLETE if any(known) else LinkStatus.NO_SAMPLE

    def latencies(self, start_ns: int, end_ns: int) -> Iterator[LinkSample]:
        """Round trips in ms, measured within an interval."""
        return _within(self._latency, start_ns, end_ns)

    def signals(self, start_ns: int, end_ns: int) -> Iterator[LinkSample]:
        """RSSI in dBm, measured within an interval."""
        return _within(self._rssi, start_ns, end_ns)


def _within(looks: _Looks, start_ns: int, end_ns: int) -> Iterator[LinkSample]:
    for look, file in looks.speaking(start_ns, end_ns):
        if look.time_ns >= start_ns and look.value is not None:
            yield LinkSample(look.time_ns, look.value, file, look.line)


def _extreme(looks: Iterable[tuple[Look, str]], *, sign: int) -> LinkSample | None:
    """The worst of them; the first of equals."""
    worst: LinkSample | None = None
    for look, file in looks:
        value = look.value
        if value is not None and (worst is None or sign * value > sign * worst.value):
            worst = LinkSample(look.time_ns, value, file, look.line)
    return worst
