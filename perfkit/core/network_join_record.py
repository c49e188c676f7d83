"""The part of the result document that says how the link was during the measurement (docs/method.md 12).

Times are UTC by the clock of the monitor's host, ISO 8601. None is "not measured" or "not known".
"""

from __future__ import annotations

import msgspec

from perfkit.core.link_state import LinkStatus
from perfkit.core.network_record import Gate, Thresholds


class WorstSample(msgspec.Struct, frozen=True):
    """A value with the moment and the line at which it was recorded."""

    value: float
    time: str
    file: str
    line: int


class LinkSummary(msgspec.Struct, frozen=True):
    """The link during some time. `share_in_specification` is of all of it, `share_known` the share that was watched.

    `samples` counts the round trips that were measured meanwhile.
    """

    seconds: float
    share_known: float | None
    share_in_specification: float | None
    samples: int
    latency_median_ms: float | None
    latency_p95_ms: float | None
    latency_max_ms: WorstSample | None
    rssi_min_dbm: WorstSample | None


class ParameterLink(msgspec.Struct, frozen=True):
    """The link beside the values of one parameter that may enter its headline.

    `statuses` counts them by what is said of the link, those among them that `network: exclude` took out as well;
    `excluded` is how many that were. Latencies are those beside each value (the worst that speaks for it): the median,
    the 95th percentile and the largest; `latency_at_headline_ms` is the one beside the headline. `summary` is the link
    during the intervals of all values.
    """

    statuses: dict[LinkStatus, int]
    excluded: int
    latency_median_ms: float | None
    latency_p95_ms: float | None
    latency_max_ms: WorstSample | None
    latency_at_headline_ms: float | None
    rssi_min_dbm: WorstSample | None
    seconds: float
    share_known: float | None
    share_in_specification: float | None


class LinkGap(msgspec.Struct, frozen=True):
    """A stretch of the measurement in which the state of the link is not known; `reason` None: nobody was watching."""

    start: str
    end: str
    seconds: float
    reason: str | None


class LogClock(msgspec.Struct, frozen=True):
    """Runs whose clock belongs to the monitor's in one way.

    `source` is "stated", "messages", "other_runs" or None (no clock; `detail` says why). Log clock minus the monitor's
    is `utc_offset_s` (the zone) + `host_offset_s`, to within `tolerance_s`.
    """

    source: str | None
    detail: str
    utc_offset_s: float | None
    host_offset_s: float | None
    tolerance_s: float | None
    runs: int
    first_file: str
    first_line: int


class MonitorSession(msgspec.Struct, frozen=True):
    """One session of `perfkit monitor`.

    `clock_error_s` is what its host knew of its clock's error, and every step of it; `synchronized` whether the clock
    was kept right all the time, None where the system does not tell.
    """

    session: str
    line: int
    host: str
    label: str | None
    target: str | None
    device: str | None
    operators: list[str]
    start: str
    end: str
    interval_s: float
    samples: int
    clock_steps: int
    clock_error_s: float
    synchronized: bool | None
    ended: bool


class MonitorFile(msgspec.Struct, frozen=True):
    """A record that was read.

    `unreadable` lists the first of the `unreadable_count` lines that could not be; `cut` of them are half-written.
    """

    path: str
    sha256: str
    sessions: list[MonitorSession]
    lines: int
    unreadable_count: int
    cut: int
    unreadable: list[str]


class CheckedTechnology(msgspec.Struct, frozen=True):
    """One technology of a check with `perfkit network`; `reasons` say what was missed or not measured."""

    technology: str
    label: str | None
    operator: str | None
    gate: Gate
    latency_median_ms: float | None
    rssi_dbm: float | None
    rssi_bound: str | None
    delivered_up_kB_s: float | None  # noqa: N815 - kB is the unit's symbol
    delivered_down_kB_s: float | None  # noqa: N815
    reasons: list[str]


class NetworkCheck(msgspec.Struct, frozen=True):
    """A result of `perfkit network`: the gate, and when that was.

    `seconds_before_first_run` is negative for a check after the first run began, None where no run has a clock.
    """

    path: str
    sha256: str
    label: str | None
    host: str
    started: str
    gate: Gate
    technologies: list[CheckedTechnology]
    seconds_before_first_run: float | None


class ConnectionCheck(msgspec.Struct, frozen=True):
    """Connections that log and monitor both saw begin, after the clocks were joined.

    `median_s` is how much later the log has them than the monitor; `lag_s` how late the monitor may have seen them.
    """

    count: int
    median_s: float
    lag_s: float


class NetworkJoin(msgspec.Struct, frozen=True):
    """The link during the measurement. `gaps` are the first thousand of `gap_count`.

    `connections` is None where log and monitor saw no connection begin together.
    """

    thresholds: Thresholds
    clocks: list[LogClock]
    monitors: list[MonitorFile]
    checks: list[NetworkCheck]
    during: LinkSummary
    gaps: list[LinkGap]
    gap_count: int
    longest_gap_s: float | None
    connections: ConnectionCheck | None = None
