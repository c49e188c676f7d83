"""Durations as options take them."""

from __future__ import annotations

import argparse
import re

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)?")
_SECONDS = {None: 1.0, "ms": 0.001, "s": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def duration_s(text: str) -> float:
    """Seconds in a duration; a bare number is seconds.

    Raises:
        argparse.ArgumentTypeError: it is not one, or zero.

    Examples:
        >>> duration_s("10s"), duration_s("1.5h"), duration_s("90"), duration_s("5 min")
        (10.0, 5400.0, 90.0, 300.0)
    """
    match = _DURATION.fullmatch(text.strip())
    seconds = float(match[1]) * _SECONDS[match[2]] if match else 0.0
    if seconds <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration; write 10s, 5min, 1h or 1d")
    return seconds
