"""Measure the join of exchanges with the link: `python -m benchmarks.join [--exchanges 1000000] [--samples 100000]`.

The same rows are joined by perfkit (worst sample before or within each interval, status by docs/method.md 12) and by
`pandas.merge_asof`: once the last sample before each row, once also the same status. All begin with the rows and
samples as the analysis has them and end with rows that carry the link; merge_asof is also timed by itself. Both must
come to the same status for every row, and to the same sample where none falls into the interval. CPU times are medians.
"""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import platform
import random
import statistics
import sys
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from perfkit.core.link_state import NO_SAMPLE, LinkAt, LinkSample, LinkStatus
from perfkit.core.monitor_record import ClockState, Latency, Origin, Record, Sample, Session
from perfkit.core.network_record import THRESHOLDS
from perfkit.core.sample import Row, RowKind
from perfkit.core.tool_info import ToolInfo
from perfkit_analyzers.link.history import LinkHistory
from perfkit_analyzers.link.series import SessionSeries, time_ns

if TYPE_CHECKING:
    from pandas import DataFrame, Series

OWN = "perfkit: status and worst sample"
INTERVAL_S = 1.0
TOLERANCE_NS = 2 * 10**9
SLOW_SHARE = 0.02
START = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)
_SURE, _POSSIBLE, _GOOD = LinkStatus.NOT_MET, LinkStatus.UNCERTAIN, LinkStatus.IN_SPECIFICATION
_STATUS = {True: LinkStatus.NOT_MET, False: LinkStatus.IN_SPECIFICATION}
CLOCK = ClockState(True, 0.0, 0.0, "benchmark", None)


class BenchmarkError(Exception):
    """The two joins disagree: a wrong answer has no speed."""


def session() -> Session:
    """The header of the one session."""
    return Session(
        schema="perfkit.monitor/1",
        session="benchmark",
        time=START,
        monotonic_s=0.0,
        tool=ToolInfo("perfkit", "0"),
        host="benchmark",
        platform="",
        utc_offset_s=0,
        label=None,
        interface=None,
        device=None,
        target=None,
        ports=[],
        interval_s=INTERVAL_S,
        passive_interval_s=None,
        bandwidth_interval_s=None,
        packet_bytes=84,
        planned_bytes_per_hour=0,
        max_bytes_per_hour=0,
        thresholds=THRESHOLDS,
        clock=CLOCK,
        reasons={},
    )


def samples(count: int, source: random.Random) -> list[Record]:
    """A look each second; spells of a slow link."""
    found: list[Record] = []
    slow = False
    for number in range(count):
        if source.random() < (0.1 if slow else 0.1 * SLOW_SHARE):
            slow = not slow
        value_ms = source.uniform(1000.1, 2000.0) if slow else source.uniform(20.0, 90.0)
        latency = Latency(round(value_ms, 3), Origin.ACTIVE, "benchmark", 84, None, None, 1, 1, None)
        when = START + timedelta(seconds=number * INTERVAL_S, microseconds=source.randrange(900_000))
        found.append(Sample(when, 0.0, number, 0, latency=latency))
    return found


def rows(count: int, span_s: float, source: random.Random) -> list[Row]:
    """Answered CALLs, spread over the time of the samples, in order."""
    first_ns = time_ns(START)
    stamps = sorted(first_ns + int(source.random() * span_s * 1e3) * 10**6 for _ in range(count))
    return [
        Row(
            parameter="response_timeout",
            kind=RowKind.OBSERVATION,
            combination="Heartbeat",
            request_line=number,
            from_line=number,
            to_line=number + 1,
            value_ns=int(source.lognormvariate(4.4, 0.6)) * 10**6,
            stamp_ns=stamp_ns,
        )
        for number, stamp_ns in enumerate(stamps)
    ]


