"""The zone that a log's clock shows: a fixed offset from UTC, or a named zone with its summer time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_FIXED = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d\d)?", re.IGNORECASE)
_UTC = {"utc", "z", "gmt", "+00:00", "-00:00"}
_MAX_HOURS = 14
ZONE_WORDING = "UTC, an offset such as +02:00, or a zone such as Europe/Berlin"


def zone_name(text: str) -> str:
    """The zone in the spelling that policies keep: `UTC`, `+02:00`, `Europe/Berlin`.

    Raises:
        ValueError: it is no zone.

    Examples:
        >>> zone_name("z"), zone_name("+2"), zone_name("UTC-0530"), zone_name("Europe/Berlin")
        ('UTC', '+02:00', '-05:30', 'Europe/Berlin')
    """
    word = text.strip()
    if word.lower() in _UTC:
        return "UTC"
    fixed = _FIXED.fullmatch(word)
    if fixed is not None:
        sign, hours, minutes = fixed[1], int(fixed[2]), int(fixed[3] or 0)
        if hours > _MAX_HOURS or minutes > 59:
            raise ValueError(f"{text!r} is no offset from UTC; expected {ZONE_WORDING}")
        return "UTC" if hours == minutes == 0 else f"{sign}{hours:02d}:{minutes:02d}"
    _named_zone(word)
    return word


def zone_of(name: str) -> tzinfo:
    """The zone behind a name as `zone_name` gives it.

    Raises:
        ValueError: it is no zone.
    """
    if name == "UTC":
        return UTC
    fixed = _FIXED.fullmatch(name)
    if fixed is not None:
        offset = timedelta(hours=int(fixed[2]), minutes=int(fixed[3] or 0))
        return timezone(-offset if fixed[1] == "-" else offset)
    return _named_zone(name)


def _named_zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise ValueError(f"{name!r} is no time zone known to this computer; expected {ZONE_WORDING}") from None


def utc_offset_s(zone: tzinfo, local_s: int, *, second_time: bool = False) -> int:
    """Local time minus UTC, in seconds, at a local time in seconds since 1970 as if it were UTC.

    `second_time`: in the hour that occurs twice when summer time ends, the second one is meant.
    """
    local = datetime(1970, 1, 1) + timedelta(seconds=local_s)  # noqa: DTZ001 - local time by definition
    offset = zone.utcoffset(local.replace(tzinfo=zone, fold=1 if second_time else 0))
    return 0 if offset is None else round(offset.total_seconds())


def offset_at_utc_s(zone: tzinfo, utc_s: int) -> int:
    """Local time minus UTC, in seconds, at a moment in seconds since 1970 UTC.

    Examples:
        >>> offset_at_utc_s(zone_of("Europe/Berlin"), 1_780_894_800)
        7200
    """
    offset = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=utc_s)).astimezone(zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds())
