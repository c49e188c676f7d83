"""Days and moments as they are printed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.lab.model import Lab


def day_text(moment: datetime) -> str:
    """A day in words, in English whatever the locale: 8 June 2026."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def instant(moment: str) -> datetime:
    """A time of a document, to compare by; what is no time, or has no zone, is taken for long ago or for UTC."""
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)


def utc_text(moment: str) -> str:
    """A time of a document, ISO 8601 with its zone, to the second in UTC; what is no time stays as it is.

    Examples:
        >>> utc_text("2026-06-08T06:10:00.412+02:00"), utc_text("soon")
        ('2026-06-08 04:10:00 UTC', 'soon')
    """
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    return f"{parsed.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if parsed.tzinfo is not None else moment


def logged_range(document: AnalysisDocument) -> tuple[str, str] | None:
    """First and last day of the runs that count (ISO 8601, the log's own clock); None without a date."""
    stamps = [
        stamp
        for run in document.runs
        if run.left_out is None and run.date_source is not None
        for stamp in (run.start, run.end)
        if stamp
    ]
    return (min(stamps)[:10], max(stamps)[:10]) if stamps else None


def logged_days(document: AnalysisDocument) -> str | None:
    """The days of the runs in one text."""
    days = logged_range(document)
    return None if days is None else " to ".join(dict.fromkeys(days))


def date_contradictions(document: AnalysisDocument, lab: Lab, issued: datetime) -> Iterator[str]:
    """A sentence for each day that the laboratory states, or of the issue, that the others contradict.

    Days of the logs are in the zone of the tool's clock, which may be a day beside that of the issue.
    """
    days = logged_range(document)
    stated = [day for day in (lab.test.tested_from, lab.test.tested_to) if day is not None]
    if days is not None and stated and (stated[0], stated[-1]) != days:
        yield (
            f"The laboratory states that it tested from {stated[0]} to {stated[-1]}; "
            f"the logs are from {days[0]} to {days[1]}."
        )
    if stated and stated[0] > stated[-1]:
        yield f"The laboratory states that the tests ended on {stated[-1]}, before they began on {stated[0]}."
    tested = sorted([*stated, *(days or ())])
    if lab.test.received is not None and tested and lab.test.received > tested[0]:
        yield f"The laboratory states that it received the item on {lab.test.received}; tests began on {tested[0]}."
    issue = (issued + timedelta(days=1)).date().isoformat()
    if tested and tested[-1] > issue:
        yield f"The date of issue, {issued.date().isoformat()}, is before the last day of testing, {tested[-1]}."
