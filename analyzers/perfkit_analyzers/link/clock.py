"""How each run's clock belongs to the monitor's: by statement, by the tool's messages, by other runs, or not at all."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from enum import StrEnum
from itertools import pairwise

import msgspec

from perfkit.core.log_clock import offset_at_utc_s, utc_offset_s, zone_of
from perfkit.core.policy import Policy
from perfkit_analyzers.link.evidence import RunClock, Stretch
from perfkit_analyzers.link.offset import Evidence, Offset

HOUR_NS = 3600 * 10**9
DAY_NS = 24 * HOUR_NS
ALONE_NS = DAY_NS
"""How far a run may be from the only run that tells the zone."""
AGREE_NS = 10**9
"""Offsets of two runs that differ by less are one zone."""
CONTRADICTION_NS = 2 * 10**9
ZONE_CHANGE_NS = 120 * 10**9
"""A step of the clock differs from the change of zone that it is by at most this: the pause between two lines."""


class ClockSource(StrEnum):
    """What the offset of a log's clock was learned from."""

    STATED = "stated"
    MESSAGES = "messages"
    OTHER_RUNS = "other_runs"


class Alignment(msgspec.Struct, frozen=True):
    """Log clock minus the monitor's clock from a stamp on, and how far it may be off; `zone_ns` is the zone's part."""

    from_ns: int
    offset_ns: int
    tolerance_ns: int
    zone_ns: int
    source: ClockSource
    detail: str


class NoClock(msgspec.Struct, frozen=True):
    """Why a stretch cannot be joined."""

    reason: str


class _Told(msgspec.Struct, frozen=True):
    """The zone's part of the offset, from stamps on, and what told it."""

    changes: tuple[tuple[int, int], ...]  # (from this stamp on, offset)
    tolerance_ns: int
    source: ClockSource
    detail: str


