"""The link over time, from records of `perfkit monitor`: latency, RSSI, bandwidth, gaps. Times are UTC."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from perfkit.core.errors import InputError
from perfkit.core.monitor_reader import MonitorReader
from perfkit.core.monitor_record import Gap, Sample, Session
from perfkit.core.monitor_verdict import latency_verdict, rssi_verdict
from perfkit.core.network_record import Thresholds, Verdict


@dataclass(frozen=True, slots=True)
class Point:
    """A value at a moment. `bound` is ">=" or "<=" where only one end is known."""

    time: datetime
    value: float
    verdict: Verdict | None
    bound: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What the link was at a moment: met only if nothing that was due missed its threshold."""

    time: datetime
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time with the reason why nothing was measured in it."""

    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class LinkSeries:
    """One or more records, in the order of time. Rates in kB/s (1000 bytes), latency in ms, RSSI in dBm.

    `gaps` are what the records say of times without values; in `pauses`, between two sessions, no monitor ran.
    """

    thresholds: Thresholds
    latency_ms: list[Point] = field(default_factory=list)
    rssi_dbm: list[Point] = field(default_factory=list)
    up_kB_s: list[Point] = field(default_factory=list)  # noqa: N815 - kB is the unit's symbol
    down_kB_s: list[Point] = field(default_factory=list)  # noqa: N815
    looks: list[Look] = field(default_factory=list)
    gaps: list[Stretch] = field(default_factory=list)
    pauses: list[Stretch] = field(default_factory=list)
    sample_count: int = 0
    session_count: int = 0


def link_series(paths: Sequence[Path]) -> LinkSeries | None:
    """The series of all records together; None without a record.

    Raises:
        InputError: a file cannot be read, or is not a record of the monitor.
    """
    sessions: list[Session] = []
    samples: list[tuple[Sample, Session]] = []
    gaps: list[Gap] = []
    for path in paths:
        try:
            with path.open("rb") as stream:
                for entry in MonitorReader(stream, str(path)):
                    record = entry.record
                    if isinstance(record, Session):
                        sessions.append(record)
                    elif isinstance(record, Sample):
                        samples.append((record, entry.session))
                    elif isinstance(record, Gap):
                        gaps.append(record)
        except OSError as error:
            raise InputError(f"{path}: {error.strerror}") from None
    if not sessions:
        return None
    return _series(sessions, samples, gaps)


def _series(sessions: Sequence[Session], samples: Iterable[tuple[Sample, Session]], gaps: Iterable[Gap]) -> LinkSeries:
    ordered = sorted(samples, key=lambda pair: pair[0].time)
    series = LinkSeries(
        sessions[-1].thresholds,
        gaps=_distinct(Stretch(gap.start, gap.end, gap.reason) for gap in gaps),
        pauses=list(_pauses(ordered)),
        sample_count=len(ordered),
        session_count=len(sessions),
    )
    for sample, session in ordered:
        _add(series, sample, session.thresholds)
    return series


def _pauses(ordered: Sequence[tuple[Sample, Session]]) -> Iterator[Stretch]:
    """From the last sample before a session to its first, unless another session went on meanwhile."""
    for (before, _), (after, session) in itertools.pairwise(ordered):
        if before.time < session.time:
            yield Stretch(before.time, after.time, "nobody watched")


def _distinct(stretches: Iterable[Stretch]) -> list[Stretch]:
    """One for all quantities that were missing at the same time."""
    found = {(stretch.start, stretch.end): stretch for stretch in stretches}
    return sorted(found.values(), key=lambda stretch: stretch.start)


def _add(series: LinkSeries, sample: Sample, thresholds: Thresholds) -> None:
    latency, rssi = latency_verdict(sample, thresholds), rssi_verdict(sample, thresholds)
    if sample.latency is not None:
        series.latency_ms.append(Point(sample.time, sample.latency.value_ms, latency))
    if sample.signal is not None and sample.signal.rssi_dbm is not None:
        series.rssi_dbm.append(Point(sample.time, sample.signal.rssi_dbm, rssi, sample.signal.bound))
    if sample.bandwidth is not None:
        directions = (
            (series.up_kB_s, sample.bandwidth.up, sample.bandwidth.up_detail),
            (series.down_kB_s, sample.bandwidth.down, sample.bandwidth.down_detail),
        )
        for points, answer, detail in directions:
            if detail.delivered_kB_s is not None:
                points.append(Point(sample.time, detail.delivered_kB_s, _verdict(answer.value)))
    verdict = worst(latency, rssi)
    if verdict is not None:
        series.looks.append(Look(sample.time, verdict))


def _verdict(required: str) -> Verdict:
    return {"met": Verdict.MET, "not_met": Verdict.NOT_MET}.get(required, Verdict.NOT_MEASURED)


def worst(*verdicts: Verdict | None) -> Verdict | None:
    """Not met before not measured before met; None when nothing was due."""
    for verdict in (Verdict.NOT_MET, Verdict.NOT_MEASURED, Verdict.MET):
        if verdict in verdicts:
            return verdict
    return None