def joined_by_perfkit(looks: Sequence[Record], exchanges: Sequence[Row]) -> list[Row]:
    """The rows with the link beside each, as the analysis makes them."""
    series = SessionSeries("benchmark", 1, session())
    for number, look in enumerate(looks):
        series.take(number + 2, look)
    series.finish()
    judge = LinkHistory([series]).judge
    replace = msgspec.structs.replace
    rows_with_link = []
    for row in exchanges:
        start_ns = row.stamp_ns or 0
        rows_with_link.append(replace(row, link=judge(start_ns, start_ns + (row.value_ns or 0), TOLERANCE_NS)))
    return rows_with_link


def frames_of(looks: Sequence[Record], exchanges: Sequence[Row]) -> tuple[DataFrame, DataFrame]:
    """Rows and samples as pandas wants them, sorted."""
    import pandas

    known = [look for look in looks if isinstance(look, Sample) and look.latency is not None]
    right = pandas.DataFrame(
        {
            "at": [time_ns(look.time) for look in known],
            "latency_ms": [look.latency.value_ms if look.latency else None for look in known],
            "place": range(len(known)),
        }
    )
    left = pandas.DataFrame({"at": [row.stamp_ns for row in exchanges]})
    return left.sort_values("at", kind="stable"), right.sort_values("at")


def merged(left: DataFrame, right: DataFrame) -> DataFrame:
    """The last sample before each row (place -1: none), and whether it missed the threshold."""
    import pandas

    found = pandas.merge_asof(left, right, on="at", tolerance=int(2 * INTERVAL_S * 1e9))
    found["missed"] = found["latency_ms"] > THRESHOLDS.latency_ms
    found["place"] = found["place"].fillna(-1).astype("int64")
    return found


def joined_by_pandas(looks: Sequence[Record], exchanges: Sequence[Row]) -> list[Row]:
    """The rows with the last sample before each."""
    left, right = frames_of(looks, exchanges)
    found = merged(left, right)
    times, values = right["at"].tolist(), right["latency_ms"].tolist()
    rows_with_link = []
    for row, place, missed in zip(exchanges, found["place"].tolist(), found["missed"].tolist(), strict=True):
        link = NO_SAMPLE
        if place >= 0:
            link = LinkAt(_STATUS[missed], LinkSample(times[place], values[place], "benchmark", place + 2))
        rows_with_link.append(msgspec.structs.replace(row, link=link))
    return rows_with_link


def judged_by_pandas(looks: Sequence[Record], exchanges: Sequence[Row]) -> list[Row]:
    """The rows with the last sample before each and the status that perfkit gives, by docs/method.md 12."""
    from pandas import concat

    left, right = frames_of(looks, exchanges)
    left["end"] = left["at"] + [row.value_ns or 0 for row in exchanges]
    speaks_ns = int(2 * INTERVAL_S * 1e9)
    right["until"] = (right["at"] + speaks_ns).clip(upper=right["at"].shift(-1, fill_value=1 << 62))
    slow = right["latency_ms"] > THRESHOLDS.latency_ms
    reached = right["until"].shift(1, fill_value=0) >= right["at"]
    goes_on = slow & slow.shift(1, fill_value=False) & reached
    spells = right[slow].groupby((~goes_on)[slow].cumsum()).agg(start=("at", "min"), until=("until", "max"))
    begun = right.assign(start=right["at"].shift(1, fill_value=0), until=right["at"])[slow & ~goes_on & reached]
    possible = concat([spells, begun[["start", "until"]]]).astype("int64")
    left["sure"] = meets(spells, left["end"] - TOLERANCE_NS, left["at"] + TOLERANCE_NS)
    left["possible"] = meets(possible, left["end"] + TOLERANCE_NS, left["at"] - TOLERANCE_NS)
    left["known"] = meets(right.rename(columns={"at": "start"}), left["end"], left["at"])
    found = merged(left, right)
    times, values = right["at"].tolist(), right["latency_ms"].tolist()
    columns = (found[name].tolist() for name in ("place", "sure", "possible", "known"))
    rows_with_link = []
    for row, place, sure, may_be, known in zip(exchanges, *columns, strict=True):
        status = _SURE if sure else _POSSIBLE if may_be else _GOOD if known else LinkStatus.NO_SAMPLE
        latency = LinkSample(times[place], values[place], "benchmark", place + 2) if place >= 0 else None
        rows_with_link.append(msgspec.structs.replace(row, link=LinkAt(status, latency)))
    return rows_with_link


