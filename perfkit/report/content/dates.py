"""Days and moments as they are printed."""

from __future__ import annotations

from datetime import datetime

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.lab.model import Lab


def day_text(moment: datetime) -> str:
    """A day in words, in English whatever the locale: 8 June 2026."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


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


def date_contradiction(document: AnalysisDocument, lab: Lab) -> str | None:
    """A sentence where the days that the laboratory states are not those of the logs."""
    days = logged_range(document)
    stated = (lab.test.tested_from, lab.test.tested_to)
    if days is None or stated == (None, None):
        return None
    first, last = stated[0] or stated[1] or "", stated[1] or stated[0] or ""
    if (first, last) == days:
        return None
    return f"The laboratory states that it tested from {first} to {last}; the logs are from {days[0]} to {days[1]}."