class LogClocks:
    """The clocks of all runs."""

    def __init__(self, runs: Sequence[RunClock], policy: Policy) -> None:
        self.runs = runs
        self._policy = policy
        self._zone = zone_of(policy.log_clock) if policy.log_clock is not None else None
        self._telling = _telling(runs)
        self._aligned = {(run.file, run.first_line): self._run(run) for run in runs}

    def of_run(self, file: str, first_line: int) -> RunAlignment:
        """The alignment of the run that begins at a line."""
        return self._aligned[file, first_line]

    def _run(self, run: RunClock) -> RunAlignment:
        told: list[_Told | NoClock] = []
        for stretch in run.stretches:
            told.append(self._told(run, stretch, told[-1] if told else None))
        steps_ns = _unexplained(run.stretches, told)
        answers = [one if isinstance(one, NoClock) else self._aligned_by(one, steps_ns) for one in told]
        return RunAlignment(run, answers)

    def _aligned_by(self, told: _Told, steps_ns: int) -> tuple[Alignment, ...]:
        policy = self._policy
        ahead_ns = round(policy.log_clock_offset_s * 1e9)
        tolerance_ns = told.tolerance_ns + round(policy.log_clock_tolerance_s * 1e9) + steps_ns
        return tuple(
            Alignment(from_ns, zone_ns + ahead_ns, tolerance_ns, zone_ns, told.source, told.detail)
            for from_ns, zone_ns in told.changes
        )

    def _told(self, run: RunClock, stretch: Stretch, before: _Told | NoClock | None) -> _Told | NoClock:
        """What tells the zone of a stretch; `before` is that of the stretch before it."""
        if stretch.evidence.is_contradictory:
            return NoClock(
                f"the times in the tool's messages contradict each other (first: line {stretch.evidence.line})"
            )
        if self._zone is not None:
            return self._stated(self._zone, run, stretch, before)
        found = stretch.evidence.offset()
        if found is not None:
            return _by_messages(stretch.first_ns, found, run, stretch.evidence)
        return self._by_other_runs(run, stretch)

    def _stated(self, zone: tzinfo, run: RunClock, stretch: Stretch, before: _Told | NoClock | None) -> _Told | NoClock:
        name = self._policy.log_clock
        found = stretch.evidence.offset()
        if not run.dated:
            return self._undated(zone, run, stretch, found)
        offset_ns = _stated_offset(zone, stretch, before, found)
        if offset_ns is None:
            return NoClock(f"in {name} this hour occurs twice, and nothing tells which one it is")
        if found is not None and abs(found.offset_ns - offset_ns) > found.tolerance_ns + CONTRADICTION_NS:
            return self._contradicted(stretch)
        agree = "; the tool's own messages agree" if found is not None else ""
        return _Told(_changes(zone, stretch, offset_ns), 0, ClockSource.STATED, f"stated: {name}{agree}")

    def _undated(self, zone: tzinfo, run: RunClock, stretch: Stretch, found: Offset | None) -> _Told | NoClock:
        """A stated zone tells no day: only the tool's messages do, and they may contradict it."""
        if found is None:
            return NoClock("the log tells no date")
        told_ns = offset_at_utc_s(zone, (stretch.first_ns - found.offset_ns) // 10**9) * 10**9
        astray_ns = (found.offset_ns - told_ns + DAY_NS // 2) % DAY_NS - DAY_NS // 2
        if abs(astray_ns) > found.tolerance_ns + CONTRADICTION_NS:
            return self._contradicted(stretch)
        return _by_messages(stretch.first_ns, found, run, stretch.evidence)

    def _contradicted(self, stretch: Stretch) -> NoClock:
        line = stretch.evidence.line
        return NoClock(f"{self._policy.log_clock} contradicts the times in the tool's messages (line {line})")

    def _by_other_runs(self, run: RunClock, stretch: Stretch) -> _Told | NoClock:
        if not run.dated:
            return NoClock("the log tells no date, and no message of the tool its time")
        stamps, offsets = self._telling.get(run.format, ([], []))
        index = bisect_right(stamps, stretch.first_ns)
        near = [(stamps[at], offsets[at]) for at in (index - 1, index) if 0 <= at < len(stamps)]
        if not near:
            return NoClock("no message of the tool tells its time; state the zone with --log-clock")
        if len(near) == 1 and abs(near[0][0] - stretch.first_ns) > ALONE_NS:
            return NoClock("the nearest run that tells its zone is more than 24 h away; state it with --log-clock")
        if abs(near[0][1].offset_ns - near[-1][1].offset_ns) > AGREE_NS:
            return NoClock("the runs before and after are in different zones; state the zone with --log-clock")
        offset = min((one for _, one in near), key=lambda one: one.tolerance_ns)
        detail = "the runs before and after" if len(near) == 2 else "the nearest run that tells"
        return _Told(((stretch.first_ns, offset.offset_ns),), offset.tolerance_ns, ClockSource.OTHER_RUNS, detail)


class RunAlignment:
    """The alignment of one run, by line and stamp."""

    def __init__(self, run: RunClock, answers: Sequence[tuple[Alignment, ...] | NoClock]) -> None:
        self.run = run
        self.answers = answers
        self._lines = [stretch.first_line for stretch in run.stretches]

    def at(self, line: int, stamp_ns: int) -> Alignment | NoClock:
        """The alignment of a stamp that stands in a line."""
        if not self.answers:
            return NoClock("the run carries no stamp")
        answer = self.answers[max(0, bisect_right(self._lines, line) - 1)]
        if isinstance(answer, NoClock):
            return answer
        return next((one for one in reversed(answer) if one.from_ns <= stamp_ns), answer[0])

    def spans(self) -> Iterable[tuple[int, int]]:
        """The time of the run by the monitor's clock, as far as it can be told."""
        for stretch, answer in zip(self.run.stretches, self.answers, strict=True):
            if not isinstance(answer, NoClock):
                ends = [one.from_ns for one in answer[1:]]
                for one, end_ns in zip(answer, [*ends, stretch.last_ns], strict=True):
                    start_ns = max(one.from_ns, stretch.first_ns) - one.offset_ns
                    yield start_ns, max(start_ns, end_ns - one.offset_ns)


def _telling(runs: Iterable[RunClock]) -> dict[str, tuple[list[int], list[Offset]]]:
    """Per format the stamps and offsets of stretches whose own messages tell them, by time."""
    found: dict[str, list[tuple[int, Offset]]] = defaultdict(list)
    for run in runs:
        for stretch in run.stretches:
            offset = stretch.evidence.offset()
            if run.dated and offset is not None:
                found[run.format].append((stretch.first_ns, offset))
    for pairs in found.values():
        pairs.sort(key=lambda pair: pair[0])
    return {name: ([stamp for stamp, _ in pairs], [one for _, one in pairs]) for name, pairs in found.items()}


def _by_messages(first_ns: int, found: Offset, run: RunClock, evidence: Evidence) -> _Told:
    detail = f"the tool's own messages (first: {run.file}:{evidence.line})"
    return _Told(((first_ns, found.offset_ns),), found.tolerance_ns, ClockSource.MESSAGES, detail)


def _stated_offset(zone: tzinfo, stretch: Stretch, before: _Told | NoClock | None, found: Offset | None) -> int | None:
    """The zone's offset at the beginning of a stretch; None in the hour that occurs twice when nothing tells which."""
    first_s = stretch.first_ns // 10**9
    once_ns, again_ns = (utc_offset_s(zone, first_s, second_time=second) * 10**9 for second in (False, True))
    if once_ns <= again_ns:
        return once_ns
    if abs(stretch.step_ns + HOUR_NS) <= ZONE_CHANGE_NS:
        return again_ns
    if isinstance(before, _Told):
        return before.changes[-1][1]
    if found is None:
        return None
    return again_ns if abs(found.offset_ns - again_ns) <= CONTRADICTION_NS else once_ns


def _changes(zone: tzinfo, stretch: Stretch, offset_ns: int) -> tuple[tuple[int, int], ...]:
    """The offsets of a stretch: two when summer time begins or ends inside it without a step that the log shows."""
    last_ns = utc_offset_s(zone, stretch.last_ns // 10**9) * 10**9
    is_second = utc_offset_s(zone, stretch.last_ns // 10**9, second_time=True) * 10**9 == offset_ns
    if last_ns == offset_ns or is_second:
        return ((stretch.first_ns, offset_ns),)
    early_s, late_s = stretch.first_ns // 10**9, stretch.last_ns // 10**9
    while late_s - early_s > 1:
        middle_s = (early_s + late_s) // 2
        if utc_offset_s(zone, middle_s) * 10**9 == offset_ns:
            early_s = middle_s
        else:
            late_s = middle_s
    return ((stretch.first_ns, offset_ns), (late_s * 10**9, last_ns))


def _unexplained(stretches: Sequence[Stretch], told: Sequence[_Told | NoClock]) -> int:
    """How far the steps of a run's clock may have moved it, in nanoseconds; a change of the zone has not."""
    total_ns = 0
    for (_, before), (stretch, after) in pairwise(zip(stretches, told, strict=True)):
        change_ns = 0
        if not isinstance(before, NoClock) and not isinstance(after, NoClock):
            change_ns = after.changes[0][1] - before.changes[-1][1]
        if change_ns == 0 or abs(stretch.step_ns - change_ns) > ZONE_CHANGE_NS:
            total_ns += abs(stretch.step_ns)
    return total_ns