def meets(intervals: DataFrame, last_start: Series[int], first_end: Series[int]) -> Series[bool]:
    """Whether an interval starts at or before the one and ends after the other."""
    from pandas import DataFrame, merge_asof

    held = intervals[["start", "until"]].sort_values("start")
    held["furthest"] = held["until"].cummax()
    asked = DataFrame({"start": last_start, "first_end": first_end}).sort_values("start")
    found = merge_asof(asked, held[["start", "furthest"]], on="start").set_index(asked.index)
    return (found["furthest"] > found["first_end"]).reindex(last_start.index)


def check(own: Sequence[Row], looks: Sequence[Record], exchanges: Sequence[Row]) -> int:
    """How many rows have no sample within, so that both joins must name the same one; the status is compared of all.

    Raises:
        BenchmarkError: a row has another sample or status by the other join.
    """
    times = [time_ns(look.time) for look in looks]
    compared = 0
    for row, other in zip(own, judged_by_pandas(looks, exchanges), strict=True):
        mine, theirs = row.link or NO_SAMPLE, other.link or NO_SAMPLE
        start_ns = row.stamp_ns or 0
        holds_sample = bisect_right(times, start_ns) != bisect_right(times, start_ns + (row.value_ns or 0))
        if mine.status is not theirs.status or (mine.latency_ms != theirs.latency_ms and not holds_sample):
            raise BenchmarkError(f"row at {start_ns}: {mine} by perfkit, {theirs} by pandas")
        compared += not holds_sample
    return compared


def seconds(action: Callable[[], object]) -> float:
    """CPU time of one call."""
    started = time.process_time()
    action()
    return time.process_time() - started


def main() -> int:
    """Print one table."""
    parser = argparse.ArgumentParser(description="Measure the join of exchanges with the link.")
    parser.add_argument("--exchanges", type=int, default=1_000_000)
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    source = random.Random(7)
    looks = samples(arguments.samples, source)
    exchanges = rows(arguments.exchanges, arguments.samples * INTERVAL_S, source)
    own = joined_by_perfkit(looks, exchanges)
    compared = check(own, looks, exchanges)
    statuses = Counter(row.link.status.value for row in own if row.link is not None)
    del own
    left, right = frames_of(looks, exchanges)
    actions: dict[str, Callable[[], object]] = {
        OWN: lambda: joined_by_perfkit(looks, exchanges),
        "pandas: the same status by three merge_asof, the last sample by a fourth": (
            lambda: judged_by_pandas(looks, exchanges)
        ),
        "pandas: the last sample by merge_asof": lambda: joined_by_pandas(looks, exchanges),
        "merge_asof alone, columns to columns": lambda: merged(left, right),
    }
    gc.set_threshold(200_000)  # as the analysis does while it reads
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(arguments.rounds):
        for name, action in actions.items():
            taken[name].append(seconds(action))
    own_s = statistics.median(taken[OWN])
    versions = f"Python {platform.python_version()}, pandas {importlib.metadata.version('pandas')}"
    print(f"{versions}, medians of {arguments.rounds} rounds")
    print(f"{arguments.exchanges:,} exchanges x {arguments.samples:,} samples: {dict(statuses)}")
    print(f"status of all and sample of {compared:,} the same by both\n")
    print("| join | CPU s | perfkit / this |\n|---|---|---|")
    for name, times in taken.items():
        median_s = statistics.median(times)
        print(f"| {name} | {median_s:.2f} | {own_s / median_s:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
