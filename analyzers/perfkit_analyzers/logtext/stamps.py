"""Dates and times of day as nanoseconds: every multiplication that the careful reading needs.

Never compiled: in a module compiled by mypyc, Ctrl-C during a multiplication of large numbers ends the process
(tests/test_compiled_modules.py).
"""

from __future__ import annotations

from datetime import date

SECOND_NS = 1_000_000_000
QUARTER_NS = 900 * SECOND_NS
HOUR_NS = 3600 * SECOND_NS
HALF_DAY_NS = 12 * HOUR_NS
DAY_NS = 24 * HOUR_NS
_EPOCH = date(1970, 1, 1).toordinal()


def midnight_ns(year: int, month: int, day: int) -> int | None:
    """Midnight of a day in nanoseconds since 1970; None when there is no such day."""
    try:
        return (date(year, month, day).toordinal() - _EPOCH) * DAY_NS
    except ValueError:
        return None


def date_ns(text: str) -> int | None:
    """Midnight of `YYYY-MM-DD` in nanoseconds since 1970; None when there is no such day."""
    year, month, day = text.split("-")
    return midnight_ns(int(year), int(month), int(day))


def time_of_day_ns(hour: int, minute: int, second: int) -> int | None:
    """Nanoseconds since midnight; None when there is no such time of day."""
    if hour > 23 or minute > 59 or second > 59:
        return None
    return (hour * 3600 + minute * 60 + second) * SECOND_NS
