"""When an RSSI decides whether its threshold is met, and when it does not."""

from __future__ import annotations

# An RSSI computed from RSRP and RSRQ is right to about 2 dB; nearer than this to the threshold it decides nothing.
DERIVED_MARGIN_DB = 3.0
_DERIVED, _AT_MOST = "derived", "<="


def rssi_doubt(
    value_dbm: float, limit_dbm: float, *, bound: str | None, source: str | None, is_registered: bool
) -> str | None:
    """Why the value does not decide, None when it does.

    An end of the device's scale (">= -51 dBm") decides where the threshold is beyond it. "<=" is the device's word for
    "unknown" as well as for the floor: it counts only when RSRP or RSCP show that there was something to measure
    (`is_registered`).
    """
    if bound == _AT_MOST and not is_registered:
        return "is the floor of the scale or the device's word for unknown"
    is_beyond = value_dbm >= limit_dbm if bound == _AT_MOST else value_dbm < limit_dbm
    if bound is not None and is_beyond:
        return f"does not tell on which side of {limit_dbm:g} dBm it is"
    if source == _DERIVED and abs(value_dbm - limit_dbm) <= DERIVED_MARGIN_DB:
        return f"was computed from other values and is within {DERIVED_MARGIN_DB:g} dB of the threshold"
    return None
