"""The state of the link in words (docs/method.md 12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from perfkit.core.link_state import LinkAt, LinkSample, LinkStatus
from perfkit.core.network_join_record import LogClock, NetworkCheck, ParameterLink, WorstSample
from perfkit.core.network_record import Gate
from perfkit.report.network_wording import milliseconds, milliseconds_figure
from perfkit.report.wording import counted

STATUSES = {
    LinkStatus.IN_SPECIFICATION: "in specification",
    LinkStatus.NOT_MET: "threshold not met",
    LinkStatus.UNCERTAIN: "uncertain",
    LinkStatus.INCOMPLETE: "not every threshold measured",
    LinkStatus.NO_SAMPLE: "no sample near",
    LinkStatus.NO_CLOCK: "clock of the log not known",
}
GATES = {Gate.MET: "met", Gate.NOT_MET: "NOT MET", Gate.INCOMPLETE: "incomplete"}
_SOURCES = {"stated": "", "messages": "by ", "other_runs": "by "}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def statuses_text(statuses: Mapping[LinkStatus, int]) -> str:
    """How many observations there were of each status, the usual one first.

    Examples:
        >>> statuses_text({LinkStatus.NOT_MET: 7, LinkStatus.IN_SPECIFICATION: 94})
        '94 in specification, 7 threshold not met'
    """
    return ", ".join(f"{statuses[status]:,} {words}" for status, words in STATUSES.items() if statuses.get(status))


def round_trip_text(link: ParameterLink) -> str | None:
    """The round trips beside the values; None when there was none."""
    if link.latency_median_ms is None or link.latency_p95_ms is None or link.latency_max_ms is None:
        return None
    median, p95 = milliseconds_figure(link.latency_median_ms), milliseconds_figure(link.latency_p95_ms)
    figures = f"median {median}, p95 {p95}, max {milliseconds(link.latency_max_ms.value)}"
    headline_ms = link.latency_at_headline_ms
    beside = "" if headline_ms is None else f"{milliseconds(headline_ms)} beside the headline, "
    return f"{beside}{figures} (measured apart; contained in the values, not subtracted)"


def headline_round_trip(link: ParameterLink | None) -> str:
    """The round trip beside the headline; "-" where there is none."""
    return milliseconds(None if link is None else link.latency_at_headline_ms)


def worst_text(sample: WorstSample, unit: str) -> str:
    """A worst value with its time and place.

    Examples:
        >>> worst_text(WorstSample(12345.6, "2026-06-08T05:16:07.415Z", "link.jsonl", 3), "ms")
        '12345.6 ms at 2026-06-08T05:16:07.415Z (link.jsonl:3)'
    """
    value = milliseconds(sample.value) if unit == "ms" else f"{sample.value:.4g} {unit}"
    return f"{value} at {sample.time} ({sample.file}:{sample.line})"


def clock_text(clock: LogClock) -> str:
    """How the clock of some runs belongs to the monitor's."""
    runs = counted(clock.runs, "run")
    if clock.utc_offset_s is None or clock.tolerance_s is None:
        return f"{runs} not joined: {clock.detail}"
    ahead_s = clock.host_offset_s or 0.0
    ahead = f", {abs(ahead_s):g} s {'ahead of' if ahead_s > 0 else 'behind'} the monitor's clock" if ahead_s else ""
    source = f"{_SOURCES.get(clock.source or '', '')}{clock.detail}"
    within = f"to within {tolerance_text(clock.tolerance_s)}"
    return f"{runs}: {utc_offset_text(clock.utc_offset_s)}{ahead}, {within} ({source})"


def tolerance_text(tolerance_s: float) -> str:
    """How far clocks may differ, in seconds.

    Examples:
        >>> tolerance_text(2.0), tolerance_text(0.01465), tolerance_text(10_802.3)
        ('2 s', '0.01465 s', '10802 s')
    """
    return f"{tolerance_s:.4g} s" if tolerance_s < 1000 else f"{tolerance_s:.0f} s"


def utc_offset_text(offset_s: float) -> str:
    """An offset from UTC; seconds where it is no whole number of minutes.

    Examples:
        >>> utc_offset_text(0), utc_offset_text(7200), utc_offset_text(-12600), utc_offset_text(7201.5)
        ('UTC', 'UTC+02:00', 'UTC-03:30', 'UTC+02:00:01.5')
    """
    if offset_s == 0:
        return "UTC"
    minutes, seconds = divmod(abs(offset_s), 60)
    rest = f":{seconds:04.1f}" if seconds else ""
    return f"UTC{'-' if offset_s < 0 else '+'}{int(minutes) // 60:02d}:{int(minutes) % 60:02d}{rest}"


def check_text(check: NetworkCheck) -> str:
    """The gate of one check, its technologies, and when it was."""
    found = "; ".join(
        f"{one.technology.upper()} {GATES[one.gate]}"
        + (f", {milliseconds(one.latency_median_ms)}" if one.latency_median_ms is not None else "")
        + (f", RSSI {one.rssi_bound or ''}{one.rssi_dbm:g} dBm" if one.rssi_dbm is not None else "")
        for one in check.technologies
    )
    label = f"{check.label}: " if check.label else ""
    return f"{label}gate {GATES[check.gate]} ({found}), {check.started}{_when(check)} ({check.path})"


def _when(check: NetworkCheck) -> str:
    before_s = check.seconds_before_first_run
    if before_s is None:
        return ""
    minutes = abs(before_s) / 60
    length = f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.0f} h"
    return f", {length} {'before the first run' if before_s >= 0 else 'after the first run began'}"


def link_lines(link: LinkAt) -> Iterator[tuple[str, str]]:
    """The link beside one observation: labels and sentences."""
    missed = f": {', '.join(link.missed)}" if link.missed else ""
    yield "status", f"{STATUSES[link.status]}{missed}"
    if link.latency_ms is not None:
        yield "round trip", f"{milliseconds(link.latency_ms.value)}{_at(link.latency_ms)}; not subtracted"
    if link.rssi_dbm is not None:
        yield "RSSI", f"{link.rssi_dbm.value:g} dBm{_at(link.rssi_dbm)}"
    if link.technology is not None:
        yield "technology", link.technology.upper()
    if link.tolerance_s is not None:
        yield (
            "clocks",
            f"may differ by {tolerance_text(link.tolerance_s)}; {counted(link.samples, 'sample')} considered",
        )


def _at(sample: LinkSample) -> str:
    moment = _EPOCH + timedelta(microseconds=sample.time_ns // 1000)
    return f", {moment.isoformat(timespec='milliseconds').replace('+00:00', 'Z')} ({sample.file}:{sample.line})"
