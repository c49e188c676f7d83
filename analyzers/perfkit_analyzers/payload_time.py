"""Time stamps of payloads: the DUT's clock."""

from __future__ import annotations

from typing import Final

from perfkit_analyzers.dut_clock import FRACTIONS_NS, HOURS_NS, MINUTES_NS, SECONDS_NS, iso_time_ns

_HOURS_NS: Final = HOURS_NS
_MINUTES_NS: Final = MINUTES_NS
_SECONDS_NS: Final = SECONDS_NS
_FRACTIONS_NS: Final = FRACTIONS_NS
_days_ns: Final[dict[str, int]] = {}  # midnights by `2026-03-09T`
_DAYS_KNOWN: Final = 1000


def payload_time_ns(text: str | None) -> int | None:
    """Payload time stamp in nanoseconds since 1970 UTC (as which it is taken without a zone); None if unreadable.

    Stamps as most stations write them are put together from what is known of their parts: that takes half the time.
    """
    if not text:
        return None
    hour_ns, minute_ns = _HOURS_NS.get(text[11:13]), _MINUTES_NS.get(text[13:16])
    second_ns, fraction_ns = _SECONDS_NS.get(text[16:19]), _FRACTIONS_NS.get(text[19:])
    if hour_ns is None or minute_ns is None or second_ns is None or fraction_ns is None:
        return iso_time_ns(text)
    time_of_day_ns = hour_ns + minute_ns + second_ns + fraction_ns
    day_ns = _days_ns.get(text[:11])
    if day_ns is not None:
        return day_ns + time_of_day_ns
    time_ns = iso_time_ns(text)
    if time_ns is not None:
        if len(_days_ns) >= _DAYS_KNOWN:
            _days_ns.clear()
        _days_ns[text[:11]] = time_ns - time_of_day_ns
    return time_ns
