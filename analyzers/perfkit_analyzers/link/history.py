"""What is known of the link at every moment, and what that means for an interval (docs/method.md 12).

Every question about an interval compares its two ends with fixed moments. Between two neighbouring moments all short
intervals have one answer, which is computed once: most observations take a search and no more.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from perfkit.core.link_state import NO_SAMPLE, LinkAt, LinkSample, LinkStatus
from perfkit.core.network_record import Verdict
from perfkit_analyzers.link.intervals import Cover, Interval, common, union, without
from perfkit_analyzers.link.series import Look, Piece, SessionSeries, Threshold

TOLERANCES_KEPT = 8
"""Tolerances whose answers are kept: runs with clock steps have their own each, and answers grow with the samples."""

_FOR_EVER_NS = 1 << 63
_SECOND_NS = 1e9


def _spoken(look: Look) -> Interval:
    """When a look speaks; one at the edge of a gap still speaks for its own moment."""
    return look.from_ns, max(look.until_ns, look.time_ns + 1)


_Named = tuple[Look, str]
"""A look and the file that it is written in."""


class _Looks:
    """Looks of all sessions in the order of their times, with their files."""

    def __init__(self, looks: Iterable[_Named]) -> None:
        self.looks = sorted(looks, key=lambda pair: pair[0].from_ns)
        self.spoken: list[Interval] = [_spoken(look) for look, _ in self.looks]
        self._starts = [start for start, _ in self.spoken]
        self._ends = [end for _, end in self.spoken]
        self._longest_ns = max((end - start for start, end in self.spoken), default=0)

    def speaking(self, start_ns: int, end_ns: int) -> list[_Named]:
        """The looks that speak for an interval."""
        starts, ends, looks = self._starts, self._ends, self.looks
        last = bisect_right(starts, end_ns)
        first = bisect_left(starts, start_ns - self._longest_ns, 0, last)
        return [looks[index] for index in range(first, last) if ends[index] > start_ns]


class _Quantity:
    """What is known of one quantity, and when its threshold was missed."""

    def __init__(self, threshold: Threshold, sessions: Iterable[SessionSeries]) -> None:
        measured: list[_Named] = []
        self.missed: list[Interval] = []
        self._sure_edges: list[Interval] = []
        self.possible_edges: list[Interval] = []
        for session in sessions:
            tolerance_ns = session.tolerance_ns
            for piece in session.pieces[threshold]:
                measured += [(look, session.file) for look in piece if look.verdict is not Verdict.NOT_MEASURED]
                missed = list(_missed(piece))
                self.missed += missed
                self._sure_edges += _widened(missed, -tolerance_ns)
                self.possible_edges += _widened([*missed, *_before_missed(piece)], tolerance_ns)
        self.looks = _Looks(measured)
        self._sure, self._possible = Cover(self._sure_edges), Cover(self.possible_edges)

    def surely_missed(self, start_ns: int, end_ns: int, tolerance_ns: int) -> bool:
        """Whether a look that missed the threshold speaks for the interval, wherever the clocks are."""
        return self._sure.meets(end_ns - tolerance_ns, start_ns + tolerance_ns)

    def possibly_missed(self, start_ns: int, end_ns: int, tolerance_ns: int) -> bool:
        """Whether one may: for some difference of the clocks, or because the next look missed it."""
        return self._possible.meets(end_ns + tolerance_ns, start_ns - tolerance_ns)

    def edges(self, tolerance_ns: int) -> Iterator[int]:
        """The moments at which an answer may change."""
        for intervals in (
            self.looks.spoken,
            _widened(self._sure_edges, -tolerance_ns),
            _widened(self.possible_edges, tolerance_ns),
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
    """The answers for one tolerance: `edges` are the moments between which they are the same.

    `low_ns`, `high_ns` and `last` are the stretch that was asked for last and its answer: rows come nearly in order.
    """

    def __init__(self, edges: Iterable[int]) -> None:
        self.edges = [-_FOR_EVER_NS, *sorted(set(edges)), _FOR_EVER_NS]
        self.known: dict[int, LinkAt] = {}
        self.low_ns = self.high_ns = 0
        self.last = NO_SAMPLE


class _Radio(NamedTuple):
    """The looks at the radio that speak for an interval, the weakest RSSI among them, the technology of the last."""

    signals: list[_Named]
    rssi_dbm: LinkSample | None
    technology: str | None


_WIRED = _Radio([], None, None)


def _status(has_latency: bool, has_rssi: bool, *, is_mobile: bool) -> LinkStatus:
    """What is said where no threshold was missed."""
    if has_latency and (has_rssi or not is_mobile):
        return LinkStatus.IN_SPECIFICATION
    return LinkStatus.INCOMPLETE if has_latency or has_rssi else LinkStatus.NO_SAMPLE


class LinkHistory:
    """The link as all sessions saw it. Times are nanoseconds since 1970 UTC. A mobile link needs an RSSI.

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
        self.is_mobile = bool(self._signals.looks) or any(one.session.device is not None for one in sessions)
        self._anything_missed = Cover(edges for one in self._quantities.values() for edges in one.possible_edges)
        self._answers: dict[int, _Answers] = {}
        self.known, self.in_specification = self._sets()

    def _sets(self) -> tuple[list[Interval], list[Interval]]:
        known = union(self._latency.spoken)
        if self.is_mobile:
            known = common(known, union(self._rssi.spoken))
        missed = union(interval for quantity in self._quantities.values() for interval in quantity.missed)
        return known, without(known, missed)

    def judge(self, start_ns: int, end_ns: int, tolerance_ns: int) -> LinkAt:
        """The link beside an observation from `start_ns` to `end_ns`, when the clocks may differ by `tolerance_ns`."""
        answers = self._answers.get(tolerance_ns)
        if answers is None:
            if len(self._answers) == TOLERANCES_KEPT:
                self._answers.clear()
            answers = self._answers[tolerance_ns] = _Answers(self._edges(tolerance_ns))
        if answers.low_ns <= start_ns and end_ns < answers.high_ns:
            return answers.last
        index = bisect_right(answers.edges, start_ns)
        if answers.edges[index] <= end_ns:
            return self._judged(start_ns, end_ns, tolerance_ns)
        found = answers.known.get(index)
        if found is None:
            found = answers.known[index] = self._judged(start_ns, end_ns, tolerance_ns)
        answers.low_ns, answers.high_ns, answers.last = answers.edges[index - 1], answers.edges[index], found
        return found

    def _edges(self, tolerance_ns: int) -> Iterator[int]:
        for quantity in self._quantities.values():
            yield from quantity.edges(tolerance_ns)
        for interval in self._signals.spoken:
            yield from interval

    def _judged(self, start_ns: int, end_ns: int, tolerance_ns: int) -> LinkAt:
        latencies = self._latency.speaking(start_ns, end_ns)
        radio = self._radio(start_ns, end_ns) if self.is_mobile else _WIRED
        status = _status(bool(latencies), radio.rssi_dbm is not None, is_mobile=self.is_mobile)
        missed: list[str] = []
        if self._anything_missed.meets(end_ns + tolerance_ns, start_ns - tolerance_ns):
            sure, possible = self._missed(start_ns, end_ns, tolerance_ns)
            status = LinkStatus.NOT_MET if sure else LinkStatus.UNCERTAIN
            missed = sure or possible
        samples = (
            len({(file, look.line) for look, file in (*latencies, *radio.signals)}) if radio.signals else len(latencies)
        )
        latency = _extreme(latencies, sign=1)
        return LinkAt(
            status, latency, radio.rssi_dbm, radio.technology, samples, tuple(missed), tolerance_ns / _SECOND_NS
        )

    def _missed(self, start_ns: int, end_ns: int, tolerance_ns: int) -> tuple[list[str], list[str]]:
        """The thresholds that were surely missed, and those that may have been."""
        sure: list[str] = []
        possible: list[str] = []
        for name, quantity in self._quantities.items():
            if quantity.possibly_missed(start_ns, end_ns, tolerance_ns):
                possible.append(name.value)
                if quantity.surely_missed(start_ns, end_ns, tolerance_ns):
                    sure.append(name.value)
        return sure, possible

    def _radio(self, start_ns: int, end_ns: int) -> _Radio:
        signals = self._signals.speaking(start_ns, end_ns)
        heard = [named for named in signals if named[0].verdict is not Verdict.NOT_MEASURED]
        technology = next((look.technology for look, _ in reversed(signals) if look.technology), None)
        return _Radio(signals, _extreme(heard, sign=-1), technology)

    def half_known(self, start_ns: int, end_ns: int) -> str | None:
        """What was not measured in a stretch in which something else was; None where nothing was."""
        if not self.is_mobile:
            return None
        last_ns = end_ns - 1  # what begins at its end is not in it
        if self._latency.speaking(start_ns, last_ns):
            return "no RSSI was measured"
        return "no round trip was measured" if self._rssi.speaking(start_ns, last_ns) else None

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


def _extreme(looks: Iterable[_Named], *, sign: int) -> LinkSample | None:
    """The worst of them; the first of equals."""
    worst: LinkSample | None = None
    for look, file in looks:
        value = look.value
        if value is not None and (worst is None or sign * value > sign * worst.value):
            worst = LinkSample(look.time_ns, value, file, look.line)
    return worst
