"""The part of the result document that says how the link was (docs/method.md 12, N6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from datetime import datetime

import msgspec

from perfkit.core.link_state import LinkSample, LinkStatus
from perfkit.core.network_join_record import LinkGap, LinkSummary, LogClock, NetworkCheck, NetworkJoin, ParameterLink
from perfkit.core.network_record import THRESHOLDS
from perfkit.core.statistics import summarize
from perfkit_analyzers.link.clock import Alignment, ClockSource, LogClocks, NoClock
from perfkit_analyzers.link.connections import connections_seen
from perfkit_analyzers.link.evidence import RunClock
from perfkit_analyzers.link.files import LinkFiles
from perfkit_analyzers.link.history import LinkHistory
from perfkit_analyzers.link.intervals import Interval, union, without
from perfkit_analyzers.link.join import LinkJoin, LinkTally
from perfkit_analyzers.link.series import SessionSeries, time_ns
from perfkit_analyzers.link.wording import utc_text, worst_sample
from perfkit_analyzers.message import Role

GAPS_LISTED = 1000

RunKey = tuple[str, int]
"""File and first line of a run."""


def parameter_link(tally: LinkTally, headline_latency: LinkSample | None) -> ParameterLink:
    """The link beside the values of a parameter; `headline_latency` is the round trip beside its headline."""
    median_ms, p95_ms = _percentiles(tally.latencies)
    return ParameterLink(
        statuses={status: tally.statuses[status] for status in LinkStatus if tally.statuses[status]},
        excluded=tally.excluded,
        latency_median_ms=median_ms,
        latency_p95_ms=p95_ms,
        latency_max_ms=worst_sample(tally.slowest),
        latency_at_headline_ms=headline_latency.value if headline_latency is not None else None,
        rssi_min_dbm=worst_sample(tally.weakest),
        seconds=tally.total_ns / 1e9,
        share_known=_share(tally.known_ns, tally.total_ns),
        share_in_specification=_share(tally.in_specification_ns, tally.total_ns),
    )


def network_join(join: LinkJoin, files: LinkFiles, clocks: ClockGroups, role: Role | None) -> NetworkJoin:
    """How the link was during all runs of a role."""
    spans = union(join.spans.get(role, []) if role is not None else [])
    gaps = without(spans, join.history.known)
    thresholds = [session.session.thresholds for session in files.sessions]
    return NetworkJoin(
        thresholds=thresholds[0] if thresholds else THRESHOLDS,
        clocks=clocks.groups,
        monitors=files.monitors,
        checks=[_placed(check, spans) for check in files.checks],
        during=_summary(join, spans),
        gaps=[_gap(gap, files.sessions, join.history) for gap in gaps[:GAPS_LISTED]],
        gap_count=len(gaps),
        longest_gap_s=max(map(_seconds, gaps), default=None),
        connections=connections_seen(join.clocks, files.sessions),
    )


def _summary(join: LinkJoin, spans: Sequence[Interval]) -> LinkSummary:
    latencies: Counter[float] = Counter()
    slowest: LinkSample | None = None
    weakest: LinkSample | None = None
    for start_ns, end_ns in spans:
        for sample in join.history.latencies(start_ns, end_ns):
            latencies[sample.value] += 1
            if slowest is None or sample.value > slowest.value:
                slowest = sample
        for sample in join.history.signals(start_ns, end_ns):
            if weakest is None or sample.value < weakest.value:
                weakest = sample
    total_ns = sum(end - start for start, end in spans)
    median_ms, p95_ms = _percentiles(latencies)
    return LinkSummary(
        seconds=total_ns / 1e9,
        share_known=_share(sum(join.known.length_within(*span) for span in spans), total_ns),
        share_in_specification=_share(sum(join.in_specification.length_within(*span) for span in spans), total_ns),
        samples=latencies.total(),
        latency_median_ms=median_ms,
        latency_p95_ms=p95_ms,
        latency_max_ms=worst_sample(slowest),
        rssi_min_dbm=worst_sample(weakest),
    )


def _percentiles(latencies_ms: Counter[float]) -> tuple[float | None, float | None]:
    """Median and p95 in ms, by the rules of every other figure (docs/method.md 2)."""
    summary = summarize({round(value_ms * 1e6): times for value_ms, times in latencies_ms.items()})
    if summary.median_s is None or summary.p95_s is None:
        return None, None
    return round(summary.median_s * 1e3, 6), round(summary.p95_s * 1e3, 6)


def _share(part_ns: int, whole_ns: int) -> float | None:
    return part_ns / whole_ns if whole_ns else None


def _gap(gap: Interval, sessions: Iterable[SessionSeries], history: LinkHistory) -> LinkGap:
    start_ns, end_ns = gap
    reasons: dict[str, str] = {}  # one device that was away makes a gap in each quantity
    for session in sessions:
        for line, record in session.gaps:
            if time_ns(record.start) < end_ns and time_ns(record.end) > start_ns:
                reasons.setdefault(f"{record.cause}: {record.reason}", f"{session.file}:{line}")
    texts = [f"{reason} ({place})" for reason, place in reasons.items()]
    reason = "; ".join(texts) or history.half_known(start_ns, end_ns)
    return LinkGap(utc_text(start_ns), utc_text(end_ns), _seconds(gap), reason)


def _seconds(interval: Interval) -> float:
    """Length to the microsecond, which is what the monitor's times hold."""
    return round((interval[1] - interval[0]) / 1e9, 6)


