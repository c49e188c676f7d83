"""Connections that log and monitor both saw begin: a check of the joined clocks, where the monitor watched TCP.

The monitor sees a connection up to one interval after it began, the tool logs it when the WebSocket is up. So with
equal clocks the log has it between one interval before the monitor and HANDSHAKE_S after it. What a session saw at its
first look may have begun long before.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from statistics import median

from perfkit.core.network_join_record import ConnectionCheck
from perfkit_analyzers.link.clock import LogClocks, NoClock
from perfkit_analyzers.link.series import SessionSeries, time_ns

HANDSHAKE_S = 5.0
"""Longest time from the beginning of a TCP connection to the line that says so, TLS over a slow link included."""

_NEAR_NS = 120 * 10**9
"""What is further apart is not taken for the same connection."""


def connections_seen(clocks: LogClocks, sessions: Sequence[SessionSeries]) -> ConnectionCheck | None:
    """How the log's clock stands to the monitor's by the connections of both; None where there are none.

    Each connection of the log is compared with the nearest one of the monitor.
    """
    opened_ns = sorted(moment for session in sessions for moment in _opened(session))
    differences_ns = list(_differences(_connected(clocks), opened_ns)) if opened_ns else []
    if not differences_ns:
        return None
    lag_s = max(map(_lag_s, sessions))
    return ConnectionCheck(len(differences_ns), round(median(differences_ns) / 1e9, 6), lag_s)


def _lag_s(series: SessionSeries) -> float:
    return series.session.passive_interval_s or series.session.interval_s


def _opened(series: SessionSeries) -> Iterable[int]:
    first_looks_ns = time_ns(series.session.time) + int(2 * _lag_s(series) * 1e9)
    return (moment for moment in series.opened_ns if moment > first_looks_ns)


def _connected(clocks: LogClocks) -> Iterable[int]:
    """The connections of the log by the monitor's clock."""
    for run in clocks.runs:
        alignment = clocks.of_run(run.file, run.first_line)
        for line, stamp_ns in run.connected:
            found = alignment.at(line, stamp_ns)
            if not isinstance(found, NoClock):
                yield stamp_ns - found.offset_ns


def _differences(connected_ns: Iterable[int], opened_ns: Sequence[int]) -> Iterable[int]:
    for moment in connected_ns:
        index = bisect_left(opened_ns, moment)
        nearest = min(opened_ns[max(0, index - 1) : index + 1], key=lambda other: abs(other - moment))
        if abs(moment - nearest) <= _NEAR_NS:
            yield moment - nearest
