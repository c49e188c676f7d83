"""Time stamps of payloads: the DUT's clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_extensions import i64  # a plain int, which mypyc multiplies without calling Python

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_DAYS: Final = 100_000  # 273 years; nanoseconds of as many more would still fit 64 bits, those of all years do not


def payload_time_ns(text: str | None) -> int | None:
    """Payload time stamp in nanoseconds since 1970 UTC, as which it is taken without a zone.

    None if it cannot be read, or lies 273 years and more from 1970.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    since = moment - _EPOCH
    days: i64 = since.days
    seconds: i64 = since.seconds
    microseconds: i64 = since.microseconds
    if not -_MAX_DAYS < days < _MAX_DAYS:
        return None
    return ((days * 86_400 + seconds) * 1_000_000 + microseconds) * 1000
