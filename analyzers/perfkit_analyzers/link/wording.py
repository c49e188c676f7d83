"""Moments and sessions as they stand in the document."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from perfkit.core.link_state import LinkSample
from perfkit.core.network_join_record import MonitorSession, WorstSample
from perfkit_analyzers.link.series import SessionSeries

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc_text(stamp_ns: int) -> str:
    """A moment in UTC, ISO 8601 to the millisecond.

    Examples:
        >>> utc_text(1_500_000_000)
        '1970-01-01T00:00:01.500Z'
    """
    moment = _EPOCH + timedelta(microseconds=stamp_ns // 1000)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def worst_sample(sample: LinkSample | None) -> WorstSample | None:
    """A sample as the document shows it."""
    return None if sample is None else WorstSample(sample.value, utc_text(sample.time_ns), sample.file, sample.line)


def session_info(series: SessionSeries) -> MonitorSession:
    """A session as the document lists it."""
    session = series.session
    return MonitorSession(
        session=session.session,
        line=series.line,
        host=session.host,
        label=session.label,
        target=session.target,
        device=session.device.model if session.device is not None else None,
        operators=sorted(series.operators),
        start=utc_text(series.first_ns),
        end=utc_text(series.last_ns),
        interval_s=session.interval_s,
        samples=series.samples,
        clock_steps=len(series.steps_s),
        clock_error_s=series.tolerance_ns / 1e9,
        synchronized=series.synchronized,
        ended=series.ended,
    )