def _placed(check: NetworkCheck, spans: Sequence[Interval]) -> NetworkCheck:
    if not spans:
        return check
    before_ns = spans[0][0] - time_ns(datetime.fromisoformat(check.started))
    return msgspec.structs.replace(check, seconds_before_first_run=round(before_ns / 1e9, 3))


class ClockGroups:
    """Runs grouped by how their clock was learned, and of those that have none by why; the largest group first.

    `of_run` are the groups of each run by their place.
    """

    def __init__(self, clocks: LogClocks, analysed: Container[RunKey]) -> None:
        groups: dict[tuple[object, ...], LogClock] = {}
        keys_of: dict[RunKey, list[tuple[object, ...]]] = {}
        for run in clocks.runs:
            if (run.file, run.first_line) not in analysed:
                continue
            keys = keys_of[run.file, run.first_line] = []
            for answer in clocks.of_run(run.file, run.first_line).answers:
                key = _key(answer)
                keys.append(key)
                if keys.count(key) == 1:
                    group = groups.get(key) or _group(answer, run)
                    groups[key] = msgspec.structs.replace(group, runs=group.runs + 1)
        ordered = sorted(groups, key=lambda key: -groups[key].runs)
        self.groups = [groups[key] for key in ordered]
        self.of_run = {run: [ordered.index(key) for key in keys] for run, keys in keys_of.items()}


def _key(answer: tuple[Alignment, ...] | NoClock) -> tuple[object, ...]:
    if isinstance(answer, NoClock):
        return (answer.reason,)
    stated = answer[0].detail if answer[0].source is ClockSource.STATED else ""
    return (answer[0].source, stated, *((one.zone_ns, one.offset_ns, one.tolerance_ns) for one in answer))


def _group(answer: tuple[Alignment, ...] | NoClock, run: RunClock) -> LogClock:
    if isinstance(answer, NoClock):
        return LogClock(None, answer.reason, None, None, None, 0, run.file, run.first_line)
    first = answer[0]
    return LogClock(
        source=first.source,
        detail=first.detail,
        utc_offset_s=_zone_s(first.zone_ns),
        host_offset_s=(first.offset_ns - first.zone_ns) / 1e9,
        tolerance_s=first.tolerance_ns / 1e9,
        runs=0,
        first_file=run.file,
        first_line=run.first_line,
    )


def _zone_s(zone_ns: int) -> float:
    """The zone's part without the days that a log without a date counts from 1970."""
    day_ns = 86_400 * 10**9
    return ((zone_ns + day_ns // 2) % day_ns - day_ns // 2) / 1e9
